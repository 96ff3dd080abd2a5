"""Places in the mentees' lists, read from a problem, and what is counted of them in which order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from mentormatch.compatibility import row_slices
from mentormatch.compatibility.preferences import rank_choices, round_to_steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem
    from mentormatch.proofs.measures import Counted
    from mentormatch.proofs.promises import Promise

__all__ = [
    "COUNTED",
    "ListedPairs",
    "Lists",
    "count_pairs",
    "list_counts",
    "list_places",
    "read_places",
]

# Pairs whose places are kept between two readings, 32 bytes each.
MOST_KEPT = 2_000_000

COUNTED: dict[Promise, Counted] = {
    "rank-maximal profile": "most",
    "generous profile": "fewest",
    "smallest sum of places": "sum",
}


@dataclass(frozen=True, eq=False)
class ListedPairs:
    """Some pairs that may be made, by mentee, with the place of each mentor in the list."""

    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    places: NDArray[np.intp]
    scores: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Lists:
    """The lists of the mentees: eligible mentors with a seat no pin takes, ties sharing a place."""

    problem: Problem
    tie_tolerance: float
    kept: list[ListedPairs] = field(default_factory=list)

    def parts(self) -> Iterator[ListedPairs]:
        """The pairs of one block of mentees after another; kept where they are not too many."""
        problem = self.problem
        if self.kept:
            yield from self.kept
            return
        left = problem.after_pins
        for rows in row_slices(*problem.shape):
            open_ = problem.block(rows).eligible & (left.capacity > 0)
            i, j = np.nonzero(open_ & (left.demand > 0)[rows, None])
            i += rows.start
            exact = problem.pairs(i, j)
            values = round_to_steps(
                np.asarray(exact.mentee_scores, dtype=np.float64), self.tie_tolerance
            )
            scores = np.asarray(exact.scores, dtype=np.float64)
            part = ListedPairs(i, j, rank_choices(i, values), scores)
            if problem.shape[0] * problem.shape[1] <= MOST_KEPT:
                self.kept.append(part)
            yield part

    def read(self, matching: Matching) -> tuple[int, NDArray[np.intp], NDArray[np.intp]]:
        """How many places the longest list has; mentees and places of pairs that are not pinned."""
        made = np.full(self.problem.shape[0], -1, dtype=np.intp)
        made[matching.mentees] = matching.mentors
        depth, mentees, places = 0, [np.empty(0, np.intp)], [np.empty(0, np.intp)]
        for part in self.parts():
            depth = max(depth, 1 + int(part.places.max(initial=-1)))
            held = made[part.mentees] == part.mentors
            mentees.append(part.mentees[held])
            places.append(part.places[held])
        return depth, np.concatenate(mentees), np.concatenate(places)


def read_places(matching: Matching, tie_tolerance: float) -> tuple[int, pd.Series[float]]:
    """How many places the longest list has; by mentee the place of its mentor, 1 = first.

    NaN for who has nobody, or a mentor by a pin. Kept as long as the matching, as every count of a
    chain asks for it.
    """
    kept = _places.setdefault(matching, {})
    if tie_tolerance not in kept:
        problem = matching.problem
        depth, mentees, found = Lists(problem, tie_tolerance).read(matching)
        places = np.full(problem.shape[0], np.nan)
        places[mentees] = found + 1
        kept[tie_tolerance] = depth, pd.Series(places, index=problem.mentee_ids)
    return kept[tie_tolerance]


_places: WeakKeyDictionary[Matching, dict[float, tuple[int, pd.Series[float]]]] = (
    WeakKeyDictionary()
)


def count_pairs(
    what: Counted, number: int, classes: NDArray[np.intp], places: NDArray[np.intp]
) -> NDArray[np.int64]:
    """What pairs add to a count, by their priority classes and places."""
    if what == "sum":
        return np.asarray(-(1 + places), dtype=np.int64)
    sign = -1 if what == "fewest" else 1
    counted = (classes if what == "coverage" else places) == number
    return np.asarray(sign * counted, dtype=np.int64)


def list_counts(
    promise: Promise, classes: int, places: int, *, coverage_first: bool
) -> list[tuple[Counted, int]]:
    """What is counted, in order: coverage of each priority class if first, then places in lists."""
    first: list[tuple[Counted, int]] = [("coverage", c) for c in range(classes)]
    return [*(first if coverage_first else []), *list_places(COUNTED[promise], places)]


def list_places(what: Counted, places: int) -> list[tuple[Counted, int]]:
    """What is counted of so many places in lists, in order: the most, the fewest, or their sum."""
    # Several profiles have one sum: the most first choices then, and so on.
    found: list[tuple[Counted, int]] = [("sum", 0)] if what == "sum" else []
    # Even where no pair can be made, one count says what is claimed.
    numbers = range(max(places, 1))
    if what == "fewest":
        return [(what, number) for number in numbers[::-1]]
    return [*found, *(("most", number) for number in numbers)]
