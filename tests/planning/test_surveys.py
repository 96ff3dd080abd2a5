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
        ({"name": " "}, "A question needs a name"),
        ({"scale": "stars"}, "scale must be numbers such as '1-5'"),
        ({"scale": "5-5"}, "got '5-5'"),
        ({"who": "boss"}, "who must be 'both', 'mentee' or 'mentor', got 'boss'"),
    ],
)
def test_a_question_that_cannot_be_asked_says_what_it_needs(given, said):
    with pytest.raises(mm.ProblemError, match=said):
        Question(**{"name": "joy", "text": "How was it?", **given})
