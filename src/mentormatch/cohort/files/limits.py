"""Limits on the size of tables, counted before or while a file is read.

A small file can stand for a huge table: a workbook of blanks, one cell far to the right, a value
that a Parquet file repeats. Such a file is refused, with what was counted and what to do.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.cohort.files.table import file_error

if TYPE_CHECKING:
    from pyarrow import Table
    from pyarrow.parquet import FileMetaData, ParquetFile

    from mentormatch.errors import CohortError

__all__ = [
    "MOST_FINDINGS",
    "CellCount",
    "SheetCount",
    "check_parquet",
    "check_workbook",
    "read_batches",
]

MOST_CELLS = 10_000_000
MOST_ROWS = 2_000_000
# A row of a sheet reaches to its last cell, also where that is blank.
MOST_SHEET_CELLS = 20_000_000
MOST_SHEET_ROWS = 1_048_576
MOST_MARKS_IN_ROW = 2_000_000
MOST_UNPACKED = 512 * 2**20
MOST_IN_PART = 64 * 2**20
# Sheets of people shrink to a tenth; those of blanks to a thousandth.
MOST_RATIO, RATIO_FROM = 200, 20 * 2**20
MOST_PARTS, MOST_TEXTS = 10_000, 3_000_000
CHUNK = 2**20
FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
ROW = re.compile(rb"<(?:\w+:)?row[ />]")
# Findings beyond these are more than anybody reads.
MOST_FINDINGS = 10_000


def _too_large(source: str, counted: str, cure: str) -> CohortError:
    return file_error(source, None, f"{counted}, more than a table of people needs. {cure}")


@dataclass
class CellCount:
    """Counts the rows and cells of a table while it is read, and refuses too many."""

    source: str  # what findings call the table
    rows: int = 0
    width: int = 0

    def add(self, cells: int) -> None:
        """Count a row that is kept; rows are as wide as the widest of them.

        Raises CohortError for more than `MOST_ROWS` rows or `MOST_CELLS` cells.
        """
        self.rows += 1
        self.width = max(self.width, cells)
        if self.rows > MOST_ROWS or self.rows * self.width > MOST_CELLS:
            raise _too_large(
                self.source,
                f"the table has {self.rows:,} rows and more, in {self.width:,} columns",
                "Leave out columns that are not needed, or delete what stands far from the table.",
            )


@dataclass
class SheetCount:
    """Counts what a reader of workbooks goes through, blanks included, and refuses too much."""

    source: str
    rows: int = 0
    cells: int = 0

    def add(self, cells: int) -> None:
        """Count a row of the sheet.

        Raises CohortError for more than `MOST_SHEET_ROWS` rows or `MOST_SHEET_CELLS` cells.
        """
        self.rows += 1
        self.cells += cells
        if self.rows > MOST_SHEET_ROWS or self.cells > MOST_SHEET_CELLS:
            raise _too_large(
                self.source,
                f"the sheet goes on for {self.rows:,} rows and {self.cells:,} cells, blanks "
                "included",
                "Delete the blank rows and columns around the table, or copy it to a new workbook.",
            )


def check_workbook(raw: bytes, source: str) -> bool:
    """Refuse a workbook that unpacks to more than a table of people needs.

    The answer is whether any sheet has a formula. Raises CohortError with what was counted, and
    zipfile.BadZipFile if this is no workbook.
    """
    cure = "Copy the table to a new workbook, or save the sheet as CSV."
    has_formulas = False
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS:
            counted = f"the workbook unpacks to {unpacked / 2**20:,.0f} MiB in {len(parts):,} parts"
            raise _too_large(source, counted, cure)
        for part in parts:
            name, size = part.filename, part.file_size
            if size > RATIO_FROM and size > MOST_RATIO * max(part.compress_size, 1):
                counted = f"the part {name!r} unpacks to {size / 2**20:,.0f} MiB of repetitions"
                raise _too_large(source, counted, cure)
            is_sheet = name.startswith("xl/worksheets/")
            if size > MOST_IN_PART and not is_sheet and name != "xl/sharedStrings.xml":
                counted = f"the part {name!r} has {size / 2**20:,.0f} MiB"
                raise _too_large(source, counted, cure)
            if name.endswith((".xml", ".rels")):
                has_formulas |= _scan_part(archive, name, source, cure)
    return has_formulas


def _scan_part(archive: zipfile.ZipFile, name: str, source: str, cure: str) -> bool:
    """Count rows, texts and the longest row of a part; tell whether it has a formula."""
    is_sheet = name.startswith("xl/worksheets/")
    rows = texts = in_row = 0
    has_formula = False
    tail = b""
    with archive.open(name) as part:
        while chunk := part.read(CHUNK):
            text = tail + chunk
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                expected = f"the part {name!r} declares entities, which no workbook does. {cure}"
                raise file_error(source, None, expected)
            new_rows = len(ROW.findall(chunk))
            rows += new_rows
            texts += chunk.count(b"<si>") + chunk.count(b"<si/>")
            in_row = 0 if new_rows else in_row + chunk.count(b"<")
            has_formula = has_formula or FORMULA.search(text) is not None
            tail = text[-32:]
            # A row is built whole, so one of too many cells is refused before that.
            too_long = is_sheet and in_row > MOST_MARKS_IN_ROW
            if rows > MOST_SHEET_ROWS or texts > MOST_TEXTS or too_long:
                where = "in one row" if too_long else f"in {rows:,} rows and {texts:,} texts"
                counted = f"the part {name!r} goes on and on {where}"
                raise _too_large(source, counted, cure)
    return has_formula and is_sheet


def check_parquet(metadata: FileMetaData, source: str) -> None:
    """Refuse a Parquet file that stands for more cells than a table of people has.

    ``metadata`` is that of a `pyarrow.parquet.ParquetFile`. Raises CohortError with what was
    counted.
    """
    groups = [metadata.row_group(k) for k in range(metadata.num_row_groups)]
    columns = [group.column(j) for group in groups for j in range(group.num_columns)]
    values = sum(column.num_values for column in columns)
    size = sum(column.total_uncompressed_size for column in columns)
    cells = max(values, metadata.num_rows * max(metadata.num_columns, 1))
    if cells > MOST_CELLS or metadata.num_rows > MOST_ROWS or size > MOST_UNPACKED:
        raise _too_large(
            source,
            f"the file stands for {metadata.num_rows:,} rows, {cells:,} values and "
            f"{size / 2**20:,.0f} MiB",
            "Leave out columns that are not needed.",
        )


def read_batches(file: ParquetFile, source: str) -> Table:
    """Read a Parquet file in pieces, counting what they unpack to.

    Texts that repeat are stored once and unpack to any length, which only reading can show. Raises
    CohortError if they unpack to more than a table of people needs, or a text is no UTF-8.
    """
    import pyarrow as pa

    size, batches = 0, []
    for batch in file.iter_batches(batch_size=256):
        batch.validate(full=True)
        size += batch.nbytes
        if size > MOST_UNPACKED:
            counted = f"the file unpacks to more than {MOST_UNPACKED / 2**20:,.0f} MiB"
            raise _too_large(source, counted, "Leave out columns that are not needed.")
        batches.append(batch)
    return pa.Table.from_batches(batches, schema=file.schema_arrow)
