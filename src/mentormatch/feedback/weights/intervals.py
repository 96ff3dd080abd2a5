"""Intervals of learned weights when ratings of one mentor, or by one mentee, go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from mentormatch.feedback.weights.fitting import moments_of, shares_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["share_intervals"]

DRAWS = 400
# Draws at once: each is a row of weights for all ratings.
BYTES = 64 * 2**20


def share_intervals(
    values: NDArray[np.float64],
    outcomes: NDArray[np.float64],
    groups: NDArray[np.intp],
    clusterings: tuple[NDArray[np.intp], ...],
    weights: NDArray[np.float64],
    rng: np.random.Generator,
    levels: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Bootstrap each criterion's share of the weight, by one or two ways of going together.

    Where ratings go together in two ways, by mentor and by mentee, the variance is that of drawing
    mentors, plus that of drawing mentees, less that of drawing pairs (A. C. Cameron, J. B. Gelbach
    and D. L. Miller, 2011, Robust inference with multiway clustering). ``clusterings`` are one or
    more intp arrays (ratings,); a single one with a code for each rating is the plain bootstrap.
    Values, outcomes, groups and levels are as in `moments_of`, weights (ratings,). The answer is
    the estimate and the two ends of its 90 % interval, each (criteria,), as shares of the sum of
    weights between 0 and 1.
    """
    estimate = shares_of(moments_of(values, outcomes, groups, weights[None, :], levels))[0]

    def spread_over(clusters: NDArray[np.intp]) -> NDArray[np.float64]:
        codes = np.unique(clusters, return_inverse=True)[1].ravel()
        number = int(codes.max(initial=0)) + 1
        step = max(1, BYTES // (8 * max(len(outcomes), 1)))
        shares = []
        for start in range(0, DRAWS, step):
            size = min(step, DRAWS - start)
            counts = rng.multinomial(number, np.full(number, 1 / number), size=size)
            drawn = counts[:, codes] * weights
            shares.append(shares_of(moments_of(values, outcomes, groups, drawn, levels)))
        found = np.concatenate(shares)
        # Draws in which weights add up to nearly nothing have shares of any size: quantiles, not
        # moments.
        low, high = np.nanquantile(found, [0.05, 0.95], axis=0)
        return np.asarray((high - low) / (2 * scipy.stats.norm.ppf(0.95))) ** 2

    variance = spread_over(clusterings[0])
    number = len(np.unique(clusterings[0]))
    if len(clusterings) > 1:
        other = spread_over(clusterings[1])
        both = np.unique(np.column_stack(clusterings[:2]), axis=0, return_inverse=True)[1].ravel()
        joint = spread_over(both) if len(np.unique(both)) > max(number, 1) else variance
        most = np.maximum(variance, other)
        variance = np.maximum(variance + other - joint, most)
        number = min(number, len(np.unique(clusterings[1])))
    reach = scipy.stats.t.ppf(0.95, max(number - 1, 1)) * np.sqrt(variance)
    return estimate, np.clip(estimate - reach, 0.0, 1.0), np.clip(estimate + reach, 0.0, 1.0)
