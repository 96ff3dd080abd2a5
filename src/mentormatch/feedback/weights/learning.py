"""Weights of criteria learned from ratings, changed only where that is beyond doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort import Cohort, hint_nearest
from mentormatch.criteria import Criteria
from mentormatch.displayed import Displayed
from mentormatch.errors import CriterionError
from mentormatch.feedback.answers.evidence import Evidence, RaterSide, gather_evidence
from mentormatch.feedback.answers.ratings import OUTCOMES, Outcome, Ratings
from mentormatch.feedback.overrides import Override, OverrideEvidence, learn_from_overrides
from mentormatch.feedback.scored import scored_by
from mentormatch.feedback.weights.fitting import Moments, learn_shares
from mentormatch.feedback.weights.identification import Identification, identify_criteria
from mentormatch.feedback.weights.intervals import share_intervals
from mentormatch.feedback.weights.raters import Adjusted, adjust_for_raters
from mentormatch.feedback.weights.refusals import (
    FEWEST,
    WORDS,
    why_kept,
    why_not_adopted,
    why_too_little,
)
from mentormatch.feedback.weights.validation import (
    Validation,
    choose_strength,
    fold_moments,
    folds_of,
    validate,
)
from mentormatch.strategies import match

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from altair import LayerChart
    from numpy.typing import NDArray

    from mentormatch.problem import Problem

__all__ = ["Learned", "learn_weights"]

# A criterion whose interval is wider than this share of all weight cannot be told well enough to
# change its weight, however many answered.
WIDE = 0.5


@dataclass(frozen=True, eq=False)
class Learned(Displayed):
    """What ratings taught about weights, and what they could not.

    Parameters
    ----------
    prior
        The criteria that were used.
    criteria
        The criteria with learned weights; ``prior`` itself where the weights did not change.
    target
        Which outcome the weights foretell.
    ratings
        How many answers were used.
    report
        One row a criterion: criterion, old, new, estimate, low, high (what the ratings alone say,
        90 %), support, identified ("yes", "weak", "no"), why.
    cv
        Figures on ratings of mentors who had no part in the fit: figure, old, new.
    validation
        The held-out predictions; None with fewer than 30 ratings.
    refusals
        What was not done, and why, a sentence each.
    evidence
        The rated pairs.
    overrides
        What the committee's changes say, where they were given; never mixed into the weights.
    """

    prior: Criteria
    criteria: Criteria
    target: Outcome
    ratings: int
    report: pd.DataFrame
    cv: pd.DataFrame
    validation: Validation | None
    refusals: tuple[str, ...]
    evidence: Evidence
    overrides: OverrideEvidence | None = None

    @property
    def adopted(self) -> bool:
        """Whether the weights changed."""
        return self.criteria is not self.prior

    def changes(self, problem: Problem) -> pd.DataFrame:
        """Match once with the old and once with the new weights, and list the pairs that differ.

        Returns
        -------
        DataFrame: mentee, mentor, change ("ends" or "begins"); empty where the weights stayed.
        """
        columns = ["mentee", "mentor", "change"]
        if not self.adopted:
            return pd.DataFrame(columns=columns)
        before = match(scored_by(problem, self.prior)).pairs[["mentee", "mentor"]]
        after = match(scored_by(problem, self.criteria)).pairs[["mentee", "mentor"]]
        joined = before.merge(after, how="outer", indicator=True)
        words = {"left_only": "ends", "right_only": "begins"}
        changed = joined[joined["_merge"] != "both"]
        return changed.assign(change=changed["_merge"].astype(str).map(words))[columns].reset_index(
            drop=True
        )

    def plot(self) -> LayerChart:
        """Draw old and new weights; see `mm.reports.weight_chart`."""
        from mentormatch.reports import weight_chart

        return weight_chart(self)

    def __repr__(self) -> str:
        kept = "changed" if self.adopted else "unchanged"
        lines = [
            f"Learned: weights {kept}, from {self.ratings:,} answers, to foretell "
            f"{WORDS[self.target]}"
        ]
        for row in self.report.itertuples():
            lines.append(
                f"  {row.criterion}: {row.old:g} -> {row.new:.3g}"
                f" (ratings alone: {row.low:.3g} to {row.high:.3g}; identified: {row.identified})"
            )
        lines += [f"Refused: {sentence}" for sentence in self.refusals]
        if self.overrides is not None:
            lines.append(repr(self.overrides))
        return "\n".join(lines)


def learn_weights(
    criteria: Criteria,
    cohort: Cohort | Sequence[Cohort],
    ratings: Ratings,
    *,
    target: Outcome = "rating",
    prior: Mapping[str, float] | None = None,
    side: RaterSide = "both",
    decisions: Iterable[Override] | None = None,
    probabilities: object = None,
    seed: int = 0,
) -> Learned:
    """Learn the weights of criteria from ratings of matched pairs.

    The weights are at least 0, shrunk to those of before, and adopted only where they foretell
    ratings of mentors who had no part in the fit better than the old weights do, by a one-sided
    interval (95 %) with all ratings of a mentor taken as one. Otherwise ``learned.criteria is
    criteria``.

    Parameters
    ----------
    criteria
        The criteria with the weights that were used for the match.
    cohort
        The people who were matched; a list where ratings of several rounds are learned from.
    ratings
        Their answers.
    target
        The outcome to foretell: weights for liking and weights for going on are not the same.
    prior
        Weights by label to shrink to; None: those of the criteria.
    side
        Whose answers: "both", "mentee" or "mentor".
    decisions
        A committee's changes of pairs: what they say stands in ``.overrides``, beside the ratings.
    probabilities
        Array (mentees, mentors), dense or sparse, of the lottery that made the pairs, in the order
        of the cohort: rare pairs then count more, as they stand for those that were not drawn.
    seed
        Of folds and bootstrap draws.

    Returns
    -------
    Learned

    Raises
    ------
    CriterionError
        No weighted criterion, a prior of unknown criteria, ratings of other people.

    Notes
    -----
    Least squares with an intercept for each side and round, and a term for each person who rated
    several pairs, ‖y − a − Xβ‖² + λ‖β − s·p‖² over β, s ≥ 0 [1]_:
    what cannot be told from the ratings keeps its prior share. λ is chosen by validation that
    leaves out mentors with all their ratings.

    References
    ----------
    .. [1] C. L. Lawson and R. J. Hanson (1974), Solving Least Squares Problems.
    """
    if target not in OUTCOMES:
        raise CriterionError(
            f"target must be one of {', '.join(map(repr, OUTCOMES))}; got {target!r}."
        )
    if not isinstance(criteria, Criteria):
        raise CriterionError(f"learn_weights needs Criteria, got {type(criteria).__name__}.")
    cohorts = [cohort] if isinstance(cohort, Cohort) else cohort
    if not isinstance(cohorts, list | tuple) or not all(isinstance(c, Cohort) for c in cohorts):
        raise CriterionError(
            f"learn_weights needs the Cohort that was matched, or a list of them, got "
            f"{type(cohort).__name__}."
        )
    if not isinstance(ratings, Ratings):
        raise CriterionError(
            f"learn_weights needs Ratings, got {type(ratings).__name__}. Use read_ratings(table)."
        )
    evidence = gather_evidence(criteria, cohorts, ratings, target, side)
    old = np.array([criteria.weights[label] for label in evidence.labels], dtype=np.float64)
    shares = _prior_shares(evidence.labels, old, prior)
    identified = identify_criteria(evidence)
    overrides = None
    if decisions is not None:
        overrides = learn_from_overrides(criteria, cohorts[-1], decisions)
    adjusted = adjust_for_raters(evidence)
    refusals = [*evidence.notes, *adjusted.notes]
    refusals += [
        f"To foretell {WORDS[target]}, the weight of {one.label!r} stays: {one.why}."
        for one in identified
        if one.identified == "no"
    ]
    weights = _pair_weights(evidence, probabilities)
    rng = np.random.default_rng(seed)
    usable = np.array([one.identified != "no" for one in identified])
    new, changed = old, criteria
    found: Validation | None = None
    interval: tuple[NDArray[np.float64], ...] = (
        np.full(len(old), np.nan),
        np.zeros(len(old)),
        np.full(len(old), old.sum()),
    )
    if len(evidence) < FEWEST or not usable.any() or np.ptp(evidence.outcomes) == 0:
        refusals.append(why_too_little(evidence, usable, target))
    else:
        interval = _intervals(evidence, adjusted, usable, old, weights, rng)
        wide = usable & (interval[2] - interval[1] > WIDE * old.sum())
        free = usable & ~wide & np.array([one.identified == "yes" for one in identified])
        if free.sum() < 2:
            free[:] = False
        found = validate(evidence, adjusted, shares, free, weights, rng)
        learned = _final_weights(evidence, adjusted, shares, old, free, weights, rng)
        refusals += why_kept(identified, usable & ~free, target)
        again = found.gain_of_rounds is None or found.gain_of_rounds > 0
        if found.lower > 0 and again and not np.allclose(learned, old, rtol=1e-9):
            new = learned
            changed = criteria.with_weights(dict(zip(evidence.labels, new.tolist(), strict=True)))
        else:
            refusals.append(why_not_adopted(found, len(evidence), target))
    return Learned(
        prior=criteria,
        criteria=changed,
        target=target,
        ratings=len(evidence),
        report=_report(identified, old, new, interval, usable),
        cv=_figures(found),
        validation=found,
        refusals=tuple(refusals),
        evidence=evidence,
        overrides=overrides,
    )


def _prior_shares(
    labels: Sequence[str], old: NDArray[np.float64], prior: Mapping[str, float] | None
) -> NDArray[np.float64]:
    """Return the weights to shrink to, adding up to 1."""
    if prior is None:
        return np.asarray(old / old.sum())
    for name in prior:
        if name not in labels:
            hint = hint_nearest(name, labels)
            raise CriterionError(
                f"prior names {name!r}, and the weighted criteria are "
                f"{', '.join(map(repr, labels))}.{hint}"
            )
    given = np.array([prior.get(label, was) for label, was in zip(labels, old, strict=True)])
    if (given < 0).any() or not given.any():
        raise CriterionError("prior must be weights of at least 0, not all of them 0.")
    return np.asarray(given / given.sum())


def _pair_weights(evidence: Evidence, probabilities: object) -> NDArray[np.float64]:
    """Weigh each rating by how rare its pair was; all alike without probabilities."""
    if probabilities is None:
        return np.ones(len(evidence))
    table = probabilities.tocsr() if hasattr(probabilities, "tocsr") else np.asarray(probabilities)
    chance = np.asarray(
        table[evidence.mentee_positions, evidence.mentor_positions], dtype=np.float64
    ).ravel()
    if (chance <= 0).any():
        raise CriterionError(
            "probabilities give 0 to a pair that was rated: they are not those of the lottery that "
            "made the pairs, or a pair was changed by hand. Leave such ratings out."
        )
    weights = 1 / chance
    return np.asarray(weights / weights.mean())


def _final_weights(
    evidence: Evidence,
    adjusted: Adjusted,
    shares: NDArray[np.float64],
    old: NDArray[np.float64],
    free: NDArray[np.bool_],
    weights: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Fit all ratings; what cannot be told keeps its weight, the others share theirs anew."""
    folds = folds_of(evidence.mentors, rng)
    by_fold = fold_moments(adjusted, evidence.groups, folds, weights)
    strength = choose_strength(by_fold, shares, free)
    total = Moments(by_fold.table.sum(axis=0), by_fold.intercepts)
    learned = learn_shares(total, shares, strength, free)
    new = old.copy()
    if free.any():
        new[free] = learned[free] / learned[free].sum() * old[free].sum()
    return new


