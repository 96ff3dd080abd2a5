"""The matching whose worst-off mentee is as well off as possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.solvers import ENGINES
from mentormatch.strategies.base import register
from mentormatch.strategies.fair.climbing import climb
from mentormatch.strategies.staged.shares import check_budget
from mentormatch.strategies.staged.stages import LargestMinimum

if TYPE_CHECKING:
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Choice, Options

__all__ = ["Maximin"]


@dataclass(frozen=True, slots=True)
class Maximin:
    """The smallest score that somebody gets is as large as possible; then the best total.

    Pins, minimums and coverage come first, as the problem says. Compared are the mentees who get a
    mentor; with ``coverage_first=False`` having nobody counts as a score of 0 and everybody is
    compared. A pinned score is nobody's choice: what can be chosen is still made as good as
    possible. With several mentors per mentee the sums are compared, by an integer program.

    Parameters
    ----------
    keep_total
        Share of the best total that must be kept, above 0 and at most 1; None = no such limit.

    Notes
    -----
    Exact at one mentor per mentee: bisection over the levels of score with maximum flow, then a
    minimum-cost flow. The certificate has a cut which shows that no higher level is possible, and
    prices for the total. With ``keep_total`` each level that is tried is a minimum-cost flow, and
    prices show that no higher level keeps so much.

    Raises
    ------
    MentorMatchError
        ``keep_total`` outside (0, 1].
    """

    keep_total: float | None = None

    name = "maximin"
    promises = ("largest minimum",)
    engines = tuple(ENGINES)
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_budget(self.name, self.keep_total)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """The largest minimum, then the best total."""
        stages = [LargestMinimum()]
        return climb(
            stages, problem, options, promise="largest minimum", keep_total=self.keep_total
        )


register("maximin", Maximin)
