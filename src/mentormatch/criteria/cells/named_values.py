"""Cells that name people of the other table, in which a word for no answer may be a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.nothing import fold_words
from mentormatch.cohort.cells.values import split_values

if TYPE_CHECKING:
    import pandas as pd

    from mentormatch.cohort import Cohort, Side
    from mentormatch.cohort.cells.values import Values

__all__ = ["cells_of_people", "values_of_people"]

WORD = re.compile(r"\w+")


def values_of_people(cohort: Cohort, side: Side, column: str, *, are_people: bool = True) -> Values:
    """Split cells as `Cohort.values` does; words that are in a name of the other table stay.

    Where the values ``are_people`` not, no word does.
    """
    names = _names_among(cohort, side) if are_people else ()
    cells = cohort.column(side, column)
    if not names or cells.name in {*cohort.person_columns(side).all, cohort.table(side).index.name}:
        return cohort.values(side, column)
    split = cohort.separation(side, column).split()
    nothing = fold_words(cohort.missing) - names
    return split_values(cells_of_people(cohort, side, column), split, nothing)


def cells_of_people(cohort: Cohort, side: Side, column: str) -> pd.Series:
    """The cells of a column; where a word in a name of the other table was no answer, that word."""
    cells, names = cohort.column(side, column), _names_among(cohort, side)
    emptied = (cohort.emptied or {}).get(side, {}).get(str(cells.name), {})
    held = {row: word for row, word in emptied.items() if fold_words(word) <= names}
    if held:
        cells = cells.astype(object)
        for k, row in enumerate(cohort.rows[SIDES.index(side)].tolist()):
            if row in held:
                cells.iloc[k] = held[row]
    return cells


def _names_among(cohort: Cohort, side: Side) -> frozenset[str]:
    """The words for no answer that are in a name of the other table, "nil" of Nil Costa."""
    (other,) = (one for one in SIDES if one != side)
    table = cohort.table(other)
    names = (table.index, *(table[name] for name in cohort.person_columns(other).names))
    texts = (one for cells in names for one in cells.tolist() if isinstance(one, str))
    words = {word for text in texts for word in WORD.findall(text.casefold())}
    return frozenset(one for one in fold_words(cohort.missing) if words.issuperset(one.split()))
