"""The exchange graph of an optimal matching: who could move where, and what that costs the total.

The residual graph, contracted to mentors. An arc a → k says that somebody at a may move to k; its
length is what the total loses when the one who loses least does. Being without a mentor is a node
for each priority class, and *slack* is the node of free seats: a mentor with a free seat leads to
it, and it leads to every mentor who may give a mentee away. A path is a chain of moves.

A matching is optimal exactly where no cycle is negative [1]_; prices then make every arc
non-negative, and distances are found by Dijkstra's algorithm from both ends [2]_.

References
----------
.. [1] M. Klein (1967), A primal method for minimal cost flows.
.. [2] T. A. J. Nicholson (1966), Finding the shortest route between two points in a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from mentormatch.problem.checks import are_pinned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching

__all__ = ["TINY", "ExchangeGraph", "Move", "Path"]

# Added to every arc of a sparse graph, which takes 0 for no arc; all of a path are less
# than any tolerance of a graph.
TINY = 1e-300
# A path is looked for among the arcs that are about as short as this many out of each node; a graph
# of fewer nodes, or one with many times as many equal arcs, is read whole.
SHORT_ARCS = 32
FEW_NODES = 512


class Move(NamedTuple):
    """One mentee leaves one place for another; nodes of the graph, and the gain in score."""

    mentee: int
    tail: int
    head: int
    gain: float


class Path(NamedTuple):
    """A shortest path: what it costs the total, and its nodes (empty where there is none)."""

    cost: float
    nodes: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ExchangeGraph:
    """Reduced costs between mentors, and the prices that go with them.

    Nodes: the mentors 0 … m−1; ``place`` = m (no further place, or nothing where only the total
    counts); one node "nobody" for each priority class; ``slack`` last.
    """

    matching: Matching  # an optimal one
    # (nodes, nodes): cost of an arc at these prices, ≥ 0; inf where there is none.
    reduced: NDArray[np.float64]
    prices: NDArray[np.float64]  # (nodes,)
    tolerance: float  # costs up to this size, in units of score, count as 0

    @property
    def n_mentors(self) -> int:
        """How many mentors there are."""
        return self.matching.problem.shape[1]

    @property
    def place(self) -> int:
        """The node of those who lack a further place, or have nothing where that costs nothing."""
        return self.n_mentors

    @property
    def slack(self) -> int:
        """The node of free seats."""
        return len(self.prices) - 1

    @property
    def nobody(self) -> tuple[int, ...]:
        """The nodes of those without a mentor, by priority class, first served first."""
        return tuple(range(self.n_mentors + 1, self.slack))

    @property
    def levels(self) -> tuple[int, ...]:
        """Nodes of what coverage counts, the most important first: classes, then places."""
        problem = self.matching.problem
        if not problem.coverage_first:
            return ()
        several = int(problem.demands.max(initial=0)) > 1
        return (*self.nobody, self.place) if several else self.nobody

    @cached_property
    def movable(self) -> NDArray[np.bool_]:
        """Which pairs of the matching may be given up: all but the pinned ones."""
        matching = self.matching
        return ~are_pinned(matching.problem, matching.mentees, matching.mentors)

    @cached_property
    def _by_mentor(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs that may be given up, sorted by mentor, and where each mentor's begin."""
        pairs = np.flatnonzero(self.movable)
        pairs = pairs[np.argsort(self.matching.mentors[pairs], kind="stable")]
        starts = np.searchsorted(self.matching.mentors[pairs], np.arange(self.n_mentors + 1))
        return pairs, starts

    def lacking_node(self, mentee: int) -> int:
        """The node where somebody stands who has a place left to fill."""
        return self._node_with(mentee, int(self.matching.places[mentee]))

    def node_without(self, mentee: int) -> int:
        """The node where somebody would stand who gave a place up for nothing."""
        return self._node_with(mentee, int(self.matching.places[mentee]) - 1)

    def _node_with(self, mentee: int, mentors: int) -> int:
        """The node where somebody with so many mentors lacks one more."""
        problem = self.matching.problem
        if not problem.coverage_first or mentors > 0:
            return self.place
        return self.n_mentors + 1 + int(problem.priority_classes[mentee])

    def places_to_leave(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
        """All places that can be left: whose, where in the graph, and the score given up."""
        matching, free = self.matching, self.movable
        short = np.flatnonzero(matching.places < matching.problem.demands)
        lacking = np.array([self.lacking_node(int(i)) for i in short], dtype=np.intp)
        return (
            np.concatenate([matching.mentees[free], short]).astype(np.intp),
            np.concatenate([matching.mentors[free], lacking]).astype(np.intp),
            np.concatenate([matching.scores[free], np.zeros(len(short))]),
        )

    def places_of(self, mentee: int) -> list[tuple[int, float]]:
        """The nodes a mentee can be taken from, with the score that is given up there."""
        mine = np.flatnonzero((self.matching.mentees == mentee) & self.movable)
        held = [(int(self.matching.mentors[k]), float(self.matching.scores[k])) for k in mine]
        if self.matching.places[mentee] < self.matching.problem.demands[mentee]:
            held.append((self.lacking_node(mentee), 0.0))
        return held

    # ------------------------------------------------------------------ distances

    def path(self, source: int, target: int) -> Path:
        """A shortest path: among short arcs where that decides it, else among all."""
        if source == target:
            return Path(0.0, (source,))
        if self._short is not None:
            short, limit = self._short
            # Most paths are far shorter than the limit, and a search within an eighth is quick.
            for within in (limit / 8, limit):
                (found,), (before,) = sparse.csgraph.dijkstra(
                    short, indices=np.array([source]), return_predecessors=True, limit=within
                )
                if np.isfinite(found[target]):
                    nodes = [target]
                    while nodes[-1] != source:
                        nodes.append(int(before[nodes[-1]]))
                    return self._path(tuple(nodes[::-1]))
        return self._path_of_all(source, target)

    def _path(self, nodes: tuple[int, ...]) -> Path:
        """A path with what it costs the total."""
        length = sum(float(self.reduced[tail, head]) for tail, head in pairwise(nodes))
        return Path(float(length + self.prices[nodes[0]] - self.prices[nodes[-1]]), nodes)

    @cached_property
    def _short(self) -> tuple[sparse.csr_array[np.float64], float] | None:
        """The arcs up to a length, and that length: no path within it has a longer arc."""
        count = len(self.prices)
        if count < FEW_NODES:
            return None
        some = self.reduced[:: max(1, count // 64)]
        limit = float(np.median(np.partition(some, SHORT_ARCS, axis=1)[:, SHORT_ARCS]))
        if not np.isfinite(limit):
            return None
        tails, heads = np.nonzero(self.reduced <= limit)
        if len(tails) > 8 * SHORT_ARCS * count:
            return None
        # SciPy before 1.13 finds paths along 32-bit indices only.
        where = (tails.astype(np.int32), heads.astype(np.int32))
        lengths = self.reduced[tails, heads] + TINY
        return sparse.csr_array((lengths, where), shape=self.reduced.shape), limit

    def _path_of_all(self, source: int, target: int) -> Path:
        """A shortest path, by Dijkstra's algorithm from both ends."""
        count = len(self.prices)
        ahead, behind = np.full(count, np.inf), np.full(count, np.inf)
        ahead[source] = behind[target] = 0.0
        open_ahead, open_behind = ahead.copy(), behind.copy()
        least_out, least_in = self._least_lengths
        before, after = np.full(count, -1), np.full(count, -1)
        best, meeting = np.inf, -1
        while True:
            u, v = int(open_ahead.argmin()), int(open_behind.argmin())
            near, far = open_ahead[u], open_behind[v]
            if near + far >= best or not np.isfinite(near + far):
                break
            if near + least_out[u] <= far + least_in[v]:
                reach = self.reduced[u] + near
                open_ahead[u] = np.inf
                closer = np.flatnonzero(reach < ahead)
                ahead[closer] = open_ahead[closer] = reach[closer]
                before[closer] = u
            else:
                reach = self.reduced[:, v] + far
                open_behind[v] = np.inf
                closer = np.flatnonzero(reach < behind)
                behind[closer] = open_behind[closer] = reach[closer]
                after[closer] = v
            through = ahead[closer] + behind[closer]
            if len(through) and through.min() < best:
                best, meeting = float(through.min()), int(closer[through.argmin()])
        if meeting < 0:
            return Path(np.inf, ())
        nodes = [meeting]
        while nodes[0] != source:
            nodes.insert(0, int(before[nodes[0]]))
        while nodes[-1] != target:
            nodes.append(int(after[nodes[-1]]))
        return self._path(tuple(nodes))

    @cached_property
    def _least_lengths(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The shortest arc out of, and into, each node."""
        return self.reduced.min(axis=1), self.reduced.min(axis=0)

    def costs_from(self, source: int) -> NDArray[np.float64]:
        """What it costs the total to get from a node to each other."""
        found, _ = self.spread(self.reduced, self._nothing_but(source))
        return np.asarray(found + self.prices[source] - self.prices)

    def costs_to(self, target: int) -> NDArray[np.float64]:
        """What it costs the total to get from each node to one."""
        return self.ways_to(target)[0]

    def ways_to(self, target: int) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """What it costs the total to get from each node to one, and the next node on the way.

        Where there is no way the cost is inf; there and at the target the next node is −1.
        """
        found, after = self.spread(self.reduced.T, self._nothing_but(target))
        return np.asarray(found + self.prices - self.prices[target]), after

    def _nothing_but(self, node: int) -> NDArray[np.float64]:
        """Distances where only one node is known, which is 0 away."""
        return np.where(np.arange(len(self.prices)) == node, 0.0, np.inf)

    @staticmethod
    def spread(
        reduced: NDArray[np.float64], found: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Distances no longer than those found, and from where each is reached, by Dijkstra."""
        found, opened = found.copy(), found.copy()
        before = np.full(len(reduced), -1, dtype=np.intp)
        for _ in range(len(reduced)):
            here = int(opened.argmin())
            near = opened[here]
            if not np.isfinite(near):
                break
            opened[here] = np.inf
            reach = reduced[here] + near
            closer = np.flatnonzero(reach < found)
            found[closer] = opened[closer] = reach[closer]
            before[closer] = here
        return found, before

    # ------------------------------------------------------------------ who moves

    def moves(self, nodes: tuple[int, ...], taken: tuple[int, ...] = ()) -> list[Move]:
        """Who moves along a path; steps from and to slack move nobody.

        ``taken``: mentees who move already, and so cannot be moved here.
        """
        steps = [step for step in pairwise(nodes) if self.slack not in step]
        people = [self._people_at(tail) for tail, _ in steps]
        gains = self._gains(steps, people)
        made: list[Move] = []
        gone = set(taken)
        for (tail, head), (who, own), gained in zip(steps, people, gains, strict=True):
            gain = gained - own
            gain[[one in gone for one in who.tolist()]] = -np.inf
            # Who of those at the tail loses least by going to the head.
            best = int(gain.argmax())
            made.append(Move(int(who[best]), tail, head, float(gain[best])))
            gone.add(made[-1].mentee)
        return made

    def pairs_after(self, moves: list[Move]) -> list[tuple[int, int]]:
        """The pairs of the matching once people moved, in order."""
        matching = self.matching
        pairs = set(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
        for mentee, tail, head, _ in moves:
            pairs.discard((mentee, tail))
            if head < self.n_mentors:
                pairs.add((mentee, head))
        return sorted(pairs)

    def movers(self, steps: list[tuple[int, int]]) -> list[tuple[int, float]]:
        """Who of those at each tail loses least by going to its head alone, and the score there."""
        people = [self._people_at(tail) for tail, _ in steps]
        found = []
        for (who, own), score in zip(people, self._gains(steps, people), strict=True):
            best = int((score - own).argmax())
            found.append((int(who[best]), float(score[best])))
        return found

    def _people_at(self, node: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Who can leave a node, and the score that each gives up there."""
        matching = self.matching
        if node < self.n_mentors:
            pairs, starts = self._by_mentor
            pairs = pairs[starts[node] : starts[node + 1]]
            return matching.mentees[pairs], np.asarray(matching.scores[pairs], np.float64)
        short = np.flatnonzero(matching.places < matching.problem.demands)
        who = short[[self.lacking_node(int(i)) == node for i in short]]
        return who, np.zeros(len(who))

    def _gains(
        self,
        steps: list[tuple[int, int]],
        people: list[tuple[NDArray[np.intp], NDArray[np.float64]]],
    ) -> list[NDArray[np.float64]]:
        """The score of each of the people of each step at its head; −inf where they cannot go."""
        problem, m = self.matching.problem, self.n_mentors
        found = [np.full(len(who), -np.inf) for who, _ in people]
        to_mentors = [k for k, (_, head) in enumerate(steps) if head < m]
        if to_mentors:
            who = np.concatenate([people[k][0] for k in to_mentors])
            counts = [len(people[k][0]) for k in to_mentors]
            heads = np.repeat([steps[k][1] for k in to_mentors], counts)
            scores = np.asarray(problem.pairs(who, heads).scores, np.float64)
            scores[np.isnan(scores) | self.has(who, heads)] = -np.inf
            for k, some in zip(to_mentors, np.split(scores, np.cumsum(counts)[:-1]), strict=True):
                found[k] = some
        for k, (_, head) in enumerate(steps):
            if head >= m:
                nodes = [self.node_without(one) == head for one in people[k][0].tolist()]
                found[k][nodes] = 0.0
        return found

    def has(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which pairs the matching has."""
        keys = mentees * self.n_mentors + mentors
        place = np.searchsorted(self._keys, keys)
        known = place < len(self._keys)
        known[known] = self._keys[place[known]] == keys[known]
        return np.asarray(known)

    @cached_property
    def _keys(self) -> NDArray[np.intp]:
        """The pairs of the matching as sorted numbers."""
        return np.sort(self.matching.mentees * self.n_mentors + self.matching.mentors)
