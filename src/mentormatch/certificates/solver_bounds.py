"""Certificates of integer programs: what is measured again, and a bound that a solver gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.certificates.bound import RELATIVE_TOLERANCE, Multipliers, certify

if TYPE_CHECKING:
    from mentormatch.bounded_stages import AnyStage, Measure
    from mentormatch.matching import Certificate, Matching

__all__ = ["bounded_by_solver", "compared_utilities", "measured"]


def compared_utilities(matching: Matching) -> pd.Series[float]:
    """What each mentee gets, NaN for those whom a fair strategy does not compare.

    Compared are the mentees with a mentor, since coverage was settled before; where only the total
    counts, everybody who wants a mentor, and having nobody is worth 0.

    Returns
    -------
    Series by mentee, in units of score
    """
    problem = matching.problem
    sums = np.bincount(matching.mentees, weights=matching.scores, minlength=problem.shape[0])
    seen = matching.places > 0 if problem.coverage_first else problem.demands > 0
    return pd.Series(np.where(seen, sums, np.nan), index=problem.mentee_ids, dtype=float)


def measured(measure: Measure, matching: Matching) -> float:
    """The value of a stage's measure on a finished matching."""
    return measure.of(compared_utilities(matching), matching.loads)


def bounded_by_solver(
    matching: Matching,
    solver: str,
    bound: float,
    stages: tuple[AnyStage, ...],
    *,
    coverage_bound: int | None = None,
) -> Certificate:
    """The certificate of a matching whose bound on the total is a solver's.

    Objective and coverage are recomputed; coverage has its own proof. The prices are all 0.

    Parameters
    ----------
    matching
        The finished pairs.
    solver
        Whose bound it is.
    bound
        On the total, among the matchings that are as good in all ``stages``.
    stages
        The earlier stages.
    coverage_bound
        As the solver says, where conditions on groups leave less than a cut can show.
    """
    problem = matching.problem
    classes = int(problem.priority_classes.max(initial=0)) + 1
    found = certify(matching, Multipliers(np.zeros(problem.shape[1]), np.zeros(classes)))
    tolerance = RELATIVE_TOLERANCE * max(1.0, abs(found.objective))
    if coverage_bound is not None and found.coverage_bound is not None:
        found = replace(found, coverage_bound=coverage_bound, seats_bound=found.seats)
    complete = not problem.coverage_first or (found.coverage, found.seats) == (
        found.coverage_bound,
        found.seats_bound,
    )
    gap = bound - found.objective
    return replace(
        found,
        bound=bound,
        gap=gap,
        proven=complete and gap <= tolerance and all(stage.proven for stage in stages),
        tolerance=tolerance,
        method=solver,
        stages=stages,
    )
