"""Bounds for outcomes of pairs that could not be drawn, from assumptions about scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from mentormatch.matching import Matching

__all__ = ["bounds_of_unsupported", "isotonic_means"]


def isotonic_means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the closest sequence that never falls, by pooling neighbours that do."""
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(values).x, dtype=np.float64)


def bounds_of_unsupported(
    logged: Matching,
    wanted: sparse.csr_array,
    chances: sparse.csr_array,
    values: NDArray[np.float64],
    assume: Literal["none", "monotone", "lipschitz"],
    limits: tuple[float, float],
    lipschitz: float | None,
) -> tuple[float, float]:
    """Bound the mean outcome of the target's pairs that the lottery could not draw.

    ``wanted`` and ``chances`` are sparse arrays (mentees, mentors) of the target's and the
    lottery's chances; ``values`` are outcomes of the drawn pairs, NaN where unknown. With
    "monotone" the outcome does not fall as the score rises, up to noise that is pooled away; with
    "lipschitz" it changes by at most ``lipschitz`` per unit of score (None: the range of outcomes
    over the range of scores). ``limits`` are the worst and the best outcome.
    """
    table = wanted.tocoo()
    possible = np.asarray(chances[table.row, table.col]).ravel() > 0
    rows, columns = table.row[~possible].astype(np.intp), table.col[~possible].astype(np.intp)
    shares = table.data[~possible] / table.data[~possible].sum()
    scores = np.asarray(logged.problem.pairs(rows, columns).scores, dtype=np.float64)
    known = ~np.isnan(values)
    if not known.any():
        return limits
    order = np.argsort(logged.scores[known], kind="stable")
    seen, outcomes = logged.scores[known][order], values[known][order]
    levels = isotonic_means(outcomes)
    if assume == "monotone":
        before = np.searchsorted(seen, scores, side="right") - 1
        after = np.searchsorted(seen, scores, side="left")
        low = np.where(before >= 0, levels[np.maximum(before, 0)], limits[0])
        last = len(seen) - 1
        high = np.where(after <= last, levels[np.minimum(after, last)], limits[1])
    else:
        span = float(np.ptp(logged.scores)) or 1.0
        constant = (limits[1] - limits[0]) / span if lipschitz is None else float(lipschitz)
        low, high = _lipschitz_bounds(scores, seen, levels, constant)
    low, high = np.clip(low, *limits), np.clip(high, *limits)
    # Noise may let the two cross; then neither is believed beyond the other.
    low, high = np.minimum(low, high), np.maximum(low, high)
    return float(shares @ low), float(shares @ high)


def _lipschitz_bounds(
    scores: NDArray[np.float64],
    seen: NDArray[np.float64],
    levels: NDArray[np.float64],
    constant: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Largest lower and smallest upper cone at each score, by running extremes from both sides."""
    rising_low = np.maximum.accumulate(levels + constant * seen)
    falling_low = np.maximum.accumulate((levels - constant * seen)[::-1])[::-1]
    rising_high = np.minimum.accumulate(levels - constant * seen)
    falling_high = np.minimum.accumulate((levels + constant * seen)[::-1])[::-1]
    place = np.searchsorted(seen, scores, side="right")
    low = np.full(len(scores), -np.inf)
    high = np.full(len(scores), np.inf)
    left, right = place > 0, place < len(seen)
    low[left] = rising_low[place[left] - 1] - constant * scores[left]
    high[left] = rising_high[place[left] - 1] + constant * scores[left]
    low[right] = np.maximum(low[right], falling_low[place[right]] + constant * scores[right])
    high[right] = np.minimum(high[right], falling_high[place[right]] - constant * scores[right])
    return low, high
