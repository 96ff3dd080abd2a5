"""What only a person can say: superiors in two columns, zones of one side, hours of words."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.cohort.identity.choose import join_columns
from mentormatch.cohort.identity.kinds import find_person_columns
from mentormatch.criteria.availability.given_hours import PIECES
from mentormatch.criteria.availability.week_reader import WeekReader, words_without_hours
from mentormatch.criteria.availability.windows import packed_windows, reader_of_column
from mentormatch.criteria.availability.zones import is_zone
from mentormatch.criteria.suggest.heading_words import plain_text
from mentormatch.criteria.suggest.scales import order_scale

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.suggest.contents import Column
    from mentormatch.criteria.suggest.kinds_of_columns import Recognised, Verdict

__all__ = [
    "ask_about_scales",
    "ask_about_superiors",
    "ask_for_hours",
    "ask_for_zones",
    "find_only_zone",
    "find_times",
]

# Who writes more different words than these writes sentences.
MOST_WORDS = 20
# So many cells are looked at.
MOST_CELLS = 60
# Hours behind a cell tell whether it names days.
SOME_HOURS = "09:00-10:00"
OTHER: dict[Side, Side] = {"mentees": "mentors", "mentors": "mentees"}


def ask_about_superiors(cohort: Cohort, columns: Sequence[Recognised]) -> list[Recognised]:
    """Turn columns in which superiors are named by first and last name into questions.

    Parameters
    ----------
    cohort
        The people.
    columns
        What `recognise_columns` gives.
    """
    found = {(one.side, one.name): one for one in columns}
    for side in SIDES:
        _ask_about_superiors(cohort, side, found)
    return list(found.values())


def _ask_about_superiors(
    cohort: Cohort, side: Side, found: dict[tuple[Side, str], Recognised]
) -> None:
    """Ask to join the two columns in which superiors of the other table are named."""
    own = [one for one in found.values() if one.side == side and one.kind == "superior"]
    table, others = cohort.table(side), cohort.table(OTHER[side])
    names = find_person_columns(others, OTHER[side]).names
    if len(own) < 2 or not names:
        return
    people = {plain_text(name) for name in join_columns(others, names).dropna().tolist()}
    called = " and ".join(f'"{name}"' for name in names)
    for first, last in permutations(own, 2):
        given = join_columns(table, [first.name, last.name]).dropna()
        hits = sum(plain_text(one) in people for one in given.tolist())
        if not hits:
            continue
        role, of = side.removesuffix("s"), OTHER[side].removesuffix("s")
        why = (
            f'"{first.name}" and "{last.name}" name {hits} times somebody of the {OTHER[side]} '
            f"({called}). If nobody may meet their own superior, join the two in one column, such "
            f'as "Superior", and add a [[criteria]] table with kind = "Different", {role} = '
            f'"Superior", {of} = the column of the full name'
        )
        for one in (first, last):
            found[side, one.name] = replace(one, why=why, partner=None, question=True)
        return


def ask_about_scales(
    found: dict[tuple[Side, str], Recognised], columns: Mapping[Side, Sequence[Column]]
) -> None:
    """Ask of a scale on which both sides answer: whether it is good to answer alike is not known.

    Parameters
    ----------
    found
        What the columns are taken for, by side and heading; it is changed.
    columns
        The columns themselves.
    """
    rated = {
        side: {
            plain_text(one.name): one
            for one in own
            # The columns of one question are asked about together.
            if found[side, one.name].kind == "rating" and not one.name.endswith("]")
        }
        for side, own in columns.items()
    }
    for heading, one in rated["mentees"].items():
        other = rated["mentors"].get(heading)
        if other is None:
            continue
        why = (
            "both sides answer on this scale, and nothing compares them. If it is good to answer "
            f"alike, add a [[criteria]] table with {_say_alike(one, other)} and a weight"
        )
        for column in (one, other):
            key = (column.side, column.name)
            found[key] = replace(found[key], why=why, question=True)


def _say_alike(one: Column, other: Column) -> str:
    """The parameters of a criterion that compares the steps that two people give."""
    # A second criterion of a kind needs a name.
    named = f"name = {_quote(one.name)}, column = {_quote(one.name)}"
    if one.name != other.name:
        said = _quote(one.name)
        named = f"name = {said}, mentee = {said}, mentor = {_quote(other.name)}"
    if one.is_number and other.is_number:
        amounts = [*one.amounts, *other.amounts]
        return f'kind = "Near", {named}, scale = {max(1.0, max(amounts) - min(amounts)):g}'
    steps = order_scale(dict.fromkeys((*one.texts, *other.texts)))
    ladder = "the steps, lowest first" if steps is None else ", ".join(map(_quote, steps))
    return (
        f'kind = "LevelGap", {named}, ladder = [{ladder}], curve = {{ -1 = 0.5, 0 = 1, 1 = 0.5 }}'
    )


def _quote(text: str) -> str:
    """Write a heading or an answer as TOML, whose strings are JSON's."""
    return json.dumps(text, ensure_ascii=False)


