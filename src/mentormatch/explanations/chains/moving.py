"""The exchange graph while people move: who is where, and how much longer prices make an arc.

Of each mentee the nearest mentors are known first, and the others only where they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.compatibility import row_slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.explanations.chains.graph import ExchangeGraph

__all__ = ["MovingGraph", "Near", "Step", "Ways"]

# About so many mentors are read first, by mentee.
NEAREST = 48
# How far they are is told from one mentor of so many.
SAMPLED = 8


class Near(NamedTuple):
    """A mentee's nearest mentors at the first prices, nearest first.

    ``far`` is the price less the score; of the mentors left out none of the same ``level`` is
    nearer than ``rest``.
    """

    mentors: list[int]
    far: list[float]
    scores: list[float]
    level: int
    rest: float


class Step(NamedTuple):
    """Somebody takes a place with a node; −1 moves nobody (to and from free seats)."""

    mentee: int
    node: int
    score: float


class Ways(NamedTuple):
    """The shortest way from each node to where a chain may end, in the matching as it was."""

    after: list[int]  # by node the next one on the way; −1 at its end
    # By node who goes there, and the score with the next node; −1 where nobody moves.
    movers: list[tuple[int, float]]

    @classmethod
    def of(cls, graph: ExchangeGraph, after: NDArray[np.intp]) -> Ways:
        """Find who goes along each arc."""
        m = graph.n_mentors
        steps = [(node, int(after[node])) for node in range(m) if after[node] >= 0]
        steps = [step for step in steps if step[1] != graph.slack]
        movers = [(-1, 0.0)] * len(after)
        for (node, _), mover in zip(steps, graph.movers(steps), strict=True):
            movers[node] = mover
        return cls(after.tolist(), movers)


class FirstPlaces(NamedTuple):
    """What stays as it was in the matching.

    By mentee: ``home`` (the node; −1 where it is pinned or wants nobody), ``scores`` (there),
    ``nothing`` (the node of having nobody). By mentor: ``loads`` without pins, ``seats``,
    ``minimums``. By node: ``members`` and the first prices ``far`` and ``worth``.
    """

    home: list[int]
    scores: list[float]
    nothing: list[int]
    loads: list[int]
    seats: list[int]
    minimums: list[int]
    members: dict[int, list[int]]
    far: NDArray[np.float64]
    worth: NDArray[np.intp]

    @classmethod
    def of(
        cls, graph: ExchangeGraph, far: NDArray[np.float64], worth: NDArray[np.intp]
    ) -> FirstPlaces:
        """Read them from a matching."""
        matching, m = graph.matching, graph.n_mentors
        problem = matching.problem
        home = np.full(problem.shape[0], -1, dtype=np.intp)
        free = matching.mentors[graph.movable]
        home[matching.mentees[graph.movable]] = free
        for i in np.flatnonzero(matching.places < problem.demands).tolist():
            home[i] = graph.lacking_node(i)
        members: dict[int, list[int]] = {}
        for i, node in enumerate(home.tolist()):
            members.setdefault(node, []).append(i)
        scores = np.zeros(problem.shape[0])
        scores[matching.mentees] = matching.scores
        nothing = np.full(problem.shape[0], graph.place)
        if graph.levels:
            nothing = m + 1 + problem.priority_classes
        left = problem.after_pins
        loads = np.bincount(free, minlength=m)
        return cls(
            home.tolist(),
            scores.tolist(),
            nothing.tolist(),
            loads.tolist(),
            left.capacity.tolist(),
            left.minimum.tolist(),
            members,
            far.copy(),
            worth.copy(),
        )


@dataclass(eq=False)
class MovingGraph:
    """The graph of an optimal matching at one mentor each, with people at other places."""

    graph: ExchangeGraph
    # (nodes,): prices, such that an arc a → b is at least far[a] − far[b] long.
    far: NDArray[np.float64]
    # (nodes,): what comes before far: how much coverage is lost from a node on.
    worth: NDArray[np.intp]
    # By mentee the mentors at whom it is worth ``price`` more than its score.
    bonus: dict[int, tuple[tuple[int, float], ...]] = field(default_factory=dict)
    price: float = 0.0
    gone: int = -1  # a mentor who takes nobody
    ways: Ways | None = None  # of the first prices, where these are the costs of shortest ways

    # Where people are who have moved, and their score there without a bonus.
    now: dict[int, Step] = field(default_factory=dict)
    # By mentee what it is worth where it is, the bonus included.
    held: list[float] = field(default_factory=list)
    first: FirstPlaces | None = None  # of another such graph of the same matching
    _near: dict[int, Near] = field(default_factory=dict)
    _raised: dict[int, tuple[int, float]] = field(default_factory=dict)
    _members: dict[int, list[int]] = field(default_factory=dict)
    _more: dict[int, int] = field(default_factory=dict)
    _best: dict[int, tuple[NDArray[np.float64], NDArray[np.intp]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Sums of prices differ in the last digits; an arc shorter than this has no length.
        self.blur = self.graph.tolerance / 64
        self.at_first = self.first or FirstPlaces.of(self.graph, self.far, self.worth)
        self.fars, self.worths = self.far.tolist(), self.worth.tolist()
        self.n_levels = max(self.worths, default=0) + 1
        self._last_level = int(self.at_first.worth[: self.graph.n_mentors].max(initial=0))
        self.held = self.held or list(self.at_first.scores)

    def at(self, price: float) -> MovingGraph:
        """The same people at the same places, in a new graph with another price."""
        held = list(self.held)
        for i, pairs in self.bonus.items():
            if any(self.node_of(i) == node for node, _ in pairs):
                held[i] += price - self.price
        return replace(
            self,
            far=self.far.copy(),
            worth=self.worth.copy(),
            price=price,
            now=dict(self.now),
            held=held,
            first=self.at_first,
            _raised={},
            _members={node: list(who) for node, who in self._members.items()},
            _more=dict(self._more),
            _best={node: (one.copy(), two.copy()) for node, (one, two) in self._best.items()},
        )

    def put_back(self) -> None:
        """Undo all moves, and the prices that rose."""
        for node, (worth, far) in self._raised.items():
            self.worth[node] = self.worths[node] = worth
            self.far[node] = self.fars[node] = far
        for i in self.now:
            self.held[i] = self.at_first.scores[i]
        for kept in (self._raised, self.now, self._members, self._more, self._best):
            kept.clear()

    # ------------------------------------------------------------------ who is where

    def node_of(self, mentee: int) -> int:
        """Where a mentee is."""
        return self.now[mentee].node if mentee in self.now else self.at_first.home[mentee]

    def score_of(self, mentee: int, mentor: int) -> float:
        """The score of one pair."""
        pair = np.array([mentee]), np.array([mentor])
        return float(self.graph.matching.problem.pairs(*pair).scores[0])

    def members(self, node: int) -> list[int]:
        """Who is at a node, as things are now; a list that may be changed."""
        if node not in self._members:
            self._members[node] = list(self.at_first.members.get(node, ()))
        return self._members[node]

    # ------------------------------------------------------------------ chains

    def leads_on(self, node: int) -> bool:
        """Whether the way from a node to its end is as it was in the matching."""
        if self.ways is None:
            return False
        (after, movers), now, gone = self.ways, self.now, self.gone
        while (next_ := after[node]) >= 0:
            who = movers[node][0]
            if node == gone or (who in now and now[who].node != node):
                return False
            if who < 0:
                return self.has_free_seat(node)
            node = next_
        return True

    def way_from(self, node: int) -> list[Step]:
        """The steps from a node to its end, as they were in the matching."""
        steps: list[Step] = []
        if self.ways is not None:
            after, movers = self.ways
            while after[node] >= 0:
                who, score = movers[node]
                node = after[node]
                steps.append(Step(who, node, score))
        return steps

    def leave(self, mentee: int) -> int:
        """Take somebody from where it is, which is returned; the seat stays taken."""
        node = self.node_of(mentee)
        self.members(node).remove(mentee)
        self._forget(mentee, node)
        return node

    def move(self, tail: int, step: Step) -> None:
        """Let somebody take a place that was found; ``tail`` is the node it leaves, or −1."""
        who, head, _ = step
        if who < 0:
            # To slack: one seat more is taken at the tail. From it: one less at the head.
            node, change = (tail, 1) if head == len(self.fars) - 1 else (head, -1)
            self._more[node] = self._more.get(node, 0) + change
            return
        if tail >= 0:
            self.members(tail).remove(who)
            self._forget(who, tail)
        self.members(head).append(who)
        self.now[who] = step
        self.held[who] = step.score
        if self.bonus and any(head == node for node, _ in self.bonus.get(who, ())):
            self.held[who] += self.price
        if self._best and head in self._best:
            scores = self.open_scores([who])[0]
            best, whose = self._best[head]
            whose[scores > best] = who
            np.maximum(best, scores, out=best)

    def _forget(self, mentee: int, node: int) -> None:
        if self._best and node in self._best and (self._best[node][1] == mentee).any():
            del self._best[node]

    def raise_price(self, node: int, level: int, by: float) -> None:
        """Raise a node's price so that arcs out of it stay as long as prices say."""
        self._raised.setdefault(node, (self.worths[node], self.fars[node]))
        self.fars[node] += by
        self.far[node] = self.fars[node]
        self.worth[node] = self.worths[node] = level

    # ------------------------------------------------------------------ arcs

    def open_scores(self, mentees: list[int]) -> NDArray[np.float64]:
        """Scores with each mentor, −inf where a pair cannot be made: (people, mentors)."""
        rows = np.array(mentees, dtype=np.intp)
        return np.asarray(self.graph.matching.problem.open_scores(rows), dtype=np.float64)

    def has_free_seat(self, mentor: int) -> bool:
        """Whether a mentor takes one more."""
        return self.at_first.loads[mentor] + self._more.get(mentor, 0) < self.at_first.seats[mentor]

    def may_give(self, mentor: int) -> bool:
        """Whether a mentor has more than it must have."""
        load = self.at_first.loads[mentor] + self._more.get(mentor, 0)
        return load > self.at_first.minimums[mentor]

    def read_near(self, mentees: NDArray[np.intp]) -> None:
        """Read the nearest mentors of many mentees at once."""
        for part in row_slices(len(mentees), self.graph.n_mentors):
            some = mentees[part].tolist()
            for mentee, scores in zip(some, self.open_scores(some), strict=True):
                self._near[mentee] = self._nearest(scores)

    def near(self, mentee: int) -> Near:
        """The nearest mentors of a mentee by the first prices, of the level that comes first."""
        if mentee not in self._near:
            self._near[mentee] = self._nearest(self.open_scores([mentee])[0])
        return self._near[mentee]

    def _nearest(self, scores: NDArray[np.float64]) -> Near:
        m, worth = self.graph.n_mentors, self.at_first.worth
        away = self.at_first.far[:m] - scores
        level, rest = self._last_level, np.inf
        if not level and len(away) > SAMPLED * NEAREST:
            limit = float(np.partition(away[::SAMPLED], NEAREST // SAMPLED)[NEAREST // SAMPLED])
            columns = np.flatnonzero(away <= limit)
            if limit < np.inf and len(columns) < len(away):
                rest = limit
            columns = columns[away[columns] < np.inf]
        else:
            possible = np.flatnonzero(away < np.inf)
            if not len(possible):
                return Near([], [], [], 0, np.inf)
            level = int(worth[possible].min())
            columns = possible[worth[possible] == level]
            if len(columns) > NEAREST:
                first = np.argpartition(away[columns], NEAREST)
                rest, columns = float(away[columns[first[NEAREST]]]), columns[first[:NEAREST]]
            elif len(columns) < len(possible):
                rest = np.finfo(np.float64).max
        near = away[columns]
        order = np.argsort(near, kind="stable")
        columns = columns[order]
        return Near(columns.tolist(), near[order].tolist(), scores[columns].tolist(), level, rest)

    def best_of(self, node: int) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """The best score of a node's people with each mentor, and whose it is."""
        if node >= self.graph.n_mentors and node in self._best:
            return self._best[node]
        m, who = self.graph.n_mentors, self.members(node)
        best, whose = np.full(m, -np.inf), np.full(m, -1, dtype=np.intp)
        step = max(1, 2**22 // max(m, 1))
        for start in range(0, len(who), step):
            part = who[start : start + step]
            scores = self.open_scores(part)
            if node < m:
                scores -= np.array([self.held[one] for one in part])[:, None]
            top = scores.argmax(axis=0)
            found = scores[top, np.arange(m)]
            more = found > best
            best[more], whose[more] = found[more], np.array(part, dtype=np.intp)[top[more]]
        if node >= m:
            self._best[node] = best, whose
        return best, whose
