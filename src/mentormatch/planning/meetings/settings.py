"""What is asked of a plan, read from the words people use for lengths of time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from mentormatch.compatibility.ids import format_count
from mentormatch.errors import ProblemError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.criteria import Availability

__all__ = ["PlanSettings", "plan_settings", "read_date", "read_span"]

MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
UNITS = {
    "min": "minute",
    "mins": "minute",
    "h": "hour",
    "hr": "hour",
    "hrs": "hour",
    "d": "day",
    "w": "week",
}
SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*")
MOST_WEEKS = 260


@dataclass(frozen=True)
class PlanSettings:
    """What is asked of a plan."""

    meetings: int  # of each pair, one in each period
    weeks: int  # of a period
    quarters: int  # quarter-hours of a meeting
    first: date
    last: date
    kickoff_days: int  # the first meeting lies within so many days of the first date
    per_mentor_week: int | None  # the most meetings of a mentor in a week; None: no limit
    together_hour: bool  # a mentor meets the whole group at once
    availability: Availability  # its columns hold people's windows and zones
    first_number: int = 1  # of the first meeting; above 1 when a running programme is planned anew

    @property
    def total(self) -> int:
        """The number of the last meeting."""
        return self.first_number - 1 + self.meetings

    @property
    def length(self) -> timedelta:
        """How long a meeting is."""
        return self.quarters * timedelta(minutes=15)

    @property
    def length_text(self) -> str:
        """How long a meeting is, in words."""
        hours, minutes = divmod(self.quarters * 15, 60)
        parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
        return " ".join(part for part in parts if part)

    def period_dates(self, period: int) -> tuple[date, date]:
        """Return the first and last date of a period."""
        start = self.first + timedelta(weeks=self.weeks * period)
        end = start + timedelta(weeks=self.weeks) - timedelta(days=1)
        return start, min(end, self.last)


def plan_settings(
    meetings: object,
    every: object,
    length: object,
    between: Sequence[object] | None,
    kickoff_within: object,
    per_mentor_week: object,
    together_hour: bool,
    availability: Availability,
    first_number: object = 1,
) -> PlanSettings:
    """Read what is asked of a plan.

    Raises ProblemError for a number or length of time without a meaning, or a programme too short
    for its meetings.
    """
    if isinstance(meetings, bool) or not isinstance(meetings, int) or meetings < 1:
        raise ProblemError(f"meetings must be a whole number of 1 or more, got {meetings!r}.")
    if isinstance(first_number, bool) or not isinstance(first_number, int) or first_number < 1:
        raise ProblemError(
            f"first_number must be a whole number of 1 or more, got {first_number!r}."
        )
    minutes = read_span(every, "every", "2 weeks")
    weeks, rest = divmod(minutes, MINUTES["week"])
    if rest or not weeks:
        raise ProblemError(
            f"every must be whole weeks, such as '2 weeks', so that meetings keep their weekday; "
            f"got {every!r}."
        )
    quarters, rest = divmod(read_span(length, "length", "1 h"), 15)
    if rest or not 1 <= quarters <= 96:
        raise ProblemError(
            f"length must be quarters of an hour, at most a day, such as '45 min' or '1 h'; got "
            f"{length!r}."
        )
    first, last = _between(between, availability)
    span = (last - first).days + 1
    if span <= (meetings - 1) * weeks * 7:
        needed = first + timedelta(weeks=weeks * meetings) - timedelta(days=1)
        raise ProblemError(
            f"{format_count(meetings, 'meeting')}, one every {format_count(weeks, 'week')} from "
            f"{first}, end on {needed}, but the programme ends on {last}. Plan "
            f"{format_count(max(1, -(-span // (7 * weeks))), 'meeting')}, meet more often, or end "
            "later."
        )
    if span > MOST_WEEKS * 7:
        raise ProblemError(
            f"between covers {span} days; a plan covers at most {MOST_WEEKS} weeks. Plan one "
            "round at a time."
        )
    kickoff = weeks * 7
    if kickoff_within is not None:
        kickoff = read_span(kickoff_within, "kickoff_within", "2 weeks") // MINUTES["day"]
        if kickoff < 1:
            raise ProblemError(f"kickoff_within must be a day or more, got {kickoff_within!r}.")
    limit = per_mentor_week
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise ProblemError(
            f"per_mentor_week must be a whole number of meetings, 1 or more, or None; got "
            f"{limit!r}."
        )
    return PlanSettings(
        meetings=meetings,
        weeks=weeks,
        quarters=quarters,
        first=first,
        last=last,
        kickoff_days=min(kickoff, weeks * 7),
        per_mentor_week=limit,
        together_hour=bool(together_hour),
        availability=availability,
        first_number=first_number,
    )


def read_span(given: object, name: str, example: str) -> int:
    """Read a length of time, such as ``"2 weeks"``, in minutes.

    Raises ProblemError for anything but a number with minutes, hours, days or weeks.
    """
    if isinstance(given, timedelta):
        return round(given.total_seconds() / 60)
    found = SPAN.fullmatch(given) if isinstance(given, str) else None
    if found is not None:
        word = found[2].lower()
        unit = UNITS.get(word, word.removesuffix("s"))
        if unit in MINUTES:
            return round(float(found[1]) * MINUTES[unit])
    raise ProblemError(
        f"{name} must be a number of minutes, hours, days or weeks, such as {example!r}, got "
        f"{given!r}."
    )


def read_date(given: object, name: str, example: str = "'2027-01-11'") -> date:
    """Read a date; raises ProblemError for anything else."""
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given if isinstance(given, str) else "")
    except ValueError:
        raise ProblemError(f"{name} must be a date such as {example}, got {given!r}.") from None


def _between(given: Sequence[object] | None, availability: Availability) -> tuple[date, date]:
    """Read the programme's dates; those of the availability criterion where none are given."""
    if given is None:
        given = availability.dates
    if given is None:
        raise ProblemError(
            "A plan needs the programme's dates: between=('2027-01-11', '2027-06-30')."
        )
    try:
        first, last = given
    except (TypeError, ValueError):
        raise ProblemError(
            f"between must be (first, last), such as ('2027-01-11', '2027-06-30'); got {given!r}."
        ) from None
    dates = read_date(first, "between"), read_date(last, "between")
    if dates[1] < dates[0]:
        raise ProblemError(
            f"between: the last date, {dates[1]}, is before the first, {dates[0]}. Give the first "
            "date first."
        )
    return dates
