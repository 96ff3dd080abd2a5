"""Stages with a bound of a solver, or of an expectation: what they measured and reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from mentormatch.proofs.flow_stages import BudgetProof, LoadsProof, StageProof
from mentormatch.proofs.measures import AtPlace, EvenLoads, GroupExcess, WelfareSum, name_count

if TYPE_CHECKING:
    import pandas as pd

    from mentormatch.proofs.measures import Counted, Measure

__all__ = [
    "AnyStage",
    "BoundedStage",
    "ChanceStage",
    "ExpectedStage",
    "MixedStage",
    "OrderedCount",
    "PricedStage",
]


@dataclass(frozen=True, eq=False)
class BoundedStage:
    """A stage that an integer program settled: measured on the matching, bounded by the solver."""

    measure: Measure  # what the stage wanted as large as possible
    objective: float  # of the matching
    bound: float  # no matching that met the earlier stages has more, as the solver says
    tolerance: float  # what gap counts as zero
    # The welfare of the matching in units of score, where that is what the stage is about.
    welfare: float | None = None

    @property
    def proven(self) -> bool:
        """The bound is reached."""
        return self.bound - self.objective <= self.tolerance

    def __str__(self) -> str:
        word = (
            "proven by the solver" if self.proven else f"not proven (bound {self.shown_bound:.6g})"
        )
        return f"{self.measure}: {self._shown(self.objective):.6g}, {word}"

    @property
    def shown_bound(self) -> float:
        """The bound as people read it: what is wanted small is kept as minus itself."""
        return self._shown(self.bound)

    def _shown(self, value: float) -> float:
        if self.welfare is not None and isinstance(self.measure, WelfareSum):
            # What the search measures differs by a constant and the size of its unit.
            return self.welfare + self.measure.unit_of_welfare * (value - self.objective)
        return abs(value) if isinstance(self.measure, AtPlace | EvenLoads | GroupExcess) else value


@dataclass(frozen=True, eq=False)
class ExpectedStage:
    """One stage of a lottery: an expectation, and prices that bound it.

    With ``fair`` an earlier stage fixes how likely each mentee gets a mentor. The multipliers are
    those of the expectations fixed by the earlier stages.
    """

    what: str  # "coverage", "pairs" or "total": what is expected to be as large as possible
    cap: float  # no pair has a larger probability, pins apart
    fair: bool
    objective: float
    bound: float  # no expectation exceeds it
    prices: pd.Series[float]  # by mentor
    coverage_multiplier: float = 0.0
    pairs_multiplier: float = 0.0
    tolerance: float = 0.0  # what gap is zero: 1e-6 of expected absolute scores, or of a count

    @property
    def proven(self) -> bool:
        """The bound is reached."""
        return abs(self.bound - self.objective) <= self.tolerance

    def __str__(self) -> str:
        word = "proven" if self.proven else f"not proven (bound {self.bound:.6g})"
        return (
            f"largest expected {self.what} at a cap of {self.cap:g}: {self.objective:.6g}, {word}"
        )


@dataclass(frozen=True, eq=False)
class MixedStage:
    """One stage of a lottery over matchings that keep side rules, bounded by a solver."""

    what: str  # "coverage", "pairs" or "total": what is expected to be as large as possible
    cap: float  # no pair has a larger probability, pins apart
    objective: float  # the expectation
    bound: float  # no expectation exceeds it of those as good in the earlier stages
    tolerance: float  # what gap counts as zero
    chances: tuple[float, ...]  # how likely each matching is; empty but in the last stage
    matchings: pd.DataFrame  # (matching, mentee, mentor): their pairs, the first matching is 0

    @property
    def proven(self) -> bool:
        """The bound is reached."""
        return abs(self.bound - self.objective) <= self.tolerance

    def __str__(self) -> str:
        word = "proven by the solver" if self.proven else f"not proven (bound {self.bound:.6g})"
        return (
            f"largest expected {self.what} at a cap of {self.cap:g}: {self.objective:.6g}, {word}"
        )


@dataclass(frozen=True, eq=False)
class ChanceStage:
    """One level of equal chances in a lottery over matchings that keep side rules.

    What is weighted more than 0 and was not before is settled at this level: of all lotteries with
    the earlier levels none gives more to the least of those who are not settled yet.
    """

    objective: float  # least chance of a mentor among those not settled before
    bound: float  # what no such chance exceeds
    most: float  # no matching serves more mentees, each counted by its weight
    weights: pd.Series[float]  # by mentee, 0 or more
    tolerance: float  # what gap counts as zero
    # The welfare of the matching in units of score, where that is what the stage is about.
    welfare: float | None = None

    @property
    def proven(self) -> bool:
        """The bound is reached."""
        return abs(self.bound - self.objective) <= self.tolerance

    def __str__(self) -> str:
        word = "proven" if self.proven else f"not proven (bound {self.bound:.6g})"
        return f"largest least chance: {self.objective:.6g}, {word}"


@dataclass(frozen=True, eq=False)
class PricedStage:
    """Coverage of a class, or the number of pairs, in a problem with side rules: bounded by prices.

    ``objective`` counts mentees of the class who get a mentor, or pairs; pinned ones not counted.
    The multipliers are those of the coverage of each class and of the number of pairs, each with 1
    for what is counted included.
    """

    what: str  # "coverage" or "pairs"
    priority_class: int | None  # whose coverage, 0 = served first; None for pairs
    objective: int
    bound: float  # none of the matchings as good in the earlier stages has more
    prices: pd.Series[float]  # by mentor
    coverage_multipliers: tuple[float, ...]
    seats_multiplier: float
    rule_prices: pd.Series[float]  # by (rule, mentor)

    @property
    def proven(self) -> bool:
        """A count is reached when nothing exceeds it by 1."""
        return self.objective <= self.bound < self.objective + 1

    def __str__(self) -> str:
        word = "proven" if self.proven else f"not proven (bound {self.bound:.6g})"
        of = f" of class {self.priority_class}" if self.priority_class is not None else ""
        return f"most {self.what}{of}: {self.objective}, {word}"


@dataclass(frozen=True, eq=False)
class OrderedCount:
    """One of several counts of which each comes before all later ones, with its part of the prices.

    For ``what`` and ``number`` see `name_count`. After the first count that is not proven,
    ``bound`` says nothing. Prices are whole numbers, compared by the first count in which they
    differ.
    """

    what: Counted
    number: int
    objective: int  # of the pairs that are not pinned; below 0 where few are wanted
    bound: int  # none of the matchings as good in the earlier counts has more
    tie_tolerance: float  # scores rank in whole steps of this size; 0 = only equal scores are tied
    prices: pd.Series[float]  # by mentor
    rule_prices: pd.Series[float]  # by (rule, mentor)

    @property
    def proven(self) -> bool:
        """Nothing exceeds what was reached."""
        return self.objective == self.bound

    def __str__(self) -> str:
        word = "proven" if self.proven else "not proven"
        return f"{name_count(self.what, self.number)}: {abs(self.objective)}, {word}"


AnyStage: TypeAlias = (
    StageProof
    | ChanceStage
    | BudgetProof
    | LoadsProof
    | BoundedStage
    | ExpectedStage
    | MixedStage
    | PricedStage
    | OrderedCount
)
