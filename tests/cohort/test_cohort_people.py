"""A cohort knows who is who, says all that is wrong at once, and changes nothing given to it."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.cohort import Cohort, clean_id
from mentormatch.errors import CohortError, Finding

MENTEES = pd.DataFrame(
    {"id": ["ada", "bob", "eve"], "level": [1, 2, 3], "wants": ["Lua; C++", "", "SQL, Lua"]}
)
MENTORS = pd.DataFrame({"id": ["linus", "grace"], "level": [5, 6], "can teach": ["C", "COBOL"]})


def refused(*tables, **options) -> CohortError:
    with pytest.raises(CohortError) as caught:
        Cohort(*tables, **options)
    return caught.value


# --- who is who -----------------------------------------------------------------------------


def test_the_ids_become_the_index_and_are_found_by_their_name():
    cohort = Cohort(MENTEES, MENTORS)
    assert list(cohort.mentee_ids) == ["ada", "bob", "eve"]
    assert list(cohort.mentor_ids) == ["linus", "grace"]
    assert cohort.mentees.index.name == "id"
    assert list(cohort.mentees.columns) == ["level", "wants"]
    assert list(cohort.column("mentors", "id")) == ["linus", "grace"]
    assert cohort.labelled
    assert cohort.shares_ids


@pytest.mark.parametrize(
    ("mentee_column", "mentor_column", "shared"),
    [
        ("id", "id", True),
        ("ID", "Id", True),
        ("mentee_id", "mentor_id", False),
        ("Mentee ID", "mentor id", False),
    ],
)
def test_the_default_id_column_is_found_in_any_spelling(mentee_column, mentor_column, shared):
    cohort = Cohort(
        pd.DataFrame({"x": [1], mentee_column: ["a"]}),
        pd.DataFrame({mentor_column: ["b"], "x": [1]}),
    )
    assert cohort.id == (mentee_column, mentor_column)
    assert cohort.shares_ids is shared


def test_a_column_id_goes_before_mentee_id_and_an_index_with_a_name_before_both():
    mentees = pd.DataFrame({"mentee_id": [7], "id": ["a"]}, index=["z"])
    assert list(Cohort(mentees, MENTORS).mentee_ids) == ["a"]
    named = mentees.rename_axis("who")
    assert list(Cohort(named, MENTORS).mentee_ids) == ["z"]
    cohort = Cohort(named, MENTORS, id="id")
    assert list(cohort.mentee_ids) == ["a"]
    # The index held something of its own, which is not lost.
    assert list(cohort.mentees.columns) == ["who", "mentee_id"]


@pytest.mark.parametrize(
    "name",
    ["email", ("email", "email"), {"mentees": "email", "mentors": "email"}, ["email", "email"]],
)
def test_the_id_column_can_be_named_in_every_form(name):
    table = pd.DataFrame({"email": ["a@x.org"], "id": [1]})
    cohort = Cohort(table, table, id=name)
    assert list(cohort.mentee_ids) == ["a@x.org"]
    assert cohort.id == ("email", "email")


def test_bare_positions_are_no_ids():
    cohort = Cohort(MENTEES.drop(columns="id"), MENTORS.drop(columns="id"))
    assert not cohort.labelled
    assert not cohort.shares_ids
    assert cohort.mentees.index.name is None
    assert list(cohort.mentee_ids) == [0, 1, 2]
    turned = cohort.take([2, 0], [1, 0])
    assert not turned.labelled
    assert list(turned.mentee_ids) == [2, 0]
    assert not turned.take([1, 0], [1, 0]).labelled


def test_labels_stay_labels_even_where_they_count_from_zero():
    mentees = pd.DataFrame({"level": [1, 2]}, index=[1, 0])
    cohort = Cohort(mentees, pd.DataFrame({"level": [3]}, index=["x"]))
    assert cohort.labelled
    turned = cohort.take([1, 0], [0])
    assert list(turned.mentee_ids) == [0, 1]
    assert turned.labelled
    assert not turned.shares_ids
    assert dataclasses.replace(turned).labelled


def test_an_index_with_equal_names_on_both_sides_is_shared_and_other_indices_are_not():
    left = pd.DataFrame({"x": [1, 2]}, index=pd.Index(["a", "b"], name="email"))
    right = pd.DataFrame({"x": [3]}, index=pd.Index(["a"], name="email"))
    assert Cohort(left, right).shares_ids
    assert not Cohort(left.rename_axis(None), right.rename_axis(None)).shares_ids
    assert not Cohort(left, right.rename_axis("address")).shares_ids


def test_an_empty_side_does_not_take_the_names_from_the_other():
    nobody = pd.DataFrame({"level": []})
    cohort = Cohort(MENTEES, nobody)
    assert cohort.labelled
    assert len(cohort.mentors) == 0
    assert cohort.take([], []).labelled


@pytest.mark.parametrize(
    ("given_id", "kept"),
    [
        (" ada ", "ada"),
        ("Ada@Example.ORG", "ada@example.org"),
        ("Ada", "Ada"),
        ("007", "007"),
        ("Jose\u0301", "Jos\u00e9"),
        ("Ada at @ Work", "Ada at @ Work"),
        (7.0, 7),
        (np.float64(7.0), 7),
        (1.5, 1.5),
        (7, 7),
    ],
)
def test_ids_lose_space_and_e_mail_addresses_their_capitals(given_id, kept):
    assert clean_id(given_id) == kept
    assert type(clean_id(given_id)) is type(kept)


@given(st.text())
def test_cleaning_an_id_twice_is_cleaning_it_once(text):
    assert clean_id(clean_id(text)) == clean_id(text)


def test_the_same_person_has_one_id_in_both_tables_however_it_was_typed():
    """A number in one table and a text in the other would never be found equal, and somebody
    could be matched with itself."""
    mentees = pd.DataFrame({"id": [7, 8]})
    mentors = pd.DataFrame({"id": ["7 ", "x9"]})
    cohort = Cohort(mentees, mentors)
    assert list(cohort.mentee_ids) == ["7", "8"]
    assert set(cohort.mentee_ids) & set(cohort.mentor_ids) == {"7"}
    mixed = Cohort(pd.DataFrame({"id": [7.0, "x"]}), mentors)
    assert list(mixed.mentee_ids) == ["7", "x"]


def test_whole_numbers_with_a_point_are_whole_numbers():
    assert list(Cohort(pd.DataFrame({"id": [1.0, 2.0]}), MENTORS).mentee_ids) == ["1", "2"]
    numbered = Cohort(pd.DataFrame({"id": [1.0, 2.0]}), pd.DataFrame({"id": [3]}))
    assert list(numbered.mentee_ids) == [1, 2]
    assert numbered.mentee_ids.dtype == np.int64


# --- what is refused ------------------------------------------------------------------------


def test_everything_that_is_wrong_is_said_at_once_in_text_and_in_a_table():
    mentees = pd.DataFrame(
        [["ada", 1, 2], ["ada", 3, 4], [" ", 5, 6], [None, 7, 8]], columns=["id", "level", " level"]
    )
    mentors = pd.DataFrame({"emial": ["x"]})
    error = refused(mentees, mentors, id=("id", "email"), separators={"levle": "|"})
    assert str(error).splitlines() == [
        "5 problems in the tables:",
        "  mentees, row 3, column 'id': found 'ada'; this id stands in row 2 already. "
        "Give every person an id of their own, or keep the last row that a person sent with "
        'duplicates="last".',
        "  mentees, row 4, column 'id': the id is empty. Give this person an id, or delete the "
        "row.",
        "  mentees, row 5, column 'id': the id is empty. Give this person an id, or delete the "
        "row.",
        "  mentors, row 1, column 'email': there is no such column. Name the one that identifies "
        "a person with id=…; the columns are 'emial'. Did you mean 'emial'?",
        "  mentees and mentors, column 'levle': separators are given for a column that neither "
        "table has.",
    ]
    assert list(error.table.columns) == ["file", "row", "column", "value", "expected", "nearest"]
    assert error.table["row"].tolist() == [3, 4, 5, 1, pd.NA]
    assert error.table["nearest"].tolist()[-2] == "emial"


def test_a_table_without_columns_is_refused():
    assert "the table has no columns. It needs a header row" in str(
        refused(pd.DataFrame(), MENTORS)
    )


def test_a_table_of_nothing_but_ids_is_a_table_of_people():
    cohort = Cohort(pd.DataFrame({"id": ["a", "b"]}), pd.DataFrame(index=["x"]))
    assert cohort.take([1], [0]).mentee_ids.tolist() == ["b"]


def test_what_is_no_table_is_refused_with_the_way_to_read_files():
    error = refused("mentees.csv", MENTORS)
    assert "mentees: found 'str'; must be a table, one row per person" in str(error)
    assert "read_cohort(mentees=…, mentors=…)" in str(error)


@pytest.mark.parametrize("odd", [["a", "b"], ("a", "b"), {"a": 1}])
def test_an_id_that_is_several_things_is_refused(odd):
    mentees = pd.DataFrame({"id": pd.Series(["x", odd], dtype=object)})
    error = refused(mentees, MENTORS)
    assert [f.row for f in error.findings] == [3]
    assert "an id is one text or one number" in str(error)


def test_names_of_several_levels_are_refused():
    levels = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]))
    assert "names of several levels" in str(refused(levels, MENTORS))
    people = pd.DataFrame({"x": [1]}, index=pd.MultiIndex.from_tuples([("a", "b")]))
    assert "the index has several levels" in str(refused(people, MENTORS))
    assert Cohort(people.assign(id="a"), MENTORS).mentee_ids.tolist() == ["a"]


def test_an_index_and_a_column_of_one_name_are_refused():
    both = pd.DataFrame({"who": ["a"]}, index=pd.Index(["b"], name="who"))
    assert "the index and a column have this same name" in str(refused(both, MENTORS))
    assert Cohort(both, MENTORS, id=("who", "id")).mentee_ids.tolist() == ["a"]


@pytest.mark.parametrize("name", [3, ("a",), {"mentee": "a"}, ("a", 3)])
def test_an_id_option_of_another_form_is_refused(name):
    error = refused(MENTEES, MENTORS, id=name)
    assert "id is one text for both tables, a pair (mentees, mentors), or a mapping" in str(error)


def test_a_wrong_word_for_duplicates_is_refused_with_the_right_one():
    error = refused(MENTEES, MENTORS, duplicates="lst")
    assert 'duplicates is "error", or "last"' in str(error)
    assert "Did you mean 'last'?" in str(error)


def test_row_numbers_must_fit_the_people():
    cohort = Cohort(MENTEES, MENTORS)
    with pytest.raises(
        CohortError, match=r"has 2 people but 3 row numbers\. Choose people with take"
    ):
        dataclasses.replace(cohort, mentees=cohort.mentees.iloc[:2])


# --- people who sent the form twice ---------------------------------------------------------


def test_the_last_row_of_a_person_counts_where_it_stands():
    mentees = pd.DataFrame(
        {"id": ["Ada@x.org", "bob", "ada@X.org ", "eve", "bob"], "level": [1, 2, 3, 4, 5]}
    )
    assert len(refused(mentees, MENTORS).findings) == 2
    cohort = Cohort(mentees, MENTORS, duplicates="last")
    assert cohort.mentee_ids.tolist() == ["ada@x.org", "eve", "bob"]
    assert cohort.mentees["level"].tolist() == [3, 4, 5]
    assert cohort.finding("mentees", 0, "level", "x").row == 4
    assert [str(note) for note in cohort.notes] == [
        "mentees, row 2, column 'id': found 'ada@x.org'; the same person sent the form again in "
        "row 4; the last one counts. Earlier answers that differ are not used: 'level'.",
        "mentees, row 3, column 'id': found 'bob'; the same person sent the form again in row 6; "
        "the last one counts. Earlier answers that differ are not used: 'level'.",
    ]


@given(st.lists(st.integers(0, 5), max_size=12))
def test_last_keeps_every_person_once_with_their_last_answer(ids):
    mentees = pd.DataFrame({"id": ids, "order": range(len(ids))})
    cohort = Cohort(mentees, pd.DataFrame({"id": [1]}), duplicates="last")
    last = {person: order for order, person in enumerate(ids)}
    assert cohort.mentees["order"].to_dict() == last
    assert cohort.mentees["order"].is_monotonic_increasing
    assert len(cohort.notes) == len(ids) - len(last)
    rows = [cohort.finding("mentees", k, None, "x").row for k in range(len(cohort.mentees))]
    assert rows == [order + 2 for order in cohort.mentees["order"]]


STAMPS = [
    # An export that is sorted newest first, in the heading of each language.
    ("Timestamp", ["2027-01-05 10:00:00", "2027-01-04 10:00:00"], 1),
    ("Zeitstempel", ["05.01.2027 10:00", "04.01.2027 11:00"], 1),
    ("Horodateur", ["5/1/2027 10:00:00", "31/12/2026 11:00:00"], 1),
    ("Completion time", [pd.Timestamp(2027, 1, 5), pd.Timestamp(2027, 1, 4)], 1),
    ("Timestamp", ["2027/03/04 9:12:33 AM GMT+2", "2027/02/11 9:12:33 AM GMT+2"], 1),
    ("Submitted at (UTC)", ["2027/01/05 9:12:33 PM GMT+2", "2027/01/05 9:12:33 AM GMT+2"], 1),
    ("Marca temporal", ["2027-01-04 10:00:00", "2027-01-05 10:00:00"], 2),
]


@pytest.mark.parametrize(("heading", "stamps", "latest"), STAMPS)
def test_of_two_answers_of_one_person_the_one_that_was_sent_last_counts(heading, stamps, latest):
    """Of an export that was sorted newest first the older answer was kept, and nothing said so."""
    mentees = pd.DataFrame({"id": ["bob", "bob"], heading: stamps, "level": [1, 2]})
    cohort = Cohort(mentees, MENTORS, duplicates="last")
    assert cohort.mentees["level"].tolist() == [latest]
    (note,) = cohort.notes
    assert note.row == (3 if latest == 1 else 2)
    assert note.expected == (
        f"the same person sent the form again in row {latest + 1}; what was sent last counts, by "
        f"{heading!r}. Earlier answers that differ are not used: 'level'."
    )


def test_whom_only_an_earlier_form_named_is_not_lost_without_a_word():
    """Her first form named two people to avoid, her second one; nothing said so."""
    avoid = "Is there anybody you should not be matched with?"
    mentees = pd.DataFrame(
        {
            "id": ["ella", "bob", "ella", "bob"],
            "Timestamp": [f"2027-01-0{k} 10:00" for k in (2, 3, 4, 5)],
            avoid: ["Paul O'Dowd or Bea Trent", None, "Paul O'Dowd", "Cyril"],
            "team": ["Web", "Data", " web", "Data"],
        }
    )
    first, second = Cohort(mentees, MENTORS, duplicates="last").notes
    said = f"by 'Timestamp'. Earlier answers that differ are not used: '{avoid}'."
    assert first.expected.endswith(said)
    # What a later form says more, or writes in other case, loses nothing.
    assert second.expected.endswith("what was sent last counts, by 'Timestamp'.")


@pytest.mark.parametrize(
    ("heading", "stamps"),
    [
        ("Timestamp", ["3/4/2027 10:00", "4/3/2027 10:00"]),  # which number is the day?
        ("Timestamp", ["10:00", "09:00"]),
        ("Timestamp", ["2027-01-04", None]),
    ],
)
def test_time_stamps_that_do_not_tell_are_named_and_the_last_row_counts(heading, stamps):
    mentees = pd.DataFrame({"id": ["bob", "bob"], heading: stamps, "level": [1, 2]})
    cohort = Cohort(mentees, MENTORS, duplicates="last")
    assert cohort.mentees["level"].tolist() == [2]
    cure = " (day or month first? Write 2027-03-16, year first)" if "/" in str(stamps) else ""
    said = f"'Timestamp' does not tell which was sent last{cure}, so the last row counts. "
    assert said in str(cohort.notes[0])


@pytest.mark.parametrize("heading", ["Start date", "End date", "Date of birth", "Year"])
def test_a_date_that_people_are_asked_for_orders_no_answers(heading):
    stamps = ["2027-01-05", "2027-01-04"]
    mentees = pd.DataFrame({"id": ["bob", "bob"], heading: stamps, "level": [1, 2]})
    assert Cohort(mentees, MENTORS, duplicates="last").mentees["level"].tolist() == [2]


# --- columns, findings, variants ------------------------------------------------------------


def test_a_question_with_line_breaks_is_a_name_and_is_found_by_either_spelling():
    asked = " What do you want\r\nto learn? \n(several)\n"
    cohort = Cohort(pd.DataFrame({"id": ["a"], asked: ["x"]}), MENTORS)
    assert cohort.mentees.columns.tolist() == ["What do you want to learn? (several)"]
    assert cohort.column("mentees", asked).tolist() == ["x"]


def test_an_unknown_column_names_the_nearest_one():
    cohort = Cohort(MENTEES, MENTORS)
    with pytest.raises(CohortError) as caught:
        cohort.column("mentors", "can_teech")
    (finding,) = caught.value.findings
    assert finding.nearest == "can teach"
    assert finding.file == "mentors"
    assert "The columns are 'level', 'can teach', 'id'." in finding.expected


def test_require_lists_every_missing_column_of_both_sides():
    cohort = Cohort(MENTEES, MENTORS)
    assert cohort.require({"mentees": ["level", "id"], "mentors": ["can teach"]}) == []
    findings = cohort.require({"mentees": ["levle", "level", "levle"], "mentors": ["goals"]})
    assert [(f.file, f.column, f.nearest) for f in findings] == [
        ("mentees", "levle", "level"),
        ("mentors", "goals", None),
    ]


def test_a_side_is_mentees_or_mentors():
    cohort = Cohort(MENTEES, MENTORS)
    for ask in (
        lambda: cohort.table("mentee"),
        lambda: cohort.column("mentee", "level"),
        lambda: cohort.finding("mentee", 0, None, "x"),
    ):
        with pytest.raises(
            CohortError, match=r'a side is "mentees" or "mentors".*mean \'mentees\''
        ):
            ask()


def test_a_finding_knows_row_and_value():
    cohort = Cohort(MENTEES, MENTORS)
    assert cohort.finding("mentees", 1, "level", "must be above 2.") == Finding(
        "mentees", 3, "level", 2, "must be above 2.", person="bob"
    )
    # Nobody can look up the row of a DataFrame.
    assert str(cohort.finding("mentees", 1, "level", "must be above 2.")) == (
        "mentees, row 3 ('bob'), column 'level': found 2; must be above 2."
    )
    assert cohort.finding("mentors", 0, "id", "x", nearest="y").value == "linus"
    assert cohort.finding("mentors", None, "level", "x").value is None
    assert cohort.finding("mentors", 0, None, "x", value=3).value == 3
    assert cohort.finding("mentors", 0, "no such", "x") == Finding(
        "mentors", 2, "no such", None, "x", person="linus"
    )


@given(st.permutations(range(3)), st.permutations(range(2)))
def test_people_taken_in_any_order_keep_their_rows_and_their_answers(mentees, mentors):
    cohort = Cohort(MENTEES, MENTORS, sources=("a.csv", "b.csv"), separators={"wants": "|"})
    taken = cohort.take(np.array(mentees), np.array(mentors))
    pd.testing.assert_frame_equal(taken.mentees, cohort.mentees.iloc[mentees])
    for position, original in enumerate(mentees):
        assert taken.finding("mentees", position, "level", "x") == cohort.finding(
            "mentees", original, "level", "x"
        )
    assert taken.sources == cohort.sources
    assert taken.separators == cohort.separators
    assert taken.take(slice(0, 1), [True, False]).mentor_ids.tolist() == [taken.mentor_ids[0]]


def test_nobody_is_taken_twice():
    with pytest.raises(CohortError, match="found 'ada'; this person is taken twice"):
        Cohort(MENTEES, MENTORS, duplicates="last").take([0, 0], [0])


@pytest.mark.parametrize("options", [{}, {"id": "id"}, {"separators": {"wants": "|"}}])
def test_a_cohort_made_from_a_cohort_is_the_same(options):
    cohort = Cohort(MENTEES, MENTORS, **options)
    for again in (
        dataclasses.replace(cohort),
        copy.deepcopy(cohort),
        pickle.loads(pickle.dumps(cohort)),
        Cohort(cohort.mentees, cohort.mentors),
    ):
        pd.testing.assert_frame_equal(again.mentees, cohort.mentees)
        pd.testing.assert_frame_equal(again.mentors, cohort.mentors)
        assert again.id == cohort.id
        assert again.labelled == cohort.labelled
    other = dataclasses.replace(cohort, separators={"wants": ";"})
    assert other.tags("mentees", "wants") == [("Lua", "C++"), (), ("SQL, Lua",)]


def test_nothing_that_is_given_is_changed_and_nothing_given_later_changes_a_cohort():
    mentees, mentors = MENTEES.copy(), MENTORS.copy()
    mentees.columns = ["id", " level", "wants"]
    before = mentees.copy()
    cohort = Cohort(mentees, mentors)
    pd.testing.assert_frame_equal(mentees, before)
    mentees.loc[0, "wants"] = "changed"
    assert cohort.mentees["wants"].tolist()[0] == "Lua; C++"
    with pytest.raises(dataclasses.FrozenInstanceError):
        cohort.mentees = mentors
    with pytest.raises(TypeError):
        cohort.separators["wants"] = "|"
    with pytest.raises(ValueError, match="read-only"):
        cohort.rows[0][0] = 9


def test_a_cohort_is_shown_by_sizes_and_columns_and_by_nobodys_answers():
    cohort = Cohort(MENTEES, MENTORS.drop(columns="id"), sources=("a.csv", "mentors"))
    assert repr(cohort) == (
        "Cohort(3 mentees, 2 mentors)\n"
        "  mentees: 3 people from a.csv, id 'id', columns 'level', 'wants'\n"
        "  mentors: 2 people, no ids, columns 'level', 'can teach'"
    )
    page = Cohort(MENTEES.rename(columns={"wants": "<b>"}), MENTORS)._repr_html_()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "ada" not in page
    assert "id the index" in repr(Cohort(MENTEES.set_index("id").rename_axis(None), MENTORS))


@pytest.mark.parametrize(
    "table",
    [
        [{"id": "a", "topics": "Lua"}, {"id": "b\ud800", "topics": "Go"}],
        [{"id": "a", "topics": "Lua\udfff"}, {"id": "b", "topics": "Go"}],
        pd.DataFrame({"topics": ["Lua"]}, index=pd.Index(["a\ud83d"], dtype=object)),
        pd.DataFrame({"id": ["a"], "topics": pd.Series(["\udc80"], dtype=object)}),
    ],
)
def test_half_a_character_is_refused_before_anybody_is_matched(table) -> None:
    """It ended in a traceback, of pandas or only when the lists were written."""
    mentors = pd.DataFrame({"id": ["m"], "topics": ["Lua"]})
    with pytest.raises(CohortError, match=r"\\ud[0-9a-f]{3}.*half of a character"):
        Cohort(table, mentors)
