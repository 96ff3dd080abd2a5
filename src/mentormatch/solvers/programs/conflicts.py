"""Which rules over binary columns cannot all hold: asked of CP-SAT, rule by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import SolverError
from mentormatch.solvers.programs.cp_sat import one_search
from mentormatch.solvers.programs.milp import MixedProgram
from mentormatch.solvers.programs.side_program import add_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy import sparse

    from mentormatch.solvers.deadline import Deadline

__all__ = ["RuleModel", "smallest_hitting_set"]


class RuleModel:
    """Rows low ≤ rows · x ≤ high on binary x that hold only where their rule is asked for.

    A row must be 0 or reach its threshold; 0 = no threshold. ``rule_of`` (rows,) is the number of
    the rule a row belongs to; −1 = always holds.
    """

    def __init__(
        self,
        rows: sparse.csr_array,
        low: NDArray[np.int64],
        high: NDArray[np.int64],
        thresholds: NDArray[np.int64],
        rule_of: NDArray[np.intp],
        deadline: Deadline,
    ) -> None:
        from ortools.sat.python import cp_model

        self._model = cp_model.CpModel()
        self._deadline = deadline
        made = [self._model.new_bool_var("") for _ in range(rows.shape[1])]
        rules = np.unique(rule_of[rule_of >= 0]).tolist()
        self._holds = {rule: self._model.new_bool_var("") for rule in rules}
        enforced = [self._holds[rule] if rule >= 0 else None for rule in rule_of.tolist()]
        add_rows(self._model, made, rows, (low, high, thresholds), enforced)
        self._rule_at = {literal.index: rule for rule, literal in self._holds.items()}

    def find_conflict(self, kept: Sequence[int]) -> list[int] | None:
        """Return rules among ``kept`` that cannot all hold; None where all of them can.

        Raises SolverError where time was over before this was decided.
        """
        from ortools.sat.python import cp_model

        model = self._model
        model.clear_assumptions()
        # A rule without rows, such as a quota over nobody, asks for nothing.
        model.add_assumptions([self._holds[rule] for rule in kept if rule in self._holds])
        solver = one_search(self._deadline.left())
        status = solver.solve(model)
        if status == cp_model.INFEASIBLE:
            core = solver.sufficient_assumptions_for_infeasibility()
            return sorted(self._rule_at[place] for place in core)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise SolverError("The time was over before it was known whether the rules can hold.")
        return None


def smallest_hitting_set(sets: Sequence[Sequence[int]], deadline: Deadline) -> list[int]:
    """Return as few numbers as there are of which each set holds one.

    Raises SolverError where time was over before it was proven that there are no fewer.
    """
    numbers = sorted({number for one in sets for number in one})
    if not numbers:
        return []
    place = {number: k for k, number in enumerate(numbers)}
    rows = np.zeros((len(sets), len(numbers)))
    for k, one in enumerate(sets):
        rows[k, [place[number] for number in one]] = 1.0
    width = len(numbers)
    program = MixedProgram.of_columns(width).with_rows(rows, 1.0, np.inf)
    answer = program.maximise(-np.ones(width), time_limit=deadline.left())
    if answer.bound > answer.objective + 0.5:
        raise SolverError("The time was over before the smallest set was known.")
    return [number for number, made in zip(numbers, answer.values, strict=True) if made > 0.5]
