"""Versions of Python, of the package and of what it stands on, for a report of a fault."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

__all__ = ["show_versions", "versions"]

PACKAGES = (
    "mentormatch-engine",
    "numpy",
    "scipy",
    "pandas",
    "ortools",
    "scikit-learn",
    "narwhals",
    "openpyxl",
    "python-calamine",
    "pyarrow",
    "altair",
    "icalendar",
)


def versions() -> dict[str, str]:
    """Versions by name; "not installed" for an optional package that is not there."""
    found = {"python": sys.version.split()[0], "system": platform.platform()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def show_versions() -> None:
    """Print the versions that a report of a fault should name."""
    width = max(map(len, PACKAGES))
    sys.stdout.write("".join(f"{name:<{width}}  {one}\n" for name, one in versions().items()))
