"""Proof that loads cannot be more even: prices of seats against the squares of loads.

The sum of squared loads is convex, so its bound is a Lagrangian one like that of a total, with a
term for each mentor that is the best its seats can do at a price:

    −Σ_j load_j² ≤ Σ_i best_i + Σ_j max over k of (k·p_j − k²) − Σ_c λ_c·covered_c

where best_i is the largest λ − p_j among the pairs of i, or 0, and k runs from the minimum to the
capacity of j. Who reaches it is a face again: the tight pairs, and loads between the smallest and
the largest k that are best.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates.bounds.bound import (
    Multipliers,
    newly_reached,
    upper_bound,
)
from mentormatch.certificates.bounds.cuts import coverage_bounds, covered_by_class
from mentormatch.matching import Matching
from mentormatch.proofs.flow_stages import LoadsProof

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.certificates.kinds.faces import OptimalFace
    from mentormatch.problem import Problem

__all__ = [
    "AnyPair",
    "keep_even_loads",
    "prove_loads",
]


@dataclass(frozen=True, slots=True)
class AnyPair:
    """0 for each pair: only who is matched matters."""

    def of(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """0, NaN where masked."""
        return np.where(np.isnan(scores), np.nan, 0.0)

    def __str__(self) -> str:
        return "any pair"


def _best_loads(
    stage: Problem, prices: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The smallest and the largest load that is best at these prices, and its value."""
    left = stage.after_pins
    held = stage.capacities - left.capacity
    low, high = held + left.minimum, held + np.minimum(left.capacity, stage.shape[0])
    # k·p − k² is largest between (p − 1)/2 and (p + 1)/2.
    least = np.clip(np.ceil((prices - 1) / 2), low, high)
    most = np.clip(np.floor((prices + 1) / 2), low, high)
    value = np.maximum((least - held) * prices - least**2, (most - held) * prices - most**2)
    return least.astype(np.int64), most.astype(np.int64), value


def prove_loads(face: OptimalFace, multipliers: Multipliers, matching: Matching) -> LoadsProof:
    """Prove the stage, recomputed over all pairs from its prices.

    Parameters
    ----------
    multipliers
        Prices and coverage multipliers: whole numbers.
    """
    stage = face.stage(AnyPair())
    inner = Matching(stage, matching.mentees, matching.mentors)
    left, prices = stage.after_pins, multipliers.prices
    bound = upper_bound(stage, multipliers, *newly_reached(inner))
    seats = left.capacity * np.maximum(prices, 0.0) + left.minimum * np.minimum(prices, 0.0)
    _, _, value = _best_loads(stage, prices)
    complete = bool((covered_by_class(inner) == coverage_bounds(inner)).all())
    loads = np.bincount(matching.mentors, minlength=stage.shape[1]).astype(np.float64)
    return LoadsProof(
        objective=-float(loads @ loads),
        bound=bound - float(seats.sum()) + float(value.sum()) if complete else np.inf,
        prices=face.series(prices),
        coverage_multipliers=tuple(float(one) for one in multipliers.coverage),
    )


def keep_even_loads(face: OptimalFace, multipliers: Multipliers) -> OptimalFace:
    """Return the part of the face where the bound on the loads is reached."""
    stage = face.stage(AnyPair())
    least, most, _ = _best_loads(stage, multipliers.prices)
    return replace(face.tighten(stage, multipliers), minimum=least, capacity=most)
