"""How a set of criteria becomes blocks of scores: one product, a few own blocks, and masks.

Whatever can be written as A·Bᵀ is one sparse product: the skills a mentee wants, the profile of a
mentee in a table of profiles × mentors, and the forbidden pairs of the hard rules (−∞ in such a
table) are columns of one A and one B. Dense factors (embeddings) are one more product. A missing
value is a column as well. The weights stand in A, so the two sides and their mean share B. Tiles of
B and of the block stay in the cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from mentormatch.criteria.base import Missing, fill_of
from mentormatch.criteria.masks import (
    FLOAT64,
    ROWS_AT_ONCE,
    few_profiles,
    mask_of,
    reader_of,
    representatives,
    together,
)
from mentormatch.criteria.products import RIGHT_BYTES, one_hot, tiles_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.criteria.fitted import Fitted, Floats, Standing
    from mentormatch.criteria.products import Csr, Product, Reader

__all__ = ["Combination", "Own", "Plan"]

# Adding a dense row of B costs a fortieth of what a stored entry costs when both sides are sparse.
LONG_ROWS = 64
THIN = 0.025


@dataclass(frozen=True, eq=False)
class Columns:
    """Some columns of A and B: what one criterion adds to the product.

    Parameters
    ----------
    left
        Sparse (mentees, k), without the weight.
    right
        (mentors, k) sparse, or dense where it holds −∞.
    owner
        Position of the criterion, or None for masks.
    """

    left: Csr
    right: Any
    owner: int | None


@dataclass(frozen=True, eq=False)
class Own:
    """A criterion with a block of its own: not linear, or with a limit on its value."""

    owner: int | None
    fitted: Fitted
    reader: Reader
    limit: float | None


@dataclass(frozen=True, eq=False)
class Combination:
    """A weighted sum of criteria, ready to be read by block.

    Parameters
    ----------
    left
        Sparse (mentees, all columns of B), weights folded in.
    dense
        (mentees, width) of the dense factors, weights folded in; width 0 without them.
    weights
        (criteria,), adding up to 1; 0 for a criterion that has no say here.
    known
        Sparse (mentees, all columns of B) whose product is the weight of what is not missing; None:
        always 1.
    masked
        Whether the hard rules are applied.
    error
        Bound on the difference to the float64 score of a pair.
    """

    left: Csr
    dense: Floats
    weights: NDArray[np.float64]
    known: Csr | None
    masked: bool
    error: float


class Plan:
    """B and the masks of a set of fitted criteria; made once, read by many combinations."""

    def __init__(
        self,
        fitted: tuple[Fitted, ...],
        rules: tuple[Standing, ...],
        shape: tuple[int, int],
        missing: Missing,
        dtype: np.dtype[Any],
    ) -> None:
        self.fitted, self.rules, self.shape = fitted, rules, shape
        self.missing, self.dtype = missing, dtype
        self.fill = fill_of(missing)
        self.tiles = tiles_of(shape[1])
        self.masks = [mask_of(rule, shape[1]) for rule in rules]
        profiles, self.listed, limits = together(self.masks, shape)
        self.has_masks = bool(rules)
        limit_of = {id(limit.fitted): limit.limit for limit in limits}

        everybody = sparse.csr_array(np.ones((shape[0], 1)))
        self.columns = [Columns(everybody, sparse.csr_array(np.ones((shape[1], 1))), None)]
        self.constant = np.zeros((len(fitted), shape[0]))
        self.presence: dict[int, int] = {}
        self.own: list[Own] = []
        self.dense: list[tuple[int, Product]] = []
        for k, one in enumerate(fitted):
            if one.criterion.weight is not None:
                self._place(k, one, limit_of.pop(id(one), None))
        for limit in limits:
            if id(limit.fitted) in limit_of:
                self.own.append(self._own(None, limit.fitted, limit.limit))
        self.mask_places = range(len(self.columns), len(self.columns) + len(profiles))
        for table in profiles:
            right = np.where(table.forbidden.T, -np.inf, 0.0).astype(dtype)
            self.columns.append(Columns(one_hot(table.codes, len(table.forbidden)), right, None))
        self.right = self._right()
        self.dense_right = tuple(
            np.ascontiguousarray(np.hstack([p.right[t] for _, p in self.dense]).T, dtype=dtype)
            if self.dense
            else np.zeros((0, t.stop - t.start), dtype=dtype)
            for t in self.tiles
        )

    # ------------------------------------------------------------------ where each criterion goes

    def _place(self, k: int, one: Fitted, limit: float | None) -> None:
        """Put a criterion where it is read fastest: a table, the product, or a block of its own."""
        by_pair = one.missing_by_pair
        if few_profiles(one.mentee_codes, self.shape[1]) and not by_pair:
            self._add(
                k,
                one_hot(one.mentee_codes, int(one.mentee_codes.max(initial=-1)) + 1),
                self._table(one),
            )
            self._add_presence(k, one)
            return
        product = one.product() if one.is_linear and limit is None and not by_pair else None
        if product is None:
            self.own.append(self._own(k, one, limit))
        elif isinstance(product.left, np.ndarray):
            self.dense.append((k, product))
            self._add_offset(k, one, product, convex=False)
        elif self._is_thin(product):
            self.own.append(self._own(k, one, None))
        else:
            right = product.right
            if product.convex and one.mentor_missing.any():
                right = right.tolil()
                right[np.flatnonzero(one.mentor_missing)] = self.fill - product.offset
                right = right.tocsr()
            self._add(k, product.left, right)
            self._add_offset(k, one, product, convex=product.convex)
        if not by_pair:
            self._add_presence(k, one)

    def _is_thin(self, product: Product) -> bool:
        """Tell whether dense columns of B would be too many, or too empty for rows so long."""
        right = product.right
        cells = right.shape[0] * right.shape[1]
        long = product.terms > LONG_ROWS and right.nnz < THIN * cells
        return bool(long or cells * self.dtype.itemsize > RIGHT_BYTES)

    def _add(self, owner: int | None, left: Csr, right: Any) -> int:
        self.columns.append(Columns(left, right, owner))
        return len(self.columns) - 1

    def _own(self, k: int | None, one: Fitted, limit: float | None) -> Own:
        # Whether a value reaches a limit is decided in float64.
        dtype = self.dtype if limit is None else FLOAT64
        return Own(k, one, reader_of(one, self.tiles, dtype), limit)

    def _table(self, one: Fitted) -> NDArray[np.floating[Any]]:
        """Values by profile, missing ones filled in: (mentors, profiles)."""
        first = representatives(one.mentee_codes)
        table = np.empty((self.shape[1], len(first)), dtype=self.dtype)
        reader = reader_of(one, self.tiles, FLOAT64)
        for start in range(0, len(first), ROWS_AT_ONCE):
            rows = first[start : start + ROWS_AT_ONCE]
            opened = reader.open(rows)
            for k, columns in enumerate(self.tiles):
                values = one.finish(reader.tile(opened, k), rows, columns, None, FLOAT64)[0]
                table[columns, start : start + ROWS_AT_ONCE] = values.T
        table[one.mentor_missing] = self.fill
        table[:, one.mentee_missing[first]] = self.fill
        return table

    def _add_offset(self, k: int, one: Fitted, product: Product, *, convex: bool) -> None:
        """Columns for what is added when both cells are filled in, and for what fills in when not.

        The value is product + offset when both are there and ``fill`` otherwise, and the product is
        0 when one is missing: product + fill + (offset − fill)·there_i·there_j. With a convex A the
        filled rows of B have done it for mentors.
        """
        there = ~one.mentee_missing
        if convex or not one.mentor_missing.any():
            self.constant[k] = np.where(there, product.offset, self.fill)
            return
        self.constant[k] = self.fill
        if product.offset != self.fill:
            left = sparse.csr_array(there[:, None] * (product.offset - self.fill))
            self._add(k, left, sparse.csr_array(~one.mentor_missing[:, None] * 1.0))

    def _add_presence(self, k: int, one: Fitted) -> None:
        """A column that tells which mentors filled in their cell; only skipping needs it."""
        if self.missing == "skip" and one.mentor_missing.any():
            empty = sparse.csr_array((self.shape[0], 1))
            self.presence[k] = self._add(
                None, empty, sparse.csr_array(~one.mentor_missing[:, None] * 1.0)
            )

    def _right(self) -> tuple[NDArray[np.floating[Any]], ...]:
        """B, cut into dense tiles (columns, mentors of the tile)."""
        parts = []
        for t in self.tiles:
            tile = np.empty(
                (sum(c.right.shape[1] for c in self.columns), t.stop - t.start), dtype=self.dtype
            )
            start = 0
            for c in self.columns:
                end = start + c.right.shape[1]
                some = c.right[t]
                tile[start:end] = (some if isinstance(some, np.ndarray) else some.toarray()).T
                start = end
            parts.append(tile)
        return tuple(parts)

    # ------------------------------------------------------------------ combinations

    def combination(self, weights: NDArray[np.float64], *, masked: bool) -> Combination:
        """Fold weights, which add up to 1, into A."""
        n = self.shape[0]
        blocks = []
        for place, c in enumerate(self.columns):
            if place == 0:
                # Without a weighted criterion every eligible pair scores 1.
                constant = weights @ self.constant if weights.any() else np.ones(n)
                blocks.append(sparse.csr_array(constant[:, None]))
            elif place in self.mask_places:
                blocks.append(c.left if masked else sparse.csr_array(c.left.shape))
            elif c.owner is not None and weights[c.owner] > 0:
                blocks.append(c.left * weights[c.owner])
            else:
                blocks.append(sparse.csr_array(c.left.shape))
        left = sparse.hstack(blocks, format="csr", dtype=self.dtype)
        dense = [np.asarray(p.left * weights[k], dtype=self.dtype) for k, p in self.dense]
        return Combination(
            left=left,
            dense=np.hstack(dense) if dense else np.zeros((n, 0), dtype=self.dtype),
            weights=weights,
            known=self._known(weights),
            masked=masked,
            error=self._error(left, weights),
        )

    def _known(self, weights: NDArray[np.float64]) -> Csr | None:
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
        there: dict[int, NDArray[np.float64]] = {}
        for k in weighing:
            place = self.presence.get(k, 0)
            one = self.fitted[k]
            # What is missing by pair is taken off where the block is computed.
            filled = np.ones(self.shape[0]) if one.missing_by_pair else ~one.mentee_missing * 1.0
            there[place] = there.get(place, np.zeros(self.shape[0])) + weights[k] * filled
        blocks = [
            sparse.csr_array(there[place][:, None])
            if place in there
            else sparse.csr_array(c.left.shape)
            for place, c in enumerate(self.columns)
        ]
        known: Csr = sparse.hstack(blocks, format="csr", dtype=self.dtype)
        return known

    def _error(self, left: Csr, weights: NDArray[np.float64]) -> float:
        """Rounding of the sums, plus that of the blocks of their own, plus that of the pairs.

        |fl(Σ a·b) − Σ a·b| ≤ (t + 2)·u·Σ |a·b| for t terms whose factors are rounded as well, with
        u half of eps and t·u far below 1 (Higham 2002, Accuracy and Stability, section 3.1).
        """
        unit = float(np.finfo(self.dtype).eps) / 2
        terms = int(np.diff(left.indptr).max(initial=0))
        dense = {k: product for k, product in self.dense if weights[k]}
        own = {one.owner: one for one in self.own if one.owner is not None and weights[one.owner]}
        # A value, what fills it in when it is missing, and the offset of a product: 3 at most.
        rest = 3 * sum(float(weights[k]) for k in np.flatnonzero(weights) if k not in own)
        error = unit * ((terms + 3) * rest + len(dense) + len(own) + 3)
        error += unit * sum(
            (p.terms + 3) * float(weights[k]) * p.magnitude for k, p in dense.items()
        )
        for k, one in own.items():
            error += float(weights[k]) * one.fitted.block_error(self.dtype)
        for k in np.flatnonzero(weights).tolist():
            error += float(weights[k]) * self.fitted[k].block_error(FLOAT64)
        error += (len(weights) + 4) * float(np.finfo(np.float64).eps)
        if self.missing == "skip":
            smallest = float(weights[weights > 0].min(initial=1.0))
            error = 2 * (error + (terms + len(weights) + 3) * unit) / smallest
        return error
