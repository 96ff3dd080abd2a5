"""Profiles, popularity, trading and turns against every matching of small problems."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import mentormatch as mm
from mentormatch.solvers.markets.popular_flow import ArcFace, best_in_order
from mentormatch.strategies import RankMaximal, SerialDictatorship
from stable_oracles import all_matchings, mentor_of, pairs_of, profile, sides, two_sided, votes


@st.composite
def with_minimums(draw):
    problem = draw(two_sided(most=4, pins=True))
    minimum = draw(
        hnp.arrays(np.int64, problem.shape[1], elements=st.sampled_from([0, 0, 0, 1, 2]))
    )
    u, v = sides(problem)
    return mm.Problem.from_scores(
        u,
        mentor_scores=v,
        capacity=problem.capacities,
        minimum=minimum,
        pins=problem.pins,
    )


def feasible(problem):
    for pairs in all_matchings(problem):
        loads = np.bincount([j for _, j in pairs], minlength=problem.shape[1])
        if (loads >= problem.minimums).all():
            yield pairs


def total(problem, pairs):
    joined = problem.block(slice(0, problem.shape[0])).scores
    return float(sum(joined[p] for p in pairs))


# ---------------------------------------------------------------- profiles


@pytest.mark.parametrize("strategy", ["rank_maximal", "generous", RankMaximal(coverage_first=True)])
@given(problem=with_minimums())
def test_profiles_and_then_totals_are_what_enumeration_finds(strategy, problem):
    def worth(pairs):
        counts = profile(problem, pairs)
        covered = len({i for i, _ in pairs})
        if strategy == "rank_maximal":
            return counts
        if strategy == "generous":
            return (covered, *(-count for count in counts[::-1]))
        return (covered, *counts)

    every = list(feasible(problem))
    if not every:
        event("infeasible")
        with pytest.raises(mm.InfeasibleError, match="minimums cannot be met by any matching"):
            mm.match(problem, strategy)
        return
    matching = mm.match(problem, strategy)
    assert matching.certificate.proven, matching.certificate.stages
    assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings
    found = pairs_of(matching)
    best = max(map(worth, every))
    assert worth(found) == best
    assert total(problem, found) == pytest.approx(
        max(total(problem, pairs) for pairs in every if worth(pairs) == best), abs=1e-9
    )


@given(data=st.data())
def test_counts_in_order_equal_one_lexicographic_search_however_large_the_numbers(data):
    problem = data.draw(with_minimums())
    u, _ = sides(problem)
    mentees, mentors = np.nonzero(~np.isnan(u))
    huge = st.integers(-(2**50), 2**50)
    stages = [
        data.draw(hnp.arrays(np.int64, len(mentees), elements=elements))
        for elements in (st.integers(-1, 1), huge, st.integers(0, 1), huge)
    ]
    n, _ = problem.shape
    face = ArcFace(
        mentees,
        mentors,
        np.ones(n, dtype=bool),
        np.zeros(n, dtype=bool),
        problem.minimums,
        problem.capacities,
    )
    at = {pair: k for k, pair in enumerate(zip(mentees.tolist(), mentors.tolist(), strict=True))}
    free = mm.Problem.from_scores(u, capacity=problem.capacities, minimum=problem.minimums)

    def worth(arcs):
        return [sum(int(stage[k]) for k in arcs) for stage in stages]

    every = [worth([at[p] for p in pairs]) for pairs in feasible(free)]
    if not every:
        with pytest.raises(mm.InfeasibleError):
            best_in_order(face, *stages)
        return
    chosen = best_in_order(face, *stages)
    assert worth(chosen.tolist()) == max(every)


def test_first_choices_win_even_when_fewer_mentees_are_served():
    problem = mm.Problem.from_preferences({"ada": ["x"], "bob": ["x", "y"], "cyd": ["y", "x"]})
    matching = mm.match(problem, "rank_maximal")
    assert matching.notes == ("profile: 2 × choice 1",)
    few = mm.Problem.from_preferences({"a": ["x", "y"], "b": ["x", "z"], "c": ["z"]})
    assert mm.match(few, "generous").n_matched == 3


# ---------------------------------------------------------------- popular


@given(problem=two_sided(most=4, pins=True))
def test_popular_wins_every_vote_or_every_matching_loses_one(problem):
    every = list(all_matchings(problem))
    margins = {p: min(votes(problem, p, others) for others in every) for p in every}
    popular = [p for p, margin in margins.items() if margin == 0]
    if not popular:
        event("none")
        with pytest.raises(mm.InfeasibleError, match="There is no popular matching: in one, each"):
            mm.match(problem, "popular")
        return
    found = pairs_of(mm.match(problem, "popular"))
    assert found in popular
    worth = {p: (len({i for i, _ in p}), round(total(problem, p), 9)) for p in popular}
    assert worth[found] == max(worth.values())


def test_the_proof_that_none_is_popular_names_the_mentees_and_the_seats():
    # Abraham et al. 2007: three with the same list of three.
    lists = {name: ["x", "y", "z"] for name in ("ada", "bob", "cyd")}
    with pytest.raises(mm.InfeasibleError) as caught:
        mm.match(mm.Problem.from_preferences(lists), "popular")
    text = str(caught.value)
    assert "each of the 3 mentees" in text
    assert "would have to get one of" in text
    assert "who have 2 seats" in text
    for name in ("'ada'", "'bob'", "'cyd'", "'x'", "'y'"):
        assert name in text


# ---------------------------------------------------------------- trading and turns


@given(problem=two_sided(strict=True, most=4))
def test_top_trading_cycles_is_pareto_optimal_and_honest(problem):
    u, v = sides(problem)
    got = mentor_of(problem, pairs_of(mm.match(problem, "top_trading")))
    mine = np.array([-np.inf if j < 0 else u[i, j] for i, j in enumerate(got)])
    for pairs in all_matchings(problem):
        theirs = [-np.inf if j < 0 else u[i, j] for i, j in enumerate(mentor_of(problem, pairs))]
        assert not ((theirs >= mine).all() and (theirs > mine).any())
    for i in range(min(problem.shape[0], 1)):
        listed = np.flatnonzero(~np.isnan(u[i]))
        for lie in permutations(listed.tolist()):
            said = u.copy()
            said[i, list(lie)] = np.arange(len(lie))
            changed = mm.Problem.from_scores(said, mentor_scores=v, capacity=problem.capacities)
            other = mentor_of(changed, pairs_of(mm.match(changed, "top_trading")))[i]
            assert other < 0 or u[i, other] <= mine[i]


def test_top_trading_cycles_trades_where_deferred_acceptance_does_not():
    # Abdulkadiroğlu and Sönmez 2003: two who trade the priorities that they hold.
    problem = mm.Problem.from_preferences(
        {"i1": ["s2", "s1"], "i2": ["s1", "s2"], "i3": ["s1", "s2"]},
        {"s1": ["i1", "i3", "i2"], "s2": ["i2", "i1", "i3"]},
    )
    traded = dict(mm.match(problem, "top_trading").pairs[["mentee", "mentor"]].to_numpy())
    stable = dict(mm.match(problem, "stable").pairs[["mentee", "mentor"]].to_numpy())
    assert traded == {"i1": "s2", "i2": "s1"}
    assert stable == {"i1": "s1", "i2": "s2"}


@given(problem=two_sided(several=True, pins=True), data=st.data())
def test_in_turn_each_takes_the_best_that_is_left(problem, data):
    n = problem.shape[0]
    order = data.draw(st.permutations(range(n)))
    u, _ = sides(problem)
    left = problem.after_pins
    seats = left.capacity.copy()
    taken = {(int(i), int(j)) for i, j in problem.pinned}
    for i in order:
        listed = [
            j
            for j in np.argsort(-u[i], kind="stable").tolist()
            if not np.isnan(u[i, j]) and (i, j) not in taken
        ]
        for j in listed:
            if seats[j] and sum(1 for k, _ in taken if k == i) < problem.demands[i]:
                taken.add((i, j))
                seats[j] -= 1
    assert pairs_of(mm.match(problem, SerialDictatorship(order=order))) == taken


def test_turns_by_priority_serve_the_higher_class_first():
    problem = mm.Problem.from_scores(np.ones((4, 1)), priority=[0, 2, 1, 0])
    assert mm.match(problem, SerialDictatorship("priority")).pairs["mentee"].tolist() == [1]


@given(problem=two_sided(several=True, pins=True), seed=st.integers(0, 5))
def test_random_is_the_same_for_the_same_seed_and_leaves_no_pair_that_could_be_added(problem, seed):
    matching = mm.match(problem, "random", seed=seed)
    assert pairs_of(matching) == pairs_of(mm.match(problem, "random", seed=seed))
    u, _ = sides(problem)
    loads = matching.loads.to_numpy()
    for i, j in zip(*np.nonzero(~np.isnan(u)), strict=True):
        assert (
            (i, j) in pairs_of(matching)
            or matching.places[i] == problem.demands[i]
            or loads[j] == problem.capacities[j]
        )


def test_random_draws_every_maximal_matching_sooner_or_later():
    problem = mm.Problem.from_scores(np.ones((2, 2)))
    seen = {pairs_of(mm.match(problem, "random", seed=seed)) for seed in range(20)}
    assert seen == {frozenset({(0, 0), (1, 1)}), frozenset({(0, 1), (1, 0)})}


def test_an_order_that_is_not_one_says_everything_that_is_wrong_with_it():
    problem = mm.Problem.from_scores(pd.DataFrame(np.ones((3, 1)), index=["ada", "bob", "cyd"]))
    with pytest.raises(mm.MentorMatchError) as caught:
        mm.match(problem, SerialDictatorship(["ada", "ada", "bop"]))
    assert "'ada' is named twice" in str(caught.value)
    assert "bop" in str(caught.value)
    with pytest.raises(mm.MentorMatchError, match=r"'cyd' is not named\. Give the whole order"):
        mm.match(problem, SerialDictatorship(["bob", "ada"]))
    with pytest.raises(mm.MentorMatchError, match="order must be 'seeded', 'priority' or a seq"):
        SerialDictatorship("alphabetical")


@pytest.mark.parametrize("name", mm.strategies.strategy_names())
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (1, 1)])
def test_empty_sides_and_one_person_are_normal_results_of_every_strategy(name, shape):
    matching = mm.match(mm.Problem.from_scores(np.full(shape, 0.5)), name)
    # A lottery may draw that the only pair is not made.
    assert len(matching.pairs) == min(shape) or name == "lottery"


@pytest.mark.parametrize(
    "name",
    [
        "greedy",
        "serial_dictatorship",
        "top_trading",
        "stable",
        "stable_optimal",
        "almost_stable",
        "rank_maximal",
        "generous",
    ],
)
@given(problem=two_sided(most=4))
def test_the_order_of_rows_does_not_change_the_pairs(name, problem):
    u, v = sides(problem)
    n, m = problem.shape
    ids = [f"mentee-{i}" for i in range(n)], [f"mentor-{j}" for j in range(m)]
    first, second = (pd.DataFrame(side, index=ids[0], columns=ids[1]) for side in (u, v))
    capacity = pd.Series(problem.capacities, index=ids[1], dtype="int64")
    one = mm.Problem.from_scores(first, mentor_scores=second, capacity=capacity)
    turned = mm.Problem.from_scores(first.iloc[::-1, ::-1], mentor_scores=second, capacity=capacity)
    pd.testing.assert_frame_equal(mm.match(one, name).pairs, mm.match(turned, name).pairs)


@pytest.mark.parametrize("coverage_first", [False, True])
@pytest.mark.parametrize("strategy", ["rank_maximal", "generous", "minimum_cost"])
def test_one_more_mentor_beside_a_pin_is_refused(strategy, coverage_first):
    """The pinned mentor stood in the proof once more, and matching ended in an error."""
    scores = [[4.0, 1.0, 2.0, 7.0], [4.0, 1.0, 2.0, 3.0]]
    problem = mm.Problem.from_scores(
        scores, demand=[2, 1], pins=[(0, 3)], coverage_first=coverage_first
    )
    with pytest.raises(mm.ProblemError, match="somebody with a pin wants one more mentor here"):
        mm.match(problem, strategy)
