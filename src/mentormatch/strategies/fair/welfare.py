"""Matchings that weigh a gain more for those who have little: Nash and α-fair welfare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import OptimalFace, exact_scores
from mentormatch.errors import MentorMatchError, ProblemError, is_number
from mentormatch.proofs.flow_stages import STEEP, Welfare, Within, smallest_positive
from mentormatch.solvers import ENGINES
from mentormatch.strategies.base import register
from mentormatch.strategies.fair.bottleneck import bottleneck
from mentormatch.strategies.staged.chain import (
    StageResult,
    finish,
    keep,
    largest_weight,
    no_prices,
)
from mentormatch.strategies.staged.programs import Program
from mentormatch.strategies.staged.shares import check_budget
from mentormatch.strategies.total.optimal import Optimal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.proofs.promises import Promise
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
        if self.keep_total is not None or problem.sides or problem.wants_several:
            return Program(self.name, self.keep_total).welfare(problem, options, self.alpha)
        return _largest_welfare(problem, options, self.alpha, "welfare")


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
        _refuse(self.name, 1.0, problem)
        if self.keep_total is not None or problem.sides or problem.wants_several:
            return Program(self.name, self.keep_total).welfare(problem, options, 1.0)
        return _largest_welfare(problem, options, 1.0, "Nash welfare")


def _largest_welfare(problem: Problem, options: Options, alpha: float, promise: Promise) -> Choice:
    """Settle the stages of a welfare as flows: positive scores, the welfare, the total."""
    face = OptimalFace.of(problem)
    links: list[StageResult] = []
    if alpha >= 1 and bool((face.scores <= 0).any()):
        face, link, _ = keep(face, Within(-np.inf, 0.0), options.engine)
        links.append(link)
    if alpha > 1:
        face, left_out = _leave_out_useless(face, alpha)
        links += left_out
    above, finished = 0.0, True
    while True:
        weights = _whole_steps(face, alpha, above)
        if weights is None:
            break
        if options.deadline.has_passed:
            finished = False
            break
        face, link, _ = keep(face, weights, options.engine, step=weights.step)
        links.append(link)
        rest = _not_told_apart(face, weights)
        if rest is None:
            break
        above = rest
    return finish(face, links, options, promise=promise, finished=finished)


def _free_scores(face: OptimalFace) -> NDArray[np.float64]:
    """The scores of the pairs that somebody can still choose."""
    free = np.ones(len(face.scores), dtype=bool)
    free[face.problem.pinned[:, 0]] = False
    scores = face.scores[free]
    return scores[~np.isnan(scores)]


def _leave_out_useless(face: OptimalFace, alpha: float) -> tuple[OptimalFace, list[StageResult]]:
    """Take away pairs of a score so low that one of them costs more than all of a fair matching.

    Where everybody can have t, all n of them cost at most n·t^(1−α): no pair at or below
    t·n^(−1/(α−1)) is in a best matching, and none of these must take digits from the others.
    """
    found = bottleneck(face, face.scores, 0.0)
    if found is None or found.level <= 0:
        return face, []
    scores = _free_scores(face)
    reach = found.level * (len(face.scores) + 1.0) ** (-1 / (alpha - 1))
    low = scores[(scores > 0) & (scores < reach * (1 - 1e-9))]
    if not len(low):
        return face, []
    useless = Within(0.0, float(low.max()))
    stage, nothing = face.stage(useless), no_prices(face)
    return face.tighten(stage, nothing), [StageResult(face, useless, nothing)]


def _whole_steps(face: OptimalFace, alpha: float, above: float) -> Welfare | None:
    """The welfare in the finest steps that whole numbers have room for; None when all are equal."""
    # Welfare rises with the score wherever it is not 0: its extremes are those of the scores.
    scores = _free_scores(face)
    some = scores[(scores >= 0) if alpha < 1 else (scores > above)]
    if not len(some):
        return None
    unit = smallest_positive(some)
    ends = Welfare(alpha, 1.0, unit, above).exact(np.array([some.min(), some.max()]))
    size = float(np.abs(ends).max())
    if size == 0:
        return None
    # The most digits that whole numbers have room for.
    return Welfare(alpha, size / largest_weight(face), unit, above)


def _not_told_apart(face: OptimalFace, weights: Welfare) -> float | None:
    """The score above which all round to no step at all, where that leaves a choice; else None."""
    if weights.alpha < STEEP:
        return None
    scores = np.unique(_free_scores(face))
    scores = scores[scores > weights.above]
    lost = scores[weights.of(scores) == 0]
    if len(lost) < 2:
        return None
    counted = scores[scores < lost[0]]
    return float(counted[-1]) if len(counted) else None


def _refuse(name: str, alpha: float, problem: Problem) -> None:
    """Welfare is not defined below 0 at α < 1."""
    if alpha >= 1:
        return
    smallest = np.nanmin(exact_scores(problem), initial=0.0)
    if smallest < 0:
        raise ProblemError(
            f"{name} with alpha={alpha:g} needs scores of 0 or more; the smallest is "
            f"{smallest:.6g}. Add a constant to all scores, or ban pairs below 0 with min_score=0."
        )


register("nash", Nash)
register("alpha_fair", AlphaFair)
