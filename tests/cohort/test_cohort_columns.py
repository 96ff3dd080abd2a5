"""Tables before people are identified: roles, filters, rows per answer, grids, swapped tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch import CohortError, read_cohort
from mentormatch.cohort.columns import Grid, find_grids, find_role_column, role_of
from mentormatch.cohort.columns.grid import as_grids

if TYPE_CHECKING:
    from pathlib import Path

SIGNUP = """\
Email,I take part as,Topics,Seats,Status
ann@x.org,Mentee,Lua; Go,,active
bo@x.org,Both,Go,1,active
cy@x.org,Mentor,Lua,two,Active
di@x.org,Mentor,Lua,1,withdrawn
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(**options: object) -> str:
    with pytest.raises(CohortError) as caught:
        read_cohort(**options)
    return str(caught.value)


# --- one table for everybody ----------------------------------------------------------------


def test_one_table_is_divided_by_role_and_nobody_is_matched_with_oneself(folder: Path) -> None:
    (folder / "signup.csv").write_text(SIGNUP)
    cohort = read_cohort(people="signup.csv", where={"column": "status", "is": ["active"]})
    assert list(cohort.mentee_ids) == ["ann@x.org", "bo@x.org"]
    assert list(cohort.mentor_ids) == ["bo@x.org", "cy@x.org"]
    assert cohort.oneself.tolist() == [-1, 0]
    assert [rows.tolist() for rows in cohort.rows] == [[2, 3], [3, 4]]
    problem = mm.Problem(mm.Criteria().score(cohort), capacity="Seats")
    assert problem.capacities.tolist() == [1, 2]
    said = [(one.subject, one.taken_for) for one in cohort.readings]
    assert ("rows", "1 row is left out") in said
    assert ("roles", "1 mentor") in said


def test_a_role_can_be_said_in_the_words_of_the_form(folder: Path) -> None:
    text = SIGNUP.replace("Mentee", "seek").replace("Mentor", "give").replace("Both", "seek+give")
    (folder / "signup.csv").write_text(text)
    assert "no column says who is a mentee and who a mentor" in refused(people="signup.csv")
    role = {"column": "i take part as", "mentee": ["seek"], "mentor": "give"}
    said = refused(people="signup.csv", role=role)
    assert "row 3, column 'I take part as': found 'seek+give'; this names no role" in said
    cohort = read_cohort(people="signup.csv", role={**role, "both": ["SEEK+GIVE"]})
    assert len(cohort.mentees) == 2
    assert len(cohort.mentors) == 3
    left_out = read_cohort(people="signup.csv", role={**role, "ignore": ["seek+give"]})
    assert len(left_out.mentees) == 1


def test_two_tables_and_one_table_are_not_given_together() -> None:
    assert "give the two tables mentees and mentors, or one table people" in refused(
        people="a.csv", mentees="b.csv"
    )
    assert "role is a column, or" in refused_role("x", {"column": "x", "mentees": ["a"]})


def refused_role(name: str, role: object) -> str:
    with pytest.raises(CohortError) as caught:
        mm.columns.split_roles([{name: "mentee"}], role)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Mentor", "mentor"),
        ("mentees", "mentee"),
        ("I would like to be a mentor", "mentor"),
        ("I want to find a mentor", "mentee"),
        ("looking for a mentee", "mentor"),
        ("Als Mentorin", "mentor"),
        ("Mentor and mentee", "both"),
        ("Mentee, Mentor", "both"),
        ("Both", "both"),
        ("beides", "both"),
        ("Mentor or mentee", None),
        ("not a mentor", None),
        ("Engineering", None),
        ("my mentor knows me", None),
    ],
)
def test_a_role_is_read_only_where_it_is_beyond_doubt(text: str, role: str | None) -> None:
    assert role_of(text) == role


