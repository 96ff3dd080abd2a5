"""The optimum with quotas, mentees apart or together, and weighted seats."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.certificates import (
    Multipliers,
    exact_scores,
    prove_with_rules,
    solver_bounded_with_rules,
)
from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.matching import Matching
from mentormatch.side_rules import NO_LIMIT
from mentormatch.solvers import Limits
from mentormatch.solvers.programs import MixedProgram
from mentormatch.solvers.relaxations import Relaxed, relax
from mentormatch.solvers.side_program import SideProgram
from mentormatch.strategies.base import Choice
from mentormatch.strategies.conflicts import explained

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Options

__all__ = ["SIDE_ENGINES", "side_constrained"]

# Pairs of each mentee with which a large linear program starts.
GROUPS = 12
LINEAR, INTEGER = SIDE_ENGINES = ("linear", "cp-sat")


def side_constrained(problem: Problem, options: Options) -> Choice:
    """The best matching of a problem with side rules, and its proof.

    First the linear program, whose multipliers price every constraint: where quotas are laminar it
    is a flow, and where its vertex is integral and meets the bound recomputed from the prices, that
    is the proof. Else an integer program by CP-SAT, with that solver's bound.

    Raises
    ------
    InfeasibleError
        The conditions cannot all hold; names a minimal set that conflicts.
    SolverError
        An engine that cannot keep such conditions, or time that was over before any matching was
        found.
    """
    if options.engine not in (None, LINEAR, INTEGER):
        raise SolverError(
            f"The engine {options.engine!r} cannot keep quotas, people apart or together, or "
            f"weighted seats. Use {INTEGER!r}, {LINEAR!r}, or leave engine out."
        )
    started = time.perf_counter()
    open_pairs = _OpenPairs.of(problem)
    try:
        hint = np.empty(0, dtype=np.intp)
        why = "asked for"
        if options.engine != INTEGER:
            found = _by_prices(open_pairs, options.time_limit)
            if found is not None and found[1] is not None:
                chosen, certificate = found[0], found[1]
                asked = "asked for" if options.engine else "its vertex is integral, prices prove it"
                return open_pairs.choice(chosen, certificate, f"{LINEAR} ({asked})")
            if options.engine == LINEAR:
                raise SolverError(
                    "The linear program of this problem has no integral vertex that its prices "
                    f"prove. Use engine={INTEGER!r}, or leave engine out."
                )
            hint = hint if found is None else found[0]
            why = "the conditions are no flow"
        left = options.time_limit
        if left is not None:
            left = max(left - (time.perf_counter() - started), 0.1)
        answer = open_pairs.program().solve(
            coverage_first=problem.coverage_first,
            hint=hint,
            limits=Limits(options.gap, left, options.progress),
        )
    except InfeasibleError as error:
        raise explained(problem, error) from None
    coverage = pairs = None
    if problem.coverage_first:
        coverage = int(np.count_nonzero(problem.after_pins.covered)) + sum(answer.coverage_bounds)
        pairs = len(problem.pinned) + (answer.pairs_bound or 0)
    matching = open_pairs.matching(answer.chosen)
    bound = max(answer.total_bound + open_pairs.pinned_total, matching.total)
    certificate = solver_bounded_with_rules(matching, "CP-SAT", bound, coverage, pairs)
    notes: tuple[str, ...] = ()
    if not answer.complete:
        notes = ("the search ended at its time limit or gap; the certificate says how far it got",)
    return open_pairs.choice(answer.chosen, certificate, f"{INTEGER} ({why})", notes)


@dataclass(frozen=True, eq=False)
class _OpenPairs:
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
    def of(cls, problem: Problem) -> _OpenPairs:
        left = problem.after_pins
        scores = exact_scores(problem)
        scores[problem.pinned[:, 0], problem.pinned[:, 1]] = np.nan
        scores[left.demand == 0] = np.nan
        scores[:, left.capacity == 0] = np.nan
        mentees, mentors = np.nonzero(~np.isnan(scores))
        return cls(problem, mentees, mentors, scores[mentees, mentors])

    @property
    def pinned_total(self) -> float:
        pinned = self.problem.pinned
        scores = self.problem.pairs(pinned[:, 0], pinned[:, 1]).scores
        return float(np.sum(scores, dtype=np.float64))

    def matching(self, chosen: NDArray[np.intp]) -> Matching:
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


def _by_prices(
    pairs: _OpenPairs, time_limit: float | None
) -> tuple[NDArray[np.intp], Certificate | None] | None:
    """The vertex of the last linear program and its proof; None when time was over before that.

    Stage by stage: the coverage of each class, the pairs, the total, each keeping what the earlier
    ones reached.
    """
    problem = pairs.problem
    started = time.perf_counter()
    chain = _Chain(pairs, pairs.linear())
    some = chain.first_columns()
    stages: list[Multipliers] = []
    for objective in chain.counts() if problem.coverage_first else ():
        found = chain.relaxed(objective, some, _left(time_limit, started))
        if found is None:
            return None
        some = found.columns
        stages.append(chain.multipliers(found, counted=len(stages)))
        chain = chain.fixed(objective, float(np.floor(found.objective + 1e-6)))
    size = float(np.abs(pairs.scores).max(initial=0.0)) or 1.0
    objective = np.zeros(chain.program.width)
    objective[: len(pairs.scores)] = pairs.scores / size
    try:
        found = chain.relaxed(objective, some, _left(time_limit, started))
    except InfeasibleError:
        if not stages:
            raise
        # Fractions reach a count that, rounded down, they cannot meet exactly.
        return None
    if found is None:
        return None
    chosen = np.flatnonzero(found.values[: len(pairs.scores)] > 0.5)
    if not found.is_integral:
        return chosen, None
    total = chain.multipliers(found, scale=size)
    certificate = prove_with_rules(pairs.matching(chosen), stages, total)
    return chosen, certificate if certificate.proven else None


def _left(time_limit: float | None, started: float) -> float | None:
    return None if time_limit is None else time_limit - (time.perf_counter() - started)


@dataclass(frozen=True, eq=False)
class _Chain:
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

    pairs: _OpenPairs
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

    def fixed(self, objective: NDArray[np.float64], value: float) -> _Chain:
        """The chain with one more stage kept at its value."""
        program = self.program.with_rows(objective[None, :], value, value)
        return replace(self, program=program, n_stages=self.n_stages + 1)

    def multipliers(
        self, found: Relaxed, *, counted: int | None = None, scale: float = 1.0
    ) -> Multipliers:
        """Multipliers of every constraint; ``counted`` is the stage that the objective counts."""
        problem = self.pairs.problem
        n, m = problem.shape
        rules = int(sum(len(family.low) for family in problem.sides.families))
        prices = found.prices * scale
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
