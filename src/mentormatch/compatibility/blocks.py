"""Block and Scorer: scores read in blocks of mentees; joining the scores of two sides."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, get_args, runtime_checkable

import numpy as np

from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "BLOCK_BYTES",
    "BREAKDOWN_COLUMNS",
    "Block",
    "Reciprocity",
    "Rows",
    "Scorer",
    "TiledScorer",
    "check_reciprocity",
    "column_slices",
    "join_sides",
    "row_slices",
]

Reciprocity: TypeAlias = Literal["mean", "harmonic", "geometric", "min"]
Rows: TypeAlias = "slice | NDArray[np.intp]"
CACHED_BYTES = 4 * 2**20
# Half of it, as float32, is below what the C library of Linux keeps when it is freed (32 MiB).
BLOCK_BYTES = 62 * 2**20
# What is kept of so many mentors stays in the cache while all mentees of a block are read; wider,
# it is fetched again for each of them.
TILE_COLUMNS = 1024
BREAKDOWN_COLUMNS = ["criterion", "side", "value", "weight", "contribution", "sentence"]


def row_slices(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Cut ``n_rows`` into slices whose float64 block stays within 62 MiB.

    Blocks are near 4 MiB, which stays in the cache, and have 512 rows where that is wider: what a
    product fetches once is then used often enough.
    """
    row = 8 * max(1, n_columns)
    step = max(1, min(max(512, CACHED_BYTES // row), BLOCK_BYTES // row))
    for start in range(0, n_rows, step):
        yield slice(start, min(start + step, n_rows))


def column_slices(n_columns: int) -> tuple[slice, ...]:
    """Cut the mentors into tiles of equal width, at most 1,024 each.

    Scores are computed by these tiles, so reading one of them costs no more than its share.
    """
    if n_columns <= TILE_COLUMNS:
        return (slice(0, n_columns),)
    count = -(-n_columns // TILE_COLUMNS)
    edges = np.linspace(0, n_columns, count + 1).round().astype(int)
    return tuple(slice(int(a), int(b)) for a, b in pairwise(edges))


def check_reciprocity(how: str) -> None:
    """Check the name of a way of joining two sides."""
    if how not in get_args(Reciprocity):
        expected = ", ".join(repr(name) for name in get_args(Reciprocity))
        raise CriterionError(f"reciprocity must be one of {expected}, got {how!r}.")


def join_sides(
    mentee_scores: NDArray[np.floating], mentor_scores: NDArray[np.floating], how: Reciprocity
) -> NDArray[np.floating]:
    """Join what the two sides of a pair get into one score.

    min ≤ harmonic ≤ geometric ≤ mean for scores ≥ 0; a 0 on one side gives 0 except in the mean.
    Scores are arrays of one shape; NaN stays NaN. "mean" takes any numbers; the other three need
    scores ≥ 0, else CriterionError is raised.
    """
    u, v = mentee_scores, mentor_scores
    if u is v:
        return u
    if how == "mean":
        return np.asarray((u + v) * u.dtype.type(0.5))
    if u.size and min(np.fmin.reduce(u, axis=None), np.fmin.reduce(v, axis=None)) < 0:
        raise CriterionError(
            f'reciprocity="{how}" needs scores of 0 or more on both sides, and a negative one was '
            f'found. Use reciprocity="mean", or move the scores to start at 0.'
        )
    if how == "min":
        return np.asarray(np.minimum(u, v))
    if how == "geometric":
        # The root of each factor first: the product of two tiny scores would underflow to 0.
        return np.asarray(np.sqrt(u) * np.sqrt(v))
    low, high = np.minimum(u, v), np.maximum(u, v)
    # 2·low·high/(low+high), written so that nothing overflows or divides 0 by 0.
    ratio = np.divide(low, high, out=np.zeros_like(low), where=high > 0)
    return np.asarray(2 * low / (1 + ratio))


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    """Scores of some mentees with every mentor, or of a list of pairs.

    All arrays have one shape: (mentees of the block, mentors), or (pairs,).

    Parameters
    ----------
    scores
        The joined score; NaN where the pair is ineligible.
    eligible
        True where the pair may be made.
    mentee_scores, mentor_scores
        What each side gets; NaN where the pair is ineligible.
    """

    scores: NDArray[np.floating]
    eligible: NDArray[np.bool_]
    mentee_scores: NDArray[np.floating]
    mentor_scores: NDArray[np.floating]

    def restricted(self, allowed: NDArray[np.bool_]) -> Block:
        """The same block with the pairs outside ``allowed`` made ineligible."""
        if bool(allowed.all()):
            return self
        eligible = self.eligible & allowed
        one_sided = self.mentee_scores is self.mentor_scores
        mentee_scores = np.where(eligible, self.mentee_scores, np.nan)
        return Block(
            scores=mentee_scores
            if self.scores is self.mentee_scores
            else np.where(eligible, self.scores, np.nan),
            eligible=eligible,
            mentee_scores=mentee_scores,
            mentor_scores=mentee_scores
            if one_sided
            else np.where(eligible, self.mentor_scores, np.nan),
        )


class Scorer(Protocol):
    """The source of the scores of a `Compatibility`, addressed by position.

    ``shape`` is (mentees, mentors). ``error`` is the largest absolute difference between a block's
    score and the float64 score of the pair. ``rules`` are the names of the hard rules, in the order
    in which `reasons` and `removed` report them. ``two_sided`` is True when the two sides can
    differ.
    """

    @property
    def shape(self) -> tuple[int, int]:
        """See the attributes of the class."""

    @property
    def error(self) -> float:
        """See the attributes of the class."""

    @property
    def rules(self) -> tuple[str, ...]:
        """See the attributes of the class."""

    @property
    def two_sided(self) -> bool:
        """See the attributes of the class."""

    def block(self, rows: Rows, columns: slice | None = None) -> Block:
        """Scores, eligibility and both sides of the mentees ``rows`` with every mentor.

        ``columns``: only mentors that follow one another, as a slice with a start and a stop; see
        `column_slices` for what is cheap.
        """

    def joined(
        self, rows: Rows, ineligible: float, columns: slice | None = None
    ) -> NDArray[np.floating]:
        """Only the joined scores of `block`, ``ineligible`` where masked, in a new array."""

    def pairs(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> Block:
        """The pairs (mentees[k], mentors[k]) in float64, the same whatever surrounds them."""

    def take(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> Scorer:
        """The same scores for these people in this order."""

    def precise(self) -> Scorer:
        """The same scores, with blocks in float64."""

    def breakdown(self, mentee: int, mentor: int) -> pd.DataFrame:
        """How the score of one pair comes about; see `Compatibility.breakdown`."""

    def reasons(self, mentee: int, mentor: int) -> tuple[str, ...]:
        """Why the pair is ineligible, in words; empty when it is eligible."""

    def removed(self, mentees: NDArray[np.intp]) -> NDArray[np.int64]:
        """How many mentors each rule forbids each mentee: (mentees, rules)."""


@runtime_checkable
class TiledScorer(Protocol):
    """A scorer that prepares mentees once, and then reads one tile of mentors after another."""

    def joined_tiles(
        self, rows: Rows, ineligible: float, tiles: Sequence[slice]
    ) -> Iterator[NDArray[np.floating]]:
        """What `Scorer.joined` gives for each of these tiles, which are of `column_slices`."""
