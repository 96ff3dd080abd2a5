"""Measures by group, and gaps between groups, with intervals and p-values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.audits.fairness.intervals import (
    bca,
    difference_of,
    fisher,
    holm,
    newcombe,
    permutation_gaps,
    ratio_of,
    ratio_of_rates,
    resampled_means,
    unseen,
    wilson,
)
from mentormatch.audits.fairness.measures import theil, theil_between
from mentormatch.audits.fairness.outcomes import MEASURES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.audits.fairness.outcomes import Measured, Outcomes
    from mentormatch.problem.groups import Grouping

__all__ = ["Sampling", "compare_groups", "correct_p_values", "inequality_between"]

SUPPRESSED, SMALL = 5, 30
FOUR_FIFTHS = 0.8
STRATA = 10


@dataclass(frozen=True, slots=True)
class Sampling:
    """Settings of the bootstrap and of the permutation tests.

    Parameters
    ----------
    resamples
        Bootstrap samples and permutations, each.
    level
        Of the intervals.
    seed
        Of every draw.
    """

    resamples: int
    level: float
    seed: int


def compare_groups(
    grouping: Grouping, outcomes: Outcomes, sampling: Sampling
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """Compute values by group, gaps between groups, and warnings for one grouping.

    Groups of fewer than 5 people are left out of everything; below 30 they are warned of.
    """
    rng = np.random.default_rng([sampling.seed, len(grouping.name), len(grouping.names)])
    side = grouping.side
    included = outcomes.included[side]
    counts = np.bincount(grouping.codes[included], minlength=len(grouping.names))
    shown = np.flatnonzero(counts >= SUPPRESSED)
    warnings = _warnings(grouping, counts)
    measures = [measure for measure in MEASURES if measure.side == side]
    place = {int(code): k for k, code in enumerate(shown)}
    keep = included & np.isin(grouping.codes, shown)
    codes = np.array([place[int(code)] for code in grouping.codes[keep]], dtype=np.intp)
    values = np.stack([outcomes.by_person[side, one.name][keep] for one in measures], axis=1)
    means = {k: values[codes == k] for k in range(len(shown))}
    drawn = {k: resampled_means(part, sampling.resamples, rng) for k, part in means.items()}
    ranges = [_range_of(column) for column in values.T]
    rows = [
        _row(grouping, int(code), len(means[k]), measures, means[k], drawn[k], ranges, sampling)
        for k, code in enumerate(shown)
    ]
    rows += [
        {"side": side, "grouping": grouping.name, "group": grouping.names[code], "count": None}
        for code in np.flatnonzero((counts > 0) & (counts < SUPPRESSED))
    ]
    if len(shown) < 2:
        if len(grouping.names) > 1:
            warnings.append(
                f"{grouping.name} ({side}): fewer than two groups have {SUPPRESSED} people; "
                "nothing to compare"
            )
        return rows, [], warnings
    before = np.array([one.source == "scores" for one in measures])
    strata = _strata(outcomes.eligible[side][keep])
    tests = np.empty(len(measures))
    # Eligibility itself cannot be tested within strata of eligibility.
    for chosen, layers in ((before, np.zeros_like(strata)), (~before, strata)):
        tests[chosen] = permutation_gaps(values[:, chosen], codes, layers, sampling.resamples, rng)
    gaps = [
        _gap(grouping, shown, measure, column, means, drawn, ranges, float(tests[column]), sampling)
        for column, measure in enumerate(measures)
    ]
    return rows, gaps, warnings


def _warnings(grouping: Grouping, counts: NDArray[np.intp]) -> list[str]:
    """List groups that are left out and groups that are small."""
    where = f"{grouping.name} ({grouping.side})"
    named = list(zip(grouping.names, counts.tolist(), strict=True))
    tiny = [name for name, count in named if 0 < count < SUPPRESSED]
    small = [f"{name} ({count})" for name, count in named if SUPPRESSED <= count < SMALL]
    said = []
    if tiny:
        said.append(
            f"{where}: fewer than {SUPPRESSED} people, left out so that nobody is recognised: "
            f"{', '.join(tiny)}"
        )
    if small:
        said.append(f"{where}: fewer than {SMALL} people, so uncertain: {', '.join(small)}")
    return said


def _row(
    grouping: Grouping,
    code: int,
    count: int,
    measures: list[Measured],
    values: NDArray[np.float64],
    drawn: NDArray[np.float64],
    ranges: list[tuple[float, float]],
    sampling: Sampling,
) -> dict[str, object]:
    """Return the row of one group: count, and each measure with its interval."""
    row: dict[str, object] = {
        "side": grouping.side,
        "grouping": grouping.name,
        "group": grouping.names[code],
        "count": count,
    }
    for column, measure in enumerate(measures):
        own = values[:, column]
        mean = float(own.mean())
        if measure.is_rate:
            low, high = wilson(float(own.sum()), count, sampling.level)
        else:
            low, high = _mean_interval(own, drawn[:, column], ranges[column], sampling.level)
        row |= {measure.name: mean, f"{measure.name}_low": low, f"{measure.name}_high": high}
    return row


def _gap(
    grouping: Grouping,
    shown: NDArray[np.intp],
    measure: Measured,
    column: int,
    values: dict[int, NDArray[np.float64]],
    drawn: dict[int, NDArray[np.float64]],
    ranges: list[tuple[float, float]],
    p_value: float,
    sampling: Sampling,
) -> dict[str, object]:
    """Compare the worst group with the best in one measure."""
    means = {k: float(part[:, column].mean()) for k, part in values.items()}
    worst, best = min(means, key=lambda k: means[k]), max(means, key=lambda k: means[k])
    if worst == best:
        worst, best = 0, 1
    low_mean, high_mean = means[worst], means[best]
    one, other = values[worst][:, column], values[best][:, column]
    p_fisher = float("nan")
    if measure.is_rate:
        few, many = (float(one.sum()), len(one)), (float(other.sum()), len(other))
        low, high = newcombe(many, few, sampling.level)
        ratio_low, ratio_high = ratio_of_rates(few, many, sampling.level)
        # The two groups were chosen for being furthest apart: every pair of groups is a test.
        pairs = len(means) * (len(means) - 1) // 2
        p_fisher = min(1.0, pairs * fisher(few, many))
    elif np.ptp(one) == 0 or np.ptp(other) == 0:
        of_one, of_other = (
            _mean_interval(
                values[k][:, column], drawn[k][:, column], ranges[column], sampling.level
            )
            for k in (worst, best)
        )
        low, high = difference_of(high_mean, of_other, low_mean, of_one)
        ratio_low = ratio_high = float("nan")
        if high_mean > 0 and all(end >= 0 for end in (low_mean, of_one[0], of_other[0])):
            ratio_low, ratio_high = ratio_of(low_mean, of_one, high_mean, of_other)
    else:
        lean = np.concatenate([(other - high_mean) / len(other), -(one - low_mean) / len(one)])
        difference = drawn[best][:, column] - drawn[worst][:, column]
        low, high = bca(high_mean - low_mean, difference, lean, sampling.level)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = drawn[worst][:, column] / drawn[best][:, column]
        ratio_low = ratio_high = float("nan")
        if high_mean > 0 and low_mean >= 0:
            part = np.concatenate(
                [
                    -(other - high_mean) * low_mean / high_mean**2 / len(other),
                    (one - low_mean) / high_mean / len(one),
                ]
            )
            ratio_low, ratio_high = bca(low_mean / high_mean, ratios, part, sampling.level)
    ratio = low_mean / high_mean if high_mean > 0 and low_mean >= 0 else float("nan")
    return {
        "side": grouping.side,
        "grouping": grouping.name,
        "measure": measure.name,
        "source": measure.source,
        "worst": grouping.names[shown[worst]],
        "best": grouping.names[shown[best]],
        "difference": high_mean - low_mean,
        "low": low,
        "high": high,
        "ratio": ratio,
        "ratio_low": ratio_low,
        "ratio_high": ratio_high,
        "four_fifths": _four_fifths(ratio, ratio_low, ratio_high) if measure.is_rate else "",
        "p_permutation": p_value,
        "p_fisher": p_fisher,
    }


def _range_of(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the range of values people may have: 0 to 1 if all seen lie there, else those seen."""
    low, high = float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))
    return (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)


