"""What stands around a match keeps up with it: audit, reasons, files, and the stable matching.

    python benchmarks/bench_around.py                   # 3,000 × 1,020 up to 30,000 × 10,200
    python benchmarks/bench_around.py 100000x34000      # the large one: minutes
    python benchmarks/bench_around.py --smoke           # seconds

Each size runs in a process of its own. The fairness audit has two groupings and the usual 2,000
resamples; reasons are the sentences of every pair, as the tables of a programme have them. Every
step is given in seconds and as a share of the match of the same run, with the peak memory so far,
and from size to size the exponent with which it grows with the number of mentees (2 is what
everything that reads all pairs has).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import mentormatch as mm
from peak_memory import measured_alone, peak_gib

if TYPE_CHECKING:
    from collections.abc import Callable

LADDER = ["intern", "junior", "mid", "senior", "staff", "principal"]
DATES = ("2027-01-11", "2027-06-30")


def problem_of(n: int, m: int) -> mm.Problem:
    """A synthetic programme with a sentence of every kind, availability too."""
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants_to_learn", offers="can_teach", weight=4),
        mm.criteria.LevelGap(mentee="level", mentor="level", ladder=LADDER, weight=2),
        mm.criteria.Availability(
            mentee="availability", mentor="availability", timezone="tz", dates=DATES, weight=1
        ),
        mm.criteria.TagOverlap("interests", weight=1),
        mm.criteria.Different("team"),
    )
    return mm.Problem(criteria.score(mm.datasets.it_program(n, m, seed=1)), capacity="capacity")


def measure(n: int, m: int) -> dict[str, Any]:
    """Each step once, in the order in which a programme does them."""
    problem = problem_of(n, m)
    steps: list[tuple[str, float, float]] = []
    with tempfile.TemporaryDirectory() as folder:

        def timed(name: str, call: Callable[[], Any]) -> Any:
            started = time.perf_counter()
            found = call()
            steps.append((name, time.perf_counter() - started, peak_gib()))
            return found

        matching = timed("match", lambda: mm.match(problem))
        assert matching.certificate is not None
        assert matching.certificate.proven
        reasons = timed("reasons", matching.reasons)
        assert len(reasons) == len(matching.pairs)
        timed("to_csv", lambda: matching.to_csv(Path(folder) / "pairs.csv"))
        audit = timed("audit", lambda: mm.audit(matching, groups=["gender", "age_group"]))
        assert audit.feasibility.ok
        stable = timed("stable", lambda: mm.match(problem, "stable"))
        assert timed("its audit", lambda: mm.audit(stable).stability).ok
    return {"steps": steps, "pairs": len(matching.pairs)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", help="MENTEESxMENTORS")
    parser.add_argument("--smoke", action="store_true", help="one small size")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    sizes = given.sizes or ["3000x1020", "10000x3400", "30000x10200"]
    if given.smoke:
        sizes = ["300x100"]
    last: tuple[int, dict[str, float]] | None = None
    for size in sizes:
        n, m = (int(part) for part in size.split("x"))
        if given.inner:
            print(json.dumps(measure(n, m)))
            return
        found = measured_alone(__file__, size, "--inner")
        whole = found["steps"][0][1]
        print(f"{n:,} × {m:,}, {found['pairs']:,} pairs")
        for name, seconds, gib in found["steps"]:
            grown = ""
            if last is not None:
                power = np.log(seconds / last[1][name]) / np.log(n / last[0])
                grown = f", grows as mentees^{power:.1f}"
            print(f"  {name:<10} {seconds:>7.1f} s {seconds / whole:>6.2f} of the match, peak "
                  f"{gib:.2f} GiB{grown}", flush=True)  # fmt: skip
        last = n, {name: seconds for name, seconds, _ in found["steps"]}


if __name__ == "__main__":
    main()
