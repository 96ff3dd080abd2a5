"""The sum of what the k worst-off get: branch and bound over the level of the k-th worst."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import prove_stage
from mentormatch.compatibility.ids import format_count
from mentormatch.proofs.flow_stages import Shortfall
from mentormatch.strategies.flows.bottleneck import bottleneck
from mentormatch.strategies.flows.chain import largest_weight, solve_stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentormatch.certificates import OptimalFace
    from mentormatch.matching import Matching
    from mentormatch.proofs.flow_stages import StageProof
    from mentormatch.strategies.base import Options
    from mentormatch.strategies.flows.chain import FlowChain, Solved
    from mentormatch.strategies.staged.stages import LargestWorstSum

__all__ = ["raise_worst_sum"]

# Flows that are still to be solved when the search for a level ends, and what proofs take.
TO_END = 3.0


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
