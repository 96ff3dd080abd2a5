"""Types of the arrays that solvers pass around, and sparse arrays from their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

__all__ = ["Floats", "Number", "Positions", "incidence", "row_slices", "sparse_cells"]

Floats: TypeAlias = "NDArray[np.floating]"
Positions: TypeAlias = "NDArray[np.intp]"
# What costs and levels of a flow are made of: whole steps of a scale, or the scores themselves.
Number = TypeVar("Number", "np.int64", "np.float64")


# Blocks of so many bytes stay in the cache; none may take more than the second number.
CACHED_BYTES, BLOCK_BYTES = 4 * 2**20, 62 * 2**20


def row_slices(n_rows: int, n_columns: int, fewest: int = 512) -> Iterator[slice]:
    """Cut rows of float64 into blocks of 4 MiB, or of ``fewest`` rows, but never over 62 MiB.

    Small blocks stay in the cache; a product needs some rows to be worth its while.
    """
    row = 8 * max(1, n_columns)
    step = max(1, min(max(fewest, CACHED_BYTES // row), BLOCK_BYTES // row))
    for start in range(0, n_rows, step):
        yield slice(start, min(start + step, n_rows))


def sparse_cells(
    rows: ArrayLike, columns: ArrayLike, shape: tuple[int, int], values: ArrayLike = 1.0
) -> sparse.csr_array:
    """Return a sparse array with one number in some cells, or one each, and 0 elsewhere."""
    numbers = np.broadcast_to(values, np.shape(rows))
    return sparse.csr_array((numbers, (rows, columns)), shape=shape)


def incidence(rows: Positions, height: int, value: ArrayLike = 1.0) -> sparse.csr_array:
    """Return a sparse (height, columns) array in which each column has one cell: its row's."""
    return sparse_cells(rows, np.arange(len(rows)), (height, len(rows)), value)
