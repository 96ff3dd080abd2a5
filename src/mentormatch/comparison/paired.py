"""Paired differences of strategies over scenarios, with bootstrap intervals."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["paired_differences"]

RESAMPLES = 2000


def paired_differences(runs: pd.DataFrame, reference: str, measures: Sequence[str]) -> pd.DataFrame:
    """Compare each strategy with the reference scenario by scenario.

    ``runs`` has one row a scenario and strategy: scenario, strategy, and the measures. The answer
    has strategy, measure, mean, low, high (95 %, BCa bootstrap over scenarios), scenarios. The
    interval is one point where all scenarios agree, and missing where there is only one.
    """
    rows = []
    for measure in measures:
        wide = runs.pivot_table(index="scenario", columns="strategy", values=measure)
        for name in wide.columns:
            if name == reference:
                continue
            gaps = (wide[name] - wide[reference]).dropna().to_numpy(np.float64)
            low, high = _interval(gaps)
            mean = float(gaps.mean()) if len(gaps) else np.nan
            rows.append((name, measure, mean, low, high, len(gaps)))
    columns = ["strategy", "measure", "mean", "low", "high", "scenarios"]
    return pd.DataFrame(rows, columns=columns)


def _interval(gaps: NDArray[np.float64]) -> tuple[float, float]:
    if len(gaps) < 2:
        return np.nan, np.nan
    if np.ptp(gaps) == 0:
        return float(gaps[0]), float(gaps[0])
    with warnings.catch_warnings():
        # Where all but one scenario agree, the acceleration may be undefined: percentiles then.
        warnings.simplefilter("ignore")
        # SciPy before 1.15 has no rng=.
        rng = np.random.default_rng(0)
        found = scipy.stats.bootstrap(
            (gaps,), np.mean, n_resamples=RESAMPLES, random_state=rng, method="BCa"
        ).confidence_interval
    if np.isnan(found.low) or np.isnan(found.high):
        rng = np.random.default_rng(0)
        means = rng.choice(gaps, size=(RESAMPLES, len(gaps))).mean(axis=1)
        return tuple(np.quantile(means, [0.025, 0.975]).tolist())
    return float(found.low), float(found.high)
