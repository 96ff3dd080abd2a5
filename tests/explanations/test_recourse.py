"""What a person could change in its own answers: equal to a fresh match of the changed cohort."""

from __future__ import annotations

import json
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings

import mentormatch as mm
from oracles import best_by_trying_everything, order

SKILLS = ["lua", "sql", "git", "rust"]
WINDOWS = ["Mon 09:00-11:00", "Tue 18:00-20:00", "Fri 12:00-13:00"]
COLUMNS = ["wants", "likes", "free", "level", "team"]


def some(draw, values, most=3):
    return draw(st.lists(st.sampled_from(values), max_size=most, unique=True))


def people(draw, count, prefix):
    rows = [
        {
            "wants": "; ".join(some(draw, SKILLS)),
            "likes": "; ".join(some(draw, ["go", "chess", "tea"])),
            "free": "; ".join(some(draw, WINDOWS)),
            "level": draw(st.integers(1, 4)),
            "team": draw(st.sampled_from("abc")),
            "about": draw(st.sampled_from(["likes lua", "rust and tea", "nothing much"])),
        }
        for _ in range(count)
    ]
    return pd.DataFrame(rows, index=[f"{prefix}{k}" for k in range(count)])


@st.composite
def scored_problems(draw):
    """Small cohorts with every kind of criterion that can be weighed alone, and one that cannot."""
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    mentees, mentors = people(draw, n, "i"), people(draw, m, "j")
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage("wants", "wants", weight=3, rarity=draw(st.booleans())),
        mm.criteria.TagOverlap("likes", side="mentor"),
        mm.criteria.Availability("free", minimum_hours=draw(st.sampled_from([None, 1.0]))),
        mm.criteria.LevelGap("level"),
        mm.criteria.Different("team"),
        mm.criteria.TextSimilarity(mentee="about", mentor="about", weight=0.5),
        missing=draw(st.sampled_from(["neutral", "skip", "zero"])),
        reciprocity=draw(st.sampled_from(["mean", "min"])),
        normalise=draw(st.booleans()),
    )
    bans = [("i0", "j0")] if draw(st.booleans()) else []
    rules = {
        "capacity": draw(st.lists(st.integers(0, 2), min_size=m, max_size=m)),
        "minimum": [draw(st.integers(0, 1))] + [0] * (m - 1) if draw(st.booleans()) else 0,
        "priority": draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)),
        "min_score": draw(st.sampled_from([None, 0.3])),
        "coverage_first": draw(st.booleans()),
        "bans": bans,
    }
    return criteria, mentees, mentors, rules, draw(st.integers(0, n - 1))


def changed(cohort, mentee, row):
    """The cohort with the answer that a row of the frame speaks of."""
    mentees = cohort.mentees.astype(object)
    value = row["value"]
    if row["change"] == "add":
        own = mentees.loc[mentee, row["column"]]
        value = f"{own}; {value}" if isinstance(own, str) and own else value
    mentees.loc[mentee, row["column"]] = value
    return mm.Cohort(mentees, cohort.mentors)


def places(problem, i):
    """At whom mentee i is in some best matching, and the best; by trying everything."""
    best = best_by_trying_everything(problem)
    if best is None:
        return set(), None
    ids, mentee = problem.mentor_ids, problem.mentee_ids[i]
    found = set()
    for j in [*range(len(ids)), None]:
        keep = [(mentee, one) for k, one in enumerate(ids) if k != j]
        other = best_by_trying_everything(replace(problem, bans=[*problem.ban_rules, *keep]))
        if other is None or order(problem, _value(other)) != order(problem, _value(best)):
            continue
        # Without a ban on j the best may still leave the mentee out: then j adds nothing.
        if j is None:
            found.add(None)
        elif problem.why_ineligible(mentee, ids[j]) is None:
            try:
                pinned = replace(problem, pins=[(mentee, ids[j])])
            except mm.MentorMatchError:
                continue
            with_pair = best_by_trying_everything(pinned)
            if with_pair is not None and order(problem, _value(with_pair)) == order(
                problem, _value(best)
            ):
                found.add(ids[j])
    return found, best


