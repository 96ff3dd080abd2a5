"""Levels, same and different, distance, preferences, text, custom: definitions and messages."""

from __future__ import annotations

import datetime
import sys
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.criteria.kinds import embeddings

Custom, Different, LevelGap, Near, Prefers, Same, TextSimilarity = (
    mm.criteria.Custom,
    mm.criteria.Different,
    mm.criteria.LevelGap,
    mm.criteria.Near,
    mm.criteria.Prefers,
    mm.criteria.Same,
    mm.criteria.TextSimilarity,
)


def one_column(mentees: list[Any], mentors: list[Any]) -> mm.Cohort:
    return mm.Cohort(pd.DataFrame({"x": mentees}), pd.DataFrame({"x": mentors}))


def dense(criterion: Any, cohort: mm.Cohort, **given: Any) -> list[list[float]]:
    return mm.Criteria(criterion, **given).score(cohort).dense().tolist()


def findings(criterion: Any, cohort: mm.Cohort) -> list[str]:
    with pytest.raises(mm.CohortError) as caught:
        mm.Criteria(criterion).score(cohort)
    return [str(finding) for finding in caught.value.findings]


# ---------------------------------------------------------------- levels


def test_the_trapezoid_is_0_below_1_on_one_and_two_and_0_from_g_max_on() -> None:
    gaps = [-1, 0, 0.5, 1, 1.5, 2, 3, 4, 5, 9]
    found = dense(LevelGap("x"), one_column([10], [10 + gap for gap in gaps]))
    expected = [0, 0, 0.5, 1, 1, 1, 2 / 3, 1 / 3, 0, 0]
    np.testing.assert_allclose(found, [expected], atol=1e-15)


def test_a_curve_says_the_value_of_each_gap_and_0_for_the_others() -> None:
    curve = {"1": 0.75, 2: 1}
    cohort = one_column([1], [1, 2, 3, 4, 1.5])
    assert dense(LevelGap("x", curve=curve), cohort) == [[0, 0.75, 1, 0, 0]]
    hard = dense(LevelGap("x", curve=curve, require=True), cohort)
    assert np.isnan(hard[0]).tolist() == [True, False, False, True, True]
    assert dense(LevelGap("x", between=(0.5, 2)), cohort) == [[0, 1, 1, 0, 1]]


def test_a_ladder_takes_words_in_any_case_and_numbers_written_as_words() -> None:
    ladder = ["Grade 7", "grade 6", "3"]
    cohort = one_column(["GRADE 7 ", None], ["Grade  6", 3])
    assert dense(LevelGap("x", ladder=ladder), cohort) == [[1.0, 1.0], [0.5, 0.5]]
    said = mm.Criteria(LevelGap("x", ladder=ladder)).score(cohort).breakdown(0, 1)["sentence"][0]
    assert said == "the mentor is 2 levels above the mentee (Grade 7 → 3)"


def test_an_unknown_level_says_row_cure_and_the_nearest_word() -> None:
    cohort = one_column(["junior", "snior"], ["boss"])
    said = findings(LevelGap("x", ladder=["junior", "senior"]), cohort)
    assert said[0] == (
        "mentees, row 3, column 'x': found 'snior'; must be a level of the ladder: junior, senior. "
        "Did you mean 'senior'?"
    )
    assert "mentors, row 2" in said[1]
    said = findings(LevelGap("x"), cohort)
    assert len(said) == 3
    assert "a level must be a number. Give words in their order: ladder=[…]." in said[0]


# ---------------------------------------------------------------- same, different


def test_a_value_among_several_is_shared_whatever_its_case() -> None:
    cohort = one_column(["Gay", "a; b"], ["gay, Disabled", "B", None])
    assert dense(Same("x", weight=1), cohort) == [[1, 0, 0.5], [0, 1, 0.5]]
    assert dense(Different("x", weight=1), cohort) == [[0, 1, 0.5], [1, 0, 0.5]]


def test_without_a_weight_they_are_rules_that_empty_cells_escape() -> None:
    cohort = one_column(["a", None], ["A", "b"])
    compatibility = mm.Criteria(Different("x")).score(cohort)
    assert np.isnan(compatibility.dense()).tolist() == [[True, False], [False, False]]
    assert compatibility.why_ineligible(0, 0) == "Different('x'): both have 'a'"
    assert compatibility.notes[:-1] == (
        "Different('x') does not apply to 1 mentee whose cell is empty.",
    )
    same = mm.Criteria(Same("x")).score(cohort)
    assert same.why_ineligible(0, 1) == "Same('x'): 'a' and 'b' differ"
    assert same.scorer.removed(np.array([0, 1])).tolist() == [[1], [0]]


