"""The matching with the best mean over its k worst-off mentees."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import OptimalFace
from mentormatch.errors import MentorMatchError, is_number
from mentormatch.proofs.flow_stages import Shortfall
from mentormatch.solvers import ENGINES
from mentormatch.strategies.base import register
from mentormatch.strategies.fair.bottleneck import bottleneck
from mentormatch.strategies.staged.chain import (
    Solved,
    StageResult,
    finish,
    keep,
    largest_weight,
    solve_stage,
)
from mentormatch.strategies.staged.programs import Program
from mentormatch.strategies.staged.shares import check_budget

if TYPE_CHECKING:
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Choice, Options

__all__ = ["WorstK"]

# Flows that are still to be solved when the search for a level ends, and what proofs take.
TO_END = 3.0


@dataclass(frozen=True, slots=True)
class WorstK:
    """The mean score of the k mentees who get least is as large as possible; then the total.

    k = 1 is `Maximin`, k = all is the best total. Whom it compares is said in `Maximin`.

    Parameters
    ----------
    k
        A whole number of mentees, or a share of them below 1; at least one mentee.
    keep_total
        Share of the best total that must be kept, above 0 and at most 1; None = no such limit.

    Notes
    -----
    The sum of the k smallest is max over t of k·t − Σ (t − u_i)⁺ [1]_, and for each t the second
    term is a minimum-cost flow. Between two levels a < b it is bounded by one more flow that counts
    only scores up to a, at their distance from b, so most levels are excluded without a flow of
    their own; these flows are part of the certificate. The total decides among the matchings that
    are best at the level t at which the best mean was found.

    Raises
    ------
    MentorMatchError
        ``k`` that is neither a whole number of 1 or more nor a share; ``keep_total`` outside
        (0, 1].

    References
    ----------
    .. [1] W. Ogryczak and A. Tamir (2003), Minimizing the sum of the k largest functions in linear
       time.
    """

    k: float = 0.1
    keep_total: float | None = None

    name = "worst_k"
    promises = ("sum of the worst",)
    engines = tuple(ENGINES)
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_budget(self.name, self.keep_total)
        if not is_number(self.k) or self.k <= 0 or (self.k >= 1 and self.k != np.floor(self.k)):
            raise MentorMatchError(
                "WorstK needs k as a whole number of mentees of 1 or more, or a share of them "
                f"between 0 and 1 such as 0.1; got {self.k!r}."
            )

    def count(self, compared: int) -> int:
        """How many mentees the k worst are, of those who are compared."""
        k = int(np.ceil(self.k * compared - 1e-9)) if self.k < 1 else int(self.k)
        return max(1, min(k, compared))

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Find the level at which the sum of the k worst is largest, then the best total there."""
        if self.keep_total is not None or problem.wants_several or problem.sides:
            return Program(self.name, self.keep_total).worst(
                problem, options, self.count, "sum of the worst"
            )
        face = OptimalFace.of(problem)
        found = bottleneck(face, face.scores)
        if found is None:
            return finish(face, [], options, promise="sum of the worst")
        compared = int(found.coverage.sum())
        search = _IntervalSearch(face, self.count(compared), compared, options)
        narrowed, links = search.run()
        return finish(
            narrowed,
            links,
            options,
            promise="sum of the worst",
            how=f"{search.tried} levels tried",
        )


@dataclass(eq=False)
class _IntervalSearch:
    """Branch and bound over intervals of the level of the k-th worst."""

    face: OptimalFace
    k: int
    compared: int
    options: Options
    best: float = -np.inf
    level: float = np.nan
    tried: int = 0
    longest: float = 0.0

    def __post_init__(self) -> None:
        scores = self.face.scores
        self.levels = np.unique(scores[~np.isnan(scores)])
        size = float(self.levels[-1] - self.levels[0])
        # Finer than what float64 keeps of sums of such scores, steps would tell rounding apart.
        most = float(np.abs(self.levels[[0, -1]]).max())
        blur = 8 * (self.k + 1) * float(np.finfo(np.float64).eps) * most
        self.step = max(size / largest_weight(self.face), blur) if size > 0 else 1.0

    def run(self) -> tuple[OptimalFace, list[StageResult]]:
        """The face of the best level, and proofs that no interval holds a better one."""
        self._solve(Shortfall(float(np.median(self.levels)), self.step, self.k))
        # Each interval with the solution that bounds it; the most promising is split first.
        intervals = [(0, len(self.levels) - 1, *self._bound(0, len(self.levels) - 1))]
        closed = []
        while intervals:
            low, high, limit, solved = intervals.pop(
                max(range(len(intervals)), key=lambda place: intervals[place][2])
            )
            if self._over or high - low < 2 or limit <= self.best + self._tolerance:
                closed.append((low, high, solved))
                continue
            middle = int(np.searchsorted(self.levels, self.level))
            if not low < middle < high:
                middle = (low + high) // 2
            intervals += [(a, b, *self._bound(a, b)) for a, b in ((low, middle), (middle, high))]
        links = [self._close(*interval) for interval in sorted(closed, key=lambda one: one[0])]
        weights = Shortfall(self.level, self.step, self.k)
        face, link, _ = keep(self.face, weights, self.options.engine, step=self.step)
        return face, [*links, link]

    @property
    def _over(self) -> bool:
        """Whether what is left of the time is needed to settle the level, the total and proofs."""
        left = self.options.deadline.left()
        return left is not None and left < TO_END * self.longest

    @property
    def _tolerance(self) -> float:
        return (self.compared + 1) * self.step

    def _interval(self, low: int, high: int) -> Shortfall:
        return Shortfall(float(self.levels[high]), self.step, self.k, upto=float(self.levels[low]))

    def _bound(self, low: int, high: int) -> tuple[float, Solved]:
        weights = self._interval(low, high)
        solved = self._solve(weights)
        return weights.sum_of_worst(solved.matching.total), solved

    def _solve(self, weights: Shortfall) -> Solved:
        """Solve a stage; its matching may be the best one so far."""
        started = time.monotonic()
        solved = solve_stage(self.face.stage(weights), self.options.engine)
        self.longest = max(self.longest, time.monotonic() - started)
        self.tried += 1
        found = solved.matching
        own = np.sort(self.face.scores[found.mentees, found.mentors])[: self.k]
        if own.sum() > self.best + self._tolerance:
            self.best, self.level = float(own.sum()), float(own[-1])
        return solved

    def _close(self, low: int, high: int, solved: Solved) -> StageResult:
        """The proof that a better sum is out of reach within an interval."""
        weights = self._interval(low, high)
        beyond = (self.best + self._tolerance - self.k * weights.level) / self.step
        return StageResult(
            self.face,
            weights,
            solved.whole_multipliers(),
            kept=False,
            target=float(np.ceil(beyond) + 1),
            step=self.step,
        )


register("worst_k", WorstK)
