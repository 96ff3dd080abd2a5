"""Matchings with few blocking pairs, or none in spite of ties: an integer program for CP-SAT.

For an eligible pair (i, j) let A be 1 when i has somebody at least as good as j, and B the number
of mentees with j who are at least as good as i. The pair does not block when q_j·(1 − A) ≤ B [1]_.
A and B are running sums down the two lists [2]_, so the program grows with the number of pairs
only.

References
----------
.. [1] A. Kwanashie and D. F. Manlove (2014), An integer programming approach to the
   hospitals/residents problem with ties.
.. [2] M. Delorme, S. García, J. Gondzio, J. Kalcsics, D. Manlove and W. Pettersson (2019),
   Mathematical models for stable matching problems with ties and incomplete lists.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers.flows.integers import IntegerScale
from mentormatch.solvers.programs.cp_sat import one_search

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from ortools.sat.python import cp_model

    from mentormatch.solvers.arrays import Positions
    from mentormatch.solvers.deadline import Deadline
    from mentormatch.solvers.flows.transport import Limits

__all__ = ["BlockingAnswer", "BlockingProgram", "Stage"]

# Variables or rows between two looks at the clock.
AT_ONCE = 10_000
TOO_LATE = "CP-SAT found no matching in time ({}). Give a larger time_limit, or none."


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage of the search reached."""

    what: str  # "coverage", "blocking pairs" or "total"
    value: float  # what was reached, in units of the stage
    # What no matching of the earlier stages' values exceeds (or, for blocking pairs, goes below).
    bound: float
    proven: bool  # value = bound, up to rounding


@dataclass(frozen=True, eq=False)
class BlockingAnswer:
    """Positions of the chosen arcs, and the stages in their order."""

    chosen: Positions
    stages: tuple[Stage, ...]


