"""Build the exchange graph of an optimal matching, with prices under which no arc is negative."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import coverage_bounds, residual_gains, seats_bound
from mentormatch.compatibility import row_slices
from mentormatch.errors import NotExplainableError
from mentormatch.explanations.chains.graph import ExchangeGraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching

__all__ = ["exchange_graph"]

# What the graph may take, in bytes: 16,000 mentors.
MOST_BYTES = 2**31
# Sweeps after which prices that still rise are taken for a sign of a cycle.
MOST_SWEEPS = 2_000
RELATIVE = 1e-9
# Scores below this are all the same.
SMALLEST = 1e-280
# Blocks of arcs are so many times smaller than blocks of scores.
CACHED = 16
NOT_OPTIMAL = (
    "This matching is not the best one for its problem: some people could move so that the total "
    "rises or somebody more is matched, so there is no cost of a change from the best. Use "
    'mm.match(problem, "optimal"), or mm.audit(matching) for what is missing.'
)


def exchange_graph(matching: Matching) -> ExchangeGraph:
    """Build the graph of an optimal matching: one pass over all pairs, memory O(mentors²).

    Raises NotExplainableError for side rules, too many mentors, or a matching that is not optimal.
    """
    problem = matching.problem
    if matching.problem.compatibility.scorer.error:
        # Costs are differences of scores: only exact ones tell a tie from a small loss.
        matching = replace(matching, problem=problem.precise())
        problem = matching.problem
    if problem.sides:
        raise NotExplainableError(
            "With quotas, mentees apart or together, or hours, what one move costs does not follow "
            "from chains of moves. mm.what_if(matching, [mm.change.pin(mentee, mentor)]) solves "
            "again and says it."
        )
    _check_coverage(matching)
    n_classes = problem.n_classes
    m = problem.shape[1]
    count = m + 2 + n_classes
    if 8 * count * count > MOST_BYTES:
        raise NotExplainableError(
            f"The graph of {m:,} mentors takes more than {MOST_BYTES / 2**30:g} GiB. Ask about "
            "parts of the programme that share no mentors."
        )
    gains = residual_gains(matching, slack=True)
    # In small blocks: fresh memory of the size of the graph costs as much as building it.
    parts = list(row_slices(count, CACHED * count))
    size = 0.0
    for part in parts:
        block = gains[part]
        size = max(size, float(np.abs(block).max(initial=0.0, where=block > -np.inf)))
    prices = _prices_of(matching, n_classes)
    least = 16 * np.finfo(np.float64).eps * max(size, float(np.abs(prices).max(initial=0.0)))
    prices = _settled(gains, prices, least)
    reduced = gains
    for part in parts:
        block = reduced[part]
        np.subtract(prices, block, out=block)
        block -= prices[part, None]
        np.maximum(block, 0.0, out=block)
    return ExchangeGraph(matching, reduced, prices, RELATIVE * max(size, SMALLEST))


def _prices_of(matching: Matching, n_classes: int) -> NDArray[np.float64]:
    """What a certificate says the nodes are worth; 0 where there is none."""
    m = matching.problem.shape[1]
    prices = np.zeros(m + 2 + n_classes)
    claimed = matching.certificate
    if claimed is None or claimed.method != "prices" or claimed.stages:
        return prices
    prices[:m] = claimed.prices.reindex(matching.problem.mentor_ids).to_numpy(np.float64)
    prices[m] = claimed.seats_multiplier
    coverage = np.asarray(claimed.coverage_multipliers, dtype=np.float64)
    if len(coverage) == n_classes:
        prices[m + 1 : -1] = coverage + claimed.seats_multiplier
    return np.nan_to_num(prices, posinf=0.0, neginf=0.0)


def _settled(
    gains: NDArray[np.float64], prices: NDArray[np.float64], least: float
) -> NDArray[np.float64]:
    """Raise prices until no arc gains more than ``least`` on them, by Bellman–Ford."""
    prices = prices.copy()
    changed = np.arange(len(prices))
    for _ in range(min(len(prices) + 1, MOST_SWEEPS)):
        found = np.full_like(prices, -np.inf)
        for part in row_slices(len(changed), CACHED * len(prices)):
            tails = changed[part]
            reach = gains[tails]
            reach += prices[tails, None]
            np.maximum(found, reach.max(axis=0), out=found)
        better = found > prices + least
        if not better.any():
            return prices
        prices[better] = found[better]
        changed = np.flatnonzero(better)
    raise NotExplainableError(NOT_OPTIMAL)


def _check_coverage(matching: Matching) -> None:
    """Refuse a matching in which somebody more could have a mentor, or a mentor more."""
    problem = matching.problem
    if not problem.coverage_first or (matching.certificate and matching.certificate.proven):
        return
    n_classes = problem.n_classes
    covered = np.bincount(problem.priority_classes[matching.places > 0], minlength=n_classes)
    complete = bool((np.cumsum(covered) == coverage_bounds(matching)).all())
    if not complete or len(matching.mentees) != seats_bound(matching):
        raise NotExplainableError(NOT_OPTIMAL)
