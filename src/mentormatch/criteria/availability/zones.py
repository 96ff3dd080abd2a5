"""Time zones as people write them: IANA and Windows names, labels, offsets, abbreviations."""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from zoneinfo import TZPATH, ZoneInfo, available_timezones

from mentormatch.cohort import nearest_name
from mentormatch.criteria.cells.tokens import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["ZoneReading", "is_city", "is_zone", "is_zone_like", "nearest_zone", "read_zone"]

# Folders and a file of the database that hold no zones of their own.
OTHER_FOLDERS = ("posix", "right")
OTHER_FILE = "posixrules"
# A suggested city is written alike but for a slip: Milano is not Iceland.
SLIP = 0.75
EXPECTED = "expected a time zone of the IANA database, such as 'Europe/Berlin'"
OFFSET = re.compile(
    r"(?:(?:UTC|GMT)\s*)?(?P<sign>[+\-−–±])\s*(?P<hours>\d{1,2})"
    r"(?::?(?P<minutes>\d\d)|(?P<part>\.(?:0|00|25|5|50|75)))?",
    re.IGNORECASE,
)
LABEL = re.compile(
    r"[(\[]?\s*(?:UTC|GMT)\s*(?P<offset>[+\-−–±]\s*\d{1,2}(?::?\d\d)?)?\s*[)\]]?\s*[:,\-–]?\s+"
    r"(?P<name>\S.*)",
    re.IGNORECASE,
)
# "Istanbul (UTC+3)", "Berlin, GMT+1", "EST / UTC-5".
BEHIND = re.compile(
    r"(?P<name>[^(),]*[^(),/\s\-–])(?:\s*[(\[]|(?:\s*[,/]|\s[\-–]?)\s*(?=UTC|GMT))"
    r"\s*(?P<offset>(?:UTC|GMT)?\s*[+\-−–±]\s*[\d:.]+)\s*[)\]]?",
    re.IGNORECASE,
)
# Names of the database that never move, though who writes them may mean a place that does.
STILL = ("EST", "MST", "HST", "GMT")
# Offsets between whole hours, and a zone that is there all year.
HALF_HOURS = {
    -570: "Pacific/Marquesas", 210: "Asia/Tehran", 270: "Asia/Kabul", 330: "Asia/Kolkata",
    345: "Asia/Kathmandu", 390: "Asia/Yangon", 525: "Australia/Eucla", 570: "Australia/Darwin",
}  # fmt: skip
# Of zones that move alike, the one that stands for them.
KNOWN = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
    "America/Los_Angeles", "America/Anchorage", "America/Halifax", "America/Havana",
    "America/Mexico_City", "America/Puerto_Rico", "Europe/London", "Europe/Dublin",
    "Europe/Berlin", "Europe/Lisbon", "Europe/Athens", "Europe/Moscow", "Africa/Algiers",
    "Africa/Lagos", "Africa/Johannesburg", "Africa/Nairobi", "Asia/Jerusalem", "Asia/Kolkata",
    "Asia/Shanghai", "Asia/Manila", "Asia/Tokyo", "Asia/Seoul", "Australia/Sydney",
    "Australia/Brisbane", "Australia/Adelaide", "Australia/Darwin", "Australia/Perth",
    "Pacific/Auckland", "Pacific/Honolulu", "Pacific/Pago_Pago",
)  # fmt: skip
# What people call a zone, beside what the database prints there.
ALSO_CALLED = {
    "BST": ("Europe/London", "Asia/Dhaka", "Pacific/Bougainville"),
    "AST": ("Asia/Riyadh",), "GST": ("Asia/Dubai", "Atlantic/South_Georgia"),
    "WST": ("Australia/Perth", "Pacific/Apia"), "ECT": ("America/Guayaquil",),
    "SGT": ("Asia/Singapore",), "AMT": ("America/Manaus", "Asia/Yerevan"),
    "BRT": ("America/Sao_Paulo",), "ART": ("America/Argentina/Buenos_Aires",),
    "SST": ("Asia/Singapore",), "CEST": ("Europe/Berlin",), "MEZ": ("Europe/Berlin",),
    "MESZ": ("Europe/Berlin",), "HNEC": ("Europe/Berlin",),
}  # fmt: skip
# Asked for so often that a question would be a nuisance; the reading is said.
USUAL = {
    "PST": "America/Los_Angeles", "EST": "America/New_York", "HST": "Pacific/Honolulu",
    "CET": "Europe/Berlin", "EET": "Europe/Athens",
}  # fmt: skip
# Labels of Windows whose first words are neither a city nor a name that CLDR has.
LABELS = {
    "baja california": "America/Tijuana", "indiana (east)": "America/Indiana/Indianapolis",
    "arizona": "America/Phoenix", "atlantic time (canada)": "America/Halifax",
    "solomon is.": "Pacific/Guadalcanal", "midway island": "Pacific/Pago_Pago",
    "abu dhabi": "Asia/Dubai", "mumbai": "Asia/Kolkata", "chennai": "Asia/Kolkata",
    "new delhi": "Asia/Kolkata", "beijing": "Asia/Shanghai", "osaka": "Asia/Tokyo",
    "west central africa": "Africa/Lagos", "bern": "Europe/Zurich", "hawaii": "Pacific/Honolulu",
    "alaska": "America/Anchorage", "islamabad": "Asia/Karachi", "hanoi": "Asia/Bangkok",
    "st. petersburg": "Europe/Moscow", "edinburgh": "Europe/London",
    "mexico": "America/Mexico_City", "guadalajara": "America/Mexico_City",
    "greenwich mean time": "Europe/London",
    "central time (us & canada)": "America/Chicago",
    "eastern time (us & canada)": "America/New_York",
    "mountain time (us & canada)": "America/Denver", "astana": "Asia/Almaty",
    "pacific time (us & canada)": "America/Los_Angeles", "coordinated universal time": "UTC",
}  # fmt: skip
# The languages whose names of zones and of cities are known.
LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl")
# Folders of the database whose zones are named for cities, and states of Australia among them.
CONTINENTS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe",
    "Indian", "Pacific",
)  # fmt: skip
STATES = (
    "act", "canberra", "lhi", "north", "nsw", "queensland", "south", "tasmania", "victoria",
    "west", "yancowinna",
)  # fmt: skip
# A year of which the offsets of zones are compared.
YEAR = 2026


