"""Ids that are numbers: people see 901, and not what NumPy calls it."""

import dataclasses
import json
import re

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.errors import CohortError, MentorMatchError, ProblemError

SCORES = pd.DataFrame(
    np.random.default_rng(0).random((6, 3)), index=range(101, 107), columns=[901, 902, 903]
).mask(lambda frame: np.eye(6, 3, k=-1, dtype=bool))
STRATEGIES = ["optimal", "stable", "leximin", "serial_dictatorship", "rank_maximal", "greedy"]


def _said(ask):
    try:
        return str(ask())
    except MentorMatchError as error:
        return str(error)


def _everything(strategy, dtype):
    """What is said about every pair and every person of one matching."""
    scores = SCORES.set_axis(SCORES.index.astype(dtype)).set_axis(
        SCORES.columns.astype(dtype), axis=1
    )
    matching = mm.match(mm.Problem.from_scores(scores), strategy)
    asked = mm.explain(matching)
    for mentee in scores.index.tolist():
        yield _said(lambda mentee=mentee: asked.unmatched(mentee))
        for mentor in scores.columns.tolist():
            yield _said(lambda pair=(mentee, mentor): asked.pair(*pair))
            yield _said(lambda pair=(mentee, mentor): asked.why_not(*pair))
    for ask in (
        lambda: asked.near_ties(0.3).text(),
        lambda: asked.shortages().text(),
        lambda: asked.seat_values().to_string(),
        lambda: [one.pairs.to_string() for one in asked.alternatives(2)],
        lambda: mm.robustness(matching).text(),
        lambda: mm.what_if(matching, [mm.change.seat(901, +1)], strategy="optimal").text(),
        lambda: mm.what_if(matching, [mm.change.pin(101, 903)], strategy="optimal").text(),
        lambda: mm.rematch(matching, matching.problem, count="people").people.to_string(),
    ):
        yield _said(ask)
    yield repr(matching)
    yield repr(mm.audit(matching))
    without = mm.Problem.from_scores(scores.drop(columns=902), capacity=2)
    again = mm.rematch(matching, without)
    yield from (str(chain) for chain in again.chains)
    yield repr(mm.what_if(matching, [mm.change.leave(901, side="mentor")]))