def test_a_role_column_has_few_values_that_all_name_a_role() -> None:
    table = pd.DataFrame({"who": ["Mentee", "Mentor", "x"], "as": ["mentee", "mentor", "both"]})
    found = find_role_column(table)
    assert found is not None
    assert found.as_option() == {
        "column": "as", "mentee": ["mentee"], "mentor": ["mentor"], "both": ["both"]
    }  # fmt: skip
    assert find_role_column(table[["who"]]) is None


def test_one_file_of_everybody_given_twice_and_swapped_tables_are_asked_about(folder: Path) -> None:
    (folder / "signup.csv").write_text(SIGNUP)
    said = refused(mentees="signup.csv", mentors="signup.csv")
    assert "both tables are this one file" in said
    assert 'role={"column": "I take part as"}' in said
    both = read_cohort("signup.csv", "signup.csv", accept=["one file"])
    assert both.oneself.tolist() == [0, 1, 2, 3]
    (folder / "a.csv").write_text("id,I want to learn\nx,Lua\n")
    (folder / "b.csv").write_text("id,I can teach\ny,Lua\n")
    assert len(read_cohort("a.csv", "b.csv").mentees) == 1
    said = refused(mentees="b.csv", mentors="a.csv")
    assert "the tables look swapped: mentees are asked 'i can teach'" in said
    # Options of `init` were named to whoever reads tables in Python.
    assert said.endswith('if they are right as they are, say accept=["sides"].')
    assert len(read_cohort("b.csv", "a.csv", accept=["sides"]).mentees) == 1


def test_in_one_file_for_both_sides_a_row_is_one_person_whatever_the_ids_are(folder: Path) -> None:
    (folder / "a.csv").write_text("ID,topic\n1,Lua\n2,Go\n")
    cohort = read_cohort("a.csv", "a.csv")
    assert not cohort.shares_ids
    assert cohort.oneself.tolist() == [0, 1]
    why = mm.Criteria().score(cohort).why_ineligible(1, 1)
    assert why == "not oneself: both have the same 'row'"
    (folder / "b.csv").write_text("ID,topic\n1,Lua\n2,Go\n")
    assert read_cohort("a.csv", "b.csv").oneself.tolist() == [-1, -1]


def test_an_answer_to_a_question_that_nobody_asks_is_refused(folder: Path) -> None:
    said = refused(mentees="a.csv", mentors="b.csv", accept=["side"])
    assert "accept lists questions that are answered: 'sides', 'one file'." in said
    assert "Did you mean 'sides'?" in said


def test_a_filter_names_values_that_nobody_has(folder: Path) -> None:
    (folder / "signup.csv").write_text(SIGNUP)
    said = refused(people="signup.csv", where={"column": "Status", "is": ["activ"]})
    assert "column 'Status': found 'activ'; no row holds this value" in said
    assert "Did you mean" in said
    assert "a condition names a column and values" in refused(
        people="signup.csv", where={"column": "Status"}
    )
    kept = mm.columns.keep_rows(
        [{"s": 1.0}, {"s": 2}, {"s": None}], [{"column": "s", "is_not": [2, ""]}]
    )
    assert kept["s"].tolist() == [1.0]


# --- a row per answer -----------------------------------------------------------------------


def test_rows_of_a_person_are_collected_in_order(folder: Path) -> None:
    (folder / "a.csv").write_text("who,team,wish,nr\nAda,x,Go,2\nBo,,Lua,1\nAda,,Lua,1\nBo,y,,2\n")
    (folder / "b.csv").write_text("who,wish\nKim,Go\nLou,Lua\nKim,C\n")
    options = {"person": "who", "collect": ["wish"], "order": "nr"}
    cohort = read_cohort("a.csv", "b.csv", rows=options, id="who")
    assert list(cohort.mentee_ids) == ["Ada", "Bo"]
    assert cohort.tags("mentees", "wish") == [("Lua", "Go"), ("Lua",)]
    assert cohort.mentees["team"].tolist() == ["x", "y"]
    assert cohort.tags("mentors", "wish") == [("Go", "C"), ("Lua",)]
    assert cohort.rows[0].tolist() == [2, 3]


