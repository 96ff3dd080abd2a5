"""Cohort: the mentees and the mentors of one programme, two tables of people known by id."""

from __future__ import annotations

import html
import textwrap
from dataclasses import KW_ONLY, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from mentormatch.cohort.cells.numbers import (
    DEFAULT_SEPARATORS,
    read_numbers,
    split_separators,
    to_python,
)
from mentormatch.cohort.cells.values import Values, factorize_cells, split_values
from mentormatch.cohort.identity.identify import (
    Duplicates,
    IdentifiedTable,
    check_duplicates,
    identify,
)
from mentormatch.cohort.names import (
    SIDES,
    PerSide,
    Side,
    check_side,
    clean_name,
    nearest_name,
    quote_names,
    split_by_side,
)
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Cohort"]

_OF_THE_CELL: Any = object()


@dataclass(frozen=True, eq=False)
class Cohort:
    """Mentees and mentors, each a table with one row per person, indexed by id.

    The tables are copied. Names of columns become text without space around them and line breaks
    inside.
    What is wrong is reported all at once. `read_cohort` makes a cohort from files.

    Parameters
    ----------
    mentees, mentors
        One row per person. Afterwards the ids are the index and no longer a column; `column` finds
        them by name.
    id
        The name of the id column (or of the index): one text for both tables, a (mentees, mentors)
        pair, or a mapping with the keys "mentees" and "mentors". By default a column ``id``, else
        ``mentee_id`` and ``mentor_id`` (in any case, with a space or an underscore), else the
        index. Afterwards the pair of names, None for an index without one. Ids are compared without
        the space around them, e-mail addresses without regard to case (see `clean_id`).
    duplicates
        What to do when a person sent the form twice: "error", or "last" to keep the last row, where
        it stands.
    separators
        How cells with several values are split, by column: a text stands for each of its
        characters, a collection for each of its texts, "" for no splitting. Other columns are split
        at ``;`` and ``,``.
    labelled
        Whether the ids tell who somebody is, rather than being bare positions 0, 1, 2, … Found out
        from the tables (a table with people and without ids on either side makes it False).
    sources
        What findings call the two tables.
    rows
        Row numbers as the spreadsheet shows them, one array per side. The header is row 1; by
        default the first person is row 2.
    notes
        What was put right rather than refused, such as earlier rows of people who sent the form
        twice.

    Raises
    ------
    CohortError
        With every problem of both tables: no columns, a name over two columns, no id column, empty
        ids, duplicate ids, separators of a column that does not exist.

    Examples
    --------
    >>> import pandas as pd
    >>> mentees = pd.DataFrame({"id": ["ada", "bob"], "wants": ["Lua; C++", "SQL"]})
    >>> mentors = pd.DataFrame({"id": ["linus"], "offers": ["C, git"]})
    >>> cohort = Cohort(mentees, mentors)
    >>> cohort.tags("mentees", "wants")
    [('Lua', 'C++'), ('SQL',)]
    >>> cohort
    Cohort(2 mentees, 1 mentor)
      mentees: 2 people, id 'id', columns 'wants'
      mentors: 1 person, id 'id', columns 'offers'
    """

    mentees: pd.DataFrame
    mentors: pd.DataFrame
    _: KW_ONLY
    id: PerSide = None
    duplicates: Duplicates = "error"
    separators: Mapping[str, str | Collection[str]] | None = None
    labelled: bool = True
    sources: tuple[str, str] = ("mentees", "mentors")
    rows: tuple[NDArray[np.int64], ...] = ()
    notes: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        findings = check_duplicates(self.duplicates)
        ids = split_by_side(self.id, "id")
        rows = self.rows or (None, None)
        tables = [
            identify(
                frame,
                rows[k],
                side=SIDES[k],
                source=self.sources[k],
                id=ids[k],
                duplicates=self.duplicates,
                labelled=self.labelled,
            )
            for k, frame in enumerate((self.mentees, self.mentors))
        ]
        for table in tables:
            findings += table.findings
        separators = {}
        for name, given in (self.separators or {}).items():
            column = clean_name(name)
            separators[column] = split_separators(given)
            findings += _check_separators(column, tables, self.sources)
        if findings:
            raise CohortError(findings)
        mentees, mentors = tables
        if _is_same_name(mentees.id, mentors.id):
            _write_ids_alike(mentees.frame, mentors.frame)
        settled = {
            "mentees": mentees.frame,
            "mentors": mentors.frame,
            "id": (mentees.id, mentors.id),
            "separators": MappingProxyType(separators),
            "labelled": mentees.labelled and mentors.labelled,
            "rows": (mentees.rows, mentors.rows),
            "notes": (*self.notes, *mentees.notes, *mentors.notes),
        }
        for name, value in settled.items():
            object.__setattr__(self, name, value)

    def __getstate__(self) -> dict[str, Any]:
        # A mapping proxy cannot be copied or sent to another process.
        return {**self.__dict__, "separators": dict(self.separators or {})}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, separators=MappingProxyType(state["separators"]))

    @property
    def mentee_ids(self) -> pd.Index[Any]:
        """The ids of the mentees, in the order of their table."""
        return self.mentees.index

    @property
    def mentor_ids(self) -> pd.Index[Any]:
        """The ids of the mentors, in the order of their table."""
        return self.mentors.index

    @property
    def shares_ids(self) -> bool:
        """Return whether both tables name one id column, so that equal ids are the same person."""
        return _is_same_name(*split_by_side(self.id, "id"))

    def table(self, side: Side) -> pd.DataFrame:
        """Get the table of one side, indexed by id.

        Raises
        ------
        CohortError
            ``side`` is neither "mentees" nor "mentors".
        """
        check_side(side)
        return self.mentees if side == "mentees" else self.mentors

    def column(self, side: Side, column: str) -> pd.Series[Any]:
        """Get one column of one side, indexed by id; the id column by its name as well.

        Raises
        ------
        CohortError
            There is no such column; the finding names the nearest one.
        """
        missing = self.require({side: [column]})
        if missing:
            raise CohortError(missing)
        table, name = self.table(side), clean_name(column)
        return table[name] if name in table.columns else table.index.to_series()

    def require(self, columns: Mapping[Side, Iterable[str]]) -> list[Finding]:
        """Check that columns exist.

        Parameters
        ----------
        columns
            The names that are needed, by side.

        Returns
        -------
        list of Finding
            One per missing column, with the nearest existing name; empty when all is well.
        """
        findings = []
        for side, names in columns.items():
            table = self.table(side)
            known = [*table.columns, *([] if table.index.name is None else [table.index.name])]
            for name in dict.fromkeys(names):
                if clean_name(name) not in known:
                    expected = f"there is no such column. The columns are {quote_names(known)}."
                    nearest = nearest_name(clean_name(name), known)
                    source = self.sources[SIDES.index(side)]
                    findings.append(Finding(source, None, str(name), None, expected, nearest))
        return findings

    def tags(self, side: Side, column: str) -> list[tuple[str, ...]]:
        """Split the cells of a column into their values.

        Values lose the space around them; empty ones are dropped, and of equal ones the first is
        kept. A cell that is a list, tuple, set or array already is taken as it is, a set in the
        order of the alphabet. An empty cell gives no values, a number its digits.

        Returns
        -------
        list of tuples of str, one per person

        Raises
        ------
        CohortError
            There is no such column.
        """
        return self.values(side, column).tuples()

    def values(self, side: Side, column: str) -> Values:
        """Split cells like `tags`, each distinct cell and each distinct value stored once.

        Raises
        ------
        CohortError
            There is no such column.
        """
        separators = (self.separators or {}).get(clean_name(column), DEFAULT_SEPARATORS)
        return split_values(self.column(side, column), separators)

    def distinct(self, side: Side, column: str) -> tuple[NDArray[np.intp], list[Any]]:
        """Return the distinct cells of a column and which of them each person has.

        Returns
        -------
        codes : intp array, one per person
            Which cell a person has.
        cells
            In the order in which they occur; lists and other containers are each a cell of its own.

        Raises
        ------
        CohortError
            There is no such column.
        """
        return factorize_cells(self.column(side, column))

    def numbers(self, side: Side, column: str) -> NDArray[np.float64]:
        """Read a column as numbers, numbers that were typed as text included.

        Returns
        -------
        array of float64, one per person
            NaN where the cell is empty.

        Raises
        ------
        CohortError
            There is no such column, or cells hold something else than a finite number: one finding
            each.
        """
        cells = self.column(side, column)
        numbers, wrong = read_numbers(cells)
        if len(wrong):
            expected = "must be a number, or empty."
            raise CohortError([self.finding(side, int(k), column, expected) for k in wrong])
        return numbers

    def finding(
        self,
        side: Side,
        position: int | None,
        column: str | None,
        expected: str,
        nearest: str | None = None,
        value: Any = _OF_THE_CELL,
    ) -> Finding:
        """Make a finding about one cell, with file, row and column as in the spreadsheet.

        Parameters
        ----------
        side
            Whose table.
        position
            The person's position in the table, from 0; None for the whole table.
        column
            The column, or None for the whole row.
        expected
            What was expected, and what to do about it.
        nearest
            The nearest name that exists.
        value
            What was seen; by default what the cell holds.
        """
        check_side(side)
        name = None if column is None else clean_name(column)
        if value is _OF_THE_CELL:
            value = None
            if position is not None and name is not None and not self.require({side: [name]}):
                value = self.column(side, name).iloc[position]
        row = None if position is None else int(self.rows[SIDES.index(side)][position])
        source = self.sources[SIDES.index(side)]
        return Finding(source, row, name, to_python(value), expected, nearest)

    def take(self, mentees: Any, mentors: Any) -> Cohort:
        """Choose and order people by position; they keep ids, row numbers, sources, separators.

        Parameters
        ----------
        mentees, mentors
            Positions from 0 (or True and False, one per person). Nobody may be taken twice.
        """
        mentee_rows, mentor_rows = self.rows
        return Cohort(
            self.mentees.iloc[mentees],
            self.mentors.iloc[mentors],
            id=self.id,
            separators=self.separators,
            labelled=self.labelled,
            sources=self.sources,
            rows=(mentee_rows[mentees], mentor_rows[mentors]),
            notes=self.notes,
        )

    def __repr__(self) -> str:
        sizes = (
            _format_count(len(self.mentees), "mentee", "mentees"),
            _format_count(len(self.mentors), "mentor", "mentors"),
        )
        lines = [f"Cohort({', '.join(sizes)})"]
        for side, source, people, name, columns in self._overview():
            origin = "" if source == side else f" from {source}"
            count = _format_count(people, "person", "people")
            text = f"{side}: {count}{origin}, {name}, columns {columns}"
            lines.append("  " + textwrap.shorten(text, 200, placeholder=" …"))
        if self.notes:
            lines.append(f"  {_format_count(len(self.notes), 'note', 'notes')}, see .notes")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("", "source", "people", "id", "columns"))
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells) + "</tr>"
            for cells in (
                (side, source, f"{people:,}", name, columns)
                for side, source, people, name, columns in self._overview()
            )
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _overview(self) -> list[tuple[Side, str, int, str, str]]:
        """Return side, source, number of people, id and columns of each table."""
        overview = []
        for side, source in zip(SIDES, self.sources, strict=True):
            table = self.table(side)
            name = table.index.name
            who = f"id {name!r}" if name is not None else "id the index"
            if not self.labelled and name is None:
                who = "no ids"
            columns = ", ".join(map(repr, table.columns)) or "none"
            overview.append((side, source, len(table), who, columns))
        return overview


def _format_count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _is_same_name(mentee_id: str | None, mentor_id: str | None) -> bool:
    return (
        mentee_id is not None
        and mentor_id is not None
        and mentee_id.casefold() == mentor_id.casefold()
    )


def _check_separators(
    column: str, tables: list[IdentifiedTable], sources: tuple[str, str]
) -> list[Finding]:
    known = [
        name for table in tables for name in (*table.frame.columns, table.id) if name is not None
    ]
    if column in known:
        return []
    expected = "separators are given for a column that neither table has."
    return [
        Finding(" and ".join(sources), None, column, None, expected, nearest_name(column, known))
    ]


def _write_ids_alike(mentees: pd.DataFrame, mentors: pd.DataFrame) -> None:
    """Write whole numbers as text when the other table has ids of text: 7 is the person "7".

    The frames are the cohort's own; nobody else holds them yet.
    """
    for frame, other in ((mentees, mentors), (mentors, mentees)):
        if pd.api.types.is_integer_dtype(frame.index) and any(
            isinstance(other_id, str) for other_id in other.index[:1]
        ):
            frame.index = pd.Index([str(k) for k in frame.index], name=frame.index.name)
