"""Identify people: choose the id column, make it the index, find duplicates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort.frames import as_frame
from mentormatch.cohort.identity.choose import (
    Kind,
    choose_identities,
    default_id,
    join_columns,
    kind_of,
)
from mentormatch.cohort.identity.cleaning import clean_columns, clean_ids, with_one_spelling
from mentormatch.cohort.identity.duplicates import (
    Duplicates,
    find_duplicates,
    find_half_names,
    find_namesakes,
)
from mentormatch.cohort.identity.unwritable import find_unwritable
from mentormatch.cohort.names import (
    SIDES,
    Side,
    clean_name,
    nearest_name,
    quote_names,
)
from mentormatch.cohort.person_columns.find import PersonColumns, find_person_columns
from mentormatch.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort.readings import Reading

__all__ = ["IdentifiedTable", "identify"]


@dataclass(frozen=True, eq=False, slots=True)
class IdentifiedTable:
    """A table indexed by id; usable when there are no findings."""

    frame: pd.DataFrame  # indexed by id
    rows: NDArray[np.int64]  # row numbers as the spreadsheet shows them
    id: str | None = None  # what the ids are called; None for an index without a name
    labelled: bool = False  # the ids tell people apart, rather than being positions
    kind: Kind | None = None  # what the ids are; None where that is not known
    findings: list[Finding] = field(default_factory=list)  # what is wrong
    notes: list[Finding] = field(default_factory=list)  # which rows were left out
    people: PersonColumns | None = None  # the columns that say who somebody is; None: not known


def identify(
    frames: Mapping[Side, object],
    *,
    rows: Mapping[Side, NDArray[np.int64] | None],
    sources: Sequence[str],
    ids: Sequence[str | None],
    duplicates: Duplicates,
    labelled: bool = True,
) -> tuple[dict[Side, IdentifiedTable], list[Reading]]:
    """Clean the column names of tables, find the ids, and make them the index.

    Identifying identified tables changes nothing. Frames are copied, and are of any kind that
    `as_frame` knows. Row numbers are as the spreadsheet shows them; None: the first person is in
    row 2. ``ids`` names the id columns or indices; None: found out as in `choose_identities`, but
    an index with labels of its own stays. Where ``labelled`` is False the index is known to be bare
    positions. With duplicates "last", of rows of one person what was sent last stays, where it
    stands. The answer is the tables, each with what is wrong among its findings, and which columns
    were chosen, and why.
    """
    tables: dict[Side, IdentifiedTable] = {}
    unknown: dict[Side, pd.DataFrame] = {}
    kinds: dict[Side, Kind | None] = {}
    cleaned: dict[Side, tuple[pd.DataFrame, NDArray[np.int64], list[Finding]]] = {}
    people: dict[Side, PersonColumns] = {}
    for side, frame in frames.items():
        k = SIDES.index(side)
        table, numbers, findings, usable = _check_frame(frame, rows.get(side), sources[k])
        cleaned[side] = table, numbers, findings
        if not usable:
            tables[side] = IdentifiedTable(table, numbers, findings=findings)
            continue
        table = _with_joined_column(table, ids[k])
        cleaned[side] = table, numbers, findings
        name, wrong = _named_id(table, ids[k], side, sources[k])
        if labelled:
            people[side] = find_person_columns(table, side)
        if wrong is not None:
            tables[side] = IdentifiedTable(table, numbers, findings=[*findings, wrong])
        elif name is not None or (labelled and _has_labels(table.index)):
            is_column = name is not None and name in table.columns
            kind = kind_of(table, people.get(side), str(name)) if is_column else None
            kinds[side] = kind
            tables[side] = _index_table(
                table, name, people.get(side), numbers, sources[k], duplicates, kind, findings
            )
        elif labelled:
            unknown[side] = table
        else:
            numbers.setflags(write=False)
            tables[side] = IdentifiedTable(table, numbers, findings=findings)
    choices, readings = choose_identities(unknown, people, sources, kinds)
    for side in unknown:
        table, numbers, findings = cleaned[side]
        choice = choices.get(side)
        if choice is None and not _is_default(table.index):
            readings = [reading for reading in readings if reading.side != side]
            source = sources[SIDES.index(side)]
            tables[side] = _index_table(
                table, None, people[side], numbers, source, duplicates, None, findings
            )
            continue
        if choice is None:
            numbers.setflags(write=False)
            # An empty table has nobody without an id.
            tables[side] = IdentifiedTable(table, numbers, None, len(table) == 0, None, findings)
            continue
        joined = _with_joined_column(table, choice.label)
        tables[side] = _index_table(
            joined,
            choice.label,
            people[side] if joined is table else find_person_columns(joined, side),
            numbers,
            sources[SIDES.index(side)],
            duplicates,
            choice.kind,
            findings,
        )
    return {side: tables[side] for side in frames}, readings


def _check_frame(
    frame: object, rows: NDArray[np.int64] | None, source: str
) -> tuple[pd.DataFrame, NDArray[np.int64], list[Finding], bool]:
    """Return a table with clean columns, row numbers, findings, and whether it can be used."""
    given = as_frame(frame)
    if given is None:
        expected = (
            "must be a table, one row per person: a pandas, polars or pyarrow frame, or a list of "
            "dicts. Files are read by read_cohort(mentees=…, mentors=…)."
        )
        finding = Finding(source, None, None, type(frame).__name__, expected)
        return pd.DataFrame(), np.empty(0, dtype=np.int64), [finding], False
    if unwritable := find_unwritable(given, source):
        return pd.DataFrame(), np.empty(0, dtype=np.int64), unwritable, False
    table, findings = clean_columns(given, source)
    numbers = np.arange(2, len(table) + 2) if rows is None else np.array(rows, dtype=np.int64)
    if len(numbers) != len(table):
        expected = (
            f"the table has {len(table)} people but {len(numbers)} row numbers. "
            "Choose people with take(), or give row numbers that fit the new table."
        )
        findings.append(Finding(source, None, None, None, expected))
        numbers = np.arange(2, len(table) + 2)
    if table.columns.empty and _is_default(table.index):
        expected = "the table has no columns. It needs a header row, and one row per person."
        findings.append(Finding(source, None, None, None, expected))
        return table, numbers, findings, False
    return table, numbers, findings, True


def _with_joined_column(table: pd.DataFrame, name: str | None) -> pd.DataFrame:
    """Add a column of first and last names where people are known by both: ``first + last``."""
    parts = [clean_name(part) for part in (name or "").split(" + ")]
    if name is None or name in table.columns or len(parts) < 2:
        return table
    if name == table.index.name or not all(part in table.columns for part in parts):
        return table
    return table.assign(**{name: join_columns(table, parts)})


def _index_table(
    table: pd.DataFrame,
    name: str | None,
    people: PersonColumns | None,
    rows: NDArray[np.int64],
    source: str,
    duplicates: Duplicates,
    kind: Kind | None,
    findings: list[Finding],
) -> IdentifiedTable:
    """Make ids the index, and see to people who stand in the table more than once.

    ``people`` is None where the ids are bare positions, which are left as they are.
    """
    if people is None:
        rows.setflags(write=False)
        return IdentifiedTable(table, rows, findings=findings)
    person_columns = [
        *people.names,
        *([] if people.email is None else [people.email]),
        *people.numbers,
    ]
    table, ids = _split_ids_off(table, name)
    ids, unusable = clean_ids(ids, name, table, rows, source)
    table.index = with_one_spelling(ids) if kind == "name" else ids
    kept, wrong, notes = find_duplicates(table, person_columns, rows, source, duplicates)
    findings = [*findings, *unusable, *wrong]
    all_stay = duplicates != "last" or bool(kept.all())
    if not all_stay:
        table, rows = table.loc[kept], rows[kept]
    notes += _find_namesakes(table, people, rows, source)
    # Where people are known by them, both names are one column as well.
    apart = people.names if len(people.names) > 1 else (name or "").split(" + ")
    notes += find_half_names(table, apart, rows, source)
    rows.setflags(write=False)
    # In the order in which somebody goes through the spreadsheet.
    findings.sort(key=lambda finding: finding.row or 0)
    known = people if all_stay else None
    return IdentifiedTable(table, rows, name, True, kind, findings, notes, known)


def _find_namesakes(
    table: pd.DataFrame, people: PersonColumns, rows: NDArray[np.int64], source: str
) -> list[Finding]:
    """Say whose name or own address stands beside several ids."""
    told: dict[str, pd.Series] = {}
    names = [name for name in people.names if name in table.columns]
    if names and len(names) == len(people.names):
        told["name"] = join_columns(table, names) if len(names) > 1 else table[names[0]]
        told["name"] = told["name"].rename(" + ".join(names))
    if people.email in table.columns:
        told["e-mail address"] = table[people.email]
    return find_namesakes(table.index, told, rows, source)


def _split_ids_off(table: pd.DataFrame, name: str | None) -> tuple[pd.DataFrame, pd.Index]:
    """Take the ids out of the columns, or out of the index when no column has the name."""
    if name is None or name not in table.columns:
        return table, table.index
    # The index may hold something of its own (an address, a name): it becomes a column, unless
    # there is one of its name.
    index_name = None if table.index.name is None else clean_name(table.index.name)
    if index_name is not None and index_name not in table.columns:
        table = table.rename_axis(index_name).reset_index()
    return table.drop(columns=name), pd.Index(table[name])


def _is_default(index: pd.Index) -> bool:
    return (
        isinstance(index, pd.RangeIndex)
        and (index.start, index.step) == (0, 1)
        and index.name is None
    )


def _has_labels(index: pd.Index) -> bool:
    """Return whether an index without a name holds more than positions of rows.

    Whole numbers without a name are what is left of positions when rows are chosen, unless no
    column tells people apart.
    """
    return not (index.name is None and pd.api.types.is_integer_dtype(index))


def _named_id(
    frame: pd.DataFrame, id: str | None, side: Side, source: str
) -> tuple[str | None, Finding | None]:
    """Return the name of the id column or index that is given, or what is wrong with it.

    None when people are not known yet, or by an index without a name.
    """
    index_name: str | None = None if frame.index.name is None else clean_name(frame.index.name)
    if id is not None:
        name = clean_name(id)
        if name in frame.columns or name == index_name:
            return name, None
        known = [*frame.columns, *([] if index_name is None else [index_name])]
        expected = (
            "there is no such column. Name the one that identifies a person with id = …; "
            f"the columns are {quote_names(known)}."
        )
        return None, Finding(source, 1, name, None, expected, nearest_name(name, known))
    if index_name is None and frame.index.nlevels == 1:
        return default_id(frame, side) if _has_labels(frame.index) else None, None
    if frame.index.nlevels > 1:
        if (default := default_id(frame, side)) is not None:
            return default, None
        expected = (
            "the index has several levels. Name one column that identifies a person with id=…"
        )
        return None, Finding(source, None, None, None, expected)
    if index_name is not None and index_name in frame.columns:
        expected = (
            "the index and a column have this same name. "
            "Rename one of them, or name the ids with id=…"
        )
        return None, Finding(source, 1, index_name, None, expected)
    return index_name, None
