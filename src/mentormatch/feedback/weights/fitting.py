"""Least squares with weights that are not negative and shrunk to those of before.

All of it works on moments: sums of products of the columns, so that leaving out a part of the
ratings, or weighing them anew in a bootstrap, is a subtraction or one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import nnls

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Moments", "fit_shrunk", "learn_shares", "moments_of", "scale_shares", "shares_of"]

# A learned weight is at least this share of the prior one: a criterion without weight would be out
# of sight, and no later round could bring it back.
LEAST = 0.01


@dataclass(frozen=True, eq=False)
class Moments:
    """Weighted sums of products of (intercepts, criteria, outcome)."""

    table: NDArray[np.float64]  # (…, s + k + 1, s + k + 1)
    intercepts: int  # s, how many of the first columns are intercepts

    def __sub__(self, other: Moments) -> Moments:
        return Moments(self.table - other.table, self.intercepts)

    def without_intercepts(self) -> NDArray[np.float64]:
        """Products of criteria and outcome about their means by intercept: (…, k + 1, k + 1)."""
        s = self.intercepts
        own = np.einsum("...ii->...i", self.table[..., :s, :s])
        with np.errstate(divide="ignore", invalid="ignore"):
            inverse = np.where(own > 0, 1.0 / own, 0.0)
        cross = self.table[..., :s, s:]
        return np.asarray(
            self.table[..., s:, s:] - np.einsum("...si,...s,...sj->...ij", cross, inverse, cross)
        )

    def intercepts_at(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Best intercepts beside these weights of the criteria."""
        s = self.intercepts
        own = np.diag(self.table)[:s]
        with np.errstate(divide="ignore", invalid="ignore"):
            means = np.where(own[:, None] > 0, self.table[:s, s:] / own[:, None], 0.0)
        return np.asarray(means[:, -1] - means[:, :-1] @ weights)


def moments_of(
    values: NDArray[np.float64],
    outcomes: NDArray[np.float64],
    groups: NDArray[np.intp],
    weights: NDArray[np.float64] | None = None,
    levels: NDArray[np.float64] | None = None,
) -> Moments:
    """Sum up ratings; ``groups`` have an intercept each.

    Values are (ratings, criteria), outcomes (ratings,), groups (ratings,) from 0. Weights (…,
    ratings) are such as counts of bootstrap draws; None: each rating once. Levels (ratings,) say
    how much of its intercept each rating has; None: all of it.
    """
    s = int(groups.max(initial=0)) + 1
    own = np.eye(s)[groups] if levels is None else np.eye(s)[groups] * levels[:, None]
    columns = np.column_stack([own, values, outcomes])
    if weights is None:
        return Moments(columns.T @ columns, s)
    products = (columns[:, :, None] * columns[:, None, :]).reshape(len(columns), -1)
    width = columns.shape[1]
    return Moments((weights @ products).reshape(*weights.shape[:-1], width, width), s)


def fit_shrunk(
    moments: Moments, prior: NDArray[np.float64], strength: float
) -> NDArray[np.float64]:
    """Fit weights of criteria, at least 0, shrunk to a multiple of the prior weights.

    Minimises ‖y − a − Xβ‖² + λ·v·‖β − s·p‖² over β ≥ 0 and s ≥ 0, with v the mean variance of the
    columns times the number of ratings. What the ratings cannot tell thus stays at its prior share.
    The prior (criteria,) is not negative and adds up to 1. The strength is λ; infinity keeps the
    prior and fits only how much the score as a whole counts. The answer is β (criteria,), in units
    of outcome for a criterion's whole range.
    """
    table = moments.without_intercepts()
    gram, cross = table[:-1, :-1], table[:-1, -1]
    if np.isinf(strength):
        spread = float(prior @ gram @ prior)
        return prior * max(float(prior @ cross) / spread, 0.0) if spread > 0 else 0.0 * prior
    size = float(np.trace(gram)) / len(prior)
    if size <= 0:
        return 0.0 * prior
    pull = max(strength, 1e-9) * size
    full = np.empty((len(prior) + 1, len(prior) + 1))
    full[:-1, :-1] = gram + pull * np.eye(len(prior))
    full[:-1, -1] = full[-1, :-1] = -pull * prior
    full[-1, -1] = pull * float(prior @ prior)
    right = np.append(cross, 0.0)
    # Non-negative least squares wants a root of the matrix; eigenvalues below rounding are 0.
    values, vectors = np.linalg.eigh(full)
    kept = values > values.max() * 1e-13
    root = np.sqrt(values[kept])
    found = nnls(root[:, None] * vectors[:, kept].T, (vectors[:, kept].T @ right) / root)[0]
    return np.asarray(found[:-1])


def learn_shares(
    moments: Moments, prior: NDArray[np.float64], strength: float, free: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Fit the shares of the free criteria in the weight that these have together.

    The others keep theirs; ``free`` is a bool array (criteria,). The rest is as in `fit_shrunk`.
    The answer (criteria,) adds up to 1.
    """
    beta = fit_shrunk(moments, prior, strength)
    shares = prior.copy()
    if beta[free].sum() > 0:
        learned = np.maximum(beta[free] / beta[free].sum(), LEAST * prior[free])
        shares[free] = learned / learned.sum() * prior[free].sum()
    return shares


def scale_shares(moments: Moments, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiply shares by how much the score that they make counts for the outcome; at least 0."""
    return fit_shrunk(moments, shares, np.inf)


def shares_of(moments: Moments) -> NDArray[np.float64]:
    """Shares of unshrunk, unbounded least squares weights in their sum: (…, criteria).

    NaN where the weights add up to nothing, or cannot be told apart.
    """
    table = moments.without_intercepts()
    gram, cross = table[..., :-1, :-1], table[..., :-1, -1]
    weights = np.einsum(
        "...ij,...j->...i", np.linalg.pinv(gram, rcond=1e-10, hermitian=True), cross
    )
    total = weights.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(np.abs(total) > 1e-12, weights / total, np.nan))
