"""People that cells name, by id or by a column, and names that nobody has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from mentormatch.cohort import nearest_person
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.names import NearestNames, words_of_name
from mentormatch.cohort.person_columns.headings import heads_names, heads_part_of_names
from mentormatch.criteria.cells.meant_people import LOOKED_AT, find_meant, may_mean
from mentormatch.criteria.cells.people_in_text import (
    find_handles_in_cells,
    find_people_in_cells,
    words_in_order,
)
from mentormatch.criteria.cells.tokens import Sets, normalise, read_sets
from mentormatch.errors import CohortError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.interface.arrays import Positions

__all__ = [
    "NamedBy",
    "Names",
    "Unknown",
    "WrittenOtherwise",
    "check_named",
    "find_doubtful",
    "is_sentence",
    "is_somebody_else",
    "list_columns",
    "match_names",
    "name_notes",
    "named_people",
    "say_taken",
]

# Words in small letters that stand in names.
PARTICLES = frozenset((
    "de", "la", "las", "los", "da", "das", "do", "dos", "del", "di", "du", "le", "van", "von",
    "der", "den", "zu", "al", "el", "bin",
))  # fmt: skip
Unknown: TypeAlias = Literal["error", "ignore"]
Names: TypeAlias = Literal["mentee", "mentor"]
NamedBy: TypeAlias = "str | Sequence[str] | None"
# So many names are shown in a note.
SHOWN = 12


def list_columns(of: NamedBy) -> tuple[str, ...]:
    """The columns by which people are named: none, one, or those of first and last name."""
    return () if of is None else (of,) if isinstance(of, str) else tuple(of)


def named_people(cohort: Cohort, side: Side, of: NamedBy) -> Sets:
    """Read the names by which people can be spoken of: a column, several joined, or their ids."""
    if isinstance(of, str):
        return read_sets(cohort, side, of)
    ids = [str(one) for one in cohort.table(side).index]
    if of is not None:
        parts = [cohort.column(side, name) for name in of]
        ids = [
            " ".join(str(cell).strip() for cell in cells if not is_missing(cell))
            for cells in zip(*parts, strict=True)
        ]
    names = [normalise(one) for one in ids]
    terms = sorted({(name, 1.0) for name in names})
    place = {name: k for k, (name, _) in enumerate(terms)}
    return Sets(
        codes=np.arange(len(ids)),
        pointers=np.arange(len(ids) + 1),
        places=np.array([place[name] for name in names], dtype=np.intp),
        terms=tuple(terms),
        shown=dict(zip(names, ids, strict=True)),
    )


def check_named(
    cohort: Cohort, side: Side, column: str, of: NamedBy, said: Sets, spoken_of: Sets
) -> None:
    """Refuse names that nobody has.

    Raises CohortError with one finding for each cell and name, and the nearest name.
    """
    known = spoken_of.names
    unknown = [[name for name in cell if name not in known] for cell in said.distinct]
    if not any(unknown):
        return
    heard: Side = "mentors" if side == "mentees" else "mentees"
    what = (
        f"the ids of the {heard}"
        if of is None
        else f"the {heard}' {' + '.join(list_columns(of))!r}"
    )
    shown = [spoken_of.shown[name] for name in sorted(known)]
    alike = find_meant((name for names in unknown for name in names), known)
    nearest = NearestNames(shown, nearest_person)
    near = {
        name: spoken_of.shown[alike[name]] if name in alike else nearest.find(name)
        for names in unknown
        for name in names
    }
    cure = "Correct it, or use unknown='ignore'."
    called = None if of is not None else _find_naming(cohort, heard, set().union(*unknown))
    if called is not None:
        cure = f"The {heard} are called so in {called!r}: write of={called!r}."
    raise CohortError(
        [
            cohort.finding(
                side,
                int(k),
                column,
                f"{said.shown[name]!r} is not among {what}. {cure}",
                near[name],
            )
            for k in range(len(said.codes))
            for name in unknown[said.codes[k]]
        ]
    )


def _find_naming(cohort: Cohort, side: Side, names: set[str]) -> str | None:
    """Find the column of names that has one of them, in any order of its words."""

    def words(name: str) -> tuple[str, ...]:
        return tuple(sorted(words_in_order(name)))

    wanted = {words(name) for name in names}
    for column in cohort.table(side).columns:
        if isinstance(column, str) and heads_names(column):
            cells = cohort.column(side, column)
            if any(words(str(cell)) in wanted for cell in cells if not is_missing(cell)):
                return column
    return None


@dataclass(frozen=True)
class WrittenOtherwise:
    """Names that are not written as people are known, each with the name of whom they may mean.

    ``taken``: of the same words as one person's, and read as that person's. ``called``: found in
    somebody's full name alone, such as a first name where last names are looked for; these are left
    out, and asked about. ``elsewhere``: whole names of people whom a filter leaves out, who mean
    nobody else.
    """

    taken: tuple[tuple[str, str], ...] = ()
    called: tuple[tuple[str, str], ...] = ()
    elsewhere: frozenset[str] = frozenset()


def match_names(
    cohort: Cohort,
    side: Side,
    said: Sets,
    spoken_of: Sets,
    of: NamedBy,
    *,
    within: bool = False,
) -> tuple[Sets, WrittenOtherwise]:
    """Bring names that are written in another way into the form by which people are known.

    ``cohort`` and ``side`` say whose names ``said`` are; ``of`` is by which columns people are
    known (ids and other answers are taken for no other ones). ``within`` also finds people whose
    whole name, or whose id, stands among other words of a cell.
    """
    # Where people are known by their names, these are the ids.
    columns = list_columns(of) or tuple(str(cohort.table(side).index.name).split(" + "))
    taken: tuple[tuple[str, str], ...] = ()
    if within:
        full = cohort.person_columns(side).names
        called = named_people(cohort, side, list(full)) if full else None
        said, taken = find_handles_in_cells(said, spoken_of, called)
    if all(map(heads_names, columns)):
        said, turned = _take_turned_names(said, spoken_of)
        taken += turned
        # A last name of two words within a text may be anybody's.
        if within and not (len(columns) == 1 and heads_part_of_names(columns[0])):
            said, inside = find_people_in_cells(
                said, spoken_of, _names_by_id(cohort, side, spoken_of)
            )
            taken += inside
    called_so = _find_by_full_name(cohort, side, said, spoken_of)
    own = dict(called_so)
    elsewhere = {
        said.shown[name]
        for name in said.names - spoken_of.names
        if is_somebody_else(cohort, said.shown[name], own.get(said.shown[name], ""))
    }
    return said, WrittenOtherwise(taken, called_so, frozenset(elsewhere))


def is_somebody_else(cohort: Cohort, written: str, name: str) -> bool:
    """Whether what is written is a whole name of the files, and in no order of words that name."""
    words = words_of_name(written)
    whole = len(words) > 1 and words in cohort.named
    return whole and sorted(words) != sorted(words_of_name(name))


def _take_turned_names(said: Sets, spoken_of: Sets) -> tuple[Sets, tuple[tuple[str, str], ...]]:
    """Take names of the same words as one person's for that person's, as "Huber, Georg".

    Accents, signs and the order of words make no difference, where one person alone is meant. What
    has digits or an @ is an id or an address, of which none is taken for another.
    """
    unknown = {
        name: _words_of(name)
        for name in said.names - spoken_of.names
        if not re.search(r"[\d@]", name)
    }
    if not unknown:
        return said, ()
    people: dict[tuple[str, ...], list[str]] = {}
    for name in spoken_of.names:
        people.setdefault(_words_of(name), []).append(name)
    # Namesakes have one name, and are two.
    persons = spoken_of.people_with
    taken = {
        name: people[words][0]
        for name, words in unknown.items()
        if words and len(people.get(words, ())) == 1 and persons[people[words][0]] == 1
    }
    pairs = ((said.shown[name], spoken_of.shown[other]) for name, other in sorted(taken.items()))
    return said.renamed(taken), tuple(pairs)


def _names_by_id(cohort: Cohort, side: Side, spoken_of: Sets) -> dict[str, str]:
    """The name of each person whom nobody else is called like, by the id."""
    times = spoken_of.people_with
    found = {}
    for k, own in enumerate(cohort.table(side).index.tolist()):
        names = list(spoken_of.of(k))
        if len(names) == 1 and times[names[0]] == 1:
            found[normalise(str(own))] = names[0]
    return found


def _words_of(name: str) -> tuple[str, ...]:
    """The words of a name in any order."""
    return tuple(sorted(words_in_order(name)))


def find_doubtful(
    said: Sets, people: Sets, says: Positions, heard: Positions, called: Sets | None = None
) -> list[tuple[int, str, str]]:
    """Find pairs in which one may mean the other by a name that is nobody's as it is written.

    That it may also mean somebody else makes none of them less doubtful. ``says`` and ``heard`` are
    by pair: who names somebody, and the other one. ``called`` are the full names of those who are
    named, where a rule knows them by something else. Each answer is (place among the pairs, the
    name as it is written, the person's name).
    """
    unknown = said.names - people.names
    asked = np.array([not unknown.isdisjoint(cell) for cell in said.distinct], dtype=bool)
    found: dict[tuple[int, str], str] = {}
    for k in np.flatnonzero(asked[said.codes[says]]).tolist():
        one, other = int(np.asarray(says)[k]), int(np.asarray(heard)[k])
        for known in (people,) if called is None else (people, called):
            for name, person in product(unknown.intersection(said.of(one)), known.of(other)):
                if may_mean(name, person):
                    found.setdefault((k, name), known.shown[person])
    return [(k, said.shown[name], person) for (k, name), person in sorted(found.items())]


def _find_by_full_name(
    cohort: Cohort, side: Side, said: Sets, spoken_of: Sets
) -> tuple[tuple[str, str], ...]:
    """Find names that are no part of what people are called here, but of one full name."""
    columns = cohort.person_columns(side).names
    unknown = said.names - spoken_of.names
    if not columns or not unknown:
        return ()
    everybody = named_people(cohort, side, list(columns))
    known = find_meant(unknown, spoken_of.names)
    full = set(everybody.names)
    found = {name: name for name in unknown & full} | find_meant(unknown, full)
    return tuple(
        (said.shown[name], everybody.shown[other])
        for name, other in sorted(found.items())
        if name not in known
    )


def is_sentence(text: str) -> bool:
    """Tell whether words stand where a name was asked for.

    Examples
    --------
    >>> [is_sentence(text) for text in ("not with my boss", "Ana de la Cruz", "ada@org.example")]
    [True, False, False]
    """
    small = [word for word in text.split() if word[:1].islower() and word not in PARTICLES]
    return len(small) >= 2


def say_taken(otherwise: WrittenOtherwise) -> tuple[str, ...]:
    """Say which names are taken for a person's, in one sentence; none where there are none."""
    taken = otherwise.taken
    if not taken:
        return ()
    shown = ", ".join(f"{written!r} for {name!r}" for written, name in taken[:SHOWN])
    more = ", …" if len(taken) > SHOWN else ""
    names = "1 name is" if len(taken) == 1 else f"{len(taken):,} names are"
    return (f"{names} written in another way and taken for a person's: {shown}{more}.",)


def name_notes(
    said: Sets,
    spoken_of: Sets,
    otherwise: WrittenOtherwise,
    by: Names,
    of: NamedBy,
) -> tuple[str, ...]:
    """Say which names are taken for those of other words, and how many are left out.

    ``otherwise`` is what `match_names` gives; ``by`` and ``of`` say who names them, and by which
    columns people are known, as in `Prefers`.
    """
    notes = [*say_taken(otherwise)]
    unknown = sorted(said.names - spoken_of.names)
    if not unknown:
        return tuple(notes)
    near = find_meant(unknown, spoken_of.names)
    meant = {said.shown[a]: spoken_of.shown[b] for a, b in near.items()} | dict(otherwise.called)
    rest = [said.shown[name] for name in unknown[:LOOKED_AT] if said.shown[name] not in meant]
    mistyped = NearestNames([spoken_of.shown[one] for one in spoken_of.names], nearest_person)
    meant |= {one: str(other) for one in rest if (other := mistyped.find(one)) is not None}
    meant = {one: other for one, other in meant.items() if one not in otherwise.elsewhere}
    # First those that may be meant for somebody.
    left_out = sorted((said.shown[name] for name in unknown), key=lambda name: name not in meant)
    shown = ", ".join(
        repr(name) + (f" (is it {meant[name]!r}? Then write both alike)" if name in meant else "")
        for name in left_out[:SHOWN]
    )
    more = ", …" if len(left_out) > SHOWN else ""
    are, them = ("name is", "it") if len(left_out) == 1 else ("names are", "them")
    heard = "mentor" if by == "mentee" else "mentee"
    columns = " + ".join(map(repr, list_columns(of)))
    where = f"in {columns}" if columns else "as id"
    notes.append(
        f"{len(left_out):,} {are} left out, as no {heard} has {them} {where}: {shown}{more}."
    )
    return tuple(notes)
