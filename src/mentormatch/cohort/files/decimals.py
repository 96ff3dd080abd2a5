"""Find the decimal mark of a text file from its cells."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.nothing import NOTHING
from mentormatch.cohort.readings import Reading, commonest
from mentormatch.errors import is_number

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["find_decimal", "find_typed_decimal", "read_commas"]

COMMA = re.compile(r"-?(?:0|[1-9]\d*),\d+")
WHOLE = re.compile(r"-?(?:0|[1-9]\d*)")
POINT = re.compile(r"-?(?:0|[1-9]\d*)\.\d+")
LOOKED_AT = 50
THOUSANDS = re.compile(r"-?[1-9]\d{0,2},\d{3}")


def _is_blank(cell: str) -> bool:
    text = cell.strip()
    return not text or text.casefold() in NOTHING


def _may_be_number(cell: str) -> bool:
    return _is_blank(cell) or cell.strip()[:2].lstrip("-")[:1].isdigit()


def find_typed_decimal(
    header: Sequence[str], cells: Sequence[Sequence[object]], source: str
) -> tuple[str, list[Reading]]:
    """Return what `find_decimal` says of the texts of a sheet whose numbers have their own type."""
    texts = [[_as_text(cell) for cell in row] for row in cells]
    mark, found = find_decimal(header, texts, "", source)
    cure = "make numbers of the cells in the spreadsheet program"
    return mark, [replace(one, change=cure) for one in found]


def _as_text(cell: object) -> str:
    """A cell as far as decimal commas go: numbers are whole, dates and answers are none."""
    if isinstance(cell, str):
        return cell
    return "" if cell is None else "0" if is_number(cell) else "x"


def read_commas(values: Sequence[object]) -> list[object]:
    """Return a column with ``1,5`` as a number, where all its texts are numbers like that."""
    texts = [one.strip() for one in values if isinstance(one, str) and not _is_blank(one)]
    commas = any("," in one for one in texts)
    if not commas or not all(COMMA.fullmatch(one) or WHOLE.fullmatch(one) for one in texts):
        return list(values)
    return [
        float(one.strip().replace(",", ".")) if isinstance(one, str) and not _is_blank(one) else one
        for one in values
    ]


def find_decimal(
    header: Sequence[str], cells: Sequence[Sequence[str]], delimiter: str, source: str
) -> tuple[str, list[Reading]]:
    """Return the decimal mark of a text file, and what was concluded from which columns.

    A comma where the cells of a column are all numbers and some look like ``1,5``; in a file that
    is itself divided by commas, or where they could be thousands, that is a question and the cells
    stay text. Cells are rows, each as long as the header; the delimiter is what divides the file.
    """
    points = False
    found: list[tuple[str, list[str]]] = []
    for name, column in zip(header, zip(*cells, strict=True), strict=False):
        # Few columns hold numbers, and the first cells of the others show it.
        if not all(map(_may_be_number, islice(filter(None, column), LOOKED_AT))):
            continue
        given = [one.strip() for one in column if not _is_blank(one)]
        if not given:
            continue
        commas = [one for one in given if "," in one]
        if commas and all(COMMA.fullmatch(one) or WHOLE.fullmatch(one) for one in given):
            found.append((name, commas))
        elif not points:
            points = all(POINT.fullmatch(one) or WHOLE.fullmatch(one) for one in given) and any(
                "." in one for one in given
            )
    if not found:
        return ".", []
    unclear = (
        "the file is itself divided by commas"
        if delimiter == ","
        else "other columns have a decimal point"
        if points
        else "they could be thousands"
        if all(THOUSANDS.fullmatch(one) for _, commas in found for one in commas)
        else ""
    )
    readings = [
        Reading(
            "decimal",
            None,
            source,
            name,
            "texts, which may be numbers with a decimal comma"
            if unclear
            else "numbers with a decimal comma",
            f"every answer is a number or like {commas[0]!r}"
            + (f", but {unclear}" if unclear else ""),
            commonest(commas),
            'decimal = ","' if unclear else 'decimal = "."',
            question=bool(unclear),
        )
        for name, commas in found
    ]
    return ("." if unclear else ","), readings
