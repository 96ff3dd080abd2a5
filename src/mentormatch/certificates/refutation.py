"""Prices from a cut: why so many mentees cannot be served by the pairs at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates.bounds.bound import Multipliers
from mentormatch.certificates.bounds.cuts import reach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching

__all__ = ["cut_multipliers"]


def cut_multipliers(matching: Matching, coverage: NDArray[np.int64]) -> Multipliers:
    """Multipliers which show that the pairs of a problem do not cover as many mentees as asked.

    The mentors reached by alternating paths from the unmatched are full of people who have no one
    else: each of their seats is worth one mentee, every other seat nothing (König 1931).

    Parameters
    ----------
    matching
        Covers as many mentees of the first class as its pairs allow, then of the second, …
    coverage
        int64 array (classes,): how many of each class are asked for.

    Returns
    -------
    Multipliers
        In a problem where pairs beyond those at hand cost 1 each, they bound that cost from below
        by the mentees that are missing; all 0 when nobody is missing.
    """
    problem = matching.problem
    classes, left = problem.priority_classes, problem.after_pins
    n_classes = int(classes.max(initial=0)) + 1
    covered = np.bincount(classes[matching.places > 0], minlength=n_classes)
    prices, multipliers = np.zeros(problem.shape[1]), np.zeros(n_classes)
    short = np.flatnonzero(np.cumsum(covered) < np.cumsum(coverage))
    if not len(short):
        return Multipliers(prices, multipliers)
    within = classes <= short[0]
    wanting = within & (left.demand > 0) & (matching.places == 0)
    movable = within[matching.mentees] & ~left.covered[matching.mentees]
    cut = reach(
        problem,
        np.flatnonzero(wanting),
        matching.mentees[movable],
        matching.mentors[movable],
    )
    prices[cut] = 1.0
    multipliers[: short[0] + 1] = 1.0
    return Multipliers(prices, multipliers)
