"""Whether both tables know people by the same kind of identity, and ids written alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.cohort.names import SIDES
from mentormatch.cohort.readings import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.cohort.identity.choose import Kind

__all__ = ["is_one_kind", "write_ids_alike"]

DIGITS = re.compile(r"[0-9]{1,18}")


def is_one_kind(ids: tuple[str | None, str | None], kinds: tuple[Kind | None, ...]) -> bool:
    """Return whether equal ids in both tables mean one person.

    ``ids`` is what the ids of mentees and mentors are called, ``kinds`` what they are, where that
    was found out.
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

    A spreadsheet drops the zeros that a number begins with: where the other table has "0007", 7 is
    that person. The frames are the cohort's own; nobody else holds them yet. Returns what was
    written so.
    """
    readings = []
    sides = zip(SIDES, (mentees, mentors), (mentors, mentees), sources, strict=True)
    for side, frame, other, source in sides:
        if pd.api.types.is_integer_dtype(frame.index) and any(
            isinstance(other_id, str) for other_id in other.index[:1]
        ):
            numbers = frame.index
            texts = _texts_of(numbers.tolist(), other.index.tolist())
            frame.index = pd.Index(texts, name=numbers.name)
            # One whose zeros are put back shows what was done.
            k = next((k for k, text in enumerate(texts) if text.startswith("0")), 0)
            zeros = ", with the zeros that the other table has" if texts[k][:1] == "0" else ""
            readings.append(
                Reading(
                    "identity",
                    side,
                    source,
                    str(numbers.name),
                    f"numbers written as text{zeros}: {numbers[k]} is {texts[k]!r}",
                    "the other table has texts for ids, and equal ids are one person",
                )
            )
    return readings


def _texts_of(numbers: Sequence[int], others: Sequence[object]) -> list[str]:
    """Write numbers as the ids of the other table are, where those have zeros in front."""
    digits = [one for one in others if isinstance(one, str) and DIGITS.fullmatch(one)]
    padded = [one for one in digits if one.startswith("0") and len(one) > 1]
    widths = set(map(len, digits))
    width = widths.pop() if padded and len(widths) == 1 else 0
    # "07" and "7" are two people there, so that 7 is the second.
    known = {int(one): one for one in sorted(padded, key=len)} | {
        int(one): one for one in digits if one not in padded
    }
    return [known.get(k, str(k).zfill(width)) for k in numbers]
