"""Read Excel workbooks: stored values, nothing computed, row numbers as shown."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.cohort.cells.numbers import infer_column
from mentormatch.cohort.files.decimals import find_typed_decimal, read_commas
from mentormatch.cohort.files.headers import check_header, divide_records
from mentormatch.cohort.files.limits import (
    MOST_FINDINGS,
    CellCount,
    SheetCount,
    check_workbook,
)
from mentormatch.cohort.files.plain_workbooks import PlainWorkbook, open_plain
from mentormatch.cohort.files.rows_of_nobody import header_reading
from mentormatch.cohort.files.streamed_workbooks import StreamedWorkbook, open_streamed
from mentormatch.cohort.files.table import FileTable, assemble, file_error, read_bytes
from mentormatch.cohort.names import Side, column_letter, nearest_name, quote_names
from mentormatch.cohort.readings import Reading
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pandas as pd

    from mentormatch.cohort.files.rows_of_nobody import Record

__all__ = ["read_workbook"]

ERROR_VALUES = {
    "#N/A",
    "#REF!",
    "#NAME?",
    "#VALUE!",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
}


def read_workbook(
    path: Path,
    source: str,
    side: Side | None,
    sheet: str | None,
    alone: bool,
    header_row: int | None,
) -> FileTable:
    """Read one sheet of a workbook.

    Numbers, dates and texts keep the type that they have in the sheet. Of a formula the stored
    value is read, and nothing is computed. Rows without a value are skipped. A sheet that is called
    like the ``side`` is read when none is named; where the workbook is for this side ``alone``, its
    first sheet; hidden sheets come last. A side of None: the table is everybody's; a header row of
    None: found out. Raises CohortError if nothing can be read: no file, no workbook, no such sheet,
    an empty sheet.
    """
    raw = read_bytes(path, source)
    try:
        # openpyxl warns about styles and pick lists, which say nothing about people.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            has_formulas = check_workbook(raw, source)
            book = (None if has_formulas else open_plain(raw)) or open_streamed(raw)
            name = _choose_sheet(book, source, side, sheet, alone)
            rows, merged = book.read_rows(name) or open_streamed(raw).read_rows(name)
            table = _read_sheet(rows, f"{source}, sheet {name!r}", header_row, merged)
            if has_formulas and isinstance(book, StreamedWorkbook):
                table.findings.extend(book.find_empty_formulas(name, table.source))
            if sheet is None and len(book.sheets) > 1:
                table.readings.insert(0, _explain_sheet(name, book, side, table.source))
            return table
    except CohortError:
        raise
    # A damaged workbook fails anywhere inside a reader of XML in a ZIP, with any kind of exception.
    except Exception as error:
        expected = (
            f"this is not a workbook that can be read ({type(error).__name__}). "
            "Open it in a spreadsheet program and save it as .xlsx, without password."
        )
        raise file_error(source, None, expected) from None


def _explain_sheet(
    name: str, book: PlainWorkbook | StreamedWorkbook, side: Side | None, source: str
) -> Reading:
    """Say which of several sheets is read, and whether by its name or because it is the first."""
    named = side is not None and name.strip().casefold() == side
    sheets, is_hidden = book.sheets, name in book.hidden
    passed = [] if is_hidden else [one for one in sheets if one in book.hidden]
    passed.sort(key=lambda one: one.strip().casefold() != side)
    why = f"it has the name of the {side}" if named else f"it is the first of {len(sheets)}"
    if is_hidden:
        why += ", though it is hidden"
    elif passed:
        why += f"; hidden, and passed over: {quote_names(passed)}"
    other = next(one for one in (*passed, *sheets) if one != name).replace('"', '\\"')
    change = f'"{other}"' if side is None else f'{{ {side} = "{other}" }}'
    return Reading(
        "sheet",
        side,
        source,
        None,
        f"the sheet {name!r} is read",
        why,
        tuple(sheets[:5]),
        f"sheets = {change}",
        question=not named or is_hidden,
    )


def _choose_sheet(
    book: PlainWorkbook | StreamedWorkbook,
    source: str,
    side: Side | None,
    sheet: str | None,
    alone: bool,
) -> str:
    sheets = book.sheets
    folded = {name.strip().casefold(): name for name in reversed(sheets)}
    if sheet is not None:
        if sheet in sheets:
            return sheet
        if sheet.strip().casefold() in folded:
            return folded[sheet.strip().casefold()]
        expected = (
            f"there is no sheet of this name. The workbook has {', '.join(map(repr, sheets))}."
        )
        raise file_error(source, sheet, expected, nearest_name(sheet, sheets))
    named = None if side is None else folded.get(side)
    # Hidden sheets are last: where the first is hidden, so are all.
    if named is not None and not (alone and named in book.hidden and sheets[0] not in book.hidden):
        return named
    if sheets and (alone or len(sheets) == 1):
        return sheets[0]
    expected = (
        f"both tables are in this workbook, and no sheet of it is called {side!r}. "
        'Name both with sheets = { mentees = "…", mentors = "…" }; there are '
        f"{', '.join(map(repr, sheets))}."
    )
    raise file_error(source, None, expected)


def _fill_merged(
    people: Sequence[Record[object]], merged: Sequence[tuple[int, int, int]], source: str
) -> list[Reading]:
    """Give everybody in the rows of a merged cell what it says, as it looks in the sheet."""
    rows = dict(people)
    filled: list[tuple[str, object]] = []
    for column, first, last in merged:
        held = rows.get(first, [])[column : column + 1]
        if not held or held[0] is None:
            continue
        for number in range(first + 1, last + 1):
            below = rows.get(number)
            if below is not None:
                below += [None] * (column + 1 - len(below))
                below[column] = held[0] if below[column] is None else below[column]
        filled.append((f"{column_letter(column)}{first}:{column_letter(column)}{last}", held[0]))
    if not filled:
        return []
    return [
        header_reading(
            source,
            f"merged cells ({', '.join(place for place, _ in filled[:3])}) count for each of their "
            "rows",
            "they lie beside all of them, and the rows below hold nothing themselves",
            tuple(str(value) for _, value in filled[:3]),
            "unmerge them in the spreadsheet, and write what each person said",
        )
    ]


def _read_sheet(
    sheet: Iterable[Sequence[object]],
    source: str,
    header_row: int | None,
    merged: Sequence[tuple[int, int, int]],
) -> FileTable:
    notes: list[Finding] = []
    records: list[Record[object]] = []
    seen, kept = SheetCount(source), CellCount(source)
    for number, record in enumerate(sheet, start=1):
        seen.add(len(record))
        values = [None if isinstance(v, str) and not v.strip() else v for v in record]
        # Blank cells may follow to the edge of the sheet.
        while values and values[-1] is None:
            values.pop()
        if values:
            kept.add(len(values))
            records.append((number, values))
    if not records:
        raise file_error(
            source, None, "the sheet is empty. It needs a header row and one row per person."
        )
    header, people, readings = divide_records(records, source, header_row)
    check_header(header, header_row or records[0][0], source)
    readings = [*readings, *_fill_merged(people, merged, source)]
    rows = [number for number, _ in people]
    cells = [values for _, values in people]
    width = max(map(len, [header, *cells]))
    header += [None] * (width - len(header))
    names = [
        f"column {column_letter(k)}" if name is None else str(name) for k, name in enumerate(header)
    ]
    for number, values in zip(rows, cells, strict=True):
        values += [None] * (width - len(values))
        for position, value in enumerate(values):
            if isinstance(value, str) and value in ERROR_VALUES:
                expected = "an error value of the spreadsheet; it was read as empty."
                if len(notes) < MOST_FINDINGS:
                    notes.append(Finding(source, number, names[position], value, expected))
                values[position] = None
    mark, found = find_typed_decimal(names, cells, source)
    readings += found

    def to_column(column: list[object]) -> pd.Series:
        typed = read_commas(column) if mark == "," else column
        return infer_column([np.nan if c is None else c for c in typed])

    frame, row_numbers = assemble(header, cells, rows, to_column)
    return FileTable(frame, row_numbers, source, [], notes, readings)
