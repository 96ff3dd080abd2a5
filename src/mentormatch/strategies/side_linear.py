"""The linear program of a problem with side rules: every constraint with its price."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.certificates import Multipliers, exact_scores, prove_with_rules, upper_bound
from mentormatch.errors import InfeasibleError
from mentormatch.matching import Matching
from mentormatch.side_rules import NO_LIMIT
from mentormatch.solvers.integers import FINEST_STEPS
from mentormatch.solvers.programs import MixedProgram
from mentormatch.solvers.refining import can_shrink, undecided
from mentormatch.solvers.relaxations import Relaxed, relax
from mentormatch.solvers.side_program import SideProgram
from mentormatch.strategies.base import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem

__all__ = ["Linear", "OpenPairs", "by_prices"]

# Pairs of each mentee with which a large linear program starts.
GROUPS = 12
# What a flow may round a score by, in units of the largest: as much is left to a linear program.
STEP = 1 / FINEST_STEPS


@dataclass(frozen=True, eq=False)
class OpenPairs:
    """What is left to decide once the pins are made.

    Parameters
    ----------
    problem
        What was asked for.
    mentees, mentors, scores
        The pairs that may be made.
    """

    problem: Problem
    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    scores: NDArray[np.float64]

    @classmethod
    def of(cls, problem: Problem) -> OpenPairs:
        """All eligible pairs but the pinned ones, of people with a place and a seat left."""
        left = problem.after_pins
        scores = exact_scores(problem)
        scores[problem.pinned[:, 0], problem.pinned[:, 1]] = np.nan
        scores[left.demand == 0] = np.nan
        scores[:, left.capacity == 0] = np.nan
        mentees, mentors = np.nonzero(~np.isnan(scores))
        return cls(problem, mentees, mentors, scores[mentees, mentors])

    @property
    def pinned_total(self) -> float:
        """The sum of the pinned pairs' scores."""
        pinned = self.problem.pinned
        scores = self.problem.pairs(pinned[:, 0], pinned[:, 1]).scores
        return float(np.sum(scores, dtype=np.float64))

    def matching(self, chosen: NDArray[np.intp]) -> Matching:
        """The pinned pairs and these, checked against the problem."""
        pinned = self.problem.pinned
        return Matching(
            self.problem,
            np.concatenate([pinned[:, 0], self.mentees[chosen]]),
            np.concatenate([pinned[:, 1], self.mentors[chosen]]),
        )

    def choice(
        self,
        chosen: NDArray[np.intp],
        certificate: Certificate,
        engine: str,
        notes: tuple[str, ...] = (),
    ) -> Choice:
        """A decision for these pairs whose certificate is there already."""
        made = self.matching(chosen)
        return Choice(
            made.mentees, made.mentors, engine=engine, certify=lambda _: certificate, notes=notes
        )

    def linear(self) -> MixedProgram:
        """Rows: demands, capacities with minimums, then the side rules."""
        left = self.problem.after_pins
        program = MixedProgram.of_pairs(
            self.mentees, self.mentors, left.demand, left.capacity, left.minimum
        )
        low, high = self.problem.sides.limits(self.problem.pinned)
        most = np.where(high == NO_LIMIT, np.inf, high.astype(np.float64))
        rows = self.problem.sides.matrix(self.mentees, self.mentors).astype(np.float64)
        return program.with_rows(rows, low.astype(np.float64), most)

    def program(self) -> SideProgram:
        """The same rows in whole numbers."""
        left = self.problem.after_pins
        plain = self.linear()
        low, high = self.problem.sides.limits(self.problem.pinned)
        return SideProgram(
            self.mentees,
            self.mentors,
            self.scores,
            left.demand,
            left.covered,
            self.problem.priority_classes,
            plain.rows.astype(np.int64),
            np.concatenate([np.zeros_like(left.demand), left.minimum, low]),
            np.concatenate([left.demand, left.capacity, high]),
        )


