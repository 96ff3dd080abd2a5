"""Custom: a criterion computed by the caller's function."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.cohort import clean_name
from mentormatch.criteria.interface.criterion import Criterion, set_fields
from mentormatch.criteria.interface.fitted import BY_MENTEE, BY_MENTOR, Fitted
from mentormatch.errors import CohortError, CriterionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.interface.arrays import Floats, Positions

__all__ = ["Custom"]

# What a function may lose to the order in which a library adds.
REPRODUCIBLE = 1e-12


@dataclass(frozen=True, repr=False)
class Custom(Criterion):
    """A criterion computed by a function of two tables.

    Parameters
    ----------
    function
        ``function(mentees, mentors)`` gets two DataFrames indexed by id, b and m rows of the
        cohort's tables, and returns a (b, m) array of values in [0, 1], NaN = missing. A value must
        depend on its own two rows only, because pairs are asked for in blocks of any size. It gets
        copies.
    reads
        Columns that must exist in both tables, or a mapping by table ("mentees", "mentors"), so
        that a missing one is told before the function fails.
    weight, side, minimum, name
        See `Criterion`; the name is by default that of the function.

    Examples
    --------
    >>> import numpy as np, pandas as pd, mentormatch as mm
    >>> def near_age(mentees, mentors):
    ...     gap = np.subtract.outer(mentees["age"].to_numpy(), mentors["age"].to_numpy())
    ...     return 1 / (1 + abs(gap))
    >>> cohort = mm.Cohort(pd.DataFrame({"age": [30, 40]}), pd.DataFrame({"age": [31]}))
    >>> mm.Criteria(mm.criteria.Custom(near_age, reads=["age"])).score(cohort).dense().tolist()
    [[0.5], [0.1]]
    """

    function: Callable[[pd.DataFrame, pd.DataFrame], object]
    reads: Collection[str] | Mapping[str, Collection[str]] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise CriterionError(f"Custom needs a function of two tables, got {self.function!r}.")
        if not isinstance(self.reads, Collection):
            raise CriterionError(
                f"{self.label}: reads must be names of columns, such as ['age'], or a mapping by "
                f"table; got {self.reads!r}."
            )
        reads = (
            self.reads
            if isinstance(self.reads, dict)
            else dict.fromkeys(("mentees", "mentors"), self.reads)
        )
        set_fields(
            self,
            reads={
                side: (names,) if isinstance(names, str) else tuple(names)
                for side, names in reads.items()
            },
        )
        super().__post_init__()

    @property
    def label(self) -> str:
        """The name, else that of the function."""
        return self.name if self.name is not None else getattr(self.function, "__name__", self.kind)

    @property
    def columns(self) -> dict[Side, tuple[str, ...]]:
        """The columns it says it reads."""
        reads = self.reads if isinstance(self.reads, dict) else {}
        return {"mentees": reads.get("mentees", ()), "mentors": reads.get("mentors", ())}

    def to_dict(self) -> dict[str, object]:
        """Refuse: a function cannot be written into a file.

        Raises
        ------
        CriterionError
            Always.
        """
        raise CriterionError(
            f"{self.label} is a Custom criterion; its function cannot be written into a programme "
            "file. "
            "Add it in Python, or use a criterion that exists."
        )

    def fit(self, cohort: Cohort) -> FittedCustom:
        """Check the columns; see `Criterion.fit`."""
        findings = cohort.require(
            {side: map(clean_name, names) for side, names in self.columns.items()}
        )
        if findings:
            raise CohortError(findings)
        n, m = len(cohort.mentees), len(cohort.mentors)
        return FittedCustom(
            criterion=self,
            mentee_codes=np.arange(n),
            mentee_missing=np.zeros(n, dtype=bool),
            mentor_missing=np.zeros(m, dtype=bool),
            mentees=cohort.mentees,
            mentors=cohort.mentors,
        )


@dataclass(frozen=True, eq=False)
class FittedCustom(Fitted):
    """The tables that the function is called with."""

    criterion: Custom
    mentees: pd.DataFrame = field(metadata=BY_MENTEE)
    mentors: pd.DataFrame = field(metadata=BY_MENTOR)

    @property
    def missing_by_pair(self) -> bool:
        """True: the function may return NaN for any pair."""
        return True

    def _call(self, mentees: Positions, mentors: Positions | slice) -> NDArray[np.float64]:
        near, far = self.mentees.iloc[mentees].copy(), self.mentors.iloc[mentors].copy()
        label = self.criterion.label
        given = self.criterion.function(near, far)
        try:
            values = np.array(given, dtype=np.float64)
        except (TypeError, ValueError):
            raise CriterionError(
                f"{label} must return an array of numbers, one row per mentee and one column per "
                f"mentor; it returned {given!r:.80}."
            ) from None
        if values.shape != (len(near), len(far)):
            raise CriterionError(
                f"{label} must return one row per mentee and one column per mentor, "
                f"{(len(near), len(far))}; "
                f"it returned the shape {values.shape}."
            )
        wrong = (values < 0) | (values > 1)
        if wrong.any():
            i, j = np.argwhere(wrong)[0]
            raise CriterionError(
                f"{label} must return values from 0 to 1, or NaN for a missing one; for "
                f"{near.index.tolist()[i]!r} and "
                f"{far.index.tolist()[j]!r} it returned {values[i, j]:g}."
            )
        return values

    def present(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """Call the function once per mentee, for the mentors asked for."""
        values = np.empty(len(mentees))
        order = np.argsort(mentees, kind="stable")
        starts = np.flatnonzero(np.diff(mentees[order], prepend=-1))
        for places in np.split(order, starts[1:]) if len(order) else []:
            values[places] = self._call(mentees[places[:1]], mentors[places])[0]
        return values

    def raw(self, rows: Positions, columns: slice) -> Floats:
        """Call the function for a block."""
        return self._call(rows, columns)

    def block_error(self, dtype: np.dtype) -> float:
        """Rounding that the function and the type of the block may add."""
        return REPRODUCIBLE + float(np.finfo(dtype).eps)

    def words(self, mentee: int, mentor: int) -> str:
        """Say the value."""
        value = float(self.present(np.array([mentee]), np.array([mentor]))[0])
        label = self.criterion.label
        return f"{label} gives no value" if np.isnan(value) else f"{label} is {value:.3g}"
