"""People who stand in both tables, so that nobody is matched with itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort.identity.choose import join_columns
from mentormatch.cohort.person_columns.answers import compatible_names, fold_person
from mentormatch.cohort.person_columns.find import find_person_columns
from mentormatch.cohort.readings import Reading, commonest
from mentormatch.handed_out import lock

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.cohort.names import Side
    from mentormatch.cohort.person_columns.find import PersonColumns

__all__ = ["Oneself", "find_oneself"]


@dataclass(frozen=True, eq=False, slots=True)
class Oneself:
    """Where mentees stand among the mentors."""

    positions: NDArray[np.intp]  # (mentees,): of the same person among the mentors, −1 if nowhere
    column: str  # what both have in common, such as id
    readings: tuple[Reading, ...] = ()  # who stands in both tables, equal ids of two people

    def __post_init__(self) -> None:
        lock(self.positions)


def find_oneself(
    mentees: pd.DataFrame,
    mentors: pd.DataFrame,
    *,
    people: tuple[PersonColumns | None, PersonColumns | None] = (None, None),
    shares_ids: bool,
    sources: tuple[str, str],
    rows: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> Oneself:
    """Find the people who are in both tables.

    They have one id, where both tables know people by the same kind of identity, or one e-mail
    address of their own, or, where each table has ids of its own, one full name. Equal ids with
    different names or addresses are two people, and so are equal names with different addresses.
    Tables are indexed by id. The ``people`` are the columns of each that say who somebody is; None:
    they are looked for. ``shares_ids`` says that equal ids mean the same person. Where the row
    numbers show that both are one table, one row is one person.
    """
    nowhere = np.full(len(mentees), -1, dtype=np.intp)
    if not len(mentees) or not len(mentors):
        return Oneself(nowhere, "")
    facts = [_facts(mentees, "mentees", people[0]), _facts(mentors, "mentors", people[1])]
    by_id, told = nowhere, nowhere[:0]
    readings: tuple[Reading, ...] = ()
    if shares_ids:
        by_id = mentors.index.get_indexer(mentees.index).astype(np.intp)
        if facts[0].names_are_ids and facts[1].names_are_ids:
            # A name in another case, or with another accent, is the same name.
            by_id = np.where(by_id >= 0, by_id, _find_folded(facts[0].names, facts[1].names))
        by_id, told = _without_contradictions(by_id, facts[0], facts[1], facts[0].names_are_ids)
        if len(told):
            readings = (_say_apart(mentees, told, sources),)
    positions = by_id
    by_mail = nowhere
    if facts[0].emails is not None and facts[1].emails is not None:
        found = _find_folded(facts[0].emails, facts[1].emails)
        by_mail, _ = _without_contradictions(found, facts[0], facts[1], False)
        positions = np.where(by_id >= 0, by_id, by_mail)
    column = str(mentees.index.name) if (by_id >= 0).any() else "e-mail address"
    if not shares_ids and facts[0].names is not None and facts[1].names is not None:
        found = _find_folded(_full_names(facts[0].names), _full_names(facts[1].names))
        by_name, _ = _without_contradictions(found, facts[0], facts[1], True)
        column = column if (positions >= 0).any() else "name"
        positions = np.where(positions >= 0, positions, by_name)
    if sources[0] == sources[1]:
        by_row = pd.Index(rows[1]).get_indexer(pd.Index(rows[0])).astype(np.intp)
        alike = mentors.index.to_numpy()[by_row] == mentees.index.to_numpy()
        by_row = np.where(alike, by_row, -1)
        if (positions < 0).all():
            column = "row"
        positions = np.where(by_row >= 0, by_row, positions)
    if facts[0].names is not None and facts[1].names is not None:
        # "Nowak, Jan" is Jan Nowak here: whether they are one is only asked.
        names = (_full_names(facts[0].names), _full_names(facts[1].names))
        alike = (
            _find_folded(*(one.map(lambda name: " ".join(sorted(name.split()))) for one in names))
            >= 0
        )
        alike[told] = False
        namesakes = np.flatnonzero(alike & (positions < 0))
        if len(namesakes):
            readings = (*readings, _say_namesakes(mentees, namesakes, sources))
    if (positions >= 0).any():
        readings = (_say_both(mentees.index[positions >= 0], column, sources), *readings)
    return Oneself(np.asarray(positions, dtype=np.intp), column, readings)


def _find_folded(mentees: pd.Series | None, mentors: pd.Series | None) -> NDArray[np.intp]:
    """Return where each mentee's folded name or address stands among the mentors, −1 if nowhere.

    What several mentors have is nobody's in particular.
    """
    if mentees is None or mentors is None:
        return np.full(0 if mentees is None else len(mentees), -1, dtype=np.intp)
    several = mentors.duplicated(keep=False).tolist()
    known = {
        one: k
        for k, (one, again) in enumerate(zip(mentors, several, strict=True))
        if one and not again
    }
    return np.array([known.get(one, -1) for one in mentees], dtype=np.intp)


def _full_names(names: pd.Series) -> pd.Series:
    """Folded names of at least two words; what is shorter may be many people's."""
    return names.map(lambda name: name if " " in name else "")


