"""The largest minimum that keeps a share of the best total: by one flow for each level tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import Multipliers, prove_budget
from mentormatch.compatibility.ids import format_count
from mentormatch.proofs.flow_stages import Within, kept_total
from mentormatch.strategies.flows.bottleneck import bottleneck, refutation
from mentormatch.strategies.flows.chain import solve_stage
from mentormatch.strategies.staged.shares import check_share_has_meaning

if TYPE_CHECKING:
    from mentormatch.certificates import OptimalFace
    from mentormatch.matching import Matching
    from mentormatch.proofs.flow_stages import BudgetProof
    from mentormatch.solvers.assignment.thresholds import Threshold
    from mentormatch.strategies.base import Options
    from mentormatch.strategies.flows.chain import FlowChain, Solved

__all__ = ["raise_minimum_within"]


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
