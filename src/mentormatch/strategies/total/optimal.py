"""The matching with the largest total among those that serve as many as possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.certificates import (
    Multipliers,
    certify_multipliers,
    recover_multipliers,
    see_along,
)
from mentormatch.errors import InfeasibleError
from mentormatch.solvers import ENGINES, Answer, solve
from mentormatch.strategies.base import Choice, register
from mentormatch.strategies.infeasible.explain import explain_conflict
from mentormatch.strategies.staged.transports import transport_of, with_pins
from mentormatch.strategies.total.constrained import SIDE_ENGINES, match_with_side_rules

if TYPE_CHECKING:
    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Options

__all__ = ["Optimal"]


@dataclass(frozen=True, slots=True)
class Optimal:
    """Exact optimum: pins and minimums hold; then coverage, then seats, then the total score.

    With ``coverage_first=False`` in the problem only the total counts. Every result carries a
    certificate.

    Quotas, mentees apart or together, and weighted seats hold before coverage. The engine "laminar"
    takes quotas and mentees apart whose groups are nested or disjoint, which leaves a flow, and
    "linear" those where the best vertex of the linear program is a matching; both prove the answer
    by a price for each rule. "cp-sat" takes the others and gives its own bound, beside what prices
    show; where many pairs can matter, branch and bound on the linear program does, with that of
    HiGHS. CP-SAT runs one search with a fixed seed, so that the pairs are the same on any number of
    processors unless a time limit ends it.
    """

    name = "optimal"
    promises = ("total",)
    engines = (*ENGINES, *SIDE_ENGINES)
    executor_engines = ("priced",)
    keeps_side_rules = True

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Solve by the engine that fits and prove the answer from prices."""
        if problem.sides or options.engine in SIDE_ENGINES:
            return match_with_side_rules(problem, options)
        seen = see_along(problem)
        try:
            answer, engine = solve(transport_of(problem, seen), options.engine, options.limits())
        except InfeasibleError as error:
            raise explain_conflict(problem, error, options.explaining()) from None

        def proof(matching: Matching) -> Certificate:
            return certify_multipliers(matching, _multipliers(matching, answer), seen=seen)

        mentees, mentors = with_pins(problem, answer.mentees, answer.mentors)
        notes: tuple[str, ...] = ()
        if not answer.complete:
            notes = ("the time limit ended the search; the gap says how much may be missing",)
        return Choice(mentees, mentors, engine=engine, certify=proof, notes=notes)


def _multipliers(matching: Matching, answer: Answer) -> Multipliers:
    """The engine's own multipliers when it has them, else potentials of the residual graph."""
    if answer.prices is not None and answer.coverage is not None:
        return Multipliers(answer.prices, answer.coverage, answer.seats)
    return recover_multipliers(matching, resolution=2 * answer.resolution)


register("optimal", Optimal)