@dataclass(frozen=True, eq=False, slots=True)
class _Facts:
    """Folded names and own e-mail addresses of the people of one table, where there are any."""

    names: pd.Series | None
    emails: pd.Series | None
    names_are_ids: bool = False


def _facts(table: pd.DataFrame, side: Side, people: PersonColumns | None) -> _Facts:
    frame = table
    if table.index.name is not None and table.index.name not in table.columns:
        frame = table.reset_index()
    frame = frame.reset_index(drop=True)
    people = find_person_columns(frame, side) if people is None else people
    names = join_columns(frame, people.names).map(fold_person) if people.names else None
    emails = None
    if people.email is not None:
        folded = frame[people.email].map(fold_person)
        emails = folded.where(folded.str.contains("@", regex=False), "")
    return _Facts(names, emails, " + ".join(people.names) == table.index.name)


def _without_contradictions(
    partner: NDArray[np.intp], mentees: _Facts, mentors: _Facts, names_are_ids: bool
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Drop pairs whose names or addresses say that they are two people."""
    where = np.flatnonzero(partner >= 0)
    if not len(where):
        return partner, where
    others = partner[where]
    differ = _differ(mentees.emails, mentors.emails, where, others)
    if mentees.names is not None and mentors.names is not None:
        wrong = _differ(mentees.names, mentors.names, where, others)
        if not names_are_ids:
            one = (mentees.names.iloc[where] != "").to_numpy()
            given = one & (mentors.names.iloc[others] != "").to_numpy()
            # One id and one name, but another address: people have more than one.
            differ = differ & (wrong | ~given)
        differ = differ | wrong
    wrong = differ
    kept = partner.copy()
    kept[where[wrong]] = -1
    return kept, where[wrong]


def _differ(
    one: pd.Series | None,
    other: pd.Series | None,
    where: NDArray[np.intp],
    others: NDArray[np.intp],
) -> NDArray[np.bool_]:
    """Return which pairs of people have names or addresses that are not one person's."""
    if one is None or other is None:
        return np.zeros(len(where), dtype=bool)
    pairs = zip(one.iloc[where], other.iloc[others], strict=True)
    return np.array([not compatible_names(a, b) for a, b in pairs], dtype=bool)


def _say_both(people: pd.Index, column: str, sources: tuple[str, str]) -> Reading:
    named = commonest(people)
    more = f" and {len(people) - len(named):,} more" if len(people) > len(named) else ""
    one = len(people) == 1
    where = "on both sides" if sources[0] == sources[1] else "in both tables"
    return Reading(
        "same person",
        None,
        " and ".join(dict.fromkeys(sources)),
        None,
        f"{len(people):,} {'person stands' if one else 'people stand'} {where} and "
        f"{'is' if one else 'are'} never matched with {'itself' if one else 'themselves'}: "
        f"{', '.join(named)}{more}",
        "one row says so" if column == "row" else f"the {column} is the same",
        named,
        "give two people different ids; for whom that is allowed, allow_self = true in [scoring]",
    )


def _say_apart(mentees: pd.DataFrame, apart: NDArray[np.intp], sources: tuple[str, str]) -> Reading:
    count = len(apart)
    people = f"{count:,} {'id stands' if count == 1 else 'ids stand'}"
    return Reading(
        "same person",
        None,
        " and ".join(dict.fromkeys(sources)),
        None if mentees.index.name is None else str(mentees.index.name),
        "two people each",
        f"{people} in both tables, but names or e-mail addresses differ",
        commonest(mentees.index[apart]),
        "write the same name and address in both tables, or give the two people different ids",
    )


def _say_namesakes(
    mentees: pd.DataFrame, namesakes: NDArray[np.intp], sources: tuple[str, str]
) -> Reading:
    count, named = len(namesakes), commonest(mentees.index[namesakes])
    is_said = "full name stands" if count == 1 else "full names stand"
    each = "is taken for two people, who" if count == 1 else "are taken for two people each, who"
    more = f" and {count - len(named):,} more" if count > len(named) else ""
    return Reading(
        "same person",
        None,
        " and ".join(dict.fromkeys(sources)),
        None,
        f"{count:,} {is_said} in both tables and {each} may be matched: {', '.join(named)}{more}",
        "the id or the e-mail address differs",
        named,
        "if that is one person, write the same id and address in both tables",
        question=True,
    )
