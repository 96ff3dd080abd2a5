"""Multipliers of stages that a restricted problem may not have brought to their end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.shortlists import run_positions
from mentormatch.solvers.flows.potentials import Potentials, beyond

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.potentials import ArcList
    from mentormatch.solvers.flows.transport import Transport

__all__ = ["RaisedPotentials", "StageCut", "raise_open_stages"]


@dataclass(frozen=True, eq=False)
class StageCut:
    """The mentors that alternating paths reach from those who lack a place."""

    mentors: NDArray[np.bool_]  # (mentors,): in the cut; all of them are full
    # (mentees,): on the paths. A pair from one of them to a mentor outside would serve one more.
    mentees: NDArray[np.bool_]
    priority: int | None  # class up to which the lack was counted; None for further places


@dataclass(frozen=True, eq=False)
class RaisedPotentials:
    """Potentials with some stages raised above the scores."""

    potentials: Potentials  # with what was raised
    base: Potentials  # before anything was raised
    cuts: tuple[StageCut, ...] = ()  # one for each raised stage

    def lower_lift(self, lift: float) -> Potentials:
        """The base with its one stage raised by ``lift`` only."""
        (cut,) = self.cuts
        c = cut.priority
        nobody, place = self.base.nobody, self.base.place
        if c is None:
            nobody, place = nobody + lift, place + lift
        else:
            nobody = np.where(np.arange(len(nobody)) <= c, nobody + lift, nobody)
        return Potentials(self.base.prices + lift * cut.mentors, nobody, place)

    def without_raised(self) -> Potentials:
        """The base with everything that the one lift raises at −inf, so that it binds nobody."""
        (cut,) = self.cuts
        nobody, place = self.base.nobody, self.base.place
        raised = np.arange(len(nobody)) <= (len(nobody) if cut.priority is None else cut.priority)
        return Potentials(
            np.where(cut.mentors, -np.inf, self.base.prices),
            np.where(raised, -np.inf, nobody),
            -np.inf if cut.priority is None else place,
        )


def raise_open_stages(
    transport: Transport, arcs: ArcList, potentials: Potentials, servable: NDArray[np.bool_]
) -> RaisedPotentials:
    """Let coverage and seats outweigh every score, where they are not known to be complete.

    The mentors that alternating paths over the columns reach from those who lack a place are full.
    A pair that leads from these mentees to any other mentor would serve one more, so all prices
    there, and the worth of a place, are raised together: no column loses anything by it, and such a
    pair stands out in the pricing pass unless it scores far below all columns. The arcs have an
    optimal choice, whose multipliers the potentials are; ``servable`` (mentees,) says who has an
    eligible mentor at all.
    """
    if not transport.coverage_first:
        return RaisedPotentials(potentials, potentials)
    n = len(transport.demand)
    own_i = arcs.mentees[arcs.chosen]
    places = np.bincount(own_i, minlength=n)
    seats = int(np.minimum(transport.capacity, n).sum())
    once = ~transport.covered & (transport.demand > 0) & servable
    prices, nobody, place = potentials.prices, potentials.nobody, potentials.place
    n_classes = len(nobody)
    cuts: list[StageCut] = []
    spread = float(np.ptp(arcs.scores)) + float(np.ptp(prices)) if len(arcs.scores) else 0.0
    lift = 4 * (spread + beyond(arcs.scores))
    several = bool((transport.demand > 1).any()) or bool((transport.covered & servable).any())
    if several and len(own_i) < min(int(transport.demand[servable].sum()), seats):
        lacking = np.flatnonzero(places < transport.demand)
        cuts.append(_find_cut(transport, arcs, lacking, np.ones(n, dtype=bool), None))
        prices = prices + lift * cuts[-1].mentors
        nobody, place = nobody + lift, place + lift
    for c in range(n_classes):
        within = once & (transport.classes <= c)
        served = int(np.count_nonzero(within & (places > 0)))
        if served == min(int(np.count_nonzero(within)), seats):
            continue
        start = np.flatnonzero(within & (places == 0))
        cuts.append(_find_cut(transport, arcs, start, (places == 1) & within, c))
        # Earlier classes outweigh later ones, and all of them seats.
        above = lift * 4.0 * (n_classes - c)
        prices = prices + above * cuts[-1].mentors
        nobody = np.where(np.arange(n_classes) <= c, nobody + above, nobody)
    raised = replace(potentials, prices=prices, nobody=nobody, place=place)
    return RaisedPotentials(raised, potentials, tuple(cuts))


def _find_cut(
    transport: Transport,
    arcs: ArcList,
    start: NDArray[np.intp],
    movable: NDArray[np.bool_],
    priority: int | None,
) -> StageCut:
    """The cut of alternating paths over the columns from the mentees ``start``.

    A seat passes on only when its mentee is ``movable``.
    """
    n, m = transport.shape
    first = np.searchsorted(arcs.mentees, np.arange(n + 1))
    held = np.flatnonzero(arcs.chosen & movable[arcs.mentees])
    held = held[np.argsort(arcs.mentors[held], kind="stable")]
    starts = np.searchsorted(arcs.mentors[held], np.arange(m + 1))
    reached = np.zeros(m, dtype=bool)
    seen = np.zeros(n, dtype=bool)
    frontier: NDArray[Any] = start
    seen[start] = True
    while len(frontier):
        out = run_positions(first[frontier], np.diff(first)[frontier])
        new = np.unique(arcs.mentors[out[~arcs.chosen[out]]])
        new = new[~reached[new]]
        reached[new] = True
        holders = np.unique(arcs.mentees[held[run_positions(starts[new], np.diff(starts)[new])]])
        frontier = holders[~seen[holders]]
        seen[frontier] = True
    return StageCut(reached, seen, priority)
