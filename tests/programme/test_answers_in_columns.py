"""A question whose answers stand in several columns is one question, and nothing else is."""

from __future__ import annotations

import re
import tomllib

import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.cohort.columns.filters import keep_rows
from mentormatch.programme import draft_programme, load, write_draft

MENTEES = {
    "Email": ["a@x.example", "b@x.example", "c@x.example", "d@x.example"],
    "first": ["Lua", "Go", "Rust", "SQL"],
    "second": ["Python", None, "Lua", "Go"],
    "third": [None, None, "SQL", "Lua"],
}
MENTORS = {
    "Email": ["m@x.example", "n@x.example", "o@x.example"],
    "first": ["Lua", "Python", "Go"],
    "second": ["Python", "Lua", "SQL"],
}


def _write(folder, mentees, mentors):
    """Write two tables whose headings may stand twice, and return their paths."""
    paths = []
    for name, (headings, columns) in {"mentees": mentees, "mentors": mentors}.items():
        path = folder / f"{name}.csv"
        frame = pd.DataFrame(columns)
        frame.columns = pd.Index(headings)
        frame.to_csv(path, index=False)
        paths.append(path)
    return paths


def _draft(folder, mentees, mentors):
    paths = _write(folder, mentees, mentors)
    return draft_programme(*paths, folder)


NUMBERED = [
    ["Email", "Skill to learn 1", "Skill to learn 2", "Skill to learn 3"],
    ["Email", "Skill I can teach 1", "Skill I can teach 2"],
]
ORDINAL = [
    ["Email", "1st skill to learn", "2nd skill to learn", "3rd skill to learn"],
    ["Email", "1. skill I can teach", "2. skill I can teach"],
]
REPEATED = [
    ["Email", *["What do you want to learn?"] * 3],
    ["Email", *["What can you teach?"] * 2],
]


@pytest.mark.parametrize("headings", [NUMBERED, ORDINAL, REPEATED])
def test_numbered_and_repeated_headings_are_one_question(tmp_path, headings):
    paths = _write(tmp_path, (headings[0], MENTEES), (headings[1], MENTORS))
    write_draft(*paths, tmp_path / "programme.toml")
    text = (tmp_path / "programme.toml").read_text("utf-8")
    content = tomllib.loads(text)
    assert [one["kind"] for one in content["columns"]] == ["answers", "answers"]
    (criterion,) = content["criteria"]
    assert criterion["kind"] == "SkillCoverage"
    matching = load(tmp_path / "programme.toml").match()
    # Column by column "Lua" was never compared with a second answer, and the total was proven.
    cohort = matching.problem.compatibility.cohort
    assert cohort.mentees.loc["c@x.example", criterion["wants"]] == ["Rust", "Lua", "SQL"]
    assert cohort.mentors.loc["n@x.example", criterion["offers"]] == ["Python", "Lua"]
    scores = matching.problem.compatibility.dense()
    want = [{"Lua", "Python"}, {"Go"}, {"Rust", "Lua", "SQL"}, {"SQL", "Go", "Lua"}]
    offer = [{"Lua", "Python"}, {"Python", "Lua"}, {"Go", "SQL"}]
    ids = [list(cohort.mentees.index), list(cohort.mentors.index)]
    for i, mentee in enumerate(MENTEES["Email"]):
        for j, mentor in enumerate(MENTORS["Email"]):
            share = len(want[i] & offer[j]) / len(want[i])
            assert scores[ids[0].index(mentee), ids[1].index(mentor)] == pytest.approx(share)


