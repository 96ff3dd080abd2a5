"""The one place where scores become integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["IntegerScale"]

INT64_ROOM = 2**61
FINEST_STEPS = 2**40


@dataclass(frozen=True, slots=True)
class IntegerScale:
    """Scores as integers from 0, and the values of the earlier stages above them.

    A stage is worth more than everything after it together, so one min-cost flow solves the
    lexicographic problem. How fine the steps can be follows from int64: the flow solver multiplies
    costs by the number of nodes.

    Parameters
    ----------
    low
        The score that becomes 0, in units of score.
    step
        Size of one integer step, in units of score; rounding moves a score by at most step / 2.
    highest
        Largest integer score.
    pair
        Integer value of one more pair (0 when only the total counts).
    place
        int64 array (classes,): integer value of one more mentee of each class with a mentor.
    """

    low: float
    step: float
    highest: int
    pair: int
    place: NDArray[np.int64]

    @classmethod
    def for_scores(
        cls,
        low: float,
        high: float,
        *,
        pairs: int,
        nodes: int,
        coverage_first: bool,
        class_sizes: NDArray[np.int64],
        several: bool,
    ) -> IntegerScale:
        """Choose the finest step that cannot overflow.

        Parameters
        ----------
        low, high
            Smallest and largest eligible score.
        pairs
            The most pairs there can be.
        nodes
            Nodes of the flow network.
        coverage_first
            Whether coverage and seats are stages above the total.
        class_sizes
            Mentees in each priority class, highest first.
        several
            Whether somebody wants more than one mentor, so that coverage and seats differ.
        """
        # When only the total counts, 0 must stay 0: not being matched is worth exactly that.
        base = low if coverage_first else 0.0
        spread = (high - low) if coverage_first else max(abs(low), abs(high))
        ladder = 1
        if coverage_first:
            ladder *= pairs + 1
            if several:
                ladder *= pairs + 1
            for size in class_sizes[1:]:
                ladder *= int(size) + 1
        room = INT64_ROOM // (max(nodes, 1) + 1) // ladder
        steps = min(room, FINEST_STEPS)
        if steps < 2:
            raise OverflowError(
                "the stages of this problem do not fit into 64-bit integers at once"
            )
        step = spread / steps if spread > 0 else 1.0
        highest = int(np.ceil(spread / step)) if spread > 0 else 0
        place = np.zeros(len(class_sizes), dtype=np.int64)
        pair = 0
        if coverage_first:
            pair = (highest + 1) * (pairs + 1)
            value = pair * (pairs + 1) if several else 0
            for c in range(len(class_sizes) - 1, -1, -1):
                place[c] = value
                value = (value + pair) * (int(class_sizes[c]) + 1) if c else value
        return cls(base, step, highest, pair, place)

    def integers(self, scores: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
        """Round finite scores to integers."""
        return np.asarray(np.rint((scores - self.low) / self.step), dtype=np.int64)
