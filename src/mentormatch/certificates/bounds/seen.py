"""The best each mentee can do at given prices: seen by passes, in float64 where near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.blocks import column_slices
from mentormatch.passes import run_pass
from mentormatch.shortlists import LISTED, ShortLists
from mentormatch.threads import run_parallel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mentormatch.compatibility import Rows
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = [
    "INEXACT",
    "ROWS_OF_A_BLOCK",
    "SeenValues",
    "best_values",
    "enough_values",
    "is_fast",
    "own_values",
    "see_along",
]

# Blocks with a larger error than this are float32.
INEXACT = 1e-10
# With fewer pairs to each mentee nothing is saved.
LEAST_MENTORS = 2 * LISTED
# Mentees whose lists are looked at together.
ROWS_AT_ONCE = 2048
# With more pairs to score exactly for each mentee of a block, a float64 block is quicker.
NEAR_PAIRS = 24
# So many rows of a tile stay in the cache while they are looked at.
ROWS_OF_A_BLOCK = 512


class SeenValues:
    """For each mentee the pairs that were seen to be worth most, and a bound on all others.

    A search reads all scores through the lists of this table, and moves prices after that. What the
    lists and that bound rule out at the last prices need not be read again for the proof, whatever
    was read, in which order and at which prices; what nobody has read is bounded by nothing.
    """

    def __init__(self, problem: Problem) -> None:
        left = problem.after_pins
        self.problem = problem
        self.lists = ShortLists(
            problem.open_tiles,
            column_slices(problem.shape[1]),
            left.demand,
            left.capacity > 0,
            problem.open_scores(slice(0, 1)).dtype,
            problem.compatibility.scorer.error,
        )

    def best_values(
        self, prices: NDArray[np.float64], own: NDArray[np.float64], enough: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The largest s_ij − p_j of each mentee, where it is above ``enough``: (mentees,).

        What is at most ``enough`` may be given as less. Listed pairs that may be the best are
        scored one by one; who may have better among the others is read whole.

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
        best = np.full(len(own), -np.inf)
        has = np.maximum(own, enough)
        others = np.zeros(len(own), dtype=bool)
        others[self.lists.find_open(prices, has, self._exact)] = True
        asked = np.flatnonzero(~others & (enough < np.inf))
        self._look_at_lists(prices, has, asked, best)
        short = (best < own) & (own > enough)
        self._read(prices, np.flatnonzero(others | short), best)
        return best

    def _exact(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.asarray(self.problem.pairs(mentees, mentors).scores, np.float64)

    def _look_at_lists(
        self,
        prices: NDArray[np.float64],
        has: NDArray[np.float64],
        asked: NDArray[np.intp],
        best: NDArray[np.float64],
    ) -> None:
        """Raise ``best`` by the listed pairs that may be worth what somebody has, or more."""
        lists = self.lists

        def look(start: int) -> None:
            rows = asked[start : start + ROWS_AT_ONCE]
            listed = lists.mentors[rows]
            with np.errstate(over="ignore", invalid="ignore"):
                most = lists.scores[rows] - prices[listed] + lists.slack
                # Rounding of these sums; what cannot be told is looked at.
                most += 2.0**-48 * (np.abs(most) + np.abs(prices[listed]))
            line, place = np.nonzero(~(most < has[rows, None]) & (lists.scores[rows] > -np.inf))
            mentees, mentors = rows[line], listed[line, place].astype(np.intp)
            exact = self._exact(mentees, mentors)
            np.maximum.at(best, mentees, exact - prices[mentors])

        run_parallel(look, list(range(0, len(asked), ROWS_AT_ONCE)))

    def _read(
        self, prices: NDArray[np.float64], rows: NDArray[np.intp], best: NDArray[np.float64]
    ) -> None:
        """Raise ``best`` by all pairs of some mentees."""

        def take(some: NDArray[np.intp], values: NDArray[np.float64]) -> None:
            best[some] = np.maximum(best[some], values)

        blocks = [rows[s : s + ROWS_OF_A_BLOCK] for s in range(0, len(rows), ROWS_OF_A_BLOCK)]
        pairs = len(rows) * self.problem.shape[1]
        run_pass(read_again, self.problem, prices, blocks, take, pairs=pairs)


def is_fast(problem: Problem) -> bool:
    """Whether float32 blocks are enough to tell which pairs decide."""
    demand = problem.after_pins.demand
    return problem.compatibility.scorer.error > INEXACT and int(demand.max(initial=0)) == 1


def see_along(problem: Problem) -> SeenValues | None:
    """A table of what a search reads of a problem; None where a proof would not gain by it."""
    many = problem.shape[1] >= LEAST_MENTORS
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


def read_again(
    problem: Problem, prices: NDArray[np.float64], rows: NDArray[np.intp]
) -> NDArray[np.float64]:
    """The best that some mentees can do with any mentor."""
    return best_values(problem, rows, prices)


def best_values(problem: Problem, rows: Rows, prices: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest s_ij − p_j of each mentee of a block in float64; −inf without an open pair.

    Fast blocks, tile by tile, find the pairs that may attain it; those are scored one by one.
    """
    tiles = column_slices(problem.shape[1])
    members = np.arange(problem.shape[0])[rows]
    count = len(members)
    most: NDArray[np.float64] = np.full(count, -np.inf)
    size = float(np.abs(prices).max(initial=0.0))
    near: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.floating]]] = []
    many = NEAR_PAIRS * max(count, ROWS_OF_A_BLOCK)
    for tile, value in _tiles(problem, rows, tiles):
        value -= prices[tile].astype(value.dtype)
        here = value.max(axis=1)
        # What is above the largest so far, or so near that rounding may have put it below.
        some = np.flatnonzero((here > -np.inf) & (here >= _least(problem, most, size, value.dtype)))
        most = np.maximum(most, here)
        if len(some):
            found = value[some]
            near_it = _least(problem, most[some], size, value.dtype)
            i, j = np.divmod(np.flatnonzero(found >= near_it[:, None]), found.shape[1])
            near.append((some[i], tile.start + j, found[i, j]))
            if sum(len(part) for part, _, _ in near) > many:
                return _best_exact_values(problem, rows, prices, tiles)
    best = np.full(count, -np.inf)
    if not near:
        return best
    i, j, values = (np.concatenate(part) for part in zip(*near, strict=True))
    # Of those that were the largest when they were read.
    last = np.flatnonzero(values >= _least(problem, most, size, values.dtype)[i])
    i, j = i[last], j[last]
    exact = np.asarray(problem.pairs(members[i], j).scores, np.float64) - prices[j]
    np.maximum.at(best, i, exact)
    return best


