"""How well weights foretell ratings of mentors who had no part in fitting them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from mentormatch.feedback.weights.fitting import Moments, learn_shares, moments_of, scale_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.feedback.answers.evidence import Evidence
    from mentormatch.feedback.weights.raters import Adjusted

__all__ = [
    "Validation",
    "choice_regret",
    "choose_strength",
    "fold_moments",
    "folds_of",
    "validate",
]

# Strengths that are tried, in units of the columns' variance; infinity keeps the prior weights.
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, np.inf)
MOST_FOLDS = 10
CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Validation:
    """Predictions of held-out ratings, by the prior weights and by learned ones."""

    # (ratings,): predicted outcomes, each by a fit without the rating's mentor.
    prior: NDArray[np.float64]
    learned: NDArray[np.float64]  # likewise
    gain: float  # mean fall of the squared error from prior to learned
    lower: float  # one-sided 95 % lower end of the gain, with the ratings of a mentor as one
    # About how many ratings it would take for a gain of this size to be beyond doubt; None where
    # there was no gain.
    needed: int | None
    # By name (tau, auc, slope, regret) the figure under the prior and under learned weights.
    scores: dict[str, tuple[float, float]]
    # Mean fall of the squared error on rounds that had no part in the fit; None with one round.
    gain_of_rounds: float | None = None


def folds_of(clusters: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Deal mentors with all their ratings into at most ten folds of about equal size."""
    names, inverse, counts = np.unique(clusters, return_inverse=True, return_counts=True)
    folds = min(MOST_FOLDS, len(names))
    place = np.empty(len(names), dtype=np.intp)
    sizes = np.zeros(folds)
    for k in sorted(rng.permutation(len(names)).tolist(), key=lambda one: -counts[one]):
        place[k] = int(np.argmin(sizes))
        sizes[place[k]] += counts[k]
    return place[inverse.ravel()]


def fold_moments(
    adjusted: Adjusted,
    groups: NDArray[np.intp],
    folds: NDArray[np.intp],
    weights: NDArray[np.float64],
) -> Moments:
    """Sum up each fold by itself: a table (folds, …)."""
    number = int(folds.max(initial=0)) + 1
    own = (folds[None, :] == np.arange(number)[:, None]) * weights
    return moments_of(adjusted.features, adjusted.outcomes, groups, own, adjusted.levels)


def choose_strength(by_fold: Moments, prior: NDArray[np.float64], free: NDArray[np.bool_]) -> float:
    """Return the strength whose fits foretell held-out folds best; the strongest among equals."""
    if len(by_fold.table) < 2:
        return np.inf
    total = by_fold.table.sum(axis=0)
    errors = np.zeros(len(STRENGTHS))
    for table in by_fold.table:
        train = Moments(total - table, by_fold.intercepts)
        for k, strength in enumerate(STRENGTHS):
            beta = scale_shares(train, learn_shares(train, prior, strength, free))
            errors[k] += _squared_error(table, np.append(train.intercepts_at(beta), beta))
    best = float(errors.min())
    return STRENGTHS[int(np.flatnonzero(errors <= best * (1 + 1e-9) + 1e-15)[-1])]


def _squared_error(table: NDArray[np.float64], coefficients: NDArray[np.float64]) -> float:
    full = np.append(coefficients, -1.0)
    return float(full @ table @ full)


def validate(
    evidence: Evidence,
    adjusted: Adjusted,
    prior: NDArray[np.float64],
    free: NDArray[np.bool_],
    weights: NDArray[np.float64],
    rng: np.random.Generator,
) -> Validation:
    """Compare prior and learned weights on ratings of mentors whom the fit has not seen.

    The strength of shrinking is chosen within the training part of each fold, so that the
    comparison is of the whole way of learning. A mentor is left out with the ratings of all rounds.
    """
    values, outcomes, groups = evidence.features, evidence.outcomes, evidence.groups
    clusters = evidence.mentors
    folds = folds_of(clusters, rng)
    by_fold = fold_moments(adjusted, groups, folds, weights)
    total = by_fold.table.sum(axis=0)
    predicted = np.zeros((2, len(outcomes)))
    for fold in range(len(by_fold.table)):
        train = Moments(total - by_fold.table[fold], by_fold.intercepts)
        rest = Moments(np.delete(by_fold.table, fold, axis=0), by_fold.intercepts)
        held = folds == fold
        for k, strength in enumerate((np.inf, choose_strength(rest, prior, free))):
            beta = scale_shares(train, learn_shares(train, prior, strength, free))
            levels = train.intercepts_at(beta)
            predicted[k, held] = levels[groups[held]] + values[held] @ beta
    errors = (outcomes - predicted) ** 2
    gain, lower, needed = _gain_of(errors[0] - errors[1], clusters, weights)
    figures = {"tau": _tau, "auc": _auc, "slope": _slope, "regret": choice_regret}
    scores = {
        name: (figure(predicted[0], outcomes), figure(predicted[1], outcomes))
        for name, figure in figures.items()
    }
    of_rounds = _gain_of_rounds(evidence, adjusted, prior, free, weights, folds)
    return Validation(predicted[0], predicted[1], gain, lower, needed, scores, of_rounds)


