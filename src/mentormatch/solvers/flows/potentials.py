"""Multipliers of an optimal choice among arcs: of its residual graph, or nearest to others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.shortlists import run_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.transport import Transport

__all__ = ["ArcList", "Potentials", "beyond", "find_potentials", "lower_together", "raise_towards"]

MOST_SWEEPS = 500


@dataclass(frozen=True, eq=False)
class ArcList:
    """Pairs to choose from, sorted by mentee; those ``chosen`` are the current matching."""

    mentees: NDArray[np.int32]  # (arcs,)
    mentors: NDArray[np.int32]  # (arcs,)
    scores: NDArray[np.float64]  # (arcs,)
    chosen: NDArray[np.bool_]  # (arcs,)


@dataclass(frozen=True, eq=False)
class Potentials:
    """Multipliers, in units of score."""

    prices: NDArray[np.float64]  # (mentors,)
    # (classes,): worth of being without any mentor; 0 when only the total counts
    nobody: NDArray[np.float64]
    place: float  # what lacking a further place is worth; 0 when only the total counts


def find_potentials(transport: Transport, arcs: ArcList, least: float) -> Potentials:
    """Find the lowest prices at which no arc improves the chosen pairs.

    Whoever holds mentor a at price p_a asks p_j ≥ s_ij + (p_a − s_ia) of every other arc. Longest
    paths by sweeps, each of which follows only the mentees whose own side has risen. Improvements
    up to ``least``, in units of score, are rounding.
    """
    n, m = transport.shape
    held = np.flatnonzero(arcs.chosen)
    own_i, own_j, own_s = arcs.mentees[held], arcs.mentors[held], arcs.scores[held]
    loads = np.bincount(own_j, minlength=m)
    start = np.full(m, -np.inf)
    start[(loads > transport.minimum) | ((loads == 0) & (transport.minimum == 0))] = 0.0
    side = _Sides(transport, own_i, own_j, own_s)
    others = np.flatnonzero(~arcs.chosen)
    first = np.searchsorted(arcs.mentees[others], np.arange(n + 1))
    prices = _sweep(start, side, arcs, others, first, least)
    stranded = np.isneginf(prices)
    if stranded.any():
        # Nobody else has an arc to these mentors, who are at their minimum: low enough is as high
        # as it must be.
        spread = float(np.ptp(arcs.scores)) + 2 * beyond(arcs.scores)
        start = np.where(stranded, -spread * (len(np.flatnonzero(transport.minimum)) + 1), prices)
        prices = _sweep(start, side, arcs, others, first, least)
    free = loads < transport.capacity
    prices[free] = np.minimum(prices[free], 0.0)
    side.rise(prices)
    return Potentials(prices, side.nobody.copy(), side.place)


def beyond(scores: NDArray[np.float64]) -> float:
    """Return a margin over the scores: as large as they are, or little over zeros.

    Large numbers cost a proof digits, and it must mean the same in any unit.
    """
    return float(np.abs(scores).max(initial=0.0)) or 2.0**-20


class _Sides:
    """The pairs mentees hold, and the price each asks of another mentor at the current prices."""

    def __init__(
        self,
        transport: Transport,
        own_i: NDArray[np.int32],
        own_j: NDArray[np.int32],
        own_s: NDArray[np.float64],
    ) -> None:
        n, _ = transport.shape
        self.own_i, self.own_j, self.own_s = own_i, own_j, own_s
        self.total_only = not transport.coverage_first
        self.several = transport.wants_several or bool(transport.covered.any())
        self.classes = transport.classes
        places = np.bincount(own_i, minlength=n)
        lacking = places < transport.demand
        self.lack_all = np.flatnonzero(lacking & (places == 0) & ~transport.covered)
        self.lack_some = np.flatnonzero(lacking & ((places > 0) | transport.covered))
        self.last = (places[own_i] == 1) & ~transport.covered[own_i]
        n_classes = transport.n_classes
        self.nobody = np.full(n_classes, 0.0 if self.total_only else -np.inf)
        self.place = 0.0 if self.total_only else -np.inf
        self.single = int(places.max(initial=0)) <= 1

    def rise(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the price each mentee asks: (mentees,), −inf where nothing is asked."""
        margin = prices[self.own_j] - self.own_s
        asks = np.full(len(self.classes), -np.inf)
        if self.single:
            asks[self.own_i] = margin
        else:
            np.maximum.at(asks, self.own_i, margin)
        if not self.total_only:
            last = self.last
            np.maximum.at(self.nobody, self.classes[self.own_i[last]], margin[last])
            if self.several:
                self.place = max(self.place, float(margin[~last].max(initial=-np.inf)))
                self.nobody = np.maximum(self.nobody, self.place)
        asks[self.lack_all] = self.nobody[self.classes[self.lack_all]]
        asks[self.lack_some] = np.maximum(asks[self.lack_some], self.place)
        return asks


