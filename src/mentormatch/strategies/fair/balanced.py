"""The matching whose mentors carry loads as even as possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.certificates import Multipliers, OptimalFace, keep_even_loads, prove_loads
from mentormatch.errors import ProblemError
from mentormatch.solvers import ENGINES, solve
from mentormatch.solvers.assignment.balance import balance
from mentormatch.strategies.base import register
from mentormatch.strategies.staged.chain import finish, stop
from mentormatch.strategies.staged.programs import Program
from mentormatch.strategies.staged.shares import check_budget
from mentormatch.strategies.staged.transports import transport_of, with_pins

if TYPE_CHECKING:
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem
    from mentormatch.proofs.flow_stages import LoadsProof
    from mentormatch.strategies.base import Choice, Options

__all__ = ["Balanced"]


@dataclass(frozen=True, slots=True)
class Balanced:
    """Loads as even as possible at full coverage, then the best total.

    Even means the smallest sum of squared loads; at a fixed number of pairs that also makes the
    largest load smallest, then the next, and so on [1]_.

    Parameters
    ----------
    keep_total
        Share of the best total that must be kept, above 0 and at most 1; None = no such limit.

    Notes
    -----
    At one mentor per mentee a minimum-cost flow in which the k-th mentee of a mentor costs 2k − 1,
    proven by prices. With several mentors, or ``keep_total``, an integer program with that solver's
    bound.

    Raises
    ------
    MentorMatchError
        ``keep_total`` outside (0, 1].
    ProblemError
        A problem with ``coverage_first=False``: nobody matched is the most even of all.

    References
    ----------
    .. [1] N. J. A. Harvey, R. E. Ladner, L. Lovász and T. Tamir (2006), Semi-matchings for
       bipartite graphs and load balancing.
    """

    keep_total: float | None = None

    name = "balanced"
    promises = ("even loads",)
    engines = tuple(ENGINES)
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_budget(self.name, self.keep_total)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Smallest sum of squared loads, then the best total."""
        if not problem.coverage_first:
            raise ProblemError(
                "balanced needs coverage_first=True: where only the total counts, nobody matched "
                "would be the most even load of all."
            )
        if self.keep_total is None and not problem.wants_several and not problem.sides:
            return _evened(problem, options)
        return Program(self.name, self.keep_total).balanced(problem, options)


@dataclass(frozen=True, eq=False)
class _LoadsResult:
    """The stage as it was settled."""

    face: OptimalFace
    multipliers: Multipliers

    def prove(self, matching: Matching) -> LoadsProof:
        """The proof of the stage for a finished matching."""
        return prove_loads(self.face, self.multipliers, matching)


def _evened(problem: Problem, options: Options) -> Choice:
    """The most even loads by a flow, then the best total among them."""
    face = OptimalFace.of(problem)
    stage = face.stage(None)
    transport = transport_of(stage)
    first, _ = solve(transport, None if not transport.needs else "flow")
    answer = balance(transport, stage.capacities - transport.capacity, first, options.limits())
    assert answer.prices is not None
    assert answer.coverage is not None
    multipliers = Multipliers(answer.prices, answer.coverage)
    if not answer.complete:
        # These prices are of the pairs looked at, and describe no face of all pairs.
        pairs = with_pins(stage, answer.mentees, answer.mentors)
        return stop(face, *pairs, promise="even loads")
    left = keep_even_loads(face, multipliers)
    return finish(left, [_LoadsResult(face, multipliers)], options, promise="even loads")


register("balanced", Balanced)
