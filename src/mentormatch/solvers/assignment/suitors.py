"""The mentees that a mentor could win at the least loss: first columns from the mentors' side."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FoundSuitors", "Suitors", "find_suitors"]

# More ties than this many a mentor are not listed but searched.
TIES = 4


class FoundSuitors(NamedTuple):
    """The best mentee of one block for each of some mentors that follow one another.

    Parameters
    ----------
    group
        Of mentees.
    first
        The first of the mentors.
    values, mentees
        Arrays (mentors,): minus the loss, and who.
    """

    group: int
    first: int
    values: NDArray[Any]
    mentees: NDArray[np.int32]


def find_suitors(
    rows: NDArray[np.intp],
    first: int,
    value: NDArray[Any],
    best: NDArray[np.floating],
    size: int,
) -> list[FoundSuitors]:
    """Find the mentee of each group who loses least by coming to a mentor, in one block.

    Parameters
    ----------
    rows
        The mentees, ascending.
    first
        The first mentor of the block.
    value
        (rows, mentors) scores, −inf where a pair is not open; overwritten.
    best
        (rows,): what each could have instead, such as the largest that was read so far.
    size
        How many mentees follow one another in a group.
    """
    value -= np.where(best > -np.inf, best, 0.0).astype(value.dtype)[:, None]
    group = rows // size
    cuts = np.flatnonzero(np.diff(group)) + 1
    found = []
    for start, stop in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        most = value[start:stop].max(axis=0)
        who = rows[start + _first_line(value[start:stop], most)].astype(np.int32)
        found.append(FoundSuitors(int(group[start]), first, most, who))
    return found


class Suitors:
    """For each mentor the mentee of each group that loses least by coming to it.

    What a mentee loses is its best score, as far as it was read by then, less its score with the
    mentor: it only has to tell likely pairs. A mentor whom nobody has
    among their best has no columns from the mentees' side, and a price of 0, until a whole round
    later; with these it has a price from the first round on.

    Parameters
    ----------
    n, m
        Numbers of mentees and mentors.
    groups
        How many groups the mentees are cut into, in their given order.

    Attributes
    ----------
    values
        float64 array (groups, mentors): minus the loss; −inf where nobody is open.
    mentees
        int32 array (groups, mentors).
    """

    def __init__(self, n: int, m: int, groups: int) -> None:
        self.n = n
        self.size = max(1, -(-n // groups))
        count = -(-n // self.size)
        self.values = np.full((count, m), -np.inf)
        self.mentees = np.full((count, m), n, dtype=np.int32)
        self._lock = threading.Lock()

    def take(self, found: list[FoundSuitors]) -> None:
        """Take note of what was found in a block, in any order of blocks."""
        for one in found:
            with self._lock:
                there = (one.group, slice(one.first, one.first + len(one.values)))
                values, mentees = self.values[there], self.mentees[there]
                # The lower position among equals, whichever block comes first.
                better = (one.values > values) | ((one.values == values) & (one.mentees < mentees))
                values[better] = one.values[better]
                mentees[better] = one.mentees[better]

    def pairs(self, most: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """At most so many pairs, of the least loss.

        Returns
        -------
        mentees, mentors
            Arrays of one length.
        """
        group, mentors = np.nonzero(self.values > -np.inf)
        if len(mentors) > most:
            values = self.values[group, mentors]
            kept = np.argpartition(-values, most)[:most]
            group, mentors = group[kept], mentors[kept]
        return self.mentees[group, mentors].astype(np.intp), mentors


def _first_line(value: NDArray[Any], most: NDArray[Any]) -> NDArray[np.intp]:
    """Where each column has its largest value first; anything where that is −inf."""
    m = value.shape[1]
    equal = value == np.where(most > -np.inf, most, np.nan)
    # Searching the columns of an array in row order takes three times as long as comparing.
    if int(np.count_nonzero(equal)) > TIES * m:
        return np.asarray(value.argmax(axis=0))
    found = np.zeros(m, dtype=np.intp)
    place = np.flatnonzero(equal)[::-1]
    line, column = np.divmod(place, m)
    found[column] = line
    return found
