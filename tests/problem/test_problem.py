"""Problems: every accepted form of a number and of a pair, and every sentence of refusal."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm

FRAME = pd.DataFrame([[0.9, 0.2], [0.4, 0.5]], index=["ada", "bob"], columns=["linus", "mia"])
of = mm.Problem.from_scores


@pytest.mark.parametrize(
    "capacity",
    [
        [1, 2],
        (1, 2),
        [1.0, 2.0],
        ["1", "2"],
        np.array([1, 2], dtype=np.int8),
        np.array([1, 2], dtype=np.uint64),
        {"mia": 2, "linus": 1},
        pd.Series({"mia": 2.0, "linus": 1.0}),
        pd.array([1, 2], dtype="Int64"),
        pd.Series(["1", "2"], index=["linus", "mia"]),
        np.ma.MaskedArray([1, 2], mask=[False, False]),
    ],
)
def test_a_capacity_may_come_in_any_form(capacity):
    problem = of(FRAME, capacity=capacity)
    assert problem.capacities.tolist() == [1, 2]
    assert problem.capacities.dtype == np.int64
    with pytest.raises(ValueError, match="read-only"):
        problem.capacities[0] = 9


@pytest.mark.parametrize(
    ("capacity", "message"),
    [
        (
            -1,
            "capacity must be a whole number of 0 or more for each of the mentors; got 'linus': -1",
        ),
        (1.5, "got 'linus': 1.5, 'mia': 1.5"),
        ([1, None], "got 'mia': None"),
        ([1, np.nan], "got 'mia': nan"),
        (pd.array([1, None], dtype="Int64"), "got 'mia': nan"),
        (pd.Series({"linus": 1, "mia": None}, dtype="Int64"), "got 'mia': nan"),
        (np.ma.MaskedArray([1, 2], mask=[True, False]), "got 'linus': nan"),
        (True, "got 'linus': True, 'mia': True"),
        (pd.Series({"linus": True, "mia": False}), "got 'linus': True, 'mia': False"),
        ([1 + 2j, 1], r"got 'linus': \(1\+2j\)"),
        (datetime.date(2027, 1, 11), r"datetime.date\(2027, 1, 11\)"),
        ({1, 2}, r"got 'linus': \{1, 2\}"),
        (2**53, "of 0 or more and at most 1,000,000,000,000 for each of the mentors"),
        (10**30, "at most 1,000,000,000,000"),
        (np.inf, "at most 1,000,000,000,000"),
        ([1, 2, 3], r"capacity has shape \(3,\), but there are 2 mentors. Give one number for all"),
        ([[1, 2]], r"capacity has shape \(1, 2\)"),
        ("seats", "capacity='seats' names a column, but this problem has no tables. Give a number"),
        ({"linus": 1}, "capacity is missing for 1 of the mentors: 'mia'; give one to everybody"),
        (
            {"linus": 1, "mia": 1, "lunus": 2},
            "given for people who are not among the mentors: 'lunus'; remove them, or correct the "
            "id. Did you mean 'linus'?",
        ),
        (
            pd.Series([1, 2, 3], index=["mia", "mia", "linus"]),
            "given twice for 'mia'; give it once",
        ),
    ],
)
def test_a_capacity_that_is_no_number_of_seats_is_refused(capacity, message):
    with pytest.raises(mm.ProblemError, match=message):
        of(FRAME, capacity=capacity)


def test_all_that_is_wrong_with_numbers_by_id_is_said_at_once():
    given = pd.Series([1, 2, 3], index=["zoe", "mia", "mia"])
    with pytest.raises(mm.ProblemError) as caught:
        of(FRAME, capacity=given)
    assert str(caught.value) == (
        "capacity is given for people who are not among the mentors: 'zoe'; remove them, or "
        "correct the id. capacity is given twice for 'mia'; give it once. capacity is missing for "
        "1 of the mentors: 'linus'; give one to everybody."
    )


def test_more_than_five_wrong_numbers_are_counted():
    with pytest.raises(mm.ProblemError, match=r"4: -1 and 3 more\.$"):
        of(np.ones((1, 8)), capacity=-1)


def test_a_column_with_wrong_numbers_names_each_cell_as_the_spreadsheet_shows_it():
    mentors = pd.DataFrame({"id": ["linus", "mia"], "seats": ["lots", "1"]})
    cohort = mm.Cohort(pd.DataFrame({"id": ["ada"]}), mentors)
    compatibility = mm.Criteria().score(cohort)
    with pytest.raises(mm.CohortError) as caught:
        mm.Problem(compatibility, capacity="seats")
    assert "found 'lots'; capacity must be a whole number of 0 or more. Correct the cell" in str(
        caught.value
    )
    assert "column 'seats'" in str(caught.value)
    assert "row 2" in str(caught.value)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"minimum": -1}, "minimum must be a whole number of 0 or more for each of the mentors"),
        ({"demand": 0.5}, "demand must be a whole number of 0 or more for each of the mentees"),
        ({"priority": [0.5, 1]}, "priority must be a whole number for each of the mentees; got"),
        ({"priority": [-(2**63), 1]}, "a whole number and at most 1,000,000,000,000 in size for"),
        ({"min_score": np.nan}, "min_score must be a finite number or None, got nan"),
        ({"min_score": "0.5"}, "min_score must be a finite number or None, got '0.5'"),
    ],
)
def test_the_other_numbers_are_refused_in_the_same_words(numbers, message):
    with pytest.raises(mm.ProblemError, match=message):
        of(FRAME, **numbers)


def test_ids_are_given_by_side_and_another_word_is_refused():
    problem = of(FRAME)
    assert problem.ids("mentees").tolist() == ["ada", "bob"]
    assert problem.ids("mentors").tolist() == ["linus", "mia"]
    with pytest.raises(mm.CohortError, match='a side is "mentees" or "mentors"'):
        problem.ids("mentee")


def test_a_problem_needs_a_compatibility():
    with pytest.raises(mm.ProblemError, match=r"got DataFrame. Use criteria.score\(cohort\), or"):
        mm.Problem(FRAME)


@pytest.mark.parametrize(
    "pins",
    [
        [("ada", "linus", "as last year")],
        [["ada", "linus", "as last year"]],
        pd.DataFrame({"mentor": ["linus"], "mentee": ["ada"], "reason": ["as last year"]}),
        np.array([["ada", "linus", "as last year"]]),
        iter([("ada", "linus", "as last year")]),
    ],
)
def test_pins_and_bans_may_come_as_tuples_lists_arrays_or_a_table(pins):
    problem = of(FRAME, pins=pins)
    assert problem.pin_rules == (("ada", "linus", "as last year"),)
    assert problem.pinned.tolist() == [[0, 0]]


@pytest.mark.parametrize("empty", [None, np.nan, pd.NA, pd.NaT, ""])
def test_an_empty_reason_is_no_reason(empty):
    table = pd.DataFrame(
        {"mentee": ["ada"], "mentor": ["mia"], "reason": pd.Series([empty], dtype=object)}
    )
    problem = of(FRAME, bans=table)
    assert problem.why_ineligible("ada", "mia") == "banned"


def test_a_ban_is_told_with_its_reason_beside_every_other_reason():
    problem = of(FRAME, bans=[("ada", "mia", "they asked"), ("ada", "mia")], min_score=0.3)
    assert problem.why_ineligible("ada", "mia") == (
        "its score 0.2 is below min_score 0.3; banned: they asked; banned"
    )
    assert problem.why_ineligible("ada", "linus") is None
    assert np.isnan(problem.block(slice(0, 2)).scores).tolist() == [[False, True], [False, False]]


@pytest.mark.parametrize(
    ("pins", "message"),
    [
        (
            "ab",
            r"pins must be a list of pairs or a table, got str. Write \[\(mentee, mentor\)",
        ),
        (None, "got NoneType"),
        ({"ada": "linus"}, "got dict"),
        ([("ada",)], r"entry 0: expected pairs \(mentee, mentor\) or triples"),
        (["ab"], "entry 0: expected pairs .* got 'ab'"),
        (("ada", "linus"), "(?s)entry 0.*'ada'.*entry 1.*'linus'"),
        ([("ada", "mia", "a", "b")], "expected pairs .* or triples"),
        ([(None, "mia")], "entry 0: the mentee is empty; fill it in or remove the row"),
        ([("ada", np.nan)], "the mentor is empty"),
        ([("eve", "linus"), ("ada", "lnus")], "(?s)id 'eve'.*id 'lnus'. Did you mean 'linus'?"),
        ([(["ada"], "linus")], r"no mentee with the id \['ada'\]"),
        (
            pd.DataFrame({"mentee": ["ada"], "Mentor": ["mia"]}),
            "it has no column 'mentor'. It needs mentee and mentor once, and may have reason. It "
            "has: mentee, Mentor",
        ),
        (
            pd.DataFrame([["ada", "mia", "linus"]], columns=["mentee", "mentor", "mentor"]),
            "it has the column 'mentor' twice",
        ),
    ],
)
def test_pins_that_cannot_be_read_are_refused_all_at_once(pins, message):
    with pytest.raises(mm.ProblemError, match=message):
        of(FRAME, pins=pins)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"bans": [("ada", "linus", "siblings")]}, "is forbidden: banned: siblings"),
        ({"min_score": 0.95}, "is forbidden: its score 0.9 is below min_score 0.95"),
        ({"capacity": 0}, "mentor 'linus' has 1 pin but capacity 0"),
        ({"demand": 0}, "mentee 'ada' has 1 pin but demand 0"),
    ],
)
def test_a_pin_that_cannot_hold_is_infeasible_and_the_rule_is_named(given, message):
    with pytest.raises(mm.InfeasibleError, match=message):
        of(FRAME, pins=[("ada", "linus")], **given)


def test_all_pins_that_cannot_hold_are_told_in_one_error():
    frame = FRAME.copy()
    frame.loc["bob", "mia"] = np.nan
    with pytest.raises(mm.InfeasibleError) as caught:
        of(frame, pins=[("ada", "linus"), ("ada", "linus"), ("bob", "mia"), ("bob", "linus")])
    assert str(caught.value) == (
        "The pins cannot all hold: the pin ('bob', 'mia') is forbidden: given as ineligible (NaN); "
        "the pair ('ada', 'linus') is pinned twice; pin it once; mentor 'linus' has 2 pins but "
        "capacity 1; mentee 'bob' has 2 pins but demand 1. Take the pin away, or change the rule "
        "or number that it meets."
    )


def test_what_is_left_after_pins_is_what_the_engines_decide():
    left = of(FRAME, pins=[("ada", "linus")], capacity=[2, 1], minimum=1, demand=[1, 2]).after_pins
    assert left.capacity.tolist() == [1, 1]
    assert left.minimum.tolist() == [0, 1]
    assert left.demand.tolist() == [0, 2]
    assert left.covered.tolist() == [True, False]


def test_a_problem_tells_itself_in_one_line():
    problem = of(FRAME, capacity=2, pins=[("ada", "linus")], bans=[("bob", "linus")], min_score=0.1)
    assert repr(problem) == "Problem(2 mentees, 2 mentors, 4 seats, 1 pin, 1 ban, min_score 0.1)"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"strategy": "optimum"}, "There is no strategy 'optimum'. Did you mean 'optimal'?"),
        ({"strategy": mm.strategies.Optimal}, r"strategy must be a name or an object such as mm"),
        ({"engine": "gurobi"}, r"There is no engine 'gurobi' of the strategy 'optimal'\. Known: "),
        ({"gap": -0.1}, r"gap must be 0 \(exact\) or a positive number, got -0.1"),
        ({"gap": "0.1"}, "got '0.1'"),
        ({"gap": np.nan}, "got nan"),
        ({"time_limit": 0}, "time_limit must be a positive number of seconds, got 0"),
    ],
)
def test_options_of_match_are_refused_in_words(given, message):
    with pytest.raises(mm.MentorMatchError, match=message):
        mm.match(of(FRAME), **given)


def test_match_needs_a_problem():
    with pytest.raises(mm.MentorMatchError, match=r"match needs a Problem, got DataFrame\. Use"):
        mm.match(FRAME)


@pytest.mark.parametrize(
    "given", [{"demand": 2}, {"minimum": 1}, {"priority": [0, 1]}], ids=["demand", "min", "class"]
)
def test_scipy_refuses_what_an_assignment_cannot_express_and_says_which_engine_can(given):
    with pytest.raises(mm.SolverError, match=r"Use engine='flow'"):
        mm.match(of(FRAME, **given), engine="scipy")


def test_a_blank_priority_is_called_blank():
    cohort = mm.Cohort(
        pd.DataFrame({"t": ["a", "b"], "p": [1, np.nan]}), pd.DataFrame({"t": ["a"]})
    )
    scored = mm.Criteria(mm.criteria.Same("t", weight=1)).score(cohort)
    with pytest.raises(
        mm.CohortError,
        match=r"row 3, column 'p': the cell is blank, and priority must be a whole number\.",
    ):
        mm.Problem(scored, priority="p")
