"""The columns a search begins with: those that matter at prices near the best ones.

All pairs are read once without prices, bids for the best of each mentee give prices, and what may
be better at these is read again. What a mentee can do best there is nearly what the exact optimum
takes, so that the first flow is small and its prices stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.solvers.assignment.bidding import bid_for_seats
from mentormatch.solvers.assignment.pricing import best_columns_of, find_surplus, select_offers
from mentormatch.solvers.flows.columns import PairColumns
from mentormatch.solvers.flows.coverage import flow_on_arcs
from mentormatch.threads import run_parallel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.assignment.pricing import OfferTable
    from mentormatch.solvers.flows.transport import Transport

__all__ = ["add_offers", "drop_columns", "first_columns"]

# Offers of each mentee that are bid for, and how many columns of a place the first flow sees.
BID_FOR = 24
KEPT = 8
# How often those whom the columns would leave without a mentor are given more of them.
TRIES = 4
PAIRS_AT_ONCE = 50_000


def first_columns(transport: Transport, offers: OfferTable, extra: int) -> PairColumns:
    """Columns from a pass over all pairs and from a second one at the prices of bids.

    Parameters
    ----------
    transport
        What is asked.
    offers
        Where nothing was read yet.
    extra
        How many columns that do not improve are added as well.
    """
    n, m = transport.shape
    none = PairColumns.empty(n, m)
    # Nothing is above this threshold, but what was never read may be.
    offers.update(np.zeros(m), np.full(n, np.finfo(np.float64).max), none)
    bid_on = _best_offers(offers)
    prices, values = bid_for_seats(transport, bid_on)
    offers.update(prices, values, bid_on)
    surplus = find_surplus(transport, offers, values, prices)
    wanted = select_offers(offers, surplus, surplus > 0, extra)
    kept = drop_columns(offers, bid_on, values, prices, KEPT * int(transport.demand.sum()))
    exact = score_exactly(transport, kept.mentees, kept.mentors)
    kept = PairColumns(kept.mentees, kept.mentors, exact, n, m)
    return _serve_more(transport, add_offers(kept, offers, wanted))


def _best_offers(offers: OfferTable) -> PairColumns:
    """The best offers of each mentee, with their scores as they were read."""
    least = max(0, len(offers.starts) - BID_FOR)
    mentees, mentors, scores = [], [], []
    for rows in offers.blocks():
        values = offers.values[rows]
        best = np.sort(np.argpartition(values, least, axis=1)[:, least:], axis=1)
        found = np.take_along_axis(values, best, axis=1)
        line, place = np.nonzero(found > -np.inf)
        mentees.append((line + rows.start).astype(np.int32))
        mentors.append(offers.mentors[rows][line, best[line, place]])
        scores.append(found[line, place].astype(np.float64))
    # Groups are in the order of their mentors, so these are sorted.
    n, m = offers.transport.shape
    return PairColumns(
        np.concatenate(mentees), np.concatenate(mentors), np.concatenate(scores), n, m
    )


def _serve_more(transport: Transport, columns: PairColumns) -> PairColumns:
    """Add columns to free seats for those whom the columns leave without a mentor.

    Where the columns fall short of the largest coverage, prices say who lacks a mentor, and not
    which pairs are good.
    """
    once = np.where(transport.covered, 0, np.minimum(transport.demand, 1))
    for _ in range(TRIES if transport.coverage_first else 0):
        flow = flow_on_arcs(columns.mentees, columns.mentors, once, transport.capacity)
        left = once > 0
        left[columns.mentees[flow]] = False
        loads = np.bincount(columns.mentors[flow], minlength=columns.m)
        free = np.flatnonzero(loads < transport.capacity)
        if not left.any() or not len(free):
            break
        mentees, mentors = best_columns_of(transport, free, left, columns)
        if not len(mentees):
            break
        columns = columns.with_pairs(mentees, mentors, score_exactly(transport, mentees, mentors))
    return columns


def add_offers(columns: PairColumns, offers: OfferTable, wanted: NDArray[np.bool_]) -> PairColumns:
    """Add the wanted offers to the columns, scored exactly."""
    mentees, group = np.nonzero(wanted)
    mentors = offers.mentors[mentees, group]
    return columns.with_pairs(mentees, mentors, score_exactly(offers.transport, mentees, mentors))


def drop_columns(
    offers: OfferTable,
    columns: PairColumns,
    values: NDArray[np.float64],
    prices: NDArray[np.float64],
    most: int,
    chosen: NDArray[np.bool_] | None = None,
) -> PairColumns:
    """Keep the columns nearest to what each mentee has; the others become offers again.

    Parameters
    ----------
    offers
        At the same prices.
    columns
        Of which some are dropped.
    values, prices
        (mentees,) and (mentors,): what each has, and what each asks, in units of score.
    most
        How many are kept, about.
    chosen
        bool array (columns,): those that stay in any case.
    """
    if len(columns) <= most:
        return columns
    slack = values[columns.mentees] - (columns.scores - prices[columns.mentors])
    if chosen is not None:
        slack[chosen] = -np.inf
    kept = slack <= np.partition(slack, most)[most]
    offers.release(columns.keep(~kept))
    return columns.keep(kept)


def score_exactly(
    transport: Transport, mentees: NDArray[np.integer], mentors: NDArray[np.integer]
) -> NDArray[np.float64]:
    """The exact scores of many pairs."""
    scores = np.empty(len(mentees))

    def score(some: slice) -> None:
        scores[some] = transport.exact(mentees[some], mentors[some])

    starts = range(0, len(mentees), PAIRS_AT_ONCE)
    run_parallel(score, [slice(start, start + PAIRS_AT_ONCE) for start in starts])
    return scores
