"""Groups of mentors that share a number of places, nested or disjoint: projects and lecturers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.problem.quota_rows import NO_LIMIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem.conditions import SideConstraint
    from mentormatch.problem.problem import Problem

__all__ = ["MentorGroups", "find_mentor_groups"]


@dataclass(frozen=True, eq=False)
class MentorGroups:
    """Sets of mentors with the most mentees that each may have; any two are nested or disjoint."""

    member: NDArray[np.bool_]  # (groups, mentors), smaller groups first
    most: NDArray[np.int64]  # (groups,): what is left of the limit once the pins are made
    names: tuple[str, ...]


def find_mentor_groups(problem: Problem) -> MentorGroups | str:
    """The groups that a problem's quotas make, or in words why they are no such groups."""
    if problem.wants_several:
        return "somebody wants several mentors"
    members, most, names = [np.zeros((0, problem.shape[1]), dtype=bool)], [], []
    for constraint in problem.sides.constraints:
        wrong = _why_no_groups(constraint, problem.shape[0])
        if wrong is not None:
            return wrong
        held = constraint.sums(problem.pinned[:, 0], problem.pinned[:, 1])
        rows = np.flatnonzero(constraint.high < NO_LIMIT)
        members.append(constraint.row_of == rows[:, None])
        most.extend((constraint.high - held)[rows].tolist())
        names.extend([constraint.name] * len(rows))
    member = np.concatenate(members)
    sizes = member.sum(axis=1)
    shared = member.astype(np.int64) @ member.T
    crossing = np.argwhere((shared > 0) & (shared < np.minimum(sizes, sizes[:, None])))
    if len(crossing):
        one, other = (names[k] for k in crossing[0])
        return f"the groups of {one!r} and {other!r} overlap, and neither is part of the other"
    order = np.argsort(sizes, kind="stable")
    limits = np.array(most, dtype=np.int64)[order]
    return MentorGroups(member[order], limits, tuple(names[k] for k in order.tolist()))


def _why_no_groups(constraint: SideConstraint, mentees: int) -> str | None:
    """Why the rows of a condition are no sets of mentors with a largest number; None if they are.

    A quota that asks for so many at least is none: a mentee who leaves may break it.
    """
    if constraint.kind != "quota":
        return f"{constraint.name}, which is no quota of mentors"
    if len(constraint.mentees) < mentees or constraint.groups > 1:
        return f"the quota {constraint.name!r} counts some mentees only"
    if (constraint.low > 0).any():
        return f"the quota {constraint.name!r} asks for a least number"
    return None
