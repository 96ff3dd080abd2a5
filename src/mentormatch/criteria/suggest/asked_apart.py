"""Superiors who are named in two columns, as a question for a person."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.cohort.identity.choose import join_columns
from mentormatch.cohort.identity.kinds import find_person_columns
from mentormatch.criteria.suggest.heading_words import plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.suggest.kinds_of_columns import Recognised

__all__ = ["ask_about_superiors"]

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
