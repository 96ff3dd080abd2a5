"""TagOverlap: how much two people have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.criteria.cells.skill_names import checked_aliases, checked_levels, reader
from mentormatch.criteria.cells.tokens import Sets, collect_errors, incidence, read_sets
from mentormatch.criteria.interface.criterion import TwoColumnCriterion, set_fields
from mentormatch.criteria.interface.fitted import BY_MENTEE, BY_MENTOR, Fitted
from mentormatch.criteria.interface.products import Product, add_times, dot_pairs, row_sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort
    from mentormatch.criteria.interface.arrays import Csr, Floats, Numbers, Positions
    from mentormatch.criteria.interface.buffers import Buffers

__all__ = ["FittedTags", "TagOverlap"]

# Of the largest amount, beyond which amounts are scaled.
LARGEST_EXPONENT = 64


@dataclass(frozen=True, repr=False)
class TagOverlap(TwoColumnCriterion):
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
        set_fields(
            self,
            levels=checked_levels(self.label, self.levels),
            aliases=checked_aliases(self.label, self.aliases),
        )
        reader(self.label, self.aliases, self.levels, 1.0)

    def fit(self, cohort: Cohort) -> FittedTags:
        """Read both columns; see `Criterion.fit`."""
        read = reader(self.label, self.aliases, self.levels, 1.0)
        mentees, mentors = collect_errors(
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
        # Only how large they are beside each other matters, and float32 holds no more than that.
        exponent = int(np.frexp(max(sizes, default=1.0))[1])
        if abs(exponent) > LARGEST_EXPONENT:
            sizes = np.ldexp(sizes, -exponent)

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
    mentees: Sets = field(metadata=BY_MENTEE)
    mentors: Sets = field(metadata=BY_MENTOR)
    left: Csr = field(metadata=BY_MENTEE)
    right: Csr = field(metadata=BY_MENTOR)
    mentee_sums: NDArray[np.float64] = field(metadata=BY_MENTEE)
    mentor_sums: NDArray[np.float64] = field(metadata=BY_MENTOR)

    def present(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """Σ min by Σ max of each pair."""
        common = dot_pairs(self.left, self.right, mentees, mentors)
        either = self.mentee_sums[mentees] + self.mentor_sums[mentors] - common
        return np.divide(common, either, out=np.zeros_like(common), where=either > 0)

    def product(self) -> Product:
        """Σ min of each pair: whole numbers if all amounts are, as these are read faster.

        They are wide enough for the sum of both people's sums as well.
        """
        most = sum(float(some.max(initial=1.0)) for some in (self.mentee_sums, self.mentor_sums))
        if (self.left.data % 1 == 0).all():
            for narrow in (np.int8, np.int16):
                if most <= np.iinfo(narrow).max:
                    return Product(self.left.astype(narrow), self.right.astype(narrow))
        return Product(self.left, self.right)

    @cached_property
    def _mine(self) -> NDArray[np.float64]:
        """The mentees' sums; 1 for none keeps a pair without any tag from dividing 0 by 0."""
        return np.where(self.mentee_sums == 0, 1.0, self.mentee_sums)

    @cached_property
    def _whole_sums(self) -> tuple[Numbers, Numbers] | None:
        """Arrays (mentees, 1) and (mentors,) of the type of the product, if all are whole."""
        dtype = self.product().right.dtype
        whole = all((some % 1 == 0).all() for some in (self.mentee_sums, self.mentor_sums))
        if dtype.kind != "i" or not whole:
            return None
        return self._mine[:, None].astype(dtype), self.mentor_sums.astype(dtype)

    @cached_property
    def _sums(self) -> dict[np.dtype, tuple[Floats, Floats]]:
        """Arrays (mentees, 2) and (2, mentors): their product is the sum of both people's sums."""
        mine = self._mine
        left = np.column_stack([mine, np.ones(len(mine))])
        right = np.vstack([np.ones(len(self.mentor_sums)), self.mentor_sums])
        types = (np.dtype(np.float32), np.dtype(np.float64))
        return {dtype: (left.astype(dtype), right.astype(dtype)) for dtype in types}

    @property
    def zero_when_missing(self) -> bool:
        """True: without tags there is nothing in common."""
        return True

    def link(self, raw: Floats, rows: Positions, columns: slice, buffers: Buffers) -> None:
        """Divide Σ min by Σ max, which is the two sums less Σ min."""
        mine, theirs = self._sums[raw.dtype]
        # A product adds up rows and columns twice as fast as a sum.
        either = buffers.array("either", raw.shape, raw.dtype)
        np.matmul(mine[rows], theirs[:, columns], out=either)
        either -= raw
        np.divide(raw, either, out=raw)

    def add(
        self,
        tile: Floats,
        raw: Numbers,
        where: tuple[Positions, slice],
        limit: float | None,
        share: float,
        buffers: Buffers,
    ) -> None:
        """See `Fitted.add`; whole numbers become floats as late as can be."""
        sums = self._whole_sums if raw.dtype.kind == "i" and limit is None else None
        if sums is None:
            super().add(tile, raw, where, limit, share, buffers)
            return
        (mine, theirs), (rows, columns) = sums, where
        either = buffers.array("either", raw.shape, raw.dtype)
        np.subtract(theirs[columns], raw, out=either)
        either += mine[rows]
        values, below = (buffers.array(use, raw.shape, tile.dtype) for use in ("values", "below"))
        np.copyto(values, raw)
        np.copyto(below, either)
        np.divide(values, below, out=values)
        add_times(tile, values, share)

    def block_error(self, dtype: np.dtype) -> float:
        """Rounding of a quotient of two sums, where Σ max ≥ Σ min."""
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
