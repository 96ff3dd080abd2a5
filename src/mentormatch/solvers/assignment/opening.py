"""The columns a search begins with: those that matter at prices near the best ones.

All pairs are read once, bids for the best of each mentee give prices, and who may have better at
these than its list shows is read again. What a mentee can do best there is nearly what the exact
optimum takes, so that the first flow is small and its prices stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from mentormatch.shortlists import run_positions
from mentormatch.solvers.assignment.pricing import (
    best_columns_of,
    best_offers,
    find_surplus,
    select_offers,
)
from mentormatch.solvers.flows.arcs import StageValues, flow_on_arcs
from mentormatch.solvers.flows.columns import PairColumns
from mentormatch.threads import run_parallel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.assignment.pricing import OfferTable
    from mentormatch.solvers.deadline import Deadline
    from mentormatch.solvers.flows.transport import Transport

__all__ = ["Bids", "add_offers", "bid_for_seats", "drop_columns", "first_columns"]

# Offers of each mentee that are bid for, how many of them stay for each place, about, and how many
# more of the others come in that are nearest to what bids end with: by measurement (docs,
# benchmarks).
BID_FOR = 24
KEPT_AT_FIRST = 8
NEAR_AT_FIRST = 4
# As long as more offers than this, for each place, are better than what bids end with, their prices
# are far off, and bids go on with these offers, at most so many times.
MANY_BETTER, TURNS = 2, 4
# Mentees whose scores tell what mentors are worth to all of them: a share of all, but no more and
# no fewer than so many.
SHARE_ASKED, ASKED, FEWEST_ASKED, ASKED_AT_ONCE = 1 / 16, 512, 64, 512
# They are worth the same to all where their means differ by so much of what mentees differ in.
ALIKE = 0.5
# What a mentor with a free seat is offered for each seat, and at least, of so many pairs that are
# looked at.
BEST_FOR_A_SEAT, FEWEST_BEST, LOOKED_AT = 4, 24, 2**22
# How often those whom the columns would leave without a mentor are given more of them.
TRIES = 4
# How many of them are spread over free seats at once.
SPREAD = 500
PAIRS_AT_ONCE = 50_000
# Rounds of bids, and the share of bidders left without a seat at which they end earlier. They end
# as well where so many rounds left more than such a share of those without one: who is left then
# finds no seat among its columns, and only outbids others.
MOST_ROUNDS = 40
FEW_LEFT = 0.01
SOME_ROUNDS, STILL_LEFT = 10, 0.75
# How much more than it must everybody bids at least, of the spread of scores.
STEP = 2.0**-7


def first_columns(
    transport: Transport, offers: OfferTable, deadline: Deadline
) -> tuple[PairColumns, StageValues | None]:
    """Columns from a pass over all pairs and from more at the prices of bids.

    In ``offers`` nothing was read yet. Once the deadline has passed, prices and columns stay as
    they are. Also returns how many the columns serve, where it is everybody; None where it is not
    known.
    """
    # What bids were made from has gone before a flow needs as much memory again.
    return _serve_more(transport, _bid_for_columns(transport, offers, deadline), deadline)


def _bid_for_columns(transport: Transport, offers: OfferTable, deadline: Deadline) -> PairColumns:
    """The columns near what bids for the best ones of each mentee end with."""
    n, m = transport.shape
    places = int(transport.demand.sum())
    # Nothing is above this threshold, but what was never read may be.
    values = np.full(n, np.finfo(np.float64).max)
    start = _prices_of_the_typical(offers)
    offers.update(start, values, PairColumns.empty(n, m))
    best = np.zeros(offers.taken.shape, dtype=bool)
    best[:, :BID_FOR] = offers.lists.scores[:, :BID_FOR] > -np.inf
    bid_on = _as_read(offers, best)
    for turn in range(TURNS):
        prices, values, free = bid_for_seats(transport, bid_on, start)
        offers.update(prices, values, bid_on)
        surplus = find_surplus(transport, offers, values)
        better = best_offers(surplus, surplus > 0, BID_FOR)
        near = int(np.count_nonzero(better)) <= MANY_BETTER * places
        if near or turn + 1 == TURNS or deadline.has_passed:
            break
        found = _as_read(offers, better)
        bid_on = drop_columns(bid_on, values, prices, BID_FOR * places)
        bid_on = bid_on.with_pairs(found.mentees, found.mentors, found.scores)
    wanted = select_offers(surplus, better, NEAR_AT_FIRST * n)
    kept = drop_columns(bid_on, values, prices, KEPT_AT_FIRST * places)
    exact = score_exactly(transport, kept.mentees, kept.mentors)
    kept = PairColumns(kept.mentees, kept.mentors, exact, n, m)
    columns = add_offers(kept, offers, wanted)
    if len(free):
        mentees, mentors = _best_mentees(offers, free, values)
        columns = columns.with_pairs(mentees, mentors, score_exactly(transport, mentees, mentors))
    return columns


def _best_mentees(
    offers: OfferTable, free: NDArray[np.intp], values: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find who would give up least for mentors whom the lists of mentees leave with free seats.

    Where nearly all seats are needed, somebody takes them in the end, and who it is sets the prices
    of all others. ``values`` is what each mentee has.
    """
    transport = offers.transport
    having = np.flatnonzero(np.isfinite(values))
    some = having[:: max(1, -(-len(having) * transport.shape[1] // LOOKED_AT))]
    offers.passes += len(some) / max(1, transport.shape[0])
    loss = np.empty((len(free), len(some)))
    wanted = np.maximum(BEST_FOR_A_SEAT * transport.capacity[free], FEWEST_BEST)

    def read(rows: slice) -> None:
        with np.errstate(over="ignore"):
            loss[:, rows] = (values[some[rows], None] - transport.read(some[rows])[:, free]).T

    def choose(place: int) -> NDArray[np.intp]:
        mine, count = loss[place], wanted[place]
        least = np.argpartition(mine, count)[:count] if count < len(some) else slice(None)
        return np.asarray(some[least][mine[least] < np.inf])

    run_parallel(read, list(transport.row_blocks(len(some))))
    found = [choose(place) for place in range(len(free))]
    mentees = np.concatenate([np.empty(0, np.intp), *found])
    return mentees, np.repeat(free, [len(mine) for mine in found])


def _prices_of_the_typical(offers: OfferTable) -> NDArray[np.float64]:
    """What seats would cost if all mentees thought alike: as some of them do on average.

    Seats are then given out from the best mentor down, and each costs by how much it is better than
    the last one that is given out. Prices are 0 where mentees differ much more from each other
    than mentors do on average: a price that is too high hides a mentor.
    """
    transport = offers.transport
    n, m = transport.shape
    wanting = np.flatnonzero(transport.demand > 0)
    asked = min(ASKED, max(FEWEST_ASKED, int(SHARE_ASKED * len(wanting))))
    some = wanting[:: max(1, len(wanting) // asked)]
    offers.passes += len(some) / max(1, n)
    count, sums, squares = np.zeros(m), np.zeros(m), np.zeros(m)
    for start in range(0, len(some), ASKED_AT_ONCE):
        rows = some[start : start + ASKED_AT_ONCE]
        read = transport.by_tile(rows, transport.tiles)
        for tile, value in zip(transport.tiles, read, strict=True):
            is_open = value > -np.inf
            count[tile] += is_open.sum(axis=0)
            value[~is_open] = 0.0
            sums[tile] += value.sum(axis=0, dtype=np.float64)
            squares[tile] += np.einsum("ij,ij->j", value, value, dtype=np.float64)
    prices = np.zeros(m)
    known = np.flatnonzero((count > 1) & (transport.capacity > 0))
    if len(known) < 2:
        return prices
    number, mean = count[known], sums[known] / count[known]
    within = float(np.mean(np.maximum(squares[known] / number - mean**2, 0.0)))
    between = float(np.var(mean))
    if not (np.isfinite(between) and between > ALIKE * within):
        return prices
    order = np.argsort(-mean, kind="stable")
    given = np.cumsum(np.minimum(transport.capacity[known[order]], n))
    last = min(int(np.searchsorted(given, int(transport.demand.sum()))), len(order) - 1)
    prices[known] = np.maximum(mean - mean[order[last]], 0.0)
    return prices


def _as_read(offers: OfferTable, wanted: NDArray[np.bool_]) -> PairColumns:
    """Some offers as columns, with their scores as they were read, which is enough for bids."""
    lists = offers.lists
    n, m = lists.shape
    width = int(np.flatnonzero(wanted.any(axis=0)).max(initial=-1)) + 1
    mentors = np.full((n, width), m, dtype=np.int32)
    scores = np.empty((n, width), dtype=lists.scores.dtype)

    def sort(rows: slice) -> None:
        mine = np.where(wanted[rows, :width], lists.mentors[rows, :width], np.int32(m))
        order = np.argsort(mine, axis=1)
        mentors[rows] = np.take_along_axis(mine, order, axis=1)
        scores[rows] = np.take_along_axis(lists.scores[rows, :width], order, axis=1)

    run_parallel(sort, list(lists.blocks()))
    kept = mentors < m
    mentees = np.repeat(np.arange(n, dtype=np.int32), np.count_nonzero(kept, axis=1))
    return PairColumns(mentees, mentors[kept], scores[kept].astype(np.float64), n, m)


def _serve_more(
    transport: Transport, columns: PairColumns, deadline: Deadline
) -> tuple[PairColumns, StageValues | None]:
    """Add columns to free seats for those whom the columns leave without a mentor.

    Where the columns fall short of the largest coverage, prices say who lacks a mentor, and not
    which pairs are good.
    """
    once = np.where(transport.covered, 0, np.minimum(transport.demand, 1))
    for _ in range(TRIES if transport.coverage_first else 0):
        flow = flow_on_arcs(columns.mentees, columns.mentors, once, transport.capacity)
        left = once > 0
        left[columns.mentees[flow]] = False
        if not left.any() and np.array_equal(once, transport.demand):
            served = np.bincount(transport.classes[once > 0], minlength=transport.n_classes)
            return columns, StageValues(served, int(once.sum()))
        loads = np.bincount(columns.mentors[flow], minlength=columns.m)
        free = np.flatnonzero(loads < transport.capacity)
        if not left.any() or not len(free) or deadline.has_passed:
            break
        mentees, mentors = best_columns_of(transport, free, left, columns)
        if not len(mentees):
            break
        apart = _spread(transport, np.flatnonzero(left), free, (transport.capacity - loads)[free])
        mentees, mentors = np.append(mentees, apart[0]), np.append(mentors, apart[1])
        columns = columns.with_pairs(mentees, mentors, score_exactly(transport, mentees, mentors))
    return columns, None


def _spread(
    transport: Transport, left: NDArray[np.intp], free: NDArray[np.intp], room: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give those without a mentor a free seat each: not all of them the best one.

    ``room`` says how many seats of each free mentor are free.
    """
    room = np.minimum(room, len(left))
    mentees, mentors = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    for start in range(0, len(left), SPREAD):
        some = left[start : start + SPREAD]
        places = np.repeat(np.arange(len(free)), room)
        # Of many free seats some are enough, taken evenly.
        places = places[:: max(1, len(places) // (2 * SPREAD))]
        if not len(places):
            break
        worth = np.full((len(some), len(places)), -np.inf)
        for rows in transport.row_blocks(len(some)):
            worth[rows] = transport.read(some[rows])[:, free[places]]
        is_open = worth > -np.inf
        lowest, highest = (
            float(end(worth, where=is_open, initial=0.0)) for end in (np.min, np.max)
        )
        # No pair is worth less than any that can be made; halves, as sizes may be any.
        worth = np.where(is_open, worth / 2, lowest - highest / 2)
        line, place = linear_sum_assignment(worth, maximize=True)
        made = is_open[line, place]
        mentees.append(some[line[made]])
        mentors.append(free[places[place[made]]])
        room -= np.bincount(places[place[made]], minlength=len(free))
    return np.concatenate(mentees), np.concatenate(mentors)


def add_offers(columns: PairColumns, offers: OfferTable, wanted: NDArray[np.bool_]) -> PairColumns:
    """Add the wanted offers to the columns, scored exactly."""
    mentees, place = np.nonzero(wanted)
    mentors = offers.lists.mentors[mentees, place]
    return columns.with_pairs(mentees, mentors, score_exactly(offers.transport, mentees, mentors))


def drop_columns(
    columns: PairColumns,
    values: NDArray[np.float64],
    prices: NDArray[np.float64],
    most: int,
    chosen: NDArray[np.bool_] | None = None,
) -> PairColumns:
    """Keep the columns nearest to what each mentee has.

    By the values (mentees,) that each has and the prices (mentors,) that each asks, in units of
    score. About ``most`` are kept; those that are ``chosen`` (columns,) stay in any case.
    """
    if len(columns) <= most:
        return columns
    slack = values[columns.mentees] - (columns.scores - prices[columns.mentors])
    if chosen is not None:
        slack[chosen] = -np.inf
    return columns.keep(slack <= np.partition(slack, most)[most])


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

    Bids find in a part of its time what a flow finds exactly. Everybody without a seat bids for the
    best one at current prices, as much more than its price as the next best is worse; a mentor
    keeps the highest bids (auction with similar objects: Bertsekas and Castañon 1989, here ended
    early). Prices only have to tell which pairs are worth looking at, so who wants several mentors
    bids for each of them as if it were alone. Prices begin at ``start`` (mentors,), in units of
    score; none falls.
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
