"""Find the header of a sheet under its title rows, and divide it from the people below."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, TypeVar

from mentormatch.cohort.files.rows_of_nobody import (
    LOOKED_AT,
    Record,
    filled_cells,
    header_reading,
    is_number,
    leave_out_headings,
    leave_out_notes,
    leave_out_totals,
    leave_out_unanswered,
)
from mentormatch.cohort.files.table import file_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.cohort.readings import Reading

__all__ = ["check_header", "divide_records"]

Cell = TypeVar("Cell")
EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+")
# As Qualtrics numbers a question, in a row of its own below it: {"ImportId":"QID3_TEXT"}. Columns
# that it adds have words there, {"ImportId":"finished"}, and names that no language changes.
IMPORT_ID = re.compile(r'\{\s*"ImportId"')
OF_A_QUESTION = re.compile(r'\{\s*"ImportId"\s*:\s*"QID\d')
OPTION_OF = re.compile(r"(?P<question>.*\S)_\d+")
BEFORE_OPTION = " - "
# What Qualtrics writes behind a question, in the language of the survey.
CHOICE = re.compile(
    " - (?:selected choice|ausgewählte (?:option|auswahl|antwort)|choix sélectionné|"
    "(?:opción|elección|respuesta) seleccionada|scelta selezionata|opzione selezionata|"
    "(?:opção|escolha|resposta) selecionada|geselecteerde (?:keuze|optie)|"
    "(?:wybrana (?:opcja|odpowiedź)|wybrany wybór)|valt alternativ|valt val|valgt (?:svar|valg)|"
    "valittu vaihtoehto|vybraná (?:možnost|volba)|выбранный вариант|seçilen seçenek|"
    "選択された選択肢|선택한 항목|所选选项|已选选项)$",
    re.IGNORECASE,
)
# As LimeSurvey writes an option of a question: "G2Q1[SQ001]. Which topics? [Python]".
CODED = re.compile(r"(?P<code>\w+)\[\w+\](?P<question>\. .*\S) (?P<option>\[[^\[\]]+\])\s*")


def divide_records(
    records: Sequence[Record[Cell]], source: str, header_row: int | None
) -> tuple[list[object], list[Record[Cell]], list[Reading]]:
    """Divide the rows of a sheet that are not blank into the header and the rows below it.

    Records are row numbers as the spreadsheet shows them, and cells. A header row of None is the
    first row, unless it and those after it have far fewer cells than the rows below, as titles
    have. The answer is (header, rows, readings). Raises CohortError if there is no such row.
    """
    readings: list[Reading] = []
    first = _place_of_header(records, source, header_row, readings)
    rows = list(records[first + 1 :])
    header: list[object] = list(records[first][1]) if records else []
    numbered = next((k for k, row in enumerate(rows[:2]) if _has_import_ids(row)), None)
    if numbered is not None:
        lines, rows = rows[: numbered + 1], rows[numbered + 1 :]
        # Where exports were put one below the other, all these lines come again.
        again = [row for row in rows if _has_import_ids(row) or row[1] == lines[0][1]]
        lines, rows = [*lines, *again], [row for row in rows if row not in again]
        leave_out_headings(header, rows, source, readings)
        header = _take_questions(header, lines, source, header_row, readings)
    elif header_row is None:
        header = _take_second_line(header, rows, source, records[first : first + 1], readings)
    header, coded = _drop_codes(header)
    if coded:
        readings.append(
            header_reading(
                source,
                "codes of options are left out of the headings",
                "each option has its name behind the question as well",
                tuple(coded[:3]),
                "name these columns without the code in brackets",
            )
        )
    leave_out_headings(header, rows, source, readings)
    if header_row is None:
        leave_out_notes(rows, source, readings)
    leave_out_totals(rows, source, readings)
    leave_out_unanswered(header, rows, source, readings)
    return header, rows, readings


def _place_of_header(
    records: Sequence[Record[Cell]], source: str, header_row: int | None, readings: list[Reading]
) -> int:
    """Return which record holds the headings."""
    if header_row is not None:
        places = [k for k, (number, _) in enumerate(records) if number == header_row]
        if places:
            return places[0]
        last = records[-1][0] if records else 0
        expected = (
            f"this row is blank or not there. header_row is the number of the row with the "
            f"headings, as the spreadsheet shows it; the last one is {last}."
        )
        raise file_error(source, header_row, expected)
    first = _find_header(records)
    if first:
        titles = [str(cell) for _, cells in records[:first] for cell in filled_cells(cells)]
        readings.append(
            header_reading(
                source,
                f"row {records[first][0]} is taken as the header",
                "the rows above it have far fewer cells, as titles have",
                tuple(titles[:3]),
                f"header_row = {records[0][0]}",
            )
        )
    return first


def _has_import_ids(record: Record[Cell]) -> bool:
    """Return whether every cell of a row holds a number of its question."""
    cells = [str(cell).strip() for cell in filled_cells(record[1])]
    return bool(cells) and all(map(IMPORT_ID.match, cells))


def _take_questions(
    header: list[object],
    lines: Sequence[Record[Cell]],
    source: str,
    header_row: int | None,
    readings: list[Reading],
) -> list[object]:
    """Return the questions below the names of columns, as Qualtrics writes them, as headings.

    Of the ``lines`` the first is the questions, unless it holds their numbers. Where two questions
    read alike, or somebody asked for a row of headings, names stay; so do those of columns that the
    form adds, whose headings are in the language of whoever exports them.
    """
    numbers = [str(number) for number, _ in lines]
    asked = header_row is None and not _has_import_ids(lines[0])
    texts = [
        str(text).strip() if OF_A_QUESTION.match(str(number).strip()) else ""
        for text, number in zip(lines[0][1], lines[1][1] if asked else (), strict=False)
    ]
    texts = _bracket_options([str(name) for name in header], texts)
    taken = [
        texts[k] if k < len(texts) and texts[k] and texts.count(texts[k]) == 1 else name
        for k, name in enumerate(header)
    ]
    several = len(numbers) > 1
    taken_for = f"{'rows' if several else 'row'} {' and '.join(numbers)} "
    change = "if it is a person, write something else into one of the cells"
    if asked:
        taken_for += "hold the questions, which are the headings"
        change = f"header_row = {int(numbers[0]) - 1}, which keeps the names above them"
    else:
        taken_for += f"{'are' if several else 'is'} left out"
    readings.append(
        header_reading(
            source,
            taken_for,
            f"every cell of row {numbers[-1]} is a number of a question, as Qualtrics writes it",
            tuple(str(cell) for cell in filled_cells(lines[-1][1])[:1]),
            change,
        )
    )
    return taken


def _bracket_options(names: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Write an option behind its question in brackets, where a question has a column for each.

    Qualtrics names these columns "Q4_1" and "Q4_2", and calls them "Which topics? - Selected Choice
    - Lua".
    """
    groups: dict[str, list[int]] = {}
    for k, name in enumerate(names[: len(texts)]):
        if found := OPTION_OF.fullmatch(name):
            groups.setdefault(found["question"], []).append(k)
    written = list(texts)
    for places in groups.values():
        signs = takewhile(
            lambda of_all: len(set(of_all)) == 1, zip(*(texts[k] for k in places), strict=False)
        )
        question = "".join(sign for sign, *_ in signs).rpartition(BEFORE_OPTION)[0]
        if len(places) > 1 and question:
            for k in places:
                option = texts[k][len(question) + len(BEFORE_OPTION) :]
                written[k] = f"{CHOICE.sub('', question)} [{option}]"
    return [CHOICE.sub("", text) for text in written]


