"""Mentors who are one skill short: what the best matching would gain if they had it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.criteria import Criteria
from mentormatch.errors import ProblemError
from mentormatch.strategies import match

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort
    from mentormatch.matching import Matching
    from mentormatch.planning.training.supply import Supply
    from mentormatch.problem import Problem

__all__ = ["rank_gains"]

MOST_CELLS = 2e8


def _with_skill(problem: Problem, supply: Supply, skill: str, mentors: NDArray[np.intp]) -> Problem:
    """Return the same problem in which some mentors offer one more skill.

    The problem must be scored from a cohort by `Criteria` that do not normalise, or ProblemError is
    raised. The skill is as it is written in the tables.
    """
    cohort = problem.compatibility.cohort
    criteria = Criteria.of_scorer(problem.compatibility.scorer)
    if cohort is None or criteria is None or criteria.normalise:
        raise ProblemError(
            "What a skill would gain needs a match scored by Criteria from tables, without "
            "normalise=True."
        )
    return replace(problem, compatibility=criteria.score(_changed(cohort, supply, skill, mentors)))


def _changed(cohort: Cohort, supply: Supply, skill: str, mentors: NDArray[np.intp]) -> Cohort:
    """Return the cohort with one more skill in the cells of some mentors."""
    table = cohort.mentors.copy()
    column = supply.criterion.offers
    cells = table[column].astype(object)
    for j in mentors.tolist():
        cell = cells.iloc[j]
        if isinstance(cell, list | tuple):
            cells.iloc[j] = [*cell, skill]
        else:
            empty = cell is None or bool(pd.isna(cell)) or not str(cell).strip()
            cells.iloc[j] = skill if empty else f"{cell}; {skill}"
    table[column] = cells
    return replace(cohort, mentors=table)


def rank_gains(matching: Matching, supply: Supply, k: int) -> tuple[pd.DataFrame, bool]:
    """Find the k mentors and skills that would raise the best total most.

    The best matching with the skill is worth at most the best one without it and the largest
    increases of as many pairs as the mentor has seats; where the certificate has prices, only what
    an increase is above the price of a seat counts (weak duality). Candidates are solved again in
    the order of this bound, until none of the others can be among the k. The table has mentor,
    skill, gain (of total score), coverage_gain (mentees with a mentor), the largest first. The
    second answer is False where a skill can change who is eligible, or how skills weigh: the bound
    does not hold then, and only the most promising 3·k were solved. Raises ProblemError where there
    are too many people and skills to try.
    """
    problem = matching.problem
    n, m = problem.shape
    if n * m * len(supply.names) > MOST_CELLS:
        raise ProblemError(
            f"{n:,} mentees, {m:,} mentors and {len(supply.names):,} skills are too many to try "
            "each. Ask for one field at a time, with cohort.only(…)."
        )
    now = problem.precise().scores(slice(0, n), np.nan)
    slack = _slack(matching, now)
    gap = 0.0 if matching.certificate is None else max(matching.certificate.gap, 0.0)
    candidates: list[tuple[float, int, int]] = []
    for s in np.flatnonzero(supply.wanted.any(axis=0)).tolist():
        lacking = np.flatnonzero(~supply.covered[:, s] & (problem.capacities > 0))
        if not len(lacking):
            continue
        changed = _with_skill(problem, supply, supply.names[s], lacking).precise()
        more = np.nan_to_num(changed.scores(slice(0, n), np.nan) - now, nan=0.0)[:, lacking]
        rise = np.sort(np.maximum(more - slack[:, lacking], 0.0), axis=0)[::-1]
        rows = np.cumsum(rise, axis=0)
        seats = np.minimum(problem.capacities[lacking], n)
        for column, j in enumerate(lacking.tolist()):
            bound = float(rows[seats[column] - 1, column]) if n else 0.0
            # Rounding must not put a bound below the gain that it bounds.
            if bound > 1e-12:
                bound += gap + 1e-9
                candidates.append((bound, j, s))
    candidates.sort(key=lambda one: (-one[0], one[1], one[2]))
    exact = not supply.criterion.rarity and not supply.criterion.has_limit
    exact = exact and problem.min_score is None
    found: list[tuple[float, int, int, int]] = []
    for place, (bound, j, s) in enumerate(candidates):
        worst = sorted((one[0] for one in found), reverse=True)[k - 1 : k]
        if (exact and worst and bound <= worst[0]) or (not exact and place >= 3 * k):
            break
        again = match(_with_skill(problem, supply, supply.names[s], np.array([j])))
        gain = again.total - matching.total
        found.append((gain, again.n_matched - matching.n_matched, j, s))
    found.sort(key=lambda one: (-one[1], -one[0], one[2], one[3]))
    rows_: list[tuple[object, ...]] = [
        (problem.mentor_ids[j], supply.names[s], gain, more) for gain, more, j, s in found[:k]
    ]
    return pd.DataFrame(rows_, columns=["mentor", "skill", "gain", "coverage_gain"]), exact


def _slack(matching: Matching, scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return by how much each pair must rise before prices would make it.

    0 where the certificate has no prices that tell; the bound is then weaker.
    """
    problem, certificate = matching.problem, matching.certificate
    nothing = np.zeros(scores.shape)
    if (
        certificate is None
        or not certificate.proven
        or certificate.method != "prices"
        or (certificate.rule_prices is None) == bool(problem.sides)
        or len(certificate.coverage_multipliers) != 1
        or len(problem.pinned)
        or problem.demands.max(initial=0) > 1
    ):
        return nothing
    prices = certificate.prices.reindex(problem.mentor_ids).to_numpy(np.float64)
    value = certificate.coverage_multipliers[0] + certificate.seats_multiplier
    left = np.nan_to_num(scores - prices + value, nan=-np.inf).astype(np.float64)
    if certificate.rule_prices is not None:
        charges = problem.sides.split(np.asarray(certificate.rule_prices, np.float64))
        for constraint, charge in zip(problem.sides.constraints, charges, strict=True):
            constraint.charge(left, slice(0, len(left)), charge)
    best = np.maximum(left.max(axis=1, initial=0.0), 0.0)
    return np.where(np.isfinite(left), best[:, None] - left, 0.0)