def _value(best):
    return best.covered, best.pairs, best.total


@settings(
    max_examples=max(10, settings().max_examples // 5),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(scored_problems())
def test_each_change_leads_where_a_fresh_match_of_the_changed_cohort_leads(drawn):
    criteria, mentees, mentors, rules, i = drawn
    cohort = mm.Cohort(mentees, mentors)
    problem = mm.Problem(criteria.score(cohort), **rules)
    assume(best_by_trying_everything(problem) is not None)
    matching = mm.match(problem)
    mentee = problem.mentee_ids[i]
    explained = mm.explain(matching)
    answer = explained.what_would_help(mentee, actionable=COLUMNS)
    assert all(answer.text(audience) for audience in ("mentee", "mentor", "committee"))
    json.dumps(answer.to_dict(), allow_nan=False)
    matched = bool(matching.places[i])
    for row in answer.changes.head(4).to_dict("records"):
        fresh = replace(problem, compatibility=criteria.score(changed(cohort, mentee, row)))
        found, best = places(fresh, i)
        assert found - {None} == set(row["mentors"]), row
        assert row["certain"] == (None not in found)
        assert row["total"] == pytest.approx(best.total, abs=1e-8)
        if problem.coverage_first:
            assert row["coverage"] == sum(best.covered) - matching.n_matched
        else:
            assert row["coverage"] is None
        least = min(fresh.pairs(*_at(fresh, i, j)).scores[0] for j in row["mentors"])
        assert row["score"] == pytest.approx(least, abs=1e-8)
        assert row["gain"] == pytest.approx(row["score"] - answer.score)
        assert row["gain"] > 0 or not matched
    # What is not listed does not help: every change that a level or a team allows is tried.
    listed = set(zip(answer.changes["column"], answer.changes["value"], strict=True))
    for column in ("level", "team"):
        for value in set(cohort.mentees[column]) - {cohort.mentees.loc[mentee, column]}:
            if (column, value) in listed:
                continue
            row = {"column": column, "change": "change", "value": value}
            fresh = replace(problem, compatibility=criteria.score(changed(cohort, mentee, row)))
            found, best = places(fresh, i)
            if not matched:
                assert found <= {None}
            elif best is not None and None not in found:
                least = min(float(fresh.pairs(*_at(fresh, i, j)).scores[0]) for j in found)
                assert least <= answer.score + 1e-8
    for j in problem.mentor_ids[:1]:
        if j in matching.pairs.loc[matching.pairs["mentee"] == mentee, "mentor"].tolist():
            continue
        for row in explained.what_would_help(mentee, j).changes.head(2).to_dict("records"):
            fresh = replace(problem, compatibility=criteria.score(changed(cohort, mentee, row)))
            found, _ = places(fresh, i)
            assert j in found
            assert row["certain"] == (found == {j})


def _at(problem, i, j):
    return np.array([i]), np.array([problem.mentor_ids.get_loc(j)])


@pytest.fixture
def small():
    mentees = pd.DataFrame(
        {"wants": ["Lua", "Lua", "SQL"], "gender": ["f", "m", "f"], "team": ["a", "b", "c"]},
        index=["ada", "bob", "cleo"],
    )
    mentors = pd.DataFrame(
        {"offers": ["Lua", "Git"], "gender": ["f", "m"], "team": ["x", "y"]}, index=["linus", "mia"]
    )
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage("wants", "offers", minimum=0.1),
        mm.criteria.Same("gender", weight=1),
        mm.criteria.Different("team"),
        mm.criteria.TagOverlap(mentee="team", mentor="team", rarity=True, name="crew"),
    )
    return criteria.score(mm.Cohort(mentees, mentors))


def test_one_more_skill_gives_a_mentor_to_somebody_who_had_none(small):
    explained = mm.explain(mm.match(mm.Problem(small)))
    answer = explained.what_would_help("cleo")
    assert answer.changes.loc[0, ["column", "value", "mentors"]].tolist() == [
        "wants",
        "Git",
        ("mia",),
    ]
    assert answer.changes.loc[0, "coverage"] == 1
    assert "With 'Git' added to 'wants' 'cleo' would have 'mia'" in answer.text()
    assert "mia" not in answer.text("mentee")
    assert "would give 'cleo' 'linus'" in explained.what_would_help("cleo", "linus").text()


@pytest.mark.parametrize(
    ("actionable", "message"),
    [
        (["gender"], "'gender' is named like a protected attribute"),
        (["want"], "no criterion reads a column 'want' of the mentees.*wants"),
        (["team"], "crew reads 'team' in a way in which one person's change cannot be weighed"),
    ],
)
def test_a_column_that_must_not_or_cannot_be_weighed_is_refused(small, actionable, message):
    explained = mm.explain(mm.match(mm.Problem(small)))
    with pytest.raises(mm.MentorMatchError, match=message):
        explained.what_would_help("cleo", actionable=actionable)


def test_the_criteria_name_the_columns_that_may_change(small, tmp_path):
    cohort = small.cohort
    skills = mm.criteria.SkillCoverage("wants", "offers", minimum=0.1)
    field = mm.criteria.Same("team", weight=1)
    criteria = mm.Criteria(skills, field, actionable={"wants", "team"})
    assert criteria.actionable == ("team", "wants")
    assert mm.Criteria.from_dict(criteria.to_dict()) == criteria
    assert criteria.with_weights({"Same": 3}).actionable == criteria.actionable
    problem = mm.Problem(criteria.score(cohort))
    matching = mm.match(problem)
    explained = mm.explain(matching)
    # Two other teams can take the place of hers; without a word only skills are weighed.
    asked = explained.what_would_help("cleo", actionable=["wants"])
    assert explained.what_would_help("cleo").tried == asked.tried + 2
    found_out = mm.match(mm.Problem(mm.Criteria(skills, field).score(cohort)))
    assert mm.explain(found_out).what_would_help("cleo").tried == asked.tried
    # A programme that is changed or recorded still knows them.
    heavier = mm.what_if(matching, [mm.change.weight("Same", 2)]).after
    assert mm.explain(heavier).what_would_help("cleo").tried == asked.tried + 2
    matching.save(tmp_path / "record.json")
    record = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))
    assert record["criteria"]["actionable"] == ["team", "wants"]
    for columns, message in (
        (["gender"], "'gender' is named like a protected attribute"),
        ("wants", "actionable must be names of columns"),
        ([3], "actionable must be names of columns"),
    ):
        with pytest.raises(mm.CriterionError, match=message):
            mm.Criteria(skills, actionable=columns)


