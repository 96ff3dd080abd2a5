"""Prices near the best ones, by bidding: what a flow finds exactly, in a part of its time.

Everybody without a seat bids for the best one at current prices, as much more than its price as
the next best is worse; a mentor keeps the highest bids (auction with similar objects: Bertsekas
and Castañon 1989, here ended early). Prices only have to tell which pairs are worth looking at, so
who wants several mentors bids for each of them as if it were alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.solvers.flows.columns import run_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.columns import PairColumns
    from mentormatch.solvers.flows.transport import Transport

__all__ = ["Bids", "bid_for_seats"]

# Rounds of bids, and the share of bidders left without a seat at which they end earlier. They end
# as well where so many rounds left more than such a share of those without one: who is left then
# finds no seat among its columns, and only outbids others.
MOST_ROUNDS = 40
FEW_LEFT = 0.01
SOME_ROUNDS, STILL_LEFT = 10, 0.75
# How much more than it must everybody bids at least, of the spread of scores.
STEP = 2.0**-7


class Bids(NamedTuple):
    """What bids end with; prices and values in units of score.

    The value of a mentee is what a new pair would have to beat: for whoever wants one mentor that
    of its best column, for two that of the second best, and so on; +inf for who has no column.
    """

    prices: NDArray[np.float64]  # (mentors,)
    values: NDArray[np.float64]  # (mentees,)
    free: NDArray[np.intp]  # mentors with a free seat; none where nearly everybody has one who bids


def bid_for_seats(transport: Transport, columns: PairColumns, start: NDArray[np.float64]) -> Bids:
    """Find prices of mentors near the best ones, and what a new pair would have to beat at them.

    Prices begin at ``start`` (mentors,), in units of score; none falls.
    """
    n, m = transport.shape
    first = columns.first
    held = np.diff(first)
    bidders = np.repeat(np.arange(n), np.where(held > 0, transport.demand, 0))
    prices = start.copy()
    with np.errstate(over="ignore"):
        spread = float(np.ptp(columns.scores)) if len(columns) else 0.0
    # Whom a bidder without a seat would take at a loss, only the total can tell.
    least = -np.inf if transport.coverage_first else 0.0
    room = np.minimum(transport.capacity, len(bidders))
    seats = int(room[np.bincount(columns.mentors, minlength=m) > 0].sum())
    at, bids = np.full(len(bidders), m), np.zeros(len(bidders))
    waiting = np.arange(len(bidders))
    asked: list[int] = []
    few = max(FEW_LEFT * len(bidders), len(bidders) - seats)
    # Sums of numbers near the end of float64 would be infinite: there, nobody bids.
    for _ in range(MOST_ROUNDS if np.isfinite(2.0 * MOST_ROUNDS * spread) else 0):
        if len(waiting) <= few:
            break
        asked.append(len(waiting))
        before = asked[-1 - SOME_ROUNDS] if len(asked) > SOME_ROUNDS else np.inf
        if len(waiting) > STILL_LEFT * before:
            break
        best, second, mentor = _two_best(columns, first, held, prices, bidders[waiting])
        going = best > least
        waiting, mentor = waiting[going], mentor[going]
        more = best[going] - np.maximum(second[going], least)
        offered = prices[mentor] + np.minimum(more, spread) + STEP * spread
        wanted = np.zeros(m + 1, dtype=bool)
        wanted[mentor] = True
        sitting = np.flatnonzero(wanted[at])
        who = np.concatenate([sitting, waiting])
        heads = np.concatenate([at[sitting], mentor])
        sums = np.concatenate([bids[sitting], offered])
        order = np.lexsort((-sums, heads))
        who, heads, sums = who[order], heads[order], sums[order]
        begins = np.flatnonzero(np.diff(heads, prepend=-1))
        rank = np.arange(len(heads)) - np.repeat(begins, np.diff(begins, append=len(heads)))
        stays, last = rank < room[heads], rank == room[heads] - 1
        prices[heads[last]] = sums[last]
        at[who], bids[who] = np.where(stays, heads, m), sums
        waiting = who[~stays]
    # Those who can find no seat among the columns outbid each other without an end.
    np.minimum(prices, np.maximum(start, spread), out=prices)
    values = np.full(n, np.inf)
    asking = np.flatnonzero(held > 0)
    if len(asking):
        line = columns.scores - prices[columns.mentors]
        if transport.wants_several:
            line = line[np.lexsort((-line, columns.mentees))]
            last = np.clip(transport.demand, 1, np.maximum(held, 1)) - 1
            found = line[(first[:-1] + last)[asking]]
        else:
            found = np.maximum.reduceat(line, first[asking])
        values[asking] = np.maximum(found, least)
    loads = np.bincount(at, minlength=m + 1)[:m]
    free = np.flatnonzero(loads < room) if len(waiting) > few else np.empty(0, dtype=np.intp)
    return Bids(prices, values, free)


def _two_best(
    columns: PairColumns,
    first: NDArray[np.intp],
    held: NDArray[np.intp],
    prices: NDArray[np.float64],
    people: NDArray[np.intp],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """The best and the second best value of some mentees, and the mentor of the best."""
    counts = held[people]
    where = run_positions(first[people], counts)
    starts = np.cumsum(counts) - counts
    value = columns.scores[where] - prices[columns.mentors[where]]
    best = np.maximum.reduceat(value, starts)
    place = np.flatnonzero(value == np.repeat(best, counts))[::-1]
    chosen = np.empty(len(people), dtype=np.intp)
    chosen[np.repeat(np.arange(len(people)), counts)[place]] = place
    value[chosen] = -np.inf
    second = np.maximum.reduceat(value, starts)
    return best, second, columns.mentors[where[chosen]].astype(np.intp)
