"""Levels of chance in a lottery over matchings: weights that show that nobody's can be raised.

By induction over the levels: any lottery that is at least as equal gives those settled so far what
they have. Of the others, the sum by the weights is at most what a matching can serve, less what the
settled ones have of it; so all of them who have a weight have the level and no more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.certificates.claims import SAME
from mentormatch.certificates.kinds.faces import exact_scores
from mentormatch.proofs.program_stages import ChanceStage

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    chances, matchings
        How likely each matching is.
    weights
        Of each level a float64 array (mentees,), 0 or more.
    most
        Of each level: no matching serves more by these weights, as a solver says.
    """
    served = _served(problem, chances, matchings)
    settled = problem.demands == 0
    stages, open_pairs = [], _open_pairs(problem)
    for own, limit in zip(weights, most, strict=True):
        new = (own > 0) & ~settled
        level = float(served[~settled].min(initial=1.0))
        limit = min(limit, _most_without_rules(problem, open_pairs, own))
        size = float(own[new].sum())
        bound = 1.0 if not size else (limit - float(own[settled] @ served[settled])) / size
        bound = min(max(bound, level), 1.0)
        names = problem.mentee_ids[own > 0].rename("mentee")
        by_mentee = pd.Series(own[own > 0], index=names, name="weight", dtype=float)
        stages.append(ChanceStage(level, bound, limit, by_mentee, TOLERANCE))
        settled |= new
    return tuple(stages)


def _served(
    problem: Problem, chances: NDArray[np.float64], matchings: Sequence[Matching]
) -> NDArray[np.float64]:
    """How likely each mentee has a mentor."""
    served = np.zeros(problem.shape[0])
    for chance, one in zip(chances.tolist(), matchings, strict=True):
        served[np.unique(one.mentees)] += chance
    return served


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

    Returns
    -------
    tuple of ChanceStage, tuple of str
        The levels recomputed, at the tolerances claimed; what is believed of a solver.
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
    again = prove_levels(problem, chances, matchings, weights, [one.most for one in levels])
    served, settled = _served(problem, chances, matchings), problem.demands == 0
    found, believed, open_pairs = [], [], _open_pairs(problem)
    for number, (one, is_, own) in enumerate(zip(levels, again, weights, strict=True), start=1):
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
        new = (own > 0) & ~settled
        if is_.proven and (served[new] > is_.objective + 10 * TOLERANCE).any():
            findings.append(f"level {number}: somebody settled at it has more")
        if is_.most < _most_without_rules(problem, open_pairs, own):
            believed.append(f"the bound {is_.bound:.6g} on chance {number} is the solver's")
        settled |= new
        found.append(replace(is_, tolerance=min(one.tolerance, TOLERANCE)))
    if all(one.proven for one in levels) and not settled.all():
        findings.append("of some mentees it is not shown that their chance cannot be raised")
    return tuple(found), tuple(believed)