def test_protected_columns_are_never_proposed(small):
    explained = mm.explain(mm.match(mm.Problem(small)))
    for mentee in small.mentee_ids:
        assert "gender" not in set(explained.what_would_help(mentee).changes["column"])


def test_what_has_no_true_answer_is_refused_with_its_reason(small):
    given_scores = mm.match(mm.Problem.from_scores([[0.5, 0.2]]))
    with pytest.raises(mm.NotExplainableError, match="the scores were given"):
        mm.explain(given_scores).what_would_help(0)
    several = mm.match(mm.Problem(small, demand=2))
    with pytest.raises(mm.NotExplainableError, match="several mentors"):
        mm.explain(several).what_would_help("cleo")
    stable = mm.match(mm.Problem(small), "stable")
    with pytest.raises(mm.NotExplainableError, match="does not look for the largest total"):
        mm.explain(stable).what_would_help("cleo")
    pinned = mm.match(mm.Problem(small, pins=[("ada", "linus")]))
    with pytest.raises(mm.MatchingError, match="The mentor of 'ada' is pinned"):
        mm.explain(pinned).what_would_help("ada")
    with pytest.raises(mm.MatchingError, match="'ada' and 'linus' are matched"):
        mm.explain(pinned_free(small)).what_would_help("ada", "linus")


def pinned_free(compatibility):
    problem = mm.Problem(compatibility)
    return mm.Matching.from_pairs(problem, [("ada", "linus")])
