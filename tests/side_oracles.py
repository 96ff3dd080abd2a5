"""The optimum with quotas, people apart or together, and hours, found by trying every matching.

Nothing here reads the package's rows: the conditions are checked as people say them.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from typing import Any

import hypothesis.strategies as st
import numpy as np
from hypothesis.extra import numpy as hnp

import mentormatch as mm
from oracles import Best, order
from problems import score_arrays

HOURS = [0.0, 0.25, 0.5, 1.0, 1.5, 2.0]


def best_with_rules(problem: mm.Problem, given: dict[str, Any]) -> Best | None:
    """The optimum over all matchings that keep everything in ``given``, or None."""
    n, m = problem.shape
    block = problem.block(slice(0, n))
    classes = problem.priority_classes
    pinned = {(int(i), int(j)) for i, j in problem.pinned}
    hours, usage = given.get("capacity"), given.get("usage")
    wishes = []
    for i in range(n):
        eligible = [j for j in range(m) if block.eligible[i, j]]
        must = {j for j in range(m) if (i, j) in pinned}
        sizes = range(int(problem.demands[i]) + 1)
        wishes.append(
            [set(c) for size in sizes for c in combinations(eligible, size) if must <= set(c)]
        )
    best = None
    for choice in product(*wishes):
        loads = [sum(j in held for held in choice) for j in range(m)]
        if any(loads[j] < problem.minimums[j] for j in range(m)):
            continue
        if usage is None:
            if any(loads[j] > problem.capacities[j] for j in range(m)):
                continue
        elif any(
            sum((exact(usage, i, j) for i in range(n) if j in choice[i]), Fraction(0))
            > Fraction(float(hours[j]))
            for j in range(m)
        ):
            continue
        if any(choice[a] & choice[b] for a, b in given.get("apart", ())):
            continue
        if any(choice[a] != choice[b] for a, b in given.get("together", ())):
            continue
        if not all(keeps(quota, choice, n, m) for quota in given.get("quotas", ())):
            continue
        covered = [0] * (int(classes.max(initial=0)) + 1)
        for i in range(n):
            covered[classes[i]] += bool(choice[i])
        total = float(sum(block.scores[i, j] for i in range(n) for j in choice[i]))
        value = (tuple(covered), sum(map(len, choice)), total)
        if best is None or order(problem, value) > order(problem, best):
            best = value
    if best is None:
        return None
    return Best(*best) if problem.coverage_first else Best((), 0, best[2])


def exact(usage: Any, i: int, j: int) -> Fraction:
    return Fraction(float(usage[i, j] if usage.ndim == 2 else usage[i]))


def keeps(quota: mm.Quota, choice: tuple[set[int], ...], n: int, m: int) -> bool:
    mentees = range(n) if quota.mentees is None else quota.mentees
    mentors = range(m) if quota.mentors is None else quota.mentors
    counts = [sum(j in choice[i] for i in mentees) for j in mentors]
    most = np.inf if quota.at_most is None else quota.at_most
    for count in counts if quota.per_mentor else [sum(counts)]:
        if not quota.at_least <= count <= most:
            return False
    return True


@st.composite
def quotas_of(draw, n: int, m: int):
    """A quota over anybody; its numbers are small enough to hold often."""
    least = draw(st.sampled_from([0, 0, 0, 1]))
    most = draw(st.sampled_from([None, least, least + 1, least + 2]))
    if most is None and not least:
        most = 1
    people = st.lists(st.integers(0, max(n - 1, 0)), max_size=3, unique=True)
    some = st.lists(st.integers(0, max(m - 1, 0)), max_size=3, unique=True)
    return mm.Quota(
        draw(st.one_of(st.none(), people)) if n else None,
        draw(st.one_of(st.none(), some)) if m else None,
        at_least=least,
        at_most=most,
        per_mentor=draw(st.booleans()),
    )


@st.composite
def laminar_problems(draw, most=5):
    """Groups of mentees nested per mentor, one mentor per mentee: always a flow."""
    scores = draw(score_arrays(most, least=1))
    n, m = scores.shape
    outer = draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=4, unique=True))
    inner = outer[: draw(st.integers(0, len(outer)))]
    quotas = [
        mm.Quota(outer, at_most=draw(st.integers(1, 3)), per_mentor=True, name="outer"),
        mm.Quota(inner, at_most=draw(st.integers(0, 1)), per_mentor=True, name="inner"),
        mm.Quota(
            outer,
            [draw(st.integers(0, m - 1))],
            at_least=draw(st.integers(0, 1)),
            at_most=2,
            name="one mentor",
        ),
    ]
    given = {
        "quotas": quotas,
        "capacity": draw(hnp.arrays(np.int64, m, elements=st.integers(0, 3))),
        "priority": draw(st.one_of(st.none(), hnp.arrays(np.int64, n, elements=st.integers(0, 1)))),
        "coverage_first": draw(st.booleans()),
    }
    return mm.Problem.from_scores(scores, **given), given


@st.composite
def mixed_problems(draw, most=4):
    """Everything at once: minimums, demands, priorities, pins, bans and all side rules."""
    scores = draw(score_arrays(most))
    n, m = scores.shape
    given: dict[str, Any] = {
        "capacity": draw(hnp.arrays(np.int64, m, elements=st.integers(0, 3))),
        "coverage_first": draw(st.booleans()),
        "demand": draw(st.one_of(st.just(1), hnp.arrays(np.int64, n, elements=st.integers(0, 2)))),
        "minimum": draw(
            st.one_of(st.just(0), hnp.arrays(np.int64, m, elements=st.sampled_from([0, 0, 1])))
        ),
        "priority": draw(st.one_of(st.none(), hnp.arrays(np.int64, n, elements=st.integers(0, 1)))),
    }
    given["quotas"] = [
        mm.Quota(
            q.mentees,
            q.mentors,
            at_least=q.at_least,
            at_most=q.at_most,
            per_mentor=q.per_mentor,
            name=f"q{k}",
        )
        for k, q in enumerate(draw(st.lists(quotas_of(n, m), max_size=2)))
    ]
    couples = list(combinations(range(n), 2))
    if couples:
        chosen = draw(st.lists(st.sampled_from(couples), max_size=2, unique=True))
        cut = draw(st.integers(0, len(chosen)))
        given["apart"], given["together"] = chosen[:cut], chosen[cut:]
    if draw(st.booleans()):
        shape = draw(st.sampled_from([(n,), (n, m)]))
        given["usage"] = draw(hnp.arrays(np.float64, shape, elements=st.sampled_from(HOURS)))
        given["capacity"] = draw(hnp.arrays(np.float64, m, elements=st.sampled_from(HOURS)))
    if n and m and draw(st.booleans()):
        pairs = st.tuples(st.integers(0, n - 1), st.integers(0, m - 1))
        given["bans"] = draw(st.lists(pairs, max_size=2))
        given["pins"] = draw(st.lists(pairs, max_size=1))
    try:
        return mm.Problem.from_scores(scores, **given), given
    except mm.InfeasibleError:
        # Pins that a rule forbids are another test's subject.
        given.pop("pins")
        return mm.Problem.from_scores(scores, **given), given