def _take_second_line(
    header: list[object],
    rows: list[Record[Cell]],
    source: str,
    first: Sequence[Record[Cell]],
    readings: list[Reading],
) -> list[object]:
    """Take the row below the headings away where it belongs to them; return the headings."""
    if _is_row_of_options(header, rows):
        number, cells = rows.pop(0)
        header = _join_options(header, cells)
        readings.append(
            header_reading(
                source,
                f"row {number} is read as the second line of the headings",
                "it holds options below headings, and nothing where every person has something",
                tuple(str(cell) for cell in filled_cells(cells)[:3]),
                f"header_row = {first[0][0]}, which keeps it as a person",
            )
        )
    elif _is_second_header(rows):
        number, cells = rows.pop(0)
        readings.append(
            header_reading(
                source,
                f"row {number} is left out as a second row of headings",
                "nearly all of its cells hold one text that no person has",
                (str(filled_cells(cells)[0]),),
                f"header_row = {first[0][0]}, which keeps it",
            )
        )
    return header


def check_header(header: Sequence[object], number: int, source: str) -> None:
    """Refuse a header that is a person: a table without headings would lose its first row.

    Raises CohortError if a cell of the header is an e-mail address.
    """
    for cell in header:
        if isinstance(cell, str) and EMAIL.fullmatch(cell.strip()):
            expected = (
                f"row {number} is read as the headings, but holds an e-mail address. Put a row "
                "with headings above the first person, or name the row with header_row = …"
            )
            raise file_error(source, cell, expected)


