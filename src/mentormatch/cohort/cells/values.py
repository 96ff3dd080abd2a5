"""Distinct cells of columns, and the values in cells that hold several."""

from __future__ import annotations

import datetime
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort.cells.numbers import is_missing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort.cells.separation import Split

__all__ = ["CONTAINERS", "Values", "factorize_cells", "split_values", "texts_of"]

CONTAINERS = (list, tuple, set, frozenset, np.ndarray)


@dataclass(frozen=True, eq=False, slots=True)
class Values:
    """The values in the cells of a column."""

    codes: NDArray[np.intp]  # (people,): which of the distinct cells a person has
    pointers: NDArray[np.intp]  # (distinct cells + 1,): where the values of each begin in places
    # For each value of each cell which of texts it is; one may stand twice.
    places: NDArray[np.intp]
    texts: Sequence[str]  # distinct values, without the space around them; none is empty

    def tuples(self) -> list[tuple[str, ...]]:
        """Return the values of each person without repetition."""
        texts = [self.texts[place] for place in self.places.tolist()]
        edges = self.pointers.tolist()
        cells = [tuple(dict.fromkeys(texts[start:stop])) for start, stop in pairwise(edges)]
        return [cells[code] for code in self.codes.tolist()]


def factorize_cells(column: pd.Series) -> tuple[NDArray[np.intp], list[object]]:
    """Return the distinct cells of a column and which of them each person has.

    Codes are an intp array (people,). Cells stand in the order in which they occur; lists and other
    containers are each a cell of its own.
    """
    if (
        isinstance(column.dtype, pd.StringDtype)
        or pd.api.types.infer_dtype(column, skipna=True) == "string"
    ):
        codes, texts = pd.factorize(column, use_na_sentinel=False)
        return codes.astype(np.intp, copy=False), texts.astype(object).tolist()
    cells = column.astype(object).tolist()
    # 1, 1.0 and True are equal and written differently.
    keys: list[Hashable] = [
        k if _is_container(cell) else (None if is_missing(cell) else (type(cell), cell))
        for k, cell in enumerate(cells)
    ]
    codes, first = _factorize(keys)
    return codes, [cells[k] for k in first]


def _is_container(cell: object) -> bool:
    return isinstance(cell, CONTAINERS) or not isinstance(cell, Hashable)


def _factorize(keys: Sequence[Hashable]) -> tuple[NDArray[np.intp], list[int]]:
    """Return codes of keys in order of occurrence, and the position of the first of each."""
    order: dict[Hashable, int] = {}
    first: list[int] = []
    codes = np.empty(len(keys), dtype=np.intp)
    for k, key in enumerate(keys):
        code = codes[k] = order.setdefault(key, len(order))
        if code == len(first):
            first.append(k)
    return codes, first


def split_values(column: pd.Series, split: Split, nothing: Collection[str] = ()) -> Values:
    """Split the cells of a column into their values, each distinct cell once.

    Cells are texts; or lists, tuples, sets and arrays of values, which are taken as they are, a set
    in the order of the alphabet; or single values. An empty cell gives no values. ``split`` divides
    a text, see `Separation.split`; values in ``nothing``, as `fold_words` returns them, are
    dropped: "SQL; not sure" names one skill.
    """
    codes, cells = factorize_cells(column)
    if not all(isinstance(cell, str) or is_missing(cell) for cell in cells):
        # Lists of the same values are one cell.
        given = [_split_cell(cell, split) for cell in cells]
        merged, first = _factorize(given)
        codes, cells = merged[codes], [given[k] for k in first]
    flat: list[str] = []
    ends = [0]
    for cell in cells:
        if isinstance(cell, str):
            flat += split(cell)
        elif isinstance(cell, tuple):
            flat += cell
        ends.append(len(flat))
    pointers = np.array(ends, dtype=np.intp)
    pieces = dict.fromkeys(flat)
    stripped = [piece.strip() for piece in pieces]
    texts = (text for text in dict.fromkeys(stripped) if text)
    place = {
        text: k
        for k, text in enumerate(
            text for text in texts if " ".join(text.casefold().split()) not in nothing
        )
    }
    place_of = {piece: place.get(text, -1) for piece, text in zip(pieces, stripped, strict=True)}
    places = np.fromiter(map(place_of.__getitem__, flat), dtype=np.intp, count=len(flat))
    filled = places >= 0
    if not filled.all():
        pointers = np.concatenate([np.zeros(1, dtype=np.intp), np.cumsum(filled)])[pointers]
        places = places[filled]
    return Values(codes, pointers, places, list(place))


def _split_cell(cell: object, split: Split) -> tuple[str, ...]:
    """Return the values of a cell of any type."""
    return _as_texts(split(cell)) if isinstance(cell, str) else texts_of(cell)


def texts_of(cell: object) -> tuple[str, ...]:
    """Return the values of a cell as texts, a set in the order of the alphabet; texts undivided."""
    if isinstance(cell, set | frozenset):
        # The order of a set of texts changes from run to run; the order of people's tags must not.
        return tuple(sorted(_as_texts(cell)))
    return _as_texts(cell if isinstance(cell, CONTAINERS) else [cell])


def _as_texts(values: Iterable[object]) -> tuple[str, ...]:
    texts = (value.strip() if isinstance(value, str) else _as_text(value) for value in values)
    return tuple(text for text in texts if text)


def _as_text(value: object) -> str:
    if is_missing(value):
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime | np.datetime64):
        # A day is written alike, whatever type holds it.
        return str(pd.Timestamp(value)).removesuffix(" 00:00:00")
    return str(value).strip()
