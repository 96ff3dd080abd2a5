"""What both sides were asked in forms that do not go together, as questions for a person."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.cohort.identity.choose import join_columns
from mentormatch.cohort.identity.kinds import find_person_columns
from mentormatch.criteria.suggest.heading_words import plain_text, topics_of
from mentormatch.criteria.suggest.ladders import share_of_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.suggest.kinds_of_columns import Recognised

__all__ = ["ask_about_halves"]

OTHER: dict[Side, Side] = {"mentees": "mentors", "mentors": "mentees"}
# How many different answers are a ladder, and which share of them must be usual levels.
MOST_LEVELS, LEVELS = 20, 0.6


def ask_about_halves(cohort: Cohort, columns: Sequence[Recognised]) -> list[Recognised]:
    """Turn columns that say the same thing in two forms into questions.

    Levels in words on one side and years in numbers on the other, and superiors of the other table
    who are named by first and last name in two columns.

    Parameters
    ----------
    cohort
        The people.
    columns
        What `recognise_columns` gives.
    """
    found = {(one.side, one.name): one for one in columns}
    for side in SIDES:
        _ask_about_levels(cohort, side, found)
        _ask_about_superiors(cohort, side, found)
    return list(found.values())


def _ask_about_levels(
    cohort: Cohort, side: Side, found: dict[tuple[Side, str], Recognised]
) -> None:
    """Ask which years are which level, where one side says levels and the other years."""
    columns = list(found.values())
    if any(one.kind == "level" for one in columns):
        return
    years = [
        one
        for one in columns
        if one.side == OTHER[side] and one.kind == "number" and "years" in topics_of(one.name)
    ]
    for one in columns:
        if not years or one.side != side or one.kind != "one-sided":
            continue
        cells = cohort.column(side, one.name).dropna().unique().tolist()
        words = {plain_text(str(cell)) for cell in cells[: MOST_LEVELS + 1]}
        if not 2 <= len(words) <= MOST_LEVELS or share_of_levels(words) < LEVELS:
            continue
        other = years[0]
        why = (
            f'levels in words, while the {other.side} say "{other.name}" in numbers, and nothing '
            "says which years are which level. To compare them, add the level to the table of the "
            f"{other.side} (or the years to the other), and a [[criteria]] table with "
            'kind = "LevelGap"'
        )
        found[side, one.name] = replace(one, why=why, question=True)
        said = f'{other.why}. It is not compared with "{one.name}" of the {side}, which is words'
        found[other.side, other.name] = replace(other, why=said)


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
