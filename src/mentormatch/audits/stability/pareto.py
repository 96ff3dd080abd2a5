"""Pareto-optimality: improvements for some mentees that leave no mentee worse off."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.audits.stability.bit_rows import (
    BitRows,
    as_bits,
    lowest,
    nodes_of,
    shortest_path,
    strong_components,
)
from mentormatch.audits.stability.blocking import LOOKED_UP, at_least
from mentormatch.audits.stability.holdings import holdings_of
from mentormatch.compatibility import row_slices
from mentormatch.compatibility.preferences import round_to_steps
from mentormatch.shortlists import run_positions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from mentormatch.audits.stability.holdings import Holdings
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["Pareto", "pareto"]

# What the better places between mentors may take, in bytes: enough for 65,000 mentors whatever they
# are, for more where places are not better for everybody. Beyond, the answer is "not examined".
MOST_BYTES = 2**30
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

    weak: BitRows
    strict: BitRows


@dataclass(frozen=True, eq=False)
class _Trades:
    """The places that may be traded, sorted by mentor.

    All are arrays (places,).
    """

    mentees: NDArray[np.intp]  # whose place
    # Who fills it; m for an empty one, of which a mentee has at most one here.
    mentors: NDArray[np.intp]
    # What it is worth to the mentee, in steps of the tie tolerance; −inf when empty.
    steps: NDArray[np.float64]
    scores: NDArray[np.float64]  # the same in units of score; 0 when empty


def pareto(matching: Matching, tie_tolerance: float = 0.0) -> Pareto:
    """Search for an improvement that hurts no mentee; no solver is needed.

    Contract the pairs to a graph: the mentors, one node for empty places and one for free seats. An
    arc a → k says that some mentee who has a and not k finds k at least as good; a mentor with a
    free seat leads to the node of free seats, which leads to every mentor that may lose a mentee
    and to the empty places. The matching can be improved exactly where an arc of strict preference
    lies inside a strongly connected component. Pinned pairs do not move; a mentor at its minimum is
    only exchanged.

    It holds for any demand: what two matchings have in common can be taken from both without
    changing which is better place by place, the rest are arcs of single places, and a cycle of them
    takes no mentor twice.

    One pass over all pairs, and O(mentors) steps on sets of mentors; memory O(block) and at most
    mentors² / 4 bytes for the arcs, and as much again during the search; less where few places are
    better. Up to 65,000 mentors it is always examined.
    """
    none = pd.DataFrame({name: [] for name in COLUMNS})
    problem = matching.problem
    _, m = problem.shape
    now = holdings_of(matching, tie_tolerance)
    held = _trades_of(matching, now, tie_tolerance)
    examined, arc = False, None
    for arcs, are_all in _arcs(matching, held, tie_tolerance):
        examined = are_all
        heads, nodes = _graph(matching, now, arcs)
        arc = _strict_inside(strong_components(heads, nodes), arcs.strict)
        if arc is not None:
            break
    if arc is None and examined:
        return Pareto(True, none, _said(problem))
    if arc is None:
        return Pareto(None, none, _too_many(m))
    tail, head = arc
    cycle = [tail, *shortest_path(heads, head, tail)]
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
    """Describe the result when no improvement was found."""
    if int(problem.after_pins.demand.max(initial=0)) <= 1:
        return "no mentee can be better off without another being worse off"
    return (
        "place by place, no mentee can be better off without another being worse off; whether that "
        "is so by sums of scores was not examined, which is hard to decide (coNP-complete)"
    )


def _trades_of(matching: Matching, now: Holdings, tie_tolerance: float) -> _Trades:
    """Collect the places that may be traded, sorted by mentor."""
    problem = matching.problem
    _, m = problem.shape
    i, j = matching.mentees[~now.pinned], matching.mentors[~now.pinned]
    lacking = np.flatnonzero(matching.places < problem.demands)
    scores = matching.mentee_scores[~now.pinned]
    order = np.argsort(j, kind="stable")
    return _Trades(
        np.concatenate([i[order], lacking]),
        np.concatenate([j[order], np.full(len(lacking), m, dtype=np.intp)]),
        np.concatenate(
            [round_to_steps(scores, tie_tolerance)[order], np.full(len(lacking), -np.inf)]
        ),
        np.concatenate([scores[order], np.zeros(len(lacking))]),
    )


def _arcs(matching: Matching, held: _Trades, tie_tolerance: float) -> Iterator[tuple[_Arcs, bool]]:
    """Arcs of weak preference between places, more each time, and whether these are all.

    An improvement among some of the arcs is one, and bad matchings have many: so the arcs are shown
    whenever twice as many places have been read. It ends early when there are too many to keep.
    """
    problem = matching.problem
    n, m = problem.shape
    by_mentee = np.argsort(matching.mentees, kind="stable")
    mentors = matching.mentors[by_mentee]
    starts = np.searchsorted(matching.mentees[by_mentee], np.arange(n + 1))
    arcs = _Arcs(BitRows(m + 2), BitRows(m + 2))
    shown = 0
    for part in row_slices(len(held.mentees), m):
        rows, at = held.mentees[part], held.mentors[part]
        # Nobody takes a mentor twice.
        counts = starts[rows + 1] - starts[rows]
        mine = run_positions(starts[rows], counts)
        has = (np.repeat(np.arange(len(rows)), counts), mentors[mine])
        # Places with one mentor are neighbours; their mentees' wishes are one row.
        firsts = np.flatnonzero(np.diff(at, prepend=-1))
        tails = at[firsts].tolist()
        better = _compare_with_places(problem, rows, held.steps[part], has, tie_tolerance)
        for kept, wishes in zip((arcs.weak, arcs.strict), better, strict=True):
            bits = np.packbits(wishes, axis=1, bitorder="little")
            for tail, row in zip(tails, np.bitwise_or.reduceat(bits, firsts), strict=True):
                kept.add(tail, row)
        if arcs.weak.nbytes + arcs.strict.nbytes > MOST_BYTES:
            yield arcs, False
            return
        if part.stop >= 2 * shown and part.stop < len(held.mentees):
            shown = part.stop
            yield arcs, False
    yield arcs, True


def _compare_with_places(
    problem: Problem,
    rows: NDArray[np.intp],
    own: NDArray[np.float64],
    has: tuple[NDArray[np.intp], NDArray[np.intp]],
    tie_tolerance: float,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which mentors are at least as good as a place of the mentees ``rows``, and which are better.

    ``own`` is what the places are worth, in steps of the tie tolerance; the pairs ``has`` of line
    and mentor are not looked at.
    """
    steps = round_to_steps(problem.block(rows).mentee_scores, tie_tolerance)
    error = problem.compatibility.scorer.error
    if error == 0:
        weak, strict = steps >= own[:, None], steps > own[:, None]
        weak[has] = strict[has] = False
        return weak, strict
    low = at_least(own, steps.dtype, error, tie_tolerance)
    high = -at_least(-own, steps.dtype, error, tie_tolerance)
    weak, strict = steps >= low[:, None], steps > high[:, None]
    weak[has] = strict[has] = False
    close = np.flatnonzero(weak ^ strict)
    for start in range(0, len(close), LOOKED_UP):
        r, k = np.divmod(close[start : start + LOOKED_UP], len(weak[0]))
        scores = np.asarray(problem.pairs(rows[r], k).mentee_scores, dtype=np.float64)
        exact = round_to_steps(scores, tie_tolerance)
        weak[r, k], strict[r, k] = exact >= own[r], exact > own[r]
    return weak, strict


