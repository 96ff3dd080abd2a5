"""Weekly windows of time as people write them: ``Mon 09:00-12:00; Wed 18:00-20:00``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "DAYS",
    "DAY_SLOTS",
    "WEEK_SLOTS",
    "packed_windows",
    "read_windows",
    "unpacked",
    "windows_as_text",
]

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_SLOTS = 96
WEEK_SLOTS = 7 * DAY_SLOTS
EXAMPLE = 'expected weekly windows such as "Mon 09:00-12:00; Wed 18:00-20:00"'

FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = "|".join(name[:2] + "[a-z]*" for name in FULL_NAMES)
TIME = r"(\d{1,2})(?:[:.h](\d{2}))?\s*([ap]\.?m\.?)?"
SEPARATORS, DASHES = (",", "\n"), ("–", "—")
ALL_WEEK = (1 << WEEK_SLOTS) - 1
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
    return np.asarray(unpacked([packed_windows(cell)])[0])


def packed_windows(cell: str) -> bytes:
    """Read a cell like `read_windows`, eight quarter-hours in a byte.

    Raises
    ------
    ValueError
        With what was expected.
    """
    bits = 0
    days: tuple[int, ...] = ()
    for dash in DASHES:
        cell = cell.replace(dash, "-")
    for separator in SEPARATORS:
        cell = cell.replace(separator, ";")
    for part in cell.split(";"):
        window = _window(part)
        if window is None:
            continue
        named, start, end, alone = window
        if named:
            days = named
            bits |= alone
        elif days:
            bits |= _bits(days, start, end)
        else:
            raise ValueError(f"{EXAMPLE}; {part.strip()!r} names no day.")
    return bits.to_bytes(WEEK_SLOTS // 8, "little")


def unpacked(weeks: Sequence[bytes]) -> NDArray[np.bool_]:
    """Quarter-hours of packed weeks: bool array (weeks, 672)."""
    packed = np.frombuffer(b"".join(weeks), dtype=np.uint8).reshape(-1, WEEK_SLOTS // 8)
    return np.unpackbits(packed, axis=1, bitorder="little").view(bool)


@lru_cache(maxsize=2**14)
def _window(part: str) -> tuple[tuple[int, ...], int, int, int] | None:
    """Read one window.

    Returns
    -------
    days : if it names any
    first, last : its quarter-hours of a day
    bits : of the week, on the days that it names
    """
    text = part.strip()
    if not text:
        return None
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
    return days, first, last, _bits(days, first, last)


def _bits(days: tuple[int, ...], first: int, last: int) -> int:
    """The quarter-hours of a window on some days, as bits; Sunday night goes on on Monday."""
    stretch, bits = (1 << (last - first)) - 1, 0
    for day in days:
        bits |= stretch << (day * DAY_SLOTS + first)
    return (bits & ALL_WEEK) | bits >> WEEK_SLOTS


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