def _gain_of_rounds(
    evidence: Evidence,
    adjusted: Adjusted,
    prior: NDArray[np.float64],
    free: NDArray[np.bool_],
    weights: NDArray[np.float64],
    folds: NDArray[np.intp],
) -> float | None:
    """Leave out one round after another, and compare the fits on it.

    The level of a round's ratings is its own, and not foretold.
    """
    numbers, rounds = np.unique(evidence.rounds, return_inverse=True)
    if len(numbers) < 2:
        return None
    by_round = fold_moments(adjusted, evidence.groups, rounds.ravel(), weights)
    gain = 0.0
    for number, table in enumerate(by_round.table):
        others = weights * (rounds.ravel() != number)
        parts = fold_moments(adjusted, evidence.groups, folds, others)
        train = Moments(parts.table.sum(axis=0), parts.intercepts)
        held = Moments(table, by_round.intercepts).without_intercepts()
        for sign, strength in ((1, np.inf), (-1, choose_strength(parts, prior, free))):
            beta = scale_shares(train, learn_shares(train, prior, strength, free))
            gain += sign * _squared_error(held, beta)
    return gain / float(weights.sum())


def _gain_of(
    gains: NDArray[np.float64], clusters: NDArray[np.intp], weights: NDArray[np.float64]
) -> tuple[float, float, int | None]:
    """Return the mean gain, its lower end over clusters, and how many ratings would settle it."""
    total = float(weights.sum())
    mean = float(weights @ gains) / total
    sums = np.bincount(clusters, weights=weights * (gains - mean))
    number = len(np.unique(clusters))
    if number < 2:
        return mean, -np.inf, None
    error = float(np.sqrt(number / (number - 1) * (sums**2).sum())) / total
    quantile = float(scipy.stats.t.ppf(CONFIDENCE, number - 1))
    needed = None
    if mean > 0:
        needed = int(np.ceil(len(gains) * (quantile * error / mean) ** 2))
    return mean, mean - quantile * error, needed


def _tau(predicted: NDArray[np.float64], outcomes: NDArray[np.float64]) -> float:
    if np.ptp(predicted) == 0 or np.ptp(outcomes) == 0:
        return float("nan")
    return float(scipy.stats.kendalltau(predicted, outcomes).statistic)


def _auc(predicted: NDArray[np.float64], outcomes: NDArray[np.float64]) -> float:
    """Chance that a good outcome was foretold above a bad one; good is above the median."""
    levels = np.unique(outcomes)
    good = outcomes == levels[-1] if len(levels) == 2 else outcomes > np.median(outcomes)
    if good.all() or not good.any():
        return float("nan")
    ranks = scipy.stats.rankdata(predicted)
    won = ranks[good].sum() - good.sum() * (good.sum() + 1) / 2
    return float(won / (good.sum() * (~good).sum()))


def choice_regret(predicted: NDArray[np.float64], outcomes: NDArray[np.float64]) -> float:
    """Return what is lost, in the mean, by choosing of two answers the one foretold to be better.

    Over all pairs of answers: the better outcome less the outcome of the one that was foretold to
    be better, or of either by the toss of a coin where both are foretold alike. 0 is a perfect
    order; an order that says nothing loses half the mean difference of two outcomes.
    """
    number = len(outcomes)
    if number < 2:
        return float("nan")
    # A rank less one is how many answers it is chosen over; equal ones halve their choices.
    lost = scipy.stats.rankdata(outcomes) - scipy.stats.rankdata(predicted)
    return float(outcomes @ lost) / (number * (number - 1) / 2)


def _slope(predicted: NDArray[np.float64], outcomes: NDArray[np.float64]) -> float:
    """Rise of the outcome for a rise of 1 in what was foretold; 1 is well calibrated."""
    centred = predicted - predicted.mean()
    spread = float(centred @ centred)
    return float(centred @ outcomes) / spread if spread > 1e-12 else float("nan")
