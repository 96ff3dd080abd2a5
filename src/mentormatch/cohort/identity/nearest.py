"""The nearest id to one that nobody has, by what tells people apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from mentormatch.cohort.names import nearest_name

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["hint_person", "nearest_person"]

Id = TypeVar("Id")
DIGITS = re.compile(r"\d+")
LETTERS = re.compile(r"[^\W\d_]+")
SHORTEST = 3


def nearest_person(person: object, ids: Iterable[Id]) -> Id | None:
    """Find the id that a mistyped one most likely means; None when none is near.

    Two addresses are compared by what stands before the "@", since everybody of one organisation
    has the rest; two ids with numbers are near only if the numbers agree.

    Examples
    --------
    >>> nearest_person("zoe@work.example", ["ann@work.example", "zoë.k@work.example"]) is None
    True
    >>> nearest_person("anna.ode@work.example", ["ana.ode@work.example", "bo@work.example"])
    'ana.ode@work.example'
    >>> nearest_person("mentor-12", ["mentor-13", "Mentor 12"])
    'Mentor 12'
    """
    wanted = str(person).strip()
    local = _local_part(wanted)
    near: dict[str, Id] = {}
    for one in ids:
        text = str(one)
        other = _local_part(text)
        if _may_be_mistyped(local, other):
            near.setdefault(other, one)
    found = nearest_name(local, near)
    if found is None or len(found) > 2 * len(local):
        return None
    return near[found]


def hint_person(person: object, ids: Iterable[object]) -> str:
    """Ask whether the nearest id was meant; empty when none is near.

    An id that differs in nothing but its type is named with it: "Did you mean '1'?" would repeat
    what was written.

    Examples
    --------
    >>> hint_person("1", [1, 2])
    " There is 1 (int), and '1' is of the type str: use that, or give the ids one type."
    """
    listed = list(ids)
    whole = isinstance(person, float) and person.is_integer()
    wanted = str(int(person)) if isinstance(person, float) and whole else str(person)
    same = next((one for one in listed if str(one) == wanted), None)
    if same is not None:
        return (
            f" There is {same!r} ({type(same).__name__}), and {person!r} is of the type "
            f"{type(person).__name__}: use that, or give the ids one type."
        )
    near = nearest_person(person, listed)
    return "" if near is None else f" Did you mean {str(near)!r}?"


def _local_part(text: str) -> str:
    return text.partition("@")[0]


def _may_be_mistyped(one: str, other: str) -> bool:
    """Return whether numbers agree and the letters are not merely a beginning of each other."""
    if one.casefold() == other.casefold():
        return True
    numbers = [[part.lstrip("0") for part in DIGITS.findall(text)] for text in (one, other)]
    if numbers[0] != numbers[1]:
        return False
    letters = ["".join(LETTERS.findall(text)).casefold() for text in (one, other)]
    if letters[0] == letters[1]:
        return True
    return min(map(len, letters)) >= SHORTEST and abs(len(letters[0]) - len(letters[1])) <= 2
