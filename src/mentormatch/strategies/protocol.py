"""What a strategy is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from mentormatch.progress import report_progress
from mentormatch.solvers import Deadline, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from scipy import sparse

    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.progress import Progress

__all__ = ["Choice", "Options", "Strategy", "StrategyName"]

# Those of this package; `register` and entry points add others, which are any text to a type
# checker.
StrategyName: TypeAlias = Literal[
    "almost_stable",
    "alpha_fair",
    "balanced",
    "fair_lottery",
    "generous",
    "greedy",
    "leximin",
    "lottery",
    "maximin",
    "minimum_cost",
    "nash",
    "optimal",
    "popular",
    "random",
    "rank_maximal",
    "serial_dictatorship",
    "stable",
    "stable_optimal",
    "top_trading",
    "worst_k",
]


# Seconds in which it is found out which conditions are in conflict.
EXPLAINING = 3.0


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may say to any strategy.

    Parameters
    ----------
    seed
        For every draw.
    engine
        Name of a solver, or None for the one that fits.
    gap
        Relative gap at which the search may stop; 0 = exact.
    time_limit
        Seconds, or None.
    progress
        Called with a `ProgressEvent` now and then while a long search goes on; None = silent.

    Attributes
    ----------
    deadline : Deadline
        When the time limit, counted from the making of this object, ends.
    """

    seed: int = 0
    engine: str | None = None
    gap: float = 0.0
    time_limit: float | None = None
    progress: Progress | None = None

    deadline: Deadline = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "deadline", Deadline.after(self.time_limit))

    def explaining(self) -> Deadline:
        """By when the reason why nothing is possible is told, as far as it is known then.

        Under a time limit, within what a limit may be overrun by: a fifth of it and half a second.
        """
        left = self.deadline.left()
        if left is None or self.time_limit is None:
            return Deadline.after(EXPLAINING)
        return Deadline.after(min(EXPLAINING, max(left, 0.0) + 0.2 * self.time_limit + 0.4))

    def tell(self, step: str, **numbers: Any) -> None:
        """Report how far the search is, when somebody asked."""
        report_progress(self.progress, step, **numbers)

    def limits(self, least: float = 0.0) -> Limits:
        """Return what engines keep: the gap, and what is left of the time, ``least`` or more."""
        left = self.deadline.left()
        late = left is not None and left < least
        deadline = Deadline.after(least) if late else self.deadline
        return Limits(self.gap, deadline, self.progress)


@dataclass(frozen=True, eq=False)
class Choice:
    """What a strategy decided, in positions of the problem it was given.

    Parameters
    ----------
    mentees, mentors
        intp arrays: the pairs.
    engine
        Which solver and why; None when none was used.
    certify
        Makes the certificate of the finished matching; None when the strategy proves nothing.
    probabilities
        Lotteries only: sparse (mentees, mentors) array.
    notes
        What the reader should know.
    """

    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    engine: str | None = None
    certify: Callable[[Matching], Certificate] | None = None
    probabilities: sparse.csr_array | None = None
    notes: tuple[str, ...] = field(default=())


class Strategy(Protocol):
    """A way to choose a matching: a small frozen object with a name.

    It may also say ``engines``, the names that ``engine=`` may take, ``promises``, of which its
    certificates prove one (see `proofs.promises`), and ``keeps_side_rules`` where its matchings
    keep quotas, mentees apart or together, weighted seats and minimums if used, or
    ``keeps_nested_quotas`` where they keep quotas of groups that are nested or disjoint.
    """

    @property
    def name(self) -> str:
        """What `match` and the reports call it."""

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Choose pairs for a problem whose people stand in canonical order."""
