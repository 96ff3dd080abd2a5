"""Places in the mentees' lists, one count after another, quotas of nested groups included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import (
    Multipliers,
    count_pairs,
    list_counts,
    prove_in_order,
    why_places_unproven,
)
from mentormatch.compatibility.preferences import rank_choices
from mentormatch.errors import InfeasibleError, ProblemError
from mentormatch.solvers.flows.integers import IntegerScale, common_step
from mentormatch.solvers.flows.ordered_flow import OrderedFlow
from mentormatch.strategies.base import Choice
from mentormatch.strategies.by_preference.markets import arcs_of, refuse_demand
from mentormatch.strategies.staged.laminar_sets import laminar_sets
from mentormatch.strategies.staged.transports import with_pins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.proofs.program_stages import Counted
    from mentormatch.proofs.promises import Promise
    from mentormatch.solvers.flows.ordered_flow import Count
    from mentormatch.strategies.base import Options

__all__ = ["choose_in_order"]

# Eligible pairs in one flow: about 150 bytes each, so 1.5 GB.
MOST_RANKED = 10_000_000
NAMES: dict[Promise, str] = {
    "rank-maximal profile": "rank_maximal",
    "generous profile": "generous",
    "smallest sum of places": "minimum_cost",
}


def choose_in_order(
    problem: Problem,
    options: Options,
    promise: Promise,
    tie_tolerance: float,
    *,
    coverage_first: bool = True,
) -> Choice:
    """Solve the counts of a promise, then the total, by one flow each over two trees of sets.

    Raises
    ------
    InfeasibleError
        Minimums and quotas cannot all hold.
    ProblemError
        Rules that are no sets of pairs, nested or disjoint.
    """
    name = NAMES[promise]
    refuse_demand(problem, name, "a profile counts one place for each mentee")
    if problem.wants_several:
        # Beside a pin one more is wanted: whose place would count?
        raise ProblemError(
            f"The strategy {name!r} counts one place for each mentee, and somebody with a pin "
            "wants one more mentor here. Use demand=1, or a strategy for several mentors."
        )
    arcs = arcs_of(problem, name, tie_tolerance, most=MOST_RANKED)
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
    scale = IntegerScale.for_scores(
        float(arcs.scores.min(initial=0.0)),
        float(arcs.scores.max(initial=0.0)),
        nodes=sum(problem.shape) + len(found[0].low),
        keep_zero=True,
        grid=common_step(arcs.scores),
    )

    def weights(what: Counted, number: int) -> Count:
        return lambda at: count_pairs(what, number, classes[at], places[at])

    def settle(start: int, stop: int) -> list[NDArray[np.int64]]:
        return flow.settle(
            (weights(*one) for one in counts[start:stop]),
            lambda done: options.tell("places", done=start + done, of=len(counts)),
        )

    try:
        flow = OrderedFlow(found[0], options.deadline)
    except InfeasibleError:
        raise InfeasibleError(
            "The minimums and quotas cannot all be met by any matching. Loosen one of them; "
            'strategy="optimal" names those that conflict.'
            if problem.sides
            else "The minimums cannot be met by any matching. Lower them, or make more pairs "
            "eligible."
        ) from None
    served = problem.n_classes if coverage_first else 0
    prices = settle(0, served)
    if promise == "generous profile":
        flow.avoid(places)
    prices += settle(served, len(counts))
    chosen, total = flow.best_total(arcs.scores, scale)
    mentees, mentors = with_pins(problem, arcs.mentees[chosen], arcs.mentors[chosen])
    n, m = problem.shape

    def multipliers(prices: NDArray[np.float64]) -> Multipliers:
        rules = problem.sides.split(prices[n + m :])
        return Multipliers(prices[n : n + m], np.zeros(problem.n_classes), 0.0, rules)

    def proof(matching: Matching) -> Certificate:
        return prove_in_order(
            matching,
            promise,
            [multipliers(one.astype(np.float64)) for one in prices],
            multipliers(total),
            coverage_first=coverage_first,
            tie_tolerance=tie_tolerance,
        )

    unproven = why_places_unproven(problem)
    said = describe_profile(places[chosen])
    return Choice(
        mentees,
        mentors,
        engine="flow (chain of counts)",
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
