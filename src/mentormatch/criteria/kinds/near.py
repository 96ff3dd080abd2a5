"""Near: how close two numbers are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.criteria.cells.tokens import collect_errors
from mentormatch.criteria.interface.criterion import TwoColumnCriterion
from mentormatch.criteria.interface.fitted import BY_MENTEE, BY_MENTOR, Fitted
from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort
    from mentormatch.criteria.interface.arrays import Floats, Positions

__all__ = ["Near"]


@dataclass(frozen=True, repr=False)
class Near(TwoColumnCriterion):
    """How close two numbers are: max(0, 1 − abs(a − b) / scale).

    Parameters
    ----------
    column, mentee, mentor
        One column of numbers in both tables, or one of each.
    scale
        The distance, in the unit of the column, from which on the value is 0.
    weight, side, minimum, name
        See `Criterion`.

    Raises
    ------
    CriterionError
        A scale that is not above 0.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> cohort = mm.Cohort(pd.DataFrame({"hours": [2, 5]}), pd.DataFrame({"hours": [3, 2.5]}))
    >>> mm.Criteria(mm.criteria.Near("hours", scale=2)).score(cohort).dense().tolist()
    [[0.5, 0.75], [0.0, 0.0]]
    """

    scale: float = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (np.isfinite(self.scale) and self.scale > 0):
            raise CriterionError(
                f"{self.label}: scale must be a distance above 0, got {self.scale!r}. It is where "
                "the value reaches 0."
            )

    def value(self, distance: Floats) -> NDArray[np.float64]:
        """The value of each distance."""
        return np.asarray(np.maximum(1.0 - np.abs(distance) / self.scale, 0.0), dtype=np.float64)

    def fit(self, cohort: Cohort) -> FittedNear:
        """Read both columns; see `Criterion.fit`."""
        mentees, mentors = collect_errors(
            lambda: cohort.numbers("mentees", self.mentee_column),
            lambda: cohort.numbers("mentors", self.mentor_column),
        )
        return FittedNear(
            criterion=self,
            mentee_codes=np.unique(mentees, return_inverse=True)[1].astype(np.intp),
            mentee_missing=np.isnan(mentees),
            mentor_missing=np.isnan(mentors),
            mentees=mentees,
            mentors=mentors,
        )


@dataclass(frozen=True, eq=False)
class FittedNear(Fitted):
    """The numbers of all people; NaN where a cell is empty."""

    criterion: Near
    mentees: NDArray[np.float64] = field(metadata=BY_MENTEE)
    mentors: NDArray[np.float64] = field(metadata=BY_MENTOR)

    def present(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """The value of each pair's distance."""
        return self.criterion.value(self.mentors[mentors] - self.mentees[mentees])

    def raw(self, rows: Positions, columns: slice) -> Floats:
        """The values of a block."""
        return self.criterion.value(self.mentors[None, columns] - self.mentees[rows, None])

    def block_error(self, dtype: np.dtype) -> float:
        """One rounding to the type of the block."""
        return float(np.finfo(dtype).eps)

    def words(self, mentee: int, mentor: int) -> str:
        """Say both numbers and their distance."""
        one, other = float(self.mentees[mentee]), float(self.mentors[mentor])
        scale = self.criterion.scale
        return f"{one:g} and {other:g} are {abs(other - one):g} apart, of {scale:g} at most"
