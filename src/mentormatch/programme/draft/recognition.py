"""What a column of a table of people seems to hold, from its name and its cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from mentormatch.criteria.suggest.protected import protected_attribute

if TYPE_CHECKING:
    from mentormatch.cohort import Cohort, Side

__all__ = ["Column", "columns_of", "shared_columns", "words_of"]

WORD = re.compile(r"[^\W_]+")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def words_of(name: str) -> frozenset[str]:
    """The words of a name, in lower case; "canTeach" has two."""
    return frozenset(WORD.findall(CAMEL.sub(" ", name).casefold()))


@dataclass(frozen=True, eq=False)
class Column:
    """One column of one table, and what can be seen of it.

    Parameters
    ----------
    name
        Its name.
    cells
        One per person.
    values
        The values of each cell, split at ``;`` and ``,``.
    """

    name: str
    cells: pd.Series[Any]
    values: list[tuple[str, ...]]

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of its name."""
        return words_of(self.name)

    @property
    def is_complete(self) -> bool:
        """Nobody's cell is empty."""
        return bool(self.cells.notna().all()) and len(self.cells) > 0

    @property
    def is_number(self) -> bool:
        """Holds numbers."""
        return pd.api.types.is_numeric_dtype(self.cells)

    @property
    def is_email(self) -> bool:
        """Holds e-mail addresses, but for a few slips."""
        texts = [str(cell).strip() for cell in self.cells.dropna()]
        found = sum(EMAIL.fullmatch(text) is not None for text in texts)
        return bool(texts) and found >= 0.9 * len(texts)

    @property
    def has_several(self) -> bool:
        """Holds several values in the cells of some people."""
        return any(len(cell) > 1 for cell in self.values)


def columns_of(cohort: Cohort, side: Side) -> list[Column]:
    """The columns of one table, but for the ids, empty ones, and protected attributes."""
    table = cohort.table(side)
    return [
        Column(name, table[name], cohort.tags(side, name))
        for name in map(str, table.columns)
        if protected_attribute(name) is None and table[name].notna().any()
    ]


def shared_columns(cohort: Cohort) -> list[tuple[Column, Column]]:
    """The columns that both tables have, as (of the mentees, of the mentors)."""
    of_mentors = {column.name: column for column in columns_of(cohort, "mentors")}
    return [
        (column, of_mentors[column.name])
        for column in columns_of(cohort, "mentees")
        if column.name in of_mentors
    ]
