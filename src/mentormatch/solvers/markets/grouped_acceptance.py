"""Deferred acceptance where groups of mentors share places: student-project allocation."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.arrays import Positions

__all__ = ["accept_in_groups"]


@dataclass(frozen=True, eq=False)
class _Set:
    """Whom a mentor, or a group of mentors, holds: a heap with the worst first.

    Entries are (value, −mentee, pair); those that were rejected elsewhere stay until they come up.
    """

    limit: int
    held: set[int]
    heap: list[tuple[float, int, int]]

    def worst(self) -> int:
        """The pair that is rejected first: the lowest value, the last mentee of equal ones."""
        while self.heap[0][2] not in self.held:
            heapq.heappop(self.heap)
        return self.heap[0][2]


def accept_in_groups(
    mentees: Positions,
    mentors: Positions,
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    limits: NDArray[np.int64],
    member: NDArray[np.bool_],
) -> Positions:
    """Positions of the pairs of the stable matching that is best for every mentee.

    A mentee proposes down its list; of the mentor and the groups around it the smallest that then
    has too many rejects its worst. It is stable where the mentors of a group rank mentees alike.
    O(pairs · groups around a mentor · log pairs), one step for each proposal.

    Pairs are sorted by mentee, who ranks by ``u`` (pairs,), the mentor by ``v`` (pairs,); ties are
    broken by position. ``limits`` (mentors + groups,) says how many each mentor, then each group,
    may have; ``member`` (groups, mentors) is nested or disjoint, smaller groups first. Source: D.
    J. Abraham, R. W. Irving and D. F. Manlove (2007), Two algorithms for the student-project
    allocation problem.
    """
    people = int(mentees.max(initial=-1)) + 1
    order = np.lexsort((np.arange(len(mentees)), -u, mentees)).tolist()
    ends = np.cumsum(np.bincount(mentees, minlength=people)).tolist()
    following = [0, *ends[:-1]] if people else []
    m = member.shape[1]
    around = [[j, *(m + np.flatnonzero(member[:, j])).tolist()] for j in range(m)]
    sets = [_Set(limit, set(), []) for limit in limits.tolist()]
    mentee_of, mentor_of, value = mentees.tolist(), mentors.tolist(), v.tolist()
    free = list(range(people))[::-1]
    while free:
        i = free.pop()
        if following[i] == ends[i]:
            continue
        pair = order[following[i]]
        following[i] += 1
        chain = [sets[k] for k in around[mentor_of[pair]]]
        for one in chain:
            one.held.add(pair)
            heapq.heappush(one.heap, (value[pair], -i, pair))
        crowded = next((one for one in chain if len(one.held) > one.limit), None)
        if crowded is None:
            continue
        rejected = crowded.worst()
        for k in around[mentor_of[rejected]]:
            sets[k].held.discard(rejected)
        free.append(mentee_of[rejected])
    made = [pair for one in sets[:m] for pair in one.held]
    return np.array(sorted(made), dtype=np.intp)