def test_nobody_is_given_their_own_manager_by_the_id_column() -> None:
    mentees = pd.DataFrame({"id": ["ada", "bob"], "manager": ["linus", "x"]})
    mentors = pd.DataFrame({"id": ["linus", "grace"]})
    different = Different(mentee="manager", mentor="id")
    compatibility = mm.Criteria(different).score(mm.Cohort(mentees, mentors))
    assert compatibility.why_ineligible("ada", "linus") == (
        "Different('manager', 'id'): both have 'linus'"
    )
    assert int(np.isnan(compatibility.dense()).sum()) == 1


# ---------------------------------------------------------------- distance


def test_distance_falls_in_a_line_to_0_at_the_scale() -> None:
    cohort = one_column([3], [3, 4, 5, 99, None])
    assert dense(Near("x", scale=2), cohort) == [[1, 0.5, 0, 0, 0.5]]
    said = mm.Criteria(Near("x", scale=2)).score(cohort).breakdown(0, 1)["sentence"][0]
    assert said == "3 and 4 are 1 apart, of 2 at most"
    assert (
        "row 2, column 'x': found 'near'"
        in findings(Near("x", scale=2), one_column(["near"], [1]))[0]
    )


# ---------------------------------------------------------------- preferences


def wishes(cells: list[Any], mentors: list[str] | None = None) -> mm.Cohort:
    ids = mentors or ["linus", "grace", "guido"]
    return mm.Cohort(
        pd.DataFrame({"w": cells}), pd.DataFrame({"site": ["Oslo", "Bonn; Oslo", None]}, index=ids)
    )


def test_ranked_lists_ratings_and_answers() -> None:
    assert dense(Prefers("w"), wishes(["Grace, linus", None])) == [[0.5, 1, 0], [0.5, 0.5, 0.5]]
    rated = Prefers("w", ratings=(1, 5), unlisted=0.25)
    assert dense(rated, wishes(["linus:5; grace:2"])) == [[1, 0.25, 0.25]]
    answers = {"Yes": 1, "maybe": 0.5, "no": 0}
    said = Prefers("w", answers=answers, unlisted="missing")
    assert dense(said, wishes(["linus: no; grace: MAYBE"]), missing="zero") == [[0, 0.5, 0]]
    assert dense(said, wishes(["linus: no; grace: yes"])) == [[0, 1, 0.5]]


def test_categories_can_be_preferred_and_the_best_of_a_person_counts() -> None:
    assert dense(Prefers("w", of="site"), wishes(["Bonn, Oslo"])) == [[0.5, 1, 0.5]]


def test_mentors_can_prefer_mentees() -> None:
    mentees = pd.DataFrame({"a": [1, 2]}, index=["ada", "bob"])
    mentors = pd.DataFrame({"w": ["bob, ada", "ada"]}, index=["linus", "grace"])
    found = dense(Prefers("w", by="mentor", side="mentor"), mm.Cohort(mentees, mentors))
    assert found == [[0.5, 1], [1, 0]]


def test_sentences_of_preferences() -> None:
    cohort = wishes(["grace; linus"])
    compatibility = mm.Criteria(Prefers("w")).score(cohort)
    said = [compatibility.breakdown(0, j)["sentence"][0] for j in cohort.mentor_ids]
    assert said == [
        "the mentee lists 'linus' as number 2 of 2",
        "the mentee lists 'grace' as number 1 of 2",
        "the mentee says nothing of 'guido'",
    ]
    rated = mm.Criteria(Prefers("w", ratings=(1, 5), unlisted="missing")).score(wishes(["linus:4"]))
    assert rated.breakdown(0, "linus")["sentence"][0] == "the mentee rates 'linus' 4 of 5"
    assert rated.breakdown(0, "grace")["sentence"][0].startswith("missing: the mentee says nothing")
    answered = mm.Criteria(Prefers("w", answers={"yes": 1})).score(wishes(["linus:yes"]))
    assert answered.breakdown(0, "linus")["sentence"][0] == "the mentee says yes to 'linus'"


