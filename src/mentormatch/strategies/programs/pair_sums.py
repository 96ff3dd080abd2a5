"""The open pairs of a problem as columns, its side rules as rows, and what mentees get."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.certificates import CANCELLED, sum_by_mentee
from mentormatch.errors import SolverError
from mentormatch.solvers.arrays import incidence
from mentormatch.strategies.staged.open_pairs import linear_program

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.solvers import Answer
    from mentormatch.solvers.programs.milp import MixedProgram

__all__ = ["ROUND_UP", "PairSums", "integer_program", "refuse_broken_rules"]

# A column of 0 or 1 is 1 above this.
ROUND_UP = 0.5
# Sums of one mentee that are listed at most.
MOST_LISTED = 20_000


@dataclass(frozen=True, eq=False)
class PairSums:
    """The open pairs of a problem, and the sums that its mentees can get of them.

    The pairs are in the order of their columns, scores in units of ``unit``: the power of two that
    makes all numbers near 1.
    """

    problem: Problem
    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    scores: NDArray[np.float64]
    unit: float
    choosing: bool  # only mentees who have a place once the pins are made are compared
    best: NDArray[np.float64]  # (mentees,): what no mentee can have more than, if it has anybody

    @classmethod
    def every(cls, problem: Problem, scores: NDArray[np.float64], unit: float) -> PairSums:
        """All open pairs; ``scores`` is (mentees, mentors), NaN where a pair is none."""
        mentees, mentors = np.nonzero(~np.isnan(scores))
        found = cls(
            problem, mentees, mentors, scores[mentees, mentors] / unit, unit, False, np.empty(0)
        )
        return replace(found, best=found.best_sums())

    def near(self, optimum: Answer, count: int) -> PairSums:
        """Those worth most at the prices of the best total, and its own; bounds stay those of all.

        Of each mentee ``count`` pairs beyond what it wants, and of each mentor as many beyond its
        minimum.
        """
        n, m = self.problem.shape
        left = self.problem.after_pins
        prices = np.zeros(m) if optimum.prices is None else optimum.prices / self.unit
        value = np.full((n, m), -np.inf)
        value[self.mentees, self.mentors] = self.scores - prices[self.mentors]
        keep = np.zeros((n, m), dtype=bool)
        width = min(count + int(left.demand.max(initial=0)), m)
        top = np.argpartition(-value, width - 1, axis=1)[:, :width]
        np.put_along_axis(keep, top, True, axis=1)
        depth = min(count + int(left.minimum.max(initial=0)), n)
        top = np.argpartition(-value, depth - 1, axis=0)[:depth]
        np.put_along_axis(keep, top, True, axis=0)
        keep[optimum.mentees, optimum.mentors] = True
        some = keep[self.mentees, self.mentors]
        return replace(
            self, mentees=self.mentees[some], mentors=self.mentors[some], scores=self.scores[some]
        )

    def worst_of(self, values: NDArray[np.float64], k: int = 1) -> float:
        """The sum of the k smallest sums of those compared, of the pairs that some values make."""
        made = values[: len(self.mentees)] > ROUND_UP
        n = self.problem.shape[0]
        sums = np.bincount(self.mentees[made], self.scores[made], minlength=n)
        who = self.compared()
        if self.problem.coverage_first:
            places = np.bincount(self.mentees[made], minlength=n)
            who = who[(places[who] > 0) | self.problem.after_pins.covered[who]]
        return float(np.sort((sums + self.pinned_by_mentee())[who])[:k].sum())

    def pairs_of(self, values: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The open pairs that some values make."""
        made = np.flatnonzero(values[: len(self.mentees)] > ROUND_UP)
        return self.mentees[made], self.mentors[made]

    def places(self, values: NDArray[np.float64] | None = None) -> sparse.csr_array:
        """Sparse (mentees, pairs): 1, or a value, where a pair is the mentee's."""
        return incidence(self.mentees, self.problem.shape[0], 1.0 if values is None else values)

    def compared(self) -> NDArray[np.intp]:
        """Who is compared, as positions."""
        problem, left = self.problem, self.problem.after_pins
        who = problem.demands > 0
        if problem.coverage_first:
            who = left.covered | (np.bincount(self.mentees, minlength=problem.shape[0]) > 0)
        return np.flatnonzero(who & (left.demand > 0) if self.choosing else who)

    def best_sums(self) -> NDArray[np.float64]:
        """What no mentee can have more than, if it has anybody."""
        gain = self._first_scores(largest=True)
        # A first mentor may have to be one of negative score; a further one, also beside pins, or
        # where only the total counts any, need not. Where seats come before scores, none of it is
        # sure.
        free = self.problem.after_pins.covered[:, None] | (np.arange(gain.shape[1]) > 0)
        if not self.problem.coverage_first:
            free[:] = True
        gain[free] = np.maximum(gain[free], 0.0)
        return np.asarray(self.pinned_by_mentee() + gain.sum(axis=1))

    def _first_scores(self, *, largest: bool) -> NDArray[np.float64]:
        """The largest scores, or the smallest, of as many pairs as each wants; 0 for no more."""
        n, m = self.problem.shape
        demand = self.problem.after_pins.demand
        width = min(int(demand.max(initial=0)), m)
        sign = -1.0 if largest else 1.0
        table = np.full((n, m), np.inf)
        table[self.mentees, self.mentors] = sign * self.scores
        if 0 < width < m:
            table = np.partition(table, width - 1, axis=1)
        first = np.sort(table[:, :width], axis=1)
        there = np.isfinite(first) & (np.arange(width) < demand[:, None])
        return np.asarray(np.where(there, sign * first, 0.0))

    def sums_of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each mentee gets of the pairs that some values make, and of its pins."""
        made = values[: len(self.mentees)] > ROUND_UP
        mentees = np.concatenate([self.mentees[made], self.problem.pinned[:, 0]])
        scores = np.concatenate([self.scores[made], self.pinned_scores()])
        return sum_by_mentee(mentees, scores, self.problem.shape[0])

    def lowest_sums(self) -> NDArray[np.float64]:
        """What no mentee can have less than."""
        worst = np.minimum(self._first_scores(largest=False), 0.0)
        return np.asarray(self.pinned_by_mentee() + worst.sum(axis=1))

    def least_sums(self, untold: float) -> NDArray[np.float64]:
        """The smallest sum above 0 that each mentee can have, or less; inf where there is none.

        ``untold`` is said of mentees of negative scores with more sums than can be listed.
        """
        pinned, lowest = self.pinned_by_mentee(), self.lowest_sums()
        least = np.where(pinned > 0, pinned, np.inf)
        some = (self.scores > 0) & (pinned[self.mentees] <= 0)
        np.minimum.at(least, self.mentees[some], self.scores[some])
        for one in np.flatnonzero((lowest < np.maximum(pinned, 0.0)) & (self.best > 0)).tolist():
            sums = self.possible_sums(one, MOST_LISTED)
            if sums is None:
                least[one] = untold
                continue
            size = float(np.abs(self.scores[self.mentees == one]).sum()) + abs(float(pinned[one]))
            least[one] = float(sums[sums > CANCELLED * size].min(initial=np.inf))
        return least

    def possible_sums(self, mentee: int, most: int) -> NDArray[np.float64] | None:
        """Every sum that a mentee can have, and perhaps others; None where more than ``most``."""
        own = np.append(self.scores[self.mentees == mentee], 0.0)
        some = np.zeros(1)
        for _ in range(int(self.problem.after_pins.demand[mentee])):
            if len(some) * len(own) > most:
                return None
            some = np.unique(some[:, None] + own)
        return np.asarray(some + self.pinned_by_mentee()[mentee])

    def pinned_scores(self) -> NDArray[np.float64]:
        """Of the pinned pairs, in units of `unit`."""
        pinned = self.problem.pinned
        scores = self.problem.pairs(pinned[:, 0], pinned[:, 1]).scores
        return np.asarray(scores, np.float64) / self.unit

    def pinned_by_mentee(self) -> NDArray[np.float64]:
        """What each mentee has by its pins."""
        held = np.zeros(self.problem.shape[0])
        np.add.at(held, self.problem.pinned[:, 0], self.pinned_scores())
        return held


def integer_program(
    problem: Problem, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> MixedProgram:
    """The rows of `linear_program`, and those that no linear program has.

    A row that must be empty or reach a number has one more column of 0 or 1, which says which.
    """
    program = linear_program(problem, mentees, mentors)
    thresholds = problem.sides.thresholds(problem.pinned)
    either = np.flatnonzero(thresholds > 1)
    if not len(either):
        return program
    some = program.rows[sum(problem.shape) + either]
    least = thresholds[either].astype(np.float64)
    most = np.maximum(np.asarray(some.sum(axis=1)).ravel(), least)
    program = program.with_columns(len(either), 0.0, 1.0, integral=True)
    program = program.with_rows(some, 0.0, np.inf, last=-sparse.diags_array(least))
    return program.with_rows(some, -np.inf, 0.0, last=-sparse.diags_array(most))


def refuse_broken_rules(
    problem: Problem, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> None:
    """Raise a SolverError that names a rule which a solver's tolerance let its pairs break."""
    wrong = problem.sides.broken(mentees, mentors, problem.mentee_ids, problem.mentor_ids)
    if wrong:
        raise SolverError(
            f"HiGHS could not keep a rule exactly: {wrong[0]}. Give hours that are multiples of a "
            'larger unit, such as 0.25, or use strategy="optimal".'
        )
