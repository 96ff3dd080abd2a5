"""Who is who: running numbers, addresses of others, siblings, people in both tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch import Cohort, CohortError
from mentormatch.cohort import nearest_person
from mentormatch.cohort.identity.duplicates import differing_columns
from mentormatch.cohort.person_columns import answers, find
from mentormatch.cohort.person_columns.answers import compatible_names, fold_person

if TYPE_CHECKING:
    from pathlib import Path

MENTORS = pd.DataFrame({"Email": ["kim@x.example", "lou@x.example"], "Offers": ["Lua", "Go"]})


def identity_of(table: pd.DataFrame, **options: object) -> tuple[list[object], str | None]:
    cohort = Cohort(table, MENTORS, **options)
    return list(cohort.mentee_ids), cohort.id[0]


@pytest.mark.parametrize(
    ("columns", "ids", "name"),
    [
        ({"ID": [1, 2], "Email": ["a@x.example", "b@x.example"]}, "Email", "Email"),
        ({"ID": [1, 2], "Name": ["Ada", "Bob"]}, "Name", "Name"),
        ({"ID": [1700, 4], "Name": ["Ada", "Bob"]}, "ID", "ID"),
        ({"id": ["x1", "x2"], "Email": ["a@x.example", "b@x.example"]}, "id", "id"),
        (
            {"Manager": ["m@x.example"] * 2, "E-mail": ["a@x.example", "b@x.example"]},
            "E-mail",
            None,
        ),
        ({"Parent email": ["p@x.org", "q@x.org"], "Mail": ["a@x.org", "b@x.org"]}, "Mail", None),
        ({"Company name": ["X", "Y"], "Vor- und Nachname": ["Ada", "Bob"]}, None, None),
        ({"Email": ["p@x.org", "p@x.org"], "Name": ["Ada Q", "Bea Q"]}, "Name", "Name"),
        ({"Employee number": ["E7", "E9"], "Topic": ["a", "b"]}, "Employee number", None),
        ({"Name": ["Ann Lee", "Ann Lee"], "Staff ID": ["s1", "s2"]}, "Staff ID", None),
        ({"Response ID": ["r1", "r2"], "Nom complet": ["Ada", "Bob"]}, "Nom complet", None),
    ],
)
def test_the_column_that_tells_people_apart_is_found(columns, ids, name) -> None:
    table = pd.DataFrame(columns)
    found, label = identity_of(table)
    if ids is not None:
        assert found == table[ids].tolist()
        assert label == (name or ids)


def test_first_and_last_names_identify_together_and_can_be_named_together() -> None:
    table = pd.DataFrame({"First name": ["Ada", "Ada"], "Last name": ["Lee", "Moss"]})
    cohort = Cohort(table, MENTORS)
    assert list(cohort.mentee_ids) == ["Ada Lee", "Ada Moss"]
    named = Cohort(table, MENTORS, id={"mentees": cohort.id[0], "mentors": "Email"})
    assert list(named.mentee_ids) == ["Ada Lee", "Ada Moss"]


def test_a_kind_of_identity_that_both_tables_have_goes_first() -> None:
    mentees = pd.DataFrame({"Email": ["a@x.example", "b@x.example"], "Name": ["Ada", "Bob"]})
    mentors = pd.DataFrame({"Full name": ["Ada", "Kim"], "Topic": ["x", "y"]})
    cohort = Cohort(mentees, mentors)
    assert cohort.id == ("Name", "Full name")
    assert cohort.oneself.tolist() == [0, -1]


def test_the_reading_says_why_and_how_to_change_it() -> None:
    table = pd.DataFrame({"ID": [1, 2], "Email": ["p@x.org"] * 2, "Name": ["Ada Q", "Bea Q"]})
    cohort = Cohort(table, MENTORS)
    reading = next(one for one in cohort.readings if one.side == "mentees")
    assert reading.subject == "identity"
    assert reading.column == "Name"
    assert "'Email' does not, for 'p@x.org' stands beside several names" in reading.why
    assert "'ID' only numbers the rows" in reading.why
    assert reading.change == 'id = "ID"'


def test_siblings_with_one_address_are_never_one_person_even_when_the_address_is_the_id() -> None:
    table = pd.DataFrame({"Email": ["p@x.org"] * 2, "Name": ["Ada Q", "Bea Q"]})
    with pytest.raises(CohortError) as caught:
        Cohort(table, MENTORS, id="Email", duplicates="last")
    assert str(caught.value).splitlines()[1] == (
        "  mentees, row 2, column 'Email': found 'p@x.org'; row 3 has the same id, but 'Name' is "
        "'Ada Q' here and 'Bea Q' there. If these are two people, tell them apart with "
        'id="Name"; if it is one, write the same in both rows.'
    )


def test_a_name_that_stands_twice_in_another_case_stands_twice() -> None:
    table = pd.DataFrame({"Name": ["Ann Lee", "ann leé"], "x": ["a", "b"]})
    with pytest.raises(CohortError, match="found 'Ann Lee'; this id stands in row 2 already"):
        Cohort(table, MENTORS)
    assert Cohort(table, MENTORS, duplicates="last").mentees["x"].tolist() == ["b"]


def test_the_form_sent_again_drops_the_first_answer_and_lists_it() -> None:
    table = pd.DataFrame({"ID": [1, 2], "Email": ["a@x.org", "A@x.org"], "Name": ["Ada", "ada"]})
    cohort = Cohort(table, MENTORS, duplicates="last")
    assert list(cohort.mentee_ids) == ["a@x.org"]
    assert [(note.row, note.value) for note in cohort.notes] == [(2, "a@x.org")]


def test_nobody_without_an_address_becomes_nobody() -> None:
    table = pd.DataFrame({"Email": ["n/a", "n/a"], "Name": ["Ada", "Bob"]})
    mentors = pd.DataFrame({"Email": ["n/a", "k@x.org"], "Name": ["Kim", "Lou"]})
    cohort = Cohort(table, mentors)
    assert cohort.id == ("Name", "Name")
    assert cohort.oneself.tolist() == [-1, -1]


# --- the same person on both sides ----------------------------------------------------------


def test_running_numbers_are_not_the_same_person_unless_somebody_says_so() -> None:
    table = pd.DataFrame({"ID": [1, 2], "x": ["a", "b"]})
    found = Cohort(table, table)
    assert not found.shares_ids
    assert found.oneself.tolist() == [-1, -1]
    assert Cohort(table, table, id="ID").oneself.tolist() == [0, 1]


def test_numbers_of_a_table_are_ids_where_the_heading_says_so_however_they_run() -> None:
    """People of a database were known by their names as soon as their numbers had no gaps."""
    for numbers in ([1, 2, 3], [3, 1, 2], [7, 400, 20_000]):
        mentees = pd.DataFrame({"mentee_id": numbers, "name": ["Ada Lee", "Bo Xi", "Cy Ko"]})
        mentors = pd.DataFrame({"mentor_id": [1, 2], "name": ["Dan Poe", "Eve Ray"]})
        cohort = Cohort(mentees, mentors)
        assert cohort.id == ("mentee_id", "mentor_id")
        assert cohort.mentee_ids.tolist() == numbers
        # Each table counts its own people.
        assert cohort.oneself.tolist() == [-1, -1, -1]


def test_a_full_name_in_both_tables_is_one_person_where_each_table_has_ids_of_its_own() -> None:
    mentees = pd.DataFrame(
        {
            "mentee_id": [1, 2, 3, 4],
            "name": ["Ada Lee", "Bo Xi", "Cy", "Eve Ray"],
            "email": ["ada@x.org", None, None, "eve@x.org"],
        }
    )
    mentors = pd.DataFrame(
        {
            "mentor_id": [11, 12, 13, 14],
            "name": ["ada lee", "Bo Xi", "Cy", "Eve Ray"],
            "email": [None, "bo@x.org", None, "ray@y.org"],
        }
    )
    cohort = Cohort(mentees, mentors)
    # A first name may be many people's, and two addresses are two people's.
    assert cohort.oneself.tolist() == [0, 1, -1, -1]
    said = next(str(one) for one in cohort.readings if one.subject == "same person")
    assert "2 people stand in both tables" in said
    assert "since the name is the same" in said


def test_equal_ids_with_other_names_are_two_people_and_it_is_said() -> None:
    mentees = pd.DataFrame({"id": ["u1", "u2"], "name": ["Ada Lee", "Bob Ray"]})
    mentors = pd.DataFrame({"id": ["u1", "u2"], "name": ["Kim Poe", "Bob  ray"]})
    cohort = Cohort(mentees, mentors)
    assert cohort.oneself.tolist() == [-1, 1]
    both, reading = [one for one in cohort.readings if one.subject == "same person"]
    assert both.taken_for.endswith(
        "1 person stands in both tables and is never matched with itself: u2"
    )
    assert list(reading.values) == ["u1"]
    dense = mm.Criteria().score(cohort).dense()
    assert np.isnan(dense).tolist() == [[False, False], [False, True]]


def test_one_address_is_one_person_whatever_the_ids_are() -> None:
    mentees = pd.DataFrame({"mentee_id": ["a1", "a2"], "Email": ["ann@x.org", "bo@x.org"]})
    mentors = pd.DataFrame({"mentor_id": ["b7", "b8"], "E-Mail": ["bo@x.org", "cy@x.org"]})
    cohort = Cohort(mentees, mentors)
    assert list(cohort.mentee_ids) == ["a1", "a2"]
    assert cohort.oneself.tolist() == [-1, 0]
    assert cohort.take([1, 0], [1, 0]).oneself.tolist() == [1, -1]
    assert mm.Criteria().score(cohort).why_ineligible("a2", "b7") == (
        "not oneself: both have the same 'e-mail address'"
    )


def test_a_name_in_another_case_is_the_same_person() -> None:
    mentees = pd.DataFrame({"Name": ["Zoë Ode", "Bo Ray"]})
    mentors = pd.DataFrame({"Your name": ["zoe ode", "Cy Lee"]})
    assert Cohort(mentees, mentors).oneself.tolist() == [0, -1]


def test_columns_that_name_people_of_a_table_are_references_and_no_identity() -> None:
    mentees = pd.DataFrame(
        {
            "Email": ["a@x.org", "b@x.org"],
            "Line manager": ["kim@x.example", "zed@x.org"],
            "Wish": ["Lou@x.example", None],
            "Topic": ["Lua", "Go"],
        }
    )
    cohort = Cohort(mentees, MENTORS)
    said = {one.column: one.taken_for for one in cohort.readings if one.subject == "reference"}
    assert said == {"Line manager": "names mentors", "Wish": "names mentors"}
    assert cohort.id[0] == "Email"


def test_headings_that_are_taken_for_one_are_said() -> None:
    mentees = pd.DataFrame({"id": ["a"], "Your Team": ["x"]})
    cohort = Cohort(mentees, pd.DataFrame({"id": ["m"], "team": ["x"]}))
    (reading,) = [one for one in cohort.readings if one.subject == "headings"]
    assert reading.taken_for == "the same heading as 'Your Team'"


# --- choosing people ------------------------------------------------------------------------


def test_a_named_index_stays_when_people_are_dropped() -> None:
    table = pd.DataFrame({"ID": [1, 2, 3], "Email": [f"{k}@x.org" for k in "abc"]})
    cohort = Cohort(table, MENTORS)
    again = Cohort(cohort.mentees.drop("b@x.org"), cohort.mentors)
    assert list(again.mentee_ids) == ["a@x.org", "c@x.org"]
    assert again.id == cohort.id


def test_people_are_left_out_and_kept_by_id() -> None:
    table = pd.DataFrame({"id": ["ada", "bob", "cy"], "x": [1, 2, 3]})
    cohort = Cohort(table, MENTORS)
    assert list(cohort.without(mentees=["bob"]).mentee_ids) == ["ada", "cy"]
    assert list(cohort.only(mentees=["cy", "ada"]).mentee_ids) == ["ada", "cy"]
    assert list(cohort.only(mentees=["cy"]).mentor_ids) == list(cohort.mentor_ids)
    assert list(cohort.without(mentors=["KIM@x.example"]).mentor_ids) == ["lou@x.example"]
    with pytest.raises(CohortError) as caught:
        cohort.without(mentees=["boob", "zed"])
    assert [finding.nearest for finding in caught.value.findings] == ["bob", None]
    assert "nobody among the mentees has this id" in str(caught.value)


@pytest.mark.parametrize(
    ("person", "ids", "near"),
    [
        ("zoe@work.example", ["ann@work.example", "bob@work.example"], None),
        ("anna@work.example", ["ana@work.example", "hannah@work.example"], "ana@work.example"),
        ("mentor-12", ["mentor-13", "mentor-21"], None),
        ("mentor-7", ["mentor-007", "mentor-8"], "mentor-007"),
        ("Linus", ["linus", "linux"], "linus"),
        (7, [8, 9], None),
    ],
)
def test_a_hint_names_whoever_is_near_by_what_tells_people_apart(person, ids, near) -> None:
    assert nearest_person(person, ids) == near


# --- laws -----------------------------------------------------------------------------------

NAMES = st.sampled_from(["Ada Lee", "ada lee", "Bea Ray", "Cy", "Cy Moss", "Dee", "", "Zoë Ode"])
MAILS = st.sampled_from(["a@x.org", "b@x.org", "A@X.org", "c@y.org", ""])


@settings(max_examples=30)
@given(st.lists(st.tuples(MAILS, NAMES), min_size=1, max_size=7))
def test_rows_of_different_names_are_never_merged(rows) -> None:
    """Whoever is in the table is in the cohort, or was said to be another row of the same name."""
    table = pd.DataFrame(rows, columns=["Email", "Name"]).replace("", None)
    try:
        cohort = Cohort(table, MENTORS, duplicates="last")
    except CohortError:
        return
    if not cohort.labelled:
        return
    kept = cohort.rows[0].tolist()
    # A note without a row says whose name or address several people have.
    left_out = [note for note in cohort.notes if note.row is not None]
    dropped = [note.row for note in left_out]
    assert sorted([*kept, *dropped]) == list(range(2, len(rows) + 2))
    for note in left_out:
        name = fold_person(rows[note.row - 2][1])
        stays = [fold_person(rows[row - 2][1]) for row in kept if row > note.row]
        assert any(compatible_names(name, other) for other in stays)


@given(st.lists(st.sampled_from("abcdef"), unique=True, min_size=2, max_size=6), st.randoms())
def test_the_order_of_rows_changes_neither_identity_nor_who_is_oneself(names, random) -> None:
    table = pd.DataFrame(
        {"id": range(len(names)), "Email": [f"{name}@x.org" for name in names], "Name": names}
    )
    order = list(range(len(names)))
    random.shuffle(order)
    mentors = table.iloc[: max(1, len(names) // 2)]
    one = Cohort(table, mentors.reset_index(drop=True))
    other = Cohort(table.iloc[order].reset_index(drop=True), mentors.reset_index(drop=True))
    assert one.id == other.id
    who = dict(zip(one.mentee_ids, one.oneself.tolist(), strict=True))
    assert dict(zip(other.mentee_ids, other.oneself.tolist(), strict=True)) == who


# --- frames of any kind ---------------------------------------------------------------------


def test_any_eager_frame_and_lists_of_dicts_make_the_same_cohort() -> None:
    pl, pa = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    rows = [{"id": "ada", "n": 1, "tags": "Lua; Go"}, {"id": "bob", "n": 2, "tags": None}]
    frame = pd.DataFrame(rows)
    expected = Cohort(frame, MENTORS).mentees
    for table in (pl.DataFrame(rows), pa.Table.from_pylist(rows), rows):
        cohort = Cohort(table, MENTORS)
        assert list(cohort.mentee_ids) == list(expected.index)
        assert cohort.tags("mentees", "tags") == [("Lua", "Go"), ()]
        assert cohort.mentees["n"].tolist() == [1, 2]
    lists = pl.DataFrame({"id": ["ada"], "tags": [["Lua, really", "Go"]]})
    assert Cohort(lists, MENTORS).tags("mentees", "tags") == [("Lua, really", "Go")]
    with pytest.raises(CohortError, match="must be a table, one row per person"):
        Cohort(pl.DataFrame(rows).lazy(), MENTORS)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"separators": {"x": 3}}, 'separators are texts by column: {"Skills": [";"]}'),
        ({"options": ["a"]}, "options are texts by column"),
        ({"missing": [3]}, 'missing is a list of texts: ["n/a", "-"]'),
    ],
)
def test_options_of_another_form_are_refused(options, said) -> None:
    with pytest.raises(CohortError) as caught:
        Cohort(pd.DataFrame({"id": ["a"], "x": ["n/a"]}), MENTORS, **options)
    assert said in str(caught.value)


def test_choosing_by_the_text_of_a_number_says_that_the_types_differ():
    cohort = mm.Cohort(pd.DataFrame({"id": [1, 2]}), pd.DataFrame({"id": [8, 9]}))
    with pytest.raises(CohortError, match=r"There is 1 \(int\), and '1' is of the type str"):
        cohort.only(mentees=["1"])


def test_people_who_stand_twice_under_a_heading_that_stands_twice_are_compared_by_column():
    """Once this ended as "a fault of mentormatch": a name that two columns have gives a table."""
    table = pd.DataFrame([["a", "x", "p"], ["a", "y", "p"]], columns=["Topic", "Topic", "Team"])
    assert differing_columns(table, pd.Index(["Ada", "Ada"])) == ["Topic"]


def test_numbers_that_become_texts_beside_ids_of_text_are_said() -> None:
    mentees = pd.DataFrame({"id": [101, 102], "x": [1, 2]})
    mentors = pd.DataFrame({"id": ["901", "new-7"], "x": [1, 2]})
    (said,) = [
        str(one)
        for one in mm.Cohort(mentees, mentors, id="id").readings
        if "numbers written as text" in str(one)
    ]
    assert "101 is '101'" in said
    assert not any("numbers written" in str(one) for one in mm.Cohort(mentees, mentees).readings)


def test_an_id_column_goes_before_an_index_of_texts_without_a_name() -> None:
    table = pd.DataFrame({"x": [1, 2]}, index=["p", "q"])
    assert mm.Cohort(table, table).mentee_ids.tolist() == ["p", "q"]
    for name in ("id", "user_id", "Person ID"):
        named = table.assign(**{name: ["a", "b"]})
        cohort = mm.Cohort(named, named)
        assert (cohort.mentee_ids.tolist(), cohort.id) == (["a", "b"], (name, name))
    by_index = named.rename_axis("nick")
    assert mm.Cohort(by_index, by_index).mentee_ids.tolist() == ["p", "q"]


@pytest.mark.parametrize("accounts", [["u1", None, "u3"], ["u1", "u1", "u3"]])
def test_an_account_that_some_lack_or_share_is_no_id(accounts: list[str | None]) -> None:
    emails = ["a@x.org", "b@x.org", "c@x.org"]
    table = pd.DataFrame({"user_id": accounts, "email": emails})
    assert mm.Cohort(table, table).id == ("email", "email")
    table["user_id"] = ["u1", "u2", "u3"]
    assert mm.Cohort(table, table).id == ("user_id", "user_id")


def test_ids_of_a_database_are_their_texts(tmp_path: Path) -> None:
    """A matching of people with UUID ids could be made, and not be saved."""
    ids = [UUID(int=k) for k in (1, 2)]
    mentees = pd.DataFrame({"id": ids, "x": [1, 2]})
    mentors = pd.DataFrame({"id": [str(ids[0]), str(UUID(int=9))], "x": [1, 2]})
    cohort = mm.Cohort(mentees, mentors)
    assert cohort.mentee_ids.tolist() == [str(one) for one in ids]
    assert cohort.oneself.tolist() == [0, -1]
    matching = mm.match(mm.Problem(mm.Criteria(mm.criteria.Near("x", scale=2)).score(cohort)))
    matching.save(tmp_path / "record.json")
    assert mm.load_matching(tmp_path / "record.json").pairs["mentee"].tolist()[0] in map(str, ids)


@given(
    st.lists(
        st.sampled_from(["ada@example.org", "Ada", "", "  ", "me@home", None, 3, 2.5, math.nan]),
        max_size=30,
    ),
    st.integers(0, 600),
)
def test_the_first_cells_of_a_column_never_hide_that_it_holds_addresses(
    cells: list[object], more: int
) -> None:
    for rest in ("ada@example.org", "Ada", None):
        column = pd.Series([*cells, *[rest] * more], dtype=object)
        assert answers.is_email_column(column) == answers._are_emails(answers.first_texts(column))


def test_the_texts_of_few_columns_of_a_wide_table_are_looked_through(monkeypatch) -> None:
    """Of 10,000 columns all first cells were read, 6 to 12 times: 3 seconds each."""
    table = pd.DataFrame({f"question {k}": ["yes", "no"] * 50 for k in range(300)})
    table.insert(0, "name", [f"Ana{k} Bo" for k in range(100)])
    table["e-mail"] = [f"a{k}@example.org" for k in range(100)]
    read = []
    through = answers.first_texts
    for room in (answers, find):
        monkeypatch.setattr(room, "first_texts", lambda one: read.append(one.name) or through(one))
    found = find.find_person_columns(table, "mentees")
    assert (found.email, found.names) == ("e-mail", ("name",))
    assert set(read) == {"name", "e-mail"}


def test_whoever_has_one_of_two_names_alone_is_said_to_be_known_by_it() -> None:
    """Finn Rau, whose first name was left blank, was "Rau", and nothing said so.

    Where the cell held a blank, or a few did, everybody was known by the last name.
    """
    mentees = pd.DataFrame(
        {
            "Nom": ["Voss", "Rau", "Lind Berg", "Orr", "Bo Dean"],
            "Prénom": ["Ella", None, "Gus", " ", None],
            "wants": list("abcde"),
        }
    )
    mentors = pd.DataFrame({"Nom": ["Bell", None], "Prénom": ["Bob", "Zoe"], "offers": ["a", "b"]})
    cohort = mm.Cohort(mentees, mentors)
    assert [str(note) for note in cohort.notes] == [
        "mentees, column 'Prénom': 2 people have nothing in this column, and one word beside it "
        "(rows 3, 5): they are known by that word alone, and whoever names them in full is not "
        "understood. Fill in the cell.",
        "mentors, column 'Nom': 1 person has nothing in this column, and one word beside it (row "
        "3): they are known by that word alone, and whoever names them in full is not understood. "
        "Fill in the cell.",
    ]
    # A whole name in one of the columns, as of Bo Dean, is a whole name.
    assert cohort.mentees.index.tolist() == ["Ella Voss", "Rau", "Gus Lind Berg", "Orr", "Bo Dean"]


def test_ids_whose_zeros_a_spreadsheet_has_dropped_are_those_of_the_other_table():
    """Sara was matched with herself: 745 and "0000745" were two people."""
    mentees = pd.DataFrame({"Matricola": [745, 12], "Nome": ["Sara Conti", "Leo Riva"]})
    mentors = pd.DataFrame(
        {"Matricola": ["0000745", "0000987"], "Nome": ["Sara Conti", "Eva Neri"]}
    )
    cohort = mm.Cohort(mentees, mentors, id="Matricola")
    assert cohort.mentee_ids.tolist() == ["0000745", "0000012"]
    assert cohort.oneself.tolist() == [0, -1]
    told = [str(one) for one in cohort.readings if "numbers written as text" in str(one)]
    assert len(told) == 1
    assert "with the zeros that the other table has: 745 is '0000745'" in told[0]


@pytest.mark.parametrize(
    ("numbers", "others", "ids"),
    [
        ([7, 812], ["007", "0812"], ["007", "0812"]),
        # 7 is there as it is written, beside another person.
        ([7], ["07", "7"], ["7"]),
        ([7], ["A7", "B12"], ["7"]),
        ([7], ["12", "13"], ["7"]),
        ([7], ["07", "A7"], ["07"]),
    ],
)
def test_zeros_are_put_back_only_where_the_other_table_has_them(numbers, others, ids):
    cohort = mm.Cohort(
        pd.DataFrame({"id": numbers}), pd.DataFrame({"id": pd.Series(others, dtype=object)})
    )
    assert cohort.mentee_ids.tolist() == ids


def test_a_name_that_everybody_has_is_nobodys():
    """Microsoft Forms writes "anonymous" into "Name", and letters began "Dear anonymous"."""
    whole = ["Anna Müller", "Dirk Krause", "Eva Lang"]
    table = pd.DataFrame({"Name": ["anonymous"] * 3, "Vorname Nachname": whole})
    assert find.find_person_columns(table, "mentees").names == ("Vorname Nachname",)
    two = pd.DataFrame({"Name": ["Anna Müller"] * 2})
    assert find.find_person_columns(two, "mentees").names == ("Name",)


@pytest.mark.parametrize(
    ("names", "emails", "said"),
    [
        (["Ada Lee", "test test"], ["a@x.org", "t@x.org"], "row 3: 'test test'"),
        (["Ada Lee", "Bo Ray"], ["a@x.org", "test@x.org"], "row 3: 'test@x.org'"),
        (["Ada Lee", "TEST - please ignore"], ["a@x.org", "b@x.org"], "row 3: 'TEST - please"),
        (["Ada Lee", "TEST - proszę ignorować"], ["a@x.org", "b@x.org"], "row 3: 'TEST - prosz"),
        (["Ada Lee", "[Test] Ana"], ["a@x.org", "b@x.org"], "row 3: '[Test] Ana'"),
        (["Ada Lee", "TEST bitte löschen"], ["a@x.org", "b@x.org"], "row 3: 'TEST bitte"),
        (["Ada Lee", "テスト"], ["a@x.org", "b@x.org"], "row 3: 'テスト'"),
        (["Ada Lee", "Test"], ["a@x.org", "b@x.org"], "row 3: 'Test'"),
        (["Tess Test", "Test-Rey Ana", "TEST ANA"], ["a@x.org", "b@x.org", "c@x.org"], None),
        (["Ada Ignore", "Mentor Person"], ["a@x.org", "b@x.org"], None),
        (["Ada Test", "Tess Tester-Lee"], ["a@x.org", "contest@x.org"], None),
    ],
)
def test_rows_that_try_the_form_are_named(names, emails, said):
    """ "test test" took a seat, and was to get a letter."""
    cohort = mm.Cohort(
        pd.DataFrame({"Name": names, "E-Mail": emails}), pd.DataFrame({"Name": ["Eva Neri"]})
    )
    told = [one.expected for one in cohort.notes if "trial of the form" in one.expected]
    assert len(told) == (said is not None)
    assert said is None or said in told[0]


@pytest.mark.parametrize("name", ["Nowak, Łukasz", "Lukasz Nowak"])
def test_a_full_name_in_both_tables_with_two_addresses_is_asked_about(name):
    """Somebody was matched with himself and no word was said."""
    mentees = pd.DataFrame({"E-mail": ["l@x.org", "b@x.org"], "Name": ["Nowak, Łukasz", "Bo Ray"]})
    mentors = pd.DataFrame({"E-mail": ["l2@x.org", "b@x.org"], "Name": [name, "Bo Ray"]})
    said = [one for one in Cohort(mentees, mentors, id="E-mail").readings if one.question]
    (asked,) = [str(one) for one in said if one.subject == "same person"]
    assert "1 full name stands in both tables and is taken for two people" in asked
    assert "may be matched: l@x.org" in asked


def test_a_number_that_a_spreadsheet_has_rounded_is_said_where_people_are_known_by_it() -> None:
    """ "4.91E+11" was an id like any other, and of two people the later one counted."""
    mentees = pd.DataFrame({"Phone": ["4.91E+11", "4,92E+11"], "Other phone": ["4.9E+11", None]})
    mentors = pd.DataFrame({"Phone": ["491511234567", "492511234567"]})
    (note,) = Cohort(mentees, mentors, id="Phone").notes
    assert (note.file, note.column) == ("mentees", "Phone")
    assert "rounded a long number, such as of a phone, and its digits are lost" in note.expected
    assert note.expected.endswith("format it as text (rows 2, 3).")
    for duplicates in ("error", "last"):
        for rounded in ("4.91E+11", "4.16E+09", "4,2E+08", "4E+10"):
            with pytest.raises(CohortError, match=r"row [23] has the same; a spreadsheet has rou"):
                Cohort(mentees.assign(Phone=rounded), mentors, id="Phone", duplicates=duplicates)
    # Codes of people are no rounded numbers.
    codes = pd.DataFrame({"Code": ["4e10", "7e21", "1E8", "3E+7", "0E+11"], "Phone": [*"abcde"]})
    assert not Cohort(codes, mentors, id={"mentees": "Code", "mentors": "Phone"}).notes
