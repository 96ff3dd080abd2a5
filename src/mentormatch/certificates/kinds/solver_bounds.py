"""Certificates of integer programs: what is measured again, and a bound that a solver gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.certificates.bounds.bound import (
    RELATIVE_TOLERANCE,
    Multipliers,
    certify_bound,
    largest_score,
    list_violations,
    name_problem,
)
from mentormatch.certificates.claims import SAME
from mentormatch.certificates.kinds.lists import COUNTED, read_places
from mentormatch.proofs.flow_stages import StageProof, Welfare, welfare_of
from mentormatch.proofs.measures import (
    AtPlace,
    Covered,
    EvenLoads,
    Filled,
    GroupExcess,
    Positive,
    WelfareSum,
    WorstSum,
)
from mentormatch.proofs.program_stages import BoundedStage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Certificate, Matching
    from mentormatch.proofs.measures import Measure
    from mentormatch.proofs.program_stages import AnyStage
    from mentormatch.proofs.promises import Promise

__all__ = [
    "CANCELLED",
    "bounded_by_solver",
    "compare_welfare",
    "compared_utilities",
    "measure_stage",
    "recompute_by_solver",
    "stage_tolerance",
    "sum_by_mentee",
    "with_welfare",
]

# A count that a solver says to be whole is so up to this, HiGHS' own tolerance of whole numbers.
WHOLE = 1e-6
# A sum that is so small beside its terms is the rounding of one that is 0.
CANCELLED = 2.0**-47


def sum_by_mentee(
    mentees: NDArray[np.intp], scores: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Sum the scores of each mentee; what is left where they cancel is 0, not its rounding."""
    sums = np.bincount(mentees, weights=scores, minlength=count)
    size = np.bincount(mentees, weights=np.abs(scores), minlength=count)
    return np.where(np.abs(sums) <= CANCELLED * size, 0.0, sums)


def compared_utilities(matching: Matching) -> pd.Series[float]:
    """What each mentee gets, NaN for those whom a fair strategy does not compare.

    Compared are the mentees with a mentor, since coverage was settled before; where only the total
    counts, everybody who wants a mentor, and having nobody is worth 0.

    Returns
    -------
    Series by mentee, in units of score
    """
    problem = matching.problem
    sums = sum_by_mentee(matching.mentees, matching.scores, problem.shape[0])
    seen = matching.places > 0 if problem.coverage_first else problem.demands > 0
    return pd.Series(np.where(seen, sums, np.nan), index=problem.mentee_ids, dtype=float)


def measure_stage(measure: Measure, matching: Matching) -> float:
    """The value of a stage's measure on a finished matching."""
    if isinstance(measure, AtPlace):
        return measure.of(read_places(matching, measure.tie_tolerance)[1], matching.loads)
    utilities = compared_utilities(matching)
    if isinstance(measure, GroupExcess | Covered):
        # Also where only the total counts, who has nobody is not matched.
        utilities = utilities.where(matching.places > 0)
    if isinstance(measure, Covered) and measure.priority_class is not None:
        utilities = utilities[matching.problem.priority_classes == measure.priority_class]
    if isinstance(measure, WorstSum) and measure.choosing:
        utilities = utilities[matching.problem.after_pins.demand > 0]
    return measure.of(utilities, matching.loads)


def with_welfare(stages: tuple[AnyStage, ...], matching: Matching) -> tuple[AnyStage, ...]:
    """Stages, those of a welfare with that of the matching in units of score."""
    sums = sum_by_mentee(matching.mentees, matching.scores, matching.problem.shape[0])
    made: list[AnyStage] = []
    for one in stages:
        if isinstance(one, BoundedStage) and isinstance(one.measure, WelfareSum):
            made.append(replace(one, welfare=welfare_of(one.measure.alpha, sums)))
        elif isinstance(one, StageProof) and isinstance(one.weights, Welfare):
            made.append(replace(one, welfare=welfare_of(one.weights.alpha, sums)))
        else:
            made.append(one)
    return tuple(made)


def compare_welfare(claimed: tuple[AnyStage, ...], matching: Matching) -> list[str]:
    """Where stages say another welfare in units of score than the matching has."""
    wrong = []
    for one, found in zip(claimed, with_welfare(claimed, matching), strict=True):
        said: float | None = getattr(one, "welfare", None)
        is_: float | None = getattr(found, "welfare", None)
        near = said is not None and is_ is not None and bool(np.isclose(said, is_, 1e-9, 1e-12))
        if said != is_ and not near:
            wrong.append(f"{found}: it says a welfare of {said}, recomputed it is {is_}")
    return wrong


