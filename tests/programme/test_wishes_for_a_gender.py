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
]
HEADINGS = {
    "Vill du ha en kvinnlig mentor?": True,
    "Preferred mentor gender": True,
    "Would you prefer a female or male mentor?": True,
    "Geschlecht des Mentors": True,
    "Préférez-vous une mentore ?": True,
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
    # What it says to write is what makes it count.
    cure = '[[criteria]]\nkind = "Same"\nmentee = "Wish"\nmentor = "Gender"\n\n'
    (tmp_path / "programme.toml").write_text(text.replace("[problem]", f"{cure}[problem]"))
    _, problem = examine_file(tmp_path / "programme.toml", overwrite=True).finished()
    assert problem.reasons(0, 0)
    assert not problem.reasons(0, 1)
    assert not problem.reasons(1, 0)
