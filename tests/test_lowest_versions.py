"""The lowest versions that are declared are those that CI installs and runs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTRAS = ("parquet",)
BOUND = re.compile(r"([A-Za-z0-9_.-]+)(?:>=([0-9.]+))?")


def test_the_file_of_lowest_versions_has_each_bound_of_the_project():
    """Bounds that nobody had installed did not work: every command ended in a traceback."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"]]
    asked += [one for extra in EXTRAS for one in project["optional-dependencies"][extra]]
    bounds = dict(BOUND.match(one).groups() for one in asked)
    lines = (ROOT / "tests" / "lowest-versions.txt").read_text("utf-8").splitlines()
    lowest = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    assert set(lowest) == set(bounds)
    for name, bound in bounds.items():
        assert (lowest[name] + ".").startswith(bound + "."), name


def test_excel_needs_no_extra():
    """After README's command `init` of a workbook ended with "a fault of mentormatch"."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {BOUND.match(one)[1] for one in project["dependencies"]}
    assert "openpyxl" in names
    assert "excel" not in project["optional-dependencies"]
