"""OR-Tools min-cost flow with an arc for every eligible pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.solvers.arcs import choose_arcs
from mentormatch.solvers.transport import Answer

if TYPE_CHECKING:
    from mentormatch.solvers.transport import Limits, Transport

__all__ = ["solve_flow"]


def solve_flow(transport: Transport, limits: Limits) -> Answer:
    """Solve with OR-Tools min-cost flow, one arc per eligible pair.

    Raises
    ------
    InfeasibleError
        The minimums cannot be met.
    """
    scores = transport.dense()
    scores[transport.demand == 0] = -np.inf
    mentees, mentors = np.nonzero(np.isfinite(scores))
    chosen, moved = choose_arcs(transport, mentees, mentors, scores[mentees, mentors])
    return Answer(mentees[chosen], mentors[chosen], "flow", resolution=moved)