@pytest.mark.parametrize(
    "headings",
    [
        ["Email", "Address line 1", "Address line 2", "Team"],
        ["Email", "Q1", "Q2", "Q3"],
        ["Email", "Skill level 1", "Skill level 2", "Team"],
        ["Email", "Skill 1", "Skill 3", "Team"],
    ],
)
def test_other_numbers_in_headings_join_nothing(tmp_path, headings):
    cells = {
        "Email": MENTEES["Email"],
        "a": ["Elm Road", "Oak Lane", "High Street", "Low Street"],
        "b": ["Springfield", "Shelbyville", "Ogdenville", "Brockway"],
        "c": ["Red", "Blue", "Red", "Blue"],
    }
    if headings[1] != "Address line 1":
        cells["b"] = cells["a"]
    mentors = {"Email": MENTORS["Email"], "Team": ["Red", "Blue", "Red"]}
    draft = _draft(tmp_path, (headings, cells), (list(mentors), mentors))
    assert "[[columns]]" not in draft.text


def test_named_people_keep_their_order(tmp_path):
    mentees = {
        "Email": MENTEES["Email"],
        "one": ["m@x.example", "n@x.example", "m@x.example", "o@x.example"],
        "two": ["n@x.example", "o@x.example", None, "m@x.example"],
    }
    people = pd.DataFrame(mentees)
    people.columns = pd.Index(["Email", "Preferred mentor 1", "Preferred mentor 2"])
    grid = mm.columns.grid(
        people, "Preferred mentor {option}", kind="answers", name="wish", options=["1", "2"]
    )
    assert grid["wish"].tolist()[1] == ["n@x.example", "o@x.example"]
    assert grid["wish"].tolist()[2] == ["m@x.example"]


def _seats_asked(tmp_path, heading, answers):
    mentees = {"Email": MENTEES["Email"], "wants": MENTEES["first"]}
    mentors = {"Email": MENTORS["Email"], "teaches": MENTORS["first"], heading: answers}
    draft = _draft(
        tmp_path,
        (["Email", "wants to learn"], mentees),
        (["Email", "can teach", heading], mentors),
    )
    return draft.text


def test_seats_in_a_language_that_is_not_read_are_asked_for(tmp_path):
    text = " ".join(_seats_asked(tmp_path, "Kaç kişi?", ["bir", "en fazla iki", "iki"]).split())
    assert "so everybody takes one. If it is 'Kaç kişi?', write its name" in text.replace("# ", "")


@pytest.mark.parametrize(
    ("answers", "seats"), [(["jednego", "dwóch", "trzech"], [1, 2, 3]), (["1", "2", "2"], None)]
)
def test_seats_in_polish_are_read(tmp_path, answers, seats):
    text = _seats_asked(tmp_path, "Ilu podopiecznych możesz przyjąć?", answers)
    read = tomllib.loads(text)["problem"]["capacity"]
    if seats is None:
        assert read == "Ilu podopiecznych możesz przyjąć?"
    else:
        assert read["read"] == dict(zip(answers, seats, strict=True))


@pytest.mark.parametrize(
    ("consent", "yes", "no"),
    [
        ("I agree that my data are processed", "Yes", "No"),
        ("Autorizo o tratamento dos meus dados", "Sim", "Não"),
        ("Consent", "I agree", "I do not agree"),
    ],
)
def test_who_did_not_agree_is_asked_about(tmp_path, consent, yes, no):
    mentees = {"Email": MENTEES["Email"], "w": MENTEES["first"], "c": [yes, yes, no, yes]}
    mentors = {"Email": MENTORS["Email"], "t": MENTORS["first"], "c": [yes] * 3}
    draft = _draft(
        tmp_path,
        (["Email", "wants to learn", consent], mentees),
        (["Email", "can teach", consent], mentors),
    )
    (asked,) = [one for one in draft.columns if one.name == consent and one.side == "mentees"]
    assert asked.question
    assert "not everybody answers the same" in asked.why
    (agreed,) = [one for one in draft.columns if one.name == consent and one.side == "mentors"]
    assert not agreed.question
    # What is offered to paste keeps who agreed.
    assert f'"is" = ["{yes}"]' in draft.text or f'is = ["{yes}"]' in draft.text


