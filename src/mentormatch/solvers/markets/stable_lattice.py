"""The best stable matching for strict preferences: a smallest cut between rotations.

Every mentor is cloned into its seats, which mentees rank in a fixed order; stable matchings then
correspond one to one. A rotation moves some mentees to their next seats around a circle. From the
matching that is best for mentees every other stable one is reached by the rotations of a set that
holds with each rotation those that must come before it [1]_, and the set of the largest value is a
smallest cut [2]_.

References
----------
.. [1] D. Gusfield and R. W. Irving (1989), The stable marriage problem: structure and algorithms.
.. [2] R. W. Irving, P. Leather and D. Gusfield (1987), An efficient algorithm for the optimal
   stable marriage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.solvers.flows.integers import IntegerScale
from mentormatch.solvers.flows.networks import find_largest_flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mentormatch.solvers.arrays import Positions
    from mentormatch.solvers.deadline import Deadline

__all__ = ["StableLattice", "StablePairs", "find_lattice", "stable_pairs", "strict_ranks"]

# Steps between two looks at the clock.
AT_ONCE = 1000


@dataclass(frozen=True, eq=False)
class StablePairs:
    """Pairs of mentees and seats that can be part of a stable matching, after cloning.

    All are (pairs,). Ranks are the place of the seat in the mentee's list and of the mentee in the
    mentor's; lower is better.
    """

    mentees: Positions
    mentors: Positions
    seats: Positions  # numbers the clones
    mentee_rank: Positions
    seat_rank: Positions
    arc: Positions  # which of the given arcs the pair comes from


def strict_ranks(group: Positions, values: NDArray[np.float64], other: Positions) -> Positions:
    """Place of each arc in the list of its ``group``, 0 = best; ties by ``other``."""
    order = np.lexsort((other, -values, group))
    sorted_group = group[order]
    rank = np.empty(len(group), dtype=np.intp)
    rank[order] = np.arange(len(group)) - np.searchsorted(sorted_group, sorted_group)
    return rank


def stable_pairs(
    mentees: Positions,
    mentors: Positions,
    mentee_rank: Positions,
    mentor_rank: Positions,
    best_for_mentees: Positions,
    best_for_mentors: Positions,
) -> StablePairs:
    """What lies between the two extreme stable matchings.

    No stable matching has another pair, and no other pair blocks a matching made of these (Gusfield
    and Irving 1989, on reduced lists). The same people and seats are taken in all. The arcs are the
    eligible ones with strict ranks, the best ones those of the matchings that deferred acceptance
    ends with.
    """
    n = int(mentees.max(initial=-1)) + 1
    m = int(mentors.max(initial=-1)) + 1
    loads = np.bincount(mentors[best_for_mentees], minlength=m)
    first_seat = np.concatenate([[0], np.cumsum(loads)[:-1]]).astype(np.intp)[:m]
    low, high = np.full(n, -1, dtype=np.intp), np.full(n, -1, dtype=np.intp)
    seat_low = np.empty(len(best_for_mentees), dtype=np.intp)
    seat_high = np.empty(len(best_for_mentees), dtype=np.intp)
    width = int(loads.max(initial=0)) + 1
    for arcs, end, seat_end in (
        (best_for_mentees, low, seat_high),
        (best_for_mentors, high, seat_low),
    ):
        by_seat = arcs[np.lexsort((mentor_rank[arcs], mentors[arcs]))]
        number = np.arange(len(by_seat)) - first_seat[mentors[by_seat]]
        end[mentees[by_seat]] = mentee_rank[by_seat] * width + number
        seat_end[:] = mentor_rank[by_seat]
    at = mentee_rank * width
    matched = low[mentees] >= 0
    inside = np.flatnonzero(
        matched & (at + width > low[mentees]) & (at <= high[mentees]) & (loads[mentors] > 0)
    )
    arc = np.repeat(inside, loads[mentors[inside]])
    starts = np.repeat(
        np.cumsum(loads[mentors[inside]]) - loads[mentors[inside]], loads[mentors[inside]]
    )
    number = np.arange(len(arc)) - starts
    seat = first_seat[mentors[arc]] + number
    rank = at[arc] + number
    keep = (rank >= low[mentees[arc]]) & (rank <= high[mentees[arc]])
    keep &= (mentor_rank[arc] >= seat_low[seat]) & (mentor_rank[arc] <= seat_high[seat])
    arc, seat, rank = arc[keep], seat[keep], rank[keep]
    return StablePairs(mentees[arc], mentors[arc], seat, rank, mentor_rank[arc], arc)


@dataclass(frozen=True, eq=False)
class StableLattice:
    """The rotations between stable matchings, in an order in which they can be made.

    A rotation of ``earlier`` must come before the one at the same place of ``later``.
    """

    pairs: StablePairs
    partners: Positions  # positions of the pairs that are in some stable matching
    # (partners,): the rotation that makes a pair, -1 where the mentees' best has it
    enters: Positions
    leaves: Positions  # (partners,): the rotation that unmakes it, -1 where none does
    earlier: Positions
    later: Positions
    count: int  # how many rotations there are
    finished: bool  # False: time was over before the last one

    def best(
        self, value: NDArray[np.float64], allowed: NDArray[np.bool_] | None = None
    ) -> tuple[Positions, float] | None:
        """The stable matching with the largest sum of ``value``, among the ``allowed`` pairs.

        Both are (pairs,); pairs that are not allowed stay unmade, but still block. Returns
        positions in ``pairs``, and what no matching of these rotations exceeds; None when there is
        none of allowed pairs.
        """
        worth = value[self.partners]
        scale = IntegerScale.of(worth, nodes=2 * len(worth), keep_zero=True)
        steps = scale.integers(worth)
        gain = np.zeros(self.count, dtype=np.int64)
        made, unmade = self.enters >= 0, self.leaves >= 0
        np.add.at(gain, self.enters[made], steps[made])
        np.subtract.at(gain, self.leaves[unmade], steps[unmade])
        earlier, later = self.earlier, self.later
        must, cannot = np.zeros(self.count, dtype=bool), np.zeros(self.count, dtype=bool)
        if allowed is not None:
            wrong = ~allowed[self.partners]
            if (wrong & ~made & ~unmade).any():
                return None
            # What makes a pair that is not allowed takes with it what unmakes it.
            both = wrong & made & unmade
            earlier = np.concatenate([earlier, self.leaves[both]])
            later = np.concatenate([later, self.enters[both]])
            must = _spread(self.leaves[wrong & ~made], later, earlier, self.count)
            cannot = _spread(self.enters[wrong & ~unmade], earlier, later, self.count)
            if (must & cannot).any():
                return None
        taken = must | _largest_closed(gain, earlier, later, ~must & ~cannot)
        # The last entry stands for -1: no rotation.
        before = np.append(taken, True)[self.enters]
        chosen = self.partners[before & ~np.append(taken, False)[self.leaves]]
        return chosen, float(value[chosen].sum()) + 2 * len(chosen) * scale.error


def find_lattice(pairs: StablePairs, deadline: Deadline) -> StableLattice:
    """Find the rotations, from the best matching for mentees on, as long as there is time.

    Where the deadline passes, the rotations so far lead to some of the stable matchings only.
    """
    order = np.lexsort((pairs.mentee_rank, pairs.mentees))
    count = 0
    enters, leaves = np.full(len(order), -1, np.intp), np.full(len(order), -1, np.intp)
    starts = _starts(pairs.mentees[order])
    first = order[starts]
    partners = [first]
    finished = True
    for old, new in _rotations(pairs, order, starts):
        leaves[old], enters[new] = count, count
        partners.append(np.array(new, dtype=np.intp))
        count += 1
        if count % AT_ONCE == 0 and deadline.has_passed:
            finished = False
            break
    some = np.concatenate(partners)
    known = np.zeros(len(order), dtype=bool)
    known[some] = True
    # Whoever leaves for a pair further down its list must find all seats between taken by others
    # whom they like better; a rotation has brought them.
    later = np.append(leaves, -1)[_last_known(order, pairs.mentees, known)]
    by_seat = np.lexsort((pairs.seat_rank, pairs.seats))
    earlier = np.append(enters, -1)[_last_known(by_seat, pairs.seats, known)]
    real = (earlier >= 0) & (later >= 0) & (earlier != later)
    keys = np.unique(earlier[real] * max(count, 1) + later[real])
    return StableLattice(
        pairs,
        some,
        enters[some],
        leaves[some],
        keys // max(count, 1),
        keys % max(count, 1),
        count,
        finished,
    )


def _rotations(
    pairs: StablePairs, order: Positions, starts: Positions
) -> Iterator[tuple[list[int], list[int]]]:
    """Rotations as the pairs that they unmake and make, each when those before it are made.

    A mentee's next seat is the first further down that likes it better than whom it has; from each
    mentee a path leads to who has that seat, until it comes back.
    """
    mentee = pairs.mentees[order].tolist()
    seat, rank = pairs.seats[order].tolist(), pairs.seat_rank[order].tolist()
    arc, at = order.tolist(), starts.tolist()
    ends = [*(k - 1 for k in at[1:]), len(arc) - 1]
    person = {mentee[k]: number for number, k in enumerate(at)}
    held = {seat[k]: rank[k] for k in at}
    holder = {seat[k]: number for number, k in enumerate(at)}
    following = list(at)

    for origin in range(len(at)):
        path: list[int] = []
        place: dict[int, int] = {}
        while path or at[origin] != ends[origin]:
            one = path[-1] if path else origin
            if not path:
                path, place = [one], {one: 0}
            k = max(following[one], at[one] + 1)
            while rank[k] > held[seat[k]]:
                k += 1
            following[one] = k
            other = holder[seat[k]]
            if other not in place:
                place[other] = len(path)
                path.append(other)
                continue
            circle = path[place[other] :]
            del path[place[other] :]
            yield [arc[at[i]] for i in circle], [arc[following[i]] for i in circle]
            for i in circle:
                del place[i]
                at[i] = following[i]
                held[seat[at[i]]], holder[seat[at[i]]] = rank[at[i]], person[mentee[at[i]]]


def _starts(group: Positions) -> Positions:
    """Where each group of sorted entries begins."""
    return np.flatnonzero(np.append(True, group[1:] != group[:-1])[: len(group)])


def _last_known(order: Positions, group: Positions, known: NDArray[np.bool_]) -> Positions:
    """For each pair the last known one of its group up to it, in an order; -1 where none is."""
    where = np.maximum.accumulate(np.where(known[order], np.arange(len(order)), -1))
    last = np.where(where >= 0, order[where], -1)
    last[(last >= 0) & (group[last] != group[order])] = -1
    found = np.empty(len(order), dtype=np.intp)
    found[order] = last
    return found


def _spread(some: Positions, tails: Positions, heads: Positions, count: int) -> NDArray[np.bool_]:
    """Which nodes arcs lead to from some, these included."""
    reached = np.zeros(count, dtype=bool)
    reached[some] = True
    while True:
        more = reached[tails] & ~reached[heads]
        if not more.any():
            return reached
        reached[heads[more]] = True


def _largest_closed(
    gain: NDArray[np.int64], earlier: Positions, later: Positions, free: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The set of free nodes of the largest gain that holds with each node the earlier ones."""
    count = len(gain)
    source, sink = count, count + 1
    wins, loses = np.flatnonzero(free & (gain > 0)), np.flatnonzero(free & (gain < 0))
    among = free[earlier] & free[later]
    enough = int(gain[wins].sum()) + 1
    cut = find_largest_flow(
        np.concatenate([np.full(len(wins), source), loses, later[among]]),
        np.concatenate([wins, np.full(len(loses), sink), earlier[among]]),
        np.concatenate([gain[wins], -gain[loses], np.full(int(among.sum()), enough)]),
        source,
        sink,
    ).cut
    found = np.zeros(count, dtype=bool)
    found[cut[cut < count]] = True
    return found
