"""When people are busy, from the calendar files they export; nothing else of them is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from mentormatch.compatibility.ids import format_count
from mentormatch.criteria.availability.zones import read_zone
from mentormatch.criteria.cells.tokens import UnreadableError
from mentormatch.displayed import Displayed
from mentormatch.errors import CohortError, Finding, MissingPackageError, ProblemError
from mentormatch.planning.calendars.writing import icalendar_package
from mentormatch.planning.meetings.settings import read_date

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from icalendar import Component

__all__ = ["BusyTimes", "read_availability"]

LARGEST_BYTES = 20 * 2**20
MOST_OCCURRENCES = 20_000
TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")


@dataclass(frozen=True, eq=False)
class BusyTimes(Displayed):
    """Stretches of time at which people cannot meet.

    Parameters
    ----------
    table
        One row per stretch: person, start_utc, end_utc. Titles, places and guests are not kept.
    """

    table: pd.DataFrame

    def __post_init__(self) -> None:
        lacking = {"person", "start_utc", "end_utc"} - set(self.table.columns)
        if lacking:
            raise ProblemError(
                f"Busy times need the columns person, start_utc and end_utc; "
                f"{sorted(lacking)[0]!r} is missing."
            )

    @property
    def people(self) -> list[object]:
        """Who has any."""
        return list(dict.fromkeys(self.table["person"]))

    def by_person(self) -> dict[str, tuple[tuple[datetime, datetime], ...]]:
        """Return the stretches of each person, by the text of the id."""
        found: dict[str, list[tuple[datetime, datetime]]] = {}
        for person, start, end in zip(
            self.table["person"], self.table["start_utc"], self.table["end_utc"], strict=True
        ):
            stretch = (pd.Timestamp(start).to_pydatetime(), pd.Timestamp(end).to_pydatetime())
            found.setdefault(str(person), []).append(stretch)
        return {person: tuple(stretches) for person, stretches in found.items()}

    def __repr__(self) -> str:
        stretches = format_count(len(self.table), "stretch", "stretches")
        return f"Busy times: {stretches} of {format_count(len(self.people), 'person', 'people')}"


def read_availability(
    path: str | Path | Iterable[str | Path],
    between: Sequence[object],
    *,
    timezone: str | Mapping[Hashable, str] = "UTC",
    people: Mapping[str, Hashable] | None = None,
) -> BusyTimes:
    """Read when people are busy from calendar files (.ics), one file a person.

    Events that are cancelled or shown as free are left out; repetitions, exceptions and moved
    occurrences are followed. An event of whole days is busy on those days, all day long.

    Parameters
    ----------
    path
        A file, a folder of them, several files, or a pattern such as ``"calendars/*.ics"``.
    between
        First and last date that matter.
    timezone
        The zone of times and days that a file leaves without one; one for all, or by person. As
        the criterion Availability reads it: also names of Outlook and offsets.
    people
        Whose file is whose, by file name; without it the name of a file before ``.ics`` is the id.

    Returns
    -------
    BusyTimes
        For ``mm.plan_meetings(busy=…)``.

    Raises
    ------
    ProblemError
        A time zone that is none, or may be several.
    CohortError
        Every file that cannot be read, with its reason.
    MissingPackageError
        ``icalendar`` or ``recurring-ical-events`` is not installed.
    """
    first, last = read_date(between[0], "between"), read_date(between[1], "between")
    files = _files(path)
    rows, findings = [], []
    for file in files:
        person = file.stem if people is None else people.get(file.name, file.stem)
        zone = _zone(timezone if isinstance(timezone, str) else timezone.get(person, "UTC"))
        try:
            stretches = _busy(file, first, last, zone)
        except _UnreadableCalendarError as error:
            findings.append(Finding(str(file), None, None, None, str(error)))
            continue
        rows += [(person, start, end) for start, end in stretches]
    if findings:
        raise CohortError(findings)
    table = pd.DataFrame(rows, columns=["person", "start_utc", "end_utc"])
    for name in ("start_utc", "end_utc"):
        table[name] = pd.to_datetime(table[name], utc=True)
    return BusyTimes(table)


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(read_zone(str(text)).zone)
    except UnreadableError as error:
        raise ProblemError(f"timezone: found {text!r}; {error}") from None


class _UnreadableCalendarError(Exception):
    """A calendar file that cannot be used; the message says what was expected."""


def _files(given: str | Path | Iterable[str | Path]) -> list[Path]:
    try:
        return _there(given)
    except OSError as error:
        expected = f"the calendars cannot be read: {error.strerror or error}."
        raise CohortError([Finding(str(given), None, None, None, expected)]) from None


def _there(given: str | Path | Iterable[str | Path]) -> list[Path]:
    if isinstance(given, str | Path):
        path = Path(given)
        if path.is_dir():
            files = sorted(path.glob("*.ics"))
        elif any(one in path.name for one in "*?["):
            files = sorted(path.parent.glob(path.name))
        else:
            files = [path]
    else:
        files = [Path(one) for one in given]
    lacking = [
        Finding(str(one), None, None, None, "there is no such file.")
        for one in files
        if not one.is_file()
    ]
    if lacking or not files:
        expected = "there is no calendar file (.ics). Check the folder or the pattern."
        raise CohortError(lacking or [Finding(str(given), None, None, None, expected)])
    return files


def _busy(file: Path, first: date, last: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Read the stretches of one file that touch the dates, joined where they overlap."""
    package = icalendar_package()
    try:
        import recurring_ical_events
    except ImportError:
        raise MissingPackageError(
            'Repeated events need recurring-ical-events: pip install "mentormatch-engine[calendar]"'
        ) from None
    size = file.stat().st_size
    if size > LARGEST_BYTES:
        raise _UnreadableCalendarError(
            f"the file has {size / 2**20:.0f} MiB; at most {LARGEST_BYTES // 2**20} are read. "
            "Export only the programme's dates."
        )
    try:
        calendar = package.Calendar.from_ical(file.read_bytes())
    except (ValueError, IndexError, KeyError) as error:
        raise _UnreadableCalendarError(
            f"expected an iCalendar file, as calendars export it: {error}."
        ) from None
    for entry in calendar.walk("VEVENT"):
        rule = entry.get("rrule")
        rules = rule if isinstance(rule, list) else [] if rule is None else [rule]
        if any(str(one.get("FREQ", [""])[0]) in TOO_OFTEN for one in rules):
            raise _UnreadableCalendarError(
                "an event repeats every hour or more often. Take it out of the file."
            )
    start = datetime.combine(first, time(), zone) - timedelta(days=2)
    end = datetime.combine(last, time(), zone) + timedelta(days=3)
    try:
        found = recurring_ical_events.of(calendar, skip_bad_series=False).between(start, end)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise _UnreadableCalendarError(f"an event cannot be read: {error}.") from None
    if len(found) > MOST_OCCURRENCES:
        raise _UnreadableCalendarError(
            f"there are {len(found):,} events in these dates; at most {MOST_OCCURRENCES:,} are "
            "read."
        )
    stretches = [
        (_instant(entry.start, zone), _instant(entry.end, zone))
        for entry in found
        if str(entry.get("status", "")).upper() != "CANCELLED"
        and str(entry.get("transp", "")).upper() != "TRANSPARENT"
    ]
    stretches += [
        (
            _instant(begin, zone),
            _instant(begin + over if isinstance(over, timedelta) else over, zone),
        )
        for entry in calendar.walk("VFREEBUSY")
        for begin, over in _periods(entry)
    ]
    return _joined(stretches)


def _periods(entry: Component) -> list[tuple[datetime, datetime | timedelta]]:
    """List the busy periods of a VFREEBUSY component."""
    given = entry.get("freebusy", [])
    found = []
    for one in given if isinstance(given, list) else [given]:
        kind = str(getattr(one, "params", {}).get("FBTYPE", "BUSY")).upper()
        if kind != "FREE":
            periods = getattr(one, "dts", None)
            found += [item.dt for item in periods] if periods is not None else [one.dt]
    return found


def _instant(moment: date | datetime, zone: ZoneInfo) -> datetime:
    """Return a date or time as an instant; what names no zone is meant in the person's own."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def _joined(stretches: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted(stretches):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
