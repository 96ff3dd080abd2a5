"""Fair matchings that are no flow: several mentors for a mentee, or part of the total to keep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.errors import MentorMatchError
from mentormatch.proofs.flow_stages import Welfare, smallest_positive
from mentormatch.proofs.program_stages import (
    EvenLoads,
    Positive,
    WelfareSum,
)
from mentormatch.strategies.staged.coverage import keep_share, staged_model
from mentormatch.strategies.staged.welfare_of_sums import raise_welfare
from mentormatch.strategies.staged.worst_off import raise_worst

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.proofs.promises import Promise
    from mentormatch.strategies.base import Choice, Options
    from mentormatch.strategies.staged.models import Model

__all__ = ["Program"]


@dataclass(frozen=True, slots=True)
class Program:
    """A fair strategy as a chain of integer programs.

    Parameters
    ----------
    name
        Of the strategy.
    keep_total
        Share of the best total to keep, or None.
    """

    name: str
    keep_total: float | None

    def model(self, problem: Problem, options: Options) -> Model:
        """The problem with its coverage and budget; errors of infeasibility in words."""
        return keep_share(staged_model(problem, options), self.keep_total)

    def worst(
        self,
        problem: Problem,
        options: Options,
        count: int | Callable[[int], int],
        promise: Promise,
    ) -> Choice:
        """The largest sum of the k worst, then the best total."""
        model = self.model(problem, options)
        # A pinned score is nobody's choice: beside a low one the smallest of the others counts.
        model = replace(model, choosing=promise == "largest minimum")
        compared = model.n_compared()
        if not compared:
            return model.choice(promise)
        k = count if isinstance(count, int) else count(compared)
        search = raise_worst(model, k)
        answer = search.best_total()
        return search.settled(answer).choice(promise, answer=answer)

    def ordered(self, problem: Problem, options: Options, resolution: float | None) -> Choice:
        """The largest sums of the 1, 2, 3, … worst one after another, then the best total."""
        if resolution is not None:
            raise MentorMatchError(
                f"{self.name} takes a resolution at one mentor per mentee and without keep_total "
                "only. Leave resolution out, or round the scores before."
            )
        model = self.model(problem, options)
        compared = model.n_compared()
        answer = None
        for k in range(1, compared + 1):
            if model.over and k > 1:
                note = f"time was over after the {k - 1} worst of {compared} mentees"
                return model.choice("sorted scores", finished=False, notes=(note,))
            search = raise_worst(model, k)
            # The sum of everybody compared is the total.
            answer = search.best_total() if k == compared else None
            model = search.settled(answer)
            options.tell(self.name, done=k, of=compared)
        return model.choice("sorted scores", answer=answer)

    def welfare(self, problem: Problem, options: Options, alpha: float) -> Choice:
        """The largest α-fair welfare, then the best total."""
        promise: Promise = "Nash welfare" if self.name == "nash" else "welfare"
        model = self.model(problem, options)
        if problem.wants_several:
            model, answer = raise_welfare(model, alpha)
            return model.choice(promise, answer=answer)
        pinned = problem.pairs(problem.pinned[:, 0], problem.pinned[:, 1]).scores
        if alpha >= 1:
            positive = model.on_pairs((model.scores > 0).astype(np.float64))
            constant = float((pinned > 0).sum())
            most = float(model.n_compared())
            model = model.settle(positive, Positive(), constant=constant, most=most)
        fixed_scores = np.asarray(pinned, dtype=np.float64) / model.unit
        unit = smallest_positive(model.scores, fixed_scores)
        exact = Welfare(alpha, 1.0, unit).exact
        values, fixed = exact(model.scores), exact(fixed_scores)
        alone = 0.0
        if not problem.coverage_first:
            # Having nobody is worth what a score of 0 is worth.
            alone = float(exact(np.zeros(1))[0])
            wanting = int(np.count_nonzero(problem.demands > 0))
            values = values - alone
            constant = float(fixed.sum()) + alone * (wanting - len(fixed))
        else:
            constant = float(fixed.sum())
        most = _most_welfare(model, exact, alpha)
        model = model.settle(
            model.on_pairs(values),
            WelfareSum(alpha, unit * model.unit),
            constant=constant,
            most=most,
        )
        return model.choice(promise)

    def balanced(self, problem: Problem, options: Options) -> Choice:
        """The smallest sum of squared loads, then the best total."""
        model = self.model(problem, options)
        held = np.bincount(problem.pinned[:, 1], minlength=problem.shape[1])
        capacity = np.minimum(problem.after_pins.capacity, problem.shape[0])
        mentors = np.repeat(np.arange(len(capacity)), capacity)
        ends = np.cumsum(capacity)
        place = np.arange(len(mentors)) - np.repeat(ends - capacity, capacity)
        start = model.program.width
        program = model.program.with_columns(len(mentors), 0.0, 1.0)
        pairs = sparse.coo_array(
            (np.ones(len(model.mentors)), (model.mentors, np.arange(len(model.mentors)))),
            shape=(len(capacity), program.width),
        )
        seats = sparse.coo_array(
            (-np.ones(len(mentors)), (mentors, start + np.arange(len(mentors)))),
            shape=(len(capacity), program.width),
        )
        program = program.with_rows((pairs + seats).tocsr(), 0.0, 0.0)
        objective = np.zeros(program.width)
        # The k-th mentee of a mentor adds k² − (k−1)² = 2k − 1 to the sum of squares.
        objective[start:] = -(2.0 * (held[mentors] + place + 1) - 1.0)
        model = replace(model, program=program)
        constant = -float((held.astype(np.float64) ** 2).sum())
        made, mean = model.known(), np.inf
        if made is not None:
            mean = float(made.sum() + held.sum()) / max(problem.shape[1], 1)
        most = -(mean**2) * problem.shape[1] if np.isfinite(mean) else np.inf
        model = model.settle(objective, EvenLoads(), constant=constant, most=most)
        return model.choice("even loads")


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
