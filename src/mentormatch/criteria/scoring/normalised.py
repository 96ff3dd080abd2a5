"""Scores of each mentee rescaled to the range from 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.compatibility.blocks import BREAKDOWN_COLUMNS, Block, join_sides, row_slices
from mentormatch.criteria.scoring.scorer import CriteriaScorer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.compatibility.blocks import Rows
    from mentormatch.criteria.interface.arrays import Floats, Positions

__all__ = ["NormalisedScorer", "scorer_of_criteria"]

# The ends of a range are rounded outwards to this, so that the order of people changes no bit of
# them.
GRID = 1e-9
# Mentees whose scores differ by less rate all mentors alike.
ALIKE = 1e-6


@dataclass(frozen=True, eq=False)
class NormalisedScorer:
    """Each mentee's own scores moved to the range from 0 to 1: (u − low) / (high − low).

    A mentee who is well served by everybody and one who is served by few then count alike. The
    mentors' side stays as it is. A mentee for whom all mentors are alike scores 0.5 with each.
    ``low`` and ``high`` (mentees,) are the lowest and highest score over the eligible mentors among
    the people that were scored first; `take` keeps them.
    """

    scorer: CriteriaScorer
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def of(cls, scorer: CriteriaScorer) -> NormalisedScorer:
        """Find the range of every mentee, in one pass over all pairs."""
        n, m = scorer.shape
        low, high = np.zeros(n), np.zeros(n)
        for rows in row_slices(n, m):
            block = scorer.block(rows)
            served = block.eligible.any(axis=1)
            scores = block.mentee_scores[served].astype(np.float64, copy=False)
            where = np.arange(rows.start, rows.stop)[served]
            low[where] = np.fmin.reduce(scores, axis=1, initial=np.inf)
            high[where] = np.fmax.reduce(scores, axis=1, initial=-np.inf)
        low, high = np.floor(low / GRID) * GRID, np.ceil(high / GRID) * GRID
        return cls(scorer, low, high)

    @property
    def shape(self) -> tuple[int, int]:
        """(number of mentees, number of mentors)."""
        return self.scorer.shape

    @property
    def two_sided(self) -> bool:
        """True: only the mentees' side is moved."""
        return True

    @property
    def rules(self) -> tuple[str, ...]:
        """Labels of the hard rules."""
        return self.scorer.rules

    @property
    def error(self) -> float:
        """Largest absolute difference between a block's score and the float64 score of the pair."""
        span = self.high - self.low
        side = self.scorer.side_error / float(span[span > ALIKE].min(initial=1.0))
        # Twice, for what is so near to 0 that it counts as 0.
        side = 2 * side + 8 * float(np.finfo(self.scorer.dtype).eps)
        if self.scorer.reciprocity == "geometric":
            return float(np.sqrt(2 * side)) + side
        return 2 * side

    def _moved(self, scores: Floats, mentees: Positions, error: float = 0.0) -> Floats:
        """Scores (people, …) of these mentees, on the range from 0 to 1.

        ``error``: how far each may be from the exact one. What may be the lowest counts 0, as it
        does where it is exact: a mean that both sides must agree to is 0 there, and no less small.
        """
        low, span = self.low[mentees], (self.high - self.low)[mentees]
        alike = span <= ALIKE
        scale = np.where(alike, 0.0, 1.0 / np.where(alike, 1.0, span))
        shift = np.where(alike, 0.5, -low * scale)
        if scores.ndim == 2:
            scale, shift = scale[:, None], shift[:, None]
        # NaN stays NaN: an ineligible pair has no score.
        moved = np.asarray(np.clip(scores * scale + shift, 0.0, 1.0), dtype=scores.dtype)
        if error:
            moved[moved <= error * scale + 4 * float(np.finfo(moved.dtype).eps)] = 0.0
        return moved

    def block(self, rows: Rows, columns: slice | None = None) -> Block:
        """Scores, eligibility and both sides of the mentees ``rows`` with the mentors."""
        read = self.scorer.block(rows, columns)
        return self._of(read, np.arange(self.shape[0])[rows], self.scorer.side_error)

    def pairs(self, mentees: Positions, mentors: Positions) -> Block:
        """The pairs (mentees[k], mentors[k]) in float64."""
        return self._of(self.scorer.pairs(mentees, mentors), np.asarray(mentees, dtype=np.intp))

    def _of(self, block: Block, mentees: Positions, error: float = 0.0) -> Block:
        mentee = self._moved(block.mentee_scores, mentees, error)
        scores = join_sides(mentee, block.mentor_scores, self.scorer.reciprocity)
        return Block(scores, block.eligible, mentee, block.mentor_scores)

    def joined(self, rows: Rows, ineligible: float, columns: slice | None = None) -> Floats:
        """Only the joined scores, ``ineligible`` where masked, in a new array."""
        block = self.block(rows, columns)
        return np.asarray(
            np.where(block.eligible, block.scores, block.scores.dtype.type(ineligible))
        )

    def take(self, mentees: Positions, mentors: Positions) -> NormalisedScorer:
        """The same scores for these people in this order; the ranges stay."""
        return replace(
            self,
            scorer=self.scorer.take(mentees, mentors),
            low=self.low[mentees],
            high=self.high[mentees],
        )

    def precise(self) -> NormalisedScorer:
        """The same scores, with blocks in float64."""
        return replace(self, scorer=self.scorer.precise())

    def breakdown(self, mentee: int, mentor: int) -> pd.DataFrame:
        """How the score of one pair comes about, with a row for the range of the mentee."""
        rows, totals = self.scorer.side_rows(mentee, mentor, two_sided=True)
        low, high = float(self.low[mentee]), float(self.high[mentee])
        moved = self._moved(totals[0], np.array([mentee]))
        sentence = (
            f"this mentee's scores run from {low:.3g} to {high:.3g}; they are moved to 0 to 1"
            if high - low > ALIKE
            else "all mentors are alike for this mentee, which counts 0.5"
        )
        shift = float(moved[0]) - float(totals[0][0])
        place = sum(row[1] == "mentee" for row in rows)
        rows.insert(place, ("own range", "mentee", float(moved[0]), 1.0, shift, sentence))
        joined = float(join_sides(moved, totals[1], self.scorer.reciprocity)[0])
        rest = joined - sum(row[4] for row in rows)
        said = self.scorer.joined_sentence(
            [float(moved[0]), float(totals[1][0])], joined, two_sided=True
        )
        rows.append(("joined", "both", joined, np.nan, rest, said))
        return pd.DataFrame(rows, columns=BREAKDOWN_COLUMNS)

    def reasons(self, mentee: int, mentor: int) -> tuple[str, ...]:
        """Why the pair is ineligible, in words; empty when it is eligible."""
        return self.scorer.reasons(mentee, mentor)

    def removed(self, mentees: Positions) -> NDArray[np.int64]:
        """How many mentors each rule forbids each mentee: (mentees, rules)."""
        return self.scorer.removed(mentees)


def scorer_of_criteria(scorer: object) -> CriteriaScorer | None:
    """The criteria's own scores behind a scorer; None where scores were given."""
    base = scorer.scorer if isinstance(scorer, NormalisedScorer) else scorer
    return base if isinstance(base, CriteriaScorer) else None
