"""Integer programs for CP-SAT: conditions that are no flow, and which of them cannot all hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers.flows.integers import IntegerScale
from mentormatch.solvers.programs.cp_sat import one_search
from mentormatch.solvers.programs.milp import MixedProgram

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from ortools.sat.python import cp_model
    from scipy import sparse

    from mentormatch.solvers.deadline import Deadline
    from mentormatch.solvers.flows.transport import Limits

__all__ = ["RuleModel", "SideAnswer", "SideProgram", "add_rows", "smallest_hitting_set"]


@dataclass(frozen=True, eq=False)
class SideAnswer:
    """The answer of CP-SAT: chosen pairs and its bounds."""

    chosen: NDArray[np.intp]  # positions in the list of pairs
    # One for each class, given what the classes before it reached; empty when not asked for.
    coverage_bounds: tuple[int, ...]
    pairs_bound: int | None  # on the number of pairs, given the coverage; None when not asked for
    # On the sum of scores, given coverage and number of pairs, in units of score, with what
    # rounding can cost.
    total_bound: float
    complete: bool  # False when a time limit or a gap ended a search before its end


@dataclass(frozen=True, eq=False)
class SideProgram:
    """Pairs that may be made, and whole-number conditions on them."""

    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    scores: NDArray[np.float64]
    demand: NDArray[np.int64]  # places of each mentee
    covered: NDArray[np.bool_]  # has a mentor already
    classes: NDArray[np.intp]  # priority class of each mentee, 0 first
    rows: sparse.csr_array  # int64 (rows, pairs)
    low: NDArray[np.int64]  # (rows,)
    high: NDArray[np.int64]  # (rows,)
    thresholds: NDArray[np.int64]  # (rows,): what a row must reach unless it is 0; 0 = nothing

    @property
    def n_classes(self) -> int:
        """Number of priority classes, at least 1."""
        return int(self.classes.max(initial=0)) + 1

    def solve(
        self,
        *,
        coverage_first: bool,
        hint: NDArray[np.intp],
        limits: Limits,
        reached: tuple[int, ...] | None = None,
    ) -> SideAnswer:
        """Solve stage after stage, each keeping what the earlier ones reached.

        With ``coverage_first`` coverage by class, then pairs, then the total; else only the total.
        ``hint``: positions of pairs to start from; need not satisfy anything. The gap applies to
        the total, the time to all stages together. ``reached`` is what is known to be the most of
        each stage: coverage of each class, then pairs where these are a stage of their own; None:
        to be found. Raises InfeasibleError where no set of pairs satisfies all rows; SolverError
        where the time was over before any was found.
        """
        if not len(self.mentees):
            if ((self.low > 0) | (self.high < 0)).any():
                raise InfeasibleError("no pair is eligible, and something must be fulfilled")
            return SideAnswer(
                np.empty(0, np.intp), (0,) * self.n_classes * coverage_first, 0, 0.0, complete=True
            )
        from ortools.sat.python import cp_model

        model = cp_model.CpModel()
        made = [model.new_bool_var("") for _ in range(len(self.mentees))]
        add_rows(model, made, self.rows, (self.low, self.high, self.thresholds))
        search = _StagedSearch(model, made, limits)
        search.hint = np.zeros(len(made), dtype=bool)
        search.hint[hint] = True
        coverage_bounds: list[int] = []
        value = 0
        pairs_bound = None
        every = cp_model.LinearExpr.sum(made)
        if coverage_first:
            by_class = self._coverage(model, made)
            for c, covered in enumerate(by_class):
                if reached is None:
                    value, bound = search.largest(f"coverage of class {c}", covered, 0.0)
                else:
                    value = bound = reached[c]
                coverage_bounds.append(bound)
                model.add(covered >= value)
            if reached is None:
                value, pairs_bound = search.largest("pairs", every, 0.0)
            else:
                own_stage = len(reached) > len(by_class)
                value = pairs_bound = reached[-1] if own_stage else sum(reached)
            model.add(every == value)
        scale = IntegerScale.of(self.scores, nodes=len(made), keep_zero=not coverage_first)
        steps = scale.integers(self.scores)
        # A relative gap is one of scores; that of the integers has another zero.
        count = value if coverage_first else 0
        best = abs(float(self.scores[search.hint].sum()))
        total = cp_model.LinearExpr.weighted_sum(made, steps.tolist())
        relative = limits.gap if scale.low == 0 else 0.0
        _, bound = search.largest("total", total, limits.gap * best / scale.step, relative)
        most = count if coverage_first else int(self.demand.sum())
        # Multiples of the step that float64 holds exactly have lost nothing.
        exact = np.array_equal(steps * scale.step + scale.low, self.scores)
        error = 0.0 if exact else scale.error * most
        total_bound = bound * scale.step + scale.low * count + error
        return SideAnswer(
            np.flatnonzero(search.hint),
            tuple(coverage_bounds),
            pairs_bound,
            total_bound,
            search.complete,
        )

    def _coverage(
        self, model: cp_model.CpModel, made: list[cp_model.IntVar]
    ) -> list[cp_model.LinearExpr]:
        """How many mentees of each class get a first mentor."""
        from ortools.sat.python import cp_model

        terms: list[list[cp_model.IntVar]] = [[] for _ in range(self.n_classes)]
        order = np.argsort(self.mentees, kind="stable")
        people, starts = np.unique(self.mentees[order], return_index=True)
        for i, part in zip(people.tolist(), np.split(order, starts[1:]), strict=True):
            if self.covered[i]:
                continue
            own = [made[k] for k in part.tolist()]
            if self.demand[i] > 1:
                has_one = model.new_bool_var("")
                model.add(cp_model.LinearExpr.sum(own) >= has_one)
                own = [has_one]
            terms[self.classes[i]].extend(own)
        return [cp_model.LinearExpr.sum(part) for part in terms]


class _StagedSearch:
    """One model, maximised for one expression after another from the last solution."""

    def __init__(
        self, model: cp_model.CpModel, made: list[cp_model.IntVar], limits: Limits
    ) -> None:
        self.model, self.made, self.limits = model, made, limits
        self.hint: NDArray[np.bool_] = np.zeros(len(made), dtype=bool)
        self.complete = True

    def largest(
        self, what: str, expression: cp_model.LinearExpr, gap: float, relative_gap: float = 0.0
    ) -> tuple[int, int]:
        """The largest value found, and what none exceeds; the solution becomes the next hint."""
        from ortools.sat.python import cp_model

        self.model.clear_hints()
        for one, value in zip(self.made, self.hint.tolist(), strict=True):
            self.model.add_hint(one, value)
        self.model.maximize(expression)
        solver = one_search(self.limits.deadline.left())
        solver.parameters.absolute_gap_limit = max(gap, 0.5)
        solver.parameters.relative_gap_limit = relative_gap
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            raise InfeasibleError("no matching satisfies all conditions, as CP-SAT says")
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise SolverError(
                f"CP-SAT found no matching that satisfies all conditions in time "
                f"({solver.status_name(status)}). Give a larger time_limit."
            )
        self.hint = np.array([solver.boolean_value(one) for one in self.made], dtype=bool)
        value, bound = round(solver.objective_value), int(np.floor(solver.best_objective_bound))
        self.complete &= bound <= value
        self.limits.tell(what, value=value, bound=bound)
        return value, bound


def add_rows(
    model: cp_model.CpModel,
    made: list[cp_model.IntVar],
    rows: sparse.csr_array,
    limits: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    enforced: list[cp_model.IntVar | None] | None = None,
) -> None:
    """Add low ≤ rows · made ≤ high, each only where its literal holds, when it has one.

    ``limits`` are low, high, and what a row must reach unless it is 0.
    """
    from ortools.sat.python import cp_model

    starts, columns = rows.indptr.tolist(), rows.indices.tolist()
    weights = rows.data.tolist()
    values = zip(*(one.tolist() for one in limits), strict=True)
    for r, (least, most, threshold) in enumerate(values):
        part = slice(starts[r], starts[r + 1])
        terms = [made[k] for k in columns[part]]
        one = cp_model.LinearExpr.weighted_sum(terms, weights[part]) if terms else 0
        reach = sum(abs(weight) for weight in weights[part])
        # Limits that cannot be passed are left out; others are cut to what can be reached.
        if -reach >= least and reach <= most and threshold <= 1:
            continue
        domain = cp_model.Domain(max(least, -reach - 1), min(most, reach + 1))
        if threshold > 1:
            parts = [[0, 0], [threshold, max(threshold, reach)]]
            domain = domain.intersection_with(cp_model.Domain.from_intervals(parts))
        literal = None if enforced is None else enforced[r]
        if least > reach or most < -reach or least > most:
            model.add_bool_or([literal.negated()] if literal is not None else [])
            continue
        row = model.add_linear_expression_in_domain(one, domain)
        if literal is not None:
            row.only_enforce_if(literal)


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
