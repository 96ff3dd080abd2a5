"""Proofs of profiles: how many mentees have their first, second, … choice, one stage each.

The stages are found from the finished matching alone: it says which places are used, and its
residual graph on each face gives prices that prove the stage or show that it is not the best.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates.bounds.prices import recover_multipliers
from mentormatch.certificates.kinds.faces import OptimalFace, prove_stage, prove_total
from mentormatch.compatibility import row_slices
from mentormatch.compatibility.preferences import rank_choices, round_to_steps
from mentormatch.matching import Matching
from mentormatch.proofs.flow_stages import Places, StageProof

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem
    from mentormatch.proofs.program_stages import AnyStage
    from mentormatch.proofs.promises import Promise

__all__ = [
    "check_places",
    "face_of_stages",
    "places_face",
    "prove_places",
    "why_places_unproven",
]

# Each stage reads every pair, and half a dozen arrays of all pairs are kept: 0.5 GB.
MOST_PROVEN = 10_000_000
# Sums of weights over all mentees must leave room to tell numbers apart that differ by 1.
LARGEST_SUM = 2**44


def why_places_unproven(problem: Problem) -> str | None:
    """Why there is no chain of proofs, with what helps; None where there is one."""
    n, m = problem.shape
    if n * m <= MOST_PROVEN:
        return None
    return (
        f"without a certificate: its proof keeps all pairs, and {n:,} × {m:,} are more than "
        f"{MOST_PROVEN:,}; match parts of the programme that share no mentors one by one to have it"
    )


def places_face(problem: Problem, *, coverage_first: bool, tie_tolerance: float) -> OptimalFace:
    """All matchings of a problem, with the place of each mentor in each mentee's list.

    A list holds the eligible mentors with a seat that no pin takes, tied ones sharing a place.
    Pinned pairs, and having nobody, have no place (−1).
    """
    face = OptimalFace.of(replace(problem, coverage_first=coverage_first))
    n, m = problem.shape
    left = problem.after_pins
    open_ = ~np.isnan(face.scores[:, :m]) & (left.capacity > 0) & (left.demand > 0)[:, None]
    open_[problem.pinned[:, 0], problem.pinned[:, 1]] = False
    places = np.full(face.scores.shape, -1.0)
    for rows in row_slices(n, m):
        i, j = np.nonzero(open_[rows])
        i += rows.start
        scores = np.asarray(problem.pairs(i, j).mentee_scores, dtype=np.float64)
        places[i, j] = rank_choices(i, round_to_steps(scores, tie_tolerance))
    return replace(face, places=places)


def prove_places(
    matching: Matching,
    *,
    fewest: bool,
    coverage_first: bool,
    tie_tolerance: float = 0.0,
    resolution: float = 0.0,
) -> Certificate:
    """Prove that no matching has a better profile, nor the same one with a larger total.

    Parameters
    ----------
    matching
        The pairs, of a problem with one mentor per mentee.
    fewest, coverage_first, tie_tolerance
        See `Places`.
    resolution
        Improvements of the total up to this size, in units of score, are taken for rounding.
    """
    face = places_face(matching.problem, coverage_first=coverage_first, tie_tolerance=tie_tolerance)
    proofs: list[AnyStage] = []
    for classes in _stages(face, matching, fewest):
        weights = Places(classes, matching.problem.shape[0], fewest, coverage_first, tie_tolerance)
        stage = face.stage(weights)
        inner = Matching(stage, *face.complete(matching.mentees, matching.mentors))
        multipliers = recover_multipliers(inner)
        proofs.append(prove_stage(face, weights, multipliers, matching, stage=stage))
        face = face.tighten(stage, multipliers)
    inner = Matching(face.stage(None), *face.complete(matching.mentees, matching.mentors))
    multipliers = recover_multipliers(inner, resolution=resolution)
    promise: Promise = "generous profile" if fewest else "rank-maximal profile"
    return prove_total(face, multipliers, matching, tuple(proofs), promise=promise)


def _stages(
    face: OptimalFace, matching: Matching, fewest: bool
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Classes of places, the most important first, as many a stage as whole numbers hold.

    Places that are used are classes of their own; those between two of them are one class.
    """
    n, m = matching.problem.shape
    used = np.unique(_held(face, matching))
    last = int(_all_places(face).max(initial=-1.0))
    classes: list[tuple[int, int]] = []
    start = 0
    for place in [*used[used >= 0].astype(int).tolist(), last + 1]:
        if start < place:
            classes.append((start, place - 1))
        if place <= last:
            classes.append((place, place))
        start = place + 1
    if fewest:
        classes.reverse()
    step = max(1, int(np.log(LARGEST_SUM / (n + m + 1)) / np.log(n + 2)))
    # Even where no pair can be made, one stage says what is claimed.
    for first in range(0, max(len(classes), 1), step):
        yield tuple(classes[first : first + step])


def _held(face: OptimalFace, matching: Matching) -> NDArray[np.float64]:
    """The place of each pair of a matching."""
    return _all_places(face)[matching.mentees, matching.mentors]


def _all_places(face: OptimalFace) -> NDArray[np.float64]:
    """The places of a face that was made with them."""
    return np.empty((0, 0)) if face.places is None else face.places


def face_of_stages(problem: Problem, stages: tuple[AnyStage, ...]) -> OptimalFace:
    """The face from which claimed stages start: one with places when they count places."""
    counted = _weights(stages)
    if not counted:
        return OptimalFace.of(problem)
    return places_face(
        problem,
        coverage_first=counted[0].coverage_first,
        tie_tolerance=counted[0].tie_tolerance,
    )


def check_places(face: OptimalFace, matching: Matching, stages: tuple[AnyStage, ...]) -> list[str]:
    """List why claimed stages do not add up to a profile: their order, gaps, weights."""
    counted = _weights(stages)
    if not counted:
        return []
    findings = []
    if len(counted) < len(stages):
        findings.append("stages that count places stand beside others")
    first = counted[0]
    alike = ("mentees", "fewest", "coverage_first", "tie_tolerance")
    if any(getattr(one, name) != getattr(first, name) for one in counted for name in alike):
        findings.append("the stages that count places do not count the same")
    if any(one.mentees != len(face.scores) for one in counted):
        findings.append(f"the stages count places of {first.mentees} mentees")
    classes = [each for one in counted for each in one.classes]
    if first.fewest:
        classes.reverse()
    last = int(_all_places(face).max(initial=-1.0))
    ends = [-1, *(end for _, end in classes)]
    if [start for start, _ in classes] != [end + 1 for end in ends[:-1]] or ends[-1] != last:
        findings.append(f"the stages do not count the choices 1 to {last + 1} in order")
    held = _held(face, matching)
    findings.extend(
        f"choices {start + 1} to {end + 1} are counted together, but somebody has one"
        for start, end in classes
        if start < end and ((held >= start) & (held <= end)).any()
    )
    return findings


def _weights(stages: tuple[AnyStage, ...]) -> list[Places]:
    """What the stages count, of those that count places."""
    return [
        one.weights
        for one in stages
        if isinstance(one, StageProof) and isinstance(one.weights, Places)
    ]
