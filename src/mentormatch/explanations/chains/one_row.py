"""Where one mentee would be when only its own scores change, from the graph of the old matching."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import NotExplainableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.explanations.chains.graph import ExchangeGraph

__all__ = ["OwnRow"]

# Each priority class takes two shortest-path trees, and each two of them a comparison.
MOST_CLASSES = 30


@dataclass(frozen=True, eq=False)
class OwnRow:
    """What the others lose when one mentee takes a place, whatever it scores there.

    Two optimal flows differ in cycles, and those that the mentee is not on gain nothing (R. K.
    Ahuja, T. L. Magnanti and J. B. Orlin, 1993, Network Flows, theorem 3.7): it leaves its place p
    for h, and others go from h to p, or, where coverage changes, from somebody unmatched to p and
    from h to a free seat or to nobody. No such path uses the mentee's own old arcs, so the lengths
    hold for all scores of the mentee.
    """

    total_of_others: float
    tolerance: float
    # (mentors + 1,): How good the coverage is that taking a place leads to, highest best; −1 where
    # it cannot be taken. The last place is nobody.
    rank: NDArray[np.intp]
    cost: NDArray[np.float64]  # (mentors + 1,): what the others lose
    coverage: NDArray[np.int64]  # (mentors + 1,): how many mentees more are matched

    @classmethod
    def of(cls, graph: ExchangeGraph, i: int) -> OwnRow:
        """Measure all places for mentee ``i``, who wants one mentor and is not pinned.

        Raises NotExplainableError for too many priority classes.
        """
        levels = graph.levels
        if len(levels) > MOST_CLASSES:
            raise NotExplainableError(
                f"There are {len(levels)} priority classes; what one person can do is worked out "
                f"for at most {MOST_CLASSES}. Give fewer people a priority of their own."
            )
        [(place, held)] = graph.places_of(i)
        heads = np.append(np.arange(graph.n_mentors), graph.node_without(i))
        if place >= graph.n_mentors:
            heads[-1] = place
        ways = _ways(graph, place, heads)
        rank = np.full(len(heads), -1, dtype=np.intp)
        cost = np.full(len(heads), np.inf)
        coverage = np.zeros(len(heads), dtype=np.int64)
        for number, key in enumerate(sorted(ways)):
            lengths = ways[key]
            reached = np.isfinite(lengths)
            rank[reached], cost[reached], coverage[reached] = number, lengths[reached], sum(key)
        return cls(graph.matching.total - held, graph.tolerance, rank, cost, coverage)

    def under(
        self, scores: NDArray[np.float64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.int64]]:
        """Find the best places for rows of scores (rows, mentors), −inf where not eligible.

        The answer is at whom the mentee is in some best matching (rows, mentors + 1), the last is
        nobody; the best total, NaN where no matching is left; how many more are matched than now.
        """
        rows = np.column_stack([scores, np.zeros(len(scores))])
        possible = np.isfinite(rows) & (self.rank >= 0)
        rank = np.where(possible, self.rank, -1)
        best_rank = rank.max(axis=1)
        first = possible & (rank == best_rank[:, None])
        worth = np.where(first, rows - np.where(np.isfinite(self.cost), self.cost, 0.0), -np.inf)
        best = worth.max(axis=1)
        with np.errstate(invalid="ignore"):
            places = first & (worth >= best[:, None] - self.tolerance)
        total = np.where(best_rank >= 0, self.total_of_others + best, np.nan)
        return places, total, self.coverage[worth.argmax(axis=1)]


def _ways(
    graph: ExchangeGraph, place: int, heads: NDArray[np.intp]
) -> dict[tuple[int, ...], NDArray[np.float64]]:
    """The least loss of the others by place taken, for each change of coverage by class."""
    levels = graph.levels
    none = (0,) * len(levels)
    ways = {none: graph.costs_to(place)[heads]}
    if not levels:
        return ways
    ends = [*levels, graph.slack]
    begin = [float(graph.costs_from(node)[place]) for node in ends]
    finish = [graph.costs_to(node)[heads] for node in ends]
    for s, first in enumerate(begin):
        for t, last in enumerate(finish):
            if s == t or not np.isfinite(first):
                continue
            key = tuple((c == s) - (c == t) for c in range(len(levels)))
            ways[key] = np.minimum(ways[key], first + last) if key in ways else first + last
    return ways