def test_what_cannot_be_collected_is_said_with_its_row() -> None:
    rows = [
        {"who": "Ada", "wish": "Go", "nr": 1, "team": "x"},
        {"who": "Ada", "wish": "C", "nr": 1, "team": "y"},
        {"who": None, "wish": "C", "nr": "first", "team": "y"},
    ]
    with pytest.raises(CohortError) as caught:
        mm.columns.collect_rows(rows, person="who", collect="wish", order="nr")
    said = [finding.expected for finding in caught.value.findings]
    assert any("another row of this person has the same number" in one for one in said)
    assert any("says something else" in one for one in said)
    assert any("the row names nobody" in one for one in said)
    assert any("must be a number, which says where the answer stands" in one for one in said)


def test_a_table_with_a_row_per_wish_is_noticed() -> None:
    wishes = pd.DataFrame(
        {"name": ["Ada", "Ada", "Bo", "Bo"], "wish": list("abab"), "nr": [1, 2] * 2}
    )
    with pytest.raises(CohortError) as caught:
        mm.Cohort(wishes, pd.DataFrame({"name": ["Kim"]}))
    assert 'collect them: rows={"person": "name", "collect": ["wish"], "order": "nr"}' in str(
        caught.value
    )


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("xyzw")), min_size=1, max_size=12)
)
def test_collecting_rows_loses_no_answer(rows) -> None:
    table = pd.DataFrame(rows, columns=["who", "wish"])
    people = mm.columns.collect_rows(table, person="who", collect="wish")
    again = [
        (who, wish)
        for who, wishes in zip(people["who"], people["wish"], strict=True)
        for wish in wishes
    ]
    assert sorted(again) == sorted(rows)


# --- grids ----------------------------------------------------------------------------------


def grid(rows: list[dict[str, object]], **options: object) -> list[object]:
    return mm.columns.grid(rows, "Q [{option}]", name="q", **options)["q"].tolist()


def test_a_grid_of_times_or_of_days_becomes_windows() -> None:
    by_time = [{"Q [09:00 - 12:00 local time]": "Monday, Tuesday", "Q [18-20]": "Fr;"}]
    assert grid(by_time, kind="windows") == [
        ["Monday 09:00 - 12:00", "Tuesday 09:00 - 12:00", "Fr 18-20"]
    ]
    by_day = [{"Q [Montag]": "9-10; 18-20", "Q [Dienstag]": None}]
    assert grid(by_day, kind="windows") == [["Montag 9-10", "Montag 18-20"]]
    words = [{"Q [Morning]": "Mon", "Q [Noon]": "Tue"}]
    with pytest.raises(CohortError, match=r"row 0, column 'Q \[Morning\]': found 'Mon'; with the"):
        grid(words, kind="windows")
    read = {"morning": "09:00-12:00", "noon": "12:00-14:00"}
    assert grid(words, kind="windows", read=read) == [["Mon 09:00-12:00", "Tue 12:00-14:00"]]


@pytest.mark.parametrize("cell", ["Don't know", "not sure", "Weiß nicht", "vet ej"])
def test_who_does_not_know_has_chosen_nothing(cell: str) -> None:
    rows = [{"Q [Lua]": cell, "Q [Go]": "a little"}]
    assert grid(rows, kind="values") == [["Go"]]


def test_a_grid_of_levels_is_read_either_way_round() -> None:
    assert grid([{"Q [3]": "Lua", "Q [1]": "Go, C"}], kind="levels") == [
        ["Lua: 3", "Go: 1", "C: 1"]
    ]
    assert grid([{"Q [Lua]": 3, "Q [Go]": "1 (basic)"}], kind="levels") == [["Lua: 3", "Go: 1"]]
    words = [{"Q [Lua]": "expert", "Q [Go]": "beginner"}]
    with pytest.raises(CohortError, match="neither the headings nor the cells are levels"):
        grid(words, kind="levels")
    assert grid(words, kind="levels", read={"Beginner": 1, "Expert": 3}) == [["Lua: 3", "Go: 1"]]