def _sweep(
    start: NDArray[np.float64],
    side: _Sides,
    arcs: ArcList,
    others: NDArray[np.intp],
    first: NDArray[np.intp],
    least: float,
) -> NDArray[np.float64]:
    """Raise prices from ``start`` until no arc asks for more (Bellman–Ford sweeps)."""
    prices = start.copy()
    asked = np.full(len(first) - 1, -np.inf)
    # A cycle that gains would never end; an optimal choice has none beyond rounding.
    for _ in range(len(prices) + 2):
        asks = side.rise(prices)
        rising = np.flatnonzero(asks > asked + least)
        if not len(rising):
            break
        asked[rising] = asks[rising]
        counts = first[rising + 1] - first[rising]
        where = others[run_positions(first[rising], counts)]
        wanted = arcs.scores[where] + np.repeat(asks[rising], counts)
        before = prices.copy()
        np.maximum.at(prices, arcs.mentors[where], wanted)
        if not (prices > before).any():
            break
    return prices


def raise_towards(
    transport: Transport,
    arcs: ArcList,
    potentials: Potentials,
    wanted: NDArray[np.float64],
    servable: NDArray[np.bool_],
) -> Potentials:
    """Raise prices of an optimal choice towards others, and no further than it stays proven.

    Many prices prove the same choice. Where they fall, pairs that were below have to be read again,
    so of all that prove it those are taken that fall least: raised from the lowest towards the last
    ones, as far as no pair then becomes better than the one that is held (shortest paths over the
    slacks).

    Begun from ``potentials``, such as the lowest ones; no price falls. Only with one place each, in
    one class; otherwise they are returned as they are. Prices ``wanted`` (mentors,) are in units of
    score; ``servable`` (mentees,) says who has an eligible mentor at all.
    """
    if transport.wants_several or transport.covered.any() or transport.classes.any():
        return potentials
    prices = potentials.prices
    n, m = transport.shape
    mine, at = arcs.mentees[arcs.chosen], arcs.mentors[arcs.chosen]
    own, value = np.full(n, m), np.zeros(n)
    own[mine] = at
    value[mine] = arcs.scores[arcs.chosen] - prices[at]
    full = np.bincount(at, minlength=m) >= transport.capacity
    room = np.append(np.where(full, np.maximum(wanted - prices, 0.0), 0.0), 0.0)
    lacking = bool(((own == m) & (transport.demand > 0) & servable).any())
    if lacking or not transport.coverage_first:
        np.minimum.at(room, at, np.maximum(value[mine] + potentials.nobody[0], 0.0))
    some = np.flatnonzero((room[own] > 0)[arcs.mentees] & ~arcs.chosen)
    tails, heads = own[arcs.mentees[some]], arcs.mentors[some]
    slack = value[arcs.mentees[some]] - (arcs.scores[some] - prices[heads])
    np.maximum(slack, 0.0, out=slack)
    active = np.arange(len(some))
    for _ in range(MOST_SWEEPS):
        lower = room.copy()
        np.minimum.at(lower, tails[active], room[heads[active]] + slack[active])
        fallen = lower < room
        room = lower
        if not fallen.any():
            break
        active = np.flatnonzero(fallen[heads])
    else:
        return potentials
    raised = prices + room[:m]
    nobody = potentials.nobody
    if not lacking and transport.coverage_first and len(mine):
        highest = float((raised[at] - arcs.scores[arcs.chosen]).max())
        nobody = np.maximum(nobody, highest)
    return Potentials(raised, nobody, potentials.place)


def lower_together(
    transport: Transport, arcs: ArcList, potentials: Potentials, servable: NDArray[np.bool_]
) -> Potentials:
    """Lower all prices until one is 0, where they prove the same.

    Where everybody has a mentor and no seat is free, prices may move together; high ones would say
    that seats are worth what nobody gains by one more. See `raise_towards`.
    """
    n, m = transport.shape
    mine, at = arcs.mentees[arcs.chosen], arcs.mentors[arcs.chosen]
    is_open = transport.capacity > 0
    if transport.wants_several or transport.covered.any() or not is_open.any():
        return potentials
    lacking = ((np.bincount(mine, minlength=n) == 0) & (transport.demand > 0) & servable).any()
    free = (np.bincount(at, minlength=m) < transport.capacity).any()
    above = float(potentials.prices[is_open].min())
    if lacking or free or above <= 0:
        return potentials
    prices = np.where(is_open, potentials.prices - above, potentials.prices)
    nobody = potentials.nobody - above if transport.coverage_first else potentials.nobody
    return Potentials(prices, nobody, potentials.place)
