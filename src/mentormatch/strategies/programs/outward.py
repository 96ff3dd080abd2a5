"""Bounds of a solver, moved outward by what its own tolerance may hide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import measure_stage, stage_tolerance
from mentormatch.proofs.program_stages import BoundedStage

if TYPE_CHECKING:
    from mentormatch.matching import Matching
    from mentormatch.proofs.measures import Measure

__all__ = ["bounded_stage", "widen"]

# What HiGHS may overlook of a bound, in parts of the scores: half of what counts as zero.
OUTWARD, SHARE = 5e-7, 0.5
WHOLE = 0.5


def widen(bound: float, matching: Matching) -> float:
    """Return a solver's bound on the total, never below what the matching has."""
    return max(bound, matching.total) + OUTWARD * float(np.abs(matching.scores).sum())


def bounded_stage(measure: Measure, limit: float, matching: Matching) -> BoundedStage:
    """Prove a stage by its solver's bound."""
    value, tolerance = measure_stage(measure, matching), stage_tolerance(measure, matching)
    # Counts are whole, and are reached whatever the rounding; nothing is beyond a bound that holds.
    sure = tolerance >= WHOLE or limit == 0
    return BoundedStage(
        measure, value, max(limit, value) + (0.0 if sure else SHARE * tolerance), tolerance
    )
