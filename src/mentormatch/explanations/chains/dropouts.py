"""What is lost, and who moves, if a mentor leaves: one shortest chain for each of its mentees.

Without the mentor what is left of an optimal matching still has no negative cycle, so its mentees
are placed one after another, each along a shortest path. A place costs first the coverage that is
lost and then score, compared in that order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.explanations.chains.moving import MovingGraph, Ways
from mentormatch.explanations.chains.nearest import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mentormatch.explanations.chains.graph import ExchangeGraph

__all__ = ["DropOut", "drop_outs"]


class DropOut(NamedTuple):
    """What follows when one mentor leaves."""

    mentor: int  # who leaves
    # Mentee, mentor before, mentor after (−1: nobody), its own mentees first; None where no
    # matching is left.
    moves: tuple[tuple[int, int, int], ...] | None
    coverage: int  # how many mentees fewer have a mentor


def drop_outs(graph: ExchangeGraph, mentors: NDArray[np.intp]) -> Iterator[DropOut]:
    """Say for each mentor who would be where if it left, with its minimum and its pins.

    The graph is of an optimal matching at one mentor each; each of the mentors leaves alone.
    """
    matching, m = graph.matching, graph.n_mentors
    moving = _with_distances(graph)
    ends = set(range(m, len(graph.prices)))
    order = np.argsort(matching.mentors, kind="stable")
    starts = np.searchsorted(matching.mentors[order], np.arange(m + 1))
    own = np.full(matching.problem.shape[0], -1, dtype=np.intp)
    own[matching.mentees] = matching.mentors
    moving.read_near(matching.mentees[np.isin(matching.mentors, mentors) & graph.movable])
    for j in mentors.tolist():
        mine = matching.mentees[order[starts[j] : starts[j + 1]]].tolist()
        moving.put_back()
        moving.gone = j
        for i in mine:
            place(moving, i, ends)
        now = {i: to if to < m else -1 for i, (_, to, _) in moving.now.items()}
        others = [i for i, to in now.items() if own[i] not in (j, to)]
        moves = tuple((i, int(own[i]), now[i]) for i in [*mine, *others])
        yield DropOut(j, moves, sum(to < 0 for _, _, to in moves))


def _with_distances(graph: ExchangeGraph) -> MovingGraph:
    """The graph with the way to the nearest end as prices: a free seat, else nobody, last first."""
    count = len(graph.prices)
    ends = (graph.slack, *reversed(graph.levels))
    worth, far = np.full(count, len(ends), dtype=np.intp), np.full(count, np.inf)
    after = np.full(count, -1, dtype=np.intp)
    m = graph.n_mentors
    waiting = np.asarray(np.isfinite(graph.reduced[:m]).any(axis=1))
    for number, end in enumerate(ends):
        worth[end], far[end] = number, 0.0
        if not waiting.any():
            continue
        ways, next_ = graph.ways_to(end)
        first = np.flatnonzero(np.isfinite(ways[:m]) & waiting)
        worth[first], far[first], after[first] = number, ways[first], next_[first]
        waiting[first] = False
    if not graph.levels:
        worth[graph.place] = far[graph.place] = 0
    # A chain ends at whatever is no mentor.
    after[m:] = -1
    return MovingGraph(graph, far, worth, ways=Ways.of(graph, after))
