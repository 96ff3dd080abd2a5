"""Cells with several values: comparable names, and who has which."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
from scipy import sparse

from mentormatch.cohort import loose_form
from mentormatch.criteria.cells.named_values import values_of_people
from mentormatch.criteria.cells.nested import check_nested
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.interface.arrays import Csr

__all__ = [
    "Read",
    "Sets",
    "UnreadableError",
    "collect_errors",
    "find_near_misses",
    "incidence",
    "normalise",
    "read_cells",
    "read_sets",
]

# Characters that people and programs use for one and the same; NFKC leaves them apart.
ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "´": "'", "`": "'", "–": "-", "—": "-", "‐": "-", "♯": "#"}
)
# What NFKC would turn into letters: a mark is no part of a name.
MARKS = re.compile("[™®©℠]")

Value = TypeVar("Value")
# Turns one value of a cell into (name, amount, as it is written); several where it joins names.
Read: TypeAlias = "Callable[[str], list[tuple[str, float, str]]]"


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
    return " ".join(text.replace("`", "'").split()).casefold()


def find_near_misses(names: Iterable[str], others: Iterable[str]) -> dict[str, str]:
    """Find names that are among the others but for accents, signs, or the order of words.

    Numbers are where they differ in the zeros in front, which a spreadsheet drops. Names are given
    in the form in which they are compared. The answer maps each such name to the other one.

    Examples
    --------
    >>> find_near_misses(["patel, ravi", "bo"], ["ravi patel", "bo", "c++"])
    {'patel, ravi': 'ravi patel'}
    >>> find_near_misses(["0042", "7"], ["42", "70"])
    {'0042': '42'}
    """
    others = set(others)
    alone = sorted(set(names) - others)
    if not alone:
        return {}
    loose = {_near_form(other): other for other in sorted(others, reverse=True)}
    near = {name: loose.get(_near_form(name)) for name in alone}
    return {name: other for name, other in near.items() if other is not None}


def _near_form(name: str) -> tuple[str, ...]:
    words = loose_form(name)
    return (words[0].lstrip("0"),) if len(words) == 1 and words[0].isdecimal() else words


class UnreadableError(ValueError):
    """A value that cannot be read: what was expected, and the nearest name that exists."""

    def __init__(self, expected: str, nearest: str | None = None) -> None:
        super().__init__(expected)
        self.nearest = nearest


def read_cells(
    cohort: Cohort, side: Side, column: str, read: Callable[[object], Value]
) -> tuple[NDArray[np.intp], list[Value]]:
    """Read the distinct cells of a column.

    ``read`` turns a cell into a value, or raises ValueError or `UnreadableError` with what was
    expected. The answer is an intp array (people,), which value each person has, and the values.
    Raises CohortError where the column does not exist, or for cells that cannot be read: one
    finding per person.
    """
    codes, cells = cohort.distinct(side, column)
    values: list[Value] = []
    wrong: dict[int, ValueError] = {}
    for code, cell in enumerate(cells):
        try:
            values.append(read(cell))
        except ValueError as error:
            wrong[code] = error
    if wrong:
        raise _refused(cohort, side, column, codes, wrong)
    return codes, values


def _refused(
    cohort: Cohort,
    side: Side,
    column: str,
    codes: NDArray[np.intp],
    wrong: Mapping[int, ValueError],
) -> CohortError:
    """One finding for each person whose cell is among the wrong ones."""
    findings = []
    for k in np.flatnonzero(np.isin(codes, list(wrong))).tolist():
        error = wrong[int(codes[k])]
        nearest = getattr(error, "nearest", None)
        findings.append(cohort.finding(side, k, column, str(error), nearest))
    return CohortError(findings)


@dataclass(frozen=True, eq=False)
class Sets:
    """What the people of one column have, each distinct cell once."""

    codes: NDArray[np.intp]  # (people,): which of the distinct cells a person has
    pointers: NDArray[np.intp]  # (distinct cells + 1,): where the entries of each begin in places
    places: NDArray[np.intp]  # which of terms each entry is, in the order of the cell
    terms: tuple[tuple[str, float], ...]  # names with an amount, in order; a cell has a name once
    shown: dict[str, str]  # how a name is written in the tables, by its normalised form

    @property
    def missing(self) -> NDArray[np.bool_]:
        """The people whose cell is empty."""
        return np.asarray((np.diff(self.pointers) == 0)[self.codes])

    @property
    def people_with(self) -> dict[str, int]:
        """How many people have each name."""
        times = np.bincount(self.codes, minlength=len(self.pointers) - 1)
        counted = np.repeat(times, np.diff(self.pointers))
        counts = np.bincount(self.places, weights=counted, minlength=len(self.terms))
        people: dict[str, int] = {}
        for (name, _), count in zip(self.terms, counts.tolist(), strict=True):
            people[name] = people.get(name, 0) + int(count)
        return people

    def take(self, people: NDArray[np.intp]) -> Sets:
        """The same cells for these people in this order."""
        return replace(self, codes=self.codes[people])

    def of(self, person: int) -> dict[str, float]:
        """What one person has: amounts by name."""
        return self._cell(int(self.codes[person]))

    def _cell(self, code: int) -> dict[str, float]:
        entries = self.places[self.pointers[code] : self.pointers[code + 1]]
        return dict(self.terms[k] for k in entries.tolist())

    @property
    def distinct(self) -> list[dict[str, float]]:
        """What each distinct cell holds: amounts by name."""
        return [self._cell(code) for code in range(len(self.pointers) - 1)]

    @property
    def names(self) -> set[str]:
        """Every name that somebody has."""
        return {name for name, _ in self.terms}

    def with_cells(self, cells: Sequence[Sequence[str]], shown: Mapping[str, str]) -> Sets:
        """The same people with other names, each of amount 1, in their distinct cells."""
        terms = sorted({(name, 1.0) for cell in cells for name in cell})
        place = {name: k for k, (name, _) in enumerate(terms)}
        ends = np.cumsum([0, *map(len, cells)])
        places = np.array([place[name] for cell in cells for name in cell], dtype=np.intp)
        pointers, places = _once(ends, places, terms)
        written = {name: shown[name] for name in place}
        return Sets(self.codes, pointers, places, tuple(terms), written)

    def renamed(self, names: Mapping[str, str]) -> Sets:
        """The same cells with some names replaced; a cell has each once, in the first place."""
        if not names:
            return self
        replaced = [(names.get(name, name), amount) for name, amount in self.terms]
        terms = sorted(set(replaced))
        place = {term: k for k, term in enumerate(terms)}
        where = np.array([place[term] for term in replaced], dtype=np.intp)
        pointers, places = _once(self.pointers, where[self.places], terms)
        shown: dict[str, str] = {}
        for name, written in self.shown.items():
            new = names.get(name, name)
            shown[new] = min(written, shown.get(new, written))
        return replace(self, pointers=pointers, places=places, terms=tuple(terms), shown=shown)


def _plain(token: str) -> list[tuple[str, float, str]]:
    return [(normalise(token), 1.0, token)]


def read_sets(
    cohort: Cohort, side: Side, column: str, read: Read = _plain, *, are_people: bool = False
) -> Sets:
    """Read a column of several values, once per distinct cell and value.

    ``read`` turns one value into its names, each with an amount and as it is written; it raises
    ValueError with what was expected. Of a name that stands twice in a cell the larger amount
    counts. ``are_people`` says that the values name people of the other table. Raises CohortError
    where the column does not exist, or for values that cannot be read: one finding per person.
    """
    check_nested(cohort, side, column)
    values = values_of_people(cohort, side, column, are_people=are_people)
    known: list[tuple[str, float]] = []
    ends_of = [0]
    wrong: dict[int, ValueError] = {}
    shown: dict[str, str] = {}
    for k, text in enumerate(values.texts):
        try:
            entries_of = read(text)
        except ValueError as error:
            wrong[k] = error
            entries_of = []
        for name, amount, written in entries_of:
            known.append((name, amount))
            if name:
                # The alphabet decides between two ways of writing a name, not the order of rows.
                shown[name] = min(written, shown.get(name, written))
        ends_of.append(len(known))
    if wrong:
        # Of several that are wrong in a cell the first is said.
        entries = np.flatnonzero(np.isin(values.places, list(wrong)))[::-1]
        cells = np.searchsorted(values.pointers, entries, side="right") - 1
        refused = zip(cells.tolist(), values.places[entries].tolist(), strict=True)
        said = {cell: wrong[k] for cell, k in refused}
        raise _refused(cohort, side, column, values.codes, said)
    terms = sorted({term for term in known if term[0]})
    place = {term: k for k, term in enumerate(terms)}
    # Nothing is left of a value that was but a mark.
    term_of = np.array([place.get(term, -1) for term in known], dtype=np.intp)
    pointers, entries = _expand(values.pointers, values.places, ends_of)
    pointers, places = _once(pointers, term_of[entries], terms)
    return Sets(values.codes, pointers, places, tuple(terms), shown)


def _once(
    pointers: NDArray[np.intp], places: NDArray[np.intp], terms: Sequence[tuple[str, float]]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Keep one entry for each name of a cell: at the first place the largest amount.

    Pointers and places are those of `Sets`; a place of −1 is no entry.
    """
    there = places >= 0
    if not there.all():
        pointers, places = _counted_up(there)[pointers], places[there]
    number: dict[str, int] = {}
    name_of = np.array([number.setdefault(name, len(number)) for name, _ in terms], dtype=np.int32)
    cells = len(pointers) - 1
    by_name = sparse.csr_array(
        (np.arange(len(places)), name_of[places], pointers), shape=(cells, len(number))
    )
    by_name.sort_indices()
    first = _first_of_equals(by_name)
    if first.all():
        return pointers, places
    groups = np.flatnonzero(first)
    positions = np.minimum.reduceat(by_name.data, groups)
    # Terms of one name stand in the order of their amounts.
    largest = np.maximum.reduceat(places[by_name.data], groups)
    return _counted_up(first)[pointers], largest[np.argsort(positions)]


