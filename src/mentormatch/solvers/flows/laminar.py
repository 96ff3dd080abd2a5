"""Two laminar families of sets of pairs: a min-cost flow, with a price for each set.

Any two sets of a laminar family are nested or disjoint, so that it is a tree. Where all rows of a
program are sets of pairs that fall into two such families, a pair is an arc from its smallest set
in the first tree to its smallest set in the second, and the limits of a set are those of the arc to
its parent [1]_. The first tree has the mentees, groups of mentees, and what one mentee may have
with some mentors; the second the mentors, groups of mentees with one mentor, and sets of mentors.

References
----------
.. [1] J. Edmonds (1970), Submodular functions, matroids, and certain polyhedra.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import InfeasibleError
from mentormatch.solvers.flows.networks import find_cheapest_flow, find_largest_flow

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from mentormatch.solvers.arrays import Number

__all__ = [
    "FIRST",
    "ROOTS",
    "SECOND",
    "LaminarFlow",
    "Trees",
    "can_circulate",
    "cheapest_circulation",
    "laminar_trees",
    "potentials",
]

EITHER, FIRST, SECOND = -1, 0, 1
ROOTS = 2


@dataclass(frozen=True, eq=False)
class Trees:
    """Sets of pairs as two trees.

    Nodes are the two roots, 0 and 1, then the sets in their order, 2 + k.
    """

    side: NDArray[np.intp]  # (sets,): `FIRST` or `SECOND`
    # (sets,): node of the smallest set of the same tree around it, or root
    parent: NDArray[np.intp]
    tails: NDArray[np.intp]  # (pairs,): node of the smallest set of the first tree
    heads: NDArray[np.intp]  # (pairs,): node of the smallest set of the second tree


def laminar_trees(sets: sparse.csr_array, side: NDArray[np.intp]) -> Trees | None:
    """The two trees of sparse (sets, pairs) sets, or None when these are no two laminar families.

    What is not 0 is in the set; ``side`` (sets,) is the tree of each, −1 where it may be in either.
    """
    settled = _sides(sets, side)
    if settled is None:
        return None
    side = settled
    held = (np.full(sets.shape[1], FIRST), np.full(sets.shape[1], SECOND))
    parent = side.copy()
    starts, members = sets.indptr, sets.indices
    # Larger sets first: each must lie within one node of its tree.
    for k in np.argsort(-np.diff(starts), kind="stable").tolist():
        own = members[starts[k] : starts[k + 1]]
        if not len(own):
            continue
        around = held[side[k]][own]
        if (around != around[0]).any():
            return None
        parent[k] = around[0]
        held[side[k]][own] = ROOTS + k
    return Trees(side, parent, held[FIRST].astype(np.intp), held[SECOND].astype(np.intp))


def _sides(sets: sparse.csr_array, side: NDArray[np.intp]) -> NDArray[np.intp] | None:
    """A tree for each set, so that no two that cross are in one; None when there is no such way.

    Sets cross when they have pairs in common and neither is part of the other. It is a colouring
    with two colours: whatever crosses a set of one tree must be in the other.
    """
    side = np.array(side, dtype=np.intp)
    free = np.flatnonzero(side == EITHER)
    if not len(free):
        return side
    filled = sets.astype(np.int64)
    sizes = np.diff(sets.indptr)
    shared = (filled[free] @ filled.T).tocoo()
    crossing = shared.data < np.minimum(sizes[free[shared.row]], sizes[shared.col])
    one, other = free[shared.row[crossing]], shared.col[crossing]
    order = np.argsort(one, kind="stable")
    one, other = one[order], other[order]
    first = np.searchsorted(one, np.arange(len(side) + 1))
    fixed = side[other] != EITHER
    for k, tree in zip(one[fixed].tolist(), side[other[fixed]].tolist(), strict=True):
        if side[k] == tree:
            return None
        side[k] = FIRST + SECOND - tree
    todo = np.unique(one[fixed]).tolist()
    # What nothing settles goes to the second tree, and settles what it crosses.
    rest = free[side[free] == EITHER].tolist()
    while todo or rest:
        if not todo:
            k = rest.pop()
            if side[k] != EITHER:
                continue
            side[k] = SECOND
            todo.append(k)
        k = todo.pop()
        for crossed in other[first[k] : first[k + 1]].tolist():
            if side[crossed] == side[k]:
                return None
            if side[crossed] == EITHER:
                side[crossed] = FIRST + SECOND - side[k]
                todo.append(crossed)
    return side


@dataclass(frozen=True, eq=False)
class LaminarFlow:
    """Sets of pairs in two trees, with limits on how many of each are made."""

    trees: Trees
    low: NDArray[np.int64]  # (sets,)
    high: NDArray[np.int64]  # (sets,)
    least: int  # on the number of pairs
    most: int  # on the number of pairs

    def limit_set(self, which: int | None, value: int) -> LaminarFlow:
        """The same with exactly ``value`` pairs of one set, or (None) of all."""
        if which is None:
            return replace(self, least=value, most=value)
        low, high = self.low.copy(), self.high.copy()
        low[which] = high[which] = value
        return replace(self, low=low, high=high)

    def solve(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """The flow on every arc of `network` with the largest sum of values of pairs.

        Raises InfeasibleError where no pairs keep all limits.
        """
        tails, heads, low, high = self.network
        if (low > high).any() or (self.high < 0).any():
            raise InfeasibleError("no matching satisfies all conditions")
        cost = np.concatenate([-values, np.zeros(len(tails) - len(values), np.int64)])
        return cheapest_circulation(tails, heads, low, high, cost, ROOTS + len(self.low))

    def prices(
        self, flow: NDArray[np.int64], values: NDArray[Number]
    ) -> tuple[NDArray[Number], float] | None:
        """What proves a flow best for some values of its pairs; None where nothing does.

        The prices (sets,) are ≥ 0 where a set is at its upper limit, ≤ 0 where at its lower one, 0
        between; with them comes the price of the number of pairs, taken from the value of each. Of
        floats, differences that float64 does not hold are taken for none.
        """
        tails, heads, low, high = self.network
        pairs = len(values)
        cost = np.concatenate([-values, np.zeros(len(tails) - pairs, values.dtype)])
        level = potentials(tails, heads, flow < high, flow > low, cost, ROOTS + len(self.low))
        if level is None:
            return None
        sets = slice(pairs, -1)
        return level[heads[sets]] - level[tails[sets]], float(level[FIRST] - level[SECOND])

    @cached_property
    def network(self) -> tuple[NDArray[np.int64], ...]:
        """Tails, heads, lower and upper limits of arcs: the pairs, the sets, and the way back."""
        trees, pairs = self.trees, len(self.trees.tails)
        children = ROOTS + np.arange(len(self.low))
        first = trees.side == FIRST
        # Towards the second root: root → set in the first tree, set → root in the second.
        limits = np.zeros(pairs, np.int64), np.maximum(self.low, 0), np.array([self.least])
        room = np.ones(pairs, np.int64), self.high, np.array([self.most])
        below = trees.tails, np.where(first, trees.parent, children), np.array([SECOND])
        above = trees.heads, np.where(first, children, trees.parent), np.array([FIRST])
        # A limit that all pairs together do not reach is none: it must not get a price.
        return (
            np.concatenate(below).astype(np.int64),
            np.concatenate(above).astype(np.int64),
            np.concatenate(limits).astype(np.int64),
            np.minimum(np.concatenate(room), pairs + 1).astype(np.int64),
        )


def cheapest_circulation(
    tails: NDArray[np.int64],
    heads: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    cost: NDArray[np.int64],
    nodes: int,
    *,
    checked: bool = False,
) -> NDArray[np.int64]:
    """A circulation of least cost within limits; ``checked``: that there is one is known."""
    # Asked first, for a min-cost flow that failed cannot be trusted further (or-tools 3947).
    if not checked and not can_circulate(tails, heads, low, high, nodes):
        raise InfeasibleError("no matching satisfies all conditions")
    flow, free = low.copy(), np.flatnonzero(high > low)
    supply = _sent_first(tails, heads, low, nodes)
    flow[free] += find_cheapest_flow(
        tails[free], heads[free], (high - low)[free], cost[free], supply
    )
    return flow


def can_circulate(
    tails: NDArray[np.int64],
    heads: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    nodes: int,
) -> bool:
    """Tell whether there is a circulation within limits."""
    supply = _sent_first(tails, heads, low, nodes)
    free = np.flatnonzero(high > low)
    gives, takes = np.flatnonzero(supply > 0), np.flatnonzero(supply < 0)
    if not len(gives):
        return True
    check = find_largest_flow(
        np.concatenate([tails[free], np.full(len(gives), nodes), takes]),
        np.concatenate([heads[free], gives, np.full(len(takes), nodes + 1)]),
        np.concatenate([(high - low)[free], supply[gives], -supply[takes]]),
        nodes,
        nodes + 1,
    )
    return check.value == int(supply[gives].sum())


def _sent_first(
    tails: NDArray[np.int64], heads: NDArray[np.int64], low: NDArray[np.int64], nodes: int
) -> NDArray[np.int64]:
    """What each node has too much of when every arc carries its lower limit."""
    supply = np.zeros(nodes, dtype=np.int64)
    some = np.flatnonzero(low)
    np.add.at(supply, heads[some], low[some])
    np.subtract.at(supply, tails[some], low[some])
    return supply


def potentials(
    tails: NDArray[np.int64],
    heads: NDArray[np.int64],
    more: NDArray[np.bool_],
    less: NDArray[np.bool_],
    cost: NDArray[Number],
    nodes: int,
) -> NDArray[Number] | None:
    """Levels with level[head] ≤ level[tail] + cost on every arc of the residual graph.

    Bellman–Ford, first from a source with an arc of 0 to every node, which finds some levels, then
    from the two roots at these levels. The second gives the highest: prices of sets around mentors
    are then the lowest there are, what one more of the set is worth. A cheapest flow leaves no
    cycle of negative length; None where there is one.
    """
    start = np.concatenate([tails[more], heads[less]])
    end = np.concatenate([heads[more], tails[less]])
    length = np.concatenate([cost[more], -cost[less]])
    order = np.argsort(end, kind="stable")
    arcs = start[order], end[order], length[order]
    some = _shortest(arcs, np.zeros(nodes, dtype=cost.dtype))
    if some is None:
        return None
    far = np.array(2**61).astype(cost.dtype) if cost.dtype == np.int64 else np.array(np.inf)
    roots = np.full(nodes, far)
    roots[:ROOTS] = some[:ROOTS]
    level = _shortest(arcs, roots)
    if level is None:
        return None
    out_of_reach = level > far // 2 if cost.dtype == np.int64 else np.isinf(level)
    if out_of_reach.any():
        # No arc leads there: these keep their distances, high enough for the arcs that leave.
        level[out_of_reach] = some[out_of_reach]
        leaving = out_of_reach[start] & ~out_of_reach[end]
        asked = (level[end] - length - level[start])[leaving]
        level[out_of_reach] += max(asked.max(initial=0), 0)
    return level


def _shortest(
    arcs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Number]], level: NDArray[Number]
) -> NDArray[Number] | None:
    """Distances no longer than ``level``; arcs (start, end, length) are sorted by their end."""
    start, end, length = arcs
    into, first = np.unique(end, return_index=True)
    least: float = 0
    if length.dtype == np.float64:
        least = 16 * np.finfo(np.float64).eps * float(np.abs(length).max(initial=0.0))
    for _ in range(len(level) + 1 if len(into) else 0):
        nearest = np.minimum.reduceat(level[start] + length, first)
        nearer = nearest < level[into] - least
        if not nearer.any():
            return level
        level[into[nearer]] = nearest[nearer]
    return None if len(into) else level
