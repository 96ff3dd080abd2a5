"""Check that the stages of a certificate are all that its strategy promises.

Each stage is proven by itself; a stage that was left out leaves a proof of something weaker. So the
chain is compared with what the name of the strategy stands for: no level skipped, nothing counted
too coarsely, and nothing left to choose after the last stage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.certificates.kinds.budgets import lowest_chosen
from mentormatch.certificates.kinds.lists import COUNTED, list_counts, read_places
from mentormatch.proofs.flow_stages import (
    BudgetProof,
    Levels,
    LoadsProof,
    Shortfall,
    StageProof,
    Weights,
    Welfare,
    Within,
    to_levels,
)
from mentormatch.proofs.measures import (
    AtPlace,
    Covered,
    EvenLoads,
    Filled,
    GroupExcess,
    WelfareSum,
    WorstSum,
)
from mentormatch.proofs.program_stages import BoundedStage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.certificates.kinds.faces import OptimalFace
    from mentormatch.matching import Matching
    from mentormatch.proofs.measures import Measure
    from mentormatch.proofs.program_stages import AnyStage
    from mentormatch.proofs.promises import Promise

__all__ = ["ProvenStage", "find_missing_bounded_stages", "find_missing_stages"]

# Whole steps may cost no more than this share of the largest welfare, for all people together.
COARSEST = 1e-2


class ProvenStage(NamedTuple):
    """A stage, and the matchings it started from."""

    face: OptimalFace
    proof: AnyStage


def find_missing_stages(
    promise: Promise, matching: Matching, chain: Sequence[ProvenStage], left: OptimalFace
) -> list[str]:
    """List, in words, what a chain of flow stages lacks of what was promised."""
    found: list[str] = []
    if promise == "largest minimum":
        found = _check_minimum(matching, chain, left)
    elif promise == "sorted scores":
        found = _check_levels(matching, chain, left)
    elif promise in ("welfare", "Nash welfare"):
        found = _check_welfare(promise, matching, chain, left)
    elif promise == "sum of the worst":
        kept = [one for one in _stages(chain, Shortfall) if one.proof.kept]
        found = _require_stage(matching, left, "the k worst", complete=bool(kept))
    elif promise == "even loads":
        if not any(isinstance(one.proof, LoadsProof) for one in chain):
            found = ["no stage shows that loads cannot be more even"]
    elif promise == "total":
        found = ["the total is the first thing promised, and no stage comes before it"]
    else:
        found = [f"prices and stages of flows do not prove {promise}"]
    return [f"{promise}: {one}" for one in found]


class _KeptStage(NamedTuple):
    face: OptimalFace
    proof: StageProof


def _stages(chain: Sequence[ProvenStage], kind: type) -> list[_KeptStage]:
    return [
        _KeptStage(face, proof)
        for face, proof in chain
        if isinstance(proof, StageProof) and isinstance(proof.weights, kind)
    ]


def _require_stage(
    matching: Matching, face: OptimalFace, what: str, *, complete: bool
) -> list[str]:
    """Require a stage unless all pairs are pinned."""
    if complete or lowest_chosen(face, matching) == np.inf:
        return []
    return [f"no stage shows that {what} cannot be better off"]


def _check_minimum(
    matching: Matching, chain: Sequence[ProvenStage], left: OptimalFace
) -> list[str]:
    """Check the proof that somebody must be at the smallest score or below."""
    lowest = lowest_chosen(left, matching)
    shown = any(
        not proof.kept and np.isneginf(proof.weights.low) and proof.weights.high <= lowest
        for _, proof in _stages(chain, Within)
        if isinstance(proof.weights, Within) and proof.weights.resolution is None
    )
    shown = shown or any(
        isinstance(proof, BudgetProof) and proof.bound <= lowest for _, proof in chain
    )
    return _require_stage(matching, left, "the worst-off", complete=shown)


def _check_welfare(
    promise: Promise, matching: Matching, chain: Sequence[ProvenStage], left: OptimalFace
) -> list[str]:
    """Check the stages of a welfare: fewest without a positive score, then the welfare."""
    stages = _stages(chain, Welfare)
    if not stages:
        free = left.free_scores()
        equal = len(np.unique(free[free > 0])) <= 1
        return [] if equal else ["no stage shows that the welfare cannot be larger"]
    face, proof = stages[0]
    weights = proof.weights
    assert isinstance(weights, Welfare)
    findings = []
    if promise == "Nash welfare" and weights.alpha != 1:
        findings.append(f"its welfare is that of alpha={weights.alpha:g}, not of 1")
    first = [one for _, one in _stages(chain, Within) if one.kept]
    if weights.alpha >= 1 and not any(
        isinstance(one.weights, Within) and one.weights == Within(-np.inf, 0.0) for one in first
    ):
        at_or_below = face.scores <= 0
        if bool(at_or_below.any()):
            findings.append("no stage shows that no fewer could be left without a positive score")
    findings += _check_useless(weights.alpha, matching, [one.weights for one in first])
    before: Welfare | None = None
    for start, stage in stages:
        weights = stage.weights
        assert isinstance(weights, Welfare)
        free = start.free_scores()
        positive = free[free > weights.above]
        if not 0 < weights.unit <= positive.min(initial=np.inf):
            findings.append(f"it counts scores below {weights.unit:.6g} as if they were that")
        # Below α = 1 having nothing counts as well, and may be all there is.
        counted = free[free >= 0] if weights.alpha < 1 else positive
        largest = float(np.abs(weights.exact(counted)).max(initial=0.0))
        if not weights.step * len(start.scores) <= COARSEST * largest:
            findings.append(f"steps of {weights.step:.3g} are too coarse for its welfare")
        if before is None and weights.above > 0:
            findings.append(f"it does not count scores up to {weights.above:.6g}")
        if before is not None and (weights.alpha != before.alpha or before.of(positive).any()):
            findings.append("a stage counts again what the one before it counted")
        before = weights
    return findings


def _check_useless(alpha: float, matching: Matching, counted: list[Weights]) -> list[str]:
    """Check that pairs which were left out cost more than all pairs of the matching together."""
    pinned = np.isin(matching.mentees, matching.problem.pinned[:, 0])
    held = matching.scores[~pinned & (matching.scores > 0)]
    findings = []
    for one in counted:
        if not isinstance(one, Within) or one.high <= 0:
            continue
        useless = alpha > 1 and one.low == 0 and one.resolution is None
        if not useless or float(((held / one.high) ** (1 - alpha)).sum()) > 1:
            findings.append(f"pairs at {one.high:.6g} or less may be in a better matching")
    return findings


def _check_levels(matching: Matching, chain: Sequence[ProvenStage], left: OptimalFace) -> list[str]:
    """Check that every level was settled in turn, the lowest first, until nothing was left."""
    findings: list[str] = []
    settled, resolution = -np.inf, None
    for number, (face, proof) in enumerate(chain):
        if not isinstance(proof, StageProof) or not isinstance(proof.weights, Within | Levels):
            findings.append(f"{proof} is no stage of it")
            continue
        weights = proof.weights
        if not proof.kept:
            findings.append(f"{weights}: nothing was kept of it")
        if number and weights.resolution != resolution:
            findings.append(f"{weights}: levels are rounded to {weights.resolution} here only")
        resolution = weights.resolution
        levels = to_levels(face.scores, resolution)
        if isinstance(weights, Within):
            if weights.low > settled:
                findings += _find_skipped_levels(levels, settled, weights.low, np.empty(0))
            pinned = face.problem.pinned
            must = float(weights.of(face.scores[pinned[:, 0], pinned[:, 1]]).sum())
            if proof.objective < must:
                findings.append(f"{weights}: several levels were counted as one")
            settled = max(settled, weights.high)
            continue
        findings += _find_skipped_levels(levels, settled, float(weights.levels[-1]), weights.levels)
        findings += _find_cheap_levels(weights, levels)
        settled = max(settled, float(weights.levels[-1]))
    levels = to_levels(left.scores, resolution)
    if not _is_settled(matching, left, levels, settled):
        findings.append(f"levels above {settled:.6g} are not settled")
    return findings


def _find_skipped_levels(
    levels: NDArray[np.float64], low: float, high: float, counted: NDArray[np.float64]
) -> list[str]:
    """Find levels in (low, high] that pairs have and that were not counted."""
    there = np.unique(levels[(levels > low) & (levels <= high)])
    missed = np.setdiff1d(there, counted)
    return [f"the level {missed[0]:.6g} was skipped"] if len(missed) else []


def _find_cheap_levels(weights: Levels, levels: NDArray[np.float64]) -> list[str]:
    """Find levels that cost no more than everybody at all later ones together."""
    members = np.array([np.count_nonzero((levels == one).any(axis=1)) for one in weights.levels])
    later = np.cumsum((weights.costs * members)[::-1])[::-1]
    cheap = np.flatnonzero(weights.costs[:-1] <= later[1:])
    return [f"the level {weights.levels[cheap[0]]:.6g} does not come first"] if len(cheap) else []


def _is_settled(
    matching: Matching, left: OptimalFace, levels: NDArray[np.float64], settled: float
) -> bool:
    """Tell whether nobody above the settled levels has another level to be at."""
    mentees, mentors = left.complete(matching.mentees, matching.mentors)
    free = ~np.isin(mentees, left.problem.pinned[:, 0])
    above = free & (levels[mentees, mentors] > settled)
    if not above.any():
        return True
    wanting = left.problem.demands > 0
    wanting[left.problem.pinned[:, 0]] = False
    some = ~np.isnan(levels)
    low = np.where(some, levels, np.inf).min(axis=1, initial=np.inf)
    high = np.where(some, levels, -np.inf).max(axis=1, initial=-np.inf)
    decided = (left.must & (low == high)) | ~some.any(axis=1) | ~wanting
    return bool(decided.all())


def _find_missing_counts(matching: Matching, measures: list[Measure]) -> list[str]:
    """Require the counts that side rules leave to a solver: by class, then pairs, before scores."""
    problem = matching.problem
    if not problem.sides or not problem.coverage_first:
        return []
    classes = list(range(problem.n_classes)) if problem.n_classes > 1 else [None]
    wanted: list[Measure] = [Covered(one) for one in classes]
    wanted += [Filled()] if problem.wants_several else []
    # Hard bounds on groups are conditions; they come before coverage.
    first = [one for one in measures if not isinstance(one, GroupExcess)][: len(wanted)]
    return [] if first == wanted else ["no stages show first that no more could be served"]


def _find_missing_places(
    promise: Promise, matching: Matching, measures: list[Measure]
) -> list[str]:
    """Require all counts of a profile, or of a sum of places, and nothing beside them."""
    classes = matching.problem.n_classes
    at = [one for one in measures if isinstance(one, AtPlace)]
    if not at:
        return [f"{promise}: there is no stage for it"]
    if matching.problem.wants_several:
        return [f"{promise}: somebody wants several mentors, who have no one place"]
    depth = read_places(matching, at[0].tie_tolerance)[0]
    covers = isinstance(measures[0], Covered) or promise != "rank-maximal profile"
    wanted = [
        Covered(number if classes > 1 else None)
        if what == "coverage"
        else AtPlace(what, number, at[0].tie_tolerance)
        for what, number in list_counts(promise, classes, depth, coverage_first=covers)
    ]
    # What follows finds all places settled.
    there = measures[: len(wanted)] == wanted
    return [] if there else [f"{promise}: its stages are not the counts of it"]


def find_missing_bounded_stages(
    promise: Promise, matching: Matching, stages: Sequence[AnyStage]
) -> list[str]:
    """List, in words, what a chain of program stages lacks of what was promised."""
    measures = [one.measure for one in stages if isinstance(one, BoundedStage)]
    if promise in COUNTED:
        return _find_missing_places(promise, matching, measures)
    worst = [one.k for one in measures if isinstance(one, WorstSum) and not one.choosing]
    alphas = [one.alpha for one in measures if isinstance(one, WelfareSum)]
    problem = matching.problem
    seen = matching.places > 0 if problem.coverage_first else problem.demands > 0
    compared = int(np.count_nonzero(seen))
    if promise == "largest minimum":
        compared = int(np.count_nonzero(seen & (problem.after_pins.demand > 0)))
    there: dict[Promise, bool] = {
        "total": not stages,
        "largest minimum": WorstSum(1, choosing=True) in measures,
        "sum of the worst": bool(worst),
        "sorted scores": worst == list(range(1, compared + 1)),
        "Nash welfare": 1.0 in alphas,
        "welfare": bool(alphas),
        "even loads": any(isinstance(one, EvenLoads) for one in measures),
        "group parity": any(isinstance(one, GroupExcess) for one in measures),
    }
    counted = _find_missing_counts(matching, measures)
    if counted or there.get(promise, False) or (not compared and promise in there):
        return [f"{promise}: {one}" for one in counted]
    if promise == "total":
        return ["the total is the first thing promised, and no stage comes before it"]
    if promise == "sorted scores":
        return [f"{promise}: there is not a stage for every number of the worst"]
    return [f"{promise}: there is no stage for it"]
