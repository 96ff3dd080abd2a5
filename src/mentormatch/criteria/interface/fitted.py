"""Fitted criteria, which hold the cells they read, and their hard rules."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self, TypeAlias

import numpy as np
from scipy import sparse

from mentormatch.criteria.interface.products import add_times
from mentormatch.errors import readable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.interface.arrays import Csr, Floats, Positions
    from mentormatch.criteria.interface.buffers import Buffers
    from mentormatch.criteria.interface.products import Product
    from mentormatch.errors import Finding

__all__ = [
    "BY_MENTEE",
    "BY_MENTOR",
    "SMALLEST",
    "DescribedCriterion",
    "Fitted",
    "HardRule",
    "Rule",
    "Speaks",
    "empty_findings",
    "forbid",
    "subset",
]

# Whose score a criterion speaks for.
Speaks: TypeAlias = Literal["both", "mentee", "mentor"]

# A value counts as reaching a minimum when only rounding keeps it below.
ROUNDING = 1e-9
# Metadata of fields that hold one entry for each mentee, or for each mentor.
BY_MENTEE: Final = {"by": "mentees"}
BY_MENTOR: Final = {"by": "mentors"}
SMALLEST = float(np.nextafter(0.0, 1.0))


class DescribedCriterion(Protocol):
    """The attributes of a criterion that its fitted form reads."""

    @property
    def label(self) -> str:
        """Its name in results."""

    @property
    def columns(self) -> dict[Side, tuple[str, ...]]:
        """The columns it reads, by table."""

    @property
    def weight(self) -> float | None:
        """Its weight; None for a hard rule only."""

    @property
    def minimum(self) -> float | None:
        """The value below which a pair is ineligible."""

    @property
    def side(self) -> Speaks:
        """The side whose score it speaks for."""

    @property
    def is_rule_without_weight(self) -> bool:
        """True when it forbids pairs of value 0 unless it has a weight."""


@dataclass(frozen=True, eq=False)
class Fitted(ABC):
    """A criterion with the cells of a cohort; people are positions.

    ``mentee_codes`` (mentees,) run from 0 without holes; mentees of one code are alike to this
    criterion. A person is missing, with all its pairs, where its own cell is empty.
    """

    criterion: DescribedCriterion
    mentee_codes: Positions
    mentee_missing: NDArray[np.bool_] = field(metadata=BY_MENTEE)
    mentor_missing: NDArray[np.bool_] = field(metadata=BY_MENTOR)

    @property
    def shape(self) -> tuple[int, int]:
        """(number of mentees, number of mentors)."""
        return len(self.mentee_missing), len(self.mentor_missing)

    @abstractmethod
    def present(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """Values of pairs whose cells are filled in; anything where they are not.

        The value of a pair depends on its two people only, to the last bit.
        """

    @abstractmethod
    def words(self, mentee: int, mentor: int) -> str:
        """Why the pair has its value, for the person who has to defend the match."""

    def take(self, mentees: Positions, mentors: Positions) -> Self:
        """Return the same values for these people in this order.

        Fields marked `BY_MENTEE` or `BY_MENTOR` are indexed by the positions; others are kept.
        """
        codes = np.unique(self.mentee_codes[mentees], return_inverse=True)[1]
        changes = {
            one.name: subset(getattr(self, one.name), mentees if by == "mentees" else mentors)
            for one in fields(self)
            if (by := one.metadata.get("by")) is not None
        }
        return replace(self, mentee_codes=codes.astype(np.intp), **changes)

    def pairs(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """Values in [0, 1] of the pairs (mentees[k], mentors[k]); NaN = missing."""
        values = self.present(mentees, mentors)
        missing = self.mentee_missing[mentees] | self.mentor_missing[mentors]
        return np.where(missing, np.nan, values)

    def measured(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """What the limits of `rules` refer to; the values, unless a kind has a unit of its own."""
        return self.pairs(mentees, mentors)

    def sentence(self, mentee: int, mentor: int) -> str:
        """Say why the pair has its value, or whose cell is empty."""
        columns = self.criterion.columns
        empty = []
        if self.mentee_missing[mentee]:
            empty.append(f"the mentee's {_quoted(columns['mentees'])}")
        if self.mentor_missing[mentor]:
            empty.append(f"the mentor's {_quoted(columns['mentors'])}")
        if empty:
            return f"missing: {' and '.join(empty)} {'is' if len(empty) == 1 else 'are'} empty"
        said = readable(self.words(mentee, mentor))
        if self.missing_by_pair:
            value = self.pairs(np.array([mentee]), np.array([mentor]))
            return f"missing: {said}" if np.isnan(value[0]) else said
        return said

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The hard rules of the criterion."""
        criterion = self.criterion
        if criterion.minimum is not None:
            return (
                Rule(f"{criterion.label} minimum={criterion.minimum:g}", self, criterion.minimum),
            )
        if criterion.weight is None and criterion.is_rule_without_weight:
            return (Rule(criterion.label, self, SMALLEST),)
        return ()

    @property
    def rule_gaps(self) -> tuple[int, int]:
        """How many mentees and mentors its rules do not apply to, because a cell is empty."""
        return int(self.mentee_missing.sum()), int(self.mentor_missing.sum())

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know about how cells were read."""
        return ()

    @property
    def notes_quote_people(self) -> bool:
        """Whether its notes say whom people named, which is for nobody but the reader of tables."""
        return False

    def doubtful(
        self, mentees: Positions, mentors: Positions, called: Mapping[Side, Any]
    ) -> list[tuple[int, str, str]]:
        """Pairs of whom one may have named the other as not to be met; see `FittedAvoids`.

        Mentees and mentors are by pair; ``called`` has full names (`Sets`) by side, where a table
        has them: a rule may know people by others. Each answer is (place among the pairs, the name
        as it is written, the person's name).
        """
        del mentees, mentors, called
        return []

    @property
    def near_misses(self) -> tuple[tuple[str, str], ...]:
        """Values of both tables that differ in accents, signs, zeros in front or order alone."""
        return ()

    @property
    def names_found(self) -> tuple[int, int] | None:
        """Of a rule about named people: how many names somebody has, and how many there are."""
        return None

    @property
    def named_nobody(self) -> tuple[str, ...]:
        """Answers in words where people should be named."""
        return ()

    @property
    def missing_by_pair(self) -> bool:
        """True when a value can be missing although both people filled in their cells."""
        return False

    def few_zeros(self) -> Csr | None:
        """The pairs of value 0 as a sparse (mentees, mentors) array, if known to be few."""
        return None

    # ------------------------------------------------------------------ how blocks are computed

    def product(self) -> Product | None:
        """A and B such that A·Bᵀ holds the raw values, when there are such."""
        return None

    @property
    def is_linear(self) -> bool:
        """True when the raw values of `product` are the values themselves."""
        return False

    def raw(self, rows: Positions, columns: slice) -> Floats:
        """Raw values of a block, for kinds without a `product`; a new (rows, columns) array."""
        mentors = np.arange(columns.start, columns.stop)
        shape = (len(rows), len(mentors))
        return self.present(np.repeat(rows, shape[1]), np.tile(mentors, shape[0])).reshape(shape)

    def finish(
        self,
        raw: Any,
        where: tuple[Positions, slice],
        limit: float | None,
        dtype: np.dtype,
        buffers: Buffers,
    ) -> tuple[Floats, NDArray[np.bool_] | None]:
        """Turn raw values into values of ``dtype`` and say which pairs are below ``limit``.

        A value that is too close to the limit for its rounding is decided by `measured`. The raw
        values may be overwritten.
        """
        rows, columns = where
        if raw.dtype.kind == "i":
            # Whether a value reaches a limit is decided in float64.
            raw = raw.astype(dtype if limit is None else np.float64)
        self.link(raw, rows, columns, buffers)
        if limit is None:
            return raw.astype(dtype, copy=False), None
        reached = limit * (1 - ROUNDING)
        below = raw < reached
        error = self.block_error(raw.dtype)
        if error:
            unsure = np.abs(raw - raw.dtype.type(reached)) <= error
            if unsure.any():
                near, far = np.nonzero(unsure)
                below[near, far] = self.measured(rows[near], far + columns.start) < reached
        return raw.astype(dtype, copy=False), np.asarray(below)

    @property
    def zero_when_missing(self) -> bool:
        """True when people with an empty cell get the value 0 in blocks, before it is filled in."""
        return False

    def add(
        self,
        tile: Floats,
        raw: Any,
        where: tuple[Positions, slice],
        limit: float | None,
        share: float,
        buffers: Buffers,
    ) -> None:
        """Add ``share`` × values to a tile, and set it to −∞ where they are below ``limit``.

        For kinds that are `zero_when_missing`, whose pairs with an empty cell are not forbidden.
        The raw values may be overwritten.
        """
        rows, columns = where
        values, below = self.finish(raw, where, limit, tile.dtype, buffers)
        if share:
            add_times(tile, values, share)
        if below is not None:
            below[self.mentee_missing[rows]] = False
            below[:, self.mentor_missing[columns]] = False
            forbid(tile, below)

    def link(  # noqa: B027
        self, raw: Floats, rows: Positions, columns: slice, buffers: Buffers
    ) -> None:
        """Turn raw values into values, in place; nothing to do where they are the values."""

    def block_error(self, dtype: np.dtype) -> float:
        """By how much a value in a block of this type may differ from the value of `present`."""
        return 0.0


def forbid(tile: Floats, below: NDArray[np.bool_]) -> None:
    """Set a tile to −∞ where ``below``; a masked copy of scattered pairs is ten times slower."""
    barrier = below.astype(tile.dtype)
    np.subtract(tile.dtype.type(0.5), barrier, out=barrier)
    barrier *= tile.dtype.type(np.inf)
    np.minimum(tile, barrier, out=tile)


def _quoted(columns: tuple[str, ...]) -> str:
    return " or ".join(map(repr, columns))


class HardRule(ABC):
    """A hard rule: which pairs are ineligible, and why."""

    label: str

    @property
    @abstractmethod
    def codes(self) -> Positions:
        """Mentees of one code are forbidden the same mentors."""

    @abstractmethod
    def forbids(self, mentees: Positions, mentors: Positions) -> NDArray[np.bool_]:
        """Whether the rule forbids each of the pairs."""

    @abstractmethod
    def reason(self, mentee: int, mentor: int) -> str:
        """Why the rule forbids this pair."""

    def listed(self) -> Csr | None:
        """The forbidden pairs as a sparse (mentees, mentors) array, when they are few."""
        return None

    @property
    def not_applied(self) -> tuple[int, int]:
        """How many mentees and mentors it cannot be applied to, because a cell is empty."""
        return 0, 0


@dataclass(frozen=True, eq=False)
class Rule(HardRule):
    """Pairs that a criterion measures below a limit are ineligible.

    A pair whose value is missing is not forbidden. The limit is in the unit of ``fitted.measured``.
    """

    label: str
    fitted: Fitted
    limit: float

    @property
    def codes(self) -> Positions:
        """Mentees of one code are forbidden the same mentors."""
        return self.fitted.mentee_codes

    def forbids(self, mentees: Positions, mentors: Positions) -> NDArray[np.bool_]:
        """Whether the rule forbids each of the pairs."""
        return np.asarray(self.fitted.measured(mentees, mentors) < self.limit * (1 - ROUNDING))

    def reason(self, mentee: int, mentor: int) -> str:
        """Why the rule forbids this pair."""
        return f"{self.label}: {self.fitted.words(mentee, mentor)}"

    def listed(self) -> Csr | None:
        """The forbidden pairs, when they are few."""
        return self.fitted.few_zeros() if self.limit == SMALLEST else None

    @property
    def not_applied(self) -> tuple[int, int]:
        """How many mentees and mentors have an empty cell."""
        return self.fitted.rule_gaps


def subset(of_people: Any, positions: Positions) -> Any:
    """Return the rows of an array, or the people of a table or a `Sets`, at these positions."""
    indexed = isinstance(of_people, np.ndarray) or sparse.issparse(of_people)
    return of_people[positions] if indexed else of_people.take(positions)


def empty_findings(cohort: Cohort, fitted: Fitted) -> list[Finding]:
    """One finding for each person whose cell a criterion needs and finds empty."""
    findings = []
    sides: tuple[tuple[Side, NDArray[np.bool_]], ...] = (
        ("mentees", fitted.mentee_missing),
        ("mentors", fitted.mentor_missing),
    )
    for side, missing in sides:
        columns = fitted.criterion.columns[side]
        expected = (
            f"the cell is empty, and {fitted.criterion.label} needs it. "
            'Fill it in, or choose another missing= than "error".'
        )
        for k in np.flatnonzero(missing):
            findings.append(cohort.finding(side, int(k), columns[0], expected, value=None))
    return findings
