"""Rematching as an integer program, for what is no flow: a budget of changes, people who lose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import pairs_left_open
from mentormatch.matching.matching import Matching
from mentormatch.solvers.arrays import incidence
from mentormatch.solvers.deadline import LEAST_SECONDS
from mentormatch.solvers.programs.milp import MixedProgram
from mentormatch.strategies.base import Options, match
from mentormatch.strategies.programs.chain import staged_model
from mentormatch.strategies.programs.pair_sums import refuse_broken_rules
from mentormatch.strategies.staged.transports import with_pins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.rematching.people import Incumbents
    from mentormatch.solvers.deadline import Deadline
    from mentormatch.strategies.base import Strategy

__all__ = ["ENGINE", "PairProgram", "SearchOptions", "Solved"]

ENGINE = "branch and bound (highs)"
# Cells up to which every pair is a column; of larger problems only those that a bound leaves open.
EVERY = 20_000
SECONDS = 60.0


@dataclass(frozen=True)
class SearchOptions:
    """What of `rematch` each search is told: one seed, and one deadline for all of them."""

    seed: int
    deadline: Deadline

    @property
    def over(self) -> bool:
        """Whether the time is over, so that no further search is begun but for an answer at all."""
        return self.deadline.has_passed

    @property
    def time_limit(self) -> float | None:
        """Seconds for one more search, a few even where it is late; None: any number."""
        left = self.deadline.left()
        return None if left is None else max(left, LEAST_SECONDS)

    def match(self, problem: Problem, strategy: str | Strategy = "optimal") -> Matching:
        """Match in the time that is left."""
        return match(problem, strategy, seed=self.seed, time_limit=self.time_limit)


@dataclass(frozen=True, eq=False)
class Solved:
    """A matching, the value of the objective in it, and what none exceeds."""

    matching: Matching
    value: float
    bound: float


@dataclass(frozen=True, eq=False)
class PairProgram:
    """The matchings of most coverage, as columns of 0 and 1."""

    problem: Problem
    # the first columns are pairs that may be made, in order; then what counts
    program: MixedProgram
    mentees: NDArray[np.intp]  # of these pairs
    mentors: NDArray[np.intp]  # of these pairs
    scores: NDArray[np.float64]  # of these pairs
    options: SearchOptions  # as of `rematch`: seed and deadline

    @classmethod
    def every(cls, problem: Problem, options: SearchOptions) -> PairProgram | None:
        """All pairs, with any rules; None where they are too many."""
        n, m = problem.shape
        if n * m > EVERY:
            return None
        limits = Options(options.seed, time_limit=options.time_limit)
        model = staged_model(problem, limits)
        scores = model.scores * model.unit
        return cls(problem, model.program, model.mentees, model.mentors, scores, options)

    @classmethod
    def left_open(
        cls,
        priced: Matching,
        problem: Problem,
        feasible: Matching,
        gap: float,
        options: SearchOptions,
    ) -> PairProgram | None:
        """The pairs that a matching within a gap of the bound of a priced one can have.

        None where it is not known which those are, or where they are too many.
        """
        certificate = priced.certificate
        if problem.wants_several or problem.sides or certificate is None or not certificate.proven:
            return None
        columns = pairs_left_open(priced, gap)
        if columns is None:
            return None
        mentees, mentors = columns
        left = problem.after_pins
        program = MixedProgram.of_pairs(mentees, mentors, left.demand, left.capacity, left.minimum)
        if problem.coverage_first:
            classes = problem.priority_classes
            newly = (feasible.places > 0) & ~left.covered
            covered = np.bincount(classes[newly], minlength=problem.n_classes).astype(float)
            rows = incidence(classes[mentees], problem.n_classes)
            program = program.with_rows(rows, covered, covered)
        scores = np.asarray(problem.pairs(mentees, mentors).scores, dtype=np.float64)
        return cls(problem, program, mentees, mentors, scores, options)

    def columns_of(
        self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """By pair its column, −1 where there is none; and which are pinned."""
        m = max(self.problem.shape[1], 1)
        own, asked = self.mentees * m + self.mentors, mentees * m + mentors
        place = np.searchsorted(own, asked)
        known = place < len(own)
        known[known] = own[place[known]] == asked[known]
        pins = self.problem.pinned
        pinned = np.isin(asked, pins[:, 0] * m + pins[:, 1])
        return np.where(known, place, -1), np.asarray(pinned)

    def keeping(
        self, mentees: NDArray[np.intp], mentors: NDArray[np.intp], least: int
    ) -> PairProgram:
        """With at least so many of some pairs."""
        columns, pinned = self.columns_of(mentees, mentors)
        row = np.zeros((1, self.program.width))
        row[0, columns[columns >= 0]] = 1.0
        return replace(self, program=self.program.with_rows(row, least - pinned.sum(), np.inf))

    def with_people(self, incumbents: Incumbents) -> tuple[PairProgram, NDArray[np.float64]]:
        """With columns for people who lose somebody, and the objective that counts them."""
        columns, pinned = self.columns_of(incumbents.mentees, incumbents.mentors)
        program, people = incumbents.with_people(self.program, columns, pinned)
        return replace(self, program=program), people

    def at_most(self, counted: NDArray[np.float64], most: int) -> PairProgram:
        """With a count of at most so many."""
        program = self.program.with_rows(counted[None, :], -np.inf, most)
        return replace(self, program=program)

    def maximise(
        self,
        less: NDArray[np.float64] | None = None,
        *,
        factor: float = 1.0,
        start: Matching | None = None,
    ) -> Solved:
        """The matching with the most of the total times ``factor``, ``less`` something.

        ``start`` meets all rows: what comes back where the time is over before a better one. Raises
        InfeasibleError where there is none, SolverError where none was found in time.
        """
        objective = np.zeros(self.program.width)
        objective[: len(self.mentees)] = factor * self.scores
        if less is not None:
            objective -= less
        limit = self.options.time_limit or SECONDS
        begin = None
        if start is not None:
            columns, _ = self.columns_of(start.mentees, start.mentors)
            begin = np.zeros(len(self.mentees))
            begin[columns[columns >= 0]] = 1.0
        answer = self.program.maximise(objective, time_limit=limit, start=begin)
        made = np.flatnonzero(answer.values[: len(self.mentees)] > 0.5)
        mentees, mentors = with_pins(self.problem, self.mentees[made], self.mentors[made])
        refuse_broken_rules(self.problem, mentees, mentors)
        matching = Matching(self.problem, mentees, mentors, engine=ENGINE, seed=self.options.seed)
        fixed = factor * (matching.total - float(self.scores[made].sum()))
        return Solved(matching, answer.objective + fixed, answer.bound + fixed)
