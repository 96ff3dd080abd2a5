"""Levels of chance in a lottery over matchings: weights that show that nobody's can be raised.

By induction over the levels: any lottery that is at least as equal gives those settled so far their
levels. Of the others, the sum by the weights is at most what a matching can serve, less these
levels; so all of them who have a weight have the level and no more. What little the sum leaves open
may be one mentee's alone, and is much for one of little weight: who may have more for it is not
settled.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.certificates.claims import SAME
from mentormatch.certificates.kinds.faces import exact_scores
from mentormatch.proofs.program_stages import ChanceStage
from mentormatch.sums import lost_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["check_levels", "prove_levels"]

# What a solver leaves open of a chance. By ten times that somebody may be above its level: as much
# as the others, each by the rounding of a linear program, are below.
TOLERANCE = 1e-6


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
