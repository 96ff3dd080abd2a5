"""The program of blocking pairs as CP-SAT sees it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.blocking_program import BlockingProgram
    from mentormatch.solvers.deadline import Deadline
    from mentormatch.solvers.market import Positions

__all__ = ["BlockingModel", "blocking_model", "grouped"]


@dataclass(frozen=True, eq=False)
class BlockingModel:
    """The program as CP-SAT sees it: variables of arcs, of blocking arcs, and running sums.

    A running sum is its variable and the arcs it adds to the one before; there is a list of them
    for each person.
    """

    model: Any
    made: list[Any]
    blocks: list[Any]
    sums: list[list[tuple[Any, list[int]]]]

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

    Returns
    -------
    The model with at most ``max_blocking`` blocking pairs (None: any number); None where the
    deadline passed before it was made.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    made = [model.new_bool_var("") for _ in range(len(program.mentees))]
    blocks = [] if max_blocking == 0 else [model.new_bool_var("") for _ in made]
    sums: list[list[tuple[Any, list[int]]]] = []
    at_least: list[list[Any]] = []
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
    model: Any,
    made: list[Any],
    group: Positions,
    values: NDArray[np.float64],
    seats: NDArray[np.int64] | None,
    sums: list[list[tuple[Any, list[int]]]],
    deadline: Deadline,
) -> list[Any] | None:
    """For each arc, how many of its group's arcs that are at least as good are made.

    The sums of each group are added to ``sums``; None where the deadline passes on the way.
    The variable's range keeps the group within its one place, or within its seats.
    """
    at_least: list[Any] = [None] * len(made)
    for one, arcs in grouped(group).items():
        if deadline.has_passed:
            return None
        most = 1 if seats is None else int(seats[one])
        before: Any = 0
        steps: list[tuple[Any, list[int]]] = []
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
