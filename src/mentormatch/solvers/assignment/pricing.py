"""Offers: what each mentee could have better at given prices, of all pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.shortlists import ShortLists, run_positions
from mentormatch.threads import run_parallel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.columns import PairColumns
    from mentormatch.solvers.flows.transport import Transport

__all__ = [
    "OfferTable",
    "best_columns_of",
    "best_of_groups",
    "best_offers",
    "best_open_of_groups",
    "find_surplus",
    "select_offers",
]

# Pairs that are marked at once, a byte each.
MARKS = 2**22
MENTEES_AT_ONCE = 8192


class OfferTable:
    """For each mentee its best pairs that are not among the columns, kept up to date.

    Its short list (``lists``) holds them, with a bound on all other pairs. Who may do better than
    that list shows is read again as a whole, at the prices of that moment; nobody else is. Scores
    are read from the transport, by blocks, unless it has lists that read by themselves.

    ``taken`` (mentees, listed) says what is among the columns, so that it is no offer; ``prices``
    (mentors,) are the last ones; ``passes`` is how often each pair was read, on average.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.lists = transport.lists or ShortLists(
            transport.by_tile,
            transport.tiles,
            transport.demand,
            transport.capacity > 0,
            transport.read(slice(0, 1), transport.tiles[0]).dtype,
            transport.error,
        )
        self.prices = np.zeros(transport.shape[1])
        self.taken = np.zeros(self.lists.mentors.shape, dtype=bool)
        self.passes = 0.0

    def update(
        self, prices: NDArray[np.float64], threshold: NDArray[np.float64], known: PairColumns
    ) -> float:
        """Bring the table to new prices; returns which share of all pairs had to be read.

        Prices (mentors,) are in units of score. Offers below ``threshold`` (mentees,) need not be
        known; the columns ``known`` are no offers.
        """
        self.prices = prices
        # Of whom nothing was read yet is read, even where nobody would be taken.
        rows = self.lists.find_open(prices, threshold, self.transport.exact)
        self.lists.read(rows, prices)
        self._mark(known)
        share = len(rows) / max(1, self.transport.shape[0])
        self.passes += share
        return share

    def values(self, rows: slice) -> NDArray[np.float64]:
        """What the offers of some mentees are worth at the last prices; −inf is no offer."""
        value = self.lists.scores[rows] - self.prices[self.lists.mentors[rows]]
        value[self.taken[rows]] = -np.inf
        return value

    def _mark(self, known: PairColumns) -> None:
        """Find the columns in the lists."""
        n, m = self.transport.shape
        lists, first = self.lists.mentors, known.first
        step = max(1, MARKS // max(1, m))

        def mark(block: slice) -> None:
            is_column = np.zeros((min(step, n), m), dtype=bool)
            for start in range(block.start, block.stop, step):
                rows = slice(start, min(start + step, block.stop))
                here = slice(first[rows.start], first[rows.stop])
                cells = known.mentees[here] - start, known.mentors[here]
                is_column[cells] = True
                line = np.arange(rows.stop - rows.start)[:, None]
                self.taken[rows] = is_column[line, lists[rows]]
                is_column[cells] = False

        run_parallel(mark, list(self.lists.blocks()))


def find_surplus(
    transport: Transport, offers: OfferTable, threshold: NDArray[np.float64]
) -> NDArray[np.floating]:
    """Compute by how much each offer beats its mentee's threshold: (mentees, listed).

    Where what was read is too inexact to tell, the pair is scored exactly. −inf where there is no
    offer; what is not listed is below.
    """
    lists, prices = offers.lists, offers.prices
    surplus = np.empty_like(lists.scores)
    blur = lists.slack

    def compare(rows: slice) -> None:
        above = offers.values(rows) - threshold[rows, None]
        if blur:
            line, place = np.nonzero(np.abs(above) <= 2 * blur)
            mentees, mentors = line + rows.start, lists.mentors[rows][line, place]
            exact = transport.exact(mentees, mentors) - prices[mentors]
            above[line, place] = exact - threshold[mentees]
        # Small differences are as exact in float32 as large ones; what is beyond it is infinite.
        with np.errstate(over="ignore"):
            surplus[rows] = above

    run_parallel(compare, list(lists.blocks()))
    return surplus


def best_offers(
    surplus: NDArray[np.floating], some: NDArray[np.bool_], most: int
) -> NDArray[np.bool_]:
    """Mark some offers, but of each mentee no more than so many: those with the largest surplus.

    Where everybody wants the same few mentors, prices of these end too high at first, and nearly
    all others look better.
    """
    marked = some.copy()
    for start in range(0, len(some), MENTEES_AT_ONCE):
        rows = slice(start, start + MENTEES_AT_ONCE)
        many = start + np.flatnonzero(some[rows].sum(axis=1) > most)
        worst = np.argpartition(surplus[many], -most, axis=1)[:, :-most]
        marked[many[:, None], worst] = False
    return marked


def select_offers(
    surplus: NDArray[np.floating], better: NDArray[np.bool_], extra: int
) -> NDArray[np.bool_]:
    """Select all improving offers, and those nearest to it, which the next prices would ask for."""
    reach = float(surplus.max())
    near = surplus > -reach
    count = int(np.count_nonzero(better)) + extra
    if int(np.count_nonzero(near)) <= count:
        return np.asarray(near | better)
    values = surplus[near]
    cut = np.partition(values, len(values) - count)[len(values) - count]
    return np.asarray(better | (near & (surplus > cut)))


def _cells(
    rows: NDArray[np.intp], first: NDArray[np.intp], known: PairColumns
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Where the columns of some mentees lie in their block."""
    counts = first[rows + 1] - first[rows]
    return np.repeat(np.arange(len(rows), dtype=np.int32), counts), known.mentors[
        run_positions(first[rows], counts)
    ]


def best_of_groups(value: NDArray[Any], width: int) -> NDArray[np.intp]:
    """The best column of each group of ``width`` neighbours, row by row: (rows, groups)."""
    starts = np.arange(0, value.shape[1], width)
    best = np.empty((len(value), len(starts)), dtype=np.intp)
    whole = value.shape[1] // width
    inside = value[:, : whole * width].reshape(len(value), whole, width)
    best[:, :whole] = inside.argmax(axis=2)
    if whole < len(starts):
        best[:, whole] = value[:, whole * width :].argmax(axis=1)
    return best + starts


def best_open_of_groups(
    value: NDArray[np.floating], width: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of `best_of_groups` where they are above −inf; of width 1, all such."""
    if width == 1:
        row, column = np.nonzero(value > -np.inf)
        return row, column
    best = best_of_groups(value, width)
    row, place = np.nonzero(np.take_along_axis(value, best, axis=1) > -np.inf)
    return row, best[row, place]


def best_columns_of(
    transport: Transport, needy: NDArray[np.intp], asked: NDArray[np.bool_], known: PairColumns
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """For each asked mentee the best open mentor among ``needy`` that is no column yet."""
    found_i: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    found_j: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    first = known.first
    if not len(needy):
        return found_i[0], found_j[0]
    for rows in transport.row_blocks():
        wanted = np.flatnonzero(asked[rows])
        if not len(wanted):
            continue
        value = transport.read(wanted + rows.start)
        value[_cells(wanted + rows.start, first, known)] = -np.inf
        value = value[:, needy]
        best = value.argmax(axis=1)
        open_ = value[np.arange(len(wanted)), best] > -np.inf
        found_i.append((wanted[open_] + rows.start).astype(np.int32))
        found_j.append(needy[best[open_]].astype(np.int32))
    return np.concatenate(found_i), np.concatenate(found_j)
