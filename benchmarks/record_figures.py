"""Run the quick benchmarks and keep what they print for the page on performance.

``python benchmarks/record_figures.py`` writes ``docs/performance-figures.txt``; nothing on that
page is typed by hand. A script that fails an assertion about its answers leaves the file as it was.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import mentormatch as mm

HERE = Path(__file__).parent
TARGET = HERE.parent / "docs" / "performance-figures.txt"
QUICK = (
    "bench_import.py",
    "bench_small.py",
    "bench_compatibility.py",
    "bench_planning.py",
    "bench_stability.py",
)


def main() -> None:
    """Run each, and write all or nothing."""
    head = f"{os.cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}"
    parts = [f"{head}, mentormatch {mm.__version__}; short runs (--smoke)"]
    for name in QUICK:
        done = subprocess.run(
            [sys.executable, str(HERE / name), "--smoke"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{name} failed:\n{done.stdout}{done.stderr}")
        lines = [line.rstrip() for line in done.stdout.splitlines()]
        parts.append("\n".join([f"$ python benchmarks/{name} --smoke", *lines]))
    TARGET.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
