"""The largest α-fair welfare of sums of scores: a program whose tangents are added as needed.

The welfare of a sum of several scores is concave in the pairs and not linear. Of each mentee it is
bounded by tangents, so that a linear program bounds it from above [1]_; where the pairs that are
found have less than their tangents say, tangents at what they have are added, and it is solved
again. Sums of scores are finitely many, so that this ends.

References
----------
.. [1] M. A. Duran and I. E. Grossmann (1986), An outer-approximation algorithm for a class of
   mixed-integer nonlinear programs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.proofs.measures import Positive, WelfareSum
from mentormatch.solvers.programs.lp import relax
from mentormatch.solvers.programs.milp import ProgramAnswer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.programs.milp import Entry, MixedProgram
    from mentormatch.strategies.programs.models import Model

__all__ = ["raise_welfare"]

# Tangents that each mentee begins with, and rounds in which more are added.
FIRST, RELAXED_ROUNDS, ROUNDS = 10, 12, 60
# Welfare of one mentee from its least to the most of all, in units of the program: beside so much
# the solver's tolerance is little.
RANGE = 2.0**10
# Shares of the size of a welfare: what is looked for, and what a better total may cost of it.
SAME, KEPT = 1e-7, 4e-7
# Coefficients beyond this are left out: a program with them is no better than without.
STEEPEST = 1e10
TINY = float(np.finfo(float).tiny)
# With a limit on time, the share of what is left that a round may take.
SHARE = 0.5
# Where less than this can be had beside negative scores, the solver cannot tell it from nothing.
LEAST_TOLD = 1e-6


@dataclass(eq=False)
class WelfareSearch:
    """A welfare between what a matching reaches and what is excluded.

    ``reached`` and ``bound`` are the welfare of the best pairs found, and what none exceeds; both
    less that of everybody at ``unit``, or at 0 where that has a value. In a better matching no
    mentee has less than its floor, and none less than the unit.
    """

    gains: Gains
    alpha: float
    values: NDArray[np.float64]
    unit: float = 1.0
    reached: float = -np.inf
    bound: float = np.inf
    floors: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    # Tangents: mentees as positions among those of ``gains``, and their sums.
    points: list[tuple[NDArray[np.intp], NDArray[np.float64]]] = field(default_factory=list)

    @classmethod
    def of(cls, gains: Gains, alpha: float) -> WelfareSearch:
        """Start from what is known."""
        known = gains.model.known()
        values = np.zeros(len(gains.model.mentees)) if known is None else known
        search = cls(gains, alpha, values)
        search._measure_from()
        return search

    def worth(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """The welfare of sums, less that of the unit where 0 has no value; of 0, 0."""
        power = 1 - self.alpha
        logarithm = np.log(np.where(sums > 0, sums, self.unit) / self.unit)
        if not power:
            return np.asarray(logarithm)
        with np.errstate(over="ignore"):
            found = np.expm1(power * logarithm) / power
        return np.asarray(np.where(sums > 0, found + 1 / power, 0.0) if power > 0 else found)

    def slope(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """How fast the welfare rises."""
        return np.asarray((sums / self.unit) ** -self.alpha / self.unit)

    def total(self, sums: NDArray[np.float64]) -> float:
        """The welfare of all who have more than 0."""
        return float(self.worth(sums).sum())

    def size(self) -> float:
        """What a tolerance is a share of: see `stage_tolerance`."""
        sums = self.gains.of(self.values)
        some = sums[sums > 0]
        own = np.abs(self.worth(some) + (1 / (1 - self.alpha) if self.alpha >= 2 else 0.0)).sum()
        return float(own) + (len(some) if self.alpha == 1 else 0) + TINY

    def run(self) -> None:
        """Add tangents until nothing is open, the rounds are over, or the time is."""
        if not len(self.gains.who):
            self.reached = self.bound = 0.0
            return
        self._relax()
        model = self.gains.model
        for number in range(1, ROUNDS + 1):
            if model.too_late:
                break
            program, target, scale = self._program()
            answer = replace(model, program=program, values=self.values).maximise(
                target, share=SHARE
            )
            if not model.partial and np.isfinite(answer.bound):
                self.bound = min(self.bound, answer.bound / scale)
            sums = self.gains.of(answer.values)
            found = self.total(sums)
            if self._counts(sums) and found > self.reached:
                self.values, self.reached = answer.values[: len(self.values)].copy(), found
            model.options.tell("welfare", round=number, reached=self.reached, bound=self.bound)
            if self._measure_from():
                continue
            if self.bound - self.reached <= SAME * self.size():
                break
            if not self._touch(sums, answer.values):
                # What is left is the solver's own tolerance.
                break
        self.bound = max(self.bound, self.reached)

    def best_total(self) -> tuple[Model, ProgramAnswer]:
        """The model with the welfare kept, and the best total that leaves."""
        model, values = self.gains.model, self.values
        least = self.reached - KEPT * self.size()
        stage = (WelfareSum(self.alpha, self.unit * model.unit), self._in_measure(self.bound))
        answer, kept = None, model
        for _ in range(ROUNDS if len(self.gains.who) else 1):
            program = model.program
            if len(self.gains.who):
                program, target, scale = self._program()
                program = program.with_rows(target[None, :], least * scale, np.inf)
            kept = replace(model, program=program, stages=(*model.stages, stage), values=values)
            if model.too_late:
                break
            found = kept.best_total()
            sums = self.gains.of(found.values)
            if self._counts(sums) and self.total(sums) >= least - SAME * self.size():
                return kept, found
            answer = found
            if not (np.isfinite(found.objective) and self._touch(sums, found.values)):
                break
        bound = np.inf if answer is None else answer.bound
        return kept, ProgramAnswer(kept.on_pairs(values), float(model.scores @ values), bound)

    def _counts(self, sums: NDArray[np.float64]) -> bool:
        """Whether as many as were settled have more than 0."""
        if self.gains.above is None:
            return True
        now = self.gains.of(self.values)
        return int((sums > 0).sum()) >= int((now > 0).sum())

    def _in_measure(self, welfare: float) -> float:
        """A welfare as `WelfareSum` counts it."""
        power = 1 - self.alpha
        if power > 0:
            return welfare - self.gains.model.n_compared() / power
        if self.alpha < 2:
            return welfare
        return welfare + int((self.gains.of(self.values) > 0).sum()) / power

    def _measure_from(self) -> bool:
        """Find what nobody falls below in a better matching; begin anew where that is a new unit.

        A mentee that has so little that the others cannot make up for it, had they all their best,
        is in no better matching.
        """
        gains, sums = self.gains, self.gains.of(self.values)
        some = sums[sums > 0]
        floors = gains.least
        if self.alpha >= 1 and len(some):
            self.unit, before = float(some.min()), self.unit
            power, count, most = 1 - self.alpha, len(some), self.worth(gains.best)
            order = np.sort(most)[::-1]
            others = np.where(
                most >= order[count - 1], order[:count].sum() - most, order[: count - 1].sum()
            )
            short = float(self.worth(some).sum()) - others
            rise = np.log1p(np.maximum(power * short, -1.0 + 1e-16)) / power if power else short
            with np.errstate(over="ignore"):
                lowest = self.unit * np.exp(np.minimum(rise, 700.0))
            floors = np.maximum(floors, lowest * (1 - 1e-9))
            self.unit = before
        # Who could only have less is not among those who have more than 0.
        can = floors * (1 - 1e-9) <= gains.best
        lowest_of_all = float(floors[can].min(initial=np.inf))
        unit = lowest_of_all if self.alpha >= 1 and np.isfinite(lowest_of_all) else 1.0
        moved = not np.isfinite(self.reached) or unit > 2 * self.unit
        if moved:
            self.unit = unit
            self.reached = self.total(sums)
            self.floors = floors
            top = np.sort(self.worth(gains.best))[::-1]
            self.bound = float(top[: len(some) if self.alpha >= 1 else None].sum())
            everybody = np.arange(len(gains.who))
            ratio = gains.best / floors
            self.points = [
                (everybody, floors * ratio**share) for share in np.linspace(0.0, 1.0, FIRST)
            ]
        return moved

    def _touch(self, sums: NDArray[np.float64], values: NDArray[np.float64]) -> bool:
        """Add tangents at sums where the program counts more than they are worth."""
        count = len(self.gains.who)
        # The last columns of the program are what it counts.
        over = values[-count:] / self._scale - self.worth(sums)
        new = (sums >= self.floors * (1 - 1e-9)) & (over > 0.1 * SAME * self.size() / count)
        there = np.zeros(count, dtype=bool)
        for who, at in self.points:
            there[who] |= np.abs(at - sums[who]) <= 1e-12 * sums[who]
        new &= ~there
        if new.any():
            self.points.append((np.flatnonzero(new), sums[new]))
        return bool(new.any())

    def _relax(self) -> None:
        """Add tangents where the relaxation has its sums: matchings are near."""
        model, gains = self.gains.model, self.gains
        for _ in range(RELAXED_ROUNDS):
            if model.too_late:
                return
            program, target, _ = self._program()
            try:
                limit = model.options.deadline.part(SHARE)
                found = relax(program, target / RANGE, time_limit=limit)
            except InfeasibleError:
                return
            if found is None:
                return
            sums = found.values[gains.gained]
            share = np.ones(len(sums)) if gains.above is None else found.values[gains.above]
            sums = np.where(share > 0, sums / np.maximum(share, TINY), 0.0)
            if not self._touch(np.clip(sums, 0.0, gains.best), found.values):
                return

    @property
    def _scale(self) -> float:
        """The program's units in one of welfare."""
        least = 0.0 if self.alpha < 1 else float(self.worth(self.floors).min())
        most = float(self.worth(self.gains.best).max())
        # Where everybody has one sum only, nothing is left to choose.
        return RANGE / (most - least if most > least else 1.0)

    def _program(self) -> tuple[MixedProgram, NDArray[np.float64], float]:
        """The program with a column for the welfare of each mentee, its objective and its units."""
        gains, scale = self.gains, self._scale
        count, top = len(gains.who), self.worth(gains.best) * scale
        program = gains.model.program.with_columns(count, -np.inf, float(top.max()))
        welfare = program.width - count + np.arange(count)
        who, at = self._tangents(scale)
        rise = self.slope(at) * scale
        rest = self.worth(at) * scale - rise * at
        entries: list[Entry] = [(gains.gained[who], rise), (welfare[who], -1.0)]
        if gains.above is None:
            program = program.with_entries(entries, low=-rest)
        else:
            program = program.with_entries([*entries, (gains.above[who], rest)])
        if gains.above is None:
            # Sums are 0 or at least the smallest: a chord is nearer than any tangent.
            chord = self.worth(gains.least) * scale / gains.least
            some = chord <= STEEPEST
            entries = [(gains.gained[some], chord[some]), (welfare[some], -1.0)]
            program = program.with_entries(entries)
        else:
            program = program.with_entries([(gains.above, top), (welfare, -1.0)])
            program = program.with_entries(
                [(gains.gained, 1.0), (gains.above, -self.floors * (1 - 1e-9))]
            )
        target = np.zeros(program.width)
        target[welfare] = 1.0
        return program, target, scale

    def _tangents(self, scale: float) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Points of tangents; none where only one sum is possible, or too steep to be of use."""
        who = np.concatenate([one for one, _ in self.points])
        at = np.concatenate([sums for _, sums in self.points])
        kept = self.floors[who] < self.gains.best[who] * (1 - 1e-12)
        kept &= self.slope(at) * scale <= STEEPEST
        return who[kept], at[kept]


def raise_welfare(model: Model, alpha: float) -> tuple[Model, ProgramAnswer]:
    """Settle the largest welfare; return the model with it kept, and the best total it leaves."""
    search = WelfareSearch.of(count_positive(model, first=alpha >= 1), alpha)
    try:
        search.run()
    except SolverError:
        # No round ended in its time: what is known stands.
        search.bound = max(search.bound, search.reached)
    return search.best_total()


@dataclass(frozen=True, eq=False)
class Gains:
    """What mentees can get, as columns of a program.

    ``least`` is the smallest sum above 0 of those in ``who``, ``best`` what they cannot have more
    than, in units of the model.
    """

    model: Model  # with the columns
    who: NDArray[np.intp]  # mentees who can have more than 0
    least: NDArray[np.float64]
    best: NDArray[np.float64]
    # positions of the columns of their sums where those are above 0, else 0
    gained: NDArray[np.intp]
    # positions of the columns that are 1 for whom it is; None: none needed
    above: NDArray[np.intp] | None

    def of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sums of these mentees, of the pairs that some values make."""
        return self.model.sums_of(values)[self.who]


