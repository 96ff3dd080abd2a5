"""From files to tables with a row per person: blanks, filters, grids, roles, rows per answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort.cells.numbers import read_column
from mentormatch.cohort.columns.filters import filter_rows
from mentormatch.cohort.columns.grid import Grid, join_grid
from mentormatch.cohort.columns.long_tables import collect
from mentormatch.cohort.columns.roles import divide_people, find_role_column
from mentormatch.cohort.columns.sides import find_swap
from mentormatch.cohort.files.opening import FileOptions, is_same_file, read_file
from mentormatch.cohort.identity.blanks import Emptied, empty_nothing
from mentormatch.cohort.identity.choose import join_columns
from mentormatch.cohort.identity.cleaning import clean_columns
from mentormatch.cohort.names import SIDES, Side, quote_names, words_of_name
from mentormatch.cohort.person_columns.find import find_person_columns
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort.files.table import FileTable
    from mentormatch.cohort.readings import Reading

__all__ = ["Preparation", "PreparedTable", "find_questions", "read_people", "read_sides"]


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is done to tables before people are identified; see `read_cohort`.

    ``people`` are the words of the names in them, where answers may name somebody whom no row of
    the cohort need have: in several columns, or somebody left out.
    """

    words: frozenset[str]
    where: object = None
    rows: Mapping[str, object] | None = None
    grids: tuple[Grid, ...] = ()
    role: object = None
    people: frozenset[tuple[str, ...]] = frozenset()


@dataclass(frozen=True, eq=False, slots=True)
class PreparedTable:
    """The people of one side, a row each."""

    frame: pd.DataFrame  # with clean headings
    rows: NDArray[np.int64]
    source: str
    notes: tuple[Finding, ...]  # what was put right
    readings: tuple[Reading, ...]  # what was concluded
    emptied: Emptied  # what stood in cells that are missing now
    named: frozenset[tuple[str, ...]] = frozenset()  # the words of names in both files


def read_sides(
    paths: Sequence[object], files: Sequence[FileOptions], preparation: Preparation
) -> tuple[list[PreparedTable | None], list[Finding]]:
    """Read the tables of mentees and mentors; None for one that cannot be used."""
    alone = not is_same_file(*paths)
    files_read: list[FileTable | None] = []
    findings: list[Finding] = []
    for side, path, options in zip(SIDES, paths, files, strict=True):
        try:
            table = read_file(path, side, options, alone=alone)
            findings += table.findings
            files_read.append(table)
        except CohortError as error:
            findings += error.findings
            files_read.append(None)
    preparation = _with_people(preparation, filter(None, files_read))
    tables: list[PreparedTable | None] = []
    for side, read in zip(SIDES, files_read, strict=True):
        try:
            tables.append(None if read is None else _prepare(read, side, preparation))
        except CohortError as error:
            findings += error.findings
            tables.append(None)
    return tables, findings


def _with_people(preparation: Preparation, tables: Iterable[FileTable]) -> Preparation:
    """Add the words of the names in tables, where those of the people who count may not be all."""
    people: set[tuple[str, ...]] = set()
    several = any(grid.kind == "answers" for grid in preparation.grids)
    if several or preparation.where is not None or preparation.role is not None:
        for table in tables:
            frame, _ = clean_columns(table.frame, table.source)
            columns = find_person_columns(frame, "mentees").names
            names = join_columns(frame, columns).dropna() if columns else ()
            people |= {words_of_name(name) for name in names if isinstance(name, str)}
    return replace(preparation, people=frozenset(people))


def _emptied_in(rows: set[int], emptied: Emptied) -> Emptied:
    """Return what stood in the emptied cells of some rows."""
    found = {
        name: {row: text for row, text in cells.items() if row in rows}
        for name, cells in emptied.items()
    }
    return {name: cells for name, cells in found.items() if cells}


def read_people(
    path: object, options: FileOptions, preparation: Preparation
) -> tuple[PreparedTable, PreparedTable]:
    """Read one table of everybody and divide it by role.

    Raises CohortError if it cannot be read, or a row has no role.
    """
    table = read_file(path, None, options, alone=True)
    if table.findings:
        raise CohortError(table.findings)
    preparation = _with_people(preparation, [table])
    whole = _prepare(table, None, replace(preparation, rows=None))
    role = preparation.role
    indexed = whole.frame.set_axis(pd.Index(whole.rows))
    if role is None:
        found = find_role_column(whole.frame)
        if found is None:
            expected = (
                "no column says who is a mentee and who a mentor. Name it with role, and the "
                'values that mean each: { column = "…", mentee = ["…"], mentor = ["…"] }. '
                f"The columns are {quote_names(whole.frame.columns)}."
            )
            raise CohortError([Finding(whole.source, None, None, None, expected)])
        role = found.as_option()
    mentees, mentors, readings = divide_people(indexed, role, whole.source)
    divided = []
    for side, frame in zip(SIDES, (mentees, mentors), strict=True):
        filtered: list[Reading] = []
        if _is_by_side(preparation.where):
            frame, filtered = _filter(frame, side, preparation, whole.source)
        for grid in preparation.grids:
            if grid.side == side:
                frame, joined = join_grid(frame, grid, whole.source, side, preparation.people)
                filtered += joined
        frame, more = _collect(frame, side, preparation, whole.source)
        frame = frame.dropna(axis="columns", how="all") if len(frame) else frame
        rows = frame.index.to_numpy(dtype=np.int64)
        divided.append(
            replace(
                whole,
                frame=frame.reset_index(drop=True),
                rows=rows,
                emptied=_emptied_in(set(rows.tolist()), whole.emptied),
                readings=(*whole.readings, *readings, *filtered, *more),
            )
        )
    return divided[0], divided[1]


