"""What a stage of a program makes as large as possible, measured on a finished matching."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import numpy as np

from mentormatch.proofs.flow_stages import Welfare

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "AtPlace",
    "Counted",
    "Covered",
    "EvenLoads",
    "Filled",
    "GroupExcess",
    "Measure",
    "Positive",
    "WelfareSum",
    "WorstSum",
    "name_count",
]


class Measure(Protocol):
    """What an integer program made as large as possible, computed from a finished matching."""

    def of(self, utilities: pd.Series[float], loads: pd.Series[int]) -> float:
        """The value, larger is better; of what each mentee gets (NaN = not compared), and loads."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class WorstSum:
    """The sum of the k smallest utilities.

    With ``choosing`` the utilities are only those of mentees who have a place once the pins are
    made.
    """

    k: int
    choosing: bool = False

    def of(self, utilities: pd.Series[float], loads: pd.Series[int]) -> float:
        """In units of score."""
        return float(np.sort(utilities.dropna().to_numpy())[: self.k].sum())

    def __str__(self) -> str:
        return "largest minimum" if self.k == 1 else f"largest sum of the {self.k} worst"


@dataclass(frozen=True, slots=True)
class WelfareSum:
    """The α-fair welfare of the utilities, measured in ``unit``; see `Welfare`."""

    alpha: float
    unit: float = 1.0

    @property
    def unit_of_welfare(self) -> float:
        """What a welfare of 1 is in units of score."""
        with np.errstate(over="ignore"):
            return float(np.float64(self.unit) ** (1 - self.alpha))

    def each(self, utilities: pd.Series[float]) -> NDArray[np.float64]:
        """The welfare of each utility."""
        values = np.asarray(utilities, dtype=np.float64)
        return Welfare(self.alpha, 1.0, self.unit).exact(values)

    def of(self, utilities: pd.Series[float], loads: pd.Series[int]) -> float:
        """In units of welfare."""
        return float(np.nansum(self.each(utilities)))

    def __str__(self) -> str:
        return str(Welfare(self.alpha, 1.0))


@dataclass(frozen=True, slots=True)
class Positive:
    """How many utilities are above 0."""

    def of(self, utilities: pd.Series[float], loads: pd.Series[int]) -> float:
        """A count."""
        return float((utilities > 0).sum())

    def __str__(self) -> str:
        return "most mentees with a score above 0"


@dataclass(frozen=True, slots=True)
class Covered:
    """How many mentees have a mentor.

    Those of a priority class, 0 = served first, of the utilities that are given; None: everybody's.
    """

    priority_class: int | None = None

    def of(self, utilities: pd.Series[float], loads: pd.Series[int]) -> float:
        """A count."""
        return float(utilities.notna().sum())

    def __str__(self) -> str:
        of = "" if self.priority_class is None else f" of class {self.priority_class}"
        return f"most mentees{of} with a mentor"


@dataclass(frozen=True, slots=True)
class Filled:
    """How many pairs there are."""

    def of(self, utilities: pd.Series[float], loads: pd.Series[int]) -> float:
        """A count."""
        return float(loads.sum())

    def __str__(self) -> str:
        return "most pairs"


@dataclass(frozen=True, slots=True)
class EvenLoads:
    """Minus the sum of squared loads: the larger, the more even at the same number of pairs."""

    def of(self, utilities: pd.Series[float], loads: pd.Series[int]) -> float:
        """Minus a sum of squares."""
        return -float((loads.to_numpy(dtype=np.float64) ** 2).sum())

    def __str__(self) -> str:
        return "most even loads (smallest sum of squares)"


@dataclass(frozen=True, eq=False)
class GroupExcess:
    """Minus what groups of mentees differ by beyond a bound."""

    groups: pd.Series[float]  # by mentee: number of the group, NaN = not compared
    measure: str  # "match_rate" or "mean_score"
    max_gap: float | None  # largest gap between two groups; None: not asked for
    floor: float | None  # smallest value of a group; None: not asked for

    def values(self, utilities: pd.Series[float]) -> NDArray[np.float64]:
        """The measure of each group."""
        got = utilities.notna().astype(float) if self.measure == "match_rate" else utilities
        aligned = self.groups.reindex(utilities.index)
        means = got.fillna(0.0).groupby(aligned.to_numpy()).mean()
        return np.asarray(means.to_numpy(), dtype=np.float64)

    def of(self, utilities: pd.Series[float], loads: pd.Series[int]) -> float:
        """In the unit of the measure; 0 when the bound holds."""
        values = self.values(utilities)
        excess = 0.0
        if len(values) and self.max_gap is not None:
            excess = max(excess, float(values.max() - values.min()) - self.max_gap)
        if len(values) and self.floor is not None:
            excess = max(excess, self.floor - float(values.min()))
        return -excess

    def __str__(self) -> str:
        return f"smallest excess of the gap of {self.measure}"


Counted: TypeAlias = Literal["coverage", "most", "fewest", "sum"]


def name_count(what: Counted, number: int) -> str:
    """Say what is counted: a priority class, a place in the mentees' lists, or their sum.

    ``what`` is "coverage" of a priority class; the "most" or the "fewest" mentees at a place of
    their list; or the smallest "sum" of places (1 = first). ``number`` is that of the class or the
    place, 0 = first.
    """
    named = {
        "coverage": f"most mentees of class {number}",
        "most": f"most mentees at choice {number + 1}",
        "fewest": f"fewest mentees at choice {number + 1}",
        "sum": "smallest sum of places",
    }
    return named.get(what, what)


@dataclass(frozen=True, slots=True)
class AtPlace:
    """How many mentees are at a place of their lists, or the sum of their places.

    For ``what`` and ``number`` see `name_count`; coverage is `Covered`. Scores rank in whole steps
    of ``tie_tolerance``; 0 = only equal scores are tied.
    """

    what: Counted
    number: int
    tie_tolerance: float = 0.0

    def of(self, utilities: pd.Series[float], loads: pd.Series[int]) -> float:
        """A count, below 0 where few are wanted; the utilities are places, 1 = first."""
        places = utilities.dropna()
        if self.what == "sum":
            return -float(places.sum())
        count = float((places == self.number + 1).sum())
        return -count if self.what == "fewest" else count

    def __str__(self) -> str:
        return name_count(self.what, self.number)
