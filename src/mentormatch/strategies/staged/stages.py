"""What is made best, one thing after another: stages as data, which no solver is named in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from mentormatch.compatibility.preferences import check_tie_tolerance
from mentormatch.errors import MentorMatchError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "EvenestLoads",
    "KeptTotal",
    "LargestMinimum",
    "LargestWelfare",
    "LargestWorstSum",
    "MostServed",
    "PlacesInLists",
    "SortedScores",
    "Stage",
]


@dataclass(frozen=True, slots=True)
class KeptTotal:
    """A share of the best total is kept, above 0 and at most 1; comes before all others."""

    share: float


@dataclass(frozen=True, slots=True)
class LargestMinimum:
    """The smallest score that was not pinned is as large as possible."""


@dataclass(frozen=True, slots=True)
class LargestWorstSum:
    """The sum of what the worst-off get is largest; ``count`` says how many of those compared."""

    count: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class SortedScores:
    """The sorted scores are lexicographically largest, rounded to ``resolution`` unless None."""

    resolution: float | None = None


@dataclass(frozen=True, slots=True)
class LargestWelfare:
    """The α-fair welfare is largest; where 0 has no value, as many as possible have more first."""

    alpha: float


@dataclass(frozen=True, slots=True)
class EvenestLoads:
    """The sum of the mentors' squared loads is smallest."""


@dataclass(frozen=True, slots=True)
class MostServed:
    """As many as possible have a mentor, of the first priority class first; before all others.

    Where it is not said, and places in lists come first, fewer may be served.
    """


@dataclass(frozen=True, slots=True)
class PlacesInLists:
    """The most mentees at the first place of their lists, then at the second, and so on.

    Parameters
    ----------
    what
        "most": as above. "fewest": the fewest at the last place, then at the one before, and so on.
        "sum": the smallest sum of places (1 = first).
    tie_tolerance
        Scores rank in whole steps of this size; 0 = only equal scores are tied.
    """

    what: Literal["most", "fewest", "sum"]
    tie_tolerance: float = 0.0

    def __post_init__(self) -> None:
        if self.what not in ("most", "fewest", "sum"):
            raise MentorMatchError(
                f'Places in lists are counted as "most", "fewest" or "sum", not {self.what!r}.'
            )
        check_tie_tolerance(self.tie_tolerance)


Stage: TypeAlias = (
    KeptTotal
    | LargestMinimum
    | LargestWorstSum
    | SortedScores
    | LargestWelfare
    | EvenestLoads
    | MostServed
    | PlacesInLists
)
