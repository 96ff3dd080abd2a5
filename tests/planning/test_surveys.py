"""Surveys of a plan: what is asked, of whom and when; and the answers come back as they went."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.planning import Milestone, Question, survey_measures
from mentormatch.programme.kept_answers import keep_answers

ZONE = {"tz": "Europe/Berlin"}


def plan_of(names=("ada", "bob"), milestones=None, meetings=4):
    mentees = pd.DataFrame({"free": ["Mon-Fri 9:00-17:00"] * len(names)}, index=list(names))
    mentors = pd.DataFrame({"free": ["Mon-Fri 9:00-17:00"]}, index=["lin"])
    criteria = mm.Criteria(
        mm.criteria.Availability(
            "free", timezone="tz", dates=("2027-03-01", "2027-04-25"), weight=1
        )
    )
    cohort = mm.Cohort(mentees.assign(**ZONE), mentors.assign(**ZONE))
    problem = mm.Problem(criteria.score(cohort), capacity=len(names))
    return mm.plan_meetings(mm.match(problem), meetings, "1 week", milestones=milestones)


@pytest.fixture(scope="module")
def plan():
    return plan_of()


def test_every_question_says_its_scale_who_is_asked_and_when(plan):
    questions = mm.survey(plan).questions
    assert questions["milestone"].unique().tolist() == [
        "early check",
        "mid-point evaluation",
        "closure",
    ]
    assert set(questions["asked"]) == {"both"}
    # Two pairs, both sides each.
    assert set(questions["people"]) == {4}
    dates = plan.milestone_dates.dropna(subset=["survey"])
    for row in questions.itertuples():
        due = dates.loc[dates["milestone"] == row.milestone, "survey"].dt.date
        assert (row.first, row.last) == (due.min(), due.max())
    assert "closure, 2027-03-2" in repr(mm.survey(plan))


def test_the_pages_have_each_question_with_its_answers_and_nothing_is_markup():
    asked = (Question("joy", "How *was* it? <b>", "poor; fair; good", "mentee"),)
    plan = plan_of(milestones=[Milestone("end", -1, survey=asked)])
    (page,) = mm.survey(plan).pages().values()
    assert "# End" in page
    assert "## How \\*was\\* it? \\<b\\>" in page
    assert "For mentees." in page
    assert page.count("- [ ] ") == 3
    answers = mm.survey(plan).answers
    assert answers["by"].unique().tolist() == ["mentee"]


@settings(max_examples=max(10, settings().max_examples // 5), deadline=None)
@given(
    st.sampled_from([(1, 5), (1, 7), (0, 10), (1, 4), (2, 9)]),
    st.lists(st.integers(0, 10), min_size=12, max_size=12),
    st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_answers_come_back_without_any_setting(folder, scale, places, given_at):
    low, high = scale
    asked = [Question("satisfaction", "How satisfied are you?", f"{low}-{high}")]
    other = [Question("support", "What should be done?", "text")]
    points = (
        Milestone("early", 1, survey=asked),
        Milestone("middle", 2, survey=other),
        Milestone("end", -1, survey=[*asked, *other]),
    )
    plan = replace(plan_of_odd_ids(), milestones=points)
    path = folder / "surveys.csv"
    mm.survey(plan).to_csv(path, overwrite=True)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    heading = f"satisfaction ({low}-{high})"
    expected = {}
    for k, row in enumerate(mm.survey(plan).answers.itertuples()):
        if row.milestone != "middle" and given_at[k % 12]:
            answer = low + places[k % 12] % (high - low + 1)
            table.loc[row.Index, heading] = str(answer)
            expected[row.mentee, row.mentor, row.by, row.milestone] = (answer - low) / (high - low)
        else:
            assert table.loc[row.Index, heading] == ("–" if row.milestone == "middle" else "")
    table.to_csv(path, index=False)
    read = mm.read_ratings(path).table
    keys = read[["mentee", "mentor", "by", "milestone"]].itertuples(index=False, name=None)
    assert dict(zip(keys, read["rating"], strict=True)) == pytest.approx(expected)
    assert set(read["mentee"]) <= {"=1+1", "0042", "bob, jr"}


@functools.cache
def plan_of_odd_ids():
    # Ids that spreadsheets and readers like to change.
    return plan_of(("=1+1", "0042", "bob, jr"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("surveys")


def test_an_answer_off_the_scale_of_its_heading_is_named():
    table = pd.DataFrame({"mentee": ["a"], "mentor": ["x"], "by": ["mentee"], "rating (1-5)": [7]})
    with pytest.raises(mm.CohortError, match=r"found 7; expected an answer on the scale 1 \(worst"):
        mm.read_ratings(table)
    # A scale that is given wins over the heading.
    assert mm.read_ratings(table, scale=(7, 1)).table["rating"].tolist() == [0.0]
    assert np.isnan(
        mm.read_ratings(table.assign(rating=["-"]).assign(goal=[50])).table["rating"][0]
    )


def test_objectives_can_be_measured_by_what_is_asked_of_each_side():
    asked = (Question("joy", "How was it?", who="mentor"), Question("use", "Was it of use?"))
    assert survey_measures([Milestone("end", -1, survey=asked)]) == [
        "joy",
        "use",
        "joy of mentors",
        "use of mentees",
        "use of mentors",
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": " "}, "A question needs a name, such as name='useful', got ' '"),
        ({"scale": "stars"}, "scale must be numbers such as '1-5'"),
        ({"scale": "5-5"}, "got '5-5'"),
        ({"who": "boss"}, "who must be 'both', 'mentee' or 'mentor', got 'boss'"),
    ],
)
def test_a_question_that_cannot_be_asked_says_what_it_needs(given, said):
    with pytest.raises(mm.ProblemError, match=said):
        Question(**{"name": "joy", "text": "How was it?", **given})


def answered_in(folder, plan, answers):
    """Write the empty table of a plan, and answer some of its rows as (row, column) says."""
    path = folder / "surveys.csv"
    mm.survey(plan).to_csv(path, overwrite=True)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for (row, column), answer in answers.items():
        table.loc[row, column] = answer
    table.to_csv(path, index=False, sep=";", encoding="cp1252", errors="replace")
    return path


def test_answers_of_before_are_carried_over_into_the_new_table(tmp_path):
    """`plan --overwrite` put the empty table in the place of the one that was filled in."""
    answers = {(0, "satisfaction (1-5)"): "4", (0, "obstacles"): "none, señora", (3, "fit"): "no"}
    path = answered_in(tmp_path, plan_of_odd_ids(), {**answers, (1, "our own remark"): "call her"})
    asked = mm.survey(plan_of(("=1+1", "0042", "bob, jr", "new"))).answers
    table, rows = keep_answers(path, asked)
    assert rows == 3
    assert len(table) == len(asked)
    old = mm.survey(plan_of_odd_ids()).answers
    for (row, column), answer in {**answers, (1, "our own remark"): "call her"}.items():
        keys = ["milestone", "by", "mentee", "mentor"]
        found = table[(table[keys] == old.loc[row, keys]).all(axis=1)]
        assert found[column].astype(str).tolist() == [answer]
    assert set(table.loc[table["mentee"] == "new", "fit"]) == {"", "–"}
    assert keep_answers(tmp_path / "none.csv", asked)[1] == 0


def test_who_answered_twice_has_two_rows_after_the_answers_are_carried_over(tmp_path):
    path = answered_in(tmp_path, plan_of(), {(0, "fit"): "yes"})
    table = pd.read_csv(path, dtype=str, keep_default_na=False, sep=";", encoding="cp1252")
    again = table.iloc[[0]].assign(fit="no")
    pd.concat([table, again]).to_csv(path, index=False)
    asked = mm.survey(plan_of()).answers
    kept, rows = keep_answers(path, asked)
    assert (rows, len(kept)) == (2, len(asked) + 1)
    assert kept["fit"].iloc[[0, -1]].tolist() == ["yes", "no"]


def test_the_pages_say_which_end_of_numbers_is_good(plan):
    """Boxes from 1 to 5 did not, while `feedback` reads 1 as the worst."""
    pages = "".join(mm.survey(plan).pages().values())
    assert pages.count("1 is the worst answer, 5 the best.\n\n- [ ] 1\n") == 4
    assert "no is the worst" not in pages


def test_answers_that_would_be_lost_keep_the_table_from_being_replaced(tmp_path):
    path = answered_in(tmp_path, plan_of(), {(0, "fit"): "yes", (4, "fit"): "no"})
    with pytest.raises(mm.ConfigurationError) as caught:
        keep_answers(path, mm.survey(plan_of(("bob", "cleo"))).answers)
    said = str(caught.value)
    assert "surveys.csv: 1 answered row of this file is about pairs or surveys that the new" in said
    assert "early check, mentee of 'ada' and 'lin'" in said
    assert "Give the file another name or move it elsewhere" in said
    # Without answers there is nothing to lose.
    empty = answered_in(tmp_path, plan_of(), {})
    assert keep_answers(empty, mm.survey(plan_of(("bob", "cleo"))).answers)[1] == 0
    path.write_text("who;what\nada;good\n", "utf-8")
    with pytest.raises(mm.ConfigurationError, match="it has no column 'milestone' any more"):
        keep_answers(path, mm.survey(plan_of()).answers)
    path.write_bytes(b"PK\x03\x04 no table")
    with pytest.raises(mm.ConfigurationError, match="answers may be in it, and it cannot be read"):
        keep_answers(path, mm.survey(plan_of()).answers)
    path.write_text("milestone,date,rater,by,mentee,mentor\n", "utf-8")
    assert keep_answers(path, mm.survey(plan_of()).answers)[1] == 0
