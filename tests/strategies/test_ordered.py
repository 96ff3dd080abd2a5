"""Profiles and smallest sums of places under quotas, against every matching of small problems."""

from __future__ import annotations

import dataclasses

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import event, given
from hypothesis.extra import numpy as hnp

import mentormatch as mm
from mentormatch.certificates import verify
from mentormatch.problem import Quota
from mentormatch.strategies import Generous, MinimumCost, RankMaximal
from problems import FREE, TIED
from stable_oracles import all_matchings, pairs_of, profile, sides

ORDERED = [RankMaximal(), RankMaximal(coverage_first=True), Generous(), MinimumCost()]
NAMES = ["rank-maximal", "rank-maximal of the largest", "generous", "minimum cost"]


@st.composite
def with_quotas(draw):
    """Ties, masks, capacities, minimums, priorities, pins, and quotas of nested groups."""
    n, m = draw(st.integers(0, 5)), draw(st.integers(1, 4))
    values = draw(st.sampled_from([TIED, FREE]))
    u = draw(hnp.arrays(np.float64, (n, m), elements=values))
    v = draw(hnp.arrays(np.float64, (n, m), elements=values))
    masked = draw(hnp.arrays(np.bool_, (n, m), elements=st.sampled_from([False, False, True])))
    quotas = []
    for k, width in enumerate(draw(st.lists(st.integers(1, m), max_size=2, unique=True))):
        low = draw(st.sampled_from([0, 0, 0, 1]))
        most = draw(st.integers(low, 4))
        quotas.append(Quota(mentors=range(width), at_least=low, at_most=most, name=f"group {k}"))
    if n > 1 and draw(st.booleans()):
        quotas.append(Quota(mentees=[0, 1], mentors=[m - 1], at_most=1, name="two of them"))
    numbers = {
        "capacity": draw(hnp.arrays(np.int64, m, elements=st.integers(0, 2))),
        "minimum": draw(hnp.arrays(np.int64, m, elements=st.sampled_from([0, 0, 0, 0, 1]))),
        "priority": draw(st.one_of(st.none(), hnp.arrays(np.int64, n, elements=st.integers(0, 1)))),
        "quotas": quotas,
    }
    if n and draw(st.booleans()):
        numbers["pins"] = [(draw(st.integers(0, n - 1)), draw(st.integers(0, m - 1)))]
    scores = np.where(masked, np.nan, u), np.where(masked, np.nan, v)
    try:
        return mm.Problem.from_scores(scores[0], mentor_scores=scores[1], **numbers)
    except mm.InfeasibleError:
        numbers.pop("pins", None)
        return mm.Problem.from_scores(scores[0], mentor_scores=scores[1], **numbers)


def feasible(problem):
    for pairs in all_matchings(problem):
        i, j = (np.array([p[k] for p in sorted(pairs)], dtype=np.intp) for k in (0, 1))
        loads = np.bincount(j, minlength=problem.shape[1])
        if (loads >= problem.minimums).all() and not problem.sides.broken(
            i, j, problem.mentee_ids, problem.mentor_ids
        ):
            yield pairs


def worth(problem, strategy, pairs):
    """What a strategy compares, the first difference counting."""
    counts = profile(problem, pairs)
    held = {i for i, _ in pairs}
    classes = problem.priority_classes
    covered = tuple(sum(classes[i] == c for i in held) for c in range(problem.n_classes))
    cost = -sum((k + 1) * count for k, count in enumerate(counts))
    compared = {
        "rank_maximal": (*(covered if getattr(strategy, "coverage_first", 0) else ()), *counts),
        "generous": (*covered, *(-count for count in counts[::-1])),
        "minimum_cost": (*covered, cost, *counts),
    }
    return compared[strategy.name]


def total(problem, pairs):
    joined = problem.block(slice(0, problem.shape[0])).scores
    return float(sum(joined[p] for p in pairs))


@pytest.mark.parametrize("strategy", ORDERED, ids=NAMES)
@given(problem=with_quotas())
def test_counts_and_then_the_total_are_what_enumeration_finds_and_are_proven(strategy, problem):
    there = list(feasible(problem))
    event(f"feasible: {bool(there)}, rules: {bool(problem.sides)}")
    if not there:
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem, strategy)
        return
    matching = mm.match(problem, strategy)
    pairs = pairs_of(matching)
    best = max(worth(problem, strategy, one) for one in there)
    assert worth(problem, strategy, pairs) == best
    most = max(total(problem, one) for one in there if worth(problem, strategy, one) == best)
    assert matching.total == pytest.approx(most, abs=1e-6)
    assert matching.certificate.proven
    assert not verify(matching).findings


@given(problem=with_quotas(), data=st.data())
def test_another_matching_is_never_proven_by_prices_of_the_best(problem, data):
    there = sorted(map(sorted, feasible(problem)))
    if not problem.sides or len(there) < 2:
        return
    strategy = data.draw(st.sampled_from(ORDERED))
    matching = mm.match(problem, strategy)
    for other in data.draw(st.lists(st.sampled_from(there), max_size=3)):
        worse = worth(problem, strategy, frozenset(other)) < worth(
            problem, strategy, pairs_of(matching)
        )
        if worse:
            forged = dataclasses.replace(
                mm.Matching.from_pairs(problem, other), certificate=matching.certificate
            )
            found = verify(forged)
            assert not found.ok
            assert not found.certificate.proven


