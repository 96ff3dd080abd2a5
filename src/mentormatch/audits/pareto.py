"""Whether some mentees could be better off without anybody being worse off, and how."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from mentormatch.audits.blocking import standing
from mentormatch.compatibility import row_slices
from mentormatch.preferences import in_steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mentormatch.audits.blocking import Standing
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["Pareto", "pareto"]

# Distinct arcs between mentors that are kept; beyond, the answer is that it was not examined.
MOST_ARCS = 40_000_000
COLUMNS = ["mentee", "now", "then", "gain"]


@dataclass(frozen=True, eq=False)
class Pareto:
    """Pareto-optimality for the mentees.

    Who has several mentors compares place by place: a set is at least as good as another when their
    members, and empty places as the worst, can be put in pairs in which it is at least as good.
    Every responsive preference agrees with that. By the *sum* of the scores more sets can be
    compared, so a matching that is optimal here may still be improved by sums; whether it can is
    coNP-complete to decide [1]_ [2]_ and not examined. With one mentor each there is no difference.

    Parameters
    ----------
    is_optimal
        No matching is at least as good for every mentee and better for one; None: not examined.
    improvement
        DataFrame of a change that hurts nobody: mentee, now, then, gain (units of score). Empty
        when there is none.
    note
        Why it was not examined, or what the answer rests on.

    References
    ----------
    .. [1] B. de Keijzer, S. Bouveret, T. Klos and Y. Zhang (2009), On the complexity of efficiency
       and envy-freeness in fair division of indivisible goods with additive preferences.
    .. [2] H. Aziz, P. Biró, J. Lang, J. Lesca and J. Monnot (2019), Efficient reallocation under
       additive and responsive preferences, Theoretical Computer Science 790.
    """

    is_optimal: bool | None
    improvement: pd.DataFrame
    note: str


@dataclass(frozen=True, eq=False)
class _Arcs:
    """Arcs a → k: somebody at a finds k at least as good; ``strict`` where somebody prefers it."""

    tails: NDArray[np.intp]
    heads: NDArray[np.intp]
    strict: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Held:
    """The places that may be traded, sorted by mentor.

    Parameters
    ----------
    mentees, mentors
        intp arrays (places,): whose place, and who fills it; m for an empty one, of which a mentee
        has at most one here.
    steps, scores
        float64 arrays (places,): what it is worth to the mentee, in steps of the tie tolerance
        (−inf when empty) and in units of score (0 when empty).
    """

    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    steps: NDArray[np.float64]
    scores: NDArray[np.float64]


def pareto(matching: Matching, tie_tolerance: float = 0.0) -> Pareto:
    """Look for an improvement that hurts no mentee; no solver is needed.

    Contract the pairs to a graph: the mentors, one node for empty places and one for free seats. An
    arc a → k says that some mentee who has a and not k finds k at least as good; a mentor with a
    free seat leads to the node of free seats, which leads to every mentor that may lose a mentee
    and to the empty places. The matching can be improved exactly where an arc of strict preference
    lies inside a strongly connected component. Pinned pairs do not move; a mentor at its minimum is
    only exchanged.

    It holds for any demand: what two matchings have in common can be taken from both without
    changing which is better place by place, the rest are arcs of single places, and a cycle of them
    takes no mentor twice.

    Time O(pairs · mentors) in one pass, memory O(block + arcs between mentors).
    """
    none = pd.DataFrame({name: [] for name in COLUMNS})
    problem = matching.problem
    _, m = problem.shape
    now = standing(matching, tie_tolerance)
    held = _held(matching, now, tie_tolerance)
    examined = False
    for arcs, are_all in _arcs(matching, held, tie_tolerance):
        examined = are_all
        graph = _graph(matching, now, arcs)
        _, component = csgraph.connected_components(graph, directed=True, connection="strong")
        inside = arcs.strict & (component[arcs.tails] == component[arcs.heads])
        if inside.any():
            break
    else:
        if examined:
            return Pareto(True, none, _said(problem))
        return Pareto(
            None, none, f"not examined: more than {MOST_ARCS:,} better places between mentors"
        )
    first = int(np.flatnonzero(inside)[0])
    tail, head = int(arcs.tails[first]), int(arcs.heads[first])
    cycle = [tail, *_path(graph, head, tail)]
    moves = []
    for a, k in pairwise(cycle):
        # The free seats are not moved by anybody.
        if a <= m and k < m:
            i, gain = _mover(matching, held, a, k, tie_tolerance)
            moves.append((i, a, k, gain))
    ids = problem.mentor_ids
    improvement = pd.DataFrame(
        {
            "mentee": problem.mentee_ids[[i for i, *_ in moves]],
            "now": pd.Series([None if a == m else ids[a] for _, a, _, _ in moves], dtype=object),
            "then": ids[[k for *_, k, _ in moves]],
            "gain": [gain for *_, gain in moves],
        }
    )
    if problem.sides:
        note = "not decided: the changes shown hurt nobody, but may break a quota or another rule"
        return Pareto(None, improvement, note)
    return Pareto(False, improvement, "these changes help at least one mentee and hurt nobody")


def _said(problem: Problem) -> str:
    """What it means that no improvement was found."""
    if int(problem.after_pins.demand.max(initial=0)) <= 1:
        return "no mentee can be better off without another being worse off"
    return (
        "place by place, no mentee can be better off without another being worse off; whether that "
        "is so by sums of scores was not examined, which is hard to decide (coNP-complete)"
    )


def _held(matching: Matching, now: Standing, tie_tolerance: float) -> _Held:
    """What everybody may trade."""
    problem = matching.problem
    _, m = problem.shape
    i, j = matching.mentees[~now.pinned], matching.mentors[~now.pinned]
    lacking = np.flatnonzero(matching.places < problem.demands)
    scores = np.asarray(problem.pairs(i, j).mentee_scores, dtype=np.float64)
    order = np.argsort(j, kind="stable")
    return _Held(
        np.concatenate([i[order], lacking]),
        np.concatenate([j[order], np.full(len(lacking), m, dtype=np.intp)]),
        np.concatenate([in_steps(scores, tie_tolerance)[order], np.full(len(lacking), -np.inf)]),
        np.concatenate([scores[order], np.zeros(len(lacking))]),
    )


def _arcs(matching: Matching, held: _Held, tie_tolerance: float) -> Iterator[tuple[_Arcs, bool]]:
    """Arcs of weak preference between places, more each time, and whether these are all.

    An improvement among some of the arcs is one, and bad matchings have many: so the arcs are shown
    whenever they have doubled. It ends early when there are too many to keep.
    """
    problem = matching.problem
    _, m = problem.shape
    error = problem.compatibility.scorer.error
    slack = error if error == 0 or tie_tolerance == 0 else error / tie_tolerance + 1
    n, _ = problem.shape
    by_mentee = np.argsort(matching.mentees, kind="stable")
    mentors = matching.mentors[by_mentee]
    starts = np.searchsorted(matching.mentees[by_mentee], np.arange(n + 1))
    keys = np.empty(0, dtype=np.int64)
    fresh: list[NDArray[np.int64]] = []
    for part in row_slices(len(held.mentees), m):
        rows, at, own = held.mentees[part], held.mentors[part], held.steps[part]
        u = problem.block(rows).mentee_scores
        better = in_steps(u, tie_tolerance) >= (own - slack)[:, None]
        # Nobody takes a mentor twice.
        counts = starts[rows + 1] - starts[rows]
        ends = np.cumsum(counts)
        mine = np.arange(counts.sum()) + np.repeat(starts[rows] - (ends - counts), counts)
        better[np.repeat(np.arange(len(rows)), counts), mentors[mine]] = False
        cells = np.flatnonzero(better)
        r, k = np.divmod(cells, max(m, 1))
        values = problem.pairs(rows[r], k).mentee_scores if error else u.ravel()[cells]
        steps = in_steps(np.asarray(values, dtype=np.float64), tie_tolerance)
        # Strictness is the last bit, so that the two kinds of an arc lie next to each other.
        fresh.append(((at[r] * m + k) * 2 + (steps > own[r]))[steps >= own[r]])
        if sum(map(len, fresh)) > len(keys) + 100_000:
            keys, fresh = np.unique(np.concatenate([keys, *fresh])), []
            if len(keys) > MOST_ARCS:
                return
            yield _distinct(keys, m), False
    yield _distinct(np.unique(np.concatenate([keys, *fresh])), m), True


def _distinct(keys: NDArray[np.int64], m: int) -> _Arcs:
    """One arc for each pair of places, strict where any mentee prefers strictly."""
    arcs = keys // 2
    last = np.ones(len(keys), dtype=bool)
    last[:-1] = arcs[1:] != arcs[:-1]
    tails, heads = np.divmod(arcs[last], max(m, 1))
    return _Arcs(tails.astype(np.intp), heads.astype(np.intp), (keys[last] % 2).astype(bool))


def _graph(matching: Matching, now: Standing, arcs: _Arcs) -> sparse.csr_array:
    """Mentors 0 … m−1, nobody m, free seats m+1."""
    problem = matching.problem
    _, m = problem.shape
    loads = np.bincount(matching.mentors, minlength=m)
    free = np.flatnonzero(now.free)
    may_lose = np.append(np.flatnonzero(loads > problem.minimums), m)
    tails = np.concatenate([arcs.tails, free, np.full(len(may_lose), m + 1)])
    heads = np.concatenate([arcs.heads, np.full(len(free), m + 1), may_lose])
    return sparse.csr_array(
        (np.ones(len(tails), dtype=np.int8), (tails, heads)), shape=(m + 2, m + 2)
    )


def _path(graph: sparse.csr_array, start: int, end: int) -> list[int]:
    """Nodes of a shortest path, both ends included."""
    _, before = csgraph.breadth_first_order(graph, start, return_predecessors=True)
    path = [end]
    while path[-1] != start:
        path.append(int(before[path[-1]]))
    return path[::-1]


def _mover(
    matching: Matching, held: _Held, here: int, mentor: int, tie_tolerance: float
) -> tuple[int, float]:
    """Which of the mentees ``here`` gains most with a mentor that it has not, and how much."""
    has = matching.mentees[matching.mentors == mentor]
    there = np.flatnonzero((held.mentors == here) & ~np.isin(held.mentees, has))
    who = held.mentees[there]
    scores = np.asarray(
        matching.problem.pairs(who, np.full(len(who), mentor)).mentee_scores, dtype=np.float64
    )
    eligible = ~np.isnan(scores)
    there, who, scores = there[eligible], who[eligible], scores[eligible]
    gains = scores - held.scores[there]
    steps = in_steps(scores, tie_tolerance) - held.steps[there]
    best = int(np.lexsort((gains, steps))[-1])
    return int(who[best]), float(gains[best])
