"""A conflict of as few conditions as there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mentormatch.errors import SolverError
from mentormatch.solvers.programs.side_program import smallest_hitting_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.solvers import Deadline

__all__ = ["ConflictFinder", "search_smallest", "shrink_conflict"]


class ConflictFinder(Protocol):
    """Tells which of some numbered conditions cannot all hold."""

    def find_conflict(self, kept: Sequence[int]) -> list[int] | None:
        """Return conditions among ``kept`` that cannot all hold; None where all of them can."""


def shrink_conflict(
    finder: ConflictFinder, conflict: Sequence[int], deadline: Deadline
) -> tuple[list[int], bool]:
    """Leave out conditions until none can be left out; what is left then is a conflict.

    Large parts first, since most conditions of a large programme have nothing to do with it.
    Returns what is left, and whether nothing more could go; once the deadline passes, some may be
    left that could. Source: J. W. Chinneck and E. W. Dravnieks (1991), Locating minimal infeasible
    constraint sets in linear programs.
    """
    kept, fewest = list(conflict), getattr(finder, "fewest", 1)
    step = max(1, len(kept) // 2)
    try:
        while not getattr(finder, "is_smallest", False):
            start = 0
            while start < len(kept):
                if len(kept) <= fewest:
                    return sorted(kept), True
                if deadline.has_passed:
                    return sorted(kept), False
                fewer = kept[:start] + kept[start + step :]
                found = finder.find_conflict(fewer) if fewer else None
                if found is None:
                    start += step
                    continue
                if getattr(finder, "is_smallest", False):
                    return sorted(found), True
                inside = set(found)
                # What was needed before is still needed: it stands at the front.
                front = [one for one in kept[:start] if one in inside]
                kept = front + [one for one in fewer if one in inside and one not in front]
                start = len(front)
            if step == 1:
                break
            step = max(1, step // 2)
    except SolverError:
        return sorted(kept), False
    return sorted(kept), True


def search_smallest(
    finder: ConflictFinder, count: int, deadline: Deadline
) -> tuple[list[int], bool] | None:
    """Find a conflict of the fewest conditions, and say whether it was proven that none is smaller.

    None where all conditions can hold. When the deadline passes, the smallest that was found is
    returned, not proven; SolverError where there is none yet.

    Every conflict meets every set of conditions without which the rest can hold. So a smallest set
    that meets all the sets known is no larger than any conflict; when it is a conflict itself, it
    is a smallest one, else what it leaves out gives one more set. Source: A. Ignatiev, A. Previti,
    M. Liffiton and J. Marques-Silva (2015), Smallest MUS extraction with minimal hitting set
    dualization.
    """
    conflict = finder.find_conflict(range(count))
    if conflict is None:
        return None
    if getattr(finder, "is_smallest", False):
        return sorted(conflict), True
    best, _ = shrink_conflict(finder, conflict, deadline)
    if len(best) <= max(1, getattr(finder, "fewest", 1)):
        return best, True
    sets: list[list[int]] = []
    try:
        while not deadline.has_passed:
            least = smallest_hitting_set(sets, deadline)
            if len(least) >= len(best):
                return best, True
            found = finder.find_conflict(least)
            if found is not None:
                return sorted(found), True
            sets.append(_find_what_must_go(finder, count, least, deadline))
    except SolverError:
        pass
    return best, False


def _find_what_must_go(
    finder: ConflictFinder, count: int, kept: Sequence[int], deadline: Deadline
) -> list[int]:
    """Conditions without which all others can hold: one by one, those that fit to ``kept`` stay."""
    held, gone = list(kept), []
    parts = [[one for one in range(count) if one not in set(kept)]]
    while parts:
        if deadline.has_passed:
            raise SolverError("The time was over.")
        part = parts.pop()
        if not part:
            continue
        if finder.find_conflict([*held, *part]) is None:
            held += part
        elif len(part) == 1:
            gone += part
        else:
            half = len(part) // 2
            parts += [part[half:], part[:half]]
    return gone
