"""What is lost if a mentor leaves, known before anybody does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.errors import InfeasibleError, NotExplainableError
from mentormatch.matching import check_matching
from mentormatch.rematching.budget import corner_at
from mentormatch.rematching.changes import table_of_changes
from mentormatch.rematching.previous import previous_pairs
from mentormatch.strategies import match

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["changes_between", "rematch_frontier", "robustness"]

COLUMNS = ["mentor", "mentees", "loss", "coverage_lost", "moves", "movers"]


def changes_between(before: Matching, after: Matching) -> pd.DataFrame:
    """Who has another mentor in a second matching, as `Rematch.diff` says it."""
    return table_of_changes(after, previous_pairs(before, after.problem))


def robustness(matching: Matching, mentors: Iterable[object] | None = None) -> pd.DataFrame:
    """Say for each mentor what is lost, and who would move, if they left; solved again for each.

    Parameters
    ----------
    matching
        A matching with the best total.
    mentors
        Ids; None: all. Each takes one match.

    Returns
    -------
    DataFrame
        mentor, mentees (how many it has), loss of the total, coverage_lost, moves (mentees of
        others who would have another mentor), movers; the heaviest loss of coverage first. NaN
        where no matching exists without the mentor.

    Raises
    ------
    NotExplainableError
        A strategy that does not look for the largest total.
    """
    check_matching(matching, "robustness")
    if matching.strategy not in ("optimal", "given"):
        raise NotExplainableError(
            f'robustness compares best totals, and "{matching.strategy}" looks for something else. '
            'Use mm.match(problem, "optimal").'
        )
    problem = matching.problem
    asked = problem.mentor_ids.tolist() if mentors is None else list(mentors)
    rows: list[tuple[object, ...]] = []
    for one in asked:
        j = problem.compatibility.mentor_position(one)
        held = matching.mentees[matching.mentors == j]
        if not len(held):
            rows.append((one, 0, 0.0, 0, 0, ()))
            continue
        try:
            again = match(_closed(problem, j), seed=matching.seed or 0)
        except InfeasibleError:
            rows.append((one, len(held), np.nan, np.nan, np.nan, ()))
            continue
        diff = changes_between(matching, again)
        own = set(problem.mentee_ids[held])
        movers = tuple(who for who in diff["mentee"] if who not in own)
        lost = matching.n_matched - again.n_matched
        rows.append((one, len(held), matching.total - again.total, lost, len(movers), movers))
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = ["coverage_lost", "loss"]
    return table.sort_values(order, ascending=False, kind="stable", ignore_index=True)


def _closed(problem: Problem, j: int) -> Problem:
    """The problem without seats, minimum and pins of one mentor."""
    capacity, minimum = problem.capacities.copy(), problem.minimums.copy()
    capacity[j] = minimum[j] = 0
    name = problem.mentor_ids[j]
    pins = [one for one in problem.pin_rules if one.mentor != name]
    return replace(problem, capacity=capacity, minimum=minimum, pins=pins)


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
