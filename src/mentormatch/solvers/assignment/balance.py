"""Loads as even as possible: a minimum-cost flow in which the k-th mentee of a mentor costs 2k − 1.

The sum of these costs is the sum of squared loads. As in the priced columns, the flow sees a few
pairs of everybody and prices say which others would help: nobody may have a pair with a mentor
whose next seat is cheaper than the seat that is held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.shortlists import run_positions
from mentormatch.solvers.assignment.pricing import best_open_of_groups
from mentormatch.solvers.flows.arcs import check_minimums, find_stage_values, hand_out_places
from mentormatch.solvers.flows.columns import PairColumns
from mentormatch.solvers.flows.networks import find_cheapest_flow
from mentormatch.solvers.flows.transport import Answer, Limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.transport import Transport

__all__ = ["balance"]

# Pairs up to which a flow sees all of them; of how many groups of mentors it sees the best else.
ALL_PAIRS = 500_000
GROUPS = 24


def balance(
    transport: Transport, held: NDArray[np.int64], first: Answer, limits: Limits | None = None
) -> Answer:
    """Find the pairs with the smallest sum of squared loads among those of the best coverage.

    The transport has at most one place each, coverage first; ``held`` (mentors,) is how many
    mentees each mentor has already. ``first`` are any pairs with the best coverage that meet the
    minimums. Once the time of ``limits`` is over the answer is the most even one of the pairs
    looked at. Its prices are whole numbers: what the seats of a mentor cost, at most.
    """
    limits = limits or Limits()
    columns = _first_columns(transport, first)
    while True:
        chosen = _even_flow(transport, held, columns)
        prices, nobody = _prices(transport, held, columns, chosen)
        found = _cheaper(transport, columns, chosen, prices, nobody)
        more = columns.with_pairs(*found, np.zeros(len(found[0])))
        # Every round adds pairs, of which there are only so many.
        complete = not len(found[0])
        if complete or len(more) == len(columns) or limits.deadline.has_passed:
            return Answer(
                columns.mentees[chosen].astype(np.intp),
                columns.mentors[chosen].astype(np.intp),
                "flow",
                prices=prices,
                coverage=nobody,
                complete=complete,
            )
        columns = more


def _first_columns(transport: Transport, first: Answer) -> PairColumns:
    n, m = transport.shape
    columns = PairColumns.empty(n, m).with_pairs(
        first.mentees, first.mentors, np.zeros(len(first.mentees))
    )
    width = 1 if n * m <= ALL_PAIRS else -(-m // GROUPS)
    for rows in transport.row_blocks():
        value = transport.read(rows)
        value[transport.demand[rows] == 0] = -np.inf
        row, column = best_open_of_groups(value, width)
        columns = columns.with_pairs(row + rows.start, column, np.zeros(len(row)))
    return columns


def _even_flow(
    transport: Transport, held: NDArray[np.int64], columns: PairColumns
) -> NDArray[np.bool_]:
    """Which columns the cheapest flow takes."""
    mentees, mentors = columns.mentees, columns.mentors
    check_minimums(transport, mentees, mentors)
    made = np.zeros(len(columns), dtype=bool)
    if not len(columns):
        return made
    n, m = transport.shape
    classes = transport.n_classes
    rest, sink = n + m + classes, n + m + classes + 1
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[n : n + m] = -transport.minimum
    reached = find_stage_values(transport, mentees, mentors)
    tails, heads, room = hand_out_places(transport, reached, supply, rest)
    supply[sink] = -int(supply.sum())
    most = np.minimum(transport.capacity, np.bincount(mentors, minlength=m))
    further = np.maximum(most - transport.minimum, 0)
    seats = np.repeat(np.arange(m), further)
    place = run_positions(np.zeros_like(further), further)
    load = held[seats] + transport.minimum[seats] + place + 1
    flows = find_cheapest_flow(
        np.concatenate([tails, mentees, n + seats]),
        np.concatenate([heads, n + mentors, np.full(len(seats), sink)]),
        np.concatenate([room, np.ones(len(mentees) + len(seats), np.int64)]),
        np.concatenate([np.zeros(len(tails) + len(mentees), np.int64), 2 * load - 1]),
        supply,
    )
    made[:] = flows[len(tails) : len(tails) + len(mentees)] > 0
    return made


def _prices(
    transport: Transport, held: NDArray[np.int64], columns: PairColumns, chosen: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find prices of seats, and of being covered by class, at which nobody would rather move.

    Where a load is above its minimum a seat costs at least what the last one added, where it is
    below the capacity at most what the next one would. Whoever can go from a to j makes j as dear
    as a, and whoever of a class has nobody makes j as dear as being covered. These are differences:
    the lowest prices come from what seats cost at least; mentors at their minimum whom nobody can
    reach have no such bound, and take the highest price that those they lead to allow.
    """
    m, classes = transport.shape[1], transport.n_classes
    nodes = m + classes
    loads = np.bincount(columns.mentors[chosen], minlength=m)
    own = np.full(len(transport.demand), -1)
    own[columns.mentees[chosen]] = columns.mentors[chosen]
    matched = np.flatnonzero(own >= 0)
    alone = (transport.demand > 0) & (own < 0) & ~transport.covered
    # An arc a → b asks for a price of b as high as that of a; nodes after the mentors are classes.
    free = ~chosen & ((own >= 0) | alone)[columns.mentees]
    mentees, heads = columns.mentees[free], columns.mentors[free]
    tails = np.where(own[mentees] >= 0, own[mentees], m + transport.classes[mentees])
    tails = np.concatenate([tails, own[matched]])
    heads = np.concatenate([heads, m + transport.classes[matched]])
    least = np.full(nodes, -np.inf)
    above = loads > transport.minimum
    least[:m][above] = (2.0 * (held + loads) - 1)[above]
    empty = (loads == 0) & (transport.minimum == 0)
    least[:m][empty] = (2.0 * held + 1)[empty]
    most = np.full(nodes, np.inf)
    below = loads < transport.capacity
    most[:m][below] = (2.0 * (held + loads) + 1)[below]
    prices = least.copy()
    for _ in range(nodes + 1):
        before = prices.copy()
        np.maximum.at(prices, heads, prices[tails])
        if np.array_equal(prices, before):
            break
    open_ = np.isneginf(prices)
    highest = np.where(open_, most, prices)
    for _ in range(nodes + 1):
        before = highest.copy()
        np.minimum.at(highest, tails, np.where(open_[tails], highest[heads], np.inf))
        highest[~open_] = prices[~open_]
        if np.array_equal(highest, before):
            break
    # What is bounded from neither side is as dear as the dearest, so that nobody wants to go there.
    finite = highest[np.isfinite(highest)]
    highest[np.isinf(highest)] = finite.max(initial=0.0)
    return highest[:m], highest[m:]


def _cheaper(
    transport: Transport,
    columns: PairColumns,
    chosen: NDArray[np.bool_],
    prices: NDArray[np.float64],
    nobody: NDArray[np.float64],
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find pairs outside of the columns that cost less than what their mentee has."""
    m = transport.shape[1]
    asks = np.where(transport.demand > 0, nobody[transport.classes], -np.inf)
    asks[columns.mentees[chosen]] = prices[columns.mentors[chosen]]
    found_i, found_j = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    for rows in transport.row_blocks():
        value = transport.read(rows)
        better = (value > -np.inf) & (prices < asks[rows, None])
        if better.any():
            # The best scores of several groups of mentors: not everybody can have the same one.
            row, column = best_open_of_groups(np.where(better, value, -np.inf), max(2, -(-m // 8)))
            found_i.append(row + rows.start)
            found_j.append(column)
    return np.concatenate(found_i), np.concatenate(found_j)
