"""The one place where scores become integers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FINEST_STEPS", "IntegerScale", "common_step", "power_of_two_above"]

# OR-Tools multiplies costs by the number of nodes and adds a few of them up.
INT64_ROOM = 2**60
# Finer steps than this only cost the solver time: the sum of a million scores is still exact to
# 1e-6 of one.
FINEST_STEPS = 2**40


@dataclass(frozen=True, slots=True)
class IntegerScale:
    """Scores as non-negative integers.

    Rounding moves a score by at most ``error``: one step, or next to nothing when all scores are
    equal or multiples of a step.
    """

    low: float  # the score that becomes 0, in units of score
    step: float  # size of one integer step, in units of score
    error: float  # in units of score

    @classmethod
    def for_scores(
        cls, low: float, high: float, *, nodes: int, keep_zero: bool, grid: float = 0.0
    ) -> IntegerScale:
        """Choose the finest step that cannot overflow.

        ``low`` and ``high`` are the smallest and the largest score, ``nodes`` those of the flow
        network. ``keep_zero``: a score of 0 must become 0, because staying without is worth exactly
        that. ``grid``: all scores are multiples of it, and stay what they are when that fits; 0
        when there is no such number (see `common_step`).
        """
        base = 0.0 if keep_zero else low
        spread = max(abs(low), abs(high)) if keep_zero else high - low
        steps = min(INT64_ROOM // (nodes + 1), FINEST_STEPS)
        if spread <= 0:
            return cls(base, 1.0, 0.0)
        if grid and spread <= grid * steps:
            # What float64 makes of a multiple; sums of that are in every proof already.
            return cls(base, grid, 16 * float(np.finfo(np.float64).eps) * max(abs(low), abs(high)))
        # Numbers below the smallest normal one lose their digits, and a step of 0 divides nothing.
        step = max(spread / steps, float(np.finfo(np.float64).tiny))
        return cls(base, step, step)

    @classmethod
    def of(cls, scores: NDArray[np.float64], *, nodes: int, keep_zero: bool) -> IntegerScale:
        """Choose the step for these scores: the one of which all are multiples, where it fits."""
        low, high = (float(scores.min()), float(scores.max())) if len(scores) else (0.0, 0.0)
        grid = common_step(scores)
        return cls.for_scores(low, high, nodes=nodes, keep_zero=keep_zero, grid=grid)

    @staticmethod
    def largest_whole(pairs: int, nodes: int) -> int:
        """The largest whole number a score may be so that every sum on the way stays exact.

        The flow solver needs int64 for a cost times the number of nodes; proofs add up as many
        float64 as there are pairs, with room to tell sums apart that differ by 1.
        """
        return int(min(INT64_ROOM // (nodes + 1), FINEST_STEPS, 2**46 // (pairs + 1)))

    def integers(self, scores: NDArray[np.floating]) -> NDArray[np.int64]:
        """Round finite scores to integers."""
        whole = np.asarray(np.rint((scores - self.low) / self.step), dtype=np.int64)
        if self.low == 0:
            # However small, a loss stays a loss, and a gain a gain: a pair of negative score is not
            # made for nothing, and one of positive score is not left out.
            none = whole == 0
            whole[none] = np.sign(scores[none])
        return whole


def power_of_two_above(values: NDArray[np.float64]) -> float:
    """Return the power of two just above the largest absolute value, 1 where all are 0.

    Divided by it, values lie within −1 … 1 and keep every digit.
    """
    largest = float(np.abs(values).max(initial=0.0))
    return math.ldexp(1.0, math.frexp(largest)[1]) if 0 < largest < np.inf else 1.0


def common_step(scores: NDArray[np.float64]) -> float:
    """The largest number of which all scores are multiples, or 0 when there is none worth using.

    Scores from counts, levels and categories are multiples of a common fraction. As those small
    integers they are exact, and the flow solver is about twice as fast on them. Scores are finite;
    the answer is in their unit.
    """
    sizes = np.abs(scores)
    largest = float(sizes.max(initial=0.0))
    if not np.isfinite(largest) or largest == 0:
        return 0.0
    if largest > 2.0**22 and bool((scores == np.rint(scores)).all()):
        # Weights of a stage: whole already, and to be solved without any rounding.
        return 1.0
    blur, smallest = largest * 2.0**-40, largest * 2.0**-22
    step = largest
    # A few scores tell that there is no grid; where there is one, the first round finds most of it.
    for some in (sizes[:: max(1, len(sizes) // 64)], sizes):
        for _ in range(64):
            rest = some % step
            off = np.minimum(rest, step - rest) > blur
            if not off.any():
                break
            step = _common(step, float(rest[off][0]), blur)
            if step < smallest:
                return 0.0
            # Euclid's errors grow with the quotients; the largest score knows better.
            step = largest / round(largest / step)
        else:
            return 0.0
    whole = np.rint(scores / step)
    near = np.abs(scores - whole * step) <= blur * 2.0**-8
    # Next to 0 is not 0: a loss, however small, must stay one.
    return step if bool((near & ((whole != 0) | (scores == 0))).all()) else 0.0


def _common(a: float, b: float, blur: float) -> float:
    """Euclid's algorithm on two lengths that are known up to ``blur``."""
    while b > blur:
        rest = a % b
        a, b = b, 0.0 if b - rest <= blur else rest
    return a
