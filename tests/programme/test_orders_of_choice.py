"""What `init` makes of choices in an order: the first is the best, or it is asked."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.cohort.columns.places import are_places, find_ordinal, read_place
from mentormatch.programme import examine_file, write_draft
from mentormatch.programme.draft.toml import write_value
from mentormatch.programme.screen.drafting import describe_draft
from mentormatch.programme.screen.summary import describe_programme

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mentormatch.programme import Draft

PEOPLE = ["Ada Lo", "Bea Mo", "Cal Wu"]
MENTORS = ["Jon Snow", "Kim Park", "Lea Ruiz"]


def draft_of(
    folder: Path, mentees: dict[str, Sequence[object]], mentors: dict[str, Sequence[object]]
) -> Draft:
    """The draft for columns beside the names and addresses of three mentees and three mentors."""
    for file, names, columns in (("a.csv", PEOPLE, mentees), ("b.csv", MENTORS, mentors)):
        emails = [f"{name[0].lower()}@x.example" for name in names]
        table = pd.DataFrame({"Email": emails, "Name": names, **columns})
        table.to_csv(folder / file, index=False)
    return write_draft(folder / "a.csv", folder / "b.csv", folder / "p.toml", overwrite=True)


def said_by(folder: Path, draft: Draft) -> str:
    """All that `init` says on the screen, on one line."""
    told = describe_draft(folder / "p.toml", draft)
    return " ".join(" ".join(f"{one.title} {' '.join(one.lines)}" for one in told).split())


def scores(folder: Path) -> list[list[float]]:
    """What each mentor is worth to each mentee, by the file as it stands."""
    examination = examine_file(folder / "p.toml", overwrite=True)
    assert examination.findings == ()
    return [
        [round(float(one), 3) for one in row]
        for row in examination.finished()[1].compatibility.dense().tolist()
    ]


ORDERED = [
    ("1st choice", "2nd choice", "3rd choice"),
    ("1st", "2nd", "3rd"),
    ("First choice", "Second choice", "Third choice"),
    ("1. Wahl", "2. Wahl", "3. Wahl"),
    ("1er choix", "2e choix", "3e choix"),
    ("1a scelta", "2a scelta", "3a scelta"),
    ("Prima scelta", "Seconda scelta", "Terza scelta"),
    ("1ª opción", "2ª opción", "3ª opción"),
    ("Priority 1", "Priority 2", "Priority 3"),
    ("1", "2nd", "3"),
]


@pytest.mark.parametrize("places", ORDERED, ids=lambda one: one[0])
def test_people_in_headings_and_places_in_cells_are_an_order_whose_first_is_best(
    tmp_path: Path, places: tuple[str, str, str]
) -> None:
    """ "3rd choice" was level 3, the best, and everybody got whom they wanted least."""
    first, second, third = places
    cells = [(first, second, third), (second, first, third), (third, second, first)]
    columns = {f"Rank your mentors [{MENTORS[k]}]": [row[k] for row in cells] for k in range(3)}
    draft = draft_of(tmp_path, columns, {})
    assert draft.proposals[0].is_used
    assert 'kind = "rank"' in draft.text
    assert scores(tmp_path) == [[1.0, 0.667, 0.333], [0.667, 1.0, 0.333], [0.333, 0.667, 1.0]]


@pytest.mark.parametrize("places", [*ORDERED[:-1], ("1", "2", "3")], ids=lambda one: one[0])
def test_places_in_headings_and_people_in_cells_are_an_order_whose_first_is_best(
    tmp_path: Path, places: tuple[str, str, str]
) -> None:
    cells = [MENTORS, ["Kim Park", "Jon Snow", "Lea Ruiz"], ["Lea Ruiz", "Kim Park", "Jon Snow"]]
    columns = {
        f"Which mentor? [{place}]": [row[k] for row in cells] for k, place in enumerate(places)
    }
    draft = draft_of(tmp_path, columns, {})
    assert draft.proposals[0].is_used
    assert scores(tmp_path) == [[1.0, 0.667, 0.333], [0.667, 1.0, 0.333], [0.333, 0.667, 1.0]]


@pytest.mark.parametrize("heading", ["Which mentor? [{}]", "{}"])
def test_columns_are_read_in_the_order_that_they_say_and_not_in_that_of_the_table(
    tmp_path: Path, heading: str
) -> None:
    cells = {"Third choice": MENTORS[::-1], "Second choice": ["Kim Park", "Lea Ruiz", "Kim Park"]}
    columns = {heading.format(k): cell for k, cell in {**cells, "First choice": MENTORS}.items()}
    draft_of(tmp_path, columns, {})
    assert scores(tmp_path)[0] == [1.0, 0.667, 0.333]


@pytest.mark.parametrize(
    ("options", "cells", "sentence"),
    [
        (["Jon Snow", "Kim P.", "Lea Ruiz"], "123", '"Kim P." (is it "Kim Park"?)'),
        (MENTORS, "112", "They are people of the other table, but 3 rows give one rank"),
        (["Lua", "Go", "SQL"], "123", "What they rank is nobody of the other table"),
        (["Lua", "Go", "SQL"], ("1st", "2nd", "3rd"), "What they rank is nobody"),
        (MENTORS, ("1st choice", "no thanks", "2nd choice"), "give the first place the highest"),
        (MENTORS, ("1 (best)", "2", "3 (last)"), "whose cells hold more than a mark"),
    ],
)
def test_an_order_that_cannot_be_read_is_asked_about_in_true_words(
    tmp_path: Path, options: list[str], cells: Sequence[str], sentence: str
) -> None:
    """Of ranked people it said that "what they rank is nobody of the other table"."""
    columns = {f"Rank your mentors [{one}]": [cells[k]] * 3 for k, one in enumerate(options)}
    skills = {"Skills": ["Lua", "SQL", "Go"]}
    draft = draft_of(tmp_path, {**columns, **skills}, skills)
    assert sentence in said_by(tmp_path, draft)
    assert not any(one.entry["kind"] == "Prefers" and one.is_used for one in draft.proposals)


def test_days_and_years_are_no_places() -> None:
    assert not are_places(["Segunda", "Quarta"])
    assert [read_place(one) for one in ("1", "1st year", "3-5 years", "Level 2", "no")] == [
        None
    ] * 5
    assert find_ordinal("Secondary school") is None


def test_a_first_and_a_second_choice_are_one_order(tmp_path: Path) -> None:
    """The first was left out for the names of nobody in it, and the others decided."""
    columns: dict[str, Sequence[object]] = {
        "First choice": ["Jon Snow", "Kim P.", "Lea"],
        "Second choice": ["Kim Park", "Jon Snow", "Kim Park"],
        "Third choice": ["Lea Ruiz", "Lea Ruiz", None],
    }
    draft_of(tmp_path, columns, {})
    assert scores(tmp_path) == [[1.0, 0.667, 0.333], [0.667, 0.0, 0.333], [0.0, 0.5, 0.0]]
    told = describe_programme(*examine_file(tmp_path / "p.toml", overwrite=True).finished())
    assert "Kim P." in " ".join(line for one in told for line in one.lines)


def test_a_wish_in_one_of_several_columns_is_number_one_of_nothing() -> None:
    """Reasons said "number 1 of 1" of a second choice."""
    mentees = pd.DataFrame({"Second choice": ["kim"]}, index=["ada"])
    mentors = pd.DataFrame({"x": ["a", "b"]}, index=["kim", "lea"])
    wishes = mm.criteria.Prefers("Second choice", side="mentee")
    score = mm.Criteria(wishes).score(mm.Cohort(mentees, mentors))
    said = score.breakdown("ada", "kim")["sentence"][0]
    assert said == "the mentee lists 'kim' in 'Second choice'"


def test_a_column_that_only_the_other_side_is_read_by_is_told_as_unread(tmp_path: Path) -> None:
    """Of two columns headed "First choice" the one of the mentees was left out of the list."""
    draft_of(tmp_path, {"First choice": MENTORS}, {"First choice": PEOPLE})
    content = tomllib.loads((tmp_path / "p.toml").read_text("utf-8"))
    (theirs,) = [one for one in content["criteria"] if one.get("by") == "mentor"]
    lines = ["[[criteria]]", *(f"{key} = {write_value(one)}" for key, one in theirs.items())]
    tables = '[tables]\nmentees = "a.csv"\nmentors = "b.csv"\nid = "Email"\n'
    (tmp_path / "p.toml").write_text(tables + "\n".join(lines) + "\n", encoding="utf-8")
    told = describe_programme(*examine_file(tmp_path / "p.toml", overwrite=True).finished())
    (unread,) = [one for one in told if "nothing reads" in one.title]
    assert unread.lines[0] == '- mentees: "First choice"'
    assert not any(line.startswith("- mentors:") and "First" in line for line in unread.lines)


LEVELS = [[2, 5, 2], [1, 2, 5], [3, 1, 4]]


def rated(question: str) -> dict[str, Sequence[object]]:
    """A question in a column for each of three skills, with numbers in its cells."""
    return {
        f"{question} [{skill}]": [row[k] for row in LEVELS]
        for k, skill in enumerate(("Lua", "C API", "Testing"))
    }


def test_numbers_below_skills_are_said_to_be_levels_of_which_one_is_a_wish(tmp_path: Path) -> None:
    """1 of 5 counted as wanted and as offered without a word."""
    draft = draft_of(tmp_path, rated("Skills needed"), rated("How well can you teach?"))
    (skills,) = [one for one in draft.proposals if one.entry["kind"] == "SkillCoverage"]
    assert skills.is_used
    in_file = " ".join(draft.text.replace("\n#", " ").split())
    for said in (said_by(tmp_path, draft), in_file):
        assert "The numbers are taken as levels." in said
        assert "not how important it is" in said
        assert 'read = { "1" = 0 }' in said


@pytest.mark.parametrize(
    "heading",
    [
        "How interested are you?", "How much do you want to learn it?", "Wie sehr möchten Sie das?",
        "Interés", "Interesse", "Vos envies / envie d'apprendre",
    ],
)  # fmt: skip
def test_how_much_somebody_wants_a_skill_is_no_level_until_a_person_says_so(
    tmp_path: Path, heading: str
) -> None:
    """Who wanted the C API most was given to somebody who lacks it."""
    draft = draft_of(tmp_path, rated(heading), rated("How well can you teach?"))
    (skills,) = [one for one in draft.proposals if one.entry["kind"] == "SkillCoverage"]
    assert not skills.is_used
    assert "seems to ask how much somebody wants a thing" in said_by(tmp_path, draft)


def test_a_level_that_is_wanted_is_a_level(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, rated("Which level do you want?"), rated("Level you can teach"))
    (skills,) = [one for one in draft.proposals if one.entry["kind"] == "SkillCoverage"]
    assert skills.is_used


def test_the_columns_of_an_order_wait_together_and_the_names_of_nobody_are_told(
    tmp_path: Path,
) -> None:
    """The first waited for a person, the second and third counted, and nothing was a sentence."""
    columns: dict[str, Sequence[object]] = {
        "First choice": ["Jon Snow", "not sure", "Lea"],
        "Second choice": ["Kim Park", "somebody kind", "Kim P."],
        "Third choice": ["Lea Ruiz", "anyone", "whoever is free"],
    }
    skills = {"Skills": ["Lua", "SQL", "Go"]}
    draft = draft_of(tmp_path, {**columns, **skills}, skills)
    wishes = [one for one in draft.proposals if one.entry["kind"] == "Prefers"]
    assert wishes
    assert not any(one.is_used for one in wishes)
    said = said_by(tmp_path, draft)
    assert '"Lea" (is it "Lea Ruiz"?)' in said
    assert "Some answers are nobody's names" in said
    assert "Lea Ruiz" not in draft.text


def test_an_order_of_several_columns_that_no_criterion_reads_is_told_as_unread(
    tmp_path: Path,
) -> None:
    choices = {"First choice": MENTORS, "Second choice": MENTORS[::-1]}
    others = {"First choice": PEOPLE, "Second choice": PEOPLE[::-1]}
    draft = draft_of(tmp_path, choices, others)
    before, _, theirs = draft.text.partition('side = "mentee"\n')
    kept = before.rpartition("[[criteria]]")[0] + theirs[theirs.index("[[criteria]]") :]
    (tmp_path / "p.toml").write_text(kept, encoding="utf-8")
    told = describe_programme(*examine_file(tmp_path / "p.toml", overwrite=True).finished())
    (unread,) = [one for one in told if "nothing reads" in one.title]
    assert unread.lines[0] == '- mentees: "choice"'


def test_a_second_choice_counts_half_on_either_side(tmp_path: Path) -> None:
    """The mentors' second choice counted as much as their first where both sides have choices."""
    mentees = {"1er choix": MENTORS, "2e choix": MENTORS[::-1]}
    mentors = {"1er choix": PEOPLE, "2e choix": PEOPLE[::-1]}
    draft = draft_of(tmp_path, mentees, mentors)
    weights = {
        (one.entry["side"], one.entry["column"]): one.entry["weight"]
        for one in draft.proposals
        if one.entry["kind"] == "Prefers"
    }
    assert weights == {
        ("mentee", "1er choix"): 2, ("mentee", "2e choix"): 1,
        ("mentor", "1er choix"): 2, ("mentor", "2e choix"): 1,
    }  # fmt: skip
    assert len({one.entry.get("name") for one in draft.proposals}) == len(draft.proposals)
    # One choice of each side is the first of each.
    only = draft_of(tmp_path, {"1er choix": MENTORS}, {"2e choix": PEOPLE})
    assert {one.entry["weight"] for one in only.proposals if one.entry["kind"] == "Prefers"} == {2}