def test_names_that_nobody_has_and_unreadable_ratings_come_with_row_and_cure() -> None:
    said = findings(Prefers("w"), wishes(["lunis", "grace"]))
    assert said == [
        "mentees, row 2, column 'w': found 'lunis'; 'lunis' is not among the ids of the mentors. "
        "Correct it, or use unknown='ignore'. Did you mean 'linus'?"
    ]
    people = pd.DataFrame({"w": ["zed@x.example", "linsu@x.example"]}, ["ada", "bob"])
    mentors = pd.DataFrame(index=["linus@x.example", "ann@x.example"])
    said = findings(Prefers("w"), mm.Cohort(people, mentors))
    assert "Did you mean" not in said[0], "of an address only what stands before the @ is compared"
    assert said[1].endswith("Did you mean 'linus@x.example'?")
    assert dense(Prefers("w", unknown="ignore"), wishes(["lunis, grace"])) == [[0, 0.5, 0]]
    said = findings(Prefers("w", ratings=(1, 5)), wishes(["linus:9", "grace"]))
    assert "'linus:9' must end in a rating from 1 to 5, such as 'linus: 5'." in said[0]
    assert "'grace' must end in a rating" in said[1]
    said = findings(Prefers("w", answers={"yes": 1, "no": 0}), wishes(["linus:yse"]))
    assert "must end in one of the answers yes, no. Did you mean 'yes'?" in said[0]


# ---------------------------------------------------------------- text


def test_equal_texts_are_1_and_texts_without_a_common_word_0() -> None:
    cohort = one_column(["write Lua", "?!", None], ["write Lua", "paint"])
    found = dense(TextSimilarity("x", characters=None), cohort)
    assert found == [[pytest.approx(1), 0], [0.5, 0.5], [0.5, 0.5]]


def test_signs_of_programming_languages_are_words() -> None:
    cohort = one_column(["C"], ["C++", "C#", "C", "F#"])
    assert dense(TextSimilarity("x", characters=None), cohort) == [[0, 0, 1, 0]]


def test_an_embedding_is_called_once_with_the_distinct_texts_and_gives_half_one_plus_cosine() -> (
    None
):
    calls = []

    def embed(texts: list[str]) -> list[list[float]]:
        calls.append(texts)
        return [{"a": [2, 0], "b": [0, 3], "c": [-1, 0], "z": [0, 0]}[text] for text in texts]

    cohort = one_column(["b", "a", "z"], ["a", "c", "a", None])
    found = dense(TextSimilarity("x", embed=embed), cohort)
    assert calls == [["a", "b", "c", "z"]]
    assert found == [[0.5, 0.5, 0.5, 0.5], [1, 0, 1, 0.5], [0.5] * 4]
    said = (
        mm.Criteria(TextSimilarity("x", embed=embed)).score(cohort).breakdown(1, 0)["sentence"][0]
    )
    assert said == "the texts are alike to 1.00, by their embedding"


def test_what_an_embedding_returns_is_checked() -> None:
    cohort = one_column(["a", "b"], ["c"])
    for returned, message in (
        ([[1.0], [2.0]], "must return one vector per text, an array \\(3, width\\)"),
        ([[1.0], [np.nan], [2.0]], "not finite, for the text 'b'"),
    ):
        text = TextSimilarity("x", embed=lambda texts, returned=returned: returned)
        with pytest.raises(mm.CriterionError, match=message):
            mm.Criteria(text).score(cohort)


def test_a_model_is_loaded_when_used_and_its_absence_says_the_cure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = TextSimilarity("x", embed="sentence-transformers:a-model")
    assert text.to_dict()["embed"] == "sentence-transformers:a-model"
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    embeddings._load.cache_clear()
    with pytest.raises(
        mm.MissingPackageError, match=r'pip install "mentormatch-engine\[embeddings\]"'
    ):
        mm.Criteria(text).score(one_column(["a"], ["b"]))

    class Model:
        def __init__(self, name: str, *, trust_remote_code: bool) -> None:
            assert (name, trust_remote_code) == ("a-model", False)

        def encode(self, texts: list[str], **options: Any) -> np.ndarray:
            return np.array([[1.0, len(text)] for text in texts])

    class Package:
        SentenceTransformer = Model
        __version__ = "6.0.0"

    monkeypatch.setitem(sys.modules, "sentence_transformers", Package)
    found = dense(text, one_column(["a"], ["b"]))
    embeddings._load.cache_clear()
    assert found == [[pytest.approx(1)]]

    class Missing:
        def __init__(self, name: str, *, trust_remote_code: bool) -> None:
            raise OSError(f"{name} is nowhere.\nTry again.")

    Package.SentenceTransformer = Missing  # type: ignore[assignment, misc]
    said = r"The model 'a-model' could not be loaded: a-model is nowhere\. Name the folder of"
    with pytest.raises(mm.CriterionError, match=said):
        mm.Criteria(text).score(one_column(["a"], ["b"]))


