"""What is lost, and who moves, if a mentor leaves: one shortest chain for each of its mentees.

Without the mentor what is left of an optimal matching still has no negative cycle, so its mentees
are placed one after another, each along a shortest path [1]_. A place costs first the coverage that
is lost and then score, compared in that order; distances of the whole graph are where the prices
start, so a search reads few mentors.

References
----------
.. [1] J. Edmonds and R. M. Karp (1972), Theoretical improvements in algorithmic efficiency for
   network flow problems, successive shortest paths with prices.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mentormatch.explanations.chains.graph import ExchangeGraph

__all__ = ["DropOut", "drop_outs"]


class DropOut(NamedTuple):
    """What follows when one mentor leaves.

    Parameters
    ----------
    mentor
        Who leaves.
    moves
        Mentee, mentor before, mentor after (−1: nobody), its own mentees first; None where no
        matching is left.
    coverage
        How many mentees fewer have a mentor.
    """

    mentor: int
    moves: tuple[tuple[int, int, int], ...] | None
    coverage: int


@dataclass(eq=False)
class _Places:
    """The graph without one mentor, as its mentees are placed.

    A node is as far from an end as ``worth`` and ``far`` say: how much coverage the nearest end
    costs, and then how much score. Both only rise, and are put back when the next mentor is tried.
    """

    graph: ExchangeGraph
    gone: int = -1
    members: dict[int, list[int]] = field(default_factory=dict)
    now: dict[int, int] = field(default_factory=dict)
    more: dict[int, int] = field(default_factory=dict)
    _before: list[tuple[int, int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        graph = self.graph
        count = len(graph.prices)
        self.ends = (graph.slack, *reversed(graph.levels))
        self.worth = np.full(count, len(self.ends), dtype=np.intp)
        self.far = np.full(count, np.inf)
        for number, end in enumerate(self.ends):
            ways = graph.costs_to(end)
            first = np.isfinite(ways) & np.isinf(self.far)
            self.worth[first], self.far[first] = number, ways[first]
        self._is_end = np.zeros(count, dtype=bool)
        self._is_end[graph.n_mentors :] = True
        # Sums of prices differ in the last digits; an arc shorter than this has no length.
        self._blur = graph.tolerance / 64

    @cached_property
    def _loads(self) -> NDArray[np.int64]:
        matching = self.graph.matching
        return np.bincount(
            matching.mentors[self.graph.movable], minlength=self.graph.n_mentors
        ).astype(np.int64)

    def without(self, mentor: int) -> None:
        """Start again, with another mentor gone."""
        for node, worth, far in reversed(self._before):
            self.worth[node], self.far[node] = worth, far
        self._before.clear()
        self.members.clear()
        self.now.clear()
        self.more.clear()
        self.gone = mentor

    def place(self, mentee: int, scores: NDArray[np.float64]) -> None:
        """Give a mentee of the mentor who left the place that costs the others least."""
        graph = self.graph
        count, m = len(graph.prices), graph.n_mentors
        reach = np.full(count, np.inf)
        reach[:m] = self.far[:m] - scores
        reach[self.gone] = np.inf
        reach[graph.node_without(mentee) if graph.levels else graph.place] = 0.0
        before = np.full(count, -1, dtype=np.intp)
        closed = np.zeros(count, dtype=bool)
        opened = reach.copy()
        level, near, order = 0, -1, []
        while True:
            here = near if near >= 0 else int(opened.argmin())
            if near < 0 and len(self.ends) > 1:
                among = np.where(self.worth == level, opened, np.inf)
                here = int(among.argmin())
                if np.isinf(among[here]):
                    level += 1
                    continue
            closed[here] = True
            opened[here] = np.inf
            if self._is_end[here]:
                break
            order.append(here)
            behind = self._lengths(here)
            behind += reach[here] - self.far[here]
            behind += self.far
            behind[self.gone] = np.inf
            closer = np.flatnonzero((behind < reach - self._blur) & ~closed)
            reach[closer] = opened[closer] = behind[closer]
            before[closer] = here
            # Of equal ways the one that was found last is followed, down to its end.
            same = closer[self.worth[closer] == self.worth[here]]
            near = int(same[reach[same].argmin()]) if len(same) else -1
            if near >= 0 and reach[near] > reach[here] + self._blur:
                near = -1
        for node in order:
            self._before.append((node, int(self.worth[node]), float(self.far[node])))
            self.far[node] += reach[here] - reach[node]
            self.worth[node] = self.worth[here]
        self._move(mentee, here, before)

    def _move(self, mentee: int, end: int, before: NDArray[np.intp]) -> None:
        """Make the moves of a path: each mentor on it gives one mentee away and takes one."""
        nodes = [end]
        while before[nodes[-1]] >= 0:
            nodes.append(int(before[nodes[-1]]))
        m = self.graph.n_mentors
        coming = mentee
        for tail, head in zip(reversed(nodes), [*reversed(nodes[:-1]), -1], strict=True):
            if tail >= m:
                self.now[coming] = -1
                break
            held = self._members(tail)
            self.now[coming] = tail
            if head == self.graph.slack:
                held.append(coming)
                self.more[tail] = self.more.get(tail, 0) + 1
                break
            leaves = int(self._costs(tail)[:, head].argmin())
            held[leaves], coming = coming, held[leaves]

    def _members(self, mentor: int) -> list[int]:
        """Who can leave a mentor, as things are now; a list that may be changed."""
        if mentor not in self.members:
            pairs = self.graph.pairs_at(mentor)
            self.members[mentor] = self.graph.matching.mentees[pairs].tolist()
        return self.members[mentor]

    def _costs(self, mentor: int) -> NDArray[np.float64]:
        """What each of a mentor's mentees loses by going to each node."""
        graph = self.graph
        problem, m = graph.matching.problem, graph.n_mentors
        who = np.array(self._members(mentor), dtype=np.intp)
        scores = np.asarray(problem.open_scores(who), dtype=np.float64)
        own = scores[:, mentor]
        lost = np.full((len(who), len(graph.prices)), np.inf)
        lost[:, :m] = own[:, None] - scores
        lost[:, mentor] = np.inf
        nothing = np.full(len(who), graph.place)
        if graph.levels:
            nothing = m + 1 + problem.priority_classes[who]
        lost[np.arange(len(who)), nothing] = own
        return lost

    def _lengths(self, mentor: int) -> NDArray[np.float64]:
        """The arcs out of a mentor, as things are now."""
        graph = self.graph
        if mentor not in self.members:
            return np.asarray(graph.reduced[mentor] + graph.prices[mentor] - graph.prices)
        found = self._costs(mentor).min(axis=0, initial=np.inf)
        load = self._loads[mentor] + self.more.get(mentor, 0)
        if load < graph.matching.problem.after_pins.capacity[mentor]:
            found[graph.slack] = 0.0
        return np.asarray(found)


def drop_outs(graph: ExchangeGraph, mentors: NDArray[np.intp]) -> Iterator[DropOut]:
    """Say for each mentor who would be where if it left, with its minimum and its pins.

    Parameters
    ----------
    graph
        Of an optimal matching at one mentor each.
    mentors
        intp array: who leaves, each alone.
    """
    places = _Places(graph)
    matching, problem = graph.matching, graph.matching.problem
    own = np.full(problem.shape[0], -1, dtype=np.intp)
    own[matching.mentees] = matching.mentors
    order = np.argsort(matching.mentors, kind="stable")
    starts = np.searchsorted(matching.mentors[order], np.arange(graph.n_mentors + 1))
    for j in mentors.tolist():
        mine = matching.mentees[order[starts[j] : starts[j + 1]]]
        places.without(j)
        for i, scores in zip(mine.tolist(), problem.open_scores(mine), strict=True):
            places.place(i, np.asarray(scores, dtype=np.float64))
        now = places.now
        others = [i for i, to in now.items() if own[i] not in (j, to)]
        moves = tuple((i, int(own[i]), now[i]) for i in [*mine.tolist(), *others])
        yield DropOut(j, moves, sum(to < 0 for _, _, to in moves))