@pytest.mark.parametrize(
    ("heading", "mark"), [("I agree that my data are processed", "Agreed"), ("Active", "checked")]
)
def test_boxes_that_some_have_not_ticked_are_asked_about_and_the_cure_holds(
    tmp_path, heading, mark
):
    """It said "one answer only" or "everybody answers the same", and matched whoever had none."""
    mentees = {"Email": MENTEES["Email"], "w": MENTEES["first"], "c": [mark, mark, None, mark]}
    mentors = {"Email": MENTORS["Email"], "t": MENTORS["first"], "c": [mark] * 3}
    draft = _draft(
        tmp_path,
        (["Email", "wants to learn", heading], mentees),
        (["Email", "can teach", heading], mentors),
    )
    (asked,) = [one for one in draft.columns if one.question]
    assert (asked.side, asked.name) == ("mentees", heading)
    assert "1 cell is blank, and those people are matched like all others" in asked.why
    (cure,) = re.findall(r"^# (where = .*)$", draft.text, re.MULTILINE)
    where = tomllib.loads(cure)["where"]
    kept = draft.cohort.mentees.reset_index()
    assert where == {"mentees": {"column": heading, "is": [mark]}}
    assert len(keep_rows(kept, where["mentees"])) == 3


GRID = ["Email", "When can you meet? [Morning]", "When can you meet? [Afternoon]"]


def test_days_below_parts_of_the_day_are_asked_about_and_not_thrown_away(tmp_path):
    """Marks say that an option is chosen; these cells were read as such, and the days were lost."""
    days = {"a": ["Monday;", None, "Tuesday;", "Friday;"], "b": [None, "Monday;", None, "Friday;"]}
    mentees = {"Email": MENTEES["Email"], **days}
    mentors = {"Email": MENTORS["Email"], **{name: cells[:3] for name, cells in days.items()}}
    with pytest.raises(mm.CohortError, match=r"nothing was recognised .* more than a mark"):
        _draft(tmp_path, (GRID, mentees), (GRID, mentors))
    mentees["team"], mentors["team"] = ["Red", "Blue", "Red", "Blue"], ["Red", "Blue", "Red"]
    mentees["likes"], mentors["likes"] = ["Tea", "Coffee", "Tea", "Tea"], ["Tea", "Coffee", "Tea"]
    headings = [*GRID, "Team", "Drink"]
    draft = _draft(tmp_path, (headings, mentees), (headings, mentors))
    assert "columns" not in tomllib.loads(draft.text)
    assert "whose cells hold more than a mark (Monday;" in draft.notes["grids"]
    assert "Write the hours that each word means" in draft.notes["grids"]
    assert '# kind = "windows"\n# read = { Morning = "", Afternoon = "" }' in draft.text
    asked = [one for one in draft.columns if one.name in GRID[1:]]
    assert len(asked) == 4
    assert all(one.question for one in asked)


def test_a_word_for_a_level_has_one_number_on_both_sides(tmp_path):
    mentees = {"Email": MENTEES["Email"][:2], "Lua": ["Beginner", "Expert"], "Go": ["Expert", None]}
    mentors = {"Email": MENTORS["Email"][:2], "Lua": ["Expert", "Advanced"], "Go": [None, "Expert"]}
    draft = _draft(
        tmp_path,
        (["Email", "I want to learn [Lua]", "I want to learn [Go]"], mentees),
        (["Email", "I can teach [Lua]", "I can teach [Go]"], mentors),
    )
    entries = tomllib.loads(draft.text)["columns"]
    numbers = {"Beginner": 1, "Advanced": 2, "Expert": 3}
    assert [(one["kind"], one["read"]) for one in entries] == [("levels", numbers)] * 2