def _mean_interval(
    values: NDArray[np.float64],
    drawn: NDArray[np.float64],
    bounds: tuple[float, float],
    level: float,
) -> tuple[float, float]:
    """Compute the interval of a mean; equal values get one that allows for people not seen."""
    mean = float(values.mean())
    if np.ptp(values) == 0:
        return unseen(mean, len(values), *bounds, level)
    return bca(mean, drawn, values - mean, level)


def _four_fifths(ratio: float, low: float, high: float) -> str:
    """Apply the four-fifths rule of 29 CFR 1607.4(D), and say whether the interval settles it."""
    if np.isnan(ratio):
        return "undefined: nobody of the best group"
    side = "below 0.8" if ratio < FOUR_FIFTHS else "not below 0.8"
    settled = high < FOUR_FIFTHS or low >= FOUR_FIFTHS
    return side if settled else f"{side}, but the interval holds 0.8"


def _strata(eligible: NDArray[np.int64]) -> NDArray[np.intp]:
    """Assign people to deciles of their number of eligible partners; those with none apart."""
    some = eligible[eligible > 0]
    if not len(some):
        return np.zeros(len(eligible), dtype=np.intp)
    edges = np.unique(np.quantile(some, np.arange(1, STRATA) / STRATA))
    return np.asarray(
        np.where(eligible > 0, 1 + np.searchsorted(edges, eligible, side="right"), 0), np.intp
    )


def correct_p_values(gaps: pd.DataFrame) -> pd.DataFrame:
    """Add the p-values corrected over all rows (Holm)."""
    if len(gaps):
        p_values = gaps["p_permutation"].to_numpy(dtype=np.float64)
        return gaps.assign(p_holm=holm(p_values))
    return gaps


def inequality_between(grouping: Grouping, outcomes: Outcomes) -> dict[str, Any]:
    """Split the Theil index of what mentees get into between and within groups."""
    codes = grouping.codes[outcomes.included["mentees"]]
    whole, between = theil(outcomes.utilities), theil_between(outcomes.utilities, codes)
    share = between / whole if whole > 0 else float("nan")
    return {
        "grouping": grouping.name,
        "theil": whole,
        "between": between,
        "within": whole - between,
        "share_between": share,
    }
