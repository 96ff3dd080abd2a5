"""Names of time zones, known without opening the file of every one of them."""

from __future__ import annotations

import contextlib
import os
from functools import cache
from importlib import resources
from zoneinfo import TZPATH, ZoneInfo, available_timezones

from mentormatch.cohort import nearest_name

__all__ = ["is_zone", "nearest_zone"]

# Folders and a file of the database that hold no zones of their own.
OTHER_FOLDERS = ("posix", "right")
OTHER_FILE = "posixrules"


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
    """What lies where zones lie, written as it is written there, zone or not."""
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
    """The nearest zone, by the name of the city if that is all there is."""
    by_city = {name.rpartition("/")[2].replace("_", " "): name for name in _in_order()}
    near = nearest_name(zone, _in_order()) or nearest_name(zone, by_city)
    return None if near is None else by_city.get(near, near)


@cache
def _in_order() -> tuple[str, ...]:
    return tuple(sorted(available_timezones() | {"UTC"}))
