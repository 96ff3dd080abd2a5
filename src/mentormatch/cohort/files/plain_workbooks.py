"""Read plain workbooks with calamine, ten times as fast as openpyxl.

A workbook is plain when both readers find the same cells in it. Whatever they may read differently
(formulas, error values, times of day, escaped letters, huge numbers) or what would take memory
without bounds is left to openpyxl, which reads row by row.
"""

from __future__ import annotations

import datetime
import io
import math
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.numbers import LARGEST_EXACT
from mentormatch.cohort.names import column_number

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["PlainWorkbook", "open_plain"]

# As every program writes a cell; one that is written otherwise makes a workbook that is not plain.
CELL = re.compile(rb'<c r="([A-Z]{1,3})([1-9]\d{0,6})"')
ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
# Formulas, error values, dates as texts, comments; and in texts: escaped letters, spoken forms.
NOT_PLAIN = re.compile(rb'<f[\s/>]|t="[de]"|<!|_x[0-9A-Fa-f]{4}_|<rPh')
PIECE = 2**22
# calamine holds every cell between the corners of a sheet, blanks included.
MOST_HELD = 5_000_000
LAST_DATE = 2_958_465  # 9999-12-31 as a number of a sheet


@dataclass(frozen=True, slots=True)
class PlainWorkbook:
    """A workbook of which both readers read the same."""

    book: CalamineWorkbook

    @property
    def sheets(self) -> list[str]:
        """The names of its sheets of cells, the hidden ones last."""
        from python_calamine import SheetTypeEnum

        kind, hidden = SheetTypeEnum.WorkSheet, self.hidden
        names = [sheet.name for sheet in self.book.sheets_metadata if sheet.typ == kind]
        return sorted(names, key=lambda name: name in hidden)

    @property
    def hidden(self) -> frozenset[str]:
        """The names of the sheets that a spreadsheet program does not show."""
        from python_calamine import SheetVisibleEnum

        shown, sheets = SheetVisibleEnum.Visible, self.book.sheets_metadata
        return frozenset(sheet.name for sheet in sheets if sheet.visible != shown)

    def read_rows(self, name: str) -> tuple[list[list[object]], list[tuple[int, int, int]]] | None:
        """Read the cells of a sheet from its first row on, as openpyxl gives them.

        Blank cells are None; cells merged over rows of one column are a column (from 0), the first
        and the last row. None when the sheet holds what the two read differently.
        """
        sheet = self.book.get_sheet_by_name(name)
        rows: list[list[object]] = []
        dated, beyond = set(), set()
        for line in sheet.to_python(skip_empty_area=False):
            row: list[object] = list(line)
            rows.append(row)
            for k, value in enumerate(line):
                if isinstance(value, str):
                    if not value:
                        row[k] = None
                elif isinstance(value, float):
                    if not abs(value) < LARGEST_EXACT or not math.isfinite(value):
                        return None
                    if value.is_integer():
                        row[k] = int(value)
                    if value > LAST_DATE:
                        beyond.add(k)
                elif isinstance(value, datetime.datetime):
                    dated.add(k)
                elif isinstance(value, datetime.date):
                    row[k] = datetime.datetime.combine(value, datetime.time())
                    dated.add(k)
                elif not isinstance(value, bool):
                    return None
        if dated & beyond:
            return None
        merged = [
            (first[1], first[0] + 1, last[0] + 1)
            for first, last in sheet.merged_cell_ranges or ()
            if first[1] == last[1] and last[0] > first[0]
        ]
        return rows, merged


def open_plain(raw: bytes) -> PlainWorkbook | None:
    """Open a workbook that `check_workbook` has let through; None when it is not plain."""
    from python_calamine import CalamineError, CalamineWorkbook

    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if name.endswith(".xml") and not _is_plain(name, archive.read(name)):
                return None
    try:
        return PlainWorkbook(CalamineWorkbook.from_filelike(io.BytesIO(raw)))
    except (CalamineError, ValueError, OSError):
        return None


def _is_plain(name: str, text: bytes) -> bool:
    is_sheet = name.startswith("xl/worksheets/")
    if not is_sheet and name != "xl/sharedStrings.xml":
        # Any part may be made a sheet by what refers to it.
        return b"sheetData" not in text
    if NOT_PLAIN.search(text):
        return False
    return not is_sheet or (b"<sheetData" in text and _count_held(text) <= MOST_HELD)


def _count_held(text: bytes) -> float:
    """Count the cells between the first and the last one; infinite where one is written oddly."""
    width = height = start = 0
    while start < len(text):
        end = len(text) if start + PIECE >= len(text) else text.rfind(b"<", start, start + PIECE)
        if end <= start:
            return math.inf
        cells = CELL.findall(text, start, end)
        if len(cells) != len(ANY_CELL.findall(text, start, end)):
            return math.inf
        for letters in {letters for letters, _ in cells}:
            width = max(width, column_number(letters.decode()) + 1)
        height = max(height, max((int(row) for _, row in cells), default=0))
        start = end
    return width * height
