"""Chances of a mentor that are as equal as they can be where side rules hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.certificates import prove_levels, prove_mixture
from mentormatch.solvers.programs.equal_shares import share_equally
from mentormatch.strategies.by_lot.mixing import (
    best_total_of,
    draw_matching,
    lottery_model,
    mixture_of,
)
from mentormatch.strategies.programs.models import SOLVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Choice, Options

__all__ = ["share_under_rules"]


def share_under_rules(problem: Problem, options: Options, keep_total: float | None) -> Choice:
    """Find the most equal lottery over matchings that keep all rules, and draw one of them.

    Raises InfeasibleError where no matching keeps all rules, or less than ``keep_total`` is
    expected; SolverError where none was found in time.
    """
    model = lottery_model(problem, options)
    left = problem.after_pins
    waiting = np.flatnonzero((left.demand > 0) & ~left.covered)
    between = sparse.csr_array((len(waiting), model.program.width - len(model.mentees)))
    counts = sparse.hstack([model.places()[waiting], between], format="csr")
    mixture = mixture_of(model, 0, 1.0)
    mixture.answers.append(mixture.best(counts.sum(axis=0)).values)
    levels, finished = share_equally(mixture, counts)
    options.tell("fair_lottery: chances", matchings=len(mixture.answers), levels=len(levels))
    weights = []
    for one in levels:
        weights.append(np.zeros(problem.shape[0]))
        weights[-1][waiting] = one.weights
    # Of pairs that were not looked at the solver says nothing.
    most = [np.inf if model.partial else one.most for one in levels]
    if finished and (left.covered.any() or not levels):
        weights.append(left.covered.astype(np.float64))
        most.append(np.inf)
    bounds = {"total": best_total_of(model, mixture)}
    options.tell("fair_lottery: total", matchings=len(mixture.answers))

    def proof(
        matching: Matching, chances: NDArray[np.float64], made: Sequence[Matching]
    ) -> Certificate:
        shown = prove_levels(problem, chances, made, weights, most)
        return prove_mixture(matching, SOLVER, 1.0, chances, made, bounds, shown)

    return draw_matching(model, mixture, keep_total, "fair_lottery", "equal chances", proof)
