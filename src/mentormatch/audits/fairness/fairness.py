"""The audit of fairness: inequality over people and gaps between groups, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.audits.fairness.comparing import (
    Sampling,
    compare_groups,
    correct_for_many,
    inequality_between,
)
from mentormatch.audits.fairness.measures import atkinson, gini, jain, lorenz, theil, worst_mean
from mentormatch.audits.fairness.outcomes import MEASURES, outcomes_of
from mentormatch.audits.fairness.small_groups import groups_to_show_together, merge_small_groups
from mentormatch.cohort.names import check_side
from mentormatch.displayed import Displayed
from mentormatch.errors import MentorMatchError, check_seed, is_number, is_whole
from mentormatch.matching import check_matching
from mentormatch.problem.groups import groupings_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.audits.fairness.outcomes import Outcomes
    from mentormatch.cohort import Side
    from mentormatch.matching import Matching
    from mentormatch.problem.groups import Grouping

__all__ = ["Fairness", "fairness_of"]

MOST_RESAMPLES = 1_000_000
INDEX = ["side", "grouping", "group"]
GAP_COLUMNS = [
    "side", "grouping", "measure", "source", "worst", "best", "difference", "low", "high",
    "low_all", "high_all", "ratio", "ratio_low", "ratio_high", "four_fifths", "p_permutation",
    "p_holm", "p_fisher",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Fairness(Displayed):
    """Inequality of a matching over people, and gaps between groups.

    Made by `fairness_of`, or as ``mm.audit(matching, groups=[...]).fairness``. There is no single
    verdict: what is fair enough is for people to say. No number about a group comes without an
    interval.

    Parameters
    ----------
    overall
        Series. Over the mentees who want a mentor: people, minimum, worst_tenth_mean, mean, gini,
        theil, atkinson, jain, envious (mentees who would rather have a mentor that somebody else
        has: than one of their own, or than none where they have fewer than they want),
        envious_lacking (how many of these have fewer than they want) and justified_envious (how
        many of the envious such a mentor would rather have than one of its mentees). Over the
        mentors with seats: load_mean, load_min, load_max, load_sd. With a reference: total,
        reference_total, matched, reference_matched, price_of_fairness.
    by_group
        DataFrame indexed by (side, grouping, group): count, and for each measure its value and the
        ends of its interval (``match_rate``, ``match_rate_low``, ``match_rate_high``, …). Empty
        where a group has fewer than 5 people, the count included. Where these are one group, or
        fewer than 5 people together, they are counted with the smallest other group, whose name
        says so. Empty, too, where with the groupings named before it the group would tell the
        numbers of fewer than 5 people by subtraction.
    gaps
        DataFrame, one row for each grouping and measure: the worst and the best group, difference
        and ratio with intervals, the four-fifths rule for rates, p-values. ``source`` tells what
        the scores do before anybody is matched from what the matching does.
    inequality
        DataFrame: Theil index of what mentees get, split into between and within groups.
    lorenz
        DataFrame: people, score.
    warnings
        Groups that are small or left out, measures without a meaning here.
    level, resamples, top
        Level of the intervals, number of resamples, k of the top-k rate.

    Notes
    -----
    Intervals are Wilson's for rates, Newcombe's and MOVER-R for their differences and ratios, and
    BCa bootstrap for means. Where all people of a group have one value, a bootstrap has no width:
    the interval then allows for people who were not seen (Clopper–Pearson), with values between the
    smallest and the largest of all groups, or between 0 and 1 where all lie there.
    ``p_permutation`` permutes labels among people who may have about as many of the other side (for
    measures of the scores: among all); ``p_holm`` corrects it over all rows, and ``low_all`` to
    ``high_all`` are intervals that hold for all of them at once (Bonferroni); ``p_fisher`` is
    Fisher's exact test of the worst against the best group, times the number of pairs of groups.
    Outcomes depend on each other through capacity: the permutation test allows for that; intervals
    and Fisher's test do not, and describe. The worst and the best group were chosen for being
    furthest apart: among many groups the interval of their gap is too narrow to test by, and the
    permutation test, which takes the largest gap each time, is not.
    """

    overall: pd.Series
    by_group: pd.DataFrame
    gaps: pd.DataFrame
    inequality: pd.DataFrame
    lorenz: pd.DataFrame
    warnings: tuple[str, ...]
    level: float
    resamples: int
    top: int

    def to_frame(self) -> pd.DataFrame:
        """Return everything as one tidy table.

        Returns
        -------
        DataFrame
            One row per number: side, grouping, group, measure, value, low, high, p_value, meaning.
        """
        rows: list[dict[str, object]] = [
            {"measure": name, "value": value} for name, value in self.overall.items()
        ]
        words = {(one.side, one.name): one.meaning for one in MEASURES}
        for row in self.by_group.reset_index().to_dict("records"):
            where = {name: row[name] for name in INDEX}
            rows.append({**where, "measure": "count", "value": row["count"]})
            rows.extend(
                {
                    **where,
                    "measure": one.name,
                    "value": row[one.name],
                    "low": row[f"{one.name}_low"],
                    "high": row[f"{one.name}_high"],
                    "meaning": words[one.side, one.name],
                }
                for one in MEASURES
                if one.side == row["side"] and pd.notna(row.get(one.name))
            )
        for row in self.gaps.to_dict("records"):
            against = f"{row['worst']} against {row['best']}"
            where = {"side": row["side"], "grouping": row["grouping"], "group": against}
            rows.append(
                {
                    **where,
                    "measure": f"{row['measure']}: difference",
                    "value": row["difference"],
                    "low": row["low"],
                    "high": row["high"],
                    "p_value": row["p_holm"],
                    "meaning": words[row["side"], row["measure"]],
                }
            )
            rows.append(
                {
                    **where,
                    "measure": f"{row['measure']}: ratio",
                    "value": row["ratio"],
                    "low": row["ratio_low"],
                    "high": row["ratio_high"],
                    "meaning": row["four_fifths"],
                }
            )
        columns = [*INDEX, "measure", "value", "low", "high", "p_value", "meaning"]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        one = self.overall
        lines = [
            f"Fairness over {int(one['people']):,} mentees: worst {one['minimum']:.3g}, worst "
            f"tenth {one['worst_tenth_mean']:.3g}, mean {one['mean']:.3g}; Gini {one['gini']:.3g}",
            f"  envy: {int(one['envious']):,} would rather have a mentor that somebody else has "
            f"({int(one['envious'] - one['envious_lacking']):,} than one of their own, "
            f"{int(one['envious_lacking']):,} than none), {int(one['justified_envious']):,} of "
            "them with a mentor who would rather have them, too",
            f"  loads: {one['load_min']:.0f} to {one['load_max']:.0f}, mean {one['load_mean']:.3g}",
        ]
        if "price_of_fairness" in one.index:
            lines.append(f"  {self._price()}")
        for source, words in (("scores", "before matching"), ("matching", "by the matching")):
            part = self.gaps[self.gaps["source"] == source]
            lines.extend(f"  {words}: {self._in_words(part.loc[k])}" for k in part.index)
        lines.extend(f"  warning: {warning}" for warning in self.warnings)
        return "\n".join(lines)

    def _price(self) -> str:
        one = self.overall
        if one["matched"] != one["reference_matched"]:
            return (
                f"reference: {one['matched']:.0f} matched with total {one['total']:.6g} here, "
                f"{one['reference_matched']:.0f} with {one['reference_total']:.6g} there; coverage "
                "differs, so there is no one price"
            )
        if np.isnan(one["price_of_fairness"]):
            return "price of fairness: undefined, the reference's total is not above 0"
        return (
            f"price of fairness: {one['price_of_fairness']:.2%} of the reference's total "
            f"{one['reference_total']:.6g}"
        )

    def _in_words(self, row: pd.Series) -> str:
        where = f"{row['grouping']} ({row['side']}), {row['measure']}"
        interval = f"{self.level:.0%} interval {row['low']:.3g} to {row['high']:.3g}"
        if np.isnan(row["low"]):
            interval = "no interval, for everybody has the same value"
        if row["difference"] == 0:
            return f"{where}: no gap ({interval})"
        p_value = f"p = {row['p_holm']:.2g}"
        tested = int(self.gaps["p_holm"].notna().sum())
        if tested > 1:
            every = f"{row['low_all']:.3g} to {row['high_all']:.3g}"
            interval += f" for this gap alone, {every} for all {tested} gaps at once"
            p_value += f", corrected for {tested} gaps (Holm)"
        text = (
            f"{where}: {row['worst']} is {row['difference']:.3g} behind {row['best']} "
            f"({interval}; {p_value})"
        )
        if row["four_fifths"]:
            text += f"; ratio {row['ratio']:.2f}, {row['four_fifths']}"
        return text


def fairness_of(
    matching: Matching,
    groups: object = None,
    *,
    reference: Matching | None = None,
    intersections: bool = False,
    side: Side | None = None,
    top: int = 3,
    epsilon: float = 0.5,
    unmatched_value: float = 0.0,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Fairness:
    """Measure inequality over people and gaps between groups.

    Parameters
    ----------
    matching
        The matching in question; only its pairs and its problem are read.
    groups
        A column or a list of columns of either table (a tuple of columns is their intersection), or
        a mapping from a name to labels: by id, or in the order of the problem. Labels are used here
        only.
    reference
        A matching of the same people, usually the optimal one, for the price of fairness.
    intersections
        Also compare the intersections of every two groupings of one side.
    side
        Look at the groups of this side only.
    top
        k of the top-k rate.
    epsilon
        Aversion to inequality of the Atkinson index.
    unmatched_value
        What having nobody is worth, in units of score.
    level
        Of the intervals.
    resamples
        Bootstrap samples and permutations.
    seed
        Of every draw.

    Raises
    ------
    ProblemError
        Groups that the people do not have.
    MentorMatchError
        Numbers out of range.

    Examples
    --------
    >>> import mentormatch as mm
    >>> matching = mm.match(mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]]))
    >>> found = mm.audits.fairness_of(matching)
    >>> float(found.overall["minimum"]), int(found.overall["envious"])
    (0.7, 1)
    """
    check_seed(seed)
    check_matching(matching, "fairness_of")
    if side is not None:
        check_side(side)
    _check(
        top=top, resamples=resamples, level=level, epsilon=epsilon, unmatched_value=unmatched_value
    )
    problem = matching.problem
    outcomes = outcomes_of(matching, top=top, unmatched_value=unmatched_value)
    groupings = groupings_of(problem, groups, intersections=intersections, side=side)
    sampling = Sampling(resamples, level, seed)
    rows: list[dict[str, object]] = []
    gaps: list[dict[str, object]] = []
    warnings: list[str] = []
    for grouping, seen in zip(groupings, _groups_shown(groupings, outcomes), strict=True):
        more_rows, more_gaps, more_warnings = compare_groups(grouping, outcomes, sampling, seen)
        rows, gaps, warnings = rows + more_rows, gaps + more_gaps, warnings + more_warnings
    overall = _overall(matching, outcomes, epsilon, reference)
    if np.isnan(overall["gini"]):
        warnings.append(
            "Gini, Theil and Atkinson need scores of 0 or more that are not all 0; left out"
        )
    names = dict.fromkeys(one.name for one in MEASURES)
    columns = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
    by_group = pd.DataFrame(rows, columns=[*INDEX, "count", *columns]).astype({"count": "Int64"})
    by_group = by_group.set_index(INDEX)
    between = [inequality_between(one, outcomes) for one in groupings if one.side == "mentees"]
    return Fairness(
        overall=overall,
        by_group=by_group.drop(columns=[c for c in columns if by_group[c].isna().all()]),
        gaps=correct_for_many(gaps, level).reindex(columns=GAP_COLUMNS),
        inequality=pd.DataFrame(
            between, columns=["grouping", "theil", "between", "within", "share_between"]
        ),
        lorenz=lorenz(outcomes.utilities),
        warnings=tuple(dict.fromkeys(warnings)),
        level=level,
        resamples=resamples,
        top=top,
    )


def _groups_shown(groupings: list[Grouping], outcomes: Outcomes) -> list[NDArray[np.bool_]]:
    """Return for each grouping which groups may be shown, beside those of the same side before."""
    shown: dict[int, NDArray[np.bool_]] = {}
    for side, included in outcomes.included.items():
        own = [k for k, one in enumerate(groupings) if one.side == side]
        merged = [merge_small_groups(groupings[k], included) for k in own]
        if own:
            shown |= zip(own, groups_to_show_together(merged, included), strict=True)
    return [shown[k] for k in range(len(groupings))]


def _check(
    *, top: int, resamples: int, level: float, epsilon: float, unmatched_value: float
) -> None:
    wrong = []
    if not is_whole(top, 1):
        wrong.append(f"top must be a whole number of 1 or more, got {top!r}")
    if not is_whole(resamples, 100) or resamples > MOST_RESAMPLES:
        wrong.append(
            "resamples must be a whole number, 100 or more for an interval to mean anything and at "
            f"most {MOST_RESAMPLES:,}, got {resamples!r}"
        )
    if not (is_number(level) and 0 < level < 1):
        wrong.append(f"level must lie between 0 and 1, such as 0.95, got {level!r}")
    if not (is_number(epsilon) and epsilon > 0):
        wrong.append(f"epsilon must be above 0, got {epsilon!r}")
    if not is_number(unmatched_value):
        wrong.append(f"unmatched_value must be a number, got {unmatched_value!r}")
    if wrong:
        raise MentorMatchError("; ".join(wrong) + ".")


def _overall(
    matching: Matching, outcomes: Outcomes, epsilon: float, reference: Matching | None
) -> pd.Series:
    """Compute the measures over all people."""
    got = outcomes.utilities
    loads = matching.loads.to_numpy(dtype=np.float64)[outcomes.included["mentors"]]
    lacking = matching.places < matching.problem.demands
    numbers: dict[str, float] = {
        "people": float(len(got)),
        "minimum": float(got.min()) if len(got) else float("nan"),
        "worst_tenth_mean": worst_mean(got),
        "mean": float(got.mean()) if len(got) else float("nan"),
        "gini": gini(got),
        "theil": theil(got),
        "atkinson": atkinson(got, epsilon),
        "jain": jain(got),
        "envious": float(np.count_nonzero(outcomes.envied)),
        "envious_lacking": float(np.count_nonzero((outcomes.envied > 0) & lacking)),
        "justified_envious": float(np.count_nonzero(outcomes.justified)),
        "load_mean": float(loads.mean()) if len(loads) else float("nan"),
        "load_min": float(loads.min()) if len(loads) else float("nan"),
        "load_max": float(loads.max()) if len(loads) else float("nan"),
        "load_sd": float(loads.std()) if len(loads) else float("nan"),
    }
    if reference is not None:
        same = matching.n_matched == reference.n_matched
        best = reference.total
        price = (best - matching.total) / best if same and best > 0 else float("nan")
        numbers |= {
            "total": matching.total,
            "reference_total": best,
            "matched": float(matching.n_matched),
            "reference_matched": float(reference.n_matched),
            "price_of_fairness": price,
        }
    return pd.Series(numbers, name="value", dtype=float)