def test_what_is_written_into_the_last_option_is_an_answer(tmp_path):
    headings = ["Email", "Interests [Chess]", "Interests [Music, dance]", "Interests [Other]"]
    mentees = {
        "Email": MENTEES["Email"][:2],
        "a": ["Chess", None],
        "b": ["Music, dance", "Music, dance"],
        "c": [None, "Knitting"],
    }
    mentors = {**mentees, "Email": MENTORS["Email"][:2]}
    paths = _write(tmp_path, (headings, mentees), (headings, mentors))
    write_draft(*paths, tmp_path / "programme.toml")
    cohort = load(tmp_path / "programme.toml").match().problem.compatibility.cohort
    assert cohort.mentees["Interests"].tolist() == [
        ["Chess", "Music, dance"],
        ["Music, dance", "Knitting"],
    ]


def test_levels_that_both_sides_give_under_one_heading_are_asked_about(tmp_path):
    headings = ["Email", "Your level? [Lua]", "Your level? [Go]"]
    mentees = {"Email": MENTEES["Email"], "Lua": [1, 2, 3, 5], "Go": [1, 1, 3, 2]}
    mentors = {"Email": MENTORS["Email"], "Lua": [5, 4, 3], "Go": [4, 4, 5]}
    draft = _draft(tmp_path, (headings, mentees), (headings, mentors))
    (proposal,) = draft.proposals
    assert proposal.entry["kind"] == "SkillCoverage"
    assert "Both sides gave levels under one heading" in proposal.obstacle


def test_a_question_about_mentees_with_words_is_named_where_no_seats_are_known(tmp_path):
    text = _seats_asked(
        tmp_path, "Would you take more than one mentee?", ["Yes, up to 2", "No", "Yes (3)"]
    )
    said = " ".join(text.replace("# ", "").split())
    assert "If it is 'Would you take more than one mentee?', write its name" in said


PEOPLE = {
    "Email": ["a@x.example", "b@x.example", "c@x.example", "d@x.example"],
    "City": ["Rome", "Oslo", "Oslo", "Rome"],
}
OTHERS = {"Email": ["m@x.example", "n@x.example"], "City": ["Rome", "Oslo"]}
LEVELS = {
    "Skills [SQL]": ["beginner", "advanced", "beginner", "advanced"],
    "Skills [Git]": ["advanced", "beginner", "beginner", "advanced"],
}


def _draft_of(folder, more, others=OTHERS):
    mentees = {**PEOPLE, **more}
    return _draft(folder, (list(mentees), mentees), (list(others), others))


def test_words_of_two_kinds_of_levels_are_not_numbered_beside_each_other(tmp_path):
    """Whether a beginner is above a grade AO nobody knows, so each is asked for by itself."""
    grades = {"Law [Tax]": ["EO", "AO", "EO", "AO"], "Law [Work]": ["AO", "AO", "EO", "EO"]}
    draft = _draft_of(tmp_path, LEVELS | grades)
    for name, words in (("Skills", "beginner; advanced"), ("Law", "AO; EO")):
        said = f'"{name}" holds levels in words ({words}), whose order beside those of other'
        assert said in draft.notes["grids"]
        assert name not in draft.cohort.table("mentees").columns
    alone = _draft_of(tmp_path, grades)
    assert alone.cohort.table("mentees")["Law"].tolist()[1] == ["Tax: 1", "Work: 1"]


def test_headings_that_are_levels_number_the_answers_below_them(tmp_path):
    draft = _draft_of(
        tmp_path,
        {
            "How well [Advanced]": ["Git", "SQL", "Go", "Lua"],
            "How well [Beginner]": ["SQL", "Git", "Lua", "Go"],
        },
    )
    found = draft.cohort.table("mentees")["How well"].tolist()
    assert [set(one) for one in found[:2]] == [{"SQL: 1", "Git: 2"}, {"Git: 1", "SQL: 2"}]


def test_many_words_below_options_are_no_levels_to_number(tmp_path):
    words = iter(["ash", "oak", "elm", "fir", "yew", "bay", "box", "fig"])
    some = {f"Ideas [{one}]": [next(words) for _ in range(4)] for one in ("first of all", "then")}
    more = {"Ideas [at last]": ["lime", "pine", "plum", "pear"]}
    few = _draft_of(tmp_path, some).notes["grids"]
    assert "If the words are levels, number them" in few
    many = _draft_of(tmp_path, some | more).notes["grids"]
    assert "If the words are levels" not in many
    assert "If the words are no levels but different answers, take the # away and leave the" in many


