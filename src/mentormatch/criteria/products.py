"""Products A·Bᵀ over tiles of mentors: the fast half of scoring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.criteria.fitted import Fitted

__all__ = [
    "Csr",
    "GridReader",
    "Product",
    "ProductReader",
    "Reader",
    "dot_pairs",
    "one_hot",
    "row_sums",
    "rows_of",
    "span_of",
    "with_rows",
]

Csr: TypeAlias = "sparse.csr_array[Any]"
Floats: TypeAlias = "NDArray[np.floating[Any]]"
Positions: TypeAlias = "NDArray[np.intp]"

# More than this of dense columns of B, and the product stays sparse on both sides: slower, but
# bounded.
RIGHT_BYTES = 192 * 2**20
PAIRS_AT_ONCE = 200_000


def span_of(rows: Positions) -> slice | Positions:
    """The same rows, as a slice where they follow each other: faster to take."""
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all():
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def rows_of(array: Csr, rows: slice | Positions) -> Csr:
    """Take rows of a sparse array; a slice needs a start and a stop, and costs half of indexing."""
    if not isinstance(rows, slice):
        taken: Csr = array[rows]
        return taken
    pointers = array.indptr[rows.start : rows.stop + 1]
    some = slice(pointers[0], pointers[-1])
    return sparse.csr_array(
        (array.data[some], array.indices[some], pointers - pointers[0]),
        shape=(len(pointers) - 1, array.shape[1]),
    )


def row_sums(array: Csr) -> NDArray[np.float64]:
    """Sum each row from left to right, so that the sum depends on nothing outside of the row."""
    rows = np.repeat(np.arange(array.shape[0]), np.diff(array.indptr))
    return np.bincount(rows, weights=array.data, minlength=array.shape[0]).astype(np.float64)


def dot_pairs(left: Csr, right: Csr, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
    """A[mentees[k]]·B[mentors[k]] for each k in float64, added in the order of the columns."""
    parts = [np.empty(0)]
    for start in range(0, len(mentees), PAIRS_AT_ONCE):
        some = slice(start, start + PAIRS_AT_ONCE)
        parts.append(row_sums(left[mentees[some]].multiply(right[mentors[some]]).tocsr()))
    return np.concatenate(parts)


@dataclass(frozen=True, eq=False)
class Product:
    """Raw values written as A·Bᵀ; rows of people whose cell is missing are zero.

    Parameters
    ----------
    left
        (mentees, k), sparse or dense.
    right
        (mentors, k), sparse or dense.
    convex
        Every row of ``left`` that is not zero adds up to 1, so that a constant row of ``right``
        gives that constant.
    offset
        To be added to the product of two people who both filled in their cells.
    magnitude
        Bound on Σ_k abs(a_k·b_k) over all pairs, for the bound on rounding.
    """

    left: Any
    right: Any
    convex: bool = False
    offset: float = 0.0
    magnitude: float = 1.0

    @property
    def terms(self) -> int:
        """The most terms that one value adds up."""
        if isinstance(self.left, np.ndarray):
            return int(self.left.shape[1])
        return int(np.diff(self.left.indptr).max(initial=0))


def one_hot(codes: Positions, width: int) -> Csr:
    """Sparse (people, width) array with a one at the code of each person."""
    n = len(codes)
    return sparse.csr_array((np.ones(n), codes, np.arange(n + 1)), shape=(n, width))


def with_rows(array: Csr, which: NDArray[np.bool_], number: float) -> Csr:
    """The same array with every number of some rows set to one."""
    rows, width = np.flatnonzero(which), array.shape[1]
    columns = np.tile(np.arange(width), len(rows))
    pointers = np.arange(len(rows) + 1) * width
    full = sparse.csr_array(
        (np.full(len(columns), number), columns, pointers), shape=(len(rows), width)
    )
    order = np.arange(array.shape[0])
    order[rows] = array.shape[0] + np.arange(len(rows))
    both: Csr = sparse.vstack([array, full], format="csr")
    return both[order]


class Reader(Protocol):
    """Yields the raw values of one criterion, tile by tile."""

    def open(self, rows: slice | Positions) -> Any:
        """Prepare a block of mentees; a slice has a start and a stop."""
        ...

    def tile(self, opened: Any, tile: int) -> Floats:
        """Raw values of the block with one tile of mentors, in a new array."""
        ...


@dataclass(frozen=True, eq=False)
class ProductReader:
    """Reads a product; B is cut into tiles once."""

    left: Csr | Floats
    right: tuple[Any, ...]

    @classmethod
    def of(cls, product: Product, tiles: Sequence[slice], dtype: np.dtype[Any]) -> ProductReader:
        """Convert a product to ``dtype``, unless it is one of integers."""
        left, right = product.left, product.right
        if right.dtype.kind == "i":
            # Integers stay: exact, and narrower.
            dtype = right.dtype
        left = left.astype(dtype)
        if isinstance(right, np.ndarray):
            return cls(left, tuple(np.ascontiguousarray(right[t].T, dtype=dtype) for t in tiles))
        dense = right.shape[0] * right.shape[1] * dtype.itemsize <= RIGHT_BYTES
        parts: list[Any] = []
        for t in tiles:
            part = right[t].T.astype(dtype)
            parts.append(part.toarray(order="C") if dense else part.tocsr())
        return cls(left, tuple(parts))

    def open(self, rows: slice | Positions) -> Any:
        """Take the rows of A."""
        return self.left[rows] if isinstance(self.left, np.ndarray) else rows_of(self.left, rows)

    def tile(self, opened: Any, tile: int) -> Floats:
        """Multiply with one tile of B."""
        values = opened @ self.right[tile]
        return values if isinstance(values, np.ndarray) else np.asarray(values.toarray())


@dataclass(frozen=True, eq=False)
class GridReader:
    """Asks a criterion that is no product for each tile."""

    fitted: Fitted
    tiles: Sequence[slice]
    dtype: np.dtype[Any]

    def open(self, rows: slice | Positions) -> Positions:
        """List the mentees."""
        return np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows

    def tile(self, opened: Positions, tile: int) -> Floats:
        """Compute one tile."""
        return self.fitted.raw(opened, self.tiles[tile]).astype(self.dtype, copy=False)
