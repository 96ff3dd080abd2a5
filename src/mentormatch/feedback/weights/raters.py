"""Strict and lenient raters: what can be told of them, and ratings without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.feedback.weights.fitting import moments_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.feedback.answers.evidence import Evidence

__all__ = ["Adjusted", "adjust_for_raters"]

# Answers beyond the first of each rater; with fewer, how much raters differ cannot be told.
FEWEST_COMPARISONS = 20
SIDES = ("mentee", "mentor")


@dataclass(frozen=True, eq=False)
class Adjusted:
    """Ratings less a part of their rater's mean."""

    features: NDArray[np.float64]  # (ratings, criteria)
    outcomes: NDArray[np.float64]  # (ratings,)
    levels: NDArray[np.float64]  # (ratings,): how much of its intercept each rating has left
    notes: tuple[str, ...]  # where there is no term for the rater, and why, a sentence each


def adjust_for_raters(evidence: Evidence) -> Adjusted:
    """Give each person who rated several pairs a term of their own, as a random effect.

    Least squares with such terms is that of the ratings less a share of their rater's mean: 1 −
    √(σ² / (σ² + k·τ²)) for k ratings, with σ² the variance within raters and τ² that between them
    (W. A. Fuller and G. E. Battese, 1973, Transformations for estimation of linear models with
    nested-error structure). Where everybody rates one pair, a strict rater and a poor match are the
    same: no term, and a sentence.
    """
    share = np.zeros(len(evidence))
    people = np.where(evidence.raters == 0, evidence.mentees, -1 - evidence.mentors)
    codes, answers = np.unique(people, return_inverse=True, return_counts=True)[1:]
    codes = codes.ravel()
    rest = _residuals(evidence)
    notes = []
    for side in np.unique(evidence.raters).tolist():
        own = (evidence.raters == side) & (answers[codes] > 1)
        comparisons = int(own.sum()) - len(np.unique(codes[own]))
        if comparisons < FEWEST_COMPARISONS:
            notes.append(_why_no_term(side, comparisons))
            continue
        apart = rest[own] - _means(rest, codes)[own]
        within = float(apart @ apart) / comparisons
        between = max(float((rest[own] ** 2).mean()) - within, 0.0)
        if between > 0:
            share[own] = 1 - np.sqrt(within / (within + answers[codes[own]] * between))
    features = evidence.features - share[:, None] * _means(evidence.features, codes)
    outcomes = evidence.outcomes - share * _means(evidence.outcomes, codes)
    return Adjusted(features, outcomes, 1 - share, tuple(notes))


def _residuals(evidence: Evidence) -> NDArray[np.float64]:
    """What least squares on the criteria leaves, about the mean of each group."""
    moments = moments_of(evidence.features, evidence.outcomes, evidence.groups)
    table = moments.without_intercepts()
    slopes = np.linalg.pinv(table[:-1, :-1], rcond=1e-10, hermitian=True) @ table[:-1, -1]
    return np.asarray(
        evidence.outcomes
        - moments.intercepts_at(slopes)[evidence.groups]
        - evidence.features @ slopes
    )


def _means(values: NDArray[np.float64], codes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return for each rating the mean of its rater's."""
    sums = np.zeros((int(codes.max(initial=-1)) + 1, *values.shape[1:]))
    np.add.at(sums, codes, values)
    counts = np.bincount(codes).reshape(-1, *[1] * (values.ndim - 1))
    return np.asarray((sums / counts)[codes])


def _why_no_term(side: int, comparisons: int) -> str:
    who, whom = SIDES[side], SIDES[1 - side]
    if comparisons:
        return (
            f"Too few {who}s answered about several {whom}s to tell strict {who}s from poor "
            f"matches: there is no term for the {who}."
        )
    return (
        f"Each {who} answered about one {whom}, so a strict {who} cannot be told from a poor "
        f"match: there is no term for the {who}."
    )
