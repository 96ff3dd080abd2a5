"""Tables that are safe to open: nothing in them runs, or commands a terminal."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mentormatch.errors import readable
from mentormatch.safe_files.replacing import replace_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openpyxl.worksheet.worksheet import Worksheet

__all__ = [
    "as_csv",
    "as_excel",
    "escape_cell",
    "escape_formulas",
    "forms_in_files",
    "unescape_cell",
    "write_csv",
]

# What may stand before the first character of a formula without a reader minding: space, invisible
# characters, quotes; and the sign in the place of a control character, to be on the safe side.
BEFORE = r"\u200b-\u200f\u2060\ufeff\ufffd"
# These begin a formula, also in their full-width forms.
STARTS = r"=+\-@\uff1d\uff0b\uff0d\uff20"
# A spreadsheet takes a cell for a formula that begins with one of these; a control character at the
# start hides what follows.
DANGEROUS = re.compile(rf"[\s{BEFORE}]*[{STARTS}]|[\x00-\x1f\x7f]")
# Where the list separator is another than the comma, a cell ends here, and the next one begins.
NEW_CELL = re.compile(rf"(?<=[;\t\n])(?=(?:(?![;\t\n])[\s\"\x00-\x1f\x7f{BEFORE}])*[{STARTS}])")
LINE_BREAKS = re.compile(r"\r\n?")
# What columns of ids are called in the tables that are written and read again.
IDS = ("mentee", "mentor", "rater", "id")
# Widths of the columns of a sheet, in characters, and the rows they are taken from.
NARROWEST, WIDEST, ROWS_FOR_WIDTH = 8, 60, 500


def escape_cell(cell: object) -> object:
    """Put an apostrophe before text that a spreadsheet would run; numbers stay numbers."""
    return "'" + cell if isinstance(cell, str) and DANGEROUS.match(cell) else cell


def unescape_cell(cell: object) -> object:
    """Take away the apostrophe that `escape_cell` put before a text."""
    if isinstance(cell, str) and cell.startswith("'") and DANGEROUS.match(cell[1:]):
        return cell[1:]
    return cell


def _readable(cell: object) -> object:
    """Replace control characters in a text; a line break stays one."""
    return readable(LINE_BREAKS.sub("\n", cell)) if isinstance(cell, str) else cell


def _escape_for_csv(cell: object) -> object:
    """Escape what a reader of CSV takes for a formula, a new row or a new cell."""
    if not isinstance(cell, str):
        return cell
    # A lone carriage return is written without quotes, and readers begin a new row at it.
    cell = NEW_CELL.sub("'", LINE_BREAKS.sub("\n", cell))
    return escape_cell(cell)


def forms_in_files(ids: Iterable[str]) -> dict[str, str]:
    """Return by its form in a file of `as_csv` each id that is written otherwise than it is.

    The form is looked up and not undone: "'=7" may be the id "=7" as it is written, or an id of
    somebody's own that begins with an apostrophe.

    Examples
    --------
    >>> forms_in_files(["ada", "+49", "a;=b"])
    {"'+49": '+49', "a;'=b": 'a;=b'}
    """
    return {form: own for own in ids if (form := str(_escape_for_csv(own))) != own}


def _map_cells(column: pd.Series, change: Callable[[object], object]) -> Any:
    """Return a Series of changed cells, as objects: not every text fits a dtype of texts."""
    return pd.Series([change(cell) for cell in column.tolist()], index=column.index, dtype=object)


def escape_formulas(
    table: pd.DataFrame, escape: Callable[[object], object] = escape_cell
) -> pd.DataFrame:
    """Return a copy of ``table`` whose text cells and column names are not taken for formulas."""
    safe = table.copy()
    for place, dtype in enumerate(table.dtypes):
        if dtype.kind not in "biufcmM":
            safe.isetitem(place, _map_cells(table.iloc[:, place], escape))
    safe.columns = pd.Index([escape(name) for name in table.columns], dtype=object)
    return safe


def as_csv(table: pd.DataFrame, *, delimiter: str = ",", decimal: str = ".") -> bytes:
    """Make ``table`` UTF-8 CSV with a byte-order mark, so that spreadsheets read names.

    Control characters, which could command the terminal that shows the file, become a visible sign;
    not in the columns of ids, which must be found again when the file is read.
    """
    shown = table.copy()
    for place, name in enumerate(table.columns):
        if name not in IDS and table.dtypes.iloc[place].kind not in "biufcmM":
            shown.isetitem(place, _map_cells(table.iloc[:, place], _readable))
    shown.columns = pd.Index([_readable(name) for name in table.columns], dtype=object)
    safe = escape_formulas(shown, _escape_for_csv)
    text: str = safe.to_csv(index=False, lineterminator="\n", sep=delimiter, decimal=decimal)
    # A lone half of a surrogate pair is no character; one of them must not cost the whole table.
    return text.encode("utf-8-sig", errors="replace")


def as_excel(table: pd.DataFrame) -> bytes:
    """Make ``table`` an .xlsx workbook of one sheet; cells cannot be taken for formulas."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    safe = escape_formulas(table)
    for place, dtype in enumerate(safe.dtypes):
        # Excel has no time zones, and no place for control characters.
        if dtype.kind not in "biufc":
            column = safe.iloc[:, place]
            if dtype.kind == "M":
                column = _map_cells(column, str)
            safe.isetitem(
                place,
                _map_cells(
                    column,
                    lambda cell: (
                        ILLEGAL_CHARACTERS_RE.sub("\ufffd", cell) if isinstance(cell, str) else cell
                    ),
                ),
            )
    buffer = BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
        safe.to_excel(writer, index=False)
        _arrange(next(iter(writer.sheets.values())), safe)
    return buffer.getvalue()


def _arrange(sheet: Worksheet, table: pd.DataFrame) -> None:
    """Give a sheet widths that show its cells, a filter, and a heading that stays in sight."""
    sheet.freeze_panes = "A2"
    if len(table.columns):
        sheet.auto_filter.ref = sheet.dimensions
    for place, letters in enumerate(sheet.columns):
        shown = table.iloc[:ROWS_FOR_WIDTH, place].dropna().astype(str).str.len()
        widest = max([len(str(table.columns[place])), *shown.tolist()])
        letter = letters[0].column_letter
        sheet.column_dimensions[letter].width = min(WIDEST, max(NARROWEST, widest + 2))


def write_csv(table: pd.DataFrame, path: str | Path, *, overwrite: bool = False) -> None:
    """Write ``table`` as CSV, whole or not at all; see `as_csv`."""
    replace_files({Path(path): as_csv(table)}, overwrite=overwrite)
