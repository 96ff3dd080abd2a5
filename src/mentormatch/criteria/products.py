"""Products A·Bᵀ over tiles of mentors: the fast half of scoring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from scipy import sparse
from scipy.sparse import _sparsetools

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mentormatch.criteria.fitted import Fitted
    from mentormatch.criteria.space import Space

__all__ = [
    "Csr",
    "GridReader",
    "Lines",
    "Product",
    "ProductReader",
    "Reader",
    "dot_pairs",
    "lines_of",
    "one_hot",
    "row_sums",
    "span_of",
    "with_rows",
]

Csr: TypeAlias = "sparse.csr_array[Any]"
Floats: TypeAlias = "NDArray[np.floating[Any]]"
Positions: TypeAlias = "NDArray[np.intp]"

# What `array @ matrix` calls, without its checks of rows that were checked before, and adding to
# what is there. It is not public, so there is a way without it.
csr_matvecs: Callable[..., None] | None = getattr(_sparsetools, "csr_matvecs", None)

# More than this of dense columns of B, and the product stays sparse on both sides: slower, but
# bounded.
RIGHT_BYTES = 192 * 2**20
PAIRS_AT_ONCE = 200_000
# Above this number of entries in a row, those that meet an entry are worth looking for.
LONG_ROWS = 64


def span_of(rows: Positions) -> slice | Positions:
    """The same rows, as a slice where they follow each other: faster to take."""
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all():
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


class Lines(NamedTuple):
    """Rows of a sparse array that follow each other; what they hold stays where it is.

    A tuple, as one is made for each tile: making a frozen dataclass takes several times as long.

    Parameters
    ----------
    pointers
        Where each row begins in ``columns`` and ``numbers``, and where the last one ends.
    columns, numbers
        Of the whole array.
    width
        The number of columns.
    """

    pointers: NDArray[np.signedinteger[Any]]
    columns: NDArray[np.signedinteger[Any]]
    numbers: NDArray[Any]
    width: int

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.pointers) - 1

    def cut(self, rows: slice) -> Lines:
        """Some of the rows; the slice needs a start and a stop."""
        pointers = self.pointers[rows.start : rows.stop + 1]
        return Lines(pointers, self.columns, self.numbers, self.width)

    def csr(self) -> Csr:
        """Copy them into an array of their own."""
        some = slice(self.pointers[0], self.pointers[-1])
        return sparse.csr_array(
            (self.numbers[some], self.columns[some], self.pointers - self.pointers[0]),
            shape=(self.height, self.width),
        )

    def cells(self) -> tuple[Positions, NDArray[np.signedinteger[Any]]]:
        """The row, counted from the first one, and the column of every stored entry."""
        rows = np.repeat(np.arange(self.height), np.diff(self.pointers))
        return rows, self.columns[self.pointers[0] : self.pointers[-1]]

    def add_product(self, right: Floats, out: Floats) -> None:
        """Add the product with a matrix of the same type to ``out``, which is contiguous."""
        if csr_matvecs is None:
            out += self.csr() @ right
            return
        width, columns = right.shape
        csr_matvecs(
            self.height,
            width,
            columns,
            self.pointers,
            self.columns,
            self.numbers,
            right.reshape(-1),
            out.reshape(-1),
        )


def lines_of(array: Csr, rows: slice | Positions) -> Lines:
    """Take rows of a sparse array; a slice needs a start and a stop, and copies nothing."""
    if not isinstance(rows, slice):
        array, rows = array[rows], slice(0, len(rows))
    return Lines(array.indptr, array.indices, array.data, array.shape[1]).cut(rows)


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
    base
        For a sparse ``left``, dense (mentees, r) and (mentors, r): raw values are A·Bᵀ plus their
        product. None for the first: (mentors,), which is added to every row.
    """

    left: Any
    right: Any
    convex: bool = False
    offset: float = 0.0
    magnitude: float = 1.0
    base: tuple[Floats | None, NDArray[Any]] | None = None

    @property
    def terms(self) -> int:
        """The most terms that one value adds up."""
        if isinstance(self.left, np.ndarray):
            return int(self.left.shape[1])
        return int(np.diff(self.left.indptr).max(initial=0))

    @property
    def is_long(self) -> bool:
        """Whether a row of A has so many entries that adding a row of B for each takes long."""
        if isinstance(self.left, np.ndarray) or self.right.dtype.kind == "i":
            return False
        return bool(self.left.nnz > LONG_ROWS * self.left.shape[0])


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

    def cut(self, opened: Any, some: slice) -> Any:
        """Take some of the mentees of a block; the slice needs a start and a stop."""
        ...

    def tile(self, opened: Any, tile: int, space: Space) -> Floats:
        """Raw values of the block with one tile of mentors, which may lie in ``space``."""
        ...


