"""A rule that does not hold for some people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.compatibility import Block, Rows
    from mentormatch.compatibility.blocks import Scorer

__all__ = ["ExemptScorer"]


@dataclass(frozen=True, eq=False)
class ExemptScorer:
    """The scores of some criteria, with one hard rule that does not hold for some people.

    A rule has no weight, so a pair scores the same with it and without it.
    """

    lifted: Scorer  # the criteria without the rule
    strict: Scorer  # the criteria with it
    rule: int  # its place among the rules of ``strict``
    mentees: NDArray[np.bool_]  # for whom it does not hold
    mentors: NDArray[np.bool_]  # for whom it does not hold

    @property
    def shape(self) -> tuple[int, int]:
        """(number of mentees, number of mentors)."""
        return self.lifted.shape

    @property
    def error(self) -> float:
        """Blocks differ from pairs by this much at most."""
        return max(self.lifted.error, self.strict.error)

    @property
    def rules(self) -> tuple[str, ...]:
        """Names of the hard rules, the lifted one among them."""
        return self.strict.rules

    @property
    def two_sided(self) -> bool:
        """Whether the two sides can differ."""
        return self.lifted.two_sided

    def block(self, rows: Rows, columns: slice | None = None) -> Block:
        """Read the mentees ``rows``: scores, eligibility, both sides."""
        part = slice(None) if columns is None else columns
        free = self.mentees[rows][:, None] | self.mentors[part]
        strict = self.strict.block(rows, columns).eligible
        return self.lifted.block(rows, columns).restricted(strict | free)

    def joined(
        self, rows: Rows, ineligible: float, columns: slice | None = None
    ) -> NDArray[np.floating]:
        """Only the joined scores, ``ineligible`` where masked, in a new array."""
        part = slice(None) if columns is None else columns
        free = self.mentees[rows][:, None] | self.mentors[part]
        scores = self.lifted.joined(rows, ineligible, columns)
        scores[~free & np.isneginf(self.strict.joined(rows, -np.inf, columns))] = ineligible
        return scores

    def pairs(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> Block:
        """Read the pairs (mentees[k], mentors[k])."""
        free = self.mentees[mentees] | self.mentors[mentors]
        strict = self.strict.pairs(mentees, mentors).eligible
        return self.lifted.pairs(mentees, mentors).restricted(strict | free)

    def take(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> ExemptScorer:
        """The same scores for these people in this order."""
        return replace(
            self,
            lifted=self.lifted.take(mentees, mentors),
            strict=self.strict.take(mentees, mentors),
            mentees=self.mentees[mentees],
            mentors=self.mentors[mentors],
        )

    def precise(self) -> ExemptScorer:
        """The same scores, with blocks in float64."""
        if self.error == 0:
            return self
        return replace(self, lifted=self.lifted.precise(), strict=self.strict.precise())

    def breakdown(self, mentee: int, mentor: int) -> pd.DataFrame:
        """How the score of one pair comes about."""
        return self.lifted.breakdown(mentee, mentor)

    def reasons(self, mentee: int, mentor: int) -> tuple[str, ...]:
        """Why the pair is ineligible; empty when it is eligible."""
        free = bool(self.mentees[mentee] | self.mentors[mentor])
        return (self.lifted if free else self.strict).reasons(mentee, mentor)

    def removed(self, mentees: NDArray[np.intp]) -> NDArray[np.int64]:
        """How many mentors each rule forbids each mentee."""
        by_others = self.lifted.removed(mentees)
        by_rule = self._held.removed(mentees)[:, self.rule]
        by_rule = np.where(self.mentees[mentees], 0, by_rule)
        return np.insert(by_others, self.rule, by_rule, axis=1)

    @cached_property
    def _held(self) -> Scorer:
        """All criteria with the mentors for whom the rule holds."""
        return self.strict.take(np.arange(self.shape[0]), np.flatnonzero(~self.mentors))
