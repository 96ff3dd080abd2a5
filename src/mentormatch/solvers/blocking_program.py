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
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers.integers import IntegerScale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.solvers.market import Positions

__all__ = ["BlockingAnswer", "BlockingProgram", "Stage"]

# The program's relaxation is solved in floating point: finer steps than 2^-30 would be lost in it.
COARSENESS = 2**30


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
        self._constrain(model, made, blocks)
        if max_blocking is not None and blocks:
            model.add(sum(blocks) <= max_blocking)
        by_class = self._covered(made)
        stages: list[tuple[str, Any, int, float, float]] = []
        if coverage is not None:
            for c, covered in by_class.items():
                model.add(covered == int(coverage[c]))
        elif coverage_first:
            stages.extend(("coverage", covered, 1, 1.0, 0.0) for covered in by_class.values())
        if max_blocking is None:
            stages.append(("blocking pairs", sum(blocks), -1, 1.0, 0.0))
        stages.append(self._total(made, coverage_first))
        chosen = np.zeros(len(made), dtype=bool)
        chosen[hint] = True
        return self._search(model, made, blocks, stages, chosen, time_limit)

    def _constrain(self, model: Any, made: list[Any], blocks: list[Any]) -> None:
        """Seats, places, minimums, and a blocking variable for each arc (none: never blocking)."""
        at_least_i = _running_sums(model, made, self.mentees, self.mentee_values, None)
        at_least_j = _running_sums(model, made, self.mentors, self.mentor_values, self.seats)
        seats = self.seats[self.mentors].tolist()
        for k, (has, full, q) in enumerate(zip(at_least_i, at_least_j, seats, strict=True)):
            may_block = q * blocks[k] if blocks else 0
            model.add(q * has + may_block + full >= q)
        for j, arcs in _grouped(self.mentors).items():
            if self.minimum[j] > 0:
                model.add(sum(made[k] for k in arcs) >= int(self.minimum[j]))

    def _covered(self, made: list[Any]) -> dict[int, Any]:
        """How many mentees of each class have a mentor, highest class first."""
        members = _grouped(self.classes[self.mentees])
        return {c: sum(made[k] for k in arcs) for c, arcs in sorted(members.items())}

    def _total(self, made: list[Any], coverage_first: bool) -> tuple[str, Any, int, float, float]:
        """The total in integer steps: expression, sense, step, and what a pair adds besides."""
        low, high = float(self.scores.min(initial=0.0)), float(self.scores.max(initial=0.0))
        scale = IntegerScale.for_scores(low, high, nodes=COARSENESS, keep_zero=not coverage_first)
        steps = scale.integers(self.scores).tolist()
        return (
            "total",
            sum(c * x for c, x in zip(steps, made, strict=True)),
            1,
            scale.step,
            scale.low,
        )

    def _search(
        self,
        model: Any,
        made: list[Any],
        blocks: list[Any],
        stages: Sequence[tuple[str, Any, int, float, float]],
        chosen: NDArray[np.bool_],
        time_limit: float | None,
    ) -> BlockingAnswer:
        from ortools.sat.python import cp_model

        started = time.monotonic()
        reached: list[Stage] = []
        for what, expression, sense, step, low in stages:
            model.clear_hints()
            for one, value in zip(made, chosen.tolist(), strict=True):
                model.add_hint(one, value)
            model.maximize(sense * expression)
            solver = cp_model.CpSolver()
            # Many searches in turn on one thread give the same answer each time.
            solver.parameters.num_workers = 4
            solver.parameters.interleave_search = True
            solver.parameters.random_seed = 0
            if time_limit is not None:
                left = time_limit - (time.monotonic() - started)
                solver.parameters.max_time_in_seconds = max(left, 0.1)
            status = solver.solve(model)
            if status == cp_model.INFEASIBLE:
                raise InfeasibleError("no matching meets the minimums with so few blocking pairs")
            if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                raise SolverError(
                    f"CP-SAT found no matching in time ({solver.status_name(status)}); give a "
                    "larger time_limit."
                )
            chosen = np.array([solver.boolean_value(one) for one in made], dtype=bool)
            value, bound = round(solver.objective_value), solver.best_objective_bound
            model.add(sense * expression >= value)
            base = low * int(np.count_nonzero(chosen))
            reached.append(
                Stage(
                    what,
                    sense * value * step + base + 0.0,
                    sense * bound * step + base + 0.0,
                    status == cp_model.OPTIMAL,
                )
            )
        return BlockingAnswer(np.flatnonzero(chosen), tuple(reached))


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
) -> list[Any]:
    """For each arc, how many of its group's arcs that are at least as good are made.

    The variable's range keeps the group within its one place, or within its seats.
    """
    at_least: list[Any] = [None] * len(made)
    for one, arcs in _grouped(group).items():
        most = 1 if seats is None else int(seats[one])
        before: Any = 0
        for _, tie in groupby(sorted(arcs, key=lambda k: -values[k]), key=lambda k: values[k]):
            tied = list(tie)
            upto = model.new_int_var(0, most, "")
            model.add(upto == before + sum(made[k] for k in tied))
            for k in tied:
                at_least[k] = upto
            before = upto
    return at_least
