"""Improvements of a matching by one move or one swap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility import row_slices
from mentormatch.problem.checks import are_pinned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching

__all__ = ["find_exchange"]


def find_exchange(matching: Matching, least: float) -> tuple[float, str] | None:
    """Find the best move to a free seat, or swap of two mentees, that gains more than ``least``.

    Pinned pairs stay, minimums hold, and only mentees with one mentor are moved. Most matchings
    that are not optimal have such an exchange; one without may still not be optimal. One pass over
    the rows of the matched; memory O(mentors² + block). Returns the gain, in units of score, and
    the change in words; None where there is none.
    """
    problem = matching.problem
    _, m = problem.shape
    pinned = are_pinned(problem, matching.mentees, matching.mentors)
    movable = np.flatnonzero(~pinned & (matching.places[matching.mentees] == 1))
    if not len(movable):
        return None
    movable = movable[np.argsort(matching.mentors[movable], kind="stable")]
    i, a = matching.mentees[movable], matching.mentors[movable]
    # By how much somebody at a (row) can raise the total by going to k (column), and who that is.
    gain = np.full((m, m), -np.inf)
    for part in row_slices(len(i), m):
        change = problem.open_scores(i[part]).astype(np.float64, copy=False)
        change -= matching.scores[movable[part], None]
        heads, first = np.unique(a[part], return_index=True)
        gain[heads] = np.maximum(gain[heads], np.maximum.reduceat(change, first, axis=0))
    np.fill_diagonal(gain, -np.inf)
    loads = np.bincount(matching.mentors, minlength=m)
    may_leave, free = loads > problem.minimums, loads < problem.capacities
    moves = np.where(may_leave[:, None] & free, gain, -np.inf)
    one = int(np.argmax(moves))
    swaps = gain + gain.T
    two = int(np.argmax(swaps))
    best = max(float(moves.flat[one]), float(swaps.flat[two]))
    if not best > least:
        return None
    ids, names = problem.mentor_ids, problem.mentee_ids
    if moves.flat[one] >= swaps.flat[two]:
        here, there = divmod(one, m)
        who = names[_who(matching, i[a == here], here, there)]
        return best, f"{who!r} moves from {ids[here]!r} to a free seat of {ids[there]!r}"
    here, there = divmod(two, m)
    who = names[_who(matching, i[a == here], here, there)]
    other = names[_who(matching, i[a == there], there, here)]
    return best, f"{who!r} with {ids[here]!r} and {other!r} with {ids[there]!r} change places"


def _who(matching: Matching, there: NDArray[np.intp], now: int, then: int) -> int:
    """Return the mentee of one mentor that gains most by moving to another."""
    pairs = matching.problem.pairs
    gains = pairs(there, np.full(len(there), then)).scores
    gains = gains - pairs(there, np.full(len(there), now)).scores
    return int(there[np.nanargmax(gains)])
