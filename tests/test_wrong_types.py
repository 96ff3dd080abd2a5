"""Arguments of a wrong type are refused in one sentence, wherever they come in."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm

C, st = mm.criteria, mm.strategies
PROBLEM = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
NO_NUMBERS = ["3", None, float("nan"), [1], {}, object(), True, 1j, np.array([1.0, 2.0]), pd.NA]

NUMBERS = {
    "k": lambda value: st.WorstK(value),
    "cap": lambda value: st.Lottery(cap=value),
    "alpha": lambda value: st.AlphaFair(value),
    "resolution": lambda value: st.Leximin(resolution=value),
    "keep_total": lambda value: st.Maximin(keep_total=value),
    "max_blocking": lambda value: st.AlmostStable(max_blocking=value),
    "tie_tolerance": lambda value: st.Stable(tie_tolerance=value),
    "max_gap": lambda value: st.GroupParity(["a", "b"], max_gap=value, floor=0.1),
    "floor": lambda value: st.GroupParity(["a", "b"], floor=value, max_gap=0.1),
    "seed": lambda value: mm.match(PROBLEM, seed=value),
    "gap": lambda value: mm.match(PROBLEM, gap=value),
    "time_limit": lambda value: mm.match(PROBLEM, time_limit=value),
    "min_score": lambda value: mm.Problem.from_scores([[0.5]], min_score=value),
    "top": lambda value: mm.audits.fairness_of(mm.match(PROBLEM), top=value),
    "resamples": lambda value: mm.audits.fairness_of(mm.match(PROBLEM), resamples=value),
    "level": lambda value: mm.audits.fairness_of(mm.match(PROBLEM), level=value),
    "epsilon": lambda value: mm.audits.fairness_of(mm.match(PROBLEM), epsilon=value),
}
MAY_BE_NONE = {
    "keep_total", "resolution", "max_blocking", "max_gap", "floor", "time_limit", "min_score",
}  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: type(value).__name__)
def test_what_is_no_number_is_refused_with_the_name_of_the_parameter(name, value):
    if value is None and name in MAY_BE_NONE:
        NUMBERS[name](value)
        return
    with pytest.raises(mm.MentorMatchError, match=rf"\b{name}\b"):
        NUMBERS[name](value)


@pytest.mark.parametrize("seed", [-1, 1.5, "1", float("nan")])
@pytest.mark.parametrize("strategy", ["optimal", "lottery", "serial_dictatorship"])
def test_a_seed_is_a_whole_number_of_0_or_more(strategy, seed):
    with pytest.raises(mm.MentorMatchError, match=r"seed must be a whole number of 0 or more, got"):
        mm.match(PROBLEM, strategy, seed=seed)


@pytest.mark.parametrize("value", [np.int64(2), np.float32(0.5), np.uint8(3)])
def test_numbers_of_numpy_are_numbers(value):
    mm.match(PROBLEM, gap=value, time_limit=value)
    st.AlphaFair(value)


@pytest.mark.parametrize(
    "call",
    [
        mm.audit,
        mm.audits.fairness_of,
        mm.audits.blocking_pairs,
        lambda value: mm.audit(mm.match(PROBLEM), reference=value),
    ],
)
def test_what_is_no_matching_is_refused_with_the_way_to_make_one(call):
    """A table of pairs gave an AttributeError."""
    for value in (pd.DataFrame({"mentee": [0], "mentor": [1]}), PROBLEM, "optimal"):
        with pytest.raises(mm.MentorMatchError, match=r"needs a Matching, got \w+\. mm\.match\(pr"):
            call(value)


def test_a_side_is_one_of_two_words():
    with pytest.raises(mm.MentorMatchError, match=r'a side is "mentees" or "mentors"'):
        mm.audits.fairness_of(mm.match(PROBLEM), side="mentee")


def test_ids_with_half_a_character_are_ids_as_any_other():
    names = (["a\ud800", "b"], ["c", "\udfffd"])
    scores = pd.DataFrame([[0.9, 0.8], [0.7, 0.1]], *(pd.Index(one, dtype=object) for one in names))
    for strategy in ("optimal", "lottery", "serial_dictatorship", "leximin", "stable"):
        matching = mm.match(mm.Problem.from_scores(scores), strategy)
        assert len(matching.pairs) == 2
        assert mm.audit(matching).feasibility.ok
        assert matching.certificate is None or mm.certificates.verify(matching).ok
        repr(matching)


@pytest.mark.parametrize(
    "call",
    [
        mm.match,
        lambda value: mm.Matching.from_pairs(value, []),
        lambda value: mm.frontier(value, "total", "minimum"),
    ],
)
def test_what_is_no_problem_is_refused_with_the_way_to_make_one(call):
    with pytest.raises(mm.MentorMatchError, match=r"needs a Problem, got DataFrame\."):
        call(pd.DataFrame())


def test_a_profile_is_asked_of_scores_and_not_of_people():
    criteria = mm.Criteria(mm.criteria.Same("x", weight=1))
    with pytest.raises(mm.CriterionError, match=r"profile needs a Compatibility, got DataFrame\."):
        criteria.profile(pd.DataFrame())


def test_charts_of_fairness_take_an_audit_and_say_when_it_has_none():
    pytest.importorskip("altair")
    matching = mm.match(mm.Problem.from_scores(np.random.default_rng(0).random((12, 12))))
    audit = mm.audit(matching, groups={"team": ["a", "b"] * 6})
    assert mm.reports.gap_chart(audit).to_dict() == mm.reports.gap_chart(audit.fairness).to_dict()
    with pytest.raises(mm.MentorMatchError, match="this audit was made without groups"):
        mm.reports.group_chart(mm.audit(matching), "team")
    with pytest.raises(mm.MentorMatchError, match="got DataFrame"):
        mm.reports.lorenz_chart(pd.DataFrame())


def test_one_of_each_is_one_and_not_ones():
    assert repr(mm.Problem.from_scores([[0.5]])) == "Problem(1 mentee, 1 mentor, 1 seat)"
    assert mm.match(PROBLEM).engine == "scipy (few people, each wants one mentor)"


WRONG_CALLS = {
    "from_dict needs what to_dict gives": [
        lambda: mm.Criteria.from_dict(None),
        lambda: mm.Criteria.from_dict({"criteria": 5}),
    ],
    "what_if needs a list of changes": [
        lambda: mm.what_if(mm.match(PROBLEM), mm.change.leave(0)),
        lambda: mm.what_if(mm.match(PROBLEM), "leave"),
    ],
    "what_if_grid needs lists of changes by name": [
        lambda: mm.what_if_grid(mm.match(PROBLEM), mm.change.leave(0)),
    ],
    "person must be one id": [lambda: mm.change.leave(["a"])],
    "mentor must be one id": [lambda: mm.change.seat({}), lambda: mm.change.pin("a", [1])],
    "match_many needs a list of problems, got Problem": [lambda: mm.match_many(PROBLEM)],
    "keep must be a list": [lambda: mm.rematch(mm.match(PROBLEM), PROBLEM, keep=5)],
    "scale must be two different numbers": [
        lambda scale=scale: mm.read_ratings(RATINGS, scale=scale)
        for scale in (5, (0, 0), ("a", "b"), (1,), {"good": "x", "poor": 1}, (1, 2, 3))
    ],
}
RATINGS = pd.DataFrame({"mentee": [0], "mentor": [0], "by": ["mentee"], "rating": [3]})


@pytest.mark.parametrize(
    ("sentence", "call"), [(said, one) for said, calls in WRONG_CALLS.items() for one in calls]
)
def test_what_cannot_be_meant_is_refused_with_what_was_expected(sentence, call):
    """These ended in a TypeError, or in a division by zero."""
    with pytest.raises(mm.MentorMatchError, match=sentence):
        call()


NUMBER, FLAG = "must be a number, got", "must be True or False, got"
WRONG_PARAMETERS = {
    rf"^allow_self {FLAG} 'false'": lambda: mm.Criteria(allow_self="false"),
    rf"^normalise {FLAG} 'no'": lambda: mm.Criteria(normalise="no"),
    rf"^coverage_first {FLAG} 'no'": lambda: mm.Problem.from_scores([[1]], coverage_first="no"),
    rf"^LevelGap\('t'\): require {FLAG} 'no'": lambda: C.LevelGap("t", require="no"),
    rf"^TagOverlap\('t'\): rarity {FLAG} 'no'": lambda: C.TagOverlap("t", rarity="no"),
    rf"^LevelGap\('t'\): g_max {NUMBER} '5'": lambda: C.LevelGap("t", g_max="5"),
    rf"^LevelGap\('t'\): weight {NUMBER} '4'": lambda: C.LevelGap("t", weight="4"),
    rf"^LevelGap\('t'\): weight {NUMBER} True": lambda: C.LevelGap("t", weight=True),
    rf"^Near\('d'\): scale {NUMBER} '3'": lambda: C.Near("d", scale="3"),
    rf"^Near\('d'\): scale {NUMBER} None": lambda: C.Near("d", scale=None),
    rf"credit {NUMBER} 'x'": lambda: C.SkillCoverage("w", "o", credit="x"),
    rf"wanted_hours {NUMBER} '2'": lambda: C.Availability("w", wanted_hours="2"),
    rf"slot {NUMBER} '1h'": lambda: C.Availability("w", slot="1h"),
    r"between must be two numbers, such as \(1, 3\), got '1'": lambda: C.LevelGap("t", between="1"),
    r"between must be two numbers, .* got 3": lambda: C.LevelGap("t", between=3),
    r"ratings must be two numbers, .* got '1-5'": lambda: C.Prefers("p", ratings="1-5"),
    r"characters must be two whole numbers, .* got 3": lambda: C.TextSimilarity("w", characters=3),
    r"curve must map gaps .* got \[1, 2\]": lambda: C.LevelGap("t", curve=[1, 2]),
    r"answers must map words .* got \['yes'\]": lambda: C.Prefers("p", answers=["yes"]),
    r"answers must map words .* \{'yes': 'x'\}": lambda: C.Prefers("p", answers={"yes": "x"}),
    r"ladder must be a list .* got 3": lambda: C.LevelGap("t", ladder=3),
    r"timezone must be one column, .* got 3": lambda: C.Availability("w", timezone=3),
    r"reads must be names of columns, .* got 3": lambda: C.Custom(max, reads=3),
    r"actionable must be names of columns, .* got 3": lambda: mm.Criteria(actionable=3),
    r"takes criteria such as .* got 3": lambda: mm.Criteria(criteria=3),
}


@pytest.mark.parametrize("message", WRONG_PARAMETERS)
def test_a_parameter_of_a_wrong_type_is_refused_with_what_it_must_be(message):
    """A text "false" counted as True; the others were TypeErrors and AttributeErrors."""
    with pytest.raises((mm.CriterionError, mm.ProblemError), match=message):
        WRONG_PARAMETERS[message]()


def test_exact_numbers_and_those_of_numpy_are_numbers_for_criteria():
    near = C.Near("d", scale=Decimal("0.4"), weight=Fraction(1, 2), minimum=np.float32(0.5))
    assert near == C.Near("d", scale=0.4, weight=0.5, minimum=0.5)
    assert C.LevelGap("t", between=np.array([1, 2]), require=np.True_).between == (1, 2)
    assert C.Prefers("p", ratings=(Decimal(1), 5), unlisted=Decimal("0.5")).ratings == (1, 5)


def test_a_function_that_returns_texts_is_named():
    names = pd.DataFrame({"a": [1, 2]})
    custom = C.Custom(lambda mentees, mentors: [["a", "b"], ["c", "d"]], name="luck")
    with pytest.raises(
        mm.CriterionError, match=r"luck must return an array of numbers, .*'a', 'b'"
    ):
        mm.Criteria(custom).score(mm.Cohort(names, names)).dense()
