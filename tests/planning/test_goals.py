"""Goal attainment scaling keeps the identities of its formula."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm

LEVELS = st.lists(st.sampled_from([-2, -1, 0, 1, 2]), min_size=1, max_size=6)
WEIGHTS = st.floats(0.01, 100, allow_nan=False)


@given(st.integers(1, 8), st.floats(0, 0.99))
def test_goals_all_attained_as_expected_score_exactly_50(count, rho):
    assert mm.planning.goal_scores([0] * count, rho=rho) == 50.0


@given(WEIGHTS, st.floats(0, 0.99))
def test_one_goal_one_level_above_expectation_scores_60(weight, rho):
    assert mm.planning.goal_scores([1], [weight], rho) == pytest.approx(60, abs=1e-12)


@given(LEVELS, st.data())
def test_a_score_is_the_published_formula_written_out(levels, data):
    weights = data.draw(st.lists(WEIGHTS, min_size=len(levels), max_size=len(levels)))
    w, x = np.array(weights), np.array(levels)
    wanted = 50 + 10 * (w @ x) / np.sqrt(0.7 * (w @ w) + 0.3 * w.sum() ** 2)
    assert mm.planning.goal_scores(levels, weights) == pytest.approx(wanted, rel=1e-12)


@given(LEVELS, WEIGHTS, st.data())
def test_only_ratios_of_weights_count_and_opposite_levels_mirror_the_score(levels, scale, data):
    weights = np.array(data.draw(st.lists(WEIGHTS, min_size=len(levels), max_size=len(levels))))
    score = mm.planning.goal_scores(levels, weights)
    assert mm.planning.goal_scores(levels, weights * scale) == pytest.approx(score, abs=1e-10)
    mirrored = mm.planning.goal_scores([-x for x in levels], weights)
    assert mirrored - 50 == pytest.approx(50 - score, abs=1e-10)
    order = data.draw(st.permutations(range(len(levels))))
    same = mm.planning.goal_scores([levels[k] for k in order], weights[order])
    assert same == pytest.approx(score, abs=1e-10)


def test_an_unrated_goal_does_not_count_and_nothing_rated_is_no_score():
    table = pd.DataFrame([[1, np.nan], [np.nan, np.nan]], index=["ada", "bob"])
    scores = mm.planning.goal_scores(table, weights=[1, 5])
    assert scores["ada"] == 60
    assert np.isnan(scores["bob"])


@pytest.mark.parametrize(
    ("levels", "options", "said"),
    [
        ([3], {}, "between -2 and 2, but 1 of 1 does not, such as 3"),
        ([[3, 3, 0], [0, 0, 0]], {}, "but 2 of 6 do not, such as 3"),
        ([1], {"rho": 1.0}, "rho must be at least 0 and below 1"),
        (
            [1],
            {"weights": [-1]},
            "weights must be finite numbers of 0 or more, got -1",
        ),
        ([1, 2], {"weights": [0, 0]}, "are all 0. Give at least one goal a weight"),
        ([1, 2], {"weights": [1, 2, 3]}, "one for each goal"),
        (["much"], {}, "levels must be numbers"),
        (1, {}, "one number per goal"),
    ],
)
def test_goals_that_cannot_be_scored_are_refused_with_the_cure(levels, options, said):
    with pytest.raises(mm.ProblemError, match=said):
        mm.planning.goal_scores(levels, **options)
