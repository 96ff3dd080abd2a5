"""The frontier between two aims of a matching, each point with a bound."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.comparison.frontiers.aims import Aim, aim_values
from mentormatch.comparison.frontiers.between import points_between
from mentormatch.comparison.frontiers.corners import Search
from mentormatch.comparison.frontiers.points import Point, TwoAims, Weighed, undominated
from mentormatch.displayed import Displayed
from mentormatch.errors import MentorMatchError, check_seed, is_number
from mentormatch.problem import check_problem

if TYPE_CHECKING:
    from altair import LayerChart
    from numpy.typing import ArrayLike

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["Frontier", "frontier"]

PRICES = "prices"


@dataclass(frozen=True, eq=False)
class Frontier(Displayed):
    """Matchings of which none is better in both aims than another.

    Parameters
    ----------
    table
        One row a point, best in ``x`` first: x, y, kind ("corner": a matching that is best for some
        weighing of the two; "between": the best x among those with at least this y, best for no
        weighing; "step": likewise, of the lowest score of a pair), bound (no matching with at least
        this y, and as many served, has more x), bound_by_prices (what prices alone show of that,
        recomputed without a solver), proven (the bound is reached), proven_by ("prices", or the
        solver whose word it is).
    matchings
        The matching of each point, with scores of the original problem.
    x, y
        Names of the aims.
    complete
        True where no further point exists of the kinds listed.
    proofs
        The weighings whose certificates give the bounds by prices; `verify` checks them.
    aims
        What each pair adds to both.
    """

    table: pd.DataFrame
    matchings: tuple[Matching, ...]
    x: str
    y: str
    complete: bool
    proofs: tuple[Weighed, ...] = field(default=(), repr=False)
    aims: TwoAims | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        whole = "all of them" if self.complete else "there may be more"
        points = "1 point" if len(self) == 1 else f"{len(self)} points"
        head = f"Frontier of {self.x} and {self.y}: {points}, {whole}"
        return f"{head}\n{self.table.to_string(index=False, float_format='{:.6g}'.format)}"

    def plot(self) -> LayerChart:
        """Draw the points; see `mm.reports.frontier_chart`."""
        from mentormatch.reports import frontier_chart

        return frontier_chart(self)

    def hypervolume(self, x: float, y: float) -> float:
        """Area that the points dominate above a reference point (x, y)."""
        kept = self.table[(self.table["x"] > x) & (self.table["y"] > y)]
        area, level = 0.0, y
        for row in kept.sort_values("x", ascending=False).itertuples():
            area += (float(row.x) - x) * max(float(row.y) - level, 0.0)  # type: ignore[arg-type]
            level = max(level, float(row.y))  # type: ignore[arg-type]
        return area

    def verify(self) -> tuple[str, ...]:
        """Recompute everything without a solver; return what does not hold, in words.

        The aims of every point, that none beats another, every certificate behind ``proofs``, and
        the bounds that follow from their prices. What rests on a solver's word is in ``proven_by``
        and cannot be recomputed.
        """
        if self.aims is None:
            return ("the frontier does not say what its aims are",) if len(self) else ()
        found = [text for one in self.proofs for text in one.findings(self.aims)]
        last = np.inf, -np.inf
        for row, matching in zip(self.table.to_dict("records"), self.matchings, strict=True):
            x, y = self.aims.of(matching)
            where = f"the point {row['x']:.6g}, {row['y']:.6g}"
            if (x, y) != (row["x"], row["y"]):
                found.append(f"{where} reaches {x:.9g}, {y:.9g}")
            if not (x < last[0] and y > last[1]):
                found.append(f"{where} is no better than the one before")
            last = x, y
            bound = _bound(self.proofs, y, x, by_prices=True)
            if bound != row["bound_by_prices"]:
                found.append(f"{where}: its prices show {bound:.9g}")
            if row["proven_by"] == PRICES and bound - x > self.aims.tolerance(matching):
                found.append(f"{where} is not proven by its prices")
        return tuple(found)


def frontier(
    problem: Problem,
    x: Aim | ArrayLike = "total",
    y: Aim | ArrayLike = "minimum",
    *,
    points: int = 100,
    between: int = 0,
    time_limit: float | None = None,
    seed: int = 0,
) -> Frontier:
    """Find the matchings among which one must choose between two aims, at full coverage.

    Parameters
    ----------
    problem
        What is matched; its coverage comes first as always, and all its rules hold.
    x, y
        "total", "mentee_total" and "mentor_total" (the sides' own scores), "first_choices" (pairs
        that are the mentee's best), "minimum" (the lowest score of a pair; only for ``y``), or an
        array (mentees, mentors) of values to add up.
    points
        The most corners, or levels of "minimum".
    between
        The most points between corners, of two sums; 0 = corners only.
    time_limit
        Seconds for each match and each search of a point between; None: each to its end.
    seed
        Of every match.

    Returns
    -------
    Frontier
        For two sums, the corners: matchings that are best for some weighing of the two, all of
        them, found by weighted sums that split an edge until none is left [1]_; and points between,
        found by a mixed integer program with a row for the second sum, where the corners are
        farthest apart first [2]_. Points nearer than 1e-5 of the largest value of a pair count as
        one there. For "minimum", every point: the largest x among matchings in which no pair is
        below the level, level by level.

    Raises
    ------
    MentorMatchError
        An aim that does not exist, or that does not fit.

    Notes
    -----
    A corner is proven by the prices of its weighing. A point between has two bounds: that of prices
    alone, from the weighing of the corners on either side, which leaves a gap, and the solver's.

    References
    ----------
    .. [1] Y. P. Aneja and K. P. K. Nair (1979), Bicriteria transportation problem.
    .. [2] N. Boland, H. Charkhgard and M. Savelsbergh (2015), A criterion space search algorithm
       for biobjective integer programming: the balanced box method.
    """
    check_problem(problem, "frontier")
    check_seed(seed)
    for name, number, least in (("points", points, 1), ("between", between, 0)):
        if not (is_number(number) and number == int(number) and number >= least):
            raise MentorMatchError(
                f"{name} must be a whole number, {least} or more, got {number!r}."
            )
    table = problem.precise().scores(slice(None), np.nan).astype(np.float64)
    lowest = isinstance(y, str) and y == "minimum"
    first = aim_values(problem, x, table, "x")
    aims = TwoAims(first, table if lowest else aim_values(problem, y, table, "y"), lowest)
    search = Search(problem, aims, points, seed, time_limit)
    if lowest:
        search.levels()
    else:
        search.corners()
        points_between(search, between)
    kept = undominated(search.points)
    return Frontier(
        pd.DataFrame(
            [_row(aims, search.weighings, one) for one in kept],
            columns=["x", "y", "kind", "bound", "bound_by_prices", "proven", "proven_by"],
        ),
        tuple(one.matching for one in kept),
        x if isinstance(x, str) else "x",
        y if isinstance(y, str) else "y",
        search.complete,
        tuple(search.weighings),
        aims,
    )


def _row(aims: TwoAims, proofs: list[Weighed], point: Point) -> tuple[object, ...]:
    """Say of a point what it reaches, what bounds it and whose word that is."""
    x, y = point.aims
    by_prices = _bound(proofs, y, x, by_prices=True)
    said, solver = min(
        (point.bound, point.solver), *((one.most(y, by_prices=False), one.solver) for one in proofs)
    )
    bound = max(min(by_prices, said), x)
    proven, proven_by = bound - x <= aims.tolerance(point.matching), ""
    if proven:
        proven_by = PRICES if by_prices - x <= aims.tolerance(point.matching) else solver
    return (x, y, point.kind, bound, by_prices, proven, proven_by)


def _bound(
    proofs: tuple[Weighed, ...] | list[Weighed], y: float, x: float, *, by_prices: bool
) -> float:
    """Return what no matching with at least this y exceeds in x."""
    return max(min((one.most(y, by_prices=by_prices) for one in proofs), default=np.inf), x)
