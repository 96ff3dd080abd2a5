"""Answers found by trying everything: slow, short, and independent of the package's solvers."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np


class Best(NamedTuple):
    """The lexicographic optimum of a problem."""

    covered: tuple[int, ...]  # by priority class, highest first; empty unless coverage comes first
    pairs: int
    total: float


def best_by_trying_everything(problem) -> Best | None:
    """The optimum over all matchings, or None when pins and minimums cannot hold.

    Goes through the mentees one by one and keeps, for each vector of loads, the best that leads
    there. Sums of tuples keep the lexicographic order, so nothing is lost.
    """
    n, m = problem.shape
    block = problem.block(slice(0, n))
    classes = problem.priority_classes
    n_classes = int(classes.max(initial=0)) + 1
    pinned = {(int(i), int(j)) for i, j in problem.pinned}
    states: dict[tuple[int, ...], tuple] = {(0,) * m: ((0,) * n_classes, 0, 0.0)}
    for i in range(n):
        eligible = [j for j in range(m) if block.eligible[i, j]]
        must = {j for j in range(m) if (i, j) in pinned}
        following: dict[tuple[int, ...], tuple] = {}
        for size in range(int(problem.demands[i]) + 1):
            for chosen in combinations(eligible, size):
                if not must <= set(chosen):
                    continue
                gain = float(sum(block.scores[i, j] for j in chosen))
                for loads, (covered, pairs, total) in states.items():
                    new = list(loads)
                    for j in chosen:
                        new[j] += 1
                    if any(new[j] > problem.capacities[j] for j in chosen):
                        continue
                    cover = list(covered)
                    cover[classes[i]] += bool(chosen)
                    value = (tuple(cover), pairs + size, total + gain)
                    key = tuple(new)
                    if key not in following or _exact(problem, value) > _exact(
                        problem, following[key]
                    ):
                        following[key] = value
        states = following
    allowed = [
        value
        for loads, value in states.items()
        if all(loads[j] >= problem.minimums[j] for j in range(m))
    ]
    if not allowed:
        return None
    covered, pairs, total = max(allowed, key=lambda value: _exact(problem, value))
    if not problem.coverage_first:
        return Best((), 0, total)
    return Best(covered, pairs, total)


def order(problem, value):
    covered, pairs, total = value
    # Sums taken in another order differ in the last digits; ties must not depend on that.
    return (covered, pairs, round(total, 9)) if problem.coverage_first else round(total, 9)


def _exact(problem, value):
    """As `order`, with every digit: of the best only its total is asked, however small."""
    return value if problem.coverage_first else value[2]


def achieved(matching) -> Best:
    """What a matching reaches, in the same form."""
    problem = matching.problem
    if not problem.coverage_first:
        return Best((), 0, matching.total)
    classes = problem.priority_classes
    n_classes = int(classes.max(initial=0)) + 1
    covered = np.bincount(classes[matching.places > 0], minlength=n_classes)
    return Best(tuple(int(c) for c in covered), len(matching.pairs), matching.total)
