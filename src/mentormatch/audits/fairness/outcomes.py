"""Outcomes per person, before the matching (eligibility, scores) and after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility import row_slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.cohort import Side
    from mentormatch.matching import Matching

__all__ = ["MEASURES", "Measured", "Outcomes", "outcomes_of"]


@dataclass(frozen=True, slots=True)
class Measured:
    """One outcome that groups are compared by."""

    name: str  # column of the outcome
    side: Side
    source: str  # "scores": known before anybody is matched; "matching": what the matching did
    is_rate: bool  # yes or no for each person; else a number
    meaning: str  # in words


MEASURES = (
    Measured("eligible_share", "mentees", "scores", False, "share of mentors one may have"),
    Measured("best_score", "mentees", "scores", False, "best score with any mentor one may have"),
    Measured("match_rate", "mentees", "matching", True, "share with a mentor"),
    Measured("mean_score", "mentees", "matching", False, "score received, 0 when unmatched"),
    Measured("first_choice_rate", "mentees", "matching", True, "share with their best mentor"),
    Measured("top_k_rate", "mentees", "matching", True, "share with one of their k best mentors"),
    Measured("eligible_share", "mentors", "scores", False, "share of mentees one may have"),
    Measured("best_score", "mentors", "scores", False, "best score with any mentee one may have"),
    Measured("match_rate", "mentors", "matching", True, "share with a mentee"),
    Measured("mean_score", "mentors", "matching", False, "sum of scores per seat offered"),
    Measured("capacity_used", "mentors", "matching", False, "share of own seats that are filled"),
)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Eligibility, scores and results of each person."""

    included: dict[Side, NDArray[np.bool_]]  # by side, (people,): wants a mentor, or offers a seat
    # By side, (people,): how many people of the other side one may have.
    eligible: dict[Side, NDArray[np.int64]]
    by_person: dict[tuple[Side, str], NDArray[np.float64]]  # by (side, measure), (people,)
    utilities: NDArray[np.float64]  # (mentees who want a mentor,): what each gets, 0 when unmatched
    # (mentees,): How many mentors with a mentee a mentee would rather have than one of its own, or
    # than none while it has fewer than it wants.
    envied: NDArray[np.int64]
    # (mentees,): how many of these would rather have this mentee than one of theirs.
    justified: NDArray[np.int64]


def outcomes_of(matching: Matching, *, top: int, unmatched_value: float) -> Outcomes:
    """Compute the outcomes of each person in one pass over all pairs, by block.

    ``top`` is the k of the top-k rate; ``unmatched_value`` what having nobody is worth, in units of
    score.
    """
    problem = matching.problem
    n, m = problem.shape
    wanting, offering = problem.demands > 0, problem.capacities > 0
    own = problem.pairs(matching.mentees, matching.mentors)
    # The worst mentor held; a free place would take anybody.
    worst_held = np.full(n, np.inf)
    np.minimum.at(worst_held, matching.mentees, own.mentee_scores.astype(np.float64))
    worst_held[matching.places < problem.demands] = -np.inf
    best_held = np.full(n, -np.inf)
    np.maximum.at(best_held, matching.mentees, own.mentee_scores.astype(np.float64))
    # The mentee each mentor likes least among its own.
    least_liked = np.full(m, np.inf)
    np.minimum.at(least_liked, matching.mentors, own.mentor_scores.astype(np.float64))
    busy = np.bincount(matching.mentors, minlength=m) > 0
    held_by = matching.mentees, matching.mentors

    eligible_i, eligible_j = np.zeros(n, np.int64), np.zeros(m, np.int64)
    best_i, best_j = np.full(n, -np.inf), np.full(m, -np.inf)
    better = np.zeros(n, np.int64)
    envied, justified = np.zeros(n, np.int64), np.zeros(n, np.int64)
    # A block computed less exactly must not make a mentor look better than itself.
    blur = 2 * problem.compatibility.scorer.error
    for rows in row_slices(n, m):
        block = problem.block(rows)
        usable = block.eligible & offering & wanting[rows, None]
        eligible_i[rows] = np.count_nonzero(usable, axis=1)
        eligible_j += np.count_nonzero(usable, axis=0)
        scores = np.where(usable, block.scores, -np.inf)
        best_i[rows] = scores.max(axis=1, initial=-np.inf)
        np.maximum(best_j, scores.max(axis=0, initial=-np.inf), out=best_j)
        wish = np.where(usable, block.mentee_scores, -np.inf)
        inside = (held_by[0] >= rows.start) & (held_by[0] < rows.stop)
        better[rows] = np.count_nonzero(wish > best_held[rows, None] + blur, axis=1)
        wish[held_by[0][inside] - rows.start, held_by[1][inside]] = -np.inf
        envy = (wish > worst_held[rows, None] + blur) & busy
        envied[rows] = np.count_nonzero(envy, axis=1)
        liked = np.where(usable, block.mentor_scores, -np.inf) > least_liked + blur
        justified[rows] = np.count_nonzero(envy & liked, axis=1)

    received = np.bincount(matching.mentees, weights=matching.scores, minlength=n)
    given = np.bincount(matching.mentors, weights=matching.scores, minlength=m)
    matched, loads = matching.places > 0, matching.loads.to_numpy(dtype=np.float64)
    score = np.where(matched, received, unmatched_value)
    seats = np.maximum(problem.capacities, 1)
    by_person: dict[tuple[Side, str], NDArray[np.float64]] = {
        ("mentees", "eligible_share"): eligible_i / max(int(offering.sum()), 1),
        ("mentees", "best_score"): np.where(eligible_i > 0, best_i, unmatched_value),
        ("mentees", "match_rate"): matched.astype(np.float64),
        ("mentees", "mean_score"): score,
        ("mentees", "first_choice_rate"): (matched & (better < 1)).astype(np.float64),
        ("mentees", "top_k_rate"): (matched & (better < top)).astype(np.float64),
        ("mentors", "eligible_share"): eligible_j / max(int(wanting.sum()), 1),
        ("mentors", "best_score"): np.where(eligible_j > 0, best_j, 0.0),
        ("mentors", "match_rate"): (loads > 0).astype(np.float64),
        ("mentors", "mean_score"): given / seats,
        ("mentors", "capacity_used"): loads / seats,
    }
    return Outcomes(
        included={"mentees": wanting, "mentors": offering},
        eligible={"mentees": eligible_i, "mentors": eligible_j},
        by_person=by_person,
        utilities=score[wanting],
        envied=envied,
        justified=justified,
    )
