"""SciPy's rectangular assignment on replicated seats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from mentormatch.solvers.flows.transport import Answer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.transport import Limits, Transport

__all__ = ["solve_scipy"]

# People from which rough prices save more than they take, and the rounds that find them, by
# measurement (benchmarks/bench_small.py).
WORTH_PRICES = 256
AUCTION_ROUNDS = 40
# The auction ends after so many rounds where more than this share of the rows still bid: many
# scores are alike.
TRIAL_ROUNDS, FEW = 8, 0.25
# The least by which a bid raises a price, as a share of the mean of the first bids.
LEAST_BID = 0.3


def solve_scipy(transport: Transport, limits: Limits) -> Answer:
    """Solve with `scipy.optimize.linear_sum_assignment`, one column per seat.

    A cell of the square holds the better of two things: making the pair, or both staying apart. An
    ineligible cell holds staying apart only, so a masked pair is never made and a large number
    never stands for "forbidden".
    It knows no minimums, no priorities and no second places: see `ENGINES`.
    """
    _n, m = transport.shape
    (wanting,) = transport.demand.nonzero()
    seats = np.repeat(np.arange(m), np.minimum(transport.capacity, len(wanting)))
    if not len(seats) or not len(wanting):
        return Answer(np.empty(0, np.intp), np.empty(0, np.intp), "scipy")
    scores = transport.dense()
    if len(wanting) < len(scores):
        scores = scores[wanting]
    eligible = np.isfinite(scores)
    value = scores
    if transport.coverage_first:
        # A mentee who has a mentor already adds a pair, not coverage; at one place each that is the
        # same stage.
        if np.count_nonzero(eligible) < eligible.size:
            found = scores[eligible]
            low, high = (float(found.min()), float(found.max())) if len(found) else (0.0, 0.0)
            # A pair counts more than all scores together: the change along one alternating path is
            # at most this.
            above = (high - low) * min(len(wanting), len(seats)) + (high - low)
            above = above if above > 0 else 1.0
            value = np.where(eligible, scores - low + above, 0.0)
        worth_it = eligible
    else:
        worth_it = eligible & (scores >= 0)
        value = np.where(worth_it, scores, 0.0)
    single = len(seats) == m and np.count_nonzero(transport.capacity) == m
    square = value if single else value[:, seats]
    rows, columns = linear_sum_assignment(_loss_at_rough_prices(square))
    mentors = seats[columns]
    made = worth_it[rows, mentors]
    return Answer(wanting[rows[made]], mentors[made], "scipy")


def _loss_at_rough_prices(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what each cell loses against the best of its row, at rough prices of the columns.

    Where every column is used, any prices leave the best assignment the best. At the prices of an
    auction in float32 (Bertsekas 1988) nearly all rows get what they want at once, and the paths
    that SciPy searches for the others are short.
    """
    n, m = value.shape
    if n != m or n < WORTH_PRICES:
        return -value
    loss = np.asarray(value.max(axis=1, keepdims=True) - value)
    scale = float(loss.max())
    return loss + scale * _auction_prices((loss / scale).astype(np.float32)) if scale else loss


def _auction_prices(loss: NDArray[np.float32]) -> NDArray[np.float64]:
    """Prices at which few rows want the same column; found while rows without one are few."""
    n = len(loss)
    prices, owner = np.zeros(n, np.float32), np.full(n, -1)
    rows, least = np.arange(n), np.float32(0)
    for turn in range(AUCTION_ROUNDS):
        asked = loss[rows]
        asked += prices
        lines = np.arange(len(rows))
        wanted = asked.argmin(axis=1)
        best = asked[lines, wanted]
        asked[lines, wanted] = np.inf
        bids = asked.min(axis=1) - best
        if turn == 0:
            least = np.float32(LEAST_BID * bids.mean())
        # Of the bids for a column the highest is written last.
        rising = np.argsort(bids, kind="stable")
        raised, winner = np.zeros(n, np.float32), np.full(n, -1)
        raised[wanted[rising]] = bids[rising] + least
        winner[wanted[rising]] = rows[rising]
        prices += raised
        sold = np.flatnonzero(winner >= 0)
        waiting = np.zeros(n, dtype=bool)
        waiting[rows] = True
        waiting[owner[sold][owner[sold] >= 0]] = True
        waiting[winner[sold]] = False
        owner[sold] = winner[sold]
        rows = np.flatnonzero(waiting)
        if not len(rows) or (turn >= TRIAL_ROUNDS and len(rows) > FEW * n):
            break
    return prices.astype(np.float64)
