"""Proofs for lotteries over matchings that keep side rules: which they are, and how likely.

Levels of chance are proven by weights which show that nobody's can be raised, by induction over the
levels: any lottery that is at least as equal gives those settled so far their levels. Of the
others, the sum by the weights is at most what a matching can serve, less these levels; so all of
them who have a weight have the level and no more. What little the sum leaves open may be one
mentee's alone, and is much for one of little weight: who may have more for it is not settled.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from mentormatch.certificates.bounds.bound import RELATIVE_TOLERANCE, list_violations
from mentormatch.certificates.claims import SAME, compare_claims
from mentormatch.certificates.kinds.faces import exact_scores
from mentormatch.certificates.kinds.lotteries import certify_expectation
from mentormatch.matching import Matching
from mentormatch.proofs.program_stages import ChanceStage, MixedStage
from mentormatch.sums import lost_in, sum_exactly

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem

__all__ = ["check_mixture", "prove_levels", "prove_mixture"]

# How far sums of chances may be off by the rounding of a linear program.
DUST = 1e-7
# What a solver leaves open of a chance. By ten times that somebody may be above its level: as much
# as the others, each by the rounding of a linear program, are below.
TOLERANCE = 1e-6


def prove_mixture(
    matching: Matching,
    solver: str,
    cap: float,
    chances: NDArray[np.float64],
    matchings: Sequence[Matching],
    bounds: dict[str, float],
    levels: Sequence[ChanceStage] = (),
) -> Certificate:
    """Certify a lottery over matchings whose bounds are a solver's.

    Parameters
    ----------
    matching
        The one that was drawn.
    cap
        No pair has a larger probability, pins apart.
    chances, matchings
        How likely each matching is.
    bounds
        On the expectation of each stage, in the order of the stages; the total last.
    levels
        Where chances are as equal as can be: what comes first.
    """
    problem, stages = matching.problem, list[ChanceStage | MixedStage](levels)
    for what, limit in bounds.items():
        values, size = _expectation(what, chances, matchings)
        # A solver overlooks as much of its bound; no expectation is beyond one that holds.
        room = 0.5 * RELATIVE_TOLERANCE * size
        bound = max(limit, values) + room
        frame = _frame_of(problem, matchings if what == "total" else ())
        likely = tuple(chances.tolist()) if what == "total" else ()
        tolerance = RELATIVE_TOLERANCE * size
        stages.append(MixedStage(what, cap, values, bound, tolerance, likely, frame))
    return _certificate(matching, solver, tuple(stages))


def _certificate(
    matching: Matching, solver: str, stages: tuple[ChanceStage | MixedStage, ...]
) -> Certificate:
    """The certificate of the expected total, and of the stages before it."""
    problem = matching.problem
    prices = problem.compatibility.price_series(np.zeros(problem.shape[1]))
    equal = any(isinstance(one, ChanceStage) for one in stages)
    return certify_expectation(matching, stages, prices, solver, fair=equal)


def _expectation(
    what: str, chances: NDArray[np.float64], matchings: Sequence[Matching]
) -> tuple[float, float]:
    """An expectation, and the size that its tolerance is a share of."""
    values = np.zeros(len(matchings))
    for k, one in enumerate(matchings):
        own = {"coverage": one.n_matched, "pairs": len(one.mentees), "total": one.total}
        values[k] = own[what]
    size = float(chances @ [float(np.abs(one.scores).sum()) for one in matchings])
    expected = sum_exactly(chances * values)
    return expected, size if what == "total" else max(1.0, expected)


def _frame_of(problem: Problem, matchings: Sequence[Matching]) -> pd.DataFrame:
    """The pairs of some matchings, by id."""
    number = np.repeat(np.arange(len(matchings)), [len(one.mentees) for one in matchings])
    nobody = np.empty(0, np.intp)
    mentees = np.concatenate([nobody, *(one.mentees for one in matchings)])
    mentors = np.concatenate([nobody, *(one.mentors for one in matchings)])
    return pd.DataFrame(
        {
            "matching": number,
            "mentee": problem.mentee_ids.take(mentees),
            "mentor": problem.mentor_ids.take(mentors),
        }
    )


def check_mixture(
    matching: Matching, claimed: Certificate
) -> tuple[list[str], Certificate, tuple[str, ...]]:
    """List what does not hold of a lottery over matchings; and what is believed of its bounds."""
    problem = matching.problem
    levels = [one for one in claimed.stages if isinstance(one, ChanceStage)]
    stages = [one for one in claimed.stages[len(levels) :] if isinstance(one, MixedStage)]
    equal = claimed.promise == "equal chances"
    wanted = ["coverage"] if problem.coverage_first and not equal else []
    wanted += ["pairs"] if wanted and problem.wants_several else []
    same = [one.what for one in stages] == [*wanted, "total"]
    if len(levels) + len(stages) != len(claimed.stages) or not same or bool(levels) != equal:
        first = ["levels of chance"] if equal else wanted
        said = "its stages are not those of a lottery: " + ", ".join([*first, "total"])
        return [said], replace(claimed, proven=False), ()
    last, findings = stages[-1], []
    numbers = [
        last.chances,
        *((one.objective, one.bound) for one in stages),
        *((one.objective, one.bound, one.most) for one in levels),
    ]
    if not np.isfinite(np.concatenate(numbers)).all():
        said = "a chance, an expectation or its bound is not a finite number"
        return [said], replace(claimed, proven=False), ()
    if any(one.cap != last.cap for one in stages):
        findings.append("the stages of a lottery have different largest probabilities")
    chances = np.array(last.chances, dtype=np.float64)
    made = _matchings_of(problem, last, findings)
    if made is None:
        return findings, replace(claimed, proven=False), ()
    if (chances < 0).any() or abs(float(chances.sum()) - 1) > DUST:
        findings.append("the chances of its matchings do not add up to 1")
    for number, other in enumerate(made):
        broken = list_violations(other)
        findings += [f"matching {number} is none: {wrong}" for wrong in broken]
    findings += _check_probabilities(matching, last.cap, chances, made)
    found_levels, sure = check_levels(levels, chances, made, findings)
    again = prove_mixture(
        matching,
        claimed.method,
        last.cap,
        chances,
        made,
        {one.what: one.bound for one in stages},
        found_levels,
    )
    for one, is_ in zip(stages, again.stages[len(found_levels) :], strict=True):
        assert isinstance(is_, MixedStage)
        if not abs(one.objective - is_.objective) <= is_.tolerance:
            findings.append(
                f"{one.what}: it says objective {one.objective:.9g}, it is {is_.objective:.9g}"
            )
        if not one.bound >= is_.objective - is_.tolerance:
            findings.append(
                f"{one.what}: {is_.objective:.9g} is expected, which its bound {one.bound:.9g} "
                "does not allow"
            )
        if not 0 <= one.tolerance <= is_.tolerance * (1 + SAME):
            findings.append(f"{one.what}: its tolerance is more than justified")
    found = _certificate(matching, claimed.method, (*found_levels, *stages))
    found, wrong = compare_claims(claimed, replace(found, objective=again.objective))
    findings += wrong
    if claimed.prices.any() or claimed.seats_multiplier or any(claimed.coverage_multipliers):
        findings.append(f"a bound of {claimed.method}'s has no prices, but the certificate has")
    believed = sure + tuple(
        f"the bound {one.bound:.6g} on the expected {one.what} is {claimed.method}'s"
        for one in stages
    )
    return findings, replace(found, proven=found.proven and not findings), believed


def _matchings_of(
    problem: Problem, stage: MixedStage, findings: list[str]
) -> list[Matching] | None:
    """The matchings of a lottery, held unchecked; None where they cannot be read."""
    frame = stage.matchings
    if not {"matching", "mentee", "mentor"} <= set(frame.columns):
        findings.append("the matchings of the lottery are not there")
        return None
    mentees = problem.mentee_ids.get_indexer(pd.Index(frame["mentee"], tupleize_cols=False))
    mentors = problem.mentor_ids.get_indexer(pd.Index(frame["mentor"], tupleize_cols=False))
    number = pd.to_numeric(frame["matching"], errors="coerce").to_numpy(dtype=np.float64)
    known = np.isin(number, np.arange(len(stage.chances)))
    if (mentees < 0).any() or (mentors < 0).any() or not known.all():
        findings.append("a matching of the lottery has people who are not in the problem")
        return None
    return [
        Matching(problem, mentees[number == k], mentors[number == k], check=False)
        for k in range(len(stage.chances))
    ]


def _check_probabilities(
    matching: Matching, cap: float, chances: NDArray[np.float64], made: Sequence[Matching]
) -> list[str]:
    """Compare the probabilities with those of the matchings, and with the largest allowed."""
    problem, findings = matching.problem, []
    if matching.probabilities is None:
        return ["the matching carries no probabilities"]
    own = np.zeros(problem.shape)
    for chance, one in zip(chances.tolist(), made, strict=True):
        own[one.mentees, one.mentors] += chance
    if np.abs(own - sparse.csr_array(matching.probabilities).toarray()).max(initial=0.0) > DUST:
        findings.append("the probabilities are not those of the matchings of the lottery")
    own[problem.pinned[:, 0], problem.pinned[:, 1]] = 0.0
    if own.max(initial=0.0) > cap + DUST:
        findings.append(f"a pair has a probability above {cap:g}")
    drawn = {*zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True)}
    likely = [
        {*zip(one.mentees.tolist(), one.mentors.tolist(), strict=True)}
        for chance, one in zip(chances.tolist(), made, strict=True)
        if chance > 0
    ]
    if drawn not in likely:
        findings.append("the matching that was drawn is none of the lottery")
    return findings


def prove_levels(
    problem: Problem,
    chances: NDArray[np.float64],
    matchings: Sequence[Matching],
    weights: Sequence[NDArray[np.float64]],
    most: Sequence[float],
) -> tuple[ChanceStage, ...]:
    """Recompute the levels of chance of a lottery, and their bounds.

    Parameters
    ----------
    weights
        Of each level a float64 array (mentees,), 0 or more.
    most
        Of each level: no matching serves more by these weights, as a solver says.
    """
    return tuple(stage for stage, _ in _settle(problem, chances, matchings, weights, most))


def _settle(
    problem: Problem,
    chances: NDArray[np.float64],
    matchings: Sequence[Matching],
    weights: Sequence[NDArray[np.float64]],
    most: Sequence[float],
) -> Iterator[tuple[ChanceStage, NDArray[np.bool_]]]:
    """Yield each level, and bool (mentees,): who is shown to have it and no more."""
    served = _served(problem, chances, matchings)
    settled, least = problem.demands == 0, np.zeros(len(served))
    open_pairs = _open_pairs(problem)
    for own, limit in zip(weights, most, strict=True):
        asked = (own > 0) & ~settled
        level = float(served[~settled].min(initial=1.0))
        limit = min(limit, _most_without_rules(problem, open_pairs, own))
        size, held = float(own[asked].sum()), float(own @ least)
        rounding = lost_in(len(own) + len(matchings) + 4) * (limit + held)
        bound = 1.0 if not size else (limit - held + rounding) / size
        names = problem.mentee_ids[own > 0].rename("mentee")
        by_mentee = pd.Series(own[own > 0], index=names, name="weight", dtype=float)
        reached = min(max(bound, level), 1.0)
        new = asked.copy()
        new[asked] = _may_rise(own[asked], size * (bound - level), level) <= 10 * TOLERANCE
        yield ChanceStage(level, reached, limit, by_mentee, TOLERANCE), new
        least[new] = level
        settled = settled | new


def _may_rise(weights: NDArray[np.float64], left: float, level: float) -> NDArray[np.float64]:
    """By how much each may be above a level, where a weighted sum leaves so much to one of them."""
    with np.errstate(over="ignore"):
        return np.minimum(max(left, 0.0) / weights, max(1.0 - level, 0.0))


def _served(
    problem: Problem, chances: NDArray[np.float64], matchings: Sequence[Matching]
) -> NDArray[np.float64]:
    """How likely each mentee has a mentor; what rounding left of a sum of 1 adds to nobody's."""
    served = np.zeros(problem.shape[0])
    for chance, one in zip(chances.tolist(), matchings, strict=True):
        served[np.unique(one.mentees)] += chance
    return served / (float(chances.sum()) or 1.0)


