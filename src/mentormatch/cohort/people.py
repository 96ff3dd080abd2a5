"""Cohort: the mentees and the mentors of one programme, two tables of people known by id."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

import numpy as np

from mentormatch.cohort.building import build_state
from mentormatch.cohort.cells.nothing import fold_words
from mentormatch.cohort.cells.numbers import read_numbers, to_python
from mentormatch.cohort.cells.values import Values, factorize_cells, split_values
from mentormatch.cohort.identity.alike import is_one_kind
from mentormatch.cohort.identity.references import find_alike_headings, find_references
from mentormatch.cohort.names import (
    SIDES,
    PerSide,
    Side,
    check_side,
    clean_name,
    find_missing_column,
    fold_heading,
    split_by_side,
)
from mentormatch.cohort.overview import format_cohort, format_cohort_as_html
from mentormatch.cohort.person_columns.find import find_person_columns
from mentormatch.cohort.selection import find_people, take_people
from mentormatch.errors import CohortError, Finding
from mentormatch.handed_out import own_copy, own_tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.cohort.cells.separation import Separation
    from mentormatch.cohort.divisions import Divisions
    from mentormatch.cohort.identity.choose import Kind
    from mentormatch.cohort.identity.duplicates import Duplicates
    from mentormatch.cohort.identity.same_person import Oneself
    from mentormatch.cohort.person_columns.find import PersonColumns
    from mentormatch.cohort.readings import Reading
    from mentormatch.cohort.selection import Positions

__all__ = ["Cohort"]

_OF_THE_CELL: object = object()


@own_tables("mentees", "mentors")
@dataclass(frozen=True, eq=False)
class Cohort:
    """Mentees and mentors, each a table with one row per person, indexed by id.

    The tables are copied, and so are those that it gives; a list that stands in a cell is not, so
    none should be changed. Names of columns become text without space around them and line breaks
    inside. What is wrong is reported all at once. `read_cohort` makes a cohort from files.

    Parameters
    ----------
    mentees, mentors
        One row per person. Afterwards the ids are the index and no longer a column; `column` finds
        them by name.
    id
        The name of the id column (or of the index): one text for both tables, a (mentees, mentors)
        pair, or a mapping with the keys "mentees" and "mentors". By default found out: an index
        with a name; else, beside an index of texts, a column ``id``, ``mentee_id`` or
        ``mentor_id``, ``user_id`` or ``person_id``, and without one that index; else such a column
        that does more than number the rows; else people's own e-mail addresses, unless one stands
        beside several names; else names. `readings` says what was found. Afterwards the pair of
        names, None for an index without one. Ids are compared without the space around them, e-mail
        addresses without regard to case (see `clean_id`).
    duplicates
        What to do when a person sent the form twice: "error", or "last" to keep the row that was
        sent last, by the column in which the form writes it down, else the last row; it stays where
        it stands. Rows of one id with different names or addresses are never one person.
    separators
        How cells with several values are split, by column: a text is one separator, a collection
        is several, "" for no splitting. By default found from what stands in the column.
    options
        The answers that a form offers, by column, where they hold a separator themselves. What
        stands in a cell beside them is one answer.
    missing
        Texts that mean "no answer" as a cell or one of its values, never as a name or id; by
        default ``n/a``, ``none``, ``-`` and the like, which ``"the usual"`` means beside others.
    labelled
        Whether the ids tell who somebody is, rather than being bare positions 0, 1, 2, … Found out
        from the tables (a table with people and without ids on either side makes it False).
    id_kinds
        What kind of ids the mentees and the mentors have, where it was found out.
    sources
        What findings call the two tables.
    rows
        Row numbers as the spreadsheet shows them, one array per side. The header is row 1; by
        default the first person is row 2.
    notes
        What was put right rather than refused, such as earlier rows of somebody with two.
    decisions
        What was decided while the tables were read; `readings` has these and those about columns.
    emptied
        What stood in cells that are missing now, by side, column and row number.
    named
        The words of people's names in the files, also of those whom a filter leaves out.

    Raises
    ------
    CohortError
        With every problem of both tables: no columns, no id column, empty ids, duplicate ids,
        separators or options of a column that does not exist.

    Examples
    --------
    >>> import pandas as pd
    >>> mentees = pd.DataFrame({"id": ["ada", "bob"], "wants": ["Lua; C++", "SQL"]})
    >>> mentors = pd.DataFrame({"id": ["linus"], "offers": ["C, git"]})
    >>> cohort = Cohort(mentees, mentors)
    >>> cohort.tags("mentees", "wants")
    [('Lua', 'C++'), ('SQL',)]
    >>> cohort
    Cohort(2 mentees, 1 mentor)
      mentees: 2 people, id 'id', columns 'wants'
      mentors: 1 person, id 'id', columns 'offers'
    """

    mentees: pd.DataFrame
    mentors: pd.DataFrame
    _: KW_ONLY
    id: PerSide = None
    duplicates: Duplicates = "error"
    separators: Mapping[str, str | Collection[str]] | None = None
    options: Mapping[str, Collection[str]] | None = None
    missing: Collection[str] | None = None
    labelled: bool = True
    id_kinds: tuple[Kind | None, Kind | None] = (None, None)
    sources: tuple[str, str] = ("mentees", "mentors")
    rows: tuple[NDArray[np.int64], ...] = ()
    notes: tuple[Finding, ...] = ()
    decisions: tuple[Reading, ...] = ()
    emptied: Mapping[Side, Mapping[str, Mapping[int, str]]] | None = None
    named: frozenset[tuple[str, ...]] = frozenset()

    def __post_init__(self) -> None:
        for name, value in build_state(self).items():
            object.__setattr__(self, name, value)

    def __getstate__(self) -> dict[str, object]:
        # A mapping proxy cannot be copied or sent to another process.
        proxies = {name: dict(getattr(self, name) or {}) for name in ("separators", "options")}
        return {**self.__dict__, **proxies}

    def __setstate__(self, state: dict[str, object]) -> None:
        held = self.__dict__
        held.update(state)
        held |= {name: MappingProxyType(held[name]) for name in ("separators", "options")}

    @property
    def mentee_ids(self) -> pd.Index:
        """The ids of the mentees, in the order of their table."""
        return self._held("mentees").index.view()

    @property
    def mentor_ids(self) -> pd.Index:
        """The ids of the mentors, in the order of their table."""
        return self._held("mentors").index.view()

    @property
    def shares_ids(self) -> bool:
        """Return whether equal ids in the two tables are the same person.

        They are when both tables know people by one id column, by e-mail addresses, or by names;
        numbers that a form gave to its answers are not, unless somebody named them as the id.
        """
        return bool(self.labelled) and is_one_kind(split_by_side(self.id, "id"), self.id_kinds)

    @property
    def oneself(self) -> NDArray[np.intp]:
        """Return the position of each mentee among the mentors, −1 where it is not one of them.

        Two people with one id but different names or e-mail addresses are not the same.
        """
        return cast("Oneself", self.__dict__["_oneself"]).positions

    @property
    def oneself_column(self) -> str:
        """Return what people who are in both tables are recognised by, such as ``id``."""
        return cast("Oneself", self.__dict__["_oneself"]).column

    @property
    def _known_divisions(self) -> Divisions:
        return cast("Divisions", self.__dict__["_divisions"])

    @cached_property
    def _person_columns(self) -> dict[Side, PersonColumns]:
        return {side: find_person_columns(self._held(side), side) for side in SIDES}

    def person_columns(self, side: Side) -> PersonColumns:
        """Return the columns of one side that say who somebody is; ids are none."""
        check_side(side)
        return self._person_columns[side]

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """Return what was taken for what, with evidence, and how to have it otherwise.

        Who is who comes first, then what stands in cells, then how each column is divided.
        """
        tables = (self.mentees, self.mentors)
        return (
            *self.decisions,
            *(find_references(tables, self.sources) if self.labelled else ()),
            *find_alike_headings([table.columns for table in tables], self.sources),
            *self._known_divisions.explain(),
        )

    def table(self, side: Side) -> pd.DataFrame:
        """Get the table of one side, indexed by id.

        Raises
        ------
        CohortError
            ``side`` is neither "mentees" nor "mentors".
        """
        return own_copy(self._held(side))

    def _held(self, side: Side) -> pd.DataFrame:
        """Return the table of one side itself, to be read only."""
        check_side(side)
        return cast("pd.DataFrame", self.__dict__[side])

    def column(self, side: Side, column: str) -> pd.Series:
        """Get one column of one side, indexed by id; the id column by its name as well.

        Raises
        ------
        CohortError
            There is no such column; the finding names the nearest one.
        """
        return own_copy(self._column(side, column))

    def _column(self, side: Side, column: str) -> pd.Series:
        """Return one column itself, to be read only."""
        name, table = self.heading_of(side, column), self._held(side)
        if name is None:
            raise CohortError(self.require({side: [column]}))
        return table[name] if name in table.columns else table.index.to_series()

    def _spelled(self, side: Side, column: str) -> str:
        """Return a column's name as its own table spells it, or as it is given when it has none."""
        name = clean_name(column)
        if self._has(side, name):
            return name
        alike = [one for one in self._headings(side) if fold_heading(one) == fold_heading(name)]
        return alike[0] if len(alike) == 1 and fold_heading(name) else name

    def _has(self, side: Side, name: str) -> bool:
        return name in self._headings(side)

    def _headings(self, side: Side) -> list[str]:
        table = self._held(side)
        return [*table.columns, *([] if table.index.name is None else [table.index.name])]

    def heading_of(self, side: Side, column: str) -> str | None:
        """Find a column's name as its own table spells it; None where there is no such column."""
        name = self._spelled(side, column)
        return name if self._has(side, name) else None

    def require(self, columns: Mapping[Side, Iterable[str]]) -> list[Finding]:
        """Check that columns exist.

        Parameters
        ----------
        columns
            The names that are needed, by side.

        Returns
        -------
        list of Finding
            One per missing column, with the nearest existing name; empty when all is well.
        """
        return [
            find_missing_column(str(name), self._headings(side), self.sources[SIDES.index(side)])
            for side, names in columns.items()
            for name in dict.fromkeys(names)
            if self.heading_of(side, name) is None
        ]

    def tags(self, side: Side, column: str) -> list[tuple[str, ...]]:
        """Split the cells of a column into their values.

        Values lose the space around them; of equal ones the first is kept, and empty ones and words
        for no answer are dropped. Lists, tuples and arrays are taken as they are, sets in the order
        of the alphabet. An empty cell gives no values, a number its digits.

        Returns
        -------
        list of tuples of str, one per person

        Raises
        ------
        CohortError
            There is no such column.
        """
        return self.values(side, column).tuples()

    def values(self, side: Side, column: str) -> Values:
        """Split cells like `tags`, each distinct cell and each distinct value stored once.

        Raises
        ------
        CohortError
            There is no such column.
        """
        cells, split = self._column(side, column), self.separation(side, column).split()
        known = {*self.person_columns(side).all, self._held(side).index.name}
        return split_values(cells, split, () if cells.name in known else fold_words(self.missing))

    def separation(self, side: Side, column: str) -> Separation:
        """Return how the cells of a column are divided into values; raises as `column` does."""
        self._column(side, column)
        return self._known_divisions.of(side, self._spelled(side, column))

    def distinct(self, side: Side, column: str) -> tuple[NDArray[np.intp], list[object]]:
        """Return the distinct cells of a column and which of them each person has.

        Returns
        -------
        codes : intp array, one per person
            Which cell a person has.
        cells
            In the order in which they occur; lists and other containers are each a cell of its own.

        Raises
        ------
        CohortError
            There is no such column.
        """
        return factorize_cells(self._column(side, column))

    def numbers(self, side: Side, column: str) -> NDArray[np.float64]:
        """Read a column as numbers, numbers that were typed as text included.

        Returns
        -------
        array of float64, one per person
            NaN where the cell is empty.

        Raises
        ------
        CohortError
            There is no such column, or cells hold no finite number: one finding each.
        """
        cells = self._column(side, column)
        numbers, wrong = read_numbers(cells)
        if len(wrong):
            expected = "must be a number, or empty."
            raise CohortError([self.finding(side, int(k), column, expected) for k in wrong])
        return numbers

    def finding(
        self,
        side: Side,
        position: int | None,
        column: str | None,
        expected: str,
        nearest: str | None = None,
        value: object = _OF_THE_CELL,
    ) -> Finding:
        """Make a finding about one cell, with file, row and column as in the spreadsheet.

        Parameters
        ----------
        side
            Whose table.
        position
            The person's position in the table, from 0; None for the whole table.
        column
            The column, or None for the whole row.
        expected
            What was expected, and what to do about it.
        nearest
            The nearest name that exists.
        value
            What was seen; by default what the cell holds.
        """
        check_side(side)
        name = None if column is None else self._spelled(side, column)
        if value is _OF_THE_CELL:
            value = None
            if position is not None and name is not None and self._has(side, name):
                value = self._column(side, name).iloc[position]
        k = SIDES.index(side)
        row, source = None if position is None else int(self.rows[k][position]), self.sources[k]
        # Nobody can look up the row of a DataFrame; of a file it is what a person opens.
        person = None
        if position is not None and self.labelled and source == side:
            person = to_python(self._held(side).index[position])
        return Finding(source, row, name, to_python(value), expected, nearest, person)

    def take(self, mentees: Positions, mentors: Positions) -> Cohort:
        """Choose and order people by position; they keep ids, row numbers, sources, separators.

        Parameters
        ----------
        mentees, mentors
            Positions from 0 (or True and False, one per person). Nobody may be taken twice.
        """
        taken = take_people(self, mentees, mentors)
        cohort = object.__new__(Cohort)
        cohort.__setstate__(taken)
        return cohort

    def without(self, *, mentees: Iterable[object] = (), mentors: Iterable[object] = ()) -> Cohort:
        """Leave people out, by id.

        Raises
        ------
        CohortError
            Nobody has such an id; all of them at once, with the nearest one.
        """
        gone = find_people(self, mentees=mentees, mentors=mentors)
        kept = {side: np.delete(np.arange(len(self._held(side))), gone[side]) for side in SIDES}
        return self.take(**kept)

    def only(
        self, *, mentees: Iterable[object] | None = None, mentors: Iterable[object] | None = None
    ) -> Cohort:
        """Keep only these people, by id, in the order of the tables; None: everybody.

        Raises
        ------
        CohortError
            Nobody has such an id; all of them at once, with the nearest one.
        """
        named = find_people(self, mentees=mentees or (), mentors=mentors or ())
        kept = [
            np.arange(len(self._held(side))) if given is None else np.sort(named[side])
            for side, given in zip(SIDES, (mentees, mentors), strict=True)
        ]
        return self.take(*kept)

    def __repr__(self) -> str:
        return format_cohort(self)

    def _repr_html_(self) -> str:
        return format_cohort_as_html(self)
