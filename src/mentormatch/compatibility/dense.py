"""DenseScorer: scores given as arrays or DataFrames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from mentormatch.compatibility.blocks import (
    BREAKDOWN_COLUMNS,
    Block,
    check_reciprocity,
    join_sides,
    row_slices,
)
from mentormatch.errors import ProblemError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from mentormatch.compatibility.blocks import Reciprocity, Rows

__all__ = ["DenseScorer", "read_scores"]

# Sums over all pairs, and the products in a bound, must stay far from the end of float64.
LARGEST_SCORE = 1e100


@dataclass(frozen=True, eq=False)
class DenseScorer:
    """Scores that were given as arrays (mentees, mentors), NaN = ineligible.

    The two are the same object when both sides share one score.
    """

    mentee_scores: NDArray[np.float64]
    mentor_scores: NDArray[np.float64]
    reciprocity: Reciprocity = "mean"  # how the sides are joined

    error = 0.0
    rules = ("given as ineligible (NaN)",)

    @property
    def shape(self) -> tuple[int, int]:
        """(number of mentees, number of mentors)."""
        n, m = self.mentee_scores.shape
        return n, m

    @property
    def two_sided(self) -> bool:
        """True when the two sides were given apart."""
        return self.mentee_scores is not self.mentor_scores

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """The joined scores, same shape; NaN on the same pairs. Joined when first read."""
        return _join(self.mentee_scores, self.mentor_scores, self.reciprocity)

    @cached_property
    def _complete(self) -> bool:
        """Return whether every pair is eligible."""
        return not bool(np.isnan(self.mentee_scores).any())

    def block(self, rows: Rows, columns: slice | None = None) -> Block:
        """Read the mentees ``rows``: scores, eligibility, both sides."""
        scores = _slice_rows(self.scores, rows, columns)
        if not self.two_sided:
            return Block(scores, ~np.isnan(scores), scores, scores)
        u, v = (_slice_rows(one, rows, columns) for one in (self.mentee_scores, self.mentor_scores))
        return Block(scores, ~np.isnan(scores), u, v)

    def joined(
        self, rows: Rows, ineligible: float, columns: slice | None = None
    ) -> NDArray[np.float64]:
        """Only the joined scores, ``ineligible`` where masked, in a new array."""
        scores = _slice_rows(self.scores, rows, columns)
        if isinstance(rows, slice):
            # Positions make a new array by themselves.
            scores = np.array(scores)
        if not self._complete:
            scores[np.isnan(scores)] = ineligible
        return scores

    def pairs(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> Block:
        """Read the pairs (mentees[k], mentors[k])."""
        u = self.mentee_scores[mentees, mentors]
        v = self.mentor_scores[mentees, mentors] if self.two_sided else u
        return Block(_join(u, v, self.reciprocity), ~np.isnan(u), u, v)

    def take(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> DenseScorer:
        """The same scores for these people in this order."""
        u = _reorder(self.mentee_scores, mentees, mentors)
        v = _reorder(self.mentor_scores, mentees, mentors) if self.two_sided else u
        return DenseScorer(u, v, self.reciprocity)

    def precise(self) -> DenseScorer:
        """Given scores are float64 already."""
        return self

    def breakdown(self, mentee: int, mentor: int) -> pd.DataFrame:
        """The given numbers as rows; see `Compatibility.breakdown`."""
        joined = float(self.scores[mentee, mentor])
        u, v = float(self.mentee_scores[mentee, mentor]), float(self.mentor_scores[mentee, mentor])
        if not self.two_sided:
            rows = [("score", "both", u, 1.0, u, f"the score given for this pair is {u:.3g}")]
            rest = joined - u
        else:
            rows = [
                ("score", "mentee", u, 1.0, u, f"the mentee's score for this mentor is {u:.3g}"),
                ("score", "mentor", v, 1.0, v, f"the mentor's score for this mentee is {v:.3g}"),
            ]
            rest = joined - u - v
        rows.append(
            (
                "joined",
                "both",
                joined,
                np.nan,
                rest,
                f"{self.reciprocity} of both sides: {joined:.3g}",
            )
        )
        return pd.DataFrame(rows, columns=BREAKDOWN_COLUMNS)

    def reasons(self, mentee: int, mentor: int) -> tuple[str, ...]:
        """Say that the pair was given as NaN; empty when it is eligible."""
        return self.rules if bool(np.isnan(self.mentee_scores[mentee, mentor])) else ()

    def removed(self, mentees: NDArray[np.intp]) -> NDArray[np.int64]:
        """How many mentors are NaN for each mentee: (mentees, 1)."""
        missing = np.isnan(self.mentee_scores[mentees])
        return np.asarray(missing.sum(axis=1, dtype=np.int64)[:, None])


def _slice_rows(
    scores: NDArray[np.float64], rows: Rows, columns: slice | None
) -> NDArray[np.float64]:
    """Select rows, and optionally a slice of columns."""
    return np.asarray(scores[rows] if columns is None else scores[:, columns][rows])


def _join(
    u: NDArray[np.float64], v: NDArray[np.float64], reciprocity: Reciprocity
) -> NDArray[np.float64]:
    return np.asarray(join_sides(u, v, reciprocity), dtype=np.float64)


def _reorder(
    scores: NDArray[np.float64], mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Select rows, then columns: reading whole rows is far faster than scattered cells."""
    made = np.empty((len(mentees), len(mentors)))
    for rows in row_slices(len(mentees), 8 * len(mentors)):
        np.take(scores[mentees[rows]], mentors, axis=1, out=made[rows], mode="clip")
    return made


