"""What only a person can say: superiors in two columns, scales that both sides answer on."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.cohort.identity.choose import join_columns
from mentormatch.compatibility.ids import format_count
from mentormatch.criteria.words.heading_words import plain_text
from mentormatch.criteria.words.scales import order_scale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.recognition.contents import Column
    from mentormatch.criteria.recognition.kinds_of_columns import Recognised

__all__ = ["ask_about_scales", "ask_about_superiors"]

OTHER: dict[Side, Side] = {"mentees": "mentors", "mentors": "mentees"}


def ask_about_superiors(cohort: Cohort, columns: Sequence[Recognised]) -> list[Recognised]:
    """Turn columns in which superiors are named by first and last name into questions.

    ``columns`` is what `recognise_columns` gives.
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
    names = cohort.person_columns(OTHER[side]).names
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
            f'"{first.name}" and "{last.name}" name {format_count(hits, "time")} somebody of the '
            f"{OTHER[side]} "
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

    ``found`` has what the columns are taken for, by side and heading; it is changed.
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
    texts = dict.fromkeys((*one.texts, *other.texts))
    steps = order_scale(texts)
    ladder = ", ".join(map(_quote, texts if steps is None else steps))
    order = " (order the steps of ladder, lowest first)" if steps is None else ""
    return (
        f'kind = "LevelGap", {named}, ladder = [{ladder}], '
        f"curve = {{ -1 = 0.5, 0 = 1, 1 = 0.5 }}{order}"
    )


def _quote(text: str) -> str:
    """Write a heading or an answer as TOML, whose strings are JSON's."""
    return json.dumps(text, ensure_ascii=False)