def test_a_question_that_is_called_as_a_column_is_left_and_others_are_read(tmp_path):
    """Two things of one name would be read as one; the other question is not lost with it."""
    likes = {"Likes [Tea]": ["yes", "no", "yes", "no"], "Likes [Jam]": ["yes", "no", "yes", "yes"]}
    more = {"Skills": ["x", "y", "z", "w"], **LEVELS, **likes}
    table = _draft_of(tmp_path, more).cohort.table("mentees")
    assert table["Skills"].tolist() == ["x", "y", "z", "w"]
    assert table["Skills [SQL]"].tolist() == LEVELS["Skills [SQL]"]
    assert table["Likes"].tolist() == [["Tea", "Jam"], [], ["Tea", "Jam"], ["Jam"]]


def test_of_two_questions_of_one_name_the_second_stays_as_it_stands(tmp_path):
    likes = {"Skills: [Tea]": ["yes", "no", "yes", "no"], "Skills: [Jam]": ["yes"] * 4}
    table = _draft_of(tmp_path, LEVELS | likes).cohort.table("mentees")
    assert table["Skills"].tolist()[:2] == [["SQL: 1", "Git: 2"], ["SQL: 2", "Git: 1"]]
    assert table["Skills: [Tea]"].tolist() == likes["Skills: [Tea]"]


@pytest.mark.parametrize(
    ("label", "read"),
    [
        ("Over coffee 17-19", "17:00-19:00"),
        ("Over coffee (17:30-19)", "17:30-19:00"),
        ("Kaffe 17–19", "17:00-19:00"),
        ("Over coffee: 5pm-7pm", "17:00-19:00"),
        ("Over coffee from 5 to 7 pm", "17:00-19:00"),
        ("Sport 17h-19h", "17:00-19:00"),
        # By which clock is not said, or what it says: of 10-12am noon may be meant.
        ("Over coffee 5-7", ""),
        ("Over coffee 10-12am", ""),
        ("Over coffee 17-19 or 20-21", ""),
        ("Not 17-19", ""),
        # Read as they stand, or refused: a label with another meaning is more than a label.
        ("Evening 17-19", None),
        ("After work: 5pm-7pm", None),
        ("evenings (5pm-7pm)", None),
        ("5-7pm", None),
        ("from 5 to 7 pm", None),
        ("between 5 and 7 pm", None),
        ("Tuesday 17-19", None),
        ("CET 17-19", None),
    ],
)
def test_words_before_hours_in_a_heading_are_a_label(tmp_path, label, read):
    """ "After" was "neither a day nor a time", once for each row."""
    days = ["Monday, Friday", "Tuesday", "Friday; Monday", "Wednesday"]
    for name in ("a", "b"):
        table = pd.DataFrame({
            "Email": [f"{name}{k}@x.example" for k in range(4)],
            "Site": ["Bonn", "Oslo"] * 2,
            "When? [Morning 9-12]": days,
            f"When? [{label}]": days[::-1],
        })  # fmt: skip
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "p.toml")
    grids = tomllib.loads(draft.text).get("columns", [])
    if read:
        assert [one["read"] for one in grids] == [{label: read}]
        assert "Availability" in [one.entry["kind"] for one in draft.proposals if one.is_used]
    elif read is None:
        assert all("read" not in one for one in grids)
        assert f'"{label}" = "' not in draft.text
    else:
        assert grids == []
        # Once for each table, and not for each row.
        assert draft.text.count(f'# read = {{ "{label}" = "" }}') == 2
        assert f'hours cannot be read from their headings: "{label}".' in " ".join(
            draft.text.replace("# ", "").split()
        )
