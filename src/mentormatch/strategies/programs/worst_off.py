"""The largest sum of the k smallest of sums of scores: a relaxation, then a program at its level.

The relaxation bounds what the k worst-off can have; usually a matching reaches it, and the largest
total of those that do is one integer program with a bound on that sum, far easier than one that
raises it. Where no matching reaches the level, it is bisected between the best matching found and
what is excluded; the smallest sum is one that some mentee can have, so that nothing is open where
no such sum lies between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.proofs.measures import WorstSum
from mentormatch.solvers.arrays import sparse_cells
from mentormatch.solvers.deadline import LEAST_SECONDS
from mentormatch.solvers.programs.lp import relax
from mentormatch.solvers.programs.milp import ProgramAnswer
from mentormatch.strategies.programs.models import ROOM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.programs.milp import MixedProgram
    from mentormatch.strategies.programs.models import Model

__all__ = ["LevelSearch", "raise_worst"]

# Levels that are tried at most; each halves what is open, down to what HiGHS can tell apart.
ROUNDS = 40
APART = 2.5e-7
# What a score adds to the share of a pair when a vertex is rounded.
ROUNDED = 1e-3
# With a limit on time, the share of what is left that a level may take.
SHARE = 0.5
# The share of it in which a sum of several begins with the one worst-off.
FIRST = 0.5
# By how much the rows of sums are multiplied: HiGHS takes a row for met within 1e-6 of any number.
SHARPER = 2.0**8
# Pairs up to which the sum itself is soon as large as it can be.
FEW = 4_096
# Sums of scores that are listed at most, and below which two of them are one.
MOST_SUMS, SAME = 1_000_000, 1e-9


def raise_worst(model: Model, k: int = 1) -> LevelSearch:
    """Find the matchings whose k worst-off have the most.

    ``k`` is at most the number of those who are compared; there must be somebody.
    """
    if k > 1 and not any(isinstance(measure, WorstSum) for measure, _ in model.stages):
        model = _start_from_worst(model, k)
    search = LevelSearch.of(model, k)
    search.run()
    return search


def _start_from_worst(model: Model, k: int) -> Model:
    """With a limit on time, begin from pairs that are best for the one worst-off, if these help.

    They are found much sooner than a large sum of several, and often have one.
    """
    left, pairs = model.options.deadline.left(), len(model.mentees)
    if left is None or model.too_late:
        return model
    options = replace(model.options, time_limit=max(left * FIRST, LEAST_SECONDS))
    values = raise_worst(replace(model, options=options)).best_total().values[:pairs]
    known = model.known()
    if known is not None and model.worst_of(known, k) >= model.worst_of(values, k):
        return model
    return replace(model, values=model.on_pairs(values))


@dataclass(eq=False)
class LevelSearch:
    """Levels between what a matching reaches and what is excluded, in units of the model."""

    before: Model  # as it was given
    model: Model  # with a level that the sum of the k worst must reach
    k: int
    objective: NDArray[np.float64]  # the sum of the k worst, of the columns of the model
    place: int  # of the level: a column at k = 1, else a row
    low: float  # the best sum found
    values: NDArray[np.float64]  # its pairs
    high: float  # no sum is larger
    ceiling: float  # none that is larger is tried
    total: ProgramAnswer | None = None  # the best total at ``low``, where it was looked for

    @cached_property
    def sums(self) -> NDArray[np.float64]:
        """Sums that mentees can have, and perhaps others, sorted; empty where there are too many.

        The smallest of all sums is one of them.
        """
        model, found, left = self.before, [np.empty(0)], MOST_SUMS
        if self.k > 1 or model.partial:
            return np.empty(0)
        for one in model.compared().tolist():
            some = model.possible_sums(one, left)
            if some is None:
                return np.empty(0)
            left -= len(some)
            found.append(some)
        return np.unique(np.concatenate(found))

    def narrow(self) -> None:
        """Lower what is open to the largest sum that a mentee can have."""
        sums, same = self.sums, SAME * max(1.0, abs(self.low))
        if not len(sums):
            return
        ends = np.searchsorted(sums, np.array([self.high, self.ceiling]) + same, side="right")
        self.high, self.ceiling = (
            max(self.low, float(sums[k - 1])) if k and sums[k - 1] > self.low + same else self.low
            for k in ends.tolist()
        )

    @classmethod
    def of(cls, model: Model, k: int) -> LevelSearch:
        """Start from what is known, and from the bound of the relaxation."""
        known = model.known()
        pairs = len(model.mentees)
        values = np.zeros(pairs) if known is None else known
        low = model.worst_of(values, k)
        raised, objective = _with_worst(model, k)
        first, column = len(model.program.low), int(np.argmax(objective))
        program, place = raised.program, column
        if k == 1:
            # One sum is the worst: nothing is taken off below it.
            upper = program.upper.copy()
            upper[column + 1 :] = 0.0
            program = replace(program, upper=upper)
        else:
            place = len(program.low)
            program = program.with_rows(objective[None, :], -np.inf, np.inf)
        raised = replace(raised, program=_sharpen_rows(program, first))
        limit = model.options.deadline.left()
        try:
            relaxed = relax(raised.program, objective / k, time_limit=limit)
        except InfeasibleError:
            # Something is known to meet the rows: the solver lost it to rounding.
            relaxed = None
        high = np.inf if relaxed is None else max(relaxed.objective * k, low)
        most = model.most_of_worst(k)
        ceiling = max(min(high, most), low)
        # A relaxation with only some of the pairs bounds nothing beyond them.
        high = max(most, low) if model.partial else ceiling
        search = cls(model, raised, k, objective, place, low, values, high, ceiling)
        if relaxed is not None and limit is not None:
            search.round_up(relaxed.values)
        return search

    def round_up(self, values: NDArray[np.float64]) -> None:
        """Try the pairs that are nearest to a vertex of the relaxation: a quick first answer."""
        model = self.before
        if model.floors or self.high - self.low <= APART:
            # Rows of earlier sums make it as hard as the search itself.
            return
        # Among pairs of the same share those of the larger score.
        nearest = values[: len(self.values)] + ROUNDED * model.scores
        limit = model.options.deadline.part(SHARE, LEAST_SECONDS)
        target = model.on_pairs(nearest)
        try:
            # Without side rules a vertex is a matching: no branching is needed.
            vertex = relax(model.program, target, time_limit=limit)
            if vertex is not None and vertex.is_integral:
                answer = ProgramAnswer(np.rint(vertex.values), vertex.objective, np.inf)
            else:
                # Its presolve took ten times the limit, and the search without it a tenth of that.
                answer = model.program.maximise(target, time_limit=limit, presolve=False)
        except (InfeasibleError, SolverError):
            return
        self._keep(replace(answer, bound=np.inf))

    def settled(self, answer: ProgramAnswer | None = None) -> Model:
        """The model with this stage as rows, and with the best pairs known."""
        program = self._program_at(self.low - ROOM * max(1.0, abs(self.low)))
        floors = self.before.floors if self.k == 1 else (*self.before.floors, self.place)
        bound = max(self.high, self.low) * self.model.unit
        return replace(
            self.model,
            program=program,
            floors=floors,
            stages=(*self.before.stages, (WorstSum(self.k, self.model.choosing), bound)),
            values=self.model.on_pairs(self.values) if answer is None else answer.values,
        )

    def run(self) -> None:
        """Bisect until nothing is open, the rounds are over, or the time is."""
        if not np.isfinite(self.high):
            return
        level = self.ceiling
        for number in range(1, ROUNDS + 1):
            if number > 1:
                self.narrow()
            level = min(level, self.ceiling)
            over = self.model.over or self.ceiling - self.low <= self._apart
            if over or level - self.low <= self._apart / 2:
                break
            try:
                answer = self._at(level - ROOM)
            except InfeasibleError:
                self.ceiling = level
                self.high = self.high if self.model.partial else level
                if number == 1 and self._is_better_raised:
                    # One search for the sum itself is shorter than twenty for levels.
                    self.raise_directly(SHARE)
            except SolverError:
                # Neither found nor excluded in its time: lower levels are easier.
                self.ceiling = level
            else:
                if not self._keep(answer):
                    # The solver's tolerance of 0 and 1 lets it say that a level is reached.
                    self.raise_directly()
                    break
            self.model.options.tell("worst-off", round=number, low=self.low, high=self.high)
            level = self.low + (self.ceiling - self.low) / 2

    @property
    def _is_better_raised(self) -> bool:
        """Whether there are few pairs, and no list of sums that leaves few levels open."""
        return len(self.values) <= FEW and not self.model.partial and not len(self.sums)

    def raise_directly(self, share: float = 1.0) -> None:
        """Make the sum itself as large as possible, in a share of the time that is left."""
        if self.model.too_late:
            return
        program, target = self._program_at(-np.inf), self.objective
        options = self.model.options
        limit = options.deadline.part(share)
        try:
            answer = program.maximise(target, gap=options.gap, time_limit=limit, start=self.values)
        except (InfeasibleError, SolverError):
            return
        self._keep(replace(answer, bound=np.inf))
        if not self.model.partial:
            self.high = max(min(self.high, answer.bound), self.low)
            self.ceiling = min(self.ceiling, self.high)

    def best_total(self) -> ProgramAnswer:
        """The best total among the matchings that are as good for the worst-off."""
        if self.total is not None:
            return self.total
        bound = np.inf
        try:
            answer = self._at(self.low - ROOM, last=True)
        except (InfeasibleError, SolverError):
            pass
        else:
            if self.model.worst_of(answer.values, self.k) >= self.low - self._apart:
                return answer
            bound = answer.bound
        known = self.model.on_pairs(self.values)
        return ProgramAnswer(known, float(self.model.scores @ self.values), bound)

    def _keep(self, answer: ProgramAnswer) -> bool:
        """Keep what is better for the worst-off; tell whether it is."""
        worst = self.model.worst_of(answer.values, self.k)
        better = worst > self.low
        if better:
            self.low, self.values = worst, answer.values[: len(self.values)].copy()
        top = self.high - worst <= self._apart
        self.total = answer if top and np.isfinite(answer.bound) else None
        return better

    def _at(self, level: float, *, last: bool = False) -> ProgramAnswer:
        """The best total where no sum is below a level."""
        if self.model.too_late:
            raise SolverError("no search can begin in the time that is left")
        options = self.model.options
        return self._program_at(level).maximise(
            self.model.on_pairs(self.model.scores),
            gap=options.gap,
            time_limit=options.deadline.part(1.0 if last else SHARE, LEAST_SECONDS),
            start=self.values if last else None,
        )

    def _program_at(self, level: float) -> MixedProgram:
        """The program where the sum of the k worst is at least a level."""
        program = self.model.program
        if self.k == 1:
            lower, upper = program.lower.copy(), program.upper.copy()
            lower[self.place] = level
            upper[self.place] = level if np.isfinite(level) else np.inf
            return replace(program, lower=lower, upper=upper)
        low = program.low.copy()
        low[self.place] = level * SHARPER
        return replace(program, low=low)

    @property
    def _apart(self) -> float:
        """Levels nearer than this are one: what the solver cannot tell apart."""
        return APART * max(1.0, abs(self.low))


def _with_worst(model: Model, k: int) -> tuple[Model, NDArray[np.float64]]:
    """Columns for the sum of the k worst, and the objective that is this sum.

    k·t − Σ y_i with y_i ≥ t − u_i is at most the sum of the k smallest u_i, and reaches it.
    """
    who, start = model.compared(), model.program.width
    program = model.program.with_columns(1, -np.inf, np.inf)
    program = program.with_columns(len(who), 0.0, np.inf)
    matrix, low = model.places(model.scores)[who], -model.pinned_by_mentee()[who]
    if model.covered is not None:
        # Whoever has nobody is not compared: the row is lifted to what nobody has more than.
        # No further: by as much as a solver's tolerance of 0 and 1 may let it be lifted.
        lift = max(float(model.best[who].max(initial=0.0)), 0.0)
        free = ~model.problem.after_pins.covered[who]
        at = np.flatnonzero(free), model.covered - len(model.mentees) + who[free]
        between = sparse_cells(*at, (len(who), start - len(model.mentees)), -lift)
        matrix = sparse.hstack([matrix, between], format="csr")
        low = low - lift * free
    column = sparse.coo_array(np.full((len(who), 1), -1.0))
    last = sparse.hstack([column, sparse.eye_array(len(who))], format="csr")
    program = program.with_rows(matrix, low, np.inf, last=last)
    objective = np.zeros(program.width)
    objective[start] = k
    objective[start + 1 :] = -1.0
    return replace(model, program=program), objective


def _sharpen_rows(program: MixedProgram, first: int) -> MixedProgram:
    """Write the rows from ``first`` on in a smaller unit, beside which a tolerance is less."""
    scale = np.ones(len(program.low))
    scale[first:] = SHARPER
    rows = sparse.csr_array(sparse.diags_array(scale) @ program.rows)
    return replace(program, rows=rows, low=program.low * scale, high=program.high * scale)
