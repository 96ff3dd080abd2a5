"""Cells as a cohort keeps them: containers copied, exact numbers as plain ones."""

from __future__ import annotations

import copy
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["own_cells", "read_exact"]

MUTABLE = (list, set, dict, np.ndarray)
EXACT = (Decimal, Fraction)


def own_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Copy the containers in the cells of a table, and read exact numbers as numbers.

    Databases give NUMERIC columns as Decimal, which most of NumPy does not reckon with.
    """
    owned: dict[int, pd.Series] = {}
    for k, dtype in enumerate(table.dtypes):
        if not pd.api.types.is_object_dtype(dtype) and not str(dtype).startswith("decimal"):
            continue
        cells = table.iloc[:, k].astype(object).tolist()
        if any(issubclass(kind, (*MUTABLE, *EXACT)) for kind in set(map(type, cells))):
            owned[k] = _own(cells, table.index)
    if not owned:
        return table
    # By position, as several columns may have one name.
    columns = [owned.get(k, table.iloc[:, k]) for k in range(table.shape[1])]
    copied = pd.concat(columns, axis="columns")
    copied.columns = table.columns
    return copied


def _own(cells: Sequence[object], index: pd.Index) -> pd.Series:
    owned = np.empty(len(cells), dtype=object)
    # One by one: NumPy would make a table of lists of one length.
    for k, cell in enumerate(cells):
        owned[k] = _own_cell(cell)
    column = pd.Series(owned, index=index)
    return column.infer_objects() if not any(isinstance(cell, str) for cell in owned) else column


def _own_cell(cell: object) -> object:
    if isinstance(cell, MUTABLE):
        return copy.copy(cell)
    return read_exact(cell)


def read_exact(cell: object) -> object:
    """Return an exact number as an int where it is whole, else as a float; others as they are."""
    if not isinstance(cell, EXACT):
        return cell
    if isinstance(cell, Decimal) and not cell.is_finite():
        return float("nan") if cell.is_nan() else float(cell)
    return int(cell) if cell == int(cell) else float(cell)
