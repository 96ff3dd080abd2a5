"""The corners between the best total and the fewest changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.explanations.chains.building import exchange_graph
from mentormatch.explanations.chains.moving import MovingGraph
from mentormatch.explanations.chains.nearest import place
from mentormatch.matching.matching import Matching
from mentormatch.rematching.budget import corner_at, count_kept
from mentormatch.rematching.envelope import Line, find_envelope
from mentormatch.rematching.previous import previous_pairs
from mentormatch.rematching.program import SearchOptions
from mentormatch.solvers.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mentormatch.problem import Problem

__all__ = ["rematch_frontier"]


def rematch_frontier(
    previous: object, problem: Problem, *, most: int = 100, seed: int = 0
) -> pd.DataFrame:
    """Find the corners between the best total and the fewest changes; every one is exact.

    Between two corners a price of a change makes both as good; the best matching at that price is a
    new corner or shows that there is none. At one mentor each it comes from the one before by
    shortest chains; with several, or side rules, it takes a match. Other budgets lie on or below
    the line between corners: `mm.rematch(..., max_changes=k)` has them. Changes are pairs that end:
    people who lose somebody are no sum over pairs, so each price of them takes an integer program,
    which `mm.rematch(..., count="people", change_value=...)` solves.

    Parameters
    ----------
    previous, problem
        As in `mm.rematch`.
    most
        Corners after which the search ends.
    seed
        As in `mm.match`.

    Returns
    -------
    DataFrame
        changes, total, price (of a change, at which the corner is best); fewest changes first.
    """
    was = previous_pairs(previous, problem)
    i, j = was.mentees[was.valid], was.mentors[was.valid]
    options = SearchOptions(seed, Deadline())
    free = corner_at(problem, i, j, 0.0, options)
    size = max(1.0, float(np.abs(free.matching.scores).max(initial=0.0)))
    dear = corner_at(problem, i, j, 4.0 * size * (min(problem.shape) + 1), options)
    best: Callable[[Line, float], Line] = partial(_matched_again, problem, i, j, options)
    start = None
    if not (problem.sides or problem.wants_several):
        sweep = _Sweep.of(Matching(problem, free.matching.mentees, free.matching.mentors), i, j)
        best, start = sweep.at, sweep.start
    first = Line(free.kept, free.total, 0.0, start)
    lines = find_envelope(best, first, Line(dear.kept, dear.total, dear.price), most)
    room = was.most_kept(problem)
    rows = [(room - int(one.slope), one.height, one.at) for one in reversed(lines)]
    return pd.DataFrame(rows, columns=["changes", "total", "price"])


def _matched_again(
    problem: Problem,
    i: NDArray[np.intp],
    j: NDArray[np.intp],
    options: SearchOptions,
    low: Line,
    price: float,
) -> Line:
    """A corner by a fresh match."""
    corner = corner_at(problem, i, j, price, options)
    return Line(corner.kept, corner.total, price)


@dataclass(frozen=True, eq=False)
class _Sweep:
    """Best matchings at rising prices of a change, each from the one before.

    A higher price makes nothing better but to go back to whom one had. Those for whom that is now
    worth more than prices allow leave their places, and shortest chains fill these again.
    """

    start: MovingGraph
    kept: int
    total: float

    @classmethod
    def of(cls, matching: Matching, i: NDArray[np.intp], j: NDArray[np.intp]) -> _Sweep:
        """Begin at the best total; (i, j) are the pairs of before."""
        graph = exchange_graph(matching)
        problem = graph.matching.problem
        start = MovingGraph(graph, graph.prices.copy(), np.zeros(len(graph.prices), dtype=np.intp))
        kept = count_kept(matching, i, j)
        free = (np.array(start.at_first.home, dtype=np.intp)[i] >= 0) & (
            problem.after_pins.capacity[j] > 0
        )
        i, j = i[free], j[free]
        scores = np.asarray(problem.pairs(i, j).scores, dtype=np.float64)
        for who, node, score in zip(i.tolist(), j.tolist(), scores.tolist(), strict=True):
            start.bonus[who] = (*start.bonus.get(who, ()), (node, score))
        return cls(start, kept, graph.matching.total)

    def at(self, low: Line, price: float) -> Line:
        """The best matching at a price, from that at a lower one."""
        assert isinstance(low.found, MovingGraph)
        moving = low.found.at(price)
        leaving = [i for i in moving.bonus if self._would_return(moving, i)]
        wanted = Counter(moving.leave(i) for i in leaving)
        for i in leaving:
            wanted -= Counter([place(moving, i, wanted)])
        kept, total = self.kept, self.total
        for i, (_, node, score) in moving.now.items():
            before = {one for one, _ in moving.bonus.get(i, ())}
            kept += (node in before) - (moving.at_first.home[i] in before)
            total += score - moving.at_first.scores[i]
        return Line(kept, total, price, moving)

    def _would_return(self, moving: MovingGraph, i: int) -> bool:
        """Whether a pair of before is worth more than where somebody is, at these prices."""
        stays = moving.fars[moving.node_of(i)] - moving.held[i]
        return any(
            moving.fars[node] - score - moving.price < stays - moving.blur
            for node, score in moving.bonus[i]
        )
