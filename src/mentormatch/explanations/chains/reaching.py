"""The seat that reaches one person: who of those who wait would take a seat more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility import row_slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.explanations.chains.graph import ExchangeGraph

__all__ = ["find_reaching_seat"]

# Mentors with whom a seat is tried, those first with whom it costs the total least.
MOST_TRIED = 8


def find_reaching_seat(graph: ExchangeGraph, i: int) -> int | None:
    """Find a mentor with whom one more seat would surely serve a mentee who has no mentor.

    A further seat goes to the first class of which anybody can come, and within it to who loses the
    others least: the shortest chain of moves that ends at the seat. It serves this mentee in every
    best matching where that chain begins with it, and every other costs more. The graph is of an
    optimal matching, and mentee ``i`` has a place left to fill. None where one seat is not sure to
    serve this mentee, or too many would have to be tried.
    """
    m = graph.n_mentors
    node = graph.lacking_node(i)
    if node not in graph.levels:
        # Where only the total counts a seat goes to who gains most, who may have one already.
        return None
    own = _cost_of_own(graph, i)[:m]
    first = graph.costs_from(node)[:m]
    taken = np.zeros(m, dtype=bool)
    for earlier in graph.levels[: graph.levels.index(node)]:
        taken |= np.isfinite(graph.costs_from(earlier)[:m])
    open_ = np.isfinite(own) & ~taken & (own <= first + graph.tolerance)
    candidates = np.flatnonzero(open_)
    candidates = candidates[np.argsort(own[candidates], kind="stable")][:MOST_TRIED]
    matching = graph.matching
    short = np.flatnonzero(matching.places < matching.problem.demands)
    others = np.array([k for k in short.tolist() if k != i and graph.lacking_node(k) == node], int)
    for j in candidates.tolist():
        if _least_cost(graph, others, j) > own[j] + 2 * graph.tolerance:
            return int(j)
    return None


def _cost_of_own(graph: ExchangeGraph, i: int) -> NDArray[np.float64]:
    """What it costs the total to get a mentee to each node, whoever moves on."""
    scores = _scores(graph, np.array([i]))[0]
    cost = np.full(len(graph.prices), np.inf)
    cost[: graph.n_mentors] = -scores
    # By reduced costs no arc is negative, so that each node is settled once.
    found, _ = graph.spread(graph.reduced, cost + graph.prices)
    return np.asarray(found - graph.prices)


def _least_cost(graph: ExchangeGraph, people: NDArray[np.intp], j: int) -> float:
    """What it costs the total at least to get one of some mentees to a mentor."""
    ways = graph.costs_to(j)[: graph.n_mentors]
    least = np.inf
    for part in row_slices(len(people), graph.n_mentors):
        block = ways - _scores(graph, people[part])
        least = min(least, float(block.min(initial=np.inf)))
    return least


def _scores(graph: ExchangeGraph, people: NDArray[np.intp]) -> NDArray[np.float64]:
    """Scores with the mentors that people can go to and do not have; −inf elsewhere."""
    matching = graph.matching
    scores = np.array(matching.problem.open_scores(people), np.float64)
    place = {person: row for row, person in enumerate(people.tolist())}
    for person, mentor in zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True):
        if person in place:
            scores[place[person], mentor] = -np.inf
    return scores
