"""The best each mentee can do at given prices: found in fast blocks, decided in float64."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.blocks import column_slices

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mentormatch.compatibility import Rows
    from mentormatch.problem import Problem

__all__ = ["ROWS_OF_A_BLOCK", "best_values"]

# With more pairs to score exactly for each mentee of a block, a float64 block is quicker.
NEAR_PAIRS = 24
# So many rows of a tile stay in the cache while they are looked at.
ROWS_OF_A_BLOCK = 512


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