@dataclass(frozen=True, eq=False)
class Linear:
    """What the linear programs of a problem say.

    Parameters
    ----------
    chosen
        Positions of the pairs of the last vertex, rounded.
    certificate
        The proof, where the vertex is integral and its prices prove it; else None.
    stages, total
        Multipliers of every constraint, of the stages and of the total.
    reached
        What each earlier stage can reach at most, as whole numbers.
    bound
        On the total of the open pairs with all stages reached, recomputed from the prices.
    worth
        float64 array (pairs,): what a matching loses at least by making a pair, negative; 0 or more
        where it may lose nothing.
    columns
        bool array (pairs,): those that were looked at closely.
    """

    chosen: NDArray[np.intp]
    certificate: Certificate | None
    stages: tuple[Multipliers, ...]
    total: Multipliers
    reached: tuple[int, ...]
    bound: float
    worth: NDArray[np.float64]
    columns: NDArray[np.bool_]


def by_prices(pairs: OpenPairs, time_limit: float | None) -> Linear | None:
    """The last vertex of a chain of linear programs, and its proof; None where there is none.

    Stage by stage: the coverage of each class, the pairs, the total, each keeping what the earlier
    ones reached. There is none when time was over, or where fractions reach a count that, rounded
    down, they cannot meet exactly.
    """
    problem, count = pairs.problem, len(pairs.scores)
    started = time.perf_counter()
    chain = Chain(pairs, pairs.linear())
    some = chain.first_columns()
    stages: list[Multipliers] = []
    reached: list[int] = []
    for objective in chain.counts() if problem.coverage_first else ():
        found = chain.met(objective, some, _left(time_limit, started))
        if found is None:
            return None
        some = found.columns
        stages.append(chain.multipliers(found.prices, counted=len(stages)))
        reached.append(int(np.floor(found.objective + 1e-6)))
        chain = chain.fixed(objective, reached[-1])
    total = _of_total(chain, stages, some, lambda: _left(time_limit, started))
    if total is None:
        return None
    classes = int(problem.priority_classes.max(initial=0)) + 1
    covered = np.array(reached[:classes] or [0] * classes)
    filled = reached[-1] if len(reached) > classes else int(covered.sum())
    certificate, prices = total.certificate, total.prices
    multipliers = chain.multipliers(prices)
    return Linear(
        total.chosen,
        certificate if certificate is not None and certificate.proven else None,
        tuple(stages),
        multipliers,
        tuple(reached),
        upper_bound(problem, multipliers, covered, filled) - pairs.pinned_total,
        pairs.scores - (chain.program.rows.T @ prices)[:count],
        total.columns[:count],
    )


@dataclass(frozen=True, eq=False)
class Total:
    """The last vertex of a chain: pairs, prices of the rows in units of score, what they prove."""

    chosen: NDArray[np.intp]
    prices: NDArray[np.float64]
    columns: NDArray[np.bool_]
    certificate: Certificate | None


def _of_total(
    chain: Chain,
    stages: Sequence[Multipliers],
    some: NDArray[np.bool_],
    left: Callable[[], float | None],
) -> Total | None:
    """The best total, as fine as its proof needs; None where `Chain.met` has none.

    HiGHS keeps a tolerance in units of the largest value. Where that is more than all that is made,
    what is left undecided is solved again.
    """
    pairs, program = chain.pairs, chain.program
    count = len(pairs.scores)
    scores = np.zeros(program.width)
    scores[:count] = pairs.scores
    values, far, last = scores, np.zeros(len(program.low)), np.inf
    best: Total | None = None
    while True:
        size = float(np.abs(values).max(initial=0.0)) or 1.0
        found = chain.met(values / size, some, left())
        if found is None:
            return best
        some = some | found.columns
        prices = far + found.prices * size
        chosen = np.flatnonzero(found.values[:count] > 0.5)
        certificate = None
        if found.is_integral:
            total = chain.multipliers(prices)
            certificate = prove_with_rules(pairs.matching(chosen), stages, total)
        best = Total(chosen, prices, found.columns, certificate)
        if certificate is None or not can_shrink(certificate.gap, last):
            return best
        fine = STEP * float(np.abs(pairs.scores).max(initial=0.0)) * len(chosen)
        if certificate.proven and certificate.gap <= fine:
            return best
        last = certificate.gap
        values, far = undecided(scores, program.rows, prices, last)


def _left(time_limit: float | None, started: float) -> float | None:
    return None if time_limit is None else time_limit - (time.perf_counter() - started)


