"""Read a cohort from files, and report everything that is wrong with any of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.nothing import fold_words
from mentormatch.cohort.columns.grid import as_grids
from mentormatch.cohort.columns.preparing import (
    Preparation,
    PreparedTable,
    find_questions,
    read_people,
    read_sides,
)
from mentormatch.cohort.files.opening import FileOptions, read_file
from mentormatch.cohort.identity.duplicates import Duplicates, check_duplicates
from mentormatch.cohort.identity.identify import identify
from mentormatch.cohort.names import SIDES, PerSide, nearest_name, quote_names, split_by_side
from mentormatch.cohort.people import Cohort
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    import os
    from collections.abc import Collection

    from mentormatch.cohort.columns.grid import Grid
    from mentormatch.cohort.files.table import FileTable

__all__ = ["read_cohort", "read_table"]

QUESTIONS = ("sides", "one file")


def read_cohort(
    mentees: str | os.PathLike[str] | None = None,
    mentors: str | os.PathLike[str] | None = None,
    *,
    people: str | os.PathLike[str] | None = None,
    role: str | Mapping[str, object] | None = None,
    where: object = None,
    rows: Mapping[str, object] | None = None,
    columns: Collection[Grid | Mapping[str, object]] = (),
    id: PerSide = None,
    duplicates: Duplicates = "error",
    separators: Mapping[str, str | Collection[str]] | None = None,
    options: Mapping[str, Collection[str]] | None = None,
    missing: Collection[str] | None = None,
    sheets: PerSide = None,
    encoding: PerSide = None,
    delimiter: PerSide = None,
    decimal: str | None = None,
    header_row: int | Mapping[str, int] | tuple[int | None, int | None] | None = None,
    accept: Collection[str] = (),
) -> Cohort:
    r"""Read mentees and mentors from two files, two sheets of one workbook, or one table of all.

    The first row that is not empty and no title holds the names of the columns; every further one
    is a person. A cell that is empty, or holds nothing but a word such as "n/a", is missing. What
    is concluded from the contents is in ``Cohort.readings``. Nothing in a file is computed or
    executed.

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
    people
        In their place, one table for everybody.
    role
        The column of ``people`` that says who is a mentee, who a mentor and who both; or
        ``{"column": …, "mentee": […], "mentor": […], "both": […]}``, see `mm.columns.split_roles`.
        By default the column whose values all name a role.
    where
        Which rows count, such as ``{"column": "Status", "is": ["active"]}``; see
        `mm.columns.keep_rows`. For one table only: ``{"mentees": {…}}``.
    rows
        How rows of one person are collected, ``{"person": "name", "collect": ["wish"], "order":
        "rank"}``; see `mm.columns.collect_rows`. For one table only: ``{"mentors": {…}}``.
    columns
        Grids of a form that are one column each; see `mm.columns.Grid`.
    id
        The name of the id column: one text for both tables, a (mentees, mentors) pair, or a mapping
        by side. By default found out; see `Cohort`.
    duplicates
        "error", or "last" to keep what a person who sent the form twice sent last; see `Cohort`.
    separators, options, missing
        How cells are read; see `Cohort`.
    sheets
        Names of the sheets, in the same forms as ``id``. By default the sheet called "mentees" or
        "mentors" in any case, else the first one of a workbook that holds one table only. Hidden
        sheets come last.
    encoding
        In the same forms. By default found out: a mark at the start (UTF-8, UTF-16, UTF-32), else
        UTF-8, else Western European (cp1252), which leaves a note in ``Cohort.notes`` because it is
        a guess.
    delimiter
        In the same forms. By default the one of ``, ; tab |`` that divides the rows as it divides
        the header.
    decimal
        "." or ",": the decimal mark in text files. By default found out.
    header_row
        The number of the row with the headings, in the same forms as ``id``. By default found out.
    accept
        Questions about the tables that are answered with yes: "sides" where they look swapped, "one
        file" where one file with a column of roles is given twice.

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
    if decimal not in (None, ".", ","):
        findings.append(Finding("cohort", None, "decimal", decimal, 'decimal is "." or ",".'))
    findings += _check_tables(mentees, mentors, people, role)
    for word in [accept] if isinstance(accept, str) else accept:
        if word not in QUESTIONS:
            expected = f"accept lists questions that are answered: {quote_names(QUESTIONS)}."
            findings.append(
                Finding("cohort", None, "accept", word, expected, nearest_name(word, QUESTIONS))
            )
    if findings:
        raise CohortError(findings)
    ids = split_by_side(id, "id")
    header_rows = _header_rows(header_row)
    files = [
        FileOptions(*given, decimal=decimal, header_row=header_rows[k])
        for k, given in enumerate(
            zip(
                split_by_side(sheets, "sheets"),
                split_by_side(encoding, "encoding"),
                split_by_side(delimiter, "delimiter"),
                strict=True,
            )
        )
    ]
    words = fold_words(missing)
    preparation = Preparation(words, where, rows, as_grids(columns), role)
    tables: list[PreparedTable | None]
    if people is not None:
        tables = list(read_people(people, files[0], preparation))
    else:
        tables, findings = read_sides((mentees, mentors), files, preparation)
        both = [table for table in tables if table is not None]
        if len(both) == len(SIDES):
            findings += find_questions(both, (mentees, mentors), accept)
    first, second = tables
    if first is not None and second is not None:
        try:
            cohort = Cohort(
                first.frame,
                second.frame,
                id=ids,
                duplicates=duplicates,
                separators=separators,
                options=options,
                missing=missing,
                sources=(first.source, second.source),
                rows=(first.rows, second.rows),
                notes=tuple(dict.fromkeys((*first.notes, *second.notes))),
                decisions=tuple(dict.fromkeys((*first.readings, *second.readings))),
                emptied={"mentees": first.emptied, "mentors": second.emptied},
                named=first.named | second.named,
            )
        except CohortError as error:
            findings += error.findings
        else:
            if not findings:
                return cohort
    for k, table in enumerate(tables):
        # One table cannot be read at all: the people of the other are checked all the same.
        if table is not None and None in tables:
            identified, _ = identify(
                {SIDES[k]: table.frame},
                rows={SIDES[k]: table.rows},
                sources=[table.source] * len(SIDES),
                ids=ids,
                duplicates=duplicates,
            )
            findings += identified[SIDES[k]].findings
    raise CohortError(findings)


