"""Free weeks as stretches along a clock, and how much of two stretches is common.

The common time of two weeks is a sum over pairs of stretches, and that of two stretches a double
difference of how many quarter-hours of the programme come before two places, one on each clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from scipy import sparse

from mentormatch.criteria.availability.windows import WEEK_SLOTS
from mentormatch.criteria.interface.products import RIGHT_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mentormatch.criteria.availability.clocks import Clock
    from mentormatch.criteria.availability.free_weeks import People
    from mentormatch.criteria.interface.arrays import Csr, Positions

__all__ = ["StretchColumns", "lengths_of", "mentee_stretches", "mentor_starts"]

# At most so many stretches for each place where one begins or ends, and each is a column.
PER_PLACE = 1.0


class Along(NamedTuple):
    """What columns stand for: stretches of one clock."""

    places: Positions  # where along the clock stretches begin and end, ascending; never 0
    begins: Positions  # for each column, at which of the places; −1 for the very beginning
    ends: Positions  # likewise


# For each (zone, k) its columns, one after the other in the order of the mapping.
StretchColumns: TypeAlias = "dict[tuple[str, int], Along]"


def lengths_of(length: int) -> list[tuple[int, float]]:
    """The k and the factor of each S_k; see `FittedAvailability`."""
    return [(1, 1.0)] if length == 1 else [(length, float(length)), (length + 1, 1.0 - length)]


def mentee_stretches(mentees: People, clocks: Mapping[str, Clock]) -> tuple[Csr, StretchColumns]:
    """A by pattern: the factor of each stretch, which is a column or a difference of two.

    Where stretches repeat each other so much that there are fewer of them than of places, each is a
    column. Otherwise columns are what comes before a place, and a stretch has +factor where it ends
    and −factor where it begins. The answer is A, sparse (patterns, columns), and what its columns
    stand for.
    """
    rows, cells, numbers = [], [], []
    columns: StretchColumns = {}
    width = 0
    for zone, patterns in mentees.patterns_in.items():
        for length, factor in lengths_of(clocks[zone].length):
            row, cell, sign, known = _edges(clocks[zone], mentees.weeks[patterns], length)
            whole, along = _whole_stretches(row, cell, sign, known)
            if len(along.ends) <= PER_PLACE * len(known):
                ends = sign > 0
                row, cell, sign = row[ends], whole, sign[ends]
            else:
                along = Along(known, np.full(len(known), -1), np.arange(len(known)))
            rows.append(patterns[row])
            cells.append(cell + width)
            numbers.append(factor * sign)
            columns[zone, length] = along
            width += len(along.ends)
    shape = (len(mentees.weeks), width)
    if not rows:
        return sparse.csr_array(shape), columns
    where = (np.concatenate(rows), np.concatenate(cells))
    left: Csr = sparse.coo_array((np.concatenate(numbers), where), shape=shape).tocsr()
    return left, columns


def _whole_stretches(
    row: Positions, column: Positions, sign: NDArray[np.int8], known: Positions
) -> tuple[Positions, Along]:
    """For each edge that ends a stretch, which of the distinct stretches that is."""
    ends = np.flatnonzero(sign > 0)
    # What begins a stretch comes just before what ends it, unless that is the very beginning.
    begun = (ends > 0) & (sign[ends - 1] < 0) & (row[ends - 1] == row[ends])
    begins = np.where(begun, column[ends - 1], -1)
    width = len(known) + 1
    distinct, which = np.unique(begins + 1 + column[ends] * width, return_inverse=True)
    return which, Along(known, distinct % width - 1, distinct // width)


def mentor_starts(
    mentors: People, clocks: Mapping[str, Clock], columns: StretchColumns
) -> NDArray[np.signedinteger] | None:
    """B by pattern: the mentor's starts in a stretch of a clock; None if it is too large."""
    edges = np.cumsum([0, *(len(along.ends) for along in columns.values())]).tolist()
    total = max((clock.weeks for clock in clocks.values()), default=0) * WEEK_SLOTS
    # Sums of prefix sums may wrap around, but what they add up to is at most the whole programme.
    dtype = np.dtype(np.int16 if total <= np.iinfo(np.int16).max else np.int32)
    if len(mentors.weeks) * edges[-1] * dtype.itemsize > RIGHT_BYTES:
        return None
    right = np.empty((len(mentors.weeks), edges[-1]), dtype=dtype)
    passed = {key: _passed(clocks[key[0]], along.places) for key, along in columns.items()}
    for other, patterns in mentors.patterns_in.items():
        for length in {length for _, length in columns}:
            row, column, sign, known = _edges(clocks[other], mentors.weeks[patterns], length)
            shape = (len(patterns), len(known))
            stretches = sparse.coo_array((sign.astype(np.int32), (row, column)), shape=shape)
            free, here = stretches.tocsr(), _passed(clocks[other], known)
            for k, (key, along) in enumerate(columns.items()):
                if key[1] == length:
                    before = _before(here, len(known), passed[key], len(along.places))
                    # Nothing comes before the very beginning.
                    before = np.pad(before, ((0, 0), (1, 0)))
                    inside = before[:, along.ends + 1] - before[:, along.begins + 1]
                    right[patterns, edges[k] : edges[k + 1]] = free @ inside
    return right


def _edges(
    clock: Clock, weeks: NDArray[np.bool_], length: int
) -> tuple[Positions, Positions, NDArray[np.int8], Positions]:
    """Where stretches of starts begin (−1) and end (+1) along a clock.

    The answer is rows, columns and signs of the edges, and the place of each column, ascending;
    never 0, before which there is nothing.
    """
    starts = clock.starts(weeks, length)
    changed = np.empty_like(starts)
    np.not_equal(starts[:, 1:], starts[:, :-1], out=changed[:, :-1])
    changed[:, -1] = starts[:, -1]
    edges = np.flatnonzero(changed)
    rows, places = np.divmod(edges, starts.shape[1])
    # What ends at a place was there before it.
    signs = np.where(starts.ravel()[edges], np.int8(1), np.int8(-1))
    places += 1
    known = np.flatnonzero(np.bincount(places, minlength=1))
    rank = np.cumsum(np.bincount(known, minlength=1)) - 1
    return rows, rank[places], signs, known


def _passed(clock: Clock, places: Positions) -> Positions:
    """How many of the places a clock has reached, at each quarter-hour of the programme."""
    codes, classes = clock.classes
    return np.searchsorted(places, np.arange(len(classes)), side="right")[codes]


def _before(here: Positions, few: int, there: Positions, many: int) -> NDArray[np.int32]:
    """At how many quarter-hours one clock is before a place, and the other before another.

    ``here`` and ``there`` are places that each of two clocks has reached, ``few`` and ``many`` how
    many there are on each. The answer is an int32 array (few, many).
    """
    shape = (few + 1, many + 1)
    counts = np.bincount(here * shape[1] + there, minlength=shape[0] * shape[1]).reshape(shape)
    counts = counts.astype(np.int32).cumsum(axis=0, dtype=np.int32)
    return np.asarray(counts.cumsum(axis=1, dtype=np.int32)[:-1, :-1])
