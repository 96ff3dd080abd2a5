"""What a committee's changes say, and whom learned weights favour."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from simulated import near_criteria, people, simulated

import mentormatch as mm
from mentormatch.feedback import (
    Override,
    group_residuals,
    group_shares,
    learn_from_overrides,
    learn_weights,
    overrides_between,
    proxies,
)
from mentormatch.programme.screen.feedback import describe_favour


def small() -> tuple[mm.Cohort, mm.Criteria]:
    mentees = pd.DataFrame({"a0": [0.0, 0.0], "a1": [0.0, 0.0]}, index=["e0", "e1"])
    mentors = pd.DataFrame({"a0": [0.0, 1.0], "a1": [1.0, 0.0]}, index=["o0", "o1"])
    ids = pd.Index
    return (
        mm.Cohort(mentees.set_axis(ids(["e0", "e1"], name="id")), mentors.rename_axis("id")),
        near_criteria((1, 1)),
    )


def test_a_change_that_weights_explain_gives_weights_with_a_margin() -> None:
    cohort, criteria = small()
    found = learn_from_overrides(criteria, cohort, [Override("e0", "o1", "o0")])
    # o0 is as good in the first criterion as o1 is in the second: only the first may count.
    assert found.margin > 0
    assert found.weights["c0"] > found.weights["c1"]
    assert found.contradictions == ()


def test_changes_against_each_other_are_named_and_weights_stand_only_for_most_of_them() -> None:
    cohort, criteria = small()
    changes = [Override("e0", "o1", "o0"), Override("e1", "o0", "o1"), Override("e0", "o0", "o1")]
    found = learn_from_overrides(criteria, cohort, changes[:2])
    assert found.weights is None
    assert found.explained == 1
    found = learn_from_overrides(criteria, cohort, changes)
    assert found.weights["c1"] > found.weights["c0"]
    assert found.explained == 2
    assert found.margin <= 0
    assert len(found.contradictions) == 2
    assert "No weights explain these together" in repr(found)
    assert "Other weights could explain 2 of 3." in repr(found)


def years_changed(number: int, seed: int, *, by_years: bool) -> mm.feedback.OverrideEvidence:
    """A committee that gives mentors of five years or more, or changes pairs as it likes."""
    rng = np.random.default_rng(seed)
    cohort = people(80, 40, rng)
    cohort = mm.Cohort(cohort.mentees, cohort.mentors.assign(years=rng.integers(0, 10, 40)))
    proposed = mm.match(mm.Problem(near_criteria().score(cohort), capacity=2))
    years = cohort.mentors["years"]
    changes = []
    for mentee, mentor in proposed.pairs[["mentee", "mentor"]].itertuples(index=False):
        fitting = years.index[years >= 5] if by_years else years.index[years.index != mentor]
        if len(changes) < number and (years[mentor] < 5 or not by_years):
            changes.append(Override(mentee, mentor, rng.choice(fitting)))
    return learn_from_overrides(near_criteria(), cohort, changes, kept=proposed)


def test_a_threshold_that_explains_more_than_weights_do_is_suspected() -> None:
    found = years_changed(12, seed=1, by_years=True)
    first = found.suspected_rules.iloc[0]
    assert first["rule"].startswith("the mentor's 'years' at least ")
    assert first["rule"][-1] in "12345"
    assert (first["explained"], first["against"], first["of"]) == (12, 0, 12)
    assert found.explained < 12


def test_changes_for_no_reason_rarely_look_like_a_rule() -> None:
    alarms = sum(
        len(years_changed(12, seed, by_years=False).suspected_rules) > 0 for seed in range(25)
    )
    assert alarms <= 1


def test_a_rule_that_explains_all_changes_is_suspected_and_counted_against() -> None:
    rng = np.random.default_rng(0)
    cohort = people(60, 30, rng)
    sites = np.array(["N", "S", "W"])
    cohort = mm.Cohort(
        cohort.mentees.assign(site=sites[rng.integers(0, 3, 60)], gender="x"),
        cohort.mentors.assign(site=sites[rng.integers(0, 3, 30)], gender="x"),
    )
    proposed = mm.match(mm.Problem(near_criteria().score(cohort), capacity=2))
    home = cohort.mentees["site"].to_dict()
    where = cohort.mentors["site"].to_dict()
    changes = []
    for mentee, mentor in proposed.pairs[["mentee", "mentor"]].itertuples(index=False):
        if home[mentee] != where[mentor] and len(changes) < 8:
            now = next(one for one in where if where[one] == home[mentee])
            changes.append(Override(mentee, mentor, now))
    found = learn_from_overrides(near_criteria(), cohort, changes, kept=proposed)
    first = found.suspected_rules.iloc[0]
    assert first["rule"] == "Same('site')"
    assert (first["explained"], first["against"], first["of"]) == (8, 0, 8)
    assert first["kept"] > 0
    # A protected column is never looked at unless it is asked for.
    assert not found.suspected_rules["rule"].str.contains("gender").any()
    assert "A rule may be missing: Same('site') explains 8 of 8" in repr(found)


def test_changes_are_found_between_a_proposal_and_a_decision() -> None:
    problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    proposed = mm.match(problem)
    final = mm.Matching.from_pairs(problem, [(0, 0), (1, 1)])
    assert overrides_between(proposed, final) == (Override(0, 1, 0), Override(1, 0, 1))
    assert overrides_between(proposed, proposed) == ()


def test_changes_of_unknown_people_are_an_error() -> None:
    cohort, criteria = small()
    with pytest.raises(mm.CriterionError, match="not in the cohort: 'zoe'"):
        learn_from_overrides(criteria, cohort, [Override("zoe", "o0", "o1")])


# ---------------------------------------------------------------- whom it favours


def test_a_group_that_is_promised_too_much_is_seen() -> None:
    criteria, cohort, ratings = simulated(400, 80, seed=1)
    group = np.where(np.arange(400) % 2, "b", "a")
    cohort = mm.Cohort(cohort.mentees.assign(kind=group), cohort.mentors)
    worse = (ratings.table["rating"] - 0.1 * (group == "b")).clip(0, 1)
    learned = learn_weights(criteria, cohort, type(ratings)(ratings.table.assign(rating=worse)))
    rest = group_residuals(learned, cohort, "kind").set_index("group")
    assert rest.loc["b", "high"] < 0 < rest.loc["a", "low"]
    with pytest.raises(mm.CriterionError, match="no column 'shoe'"):
        group_residuals(learned, cohort, "shoe")


def test_shares_of_groups_are_those_of_matching_twice() -> None:
    criteria, cohort, ratings = simulated(300, 60, seed=1)
    cohort = mm.Cohort(cohort.mentees.assign(kind=["a", "b", "c"] * 100), cohort.mentors)
    learned = learn_weights(criteria, cohort, ratings)
    problem = mm.Problem(criteria.score(cohort), capacity=4)
    shares = group_shares(learned, problem, "kind")
    assert shares["people"].tolist() == [100, 100, 100]
    assert shares["matched_old"].mean() == pytest.approx(240 / 300)
    assert shares["matched_new"].mean() == pytest.approx(240 / 300)


def test_a_criterion_that_stands_for_a_protected_column_is_a_proxy() -> None:
    rng = np.random.default_rng(2)
    cohort = people(300, 60, rng)
    # Mentors all stand at 0, so the first criterion is nothing but the mentee's own number.
    cohort = mm.Cohort(
        cohort.mentees.assign(gender=np.where(cohort.mentees["a0"] > 0.5, "x", "y")),
        cohort.mentors.assign(a0=0.0),
    )
    _, _, ratings = simulated(300, 60, seed=2)
    learned = learn_weights(near_criteria(), cohort, ratings)
    found = proxies(learned, cohort, ["gender"]).set_index("criterion")["partial_r2"]
    assert found["c0"] > 0.6
    assert found[["c1", "c2"]].max() < 0.1
    said = describe_favour(learned, mm.Problem(near_criteria().score(cohort)), ["gender"])[0].lines
    assert any("c0 stands for gender in part: it explains" in line for line in said)
    # What explains all of it does not stand for it in part.
    two = cohort.mentees.assign(a0=np.where(cohort.mentees["gender"] == "x", 1.0, 0.0))
    whole = mm.Cohort(two, cohort.mentors)
    learned = learn_weights(near_criteria(), whole, ratings)
    said = describe_favour(learned, mm.Problem(near_criteria().score(whole)), ["gender"])[0].lines
    assert any("c0 stands for gender: it explains 100%" in line for line in said)
