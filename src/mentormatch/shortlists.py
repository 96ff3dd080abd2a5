"""Short lists: the best pairs of each mentee at some prices, and a bound on all of its other pairs.

One pass over all pairs lists what is worth most to each mentee, score less price. Whatever prices
become, a pair that is not listed is worth no more than the last listed one was, plus the largest
fall of a price since. So who has better than that needs no second look at all pairs: neither a
search that moves prices nor the proof of what it found.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from mentormatch.passes import run_pass
from mentormatch.threads import run_parallel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["LISTED", "ShortLists", "TileReader", "run_positions"]

TileReader: TypeAlias = (
    "Callable[[slice | NDArray[np.intp], Sequence[slice]], Iterator[NDArray[np.floating]]]"
)
PairReader: TypeAlias = "Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.floating]]"

# How many pairs of a mentee who wants one mentor are listed; by measurement (docs, benchmarks).
LISTED = 96
# With fewer mentors a share of them is enough, but not fewer than some.
SHARE_LISTED, FEWEST_LISTED = 1 / 32, 32
# At most 2⁹, which a number that sorts pairs has room for.
ROWS_OF_A_BLOCK = 512
# Of each mentee about so many times more pairs are collected as are listed, and, where the first
# tile misleads, at most so many times more on average before the best of them are taken.
COLLECTED, MOST_COLLECTED = 2, 4
# Where one tile is all, every so many-th mentor is sorted to tell where the best begin.
SAMPLED = 4
# Pairs are looked at one by one where that takes at most such a share of reading all pairs of a
# mentee. One takes as long as so many in a block, where scores are computed and where they are
# given.
SAVES, EXACT_PAIR, GIVEN_PAIR = 0.75, 128, 8
PAIRS_AT_ONCE = 2**16
# Where a line of a block and a float32 value begin in a number that sorts pairs; below is a mentor.
LINE, VALUE = np.uint64(55), np.uint64(23)
SIGN, SIGN_BIT = np.uint32(31), np.uint32(2**31)
# Mentees whose bounds are looked at together.
ROWS_AT_ONCE = 8192


def run_positions(starts: NDArray[Any], counts: NDArray[Any]) -> NDArray[np.intp]:
    """The integers starts[k] … starts[k] + counts[k] − 1 of all k, one after another.

    Examples
    --------
    >>> run_positions(np.array([7, 0]), np.array([2, 3])).tolist()
    [7, 8, 0, 1, 2]
    """
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(total) + np.repeat(starts - (ends - counts), counts), np.intp)


class ShortLists:
    """For each mentee its best pairs, and a number that no other open s_ij − p_j exceeds.

    ``read(rows, tiles)`` yields the scores of some mentees with the mentors of one tile after the
    other, in new arrays of ``dtype``, each at most ``error`` from the exact one; −inf where a pair
    must not be made. ``tiles`` are slices of all mentors that follow one another; only
    ``open_mentors`` (mentors,) are in pairs. ``demand`` (mentees,) is how many mentors each wants;
    of those who want none nothing is said. As many are listed as anybody wants, and `LISTED` less
    one, or fewer where there are few mentors: whoever has fewer than it wants sees another one.

    ``mentors`` (mentees, listed) has the one with the largest value at the prices of the reading
    first, and ``scores`` s_ij to ``slack``, the largest absolute difference to the exact one; −inf
    where there is no more pair, and where ``mentors`` therefore says nothing.
    """

    def __init__(
        self,
        read: TileReader,
        tiles: tuple[slice, ...],
        demand: NDArray[np.int64],
        open_mentors: NDArray[np.bool_],
        dtype: np.dtype,
        error: float,
    ) -> None:
        n, m = len(demand), len(open_mentors)
        self._wanted = int(demand.max(initial=1))
        enough = max(FEWEST_LISTED, int(SHARE_LISTED * m))
        listed = min(LISTED, enough) - 1 + self._wanted
        self.tiles, self.error = tiles, error
        self._read, self._open = read, open_mentors
        self.mentors = np.zeros((n, min(listed, m)), dtype=np.int32)
        self.scores = np.full(self.mentors.shape, -np.inf, dtype=dtype)
        self.slack = error
        # What bounds the others, at which of the prices; +inf of whom nothing is known.
        self._last = np.where(demand > 0, np.inf, -np.inf)
        self._at = np.zeros(n, dtype=np.intp)
        self._prices: list[NDArray[np.float64]] = [np.zeros(m)]

    @property
    def shape(self) -> tuple[int, int]:
        """(number of mentees, number of mentors)."""
        return len(self.mentors), len(self._open)

    def blocks(self) -> Iterator[slice]:
        """Slices of mentees."""
        n = len(self.mentors)
        return (slice(s, min(s + ROWS_AT_ONCE, n)) for s in range(0, n, ROWS_AT_ONCE))

    def read(self, rows: NDArray[np.intp], prices: NDArray[np.float64]) -> None:
        """Read all pairs of some mentees and list the best of each at some prices.

        Rows are mentees in order; prices (mentors,) are in units of score.
        """
        if not len(rows):
            return
        if not np.array_equal(prices, self._prices[-1]):
            self._prices.append(prices.copy())
        asked = _Asked(prices, self.tiles, self.mentors.shape[1], self._wanted)
        largest: list[float] = [0.0]
        # Where a price is beyond the type of the blocks, they show −inf for numbers.
        size = _size(prices[self._open])
        known = size < float(np.finfo(self.scores.dtype).max) / 2

        def take(some: NDArray[np.intp], found: _Found) -> None:
            self.mentors[some] = found.mentors
            self.scores[some] = found.scores if known else -np.inf
            self._last[some] = found.last if known else np.inf
            largest.append(found.size)

        parts = [rows[s : s + ROWS_OF_A_BLOCK] for s in range(0, len(rows), ROWS_OF_A_BLOCK)]
        run_pass(find_best, self._read, asked, parts, take, pairs=len(rows) * self.shape[1])
        self._at[rows] = len(self._prices) - 1
        if size and known:
            # A price, a value and a score are rounded once each.
            rounding = float(np.finfo(self.scores.dtype).eps) * (size + max(largest))
            self.slack = max(self.slack, self.error + rounding)

    def bound_others(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bound s_ij − p_j of all pairs that are not listed: float64 array (mentees,).

        Rounded upwards; −inf where all open pairs are listed, +inf where nothing was read.
        """
        bound = self._last.copy()
        some = np.isfinite(bound)
        bound[some] += self._largest_falls(prices)[self._at[some]] + self._lost(bound[some])
        return np.where(np.isnan(bound), np.inf, bound)

    def find_open(
        self, prices: NDArray[np.float64], threshold: NDArray[np.float64], exact: PairReader
    ) -> NDArray[np.intp]:
        """Find the mentees of whom a pair that is not listed may be worth more than a threshold.

        Where only the mentors whose prices fell most can be that good, pairs with these are looked
        at one by one. Prices (mentors,) and thresholds (mentees,) are in units of score;
        ``exact(mentees, mentors)`` gives scores of pairs, −inf or NaN where none must be made. The
        answer, in order, also has those of whom nothing was read.
        """
        others = self.bound_others(prices)
        beyond = np.isposinf(others)
        known = np.flatnonzero((others > threshold) & ~beyond)
        beyond[known] = True

        def look(
            rows: NDArray[np.intp], ranks: NDArray[np.intp], mentors: NDArray[np.intp], some: slice
        ) -> None:
            counts = ranks[some]
            i = np.repeat(rows[some], counts)
            j = mentors[run_positions(np.zeros_like(counts), counts)]
            beyond[self._unlisted_above(i, j, prices, threshold, exact)] = True

        for reading in np.unique(self._at[known]).tolist():
            rows = known[self._at[known] == reading]
            mentors, ranks = self._find_fallen(reading, prices, rows, threshold[rows])
            rows, ranks = rows[ranks >= 0], ranks[ranks >= 0]
            beyond[rows] = False

            run_parallel(partial(look, rows, ranks, mentors), _parts_of(ranks))
        return np.flatnonzero(beyond)

    def _find_fallen(
        self,
        reading: int,
        prices: NDArray[np.float64],
        rows: NDArray[np.intp],
        threshold: NDArray[np.float64],
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Sort mentors by how far their prices fell since a reading; count those in question.

        The answer is the open mentors, whose prices fell most first, and ranks (rows,): of how many
        of them an unlisted pair may be above the threshold, −1 where reading all pairs takes no
        longer than looking at these.
        """
        open_mentors = np.flatnonzero(self._open)
        fall = (self._prices[reading] - prices)[open_mentors]
        pair = EXACT_PAIR if self.error else GIVEN_PAIR
        most = min(int(SAVES * self.shape[1] / pair), len(fall) - 1)
        top = np.argpartition(-fall, most)[: most + 1]
        top = top[np.argsort(-fall[top], kind="stable")]
        last = self._last[rows]
        with np.errstate(over="ignore", invalid="ignore"):
            # All that makes a bound larger but the fall, and the rounding of this difference.
            room = threshold - last - self._lost(last) - self._rounding(prices)[reading]
            room -= 2.0**-48 * (np.abs(threshold) + np.abs(last))
        ranks = np.searchsorted(-fall[top], -room)
        return open_mentors[top], np.where((ranks <= most) & ~np.isnan(room), ranks, -1)

    def _unlisted_above(
        self,
        i: NDArray[np.intp],
        j: NDArray[np.intp],
        prices: NDArray[np.float64],
        threshold: NDArray[np.float64],
        exact: PairReader,
    ) -> NDArray[np.intp]:
        """Of some pairs, the mentees of those that are not listed and may be above a threshold."""
        worth = exact(i, j) - prices[j]
        some = np.flatnonzero(worth > -np.inf)
        i, j, worth = i[some], j[some], worth[some]
        # Rounding of that difference; what cannot be told is left open.
        worth = worth + 2.0**-48 * (np.abs(worth) + np.abs(prices[j]))
        some = np.flatnonzero(~(worth <= threshold[i]))
        i, j = i[some], j[some]
        listed = (self.mentors[i] == j[:, None]) & (self.scores[i] > -np.inf)
        return np.asarray(i[~listed.any(axis=1)])

    @np.errstate(over="ignore", invalid="ignore")
    def _largest_falls(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """How much more an unlisted pair may be worth than at each reading: (readings,)."""
        falls = [(p - prices)[self._open].max(initial=-np.inf) for p in self._prices]
        return np.array(falls) + self._rounding(prices)

    @np.errstate(over="ignore", invalid="ignore")
    def _rounding(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the price taken off at each reading, and its fall, may have been rounded by.

        Blocks are of ``dtype``; sums of prices are float64.
        """
        eps = float(np.finfo(self.scores.dtype).eps)
        sizes = np.array([_size(before[self._open]) for before in self._prices])
        return self.error + eps * sizes + 2.0**-48 * (sizes + _size(prices[self._open]))

    def _lost(self, last: NDArray[np.float64]) -> NDArray[np.float64]:
        """What a value less its price, and a bound made of it, may have been rounded by."""
        return 2 * float(np.finfo(self.scores.dtype).eps) * np.abs(last)

    def bound_best(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bound s_ij − p_j of all open pairs: float64 array (mentees,); see `bound_others`."""
        best = self.bound_others(prices)
        now = _size(prices[self._open])
        for rows in self.blocks():
            listed = (self.scores[rows] - prices[self.mentors[rows]]).max(axis=1, initial=-np.inf)
            sizes = now + np.where(listed > -np.inf, np.abs(listed), 0.0)
            best[rows] = np.maximum(best[rows], listed + self.slack + 2.0**-48 * sizes)
        return best


class _Asked(NamedTuple):
    """What all blocks of a pass share."""

    prices: NDArray[np.float64]
    tiles: tuple[slice, ...]
    listed: int
    wanted: int


class _Found(NamedTuple):
    """The lists of a block: (rows, listed) mentors and scores, and (rows,) what bounds the others.

    ``size`` is the largest absolute value that is listed.
    """

    mentors: NDArray[np.int32]
    scores: NDArray[np.floating]
    last: NDArray[np.floating]
    size: float


class _Pairs(NamedTuple):
    """Some pairs of a block: their lines in it, their mentors, their values."""

    lines: NDArray[np.uint16]
    mentors: NDArray[np.int32]
    values: NDArray[np.floating]

    @classmethod
    def join(cls, parts: Sequence[_Pairs]) -> _Pairs:
        """All of several."""
        return cls(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def take(self, some: NDArray[Any]) -> _Pairs:
        """Some of them, by place or by a mask."""
        return _Pairs(self.lines[some], self.mentors[some], self.values[some])


@np.errstate(over="ignore", invalid="ignore")
def find_best(read: TileReader, asked: _Asked, rows: NDArray[np.intp]) -> _Found:
    """Read one block of mentees and find the best pairs of each.

    Tile by tile, so that what was computed is still in the cache when it is looked at. Whatever is
    above the last of so many best ones of the first tile is collected, and the best of it taken.
    """
    n, m, listed = len(rows), len(asked.prices), asked.listed
    width = asked.tiles[0].stop
    # Each block begins elsewhere: of equal pairs those that are seen first are listed, and mentees
    # should not all list the same mentors.
    start = int(rows[0]) // ROWS_OF_A_BLOCK % len(asked.tiles)
    tiles = (*asked.tiles[start:], *asked.tiles[:start])
    last: NDArray[np.floating] | None = None
    parts: list[_Pairs] = []
    count = 0
    for tile, value in zip(tiles, read(rows, tiles), strict=True):
        price = asked.prices[tile]
        if price.any():
            value -= price.astype(value.dtype)
        if last is None:
            # Of a tile that is all, some of it tells about where the best begin. As many as
            # anybody wants are listed all the same: with these it is seen whether one is better
            # than what somebody has.
            some = value if len(tiles) > 1 else value[:, :: max(1, min(SAMPLED, m))]
            share = (COLLECTED if len(tiles) > 1 else 1) * some.shape[1] / m
            last = _guess(some, max(asked.wanted, int(np.ceil(share * listed))))
        where = np.flatnonzero(value > last[:, None])
        line = where // value.shape[1]
        mentor = where - line * value.shape[1] + tile.start
        parts.append(_Pairs(line.astype(np.uint16), mentor.astype(np.int32), value.ravel()[where]))
        count += len(where)
        if count > MOST_COLLECTED * listed * n:
            best, _, last = _best_of(_Pairs.join(parts), listed, last, width)
            parts, count = [best], len(best.lines)
    assert last is not None
    best, place, last = _best_of(_Pairs.join(parts), listed, last, width)
    mentors = np.zeros((n, listed), dtype=np.int32)
    scores = np.full((n, listed), -np.inf, dtype=best.values.dtype)
    mentors[best.lines, place] = best.mentors
    scores[best.lines, place] = best.values + asked.prices[best.mentors]
    return _Found(mentors, scores, last, _size(best.values))


def _parts_of(counts: NDArray[np.intp]) -> list[slice]:
    """Slices of mentees with about so many pairs to be looked at each."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    cuts = np.searchsorted(ends, np.arange(PAIRS_AT_ONCE, total, PAIRS_AT_ONCE)).tolist()
    return [slice(a, b) for a, b in pairwise((0, *cuts, len(counts))) if a < b]


def _guess(value: NDArray[np.floating], rank: int) -> NDArray[np.floating]:
    """A number just below so many of the values of each line; −inf where there are fewer."""
    width = value.shape[1]
    if rank >= width:
        return np.full(len(value), -np.inf, dtype=value.dtype)
    found = np.partition(value, width - rank, axis=1)[:, width - rank]
    # Just below, so that of equal values it is not all that are left out.
    return np.asarray(np.nextafter(found, value.dtype.type(-np.inf)))


def _best_of(
    pairs: _Pairs, listed: int, last: NDArray[np.floating], width: int
) -> tuple[_Pairs, NDArray[np.intp], NDArray[np.floating]]:
    """The best pairs of each line, the place of each in its list, and what bounds the others."""
    pairs = _sort(pairs, len(last), width)
    counts = np.bincount(pairs.lines, minlength=len(last))
    first = np.cumsum(counts) - counts
    place = np.arange(len(pairs.lines)) - np.repeat(first, counts)
    kept = place < listed
    left = np.maximum(counts - listed, 0)
    some = left > 0
    last = last.copy()
    if some.any():
        most = pairs.values[first[some] + listed]
        last[some] = np.maximum(last[some], most)
    return pairs.take(kept), place[kept], last


def _sort(pairs: _Pairs, n: int, width: int) -> _Pairs:
    """Sort pairs by line and then by value, the largest first.

    Of equal ones each of ``n`` lines takes the first from another mentor of a tile on, for the
    reason that blocks begin elsewhere; ``width`` is that of a tile.
    """
    lines, mentors, values = pairs
    shift = lines.astype(np.int64) * width // n
    inside = mentors % width
    turned = mentors - inside + (inside + shift) % width
    # One number for all three, as sorting such numbers is several times as fast. The bits of floats
    # are in order once those of negative ones are turned; turned again, the largest comes first.
    bits = (values.astype(np.float32) + np.float32(0)).view(np.uint32)
    rising = np.where(bits >> SIGN, ~bits, bits | SIGN_BIT)
    key = lines.astype(np.uint64) << LINE
    key |= (~rising).astype(np.uint64) << VALUE
    key |= turned.astype(np.uint64)
    order = np.argsort(key)
    if values.dtype != np.float32:
        _tell_apart(order, key[order] >> VALUE, values, turned)
    return pairs.take(order)


def _tell_apart(
    order: NDArray[np.intp],
    sorted_by: NDArray[np.uint64],
    values: NDArray[np.floating],
    turned: NDArray[np.integer],
) -> None:
    """Order those pairs, in place, that are the same as float32 and not as float64."""
    same = sorted_by[1:] == sorted_by[:-1]
    if not (same & (values[order[1:]] != values[order[:-1]])).any():
        return
    where = np.flatnonzero(np.append(same, False) | np.append(False, same))
    some = order[where]
    order[where] = some[np.lexsort((turned[some], -values[some], sorted_by[where]))]


def _size(values: NDArray[Any]) -> float:
    """The largest absolute value, 0 where there is none."""
    return float(np.abs(values).max(initial=0.0))
