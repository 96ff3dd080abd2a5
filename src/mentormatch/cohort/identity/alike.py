"""Whether both tables know people by the same kind of identity, and ids written alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

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


def write_ids_alike(mentees: pd.DataFrame, mentors: pd.DataFrame) -> None:
    """Write whole numbers as text when the other table has ids of text: 7 is the person "7".

    The frames are the cohort's own; nobody else holds them yet.
    """
    for frame, other in ((mentees, mentors), (mentors, mentees)):
        if pd.api.types.is_integer_dtype(frame.index) and any(
            isinstance(other_id, str) for other_id in other.index[:1]
        ):
            frame.index = pd.Index([str(k) for k in frame.index], name=frame.index.name)
