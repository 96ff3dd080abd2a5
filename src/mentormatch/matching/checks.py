"""Checks of arguments that must be a matching."""

from __future__ import annotations

from mentormatch.errors import MentorMatchError
from mentormatch.matching.matching import Matching

__all__ = ["check_matching"]


def check_matching(value: object, caller: str) -> None:
    """Refuse anything but a `Matching` by MentorMatchError, which names ``caller`` and the cure."""
    if not isinstance(value, Matching):
        raise MentorMatchError(
            f"{caller} needs a Matching, got {type(value).__name__}. mm.match(problem) makes one, "
            "and mm.Matching.from_pairs(problem, pairs) takes a table of pairs."
        )
