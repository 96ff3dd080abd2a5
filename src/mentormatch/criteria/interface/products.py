"""Products A·Bᵀ over tiles of mentors: the fast half of scoring."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from scipy import sparse
from scipy.sparse import _sparsetools

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mentormatch.criteria.interface.arrays import Csr, Floats, Numbers, Positions
    from mentormatch.criteria.interface.buffers import Buffers

__all__ = [
    "GridReader",
    "Lines",
    "Product",
    "ProductReader",
    "Reader",
    "add_times",
    "dot_pairs",
    "lines_of",
    "one_hot",
    "row_sums",
    "span_of",
    "with_rows",
]

# What `array @ matrix` calls, without its checks of rows that were checked before, and adding to
# what is there. It is not public, so there is a way without it.
csr_matvecs: Callable[..., None] | None = getattr(_sparsetools, "csr_matvecs", None)

# More than this of dense columns of B, and the product stays sparse on both sides: slower, but
# bounded.
RIGHT_BYTES = 192 * 2**20
# Or more than this for each mentee: half of what a search for a matching keeps of each of them.
RIGHT_BYTES_OF_A_MENTEE = 512
PAIRS_AT_ONCE = 200_000
# What rows gathered for single pairs may take.
GATHERED_BYTES, ENTRY_BYTES = 32 * 2**20, 12
# Up to so many entries of all rows gathered, looking each of them up is quicker than going through
# arrays that are made for it.
FEW_ENTRIES = 10_000
# The share of all mentors with whom a mentee has pairs, above which all are looked at.
RUNS_OF = 0.125
# Above this number of entries in a row, those that meet an entry are worth looking for.
LONG_ROWS = 64


def span_of(rows: Positions) -> slice | Positions:
    """The same rows, as a slice where they follow each other: faster to take."""
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all():
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


class Lines(NamedTuple):
    """Rows of a sparse array that follow each other; what they hold stays where it is.

    A tuple, as some are made for each tile: making a frozen dataclass takes several times as long.
    """

    # Where each row begins in the two others, and where the last ends.
    pointers: NDArray[np.signedinteger]
    columns: NDArray[np.signedinteger]  # of the whole array, as the numbers
    numbers: Numbers
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

    def cells(self) -> tuple[Positions, NDArray[np.signedinteger]]:
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


def add_times(out: Floats, values: Floats, factor: float) -> None:
    """Add ``factor`` × values to ``out``, which is contiguous and of the same type.

    As a product with one entry it goes through both once, and not twice.
    """
    number = np.array([factor], dtype=out.dtype)
    if csr_matvecs is None:
        out += values * number
        return
    one = np.array([0, 1], dtype=np.int32)
    csr_matvecs(1, 1, out.size, one, one[:1], number, values.reshape(-1), out.reshape(-1))


def lines_of(array: Csr, rows: slice | Positions) -> Lines:
    """Take rows of a sparse array; a slice needs a start and a stop, and copies nothing."""
    if isinstance(rows, slice):
        pointers = array.indptr[rows.start : rows.stop + 1]
        return Lines(pointers, array.indices, array.data, array.shape[1])
    first = array.indptr[rows]
    counts = array.indptr[1:][rows] - first
    pointers = np.zeros(len(rows) + 1, dtype=array.indptr.dtype)
    np.cumsum(counts, out=pointers[1:])
    # As `array[rows]`, which takes several times as long for the few rows of a tile.
    where = np.repeat(first - pointers[:-1], counts) + np.arange(pointers[-1])
    return Lines(pointers, array.indices[where], array.data[where], array.shape[1])


def row_sums(array: Csr) -> NDArray[np.float64]:
    """Sum each row from left to right, so that the sum depends on nothing outside of the row."""
    rows = np.repeat(np.arange(array.shape[0]), np.diff(array.indptr))
    return np.bincount(rows, weights=array.data, minlength=array.shape[0]).astype(np.float64)


def dot_pairs(left: Csr, right: Csr, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
    """A[mentees[k]]·B[mentors[k]] for each k in float64, added in the order of the columns.

    Rows are gathered in pieces of about `GATHERED_BYTES`, at most one pair more, however long they
    are.
    """
    # A run of pairs of one mentee with many mentors: entries that meet are found for all at once.
    begin = np.flatnonzero(np.diff(mentees, prepend=-1))
    many = len(mentees) > RUNS_OF * len(begin) * right.shape[0] > 0
    if many and has_order(left) and has_order(right):
        met = _bytes_of_runs(left, right, mentees[begin])
        if met.max() <= GATHERED_BYTES:
            return _dots_of_runs(left, right, mentees, mentors, begin, met)
    entries = np.diff(left.indptr)[mentees].astype(np.int64) + np.diff(right.indptr)[mentors]
    # An entry gathered is a value and an index, and is there twice for a moment.
    piece = np.cumsum(entries) * (2 * ENTRY_BYTES) // GATHERED_BYTES
    starts = np.flatnonzero(np.diff(piece, prepend=-1))
    parts = [np.empty(0)]
    for start, stop in pairwise([*starts, len(mentees)]):
        some = slice(start, stop)
        if entries[some].sum() <= FEW_ENTRIES and has_order(left) and has_order(right):
            parts.append(_few_dots(left, right, mentees[some], mentors[some]))
        else:
            parts.append(row_sums(left[mentees[some]].multiply(right[mentors[some]]).tocsr()))
    return np.concatenate(parts)


def has_order(array: Csr) -> bool:
    """Tell whether columns rise in each row, none of them twice; SciPy keeps what it found."""
    return bool(array.has_canonical_format)


def _few_dots(left: Csr, right: Csr, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
    """As the product of SciPy's arrays, of which making takes most of the time where pairs are few.

    The same entries meet and are added in the same order.
    """
    ours, theirs = lines_of(left, mentees), lines_of(right, mentors)
    numbers = np.arange(len(mentees))
    row = np.repeat(numbers, np.diff(ours.pointers))
    key = row * left.shape[1] + ours.columns
    other = np.repeat(numbers, np.diff(theirs.pointers)) * left.shape[1] + theirs.columns
    where = np.searchsorted(other, key)
    met = np.flatnonzero(np.append(other, -1)[where] == key)
    weights = ours.numbers[met] * theirs.numbers[where[met]]
    return np.bincount(row[met], weights=weights, minlength=len(mentees)).astype(np.float64)


def _bytes_of_runs(left: Csr, right: Csr, people: Positions) -> NDArray[np.int64]:
    """What the entries take in which each of some mentees meets all mentors, and its sums."""
    heights = np.bincount(right.indices, minlength=right.shape[1])
    ours = lines_of(left, people)
    row = np.repeat(np.arange(len(people)), np.diff(ours.pointers))
    met = np.bincount(row, weights=heights[ours.columns], minlength=len(people))
    # A meeting is a place, a row, a mentor and a number; a row has a sum for each mentor.
    return ((met + right.shape[0]) * (4 * ENTRY_BYTES)).astype(np.int64)


def _dots_of_runs(
    left: Csr,
    right: Csr,
    mentees: Positions,
    mentors: Positions,
    begin: Positions,
    taken: NDArray[np.int64],
) -> NDArray[np.float64]:
    """As `dot_pairs` where each run of pairs of one mentee, from ``begin`` on, has many mentors.

    What a mentee has meets what all mentors have in the columns, in their order, so that the same
    products are added in the same order as for single pairs.
    """
    columns, m = right.tocsc(), right.shape[0]
    people, ends = mentees[begin], np.append(begin[1:], len(mentees))
    heights, size = np.diff(columns.indptr), np.cumsum(taken)
    starts = np.flatnonzero(np.diff(size // GATHERED_BYTES, prepend=-1))
    dots = np.empty(len(mentees))
    for start, stop in pairwise([*starts, len(people)]):
        ours = lines_of(left, people[start:stop])
        first, count = columns.indptr[:-1][ours.columns], heights[ours.columns]
        before = np.cumsum(count) - count
        where = np.repeat(first - before, count) + np.arange(count.sum())
        row = np.repeat(np.repeat(np.arange(stop - start), np.diff(ours.pointers)), count)
        weights = np.repeat(ours.numbers, count) * columns.data[where]
        sums = np.bincount(
            row * m + columns.indices[where], weights=weights, minlength=(stop - start) * m
        )
        pairs = slice(begin[start], ends[stop - 1])
        of_pair = np.repeat(np.arange(stop - start), ends[start:stop] - begin[start:stop])
        dots[pairs] = sums[of_pair * m + mentors[pairs]]
    return dots


@dataclass(frozen=True, eq=False)
class Product:
    """Raw values written as A·Bᵀ; rows of people whose cell is missing are zero."""

    left: Any  # (mentees, k), sparse or dense
    right: Any  # (mentors, k)
    # Each row of left that is not zero adds up to 1: a constant row of right gives itself.
    convex: bool = False
    offset: float = 0.0  # added to the product of two people who both filled in their cells
    magnitude: float = 1.0  # bound on Σ_k abs(a_k·b_k) over all pairs, for the bound on rounding

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

    def is_large(self, dtype: np.dtype) -> bool:
        """Whether dense columns of B would take too much memory."""
        room = max(RIGHT_BYTES, RIGHT_BYTES_OF_A_MENTEE * self.left.shape[0])
        return bool(self.right.shape[0] * self.right.shape[1] * dtype.itemsize > room)


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

    def open(self, rows: slice | Positions) -> object:
        """Prepare a block of mentees; a slice has a start and a stop."""
        ...

    def cut(self, opened: Any, some: slice) -> object:
        """Take some of the mentees of a block; the slice needs a start and a stop."""
        ...

    def tile(self, opened: Any, tile: int, buffers: Buffers) -> Floats:
        """Raw values of the block with one tile of mentors, which may lie in ``buffers``."""
        ...


@dataclass(frozen=True, eq=False)
class ProductReader:
    """Reads a product; B is cut into tiles once."""

    left: Csr | Floats
    right: tuple[Csr | Floats, ...]

    @classmethod
    def of(cls, product: Product, tiles: Sequence[slice], dtype: np.dtype) -> ProductReader:
        """Convert a product to ``dtype``, unless it is one of integers."""
        left, right = product.left, product.right
        if right.dtype.kind == "i":
            # Integers stay: exact, and narrower.
            dtype = right.dtype
        left = left.astype(dtype)
        if isinstance(right, np.ndarray):
            return cls(left, tuple(np.ascontiguousarray(right[t].T, dtype=dtype) for t in tiles))
        dense = not product.is_large(dtype)
        parts: list[Csr | Floats] = []
        for t in tiles:
            part = right[t].T.astype(dtype)
            parts.append(part.toarray(order="C") if dense else part.tocsr())
        return cls(left, tuple(parts))

    def open(self, rows: slice | Positions) -> Floats | Lines:
        """Take the rows of A."""
        return self.left[rows] if isinstance(self.left, np.ndarray) else lines_of(self.left, rows)

    def cut(self, opened: Floats | Lines, some: slice) -> Floats | Lines:
        """Some of them."""
        return opened[some] if isinstance(opened, np.ndarray) else opened.cut(some)

    def tile(self, opened: Floats | Lines, tile: int, buffers: Buffers) -> Floats:
        """Multiply with one tile of B."""
        right = self.right[tile]
        if not isinstance(right, np.ndarray):
            product = (opened if isinstance(opened, np.ndarray) else opened.csr()) @ right
            return product if isinstance(product, np.ndarray) else np.asarray(product.toarray())
        if isinstance(opened, np.ndarray):
            values = buffers.array("raw", (len(opened), right.shape[1]), right.dtype)
            return np.matmul(opened, right, out=values)
        values = buffers.array("raw", (opened.height, right.shape[1]), right.dtype)
        values.fill(0)
        opened.add_product(right, values)
        return values


class BlockSource(Protocol):
    """Whatever computes raw values of a block by itself, such as a fitted criterion."""

    def raw(self, rows: Positions, columns: slice) -> Floats:
        """Raw values of a block, as a new (rows, columns) array."""


@dataclass(frozen=True, eq=False)
class GridReader:
    """Asks a criterion that is no product for each tile."""

    fitted: BlockSource
    tiles: Sequence[slice]
    dtype: np.dtype

    def open(self, rows: slice | Positions) -> Positions:
        """List the mentees."""
        return np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows

    def cut(self, opened: Positions, some: slice) -> Positions:
        """Some of them."""
        return opened[some]

    def tile(self, opened: Positions, tile: int, buffers: Buffers) -> Floats:
        """Compute one tile, in a new array."""
        return self.fitted.raw(opened, self.tiles[tile]).astype(self.dtype, copy=False)
