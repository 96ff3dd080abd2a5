"""One meeting as a calendar knows it, and how a revised programme is told to calendars."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

__all__ = ["CalendarEvent", "Person", "event_uid", "file_stem", "revise_events"]

UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST_STEM = 60
DOMAIN = "mentormatch"


@dataclass(frozen=True)
class Person:
    """Somebody who is invited."""

    email: str
    name: str | None = None


@dataclass(frozen=True)
class CalendarEvent:
    """One meeting."""

    uid: str  # the same in every revision of the programme
    start: datetime  # in UTC, as the end
    end: datetime
    summary: str
    description: str = ""
    attendees: tuple[Person, ...] = ()  # who is invited; empty unless asked for
    sequence: int = 0  # how often it was changed
    cancelled: bool = False  # it does not take place any more


def event_uid(programme: str, mentee: object, mentor: object, number: int) -> str:
    """Return an identifier that is the same in every revision and names nobody."""
    parts = [programme, *(f"{type(one).__name__}:{one}" for one in (mentee, mentor)), str(number)]
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
    return f"{digest}@{DOMAIN}"


def file_stem(identity: object) -> str:
    """Return a file name for an id that is safe everywhere and different for different ids."""
    text = str(identity)
    safe = UNSAFE.sub("_", text).strip("._-")[:LONGEST_STEM]
    if safe == text and not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", safe):
        return safe
    return f"{safe or 'person'}-{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}"


def revise_events(
    events: Iterable[CalendarEvent], before: Mapping[str, CalendarEvent], since: datetime
) -> list[CalendarEvent]:
    """Number the changes since an earlier revision, and cancel what is no longer planned.

    An event that was moved, renamed or taken up again is one revision further; one that is gone is
    cancelled under its old identifier; one that has not changed, and one that lies before ``since``
    and so has taken place, stays as it was.
    """
    revised = []
    seen = set()
    for event in events:
        seen.add(event.uid)
        old = before.get(event.uid)
        if old is None:
            revised.append(event)
            continue
        same = event == replace(old, attendees=event.attendees, sequence=event.sequence)
        revised.append(replace(event, sequence=old.sequence + (0 if same else 1)))
    for uid, old in before.items():
        if uid not in seen:
            dropped = not old.cancelled and old.start >= since
            revised.append(
                replace(old, sequence=old.sequence + 1, cancelled=True) if dropped else old
            )
    return sorted(revised, key=lambda event: (event.start, event.uid))
