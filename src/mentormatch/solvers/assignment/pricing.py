"""One pass over all scores by blocks: the best mentors of each mentee at given prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.solvers.flows.columns import run_positions
from mentormatch.threads import run_parallel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.assignment.suitors import Suitors
    from mentormatch.solvers.flows.columns import PairColumns
    from mentormatch.solvers.flows.transport import Transport

__all__ = ["OfferTable", "best_columns_of", "best_of_groups"]

# A mentee for whom more of the tiles are to be read is read whole, which gives more to choose from.
MOST_TILES = 0.5
ROWS_OF_A_TILE = 1024


class OfferTable:
    """For each mentee the best mentor of each group that is not among the columns, kept up to date.

    Mentors in their given order are cut into groups; the best of a group is a maximum over
    contiguous memory, far cheaper than a partial sort. Prices that move can raise an offer by no
    more than the largest fall in its group: where offers stay below the threshold of a mentee even
    so, they are not read again. From the second round on that leaves a few tiles of mentors for
    each mentee, in the last rounds for a few mentees.

    Parameters
    ----------
    transport
        Scores are read from it, by blocks.
    groups
        How many offers a mentee has, about.

    Attributes
    ----------
    mentors
        int32 array (mentees, groups): where the best was last found.
    values
        float64 array (mentees, groups): score − price of the best, or at least as much; −inf where
        nothing is open.
    fresh
        bool array (mentees, groups): read in the last pass, so that the value is what it says.
    starts
        intp array (groups,): the first mentor of each.
    """

    def __init__(self, transport: Transport, groups: int) -> None:
        n, m = transport.shape
        self.transport = transport
        each = -(-groups // len(transport.tiles))
        self.tiles = tuple(_Tile.of(mentors, each) for mentors in transport.tiles)
        counts = [len(tile.starts) for tile in self.tiles]
        self.edges = np.cumsum([0, *counts])
        self.starts = np.concatenate([t.starts + t.mentors.start for t in self.tiles])
        self.prices = np.zeros(m)
        self.blur = transport.error
        self.mentors = np.zeros((n, len(self.starts)), dtype=np.int32)
        self.values = np.full((n, len(self.starts)), np.inf)
        self.values[transport.demand == 0] = -np.inf
        self.fresh = np.zeros(self.values.shape, dtype=bool)

    def update(
        self,
        prices: NDArray[np.float64],
        threshold: NDArray[np.float64],
        known: PairColumns,
        suitors: Suitors | None = None,
    ) -> float:
        """Bring the table to new prices; returns which share of all pairs had to be read.

        Parameters
        ----------
        prices
            (mentors,), in units of score.
        threshold
            (mentees,): offers below it need not be exact.
        known
            Columns that are no offers.
        suitors
            Looks at each block of whole mentees as well.
        """
        self.values += np.maximum.reduceat(self.prices - prices, self.starts)
        self.prices = prices
        # A fast block and a float32 price are only so exact, and so were those of earlier rounds.
        inexact = self.transport.error + 2.0**-22 * float(np.abs(prices).max(initial=0.0))
        self.blur = max(self.blur, inexact)
        least = threshold - 2 * self.blur
        asked = np.logical_or.reduceat(self.values > least[:, None], self.edges[:-1], axis=1)
        tiles = asked.sum(axis=1)
        whole = np.flatnonzero(tiles > MOST_TILES * len(self.tiles))
        asked[whole] = False
        self.fresh[:] = False
        first = known.first
        tasks: list[tuple[NDArray[np.intp], int | None]] = []
        tasks += [(whole[part], None) for part in self.transport.row_blocks(len(whole))]
        for k in range(len(self.tiles)):
            some = np.flatnonzero(asked[:, k])
            tasks += [
                (some[s : s + ROWS_OF_A_TILE], k) for s in range(0, len(some), ROWS_OF_A_TILE)
            ]

        def read(task: tuple[NDArray[np.intp], int | None]) -> None:
            rows, k = task
            if k is not None:
                self._read_tile(rows, k, first, known)
                return
            value = self._read(rows, first, known)
            if suitors is not None:
                suitors.look(rows, value, self.values[rows].max(axis=1))

        run_parallel(read, tasks)
        n, m = self.transport.shape
        widths = np.array([tile.mentors.stop - tile.mentors.start for tile in self.tiles])
        return float(len(whole) * m + (asked.sum(axis=0) * widths).sum()) / max(1, n * m)

    def _read(
        self, rows: NDArray[np.intp], first: NDArray[np.intp], known: PairColumns
    ) -> NDArray[Any]:
        """Read some mentees with all mentors at the current prices, and return that block."""
        value = self.transport.read(rows)
        value -= self.prices.astype(value.dtype)
        value[_cells(rows, first, known)] = -np.inf
        for k, tile in enumerate(self.tiles):
            self._take(rows, k, value[:, tile.mentors])
        return value

    def _read_tile(
        self, rows: NDArray[np.intp], k: int, first: NDArray[np.intp], known: PairColumns
    ) -> None:
        """Read some mentees with the mentors of one tile at the current prices."""
        mentors = self.tiles[k].mentors
        value = self.transport.read(rows, mentors)
        value -= self.prices[mentors].astype(value.dtype)
        line, held = _cells(rows, first, known)
        inside = (held >= mentors.start) & (held < mentors.stop)
        value[line[inside], held[inside] - mentors.start] = -np.inf
        self._take(rows, k, value)

    def _take(self, rows: NDArray[np.intp], k: int, value: NDArray[Any]) -> None:
        """Take note of the best of each group of a tile."""
        tile, groups = self.tiles[k], slice(self.edges[k], self.edges[k + 1])
        best = best_of_groups(value, tile.width)
        self.values[rows, groups] = np.take_along_axis(value, best, axis=1)
        self.mentors[rows, groups] = best + tile.mentors.start
        self.fresh[rows, groups] = True

    def release(self, columns: PairColumns) -> None:
        """Take columns that are dropped for offers again."""
        value = columns.scores - self.prices[columns.mentors]
        group = np.searchsorted(self.starts, columns.mentors, side="right") - 1
        np.maximum.at(self.values, (columns.mentees, group), value)


@dataclass(frozen=True, eq=False)
class _Tile:
    """Mentors that are read together, and the groups of ``width`` neighbours among them."""

    mentors: slice
    width: int
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, mentors: slice, groups: int) -> _Tile:
        count = mentors.stop - mentors.start
        width = max(1, -(-count // groups))
        return cls(mentors, width, np.arange(0, count, width))


def _cells(
    rows: NDArray[np.intp], first: NDArray[np.intp], known: PairColumns
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Where the columns of some mentees lie in their block."""
    counts = first[rows + 1] - first[rows]
    return np.repeat(np.arange(len(rows)), counts), known.mentors[
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


def best_columns_of(
    transport: Transport, needy: NDArray[np.intp], asked: NDArray[np.bool_], known: PairColumns
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """For each asked mentee the best open mentor among ``needy`` that is no column yet.

    Returns
    -------
    mentees, mentors
        int32 arrays of one length.
    """
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