@pytest.mark.parametrize("dtype", ["int64", "Int64", "uint16"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_sentence_names_a_type_of_numpy(strategy, dtype):
    said = list(_everything(strategy, dtype))
    assert any("901" in one for one in said)
    assert not [one for one in said if re.search(r"\bnp\.|numpy", one)]


# Numbers that no score, count or share of these texts comes to.
PEOPLE = [70411, 70423, 70429, 70439, 70451, 70457]
GUIDES = [80611, 80621, 80627]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_text_for_a_person_holds_the_number_of_another(strategy):
    scores = SCORES.set_axis(PEOPLE).set_axis(GUIDES, axis=1)
    matching = mm.match(mm.Problem.from_scores(scores), strategy)
    asked = mm.explain(matching)
    told = []
    for mentee in PEOPLE:
        questions = [lambda mentee=mentee: asked.unmatched(mentee)]
        for mentor in GUIDES:
            questions += [
                lambda pair=(mentee, mentor): asked.pair(*pair),
                lambda pair=(mentee, mentor): asked.why_not(*pair),
            ]
        for ask in questions:
            try:
                answer = ask()
            except MentorMatchError:
                continue
            told += [answer.text("mentee"), answer.text("mentor")]
    left = mm.what_if(matching, [mm.change.leave(GUIDES[0], side="mentor")])
    again = mm.rematch(matching, left.after.problem)
    for answer in [left, mm.what_if(matching, [mm.change.seat(GUIDES[1])]), *again.chains]:
        told += [answer.text("mentee"), answer.text("mentor")]
    told += [*asked.texts(), *asked.texts("mentor")]
    assert len(told) > 30
    numbers = re.compile(rf"\b(?:{'|'.join(map(str, [*PEOPLE, *GUIDES]))})\b")
    assert not [one for one in told if numbers.search(one)]
    # A committee reads them.
    assert numbers.search(left.text())


@pytest.mark.parametrize("kwargs", [{"minimum": 9}, {"minimum": {901: 1, 902: 1, 903: 3}}])
def test_what_cannot_be_done_is_said_in_plain_numbers(kwargs):
    with pytest.raises(mm.InfeasibleError, match=r"90[13] must have") as caught:
        mm.match(mm.Problem.from_scores(SCORES, capacity=2, **kwargs))
    error = caught.value
    assert "np." not in f"{error}{error.smallest()}{error.repairs()}"


@pytest.mark.parametrize("number", [-1, 1.5, np.nan])
def test_numbers_of_people_are_refused_by_plain_ids(number):
    with pytest.raises(ProblemError, match=r"got 901: ") as caught:
        mm.Problem.from_scores(SCORES, capacity=np.full(3, number))
    assert "np." not in str(caught.value)


def test_answers_about_numbers_go_into_json():
    matching = mm.match(mm.Problem.from_scores(SCORES))
    asked = mm.explain(matching)
    for mentee in SCORES.index.tolist():
        held = set(matching.pairs.loc[matching.pairs["mentee"] == mentee, "mentor"])
        for mentor in set(SCORES.columns) - held:
            json.dumps(asked.why_not(mentee, mentor).to_dict())


def test_tables_keep_the_type_of_the_ids():
    matching = mm.match(mm.Problem.from_scores(SCORES))
    assert matching.pairs["mentee"].dtype == SCORES.index.dtype
    assert matching.pairs["mentor"].dtype == SCORES.index.dtype
    assert matching.unmatched["mentee"].dtype == SCORES.index.dtype
    assert matching.loads.index.dtype == SCORES.columns.dtype


@pytest.mark.parametrize("dtype", ["Int64", "string", "Float64", object])
def test_an_id_that_is_missing_is_one_clear_error(dtype):
    values = ["1", None] if dtype in ("string", object) else [1, None]
    mentees = pd.DataFrame({"id": pd.array(values, dtype=dtype)})
    with pytest.raises(CohortError, match=r"mentees, row 3, column 'id': the id is empty"):
        mm.Cohort(mentees, pd.DataFrame({"id": ["x"]}))


def test_missing_scores_of_nullable_columns_are_ineligible():
    scores = SCORES.astype("Float64")
    plain, nullable = (mm.match(mm.Problem.from_scores(frame)).pairs for frame in (SCORES, scores))
    pd.testing.assert_frame_equal(plain, nullable)


def test_a_sparse_array_is_asked_what_its_gaps_mean():
    from scipy.sparse import csr_array

    with pytest.raises(ProblemError, match=r"gaps could be 0 or no pair; use \.toarray\(\)"):
        mm.Problem.from_scores(csr_array(np.eye(2)))


def test_a_score_out_of_range_is_found_by_the_ids_of_its_frame():
    with pytest.raises(ProblemError, match="row 102, column 903 is inf"):
        mm.Problem.from_scores(SCORES.replace(SCORES.loc[102, 903], np.inf))


def test_one_mentee_is_one():
    certificate = mm.match(mm.Problem.from_scores([[1.0]])).certificate
    assert str(certificate).endswith("; 1 mentee matched of at most 1")
    two = dataclasses.replace(certificate, coverage=2, coverage_bound=2)
    assert str(two).endswith("; 2 mentees matched of at most 2; 1 pair of at most 1")


def test_numbers_given_by_the_texts_of_ids_are_told_the_type():
    with pytest.raises(ProblemError, match=r"There is 901 \(int\), and '901' is of the type str"):
        mm.Problem.from_scores(SCORES, capacity={"901": 1, "902": 1, "903": 1})
