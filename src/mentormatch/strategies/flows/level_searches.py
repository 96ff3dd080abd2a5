"""Stages whose level is searched: the k worst, and the smallest score beside a share to keep."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import Multipliers, prove_budget, prove_stage
from mentormatch.compatibility.ids import format_count
from mentormatch.proofs.flow_stages import Shortfall, Within, kept_total
from mentormatch.strategies.flows.chain import bottleneck, largest_weight, refutation, solve_stage
from mentormatch.strategies.staged.shares import check_share_has_meaning

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentormatch.certificates import OptimalFace
    from mentormatch.matching import Matching
    from mentormatch.proofs.flow_stages import BudgetProof, StageProof
    from mentormatch.solvers.assignment.thresholds import Threshold
    from mentormatch.strategies.base import Options
    from mentormatch.strategies.flows.chain import FlowChain, Solved
    from mentormatch.strategies.staged.stages import LargestWorstSum

__all__ = ["raise_minimum_within", "raise_worst_sum"]

# Flows that are still to be solved when the search for a level ends, and what proofs take.
TO_END = 3.0


def raise_minimum_within(chain: FlowChain, share: float) -> None:
    """Settle the largest minimum among matchings that keep a share of the best total.

    The best total of the pairs at or above a level is a flow, and falls as the level rises: the
    highest level that keeps the share is found by bisection between the minimum of the optimal
    matching and the highest level that everybody can have. When the time limit passes, the best
    level so far stands, with what is not excluded. Raises ProblemError where the best total is not
    above 0.
    """
    face = chain.face
    best = solve_stage(face.stage(None), chain.options.engine)
    check_share_has_meaning(best.matching.total)
    found = bottleneck(face, face.scores)
    if found is None:
        return
    search = _ShareSearch(face, kept_total(share, best.matching.total), chain.options)
    level, beyond, above = search.run(search.lowest(best.matching), found)

    def prove(matching: Matching) -> BudgetProof:
        multipliers = best.total_multipliers()
        return prove_budget(face, matching, share, best.matching, multipliers, beyond, above)

    chain.links.append(prove)
    chain.leave_out(Within(-np.inf, float(np.nextafter(level, -np.inf))))
    chain.how = f"{format_count(search.tried, 'level')} tried"


@dataclass(eq=False)
class _ShareSearch:
    """Levels that are tried: one flow each on the pairs that are at least so good."""

    face: OptimalFace
    least: float
    options: Options
    tried: int = 0

    def lowest(self, matching: Matching) -> float:
        """The smallest score that was chosen in a matching of the face."""
        chosen = ~np.isin(matching.mentees, self.face.problem.pinned[:, 0])
        scores = self.face.scores[matching.mentees[chosen], matching.mentors[chosen]]
        return float(scores.min(initial=np.inf))

    def at(self, level: float) -> Solved:
        """The best total of the pairs at or above a level."""
        self.tried += 1
        return solve_stage(self.face.restrict(self.face.scores >= level), self.options.engine)

    def run(self, low: float, found: Threshold) -> tuple[float, float, Multipliers]:
        """The highest level that keeps the share; above which level none does, and why."""
        scores = self.face.scores
        steps = np.unique(scores[(scores >= low) & (scores <= found.level)])
        at = self.at(found.level)
        if at.matching.total >= self.least:
            return found.level, found.level, self._beyond(found)
        above, reached, high = at.total_multipliers(), 0, len(steps) - 1
        while high - reached > 1:
            if self.options.deadline.has_passed:
                break
            middle = (reached + high) // 2
            at = self.at(float(steps[middle]))
            if at.matching.total >= self.least:
                reached = int(np.searchsorted(steps, self.lowest(at.matching)))
            else:
                high, above = middle, at.total_multipliers()
        return float(steps[reached]), float(steps[high - 1]), above

    def _beyond(self, found: Threshold) -> Multipliers:
        """Multipliers which show that no total is large enough above the highest level of all.

        A mentee is missing there: what shows that, times more than all scores can add up to.
        """
        shown = refutation(self.face, found)
        largest = float(np.nanmax(np.abs(self.face.scores)))
        times = 2.0 * (len(self.face.scores) + 2) * (largest or 1.0) + abs(self.least)
        return Multipliers(times * shown.prices, times * shown.coverage)


def raise_worst_sum(chain: FlowChain, stage: LargestWorstSum) -> None:
    """Settle the level at which the sum of the k worst is largest.

    That sum is max over t of k·t − Σ (t − u_i)⁺, and for each t the second term is a flow. Between
    two levels it is bounded by one more flow, so most are excluded without one of their own.
    """
    found = bottleneck(chain.face, chain.face.scores)
    if found is None:
        return
    compared = int(found.coverage.sum())
    search = _IntervalSearch(chain.face, stage.count(compared), compared, chain.options)
    chain.links += search.run()
    chain.keep(Shortfall(search.level, search.step, search.k))
    chain.how = f"{format_count(search.tried, 'level')} tried"


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

    def run(self) -> list[Callable[[Matching], StageProof]]:
        """Find the best level; return proofs that no interval holds a better one."""
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
        return [self._close(*interval) for interval in sorted(closed, key=lambda one: one[0])]

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

    def _close(self, low: int, high: int, solved: Solved) -> Callable[[Matching], StageProof]:
        """The proof that a better sum is out of reach within an interval."""
        weights = self._interval(low, high)
        beyond = (self.best + self._tolerance - self.k * weights.level) / self.step
        multipliers, target = solved.whole_multipliers(), float(np.ceil(beyond) + 1)
        return partial(prove_stage, self.face, weights, multipliers, kept=False, target=target)
