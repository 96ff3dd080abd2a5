"""Training needs: stated gains are what a skill brings, and no other workshops meet more."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mentormatch as mm

FEW = settings(max_examples=max(6, settings().max_examples // 10))
SKILLS = ["Lua", "C", "Rust", "SQL"]
CELLS = st.lists(st.sampled_from(SKILLS), min_size=1, max_size=3, unique=True)


def problem_of(wants, offers, **numbers):
    mentees = pd.DataFrame({"wants": ["; ".join(one) for one in wants]})
    mentees.index = [f"e{k}" for k in range(len(wants))]
    mentors = pd.DataFrame({"offers": ["; ".join(one) for one in offers]})
    mentors.index = [f"o{k}" for k in range(len(offers))]
    mentors["seen"] = ["no", *["yes"] * (len(offers) - 1)]
    cohort = mm.Cohort(mentees, mentors)
    criteria = mm.Criteria(mm.criteria.SkillCoverage("wants", "offers", weight=1))
    return mm.Problem(criteria.score(cohort), **numbers)


@FEW
@given(
    st.lists(CELLS, min_size=2, max_size=3),
    st.lists(CELLS, min_size=1, max_size=2),
    st.integers(1, 2),
)
def test_the_named_skill_gives_the_stated_gain_and_no_other_gives_more(wants, offers, capacity):
    problem = problem_of(wants, offers, capacity=capacity)
    before = mm.match(problem).total
    gains = []
    for j, offered in enumerate(offers):
        for skill in SKILLS:
            if skill not in offered and any(skill in one for one in wants):
                more = [*offers[:j], [*offered, skill], *offers[j + 1 :]]
                gain = mm.match(problem_of(wants, more, capacity=capacity)).total - before
                gains.append((f"o{j}", skill, gain))
    table = mm.training_needs(problem).one_short(2)
    assert table.attrs["proven"]
    known = {(mentor, skill): gain for mentor, skill, gain in gains}
    for row in table.itertuples():
        assert row.gain == pytest.approx(known[row.mentor, row.skill], abs=1e-9)
    best = sorted((gain for *_, gain in gains), reverse=True)[: len(table)]
    assert table["gain"].tolist() == pytest.approx(best, abs=1e-9)


@FEW
@given(st.data())
def test_no_other_choice_of_workshops_meets_more_wishes(data):
    wants = data.draw(st.lists(CELLS, min_size=2, max_size=6))
    problem = problem_of(wants, [["Go"]])
    needs = mm.training_needs(problem)
    k = data.draw(st.integers(1, 3))
    seats = data.draw(st.sampled_from([None, 1, 2]))
    found = needs.workshops(k, seats=seats)
    assert found.proven
    best = 0
    counts = {skill: sum(skill in one for one in wants) for skill in SKILLS}
    for chosen in combinations(SKILLS, k):
        best = max(best, sum(min(counts[s], seats or 99) for s in chosen))
    assert found.met == best == found.table["count"].sum()
    one_each = needs.workshops(k, per_person=1)
    reached = max(
        sum(any(s in one for s in chosen) for one in wants) for chosen in combinations(SKILLS, k)
    )
    assert one_each.met == reached


def test_wanted_offered_seats_and_served_are_counted_by_skill():
    wants = [["Lua"], ["lua", "C"], ["C"], ["Fortran"]]
    problem = problem_of(wants, [["Lua"], ["C", "LUA"]], capacity=[1, 2])
    needs = mm.training_needs(problem, experience="seen")
    table = needs.skills.set_index("skill")
    assert table.loc["Lua", ["wanted_by", "offered_by", "seats", "served"]].tolist() == [2, 2, 3, 2]
    assert table.loc["C", ["wanted_by", "offered_by", "seats", "served"]].tolist() == [2, 1, 2, 2]
    assert table.loc["Fortran", ["offered_by", "seats", "unmet"]].tolist() == [0, 0, 1]
    assert np.isnan(table.loc["Fortran", "worth"])
    # One more seat for C serves nobody new who would score more than the fourth mentee: 0 skills.
    assert table.loc["C", "coverage"] == 1
    assert needs.first_time == ("o0",)
    assert "1 mentor to brief: for them it is the first time" in repr(needs)


def test_what_one_more_seat_is_worth_is_what_solving_again_gives():
    wants = [["Lua"], ["Lua"], ["C"]]
    offers = [["Lua"], ["C", "SQL"]]
    problem = problem_of(wants, offers, capacity=[1, 1])
    matching = mm.match(problem)
    table = mm.training_needs(problem, matching).skills.set_index("skill")
    for skill, capacity in (("Lua", [2, 1]), ("C", [1, 2])):
        again = mm.match(problem_of(wants, offers, capacity=capacity))
        assert table.loc[skill, "worth"] == pytest.approx(again.total - matching.total)
        assert table.loc[skill, "coverage"] == again.n_matched - matching.n_matched


def test_a_skill_that_nobody_offers_but_somebody_nearly_is_asked_about_first():
    problem = problem_of([["Kubernets"], ["Lua"]], [["Kubernetes"], ["Lua"]])
    needs = mm.training_needs(problem)
    assert needs.lookalikes.to_numpy().tolist() == [["Kubernets", "Kubernetes"]]
    assert "Check first whether these are one skill" in repr(needs)


@pytest.mark.parametrize(
    ("wanted", "offered", "asked"),
    [
        ("Typscript", "TypeScript", True),
        ("Spring", "hiring", False),
        ("Java", "JavaScript", False),
        ("C", "C#", False),
    ],
)
def test_two_skills_that_share_some_letters_are_not_taken_for_one(wanted, offered, asked):
    """It said "Check first whether these are one skill: Spring and hiring"."""
    needs = mm.training_needs(problem_of([[wanted]], [[offered]]))
    assert len(needs.lookalikes) == asked


def test_what_is_asked_for_must_exist():
    problem = problem_of([["Lua"]], [["C"]])
    with pytest.raises(
        mm.ProblemError,
        match="mentors has no column 'years'; it has 'offers'",
    ):
        mm.training_needs(problem, experience="years")
    with pytest.raises(mm.ProblemError, match="the match has 0 called 'other'"):
        mm.training_needs(problem, criterion="other")
    other = mm.match(problem_of([["Lua"], ["C"]], [["C"]]))
    with pytest.raises(mm.ProblemError, match="of other people"):
        mm.training_needs(problem, other)
    with pytest.raises(mm.ProblemError, match="k must be a whole number"):
        mm.training_needs(problem).workshops(0)
    with pytest.raises(mm.ProblemError, match="k must be a whole number"):
        mm.training_needs(problem).one_short(0)
    with pytest.raises(mm.ProblemError, match="one SkillCoverage criterion; the match has 0"):
        mm.training_needs(mm.Problem.from_scores([[1.0]]))
