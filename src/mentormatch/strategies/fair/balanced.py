"""The matching whose mentors carry loads as even as possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.errors import ProblemError
from mentormatch.solvers import ENGINES
from mentormatch.strategies.base import register
from mentormatch.strategies.fair.climbing import climb
from mentormatch.strategies.staged.shares import check_budget
from mentormatch.strategies.staged.stages import EvenestLoads

if TYPE_CHECKING:
    from mentormatch.problem import Problem
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
        stages = [EvenestLoads()]
        return climb(stages, problem, options, promise="even loads", keep_total=self.keep_total)


register("balanced", Balanced)