@dataclass(frozen=True, slots=True)
class ZoneReading:
    """What a text is read as.

    The zone is an IANA name; the note is what the reader should know, None where the text is the
    name.
    """

    zone: str
    note: str | None = None


def read_zone(text: str) -> ZoneReading:
    """Read a time zone as people write it.

    Names of the IANA database and of Windows, labels such as ``(GMT-05:00) Eastern Time (US &
    Canada)``, offsets (``UTC+2``, ``-5``), names and abbreviations of CLDR that mean one clock, and
    cities for which a zone is named, in eight languages (``London``, ``Londra``). Raises
    UnreadableError for a text that is none of these, or that may mean several; with the candidates.

    Examples
    --------
    >>> read_zone("(GMT-05:00) Eastern Time (US & Canada)").zone
    'America/New_York'
    >>> read_zone("-5").note[:34]
    "'-5' is read as UTC−05:00 all year"
    """
    text = " ".join(text.split())
    found = _find_zone(text)
    if found is not None:
        return found
    city = _city(text)
    if city is None:
        raise UnreadableError(f"{EXPECTED}.", nearest_zone(text))
    return ZoneReading(city, f"{text!r} is read as {city}")


def _find_zone(text: str) -> ZoneReading | None:
    """As `read_zone`, but None where nothing is found, as looking for what is near takes longest.

    Raises UnreadableError for a text that may mean several.
    """
    if is_zone(text) and text not in STILL:
        return ZoneReading(text)
    if found := OFFSET.fullmatch(text):
        return ZoneReading(*_fixed(text, _minutes_of(found)))
    if re.fullmatch(r"utc|z|zulu", text, re.IGNORECASE):
        return ZoneReading("UTC")
    found = BEHIND.fullmatch(text)
    if found and OFFSET.fullmatch(found["offset"]) and _zones_of(found["name"]):
        return _labelled(text, found["name"], found["offset"])
    if found := LABEL.fullmatch(text):
        return _labelled(text, re.sub(r"^\((.*)\)$", r"\1", found["name"]), found["offset"])
    return _one_clock(text, text, zones) if (zones := _called(text)) else None


def is_zone_like(text: str) -> bool:
    """Tell whether a text is a time zone, or an abbreviation of several.

    Bare numbers, and names of two letters, may be anything.
    """
    text = text.strip()
    if len(text) < 3 or not any(sign.isalpha() for sign in text):
        return False
    try:
        return _find_zone(" ".join(text.split())) is not None
    except UnreadableError as error:
        return " may mean " in str(error)


def is_city(text: str) -> bool:
    """Tell whether a text is a city for which a zone is named.

    A column of cities may be where people live, and nothing more.
    """
    return _city(text) is not None


def _utc(minutes: int) -> str:
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _minutes_of(found: re.Match[str]) -> int:
    minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0)
    minutes += round(float(found["part"] or 0) * 60)
    return -minutes if found["sign"] in "-−–" else minutes


