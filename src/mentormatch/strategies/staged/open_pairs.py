"""The pairs to decide under side rules: all of them, or those that can be in an optimum.

Of a large problem only some pairs are held. Those that would be worth more than the prices ask of
them join, read by blocks, until there is none: priced columns [1]_.

References
----------
.. [1] P. C. Gilmore and R. E. Gomory (1961), A linear programming approach to the cutting-stock
   problem.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility import row_slices
from mentormatch.matching import Matching
from mentormatch.problem.conditions import NO_LIMIT
from mentormatch.solvers import Limits
from mentormatch.solvers.assignment.priced import solve_priced
from mentormatch.solvers.assignment.pricing import best_of_groups
from mentormatch.solvers.flows.columns import PairColumns
from mentormatch.solvers.programs.milp import MixedProgram
from mentormatch.solvers.programs.side_program import SideProgram
from mentormatch.strategies.base import Choice
from mentormatch.strategies.staged.transports import transport_of, with_pins
from mentormatch.threads import run_parallel

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem
    from mentormatch.solvers import Answer
    from mentormatch.solvers.flows.transport import Transport

__all__ = ["AT_ONCE", "GROUPS", "OpenPairs", "ReducedCosts", "linear_program", "seats_of"]

# Pairs up to which all of them at once are quicker than rounds of some.
AT_ONCE = 20_000
# Pairs of each mentee with which rounds start, and how many join in one.
GROUPS = 12
JOINING = 4


@dataclass(frozen=True, eq=False)
class ReducedCosts:
    """The prices of all constraints by mentee, mentor and rule: reduced costs of pairs."""

    mentees: NDArray[np.float64]  # (mentees,)
    mentors: NDArray[np.float64]  # (mentors,)
    rules: tuple[NDArray[np.float64], ...] = ()  # as in `Multipliers`
    scored: bool = True  # else a pair is worth nothing but what it is charged

    def worth(self, problem: Problem, rows: slice) -> NDArray[np.float64]:
        """Return the reduced costs of a block of pairs; −inf where none can be made."""
        value = problem.precise().open_scores(rows).astype(np.float64, copy=False)
        if not self.scored:
            # All alike: in an order of its own for each block, so that not all want the same.
            value[np.isfinite(value)] = 0.0
            value -= 1e-12 * np.random.default_rng(rows.start).random(value.shape)
        value -= self.mentors
        for constraint, asked in zip(problem.sides.constraints, self.rules, strict=False):
            constraint.charge(value, rows, asked)
        value -= self.mentees[rows, None]
        value[problem.after_pins.demand[rows] == 0] = -np.inf
        return value


@dataclass(frozen=True, eq=False)
class OpenPairs:
    """The pairs left to decide once the pins are made, or the part of them that is looked at."""

    problem: Problem
    columns: PairColumns  # the pairs, with their scores
    complete: bool  # whether these are all
    plain: Answer | None = None  # the optimum without side rules, where it was found on the way

    @classmethod
    def every(cls, problem: Problem) -> OpenPairs:
        """All eligible pairs but the pinned ones, of people with a place and a seat left."""
        none = cls(problem, PairColumns.empty(*problem.shape), complete=True)
        n, m = problem.shape
        free = ReducedCosts(np.zeros(n), np.zeros(m))
        return none.with_pairs(none.find_pairs(free, lambda worth: np.nonzero(worth > -np.inf)))

    @classmethod
    def to_start(cls, problem: Problem, limits: Limits | None = None) -> OpenPairs:
        """All pairs where these are few; else the optimum without side rules, and what is near it.

        Raises InfeasibleError where the minimums cannot be met, whatever the side rules are.
        """
        n, m = problem.shape
        if n * m <= AT_ONCE:
            return cls.every(problem)
        answer = solve_priced(seats_of(problem), limits or Limits())
        prices = np.zeros(m) if answer.prices is None else answer.prices
        plain = answer if answer.complete else None
        none = cls(problem, PairColumns.empty(n, m), complete=False, plain=plain)
        near = none.add_best_pairs(ReducedCosts(np.zeros(n), prices), -np.inf, GROUPS)
        return near.with_pairs((answer.mentees, answer.mentors))

    @cached_property
    def mentees(self) -> NDArray[np.intp]:
        """Of each pair."""
        return self.columns.mentees.astype(np.intp)

    @cached_property
    def mentors(self) -> NDArray[np.intp]:
        """Of each pair."""
        return self.columns.mentors.astype(np.intp)

    @property
    def scores(self) -> NDArray[np.float64]:
        """Of each pair, exact."""
        return self.columns.scores

    def add_best_pairs(
        self, charges: ReducedCosts, least: float, count: int | None = None, *, rivals: bool = False
    ) -> OpenPairs:
        """Add pairs whose reduced cost exceeds ``least``, a few of each mentee.

        Mentors are cut into groups and the best of each group may join, so that not everybody's
        pairs are with the same few. Where few mentors are concerned, with ``rivals`` their next
        best mentees join as well: a price that falls stops at the next of them. That takes another
        pass, well spent where a round is dear.
        """
        m = self.problem.shape[1]
        if self.complete or not m:
            return self
        width = max(1, -(-m // GROUPS))
        few = JOINING if count is None else count

        def best(worth: NDArray[np.float64]) -> tuple[NDArray[np.intp], ...]:
            mentors = best_of_groups(worth, width)
            values = np.take_along_axis(worth, mentors, axis=1)
            if values.shape[1] > few:
                cut = np.partition(values, -few, axis=1)[:, -few]
                values[values < cut[:, None]] = -np.inf
            i, group = np.nonzero((values > least) & (values > -np.inf))
            return i, mentors[i, group]

        mentees, mentors = self.find_pairs(charges, best)
        more = self.with_pairs((mentees, mentors))
        sought = np.unique(mentors)
        if not rivals or not len(sought):
            return more

        def next_best(worth: NDArray[np.float64]) -> tuple[NDArray[np.intp], ...]:
            # As many as a quarter of the mentees in all, shared among these mentors.
            count = len(worth) // (4 * len(sought))
            if not count:
                return np.empty(0, np.intp), np.empty(0, np.intp)
            i = np.argpartition(-worth[:, sought], count - 1, axis=0)[:count].ravel()
            j = np.tile(sought, count)
            open_ = worth[i, j] > -np.inf
            return i[open_], j[open_]

        return more.with_pairs(more.find_pairs(charges, next_best))

    def worth_at_least(self, charges: ReducedCosts, least: float) -> OpenPairs:
        """Add every pair whose reduced cost is at least ``least``."""
        if self.complete:
            return self
        return self.with_pairs(self.find_pairs(charges, lambda worth: np.nonzero(worth >= least)))

    def find_pairs(
        self,
        charges: ReducedCosts,
        choose: Callable[[NDArray[np.float64]], tuple[NDArray[np.intp], ...]],
    ) -> tuple[NDArray[np.intp], ...]:
        """Find pairs that are not held, chosen by their reduced cost, block by block."""
        first, held = self.columns.first, self.columns.mentors
        blocks = list(row_slices(*self.problem.shape))
        none = np.empty(0, np.intp), np.empty(0, np.intp)
        found = [none for _ in blocks]

        def read(k: int) -> None:
            rows = blocks[k]
            worth = charges.worth(self.problem, rows)
            counts = np.diff(first[rows.start : rows.stop + 1])
            own = held[first[rows.start] : first[rows.stop]]
            worth[np.repeat(np.arange(len(worth)), counts), own] = -np.inf
            i, j = choose(worth)
            found[k] = (i + rows.start, j)

        run_parallel(read, list(range(len(blocks))))
        mentees, mentors = zip(none, *found, strict=True)
        return np.concatenate(mentees), np.concatenate(mentors)

    def with_pairs(self, pairs: tuple[NDArray[np.intp], ...]) -> OpenPairs:
        """Add some pairs, given as their mentees and their mentors."""
        mentees, mentors = pairs
        if not len(mentees):
            return self
        scores = np.asarray(self.problem.pairs(mentees, mentors).scores, dtype=np.float64)
        return replace(self, columns=self.columns.with_pairs(mentees, mentors, scores))

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def pinned_total(self) -> float:
        """The sum of the pinned pairs' scores."""
        return float(self.problem.pairs(*self.problem.pinned.T).scores.sum())

    def matching(self, chosen: NDArray[np.intp]) -> Matching:
        """The pinned pairs and these, checked against the problem."""
        made = with_pins(self.problem, self.mentees[chosen], self.mentors[chosen])
        return Matching(self.problem, *made)

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

    def keeps_rules(self, chosen: NDArray[np.intp]) -> bool:
        """Whether some of the pairs keep every limit, in whole numbers.

        Values that are whole up to a solver's tolerance need not, where a rule weighs them by large
        numbers.
        """
        program = self.program()
        counts = program.rows[:, chosen].sum(axis=1)
        kept = (program.low <= counts) & (counts <= program.high)
        return bool((kept & ((counts == 0) | (counts >= program.thresholds))).all())

    def linear(self) -> MixedProgram:
        """See `linear_program`."""
        return linear_program(self.problem, self.mentees, self.mentors)

    def program(self) -> SideProgram:
        """The same rows in whole numbers, with what they must reach unless they are empty."""
        problem, left = self.problem, self.problem.after_pins
        low, high = problem.sides.limits(problem.pinned)
        return SideProgram(
            self.mentees,
            self.mentors,
            self.scores,
            left.demand,
            left.covered,
            problem.priority_classes,
            self.linear().rows.astype(np.int64),
            np.concatenate([np.zeros_like(left.demand), left.minimum, low]),
            np.concatenate([left.demand, left.capacity, high]),
            np.pad(problem.sides.thresholds(problem.pinned), (sum(problem.shape), 0)),
        )


def linear_program(
    problem: Problem, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> MixedProgram:
    """A column for each of some pairs; demands, capacities with minimums, side rules as rows."""
    left = problem.after_pins
    low, high = problem.sides.limits(problem.pinned)
    rows = problem.sides.matrix(mentees, mentors).astype(np.float64)
    program = MixedProgram.of_pairs(mentees, mentors, left.demand, left.capacity, left.minimum)
    return program.with_rows(rows, low, np.where(high == NO_LIMIT, np.inf, high))


def seats_of(problem: Problem) -> Transport:
    """The problem without its side rules; of hours as many seats as they hold.

    That many are held of mentees who use the mean.
    """
    transport = transport_of(problem)
    if problem.usage is None:
        return transport
    people = np.arange(problem.shape[0]), np.arange(problem.shape[1])
    used = problem.sides.usage_of(*people)
    mean = float(np.mean(used)) if np.size(used) else 1.0
    seats = np.floor(problem.sides.hours_held / max(mean, 1e-9)).clip(max=problem.shape[0])
    capacity = np.minimum(transport.capacity, seats.astype(np.int64))
    return replace(transport, capacity=np.maximum(capacity, transport.minimum))
