"""Answers, rematching, conflicts and records against the time of the match itself, in one run.

Each figure is a ratio to the match of the same problem, in processor time of this process: what
else runs on the machine changes it little. The goals are asserted; `--smoke` takes a small problem,
at which they mean nothing.
"""

from __future__ import annotations

import argparse
import time
from functools import partial
from typing import Any

import numpy as np

import mentormatch as mm
from mentormatch.whatif.scenario import Scenarios


def timed(run: Any) -> tuple[float, Any]:
    started = time.process_time()
    answer = run()
    return time.process_time() - started, answer


def report(what: str, taken: float, goal: float, unit: str = "", *, smoke: bool) -> None:
    """Print a figure with its goal, and fail where it is missed."""
    print(f"  {what:24}{taken:8.2f}{unit} (goal {goal:g})")
    assert smoke or taken <= goal, f"{what} took {taken:.2f}{unit}, the goal is {goal:g}{unit}."


def scores_of(n: int, m: int) -> np.ndarray:
    generator = np.random.default_rng(0)
    made = generator.normal(size=(n, 24)) @ generator.normal(size=(m, 24)).T
    return (made - made.min()) / (made.max() - made.min())


def measure(n: int, m: int, seats: int, *, smoke: bool) -> None:
    say = partial(report, smoke=smoke)
    scores = scores_of(n, m)
    problem = mm.Problem.from_scores(scores, capacity=seats)
    mm.match(mm.Problem.from_scores(scores[:50, :20]))  # imports what a match needs
    match, matching = timed(lambda: mm.match(problem))
    print(f"{n:,} mentees, {m:,} mentors, {seats} seats: match {match:.2f} s of CPU = 1")
    explained = mm.explain(matching)
    generator = np.random.default_rng(1)
    made = set(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
    asked = [
        pair
        for pair in zip(generator.integers(n, size=60), generator.integers(m, size=60), strict=True)
        if (int(pair[0]), int(pair[1])) not in made
    ]
    first, answer = timed(lambda: explained.why_not(*map(int, asked[0])))
    say("first why_not", first / match, 0.5)
    # What is said is so: with the pair pinned, a fresh match loses as much.
    pinned = mm.Problem.from_scores(scores, capacity=seats, pins=[tuple(map(int, asked[0]))])
    assert abs(matching.total - mm.match(pinned).total - answer.cost) < 1e-5
    rest, _ = timed(lambda: [explained.why_not(*map(int, pair)) for pair in asked[1:]])
    say("why_not, each", 1000 * rest / (len(asked) - 1), 5, " ms")
    seats_time, _ = timed(explained.seat_values)
    say("all seat values", seats_time / match, 1)
    measure_scenarios(matching, match, say)
    gone = np.sort(generator.choice(m, max(1, m // 100), replace=False))
    capacity = problem.capacities.copy()
    capacity[gone] = 0
    left = mm.Problem.from_scores(scores, capacity=capacity)
    fresh, _ = timed(lambda: mm.match(left))
    again, rematched = timed(lambda: mm.rematch(matching, left))
    assert rematched.n_matched == mm.match(left).n_matched
    say("rematch after 1 %", again / fresh, 1)
    chains, _ = timed(lambda: rematched.chains)
    say("its chains", chains / match, 1)
    robust, told = timed(lambda: mm.robustness(matching))
    say("robustness", robust / match, 2)
    one = told.mentors.sort_values("loss").iloc[-1]
    capacity = problem.capacities.copy()
    capacity[one["mentor"]] = 0
    without = mm.match(mm.Problem.from_scores(scores, capacity=capacity))
    assert abs(matching.total - without.total - one["loss"]) < 1e-5
    sweep, corners = timed(lambda: mm.rematch_frontier(matching, left))
    say(f"frontier, {len(corners)} corners", sweep / match, 20)
    assert corners["changes"].iloc[0] == rematched.n_changes
    assert abs(corners["total"].iloc[-1] - mm.match(left).total) < 1e-5
    texts, said = timed(lambda: explained.texts("mentee"))
    say(f"{len(said):,} texts to mentees", texts, 5, " s")
    texts, said = timed(lambda: explained.texts("mentor"))
    say(f"{len(said):,} texts to mentors", texts, 5, " s")


def measure_scenarios(matching: mm.Matching, match: float, say: Any) -> None:
    """One change at a time, told by chains of moves; each total is that of a fresh match."""
    problem = matching.problem
    j = int(np.flatnonzero(matching.loads.to_numpy() == problem.capacities)[0])
    i = int(matching.mentees[0])
    other = int(np.argmin(problem.scores(slice(i, i + 1), np.inf)[0]))
    changes = {
        "a seat more": (mm.change.seat(j, +1), 0.5),
        "a seat less": (mm.change.seat(j, -1), 0.5),
        "a mentee leaves": (mm.change.leave(i, "mentee"), 0.5),
        "a pin": (mm.change.pin(i, other), 0.5),
        # Its own mentees are placed one after another, and prices are found anew.
        "a mentor leaves": (mm.change.leave(j, "mentor"), 1.0),
    }
    alone, _ = timed(lambda: mm.what_if(matching, [changes["a seat more"][0]]))
    say("what_if, with its graph", alone / match, 1)
    asker = Scenarios(matching)
    asker.ask([changes["a seat more"][0]])
    for name, (change, goal) in changes.items():
        # A copy of the scores without somebody takes as long as a match, and comes before either.
        changed = change.apply(problem)
        taken, told = timed(partial(asker.graph.answer, change, changed))
        say(f"  {name}, then", taken / match, goal)
        assert told is not None
        assert told.certificate.proven
        fresh = mm.match(changed)
        assert abs(told.total - fresh.total) < 1e-5
        assert told.n_matched == fresh.n_matched


def measure_conflicts(n: int, m: int, *, smoke: bool) -> None:
    """Minimums that cannot all be met: the cheapest repair, and a smallest conflict with proof."""
    generator = np.random.default_rng(2)
    whole = generator.random((n, m))
    narrow = whole.copy()
    few = n // 60
    narrow[few:, : m // 25] = np.nan
    for said, scores, least in (
        ("everybody eligible", whole, n // m + 1),
        ("few eligible", narrow, few * 25 // m + 1),
    ):
        minimum = np.full(m, least if scores is whole else 0)
        minimum[: m // 25] = least
        problem = mm.Problem.from_scores(scores, capacity=least + 1, minimum=minimum)
        try:
            mm.match(problem)
            raise AssertionError("The minimums can be met.")
        except mm.InfeasibleError as error:
            found = error
        print(f"{n:,} mentees, {m:,} mentors, minimums that cannot be met, {said}:")
        repair, repairs = timed(found.repairs)
        report("repairs", repair, 0.2, " s", smoke=smoke)
        assert repairs.cost == repairs.bound
        mm.match(repairs.apply())
        search, smallest = timed(found.smallest)
        report(f"a smallest conflict, {len(smallest)}", search, 5, " s", smoke=smoke)
        assert smallest.proven_smallest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="a small problem only")
    if parser.parse_args().smoke:
        measure(600, 200, 3, smoke=True)
        measure_conflicts(400, 100, smoke=True)
    else:
        measure(10_000, 4_000, 3, smoke=False)
        measure_conflicts(4_000, 1_000, smoke=False)


if __name__ == "__main__":
    main()
