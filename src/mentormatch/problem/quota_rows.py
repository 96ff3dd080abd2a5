"""Rows of a quota: groups of people by column or one by one, and a number for each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort import hint_nearest
from mentormatch.errors import CohortError, ProblemError

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Side
    from mentormatch.compatibility import Compatibility
    from mentormatch.problem.quotas import NumberLike, Quota

__all__ = ["NO_LIMIT", "QuotaRows", "quota_rows"]

NO_LIMIT = 2**62


@dataclass(frozen=True, eq=False)
class QuotaRows:
    """The rows in which the pairs of a quota count.

    Rows are called by ``names``, group of mentors by group of mentees; None where it is one row, or
    one for each mentor.
    """

    mentees: NDArray[np.intp]  # (members,), ascending
    # (members,): the group of each; all 0 where these are not told apart
    member_group: NDArray[np.intp]
    mentor_group: NDArray[np.intp]  # (mentors,): the group of each, −1 = in none
    names: tuple[Hashable, ...] | None
    low: NDArray[np.int64]  # (rows,)
    high: NDArray[np.int64]  # (rows,)


@dataclass(frozen=True, eq=False)
class _Groups:
    """Groups of the people of one side: positions, the group of each, and what groups are called.

    ``labels`` is None where all are one group.
    """

    people: NDArray[np.intp]
    codes: NDArray[np.intp]
    labels: Sequence[Hashable] | None

    @property
    def count(self) -> int:
        """How many groups there are."""
        return 1 if self.labels is None else len(self.labels)


def quota_rows(compatibility: Compatibility, quota: Quota) -> QuotaRows:
    """Find the rows of a quota among the people of a problem.

    Raises ProblemError for people, columns or values that do not exist; numbers that are no counts,
    or that differ within a group.
    """
    columns = quota.columns_of_groups(compatibility)
    mentors = _groups(compatibility, quota, "mentors", columns.get("mentors"), quota.per_mentor)
    mentees = _groups(compatibility, quota, "mentees", columns.get("mentees"), quota.per_mentee)
    group_of = np.full(compatibility.shape[1], -1, dtype=np.intp)
    if len(mentees.people):
        group_of[mentors.people] = mentors.codes
    # Numbers are those of the mentors' groups where there are such, else of the mentees'.
    if mentors.labels is None and mentees.labels is not None:
        by: Side = "mentees"
        rows = np.arange(mentees.count)
    else:
        by = "mentors"
        rows = np.repeat(np.arange(mentors.count), mentees.count)
    groups = mentors if by == "mentors" else mentees
    least = _numbers(compatibility, quota, by, groups, "at_least")[rows]
    most = _numbers(compatibility, quota, by, groups, "at_most")[rows]
    if (least > most).any():
        k = int(np.flatnonzero(least > most)[0])
        value = groups.labels[int(rows[k])] if groups.labels is not None else "all"
        raise ProblemError(
            f"The quota {quota.label!r} asks for at least {least[k]} and at most {most[k]} of "
            f"{value!r}. Correct one of the two."
        )
    return QuotaRows(
        mentees.people, mentees.codes, group_of, _names(quota, mentors, mentees), least, most
    )


def _groups(
    compatibility: Compatibility, quota: Quota, side: Side, column: str | None, one_by_one: bool
) -> _Groups:
    """Put the people that a quota means on one side into groups."""
    people = quota.members(compatibility, side)
    ids = compatibility.ids(side)
    if one_by_one and column is not None:
        raise ProblemError(
            f"The quota {quota.label!r} goes by {column!r} and by each of the {side} at once. Give "
            "one of the two."
        )
    if one_by_one:
        return _Groups(people, np.arange(len(people)), ids[people].tolist())
    if column is None:
        return _Groups(people, np.zeros(len(people), dtype=np.intp), None)
    texts = _texts(compatibility, quota, side, column)
    # Whoever has no value is in no group.
    people = people[[texts[k] is not None for k in people.tolist()]]
    values = sorted({str(texts[k]) for k in people.tolist()})
    place = {value: k for k, value in enumerate(values)}
    codes = np.array([place[str(texts[k])] for k in people.tolist()], dtype=np.intp)
    return _Groups(people, codes, values)


def _texts(compatibility: Compatibility, quota: Quota, side: Side, column: str) -> list[str | None]:
    cohort = compatibility.cohort
    if cohort is None:
        raise ProblemError(
            f"The quota {quota.label!r} names the column {column!r}, but this problem has no "
            "tables. Give one quota for each group, with lists of ids."
        )
    try:
        cells = cohort.column(side, column).astype(object)
    except CohortError as error:
        raise ProblemError(
            f"The quota {quota.label!r} cannot be used: {error.findings[0]}"
        ) from None
    return [None if pd.isna(cell) else str(cell).strip() or None for cell in cells.tolist()]


def _numbers(
    compatibility: Compatibility, quota: Quota, side: Side, groups: _Groups, which: str
) -> NDArray[np.int64]:
    """A limit for each group."""
    given: NumberLike | None = getattr(quota, which)
    if given is None:
        return np.full(groups.count, NO_LIMIT, dtype=np.int64)
    if isinstance(given, str | Mapping) and groups.labels is None:
        raise ProblemError(
            f"The quota {quota.label!r} has a number for each group in {which}, but no groups. Say "
            'which with per="column".'
        )
    values: Sequence[object] = groups.labels or []
    if isinstance(given, Mapping):
        return _of_mapping(quota, given, values, which)
    if isinstance(given, str):
        return _of_column(compatibility, quota, side, groups, given, which)
    return np.full(groups.count, int(given), dtype=np.int64)


def _of_mapping(
    quota: Quota, given: Mapping[object, int], values: Sequence[object], which: str
) -> NDArray[np.int64]:
    """Numbers by value of a group; every group has one."""
    known = {str(value): number for value, number in given.items()}
    wrong = [
        f"{which} has no number for {value!r}; give one to each group"
        for value in values
        if str(value) not in known
    ]
    names = list(map(str, values))
    wrong += [
        f"{which} has a number for {value!r}, which is no group.{hint_nearest(value, names)}"
        for value in known
        if value not in names
    ]
    if wrong:
        raise ProblemError(f"The quota {quota.label!r} cannot be used: {'; '.join(wrong)}.")
    return np.array([int(known[name]) for name in names], dtype=np.int64)


def _of_column(
    compatibility: Compatibility, quota: Quota, side: Side, groups: _Groups, column: str, which: str
) -> NDArray[np.int64]:
    """Numbers from a column, the same for everybody in a group."""
    texts = _texts(compatibility, quota, side, column)
    found: dict[int, int] = {}
    for person, code in zip(groups.people.tolist(), groups.codes.tolist(), strict=True):
        try:
            number = float(texts[person] or "")
        except ValueError:
            number = -1.0
        value = None if groups.labels is None else groups.labels[code]
        if number < 0 or not number.is_integer():
            raise ProblemError(
                f"The quota {quota.label!r} reads {which} from {column!r}, which must be a whole "
                f"number of 0 or more for everybody in {value!r}; found {texts[person]!r}."
            )
        if found.setdefault(code, int(number)) != number:
            raise ProblemError(
                f"The quota {quota.label!r} reads {which} from {column!r}, which differs within "
                f"{value!r}: {found[code]} and {int(number)}. Give everybody of a group the same."
            )
    return np.array([found[code] for code in range(groups.count)], dtype=np.int64)


def _names(quota: Quota, mentors: _Groups, mentees: _Groups) -> tuple[Hashable, ...] | None:
    """What rows are called; None where a row is everybody, or one mentor."""
    if mentees.labels is None:
        return None if mentors.labels is None or quota.per_mentor else tuple(mentors.labels)
    if mentors.labels is None:
        return tuple(mentees.labels)
    return tuple(f"{one} × {other}" for one in mentors.labels for other in mentees.labels)
