"""Matchings by the places in the mentees' lists: most first choices, fewest last, smallest sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.compatibility.preferences import check_tie_tolerance
from mentormatch.strategies.base import register
from mentormatch.strategies.fair.climbing import climb
from mentormatch.strategies.staged.stages import MostServed, PlacesInLists

if TYPE_CHECKING:
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Choice, Options

__all__ = ["Generous", "MinimumCost", "RankMaximal"]


@dataclass(frozen=True, slots=True)
class RankMaximal:
    """As many first choices as possible, then as many second choices, and so on; then the total.

    Ranks are places in the mentee's own list of eligible mentors with a seat to give, tied mentors
    sharing one; the mentors' scores only count in the total. Exact, ties and minimums included, by
    flows; under rules other than quotas of nested or disjoint groups by integer programs, with
    their solver's bound. It may serve fewer mentees than possible [1]_.

    Parameters
    ----------
    coverage_first
        True: the same among the matchings that serve as many mentees as possible.
    tie_tolerance
        Scores rank in whole steps of this size; 0 = only equal scores are tied.

    References
    ----------
    .. [1] R. W. Irving, T. Kavitha, K. Mehlhorn, D. Michail and K. E. Paluch (2006), Rank-maximal
       matchings.
    """

    coverage_first: bool = False
    tie_tolerance: float = 0.0

    name = "rank_maximal"
    promises = ("rank-maximal profile",)
    engines = ()
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_tie_tolerance(self.tie_tolerance)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Maximise the profile from the first choices on."""
        served = (MostServed(),) if self.coverage_first else ()
        stages = (*served, PlacesInLists("most", self.tie_tolerance))
        return climb(stages, problem, options, promise="rank-maximal profile")


@dataclass(frozen=True, slots=True)
class Generous:
    """As many mentees as possible; then the fewest at the worst rank, and so on; then the total.

    Ranks, and how exact it is under which rules, are as in `RankMaximal` [1]_.

    Parameters
    ----------
    tie_tolerance
        Scores rank in whole steps of this size; 0 = only equal scores are tied.

    References
    ----------
    .. [1] C.-C. Huang, T. Kavitha, K. Mehlhorn and D. Michail (2016), Fair matchings and related
       problems.
    """

    tie_tolerance: float = 0.0

    name = "generous"
    promises = ("generous profile",)
    engines = ()
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_tie_tolerance(self.tie_tolerance)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Minimise the profile from the worst rank on, at full coverage."""
        stages = (MostServed(), PlacesInLists("fewest", self.tie_tolerance))
        return climb(stages, problem, options, promise="generous profile")


@dataclass(frozen=True, slots=True)
class MinimumCost:
    """As many mentees as possible; then the smallest sum of places in their lists; then the total.

    A first choice counts 1, a second 2, and so on; places are as in `RankMaximal`. Of several such
    profiles it takes the one with most first choices, then second ones, and so on, before the
    total. How exact it is under which rules is as in `RankMaximal` [1]_.

    Parameters
    ----------
    tie_tolerance
        Scores rank in whole steps of this size; 0 = only equal scores are tied.

    References
    ----------
    .. [1] A. Kwanashie, R. W. Irving, D. F. Manlove and C. T. S. Sng (2015), Profile-based optimal
       matchings in the student/project allocation problem.
    """

    tie_tolerance: float = 0.0

    name = "minimum_cost"
    promises = ("smallest sum of places",)
    engines = ()
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_tie_tolerance(self.tie_tolerance)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Minimise the sum of places at full coverage."""
        stages = (MostServed(), PlacesInLists("sum", self.tie_tolerance))
        return climb(stages, problem, options, promise="smallest sum of places")


register("rank_maximal", RankMaximal)
register("generous", Generous)
register("minimum_cost", MinimumCost)
