"""The stages before the total: how many can be served, found by maximum flow on a list of arcs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from ortools.graph.python import max_flow

from mentormatch.errors import SolverError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.transport import Transport

__all__ = ["Reached", "largest_flow", "reach_stages"]


@dataclass(frozen=True, slots=True)
class Reached:
    """What the earlier stages reach on some arcs.

    Parameters
    ----------
    coverage
        int64 array (classes,): mentees of each class who get a first mentor.
    pairs
        Pairs in all.
    """

    coverage: NDArray[np.int64]
    pairs: int


def largest_flow(
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    demand: NDArray[np.int64],
    capacity: NDArray[np.int64],
) -> int:
    """The most of the arcs (mentees[k], mentors[k]) that demands and capacities allow."""
    n, m = len(demand), len(capacity)
    wanting, open_mentors = np.flatnonzero(demand > 0), np.flatnonzero(capacity > 0)
    if not len(wanting) or not len(open_mentors) or not len(mentees):
        return 0
    solver = max_flow.SimpleMaxFlow()
    source, sink = n + m, n + m + 1
    solver.add_arcs_with_capacity(
        np.concatenate([np.full(len(wanting), source), mentees, n + open_mentors]),
        np.concatenate([wanting, n + mentors, np.full(len(open_mentors), sink)]),
        np.concatenate(
            [demand[wanting], np.ones(len(mentees), np.int64), capacity[open_mentors]]
        ),
    )
    status = solver.solve(source, sink)
    if status != solver.OPTIMAL:
        raise SolverError(f"OR-Tools maximum flow stopped with status {status.name}.")
    return int(solver.optimal_flow())


def reach_stages(
    transport: Transport, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> Reached:
    """The best coverage by class, highest first, and the most pairs, on these arcs.

    Sets of mentees that can be served at once are the independent sets of a transversal matroid, so serving the higher
    classes first costs the lower ones nothing that could be avoided: the number for each prefix of classes is a maximum flow of
    its own (Edmonds and Fulkerson 1965). Minimums do not lower any of them, since augmenting paths never take a mentee
    from a mentor.
    """
    capacity = np.minimum(transport.capacity, len(transport.demand))
    once = np.where(transport.covered, 0, np.minimum(transport.demand, 1))
    n_classes = int(transport.classes.max(initial=0)) + 1
    prefix = np.zeros(n_classes, dtype=np.int64)
    for c in range(n_classes):
        within = np.where(transport.classes <= c, once, 0)
        prefix[c] = largest_flow(mentees, mentors, within, capacity)
    coverage = np.diff(prefix, prepend=0)
    if np.array_equal(once, transport.demand):
        return Reached(coverage, int(prefix[-1]))
    return Reached(coverage, largest_flow(mentees, mentors, transport.demand, capacity))
