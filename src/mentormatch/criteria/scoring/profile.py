"""Profile of a set of criteria on a cohort: spread, influence, hard rules, warnings."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.criteria.scoring.normalised import scorer_of_criteria
from mentormatch.criteria.words.protected import protected_attribute
from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.compatibility import Compatibility
    from mentormatch.criteria.scoring.scorer import CriteriaScorer

__all__ = ["CriteriaProfile", "profile_of"]

# So many pairs give every share to about a tenth of a percent.
PAIRS = 400_000
MENTEES = 400
DOMINATES = 0.8
NEARLY_ALWAYS = 0.9


@dataclass(frozen=True, eq=False)
class CriteriaProfile:
    """How criteria are spread, how much each decides, and what each hard rule takes out.

    Parameters
    ----------
    spread
        One row per weighted criterion, by label: weight (normalised over the weighted criteria,
        both sides together), missing (share of pairs), mean, std, min, median, max of the values of
        eligible pairs that are not missing, and variance_share: the covariance of its contribution
        with the score by the variance of the score. The shares add up to 1.
    rules
        One row per hard rule: pairs (how many it forbids), share (of all pairs).
    warnings
        In words: a criterion that is constant, dominates, or is nearly always missing; a column
        named like a protected attribute.
    pairs
        How many pairs were looked at, and of how many.
    reciprocity
        How the sides are joined; the variance is that of their mean.
    labels
        Of all criteria, hard rules included.
    """

    spread: pd.DataFrame
    rules: pd.DataFrame
    warnings: tuple[str, ...]
    pairs: tuple[int, int]
    reciprocity: str
    labels: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join(
            [
                self._title(),
                self.spread.round(3).to_string(),
                "",
                self.rules.round(3).to_string() if len(self.rules) else "no hard rules",
                *(f"warning: {text}" for text in self.warnings),
            ]
        )

    def _repr_html_(self) -> str:
        warned = "".join(f"<li>{html.escape(text)}</li>" for text in self.warnings)
        return (
            f"<p>{html.escape(self._title())}</p>{self.spread.round(3).to_html()}{self.rules.round(3).to_html()}"
            f"<ul>{warned}</ul>"
        )

    def _title(self) -> str:
        seen, all_pairs = self.pairs
        how = "all" if seen == all_pairs else f"a sample of {seen:,} of"
        return f"Profile of {how} {all_pairs:,} pairs"


def profile_of(compatibility: Compatibility, seed: int) -> CriteriaProfile:
    """Look at all pairs, or at a seeded sample of them; see `Criteria.profile`."""
    scorer = scorer_of_criteria(compatibility.scorer)
    if scorer is None:
        raise CriterionError(
            "profile needs a compatibility that criteria made: "
            "criteria.profile(criteria.score(cohort)). "
            "Scores that were given as an array have no criteria."
        )
    n, m = scorer.shape
    rng = np.random.default_rng(seed)
    if n * m <= PAIRS:
        i, j = np.divmod(np.arange(n * m), max(m, 1))
    else:
        i, j = rng.integers(0, n, PAIRS), rng.integers(0, m, PAIRS)
    eligible = scorer.pairs(i, j).eligible
    shares = scorer.mean_shares
    weighing = np.flatnonzero(shares)
    values, used = scorer.values(i, j)
    contributions = {k: shares[k] * used[k][eligible] for k in weighing.tolist()}
    score = np.zeros(int(eligible.sum())) + sum(contributions.values())
    variance = float(score.var()) if len(score) else 0.0
    rows = {}
    for k, part in contributions.items():
        known = values[k][eligible]
        known = known[~np.isnan(known)]
        rows[scorer.fitted[k].criterion.label] = {
            "weight": shares[k],
            "missing": float(np.isnan(values[k]).mean()) if len(i) else np.nan,
            **_spread(known),
            "variance_share": float(np.mean((part - part.mean()) * (score - score.mean())))
            / variance
            if variance > 0
            else np.nan,
        }
    columns = ["weight", "missing", "mean", "std", "min", "median", "max", "variance_share"]
    spread = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return CriteriaProfile(
        spread=spread,
        rules=_rules(scorer, rng),
        warnings=(*_warnings(spread), *_protected(scorer)),
        pairs=(len(i), n * m),
        reciprocity=scorer.reciprocity,
        labels=tuple(one.criterion.label for one in scorer.fitted),
    )


def _spread(values: NDArray[np.float64]) -> dict[str, float]:
    if not len(values):
        return dict.fromkeys(("mean", "std", "min", "median", "max"), float("nan"))
    return {
        "mean": float(values.mean()),
        "std": float(values.std()),
        "min": float(values.min()),
        "median": float(np.median(values)),
        "max": float(values.max()),
    }


def _rules(scorer: CriteriaScorer, rng: np.random.Generator) -> pd.DataFrame:
    """What each rule forbids, counted for all mentees or for a sample of them."""
    n, m = scorer.shape
    whole = n * m <= PAIRS
    rows = np.arange(n) if whole else np.sort(rng.choice(n, min(n, MENTEES), replace=False))
    removed = scorer.removed(rows).sum(axis=0)
    share = removed / max(1, len(rows) * m)
    return pd.DataFrame(
        {"pairs": removed if whole else np.round(share * n * m).astype(np.int64), "share": share},
        index=pd.Index(scorer.rules, name="rule", dtype=object),
    )


def _warnings(spread: pd.DataFrame) -> list[str]:
    found = []
    for label, row in spread.iterrows():
        if row["missing"] > NEARLY_ALWAYS:
            found.append(
                f"{label} is missing for {row['missing']:.0%} of the pairs, so it hardly decides "
                "anything."
            )
        elif row["std"] == 0 or np.isnan(row["std"]):
            found.append(
                f"{label} has the same value for every eligible pair, so it decides nothing."
            )
        if len(spread) > 1 and row["variance_share"] > DOMINATES:
            found.append(
                f"{label} makes up {row['variance_share']:.0%} of the variance of the score; the "
                "other criteria hardly "
                "matter. Lower its weight if that is not wanted."
            )
    return found


def _protected(scorer: CriteriaScorer) -> list[str]:
    found = []
    for one in scorer.fitted:
        for column in dict.fromkeys(
            name for names in one.criterion.columns.values() for name in names
        ):
            attribute = protected_attribute(column)
            if attribute is not None:
                found.append(
                    f"{one.criterion.label} reads {column!r}, which is named like a protected "
                    f"attribute ({attribute}). "
                    "Matching by it needs a reason that can be defended; audits can use it without "
                    "any criterion."
                )
    return found
