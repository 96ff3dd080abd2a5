"""Faces: the matchings that met the earlier stages, described by what they have in common.

By complementary slackness the prices of a finished stage say which matchings reach its optimum:
exactly those that use only pairs of the largest value at these prices, fill every mentor of
positive price and keep every mentor of negative price at its minimum. That is again a matching
problem, on fewer pairs and with tighter numbers, so the next stage is solved and proved like the
first. The weights of a stage are whole numbers and so are the prices: nothing is "nearly" tight.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.certificates.bounds.bound import (
    Multipliers,
    certify_bound,
    name_problem,
    newly_reached,
    upper_bound,
)
from mentormatch.certificates.bounds.cuts import coverage_bounds, covered_by_class
from mentormatch.certificates.kinds.solver_bounds import with_welfare
from mentormatch.compatibility import Compatibility, DenseScorer, row_slices
from mentormatch.errors import ProblemError
from mentormatch.matching import Certificate, Matching
from mentormatch.problem import Problem
from mentormatch.proofs.flow_stages import StageProof

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.proofs.flow_stages import Weights
    from mentormatch.proofs.program_stages import AnyStage
    from mentormatch.proofs.promises import Promise

__all__ = ["NotReadInTimeError", "OptimalFace", "exact_scores", "prove_stage", "prove_total"]

# Half a unit: everything compared with it is a whole number.
HALF = 0.5
# How often a reading of pair by pair, which may take long, asks whether it will end in time.
PAIRS_A_LOOK = 100_000


class NotReadInTimeError(Exception):
    """All exact scores cannot be read by the moment that was named."""


def exact_scores(problem: Problem, *, until: float | None = None) -> NDArray[np.float64]:
    """Every score in float64, NaN = not to be made; the same numbers as those of single pairs.

    A block may be computed faster and less exactly; whoever asks whether two scores are equal must
    not see that.

    Parameters
    ----------
    problem
        Whose scores.
    until
        Seconds of `time.monotonic` by which they are needed; None = no such limit.

    Returns
    -------
    float64 array (mentees, mentors); memory O(mentees · mentors)

    Raises
    ------
    NotReadInTimeError
        That moment has passed, or at this pace would long have passed before all are read.
    """
    n, m = problem.shape
    scores = np.empty((n, m))
    if problem.compatibility.scorer.error == 0:
        for rows in row_slices(n, m):
            scores[rows] = problem.scores(rows, np.nan)
        return scores
    begun = time.monotonic()
    step = n if until is None else max(1, PAIRS_A_LOOK // max(m, 1))
    for block in row_slices(n, m):
        for start in range(block.start, block.stop, step):
            places = np.arange(start, min(start + step, block.stop))
            pairs = problem.pairs(np.repeat(places, m), np.tile(np.arange(m), len(places)))
            scores[places] = pairs.scores.reshape(len(places), m)
            if until is not None and places[-1] + 1 < n:
                now = time.monotonic()
                # Twice, since the first pairs also pay for what all share.
                ends = begun + (now - begun) * n / (places[-1] + 1) / 2
                if max(now, ends) > until:
                    raise NotReadInTimeError
    return scores


def _readable(problem: Problem, until: float | None) -> NDArray[np.float64]:
    """`exact_scores` to be read only: the given array itself where nothing more is masked."""
    scorer = problem.compatibility.scorer
    if isinstance(scorer, DenseScorer) and problem.min_score is None and not problem.ban_rules:
        return scorer.scores
    return exact_scores(problem, until=until)


@dataclass(frozen=True, eq=False)
class OptimalFace:
    """The matchings of a problem that met some stages, at one mentor per mentee.

    Where the problem has ``coverage_first=False``, having nobody is one more mentor, with room for
    all and a score of 0: so every mentee is matched, and "nobody" is compared like any other.

    Parameters
    ----------
    scores
        float64 array (mentees, mentors, or one more column for nobody): NaN outside the face.
    capacity, minimum
        int64 arrays (mentors, or one more), pinned pairs included.
    must
        bool array (mentees,): has a mentor in every matching of the face.
    """

    problem: Problem
    scores: NDArray[np.float64]
    capacity: NDArray[np.int64]
    minimum: NDArray[np.int64]
    must: NDArray[np.bool_]

    @classmethod
    def of(cls, problem: Problem, *, until: float | None = None) -> OptimalFace:
        """All matchings of a problem; ``until`` is of `exact_scores`.

        Raises
        ------
        NotReadInTimeError
            See `exact_scores`.
        ProblemError
            Somebody wants several mentors: what a mentee gets is then a sum, and no longer linear
            in the pairs once it is transformed.
        """
        if problem.wants_several:
            raise ProblemError(
                "Faces are for one mentor per mentee; this problem has demands above 1. Use "
                "demand=1, or a strategy that is an integer program at several mentors."
            )
        n, _ = problem.shape
        scores, capacity = _readable(problem, until), problem.capacities
        minimum = problem.minimums
        if not problem.coverage_first:
            scores = np.column_stack([scores, np.zeros(n)])
            capacity, minimum = np.append(capacity, n + 1), np.append(minimum, 0)
        return cls(problem, scores, capacity, minimum, np.zeros(n, dtype=bool))

    @property
    def n_real(self) -> int:
        """Number of mentors without the one that stands for nobody."""
        return self.problem.shape[1]

    @property
    def order(self) -> NDArray[np.intp]:
        """Rank of each mentee's class: who must have a mentor comes first within its priority."""
        return np.where(self.must, 0, 1) + 2 * self.problem.priority_classes

    @property
    def n_classes(self) -> int:
        """Number of classes of the face as a problem, at least 1."""
        return max(1, len(np.unique(self.order)))

    def stage(self, weights: Weights | None) -> Problem:
        """The face as a problem whose scores are the weights (None: the scores themselves).

        People are bare positions. Whoever must have a mentor comes first within its priority class.
        """
        n, m = self.scores.shape
        values = self.scores
        if weights is not None:
            values = np.empty((n, m))
            for rows in row_slices(n, m):
                values[rows] = weights.of(self.scores[rows])
        return Problem(
            Compatibility(DenseScorer(values, values), pd.RangeIndex(n), pd.RangeIndex(m), False),
            capacity=self.capacity,
            minimum=self.minimum,
            demand=self.problem.demands,
            priority=-self.order,
            pins=[(i, j) for i, j in self.problem.pinned.tolist()],
        )

    def free_scores(self) -> NDArray[np.float64]:
        """The scores of the pairs that somebody can still choose."""
        scores = np.delete(self.scores, self.problem.pinned[:, 0], axis=0)
        return scores[~np.isnan(scores)]

    def complete(
        self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs of the problem as pairs of the face: who has nobody gets the mentor "nobody"."""
        if self.problem.coverage_first:
            return mentees, mentors
        wanting = self.problem.demands > 0
        wanting[mentees] = False
        alone = np.flatnonzero(wanting)
        return (
            np.concatenate([mentees, alone]),
            np.concatenate([mentors, np.full(len(alone), self.n_real)]),
        )

    def real(
        self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs of the face as pairs of the problem."""
        kept = mentors < self.n_real
        return mentees[kept], mentors[kept]

    def tighten(self, stage: Problem, multipliers: Multipliers) -> OptimalFace:
        """The part of the face where the bound that these multipliers give is reached.

        Every matching that reaches it lies in there, and every matching in there reaches it.

        Parameters
        ----------
        stage
            The face with the weights whose sum is bounded, as `stage` makes it.
        multipliers
            Whole numbers, in units of weight.
        """
        n, m = self.scores.shape
        left, pinned = stage.after_pins, stage.pinned
        free = left.demand > 0
        best, scores = np.zeros(n), np.empty((n, m))
        # An infinite price closes a mentor to everybody; pins may have taken all seats.
        prices = np.where(left.capacity == 0, np.inf, multipliers.prices)
        bonus = multipliers.coverage[stage.priority_classes]
        for rows in row_slices(n, m):
            values = stage.compatibility.scorer.joined(rows, -np.inf) - prices
            values += bonus[rows, None]
            best[rows] = values.max(axis=1, initial=0.0)
            outside = values < best[rows, None] - HALF
            outside |= ~free[rows, None]
            scores[rows] = self.scores[rows]
            scores[rows][outside] = np.nan
        scores[pinned[:, 0], pinned[:, 1]] = self.scores[pinned[:, 0], pinned[:, 1]]
        held = np.bincount(pinned[:, 1], minlength=len(self.capacity))
        return replace(
            self,
            scores=scores,
            capacity=np.where(
                multipliers.prices < -HALF, held + left.minimum, self.capacity
            ).astype(np.int64),
            minimum=np.where(multipliers.prices > HALF, self.capacity, self.minimum),
            must=self.must | (free & (best > HALF)),
        )

    def restrict(self, kept: NDArray[np.bool_]) -> Problem:
        """The face as a problem of scores with only some of its pairs, and the pinned ones."""
        values = np.where(kept, self.scores, np.nan)
        pinned = self.problem.pinned
        values[pinned[:, 0], pinned[:, 1]] = self.scores[pinned[:, 0], pinned[:, 1]]
        stage = self.stage(None)
        scorer = DenseScorer(values, values)
        return replace(stage, compatibility=replace(stage.compatibility, scorer=scorer))

    def series(self, prices: NDArray[np.float64]) -> pd.Series[float]:
        """Prices by mentor id; the price of nobody is always 0 and left out."""
        return self.problem.compatibility.price_series(prices[: self.n_real])

    def multipliers(self, prices: pd.Series[float], coverage: tuple[float, ...]) -> Multipliers:
        """Multipliers in the order of the face, from what a certificate carries."""
        aligned = prices.reindex(self.problem.mentor_ids).fillna(0.0).to_numpy(dtype=np.float64)
        extra = self.scores.shape[1] - self.n_real
        return Multipliers(
            np.concatenate([aligned, np.zeros(extra)]), np.array(coverage, dtype=np.float64)
        )


def prove_stage(
    face: OptimalFace,
    weights: Weights,
    multipliers: Multipliers,
    matching: Matching,
    *,
    stage: Problem | None = None,
    kept: bool = True,
    target: float = 0.0,
) -> StageProof:
    """Prove one stage, recomputed over all pairs of the face from its multipliers.

    Parameters
    ----------
    multipliers
        Prices and coverage multipliers, in units of weight.
    matching
        A matching of the original problem in the face.
    stage
        The face with these weights, where it is at hand.
    kept, target
        See `StageProof`; ``target`` is the value shown to be out of reach when nothing is kept.
    """
    stage = face.stage(weights) if stage is None else stage
    inner = Matching(stage, *face.complete(matching.mentees, matching.mentors))
    if kept:
        certificate = certify_bound(inner, multipliers, tolerance=HALF)
        objective, bound = certificate.objective, certificate.bound
        if certificate.coverage != certificate.coverage_bound:
            # Coverage is not what it can be.
            bound = np.inf
    else:
        objective, bound = target, upper_bound(stage, multipliers, *newly_reached(inner))
    return StageProof(
        weights=weights,
        kept=kept,
        objective=objective,
        bound=bound,
        prices=face.series(multipliers.prices),
        coverage_multipliers=tuple(float(value) for value in multipliers.coverage),
        # Weights that are whole steps of something else say how large one is.
        step=getattr(weights, "step", 1.0),
    )


def prove_total(
    face: OptimalFace,
    multipliers: Multipliers,
    matching: Matching,
    stages: tuple[AnyStage, ...],
    *,
    promise: Promise,
    finished: bool = True,
) -> Certificate:
    """Certify the last stage: the total, among all matchings of the face.

    Parameters
    ----------
    matching
        The one in question, of the original problem.
    finished
        False: a stage that was promised is missing, so that nothing is proven.
    """
    inner = Matching(face.stage(None), *face.complete(matching.mentees, matching.mentors))
    found, stages = certify_bound(inner, multipliers), with_welfare(stages, matching)
    # The face knows only what is left of the pairs: who could be served is asked of all of them.
    limit: int | None = None
    covered = True
    if face.problem.coverage_first:
        limits = coverage_bounds(matching)
        limit, covered = int(limits[-1]), bool((covered_by_class(matching) == limits).all())
    proven = found.proven and covered and finished and all(stage.proven for stage in stages)
    certificate = replace(
        found,
        proven=proven,
        prices=face.series(multipliers.prices),
        coverage=matching.n_matched,
        coverage_bound=limit,
        seats=len(matching.mentees),
        seats_bound=limit,
        stages=stages,
    )
    return name_problem(certificate, matching, promise)
