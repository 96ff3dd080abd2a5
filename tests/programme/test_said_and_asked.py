"""What a first draft cannot know is asked on screen and in the file; what it guesses is said."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.cohort.cells.find_separation import find_separations
from mentormatch.criteria.cells.answers import read_yes
from mentormatch.criteria.words.ladders import order_levels
from mentormatch.errors import CohortError
from mentormatch.programme import examine_file, write_draft
from mentormatch.programme.screen.drafting import describe_draft
from mentormatch.programme.screen.paragraph import word_as_in_file
from mentormatch.programme.screen.summary import describe_cautions, describe_programme

if TYPE_CHECKING:
    from pathlib import Path

    from mentormatch.programme import Draft
    from mentormatch.programme.screen.paragraph import Paragraph


def test_a_criterion_is_named_as_in_the_file_also_where_its_heading_has_an_apostrophe() -> None:
    said = word_as_in_file("""Avoids("Allievo dell'anno scorso") and Same('a', 'b') hold""")
    assert said == """Avoids "Allievo dell'anno scorso" and Same "a", "b" hold"""


def draft_of(folder: Path, mentees: str, mentors: str | None = None) -> Draft:
    """Write tables, and the draft of a programme for them."""
    (folder / "a.csv").write_text(mentees, encoding="utf-8")
    second = None
    if mentors is not None:
        second = folder / "b.csv"
        second.write_text(mentors, encoding="utf-8")
    return write_draft(folder / "a.csv", second, folder / "programme.toml", overwrite=True)


def where_in(draft: Draft) -> dict:
    """The filter that the draft holds as a comment; there is one at most."""
    (line,) = re.findall(r"^# (where = .*)$", draft.text, re.MULTILINE)
    return tomllib.loads(line)["where"]


def said_by(paragraphs: list[Paragraph], title: str) -> str:
    """All lines under one title."""
    return "\n".join(line for one in paragraphs if one.title == title for line in one.lines)


def validated(folder: Path) -> list[Paragraph]:
    """What `validate` says of the draft."""
    examination = examine_file(folder / "programme.toml", overwrite=True)
    assert examination.findings == ()
    return describe_programme(*examination.finished())


OPTIONS_WITH_COMMAS = (
    "Email,I want help with\n"
    'uma@y.example,"Finance, Accounting"\n'
    'vic@y.example,"Sales, Marketing, Finance, Accounting"\n'
    'wes@y.example,"Design, Sales, Marketing"\n'
    "xia@y.example,Design\n"
    'yan@y.example,"Finance, Accounting, Design"\n'
    'zoe@y.example,"Sales, Marketing"\n',
    "Email,I can help with\n"
    'ada@y.example,"Finance, Accounting, Design"\n'
    'bob@y.example,"Sales, Marketing"\n',
)


def test_fragments_that_never_stand_apart_are_asked_about_and_joined_when_told(
    tmp_path: Path,
) -> None:
    """Nothing but their always standing together tells that "Finance, Accounting" is one option:
    it was divided in two without a word."""
    draft = draft_of(tmp_path, *OPTIONS_WITH_COMMAS)
    told = said_by(describe_draft(tmp_path / "programme.toml", draft), "Read")
    assert '"Finance, Accounting", "Sales, Marketing" may be one answer each' in told
    assert '"Finance, Accounting", "Sales, Marketing" may be' in said_by(
        validated(tmp_path), "Commonest values"
    )
    path = tmp_path / "programme.toml"
    path.write_text(draft.text.replace("\n# options = ", "\noptions = "), encoding="utf-8")
    cohort = examine_file(path, overwrite=True).cohort
    assert cohort is not None
    assert cohort.tags("mentees", "I want help with")[1] == (
        "Sales, Marketing",
        "Finance, Accounting",
    )
    assert cohort.tags("mentors", "I can help with")[0] == ("Finance, Accounting", "Design")
    assert "may be" not in said_by(validated(tmp_path), "Commonest values")


def test_values_that_stand_together_now_and_then_are_no_question() -> None:
    cells = ["Lua, Go", "Lua, SQL", "Go, SQL", "Rust, Lua", "Git", "SQL, Rust, Git", "Go, Git"]
    assert find_separations({"c": cells})["c"].maybe == ()
    often = ["Go, Git, Lua", "Go, Git", "Lua, Go, Git", "Lua, SQL", "SQL, Go, Git", "SQL, Rust"]
    assert find_separations({"c": often})["c"].maybe == ("Go, Git",)
    # One of them alone, in any column, tells that they are two.
    assert find_separations({"c": often, "d": ["Git", "Lua"]})["c"].maybe == ()


@pytest.mark.parametrize("allowed", [False, True])
def test_who_stands_in_both_tables_is_named_on_the_screens(tmp_path: Path, allowed: bool) -> None:
    draft = draft_of(
        tmp_path,
        "Email,Wants\numa@y.example,Rust; Lua\nvic@y.example,Go\n",
        "Email,Offers\nwes@y.example,Rust; Lua\numa@y.example,Go\n",
    )
    said = "1 person stands in both tables and is never matched with itself: uma@y.example"
    path = tmp_path / "programme.toml"
    assert said in said_by(describe_draft(path, draft), "Who is who")
    if allowed:
        path.write_text(draft.text + "\n[scoring]\nallow_self = true\n", encoding="utf-8")
    assert (said in said_by(validated(tmp_path), "No problems found")) is not allowed


def kinds(draft: Draft) -> dict[tuple[str, str], tuple[str, bool]]:
    return {(one.side, one.name): (one.kind, one.question) for one in draft.columns}


MENTEES = ("uma@y.example", "vic@y.example", "wes@y.example", "xia@y.example")
MENTORS = ("ada@y.example", "bob@y.example", "cem@y.example")


def table(people: tuple[str, ...], **columns: tuple[str, ...]) -> str:
    """A table of people with a column of topics; a low line in a heading stands for a blank."""
    topics = ("Lua; Go", "SQL; Git", "Lua; SQL", "Go")
    own = {"Email": people, "Topics": topics[: len(people)], **columns}
    rows = [[name.replace("_", " ") for name in own], *zip(*own.values(), strict=True)]
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows) + "\n"


@pytest.mark.parametrize(
    "written",
    [
        "Sep {}, 2026",
        "Tuesday, September {}, 2026",
        "{} de septiembre de 2026",
        "2026-09-0{}T10:00",
    ],
)
def test_dates_are_no_topics_however_they_are_written(tmp_path: Path, written: str) -> None:
    """Two people who sent a form in September had "2026" in common, with a weight."""
    sent = tuple(written.format(k) for k in (1, 1, 2, 3))
    draft = draft_of(tmp_path, table(MENTEES, Sent=sent), table(MENTORS, Sent=sent[:3]))
    assert kinds(draft)["mentees", "Sent"] == ("time stamp", False)
    assert all("Sent" not in one.entry.values() for one in draft.proposals)


TIMES = {"Free": ("Mon 9-11", "Tue 9-11", "Mon 17-19", "Fri 9-12")}
ZONES = ("Europe/Berlin", "America/New_York", "Europe/Berlin", "UTC")


def test_hours_of_several_zones_are_not_compared_while_one_side_says_none(tmp_path: Path) -> None:
    mentors = table(MENTORS, Free=TIMES["Free"][:3])
    draft = draft_of(tmp_path, table(MENTEES, **TIMES, Zone=ZONES), mentors)
    (hours,) = [one for one in draft.proposals if one.entry["kind"] == "Availability"]
    assert not hours.is_used
    assert 'Only the mentees say their time zones ("Zone")' in hours.asks
    assert '# kind = "Availability"' in draft.text


def test_a_zone_that_nothing_is_compared_by_is_left_out_and_the_reason_is_said(
    tmp_path: Path,
) -> None:
    draft = draft_of(tmp_path, table(MENTEES, Zone=ZONES), table(MENTORS, Zone=ZONES[:3]))
    screen = describe_draft(tmp_path / "programme.toml", draft)
    assert "Zone" not in said_by(screen, "What makes a good pair")
    assert "no free times of both sides to compare" in said_by(screen, "Left out")


def test_what_is_written_below_other_is_an_answer_of_its_own() -> None:
    """Whoever had written anything there had "Other" in common with all others who had."""
    answers = pd.DataFrame(
        {
            "id": ["a", "b", "c"],
            "Help? [Lua]": ["Yes", "No", "Yes"],
            "Help? [Other (please specify)]": ["sailing", "chess", ""],
        }
    )
    read = mm.columns.grid(answers, "Help? [{option}]", kind="values", name="help")
    assert read["help"].tolist()[:2] == [["Lua", "sailing"], ["chess"]]
    ticked = answers.assign(**{"Help? [Other (please specify)]": ["x", "", "No"]})
    read = mm.columns.grid(ticked, "Help? [{option}]", kind="values", name="help")
    assert read["help"].tolist() == [["Lua", "Other (please specify)"], [], ["Lua"]]


@pytest.mark.parametrize("heading", ["Topics [Response]", "Topics [Lua]"])
def test_one_answer_and_other_are_one_question(tmp_path: Path, heading: str) -> None:
    answers = ("Lua", "Lua", "", "Lua") if "Lua" in heading else ("Lua", "Go", "", "Lua")
    other = "Topics [Other (please specify)]"
    mentees = pd.DataFrame({"Email": MENTEES, heading: answers, other: ["", "", "chess", ""]})
    mentors = pd.DataFrame({"Email": MENTORS, heading: answers[:3], other: ["", "", "chess"]})
    draft = draft_of(tmp_path, mentees.to_csv(index=False), mentors.to_csv(index=False))
    assert draft.cohort.tags("mentees", "Topics") == [(one or "chess",) for one in answers]


def test_options_without_a_question_keep_what_is_written_into_other_beside_them(
    tmp_path: Path,
) -> None:
    mentees = "Email,Lua,Go,Other\numa@y.example,Lua,,\nvic@y.example,,Go,chess\n"
    mentors = "Email,Lua,Go,Other\nada@y.example,Lua,Go,\nbob@y.example,,Go,chess\n"
    draft = draft_of(tmp_path, mentees, mentors)
    (topics,) = [one.name for one in draft.columns if one.side == "mentees" and "Lua" in one.name]
    assert draft.cohort.tags("mentees", topics)[1] == ("Go", "chess")


def test_a_mark_below_one_option_alone_is_asked_about(tmp_path: Path) -> None:
    grid = {"Q_[Lua]": ("x", "", "x", ""), "Q_[Go]": ("", "some", "x", "x")}
    more = {name: cells[:3] for name, cells in grid.items()}
    draft = draft_of(tmp_path, table(MENTEES, **grid), table(MENTORS, **more))
    assert kinds(draft)["mentees", "Q [Go]"][1]
    assert '# kind = "levels"\n# read = { some = "" }' in draft.text


def test_words_below_days_are_asked_about_and_the_table_to_complete_is_written(
    tmp_path: Path,
) -> None:
    """The hint gave hours to the days, and the words in the cells stayed unread."""
    days = {"Frei_[Montag]": ("früh", "spät; früh", "", "nachts"),
            "Frei_[Dienstag]": ("spät", "", "früh", "nachts")}  # fmt: skip
    more = {name: cells[:3] for name, cells in days.items()}
    draft = draft_of(tmp_path, table(MENTEES, **days), table(MENTORS, **more))
    assert kinds(draft)["mentees", "Frei [Montag]"] == ("unknown", True)
    blocks = re.findall(r"# \[\[columns\]\]\n(?:# \w+ = .*\n)+", draft.text)
    written = re.sub(r"^# ", "", "".join(blocks), flags=re.MULTILINE)
    entries = tomllib.loads(written)["columns"]
    read = {"früh": "08:00-12:00", "spät": "16:00-20:00", "nachts": "22:00-23:00"}
    grids = [{**one, "read": {word: read[word] for word in one["read"]}} for one in entries]
    cohort = mm.read_cohort(tmp_path / "a.csv", tmp_path / "b.csv", columns=grids)
    assert cohort.mentees.loc["uma@y.example", "Frei"] == [
        "Montag 08:00-12:00",
        "Dienstag 16:00-20:00",
    ]


def test_a_status_is_asked_about_with_the_filter_that_keeps_some(tmp_path: Path) -> None:
    """It was proposed as something that a mentee and a mentor may have in common."""
    draft = draft_of(
        tmp_path,
        table(MENTEES, Status=("Active", "Waitlist", "Active", "Left")),
        table(MENTORS, Status=("Active", "Paused", "Active")),
    )
    assert kinds(draft)["mentees", "Status"] == ("status", True)
    where = where_in(draft)
    assert len(mm.read_cohort(tmp_path / "a.csv", tmp_path / "b.csv", where=where).mentees) == 2
    assert all("Status" not in one.entry.values() for one in draft.proposals)


@pytest.mark.parametrize(
    "cells",
    [
        ("cv uma.pdf (https://v5.files.example/a/b)", "", "x.docx (https://v5.files.example/c)"),
        ("https://files.example/q/1.png", "https://files.example/q/2.JPG", ""),
        ("Uma_CV.pdf", "cv vic (final).docx", "wes.odt"),
        ("https://a.example/1.pdf, https://a.example/2.pdf", "https://a.example/3.pdf", ""),
    ],
)
def test_files_that_people_sent_are_left_out_and_the_reason_is_said(
    tmp_path: Path, cells: tuple[str, ...]
) -> None:
    draft = draft_of(tmp_path, table(MENTEES, Resume=(*cells, "")), table(MENTORS))
    assert kinds(draft)["mentees", "Resume"] == ("file", False)
    said = said_by(describe_draft(tmp_path / "programme.toml", draft), "Left out")
    assert '"Resume": files. Files that people sent' in said
    assert "files.example" not in said


def test_who_is_no_name_among_those_to_be_kept_apart_is_said(tmp_path: Path) -> None:
    names = ("Ada Lee", "Bob Ray", "Cem Ay")
    draft = draft_of(
        tmp_path,
        table(
            MENTEES, Whom_would_you_not_like=("Ada Lee", "", "Bob Ray; Cem Ay; my boss", "Ada Lee")
        ),
        table(MENTORS, Name=names),
    )
    (asked,) = [one for one in draft.columns if "not like" in one.name]
    assert (asked.kind, asked.question) == ("conflicts", True)
    assert 'No names are: "my boss"' in asked.why


SIGN_UP = (
    "Email,Naam,Ik doe mee als,Wil leren,Kan vertellen,Met wie liever niet\n"
    "an@y.example,An Vos,Mentee,Lua; Go,,Piet Bos\nbo@y.example,Bo Mol,Mentee,Go,,\n"
    "da@y.example,Da Uil,{},Lua,Go,An Vos\npi@y.example,Piet Bos,Mentor,,Lua; Go,\n"
    "ro@y.example,Ro Gans,Mentor,,Go; SQL,\n"
)


@pytest.mark.parametrize(
    "both",
    ["Zowel mentor als mentee", "Sowohl Mentor als auch Mentee", "Zarówno mentor, jak i mentee"],
)
def test_both_is_read_in_the_languages_of_forms_and_whom_they_avoid_counts_on_both_sides(
    tmp_path: Path, both: str
) -> None:
    """Whom somebody who is both must not meet was left out on one side, since few say it there."""
    draft = draft_of(tmp_path, SIGN_UP.format(f'"{both}"'))
    assert f'both = ["{both}"]' in draft.text
    asked = [one for one in draft.columns if one.name == "Met wie liever niet"]
    assert [(one.kind, one.partner) for one in asked] == [("conflicts", "Naam")] * 2


def test_a_role_that_is_not_known_is_named_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(CohortError) as caught:
        draft_of(tmp_path, SIGN_UP.format("Allemaal"))
    (finding,) = caught.value.findings
    assert (finding.column, finding.value) == ("Ik doe mee als", "Allemaal")
    assert "Write Mentee, Mentor or Both in its place" in finding.expected


def test_headings_over_several_columns_are_found_below_a_title(tmp_path: Path) -> None:
    """A person was taken for the headings, since the row of headings has fewer cells."""
    rows = [
        ["Mentoring 2027"],
        ["Nr", "Email", "Wants", None, None, "Level"],
        [None, None, "1st", "2nd", "3rd", None],
        [1, "uma@y.example", "Lua", "Go", None, "Junior"],
        [2, "vic@y.example", "Go", None, None, "Junior"],
        [3, "wes@y.example", "SQL", "Lua", "Go", "Junior"],
    ]
    people = [["Email", "Offers"], ["ada@y.example", "Lua; Go"], ["bob@y.example", "SQL; Go"]]
    for name, own in (("a.xlsx", rows), ("b.xlsx", people)):
        book = openpyxl.Workbook()
        for row in own:
            book.active.append(row)
        if name == "a.xlsx":
            book.active.merge_cells("A1:F1")
            book.active.merge_cells("C2:E2")
        book.save(tmp_path / name)
    draft = write_draft(tmp_path / "a.xlsx", tmp_path / "b.xlsx", tmp_path / "programme.toml")
    assert list(draft.cohort.mentee_ids) == ["uma@y.example", "vic@y.example", "wes@y.example"]
    assert draft.cohort.tags("mentees", "Wants")[2] == ("SQL", "Lua", "Go")


def test_less_than_a_year_is_a_range_and_a_level_beside_a_company(tmp_path: Path) -> None:
    """The word for the company in the question made a rule of it, never two with the same."""
    heading = "How_long_have_you_been_at_the_company"
    answers = ("Less than a year", "1-3 years", "More than 5 years", "3-5 years")
    draft = draft_of(
        tmp_path,
        table(MENTEES, **{heading: answers}),
        table(MENTORS, **{heading: answers[1:]}),
    )
    (level,) = [one for one in draft.proposals if one.entry["kind"] == "LevelGap"]
    assert level.entry["ladder"] == [
        "Less than a year", "1-3 years", "3-5 years", "More than 5 years",
    ]  # fmt: skip
    assert all(one.entry["kind"] != "Different" or "part" in one.entry for one in draft.proposals)
    french = ("moins d'un an", "1 à 3 ans", "3 a 5 ans", "plus de 5 ans")
    assert order_levels(french) == ([(word,) for word in french], True)


@pytest.mark.parametrize(
    "answer", ["I don't mind", "Me da igual", "Peu importe", "Maakt niet uit", "Tanto faz"]
)
def test_no_preference_is_no_wish_and_no_remark(tmp_path: Path, answer: str) -> None:
    """It was a remark that "many answer that there is nothing to say", or an error in a rule."""
    asked = {"A_mentor_of_another_office": ("Yes", answer, "Yes", answer)}
    draft = draft_of(tmp_path, table(MENTEES, **asked), table(MENTORS))
    assert kinds(draft)["mentees", "A mentor of another office"] == ("yes or no", False)
    assert read_yes(answer) is False


EVERYBODY = (
    "Email,Role,Wants,Offers,Confirmed\numa@y.example,Mentee,Lua; Go,,Yes\n"
    "vic@y.example,Mentee,Go,,No\nwes@y.example,Both,Lua,Go,Yes\n"
    "xia@y.example,Mentor,,Lua; Go,No\nyan@y.example,Mentor,,Go; SQL,Yes\n"
)


@pytest.mark.parametrize(
    ("wants", "offers"),
    [("Anything", "everything"), ("no preference", "Any"), ("tudo", "Egal"), ("alles", "Todo")],
)
def test_whoever_is_open_to_anything_fits_everybody_alike(
    tmp_path: Path, wants: str, offers: str
) -> None:
    """As a skill of its own it was shared by nobody, so that they scored 0 with everybody."""
    draft = draft_of(
        tmp_path,
        "Email,Wants to learn\n"
        f'a@y.example,"Lua, Go"\nb@y.example,{wants}\nc@y.example,"Go, Rust"\nd@y.example,Lua\n',
        "Email,Can teach\n"
        f'e@y.example,"Lua, Go"\nf@y.example,{offers}\ng@y.example,"Rust, Go"\nh@y.example,Lua\n',
    )
    said = said_by(describe_draft(tmp_path / "programme.toml", draft), "Read")
    assert f'"{wants}" (1) in "Wants to learn"' in said
    assert f'"{offers}" (1) in "Can teach"' in said
    assert "count as no answer" in said
    missing = tomllib.loads(draft.text)["tables"]["missing"]
    assert {wants.casefold(), offers.casefold(), "the usual"} == set(missing)
    examination = examine_file(tmp_path / "programme.toml", overwrite=True)
    _, problem = examination.finished()
    scores = problem.compatibility.dense()
    assert (scores[1] == 0.5).all()
    assert (scores[:, 1] == 0.5).all()


def runs(folder: Path) -> mm.Problem:
    """The problem of the draft: it must be there whatever was read or asked."""
    examination = examine_file(folder / "programme.toml", overwrite=True)
    assert examination.findings == ()
    return examination.finished()[1]


OFFERS = 'Email,Can teach\ne@y.example,"Lua, Go"\nf@y.example,"Rust, Go"\ng@y.example,Lua\n'


@pytest.mark.parametrize(
    ("mentees", "mentors", "doubtful"),
    [
        # An answer to a question that nothing is compared by.
        (
            "Email,Wants to learn,Would you like to meet online?\n"
            'a@y.example,"Lua, Go",Yes\nb@y.example,No preference,No preference\n'
            'c@y.example,"Go, Rust",No\nd@y.example,Lua,Yes\n',
            OFFERS,
            "Would you like to meet online?",
        ),
        # The cells of a question in several columns, which are joined after cells were emptied.
        (
            "Email,Wants to learn,Likes [Chess],Likes [Golf]\n"
            "a@y.example,Lua,All,\nb@y.example,All,,All\nc@y.example,Go,All,All\n",
            "Email,Can teach,Likes [Chess],Likes [Golf]\n"
            "e@y.example,Lua,All,\nf@y.example,Go,,All\ng@y.example,Rust,All,\n",
            "Likes",
        ),
        # What both sides say may be a topic.
        (
            "Email,Interests\na@y.example,All\nb@y.example,Chess\nc@y.example,All\n"
            "d@y.example,Go\n",
            "Email,Interests\ne@y.example,All\nf@y.example,Chess\ng@y.example,Go\n",
            "Interests",
        ),
        # Nothing would be left of one side.
        (
            'Email,Role,Topics,Level\na@y.example,Mentee,"Chess, All, Any",1\n'
            'b@y.example,Mentee,"Golf, Any",2\nc@y.example,Mentee,Any,3\n'
            'd@y.example,Mentee,"Chess, Golf, All",4\ne@y.example,Mentor,All,5\n'
            "f@y.example,Mentor,Any,6\ng@y.example,Mentor,All,5\nh@y.example,Mentor,Any,4\n",
            None,
            "Topics",
        ),
    ],
)
def test_where_anything_may_be_an_answer_it_is_asked_about(
    tmp_path: Path, mentees: str, mentors: str | None, doubtful: str
) -> None:
    draft = draft_of(tmp_path, mentees, mentors)
    said = said_by(describe_draft(tmp_path / "programme.toml", draft), "Read")
    assert doubtful in said.partition("of its own. In ")[2].partition(" such a word")[0]
    assert "take the # away" in said
    assert "missing" not in tomllib.loads(draft.text)["tables"]
    assert any(line.startswith("# missing = ") for line in draft.text.splitlines())
    runs(tmp_path)


@pytest.mark.parametrize("cell", ["Anything;", "Anything.", "- anything", '"Any, "'])
def test_the_whole_cell_is_what_counts_as_no_answer(tmp_path: Path, cell: str) -> None:
    """Split, it was "Anything", and the cell "Anything;" was compared as before."""
    draft_of(
        tmp_path,
        f'Email,Wants to learn\na@y.example,"Lua, Go"\nb@y.example,{cell}\nc@y.example,Go\n',
        OFFERS,
    )
    assert (runs(tmp_path).compatibility.dense()[1] == 0.5).all()


def test_a_question_in_several_columns_stands_beside_anything(tmp_path: Path) -> None:
    draft_of(
        tmp_path,
        "Email,Wants to learn,Likes [Chess],Likes [Go]\n"
        "a@y.example,Lua,x,\nb@y.example,any,x,x\nc@y.example,Go,,x\n",
        "Email,Can teach\ne@y.example,Lua\nf@y.example,Go\ng@y.example,Rust\n",
    )
    assert (runs(tmp_path).compatibility.dense()[1] == 0.5).all()


@pytest.mark.parametrize("sign", ["\x1b[31m", "\x07", "\x9b31m", "\u202e"])
def test_control_characters_of_headings_and_cells_are_never_written_raw(
    tmp_path: Path, sign: str
) -> None:
    draft = draft_of(
        tmp_path,
        f'Email,Wants{sign} to learn\na@y.example,"Lua, Go"\nb@y.example,any\n'
        f"c@y.example,Go{sign}\n",
        OFFERS,
    )
    assert not any(unicodedata.category(one) == "Cc" for one in draft.text if one != "\n")
    runs(tmp_path)


def test_who_has_not_confirmed_is_asked_about_and_the_filter_holds_in_one_table(
    tmp_path: Path,
) -> None:
    """A filter of one side had no effect on one table of everybody, and nothing was said."""
    draft = draft_of(tmp_path, EVERYBODY)
    assert kinds(draft)["mentees", "Confirmed"] == ("status", True)
    where = {"mentees": where_in(draft)["mentees"]}
    cohort = mm.read_cohort(people=tmp_path / "a.csv", where=where)
    assert list(cohort.mentee_ids) == ["uma@y.example", "wes@y.example"]
    assert list(cohort.mentor_ids) == ["wes@y.example", "xia@y.example", "yan@y.example"]
    both = mm.read_cohort(people=tmp_path / "a.csv", where={"column": "Confirmed", "is": ["yes"]})
    assert list(both.mentor_ids) == ["wes@y.example", "yan@y.example"]


def test_one_table_is_told_in_one_sentence_and_nothing_that_counts_is_left_out(
    tmp_path: Path,
) -> None:
    screen = describe_draft(tmp_path / "programme.toml", draft_of(tmp_path, EVERYBODY))
    assert '"Role" says who is what: 2 mentees, 2 mentors, 1 person who is both.' in said_by(
        screen, "Who is who"
    )
    assert '"Offers"' not in said_by(screen, "Left out")
    assert '"Wants"' not in said_by(screen, "Left out")


WORDS_FOR_HOURS = (
    "Email,Skills wanted,Free times\n"
    "uma@y.example,Lua,Mon evening\n"
    "vic@y.example,Git,weekdays after 6pm\n"
    "wes@y.example,Lua,Anytime\n"
    "xia@y.example,Git,Mon 18:00-20:00\n",
    "Email,Skills offered,Free times,Seats\n"
    'ada@y.example,"Lua, Git",Mon 18:00-21:00,2\n'
    'bob@y.example,"Lua, Git",Tue evening; Sat 9:00-12:00,2\n',
)


def test_words_that_people_write_for_their_hours_are_asked_for_once(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, *WORDS_FOR_HOURS)
    asked = said_by(
        describe_draft(tmp_path / "programme.toml", draft), "To be completed by you, in comments"
    )
    assert "People write words for their hours: say between the quotes of read" in asked
    assert "cannot be used" not in asked
    text = (tmp_path / "programme.toml").read_text(encoding="utf-8")
    said = '# read = { evening = "", "after 6pm" = "", Anytime = "" }\n'
    assert said in text
    # Taken in as it stands it asks again, for all of them; said, it is read.
    start = text.index('# [[criteria]]\n# kind = "Availability"')
    end = text.index("[problem]")
    entry = "\n".join(line.removeprefix("# ") for line in text[start:end].splitlines())
    waiting = text[:start] + entry + "\n" + text[end:]
    (tmp_path / "programme.toml").write_text(waiting, encoding="utf-8")
    (finding,) = examine_file(tmp_path / "programme.toml", overwrite=True).findings
    assert "read does not say yet when 'evening', 'after 6pm', 'Anytime' is" in finding.expected
    for word, hours in (("evening", "18:00-20:00"), ('"after 6pm"', "18:00-21:00")):
        waiting = waiting.replace(f'{word} = ""', f'{word} = "{hours}"')
    waiting = waiting.replace('Anytime = ""', 'Anytime = "Mon-Fri 09:00-21:00"')
    (tmp_path / "programme.toml").write_text(waiting, encoding="utf-8")
    examination = examine_file(tmp_path / "programme.toml", overwrite=True)
    assert examination.findings == ()
    matching = mm.match(examination.finished()[1])
    free = [
        str(matching.problem.compatibility.breakdown(a, b)["sentence"].tolist())
        for a, b in matching.pairs[["mentee", "mentor"]].itertuples(index=False)
    ]
    assert sum("a week of the 2 wanted, such as" in one for one in free) == 4


def test_free_times_in_words_are_no_tags(tmp_path: Path) -> None:
    """Equal cells on both sides made them "what both have in common", split at commas."""
    words = ["Dienstagabend", "lunes por la tarde", "weekdays after 6pm", "Fri evening"]
    rows = [f"p{k}@y.example,Lua,{cell}" for k, cell in enumerate(words)]
    mentors = [f"q{k}@y.example,Lua,{cell},2" for k, cell in enumerate(reversed(words))]
    draft = draft_of(
        tmp_path,
        "\n".join(["Email,Skills wanted,When are you free?", *rows]),
        "\n".join(["Email,Skills offered,When are you free?,Seats", *mentors]),
    )
    assert not [one for one in draft.proposals if one.entry["kind"] == "TagOverlap"]
    (times,) = [one for one in draft.proposals if one.entry["kind"] == "Availability"]
    assert not times.is_used
    assert list(times.entry["read"]) == ["abend", "tarde", "after 6pm", "evening"]


def test_seats_in_words_go_into_the_read_that_stands_there(tmp_path: Path) -> None:
    """Pasted as it was printed, a second `read` was a mistake in the file, and "none" was 1."""
    mentees = pd.DataFrame({"id": ["a"], "skills wanted": ["Lua"]})
    seats = ["2", "up to 2", "none at the moment"]
    mentors = pd.DataFrame(
        {
            "id": ["x", "y", "z"],
            "skills offered": ["Lua", "C", "Lua"],
            "How many mentees can you take?": seats,
        }
    )
    mentees.to_csv(tmp_path / "a.csv", index=False)
    mentors.to_csv(tmp_path / "b.csv", index=False)
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    assert ('inside the read = { … } that is there: "none at the moment" = 0.') in draft.notes[
        "capacity"
    ]


def test_an_answer_that_was_never_sent_is_asked_about(tmp_path: Path) -> None:
    """What somebody had begun to answer in LimeSurvey was a mentee, and nothing said so."""
    mentees = {
        "Name": ["Ella Voss", "Finn Rau", "Gus Lind"],
        "submitdate": ["2027-01-05 10:00:00", "", "2027-01-05 12:00:00"],
        "Learn": ["SQL", "Git", "SQL"],
    }
    mentors = {
        "Name": ["Bob Bell", "Cora Dean"],
        # Who added rows by hand gave none of them a time: that says nothing of a few.
        "submitdate": ["", ""],
        "Teach": ["SQL", "Git"],
    }
    for name, table in (("mentees", mentees), ("mentors", mentors)):
        pd.DataFrame(table).to_csv(tmp_path / f"{name}.csv", index=False)
    paths = (tmp_path / "mentees.csv", tmp_path / "mentors.csv", tmp_path / "p.toml")
    draft = write_draft(*paths)
    assert draft.notes["where"] == (
        "1 of the mentees has nothing in 'submitdate', as answers that were never sent or rows "
        "that somebody added (row 3), and is matched like all others. To leave them out, take "
        "the # away before where in the file."
    )
    assert len(draft.cohort.mentees) == 3
    where = '# where = { mentees = { column = "submitdate", is_not = [""] } }'
    assert where in draft.text
    paths[2].write_text(draft.text.replace(where, where[2:]), encoding="utf-8")
    left = examine_file(paths[2]).finished()[1].mentee_ids.tolist()
    assert left == ["Ella Voss", "Gus Lind"]


def test_separators_of_several_columns_are_said_once_and_can_be_pasted(tmp_path: Path) -> None:
    """Each column had its own key, and two of one name are no TOML."""
    mentees = (
        'Name,Hobbies,Topics\nUma U,"Swim, Run","Chess, Go"\nVic V,Bike; Swim,Music; Chess\n'
        "Wes W,Bike,Music\n"
    )
    mentors = mentees.replace("Uma U", "Ada A").replace("Vic V", "Bo B").replace("Wes W", "Cy C")
    draft = draft_of(tmp_path, mentees, mentors)
    for said in (draft.notes["options"], said_by(validated(tmp_path), "Commonest values")):
        (once,) = re.findall(r"separators = \{.*?\}", said)
        assert tomllib.loads(once) == {"separators": {"Hobbies": ";", "Topics": ";"}}
        assert said.count("that is right unless commas belong to answers") == 2
    path = tmp_path / "programme.toml"
    path.write_text(draft.text.replace("[tables]", f"[tables]\n{once}", 1), encoding="utf-8")
    assert "separators" not in said_by(validated(tmp_path), "Commonest values")


def test_skills_that_are_joined_are_kept_whole_by_one_key(tmp_path: Path) -> None:
    """Each of them had its own aliases, and two of one name are no TOML."""
    mentees = "Name,Wants\nUma U,Kotlin / Android\nVic V,Lua / SQL\n"
    mentors = "Name,Offers\nAda A,Kotlin; Kotlin / Android\nBo B,SQL; Lua / SQL\n"
    draft_of(tmp_path, mentees, mentors)
    said = said_by(validated(tmp_path), "Commonest values")
    assert said.count("aliases = ") == 1
    kept = '{ "Kotlin / Android" = "Kotlin / Android", "Lua / SQL" = "Lua / SQL" }'
    assert kept in said


def test_previews_and_unfinished_answers_that_the_form_marks_are_asked_about(
    tmp_path: Path,
) -> None:
    """A survey's preview, and what somebody had begun, were mentees, and nothing said so."""
    draft = draft_of(
        tmp_path,
        "Email,Status,Finished,Progress,Learn\nann@x.example,IP Address,True,100,SQL\n"
        "bea@x.example,Survey Preview,True,100,Git\ncy@x.example,IP Address,False,60,SQL\n"
        "dee@x.example,IP Address,True,100,Git\n",
        "Email,Status,Finished,Teach\nxia@x.example,New,Yes,SQL\nyan@x.example,Old,No,Git\n",
    )
    assert draft.notes["where"].startswith(
        "1 of the mentees has 'Survey Preview' in 'Status', as the form marks previews and "
        "answers that were not finished (row 3), and is matched like all others. 1 of the mentees "
        "has 'False' in 'Finished'"
    )
    # The percents tell of nobody else, and answers of people are no marks.
    assert "'Progress'" not in draft.notes["where"]
    assert "1 of the mentors" not in draft.notes["where"]
    assert (
        '{ column = "Status", is_not = ["Survey Preview"] }, '
        '{ column = "Finished", is_not = ["False"] }'
    ) in draft.text
    # The file as it stands matches them, and `validate` said nothing of it.
    told = said_by(validated(tmp_path), "First of all")
    assert "1 of the mentees has 'Survey Preview' in 'Status'" in told
    (where,) = re.findall(r"where = (\{.*\}), or add", told)
    (tmp_path / "programme.toml").write_text(
        draft.text.replace("[tables]", f"[tables]\nwhere = {where}"), encoding="utf-8"
    )
    assert "Survey Preview" not in said_by(validated(tmp_path), "First of all")


