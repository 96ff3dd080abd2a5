"""Fair matchings that settle one stage after another: the worst off, even loads, welfare."""

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
from mentormatch.strategies.staged.stages import (
    EvenestLoads,
    LargestMinimum,
    LargestWelfare,
    LargestWorstSum,
    SortedScores,
)
from mentormatch.strategies.total.optimal import Optimal

if TYPE_CHECKING:
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Choice, Options

__all__ = ["AlphaFair", "Balanced", "Leximin", "Maximin", "Nash", "WorstK"]


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


@dataclass(frozen=True, slots=True)
class Leximin:
    """The sorted scores of the mentees are lexicographically largest, the worst first.

    As few mentees as possible are at the lowest level of score, among those matchings as few as
    possible at the next, and so on; then the best total. Whom it compares is said in `Maximin`.

    Parameters
    ----------
    resolution
        Scores are rounded to multiples of this before they are compared; None = exact on all
        levels. Coarse levels are faster and leave more room for the total.
    keep_total
        Share of the best total that must be kept, above 0 and at most 1; None = no such limit.

    Notes
    -----
    Exact at one mentor per mentee. Each round jumps to the highest level that can be kept, then
    counts the next levels together in one minimum-cost flow whose costs are whole numbers, and
    keeps the face of its optimum [1]_. With several mentors per mentee the problem is NP-hard: the
    sums of the k worst are made as large as possible one after another by an integer program [2]_,
    with that solver's bound.

    Raises
    ------
    MentorMatchError
        ``resolution`` that is not a positive number, ``keep_total`` outside (0, 1].

    References
    ----------
    .. [1] R. E. Burkard and F. Rendl (1991), Lexicographic bottleneck problems.
    .. [2] W. Ogryczak and T. Śliwiński (2003), On solving linear programs with the ordered weighted
       averaging objective.
    """

    resolution: float | None = None
    keep_total: float | None = None

    name = "leximin"
    promises = ("sorted scores",)
    engines = tuple(ENGINES)
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_budget(self.name, self.keep_total)
        if self.resolution is not None and not (is_number(self.resolution) and self.resolution > 0):
            raise MentorMatchError(
                f"Leximin needs a resolution above 0, such as 0.01, or None for exact levels; got "
                f"{self.resolution!r}."
            )

    def choose(self, problem: Problem, options: Options) -> Choice:
        """The largest sorted scores, then the best total."""
        stages = [SortedScores(self.resolution)]
        return climb(stages, problem, options, promise="sorted scores", keep_total=self.keep_total)


register("leximin", Leximin)


@dataclass(frozen=True, slots=True)
class WorstK:
    """The mean score of the k mentees who get least is as large as possible; then the total.

    k = 1 is `Maximin`, k = all is the best total. Whom it compares is said in `Maximin`.

    Parameters
    ----------
    k
        A whole number of mentees, or a share of them below 1; at least one mentee.
    keep_total
        Share of the best total that must be kept, above 0 and at most 1; None = no such limit.

    Notes
    -----
    The sum of the k smallest is max over t of k·t − Σ (t − u_i)⁺ [1]_, and for each t the second
    term is a minimum-cost flow. Between two levels a < b it is bounded by one more flow that counts
    only scores up to a, at their distance from b, so most levels are excluded without a flow of
    their own; these flows are part of the certificate. The total decides among the matchings that
    are best at the level t at which the best mean was found.

    Raises
    ------
    MentorMatchError
        ``k`` that is neither a whole number of 1 or more nor a share; ``keep_total`` outside
        (0, 1].

    References
    ----------
    .. [1] W. Ogryczak and A. Tamir (2003), Minimizing the sum of the k largest functions in linear
       time.
    """

    k: float = 0.1
    keep_total: float | None = None

    name = "worst_k"
    promises = ("sum of the worst",)
    engines = tuple(ENGINES)
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_budget(self.name, self.keep_total)
        if not is_number(self.k) or self.k <= 0 or (self.k >= 1 and self.k != np.floor(self.k)):
            raise MentorMatchError(
                "WorstK needs k as a whole number of mentees of 1 or more, or a share of them "
                f"between 0 and 1 such as 0.1; got {self.k!r}."
            )

    def count(self, compared: int) -> int:
        """How many mentees the k worst are, of those who are compared."""
        k = int(np.ceil(self.k * compared - 1e-9)) if self.k < 1 else int(self.k)
        return max(1, min(k, compared))

    def choose(self, problem: Problem, options: Options) -> Choice:
        """The largest sum of the k worst, then the best total."""
        stages = [LargestWorstSum(self.count)]
        return climb(
            stages, problem, options, promise="sum of the worst", keep_total=self.keep_total
        )


register("worst_k", WorstK)


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