def _fixed(text: str, minutes: int) -> tuple[str, str]:
    """The zone that stays at an offset, and the note."""
    zone = HALF_HOURS.get(minutes)
    if minutes % 60 == 0 and -12 <= minutes // 60 <= 14:
        # Names of the database count towards the west.
        zone = f"Etc/GMT{-minutes // 60:+d}" if minutes else "UTC"
    if zone is None:
        raise UnreadableError(f"{EXPECTED}; no zone stays at {_utc(minutes)} all year.")
    return zone, (
        f"{text!r} is read as {_utc(minutes)} all year; of a place where clocks are changed in "
        "summer write the place, such as Europe/Berlin"
    )


@cache
def _offsets(zone: str) -> tuple[int, ...]:
    """Minutes ahead of UTC in the middle of each month."""
    info = ZoneInfo(zone)
    found = []
    for month in range(1, 13):
        ahead = datetime(YEAR, month, 15, tzinfo=UTC).astimezone(info).utcoffset()
        found.append(0 if ahead is None else int(ahead.total_seconds() // 60))
    return tuple(found)


def _labelled(text: str, name: str, offset: str | None) -> ZoneReading:
    """Read ``(UTC-05:00) name``: the first place that is known, if it is at that offset."""
    parts = [name, *re.split(r"\s*[,:]\s+|\s+-\s+", name)]
    known = [(part, zones) for part in parts if (zones := _zones_of(part))]
    if not known:
        raise UnreadableError(f"{EXPECTED}; {name!r} is no place of it.")
    if offset is not None and (found := OFFSET.fullmatch(offset)):
        minutes = _minutes_of(found)
        there = sorted({one for _, zones in known for zone in zones for one in _offsets(zone)})
        at = [(part, [one for one in zones if minutes in _offsets(one)]) for part, zones in known]
        known = [(part, tuple(zones)) for part, zones in at if zones]
        if not known:
            raise UnreadableError(
                f"{EXPECTED}; {name!r} is not at {_utc(minutes)} at any time of the year, but at "
                f"{' or '.join(map(_utc, there))}. Write the one that is meant."
            )
    return _one_clock(text, *known[0])


def _zones_of(name: str) -> tuple[str, ...]:
    """The zones that a name, an abbreviation or a city may mean."""
    city = None if (zones := _called(name)) else _city(name)
    return zones if city is None else (city,)


@cache
def _called(name: str) -> tuple[str, ...]:
    """The zone of a name, and all that an abbreviation may mean."""
    upper = name.strip(" .").upper()
    if upper == "GMT":
        return (upper,)
    zone = _named(name)
    also = (*ALSO_CALLED.get(upper, ()), *_by_abbreviation().get(upper, ()))
    return also if zone is None else (zone,)


@cache
def _named(name: str) -> str | None:
    """The zone of a name of Windows or CLDR; None when there is none, or several that differ."""
    key = name.strip(" .").casefold()
    if is_zone(name):
        return None if name in STILL else name
    if key in LABELS:
        return LABELS[key]
    from babel.core import get_global

    windows: Mapping[str, str] = get_global("windows_zone_mapping")
    for one, zone in windows.items():
        if one.casefold() == key and is_zone(zone):
            return zone
    if is_zone(zone := windows.get(f"{name.strip(' .').title()} Standard Time", "")):
        return zone
    short = re.sub(r"\s*\([^)]*\)$", "", key)
    zones = _zones_of_metazone(_metazones().get(short, ""))
    return representative(zones) if zones else None


@cache
def _metazones() -> Mapping[str, str]:
    """CLDR's zones by their names in the languages of forms."""
    from babel import Locale

    found: dict[str, str] = {}
    for language in LANGUAGES:
        for metazone, widths in Locale.parse(language).meta_zones.items():
            for width, names in widths.items():
                for kind, name in names.items():
                    # "EST" is not "Eastern Time"; "ET" is.
                    if width == "long" or kind == "generic":
                        found.setdefault(str(name).casefold(), metazone)
    return found


@cache
def _zones_of_metazone(metazone: str) -> tuple[str, ...]:
    from babel.core import get_global

    zones: Mapping[str, str] = get_global("meta_zones")
    return tuple(zone for zone, one in zones.items() if one == metazone and is_zone(zone))


def representative(zones: Iterable[str]) -> str | None:
    """The one zone that stands for several; None where no known one is among those that differ."""
    zones = tuple(zones)
    known = [zone for zone in KNOWN if zone in zones]
    if known:
        return known[0]
    return min(zones) if len({_offsets(zone) for zone in zones}) == 1 else None


def _city(name: str) -> str | None:
    """The zone that is named for a city; None where several differ."""
    zones = _by_city().get(" ".join(name.strip(" .").casefold().split()), ())
    return min(zones, key=_newest) if len({_offsets(zone) for zone in zones}) == 1 else None


def _newest(zone: str) -> tuple[bool, str]:
    """Where one city has several names (``Asia/Calcutta``), the one that the database keeps."""
    from babel.core import get_global

    return zone not in get_global("zone_territories"), zone


@cache
def _by_city() -> Mapping[str, tuple[str, ...]]:
    """Zones by the names of their cities: those of the database, and CLDR's in its languages."""
    from babel import Locale

    found: dict[str, dict[str, None]] = {}
    for name in _in_order():
        city = name.rpartition("/")[2].replace("_", " ").casefold()
        if name.partition("/")[0] in CONTINENTS and city not in STATES:
            found.setdefault(city, {})[name] = None
    for language in LANGUAGES:
        for name, names in Locale.parse(language).time_zones.items():
            if "city" in names and name.partition("/")[0] in CONTINENTS and is_zone(name):
                found.setdefault(str(names["city"]).casefold(), {})[name] = None
    return {city: tuple(zones) for city, zones in found.items()}


def _one_clock(text: str, name: str, zones: Sequence[str]) -> ZoneReading:
    """Read a text by the one clock of some zones, which its ``name`` may mean.

    Raises
    ------
    UnreadableError
        They are several, and none is usual.
    """
    if zones[0] == "GMT":
        return ZoneReading(
            "GMT",
            f"{text!r} does not move in summer, so it is {_utc(0)} all year; the zone that moves "
            "is Europe/London",
        )
    usual = USUAL.get(name.upper())
    clocks: dict[tuple[int, ...], list[str]] = {}
    for zone in zones:
        clocks.setdefault(_offsets(zone), []).append(zone)
    if usual in zones or len(clocks) == 1:
        zone = (usual if usual in zones else representative(zones)) or zones[0]
        return ZoneReading(zone, f"{text!r} is read as {zone}")
    candidates = sorted(
        (next((one for one in KNOWN if one in alike), min(alike)) for alike in clocks.values()),
        key=lambda one: KNOWN.index(one) if one in KNOWN else len(KNOWN),
    )
    listed = ", ".join(candidates[:-1]) + f" or {candidates[-1]}"
    raise UnreadableError(f"{text!r} may mean {listed}. Write the one that is meant.")


@cache
def _by_abbreviation() -> Mapping[str, tuple[str, ...]]:
    """Zones by the abbreviations that the database prints there."""
    found: dict[str, dict[str, None]] = {}
    for zone in _in_order():
        info = ZoneInfo(zone)
        for month in (1, 7):
            name = datetime(YEAR, month, 15, tzinfo=UTC).astimezone(info).tzname() or ""
            if name.isalpha():
                found.setdefault(name.upper(), {})[zone] = None
    return {name: tuple(zones) for name, zones in found.items()}


@cache
def is_zone(name: str) -> bool:
    """Tell whether a name is a time zone of the IANA database.

    The same as asking ``zoneinfo.available_timezones()``, which takes longer than reading a small
    programme.
    """
    if name not in _names():
        return name == "UTC"
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        # A file of another kind, such as a table of countries.
        return False
    return True


@cache
def _names() -> frozenset[str]:
    """The names of files where zones lie, whether they are zones or not."""
    names = set()
    with contextlib.suppress(ImportError, FileNotFoundError):
        names.update((resources.files("tzdata") / "zones").read_text("utf-8").split())
    for root in TZPATH:
        for folder, folders, files in os.walk(root):
            inside = folder[len(root) :].strip(os.sep).replace(os.sep, "/")
            if not inside:
                folders[:] = [name for name in folders if name not in OTHER_FOLDERS]
            names.update(f"{inside}/{name}" if inside else name for name in files)
    return frozenset(names - {OTHER_FILE})


def nearest_zone(zone: str) -> str | None:
    """Return the zone of a city that is written nearly so; None for another place."""
    if len(zone) <= 5 and "/" not in zone:
        return None
    by_city = {name.rpartition("/")[2].replace("_", " "): name for name in _in_order()}
    near = nearest_name(zone, _in_order()) or nearest_name(zone, by_city)
    if near is None or _likeness(zone, near) < SLIP:
        return None
    return by_city.get(near, near)


def _likeness(zone: str, other: str) -> float:
    """How alike the cities of two zones are written, from 0 to 1."""
    one, two = (name.rpartition("/")[2].replace("_", " ").casefold() for name in (zone, other))
    return SequenceMatcher(None, one, two).ratio()


@cache
def _in_order() -> tuple[str, ...]:
    return tuple(sorted(available_timezones() | {"UTC"}))
