"""Whom learned weights favour: residuals and shares of groups, and proxies of protected columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy

from mentormatch.audits.fairness.small_groups import groups_to_show, merge_small_labels
from mentormatch.compatibility.ids import format_count
from mentormatch.errors import CriterionError
from mentormatch.feedback.scored import scored_by
from mentormatch.strategies import match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side
    from mentormatch.feedback.weights.learning import Learned
    from mentormatch.problem import Problem

__all__ = ["group_residuals", "group_shares", "proxies"]

# Fewer mentors than this in a group give no interval that means anything.
FEWEST_MENTORS = 5


def group_residuals(
    learned: Learned, cohort: Cohort, column: str, *, side: Side = "mentees"
) -> pd.DataFrame:
    """Compare what was foretold with what was rated, by group, to see who is promised too much.

    Parameters
    ----------
    learned
        Weights with held-out predictions.
    cohort
        The people who rated.
    column
        The grouping, a column of ``side``.
    side
        Whose column.

    Returns
    -------
    DataFrame: group, ratings, mentors, residual (rated less foretold), low, high (95 %, with the
    ratings of a mentor as one); without interval where a group has fewer than 5 mentors. A small
    group is counted with the smallest other one where the whole would tell about it.

    Raises
    ------
    CriterionError
        Too few ratings for held-out predictions; no such column.
    """
    if learned.validation is None:
        raise CriterionError(
            "There are no held-out predictions: "
            f"{format_count(learned.ratings, 'answer is', 'answers are')} too few."
        )
    evidence = learned.evidence
    positions = evidence.mentee_positions if side == "mentees" else evidence.mentor_positions
    labels = _labels(cohort, column, side)[positions]
    rest = evidence.outcomes - learned.validation.learned
    rows = []
    for group in sorted(pd.unique(labels[~pd.isna(labels)]), key=str):
        own = labels == group
        mean, low, high, mentors = _clustered_mean(rest[own], evidence.mentors[own])
        rows.append((group, int(own.sum()), mentors, mean, low, high))
    columns = ["group", "ratings", "mentors", "residual", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _labels(cohort: Cohort, column: str, side: str) -> NDArray[np.object_]:
    table = cohort.mentees if side == "mentees" else cohort.mentors
    if column not in table:
        raise CriterionError(f"The {side}' table has no column {column!r}.")
    # Of a small group nothing is to be told, also not from what all and the other groups have.
    return np.asarray(merge_small_labels(table[column]).to_numpy(object))


def _clustered_mean(
    values: NDArray[np.float64], clusters: NDArray[np.intp]
) -> tuple[float, float, float, int]:
    """Mean with a 95 % interval over clusters."""
    mean = float(values.mean())
    codes = np.unique(clusters, return_inverse=True)[1]
    number = int(codes.max()) + 1
    if number < FEWEST_MENTORS:
        return mean, np.nan, np.nan, number
    sums = np.bincount(codes, weights=values - mean)
    error = np.sqrt(number / (number - 1) * (sums**2).sum()) / len(values)
    reach = float(scipy.stats.t.ppf(0.975, number - 1)) * float(error)
    return mean, mean - reach, mean + reach, number


def group_shares(
    learned: Learned, problem: Problem, column: str, *, side: Side = "mentees"
) -> pd.DataFrame:
    """Match with old and new weights, and compare what each group gets.

    Returns
    -------
    DataFrame: group, people, matched_old, matched_new (rates), score_old, score_new (mean score of
    its pairs, each by its own weights); small groups as in `group_residuals`.
    """
    cohort = problem.compatibility.cohort
    if cohort is None:
        raise CriterionError("The problem has no people, only scores; groups cannot be told.")
    labels = _labels(cohort, column, side)
    groups = sorted(pd.unique(labels[~pd.isna(labels)]), key=str)
    frame = {"group": groups, "people": [int((labels == group).sum()) for group in groups]}
    for word, criteria in (("old", learned.prior), ("new", learned.criteria)):
        matching = match(scored_by(problem, criteria))
        who = matching.mentees if side == "mentees" else matching.mentors
        has = np.bincount(who, minlength=len(labels)) > 0
        frame[f"matched_{word}"] = [float(has[labels == group].mean()) for group in groups]
        means = pd.Series(matching.scores).groupby(labels[who]).mean()
        frame[f"score_{word}"] = means.reindex(groups).tolist()
    return pd.DataFrame(frame)


def proxies(
    learned: Learned, cohort: Cohort, columns: Sequence[str], *, side: Side = "mentees"
) -> pd.DataFrame:
    """Measure how much of each criterion a protected column explains beyond the other criteria.

    A criterion that stands for a protected attribute favours a group however neutral its name is.

    Returns
    -------
    DataFrame: column, criterion, partial_r2 (from 0 to 1: share of what the other criteria leave of
    this one that the groups explain), pairs. Groups of fewer than 5 people, and one from which such
    a group could be told, are left out: a share of theirs would be somebody's in particular.
    """
    evidence = learned.evidence
    positions = evidence.mentee_positions if side == "mentees" else evidence.mentor_positions
    rows = []
    for column in columns:
        labels = _without_small(_labels(cohort, column, side))[positions]
        known = ~pd.isna(labels)
        codes = pd.factorize(labels[known])[0]
        groups = np.eye(int(codes.max(initial=-1)) + 1)[codes]
        for k, label in enumerate(evidence.labels):
            values = evidence.features[known]
            others = np.column_stack([np.ones(len(values)), np.delete(values, k, axis=1)])
            alone = _rest(values[:, k], others)
            both = _rest(values[:, k], np.column_stack([others, groups]))
            share = 1 - both / alone if alone > 1e-12 else 0.0
            rows.append((column, label, max(share, 0.0), int(known.sum())))
    return pd.DataFrame(rows, columns=["column", "criterion", "partial_r2", "pairs"])


def _without_small(labels: NDArray[np.object_]) -> NDArray[np.object_]:
    """Empty the labels of groups that are not to be shown."""
    counts = pd.Series(labels).value_counts(dropna=False)
    shown = counts.index[groups_to_show(counts.to_numpy())]
    return np.where(np.isin(labels.astype(str), shown.astype(str)), labels, np.nan)


def _rest(outcome: NDArray[np.float64], design: NDArray[np.float64]) -> float:
    """Sum of squares that least squares leaves."""
    rest = outcome - design @ np.linalg.lstsq(design, outcome)[0]
    return float(rest @ rest)
