"""Matchings by the places in the mentees' lists: the most first choices, or the fewest last."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import prove_places, why_places_unproven
from mentormatch.compatibility.preferences import check_tie_tolerance, rank_choices
from mentormatch.errors import InfeasibleError
from mentormatch.solvers.flows.integers import IntegerScale
from mentormatch.solvers.flows.lexicographic import ArcFace, best_by_stages
from mentormatch.strategies.base import Choice, register
from mentormatch.strategies.by_preference.markets import (
    arcs_of,
    refuse_demand,
    refuse_what_breaks_rules,
)
from mentormatch.strategies.by_preference.ordered import choose_in_order, describe_profile
from mentormatch.strategies.staged.transports import with_pins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.solvers.flows.lexicographic import Stage
    from mentormatch.strategies.base import Options
    from mentormatch.strategies.by_preference.markets import Arcs

__all__ = ["Generous", "RankMaximal"]

# Eligible pairs in one flow: about 150 bytes each, so 1.5 GB.
MOST_RANKED = 10_000_000


@dataclass(frozen=True, slots=True)
class RankMaximal:
    """As many first choices as possible, then as many second choices, and so on; then the total.

    Ranks are places in the mentee's own list of eligible mentors with a seat to give, tied mentors
    sharing one; the mentors' scores only count in the total. Exact, ties, minimums and quotas of
    nested or disjoint groups included; it may serve fewer mentees than possible [1]_.

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
    keeps_nested_quotas = True

    def __post_init__(self) -> None:
        check_tie_tolerance(self.tie_tolerance)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Maximise the profile from the first choices on."""
        if problem.sides:
            return choose_in_order(
                problem,
                options,
                self.name,
                "rank-maximal profile",
                coverage_first=self.coverage_first,
                tie_tolerance=self.tie_tolerance,
            )
        arcs, ranks = _ranked(problem, self.name, self.tie_tolerance)

        stages = _coverage(problem, arcs) if self.coverage_first else []
        stages += [_count(ranks, int(rank), 1) for rank in np.unique(ranks)]
        goal = ProfileGoal(self.name, False, self.coverage_first, self.tie_tolerance)
        return _choice(problem, goal, arcs, ranks, stages)


@dataclass(frozen=True, slots=True)
class Generous:
    """As many mentees as possible; then the fewest at the worst rank, and so on; then the total.

    Ranks are as in `RankMaximal`. Exact, ties, minimums and quotas of nested or disjoint groups
    included [1]_.

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
    keeps_nested_quotas = True

    def __post_init__(self) -> None:
        check_tie_tolerance(self.tie_tolerance)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Minimise the profile from the worst rank on, at full coverage."""
        if problem.sides:
            return choose_in_order(
                problem,
                options,
                self.name,
                "generous profile",
                coverage_first=True,
                tie_tolerance=self.tie_tolerance,
            )
        arcs, ranks = _needed(problem, *_ranked(problem, self.name, self.tie_tolerance))

        stages = _coverage(problem, arcs)
        stages += [_count(ranks, int(rank), -1) for rank in np.unique(ranks)[::-1]]
        goal = ProfileGoal(self.name, True, True, self.tie_tolerance)
        return _choice(problem, goal, arcs, ranks, stages)


@dataclass(frozen=True, slots=True)
class ProfileGoal:
    """What a strategy asks of a profile; see `Places`."""

    strategy: str
    fewest: bool
    coverage_first: bool
    tie_tolerance: float


def _ranked(problem: Problem, name: str, tie_tolerance: float) -> tuple[Arcs, NDArray[np.intp]]:
    refuse_demand(problem, name, "a profile counts one rank for each mentee")
    arcs = arcs_of(problem, name, tie_tolerance, most=MOST_RANKED)
    return arcs, rank_choices(arcs.mentees, arcs.mentee_values)


def _count(classes: NDArray[np.intp], one: int, sign: int) -> Stage:
    """A stage that counts the pairs of one class."""
    return lambda arcs: sign * (classes[arcs] == one).astype(np.int64)


def _coverage(problem: Problem, arcs: Arcs) -> list[Stage]:
    """One stage for each priority class, highest first."""
    classes = problem.priority_classes[arcs.mentees]
    return [_count(classes, int(one), 1) for one in np.unique(classes)]


def _face(problem: Problem, arcs: Arcs) -> ArcFace:
    """All matchings of the arcs."""
    left = problem.after_pins
    return ArcFace(
        arcs.mentees,
        arcs.mentors,
        left.demand > 0,
        np.zeros(problem.shape[0], dtype=bool),
        left.minimum,
        np.minimum(left.capacity, problem.shape[0]),
    )


def _needed(problem: Problem, arcs: Arcs, ranks: NDArray[np.intp]) -> tuple[Arcs, NDArray[np.intp]]:
    """The pairs up to the worst rank without which fewer mentees are served.

    As few as possible at each rank beyond is none at all, which bisection settles in a few flows
    instead of one for every rank.
    """

    def upto(rank: int) -> Arcs:
        kept = ranks <= rank
        return replace(arcs, **{each.name: getattr(arcs, each.name)[kept] for each in fields(arcs)})

    def covered(some: Arcs) -> list[int] | None:
        try:
            chosen = best_by_stages(_face(problem, some), _coverage(problem, some))
        except InfeasibleError:
            return None
        served = problem.priority_classes[some.mentees[chosen]]
        counts = np.bincount(served, minlength=problem.n_classes)
        return [int(count) for count in counts]

    if not len(ranks):
        return arcs, ranks
    most = covered(arcs)
    low, high = 0, int(ranks.max())
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if covered(upto(middle)) == most else (middle + 1, high)
    return upto(high), ranks[ranks <= high]


def _choice(
    problem: Problem,
    goal: ProfileGoal,
    arcs: Arcs,
    ranks: NDArray[np.intp],
    stages: list[Stage],
) -> Choice:
    """Solve the stages, then the total, and say the profile."""
    face = _face(problem, arcs)
    # The profile fixes the number of pairs, so where 0 lies does not matter.
    scale = IntegerScale.for_scores(
        float(arcs.scores.min()) if len(arcs.scores) else 0.0,
        float(arcs.scores.max()) if len(arcs.scores) else 0.0,
        nodes=sum(problem.shape) + 2,
        keep_zero=False,
    )
    try:
        chosen = best_by_stages(face, [*stages, lambda left: scale.integers(arcs.scores[left])])
    except InfeasibleError:
        raise InfeasibleError(
            "The minimums cannot be met by any matching. Lower them, or make more pairs eligible."
        ) from None
    mentees, mentors = with_pins(problem, arcs.mentees[chosen], arcs.mentors[chosen])
    refuse_what_breaks_rules(problem, mentees, mentors, goal.strategy)
    said = describe_profile(ranks[chosen])

    def proof(matching: Matching) -> Certificate:
        return prove_places(
            matching,
            fewest=goal.fewest,
            coverage_first=goal.coverage_first,
            tie_tolerance=goal.tie_tolerance,
            resolution=2 * scale.error,
        )

    unproven = why_places_unproven(problem)
    return Choice(
        mentees,
        mentors,
        engine="flow (chain of stages)",
        certify=proof if unproven is None else None,
        notes=(said,) if unproven is None else (said, f"exact by its flows; {unproven}"),
    )


register("rank_maximal", RankMaximal)
register("generous", Generous)
