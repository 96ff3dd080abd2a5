"""Long numbers, such as of phones, that a spreadsheet has rounded: 4.91E+11."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.cohort.names import list_rows
from mentormatch.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["ROUNDED_CURE", "find_rounded", "is_rounded"]

# Of fewer than nine digits spreadsheets show all.
ROUNDED = re.compile(r"\s*[1-9](?:[.,]\d+)?[eE]\+(?:0[89]|[1-9]\d)\s*")
ROUNDED_CURE = (
    "a spreadsheet has rounded a long number, such as of a phone, and its digits are lost. Take "
    "the column from where it was first written, and format it as text"
)


def is_rounded(cell: object) -> bool:
    """Tell whether a text is a long number that a spreadsheet has rounded.

    Examples
    --------
    >>> [is_rounded(cell) for cell in ("4.91E+11", "4,9e+11", "4.2E+09", "4e10", "E+11", 4.91e11)]
    [True, True, True, False, False, False]
    """
    return isinstance(cell, str) and ROUNDED.fullmatch(cell) is not None


def find_rounded(
    table: pd.DataFrame, columns: Sequence[str], rows: NDArray[np.int64], source: str
) -> list[Finding]:
    """Say in which rows of the ids and of some columns, by which people are known, they are."""
    notes = []
    known_by = [(str(table.index.name), table.index)]
    for name, cells in [*known_by, *((name, table[name]) for name in columns if name in table)]:
        found = [
            int(row) for row, cell in zip(rows, cells.tolist(), strict=True) if is_rounded(cell)
        ]
        if found:
            expected = f"{ROUNDED_CURE} ({list_rows(found)})."
            notes.append(Finding(source, None, name, None, expected))
    return notes
