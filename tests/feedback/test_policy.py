"""Would the other way have been better: estimates, and the bounds beside them."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import mentormatch as mm
from mentormatch.feedback import NotIdentifiedError, evaluate_policy
from mentormatch.feedback.policies.assumptions import isotonic_means
from mentormatch.matching import Matching

ROWS = np.arange(3)


def lottery_on_permutations(shares: np.ndarray) -> tuple[list[tuple[int, ...]], np.ndarray]:
    """All six matchings of three and three, and the chance of each pair."""
    matchings = list(permutations(range(3)))
    chances = np.zeros((3, 3))
    for share, columns in zip(shares, matchings, strict=True):
        chances[ROWS, columns] += share
    return matchings, np.minimum(chances, 1.0)


def drawn(problem: mm.Problem, columns: object, chances: np.ndarray) -> Matching:
    chosen = np.array(columns)
    table = sparse.csr_array(chances)
    return Matching(problem, np.arange(len(chosen)), chosen, "lottery", probabilities=table)


@settings(max_examples=25)
@given(
    st.lists(st.floats(0.05, 1), min_size=6, max_size=6),
    st.lists(st.floats(0, 1), min_size=9, max_size=9),
    st.integers(0, 5),
)
def test_inverse_probabilities_are_right_in_the_mean_over_all_draws(
    raw: list[float], outcomes: list[float], which: int
) -> None:
    shares = np.array(raw) / sum(raw)
    truth = np.array(outcomes).reshape(3, 3)
    problem = mm.Problem.from_scores(np.arange(9.0).reshape(3, 3) / 9)
    matchings, chances = lottery_on_permutations(shares)
    target = Matching(problem, ROWS, np.array(matchings[which]), "other")
    mean = 0.0
    for share, columns in zip(shares, matchings, strict=True):
        logged = drawn(problem, columns, chances)
        found = evaluate_policy(logged, target, pd.Series(truth[ROWS, columns]), draws=4)
        mean += share * found.ips
        assert found.bounds[0] <= found.bounds[1]
    assert mean == pytest.approx(truth[ROWS, matchings[which]].mean(), abs=1e-9)


def test_without_a_lottery_the_estimate_is_refused_and_the_bounds_are_given() -> None:
    problem = mm.Problem.from_scores([[0.9, 0.2], [0.1, 0.8]])
    logged = mm.match(problem)
    target = mm.Matching.from_pairs(problem, [(0, 1), (1, 0)])
    with pytest.raises(NotIdentifiedError, match=r"not drawn by lot.*between 0 and 1") as error:
        evaluate_policy(logged, target, pd.Series([0.5, 1.0]))
    assert error.value.bounds == (0.0, 1.0)
    half = mm.Matching.from_pairs(problem, [(0, 0)])
    with pytest.raises(NotIdentifiedError) as error:
        evaluate_policy(logged, half, pd.Series([0.5, 1.0]))
    # The one pair of the other policy was made, so its outcome is known.
    assert error.value.bounds == (0.5, 0.5)


def test_pairs_that_could_not_be_drawn_are_counted_and_widen_the_bounds() -> None:
    problem = mm.Problem.from_scores(np.full((2, 3), 0.5))
    logged = drawn(problem, [0, 1], np.array([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]]))
    target = mm.Matching.from_pairs(problem, [(0, 0), (1, 2)])
    found = evaluate_policy(logged, target, pd.Series([0.8, 0.4]))
    assert found.unsupported_share == pytest.approx(0.5)
    # One outcome alone tells nothing of how much others may differ from it.
    assert found.bounds == pytest.approx((0.0, 1.0))
    assert (found.low, found.high) == (0.0, 1.0)
    both = mm.Matching.from_pairs(problem, [(0, 0), (1, 1)])
    sure = evaluate_policy(logged, both, pd.Series([0.8, 0.8]))
    assert sure.unsupported_share == 0
    half = evaluate_policy(drawn(problem, [0, 1], np.eye(2, 3)), target, pd.Series([0.8, 0.4]))
    assert half.bounds == pytest.approx((0.0, 1.0))
    assert "50% of its pairs could not have been drawn" in repr(found)


def test_who_did_not_answer_may_have_said_anything() -> None:
    problem = mm.Problem.from_scores(np.full((2, 2), 0.5))
    logged = drawn(problem, [0, 1], np.full((2, 2), 0.5))
    found = evaluate_policy(logged, logged, pd.Series([0.6, np.nan]))
    # In the mean 0.3 to 0.8, and that is what was drawn once.
    assert found.bounds[0] < 0.3 < 0.8 < found.bounds[1]
    assert any("1 of 2 pairs has no outcome" in note for note in found.notes)


def test_bounds_hold_what_they_are_said_to_hold_in_most_lotteries() -> None:
    # Where everybody answers and every pair can be drawn, they were one number.
    rng = np.random.default_rng(2)
    truth = rng.random((60, 6)).round(1)
    problem = mm.Problem.from_scores(rng.random((60, 6)), capacity=10)
    target = mm.match(problem)
    chances = np.full((60, 6), 1 / 6)
    inside = []
    for seed in range(24):
        columns = np.random.default_rng(seed).permutation(np.repeat(np.arange(6), 10))
        logged = drawn(problem, columns, chances)
        told = pd.Series(truth[logged.mentees, logged.mentors]).where(
            np.random.default_rng(seed).random(60) < 0.9
        )
        found = evaluate_policy(logged, target, told, draws=50)
        assert 0 <= found.low <= found.snips <= found.high <= 1
        value = truth[target.mentees, target.mentors].mean()
        inside.append(found.bounds[0] <= value <= found.bounds[1])
    assert np.mean(inside) >= 0.8
    assert "with the interval of what was drawn" in repr(found)


@pytest.mark.parametrize("share", [0.82, 0.95])
def test_bounds_of_yes_and_no_hold_the_truth_in_most_lotteries(share: float) -> None:
    # Where all who were drawn said yes, they were 1 to 1.
    rng = np.random.default_rng(2)
    truth = (rng.random((60, 6)) < share).astype(float)
    problem = mm.Problem.from_scores(rng.random((60, 6)), capacity=10)
    target = mm.match(problem)
    value = truth[target.mentees, target.mentors].mean()
    inside, widths = [], []
    for seed in range(25):
        columns = np.random.default_rng(seed).permutation(np.repeat(np.arange(6), 10))
        logged = drawn(problem, columns, np.full((60, 6), 1 / 6))
        found = evaluate_policy(
            logged, target, pd.Series(truth[logged.mentees, logged.mentors]), draws=20
        )
        assert found.low <= found.snips <= found.high
        inside.append(found.bounds[0] <= value <= found.bounds[1])
        widths.append(found.high - found.low)
    assert np.mean(inside) >= 0.9
    # And yet they say something.
    assert np.mean(widths) < 0.5


@pytest.mark.parametrize("answer", [0.0, 0.5, 1.0])
def test_outcomes_that_are_all_alike_leave_room_for_others(answer: float) -> None:
    widths = []
    for n in (4, 40):
        problem = mm.Problem.from_scores(np.full((n, n), 0.5))
        logged = drawn(problem, np.arange(n), np.full((n, n), 1 / n))
        found = evaluate_policy(logged, logged, pd.Series([answer] * n), draws=20)
        assert found.low <= answer <= found.high
        widths.append(found.bounds[1] - found.bounds[0])
    # As Clopper and Pearson have it, 4 times yes are a share of 0.4 to 1.
    assert widths[0] > 0.4
    assert widths[1] < widths[0] / 2


def test_pairs_that_were_certain_have_nothing_to_allow_for() -> None:
    problem = mm.Problem.from_scores(np.full((3, 3), 0.5))
    logged = drawn(problem, ROWS, np.eye(3))
    found = evaluate_policy(logged, logged, pd.Series([1.0, 1.0, 1.0]))
    assert found.bounds == (1.0, 1.0)


def test_without_an_outcome_the_whole_range_is_left() -> None:
    problem = mm.Problem.from_scores(np.full((2, 2), 0.5))
    logged = drawn(problem, [0, 1], np.full((2, 2), 0.5))
    found = evaluate_policy(logged, logged, pd.Series([np.nan, np.nan]), outcome_range=(1, 5))
    assert (found.low, found.high) == found.bounds == (1.0, 5.0)
    assert "no outcome of its pairs is known" in repr(found)
    assert "nan" not in repr(found)


def test_pairs_set_by_hand_are_left_out_and_said() -> None:
    problem = mm.Problem.from_scores(np.full((2, 2), 0.5))
    logged = drawn(problem, [0, 1], np.full((2, 2), 0.5))
    table = pd.DataFrame({"mentee": [0, 1], "mentor": [0, 0], "outcome": [0.6, 0.1]})
    found = evaluate_policy(logged, logged, table)
    assert found.ratings == 1
    assert any("1 outcome is of pairs that the lottery did not make" in n for n in found.notes)


@pytest.mark.parametrize("assume", ["monotone", "lipschitz"])
def test_an_assumption_narrows_the_bounds(assume: str) -> None:
    problem = mm.Problem.from_scores(np.random.default_rng(0).random((40, 20)), capacity=2)
    logged = mm.match(problem, mm.strategies.Lottery(cap=0.3))
    target = mm.match(problem, "random")
    outcome = pd.Series(logged.scores**2)
    none = evaluate_policy(logged, target, outcome, draws=20)
    some = evaluate_policy(logged, target, outcome, assume=assume, lipschitz=2.0, draws=20)
    assert none.unsupported_share > 0.2
    truth = float((target.scores**2).mean())
    assert none.bounds[0] <= truth <= none.bounds[1]
    widths = [found.bounds[1] - found.bounds[0] for found in (none, some)]
    assert widths[1] < widths[0]


def test_full_feedback_shows_no_bias_beyond_chance() -> None:
    rng = np.random.default_rng(1)
    scores = rng.random((30, 15))
    truth = np.clip(scores + rng.normal(0, 0.1, scores.shape), 0, 1)
    problem = mm.Problem.from_scores(scores, capacity=2)
    target = mm.match(problem, mm.strategies.Lottery(cap=0.6))
    chances = target.probabilities.toarray()
    found, inside = [], 0
    for seed in range(30):
        logged = mm.match(problem, mm.strategies.Lottery(cap=0.5), seed=seed)
        own = truth[logged.mentees, logged.mentors]
        one = evaluate_policy(logged, target, pd.Series(own), draws=60)
        supported = chances * (logged.probabilities.toarray() > 0)
        value = (supported * truth).sum() / supported.sum()
        found.append(one.snips - value)
        inside += one.low <= value <= one.high
    assert abs(np.mean(found)) < 4 * np.std(found) / np.sqrt(len(found)) + 1e-3
    assert inside >= 22


def test_other_people_and_wrong_outcomes_are_one_sentence() -> None:
    problem = mm.Problem.from_scores([[0.5]])
    one, two = mm.match(problem), mm.match(mm.Problem.from_scores([[0.5, 0.2]]))
    with pytest.raises(mm.MentorMatchError, match="same people in the same order"):
        evaluate_policy(one, two, pd.Series([1.0]))
    with pytest.raises(mm.MentorMatchError, match="assume must be one of"):
        evaluate_policy(one, one, pd.Series([1.0]), assume="hope")
    with pytest.raises(mm.MentorMatchError, match="between 0 and 1, got 4"):
        evaluate_policy(one, one, pd.Series([4.0]))
    with pytest.raises(mm.MentorMatchError, match=r"a value for each pair of .*: 1, not 2"):
        evaluate_policy(one, one, pd.Series([0.0, 1.0]))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_pooled_levels_never_fall_and_keep_the_mean(values: list[float]) -> None:
    levels = isotonic_means(np.array(values))
    assert (np.diff(levels) >= -1e-12).all()
    assert levels.mean() == pytest.approx(np.mean(values))
