"""Small problems against SciPy's assignment, which proves nothing: ratios in one run.

    python benchmarks/bench_small.py            # half a minute
    python benchmarks/bench_small.py --smoke    # seconds

Ours is the whole of ``mm.match`` with its proof on a problem that is there already, as a service
that matches the same people again calls it: on bare scores, and on a table with ids. "first" is the
same on a problem that was never matched before, its making not counted. Times are of the processor
(all of it runs on one thread). They are called in turn, so that none finds the processor warm from
its own last call; the best of each is taken, and the middle of some such turns is printed. Totals
are asserted equal and each certificate proven.
"""

from __future__ import annotations

import argparse
import math
import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import pandas as pd
from scipy.optimize import linear_sum_assignment

import mentormatch as mm
from bench_engines import scores_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

SIZES = [(20, 20), (50, 50), (100, 100), (200, 200), (500, 500), (400, 500)]


def seconds(calls: list[Callable[[], object]], repeat: int) -> list[float]:
    """The best of each call, one after the other."""
    best = [math.inf] * len(calls)
    for _ in range(repeat):
        for k, call in enumerate(calls):
            started = time.process_time()
            call()
            best[k] = min(best[k], time.process_time() - started)
    return best


def first_seconds(scores: NDArray[np.float64]) -> float:
    """Of one match of a problem that is new."""
    problem = mm.Problem.from_scores(scores)
    started = time.process_time()
    mm.match(problem)
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--smoke", action="store_true", help="two sizes, one turn")
    given = parser.parse_args()
    print(
        f"{'mentees × mentors':>18} {'SciPy ms':>9} {'match ms':>9} {'ratio':>6} {'on top ms':>9} "
        f"{'ids ms':>8} {'first ms':>9}"
    )
    for n, m in SIZES[:2] if given.smoke else SIZES:
        scores = scores_of(n, m)
        problem = mm.Problem.from_scores(scores)
        names = pd.DataFrame(scores).rename(index="person {}".format, columns="mentor {}".format)
        named = mm.Problem.from_scores(names)
        matching = mm.match(problem)
        assert matching.certificate is not None
        assert matching.certificate.proven
        best = scores[linear_sum_assignment(scores, maximize=True)].sum()
        for total in (matching.total, mm.match(named).total):
            assert abs(total - best) < 1e-9, (total, best)
        turns = []
        for _ in range(1 if given.smoke else given.turns):
            repeat = max(3, 2000 // n)
            peer, ours, by_id = seconds(
                [
                    partial(linear_sum_assignment, scores, maximize=True),
                    partial(mm.match, problem),
                    partial(mm.match, named),
                ],
                repeat,
            )
            first = min(first_seconds(scores) for _ in range(3))
            turns.append((ours / peer, peer, ours, by_id, first))
        ratio, peer, ours, by_id, first = (median(one) for one in zip(*turns, strict=True))
        print(
            f"{n:>8} × {m:<7} {1000 * peer:>9.3f} {1000 * ours:>9.3f} {ratio:>6.2f} "
            f"{1000 * (ours - peer):>9.3f} {1000 * by_id:>8.3f} {1000 * first:>9.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
