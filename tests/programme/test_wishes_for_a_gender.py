"""A wish for a mentor of one gender is said first and counts for nothing until that is decided."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

import mentormatch as mm
from mentormatch.cli import app
from mentormatch.criteria.words.gender_wishes import asks_for_gender, wishes_gender
from mentormatch.programme import examine_file
from mentormatch.programme.questions.gender_wishes import find_gender_wishes

if TYPE_CHECKING:
    from pathlib import Path

WISHES = [
    "Would prefer a female mentor",
    "mentora mujer",
    "souhaite une mentore",
    "vill ha en kvinnlig mentor",
    "bitte eine Mentorin",
    "Could I have a woman as mentor, please",
    "A mentor who is a woman would be great",
    "I'd rather talk to a woman",
    "Ich möchte lieber eine Frau",
    "je préfère une femme",
    "Prefiro uma mentora mulher",
    "preferirei una mentrice",
    "liever een vrouwelijke mentor",
    "wolałabym mentorkę",
    "helst en kvindelig mentor",
    "mentor of the same gender",
    "male mentor preferred",
    "female mentor, not a male one",
    "Female mentor please, either SQL or Go",
    "Eine Mentorin bitte, Ort ist egal",
    "Female mentor please, regardless of location",
    "Regardless of location, a woman as mentor",
    "No men please",
    "Not a man, please",
    "Bitte keinen Mann",
    "Women only, please",
    "someone of the same gender",
    "As a woman I would like a female mentor",
    "I had a female mentor and would like one again",
]
NONE = [
    "my mother is a female engineer",
    "I was a mentor for women in tech",
    "no preference, male or female mentor",
    "I don't mind whether my mentor is male or female",
    "egal ob weiblich oder männlich",
    "Mentor/Mentorin mit Erfahrung in SQL",
    "eine Mentorin oder einen Mentor",
    "ein*e Mentor*in",
    "un(e) mentor(e)",
    "szukam mentora",
    "vorrei un mentore",
    "Frau Schmidt als Mentorin",
    "Donna Reed as mentor please",
    "men jag vill ha en mentor",
    "a feminist mentor",
    "Meine Mentorin war toll",
    "SQL; Women in leadership",
    "As a woman I would like to learn Go",
    "I am a woman looking for a mentor in tech",
    "Als Frau möchte ich Go lernen",
    "Female engineer looking for a mentor",
    "Looking for a mentor in women's health",
    "mentor with experience in female leadership",
    "I don't mind having a female mentor",
    "Ich hatte schon eine Mentorin",
    "No women in my team so far",
    "all of the same age",
]
HEADINGS = {
    "Vill du ha en kvinnlig mentor?": True,
    "Preferred mentor gender": True,
    "Would you prefer a female or male mentor?": True,
    "Geschlecht des Mentors": True,
    "Préférez-vous une mentore ?": True,
    "Would you like your mentor to be a woman?": True,
    "Mentor of the same sex": True,
    "Mentor of the same gender?": True,
    "Should your mentor identify as a woman?": True,
    "Female mentor?": True,
    "Would you prefer a mentor of the same gender?": True,
    "Gender (for mentor matching)": False,
    "Gender (leave it empty if you prefer not to say)": False,
    "Hattest du schon eine Mentorin?": False,
    "Have you had a female mentor before?": False,
    "Are you a woman looking for a mentor?": False,
    "Do you identify as a woman?": False,
    # Such a column is offered as a rule.
    "Only same gender": False,
    "Gender": False,
    "Preferred pronouns": False,
    "Geschlecht": False,
    "Name der Mentorin": False,
    "What do you expect of your mentor?": False,
}


@pytest.mark.parametrize("text", WISHES)
def test_a_wish_for_a_gender_is_known_in_the_languages_of_forms(text: str) -> None:
    assert wishes_gender(text, "mentors")


@pytest.mark.parametrize("text", NONE)
def test_what_names_a_gender_and_wishes_none_is_no_such_wish(text: str) -> None:
    assert not wishes_gender(text, "mentors")


def test_headings_that_ask_for_the_gender_of_somebody_else_are_known() -> None:
    assert {one: asks_for_gender(one, "mentors") for one in HEADINGS} == HEADINGS
    assert wishes_gender("I would like female mentees", "mentees")
    assert not asks_for_gender("Preferred mentor gender", "mentees")


def test_people_who_answer_no_to_such_a_question_wish_nothing() -> None:
    mentees = pd.DataFrame(
        {
            "id": list("abcdef"),
            "Female mentor?": ["Yes", "no", "No preference", "n/a", "-", "yes please"],
            "Remarks": ["mentora mujer", "I like tea", "", "eine Mentorin wäre schön", "", ""],
        }
    )
    cohort = mm.Cohort(mentees, pd.DataFrame({"id": ["m"]}))
    (found,) = find_gender_wishes(cohort)
    assert (found.people, dict(found.rows)) == (3, {"Female mentor?": [2, 7], "Remarks": [2, 5]})
    told = found.tell(cohort)
    assert told.startswith("3 mentees seem to ask for a mentor of one gender (")
    assert "the table of the mentors needs a column with their gender first" in told


@pytest.mark.parametrize(
    "cells", [[1, 0, 1], [1.0, None, 1.0], ["1", "0", "1"], [True, False, True]]
)
def test_ones_below_such_a_question_are_wishes(cells: list[object]) -> None:
    mentees = pd.DataFrame({"id": list("abc"), "Female mentor?": cells})
    (found,) = find_gender_wishes(mm.Cohort(mentees, pd.DataFrame({"id": ["m"]})))
    assert dict(found.rows) == {"Female mentor?": [2, 4]}


def test_rows_of_wishes_are_counted_and_shown_whole_where_that_is_asked_for() -> None:
    """Of more than five the rest was "…"."""
    mentees = pd.DataFrame({"id": list("abcdefg"), "Remarks": ["a female mentor please"] * 7})
    cohort = mm.Cohort(mentees, pd.DataFrame({"id": ["m"]}))
    (found,) = find_gender_wishes(cohort)
    assert '("Remarks", rows 2, 3, 4, 5, 6 and 2 more: validate --all)' in found.tell(cohort)
    assert '("Remarks", rows 2, 3, 4, 5, 6, 7, 8)' in found.tell(cohort, whole=True)


def test_answers_that_decline_are_no_wishes() -> None:
    cells = ["No, thanks", "any gender", "Prefer not to say", "No men", "Woman, please"]
    mentees = pd.DataFrame({"id": list("abcde"), "Preferred mentor gender": cells})
    (found,) = find_gender_wishes(mm.Cohort(mentees, pd.DataFrame({"id": ["m"]})))
    assert dict(found.rows) == {"Preferred mentor gender": [5, 6]}


MENTEES = """Email,Name,Gender,Learn,Wish,Comments
ella@x.example,Ella Voss,Female,SQL,Female,Would prefer a female mentor
finn@x.example,Finn Rau,Male,Git; SQL,,I like tea
gus@x.example,Gus Lind,Male,SQL,,souhaite une mentore
"""
MENTORS = """Email,Name,Gender,Teach,Seats
bob@x.example,Bob Bell,Male,SQL,9
cora@x.example,Cora Dean,Female,Git,9
"""


def test_wishes_for_a_gender_are_said_first_with_how_to_use_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were free comments, of which nothing was said."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mentees.csv").write_text(MENTEES, encoding="utf-8")
    (tmp_path / "mentors.csv").write_text(MENTORS, encoding="utf-8")
    drafted = CliRunner().invoke(app, ["init", "mentees.csv", "mentors.csv"]).output
    title, _, rest = drafted.partition("\nRead\n")
    assert "Who is who" not in title
    said = (
        '2 mentees seem to ask for a mentor of one gender ("Comments", rows 2, 4). Nothing reads '
        "it: gender is a protected attribute, so whether such a wish counts is for the programme "
        "to decide."
    )
    assert " ".join(rest.split()).startswith(f"- {said}")
    text = (tmp_path / "programme.toml").read_text("utf-8")
    assert "Gender" not in str(tomllib.loads(text).get("criteria"))
    for command in ("validate", "match"):
        told = CliRunner().invoke(app, [command, "programme.toml"]).output
        assert told.startswith("Wishes for a gender, which nothing reads\n")
        assert said in " ".join(told.split())
    # What committees decided stands below it.
    assert CliRunner().invoke(app, ["workbook", "programme.toml", "-o", "c.xlsx"]).exit_code == 0
    decided = text.replace("[problem]", '[problem]\ndecisions = "c.xlsx"', 1)
    (tmp_path / "programme.toml").write_text(decided, encoding="utf-8")
    for command in (["validate"], ["match", "--overwrite"]):
        told = CliRunner().invoke(app, [command[0], "programme.toml", *command[1:]]).output
        assert told.startswith("Wishes for a gender, which nothing reads\n")
        assert "\nDecisions\n" in told
    # What it says to write is what makes it count.
    cure = '[[criteria]]\nkind = "Same"\nmentee = "Wish"\nmentor = "Gender"\n\n'
    (tmp_path / "programme.toml").write_text(text.replace("[problem]", f"{cure}[problem]"))
    _, problem = examine_file(tmp_path / "programme.toml", overwrite=True).finished()
    assert problem.reasons(0, 0)
    assert not problem.reasons(0, 1)
    assert not problem.reasons(1, 0)
