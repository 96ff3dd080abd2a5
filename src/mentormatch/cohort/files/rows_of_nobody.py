"""Leave out rows of a sheet that are nobody: headings again, notes, totals, unanswered forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.cells.sent import find_unanswered
from mentormatch.cohort.cells.totals import COUNTED, says_total
from mentormatch.cohort.names import heading_words, list_rows
from mentormatch.cohort.readings import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "LOOKED_AT",
    "Record",
    "filled_cells",
    "header_reading",
    "is_number",
    "leave_out_headings",
    "leave_out_notes",
    "leave_out_totals",
    "leave_out_unanswered",
]

Cell = TypeVar("Cell")
Record: TypeAlias = tuple[int, list[Cell]]

LOOKED_AT = 25
MOST_TOTALS = 3
MOST_NOTES = 20
MOSTLY_FILLED = 0.8
NUMBER = re.compile(r"[+-]?[\d.,\s]*\d[\d.,\s]*%?")


def leave_out_headings(
    header: Sequence[object], rows: list[Record[Cell]], source: str, readings: list[Reading]
) -> None:
    """Take rows away that say the headings again, as where pages or exports were joined."""
    names = [str(name).strip().casefold() for name in header]
    again = {
        k: {place for place, cell in enumerate(cells) if filled_cells([cell])}
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
            tuple(str(cell) for cell in filled_cells(left[0][1])[:3]),
            "if it is a person, write something else into one of the cells",
        )
    )


def leave_out_notes(rows: list[Record[Cell]], source: str, readings: list[Reading]) -> None:
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
            tuple(str(cell) for _, cells in notes for cell in filled_cells(cells))[:3],
            "if they are people, delete the blank row above them",
        )
    )


def leave_out_totals(rows: list[Record[Cell]], source: str, readings: list[Reading]) -> None:
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
            tuple(str(cell) for cell in filled_cells(below[0][1])[:3]),
            "delete the row, or write a name into it",
        )
    )


def leave_out_unanswered(
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
            tuple(str(cell) for cell in filled_cells(blank[0][1])[:3]),
            "if it is a person, write a name or an address into the row",
        )
    )


def header_reading(
    source: str, taken_for: str, why: str, values: tuple[str, ...], change: str
) -> Reading:
    """Make a reading of rows as a whole: of no side and no column."""
    return Reading("header", None, source, None, taken_for, why, values, change)


def _are_told_apart(cells: Sequence[object], name: str) -> bool:
    """Tell whether nearly all cells of a column hold something, and none its heading."""
    filled = [str(cell).strip().casefold() for cell in filled_cells(cells)]
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
    counts = sorted(len(filled_cells(cells)) for _, cells in people)
    usual, least = counts[len(counts) // 2], counts[0]
    above_all = [cells for _, cells in people[:LOOKED_AT]]
    totals = [_is_total(cells, above_all) for _, cells in notes]
    if all(totals):
        return []
    for is_total, (_, cells) in zip(totals, notes, strict=True):
        if is_total:
            continue
        filled = filled_cells(cells)
        if len(filled) > 2 or 2 * len(filled) >= usual or len(filled) >= least:
            return []
        if any(is_number(cell) or "@" in str(cell) for cell in filled):
            return []
        for k, cell in enumerate(cells):
            above = [
                _shape(one[k]) for _, one in people if k < len(one) and filled_cells(one[k : k + 1])
            ]
            if filled_cells([cell]) and 2 * above.count(_shape(cell)) > len(above):
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
    filled = filled_cells(cells)
    texts = [k for k, cell in enumerate(cells) if filled_cells([cell]) and not is_number(cell)]
    counts = [k for k in texts if k > texts[0] and _is_count(cells[k])]
    totals = [cells[k] for k in texts if k not in counts]
    others = (row[k] for row in above if row is not cells for k in counts if k < len(row))
    # A workbook keeps no blank cells at the end of a row.
    width = max(map(len, (cells, *above)))
    first = next((k for k, cell in enumerate(cells) if filled_cells([cell])), -1)
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


def filled_cells(cells: Sequence[object]) -> list[object]:
    """Return the cells of a row that are not blank."""
    return [cell for cell in cells if not is_missing(cell) and str(cell).strip()]


def is_number(cell: object) -> bool:
    """Whether a cell is a number, or a text that is written like one."""
    return isinstance(cell, int | float) or NUMBER.fullmatch(str(cell).strip()) is not None
