"""The highest score that nobody has to fall below, and why it is not higher."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import Multipliers
from mentormatch.proofs.flow_stages import Within
from mentormatch.solvers.assignment.thresholds import highest_threshold
from mentormatch.strategies.flows.chain import solve_stage
from mentormatch.strategies.staged.transports import transport_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.certificates import OptimalFace
    from mentormatch.solvers.assignment.thresholds import Threshold

__all__ = ["bottleneck", "refutation"]


def bottleneck(
    face: OptimalFace, levels: NDArray[np.float64], above: float = -np.inf
) -> Threshold | None:
    """The highest level t such that no pair with a level in (above, t) is needed.

    None when no pair above ``above`` is left to choose; pairs up to it stay as they are. Pinned
    mentees are covered as well. ``levels`` are those of the pairs, (mentees, mentors of the face),
    NaN outside.
    """
    transport = transport_of(face.stage(None))
    found = highest_threshold(transport, levels, above)
    if found is None:
        return None
    pinned = np.bincount(transport.classes[transport.covered], minlength=len(found.coverage))
    return replace(found, coverage=found.coverage + pinned)


def refutation(face: OptimalFace, found: Threshold) -> Multipliers:
    """Multipliers which show that somebody has to be at the level that was found, or below.

    Each seat inside of the cut is worth one mentee, every other seat nothing (König 1931).
    """
    if found.cut is None:
        # Minimums can be what forces somebody down: then the prices of the count itself tell.
        return solve_stage(face.stage(Within(-np.inf, found.level))).whole_multipliers()
    taking_part = np.arange(len(found.coverage)) <= found.cut.last
    return Multipliers(found.cut.mentors.astype(np.float64), taking_part.astype(np.float64))
