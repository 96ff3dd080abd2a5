"""How long what every caller needs takes to import, in times of what it cannot do without.

Run: python benchmarks/bench_import.py [--smoke]

Each measurement is a fresh interpreter; the two kinds take turns. What is counted is time on the
processor, so that whatever else the machine does at the moment does not count. The ratio of the
medians must stay below 1.5.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

LIMIT = 1.5
BASE = "import pandas, scipy.optimize"
# Names are loaded on first use: these are what every caller needs.
OURS = "from mentormatch import Criteria, Problem, certificates, read_cohort"
TIMED = "import time; start = time.process_time(); {}; print(time.process_time() - start)"


def seconds(statement: str) -> float:
    """Processor time of the statement in an interpreter of its own."""
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(statement)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--smoke", action="store_true", help="fewer repetitions")
    rounds = 2 if parser.parse_args().smoke else 15
    for statement in (BASE, OURS):
        seconds(statement)  # files into the cache, bytecode written
    base, ours = [], []
    for _ in range(rounds):
        base.append(seconds(BASE))
        ours.append(seconds(OURS))
    low, high = statistics.median(base), statistics.median(ours)
    print(f"{BASE:<70}{low:8.3f} s (median of {rounds})")
    print(f"{OURS:<70}{high:8.3f} s")
    print(f"{'ratio':<70}{high / low:8.2f}   (must be below {LIMIT:g})")
    if high >= LIMIT * low:
        print(f"Too slow: {OURS} takes {high / low:.2f} times as long.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
