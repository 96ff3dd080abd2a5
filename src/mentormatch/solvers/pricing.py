"""One pass over all scores by blocks: the best mentors of each mentee at given prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.solvers.columns import run_positions
from mentormatch.workers import in_parallel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.columns import Columns
    from mentormatch.solvers.suitors import Suitors
    from mentormatch.solvers.transport import Transport

__all__ = ["OfferTable", "best_columns_of", "best_of_groups"]


class OfferTable:
    """For each mentee the best mentor of each group that is not among the columns, kept up to date.

    Mentors in their given order are cut into groups; the best of a group is a maximum over
    contiguous memory, far cheaper than a partial sort. Where it is found costs four times as much:
    only groups that may be wanted are asked. Prices that fall can raise an offer by no
    more than the largest fall in its group: a mentee whose offers stay below its threshold even so
    is not read again. In the last rounds that leaves a few mentees of many.

    Parameters
    ----------
    transport
        Scores are read from it, by blocks.
    groups
        How many offers a mentee has, at most.

    Attributes
    ----------
    mentors
        int32 array (mentees, groups): where the best was last found; −1 where nobody looked.
    values
        float64 array (mentees, groups): score − price of the best, or at least as much; −inf where
        nothing is open.
    fresh
        bool array (mentees,): read in the last pass, so that the values are what they say.
    """

    def __init__(self, transport: Transport, groups: int) -> None:
        n, m = transport.shape
        self.transport = transport
        self.width = max(1, -(-m // groups))
        self.starts = np.arange(0, m, self.width)
        self.prices = np.zeros(m)
        self.mentors = np.full((n, len(self.starts)), -1, dtype=np.int32)
        self.values = np.full((n, len(self.starts)), np.inf)
        self.values[transport.demand == 0] = -np.inf
        self.fresh = np.zeros(n, dtype=bool)

    def update(
        self,
        prices: NDArray[np.float64],
        threshold: NDArray[np.float64],
        known: Columns,
        ahead: int,
        suitors: Suitors | None = None,
    ) -> int:
        """Bring the table to new prices; returns how many mentees had to be read.

        Parameters
        ----------
        prices
            (mentors,), in units of score.
        threshold
            (mentees,): offers below it need not be exact.
        known
            Columns that are no offers.
        ahead
            How many of the best offers of a mentee are found even below its threshold.
        suitors
            Looks at each block as well.
        """
        fallen = np.maximum.reduceat(np.maximum(self.prices - prices, 0.0), self.starts)
        self.values += fallen
        self.prices = prices
        # A fast block and a float32 price are only so exact.
        blur = self.transport.error + 2.0**-22 * float(np.abs(prices).max(initial=0.0))
        least = threshold - 2 * blur
        rows = np.flatnonzero((self.values > least[:, None]).any(axis=1))
        self.fresh[:] = False
        self.fresh[rows] = True
        first = known.first
        least -= blur
        parts = list(self.transport.row_blocks(len(rows)))

        def read(part: slice) -> None:
            value, best = self._read(rows[part], first, known, least, ahead)
            if suitors is not None:
                suitors.look(rows[part], value, best.max(axis=1))

        in_parallel(read, parts)
        return len(rows)

    def _read(
        self,
        rows: NDArray[np.intp],
        first: NDArray[np.intp],
        known: Columns,
        least: NDArray[np.float64],
        ahead: int,
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Read some mentees at the current prices; find the offers above ``least``, and a few.

        Returns
        -------
        value, best
            The block, and the best of each group.
        """
        value = self.transport.read(rows)
        value -= self.prices.astype(value.dtype)
        b = len(value)
        counts = first[rows + 1] - first[rows]
        held = known.mentors[run_positions(first[rows], counts)]
        value[np.repeat(np.arange(b), counts), held] = -np.inf
        best = np.maximum.reduceat(value, self.starts, axis=1)
        wanted = best > least[rows, None]
        if ahead < len(self.starts):
            nearest = np.argpartition(best, -ahead, axis=1)[:, -ahead:]
            wanted[np.arange(b)[:, None], nearest] = True
        else:
            wanted[:] = True
        self.values[rows] = best
        self.mentors[rows] = _where_best(value, wanted, self.width)
        return value, best

    def release(self, columns: Columns) -> None:
        """Take columns that are dropped for offers again."""
        value = columns.scores - self.prices[columns.mentors]
        np.maximum.at(self.values, (columns.mentees, columns.mentors // self.width), value)


def _where_best(value: NDArray[Any], wanted: NDArray[np.bool_], width: int) -> NDArray[np.int32]:
    """The best column of the wanted groups, row by row; −1 where nobody asked."""
    b, m = value.shape
    if 2 * int(np.count_nonzero(wanted)) > wanted.size:
        return np.where(wanted, best_of_groups(value, width), -1).astype(np.int32)
    found = np.full(wanted.shape, -1, dtype=np.int32)
    whole = m // width
    inside = value[:, : whole * width].reshape(b, whole, width)
    line, group = np.nonzero(wanted[:, :whole])
    found[line, group] = inside[line, group].argmax(axis=1) + group * width
    if whole < wanted.shape[1]:
        found[:, whole] = value[:, whole * width :].argmax(axis=1) + whole * width
    return found


def best_of_groups(value: NDArray[Any], width: int) -> NDArray[np.intp]:
    """The best column of each group of ``width`` neighbours, row by row: (rows, groups)."""
    starts = np.arange(0, value.shape[1], width)
    best = np.empty((len(value), len(starts)), dtype=np.intp)
    whole = value.shape[1] // width
    inside = value[:, : whole * width].reshape(len(value), whole, width)
    best[:, :whole] = inside.argmax(axis=2)
    if whole < len(starts):
        best[:, whole] = value[:, whole * width :].argmax(axis=1)
    return best + starts


def best_columns_of(
    transport: Transport, needy: NDArray[np.intp], asked: NDArray[np.bool_], known: Columns
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """For each asked mentee the best open mentor among ``needy`` that is no column yet.

    Returns
    -------
    mentees, mentors
        int32 arrays of one length.
    """
    found_i: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    found_j: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
    first = known.first
    if not len(needy):
        return found_i[0], found_j[0]
    for rows in transport.row_blocks():
        wanted = np.flatnonzero(asked[rows])
        if not len(wanted):
            continue
        value = transport.read(wanted + rows.start)
        counts = first[wanted + rows.start + 1] - first[wanted + rows.start]
        held = known.mentors[run_positions(first[wanted + rows.start], counts)]
        value[np.repeat(np.arange(len(wanted)), counts), held] = -np.inf
        value = value[:, needy]
        best = value.argmax(axis=1)
        open_ = value[np.arange(len(wanted)), best] > -np.inf
        found_i.append((wanted[open_] + rows.start).astype(np.int32))
        found_j.append(needy[best[open_]].astype(np.int32))
    return np.concatenate(found_i), np.concatenate(found_j)
