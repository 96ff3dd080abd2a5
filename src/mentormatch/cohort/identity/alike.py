"""Whether both tables know people by the same kind of identity, and ids written alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.cohort.names import SIDES
from mentormatch.cohort.readings import Reading

if TYPE_CHECKING:
    from mentormatch.cohort.identity.choose import Kind

__all__ = ["is_one_kind", "write_ids_alike"]


def is_one_kind(ids: tuple[str | None, str | None], kinds: tuple[Kind | None, ...]) -> bool:
    """Return whether equal ids in both tables mean one person.

    Parameters
    ----------
    ids
        What the ids of mentees and mentors are called.
    kinds
        What kind they are, where that was found out.
    """
    if "answers" in kinds:
        return False
    if kinds[0] == kinds[1] and kinds[0] in ("email", "name"):
        return True
    mentee, mentor = ids
    return mentee is not None and mentor is not None and mentee.casefold() == mentor.casefold()


def write_ids_alike(
    mentees: pd.DataFrame, mentors: pd.DataFrame, sources: tuple[str, str]
) -> list[Reading]:
    """Write whole numbers as text when the other table has ids of text: 7 is the person "7".

    The frames are the cohort's own; nobody else holds them yet. Returns what was written so.
    """
    readings = []
    sides = zip(SIDES, (mentees, mentors), (mentors, mentees), sources, strict=True)
    for side, frame, other, source in sides:
        if pd.api.types.is_integer_dtype(frame.index) and any(
            isinstance(other_id, str) for other_id in other.index[:1]
        ):
            numbers = frame.index
            frame.index = pd.Index([str(k) for k in numbers], name=numbers.name)
            readings.append(
                Reading(
                    "identity",
                    side,
                    source,
                    str(numbers.name),
                    f"numbers written as text: {numbers[0]} is {frame.index[0]!r}",
                    "the other table has texts for ids, and equal ids are one person",
                )
            )
    return readings
