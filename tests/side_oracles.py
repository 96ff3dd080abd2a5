"""The optimum with quotas, people apart or together, and hours, found by trying every matching.

Nothing here reads the package's rows: the conditions are checked as people say them.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import hypothesis.strategies as st
import numpy as np
from hypothesis.extra import numpy as hnp

import mentormatch as mm
from oracles import Best
from problems import score_arrays

HOURS = [0.0, 0.1, 0.25, 1 / 3, 0.5, 1.0, 1.5, 2.0]


def best_with_rules(problem: mm.Problem, given: dict[str, Any]) -> Best | None:
    """The optimum over all matchings that keep everything in ``given``, or None."""
    made = every_with_rules(problem, given)
    if not len(made):
        return None
    covered, pairs = stages_of(problem, made)
    scores = problem.block(slice(0, problem.shape[0])).scores
    totals = np.where(made, scores, 0.0).sum(axis=(1, 2))
    if not problem.coverage_first:
        return Best((), 0, float(totals.max()))
    best = np.lexsort((totals, pairs, *reversed(covered)))[-1]
    return Best(tuple(int(c[best]) for c in covered), int(pairs[best]), float(totals[best]))


def stages_of(problem: mm.Problem, made: Any) -> tuple[list[Any], Any]:
    """How many of each class have a mentor, and how many pairs there are, of each matching."""
    classes, held = problem.priority_classes, made.any(axis=2)
    covered = [held[:, classes == c].sum(axis=1) for c in range(int(classes.max(initial=0)) + 1)]
    return covered, made.sum(axis=(1, 2))


def served_best(problem: mm.Problem, made: Any) -> Any:
    """Those of some matchings that serve as many as any of them, where that comes first."""
    if not problem.coverage_first or not len(made):
        return made
    covered, pairs = stages_of(problem, made)
    reached = np.stack([*covered, pairs], axis=1)
    return made[(reached == max(map(tuple, reached.tolist()))).all(axis=1)]


def every_with_rules(problem: mm.Problem, given: dict[str, Any]) -> Any:
    """All matchings that keep everything in ``given``: bool (matchings, mentees, mentors).

    Mentee by mentee, every set of mentors is tried with everything tried before; what exceeds a
    limit that no further pair can mend is left out at once, all else is asked of whole matchings.
    """
    n, m = problem.shape
    block = problem.block(slice(0, n))
    pinned = {(int(i), int(j)) for i, j in problem.pinned}
    made = np.zeros((1, n, m), dtype=bool)
    for i in range(n):
        eligible = [j for j in range(m) if block.eligible[i, j]]
        must = {j for j in range(m) if (i, j) in pinned}
        sizes = range(int(problem.demands[i]) + 1)
        wishes = [set(c) for size in sizes for c in combinations(eligible, size) if must <= set(c)]
        rows = np.array([[j in wish for j in range(m)] for wish in wishes], dtype=bool)
        rows = rows.reshape(len(wishes), m)
        before = len(made)
        made = np.repeat(made, len(rows), axis=0)
        made[:, i] = np.tile(rows, (before, 1))
        made = made[~exceeds(problem, given, made)]
    return made[~falls_short(problem, given, made)]


def size_of(problem: mm.Problem) -> float:
    """How large scores are, 1 when there are none."""
    scores = problem.block(slice(0, problem.shape[0])).scores
    return float(np.nanmax(np.abs(scores), initial=0.0)) or 1.0


def exceeds(problem: mm.Problem, given: dict[str, Any], made: Any) -> Any:
    """Which of some matchings have too much of something; made is (matchings, mentees, mentors)."""
    if given.get("usage") is None:
        wrong = (made.sum(axis=1) > problem.capacities).any(axis=1)
    else:
        usage = in_units(given["usage"])
        used = (made * (usage if usage.ndim == 2 else usage[:, None])).sum(axis=1)
        wrong = (used > in_units(given["capacity"])).any(axis=1)
    for a, b in given.get("apart", ()):
        wrong |= (made[:, a] & made[:, b]).any(axis=1)
    for quota in given.get("quotas", ()):
        if quota.at_most is not None:
            wrong |= (counts(quota, made) > quota.at_most).any(axis=1)
    return wrong


def falls_short(problem: mm.Problem, given: dict[str, Any], made: Any) -> Any:
    """Which of some matchings have too little of something."""
    loads = made.sum(axis=1)
    wrong = (loads < problem.minimums).any(axis=1)
    if given.get("minimum_if_used") is not None:
        wrong |= ((loads > 0) & (loads < given["minimum_if_used"])).any(axis=1)
    for a, b in given.get("together", ()):
        wrong |= (made[:, a] != made[:, b]).any(axis=1)
    for quota in given.get("quotas", ()):
        wrong |= (counts(quota, made) < quota.at_least).any(axis=1)
    return wrong


def counts(quota: mm.Quota, made: Any) -> Any:
    """Pairs that a quota counts: with each mentor, or with all of them as one column."""
    n, m = made.shape[1:]
    mentees = list(range(n)) if quota.mentees is None else list(quota.mentees)
    mentors = list(range(m)) if quota.mentors is None else list(quota.mentors)
    of_mentor = made[:, mentees][:, :, mentors].sum(axis=1)
    return of_mentor if quota.per_mentor else of_mentor.sum(axis=1, keepdims=True)


def in_units(hours: Any) -> Any:
    """Hours as whole numbers: sixtieths."""
    return np.rint(np.asarray(hours) * 60).astype(np.int64)


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
    """Groups of mentees nested with each mentor and over all, sets of mentors nested: a flow."""
    scores = draw(score_arrays(most, least=1))
    n, m = scores.shape
    first = draw(st.booleans())
    outer = draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=4, unique=True))
    inner = outer[: draw(st.integers(0, len(outer)))]
    mentors = draw(st.lists(st.integers(0, m - 1), min_size=1, max_size=3, unique=True))
    one, one_mentee = draw(st.integers(0, m - 1)), draw(st.integers(0, n - 1))
    least = st.sampled_from([0, 0, 0, 1])
    quotas = [
        mm.Quota(outer, at_most=draw(st.integers(1, 3)), per_mentor=True, name="outer"),
        mm.Quota(inner, at_most=draw(st.integers(0, 1)), per_mentor=True, name="inner"),
        mm.Quota(outer, [one], at_least=draw(least), at_most=2, name="one mentor"),
        mm.Quota(None, mentors, at_least=draw(least), at_most=draw(st.integers(1, 4)), name="some"),
        mm.Quota(None, mentors[:1], at_most=draw(st.integers(0, 2)), name="some of these"),
        mm.Quota([one_mentee], mentors, at_most=draw(st.integers(0, 1)), name="one mentee"),
    ]
    priority = None
    if draw(st.booleans()):
        # Groups over all mentors and priority classes would overlap; one of them at a time.
        quotas += [
            mm.Quota(outer, at_least=draw(least), at_most=draw(st.integers(1, 4)), name="group"),
            mm.Quota(inner, at_most=draw(st.integers(0, 3)), name="part of the group"),
        ]
    else:
        priority = draw(st.one_of(st.none(), hnp.arrays(np.int64, n, elements=st.integers(0, 1))))
    given = {
        "quotas": quotas,
        "capacity": draw(hnp.arrays(np.int64, m, elements=st.integers(0, 3))),
        "minimum": draw(
            st.one_of(st.just(0), hnp.arrays(np.int64, m, elements=st.sampled_from([0, 0, 1])))
        ),
        # Where coverage comes first, a first mentor counts more than a second: no set of pairs.
        "demand": 1 if first else draw(hnp.arrays(np.int64, n, elements=st.integers(0, 2))),
        "priority": priority,
        "coverage_first": first,
    }
    if n > 1 and not set(outer) & {0, 1}:
        given["apart"] = [(0, 1)]
    return mm.Problem.from_scores(scores, **given), given


@st.composite
def mixed_problems(draw, most=5):
    """Everything at once: minimums, demands, priorities, pins, bans, a least score, all rules."""
    scores = draw(score_arrays(most))
    n, m = scores.shape
    # What is tried grows as the number of sets of mentors to the power of the mentees.
    places = 3 if n * m <= 12 else 2
    given: dict[str, Any] = {
        "capacity": draw(hnp.arrays(np.int64, m, elements=st.integers(0, 3))),
        "coverage_first": draw(st.booleans()),
        "demand": draw(
            st.one_of(st.just(1), hnp.arrays(np.int64, n, elements=st.integers(0, places)))
        ),
        "minimum": draw(
            st.one_of(st.just(0), hnp.arrays(np.int64, m, elements=st.sampled_from([0, 0, 1, 2])))
        ),
        "priority": draw(
            st.one_of(st.none(), hnp.arrays(np.int64, n, elements=st.integers(-1, 1)))
        ),
        "min_score": draw(st.sampled_from([None, None, None, -0.5, 0.0, 0.5])),
    }
    given["quotas"] = [
        replace(quota, name=f"q{k}")
        for k, quota in enumerate(draw(st.lists(quotas_of(n, m), max_size=3)))
    ]
    couples = list(combinations(range(n), 2))
    if couples:
        chosen = draw(st.lists(st.sampled_from(couples), max_size=3, unique=True))
        cut = draw(st.integers(0, len(chosen)))
        given["apart"], given["together"] = chosen[:cut], chosen[cut:]
    if draw(st.booleans()):
        shape = draw(st.sampled_from([(n,), (n, m)]))
        given["usage"] = draw(hnp.arrays(np.float64, shape, elements=st.sampled_from(HOURS)))
        given["capacity"] = draw(hnp.arrays(np.float64, m, elements=st.sampled_from(HOURS)))
    if n and m and draw(st.booleans()):
        pairs = st.tuples(st.integers(0, n - 1), st.integers(0, m - 1))
        given["bans"] = draw(st.lists(pairs, max_size=3))
        given["pins"] = draw(st.lists(pairs, max_size=2, unique=True))
    try:
        return mm.Problem.from_scores(scores, **given), given
    except mm.InfeasibleError:
        # Pins that a rule forbids are another test's subject.
        given.pop("pins")
        return mm.Problem.from_scores(scores, **given), given


@st.composite
def dense_problems(draw, most=5):
    """Every feature and side rule, and many matchings to choose from."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, m = int(rng.integers(3, most + 1)), int(rng.integers(2, 4))

    def some(share: float) -> bool:
        return bool(rng.random() < share)

    kinds = [
        rng.choice([0.0, 0.25, 0.5, 0.5, 1.0], (n, m)),
        rng.random((n, m)),
        rng.normal(size=(n, m)),
    ]
    scores = np.where(rng.random((n, m)) < 0.15, np.nan, kinds[rng.integers(3)])
    given: dict[str, Any] = {
        "capacity": rng.integers(1, 4, m),
        "coverage_first": some(0.75),
        "demand": rng.integers(0, 3, n) if some(0.4) else 1,
        "minimum": rng.integers(0, 2, m) if some(0.15) else 0,
        "priority": rng.integers(-1, 2, n) if some(0.3) else None,
        "min_score": draw(st.sampled_from([None, None, None, 0.0, 0.2])),
        "quotas": [
            mm.Quota(
                sorted(rng.choice(n, rng.integers(1, n), replace=False).tolist()),
                sorted(rng.choice(m, rng.integers(1, m), replace=False).tolist()),
                at_least=int(some(0.2)),
                at_most=int(rng.integers(1, 3)),
                per_mentor=some(0.3),
                name=f"q{k}",
            )
            for k in range(int(rng.integers(0, 3)))
        ],
    }
    couples = list(combinations(range(n), 2))
    rng.shuffle(couples)
    first, second = (tuple(int(i) for i in couple) for couple in couples[:2])
    given["apart"] = [first] if some(0.4) else []
    given["together"] = [second] if some(0.2) else []
    if some(0.3):
        shape = (n,) if some(0.5) else (n, m)
        given["usage"] = rng.choice(HOURS[2:], shape)
        given["capacity"] = rng.choice([1.0, 1.5, 2.0, 3.0], m)
    elif some(0.3):
        given["minimum_if_used"] = rng.integers(0, 3, m)
    if some(0.3):
        given["pins"] = [(int(rng.integers(n)), int(rng.integers(m)))]
    if some(0.2):
        given["bans"] = [(int(rng.integers(n)), int(rng.integers(m)))]
    try:
        return mm.Problem.from_scores(scores, **given), given
    except mm.InfeasibleError:
        # Pins that a rule forbids are another test's subject.
        given.pop("pins")
        return mm.Problem.from_scores(scores, **given), given
