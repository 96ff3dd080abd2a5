"""The assignment problem as engines see it: arrays and a reader of blocks, no people."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import numpy as np

from mentormatch.progress import report_progress
from mentormatch.solvers.arrays import row_slices
from mentormatch.solvers.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from mentormatch.progress import Progress
    from mentormatch.shortlists import ShortLists, TileReader

__all__ = ["Answer", "BlockReader", "Limits", "Need", "Transport"]

Need: TypeAlias = Literal[
    "several mentors", "minimums", "priorities", "pinned mentees who want more"
]

PairReader: TypeAlias = "Callable[[NDArray[Any], NDArray[Any]], NDArray[np.float64]]"


class BlockReader(Protocol):
    """See `Transport`."""

    def __call__(
        self, rows: slice | NDArray[np.intp], columns: slice | None = None
    ) -> NDArray[np.floating]:
        """Scores of some mentees with the mentors."""


@dataclass(frozen=True, slots=True)
class _ReadEach:
    """Asks ``read`` for one tile after the other."""

    read: BlockReader

    def __call__(
        self, rows: slice | NDArray[np.intp], tiles: Sequence[slice]
    ) -> Iterator[NDArray[np.floating]]:
        """See `Transport.read_tiles`."""
        return (self.read(rows, tile) for tile in tiles)


@dataclass(frozen=True, eq=False)
class Transport:
    """Mentees with demands, mentors with capacities and minimums, and a score for each pair.

    Lexicographic objective: minimums hold; with ``coverage_first`` as many mentees of each class (0
    first) as possible get at least one mentor, then as many pairs as possible are made; then the
    total score is largest. ``read(rows)`` gives a new (rows, mentors) float array of scores, −inf
    where a pair must not be made; ``read(rows, columns)`` only a slice of the mentors.
    ``exact(mentees, mentors)`` gives the float64 scores of single pairs. ``read_tiles(rows,
    tiles)`` gives what ``read`` gives for some of the tiles, one after the other; None where there
    is no quicker way than to ask ``read`` for each.
    """

    read: BlockReader
    capacity: NDArray[np.int64]  # (mentors,)
    minimum: NDArray[np.int64]  # (mentors,)
    demand: NDArray[np.int64]  # (mentees,): the most distinct mentors
    covered: NDArray[np.bool_]  # (mentees,): has a mentor outside of this problem
    classes: NDArray[np.intp]  # (mentees,): priority class, 0 is served first
    exact: PairReader
    # The mentors in slices that follow one another; one of them is read for its share of a row.
    tiles: tuple[slice, ...]
    error: float = 0.0  # largest absolute difference between a score of ``read`` and of ``exact``
    coverage_first: bool = True  # otherwise only the total counts
    read_tiles: TileReader | None = None
    # short lists that read by themselves, which a proof looks at too
    lists: ShortLists | None = None

    @property
    def by_tile(self) -> TileReader:
        """What reads one tile after the other; it can be sent away if ``read`` can."""
        return self.read_tiles or _ReadEach(self.read)

    @property
    def shape(self) -> tuple[int, int]:
        """(number of mentees, number of mentors)."""
        return len(self.demand), len(self.capacity)

    @property
    def n_classes(self) -> int:
        """Number of priority classes, at least 1."""
        return int(self.classes.max(initial=0)) + 1

    @property
    def wants_several(self) -> bool:
        """Whether some mentee has more than one place left to fill."""
        return int(self.demand.max(initial=0)) > 1

    @cached_property
    def needs(self) -> frozenset[Need]:
        """What an engine must keep besides capacities and one place each."""
        half_served = self.covered & (self.demand > 0)
        first = self.coverage_first
        asked: dict[Need, bool] = {
            "several mentors": self.wants_several,
            "minimums": bool(np.count_nonzero(self.minimum)),
            "priorities": first and bool(np.count_nonzero(self.classes)),
            "pinned mentees who want more": first and bool(np.count_nonzero(half_served)),
        }
        return frozenset(need for need, is_asked in asked.items() if is_asked)

    def dense(self) -> NDArray[np.float64]:
        """All scores at once, −inf where a pair must not be made."""
        blocks = list(self.row_blocks())
        if len(blocks) == 1:
            return self.read(blocks[0]).astype(np.float64, copy=False)
        scores = np.empty(self.shape)
        for rows in blocks:
            scores[rows] = self.read(rows)
        return scores

    def row_blocks(self, rows: int | None = None) -> Iterator[slice]:
        """Slices of mentees, or of some rows; see `row_slices`."""
        return row_slices(self.shape[0] if rows is None else rows, self.shape[1])


@dataclass(frozen=True, slots=True)
class Limits:
    """When an engine may stop early, and the callback it reports progress to."""

    gap: float = 0.0  # relative gap that is good enough; 0 = exact
    deadline: Deadline = field(default_factory=Deadline)  # by when the search should have ended
    progress: Progress | None = None  # called with a `ProgressEvent`; None = silent

    def tell(self, step: str, **numbers: Any) -> None:
        """Report how far the search is."""
        report_progress(self.progress, step, **numbers)


@dataclass(frozen=True, eq=False)
class Answer:
    """The answer of an engine: positions of the pairs; multipliers where it has them."""

    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    engine: str  # its name
    # Scores were rounded to multiples of this before solving (0: not rounded), in units of score.
    resolution: float = 0.0
    prices: NDArray[np.float64] | None = None
    coverage: NDArray[np.float64] | None = None
    seats: float = 0.0
    complete: bool = True  # False when a time limit ended the search before its end
