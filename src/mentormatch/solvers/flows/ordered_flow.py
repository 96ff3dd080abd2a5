"""Counts one after another, then a total, over sets of pairs in two trees; prices of each."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers.flows.laminar import ROOTS, cheapest_circulation, potentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from mentormatch.solvers.arrays import Positions
    from mentormatch.solvers.deadline import Deadline
    from mentormatch.solvers.flows.integers import IntegerScale
    from mentormatch.solvers.flows.laminar import LaminarFlow

__all__ = ["Ordered", "solve_in_order"]


class Ordered(NamedTuple):
    """The pairs that are best in every count and then in total, with the prices of the sets.

    Parameters
    ----------
    chosen
        Positions of the pairs.
    prices
        One int64 array (sets,) for each count.
    total
        float64 array (sets,): those of the total, in units of score.
    """

    chosen: Positions
    prices: list[NDArray[np.int64]]
    total: NDArray[np.float64]


def solve_in_order(
    flow: LaminarFlow,
    counts: Iterable[Callable[[], NDArray[np.int64]]],
    scores: NDArray[np.float64],
    scale: IntegerScale,
    deadline: Deadline,
) -> Ordered:
    """Maximise each count among the pairs that are best in those before it, then the total.

    What the prices of one count decide is fixed for the next: pairs that gain or lose by it, and
    sets whose limit costs something. One min-cost flow for each; no number grows with their number.

    Parameters
    ----------
    flow
        The sets, with limits.
    counts
        Each gives what each pair counts, an int64 array (pairs,), when it is asked for.
    scores, scale
        Of each pair, and how they become whole numbers.
    deadline
        A count after the first is left open where the time that is left may not do for it and the
        total: its prices are 0, which prove nothing.

    Raises
    ------
    InfeasibleError
        No pairs keep all limits.
    """
    tails, heads, low, high = flow.network
    if (low > high).any() or (flow.high < 0).any():
        raise InfeasibleError("no matching satisfies all conditions")
    low, high = low.copy(), high.copy()
    pairs, nodes = len(scores), ROOTS + len(flow.low)
    sets = slice(pairs, -1)
    rest = np.zeros(len(tails) - pairs, dtype=np.int64)
    prices: list[NDArray[np.int64]] = []
    seconds, open_ = 0.0, high > low
    for count in counts:
        left = deadline.left()
        # As long for each pair that is open as the last one took.
        if prices and left is not None and left < 2 * seconds * int(np.count_nonzero(open_)):
            prices.append(np.zeros(len(flow.low), dtype=np.int64))
            continue
        started = time.monotonic()
        cost = np.concatenate([-count(), rest])
        made = cheapest_circulation(tails, heads, low, high, cost, nodes)
        level = potentials(tails, heads, made < high, made > low, cost, nodes)
        if level is None:
            raise SolverError("OR-Tools min-cost flow left a cycle that costs less.")
        settled = cost + level[tails] != level[heads]
        low[settled] = high[settled] = made[settled]
        prices.append(level[heads[sets]] - level[tails[sets]])
        seconds = (time.monotonic() - started) / max(int(np.count_nonzero(open_)), 1)
        open_ = high > low
    steps = np.concatenate([-scale.integers(scores), rest])
    made = cheapest_circulation(tails, heads, low, high, steps, nodes)
    exact = np.concatenate([-scores, rest.astype(np.float64)])
    level = potentials(tails, heads, made < high, made > low, exact, nodes)
    if level is None:
        level = potentials(tails, heads, made < high, made > low, steps, nodes)
        if level is None:
            raise SolverError("OR-Tools min-cost flow left a cycle that costs less.")
        level = level * scale.step
    total = np.asarray(level[heads[sets]] - level[tails[sets]], dtype=np.float64)
    return Ordered(np.flatnonzero(made[:pairs]), prices, total)
