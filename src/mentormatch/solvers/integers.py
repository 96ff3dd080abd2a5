"""The one place where scores become integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["IntegerScale"]

# OR-Tools multiplies costs by the number of nodes and adds a few of them up.
INT64_ROOM = 2**60
# Finer steps than this only cost the solver time: the sum of a million scores is still exact to
# 1e-6 of one.
FINEST_STEPS = 2**40


@dataclass(frozen=True, slots=True)
class IntegerScale:
    """Scores as non-negative integers.

    Parameters
    ----------
    low
        The score that becomes 0, in units of score.
    step
        Size of one integer step, in units of score.
    error
        Rounding moves a score by at most this much: one step, or 0 when all scores are equal.
    """

    low: float
    step: float
    error: float

    @classmethod
    def for_scores(
        cls, low: float, high: float, *, nodes: int, keep_zero: bool, whole: bool = False
    ) -> IntegerScale:
        """Choose the finest step that cannot overflow.

        Parameters
        ----------
        low, high
            Smallest and largest score.
        nodes
            Nodes of the flow network.
        keep_zero
            A score of 0 must become 0, because staying without is worth exactly that.
        whole
            All scores are whole numbers; they stay what they are when they fit.
        """
        base = 0.0 if keep_zero else low
        spread = max(abs(low), abs(high)) if keep_zero else high - low
        steps = min(INT64_ROOM // (nodes + 1), FINEST_STEPS)
        if spread <= 0:
            return cls(base, 1.0, 0.0)
        if whole and spread <= steps:
            return cls(base, 1.0, 0.0)
        return cls(base, spread / steps, spread / steps)

    @staticmethod
    def largest_whole(pairs: int, nodes: int) -> int:
        """The largest whole number a score may be so that every sum on the way stays exact.

        The flow solver needs int64 for a cost times the number of nodes; proofs add up as many
        float64 as there are pairs, with room to tell sums apart that differ by 1.
        """
        return int(min(INT64_ROOM // (nodes + 1), FINEST_STEPS, 2**46 // (pairs + 1)))

    def integers(self, scores: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
        """Round finite scores to integers."""
        whole = np.asarray(np.rint((scores - self.low) / self.step), dtype=np.int64)
        if self.low == 0:
            # However small, a loss stays a loss: a pair of negative score is not made for nothing.
            whole[(whole == 0) & (scores < 0)] = -1
        return whole
