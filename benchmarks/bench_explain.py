"""Answers, rematching and records against the time of the match itself, in one run.

Each figure is a ratio to the match of the same problem; `--smoke` takes a small one.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np

import mentormatch as mm


def timed(run: Any) -> tuple[float, Any]:
    started = time.perf_counter()
    answer = run()
    return time.perf_counter() - started, answer


def scores_of(n: int, m: int) -> np.ndarray:
    generator = np.random.default_rng(0)
    made = generator.normal(size=(n, 24)) @ generator.normal(size=(m, 24)).T
    return (made - made.min()) / (made.max() - made.min())


def measure(n: int, m: int, seats: int) -> None:
    scores = scores_of(n, m)
    problem = mm.Problem.from_scores(scores, capacity=seats)
    mm.match(mm.Problem.from_scores(scores[:50, :20]))  # imports what a match needs
    match, matching = timed(lambda: mm.match(problem))
    print(f"{n:,} mentees, {m:,} mentors, {seats} seats: match {match:.2f} s = 1")
    explained = mm.explain(matching)
    generator = np.random.default_rng(1)
    made = set(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
    asked = [
        pair
        for pair in zip(generator.integers(n, size=60), generator.integers(m, size=60), strict=True)
        if (int(pair[0]), int(pair[1])) not in made
    ]
    first, answer = timed(lambda: explained.why_not(*map(int, asked[0])))
    print(f"  first why_not          {first / match:6.2f}   (goal 0.5)")
    # What is said is so: with the pair pinned, a fresh match loses as much.
    pinned = mm.Problem.from_scores(scores, capacity=seats, pins=[tuple(map(int, asked[0]))])
    assert abs(matching.total - mm.match(pinned).total - answer.cost) < 1e-5
    rest, _ = timed(lambda: [explained.why_not(*map(int, pair)) for pair in asked[1:]])
    print(f"  why_not, each          {1000 * rest / (len(asked) - 1):6.1f} ms (goal 5)")
    seats_time, _ = timed(explained.seat_values)
    print(f"  all seat values        {seats_time / match:6.2f}   (goal 1)")
    gone = np.sort(generator.choice(m, max(1, m // 100), replace=False))
    capacity = problem.capacities.copy()
    capacity[gone] = 0
    left = mm.Problem.from_scores(scores, capacity=capacity)
    fresh, _ = timed(lambda: mm.match(left))
    again, rematched = timed(lambda: mm.rematch(matching, left))
    assert rematched.n_matched == mm.match(left).n_matched
    print(f"  rematch after 1 %      {again / fresh:6.2f}   (goal 1, of a fresh match)")
    chains, _ = timed(lambda: rematched.chains)
    print(f"  its chains             {chains / match:6.2f}")
    robust, told = timed(lambda: mm.robustness(matching))
    print(f"  robustness             {robust / match:6.2f}   (goal 2)")
    one = told.mentors.sort_values("loss").iloc[-1]
    capacity = problem.capacities.copy()
    capacity[one["mentor"]] = 0
    without = mm.match(mm.Problem.from_scores(scores, capacity=capacity))
    assert abs(matching.total - without.total - one["loss"]) < 1e-5
    sweep, corners = timed(lambda: mm.rematch_frontier(matching, left))
    print(f"  frontier, {len(corners):3} corners  {sweep / match:6.2f}   (goal 20, of 100 corners)")
    assert corners["changes"].iloc[0] == rematched.n_changes
    assert abs(corners["total"].iloc[-1] - mm.match(left).total) < 1e-5
    texts, said = timed(lambda: explained.texts("mentee"))
    print(f"  {len(said):,} texts to mentees  {texts:6.2f} s (goal 5, of 10,000)")
    texts, said = timed(lambda: explained.texts("mentor"))
    print(f"  {len(said):,} texts to mentors  {texts:6.2f} s (goal 5, of 10,000)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="a small problem only")
    if parser.parse_args().smoke:
        measure(600, 200, 3)
    else:
        measure(10_000, 4_000, 3)


if __name__ == "__main__":
    main()
