"""Which answer of somebody who sent the form twice is the last one, and who is left out by role."""

from __future__ import annotations

import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.cohort.cells.sent import find_latest, find_unfinished, is_sent_column
from mentormatch.cohort.columns.roles import divide_people, role_of


@pytest.mark.parametrize(
    ("cells", "last"),
    [
        (["2027-03-16T10:00:00+01:00", "2027-03-16T09:30:00Z"], [1]),
        (["2026/10/25 2:50:00 AM GMT+2", "2026/10/25 2:10:00 AM GMT+1"], [1]),
        (["2026/10/25 2:50:00 AM GMT+1", "2026/10/25 2:10:00 AM GMT+2"], [0]),
        (["2027-03-16T10:00:00+01:00", "2027-03-16T09:30:00"], []),
        (["2027-03-02 10:00", "2027-03-02 10:00", "2027-03-01 10:00"], [0, 1]),
        (["2027-03-02 10:00", "2027-03-01 10:00", "2027-03-02 10:00"], [0, 2]),
    ],
)
def test_the_last_answer_is_that_of_the_latest_instant_and_of_one_instant_the_last_row(cells, last):
    """How far a clock is from UTC was thrown away; of a tie the oldest of all answers was kept."""
    assert find_latest(cells, range(len(cells)), day_first=False) == last


def test_dates_that_people_are_asked_for_are_no_time_stamps_of_a_form():
    """The later row says when a job began, and the earlier one was kept and the column hidden."""
    assert not is_sent_column("Started", ["2019-09-01", "2018-09-01"])
    assert not is_sent_column("Completed", ["Yes", "No"])
    assert is_sent_column("Completed", ["2027-03-16 09:30", None])
    people = pd.DataFrame(
        {"email": ["a@x.org", "a@x.org"], "Started": ["2019-09-01", "2018-09-01"]}
    )
    mentors = pd.DataFrame({"email": ["m@x.org"]})
    cohort = mm.Cohort(people, mentors, id="email", duplicates="last")
    assert cohort.mentees["Started"].tolist() == ["2018-09-01"]


@pytest.mark.parametrize(
    ("value", "role"),
    [
        ("Mentee (first time)", "mentee"),
        ("Mentor [returning]", "mentor"),
        ("Mentee (not a mentor)", None),
        ("not sure", None),
    ],
)
def test_what_stands_in_brackets_explains_a_role(value, role):
    assert role_of(value) == role


def test_who_is_left_out_by_role_is_named_by_row():
    """Three people stood nowhere: not among mentees, nor among who has nobody."""
    table = pd.DataFrame(
        {"Role": ["Mentee", "Mentor", "not sure", None], "id": list("abcd")}, index=[2, 3, 4, 5]
    )
    role = {"column": "Role", "ignore": ["not sure", ""]}
    *_, readings = divide_people(table, role, "all.csv")
    (left,) = [one for one in readings if one.taken_for == "2 rows left out"]
    assert left.why == "role leaves these values out, in rows 4, 5"


def test_the_role_that_is_offered_keeps_blank_cells_where_they_are():
    """It held "nan" in the place of "", and who pasted it was asked for the "" again."""
    table = pd.DataFrame({"Role": ["Mentee", "Mentor", "Padawan", None]})
    with pytest.raises(mm.CohortError) as caught:
        divide_people(table, {"column": "Role", "ignore": [""]}, "all.csv")
    assert '"ignore": [""], "…": ["Padawan"]}, with mentee' in str(caught.value)
    assert "nan" not in str(caught.value)


def test_previews_are_found_by_number_and_who_began_beside_rows_without_progress():
    table = pd.DataFrame(
        {
            "Response Type": [0, 1, 0, 0],
            "Progress": [100, 40, 50, None],
            "Response ID": ["R_1", "R_2", "R_3", "R_4"],
        }
    )
    found = find_unfinished(table)
    # Each row is told once, by the first column that tells.
    assert [(one.column, one.positions) for one in found] == [
        ("Response Type", [1]),
        ("Progress", [2]),
    ]
    assert found[1].condition == {"is": ["100", ""]}
