"""Recognise what every column of two tables holds: contents first, headings second."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mentormatch.cohort import loose_name
from mentormatch.cohort.columns import find_grids
from mentormatch.cohort.identity.choose import join_columns
from mentormatch.cohort.readings import commonest
from mentormatch.compatibility.ids import format_count
from mentormatch.criteria.recognition.asking import ask_about_scales
from mentormatch.criteria.recognition.contents import Column, list_columns, most_common
from mentormatch.criteria.recognition.kinds_of_columns import JOINED, ColumnKind, Recognised
from mentormatch.criteria.recognition.pairing import is_constant, is_level, pair_columns, pair_texts
from mentormatch.criteria.recognition.people import People
from mentormatch.criteria.recognition.single_columns import recognise_alone
from mentormatch.criteria.words.heading_words import says_not, without_place
from mentormatch.criteria.words.ladders import are_ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mentormatch.cohort import Cohort, Side

__all__ = ["recognise_columns"]

# Columns in which people of the other table stand; their partner says how they are written.
OF_PEOPLE = frozenset({"wishes", "superior", "conflicts", "last time", "reference"})
# Headings of columns that hold other people than those of the table.
OF_OTHERS = frozenset({"superior", "other person", "wishes", "conflicts", "last time"})
# Whom somebody must not meet counts for whoever says it, though few people do.
ABOUT_OTHERS = frozenset({"superior", "conflicts", "last time"})
# What share of one side answers a question that it is asked, and what is nobody beside it.
ASKED, NOT_ASKED = 0.3, 0.2
# What both sides must say to be compared: the topic of its headings, and what cannot be read.
HALVES: dict[ColumnKind, tuple[str, Callable[[Column], list[str]]]] = {
    "times": ("times", lambda column: column.unread_times),
    "time zone": ("zone", lambda column: column.unread_zones),
}
# What a column is taken for that is compared with nothing yet.
NOT_PAIRED = frozenset({"one-sided", "unknown", "comment", "constant"})
SHOWN = 3
OTHER: dict[Side, Side] = {"mentees": "mentors", "mentors": "mentees"}
# What may hold commas and is one value all the same: "November 2, 2026", "Berlin, Germany".
WITH_COMMAS: frozenset[ColumnKind] = frozenset({"time zone", "time stamp", "start"})


def recognise_columns(cohort: Cohort) -> list[Recognised]:
    """Tell what every column of both tables is taken for, in the order of the tables.

    A column is known by its own cells (dates, addresses, yes and no, numbers), by the people of the
    other table that stand in it, or by a column of the other table that holds the same values. Of
    large tables a few hundred rows are looked at.
    """
    columns = list_columns(cohort)
    divided = _recognise_division(cohort, columns)
    in_several = {side: _of_questions_in_several(own) for side, own in columns.items()}
    known = {side: _who_is_in(cohort, columns, side) for side in OTHER}
    people = {side: People(known[other], known[side]) for side, other in OTHER.items()}
    found: dict[tuple[Side, str], Recognised] = {}
    for side, own in columns.items():
        for column in own:
            if (side, column.name) in divided:
                found[side, column.name] = divided[side, column.name]
                continue
            verdict = recognise_alone(column, people[side])
            if verdict is not None and verdict[0] == "name" and _lists_beside_names(column, own):
                verdict = None
            several = column.name in in_several[side]
            if verdict is not None and not (several and verdict[0] in NOT_PAIRED):
                kind, why, question = verdict
                where = people[side].find(column)[1] if kind in OF_PEOPLE else None
                if kind in ABOUT_OTHERS:
                    meant, near = people[side].find_meant(column, why)
                    why += f". Perhaps people, written otherwise: {meant}" if meant else ""
                    question = question or (where is None and near is not None)
                    where = where or near
                found[side, column.name] = _record(
                    column, kind, why, partner=where, question=question
                )
            elif several:
                why = "one of the columns of a question, whose cells say more than a mark does"
                found[side, column.name] = _record(column, "unknown", why, question=True)
    open_columns = {
        side: [column for column in own if (side, column.name) not in found]
        for side, own in columns.items()
    }
    for recognised in _pair_all(open_columns):
        found[recognised.side, recognised.name] = recognised
    for side, own in open_columns.items():
        for column in own:
            if (side, column.name) not in found:
                found[side, column.name] = _without_partner(column)
    _join_places(found, columns, people)
    _ask_for_other_halves(found, columns)
    _settle_halves(found)
    _leave_out_unused(found)
    _ask_of_levels(found, columns)
    ask_about_scales(found, columns)
    ids = [_recognise_ids(cohort, side) for side in OTHER]
    return [
        *(one for one in ids if one is not None),
        *(found[side, column.name] for side, own in columns.items() for column in own),
    ]


def _recognise_division(
    cohort: Cohort, columns: dict[Side, list[Column]]
) -> dict[tuple[Side, str], Recognised]:
    """Recognise the columns of one table for everybody that say nothing of a pair.

    The column of the roles, and on each side the questions that only the other side is asked: a few
    people who take part as both answer them, and would make likeness of what one side wants.
    """
    roles = {reading.column for reading in cohort.decisions if reading.subject == "roles"}
    if not roles:
        return {}
    found: dict[tuple[Side, str], Recognised] = {}
    shares = {side: _answered_by_one_side(cohort, side) for side in OTHER}
    for side, own in columns.items():
        for column in own:
            here, there = (shares[one].get(column.name, 0.0) for one in (side, OTHER[side]))
            if column.name in roles:
                why = "it says who is a mentee and who is a mentor"
                found[side, column.name] = _record(column, "role", why)
            elif column.topics & ABOUT_OTHERS or says_not(column.name):
                continue
            elif column.texts and there >= ASKED and here <= NOT_ASKED * there:
                why = f"of those who are only {side}, hardly anybody answers it"
                found[side, column.name] = _record(column, "one-sided", why)
    return found


def _lists_beside_names(column: Column, own: Iterable[Column]) -> bool:
    """Tell whether a column of commas stands beside one whose heading says name."""
    return (
        "name" not in column.topics
        and column.are(lambda text: "," in text, 0.5)
        and any("name" in one.topics and one.is_name for one in own)
    )


def _of_questions_in_several(columns: Iterable[Column]) -> set[str]:
    """Headings of questions that stand in a column per option and were not joined to one."""
    names = [column.name for column in columns]
    questions = tuple(f"{question} [" for question in find_grids(names))
    return {name for name in names if name.startswith(questions)}


def _answered_by_one_side(cohort: Cohort, side: Side) -> dict[str, float]:
    """The share of the people of this side alone who answer each column; none are no evidence."""
    table, other = cohort.table(side), cohort.table(OTHER[side])
    alone = table[~table.index.isin(other.index)] if cohort.labelled else table
    return {str(name): float(share) for name, share in alone.notna().mean().dropna().items()}


def _recognise_ids(cohort: Cohort, side: Side) -> Recognised | None:
    """The column that tells people apart; None where people are known by position."""
    index = cohort.table(side).index
    if index.name is None:
        return None
    readings = [
        reading
        for reading in cohort.decisions
        if reading.subject == "identity" and reading.side in (side, None)
    ]
    why = readings[0].why if readings else "it tells people apart"
    question = any(reading.question for reading in readings)
    values = readings[0].values if readings else ()
    return Recognised(side, str(index.name), "identity", why, values, question=question)


def _who_is_in(
    cohort: Cohort, columns: dict[Side, list[Column]], side: Side
) -> dict[str, frozenset[str]]:
    """Ids, names and addresses of the people of a table, in lower case, by column.

    Names stand there with their words in the order of the alphabet as well.
    """
    table = cohort.table(side)
    columns_of_people = {}
    if cohort.labelled and table.index.name is not None:
        columns_of_people[str(table.index.name)] = table.index.to_series()
    for column in columns[side]:
        # A superior whom both sides name is nobody of the other table.
        if column.topics & OF_OTHERS:
            continue
        if column.is_email or column.is_full_name or ("name" in column.topics and column.is_name):
            columns_of_people[column.name] = table[column.name].dropna()
    own = cohort.person_columns(side)
    columns_of_people |= {name: table[name].dropna() for name in own.numbers if name in table}
    if own.names:
        # People are called by both names wherever they are named; one who is written in an odd way
        # does not make it less a column of names.
        columns_of_people[JOINED.join(own.names)] = join_columns(table, own.names).dropna()
    return {
        name: frozenset(
            form
            for text in (str(cell).strip().casefold() for cell in cells.tolist())
            for form in (text, " ".join(loose_name(text)) if " " in text else text)
        )
        for name, cells in columns_of_people.items()
    }


def _record(
    column: Column,
    kind: ColumnKind,
    why: str,
    *,
    partner: str | None = None,
    question: bool = False,
) -> Recognised:
    return Recognised(
        side=column.side,
        name=column.name,
        kind=kind,
        why=why,
        values=commonest(column.texts) if kind in WITH_COMMAS else most_common(column),
        partner=partner,
        question=question,
        marks=column.marks,
    )


def _pair_all(columns: dict[Side, list[Column]]) -> Iterator[Recognised]:
    """Pair what is open on both sides: shared values first, then texts."""
    paired: set[int] = set()
    for one, other, kind, why in pair_columns(columns["mentees"], columns["mentors"]):
        paired |= {id(one), id(other)}
        # Colleagues of one team may be meant to be kept apart: only a person knows.
        known = "common" in one.topics | other.topics and not are_ranges(one.distinct)
        unsaid = kind == "same" and not known
        if unsaid:
            why += "; the heading does not say whether it is good to have the same"
        yield _record(one, kind, why, partner=other.name, question=unsaid)
        yield _record(other, kind, why, partner=one.name, question=unsaid)
    texts = [
        [column for column in columns[side] if id(column) not in paired and column.is_prose]
        for side in OTHER
    ]
    for one, other, kind, why in pair_texts(*texts):
        yield _record(one, kind, why, partner=other.name)
        yield _record(other, kind, why, partner=one.name)


def _without_partner(column: Column) -> Recognised:
    """Tell what remains: answers that only one side gives, or nothing that is known."""
    if is_constant(column):
        return _record(column, "constant", "one answer only")
    if column.is_category or column.is_several:
        where = OTHER[column.side]
        if column.are_full_names and not column.is_several:
            return _record(
                column,
                "one-sided",
                f"names, which are nobody of the {where}: whose?",
                question=True,
            )
        return _record(column, "one-sided", f"no column of the {where} holds the same answers")
    if column.is_prose:
        return _record(column, "one-sided", f"no text of the {OTHER[column.side]} is left for it")
    return _record(column, "unknown", "neither its answers nor its heading tell", question=True)


def _join_places(
    found: dict[tuple[Side, str], Recognised],
    columns: dict[Side, list[Column]],
    people: dict[Side, People],
) -> None:
    """Take the columns of one order, "1st" to "3rd", for one thing where one names people.

    Whom somebody names third is somebody whom they name: never one who must not be met.
    """
    for side, own in columns.items():
        orders: dict[str, list[Column]] = {}
        for column in own:
            heading = without_place(column.name)
            if heading is not None:
                orders.setdefault(heading, []).append(column)
        for order in orders.values():
            kinds = {found[side, column.name].kind for column in order}
            if len(order) < 2 or not kinds & {"wishes", "reference"}:
                continue
            for column in order:
                one = found[side, column.name]
                share, where = people[side].find(column)
                if one.kind in ("reference", "one-sided", "unknown") and share > 0:
                    speaks = "wishes" in column.topics
                    found[side, column.name] = replace(
                        one, kind="wishes", partner=where, question=not speaks
                    )
            # Without the first of an order the second would decide: they wait together.
            wished = [
                found[side, column.name]
                for column in order
                if found[side, column.name].kind == "wishes"
            ]
            if any(one.question for one in wished):
                for one in wished:
                    found[side, one.name] = replace(one, question=True)


def _ask_for_other_halves(
    found: dict[tuple[Side, str], Recognised], columns: dict[Side, list[Column]]
) -> None:
    """Ask where one side says its times or zone and the other does not, or not so that it is read.

    Where the other side has a column whose heading speaks of them, it is taken for the other half,
    and the answers that cannot be read are named.
    """
    for kind, (topic, list_unread) in HALVES.items():
        for side, other in OTHER.items():
            own = [one for one in found.values() if (one.side, one.kind) == (side, kind)]
            if not own or any((one.side, one.kind) == (other, kind) for one in found.values()):
                continue
            for column in columns[other]:
                old = found[other, column.name]
                if topic in column.topics and old.kind in NOT_PAIRED and old.partner is None:
                    unread = list_unread(column)
                    shown = "; ".join(f'"{text}"' for text in unread[:SHOWN])
                    why = (
                        f'the heading speaks of it, as "{own[0].name}" of the {side} does, but '
                        f"{len(unread)} of {format_count(len(column.texts), 'answer')} cannot be "
                        f"read: {shown}"
                    )
                    found[other, column.name] = _record(column, kind, why, question=True)
                    break
            else:
                for one in own:
                    why = f"{one.why}; no column of the {other} says them, so nothing is compared"
                    found[side, one.name] = replace(one, why=why, question=True)


def _settle_halves(found: dict[tuple[Side, str], Recognised]) -> None:
    """Give times and time zones their partner in the other table; a question is one for both."""
    for kind in ("times", "time zone"):
        halves = {
            side: [one for one in found.values() if (one.side, one.kind) == (side, kind)]
            for side in OTHER
        }
        for side, other in OTHER.items():
            for half in halves[side]:
                partner = _same_heading(half, halves[other])
                asked = any(one.question for one in halves[other] if one.name == partner)
                found[side, half.name] = replace(
                    half, partner=partner, question=half.question or asked
                )


def _leave_out_unused(found: dict[tuple[Side, str], Recognised]) -> None:
    """Say of times and time zones that nothing is compared by why that is so."""
    times = [one for one in found.values() if one.kind == "times"]
    compared = next((one for one in times if one.side == "mentees" and one.partner), None)
    names = set() if compared is None else {compared.name, compared.partner}
    for key, one in found.items():
        if one.question or one.kind not in ("times", "time zone"):
            continue
        if compared is None:
            what = "no free times of both sides" if one.kind == "time zone" else "no other side"
            found[key] = replace(one, partner=None, why=f"{one.why}; there are {what} to compare")
        elif one.kind == "times" and one.name not in names:
            why = f'{one.why}; "{compared.name}" is compared, and only one such column is'
            found[key] = replace(one, partner=None, why=why)


def _ask_of_levels(
    found: dict[tuple[Side, str], Recognised], columns: dict[Side, list[Column]]
) -> None:
    """Ask where one side says its level in words and the other in numbers, as of years."""
    words, numbers = (
        {
            side: [
                column
                for column in own
                if column.is_number is is_number
                and found[side, column.name].partner is None
                and (is_level(column) or (is_number and "years" in column.topics))
            ]
            for side, own in columns.items()
        }
        for is_number in (False, True)
    )
    for side, other in OTHER.items():
        for column, beside in zip(words[side], numbers[other], strict=False):
            for one in (column, beside):
                why = (
                    f'a level of the {side} in words ("{column.name}"), and of the {other} in '
                    f'numbers ("{beside.name}"): they cannot be compared. Give one table a column '
                    "as the other has it"
                )
                key = (one.side, one.name)
                found[key] = replace(found[key], why=why, question=True)


def _same_heading(recognised: Recognised, others: Iterable[Recognised]) -> str | None:
    names = [other.name for other in others]
    return recognised.name if recognised.name in names else next(iter(names), None)
