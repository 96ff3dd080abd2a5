"""Corners of a frontier by weighted sums, and the levels of the worst-off."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.comparison.frontiers.aims import problem_with
from mentormatch.comparison.frontiers.points import SAME, Point, TwoAims, Weighed
from mentormatch.errors import InfeasibleError
from mentormatch.matching import Matching
from mentormatch.strategies import match

if TYPE_CHECKING:
    from mentormatch.problem import Problem

__all__ = ["Edge", "Search"]


@dataclass(frozen=True, eq=False)
class Edge:
    """Two neighbouring corners, and the weighing for which no matching is better than both."""

    left: Point
    right: Point
    weighed: Weighed


@dataclass(eq=False)
class Search:
    """What is found while a frontier is searched.

    Seed and time limit are those of every match. Points, edges and weighings are those found so
    far; ``complete`` is False once something was left out, or not proven.
    """

    problem: Problem
    aims: TwoAims
    most: int  # points after which the search for corners or levels ends
    seed: int
    time_limit: float | None
    points: list[Point] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    weighings: list[Weighed] = field(default_factory=list)
    complete: bool = True

    def best(self, weights: tuple[float, float], kind: str, above: float = -np.inf) -> Point:
        """Find the best matching for a weighing of the aims."""
        weighed = problem_with(self.problem, self.aims.scores(weights, above))
        found = match(weighed, seed=self.seed, time_limit=self.time_limit)
        self.weighings.append(Weighed(weights, found, above))
        self.complete &= self.weighings[-1].proven
        own = self.held(found.mentees, found.mentors, found.engine)
        return Point(self.aims.of(own), kind, own)

    def held(self, mentees: object, mentors: object, engine: str | None) -> Matching:
        """Return pairs as a matching with the scores of the original problem."""
        return Matching(
            self.problem,
            np.asarray(mentees, dtype=np.intp),
            np.asarray(mentors, dtype=np.intp),
            strategy="frontier",
            engine=engine,
            seed=self.seed,
            notes=("A point of a frontier: what proves it is in the frontier's proofs.",),
        )

    def corners(self) -> None:
        """Split edges between corners by the weighing that makes their ends equal."""
        ends = self._end(0), self._end(1)
        both = np.array([ends[0].aims, ends[1].aims])
        span = np.abs(both[0] - both[1])
        scale = np.maximum(np.abs(both).max(axis=0), 1e-300)
        self.points.append(ends[0])
        if (span <= SAME * scale).any():
            return
        self.points.append(ends[1])
        open_ = [ends]
        while open_:
            if len(self.points) >= self.most:
                self.complete = False
                return
            left, right = open_.pop(0)
            weights = right.aims[1] - left.aims[1], left.aims[0] - right.aims[0]
            middle = self.best(weights, "corner")
            gain = float(np.subtract(middle.aims, left.aims) @ weights)
            if gain > SAME * float(np.dot(weights, scale)):
                self.points.append(middle)
                open_ += [(left, middle), (middle, right)]
            else:
                self.edges.append(Edge(left, right, self.weighings[-1]))

    def _end(self, main: int) -> Point:
        """Find the best in one aim and, among these, the best in the other."""
        sizes = self.aims.sizes
        weights = [1 / sizes[k] if k == main else 0.0 for k in (0, 1)]
        alone = self.best((weights[0], weights[1]), "corner")
        share = 1e-3
        while share > 1e-13:
            weights[1 - main] = share / sizes[1 - main]
            point = self.best((weights[0], weights[1]), "corner")
            room = SAME * max(abs(alone.aims[main]), sizes[main])
            if point.aims[main] >= alone.aims[main] - room:
                return point
            share /= 100
        self.complete = False
        return alone

    def levels(self) -> None:
        """Raise the lowest score of a pair level by level, as long as as many can be matched."""
        above, served = -np.inf, None
        while len(self.points) < self.most:
            try:
                point = self.best((1.0, 0.0), "step", above)
            except InfeasibleError:
                return
            coverage = _served(point.matching)
            if not len(point.matching.mentees) or served not in (None, coverage):
                # Fewer than before were matched: that is no point, and proves none.
                self.weighings.pop()
                return
            served = coverage if self.problem.coverage_first else None
            certificate = self.weighings[-1].matching.certificate
            solver = self.weighings[-1].solver
            bound = np.inf if certificate is None else certificate.bound
            value, level = point.aims
            # A later point that is as good in x makes the earlier one needless.
            while self.points and self.points[-1].aims[0] <= value + SAME * max(abs(value), 1.0):
                self.points.pop()
            self.points.append(Point((value, level), "step", point.matching, bound, solver))
            # Means of two sides may differ in their last bits where they are equal.
            above = level + SAME * max(abs(level), 1.0)
        self.complete = False


def _served(matching: Matching) -> tuple[int, ...]:
    """Who comes first: mentees with a mentor by priority class, then pairs."""
    problem = matching.problem
    by_class = np.bincount(
        problem.priority_classes[matching.places > 0], minlength=problem.n_classes
    )
    return (*by_class.tolist(), len(matching.mentees))
