"""Kaplan–Meier: how long pairs last, when many still run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from mentormatch.errors import ProblemError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["kaplan_meier", "median_time", "share_after"]


def kaplan_meier(durations: ArrayLike, happened: ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """Estimate the share to which something has not happened yet, as time goes on.

    Those to whom it has not happened when they were last seen are censored: they count for as long
    as they were seen.

    Parameters
    ----------
    durations
        How long each was seen, 0 or more.
    happened
        Whether it happened then.
    level
        Of the pointwise interval, on the scale of log(−log S).

    Returns
    -------
    DataFrame
        One row per time at which it happened: time, at_risk, events, share, std_error (Greenwood),
        low, high.

    Raises
    ------
    ProblemError
        Durations that are negative or not finite, or another number of ``happened``.

    References
    ----------
    .. [1] E. L. Kaplan and P. Meier (1958), Nonparametric estimation from incomplete observations.
    .. [2] J. D. Kalbfleisch and R. L. Prentice (1980), The statistical analysis of failure time
       data: the interval.

    Examples
    --------
    >>> kaplan_meier([1, 2, 2, 4], [True, True, False, False])["share"].tolist()
    [0.75, 0.5]
    """
    time = np.asarray(durations, dtype=np.float64)
    event = np.asarray(happened, dtype=bool)
    if time.ndim != 1 or time.shape != event.shape:
        raise ProblemError(
            "durations and happened must be two lists, equally long; got the shapes "
            f"{time.shape} and {event.shape}."
        )
    if not np.isfinite(time).all():
        raise ProblemError(
            f"durations must be finite, got {time[~np.isfinite(time)][0]:g}. Leave out who has "
            "none, and give the days so far to whom nothing has happened yet."
        )
    if (time < 0).any():
        raise ProblemError(f"A duration is negative: {time.min():g}. Check the dates.")
    times, counts = np.unique(time[event], return_counts=True)
    at_risk = len(time) - np.searchsorted(np.sort(time), times, side="left")
    share = np.cumprod(1 - counts / np.maximum(at_risk, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.cumsum(counts / (at_risk * (at_risk - counts)))
        error = share * np.sqrt(hazard)
        spread = float(special.ndtri(0.5 + level / 2)) * np.sqrt(hazard) / np.log(share)
        low, high = share ** np.exp(-spread), share ** np.exp(spread)
    # Where nobody is left the estimate is 0 and has no such error.
    gone = share <= 0
    error[gone] = np.nan
    low[gone], high[gone] = np.nan, np.nan
    return pd.DataFrame(
        {
            "time": times,
            "at_risk": at_risk,
            "events": counts,
            "share": share,
            "std_error": error,
            "low": np.minimum(low, high),
            "high": np.maximum(low, high),
        }
    )


def median_time(table: pd.DataFrame) -> float:
    """Return the first time at which the share is one half or less; NaN when it stays above."""
    reached = table.loc[table["share"] <= 0.5 + 1e-12, "time"]
    return float(reached.iloc[0]) if len(reached) else float("nan")


def share_after(table: pd.DataFrame, time: float) -> tuple[float, float, float]:
    """Return the share after some time, with its interval; 1 before anything happened."""
    before = table[table["time"] <= time]
    if not len(before):
        return 1.0, float("nan"), float("nan")
    last = before.iloc[-1]
    return float(last["share"]), float(last["low"]), float(last["high"])
