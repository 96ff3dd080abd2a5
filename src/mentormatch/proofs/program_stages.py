"""Stages with a bound of a solver, or of an expectation: what they measured and reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from mentormatch.proofs.flow_stages import BudgetProof, LoadsProof, StageProof
from mentormatch.proofs.measures import AtPlace, EvenLoads, GroupExcess, name_count

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
    """A stage that an integer program settled: measured on the matching, bounded by the solver.

    Parameters
    ----------
    measure
        What the stage wanted as large as possible.
    objective
        Of the matching.
    bound
        No matching that met the earlier stages has more, as the solver says.
    tolerance
        What gap counts as zero.
    """

    measure: Measure
    objective: float
    bound: float
    tolerance: float

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
        return abs(value) if isinstance(self.measure, AtPlace | EvenLoads | GroupExcess) else value


@dataclass(frozen=True, eq=False)
class ExpectedStage:
    """One stage of a lottery: an expectation, and prices that bound it.

    Parameters
    ----------
    what
        "coverage", "pairs" or "total": what is expected to be as large as possible.
    cap
        No pair has a larger probability, pins apart.
    fair
        True: how likely each mentee gets a mentor is fixed by an earlier stage.
    objective, bound
        The expectation, and what none exceeds.
    prices
        Series by mentor.
    coverage_multiplier, pairs_multiplier
        Of the expectations fixed by the earlier stages.
    tolerance
        What gap counts as zero: 1e-6 of what is expected of absolute scores, or of a count.
    """

    what: str
    cap: float
    fair: bool
    objective: float
    bound: float
    prices: pd.Series[float]
    coverage_multiplier: float = 0.0
    pairs_multiplier: float = 0.0
    tolerance: float = 0.0

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
    """One stage of a lottery over matchings that keep side rules, bounded by a solver.

    Parameters
    ----------
    what
        "coverage", "pairs" or "total": what is expected to be as large as possible.
    cap
        No pair has a larger probability, pins apart.
    objective, bound
        The expectation, and what none exceeds of those as good in the earlier stages.
    tolerance
        What gap counts as zero.
    chances
        How likely each matching is; empty but in the last stage.
    matchings
        Frame (matching, mentee, mentor): their pairs, the first matching is 0.
    """

    what: str
    cap: float
    objective: float
    bound: float
    tolerance: float
    chances: tuple[float, ...]
    matchings: pd.DataFrame

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

    Parameters
    ----------
    objective, bound
        The least chance of a mentor among those not settled before, and what none exceeds.
    most
        No matching serves more mentees, each counted by its weight.
    weights
        Series by mentee, 0 or more.
    tolerance
        What gap counts as zero.
    """

    objective: float
    bound: float
    most: float
    weights: pd.Series[float]
    tolerance: float

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

    Parameters
    ----------
    what
        "coverage" or "pairs".
    priority_class
        Whose coverage, 0 = served first; None for pairs.
    objective
        Mentees of the class who get a mentor, or pairs; pinned ones not counted.
    bound
        None of the matchings as good in the earlier stages has more.
    prices
        Series by mentor.
    coverage_multipliers
        Of the coverage of each class, 1 for what is counted included.
    seats_multiplier
        Of the number of pairs, 1 for what is counted included.
    rule_prices
        Series by (rule, mentor).
    """

    what: str
    priority_class: int | None
    objective: int
    bound: float
    prices: pd.Series[float]
    coverage_multipliers: tuple[float, ...]
    seats_multiplier: float
    rule_prices: pd.Series[float]

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

    Parameters
    ----------
    what, number
        See `name_count`.
    objective
        Of the pairs that are not pinned; below 0 where few are wanted.
    bound
        None of the matchings as good in the earlier counts has more. After the first count that is
        not proven, it says nothing.
    tie_tolerance
        Scores rank in whole steps of this size; 0 = only equal scores are tied.
    prices
        Series by mentor, whole numbers; compared by the first count in which they differ.
    rule_prices
        Series by (rule, mentor), likewise.
    """

    what: Counted
    number: int
    objective: int
    bound: int
    tie_tolerance: float
    prices: pd.Series[float]
    rule_prices: pd.Series[float]

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
