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

import time
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers.cp_sat import one_search
from mentormatch.solvers.integers import IntegerScale

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mentormatch.solvers.market import Positions

__all__ = ["BlockingAnswer", "BlockingProgram", "Stage"]


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage of the search reached.

    Parameters
    ----------
    what
        "coverage", "blocking pairs" or "total".
    value, bound
        What was reached, and what no matching of the earlier stages' values exceeds (or, for
        blocking pairs, goes below); in units of the stage.
    proven
        value = bound, up to rounding.
    """

    what: str
    value: float
    bound: float
    proven: bool


@dataclass(frozen=True, eq=False)
class BlockingAnswer:
    """Positions of the chosen arcs, and the stages in their order."""

    chosen: Positions
    stages: tuple[Stage, ...]


@dataclass(frozen=True, eq=False)
class BlockingProgram:
    """Mentees who want one mentor each, mentors with seats, and the arcs between them.

    Parameters
    ----------
    mentees, mentors
        intp arrays (arcs,).
    mentee_values, mentor_values
        float64 arrays (arcs,): what each side ranks by; equal = tied.
    scores
        float64 array (arcs,): what the total adds up.
    seats, minimum
        int64 arrays (mentors,).
    classes
        intp array (mentees,): priority class, 0 first.
    """

    mentees: Positions
    mentors: Positions
    mentee_values: NDArray[np.float64]
    mentor_values: NDArray[np.float64]
    scores: NDArray[np.float64]
    seats: NDArray[np.int64]
    minimum: NDArray[np.int64]
    classes: Positions

    def solve(
        self,
        *,
        max_blocking: int | None,
        coverage_first: bool,
        hint: Positions,
        coverage: NDArray[np.int64] | None = None,
        time_limit: float | None = None,
    ) -> BlockingAnswer:
        """Solve stage after stage, each keeping what the earlier ones reached.

        Parameters
        ----------
        max_blocking
            At most so many blocking pairs; None: as few as possible.
        coverage_first
            Whether coverage by class is a stage before the total.
        hint
            Positions of arcs to start from.
        coverage
            int64 array (classes,): mentees of each class who must have a mentor exactly.
        time_limit
            Seconds for all stages together.

        Raises
        ------
        InfeasibleError
            The minimums cannot be met within ``max_blocking``.
        """
        from ortools.sat.python import cp_model

        offered = np.bincount(self.mentors, minlength=len(self.seats))
        if (self.minimum > np.minimum(offered, self.seats)).any():
            raise InfeasibleError("the minimums cannot be met")
        if not len(self.mentees):
            return BlockingAnswer(np.empty(0, np.intp), ())
        model = cp_model.CpModel()
        made = [model.new_bool_var("") for _ in range(len(self.mentees))]
        blocks = [] if max_blocking == 0 else [model.new_bool_var("") for _ in made]
        sums = self._constrain(model, made, blocks)
        if max_blocking is not None and blocks:
            model.add(sum(blocks) <= max_blocking)
        by_class = self._covered(made)
        goals: list[_Goal] = []
        if coverage is not None:
            for c, covered in by_class.items():
                model.add(covered == int(coverage[c]))
        elif coverage_first:
            goals.extend(
                _Goal("coverage", covered, partial(self._covered_by, c))
                for c, covered in by_class.items()
            )
        if max_blocking is None:
            goals.append(
                _Goal(
                    "blocking pairs",
                    -sum(blocks),
                    lambda made: -int(np.sum(self._blocking(made))),
                    step=-1.0,
                )
            )
        goals.append(self._total(made, coverage_first))
        chosen = np.zeros(len(made), dtype=bool)
        chosen[hint] = True
        return self._search(_Model(model, made, blocks, sums), goals, chosen, time_limit)

    def _constrain(
        self, model: Any, made: list[Any], blocks: list[Any]
    ) -> list[tuple[Any, list[int]]]:
        """Seats, places, minimums, and a blocking variable for each arc (none: never blocking).

        Returns
        -------
        list of (variable, arcs)
            The running sums, for a complete hint.
        """
        sums: list[tuple[Any, list[int]]] = []
        at_least_i = _running_sums(model, made, self.mentees, self.mentee_values, None, sums)
        at_least_j = _running_sums(model, made, self.mentors, self.mentor_values, self.seats, sums)
        seats = self.seats[self.mentors].tolist()
        for k, (has, full, q) in enumerate(zip(at_least_i, at_least_j, seats, strict=True)):
            may_block = q * blocks[k] if blocks else 0
            model.add(q * has + may_block + full >= q)
        for j, arcs in _grouped(self.mentors).items():
            if self.minimum[j] > 0:
                model.add(sum(made[k] for k in arcs) >= int(self.minimum[j]))
        return sums

    def _covered(self, made: list[Any]) -> dict[int, Any]:
        """How many mentees of each class have a mentor, highest class first."""
        members = _grouped(self.classes[self.mentees])
        return {c: sum(made[k] for k in arcs) for c, arcs in sorted(members.items())}

    def _covered_by(self, one: int, chosen: NDArray[np.bool_]) -> int:
        return int(np.count_nonzero(chosen & (self.classes[self.mentees] == one)))

    def _total(self, made: list[Any], coverage_first: bool) -> _Goal:
        """The total in integer steps, and what a pair adds besides."""
        low, high = float(self.scores.min()), float(self.scores.max())
        scale = IntegerScale.for_scores(low, high, nodes=len(made), keep_zero=not coverage_first)
        steps = scale.integers(self.scores)
        return _Goal(
            "total",
            sum(c * x for c, x in zip(steps.tolist(), made, strict=True)),
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
        program: _Model,
        goals: Sequence[_Goal],
        chosen: NDArray[np.bool_],
        time_limit: float | None,
    ) -> BlockingAnswer:
        from ortools.sat.python import cp_model

        model, made = program.model, program.made
        started = time.monotonic()
        reached: list[Stage] = []
        for goal in goals:
            # A hint for every variable is a first solution; a partial one must be completed first.
            program.hint(chosen, self._blocking(chosen))
            model.maximize(goal.expression)
            left = None if time_limit is None else time_limit - (time.monotonic() - started)
            solver = one_search(left)
            status = solver.solve(model)
            if status == cp_model.INFEASIBLE:
                raise InfeasibleError("no matching meets the minimums with so few blocking pairs")
            bound = np.inf
            if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                chosen = np.array([solver.boolean_value(one) for one in made], dtype=bool)
                bound = solver.best_objective_bound
            elif status != cp_model.UNKNOWN or not self._meets_minimums(chosen):
                raise SolverError(
                    f"CP-SAT found no matching in time ({solver.status_name(status)}). Give a "
                    "larger time_limit, or none."
                )
            value = goal.of(chosen)
            model.add(goal.expression >= value)
            base = goal.low * int(np.count_nonzero(chosen))
            reached.append(
                Stage(
                    goal.what,
                    value * goal.step + base + 0.0,
                    bound * goal.step + base + 0.0,
                    status == cp_model.OPTIMAL,
                )
            )
        return BlockingAnswer(np.flatnonzero(chosen), tuple(reached))

    def _meets_minimums(self, chosen: NDArray[np.bool_]) -> bool:
        loads = np.bincount(self.mentors[chosen], minlength=len(self.seats))
        return bool((loads >= self.minimum).all())


@dataclass(frozen=True, eq=False)
class _Goal:
    """What a stage maximises: as an expression, and as a count on chosen arcs.

    ``value * step + low * pairs`` is the same in the stage's own unit.
    """

    what: str
    expression: Any
    of: Callable[[NDArray[np.bool_]], int]
    step: float = 1.0
    low: float = 0.0


@dataclass(frozen=True, eq=False)
class _Model:
    """The program as CP-SAT sees it: variables of arcs, of blocking arcs, and running sums."""

    model: Any
    made: list[Any]
    blocks: list[Any]
    sums: list[tuple[Any, list[int]]]

    def hint(self, chosen: NDArray[np.bool_], blocking: NDArray[np.bool_]) -> None:
        """Start from these arcs."""
        self.model.clear_hints()
        for one, value in zip(self.made, chosen.tolist(), strict=True):
            self.model.add_hint(one, value)
        for one, value in zip(self.blocks, blocking.tolist() if self.blocks else (), strict=True):
            self.model.add_hint(one, value)
        for one, arcs in self.sums:
            self.model.add_hint(one, int(np.count_nonzero(chosen[arcs])))


def _grouped(group: Positions) -> dict[int, list[int]]:
    """Positions of each group's entries."""
    order = np.argsort(group, kind="stable")
    values, starts = np.unique(group[order], return_index=True)
    parts = np.split(order, starts[1:])
    return {int(g): part.tolist() for g, part in zip(values, parts, strict=True)}


def _running_sums(
    model: Any,
    made: list[Any],
    group: Positions,
    values: NDArray[np.float64],
    seats: NDArray[np.int64] | None,
    sums: list[tuple[Any, list[int]]],
) -> list[Any]:
    """For each arc, how many of its group's arcs that are at least as good are made.

    Each sum is added to ``sums``, with its arcs.
    The variable's range keeps the group within its one place, or within its seats.
    """
    at_least: list[Any] = [None] * len(made)
    for one, arcs in _grouped(group).items():
        most = 1 if seats is None else int(seats[one])
        before: Any = 0
        seen: list[int] = []
        for _, tie in groupby(sorted(arcs, key=lambda k: -values[k]), key=lambda k: values[k]):
            tied = list(tie)
            upto = model.new_int_var(0, most, "")
            model.add(upto == before + sum(made[k] for k in tied))
            for k in tied:
                at_least[k] = upto
            before = upto
            seen = [*seen, *tied]
            sums.append((upto, seen))
    return at_least
