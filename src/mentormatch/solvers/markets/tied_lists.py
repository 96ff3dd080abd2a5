"""Strongly and super-stable matchings where both sides have ties: found, or shown not to exist.

In rounds: every mentee proposes to all that are tied at the head of its list, and pairs that are in
no such matching are struck out, until every list begins with a matching or none is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from mentormatch.solvers.flows.networks import find_largest_flow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.arrays import Positions

__all__ = ["FirmNotion", "TiedLists"]

FirmNotion: TypeAlias = Literal["strong", "super"]


@dataclass(frozen=True, eq=False)
class TiedLists:
    """Acceptable pairs and what both sides rank them by; equal values are ties, larger is better.

    Every mentee has one place.
    """

    mentees: Positions  # (pairs,)
    mentors: Positions  # (pairs,)
    u: NDArray[np.float64]  # (pairs,): what the mentee ranks by
    v: NDArray[np.float64]  # (pairs,): what the mentor ranks by
    seats: NDArray[np.int64]  # (mentors,)
    people: int  # how many mentees there are

    def best_candidate(self, notion: FirmNotion) -> Positions:
        """Positions of the pairs of a matching that is firm by ``notion``, if any is.

        Every mentee has the best mentor that any firm matching gives it. When a pair blocks
        (`first_blocking`), there is no firm matching at all. A round costs O(pairs log pairs), and
        each strikes out at least one pair. Sources: R. W. Irving, D. F. Manlove and S. Scott
        (2000), The hospitals/residents problem with ties; R. W. Irving, D. F. Manlove and S. Scott
        (2003), Strong stability in the hospitals/residents problem.
        """
        alive = self.seats[self.mentors] > 0
        while True:
            heads = np.full(self.people, -np.inf)
            np.maximum.at(heads, self.mentees[alive], self.u[alive])
            proposed = alive & (self.u == heads[self.mentees])
            cutoff, over = self._cutoffs(proposed)
            # Enough others, who can have nothing better, are better for the mentor.
            tail = alive & over[self.mentors] & (self.v == cutoff[self.mentors])
            struck = alive & (self.v < cutoff[self.mentors])
            if notion == "super":
                struck |= tail
            if struck.any():
                alive &= ~struck
                continue
            if notion == "super":
                return self._one_each(np.flatnonzero(proposed))
            bound = np.flatnonzero(proposed & ~tail)
            is_bound = np.zeros(self.people, dtype=bool)
            is_bound[self.mentees[bound]] = True
            loose = np.flatnonzero(proposed & ~is_bound[self.mentees])
            room = self.seats - np.bincount(self.mentors[bound], minlength=len(self.seats))
            made, contested = self._most_pairs(loose, room)
            if not contested.any():
                return np.concatenate([self._one_each(bound), made])
            # More mentees want these seats than there are, and nothing tells them apart.
            alive &= ~(tail & contested[self.mentors])

    def first_blocking(self, chosen: Positions, notion: FirmNotion) -> int | None:
        """Position of a pair that blocks a matching by ``notion``; None without one."""
        held = np.full(self.people, -np.inf)
        held[self.mentees[chosen]] = self.u[chosen]
        worst = np.full(len(self.seats), np.inf)
        np.minimum.at(worst, self.mentors[chosen], self.v[chosen])
        loads = np.bincount(self.mentors[chosen], minlength=len(self.seats))
        worst[loads < self.seats] = -np.inf
        mine, theirs = held[self.mentees], worst[self.mentors]
        blocks = (self.u >= mine) & (self.v >= theirs)
        if notion == "strong":
            blocks &= (self.u > mine) | (self.v > theirs)
        blocks[chosen] = False
        found = np.flatnonzero(blocks)
        return int(found[0]) if len(found) else None

    def _cutoffs(
        self, proposed: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """The value of the last one who gets a seat, by mentor; whether more are as good as that.

        −inf with a free seat.
        """
        at = np.flatnonzero(proposed)
        at = at[np.lexsort((-self.v[at], self.mentors[at]))]
        counts = np.bincount(self.mentors[at], minlength=len(self.seats))
        full = np.flatnonzero((counts >= self.seats) & (self.seats > 0))
        first = np.cumsum(counts) - counts
        cutoff = np.full(len(self.seats), -np.inf)
        cutoff[full] = self.v[at][first[full] + self.seats[full] - 1]
        enough = self.mentors[at[self.v[at] >= cutoff[self.mentors[at]]]]
        return cutoff, np.bincount(enough, minlength=len(self.seats)) > self.seats

    def _one_each(self, pairs: Positions) -> Positions:
        """The first pair of every mentee."""
        first: Positions = pairs[np.unique(self.mentees[pairs], return_index=True)[1]]
        return first

    def _most_pairs(
        self, loose: Positions, room: NDArray[np.int64]
    ) -> tuple[Positions, NDArray[np.bool_]]:
        """As many of some pairs as can be made; the mentors whom too many mentees want.

        These are who can be reached from a mentee left out by alternating paths, the neighbours of
        the critical set.
        """
        who = np.unique(self.mentees[loose])
        n, m = self.people, len(self.seats)
        source, sink = n + m, n + m + 1
        tails = np.concatenate([np.full(len(who), source), n + np.arange(m), self.mentees[loose]])
        heads = np.concatenate([who, np.full(m, sink), n + self.mentors[loose]])
        limits = np.concatenate([np.ones(len(who)), room, np.ones(len(loose))])
        found = find_largest_flow(tails, heads, limits, source, sink)
        contested = np.zeros(m, dtype=bool)
        if found.value < len(who):
            contested[found.cut[(found.cut >= n) & (found.cut < source)] - n] = True
        made: Positions = loose[found.flows[len(who) + m :] > 0]
        return made, contested
