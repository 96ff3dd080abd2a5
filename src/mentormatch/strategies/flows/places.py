"""Places in the mentees' lists as flows: one count after another over two trees of sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import (
    Multipliers,
    count_pairs,
    list_places,
    prove_in_order,
    why_places_unproven,
)
from mentormatch.compatibility.preferences import rank_choices
from mentormatch.errors import InfeasibleError, ProblemError
from mentormatch.solvers.flows.integers import IntegerScale
from mentormatch.solvers.flows.ordered_flow import OrderedFlow
from mentormatch.strategies.base import Choice
from mentormatch.strategies.staged.laminar_sets import laminar_sets
from mentormatch.strategies.staged.listed_pairs import arcs_of, refuse_demand
from mentormatch.strategies.staged.stages import MostServed, PlacesInLists
from mentormatch.strategies.staged.transports import with_pins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.proofs.measures import Counted
    from mentormatch.proofs.promises import Promise
    from mentormatch.solvers.flows.laminar import LaminarFlow
    from mentormatch.solvers.flows.ordered_flow import Count
    from mentormatch.strategies.base import Options
    from mentormatch.strategies.staged.listed_pairs import Arcs
    from mentormatch.strategies.staged.stages import Stage

__all__ = ["PlacesFlow", "check_places", "describe_profile", "list_ranked_pairs", "start_places"]

# Eligible pairs in one flow: about 150 bytes each, so 1.5 GB.
MOST_RANKED = 10_000_000
NAMES: dict[Promise, str] = {
    "rank-maximal profile": "rank_maximal",
    "generous profile": "generous",
    "smallest sum of places": "minimum_cost",
}


def check_places(problem: Problem, promise: Promise) -> None:
    """Refuse mentees with several mentors, of whom it is open which place in a list counts.

    Raises MentorMatchError or ProblemError: somebody wants several, or one more beside a pin.
    """
    name = NAMES.get(promise, promise)
    refuse_demand(problem, name, "a profile counts one place for each mentee")
    if problem.wants_several:
        raise ProblemError(
            f"The strategy {name!r} counts one place for each mentee, and somebody with a pin "
            "wants one more mentor here. Use demand=1, or a strategy for several mentors."
        )


def list_ranked_pairs(
    problem: Problem, promise: Promise, tie_tolerance: float
) -> tuple[Arcs, NDArray[np.intp]]:
    """List every pair that may be made, and its place in the mentee's list, 0 = first."""
    arcs = arcs_of(problem, NAMES.get(promise, promise), tie_tolerance, most=MOST_RANKED)
    return arcs, rank_choices(arcs.mentees, arcs.mentee_values)


def start_places(
    problem: Problem, options: Options, promise: Promise, stages: Sequence[Stage]
) -> PlacesFlow | str:
    """Begin with all matchings that keep the rules; what keeps the stages from being flows, if so.

    Raises InfeasibleError where minimums and quotas cannot all hold.
    """
    *first, last = stages
    if not isinstance(last, PlacesInLists) or not all(isinstance(s, MostServed) for s in first):
        return "places in lists and other stages"
    arcs, places = list_ranked_pairs(problem, promise, last.tie_tolerance)
    found = laminar_sets(problem, arcs.mentees, arcs.mentors)
    if found is None:
        return "rules that are no nested groups"
    return PlacesFlow(problem, options, promise, arcs, places, found[0], served=bool(first))


class PlacesFlow:
    """What the counts so far left: at most the most served, then places in lists.

    ``promise`` says what the counts are the proof of; ``places`` are those of the arcs in lists,
    ``sets`` those of the arcs, with limits; ``served`` says whether the most served come first.
    """

    finished = True

    def __init__(
        self,
        problem: Problem,
        options: Options,
        promise: Promise,
        arcs: Arcs,
        places: NDArray[np.intp],
        sets: LaminarFlow,
        *,
        served: bool,
    ) -> None:
        self.problem, self.options, self.promise, self.arcs = problem, options, promise, arcs
        self.places, self.coverage_first, self.tie_tolerance = places, served, 0.0
        self.classes = problem.priority_classes[arcs.mentees]
        nodes = sum(problem.shape) + len(sets.low)
        self.scale = IntegerScale.of(arcs.scores, nodes=nodes, keep_zero=True)
        self.prices: list[NDArray[np.int64]] = []
        try:
            self.flow = OrderedFlow(sets, options.deadline)
        except InfeasibleError:
            raise InfeasibleError(
                "The minimums and quotas cannot all be met by any matching. Loosen one of them; "
                'strategy="optimal" names those that conflict.'
                if problem.sides
                else "The minimums cannot be met by any matching. Lower them, or make more pairs "
                "eligible."
            ) from None

    def settle(self, stage: Stage) -> None:
        """Make one thing best among the matchings that are left, and keep it."""
        longest, start = int(self.places.max(initial=-1)) + 1, len(self.prices)
        counts: list[tuple[Counted, int]]
        counts = [("coverage", c) for c in range(self.problem.n_classes)]
        of = max(longest, 1) + (len(counts) if self.coverage_first else 0)
        if isinstance(stage, PlacesInLists):
            self.tie_tolerance = stage.tie_tolerance
            if stage.what == "fewest":
                self.flow.avoid(self.places)
            counts = list_places(stage.what, longest)
        of += self.promise == "smallest sum of places"

        def weights(what: Counted, number: int) -> Count:
            return lambda at: count_pairs(what, number, self.classes[at], self.places[at])

        self.prices += self.flow.settle(
            (weights(*one) for one in counts),
            lambda done: self.options.tell("places", done=start + done, of=of),
        )

    def finish(self) -> Choice:
        """Find the best total that is left, with the proofs of all counts."""
        problem, arcs = self.problem, self.arcs
        chosen, total = self.flow.best_total(arcs.scores, self.scale)
        mentees, mentors = with_pins(problem, arcs.mentees[chosen], arcs.mentors[chosen])
        n, m = problem.shape

        def multipliers(prices: NDArray[np.float64]) -> Multipliers:
            rules = problem.sides.split(prices[n + m :])
            return Multipliers(prices[n : n + m], np.zeros(problem.n_classes), 0.0, rules)

        def proof(matching: Matching) -> Certificate:
            return prove_in_order(
                matching,
                self.promise,
                [multipliers(one.astype(np.float64)) for one in self.prices],
                multipliers(total),
                coverage_first=self.coverage_first,
                tie_tolerance=self.tie_tolerance,
            )

        unproven = why_places_unproven(problem)
        said = f"profile: {describe_profile(self.places[chosen])}"
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
    return f"{shown or 'nobody'}{later}"
