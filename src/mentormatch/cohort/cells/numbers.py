"""Numbers, missing values and types of cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mentormatch.cohort.cells.own_cells import read_exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "infer_column",
    "is_missing",
    "read_column",
    "read_numbers",
    "to_python",
]

WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
LARGEST_EXACT = 2**53


def to_python(value: object) -> object:
    """Turn a cell into what a message shows: plain Python objects, None for a missing value."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if is_missing(value) else value


def is_missing(value: Any) -> bool:
    """Tell whether one cell is empty (None, NaN, NaT, NA); lists and other containers are not."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def read_numbers(column: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Read a column as numbers, numbers that were typed as text included.

    The numbers (float64, one per person) are NaN where the cell is empty or not a number. The
    second array has the positions of people whose cell is neither empty nor a finite number.
    """
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf":
        numbers = column.to_numpy(dtype=np.float64, copy=True)
        wrong = np.flatnonzero(np.isinf(numbers))
        numbers[wrong] = np.nan
        return numbers, wrong
    numbers = np.full(len(column), np.nan)
    unreadable = []
    for position, cell in enumerate(column.astype(object).tolist()):
        if is_missing(cell) or (isinstance(cell, str) and not cell.strip()):
            continue
        number = _read_number(cell)
        if number is None:
            unreadable.append(position)
        else:
            numbers[position] = number
    return numbers, np.array(unreadable, dtype=np.intp)


def _read_number(cell: object) -> float | None:
    if isinstance(cell, str):
        cell = float(cell) if NUMBER.fullmatch(cell.strip()) else None
    cell = read_exact(cell)
    # True and False are answers, not amounts.
    if isinstance(cell, bool | np.bool_) or not isinstance(cell, int | float | np.number):
        return None
    number = float(cell)
    return number if np.isfinite(number) else None


def read_column(cells: list[str], decimal: str = ".") -> pd.Series:
    """Convert the texts of a column to numbers if each can be written back, else keep the texts.

    A cell of nothing but space is missing; no word is. A column is numeric when every other cell is
    a plain number and could be written back as it was: whole numbers without leading zeros;
    decimals in their shortest form (after a decimal comma, in any). ``cells`` has one text per
    person. The answer is int64; float64, or text, with NaN for missing cells.
    """
    given = [cell for cell in cells if cell and not cell.isspace()]
    complete = len(given) == len(cells)
    if given and all(map(WHOLE.fullmatch, given)):
        whole = [int(cell) for cell in given]
        if complete:
            return pd.Series(whole, dtype=np.int64)
        if max(map(abs, whole)) <= LARGEST_EXACT:
            return pd.Series(_fill_gaps(cells, whole), dtype=np.float64)
    elif given and (decimals := _read_decimals(given, decimal)) is not None:
        return pd.Series(_fill_gaps(cells, decimals), dtype=np.float64)
    if complete:
        return infer_column(cells)
    return infer_column([cell if cell and not cell.isspace() else np.nan for cell in cells])


def infer_column(cells: Sequence[object]) -> pd.Series:
    """Let pandas infer the type; a column without any value stays of type object."""
    if all(map(is_missing, cells)):
        return pd.Series([np.nan] * len(cells), dtype=object)
    return pd.Series(cells)


def _read_decimals(given: list[str], decimal: str) -> list[float] | None:
    """Read decimals; None when a cell is none, or could not be written back."""
    numbers = []
    for cell in given:
        # A point in a file with decimal commas is no decimal mark.
        text = cell if decimal == "." else cell.replace(".", " ").replace(decimal, ".")
        if not DECIMAL.fullmatch(text) and not WHOLE.fullmatch(text):
            return None
        number = float(text)
        # Who asks for decimal commas has said that these are amounts, not versions such as 3.10.
        if decimal == "." and text not in (repr(number), f"{number:.0f}"):
            return None
        numbers.append(number)
    return numbers


def _fill_gaps(cells: list[str], numbers: Iterable[float]) -> list[float]:
    """Spread numbers over the cells that are not blank, NaN elsewhere."""
    following = iter(numbers)
    return [next(following) if cell and not cell.isspace() else np.nan for cell in cells]
