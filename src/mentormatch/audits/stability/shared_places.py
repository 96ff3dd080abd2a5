"""What quotas of groups of mentors leave to trade: two-level capacities, as in student projects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.preferences import round_to_steps
from mentormatch.problem.mentor_groups import MentorGroups, find_mentor_groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.audits.stability.holdings import Holdings
    from mentormatch.matching import Matching

__all__ = ["SharedPlaces", "describe_quotas", "share_places"]


@dataclass(frozen=True, eq=False)
class SharedPlaces:
    """Which pairs only move a mentee within the smallest full group around the new mentor.

    Such a pair takes no further place of a full group, so nobody has to make room for it.
    """

    # (mentors,): 1 + the smallest full group, 0 where the own seats are full or nothing is.
    group: NDArray[np.intp]
    mentor: NDArray[np.intp]  # (mentees,): 1 + the mentor that may be given up, 0 without one
    inside: NDArray[np.bool_]  # (groups + 1, mentors + 1): the mentor is in the group

    def moves(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Tell which pairs do; the two arrays are broadcast."""
        return np.asarray(self.inside[self.group[mentors], self.mentor[mentees]])


def share_places(
    matching: Matching, now: Holdings, tie_tolerance: float
) -> tuple[Holdings, SharedPlaces | None]:
    """What mentors have to lose where groups of them share places; None without such groups.

    A mentor whose group is full has the worst of the group to lose, by the score of the mentor that
    each of them has; of several full groups around a mentor the smallest decides, for whoever
    leaves it leaves the others as well.
    """
    problem = matching.problem
    if not problem.sides:
        return now, None
    groups = find_mentor_groups(problem)
    if isinstance(groups, str) or not len(groups.most):
        return now, None
    m = problem.shape[1]
    mentees, mentors = matching.mentees[~now.pinned], matching.mentors[~now.pinned]
    scores = matching.mentor_scores[~now.pinned]
    mentor, mentor_score, free = now.mentor.copy(), now.mentor_score.copy(), now.free.copy()
    group = np.zeros(m, dtype=np.intp)
    # An own seat that is full comes first: it is the smallest set around a mentor.
    settled = ~free
    for k, (member, most) in enumerate(zip(groups.member, groups.most.tolist(), strict=True), 1):
        held = member[mentors]
        if np.count_nonzero(held) < most:
            continue
        worst = scores[held].min(initial=np.inf)
        these = member & ~settled
        mentor[these] = round_to_steps(np.array([worst]), tie_tolerance)[0]
        mentor_score[these], free[these], group[these] = worst, False, k
        settled |= member
    mentor_of = np.zeros(problem.shape[0], dtype=np.intp)
    mentor_of[mentees] = mentors + 1
    inside = np.pad(groups.member, ((1, 0), (1, 0)))
    changed = replace(now, mentor=mentor, mentor_score=mentor_score, free=free)
    return changed, SharedPlaces(group, mentor_of, inside)


def describe_quotas(matching: Matching) -> str | None:
    """Say what the audit makes of quotas and other rules; None without any."""
    if not matching.problem.sides:
        return None
    groups = find_mentor_groups(matching.problem)
    if isinstance(groups, MentorGroups):
        return (
            "quotas: where a mentor's group is full a pair blocks only when the mentor prefers the "
            "mentee to the worst of the group (student-project allocation)"
        )
    return (
        f"quotas are not looked at ({groups}): a pair counted as blocking may break one, and need "
        "not be possible"
    )
