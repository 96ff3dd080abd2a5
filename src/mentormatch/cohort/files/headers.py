"""Find the header of a sheet under its title rows, and the total rows below its data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.cells.sent import find_unanswered
from mentormatch.cohort.cells.totals import COUNTED, says_total
from mentormatch.cohort.files.table import file_error
from mentormatch.cohort.names import heading_words, list_rows
from mentormatch.cohort.readings import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Record", "check_header", "divide_records", "header_reading"]

Cell = TypeVar("Cell")
Record: TypeAlias = tuple[int, list[Cell]]

LOOKED_AT = 25
MOST_TOTALS = 3
MOST_NOTES = 20
MOSTLY_FILLED = 0.8
EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+")
# As LimeSurvey writes an option of a question: "G2Q1[SQ001]. Which topics? [Python]".
CODED = re.compile(r"(?P<code>\w+)\[\w+\](?P<question>\. .*\S) (?P<option>\[[^\[\]]+\])\s*")
NUMBER = re.compile(r"[+-]?[\d.,\s]*\d[\d.,\s]*%?")


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
    if header_row is None:
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
    _leave_out_headings(header, rows, source, readings)
    if header_row is None:
        _leave_out_notes(rows, source, readings)
    _leave_out_totals(rows, source, readings)
    _leave_out_unanswered(header, rows, source, readings)
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
        titles = [str(cell) for _, cells in records[:first] for cell in _filled(cells)]
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
                tuple(str(cell) for cell in _filled(cells)[:3]),
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
                (str(_filled(cells)[0]),),
                f"header_row = {first[0][0]}, which keeps it",
            )
        )
    return header


def _leave_out_headings(
    header: Sequence[object], rows: list[Record[Cell]], source: str, readings: list[Reading]
) -> None:
    """Take rows away that say the headings again, as where pages or exports were joined."""
    names = [str(name).strip().casefold() for name in header]
    again = {
        k: {place for place, cell in enumerate(cells) if _filled([cell])}
        for k, (_, cells) in enumerate(rows)
        if _are_headings(cells, names)
    }
    # Where an answer to "Python" is "Python", somebody may have ticked everything: below one of the
    # headings nearly everybody has something else.
    people = [cells for k, (_, cells) in enumerate(rows) if k not in again]
    telling = {
        place
        for place in frozenset().union(*again.values())
        if _are_told_apart([cells[place] for cells in people if place < len(cells)], names[place])
        and people
    }
    again = {k: places for k, places in again.items() if not places.isdisjoint(telling)}
    if not again:
        return
    left = [rows[k] for k in sorted(again)]
    rows[:] = [row for k, row in enumerate(rows) if k not in again]
    numbers = ", ".join(str(number) for number, _ in left)
    readings.append(
        header_reading(
            source,
            f"rows {numbers} are left out as the headings again"
            if len(left) > 1
            else f"row {numbers} is left out as the headings again",
            "all of the cells say what stands above them",
            tuple(str(cell) for cell in _filled(left[0][1])[:3]),
            "if it is a person, write something else into one of the cells",
        )
    )


def _are_told_apart(cells: Sequence[object], name: str) -> bool:
    """Tell whether nearly all cells of a column hold something, and none its heading."""
    filled = [str(cell).strip().casefold() for cell in _filled(cells)]
    return len(filled) >= MOSTLY_FILLED * len(cells) and name not in filled


def _are_headings(cells: Sequence[object], names: Sequence[str], least: int = 2) -> bool:
    """Tell whether the cells that are not blank, so many at least, are the headings above them."""
    n = 0
    for cell, name in zip(cells, names, strict=False):
        text = "" if is_missing(cell) else str(cell).strip()
        if text and text.casefold() != name:
            return False
        n += bool(text)
    return n >= least


def _leave_out_notes(rows: list[Record[Cell]], source: str, readings: list[Reading]) -> None:
    """Take a legend or remarks below the people away."""
    notes = _notes_below(rows)
    if not notes:
        return
    del rows[-len(notes) :]
    numbers = ", ".join(str(number) for number, _ in notes)
    said = f"rows {numbers} are" if len(notes) > 1 else f"row {numbers} is"
    stand = "they stand" if len(notes) > 1 else "it stands"
    readings.append(
        header_reading(
            source,
            f"{said} left out as notes below the people",
            f"{stand} below a blank row, with a word or two where each person has more",
            tuple(str(cell) for _, cells in notes for cell in _filled(cells))[:3],
            "if they are people, delete the blank row above them",
        )
    )


def _leave_out_totals(rows: list[Record[Cell]], source: str, readings: list[Reading]) -> None:
    """Take rows of totals at the end away."""
    below: list[Record[Cell]] = []
    above = [cells for _, cells in rows[:LOOKED_AT]]
    while rows and len(below) < MOST_TOTALS and _is_total(rows[-1][1], above):
        below.append(rows.pop())
    if not below:
        return
    numbers = ", ".join(str(number) for number, _ in reversed(below))
    readings.append(
        header_reading(
            source,
            f"row {numbers} is left out as a total",
            "it holds a word such as total, and numbers, and nobody's name",
            tuple(str(cell) for cell in _filled(below[0][1])[:3]),
            "delete the row, or write a name into it",
        )
    )


def _leave_out_unanswered(
    header: Sequence[object], rows: list[Record[Cell]], source: str, readings: list[Reading]
) -> None:
    """Take rows away in which a form wrote when it was opened, and nobody anything."""
    places = find_unanswered(header, [cells for _, cells in rows])
    if not 0 < len(places) < len(rows):
        return
    blank = [rows.pop(place) for place in reversed(places)][::-1]
    numbers = [number for number, _ in blank]
    readings.append(
        header_reading(
            source,
            f"{list_rows(numbers)} {'is' if len(blank) == 1 else 'are'} left out as unanswered",
            "only the form's own columns are filled, such as when it was sent",
            tuple(str(cell) for cell in _filled(blank[0][1])[:3]),
            "if it is a person, write a name or an address into the row",
        )
    )


def header_reading(
    source: str, taken_for: str, why: str, values: tuple[str, ...], change: str
) -> Reading:
    """Make a reading of rows as a whole: of no side and no column."""
    return Reading("header", None, source, None, taken_for, why, values, change)


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


def _filled(cells: Sequence[object]) -> list[object]:
    return [cell for cell in cells if not is_missing(cell) and str(cell).strip()]


def _find_header(records: Sequence[Record[Cell]]) -> int:
    """Return which record is the header: the first one, unless it looks like a title."""
    widths = [len(_filled(cells)) for _, cells in records[:LOOKED_AT]]
    if len(widths) < 3:
        return 0
    widest = max(widths)
    if widest < 3 or 2 * widths[0] > widest:
        return 0
    for k, width in enumerate(widths[:-1]):
        cells = _filled(records[k][1])
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
        bool(_filled(second[j : j + 1])) and not _filled(header[j : j + 1])
        for j in range(len(second))
    )


def _is_second_header(rows: Sequence[Record[Cell]]) -> bool:
    """Return whether the first row says how questions were asked, as some forms do below them."""
    if len(rows) < 3:
        return False
    cells = [str(cell).strip() for cell in _filled(rows[0][1])]
    texts = set(cells)
    if len(cells) < 3 or 4 * len(texts) > len(cells):
        return False
    return not any(
        str(cell).strip() in texts for _, row in rows[1:LOOKED_AT] for cell in _filled(row)
    )


def _is_row_of_options(header: Sequence[object], rows: Sequence[Record[Cell]]) -> bool:
    """Return whether the first row names the options of questions, as survey programs write it.

    A question of several options has one heading over several columns, and their names below. No
    person is without what all others begin with, such as a number.
    """
    if len(rows) < 2:
        return False
    second, others = rows[0][1], [cells for _, cells in rows[1:LOOKED_AT]]
    if not second or _filled(second[:1]) or not all(_filled(cells[:1]) for cells in others):
        return False
    blank = [k for k in range(len(second)) if not _filled(header[k : k + 1])]
    if not blank or _is_number(second[blank[0]]):
        return False
    return all(_filled(second[k : k + 1]) for k in blank)


def _join_options(header: Sequence[object], second: Sequence[object]) -> list[object]:
    """Return the headings with the option of each column in brackets behind its question."""
    width = max(len(header), len(second))
    first = [*header, *[None] * (width - len(header))]
    below = [*second, *[None] * (width - len(second))]
    joined: list[object] = []
    question: object = None
    for k in range(width):
        is_named = bool(_filled(first[k : k + 1]))
        question = first[k] if is_named else question
        # A heading over one column alone has no options; what is below says how it was asked.
        in_group = not is_named or (k + 1 < width and not _filled(first[k + 1 : k + 2]))
        if in_group and question is not None and _filled(below[k : k + 1]):
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
    named = [str(cell) for cell in _filled(plain)]
    if not any(found) or len(set(named)) < len(named):
        return list(header), []
    return plain, [match[0].strip() for match in found if match is not None]


def _notes_below(rows: Sequence[Record[Cell]]) -> list[Record[Cell]]:
    """Return the last rows, below a blank one, that are a legend or remarks and not people.

    Each has one or two texts, far fewer than every row above, which look unlike those above them;
    none has a number or an address. Totals may stand among them.
    """
    start = next(
        (k for k in range(len(rows) - 1, 0, -1) if rows[k][0] > rows[k - 1][0] + 1), len(rows)
    )
    notes, people = list(rows[start:]), rows[:start]
    if not notes or len(notes) > MOST_NOTES or len(notes) >= len(people):
        return []
    counts = sorted(len(_filled(cells)) for _, cells in people)
    usual, least = counts[len(counts) // 2], counts[0]
    above_all = [cells for _, cells in people[:LOOKED_AT]]
    totals = [_is_total(cells, above_all) for _, cells in notes]
    if all(totals):
        return []
    for is_total, (_, cells) in zip(totals, notes, strict=True):
        if is_total:
            continue
        filled = _filled(cells)
        if len(filled) > 2 or 2 * len(filled) >= usual or len(filled) >= least:
            return []
        if any(_is_number(cell) or "@" in str(cell) for cell in filled):
            return []
        for k, cell in enumerate(cells):
            above = [
                _shape(one[k]) for _, one in people if k < len(one) and _filled(one[k : k + 1])
            ]
            if _filled([cell]) and 2 * above.count(_shape(cell)) > len(above):
                return []
    return notes


def _shape(cell: object) -> str:
    """Return how a text is written: "Ada Holm" is "Aa Aa", "person-12" is "a-0"."""
    text = re.sub(r"\d+", "0", str(cell).strip())
    return re.sub(r"[^\W\d_]+", lambda word: "Aa" if word[0][0].isupper() else "a", text)


def _is_total(cells: Sequence[object], above: Sequence[Sequence[object]] = ()) -> bool:
    """Return whether a row holds a word such as "total", and otherwise numbers and counts only.

    A count is "9 mentors" or "mean 2"; in a column of such answers it is one of them.

    Examples
    --------
    >>> rows = ["Total", "9 mentors", None, 14], ["Sum", 3, "mean 2", ""], ["Mentor 9", "", "", ""]
    >>> [_is_total(row) for row in rows]
    [True, True, False]
    """
    filled = _filled(cells)
    texts = [k for k, cell in enumerate(cells) if _filled([cell]) and not _is_number(cell)]
    counts = [k for k in texts if k > texts[0] and _is_count(cells[k])]
    totals = [cells[k] for k in texts if k not in counts]
    others = (row[k] for row in above if row is not cells for k in counts if k < len(row))
    # A workbook keeps no blank cells at the end of a row.
    width = max(map(len, (cells, *above)))
    first = next((k for k, cell in enumerate(cells) if _filled([cell])), -1)
    return (
        len(totals) == 1
        # Behind an id it is a person's name: "103, Suma, 1".
        and first in texts
        and first not in counts
        and says_total(totals[0])
        and len(filled) <= max(2, width - 1)
        and not any(map(_is_count, others))
    )


def _is_count(cell: object) -> bool:
    """Whether a cell counts people or places, as "9 mentors" does, or is "mean 2"."""
    first, *words = heading_words(cell) or ("",)
    if says_total(cell) and any(map(str.isdigit, words)):
        return True
    return first.isdigit() and bool(words) and set(words) <= COUNTED


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) or NUMBER.fullmatch(str(cell).strip()) is not None
