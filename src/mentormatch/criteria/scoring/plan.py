"""The plan by which criteria become blocks of scores: tables, products, own blocks, masks.

A criterion or hard rule that tells few profiles of mentees apart is a table of profiles × mentors.
What can be written as A·Bᵀ with a sparse A, such as the skills a mentee wants, is columns of one
sparse product. Embeddings are one dense product, and so is what stands for missing values. The
weights stand in A and in the tables, so the two sides and their mean share B. Tiles of B and of the
block stay in the cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from mentormatch.compatibility.blocks import column_slices
from mentormatch.criteria.interface.buffers import Buffers
from mentormatch.criteria.interface.criterion import Missing, fill_of
from mentormatch.criteria.interface.products import one_hot, with_rows
from mentormatch.criteria.scoring.lookups import CutTable, Table, add_dense, join_tables
from mentormatch.criteria.scoring.masks import (
    FLOAT64,
    ROWS_AT_ONCE,
    few_profiles,
    mask_of,
    merge_masks,
    reader_of,
    representatives,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.criteria.interface.arrays import Csr, Floats
    from mentormatch.criteria.interface.fitted import Fitted, HardRule
    from mentormatch.criteria.interface.products import Product, Reader

__all__ = ["BlockCriterion", "Combination", "Plan"]


@dataclass(frozen=True, eq=False)
class ProductColumns:
    """Some columns of A and B: what one criterion adds to a product."""

    owner: int  # position of the criterion
    left: Any  # (mentees, k) without the weight: sparse or an array, as the product is
    right: Any  # (mentors, k)
    # Can cancel what the constant column gives: then both have the even weight.
    cancels: bool = False


@dataclass(frozen=True, eq=False)
class BlockCriterion:
    """A criterion with a block of its own: not linear, or with a limit on its value."""

    owner: int | None
    fitted: Fitted
    reader: Reader
    limit: float | None


@dataclass(frozen=True, eq=False)
class Combination:
    """A weighted sum of criteria, ready to be read by block."""

    # The table that a tile is copied from, with weights, masks and the dense product in it; None
    # where mentees differ too much for that.
    start: CutTable | None
    # Sparse A with weights folded in, and tiles of B: for each further joint table the profile of
    # every mentee, as a one in its column of (mentees, profiles), with the tiles (profiles,
    # mentors), which hold weights and masks; then the sparse product, if there is one.
    products: tuple[tuple[Csr, tuple[Floats, ...]], ...]
    dense: Floats  # (mentees, width), weights folded in; read where there is no start
    # Each block of its own that is read, with its weight and its limit.
    own: tuple[tuple[BlockCriterion, float, float | None], ...]
    # (criteria,), adding up to 1; 0 for a criterion that has no say here.
    weights: NDArray[np.float64]
    # (mentees, rows of ``Plan.presence``) whose product is the weight of what is not missing; None:
    # always 1.
    known: Floats | None
    masked: bool  # the hard rules are applied
    error: float  # bound on the difference to the float64 score of a pair


class Plan:
    """The right-hand sides, tables and masks of fitted criteria, shared by all combinations."""

    def __init__(
        self,
        fitted: tuple[Fitted, ...],
        rules: tuple[HardRule, ...],
        shape: tuple[int, int],
        missing: Missing,
        dtype: np.dtype,
    ) -> None:
        self.fitted, self.rules, self.shape = fitted, rules, shape
        self.missing, self.dtype = missing, dtype
        self.fill = fill_of(missing)
        self.tiles = column_slices(shape[1])
        self.masks = [mask_of(rule, shape[1]) for rule in rules]
        profiles, self.listed, limits = merge_masks(self.masks, shape)
        limit_of = {id(limit.fitted): limit.limit for limit in limits}

        self.constant = np.zeros((len(fitted), shape[0]))
        self.tables = [Table(None, mask.codes, mask.forbidden) for mask in profiles]
        self.columns: list[ProductColumns] = []
        self.dense: list[ProductColumns] = []
        self.embedded: dict[int, Product] = {}
        self.own: list[BlockCriterion] = []
        for k, one in enumerate(fitted):
            if one.criterion.weight is not None:
                self._place(k, one, limit_of.pop(id(one), None))
        for limit in limits:
            if id(limit.fitted) in limit_of:
                self.own.append(self._own(None, limit.fitted, limit.limit))
        self.lookups = join_tables(self.tables)
        self.right = tuple(
            np.ascontiguousarray(
                np.vstack([c.right[t].T.toarray() for c in self.columns]), dtype=dtype
            )
            if self.columns
            else np.zeros((0, t.stop - t.start), dtype=dtype)
            for t in self.tiles
        )
        ones = np.ones((shape[1], 1))
        self.dense_right = self._cut([ones, *(c.right for c in self.dense)])
        # Which mentors filled in their cells, for the criteria where not all did; only skipping
        # needs it.
        gaps = [k for k, one in enumerate(fitted) if one.mentor_missing.any()]
        gaps = [k for k in gaps if not fitted[k].missing_by_pair] if missing == "skip" else []
        self.presence_row = {k: row for row, k in enumerate(gaps, start=1)}
        self.presence = self._cut([ones, *(~fitted[k].mentor_missing[:, None] for k in gaps)])

    # ------------------------------------------------------------------ where each criterion goes

    def _place(self, k: int, one: Fitted, limit: float | None) -> None:
        """Put a criterion where it is read fastest: a table, a product, or a block of its own."""
        by_pair = one.missing_by_pair
        if few_profiles(one.mentee_codes, self.shape[1]) and not by_pair:
            self.tables.append(Table(k, one.mentee_codes, self._table(one)))
            return
        product = one.product() if one.is_linear and limit is None and not by_pair else None
        if product is None:
            self._place_own(k, one, limit)
        elif isinstance(product.left, np.ndarray):
            self.embedded[k] = product
            self.dense.append(ProductColumns(k, product.left, product.right))
            self._add_fill(k, one, product.offset)
        elif product.is_long or product.is_large(self.dtype):
            self._place_own(k, one, None)
        else:
            right, there = product.right, ~one.mentee_missing
            if product.convex and one.mentor_missing.any():
                right = with_rows(right, one.mentor_missing, self.fill - product.offset)
                self.constant[k] = np.where(there, product.offset, self.fill)
            else:
                self._add_fill(k, one, product.offset)
            self.columns.append(ProductColumns(k, product.left, right, cancels=product.offset != 0))

    def _place_own(self, k: int, one: Fitted, limit: float | None) -> None:
        self.own.append(self._own(k, one, limit))
        if one.zero_when_missing:
            self._add_fill(k, one, 0.0)

    def _own(self, k: int | None, one: Fitted, limit: float | None) -> BlockCriterion:
        # Whether a value reaches a limit is decided in float64.
        dtype = self.dtype if limit is None else FLOAT64
        return BlockCriterion(k, one, reader_of(one, self.tiles, dtype), limit)

    def _table(self, one: Fitted) -> NDArray[np.floating]:
        """Values by profile, missing ones filled in: (profiles, mentors)."""
        first = representatives(one.mentee_codes)
        table = np.empty((len(first), self.shape[1]), dtype=self.dtype)
        reader, buffers = reader_of(one, self.tiles, FLOAT64), Buffers()
        for start in range(0, len(first), ROWS_AT_ONCE):
            rows = first[start : start + ROWS_AT_ONCE]
            opened = reader.open(rows)
            for k, columns in enumerate(self.tiles):
                raw = reader.tile(opened, k, buffers)
                values = one.finish(raw, (rows, columns), None, FLOAT64, buffers)[0]
                table[start : start + ROWS_AT_ONCE, columns] = values
        table[:, one.mentor_missing] = self.fill
        table[one.mentee_missing[first]] = self.fill
        return table

    def _add_fill(self, k: int, one: Fitted, offset: float) -> None:
        """Add the columns for the offset of complete pairs and for the value of missing ones.

        The value is product + offset when both are there and ``fill`` otherwise, and the product is
        0 when one is missing: product + fill + (offset − fill)·there_i·there_j.
        """
        there = ~one.mentee_missing
        if not one.mentor_missing.any():
            self.constant[k] = np.where(there, offset, self.fill)
            return
        self.constant[k] = self.fill
        if offset != self.fill:
            left = there[:, None] * (offset - self.fill)
            self.dense.append(ProductColumns(k, left, ~one.mentor_missing[:, None], cancels=True))

    def _cut(self, columns: list[NDArray[Any]]) -> tuple[NDArray[np.floating], ...]:
        """Dense columns as tiles (columns, mentors of the tile)."""
        return tuple(
            np.ascontiguousarray(np.hstack([c[t] for c in columns]).T, dtype=self.dtype)
            for t in self.tiles
        )

    # ------------------------------------------------------------------ combinations

    def combination(self, weights: NDArray[np.float64], *, masked: bool) -> Combination:
        """Fold weights, which add up to 1, into A and the tables."""
        n = self.shape[0]
        even = self._even(weights)
        # Without a weighted criterion every eligible pair scores 1.
        constant = even @ self.constant if weights.any() else np.ones(n)
        sparse_left = [c.left * (even if c.cancels else weights)[c.owner] for c in self.columns]
        left = sparse.hstack(sparse_left, format="csr", dtype=self.dtype) if sparse_left else None
        if left is not None:
            left.eliminate_zeros()
        totals = (one.total(weights, self.tiles, self.dtype, masked=masked) for one in self.lookups)
        tables = [one for one in totals if one is not None]
        dense = self._weighted(constant, weights, even)
        start = add_dense(tables[0] if tables else None, dense, self.dense_right)
        products = [
            (one_hot(one.codes, len(one.tiles[0])).astype(self.dtype), one.tiles)
            for one in (tables if start is None else tables[1:])
        ]
        if left is not None:
            products.append((left, self.right))
        own = (
            (
                one,
                0.0 if one.owner is None else float(weights[one.owner]),
                one.limit if masked else None,
            )
            for one in self.own
        )
        return Combination(
            start=start,
            products=tuple(products),
            dense=dense,
            own=tuple(
                (one, share, limit) for one, share, limit in own if share or limit is not None
            ),
            weights=weights,
            known=self._known(weights),
            masked=masked,
            error=self._error(left, weights),
        )

    def _even(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weights as multiples of eps, so that sums of them and of their halves are exact.

        What fills in a missing value, and what is taken off where it is not missing, then cancel
        to the last bit: a pair that is worth nothing scores 0, and not just less. They add up to
        what the weights add up to, by the largest remainders.
        """
        eps = float(np.finfo(self.dtype).eps)
        units = np.floor(weights / eps)
        remainders = np.where(weights > 0, weights / eps - units, -1.0)
        short = max(0, round(weights.sum() / eps - units.sum()))
        units[np.argsort(-remainders, kind="stable")[:short]] += 1
        return np.asarray(units * eps)

    def _weighted(
        self, constant: Floats, weights: NDArray[np.float64], even: NDArray[np.float64]
    ) -> Floats:
        """Return A of the dense product, weights folded in."""
        edges = np.cumsum([1, *(c.left.shape[1] for c in self.dense)]).tolist()
        dense = np.empty((self.shape[0], edges[-1]), dtype=self.dtype)
        dense[:, 0] = constant
        for c, (start, stop) in zip(self.dense, pairwise(edges), strict=True):
            share = (even if c.cancels else weights)[c.owner]
            # Products are rounded once, from float64, without an array of them.
            np.multiply(c.left, share, out=dense[:, start:stop], casting="same_kind")
        return dense

    def _known(self, weights: NDArray[np.float64]) -> Floats | None:
        """The weight of what is not missing, as rows of A; None where it is always all of it."""
        weighing = np.flatnonzero(weights).tolist()
        gaps = any(
            self.fitted[k].mentee_missing.any()
            or self.fitted[k].mentor_missing.any()
            or self.fitted[k].missing_by_pair
            for k in weighing
        )
        if self.missing != "skip" or not gaps:
            return None
        known = np.zeros((self.shape[0], 1 + len(self.presence_row)))
        for k in weighing:
            one = self.fitted[k]
            # What is missing by pair is taken off where the block is computed.
            filled = np.ones(self.shape[0]) if one.missing_by_pair else ~one.mentee_missing * 1.0
            known[:, self.presence_row.get(k, 0)] += weights[k] * filled
        return known.astype(self.dtype)

    def _error(self, left: Csr | None, weights: NDArray[np.float64]) -> float:
        """Bound the rounding error of a block against the float64 scores of its pairs.

        |fl(Σ a·b) − Σ a·b| ≤ (t + 2)·u·Σ |a·b| for t terms whose factors are rounded as well, with
        u half of eps and t·u far below 1 (Higham 2002, Accuracy and Stability, section 3.1). A sum
        of sums has at most as many terms as all of them, whatever their order.
        """
        unit = float(np.finfo(self.dtype).eps) / 2
        sparse_terms = 0 if left is None else int(np.diff(left.indptr).max(initial=0))
        parts = len(self.lookups) + len(self.own) + 3
        # Of a weighted sum of values: a value, what fills it in when it is missing, and the offset
        # of its product, each at most its weight.
        filling = [c for c in self.dense if weights[c.owner] and c.owner not in self.embedded]
        vectors = {k: product for k, product in self.embedded.items() if weights[k]}
        dense_terms = 1 + len(filling) + sum(p.terms + 1 for p in vectors.values())
        dense_size = sum(float(weights[k]) * (p.magnitude + 2) for k, p in vectors.items())
        dense_size += 2 * sum(float(weights[c.owner]) for c in filling)
        dense_size += float(np.abs(weights @ self.constant).max(initial=1.0 - weights.any()))
        error = unit * (dense_terms + 3) * dense_size
        error += unit * (sparse_terms + 3) * 1.0
        error += unit * parts * (2.0 + dense_size)
        # Even weights are off by one eps at most.
        error += 2 * unit * int(np.count_nonzero(weights))
        own = {one.owner: one for one in self.own if one.owner is not None and weights[one.owner]}
        for k, one in own.items():
            error += float(weights[k]) * one.fitted.block_error(self.dtype)
        for k in np.flatnonzero(weights).tolist():
            error += float(weights[k]) * self.fitted[k].block_error(FLOAT64)
        error += (len(weights) + 4) * float(np.finfo(np.float64).eps)
        if self.missing == "skip":
            smallest = float(weights[weights > 0].min(initial=1.0))
            terms = sparse_terms + dense_terms + parts
            error = 2 * (error + (terms + len(weights) + 3) * unit) / smallest
        return error
