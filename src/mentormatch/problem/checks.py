"""Checks of arguments that must be a problem."""

from __future__ import annotations

from mentormatch.errors import MentorMatchError
from mentormatch.problem.problem import Problem

__all__ = ["check_problem"]


def check_problem(value: object, caller: str) -> None:
    """Refuse anything but a `Problem`, with the way to make one.

    Raises
    ------
    MentorMatchError
        Names the function and what it was given.
    """
    if not isinstance(value, Problem):
        raise MentorMatchError(
            f"{caller} needs a Problem, got {type(value).__name__}. Use Problem(compatibility, "
            "capacity=...), or Problem.from_scores(scores) for an array."
        )
