"""Goal attainment scaling: one score for the goals a pair has set itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np
import pandas as pd

from mentormatch.errors import ProblemError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["goal_scores"]

LOWEST, HIGHEST = -2.0, 2.0


@overload
def goal_scores(
    levels: pd.DataFrame, weights: ArrayLike | None = None, rho: float = 0.3
) -> pd.Series[float]: ...


@overload
def goal_scores(
    levels: ArrayLike, weights: ArrayLike | None = None, rho: float = 0.3
) -> NDArray[np.float64]: ...


def goal_scores(
    levels: ArrayLike | pd.DataFrame, weights: ArrayLike | None = None, rho: float = 0.3
) -> NDArray[np.float64] | pd.Series[float]:
    """Score goals that were attained more or less than expected, in T units.

    The score is 50 + 10·Σw·x / √((1 − ρ)·Σw² + ρ·(Σw)²) [1]_: 50 when every goal was attained as
    expected, with a standard deviation of 10 if levels have standard deviation 1 and correlate by
    ρ.

    Parameters
    ----------
    levels
        From −2 (much less than expected) over 0 (as expected) to 2 (much more), the goals of a pair
        along the last axis: (goals,), (pairs, goals), or a table with one row a pair. NaN: this
        goal was not rated; the others count.
    weights
        How much each goal matters, in the shape of ``levels`` or one weight per goal; only their
        ratios count. None: all alike.
    rho
        Assumed correlation between the levels of a pair's goals, from 0 to below 1.

    Returns
    -------
    numpy.ndarray of the shape of ``levels`` without its last axis, or Series for a table
        NaN where no goal was rated.

    Raises
    ------
    ProblemError
        Levels outside −2 to 2, weights below 0 or of another shape, ρ outside [0, 1).

    References
    ----------
    .. [1] T. J. Kiresuk and R. E. Sherman (1968), Goal attainment scaling: a general method for
       evaluating comprehensive community mental health programs.

    Examples
    --------
    >>> float(goal_scores([0, 0, 0])), float(goal_scores([1]))
    (50.0, 60.0)
    >>> goal_scores([[1, 0], [2, -1]], weights=[3, 1]).round(2).tolist()
    [58.73, 64.56]
    """
    if not 0 <= rho < 1:
        raise ProblemError(f"rho must be at least 0 and below 1, got {rho!r}.")
    try:
        given = np.asarray(levels, dtype=np.float64)
        raw = np.ones(given.shape) if weights is None else np.asarray(weights, dtype=np.float64)
        heavy = np.broadcast_to(raw, given.shape)
    except (TypeError, ValueError) as error:
        raise ProblemError(
            "levels must be numbers, and weights numbers of the same shape or one for each goal; "
            f"got {error}."
        ) from None
    if given.ndim == 0:
        raise ProblemError(f"levels must hold one number per goal, such as [1], got {levels!r}.")
    outside = given[(given < LOWEST) | (given > HIGHEST)]
    if len(outside):
        raise ProblemError(
            f"levels must lie between -2 and 2, but {len(outside)} of {given.size} "
            f"{'does' if len(outside) == 1 else 'do'} not, such as {outside[0]:g}. 0 means as "
            "expected, 2 much more, -2 much less."
        )
    rated = ~np.isnan(given)
    wrong = heavy[rated & ~(np.isfinite(heavy) & (heavy >= 0))]
    if len(wrong):
        raise ProblemError(
            f"weights must be finite numbers of 0 or more, got {wrong[0]:g}. A goal that does not "
            "count has the weight 0."
        )
    # Only ratios count; dividing first keeps tiny and huge weights out of the squares.
    used = np.where(rated, heavy, 0.0)
    largest = used.max(axis=-1, initial=0.0, keepdims=True)
    if (rated.any(axis=-1) & (largest[..., 0] == 0)).any():
        raise ProblemError("The weights of a pair are all 0. Give at least one goal a weight.")
    used = np.divide(used, largest, out=np.zeros_like(used), where=largest > 0)
    total = (used * np.where(rated, given, 0.0)).sum(axis=-1)
    spread = np.sqrt((1 - rho) * (used**2).sum(axis=-1) + rho * used.sum(axis=-1) ** 2)
    moved = np.divide(total, spread, out=np.full_like(total, np.nan), where=spread > 0)
    scores: NDArray[np.float64] = 50.0 + 10.0 * moved
    if isinstance(levels, pd.DataFrame):
        return pd.Series(scores, index=levels.index, name="goal_score")
    return scores
