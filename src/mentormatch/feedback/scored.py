"""The same problem with the scores of other criteria."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from mentormatch.criteria import Criteria
    from mentormatch.problem import Problem

__all__ = ["scored_by"]


def scored_by(problem: Problem, criteria: Criteria) -> Problem:
    """Return the problem with the scores that these criteria give its people.

    Raises
    ------
    CriterionError
        The problem was made of scores, not of a cohort.
    """
    cohort = problem.compatibility.cohort
    if cohort is None:
        raise CriterionError(
            "The problem was made of scores without people, so other weights cannot be tried on "
            "it. Make it with Problem(criteria.score(cohort), ...)."
        )
    return replace(problem, compatibility=criteria.score(cohort))
