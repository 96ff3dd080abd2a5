"""Why a pair was made: the criteria that give most to its score, in their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.criteria import CriteriaScorer, protected_attribute
from mentormatch.progress import report_progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.progress import Progress

__all__ = ["strongest_reasons"]

# What gives less than this share of the score is no reason.
LEAST_SHARE = 0.05
PAIRS_AT_ONCE = 10_000
NOTHING = "no criterion speaks for this pair"
ONLY_MISSING = "nothing is known that speaks for this pair, as answers are missing"


def _protected_criteria(scorer: CriteriaScorer) -> set[int]:
    """Places of the criteria that read a column named like a protected attribute."""
    return {
        place
        for place, fitted in enumerate(scorer.fitted)
        if any(
            protected_attribute(name)
            for names in fitted.criterion.columns.values()
            for name in names
        )
    }


def strongest_reasons(
    matching: Matching,
    n_reasons: int = 3,
    progress: Progress | None = None,
    pairs: NDArray[np.intp] | None = None,
    *,
    say_none: bool = True,
    protected: bool = True,
) -> list[list[str]]:
    """For each pair the sentences of the criteria that give most to its score.

    A criterion counts once, with what it gives to both sides together. One that gives less than a
    twentieth of the score, or only what a missing value counts, is no reason. A pair for which
    nothing speaks has one sentence that says so. Scores that were given as an array have no
    reasons. ``n_reasons`` is the most sentences of a pair, strongest first; ``progress`` is called
    after each pair; ``pairs`` says which, by their place in ``matching.pairs`` (None: all). Without
    ``say_none`` a pair for which nothing speaks has no sentence, as in what the two are sent;
    without ``protected`` criteria that read a protected attribute, such as gender, are no reasons.
    """
    chosen = np.arange(len(matching.mentees)) if pairs is None else pairs
    scorer = matching.problem.compatibility.scorer
    if not isinstance(scorer, CriteriaScorer) or n_reasons == 0:
        return [[] for _ in chosen]
    reasons: list[list[str]] = []
    counted = np.asarray(scorer.mean_shares) > 0
    untold = set() if protected else _protected_criteria(scorer)
    for start in range(0, len(chosen), PAIRS_AT_ONCE):
        some = chosen[start : start + PAIRS_AT_ONCE]
        mentees, mentors = matching.mentees[some], matching.mentors[some]
        values, _ = scorer.values(mentees, mentors)
        gives = np.array([np.nan_to_num(value) for value in values]).reshape(-1, len(some))
        gives *= scorer.mean_shares[:, None]
        strongest = np.argsort(-gives, axis=0, kind="stable")[:n_reasons]
        least = np.maximum(LEAST_SHARE * gives.sum(axis=0), np.finfo(np.float64).tiny)
        for k, (i, j) in enumerate(zip(mentees.tolist(), mentors.tolist(), strict=True)):
            telling = [c for c in strongest[:, k] if gives[c, k] >= least[k]]
            if not telling and len(gives) and gives[strongest[0, k], k] > 0:
                # Of very many criteria each gives little, and the first as much as any.
                telling = [strongest[0, k]]
            sentences = [scorer.fitted[c].sentence(i, j) for c in telling if c not in untold]
            if not sentences and say_none and counted.any():
                missing = any(np.isnan(values[c][k]) for c in np.flatnonzero(counted))
                nothing = matching.scores[some[k]] == 0 or not missing
                sentences = [NOTHING if nothing else ONLY_MISSING]
            reasons.append(sentences)
            report_progress(progress, "reasons", done=len(reasons), of=len(chosen))
    return reasons
