"""Read CSV and other delimited text: detect encoding and delimiter, keep row numbers."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.numbers import read_column
from mentormatch.cohort.files.decimals import find_decimal
from mentormatch.cohort.files.headers import check_header, divide_records
from mentormatch.cohort.files.limits import MOST_FINDINGS, CellCount
from mentormatch.cohort.files.table import FileTable, assemble, file_error, read_bytes
from mentormatch.cohort.names import nearest_name
from mentormatch.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mentormatch.cohort.files.rows_of_nobody import Record

__all__ = ["DELIMITERS", "read_delimited"]

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "latin-1", "cp1250", "mac-roman")
# UTF-32 first: its mark begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHER_KINDS = (
    (b"PK\x03\x04", "this is a workbook, not text. Give the file the ending .xlsx."),
    (b"PAR1", "this is a Parquet file, not text. Give the file the ending .parquet."),
    (
        b"\xd0\xcf\x11\xe0",
        "this is an old or password-protected Excel file. Save it as .xlsx without password.",
    ),
)
SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
SAMPLE_ROWS = 200


def read_delimited(
    path: Path,
    source: str,
    encoding: str | None,
    delimiter: str | None,
    decimal: str | None,
    header_row: int | None,
) -> FileTable:
    """Read a text file of people.

    A record is one row of the spreadsheet, however many lines a quoted cell in it has; an empty
    line is a row as well, and is skipped. Encoding, delimiter, decimal mark ("." or ",") and header
    row are found out where they are None. Raises CohortError if nothing can be read: no file, no
    text, another encoding, an empty file.
    """
    text, notes = _decode(read_bytes(path, source), encoding, source)
    text = text.removeprefix("\ufeff")
    # Excel writes, and hides, a first line that says which delimiter follows.
    said = SEPARATOR_LINE.match(text)
    if said is not None:
        text = text[said.end() :]
        delimiter = delimiter or said[1]
    if delimiter is None:
        delimiter = "\t" if path.suffix.lower() == ".tsv" else _find_delimiter(text)
    else:
        _check_delimiter(text, delimiter, source)

    records, findings = _read_whole(text, delimiter, source)
    if findings:
        # A blank after a closing quote is a slip of the program that wrote the file.
        closed_up, still = _read_whole(_close_up_quotes(text, delimiter), delimiter, source)
        if not still:
            records, findings = closed_up, []
    if not records and not findings:
        raise file_error(
            source, None, "the file is empty. It needs a header row and one row per person."
        )
    headings, people, readings = divide_records(records, source, header_row)
    header = list(map(str, headings))
    check_header(header, header_row or (records[0][0] if records else 1), source)
    while header and not header[-1].strip():
        header.pop()
    cells: list[list[str]] = []
    rows: list[int] = []
    for number, record in people:
        if len(record) != len(header):
            ragged = _describe_ragged_row(record, len(header), delimiter)
            if ragged is not None and len(findings) < MOST_FINDINGS:
                findings.append(Finding(source, number, None, record[0], ragged))
            record = (record + [""] * len(header))[: len(header)]
        cells.append(record)
        rows.append(number)
    if decimal is None:
        mark, found = find_decimal(header, cells, delimiter, source)
        readings += found
    else:
        mark = decimal
    frame, row_numbers = assemble(header, cells, rows, lambda column: read_column(column, mark))
    return FileTable(frame, row_numbers, source, findings, notes, readings, mark)


def _read_whole(text: str, delimiter: str, source: str) -> tuple[list[Record[str]], list[Finding]]:
    """Return the rows that are not blank, and what stopped the reading."""
    records: list[Record[str]] = []
    number = 0
    kept = CellCount(source)
    try:
        for number, record in _read_records(text, delimiter):
            if any(record) and any(map(str.strip, record)):
                kept.add(len(records[0][1]) if records else len(record))
                records.append((number, record))
    except csv.Error as error:
        return records, [Finding(source, number + 1, None, None, _describe_csv_error(error))]
    return records, []


def _decode(raw: bytes, encoding: str | None, source: str) -> tuple[str, list[Finding]]:
    """Decode a file, with a note when its encoding was a guess."""
    for start, cure in OTHER_KINDS:
        if raw.startswith(start):
            raise file_error(source, None, cure)
    found = encoding
    if found is None:
        found = next((name for mark, name in MARKS if raw.startswith(mark)), None)
    if found is not None:
        return _decode_as(raw, found, source), []
    if b"\x00" in raw:
        expected = (
            "the file holds zero bytes, as UTF-16 without a mark at its start does. "
            'Try encoding="utf-16-le", or save the file as "CSV UTF-8".'
        )
        raise file_error(source, None, expected)
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        expected = (
            "the encoding cannot be found out (neither UTF-8 nor Western European). "
            'Name it with encoding = "…", or save the file as "CSV UTF-8".'
        )
        raise file_error(source, None, expected) from None
    expected = (
        "the file is not UTF-8 and was read as Western European (cp1252). "
        'If names look wrong, name it with encoding = "…", or save the file as "CSV UTF-8".'
    )
    return text, [Finding(source, None, None, None, expected)]


def _decode_as(raw: bytes, encoding: str, source: str) -> str:
    try:
        return raw.decode(encoding)
    except LookupError:
        expected = f"there is no encoding of this name. Usual ones are {', '.join(ENCODINGS)}."
        raise file_error(source, encoding, expected, nearest_name(encoding, ENCODINGS)) from None
    except UnicodeError as error:
        place = ""
        if isinstance(error, UnicodeDecodeError):
            line = raw[: error.start].count(b"\n") + 1
            place = f" (byte {error.start:,}, line {line:,} of the file)"
        expected = (
            f"the file is not in the encoding {encoding!r}{place}. "
            "Leave encoding= out to have it found out, or name another."
        )
        raise file_error(source, None, expected) from None


def _read_records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Iterate over records with row numbers; a quote that is never closed is an error."""
    first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    # "id, name, level" is how people write by hand; there the space is no part of any cell.
    spaced = len(first) > 1 and all(cell.startswith(" ") for cell in first[1:])
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        strict=True,
        skipinitialspace=spaced,
    )
    return enumerate(reader, start=1)


