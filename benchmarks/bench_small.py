"""Small problems against SciPy's assignment, which proves nothing: ratios in one run.

    python benchmarks/bench_small.py            # half a minute
    python benchmarks/bench_small.py --smoke    # seconds

Ours is the whole of ``mm.match`` with its proof on a problem that is there already, as a service
that matches the same people again calls it. Each turn times both, one after the other, so that a
busy machine disturbs both alike; the middle of the ratios is printed. Totals are asserted equal and
each certificate proven.
"""

from __future__ import annotations

import argparse
import time
from statistics import median
from typing import TYPE_CHECKING

from scipy.optimize import linear_sum_assignment

import mentormatch as mm
from bench_engines import scores_of

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = [(20, 20), (50, 50), (100, 100), (200, 200), (500, 500), (400, 500)]


def seconds(call: Callable[[], object], repeat: int) -> float:
    """The best of a few calls."""
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--smoke", action="store_true", help="two sizes, one turn")
    given = parser.parse_args()
    print(
        f"{'mentees × mentors':>18} {'SciPy ms':>9} {'match ms':>9} {'ratio':>6} {'on top ms':>9}"
    )
    for n, m in SIZES[:2] if given.smoke else SIZES:
        scores = scores_of(n, m)
        problem = mm.Problem.from_scores(scores)
        matching = mm.match(problem)
        assert matching.certificate is not None
        assert matching.certificate.proven
        best = scores[linear_sum_assignment(scores, maximize=True)].sum()
        assert abs(matching.total - best) < 1e-9, (matching.total, best)
        turns = []
        for _ in range(1 if given.smoke else given.turns):
            repeat = max(3, 2000 // n)
            peer = seconds(lambda s=scores: linear_sum_assignment(s, maximize=True), repeat)  # type: ignore[misc]
            ours = seconds(lambda p=problem: mm.match(p), repeat)  # type: ignore[misc]
            turns.append((ours / peer, peer, ours))
        ratio, peer, ours = (median(one) for one in zip(*turns, strict=True))
        print(
            f"{n:>8} × {m:<7} {1000 * peer:>9.3f} {1000 * ours:>9.3f} {ratio:>6.2f} "
            f"{1000 * (ours - peer):>9.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
