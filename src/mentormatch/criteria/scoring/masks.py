"""Masks of hard rules: a list of pairs, a table by profile, or a limit that is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy import sparse

from mentormatch.compatibility.blocks import column_slices
from mentormatch.criteria.interface.buffers import Buffers
from mentormatch.criteria.interface.fitted import HardRule, Rule
from mentormatch.criteria.interface.products import GridReader, ProductReader, span_of
from mentormatch.criteria.scoring.split import SplitReader

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.criteria.interface.arrays import Csr, Positions
    from mentormatch.criteria.interface.fitted import Fitted
    from mentormatch.criteria.interface.products import Reader

__all__ = [
    "ROWS_AT_ONCE",
    "Limit",
    "Listed",
    "Profiles",
    "few_profiles",
    "mask_of",
    "merge_masks",
    "reader_of",
    "representatives",
]

Mask: TypeAlias = "Listed | Profiles | Limit"

# A table of up to so many (profile, mentor) cells is computed once; 40 MB in float32.
CELLS = 10_000_000
ROWS_AT_ONCE = 128
FLOAT64 = np.dtype(np.float64)


def representatives(codes: Positions) -> Positions:
    """The first person of each code."""
    return np.unique(codes, return_index=True)[1].astype(np.intp)


def few_profiles(codes: Positions, n_mentors: int) -> bool:
    """Tell whether mentees repeat each other so much that a table by profile pays."""
    profiles = int(codes.max(initial=-1)) + 1
    return 2 * profiles <= len(codes) and profiles * n_mentors <= CELLS


def reader_of(fitted: Fitted, tiles: tuple[slice, ...], dtype: np.dtype) -> Reader:
    """How the raw values of a criterion are read."""
    product = fitted.product()
    if product is None:
        return GridReader(fitted, tiles, dtype)
    return (SplitReader if product.is_long else ProductReader).of(product, tiles, dtype)


@dataclass(frozen=True, eq=False)
class Listed:
    """Forbidden pairs one by one: a sparse (mentees, mentors) array."""

    pairs: Csr

    def counts(self, rows: Positions) -> NDArray[np.int64]:
        """How many mentors are forbidden to each of the mentees."""
        return np.asarray(np.diff(self.pairs.indptr)[rows], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Profiles:
    """Forbidden mentors by profile of the mentee: ``forbidden`` is (profiles, mentors)."""

    codes: Positions
    forbidden: NDArray[np.bool_]

    def counts(self, rows: Positions) -> NDArray[np.int64]:
        """How many mentors are forbidden to each of the mentees."""
        return np.asarray(self.forbidden.sum(axis=1, dtype=np.int64)[self.codes[rows]])


@dataclass(frozen=True, eq=False)
class Limit:
    """Pairs that a criterion measures below ``limit``; missing ones are not forbidden."""

    fitted: Fitted
    limit: float

    def counts(self, rows: Positions) -> NDArray[np.int64]:
        """How many mentors are forbidden to each of the mentees."""
        fitted = self.fitted
        tiles = column_slices(fitted.shape[1])
        reader, buffers = reader_of(fitted, tiles, FLOAT64), Buffers()
        counts = np.zeros(len(rows), dtype=np.int64)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            opened = reader.open(span_of(some))
            for k, columns in enumerate(tiles):
                raw = reader.tile(opened, k, buffers)
                below = fitted.finish(raw, (some, columns), self.limit, FLOAT64, buffers)[1]
                if below is not None:
                    below[fitted.mentee_missing[some]] = False
                    below[:, fitted.mentor_missing[columns]] = False
                    counts[start : start + ROWS_AT_ONCE] += below.sum(axis=1)
        return counts


def mask_of(rule: HardRule, n_mentors: int) -> Mask:
    """Choose how the pairs of a rule are found, by how many there are."""
    listed = rule.listed()
    if listed is not None:
        return Listed(listed)
    if few_profiles(rule.codes, n_mentors) or not isinstance(rule, Rule):
        first = representatives(rule.codes)
        return Profiles(rule.codes, forbidden_grid(rule, first, n_mentors))
    return Limit(rule.fitted, rule.limit)


def forbidden_grid(rule: HardRule, rows: Positions, n_mentors: int) -> NDArray[np.bool_]:
    """Ask a rule for every mentor: (rows, mentors)."""
    everybody = np.arange(n_mentors)
    grid = np.empty((len(rows), n_mentors), dtype=bool)
    for k, row in enumerate(rows):
        grid[k] = rule.forbids(np.full(n_mentors, row), everybody)
    return grid


def merge_masks(
    masks: list[Mask], shape: tuple[int, int]
) -> tuple[list[Profiles], Csr, list[Limit]]:
    """Sort masks by kind, with one list of pairs, and one limit for a criterion.

    The answer is (profiles, listed pairs, limits).
    """
    listed: Csr = sparse.coo_array(shape, dtype=np.float64).tocsr()
    for mask in masks:
        if isinstance(mask, Listed):
            listed = (listed + mask.pairs).tocsr()
    limits: dict[int, Limit] = {}
    for mask in masks:
        if isinstance(mask, Limit):
            other = limits.get(id(mask.fitted))
            # Below one limit or the other is below the larger.
            if other is None or other.limit < mask.limit:
                limits[id(mask.fitted)] = mask
    profiles = [mask for mask in masks if isinstance(mask, Profiles)]
    return profiles, listed, list(limits.values())