def _close_up_quotes(text: str, delimiter: str) -> str:
    """Remove blanks between a closing quote and the end of its cell."""
    mark = re.escape(delimiter)
    cell = rf'(?:(?<=^)|(?<=[{mark}\n\r]))([ ]*"(?:[^"]|"")*")[ \t]+(?=[{mark}\r\n]|\Z)'
    return re.sub(cell, r"\1", text)


def _find_delimiter(text: str) -> str:
    """Choose the delimiter that cuts the most rows into as many cells as the header."""
    scores = {delimiter: _score_delimiter(text, delimiter) for delimiter in DELIMITERS}
    return max(scores, key=lambda delimiter: scores[delimiter])


def _score_delimiter(text: str, delimiter: str) -> tuple[float, int]:
    """Return the share of rows with the commonest width, and that width; (0, 0) for one column."""
    widths: Counter[int] = Counter()
    seen = 0
    try:
        for _, record in islice(_read_records(text, delimiter), SAMPLE_ROWS):
            if any(record):
                widths[len(record)] += 1
                seen += 1
    except csv.Error:
        seen += 1
    # Of widths that are equally common the larger one: titles are narrow.
    width = max(widths, key=lambda one: (widths[one], one), default=0)
    return (widths[width] / seen, width) if width > 1 else (0.0, 0)


def _check_delimiter(text: str, delimiter: str, source: str) -> None:
    """Refuse a delimiter that cannot be one, or does not divide a header that another does."""
    if len(delimiter) != 1 or delimiter in '"\r\n':
        expected = "a delimiter is one character, such as ',' or ';'."
        raise file_error(source, delimiter, expected)
    other = _find_delimiter(text)
    if _count_columns(text, delimiter) == 1 < _count_columns(text, other):
        expected = (
            f"the header is not divided by this delimiter, but by {other!r} ({DELIMITERS[other]}). "
            "Leave delimiter= out to have it found out."
        )
        raise file_error(source, delimiter, expected)


def _count_columns(text: str, delimiter: str) -> int:
    try:
        return next((len(record) for _, record in _read_records(text, delimiter) if any(record)), 0)
    except csv.Error:
        return 0


def _describe_ragged_row(record: list[str], width: int, delimiter: str) -> str | None:
    """Say what is wrong with a row longer or shorter than the header; empty cells may follow."""
    if len(record) > width and not any(cell.strip() for cell in record[width:]):
        return None
    mark = DELIMITERS.get(delimiter, repr(delimiter))
    cells = (
        f"the row has {len(record)} {'cell' if len(record) == 1 else 'cells'}, the header {width}. "
    )
    if len(record) > width:
        return cells + f'Put "…" round a cell that holds a {mark}.'
    return cells + (
        f'A {mark} is missing, or a line break inside a cell needs "…" round the cell. '
        "Saving the table as .xlsx avoids both."
    )


def _describe_csv_error(error: csv.Error) -> str:
    if "field larger" in str(error):
        return (
            f"a cell has more than {csv.field_size_limit():,} characters. "
            'Look for a " that opens a cell and is never closed.'
        )
    return (
        'a " opens a cell and is not closed, or is followed by other text than the next delimiter. '
        'Close it, and write a " inside a cell twice.'
    )
