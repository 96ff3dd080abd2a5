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
# Finer steps than this only cost the solver time: the sum of a million scores is still exact to 1e-6 of one.
FINEST_STEPS = 2**40


@dataclass(frozen=True, slots=True)
class IntegerScale:
    """Scores as non-negative integers.

    Parameters
    ----------
    low
        The score that becomes 0, in units of score.
    step
        Size of one integer step, in units of score; rounding moves a score by at most step / 2.
    """

    low: float
    step: float

    @classmethod
    def for_scores(cls, low: float, high: float, *, nodes: int, keep_zero: bool) -> IntegerScale:
        """Choose the finest step that cannot overflow.

        Parameters
        ----------
        low, high
            Smallest and largest score.
        nodes
            Nodes of the flow network.
        keep_zero
            A score of 0 must become 0, because staying without is worth exactly that.
        """
        base = 0.0 if keep_zero else low
        spread = max(abs(low), abs(high)) if keep_zero else high - low
        steps = min(INT64_ROOM // (nodes + 1), FINEST_STEPS)
        return cls(base, spread / steps if spread > 0 else 1.0)

    def integers(self, scores: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
        """Round finite scores to integers."""
        return np.asarray(np.rint((scores - self.low) / self.step), dtype=np.int64)
