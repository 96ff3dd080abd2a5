"""Add the columns without which the minimums cannot be met."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import InfeasibleError
from mentormatch.shortlists import run_positions
from mentormatch.solvers.assignment.pricing import best_columns_of
from mentormatch.solvers.flows.arcs import flow_on_arcs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.columns import PairColumns
    from mentormatch.solvers.flows.transport import Transport

__all__ = ["add_columns_for_minimums"]


def add_columns_for_minimums(transport: Transport, columns: PairColumns) -> PairColumns:
    """Add columns until every minimum can be filled; InfeasibleError where that cannot be.

    From the mentors that a maximum flow leaves short, alternating paths reach more mentors; a pass
    looks for mentees outside who are eligible to any of them. Where there is none, the mentors
    reached need more mentees than there are: the minimums are infeasible (Hall 1935).
    """
    if (transport.minimum > transport.capacity).any():
        raise InfeasibleError("the minimums cannot be met")
    while transport.minimum.any():
        flow = flow_on_arcs(columns.mentees, columns.mentors, transport.demand, transport.minimum)
        loads = np.bincount(columns.mentors[flow], minlength=columns.m)
        short = loads < transport.minimum
        if not short.any():
            break
        mentors, mentees = _reach_backwards(columns, flow, short)
        found_i, found_j = best_columns_of(
            transport, np.flatnonzero(mentors), ~mentees & (transport.demand > 0), columns
        )
        if not len(found_i):
            raise InfeasibleError("the minimums cannot be met")
        columns = columns.with_pairs(found_i, found_j, transport.exact(found_i, found_j))
    return columns


def _reach_backwards(
    columns: PairColumns, flow: NDArray[np.bool_], short: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mentors and mentees on alternating paths from the mentors that are short.

    From a mentor to every mentee with a column to it that is not used, from a mentee to the mentors
    it serves. A used column is full: going back over it would send nobody anywhere.
    """
    order = np.argsort(columns.mentors, kind="stable")
    starts = np.searchsorted(columns.mentors[order], np.arange(columns.m + 1))
    first = columns.first
    mentors, mentees = short.copy(), np.zeros(columns.n, dtype=bool)
    frontier: NDArray[np.integer] = np.flatnonzero(short)
    while len(frontier):
        into = order[run_positions(starts[frontier], np.diff(starts)[frontier])]
        new = np.unique(columns.mentees[into[~flow[into]]])
        new = new[~mentees[new]]
        mentees[new] = True
        out = run_positions(first[new], np.diff(first)[new])
        served = np.unique(columns.mentors[out[flow[out]]])
        frontier = served[~mentors[served]]
        mentors[frontier] = True
    return mentors, mentees
