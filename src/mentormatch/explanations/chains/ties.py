"""Pairs that could be made at little cost, who can change places, and the next best matchings."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.compatibility import row_slices
from mentormatch.errors import NotExplainableError
from mentormatch.explanations.chains.building import exchange_graph
from mentormatch.explanations.chains.graph import TINY, Move
from mentormatch.matching.matching import Matching

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.explanations.chains.graph import ExchangeGraph

__all__ = ["Near", "best_matchings", "near_pairs"]

GROWTH = 32.0
SEVERAL_MOVES = (
    "The next best matching needs more than one move of somebody who has several mentors, which "
    "chains of moves do not tell. mm.what_if(matching, [mm.change.ban(mentee, mentor)]) solves "
    "again without a pair."
)


@dataclass(frozen=True, eq=False)
class Near:
    """Pairs outside of a matching that could be made at little cost."""

    mentees: NDArray[np.intp]  # who would leave a place
    places: NDArray[np.intp]  # which place, as a node of the graph
    # For whom; the node of having nothing where a mentee would only give a mentor up.
    mentors: NDArray[np.intp]
    costs: NDArray[np.float64]  # what the total loses, the chain that makes room included

    def groups(self, graph: ExchangeGraph) -> NDArray[np.intp]:
        """The strongly connected set that each pair lies in: people of one can change places."""
        nodes = len(graph.prices)
        within = float(self.costs.max(initial=0.0)) + graph.tolerance
        free = graph.slack
        links = np.zeros((nodes, nodes), dtype=np.int8)
        links[:free, free] = graph.reduced[:free, free] <= within
        links[free, :free] = graph.reduced[free, :free] <= within
        links[self.places, self.mentors] = 1
        _, label = sparse.csgraph.connected_components(
            sparse.csr_matrix(links), directed=True, connection="strong"
        )
        return np.asarray(label[self.mentors], dtype=np.intp)


def near_pairs(graph: ExchangeGraph, within: float) -> Near:
    """All pairs that cost at most ``within``; one pass over all pairs.

    At these prices no arc is negative, so a cheap cycle has cheap arcs only: distances are those of
    the sparse graph of such arcs.
    """
    problem, m = graph.matching.problem, graph.n_mentors
    # Infinity stands for no arc, so a limit is a number.
    limit = min(within + graph.tolerance, np.finfo(np.float64).max)
    mentees, places, own = graph.places_to_leave()
    base = own - graph.prices[places]
    found: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]] = []
    for part in row_slices(len(mentees), m):
        scores = np.asarray(problem.open_scores(mentees[part]), np.float64)
        cost = base[part, None] - scores + graph.prices[:m]
        mine = places[part]
        holds = np.flatnonzero(mine < m)
        cost[holds, mine[holds]] = np.inf
        at, to = np.nonzero(cost <= limit)
        if problem.wants_several:
            # Nobody takes a mentor twice.
            new = ~graph.has(mentees[at + part.start], to)
            at, to = at[new], to[new]
        found.append((at + part.start, to, np.maximum(cost[at, to], 0.0)))
    if not problem.coverage_first:
        # To give a mentor up for nothing is an alternative as well.
        held = np.flatnonzero(places < m)
        cost = base[held] + graph.prices[graph.place]
        few = held[cost <= limit]
        to = np.full(len(few), graph.place)
        found.append((few, to, np.maximum(cost[cost <= limit], 0.0)))
    if not found:
        none = np.empty(0, np.intp)
        return Near(none, none, none, np.empty(0))
    at, to, reduced = (np.concatenate([one[k] for one in found]) for k in range(3))
    at, to = at.astype(np.intp), to.astype(np.intp)
    targets, place_of = np.unique(places[at], return_inverse=True)
    tails, heads = np.nonzero(graph.reduced <= limit)
    # SciPy before 1.13 finds paths along 32-bit indices only.
    where = (heads.astype(np.int32), tails.astype(np.int32))
    arcs = sparse.csr_array((graph.reduced[tails, heads] + TINY, where), shape=graph.reduced.shape)
    if not len(targets):
        return Near(mentees[at], places[at], to, np.empty(0))
    ways = sparse.csgraph.dijkstra(arcs, indices=targets, limit=limit + 1e-12)
    # What giving a place up and taking it again in another way costs, with the prices cancelling.
    costs = reduced + ways[place_of, to]
    some = np.flatnonzero(costs <= limit)
    order = some[np.lexsort((to[some], mentees[at[some]], costs[some]))]
    if problem.wants_several:
        # A chain may pass a mentee twice. Parted there, the part with the pair is a chain as well
        # and costs no more, maybe from another of the mentee's places: the cheapest one is exact.
        keys = mentees[at[order]] * len(graph.prices) + to[order]
        order = order[np.sort(np.unique(keys, return_index=True)[1])]
    costs = np.where(costs <= graph.tolerance, 0.0, costs)
    return Near(mentees[at[order]], places[at[order]], to[order], costs[order])


def _changed(graph: ExchangeGraph, near: Near, k: int) -> list[tuple[int, int]] | None:
    """The pairs of the matching once a change of ``near`` is made; None where somebody moves twice.

    Then the change in parts costs no more, and is another of ``near``.
    """
    i, place, to = int(near.mentees[k]), int(near.places[k]), int(near.mentors[k])
    moves = [Move(i, place, to, 0.0), *graph.moves(graph.path(to, place).nodes, (i,))]
    possible = all(np.isfinite(one.gain) for one in moves)
    return graph.pairs_after(moves) if possible else None


def _positions(pairs: list[tuple[int, int]]) -> NDArray[np.intp]:
    """Mentees and mentors of some pairs: (2, pairs)."""
    return np.array(pairs, dtype=np.intp).reshape(-1, 2).T


def _cheapest_change(graph: ExchangeGraph, near: Near) -> tuple[float, list[tuple[int, int]]]:
    """What the cheapest change costs, and the pairs after it."""
    matching = graph.matching
    least = float(near.costs[0])
    for k in np.flatnonzero(near.costs <= least + graph.tolerance).tolist():
        pairs = _changed(graph, near, k)
        if pairs is None:
            continue
        if not matching.problem.wants_several:
            return least, pairs
        scores = matching.problem.pairs(*_positions(pairs)).scores
        total = float(np.sum(scores, dtype=np.float64))
        if matching.total - total <= least + 2 * graph.tolerance:
            return least, pairs
    raise NotExplainableError(SEVERAL_MOVES)


def _second_best(matching: Matching) -> tuple[float, list[tuple[int, int]]] | None:
    """The best matching other than the best one: the cheapest cycle that moves somebody."""
    graph = exchange_graph(matching)
    size = max(float(np.abs(matching.scores).max(initial=0.0)), 1e-6)
    within = graph.tolerance
    while True:
        near = near_pairs(graph, within)
        if len(near.costs):
            return _cheapest_change(graph, near)
        if np.isinf(within):
            return None
        # With every pair looked at, and none found, there is no other.
        within = within * GROWTH if 0 < within < 8 * size * (graph.n_mentors + 1) else np.inf
        within = max(within, 1e-6 * size)


def best_matchings(matching: Matching, k: int) -> list[Matching]:
    """The k best matchings of the best coverage, this one first; fewer where there are fewer.

    Each next one is the second best of some part of all matchings; parts are split at a pair in
    which the two differ. Two graphs for each. Source: H. W. Hamacher and M. Queyranne (1985), K
    best solutions to combinatorial optimization problems.
    """
    order = count()
    problem = matching.problem
    found = [matching]
    heap: list[tuple[float, int, Matching, list[tuple[int, int]]]] = []

    def push(best: Matching) -> None:
        second = _second_best(best)
        if second is not None:
            heapq.heappush(heap, (second[0] - best.total, next(order), best, second[1]))

    push(Matching(problem, matching.mentees, matching.mentors))
    while heap and len(found) < k:
        _, _, best, pairs = heapq.heappop(heap)
        mentees, mentors = _positions(pairs)
        found.append(Matching(problem, mentees, mentors, strategy=matching.strategy))
        mine = sorted(zip(best.mentees.tolist(), best.mentors.tolist(), strict=True))
        lost = sorted(set(mine) - set(pairs))
        i, j = lost[0] if lost else sorted(set(pairs) - set(mine))[0]
        keeps, gives = (mine, pairs) if lost else (pairs, mine)
        part, ids = best.problem, (problem.mentee_ids[i], problem.mentor_ids[j])
        push(Matching(replace(part, pins=[*part.pin_rules, ids]), *_positions(keeps)))
        push(Matching(replace(part, bans=[*part.ban_rules, ids]), *_positions(gives)))
    return found
