"""Read any workbook row by row with openpyxl."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.cohort.files.limits import MOST_FINDINGS
from mentormatch.cohort.names import column_letter, column_number
from mentormatch.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl import Workbook

__all__ = ["StreamedWorkbook", "open_streamed"]

# Cells that are merged within one column.
MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]{1,3})(\d+):\1(\d+)"')


@dataclass(frozen=True, slots=True)
class StreamedWorkbook:
    """A workbook whose sheets are read row by row, so that blanks take no memory."""

    raw: bytes
    book: Workbook

    @property
    def sheets(self) -> list[str]:
        """The names of its sheets of cells, the hidden ones last."""
        names = [sheet.title for sheet in self.book.worksheets]
        return sorted(names, key=lambda name: name in self.hidden)

    @property
    def hidden(self) -> frozenset[str]:
        """The names of the sheets that a spreadsheet program does not show."""
        sheets = self.book.worksheets
        return frozenset(sheet.title for sheet in sheets if sheet.sheet_state != "visible")

    def read_rows(
        self, name: str
    ) -> tuple[Iterator[tuple[object, ...]], list[tuple[int, int, int]]]:
        """Read the values of a sheet from its first row on.

        Blank cells are None; cells merged over rows of one column are a column (from 0), the first
        and the last row.
        """
        sheet = self.book[name]
        # Some programs store a wrong size of the sheet; without it every row is read.
        sheet.reset_dimensions()
        with zipfile.ZipFile(io.BytesIO(self.raw)) as archive:
            # A sheet that is read row by row does not tell which cells are merged.
            text = archive.read(sheet._worksheet_path)  # noqa: SLF001
        merged = [
            (column_number(column.decode()), int(first), int(last))
            for column, first, last in MERGED.findall(text)
            if int(last) > int(first)
        ]
        return sheet.iter_rows(values_only=True), merged

    def find_empty_formulas(self, name: str, source: str) -> list[Finding]:
        """Find formulas without a stored value, which would be read as empty cells."""
        import openpyxl

        values = self.book[name]
        formulas = openpyxl.load_workbook(io.BytesIO(self.raw), read_only=True)[name]
        formulas.reset_dimensions()
        findings: list[Finding] = []
        for stored, written in zip(values.iter_rows(), formulas.iter_rows(), strict=True):
            for value, formula in zip(stored, written, strict=True):
                # A formula with an empty text as its result has the type "str"; one without a
                # result is "n".
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


def open_streamed(raw: bytes) -> StreamedWorkbook:
    """Open a workbook that `check_workbook` has let through."""
    import openpyxl

    return StreamedWorkbook(
        raw, openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    )
