"""What is made best, one thing after another: stages as data, which no solver is named in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "EvenestLoads",
    "KeptTotal",
    "LargestMinimum",
    "LargestWelfare",
    "LargestWorstSum",
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


Stage: TypeAlias = (
    KeptTotal | LargestMinimum | LargestWorstSum | SortedScores | LargestWelfare | EvenestLoads
)
