"""Popular matchings: whom a mentee may get, and whether everybody can get one of them.

Look at first choices only. A mentor is *even* when some largest matching of first choices leaves it
a free seat. A matching is popular exactly when it holds a largest matching of first choices and
every mentee gets a first choice or the best of its even mentors, nobody counting as the last one
[1]_ [2]_.

References
----------
.. [1] D. J. Abraham, R. W. Irving, T. Kavitha and K. Mehlhorn (2007), Popular matchings.
.. [2] D. F. Manlove and C. T. S. Sng (2006), Popular matchings in the capacitated house allocation
   problem.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import SolverError
from mentormatch.solvers.deadline import Deadline
from mentormatch.solvers.flows.laminar import FIRST, ROOTS, SECOND, LaminarFlow, Trees
from mentormatch.solvers.flows.ordered_flow import OrderedFlow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.arrays import Positions

__all__ = ["ArcFace", "Popular", "Violator", "best_in_order", "popular_arcs", "vote_margin"]


@dataclass(frozen=True, eq=False)
class ArcFace:
    """Matchings of some arcs: a place for each mentee, seats between two bounds for each mentor."""

    mentees: Positions  # (arcs,)
    mentors: Positions  # (arcs,)
    wants: NDArray[np.bool_]  # (mentees,): has a place to fill
    must: NDArray[np.bool_]  # (mentees,): may not stay without a mentor
    low: NDArray[np.int64]  # (mentors,)
    high: NDArray[np.int64]  # (mentors,)

    @property
    def shape(self) -> tuple[int, int]:
        """(number of mentees, number of mentors)."""
        return len(self.wants), len(self.low)


def best_in_order(face: ArcFace, *values: NDArray[np.int64]) -> Positions:
    """The arcs that maximise one sum after the other; InfeasibleError where that cannot be."""
    n, m = face.shape
    sides = np.repeat([FIRST, SECOND], [n, m])
    trees = Trees(sides, sides, ROOTS + face.mentees, ROOTS + n + face.mentors)
    low, high = np.concatenate([face.must, face.low]), np.concatenate([face.wants, face.high])
    flow = OrderedFlow(
        LaminarFlow(trees, low.astype(np.int64), high.astype(np.int64), 0, n), Deadline()
    )
    flow.settle(one.take for one in values)
    return flow.chosen


@dataclass(frozen=True, eq=False)
class Popular:
    """A popular matching: positions of its arcs, and how many mentees have a first choice."""

    chosen: Positions
    first_choices: int


@dataclass(frozen=True, eq=False)
class Violator:
    """Why no matching is popular: more mentees than seats among what they would have to get."""

    mentees: Positions
    mentors: Positions  # all that a popular matching could give them
    seats: int  # of these mentors


def popular_arcs(face: ArcFace, ranks: Positions, steps: NDArray[np.int64]) -> Popular | Violator:
    """The popular matching that serves most mentees, then has the largest sum of ``steps``.

    The face has all arcs, one place each; ``ranks`` (arcs,) are 0 for a mentee's best class.
    """
    n, _ = face.shape
    first = ranks == 0
    on_first = replace(face, mentees=face.mentees[first], mentors=face.mentors[first])
    made = np.zeros(int(first.sum()), dtype=bool)
    made[best_in_order(on_first, np.ones(len(made), dtype=np.int64))] = True
    even_i, odd_j, odd_i, even_j = _labels(on_first, made)
    # Arcs that no largest matching of first choices uses: odd to odd, and odd to unreached.
    spare = (odd_i[face.mentees] & ~even_j[face.mentors]) | (
        odd_j[face.mentors] & ~even_i[face.mentees]
    )
    last = int(ranks.max(initial=0)) + 1
    best_even = np.full(n, last)
    np.minimum.at(best_even, face.mentees, np.where(even_j[face.mentors], ranks, last))
    second = even_j[face.mentors] & (ranks == best_even[face.mentees])
    arcs = np.flatnonzero((first & ~spare) | second)
    # Whoever has an even mentor on the list would rather have it than nobody.
    must = np.zeros(n, dtype=bool)
    must[face.mentees[even_j[face.mentors]]] = True
    allowed = replace(face, mentees=face.mentees[arcs], mentors=face.mentors[arcs])
    served = must[allowed.mentees].astype(np.int64)
    held = best_in_order(allowed, served)
    if int(served[held].sum()) < int(must.sum()):
        return _violator(allowed, held, must)
    chosen = arcs[
        best_in_order(
            replace(allowed, must=must),
            first[arcs].astype(np.int64),
            np.ones(len(arcs), dtype=np.int64),
            steps[arcs],
        )
    ]
    if int(first[chosen].sum()) != int(made.sum()):
        raise SolverError("a popular matching lost first choices that a largest matching has")
    return Popular(chosen, int(made.sum()))


def vote_margin(face: ArcFace, ranks: Positions, chosen: Positions) -> int:
    """By how many votes the best other matching wins against the chosen arcs; 0 = popular.

    An assignment over all arcs: a mentee votes for the matching that gives it a better rank, and
    any rank is better than nobody.
    """
    n, _ = face.shape
    nobody = int(ranks.max(initial=0)) + 1
    mine = np.full(n, nobody)
    mine[face.mentees[chosen]] = ranks[chosen]
    votes = np.sign(mine[face.mentees] - ranks)
    matched = mine < nobody
    # Against staying without, which votes -1 where the mentee had somebody.
    gain = (votes + matched[face.mentees]).astype(np.int64)
    best = best_in_order(face, gain)
    return int(gain[best].sum()) - int(matched.sum())


def _labels(
    face: ArcFace, made: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Even mentees and odd mentors (from unmatched mentees), odd mentees and even mentors."""
    n, m = face.shape
    matched = np.zeros(n, dtype=bool)
    matched[face.mentees[made]] = True
    listed = np.zeros(n, dtype=bool)
    listed[face.mentees] = True
    even_i, odd_j = _reach(face, made, listed & ~matched)
    loads = np.bincount(face.mentors[made], minlength=m)
    even_j, odd_i = loads < face.high, np.zeros(n, dtype=bool)
    while True:
        odd_i[face.mentees[~made & even_j[face.mentors]]] = True
        new = face.mentors[made & odd_i[face.mentees]]
        if even_j[new].all():
            return even_i, odd_j, odd_i, even_j
        even_j[new] = True


def _reach(
    face: ArcFace, made: NDArray[np.bool_], start: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mentees and mentors on alternating paths from the mentees ``start``."""
    mentees, mentors = start.copy(), np.zeros(face.shape[1], dtype=bool)
    while True:
        mentors[face.mentors[~made & mentees[face.mentees]]] = True
        new = face.mentees[made & mentors[face.mentors]]
        if mentees[new].all():
            return mentees, mentors
        mentees[new] = True


def _violator(face: ArcFace, held: Positions, must: NDArray[np.bool_]) -> Violator:
    made = np.zeros(len(face.mentees), dtype=bool)
    made[held] = True
    waiting = must.copy()
    waiting[face.mentees[held]] = False
    mentees, mentors = _reach(face, made, waiting)
    return Violator(np.flatnonzero(mentees), np.flatnonzero(mentors), int(face.high[mentors].sum()))
