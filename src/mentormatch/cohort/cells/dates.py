"""Dates as tables write them: which number is the day and which the month is never guessed."""

from __future__ import annotations

import re
from numbers import Real
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.cohort.cells.numbers import is_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["day_is_first", "read_instants", "read_moments"]

NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
# pandas turns the sign of what follows GMT or UTC, as POSIX does.
OFFSET = re.compile(r"\s*\b(?:GMT|UTC)\s*([+-]\d)", re.IGNORECASE)
NO_DATE = "expected a date, such as 2027-03-16."


def day_is_first(cells: Sequence[object]) -> bool | None:
    """Tell whether dates such as 3/4/2027 of one column begin with the day; None: not evident."""
    firsts = {_day_is_first(str(cell)) for cell in cells} - {None}
    return firsts.pop() if len(firsts) == 1 else None


def read_moments(
    cells: Sequence[object], *, day_first: bool | None = None
) -> list[pd.Timestamp | str]:
    """Read the dates and times of one column, by the clock they were written by.

    Of dates, times and texts, 2027-03-16 and 16.3.2027 have one meaning; of 3/4/2027 the other
    cells of the column must say which number is the day, unless ``day_first`` does. Each answer is
    a Timestamp without a zone, or a text that says what is expected instead.
    """
    first = day_is_first(cells) if day_first is None else day_first
    read = [_read(cell, first) for cell in cells]
    return [one if isinstance(one, str) else one.tz_localize(None) for one in read]


def read_instants(
    cells: Sequence[object], *, day_first: bool | None = None
) -> list[pd.Timestamp | str]:
    """Read dates and times as `read_moments`, in UTC where they say how far they are from it.

    "GMT+2" is two hours east, as forms write it.
    """
    first = day_is_first(cells) if day_first is None else day_first
    read = [_read(OFFSET.sub(r"\1", cell) if isinstance(cell, str) else cell, first)
            for cell in cells]  # fmt: skip
    return [
        one if isinstance(one, str) or one.tzinfo is None else one.tz_convert("UTC") for one in read
    ]


def _day_is_first(text: str) -> bool | None:
    found = NUMBERS.match(text.strip())
    if found is None or found[2] == ".":
        return None
    one, other = int(found[1]), int(found[3])
    return None if (one > 12) == (other > 12) else one > 12


def _read(cell: object, day_first: bool | None) -> pd.Timestamp | str:
    if isinstance(cell, Real) or not pd.api.types.is_scalar(cell) or is_missing(cell):
        return NO_DATE
    text = str(cell).strip()
    numbers = NUMBERS.match(text)
    if numbers is not None and numbers[2] == ".":
        day_first = True
    if numbers is not None and day_first is None and numbers[1] != numbers[3]:
        return "which number is the day is not evident. Write 2027-03-16, year first."
    if numbers is not None and int(numbers[3] if day_first else numbers[1]) > 12:
        # A text that is no date as it stands would be turned round by pandas.
        return NO_DATE
    # "now" and "today" would be the moment of reading, another one each time.
    if not any(sign.isdigit() for sign in text) or (text.isdigit() and len(text) != 8):
        return NO_DATE
    try:
        moment = pd.to_datetime(text, dayfirst=bool(day_first))
    except (TypeError, ValueError, OverflowError):
        return NO_DATE
    return pd.Timestamp(moment)
