"""Which columns of the tables a programme file reads, and which nothing in it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.sent import OF_THE_FORM, is_counted_by_the_form, is_sent_column
from mentormatch.criteria.words.heading_words import plain_text, says_not, topics_of
from mentormatch.programme.questions.sent_again import KEPT_APART

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from mentormatch.cohort import Cohort, Side
    from mentormatch.programme.file.configuration import Configuration

__all__ = [
    "asks_for_a_rule",
    "columns_of_avoids",
    "list_unread_columns",
    "named_columns",
    "read_by_criteria",
]

# Criteria that read names of people.
OF_PEOPLE = frozenset({"Avoids", "Different"})
# Criteria whose column is of the table of whoever says it, ``by``.
SAID_BY_ONE = frozenset({"Avoids", "Prefers"})


def read_by_criteria(
    configuration: Configuration, cohort: Cohort
) -> tuple[dict[Side, set[str]], dict[Side, set[str]]]:
    """The columns of people by whom a rule goes, and those by whom a wish goes."""
    entries = _criteria_of(configuration)
    rules, wishes = (
        {
            side: named_columns([one for one in entries if one.get("kind") in kinds], cohort, side)
            for side in SIDES
        }
        for kinds in (OF_PEOPLE, {"Prefers"})
    )
    return rules, wishes


def columns_of_avoids(configuration: Configuration, cohort: Cohort) -> dict[Side, set[str]]:
    """The columns of people to be kept apart that rules read."""
    avoids = [one for one in _criteria_of(configuration) if one.get("kind") == "Avoids"]
    return {side: named_columns(avoids, cohort, side) for side in SIDES}


def _criteria_of(configuration: Configuration) -> list[Mapping[str, object]]:
    criteria = configuration.document.content.get("criteria", [])
    return [
        one for one in (criteria if isinstance(criteria, list) else []) if isinstance(one, Mapping)
    ]


def named_columns(content: object, cohort: Cohort, side: Side) -> set[str]:
    """The columns of one table that are named in some content of the programme file."""
    # Headings are found whatever their case and punctuation.
    texts = filter(str.strip, set(_find_texts(content, side)))
    return {name for one in texts if (name := cohort.heading_of(side, one)) is not None}


def list_unread_columns(
    configuration: Configuration, cohort: Cohort
) -> Iterator[tuple[Side, list[str]]]:
    """By side the columns that nothing in the programme file reads."""
    for side in SIDES:
        table = cohort.table(side)
        read = named_columns(configuration.document.content, cohort, side)
        unread = [str(name) for name in table.columns if str(name) not in read]
        people = cohort.person_columns(side)
        # What tells who somebody is stands beside the pairs.
        own = {*people.names, *people.answers, people.email}
        yield (
            side,
            [
                name
                for name in unread
                if name not in own and not _is_administrative(name, table[name])
            ],
        )


def _is_administrative(heading: str, cells: pd.Series) -> bool:
    """Tell whether a column is surely one of a form's own, or an agreement of everybody.

    A date may be one that people are asked for, and who did not agree is somebody to look at.
    """
    values = cells.tolist()
    if is_sent_column(heading, values) or is_counted_by_the_form(heading, values):
        return True
    if plain_text(heading).strip(" :.?") in OF_THE_FORM:
        return True
    agreed = "consent" in topics_of(heading) and not cells.isna().any()
    return agreed and len(set(map(str, cells.tolist()))) == 1


def asks_for_a_rule(heading: str) -> bool:
    """Tell whether a heading is one of people who are to be kept apart."""
    return bool(topics_of(heading) & {*KEPT_APART, "superior"}) or says_not(heading)


def _find_texts(content: object, side: Side) -> Iterator[str]:
    """Every text of the programme file that may name a column of a table, keys included.

    A wish of the mentors reads their column, and not that of the mentees with the same heading.
    """
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        if content.get("kind") in SAID_BY_ONE:
            own = content.get("by", "mentee") == side.removesuffix("s")
            content = {key: content[key] for key in ("column" if own else "of",) if key in content}
        # A question that is joined from several columns is read where something else names it.
        joins = {"pattern", "kind", "name"} <= set(content)
        for key, value in content.items():
            yield str(key)
            yield from () if joins and key == "name" else _find_texts(value, side)
    elif isinstance(content, list):
        for value in content:
            yield from _find_texts(value, side)
