"""Measures of inequality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["atkinson", "gini", "jain", "lorenz", "theil", "theil_between", "worst_mean"]


def _numbers(values: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64).ravel()


def _has_shares(values: NDArray[np.float64]) -> bool:
    """Tell whether shares of the sum exist: no value is negative and the sum is positive."""
    return bool(len(values) and values.min() >= 0 and values.sum() > 0)


def gini(values: ArrayLike) -> float:
    """Gini coefficient Σ|u_i − u_k| / (2 n² ū): 0 when all are equal, (n − 1)/n when one has all.

    NaN unless the numbers are 0 or more, and not all 0.
    """
    numbers = np.sort(_numbers(values))
    if not _has_shares(numbers):
        return float("nan")
    n = len(numbers)
    rank = 2 * np.arange(1, n + 1) - n - 1
    return float(max(rank @ numbers, 0.0) / (n * numbers.sum()))


def theil(values: ArrayLike) -> float:
    """Theil index, the mean of (u/ū) ln(u/ū): 0 when all are equal, ln n when one has all.

    NaN unless the numbers are 0 or more, and not all 0.
    """
    numbers = _numbers(values)
    if not _has_shares(numbers):
        return float("nan")
    share = numbers / numbers.mean()
    some = share > 0
    return float(max(np.sum(share[some] * np.log(share[some])) / len(numbers), 0.0))


def theil_between(values: ArrayLike, codes: ArrayLike) -> float:
    """Between-group part of the Theil index; the rest lies within groups, exactly.

    NaN unless the numbers are 0 or more, and not all 0; codes are whole numbers from 0: the group
    of each. Source: H. Theil (1967), Economics and Information Theory.
    """
    numbers, group = _numbers(values), np.asarray(codes)
    if not _has_shares(numbers):
        return float("nan")
    counts = np.bincount(group)
    means = np.bincount(group, weights=numbers)[counts > 0] / counts[counts > 0]
    relative, weight = means / numbers.mean(), counts[counts > 0] / len(numbers)
    some = relative > 0
    return float(np.sum(weight[some] * relative[some] * np.log(relative[some])))


def atkinson(values: ArrayLike, epsilon: float = 0.5) -> float:
    """Atkinson index: the share of the sum that could be given up if it were spread evenly.

    NaN unless the numbers are 0 or more, and not all 0. Epsilon, above 0, is the aversion to
    inequality; at 1 or more anybody with 0 makes it 1. Source: A. B. Atkinson (1970), On the
    measurement of inequality.
    """
    numbers = _numbers(values)
    if not _has_shares(numbers):
        return float("nan")
    share = numbers / numbers.mean()
    if epsilon >= 1 and (share == 0).any():
        return 1.0
    if epsilon == 1:
        return float(1 - np.exp(np.mean(np.log(share))))
    return float(1 - np.mean(share ** (1 - epsilon)) ** (1 / (1 - epsilon)))


def jain(values: ArrayLike) -> float:
    """Jain's index (Σu)² / (n Σu²): 1 when all are equal, 1/n when one has all.

    NaN when all are 0. Source: R. Jain, D. Chiu and W. Hawe (1984), A quantitative measure of
    fairness.
    """
    numbers = _numbers(values)
    squares = float(numbers @ numbers)
    return float(numbers.sum() ** 2 / (len(numbers) * squares)) if squares > 0 else float("nan")


def worst_mean(values: ArrayLike, share: float = 0.1) -> float:
    """Return the mean of the smallest ``share`` of the values, at least one of them."""
    numbers = np.sort(_numbers(values))
    if not len(numbers):
        return float("nan")
    return float(numbers[: max(1, int(np.ceil(share * len(numbers) - 1e-9)))].mean())


def lorenz(values: ArrayLike) -> pd.DataFrame:
    """Lorenz curve: share of the sum held by the worst-off share of people.

    ``people`` and ``score`` are both from 0 to 1, one row per person and one for the start.
    """
    numbers = np.sort(_numbers(values))
    sums: NDArray[np.float64] = np.concatenate([[0.0], np.cumsum(numbers)])
    if not _has_shares(numbers):
        sums = np.full(len(numbers) + 1, np.nan)
    people = np.arange(len(numbers) + 1) / max(len(numbers), 1)
    return pd.DataFrame({"people": people, "score": sums / sums[-1]})