def test_ranks_are_ordered_and_a_rank_given_twice_is_asked_about() -> None:
    assert grid([{"Q [a]": 2, "Q [b]": "1st", "Q [c]": None}], kind="rank") == [["b", "a"]]
    assert grid([{"Q [a]": 2, "Q [b]": 1}], kind="rank", best="high") == [["a", "b"]]
    with pytest.raises(CohortError, match="'a' and 'b' have the same rank 1"):
        grid([{"Q [a]": 1, "Q [b]": 1}], kind="rank")
    with pytest.raises(CohortError, match="must be a rank, a number such as 1"):
        grid([{"Q [a]": "maybe", "Q [b]": 1}], kind="rank")


def test_low_ratings_are_turned_round_on_the_scale_of_the_form_only() -> None:
    assert grid([{"Q [a]": 4, "Q [b]": "2"}], kind="rating") == [["a: 4", "b: 2"]]
    with pytest.raises(CohortError, match="needs the scale of the form"):
        grid([{"Q [a]": 4}], kind="rating", best="low")
    turned = grid([{"Q [a]": 4, "Q [b]": 2}], kind="rating", best="low", scale=(1, 5))
    assert turned == [["a: 2", "b: 4"]]
    with pytest.raises(CohortError, match="must be a rating, a number from 1 to 5"):
        grid([{"Q [a]": 7}], kind="rating", scale=(1, 5))


def test_a_poll_speaks_the_languages_of_forms_and_asks_about_other_answers() -> None:
    row = {"Q [a]": "yes", "Q [b]": "Vielleicht", "Q [c]": "non", "Q [d]": "(yes)", "Q [e]": None}
    assert grid([row], kind="poll") == [["a: 1", "b: 0.5", "c: 0", "d: 0.5"]]
    with pytest.raises(CohortError, match="must be yes, maybe or no"):
        grid([{"Q [a]": "perhaps later"}], kind="poll")
    assert grid([{"Q [a]": "later"}], kind="poll", read={"Later": 0.2}) == [["a: 0.2"]]


@pytest.mark.parametrize("kind", ["levels", "poll"])
def test_a_word_of_a_grid_that_is_no_number_is_refused(kind) -> None:
    with pytest.raises(CohortError, match="read says which number a word stands for") as caught:
        grid([{"Q [a]": "later"}], kind=kind, read={"Later": "half"})
    (finding,) = caught.value.findings
    assert (finding.column, finding.value) == ("read: Later", "half")


def test_a_grid_says_what_is_wrong_with_its_own_words() -> None:
    table = [{"Q [a]": "yes", "q": 1}]
    with pytest.raises(CohortError, match="no heading fits this pattern"):
        mm.columns.grid(table, "R [{option}]", kind="poll", name="q2")
    with pytest.raises(CohortError, match="the table has a column of this name already"):
        grid(table, kind="poll")
    with pytest.raises(CohortError, match="kind is one of"):
        grid([{"Q [a]": 1}], kind="polls")
    with pytest.raises(CohortError, match=r"pattern is a heading with one \{option\}"):
        mm.columns.grid(table, "Q", kind="poll", name="x")
    with pytest.raises(CohortError, match="there is no such key") as caught:
        mm.columns.Grid.from_mapping({"name": "x", "pattern": "{option}", "kind": "poll", "bst": 1})
    assert caught.value.findings[0].nearest == "best"


def test_grids_are_found_by_their_headings() -> None:
    headings = ["Free? [Mon]", "Free? [Tue]", "Notes [optional]", "Name"]
    assert find_grids(headings) == {"Free?": ["Mon", "Tue"]}


