"""A problem in which pairs of before are worth more: the same people and rules, other scores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.compatibility import Block

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.compatibility import Rows
    from mentormatch.problem import Problem

__all__ = ["KeptScorer", "with_bonus"]


@dataclass(frozen=True, eq=False)
class KeptScorer:
    """Joined scores times a factor, plus a bonus for some eligible pairs.

    Each side's own scores stay as they are, so that stability means what it meant.
    """

    problem: Problem  # whose scores, bans and least score these are
    kept: sparse.csr_array  # (mentees, mentors): how often an eligible pair has the bonus
    factor: float  # what a score is multiplied by
    bonus: float  # what is added to it

    @property
    def shape(self) -> tuple[int, int]:
        """(number of mentees, number of mentors)."""
        return self.problem.shape

    @property
    def error(self) -> float:
        """Blocks differ from pairs by this much at most."""
        return self.factor * self.problem.compatibility.scorer.error

    @property
    def rules(self) -> tuple[str, ...]:
        """Names of the hard rules."""
        return self.problem.compatibility.scorer.rules

    @property
    def two_sided(self) -> bool:
        """Joined scores are never those of one side here."""
        return True

    def block(self, rows: Rows, columns: slice | None = None) -> Block:
        """Read the mentees ``rows``: scores, eligibility, both sides."""
        block = self.problem.block(rows)
        part = slice(None) if columns is None else columns
        u, v = block.mentee_scores[:, part], block.mentor_scores[:, part]
        return Block(self.joined(rows, np.nan, columns), block.eligible[:, part], u, v)

    def joined(
        self, rows: Rows, ineligible: float, columns: slice | None = None
    ) -> NDArray[np.float64]:
        """Only the joined scores, ``ineligible`` where masked, in a new array."""
        scores = self.problem.scores(rows, ineligible, columns).astype(np.float64)
        if self.factor != 1:
            masked = np.isnan(scores) if np.isnan(ineligible) else scores == ineligible
            scores[~masked] *= self.factor
        cells = self.kept[rows].tocoo()
        line, place, times = cells.row, cells.col, cells.data
        if columns is not None:
            inside = (place >= columns.start) & (place < columns.stop)
            line, place, times = line[inside], place[inside] - columns.start, times[inside]
        scores[line, place] += self.bonus * times
        return scores

    def pairs(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> Block:
        """Read the pairs (mentees[k], mentors[k])."""
        block = self.problem.pairs(mentees, mentors)
        scores = self.factor * np.asarray(block.scores, dtype=np.float64)
        if len(mentees):
            scores += self.bonus * np.asarray(self.kept[mentees, mentors]).ravel()
        return replace(block, scores=scores)

    def take(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> KeptScorer:
        """The same scores for these people in this order."""
        kept = self.kept[mentees][:, mentors]
        return replace(self, problem=self.problem.take(mentees, mentors), kept=kept.tocsr())

    def precise(self) -> KeptScorer:
        """The same scores, with blocks in float64."""
        precise = self.problem.precise()
        return self if precise is self.problem else replace(self, problem=precise)

    def breakdown(self, mentee: int, mentor: int) -> pd.DataFrame:
        """How the score of one pair comes about, the bonus left out."""
        return self.problem.compatibility.scorer.breakdown(mentee, mentor)

    def reasons(self, mentee: int, mentor: int) -> tuple[str, ...]:
        """Why the pair is ineligible; empty when it is eligible."""
        return self.problem.reasons(mentee, mentor)

    def removed(self, mentees: NDArray[np.intp]) -> NDArray[np.int64]:
        """How many mentors each rule forbids each mentee."""
        return self.problem.compatibility.scorer.removed(mentees)


def with_bonus(
    problem: Problem,
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    bonus: float,
    factor: float = 1.0,
    times: NDArray[np.float64] | None = None,
) -> Problem:
    """The problem with ``bonus`` added to the joined scores of some eligible pairs.

    Bans and least score of the problem apply to its own scores, as before. For ``bonus`` and
    ``factor`` see `KeptScorer`; a factor of 0 counts the pairs and nothing else. ``times`` (pairs,)
    says how often each has the bonus; None: once.
    """
    # A sum with a large bonus needs every digit.
    base = problem.precise()
    cells = (np.ones(len(mentees)) if times is None else times, (mentees, mentors))
    kept = sparse.coo_array(cells, shape=problem.shape).tocsr()
    compatibility = replace(base.compatibility, scorer=KeptScorer(base, kept, factor, bonus))
    return replace(base, compatibility=compatibility, bans=(), min_score=None)
