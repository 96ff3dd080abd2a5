"""Confidence intervals of rates and means, permutation tests of gaps, correction of p-values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "bca",
    "difference_of",
    "fisher",
    "holm",
    "newcombe",
    "permutation_gaps",
    "ratio_of",
    "ratio_of_rates",
    "resampled_means",
    "unseen",
    "wilson",
]

# Resamples are drawn in pieces of about this many numbers.
PIECE = 2**22


def wilson(successes: float, count: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a rate.

    Source: E. B. Wilson (1927), Probable inference, the law of succession, and statistical
    inference.
    """
    if count == 0:
        return 0.0, 1.0
    z = float(special.ndtri(0.5 + level / 2))
    rate = successes / count
    centre = (rate + z * z / (2 * count)) / (1 + z * z / count)
    half = (
        z * np.sqrt(rate * (1 - rate) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    )
    # At a rate of exactly 0 or 1 the formula is exact, its rounding is not.
    low = 0.0 if successes == 0 else max(0.0, float(centre - half))
    return low, 1.0 if successes == count else min(1.0, float(centre + half))


def unseen(value: float, count: int, low: float, high: float, level: float) -> tuple[float, float]:
    """Interval of a mean when all values of a sample are equal.

    A bootstrap of equal values has no width, although people who were not seen may differ. With
    ``count`` equal values at most the share 1 − (α/2)^(1/count) of them do, each with a value
    between ``low`` and ``high``, the smallest and the largest that anybody may have. NaN twice
    where nothing else than ``value`` is known to be possible. Source: C. J. Clopper and E. S.
    Pearson (1934), The use of confidence or fiducial limits illustrated in the case of the
    binomial.
    """
    if not low < high:
        return float("nan"), float("nan")
    share = 1.0 - ((1.0 - level) / 2) ** (1.0 / count)
    return value - share * (value - low), value + share * (high - value)


def difference_of(
    first: float, of_first: tuple[float, float], second: float, of_second: tuple[float, float]
) -> tuple[float, float]:
    """Interval of the difference of two independent estimates from their intervals (MOVER).

    Each estimate stands before the ends of its interval. Source: G. Y. Zou and A. Donner (2008),
    Construction of confidence limits about effect measures: a general approach.
    """
    (l1, u1), (l2, u2) = of_first, of_second
    difference = first - second
    low = difference - np.hypot(first - l1, u2 - second)
    high = difference + np.hypot(u1 - first, second - l2)
    return float(low), float(high)


def ratio_of(
    first: float, of_first: tuple[float, float], second: float, of_second: tuple[float, float]
) -> tuple[float, float]:
    """Interval of the ratio of two independent estimates of 0 or more (MOVER-R).

    Each estimate stands before the ends of its interval. The lower end is computed as the upper end
    of the inverse ratio, which has no pole where the second estimate could be twice as large.
    Source: A. Donner and G. Y. Zou (2012), Closed-form confidence intervals for functions of the
    normal mean and standard deviation.
    """
    (l1, u1), (l2, u2) = of_first, of_second
    product = first * second
    least, most = l1 * (2 * first - l1), u1 * (2 * first - u1)
    smallest, largest = l2 * (2 * second - l2), u2 * (2 * second - u2)
    under = product + np.sqrt(max(product**2 - least * largest, 0.0))
    low = least / under if under > 0 else 0.0
    over = product + np.sqrt(max(product**2 - most * smallest, 0.0))
    high = over / smallest if smallest > 0 else np.inf
    return max(0.0, float(low)), float(high)


def newcombe(
    first: tuple[float, int], second: tuple[float, int], level: float = 0.95
) -> tuple[float, float]:
    """Newcombe's interval of a difference of two rates; each is (successes, count).

    Source: R. G. Newcombe (1998), Interval estimation for the difference between independent
    proportions: comparison of eleven methods, method 10.
    """
    p, q = first[0] / first[1], second[0] / second[1]
    return difference_of(p, wilson(*first, level), q, wilson(*second, level))


def ratio_of_rates(
    first: tuple[float, int], second: tuple[float, int], level: float = 0.95
) -> tuple[float, float]:
    """Interval of the ratio of two rates by MOVER-R; each is (successes, count)."""
    p, q = first[0] / first[1], second[0] / second[1]
    return ratio_of(p, wilson(*first, level), q, wilson(*second, level))


def resampled_means(
    values: NDArray[np.float64], resamples: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw bootstrap samples and return their means.

    Values are (people, measures), the means (resamples, measures); memory is O(piece).
    """
    n = len(values)
    means = np.empty((resamples, values.shape[1]))
    step = max(1, PIECE // max(n, 1))
    for start in range(0, resamples, step):
        drawn = rng.integers(0, n, (min(step, resamples - start), n))
        for k in range(values.shape[1]):
            means[start : start + step, k] = values[drawn, k].mean(axis=1)
    return means


def bca(
    estimate: float,
    resampled: NDArray[np.float64],
    influence: NDArray[np.float64],
    level: float = 0.95,
) -> tuple[float, float]:
    """Bias-corrected and accelerated bootstrap interval.

    ``resampled`` (resamples,) is on samples drawn with replacement; ``influence`` (people,) is how
    the estimate leans on each person, and gives the acceleration. Source: B. Efron (1987), Better
    bootstrap confidence intervals.
    """
    if not np.isfinite(resampled).all() or not np.isfinite(estimate):
        return float("nan"), float("nan")
    if resampled.max() == resampled.min():
        return float(resampled[0]), float(resampled[0])
    below = (resampled < estimate).mean() + (resampled == estimate).mean() / 2
    count = len(resampled)
    bias = special.ndtri(np.clip(below, 1 / (count + 1), count / (count + 1)))
    squares = float(np.sum(influence**2))
    lean = float(np.sum(influence**3)) / (6 * squares**1.5) if squares > 0 else 0.0
    ends = special.ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    shares = special.ndtr(bias + (bias + ends) / (1 - lean * (bias + ends)))
    low, high = np.quantile(resampled, shares)
    return float(low), float(high)


def fisher(first: tuple[float, int], second: tuple[float, int]) -> float:
    """Two-sided p-value of Fisher's exact test of two rates; each is (successes, count)."""
    table = np.array([[int(hits), int(count - hits)] for hits, count in (first, second)])
    return float(scipy.stats.fisher_exact(table)[1])


def holm(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """p-values corrected for many tests by Holm's method; NaN stays NaN and is not a test.

    Source: S. Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    corrected = np.full(len(p_values), np.nan)
    tests = np.flatnonzero(~np.isnan(p_values))
    order = tests[np.argsort(p_values[tests], kind="stable")]
    steps = p_values[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return corrected


def permutation_gaps(
    values: NDArray[np.float64],
    codes: NDArray[np.intp],
    strata: NDArray[np.intp],
    resamples: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """p-values of the largest gap between group means, by permuting labels within strata.

    Valid however the outcomes depend on each other through capacity, if labels do not matter among
    people of one stratum. Values are (people, measures), codes (people,) groups from 0; labels are
    exchanged only within one of the strata (people,). The answer (measures,) is (1 + permutations
    with a gap at least as large) / (1 + permutations).
    """
    counts = np.bincount(codes).astype(np.float64)
    centred = values - values.mean(axis=0)

    def gaps(labels: NDArray[np.intp]) -> NDArray[np.float64]:
        means = np.stack(
            [np.bincount(labels, weights=column) / counts for column in centred.T], axis=1
        )
        return np.asarray(means.max(axis=0) - means.min(axis=0))

    observed = gaps(codes)
    # Sums taken in another order differ in the last digits; equal gaps must count as equal.
    least = observed - 1e-12 * np.maximum(1.0, np.abs(centred).max(axis=0, initial=0.0))
    order = np.argsort(strata, kind="stable")
    centred, labels = np.asfortranarray(centred[order]), codes[order]
    layers = np.split(labels, np.flatnonzero(np.diff(strata[order])) + 1)
    hits = np.zeros(values.shape[1])
    for _ in range(resamples):
        # Views of the labels: strata stay in place, and within them the order is random.
        for layer in layers:
            rng.shuffle(layer)
        hits += gaps(labels) >= least
    return (1 + hits) / (1 + resamples)
