"""Prices that show that conditions cannot all hold, for `verify_infeasible` to check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from mentormatch.certificates import shows_infeasible
from mentormatch.problem.conditions import NO_LIMIT
from mentormatch.proofs.infeasibility import InfeasibilityProof
from mentormatch.solvers.arrays import incidence
from mentormatch.solvers.programs.lp import relax
from mentormatch.solvers.programs.milp import MixedProgram
from mentormatch.strategies.infeasible.conditions import HARD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.solvers import Deadline
    from mentormatch.strategies.infeasible.conditions import ConditionRows

__all__ = ["cut_at", "price_conflict"]

# Beyond it the linear program takes longer than anybody waits for a message.
MOST_PRICED = 200_000
NOISE = 1e-9


def cut_at(problem: Problem, short: NDArray[np.intp]) -> InfeasibilityProof | None:
    """Return the cut of mentors who must have more than all who are eligible can give."""
    prices = np.zeros(problem.shape[1])
    prices[short] = -1.0
    return _proof(problem, prices, np.zeros(len(problem.sides.limits(problem.pinned)[0])))


def price_conflict(
    problem: Problem, found: ConditionRows, conflict: Sequence[int], deadline: Deadline
) -> InfeasibilityProof | None:
    """Find prices of the conditions in conflict; None where fractions of pairs keep them all.

    The linear program breaks the conditions in conflict by as little as fractions of pairs can; its
    prices are those of Farkas' lemma. There are none once the deadline has passed.
    """
    pairs, (n, m) = len(found.mentees), problem.shape
    if pairs > MOST_PRICED or deadline.has_passed:
        return None
    soft = np.flatnonzero(np.isin(found.condition_of, list(conflict)))
    kept = np.flatnonzero(np.isin(found.condition_of, [HARD, *conflict]))
    place = np.searchsorted(kept, soft)
    width = pairs + 2 * len(soft)
    bend = incidence(np.tile(place, 2), len(kept), np.repeat([1.0, -1.0], len(soft)))
    rows = sparse.hstack([found.rows[kept].astype(np.float64), bend], format="csr")
    high = found.high[kept].astype(np.float64)
    program = MixedProgram(
        np.zeros(width),
        np.concatenate([np.ones(pairs), np.full(2 * len(soft), np.inf)]),
        np.zeros(width, dtype=bool),
        rows,
        found.low[kept].astype(np.float64),
        np.where(high >= NO_LIMIT, np.inf, high),
    )
    cost = np.concatenate([np.zeros(pairs), -np.ones(2 * len(soft))])
    answer = relax(program, cost, time_limit=deadline.left())
    if answer is None or answer.objective > -NOISE:
        return None
    prices = np.zeros(len(found.low))
    prices[kept] = np.where(np.abs(answer.prices) < NOISE, 0.0, answer.prices)
    # Rows: demands, capacities, minimums, pins, side rules.
    of_mentors = prices[n : n + m].copy()
    needed = np.flatnonzero(problem.minimums > 0)
    of_mentors[needed] += prices[n + m : n + m + len(needed)]
    sides = len(problem.sides.limits(problem.pinned)[0])
    return _proof(problem, of_mentors, prices[len(prices) - sides :])


def _proof(
    problem: Problem, prices: NDArray[np.float64], rules: NDArray[np.float64]
) -> InfeasibilityProof | None:
    """Return prices as a proof, where they are one."""
    by_rule = pd.Series(rules, index=problem.sides.index(problem.mentor_ids), dtype=float)
    proof = InfeasibilityProof(
        problem.compatibility.price_series(prices), by_rule if problem.sides else None
    )
    return proof if shows_infeasible(problem, proof) else None
