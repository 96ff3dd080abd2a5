"""Problems whose side rules are laminar: min-cost flows, and prices that prove them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.certificates import Multipliers, prove_with_rules
from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers.flows.integers import IntegerScale
from mentormatch.solvers.programs.lp import can_shrink, keep_undecided
from mentormatch.strategies.staged.laminar_sets import laminar_sets, may_be_laminar
from mentormatch.strategies.staged.open_pairs import OpenPairs, ReducedCosts
from mentormatch.strategies.total.side_chain import add_pairs_for_limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem
    from mentormatch.solvers.deadline import Deadline
    from mentormatch.solvers.flows.laminar import LaminarFlow

__all__ = ["FlowAnswer", "solve_laminar_flow"]

# A pair whose price is off by less, in units of the largest value, cannot matter.
NOTHING = 2.0**-38
_UNIT = IntegerScale(0.0, 1.0, 0.0)


@dataclass(frozen=True, eq=False)
class FlowAnswer:
    """The pairs a chain of flows chose, and what the prices of its stages and its total prove.

    It is not ``complete`` when the time was over first.
    """

    pairs: OpenPairs
    chosen: NDArray[np.intp]
    certificate: Certificate
    complete: bool


@dataclass(frozen=True, eq=False)
class LaminarPairs:
    """The open pairs of a problem whose rules are laminar.

    The sets are mentees, mentors, rows of the rules, then the priority classes where there are
    several and coverage comes first.
    """

    pairs: OpenPairs  # what may be made
    flow: LaminarFlow
    sets: sparse.csr_array  # (sets + 1, pairs); the last row is all pairs, where they are counted

    @classmethod
    def of(cls, pairs: OpenPairs, reached: tuple[int, ...] = ()) -> LaminarPairs | None:
        """None when the rules are not laminar; ``reached`` is what the stages so far have."""
        problem = pairs.problem
        classes, count = _classes(problem), len(pairs.mentees)
        found = laminar_sets(problem, pairs.mentees, pairs.mentors, classes)
        if found is None:
            return None
        flow, sets = found
        counted = sparse.csr_array(np.full((1, count), int(problem.coverage_first), dtype=np.int8))
        for c, value in enumerate(reached):
            flow = flow.limit_set(len(flow.low) - classes + c if classes else None, value)
        return cls(pairs, flow, sparse.vstack([sets, counted], format="csr").astype(np.float64))

    def best(
        self, stage: int | None, known: NDArray[np.float64] | None = None, gap: float = np.inf
    ) -> tuple[NDArray[np.intp], NDArray[np.float64], float]:
        """The best flow for the coverage of a class, or (None) for the total.

        Where the prices ``known`` leave a finite gap, only what they leave open is decided. Returns
        positions of pairs, prices of the sets and of the number of pairs, and how large the values
        were that decided.
        """
        pairs, flow = self.pairs, self.flow
        if stage is not None:
            counted = (pairs.problem.priority_classes[pairs.mentees] == stage).astype(np.int64)
            made = flow.solve(counted)
            return np.flatnonzero(made[: len(pairs)]), self._prices(made, counted, _UNIT), 1.0
        values, far = pairs.scores, np.zeros(self.sets.shape[0])
        if known is not None and np.isfinite(gap):
            values, far = keep_undecided(values, self.sets, known, gap)
        nodes = sum(pairs.problem.shape) + len(flow.low)
        scale = IntegerScale.of(values, nodes=nodes, keep_zero=not self._staged)
        steps = scale.integers(values)
        made = flow.solve(steps)
        prices = far + self._prices(made, steps, scale, values)
        size = float(np.abs(values).max(initial=0.0))
        return np.flatnonzero(made[: len(pairs)]), prices, size

    @property
    def _staged(self) -> bool:
        return self.pairs.problem.coverage_first

    def _prices(
        self,
        made: NDArray[np.int64],
        steps: NDArray[np.int64],
        scale: IntegerScale,
        values: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """Prices of the sets and of the number of pairs, in units of score.

        From the values themselves where they prove the flow, else from the whole numbers they were
        rounded to.
        """
        flow = self.flow
        prices: NDArray[np.floating]
        exact = None if values is None else flow.prices(made, values)
        if exact is not None:
            prices, seat = exact
        else:
            whole = flow.prices(made, steps)
            if whole is None:
                raise SolverError("OR-Tools min-cost flow left a cycle that costs less.")
            prices, seat = whole[0] * scale.step, whole[1] * scale.step + scale.low
        # Nobody is kept from having less than nothing: such a price says nothing, and large ones,
        # of pairs that nobody wants, would only be rounded.
        prices = np.where(flow.low > 0, prices, np.maximum(prices, 0.0))
        return np.append(prices, seat if self._staged else 0.0)

    def multipliers(
        self, prices: NDArray[np.float64], *, counted: int | None = None
    ) -> Multipliers:
        """Prices as multipliers; ``counted`` is the class whose coverage is maximised."""
        problem = self.pairs.problem
        n, m = problem.shape
        rules = n + m + int(sum(len(constraint.low) for constraint in problem.sides.constraints))
        coverage = np.zeros(problem.n_classes)
        # What a pair is charged for the number of pairs, and for those of its class.
        coverage -= prices[-1]
        coverage[: len(prices) - 1 - rules] -= prices[rules:-1]
        if counted is not None:
            coverage[counted] += 1.0
        split = problem.sides.split(prices[n + m : rules])
        return Multipliers(prices[n : n + m], coverage, 0.0, split)

    def charges(self, prices: NDArray[np.float64], *, counted: int | None = None) -> ReducedCosts:
        """Prices by what they look at; ``counted`` is the class whose coverage is maximised."""
        found = self.multipliers(prices, counted=counted)
        classes = self.pairs.problem.priority_classes
        mentees = prices[: len(classes)] - found.coverage[classes]
        return ReducedCosts(mentees, found.prices, found.rules, scored=counted is None)


def solve_laminar_flow(pairs: OpenPairs, deadline: Deadline) -> FlowAnswer | None:
    """Coverage of each class, then the total, each keeping what the earlier ones reached.

    None when the rules are not laminar. Raises InfeasibleError where the conditions cannot all
    hold.
    """
    problem = pairs.problem
    if not may_be_laminar(problem):
        return None
    stages: list[Multipliers] = []
    reached: tuple[int, ...] = ()
    # Where nobody wants several mentors, as many pairs are made as mentees are covered.
    classes = problem.n_classes
    for c in range(classes) if problem.coverage_first else ():
        settled = _settle_stage(pairs, reached, c, deadline)
        if settled is None:
            return None
        laminar, chosen, prices = settled
        pairs = laminar.pairs
        stages.append(laminar.multipliers(prices, counted=c))
        own = problem.priority_classes[pairs.mentees[chosen]] == c
        reached = (*reached, int(np.count_nonzero(own)))
    known, gap = np.zeros(0), np.inf
    while True:
        settled = _settle_stage(pairs, reached, None, deadline, known, gap)
        if settled is None:
            return None
        laminar, chosen, known = settled
        pairs = laminar.pairs
        certificate = prove_with_rules(pairs.matching(chosen), stages, laminar.multipliers(known))
        over = deadline.has_passed
        if certificate.proven or over or not can_shrink(certificate.gap, gap):
            return FlowAnswer(pairs, chosen, certificate, certificate.proven or not over)
        # Next to nothing was made, and a step of the largest score is more than that.
        gap = certificate.gap


def _settle_stage(
    pairs: OpenPairs,
    reached: tuple[int, ...],
    stage: int | None,
    deadline: Deadline,
    known: NDArray[np.float64] | None = None,
    gap: float = np.inf,
) -> tuple[LaminarPairs, NDArray[np.intp], NDArray[np.float64]] | None:
    """The best flow of a stage over all pairs, with those that matter; None if not laminar.

    When the time is over it is the best over the pairs looked at so far.
    """
    while True:
        laminar = LaminarPairs.of(pairs, reached)
        if laminar is None:
            return None
        try:
            chosen, prices, size = laminar.best(stage, known, gap)
        except InfeasibleError:
            if pairs.complete or reached:
                raise
            enough = add_pairs_for_limits(pairs, deadline)
            if enough is None or len(enough) == len(pairs):
                return None
            pairs = enough
            continue
        more = pairs.add_best_pairs(laminar.charges(prices, counted=stage), NOTHING * size)
        if len(more) == len(pairs) or deadline.has_passed:
            return laminar, chosen, prices
        pairs = more


def _classes(problem: Problem) -> int:
    """Priority classes whose coverage is a set of its own; with one class it is all pairs."""
    classes = problem.n_classes
    return classes if classes > 1 and problem.coverage_first else 0
