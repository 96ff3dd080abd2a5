"""Values that are equal although two tables hold them by different types: dates and numbers."""

from __future__ import annotations

import re
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.criteria.cells.tokens import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.cells.tokens import Read

__all__ = ["equal_reader"]

MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]00:00(?::00(?:\.0+)?)?")
# No zeros in front, which belong to codes such as 007.
NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d+)?")


def equal_reader(cohort: Cohort, columns: Mapping[Side, str]) -> Read:
    """Return what reads a value so that equal dates, and equal numbers, have one name.

    Texts are read as numbers only beside a column of numbers: as texts, 3.1 and 3.10 are two
    versions.
    """
    numbers = any(
        _holds_numbers(cohort.column(side, column))
        for side, column in columns.items()
        if not cohort.require({side: [column]})
    )

    def read(token: str) -> list[tuple[str, float, str]]:
        day = MIDNIGHT.fullmatch(token)
        if day is not None:
            return [(day[1], 1.0, day[1])]
        if numbers and NUMBER.fullmatch(token):
            return [(f"{float(token):.15g}", 1.0, token)]
        return [(normalise(token), 1.0, token)]

    return read


def _holds_numbers(column: pd.Series) -> bool:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf":
        return True
    if column.dtype != object:
        return str(column.dtype).startswith(("Int", "UInt", "Float"))
    kinds = set(map(type, column.tolist())) - {bool}
    # An empty cell is NaN, which is a number by its type.
    return any(issubclass(kind, Real) for kind in kinds - {float}) or any(
        isinstance(cell, float) and cell == cell for cell in column.tolist()
    )
