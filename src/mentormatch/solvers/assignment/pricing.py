"""One pass over all scores by blocks: the best mentors of each mentee at given prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mentormatch.passes import run_pass
from mentormatch.solvers.flows.columns import run_positions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mentormatch.solvers.flows.columns import PairColumns
    from mentormatch.solvers.flows.transport import TileReader, Transport, ValueReader

__all__ = [
    "OfferTable",
    "best_columns_of",
    "best_of_groups",
    "find_offers",
    "find_surplus",
    "select_offers",
]

# A mentee for whom more of the tiles are to be read is read whole, which gives more to choose from.
MOST_TILES = 0.5
ROWS_OF_A_TILE = 1024
ROWS_OF_A_BLOCK = 512
# Mentees whose offers are looked at together; all at once would take as much memory as the table.
ROWS_AT_ONCE = 8192


class OfferTable:
    """For each mentee the best mentor of each group that is not among the columns, kept up to date.

    Mentors in their given order are cut into groups; the best of a group is a maximum over
    contiguous memory, far cheaper than a partial sort. Prices that move can raise an offer by no
    more than the largest fall in its group: where offers stay below the threshold of a mentee even
    so, they are not read again. After the first passes that leaves a few tiles of mentors for each
    mentee, in the last rounds for a few mentees.

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
        Array (mentees, groups) of the type of the blocks: score − price of the best, or at least
        as much; −inf where nothing is open.
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
        dtype = transport.read(slice(0, 1), transport.tiles[0]).dtype
        self.values = np.full((n, len(self.starts)), np.inf, dtype=dtype)
        self.values[transport.demand == 0] = -np.inf
        self.fresh = np.zeros(self.values.shape, dtype=bool)

    def update(
        self,
        prices: NDArray[np.float64],
        threshold: NDArray[np.float64],
        known: PairColumns,
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
        """
        self._raise(np.maximum.reduceat(self.prices - prices, self.starts))
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
        tasks: list[_Part] = []
        tasks += [
            _Part(whole[s : s + ROWS_OF_A_BLOCK]) for s in range(0, len(whole), ROWS_OF_A_BLOCK)
        ]
        for k in range(len(self.tiles)):
            rows = np.flatnonzero(asked[:, k])
            tasks += [
                _Part(rows[s : s + ROWS_OF_A_TILE], k) for s in range(0, len(rows), ROWS_OF_A_TILE)
            ]

        def with_cells(part: _Part) -> _Part:
            return part._replace(cells=_cells(part.rows, first, known))

        n, m = self.transport.shape
        witness = self.transport.witness
        reader = _ValuesAt(prices) if witness is None else witness.move(prices)

        def take(part: _Part, found: _Offers) -> None:
            groups, mentors = slice(None), slice(0, m)
            if part.tile is not None:
                groups = slice(self.edges[part.tile], self.edges[part.tile + 1])
                mentors = self.tiles[part.tile].mentors
            if witness is not None and found.bounds is not None:
                witness.take(part.rows, mentors, found.bounds)
            self.values[part.rows, groups] = found.values
            self.mentors[part.rows, groups] = found.mentors
            self.fresh[part.rows, groups] = True

        widths = np.array([tile.mentors.stop - tile.mentors.start for tile in self.tiles])
        pairs = len(whole) * m + int((asked.sum(axis=0) * widths).sum())
        wanted = _Asked(reader, self.tiles)
        run_pass(
            find_offers, self.transport.by_tile, wanted, tasks, take, pairs=pairs, pack=with_cells
        )
        return pairs / max(1, n * m)

    def blocks(self) -> Iterator[slice]:
        """Slices of mentees."""
        n = len(self.values)
        return (slice(s, min(s + ROWS_AT_ONCE, n)) for s in range(0, n, ROWS_AT_ONCE))

    def _raise(self, rise: NDArray[np.float64]) -> None:
        """Raise the offers of each group, rounded up."""
        for rows in self.blocks():
            there = self.values[rows]
            there[:] = np.where(there > -np.inf, _round_up(there + rise, there.dtype), -np.inf)

    def release(self, columns: PairColumns) -> None:
        """Take columns that are dropped for offers again."""
        value = _round_up(columns.scores - self.prices[columns.mentors], self.values.dtype)
        group = np.searchsorted(self.starts, columns.mentors, side="right") - 1
        np.maximum.at(self.values, (columns.mentees, group), value)


class _Part(NamedTuple):
    """One block of a pass: some mentees with all mentors, or with those of one tile.

    ``cells`` are the pairs among them that are no offers: lines of the block, and mentors.
    """

    rows: NDArray[np.intp]
    tile: int | None = None
    cells: tuple[NDArray[np.int32], NDArray[np.int32]] | None = None


class _Asked(NamedTuple):
    """What all blocks of a pass share."""

    values: ValueReader
    tiles: tuple[_Tile, ...]


class _Offers(NamedTuple):
    """The best of each group of a block: (rows, groups) values and mentors.

    ``bounds`` are what a witness saw.
    """

    values: NDArray[Any]
    mentors: NDArray[np.int32]
    bounds: NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class _ValuesAt:
    """Reads scores less prices where there is no witness."""

    prices: NDArray[np.float64]

    def __call__(
        self, read: TileReader, rows: NDArray[np.intp], tiles: Sequence[slice]
    ) -> Iterator[tuple[NDArray[np.floating], None]]:
        for tile, value in zip(tiles, read(rows, tiles), strict=True):
            value -= self.prices[tile].astype(value.dtype)
            yield value, None


def find_offers(read: TileReader, asked: _Asked, part: _Part) -> _Offers:
    """Read one block at given prices and find the best offer of each group of mentors.

    Tile by tile, so that what was computed is still in the cache when it is looked at.
    """
    tiles = asked.tiles if part.tile is None else asked.tiles[part.tile : part.tile + 1]
    line, held = part.cells or (np.empty(0, np.int32), np.empty(0, np.int32))
    if part.tile is None:
        order = np.argsort(held, kind="stable")
    else:
        first, stop = tiles[0].mentors.start, tiles[0].mentors.stop
        order = np.flatnonzero((held >= first) & (held < stop))
    line, held = line[order], held[order]
    values: list[NDArray[Any]] = []
    mentors: list[NDArray[np.int32]] = []
    bounds: list[NDArray[np.float32]] = []
    blocks = asked.values(read, part.rows, [tile.mentors for tile in tiles])
    for tile, (value, bound) in zip(tiles, blocks, strict=True):
        first = tile.mentors.start
        if bound is not None:
            bounds.append(bound)
        known = slice(None)
        if part.tile is None:
            known = slice(*np.searchsorted(held, (first, tile.mentors.stop)))
        value[line[known], held[known] - first] = -np.inf
        best = best_of_groups(value, tile.width)
        values.append(np.take_along_axis(value, best, axis=1))
        mentors.append((best + first).astype(np.int32))
    seen = np.hstack(bounds) if bounds else None
    return _Offers(np.hstack(values), np.hstack(mentors), seen)


def find_surplus(
    transport: Transport,
    offers: OfferTable,
    threshold: NDArray[np.float64],
    prices: NDArray[np.float64],
) -> NDArray[np.floating]:
    """Compute by how much each offer beats its mentee's threshold: (mentees, groups).

    Where a fast block is too inexact to tell, the pair is scored exactly. −inf where it was not
    read: such offers are known to be below.
    """
    surplus = np.empty_like(offers.values)
    blur = transport.error + 2.0**-22 * float(np.abs(prices).max(initial=0.0))
    for rows in offers.blocks():
        above = np.where(offers.fresh[rows], offers.values[rows] - threshold[rows, None], -np.inf)
        if transport.error:
            line, group = np.nonzero(np.abs(above) <= 2 * blur)
            mentees, mentors = line + rows.start, offers.mentors[rows][line, group]
            exact = transport.exact(mentees, mentors) - prices[mentors]
            above[line, group] = exact - threshold[mentees]
        # Small differences are as exact in float32 as large ones; what is beyond it is infinite.
        with np.errstate(over="ignore"):
            surplus[rows] = above
    return surplus


def select_offers(
    offers: OfferTable, surplus: NDArray[np.floating], better: NDArray[np.bool_], extra: int
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


def _round_up(values: NDArray[np.float64], dtype: np.dtype) -> NDArray[Any]:
    """Return numbers of another type that are above these."""
    with np.errstate(over="ignore"):
        return np.asarray(np.nextafter(values.astype(dtype), dtype.type(np.inf)))


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