def _prepare(table: FileTable, side: Side | None, preparation: Preparation) -> PreparedTable:
    """Clean headings, empty cells without an answer, filter, join grids, collect rows."""
    frame, findings = clean_columns(table.frame, table.source)
    if findings:
        raise CohortError(findings)
    convert = None if table.decimal is None else partial(read_column, decimal=table.decimal)
    if table.findings or not _is_plain(frame):
        # Rows that do not fit, or an index that a Parquet file brings: people come by position.
        return PreparedTable(
            frame, table.rows, table.source, tuple(table.notes), tuple(table.readings), {}
        )
    frame, emptied = empty_nothing(frame, table.rows, side or "mentees", preparation.words, convert)
    frame = frame.set_axis(pd.Index(table.rows))
    readings = [_with_side(reading, side) for reading in table.readings]
    if side is not None or not _is_by_side(preparation.where):
        frame, more = _filter(frame, side, preparation, table.source)
        readings += more
    for grid in preparation.grids:
        fits = bool(grid.columns_of(frame.columns))
        if grid.side == side or (grid.side is None and (fits or side is None)):
            frame, more = join_grid(frame, grid, table.source, side, preparation.people)
            readings += more
    if side is not None:
        frame, more = _collect(frame, side, preparation, table.source)
        readings += more
    return PreparedTable(
        frame.reset_index(drop=True),
        frame.index.to_numpy(dtype=np.int64),
        table.source,
        tuple(table.notes),
        tuple(readings),
        emptied,
        preparation.people,
    )


def _is_by_side(where: object) -> bool:
    return isinstance(where, Mapping) and bool(where) and set(where) <= set(SIDES)


def _filter(
    frame: pd.DataFrame, side: Side | None, preparation: Preparation, source: str
) -> tuple[pd.DataFrame, list[Reading]]:
    """Keep the rows that are asked for; one table of everybody has been divided where by side."""
    where: object = preparation.where
    if isinstance(where, Mapping) and _is_by_side(where):
        where = None if side is None else where.get(side)
    return (frame, []) if where is None else filter_rows(frame, where, source, side)


def _is_plain(frame: pd.DataFrame) -> bool:
    return isinstance(frame.index, pd.RangeIndex) and frame.index.name is None


def _with_side(reading: Reading, side: Side | None) -> Reading:
    return replace(reading, side=side)


def _collect(
    frame: pd.DataFrame, side: Side, preparation: Preparation, source: str
) -> tuple[pd.DataFrame, list[Reading]]:
    """Collect the rows of a person, where that is asked for this side."""
    given = preparation.rows
    if given is None:
        return frame, []
    if isinstance(given, Mapping) and given and set(given) <= set(SIDES):
        options = given.get(side)
        return (frame, []) if options is None else collect(frame, options, source, side)
    options = dict(given) if isinstance(given, Mapping) else given
    # One set of options for both tables: only one of them may have an order.
    if isinstance(options, dict) and options.get("order") not in (None, *frame.columns):
        options.pop("order")
    return collect(frame, options, source, side)


def find_questions(
    tables: Sequence[PreparedTable], paths: Sequence[object], accept: Collection[str]
) -> list[Finding]:
    """Find what only a person can tell: swapped tables, one file of everybody given twice."""
    mentees, mentors = tables
    sources = (mentees.source, mentors.source)
    if is_same_file(*paths) and sources[0] == sources[1]:
        role = find_role_column(mentees.frame)
        if role is None or "one file" in accept:
            return []
        expected = (
            "both tables are this one file, whose column says who is a mentee and who a mentor. "
            f'Give it once, as people, with role = {{ column = "{role.column}" }}; if everybody is '
            'meant to be both, say accept = ["one file"].'
        )
        return [Finding(sources[0], None, role.column, None, expected)]
    evidence = find_swap(mentees.frame.columns, mentors.frame.columns, sources)
    if not evidence or "sides" in accept:
        return []
    expected = (
        f"the tables look swapped: {evidence}. Name them the other way round (mentees first); if "
        'they are right as they are, say accept = ["sides"].'
    )
    return [Finding(" and ".join(sources), None, None, None, expected)]
