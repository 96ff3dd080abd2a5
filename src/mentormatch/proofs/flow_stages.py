"""What a stage before the total asks for, as whole numbers, and the proof that it was met.

A fair matching is the last of a chain: coverage, then what the strategy is after, then the total.
Each link is linear in the pairs once scores are turned into weights, and the weights are whole
numbers, so that "as good as possible" is an equality and the next stage starts from exactly the
matchings that reach it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "KEPT_WITHIN",
    "STEEP",
    "BudgetProof",
    "Levels",
    "LoadsProof",
    "Shortfall",
    "StageProof",
    "Weights",
    "Welfare",
    "Within",
    "kept_total",
    "smallest_positive",
    "to_levels",
    "welfare_of",
]


# From this α on costs of inequality fall so steeply that small ones must keep their own digits.
STEEP = 2.0
# A share of a total is kept up to this. Solvers count scores in whole steps, at the finest 2⁻⁴⁰ of
# the largest, so that a share of 1 would fail for a thousandth of this; shares have few digits.
KEPT_WITHIN = 1e-9


def smallest_positive(*scores: NDArray[np.float64]) -> float:
    """Return the smallest score above 0, 1 where there is none."""
    least = min(float(some[some > 0].min(initial=np.inf)) for some in scores)
    return least if np.isfinite(least) else 1.0


def to_levels(scores: NDArray[np.float64], resolution: float | None) -> NDArray[np.float64]:
    """Scores rounded to multiples of ``resolution``; as they are when it is None."""
    if resolution is None:
        return scores
    return np.asarray(np.rint(scores / resolution) * resolution)


class Weights(Protocol):
    """A function from scores to whole numbers, of which a stage wants the largest sum."""

    def of(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Whole numbers in float64, same shape; NaN (not to be made) stays NaN."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Within:
    """−1 for each pair whose score lies in (low, high]: as few of them as possible.

    ``low`` and ``high`` are in units of score. Scores are rounded to multiples of ``resolution``
    first; None = not at all.
    """

    low: float
    high: float
    resolution: float | None = None

    def of(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """−1 within, 0 outside, NaN where masked."""
        levels = to_levels(scores, self.resolution)
        inside = (levels > self.low) & (levels <= self.high)
        return np.where(np.isnan(scores), np.nan, np.where(inside, -1.0, 0.0))

    def __str__(self) -> str:
        if np.isneginf(self.low):
            return f"fewest mentees at a score of {self.high:.6g} or less"
        return f"fewest mentees at a score above {self.low:.6g} and up to {self.high:.6g}"


@dataclass(frozen=True, eq=False)
class Levels:
    """Lexicographic counts: as few pairs as possible at the lowest level, then at the next.

    Scores are rounded to multiples of ``resolution`` first; None = not at all.
    """

    levels: NDArray[np.float64]  # ascending: scores, after rounding
    costs: NDArray[np.float64]  # whole numbers; each exceeds all that the later ones can add up to
    resolution: float | None = None

    def of(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Minus the cost of the pair's level; 0 for a level that is not counted here."""
        levels = to_levels(scores, self.resolution)
        place = np.minimum(np.searchsorted(self.levels, levels), len(self.levels) - 1)
        cost = np.where(self.levels[place] == levels, self.costs[place], 0.0)
        return np.where(np.isnan(scores), np.nan, -cost)

    def __str__(self) -> str:
        if len(self.levels) == 1:
            return f"fewest mentees at score {self.levels[0]:.6g}"
        return (
            f"fewest mentees at each of {len(self.levels)} levels from {self.levels[0]:.6g} to "
            f"{self.levels[-1]:.6g}, the lowest first"
        )


def welfare_of(alpha: float, utilities: NDArray[np.float64]) -> float | None:
    """The α-fair welfare of utilities above 0, in units of score: Σ ln u, or Σ u^(1−α)/(1−α).

    None where that is beyond all numbers, as of 0.001 at α = 400.
    """
    some = utilities[utilities > 0]
    power = 1 - alpha
    with np.errstate(over="ignore"):
        found = float((some**power / power if power else np.log(some)).sum())
    return found if np.isfinite(found) else None


