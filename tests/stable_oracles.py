"""Definitions of stability, popularity and profiles, looked up pair by pair over every matching."""

from __future__ import annotations

from itertools import combinations, product

import hypothesis.strategies as st
import numpy as np
from hypothesis.extra import numpy as hnp

import mentormatch as mm
from problems import FREE, MASKED, TIED


@st.composite
def two_sided(draw, most=4, strict=False, largest_capacity=2, several=False, pins=False):
    """Scores of two sides: tied or strict, masked, capacities 0.., perhaps demands and pins."""
    n, m = draw(st.integers(0, most)), draw(st.integers(0, most))
    if strict:
        u = draw(_permuted_rows(n, m))
        v = draw(_permuted_rows(m, n)).T
    else:
        values = draw(st.sampled_from([TIED, FREE, st.sampled_from([0.0, 1.0])]))
        u = draw(hnp.arrays(np.float64, (n, m), elements=values))
        v = draw(hnp.arrays(np.float64, (n, m), elements=values))
    masked = draw(
        hnp.arrays(np.float64, (n, m), elements=st.one_of(st.just(0.0), st.just(0.0), MASKED))
    )
    low = 1 if strict and not pins else 0
    numbers = {
        "capacity": draw(hnp.arrays(np.int64, m, elements=st.integers(low, largest_capacity)))
    }
    if several:
        numbers["demand"] = draw(hnp.arrays(np.int64, n, elements=st.integers(0, 3)))
    if pins and n and m and draw(st.booleans()):
        numbers["pins"] = [(draw(st.integers(0, n - 1)), draw(st.integers(0, m - 1)))]
    try:
        return mm.Problem.from_scores(u + masked, mentor_scores=v + masked, **numbers)
    except mm.InfeasibleError:
        numbers.pop("pins")
        return mm.Problem.from_scores(u + masked, mentor_scores=v + masked, **numbers)


@st.composite
def _permuted_rows(draw, rows, columns):
    lists = [draw(st.permutations(range(columns))) for _ in range(rows)]
    return np.array(lists, dtype=float).reshape(rows, columns) / max(columns, 1)


def sides(problem):
    """What both sides get, NaN = ineligible, as dense arrays."""
    block = problem.block(slice(0, problem.shape[0]))
    return block.mentee_scores, block.mentor_scores


def all_matchings(problem):
    """Every set of pairs that keeps pins, capacities and demands (minimums not asked)."""
    n, m = problem.shape
    u, _ = sides(problem)
    pinned = {(int(i), int(j)) for i, j in problem.pinned}
    choices = []
    for i in range(n):
        eligible = [j for j in range(m) if not np.isnan(u[i, j])]
        must = {j for k, j in pinned if k == i}
        choices.append(
            [
                chosen
                for size in range(int(problem.demands[i]) + 1)
                for chosen in combinations(eligible, size)
                if must <= set(chosen)
            ]
        )
    for picked in product(*choices):
        loads = np.zeros(m, dtype=int)
        for chosen in picked:
            for j in chosen:
                loads[j] += 1
        if (loads <= problem.capacities).all():
            yield frozenset((i, j) for i, chosen in enumerate(picked) for j in chosen)


def blocking(problem, pairs, notion="weak"):
    """The blocking pairs of a set of pairs, by the definitions; pinned pairs cannot be broken."""
    n, m = problem.shape
    u, v = sides(problem)
    pinned = {(int(i), int(j)) for i, j in problem.pinned}
    open_pairs = pairs - pinned
    found = set()
    for i in range(n):
        for j in range(m):
            if np.isnan(u[i, j]) or (i, j) in pairs:
                continue
            places = problem.demands[i] - sum(1 for k, _ in pinned if k == i)
            seats = problem.capacities[j] - sum(1 for _, k in pinned if k == j)
            if not places or not seats:
                continue
            mine = [u[i, k] for a, k in open_pairs if a == i]
            theirs = [v[k, j] for k, b in open_pairs if b == j]
            strict_i = len(mine) < places or u[i, j] > min(mine)
            weak_i = strict_i or u[i, j] >= min(mine)
            strict_j = len(theirs) < seats or v[i, j] > min(theirs)
            weak_j = strict_j or v[i, j] >= min(theirs)
            blocks = {
                "weak": strict_i and strict_j,
                "strong": weak_i and weak_j and (strict_i or strict_j),
                "super": weak_i and weak_j,
            }[notion]
            if blocks:
                found.add((i, j))
    return found


def stable_matchings(problem):
    """All weakly stable matchings."""
    return [pairs for pairs in all_matchings(problem) if not blocking(problem, pairs)]


def pairs_of(matching):
    return frozenset(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))


def mentor_of(problem, pairs):
    """The mentor of each mentee, −1 for nobody."""
    mentor = np.full(problem.shape[0], -1)
    for i, j in pairs:
        mentor[i] = j
    return mentor


def ranks(problem):
    """Rank of each pair in the mentee's list of eligible mentors with a seat; −1 = not on it."""
    u, _ = sides(problem)
    n, m = problem.shape
    left = problem.after_pins
    rank = np.full((n, m), -1)
    pinned = {(int(i), int(j)) for i, j in problem.pinned}
    for i in range(n):
        listed = [
            j
            for j in range(m)
            if not np.isnan(u[i, j]) and left.capacity[j] > 0 and (i, j) not in pinned
        ]
        classes = sorted({u[i, j] for j in listed}, reverse=True)
        for j in listed:
            rank[i, j] = classes.index(u[i, j])
    return rank


def profile(problem, pairs):
    """How many of the pairs that are not pinned have each rank."""
    rank = ranks(problem)
    counts = [0] * (problem.shape[1] + 1)
    pinned = {(int(i), int(j)) for i, j in problem.pinned}
    for i, j in pairs - pinned:
        counts[rank[i, j]] += 1
    return tuple(counts)


def votes(problem, pairs, others):
    """Votes for ``pairs`` less votes for ``others``."""
    u, _ = sides(problem)
    total = 0
    for i, (a, b) in enumerate(
        zip(mentor_of(problem, pairs), mentor_of(problem, others), strict=True)
    ):
        mine = -np.inf if a < 0 else u[i, a]
        theirs = -np.inf if b < 0 else u[i, b]
        total += int(mine > theirs) - int(mine < theirs)
    return total
