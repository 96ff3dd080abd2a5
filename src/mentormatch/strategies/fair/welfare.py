"""Matchings that weigh a gain more for those who have little: Nash and α-fair welfare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import OptimalFace
from mentormatch.compatibility import row_slices
from mentormatch.errors import MentorMatchError, ProblemError
from mentormatch.proofs.flow_stages import Welfare, Within
from mentormatch.strategies.base import register
from mentormatch.strategies.staged.chain import StageResult, finish, keep, largest_weight
from mentormatch.strategies.staged.models import check_budget
from mentormatch.strategies.staged.programs import Program
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
    which the stage's proof shows.

    Raises
    ------
    MentorMatchError
        ``alpha`` below 0 or not finite, ``keep_total`` outside (0, 1].

    References
    ----------
    .. [1] J. Mo and J. Walrand (2000), Fair end-to-end window-based congestion control.
    .. [2] J. F. Nash (1950), The bargaining problem.
    """

    alpha: float = 1.0
    keep_total: float | None = None

    name = "alpha_fair"

    def __post_init__(self) -> None:
        check_budget(self.name, self.keep_total)
        if not 0 <= self.alpha < np.inf:
            raise MentorMatchError(
                f"AlphaFair needs an alpha of 0 or more, got {self.alpha}. 0 is the best total, 1 "
                "is Nash welfare; for alpha without end use Leximin()."
            )

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Fewest without a positive score (α ≥ 1), largest welfare, best total."""
        if self.alpha == 0:
            return Optimal().choose(problem, options)
        _refuse(self.name, self.alpha, problem)
        if self.keep_total is not None:
            return Program(self.name, self.keep_total).welfare(problem, options, self.alpha)
        face = OptimalFace.of(problem)
        links: list[StageResult] = []
        if self.alpha >= 1 and bool((face.scores <= 0).any()):
            face, link, _ = keep(face, Within(-np.inf, 0.0), options.engine)
            links.append(link)
        weights = _whole_steps(face, self.alpha)
        if weights is not None:
            face, link, _ = keep(face, weights, options.engine, step=weights.step)
            links.append(link)
        return finish(face, links, options)


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

    def __post_init__(self) -> None:
        check_budget(self.name, self.keep_total)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """As `AlphaFair` with α = 1."""
        return AlphaFair(1.0, self.keep_total).choose(problem, options)


def _whole_steps(face: OptimalFace, alpha: float) -> Welfare | None:
    """The welfare in the finest steps that whole numbers have room for; None when all are equal."""
    # Welfare rises with the score wherever it is not 0: its extremes are those of the scores.
    scores, least, most = face.scores, np.inf, -np.inf
    for rows in row_slices(*scores.shape):
        some = scores[rows][scores[rows] >= 0 if alpha < 1 else scores[rows] > 0]
        least, most = min(least, some.min(initial=np.inf)), max(most, some.max(initial=-np.inf))
    if least > most:
        return None
    ends = Welfare(alpha, 1.0).exact(np.array([least, most]))
    if not np.isfinite(ends).all():
        raise ProblemError(
            f"At alpha={alpha:g} the welfare of the smallest score is beyond the range of numbers. "
            "Use a smaller alpha, or Leximin(), which is its limit."
        )
    size = float(np.abs(ends).max())
    if size == 0:
        return None
    # The most digits that whole numbers have room for.
    return Welfare(alpha, size / largest_weight(face))


def _refuse(name: str, alpha: float, problem: Problem) -> None:
    """Welfare is not defined for sums of several scores as a flow, nor below 0 at α < 1."""
    if problem.wants_several:
        raise ProblemError(
            f"{name} is for one mentor per mentee: the welfare of a sum of scores is not linear in "
            "the pairs. Use demand=1, or Leximin() or Maximin(), which take several mentors."
        )
    if alpha >= 1:
        return
    smallest = np.nanmin(OptimalFace.of(problem).scores, initial=0.0)
    if smallest < 0:
        raise ProblemError(
            f"{name} with alpha={alpha:g} needs scores of 0 or more; the smallest is "
            f"{smallest:.6g}. Add a constant to all scores, or ban pairs below 0 with min_score=0."
        )


register("nash", Nash)
register("alpha_fair", AlphaFair)
