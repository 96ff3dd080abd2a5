"""Measures by group, and gaps between groups, with intervals and p-values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

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
from mentormatch.audits.fairness.small_groups import SUPPRESSED, merge_small_groups
from mentormatch.compatibility.ids import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.audits.fairness.outcomes import Measured, Outcomes
    from mentormatch.problem.groups import Grouping

__all__ = [
    "CERTAIN", "Sampling", "compare_groups", "correct_for_many", "inequality_between", "sort_gaps",
]  # fmt: skip

SMALL = 30
FOUR_FIFTHS = 0.8
STRATA = 10
CERTAIN = 0.05
# What makes groups small that are none.
SPELLED = "if some are one group spelled in several ways, write them alike"
# Under this key a gap holds how its interval depends on the level, until all gaps are known.
WITHIN = "within"


@dataclass(frozen=True, slots=True)
class Sampling:
    """Settings of the bootstrap and of the permutation tests."""

    resamples: int  # bootstrap samples and permutations, each
    level: float  # of the intervals
    seed: int  # of every draw


def compare_groups(
    grouping: Grouping, outcomes: Outcomes, sampling: Sampling, seen: NDArray[np.bool_]
) -> tuple[list[dict[str, object]], list[dict[str, object]], list[str]]:
    """Compute values by group, gaps between groups, and warnings for one grouping.

    Groups of fewer than 5 people are left out of everything; where they are one group, or fewer
    than 5 people together, they count with the smallest other group, or all people less the others
    would tell about them. Groups that `groups_to_show_together` hides (not ``seen``) are left out,
    too. Groups below 30 people are warned of.
    """
    rng = np.random.default_rng([sampling.seed, len(grouping.name), len(grouping.names)])
    side = grouping.side
    included = outcomes.included[side]
    given, grouping = grouping, merge_small_groups(grouping, included)
    counts = np.bincount(grouping.codes[included], minlength=len(grouping.names))
    shown = np.flatnonzero(seen)
    warnings = _warnings(grouping, counts, seen)
    merged = [name for name in grouping.names if name not in given.names]
    if merged:
        warnings.insert(
            0,
            f"{grouping.name} ({side}): groups of fewer than {SUPPRESSED} people are counted with "
            f"the smallest other one, {merged[0]!r}, so that nobody is recognised, also not by "
            f"subtraction; {SPELLED}",
        )
    measures = [measure for measure in MEASURES if measure.side == side]
    place = {int(code): k for k, code in enumerate(shown)}
    keep = included & np.isin(grouping.codes, shown)
    codes = np.array([place[int(code)] for code in grouping.codes[keep]], dtype=np.intp)
    values = np.stack([outcomes.by_person[side, one.name][keep] for one in measures], axis=1)
    means = {k: values[codes == k] for k in range(len(shown))}
    drawn = {k: resampled_means(part, sampling.resamples, rng) for k, part in means.items()}
    ranges = [_range_of(column) for column in values.T]
    rows = [
        _row(grouping, int(code), measures, means[k], drawn[k], ranges, sampling)
        for k, code in enumerate(shown)
    ]
    rows += [
        {"side": side, "grouping": grouping.name, "group": grouping.names[code], "count": None}
        for code in np.flatnonzero((counts > 0) & ~seen)
    ]
    if len(shown) < 2:
        if len(grouping.names) > 1:
            hidden = np.any((counts >= SUPPRESSED) & ~seen)
            few = "are shown" if hidden else f"have {SUPPRESSED} people"
            warnings.append(
                f"{grouping.name} ({side}): fewer than two groups {few}; nothing to compare"
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


def _warnings(grouping: Grouping, counts: NDArray[np.intp], seen: NDArray[np.bool_]) -> list[str]:
    """List groups that are left out and groups that are small."""
    where = f"{grouping.name} ({grouping.side})"
    named = list(zip(grouping.names, counts.tolist(), strict=True))
    tiny = sum(0 < count < SUPPRESSED for _, count in named)
    hidden = int(np.count_nonzero((counts >= SUPPRESSED) & ~seen))
    small = [
        f"{name} ({count})"
        for (name, count), shown in zip(named, seen, strict=True)
        if shown and count < SMALL
    ]
    said = []
    joined = [grouping.names[k] for k in grouping.joined if seen[k]]
    if joined:
        said.append(
            f"{where}: written in several ways that differ in upper and lower case or blanks only, "
            f"and counted as one group each: {', '.join(map(repr, joined))}"
        )
    if tiny:
        # What they have in common is not said either: it may be one person's date of birth.
        groups = format_count(tiny, "group")
        said.append(
            f"{where}: {groups} of fewer than {SUPPRESSED} people left out, so that nobody is "
            f"recognised{f'; {SPELLED}' if tiny > 1 else ''}"
        )
    if hidden:
        groups = format_count(hidden, "more group is", "more groups are")
        said.append(
            f"{where}: {groups} not shown, because together with the other columns that are "
            f"compared they would tell the numbers of fewer than {SUPPRESSED} people by "
            "subtraction; compared alone, this column shows them"
        )
    if small:
        said.append(f"{where}: fewer than {SMALL} people, so uncertain: {', '.join(small)}")
    return said


def _row(
    grouping: Grouping,
    code: int,
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
        "count": len(values),
    }
    for column, measure in enumerate(measures):
        own = values[:, column]
        mean = float(own.mean())
        if measure.is_rate:
            low, high = wilson(float(own.sum()), len(own), sampling.level)
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
    two = _Two(one, other, drawn[worst][:, column], drawn[best][:, column], ranges[column])
    # The two groups were chosen for being furthest apart: every pair of groups is a test.
    pairs = max(1, len(means) * (len(means) - 1) // 2)
    each = 1 - (1 - sampling.level) / pairs
    low, high = two.difference_within(each, is_rate=measure.is_rate)
    ratio_low, ratio_high = two.ratio_within(each, is_rate=measure.is_rate)
    p_fisher = float("nan")
    if measure.is_rate:
        p_fisher = min(1.0, pairs * fisher(*two.counts))
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
        # Chosen from so many pairs as the largest (Bonferroni).
        WITHIN: lambda level: two.difference_within(
            1 - (1 - level) / pairs, is_rate=measure.is_rate
        ),
    }


@dataclass(frozen=True, eq=False)
class _Two:
    """The worst and the best group in one measure: their values, and means drawn again."""

    worst: NDArray[np.float64]
    best: NDArray[np.float64]
    drawn_worst: NDArray[np.float64]
    drawn_best: NDArray[np.float64]
    bounds: tuple[float, float]

    @property
    def counts(self) -> tuple[tuple[float, int], tuple[float, int]]:
        """How many of each group have it, of how many."""
        few, many = self.worst, self.best
        return (float(few.sum()), len(few)), (float(many.sum()), len(many))

    @property
    def means(self) -> tuple[float, float]:
        """Of the worst and of the best group."""
        return float(self.worst.mean()), float(self.best.mean())

    def _are_equal(self) -> bool:
        return bool(np.ptp(self.worst) == 0 or np.ptp(self.best) == 0)

    def _mean_intervals(self, level: float) -> list[tuple[float, float]]:
        parts = ((self.worst, self.drawn_worst), (self.best, self.drawn_best))
        return [_mean_interval(own, drawn, self.bounds, level) for own, drawn in parts]

    def difference_within(self, level: float, *, is_rate: bool) -> tuple[float, float]:
        """Compute the interval of the best less the worst."""
        low_mean, high_mean = self.means
        if is_rate:
            few, many = self.counts
            return newcombe(many, few, level)
        if self._are_equal():
            of_worst, of_best = self._mean_intervals(level)
            return difference_of(high_mean, of_best, low_mean, of_worst)
        lean = np.concatenate(
            [(self.best - high_mean) / len(self.best), -(self.worst - low_mean) / len(self.worst)]
        )
        return bca(high_mean - low_mean, self.drawn_best - self.drawn_worst, lean, level)

    def ratio_within(self, level: float, *, is_rate: bool) -> tuple[float, float]:
        """Compute the interval of the worst by the best; NaN where a ratio has no meaning."""
        low_mean, high_mean = self.means
        if is_rate:
            return ratio_of_rates(*self.counts, level)
        nothing = float("nan"), float("nan")
        if not (high_mean > 0 and low_mean >= 0):
            return nothing
        if self._are_equal():
            of_worst, of_best = self._mean_intervals(level)
            if not (of_worst[0] >= 0 and of_best[0] >= 0):
                return nothing
            return ratio_of(low_mean, of_worst, high_mean, of_best)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = self.drawn_worst / self.drawn_best
        lean = np.concatenate(
            [
                -(self.best - high_mean) * low_mean / high_mean**2 / len(self.best),
                (self.worst - low_mean) / high_mean / len(self.worst),
            ]
        )
        return bca(low_mean / high_mean, ratios, lean, level)


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


def correct_for_many(gaps: Sequence[dict[str, object]], level: float) -> pd.DataFrame:
    """Make the table of all gaps, with what allows for looking at all of them.

    p-values are corrected by Holm's method; the intervals ``low_all`` to ``high_all`` hold all true
    differences at once with the chance ``level`` at least, each being made at 1 − (1 − level) / k
    for k gaps that are tested (Bonferroni), and each gap for all pairs of groups of which it is the
    largest.
    """
    table = pd.DataFrame(gaps)
    if not len(table):
        return table
    p_values = table["p_permutation"].to_numpy(dtype=np.float64)
    tested = max(1, int(np.count_nonzero(~np.isnan(p_values))))
    ends = [within(1 - (1 - level) / tested) for within in table.pop(WITHIN)]
    low, high = zip(*ends, strict=True)
    return table.assign(p_holm=holm(p_values), low_all=low, high_all=high)


def sort_gaps(gaps: pd.DataFrame) -> tuple[pd.Series[bool], pd.Series[bool]]:
    """Tell the gaps that are beyond chance, and those that perhaps are.

    Beyond chance is a gap whose corrected p-value is below 0.05 and whose corrected interval is
    above 0; perhaps is one of which one of both is true.
    """
    tested, apart = gaps["p_holm"] < CERTAIN, gaps["low_all"] > 0
    return tested & apart, tested ^ apart


def inequality_between(grouping: Grouping, outcomes: Outcomes) -> dict[str, object]:
    """Split the Theil index of what mentees get into between and within groups."""
    grouping = merge_small_groups(grouping, outcomes.included["mentees"])
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
