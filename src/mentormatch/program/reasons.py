"""Why a pair was made: the criteria that give most to its score, in their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentormatch.matching import Matching

__all__ = ["reasons_of", "strongest_reasons"]

LEAST_SHARE = 0.05


def strongest_reasons(
    matching: Matching,
    n_reasons: int = 3,
    progress: Callable[[str, dict[str, Any]], None] | None = None,
) -> list[list[str]]:
    """For each pair the sentences of the criteria that give most to its score.

    Parameters
    ----------
    matching
        The pairs, in the order of ``matching.pairs``.
    n_reasons
        The most sentences of a pair, strongest first.
    progress
        Called as ``progress("reasons", {"done": k, "of": n})`` after each pair.
    """
    reasons: list[list[str]] = []
    count = len(matching.mentees)
    for k in range(count):
        reasons.append(reasons_of(matching, k, n_reasons) if n_reasons else [])
        if progress is not None:
            progress("reasons", {"done": k + 1, "of": count})
    return reasons


def reasons_of(matching: Matching, k: int, n_reasons: int = 3) -> list[str]:
    """The sentences of the criteria that give most to the score of pair ``k``, strongest first.

    A criterion counts once, with what it gives to both sides together. One that gives less than a
    twentieth of the score, or only what a missing value counts, is no reason.
    """
    scorer = matching.problem.compatibility.scorer
    table = scorer.breakdown(int(matching.mentees[k]), int(matching.mentors[k]))
    given: dict[str, float] = {}
    said: dict[str, str] = {}
    # The last row joins the two sides; it is no criterion.
    known = table.iloc[:-1].dropna(subset=["value"])
    for criterion, gives, sentence in zip(
        known["criterion"], known["contribution"], known["sentence"], strict=True
    ):
        given[criterion] = given.get(criterion, 0.0) + float(gives)
        said[criterion] = sentence
    least = LEAST_SHARE * sum(table["contribution"])
    telling = (name for name in given if given[name] > 0 and given[name] >= least)
    strongest = sorted(telling, key=lambda name: -given[name])
    return [said[name] for name in strongest[:n_reasons]]
