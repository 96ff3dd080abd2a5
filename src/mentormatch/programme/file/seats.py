"""Numbers per person that are read from words: { column, default, read, range }."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Required, TypedDict

import pandas as pd

from mentormatch.cohort.cells.counts import example_of, read_count
from mentormatch.cohort.cells.numbers import is_missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mentormatch.cohort import Cohort, Side
    from mentormatch.errors import Finding

__all__ = ["SeatsInWords", "read_numbers_in_words"]


class SeatsInWords(TypedDict, total=False):
    """A number per person that stands in a column, in words."""

    column: Required[str]
    default: float
    read: dict[str, float]
    range: Literal["upper", "lower"]


def read_numbers_in_words(
    cohort: Cohort, side: Side, given: SeatsInWords, key: str
) -> tuple[pd.Series | None, list[Finding]]:
    """Read how many each person takes or wants, from answers in words.

    Parameters
    ----------
    cohort, side
        Whose answers.
    given
        ``column``; ``default`` for blank cells; ``read``, what an answer means; ``range``, which
        end of an answer such as "1-2" counts.
    key
        The key of ``[problem]``, for messages.

    Returns
    -------
    numbers
        By id; None when there are findings.
    findings
        One for each cell that cannot be read, with what to write.
    """
    name = given["column"]
    findings = cohort.require({side: [name]})
    if findings:
        return None, findings
    meaning = {_fold(word): number for word, number in given.get("read", {}).items()}
    cells = cohort.column(side, name)
    numbers: list[float] = []
    for position, cell in enumerate(cells.tolist()):
        number, expected = _read_one(cell, given, meaning, key)
        if number is None:
            findings.append(cohort.finding(side, position, name, expected))
        else:
            numbers.append(number)
    if findings:
        return None, findings
    return pd.Series(numbers, index=cells.index), []


def _fold(text: object) -> str:
    return " ".join(str(text).split()).casefold()


def _say_addition(cell: object, number: object, given: SeatsInWords, key: str) -> str:
    """Say what to add so that an answer is read; a key may stand in a table once only."""
    entry = f'"{cell}" = {number}'
    if given.get("read"):
        return f"{entry} inside the read = {{ … }} of {key}"
    return f"read = {{ {entry} }} to {key}"


def _read_one(
    cell: object, given: SeatsInWords, meaning: Mapping[str, float], key: str
) -> tuple[float | None, str]:
    """Read one answer, or say what to write so that it can be read."""
    if is_missing(cell) or not str(cell).strip():
        default = given.get("default")
        return default, f"the cell is blank. Fill it in, or add default = 1 to {key}."
    if _fold(cell) in meaning:
        return meaning[_fold(cell)], ""
    count = read_count(cell)
    if count is None:
        added = _say_addition(cell, example_of(cell), given, key)
        return None, f"this is no number. Say what it means: add {added}."
    number = count.pick(given.get("range"))
    if number is None and count.high is not None:
        expected = (
            f'this may be {count.low} or {count.high}. Add range = "upper" or range = "lower" to '
            f"{key}, or {_say_addition(cell, count.high, given, key)}."
        )
        return None, expected
    if number is None:
        added = _say_addition(cell, count.low + 1, given, key)
        return None, f"how many are meant? Add {added}."
    return number, ""