def count_positive(model: Model, *, first: bool) -> Gains:
    """Give each mentee who can have more than 0 a column for its sum.

    With ``first`` as many as possible are to have more than 0 before anything else, which is then
    settled as a stage.
    """
    best, least = model.best, model.least_sums(LEAST_TOLD / 2)
    who = model.compared()
    who = who[(best[who] > 0) & np.isfinite(least[who])]
    count, start = len(who), model.program.width
    gained = start + np.arange(count)
    pinned = model.pinned_by_mentee()[who]
    sums = model.places(model.scores)[who]
    program = model.program.with_columns(count, -np.inf, np.inf)
    eye = sparse.eye_array(count)
    model = replace(model, program=program.with_rows(sums, -pinned, -pinned, last=-eye))
    program = model.program
    if not first:
        return Gains(model, who, least[who], best[who], gained, None)
    above = program.width + np.arange(count)
    program = program.with_columns(count, 0.0, 1.0, integral=True)
    # Who has one pair above 0 has more than 0, unless others take it away.
    positive = model.places((model.scores > 0).astype(float))[who]
    least_pairs = np.where(pinned > 0, -np.inf, 0.0)
    program = program.with_rows(positive, least_pairs, np.inf, last=-eye)
    lowest = model.lowest_sums()[who]
    some = np.flatnonzero(lowest < np.maximum(pinned, 0.0))
    if len(some):
        # Beside negative scores a column of its own is the sum above 0, or 0.
        own = program.width + np.arange(len(some))
        program = program.with_columns(len(some), 0.0, np.inf)
        loss = np.maximum(-lowest[some], 0.0)
        program = program.with_entries(
            [(gained[some], 1.0), (above[some], -loss), (own, -1.0)], low=-loss
        )
        program = program.with_entries([(above[some], best[who[some]]), (own, -1.0)])
        program = program.with_entries([(own, 1.0), (above[some], -least[who[some]])])
        gained = gained.copy()
        gained[some] = own
        told = bool((least[who[some]] >= LEAST_TOLD).all())
        model = replace(model, exact=model.exact and told)
    model = replace(model, program=program)
    objective = np.zeros(program.width)
    objective[above] = 1.0
    most = float(min(model.n_compared(), count))
    model = model.settle(objective, Positive(), most=most, counted=True)
    return Gains(model, who, least[who], best[who], gained, above)
