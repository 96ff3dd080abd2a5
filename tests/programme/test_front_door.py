"""From the files people have to the right people, seats and wishes: draft, validate, match."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from mentormatch.cohort import read_cohort
from mentormatch.errors import CohortError
from mentormatch.programme import examine_file, load, write_draft
from mentormatch.programme.draft.sheets import role_of_sheet
from mentormatch.programme.screen.summary import describe_matching, describe_programme
from mentormatch.programme.screen.terminal import show

if TYPE_CHECKING:
    from pathlib import Path

    from mentormatch.programme import Draft


def draft_of(folder: Path, mentees: str, mentors: str | None = None) -> Draft:
    """Write tables, and the draft of a programme for them."""
    (folder / "a.csv").write_text(mentees, encoding="utf-8")
    second = None
    if mentors is not None:
        second = folder / "b.csv"
        second.write_text(mentors, encoding="utf-8")
    return write_draft(folder / "a.csv", second, folder / "programme.toml")


def pairs_of(folder: Path, *, take: str | None = None) -> dict[str, str]:
    """Match the draft, with the commented criteria of one kind taken in."""
    path = folder / "programme.toml"
    if take is not None:
        text = path.read_text("utf-8")
        block = rf'# \[\[criteria\]\]\n# kind = "{take}"\n(?:# \w+ = .*\n)*'
        blocks = re.findall(block, text)
        assert blocks
        for block in blocks:
            text = text.replace(block, re.sub(r"^# ", "", block, flags=re.MULTILINE))
        path.write_text(text, encoding="utf-8")
    assert examine_file(path, overwrite=True).findings == ()
    pairs = load(path).match().pairs
    return {str(a): str(b) for a, b in zip(pairs["mentee"], pairs["mentor"], strict=True)}


def kinds(draft: Draft) -> dict[tuple[str, str], str]:
    return {(one.side, one.name): one.kind for one in draft.columns}


def test_numbers_of_answers_are_nobody_and_who_is_both_is_never_with_itself(
    tmp_path: Path,
) -> None:
    draft = draft_of(
        tmp_path,
        "ID,Email,I want to learn\n1,uma@y.example,Rust; Lua\n2,vic@y.example,SQL; Git\n"
        "3,vic@y.example,SQL; Git\n",
        "ID,Email,I can teach\n1,wes@y.example,SQL; Git\n2,uma@y.example,Rust; Lua\n"
        "3,xia@y.example,SQL; Git\n",
    )
    assert 'duplicates = "last"' in draft.text
    assert "row 3" in draft.notes["duplicates"]
    pairs = pairs_of(tmp_path)
    assert set(pairs) == {"uma@y.example", "vic@y.example"}
    assert pairs["uma@y.example"] != "uma@y.example"
    assert pairs["vic@y.example"] in ("wes@y.example", "xia@y.example")


def test_seats_are_words_and_never_years_or_past_mentees(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        "Email,Wants\numa@y.example,Rust; Lua\nvic@y.example,SQL; Git\nwes@y.example,Lua; Git\n",
        "Email,Offers,Years in IT,Past mentees,Places\nxia@y.example,Rust; Lua; Git,20,9,up to 3\n"
        "yan@y.example,SQL; Git,8,4,1\nzoe@y.example,Lua; SQL,5,0,\n",
    )
    assert 'capacity = { column = "Places", default = 1, read = { "up to 3" = 3 } }' in draft.text
    assert "1 cell is blank" in draft.notes["capacity"]
    assert "'Years in IT' (numbers, and the heading speaks of years)" in draft.notes["capacity"]
    problem = load(tmp_path / "programme.toml").problem()
    seats = dict(zip(problem.mentor_ids, problem.capacities.tolist(), strict=True))
    assert seats == {"xia@y.example": 3, "yan@y.example": 1, "zoe@y.example": 1}


@pytest.mark.parametrize("answer", ["as many as needed", "1-2", "a few"])
def test_an_answer_about_seats_that_is_not_evident_is_asked(tmp_path: Path, answer: str) -> None:
    draft_of(
        tmp_path,
        "id,wants\numa,Rust; Lua\nvic,SQL; Git\nwes,Lua; Git\n",
        f"id,offers,seats\nxia,Rust; Lua; Git,{answer}\nyan,SQL; Git,1\nzoe,Lua; SQL,2\n",
    )
    (finding,) = examine_file(tmp_path / "programme.toml", overwrite=True).findings
    assert (finding.row, finding.column, finding.value) == (2, "seats", answer)
    assert "read = {" in finding.expected


@pytest.mark.parametrize("answer", ["as many as needed", "1-2", "3+"])
def test_the_cure_of_a_seat_goes_into_what_is_there(tmp_path: Path, answer: str) -> None:
    """Followed to the letter it made a second `read`, and the file could not be read."""
    draft_of(
        tmp_path,
        "id,wants\numa,Rust; Lua\nvic,SQL; Git\nwes,Lua; Git\n",
        f"id,offers,seats\nxia,Rust; Lua; Git,{answer}\nyan,SQL; Git,up to 3\nzoe,Lua; SQL,2\n",
    )
    path = tmp_path / "programme.toml"
    (finding,) = examine_file(path, overwrite=True).findings
    entry = re.search(r'"[^"]*" = (?:\d+|"\?")', finding.expected.partition("inside the read")[0])
    assert entry is not None, finding.expected
    text = path.read_text("utf-8")
    (line,) = re.findall(r"(?m)^capacity = .*$", text)
    completed = line.replace("read = { ", f"read = {{ {entry[0]}, ".replace('"?"', "5"))
    assert completed != line
    path.write_text(text.replace(line, completed), "utf-8")
    assert examine_file(path, overwrite=True).findings == ()


@pytest.mark.parametrize("none", ["none", "keine", "Aucun"])
def test_a_mentor_who_takes_none_is_asked_about_and_not_given_one(
    tmp_path: Path, none: str
) -> None:
    """ "None" was read as a blank cell, so that a mentor without a seat was matched."""
    draft = draft_of(
        tmp_path,
        "id,wants\numa,Rust; Lua\nvic,SQL; Git\nwes,Lua; Git\n",
        f"id,offers,seats\nxia,Rust; Lua; Git,{none}\nyan,SQL; Git,1\nzoe,Lua; SQL,2\nada,Git,\n",
    )
    said = f'"{none}" may mean that somebody takes nobody. Write inside the {{ … }} of capacity: '
    assert f'{said}read = {{ "{none}" = 0 }}.' in draft.notes["capacity"]
    assert "1 cell is blank" in draft.notes["capacity"]
    path = tmp_path / "programme.toml"
    (finding,) = examine_file(path, overwrite=True).findings
    assert (finding.row, finding.column, finding.value) == (2, "seats", none)
    added = f'read = {{ "{none}" = 0 }}'
    assert f"this may mean 0 or no answer. Say which: add {added} to capacity." in finding.expected
    text = path.read_text("utf-8")
    path.write_text(text.replace("default = 1 }", f"default = 1, {added} }}"), "utf-8")
    assert load(path).problem().capacities.tolist() == [0, 1, 2, 1]


def test_a_date_among_seats_is_said_to_be_one_and_no_number_is_made_up(tmp_path: Path) -> None:
    """Of "2024-02-01", which a spreadsheet made of 1-2, the cure made 20 seats."""
    mentees = pd.DataFrame({"id": ["uma", "vic"], "wants": ["Rust", "Lua"]})
    seats = [pd.Timestamp("2024-02-01").to_pydatetime(), 2]
    mentors = pd.DataFrame({"id": ["xia", "yan"], "offers": ["Rust", "Lua"], "seats": seats})
    for name, table in (("a", mentees), ("b", mentors)):
        table.to_excel(tmp_path / f"{name}.xlsx", index=False)
    draft = write_draft(tmp_path / "a.xlsx", tmp_path / "b.xlsx", tmp_path / "programme.toml")
    assert "1 cell holds a date, as 2024-02-01" in draft.notes["capacity"]
    (finding,) = examine_file(tmp_path / "programme.toml", overwrite=True).findings
    assert "this is a date, which spreadsheets make of a text such as 1-2" in finding.expected


def test_a_superior_is_a_rule_to_decide_on_and_never_the_identity(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        "Email,Team lead,Wants\numa@y.example,xia@y.example,Rust; Lua\n"
        "vic@y.example,yan@y.example,SQL; Git\n",
        "Email,Team lead,Offers\nxia@y.example,boss@y.example,Rust; Lua\n"
        "yan@y.example,boss@y.example,SQL; Git\nzoe@y.example,boss@y.example,Lua; Git\n",
    )
    assert kinds(draft)["mentees", "Team lead"] == "superior"
    pairs = pairs_of(tmp_path, take="Different")
    assert pairs["uma@y.example"] != "xia@y.example"
    assert pairs["vic@y.example"] != "yan@y.example"


def test_one_sign_up_sheet_has_roles_and_who_is_both_is_on_both_sides(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        "When,Email,I join as a,Topics,Mentees I take\n"
        "2027/02/01 9:00:00,uma@y.example,Mentee,Rust; Lua,\n"
        "2027/02/01 9:05:00,vic@y.example,Mentee,SQL; Git,\n"
        "2027/02/01 9:07:00,wes@y.example,Both,Git; Rust,1\n"
        "2027/02/01 9:09:00,xia@y.example,Mentor,Rust; Lua; Git,2\n"
        "2027/02/01 9:11:00,yan@y.example,Mentor,SQL; Git,1\n",
    )
    assert 'role = { column = "I join as a", mentee = ["Mentee"], mentor = ["Mentor"], both' in (
        draft.text
    )
    pairs = pairs_of(tmp_path)
    assert set(pairs) == {"uma@y.example", "vic@y.example", "wes@y.example"}
    assert pairs["wes@y.example"] != "wes@y.example"


def test_people_to_avoid_are_a_rule_and_never_likeness(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        "id,Full name,topics,Conflicts of interest\na1,Uma Reed,maps; art,Xia Moor;Old Friend\n"
        "a2,Vic Hale,sleep; art,Yan Toll;Old Friend\n",
        "id,Full name,topics,Conflicts of interest\nb1,Xia Moor,maps; art,Uma Reed;Old Friend\n"
        "b2,Yan Toll,sleep; art,Vic Hale;Old Friend\n",
    )
    assert all(
        "Conflicts of interest" not in one.entry.values() for one in draft.proposals if one.is_used
    )
    assert pairs_of(tmp_path, take="Avoids") == {"a1": "b2", "a2": "b1"}


def test_siblings_with_one_address_are_two_people(tmp_path: Path) -> None:
    draft_of(
        tmp_path,
        "Email,Child's name,Interests\np1@y.example,Uma Reed,Drums; Go\n"
        "p1@y.example,Vic Reed,Tennis; Go\np2@y.example,Wes Hale,Drums; Tennis\n",
        "Email,Your name,Interests\nx@y.example,Xia Moor,Drums; Go\n"
        "y@y.example,Yan Toll,Tennis; Go\nz@y.example,Zoe Beck,Drums; Tennis\n",
    )
    assert pairs_of(tmp_path) == {
        "Uma Reed": "Xia Moor", "Vic Reed": "Yan Toll", "Wes Hale": "Zoe Beck",
    }  # fmt: skip


def test_a_grid_of_times_becomes_windows_in_the_zones_of_the_people(tmp_path: Path) -> None:
    heading = "Email,Time zone,Free? [10:00 - 12:00],Free? [17:00 - 20:00]\n"
    draft = draft_of(
        tmp_path,
        heading + "uma@y.example,UTC,Monday,Thursday\nvic@y.example,UTC,Wednesday,\n",
        heading + 'xia@y.example,UTC,,Thursday\nyan@y.example,Europe/London,"Wednesday, Friday",\n',
    )
    assert 'pattern = "Free? [{option}]"\nkind = "windows"' in draft.text
    assert pairs_of(tmp_path, take="Availability") == {
        "uma@y.example": "xia@y.example", "vic@y.example": "yan@y.example",
    }  # fmt: skip


WEEK = "Email;Wants to learn;Monday;Tuesday;Wednesday;Time zone\n"


def test_a_column_for_each_day_is_one_question_for_free_times(tmp_path: Path) -> None:
    """Each day was a column of its own, of which one was compared or none."""
    zone = ";Europe/Rome\n"
    draft = draft_of(
        tmp_path,
        WEEK
        + f"uma@y.example;Lua;Morning (9-12), Evening (18-20);no;{zone}"
        + f"vic@y.example;Go;no;Evening (18-20);{zone}",
        WEEK.replace("Wants to learn", "Can teach")
        + f"xia@y.example;Lua, Go;;Evening (18-20);no{zone}"
        + f"yan@y.example;Lua, Go;Evening (6-8);;Morning (9-12){zone}",
    )
    (entry,) = {
        (one["name"], one["kind"], tuple(one["options"]))
        for one in tomllib.loads(draft.text)["columns"]
    }
    assert entry == ("Monday / Tuesday …", "windows", ("Monday", "Tuesday", "Wednesday"))
    (free,) = [one for one in draft.proposals if one.entry["kind"] == "Availability"]
    assert free.is_used
    assert free.guess.startswith('All live in one time zone, "Europe/Rome", so hours are compared')
    assert "timezone" not in free.entry
    assert pairs_of(tmp_path) == {
        "uma@y.example": "yan@y.example", "vic@y.example": "xia@y.example",
    }  # fmt: skip


def test_a_column_for_each_day_whose_words_name_no_times_is_asked(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        WEEK + "uma@y.example;Lua;Morning;Evening;;UTC\nvic@y.example;Go;Evening;;;UTC\n",
        WEEK.replace("Wants to learn", "Can teach") + "xia@y.example;Lua, Go;;Evening;;UTC\n",
    )
    assert "Write the hours that each word means" in draft.notes["grids"]
    assert '# options = ["Monday", "Tuesday", "Wednesday"]' in draft.text
    assert '# read = { Morning = "", Evening = "" }' in draft.text
    assert not [one for one in draft.proposals if one.entry["kind"] == "Availability"]


@pytest.mark.parametrize(
    ("headings", "english"),
    [
        ("Mo Di Mi Do Fr", "Monday Tuesday Wednesday Thursday Friday"),
        ("ma di wo do vr", "Monday Tuesday Wednesday Thursday Friday"),
        ("lun mar mié jue vie", "Monday Tuesday Wednesday Thursday Friday"),
        ("pn wt śr cz pt", "Monday Tuesday Wednesday Thursday Friday"),
        ("Pzt Sal Çar Per Cum", "Monday Tuesday Wednesday Thursday Friday"),
    ],
)
def test_short_names_of_days_are_read_as_one_set_in_one_language(
    tmp_path: Path, headings: str, english: str
) -> None:
    """Each was read alone, and the days that two languages know were lost without a word."""
    heading = ";".join(["id", "Topics", *headings.split()]) + "\n"
    draft = draft_of(
        tmp_path,
        heading + "a;Lua;18-20;;no;18-20;\nb;Go;;9-12;;;18-20\n",
        heading + "x;Lua;18-20;;;18-20;\ny;Go;;9-12;10-12;;18-20\n",
    )
    read = tomllib.loads(draft.text)["columns"][0]["read"]
    assert read == dict(zip(headings.split(), english.split(), strict=True))
    assert not [one for one in draft.columns if one.kind == "seats"]


def test_words_for_parts_of_the_day_are_read_below_short_names_of_days(tmp_path: Path) -> None:
    """The headings became English, and "abends" below them was no day of the week."""
    heading = "id;Topics;Mo;Di;Mi;Do\n"
    draft = draft_of(
        tmp_path,
        heading + "a;Lua;abends 6-8;nein;;vormittags 9-12\nb;Go;;nachmittags 2-4;;nein\n",
        heading + "x;Lua;18-20;;;9-12\ny;Go;;14-16;;\n",
    )
    (free,) = [one for one in draft.proposals if one.entry["kind"] == "Availability"]
    assert free.is_used, free.obstacle
    assert pairs_of(tmp_path) == {"a": "x", "b": "y"}


@pytest.mark.parametrize(
    ("headings", "rows"),
    [
        ("Jan;Feb;Mar;Apr;Mai;Dec", ("yes;no;yes;no;no;yes", "no;yes;no;yes;yes;no")),
        ("C;Python;R;Java", ("1;3;2;1", "2;2;1;1")),
        ("EN;DE;FR;AR", ("A1;B2;C1;A1", "C2;A1;B1;B2")),
        ("M;F;Team", ("x;;Red", ";x;Blue")),
        ("SAT;Mar;Free", ("700;x;Mon 18-20", "650;y;Tue 18-20")),
    ],
)
def test_headings_that_only_look_like_days_are_left_alone(
    tmp_path: Path, headings: str, rows: tuple[str, str]
) -> None:
    heading = f"id;Topics;{headings}\n"
    table = heading + f"a;Lua;{rows[0]}\nb;Go;{rows[1]}\n"
    other = heading + f"x;Lua;{rows[0]}\ny;Go;{rows[1]}\n"
    draft = draft_of(tmp_path, table, other)
    assert " / " not in "".join(one["name"] for one in tomllib.loads(draft.text).get("columns", ()))
    assert "grids" not in draft.notes


def test_another_question_beside_the_days_leaves_them_one_question(tmp_path: Path) -> None:
    heading = "id;Topics;Monday;Tuesday;Wednesday;Sex\n"
    draft = draft_of(
        tmp_path,
        heading + "a;Lua;18-20;;9-12;male\nb;Go;;18-20;;female\n",
        heading + "x;Lua;18-20;;9-12;male\ny;Go;;18-20;;female\n",
    )
    assert tomllib.loads(draft.text)["columns"][0]["options"] == ["Monday", "Tuesday", "Wednesday"]


def test_one_cell_without_a_time_is_named_and_the_days_stay_one_question(tmp_path: Path) -> None:
    """One "?" made five columns of the question, and a cell that is clean was blamed."""
    zone = ";UTC\n"
    mentors = WEEK.replace("Wants to learn", "Can teach") + f"xia@y.example;Lua, Go;;18-20;{zone}"
    rows = [f"p{k}@y.example;Lua;Morning (9-12);18-20;no{zone}" for k in range(8)]
    draft = draft_of(tmp_path, WEEK + "".join([*rows, f"q@y.example;Go;?;18-20;{zone}"]), mentors)
    assert "is a question about free times, but for '?' (column 'Monday')" in draft.notes["grids"]
    commented = draft.text.partition("# [[columns]]")[2].partition("\n\n")[0]
    assert '# read = { "?" = "" }' in commented
    table = re.sub(r"^# ?", "", "# [[columns]]" + commented, flags=re.MULTILINE)
    given = tomllib.loads(table)["columns"][0]
    path = tmp_path / "a.csv"
    with pytest.raises(CohortError, match=r"read does not say what '\?' means"):
        read_cohort(path, tmp_path / "b.csv", columns=[given], delimiter=";")
    given["read"] = {"?": "no"}
    people = read_cohort(path, tmp_path / "b.csv", columns=[given], delimiter=";").mentees
    assert people.loc["q@y.example", given["name"]] == ["Tuesday 18-20"]


def test_no_on_every_day_is_never_free_and_not_an_empty_cell(tmp_path: Path) -> None:
    """They counted as people who had not answered, to whom no rule about hours applies."""
    zone = ";UTC\n"
    draft = draft_of(
        tmp_path,
        WEEK + f"uma@y.example;Lua;no;not available;no{zone}vic@y.example;Lua;18-20;;{zone}",
        WEEK.replace("Wants to learn", "Can teach") + f"xia@y.example;Lua, Go;18-20;;{zone}",
    )
    path = tmp_path / "programme.toml"
    path.write_text(draft.text.replace("# minimum_hours", "minimum_hours"), encoding="utf-8")
    configuration, problem = examine_file(path, overwrite=True).finished()
    assert problem.compatibility.dense().tolist()[0] == [pytest.approx(float("nan"), nan_ok=True)]
    said = [line for one in describe_programme(configuration, problem) for line in one.lines]
    assert not any("whose cell is empty" in line for line in said)


def test_two_zones_or_a_cell_without_one_are_no_single_zone(tmp_path: Path) -> None:
    for row, zones in enumerate(("UTC UTC Europe/Rome", "UTC  UTC", "home home home")):
        folder = tmp_path / str(row)
        folder.mkdir()
        one, other, third = zones.split(" ")
        heading = "Email,Wants to learn,Free,Time zone\n"
        draft = draft_of(
            folder,
            heading
            + f"uma@y.example,Lua,Mon 18:00-20:00,{one}\n"
            + f"vic@y.example,Go,Mon 18:00-20:00,{other}\n",
            heading + f'xia@y.example,"Lua, Go",Mon 18:00-20:00,{third}\n',
        )
        assert "All live in one time zone" not in draft.text


def test_ranks_in_a_column_per_project_are_wishes_with_the_lowest_best(tmp_path: Path) -> None:
    draft_of(
        tmp_path,
        "id,Rank them [North],Rank them [South],Rank them [West]\n"
        "uma,3,1,2\nvic,2,3,1\nwes,1,2,3\n",
        "id,places\nNorth,1\nSouth,1\nWest,1\n",
    )
    assert pairs_of(tmp_path) == {"uma": "South", "vic": "West", "wes": "North"}


def test_a_poll_of_people_by_dates_counts_yes_more_than_maybe(tmp_path: Path) -> None:
    draft_of(
        tmp_path,
        "Name,Thu 4 Feb 17:00,Fri 5 Feb 17:00\nUma Reed,yes,maybe\nVic Hale,yes,no\n",
        "id,places\nThu 4 Feb 17:00,1\nFri 5 Feb 17:00,1\n",
    )
    assert pairs_of(tmp_path) == {
        "Uma Reed": "Fri 5 Feb 17:00", "Vic Hale": "Thu 4 Feb 17:00",
    }  # fmt: skip


def test_a_row_for_each_wish_is_collected_by_person(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        "name,interest,rank\nUma,Maps,1\nUma,Art,2\nVic,Art,1\nVic,Sleep,2\n",
        "name,interest\nXia,Sleep\nXia,Art\nYan,Maps\nYan,Trade\n",
    )
    assert 'mentees = { person = "name", collect = ["interest"], order = "rank" }' in draft.text
    assert pairs_of(tmp_path) == {"Uma": "Yan", "Vic": "Xia"}


def test_same_gender_only_for_those_who_ask(tmp_path: Path) -> None:
    draft_of(
        tmp_path,
        "id,gender,only same gender,topics\numa,female,yes,Rust\nvic,female,no,Git\n"
        "wes,male,no,Rust\n",
        "id,gender,topics\nxia,male,Rust\nyan,female,Git\nzac,male,Git\n",
    )
    assert pairs_of(tmp_path, take="Same") == {"uma": "yan", "vic": "zac", "wes": "xia"}


def test_people_of_one_organisation_are_told_by_their_addresses(tmp_path: Path) -> None:
    draft_of(
        tmp_path,
        "email,topics\numa@one.example,Rust\nvic@lab.two.example,Rust\n",
        "email,topics\nxia@one.example,Rust\nyan@two.example,Rust\n",
    )
    assert pairs_of(tmp_path, take="Different") == {
        "uma@one.example": "yan@two.example", "vic@lab.two.example": "xia@one.example",
    }  # fmt: skip


def test_swapped_tables_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(CohortError, match="the tables look swapped"):
        draft_of(
            tmp_path,
            "id,What can you teach?,Mentee capacity\nxia,Rust; Lua,1\nyan,SQL; Git,2\n",
            "id,What do you want to learn?\numa,Rust; Lua\nvic,SQL; Git\n",
        )
    assert not (tmp_path / "programme.toml").exists()


def test_a_column_with_a_protected_attribute_is_seen_by_its_answers(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        "id,I am,wants\numa,woman,Rust; Lua\nvic,man,SQL; Git\nwes,woman,Lua; Git\n",
        "id,I am,offers\nxia,man,Rust; Lua; Git\nyan,woman,SQL; Git\nzoe,woman,Lua; SQL\n",
    )
    assert kinds(draft)["mentees", "I am"] == "protected"
    assert "woman" not in draft.text


def test_validate_shows_common_values_and_answers_that_look_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft_of(
        tmp_path,
        "id,wants\numa,Rust; Lua\nvic,SQL; Rust\nwes,Lua; Rust\n",
        "id,offers\nxia,Rust; Lua; Git (basics\nyan,SQL; Git)\nzoe,Lua; SQL\n",
    )
    configuration, problem = examine_file(tmp_path / "programme.toml").finished()
    show(describe_programme(configuration, problem))
    said = " ".join(capsys.readouterr().out.split())
    assert '- "wants" (mentees): Rust (3); Lua (2); SQL (1)' in said
    assert '2 values of "offers" have a bracket that does not close' in said


def test_validate_shows_skills_that_nobody_offers_and_what_is_near(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The names were found, and no screen said them."""
    draft_of(
        tmp_path,
        "id,I want to learn\numa,Kubernets; Basketry\nvic,Kubernets; Git\nwes,Terraform; Git\n",
        "id,I can teach\nxia,Kubernetes; Git\nyan,Terraforn; Git\nzoe,Kubernetes; Git\n",
    )
    configuration, problem = examine_file(tmp_path / "programme.toml").finished()
    show(describe_programme(configuration, problem))
    said = " ".join(capsys.readouterr().out.split())
    wanted = said.partition("Skills to look at ")[2]
    assert wanted.startswith(
        "- 'Kubernets' is wanted by 2, offered by nobody; near: Kubernetes. - 'Terraform' is "
        "wanted by 1, offered by nobody; near: Terraforn. - 'Basketry' is wanted by 1, offered by "
        "nobody. - 'Terraform' occurs once (among the mentees) and differs by one character from "
        "'Terraforn' (1). If two names are one skill, write the same in both tables, or add to "
        'the criterion: aliases = { "one name" = "other name" }.'
    )
    path = tmp_path / "programme.toml"
    told = 'weight = 4\naliases = { Kubernets = "Kubernetes" }'
    path.write_text(path.read_text("utf-8").replace("weight = 4", told), "utf-8")
    show(describe_programme(*examine_file(path).finished()))
    assert "Kubernets' is wanted" not in capsys.readouterr().out


