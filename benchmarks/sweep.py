"""Search for wrong answers: random problems against enumeration, and proofs against forgery.

    python benchmarks/sweep.py --minutes 60      # what a release is held against
    python benchmarks/sweep.py --smoke           # seconds, with the same draws each time

Each trial draws a problem with ties, masks, minimums, demands, priorities, pins, bans and limits in
all combinations, and asks one of these: does an engine, or a strategy, reach what trying everything
finds; do rounds of columns, forced down to one column each, end where a flow with all arcs ends;
does multiplying or adding change pairs; does a time limit make something proven that is not; does
``verify`` approve its own certificates and nothing that was forged; do prices show what is
impossible. It prints what it tried and found, and ends with 1 where it found anything; a finding
names its seed: ``--seed N --trials 1`` repeats it.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import mentormatch as mm
from mentormatch import shortlists
from mentormatch.solvers import ENGINES
from mentormatch.solvers.assignment import balance, opening, priced, thresholds
from mentormatch.strategies.staged.transports import transport_of

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from fair_oracles import all_matchings, compared, every_matching, parity_excess, utilities_of
from oracles import achieved, best_by_trying_everything
from side_oracles import best_with_rules

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_FINDINGS = 20
S = mm.strategies
verify = mm.certificates.verify
REFUSALS = (mm.ProblemError, mm.InfeasibleError, mm.SolverError, mm.MentorMatchError)


class FoundError(Exception):
    """Something that is not as it must be."""


def expect(condition: bool, *said: object) -> None:
    """Raise a finding unless something holds."""
    if not condition:
        raise FoundError(" ".join(map(str, said)))


# ------------------------------------------------------------------------------ drawing problems


def draw_problem(rng: np.random.Generator, most: int = 5, **fixed: Any) -> mm.Problem | None:
    """A problem with every feature now and then; None where the numbers do not fit together."""
    n, m = int(rng.integers(1, most + 1)), int(rng.integers(1, most + 1))
    kind = rng.integers(4)
    scores = rng.random((n, m)) if kind else rng.normal(size=(n, m))
    if kind == 1:
        scores = np.round(scores * 4) / 4
    if kind == 2:
        scores = scores * 10.0 ** rng.integers(-6, 7)
    scores[rng.random((n, m)) < rng.choice([0.0, 0.2, 0.5])] = np.nan
    some, open_pairs = rng.random(7), scores[np.isfinite(scores)]
    numbers: dict[str, Any] = {
        "capacity": rng.integers(0, 4, m),
        "minimum": rng.integers(0, 2, m) if some[0] < 0.3 else 0,
        "demand": rng.integers(0, 4, n) if some[1] < 0.4 else 1,
        "priority": rng.integers(0, 3, n) if some[2] < 0.4 else None,
        "coverage_first": bool(some[3] < 0.7),
        "min_score": float(np.median(open_pairs)) if some[4] < 0.1 and len(open_pairs) else None,
        "pins": [(int(rng.integers(n)), int(rng.integers(m)))] if some[5] < 0.3 else (),
        "bans": [(int(rng.integers(n)), int(rng.integers(m)))] if some[6] < 0.3 else (),
    }
    try:
        return mm.Problem.from_scores(scores, **{**numbers, **fixed})
    except mm.MentorMatchError:
        return None


def draw_rules(rng: np.random.Generator) -> tuple[mm.Problem, dict[str, Any]] | None:
    """A small problem with quotas, people apart or together, or weighted seats."""
    plain = draw_problem(rng, most=4, pins=(), min_score=None)
    if plain is None:
        return None
    n, m = plain.shape
    given: dict[str, Any] = {}
    if rng.random() < 0.6:
        groups = [[int(i) for i in range(n) if rng.random() < 0.5] for _ in range(2)]
        given["quotas"] = [
            mm.Quota(
                mentees=group,
                mentors=[j for j in range(m) if rng.random() < 0.7],
                at_most=int(rng.integers(0, 3)),
                name=f"quota {k}",
            )
            for k, group in enumerate(groups)
            if group
        ]
    if n >= 2 and rng.random() < 0.6:
        a, b = rng.choice(n, 2, replace=False).tolist()
        given["apart" if rng.random() < 0.5 else "together"] = [(a, b)]
    try:
        return replace(plain, **given), given
    except mm.MentorMatchError:
        return None


def size_of(problem: mm.Problem) -> float:
    scores = problem.block(slice(0, problem.shape[0])).scores
    return float(np.nanmax(np.abs(scores), initial=0.0)) or 1.0


def expect_own_proof(matching: mm.Matching, *said: object) -> None:
    """A certificate that is approved, whatever it claims."""
    if matching.certificate is not None:
        found = verify(matching)
        expect(found.ok, *said, "verify refuses its own:", found.findings[:2])


# --------------------------------------------------------------------------------------- trials


def try_engine(rng: np.random.Generator) -> None:
    """An engine, against everything."""
    problem = draw_problem(rng)
    if problem is None:
        return
    engine = rng.choice([None, *ENGINES])
    able = engine is None or ENGINES[engine].can_solve(transport_of(problem))
    best = best_by_trying_everything(problem)
    try:
        matching = mm.match(problem, engine=engine)
    except mm.SolverError:
        expect(not able, engine, "refused what it can solve")
        return
    except mm.InfeasibleError as error:
        expect(best is None, engine, "called a feasible problem infeasible")
        shown = mm.certificates.verify_infeasible(error)
        expect(shown.ok and not shown.believed, engine, "showed no cut", error, shown)
        return
    expect(able, engine, "solved what it says it cannot")
    expect(best is not None, engine, "solved what cannot be")
    found = achieved(matching)
    expect(found[:2] == best[:2], engine, "reaches", found, "of", best)
    expect(abs(found.total - best.total) <= 1e-9 * size_of(problem), engine, found, best)
    expect(matching.certificate.proven, engine, matching.certificate)
    expect(matching.certificate.bound >= best.total - 1e-12 * size_of(problem), "bound too low")
    expect_own_proof(matching, engine)


def value_of(name: str, problem: mm.Problem) -> Callable[[list[float], tuple[int, ...]], Any]:
    """What a strategy makes as large as possible, of what is compared and of the loads."""
    size = size_of(problem)

    def rounded(values: list[float]) -> tuple[float, ...]:
        return tuple(round(value / size, 7) for value in values)

    return {
        "maximin": lambda u, _: rounded(u[:1]),
        "leximin": lambda u, _: rounded(u),
        "worst_k": lambda u, _: rounded([sum(u[:2])]),
        "nash": lambda u, _: (
            # What is left where scores cancel is no gain.
            sum(v > 1e-12 * size for v in u),
            round(sum(float(np.log(v / size)) for v in u if v > 1e-12 * size), 6),
        ),
        "balanced": lambda _, loads: (-sum(load * load for load in loads),),
    }[name]


def try_strategy(rng: np.random.Generator) -> None:
    """A strategy with stages, against everything."""
    problem = draw_problem(rng, most=4)
    if problem is None:
        return
    name = str(rng.choice(["maximin", "leximin", "worst_k", "nash", "balanced"]))
    strategy = S.WorstK(2) if name == "worst_k" else S.strategy_named(name)
    try:
        matching = mm.match(problem, strategy)
    except mm.InfeasibleError:
        expect(best_by_trying_everything(problem) is None, name, "called it infeasible")
        return
    except mm.ProblemError:
        return
    value = value_of(name, problem)
    every = every_matching(problem)
    best = max(value(compared(problem, u), loads) for _, u, _, loads in every)
    mine = value(compared(problem, utilities_of(matching)), tuple(matching.loads))
    expect(mine >= best or np.allclose(np.ravel(mine), np.ravel(best), atol=2e-6), name, mine, best)
    by_class = best_by_trying_everything(problem)
    if problem.coverage_first:
        expect(achieved(matching).covered == by_class.covered, name, "serves fewer")
    small = problem.wants_several
    expect(matching.certificate.proven or small, name, matching.certificate)
    expect_own_proof(matching, name)


def try_parity(rng: np.random.Generator) -> None:
    """Group parity with hard bounds or soft ones, against everything."""
    problem = draw_problem(rng, most=4)
    if problem is None or len(set(problem.priorities.tolist())) > 1:
        return
    labels = rng.choice(["a", "b"], problem.shape[0]).tolist()
    bounds = [(0.0, None), (0.4, None), (None, 0.3), (0.5, 0.2)][int(rng.integers(4))]
    measure, soft = str(rng.choice(["match_rate", "mean_score"])), bool(rng.integers(2))
    # A hard bound is a condition, so it goes before coverage.
    every = every_matching(problem) if soft else all_matchings(problem)
    size = size_of(problem)
    known = [
        (max(parity_excess(problem, labels, measure, u, *bounds), 0.0), stage, total)
        for stage, u, total, _ in every
    ]
    slack = 1e-6 * (size if measure == "mean_score" else 1.0)
    least = min((one[0] for one in known), default=0.0) if soft else 0.0
    kept = [one[1:] for one in known if one[0] <= least + slack]
    gap, floor = bounds
    strategy = S.GroupParity(labels, measure=measure, max_gap=gap, floor=floor, soft=soft)
    try:
        matching = mm.match(problem, strategy)
    except mm.InfeasibleError:
        # Within the tolerance a bound may be held or not.
        held = any(one[0] == 0 for one in known)
        expect(not held, "parity called bounds that can hold infeasible", labels, bounds, measure)
        return
    expect(bool(kept), "parity holds bounds that cannot be held", labels, bounds, measure)
    if problem.coverage_first:
        most = max(stage for stage, _ in kept)
        kept = [one for one in kept if one[0] == most]
    best = max(total for _, total in kept)
    near = abs(matching.total - best) <= 1e-5 * size * max(1, len(matching.pairs))
    expect(near, "parity", matching.total, best, labels, bounds, measure, soft)
    expect_own_proof(matching, "parity")


def try_impossible(rng: np.random.Generator) -> None:
    """What is called impossible is shown by prices, or a solver is named."""
    drawn = draw_rules(rng)
    if drawn is None:
        return
    problem, given = drawn
    minimum = rng.integers(0, 3, problem.shape[1])
    asked = replace(problem, minimum=minimum)
    try:
        mm.match(asked)
    except mm.InfeasibleError as error:
        found = mm.certificates.verify_infeasible(error)
        expect(found.ok, found.findings, given, minimum)
        expect(not found.believed or "CP-SAT" in str(error), "names nobody", error)
        expect(asked.sides or not found.believed, "no cut", error)


def try_rules(rng: np.random.Generator) -> None:
    """Side rules, against everything."""
    drawn = draw_rules(rng)
    if drawn is None:
        return
    problem, given = drawn
    best = best_with_rules(problem, given)
    try:
        matching = mm.match(problem)
    except mm.InfeasibleError:
        expect(best is None, "called feasible rules infeasible", given)
        return
    expect(best is not None, "kept rules that cannot be kept", given)
    found = achieved(matching)
    expect(found[:2] == best[:2], "rules reach", found, "of", best, given)
    expect(abs(found.total - best.total) <= 2e-6 * size_of(problem), found, best, given)
    # Whole numbers of a solver round by a step, which counts where next to nothing is made.
    close = matching.certificate.gap <= 1e-11 * size_of(problem)
    expect(matching.certificate.proven or close, matching.certificate, given)
    expect(matching.certificate.bound >= best.total - 1e-9 * size_of(problem), "bound too low")
    expect_own_proof(matching, given)


def try_columns(rng: np.random.Generator) -> None:
    """Rounds that see one column at a time, against a flow with all arcs, at a middle size."""
    problem = draw_problem(rng, most=40)
    if problem is None:
        return
    modules = {
        priced: {"KEPT": 1, "EXTRA": 0},
        shortlists: {"LISTED": int(rng.choice([1, 4]))},
        opening: {
            "KEPT_AT_FIRST": 1,
            "NEAR_AT_FIRST": 0,
            "FEWEST_BEST": int(rng.choice([0, 4])),
            "TRIES": int(rng.choice([0, 4])),
            "MOST_ROUNDS": int(rng.choice([0, 3, 40])),
        },
        balance: {"ALL_PAIRS": 1, "GROUPS": 2},
        thresholds: {"ALL_PAIRS": 1, "GROUPS": 2},
    }
    name = str(rng.choice(["optimal", "optimal", "balanced", "maximin"]))
    if name != "optimal" and problem.wants_several:
        return
    before = {
        module: {key: getattr(module, key) for key in kept} for module, kept in modules.items()
    }

    def solve(engine: str | None) -> mm.Matching | str:
        try:
            return mm.match(problem, name, engine=engine)
        except (mm.InfeasibleError, mm.ProblemError) as error:
            return type(error).__name__

    plain = solve("flow")
    try:
        for module, kept in modules.items():
            for key, value in kept.items():
                setattr(module, key, value)
        forced = solve("priced" if name == "optimal" else None)
    finally:
        for module, kept in before.items():
            for key, value in kept.items():
                setattr(module, key, value)
    if isinstance(plain, str) or isinstance(forced, str):
        expect(plain == forced, name, "flow says", plain, "columns say", forced)
        return
    expect(achieved(plain)[:2] == achieved(forced)[:2], name, achieved(plain), achieved(forced))
    close = abs(plain.total - forced.total) <= 1e-9 * size_of(problem) * (1 + len(plain.pairs))
    expect(close, name, plain.total, forced.total)
    expect(forced.certificate.proven, name, forced.certificate)
    expect_own_proof(forced, name)


def try_scale(rng: np.random.Generator) -> None:
    """The same pairs whatever the unit, and whatever constant is added."""
    demand = int(rng.choice([1, 1, 2]))
    # Several mentors each are an integer program, and quick only where people are few.
    n, m = int(rng.integers(2, 12 if demand == 1 else 5)), int(rng.integers(2, 8 // demand))
    scores = rng.random((n, m))
    numbers = {"capacity": int(rng.integers(1, 4)), "demand": demand}
    name = str(rng.choice(["optimal", "maximin", "leximin", "worst_k", "nash", "balanced"]))
    if name == "nash" and numbers["demand"] > 1:
        return
    unit = float(rng.choice([2.0**-60, 1e-18, 1e18, 2.0**60]))
    here = mm.match(mm.Problem.from_scores(scores, **numbers), name)
    there = mm.match(mm.Problem.from_scores(scores * unit, **numbers), name)
    same = here.pairs[["mentee", "mentor"]].equals(there.pairs[["mentee", "mentor"]])
    expect(same, name, "other pairs in units of", unit)
    expect(there.certificate.proven == here.certificate.proven, name, unit, there.certificate)
    expect_own_proof(there, name, unit)


def try_limit(rng: np.random.Generator) -> None:
    """What a time limit cut is not proven unless it is the best all the same."""
    problem = draw_problem(rng, most=5)
    if problem is None:
        return
    name = str(rng.choice(["optimal", "maximin", "leximin", "worst_k", "balanced"]))
    limit = float(10.0 ** rng.uniform(-5, -1))
    try:
        cut, whole = mm.match(problem, name, time_limit=limit), mm.match(problem, name)
    except REFUSALS:
        return
    expect_own_proof(cut, name, limit)
    if cut.certificate.proven and whole.certificate.proven:
        close = abs(cut.total - whole.total) <= 2e-5 * size_of(problem) * (1 + len(whole.pairs))
        expect(close, name, "cut and proven:", cut.total, "whole:", whole.total)


def try_forgery(rng: np.random.Generator) -> None:
    """A certificate that is not of these pairs, this problem, this label, or not true."""
    problem, other = draw_problem(rng, most=4), draw_problem(rng, most=4)
    if problem is None or other is None:
        return
    names = ["optimal", "maximin", "leximin", "worst_k", "nash", "balanced", "generous"]
    name = str(rng.choice(names))
    try:
        matching = mm.match(problem, name)
    except REFUSALS:
        return
    certificate = matching.certificate
    if certificate is None:
        return
    kind = int(rng.integers(5))
    if kind == 0:
        forged = replace(matching, strategy=str(rng.choice([one for one in names if one != name])))
        expect(not verify(forged).ok, "label", forged.strategy, "on", name)
    elif kind == 1:
        changed = {"priority": rng.integers(0, 3, problem.shape[0]), "minimum": 0}
        key = str(rng.choice(list(changed)))
        try:
            moved = replace(matching, problem=replace(problem, **{key: changed[key]}))
        except mm.MentorMatchError:
            return
        same = np.array_equal(moved.problem.priority_classes, problem.priority_classes)
        same &= np.array_equal(moved.problem.minimums, problem.minimums)
        expect(verify(moved).ok == same, "a proof of another", key)
    elif kind == 2:
        _, pairs = _another_matching(problem, matching, rng)
        if pairs is not None:
            expect(not verify(replace(pairs, certificate=certificate)).ok, name, "other pairs")
    elif kind == 3:
        which = str(rng.choice(["objective", "bound", "gap"]))
        step = (1 + abs(getattr(certificate, which))) * float(rng.choice([-0.1, 0.1]))
        changed_one = replace(certificate, **{which: getattr(certificate, which) + step})
        expect(not verify(matching, changed_one).ok, name, "a changed", which)
    elif name not in ("optimal", "generous"):
        _try_relabelled_optimum(matching, name)


def _try_relabelled_optimum(matching: mm.Matching, name: str) -> None:
    """The best total under the label and the promise of a strategy that wants something else."""
    problem = matching.problem
    best = mm.match(problem)
    value = value_of(name, problem)
    held = [
        value(compared(problem, utilities_of(one)), tuple(one.loads)) for one in (matching, best)
    ]
    certificate = replace(best.certificate, strategy=name, promise=matching.certificate.promise)
    forged = replace(best, strategy=name, certificate=certificate)
    if held[0] > held[1] and name != "worst_k":
        expect(not verify(forged).ok, "the best total as", name, held)


def _another_matching(
    problem: mm.Problem, matching: mm.Matching, rng: np.random.Generator
) -> tuple[int, mm.Matching | None]:
    """A matching of the same problem and label with other pairs."""
    keep = rng.random(len(matching.mentees)) < 0.5
    pairs = list(zip(matching.mentees[keep].tolist(), matching.mentors[keep].tolist(), strict=True))
    try:
        made = mm.Matching.from_pairs(problem, pairs, strategy=matching.strategy)
    except mm.MentorMatchError:
        return 0, None
    return len(pairs), made if len(pairs) < len(matching.mentees) else None


TRIALS: dict[str, Callable[[np.random.Generator], None]] = {
    "engines": try_engine,
    "strategies": try_strategy,
    "parity": try_parity,
    "side rules": try_rules,
    "impossible": try_impossible,
    "columns": try_columns,
    "scales": try_scale,
    "time limits": try_limit,
    "forgeries": try_forgery,
}


def sweep(seconds: float, seed: int, trials: int | None, only: list[str] | None) -> int:
    """Run trials in turn until time is over; print what was tried and found."""
    kinds = {name: trial for name, trial in TRIALS.items() if only is None or name in only}
    tried: Counter[str] = Counter()
    found: list[str] = []
    end = time.monotonic() + seconds
    number = seed
    while time.monotonic() < end and len(found) < MOST_FINDINGS:
        if trials is not None and number - seed >= trials:
            break
        for name, trial in kinds.items():
            tried[name] += 1
            try:
                trial(np.random.default_rng([number, list(TRIALS).index(name)]))
            except FoundError as finding:
                found.append(f"{name}, seed {number}: {finding}")
                print(found[-1], flush=True)
            except Exception:
                found.append(f"{name}, seed {number}: {traceback.format_exc(limit=-3)}")
                print(found[-1], flush=True)
        number += 1
    for name, count in tried.items():
        print(f"{name:>12}: {count:,} tried")
    print(f"{sum(tried.values()):,} trials, {len(found)} findings, seeds {seed} to {number - 1}")
    return 1 if found else 0


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--smoke", action="store_true", help="8 seconds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trials", type=int, help="so many of each kind, whatever the time")
    parser.add_argument("--only", action="append", choices=sorted(TRIALS), help="kinds of trials")
    asked = parser.parse_args()
    seconds = 4.0 if asked.smoke else 60 * asked.minutes
    return sweep(seconds, asked.seed, asked.trials, asked.only)


if __name__ == "__main__":
    raise SystemExit(main())
