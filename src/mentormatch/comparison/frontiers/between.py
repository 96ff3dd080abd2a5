"""Points of a frontier between its corners: the best of one aim with at least so much of the other.

Between two corners lie matchings that are best for no weighing. A row that asks for so much of the
second aim (ε-constraint) finds them by a mixed integer program; halving the box between two points
and searching each half finds all of them [1]_.

References
----------
.. [1] N. Boland, H. Charkhgard and M. Savelsbergh (2015), A criterion space search algorithm for
   biobjective integer programming: the balanced box method.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import pairs_left_open
from mentormatch.comparison.frontiers.aims import problem_with
from mentormatch.comparison.frontiers.points import Point
from mentormatch.errors import InfeasibleError, MentorMatchError, SolverError
from mentormatch.strategies.base import Options
from mentormatch.strategies.programs.chain import staged_model
from mentormatch.strategies.staged.transports import with_pins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.comparison.frontiers.corners import Edge, Search
    from mentormatch.solvers.programs.milp import ProgramAnswer
    from mentormatch.strategies.programs.models import Model

__all__ = ["NEAR", "points_between"]

# Of the largest value of a pair: the solver keeps rows within about 1e-6 of it, so that points
# nearer than this in an aim cannot be told apart.
NEAR = 1e-5
ROOM = 1e-6
SOLVER = "HiGHS"


def points_between(search: Search, most: int) -> None:
    """Add points between the corners of a search, largest box first.

    At most ``most`` are added; all corners must have been found.
    """
    if not most:
        return
    boxes = [_Box(search, edge, edge.left, edge.right) for edge in search.edges]
    programs: dict[Edge, _Program] = {}
    found = 0
    while boxes:
        boxes.sort(key=lambda box: box.area)
        if found >= most:
            search.complete = False
            return
        box = boxes.pop()
        if box.edge not in programs:
            programs[box.edge] = _Program.of(search, box.edge)
        for part in box.split(programs[box.edge]):
            if isinstance(part, Point):
                search.points.append(part)
                found += 1
            else:
                boxes.append(part)


@dataclass(frozen=True, eq=False)
class _Program:
    """The matchings that may lie between two corners, as a mixed integer program."""

    search: Search
    model: Model
    values: tuple[NDArray[np.float64], NDArray[np.float64]]
    pinned: tuple[float, float]

    @classmethod
    def of(cls, search: Search, edge: Edge) -> _Program:
        """Leave out the pairs that no matching between the two can have."""
        problem, aims = search.problem, search.aims
        open_ = _open_pairs(edge)
        scores = aims.first if open_ is None else np.where(open_, aims.first, np.nan)
        model = staged_model(
            problem_with(problem, scores), Options(search.seed, time_limit=search.time_limit)
        )
        at = (model.mentees, model.mentors)
        pins = (problem.pinned[:, 0], problem.pinned[:, 1])
        values = aims.first[at] / aims.sizes[0], aims.second[at] / aims.sizes[1]
        pinned = (
            float(aims.first[pins].sum()) / aims.sizes[0],
            float(aims.second[pins].sum()) / aims.sizes[1],
        )
        return cls(search, model, values, pinned)

    def best(self, main: int, least: float, start: Point) -> Point | None:
        """Find the most of one aim with at least so much of the other, then the most of that.

        ``start`` is a point that has as much; None where the solver gave up.
        """
        model, other = self.model, 1 - main
        goal, kept = (model.on_pairs(self.values[k]) for k in (main, other))
        row = least - self.pinned[other]
        program = model.program.with_rows(kept[None, :], row, np.inf)
        limit = self.search.time_limit
        begin = self._columns_of(start)
        try:
            first = program.maximise(goal, time_limit=limit, start=begin)
            tight = program.with_rows(goal[None, :], first.objective - ROOM, np.inf)
            second = tight.maximise(kept, time_limit=limit, start=first.values[: len(begin)])
        except (InfeasibleError, SolverError):
            self.search.complete = False
            return None
        if main == 0:
            bound = first.bound
            self.search.complete &= _is_shut(first)
        else:
            # What was kept of the first aim is, with that much of the second, all there is.
            bound = second.bound
            self.search.complete &= _is_shut(first) and _is_shut(second)
        mentees, mentors = with_pins(self.search.problem, *model.pairs_of(second.values))
        try:
            matching = self.search.held(mentees, mentors, f"{SOLVER}, branching")
        except MentorMatchError:
            # Its tolerance let a rule of hours be broken.
            self.search.complete = False
            return None
        size = self.search.aims.sizes[0]
        aims = self.search.aims.of(matching)
        return Point(aims, "between", matching, (bound + self.pinned[0]) * size, SOLVER)

    def _columns_of(self, point: Point) -> NDArray[np.float64]:
        m = max(self.search.problem.shape[1], 1)
        made = point.matching.mentees * m + point.matching.mentors
        return np.isin(self.model.mentees * m + self.model.mentors, made).astype(np.float64)


@dataclass(frozen=True, eq=False)
class _Box:
    """Two points, between which others may lie."""

    search: Search
    edge: Edge
    left: Point
    right: Point

    @property
    def area(self) -> float:
        """In sizes of both aims."""
        wide, high = self._extent()
        return wide * high

    def _extent(self) -> tuple[float, float]:
        sizes = self.search.aims.sizes
        return (
            (self.left.aims[0] - self.right.aims[0]) / sizes[0],
            (self.right.aims[1] - self.left.aims[1]) / sizes[1],
        )

    def split(self, program: _Program) -> list[Point | _Box]:
        """Search both halves; return what is new and the boxes that are left."""
        wide, high = self._extent()
        if wide <= 2 * NEAR or high <= 2 * NEAR:
            return []
        sizes = self.search.aims.sizes
        parts: list[Point | _Box] = []
        upper = self.right
        half = self.left.aims[1] / sizes[1] + high / 2
        found = program.best(0, half, self.right)
        if found is None:
            return []
        if (found.aims[0] - self.right.aims[0]) / sizes[0] > NEAR:
            upper = found
            parts += [found, replace(self, left=found)]
        beyond = upper.aims[0] / sizes[0] + NEAR
        if self.left.aims[0] / sizes[0] <= beyond:
            return parts
        found = program.best(1, beyond, self.left)
        if found is not None and (found.aims[1] - self.left.aims[1]) / sizes[1] > NEAR:
            parts += [found, replace(self, right=found)]
        return parts


def _is_shut(answer: ProgramAnswer) -> bool:
    """Whether a solver's bound is reached."""
    return answer.bound - answer.objective <= 2 * ROOM * max(1.0, abs(answer.objective))


def _open_pairs(edge: Edge) -> NDArray[np.bool_] | None:
    """Pairs that a matching between two corners can have; None: all.

    Who is as good as the right corner in the first aim and as the left one in the second loses no
    more of the weighed sum than that corner of the box does.
    """
    solved = edge.weighed.matching
    certificate = solved.certificate
    if certificate is None or not certificate.proven or certificate.method != "prices":
        return None
    if solved.problem.sides or solved.problem.wants_several:
        return None
    least = np.dot(edge.weighed.weights, (edge.right.aims[0], edge.left.aims[1]))
    pairs = pairs_left_open(solved, certificate.bound - float(least))
    if pairs is None:
        return None
    open_ = np.zeros(solved.problem.shape, dtype=bool)
    open_[pairs] = True
    open_[solved.problem.pinned[:, 0], solved.problem.pinned[:, 1]] = True
    return open_
