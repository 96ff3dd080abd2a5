"""Mentees, mentors and rules of a problem as sets of pairs in two trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.problem.conditions import NO_LIMIT
from mentormatch.solvers.arrays import incidence
from mentormatch.solvers.flows.laminar import LaminarFlow, laminar_trees

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem

__all__ = ["laminar_sets", "may_be_laminar"]

EITHER, MENTEES, MENTORS = -1, 0, 1


def may_be_laminar(problem: Problem) -> bool:
    """Whether all rules count pairs, and coverage is a number of pairs as well.

    Hours weigh pairs, and two together take one from the other: no sets. Where coverage comes
    first and somebody wants several mentors, a first one counts more than a second.
    """
    counts = all(constraint.kind in ("quota", "apart") for constraint in problem.sides.constraints)
    return counts and (not problem.coverage_first or not problem.wants_several)


def laminar_sets(
    problem: Problem, mentees: NDArray[np.intp], mentors: NDArray[np.intp], classes: int = 0
) -> tuple[LaminarFlow, sparse.csr_array] | None:
    """The sets of some pairs with their limits, once the pins are made; None if not laminar.

    The sets are mentees, mentors, rows of the rules, and the first ``classes`` priority classes;
    the array of them is sparse int8 (sets, pairs).
    """
    if not may_be_laminar(problem):
        return None
    left, (n, m) = problem.after_pins, problem.shape
    one = np.int8(1)
    low, high = problem.sides.limits(problem.pinned)
    blocks = [
        incidence(mentees, n, one),
        incidence(mentors, m, one),
        problem.sides.matrix(mentees, mentors).astype(np.int8),
        incidence(problem.priority_classes[mentees], problem.n_classes, one)[:classes],
    ]
    kinds = np.array([MENTEES, MENTORS, EITHER, MENTEES], dtype=np.intp)
    sets = sparse.vstack(blocks, format="csr")
    trees = laminar_trees(sets, np.repeat(kinds, (n, m, len(low), classes)))
    if trees is None:
        return None
    flow = LaminarFlow(
        trees,
        np.concatenate([np.zeros(n, np.int64), left.minimum, low, np.zeros(classes, np.int64)]),
        np.concatenate([left.demand, left.capacity, high, np.full(classes, NO_LIMIT)]),
        0,
        NO_LIMIT,
    )
    return flow, sets
