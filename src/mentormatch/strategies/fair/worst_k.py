"""The matching with the best mean over its k worst-off mentees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import MentorMatchError, is_number
from mentormatch.solvers import ENGINES
from mentormatch.strategies.base import register
from mentormatch.strategies.fair.climbing import climb
from mentormatch.strategies.staged.shares import check_budget
from mentormatch.strategies.staged.stages import LargestWorstSum

if TYPE_CHECKING:
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Choice, Options

__all__ = ["WorstK"]


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
