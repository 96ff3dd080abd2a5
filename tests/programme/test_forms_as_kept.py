"""Forms as coordinators keep them: what each of them was silently taken for, and what it is."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from mentormatch.cohort import read_cohort
from mentormatch.criteria.words.ladders import are_ranges, order_levels
from mentormatch.programme import draft_programme

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["Ada Ahl", "Bo Bruun", "Cleo Costa", "Dan Dietz", "Eve Ebner", "Fay Falk"]


def draft(folder: Path, **columns: list[list[str]]):
    """A draft for two tables; the first row of each holds the headings."""
    for side in ("mentees", "mentors"):
        with (folder / f"{side}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(columns[side])
    return draft_programme(folder / "mentees.csv", folder / "mentors.csv", folder)


def kinds(drafted, side: str = "mentees") -> dict[str, tuple[str, bool]]:
    return {one.name: (one.kind, one.question) for one in drafted.columns if one.side == side}


def both(heading: list[str], rows: list[list[str]]) -> dict[str, list[list[str]]]:
    """The same answers on both sides, of other people."""
    named = [[name, *row] for name, row in zip(NAMES, rows, strict=True)]
    others = [[f"{name[::-1].title()}", *row] for name, row in zip(NAMES, rows, strict=True)]
    return {"mentees": [["Name", *heading], *named], "mentors": [["Name", *heading], *others]}


@pytest.mark.parametrize(
    "answers",
    [
        ["0-2 years", "3-5 years", "6-10 years", "10+ years"],
        ["less than 1 year", "1 to 3 years", "4-7 years", "8 years or more"],
        ["unter 2 Jahre", "2 bis 5 Jahre", "mehr als 5 Jahre"],
        ["moins de 2 ans", "2 à 5 ans", "plus de 5 ans"],
        ["0-3", "4-8", "9-15", "more than 15"],
    ],
)
def test_ranges_of_years_stand_in_their_order(answers):
    assert order_levels(reversed(answers)) == ([(word,) for word in answers], True)


def test_numbers_and_sentences_are_no_ranges():
    assert not are_ranges(["1", "2", "3-4"])
    assert not are_ranges(["3-5 years", "it depends"])
    assert not are_ranges(["3-5 years"])


def test_years_in_ranges_are_a_level_and_not_something_to_have_in_common(tmp_path):
    """Mentors of the same few years as their mentee were the best."""
    years = ["0-2 years", "3-5 years", "10+ years", "3-5 years", "0-2 years", "6-10 years"]
    drafted = draft(tmp_path, **both(["Years of experience"], [[one] for one in years]))
    assert kinds(drafted)["Years of experience"] == ("level", False)
    assert 'ladder = ["0-2 years", "3-5 years", "6-10 years", "10+ years"]' in drafted.text


def test_one_answer_under_a_heading_that_does_not_say_why_is_asked_about_and_not_counted(tmp_path):
    """Who had heard of the programme in the same place was the better pair, by a third of it."""
    rows = [[one, two] for one, two in zip("PQPQPP", ["Rust", "Go"] * 3, strict=True)]
    drafted = draft(tmp_path, **both(["Vorgang", "Language"], rows))
    assert kinds(drafted) | {"Name": None} == {
        "Name": None, "Vorgang": ("same", True), "Language": ("same", False)
    }  # fmt: skip
    counted = [one for one in drafted.text.splitlines() if not one.startswith("#")]
    assert 'column = "Language"' in counted
    assert 'column = "Vorgang"' not in counted
    assert "The heading does not say whether it is good to have the same." in " ".join(
        drafted.text.replace("#", " ").split()
    )


def test_options_in_columns_of_their_own_without_a_question_are_one_question(tmp_path):
    """Some tools write the option that is ticked under its own name; all were "one answer only"."""
    rows = [["Pay", ""], ["Pay", "Parenting"], ["", "Parenting"]] * 2
    drafted = draft(tmp_path, **both(["Pay", "Parenting"], rows))
    assert kinds(drafted)["Pay / Parenting …"] == ("topics", False)
    assert drafted.cohort.tags("mentees", "Pay / Parenting …")[1] == ("Pay", "Parenting")


def test_staff_numbers_keep_their_zeros_and_superiors_are_found_by_them(tmp_path):
    numbers = [f"{412 + 7 * k:06d}" for k in range(12)]
    heading = ["Employee number", "Employee name", "Line manager employee number", "Grade"]
    rows = [
        [number, name, numbers[6 + k % 2], f"G{4 + k % 3}"]
        for k, (number, name) in enumerate(zip(numbers, NAMES * 2, strict=True))
    ]
    for row in (rows[1], rows[7]):  # a namesake in each table: names do not tell people apart
        row[1] = NAMES[0]
    drafted = draft(tmp_path, mentees=[heading, *rows[:6]], mentors=[heading, *rows[6:]])
    assert drafted.cohort.mentee_ids[0] == "000412"
    for side in ("mentees", "mentors"):
        assert kinds(drafted, side)["Employee number"] == ("identity", False)
        assert kinds(drafted, side)["Line manager employee number"][0] == "superior"


def test_a_number_of_people_in_french_is_nobodys_name(tmp_path):
    """ "Nombre" is a name in Spanish; people were known by the numbers of their answers instead."""
    mentees = [["No.", "Quel est votre nom ?", "Langue"], *(
        [str(k + 1), name, "Go" if k % 2 else "Lua"] for k, name in enumerate(NAMES)
    )]  # fmt: skip
    mentors = [["No.", "Quel est votre nom ?", "Langue", "Nombre de mentorés"], *(
        [str(k + 1), name[::-1].title(), "Go" if k % 2 else "Lua", said]
        for k, (name, said) in enumerate(zip(NAMES, ["1", "2", "jusqu'à 2"] * 2, strict=True))
    )]  # fmt: skip
    drafted = draft(tmp_path, mentees=mentees, mentors=mentors)
    assert kinds(drafted, "mentors")["Quel est votre nom ?"] == ("identity", False)
    assert kinds(drafted, "mentors")["Nombre de mentorés"] == ("seats", False)


def test_a_time_stamp_with_points_in_its_time_is_one(tmp_path):
    stamps = [[f"0{k + 1}/10/2026 18.0{k}.07", "Go" if k % 2 else "Lua"] for k in range(6)]
    drafted = draft(tmp_path, **both(["Informazioni cronologiche", "Lingua"], stamps))
    assert kinds(drafted)["Informazioni cronologiche"] == ("time stamp", False)


def test_the_last_of_three_things_that_never_stand_apart_is_a_part_of_one_answer(tmp_path):
    options = ["Interviews, CVs and LinkedIn", "Time", "Teams"]
    cells = [options[0], ", ".join(options[:2]), options[1], ", ".join(options[1:]), options[2]]
    for side in ("mentees", "mentors"):
        rows = [["Name", "Topics"], *([f"{side} {k}", cell] for k, cell in enumerate(cells))]
        with (tmp_path / f"{side}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    cohort = read_cohort(tmp_path / "mentees.csv", tmp_path / "mentors.csv")
    assert cohort.tags("mentees", "Topics")[1] == tuple(options[:2])


def test_long_options_that_many_choose_are_no_sentences(tmp_path):
    """Few people give many different combinations; both columns were compared with nothing."""
    options = ["Speaking in public (voice, pace, gestures and slides)", "Time", "Teams at work"]
    cells = [", ".join(options[k] for k in chosen)
             for chosen in ((0,), (0, 1), (0, 2), (1, 2), (0, 1, 2), (0, 1))]  # fmt: skip
    drafted = draft(tmp_path, **both(["Topics"], [[cell] for cell in cells]))
    assert kinds(drafted)["Topics"] == ("topics", False)
