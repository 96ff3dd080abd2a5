"""Recover prices from a matching: potentials of its residual graph, contracted to mentors.

A mentee can leave its mentor a for any eligible j; that changes the total by s_ij − s_ia.
Contracted to mentors, the largest such change is the length of an arc a → j. Prices that are at
least what every arc asks for,

    p_j ≥ p_a + max_i (s_ij − s_ia),   p_j = 0 where a seat is free and no minimum binds,

are the multipliers of an optimal matching; arcs that form a cycle of positive length are an
improvement of a matching that is not optimal. Being without a mentor is a node of its own (one per
priority class, and one for further places), so that no large number stands for coverage.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates.bounds.bound import Multipliers
from mentormatch.compatibility import row_slices
from mentormatch.problem.checks import are_pinned
from mentormatch.shortlists import run_positions
from mentormatch.sums import UNIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["recover_multipliers", "residual_gains"]

# Sweeps over all arcs before the longest ones are followed alone, how many of these a node has on
# average, and from how many lengths it is estimated which they are.
MANY_SWEEPS = 2
ARCS_A_NODE = 8
SAMPLE = 20_000
# Up to so many arcs, sweeps over all of them cost less than finding out which to leave out.
FEW_ARCS = 210**2


def recover_multipliers(matching: Matching, *, resolution: float = 0.0) -> Multipliers:
    """Multipliers that prove a matching optimal when it is, and bound every other one anyway.

    Longest paths by Bellman–Ford over mentors. Memory O(mentors² + block), time O(pairs · mentors)
    for the arcs and O(mentors²) a sweep.

    Parameters
    ----------
    matching
        Any matching of its problem.
    resolution
        Improvements up to this size, in units of score, are taken for rounding.
    """
    problem = matching.problem
    m = problem.shape[1]
    n_classes = problem.n_classes
    arcs = residual_gains(matching)
    base = _starts(matching, len(arcs))
    lengths = np.abs(arcs)
    np.copyto(lengths, 0.0, where=lengths == np.inf)
    size = float(np.maximum.reduce(lengths, axis=None, initial=0.0))
    # An arc is a difference of two scores, a length a sum of two numbers: what these lose in two
    # such steps is no improvement, and what more is lost on a long path shows as a gap.
    least = max(resolution, 8 * UNIT * size)
    potential = _longest_paths(arcs, base, least)
    stranded = potential[:m] == -np.inf
    if np.count_nonzero(stranded):
        # Mentors held at their minimum whom nobody else may join: any price low enough will do.
        start = potential.copy()
        start[:m][stranded] = -(len(potential) + 1) * (size or 1.0)
        potential = _longest_paths(arcs, start, least)
    prices = potential[:m].copy()
    free = np.bincount(matching.mentors, minlength=m) < problem.capacities
    prices[free] = np.minimum(prices[free], 0.0)
    potential[:m] = prices
    if not problem.coverage_first:
        return Multipliers(
            _nearest_to_zero(potential, m, arcs, least, fixed=m + 1)[:m], np.zeros(n_classes)
        )
    potential = _nearest_to_zero(potential, m, arcs, least, fixed=m)
    return _with_stages(potential[:m], potential[m], potential[m + 1 :], arcs[m:, :m], problem)


def _nearest_to_zero(
    potential: NDArray[np.float64],
    n_mentors: int,
    arcs: NDArray[np.float64],
    least: float,
    *,
    fixed: int,
) -> NDArray[np.float64]:
    """Raise the prices of mentors held at a minimum as far as the arcs out of them allow.

    Lengths of paths are the lowest prices that prove optimality. For a minimum the one nearest to 0
    is what people mean: what having to send the last mentee there costs. Nodes from ``fixed`` on
    follow the mentors.
    """
    (below,) = (potential[:n_mentors] < 0).nonzero()
    if not len(below):
        return potential
    raised = potential.copy()
    moving = np.concatenate([below, np.arange(fixed, len(potential))])
    rest = np.setdiff1d(np.flatnonzero(np.isfinite(potential)), moving)
    asked = (arcs[np.ix_(moving, rest)] - potential[rest]).max(axis=1, initial=-np.inf)
    asked[: len(below)] = np.maximum(asked[: len(below)], 0.0)
    raised[below] = -_longest_paths(
        np.ascontiguousarray(arcs[np.ix_(moving, moving)].T), asked, least
    )[: len(below)]
    follow = (arcs[:n_mentors, fixed:] + raised[:n_mentors, None]).max(axis=0, initial=-np.inf)
    if len(follow) > 1:
        follow[1:] = np.maximum(follow[1:], follow[0] + arcs[fixed, fixed + 1 :])
    raised[fixed:] = follow
    return raised


def _with_stages(
    prices: NDArray[np.float64],
    place: float,
    nobody: NDArray[np.float64],
    wishes: NDArray[np.float64],
    problem: Problem,
) -> Multipliers:
    """Multipliers of the stages, from the potentials of lacking a place and of having nobody.

    ``wishes`` (1 + classes, mentors) is the best score of those who lack a further place, and of
    those who lack a mentor, with each mentor.
    """
    if not problem.wants_several and np.isfinite(nobody).all():
        return Multipliers(prices, nobody.copy())
    # The most a mentee who lacks something could add at these prices: a multiplier must not exceed
    # its negative.
    limit = -(wishes - prices).max(axis=1, initial=-np.inf)
    first = np.where(np.isfinite(nobody), nobody, limit[1:])
    if not problem.wants_several:
        return Multipliers(prices, np.where(np.isfinite(first), first, 0.0))
    # A further place is never worth more than a first one: coverage comes before seats.
    seats = float(place) if np.isfinite(place) else min(limit[0], first.min(initial=np.inf))
    seats = seats if np.isfinite(seats) else 0.0
    return Multipliers(prices, np.where(np.isfinite(first), first, seats) - seats, seats)


def residual_gains(matching: Matching, *, slack: bool = False) -> NDArray[np.float64]:
    """Return the largest gain in score with which somebody can go from each node to each other.

    Memory O(mentors²), one pass over the rows of everybody who may move.

    Parameters
    ----------
    matching
        Any matching of its problem.
    slack
        True: one more node, last, for free seats. A mentor with a free seat leads to it, and it
        leads to each mentor who may give up a mentee, both at no gain; where only the total counts,
        it and "nothing" are one.

    Returns
    -------
    float64 array (nodes, nodes), −inf where nobody can go
        Nodes: the mentors, then "no further place" (where only the total counts: nothing at all),
        then "nobody" of each priority class, then slack.
    """
    problem = matching.problem
    left = problem.after_pins
    n, m = problem.shape
    nodes = m + 1 + problem.n_classes + slack
    arcs = np.full((nodes, nodes), -np.inf)
    order = _unpinned(matching)
    i, a = matching.mentees[order], matching.mentors[order]
    own = np.asarray(matching.scores[order], dtype=np.float64)
    _raise_arcs(arcs, matching, i, a, own)
    places = matching.places
    # Node of what those who lack a place have instead: when only the total counts, nothing, worth 0
    # to everybody.
    nobody = m + 1 + problem.priority_classes if problem.coverage_first else np.full(n, m)
    (short,) = (places < problem.demands).nonzero()
    if len(short):
        lacking = np.where(places[short] > 0, m, nobody[short])
        by_node = lacking.argsort(kind="stable")
        short, lacking = short[by_node], lacking[by_node]
        _raise_arcs(arcs, matching, short, lacking, np.zeros(len(short)))
    np.maximum.at(arcs, (a, np.where(places[i] > 1, m, nobody[i])), -own)
    if problem.coverage_first and problem.wants_several:
        arcs[m, m + 1 : nodes - slack] = 0.0
    if slack:
        loads = np.bincount(a, minlength=m)
        arcs[:m, -1][loads < left.capacity] = 0.0
        arcs[-1, :m][loads > left.minimum] = 0.0
        if not problem.coverage_first:
            arcs[m, -1] = arcs[-1, m] = 0.0
    return arcs


def _unpinned(matching: Matching) -> NDArray[np.intp]:
    """The pairs that may be given up, sorted by mentor, as places in the matching."""
    problem = matching.problem
    order = matching.mentors.argsort(kind="stable")
    if not len(problem.pinned):
        return order
    return order[~are_pinned(problem, matching.mentees[order], matching.mentors[order])]


def _starts(matching: Matching, nodes: int) -> NDArray[np.float64]:
    """What the price of each node starts from: 0 where a seat can be given up, else −inf."""
    problem = matching.problem
    left, m = problem.after_pins, problem.shape[1]
    given_up = _unpinned(matching) if len(problem.pinned) else slice(None)
    loads = np.bincount(matching.mentors[given_up], minlength=m)
    base = np.full(nodes, -np.inf)
    base[:m][(loads > left.minimum) | ((loads == 0) & (left.minimum == 0))] = 0.0
    if not problem.coverage_first:
        base[m] = 0.0
    return base


def _raise_arcs(
    arcs: NDArray[np.float64],
    matching: Matching,
    mentees: NDArray[np.intp],
    tails: NDArray[np.intp],
    own: NDArray[np.float64],
) -> None:
    """Raise the arcs tails[k] → j to score(mentees[k], j) − own[k]; ``tails`` is sorted."""
    if not len(mentees):
        return
    problem = matching.problem
    m = problem.shape[1]
    several = problem.wants_several or int(matching.places.max()) > 1
    for part in row_slices(len(mentees), m):
        rows, mine = mentees[part], tails[part]
        change = problem.open_scores(rows).astype(np.float64, copy=False)
        if several:
            change[_held_cells(matching, rows)] = -np.inf
        elif mine[0] < m:
            # Who has one mentor has the one whose arcs these are.
            change[np.arange(len(rows)), mine] = -np.inf
        change -= own[part, None]
        (last,) = (mine[1:] != mine[:-1]).nonzero()
        if len(last) + 1 == len(rows):
            # Only the first node can have arcs already, from mentees of the block before.
            np.maximum(change[0], arcs[mine[0], :m], out=change[0])
            arcs[mine, :m] = change
        elif m:
            first = np.append(0, last + 1)
            heads, stops = mine[first].tolist(), np.append(last + 1, len(rows)).tolist()
            for head, start, end in zip(heads, first.tolist(), stops, strict=True):
                # A loop over nodes: `reduceat` along rows takes eight times as long.
                arc = arcs[head, :m]
                best = change[start] if end - start == 1 else change[start:end].max(axis=0)
                np.maximum(arc, best, out=arc)


def _held_cells(
    matching: Matching, rows: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Cells (place in ``rows``, mentor) of the pairs that these mentees have."""
    held = matching.mentors[matching.mentees.argsort(kind="stable")]
    ends = matching.places.cumsum()
    counts = matching.places[rows]
    line = np.repeat(np.arange(len(rows)), counts)
    return line, held[run_positions(ends[rows] - counts, counts)]


