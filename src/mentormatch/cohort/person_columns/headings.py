"""Which headings ask for people's names: whole ones, or a part."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.cohort.names import fold_heading, heading_words
from mentormatch.cohort.person_columns.words import (
    AND,
    FIRST,
    FIRST_WORDS,
    FULL,
    LAST,
    LAST_WORDS,
    MENTEE,
    MENTOR,
    OF,
    ONLY_FIRST,
    OTHERS,
    PARTS,
    PERSON,
    PLAIN,
    THINGS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "ends_with",
    "heads_names",
    "heads_only_names",
    "heads_part_of_names",
    "may_head_names",
    "names_a_person",
    "without_owner",
]

# "Name (as in Slack)", "Name [Last, First]".
REMARK = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*[:*?]?\s*$")


def heads_names(column: object) -> bool:
    """Return whether a heading speaks of people's names, and not of what else has names."""
    words = heading_words(column)
    return may_head_names(words) and not set(words) & (THINGS | OTHERS)


def heads_only_names(columns: Sequence[object]) -> bool:
    """Return whether headings ask for people's own whole names, and say nothing else.

    A remark in brackets makes no difference, unless it asks for a part of the name.

    Examples
    --------
    >>> heads_only_names(["Nombre y apellidos"]), heads_only_names(["Vorname", "Nachname"])
    (True, True)
    >>> heads_only_names(["Nom complet"]), heads_only_names(["Wat is je volledige naam?"])
    (True, True)
    >>> heads_only_names(["Nom du mentor"]), heads_only_names(["Mentee name"])
    (True, True)
    >>> heads_only_names(["Name (Last, First)"]), heads_only_names(["Name (first only)"])
    (True, False)
    >>> heads_only_names(["Birth name"]), heads_only_names(["First name"])
    (False, False)
    """
    words = [without_owner(heading_words(REMARK.sub("", str(one)) or one)) for one in columns]
    if not columns or not all(set(said) <= PLAIN for said in words):
        return False
    if len(columns) > 1:
        return True
    said = set(words[0])
    parts = set(heading_words(columns[0])) & (ONLY_FIRST | FIRST_WORDS | LAST_WORDS)
    first = bool(parts & (FIRST_WORDS | {"first", "given", "fore"}))
    if first and parts & (LAST_WORDS | {"last", "family"}):
        return True
    if REMARK.search(str(columns[0])) and parts:
        return False
    # "Qual é o seu apelido?" has no "and".
    joined = bool(said & AND) and "qual" not in said
    joined |= bool(said & set(FIRST)) and bool(said & set(LAST))
    return joined or bool(said & FULL and not said & (ONLY_FIRST | PARTS))


def heads_part_of_names(column: object) -> bool:
    """Return whether a heading asks for first names alone, or for last names alone."""
    return fold_heading(column) in (*FIRST, *LAST)


def may_head_names(words: tuple[str, ...]) -> bool:
    """Return whether words of a heading speak of names, whoever or whatever has them."""
    text = " ".join(words)
    return (
        ends_with(text, FIRST)
        or ends_with(text, LAST)
        or not (FULL | FIRST_WORDS | LAST_WORDS).isdisjoint(words)
        or names_a_person(words)
    )


def without_owner(words: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out whose name a heading asks for: "nom du mentor" is "nom"."""
    kept: list[str] = []
    for word in words:
        if word not in PERSON | MENTEE | MENTOR:
            kept.append(word)
            continue
        while kept and kept[-1] in OF:
            kept.pop()
    return tuple(kept)


def names_a_person(words: tuple[str, ...]) -> bool:
    """Return whether a heading only says who takes part: "Participant", "Your mentor"."""
    return bool(words) and set(words) <= PERSON | {"your", "the"}


def ends_with(text: str, endings: Iterable[str]) -> bool:
    """Return whether a text ends with whole words."""
    return any(text == ending or text.endswith(f" {ending}") for ending in endings)
