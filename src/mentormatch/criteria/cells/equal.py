"""Values that are equal although two tables hold them by different types: dates and numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.criteria.cells.tokens import normalise
from mentormatch.errors import is_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.cells.tokens import Read

__all__ = ["equal_reader"]

MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]00:00(?::00(?:\.0+)?)?")
# No zeros in front, which belong to codes such as 007.
NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?")


def equal_reader(cohort: Cohort, columns: Mapping[Side, str]) -> Read:
    """Return what reads a value so that equal dates, and equal numbers, have one name.

    A text is read as a number only where a column holds that very number, and no other text is
    written otherwise for it: 3.1 and 3.10 are two versions.
    """
    cells = [
        cell
        for side, column in columns.items()
        if not cohort.require({side: [column]})
        for cell in cohort.distinct(side, column)[1]
    ]
    numbers = {_write(cell) for cell in cells if is_number(cell)}
    written: dict[str, set[str]] = {}
    for text in (cell.strip() for cell in cells if isinstance(cell, str)):
        if NUMBER.fullmatch(text):
            written.setdefault(_write(float(text)), set()).add(text)
    numbers -= {one for one, texts in written.items() if len(texts) > 1 and "." in one}

    def read(token: str) -> list[tuple[str, float, str]]:
        day = MIDNIGHT.fullmatch(token)
        if day is not None:
            return [(day[1], 1.0, day[1])]
        if numbers and NUMBER.fullmatch(token) and _write(float(token)) in numbers:
            return [(_write(float(token)), 1.0, token)]
        return [(normalise(token), 1.0, token)]

    return read


def _write(number: object) -> str:
    """A number as one text, however it is held: 3.0 is 3."""
    value = float(number)  # type: ignore[arg-type]
    return str(int(value)) if value.is_integer() else repr(value)
