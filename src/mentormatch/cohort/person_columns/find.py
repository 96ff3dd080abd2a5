"""Find the columns that say who somebody is, by their headings and their cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.cohort.names import heading_words
from mentormatch.cohort.person_columns.answers import (
    MOSTLY,
    are_names,
    are_running_numbers,
    first_texts,
    is_email_column,
)
from mentormatch.cohort.person_columns.headings import (
    ends_with,
    heads_only_names,
    may_head_names,
    names_a_person,
    without_owner,
)
from mentormatch.cohort.person_columns.words import (
    AND,
    ANSWERS,
    CHILD,
    EMAIL_WORDS,
    FIRST,
    FIRST_WORDS,
    FULL,
    KEYS,
    LAST,
    LAST_WORDS,
    MENTEE,
    MENTOR,
    OTHERS,
    PERSON,
    PHONES,
    STAFF,
    THINGS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from mentormatch.cohort.names import Side

__all__ = ["PersonColumns", "find_person_columns", "hold_whole_names"]

# Two words or more, all but the small ones with a capital.
WHOLE = re.compile(r"[^\W\d_a-zß-ÿ][^\W\d_]*[\w.'’-]*(?: [^\W\d_][^\d\s@]*){1,4}")


@dataclass(frozen=True, slots=True)
class PersonColumns:
    """The columns of one table that say who somebody is."""

    email: str | None  # people's own addresses
    other_emails: tuple[str, ...]  # somebody else's addresses
    names: tuple[str, ...]  # those that make up the name: one, or first and last name
    keys: tuple[str, ...]  # with numbers or codes of people, such as employee number
    answers: tuple[str, ...]  # those that number the answers of a form

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the keys that are people's by their heading, such as ``employee number``."""
        return tuple(name for name in self.keys if set(heading_words(name)) & (PERSON | STAFF))

    @property
    def all(self) -> frozenset[str]:
        """Return the names of all these columns."""
        email = () if self.email is None else (self.email,)
        columns = (*email, *self.other_emails, *self.names, *self.keys, *self.answers)
        return frozenset(columns)


def find_person_columns(table: pd.DataFrame, side: Side) -> PersonColumns:
    """Find the columns that say who somebody is, by heading and contents."""
    words = {name: heading_words(name) for name in table.columns}
    other_side = MENTOR if side == "mentees" else MENTEE
    others = {name for name, said in words.items() if set(said) & (OTHERS | other_side)}
    emails = [str(name) for name, column in table.items() if is_email_column(column)]
    own = [name for name in emails if name not in others]
    best = own[0] if own else None
    if len(own) > 1:
        best = min(own, key=lambda name: _email_rank(words[name], table.loc[:, name]))
    texts = {
        name
        for name, said in words.items()
        if name not in others
        and name not in emails
        and may_head_names(said)
        and are_names(first_texts(table[name]))
    }
    keys = [
        name
        for name, said in words.items()
        if name not in others
        and name not in emails
        and (set(said) & KEYS or said == ("#",))
        and not set(said) & ((THINGS - {"user"}) | PHONES)
    ]
    answers = tuple(
        name
        for name in keys
        if set(words[name]) & ANSWERS
        or words[name] == ("#",)
        or (len(words[name]) == 1 and are_running_numbers(table[name]))
    )
    return PersonColumns(
        email=best,
        other_emails=tuple(name for name in emails if name != best),
        names=_find_names(words, texts, table),
        keys=tuple(name for name in keys if name not in answers),
        answers=answers,
    )


def _email_rank(said: tuple[str, ...], column: pd.Series) -> tuple[int, float]:
    """Rank a column of addresses: plain headings first, then the fewest repetitions."""
    rest = set(said) - EMAIL_WORDS - {"e", "address", "adresse", "your", "my", "the"}
    plain = (
        0 if set(said) & (EMAIL_WORDS | {"e"}) and not rest else 1 if rest <= MENTEE | MENTOR else 2
    )
    given = column.dropna()
    return plain, -given.nunique() / max(1, len(column))


def _find_names(
    words: dict[str, tuple[str, ...]], texts: set[str], table: pd.DataFrame
) -> tuple[str, ...]:
    """Find one column of full names, or those of first and last names."""
    folded = {name: " ".join(without_owner(said)) for name, said in words.items() if name in texts}
    firsts = [name for name, text in folded.items() if ends_with(text, FIRST)]
    firsts = firsts or [
        name
        for name in folded
        if FIRST_WORDS.intersection(words[name]) and CHILD.isdisjoint(words[name])
    ]
    # "Vor- und Nachname" asks for both, and so do "Vorname, Nachname" and "Nachname, Vorname".
    joins = AND | set(FIRST)
    both = [
        name
        for name, text in folded.items()
        if (ends_with(text, LAST) and set(words[name]) & joins)
        or (ends_with(text, FIRST) and LAST_WORDS.intersection(words[name]))
    ]
    firsts = [name for name in firsts if name not in both]
    lasts = [
        name
        for name, text in folded.items()
        if ends_with(text, LAST) and name not in (*firsts, *both)
    ]
    lasts = lasts or [
        name
        for name in folded
        if LAST_WORDS.intersection(words[name]) and name not in (*firsts, *both)
    ]
    # "Primer apellido" stands before "Segundo apellido".
    if all("apellido" in words[name] for name in lasts):
        lasts = lasts[:1]
    full = [
        name
        for name in folded
        if (set(words[name]) & FULL or name in both) and not set(words[name]) & THINGS
    ]
    # "nom" and "nombre" are whole names where nothing else says the other part.
    if len(firsts) == 1 and len(lasts) == 1:
        apart = [name for name in full if name not in (*firsts, *lasts)]
        return (apart[0],) if apart else (firsts[0], lasts[0])
    # "Nombre" beside "Nombre y apellidos" is the first name.
    full = [name for name in full if name in both] or full
    if full:
        # "Nombre" is a name in Spanish and a number in French, whose few answers many people share.
        if len(full) == 1:
            return (full[0],)
        different = {name: table[name].nunique() for name in full}
        most = max(different.values())
        return (min(full, key=lambda name: (2 * different[name] < most, len(words[name]))),)
    return next(((name,) for name in folded if names_a_person(words[name])), ())


def hold_whole_names(table: pd.DataFrame, columns: Sequence[str]) -> bool:
    """Return whether columns hold people's own whole names, by their headings.

    A heading such as "Participant" asks for no name: there the cells tell.
    """
    if len(columns) != 1 or not names_a_person(heading_words(columns[0])):
        return heads_only_names(columns)
    texts = first_texts(table[columns[0]])
    whole = sum(WHOLE.fullmatch(text.strip()) is not None for text in texts)
    return bool(texts) and whole >= MOSTLY * len(texts)