def test_a_certificate_of_counts_is_written_and_read_as_plain_data():
    problem = mm.Problem.from_scores(
        [[0.9, 0.5, 0.1], [0.8, 0.7, 0.1]], quotas=[Quota(mentors=[0, 1], at_most=1)]
    )
    certificate = mm.match(problem, "minimum_cost").certificate
    again = type(certificate).from_dict(certificate.to_dict())
    assert verify(mm.match(problem, "minimum_cost"), again).ok
    assert [str(stage) for stage in again.stages][:2] == [
        "most mentees of class 0: 2, proven",
        "smallest sum of places: 4, proven",
    ]


def test_counts_that_the_time_limit_left_open_are_not_called_proven():
    rng = np.random.default_rng(0)
    quota = Quota(mentors=range(20), at_most=36)
    liked = rng.random((60, 40)) + 5 * rng.random(40)
    problem = mm.Problem.from_scores(liked, 2, quotas=[quota])
    seen = []
    matching = mm.match(problem, "rank_maximal", time_limit=1e-9, progress=seen.append)
    assert not matching.certificate.proven
    assert matching.status is mm.Status.TIME_LIMIT
    assert matching.certificate.open_stage is not None
    assert "most mentees at choice" in str(matching.certificate)
    assert verify(matching).ok
    assert str(seen[1]) == "Giving people their first, second, … choices: 5 of 40"
    full = mm.match(problem, "rank_maximal")
    # The first count is settled whatever the limit.
    assert profile(problem, pairs_of(matching))[0] == profile(problem, pairs_of(full))[0]


def test_the_bound_on_the_total_holds_for_every_matching_where_a_count_is_open():
    """It was one of matchings that reach counts which prices had not settled: below the total."""
    rng = np.random.default_rng(3)
    problem = mm.Problem.from_scores(rng.random((30, 12)), 3)
    cut = mm.match(problem, "minimum_cost", time_limit=1e-9).certificate
    assert cut.open_stage is not None
    assert cut.gap >= 0
    assert cut.bound >= mm.match(problem, "optimal").total - 1e-9


def test_prices_that_no_int64_holds_are_compared_exactly():
    """Only a forged certificate has such, and its claim is refused in words."""
    problem = mm.Problem.from_scores(
        [[0.9, 0.5, 0.1], [0.8, 0.7, 0.1]], quotas=[Quota(mentors=[0, 1], at_most=1)]
    )
    matching = mm.match(problem, "minimum_cost")
    first = matching.certificate.stages[0]
    huge = dataclasses.replace(first, prices=first.prices + 2.0**70)
    forged = dataclasses.replace(
        matching.certificate, stages=(huge, *matching.certificate.stages[1:])
    )
    found = verify(matching, forged)
    assert not found.ok
    assert "stage 1: it says" in found.findings[0]


@given(problem=with_quotas())
def test_without_quotas_both_ways_to_a_profile_agree(problem):
    plain = dataclasses.replace(problem, quotas=())
    widest = dataclasses.replace(problem, quotas=(Quota(at_most=99, name="no limit"),))
    try:
        one = mm.match(plain, "rank_maximal")
    except mm.InfeasibleError:
        return
    other = mm.match(widest, "rank_maximal")
    assert profile(plain, pairs_of(one)) == profile(widest, pairs_of(other))
    assert one.total == pytest.approx(other.total, abs=1e-6)


def test_rules_that_are_no_sets_of_pairs_are_refused_in_words():
    scores = np.ones((2, 3))
    crossing = [
        Quota(mentors=[0, 1], at_most=1, name="one"),
        Quota(mentors=[1, 2], at_most=1, name="other"),
        Quota(mentors=[0, 2], at_most=1, name="third"),
    ]
    problem = mm.Problem.from_scores(scores, quotas=crossing)
    with pytest.raises(mm.ProblemError, match="'generous' keeps quotas and mentees apart where"):
        mm.match(problem, "generous")
    with pytest.raises(mm.MentorMatchError, match="takes one mentor per mentee"):
        mm.match(mm.Problem.from_scores(scores, demand=2), "minimum_cost")


def test_projects_counted_from_zero_are_those_that_orders_count_from_one(tmp_path):
    votes, staff = tmp_path / "votes.soi", tmp_path / "staff.dat"
    votes.write_text("1: 1,2\n1: 1,2\n1: 1,3\n", "utf-8")
    staff.write_text("Supervisor,Capacity,Projects\nLin,1,0 1\nMax,1,2\n", "utf-8")
    problem = mm.datasets.read_preflib(votes, supervisors=staff, capacity=2)
    assert problem.mentor_ids.tolist() == [1, 2, 3]
    matching = mm.match(problem, "rank_maximal")
    assert sorted(matching.pairs["mentor"].tolist()) == [1, 3]
    assert any("counts projects from 0" in note for note in matching.notes)
    # Positions in another order are the same people: the proof is of them.
    assert verify(matching).ok
    u, _ = sides(problem)
    assert np.isnan(u[0, 2])
