"""Meetings checked with nothing but zoneinfo: people, their windows, and brute force."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pandas as pd
from hypothesis import strategies as st

import mentormatch as mm

QUARTER = timedelta(minutes=15)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
# Both changes of Europe, America and Australia, the half hour of Lord Howe, Ramadan in Morocco, …
CHANGING = (
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Pacific/Chatham",
    "America/Santiago",
    "Asia/Kolkata",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "UTC",
)


def minutes(text: str) -> int:
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


@lru_cache
def spans(windows: str) -> list[tuple[str, int, int]]:
    """Day, first and last minute of each window."""
    found = []
    for window in windows.split("; "):
        day, span = window.split(" ")
        start, end = (minutes(one) for one in span.split("-"))
        found.append((day, start, end))
    return found


def is_free(windows: str, zone: str, moment: datetime, first: date, last: date) -> bool:
    """Whether a quarter-hour lies in the windows by the wall clock of its date."""
    shown = moment.astimezone(ZoneInfo(zone))
    if not first <= shown.date() <= last:
        return False
    minute = shown.hour * 60 + shown.minute
    return any(
        DAYS[shown.weekday()] == day and start <= minute and minute + 15 <= end
        for day, start, end in spans(windows)
    )


# Each person is asked for once, and not for every pair and period that it is in.
@lru_cache
def moments(first: date, last: date) -> list[datetime]:
    """All quarter-hours from two days before the programme to three days after it."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=2)
    return [start + k * QUARTER for k in range(((last - first).days + 6) * 96)]


@lru_cache
def dates_shown(zone: str, first: date, last: date) -> list[date]:
    return [moment.astimezone(ZoneInfo(zone)).date() for moment in moments(first, last)]


@lru_cache
def free_at(windows: str, zone: str, first: date, last: date) -> list[bool]:
    return [is_free(windows, zone, moment, first, last) for moment in moments(first, last)]


def most_meetings(choices: list[list[datetime]], length: int) -> int:
    """How many of some people can meet one mentor, each at one of its instants; brute force."""

    def place(rest: list[list[datetime]], taken: list[datetime]) -> bool:
        if not rest:
            return True
        return any(
            all(abs(at - other) >= length * QUARTER for other in taken)
            and place(rest[1:], [*taken, at])
            for at in rest[0]
        )

    for size in range(len(choices), 0, -1):
        if any(place(list(some), []) for some in combinations(choices, size)):
            return size
    return 0


def instants(
    people: list[tuple[str, str]],
    mentor_zone: str,
    first: date,
    last: date,
    length: int,
    period: tuple[date, date],
) -> list[datetime]:
    """All starts at which people can meet within a period of the mentor's calendar."""
    shown = dates_shown(mentor_zone, first, last)
    free = [free_at(*person, first, last) for person in people]
    return [
        moment
        for k, moment in enumerate(moments(first, last)[: 1 - length or None])
        if all(period[0] <= shown[q] <= period[1] for q in (k, k + length - 1))
        and all(all(one[k : k + length]) for one in free)
    ]


@st.composite
def windows(draw: Any, shortest: int = 4, longest: int = 12) -> str:
    """One to three windows on different days."""
    days = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True))
    texts = []
    for day in sorted(days, key=DAYS.index):
        length = draw(st.integers(shortest, longest))
        start = draw(st.integers(0, 96 - length))
        texts.append(f"{day} {clock(start)}-{clock(start + length)}")
    return "; ".join(texts)


def clock(slot: int) -> str:
    return f"{slot // 4:02d}:{slot % 4 * 15:02d}"


def matching_of(
    mentees: dict[str, tuple[str, str]],
    mentors: dict[str, tuple[str, str]],
    dates: tuple[str, str],
    pairs: list[tuple[str, str]],
    **numbers: Any,
) -> mm.Matching:
    """A matching of people given as id: (windows, zone)."""
    free = mm.criteria.Availability("free", timezone="tz", dates=dates, weight=1)
    tables = [
        pd.DataFrame.from_dict(people, orient="index", columns=["free", "tz"])
        for people in (mentees, mentors)
    ]
    compatibility = mm.Criteria(free).score(mm.Cohort(*tables))
    return mm.Matching.from_pairs(mm.Problem(compatibility, **numbers), pairs)