def _graph(matching: Matching, now: Holdings, arcs: _Arcs) -> tuple[Callable[[int], int], int]:
    """Build the successor function of the graph, and count its nodes.

    Mentors 0 … m−1, nobody m, free seats m+1.
    """
    problem = matching.problem
    _, m = problem.shape
    loads = np.bincount(matching.mentors, minlength=m)
    may_lose = as_bits(np.append(loads > problem.minimums, True))
    leads = np.append(now.free, [False, True])
    leads[[node for node in range(m + 1) if node in arcs.weak]] = True
    free_seats = 1 << (m + 1)

    def heads(node: int) -> int:
        if node == m + 1:
            return may_lose
        return arcs.weak[node] | (free_seats if node < m and now.free[node] else 0)

    return heads, as_bits(leads)


def _strict_inside(components: Iterator[int], strict: BitRows) -> tuple[int, int] | None:
    """Find an arc of strict preference inside a component, or None."""
    found = []
    for component in components:
        for tail in nodes_of(component).tolist():
            inside = strict[tail] & component
            if inside:
                found.append((tail, lowest(inside)))
                break
    return min(found, default=None)


def _too_many(m: int) -> str:
    return (
        f"not examined: which of {m:,} mentors are better than which takes more than "
        f"{MOST_BYTES / 2**30:g} GiB. Audit parts of the programme that share no mentors, or "
        "make weak pairs ineligible with min_score"
    )


def _mover(
    matching: Matching, held: _Trades, here: int, mentor: int, tie_tolerance: float
) -> tuple[int, float]:
    """Return the mentee among ``here`` that gains most with another mentor, and its gain."""
    has = matching.mentees[matching.mentors == mentor]
    there = np.flatnonzero((held.mentors == here) & ~np.isin(held.mentees, has))
    who = held.mentees[there]
    scores = np.asarray(
        matching.problem.pairs(who, np.full(len(who), mentor)).mentee_scores, dtype=np.float64
    )
    eligible = ~np.isnan(scores)
    there, who, scores = there[eligible], who[eligible], scores[eligible]
    gains = scores - held.scores[there]
    steps = round_to_steps(scores, tie_tolerance) - held.steps[there]
    best = int(np.lexsort((gains, steps))[-1])
    return int(who[best]), float(gains[best])
