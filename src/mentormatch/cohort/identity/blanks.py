"""Empty the cells that hold nothing but a word for "no answer", and remember what they held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.cohort.cells.nothing import fold_words, nothing_cells, only_text
from mentormatch.cohort.cells.small_words import small_words
from mentormatch.cohort.person_columns.find import find_person_columns
from mentormatch.cohort.readings import Reading, commonest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.cohort.names import Side

__all__ = ["Emptied", "empty_nothing", "explain_emptied"]

# "Nil" may be a number of seats, and somebody.
MAY_SAY_MORE = (
    "; yet where seats are counted, what read says of it holds, and where people are named, it is "
    "the name of whoever is called so"
)
# By column: what stood in which row.
Emptied = dict[str, dict[int, str]]


def empty_nothing(
    table: pd.DataFrame,
    rows: NDArray[np.int64],
    side: Side,
    words: Collection[str],
    convert: Callable[[list[str]], pd.Series] | None = None,
) -> tuple[pd.DataFrame, Emptied]:
    """Make cells missing that hold a word for "no answer"; people's names and ids stay.

    ``words`` are as `fold_words` returns them. ``convert`` makes a column from texts: for tables
    from text files, in which such a word kept a column from being numbers. The answer is a new
    table, and what stood in the cells, by column and row number.
    """
    emptied: Emptied = {}
    columns: dict[str, pd.Series] = {}
    found = {str(name): nothing_cells(column, words) for name, column in table.items()}
    found = {name: where for name, where in found.items() if len(where)}
    # Looked for only where there is such a cell, which few tables have.
    people = find_person_columns(table, side).all if found else frozenset()
    for name, where in found.items():
        if name in people:
            continue
        column = table[name].astype(object)
        held = map(only_text, column.iloc[where].tolist())
        emptied[name] = {row: str(one) for row, one in zip(rows[where].tolist(), held, strict=True)}
        column.iloc[where] = np.nan
        if convert is not None:
            texts = ["" if not isinstance(cell, str) else cell for cell in column]
            column = convert(texts).set_axis(table.index)
        columns[name] = column
    return (table.assign(**columns) if columns else table), emptied


def explain_emptied(
    emptied: Mapping[str, Mapping[int, str]], side: Side, source: str
) -> list[Reading]:
    """Say which cells are read as no answer, one reading per column."""
    return [
        Reading(
            "missing",
            side,
            source,
            name,
            f"no answer in {len(cells):,} {'cell' if len(cells) == 1 else 'cells'}",
            "nothing else stands in the cell than a word or dash that means so"
            + ("" if fold_words(cells.values()).isdisjoint(small_words("none")) else MAY_SAY_MORE),
            commonest(cells.values()),
            'missing = [] reads every text as an answer; missing = ["…"] names the words',
        )
        for name, cells in emptied.items()
    ]
