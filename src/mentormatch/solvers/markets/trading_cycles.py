"""Top trading cycles in rounds, on lists that are read a few entries at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.solvers.markets.deferred_acceptance import list_width
from mentormatch.solvers.markets.market import Frontier, next_of_mentees, next_of_mentors

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mentormatch.solvers.arrays import Positions
    from mentormatch.solvers.markets.market import Lists, Market

__all__ = ["top_trading_cycles"]


def top_trading_cycles(market: Market) -> tuple[Positions, Positions, bool]:
    """Who trades: mentees point to the best mentor with a seat, mentors to the best mentee.

    Every mentee on a cycle gets the mentor it points to and leaves; the mentor gives one seat.
    Mentees have one place each; ties by position. Returns mentees, mentors, and whether ties were
    met.
    """
    n, m = market.shape
    waiting = market.places > 0
    seats = market.seats.copy()
    got = np.full(n, -1, dtype=np.intp)
    by_mentees = _Pointers(n, list_width(n, m), partial(next_of_mentees, market))
    by_mentors = _Pointers(m, list_width(m, n), partial(next_of_mentors, market))
    while True:
        mentees = np.flatnonzero(waiting)
        wanted = by_mentees.best(mentees, seats > 0)
        waiting[mentees[wanted < 0]] = False
        mentees, wanted = mentees[wanted >= 0], wanted[wanted >= 0]
        if not len(mentees):
            break
        asked = np.unique(wanted)
        favourite = np.full(m, -1, dtype=np.intp)
        # A mentor that somebody points to has that mentee on its list, so it points to somebody.
        favourite[asked] = by_mentors.best(asked, waiting)
        line = np.full(n, -1, dtype=np.intp)
        line[mentees] = np.arange(len(mentees))
        on_cycle = _on_cycles(line[favourite[wanted]])
        trading, traded = mentees[on_cycle], wanted[on_cycle]
        got[trading] = traded
        waiting[trading] = False
        seats[traded] -= 1
    matched = np.flatnonzero(got >= 0)
    return matched, got[matched], by_mentees.ties_met or by_mentors.ties_met


def _on_cycles(follow: Positions) -> NDArray[np.bool_]:
    """Which nodes of a graph with one arc out of each lie on its cycles."""
    reached = follow
    steps = 1
    while steps < len(follow):
        # After at least as many steps as there are nodes, only cycles are left.
        reached = reached[reached]
        steps *= 2
    on_cycle = np.zeros(len(follow), dtype=bool)
    on_cycle[reached] = True
    return on_cycle


class _Pointers:
    """The first of each person's list that is still there."""

    def __init__(
        self, people: int, width: int, read: Callable[[Positions, Frontier, int], Lists]
    ) -> None:
        self.read, self.width = read, width
        self.others = np.full((people, width), -1, dtype=np.intp)
        self.complete = np.zeros(people, dtype=bool)
        self.last = Frontier.start(people)
        self.ties_met = False

    def best(self, who: Positions, available: NDArray[np.bool_]) -> Positions:
        """Position of the best available other of each of ``who``; −1 where there is none."""
        best = np.full(len(who), -1, dtype=np.intp)
        if not len(available):
            return best
        asking = np.arange(len(who))
        while len(asking):
            others = self.others[who[asking]]
            there = (others >= 0) & available[others]
            found = there.any(axis=1)
            slot = there.argmax(axis=1)
            best[asking[found]] = others[found, slot[found]]
            asking = asking[~found]
            asking = asking[~self.complete[who[asking]]]
            if len(asking):
                rest = who[asking]
                lists = self.read(rest, self.last.of(rest), self.width)
                self.ties_met |= self.last.move(rest, lists)
                self.others[rest], self.complete[rest] = lists.others, lists.complete
        return best