def _expand(
    pointers: NDArray[np.intp], places: NDArray[np.intp], ends_of: Sequence[int]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Replace each entry of the cells by the entries that it stands for.

    Pointers and places are entries by cell; ``ends_of`` has where the entries that each place
    stands for end, with a 0 in front. The answer is (pointers, entries).
    """
    stretches = np.array(ends_of, dtype=np.intp)
    times = np.diff(stretches)[places]
    ends = _counted_up(times)
    entries = np.repeat(stretches[places] - ends[:-1], times) + np.arange(ends[-1])
    return ends[pointers], entries


def _counted_up(counts: NDArray[np.integer | np.bool_]) -> NDArray[np.intp]:
    """Return exclusive prefix sums with the total appended."""
    return np.concatenate([np.zeros(1, dtype=np.intp), np.cumsum(counts, dtype=np.intp)])


def _first_of_equals(array: Csr) -> NDArray[np.bool_]:
    """Which stored numbers are the first of their row and column; columns are in order."""
    first = np.ones(array.nnz, dtype=bool)
    first[1:] = array.indices[1:] != array.indices[:-1]
    starts = array.indptr[:-1]
    first[starts[starts < array.nnz]] = True
    return first


def collect_errors(*fits: Callable[[], object]) -> list[Any]:
    """Call all of them, and raise what is wrong with all of them at once.

    Raises CohortError with the findings of every call, each once.
    """
    results: list[object] = []
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
    width: int,
    entries: Callable[[str, float], Iterable[tuple[int, float]]],
) -> Csr:
    """Sparse (people, width) array: in the row of a person what the terms of its cell stand for.

    ``entries`` turns a term into (column, number) entries; of several numbers for a column in a
    cell the largest counts.
    """
    found: list[int] = []
    given: list[float] = []
    ends_of = [0]
    for term in sets.terms:
        for column, number in entries(*term):
            found.append(column)
            given.append(number)
        ends_of.append(len(found))
    columns, numbers = np.array(found, dtype=np.int32), np.array(given, dtype=np.float64)
    pointers, which = _expand(sets.pointers, sets.places, ends_of)
    distinct = sparse.csr_array(
        (numbers[which], columns[which], pointers.astype(np.int32)),
        shape=(len(pointers) - 1, width),
    )
    # Sums are added up in the order of the columns.
    distinct.sort_indices()
    first = _first_of_equals(distinct)
    if not first.all():
        groups = np.flatnonzero(first)
        largest = np.maximum.reduceat(distinct.data, groups)
        pointers = _counted_up(first)[distinct.indptr]
        distinct = sparse.csr_array(
            (largest, distinct.indices[groups], pointers.astype(np.int32)), shape=distinct.shape
        )
    return distinct[sets.codes]
