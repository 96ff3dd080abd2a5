"""Stability where groups of mentors share places, against the definition and every matching."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import event, given
from hypothesis.extra import numpy as hnp

import mentormatch as mm
from mentormatch.problem import Quota
from mentormatch.strategies import Stable
from problems import TIED
from stable_oracles import all_matchings, mentor_of, pairs_of, sides

# Disjoint and nested groups of up to five mentors.
FAMILIES = [[[0, 1]], [[0, 1], [2, 3]], [[0, 1], [0, 1, 2]], [[0], [0, 1, 2, 3, 4], [1, 2]]]


@st.composite
def grouped(draw, alike=True):
    """Small problems with quotas over groups of mentors, who rank mentees alike or not; pins."""
    n, m = draw(st.integers(0, 4)), draw(st.integers(1, 4))
    u = draw(hnp.arrays(np.float64, (n, m), elements=TIED))
    v = draw(hnp.arrays(np.float64, (n, 1 if alike else m), elements=TIED)) + np.zeros((n, m))
    masked = draw(hnp.arrays(np.bool_, (n, m), elements=st.sampled_from([False, False, True])))
    quotas = []
    for k, members in enumerate(draw(st.sampled_from(FAMILIES))):
        inside = [j for j in members if j < m]
        if inside:
            quotas.append(Quota(mentors=inside, at_most=draw(st.integers(0, 3)), name=f"group {k}"))
    pins = []
    if n and draw(st.booleans()):
        pins = [(draw(st.integers(0, n - 1)), draw(st.integers(0, m - 1)))]
    capacity = draw(hnp.arrays(np.int64, m, elements=st.integers(0, 2)))

    def made(pins):
        scores = np.where(masked, np.nan, u), np.where(masked, np.nan, v)
        return mm.Problem.from_scores(
            scores[0], mentor_scores=scores[1], capacity=capacity, quotas=quotas, pins=pins
        )

    try:
        return made(pins)
    except mm.InfeasibleError:
        return made([])


def within(problem, pairs):
    """Whether pairs keep capacities and quotas."""
    rules = problem.sides.constraints
    i, j = (np.array([p[k] for p in sorted(pairs)], dtype=np.intp) for k in (0, 1))
    loads = np.bincount(j, minlength=problem.shape[1])
    return bool((loads <= problem.capacities).all()) and all(
        (one.sums(i, j) <= one.high).all() for one in rules
    )


def blocking(problem, pairs):
    """By the definition: i comes, leaving its mentor, and at most one other mentee has to go.

    Nobody has to go when all limits hold then; else it must be somebody whom a mentor within the
    same full group likes less, so that all limits hold.
    """
    u, v = sides(problem)
    pinned = {(int(i), int(j)) for i, j in problem.pinned}
    found = set()
    for i, j in zip(*np.nonzero(~np.isnan(u)), strict=True):
        own = {pair for pair in pairs if pair[0] == i}
        if own & pinned or (i, j) in pairs or any(u[i, j] <= u[pair] for pair in own):
            continue
        moved = (pairs - own) | {(int(i), int(j))}
        others = pairs - own - pinned
        if within(problem, moved) or any(
            v[other] < v[i, j] and within(problem, moved - {other}) for other in others
        ):
            found.add((int(i), int(j)))
    return found


@given(problem=grouped())
def test_stable_under_quotas_is_stable_by_the_definition_and_best_for_every_mentee(problem):
    try:
        matching = mm.match(problem, Stable())
    except mm.InfeasibleError:
        assert not within(problem, {(int(i), int(j)) for i, j in problem.pinned})
        return
    pairs = pairs_of(matching)
    assert within(problem, pairs)
    assert not blocking(problem, pairs)
    assert mm.audit(matching).stability.is_stable
    u, v = sides(problem)
    rows = [row[~np.isnan(row)] for row in u] + [np.unique(v[~np.isnan(v)])]
    strict = all(len(np.unique(row)) == len(row) for row in rows)
    strict &= len(np.unique(np.nanmax(v, axis=1, initial=-9))) == len(v)
    event(f"strict: {strict}")
    if not strict:
        return
    mine = mentor_of(problem, pairs)
    for other in all_matchings(problem):
        if within(problem, other) and not blocking(problem, other):
            theirs = mentor_of(problem, other)
            for i, (a, b) in enumerate(zip(mine, theirs, strict=True)):
                assert (a < 0) == (b < 0)
                assert a < 0 or u[i, a] >= u[i, b]


@given(problem=grouped(alike=False), data=st.data())
def test_the_audit_counts_blocking_pairs_by_the_definition(problem, data):
    some = [pairs for pairs in all_matchings(problem) if within(problem, pairs)]
    if not some:
        return
    for pairs in data.draw(st.lists(st.sampled_from(some), max_size=5)):
        matching = mm.Matching.from_pairs(problem, sorted(pairs))
        frame = mm.audits.blocking_pairs(matching)
        found = set(zip(frame["mentee"], frame["mentor"], strict=True))
        assert found == blocking(problem, pairs)


def test_a_pair_that_no_quota_allows_does_not_block():
    scores = pd.DataFrame([[0.9, 0.5]], ["a"], ["p", "q"])
    problem = mm.Problem.from_scores(scores, quotas=[Quota(mentors=["p"], at_most=0)])
    stability = mm.audit(mm.match(problem)).stability
    assert stability.is_stable
    assert "student-project allocation" in repr(stability)
    assert mm.match(problem, "stable").pairs["mentor"].tolist() == ["q"]


def test_a_mentee_may_move_within_a_full_group_whoever_is_in_it():
    scores = pd.DataFrame([[0.5, 0.9]], ["a"], ["p", "q"])
    problem = mm.Problem.from_scores(scores, quotas=[Quota(mentors=["p", "q"], at_most=1)])
    given_pairs = mm.Matching.from_pairs(problem, [("a", "p")])
    stability = mm.audit(given_pairs).stability
    assert (stability.weak, stability.wasteful) == (1, 1)


def test_rules_under_which_none_need_exist_are_refused_with_the_theorem_and_said_in_the_audit():
    scores = pd.DataFrame([[0.9, 0.5], [0.8, 0.7]], ["a", "b"], ["p", "q"])
    some = Quota(mentees=["a"], mentors=["p", "q"], at_most=1, name="some")
    problem = mm.Problem.from_scores(scores, quotas=[some])
    expected = (
        r"Abraham, Irving and Manlove 2007\)\. Here the quota 'some' counts some mentees only"
    )
    with pytest.raises(mm.ProblemError, match=expected):
        mm.match(problem, "stable")
    said = repr(mm.audit(mm.match(problem)).stability)
    assert "quotas are not looked at (the quota 'some' counts some mentees only)" in said
    both = Quota(mentors=["p", "q"], at_most=1, name="both")
    unlike = mm.Problem.from_scores(scores, quotas=[both])
    with pytest.raises(mm.ProblemError, match=r"The mentors of the quota 'both' score '[ab]' diff"):
        mm.match(unlike, "stable")
    with pytest.raises(mm.ProblemError, match=r"is Stable\(proposing=\"mentees\", ties=\"weak\"\)"):
        mm.match(unlike, Stable(ties="super"))
    crossing = [both, Quota(mentors=["p"], at_least=1, name="least")]
    with pytest.raises(mm.ProblemError, match="'least' asks for a least number"):
        mm.match(mm.Problem.from_scores(scores, quotas=crossing), "stable")
    with pytest.raises(mm.ProblemError, match=r"nested or disjoint groups only, .*stable"):
        mm.match(unlike, "greedy")
