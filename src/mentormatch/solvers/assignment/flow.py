"""OR-Tools min-cost flow with an arc for every eligible pair, or for a list of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.solvers.flows.arcs import choose_arcs
from mentormatch.solvers.flows.potentials import ArcList, find_potentials
from mentormatch.solvers.flows.transport import Answer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.transport import Limits, Transport

__all__ = ["solve_flow", "solve_listed"]


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
