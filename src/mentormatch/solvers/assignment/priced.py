"""Priced columns: solve on few pairs, then prove that the others do not matter.

Rounds of: the best choice among the columns (min-cost flow), its prices (potentials of the residual
graph), and a look at the short list of each mentee for pairs that would do better at these prices;
who may have better outside of its list is read again. That also bounds what is still to be gained,
so the search can stop at any relative gap (column generation: Dantzig and Wolfe 1960; for large
assignment problems Barnhart et al. 1998).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.solvers.assignment.minimums import add_columns_for_minimums
from mentormatch.solvers.assignment.opening import add_offers, drop_columns, first_columns
from mentormatch.solvers.assignment.pricing import (
    OfferTable,
    best_columns_of,
    best_offers,
    find_surplus,
    select_offers,
)
from mentormatch.solvers.assignment.raising import raise_open_stages
from mentormatch.solvers.assignment.repair import is_repairable, repair_choice
from mentormatch.solvers.flows.arcs import (
    StageValues,
    check_minimums,
    choose_arcs,
    find_stage_values,
)
from mentormatch.solvers.flows.potentials import (
    ArcList,
    Potentials,
    find_potentials,
    lower_together,
    raise_towards,
)
from mentormatch.solvers.flows.transport import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mentormatch.solvers.assignment.raising import RaisedPotentials
    from mentormatch.solvers.flows.columns import PairColumns
    from mentormatch.solvers.flows.transport import Limits, Transport

__all__ = ["SearchState", "solve_priced"]

# Columns a mentee keeps for each place, and how many more it may get in a round; by measurement
# (docs, benchmarks).
KEPT = 6
EXTRA = 1
# Of those that improve a mentee gets so many for each place in a round, at most.
MOST_BETTER = 16
# Columns are dropped in the first rounds only: later drops could go round in circles.
DROPPING_ROUNDS = 4
# Every later round adds columns, so that it ends; some forty are the most that were ever seen.
MOST_ROUNDS = 10_000


@dataclass(frozen=True, eq=False)
class _Round:
    """One solved restricted problem."""

    columns: PairColumns
    chosen: NDArray[np.bool_]
    potentials: Potentials
    error: float

    @property
    def total(self) -> float:
        return float(self.columns.scores[self.chosen].sum())


@dataclass(frozen=True, eq=False)
class SearchState:
    """What a search goes on from: written down after each round, it survives a stop."""

    columns: PairColumns  # the candidates of the next restricted problem
    served: NDArray[np.bool_]  # (mentees,): has an eligible mentor at all
    prices: NDArray[np.float64]  # (mentors,): of the last round; they bound every total
    round: int  # how many rounds are done


def solve_priced(
    transport: Transport,
    limits: Limits,
    start: SearchState | None = None,
    keep: Callable[[SearchState], None] | None = None,
) -> Answer:
    """Solve by priced columns; memory O(block + columns).

    ``start`` is where an earlier search stopped; its first round reads all pairs again. ``keep`` is
    called before each restricted problem is solved. Raises InfeasibleError where the minimums
    cannot be met.
    """
    n, m = transport.shape
    started = time.perf_counter()
    if not n or not m:
        check_minimums(transport, np.empty(0, np.intp), np.empty(0, np.intp))
        return Answer(np.empty(0, np.intp), np.empty(0, np.intp), "priced")
    offers = OfferTable(transport)
    most, extra = KEPT * int(transport.demand.sum()), EXTRA * n
    most_better = MOST_BETTER * int(transport.demand.max(initial=1))
    reached: StageValues | None = None
    if start is None:
        columns, reached = first_columns(transport, offers, limits.deadline)
        columns = add_columns_for_minimums(transport, columns)
        served = (offers.lists.bound_best(offers.prices) > -np.inf) | (np.diff(columns.first) > 0)
        start = SearchState(columns, served, offers.prices, 0)
        if keep is not None:
            keep(start)
    columns, served, number = start.columns, start.served, start.round
    limits.tell(
        "candidates",
        columns=len(columns),
        pairs_read=offers.passes,
        seconds=time.perf_counter() - started,
    )
    begun = time.perf_counter()
    # At which scores were read, before anything was raised above them.
    last = offers.prices
    solved = _solve_restricted(transport, columns, reached)
    while True:
        near = raise_towards(transport, _arcs_of(solved), solved.potentials, last, served)
        solved, last = replace(solved, potentials=near), near.prices
        done = time.perf_counter()
        lift = raise_open_stages(transport, _arcs_of(solved), solved.potentials, served)
        raised = lift.potentials
        threshold = _find_thresholds(transport, _arcs_of(solved), raised)
        read = offers.update(raised.prices, threshold, columns)
        surplus = find_surplus(transport, offers, threshold)
        solving, reading = done - begun, time.perf_counter() - done
        # What rounding of integers and of sums can pretend is no improvement.
        noise = 4 * solved.error + _rounding(columns.scores, raised.prices)
        better = surplus > noise
        gains = surplus.max(axis=1, initial=0.0).astype(np.float64)
        if solved.error:
            # At prices of scores that were rounded, a column may seem to improve as well.
            own = columns.scores - raised.prices[columns.mentors] - threshold[columns.mentees]
            np.maximum.at(gains, columns.mentees, own)
        still = gains @ transport.demand
        gap = float(still) / (abs(solved.total) or _size(columns.scores))
        number += 1
        limits.tell(
            "round",
            round=number,
            columns=len(columns),
            pairs_read=read,
            violations=int(np.count_nonzero(better)),
            gap=gap,
            total=solved.total,
            solving=solving,
            reading=reading,
            seconds=time.perf_counter() - started,
        )
        if (limits.deadline.has_passed or number >= MOST_ROUNDS) and better.any():
            return _answer(
                solved, _bound_open_stages(transport, solved, raised, offers), complete=False
            )
        near_enough = 0 < gap <= limits.gap
        if near_enough or not better.any():
            crossing = _add_crossing_columns(transport, columns, lift)
            if crossing is not None:
                columns = crossing
                begun = time.perf_counter()
                solved = _solve_restricted(transport, columns)
                continue
            enough = _lower_lift(transport, solved, lift)
            if not lift.cuts:
                enough = lower_together(transport, _arcs_of(solved), enough, served)
            return _answer(
                solved, _bound_open_stages(transport, solved, enough, offers), complete=True
            )
        if number <= DROPPING_ROUNDS:
            columns = drop_columns(columns, threshold, raised.prices, most, solved.chosen)
        better = best_offers(surplus, better, most_better)
        columns = add_offers(columns, offers, select_offers(surplus, better, extra))
        if keep is not None:
            keep(SearchState(columns, served, raised.prices, number))
        begun = time.perf_counter()
        known, again = None, None
        if is_repairable(transport) and not lift.cuts:
            served_now = int(np.count_nonzero(solved.chosen))
            known = StageValues(np.array([served_now]), served_now)
            again = _repair_last_choice(transport, columns, solved)
        solved = again or _solve_restricted(transport, columns, known)


def _repair_last_choice(transport: Transport, columns: PairColumns, last: _Round) -> _Round | None:
    """The best choice among the columns from that of the last round; None if a flow is quicker."""
    chosen = np.zeros(len(columns), dtype=bool)
    chosen[np.searchsorted(columns.keys, last.columns.keys[last.chosen])] = True
    noise = 4 * last.error + _rounding(columns.scores, last.potentials.prices)
    found = repair_choice(transport, columns, chosen, last.potentials, noise)
    return None if found is None else _Round(columns, *found, last.error)


def _solve_restricted(
    transport: Transport, columns: PairColumns, reached: StageValues | None = None
) -> _Round:
    """The best choice among the columns and its potentials; ``reached`` where it is known."""
    if transport.coverage_first and reached is None:
        reached = find_stage_values(transport, columns.mentees, columns.mentors)
    picked, error = choose_arcs(
        transport, columns.mentees, columns.mentors, columns.scores, reached
    )
    chosen = np.zeros(len(columns), dtype=bool)
    chosen[picked] = True
    arcs = ArcList(columns.mentees, columns.mentors, columns.scores, chosen)
    return _Round(columns, chosen, find_potentials(transport, arcs, 2 * error), error)


def _size(scores: NDArray[np.float64]) -> float:
    """Return the size of some scores, 1 where all are 0."""
    return float(np.abs(scores).max(initial=0.0)) or 1.0


def _rounding(scores: NDArray[np.float64], prices: NDArray[np.float64]) -> float:
    """Return what the rounding of sums of scores and prices can pretend is an improvement."""
    return 1e-13 * (_size(scores) + float(np.abs(prices).max(initial=0.0)))


def _arcs_of(solved: _Round) -> ArcList:
    columns = solved.columns
    return ArcList(columns.mentees, columns.mentors, columns.scores, solved.chosen)


def _find_thresholds(
    transport: Transport, arcs: ArcList, potentials: Potentials
) -> NDArray[np.float64]:
    """Find the value above which a new pair improves: what each mentee would give up for it."""
    n, _ = transport.shape
    mentees = arcs.mentees[arcs.chosen]
    value = arcs.scores[arcs.chosen] - potentials.prices[arcs.mentors[arcs.chosen]]
    places = np.bincount(mentees, minlength=n)
    threshold = np.full(n, np.inf)
    np.minimum.at(threshold, mentees, value)
    lacking = places < transport.demand
    nobody = lacking & (places == 0) & ~transport.covered
    threshold[nobody] = -potentials.nobody[transport.classes[nobody]]
    some = lacking & ~nobody
    threshold[some] = np.minimum(threshold[some], -potentials.place)
    return threshold


def _add_crossing_columns(
    transport: Transport, columns: PairColumns, lift: RaisedPotentials
) -> PairColumns | None:
    """Add every pair that would serve one more mentee; None where there is none.

    However far prices were raised, a score may be lower still: who can be served is decided by who
    is eligible, not by values.
    """
    more = columns
    for cut in lift.cuts:
        outside = np.flatnonzero(~cut.mentors)
        asked = cut.mentees & (transport.demand > 0)
        found_i, found_j = best_columns_of(transport, outside, asked, more)
        if len(found_i):
            more = more.with_pairs(found_i, found_j, transport.exact(found_i, found_j))
    return more if len(more) > len(columns) else None


def _bound_open_stages(
    transport: Transport, solved: _Round, potentials: Potentials, offers: OfferTable
) -> Potentials:
    """Give stages that nobody takes part in a finite potential.

    Where no mentee of a class has a mentor, or nobody a further place, nothing bounds what one is
    worth from below: it is what keeps the best open pair of those who lack one from paying.
    """
    arcs = _arcs_of(solved)
    n, _ = transport.shape
    most = offers.lists.bound_best(potentials.prices)
    np.maximum.at(most, arcs.mentees, arcs.scores - potentials.prices[arcs.mentors])
    places = np.bincount(arcs.mentees[arcs.chosen], minlength=n)
    lacking = places < transport.demand
    alone = lacking & (places == 0) & ~transport.covered
    nobody = potentials.nobody.copy()
    for c in np.flatnonzero(np.isneginf(nobody)):
        worth = float(most[alone & (transport.classes == c)].max(initial=-np.inf))
        nobody[c] = -worth if np.isfinite(worth) else np.inf
    place = potentials.place
    if np.isneginf(place):
        worth = float(most[lacking & ~alone].max(initial=-np.inf))
        place = min(-worth if np.isfinite(worth) else np.inf, float(nobody.min()))
        place = place if np.isfinite(place) else 0.0
    nobody[np.isinf(nobody)] = place
    return Potentials(potentials.prices, nobody, place)


def _lower_lift(transport: Transport, solved: _Round, lift: RaisedPotentials) -> Potentials:
    """Lower a raised stage to what the proof needs.

    Prices far above every score prove as much, but say less: what a seat is worth to those who
    are short of it. One more pass over the mentors in the cut finds how much is enough.
    """
    if len(lift.cuts) != 1:
        return lift.potentials
    arcs = _arcs_of(solved)
    # What a mentee has in the cut, or lacks by the raised stage, follows the lift; what does not
    # must still be worth more than any seat in the cut.
    fixed = _find_thresholds(transport, arcs, lift.without_raised())
    still = np.isfinite(fixed)
    inside = np.flatnonzero(lift.cuts[0].mentors)
    if not len(inside) or not still.any():
        return lift.potentials
    enough = 0.0
    for rows in transport.row_blocks():
        wanted = np.flatnonzero(still[rows])
        if len(wanted):
            value = transport.read(rows)[np.ix_(wanted, inside)] - lift.base.prices[inside]
            enough = max(enough, float((value.max(axis=1) - fixed[rows][wanted]).max()))
    return lift.lower_lift(enough + 2 * transport.error)


def _answer(solved: _Round, potentials: Potentials, *, complete: bool) -> Answer:
    columns = solved.columns.keep(solved.chosen)
    return Answer(
        columns.mentees.astype(np.intp),
        columns.mentors.astype(np.intp),
        "priced",
        resolution=solved.error,
        prices=potentials.prices,
        coverage=potentials.nobody - potentials.place,
        seats=potentials.place,
        complete=complete,
    )
