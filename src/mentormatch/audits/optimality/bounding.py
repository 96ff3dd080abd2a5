"""Upper bound on the best total by subgradient steps on the prices; no solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import Multipliers, certify_multipliers
from mentormatch.compatibility import row_slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Certificate, Matching

__all__ = ["tighten_bound"]

# Scores that may be read for one bound, over all rounds.
MOST_READ = 10**8
MOST_ROUNDS = 300


def tighten_bound(matching: Matching, start: Multipliers) -> Certificate:
    """Improve the bound of ``start`` by subgradient steps on the prices.

    Mentors that more mentees want at these prices than have seats become dearer, the others
    cheaper, by Polyak's step with the matching's own total as the target (B. T. Polyak, 1969,
    Minimization of unsmooth functionals). Every price gives a valid bound, so stopping early costs
    only tightness. The matching is one that `recover_multipliers` did not prove optimal.
    """
    problem = matching.problem
    n, m = problem.shape
    best = certify_multipliers(matching, start)
    rounds = min(MOST_ROUNDS, MOST_READ // max(n * m, 1))
    if problem.wants_several or not rounds or not n * m:
        return best
    left = problem.after_pins
    classes = problem.priority_classes
    n_classes = problem.n_classes
    newly = (matching.places > 0) & ~left.covered
    covered = np.bincount(classes[newly], minlength=n_classes)
    target = matching.total - float(problem.pairs(*problem.pinned.T).scores.sum())
    prices, coverage = np.zeros(m), np.zeros(n_classes)
    lowest, kept = np.inf, (prices, coverage)
    scale = 1.0
    for turn in range(rounds):
        value, wanted, served = _relaxed(matching, prices, coverage)
        value += float(
            (left.capacity * np.maximum(prices, 0) + left.minimum * np.minimum(prices, 0)).sum()
        )
        value -= float(coverage @ covered)
        if value < lowest:
            lowest, kept = value, (prices.copy(), coverage.copy())
        elif turn % 20 == 19:
            scale /= 2
        over = np.where(wanted > left.capacity, wanted - left.capacity, 0.0)
        under = np.where(wanted < left.minimum, wanted - left.minimum, 0.0)
        push = np.where(
            prices > 0,
            wanted - left.capacity,
            np.where(prices < 0, wanted - left.minimum, over + under),
        )
        pull = (served - covered) if problem.coverage_first else np.zeros(n_classes)
        size = float((push**2).sum() + (pull**2).sum())
        if size == 0 or value <= target:
            break
        step = scale * (value - target) / size
        prices = prices + step * push
        prices[left.minimum == 0] = np.maximum(prices[left.minimum == 0], 0.0)
        coverage = coverage - step * pull
    found = certify_multipliers(matching, Multipliers(*kept))
    return found if found.bound < best.bound else best


def _relaxed(
    matching: Matching, prices: NDArray[np.float64], coverage: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Solve the Lagrangian relaxation at these prices: value, demand per mentor, mentees served."""
    problem = matching.problem
    n, m = problem.shape
    left = problem.after_pins
    wanted, served, total = np.zeros(m), np.zeros(len(coverage)), 0.0
    for rows in row_slices(n, m):
        value = problem.open_scores(rows) - prices
        choice = np.argmax(value, axis=1)
        gain = value[np.arange(len(value)), choice] + coverage[problem.priority_classes[rows]]
        takes = (left.demand[rows] > 0) & (gain > 0)
        total += float(gain[takes].sum())
        wanted += np.bincount(choice[takes], minlength=m)
        served += np.bincount(problem.priority_classes[rows][takes], minlength=len(coverage))
    return total, wanted, served
