"""The conditions of a problem as rows over its eligible pairs, each row with its condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.compatibility import row_slices
from mentormatch.conflicts import Condition
from mentormatch.errors import SolverError
from mentormatch.problem import name_pin
from mentormatch.problem.conditions import NO_LIMIT
from mentormatch.solvers.arrays import incidence, sparse_cells
from mentormatch.solvers.programs.side_program import RuleModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.problem import PairRule, Problem
    from mentormatch.solvers import Deadline

__all__ = ["ConditionRows", "condition_rows", "count_eligible", "eligible_pairs", "name_conditions"]

HARD = -1
# Pairs are listed, at some 50 bytes each and more in an integer program.
MOST_PAIRS = 20_000_000


@dataclass(frozen=True, eq=False)
class ConditionRows:
    """low ≤ rows · x ≤ high over the eligible pairs, and what each row is part of.

    The pairs are sorted by mentee. The first rows are the demands of all mentees, then the
    capacities of all mentors. A row must be 0 or reach its threshold; 0 = no threshold.
    ``condition_of`` is the place of a row's condition, one that can be taken away, in
    ``conditions``; −1 = a demand, a capacity or hours, which always hold.
    """

    mentees: NDArray[np.intp]  # (pairs,)
    mentors: NDArray[np.intp]  # (pairs,)
    rows: sparse.csr_array  # int64 (rows, pairs)
    low: NDArray[np.int64]  # (rows,)
    high: NDArray[np.int64]  # (rows,)
    thresholds: NDArray[np.int64]  # (rows,)
    condition_of: NDArray[np.intp]  # (rows,)
    conditions: tuple[Condition, ...]

    def model(self, deadline: Deadline) -> RuleModel:
        """Return what tells which of the conditions cannot all hold."""
        return RuleModel(
            self.rows, self.low, self.high, self.thresholds, self.condition_of, deadline
        )


def count_eligible(problem: Problem) -> NDArray[np.int64]:
    """Count the mentees with a demand who are eligible to each mentor: int64 array (mentors,)."""
    n, m = problem.shape
    counts = np.zeros(m, dtype=np.int64)
    for block in row_slices(n, m):
        open_pairs = np.isfinite(problem.scores(block)) & (problem.demands[block] > 0)[:, None]
        counts += np.count_nonzero(open_pairs, axis=0)
    return counts


def eligible_pairs(
    problem: Problem, columns: NDArray[np.intp] | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """List the eligible pairs of mentees with a demand, pinned ones included, by mentee.

    With ``columns`` only those of these mentors. Raises SolverError for more pairs than fit into
    memory.
    """
    n, m = problem.shape
    wanted = np.arange(m) if columns is None else columns
    pairs = int(count_eligible(problem)[wanted].sum())
    if pairs > MOST_PAIRS:
        raise SolverError(
            f"Who is in conflict cannot be told among {pairs:,} eligible pairs (more than "
            f"{MOST_PAIRS:,}). Leave out conditions one by one, or try it with part of the people."
        )
    rows, found = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.intp)]
    for block in row_slices(n, m):
        scores = problem.scores(block)[:, wanted]
        i, j = np.nonzero(np.isfinite(scores) & (problem.demands[block] > 0)[:, None])
        rows.append(i + block.start)
        found.append(wanted[j])
    return np.concatenate(rows), np.concatenate(found)


def name_conditions(problem: Problem, pins: Sequence[PairRule]) -> list[Condition]:
    """List the minimums of a problem, by mentor, and then pins."""
    ids = problem.mentor_ids
    minimums = [
        Condition(
            "minimum",
            f"{ids[j]!r} must have {problem.minimums[j]} or more",
            (ids[j],),
            int(problem.minimums[j]),
        )
        for j in np.flatnonzero(problem.minimums > 0).tolist()
    ]
    return minimums + [name_pin(pin) for pin in pins]


def condition_rows(problem: Problem, pins: Sequence[PairRule]) -> ConditionRows:
    """Write all conditions of a problem as rows, those of pins that cannot hold as well."""
    n, m = problem.shape
    mentees, mentors = eligible_pairs(problem)
    pairs = len(mentees)
    one = np.int64(1)
    codes = mentees * m + mentors
    needed = np.flatnonzero(problem.minimums > 0)
    count = incidence(mentors, m, one)
    none = np.empty((0, 2), dtype=np.intp)
    side_low, side_high = problem.sides.limits(none)
    conditions = name_conditions(problem, pins)
    at_row, at_column = [], []
    for number, pin in enumerate(pins):
        i = problem.compatibility.mentee_position(pin.mentee)
        j = problem.compatibility.mentor_position(pin.mentor)
        place = int(np.searchsorted(codes, i * m + j))
        if place < pairs and codes[place] == i * m + j:
            at_row.append(number)
            at_column.append(place)
    of_minimums, of_pins = np.split(np.arange(len(conditions)), [len(needed)])
    of_sides = []
    for constraint in problem.sides.constraints:
        if constraint.kind == "hours":
            of_sides.append(np.full(len(constraint.low), HARD))
            continue
        if constraint.kind == "if used":
            # At least 1 or nobody asks for nothing.
            used = np.flatnonzero(constraint.low > 1)
            rule = np.full(len(constraint.low), HARD)
            rule[used] = len(conditions) + np.arange(len(used))
            of_sides.append(rule)
            conditions += [
                Condition(
                    "minimum if used",
                    f"{problem.mentor_ids[j]!r} has at least {constraint.low[j]}, or nobody",
                    (problem.mentor_ids[j],),
                    int(constraint.low[j]),
                )
                for j in used.tolist()
            ]
            continue
        of_sides.append(np.full(len(constraint.low), len(conditions)))
        people: tuple[object, ...] = ()
        if constraint.kind != "quota":
            people = tuple(problem.mentee_ids[constraint.mentees].tolist())
        least = int(constraint.low.max(initial=0))
        amount = (
            None
            if constraint.kind != "quota"
            else least or int(constraint.high.min(initial=NO_LIMIT))
        )
        conditions.append(Condition(constraint.kind, constraint.name, people, amount))
    made = np.ones(len(pins), dtype=np.int64)
    blocks: list[sparse.sparray] = [
        incidence(mentees, n, one),
        count,
        count[needed],
        sparse_cells(at_row, at_column, (len(pins), pairs), one),
        problem.sides.matrix(mentees, mentors),
    ]
    before = n + m + len(needed) + len(pins)
    return ConditionRows(
        mentees,
        mentors,
        sparse.vstack(blocks, format="csr"),
        np.concatenate([np.zeros(n + m, np.int64), problem.minimums[needed], made, side_low]),
        np.concatenate(
            [problem.demands, problem.capacities, np.full(len(needed), NO_LIMIT), made, side_high]
        ),
        np.concatenate([np.zeros(before, np.int64), problem.sides.thresholds(none)]),
        np.concatenate(
            [np.full(n + m, HARD), of_minimums, of_pins, *of_sides, np.empty(0, np.intp)]
        ).astype(np.intp),
        tuple(conditions),
    )
