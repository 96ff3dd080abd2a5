"""OR-Tools min-cost flow over an explicit list of arcs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from ortools.graph.python import max_flow, min_cost_flow

from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers.integers import IntegerScale
from mentormatch.solvers.transport import Answer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.transport import Transport

__all__ = ["solve_flow", "solve_on_arcs"]


def solve_flow(transport: Transport) -> Answer:
    """Solve with OR-Tools min-cost flow, one arc per eligible pair.

    Raises
    ------
    InfeasibleError
        The minimums cannot be met.
    SolverError
        The solver refused the costs, or stopped.
    """
    _n, _m = transport.shape
    scores = transport.dense()
    scores[:, transport.capacity == 0] = -np.inf
    scores[transport.demand == 0] = -np.inf
    mentees, mentors = np.nonzero(np.isfinite(scores))
    chosen = solve_on_arcs(transport, mentees, mentors, scores[mentees, mentors])
    return Answer(mentees[chosen[0]], mentors[chosen[0]], "flow", resolution=chosen[1])


def solve_on_arcs(
    transport: Transport,
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    scores: NDArray[np.float64],
) -> tuple[NDArray[np.intp], float]:
    """Choose the best of some pairs.

    Network: source → mentee (first place, further places) → mentor → sink, with the mentor's
    minimum as an arc that must be full. The source is folded into the supplies: each mentee
    supplies its demand, and what it does not use goes straight to the sink.

    Parameters
    ----------
    transport
        Capacities, minimums, demands and the order of the stages.
    mentees, mentors, scores
        The pairs to choose from; intp positions and finite float64 scores.

    Returns
    -------
    chosen, step
        Positions in the given arrays, and the rounding step in units of score.
    """
    n, m = transport.shape
    nodes = 2 * n + m + 2
    demand, capacity = transport.demand, np.minimum(transport.capacity, n)
    minimum = transport.minimum
    if (minimum > capacity).any() or not _minimums_fit(transport, mentees, mentors):
        raise InfeasibleError("the minimums cannot be met")
    if not len(mentees):
        return np.empty(0, np.intp), 0.0
    scale = IntegerScale.for_scores(
        float(scores.min()),
        float(scores.max()),
        pairs=int(min(demand.sum(), capacity.sum())),
        nodes=nodes,
        coverage_first=transport.coverage_first,
        class_sizes=np.bincount(transport.classes),
        several=int(demand.max(initial=0)) > 1,
    )
    value = scale.integers(scores) + scale.pair
    # Nodes: mentees 0..n-1, mentors n..n+m-1, the pool of places n+m, the sink n+m+1.
    pool, sink = n + m, n + m + 1
    first = np.where(transport.covered, 0, scale.place[transport.classes])
    wanting = np.flatnonzero(demand > 0)
    several = wanting[demand[wanting] > 1]
    open_mentors = np.flatnonzero(capacity > 0)
    needy = np.flatnonzero(minimum > 0)
    tails = [
        np.full(len(wanting), pool),
        np.full(len(several), pool),
        mentees,
        n + open_mentors,
        np.array([pool]),
    ]
    heads = [wanting, several, n + mentors, np.full(len(open_mentors), sink), np.array([sink])]
    capacities = [
        np.ones(len(wanting), np.int64),
        demand[several] - 1,
        np.ones(len(mentees), np.int64),
        capacity[open_mentors] - minimum[open_mentors],
        np.array([int(demand.sum())]),
    ]
    costs = [
        -first[wanting],
        np.zeros(len(several), np.int64),
        -value,
        np.zeros(len(open_mentors), np.int64),
        np.zeros(1, np.int64),
    ]
    supplies = np.zeros(n + m + 2, dtype=np.int64)
    supplies[pool] = int(demand.sum())
    # A minimum is demanded by the mentor itself; only the rest may pass on to the sink.
    supplies[n + needy] = -minimum[needy]
    supplies[sink] = -(int(demand.sum()) - int(minimum.sum()))
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate(tails),
        np.concatenate(heads),
        np.concatenate(capacities).astype(np.int64),
        np.concatenate(costs).astype(np.int64),
    )
    solver.set_nodes_supplies(np.arange(len(supplies)), supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise SolverError(f"OR-Tools min-cost flow stopped with status {status.name}.")
    start = len(wanting) + len(several)
    flows = np.asarray(solver.flows(arcs[start : start + len(mentees)]))
    return np.flatnonzero(flows), scale.step / 2


def _minimums_fit(
    transport: Transport, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> bool:
    """Whether a maximum flow fills every minimum.

    Asked first, for a min-cost flow that failed once cannot be trusted further (or-tools 3947).
    """
    needed = int(transport.minimum.sum())
    if not needed:
        return True
    n, m = transport.shape
    source, sink = n + m, n + m + 1
    useful = transport.minimum[mentors] > 0
    wanting = np.flatnonzero(transport.demand > 0)
    needy = np.flatnonzero(transport.minimum > 0)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(
        np.concatenate([np.full(len(wanting), source), mentees[useful], n + needy]),
        np.concatenate([wanting, n + mentors[useful], np.full(len(needy), sink)]),
        np.concatenate(
            [
                transport.demand[wanting],
                np.ones(int(useful.sum()), np.int64),
                transport.minimum[needy],
            ]
        ),
    )
    if not len(wanting):
        return False
    return bool(solver.solve(source, sink) == solver.OPTIMAL and solver.optimal_flow() == needed)
