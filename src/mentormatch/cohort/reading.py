"""Read a cohort from two files, and report everything that is wrong with either."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.cohort.files.delimited import read_delimited
from mentormatch.cohort.files.limits import check_parquet, read_batches
from mentormatch.cohort.files.table import FileTable, file_error, read_bytes
from mentormatch.cohort.files.workbooks import read_workbook
from mentormatch.cohort.identity.identify import Duplicates, check_duplicates, identify
from mentormatch.cohort.names import SIDES, PerSide, Side, split_by_side
from mentormatch.cohort.people import Cohort
from mentormatch.errors import CohortError, Finding, MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["read_cohort", "read_table"]

TEXT_FILES = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xlsm")
PARQUET = (".parquet", ".pq")


def read_cohort(
    mentees: str | os.PathLike[str],
    mentors: str | os.PathLike[str],
    *,
    id: PerSide = None,
    duplicates: Duplicates = "error",
    separators: Mapping[str, str | Collection[str]] | None = None,
    sheets: PerSide = None,
    encoding: PerSide = None,
    delimiter: PerSide = None,
    decimal: str = ".",
) -> Cohort:
    r"""Read mentees and mentors from two files, or from two sheets of one workbook.

    The first row that is not empty holds the names of the columns; every further one is a person.
    An empty cell is missing, and only an empty cell: "NA", "None" and "null" are texts. Nothing in
    a file is computed or executed.

    Text files are decoded and divided as they say by themselves (see ``encoding`` and
    ``delimiter``). A column of theirs becomes numeric only if every cell that is not empty is a
    plain number and nothing is lost: "007" and "1e5" stay text, and so does "3.10", which as a
    number would be 3.1; `Cohort.numbers` reads numbers from text too. Cells of workbooks and
    Parquet files keep the type they have, dates included.

    Row numbers in findings are those that a spreadsheet program shows: the header is in row 1 if
    nothing stands above it; an empty line is a row; a cell with line breaks in quotes is part of
    one row, so that the number may differ from a text editor's line number. The rows of a Parquet
    file are counted in the same way.

    Parameters
    ----------
    mentees, mentors
        Paths that end in .csv, .tsv, .txt, .xlsx, .xlsm, .parquet or .pq. For two sheets of one
        workbook give the same path twice.
    id
        The name of the id column: one text for both tables, a (mentees, mentors) pair, or a mapping
        by side. By default a column ``id``, else ``mentee_id`` and ``mentor_id``, else people are
        known by position only.
    duplicates
        "error", or "last" to keep the last row of a person who sent the form twice.
    separators
        How cells with several values are split, by column; see `Cohort`.
    sheets
        Names of the sheets, in the same forms as ``id``. By default the sheet called "mentees" or
        "mentors" in any case, else the first one of a workbook that holds one table only.
    encoding
        In the same forms. By default found out: a mark at the start (UTF-8, UTF-16, UTF-32), else
        UTF-8, else Western European (cp1252), which leaves a note in ``Cohort.notes`` because it is
        a guess.
    delimiter
        In the same forms. By default the one of ``, ; tab |`` that divides the rows as it divides
        the header.
    decimal
        "." or ",": the decimal mark in text files.

    Returns
    -------
    Cohort

    Raises
    ------
    CohortError
        With the problems of both tables, each with file, row, column, value, what was expected and
        the nearest name that exists. ``.table`` has them as a DataFrame.
    MissingPackageError
        The optional package for a kind of file is not installed; the message is the command that
        installs it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     mentees, mentors = Path(folder, "mentees.csv"), Path(folder, "mentors.csv")
    ...     _ = mentees.write_text("id;What do you want to learn?\nada;Lua, C++\n")
    ...     _ = mentors.write_text("id,can teach\nlinus,C\n")
    ...     cohort = read_cohort(mentees, mentors)
    >>> cohort.tags("mentees", "What do you want to learn?")
    [('Lua', 'C++')]
    """
    findings = check_duplicates(duplicates)
    if decimal not in (".", ","):
        findings.append(Finding("cohort", None, "decimal", decimal, 'decimal is "." or ",".'))
    if findings:
        raise CohortError(findings)
    ids = split_by_side(id, "id")
    options = (
        split_by_side(sheets, "sheets"),
        split_by_side(encoding, "encoding"),
        split_by_side(delimiter, "delimiter"),
    )
    paths = (mentees, mentors)
    alone = not _is_same_file(*paths)
    tables: list[FileTable | None] = []
    for k, side in enumerate(SIDES):
        sheet, code, mark = (option[k] for option in options)
        try:
            tables.append(_read_table(paths[k], side, sheet, alone, code, mark, decimal))
        except CohortError as error:
            findings += error.findings
            tables.append(None)
    findings += [finding for table in tables if table is not None for finding in table.findings]
    first, second = tables
    if first is not None and second is not None:
        try:
            cohort = Cohort(
                first.frame,
                second.frame,
                id=ids,
                duplicates=duplicates,
                separators=separators,
                sources=(first.source, second.source),
                rows=(first.rows, second.rows),
                notes=(*first.notes, *second.notes),
            )
        except CohortError as error:
            findings += error.findings
        else:
            if not findings:
                return cohort
    for k, table in enumerate(tables):
        # One table cannot be read at all: the people of the other are checked all the same.
        if table is not None and None in tables:
            settled = identify(
                table.frame,
                table.rows,
                side=SIDES[k],
                source=table.source,
                id=ids[k],
                duplicates=duplicates,
            )
            findings += settled.findings
    raise CohortError(findings)


def read_table(path: str | os.PathLike[str]) -> FileTable:
    """Read one table that is not of people, such as a list of pairs, as `read_cohort` reads them.

    Parameters
    ----------
    path
        A path that ends like those `read_cohort` takes; of a workbook the first sheet is read.

    Returns
    -------
    FileTable
        With ``frame``, and the ``rows`` and the ``source`` that findings speak of.

    Raises
    ------
    CohortError
        With every problem of the file.
    MissingPackageError
        The optional package for this kind of file is not installed.
    """
    table = _read_table(path, "mentees", None, True, None, None, ".")
    if table.findings:
        raise CohortError(table.findings)
    return table


def _read_table(
    given: Any,
    side: Side,
    sheet: str | None,
    alone: bool,
    encoding: str | None,
    delimiter: str | None,
    decimal: str,
) -> FileTable:
    if not isinstance(given, str | os.PathLike):
        expected = "must be the path of a file. DataFrames go into Cohort(mentees, mentors)."
        raise file_error(side, type(given).__name__, expected)
    source = str(os.fspath(given))
    path = Path(source).expanduser()
    suffix = path.suffix.lower()
    if suffix in WORKBOOKS:
        return read_workbook(path, source, side, sheet, alone)
    if sheet is not None:
        expected = "only a workbook (.xlsx) has sheets. Leave sheets= out for this file."
        raise file_error(source, sheet, expected)
    if suffix in TEXT_FILES:
        return read_delimited(path, source, encoding, delimiter, decimal)
    if suffix in PARQUET:
        return _read_parquet(path, source)
    read_bytes(path, source)  # a file that is not there is the first thing to say
    endings = ", ".join((*TEXT_FILES, *WORKBOOKS, *PARQUET))
    expected = f"files with this ending cannot be read. Save the table as one of {endings}."
    raise file_error(source, suffix or None, expected)


def _read_parquet(path: Path, source: str) -> FileTable:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise MissingPackageError(
            'Reading .parquet needs pyarrow: pip install "mentormatch-engine[parquet]"'
        ) from None
    raw = read_bytes(path, source)
    try:
        file = parquet.ParquetFile(pa.BufferReader(raw))
        check_parquet(file.metadata, source)
        frame = read_batches(file, source).to_pandas()
    except CohortError:
        raise
    # Damage shows in many kinds of exception, from pyarrow and from the pandas metadata.
    except Exception as error:
        expected = (
            f"this is not a Parquet file that can be read ({type(error).__name__}). Write it again."
        )
        raise file_error(source, None, expected) from None
    return FileTable(frame, np.arange(2, len(frame) + 2), source)


def _is_same_file(first: Any, second: Any) -> bool:
    try:
        return Path(first).expanduser().samefile(Path(second).expanduser())
    except (OSError, TypeError, ValueError):
        return False
