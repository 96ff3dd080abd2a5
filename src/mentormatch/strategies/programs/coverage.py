"""What comes before fairness in a program: coverage, seats, and a share of the best total."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.proofs.flow_stages import kept_total
from mentormatch.proofs.measures import Covered, Filled
from mentormatch.strategies.programs.models import ROOM, Model
from mentormatch.strategies.programs.pair_sums import ROUND_UP
from mentormatch.strategies.staged.stages import check_share_has_meaning

if TYPE_CHECKING:
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Options

__all__ = ["keep_share", "serve_first", "staged_model"]


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
    people = sparse.eye_array(n, format="csr")
    mentors_of = sparse.hstack([model.places(), -people], format="csr")
    program = program.with_rows(mentors_of, np.where(wanting, 0.0, -np.inf), np.inf)
    classes = problem.priority_classes
    for c in range(problem.n_classes):
        row = np.zeros((1, program.width))
        row[0, start:][wanting & (classes == c)] = 1.0
        count = float(np.count_nonzero(newly & wanting & (classes == c)))
        program = program.with_rows(row, count, count)
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
    pairs, values = len(model.mentees), np.zeros(model.program.width)
    pinned, exact = float(model.pinned_scores().sum()), True
    if model.problem.sides:
        staged = model if len(model.values) else staged_model(model.problem, model.options)
        answer = staged.best_total()
        values[:pairs] = answer.values[:pairs]
        apart = ROOM * max(1.0, abs(answer.objective))
        exact = not model.partial and answer.bound - answer.objective <= apart
    else:
        values[:pairs] = model.optimum
    best = float(model.scores @ values[:pairs]) + pinned
    check_share_has_meaning(best * model.unit)
    least = kept_total(share, best) - pinned
    program = model.program.with_rows(model.scores[None, :], least, np.inf)
    # Rows of other bounds may be there as well: the best total meets them only where stages began.
    known = values if len(model.values) else model.values
    return replace(model, program=program, values=known, exact=exact)