def test_words_in_common_are_named_the_weightiest_first() -> None:
    cohort = one_column(["lua nginx redis scripts and more words"], ["words of lua", "paint"])
    compatibility = mm.Criteria(TextSimilarity("x")).score(cohort)
    assert compatibility.breakdown(0, 0)["sentence"][0].startswith("share the words lua, words (0.")
    assert (
        compatibility.breakdown(0, 1)["sentence"][0]
        == "share no words, and no parts of words (0.00)"
    )


# ---------------------------------------------------------------- custom


def test_a_function_is_checked_for_shape_and_range_and_gets_copies() -> None:
    def spoil(mentees: pd.DataFrame, mentors: pd.DataFrame) -> Any:
        mentees["x"] = 0
        return np.ones((len(mentees), len(mentors)))

    cohort = one_column([1, 2], [3])
    assert dense(Custom(spoil), cohort) == [[1], [1]]
    assert cohort.mentees["x"].tolist() == [1, 2]
    with pytest.raises(
        mm.CriterionError, match="two must return one row per mentee and one column"
    ):
        dense(Custom(lambda a, b: [1, 2], name="two"), cohort)
    with pytest.raises(mm.CriterionError, match="for 0 and 0 it returned 2"):
        dense(Custom(lambda a, b: np.full((len(a), len(b)), 2), name="big"), cohort)
    said = findings(Custom(spoil, reads={"mentees": ["y"]}), cohort)
    assert said == ["mentees, column 'y': there is no such column. The columns are 'x'."]


# ---------------------------------------------------------------- settings without meaning


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LevelGap("x", weight=-1), r"LevelGap\('x'\) needs a weight above 0, got -1"),
        (lambda: LevelGap("x", weight=0), "needs a weight above 0, got 0. Leave the criterion out"),
        (lambda: LevelGap("x", weight=None), "neither a weight nor a rule"),
        (lambda: LevelGap("x", minimum=2), "minimum must be above 0 and at most 1"),
        (lambda: LevelGap("x", side="mentees"), "side must be one of .* Did you mean 'mentee'"),
        (lambda: LevelGap("x", name=" "), "name must be a text"),
        (
            lambda: LevelGap("x", ladder=["one"]),
            "ladder must be a list of the words of at least two levels",
        ),
        (
            lambda: LevelGap("x", ladder="ab"),
            "ladder must be a list of the words of at least two levels",
        ),
        (lambda: LevelGap("x", ladder=["a", "A "]), "the ladder names 'a' twice"),
        (lambda: LevelGap("x", curve={1: 2}), "curve must map gaps"),
        (lambda: LevelGap("x", curve={"one": 1}), "curve must map gaps"),
        (lambda: LevelGap("x", curve={1: 1}, between=(1, 2)), "give curve= or between=, not both"),
        (lambda: LevelGap("x", between=(2, 1)), "between must be"),
        (lambda: LevelGap("x", g_max=2), "g_max must be above 2"),
        (lambda: LevelGap(mentee="x"), "needs one column for both tables"),
        (lambda: LevelGap("x", mentee="y"), "needs one column for both tables"),
        (lambda: Different(), "needs one column for both tables"),
        (lambda: Near("x", scale=0), "scale must be a distance above 0"),
        (lambda: Prefers("x", by="boss"), "by must be one of 'mentee', 'mentor'"),
        (lambda: Prefers("x", ratings=(5, 1)), "ratings must be"),
        (lambda: Prefers("x", answers={"yes": 2}), "answers must map words to values"),
        (lambda: Prefers("x", answers={"a": 1}, ratings=(1, 2)), "not both"),
        (lambda: Prefers("x", unlisted=3), "unlisted must be from 0 to 1, or 'missing'"),
        (lambda: Prefers("x", unknown="drop"), "unknown must be one of"),
        (lambda: TextSimilarity("x", characters=(5, 3)), "characters must be"),
        (lambda: TextSimilarity("x", embed="word2vec"), "embed must be a function"),
        (lambda: TextSimilarity("x", stop_words="german"), "stop_words must be 'english' or None"),
        (lambda: Custom("x"), "Custom needs a function of two tables"),
    ],
)
def test_a_setting_without_meaning_is_refused_with_the_cure(make: Any, message: str) -> None:
    with pytest.raises(mm.CriterionError, match=message):
        make()


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("weights", [(1.1, 1.0), (1.0, 2.0), (0.7, 0.3)])
def test_people_who_differ_in_nothing_score_exactly_0(
    weights: tuple[float, float], precision: str
) -> None:
    people = pd.DataFrame({"team": list("abcd"), "city": list("wxyz")})
    criteria = [
        mm.criteria.Different(column, weight=weight)
        for column, weight in zip(people, weights, strict=True)
    ]
    compatibility = mm.Criteria(*criteria).score(
        mm.Cohort(people, people.copy()), precision=precision
    )
    np.testing.assert_allclose(compatibility.dense(), 1 - np.eye(4), rtol=1e-6, atol=0)


