"""A matching problem as an integer program, with what was settled so far as rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.certificates import bounded_by_solver, exact_scores, measure_stage, stage_tolerance
from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.problem.checks import are_among
from mentormatch.proofs.program_stages import BoundedStage
from mentormatch.solvers import solve
from mentormatch.solvers.deadline import LEAST_SECONDS, Deadline
from mentormatch.solvers.flows.integers import power_of_two_above
from mentormatch.solvers.programs.milp import MixedProgram, ProgramAnswer
from mentormatch.strategies.base import Choice
from mentormatch.strategies.programs.neighbours import improve_by_some
from mentormatch.strategies.programs.pair_sums import (
    ROUND_UP,
    PairSums,
    integer_program,
    refuse_broken_rules,
)
from mentormatch.strategies.staged.repairing import repair_optimum
from mentormatch.strategies.staged.transports import transport_of, with_pins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.proofs.measures import Measure
    from mentormatch.proofs.promises import Promise
    from mentormatch.solvers import Answer
    from mentormatch.strategies.base import Options

__all__ = ["ROOM", "SOLVER", "Model", "widen"]

# HiGHS takes a row for met within 1e-7; an earlier stage is asked for with that much room.
ROOM = 1e-7
# Tried where it then says that nothing meets the rows, although something is known to.
MORE_ROOM = (1e-6, 1e-5)
# So many seconds a pair are what HiGHS may need to begin, and it keeps no limit while it does:
# where there is less time, only pairs that are near the best total are looked at.
SECONDS_A_PAIR = 1e-4
AT_ONCE = 20_000
# Pairs of each mentee then: as many as a search among them can begin with in time.
NEAR, FEWEST, PAIRS_A_SECOND = 16, 3, 2_000
# Seconds a column below which no search is begun where an answer is known.
BEGINNING = 1e-4
# Rows up to which HiGHS ends in time, or nearly, and often with a proof, however long some are: so
# it was at 60 x 60 to 150 x 60, and not at 1,500 x 500.
MANY_ROWS = 1_000
SOLVER = "HiGHS"
# What HiGHS may overlook of a bound, in parts of the scores: half of what counts as zero.
OUTWARD, SHARE = 5e-7, 0.5
WHOLE = 0.5


@dataclass(frozen=True, eq=False)
class Model(PairSums):
    """A matching problem as an integer program, its stages settled so far in rows of their own.

    The columns of the program are first one for each open pair, then what the stages added.
    """

    options: Options
    program: MixedProgram
    # Values of the pairs with the best total. Under side rules those of some that keep them all,
    # made without a search, where time is limited; else empty.
    optimum: NDArray[np.float64]
    feasible: bool  # whether a matching with the best total meets all rows: there is an answer
    partial: bool = False  # only some pairs are looked at: no bound of the solver holds for all
    # (measure, bound) of each settled stage, in units of score
    stages: tuple[tuple[Measure, float], ...] = ()
    floors: tuple[int, ...] = ()  # the rows that keep what the stages reached
    compares_groups: bool = False  # rows go over all pairs of whole groups
    parted: bool = False  # a stage was improved by some mentees at a time, and so are all others
    # First of the columns that say who is covered, or None when everybody compared is.
    covered: int | None = None
    # Of the columns after the last settled stage; empty before the first.
    values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    # False: of a total to be kept only a part is sure, so that nothing is proven
    exact: bool = True

    @classmethod
    def of(cls, problem: Problem, options: Options, *, until: float | None = None) -> Model:
        """Demands, capacities, minimums and side rules; ``until`` is of `exact_scores`."""
        if options.engine is not None:
            raise SolverError(
                f"engine={options.engine!r} cannot be chosen here: this is an integer program, "
                f"which {SOLVER} solves. Leave engine out."
            )
        left = problem.after_pins
        scores = exact_scores(problem, until=until)
        scores[problem.pinned[:, 0], problem.pinned[:, 1]] = np.nan
        scores[left.demand == 0] = np.nan
        scores[:, left.capacity == 0] = np.nan
        pinned = problem.pairs(problem.pinned[:, 0], problem.pinned[:, 1]).scores
        limit, pairs = options.time_limit, int(np.count_nonzero(~np.isnan(scores)))
        partial = limit is not None and pairs > AT_ONCE and limit < SECONDS_A_PAIR * pairs
        optimum, near = None, None
        if problem.sides and limit is not None:
            optimum, near = _keep_rules_quickly(problem, options)
        elif not problem.sides:
            optimum, _ = solve(transport_of(problem))
            near = optimum
        unit = power_of_two_above(np.concatenate([scores[~np.isnan(scores)], pinned]))
        sums = PairSums.every(problem, scores, unit)
        if partial and near is not None:
            width = min(int(limit * PAIRS_A_SECOND / max(len(scores), 1)), NEAR) if limit else NEAR
            sums = sums.near(near, max(width, FEWEST))
        mentees, mentors = sums.mentees, sums.mentors
        known = np.empty(0)
        if optimum is not None:
            made = are_among(mentees, mentors, optimum.mentees, optimum.mentors)
            known = made.astype(np.float64)
        return cls(
            problem,
            mentees,
            mentors,
            sums.scores,
            unit,
            False,
            sums.best,
            options,
            integer_program(problem, mentees, mentors),
            optimum=known,
            feasible=False,
            partial=partial,
        )

    def best_total(self) -> ProgramAnswer:
        """The best total of the open pairs that the settled stages leave."""
        return self.maximise(self.on_pairs(self.scores))

    def settle(
        self,
        objective: NDArray[np.float64],
        measure: Measure,
        *,
        constant: float = 0.0,
        most: float = np.inf,
        in_scores: bool = False,
        counted: bool = False,
        may_be_known: bool = False,
    ) -> Model:
        """Solve one more stage, and keep its value as a row.

        To a value of the objective (columns,) pinned pairs add ``constant``; ``most`` is a bound
        that is known without a search. A value ``in_scores`` is one of scores, else it has a unit
        of its own; one that is ``counted`` is a whole number, kept exactly. Where that
        ``may_be_known``, or time is limited, what is known is tried before a search is begun.
        """
        limited = self.options.time_limit is not None
        by_parts = limited and self._is_hard_to_interrupt(objective)
        known = self.known() if by_parts or (counted and (may_be_known or limited)) else None
        answer = None if known is None else self.program.completed(known, objective)
        parted = self.parted
        # Where what is known reaches the bound, no search is needed, and none can lose it.
        if answer is None or answer.objective + constant < most - ROOM:
            answer = self.maximise(objective, enough=most - constant)
            parted |= by_parts
        bound = most if self.partial else min(answer.bound + constant, most)
        # What the solver's tolerance lets it reach beyond ``most`` is not there.
        bound = min(max(bound, answer.objective + constant), most)
        bound *= self.unit if in_scores else 1.0
        size = max(1.0, abs(answer.objective))
        low, high = answer.objective - ROOM * size, np.inf
        if counted:
            low = high = float(np.rint(answer.objective))
        program = self.program.with_rows(objective[None, :], low, high)
        floors = self.floors if counted else (*self.floors, len(program.low) - 1)
        return replace(
            self,
            program=program,
            stages=(*self.stages, (measure, bound)),
            floors=floors,
            parted=parted,
            values=answer.values,
        )

    def maximise(
        self, objective: NDArray[np.float64], *, share: float = 1.0, enough: float = np.inf
    ) -> ProgramAnswer:
        """The largest value of an objective; with a limit on time, what is known where that ends.

        It may take ``share`` of the time that is left; nothing is above ``enough``.
        """
        known, limit = self.known(), self.options.deadline.part(share, LEAST_SECONDS)
        by_parts = limit is not None and self._is_hard_to_interrupt(objective)
        if known is not None and (by_parts or self.too_late):
            # No search of all is begun: what is known is completed, without a bound of its own.
            completed = self.program.completed(known, objective)
            if completed is not None and by_parts:
                deadline = Deadline.after(limit)
                return improve_by_some(
                    self.program, objective, self.mentees, completed, deadline, enough - ROOM
                )
            if completed is not None:
                return replace(completed, bound=np.inf)
        for room in (0.0, *MORE_ROOM):
            low = self.program.low.copy()
            low[list(self.floors)] -= room
            try:
                return replace(self.program, low=low).maximise(
                    objective, gap=self.options.gap, time_limit=limit, start=known
                )
            except InfeasibleError:
                # Where an answer is known, a solver that sees none has lost it to its rounding.
                if known is None and self.partial:
                    raise SolverError(
                        "No matching was found in time among the pairs that were looked at. Give "
                        "a larger time_limit, or none."
                    ) from None
                if known is None:
                    raise
        assert known is not None
        return ProgramAnswer(self.on_pairs(known), -np.inf, np.inf)

    def _is_hard_to_interrupt(self, objective: NDArray[np.float64]) -> bool:
        """Whether HiGHS would look at no clock, and would hardly end with a proof in time.

        So it was with rows over whole groups beside side rules, and where the objective is of other
        columns than the pairs, so that its relaxation says nothing; and after such a stage.
        """
        hard = self.parted or bool(self.problem.sides) or not objective[: len(self.mentees)].any()
        large = len(self.program.low) > MANY_ROWS and self.program.has_long_rows
        return self.compares_groups and hard and large

    def known(self) -> NDArray[np.float64] | None:
        """Values of the pairs that meet all rows; None where none are known.

        The best total meets coverage and any budget; the stage before met what came before it.
        """
        if len(self.values):
            return self.values[: len(self.mentees)]
        return self.optimum if self.feasible else None

    @property
    def too_late(self) -> bool:
        """Whether too little time is left to begin a search where an answer is known."""
        left = self.options.deadline.left()
        return left is not None and left < max(LEAST_SECONDS, self.program.width * BEGINNING)

    @property
    def over(self) -> bool:
        """The time limit has passed."""
        return self.options.deadline.has_passed

    def on_pairs(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """An objective with these values on the pairs and 0 on everything else."""
        return np.concatenate([values, np.zeros(self.program.width - len(values))])

    def most_of_worst(self, k: int) -> float:
        """A bound on the sum of the k worst: what they would have if everybody had the best.

        Coverage may leave out those whose best is lowest.
        """
        compared = np.sort(self.best[self.compared()])
        return float(compared[len(compared) - self.n_compared() :][:k].sum())

    def per_mentee(self, *, received: bool) -> tuple[NDArray[np.float64], sparse.csr_array]:
        """What each mentee gets, as a constant and a sparse (mentees, columns) matrix.

        ``received``: the sum of its scores; else 1 with a mentor, 0 without.
        """
        if received:
            return self.pinned_by_mentee(), self.places(self.scores)
        covered = self.problem.after_pins.covered.astype(np.float64)
        places = self.places()
        if self.covered is not None:
            n = self.problem.shape[0]
            before = sparse.csr_array((n, self.covered))
            return covered, sparse.hstack([before, sparse.eye_array(n)], format="csr")
        return covered, places.multiply((covered == 0)[:, None]).tocsr()

    def with_indicators(self) -> Model:
        """Columns that are 1 only for mentees who have a mentor."""
        n, start = self.problem.shape[0], self.program.width
        program = self.program.with_columns(n, 0.0, 1.0, integral=True)
        left = self.problem.after_pins
        open_to = (left.demand > 0) & ~left.covered
        places = self.places()
        program = program.with_rows(places, 0.0, np.inf, last=-sparse.eye_array(n))
        # A row per mentee that keeps the indicator from hiding a mentor it has.
        most, wanted = np.where(open_to, 0.0, np.inf), sparse.diags_array(left.demand.astype(float))
        program = program.with_rows(places, -np.inf, most, last=-wanted)
        upper = program.upper.copy()
        upper[start:][~open_to] = 0.0
        return replace(self, program=replace(program, upper=upper), covered=start)

    def coverage_objective(self) -> tuple[NDArray[np.float64], Model]:
        """The objective that counts mentees who get a first mentor, and the model it belongs to."""
        model = self
        if self.problem.wants_several and self.covered is None:
            model = self.with_indicators()
        if model.covered is None:
            return model.on_pairs(np.ones(len(model.mentees))), model
        objective = np.zeros(model.program.width)
        objective[model.covered : model.covered + model.problem.shape[0]] = 1.0
        return objective, model

    def n_compared(self) -> int:
        """How many mentees are compared."""
        if not self.problem.coverage_first or self.covered is None:
            return len(self.compared())
        left = self.problem.after_pins
        made = self.known()
        served = left.covered.copy()
        if made is not None:
            served[self.mentees[made > ROUND_UP]] = True
        return int(np.count_nonzero(served & (left.demand > 0) if self.choosing else served))

    def choice(
        self,
        promise: Promise,
        *,
        finished: bool = True,
        notes: tuple[str, ...] = (),
        answer: ProgramAnswer | None = None,
    ) -> Choice:
        """Find the best total that the settled stages leave, with everything the solver proved.

        ``answer`` is that total where it is known already.
        """
        answer = self._bounded(self.best_total() if answer is None else answer)
        mentees, mentors = with_pins(self.problem, *self.pairs_of(answer.values))
        refuse_broken_rules(self.problem, mentees, mentors)
        bound = (answer.bound + float(self.pinned_scores().sum())) * self.unit

        def proof(matching: Matching) -> Certificate:
            stages = tuple(
                bounded_stage(measure, limit, matching) for measure, limit in self.stages
            )
            return bounded_by_solver(
                matching,
                SOLVER,
                widen(bound, matching),
                stages,
                promise=promise,
                finished=finished and self.exact,
            )

        engine = f"{SOLVER}, {len(self.stages) + 1} stages"
        return Choice(mentees, mentors, engine=engine, certify=proof, notes=notes)

    def _bounded(self, answer: ProgramAnswer) -> ProgramAnswer:
        """An answer whose bound is that of the best total of all, where it has none of its own."""
        if np.isfinite(answer.bound) and not self.partial:
            return answer
        if self.problem.sides:
            most = self.most_of_worst(len(self.mentees)) - float(self.pinned_scores().sum())
        else:
            most = float(self.scores @ self.optimum)
        return replace(answer, bound=max(answer.objective, most))


def _keep_rules_quickly(problem: Problem, options: Options) -> tuple[Answer | None, Answer | None]:
    """Make some pairs that keep all side rules, without a search; and say where to look for more.

    Whatever time is left, no stage then has less than these have.
    """
    try:
        repaired, plain = repair_optimum(problem, options.deadline)
    except InfeasibleError:
        # Without side rules nothing is possible either, which the search will say.
        return None, None
    if repaired is None:
        return None, plain
    pairs, chosen = repaired
    made = replace(plain, mentees=pairs.mentees[chosen], mentors=pairs.mentors[chosen])
    return made, made


def widen(bound: float, matching: Matching) -> float:
    """Return a solver's bound on the total, never below what the matching has."""
    return max(bound, matching.total) + OUTWARD * float(np.abs(matching.scores).sum())


def bounded_stage(measure: Measure, limit: float, matching: Matching) -> BoundedStage:
    """Prove a stage by its solver's bound."""
    value, tolerance = measure_stage(measure, matching), stage_tolerance(measure, matching)
    # Counts are whole, and are reached whatever the rounding; nothing is beyond a bound that holds.
    sure = tolerance >= WHOLE or limit == 0
    return BoundedStage(
        measure, value, max(limit, value) + (0.0 if sure else SHARE * tolerance), tolerance
    )
