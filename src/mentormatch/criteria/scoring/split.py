"""Readers of products with long rows, such as character n-grams of texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.criteria.interface import products
from mentormatch.criteria.interface.products import lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.criteria.interface.arrays import Csr, Floats, Positions
    from mentormatch.criteria.interface.buffers import Buffers
    from mentormatch.criteria.interface.products import Lines, Product

__all__ = ["SplitReader"]

# A stored entry that meets another costs as much as 250 places of a dense product.
COMMON = 0.004


class Halves(NamedTuple):
    """Rows of the two parts of A."""

    common: Lines
    rare: Lines


@dataclass(frozen=True, eq=False)
class SplitReader:
    """Reads a sparse product as the sum of a dense one and a sparse one.

    A few columns, those of common pieces of words, make most of the entries of A meet an entry of
    B. Times each other as a dense matrix they cost a fraction of it, and what is left is sparse
    enough to be quick. The entries, and so the sums, are the same.
    """

    common: Csr  # sparse (mentees, columns), as rare: the two parts of A
    rare: Csr
    common_right: tuple[Floats, ...]  # the dense part of B by tile: (columns, mentors of the tile)
    rare_right: tuple[Csr, ...]  # the sparse part of B by tile

    @classmethod
    def of(cls, product: Product, tiles: Sequence[slice], dtype: np.dtype) -> SplitReader:
        """Choose the columns by how many pairs have an entry on either side."""
        left, right = product.left.astype(dtype), product.right.astype(dtype)
        (n, width), m = left.shape, right.shape[0]
        meet = np.ones(width)
        for side, people in ((left, n), (right, m)):
            meet *= np.bincount(side.indices, minlength=width) / max(people, 1)
        most = max(0, products.RIGHT_BYTES // max(1, m * dtype.itemsize))
        first = np.argsort(-meet, kind="stable")[:most]
        is_common = np.zeros(width, dtype=bool)
        is_common[first[meet[first] > COMMON]] = True
        common, rare = np.flatnonzero(is_common), np.flatnonzero(~is_common & (meet > 0))
        few, many = right[:, common], right[:, rare]
        return cls(
            common=left[:, common],
            rare=left[:, rare],
            common_right=tuple(few[t].T.toarray(order="C") for t in tiles),
            rare_right=tuple(many[t].T.tocsr() for t in tiles),
        )

    def open(self, rows: slice | Positions) -> Halves:
        """Take the rows of both parts."""
        return Halves(lines_of(self.common, rows), lines_of(self.rare, rows))

    def cut(self, opened: Halves, some: slice) -> Halves:
        """Some of them."""
        return Halves(opened.common.cut(some), opened.rare.cut(some))

    def tile(self, opened: Halves, tile: int, buffers: Buffers) -> Floats:
        """Multiply with one tile of B."""
        right = self.common_right[tile]
        # Dense here only, where there are few rows.
        left = opened.common.csr().toarray()
        values = buffers.array("raw", (len(left), right.shape[1]), right.dtype)
        np.matmul(left, right, out=values)
        values += (opened.rare.csr() @ self.rare_right[tile]).toarray()
        return values
