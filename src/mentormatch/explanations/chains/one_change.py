"""The best matching after one change, from that before it: one shortest chain of moves.

An optimal matching and its prices are those of a flow. One seat, one person or one pair changes the
flow by one unit, which goes along a shortest chain; lowering each price by how far it is from the
chain's start, the chain's own length at most, gives prices that go with the new matching [1]_.

References
----------
.. [1] J. Edmonds and R. M. Karp (1972), Theoretical improvements in algorithmic efficiency for
   network flow problems, successive shortest paths with prices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.certificates import Multipliers
from mentormatch.explanations.chains.dropouts import drop_outs
from mentormatch.explanations.chains.seats import NewSeat, scores_with

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mentormatch.explanations.chains.graph import ExchangeGraph, Move

__all__ = [
    "AfterChange",
    "multipliers_of",
    "pair_made",
    "seat_less",
    "seat_more",
    "without_mentee",
    "without_mentor",
]


class AfterChange(NamedTuple):
    """The pairs after a change, in positions of the problem before it.

    ``prices`` (nodes,) go with them; None where none are known.
    """

    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    prices: NDArray[np.float64] | None


def seat_more(graph: ExchangeGraph, j: int) -> AfterChange | None:
    """One more seat with a mentor; None where its minimum is not met."""
    matching = graph.matching
    problem = matching.problem
    if problem.after_pins.capacity[j]:
        return _filled(graph, j, ())
    # Nobody could be sent there so far, so no arc leads there.
    pairs = NewSeat.of(graph).filled(scores_with(problem, j), j)
    if pairs is None:
        return AfterChange(matching.mentees, matching.mentors, None)
    return AfterChange(pairs[:, 0], pairs[:, 1], None)


def seat_less(graph: ExchangeGraph, j: int) -> AfterChange | None:
    """One seat less with a mentor; None where a pin or a minimum needs it, or there is none."""
    matching, problem = graph.matching, graph.matching.problem
    load = int(np.count_nonzero(matching.mentors == j))
    if problem.capacities[j] <= max(int(problem.minimums[j]), 0):
        return None
    if load < problem.capacities[j]:
        return _after(graph, (), graph.prices)
    if not problem.after_pins.capacity[j]:
        return None
    # The one who loses least goes where a seat is free, or, of the last class, to nobody.
    for end in (graph.slack, *reversed(graph.levels)):
        path = graph.path(j, end)
        if path.nodes:
            return _after(graph, graph.moves(path.nodes), _lowered(graph, j, end))
    return None


def without_mentee(graph: ExchangeGraph, i: int) -> AfterChange | None:
    """A mentee leaves; None where it has several mentors, or a minimum needs it."""
    held = np.flatnonzero(graph.matching.mentees == i)
    if not len(held):
        return _after(graph, (), graph.prices)
    if len(held) > 1 or not graph.movable[held[0]]:
        return None
    return _filled(graph, int(graph.matching.mentors[held[0]]), (i,))


def without_mentor(graph: ExchangeGraph, j: int) -> AfterChange | None:
    """A mentor leaves, with its minimum; at one mentor each. None where nothing else keeps all."""
    if graph.matching.problem.wants_several:
        return None
    (found,) = drop_outs(graph, np.array([j]))
    if found.moves is None:
        return None
    home = np.full(graph.matching.problem.shape[0], -1, dtype=np.intp)
    home[graph.matching.mentees] = graph.matching.mentors
    for i, _, to in found.moves:
        home[i] = to
    mentees = np.flatnonzero(home >= 0)
    return AfterChange(mentees, home[mentees], None)


def pair_made(
    graph: ExchangeGraph, i: int, j: int, place: int, moves: Iterable[Move]
) -> AfterChange:
    """A mentee takes a seat for which others make room; ``place`` is the node it leaves."""
    after = _after(graph, moves, _lowered(graph, j, place), leaving=(i, place))
    return after._replace(mentees=np.append(after.mentees, i), mentors=np.append(after.mentors, j))


def multipliers_of(graph: ExchangeGraph, prices: NDArray[np.float64]) -> Multipliers:
    """Prices of the nodes as the multipliers of a certificate."""
    m, problem = graph.n_mentors, graph.matching.problem
    own = prices - prices[graph.slack]
    if not problem.coverage_first:
        return Multipliers(own[:m], np.zeros(problem.n_classes))
    seats = float(own[graph.place]) if problem.wants_several else 0.0
    return Multipliers(own[:m], own[list(graph.nobody)] - seats, seats)


def _filled(graph: ExchangeGraph, j: int, gone: tuple[int, ...]) -> AfterChange | None:
    """A mentor has a seat more than before, or one that somebody left (``gone``).

    Somebody of the first class that can come takes it; else somebody who is better there; else it
    stays empty, unless a minimum needs it.
    """
    matching = graph.matching
    left = (gone[0], j) if gone else None
    load = int(np.count_nonzero(matching.mentors == j)) - len(gone)
    for level in graph.levels:
        if not np.isfinite(graph.reduced[level]).any():
            # Nobody of this class lacks anything.
            continue
        path = graph.path(level, j)
        if path.nodes:
            moves = graph.moves(path.nodes, gone)
            return _after(graph, moves, _lowered(graph, level, j), leaving=left)
    path = graph.path(graph.slack, j)
    needed = load < matching.problem.minimums[j]
    if needed and not path.nodes:
        return None
    helps = needed or path.cost < -graph.tolerance
    moves = graph.moves(path.nodes, gone) if helps else []
    return _after(graph, moves, _lowered(graph, graph.slack, j), leaving=left)


def _lowered(graph: ExchangeGraph, source: int, target: int) -> NDArray[np.float64]:
    """Prices once a chain from one node to another was made."""
    prices = graph.prices
    far = graph.costs_from(source) - prices[source] + prices
    most = far[target]
    if not np.isfinite(most):
        # No chain leads there, so its price may be as low as it must.
        most = far[np.isfinite(far)].max() + max(float(prices[target] - prices[source]), 0.0)
    return np.asarray(prices - np.minimum(far, most))


def _after(
    graph: ExchangeGraph,
    moves: Iterable[Move],
    prices: NDArray[np.float64],
    leaving: tuple[int, int] | None = None,
) -> AfterChange:
    """The pairs once some people moved, and somebody left a node."""
    matching, m = graph.matching, max(graph.n_mentors, 1)
    keys = dict.fromkeys((matching.mentees * m + matching.mentors).tolist())
    steps = [(one.mentee, one.tail, one.head) for one in moves]
    if leaving is not None:
        steps.append((*leaving, graph.place))
    for mentee, tail, head in steps:
        if tail < graph.n_mentors:
            keys.pop(mentee * m + tail, None)
        if head < graph.n_mentors:
            keys[mentee * m + head] = None
    mentees, mentors = np.divmod(np.array(list(keys), dtype=np.intp), m)
    return AfterChange(mentees, mentors, prices)
