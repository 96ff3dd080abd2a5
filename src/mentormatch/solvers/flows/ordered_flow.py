"""Counts one after another, then a total, over sets of pairs in two trees; prices of each."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers.flows.laminar import ROOTS, can_circulate, cheapest_circulation, potentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from mentormatch.solvers.arrays import Number, Positions
    from mentormatch.solvers.deadline import Deadline
    from mentormatch.solvers.flows.integers import IntegerScale
    from mentormatch.solvers.flows.laminar import LaminarFlow

__all__ = ["Count", "OrderedFlow"]

Count: TypeAlias = "Callable[[Positions], NDArray[np.int64]]"

# OR-Tools multiplies costs by the number of nodes, and potentials add up as many.
INT64_ROOM = 2**59
# A level is the length of at most five paths one after another, and twice that, with the value of
# a pair, must be less than half of what tells two counts apart.
APART = 32


class OrderedFlow:
    """Pairs that are best in one count after another: a flow for as many as int64 holds together.

    What the prices of a count decide is fixed for the next: pairs that gain or lose by it, and sets
    whose limit costs something. No number grows with how many counts there are. A count after the
    first is left open where the time left until ``deadline`` may not do for it and the total: its
    prices are 0, which prove nothing. Raises InfeasibleError where no pairs keep all limits.
    """

    def __init__(self, flow: LaminarFlow, deadline: Deadline) -> None:
        self.tails, self.heads, low, high = flow.network
        self.low, self.high = low.copy(), high.copy()
        self.nodes, self.pairs = ROOTS + len(flow.low), len(flow.trees.tails)
        self.deadline, self.seconds = deadline, 0.0
        self.made: NDArray[np.int64] | None = None
        bounded = not (low > high).any() and not (flow.high < 0).any()
        if not bounded or not can_circulate(self.tails, self.heads, low, high, self.nodes):
            raise InfeasibleError("no matching satisfies all conditions")

    @property
    def open_pairs(self) -> Positions:
        """Those that no count has decided."""
        return np.flatnonzero(self.high[: self.pairs] > self.low[: self.pairs])

    @property
    def chosen(self) -> Positions:
        """Pairs that are best in the counts so far."""
        if self.made is None:
            none = np.zeros(len(self.tails), dtype=np.int64)
            self.made = cheapest_circulation(
                self.tails, self.heads, self.low, self.high, none, self.nodes, checked=True
            )
        return np.flatnonzero(self.made[: self.pairs])

    def settle(
        self, counts: Iterable[Count], tell: Callable[[int], None] = lambda _: None
    ) -> list[NDArray[np.int64]]:
        """Maximise each count among the pairs that are best in those before it.

        A count is what pairs at some positions add to it. Returns the prices (sets,) of each count;
        ``tell`` is called with the number of counts that are settled.
        """
        left = deque(counts)
        found: list[NDArray[np.int64]] = []
        none = np.zeros(self.nodes - ROOTS, dtype=np.int64)
        while left:
            tell(len(found))
            pairs = self.open_pairs
            limit = self.deadline.left()
            # As long for each pair that is open as the last flow took.
            if self.seconds and limit is not None and limit < 2 * self.seconds * len(pairs):
                return [*found, *(none for _ in left)]
            value, factors = self._merge(left, pairs)
            if not value.any():
                found += [none] * len(factors)
                continue
            started = time.monotonic()
            for digit in _digits(self._maximise(value, pairs), factors):
                prices = self._prices(digit)
                found.append(prices if prices.any() else none)
            self.seconds = (time.monotonic() - started) / len(pairs)
        return found

    def avoid(self, order: NDArray[np.intp]) -> None:
        """Close the pairs without which the counts so far are reached, those of highest order.

        Bisection: a few flows in place of a count for every order that nobody needs.
        """
        low, high = -1, int(order[self.open_pairs].max(initial=-1))
        while low < high and not self.deadline.has_passed:
            middle = (low + high) // 2
            room = self._without(order > middle)
            if can_circulate(self.tails, self.heads, self.low, room, self.nodes):
                high = middle
            else:
                low = middle + 1
        self.high = self._without(order > high)

    def best_total(
        self, scores: NDArray[np.float64], scale: IntegerScale
    ) -> tuple[Positions, NDArray[np.float64]]:
        """The pairs of the best total that the counts leave; its prices, in units of score."""
        tails, heads, low, high = self.tails, self.heads, self.low, self.high
        rest = np.zeros(len(tails) - self.pairs, dtype=np.int64)
        steps = np.concatenate([-scale.integers(scores), rest])
        made = cheapest_circulation(tails, heads, low, high, steps, self.nodes, checked=True)
        exact = np.concatenate([-scores, rest.astype(np.float64)])
        level = potentials(tails, heads, made < high, made > low, exact, self.nodes)
        if level is None:
            level = potentials(tails, heads, made < high, made > low, steps, self.nodes)
            if level is None:
                raise SolverError("OR-Tools min-cost flow left a cycle that costs less.")
            level = level * scale.step
        return np.flatnonzero(made[: self.pairs]), np.asarray(self._prices(level), np.float64)

    def _merge(
        self, left: deque[Count], pairs: Positions
    ) -> tuple[NDArray[np.int64], list[int | None]]:
        """Take as many counts from the front as one weight holds; at least one.

        Returns values, and by how much each count multiplied those before it, None for no pair.
        """
        room = INT64_ROOM // (self.nodes + 4)
        value, largest = np.zeros(len(pairs), dtype=np.int64), 0
        factors: list[int | None] = []
        while left:
            count = left[0](pairs)
            most = int(np.abs(count).max(initial=0))
            # One of an earlier count outweighs all of this one, in any sum along paths.
            factor = APART * self.nodes * most
            if most and largest and largest * factor + most > room:
                break
            left.popleft()
            factors.append(factor if most else None)
            if most:
                value, largest = value * factor + count, largest * factor + most
        return value, factors

    def _maximise(self, value: NDArray[np.int64], pairs: Positions) -> NDArray[np.int64]:
        """Solve for the values of the open pairs, and fix what the levels decide."""
        tails, heads, low, high = self.tails, self.heads, self.low, self.high
        cost = np.zeros(len(tails), dtype=np.int64)
        cost[pairs] = -value
        made = cheapest_circulation(tails, heads, low, high, cost, self.nodes, checked=True)
        self.made, free = made, np.flatnonzero(high > low)
        start, end, flow, cost = tails[free], heads[free], made[free], cost[free]
        level = potentials(start, end, flow < high[free], flow > low[free], cost, self.nodes)
        if level is None:
            raise SolverError("OR-Tools min-cost flow left a cycle that costs less.")
        differ = cost + level[start] != level[end]
        settled = free[differ]
        low[settled] = high[settled] = flow[differ]
        return np.asarray(level, dtype=np.int64)

    def _prices(self, level: NDArray[Number]) -> NDArray[Number]:
        """Of the sets, from levels of the nodes."""
        sets = slice(self.pairs, -1)
        return level[self.heads[sets]] - level[self.tails[sets]]

    def _without(self, closed: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The upper limits of arcs when some pairs may not be made."""
        high = self.high.copy()
        high[: self.pairs][closed & (self.low[: self.pairs] == 0)] = 0
        return high


def _digits(level: NDArray[np.int64], factors: list[int | None]) -> list[NDArray[np.int64]]:
    """Levels of each of the counts that were merged."""
    found: list[NDArray[np.int64]] = []
    first = next(k for k, factor in enumerate(factors) if factor is not None)
    for k in range(len(factors) - 1, -1, -1):
        factor = factors[k]
        if factor is None:
            found.append(np.zeros_like(level))
        elif k == first:
            found.append(level)
        else:
            digit = (level + factor // 2) % factor - factor // 2
            found.append(digit)
            level = (level - digit) // factor
    return found[::-1]
