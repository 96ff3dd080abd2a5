"""The cheapest way to bend conditions so that all can hold: one mixed integer program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.problem.conditions import NO_LIMIT
from mentormatch.solvers.arrays import sparse_cells
from mentormatch.solvers.programs.milp import MixedProgram
from mentormatch.strategies.infeasible.conditions import HARD, condition_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.problem import PairRule, Problem
    from mentormatch.solvers import Deadline

__all__ = ["Bent", "bend_conditions"]

# Conditions that hold or are dropped; their sums are off by 1 at most.
WHOLE = {"apart", "together", "pin"}


@dataclass(frozen=True, eq=False)
class Bent:
    """By how much each condition is bent.

    ``lowered`` and ``raised`` (conditions,) are by how much the least number of each is lowered and
    the largest raised; 1 = dropped, where a condition has no number.
    """

    lowered: NDArray[np.int64]
    raised: NDArray[np.int64]
    seats: NDArray[np.int64]  # (mentors,): seats more
    cost: int  # units in all
    bound: int  # what no way costs less than


def bend_conditions(problem: Problem, pins: Sequence[PairRule], deadline: Deadline) -> Bent:
    """Find the fewest units by which conditions must bend; SolverError if time ended before any."""
    found = condition_rows(problem, pins)
    n, m = problem.shape
    pairs, count = len(found.mentees), len(found.conditions)
    # Columns: pairs, lowered, raised, seats, and whether a mentor with a minimum if used is used.
    used_rows = np.flatnonzero(found.thresholds > 1)
    width = pairs + 2 * count + m + len(used_rows)
    upper = np.ones(width)
    low_at, high_at, seat_at, used_at = np.cumsum([pairs, count, count, m]).tolist()
    for k, condition in enumerate(found.conditions):
        if condition.kind == "quota":
            upper[low_at + k] = upper[high_at + k] = np.inf
        elif condition.kind not in WHOLE:
            upper[low_at + k] = float(condition.amount or 0)
    # Seats that count hours have no size of their own.
    upper[seat_at:used_at] = 0.0 if problem.usage is not None else np.inf
    program = replace(MixedProgram.of_columns(width), upper=upper)
    rows = len(found.low)
    which = found.condition_of
    soft = np.flatnonzero(which != HARD)
    kinds = [one.kind for one in found.conditions]
    together = np.array([kinds[which[r]] == "together" for r in soft.tolist()], dtype=bool)
    # What is dropped of a pair of mentees is one thing, whatever side of its rows it frees.
    raise_column = np.where(together, low_at + which[soft], high_at + which[soft])
    shape, thresholds = (rows, width), found.thresholds[used_rows].astype(float)
    lower = sparse_cells(soft, low_at + which[soft], shape)
    lift = sparse_cells(soft, raise_column, shape)
    seats = sparse_cells(n + np.arange(m), seat_at + np.arange(m), shape)
    use = sparse_cells(used_rows, used_at + np.arange(len(used_rows)), shape, thresholds)
    made = sparse.hstack([found.rows, sparse.csr_array((rows, width - pairs))], format="csr")
    least = np.where(found.thresholds > 1, 0, found.low).astype(float)
    most = np.where(found.high >= NO_LIMIT, np.inf, found.high.astype(float))
    program = program.with_rows(made + lower - use, least, np.inf)
    program = program.with_rows(made - lift - seats, -np.inf, most)
    pairs_used = found.rows[used_rows]
    reach = sparse.diags_array(np.asarray(pairs_used.sum(axis=1), dtype=float))
    program = program.with_rows(pairs_used, -np.inf, 0.0, last=-reach)
    costs = np.zeros(width)
    costs[low_at:used_at] = 1.0
    answer = program.maximise(-costs, time_limit=deadline.left())
    values = np.rint(answer.values).astype(np.int64)
    return Bent(
        values[low_at:high_at],
        values[high_at:seat_at],
        values[seat_at:used_at],
        round(-answer.objective),
        int(np.ceil(-answer.bound - 1e-6)),
    )