def _find_header(records: Sequence[Record[Cell]]) -> int:
    """Return which record is the header: the first one, unless it looks like a title."""
    widths = [len(filled_cells(cells)) for _, cells in records[:LOOKED_AT]]
    if len(widths) < 3:
        return 0
    widest = max(widths)
    if widest < 3 or 2 * widths[0] > widest:
        return 0
    for k, width in enumerate(widths[:-1]):
        cells = filled_cells(records[k][1])
        # Headings over several columns stand in the first of them, with the options below.
        over = _columns_over_options(records, k)
        distinct = len({str(cell) for cell in cells})
        # A heading may stand twice; a row of one word again and again holds no headings.
        if 5 * (width + over) >= 4 * widest and 2 * distinct > width:
            return k
    return 0


def _columns_over_options(records: Sequence[Record[Cell]], k: int) -> int:
    """Return how many columns have no heading in one row but an option in the next one."""
    header, below = records[k][1], list(records[k + 1 :])
    if not _is_row_of_options(header, below):
        return 0
    second = below[0][1]
    return sum(
        bool(filled_cells(second[j : j + 1])) and not filled_cells(header[j : j + 1])
        for j in range(len(second))
    )


def _is_second_header(rows: Sequence[Record[Cell]]) -> bool:
    """Return whether the first row says how questions were asked, as some forms do below them."""
    if len(rows) < 3:
        return False
    cells = [str(cell).strip() for cell in filled_cells(rows[0][1])]
    texts = set(cells)
    if len(cells) < 3 or 4 * len(texts) > len(cells):
        return False
    return not any(
        str(cell).strip() in texts for _, row in rows[1:LOOKED_AT] for cell in filled_cells(row)
    )


def _is_row_of_options(header: Sequence[object], rows: Sequence[Record[Cell]]) -> bool:
    """Return whether the first row names the options of questions, as survey programs write it.

    A question of several options has one heading over several columns, and their names below. No
    person is without what all others begin with, such as a number.
    """
    if len(rows) < 2:
        return False
    second, others = rows[0][1], [cells for _, cells in rows[1:LOOKED_AT]]
    if not second or filled_cells(second[:1]):
        return False
    if not all(filled_cells(cells[:1]) for cells in others):
        return False
    blank = [k for k in range(len(second)) if not filled_cells(header[k : k + 1])]
    if not blank or is_number(second[blank[0]]):
        return False
    return all(filled_cells(second[k : k + 1]) for k in blank)


def _join_options(header: Sequence[object], second: Sequence[object]) -> list[object]:
    """Return the headings with the option of each column in brackets behind its question."""
    width = max(len(header), len(second))
    first = [*header, *[None] * (width - len(header))]
    below = [*second, *[None] * (width - len(second))]
    joined: list[object] = []
    question: object = None
    for k in range(width):
        is_named = bool(filled_cells(first[k : k + 1]))
        question = first[k] if is_named else question
        # A heading over one column alone has no options; what is below says how it was asked.
        in_group = not is_named or (k + 1 < width and not filled_cells(first[k + 1 : k + 2]))
        if in_group and question is not None and filled_cells(below[k : k + 1]):
            joined.append(f"{question} [{below[k]}]")
        else:
            joined.append(first[k])
    return joined


def _drop_codes(header: Sequence[object]) -> tuple[list[object], list[str]]:
    """Return the headings without the codes of options, and those that had one.

    A code differs from column to column and would hide that the columns are one question.
    """
    found = [CODED.fullmatch(cell) if isinstance(cell, str) else None for cell in header]
    plain = [
        cell if match is None else f"{match['code']}{match['question']} {match['option']}"
        for cell, match in zip(header, found, strict=True)
    ]
    named = [str(cell) for cell in filled_cells(plain)]
    if not any(found) or len(set(named)) < len(named):
        return list(header), []
    return plain, [match[0].strip() for match in found if match is not None]
