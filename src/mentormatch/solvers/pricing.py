"""One pass over all scores by blocks: the best mentors of each mentee at given prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.columns import Columns
    from mentormatch.solvers.transport import Transport

__all__ = ["Offers", "best_columns_of", "price_out"]


@dataclass(frozen=True, eq=False)
class Offers:
    """What a pass came back with: for each mentee the best new mentor of each group.

    Parameters
    ----------
    mentors
        int32 array (mentees, groups).
    values
        float32 or float64 array (mentees, groups): score − price; −inf where nothing is open.
    """

    mentors: NDArray[np.int32]
    values: NDArray[np.float64]

    @property
    def best(self) -> NDArray[np.float64]:
        """The largest value of each mentee: (mentees,)."""
        return np.asarray(self.values.max(axis=1, initial=-np.inf), dtype=np.float64)


def price_out(
    transport: Transport, prices: NDArray[np.float64], groups: int, known: Columns
) -> Offers:
    """Find for each mentee the best mentor of each group that is not among the known columns.

    Mentors in their given order are cut into ``groups`` runs; the best of a run is an argmax over
    contiguous memory, far cheaper than a partial sort.

    Parameters
    ----------
    transport
        Its reader is called once for every row.
    prices
        (mentors,), in units of score.
    groups
        At most this many offers for each mentee.
    known
        Columns that are there already.
    """
    n, m = transport.shape
    width = max(1, -(-m // groups))
    starts = np.arange(0, m, width)
    whole = m // width
    place = np.zeros((n, len(starts)), dtype=np.int32)
    values = np.full((n, len(starts)), -np.inf)
    first = known.first
    for rows in transport.row_blocks():
        value = transport.read(rows)
        value -= prices.astype(value.dtype)
        b = len(value)
        counts = np.diff(first[rows.start : rows.stop + 1])
        held = slice(int(first[rows.start]), int(first[rows.stop]))
        value[np.repeat(np.arange(b), counts), known.mentors[held]] = -np.inf
        best = np.empty((b, len(starts)), dtype=np.intp)
        best[:, :whole] = value[:, : whole * width].reshape(b, whole, width).argmax(axis=2)
        if whole < len(starts):
            best[:, whole] = value[:, whole * width :].argmax(axis=1)
        best += starts
        place[rows] = best
        values[rows] = np.take_along_axis(value, best, axis=1)
    values[transport.demand == 0] = -np.inf
    return Offers(place, values)


def best_columns_of(
    transport: Transport, needy: NDArray[np.intp], asked: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """For each asked mentee the best open mentor among ``needy``, where there is one.

    Returns
    -------
    mentees, mentors
        int32 arrays of one length.
    """
    found_i: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    found_j: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    for rows in transport.row_blocks():
        wanted = np.flatnonzero(asked[rows])
        if not len(wanted):
            continue
        value = transport.read(rows)[np.ix_(wanted, needy)]
        best = value.argmax(axis=1)
        open_ = value[np.arange(len(wanted)), best] > -np.inf
        found_i.append((wanted[open_] + rows.start).astype(np.int32))
        found_j.append(needy[best[open_]].astype(np.int32))
    return np.concatenate(found_i), np.concatenate(found_j)
