"""Cells with several values: names made comparable, and who has which."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy import sparse

from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.products import Csr

__all__ = ["Read", "Sets", "gather", "incidence", "normalise", "read_sets"]

SPACE = re.compile(r"\s+")
# Characters that people and programs use for one and the same; NFKC leaves them apart.
ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "´": "'", "`": "'", "–": "-", "—": "-", "‐": "-", "♯": "#"}
)
# What NFKC would turn into letters: a mark is no part of a name.
MARKS = re.compile("[™®©℠]")

Read: TypeAlias = "Callable[[str], tuple[str, float]]"


def normalise(name: str) -> str:
    r"""Bring a name into the form in which names are compared.

    Case, width, accents written in two ways, kinds of quotes and dashes, runs of space and trade
    marks make no difference. Every other sign does, so that C, C++, C# and .NET stay four names.

    Examples
    --------
    >>> [normalise(name) for name in ("  Node.JS ", "C♯", "Visual  Basic®", "LO\u0308VE")]
    ['node.js', 'c#', 'visual basic', 'löve']
    """
    text = name
    if not text.isascii():
        text = unicodedata.normalize("NFKC", MARKS.sub("", text).translate(ALIKE)).translate(ALIKE)
    return SPACE.sub(" ", text.replace("`", "'")).strip().casefold()


@dataclass(frozen=True, eq=False)
class Sets:
    """What the people of one column have, each distinct cell once.

    Parameters
    ----------
    codes
        intp array (people,): which of ``distinct`` a person has.
    distinct
        For each distinct cell, the amount of each name; {} for an empty cell.
    shown
        How a name is written in the tables, by its normalised form.
    """

    codes: NDArray[np.intp]
    distinct: tuple[dict[str, float], ...]
    shown: dict[str, str]

    @property
    def missing(self) -> NDArray[np.bool_]:
        """The people whose cell is empty."""
        return np.array([not amounts for amounts in self.distinct], dtype=bool)[self.codes]

    def of(self, person: int) -> dict[str, float]:
        """What one person has: amounts by name."""
        return self.distinct[int(self.codes[person])]

    @property
    def names(self) -> set[str]:
        """Every name that somebody has."""
        return set().union(*self.distinct)


def _plain(token: str) -> tuple[str, float]:
    return normalise(token), 1.0


def read_sets(cohort: Cohort, side: Side, column: str, read: Read = _plain) -> Sets:
    """Read a column of several values, once per distinct cell.

    Parameters
    ----------
    cohort, side, column
        Which cells.
    read
        Turns one value into (name, amount); raises ValueError with what was expected. Of a name
        that stands twice in a cell the larger amount counts.

    Raises
    ------
    CohortError
        The column does not exist, or values that cannot be read: one finding per person.
    """
    tags = cohort.tags(side, column)
    order: dict[tuple[str, ...], int] = {}
    codes = np.array([order.setdefault(cell, len(order)) for cell in tags], dtype=np.intp)
    known: dict[str, tuple[str, float]] = {}
    wrong: dict[int, str] = {}
    shown: dict[str, str] = {}
    distinct = []
    for code, cell in enumerate(order):
        amounts: dict[str, float] = {}
        for token in cell:
            if token not in known:
                try:
                    known[token] = read(token)
                except ValueError as error:
                    wrong.setdefault(code, str(error))
                    continue
            name, amount = known[token]
            if not name:
                continue
            amounts[name] = max(amount, amounts.get(name, 0.0))
            # The alphabet decides between two ways of writing a name, not the order of the rows.
            shown[name] = min(token, shown.get(name, token))
        distinct.append(amounts)
    if wrong:
        positions = np.flatnonzero(np.isin(codes, list(wrong)))
        raise CohortError(
            [cohort.finding(side, int(k), column, wrong[codes[k]]) for k in positions]
        )
    return Sets(codes, tuple(distinct), shown)


def gather(*fits: Callable[[], Any]) -> list[Any]:
    """Call all of them, and raise what is wrong with all of them at once.

    Raises
    ------
    CohortError
        With the findings of every call, each once.
    """
    results: list[Any] = []
    findings: list[Finding] = []
    for fit in fits:
        try:
            results.append(fit())
        except CohortError as error:
            findings += [finding for finding in error.findings if finding not in findings]
    if findings:
        raise CohortError(findings)
    return results


def incidence(
    sets: Sets,
    columns: Sequence[Any],
    entries: Callable[[dict[str, float]], Iterable[tuple[Any, float]]],
) -> Csr:
    """Sparse (people, columns) array: in the row of a person the entries of its cell.

    Parameters
    ----------
    sets
        The people's cells.
    columns
        Keys of the columns, in their order.
    entries
        Turns a cell into (key, number) entries; keys that are no column are left out.
    """
    where = {key: k for k, key in enumerate(columns)}
    pointers, indices, numbers = [0], [], []
    for amounts in sets.distinct:
        for key, number in entries(amounts):
            place = where.get(key)
            if place is not None:
                indices.append(place)
                numbers.append(number)
        pointers.append(len(indices))
    distinct = sparse.csr_array(
        (
            np.array(numbers, dtype=np.float64),
            np.array(indices, dtype=np.int32),
            np.array(pointers, dtype=np.int32),
        ),
        shape=(len(sets.distinct), len(columns)),
    )
    # Sums are added up in the order of the columns.
    distinct.sort_indices()
    return distinct[sets.codes]
