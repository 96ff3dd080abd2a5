"""What everybody in a matching has to lose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.preferences import round_to_steps
from mentormatch.problem.checks import are_pinned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching

__all__ = ["Holdings", "holdings_of"]


@dataclass(frozen=True, eq=False)
class Holdings:
    """What everybody has to lose: the worst partner held in a place that is not pinned.

    Values held are those of the worst partner: (mentees,) and (mentors,), in steps of the tie
    tolerance, −inf with a free place or seat, +inf with nothing to trade; or in units of score, in
    which a free place or seat counts 0.
    """

    mentee: NDArray[np.float64]
    mentor: NDArray[np.float64]
    mentee_score: NDArray[np.float64]
    mentor_score: NDArray[np.float64]
    free: NDArray[np.bool_]  # (mentors,): has a free seat
    pinned: NDArray[np.bool_]  # (pairs of the matching,): cannot be broken


def holdings_of(matching: Matching, tie_tolerance: float = 0.0) -> Holdings:
    """What everybody holds, as the problem gives it in float64."""
    problem = matching.problem
    left = problem.after_pins
    mentees, mentors = matching.mentees, matching.mentors
    mentee_scores, mentor_scores = matching.mentee_scores, matching.mentor_scores
    pinned = np.zeros(len(mentees), dtype=bool)
    if len(problem.pinned):
        pinned = are_pinned(problem, mentees, mentors)
        mentees, mentors = mentees[~pinned], mentors[~pinned]
        mentee_scores, mentor_scores = mentee_scores[~pinned], mentor_scores[~pinned]
    sides = ((mentees, left.demand, mentee_scores), (mentors, left.capacity, mentor_scores))
    found: list[NDArray[np.float64]] = []
    frees: list[NDArray[np.bool_]] = []
    for person, places, scores in sides:
        free = np.bincount(person, minlength=len(places)) < places
        worst = np.full(len(places), np.inf)
        np.minimum.at(worst, person, scores)
        # Steps rise with scores, so the worst score is in the worst step.
        found += [
            np.where(free, -np.inf, round_to_steps(worst, tie_tolerance)),
            np.where(free, 0.0, worst),
        ]
        frees.append(free)
    return Holdings(found[0], found[2], found[1], found[3], frees[1], pinned)
