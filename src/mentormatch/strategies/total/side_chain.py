"""Linear programs over the pairs that can matter: a row for each stage settled, and all prices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.certificates import Multipliers, prove_with_rules, upper_bound
from mentormatch.errors import InfeasibleError
from mentormatch.solvers.arrays import incidence
from mentormatch.solvers.flows.integers import FINEST_STEPS
from mentormatch.solvers.programs.lp import Relaxed, can_shrink, keep_undecided, relax
from mentormatch.strategies.staged.open_pairs import OpenPairs, ReducedCosts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Certificate
    from mentormatch.solvers.deadline import Deadline
    from mentormatch.solvers.programs.milp import MixedProgram

__all__ = ["Chain", "Linear", "add_pairs_for_limits", "solve_linear_chain"]

# A pair whose price is off by less, in units of the objective, cannot matter.
NOTHING = 1e-9


@dataclass(frozen=True, eq=False)
class Chain:
    """A linear program to which the stages so far have added a row each."""

    pairs: OpenPairs  # the pairs of the first columns
    reached: tuple[int, ...]  # what the stages so far reached, which their rows keep
    deadline: Deadline  # by which all of them must have ended

    @cached_property
    def program(self) -> MixedProgram:
        """Rows: of the pairs, of who is covered once, of the stages."""
        program, several = self.pairs.linear(), self.several
        if len(several):
            # Who wants several mentors is covered once, by a column that is at most 1.
            program = program.with_columns(len(several), 0.0, 1.0)
            held = incidence(self.pairs.mentees, self.pairs.problem.shape[0])[several]
            once = sparse.eye_array(len(several))
            program = program.with_rows(-held, -np.inf, 0.0, last=once)
        for k, value in enumerate(self.reached):
            program = program.with_rows(self.objective(k)[None, :], value, value)
        return program

    @cached_property
    def several(self) -> NDArray[np.intp]:
        """Mentees of whom only the first mentor counts as coverage."""
        problem, left = self.pairs.problem, self.pairs.problem.after_pins
        if not problem.coverage_first:
            return np.empty(0, dtype=np.intp)
        return np.flatnonzero(~left.covered & (left.demand > 1))

    @cached_property
    def counts(self) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """What each stage counts: of the pairs of each mentee, and of each of `several`.

        Coverage of each class, then pairs where some want several.
        """
        problem, left = self.pairs.problem, self.pairs.problem.after_pins
        if not problem.coverage_first:
            return []
        once = ~left.covered & (left.demand == 1)
        classes = problem.priority_classes
        found = [
            ((once & (classes == c)).astype(float), (classes == c)[self.several].astype(float))
            for c in range(problem.n_classes)
        ]
        if problem.wants_several:
            found.append((np.ones(len(once)), np.zeros(len(self.several))))
        return found

    def objective(self, stage: int | None) -> NDArray[np.float64]:
        """What a stage makes as large as possible; None: the total."""
        if stage is None:
            return np.concatenate([self.pairs.scores, np.zeros(len(self.several))])
        of_mentee, of_several = self.counts[stage]
        return np.concatenate([of_mentee[self.pairs.mentees], of_several])

    def settle(
        self, stage: int | None, known: NDArray[np.float64] | None = None, gap: float = np.inf
    ) -> tuple[Chain, Relaxed] | None:
        """The best vertex for a stage over all pairs, and the chain with those that matter.

        ``stage`` is the number of what is counted; None: the total. Of ``known`` prices that leave
        a finite ``gap`` only what they leave open is decided; the prices found are in units of the
        objective. None when the time was over or the counts kept so far cannot be met;
        InfeasibleError where the rows alone cannot be: no count has been kept yet.
        """
        chain = self
        while True:
            program, values = chain.program, chain.objective(stage)
            far = np.zeros(len(program.low))
            if known is not None and np.isfinite(gap):
                values, far = keep_undecided(values, program.rows, known, gap)
            size = float(np.abs(values).max(initial=0.0)) or 1.0
            try:
                found = relax(program, values / size, time_limit=chain.deadline.left())
            except InfeasibleError:
                if chain.reached:
                    return None
                if chain.pairs.complete:
                    raise
                enough = add_pairs_for_limits(chain.pairs, chain.deadline)
                if enough is None or len(enough) == len(chain.pairs):
                    return None
                chain = Chain(enough, (), chain.deadline)
                continue
            if found is None:
                return None
            prices = chain.balance_together_prices(far + found.prices * size, stage)
            found = Relaxed(found.values, found.objective, prices)
            if stage is not None:
                shown = chain.prove_count(stage, found)
                if shown is not None:
                    return chain, shown
            charges = chain.charges(found.prices, counted=stage)
            more = chain.pairs.add_best_pairs(charges, NOTHING * size, rivals=stage is None)
            if len(more) == len(chain.pairs):
                return chain, found
            chain = Chain(more, chain.reached, chain.deadline)

    def balance_together_prices(
        self, prices: NDArray[np.float64], stage: int | None
    ) -> NDArray[np.float64]:
        """Prices with those of two together who have no pair with a mentor set between them.

        No pair that is held says what such a row asks. Half of what one of the two gains and the
        other loses makes both pairs join, or neither.
        """
        pairs, problem = self.pairs, self.pairs.problem
        if pairs.complete:
            return prices
        prices, place = prices.copy(), sum(problem.shape)
        for constraint in problem.sides.constraints:
            rows = slice(place, place + len(constraint.low))
            place = rows.stop
            if constraint.kind != "together":
                continue
            charges = self.charges(prices, counted=stage)
            one, other = (
                charges.worth(problem, slice(i, i + 1))[0] for i in constraint.mentees.tolist()
            )
            held = np.isin(pairs.mentees, constraint.mentees)
            free = np.ones(problem.shape[1], dtype=bool)
            free[pairs.mentors[held]] = False
            # Where one cannot be made, the other has nothing to gain.
            alone = np.where(np.isneginf(one), -np.maximum(other, 0.0), np.maximum(one, 0.0))
            both = np.isfinite(one) & np.isfinite(other)
            half = np.subtract(one, other, out=2 * alone, where=both) / 2
            prices[rows][free] += constraint.weights[0] * half[free]
        return prices

    def prove_count(self, stage: int, found: Relaxed) -> Relaxed | None:
        """The same vertex with prices that show that no more can be counted; None if none do."""
        problem = self.pairs.problem
        classes = problem.n_classes
        covered = np.zeros(classes, dtype=np.int64)
        covered[: len(self.reached)] = self.reached[:classes]
        for prices in (np.zeros_like(found.prices), found.prices):
            one = self.multipliers(prices, counted=stage)
            bound = upper_bound(problem, one, covered, 0, scored=False)
            if bound < np.floor(found.objective + 1e-6) + 1:
                return Relaxed(found.values, found.objective, prices)
        return None

    def charges(self, prices: NDArray[np.float64], *, counted: int | None = None) -> ReducedCosts:
        """Prices of the rows by what they look at; ``counted`` is what the objective counts."""
        found, (n, _) = self.multipliers(prices, counted=counted), self.pairs.problem.shape
        mentees = prices[:n].copy()
        once = len(prices) - len(self.reached) - len(self.several)
        mentees[self.several] -= prices[once : once + len(self.several)]
        for worth, (of_mentee, _) in zip((*found.coverage, found.seats), self.counts, strict=False):
            mentees -= worth * of_mentee
        return ReducedCosts(mentees, found.prices, found.rules, scored=counted is None)

    def multipliers(
        self, prices: NDArray[np.float64], *, counted: int | None = None
    ) -> Multipliers:
        """Prices of the rows as multipliers; ``counted`` is the stage that the objective counts."""
        problem = self.pairs.problem
        (n, m), classes = problem.shape, problem.n_classes
        # A row keeps what a stage reached; its price is what is lost by keeping it.
        worth = np.zeros(classes + 1)
        if self.reached:
            worth[: len(self.reached)] = -prices[-len(self.reached) :]
        if counted is not None:
            worth[counted] += 1.0
        return Multipliers(
            prices[n : n + m],
            worth[:classes],
            float(worth[classes]),
            problem.sides.split(prices[n + m :]),
        )


def add_pairs_for_limits(pairs: OpenPairs, deadline: Deadline) -> OpenPairs | None:
    """With pairs by which all limits can be met, as fractions; None when the time was over.

    What a row lacks is made as small as possible; pairs that would make it smaller join. Raises
    InfeasibleError where no pairs meet all limits.
    """
    while True:
        plain = pairs.linear()
        short, over = plain.low > 0, plain.high < 0
        rows = np.flatnonzero(short | over)
        lacking = incidence(rows, len(plain.low), np.where(short[rows], 1.0, -1.0))
        program = plain.with_columns(len(rows), 0.0, np.inf)
        added = sparse.hstack([plain.rows, lacking], format="csr")
        objective = np.concatenate([np.zeros(plain.width), -np.ones(len(rows))])
        found = relax(replace(program, rows=added), objective, time_limit=deadline.left())
        if found is None:
            return None
        if found.objective > -1e-6:
            return pairs
        chain = Chain(pairs, (), deadline)
        prices = np.concatenate([found.prices, np.zeros(len(chain.several))])
        charges = chain.charges(prices)
        unscored = ReducedCosts(charges.mentees, charges.mentors, charges.rules, scored=False)
        more = pairs.add_best_pairs(unscored, NOTHING)
        if len(more) == len(pairs):
            raise InfeasibleError("no matching satisfies all conditions")
        pairs = more


# What a flow may round a score by, in units of the largest: as much is left to a linear program.
STEP = 1 / FINEST_STEPS


@dataclass(frozen=True, eq=False)
class Linear:
    """The result of the chain of linear programs of a problem.

    What a matching loses at least by making a pair is what ``charges`` ask beyond the pair's score.
    """

    chain: Chain  # the last of them
    chosen: NDArray[np.intp]  # positions of the pairs of the last vertex, rounded
    prices: NDArray[np.float64]  # of the last program's rows, in units of score
    stages: tuple[Multipliers, ...]  # multipliers of every constraint, as in ``total``
    certificate: Certificate | None  # where the vertex is integral and its prices prove it

    @cached_property
    def total(self) -> Multipliers:
        """Multipliers of every constraint for the total."""
        return self.chain.multipliers(self.prices)

    @cached_property
    def charges(self) -> ReducedCosts:
        """What the prices ask of a pair."""
        return self.chain.charges(self.prices)

    @cached_property
    def bound(self) -> float:
        """On the total of the open pairs with all stages reached, recomputed from the prices."""
        problem, reached = self.pairs.problem, self.reached
        classes = problem.n_classes
        covered = np.array(reached[:classes] or [0] * classes)
        filled = reached[-1] if len(reached) > classes else int(covered.sum())
        return upper_bound(problem, self.total, covered, filled) - self.pairs.pinned_total

    @property
    def pairs(self) -> OpenPairs:
        """Those that were looked at; no other can matter at the prices."""
        return self.chain.pairs

    @property
    def reached(self) -> tuple[int, ...]:
        """What each earlier stage can reach at most."""
        return self.chain.reached


def solve_linear_chain(pairs: OpenPairs, deadline: Deadline) -> Linear | None:
    """Solve a chain of linear programs and prove its last vertex; None where there is none.

    Stage by stage: the coverage of each class, the pairs, the total, each keeping what the earlier
    ones reached. There is none when time was over, or where fractions reach a count that, rounded
    down, they cannot meet exactly. Raises InfeasibleError where not even fractions of pairs satisfy
    all rules.
    """
    chain = Chain(pairs, (), deadline)
    stages: list[Multipliers] = []
    for k in range(len(chain.counts)):
        settled = chain.settle(k)
        if settled is None:
            return None
        chain, found = settled
        stages.append(chain.multipliers(found.prices, counted=k))
        reached = int(np.floor(found.objective + 1e-6))
        chain = Chain(chain.pairs, (*chain.reached, reached), deadline)
    return _settle_total(chain, tuple(stages))


def _settle_total(chain: Chain, stages: tuple[Multipliers, ...]) -> Linear | None:
    """The best total, as fine as its proof needs; None where `Chain.settle` has none.

    HiGHS keeps a tolerance in units of the largest value. Where that is more than all that is made,
    what is left undecided is solved again.
    """
    known, last = np.zeros(len(chain.program.low)), np.inf
    best: Linear | None = None
    while True:
        settled = chain.settle(None, known, last)
        if settled is None:
            return best
        chain, found = settled
        count = len(chain.pairs)
        chosen = np.flatnonzero(found.values[:count] > 0.5)
        certificate = None
        if found.is_integral and chain.pairs.keeps_rules(chosen):
            total = chain.multipliers(found.prices)
            certificate = prove_with_rules(chain.pairs.matching(chosen), stages, total)
        proven = certificate is not None and certificate.proven
        best = Linear(chain, chosen, found.prices, stages, certificate if proven else None)
        if certificate is None or not can_shrink(certificate.gap, last):
            return best
        size = float(np.abs(chain.pairs.scores).max(initial=0.0))
        if proven and certificate.gap <= STEP * size * len(chosen):
            return best
        known, last = found.prices, certificate.gap
