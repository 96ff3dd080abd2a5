"""Weekly windows of time as people write them: ``Mon 09:00-12:00; Wed 18:00-20:00``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DAYS", "DAY_SLOTS", "WEEK_SLOTS", "read_windows", "windows_as_text"]

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_SLOTS = 96
WEEK_SLOTS = 7 * DAY_SLOTS
EXAMPLE = 'expected weekly windows such as "Mon 09:00-12:00; Wed 18:00-20:00"'

FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = "|".join(name[:2] + "[a-z]*" for name in FULL_NAMES)
TIME = r"(\d{1,2})(?:[:.h](\d{2}))?\s*([ap]\.?m\.?)?"
SEPARATOR = re.compile(r"[;,\n]")
WINDOW = re.compile(
    rf"(?:(?P<first>{DAY})\.?(?:\s*(?:-|to)\s*(?P<last>{DAY})\.?)?\s*:?\s+)?"
    rf"(?P<start>{TIME})\s*(?:-|to)\s*(?P<end>{TIME})",
    re.IGNORECASE,
)


def read_windows(cell: str) -> NDArray[np.bool_]:
    """Read a cell as the quarter-hours of a week, Monday 00:00 first.

    Windows stand between ``;`` or ``,``; a day may be a range (``Mon-Fri``), and a window without a
    day belongs to the day before it. A window that ends before it begins goes on after midnight. A
    quarter-hour counts when all of it lies in a window.

    Returns
    -------
    bool array (672,)

    Raises
    ------
    ValueError
        With what was expected.

    Examples
    --------
    >>> week = read_windows("Mon 09:00-10:00, 14-14:30; Sun 23:30-00:15")
    >>> windows_as_text(week)
    'Mon 00:00-00:15, Mon 09:00-10:00, Mon 14:00-14:30, Sun 23:30-24:00'
    """
    week = np.zeros(WEEK_SLOTS, dtype=bool)
    days: tuple[int, ...] = ()
    for part in SEPARATOR.split(cell.replace("–", "-").replace("—", "-")):
        text = part.strip()
        if not text:
            continue
        named, start, end = _window(text)
        days = named or days
        if not days:
            raise ValueError(f"{EXAMPLE}; {text!r} names no day.")
        for day in days:
            first, last = day * DAY_SLOTS + start, day * DAY_SLOTS + end
            week[first:last] = True
            week[: max(0, last - WEEK_SLOTS)] = True
    return week


@lru_cache(maxsize=2**14)
def _window(text: str) -> tuple[tuple[int, ...], int, int]:
    """Read one window: its days, if it names any, and its quarter-hours from … to …."""
    found = WINDOW.fullmatch(text)
    if found is None:
        raise ValueError(f"{EXAMPLE}; {text!r} is not one.")
    days = () if found["first"] is None else _days(found["first"], found["last"])
    start, end = _minutes(found["start"]), _minutes(found["end"])
    if end <= start:
        end += 24 * 60
    first, last = -(-start // 15), end // 15
    if first >= last:
        raise ValueError(f"{EXAMPLE}; {text!r} is shorter than a quarter of an hour.")
    return days, first, last


def _days(first: str, last: str | None) -> tuple[int, ...]:
    one = _day(first)
    if last is None:
        return (one,)
    other = _day(last)
    return tuple((one + k) % 7 for k in range((other - one) % 7 + 1))


def _day(text: str) -> int:
    for number, name in enumerate(FULL_NAMES):
        if name.startswith(text.lower()) or text.lower() in (name[:3], name[:4], name[:5]):
            return number
    raise ValueError(f"{EXAMPLE}; {text!r} is no day of the week.")


def _minutes(text: str) -> int:
    found = re.fullmatch(TIME, text.strip(), re.IGNORECASE)
    assert found is not None
    hours, minutes, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()[:1]
    if half and not 1 <= hours <= 12:
        hours = 99
    elif half:
        hours = hours % 12 + (12 if half == "p" else 0)
    if minutes > 59 or hours * 60 + minutes > 24 * 60:
        raise ValueError(f"{EXAMPLE}; {text.strip()!r} is no time of day.")
    return hours * 60 + minutes


def windows_as_text(week: NDArray[np.bool_], most: int = 99) -> str:
    """Write the quarter-hours of a week as windows, the first ``most`` of them."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], week, [False]]).astype(np.int8)))
    texts = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        while start < end:
            day = start // DAY_SLOTS
            stop = min(end, (day + 1) * DAY_SLOTS)
            texts.append(
                f"{DAYS[day]} {_clock(start - day * DAY_SLOTS)}-{_clock(stop - day * DAY_SLOTS)}"
            )
            start = stop
    return ", ".join(texts[:most])


def _clock(slot: int) -> str:
    return f"{slot // 4:02d}:{slot % 4 * 15:02d}"
