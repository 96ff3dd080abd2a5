"""Why a mentee has no mentor, or fewer than wanted, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.blocks import BLOCK_BYTES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem

__all__ = ["reasons_for_unmatched"]


def reasons_for_unmatched(
    problem: Problem,
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    short: NDArray[np.intp],
) -> list[str]:
    """One sentence for each mentee in ``short`` (positions) given the pairs (mentees, mentors).

    Memory O(block): the mentees in question are read in blocks.
    """
    _n, m = problem.shape
    if m == 0:
        return ["there are no mentors"] * len(short)
    loads = np.bincount(mentors, minlength=m)
    free = loads < problem.capacities
    held: dict[int, list[int]] = {int(i): [] for i in short}
    for i, j in zip(
        mentees[np.isin(mentees, short)], mentors[np.isin(mentees, short)], strict=True
    ):
        held[int(i)].append(int(j))
    step = max(1, BLOCK_BYTES // (64 * m))
    sentences: list[str] = []
    for start in range(0, len(short), step):
        rows = short[start : start + step]
        scores = problem.scores(rows, np.nan)
        removed = problem.compatibility.scorer.removed(rows)
        unruled = (~np.isnan(problem.compatibility.scorer.joined(rows, np.nan))).sum(axis=1)
        for k, i in enumerate(rows):
            own = held[int(i)]
            scores[k, own] = np.nan
            sentences.append(_sentence(problem, scores[k], removed[k], int(unruled[k]), own, free))
    return sentences


def _sentence(
    problem: Problem,
    scores: NDArray[np.floating[Any]],
    removed: NDArray[np.int64],
    unruled: int,
    own: list[int],
    free: NDArray[np.bool_],
) -> str:
    """The reason for one mentee; ``scores`` (mentors,) is NaN where no further pair may be made."""
    m = len(scores)
    eligible = np.flatnonzero(~np.isnan(scores))
    so_far = f"has {len(own)}; " if own else ""
    other = "other " if own else ""
    if not len(eligible):
        if own and unruled == len(own):
            return f"{so_far}no other mentor is eligible{_rules(problem, removed, m)}"
        if unruled > len(own):
            why = (
                "bans" if problem.min_score is None else f"bans or min_score {problem.min_score:g}"
            )
            return (
                f"{so_far}no {other}mentor is eligible: {why} removed the {unruled - len(own)} "
                f"that the rules allow{_rules(problem, removed, m)}"
            )
        return f"{so_far}no {other}mentor is eligible{_rules(problem, removed, m)}"
    seats = int(problem.capacities[eligible].sum())
    if not free[eligible].any():
        mentor = "mentor is" if len(eligible) == 1 else "mentors are"
        taken = "which has no seats" if seats == 0 else _taken(seats)
        return f"{so_far}{len(eligible)} {other}{mentor} eligible, {taken}"
    open_mentors = eligible[free[eligible]]
    best = open_mentors[np.argmax(scores[open_mentors])]
    if scores[best] < 0 and not problem.coverage_first:
        return (
            f"{so_far}every {other}free eligible mentor scores below 0 "
            f"(the best, {problem.mentor_ids[best]!r}, {scores[best]:.3g})"
        )
    return (
        f"{so_far}left out by this matching: {len(open_mentors)} eligible mentors have a free "
        "seat, the best of them "
        f"{problem.mentor_ids[best]!r} (score {scores[best]:.3g})"
    )


def _taken(seats: int) -> str:
    return "whose only seat is taken" if seats == 1 else f"whose {seats} seats are all taken"


def _rules(problem: Problem, removed: NDArray[np.int64], n_mentors: int) -> str:
    """Which rule removed how many mentors, most first."""
    names = problem.compatibility.scorer.rules
    counts = [(int(count), name) for count, name in zip(removed, names, strict=True) if count]
    if not counts:
        return ""
    counts.sort(key=lambda pair: -pair[0])
    parts = [f"{name} rules out {count} of {n_mentors}" for count, name in counts]
    return " (" + ", ".join(parts) + ")"