def test_a_poll_of_dates_is_matched_to_the_other_table(folder: Path) -> None:
    (folder / "a.csv").write_text("Name,Mon 18:00,Tue 18:00\nada,yes,maybe\nbo,yes,no\ncy,no,yes\n")
    (folder / "b.csv").write_text("id,seats\nMon 18:00,2\nTue 18:00,1\n")
    question = {"name": "dates", "pattern": "{option}", "kind": "poll", "side": "mentees"}
    question["options"] = ["Mon 18:00", "Tue 18:00"]
    cohort = read_cohort("a.csv", "b.csv", columns=[question])
    wish = mm.criteria.Prefers("dates", ratings=(0, 1), side="mentee")
    matching = mm.match(mm.Problem(mm.Criteria(wish).score(cohort), capacity="seats"))
    assert matching.total == pytest.approx(3)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "table"}, "kind is one of"),
        ({"pattern": "Q"}, "pattern is a heading with one {option}"),
        ({"pattern": 3}, "pattern is a heading with one {option}"),
        ({"best": "first"}, 'best is "low" or "high".'),
        ({"name": " "}, "name is the heading of the new column."),
        ({"kind": "rating", "best": "low"}, "low ratings are turned round, which needs the scale"),
        ({"scale": [5, 1]}, "scale is the lowest and the highest rating: [1, 5]."),
        ({"bets": "low"}, "bets"),
    ],
)
def test_a_grid_that_cannot_be_meant_is_refused_with_what_is_expected(given, said):
    whole = {"name": "q", "pattern": "Q [{option}]", "kind": "rating", **given}
    with pytest.raises(CohortError) as caught:
        read_cohort(mentees=[{"id": 1}], mentors=[{"id": 2}], columns=[whole])
    assert said in str(caught.value)


def test_one_grid_need_not_stand_in_a_list():
    one = {"name": "q", "pattern": "Q [{option}]", "kind": "levels"}
    made = Grid.from_mapping(one)
    assert as_grids(one) == as_grids([one]) == as_grids(made) == (made,)
    assert as_grids(None) == ()
    for wrong in (["q"], "q", [{"name": "q", "kind": "levels"}]):
        with pytest.raises(CohortError, match="expected a table with name, pattern and kind"):
            as_grids(wrong)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("no mentor", None),
        ("les deux", "both"),
        ("mentor and mentee", "both"),
        ("mentor of a mentee", None),
        ("I want to be a mentor and find one", None),
        ("Become a mentor", "mentor"),
        ("Find a mentor", "mentee"),
        ("the mentor of my team", None),
    ],
)
def test_a_role_in_words_is_read_where_it_is_beyond_doubt(text, role):
    assert role_of(text) == role


def test_a_column_of_things_that_are_no_texts_names_no_role():
    table = pd.DataFrame(
        {
            "lists": [["mentor"], ["mentee"]],
            "mixed": ["mentor", 3],
            "numbers": [1, 2],
            "role": ["mentor", "mentee"],
        }
    )
    assert find_role_column(table).column == "role"
    assert find_role_column(table.drop(columns="role")) is None


def test_cells_of_a_grid_with_one_fault_are_one_finding_a_column_with_examples() -> None:
    """A word that no rating is was found once in each of 400 rows."""
    words = ["poor", "good", "ok", "poor", "3", "poor", "poor", "poor", "poor"]
    table = pd.DataFrame({"id": list("abcdefghi"), "S [SQL]": words, "S [Git]": ["1"] * 8 + ["?"]})
    table.index += 2
    with pytest.raises(CohortError) as caught:
        mm.columns.grid(table, "S [{option}]", kind="rating", name="S")
    first, second = caught.value.findings
    assert str(first).endswith(
        "row 2, column 'S [SQL]': found 'poor'; must be a rating, a number. So it is with 8 cells "
        "of this column: 'poor' (rows 2, 5, 7, 8, 9 and 1 more); 'good' (row 3); 'ok' (row 4)."
    )
    # What is wrong once is said as it was.
    assert str(second).endswith("row 10, column 'S [Git]': found '?'; must be a rating, a number.")
    levels = {"S [SQL]": words, "S [Git]": ["expert"] * 9}
    # Where the others are was not said: "; and 2 more".
    many = [f"word {k}" for k in range(9)]
    with pytest.raises(CohortError) as caught:
        mm.columns.grid(table.assign(**{"S [SQL]": many}), "S [{option}]", kind="rating", name="S")
    said = str(caught.value.findings[0])
    shown = said.count("(row ")
    assert f"; and others (rows {shown + 2}, " in said
    with pytest.raises(CohortError, match="So it is with 9 cells of this column: 'expert'"):
        mm.columns.grid(table.assign(**levels), "S [{option}]", kind="levels", name="S")
    # Two people who each gave one rank twice have a fault of their own.
    ranks = {"S [SQL]": ["1"] * 9, "S [Git]": ["1", "1", *["2"] * 7]}
    with pytest.raises(CohortError, match="have the same rank 1") as caught:
        mm.columns.grid(table.assign(**ranks), "S [{option}]", kind="rank", name="S")
    assert "So it is with rows 2, 3." in str(caught.value)


