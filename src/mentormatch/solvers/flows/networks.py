"""Flows in networks given as arrays of arcs, by OR-Tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import SolverError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LargestFlow", "find_cheapest_flow", "find_largest_flow"]


@dataclass(frozen=True, eq=False)
class LargestFlow:
    """A largest flow from a source to a sink."""

    value: int  # how much flows
    flows: NDArray[np.int64]  # (arcs,)
    cut: NDArray[np.intp]  # nodes on the side of the source in a smallest cut


def find_largest_flow(
    tails: NDArray[np.integer],
    heads: NDArray[np.integer],
    room: NDArray[np.integer],
    source: int,
    sink: int,
) -> LargestFlow:
    """Find as much flow as the arcs carry, each at most its ``room``.

    ``tails``, ``heads`` and ``room`` are (arcs,); the first two are nodes. Raises SolverError where
    OR-Tools stopped without an answer.
    """
    from ortools.graph.python import max_flow

    solver = max_flow.SimpleMaxFlow()
    # To a node that no arc names OR-Tools finds no cut: the source alone.
    solver.add_arc_with_capacity(source, sink, 0)
    arcs = solver.add_arcs_with_capacity(tails, heads, room.astype(np.int64))
    # OR-Tools has them by now, and solving takes most of the memory of a search.
    del tails, heads, room
    status = solver.solve(source, sink)
    if status != solver.OPTIMAL:
        raise SolverError(f"OR-Tools maximum flow stopped with status {status.name}.")
    return LargestFlow(
        int(solver.optimal_flow()),
        np.asarray(solver.flows(arcs), dtype=np.int64),
        np.asarray(solver.get_source_side_min_cut(), dtype=np.intp),
    )


def find_cheapest_flow(
    tails: NDArray[np.integer],
    heads: NDArray[np.integer],
    room: NDArray[np.int64],
    cost: NDArray[np.int64],
    supply: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Find a flow of least cost that takes every supply where it is wanted.

    Each arc carries at most ``room``, a unit at ``cost``; ``supply`` (nodes,) is what each node
    gives, below 0 = wants, and adds up to 0. Raises SolverError where OR-Tools stopped without an
    answer: the supplies cannot be taken, or costs are too large.
    """
    from ortools.graph.python import min_cost_flow

    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tails, heads, room, cost)
    del tails, heads, room, cost
    solver.set_nodes_supplies(np.arange(len(supply)), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise SolverError(f"OR-Tools min-cost flow stopped with status {status.name}.")
    return np.asarray(solver.flows(arcs), dtype=np.int64)
