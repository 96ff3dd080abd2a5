"""A problem whose pins are made, as the engines see it, and the pins put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.blocks import column_slices
from mentormatch.solvers import Transport

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.certificates import SeenValues
    from mentormatch.problem import Problem

__all__ = ["transport_of", "with_pins"]


def transport_of(problem: Problem, seen: SeenValues | None = None) -> Transport:
    """Return what is left to solve of a problem once its pins are made, as arrays.

    ``seen`` keeps what the search reads, for the proof.
    """
    left = problem.after_pins
    return Transport(
        read=problem.open_scores,
        read_tiles=problem.open_tiles,
        capacity=left.capacity,
        minimum=left.minimum,
        demand=left.demand,
        covered=left.covered,
        classes=problem.priority_classes,
        exact=lambda i, j: np.asarray(problem.pairs(i, j).scores, dtype=np.float64),
        tiles=column_slices(problem.shape[1]),
        error=problem.compatibility.scorer.error,
        coverage_first=problem.coverage_first,
        lists=None if seen is None else seen.lists,
    )


def with_pins(
    problem: Problem, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the pinned pairs, then the others."""
    pinned = problem.pinned
    return np.concatenate([pinned[:, 0], mentees]), np.concatenate([pinned[:, 1], mentors])
