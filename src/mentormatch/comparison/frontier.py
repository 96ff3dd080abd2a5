"""The exact frontier between two aims of a matching, each point with its certificate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd

from mentormatch.compatibility import Compatibility
from mentormatch.errors import InfeasibleError, MentorMatchError, check_seed
from mentormatch.matching import Matching
from mentormatch.problem import Problem, check_problem
from mentormatch.strategies import match

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["AIMS", "Aim", "Frontier", "frontier"]

Aim: TypeAlias = Literal["total", "mentee_total", "mentor_total", "first_choices", "minimum"]
AIMS: tuple[Aim, ...] = ("total", "mentee_total", "mentor_total", "first_choices", "minimum")
# Two points nearer than this share of the range of an aim are one.
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class _Point:
    """One matching and what it reaches in both aims."""

    aims: tuple[float, float]
    kind: str
    matching: Matching


@dataclass(frozen=True, eq=False)
class Frontier:
    """Matchings of which none is better in both aims than another.

    Parameters
    ----------
    table
        One row a point, best in ``x`` first: x, y, kind ("corner": a matching that is best for some
        weighing of the two; "step": best in x among those with at least this y), proven.
    matchings
        The matching of each point, with scores of the original problem.
    x, y
        Names of the aims.
    complete
        True where no further point exists of the kinds listed; False where ``points`` ran out.
    """

    table: pd.DataFrame
    matchings: tuple[Matching, ...]
    x: str
    y: str
    complete: bool

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        whole = "all of them" if self.complete else "the first of them"
        points = "1 point" if len(self) == 1 else f"{len(self)} points"
        head = f"Frontier of {self.x} and {self.y}: {points}, {whole}"
        return f"{head}\n{self.table.to_string(index=False, float_format='{:.6g}'.format)}"

    def _repr_html_(self) -> str:
        from mentormatch.reports import display_html

        return display_html(self)

    def hypervolume(self, x: float, y: float) -> float:
        """Area that the points dominate above a reference point (x, y)."""
        kept = self.table[(self.table["x"] > x) & (self.table["y"] > y)]
        area, level = 0.0, y
        for row in kept.sort_values("x", ascending=False).itertuples():
            area += (float(row.x) - x) * max(float(row.y) - level, 0.0)  # type: ignore[arg-type]
            level = max(level, float(row.y))  # type: ignore[arg-type]
        return area


def frontier(
    problem: Problem,
    x: Aim | ArrayLike = "total",
    y: Aim | ArrayLike = "minimum",
    *,
    points: int = 100,
    seed: int = 0,
) -> Frontier:
    """Find the matchings among which one must choose between two aims, at full coverage.

    Parameters
    ----------
    problem
        What is matched; its coverage comes first as always.
    x, y
        "total", "mentee_total" and "mentor_total" (the sides' own scores), "first_choices" (pairs
        that are the mentee's best), "minimum" (the lowest score of a pair; only for ``y``), or an
        array (mentees, mentors) of values to add up.
    points
        The most points.
    seed
        Of every match.

    Returns
    -------
    Frontier
        For two sums, the corners: matchings that are best for some weighing of the two, all of
        them, found by weighted sums that split an edge until none is left [1]_. For "minimum",
        every point: the largest x among matchings in which no pair is below the level, level by
        level.

    Raises
    ------
    MentorMatchError
        An aim that does not exist, or that does not fit.

    References
    ----------
    .. [1] Y. P. Aneja and K. P. K. Nair (1979), Bicriteria transportation problem.
    """
    check_problem(problem, "frontier")
    check_seed(seed)
    if not isinstance(problem, Problem):
        raise MentorMatchError(f"frontier needs a Problem, got {type(problem).__name__}.")
    table = problem.scores(slice(None), np.nan).astype(np.float64)
    first = _values(problem, x, table, "x")
    found: list[_Point] = []
    if isinstance(y, str) and y == "minimum":
        complete = _steps(problem, first, table, points, seed, found)
    else:
        second = _values(problem, y, table, "y")
        complete = _corners(problem, first, second, points, seed, found)
    found.sort(key=lambda point: (-point.aims[0], -point.aims[1]))
    rows = [
        (*one.aims, one.kind, bool(one.matching.certificate and one.matching.certificate.proven))
        for one in found
    ]
    return Frontier(
        pd.DataFrame(rows, columns=["x", "y", "kind", "proven"]),
        tuple(_with_scores_of(problem, one.matching) for one in found),
        x if isinstance(x, str) else "x",
        y if isinstance(y, str) else "y",
        complete,
    )


def _values(
    problem: Problem, aim: Aim | ArrayLike, joined: NDArray[np.float64], which: str
) -> NDArray[np.float64]:
    """Return what each pair adds to an aim, NaN where it is ineligible."""
    masked = np.isnan(joined)
    if isinstance(aim, str):
        if aim == "total":
            return joined
        if aim in ("mentee_total", "mentor_total"):
            block = problem.block(slice(None))
            side = block.mentee_scores if aim == "mentee_total" else block.mentor_scores
            return np.where(masked, np.nan, np.asarray(side, dtype=np.float64))
        if aim == "first_choices":
            wish = np.asarray(problem.block(slice(None)).mentee_scores, dtype=np.float64)
            best = np.nanmax(
                np.where(masked, -np.inf, wish), axis=1, keepdims=True, initial=-np.inf
            )
            return np.where(masked, np.nan, (wish >= best).astype(np.float64))
        if aim == "minimum":
            raise MentorMatchError('The aim "minimum" is no sum: give it as y.')
        raise MentorMatchError(
            f"{which} must be one of {', '.join(map(repr, AIMS))} or an array, got {aim!r}."
        )
    values = np.asarray(aim, dtype=np.float64)
    if values.shape != problem.shape or not np.isfinite(values[~masked]).all():
        raise MentorMatchError(
            f"{which} must be a finite array of shape {problem.shape}, got shape {values.shape}."
        )
    return np.where(masked, np.nan, values)


def _problem_with(problem: Problem, scores: NDArray[np.float64]) -> Problem:
    """Return the same problem with other scores; what is NaN is ineligible."""
    table = pd.DataFrame(scores, problem.mentee_ids, problem.mentor_ids)
    if problem.sides:
        raise MentorMatchError(
            "A frontier is not available for problems with quotas, mentees apart or together, or "
            "weighted seats."
        )
    return replace(
        problem,
        compatibility=Compatibility.from_scores(table),
        capacity=problem.capacities,
        minimum=problem.minimums,
        demand=problem.demands,
        priority=problem.priorities,
        min_score=None,
        bans=(),
    )


def _with_scores_of(problem: Problem, matching: Matching) -> Matching:
    return Matching(
        problem,
        matching.mentees,
        matching.mentors,
        strategy="frontier",
        engine=matching.engine,
        seed=matching.seed,
        notes=("A point of a frontier: its certificate is of the weighed aims.",),
    )


def _corners(
    problem: Problem,
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    points: int,
    seed: int,
    found: list[_Point],
) -> bool:
    """Split edges between corners by the weighing that makes their ends equal."""

    def best(weight: float, other: float) -> _Point:
        matching = match(_problem_with(problem, weight * first + other * second), seed=seed)
        pairs = (matching.mentees, matching.mentors)
        aims = float(first[pairs].sum()), float(second[pairs].sum())
        return _Point(aims, "corner", matching)

    def size(values: NDArray[np.float64]) -> float:
        return float(np.nanmax(np.abs(values), initial=0.0)) or 1.0

    sizes = (size(first), size(second))

    def end(main: int) -> tuple[_Point, bool]:
        """Find the best in one aim and, among these, the best in the other; whether it is."""
        weights = [1 / sizes[k] if k == main else 0.0 for k in (0, 1)]
        alone = best(*weights)
        share = 1e-3
        while share > 1e-13:
            weights[1 - main] = share / sizes[1 - main]
            point = best(*weights)
            if point.aims[main] >= alone.aims[main] - SAME * max(
                abs(alone.aims[main]), sizes[main]
            ):
                return point, True
            share /= 100
        return alone, False

    (first_end, first_sure), (last_end, last_sure) = end(0), end(1)
    ends, sure = (first_end, last_end), first_sure and last_sure
    both = np.array([ends[0].aims, ends[1].aims])
    span = np.abs(both[0] - both[1])
    scale = np.maximum(np.abs(both).max(axis=0), 1e-300)
    found.append(ends[0])
    if (span <= SAME * scale).any():
        return sure
    found.append(ends[1])
    edges = [(ends[0], ends[1])]
    while edges:
        if len(found) >= points:
            return False
        left, right = edges.pop(0)
        weight, other = right.aims[1] - left.aims[1], left.aims[0] - right.aims[0]
        middle = best(weight, other)
        rise = np.subtract(middle.aims, left.aims)
        gain = float(rise @ (weight, other))
        if gain > SAME * (weight * scale[0] + other * scale[1]):
            found.append(middle)
            edges += [(left, middle), (middle, right)]
    return sure


def _steps(
    problem: Problem,
    first: NDArray[np.float64],
    table: NDArray[np.float64],
    points: int,
    seed: int,
    found: list[_Point],
) -> bool:
    """Raise the lowest score of a pair level by level, as long as as many can be matched."""
    above = -np.inf
    coverage: int | None = None
    while len(found) < points:
        allowed = np.where(table > above, first, np.nan)
        try:
            matching = match(_problem_with(problem, allowed), seed=seed)
        except InfeasibleError:
            return True
        if not len(matching.mentees) or (coverage is not None and matching.n_matched < coverage):
            return True
        coverage = matching.n_matched
        pairs = (matching.mentees, matching.mentors)
        level = float(table[pairs].min())
        # Means of two sides may differ in their last bits where they are equal.
        above = level + SAME * max(abs(level), 1.0)
        value = float(first[pairs].sum())
        # A later point that is as good in x makes the earlier one needless.
        while found and found[-1].aims[0] <= value + SAME * max(abs(value), 1.0):
            found.pop()
        found.append(_Point((value, level), "step", matching))
    return False
