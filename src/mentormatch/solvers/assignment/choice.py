"""Which engine takes which problem, and the engines that look at all pairs at once.

The figures come from benchmarks/bench_engines.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np
from scipy.optimize import linear_sum_assignment

from mentormatch.errors import SolverError
from mentormatch.solvers.assignment.priced import solve_priced
from mentormatch.solvers.flows.arcs import choose_arcs
from mentormatch.solvers.flows.potentials import ArcList, find_potentials
from mentormatch.solvers.flows.transport import Answer, Limits, Need

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mentormatch.solvers.flows.transport import Transport

__all__ = [
    "ENGINES",
    "choose_engine",
    "solve",
    "solve_listed",
]

# People from which rough prices save more than they take, and the rounds that find them, by
# measurement (benchmarks/bench_small.py).
WORTH_PRICES = 256
AUCTION_ROUNDS = 40
# The auction ends after so many rounds where more than this share of the rows still bid: many
# scores are alike.
TRIAL_ROUNDS, FEW = 8, 0.25
# The least by which a bid raises a price, as a share of the mean of the first bids.
LEAST_BID = 0.3
# Mentees × seats up to which replicated seats are quicker than rounds of columns.
SCIPY_CELLS = 250_000
# Mentees × mentors up to which one flow with all arcs is quicker than rounds of columns.
FLOW_CELLS = 50_000


def solve_flow(transport: Transport, limits: Limits) -> Answer:
    """Solve with OR-Tools min-cost flow, one arc per eligible pair.

    Raises InfeasibleError where the minimums cannot be met.
    """
    scores = transport.dense()
    scores[transport.demand == 0] = -np.inf
    mentees, mentors = np.nonzero(np.isfinite(scores))
    chosen, moved = choose_arcs(transport, mentees, mentors, scores[mentees, mentors])
    return Answer(mentees[chosen], mentors[chosen], "flow", resolution=moved)


def solve_listed(
    transport: Transport,
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    scores: NDArray[np.float64],
) -> Answer:
    """Solve where these are all the pairs there are; the answer has multipliers.

    The pairs are sorted by mentee; of the transport, with demands of at most 1, scores are not
    read. Raises InfeasibleError where the minimums cannot be met.
    """
    chosen, moved = choose_arcs(transport, mentees, mentors, scores)
    made = np.zeros(len(mentees), dtype=bool)
    made[chosen] = True
    arcs = ArcList(mentees.astype(np.int32), mentors.astype(np.int32), scores, made)
    found = find_potentials(transport, arcs, 2 * moved)
    nobody = found.nobody.copy()
    # Where nobody of a class has a mentor, nothing bounds what having one is worth from below: it
    # is what keeps the best pair of the class from paying.
    worth = np.full(len(nobody), -np.inf)
    np.maximum.at(worth, transport.classes[mentees], scores - found.prices[mentors])
    unbounded = np.isneginf(nobody)
    nobody[unbounded] = np.where(np.isfinite(worth), -worth, 0.0)[unbounded]
    return Answer(
        mentees[chosen],
        mentors[chosen],
        "flow",
        resolution=moved,
        prices=found.prices,
        coverage=nobody,
    )


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


@dataclass(frozen=True, slots=True)
class Engine:
    """A solver, and what it keeps of all that a problem may need; see `Transport.needs`."""

    solve: Callable[[Transport, Limits], Answer]
    keeps: frozenset[Need]

    def can_solve(self, transport: Transport) -> bool:
        """Whether it keeps all that a problem needs."""
        return transport.needs <= self.keeps


EVERYTHING: frozenset[Need] = frozenset(get_args(Need))
# The one table of what engines can do.
ENGINES: dict[str, Engine] = {
    "scipy": Engine(solve_scipy, frozenset()),
    "flow": Engine(solve_flow, EVERYTHING),
    "priced": Engine(solve_priced, EVERYTHING),
}


def choose_engine(transport: Transport) -> tuple[str, str]:
    """The engine for a problem, a key of `ENGINES`, and why."""
    n, m = transport.shape
    few = n * int(np.minimum(transport.capacity, n).sum()) <= SCIPY_CELLS
    if few and ENGINES["scipy"].can_solve(transport):
        return "scipy", "few people, each wants one mentor"
    if n * m <= FLOW_CELLS:
        return "flow", "few pairs, all of them at once"
    return "priced", "many pairs, few of which matter"


def solve(
    transport: Transport, engine: str | None = None, limits: Limits | None = None
) -> tuple[Answer, str]:
    """Solve with the engine asked for, or with the one that fits; also say which and why."""
    if engine is None:
        name, why = choose_engine(transport)
    else:
        name, why = engine, "asked for"
    if name not in ENGINES:
        raise SolverError(f"There is no engine {name!r}. Known: {', '.join(sorted(ENGINES))}.")
    lacking = transport.needs - ENGINES[name].keeps
    if lacking:
        raise SolverError(
            f"engine={name!r} cannot keep {', '.join(sorted(lacking))}. Use "
            f"{_listed(transport)}, or leave engine out."
        )
    return ENGINES[name].solve(transport, limits or Limits()), f"{name} ({why})"


def _listed(transport: Transport) -> str:
    able = [repr(name) for name, engine in ENGINES.items() if engine.can_solve(transport)]
    return " or ".join(f"engine={name}" for name in able)
