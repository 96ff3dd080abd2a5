"""Simulated programmes whose truth is known, to try learning on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.feedback.answers.ratings import Ratings
from mentormatch.feedback.scored import scored_by
from mentormatch.strategies import match

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mentormatch.cohort import Cohort
    from mentormatch.criteria import Criteria
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["Truth", "decision_regret"]


@dataclass(frozen=True, slots=True)
class Truth:
    """How pairs really fare: a weighted mean of criteria, the mentor, and chance.

    Parameters
    ----------
    weights
        True weights by label; only ratios matter.
    mentor_sd
        Standard deviation of what a mentor adds to all of its pairs, in units of score.
    noise_sd
        Standard deviation of chance, in units of score.
    response
        Share of the people who answer.
    """

    weights: Mapping[str, float]
    mentor_sd: float = 0.1
    noise_sd: float = 0.15
    response: float = 1.0

    def rate(
        self, criteria: Criteria, cohort: Cohort, matching: Matching, *, seed: int = 0
    ) -> Ratings:
        """Draw the ratings that the mentees of a matching give, from 0 to 1."""
        rng = np.random.default_rng(seed)
        true = criteria.with_weights(dict(self.weights)).score(cohort)
        scores = true.scorer.pairs(matching.mentees, matching.mentors).mentee_scores
        quality = rng.normal(0, self.mentor_sd, cohort.mentors.shape[0])[matching.mentors]
        chance = rng.normal(0, self.noise_sd, len(scores))
        answered = rng.random(len(scores)) < self.response
        # The middle of the scale is a pair of score one half; the ends are cut off.
        rating = np.clip(0.5 + (scores - 0.5 + quality + chance) / 2, 0.0, 1.0)
        table = matching.pairs[["mentee", "mentor"]].assign(by="mentee", rating=rating)
        return Ratings(table[answered])


def decision_regret(criteria: Criteria, truth: Criteria, problem: Problem) -> float:
    """Return what matching by these weights loses of the best total under the true ones.

    Parameters
    ----------
    criteria
        Weights to match by.
    truth
        The same criteria with the true weights.
    problem
        A problem made of a cohort.

    Returns
    -------
    float, from 0 (as good as the truth) to 1.
    """
    right = scored_by(problem, truth)
    best = match(right)
    chosen = match(scored_by(problem, criteria))
    got = float(right.compatibility.scorer.pairs(chosen.mentees, chosen.mentors).scores.sum())
    return (best.total - got) / abs(best.total) if best.total else 0.0