@dataclass(frozen=True, eq=False)
class Base:
    """What raw values begin with, before a sparse product is added; see `Product`.

    Parameters
    ----------
    left
        (mentees, r), or None for a row that is the same for all of them.
    right
        By tile: (r, mentors of the tile), or that row.
    """

    left: Floats | None
    right: tuple[NDArray[Any], ...]

    @classmethod
    def of(cls, product: Product, tiles: Sequence[slice], dtype: np.dtype[Any]) -> Base | None:
        """Convert the base of a product, if it has one."""
        if product.base is None:
            return None
        left, right = product.base
        return cls(
            None if left is None else left.astype(dtype),
            tuple(np.ascontiguousarray(right[t].T, dtype=dtype) for t in tiles),
        )


class Begun(NamedTuple):
    """Rows of a sparse product, and of its base."""

    lines: Lines
    base: Floats | None

    def cut(self, some: slice) -> Begun:
        """Some of the rows; the slice needs a start and a stop."""
        return Begun(self.lines.cut(some), None if self.base is None else self.base[some])


@dataclass(frozen=True, eq=False)
class ProductReader:
    """Reads a product; B is cut into tiles once."""

    left: Csr | Floats
    right: tuple[Any, ...]
    base: Base | None

    @classmethod
    def of(cls, product: Product, tiles: Sequence[slice], dtype: np.dtype[Any]) -> ProductReader:
        """Convert a product to ``dtype``, unless it is one of integers."""
        left, right = product.left, product.right
        if right.dtype.kind == "i":
            # Integers stay: exact, and narrower.
            dtype = right.dtype
        left = left.astype(dtype)
        if isinstance(right, np.ndarray):
            parts = tuple(np.ascontiguousarray(right[t].T, dtype=dtype) for t in tiles)
            return cls(left, parts, Base.of(product, tiles, dtype))
        dense = right.shape[0] * right.shape[1] * dtype.itemsize <= RIGHT_BYTES
        columns = (right[t].T.astype(dtype) for t in tiles)
        return cls(
            left,
            tuple(part.toarray(order="C") if dense else part.tocsr() for part in columns),
            Base.of(product, tiles, dtype),
        )

    def open(self, rows: slice | Positions) -> Floats | Begun:
        """Take the rows of A."""
        if isinstance(self.left, np.ndarray):
            return self.left[rows]
        base = None if self.base is None else self.base.left
        return Begun(lines_of(self.left, rows), None if base is None else base[rows])

    def cut(self, opened: Floats | Begun, some: slice) -> Floats | Begun:
        """Some of them."""
        return opened[some] if isinstance(opened, np.ndarray) else opened.cut(some)

    def tile(self, opened: Floats | Begun, tile: int, space: Space) -> Floats:
        """Multiply with one tile of B."""
        right = self.right[tile]
        height = len(opened) if isinstance(opened, np.ndarray) else opened.lines.height
        values = space.array("raw", (height, right.shape[1]), right.dtype)
        if isinstance(opened, np.ndarray):
            return np.matmul(opened, right, out=values)
        if opened.base is not None and self.base is not None:
            np.matmul(opened.base, self.base.right[tile], out=values)
        else:
            values[:] = 0 if self.base is None else self.base.right[tile]
        if isinstance(right, np.ndarray):
            opened.lines.add_product(right, values)
        else:
            values += (opened.lines.csr() @ right).toarray()
        return values


@dataclass(frozen=True, eq=False)
class GridReader:
    """Asks a criterion that is no product for each tile."""

    fitted: Fitted
    tiles: Sequence[slice]
    dtype: np.dtype[Any]

    def open(self, rows: slice | Positions) -> Positions:
        """List the mentees."""
        return np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows

    def cut(self, opened: Positions, some: slice) -> Positions:
        """Some of them."""
        return opened[some]

    def tile(self, opened: Positions, tile: int, space: Space) -> Floats:
        """Compute one tile, in a new array."""
        return self.fitted.raw(opened, self.tiles[tile]).astype(self.dtype, copy=False)