def read_scores(
    scores: ArrayLike | pd.DataFrame,
    mentor_scores: ArrayLike | pd.DataFrame | None,
    reciprocity: Reciprocity,
) -> tuple[DenseScorer, pd.Index, pd.Index, bool]:
    """Check given scores; see `Compatibility.from_scores`.

    Returns the scorer, mentee_ids, mentor_ids, and whether they are labelled.
    """
    check_reciprocity(reciprocity)
    mentees, mentee_ids, mentor_ids, labelled = _check_scores(scores, "scores")
    if mentor_scores is None:
        scorer = DenseScorer(mentees, mentees, reciprocity)
        return scorer, mentee_ids, mentor_ids, labelled
    mentors, other_mentees, other_mentors, _ = _check_scores(mentor_scores, "mentor_scores")
    if isinstance(scores, pd.DataFrame) and isinstance(mentor_scores, pd.DataFrame):
        differ = [
            person
            for ids, others in ((mentee_ids, other_mentees), (mentor_ids, other_mentors))
            for person in (*ids.difference(others), *others.difference(ids))
        ]
        if differ or not (other_mentees.is_unique and other_mentors.is_unique):
            first = f"{differ[0]!r} is only in one of them" if differ else "an id is there twice"
            raise ProblemError(
                f"scores and mentor_scores name different people: {first}. Give both the same "
                "index (mentees) and columns (mentors)."
            )
        mentors = mentors[
            np.ix_(other_mentees.get_indexer(mentee_ids), other_mentors.get_indexer(mentor_ids))
        ]
    if mentees.shape != mentors.shape:
        raise ProblemError(
            f"scores has shape {mentees.shape} and mentor_scores {mentors.shape}. Both need "
            "one row per mentee and "
            "one column per mentor."
        )
    masked = np.isnan(mentees) | np.isnan(mentors)
    if masked.any():
        mentees = np.where(masked, np.nan, mentees)
        mentors = np.where(masked, np.nan, mentors)
    scorer = DenseScorer(mentees, mentors, reciprocity)
    if reciprocity != "mean":
        # Scores that cannot be joined are refused where they are given.
        _ = scorer.scores
    return scorer, mentee_ids, mentor_ids, labelled


def _check_scores(
    scores: ArrayLike | pd.DataFrame, name: str
) -> tuple[NDArray[np.float64], pd.Index, pd.Index, bool]:
    """Check and copy an array or frame of scores."""
    if isinstance(scores, np.ma.MaskedArray):
        scores = np.ma.filled(scores.astype(np.float64), np.nan)
    if isinstance(scores, pd.DataFrame):
        kinds = {dtype.kind for dtype in scores.dtypes}
    else:
        kinds = {getattr(getattr(scores, "dtype", None), "kind", "O")}
    try:
        if kinds & set("cmM"):
            raise TypeError(f"got {'complex numbers' if 'c' in kinds else 'dates or durations'}")
        if issparse(scores):
            raise TypeError("got a sparse array, whose gaps could be 0 or no pair; use .toarray()")
        if isinstance(scores, pd.DataFrame):
            array = scores.to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
        else:
            array = np.array(scores, dtype=np.float64)
        array = np.ascontiguousarray(array)
    except (TypeError, ValueError) as error:
        raise ProblemError(
            f"{name} must be numbers, one row per mentee and one column per mentor ({error})."
        ) from None
    if array.size == 0 and array.ndim < 2:
        array = array.reshape(0, 0)
    if array.ndim != 2:
        raise ProblemError(
            f"{name} must have two dimensions (mentees, mentors), got {array.ndim} with shape "
            f"{array.shape}."
        )
    # NaN lies within nothing, and an array without any needs no second look.
    inside = not array.size or (array.min() >= -LARGEST_SCORE and array.max() <= LARGEST_SCORE)
    far = np.zeros(0, dtype=bool) if inside else np.abs(array) > LARGEST_SCORE
    if far.any():
        i, j = np.argwhere(far)[0].tolist()
        row, column = i, j
        if isinstance(scores, pd.DataFrame):
            row, column = scores.index.tolist()[i], scores.columns.tolist()[j]
        several = f"; there are {int(far.sum())} such numbers" if far.sum() > 1 else ""
        raise ProblemError(
            f"{name} must lie within ±{LARGEST_SCORE:g}: row {row!r}, column {column!r} is "
            f"{array[i, j]}{several}. Use NaN for a pair that may not be made."
        )
    array.setflags(write=False)
    if isinstance(scores, pd.DataFrame):
        return array, scores.index, scores.columns, True
    n, m = array.shape
    return array, pd.RangeIndex(n), pd.RangeIndex(m), False
