"""The numbers by which matchings of one problem are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from mentormatch.audits import fairness_of, stability_of
from mentormatch.audits.fairness.measures import gini, worst_mean
from mentormatch.audits.fairness.outcomes import outcomes_of

if TYPE_CHECKING:
    from mentormatch.matching import Matching

__all__ = ["MEASURES", "Measure", "better_of", "measure_matching"]

Direction: TypeAlias = Literal["more", "less", "neither"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of a comparison.

    Parameters
    ----------
    name
        Of the column.
    better
        Whether "more" or "less" of it is better; "neither" is never compared.
    words
        What one of it is called in a sentence.
    """

    name: str
    better: Direction
    words: str


MEASURES = (
    Measure("coverage", "more", "mentees with a mentor"),
    Measure("total", "more", "total score"),
    Measure("mean", "more", "mean score of a mentee"),
    Measure("minimum", "more", "score of the worst-off"),
    Measure("worst_tenth", "more", "mean score of the worst-off tenth"),
    Measure("gini", "less", "inequality (Gini)"),
    Measure("first_choices", "more", "first choices"),
    Measure("blocking_pairs", "less", "pairs that would rather leave together"),
    Measure("largest_epsilon", "less", "most that two who would rather leave together both gain"),
    Measure("justified_envy", "less", "mentees with justified envy"),
    Measure("load_spread", "less", "spread of loads"),
)
# The numbers by which one matching dominates another; the others follow from them or describe.
DOMINANCE = ("coverage", "total", "minimum", "worst_tenth", "gini", "blocking_pairs")
ROUNDING = 1e-9


def measure_matching(
    matching: Matching, reference: Matching | None = None, groups: object = None
) -> dict[str, object]:
    """Measure one matching from its problem and pairs alone.

    Parameters
    ----------
    matching
        The matching in question.
    reference
        A matching of the same problem; gives the prices of fairness and stability.
    groups
        As in `mentormatch.audit`; each grouping adds its widest gap of match rate and mean score.

    Returns
    -------
    dict with the names of `MEASURES`; price_of_fairness, the share of the reference's total that is
    given up (NaN where coverage differs or that total is not above 0), and price_of_stability, the
    same where nothing is left to block the matching, else NaN; and for each grouping ``gap[…]``
    columns.
    """
    outcomes = outcomes_of(matching, top=1, unmatched_value=0.0)
    stability = stability_of(matching, reference=reference, limit=0)
    got = outcomes.utilities
    wanting, offering = outcomes.included["mentees"], outcomes.included["mentors"]
    loads = matching.loads.to_numpy(np.float64)[offering]
    first = outcomes.by_person["mentees", "first_choice_rate"][wanting]
    found: dict[str, object] = {
        "coverage": matching.n_matched,
        "total": matching.total,
        "mean": float(got.mean()) if len(got) else np.nan,
        "minimum": float(got.min()) if len(got) else np.nan,
        "worst_tenth": worst_mean(got),
        "gini": gini(got),
        "first_choices": int(first.sum()),
        "blocking_pairs": stability.weak,
        "largest_epsilon": stability.largest_epsilon,
        "justified_envy": int(np.count_nonzero(outcomes.justified)),
        "load_spread": float(loads.std()) if len(loads) else np.nan,
    }
    price = np.nan
    if reference is not None and matching.n_matched == reference.n_matched and reference.total > 0:
        price = (reference.total - matching.total) / reference.total
    found["price_of_fairness"] = price
    found["price_of_stability"] = price if stability.weak == 0 else np.nan
    if groups is not None:
        found |= _group_gaps(matching, groups)
    return found


def _group_gaps(matching: Matching, groups: object) -> dict[str, float]:
    """Return the widest difference between groups, with its interval, by grouping and measure."""
    gaps = fairness_of(matching, groups, resamples=400).gaps
    found: dict[str, float] = {}
    for row in gaps.to_dict("records"):
        if row["side"] == "mentees" and row["measure"] in ("match_rate", "mean_score"):
            name = f"gap[{row['grouping']}, {row['measure']}]"
            found[name] = row["difference"]
            found[f"{name} low"] = row["low"]
            found[f"{name} high"] = row["high"]
    return found


def better_of(name: str, one: float, other: float) -> int:
    """Return 1 where ``one`` is better than ``other`` in this measure, −1 where worse, else 0."""
    measure = next(one for one in MEASURES if one.name == name)
    if measure.better == "neither" or np.isnan(one) or np.isnan(other):
        return 0
    gap = (one - other) if measure.better == "more" else (other - one)
    size = max(abs(one), abs(other), 1.0) * ROUNDING
    return int(gap > size) - int(gap < -size)
