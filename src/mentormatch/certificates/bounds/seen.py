"""What earlier passes have seen, as bounds, so that a proof reads again only what is near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mentormatch.certificates.bounds.best_values import ROWS_OF_A_BLOCK, best_values
from mentormatch.compatibility.blocks import column_slices
from mentormatch.passes import run_pass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = [
    "INEXACT",
    "SeenValues",
    "ValueReader",
    "enough_values",
    "is_fast",
    "own_values",
    "see_along",
]

# Blocks with a larger error than this are float32.
INEXACT = 1e-10
# With fewer tiles of mentors a mentee's own is so large a part of them that nothing is saved.
LEAST_TILES = 3

# Bounds that are kept of a mentee, about.
GROUPS = 64
# A mentee for whom more of the tiles are near is read whole: that is cheaper.
MOST_TILES = 0.5
ROWS_OF_A_TILE = 1024
# Mentees whose bounds are looked at together.
ROWS_AT_ONCE = 8192
FLOAT32_MOST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class ValueReader:
    """Reads s_ij − p_j tile by tile, and bounds the largest of each group of mentors from above.

    Parameters
    ----------
    prices
        float64 array (mentors,).
    groups
        Of a tile.
    error
        Largest absolute difference between a score of a block and the float64 score.
    size
        The largest absolute price.
    """

    prices: NDArray[np.float64]
    groups: int
    error: float
    size: float

    def __call__(
        self,
        read: Callable[[Any, Sequence[slice]], Iterator[NDArray[np.floating]]],
        rows: NDArray[np.intp],
        tiles: Sequence[slice],
    ) -> Iterator[tuple[NDArray[np.floating], NDArray[np.float32]]]:
        """Yield the values of each tile in a new array, and the bounds (rows, groups) on them."""
        for tile, value in zip(tiles, read(rows, tiles), strict=True):
            value -= self.prices[tile].astype(value.dtype)
            starts = _starts_of(tile, self.groups)
            most = np.maximum.reduceat(value, starts, axis=1).astype(np.float64)
            # Rounding of the price, and of the difference.
            sizes = self.size + np.abs(np.where(most > -np.inf, most, 0.0))
            yield value, _round_up(most + self.error + 2 * np.finfo(value.dtype).eps * sizes)


class _Part(NamedTuple):
    """Mentees who are read again in some tiles, and what each of them has already."""

    rows: NDArray[np.intp]
    tiles: tuple[slice, ...]
    least: NDArray[np.float64]


class SeenValues:
    """For each mentee and group of mentors a number that no open s_ij − p_j of it exceeds.

    Whoever reads scores reads them by the `ValueReader` of this table, which bounds each group from
    the scores themselves, and gives the bounds back by `take`. When prices move, a bound rises by
    the largest fall of a price in its group. All of it is rounded upwards, so that a bound is true
    whatever was read, in which order and at which prices; what nobody has read is bounded by
    nothing.

    Parameters
    ----------
    problem
        Whose scores are read; one with two tiles of mentors or more is worth it.
    """

    def __init__(self, problem: Problem) -> None:
        n, m = problem.shape
        self.problem = problem
        self._tiles = column_slices(m)
        self._groups = -(-GROUPS // len(self._tiles))
        starts = [tile.start + _starts_of(tile, self._groups) for tile in self._tiles]
        self._edges = np.cumsum([0, *map(len, starts)])
        self._starts = np.concatenate(starts)
        self._prices, self._largest = np.zeros(m), 0.0
        self._bounds = np.full((n, len(self._starts)), np.inf, dtype=np.float32)

    @property
    def bounds(self) -> NDArray[np.float32]:
        """Bounds (mentees, groups) at the last prices; +inf where nothing was read."""
        return self._bounds

    @property
    def starts(self) -> NDArray[np.intp]:
        """The first mentor of each group."""
        return self._starts

    def move(self, prices: NDArray[np.float64]) -> ValueReader:
        """Bring the bounds to new prices; return what reads at these."""
        sizes = [float(np.abs(p).max(initial=0.0)) for p in (self._prices, prices)]
        if max(sizes) < FLOAT32_MOST:
            # Prices and values are float64 sums, each rounded by itself.
            fall = np.maximum.reduceat(self._prices - prices, self._starts)
            rise = fall + 2.0**-48 * sum(sizes)
            for start in range(0, len(self._bounds), ROWS_AT_ONCE):
                some = self._bounds[start : start + ROWS_AT_ONCE]
                some[:] = _round_up(some + rise)
        else:
            # Beyond float32 a reader sees −inf where there is a number: nothing is known.
            self._bounds[:] = np.inf
        self._prices, self._largest = np.array(prices, dtype=np.float64), sizes[1]
        error = self.problem.compatibility.scorer.error
        return ValueReader(self._prices, self._groups, error, sizes[1])

    def take(self, rows: NDArray[np.intp], mentors: slice, bounds: NDArray[np.float32]) -> None:
        """Keep what was read of some mentees and a run of whole tiles at the last prices."""
        first, last = np.searchsorted(self._starts, (mentors.start, mentors.stop))
        self._bounds[rows, first:last] = bounds if self._largest < FLOAT32_MOST else np.inf

    def best_values(
        self,
        prices: NDArray[np.float64],
        own: NDArray[np.float64],
        enough: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """The largest s_ij − p_j of each mentee, where it is above ``enough``: (mentees,).

        What is at most ``enough`` may be given as less. A group bounded by what its mentee has
        already cannot raise it and is not read.

        Parameters
        ----------
        prices
            (mentors,).
        own
            (mentees,): a value that each is thought to reach. It only saves reading: whoever is not
            seen to reach it is read whole.
        enough
            (mentees,): +inf for those who are not asked for.
        """
        self.move(prices)
        n = len(own)
        best = np.full(n, -np.inf)
        has = np.maximum(own, enough)
        self._read(prices, self._tasks(has), best)
        short = np.flatnonzero((best < own) & (own > enough))
        self._read(prices, self._whole(short, np.full(n, -np.inf)), best)
        return best

    def _tasks(self, has: NDArray[np.float64]) -> list[_Part]:
        """What may hold more than each mentee has."""
        near = np.empty((len(has), len(self._tiles)), dtype=bool)
        for first in range(0, len(has), ROWS_AT_ONCE):
            block = slice(first, first + ROWS_AT_ONCE)
            above = self._bounds[block] > has[block, None]
            near[block] = np.logical_or.reduceat(above, self._edges[:-1], axis=1)
        whole = near.sum(axis=1) > MOST_TILES * len(self._tiles)
        parts = self._whole(np.flatnonzero(whole), has)
        for k, tile in enumerate(self._tiles):
            rows = np.flatnonzero(near[:, k] & ~whole)
            for start in range(0, len(rows), ROWS_OF_A_TILE):
                some = rows[start : start + ROWS_OF_A_TILE]
                parts.append(_Part(some, (tile,), has[some]))
        return parts

    def _whole(self, rows: NDArray[np.intp], has: NDArray[np.float64]) -> list[_Part]:
        """All tiles of some mentees."""
        blocks = [rows[s : s + ROWS_OF_A_BLOCK] for s in range(0, len(rows), ROWS_OF_A_BLOCK)]
        return [_Part(some, self._tiles, has[some]) for some in blocks]

    def _read(
        self, prices: NDArray[np.float64], parts: list[_Part], best: NDArray[np.float64]
    ) -> None:
        """Raise ``best`` by what is read."""
        found: list[tuple[NDArray[np.intp], NDArray[np.float64]]] = []
        pairs = sum(len(part.rows) * (t.stop - t.start) for part in parts for t in part.tiles)
        run_pass(
            read_again,
            self.problem,
            prices,
            parts,
            # Tiles of one mentee may be read on two threads at once.
            lambda part, values: found.append((part.rows, values)),
            pairs=pairs,
        )
        for rows, values in found:
            best[rows] = np.maximum(best[rows], values)


def is_fast(problem: Problem) -> bool:
    """Whether float32 blocks are enough to tell which pairs decide."""
    demand = problem.after_pins.demand
    return problem.compatibility.scorer.error > INEXACT and int(demand.max(initial=0)) == 1


def see_along(problem: Problem) -> SeenValues | None:
    """A table of what a search reads of a problem; None where a proof would not gain by it."""
    many = len(column_slices(problem.shape[1])) >= LEAST_TILES
    return SeenValues(problem) if many and is_fast(problem) and not problem.sides else None


def enough_values(
    problem: Problem, coverage: NDArray[np.float64], seats: float
) -> NDArray[np.float64]:
    """Values up to which a mentee adds nothing to a bound: +inf for who wants nobody any more."""
    left = problem.after_pins
    bonus = np.where(left.covered, 0.0, coverage[problem.priority_classes])
    enough = -(seats + bonus)
    enough -= 2.0**-50 * (abs(seats) + np.abs(bonus))
    # Sums are rounded, but never out of order: less than a value that adds nothing adds nothing.
    enough = np.where((enough + seats) + bonus <= 0, enough, -np.inf)
    return np.where(left.demand > 0, enough, np.inf)


def own_values(matching: Matching, prices: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each mentee's own pair is worth at some prices; −inf without one."""
    own = np.full(matching.problem.shape[0], -np.inf)
    np.fmax.at(own, matching.mentees, matching.scores - prices[matching.mentors])
    return own


def read_again(problem: Problem, prices: NDArray[np.float64], part: _Part) -> NDArray[np.float64]:
    """The best that some mentees can do in some tiles; −inf where it is less than they have."""
    return best_values(problem, part.rows, prices, part.tiles, part.least)


def _starts_of(tile: slice, groups: int) -> NDArray[np.intp]:
    """Where the groups of a tile start, counted from its first mentor."""
    count = tile.stop - tile.start
    return np.arange(0, count, max(1, -(-count // groups)))


def _round_up(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return float32 numbers above some float64 numbers; −inf stays what it is."""
    with np.errstate(over="ignore"):
        above = np.nextafter(values.astype(np.float32), np.float32(np.inf))
    return np.where(values > -np.inf, above, np.float32(-np.inf))
