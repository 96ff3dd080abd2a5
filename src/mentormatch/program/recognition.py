"""What a column of a table of people seems to hold, from its name and its cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

import pandas as pd

if TYPE_CHECKING:
    from mentormatch.cohort import Cohort, Side

__all__ = ["Column", "columns_of", "is_protected", "words_of"]

PROTECTED_STEMS = (
    "ethnic", "national", "citizen", "disab", "disorder", "neurodiv", "pregnan", "matern", "patern",
    "pronoun", "lgbt", "birth", "parent", "carer", "caring", "orientation", "indigen", "immigra",
    "migrant", "geschlecht", "behinder",
)  # fmt: skip
WORD = re.compile(r"[^\W_]+")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
DAY_AND_TIME = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b.*\d", re.IGNORECASE)
SAMPLE = 2000


def words_of(name: str) -> frozenset[str]:
    """The words of a name, in lower case; "canTeach" has two."""
    return frozenset(WORD.findall(CAMEL.sub(" ", name).casefold()))


# Attributes that the law of many countries protects. A column whose name has one of these words, or
# a word that begins with one of the stems, is never proposed for anything.
PROTECTED_WORDS = words_of(
    "age aged sex sexual gender race racial religion religious faith belief beliefs caste health "
    "married marital trans union veteran born dob birthday birthdate identity characteristics "
    "minority heritage skin refugee asylum"
)


def is_protected(name: str) -> bool:
    """Whether a column is named like an attribute that is no ground to choose by.

    Examples
    --------
    >>> [is_protected(name) for name in ("age_group", "Which gender are you?", "languages")]
    [True, True, False]
    """
    words = words_of(name)
    return bool(words & PROTECTED_WORDS) or any(
        word.startswith(stem) for word in words for stem in PROTECTED_STEMS
    )


@cache
def _zones() -> set[str]:
    return available_timezones()


@dataclass(frozen=True, eq=False)
class Column:
    """One column of one table, and what can be seen of it.

    Parameters
    ----------
    side, name
        Which column it is.
    cells
        One per person.
    values
        The values of each cell, split at ``;`` and ``,``.
    """

    side: Side
    name: str
    cells: pd.Series[Any]
    values: list[tuple[str, ...]]

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of its name."""
        return words_of(self.name)

    @cached_property
    def texts(self) -> list[str]:
        """The cells that are filled in, as text; of a long table the first ones."""
        return [str(cell).strip() for cell in self.cells.dropna().head(SAMPLE)]

    @cached_property
    def distinct(self) -> frozenset[str]:
        """The different values of all cells, in lower case."""
        return frozenset(value.casefold() for cell in self.values for value in cell)

    def mostly(self, pattern: re.Pattern[str]) -> bool:
        """Whether nine of ten filled cells have a form."""
        found = sum(pattern.search(text) is not None for text in self.texts)
        return bool(self.texts) and found >= 0.9 * len(self.texts)

    @property
    def is_email(self) -> bool:
        """Holds e-mail addresses."""
        return self.mostly(EMAIL)

    @property
    def is_unique(self) -> bool:
        """Nobody has an empty cell, and no two people the same."""
        return bool(self.cells.notna().all()) and self.cells.is_unique and len(self.cells) > 0

    @property
    def is_number(self) -> bool:
        """Holds numbers."""
        return pd.api.types.is_numeric_dtype(self.cells)

    @property
    def is_prose(self) -> bool:
        """Holds sentences rather than values."""
        # A list of skills is long as well, but its parts are short.
        parts = [len(value.split()) for cell in self.values[:SAMPLE] for value in cell]
        return bool(parts) and sum(parts) >= 4 * len(parts) and not self.is_windows

    @property
    def is_windows(self) -> bool:
        """Holds weekly times such as ``Mon 09:00-12:00``."""
        return self.mostly(DAY_AND_TIME)

    @property
    def is_timezone(self) -> bool:
        """Holds names of time zones such as ``Europe/Berlin``."""
        return bool(self.texts) and set(self.texts) <= _zones()

    @property
    def has_several(self) -> bool:
        """Holds several values in one cell, of one in ten people at least."""
        filled = [cell for cell in self.values if cell]
        several = sum(len(cell) > 1 for cell in filled)
        return several > 0 and several >= 0.1 * len(filled) and not self.is_prose

    @property
    def is_category(self) -> bool:
        """Holds one of a few values that several people share."""
        filled = sum(bool(cell) for cell in self.values)
        return not self.is_number and not self.is_email and 1 < len(self.distinct) <= filled / 2

    def share_known_to(self, known: frozenset[str]) -> float:
        """Which share of the values, counted as often as they are given, is among ``known``."""
        given = [value.casefold() for cell in self.values for value in cell]
        return sum(value in known for value in given) / len(given) if given else 0.0


def columns_of(cohort: Cohort, side: Side) -> list[Column]:
    """The columns of one table, but for the ids, those without any value, and protected ones."""
    table = cohort.table(side)
    return [
        Column(side, name, table[name], cohort.tags(side, name))
        for name in map(str, table.columns)
        if not is_protected(name) and table[name].notna().any()
    ]