@pytest.mark.parametrize("allowed", [False, True])
def test_who_may_be_one_person_in_both_tables_is_said_before_the_pairs(
    tmp_path: Path, allowed: bool
) -> None:
    """`init` and `validate` asked, and `match` matched somebody with herself in silence."""
    draft = draft_of(
        tmp_path,
        "Email,Name,Wants\numa@x.example,Uma Ulm,Go\nvic@x.example,Vic Vogt,SQL\n",
        "Email,Name,Offers\numa@y.example,Uma Ulm,Go\nwes@y.example,Wes Wolf,SQL\n",
    )
    if allowed:
        text = draft.text + "\n[scoring]\nallow_self = true\n"
        (tmp_path / "programme.toml").write_text(text, encoding="utf-8")
    (_, problem) = examine_file(tmp_path / "programme.toml", overwrite=True).finished()
    told = said_by(describe_cautions(mm.Matching.from_pairs(problem, []), {}), "First of all")
    asked = "1 full name stands in both tables and is taken for two people"
    assert (asked in told) is not allowed
    assert asked not in said_by(validated(tmp_path), "No problems found")


def test_a_skill_that_the_shipped_names_turn_into_another_is_said_by_init_and_validate(
    tmp_path: Path,
) -> None:
    """ "k8s" counted as Kubernetes, and nobody was told."""
    mentees = "Email,I want to learn\na@x.example,k8s; Lua\nb@x.example,Go\n"
    mentors = "Email,I can teach\nc@x.example,Kubernetes; Go\nd@x.example,Lua\n"
    draft = draft_of(tmp_path, mentees, mentors)
    said = '"I want to learn" (mentees) "k8s" counts as "kubernetes"'
    read = said_by(describe_draft(tmp_path / "programme.toml", draft), "Read")
    assert said in read
    assert "(mentors)" not in read
    assert said in said_by(validated(tmp_path), "Notes")


def test_who_names_nobody_is_not_counted_among_the_answers_that_are_people(tmp_path: Path) -> None:
    """ "4 of 4 answers are people" counted "No"."""
    people = ("Ada Alt", "Bo Berg", "Cy Dahl", "Di Eng")
    answers = ("Eva Neri", "Nie wykluczam nikogo", "No", "Fay Gro")
    mentees = "Name,Wants,Not with\n" + "".join(
        f"{name},Go,{answer}\n" for name, answer in zip(people, answers, strict=True)
    )
    draft = draft_of(tmp_path, mentees, "Name,Offers\nEva Neri,Go\nFay Gro,SQL\n")
    (column,) = [one for one in draft.columns if one.name == "Not with"]
    assert "2 of 2 answers are people of the other table" in column.why
