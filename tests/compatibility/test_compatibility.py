"""Scores that were given: what is read, what is refused, and who is meant by an id."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import mentormatch as mm
from mentormatch.compatibility.blocks import join_sides
from mentormatch.compatibility.ids import order_by_hash, rank_ids
from problems import score_arrays

FRAME = pd.DataFrame([[0.9, 0.2], [0.4, 0.5]], index=["ada", "bob"], columns=["linus", "mia"])
of = mm.Compatibility.from_scores


@given(scores=score_arrays())
def test_a_block_the_dense_array_and_the_cost_say_the_same(scores):
    compatibility = of(scores)
    np.testing.assert_array_equal(compatibility.dense(), scores)
    block = compatibility.block(slice(0, len(scores)))
    np.testing.assert_array_equal(block.eligible, ~np.isnan(scores))
    np.testing.assert_array_equal(block.scores, scores)
    cost = compatibility.cost()
    np.testing.assert_array_equal(np.ma.getmaskarray(cost), np.isnan(scores))
    np.testing.assert_allclose(cost.compressed(), 1 - scores[~np.isnan(scores)])


@given(scores=score_arrays())
def test_the_cost_matrix_can_be_given_back_as_scores_of_the_same_pairs(scores):
    again = of(1 - of(scores).cost())
    np.testing.assert_allclose(again.dense(), scores, atol=1e-15)


@given(scores=score_arrays())
def test_what_was_given_is_copied_and_never_changed(scores):
    before = scores.copy()
    compatibility = of(scores)
    scores[...] = 7.0
    np.testing.assert_array_equal(compatibility.dense(), before)
    with pytest.raises(ValueError, match="read-only"):
        compatibility.block(slice(0, len(before))).scores[...] = 0.0


@pytest.mark.parametrize("how", ["mean", "harmonic", "geometric", "min"])
def test_contributions_add_up_to_the_score_of_either_side_and_of_the_pair(how):
    compatibility = of(FRAME, FRAME.T.to_numpy(), reciprocity=how)
    for mentee in FRAME.index:
        for mentor in FRAME.columns:
            rows = compatibility.breakdown(mentee, mentor)
            i, j = compatibility.mentee_position(mentee), compatibility.mentor_position(mentor)
            pair = compatibility.block(slice(0, 2))
            assert rows["contribution"].sum() == pytest.approx(pair.scores[i, j], abs=1e-12)
            assert rows["value"].tolist() == pytest.approx(
                [pair.mentee_scores[i, j], pair.mentor_scores[i, j], pair.scores[i, j]]
            )
            assert rows["sentence"].str.len().min() > 0


def test_means_are_ordered_and_a_zero_counts_only_in_the_arithmetic_one():
    rng = np.random.default_rng(0)
    u, v = rng.random((40, 5)), rng.random((40, 5))
    u[0] = 0.0
    joined = [join_sides(u, v, how) for how in ("min", "harmonic", "geometric", "mean")]
    for smaller, larger in pairwise(joined):
        assert (smaller <= larger + 1e-15).all()
    assert (joined[1][0] == 0).all()
    assert (joined[2][0] == 0).all()
    assert (joined[3][0] == v[0] / 2).all()


def test_a_pair_that_is_nan_on_one_side_is_ineligible_on_both():
    mentors = FRAME.copy()
    mentors.loc["ada", "mia"] = np.nan
    compatibility = of(FRAME, mentors.iloc[::-1, ::-1])
    assert compatibility.why_ineligible("ada", "mia") == "given as ineligible (NaN)"
    assert compatibility.why_ineligible("ada", "linus") is None
    assert np.isnan(compatibility.block(slice(0, 2)).mentee_scores[0, 1])


def test_masked_cells_of_a_masked_array_are_ineligible():
    masked = np.ma.MaskedArray([[0.5, 9.9]], mask=[[False, True]])
    assert of(masked).why_ineligible(0, 1) == "given as ineligible (NaN)"


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ([1.0, 2.0], r"scores must have two dimensions \(mentees, mentors\), got 1 with shape"),
        (np.zeros((1, 1, 1)), r"got 3 with shape \(1, 1, 1\)"),
        ([["good"]], "scores must be numbers, one row per mentee and one column per mentor"),
        ([[1 + 2j]], "must be numbers"),
        (np.array([[1 + 2j]]), "got complex numbers"),
        (np.array([["2027-01-11"]], dtype="datetime64[D]"), "got dates or durations"),
        ([[1.0, 2.0], [3.0]], "must be numbers"),
        ([[0.1, np.inf]], r"must lie within ±1e\+100: row 0, column 1 is inf. Use NaN for a pair"),
        ([[-1e300, np.inf]], r"column 0 is -1e\+300; there are 2 such numbers"),
        (FRAME.replace(0.2, np.inf), "row 'ada', column 'mia' is inf"),
    ],
)
def test_scores_that_are_no_numbers_are_refused(scores, message):
    with pytest.raises(mm.ProblemError, match=message):
        of(scores)


def test_two_sides_that_do_not_fit_are_refused():
    with pytest.raises(mm.ProblemError, match=r"shape \(1, 1\) and mentor_scores \(1, 2\)"):
        of([[1.0]], [[1.0, 2.0]])
    with pytest.raises(mm.ProblemError, match="different people: 'ada' is only in one of them"):
        of(FRAME, FRAME.rename(index={"ada": "eve"}))
    with pytest.raises(mm.ProblemError, match="an id is there twice"):
        of(FRAME, pd.concat([FRAME, FRAME.iloc[:1]]))


def test_reciprocity_is_one_of_four_words_and_three_of_them_need_scores_from_0():
    with pytest.raises(mm.CriterionError, match="'geometric', 'min', got 'max'"):
        of([[1.0]], [[1.0]], reciprocity="max")
    with pytest.raises(mm.CriterionError, match=r'Use reciprocity="mean", or move the scores'):
        of([[-1.0]], [[1.0]], reciprocity="harmonic")


def test_people_without_an_id_and_ids_that_two_people_share_are_told_at_once():
    frame = pd.DataFrame(np.ones((3, 2)), index=["ada", None, "eve"], columns=["linus", "linus"])
    with pytest.raises(mm.ProblemError) as caught:
        of(frame)
    assert str(caught.value) == (
        "1 of 3 mentees has no id, at position 1. These mentor ids appear "
        "more than once: 'linus'. Every person needs an id of their own."
    )


def test_scores_of_another_shape_than_the_people_are_refused():
    scorer = of(FRAME).scorer
    with pytest.raises(mm.ProblemError, match=r"there are 1 mentee and 2 mentors\. Give one row"):
        mm.Compatibility(scorer, FRAME.index[:1], FRAME.columns)


@pytest.mark.parametrize(
    ("index", "asked", "message"),
    [
        (["ada", "bob"], "adda", "There is no mentee with the id 'adda'. Did you mean 'ada'?"),
        (["ada", "bob"], "zzz", "There is no mentee with the id 'zzz'."),
        (["ada", "bob"], ["ada"], "There is no mentee with the id ['ada']. Did you mean 'ada'?"),
        (["ada", "bob"], float("nan"), "There is no mentee with the id nan."),
        (["ada", "bob"], None, "There is no mentee with the id None."),
        (["ada", "bob"], slice(0, 1), "There is no mentee with the id slice(0, 1, None)."),
        (
            [1, 2],
            "1",
            "There is no mentee with the id '1'. There is 1 (int), and '1' is of the type str: use "
            "that, or give the ids one type.",
        ),
        ([1, 2], True, "There is no mentee with the id True."),
        ([1, 2], 10**30, f"There is no mentee with the id {10**30}."),
        (
            pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]),
            "b",
            "There is no mentee with the id 'b'.",
        ),
        (
            pd.to_datetime(["2027-01-11", "2027-01-12"]),
            "2028",
            "There is no mentee with the id '2028'.",
        ),
    ],
)
def test_whoever_is_not_there_is_not_found_and_the_nearest_is_named(index, asked, message):
    frame = pd.DataFrame(np.ones((2, 1)), index=index, columns=["linus"])
    with pytest.raises(mm.ProblemError) as caught:
        of(frame).mentee_position(asked)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "ids",
    [
        pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]),
        pd.Index([("a", 1), ("b", 2)], tupleize_cols=False),
        pd.Index([1, "b"], dtype=object),
        pd.Index([2**62, 2**62 + 1]),
        pd.Index(["ada", "bob"], dtype=object),
        pd.to_datetime(["2027-01-11", "2027-01-12"]),
    ],
)
def test_any_hashable_is_an_id_and_comes_back_as_it_was(ids):
    frame = pd.DataFrame([[0.1, 0.9], [0.8, 0.2]], index=ids, columns=["x", "y"])
    problem = mm.Problem.from_scores(frame, pins=[(ids[1], "x")])
    matching = mm.match(problem)
    assert dict(zip(matching.pairs["mentee"], matching.pairs["mentor"], strict=True)) == {
        ids[0]: "y",
        ids[1]: "x",
    }
    assert problem.compatibility.mentee_position(ids[1]) == 1
    assert (mm.Matching.from_pairs(problem, matching.pairs).mentees == matching.mentees).all()


@pytest.mark.parametrize("ids", [pd.Index(["b", "a", "ä", ""]), pd.Index([3, "3", ("x", 1)])])
def test_the_order_of_people_depends_on_ids_and_seed_and_not_on_rows(ids):
    turned = ids[::-1]
    for seed in (0, 1):
        assert (
            ids[order_by_hash(ids, seed)].tolist() == turned[order_by_hash(turned, seed)].tolist()
        )
    assert (np.sort(rank_ids(ids)) == np.arange(len(ids))).all()
    assert dict(zip(ids, rank_ids(ids), strict=True)) == dict(
        zip(turned, rank_ids(turned), strict=True)
    )


def test_a_matrix_that_would_not_fit_is_refused_with_its_size(monkeypatch):
    monkeypatch.setattr("mentormatch.compatibility.compatibility.DENSE_LIMIT_GIB", 1e-9)
    with pytest.raises(mm.ProblemError, match=r"All 2 × 2 scores at once .* GiB .* Read them with"):
        of(FRAME).dense()


def test_people_can_be_taken_in_another_order_with_their_scores():
    taken = of(FRAME, FRAME * 2).take(np.array([1]), np.array([1, 0]))
    assert taken.mentor_ids.tolist() == ["mia", "linus"]
    np.testing.assert_allclose(taken.dense(), [[0.75, 0.6]])
    assert repr(taken) == ("Compatibility(1 mentee × 2 mentors, rules: given as ineligible (NaN))")
