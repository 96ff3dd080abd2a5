"""The matching that is best for the worst-off, then for the next worst-off, and so on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.errors import MentorMatchError, is_number
from mentormatch.solvers import ENGINES
from mentormatch.strategies.base import register
from mentormatch.strategies.fair.climbing import climb
from mentormatch.strategies.staged.shares import check_budget
from mentormatch.strategies.staged.stages import SortedScores

if TYPE_CHECKING:
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Choice, Options

__all__ = ["Leximin"]


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
