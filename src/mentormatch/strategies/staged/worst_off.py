"""The largest minimum of sums of scores: a linear relaxation, then one program at its level.

The relaxation bounds what the worst-off can have; usually a matching reaches it, and the largest
total of those that do is one integer program with a bound on every mentee's sum, far easier than
one that raises the worst-off itself. Where no matching reaches the level, it is bisected between
the best matching found and what is excluded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.proofs.program_stages import WorstSum
from mentormatch.solvers.programs.lp import relax
from mentormatch.solvers.programs.milp import ProgramAnswer
from mentormatch.strategies.staged.models import ROOM, Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.proofs.promises import Promise
    from mentormatch.solvers.programs.milp import MixedProgram
    from mentormatch.strategies.base import Choice

__all__ = ["raise_worst"]

# Levels that are tried at most; each halves what is open, down to what HiGHS can tell apart.
ROUNDS = 40
APART = 2.5e-7
# With a limit on time, the share of what is left that a level may take.
SHARE = 0.5
# By how much the rows of sums are multiplied: HiGHS takes a row for met within 1e-6 of any number.
SHARPER = 2.0**8


def raise_worst(model: Model, promise: Promise) -> Choice:
    """Find the matching whose worst-off has the most, then the best total among those.

    Parameters
    ----------
    model
        Of a problem with somebody to compare, its coverage settled and nothing else.
    promise
        What the certificate is to prove.
    """
    search = _LevelSearch.of(model)
    search.run()
    high = min(max(search.high, search.low), max(model.most_of_worst(1), search.low))
    stage = (WorstSum(1), high * model.unit)
    answer = search.best_total()
    settled = replace(search.model, stages=(stage,), values=answer.values)
    return settled.choice(promise, answer=answer)


@dataclass(eq=False)
class _LevelSearch:
    """Levels between what a matching reaches and what is excluded, in units of the model.

    Parameters
    ----------
    model
        With the column of the level: no sum is below it.
    column
        Where that is.
    low, values
        The best smallest sum found, and its pairs.
    high
        No smallest sum is larger.
    total
        The best total at ``low``, where it was looked for.
    """

    model: Model
    column: int
    low: float
    values: NDArray[np.float64]
    high: float
    total: ProgramAnswer | None = None

    @classmethod
    def of(cls, model: Model) -> _LevelSearch:
        """Start from the best total, and from the bound of the relaxation."""
        known = model.known()
        pairs = len(model.mentees)
        values = np.zeros(pairs) if known is None else known
        low = model.worst_of(values)
        raised, objective = model.with_worst(1)
        column = int(np.argmax(objective))
        upper = raised.program.upper.copy()
        # One sum is the worst: nothing is taken off below it.
        upper[column + 1 :] = 0.0
        program = replace(raised.program, upper=upper)
        raised = replace(raised, program=_sharpen_rows(program, len(model.program.low)))
        target = np.zeros(raised.program.width)
        target[column] = 1.0
        limit = model.options.deadline.left()
        high = np.inf
        try:
            relaxed = relax(
                raised.program, target, time_limit=None if limit is None else max(limit, 0.0)
            )
        except InfeasibleError:
            # Something is known to meet the rows: the solver lost it to rounding.
            relaxed = None
        if relaxed is not None:
            high = max(relaxed.objective, low)
        return cls(raised, column, low, values, high)

    def run(self) -> None:
        """Bisect until nothing is open, the rounds are over, or the time is."""
        if not np.isfinite(self.high):
            return
        ceiling = self.high
        level = self.high
        for number in range(1, ROUNDS + 1):
            if self.model.over or self.high - self.low <= APART or level - self.low <= APART / 2:
                break
            try:
                answer = self._at(level - ROOM)
            except InfeasibleError:
                self.high = ceiling = level
            except SolverError:
                # Neither found nor excluded in its time: lower levels are easier.
                ceiling = level
            else:
                if not self._keep(answer):
                    # What is left is less than the solver's own tolerance.
                    break
            self.model.options.tell("worst-off", round=number, low=self.low, high=self.high)
            level = self.low + (ceiling - self.low) / 2

    def best_total(self) -> ProgramAnswer:
        """The best total among the matchings that are as good for the worst-off."""
        if self.total is not None:
            return self.total
        try:
            answer = self._at(self.low - ROOM, last=True)
        except (InfeasibleError, SolverError):
            values = np.concatenate([self.values, np.zeros(self.model.program.width)])
            values = values[: self.model.program.width]
            reached = float(self.model.scores @ self.values)
            return ProgramAnswer(values, reached, np.inf)
        if self.model.worst_of(answer.values) < self.low - APART:
            values = np.zeros(self.model.program.width)
            values[: len(self.values)] = self.values
            return ProgramAnswer(values, float(self.model.scores @ self.values), answer.bound)
        return answer

    def _keep(self, answer: ProgramAnswer) -> bool:
        """Keep what is better for the worst-off; tell whether it is."""
        worst = self.model.worst_of(answer.values)
        better = worst > self.low
        if better:
            self.low, self.values = worst, answer.values[: len(self.values)].copy()
        top = self.high - worst <= APART
        self.total = answer if top and np.isfinite(answer.bound) else None
        return better

    def _at(self, level: float, *, last: bool = False) -> ProgramAnswer:
        """The best total where no sum is below a level."""
        program = self.model.program
        lower, upper = program.lower.copy(), program.upper.copy()
        lower[self.column] = upper[self.column] = level
        left = self.model.options.deadline.left()
        limit = None if left is None else max(left * (1.0 if last else SHARE), 0.1)
        return replace(program, lower=lower, upper=upper).maximise(
            self.model.on_pairs(self.model.scores),
            gap=self.model.options.gap,
            time_limit=limit,
            start=self.values if last and limit is not None else None,
        )


def _sharpen_rows(program: MixedProgram, first: int) -> MixedProgram:
    """Write the rows from ``first`` on in a smaller unit, beside which a tolerance is less."""
    scale = np.ones(len(program.low))
    scale[first:] = SHARPER
    rows = sparse.csr_array(sparse.diags_array(scale) @ program.rows)
    return replace(program, rows=rows, low=program.low * scale, high=program.high * scale)
