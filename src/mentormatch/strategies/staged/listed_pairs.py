"""Every pair that may still be made, as a list, for strategies of one mentor each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility import row_slices
from mentormatch.compatibility.preferences import round_to_steps
from mentormatch.errors import MentorMatchError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.compatibility.blocks import Rows
    from mentormatch.problem import Problem

__all__ = ["Arcs", "arcs_of", "refuse_demand", "without_pins"]

# Pairs that an integer or a linear program over all of them takes.
MOST_ARCS = 2_000_000


def without_pins(problem: Problem, rows: Rows, eligible: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Eligible pairs of a block that are not pinned, in a new array when there are pins."""
    if not len(problem.pinned):
        return eligible
    n, m = problem.shape
    line = np.full(n, -1, dtype=np.intp)
    at = np.arange(n)[rows]
    line[at] = np.arange(len(at))
    here = line[problem.pinned[:, 0]] >= 0
    open_ = eligible.copy()
    open_[line[problem.pinned[here, 0]], problem.pinned[here, 1]] = False
    return open_.reshape(len(at), m)


@dataclass(frozen=True, eq=False)
class Arcs:
    """Every pair that may still be made, in float64, sorted by mentee, then mentor.

    The values are what each side ranks by, in steps of the tie tolerance; the scores what each side
    gets, and the joined one.
    """

    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    mentee_values: NDArray[np.float64]
    mentor_values: NDArray[np.float64]
    mentee_scores: NDArray[np.float64]
    mentor_scores: NDArray[np.float64]
    scores: NDArray[np.float64]


def arcs_of(
    problem: Problem, strategy: str, tie_tolerance: float = 0.0, *, most: int = MOST_ARCS
) -> Arcs:
    """List the pairs that may be made beside the pins, of people with places and seats left.

    Raises MentorMatchError for more than ``most``: the strategies that list all pairs are for
    programmes of that size.
    """
    left = problem.after_pins
    found: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
    count = 0
    for rows in row_slices(*problem.shape):
        block = problem.block(rows)
        open_ = without_pins(problem, rows, block.eligible) & (left.capacity > 0)
        i, j = np.nonzero(open_ & (left.demand[rows] > 0)[:, None])
        count += len(i)
        if count > most:
            raise MentorMatchError(
                f'strategy "{strategy}" lists every eligible pair and takes at most {most:,} '
                'of them. Use "stable", which reads any number, or make weak pairs ineligible with '
                "min_score."
            )
        found.append((i + rows.start, j))
    mentees = np.concatenate([np.empty(0, np.intp), *(i for i, _ in found)])
    mentors = np.concatenate([np.empty(0, np.intp), *(j for _, j in found)])
    exact = problem.pairs(mentees, mentors)
    u, v, s = (
        np.asarray(part, dtype=np.float64)
        for part in (exact.mentee_scores, exact.mentor_scores, exact.scores)
    )
    return Arcs(
        mentees,
        mentors,
        round_to_steps(u, tie_tolerance),
        round_to_steps(v, tie_tolerance),
        u,
        v,
        s,
    )


def refuse_demand(problem: Problem, strategy: str, why: str) -> None:
    """Refuse mentees who want several mentors where a theorem speaks of one each."""
    several = np.flatnonzero(problem.after_pins.demand > 1)
    if len(several):
        raise MentorMatchError(
            f'strategy "{strategy}" takes one mentor per mentee ({why}), but {len(several)} want '
            f"more, the first of them {problem.mentee_ids[several[0]]!r}. Set demand=1, or use "
            '"stable", "greedy" or "optimal", which take any demand.'
        )