@dataclass(frozen=True, eq=False)
class Chain:
    """A linear program to which the stages so far have added a row each.

    Parameters
    ----------
    pairs
        The pairs of the first columns.
    program
        The rows; stages come last.
    n_stages
        How many there are.
    """

    pairs: OpenPairs
    program: MixedProgram
    n_stages: int = 0

    def __post_init__(self) -> None:
        several = self._several
        start = self.program.width
        if self.n_stages or start != len(self.pairs.mentees) or not len(several):
            return
        # Who wants several mentors is covered once, by a column that is at most 1.
        program = self.program.with_columns(len(several), 0.0, 1.0)
        held = sparse.coo_array(
            (-np.ones(start), (self.pairs.mentees, np.arange(start))),
            shape=(self.pairs.problem.shape[0], start),
        ).tocsr()[several]
        rows = sparse.hstack([held, sparse.eye_array(len(several))], format="csr")
        object.__setattr__(self, "program", program.with_rows(rows, -np.inf, 0.0))

    @property
    def _several(self) -> NDArray[np.intp]:
        problem, left = self.pairs.problem, self.pairs.problem.after_pins
        if not problem.coverage_first:
            return np.empty(0, dtype=np.intp)
        return np.flatnonzero(~left.covered & (left.demand > 1))

    def counts(self) -> list[NDArray[np.float64]]:
        """What the stages count: coverage of each class, then pairs where some want several."""
        problem, left = self.pairs.problem, self.pairs.problem.after_pins
        several = self._several
        once = ~left.covered & (left.demand == 1)
        found = []
        for c in range(int(problem.priority_classes.max(initial=0)) + 1):
            own = problem.priority_classes == c
            found.append(
                np.concatenate([(once & own)[self.pairs.mentees], own[several]]).astype(np.float64)
            )
        if int(problem.demands.max(initial=0)) > 1:
            pairs = len(self.pairs.mentees)
            found.append(np.concatenate([np.ones(pairs), np.zeros(len(several))]))
        return found

    def first_columns(self) -> NDArray[np.bool_]:
        """Each mentee's best pair with each of some groups of mentors; all that are no pairs."""
        pairs = self.pairs
        # Groups by position: people stand in an order that favours nobody.
        group = pairs.mentees * GROUPS + pairs.mentors % GROUPS
        order = np.lexsort((-pairs.scores, group))
        first = order[np.diff(group[order], prepend=-1) > 0]
        some = np.ones(self.program.width, dtype=bool)
        some[: len(pairs.mentees)] = False
        some[first] = True
        return some

    def relaxed(
        self, objective: NDArray[np.float64], some: NDArray[np.bool_], time_limit: float | None
    ) -> Relaxed | None:
        """The best vertex for an objective, started from some columns."""
        extra = self.program.width - len(self.pairs.mentees)
        owner = np.concatenate([self.pairs.mentees, np.zeros(extra, dtype=np.intp)])
        return relax(self.program, objective, some=some, owner=owner, time_limit=time_limit)

    def met(
        self, objective: NDArray[np.float64], some: NDArray[np.bool_], time_limit: float | None
    ) -> Relaxed | None:
        """The same; None as well where the counts kept so far, rounded down, cannot be met.

        Raises
        ------
        InfeasibleError
            The rows alone cannot be met: no count has been kept yet.
        """
        try:
            return self.relaxed(objective, some, time_limit)
        except InfeasibleError:
            if not self.n_stages:
                raise
            return None

    def fixed(self, objective: NDArray[np.float64], value: float) -> Chain:
        """The chain with one more stage kept at its value."""
        program = self.program.with_rows(objective[None, :], value, value)
        return replace(self, program=program, n_stages=self.n_stages + 1)

    def multipliers(
        self, prices: NDArray[np.float64], *, counted: int | None = None
    ) -> Multipliers:
        """Prices of the rows as multipliers; ``counted`` is the stage that the objective counts."""
        problem = self.pairs.problem
        n, m = problem.shape
        rules = int(sum(len(family.low) for family in problem.sides.families))
        classes = int(problem.priority_classes.max(initial=0)) + 1
        # A row keeps what a stage reached; its price is what is lost by keeping it.
        worth = np.zeros(classes + 1)
        if self.n_stages:
            worth[: self.n_stages] = -prices[-self.n_stages :]
        if counted is not None:
            worth[counted] += 1.0
        return Multipliers(
            prices[n : n + m],
            worth[:classes],
            float(worth[classes]),
            problem.sides.split(prices[n + m : n + m + rules]),
        )
