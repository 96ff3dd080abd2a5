"""A certificate from anybody's prices: what they prove of some pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.certificates.bounds.bound import Multipliers, certify_multipliers
from mentormatch.compatibility import row_slices
from mentormatch.errors import ProblemError, is_number
from mentormatch.matching import Matching

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem

__all__ = [
    "certify",
]


def certify(
    problem: Problem,
    pairs: Matching | pd.DataFrame | Iterable[Sequence[object]],
    prices: Mapping[object, float] | pd.Series[float] | ArrayLike,
    *,
    coverage: Sequence[float] | None = None,
    seats: float | None = None,
) -> Certificate:
    """Certify pairs that were made anywhere, by prices that were found anywhere.

    The bound is recomputed over all eligible pairs, so that no prices can prove too much; whether
    they prove the pairs to be the best is what ``proven`` says.

    Parameters
    ----------
    problem
        What was asked for; without quotas and other side rules.
    pairs
        A `Matching`, a table with the columns mentee and mentor, or (mentee, mentor) tuples.
    prices
        What a seat with each mentor is worth, in units of score: a dict or Series by id, or an
        array in the order of ``problem.mentor_ids``. ≥ 0 towards capacity, ≤ 0 towards a minimum;
        mentors that are not named have a price of 0.
    coverage
        What one more mentee with a mentor is worth, by priority class, highest first; by default
        the numbers that make the bound smallest at these prices.
    seats
        The same of one more pair; 0 by default, where everybody wants one mentor.

    Returns
    -------
    Certificate

    Raises
    ------
    MatchingError
        The pairs are no matching of the problem.
    ProblemError
        Prices of people the problem does not have, or that are not finite numbers; a problem with
        side rules, whose prices belong to the rules as well.

    Examples
    --------
    >>> import mentormatch as mm
    >>> problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    >>> mm.certificates.certify(problem, [(0, 1), (1, 0)], [0.1, 0.0]).proven
    True
    """
    if problem.sides:
        raise ProblemError(
            "certify takes problems without quotas, mentees apart or together, and weighted seats: "
            "each of these needs a price of its own. Use mm.match, whose certificate has them."
        )
    matching = pairs if isinstance(pairs, Matching) else Matching.from_pairs(problem, pairs)
    if matching.problem is not problem:
        matching = Matching(problem, matching.mentees, matching.mentors)
    found = _in_order(problem, prices)
    if coverage is not None and len(coverage) != problem.n_classes:
        raise ProblemError(
            f"coverage needs {problem.n_classes} numbers, one for each priority class, got "
            f"{len(coverage)}."
        )
    worth = float(seats or 0.0)
    given = np.zeros(problem.n_classes)
    if coverage is not None:
        given = np.asarray(coverage, dtype=np.float64)
    elif problem.coverage_first:
        given = _best_coverage(matching, found, worth)
    if not (np.isfinite(given).all() and np.isfinite(worth)):
        raise ProblemError(
            f"coverage and seats must be finite numbers; got coverage {given.tolist()} and seats "
            f"{worth:g}. Leave out what is not known."
        )
    return certify_multipliers(matching, Multipliers(found, given, worth))


def _in_order(
    problem: Problem, prices: Mapping[object, float] | pd.Series[float] | ArrayLike
) -> NDArray[np.float64]:
    """Prices in the order of the mentors, 0 for those that are not named."""
    ids = problem.mentor_ids
    named: object = prices
    if isinstance(named, dict):
        named = pd.Series(list(named.values()), index=pd.Index(list(named), tupleize_cols=False))
    if isinstance(named, pd.Series):
        strangers = named.index[~named.index.isin(ids)]
        if len(strangers):
            raise ProblemError(
                f"There is a price of {strangers[0]!r}, who is no mentor of this problem. Give "
                "prices by the ids of problem.mentor_ids."
            )
        if not named.index.is_unique:
            twice = named.index[named.index.duplicated()][0]
            raise ProblemError(f"There are two prices of {twice!r}. Give each mentor one.")
        named = named.reindex(ids, fill_value=0.0)
    try:
        found = np.asarray(named, dtype=np.float64)
    except (TypeError, ValueError):
        wrong = next(one for one in np.ravel(np.asarray(named, object)) if not is_number(one))
        raise ProblemError(
            f"prices must be numbers, by id or in the order of mentors; got {wrong!r}."
        ) from None
    if found.shape != (len(ids),):
        raise ProblemError(
            f"prices need a number for each mentor, so the shape {(len(ids),)}; got {found.shape}."
        )
    if not np.isfinite(found).all():
        place = int(np.argmin(np.isfinite(found)))
        raise ProblemError(
            f"The price of {ids[place]!r} is {found[place]:g}; expected a finite number. A mentor "
            "whom nobody lacks has the price 0."
        )
    return found


def _best_coverage(
    matching: Matching, prices: NDArray[np.float64], seats: float
) -> NDArray[np.float64]:
    """The multipliers of coverage that make the bound smallest at these prices.

    The bound is piecewise linear in each: it turns where as many mentees of the class would take
    their best pair as are covered.
    """
    problem, left = matching.problem, matching.problem.after_pins
    best = np.full(problem.shape[0], -np.inf)
    for rows in row_slices(*problem.shape):
        value = problem.precise().open_scores(rows).astype(np.float64, copy=False) - prices
        best[rows] = value.max(axis=1, initial=-np.inf)
    open_to = ~left.covered & (left.demand > 0) & np.isfinite(best)
    found = np.zeros(problem.n_classes)
    for c in range(problem.n_classes):
        own = open_to & (problem.priority_classes == c)
        count = int(np.count_nonzero(own & (matching.places > 0)))
        values = np.sort(best[own])[::-1] + seats
        if len(values):
            found[c] = -values[max(0, min(count, len(values)) - 1)]
    return found
