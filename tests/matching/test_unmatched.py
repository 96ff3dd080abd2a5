"""Why somebody has no mentor: one true sentence for each reason there is."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import mentormatch as mm
from problems import problems


def reasons(scores, pairs=None, **numbers):
    problem = mm.Problem.from_scores(scores, **numbers)
    matching = mm.match(problem) if pairs is None else mm.Matching.from_pairs(problem, pairs)
    return dict(zip(matching.unmatched["mentee"], matching.unmatched["reason"], strict=True))


def test_nobody_to_be_matched_with():
    assert reasons(np.ones((2, 0))) == dict.fromkeys((0, 1), "there are no mentors")


def test_no_eligible_mentor_says_which_rule_removed_how_many():
    assert reasons([[np.nan, np.nan], [1.0, np.nan]])[0] == (
        "no mentor is eligible (given as ineligible (NaN) rules out 2 of 2)"
    )


@pytest.mark.parametrize(
    ("scores", "numbers", "sentence"),
    [
        ([[0.9], [0.1]], {}, "1 mentor is eligible, whose only seat is taken"),
        ([[0.9, 0.9]] * 3, {}, "2 mentors are eligible, whose 2 seats are all taken"),
        ([[0.9], [0.1]], {"capacity": 0}, "1 mentor is eligible, who has no seats"),
        ([[0.9, 0.9]], {"capacity": 0}, "2 mentors are eligible, none of whom has a seat"),
        (
            [[0.9, 0.9], [0.8, 0.8]],
            {"capacity": [0, 1]},
            "2 mentors are eligible, 1 of them without a seat; the only seat of the other is taken",
        ),
        (
            [[0.9, 0.9, 0.9]] * 4,
            {"capacity": [1, 2, 0]},
            "3 mentors are eligible, 1 of them without a seat; the 3 seats of the others are taken",
        ),
    ],
)
def test_all_eligible_mentors_are_full(scores, numbers, sentence):
    assert set(reasons(scores, **numbers).values()) == {sentence}


def test_bans_and_a_smallest_score_are_named_as_what_removed_the_rest():
    assert reasons([[0.4, np.nan]], min_score=0.5)[0] == (
        "no mentor is eligible: of the 1 that the rules allow, min_score 0.5 removes 1 (given as "
        "ineligible (NaN) rules out 1 of 2)"
    )
    assert reasons([[0.4]], bans=[(0, 0)])[0] == (
        "no mentor is eligible: of the 1 that the rules allow, bans remove 1; decided by "
        "hand: not with 0"
    )
    assert reasons([[0.4, 0.3, 0.9]], bans=[(0, 2), (0, 1)], min_score=0.5)[0] == (
        "no mentor is eligible: of the 3 that the rules allow, min_score 0.5 removes 2 and bans "
        "remove 1; decided by hand: not with 2, 1"
    )


def test_whom_a_committee_took_apart_is_told_that_it_was_decided_and_not_only_that_seats_lack():
    # "1 mentor is eligible, whose only seat is taken" hid that the committee had ended their pair.
    found = reasons([[0.9, 0.2], [0.5, 0.4]], capacity=[0, 1], bans=[(0, 0, "same office")])
    assert found[0].endswith("; decided by hand: not with 0 (same office)")
    many = reasons([[0.9] * 4], bans=[(0, j) for j in range(4)])
    assert many[0].endswith("; decided by hand: not with 0, 1 and 2 more")


def test_where_only_the_total_counts_scores_below_0_are_a_reason():
    assert reasons([[-0.25, -0.5]], coverage_first=False)[0] == (
        "every free eligible mentor scores below 0 (the best, 0, -0.25)"
    )


def test_a_list_made_elsewhere_that_leaves_seats_free_says_so():
    assert reasons([[0.3, 0.8]], pairs=[])[0] == (
        "left out by this matching: 2 eligible mentors have a free seat, the best of them 1 (score "
        "0.8)"
    )


def test_one_free_mentor_is_one():
    assert reasons([[0.3]], pairs=[])[0] == (
        "left out by this matching: 1 eligible mentor has a free seat, the best of them 0 (score "
        "0.3)"
    )


def test_who_wants_several_hears_how_many_there_are_already():
    scores = [[0.9, 0.8, np.nan], [0.5, np.nan, np.nan]]
    found = reasons(scores, capacity=[2, 1, 1], demand=[3, 2])
    assert found == {
        0: "has 2; no other mentor is eligible (given as ineligible (NaN) rules out 1 of 3)",
        1: "has 1; no other mentor is eligible (given as ineligible (NaN) rules out 2 of 3)",
    }
    assert reasons([[0.9, 0.8], [0.9, 0.8]], demand=[2, 1])[0] == (
        "has 1; 1 other mentor is eligible, whose only seat is taken"
    )
    assert reasons([[0.9, 0.8]], demand=2, bans=[(0, 1)])[0] == (
        "has 1; no other mentor is eligible: of the 1 that the rules allow, bans remove 1; decided "
        "by hand: not with 1"
    )


def test_a_pin_counts_as_what_somebody_has():
    assert reasons([[0.9, np.nan]], demand=2, pins=[(0, 0)])[0].startswith("has 1; no other mentor")


def test_people_who_want_nobody_lack_nobody():
    assert reasons([[0.9], [0.8]], demand=[1, 0]) == {}


@given(problem=problems())
def test_everybody_who_lacks_a_mentor_gets_exactly_one_sentence(problem):
    matching = mm.Matching(problem, problem.pinned[:, 0], problem.pinned[:, 1], check=False)
    lacking = np.flatnonzero(matching.places < problem.demands)
    assert matching.unmatched["mentee"].tolist() == lacking.tolist()
    assert matching.unmatched["reason"].str.len().gt(0).all()


def test_fifty_thousand_people_without_a_mentor_are_told_why_in_seconds():
    rng = np.random.default_rng(0)
    scores = rng.random((50_000, 40))
    scores[rng.random(scores.shape) < 0.5] = np.nan
    problem = mm.Problem.from_scores(pd.DataFrame(scores), capacity=1)
    matching = mm.Matching.from_pairs(problem, [])
    started = time.process_time()
    assert len(matching.unmatched) == 50_000
    assert time.process_time() - started < 10
