"""Calendar files that import everywhere: UTC only, one event per meeting, no repetitions."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from mentormatch.errors import CohortError, Finding, MissingPackageError
from mentormatch.planning.calendars.events import CalendarEvent, revise_events
from mentormatch.safe_files import replace_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import ModuleType

__all__ = ["calendar_bytes", "icalendar_package", "write_calendars"]

PRODUCT = "-//mentormatch//meeting plan//EN"


def icalendar_package() -> ModuleType:
    """Import ``icalendar``; raises MissingPackageError if it is not installed."""
    try:
        import icalendar
    except ImportError:
        raise MissingPackageError(
            'Calendars need icalendar: pip install "mentormatch-engine[calendar]"'
        ) from None
    return icalendar


def calendar_bytes(events: Sequence[CalendarEvent], stamp: datetime) -> bytes:
    """Write events as one iCalendar object (RFC 5545), folded, with CRLF line ends."""
    package = icalendar_package()
    calendar = package.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for event in events:
        entry = package.Event()
        entry.add("uid", event.uid)
        entry.add("dtstamp", stamp.astimezone(UTC))
        entry.add("dtstart", event.start.astimezone(UTC))
        entry.add("dtend", event.end.astimezone(UTC))
        entry.add("sequence", event.sequence)
        entry.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
        entry.add("summary", _printable(event.summary))
        if event.description:
            entry.add("description", _printable(event.description))
        for person in event.attendees:
            address = package.vCalAddress(f"mailto:{_printable(person.email)}")
            if person.name is not None:
                # A quotation mark cannot be written inside a parameter.
                address.params["CN"] = _printable(person.name).replace('"', "'")
            entry.add("attendee", address)
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _printable(text: str) -> str:
    """Leave out control characters, which end a line or a file early for some readers."""
    return "".join(one for one in text if one == "\n" or one.isprintable())


def _read_events(path: Path) -> dict[str, CalendarEvent]:
    """Read the events of a calendar file that was written here, by identifier.

    Raises CohortError if the file is no calendar, or holds events that were not written here.
    """
    package = icalendar_package()
    expected = (
        "expected a calendar that a meeting plan wrote. Move it elsewhere, or give another folder."
    )
    try:
        calendar = package.Calendar.from_ical(path.read_bytes())
        if str(calendar.get("prodid")) != PRODUCT:
            raise ValueError(PRODUCT)
        events = [
            CalendarEvent(
                uid=str(entry["uid"]),
                start=entry["dtstart"].dt,
                end=entry["dtend"].dt,
                summary=str(entry["summary"]),
                description=str(entry.get("description", "")),
                sequence=int(entry.get("sequence", 0)),
                cancelled=str(entry.get("status", "")) == "CANCELLED",
            )
            for entry in calendar.walk("VEVENT")
        ]
    except (ValueError, KeyError, IndexError, AttributeError):
        raise CohortError([Finding(str(path), None, None, None, expected)]) from None
    return {event.uid: event for event in events}


def write_calendars(
    folder: Path,
    calendars: Mapping[str, Sequence[CalendarEvent]],
    stamp: datetime,
    *,
    overwrite: bool,
    since: datetime,
    beside: Mapping[Path, bytes] | None = None,
) -> list[Path]:
    """Write one file for each calendar into a folder, and revise those that are there already.

    Where ``overwrite`` is True, a file of an earlier revision is read first: what has changed gets
    a higher SEQUENCE, what is gone is cancelled, also in files of people who are in no meeting any
    more. Events before ``since`` stay as they were. The files ``beside`` are written together with
    the calendars: all, or none. With nothing written, raises FileExistsError if a file exists and
    ``overwrite`` is False, and CohortError if a file to be revised was not written here.
    """
    icalendar_package()
    there = {path.stem: path for path in sorted(folder.glob("*.ics"))}
    if there and not overwrite:
        first = next(iter(there.values()))
        raise FileExistsError(
            f"{first} exists already. Give another folder, or overwrite=True to revise the "
            "calendars in it."
        )
    before = {stem: _read_events(path) for stem, path in there.items()}
    revised = {
        stem: revise_events(calendars.get(stem, ()), before.get(stem, {}), since)
        for stem in dict.fromkeys([*calendars, *before])
    }
    contents = {
        folder / f"{stem}.ics": calendar_bytes(events, stamp) for stem, events in revised.items()
    }
    together = {**(beside or {}), **contents}
    for parent in {folder, *(path.parent for path in together)}:
        parent.mkdir(parents=True, exist_ok=True)
    replace_files(together, overwrite=overwrite)
    return list(contents)
