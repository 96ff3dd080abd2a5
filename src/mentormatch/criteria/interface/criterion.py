"""Base classes of criteria: parameters and their checks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, get_args

import numpy as np

from mentormatch.cohort import hint_nearest
from mentormatch.criteria.interface.fitted import Speaks
from mentormatch.criteria.interface.parameters import check_parameters
from mentormatch.errors import CriterionError, is_number

if TYPE_CHECKING:
    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.interface.fitted import Fitted

__all__ = ["Criterion", "Missing", "TwoColumnCriterion", "check_word", "fill_of", "set_fields"]

Missing: TypeAlias = Literal["neutral", "skip", "zero", "error"]


# What every kind has; what is particular to one comes first where a criterion is written down.
COMMON = ("weight", "side", "minimum", "name")


def fill_of(missing: Missing) -> float:
    """What a missing value counts when it is not skipped."""
    return 0.5 if missing == "neutral" else 0.0


def check_word(what: str, word: object, words: tuple[str, ...]) -> None:
    """Refuse a word that is not among those that have a meaning."""
    if word not in words:
        hint = hint_nearest(word, words)
        expected = ", ".join(map(repr, words))
        raise CriterionError(f"{what} must be one of {expected}; got {word!r}.{hint}")


@dataclass(frozen=True, kw_only=True, repr=False)
class Criterion(ABC):
    """Base class of criteria: a weighted term of the score, a hard rule, or both.

    Parameters
    ----------
    weight
        How much it counts, in any unit: only ratios matter. None: it is only a hard rule.
    side
        Whose score it speaks for: "both", "mentee" or "mentor".
    minimum
        Pairs whose value is lower are ineligible. A pair whose value is missing is not touched.
    name
        What it is called in results; by default its kind.

    Raises
    ------
    CriterionError
        A weight that is not above 0, a minimum outside (0, 1], a side that does not exist, a
        criterion that neither weighs nor forbids.
    """

    weight: float | None = 1.0
    side: Speaks = "both"
    minimum: float | None = None
    name: str | None = None

    # A kind whose plain value is already yes or no is a hard rule when it has no weight.
    is_rule_without_weight: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.name is not None and not (isinstance(self.name, str) and self.name.strip()):
            raise CriterionError(f"{self.kind}: name must be a text, got {self.name!r}.")
        check_parameters(self, type(self), self.label)
        if self.weight is not None and not (is_number(self.weight) and self.weight > 0):
            raise CriterionError(
                f"{self.label} needs a weight above 0, got {self.weight!r}. Leave the criterion "
                "out if it must "
                f"not count; for a hard rule use weight=None{self._rule_hint()}."
            )
        check_word(f"{self.label}: side", self.side, get_args(Speaks))
        if self.minimum is not None and not (is_number(self.minimum) and 0 < self.minimum <= 1):
            raise CriterionError(
                f"{self.label}: minimum must be above 0 and at most 1, because values lie between "
                "0 and 1; "
                f"got {self.minimum!r}."
            )
        if self.weight is None and not (self.has_limit or self.is_rule_without_weight):
            raise CriterionError(
                f"{self.label} has neither a weight nor a rule, so it would do nothing. Give it a "
                "weight, "
                f"or make it a hard rule{self._rule_hint()}."
            )

    @property
    def kind(self) -> str:
        """Name of the class: what ``kind`` says in a programme file."""
        return type(self).__name__

    @property
    def label(self) -> str:
        """What the criterion is called in results."""
        return self.name if self.name is not None else self.kind

    @property
    @abstractmethod
    def columns(self) -> dict[Side, tuple[str, ...]]:
        """The columns it reads, by table."""

    @abstractmethod
    def fit(self, cohort: Cohort) -> Fitted:
        """Read the columns of all people once.

        Raises
        ------
        CohortError
            With every cell that cannot be read, and every column that does not exist.
        """

    def to_dict(self) -> dict[str, object]:
        """Return ``kind`` and what is not at its default, as plain Python values."""
        return {"kind": self.kind, **{name: _plain(one) for name, one in self._given.items()}}

    def __repr__(self) -> str:
        given = self._given
        if self.weight is not None:
            # A criterion without a weight reads like a rule, so that of 1 is said as well.
            rest = {name: given.pop(name) for name in COMMON if name in given}
            given |= {"weight": self.weight, **rest}
        shown = (
            f"{name}={value:g}"
            if isinstance(value, float) and value.is_integer()
            else f"{name}={value!r}"
            for name, value in given.items()
        )
        return f"{self.kind}({', '.join(shown)})"

    @property
    def _given(self) -> dict[str, object]:
        """The parameters that are not at their default; those of the kind first."""
        given = {}
        for parameter in sorted(fields(self), key=lambda one: one.name in COMMON):
            value, default = getattr(self, parameter.name), parameter.default
            if parameter.default_factory is not MISSING:
                default = parameter.default_factory()
            if value != default:
                given[parameter.name] = value
        return given

    @property
    def has_limit(self) -> bool:
        """True when it takes out pairs whatever its weight."""
        return self.minimum is not None

    def _rule_hint(self) -> str:
        return "" if self.is_rule_without_weight else " and minimum=…"


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.item() if isinstance(value, np.generic) else value


@dataclass(frozen=True, repr=False)
class TwoColumnCriterion(Criterion):
    """A criterion that compares one column of the mentees with one of the mentors.

    Parameters
    ----------
    column
        The name of the column when both tables have it; otherwise give ``mentee`` and ``mentor``.
    mentee, mentor
        The name of the column in each table.
    """

    column: str | None = None
    mentee: str | None = field(default=None, kw_only=True)
    mentor: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        two = (self.mentee, self.mentor)
        if (self.column is None) == (two == (None, None)) or (None in two and two != (None, None)):
            raise CriterionError(
                f"{self.kind} needs one column for both tables, {self.kind}('team'), or one for "
                "each, "
                f"{self.kind}(mentee='…', mentor='…'); got column={self.column!r}, "
                f"mentee={self.mentee!r}, "
                f"mentor={self.mentor!r}."
            )
        super().__post_init__()

    @property
    def mentee_column(self) -> str:
        """The column of the mentees' table."""
        return str(self.column if self.mentee is None else self.mentee)

    @property
    def mentor_column(self) -> str:
        """The column of the mentors' table."""
        return str(self.column if self.mentor is None else self.mentor)

    @property
    def label(self) -> str:
        """The name, else the kind, with the column when it is one."""
        if self.name is not None:
            return self.name
        if self.mentee_column == self.mentor_column:
            return f"{self.kind}({self.mentee_column!r})"
        return self.kind

    @property
    def columns(self) -> dict[Side, tuple[str, ...]]:
        """The column it reads of each table."""
        return {"mentees": (self.mentee_column,), "mentors": (self.mentor_column,)}


def set_fields(criterion: Criterion, **values: object) -> None:
    """Set fields of a frozen criterion while it is constructed."""
    for name, value in values.items():
        object.__setattr__(criterion, name, value)
