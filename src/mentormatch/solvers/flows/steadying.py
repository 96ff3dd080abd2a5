"""Prices that prove a choice, as near as can be to those at which scores were read last.

Many prices prove the same choice. Where they fall, pairs that were below have to be read again, so
of all that prove it those are taken that fall least: raised from the lowest towards the last ones,
as far as no pair then becomes better than the one that is held (shortest paths over the slacks).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.solvers.flows.potentials import Potentials

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.potentials import ArcList
    from mentormatch.solvers.flows.transport import Transport

__all__ = ["lower_together", "raise_towards"]

MOST_SWEEPS = 500


def raise_towards(
    transport: Transport,
    arcs: ArcList,
    potentials: Potentials,
    wanted: NDArray[np.float64],
    servable: NDArray[np.bool_],
) -> Potentials:
    """Raise prices of an optimal choice towards others, and no further than it stays proven.

    Only with one place each, in one class; otherwise the potentials stay as they are. They are
    those to begin from, such as the lowest ones; no price falls. Prices ``wanted`` (mentors,) are
    in units of score; ``servable`` (mentees,) says who has an eligible mentor at all.
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