def _best_exact_values(
    problem: Problem, rows: Rows, prices: NDArray[np.float64], tiles: Sequence[slice]
) -> NDArray[np.float64]:
    """As `best_values`, from float64 blocks."""
    found = [
        (value - prices[tile]).max(axis=1) for tile, value in _tiles(problem.precise(), rows, tiles)
    ]
    return np.asarray(np.max(found, axis=0), np.float64)


def _tiles(
    problem: Problem, rows: Rows, tiles: Sequence[slice]
) -> Iterator[tuple[slice, NDArray[np.floating]]]:
    """Yield the open scores of a block tile by tile, each while it is still in the cache."""
    yield from zip(tiles, problem.open_tiles(rows, tiles), strict=True)


def _least(
    problem: Problem, most: NDArray[np.float64], size: float, dtype: np.dtype
) -> NDArray[np.floating]:
    """Return what a value of a fast block must reach to be the largest, if rounding is against it.

    −inf where nothing was found yet. Rounded down, as it is compared in the type of the block.
    """
    # Rounding of the price, and of the difference.
    sizes = size + np.where(most > -np.inf, np.abs(most), 0.0)
    blur = problem.compatibility.scorer.error + 2 * float(np.finfo(dtype).eps) * sizes
    return np.asarray(np.nextafter((most - 2 * blur).astype(dtype), dtype.type(-np.inf)))
