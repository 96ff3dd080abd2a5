"""Deferred acceptance in rounds: who has a free place proposes, who is asked keeps the best.

The outcome does not depend on who proposes when (McVitie and Wilson 1971), so everybody with a free
place proposes at once, and a round costs in proportion to those who propose in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from mentormatch.shortlists import run_positions
from mentormatch.solvers.markets.market import (
    Frontier,
    Lists,
    Market,
    next_of_mentees,
    next_of_mentors,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.arrays import Positions

__all__ = ["Accepted", "deferred_acceptance", "list_width"]

WIDTH = 16
# Up to so many pairs the mentors' lists are read from a transposed copy; beyond, in passes.
MOST_COPIED = 2**23
# So few proposers are sooner done one at a time than in rounds; the end of a tight market has many
# rounds of one or two.
FEW = 24
MOST_ENTRIES = 2**22


@dataclass(frozen=True, eq=False)
class Accepted:
    """What deferred acceptance ends with: the pairs, and how often somebody proposed (``rounds``).

    ``ties_met``: two equal values were compared; without one the outcome depends on no tie-break.
    """

    mentees: Positions
    mentors: Positions
    ties_met: bool
    rounds: int


def deferred_acceptance(
    market: Market, proposing: Literal["mentees", "mentors"] = "mentees"
) -> Accepted:
    """The stable matching that is best for every proposer, ties broken by position.

    A proposer with p places makes as many offers as it has free ones; the other side keeps the
    best, up to its seats. Lists are read a few entries at a time, and entries that would be refused
    are passed over. Source: D. Gale and L. S. Shapley (1962), College admissions and the stability
    of marriage, American Mathematical Monthly 69, 9-15.
    """
    by_mentees = proposing == "mentees"
    if not min(market.shape):
        return Accepted(np.empty(0, np.intp), np.empty(0, np.intp), False, 0)
    if not by_mentees and market.shape[0] * market.shape[1] <= MOST_COPIED:
        exchanged = deferred_acceptance(market.seen_by_mentors())
        return replace(exchanged, mentees=exchanged.mentors, mentors=exchanged.mentees)
    places, seats = (market.places, market.seats) if by_mentees else (market.seats, market.places)
    read = next_of_mentees if by_mentees else next_of_mentors
    width = WIDTH if by_mentees else list_width(len(places), len(seats))
    held = _Seats(np.minimum(seats, len(places)))
    places = np.minimum(places, len(seats))
    placed = np.zeros(len(places), dtype=np.int64)
    everybody = np.flatnonzero(places > 0)
    # Rows of the lists are people; those who never propose keep an empty row.
    lists = _Reader(len(places), width)
    waiting = np.zeros(len(places), dtype=bool)
    waiting[everybody] = True
    active = np.empty(0, dtype=np.intp)
    rounds = 0
    while len(active) or waiting.any():
        if not len(active):
            active = np.flatnonzero(waiting)
            waiting[active] = False
            after = lists.last.of(active)
            lists.refill(active, read(market, active, after, width, held.worst_value))
        if len(active) <= FEW:
            rounds += _one_at_a_time(lists, held, active, places, placed, waiting)
            active = np.empty(0, dtype=np.intp)
            continue
        proposers, receivers, values, starved = lists.best(
            active, held, places[active] - placed[active]
        )
        waiting[starved] = True
        if not len(proposers):
            active = np.empty(0, dtype=np.intp)
            continue
        rounds += 1
        rejected = held.offer(receivers, proposers, values)
        np.add.at(placed, proposers, 1)
        np.subtract.at(placed, rejected, 1)
        again = np.unique(np.concatenate([proposers, rejected]))
        active = again[(placed[again] < places[again]) & ~waiting[again]]
    receivers, proposers = held.pairs()
    mentees, mentors = (proposers, receivers) if by_mentees else (receivers, proposers)
    return Accepted(mentees, mentors, held.ties_met or lists.ties_met, rounds)


def _one_at_a_time(
    lists: _Reader,
    held: _Seats,
    active: Positions,
    places: NDArray[np.int64],
    placed: NDArray[np.int64],
    waiting: NDArray[np.bool_],
) -> int:
    """Let a few proposers act until each has what it wants, or waits for more of its list.

    Returns how many proposals were made.
    """
    stack = active.tolist()
    made = 0
    while stack:
        proposer = stack[-1]
        if placed[proposer] == places[proposer]:
            stack.pop()
            continue
        entry = lists.next_of(proposer, held)
        if entry is None:
            waiting[proposer] = not lists.complete[proposer]
            stack.pop()
            continue
        made += 1
        placed[proposer] += 1
        rejected = held.offer_one(*entry)
        if rejected is not None:
            placed[rejected] -= 1
            # Whoever waits already goes on when its list has been read further.
            if not waiting[rejected] and rejected not in stack:
                stack.append(rejected)
    return made


def list_width(people: int, others: int) -> int:
    """Entries of a list that takes a whole pass to read: long ones, within a bound on memory."""
    return min(max(MOST_ENTRIES // max(people, 1), WIDTH), 8 * WIDTH, max(others, 1))


class _Reader:
    """Where each proposer stands in the part of its list that was read."""

    def __init__(self, people: int, width: int) -> None:
        self.others = np.full((people, width), -1, dtype=np.intp)
        self.own = np.full((people, width), -np.inf)
        self.theirs = np.full((people, width), -np.inf)
        self.complete = np.zeros(people, dtype=bool)
        self.pointer = np.zeros(people, dtype=np.intp)
        self.last = Frontier.start(people)
        self.ties_met = False

    def refill(self, who: Positions, lists: Lists) -> None:
        """Replace what ``who`` have read by what comes next."""
        self.ties_met |= self.last.move(who, lists)
        self.others[who], self.own[who], self.theirs[who] = lists.others, lists.own, lists.theirs
        self.complete[who], self.pointer[who] = lists.complete, 0

    def best(
        self, who: Positions, held: _Seats, free: NDArray[np.int64]
    ) -> tuple[Positions, Positions, NDArray[np.float64], Positions]:
        """The next entries that would accept, as many as there are free places.

        Returns one offer each as proposers, receivers, values; and those of ``who`` whose list must
        be read further.
        """
        others, theirs = self.others[who], self.theirs[who]
        slots = np.arange(others.shape[1])
        would = held.would_take(others, who[:, None], theirs)
        would &= (slots >= self.pointer[who, None]) & (others >= 0)
        would &= np.cumsum(would, axis=1) <= free[:, None]
        line, slot = np.nonzero(would)
        satisfied = np.bincount(line, minlength=len(who)) == free
        self.pointer[who] = len(slots)
        self.pointer[who[line]] = slot + 1
        # A refusal is final, so whoever was passed over need not be asked again.
        short = who[~satisfied]
        self.pointer[short] = len(slots)
        return who[line], others[line, slot], theirs[line, slot], short[~self.complete[short]]

    def next_of(self, proposer: int, held: _Seats) -> tuple[int, int, float] | None:
        """The next entry that would accept one proposer, as receiver, proposer, value."""
        at = int(self.pointer[proposer])
        others = self.others[proposer, at:].tolist()
        theirs = self.theirs[proposer, at:].tolist()
        for step, (receiver, value) in enumerate(zip(others, theirs, strict=True), start=at + 1):
            if receiver < 0:
                break
            if held.would_take_one(receiver, proposer, value):
                self.pointer[proposer] = step
                return receiver, proposer, value
        self.pointer[proposer] = self.others.shape[1]
        return None


class _Seats:
    """Whom each receiver holds, best first, in segments that grow when they must."""

    def __init__(self, seats: NDArray[np.int64]) -> None:
        self.seats = seats
        self.room = np.minimum(seats, 4)
        self.start = np.concatenate([[0], np.cumsum(self.room)[:-1]]).astype(np.intp)[: len(seats)]
        self.load = np.zeros(len(seats), dtype=np.intp)
        self.holder = np.full(int(self.room.sum()), -1, dtype=np.intp)
        self.value = np.full(len(self.holder), -np.inf)
        closed = seats == 0
        self.worst_value = np.where(closed, np.inf, -np.inf)
        self.worst_holder = np.where(closed, -1, np.iinfo(np.intp).max)
        self.ties_met = False

    def would_take(
        self, receivers: Positions, proposers: Positions, values: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Whether each receiver has a free seat or prefers the proposer to the worst it holds."""
        worst = self.worst_value[receivers]
        tied = (values == worst) & (receivers >= 0) & np.isfinite(values)
        if tied.any():
            held = self.worst_holder[receivers]
            self.ties_met |= bool((tied & (held != proposers)).any())
            tied &= proposers < held
        return np.asarray((values > worst) | tied)

    def would_take_one(self, receiver: int, proposer: int, value: float) -> bool:
        """The same for one proposer and a finite value."""
        worst: float = self.worst_value.item(receiver)
        if value != worst:
            return value > worst
        held: int = self.worst_holder.item(receiver)
        self.ties_met |= held != proposer
        return proposer < held

    def offer(
        self, receivers: Positions, proposers: Positions, values: NDArray[np.float64]
    ) -> Positions:
        """Let receivers keep the best of what they hold and what is offered; who is rejected."""
        touched = np.unique(receivers)
        held = run_positions(self.start[touched], self.load[touched])
        receiver = np.concatenate([np.repeat(touched, self.load[touched]), receivers])
        proposer = np.concatenate([self.holder[held], proposers])
        value = np.concatenate([self.value[held], values])
        order = np.lexsort((proposer, -value, receiver))
        receiver, proposer, value = receiver[order], proposer[order], value[order]
        same = (receiver[1:] == receiver[:-1]) & (value[1:] == value[:-1])
        self.ties_met |= bool(same.any())
        first = np.searchsorted(receiver, touched)
        counts = np.diff(np.append(first, len(receiver)))
        rank = np.arange(len(receiver)) - np.repeat(first, counts)
        kept = rank < self.seats[receiver]
        load = np.minimum(counts, self.seats[touched])
        self._make_room(touched, load)
        self.load[touched] = load
        at = self.start[receiver[kept]] + rank[kept]
        self.holder[at], self.value[at] = proposer[kept], value[kept]
        full = touched[load == self.seats[touched]]
        last = self.start[full] + self.seats[full] - 1
        self.worst_value[full], self.worst_holder[full] = self.value[last], self.holder[last]
        rejected: Positions = proposer[~kept]
        return rejected

    def offer_one(self, receiver: int, proposer: int, value: float) -> int | None:
        """The same for one proposer whom the receiver would take; who is rejected, if anybody."""
        load, seats = self.load.item(receiver), self.seats.item(receiver)
        if self.room.item(receiver) == load < seats:
            self._make_room(np.array([receiver]), np.array([load + 1]))
        start = self.start.item(receiver)
        # Values fall along a segment and holders rise within equal ones.
        rising = self.value[start : start + load][::-1]
        place = load - int(rising.searchsorted(value, "right"))
        behind = load - int(rising.searchsorted(value, "left"))
        if place < behind:
            self.ties_met = True
            place += int(self.holder[start + place : start + behind].searchsorted(proposer))
        rejected: int | None = self.holder.item(start + load - 1) if load == seats else None
        kept = min(load + 1, seats)
        for held, new in ((self.holder, proposer), (self.value, value)):
            held[start + place + 1 : start + kept] = held[start + place : start + kept - 1]
            held[start + place] = new
        self.load[receiver] = kept
        if kept == seats:
            self.worst_value[receiver] = self.value[start + kept - 1]
            self.worst_holder[receiver] = self.holder[start + kept - 1]
        return rejected

    def _make_room(self, touched: Positions, load: NDArray[np.int64]) -> None:
        """Move the segments that are too short to the end, twice as long as needed."""
        tight = touched[load > self.room[touched]]
        if not len(tight):
            return
        wanted = np.minimum(2 * load[load > self.room[touched]], self.seats[tight])
        old, held = self.start[tight], self.load[tight]
        new = len(self.holder) + np.cumsum(wanted) - wanted
        more = int(wanted.sum())
        self.holder = np.concatenate([self.holder, np.full(more, -1, dtype=np.intp)])
        self.value = np.concatenate([self.value, np.full(more, -np.inf)])
        before, after = run_positions(old, held), run_positions(new, held)
        self.holder[after], self.value[after] = self.holder[before], self.value[before]
        self.start[tight], self.room[tight] = new, wanted

    def pairs(self) -> tuple[Positions, Positions]:
        """Receivers and whom they hold."""
        receivers = np.repeat(np.arange(len(self.seats)), self.load)
        return receivers, self.holder[run_positions(self.start, self.load)]
