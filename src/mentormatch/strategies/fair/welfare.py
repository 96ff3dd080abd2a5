"""Matchings that weigh a gain more for those who have little: Nash and α-fair welfare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility import row_slices
from mentormatch.errors import MentorMatchError, ProblemError, is_number
from mentormatch.solvers import ENGINES
from mentormatch.strategies.base import register
from mentormatch.strategies.fair.climbing import climb
from mentormatch.strategies.staged.shares import check_budget
from mentormatch.strategies.staged.stages import LargestWelfare
from mentormatch.strategies.total.optimal import Optimal

if TYPE_CHECKING:
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Choice, Options

__all__ = ["AlphaFair", "Nash"]


@dataclass(frozen=True, slots=True)
class AlphaFair:
    """The sum of u^(1−α)/(1−α) over what the mentees get is largest; ln u at α = 1.

    α = 0 is the best total, 1 is Nash welfare, and large α tends to `Maximin`. Where a score of 0
    has no value (α ≥ 1), as many mentees as possible get more than 0 first. Whom it compares is
    said in `Maximin`. The best total decides among equals.

    Parameters
    ----------
    alpha
        Aversion to inequality, 0 or more.
    keep_total
        Share of the best total that must be kept, above 0 and at most 1; None = no such limit.

    Notes
    -----
    Linear in the pairs at one mentor per mentee, so a minimum-cost flow on transformed scores. They
    are rounded to whole steps; what that can cost is at most the number of pairs times one step,
    which the stage's proof shows. At α ≥ 2 scores whose costs are less than a step beside those of
    the worst-off are told apart by stages of their own.

    With several mentors per mentee the welfare of their sums is what counts. It is concave and not
    linear, and to find it is NP-hard: an integer program that is bounded by tangents, more of them
    until nothing is open [3]_. What is open when time is over stands in the certificate.

    Raises
    ------
    MentorMatchError
        ``alpha`` below 0 or not finite, ``keep_total`` outside (0, 1].

    References
    ----------
    .. [1] J. Mo and J. Walrand (2000), Fair end-to-end window-based congestion control.
    .. [2] J. F. Nash (1950), The bargaining problem.
    .. [3] M. A. Duran and I. E. Grossmann (1986), An outer-approximation algorithm for a class of
       mixed-integer nonlinear programs.
    """

    alpha: float = 1.0
    keep_total: float | None = None

    name = "alpha_fair"
    promises = ("welfare", "total")
    engines = tuple(ENGINES)
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_budget(self.name, self.keep_total)
        if not (is_number(self.alpha) and self.alpha >= 0):
            raise MentorMatchError(
                f"AlphaFair needs an alpha of 0 or more, got {self.alpha!r}. 0 is the best total, "
                "1 is Nash welfare; for alpha without end use Leximin()."
            )

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Fewest without a positive score (α ≥ 1), largest welfare, best total."""
        if self.alpha == 0:
            return Optimal().choose(problem, options)
        _refuse(self.name, self.alpha, problem)
        stages = [LargestWelfare(self.alpha)]
        return climb(stages, problem, options, promise="welfare", keep_total=self.keep_total)


@dataclass(frozen=True, slots=True)
class Nash:
    """The product of what the mentees get is largest; `AlphaFair` at α = 1.

    As many mentees as possible get more than 0 first, then the product over them is largest, then
    the total.

    Parameters
    ----------
    keep_total
        Share of the best total that must be kept, above 0 and at most 1; None = no such limit.

    References
    ----------
    .. [1] J. F. Nash (1950), The bargaining problem.
    """

    keep_total: float | None = None

    name = "nash"
    promises = ("Nash welfare",)
    engines = tuple(ENGINES)
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_budget(self.name, self.keep_total)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Fewest without a positive score, largest product, best total."""
        stages = [LargestWelfare(1.0)]
        return climb(stages, problem, options, promise="Nash welfare", keep_total=self.keep_total)


def _refuse(name: str, alpha: float, problem: Problem) -> None:
    """Welfare is not defined below 0 at α < 1."""
    if alpha >= 1:
        return
    smallest = _smallest_score(problem)
    if smallest < 0:
        raise ProblemError(
            f"{name} with alpha={alpha:g} needs scores of 0 or more; the smallest is "
            f"{smallest:.6g}. Add a constant to all scores, or ban pairs below 0 with min_score=0."
        )


def _smallest_score(problem: Problem) -> float:
    """Smallest score of an eligible pair, or 0 where none is below."""
    smallest, error = 0.0, problem.compatibility.scorer.error
    for rows in row_slices(*problem.shape):
        block = problem.scores(rows, np.inf)
        mentees, mentors = (block < smallest + error).nonzero()
        exact = problem.pairs(mentees + rows.start, mentors).scores
        smallest = min(smallest, float(exact.min(initial=0.0)))
    return smallest


register("nash", Nash)
register("alpha_fair", AlphaFair)
