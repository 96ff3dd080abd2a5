"""Two sides that rank each other, and the next best others of some people, read in blocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.shortlists import run_positions
from mentormatch.solvers.arrays import row_slices

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mentormatch.solvers.arrays import Floats, Positions

__all__ = ["Frontier", "Lists", "Market", "next_of_mentees", "next_of_mentors"]

# So many arrays of a block are there at once; each has so many rows at least.
BESIDE, FEWEST = 4, 128
SAMPLE = 2048


@dataclass(frozen=True, eq=False)
class Market:
    """Mentees with places and mentors with seats, who rank each other.

    ``read(rows)`` gives two (rows, mentors) float arrays: what the mentees get and what the mentors
    get; −inf in both where a pair must not be made. ``exact(mentees, mentors)`` gives the two
    float64 values of single pairs.
    """

    read: Callable[[slice | Positions], tuple[Floats, Floats]]
    exact: Callable[[Positions, Positions], tuple[NDArray[np.float64], NDArray[np.float64]]]
    places: NDArray[np.int64]  # (mentees,): how many mentors each may have
    seats: NDArray[np.int64]  # (mentors,): how many mentees each may have
    error: float = 0.0  # largest absolute difference between a value of ``read`` and of ``exact``

    def seen_by_mentors(self) -> Market:
        """The same market with the sides exchanged, held in memory."""
        n, m = self.shape
        mentees, mentors = np.empty((m, n)), np.empty((m, n))
        for rows in row_slices(n, BESIDE * m, FEWEST):
            u, v = self.read(rows)
            mentees[:, rows], mentors[:, rows] = u.T, v.T
        return Market(
            read=lambda rows: (mentors[rows], mentees[rows]),
            exact=lambda i, j: self.exact(j, i)[::-1],
            places=self.seats,
            seats=self.places,
            error=self.error,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """(number of mentees, number of mentors)."""
        return len(self.places), len(self.seats)


@dataclass(frozen=True, eq=False)
class Frontier:
    """How far down their lists some people are: the value and the place of the last one seen."""

    value: NDArray[np.float64]  # (people,); +inf at the start
    place: Positions  # (people,): position of the last one; −1 at the start

    @classmethod
    def start(cls, count: int) -> Frontier:
        """Nobody has seen anybody."""
        return cls(np.full(count, np.inf), np.full(count, -1, dtype=np.intp))

    def of(self, who: Positions) -> Frontier:
        """The last one that each of ``who`` has seen."""
        return Frontier(self.value[who], self.place[who])

    def move(self, who: Positions, lists: Lists) -> bool:
        """Move to the end of what ``who`` have read next; whether two in a row were equal."""
        read = lists.others >= 0
        before = np.column_stack([self.value[who], lists.own[:, :-1]])
        count = np.count_nonzero(read, axis=1)
        some = np.flatnonzero(count)
        self.value[who[some]] = lists.own[some, count[some] - 1]
        self.place[who[some]] = lists.others[some, count[some] - 1]
        return bool((read & (before == lists.own)).any())


@dataclass(frozen=True, eq=False)
class Lists:
    """The next best others of some people, best first; equal ones in the order of their places."""

    others: Positions  # (people, width): positions on the other side, −1 behind the end
    own: NDArray[np.float64]  # as `others`: what the people get
    theirs: NDArray[np.float64]  # what the others get
    complete: NDArray[np.bool_]  # (people,): nobody comes after these

    @classmethod
    def empty(cls, people: int, width: int) -> Lists:
        """Nobody has anybody next."""
        own, theirs = np.full((2, people, width), -np.inf)
        others = np.full((people, width), -1, dtype=np.intp)
        return cls(others, own, theirs, np.ones(people, dtype=bool))

    def fill(
        self, part: slice, row: Positions, other: Positions, own: Floats, theirs: Floats
    ) -> None:
        """Write the best entries of the people ``part``; entries come by row, then by place.

        Rows are sorted side by side, which is far faster than all entries together.
        """
        width = self.others.shape[1]
        counts = np.bincount(row, minlength=part.stop - part.start)
        most = int(counts.max(initial=0))
        if not most or not width:
            return
        slot = run_positions(np.zeros_like(counts), counts)
        falling = np.full((len(counts), most), np.inf)
        falling[row, slot] = -own
        order = np.argsort(falling, axis=1, kind="stable")[:, :width]
        line, place = np.nonzero(order < counts[:, None])
        entry = (np.cumsum(counts) - counts)[line] + order[line, place]
        for name, value in (("others", other), ("own", own), ("theirs", theirs)):
            getattr(self, name)[part][line, place] = value[entry]


def next_of_mentees(
    market: Market,
    who: Positions,
    after: Frontier,
    width: int,
    asked: NDArray[np.float64] | None = None,
) -> Lists:
    """The next ``width`` mentors of the mentees ``who``; reads only their rows.

    Mentors that would get less than they ask for, ``asked`` (mentors,), are passed over.
    Time O(mentees · mentors) for one selection a row; memory O(block + mentees · width).
    """
    lists = Lists.empty(len(who), width)
    complete = lists.complete
    for part in row_slices(len(who), BESIDE * market.shape[1], FEWEST):
        rows = who[part]
        # Neighbours are read in place; others are copied together first.
        in_row = bool((np.diff(rows) == 1).all())
        own, theirs = market.read(slice(int(rows[0]), int(rows[-1]) + 1) if in_row else rows)
        value, place = after.value[part, None], after.place[part, None]
        open_ = _perhaps_after(own, np.arange(own.shape[1]), value, place, market.error)
        if asked is not None:
            open_ &= theirs >= asked - market.error
        values = own if open_.all() else np.where(open_, own, -np.inf)
        lowest = _value_at(values, width, 2 * market.error)
        open_ &= own >= lowest[:, None]
        r, c = np.divmod(np.flatnonzero(open_), max(own.shape[1], 1))
        if market.error:
            u, v = market.exact(rows[r], c)
            after_all = _is_after(u, c, value[r, 0], place[r, 0])
            r, c, u, v = r[after_all], c[after_all], u[after_all], v[after_all]
        else:
            u, v = own[r, c].astype(np.float64), theirs[r, c].astype(np.float64)
        lists.fill(part, r, c, u, v)
        complete[part] = np.isneginf(lowest) & (np.bincount(r, minlength=len(rows)) <= width)
    # When all that was kept lay within the error of the frontier, the true next ones are further
    # down.
    empty = np.flatnonzero((lists.others[:, 0] < 0) & ~complete) if width else np.empty(0, np.intp)
    if len(empty):
        again = next_of_mentees(market, who[empty], after.of(empty), 4 * width, asked)
        for name in ("others", "own", "theirs"):
            getattr(lists, name)[empty] = getattr(again, name)[:, :width]
        beyond = again.others.shape[1] > width and (again.others[:, width:] >= 0).any(axis=1)
        lists.complete[empty] = again.complete & ~beyond
    return lists


def next_of_mentors(
    market: Market,
    who: Positions,
    after: Frontier,
    width: int,
    asked: NDArray[np.float64] | None = None,
) -> Lists:
    """The next ``width`` mentees of the mentors ``who``, in one pass over all mentees.

    Mentees who would get less than they ask for, ``asked`` (mentees,), are passed over.
    Memory O(block + mentors · width). A block only keeps what beats the ``width``-th best so far.
    """
    found = _Collector(len(who), width)
    counted = np.zeros(len(who), dtype=np.int64)
    value, place = after.value[None, :], after.place[None, :]
    everybody = len(who) == market.shape[1]
    for rows in row_slices(market.shape[0], BESIDE * market.shape[1], FEWEST):
        own, theirs = market.read(rows)
        if not everybody:
            own, theirs = own[:, who], theirs[:, who]
        u, v = own, theirs
        places = np.arange(rows.start, rows.stop)
        open_ = _perhaps_after(v, places[:, None], value, place, market.error)
        if asked is not None:
            open_ &= u >= (asked[rows] - market.error)[:, None]
        counted += np.count_nonzero(open_, axis=0)
        # Later rows lose ties, so a value equal to the worst kept is not enough, unless inexact.
        enough = v >= found.worst - market.error if market.error else v > found.worst
        i, c = np.nonzero(open_ & enough)
        if market.error:
            mine, yours = market.exact(places[i], who[c])
            after_all = _is_after(yours, places[i], after.value[c], after.place[c])
            i, c, mine, yours = i[after_all], c[after_all], mine[after_all], yours[after_all]
        else:
            mine, yours = u[i, c].astype(np.float64), v[i, c].astype(np.float64)
        found.add(c, places[i], yours, mine)
        # Sorting costs more than a few entries too many, so wait until they have doubled.
        if found.pending > found.kept:
            found.settle()
    lists = found.lists(counted <= width)
    # An inexact value may only seem to come behind the frontier; without any entry the list ends.
    return replace(lists, complete=lists.complete | (lists.others < 0).all(axis=1))


class _Collector:
    """Keeps the ``width`` best entries of each person while blocks go by."""

    def __init__(self, people: int, width: int) -> None:
        self.people, self.width = people, width
        self.parts: list[tuple[Positions, Positions, Floats, Floats]] = []
        self.worst = np.full(people, -np.inf)
        self.rank = np.empty(0, dtype=np.intp)
        self.kept = self.pending = 0

    def add(self, person: Positions, other: Positions, own: Floats, theirs: Floats) -> None:
        self.parts.append((person, other, own, theirs))
        self.pending += len(person)

    def settle(self) -> None:
        """Throw away what is not among the best, and remember the worst that is."""
        person, other, own, theirs = (
            np.concatenate(part) for part in zip(*self.parts, strict=True)
        )
        order = np.lexsort((other, -own, person))
        person, other, own, theirs = person[order], other[order], own[order], theirs[order]
        counts = np.bincount(person, minlength=self.people)
        rank = run_positions(np.zeros(self.people, np.intp), counts)
        keep = rank < self.width
        full = keep & (rank == self.width - 1)
        self.worst[person[full]] = own[full]
        self.parts = [(person[keep], other[keep], own[keep], theirs[keep])]
        self.rank = rank[keep]
        self.kept, self.pending = len(self.rank), 0

    def lists(self, complete: NDArray[np.bool_]) -> Lists:
        """What was kept, as arrays (people, width)."""
        lists = replace(Lists.empty(self.people, self.width), complete=complete)
        if self.parts:
            self.settle()
            person, other, mine, yours = self.parts[0]
            lists.others[person, self.rank] = other
            lists.own[person, self.rank] = mine
            lists.theirs[person, self.rank] = yours
        return lists


def _is_after(
    values: Floats, places: Positions, value: Floats, place: Positions
) -> NDArray[np.bool_]:
    """Whether (values, places) comes behind (value, place) in a list, best first."""
    return np.asarray((values < value) | ((values == value) & (places > place)))


def _perhaps_after(
    values: Floats, places: Positions, value: Floats, place: Positions, error: float
) -> NDArray[np.bool_]:
    """Eligible entries that may come behind the frontier, given how inexact they are."""
    eligible = values > -np.inf
    if np.isposinf(value).all():
        return eligible
    behind = values <= value + error if error else _is_after(values, places, value, place)
    return np.asarray(eligible & behind)


def _value_at(values: Floats, width: int, slack: float) -> NDArray[np.float64]:
    """A value that at least ``width`` of each row reach, less ``slack``; −inf for shorter rows.

    In long rows a sample of the columns suggests it: reading a row twice costs less than selecting
    from it, and a few entries too many are sorted out later.
    """
    columns = values.shape[1]
    if width >= columns:
        return np.full(len(values), -np.inf)
    stride = columns // SAMPLE
    if stride < 4:
        return _quantile(values, width) - slack
    found = _quantile(values[:, ::stride], 4 + 3 * width // stride)
    short = np.flatnonzero(np.count_nonzero(values >= found[:, None], axis=1) < width)
    if len(short):
        found[short] = _quantile(values[short], width)
    return found - slack


def _quantile(values: Floats, place: int) -> NDArray[np.float64]:
    """The ``place``-th best value of each row."""
    cut = values.shape[1] - min(place, values.shape[1])
    return np.partition(values, cut, axis=1)[:, cut].astype(np.float64)
