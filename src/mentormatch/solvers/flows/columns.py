"""The pairs a restricted problem chooses from: a growing, shrinking, sorted list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PairColumns"]


@dataclass(frozen=True, eq=False)
class PairColumns:
    """Pairs of n mentees and m mentors with their exact scores, sorted by mentee, then mentor.

    Scores are carried along so that no pair is scored twice.
    """

    mentees: NDArray[np.int32]  # (columns,)
    mentors: NDArray[np.int32]  # (columns,)
    scores: NDArray[np.float64]  # (columns,)
    n: int
    m: int

    @classmethod
    def empty(cls, n: int, m: int) -> PairColumns:
        """No columns at all."""
        none = np.empty(0, dtype=np.int32)
        return cls(none, none, np.empty(0), n, m)

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def keys(self) -> NDArray[np.int64]:
        """One sorted number per pair."""
        return self.mentees.astype(np.int64) * self.m + self.mentors

    @property
    def first(self) -> NDArray[np.intp]:
        """Where the columns of each mentee start: (mentees + 1,)."""
        return np.searchsorted(self.mentees, np.arange(self.n + 1))

    def keep(self, wanted: NDArray[np.bool_]) -> PairColumns:
        """Only the wanted ones."""
        return PairColumns(
            self.mentees[wanted], self.mentors[wanted], self.scores[wanted], self.n, self.m
        )

    def with_pairs(
        self, mentees: NDArray[Any], mentors: NDArray[Any], scores: NDArray[np.float64]
    ) -> PairColumns:
        """These columns and some more; a pair that is there already is not added again."""
        fresh = mentees.astype(np.int64) * self.m + mentors
        fresh, place = np.unique(fresh, return_index=True)
        old = self.keys
        at = np.searchsorted(old, fresh)
        known = at < len(old)
        known[known] = old[at[known]] == fresh[known]
        fresh, place = fresh[~known], place[~known]
        keys = np.concatenate([old, fresh])
        merged = np.concatenate([self.scores, scores[place]])
        # Two sorted runs: a stable sort merges them in one go.
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        return PairColumns(
            (keys // self.m).astype(np.int32),
            (keys % self.m).astype(np.int32),
            merged[order],
            self.n,
            self.m,
        )
