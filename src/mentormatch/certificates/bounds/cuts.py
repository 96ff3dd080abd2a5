"""How many mentees can have a mentor, and how many pairs there can be: cuts found by reachability.

A cut is a set T of mentors. Whoever is matched sits either in T, which has only so many seats, or
has an eligible mentor outside T. That bounds coverage for *every* T (König 1931, Hall 1935); the
set reached by alternating paths from the unmatched makes it tight when coverage is the largest
possible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility import row_slices
from mentormatch.problem.checks import are_pinned
from mentormatch.shortlists import run_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["coverage_bound", "coverage_bounds", "covered_by_class", "reach", "seats_bound"]


def coverage_bound(matching: Matching) -> int:
    """An upper bound on how many mentees can have at least one mentor."""
    return int(coverage_bounds(matching)[-1])


def coverage_bounds(matching: Matching) -> NDArray[np.int64]:
    """For each priority class: how many mentees of this class or a higher one can have a mentor.

    Returns
    -------
    int64 array (classes,)
        Each entry is a valid bound, and met where the matching serves the higher classes as well as
        possible.
    """
    problem = matching.problem
    left, classes = problem.after_pins, problem.priority_classes
    n_classes = problem.n_classes
    places = matching.places
    seats = left.seats
    bounds = np.zeros(n_classes, dtype=np.int64)
    for c in range(n_classes):
        within = classes <= c
        wanting = within & ~left.covered & (left.demand > 0)
        limit = min(int(np.count_nonzero(wanting)), seats)
        bounds[c] = np.count_nonzero(within & left.covered) + limit
        if np.count_nonzero(wanting & (places > 0)) == limit:
            continue
        free_i, free_j = _unpinned(matching)
        # Whoever has this seat as its only place, and counts, must find another before it is free.
        movable = (places[free_i] == 1) & within[free_i]
        cut = reach(
            problem, np.flatnonzero(wanting & (places == 0)), free_i[movable], free_j[movable]
        )
        outside = _eligible_outside(problem, cut, np.flatnonzero(wanting))
        through = int(left.capacity[cut].sum()) + int(np.count_nonzero(outside))
        bounds[c] = np.count_nonzero(within & left.covered) + min(limit, through)
    return bounds


def covered_by_class(matching: Matching) -> NDArray[np.int64]:
    """For each priority class: how many mentees of this class or a higher one have a mentor."""
    problem = matching.problem
    served = problem.priority_classes[matching.places > 0]
    return np.bincount(served, minlength=problem.n_classes).cumsum().astype(np.int64)


def seats_bound(matching: Matching) -> int:
    """An upper bound on the number of pairs in any matching of the problem."""
    problem = matching.problem
    left = problem.after_pins
    free_i, free_j = _unpinned(matching)
    short = np.flatnonzero(matching.places < problem.demands)
    limit = min(left.places, left.seats)
    if len(free_i) == limit:
        return len(problem.pinned) + limit
    cut = reach(problem, short, free_i, free_j)
    wanting = np.flatnonzero(left.demand > 0)
    outside = np.minimum(_eligible_outside(problem, cut, wanting), left.demand[wanting])
    return len(problem.pinned) + min(limit, int(left.capacity[cut].sum()) + int(outside.sum()))


def reach(
    problem: Problem, start: NDArray[np.intp], mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Mentors reached from the mentees ``start`` by alternating paths over the given pairs.

    From a mentee to every eligible mentor it does not have, from a mentor to the mentees it has
    among the pairs. Each mentee's row is read at most once.
    """
    n, m = problem.shape
    order = np.argsort(mentors, kind="stable")
    holder, starts = mentees[order], np.searchsorted(mentors[order], np.arange(m + 1))
    by_mentee = np.argsort(mentees, kind="stable")
    held, held_at = mentors[by_mentee], np.searchsorted(mentees[by_mentee], np.arange(n + 1))
    reached = np.zeros(m, dtype=bool)
    seen = np.zeros(n, dtype=bool)
    frontier = np.unique(start)
    seen[frontier] = True
    while len(frontier) and not reached.all():
        found = np.zeros(m, dtype=bool)
        for part in row_slices(len(frontier), m):
            rows = frontier[part]
            eligible = problem.open_scores(rows) > -np.inf
            counts = held_at[rows + 1] - held_at[rows]
            own = np.repeat(np.arange(len(rows)), counts)
            eligible[own, held[run_positions(held_at[rows], counts)]] = False
            found |= eligible.any(axis=0)
        new = np.flatnonzero(found & ~reached)
        reached[new] = True
        counts = starts[new + 1] - starts[new]
        frontier = np.unique(holder[run_positions(starts[new], counts)])
        frontier = frontier[~seen[frontier]]
        seen[frontier] = True
    return reached


def _unpinned(matching: Matching) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The pairs of a matching without its pins."""
    problem = matching.problem
    if not len(problem.pinned):
        return matching.mentees, matching.mentors
    free = ~are_pinned(problem, matching.mentees, matching.mentors)
    return matching.mentees[free], matching.mentors[free]


def _eligible_outside(
    problem: Problem, cut: NDArray[np.bool_], mentees: NDArray[np.intp]
) -> NDArray[np.int64]:
    """How many eligible mentors outside the cut each mentee has, pinned pairs not counted."""
    outside = np.zeros(len(mentees), dtype=np.int64)
    if not cut.all():
        for part in row_slices(len(mentees), problem.shape[1]):
            open_pairs = problem.open_scores(mentees[part]) > -np.inf
            outside[part] = np.count_nonzero(open_pairs & ~cut, axis=1)
    return outside
