"""The corners between the best total and the fewest changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.rematching.budget import corner_at
from mentormatch.rematching.previous import previous_pairs

if TYPE_CHECKING:
    from mentormatch.problem import Problem

__all__ = ["rematch_frontier"]


def rematch_frontier(
    previous: object, problem: Problem, *, most: int = 100, seed: int = 0
) -> pd.DataFrame:
    """Find the corners between the best total and the fewest changes; every one is exact.

    Between two corners a price of a change makes both as good; a match at that price gives a new
    corner or shows that there is none. Other budgets lie on or below the line between corners:
    `mm.rematch(..., max_changes=k)` has them.

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
    room = was.most_kept(problem)
    options = {"seed": seed, "time_limit": None}
    free = corner_at(problem, i, j, 0.0, options)
    size = max(1.0, float(np.abs(free.matching.scores).max(initial=0.0)))
    dear = corner_at(problem, i, j, 4.0 * size * (min(problem.shape) + 1), options)
    found = {free.kept: free, dear.kept: dear}
    open_ = [(free, dear)] if dear.kept > free.kept else []
    while open_ and len(found) < most:
        low, high = open_.pop()
        price = (low.total - high.total) / (high.kept - low.kept)
        middle = corner_at(problem, i, j, price, options)
        line = low.total + price * low.kept
        value = middle.total + price * middle.kept
        if value > line + 1e-9 * max(1.0, abs(line)) and low.kept < middle.kept < high.kept:
            found[middle.kept] = middle
            open_ += [(low, middle), (middle, high)]
    rows = [
        (room - one.kept, one.total, one.price)
        for _, one in sorted(found.items(), key=lambda item: -item[0])
    ]
    return pd.DataFrame(rows, columns=["changes", "total", "price"])
