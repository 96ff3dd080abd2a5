"""Weekly windows of time as quarter-hours: ``Mon 09:00-12:00; Wed 18:00-20:00``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.criteria.availability.day_names import languages_of_forms
from mentormatch.criteria.availability.given_hours import NOTHING_GIVEN
from mentormatch.criteria.availability.week_reader import EXAMPLE, WeekReader
from mentormatch.criteria.availability.window_tokens import tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from mentormatch.criteria.availability.given_hours import GivenHours

__all__ = [
    "DAYS",
    "DAY_SLOTS",
    "WEEK_SLOTS",
    "is_window_like",
    "packed_windows",
    "read_windows",
    "reader_of_column",
    "unpacked",
    "windows_as_text",
]

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_SLOTS = 96
WEEK_SLOTS = 7 * DAY_SLOTS
# The usual way of writing a window, which is read without looking at other cells.
PLAIN = re.compile(
    r"(?:(?P<first>Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:-(?P<last>Mon|Tue|Wed|Thu|Fri|Sat|Sun))? )?"
    r"(?P<start>[01]\d|2[0-4]):(?P<from>[0-5]\d)-(?P<end>[01]\d|2[0-4]):(?P<to>[0-5]\d)"
)
# "Mai" is a month as well, and "nie" a Sunday.
NEVER = frozenset(["never", "niemals", "jamais", "nunca", "nooit", "nigdy"])
ALL_WEEK = (1 << WEEK_SLOTS) - 1
ANYBODY = WeekReader()


def read_windows(cell: str) -> NDArray[np.bool_]:
    """Read a cell as the quarter-hours of a week, Monday 00:00 first.

    Windows stand between ``;`` or ``,``. Days are written in any language of CLDR, as lists, ranges
    or letters (``Mon-Fri``, ``Mo, Mi``, ``MWF``), before their times or behind them; a window
    without a day belongs to the day before it. Times are those of a clock of 24 hours, or have a
    half of the day (``6-7pm``). A window that ends before it begins goes on after midnight. A
    quarter-hour counts when all of it lies in a window. The answer is a bool array (672,). Raises
    ValueError with what was expected; where the cell may mean several things, with all of them.

    Examples
    --------
    >>> week = read_windows("Mon 09:00-10:00, 14-14:30; Sun 23:30-00:15")
    >>> windows_as_text(week)
    'Mon 00:00-00:15, Mon 09:00-10:00, Mon 14:00-14:30, Sun 23:30-24:00'
    """
    return np.asarray(unpacked([packed_windows(cell)])[0])


def is_window_like(cell: str) -> bool:
    """Tell at a glance whether a cell may hold windows: a range of hours, or a word for a day.

    Words are those of the languages of forms. "Team 4" and "Sofie-1 Lee-2" are no windows.

    Examples
    --------
    >>> [is_window_like(cell) for cell in ("Δευ 18-20", "mercredi soir", "after 18:30", "Team 4")]
    [True, True, True, False]
    """
    tokens = tokens_of(cell)
    signs = "".join({"number": "1", "word": "a"}.get(token.kind, "-") for token in tokens)
    # "18-20", "9h - 11h"; between "Person1 Family2" stands a word.
    return re.search("1a?-+1", signs) is not None or any(
        token.kind == "word" and languages_of_forms(token.key) for token in tokens
    )


def packed_windows(cell: str, reader: WeekReader = ANYBODY) -> bytes:
    """Read a cell like `read_windows`, eight quarter-hours in a byte.

    ``reader`` is what the other cells of its column say about language and clock. Raises ValueError
    with what was expected.
    """
    bits = 0 if _is_never(cell, reader.given) else _plain_bits(cell)
    if bits is None:
        bits = 0
        for days, start, end in reader.windows(cell):
            first, last = -(-start // 15), end // 15
            if first >= last:
                raise ValueError(
                    f"{EXAMPLE}; {cell.strip()!r} is shorter than a quarter of an hour."
                )
            bits |= _bits(days, first, last)
    return bits.to_bytes(WEEK_SLOTS // 8, "little")


def reader_of_column(cells: Iterable[str], given: GivenHours = NOTHING_GIVEN) -> WeekReader:
    """Find what the cells of a column say about each other's language and clock.

    Cells in the usual writing count as English, by a clock of 24 hours. ``given`` are words whose
    hours are said for the whole column.
    """
    plain, others = 0, []
    for cell in cells:
        if _is_never(cell, given):
            continue
        if _plain_bits(cell) is None:
            others.append(cell)
        else:
            plain += 1
    if not others:
        return ANYBODY
    return WeekReader.of_column(others, plain, given)


def unpacked(weeks: Sequence[bytes]) -> NDArray[np.bool_]:
    """Quarter-hours of packed weeks: bool array (weeks, 672)."""
    packed = np.frombuffer(b"".join(weeks), dtype=np.uint8).reshape(-1, WEEK_SLOTS // 8)
    return np.unpackbits(packed, axis=1, bitorder="little").view(bool)


def _is_never(cell: str, given: GivenHours) -> bool:
    """Tell whether somebody has no free time, and says so, if the word is not said to mean more."""
    word = cell.strip().casefold()
    return word in NEVER and word not in given.weeks and word not in given.hours


def _plain_bits(cell: str) -> int | None:
    """The quarter-hours of windows in their usual writing; None where one is written otherwise."""
    bits, days = 0, frozenset[int]()
    for part in cell.replace(",", ";").split(";"):
        window = _plain_window(part.strip())
        if window is None:
            return None
        named, first, last, alone = window
        days = named or days
        if not days:
            return None
        bits |= alone if named else _bits(days, first, last)
    return bits


@lru_cache(maxsize=2**14)
def _plain_window(text: str) -> tuple[frozenset[int], int, int, int] | None:
    """Read one window in its usual writing.

    The answer is its days if it names any, its first and last quarter-hour of a day, and the bits
    of the week on the days that it names; None where it is written otherwise.
    """
    found = PLAIN.fullmatch(text)
    if found is None:
        return None
    start, end = (60 * int(found[a]) + int(found[b]) for a, b in (("start", "from"), ("end", "to")))
    if start == end or max(start, end) > 24 * 60 or (start, end) == (24 * 60, 0):
        return None
    first, last = -(-start // 15), (end if end > start else end + 24 * 60) // 15
    if first >= last:
        return None
    days = frozenset[int]()
    if found["first"] is not None:
        one = DAYS.index(found["first"])
        other = DAYS.index(found["last"] or found["first"])
        days = frozenset((one + k) % 7 for k in range((other - one) % 7 + 1))
    return days, first, last, _bits(days, first, last)


def _bits(days: frozenset[int], first: int, last: int) -> int:
    """The quarter-hours of a window on some days, as bits; Sunday night goes on on Monday."""
    stretch, bits = (1 << (last - first)) - 1, 0
    for day in days:
        bits |= stretch << (day * DAY_SLOTS + first)
    return (bits & ALL_WEEK) | bits >> WEEK_SLOTS


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
