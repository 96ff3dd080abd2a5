"""Quotas, mentees apart or together, minimums if used and hours as rows of an integer program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.errors import SolverError
from mentormatch.problem.conditions import NO_LIMIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.solvers.programs.milp import MixedProgram

__all__ = ["refuse_broken_rules", "with_side_rules"]


def with_side_rules(
    program: MixedProgram, problem: Problem, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> MixedProgram:
    """Add the side rules of a problem to a program whose columns are these pairs.

    A row that must be empty or reach a number has one more column of 0 or 1, which says which.
    """
    sides, pinned = problem.sides, problem.pinned
    rows = sides.matrix(mentees, mentors).astype(np.float64)
    low, high = sides.limits(pinned)
    program = program.with_rows(rows, low, np.where(high >= NO_LIMIT, np.inf, high))
    thresholds = sides.thresholds(pinned)
    either = np.flatnonzero(thresholds > 1)
    if not len(either):
        return program
    some, least = rows[either], thresholds[either].astype(np.float64)
    most = np.maximum(np.asarray(some.sum(axis=1)).ravel(), least)
    program = program.with_columns(len(either), 0.0, 1.0, integral=True)
    program = program.with_rows(some, 0.0, np.inf, last=-sparse.diags_array(least))
    return program.with_rows(some, -np.inf, 0.0, last=-sparse.diags_array(most))


def refuse_broken_rules(
    problem: Problem, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> None:
    """Raise a SolverError that names a rule which a solver's tolerance let its pairs break."""
    wrong = problem.sides.broken(mentees, mentors, problem.mentee_ids, problem.mentor_ids)
    if wrong:
        raise SolverError(
            f"HiGHS could not keep a rule exactly: {wrong[0]}. Give hours that are multiples of a "
            'larger unit, such as 0.25, or use strategy="optimal".'
        )
