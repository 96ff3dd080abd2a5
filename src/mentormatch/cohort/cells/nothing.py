"""Words that say that there is no answer, such as "n/a", where they stand alone in a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.cohort.cells.small_words import small_words
from mentormatch.cohort.cells.values import CONTAINERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["NOTHING", "USUAL", "fold_words", "nothing_cells", "only_text"]

NOTHING = small_words("none", "no_answer")
# Stands for them in a list of words.
USUAL = "the usual"


def fold_words(words: str | Iterable[object] | None) -> frozenset[str]:
    """Return the words for "no answer" without case; None, or `USUAL`, for the usual ones."""
    if words is None:
        return frozenset(NOTHING)
    given = [words] if isinstance(words, str) else words
    folded = (" ".join(word.split()).casefold() for word in given if isinstance(word, str))
    found = frozenset(filter(None, folded))
    return found - {USUAL} | frozenset(NOTHING) if USUAL in found else found


def nothing_cells(column: pd.Series, words: Collection[str]) -> NDArray[np.intp]:
    """Find the cells that hold nothing but one of some words.

    Only texts are looked at, and lists of one text; words are as `fold_words` returns them. The
    answer is an intp array of positions.
    """
    if not words or (isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufbmM"):
        return np.empty(0, dtype=np.intp)
    cells = column.tolist()
    if any(issubclass(kind, CONTAINERS) for kind in set(map(type, cells))):
        cells = [only_text(cell) for cell in cells]
    try:
        distinct = set(cells)
    except TypeError:
        distinct = {cell for cell in cells if isinstance(cell, str)}
    longest = max(map(len, words)) + 8
    hits = {
        cell
        for cell in distinct
        if isinstance(cell, str)
        and len(cell) <= longest
        and " ".join(cell.casefold().split()) in words
    }
    if not hits:
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero([isinstance(cell, str) and cell in hits for cell in cells])


def only_text(cell: object) -> object:
    """Return the one text that a list or another container holds; any other cell as it is."""
    if not isinstance(cell, CONTAINERS):
        return cell
    (one, *more) = [*cell][:2] or (None,)
    return one if isinstance(one, str) and not more else cell
