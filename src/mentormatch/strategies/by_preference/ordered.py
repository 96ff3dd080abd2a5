"""Places in the mentees' lists, one count after another, where quotas are laminar."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import (
    Multipliers,
    count_pairs,
    list_counts,
    prove_in_order,
    why_places_unproven,
)
from mentormatch.compatibility.preferences import check_tie_tolerance, rank_choices
from mentormatch.errors import ProblemError
from mentormatch.solvers.flows.integers import IntegerScale, common_step
from mentormatch.solvers.flows.ordered_flow import solve_in_order
from mentormatch.strategies.base import Choice, register
from mentormatch.strategies.by_preference.markets import arcs_of, refuse_demand
from mentormatch.strategies.staged.laminar_sets import laminar_sets
from mentormatch.strategies.staged.transports import with_pins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.proofs.promises import Promise
    from mentormatch.strategies.base import Options

__all__ = ["MinimumCost", "choose_in_order", "describe_profile"]


@dataclass(frozen=True, slots=True)
class MinimumCost:
    """As many mentees as possible; then the smallest sum of places in their lists; then the total.

    A first choice counts 1, a second 2, and so on; places are as in `RankMaximal`. Of several such
    profiles it takes the one with most first choices, then second ones, and so on, before the
    total. Exact, with ties, minimums and quotas of nested or disjoint groups [1]_.

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
    keeps_nested_quotas = True

    def __post_init__(self) -> None:
        check_tie_tolerance(self.tie_tolerance)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Minimise the sum of places at full coverage."""
        return choose_in_order(
            problem,
            options,
            self.name,
            "smallest sum of places",
            coverage_first=True,
            tie_tolerance=self.tie_tolerance,
        )


def choose_in_order(
    problem: Problem,
    options: Options,
    name: str,
    promise: Promise,
    *,
    coverage_first: bool,
    tie_tolerance: float,
) -> Choice:
    """Solve the counts of a promise, then the total, by one flow each over two trees of sets.

    Raises
    ------
    InfeasibleError
        Minimums and quotas cannot all hold.
    ProblemError
        Rules that are no sets of pairs, nested or disjoint.
    """
    refuse_demand(problem, name, "a profile counts one place for each mentee")
    arcs = arcs_of(problem, name, tie_tolerance)
    places = rank_choices(arcs.mentees, arcs.mentee_values)
    found = laminar_sets(problem, arcs.mentees, arcs.mentors)
    if found is None:
        raise ProblemError(
            f"The strategy {name!r} keeps quotas and mentees apart where groups are nested or "
            f"disjoint (laminar), which is a flow. Those of this problem ({problem.sides}) overlap "
            'or do not count pairs. Leave some out, or use "optimal", which keeps every rule.'
        )
    classes = problem.priority_classes[arcs.mentees]
    depth = int(places.max(initial=-1)) + 1
    counts = list_counts(promise, problem.n_classes, depth, coverage_first=coverage_first)

    def values() -> Iterator[Callable[[], NDArray[np.int64]]]:
        for done, (what, number) in enumerate(counts):
            options.tell("places", done=done, of=len(counts))
            yield partial(count_pairs, what, number, classes, places)

    scale = IntegerScale.for_scores(
        float(arcs.scores.min(initial=0.0)),
        float(arcs.scores.max(initial=0.0)),
        nodes=sum(problem.shape) + len(found[0].low),
        keep_zero=True,
        grid=common_step(arcs.scores),
    )
    made = solve_in_order(found[0], values(), arcs.scores, scale, options.deadline)
    mentees, mentors = with_pins(problem, arcs.mentees[made.chosen], arcs.mentors[made.chosen])
    n, m = problem.shape

    def multipliers(prices: NDArray[np.float64]) -> Multipliers:
        rules = problem.sides.split(prices[n + m :])
        return Multipliers(prices[n : n + m], np.zeros(problem.n_classes), 0.0, rules)

    def proof(matching: Matching) -> Certificate:
        return prove_in_order(
            matching,
            promise,
            [multipliers(one.astype(np.float64)) for one in made.prices],
            multipliers(made.total),
            coverage_first=coverage_first,
            tie_tolerance=tie_tolerance,
        )

    unproven = why_places_unproven(problem)
    said = describe_profile(places[made.chosen])
    return Choice(
        mentees,
        mentors,
        engine="laminar flow (one for each count)",
        certify=proof if unproven is None else None,
        notes=(said,) if unproven is None else (said, f"exact by its flows; {unproven}"),
    )


def describe_profile(places: NDArray[np.intp]) -> str:
    """Say how many have their first, second, … choice."""
    profile = np.bincount(places)
    shown = ", ".join(f"{count} × choice {k + 1}" for k, count in enumerate(profile[:10]) if count)
    worse = int(profile[10:].sum())
    later = f", {worse} × a later choice" if worse else ""
    return f"profile (exact): {shown or 'nobody'}{later}"


register("minimum_cost", MinimumCost)
