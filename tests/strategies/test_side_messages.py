"""What is said when quotas, pairs of mentees or hours cannot be used, or cannot all hold."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from test_side_constraints import PEOPLE, SCORES, from_tables

import mentormatch as mm


def said(error: type[Exception], problem_or_call) -> str:
    with pytest.raises(error) as caught:
        problem_or_call()
    return str(caught.value)


def refused(**given) -> str:
    return said(mm.ProblemError, lambda: mm.Problem.from_scores(SCORES, **given))


def impossible(scores=SCORES, **given) -> str:
    return said(mm.InfeasibleError, lambda: mm.match(mm.Problem.from_scores(scores, **given)))


# ---------------------------------------------------------------- quotas


def test_a_quota_says_everything_that_is_wrong_at_once():
    assert said(
        mm.ProblemError,
        lambda: mm.Quota("team", at_least=-1, at_most=1.5, per_mentor="yes", name=""),
    ) == (
        "The quota '' cannot be used:\n"
        "  at_least must be a whole number of 0 or more, got -1\n"
        "  at_most must be a whole number of 0 or more, got 1.5\n"
        "  per_mentor must be True or False, got 'yes'\n"
        "  name must be some text, or None, got ''\n"
        "  mentees='team' is neither a column with a value nor a list; write "
        "mentees={'team': value} or mentees=['team']"
    )


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "it asks for nothing; give at_least=, at_most= or both"),
        ({"at_least": 3, "at_most": 2}, "at_least=3 is more than at_most=2"),
        ({"mentees": 7, "at_most": 1}, "mentees must be {column: value}, a list of ids or a"),
        ({"mentors": {}, "at_most": 1}, "mentors={} names no column; leave it out to mean everybo"),
    ],
)
def test_a_quota_that_says_nothing_is_refused(given, why):
    assert why in said(mm.ProblemError, lambda: mm.Quota(**given))


@pytest.mark.parametrize(
    ("quota", "words"),
    [
        (mm.Quota(at_most=3), "at most 3 of all mentees"),
        (
            mm.Quota({"team": "red"}, at_least=1, per_mentor=True),
            "at least 1 of the mentees with team 'red' with each mentor",
        ),
        (
            mm.Quota({"team": ["red", "blue"]}, ["guy"], at_least=2, at_most=2),
            "exactly 2 of the mentees with team 'red' or 'blue' with the mentors 'guy'",
        ),
        (mm.Quota([True, False], at_least=1, at_most=2), "1 to 2 of 1 chosen mentees"),
        (
            mm.Quota([], {"site": "x"}, at_most=1, per_mentor=True),
            "at most 1 of no mentees with each mentor of the mentors with site 'x'",
        ),
    ],
)
def test_a_quota_tells_itself_in_words(quota, words):
    assert str(quota) == words


def test_people_columns_and_values_that_are_not_there_are_named_with_the_nearest():
    assert refused(
        quotas=[mm.Quota(["adda"], at_most=1, name="a"), mm.Quota({"team": "red"}, at_most=1)],
        apart=[("ada", "bobby")],
    ) == (
        "The conditions cannot be used:\n"
        "  The quota 'a' names people the problem does not have:\n"
        "  There is no mentee with the id 'adda'. Did you mean 'ada'?\n"
        "  The quota \"at most 1 of the mentees with team 'red'\" names the column 'team', but "
        "this problem has no tables. Give a list of ids, or a boolean array.\n"
        "  apart: There is no mentee with the id 'bobby'. Did you mean 'bob'?"
    )
    text = said(
        mm.ProblemError,
        lambda: from_tables(quotas=[mm.Quota({"tema": "red", "team": "rde"}, at_most=1)]),
    )
    assert "Did you mean 'team'?" in text
    assert "no mentee has 'rde' in column 'team'; there are: blue, red. Did you mean 'red'?" in text


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"quotas": "team"}, "quotas must be a list of mm.Quota, got str."),
        ({"quotas": [("team", 1)]}, "quotas must hold mm.Quota objects only; these are not:\n  en"),
        (
            {"quotas": [mm.Quota(at_most=1, name="q"), mm.Quota(at_most=2, name="q")]},
            "Two quotas are called 'q'. Tell them apart with name=.",
        ),
        (
            {"quotas": [mm.Quota(np.array([True, False]), at_most=1)]},
            "has a boolean array of shape (2,), but there are 4 mentees.",
        ),
        (
            {"quotas": [mm.Quota(pd.Series({"ada": True, "eve": False}), at_most=1)]},
            "missing: 'bob', 'cyd', 'dan'; not among them: 'eve'. A list of ids needs no more",
        ),
        ({"apart": "ada"}, "apart must be a list of pairs of mentees, got str."),
        ({"apart": [("ada",)]}, "entry 0: expected (mentee, mentee[, reason]), got ('ada',)"),
        ({"together": [("ada", "ada")]}, "entry 0: 'ada' is named twice; name two mentees"),
        (
            {"apart": [("ada", "bob")], "together": [("bob", "ada")]},
            "'bob' and 'ada' are given as apart and as together. Give one.",
        ),
        ({"apart": [("ada", "bob"), ("bob", "ada")]}, "'bob' and 'ada' are given twice. Give one."),
        ({"usage": -0.5}, "usage must be a number of 0 or more for each of the mentees; got 'ada'"),
        ({"usage": 1, "capacity": "hours"}, "names a column, but this problem has no tables"),
        (
            {"usage": np.ones((2, 2))},
            "4 mentees and 2 mentors. Give one row per mentee",
        ),
        (
            {"usage": np.where(np.eye(4, 2), np.nan, 1.0)},
            "for each pair; got nan for 'ada' with 'guy', and 1 more like it.",
        ),
        (
            {"usage": np.array([[1.0, np.nan], [1, 1], [1, 1], [1, 1]])},
            "for each pair; got nan for 'ada' with 'lin'.",
        ),
        (
            {"usage": SCORES.drop(index="bob")},
            "needs every mentee as a row and every mentor as a column, once each; missing, for "
            "example: 'bob'.",
        ),
        (
            {"usage": np.pi},
            "usage and capacity have no common unit (3.141592654): hours are compared exactly, as "
            "multiples of a fraction such as 0.25 or 1/3. Round them to two decimals.",
        ),
    ],
)
def test_what_cannot_be_used_is_said_with_its_cure(given, why):
    assert why in refused(**given)


def test_fractional_capacity_without_usage_is_still_refused():
    assert "capacity must be a whole number of 0 or more" in refused(capacity=1.5)


# ---------------------------------------------------------------- matchings that break a rule


def test_pairs_that_break_rules_are_told_in_ids_all_at_once():
    problem = mm.Problem.from_scores(
        SCORES,
        capacity=[1.0, 3.0],
        usage=[0.5, 0.5, 0.5, 1.0],
        quotas=[mm.Quota(["ada", "bob"], at_least=1, per_mentor=True, name="reds")],
        apart=[("ada", "bob", "same team")],
        together=[("cyd", "dan")],
    )
    pairs = [("ada", "guy"), ("bob", "guy"), ("cyd", "guy"), ("dan", "lin")]
    assert said(mm.MatchingError, lambda: mm.Matching.from_pairs(problem, pairs)) == (
        "This is not a matching of its problem:\n"
        "  the quota 'reds' does not hold: 0 with 'lin'\n"
        "  'ada' and 'bob' must not share a mentor (same team), but both have 'guy'\n"
        "  'cyd' and 'dan' must have the same mentors, but only 'cyd' has 'guy'\n"
        "  'cyd' and 'dan' must have the same mentors, but only 'dan' has 'lin'\n"
        "  mentor 'guy' has mentees who use 1.5 but capacity 1"
    )


# ---------------------------------------------------------------- conflicts


def test_minimums_that_too_few_are_eligible_for_are_named_with_those_who_are():
    scores = pd.DataFrame(
        [[0.9, 0.5, np.nan], [0.8, np.nan, 0.1], [np.nan, 0.7, np.nan], [np.nan, np.nan, 0.5]],
        index=PEOPLE,
        columns=["ann", "bo", "cy"],
    )
    assert impossible(scores, capacity=3, minimum={"ann": 2, "bo": 2, "cy": 1}) == (
        "The minimums cannot be met: 'ann' and 'bo' must have 2 each, but only 3 mentees are "
        "eligible to any of them: 'ada', 'bob', 'cyd'. Lower a minimum, or let more mentees be "
        "eligible."
    )
    assert impossible(scores, capacity=2, minimum={"ann": 3, "bo": 0, "cy": 0}) == (
        "The minimums cannot be met: 'ann' must have 3, but takes at most 2. Lower the minimum, or "
        "raise the capacity."
    )
    assert "'cy' must have 3, but only 2 mentees are eligible to 'cy': 'bob', 'dan'." in impossible(
        scores, capacity=3, minimum={"ann": 0, "bo": 0, "cy": 3}
    )
    assert "'ann' must have 2, 'bo' 1, 'cy' 1, 4 in all, but only 3 mentees" in impossible(
        scores.iloc[:3].fillna(0.5), capacity=3, minimum={"ann": 2, "bo": 1, "cy": 1}
    )


def test_minimums_are_explained_with_every_engine_and_with_side_rules_too():
    problem = mm.Problem.from_scores(SCORES, capacity=3, minimum=3)
    ruled = mm.Problem.from_scores(SCORES, capacity=3, minimum=3, apart=[("ada", "bob")])
    why = "'guy' and 'lin' must have 3 each, but only 4 mentees are eligible to any of them"
    for engine in ("flow", "priced", "linear", "cp-sat"):
        assert why in said(mm.InfeasibleError, lambda e=engine: mm.match(problem, engine=e))
    assert why in said(mm.InfeasibleError, lambda: mm.match(ruled))


def test_a_smallest_set_in_conflict_is_named_and_nobody_else():
    assert impossible(
        capacity=4,
        pins=[("ada", "guy", "asked for"), ("bob", "guy"), ("cyd", "lin")],
        apart=[("ada", "bob", "same team"), ("cyd", "dan")],
        quotas=[mm.Quota(at_least=2, name="two")],
    ) == (
        "These conditions cannot all hold, but could if any one of them were taken away:\n"
        "  pin: 'ada' with 'guy' (asked for)\n"
        "  pin: 'bob' with 'guy'\n"
        "  'ada' and 'bob' must not share a mentor (same team)"
    )


def test_quotas_and_minimums_in_conflict_are_named():
    assert impossible(
        capacity=4,
        minimum={"guy": 0, "lin": 3},
        quotas=[
            mm.Quota(["ada", "bob"], ["lin"], at_most=0, name="not lin"),
            mm.Quota(at_most=4, name="no matter"),
        ],
    ) == (
        "These conditions cannot all hold, but could if any one of them were taken away:\n"
        "  minimum: 'lin' must have 3 or more\n"
        "  quota: not lin"
    )


def test_a_quota_that_cannot_hold_by_itself_is_named_alone():
    assert impossible(capacity=1, quotas=[mm.Quota(at_least=3, name="three")]) == (
        "The quota 'three' cannot hold: it needs 3, but there are only 2 seats. Lower its number, "
        "or raise a capacity."
    )


def test_other_strategies_and_engines_say_that_they_cannot_keep_rules():
    problem = mm.Problem.from_scores(SCORES, apart=[("ada", "bob")])
    assert said(mm.ProblemError, lambda: mm.match(problem, "greedy")) == (
        "The strategy 'greedy' cannot keep quotas, mentees apart or together, or weighted seats "
        "(1 pair apart). Leave them out, or use a strategy that does: alpha_fair, balanced, "
        "fair_lottery, generous, leximin, lottery, maximin, minimum_cost, nash, optimal, "
        "rank_maximal, worst_k; or, with quotas of nested or disjoint groups only, stable."
    )
    assert said(mm.SolverError, lambda: mm.match(problem, engine="flow")) == (
        "The engine 'flow' cannot keep quotas, people apart or together, or weighted seats. Use "
        "'cp-sat', 'linear', 'laminar', or leave engine out."
    )


def test_a_linear_program_without_integral_vertex_says_so():
    # Five who are pairwise apart: halves of all fit one mentor, of whole people only one does.
    problem = mm.Problem.from_scores(
        np.ones((5, 1)), capacity=5, apart=list(combinations(range(5), 2))
    )
    assert "has no integral vertex" in said(
        mm.SolverError, lambda: mm.match(problem, engine="linear")
    )
    assert mm.match(problem).certificate.coverage_bound == 1


def test_a_problem_tells_its_rules():
    problem = mm.Problem.from_scores(
        SCORES, usage=0.5, apart=[("ada", "bob")], quotas=[mm.Quota(at_most=1)]
    )
    assert repr(problem) == (
        "Problem(4 mentees, 2 mentors, 4 seats, 1 quota, 1 pair apart, weighted seats)"
    )


def test_who_is_left_out_beside_a_free_seat_reads_which_rule_keeps_them_from_it():
    problem = mm.Problem.from_scores(
        SCORES.iloc[:3],
        capacity=[1, 3],
        bans=[("ada", "lin")],
        quotas=[mm.Quota(["bob", "cyd"], ["lin"], at_most=1, name="one of two")],
    )
    matching = mm.match(problem)
    assert matching.unmatched["reason"].tolist() == [
        "left out by this matching: 1 eligible mentor has a free seat, the best of them 'lin' "
        "(score 0.2), which does not go with: one of two"
    ]
    hours = mm.Problem.from_scores(SCORES.iloc[:3, :1], capacity=1, usage=[0.5, 0.25, 0.75])
    reasons = mm.match(hours).unmatched.set_index("mentee")["reason"]
    assert reasons.to_dict() == {
        "cyd": "1 mentor is eligible, whose 2 seats are all taken",
    }