@dataclass(frozen=True, slots=True)
class Welfare:
    """The α-fair welfare of a score in whole steps: ln u at α = 1, else u^(1−α)/(1−α).

    Scores of 0 or less count 0 where the function has no value there (α ≥ 1): how many they are is
    an earlier stage. Source: J. Mo and J. Walrand (2000), Fair end-to-end window-based congestion
    control.
    """

    alpha: float  # aversion to inequality, above 0; 1 is Nash welfare
    step: float  # size of one whole step, in units of welfare
    # Scores are measured in this, the smallest positive one that somebody can choose: so that no
    # digits are lost at large α, whatever the unit of scores. The welfare changes by a factor.
    unit: float = 1.0
    above: float = 0.0  # scores up to this are not counted: an earlier stage has told them apart

    def exact(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """The welfare itself, in float64."""
        counted = scores > self.above
        # The logarithm of everything, and of 1 where there is none, is faster than that of some.
        value = np.log(np.where(counted, scores, self.unit) / self.unit)
        power = 1 - self.alpha
        if self.alpha >= STEEP:
            # Nobody can choose less than the unit: those who have it have no choice.
            value = np.exp(power * np.maximum(value, 0.0)) / power
        elif power:
            # A constant −1/(1−α) keeps α near 1 from losing digits; it changes nothing at fixed
            # coverage.
            value = np.expm1(power * value) / power
            if power > 0:
                value[scores == 0] = -1 / power
        value[~counted & ~((scores == 0) & (power > 0))] = 0.0
        return np.where(np.isnan(scores), np.nan, value)

    def of(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """The welfare in whole steps."""
        return np.asarray(np.rint(self.exact(scores) / self.step))

    def __str__(self) -> str:
        return "largest Nash welfare" if self.alpha == 1 else f"largest {self.alpha:g}-fair welfare"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """By how much pairs fall short of a level, in whole steps: as little as possible.

    The sum of the k smallest scores is the largest k·t − Σ (t − u)⁺ over t. With ``upto`` = a only
    scores of a or less are counted, which for every t in [a, level] leaves the sum too large, if
    anything, and linear in t: so k·a and k·level minus what is counted bound the sums whose k-th
    smallest score lies in between.
    """

    level: float  # in units of score
    step: float  # size of one whole step, in units of score
    k: int  # how many of the worst are meant
    upto: float = np.inf

    def of(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Minus the shortfall in whole steps."""
        short = np.where(scores <= self.upto, np.maximum(self.level - scores, 0.0), 0.0)
        return np.where(np.isnan(scores), np.nan, -np.rint(short / self.step))

    def sum_of_worst(self, weights: float) -> float:
        """The sum of the k smallest scores that a sum of weights stands for."""
        return self.k * self.level + weights * self.step

    def __str__(self) -> str:
        if self.upto < np.inf:
            return (
                f"sum of the {self.k} worst, the last between {self.upto:.6g} and {self.level:.6g}"
            )
        return f"smallest sum of what falls short of {self.level:.6g}"


@dataclass(frozen=True, eq=False)
class StageProof:
    """Why no matching that met the earlier stages does better in this one.

    With ``kept`` the matching reaches the bound, and later stages keep that. Else the bound is
    below ``objective``, which is thereby shown to be out of reach; nothing is kept.
    """

    weights: Weights
    kept: bool
    objective: float  # the matching's sum of weights, or what is out of reach; whole
    bound: float  # no matching of the same coverage that met the earlier stages exceeds it
    prices: pd.Series[float]  # by mentor, in units of weight
    coverage_multipliers: tuple[float, ...]  # of the number served, by class; see the certificate
    step: float = 1.0  # size of one unit of weight in the stage's own unit (1 for counts)
    # The welfare of the matching in units of score, where that is what the stage is about.
    welfare: float | None = None

    @property
    def proven(self) -> bool:
        """A whole number is reached when nothing exceeds it by 1; out of reach, when below it."""
        if self.kept:
            return self.bound < self.objective + 1
        return self.bound <= self.objective - 0.5

    def __str__(self) -> str:
        if not self.kept:
            target, bound = -self.objective, -self.bound
            if isinstance(self.weights, Shortfall):
                target = self.weights.sum_of_worst(self.objective)
                bound = self.weights.sum_of_worst(self.bound)
            if not self.proven:
                return f"{self.weights}: {target:.6g} is not excluded (bound {bound:.6g})"
            return f"{self.weights}: {target:.6g} is out of reach (bound {bound:.6g})"
        word = "proven" if self.proven else "not proven"
        reached = self.objective * self.step if self.welfare is None else self.welfare
        return f"{self.weights}: {reached:.6g}, {word}"


@dataclass(frozen=True, eq=False)
class BudgetProof:
    """Why nobody can be better off at the worst while a share of the best total is kept.

    No matching of the same coverage with only scores above ``bound`` has a larger total than
    ``most_above``, which ``prices`` and ``coverage_multipliers`` prove. Where that is less than
    ``least``, the share of the best total, nobody can be lifted above ``bound``.
    """

    share: float  # of the best total, to be kept
    best: float  # the best total; ``best_prices`` and ``best_coverage_multipliers`` prove it
    witness: pd.DataFrame  # (mentee, mentor): pairs that have the best total
    best_prices: pd.Series[float]
    best_coverage_multipliers: tuple[float, ...]
    objective: float  # the smallest score that somebody gets, pins apart
    bound: float
    most_above: float
    prices: pd.Series[float]
    coverage_multipliers: tuple[float, ...]

    @property
    def least(self) -> float:
        """The total to be kept; a share of 1 must not fail by the rounding of a sum."""
        return kept_total(self.share, self.best)

    @property
    def proven(self) -> bool:
        """The level is reached, and above it the share is out of reach."""
        return self.objective >= self.bound and self.most_above < self.least

    def __str__(self) -> str:
        word = "proven" if self.proven else f"not proven (bound {self.bound:.6g})"
        return (
            f"largest minimum at {self.share:g} of the best total {self.best:.6g}: "
            f"{self.objective:.6g}, {word}"
        )


def kept_total(share: float, best: float) -> float:
    """A share of the best total, less what solvers' whole steps can cost."""
    return share * best - KEPT_WITHIN * abs(best)


@dataclass(frozen=True, eq=False)
class LoadsProof:
    """Why no matching of the same coverage has more even loads."""

    objective: float  # minus the sum of squared loads
    bound: float  # no matching of the same coverage that met the earlier stages exceeds it
    prices: pd.Series[float]  # by mentor: whole numbers, what a seat costs in squares of loads
    coverage_multipliers: tuple[float, ...]  # of the number of mentees with a mentor, by class

    @property
    def proven(self) -> bool:
        """A whole number is reached when nothing exceeds it by 1."""
        return self.objective - 0.5 <= self.bound < self.objective + 1

    def __str__(self) -> str:
        word = "proven" if self.proven else "not proven"
        return f"most even loads (smallest sum of squares): {-self.objective:.6g}, {word}"
