"""Where a problem stands: how much is competed for the same mentors, and how much people agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from mentormatch.compatibility.blocks import row_slices
from mentormatch.problem import check_problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem

__all__ = ["Place", "place_of"]

# Ranks are taken of so many pairs at most; of larger problems, mentees at even steps stand for all.
MOST_PAIRS = 20_000_000
# A person to whom all are alike has an opinion about nobody.
ALL_ALIKE = 1e-12


@dataclass(frozen=True, slots=True)
class Place:
    """Two numbers by which problems can be put on a map.

    Parameters
    ----------
    competition
        From 0 to 1: the share of mentees whose first choice would be beyond the capacity of the
        mentor they want.
    mentees_agree, mentors_agree
        Mean rank correlation (Spearman) of two people of a side, from about 0 (everybody has a list
        of their own) to 1 (one list); NaN where fewer than two people have a preference.
    """

    competition: float
    mentees_agree: float
    mentors_agree: float

    @property
    def agreement(self) -> float:
        """Mean over the sides that have one; NaN where none has."""
        known = [one for one in (self.mentees_agree, self.mentors_agree) if not np.isnan(one)]
        return sum(known) / len(known) if known else np.nan


def place_of(problem: Problem) -> Place:
    """Measure competition and agreement.

    Competition is ``sum(max(0, c_j - q_j)) / n``, where c_j is the number of mentees whose first
    choice is mentor j, q_j the capacity and n the number of mentees; a mentee with k equally good
    first choices counts 1/k for each. Agreement is the mean of Spearman's correlation over all
    pairs of people of a side. Ineligible people share the last rank. Somebody to whom all are alike
    prefers nobody and is left out of the mean, though not of the competition. With ranks of mean 0
    and length 1, the mean follows from the length of their sum, so that no pair is looked at.

    Parameters
    ----------
    problem
        Of any size: beyond 20 million pairs, ranks are those among mentees at even steps.

    Returns
    -------
    Place

    Examples
    --------
    >>> import mentormatch as mm
    >>> problem = mm.Problem.from_scores([[0.9, 0.1], [0.8, 0.2], [0.3, 0.6]])
    >>> place = mm.comparison.place_of(problem)
    >>> round(place.competition, 3), round(place.mentees_agree, 3)
    (0.333, -0.333)
    """
    check_problem(problem, "place_of")
    n, m = problem.shape
    step = max(1, -(-n * m // MOST_PAIRS))
    block = problem.block(np.arange(0, n, step))
    mentees, mentors = (
        np.where(block.eligible, side, -np.inf)
        for side in (block.mentee_scores, block.mentor_scores)
    )
    return Place(_competition(problem), _agreement(mentees), _agreement(mentors.T))


def _competition(problem: Problem) -> float:
    n, m = problem.shape
    wanted = np.zeros(m)
    for rows in row_slices(n, m):
        block = problem.block(rows)
        wishes = np.where(block.eligible, block.mentee_scores, -np.inf)
        best = wishes.max(axis=1, initial=-np.inf, keepdims=True)
        first = (wishes == best) & block.eligible
        shares = 1 / np.maximum(first.sum(axis=1), 1)
        wanted += shares @ first
    return float(np.maximum(wanted - problem.capacities, 0).sum() / n) if n else 0.0


def _agreement(values: NDArray[np.floating]) -> float:
    """Return the mean correlation between the ranks of two rows."""
    if not values.size:
        return np.nan
    ranks = scipy.stats.rankdata(values, axis=1)
    ranks -= ranks.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(ranks, axis=1)
    opinions = lengths > ALL_ALIKE
    people = int(opinions.sum())
    if people < 2:
        return np.nan
    together = (ranks[opinions] / lengths[opinions, None]).sum(axis=0)
    return float((together @ together - people) / (people * (people - 1)))
