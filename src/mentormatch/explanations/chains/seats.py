"""What seats are worth: one more or one less with each mentor, and whom to recruit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from mentormatch.explanations.chains.graph import Move

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.explanations.chains.graph import ExchangeGraph
    from mentormatch.problem import Problem

__all__ = ["NewSeat", "scores_with", "table_of_seats"]


# By mentor: what the total changes, and how many more or fewer are matched.
Change: TypeAlias = "tuple[NDArray[np.float64], NDArray[np.int64]]"


def _one_more(graph: ExchangeGraph) -> Change:
    """What one more seat with each mentor changes at most.

    A chain that ends at the new seat begins with somebody unmatched of the first class that can
    come, or with somebody who leaves a seat.
    """
    m = graph.n_mentors
    new = NewSeat.of(graph)
    total = -np.minimum(new.ways[-1][:m], 0.0)
    coverage = np.zeros(m, dtype=np.int64)
    settled = np.zeros(m, dtype=bool)
    for node, ways in zip(graph.levels, new.ways, strict=False):
        gain = -ways[:m]
        comes = np.isfinite(gain) & ~settled
        total[comes] = gain[comes]
        coverage[comes] = node != graph.place
        settled |= comes
    # Nobody could be sent to a mentor without a seat, so no arc leads there.
    problem = graph.matching.problem
    for j in np.flatnonzero(problem.after_pins.capacity == 0).tolist():
        coverage[j], total[j] = new.worth(scores_with(problem, j))
    return total, coverage


def scores_with(problem: Problem, j: int) -> NDArray[np.float64]:
    """The score of every mentee with one mentor; NaN where no pair of them may be added."""
    n = problem.shape[0]
    scores = np.array(problem.pairs(np.arange(n), np.full(n, j)).scores, np.float64)
    scores[problem.pinned[problem.pinned[:, 1] == j, 0]] = np.nan
    return scores


@dataclass(frozen=True, eq=False)
class NewSeat:
    """How a seat that nobody could be sent to so far would be filled."""

    graph: ExchangeGraph  # of an optimal matching
    mentees: NDArray[np.intp]  # of places that can be left: whose
    nodes: NDArray[np.intp]  # of these places, where in the graph
    own: NDArray[np.float64]  # of these places, the score given up
    # By level of coverage, and slack last: what it costs to vacate a place of each node.
    ways: tuple[NDArray[np.float64], ...]

    @classmethod
    def of(cls, graph: ExchangeGraph) -> NewSeat:
        """Find the ways from every level and from slack, once."""
        ways = tuple(graph.costs_from(node) for node in (*graph.levels, graph.slack))
        return cls(graph, *graph.places_to_leave(), ways)

    def worth(self, scores: NDArray[np.float64]) -> tuple[int, float]:
        """How many more are matched, and what the total gains, with one seat of these scores.

        Scores are (mentees,), NaN where not eligible.
        """
        given = scores[self.mentees] - self.own
        given = np.where(np.isnan(given), -np.inf, given)
        gains = [float((given - ways[self.nodes]).max(initial=-np.inf)) for ways in self.ways]
        for node, gain in zip(self.graph.levels, gains, strict=False):
            if np.isfinite(gain):
                return int(node != self.graph.place), gain
        return 0, max(gains[-1], 0.0)

    def filled(self, scores: NDArray[np.float64], j: int) -> NDArray[np.intp] | None:
        """The pairs once a new seat with mentor ``j`` is filled; None where it is of no use."""
        graph = self.graph
        given = scores[self.mentees] - self.own
        given = np.where(np.isnan(given), -np.inf, given)
        for node, ways in zip((*graph.levels, graph.slack), self.ways, strict=True):
            gains = given - ways[self.nodes]
            best = int(gains.argmax()) if len(gains) else -1
            if best >= 0 and np.isfinite(gains[best]):
                if node == graph.slack and gains[best] <= graph.tolerance:
                    return None
                return self._pairs_after(node, best, j)
        return None

    def _pairs_after(self, node: int, best: int, j: int) -> NDArray[np.intp]:
        graph = self.graph
        i, place = int(self.mentees[best]), int(self.nodes[best])
        moves = [Move(i, place, j, 0.0), *graph.moves(graph.path(node, place).nodes, (i,))]
        return np.array(graph.pairs_after(moves), dtype=np.intp).reshape(-1, 2)


def _one_less(graph: ExchangeGraph) -> Change:
    """What one seat less with each mentor changes; NaN where minimums or pins need the seat."""
    problem, m = graph.matching.problem, graph.n_mentors
    loads = np.bincount(graph.matching.mentors, minlength=m)
    total = np.full(m, np.nan)
    coverage = np.zeros(m, dtype=np.int64)
    spare = loads < problem.capacities
    total[spare] = 0.0
    needs = problem.minimums > problem.capacities - 1
    needs |= problem.after_pins.capacity == 0
    total[needs] = np.nan
    open_ = ~spare & ~needs & (problem.capacities > 0)
    # The one who loses least goes where a seat is free, or, of the last class, to nobody.
    kept = -graph.costs_to(graph.slack)[:m]
    keeps = open_ & np.isfinite(kept)
    total[keeps] = kept[keeps]
    open_ &= ~keeps
    for node in reversed(graph.levels):
        loses = -graph.costs_to(node)[:m]
        goes = open_ & np.isfinite(loses)
        total[goes] = loses[goes]
        coverage[goes] = -1 if node != graph.place else 0
        open_ &= ~goes
    return total, coverage


def table_of_seats(graph: ExchangeGraph) -> pd.DataFrame:
    """By mentor: gain and coverage of one more seat, loss and coverage of one less."""
    gain, more = _one_more(graph)
    loss, less = _one_less(graph)
    blur = graph.tolerance
    return pd.DataFrame(
        {
            "gain_of_one_more": np.where(np.abs(gain) <= blur, 0.0, gain),
            "coverage_of_one_more": more,
            "loss_of_one_less": np.where(np.abs(loss) <= blur, 0.0, -loss),
            "coverage_of_one_less": less,
        },
        index=graph.matching.problem.mentor_ids.rename("mentor"),
    )
