"""The set: weights, policies, files, rules, sides, suggestions and profiles."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_cohorts import KINDS, cohorts

import mentormatch as mm

if TYPE_CHECKING:
    from pathlib import Path

C = mm.criteria
GRADES = "AA AO EO HEO SEO"
CIVIL_SERVICE = {
    "missing": "zero",
    "criteria": [
        {
            "kind": "LevelGap",
            "column": "grade",
            "weight": 12,
            "require": True,
            "curve": {"1": 0.75, "2": 1.0},
            "ladder": [*GRADES.split(), "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4"],
        },
        {"kind": "Same", "column": "profession", "weight": 10},
        {"kind": "Same", "mentee": "identity to match", "mentor": "characteristics", "weight": 6},
        {"kind": "Different", "column": "organisation"},
    ],
}


def test_the_civil_service_programme_has_the_scores_of_its_own_package(known_data: Path) -> None:
    folder = known_data / "civil_service"
    cohort = mm.read_cohort(folder / "mentees.csv", folder / "mentors.csv", id="email address")
    compatibility = mm.Criteria.from_dict(CIVIL_SERVICE).score(cohort)
    expected = pd.read_csv(folder / "reference_scores_small.csv", header=None).to_numpy().T
    found = compatibility.dense() * 28
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    assert int((~np.isnan(found)).sum()) == 392
    np.testing.assert_allclose(found, expected, atol=1e-12)
    i, j = np.argwhere(~np.isnan(expected)).T
    np.testing.assert_allclose(
        compatibility.scorer.pairs(i, j).scores * 28, expected[i, j], atol=1e-12
    )
    matching = mm.match(mm.Problem(compatibility))
    assert len(matching.pairs) == 35
    assert matching.total * 28 == pytest.approx(750)


# ---------------------------------------------------------------- meanings


def two_by_two() -> mm.Cohort:
    return mm.Cohort(
        pd.DataFrame({"a": ["x", None], "b": ["y", None]}),
        pd.DataFrame({"a": ["x", "z"], "b": ["n", "y"]}),
    )


@pytest.mark.parametrize(
    ("missing", "expected"),
    [("neutral", [0.5, 0.5]), ("zero", [0.0, 0.0]), ("skip", [0.5, 0.5])],
)
def test_what_nothing_is_known_about(missing: Any, expected: list[float]) -> None:
    criteria = mm.Criteria(C.Same("a", weight=3), C.Same("b", weight=1), missing=missing)
    assert criteria.score(two_by_two()).dense().tolist() == [[0.75, 0.25], expected]


def test_skip_lets_the_others_weigh_more() -> None:
    cohort = mm.Cohort(
        pd.DataFrame({"a": ["x"], "b": [None]}), pd.DataFrame({"a": ["x"], "b": ["y"]})
    )
    criteria = (C.Same("a", weight=1), C.Same("b", weight=9))
    for missing, expected in (("skip", 1.0), ("neutral", 0.55), ("zero", 0.1)):
        compatibility = mm.Criteria(*criteria, missing=missing).score(cohort)
        assert compatibility.dense()[0, 0] == pytest.approx(expected, abs=1e-15)
        table = compatibility.breakdown(0, 0)
        assert table["contribution"].sum() == pytest.approx(expected, abs=1e-15)
        assert "missing: the mentee's 'b' is empty" in table["sentence"][1]
    assert mm.Criteria(*criteria, missing="skip").score(cohort).breakdown(0, 0)["weight"][1] == 0


def test_missing_as_an_error_names_everybody_at_once() -> None:
    criteria = mm.Criteria(
        C.Same("a", weight=3), C.Same("b", weight=1), C.Different("a"), missing="error"
    )
    with pytest.raises(mm.CohortError) as caught:
        criteria.score(two_by_two())
    said = [str(finding) for finding in caught.value.findings]
    assert [finding.column for finding in caught.value.findings] == ["a", "b"]
    assert said[0].startswith(
        "mentees, row 3, column 'a': the cell is empty, and Same('a') needs it."
    )
    unknown = C.Custom(lambda a, b: np.full((len(a), len(b)), np.nan), name="nothing")
    with pytest.raises(mm.CriterionError, match="nothing gave a missing value"):
        mm.Criteria(unknown, missing="error").score(two_by_two()).dense()


def test_the_sides_are_kept_and_joined() -> None:
    criteria = (C.Same("a", weight=1, side="mentee"), C.Same("b", weight=1, side="mentor"))
    compatibility = mm.Criteria(*criteria).score(two_by_two())
    block = compatibility.block(slice(0, 1))
    assert block.mentee_scores.tolist() == [[1, 0]]
    assert block.mentor_scores.tolist() == [[0, 1]]
    assert block.scores.tolist() == [[0.5, 0.5]]
    for how in ("min", "harmonic", "geometric"):
        assert mm.Criteria(*criteria, reciprocity=how).score(two_by_two()).dense()[0].tolist() == [
            0,
            0,
        ]
    table = compatibility.breakdown(0, 0)
    assert table["side"].tolist() == ["mentee", "mentor", "both"]
    assert table["contribution"].tolist() == [1, 0, -0.5]
    assert table["sentence"].iloc[-1] == "mean of the mentee's 1 and the mentor's 0: 0.5"


def test_a_side_that_nothing_speaks_for_takes_the_others_score() -> None:
    compatibility = mm.Criteria(C.Same("a", weight=1, side="mentor")).score(two_by_two())
    assert not compatibility.scorer.two_sided
    block = compatibility.block(slice(0, 1))
    assert block.mentee_scores is block.mentor_scores
    assert block.scores.tolist() == [[1, 0]]


def test_without_a_weight_every_eligible_pair_scores_1() -> None:
    compatibility = mm.Criteria(C.Different("a")).score(two_by_two())
    assert np.array_equal(compatibility.dense(), [[np.nan, 1], [1, 1]], equal_nan=True)
    assert mm.Criteria().score(two_by_two()).dense().tolist() == [[1, 1], [1, 1]]


def test_nobody_is_matched_with_itself_only_where_both_tables_name_one_id_column() -> None:
    people = pd.DataFrame({"id": ["ada", "bob"], "a": ["x", "y"]})
    same = mm.Criteria().score(mm.Cohort(people, people))
    assert same.scorer.rules == ("not oneself",)
    assert same.why_ineligible("ada", "ada") == "not oneself: both have the same 'id'"
    assert same.scorer.removed(np.array([0, 1])).tolist() == [[1], [1]]
    assert np.isnan(same.dense()).sum() == 2
    assert not np.isnan(mm.Criteria(allow_self=True).score(mm.Cohort(people, people)).dense()).any()
    bare = pd.DataFrame({"a": ["x", "y"]})
    assert mm.Criteria().score(mm.Cohort(bare, bare)).scorer.rules == ()


def test_a_minimum_is_reached_up_to_rounding_and_in_every_precision() -> None:
    wants = pd.DataFrame(
        {"w": [", ".join("abcdefghijklmnopqrstuvwxyzäöü0123456789"[:k]) for k in range(1, 37)]}
    )
    offers = pd.DataFrame({"o": [", ".join("abcdefghijklmnopqrstuvwxyzäöü0123456789")]})
    for precision in ("float32", "float64"):
        skills = C.SkillCoverage("w", "o", minimum=1.0, rarity=True)
        scores = mm.Criteria(skills).score(mm.Cohort(wants, offers), precision=precision).dense()
        np.testing.assert_allclose(scores, 1.0, atol=1e-5)


def test_all_problems_of_all_criteria_come_at_once() -> None:
    cohort = mm.Cohort(pd.DataFrame({"level": ["x"]}), pd.DataFrame({"level": ["y"]}))
    criteria = mm.Criteria(
        C.LevelGap("level"),
        C.Same("tem"),
        C.SkillCoverage("wants", "offers"),
        C.Different("tem", name="d"),
    )
    with pytest.raises(mm.CohortError) as caught:
        criteria.score(cohort)
    columns = [finding.column for finding in caught.value.findings]
    assert columns == ["level", "level", "tem", "tem", "wants", "offers"]


def test_own_range_puts_generous_and_sparing_mentees_on_one_scale() -> None:
    mentees = pd.DataFrame({"w": ["a:9; b:10; c:10", "a:1; b:2; c:1", "a:5; b:5; c:5"]})
    mentors = pd.DataFrame({"x": [0, 0, 0]}, index=["a", "b", "c"])
    criteria = mm.Criteria(C.Prefers("w", ratings=(0, 10), side="mentee"), normalise=True)
    compatibility = criteria.score(mm.Cohort(mentees, mentors))
    block = compatibility.block(slice(0, 3))
    np.testing.assert_allclose(block.mentee_scores, [[0, 1, 1], [0, 1, 0], [0.5] * 3], atol=1e-7)
    np.testing.assert_allclose(block.mentor_scores[0], [0.9, 1, 1])
    assert "moved to the range from 0 (worst eligible mentor) to 1 (best)" in compatibility.notes[0]
    said = compatibility.breakdown(0, "a").set_index("criterion")["sentence"]["own range"]
    assert said == "this mentee's scores run from 0.9 to 1; they are moved to 0 to 1"


# ---------------------------------------------------------------- weights and files


def some() -> mm.Criteria:
    return mm.Criteria(
        C.SkillCoverage(
            "w", "o", weight=4, aliases={"js": "JavaScript"}, taxonomy={"a": "b"}, levels=5
        ),
        C.LevelGap("level", ladder=["a", "b"], curve={1: 1.0}, require=True, weight=2),
        C.Availability("free", timezone="tz", dates=("2027-01-11", "2027-06-30"), slot=0.5),
        C.TextSimilarity(mentee="goals", mentor="bio", characters=None),
        C.Same("field", weight=1, minimum=0.5),
        C.Different(mentee="manager", mentor="id"),
        C.Prefers("wishes", answers={"yes": 1}, unlisted="missing", side="mentee"),
        C.Near("age", scale=3, name="close in age"),
        reciprocity="min",
        missing="skip",
    )


def test_criteria_survive_a_file() -> None:
    criteria = some()
    text = json.dumps(criteria.to_dict())
    assert mm.Criteria.from_dict(json.loads(text)) == criteria
    assert eval(repr(criteria), {"Criteria": mm.Criteria, **C.KINDS}) == criteria


@given(st.one_of(*(kind for name, kind in KINDS.items() if name != "Custom")))
def test_every_criterion_survives_a_file(criterion: Any) -> None:
    if callable(getattr(criterion, "embed", None)):
        with pytest.raises(mm.CriterionError, match="cannot be written into a programme file"):
            criterion.to_dict()
        return
    plain = json.loads(json.dumps(mm.Criteria(criterion).to_dict()))
    assert mm.Criteria.from_dict(plain).criteria[0] == criterion


def test_replace_makes_variants() -> None:
    criteria = some()
    variant = replace(criteria, missing="zero", reciprocity="mean")
    assert (variant.criteria, variant.missing) == (criteria.criteria, "zero")
    assert mm.Criteria(criteria=criteria.criteria, missing="skip", reciprocity="min") == criteria
    level = replace(criteria.criteria[1], weight=9)
    assert (level.weight, level.ladder) == (9, ("a", "b"))


def test_new_weights_by_label_or_by_kind_and_0_keeps_only_the_rules() -> None:
    criteria = some()
    changed = criteria.with_weights(
        {"SkillCoverage": 1, "close in age": 2.5, "LevelGap": 0, "Same": 0}
    )
    assert changed.weights == {
        "SkillCoverage": 1,
        "Availability('free')": 1.0,
        "TextSimilarity": 1.0,
        "Prefers": 1.0,
        "close in age": 2.5,
    }
    assert [one.label for one in changed.criteria] == [one.label for one in criteria.criteria]
    without = criteria.with_weights({"TextSimilarity": 0})
    assert "TextSimilarity" not in [one.label for one in without.criteria]
    assert criteria.weights["SkillCoverage"] == 4
    with pytest.raises(mm.CriterionError, match="There is no criterion 'Skils'"):
        criteria.with_weights({"Skils": 1})
    with pytest.raises(mm.CriterionError, match="needs a weight above 0, got -1"):
        criteria.with_weights({"SkillCoverage": -1})


def test_a_weight_makes_no_wish_of_a_hard_rule_and_none_no_rule_of_a_wish() -> None:
    """A weight for Different("team") made pairs of one team, without a word."""
    level = mm.criteria.LevelGap("level", weight=None, require=True)
    criteria = mm.Criteria(mm.criteria.Different("team"), level, mm.criteria.Same("site", weight=1))
    with pytest.raises(
        mm.CriterionError,
        match=r"Different\('team'\) is a hard rule, which a weight would turn into a wish\. If "
        r"that is meant, make the criterion anew with weight=2\.",
    ):
        criteria.with_weights({"Different": 2})
    with pytest.raises(mm.CriterionError, match=r"LevelGap\('level'\) is only a hard rule, .*anew"):
        criteria.with_weights({"LevelGap": 2})
    with pytest.raises(mm.CriterionError, match=r"None would turn it into a hard rule\. Give 0"):
        criteria.with_weights({"Same": None})
    with pytest.raises(mm.CriterionError, match=r"needs weights by label, such as .*got \[3\]"):
        criteria.with_weights([3])
    kept = criteria.with_weights({"Different": 0, "LevelGap": None, "Same": 0})
    assert kept == mm.Criteria(*criteria.criteria[:2])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: mm.Criteria("x"), "Criteria takes criteria such as"),
        (
            lambda: mm.Criteria(C.Same("a"), C.Same("a")),
            "Two criteria are called \"Same\\('a'\\)\"",
        ),
        (lambda: mm.Criteria(missing="zro"), "missing must be one of .* Did you mean 'zero'"),
        (lambda: mm.Criteria(reciprocity="max"), "reciprocity must be one of 'mean', 'harmonic'"),
        (lambda: mm.Criteria().score("x"), "score needs a Cohort, got str"),
        (lambda: mm.Criteria().score(two_by_two(), precision="half"), "precision must be one of"),
        (
            lambda: mm.Criteria(C.Custom(len)).to_dict(),
            "len is a Custom criterion; its function cannot",
        ),
        (
            lambda: mm.Criteria.from_dict({"criterias": []}),
            "no setting 'criterias'.* Did you mean 'criteria'",
        ),
        (lambda: mm.Criteria.from_dict({"criteria": [{"kind": "Skills"}]}), "no kind 'Skills'"),
        (lambda: mm.Criteria.from_dict({"criteria": [{"kind": "Sam"}]}), "Did you mean 'Same'"),
        (
            lambda: mm.Criteria.from_dict({"criteria": [{"kind": "Custom"}]}),
            "can only be made in Python",
        ),
        (lambda: mm.Criteria.from_dict({"criteria": [{}]}), "a criterion needs kind = one of"),
        (
            lambda: mm.Criteria.from_dict({"criteria": [{"kind": "Same", "colum": "a"}]}),
            "Same has no parameter 'colum'.* Did you mean 'column'",
        ),
        (
            lambda: mm.Criteria.from_dict({"criteria": [{"kind": "SkillCoverage", "wants": "a"}]}),
            "SkillCoverage also needs 'offers'",
        ),
        (
            lambda: mm.Criteria().profile(mm.Compatibility.from_scores([[1]])),
            "profile needs a compatibility that criteria made",
        ),
        (
            lambda: mm.Criteria().profile(mm.Criteria(C.Same("a")).score(two_by_two())),
            "did not make this compatibility",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_cure(make: Any, message: str) -> None:
    with pytest.raises(mm.CriterionError, match=message):
        make()


def test_all_problems_of_a_file_come_at_once() -> None:
    with pytest.raises(mm.CriterionError) as caught:
        mm.Criteria.from_dict(
            {"mising": 1, "criteria": [{"kind": "Sam"}, {"kind": "Same", "x": 1}]}
        )
    assert [line[:11] for line in str(caught.value).splitlines()] == [
        "there is no",
        "criterion 1",
        "criterion 2",
    ]


# ---------------------------------------------------------------- suggest, profile


def test_suggestions_cover_the_synthetic_programme_and_score_it() -> None:
    cohort = mm.datasets.it_program(150, 60, seed=1)
    criteria = mm.Criteria.suggest(cohort, dates=("2027-01-11", "2027-06-30"))
    kinds = [one.kind for one in criteria.criteria]
    assert {"SkillCoverage", "TextSimilarity", "LevelGap", "Availability", "TagOverlap"} <= set(
        kinds
    )
    columns = {
        name for one in criteria.criteria for names in one.columns.values() for name in names
    }
    assert {"wants_to_learn", "can_teach", "goals", "bio", "interests"} <= columns
    assert not columns & {"gender", "age_group", "name", "email"}
    # Who must not meet is for a person to say.
    assert not columns & {"manager", "team"}
    assert all(one.weight is not None for one in criteria.criteria)
    matching = mm.match(mm.Problem(criteria.score(cohort), capacity="capacity"))
    assert matching.certificate.proven
    assert "Availability" not in [one.kind for one in mm.Criteria.suggest(cohort).criteria]


def test_nothing_is_suggested_for_columns_that_say_nothing() -> None:
    people = pd.DataFrame({"id": ["a", "b"], "name": ["A", "B"], "gender": ["w", "m"]})
    assert mm.Criteria.suggest(mm.Cohort(people, people)).criteria == ()


def test_a_protected_attribute_is_never_suggested() -> None:
    words = [
        "gender",
        "Age group",
        "Religion",
        "nationality",
        "What is your ethnicity?",
        "disabled",
    ]
    people = pd.DataFrame({"id": ["a", "b", "c"]} | {word: ["x; y", "y; z", "x"] for word in words})
    assert mm.Criteria.suggest(mm.Cohort(people, people)).criteria == ()


@given(
    cohorts(5),
    st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=3, unique=True),
    st.data(),
)
def test_shares_of_the_variance_add_up_to_1(cohort: mm.Cohort, kinds: list[str], data: Any) -> None:
    criteria = mm.Criteria(*(data.draw(KINDS[kind]) for kind in kinds))
    profile = criteria.profile(criteria.score(cohort))
    shares = profile.spread["variance_share"]
    if len(shares) and not shares.isna().any():
        assert shares.sum() == pytest.approx(1, abs=1e-9)
    assert profile.spread["weight"].sum() == pytest.approx(1 if criteria.weights else 0)
    assert list(profile.rules.index) == list(criteria.score(cohort).scorer.rules)
    assert "Profile of all" in repr(profile)
    assert "<table" in profile._repr_html_()


def test_a_profile_warns_of_what_does_not_decide_dominates_or_is_protected() -> None:
    people = pd.DataFrame(
        {"a": ["x", "y"] * 5, "b": ["x"] * 10, "gender": [*"wwmmwwmmww"], "c": [*[None] * 9, "x"]}
    )
    criteria = mm.Criteria(
        C.Same("a", weight=9), C.Same("b", weight=1), C.Same("c", weight=1), C.Different("gender")
    )
    profile = criteria.profile(criteria.score(mm.Cohort(people, people)))
    said = "\n".join(profile.warnings)
    assert "Same('b') has the same value for every eligible pair" in said
    assert "Same('a') makes up" in said
    assert "Same('c') is missing for 99% of the pairs" in said
    assert (
        "Different('gender') reads 'gender', which is named like a protected attribute (gender)"
        in said
    )
    assert profile.rules["pairs"].tolist() == [52]
    assert profile.pairs == (100, 100)


def test_a_large_cohort_is_profiled_by_a_seeded_sample() -> None:
    cohort = mm.datasets.it_program(1500, 500)
    criteria = mm.Criteria(C.Same("field", weight=1), C.Different("team"))
    compatibility = criteria.score(cohort)
    profile = criteria.profile(compatibility)
    assert profile.pairs == (400_000, 750_000)
    dense = compatibility.dense()
    removed = np.isnan(dense).sum()
    assert profile.rules["pairs"].iloc[0] == pytest.approx(removed, rel=0.3)
    assert profile.spread["mean"].iloc[0] == pytest.approx(np.nanmean(dense), abs=0.01)
    assert criteria.profile(compatibility, seed=0).spread.equals(profile.spread)


@pytest.mark.parametrize("normalise", [False, True])
@pytest.mark.parametrize("allow_self", [False, True])
@pytest.mark.parametrize("reciprocity", ["mean", "min"])
def test_criteria_are_told_from_the_scores_they_made(
    normalise: bool, allow_self: bool, reciprocity: str
) -> None:
    made = mm.Criteria(
        C.TagOverlap("interests"),
        C.Different("team"),
        reciprocity=reciprocity,
        missing="zero",
        allow_self=allow_self,
        normalise=normalise,
        actionable=["interests"],
    )
    scorer = made.score(mm.datasets.it_program(6, 4)).scorer
    assert mm.Criteria.of_scorer(scorer) == made
    assert mm.Criteria.of_scorer(mm.Compatibility.from_scores([[1.0]]).scorer) is None


@pytest.mark.parametrize("size", [1e-300, 1e308])
def test_only_the_ratios_of_weights_count_however_large_they_are(size):
    people = pd.DataFrame({"team": ["x", "y"], "skills": ["a; b", "c"]}, ["one", "two"])
    cohort = mm.Cohort(people, people.rename(index=str.upper))

    def scored(weight):
        criteria = mm.Criteria(
            mm.criteria.Same("team", weight=weight),
            mm.criteria.SkillCoverage("skills", "skills", weight=weight),
        )
        return criteria.score(cohort).dense()

    np.testing.assert_allclose(scored(size), scored(1))


def test_criteria_none_of_which_weighs_say_so_in_a_note() -> None:
    """Every pair scored 1, and the first matching at hand was "proven optimal"."""
    cohort = mm.Cohort(pd.DataFrame({"t": ["a", "b"]}), pd.DataFrame({"t": ["b", "c"]}))
    said = "No criterion weighs, so any allowed pair is as good as any other."
    rule = mm.criteria.Different("t")
    for criteria in (mm.Criteria(), mm.Criteria(rule)):
        assert said in criteria.score(cohort).notes
    weighed = mm.Criteria(rule, mm.criteria.Near("t", weight=1, scale=1, name="near"))
    assert said in weighed.with_weights({"near": 0}).score(cohort).notes
    assert said not in mm.Criteria(mm.criteria.Same("t", weight=1)).score(cohort).notes
