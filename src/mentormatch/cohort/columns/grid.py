"""Grids of a form: columns "Question [option]" joined to one column."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar, get_args

import pandas as pd

from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.columns.grid_cells import CellReader, make_reader
from mentormatch.cohort.columns.tables import prepare_table
from mentormatch.cohort.names import clean_name, list_rows, nearest_name, quote_names
from mentormatch.cohort.readings import Reading, commonest
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mentormatch.cohort.names import Side

__all__ = [
    "Grid",
    "GridKind",
    "as_grids",
    "find_grids",
    "find_unread_cells",
    "grid",
    "join_grid",
]

GridKind: TypeAlias = Literal["windows", "levels", "rank", "rating", "poll", "values", "answers"]
PLACE = "{option}"
QUESTION = re.compile(r"(?P<question>.*\S)\s*\[(?P<option>[^\[\]]+)\]")
Value = TypeVar("Value")
# So many different cells, and rows of each, are shown of those with one fault.
SHOWN = 5
KEYS = ("name", "pattern", "kind", "best", "scale", "options", "read", "side")


@dataclass(frozen=True, slots=True)
class Grid:
    """One question of a form that stands in a column per option.

    Parameters
    ----------
    name
        The heading of the new column.
    pattern
        The headings of the columns, with ``{option}`` where they differ.
    kind
        What stands in a cell: "windows", days or times at which somebody is free; "levels", skills
        at the level of the column, or the level of the column's skill; "rank", where the option
        stands in an order; "rating", a number for the option; "poll", yes, maybe or no;
        "values", anything that says that the option is chosen; "answers", one answer in each of
        several columns, such as Skill 1, Skill 2.
    best
        Of ranks and ratings, whether a "low" or a "high" number is best; None: low for ranks, high
        for ratings.
    scale
        The lowest and the highest rating that the form offers; needed where low ratings are best.
    options
        The options, where the pattern alone would take other columns too. Of "answers" they also
        say the order in which the columns are read.
    read
        What options or cells mean: times for options such as ``{"morning": "09:00-12:00"}``,
        numbers for levels in words (0 for none at all), worth for answers of a poll.
    side
        Whose table has it; None: each that has such columns.
    """

    name: str
    pattern: str
    kind: GridKind
    best: Literal["low", "high"] | None = None
    scale: tuple[float, float] | None = None
    options: tuple[str, ...] = ()
    read: Mapping[str, object] | None = None
    side: Side | None = None

    def __post_init__(self) -> None:
        wrong: tuple[str, object, str] | None = None
        if self.kind not in get_args(GridKind):
            wrong = ("kind", self.kind, f"kind is one of {quote_names(get_args(GridKind))}.")
        elif not isinstance(self.pattern, str) or self.pattern.count(PLACE) != 1:
            expected = f'pattern is a heading with one {PLACE}, such as "Free? [{PLACE}]".'
            wrong = ("pattern", self.pattern, expected)
        elif self.best not in (None, "low", "high"):
            wrong = ("best", self.best, 'best is "low" or "high".')
        elif not isinstance(self.name, str) or not self.name.strip():
            wrong = ("name", self.name, "name is the heading of the new column.")
        elif self.kind == "rating" and self.best == "low" and self.scale is None:
            expected = "low ratings are turned round, which needs the scale of the form: [1, 5]."
            wrong = ("scale", None, expected)
        elif self.scale is not None and not _is_scale(self.scale):
            wrong = ("scale", self.scale, "scale is the lowest and the highest rating: [1, 5].")
        if wrong is not None:
            column, value, expected = wrong
            raise CohortError([Finding("columns", None, column, value, expected)])

    @classmethod
    def from_mapping(cls, given: object) -> Grid:
        """Make a grid from a table ``[[columns]]`` of a programme file.

        Raises
        ------
        CohortError
            A key is missing or unknown, or has no usable value.
        """
        if isinstance(given, Grid):
            return given
        if not isinstance(given, Mapping) or not {"name", "pattern", "kind"} <= set(given):
            expected = (
                "expected a table with name, pattern and kind, and maybe best, options, read."
            )
            raise CohortError([Finding("columns", None, None, given, expected)])
        for key in given:
            if key not in KEYS:
                expected = f"there is no such key. There are {quote_names(KEYS)}."
                nearest = nearest_name(key, KEYS)
                raise CohortError([Finding("columns", None, str(key), None, expected, nearest)])
        options = tuple(map(str, given.get("options", ())))
        scale = given.get("scale")
        return cls(
            **{
                **given,
                "options": options,
                "scale": tuple(scale) if isinstance(scale, list) else scale,
            }
        )

    def columns_of(self, headings: Iterable[str]) -> dict[str, str]:
        """Return the headings of the grid, by option."""
        before, after = map(_one_blank, clean_name(self.pattern).split(PLACE))
        wanted = {" ".join(one.split()).casefold() for one in self.options}
        found = {}
        for heading in headings:
            text = _one_blank(heading)
            if len(text) <= len(before) + len(after):
                continue
            if not (text.startswith(before) and text.endswith(after)):
                continue
            option = text[len(before) : len(text) - len(after)].strip()
            if option and (not wanted or option.casefold() in wanted):
                found[option] = heading
        if wanted and self.kind == "answers":
            order = [" ".join(one.split()).casefold() for one in self.options]
            found = dict(sorted(found.items(), key=lambda pair: order.index(pair[0].casefold())))
        return found


def _is_scale(scale: object) -> bool:
    return (
        isinstance(scale, tuple)
        and len(scale) == 2
        and all(isinstance(one, int | float) for one in scale)
        and scale[0] < scale[1]
    )


def _one_blank(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def grid(
    table: object,
    pattern: str,
    *,
    kind: GridKind,
    name: str,
    best: Literal["low", "high"] | None = None,
    scale: tuple[float, float] | None = None,
    options: Sequence[str] = (),
    read: Mapping[str, object] | None = None,
) -> pd.DataFrame:
    """Return a table in which the columns of a grid are one column.

    Parameters
    ----------
    table
        Any table that a `Cohort` takes; it is not changed.
    pattern, kind, name, best, scale, options, read
        See `Grid`.

    Raises
    ------
    CohortError
        No column fits the pattern, or cells that cannot be read: all of them at once.

    Examples
    --------
    >>> answers = [{"id": "ada", "Free? [9-12]": "Mon, Tue", "Free? [18-20]": "Fri"}]
    >>> people = grid(answers, "Free? [{option}]", kind="windows", name="free")
    >>> people.loc[0, "free"]
    ['Mon 9-12', 'Tue 9-12', 'Fri 18-20']
    """
    question = Grid(name, pattern, kind, best, scale, tuple(options), read)
    frame, _ = join_grid(prepare_table(table), question, "the table", None)
    return frame


def join_grid(
    table: pd.DataFrame,
    question: Grid,
    source: str,
    side: Side | None,
    people: Collection[tuple[str, ...]] = (),
) -> tuple[pd.DataFrame, list[Reading]]:
    """Join the columns of a grid as `grid` does; say what was read.

    ``people``: the words of the names that both tables have.
    """
    columns = _columns_of(question, table, source)
    reader = make_reader(
        question.kind, table, columns, question.best, question.scale, question.read or {}, people
    )
    answers, findings = _read_cells(table, columns, reader, source)
    if findings:
        raise CohortError(_join_alike(findings))
    first = min(list(table.columns).index(heading) for heading in columns.values())
    joined = table.drop(columns=list(columns.values()))
    place = sum(name not in columns.values() for name in table.columns[:first])
    joined.insert(place, question.name, pd.Series(answers, index=table.index, dtype=object))
    reading = Reading(
        "grid",
        side,
        source,
        question.name,
        f"{len(columns)} columns are one question: {reader.says}",
        f"their headings are {question.pattern!r} with {quote_names(list(columns)[:6])}",
        commonest(value for cell in answers if isinstance(cell, list) for value in cell),
        "the table [[columns]] of this name",
    )
    return joined, [reading]


def find_unread_cells(table: pd.DataFrame, question: Grid) -> list[Finding]:
    """Find the cells of a grid that cannot be read, one finding each.

    Raises CohortError if no column fits the pattern, or another one has the name already.
    """
    columns = _columns_of(question, table, "the table")
    reader = make_reader(
        question.kind, table, columns, question.best, question.scale, question.read or {}
    )
    return _read_cells(table, columns, reader, "the table")[1]


def _columns_of(question: Grid, table: pd.DataFrame, source: str) -> dict[str, str]:
    """Return the headings of a grid, by option."""
    columns = question.columns_of(table.columns)
    if not columns:
        expected = f"no heading fits this pattern. The columns are {quote_names(table.columns)}."
        nearest = nearest_name(question.pattern, table.columns)
        raise CohortError([Finding(source, None, "pattern", question.pattern, expected, nearest)])
    if question.name in table.columns and question.name not in columns.values():
        expected = "the table has a column of this name already. Choose another name."
        raise CohortError([Finding(source, None, question.name, None, expected)])
    return columns


def _join_alike(findings: Sequence[Finding]) -> list[Finding]:
    """Say what is wrong with cells of one column once, with how many they are and the first."""
    alike: dict[tuple[str | None, str], list[Finding]] = {}
    for one in findings:
        alike.setdefault((one.column, one.expected), []).append(one)
    joined = []
    for (column, expected), some in alike.items():
        rows: dict[str, list[int | None]] = {}
        for one in some:
            rows.setdefault(repr(one.value), []).append(one.row)
        if len(some) > 1:
            shown = "; ".join(
                f"{value} ({list_rows(where)})" for value, where in list(rows.items())[:SHOWN]
            )
            others = [row for where in list(rows.values())[SHOWN:] for row in where]
            more = f"; and others ({list_rows(sorted(filter(None, others)))})" if others else ""
            cells = f"{len(some):,} cells of this column: {shown}{more}"
            alone = column is None
            expected += (
                f" So it is with {list_rows([one.row for one in some]) if alone else cells}."
            )
        first = some[0]
        joined.append(Finding(first.file, first.row, column, first.value, expected))
    return joined


def _read_cells(
    table: pd.DataFrame, columns: Mapping[str, str], reader: CellReader[Value], source: str
) -> tuple[list[object], list[Finding]]:
    """Return the joined cell of each row, NaN where nothing is given."""
    findings: list[Finding] = []
    given: list[list[tuple[str, Value]]] = [[] for _ in range(len(table))]
    for option, heading in columns.items():
        known: dict[object, Value | ValueError] = {}
        for k, cell in enumerate(table[heading]):
            if is_missing(cell) or (isinstance(cell, str) and not cell.strip()):
                continue
            key = cell if isinstance(cell, str | int | float | bool) else repr(cell)
            if (type(cell), key) not in known:
                try:
                    known[type(cell), key] = reader.read(option, cell)
                except ValueError as error:
                    known[type(cell), key] = error
            value = known[type(cell), key]
            if isinstance(value, ValueError):
                findings.append(Finding(source, int(table.index[k]), heading, cell, str(value)))
            else:
                given[k].append((option, value))
    answers: list[object] = []
    for k, pairs in enumerate(given):
        try:
            answers.append(reader.join(pairs) if pairs else float("nan"))
        except ValueError as error:
            answers.append(float("nan"))
            findings.append(Finding(source, int(table.index[k]), None, None, str(error)))
    return answers, sorted(findings, key=lambda finding: finding.row or 0)


def find_grids(headings: Iterable[str]) -> dict[str, list[str]]:
    """Find the questions that stand in a column per option, with their options."""
    found: dict[str, list[str]] = {}
    for heading in headings:
        if match := QUESTION.fullmatch(heading):
            found.setdefault(match["question"].strip(), []).append(match["option"].strip())
    return {question: options for question, options in found.items() if len(options) > 1}


def as_grids(given: object) -> tuple[Grid, ...]:
    """Return the grids of the option ``columns`` of `read_cohort`."""
    if given is None:
        return ()
    if not isinstance(given, Collection) or isinstance(given, str | Mapping):
        given = [given]
    return tuple(Grid.from_mapping(one) for one in given)
