"""Who leaves and which rules are lifted: as a fresh match without them, or a sentence why not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm


def test_who_leaves_is_one_person_of_one_side_whom_no_condition_names():
    matching = mm.match(mm.Problem.from_scores(np.eye(2)))
    with pytest.raises(mm.MentorMatchError, match=r"seat: mentor must be one id, got \['ada'\]"):
        mm.change.seat(["ada"])
    with pytest.raises(mm.MentorMatchError, match="side must be 'mentee' or 'mentor', got 'both'"):
        mm.what_if(matching, [mm.change.leave(0, "both")])
    with pytest.raises(mm.MentorMatchError, match=r"0 is a mentee and a mentor\. Say which leaves"):
        mm.what_if(matching, [mm.change.leave(0)])
    apart = mm.match(mm.Problem.from_scores(np.eye(2), apart=[(0, 1)]))
    with pytest.raises(mm.ProblemError, match=r"named in the conditions; .* cohort\.without"):
        mm.what_if(apart, [mm.change.leave(0, "mentee")])


def test_bans_are_lifted_for_all_or_for_some_as_if_they_had_not_been_made():
    scores, bans = [[0.9, 0.1], [0.8, 0.6]], [(0, 0), (1, 0)]
    problem = mm.Problem.from_scores(scores, bans=bans)
    for for_, left in [(None, []), ([1], [(0, 0)])]:
        scenario = mm.what_if(mm.match(problem), [mm.change.lift("bans", for_=for_)])
        fresh = mm.match(mm.Problem.from_scores(scores, bans=left))
        assert scenario.after.pairs["mentor"].tolist() == fresh.pairs["mentor"].tolist()
        assert scenario.after.total == pytest.approx(fresh.total)


def test_a_least_score_that_is_lifted_is_as_one_never_set():
    problem = mm.Problem.from_scores([[0.9, 0.1], [0.8, 0.6]], min_score=0.7)
    assert mm.match(problem).total == pytest.approx(0.9)
    after = mm.what_if(mm.match(problem), [mm.change.lift("min_score")]).after
    assert after.total == pytest.approx(1.5)


@pytest.mark.parametrize(("given", "kind"), [(101, "int"), (101.0, "float")])
def test_who_leaves_by_an_id_of_another_type_is_told_which_there_is(given, kind):
    scores = pd.DataFrame([[0.5, 0.4]], index=["101"], columns=["x", "y"])
    matching = mm.match(mm.Problem.from_scores(scores))
    with pytest.raises(
        mm.ProblemError,
        match=rf"nobody with the id {given}\. There is '101' \(str\), and {given} .* type {kind}",
    ):
        mm.what_if(matching, [mm.change.leave(given)])


LADDER = ["intern", "junior", "mid", "senior", "staff", "principal"]


def criteria_with(**limits):
    """Criteria that have a weight, and some of them a limit as well."""
    at = {"wants": "wants_to_learn", "offers": "can_teach", "weight": 4}
    levels = {"mentee": "level", "mentor": "level", "weight": 2, "ladder": LADDER}
    hours = {"weight": 1, "timezone": "tz"}
    return mm.Criteria(
        mm.criteria.SkillCoverage(**at, minimum=limits.get("minimum")),
        mm.criteria.LevelGap(**levels, require=limits.get("require", False)),
        mm.criteria.Availability(
            "availability", **hours, minimum_hours=limits.get("minimum_hours"),
            dates=("2026-09-07", "2026-12-18"),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("limit", ["minimum", "require", "minimum_hours"])
@pytest.mark.parametrize("for_some", [False, True])
def test_the_limit_of_a_criterion_with_a_weight_is_lifted_by_the_name_that_is_told(limit, for_some):
    """Lifting "SkillCoverage minimum=0.2", as `explain` calls it, was refused."""
    cohort = mm.datasets.it_program(12, 6, seed=1)
    limits = {"minimum": 0.2, "require": True, "minimum_hours": 1.0}
    strict = mm.Problem(criteria_with(**limits).score(cohort), capacity=2)
    free = mm.Problem(
        criteria_with(**{k: v for k, v in limits.items() if k != limit}).score(cohort), capacity=2
    )
    (rule,) = [one for one in strict.compatibility.scorer.rules if f" {limit}=" in one]
    mentee = strict.mentee_ids[0]
    lifted = mm.change.lift(rule, for_=[mentee] if for_some else None).apply(strict)
    expected = free.compatibility.dense()
    if for_some:
        expected = np.vstack([expected[:1], strict.compatibility.dense()[1:]])
    assert np.isnan(strict.compatibility.dense()).sum() > np.isnan(expected).sum() or for_some
    np.testing.assert_array_equal(lifted.compatibility.dense(), expected)


def test_pairs_that_were_given_as_ineligible_are_no_rule_to_be_lifted():
    """ "Without the rule given as ineligible (NaN)" was a cure that nobody could follow."""
    problem = mm.Problem.from_scores(np.array([[np.nan, 0.5], [np.nan, 0.4]]), capacity=1)
    answer = mm.explain(mm.match(problem)).unmatched(1)
    assert all(what != "rule" for what, _ in answer.fixes)
    assert "given as ineligible" not in answer.text("committee").split("seat")[-1]


def test_a_slot_cannot_be_lifted_for_some():
    problem = mm.Problem.from_scores(np.eye(2))
    with pytest.raises(mm.MentorMatchError, match="how common hours are counted"):
        mm.change.lift("Availability('x') slot=1", for_=[0]).apply(problem)