def ask_for_zones(columns: Iterable[Recognised]) -> str:
    """Ask where one side alone says its time zones: without them all hours would be of one."""
    zones = [one for one in columns if one.kind == "time zone"]
    if not zones or any(one.partner is not None for one in zones):
        return ""
    other = OTHER[zones[0].side].removesuffix("s")
    return (
        f'Only the {zones[0].side} say their time zones ("{zones[0].name}"). Give the table of the '
        f"{other}s such a column. If all live in one zone, take the # away as it is: then hours "
        "are compared as they are written."
    )


def find_times(column: Column, _: object = None) -> Verdict:
    """Tell whether a column holds free times or time zones, be it in words that must be said."""
    if column.is_zone:
        return "time zone", "names of time zones", False
    if "zone" in column.topics and not column.is_prose and not column.is_like_times:
        if not column.unread_zones:
            return (
                "time zone",
                "the heading says so, and the cells are zones or their cities",
                False,
            )
        return "time zone", "the heading says so, but not all cells are known time zones", True
    if column.is_times:
        return "times", "days with hours", False
    speaks = "times" in column.topics
    if column.is_like_times and (speaks or column.n_values > 1):
        return "times", "hours, but few of the cells can be read as weekly windows", True
    # "Times [Morning]" is one of several columns, whose cells are days or marks.
    if speaks and not (column.is_number or column.is_date or column.name.rstrip().endswith("]")):
        cells = list(column.distinct)[:MOST_CELLS]
        days = _find_days_alone(cells)
        reads = sum(cell in days or bool(words_without_hours([cell])) for cell in cells)
        if cells and 2 * reads > len(cells):
            return "times", "words for days and hours, whose hours somebody must say", True
    return None


def _find_days_alone(cells: Collection[str]) -> set[str]:
    """Find cells that would be weekly windows with hours behind them: "Montags", "L,X,V"."""
    timed = {cell: f"{cell} {SOME_HOURS}" for cell in cells if not any(map(str.isdigit, cell))}
    reader = reader_of_column(list(timed.values()))
    return {cell for cell, text in timed.items() if _is_read(text, reader)}


def _is_read(text: str, reader: WeekReader) -> bool:
    try:
        packed_windows(text, reader)
    except ValueError:
        return False
    return True


def _list_unsaid(cells: Sequence[str]) -> list[str]:
    """Words without hours, and pieces of cells that say neither hours nor such a word."""
    words = words_without_hours(cells)
    reader = reader_of_column([cell for cell in cells if any(map(str.isdigit, cell))])
    said = {word.casefold() for word in words}
    for cell in cells:
        if _is_read(cell, reader) or words_without_hours([cell]):
            continue
        pieces = [piece.strip() for piece in PIECES.split(cell)]
        for piece in pieces if not any(map(str.isdigit, cell)) else ():
            if piece and piece.casefold() not in said:
                said.add(piece.casefold())
                words.append(piece)
    return words


def ask_for_hours(cohort: Cohort, times: Recognised) -> tuple[dict[str, object], str]:
    """Ask when the words are that people write instead of hours: "evening", "after 6pm".

    Returns
    -------
    ``read`` of `Availability` with every such word, and the question; both empty without any
    """
    names = (times.name, times.partner or times.name)
    cells = [
        cell.strip()
        for side, name in zip(SIDES, names, strict=True)
        for cell in cohort.distinct(side, name)[1]
        if isinstance(cell, str) and cell.strip()
    ]
    words = _list_unsaid(cells)
    if not 0 < len(words) <= MOST_WORDS:
        return {}, ""
    named = ", ".join(f'"{word}"' for word in words)
    asks = (
        "People write words for their hours: say between the quotes of read when each one is, such "
        'as "18:00-21:00", for a word or a day that stands alone "Mon-Fri 08:00-20:00" (and beside '
        f'one of these days), or "never". They are {named}. Then take the # away.'
    )
    return {"read": dict.fromkeys(words, "")}, asks


def find_only_zone(cohort: Cohort, zone: Recognised) -> str | None:
    """Return the time zone in which all say that they live; None where there are several."""
    partner = dict(zip(SIDES, (zone.name, zone.partner), strict=True))
    if zone.side != "mentees" or zone.partner is None:
        return None
    cells = [str(cell).strip() for side in SIDES for cell in cohort.table(side)[partner[side]]]
    return cells[0] if len(set(cells)) == 1 and is_zone(cells[0]) else None
