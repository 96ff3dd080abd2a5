"""Sums that are rounded once, and what else float64 loses on the way to a number.

Every operation of float64 gives the exact result times 1 + δ with |δ| ≤ `UNIT`. After k of them
the factors together are off by at most `lost_in(k)` (Higham 2002, lemma 3.1), so that a result is
known to that share of the sizes of all numbers that went into it. A sum of many numbers would be
the longest chain of all; `sum_exactly` has none.

References
----------
.. [1] N. J. Higham (2002), Accuracy and Stability of Numerical Algorithms, 2nd ed.
.. [2] J. R. Shewchuk (1997), Adaptive precision floating-point arithmetic.
"""

from __future__ import annotations

import math
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["UNIT", "lost_in", "share_out_percents", "sum_exactly"]

# The unit roundoff: half the distance from 1 to the next float64.
UNIT = float(np.finfo(np.float64).eps) / 2
# So many numbers are made Python floats at once.
CHUNK = 2**16


def lost_in(steps: int) -> float:
    """The share of its sizes that a result of so many roundings can be off: k·u/(1 − k·u)."""
    return steps * UNIT / (1 - steps * UNIT)


def sum_exactly(*parts: NDArray[np.float64]) -> float:
    """The float64 nearest to the exact sum of some numbers, in whatever order they come.

    Where a partial sum is beyond all float64, what float64 makes of it, infinite or NaN.
    """
    chunks = (
        part[start : start + CHUNK].tolist()
        for part in parts
        for start in range(0, len(part), CHUNK)
    )
    try:
        return math.fsum(chain.from_iterable(chunks))
    except (OverflowError, ValueError):
        with np.errstate(over="ignore", invalid="ignore"):
            return float(sum(float(part.sum()) for part in parts))


def share_out_percents(parts: Iterable[float]) -> list[int]:
    """Round the parts of one whole to whole per cent that sum to 100, by the largest remainder.

    Rounded one by one, three thirds are 99 per cent. Equal parts may differ by one; of those the
    first have more. Parts are 0 or more, in any unit; the answer is zeros where all are 0. Raises
    ValueError for a part that is below 0 or no number.

    Examples
    --------
    >>> share_out_percents([1, 1, 1]), share_out_percents([2, 2, 1])
    ([34, 33, 33], [40, 40, 20])
    """
    sizes = np.array(list(parts), dtype=np.float64)
    if not ((sizes >= 0) & np.isfinite(sizes)).all():
        raise ValueError(f"Parts of a whole are numbers of 0 or more, got {sizes.tolist()}.")
    if not sizes.any():
        return [0] * len(sizes)
    # Nine digits: 1/3 of float64 must not be less than another third.
    exact = np.round(100 * (sizes / sizes.max()) / (sizes / sizes.max()).sum(), 9)
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: 100 - int(whole.sum())]] += 1
    return [int(one) for one in whole]