def test_a_level_with_several_words_is_called_as_each_person_writes_it() -> None:
    ladder = [["IC3", "Mid"], ["IC4", "M1"], ["IC5", "M2"]]
    mentees = pd.DataFrame({"id": ["a", "b"], "level": ["Mid", "m1"]})
    mentors = pd.DataFrame({"id": ["x", "y"], "level": ["M1", "IC5"]})
    compatibility = mm.Criteria(mm.criteria.LevelGap("level", ladder=ladder)).score(
        mm.Cohort(mentees, mentors)
    )
    said = [compatibility.breakdown(i, j)["sentence"][0] for i in "ab" for j in "xy"]
    assert said == [
        "the mentor is 1 level above the mentee (Mid → M1)",
        "the mentor is 2 levels above the mentee (Mid → IC5)",
        "the mentor is on the mentee's level (M1)",
        "the mentor is 1 level above the mentee (M1 → IC5)",
    ]
    other = pd.DataFrame({"id": ["x"], "level": ["IC4"]})
    both = mm.Criteria(mm.criteria.LevelGap("level", ladder=ladder)).score(
        mm.Cohort(mentees, other)
    )
    assert both.breakdown("b", "x")["sentence"][0].endswith("level (M1 and IC4)")


DAY = "2024-01-01"


@pytest.mark.parametrize(
    ("mentee", "mentor", "is_same"),
    [
        (pd.Timestamp(DAY), DAY, True),
        (pd.Timestamp(DAY), datetime.date(2024, 1, 1), True),
        (np.datetime64(DAY), f"{DAY}T00:00:00", True),
        (pd.Timestamp(DAY), "2024-01-02", False),
        (pd.Timestamp(f"{DAY} 09:00"), DAY, False),
        (3.0, "3.0", True),
        (2.5, "2.50", True),
        (Decimal("3.00"), "3", True),
        (7, "007", False),
        ("3.1", "3.10", False),
    ],
)
def test_equal_dates_and_equal_numbers_are_the_same_whatever_holds_them(mentee, mentor, is_same):
    """Their printed forms were compared: "2024-01-01 00:00:00" and "2024-01-01"."""
    cohort = mm.Cohort(pd.DataFrame({"x": [mentee]}), pd.DataFrame({"x": [mentor]}))
    assert mm.Criteria(Same("x", weight=1)).score(cohort).dense().tolist() == [[float(is_same)]]
    different = mm.Criteria(mm.criteria.Different("x", weight=1)).score(cohort)
    assert different.dense().tolist() == [[float(not is_same)]]


def test_a_number_elsewhere_makes_no_two_versions_one() -> None:
    """One number in a column made 3.1 and 3.10 equal for everybody."""
    mentees = pd.DataFrame({"x": pd.Series(["3.10", "3.1", 7], dtype=object)})
    mentors = pd.DataFrame({"x": ["3.1", "3.10"]})
    scores = mm.Criteria(Same("x", weight=1)).score(mm.Cohort(mentees, mentors))
    assert scores.dense().tolist() == [[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("dtype", ["string", "object", "category"])
def test_a_missing_level_is_an_empty_cell_in_every_type_of_pandas(dtype: str) -> None:
    """pd.NA is neither equal nor unequal to itself, which ended the match in a TypeError."""
    levels = pd.Series(["junior", None, "senior"], dtype=dtype)
    mentees = pd.DataFrame({"id": ["a", "b", "c"], "x": levels})
    cohort = mm.Cohort(mentees, pd.DataFrame({"id": ["o"], "x": ["senior"]}))
    assert dense(LevelGap("x", ladder=["junior", "senior"]), cohort) == [[1.0], [0.5], [0.0]]
