"""Ratings as surveys bring them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.feedback import Ratings, read_ratings
from mentormatch.feedback.answers.scales import recognise_scale

if TYPE_CHECKING:
    from pathlib import Path

PAIRS = {"mentee": ["ada", "bob", "cyd"], "mentor": ["lin", "lin", "max"]}


@pytest.mark.parametrize(
    ("answers", "values"),
    [
        ([1, 3, 5], [0, 0.5, 1]),
        (["1 - very poor", "3", "5 (very good)"], [0, 0.5, 1]),
        (["Strongly disagree", "Agree", "strongly agree"], [0, 0.75, 1]),
        (["no", "Maybe", "YES"], [0, 0.5, 1]),
        ([0, 5, 10], [0, 0.5, 1]),
        ([1, 4, 7], [0, 0.5, 1]),
        ([0, 50, 100], [0, 0.5, 1]),
        (["2,5", "1", "5"], [0.375, 0, 1]),
        (["sehr zufrieden", "neutral", ""], [1, 0.5, np.nan]),
        (["Satisfied", "Neither satisfied nor dissatisfied", "N/A"], [0.75, 0.5, np.nan]),
        (["trifft voll zu", "teils, teils", "k. A."], [1, 0.5, np.nan]),
        (["très satisfait", "neutre", "ne sait pas"], [1, 0.5, np.nan]),
        # Grades at school: the words say that 1 is best, and the numbers alone would not.
        (["1 - sehr gut", "3 - befriedigend", "5 - mangelhaft"], [1, 0.5, 0]),
        (["1 (sehr gut)", "6 (ungenügend)", "don't know"], [1, 0, np.nan]),
        (["1 = very good", "3", "5"], [1, 0.5, 0]),
        # 0/5 was read as the worst of ten, and 5/5 as half of it.
        (["0/5", "5/5", "3 / 5"], [0, 1, 0.6]),
        (["1/5", "5/5", "3"], [0, 1, 0.5]),
        (["5/20", "20/20", "0/20"], [0.25, 1, 0]),
    ],
)
def test_answers_become_numbers_from_worst_to_best(answers: list, values: list[float]) -> None:
    read = read_ratings(pd.DataFrame({**PAIRS, "rating": answers}), by="mentee")
    got = read.table.set_index("mentee")["rating"].reindex(PAIRS["mentee"])
    assert got.tolist() == pytest.approx(values, nan_ok=True)


def test_a_scale_that_is_given_wins_and_1_may_be_best() -> None:
    table = pd.DataFrame({**PAIRS, "rating": [1, 2, 6]})
    read = read_ratings(table, by="mentor", scale=(6, 1))
    assert read.table["rating"].tolist() == pytest.approx([1, 0.8, 0])
    words = {"meh": 0, "fine": 1, "great": 3}
    table = pd.DataFrame({**PAIRS, "rating": ["fine", "meh", "Great!"]})
    read = read_ratings(table, by="mentor", scale=words)
    assert read.table["rating"].tolist() == pytest.approx([1 / 3, 0, 1])


def test_words_that_go_up_and_down_beside_their_numbers_are_asked_about() -> None:
    table = pd.DataFrame({**PAIRS, "rating": ["1 - poor", "2 - very good", "3 - fair"]})
    with pytest.raises(mm.CohortError, match="no scale that is evident: '1 - poor'"):
        read_ratings(table, by="mentee")


def test_a_word_of_a_given_scale_is_an_answer_even_when_it_usually_is_none() -> None:
    table = pd.DataFrame({**PAIRS, "rating": ["none", "some", "n/a"]})
    read = read_ratings(table, by="mentee", scale={"none": 0, "some": 1})
    assert read.table["rating"].tolist() == [0, 1]


def test_a_german_survey_of_both_sides_is_read_by_its_words(tmp_path: Path) -> None:
    path = tmp_path / "umfrage.csv"
    path.write_text(
        "Zeitstempel;Mentee;Mentor;Ich antworte als;Zufriedenheit;Treffen Sie sich noch?\n"
        "2027-03-01;ada;lin;Mentee;zufrieden;ja\n"
        "2027-03-01;ada;lin;Mentorin;sehr zufrieden;nein\n"
        "2027-03-02;bob;lin;Mentee;weiß nicht;Ja, jede Woche\n"
        "2027-03-02;cyd;max;Mentor;;\n",
        "utf-8",
    )
    read = read_ratings(path)
    assert read.table["by"].tolist() == ["mentee", "mentor", "mentee"]
    assert read.table["rating"].tolist() == pytest.approx([0.75, 1, np.nan], nan_ok=True)
    assert read.table["continued"].tolist() == [1, 0, 1]
    assert read.notes == (
        "Who answered is read from the column 'Ich antworte als'.",
        "1 row without any answer is left out.",
    )


def test_what_lies_on_no_scale_is_asked_and_not_guessed() -> None:
    table = pd.DataFrame({**PAIRS, "rating": ["great", "banana", "ok"]})
    with pytest.raises(mm.CohortError, match=r"no scale that is evident: 'great', 'banana', 'ok'"):
        read_ratings(table, by="mentee")


@pytest.mark.parametrize("answers", [[0, 4, 5], ["1/6", "3/6", "6/6"], ["4/5", "7/10", "1"]])
def test_numbers_that_may_lie_on_two_scales_are_asked_about(answers: list) -> None:
    """From 0 to 5 was read as from 0 to 10: whoever was all content was half content."""
    with pytest.raises(mm.CohortError, match="these answers lie on no scale that is evident"):
        read_ratings(pd.DataFrame({**PAIRS, "rating": answers}), by="mentee")
    given = read_ratings(pd.DataFrame({**PAIRS, "rating": [0, 4, 5]}), by="mentee", scale=(0, 5))
    assert given.table["rating"].tolist() == [0, 0.8, 1]


def test_one_answer_off_a_given_scale_is_named_with_its_row() -> None:
    table = pd.DataFrame({**PAIRS, "rating": [3, 9, 4]})
    with pytest.raises(mm.CohortError, match=r"row 3, column 'rating': found 9; expected an ans"):
        read_ratings(table, by="mentee", scale=(1, 5))


def test_everything_missing_is_said_at_once_with_the_cure() -> None:
    with pytest.raises(mm.CohortError) as error:
        read_ratings(pd.DataFrame({"who": ["ada"], "stars": [3]}))
    said = str(error.value)
    for need in ("which side answered", "id of the mentee", "id of the mentor", "no column of rat"):
        assert need in said


def test_a_column_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(mm.CohortError, match="Did you mean 'rating'"):
        read_ratings(pd.DataFrame({**PAIRS, "rating": 1}), columns={"rating": "ratings"})


def test_a_survey_file_is_read_by_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(
        "Timestamp,Mentee Email,Mentor Email,I am,Overall,Do you still meet?,Milestone\n"
        "2027-03-01,ada@example.org,lin@example.org,Mentee,4,yes,mid\n"
        "2027-03-02,ada@example.org,lin@example.org,Mentee,5,no,mid\n"
        "2027-03-02,ada@example.org,lin@example.org,Mentor,2,yes,mid\n",
        "utf-8",
    )
    read = read_ratings(path)
    assert len(read) == 2
    assert read.table["rating"].tolist() == [1.0, 0.25]
    assert read.table["continued"].tolist() == [0.0, 1.0]
    assert "the last one counts, by its date" in " ".join(read.notes)
    assert "1 (worst) to 5 (best) (recognised by answers from 2 to 5)" in repr(read)


def test_the_response_rate_is_told_by_side_milestone_and_group() -> None:
    matching = mm.match(mm.Problem.from_scores(np.eye(4)))
    by = ["mentee", "mentee", "mentor"]
    table = pd.DataFrame({"mentee": [0, 1, 2], "mentor": [0, 1, 2], "by": by, "rating": 1.0})
    found = Ratings(table).response(matching, {"gender": {0: "x", 1: "x", 2: "y", 3: "y"}})
    whole = found[found["group"].isna()].set_index("side")
    assert whole["answered"].to_dict() == {"mentee": 2, "mentor": 1}
    assert whole.loc["mentee", "rate"] == 0.5
    by_group = found[(found["side"] == "mentee") & found["group"].notna()].set_index("group")
    assert by_group["rate"].to_dict() == {"x": 1.0, "y": 0.0}
    assert (found["low"] <= found["rate"]).all()
    assert (found["rate"] <= found["high"]).all()


@given(st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_a_better_answer_is_never_read_as_worse(answers: list[int]) -> None:
    scale = recognise_scale(answers)
    values = [scale.read(answer) for answer in sorted(answers)]
    assert values == sorted(values)
    assert all(0 <= value <= 1 for value in values)


@pytest.mark.parametrize(
    ("dates", "rating", "said"),
    [
        (["2026-05-02", "2026-05-01"], 0.75, "the last one counts, by its date"),
        (["2026-05-01", "2026-05-02"], 0.25, "the last one counts, by its date"),
        (["1.6.2026", "22.5.2026"], 0.75, "the last one counts, by its date"),
        (["05/02/2026", "03/04/2026"], 0.25, "so the last row counts"),
    ],
)
def test_of_two_answers_the_later_counts_and_not_the_lower_row(dates, rating, said):
    table = pd.DataFrame({"mentee": "a", "mentor": "x", "rating": [4, 2], "date": dates})
    found = mm.read_ratings(table, by="mentee", scale=(1, 5))
    assert found.table["rating"].tolist() == [rating]
    assert said in found.notes[0]


def test_who_was_asked_is_read_from_a_table_that_lists_them() -> None:
    """Surveys went to 9 pairs of 18, and half of those who answered were counted as silent."""
    matching = mm.match(mm.Problem.from_scores(np.eye(4)))
    table = pd.DataFrame(
        {
            "milestone": ["early", "early", "early", "late", "talk"],
            "by": ["mentee", "mentee", "mentor", "mentee", "mentee"],
            "mentee": [0, 1, 0, 0, 0],
            "mentor": [0, 1, 0, 0, 0],
            "satisfaction (1-5)": ["4", "", "–", "", "–"],
            "remark": ["", " ", "fine", "–", "we talked"],
        }
    )
    listing = table.assign(rater=0)
    found = mm.read_ratings(listing).response(matching, {"gender": {0: "x", 1: "y"}})
    whole = found[found["group"].isna()]
    asked = {(one.side, one.milestone): (one.answered, one.asked) for one in whole.itertuples()}
    assert asked["mentee", "early"] == (1, 2)
    assert asked["mentee", "late"] == (0, 1)
    # Of a survey that asks for no rating nobody's answer is missed.
    assert ("mentee", "talk") not in asked
    assert asked["mentor", "early"] == (0, 0)
    # The table of a plan lists them also when everybody has answered.
    full = table.iloc[[0]].assign(rater=0)
    assert mm.read_ratings(full).response(matching)["asked"].tolist() == [1, 0]
    # In another table only those stand who have answered, be it without a rating.
    assert mm.read_ratings(table).asked is None
    said = table.iloc[[0, 2]].assign(**{"satisfaction (1-5)": ["4", "5"]})
    assert mm.read_ratings(said).asked is None
    assert mm.read_ratings(said).response(matching)["asked"].tolist() == [4, 4]


def test_a_heading_that_ends_in_a_scale_is_the_rating_where_its_cells_lie_on_it() -> None:
    """With "¿Qué tan contento estás? (1-5)" no column of ratings was found."""
    heading = "¿Qué tan contento estás? (1-5)"
    table = pd.DataFrame({"mentee": [0, 1, 2], "mentor": [0, 1, 2], heading: ["4", "", "1"]})
    read = mm.read_ratings(table, by="mentee")
    assert read.table["rating"].tolist() == [0.75, 0.0]
    assert f"The ratings are read from the column {heading!r}, as its scale says." in read.notes
    two = table.assign(**{"Help (0-10)": [1, 2, 3]})
    with pytest.raises(mm.CohortError, match=r"but several have a scale: '¿Qué.*', 'Help \(0-10"):
        mm.read_ratings(two, by="mentee")
    words = table.assign(**{heading: ["good", "4", "9"]})
    with pytest.raises(mm.CohortError, match=r"no column of ratings was found\. Call it 'rating'"):
        mm.read_ratings(words, by="mentee")
