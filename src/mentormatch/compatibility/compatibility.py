"""Scores and eligibility of every (mentee, mentor) pair, read in blocks of mentees.

A score is a float64 number per pair and side. A block may be computed faster and less exactly;
``error`` says by how much at most, and whoever proves something adds it. Ineligible is not a low
score: the pair is masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mentormatch.cohort.names import check_side
from mentormatch.compatibility.blocks import (
    Block,
    Reciprocity,
    Rows,
    Scorer,
    join_sides,
    row_slices,
)
from mentormatch.compatibility.dense import DenseScorer, read_scores
from mentormatch.compatibility.ids import (
    describe_missing_ids,
    find_position,
    format_count,
    plain_ids,
    rank_ids,
)
from mentormatch.compatibility.views import view_of
from mentormatch.displayed import Displayed
from mentormatch.errors import ProblemError
from mentormatch.handed_out import lock

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import ArrayLike, NDArray

    from mentormatch.cohort import Cohort, Side

__all__ = [
    "Block",
    "Compatibility",
    "DenseScorer",
    "Reciprocity",
    "Rows",
    "Scorer",
    "join_sides",
    "row_slices",
]

DENSE_LIMIT_GIB = 4.0


@dataclass(frozen=True, eq=False)
class Compatibility(Displayed):
    """Scores and eligibility of every pair of mentee and mentor.

    Made by `Criteria.score` or by `Compatibility.from_scores`.

    Parameters
    ----------
    scorer
        Where the numbers come from.
    mentee_ids, mentor_ids
        Unique ids, in the order of the scorer's rows and columns.
    labelled
        False when the ids are bare positions: such people have no identity beyond their place.
    cohort
        The tables the scores were made from, when there are any, in the same order.
    notes
        What the reader of a result should know (rules that did not apply to some people, …).
    """

    scorer: Scorer
    mentee_ids: pd.Index
    mentor_ids: pd.Index
    labelled: bool = True
    cohort: Cohort | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.scorer.shape != (len(self.mentee_ids), len(self.mentor_ids)):
            raise ProblemError(
                f"The scores have shape {self.scorer.shape}, but there are "
                f"{format_count(len(self.mentee_ids), 'mentee')} and "
                f"{format_count(len(self.mentor_ids), 'mentor')}. Give one row per mentee and one "
                "column per "
                "mentor."
            )
        for name in ("mentee_ids", "mentor_ids"):
            object.__setattr__(self, name, plain_ids(getattr(self, name)))
        wrong = [
            *describe_missing_ids(self.mentee_ids, "mentee"),
            *describe_missing_ids(self.mentor_ids, "mentor"),
        ]
        if wrong:
            raise ProblemError(" ".join([*wrong, "Every person needs an id of their own."]))

    @classmethod
    def from_scores(
        cls,
        scores: ArrayLike | pd.DataFrame,
        mentor_scores: ArrayLike | pd.DataFrame | None = None,
        *,
        reciprocity: Reciprocity = "mean",
    ) -> Compatibility:
        """Scores that exist already.

        Parameters
        ----------
        scores
            (mentees, mentors) array, or a DataFrame with ids as index and columns. Any finite
            floats; NaN = ineligible.
        mentor_scores
            What the mentors get, same shape and ids, rows = mentees as well. By default both sides
            share ``scores``. A pair that is NaN on either side is ineligible.
        reciprocity
            How two sides are joined.

        Raises
        ------
        ProblemError
            Not two-dimensional, not numeric, infinite, or shapes and ids that differ.

        Examples
        --------
        >>> import mentormatch as mm
        >>> compatibility = mm.Compatibility.from_scores([[0.9, 0.2], [0.4, float("nan")]])
        >>> compatibility.shape
        (2, 2)
        >>> compatibility.why_ineligible(1, 1)
        'given as ineligible (NaN)'
        """
        scorer, mentee_ids, mentor_ids, labelled = read_scores(scores, mentor_scores, reciprocity)
        return cls(scorer, mentee_ids, mentor_ids, labelled)

    @property
    def shape(self) -> tuple[int, int]:
        """(number of mentees, number of mentors)."""
        return self.scorer.shape

    @cached_property
    def _mentor_index(self) -> pd.Index:
        return self.mentor_ids.rename("mentor")

    def price_series(self, prices: NDArray[np.float64]) -> pd.Series[float]:
        """Prices of all mentors, by id; read only, as a proof rests on them."""
        values = np.array(prices, dtype=np.float64)
        values.setflags(write=False)
        return pd.Series(values, index=self._mentor_index, name="price", copy=False)

    @cached_property
    def ranks(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The rank of each mentee's and of each mentor's id; see `rank_ids`."""
        mentees, mentors = lock(rank_ids(self.mentee_ids), rank_ids(self.mentor_ids))
        return mentees, mentors

    def ids(self, side: Side) -> pd.Index:
        """Ids of one side, "mentees" or "mentors", in the order of the scores.

        Raises
        ------
        CohortError
            ``side`` is neither "mentees" nor "mentors".
        """
        check_side(side)
        return self.mentee_ids if side == "mentees" else self.mentor_ids

    def block(self, rows: Rows) -> Block:
        """Scores, eligibility and both sides for a slice (or positions) of mentees.

        Returns
        -------
        Block
            Arrays of shape (mentees of the block, mentors); memory O(block).
        """
        return self.scorer.block(rows)

    def dense(self) -> NDArray[np.float64]:
        """Every joined score at once, NaN = ineligible, in the order of the ids.

        Raises
        ------
        ProblemError
            It would take more than 4 GiB; read `block` instead.
        """
        n, m = self.shape
        gib = n * m * 8 / 2**30
        if gib > DENSE_LIMIT_GIB:
            raise ProblemError(
                f"All {n:,} × {m:,} scores at once would take {gib:,.1f} GiB (the limit is "
                f"{DENSE_LIMIT_GIB:g}). "
                "Read them with block(slice(start, stop)) instead."
            )
        dense = np.empty((n, m))
        for rows in row_slices(n, m):
            dense[rows] = self.scorer.joined(rows, np.nan)
        return dense

    def cost(self) -> np.ma.MaskedArray[Any, Any]:
        """The cost matrix ``1 − score``, masked where a pair is ineligible.

        Returns
        -------
        numpy.ma.MaskedArray of shape (mentees, mentors)
        """
        dense = self.dense()
        return np.ma.MaskedArray(1.0 - dense, mask=np.isnan(dense))

    def breakdown(self, mentee: Hashable, mentor: Hashable) -> pd.DataFrame:
        """Break the score of one pair down into contributions, in float64.

        Returns
        -------
        DataFrame
            One row per criterion and side: criterion, side, value (NaN = missing), weight,
            contribution, sentence. The contributions of a side add up to that side's score; one
            more row, ``joined``, brings the sum of the whole column to the joined score. An
            ineligible pair is broken down as if it were allowed.
        """
        return self.scorer.breakdown(self.mentee_position(mentee), self.mentor_position(mentor))

    def why_ineligible(self, mentee: Hashable, mentor: Hashable) -> str | None:
        """Return the rules that forbid a pair, in words; None when it is eligible."""
        reasons = self.scorer.reasons(self.mentee_position(mentee), self.mentor_position(mentor))
        return "; ".join(reasons) if reasons else None

    def take(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> Compatibility:
        """The same compatibility for the people at these positions, in this order."""
        return view_of(
            self,
            scorer=self.scorer.take(mentees, mentors),
            mentee_ids=self.mentee_ids[mentees],
            mentor_ids=self.mentor_ids[mentors],
            cohort=None if self.cohort is None else self.cohort.take(mentees, mentors),
        )

    def precise(self) -> Compatibility:
        """The same compatibility, with blocks in float64."""
        scorer = self.scorer.precise()
        return self if scorer is self.scorer else view_of(self, scorer=scorer)

    def mentee_position(self, mentee: Hashable) -> int:
        """Return the position of a mentee; the error for an unknown id names the nearest one."""
        return find_position(self.mentee_ids, mentee, "mentee")

    def mentor_position(self, mentor: Hashable) -> int:
        """Return the position of a mentor; the error for an unknown id names the nearest one."""
        return find_position(self.mentor_ids, mentor, "mentor")

    def __repr__(self) -> str:
        n, m = self.shape
        rules = ", ".join(self.scorer.rules) or "none"
        return (
            f"Compatibility({format_count(n, 'mentee')} × {format_count(m, 'mentor')}, rules: "
            f"{rules})"
        )
