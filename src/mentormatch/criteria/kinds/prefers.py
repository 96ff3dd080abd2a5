"""Prefers: stated preferences for people, or for kinds of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from mentormatch.cohort import hint_nearest
from mentormatch.criteria.cells.tokens import Sets, collect_errors, normalise, read_sets
from mentormatch.criteria.interface.criterion import Criterion, check_word, set_fields
from mentormatch.criteria.interface.fitted import BY_MENTEE, BY_MENTOR, Fitted
from mentormatch.criteria.interface.products import Product, dot_pairs, one_hot
from mentormatch.criteria.kinds.named_people import (
    Names,
    Unknown,
    WrittenOtherwise,
    check_named,
    list_columns,
    match_names,
    name_notes,
    named_people,
)
from mentormatch.errors import CriterionError, is_flag, is_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.interface.arrays import Csr, Floats, Positions
    from mentormatch.criteria.interface.buffers import Buffers

__all__ = ["FittedPrefers", "Prefers"]

Unlisted: TypeAlias = "float | Literal['missing']"


@dataclass(frozen=True, repr=False)
class Prefers(Criterion):
    """Stated preferences for people or kinds of people: a ranked list, ratings, or answers.

    Parameters
    ----------
    column
        Where it is said. Ranked: ``linus; grace``, best first; of L listed, rank r (from 0) is
        worth (L − r) / L. With ``ratings`` or ``answers``: ``linus: 5; grace: 3`` or ``linus: yes;
        grace: maybe``.
    by
        Who says it, "mentee" or "mentor".
    of
        The column of the other table that is spoken of, such as a field or a site, or several that
        make up a name: ``["first name", "last name"]``; None: people, by id. Of a person with
        several values there the best counts. In a column headed as one of names "Huber, Georg" is
        "Georg Huber" where one person alone has these words, which is a note.
    ratings
        Lowest and highest rating, worth 0 and 1.
    answers
        What each answer is worth, such as ``{"yes": 1, "maybe": 0.5, "no": 0}``.
    unlisted
        What somebody is worth about whom nothing is said, from 0 to 1, or "missing". Who says
        nothing at all is missing anyway.
    unknown
        What to do with names that nobody has: "error", or "ignore" for people who are not in the
        programme; ranks stay as they were stated.
    weight, side, minimum, name
        See `Criterion`.

    Raises
    ------
    CriterionError
        Ratings and answers at once, values outside of 0 to 1.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> mentees = pd.DataFrame({"wishes": ["linus; grace", "grace"]}, index=["ada", "bob"])
    >>> mentors = pd.DataFrame({"name": ["Linus", "Grace"]}, index=["linus", "grace"])
    >>> criteria = mm.Criteria(mm.criteria.Prefers("wishes", side="mentee"))
    >>> compatibility = criteria.score(mm.Cohort(mentees, mentors))
    >>> compatibility.dense().tolist()
    [[1.0, 0.5], [0.0, 1.0]]
    >>> compatibility.breakdown("ada", "grace")["sentence"][0]
    "the mentee lists 'grace' as number 2 of 2"
    """

    column: str
    by: Names = field(default="mentee", kw_only=True)
    of: str | Sequence[str] | None = field(default=None, kw_only=True)
    ratings: tuple[float, float] | None = field(default=None, kw_only=True)
    answers: Mapping[str, float] | None = field(default=None, kw_only=True)
    unlisted: Unlisted = field(default=0.0, kw_only=True)
    unknown: Unknown = field(default="error", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_word(f"{self.label}: by", self.by, get_args(Names))
        check_word(f"{self.label}: unknown", self.unknown, get_args(Unknown))
        if self.ratings is not None and self.answers is not None:
            raise CriterionError(f"{self.label}: give ratings= or answers=, not both.")
        if self.ratings is not None:
            low, high = map(float, self.ratings)
            if not low < high:
                raise CriterionError(
                    f"{self.label}: ratings must be (lowest, highest), got {self.ratings!r}."
                )
            set_fields(self, ratings=(low, high))
        if self.answers is not None:
            given = dict(self.answers) if isinstance(self.answers, Mapping | pd.Series) else {}
            given = {word: float(one) if is_flag(one) else one for word, one in given.items()}
            if not given or not all(is_number(one) and 0 <= one <= 1 for one in given.values()):
                raise CriterionError(
                    f"{self.label}: answers must map words to values from 0 to 1, such as "
                    f"{{'yes': 1, 'maybe': 0.5, 'no': 0}}; got {self.answers!r}."
                )
            worth = {normalise(str(answer)): float(value) for answer, value in given.items()}
            set_fields(self, answers=worth)
        if self.unlisted != "missing" and not (
            is_number(self.unlisted) and 0 <= self.unlisted <= 1
        ):
            raise CriterionError(
                f"{self.label}: unlisted must be from 0 to 1, or 'missing'; got {self.unlisted!r}."
            )

    @property
    def columns(self) -> dict[Side, tuple[str, ...]]:
        """The column it reads of each table."""
        of = list_columns(self.of)
        one, other = (self.column,), of
        return (
            {"mentees": one, "mentors": other}
            if self.by == "mentee"
            else {"mentees": other, "mentors": one}
        )

    def fit(self, cohort: Cohort) -> FittedPrefers:
        """Read what is said and of whom; see `Criterion.fit`."""
        says: Side = "mentees" if self.by == "mentee" else "mentors"
        heard: Side = "mentors" if self.by == "mentee" else "mentees"
        said, spoken_of = collect_errors(
            lambda: read_sets(cohort, says, self.column, self._read, are_people=True),
            lambda: named_people(cohort, heard, self.of),
        )
        said, otherwise = match_names(cohort, heard, said, spoken_of, self.of)
        if self.unknown == "error":
            check_named(cohort, says, self.column, self.of, said, spoken_of)
        statements = _statements([self.worth(cell) for cell in said.distinct], spoken_of)
        heard_as = one_hot(spoken_of.codes, statements.shape[1])
        people = said if says == "mentees" else spoken_of
        left, right = statements[said.codes], heard_as
        if says == "mentors":
            left, right = right, left
        nobody = spoken_of.missing
        return FittedPrefers(
            criterion=self,
            mentee_codes=people.codes,
            mentee_missing=said.missing if says == "mentees" else nobody,
            mentor_missing=said.missing if says == "mentors" else nobody,
            mentees=said if says == "mentees" else spoken_of,
            mentors=spoken_of if says == "mentees" else said,
            left=left,
            right=right,
            otherwise=otherwise,
        )

    def _read(self, token: str) -> list[tuple[str, float, str]]:
        """Read one name and what is said of it."""
        is_plain = self.ratings is None and self.answers is None
        written = token if is_plain else token.rpartition(":")[0].strip()
        return [(*self._said(token), written)]

    def _said(self, token: str) -> tuple[str, float]:
        """The name in a value, and what is said of it; a plain list has no more than names."""
        if self.ratings is None and self.answers is None:
            return normalise(token), 1.0
        name, colon, said = token.rpartition(":")
        if self.ratings is not None:
            low, high = self.ratings
            try:
                rating = float(said)
            except ValueError:
                rating = np.nan
            if not colon or not low <= rating <= high:
                raise ValueError(
                    f"{token!r} must end in a rating from {low:g} to {high:g}, such as 'linus: "
                    f"{high:g}'."
                )
            return normalise(name), (rating - low) / (high - low)
        answers = self.answers or {}
        if not colon or normalise(said) not in answers:
            hint = hint_nearest(said, answers)
            raise ValueError(
                f"{token!r} must end in one of the answers {', '.join(answers)}.{hint}"
            )
        return normalise(name), answers[normalise(said)]

    def worth(self, cell: dict[str, float]) -> dict[str, float]:
        """What each name of a cell is worth."""
        if self.ratings is not None or self.answers is not None:
            return cell
        return {name: (len(cell) - rank) / len(cell) for rank, name in enumerate(cell)}


@dataclass(frozen=True, eq=False)
class FittedPrefers(Fitted):
    """Stated values plus one as a sparse array, so that 0 means that nothing is stated."""

    criterion: Prefers
    mentees: Sets = field(metadata=BY_MENTEE)
    mentors: Sets = field(metadata=BY_MENTOR)
    left: Csr = field(metadata=BY_MENTEE)
    right: Csr = field(metadata=BY_MENTOR)
    otherwise: WrittenOtherwise

    @property
    def said(self) -> Sets:
        """What each person who is asked says."""
        return self.mentees if self.criterion.by == "mentee" else self.mentors

    @property
    def spoken_of(self) -> Sets:
        """The names by which each person on the other side is known."""
        return self.mentors if self.criterion.by == "mentee" else self.mentees

    @property
    def notes_quote_people(self) -> bool:
        """Names that people wrote are quoted."""
        return True

    @property
    def notes(self) -> tuple[str, ...]:
        """Names that are taken for others, and those that nobody has."""
        return name_notes(
            self.said, self.spoken_of, self.otherwise, self.criterion.by, self.criterion.of
        )

    @property
    def missing_by_pair(self) -> bool:
        """True when somebody about whom nothing is said is missing."""
        return self.criterion.unlisted == "missing"

    @property
    def _unlisted(self) -> float:
        return (
            float("nan") if self.criterion.unlisted == "missing" else float(self.criterion.unlisted)
        )

    def present(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """The stated value of each pair, or the value of being unlisted."""
        said = dot_pairs(self.left, self.right, mentees, mentors)
        return np.where(said > 0, said - 1.0, self._unlisted)

    def wished(self) -> Csr:
        """The pairs of whom one is wished for: of ratings and answers, the better half of them."""
        said: Csr = (self.left @ self.right.T).tocsr()
        is_plain = self.criterion.ratings is None and self.criterion.answers is None
        return said if is_plain else said >= 1.5

    def product(self) -> Product:
        """The stated values plus one."""
        return Product(self.left, self.right, magnitude=2.0)

    def link(self, raw: Floats, rows: Positions, columns: slice, buffers: Buffers) -> None:
        """Subtract the one that marks a stated value."""
        nothing = raw == 0
        raw -= 1
        raw[nothing] = self._unlisted

    def block_error(self, dtype: np.dtype) -> float:
        """Rounding of one number between 1 and 2."""
        return 2 * float(np.finfo(dtype).eps)

    def words(self, mentee: int, mentor: int) -> str:
        """Say what was said of whom."""
        criterion = self.criterion
        says, heard = (mentee, mentor) if criterion.by == "mentee" else (mentor, mentee)
        cell, names = self.said.of(says), self.spoken_of.of(heard)
        listed = [name for name in cell if name in names]
        if not listed:
            whom = ", ".join(repr(self.spoken_of.shown[name]) for name in names)
            return f"the {criterion.by} says nothing of {whom}"
        worth = criterion.worth(cell)
        best = max(listed, key=lambda name: worth[name])
        shown = repr(self.spoken_of.shown[best])
        if criterion.ratings is not None:
            low, high = criterion.ratings
            return (
                f"the {criterion.by} rates {shown} {low + cell[best] * (high - low):g} of {high:g}"
            )
        if criterion.answers is not None:
            answer = next(word for word, value in criterion.answers.items() if value == cell[best])
            return f"the {criterion.by} says {answer} to {shown}"
        if len(cell) == 1:
            # The order may stand in several columns, of which this is the second.
            return f"the {criterion.by} lists {shown} in {criterion.column!r}"
        rank = list(cell).index(best) + 1
        return f"the {criterion.by} lists {shown} as number {rank} of {len(cell)}"


def _statements(worth: list[dict[str, float]], spoken_of: Sets) -> Csr:
    """Sparse (distinct cells, distinct targets): 1 + the best that is said of a target."""
    having: dict[str, list[int]] = {}
    targets = spoken_of.distinct
    for target, names in enumerate(targets):
        for name in names:
            having.setdefault(name, []).append(target)
    rows, columns, numbers = [], [], []
    for row, cell in enumerate(worth):
        best: dict[int, float] = {}
        for name, value in cell.items():
            for target in having.get(name, ()):
                best[target] = max(value, best.get(target, 0.0))
        rows += [row] * len(best)
        columns += list(best)
        numbers += [1.0 + value for value in best.values()]
    shape = (len(worth), len(targets))
    statements: Csr = sparse.coo_array(
        (numbers, (rows, columns)), shape=shape, dtype=np.float64
    ).tocsr()
    return statements
