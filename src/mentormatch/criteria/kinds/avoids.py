"""Avoids: people whom somebody must not be matched with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, get_args

import numpy as np

from mentormatch.criteria.cells.answers import means_nobody
from mentormatch.criteria.cells.meant_people import find_meant
from mentormatch.criteria.cells.tokens import (
    Sets,
    collect_errors,
    incidence,
    read_sets,
)
from mentormatch.criteria.interface.criterion import Criterion, check_word
from mentormatch.criteria.interface.fitted import BY_MENTEE, BY_MENTOR, Fitted
from mentormatch.criteria.interface.products import Product, dot_pairs
from mentormatch.criteria.kinds.named_people import (
    Names,
    Unknown,
    WrittenOtherwise,
    check_named,
    find_doubtful,
    is_sentence,
    list_columns,
    match_names,
    name_notes,
    named_people,
)
from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.interface.arrays import Csr, Floats, Positions
    from mentormatch.criteria.interface.buffers import Buffers

__all__ = ["Avoids", "FittedAvoids"]


@dataclass(frozen=True, repr=False)
class Avoids(Criterion):
    """A column of people whom somebody must not be matched with; a hard rule.

    Parameters
    ----------
    column
        The column with the names, several in a cell.
    by
        Who names them, "mentee" or "mentor".
    of
        The column of the other table by which people are named, such as a name or an e-mail, or
        several that make up a name: ``["first name", "last name"]``; None: by id. In a column
        headed as one of names, be it the id, "Huber, Georg" is "Georg Huber" where one person
        alone has these words, which is a note.
    unknown
        What to do with names that nobody has: "error", or "ignore" for people who are not in the
        programme. How many there are is a note.
    weight
        Always None: it is a rule, and no likeness.
    side, minimum, name
        See `Criterion`.

    Raises
    ------
    CriterionError
        A weight, or a word that has no meaning.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> mentees = pd.DataFrame({"conflicts": ["Lin Ode", None]}, index=["ada", "bob"])
    >>> mentors = pd.DataFrame({"name": ["Lin Ode", "Mia Rho"]}, index=["lin", "mia"])
    >>> avoids = mm.criteria.Avoids("conflicts", of="name")
    >>> compatibility = mm.Criteria(avoids).score(mm.Cohort(mentees, mentors))
    >>> compatibility.why_ineligible("ada", "lin")
    "Avoids('conflicts'): the mentee names 'Lin Ode'"
    >>> compatibility.why_ineligible("bob", "lin") is None
    True
    """

    column: str
    by: Names = field(default="mentee", kw_only=True)
    of: str | Sequence[str] | None = field(default=None, kw_only=True)
    unknown: Unknown = field(default="error", kw_only=True)
    weight: float | None = field(default=None, kw_only=True)

    is_rule_without_weight: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.weight is not None:
            raise CriterionError(
                f"{self.label} is a hard rule and takes no weight; got {self.weight!r}. For wishes "
                "use Prefers."
            )
        check_word(f"{self.label}: by", self.by, get_args(Names))
        check_word(f"{self.label}: unknown", self.unknown, get_args(Unknown))

    @property
    def label(self) -> str:
        """The name, else the kind with its column."""
        return self.name if self.name is not None else f"{self.kind}({self.column!r})"

    @property
    def columns(self) -> dict[Side, tuple[str, ...]]:
        """The column it reads of each table."""
        named = list_columns(self.of)
        if self.by == "mentee":
            return {"mentees": (self.column,), "mentors": named}
        return {"mentees": named, "mentors": (self.column,)}

    def fit(self, cohort: Cohort) -> FittedAvoids:
        """Read who is named by whom; see `Criterion.fit`."""
        names: Side = "mentees" if self.by == "mentee" else "mentors"
        named: Side = "mentors" if self.by == "mentee" else "mentees"
        said, people = collect_errors(
            lambda: read_sets(cohort, names, self.column, are_people=True),
            lambda: named_people(cohort, named, self.of),
        )
        columns = cohort.person_columns(named).names
        called = {*people.names, *(named_people(cohort, named, columns).names if columns else ())}
        nobody = {one for one in said.names - people.names if means_nobody(one, called)}
        if nobody:
            cells = [[name for name in cell if name not in nobody] for cell in said.distinct]
            said = said.with_cells(cells, said.shown)
        said, otherwise = match_names(cohort, named, said, people, self.of, within=True)
        if self.unknown == "error":
            check_named(cohort, names, self.column, self.of, said, people)
        shared = {name: k for k, name in enumerate(sorted(said.names & people.names))}

        def entries(name: str, amount: float) -> tuple[tuple[int, float], ...]:
            return ((shared[name], amount),) if name in shared else ()

        mentees, mentors = (said, people) if self.by == "mentee" else (people, said)
        return FittedAvoids(
            criterion=self,
            mentee_codes=mentees.codes,
            # Who names nobody avoids nobody, which is no gap in the data.
            mentee_missing=np.zeros(len(mentees.codes), dtype=bool),
            mentor_missing=np.zeros(len(mentors.codes), dtype=bool),
            mentees=mentees,
            mentors=mentors,
            left=incidence(mentees, len(shared), entries),
            right=incidence(mentors, len(shared), entries),
            otherwise=otherwise,
        )


@dataclass(frozen=True, eq=False)
class FittedAvoids(Fitted):
    """Names that occur on both sides, by person."""

    criterion: Avoids
    mentees: Sets = field(metadata=BY_MENTEE)
    mentors: Sets = field(metadata=BY_MENTOR)
    left: Csr = field(metadata=BY_MENTEE)
    right: Csr = field(metadata=BY_MENTOR)
    otherwise: WrittenOtherwise

    def present(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """0 where one is named, else 1."""
        return 1.0 - np.minimum(dot_pairs(self.left, self.right, mentees, mentors), 1.0)

    def product(self) -> Product:
        """How many of the names each person is known by."""
        return Product(self.left, self.right)

    def link(self, raw: Floats, rows: Positions, columns: slice, buffers: Buffers) -> None:
        """Turn numbers of names into 0 or 1."""
        np.clip(raw, 0, 1, out=raw)
        np.subtract(1, raw, out=raw)

    def few_zeros(self) -> Csr:
        """The pairs that are avoided; people name few."""
        zeros: Csr = (self.left @ self.right.T).tocsr()
        return zeros

    @property
    def _said_and_people(self) -> tuple[Sets, Sets]:
        """Who is named, and what people are called."""
        if self.criterion.by == "mentor":
            return self.mentors, self.mentees
        return self.mentees, self.mentors

    @property
    def near_misses(self) -> tuple[tuple[str, str], ...]:
        """Names that nobody has, and the one person who may be meant."""
        said, people = self._said_and_people
        near = find_meant(said.names, people.names)
        own = tuple((said.shown[a], people.shown[b]) for a, b in near.items())
        return own + self.otherwise.called

    def doubtful(
        self, mentees: Positions, mentors: Positions, called: Mapping[Side, Sets]
    ) -> list[tuple[int, str, str]]:
        """Pairs in which one may mean the other; see `find_doubtful`."""
        by_mentee = self.criterion.by == "mentee"
        says, heard = (mentees, mentors) if by_mentee else (mentors, mentees)
        names = called.get("mentors" if by_mentee else "mentees")
        return find_doubtful(*self._said_and_people, says, heard, names)

    @property
    def names_found(self) -> tuple[int, int]:
        """How many of the names somebody has, and how many there are."""
        said, people = self._said_and_people
        return len(said.names & people.names), len(said.names)

    @property
    def named_nobody(self) -> tuple[str, ...]:
        """Sentences among the names: somebody who is not in the programme is nothing unusual."""
        said, people = self._said_and_people
        shown = [said.shown[name] for name in sorted(said.names - people.names)]
        return tuple(one for one in shown if is_sentence(one))

    @property
    def notes_quote_people(self) -> bool:
        """Names that people wrote are quoted."""
        return True

    @property
    def notes(self) -> tuple[str, ...]:
        """Names that are taken for others, and those that nobody has."""
        return name_notes(
            *self._said_and_people, self.otherwise, self.criterion.by, self.criterion.of
        )

    def words(self, mentee: int, mentor: int) -> str:
        """Say who names whom."""
        mine, theirs = self.mentees.of(mentee), self.mentors.of(mentor)
        common = [name for name in mine if name in theirs]
        shown = (self.mentors if self.criterion.by == "mentee" else self.mentees).shown
        listed = ", ".join(repr(shown[name]) for name in common)
        return f"the {self.criterion.by} names {listed or 'somebody else, or nobody'}"
