"""Stages settled as integer programs: several mentors each, side rules, part of the total kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.certificates import count_pairs, list_places
from mentormatch.errors import MentorMatchError
from mentormatch.problem.checks import are_among
from mentormatch.proofs.flow_stages import Welfare, kept_total, smallest_positive
from mentormatch.proofs.measures import AtPlace, Covered, EvenLoads, Filled, Positive, WelfareSum
from mentormatch.solvers.arrays import incidence, sparse_cells
from mentormatch.strategies.flows.places import describe_profile, list_ranked_pairs
from mentormatch.strategies.programs.models import ROOM, Model
from mentormatch.strategies.programs.pair_sums import ROUND_UP
from mentormatch.strategies.programs.welfare_of_sums import raise_welfare
from mentormatch.strategies.programs.worst_off import raise_worst
from mentormatch.strategies.staged.shares import check_share_has_meaning
from mentormatch.strategies.staged.stages import (
    EvenestLoads,
    KeptTotal,
    LargestMinimum,
    LargestWelfare,
    LargestWorstSum,
    MostServed,
    PlacesInLists,
    SortedScores,
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.proofs.promises import Promise
    from mentormatch.solvers.programs.milp import ProgramAnswer
    from mentormatch.strategies.base import Choice, Options

__all__ = [
    "Programs",
    "check_stages",
    "keep_share",
    "serve_first",
    "staged_model",
    "start_programs",
]

# A count that a solver says to be whole is so up to this.
WHOLE = 1e-6


def check_stages(stages: Iterable[Stage]) -> None:
    """Raise MentorMatchError, before any work, for what programs do not take: rounded scores."""
    for stage in stages:
        if isinstance(stage, SortedScores) and stage.resolution is not None:
            raise MentorMatchError(
                "leximin takes a resolution at one mentor per mentee and without keep_total only. "
                "Leave resolution out, or round the scores before."
            )


def start_programs(
    problem: Problem, options: Options, promise: Promise, *, coverage: bool
) -> Programs:
    """Begin with all matchings, or with ``coverage`` those that serve as many as possible."""
    model = Model.of(problem, options, until=options.deadline.at)
    return Programs(serve_first(model, coverage=coverage), promise)


@dataclass(eq=False)
class Programs:
    """What the stages so far left, as rows of a program."""

    model: Model
    promise: Promise  # what the stages are the proof of
    answer: ProgramAnswer | None = None  # the best total that is left, where a stage found it
    finished: bool = True  # False: time ended the chain before all stages were settled
    notes: tuple[str, ...] = ()
    places: NDArray[np.intp] | None = None  # in lists, of the model's pairs, once counted

    def settle(self, stage: Stage) -> None:
        """Make one thing best among the matchings that are left, and keep it."""
        self.answer = None
        match stage:
            case KeptTotal():
                self.model = keep_share(self.model, stage.share)
            case LargestMinimum():
                # A pinned score is nobody's choice: beside a low one the smallest of the others
                # counts.
                self.model = replace(self.model, choosing=True)
                self._raise_worst(lambda _: 1)
            case LargestWorstSum():
                self._raise_worst(stage.count)
            case SortedScores():
                self._raise_sorted_scores()
            case LargestWelfare() if self.model.problem.wants_several:
                self.model, self.answer = raise_welfare(self.model, stage.alpha)
            case LargestWelfare():
                self.model = _with_welfare(self.model, stage.alpha)
            case EvenestLoads():
                self.model = _with_even_loads(self.model)
            case PlacesInLists():
                self._raise_places(stage)
            case MostServed():
                # They were, at the beginning.
                pass

    def finish(self) -> Choice:
        """Find the best total that is left, with everything the solver proved."""
        choice = self.model.choice(
            self.promise, finished=self.finished, notes=self.notes, answer=self.answer
        )
        if self.places is None:
            return choice
        made = are_among(self.model.mentees, self.model.mentors, choice.mentees, choice.mentors)
        said = f"profile: {describe_profile(self.places[made])}"
        return replace(choice, notes=(*choice.notes, said))

    def _raise_worst(self, count: Callable[[int], int]) -> None:
        """The largest sum of the k worst."""
        compared = self.model.n_compared()
        if compared:
            search = raise_worst(self.model, count(compared))
            self.answer = search.best_total()
            self.model = search.settled(self.answer)

    def _raise_sorted_scores(self) -> None:
        """The largest sums of the 1, 2, 3, … worst, one after another."""
        compared = self.model.n_compared()
        for k in range(1, compared + 1):
            if self.model.over and k > 1:
                self.finished = False
                self.notes = (f"time was over after the {k - 1} worst of {compared} mentees",)
                return
            search = raise_worst(self.model, k)
            # The sum of everybody compared is the total.
            self.answer = search.best_total() if k == compared else None
            self.model = search.settled(self.answer)
            self.model.options.tell("leximin", done=k, of=compared)

    def _raise_places(self, stage: PlacesInLists) -> None:
        """The counts of places in lists, one after another."""
        model, problem = self.model, self.model.problem
        # Bounds are of all pairs, also where only some are looked at.
        arcs, ranks = list_ranked_pairs(problem, self.promise, stage.tie_tolerance)
        width = max(problem.shape[1], 1)
        keys = arcs.mentees * width + arcs.mentors
        self.places = places = ranks[np.searchsorted(keys, model.mentees * width + model.mentors)]
        classes = problem.priority_classes[model.mentees]
        counts = list_places(stage.what, int(ranks.max(initial=-1)) + 1)
        seats = int(np.minimum(problem.after_pins.capacity, problem.shape[0]).sum())
        left = min(len(np.unique(arcs.mentees)), seats)
        covered = [bound for measure, bound in model.stages if isinstance(measure, Covered)]
        if covered:
            held = int(np.count_nonzero(problem.after_pins.covered))
            left = min(left, int(np.floor(sum(covered) + WHOLE)) - held)
        for done, (what, number) in enumerate(counts):
            if done and model.over:
                self.finished = False
                return
            objective = model.on_pairs(count_pairs(what, number, classes, places).astype(float))
            there = np.unique(arcs.mentees[ranks == number])
            most = float(min(len(there), left)) if what == "most" else 0.0
            measure = AtPlace(what, number, stage.tie_tolerance)
            self.model = model = model.settle(
                objective, measure, most=most, counted=True, may_be_known=True
            )
            _, bound = model.stages[-1]
            reached = round(float(objective @ model.values))
            if what == "most" and bound < reached + 1 - WHOLE:
                left -= reached
            model.options.tell("places", done=done + 1, of=len(counts))


def _with_welfare(model: Model, alpha: float) -> Model:
    """The largest welfare at one mentor each: linear in the pairs."""
    problem = model.problem
    pinned = problem.pairs(problem.pinned[:, 0], problem.pinned[:, 1]).scores
    if alpha >= 1:
        positive = model.on_pairs((model.scores > 0).astype(np.float64))
        model = model.settle(
            positive,
            Positive(),
            constant=float((pinned > 0).sum()),
            most=float(model.n_compared()),
            counted=True,
        )
    fixed_scores = np.asarray(pinned, dtype=np.float64) / model.unit
    unit = smallest_positive(model.scores, fixed_scores)
    exact = Welfare(alpha, 1.0, unit).exact
    values, fixed = exact(model.scores), exact(fixed_scores)
    constant = float(fixed.sum())
    if not problem.coverage_first:
        # Having nobody is worth what a score of 0 is worth.
        alone = float(exact(np.zeros(1))[0])
        values = values - alone
        constant += alone * (int(np.count_nonzero(problem.demands > 0)) - len(fixed))
    return model.settle(
        model.on_pairs(values),
        WelfareSum(alpha, unit * model.unit),
        constant=constant,
        most=_most_welfare(model, exact, alpha),
    )


def _with_even_loads(model: Model) -> Model:
    """The smallest sum of squared loads."""
    problem = model.problem
    held = np.bincount(problem.pinned[:, 1], minlength=problem.shape[1])
    capacity = np.minimum(problem.after_pins.capacity, problem.shape[0])
    mentors = np.repeat(np.arange(len(capacity)), capacity)
    ends = np.cumsum(capacity)
    place = np.arange(len(mentors)) - np.repeat(ends - capacity, capacity)
    start = model.program.width
    program = model.program.with_columns(len(mentors), 0.0, 1.0)
    pairs, seats = (incidence(one, len(capacity)) for one in (model.mentors, mentors))
    program = program.with_rows(pairs, 0.0, 0.0, last=-seats)
    objective = np.zeros(program.width)
    # The k-th mentee of a mentor adds k² − (k−1)² = 2k − 1 to the sum of squares.
    objective[start:] = -(2.0 * (held[mentors] + place + 1) - 1.0)
    model = replace(model, program=program)
    constant = -float((held.astype(np.float64) ** 2).sum())
    made, most = model.known(), np.inf
    if made is not None:
        mean = float(made.sum() + held.sum()) / max(len(held), 1)
        most = -(mean**2) * len(held)
    return model.settle(objective, EvenLoads(), constant=constant, most=most)


def _most_welfare(
    model: Model, exact: Callable[[NDArray[np.float64]], NDArray[np.float64]], alpha: float
) -> float:
    """A bound without a search: as many as are counted have their best."""
    best, count = model.best[model.compared()], model.n_compared()
    if alpha >= 1:
        # Only positive scores count, and an earlier stage says of how many mentees at least.
        best = best[best > 0]
    if alpha > 1:
        made = model.known()
        won = model.pinned_by_mentee()
        if made is not None:
            won = won + np.bincount(model.mentees, model.scores * made, len(model.best))
        count = int(np.count_nonzero(won > 0))
    values = np.sort(exact(np.maximum(best, 0.0)))
    return float(values[max(len(values) - count, 0) :].sum())


def staged_model(problem: Problem, options: Options) -> Model:
    """A problem as a program in which as many are served as can be, where that comes first."""
    return serve_first(Model.of(problem, options))


def serve_first(model: Model, *, coverage: bool | None = None) -> Model:
    """The same of a program; ``coverage``: whether it comes first, None: as the problem says."""
    problem = model.problem
    first = problem.coverage_first if coverage is None else coverage
    if problem.sides:
        # Searches begin from pairs that keep all rules, where some are known.
        model = replace(model, values=model.optimum)
        if first:
            return _with_counted_coverage(model)
        return replace(model, values=model.best_total().values)
    model = replace(model, feasible=True)
    if first and not problem.coverage_first:
        # The best total alone does not tell how many can be served.
        return _with_counted_coverage(model)
    return _with_coverage(model) if first else model


def _with_coverage(model: Model) -> Model:
    """Coverage by class and the number of pairs fixed at the most there can be."""
    problem, left = model.problem, model.problem.after_pins
    made = model.mentees[model.optimum > ROUND_UP]
    newly = np.bincount(made, minlength=problem.shape[0]) > 0
    program = model.program.with_rows(np.ones((1, len(model.mentees))), len(made), np.inf)
    wanting = (left.demand > 0) & ~left.covered
    if newly[wanting].all():
        rows = model.places()[np.flatnonzero(wanting)]
        return replace(model, program=program.with_rows(rows, 1.0, np.inf))
    start, n = program.width, problem.shape[0]
    program = program.with_columns(n, 0.0, 1.0, integral=True)
    # Whoever has a mentor by a pin, or wants none, is not counted again.
    upper = program.upper.copy()
    upper[start:][~wanting] = 0.0
    program = replace(program, upper=upper)
    low = np.where(wanting, 0.0, -np.inf)
    program = program.with_rows(model.places(), low, np.inf, last=-sparse.eye_array(n))
    people, classes = np.flatnonzero(wanting), problem.n_classes
    of_class = sparse_cells(problem.priority_classes[people], people, (classes, n))
    count = of_class @ newly.astype(np.float64)
    nothing = sparse.csr_array((classes, 0))
    program = program.with_rows(nothing, count, count, last=of_class)
    return replace(model, program=program, covered=start)


def _with_counted_coverage(plain: Model) -> Model:
    """Coverage by class, then the pairs, as stages of their own: side rules are no flow."""
    problem, left = plain.problem, plain.problem.after_pins
    model = plain.with_indicators()
    classes, several = problem.priority_classes, problem.n_classes > 1
    wanting = (left.demand > 0) & ~left.covered
    wanting &= np.bincount(model.mentees, minlength=len(wanting)) > 0
    assert model.covered is not None
    start, stop = model.covered, model.covered + len(classes)
    for c in range(problem.n_classes):
        objective = np.zeros(model.program.width)
        objective[start:stop] = classes == c
        held = float(np.count_nonzero(left.covered & (classes == c)))
        measure = Covered(c if several else None)
        most = held + float(np.count_nonzero(wanting & (classes == c)))
        model = model.settle(objective, measure, constant=held, most=most, counted=True)
    if problem.wants_several:
        every = model.on_pairs(np.ones(len(model.mentees)))
        held, most = float(len(problem.pinned)), float(problem.demands.sum())
        model = model.settle(every, Filled(), constant=held, most=most, counted=True)
    if (model.values[start:stop][wanting] > ROUND_UP).all():
        rows = model.places()[np.flatnonzero(wanting)]
        program = model.program.with_rows(rows, 1.0, np.inf)
        return replace(model, program=program, covered=None)
    return model


def keep_share(model: Model, share: float | None) -> Model:
    """The total kept at a share of the best one."""
    if share is None:
        return model
    made, exact = model.optimum, True
    # Where only the total counts, it need not serve as many as stages ask for.
    if model.problem.sides or (len(model.values) and not model.problem.coverage_first):
        answer = (model if len(model.values) else serve_first(model)).best_total()
        made = answer.values[: len(model.mentees)]
        apart = ROOM * max(1.0, abs(answer.objective))
        exact = not model.partial and answer.bound - answer.objective <= apart
    pinned = float(model.pinned_scores().sum())
    best = float(model.scores @ made) + pinned
    check_share_has_meaning(best * model.unit)
    least = kept_total(share, best) - pinned
    program = model.program.with_rows(model.scores[None, :], least, np.inf)
    # Rows of other bounds may be there as well: the best total meets them only where stages began.
    known = model.on_pairs(made) if len(model.values) else model.values
    return replace(model, program=program, values=known, exact=exact)