def test_a_draw_is_called_one_before_any_proof(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft_of(
        tmp_path,
        "email,topics\numa@one.example,Rust\nvic@two.example,Rust\n",
        "email,topics\nxia@one.example,Rust\nyan@two.example,Rust\n",
    )
    programme = load(tmp_path / "programme.toml")
    show(describe_matching(programme.match(), {}))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "First of all"
    said = " ".join(lines)
    assert "Nothing is scored" in said
    assert "Proven for these scores, which are the same for every allowed pair." in said


TWO_CRITERIA = """
[tables]
mentees = "mentees.csv"
mentors = "mentors.csv"

[[criteria]]
kind = "SkillCoverage"
wants = "wants"
offers = "offers"
weight = 4

[[criteria]]
kind = "TagOverlap"
column = "hobby"
weight = 1
"""


def first_of_all(
    folder: Path, capsys: pytest.CaptureFixture[str], mentees: str, mentors: str
) -> str:
    (folder / "mentees.csv").write_text(mentees, "utf-8")
    (folder / "mentors.csv").write_text(mentors, "utf-8")
    (folder / "programme.toml").write_text(TWO_CRITERIA, "utf-8")
    programme = load(folder / "programme.toml")
    show(describe_matching(programme.match(), {}))
    return " ".join(capsys.readouterr().out.split())


def test_scores_that_differ_by_empty_cells_only_are_no_draw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It said "nothing is scored" where an empty wish counted 0.5 and all others 1."""
    said = first_of_all(
        tmp_path,
        capsys,
        "id,wants,hobby\numa,Lua,go\nvic,,go\n",
        "id,offers,hobby\nxia,Lua; SQL,go\n",
    )
    assert "Nothing is scored" not in said
    assert "the same for every allowed pair" not in said
    assert "Only empty cells make a difference" in said
    assert "Proven for these scores, which differ only where a cell is empty." in said


def test_weighted_criteria_in_which_nobody_differs_are_called_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = first_of_all(
        tmp_path,
        capsys,
        "id,wants,hobby\numa,Lua,go\nvic,Lua,go\n",
        "id,offers,hobby\nxia,Lua,go\nyan,Lua,go\n",
    )
    assert "The criteria make no difference: every allowed pair has the same score" in said
    assert "Add criteria with a weight" not in said


def test_a_superior_whom_both_sides_name_is_nobody_of_the_other_table(tmp_path: Path) -> None:
    """Both tables name the same superiors: it said that these are people of the other table, and
    called a rule about equal superiors "not with one's own superior"."""
    people = "{0}@a.example,{1},{2}\n"
    head = "Email,Email of your manager,{}\n"
    draft = draft_of(
        tmp_path,
        head.format("wants")
        + people.format("uma", "boss@a.example", "Rust; Lua")
        + people.format("vic", "boss@a.example", "SQL; Git")
        + people.format("wes", "head@a.example", "Lua; Git"),
        head.format("offers")
        + people.format("xia", "boss@a.example", "Rust; Lua; Git")
        + people.format("yan", "head@a.example", "SQL; Git")
        + people.format("zoe", "head@a.example", "Lua; SQL"),
    )
    assert kinds(draft)["mentees", "Email of your manager"] == "superior"
    assert "people of the other table" not in draft.text.replace("0 of 3 answers are people", "")
    assert "own superior" not in draft.text


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Mentores", "mentor"),
        ("Mentoras y mentores", "mentor"),
        ("Aprendices", "mentee"),
        ("Mentorados", "mentee"),
        ("Hoja1", None),
    ],
)
def test_sheets_in_spanish_are_of_the_side_that_they_name(name: str, role: str | None) -> None:
    """A sheet "Mentores" was taken for the mentees."""
    assert role_of_sheet(name) == role


def test_the_draft_says_that_seats_of_two_numbers_may_be_taken_or_left(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        "id,wants\numa,Rust; Lua\nvic,SQL; Git\nwes,Lua; Git\n",
        "id,offers,seats\nxia,Rust; Lua; Git,1 of 2\nyan,SQL; Git,1\nzoe,Lua; SQL,2\n",
    )
    assert '"1 of 2" may say how many are taken, or how many are left.' in draft.notes["capacity"]
    path = tmp_path / "programme.toml"
    (finding,) = examine_file(path, overwrite=True).findings
    key = re.search(r"read = \{.*?\}", finding.expected)
    assert key is not None
    text = path.read_text("utf-8")
    path.write_text(text.replace("default = 1 }", f"default = 1, {key[0]} }}"), "utf-8")
    assert load(path).problem().capacities.tolist() == [1, 1, 2]


@pytest.mark.parametrize(("zone", "said"), [("MST", ""), ("EST", "America/New_York")])
def test_the_one_zone_of_everybody_is_read_as_single_cells_are(
    tmp_path: Path, zone: str, said: str
) -> None:
    """MST may be Denver's clock or that of Phoenix, and was said to be the zone of all."""
    rows = f"ann@y.example;Mon 9-11;{zone}\nbea@y.example;Tue 9-11;{zone}\n"
    draft = draft_of(
        tmp_path,
        "Email;Free times;Time zone\n" + rows,
        "Email;Free times;Time zone\n" + rows.replace("ann", "xia").replace("bea", "yan"),
    )
    (free,) = [one for one in draft.proposals if one.entry["kind"] == "Availability"]
    assert free.is_used == bool(said)
    if said:
        assert free.guess.startswith(f'All live in one time zone, "{said}"')
    else:
        assert "'MST' may mean America/Denver or America/Phoenix" in free.open_points
