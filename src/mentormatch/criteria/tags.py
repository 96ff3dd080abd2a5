"""TagOverlap: how much two people have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from mentormatch.criteria.base import Columns, settle
from mentormatch.criteria.fitted import Fitted, taken
from mentormatch.criteria.products import Csr, Product, dot_pairs, row_sums
from mentormatch.criteria.skill_names import checked_aliases, checked_levels, reader
from mentormatch.criteria.tokens import Sets, gather, incidence, read_sets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort
    from mentormatch.criteria.fitted import Floats, Positions
    from mentormatch.criteria.space import Space

__all__ = ["TagOverlap"]

FLOAT32 = np.dtype(np.float32)


@dataclass(frozen=True, repr=False)
class TagOverlap(Columns):
    """How much of what either has both have: weighted Jaccard, Σ min / Σ max [1]_.

    For interests, languages, topics. Without amounts and rarity it is the number of common tags by
    the number of tags that at least one of the two has.

    Parameters
    ----------
    column, mentee, mentor
        One column of both tables, or one of each; several tags in a cell.
    levels
        Amounts: the highest (5 for cells such as ``chess:3``), or their words, lowest first. A tag
        without an amount has amount 1. None: a cell holds names only.
    rarity
        True: a tag weighs the more the fewer people have it, ln((1 + p) / (1 + p_t)) + 1 with p_t
        of p people.
    aliases
        Other ways of writing a tag.
    weight, side, minimum, name
        See `Criterion`.

    References
    ----------
    .. [1] S. Ioffe (2010), Improved consistent sampling, weighted minhash and L1 sketching.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> mentees = pd.DataFrame({"likes": ["Chess; Go", "chess"]}, index=["ada", "bob"])
    >>> mentors = pd.DataFrame({"likes": ["go, chess, tea, ski"]}, index=["linus"])
    >>> tags = mm.criteria.TagOverlap("likes")
    >>> compatibility = mm.Criteria(tags).score(mm.Cohort(mentees, mentors))
    >>> compatibility.dense().tolist()
    [[0.5], [0.25]]
    >>> compatibility.breakdown("ada", "linus")["sentence"][0]
    'have 2 of 4 in common: Chess, Go'
    """

    levels: float | Sequence[str] | None = field(default=None, kw_only=True)
    rarity: bool = field(default=False, kw_only=True)
    aliases: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        settle(
            self,
            levels=checked_levels(self.label, self.levels),
            aliases=checked_aliases(self.label, self.aliases),
        )
        reader(self.label, self.aliases, self.levels, 1.0)

    def fit(self, cohort: Cohort) -> FittedTags:
        """Read both columns; see `Criterion.fit`."""
        read = reader(self.label, self.aliases, self.levels, 1.0)
        mentees, mentors = gather(
            lambda: read_sets(cohort, "mentees", self.mentee_column, read),
            lambda: read_sets(cohort, "mentors", self.mentor_column, read),
        )
        # An amount is a stack of steps: min(a, b) is then the sum of the steps that both have, and
        # Σ min a product.
        steps = sorted({*mentees.terms, *mentors.terms})
        place = {step: k for k, step in enumerate(steps)}
        lowest: dict[str, int] = {}
        heights = np.empty(len(steps))
        for k, (tag, amount) in enumerate(steps):
            first = lowest.setdefault(tag, k)
            heights[k] = amount - (steps[k - 1][1] if first < k else 0.0)
        importance = self._importance(mentees, mentors)
        sizes = heights * [importance[tag] for tag, _ in steps]

        def stack(tag: str, amount: float) -> Iterable[tuple[int, float]]:
            return ((k, 1.0) for k in range(lowest[tag], place[tag, amount] + 1))

        right = incidence(mentors, len(steps), stack)
        left = (incidence(mentees, len(steps), stack) @ sparse.diags_array(sizes)).tocsr()
        return FittedTags(
            criterion=self,
            mentee_codes=mentees.codes,
            mentee_missing=mentees.missing,
            mentor_missing=mentors.missing,
            mentees=mentees,
            mentors=mentors,
            left=left,
            right=right,
            mentee_sums=row_sums(left),
            mentor_sums=row_sums((right @ sparse.diags_array(sizes)).tocsr()),
        )

    def _importance(self, mentees: Sets, mentors: Sets) -> dict[str, float]:
        some, others = mentees.people_with, mentors.people_with
        tags = {*some, *others}
        if not self.rarity:
            return dict.fromkeys(tags, 1.0)
        people = 1 + len(mentees.codes) + len(mentors.codes)
        return {
            tag: math.log(people / (1 + some.get(tag, 0) + others.get(tag, 0))) + 1 for tag in tags
        }


@dataclass(frozen=True, eq=False)
class FittedTags(Fitted):
    """Amounts as stacks of steps: ``left`` (mentees, steps) holds sizes, ``right`` ones."""

    criterion: TagOverlap
    mentees: Sets
    mentors: Sets
    left: Csr
    right: Csr
    mentee_sums: NDArray[np.float64]
    mentor_sums: NDArray[np.float64]

    def present(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """Σ min by Σ max of each pair."""
        common = dot_pairs(self.left, self.right, mentees, mentors)
        either = self.mentee_sums[mentees] + self.mentor_sums[mentors] - common
        return np.divide(common, either, out=np.zeros_like(common), where=either > 0)

    def product(self) -> Product:
        """Σ max of each pair, which is the two sums less Σ min."""
        mine, theirs = self._sums
        return Product(-self.left, self.right, base=(mine, theirs.T))

    @cached_property
    def _sums(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Arrays (mentees, 2) and (2, mentors): their product is the sum of both people's sums."""
        # Nothing in common with anybody, and 1 keeps two of them from dividing 0 by 0.
        mine = np.where(self.mentee_sums == 0, 1.0, self.mentee_sums)
        return (
            np.column_stack([mine, np.ones(len(mine))]),
            np.vstack([np.ones(len(self.mentor_sums)), self.mentor_sums]),
        )

    @cached_property
    def _narrow_sums(self) -> tuple[Floats, Floats]:
        mine, theirs = self._sums
        return mine.astype(FLOAT32), theirs.astype(FLOAT32)

    def _both(
        self, factor: float, where: tuple[Positions, slice], dtype: np.dtype[Any], space: Space
    ) -> Floats:
        """``factor`` times the two sums, which are by Σ min more than Σ max."""
        rows, columns = where
        mine, theirs = self._narrow_sums if dtype == FLOAT32 else self._sums
        values = space.array("values", (len(rows), columns.stop - columns.start), dtype)
        # A product adds up rows and columns twice as fast as a sum.
        return np.matmul(mine[rows] * dtype.type(factor), theirs[:, columns], out=values)

    @property
    def zero_when_missing(self) -> bool:
        """True: without tags there is nothing in common."""
        return True

    @property
    def excess(self) -> float:
        """One: the two sums by Σ max are one more than Σ min by Σ max."""
        return 1.0

    def link(self, raw: Floats, rows: Positions, columns: slice, space: Space) -> None:
        """Turn Σ max into Σ min by Σ max."""
        np.divide(self._both(1.0, (rows, columns), raw.dtype, space), raw, out=raw)
        raw -= 1

    def add(
        self,
        tile: Floats,
        raw: Any,
        where: tuple[Positions, slice],
        limit: float | None,
        share: float,
        space: Space,
    ) -> None:
        """See `Fitted.add`; without a limit nothing but the quotient is needed."""
        if limit is not None:
            super().add(tile, raw, where, limit, share, space)
            tile += tile.dtype.type(share * self.excess)
            return
        values = self._both(share, where, tile.dtype, space)
        values /= raw
        tile += values

    def block_error(self, dtype: np.dtype[Any]) -> float:
        """Of a quotient of sums: each has so many rounded terms, and Σ max ≥ Σ min."""
        terms = int(np.diff(self.left.indptr).max(initial=0)) + int(
            np.diff(self.right.indptr).max(initial=0)
        )
        return (4 * terms + 12) * float(np.finfo(dtype).eps)

    def words(self, mentee: int, mentor: int) -> str:
        """Name the common tags."""
        mine, theirs = self.mentees.of(mentee), self.mentors.of(mentor)
        common = [self.mentees.shown[tag] for tag in sorted(mine) if tag in theirs]
        either = len(mine.keys() | theirs.keys())
        if not common:
            return f"have none of {either} in common"
        return f"have {len(common)} of {either} in common: {', '.join(common)}"

    def take(self, mentees: Positions, mentors: Positions) -> FittedTags:
        """The same values for these people."""
        fitted: FittedTags = taken(
            self,
            mentees,
            mentors,
            mentees=replace(self.mentees, codes=self.mentees.codes[mentees]),
            mentors=replace(self.mentors, codes=self.mentors.codes[mentors]),
            left=self.left[mentees],
            right=self.right[mentors],
            mentee_sums=self.mentee_sums[mentees],
            mentor_sums=self.mentor_sums[mentors],
        )
        return fitted
