"""How long the package takes to import, in times of what it cannot do without.

Run: python benchmarks/bench_import.py [--smoke]

Each measurement is a fresh interpreter; the kinds take turns. What is counted is time on the
processor, so that whatever else the machine does at the moment does not count. Names are loaded on
first use, so that the import alone is next to nothing; what every caller then needs is a line of
its own. The ratios of the medians must stay below their limits.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

BASE = "import pandas, scipy.optimize"
LIMITS = {
    "import mentormatch": 1.2,
    "from mentormatch import Criteria, Problem, certificates, read_cohort": 1.5,
}
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
    statements = (BASE, *LIMITS)
    for statement in statements:
        seconds(statement)  # files into the cache, bytecode written
    taken = [[seconds(statement) for statement in statements] for _ in range(rounds)]
    base, *ours = map(statistics.median, zip(*taken, strict=True))
    print(f"{BASE:<70}{base:8.3f} s (median of {rounds})")
    failed = False
    for (statement, limit), low in zip(LIMITS.items(), ours, strict=True):
        ratio = low / base
        print(f"{statement:<70}{low:8.3f} s   ratio {ratio:.2f} (must be below {limit:g})")
        if ratio >= limit:
            print(f"Too slow: {statement} takes {ratio:.2f} times as long.", file=sys.stderr)
            failed = True
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
