"""Same and Different: whether two people share a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mentormatch.criteria.cells.tokens import Sets, collect_errors, incidence, read_sets
from mentormatch.criteria.interface.criterion import TwoColumnCriterion
from mentormatch.criteria.interface.fitted import BY_MENTEE, BY_MENTOR, Fitted
from mentormatch.criteria.interface.products import Product, dot_pairs

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort
    from mentormatch.criteria.interface.arrays import Csr, Floats, Positions
    from mentormatch.criteria.interface.buffers import Buffers

__all__ = ["Different", "Same"]

# A rule that forbids fewer pairs than this per person is a list of pairs, not a block.
FEW_PER_PERSON = 4


@dataclass(frozen=True, repr=False)
class _Shared(TwoColumnCriterion):
    """Two columns whose cells are compared as sets of values, without regard to case."""

    weight: float | None = field(default=None, kw_only=True)

    is_rule_without_weight: ClassVar[bool] = True
    counts_shared: ClassVar[bool] = True

    @property
    def label(self) -> str:
        """The name, else the kind with its columns."""
        if self.name is not None:
            return self.name
        columns = dict.fromkeys((self.mentee_column, self.mentor_column))
        return f"{self.kind}({', '.join(map(repr, columns))})"

    def fit(self, cohort: Cohort) -> FittedShared:
        """Read both columns; see `Criterion.fit`."""
        mentees, mentors = collect_errors(
            lambda: read_sets(cohort, "mentees", self.mentee_column),
            lambda: read_sets(cohort, "mentors", self.mentor_column),
        )
        shared = sorted(mentees.names & mentors.names)
        column = {name: k for k, name in enumerate(shared)}

        def entries(name: str, amount: float) -> tuple[tuple[int, float], ...]:
            return ((column[name], amount),) if name in column else ()

        return FittedShared(
            criterion=self,
            mentee_codes=mentees.codes,
            mentee_missing=mentees.missing,
            mentor_missing=mentors.missing,
            mentees=mentees,
            mentors=mentors,
            left=incidence(mentees, len(shared), entries),
            right=incidence(mentors, len(shared), entries),
        )


@dataclass(frozen=True, repr=False)
class Same(_Shared):
    """Both people have a value in common.

    A cell with several values shares when one of them is among the other's, so a mentee's only
    value may be one of many of a mentor. Case and space make no difference. Without a weight it is
    a hard rule.

    Parameters
    ----------
    column
        The name of the column when both tables have it; otherwise give ``mentee`` and ``mentor``.
    mentee, mentor
        The name of the column in each table.
    weight, side, minimum, name
        See `Criterion`; without a weight pairs of value 0 are ineligible.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> mentees = pd.DataFrame({"team": ["Platform", "Data"]}, index=["ada", "bob"])
    >>> mentors = pd.DataFrame({"team": ["platform", None]}, index=["linus", "grace"])
    >>> same = mm.criteria.Same("team", weight=1)
    >>> compatibility = mm.Criteria(same).score(mm.Cohort(mentees, mentors))
    >>> compatibility.dense().tolist()   # grace's cell is empty, which counts as 0.5
    [[1.0, 0.5], [0.0, 0.5]]
    """


@dataclass(frozen=True, repr=False)
class Different(_Shared):
    """The two people have no value in common.

    Without a weight it is a hard rule: ``Different("team")``, or ``Different(mentee="manager",
    mentor="id")`` for "not one's own manager".

    Parameters
    ----------
    column, mentee, mentor
        As in `Same`.
    weight, side, minimum, name
        See `Criterion`; without a weight pairs of value 0 are ineligible.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> mentees = pd.DataFrame({"team": ["Platform", "Data"]}, index=["ada", "bob"])
    >>> mentors = pd.DataFrame({"team": ["platform", None]}, index=["linus", "grace"])
    >>> different = mm.criteria.Different("team")
    >>> compatibility = mm.Criteria(different).score(mm.Cohort(mentees, mentors))
    >>> compatibility.why_ineligible("ada", "linus")
    "Different('team'): both have 'Platform'"
    """

    counts_shared: ClassVar[bool] = False


@dataclass(frozen=True, eq=False)
class FittedShared(Fitted):
    """Who has which of the values that occur on both sides."""

    criterion: _Shared
    mentees: Sets = field(metadata=BY_MENTEE)
    mentors: Sets = field(metadata=BY_MENTOR)
    left: Csr = field(metadata=BY_MENTEE)
    right: Csr = field(metadata=BY_MENTOR)

    def present(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """1 or 0; see `Fitted.present`."""
        shared = np.minimum(dot_pairs(self.left, self.right, mentees, mentors), 1.0)
        return shared if self.criterion.counts_shared else 1.0 - shared

    def words(self, mentee: int, mentor: int) -> str:
        """Name what is shared, or what both have instead."""
        mine, theirs = self.mentees.of(mentee), self.mentors.of(mentor)
        common = [name for name in mine if name in theirs]
        if common:
            return f"both have {_listed(self.mentees, common)}"
        return f"{_listed(self.mentees, mine)} and {_listed(self.mentors, theirs)} differ"

    @property
    def is_linear(self) -> bool:
        """True when nobody can share more than one value."""
        most = [int(np.diff(array.indptr).max(initial=0)) for array in (self.left, self.right)]
        return min(most) <= 1

    def product(self) -> Product:
        """How many values two people share."""
        if self.is_linear and not self.criterion.counts_shared:
            return Product(-self.left, self.right, offset=1.0)
        return Product(self.left, self.right)

    def link(self, raw: Floats, rows: Positions, columns: slice, buffers: Buffers) -> None:
        """Turn numbers of shared values into 1 or 0."""
        if self.is_linear:
            if not self.criterion.counts_shared:
                raw += 1  # the offset of the product
            return
        np.clip(raw, 0, 1, out=raw)
        if not self.criterion.counts_shared:
            np.subtract(1, raw, out=raw)

    def few_zeros(self) -> Csr | None:
        """The pairs of value 0, when they are few enough for a list."""
        if self.criterion.counts_shared:
            return None
        many = np.bincount(self.left.indices, minlength=self.left.shape[1]) @ np.bincount(
            self.right.indices, minlength=self.right.shape[1]
        )
        if many > FEW_PER_PERSON * sum(self.shape):
            return None
        zeros: Csr = (self.left @ self.right.T).tocsr()
        return zeros


def _listed(sets: Sets, names: Any) -> str:
    return ", ".join(repr(sets.shown[name]) for name in names)