def _longest_paths(
    arcs: NDArray[np.float64], base: NDArray[np.float64], least: float
) -> NDArray[np.float64]:
    """Largest potentials with potential[k] ≥ potential[a] + arcs[a, k], started from ``base``.

    Changes of at most ``least`` are not followed. A cycle of positive length would never end: the
    number of sweeps is the number of nodes, and what is left shows as a gap.
    """
    potential = base.copy()
    if arcs.size <= FEW_ARCS:
        _sweep_all(arcs, potential, least)
        return potential
    changed = np.flatnonzero(np.isfinite(potential))
    # One block for all sweeps: there are many, and fresh memory costs as much as adding.
    block = np.empty((0, len(base)))
    visits, followed = 0, False
    for _ in range(len(base) + 1):
        if not len(changed):
            break
        if visits > MANY_SWEEPS * len(base) and not followed:
            # Once is enough: what these arcs leave is little.
            followed = True
            _follow_longest(arcs, potential, least)
            changed = np.flatnonzero(np.isfinite(potential))
        visits += len(changed)
        found = np.full_like(potential, -np.inf)
        for part in row_slices(len(changed), len(base)):
            tails = changed[part]
            if len(block) < len(tails):
                block = np.empty((len(tails), len(base)))
            lengths = np.take(arcs, tails, axis=0, out=block[: len(tails)], mode="clip")
            lengths += potential[tails, None]
            np.maximum(found, lengths.max(axis=0), out=found)
        better = found > potential + least
        potential[better] = found[better]
        changed = np.flatnonzero(better)
    return potential


