"""Whether an argument is a problem, and whether pairs are pinned in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import MentorMatchError
from mentormatch.problem.problem import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["are_among", "are_pinned", "check_problem"]


def are_pinned(
    problem: Problem, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Which of some pairs are pinned."""
    return are_among(mentees, mentors, *problem.pinned.T)


def are_among(
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    other_mentees: NDArray[np.intp],
    other_mentors: NDArray[np.intp],
) -> NDArray[np.bool_]:
    """Which of some pairs stand among others."""
    width = 1 + max(int(mentors.max(initial=0)), int(other_mentors.max(initial=0)))
    return np.isin(mentees * width + mentors, other_mentees * width + other_mentors)


def check_problem(value: object, caller: str) -> None:
    """Refuse anything but a `Problem` by MentorMatchError, which names ``caller`` and the cure."""
    if not isinstance(value, Problem):
        raise MentorMatchError(
            f"{caller} needs a Problem, got {type(value).__name__}. Use Problem(compatibility, "
            "capacity=...), or Problem.from_scores(scores) for an array."
        )