def ranked(choices: list[tuple[str | None, str | None]]) -> list[list[str]]:
    rows = [{"id": k, "1st choice": a, "2nd choice": b} for k, (a, b) in enumerate(choices)]
    joined = mm.columns.grid(rows, "{option} choice", kind="answers", name="choice")
    return joined["choice"].tolist()


def test_ranked_answers_that_are_names_with_the_family_first_stay_whole() -> None:
    """ "Basalt, Ann" in three columns of choices became two answers, and nobody's wish counted."""
    choices = [
        ("Basalt, Ann", "Chalk, Ben"), ("Chalk, Ben", "van Dol, Cleo"), ("Flint, Di", None),
        ("van Dol, Cleo", "Basalt, Ann"),
    ]  # fmt: skip
    assert ranked(choices) == [[one for one in pair if one] for pair in choices]


@pytest.mark.parametrize(
    ("choices", "whole"),
    [
        (("Vogt, Carsten", "Alt, Ada"), True),
        (("Vogt, Karsten", "Alt, Ada"), False),
        (("Vogt, Carsten; Alt, Ada", "Dorn, Dan"), True),
        (("Ada Alt, Dan Dorn", "Carsten Vogt"), False),
        (("Lee, Ann", "Alt, Ada"), False),
        (("SQL, Go", "Lua"), False),
    ],
)
def test_one_turned_name_of_somebody_in_the_other_table_stays_whole_in_ranked_answers(
    tmp_path: Path, choices: tuple[str, str], whole: bool
) -> None:
    """Of fewer than three different people "Vogt, Carsten" was two answers, and left out."""
    rows = f'Uma Ulm,"{choices[0]}","{choices[1]}"\n'
    (tmp_path / "a.csv").write_text(f"Name,1st choice,2nd choice\n{rows}Vic Voss,,\n", "utf-8")
    mentors = "Name\nAda Alt\nCarsten Vogt\nDan Dorn\nAnn\nLee\n"
    (tmp_path / "b.csv").write_text(mentors, "utf-8")
    question = {"name": "choice", "pattern": "{option} choice", "kind": "answers"}
    cohort = mm.read_cohort(tmp_path / "a.csv", tmp_path / "b.csv", columns=[question], id="Name")
    parts = [one for cell in choices for one in cell.split("; " if whole else ", ")]
    assert cohort.tags("mentees", "choice")[0] == tuple(parts)


@pytest.mark.parametrize(
    "choices",
    [
        [("SQL, Go", "Lua, C"), ("Go, SQL", "C, Lua"), ("SQL, Go", "Lua, C")],
        [("Python, SQL", "Go, Java"), ("Rust, C", "Lua, Perl"), ("Vue, Css", None)],
        [("Ann Lee, Bob Ray", "Eva Lang, Finn Oak"), ("Cleo Fox, Dan Poe", "Gus Hill, Hal Ives")]
        * 2,
    ],
)
def test_lists_of_two_in_ranked_answers_are_two(
    choices: list[tuple[str | None, str | None]],
) -> None:
    for pair, joined in zip(choices, ranked(choices), strict=True):
        assert joined == [part for cell in pair if cell for part in cell.split(", ")]
