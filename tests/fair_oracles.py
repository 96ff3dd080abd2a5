"""Every matching of a small problem, and what the fair strategies are to find among them."""

from __future__ import annotations

from itertools import combinations

import numpy as np


def every_matching(problem):
    """All matchings of the best coverage (where it comes first) that hold pins and minimums.

    Yields
    ------
    utilities, total, loads
        What each wanting mentee gets (None: nobody), the total, the loads.
    """
    found = list(all_matchings(problem))
    if not problem.coverage_first:
        return found
    best = max((stage for stage, *_ in found), default=None)
    return [one for one in found if one[0] == best]


def all_matchings(problem):
    n, m = problem.shape
    block = problem.block(slice(0, n))
    classes = problem.priority_classes
    n_classes = int(classes.max(initial=0)) + 1
    pinned = {(int(i), int(j)) for i, j in problem.pinned}

    def go(i, loads, chosen):
        if i == n:
            if all(loads[j] >= problem.minimums[j] for j in range(m)):
                cover = [0] * n_classes
                for k, own in enumerate(chosen):
                    cover[classes[k]] += bool(own)
                utilities = [
                    (sum(float(block.scores[k, j]) for j in own) if own else None)
                    for k, own in enumerate(chosen)
                    if problem.demands[k] > 0
                ]
                stage = (*cover, sum(map(len, chosen)))
                total = sum(u for u in utilities if u is not None)
                yield stage, utilities, total, tuple(loads)
            return
        must = {j for j in range(m) if (i, j) in pinned}
        eligible = [j for j in range(m) if block.eligible[i, j]]
        for size in range(int(problem.demands[i]) + 1):
            for own in combinations(eligible, size):
                if not must <= set(own):
                    continue
                new = list(loads)
                for j in own:
                    new[j] += 1
                if all(new[j] <= problem.capacities[j] for j in range(m)):
                    yield from go(i + 1, new, [*chosen, own])

    yield from go(0, [0] * m, [])


def compared(problem, utilities):
    """What is compared: those with a mentor, or everybody where nobody is worth 0."""
    if problem.coverage_first:
        return sorted(u for u in utilities if u is not None)
    return sorted(0.0 if u is None else u for u in utilities)


def utilities_of(matching):
    """What each wanting mentee of a matching gets, None for nobody."""
    problem = matching.problem
    sums = np.bincount(matching.mentees, weights=matching.scores, minlength=problem.shape[0])
    return [
        (float(sums[i]) if matching.places[i] else None)
        for i in range(problem.shape[0])
        if problem.demands[i] > 0
    ]


def best_by(problem, value):
    """The largest (value, total) over every matching; values are compared after rounding."""
    return max(
        (rounded(value(compared(problem, utilities))), round(total, 9))
        for _, utilities, total, _ in every_matching(problem)
    )


def rounded(value, digits=9):
    return tuple(round(v, digits) for v in value)


def parity_excess(problem, labels, measure, utilities, max_gap, floor):
    """By how much group rates or means stray from a largest gap and a floor."""
    wanting = np.flatnonzero(problem.demands > 0)
    values = [
        np.mean(
            [
                (u is not None) if measure == "match_rate" else (u or 0.0)
                for i, u in zip(wanting, utilities, strict=True)
                if labels[i] == name
            ]
        )
        for name in sorted({labels[i] for i in wanting})
    ]
    found = 0.0
    if values and max_gap is not None:
        found = max(found, max(values) - min(values) - max_gap)
    if values and floor is not None:
        found = max(found, floor - min(values))
    return found