def _sweep_all(arcs: NDArray[np.float64], potential: NDArray[np.float64], least: float) -> None:
    """Raise potentials along all arcs at once until none is raised; as many sweeps as nodes."""
    lengths, found, enough = np.empty_like(arcs), np.empty_like(potential), potential + least
    better, tails = np.empty(len(potential), dtype=bool), potential[:, None]
    # Hundreds of such calls a second: results are given by place, as naming them costs a tenth.
    add, largest, is_greater = np.add, np.maximum.reduce, np.greater
    for _ in range(len(potential) + 1):
        add(arcs, tails, lengths)
        largest(lengths, 0, out=found)
        is_greater(found, enough, better)
        if not better.tobytes().count(1):
            break
        np.copyto(potential, found, where=better)
        add(potential, least, enough)


def _follow_longest(
    arcs: NDArray[np.float64], potential: NDArray[np.float64], least: float
) -> None:
    """Raise potentials along the longest arcs alone, some for each node, as far as these go.

    A path has many arcs where seats are just enough, and a sweep over all arcs for each of them is
    most of the work; nearly all of a longest path are long arcs.
    """
    tails, heads = _longest_arcs(arcs, potential)
    if not len(tails):
        return
    order = np.argsort(heads, kind="stable")
    tails, heads = tails[order], heads[order]
    lengths = arcs[tails, heads]
    heads, starts = np.unique(heads, return_index=True)
    for _ in range(len(potential)):
        found = np.maximum.reduceat(potential[tails] + lengths, starts)
        better = found > potential[heads] + least
        if not better.any():
            break
        potential[heads[better]] = found[better]


def _longest_arcs(
    arcs: NDArray[np.float64], potential: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Tails and heads of about `ARCS_A_NODE` arcs a node; none where no length sets them apart.

    The longest are those that come nearest to raising a potential as far as these are known.
    """
    n = len(arcs)
    known = np.where(np.isfinite(potential), potential, 0.0)
    arcs = arcs + known[:, None]
    arcs -= known
    step = max(1, arcs.size // SAMPLE)
    while math.gcd(step, n) > 1:
        # A common factor would leave out the same nodes in every row.
        step += 1
    sample = arcs.ravel()[::step]
    rank = len(sample) - max(1, len(sample) * ARCS_A_NODE // n)
    long = arcs > np.partition(sample, rank)[rank]
    if int(np.count_nonzero(long)) > 4 * ARCS_A_NODE * n:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    tails, heads = np.nonzero(long)
    return tails, heads
