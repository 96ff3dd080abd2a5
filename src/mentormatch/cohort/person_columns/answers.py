"""What cells say who somebody is: addresses, names, running numbers; and how they are compared."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.cohort.cells.nothing import NOTHING
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.names import fold_letters

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "EMAIL",
    "MOSTLY",
    "are_names",
    "are_running_numbers",
    "compatible_names",
    "first_texts",
    "fold_person",
    "is_email_column",
]

EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
LOOKED_AT = 500
MOSTLY = 0.8
LONGEST_NAME = 80


def is_email_column(column: pd.Series) -> bool:
    """Return whether the cells of a column are e-mail addresses, but for a few."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufbmM":
        return False
    # Of many columns nearly all have more other texts in their first cells than would be let pass.
    let_pass = int((1 - MOSTLY) * min(len(column), LOOKED_AT)) + 1
    first = column.array[: let_pass + 1].tolist()
    others = (isinstance(cell, str) and "@" not in cell and cell.strip() for cell in first)
    if len(first) > let_pass and all(others):
        return False
    return _are_emails(first_texts(column))


def _are_emails(texts: list[str]) -> bool:
    maybe = [text for text in texts if "@" in text]
    if not texts or len(maybe) < MOSTLY * len(texts):
        return False
    found = sum(EMAIL.fullmatch(text.strip()) is not None for text in maybe)
    return found >= MOSTLY * len(texts)


def first_texts(column: pd.Series) -> list[str]:
    """Return the first cells of a column that are not empty, where nearly all are texts."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufbmM":
        return []
    cells: list[object] = []
    for start in range(0, len(column), LOOKED_AT):
        some = column.array[start : start + LOOKED_AT]
        cells += [
            cell
            for cell in some.tolist()
            if (cell.strip() if isinstance(cell, str) else not is_missing(cell))
        ]
        if len(cells) >= LOOKED_AT:
            break
    cells = cells[:LOOKED_AT]
    texts = [cell for cell in cells if isinstance(cell, str)]
    return texts if len(texts) >= MOSTLY * len(cells) else []


def are_names(texts: list[str]) -> bool:
    """Return whether texts may be names of different people."""
    # "1 ou 2" below "Nombre de places" is a number, and nobody's name begins with one.
    named = sum(len(text) <= LONGEST_NAME and not text.strip()[:1].isdigit() for text in texts)
    # "anonymous" in every row, as Microsoft Forms writes, is nobody's.
    different = len(texts) < 3 or len(set(texts)) > 1
    return bool(texts) and different and named >= MOSTLY * len(texts)


def are_running_numbers(column: pd.Series) -> bool:
    """Return whether a column numbers its rows: whole, none twice, and with few gaps.

    The order of the rows says nothing: who somebody is must not change when a table is sorted.
    """
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu":
        numbers = column.to_numpy(dtype=np.float64, copy=True)
    else:
        cells = [cell for cell in column.tolist() if not is_missing(cell)]
        if len(cells) != len(column) or not all(_is_whole(cell) for cell in cells):
            return False
        numbers = np.array([float(cell) for cell in cells])
    if len(numbers) < 2:
        return bool((numbers == 1).all())
    numbers.sort()
    steps = np.diff(numbers)
    return bool((steps > 0).all() and numbers[-1] - numbers[0] < 2 * len(numbers) + 10)


def _is_whole(cell: object) -> bool:
    if isinstance(cell, str):
        return cell.strip().isdecimal()
    return not isinstance(cell, bool) and isinstance(cell, int | float) and float(cell).is_integer()


def fold_person(value: object) -> str:
    """Return a name or an address without case, accents, punctuation and doubled space."""
    if is_missing(value):
        return ""
    text = str(value).strip().casefold()
    if text in NOTHING:
        return ""
    if text.isascii():
        if "@" not in text and text.replace(" ", "").isalnum():
            return " ".join(text.split())
        return text if EMAIL.fullmatch(text) else " ".join(re.findall(r"\w+", text))
    if EMAIL.fullmatch(text):
        return text
    letters = unicodedata.normalize("NFKD", fold_letters(text))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", plain))


def compatible_names(one: str, other: str) -> bool:
    """Return whether two folded names can be one person's.

    They can when one is missing, or when all words of one stand in the other.
    """
    if not one or not other or one == other:
        return True
    if "@" in one or "@" in other:
        return False
    first, second = set(one.split()), set(other.split())
    return first <= second or second <= first
