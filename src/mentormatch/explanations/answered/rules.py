"""Which rule forbids a mentee which mentors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.criteria.scoring.normalised import scorer_of_criteria

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem

__all__ = ["can_be_lifted", "forbidding", "scores_stay"]

# Sums of contributions and scores differ by no more.
ROUNDED = 1e-9


def forbidding(problem: Problem, i: int) -> dict[str, NDArray[np.bool_]]:
    """For each rule, which mentors it forbids mentee ``i``: bool arrays (mentors,).

    Rules of one name are one. "min_score" and "bans" are rules here.
    """
    m = problem.shape[1]
    mentees, mentors = np.full(m, i), np.arange(m)
    scorer = problem.compatibility.scorer
    found: dict[str, NDArray[np.bool_]] = {}
    base = scorer_of_criteria(scorer)
    block = scorer.pairs(mentees, mentors)
    if base is not None:
        for rule in base.standing:
            forbids = np.asarray(rule.forbids(mentees, mentors), dtype=bool)
            found[rule.label] = found.get(rule.label, np.zeros(m, dtype=bool)) | forbids
    else:
        found[scorer.rules[0] if scorer.rules else "not eligible"] = ~block.eligible
    if problem.min_score is not None:
        low = block.eligible & (block.scores < problem.min_score)
        if base is not None and scores_stay(problem):
            # What a rule forbids may be too low besides, and then stays so without the rule.
            scores = base.contributions(mentees, mentors).sum(axis=0)
            low |= ~block.eligible & (scores < problem.min_score - ROUNDED)
        found["min_score"] = low
    banned = np.zeros(m, dtype=bool)
    for ban in problem.ban_rules:
        if problem.compatibility.mentee_position(ban.mentee) == i:
            banned[problem.compatibility.mentor_position(ban.mentor)] = True
    if banned.any():
        found["bans"] = banned
    return found


def scores_stay(problem: Problem) -> bool:
    """Tell whether it is known what pairs that a rule forbids would score without it."""
    scorer = problem.compatibility.scorer
    base = scorer_of_criteria(scorer)
    return base is scorer and base is not None and base.reciprocity == "mean"


def can_be_lifted(problem: Problem, rule: str) -> bool:
    """Tell whether a rule can be lifted; pairs that were given as ineligible have no rule."""
    base = scorer_of_criteria(problem.compatibility.scorer)
    return base is not None or rule in ("min_score", "bans")
