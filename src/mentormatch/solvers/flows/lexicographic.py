"""Lexicographic objectives on the transport polytope: flows, each on the face of the last.

"Keep the earlier optimum" selects a face, which complementary slackness describes: arcs with
reduced cost 0 stay, mentees with a positive multiplier must be matched, mentors with a positive
(negative) price must be full (at their minimum). The next stage is again a flow, so the chain is
exact, however long. Stages that fit into 64 bits together are solved at once.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers.flows.coverage import largest_flow
from mentormatch.solvers.flows.networks import find_cheapest_flow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from mentormatch.solvers.arrays import Positions

__all__ = ["ArcFace", "Stage", "best_by_stages"]

Stage: TypeAlias = "Callable[[Positions], NDArray[np.int64]]"

# OR-Tools multiplies costs by the number of nodes, and potentials add up as many.
INT64_ROOM = 2**59


@dataclass(frozen=True, eq=False)
class ArcFace:
    """Matchings of some arcs: one place for each mentee, seats between two bounds for each mentor.

    Parameters
    ----------
    mentees, mentors
        intp arrays (arcs,).
    wants
        bool array (mentees,): has a place to fill.
    must
        bool array (mentees,): may not stay without a mentor.
    low, high
        int64 arrays (mentors,): bounds on the number of mentees.
    """

    mentees: Positions
    mentors: Positions
    wants: NDArray[np.bool_]
    must: NDArray[np.bool_]
    low: NDArray[np.int64]
    high: NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, int]:
        """(number of mentees, number of mentors)."""
        return len(self.wants), len(self.low)


def best_by_stages(face: ArcFace, stages: Iterable[Stage]) -> Positions:
    """The arcs that maximise one sum after the other.

    Parameters
    ----------
    face
        What is allowed.
    stages
        Weights, the most important first: functions from positions in the arcs of ``face`` to int64
        arrays of that length. They are only asked about arcs that the earlier stages left.

    Returns
    -------
    intp array
        Positions in the arcs of ``face``.

    Raises
    ------
    InfeasibleError
        The lower bounds cannot be met.
    """
    useful = face.low[face.mentors] > 0
    needed = int(face.low.sum())
    if (face.low > face.high).any() or needed > largest_flow(
        face.mentees[useful], face.mentors[useful], face.wants.astype(np.int64), face.low
    ):
        raise InfeasibleError("the minimums cannot be met")
    arcs = np.arange(len(face.mentees))
    if not len(arcs):
        return arcs
    chosen: Positions | None = None
    left = deque(stages)
    while left:
        value = _merge_stages(left, arcs, face)
        # A stage that cannot tell the arcs apart changes nothing, once there is a flow.
        if chosen is None or value.any():
            made = _best_flow(face, value)
            chosen = arcs[made]
            face, kept = _keep_optimal(face, value, made)
            arcs = arcs[kept]
    return arcs[:0] if chosen is None else chosen


def _merge_stages(left: deque[Stage], arcs: Positions, face: ArcFace) -> NDArray[np.int64]:
    """Take as many stages from the front as one weight holds; at least one."""
    n, m = face.shape
    room = INT64_ROOM // (n + m + 4)
    pairs = int(min(face.wants.sum(), face.high.sum()))
    weight = left.popleft()(arcs)
    largest = int(np.abs(weight).max(initial=0))
    while left:
        stage = left[0](arcs)
        most = int(np.abs(stage).max(initial=0))
        # One step of an earlier stage must outweigh the largest change of this one. Stages that
        # these arcs do not know take no room.
        factor = 2 * pairs * most + 1
        if most and largest * factor + most > room:
            break
        left.popleft()
        if most:
            weight, largest = weight * factor + stage, largest * factor + most
    return weight


def _best_flow(face: ArcFace, value: NDArray[np.int64]) -> Positions:
    """Arcs of one optimal flow."""
    n, m = face.shape
    sink = n + m
    wanting = np.flatnonzero(face.wants)
    optional = np.flatnonzero(face.wants & ~face.must)
    flexible = np.flatnonzero(face.high > face.low)
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[wanting] = 1
    supply[n:sink] = -face.low
    supply[sink] = -int(supply.sum())
    flows = find_cheapest_flow(
        np.concatenate([face.mentees, optional, n + flexible]),
        np.concatenate(
            [n + face.mentors, np.full(len(optional), sink), np.full(len(flexible), sink)]
        ),
        np.concatenate(
            [
                np.ones(len(value) + len(optional), np.int64),
                (face.high - face.low)[flexible],
            ]
        ),
        np.concatenate([-value, np.zeros(len(optional) + len(flexible), np.int64)]),
        supply,
    )
    return np.flatnonzero(flows[: len(value)])


def _keep_optimal(
    face: ArcFace, value: NDArray[np.int64], made: Positions
) -> tuple[ArcFace, NDArray[np.bool_]]:
    """The optimal matchings of a stage as a face, and which arcs stay in it."""
    n, m = face.shape
    held = np.full(n, m, dtype=np.intp)
    own = np.zeros(n, dtype=np.int64)
    held[face.mentees[made]] = face.mentors[made]
    own[face.mentees[made]] = value[made]
    prices = _prices(face, value, held, own)
    worth = own - np.append(prices, 0)[held]
    tight = value - prices[face.mentors] == worth[face.mentees]
    return replace(
        face,
        mentees=face.mentees[tight],
        mentors=face.mentors[tight],
        must=face.must | (worth > 0),
        low=np.where(prices > 0, face.high, face.low),
        high=np.where(prices < 0, face.low, face.high),
    ), tight


def _prices(
    face: ArcFace, value: NDArray[np.int64], held: Positions, own: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Integer prices that prove the flow optimal: longest paths in its residual graph.

    Nodes are the mentors and, last, being without one; an arc a → k is what somebody at a would
    gain at k.
    """
    _n, m = face.shape
    leaving = np.flatnonzero((held < m) & ~face.must)
    tails = np.concatenate([held[face.mentees], held[leaving]])
    heads = np.concatenate([face.mentors, np.full(len(leaving), m)])
    lengths = np.concatenate([value - own[face.mentees], -own[leaving]])
    order = np.argsort(heads, kind="stable")
    tails, heads, lengths = tails[order], heads[order], lengths[order]
    ends, first = np.unique(heads, return_index=True)
    loads = np.bincount(held, minlength=m + 1)[:m]
    unknown = np.iinfo(np.int64).min // 2
    price = np.full(m + 1, unknown)
    price[:m][(loads > face.low) | (loads == 0)] = 0
    price[m] = 0
    lowest = -(m + 2) * int(np.abs(lengths).max(initial=0))
    for start in (price, None):
        if start is None:
            # Mentors held at a lower bound whom nobody else may join: any price low enough will do.
            stranded = price <= unknown // 2
            if not stranded.any():
                break
            price[stranded] = lowest
        for _ in range(m + 2):
            known = np.where(price[tails] > unknown // 2, price[tails] + lengths, unknown)
            asked = np.maximum.reduceat(known, first)
            better = asked > price[ends]
            if not better.any():
                break
            price[ends[better]] = asked[better]
        else:
            raise SolverError("the flow of a stage is not optimal: its residual graph has a cycle")
    return price[:m]
