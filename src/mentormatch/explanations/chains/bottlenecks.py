"""Sets of mentees who share too few seats: Hall's condition, and Ore's count of who is left out.

References
----------
.. [1] P. Hall (1935), On representatives of subsets.
.. [2] O. Ore (1955), Graphs and matching theorems.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.certificates import reach
from mentormatch.compatibility import row_slices
from mentormatch.problem.checks import are_pinned

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["Bottleneck", "bottleneck_of", "bottlenecks", "linked_sets", "wanted_places"]


@dataclass(frozen=True, eq=False)
class Bottleneck:
    """Mentees whose only eligible mentors have fewer seats than there are of them."""

    mentees: NDArray[np.intp]  # positions, ascending, as of the mentors
    mentors: NDArray[np.intp]
    seats: int  # how many these mentors have in all
    free: bool  # one of them has a free seat: then it is no bottleneck

    @property
    def left_out(self) -> int:
        """How many of them no matching can serve (Ore)."""
        return max(len(self.mentees) - self.seats, 0)


def _unpinned(matching: Matching) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    free = ~are_pinned(matching.problem, matching.mentees, matching.mentors)
    return matching.mentees[free], matching.mentors[free]


def bottleneck_of(matching: Matching, start: NDArray[np.intp]) -> Bottleneck:
    """Whom chains of eligible pairs reach from some mentees without a mentor."""
    problem = matching.problem
    mentees, mentors = _unpinned(matching)
    reached = reach(problem, start, mentees, mentors)
    inside = np.unique(np.concatenate([start, mentees[reached[mentors]]]))
    loads = np.bincount(matching.mentors, minlength=problem.shape[1])
    free = bool((loads < problem.capacities)[reached].any())
    seats = int(problem.after_pins.capacity[reached].sum())
    return Bottleneck(inside.astype(np.intp), np.flatnonzero(reached), seats, free)


def wanted_places(matching: Matching, people: NDArray[np.intp], mentors: NDArray[np.intp]) -> int:
    """How many places some mentees want with some mentors, beside those that they have elsewhere.

    Each takes a mentor once; what pins fill counts on neither side.
    """
    problem, (n, m) = matching.problem, matching.problem.shape
    among = np.zeros(m, dtype=bool)
    among[mentors] = True
    who, whom = _unpinned(matching)
    left = problem.after_pins.demand - np.bincount(who[~among[whom]], minlength=n)
    fixed = np.bincount(problem.pinned[among[problem.pinned[:, 1]], 0], minlength=n)
    wanted = 0
    for part in row_slices(len(people), m):
        rows = people[part]
        may = ~np.isneginf(problem.scores(rows, -np.inf)[:, among])
        wanted += int(np.minimum(left[rows], may.sum(axis=1) - fixed[rows]).sum())
    return wanted


def linked_sets(matching: Matching) -> NDArray[np.int32]:
    """By mentor the set of mentors that chains of eligible pairs lead to and back from.

    Memory O(mentors²), one pass over the rows of everybody who may move.
    """
    problem, m = matching.problem, matching.problem.shape[1]
    mentees, mentors = _unpinned(matching)
    order = np.argsort(mentors, kind="stable")
    mentees, mentors = mentees[order], mentors[order]
    links = np.zeros((m, m), dtype=bool)
    for part in row_slices(len(mentees), m):
        at, first = np.unique(mentors[part], return_index=True)
        may = ~np.isneginf(problem.open_scores(mentees[part]))
        links[at] |= np.logical_or.reduceat(may, first, axis=0)
    _, label = sparse.csgraph.connected_components(
        sparse.csr_array(links), directed=True, connection="strong"
    )
    return np.asarray(label, dtype=np.int32)


def bottlenecks(matching: Matching) -> list[Bottleneck]:
    """Disjoint sets of mentees with more members than seats, the most left out first.

    Those without any eligible mentor share no seats and are not among them; those whose eligible
    mentors have no seat at all are.
    """
    problem = matching.problem
    left = problem.after_pins
    without = np.flatnonzero((matching.places == 0) & (left.demand > 0))
    if not len(without):
        return []
    whole = bottleneck_of(matching, without)
    found, has_seats = _connected(problem, whole.mentees, whole.mentors, problem.open_scores)
    seatless = np.flatnonzero(left.capacity == 0)
    alone = whole.mentees[~has_seats]

    def eligible(rows: NDArray[np.intp]) -> NDArray[np.floating]:
        return problem.scores(rows, -np.inf)

    found += _connected(problem, alone, seatless, eligible)[0]
    return sorted(found, key=lambda one: (-one.left_out, int(one.mentees[0])))


def _connected(
    problem: Problem,
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    scores: Callable[[NDArray[np.intp]], NDArray[np.floating]],
) -> tuple[list[Bottleneck], NDArray[np.bool_]]:
    """The connected sets with more mentees than seats, and which of the mentees have any pair."""
    left, count = problem.after_pins, len(mentees)
    place = np.full(problem.shape[1], -1)
    place[mentors] = np.arange(len(mentors))
    rows, columns = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    for part in row_slices(count, problem.shape[1]):
        i, j = np.nonzero(scores(mentees[part]) > -np.inf)
        inside = place[j] >= 0
        rows.append(i[inside] + part.start)
        columns.append(place[j[inside]])
    i, j = np.concatenate(rows), np.concatenate(columns)
    paired = np.zeros(count, dtype=bool)
    paired[i] = True
    nodes = count + len(mentors)
    links = sparse.coo_array((np.ones(len(i), np.int8), (i, count + j)), shape=(nodes, nodes))
    _, label = sparse.csgraph.connected_components(links, directed=False)
    found = []
    for one in np.unique(label[count:]):
        # Who has a mentor by a pin goes without none, whoever has the seats.
        members = mentees[(label[:count] == one) & ~left.covered[mentees]]
        among = mentors[label[count:] == one]
        seats = int(left.capacity[among].sum())
        if len(members) > seats:
            found.append(Bottleneck(members, among, seats, False))
    return found, paired