def _check_tables(mentees: object, mentors: object, people: object, role: object) -> list[Finding]:
    """Check that either two tables or one are given."""
    if people is None and mentees is not None and mentors is not None and role is None:
        return []
    if people is not None and mentees is None and mentors is None:
        return []
    expected = (
        "give the two tables mentees and mentors, or one table people, with a column role that "
        "says who is what."
    )
    return [Finding("cohort", None, None, None, expected)]


def _header_rows(given: object) -> tuple[int | None, int | None]:
    """Return the number of the header row of each side."""
    if isinstance(given, Mapping):
        pair = tuple(given.get(side) for side in SIDES)
    elif isinstance(given, list | tuple):
        pair = tuple(given)
    else:
        pair = (given, given)
    if len(pair) == len(SIDES) and all(
        one is None or (isinstance(one, int) and not isinstance(one, bool) and one > 0)
        for one in pair
    ):
        return pair[0], pair[1]
    expected = (
        "header_row is the number of the row with the headings, for both tables, a pair, or a "
        'mapping with the keys "mentees" and "mentors".'
    )
    raise CohortError([Finding("cohort", None, "header_row", given, expected)])


def read_table(path: str | os.PathLike[str]) -> FileTable:
    """Read one table that is not of people, such as a list of pairs, as `read_cohort` reads them.

    Of a workbook the first sheet is read. The answer has the ``rows`` and the ``source`` that
    findings speak of. Raises CohortError with every problem of the file, and MissingPackageError if
    the optional package for this kind of file is not installed.
    """
    table = read_file(path, "mentees", FileOptions(decimal="."), alone=True)
    if table.findings:
        raise CohortError(table.findings)
    return table
