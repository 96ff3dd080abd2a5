"""The best stable matching for strict preferences: a linear program whose corners are the answers.

Every mentor is cloned into its seats, which mentees rank in a fixed order; stable matchings then
correspond one to one, and the corners of

    Σ_s x_is = 1,  Σ_i x_is = 1,
    Σ_{s' at least as good for i as s} x_is' + Σ_{i' better for s} x_i's ≥ 1

are exactly the stable matchings [1]_ [2]_. Without clones they are not.

References
----------
.. [1] J. H. Vande Vate (1989), Linear programming brings marital bliss.
.. [2] U. G. Rothblum (1992), Characterization of stable matchings as extreme points of a polytope.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from mentormatch.errors import SolverError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.arrays import Positions

__all__ = ["StablePairs", "best_stable", "stable_pairs", "strict_ranks"]


@dataclass(frozen=True, eq=False)
class StablePairs:
    """Pairs of mentees and seats that can be part of a stable matching, after cloning.

    Parameters
    ----------
    mentees, mentors, seats
        intp arrays (pairs,); ``seats`` numbers the clones.
    mentee_rank, seat_rank
        intp arrays (pairs,): place of the seat in the mentee's list and of the mentee in the
        mentor's; lower is better.
    arc
        intp array (pairs,): which of the given arcs the pair comes from.
    """

    mentees: Positions
    mentors: Positions
    seats: Positions
    mentee_rank: Positions
    seat_rank: Positions
    arc: Positions


def strict_ranks(group: Positions, values: NDArray[np.float64], other: Positions) -> Positions:
    """Place of each arc in the list of its ``group``, 0 = best; ties by ``other``."""
    order = np.lexsort((other, -values, group))
    sorted_group = group[order]
    rank = np.empty(len(group), dtype=np.intp)
    rank[order] = np.arange(len(group)) - np.searchsorted(sorted_group, sorted_group)
    return rank


def stable_pairs(
    mentees: Positions,
    mentors: Positions,
    mentee_rank: Positions,
    mentor_rank: Positions,
    best_for_mentees: Positions,
    best_for_mentors: Positions,
) -> StablePairs:
    """What lies between the two extreme stable matchings.

    No stable matching has another pair, and no other pair blocks a matching made of these
    (Gusfield and Irving 1989, on reduced lists). The same people and seats are taken in all.

    Parameters
    ----------
    mentees, mentors, mentee_rank, mentor_rank
        The eligible arcs with strict ranks.
    best_for_mentees, best_for_mentors
        Arcs of the matchings that deferred acceptance ends with.
    """
    n = int(mentees.max(initial=-1)) + 1
    m = int(mentors.max(initial=-1)) + 1
    loads = np.bincount(mentors[best_for_mentees], minlength=m)
    first_seat = np.concatenate([[0], np.cumsum(loads)[:-1]]).astype(np.intp)[:m]
    low, high = np.full(n, -1, dtype=np.intp), np.full(n, -1, dtype=np.intp)
    seat_low = np.empty(len(best_for_mentees), dtype=np.intp)
    seat_high = np.empty(len(best_for_mentees), dtype=np.intp)
    width = int(loads.max(initial=0)) + 1
    for arcs, end, seat_end in (
        (best_for_mentees, low, seat_high),
        (best_for_mentors, high, seat_low),
    ):
        by_seat = arcs[np.lexsort((mentor_rank[arcs], mentors[arcs]))]
        number = np.arange(len(by_seat)) - first_seat[mentors[by_seat]]
        end[mentees[by_seat]] = mentee_rank[by_seat] * width + number
        seat_end[:] = mentor_rank[by_seat]
    at = mentee_rank * width
    matched = low[mentees] >= 0
    inside = np.flatnonzero(
        matched & (at + width > low[mentees]) & (at <= high[mentees]) & (loads[mentors] > 0)
    )
    arc = np.repeat(inside, loads[mentors[inside]])
    starts = np.repeat(
        np.cumsum(loads[mentors[inside]]) - loads[mentors[inside]], loads[mentors[inside]]
    )
    number = np.arange(len(arc)) - starts
    seat = first_seat[mentors[arc]] + number
    rank = at[arc] + number
    keep = (rank >= low[mentees[arc]]) & (rank <= high[mentees[arc]])
    keep &= (mentor_rank[arc] >= seat_low[seat]) & (mentor_rank[arc] <= seat_high[seat])
    arc, seat, rank = arc[keep], seat[keep], rank[keep]
    return StablePairs(mentees[arc], mentors[arc], seat, rank, mentor_rank[arc], arc)


def best_stable(
    pairs: StablePairs, value: NDArray[np.float64], allowed: NDArray[np.bool_] | None = None
) -> tuple[Positions, float] | None:
    """The stable matching with the largest sum of ``value``, among the ``allowed`` pairs.

    Parameters
    ----------
    pairs
        From `stable_pairs`.
    value
        float64 array (pairs,).
    allowed
        bool array (pairs,); the others stay unmade, but still block. A face of the polytope.

    Returns
    -------
    chosen, bound
        Positions in ``pairs``, and the value of the linear program; None when there is no stable
        matching of allowed pairs.
    """
    count = len(pairs.arc)
    if not count:
        return np.empty(0, np.intp), 0.0
    by_mentee, last_mentee = _running_sums(pairs.mentees, pairs.mentee_rank)
    by_seat, last_seat = _running_sums(pairs.seats, pairs.seat_rank)
    identity: Any = sparse.eye_array(count, format="csr")
    nothing: Any = sparse.csr_array((count, count))
    # Variables: x, then the running sums of x down each mentee's list, and down each seat's.
    sums: Any = sparse.vstack(
        [
            sparse.hstack([-identity, by_mentee, nothing]),
            sparse.hstack([-identity, nothing, by_seat]),
        ],
        format="csr",
    )
    stable: Any = sparse.hstack([identity, -identity, -identity], format="csr")
    upper = np.ones(3 * count)
    if allowed is not None:
        upper[:count][~allowed] = 0.0
    lower = np.concatenate([np.zeros(count), last_mentee.astype(float), last_seat.astype(float)])
    answer: Any = linprog(
        np.concatenate([-value, np.zeros(2 * count)]),
        A_ub=stable,
        b_ub=np.full(count, -1.0),
        A_eq=sums,
        b_eq=np.zeros(2 * count),
        bounds=list(zip(lower.tolist(), upper.tolist(), strict=True)),
        method="highs-ds",
    )
    if answer.status == 2:
        return None
    if answer.status != 0:
        raise SolverError(f"HiGHS stopped on the stable polytope: {answer.message}")
    x = answer.x[:count]
    if np.abs(x - np.rint(x)).max() > 1e-6:
        raise SolverError("HiGHS did not end at a corner of the stable polytope.")
    return np.flatnonzero(x > 0.5), float(-answer.fun)


def _running_sums(group: Positions, rank: Positions) -> tuple[Any, NDArray[np.bool_]]:
    """Rows y_k − y_(before k in its list), and which entries end their list."""
    count = len(group)
    order = np.lexsort((rank, group))
    starts = np.ones(count, dtype=bool)
    starts[1:] = group[order][1:] != group[order][:-1]
    follows = np.flatnonzero(~starts)
    matrix = sparse.csr_array(
        (
            np.concatenate([np.ones(count), np.full(len(follows), -1.0)]),
            (
                np.concatenate([order, order[follows]]),
                np.concatenate([order, order[follows - 1]]),
            ),
        ),
        shape=(count, count),
    )
    last = np.zeros(count, dtype=bool)
    last[order[np.append(np.flatnonzero(starts)[1:] - 1, count - 1)]] = True
    return matrix, last
