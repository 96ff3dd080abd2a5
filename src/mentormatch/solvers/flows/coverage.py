"""The stages before the total: how many can be served, found by maximum flow on a list of arcs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.solvers.flows.networks import find_largest_flow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.transport import Transport

__all__ = ["StageValues", "find_stage_values", "flow_on_arcs", "largest_flow"]


@dataclass(frozen=True, eq=False, slots=True)
class StageValues:
    """The values the stages before the total reach on some arcs."""

    coverage: NDArray[np.int64]  # (classes,): mentees of each class who get a first mentor
    pairs: int  # in all


def flow_on_arcs(
    mentees: NDArray[Any],
    mentors: NDArray[Any],
    demand: NDArray[np.int64],
    capacity: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """A largest set of the arcs (mentees[k], mentors[k]) that demands and capacities allow."""
    n, m = len(demand), len(capacity)
    wanting, open_mentors = np.flatnonzero(demand > 0), np.flatnonzero(capacity > 0)
    if not len(wanting) or not len(open_mentors) or not len(mentees):
        return np.zeros(len(mentees), dtype=bool)
    source, sink = n + m, n + m + 1
    found = find_largest_flow(
        np.concatenate([mentees, np.full(len(wanting), source), n + open_mentors], dtype=np.int32),
        np.concatenate([n + mentors, wanting, np.full(len(open_mentors), sink)], dtype=np.int32),
        np.concatenate([np.broadcast_to(1, len(mentees)), demand[wanting], capacity[open_mentors]]),
        source,
        sink,
    )
    return np.asarray(found.flows[: len(mentees)] > 0)


def largest_flow(
    mentees: NDArray[Any],
    mentors: NDArray[Any],
    demand: NDArray[np.int64],
    capacity: NDArray[np.int64],
) -> int:
    """How many of the arcs (mentees[k], mentors[k]) demands and capacities allow at once."""
    return int(np.count_nonzero(flow_on_arcs(mentees, mentors, demand, capacity)))


def find_stage_values(
    transport: Transport, mentees: NDArray[Any], mentors: NDArray[Any]
) -> StageValues:
    """The best coverage by class, highest first, and the most pairs, on these arcs.

    Sets of mentees that can be served at once are the independent sets of a transversal matroid, so
    serving the higher classes first costs the lower ones nothing that could be avoided: the number
    for each prefix of classes is a maximum flow of its own (Edmonds and Fulkerson 1965). Minimums
    do not lower any of them, since augmenting paths never take a mentee from a mentor.
    """
    capacity = np.minimum(transport.capacity, len(transport.demand))
    once = np.where(transport.covered, 0, np.minimum(transport.demand, 1))
    n_classes = transport.n_classes
    prefix = np.zeros(n_classes, dtype=np.int64)
    for c in range(n_classes):
        within = np.where(transport.classes <= c, once, 0)
        prefix[c] = largest_flow(mentees, mentors, within, capacity)
    coverage = np.diff(prefix, prepend=0)
    if np.array_equal(once, transport.demand):
        return StageValues(coverage, int(prefix[-1]))
    return StageValues(coverage, largest_flow(mentees, mentors, transport.demand, capacity))
