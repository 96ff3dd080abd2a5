"""The assignment problem as engines see it: arrays and a reader of blocks, no people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["Answer", "Transport"]

RowReader: TypeAlias = "Callable[[slice | NDArray[np.intp]], NDArray[np.floating[Any]]]"
BLOCK_BYTES = 32 * 2**20


@dataclass(frozen=True, eq=False)
class Transport:
    """Mentees with demands, mentors with capacities and minimums, and a score for each pair.

    Lexicographic objective: minimums hold; with ``coverage_first`` as many mentees of each class (0
    first) as possible get at least one mentor, then as many pairs as possible are made; then the
    total score is largest.

    Parameters
    ----------
    read
        ``read(rows)`` gives a new (rows, mentors) float array of scores, −inf where a pair must not
        be made.
    capacity, minimum
        int64 arrays (mentors,).
    demand
        int64 array (mentees,): the most distinct mentors.
    covered
        bool array (mentees,): already counted as covered (has a mentor outside of this problem).
    classes
        intp array (mentees,): priority class, 0 is served first.
    coverage_first
        See above. Otherwise only the total counts.
    """

    read: RowReader
    capacity: NDArray[np.int64]
    minimum: NDArray[np.int64]
    demand: NDArray[np.int64]
    covered: NDArray[np.bool_]
    classes: NDArray[np.intp]
    coverage_first: bool = True

    @property
    def shape(self) -> tuple[int, int]:
        """(number of mentees, number of mentors)."""
        return len(self.demand), len(self.capacity)

    @property
    def is_plain(self) -> bool:
        """One place each, no minimum, one class: what a rectangular assignment can express."""
        return (
            int(self.demand.max(initial=0)) <= 1
            and not self.minimum.any()
            and not self.classes.any()
        )

    def dense(self) -> NDArray[np.float64]:
        """All scores at once, −inf where a pair must not be made."""
        n, m = self.shape
        scores = np.empty((n, m))
        step = max(1, BLOCK_BYTES // (8 * max(1, m)))
        for start in range(0, n, step):
            rows = slice(start, min(start + step, n))
            scores[rows] = self.read(rows)
        return scores


@dataclass(frozen=True, eq=False)
class Answer:
    """What an engine found.

    Parameters
    ----------
    mentees, mentors
        Positions of the pairs, intp arrays of one length.
    engine
        Name of the engine.
    resolution
        Scores were rounded to multiples of this before solving (0: not rounded), in units of score.
    prices, coverage, seats
        Multipliers, when the engine has them; see the certificate.
    complete
        False when a time limit ended the search before its end.
    """

    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    engine: str
    resolution: float = 0.0
    prices: NDArray[np.float64] | None = None
    coverage: NDArray[np.float64] | None = None
    seats: float = 0.0
    complete: bool = True