def _intervals(
    evidence: Evidence,
    adjusted: Adjusted,
    usable: NDArray[np.bool_],
    old: NDArray[np.float64],
    weights: NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], ...]:
    """Return estimate, low and high of each weight; the old weight where nothing can be told."""
    found = share_intervals(
        adjusted.features[:, usable],
        adjusted.outcomes,
        evidence.groups,
        (evidence.mentors, evidence.mentees),
        weights,
        rng,
        levels=adjusted.levels,
    )
    sides = []
    for one in found:
        side = old.copy()
        side[usable] = one * old[usable].sum()
        sides.append(side)
    return tuple(sides)


def _report(
    identified: Sequence[Identification],
    old: NDArray[np.float64],
    new: NDArray[np.float64],
    interval: tuple[NDArray[np.float64], ...],
    usable: NDArray[np.bool_],
) -> pd.DataFrame:
    estimate, low, high = (np.where(usable, one, old) for one in interval)
    wide = usable & (high - low > WIDE * old.sum())
    return pd.DataFrame(
        {
            "criterion": [one.label for one in identified],
            "old": old,
            "new": new,
            "estimate": estimate,
            "low": low,
            "high": high,
            "support": [one.support for one in identified],
            "identified": [
                "weak" if vague and one.identified == "yes" else one.identified
                for one, vague in zip(identified, wide, strict=True)
            ],
            "why": [one.why for one in identified],
        }
    )


def _figures(found: Validation | None) -> pd.DataFrame:
    """Tabulate what validation found: figure, old, new."""
    names = {
        "tau": "two ratings foretold in the right order (Kendall's tau: 1 always, 0 by chance)",
        "auc": "good told from other ratings (AUC: 1 always, 0.5 by chance)",
        "slope": "differences as large as foretold (calibration slope: 1 is right)",
        "regret": "lost by choosing between two as foretold (regret: less is better)",
    }
    rows = []
    if found is not None:
        rows = [(names[name], *pair) for name, pair in found.scores.items()]
        rows.append(("fall of the squared error", 0.0, found.gain))
        rows.append(("its lower end (95 %, by mentor)", 0.0, found.lower))
        if found.gain_of_rounds is not None:
            rows.append(("fall on rounds left out", 0.0, found.gain_of_rounds))
    return pd.DataFrame(rows, columns=["figure", "old", "new"])
