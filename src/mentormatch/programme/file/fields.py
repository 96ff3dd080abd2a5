"""What the value of a key may be; each refusal says in plain words what was expected."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, TypeAlias, TypeGuard

from pydantic import BeforeValidator, Discriminator, Tag
from pydantic_core import PydanticCustomError

from mentormatch.cohort import SIDES, nearest_name

__all__ = [
    "EXPECTED",
    "AmountOrColumn",
    "ColumnNames",
    "ColumnOfBoth",
    "Columns",
    "Count",
    "Dates",
    "DaysOff",
    "Few",
    "Filter",
    "Flag",
    "HeaderRow",
    "NumberOrColumn",
    "Options",
    "PairList",
    "PerTable",
    "Positive",
    "Quotas",
    "Real",
    "Roles",
    "RowsOfAnswers",
    "Seats",
    "Separators",
    "Share",
    "StrategyChoice",
    "TableName",
    "Text",
    "WholeSeats",
    "Words",
    "Workbooks",
    "one_of",
]

# The type of an error whose message is ready to be shown.
EXPECTED = "expected"
# Each of these is a column of its own in a file for people.
MOST_OF_FEW = 20


def refused(expected: str, nearest: str | None = None) -> PydanticCustomError:
    """Make the error for a value that cannot be used."""
    return PydanticCustomError(EXPECTED, "{text}", {"text": expected, "nearest": nearest})


def _checked(fits: Callable[[object], bool], expected: str) -> BeforeValidator:
    """Take a value as it is when it fits; anything else is refused with one sentence."""

    def check(value: object) -> object:
        if not fits(value):
            raise refused(expected)
        return value

    return BeforeValidator(check)


def one_of(*words: str) -> BeforeValidator:
    """Take one of a few words."""

    def check(value: object) -> object:
        if value not in words:
            expected = f"expected one of {', '.join(map(_in_quotes, words))}."
            raise refused(expected, nearest_name(value, words) if _is_text(value) else None)
        return value

    return BeforeValidator(check)


def _in_quotes(word: str) -> str:
    return f'"{word}"'


def _is_text(value: object) -> TypeGuard[str]:
    # No name of a file or of a column holds a zero character, and no system takes one.
    return isinstance(value, str) and bool(value.strip()) and "\0" not in value


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_per_table(value: object) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and set(value) <= set(SIDES) and all(map(_is_text, value.values()))
    return _is_text(value)


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_name_pair(value: object) -> bool:
    return _is_names(value) and isinstance(value, list) and len(value) == len(SIDES)


def _is_column_names(value: object) -> bool:
    if isinstance(value, Mapping):
        return set(value) <= set(SIDES) and all(map(_is_names, value.values()))
    return _is_names(value)


def _is_separators(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) and one for one in value)
    return isinstance(value, str)


def _is_seats(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and _is_text(value.get("column"))
        and set(value) <= {"column", "default", "read", "range"}
        and (value.get("default") is None or _is_number(value["default"]))
        and value.get("range") in (None, "upper", "lower")
        and isinstance(value.get("read", {}), Mapping)
        # "?" is what a draft writes for a number that is still to be said.
        and all(_is_number(one) or one == "?" for one in value.get("read", {}).values())
    )


def _is_pair(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) in (2, 3)
        and all(_is_text(person) or _is_whole(person) for person in value[:2])
        and all(isinstance(reason, str) for reason in value[2:])
    )


def _is_strategy(value: object) -> bool:
    return _is_text(value.get("name") if isinstance(value, Mapping) else value)


def _is_dates(value: object) -> TypeGuard[list[date]]:
    # A time of day is a date as well for Python.
    return isinstance(value, list) and all(type(one) is date for one in value)


def _pairs_or_file(value: object) -> str:
    return "<pairs>" if isinstance(value, list) else "<file>"


Text: TypeAlias = Annotated[str, _checked(_is_text, 'expected a text in quotes, such as "name".')]
TableName: TypeAlias = Annotated[
    str, _checked(_is_text, 'expected the name of a file in quotes, such as "mentees.csv".')
]
Flag: TypeAlias = Annotated[
    bool, _checked(lambda value: isinstance(value, bool), "expected true or false, no quotes.")
]
Real: TypeAlias = Annotated[float, _checked(_is_number, "expected a number, such as 0.5.")]
Share: TypeAlias = Annotated[
    float,
    _checked(
        lambda value: _is_number(value) and value >= 0,
        "expected a number of 0 or more; 0 asks for the exact answer.",
    ),
]
Positive: TypeAlias = Annotated[
    float, _checked(lambda value: _is_number(value) and value > 0, "expected a number above 0.")
]
Count: TypeAlias = Annotated[
    int,
    _checked(lambda value: _is_whole(value) and value >= 0, "expected a whole number, 0 or more."),
]
Few: TypeAlias = Annotated[
    int,
    _checked(
        lambda value: _is_whole(value) and 0 <= value <= MOST_OF_FEW,
        f"expected a whole number from 0 to {MOST_OF_FEW}.",
    ),
]
NumberOrColumn: TypeAlias = Annotated[
    "int | str",
    _checked(
        lambda value: _is_whole(value) or _is_text(value),
        "expected a whole number for everybody, such as 2, or the name of a column in quotes.",
    ),
]
AmountOrColumn: TypeAlias = Annotated[
    "int | float | str",
    _checked(
        lambda value: _is_number(value) or _is_text(value),
        "expected a number for everybody, such as 2, or the name of a column in quotes.",
    ),
]
Quotas: TypeAlias = Annotated[
    "list[dict[str, object]]",
    _checked(
        lambda value: isinstance(value, list) and all(isinstance(one, dict) for one in value),
        "expected one section for each quota, beginning with a line [[problem.quotas]].",
    ),
]
PerTable: TypeAlias = Annotated[
    "str | dict[str, str]",
    _checked(
        _is_per_table,
        "expected a text in quotes for both tables, or one for each: "
        '{ mentees = "…", mentors = "…" }.',
    ),
]
ColumnNames: TypeAlias = Annotated[
    "list[str] | dict[str, list[str]]",
    _checked(
        _is_column_names,
        'expected names of columns, ["name", "email"], or some for each table: '
        '{ mentees = ["name"], mentors = ["email"] }.',
    ),
]
Separators: TypeAlias = Annotated[
    "str | list[str]",
    _checked(
        _is_separators,
        'expected the text between two values, such as ";", a list of several, [";", ","], '
        'or "" to keep the cell whole.',
    ),
]
StrategyChoice: TypeAlias = Annotated[
    "str | dict[str, object]",
    _checked(
        _is_strategy,
        'expected the name of a strategy in quotes, such as "optimal", or a name with parameters: '
        '{ name = "…", … }.',
    ),
]
Seats: TypeAlias = Annotated[
    "int | float | str | dict[str, object]",
    _checked(
        lambda value: _is_number(value) or _is_text(value) or _is_seats(value),
        "expected a number for everybody, such as 2, or the name of a column in quotes, or "
        '{ column = "…", default = 1, read = { "up to 2" = 2 }, range = "upper" }.',
    ),
]
WholeSeats: TypeAlias = Annotated[
    "int | str | dict[str, object]",
    _checked(
        lambda value: _is_whole(value) or _is_text(value) or _is_seats(value),
        "expected a whole number for everybody, such as 2, or the name of a column in quotes.",
    ),
]
Roles: TypeAlias = Annotated[
    "str | dict[str, object]",
    _checked(
        lambda value: _is_text(value) or (isinstance(value, Mapping) and "column" in value),
        "expected the name of a column in quotes, or "
        '{ column = "…", mentee = ["…"], mentor = ["…"], both = ["…"] }.',
    ),
]
Filter: TypeAlias = Annotated[
    "dict[str, object]",
    _checked(
        lambda value: isinstance(value, Mapping) and bool(value),
        'expected { column = "Status", is = ["active"] }, or one for each table: '
        "{ mentees = { … }, mentors = { … } }.",
    ),
]
RowsOfAnswers: TypeAlias = Annotated[
    "dict[str, object]",
    _checked(
        lambda value: isinstance(value, Mapping) and bool(value),
        'expected { person = "name", collect = ["interest"], order = "rank" }, or one for each '
        "table: { mentees = { … }, mentors = { … } }.",
    ),
]
Options: TypeAlias = Annotated[
    "dict[str, list[str]]",
    _checked(
        lambda value: isinstance(value, Mapping) and all(map(_is_names, value.values())),
        'expected the answers that a form offers, by column: { "What next?" = ["Lua", "Go"] }.',
    ),
]
Words: TypeAlias = Annotated[
    "list[str]",
    _checked(
        lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
        'expected words in quotes, such as ["n/a", "-"]; [] takes every word for an answer.',
    ),
]
Workbooks: TypeAlias = Annotated[
    "str | list[str]",
    _checked(
        lambda value: _is_text(value) or (_is_names(value) and value != []),
        "expected the workbook with the decisions in quotes, such as "
        '"committee.xlsx", or several in their order: ["first.xlsx", "second.xlsx"].',
    ),
]
Columns: TypeAlias = Annotated[
    "list[str]",
    _checked(
        lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
        'expected columns of the mentees, such as ["wants_to_learn"].',
    ),
]
HeaderRow: TypeAlias = Annotated[
    "int | dict[str, int]",
    _checked(
        lambda value: (
            (_is_whole(value) and value > 0)
            or (isinstance(value, Mapping) and set(value) <= set(SIDES))
        ),
        "expected the number of the row with the headings, or { mentees = 1, mentors = 3 }.",
    ),
]
Pair: TypeAlias = Annotated[
    "list[object]",
    _checked(
        _is_pair,
        'expected two ids, ["ada", "linus"], or two ids and a reason, ["ada", "linus", "agreed"].',
    ),
]
PairFile: TypeAlias = Annotated[
    str,
    _checked(
        _is_text,
        'expected a list of pairs of ids, [["ada", "linus", "reason"]], or the name of a table '
        "of them in quotes.",
    ),
]
PairList: TypeAlias = Annotated[
    Annotated[list[Pair], Tag("<pairs>")] | Annotated[PairFile, Tag("<file>")],
    Discriminator(_pairs_or_file),
]
Dates: TypeAlias = Annotated[
    list[date],
    _checked(
        lambda value: _is_dates(value) and len(value) == 2,
        "expected the first and the last date without quotes: [2027-01-11, 2027-06-27].",
    ),
]
ColumnOfBoth: TypeAlias = Annotated[
    "str | list[str] | dict[str, str]",
    _checked(
        lambda value: _is_per_table(value) or _is_name_pair(value),
        "expected the name of a column of both tables in quotes, or of the mentees' and of the "
        'mentors\' table: ["Nombre", "Name"].',
    ),
]
DaysOff: TypeAlias = Annotated[
    list[date] | list[str] | dict[str, str] | str,
    _checked(
        lambda value: _is_per_table(value) or _is_name_pair(value) or _is_dates(value),
        "expected dates without quotes, such as [2027-04-05], or the name of a column with "
        "people's countries in quotes; where the tables call it differently, of the mentees' and "
        'of the mentors\' table: ["País", "Land"].',
    ),
]