def stage_tolerance(measure: Measure, matching: Matching) -> float:
    """What gap of a stage counts as zero: half a count, else 1e-6 of its size.

    A count is whole, so that a bound within less than 1 is reached. What is made of scores is
    compared with the size of scores, so that it means the same in any unit.
    """
    value = abs(measure_stage(measure, matching))
    if isinstance(measure, AtPlace | Positive | Covered | Filled | EvenLoads):
        return 0.5
    if isinstance(measure, WelfareSum):
        gained = compared_utilities(matching).dropna()
        # The logarithm has a unit of its own, whatever that of scores is.
        own = len(gained) if measure.alpha == 1 else 0
        return RELATIVE_TOLERANCE * max(value, float(np.abs(measure.each(gained)).sum()) + own)
    if isinstance(measure, GroupExcess) and measure.measure == "match_rate":
        return RELATIVE_TOLERANCE
    several = max(1, int(matching.problem.demands.max(initial=0)))
    return RELATIVE_TOLERANCE * max(value, 2 * several * largest_score(matching.problem))


def bounded_by_solver(
    matching: Matching,
    solver: str,
    bound: float,
    stages: tuple[AnyStage, ...],
    *,
    promise: Promise,
    finished: bool = True,
) -> Certificate:
    """Certify a matching whose bound on the total is a solver's.

    Objective and coverage are recomputed; coverage has its own proof, unless it is a stage. The
    prices are all 0.

    Parameters
    ----------
    bound
        On the total, among the matchings that are as good in all ``stages``.
    stages
        The earlier stages.
    finished
        False: a stage that was promised is missing, so that nothing is proven.
    """
    problem = matching.problem
    stages = with_welfare(stages, matching)
    nothing = Multipliers(np.zeros(problem.shape[1]), np.zeros(problem.n_classes))
    found = certify_bound(matching, nothing, bound=bound)
    proven = found.proven
    bounded = [one for one in stages if isinstance(one, BoundedStage)]
    counts = [_whole(b, problem.shape[0]) for b in bounded if isinstance(b.measure, Covered)]
    in_order = promise in COUNTED
    exact = -found.tolerance <= found.gap <= found.tolerance and not list_violations(matching)
    if in_order and not counts:
        # A profile may serve fewer than it could, and says nothing of coverage.
        found, proven = replace(found, coverage_bound=None, seats_bound=None), exact
    elif counts and (in_order or problem.coverage_first):
        # Side rules, and conditions on groups, leave less than a cut can show.
        most, all_places = sum(counts), int(problem.demands.sum())
        filled = [_whole(b, all_places) for b in bounded if isinstance(b.measure, Filled)]
        seats = filled[0] if filled else most
        found = replace(found, coverage_bound=most, seats_bound=seats)
        proven = exact and (found.coverage, found.seats) == (most, seats)
    certificate = replace(
        found,
        proven=proven and finished and all(one.proven for one in stages),
        method=solver,
        stages=stages,
        checked_bound=None,
    )
    return name_problem(certificate, matching, promise)


def _whole(stage: BoundedStage, most: int) -> int:
    """The bound of a count; beyond all there are, or below none, it says no more than that."""
    return int(np.floor(min(max(stage.bound, -1.0), most) + WHOLE))


def recompute_by_solver(
    matching: Matching, claimed: Certificate, findings: list[str]
) -> tuple[Certificate, tuple[str, ...]]:
    """Recompute all but the bounds of a solver-bounded certificate; say what is believed of it.

    What does not hold of its stages is added to the findings.
    """
    solver = claimed.method
    believed = [f"the bound {claimed.bound:.6g} is {solver}'s"]
    findings += compare_welfare(claimed.stages, matching)
    if claimed.prices.any() or any(claimed.coverage_multipliers) or claimed.seats_multiplier:
        findings.append(f"a bound of {solver}'s has no prices, but the certificate shows some")
    for number, stage in enumerate(claimed.stages, start=1):
        if not isinstance(stage, BoundedStage):
            findings.append(f"stage {number} ({stage}): it is not one of a solver")
            continue
        if isinstance(stage.measure, GroupExcess) and not len(stage.measure.groups):
            believed.append(f"stage {number} ({stage.measure}): its groups are not at hand")
            continue
        is_ = measure_stage(stage.measure, matching)
        justified = stage_tolerance(stage.measure, matching)
        if not abs(stage.objective - is_) <= justified:
            findings.append(
                f"stage {number} ({stage.measure}): it says {stage.objective:.9g}, recomputed it "
                f"is {is_:.9g}"
            )
        if not 0 <= stage.tolerance <= justified * (1 + SAME):
            findings.append(
                f"stage {number} ({stage.measure}): its tolerance {stage.tolerance:.3g} is more "
                f"than justified, {justified:.3g}"
            )
        if not stage.bound >= is_ - justified:
            findings.append(
                f"stage {number} ({stage.measure}): it reaches {is_:.9g}, which its bound "
                f"{stage.bound:.9g} does not allow"
            )
        believed.append(
            f"stage {number} ({stage.measure}): the bound {stage.shown_bound:.6g} is {solver}'s"
        )
    found = bounded_by_solver(
        matching,
        solver,
        claimed.bound,
        claimed.stages,
        promise=claimed.promise,
        finished=claimed.proven,
    )
    return found, tuple(believed)
