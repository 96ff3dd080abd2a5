"""Matchings check themselves, compute their own total, and tell themselves."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import mentormatch as mm
from oracles import best_by_trying_everything
from problems import problems

SCORES = pd.DataFrame(
    [[0.9, 0.8], [0.7, np.nan], [0.6, 0.5]], index=["ada", "bob", "eve"], columns=["linus", "mia"]
)
PROBLEM = mm.Problem.from_scores(SCORES, capacity={"linus": 1, "mia": 2})
of_pairs = mm.Matching.from_pairs


@given(problem=problems())
def test_a_matching_counts_itself_as_the_problem_counts_it(problem):
    if best_by_trying_everything(problem) is None:
        return
    matching = mm.match(problem)
    assert matching.total == pytest.approx(matching.pairs["score"].sum(), abs=1e-9)
    assert matching.total == pytest.approx(matching.by_mentor()["score"].sum(), abs=1e-9)
    assert matching.loads.tolist() == matching.by_mentor()["load"].tolist()
    assert matching.loads.sum() == len(matching.pairs)
    assert (matching.loads.to_numpy() + matching.by_mentor()["free"] == problem.capacities).all()
    missing = matching.unmatched["missing"]
    assert missing.sum() == problem.demands.sum() - len(matching.pairs)
    assert (missing > 0).all()
    for mentor, row in matching.by_mentor().iterrows():
        assert sorted(row["mentees"]) == sorted(
            matching.pairs.loc[matching.pairs["mentor"] == mentor, "mentee"]
        )


@given(problem=problems())
def test_pairs_written_down_and_read_again_are_the_same_matching(problem):
    if best_by_trying_everything(problem) is None:
        return
    matching = mm.match(problem)
    again = of_pairs(problem, matching.pairs.sample(frac=1, random_state=0))
    pd.testing.assert_frame_equal(again.pairs, matching.pairs)
    pd.testing.assert_frame_equal(again.unmatched, matching.unmatched)


@pytest.mark.parametrize(
    "pairs",
    [
        [("ada", "mia"), ("bob", "linus")],
        [["bob", "linus"], ["ada", "mia"]],
        [("ada", "mia", 0.1, "left over"), ("bob", "linus", 0.2, "columns")],
        np.array([["ada", "mia"], ["bob", "linus"]]),
        pd.DataFrame({"mentor": ["mia", "linus"], "score": [7, 7], "mentee": ["ada", "bob"]}),
        iter([("ada", "mia"), ("bob", "linus")]),
    ],
)
def test_a_list_made_elsewhere_is_read_in_any_form_and_scored_by_the_problem(pairs):
    matching = of_pairs(PROBLEM, pairs, strategy="last year")
    assert matching.pairs.to_dict("list") == {
        "mentee": ["ada", "bob"],
        "mentor": ["mia", "linus"],
        "score": [0.8, 0.7],
    }
    assert matching.strategy == "last year"
    assert matching.certificate is None


@pytest.mark.parametrize(
    ("pairs", "lines"),
    [
        ([("bob", "mia")], ["'bob' and 'mia' are not eligible: given as ineligible (NaN)"]),
        (
            [("ada", "mia"), ("ada", "mia")],
            ["'ada' and 'mia' are paired more than once", "mentee 'ada' has 2 mentors but wants 1"],
        ),
        (
            [("ada", "linus"), ("bob", "linus")],
            ["mentor 'linus' has 2 mentees but capacity 1"],
        ),
    ],
)
def test_pairs_that_break_the_problem_are_refused_all_at_once(pairs, lines):
    with pytest.raises(mm.MatchingError) as caught:
        of_pairs(PROBLEM, pairs)
    assert str(caught.value) == "\n  ".join(["This is not a matching of its problem:", *lines])
    held = of_pairs(PROBLEM, pairs, check=False)
    assert len(held.pairs) == len(pairs)


def test_minimums_and_pins_that_are_left_out_are_seen():
    problem = dataclasses.replace(PROBLEM, minimum={"linus": 0, "mia": 1}, pins=[("ada", "mia")])
    with pytest.raises(mm.MatchingError) as caught:
        of_pairs(problem, [("bob", "linus")])
    assert "mentor 'mia' has 0 mentees but must have 1" in str(caught.value)
    assert "the pin ('ada', 'mia') is missing" in str(caught.value)


def test_a_ban_that_a_list_made_elsewhere_breaks_is_told_with_its_reason():
    problem = dataclasses.replace(PROBLEM, bans=[("ada", "mia", "siblings")])
    with pytest.raises(mm.MatchingError, match="not eligible: banned: siblings"):
        of_pairs(problem, [("ada", "mia")])


def test_more_than_twenty_findings_are_counted():
    problem = mm.Problem.from_scores(np.full((30, 30), np.nan))
    with pytest.raises(mm.MatchingError, match="… and 10 more"):
        of_pairs(problem, [(k, k) for k in range(30)])


def test_people_the_problem_does_not_have_are_named_all_at_once():
    with pytest.raises(mm.MatchingError) as caught:
        of_pairs(PROBLEM, [("adda", "linus"), ("bob", "zoe"), ("eve", "mia")])
    assert str(caught.value) == (
        "These pairs name people the problem does not have:\n"
        "  There is no mentee with the id 'adda'. Did you mean 'ada'?\n"
        "  There is no mentor with the id 'zoe'"
    )


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ("ab", "pairs must be a list of pairs or a table, got str"),
        (5, "got int"),
        (["ab"], r"entry 0: expected pairs \(mentee, mentor\), got 'ab'"),
        ([("ada",)], "entry 0: expected pairs"),
        ([("ada", None)], "entry 0: the mentor is empty; fill it in or remove the row"),
        (pd.DataFrame({"mentee": ["ada"], "who": ["mia"]}), "it has no column 'mentor'"),
        (
            pd.DataFrame([["ada", "mia", "mia"]], columns=["mentee", "mentor", "mentor"]),
            "it has the column 'mentor' twice",
        ),
    ],
)
def test_a_list_that_cannot_be_read_is_refused(pairs, message):
    with pytest.raises(mm.MatchingError, match=message):
        of_pairs(PROBLEM, pairs)


@pytest.mark.parametrize(
    ("mentees", "mentors", "message"),
    [
        ([5], [0], "mentees must be positions from 0 to 2, got 5"),
        ([-1], [0], "mentees must be positions from 0 to 2, got -1"),
        ([0], [2], "mentors must be positions from 0 to 1, got 2"),
        ([0, 1], [0], "needs as many mentees as mentors, one of each per pair; got 2 and 1"),
        ([0.5], [0], r"list of positions \(whole numbers\), got float64"),
        ([[0]], [0], r"of shape \(1, 1\). For ids use Matching.from_pairs"),
        (["ada"], [0], "For ids use Matching.from_pairs"),
    ],
)
def test_positions_are_checked_before_they_can_wrap_around(mentees, mentors, message):
    with pytest.raises(mm.MatchingError, match=message):
        mm.Matching(PROBLEM, mentees, mentors)


def test_a_matching_tells_itself_in_four_lines():
    problem = mm.Problem.from_scores(SCORES)
    lines = repr(mm.match(problem)).splitlines()
    assert lines[0] == (
        "Pairs:     2 (2 of 3 mentees, 2 of 2 mentors) · optimal by scipy (few people, each "
        "wants one mentor)"
    )
    assert lines[1] == "Unmatched: 1 mentee without a mentor (see .unmatched)"
    assert lines[2] == "Total:     1.5 (mean 0.75 a pair)"
    assert lines[3].startswith(
        "Proof:     proven optimal: total 1.5, no matching that serves as many exceeds 1.5"
    )
    assert len(lines) == 4
    given = repr(of_pairs(problem, [])).splitlines()
    assert given[2:] == ["Total:     0", "Proof:     none asked for"]


def test_who_has_fewer_mentors_than_wanted_is_told_apart_from_who_has_none():
    problem = mm.Problem.from_scores(SCORES, capacity=[1, 2], demand=[2, 1, 1])
    matching = of_pairs(problem, [("ada", "mia")])
    assert "Unmatched: 2 mentees without a mentor, 1 with fewer mentors than they want" in repr(
        matching
    )
    assert "Unmatched: nobody" in repr(
        of_pairs(PROBLEM, [("ada", "mia"), ("bob", "linus"), ("eve", "mia")])
    )


def test_a_notebook_shows_names_that_look_like_markup_as_text():
    problem = mm.Problem.from_scores(
        pd.DataFrame(np.ones((12, 12)), index=[f"<script>{k}" for k in range(12)])
    )
    html = mm.match(problem)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "the first 10 pairs; 2 more in .pairs" in html


def test_a_matching_cannot_be_changed_and_does_not_share_what_it_was_made_from():
    mentees, mentors = np.array([0]), np.array([0])
    matching = mm.Matching(PROBLEM, mentees, mentors)
    mentees[0] = 2
    assert matching.pairs["mentee"].tolist() == ["ada"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        matching.seed = 3
    with pytest.raises(ValueError, match="read-only"):
        matching.mentors[0] = 1


def test_pairs_come_sorted_by_id_whatever_the_types_of_the_ids():
    frame = pd.DataFrame(np.eye(3), index=[3, "1", ("x", 2)], columns=["c", "b", "a"])
    pairs = mm.match(mm.Problem.from_scores(frame)).pairs
    turned = mm.match(mm.Problem.from_scores(frame.iloc[::-1, ::-1])).pairs
    pd.testing.assert_frame_equal(pairs, turned)


def test_the_run_is_recorded_with_its_seed_engine_and_time():
    matching = mm.match(PROBLEM, seed=7, engine="flow")
    assert (matching.seed, matching.engine, matching.strategy) == (7, "flow (asked for)", "optimal")
    assert matching.runtime > 0


def test_pairs_are_written_as_a_file_of_ids_and_scores(tmp_path):
    target = tmp_path / "matches.csv"
    mm.match(PROBLEM).to_csv(target)
    written = pd.read_csv(target)
    assert written.columns.tolist() == ["mentee", "mentor", "score"]
    with pytest.raises(FileExistsError, match="exists already"):
        mm.match(PROBLEM).to_csv(target)


def test_probabilities_of_a_lottery_are_of_the_people_of_the_problem():
    drawn = mm.match(mm.Problem.from_scores(SCORES), "lottery")
    assert drawn.probabilities.shape == (3, 2)
    assert (drawn.probabilities[drawn.mentees, drawn.mentors] > 0).all()
    with pytest.raises(mm.MatchingError, match=r"column per mentor, \(3, 2\); got \(2, 2\)"):
        dataclasses.replace(drawn, probabilities=drawn.probabilities[:2])


def test_what_each_side_gets_is_read_from_the_problem_in_the_order_of_the_pairs():
    u, v = np.array([[0.9, 0.2], [0.4, 0.8]]), np.array([[0.1, 0.3], [0.5, 0.7]])
    problem = mm.Problem.from_scores(u, mentor_scores=v)
    matching = mm.Matching.from_pairs(problem, [(1, 0), (0, 1)])
    assert matching.mentee_scores.tolist() == [0.2, 0.4]
    assert matching.mentor_scores.tolist() == [0.3, 0.5]
    assert matching.scores.tolist() == pytest.approx([0.25, 0.45])
    assert not matching.mentee_scores.flags.writeable


def test_a_table_that_is_changed_changes_no_matching(tmp_path):
    """`matching.pairs.drop(..., inplace=True)` left somebody out of the file written afterwards."""
    matching = mm.match(mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1], [0.2, 0.1]]))
    matching.pairs.pop("score")
    matching.unmatched.pop("reason")
    matching.loads.pop(0)
    pairs, loads = matching.pairs, matching.loads
    pairs.loc[0, "score"] = 7.0
    loads[0] = 7
    assert (matching.pairs.shape, matching.unmatched.shape, len(matching.loads)) == (
        (2, 3),
        (1, 3),
        2,
    )
    assert matching.pairs["score"].sum() == pytest.approx(matching.total)
    assert matching.loads[0] == 1
    matching.to_csv(tmp_path / "pairs.csv")
    assert len(pd.read_csv(tmp_path / "pairs.csv")) == 2
    with pytest.raises(ValueError, match="read-only"):
        matching.certificate.prices.iloc[0] = 7.0
