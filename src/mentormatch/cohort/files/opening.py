"""Open a table by the ending of its file: text, workbook, Parquet."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.cohort.files.delimited import read_delimited
from mentormatch.cohort.files.parquet import read_parquet
from mentormatch.cohort.files.table import FileTable, file_error, read_bytes
from mentormatch.cohort.files.workbooks import read_workbook
from mentormatch.safe_files import expand_home

if TYPE_CHECKING:
    from mentormatch.cohort.names import Side

__all__ = ["FileOptions", "is_same_file", "read_file"]

TEXT_FILES = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xlsm")
PARQUET = (".parquet", ".pq")


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How one file is read; None: found out."""

    sheet: str | None = None  # of a workbook
    encoding: str | None = None  # of a text file, as the two below
    delimiter: str | None = None
    decimal: str | None = None
    header_row: int | None = None


def read_file(given: object, side: Side | None, options: FileOptions, *, alone: bool) -> FileTable:
    """Read one table by the ending of its file.

    A ``side`` of None: the table is everybody's; ``alone``: a workbook is for this side only.
    Raises CohortError if nothing can be read, and MissingPackageError if the optional package for
    this kind of file is not installed.
    """
    if not isinstance(given, str | os.PathLike):
        expected = "must be the path of a file. DataFrames go into Cohort(mentees, mentors)."
        raise file_error(side or "people", type(given).__name__, expected)
    source = str(os.fspath(given))
    path = expand_home(source)
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        return read_workbook(path, source, side, options.sheet, alone, options.header_row)
    if options.sheet is not None:
        expected = "only a workbook (.xlsx) has sheets. Leave sheets out for this file."
        raise file_error(source, options.sheet, expected)
    if suffix in TEXT_FILES:
        return read_delimited(
            path,
            source,
            options.encoding,
            options.delimiter,
            options.decimal,
            options.header_row,
        )
    if suffix in PARQUET:
        return read_parquet(path, source)
    read_bytes(path, source)  # a file that is not there is the first thing to say
    endings = ", ".join((*TEXT_FILES, *WORKBOOKS, *PARQUET))
    expected = f"files with this ending cannot be read. Save the table as one of {endings}."
    raise file_error(source, suffix or None, expected)


def is_same_file(first: object, second: object) -> bool:
    """Return whether two paths lead to one file."""
    if not isinstance(first, str | os.PathLike) or not isinstance(second, str | os.PathLike):
        return False
    try:
        return expand_home(first).samefile(expand_home(second))
    except (OSError, TypeError, ValueError):
        return False
