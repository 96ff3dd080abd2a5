"""Give somebody the place that costs the others least, by a shortest chain of moves.

The search starts at prices under which no arc is negative and raises those of the nodes that it
reads, so that they hold for the next chain [1]_. It reads the nearest mentors of each mentee, and
all of them only where a chain through another could be shorter.

References
----------
.. [1] J. Edmonds and R. M. Karp (1972), Theoretical improvements in algorithmic efficiency for
   network flow problems, successive shortest paths with prices.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.explanations.chains.moving import Step

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from mentormatch.explanations.chains.moving import MovingGraph

__all__ = ["place"]


def place(moving: MovingGraph, mentee: int, ends: Collection[int]) -> int:
    """Give somebody who has left its node the place from which an end is nearest.

    ``moving`` is changed: people move along the chain, and prices rise. The answer is the one of
    ``ends``, nodes where a chain may stop, at which it did.
    """
    found = _Search(moving, ends, complete=False).run(mentee)
    if found is None:
        found = _Search(moving, ends, complete=True).run(mentee)
    assert found is not None  # To have nobody is always possible.
    tail = -1
    for step in found:
        moving.move(tail, step)
        tail = step.node
    return tail


class _Search:
    """The way of one mentee to the nearest end.

    Coverage comes first: nodes are read by what is lost from them on, then by distance.
    """

    def __init__(self, moving: MovingGraph, ends: Collection[int], *, complete: bool) -> None:
        self.moving, self.ends, self.complete = moving, ends, complete
        self.worths, self.blur = moving.worths, moving.blur
        levels = moving.n_levels
        self.reach: dict[int, float] = {}
        self.closed: dict[int, float] = {}
        self.before: dict[int, tuple[int, int, float]] = {}
        self.heaps: list[list[tuple[float, int, int]]] = [[] for _ in range(levels)]
        self.best = [np.inf] * levels
        # How near a mentor may be that was not read, by level.
        self.unread = [np.inf] * levels
        self.level = self.count = 0

    def run(self, mentee: int) -> list[Step] | None:
        """The steps to the nearest end; None where mentors that were not read may be nearer."""
        moving = self.moving
        m, slack = moving.graph.n_mentors, moving.graph.slack
        self._open_old_place(mentee)
        self._spread(-1, mentee, 0.0)
        while True:
            if not self.heaps[self.level]:
                if self.unread[self.level] < np.inf:
                    return None
                self.level += 1
                continue
            there, _, here = heapq.heappop(self.heaps[self.level])
            if here in self.closed:
                continue
            # A node that leads on is never expanded, so its way meets no step of the search.
            if here in self.ends or moving.leads_on(here):
                break
            self.closed[here] = there
            base = there - moving.fars[here]
            if here == slack:
                self._spread_from_slack(base)
            elif here >= m or self.complete:
                self._spread_all(here, base)
            else:
                for who in moving.members(here):
                    self._spread(here, who, base + moving.held[who])
            if here == moving.graph.place or (here < m and moving.has_free_seat(here)):
                self._open(slack, base + moving.fars[slack], here, -1, 0.0)
        if self.unread[self.level] < there - moving.blur:
            return None
        for node, near in self.closed.items():
            moving.raise_price(node, self.level, there - near)
        steps, node = [], here
        while node >= 0:
            tail, who, score = self.before[node]
            steps.append(Step(who, node, score))
            node = tail
        return [*steps[::-1], *(() if here in self.ends else moving.way_from(here))]

    def _open_old_place(self, mentee: int) -> None:
        """Where somebody was is open to it, and often an end: nothing further away is read then."""
        moving = self.moving
        node = moving.node_of(mentee)
        if node in self.ends:
            score = (
                moving.now[mentee].score if mentee in moving.now else moving.at_first.scores[mentee]
            )
            self._open(node, moving.fars[node] - moving.held[mentee], -1, mentee, score)

    def _open(self, node: int, there: float, tail: int, who: int, score: float) -> None:
        if there >= self.reach.get(node, np.inf) - self.blur:
            return
        level = self.worths[node]
        if there > self.best[level] or node in self.closed:
            return
        self.reach[node] = there
        self.before[node] = (tail, who, score)
        # Of equal ways the one that was found last is followed, down to its end.
        self.count -= 1
        heapq.heappush(self.heaps[level], (there, self.count, node))
        if there < self.best[level] and (node in self.ends or self.moving.leads_on(node)):
            self.best[level] = there

    def _spread(self, tail: int, who: int, base: float) -> None:
        """Open where somebody may go; ``base`` is how far its own node is, with its score."""
        moving = self.moving
        if self.complete:
            scores = moving.open_scores([who])[0]
            self._open_all(tail, base - scores, np.full(len(scores), who), scores)
        else:
            near, fars = moving.near(who), moving.fars
            best, level = self.best, near.level
            for node, far, score in zip(near.mentors, near.far, near.scores, strict=True):
                if base + far > best[level]:
                    break
                if node not in (tail, moving.gone):
                    self._open(node, base - score + fars[node], tail, who, score)
            else:
                rest = -np.inf if near.level < self.level else base + near.rest
                level = max(near.level, self.level)
                self.unread[level] = min(self.unread[level], rest)
        self._spread_own(tail, who, base)

    def _spread_own(self, tail: int, who: int, base: float) -> None:
        """Open what is a mentee's own: mentors with a bonus, and nobody."""
        moving = self.moving
        if moving.price:
            for node, score in moving.bonus.get(who, ()):
                if node not in (tail, moving.gone):
                    there = base - score - moving.price + moving.fars[node]
                    self._open(node, there, tail, who, score)
        nothing = moving.at_first.nothing[who]
        if tail < moving.graph.n_mentors:
            self._open(nothing, base + moving.fars[nothing], tail, who, 0.0)

    def _spread_all(self, here: int, base: float) -> None:
        """Open all mentors from a node, and what is its people's own."""
        moving = self.moving
        best, whose = moving.best_of(here)
        self._open_all(here, base - best, whose, None)
        for who in moving.members(here):
            if who in moving.bonus or here < moving.graph.n_mentors:
                own = moving.held[who] if here < moving.graph.n_mentors else 0.0
                self._spread_own(here, who, base + own)

    def _open_all(
        self,
        tail: int,
        base: NDArray[np.float64],
        whose: NDArray[np.intp],
        scores: NDArray[np.float64] | None,
    ) -> None:
        moving = self.moving
        there = base + moving.far[: len(base)]
        for node in np.flatnonzero(there < np.inf).tolist():
            if node not in (tail, moving.gone) and there[node] <= self.best[moving.worths[node]]:
                who = int(whose[node])
                score = moving.score_of(who, node) if scores is None else float(scores[node])
                self._open(node, float(there[node]), tail, who, score)

    def _spread_from_slack(self, base: float) -> None:
        moving = self.moving
        top, m = self.best[self.level], moving.graph.n_mentors
        for node in np.flatnonzero(base + moving.far[:m] <= top).tolist():
            if node != moving.gone and moving.may_give(node):
                self._open(node, base + moving.fars[node], moving.graph.slack, -1, 0.0)
        if not moving.graph.levels:
            place = moving.graph.place
            self._open(place, base + moving.fars[place], moving.graph.slack, -1, 0.0)
