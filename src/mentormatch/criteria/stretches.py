"""Free weeks as stretches along a clock, and how much of two stretches is common.

The common time of two weeks is a sum over pairs of stretches, and that of two stretches a double
difference of how many quarter-hours of the programme come before two places, one on each clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy import sparse

from mentormatch.criteria.products import RIGHT_BYTES, Csr
from mentormatch.criteria.windows import WEEK_SLOTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mentormatch.criteria.clocks import Clock
    from mentormatch.criteria.fitted import Positions
    from mentormatch.criteria.free_time import People

__all__ = ["Places", "differences", "lengths_of", "prefix_sums"]

# For each (zone, k) the places along the clock that columns stand for, ascending; all columns in
# the order of the mapping.
Places: TypeAlias = "dict[tuple[str, int], Positions]"


def lengths_of(length: int) -> list[tuple[int, float]]:
    """The k and the factor of each S_k; see `FittedAvailability`."""
    return [(1, 1.0)] if length == 1 else [(length, float(length)), (length + 1, 1.0 - length)]


def differences(mentees: People, clocks: Mapping[str, Clock]) -> tuple[Csr, Places]:
    """A by pattern: for each stretch of starts +factor where it ends and −factor where it begins.

    Returns
    -------
    left : sparse (patterns, columns)
    places : of the columns
    """
    rows, columns, numbers = [], [], []
    places: Places = {}
    width = 0
    for zone, patterns in mentees.patterns_in.items():
        for length, factor in lengths_of(clocks[zone].length):
            which, column, sign, known = _edges(clocks[zone], mentees.weeks[patterns], length)
            rows.append(patterns[which])
            columns.append(column + width)
            numbers.append(factor * sign)
            places[zone, length] = known
            width += len(known)
    shape = (len(mentees.weeks), width)
    if not rows:
        return sparse.csr_array(shape), places
    where = (np.concatenate(rows), np.concatenate(columns))
    left: Csr = sparse.coo_array((np.concatenate(numbers), where), shape=shape).tocsr()
    return left, places


def prefix_sums(
    mentors: People, clocks: Mapping[str, Clock], places: Places
) -> NDArray[np.signedinteger[Any]] | None:
    """B by pattern: the mentor's starts before a place on a clock; None if it is too large."""
    edges = np.cumsum([0, *map(len, places.values())]).tolist()
    total = max((clock.weeks for clock in clocks.values()), default=0) * WEEK_SLOTS
    # Sums of prefix sums may wrap around, but what they add up to is at most the whole programme.
    dtype = np.dtype(np.int16 if total <= np.iinfo(np.int16).max else np.int32)
    if len(mentors.weeks) * edges[-1] * dtype.itemsize > RIGHT_BYTES:
        return None
    right = np.empty((len(mentors.weeks), edges[-1]), dtype=dtype)
    passed = {key: _passed(clocks[key[0]], known) for key, known in places.items()}
    for other, patterns in mentors.patterns_in.items():
        for length in {length for _, length in places}:
            row, column, sign, known = _edges(clocks[other], mentors.weeks[patterns], length)
            shape = (len(patterns), len(known))
            stretches = sparse.coo_array((sign.astype(np.int32), (row, column)), shape=shape)
            free, here = stretches.tocsr(), _passed(clocks[other], known)
            for k, (key, along) in enumerate(places.items()):
                if key[1] == length:
                    before = _before(here, len(known), passed[key], len(along))
                    right[patterns, edges[k] : edges[k + 1]] = free @ before
    return right


def _edges(
    clock: Clock, weeks: NDArray[np.bool_], length: int
) -> tuple[Positions, Positions, NDArray[np.int8], Positions]:
    """Where stretches of starts begin (−1) and end (+1) along a clock.

    Returns
    -------
    rows, columns, signs : of each edge
    places : of each column, ascending; never 0, before which there is nothing
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

    Parameters
    ----------
    here, there
        Places that each of two clocks has reached.
    few, many
        How many places there are on each.

    Returns
    -------
    int32 array (few, many)
    """
    shape = (few + 1, many + 1)
    counts = np.bincount(here * shape[1] + there, minlength=shape[0] * shape[1]).reshape(shape)
    counts = counts.astype(np.int32).cumsum(axis=0, dtype=np.int32)
    return np.asarray(counts.cumsum(axis=1, dtype=np.int32)[:-1, :-1])
