"""Learning weights: what is recovered, what is refused, and how often it cries wolf."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from simulated import TRUTH, near_criteria, people, rated, simulated

import mentormatch as mm
from mentormatch.feedback import Override, Ratings, Truth, decision_regret, learn_weights
from mentormatch.feedback.weights.fitting import fit_shrunk, moments_of, shares_of
from mentormatch.feedback.weights.intervals import share_intervals
from mentormatch.feedback.weights.validation import choice_regret


def test_planted_weights_are_found_and_their_sum_stays() -> None:
    learned = learn_weights(*simulated(600, 120, seed=1))
    assert learned.adopted
    weights = np.array(list(learned.criteria.weights.values()))
    assert weights.sum() == pytest.approx(3)
    assert np.abs(weights - 3 * np.array(TRUTH)).max() < 0.25
    assert (learned.report["low"] <= learned.report["estimate"]).all()
    assert learned.report["identified"].tolist() == ["yes", "yes", "yes"]


def test_below_thirty_ratings_nothing_changes_and_it_is_said_how_many_are_missing() -> None:
    criteria, cohort, ratings = simulated(20, 8, seed=0)
    learned = learn_weights(criteria, cohort, ratings)
    assert learned.criteria is criteria
    assert any("20 answers are too few" in one and "10 more" in one for one in learned.refusals)


def test_ratings_that_say_nothing_change_nothing() -> None:
    # Chance may fool one in twenty; the benchmark counts over a thousand.
    adopted = 0
    for seed in range(12):
        criteria, cohort, ratings = simulated(120, 40, seed, truth=(0, 0, 0))
        learned = learn_weights(criteria, cohort, ratings)
        adopted += learned.adopted
        assert learned.adopted or learned.criteria is criteria
    assert adopted <= 1


def test_the_right_prior_stays() -> None:
    criteria, cohort, ratings = simulated(300, 60, seed=3, truth=(1 / 3, 1 / 3, 1 / 3))
    learned = learn_weights(criteria, cohort, ratings)
    assert learned.criteria is criteria
    assert any("stay" in one for one in learned.refusals)


def test_a_criterion_that_is_the_same_in_all_pairs_is_not_identified_and_keeps_its_weight() -> None:
    rng = np.random.default_rng(5)
    cohort = people(300, 60, rng)
    same = mm.Cohort(cohort.mentees.assign(a2=0.5), cohort.mentors.assign(a2=0.5))
    ratings = rated(same, rng.integers(0, 60, 300), rng, truth=(0.8, 0.1, 0.1))
    learned = learn_weights(near_criteria((1, 1, 2)), same, ratings)
    row = learned.report.set_index("criterion").loc["c2"]
    assert row["identified"] == "no"
    assert "same value (1)" in row["why"]
    assert (row["old"], row["new"], row["low"], row["high"]) == (2, 2, 2, 2)
    assert learned.adopted
    assert learned.criteria.weights["c2"] == 2
    assert any("'c2' stays" in one for one in learned.refusals)


def test_a_criterion_that_differs_for_one_mentor_only_is_said_so_in_the_singular() -> None:
    rng = np.random.default_rng(5)
    cohort = people(300, 60, rng)
    one = np.where(np.arange(60) == 0, 0.9, 0.5)
    same = mm.Cohort(cohort.mentees.assign(a2=0.5), cohort.mentors.assign(a2=one))
    ratings = rated(same, rng.integers(0, 60, 300), rng, truth=(0.8, 0.1, 0.1))
    learned = learn_weights(near_criteria((1, 1, 2)), same, ratings)
    why = learned.report.set_index("criterion").loc["c2", "why"]
    assert why == "it differs in the pairs of 1 mentor only"


def test_two_criteria_that_always_agree_cannot_be_told_apart() -> None:
    criteria, cohort, ratings = simulated(200, 40, seed=2)
    mentees, mentors = cohort.mentees, cohort.mentors
    twin = mm.Cohort(mentees.assign(a2=mentees["a1"]), mentors.assign(a2=mentors["a1"]))
    report = learn_weights(criteria, twin, ratings).report.set_index("criterion")
    assert report.loc[["c1", "c2"], "identified"].tolist() == ["no", "no"]
    assert "do not tell it apart" in report.loc["c1", "why"]
    assert report.loc["c0", "identified"] != "no"


def test_a_criterion_that_does_not_matter_keeps_a_hundredth_of_its_weight() -> None:
    criteria, cohort, ratings = simulated(600, 100, seed=9, truth=(1, 0, 0))
    learned = learn_weights(criteria, cohort, ratings)
    assert set(learned.criteria.weights) == {"c0", "c1", "c2"}
    assert learned.criteria.weights["c0"] > 2.5
    assert min(learned.criteria.weights.values()) > 0.005


def test_what_the_match_itself_made_alike_is_not_thrown_away() -> None:
    # Matched mostly by the first criterion, pairs are all good in it and hardly differ: the ratings
    # can then tell little of it, and a plain fit made its weight fall from 0.68 to nothing.
    lost = 0
    for seed in range(4):
        cohort = people(260, 90, np.random.default_rng(seed))
        criteria = near_criteria((0.68, 0.3, 0.02))
        problem = mm.Problem(criteria.score(cohort), capacity=3)
        matching = mm.match(problem, mm.strategies.Lottery(cap=0.3), seed=seed)
        truth = Truth({"c0": 5, "c1": 2, "c2": 1}, mentor_sd=0.05, noise_sd=0.1)
        learned = learn_weights(criteria, cohort, truth.rate(criteria, cohort, matching, seed=seed))
        lost += learned.criteria.weights["c0"] < 0.5
    assert lost == 0


def test_the_seed_repeats_everything() -> None:
    criteria, cohort, ratings = simulated(200, 40, seed=4)
    one, two = (learn_weights(criteria, cohort, ratings, seed=7) for _ in range(2))
    assert one.criteria.weights == two.criteria.weights
    pd.testing.assert_frame_equal(one.report, two.report)


def test_the_unit_of_the_outcome_does_not_change_the_weights() -> None:
    criteria, cohort, ratings = simulated(300, 60, seed=6)
    half = Ratings(ratings.table.assign(rating=ratings.table["rating"] / 2 + 0.1))
    one, two = learn_weights(criteria, cohort, ratings), learn_weights(criteria, cohort, half)
    np.testing.assert_allclose(
        list(one.criteria.weights.values()), list(two.criteria.weights.values()), atol=1e-6
    )


def test_wrong_input_is_an_error_that_says_where_to_look() -> None:
    criteria, cohort, ratings = simulated(40, 10, seed=0)
    foreign = Ratings(ratings.table.assign(mentee=[f"x{k}" for k in range(40)]))
    with pytest.raises(mm.CriterionError, match=r"No rated pair of 40 .* Compare ratings\.table"):
        learn_weights(criteria, cohort, foreign)
    with pytest.raises(mm.CriterionError, match="Did you mean 'c0'"):
        learn_weights(criteria, cohort, ratings, prior={"c00": 1})
    for arguments, said in (
        ((1, cohort, ratings), "needs Criteria, got int"),
        ((criteria, 2, ratings), "needs the Cohort that was matched, or a list of them, got int"),
        ((criteria, cohort, 3), "needs Ratings, got int"),
    ):
        with pytest.raises(mm.CriterionError, match=said):
            learn_weights(*arguments)
    with pytest.raises(mm.CriterionError, match="target must be one of"):
        learn_weights(criteria, cohort, ratings, target="liking")


def test_answers_that_hold_something_else_say_what_they_hold() -> None:
    criteria, cohort, ratings = simulated(40, 10, seed=0)
    rules = mm.Criteria(mm.criteria.Different("a0"))
    with pytest.raises(mm.CriterionError, match="only where criteria have weights; none has"):
        learn_weights(rules, cohort, ratings)
    with pytest.raises(mm.CriterionError, match="hold no goal; they hold rating: choose it as"):
        learn_weights(criteria, cohort, ratings, target="goal")
    nothing = Ratings(ratings.table.assign(rating=np.nan, continued=1.0))
    with pytest.raises(mm.CriterionError, match=r"hold no rating; they hold continued: choose"):
        learn_weights(criteria, cohort, nothing)
    moved = mm.Criteria(*criteria.criteria, normalise=True)
    with pytest.raises(mm.CriterionError, match="cannot be learned with normalise=True"):
        learn_weights(moved, cohort, ratings)


@pytest.mark.parametrize("count", [1, 2])
def test_answers_about_people_who_are_not_there_are_left_out_and_counted(count: int) -> None:
    criteria, cohort, ratings = simulated(60, 10, seed=0)
    names = ratings.table["mentee"].astype(object)
    names.iloc[:count] = ["x0", "x1"][:count]
    learned = learn_weights(criteria, cohort, Ratings(ratings.table.assign(mentee=names)))
    known = learn_weights(criteria, cohort, Ratings(ratings.table.iloc[count:]))
    assert learned.criteria.weights == known.criteria.weights
    said = ["1 answer names people who are not in the cohort, and is left out."]
    said += ["2 answers name people who are not in the cohort, and are left out."]
    assert said[count - 1] in learned.refusals


def test_only_one_side_is_asked_where_only_that_side_speaks() -> None:
    criteria, cohort, ratings = simulated(60, 10, seed=0)
    noise = ratings.table.assign(by="mentor", rating=0.5)
    both = Ratings(pd.concat([ratings.table, noise], ignore_index=True))
    one = learn_weights(criteria, cohort, both, side="mentee").criteria.weights
    assert one == learn_weights(criteria, cohort, ratings, side="mentee").criteria.weights


def test_regret_is_what_matching_by_other_weights_loses_of_the_true_total() -> None:
    cohort = people(12, 6, np.random.default_rng(1))
    truth, other = near_criteria((1, 1, 1)), near_criteria((1, 0.01, 0.01))
    problem = mm.Problem(other.score(cohort), capacity=2)
    right = mm.Problem(truth.score(cohort), capacity=2)
    chosen = mm.match(problem).pairs[["mentee", "mentor"]].itertuples(index=False)
    got = mm.Matching.from_pairs(right, list(chosen)).total
    best = mm.match(right).total
    assert decision_regret(other, truth, problem) == pytest.approx((best - got) / best)
    assert decision_regret(other, truth, problem) > 0
    assert decision_regret(truth, truth, problem) == 0
    with pytest.raises(mm.CriterionError, match="was made of scores without people"):
        decision_regret(other, truth, mm.Problem.from_scores([[0.5]]))


def test_rare_pairs_of_a_lottery_count_more() -> None:
    criteria, cohort, ratings = simulated(120, 40, seed=8)
    chances = np.full((120, 40), 0.5)
    even = learn_weights(criteria, cohort, ratings, probabilities=chances)
    plain = learn_weights(criteria, cohort, ratings)
    pd.testing.assert_frame_equal(even.report, plain.report)
    with pytest.raises(mm.CriterionError, match="give 0 to a pair that was rated"):
        learn_weights(criteria, cohort, ratings, probabilities=0 * chances)


def test_changed_pairs_are_those_of_matching_twice() -> None:
    criteria, cohort, ratings = simulated(300, 60, seed=1)
    learned = learn_weights(criteria, cohort, ratings)
    problem = mm.Problem(criteria.score(cohort), capacity=5)
    changes = learned.changes(problem)
    after = mm.match(mm.Problem(learned.criteria.score(cohort), capacity=5)).pairs
    begun = changes[changes["change"] == "begins"][["mentee", "mentor"]]
    assert len(begun.merge(after, on=["mentee", "mentor"])) == len(begun) > 0
    assert len(changes) == 2 * len(begun)


def test_the_chart_shows_old_and_new_weights_and_the_interval() -> None:
    learned = learn_weights(*simulated(300, 60, seed=1))
    chart = learned.plot().to_dict()
    marks = {layer["mark"]["type"] for layer in chart["layer"]}
    assert marks == {"rule", "tick", "point"}
    assert len(next(iter(chart["datasets"].values()))) == 3


def test_decisions_are_told_beside_the_ratings_and_change_no_weight() -> None:
    criteria, cohort, ratings = simulated(120, 40, seed=3)
    plain = learn_weights(criteria, cohort, ratings)
    both = learn_weights(criteria, cohort, ratings, decisions=[Override("e0", "o1", "o2")])
    assert plain.overrides is None
    assert len(both.overrides.overrides) == 1
    assert both.criteria.weights == plain.criteria.weights
    assert "Changes by the committee: 1" in repr(both)


# ---------------------------------------------------------------- the arithmetic, by other means


@pytest.mark.parametrize("strength", [0.01, 0.3, 3.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_fit_is_the_smallest_of_its_objective(strength: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, outcomes = rng.random((40, 3)), rng.random(40)
    groups = rng.integers(0, 2, 40)
    prior = np.array([0.2, 0.3, 0.5])
    moments = moments_of(values, outcomes, groups)
    size = np.trace(moments.without_intercepts()[:-1, :-1]) / 3

    def objective(x: np.ndarray) -> float:
        levels = np.bincount(groups, outcomes - values @ x[:3]) / np.bincount(groups)
        rest = outcomes - levels[groups] - values @ x[:3]
        return rest @ rest + strength * size * ((x[:3] - x[3] * prior) ** 2).sum()

    found = minimize(objective, np.full(4, 0.1), bounds=[(0, None)] * 4, tol=1e-14)
    beta = fit_shrunk(moments, prior, strength)
    own = max(beta @ prior / (prior @ prior), 0.0)
    assert objective(np.append(beta, own)) <= found.fun * (1 + 1e-6)
    np.testing.assert_allclose(beta, found.x[:3], atol=1e-3)


def test_an_infinite_strength_keeps_the_prior_direction() -> None:
    values = np.random.default_rng(0).random((50, 2))
    prior = np.array([0.25, 0.75])
    beta = fit_shrunk(moments_of(values, values.sum(axis=1), np.zeros(50, np.intp)), prior, np.inf)
    assert beta[1] == pytest.approx(3 * beta[0])
    assert beta[0] > 0


def test_weighing_is_the_same_as_repeating() -> None:
    rng = np.random.default_rng(1)
    values, outcomes, groups = rng.random((30, 3)), rng.random(30), rng.integers(0, 2, 30)
    counts = rng.integers(1, 4, 30)
    weighted = shares_of(moments_of(values, outcomes, groups, counts[None, :].astype(float)))[0]
    again = np.repeat(np.arange(30), counts)
    repeated = shares_of(moments_of(values[again], outcomes[again], groups[again]))
    np.testing.assert_allclose(weighted, repeated, rtol=1e-9)


def test_ratings_of_one_mentor_go_together_so_the_plain_bootstrap_is_too_sure() -> None:
    # Mentors matter for what is rated, and one criterion is the same for all pairs of a mentor:
    # its interval must be wider when mentors are drawn than when ratings are.
    rng = np.random.default_rng(3)
    mentors = np.repeat(np.arange(40), 10)
    values = np.column_stack([rng.random(40)[mentors], rng.random(400)])
    outcomes = values @ [0.5, 0.5] + rng.normal(0, 0.2, 40)[mentors] + rng.normal(0, 0.1, 400)
    groups, ones = np.zeros(400, np.intp), np.ones(400)
    _, low, high = share_intervals(values, outcomes, groups, (mentors,), ones, rng)
    plain = share_intervals(values, outcomes, groups, (np.arange(400),), ones, rng)
    assert (high - low)[0] > 1.5 * (plain[2] - plain[1])[0]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=2, max_size=9),
)
def test_the_regret_of_choosing_between_two_answers_is_that_of_all_pairs(answers: list) -> None:
    predicted, outcomes = (np.array(one, dtype=float) for one in zip(*answers, strict=True))
    lost = []
    for (p, y), (q, z) in itertools.combinations(answers, 2):
        chosen = y if p > q else z if q > p else (y + z) / 2
        lost.append(max(y, z) - chosen)
    assert choice_regret(predicted, outcomes) == pytest.approx(np.mean(lost), abs=1e-12)


def test_the_regret_of_learned_weights_stands_beside_that_of_the_old_ones() -> None:
    cv = learn_weights(*simulated(600, 120, seed=1)).cv.set_index("figure")
    row = cv.loc["lost by choosing between two as foretold (regret: less is better)"]
    assert 0 < row["new"] < row["old"]
