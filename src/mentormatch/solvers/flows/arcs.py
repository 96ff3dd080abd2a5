"""The best choice among a list of arcs: min-cost flow with the earlier stages as supplies.

No large number stands for coverage: how many are served at each stage is found first by maximum
flow, and the network then has room for exactly that many. Costs are scores and nothing else, so
their integers are as fine as int64 allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.errors import InfeasibleError
from mentormatch.solvers.flows.integers import IntegerScale
from mentormatch.solvers.flows.networks import find_cheapest_flow, find_largest_flow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.transport import Transport

__all__ = [
    "StageValues",
    "check_minimums",
    "choose_arcs",
    "find_stage_values",
    "flow_on_arcs",
    "hand_out_places",
]


def check_minimums(transport: Transport, mentees: NDArray[Any], mentors: NDArray[Any]) -> None:
    """Raise `InfeasibleError` when these arcs cannot fill every minimum.

    Asked before any min-cost flow, for one that failed cannot be trusted further (or-tools 3947).
    """
    needed = int(transport.minimum.sum())
    if not needed:
        return
    useful = transport.minimum[mentors] > 0
    filled = largest_flow(mentees[useful], mentors[useful], transport.demand, transport.minimum)
    if filled < needed or (transport.minimum > transport.capacity).any():
        raise InfeasibleError("the minimums cannot be met")


def choose_arcs(
    transport: Transport,
    mentees: NDArray[Any],
    mentors: NDArray[Any],
    scores: NDArray[np.float64],
    reached: StageValues | None = None,
) -> tuple[NDArray[np.intp], float]:
    """Choose the arcs with the largest total among those that reach the earlier stages.

    Network: pools of places → mentees → mentors → sink. There is a pool of first places for each
    priority class that holds exactly as many as the class can get, and one of further places; a
    mentor's minimum is its own supply. Scores are finite; ``reached`` is what the earlier stages
    reach on these arcs, when it is known already. Returns the positions of the chosen arcs, and how
    far rounding moved a score at most, in units of score. Raises InfeasibleError where the minimums
    cannot be met.
    """
    check_minimums(transport, mentees, mentors)
    if not len(mentees):
        return np.empty(0, np.intp), 0.0
    if transport.coverage_first and reached is None:
        reached = find_stage_values(transport, mentees, mentors)
    n, m = transport.shape
    classes = transport.n_classes
    rest, sink = n + m + classes, n + m + classes + 1
    scale = IntegerScale.of(scores, nodes=sink + 1, keep_zero=not transport.coverage_first)
    capacity = np.minimum(transport.capacity, n)
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[n : n + m] = -transport.minimum
    place_tails, place_heads, place_room = hand_out_places(transport, reached, supply, rest)
    open_mentors = np.flatnonzero(capacity > transport.minimum)
    tails = [place_tails, mentees, n + open_mentors]
    heads = [place_heads, n + mentors, np.full(len(open_mentors), sink)]
    room = [
        place_room,
        np.broadcast_to(np.int64(1), len(mentees)),
        (capacity - transport.minimum)[open_mentors],
    ]
    if not transport.coverage_first:
        # A place that nobody is worth goes unused, at no cost.
        tails.append(np.array([rest]))
        heads.append(np.array([sink]))
        room.append(np.array([int(supply[rest])]))
    supply[sink] = -int(supply.sum())
    start = len(place_tails)
    free = sum(len(part) for part in tails) - start - len(mentees)
    flows = find_cheapest_flow(
        np.concatenate(tails, dtype=np.int32),
        np.concatenate(heads, dtype=np.int32),
        np.concatenate(room),
        np.pad(-scale.integers(scores), (start, free)),
        supply,
    )
    return np.flatnonzero(flows[start : start + len(mentees)]), scale.error


def hand_out_places(
    transport: Transport, reached: StageValues | None, supply: NDArray[np.int64], rest: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
    """Make the arcs from pools of places to mentees; sets the supplies of mentees and pools."""
    n, m = transport.shape
    demand = transport.demand
    if reached is None:
        wanting = np.flatnonzero(demand > 0)
        supply[rest] = int(demand.sum())
        return np.full(len(wanting), rest), wanting, demand[wanting]
    first = np.where(transport.covered, 0, np.minimum(demand, 1))
    further = demand - first
    supply[rest] = reached.pairs - int(reached.coverage.sum())
    tails, heads, room = [], [], []
    for c, count in enumerate(reached.coverage.tolist()):
        members = np.flatnonzero((first > 0) & (transport.classes == c))
        if count == len(members):
            supply[members] = 1
            continue
        supply[n + m + c] = count
        tails.append(np.full(count and len(members), n + m + c))
        heads.append(members[: count and len(members)])
        room.append(np.ones(count and len(members), dtype=np.int64))
    several = np.flatnonzero(further > 0)
    tails.append(np.full(len(several), rest))
    heads.append(several)
    room.append(further[several])
    return np.concatenate(tails), np.concatenate(heads), np.concatenate(room)


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