def _open_pairs(problem: Problem) -> NDArray[np.bool_]:
    """The pairs that are still open once the pins are made."""
    scores = exact_scores(problem)
    scores[problem.pinned[:, 0], problem.pinned[:, 1]] = np.nan
    return np.asarray(~np.isnan(scores) & (problem.after_pins.capacity > 0), dtype=np.bool_)


def _most_without_rules(
    problem: Problem, open_pairs: NDArray[np.bool_], weights: NDArray[np.float64]
) -> float:
    """What no matching exceeds by these weights, seen from seats alone."""
    left = problem.after_pins
    held = float(weights[left.covered].sum())
    waiting = (weights > 0) & ~left.covered & (left.demand > 0) & open_pairs.any(axis=1)
    seats = int(left.capacity[open_pairs[waiting].any(axis=0)].sum())
    largest = np.sort(weights[waiting])[::-1][:seats]
    return held + float(largest.sum())


def check_levels(
    levels: Sequence[ChanceStage],
    chances: NDArray[np.float64],
    matchings: Sequence[Matching],
    findings: list[str],
) -> tuple[tuple[ChanceStage, ...], tuple[str, ...]]:
    """Check the levels of a lottery; add what does not hold to ``findings``.

    Returns the levels recomputed, at the tolerances claimed, and what is believed of a solver.
    """
    if not levels or not matchings:
        return (), ()
    problem = matchings[0].problem
    weights = []
    for number, one in enumerate(levels, start=1):
        where = problem.mentee_ids.get_indexer(pd.Index(one.weights.index, tupleize_cols=False))
        values = one.weights.to_numpy(dtype=np.float64)
        usable = (where >= 0).all() and len(np.unique(where)) == len(where)
        if not (usable and np.isfinite(values).all() and (values >= 0).all()):
            findings.append(f"level {number}: its weights are not one of 0 or more for each mentee")
            return (), ()
        own = np.zeros(problem.shape[0])
        own[where] = values
        weights.append(own)
    again = list(_settle(problem, chances, matchings, weights, [one.most for one in levels]))
    served, settled = _served(problem, chances, matchings), problem.demands == 0
    found, believed, open_pairs = [], [], _open_pairs(problem)
    for number, (one, found_it, own) in enumerate(zip(levels, again, weights, strict=True), 1):
        is_, new = found_it
        for name in ("objective", "bound"):
            said, value = getattr(one, name), getattr(is_, name)
            if not abs(said - value) <= 0.1 * TOLERANCE:
                findings.append(f"level {number}: it says {name} {said:.9g}, it is {value:.9g}")
        if not 0 <= one.tolerance <= TOLERANCE * (1 + SAME):
            findings.append(f"level {number}: its tolerance is more than justified")
        most = max(float(own[np.unique(each.mentees)].sum()) for each in matchings)
        if is_.most < most - TOLERANCE * max(1.0, most):
            findings.append(
                f"level {number}: a matching of the lottery serves {most:.9g} by its weights, more "
                f"than the {is_.most:.9g} that none is said to exceed"
            )
        if is_.proven and (served[new] > is_.objective + 10 * TOLERANCE).any():
            findings.append(f"level {number}: somebody settled at it has more")
        if is_.most < _most_without_rules(problem, open_pairs, own):
            believed.append(f"the bound {is_.bound:.6g} on chance {number} is the solver's")
        settled |= new
        found.append(replace(is_, tolerance=min(one.tolerance, TOLERANCE)))
    if all(one.proven for one in levels) and not settled.all():
        findings.append("of some mentees it is not shown that their chance cannot be raised")
    return tuple(found), tuple(believed)