@dataclass(frozen=True, eq=False)
class BlockingProgram:
    """Mentees who want one mentor each, mentors with seats, and the arcs between them."""

    mentees: Positions  # (arcs,)
    mentors: Positions  # (arcs,)
    mentee_values: NDArray[np.float64]  # (arcs,): what the side ranks by; equal = tied
    mentor_values: NDArray[np.float64]  # (arcs,): what the side ranks by; equal = tied
    scores: NDArray[np.float64]  # (arcs,): what the total adds up
    seats: NDArray[np.int64]  # (mentors,)
    minimum: NDArray[np.int64]  # (mentors,)
    classes: Positions  # (mentees,): priority class, 0 first

    def solve(
        self,
        *,
        max_blocking: int | None,
        coverage_first: bool,
        hint: Positions,
        coverage: NDArray[np.int64] | None = None,
        limits: Limits,
    ) -> BlockingAnswer:
        """Solve stage after stage, each keeping what the earlier ones reached.

        At most ``max_blocking`` blocking pairs; None: as few as possible. With ``coverage_first``
        coverage by class is a stage before the total; with ``coverage`` (classes,) so many mentees
        of each class must have a mentor exactly. ``hint``: positions of arcs to start from.

        The deadline is for making the program and for all stages together. A stage that is not
        begun in time keeps what the earlier ones found, without a bound. Each stage is told. Raises
        InfeasibleError where the minimums cannot be met within ``max_blocking``.
        """
        offered = np.bincount(self.mentors, minlength=len(self.seats))
        if (self.minimum > np.minimum(offered, self.seats)).any():
            raise InfeasibleError("the minimums cannot be met")
        if not len(self.mentees):
            return BlockingAnswer(np.empty(0, np.intp), ())
        members = grouped(self.classes[self.mentees])
        goals: list[_Goal] = []
        if coverage is None and coverage_first:
            goals.extend(
                _Goal(
                    "coverage",
                    partial(_sum_of, members[c]),
                    partial(self._covered_by, c),
                    most=len(np.unique(self.mentees[members[c]])),
                )
                for c in sorted(members)
            )
        if max_blocking is None:
            goals.append(
                _Goal(
                    "blocking pairs",
                    lambda program: -sum(program.blocks),
                    lambda made: -int(np.sum(self._blocking(made))),
                    step=-1.0,
                    most=0,
                )
            )
        goals.append(self._total(coverage_first))
        chosen = np.zeros(len(self.mentees), dtype=bool)
        chosen[hint] = True
        program = blocking_model(self, max_blocking, limits.deadline)
        if program is not None and coverage is not None:
            for c, arcs in members.items():
                program.model.add(_sum_of(arcs, program) == int(coverage[c]))
        return self._search(program, goals, chosen, limits)

    def _covered_by(self, one: int, chosen: NDArray[np.bool_]) -> int:
        return int(np.count_nonzero(chosen & (self.classes[self.mentees] == one)))

    def _total(self, coverage_first: bool) -> _Goal:
        """The total in integer steps, and what a pair adds besides."""
        low, high = float(self.scores.min()), float(self.scores.max())
        scale = IntegerScale.for_scores(
            low, high, nodes=len(self.scores), keep_zero=not coverage_first
        )
        steps = scale.integers(self.scores)
        return _Goal(
            "total",
            lambda program: sum(c * x for c, x in zip(steps.tolist(), program.made, strict=True)),
            lambda made: int(steps[made].sum()),
            step=scale.step,
            low=scale.low,
        )

    def _blocking(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which arcs block the chosen ones."""
        held = np.full(len(self.classes), -np.inf)
        held[self.mentees[chosen]] = self.mentee_values[chosen]
        taken = np.bincount(self.mentors[chosen], minlength=len(self.seats))
        worst = np.full(len(self.seats), np.inf)
        np.minimum.at(worst, self.mentors[chosen], self.mentor_values[chosen])
        worst[taken < self.seats] = -np.inf
        return np.asarray(
            (self.mentee_values > held[self.mentees]) & (self.mentor_values > worst[self.mentors])
        )

    def _search(
        self,
        program: BlockingModel | None,
        goals: Sequence[_Goal],
        chosen: NDArray[np.bool_],
        limits: Limits,
    ) -> BlockingAnswer:
        reached: list[Stage] = []
        deadline = limits.deadline
        for place, goal in enumerate(goals):
            bound, proven = goal.most, False
            if program is not None and not deadline.has_passed:
                seconds = deadline.share(len(goals) - place)
                chosen, bound, proven = self._reach(program, goal, chosen, seconds)
            elif not self._meets_minimums(chosen):
                raise SolverError(TOO_LATE.format("the program was not made"))
            base = goal.low * int(np.count_nonzero(chosen))
            reached.append(
                Stage(
                    goal.what,
                    goal.of(chosen) * goal.step + base + 0.0,
                    bound * goal.step + base + 0.0,
                    proven,
                )
            )
            limits.tell(goal.what, value=reached[-1].value, bound=reached[-1].bound)
        # A later stage keeps what an unproven one reached, and may better it on its way.
        pairs = int(np.count_nonzero(chosen))
        stages = tuple(
            replace(stage, value=goal.of(chosen) * goal.step + goal.low * pairs + 0.0)
            for goal, stage in zip(goals, reached, strict=True)
        )
        return BlockingAnswer(np.flatnonzero(chosen), stages)

    def _reach(
        self, program: BlockingModel, goal: _Goal, chosen: NDArray[np.bool_], seconds: float | None
    ) -> tuple[NDArray[np.bool_], float, bool]:
        """Solve one stage from what the earlier ones chose, and keep its value from now on."""
        from ortools.sat.python import cp_model

        # A hint for every variable is a first solution; a partial one must be completed first.
        program.hint(chosen, self._blocking(chosen))
        expression = goal.expression(program)
        program.model.maximize(expression)
        solver = one_search(seconds)
        status = solver.solve(program.model)
        if status == cp_model.INFEASIBLE:
            raise InfeasibleError("no matching meets the minimums with so few blocking pairs")
        bound = goal.most
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            chosen = np.array([solver.boolean_value(one) for one in program.made], dtype=bool)
            bound = min(bound, solver.best_objective_bound)
        elif status != cp_model.UNKNOWN or not self._meets_minimums(chosen):
            raise SolverError(TOO_LATE.format(solver.status_name(status)))
        program.model.add(expression >= goal.of(chosen))
        return chosen, bound, status == cp_model.OPTIMAL

    def _meets_minimums(self, chosen: NDArray[np.bool_]) -> bool:
        loads = np.bincount(self.mentors[chosen], minlength=len(self.seats))
        return bool((loads >= self.minimum).all())


@dataclass(frozen=True, eq=False)
class _Goal:
    """What a stage maximises: as an expression, and as a count on chosen arcs.

    ``value * step + low * pairs`` is the same in the stage's own unit; no value exceeds ``most``.
    """

    what: str
    expression: Callable[[BlockingModel], cp_model.LinearExprT]
    of: Callable[[NDArray[np.bool_]], int]
    step: float = 1.0
    low: float = 0.0
    most: float = np.inf


def _sum_of(arcs: Sequence[int], program: BlockingModel) -> cp_model.LinearExprT:
    """How many of these arcs are made, as an expression."""
    return sum(program.made[k] for k in arcs)


@dataclass(frozen=True, eq=False)
class BlockingModel:
    """The program as CP-SAT sees it: variables of arcs, of blocking arcs, and running sums.

    A running sum is its variable and the arcs it adds to the one before; there is a list of them
    for each person.
    """

    model: cp_model.CpModel
    made: list[cp_model.IntVar]
    blocks: list[cp_model.IntVar]
    sums: list[list[tuple[cp_model.IntVar, list[int]]]]

    def hint(self, chosen: NDArray[np.bool_], blocking: NDArray[np.bool_]) -> None:
        """Start from these arcs."""
        self.model.clear_hints()
        for one, value in zip(self.made, chosen.tolist(), strict=True):
            self.model.add_hint(one, value)
        for one, value in zip(self.blocks, blocking.tolist() if self.blocks else (), strict=True):
            self.model.add_hint(one, value)
        for steps in self.sums:
            count = 0
            for one, arcs in steps:
                count += int(np.count_nonzero(chosen[arcs]))
                self.model.add_hint(one, count)


def blocking_model(
    program: BlockingProgram, max_blocking: int | None, deadline: Deadline
) -> BlockingModel | None:
    """Seats, places, minimums, and a blocking variable for each arc (k = 0: never blocking).

    None where the deadline passed before it was made.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    made: list[cp_model.IntVar] = []
    blocks: list[cp_model.IntVar] = []
    for variables in (made, blocks) if max_blocking != 0 else (made,):
        for k in range(len(program.mentees)):
            if k % AT_ONCE == 0 and deadline.has_passed:
                return None
            variables.append(model.new_bool_var(""))
    sums: list[list[tuple[cp_model.IntVar, list[int]]]] = []
    at_least: list[list[cp_model.IntVar]] = []
    for group, values, seats in (
        (program.mentees, program.mentee_values, None),
        (program.mentors, program.mentor_values, program.seats),
    ):
        found = _running_sums(model, made, group, values, seats, sums, deadline)
        if found is None:
            return None
        at_least.append(found)
    for k, (has, full, q) in enumerate(
        zip(*at_least, program.seats[program.mentors].tolist(), strict=True)
    ):
        if k % AT_ONCE == 0 and deadline.has_passed:
            return None
        may_block = q * blocks[k] if blocks else 0
        model.add(q * has + may_block + full >= q)
    for j, arcs in grouped(program.mentors).items():
        if program.minimum[j] > 0:
            model.add(sum(made[k] for k in arcs) >= int(program.minimum[j]))
    if max_blocking is not None and blocks:
        model.add(sum(blocks) <= max_blocking)
    return BlockingModel(model, made, blocks, sums)


def grouped(group: Positions) -> dict[int, list[int]]:
    """Positions of each group's entries."""
    order = np.argsort(group, kind="stable")
    values, starts = np.unique(group[order], return_index=True)
    parts = np.split(order, starts[1:])
    return {int(g): part.tolist() for g, part in zip(values, parts, strict=True)}


def _running_sums(
    model: cp_model.CpModel,
    made: list[cp_model.IntVar],
    group: Positions,
    values: NDArray[np.float64],
    seats: NDArray[np.int64] | None,
    sums: list[list[tuple[cp_model.IntVar, list[int]]]],
    deadline: Deadline,
) -> list[cp_model.IntVar] | None:
    """For each arc, how many of its group's arcs that are at least as good are made.

    The sums of each group are added to ``sums``; None where the deadline passes on the way.
    The variable's range keeps the group within its one place, or within its seats.
    """
    at_least = list(made)
    for one, arcs in grouped(group).items():
        if deadline.has_passed:
            return None
        most = 1 if seats is None else int(seats[one])
        before: cp_model.LinearExpr | int = 0
        steps: list[tuple[cp_model.IntVar, list[int]]] = []
        for _, tie in groupby(sorted(arcs, key=lambda k: -values[k]), key=lambda k: values[k]):
            tied = list(tie)
            upto = model.new_int_var(0, most, "")
            model.add(upto == before + sum(made[k] for k in tied))
            for k in tied:
                at_least[k] = upto
            before = upto
            steps.append((upto, tied))
        sums.append(steps)
    return at_least
