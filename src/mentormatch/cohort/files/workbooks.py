"""Read Excel workbooks: stored values, nothing computed, row numbers as shown."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.cohort.cells.numbers import infer_column
from mentormatch.cohort.files.decimals import find_typed_decimal, read_commas
from mentormatch.cohort.files.headers import Record, check_header, divide_records, header_reading
from mentormatch.cohort.files.limits import (
    MOST_FINDINGS,
    CellCount,
    SheetCount,
    check_workbook,
)
from mentormatch.cohort.files.table import FileTable, assemble, file_error, read_bytes
from mentormatch.cohort.names import Side, column_letter, nearest_name
from mentormatch.cohort.readings import Reading
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

__all__ = ["read_workbook"]

# Cells that are merged within one column.
MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]{1,3})(\d+):\1(\d+)"')
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
    value is read, and nothing is computed. Rows without a value are skipped.

    Parameters
    ----------
    path, source
        The workbook, and what findings call it.
    side
        Whose table; a sheet of this name is read when none is given. None: everybody's.
    sheet
        The name of the sheet.
    header_row
        The row with the headings; None: found out.
    alone
        True when the workbook is for this side only: then its first sheet is read when none is
        named.

    Raises
    ------
    CohortError
        Nothing can be read: no file, no workbook, no such sheet, an empty sheet.
    """
    import openpyxl

    raw = read_bytes(path, source)
    try:
        # openpyxl warns about styles and pick lists, which say nothing about people.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            has_formulas = check_workbook(raw, source)
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
            sheets = [worksheet.title for worksheet in book.worksheets]
            name = _choose_sheet(sheets, source, side, sheet, alone)
            merged = _find_merged(raw, book[name])
            table = _read_sheet(book[name], f"{source}, sheet {name!r}", header_row, merged)
            if has_formulas:
                formulas = openpyxl.load_workbook(io.BytesIO(raw), read_only=True)
                table.findings.extend(
                    _find_empty_formulas(book[name], formulas[name], table.source)
                )
            if sheet is None and len(sheets) > 1:
                table.readings.insert(0, _explain_sheet(name, sheets, side, table.source))
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


def _explain_sheet(name: str, sheets: list[str], side: Side | None, source: str) -> Reading:
    """Say which of several sheets is read, and whether by its name or because it is the first."""
    named = side is not None and name.strip().casefold() == side
    return Reading(
        "sheet",
        side,
        source,
        None,
        f"the sheet {name!r} is read",
        f"it has the name of the {side}" if named else f"it is the first of {len(sheets)}",
        tuple(sheets[:5]),
        'sheets = "the name of another sheet"',
        question=not named,
    )


def _choose_sheet(
    sheets: list[str], source: str, side: Side | None, sheet: str | None, alone: bool
) -> str:
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
    if side is not None and side in folded:
        return folded[side]
    if sheets and (alone or len(sheets) == 1):
        return sheets[0]
    expected = (
        f"both tables are in this workbook, and no sheet of it is called {side!r}. "
        'Name both with sheets = { mentees = "…", mentors = "…" }; there are '
        f"{', '.join(map(repr, sheets))}."
    )
    raise file_error(source, None, expected)


def _find_merged(raw: bytes, sheet: ReadOnlyWorksheet) -> list[tuple[int, int, int]]:
    """Find cells that are merged over several rows: column (from 0), first and last row."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        # A sheet that is read row by row does not tell which cells are merged.
        text = archive.read(sheet._worksheet_path)  # noqa: SLF001
    found = []
    for column, first, last in MERGED.findall(text):
        if int(last) > int(first):
            found.append((_column_number(column), int(first), int(last)))
    return found


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number - 1


def _fill_merged(
    people: Sequence[Record], merged: Sequence[tuple[int, int, int]], source: str
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
    sheet: ReadOnlyWorksheet,
    source: str,
    header_row: int | None,
    merged: Sequence[tuple[int, int, int]],
) -> FileTable:
    # Some programs store a wrong size of the sheet; without it every row is read.
    sheet.reset_dimensions()
    notes: list[Finding] = []
    records: list[Record] = []
    seen, kept = SheetCount(source), CellCount(source)
    for number, record in enumerate(sheet.iter_rows(values_only=True), start=1):
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

    def to_column(column: list[Any]) -> pd.Series[Any]:
        typed = read_commas(column) if mark == "," else column
        return infer_column([np.nan if c is None else c for c in typed])

    frame, row_numbers = assemble(header, cells, rows, to_column)
    return FileTable(frame, row_numbers, source, [], notes, readings)


def _find_empty_formulas(
    values: ReadOnlyWorksheet, formulas: ReadOnlyWorksheet, source: str
) -> list[Finding]:
    """Find formulas without a stored value, which would be read as empty cells."""
    formulas.reset_dimensions()
    findings: list[Finding] = []
    for stored, written in zip(values.iter_rows(), formulas.iter_rows(), strict=True):
        for value, formula in zip(stored, written, strict=True):
            # A formula with an empty text as its result has the type "str"; one without a result is
            # "n".
            if len(findings) >= MOST_FINDINGS:
                return findings
            if formula.data_type == "f" and value.value is None and value.data_type == "n":
                place = f"{column_letter(formula.column - 1)}{formula.row}"
                expected = (
                    f"the formula in cell {place} has no stored value. "
                    "Save the workbook in a spreadsheet program, or write the value instead."
                )
                findings.append(Finding(source, formula.row, None, formula.value, expected))
    return findings
