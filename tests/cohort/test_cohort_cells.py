"""What a cell says: several values, a number, or nothing."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.cohort import Cohort
from mentormatch.cohort.cells.dates import read_moments
from mentormatch.cohort.cells.nothing import NOTHING
from mentormatch.cohort.cells.numbers import read_column
from mentormatch.cohort.columns.tables import find_column, prepare_table
from mentormatch.errors import CohortError


def with_cells(cells, **options) -> Cohort:
    mentees = pd.DataFrame({"cell": pd.Series(cells, dtype=object)})
    return Cohort(mentees, pd.DataFrame({"x": [1]}), **options)


def tags(cell, **options):
    return with_cells([cell], **options).tags("mentees", "cell")[0]


# --- several values in one cell -------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("Lua; C++,C#", ("Lua", "C++", "C#")),
        (" Lua ;; , ;Lua; lua ", ("Lua", "lua")),
        ("", ()),
        (" ; , ", ()),
        (None, ()),
        (np.nan, ()),
        (pd.NA, ()),
        (pd.NaT, ()),
        (3, ("3",)),
        (3.0, ("3",)),
        (2.5, ("2.5",)),
        (["a, b", " c ", "", None, "c"], ("a, b", "c")),
        (("b", "a"), ("b", "a")),
        (np.array(["b", "a"], dtype=object), ("b", "a")),
        ({"b", "a", "c"}, ("a", "b", "c")),
        (datetime.date(2027, 1, 11), ("2027-01-11",)),
        ("line\nbreak", ("line", "break")),
    ],
)
def test_a_cell_is_split_into_its_values(cell, values):
    assert tags(cell) == values


@pytest.mark.parametrize(
    ("separators", "values"),
    [
        ("|", ("a;b", "c,d / e")),
        ([";", "|"], ("a", "b", "c,d / e")),
        (";|", ("a;b|c,d / e",)),
        ([" / "], ("a;b|c,d", "e")),
        (["/", " / ", ";"], ("a", "b|c,d", "e")),
        ("", ("a;b|c,d / e",)),
        ([], ("a;b|c,d / e",)),
    ],
)
def test_a_column_may_have_separators_of_its_own(separators, values):
    assert tags("a;b|c,d / e", separators={" cell ": separators}) == values


def test_separators_are_characters_and_no_patterns():
    assert tags("a.b.c", separators={"cell": "."}) == ("a", "b", "c")
    assert tags("a^b]c\\d", separators={"cell": ["^", "]", "\\"]}) == ("a", "b", "c", "d")


VALUES = st.text(
    st.characters(exclude_characters=";,|()[]{}", exclude_categories=("Cs", "Cc", "Zl", "Zp")),
    max_size=6,
).filter(lambda text: text.strip().casefold() not in NOTHING)


@given(st.lists(VALUES, max_size=8), st.sampled_from([";", ",", " ; ", ", "]))
def test_joined_values_are_split_again(values, joint):
    stripped = [value.strip() for value in values]
    assert tags(joint.join(values)) == tuple(dict.fromkeys(v for v in stripped if v))


def test_the_types_of_pandas_make_no_difference():
    texts = ["a; b", "c", "a; b"]
    expected = [("a", "b"), ("c",), ("a", "b")]
    for dtype in ("object", "string", "category"):
        mentees = pd.DataFrame({"cell": pd.Series(texts, dtype=dtype)})
        assert Cohort(mentees, pd.DataFrame({"x": [1]})).tags("mentees", "cell") == expected


def test_equal_cells_that_are_written_differently_stay_distinct():
    codes, cells = with_cells([1, True, 1.0, None, "1", 1, np.nan]).distinct("mentees", "cell")
    assert codes.tolist() == [0, 1, 2, 3, 4, 0, 3]
    assert [repr(cell) for cell in cells] == ["1", "True", "1.0", "None", "'1'"]
    assert with_cells([1, True]).tags("mentees", "cell") == [("1",), ("True",)]


def test_lists_and_sets_of_the_same_values_are_one_cell():
    cells = [["b", " a "], ("b", "a"), "b; a", {"a"}, np.array(["a"]), {"b": 1}]
    values = with_cells(cells).values("mentees", "cell")
    assert values.codes.tolist() == [0, 0, 0, 1, 1, 2]
    assert list(values.texts) == ["b", "a", "{'b': 1}"]


# --- numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        ([1, 2.5, None], [1, 2.5, np.nan]),
        (["1", " 2.50 ", "", "  ", "-1e3", "+4", ".5"], [1, 2.5, np.nan, np.nan, -1000, 4, 0.5]),
        ([np.int64(3), "007"], [3, 7]),
        ([], []),
    ],
)
def test_numbers_are_read_also_from_text(cells, numbers):
    read = with_cells(cells).numbers("mentees", "cell")
    assert read.dtype == np.float64
    np.testing.assert_array_equal(read, numbers)


def test_every_cell_that_is_no_number_is_named():
    cells = [1, "two", np.inf, "1,5", True, "inf", datetime.date(2027, 1, 1), None, "1_000"]
    with pytest.raises(CohortError) as caught:
        with_cells(cells).numbers("mentees", "cell")
    assert [f.row for f in caught.value.findings] == [3, 4, 5, 6, 7, 8, 10]
    assert str(caught.value.findings[0]) == (
        "mentees, row 3, column 'cell': found 'two'; must be a number, or empty."
    )
    numeric = Cohort(pd.DataFrame({"x": [1.0, np.inf]}), pd.DataFrame({"x": [1]}))
    with pytest.raises(CohortError, match="row 3, column 'x': found inf; must be a number"):
        numeric.numbers("mentees", "x")


# --- texts that are numbers -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1", "2", "-3", "0"], [1, 2, -3, 0]),
        (["1", "", "3"], [1, np.nan, 3]),
        (["0.5", "1.25", "2"], [0.5, 1.25, 2]),
        (["9007199254740993"], [9007199254740993]),
        (["-0.5", "3.0"], [-0.5, 3]),
    ],
)
def test_plain_numbers_are_numbers(cells, numbers):
    column = read_column(cells)
    assert column.dtype.kind in "if"
    np.testing.assert_array_equal(column.to_numpy(), numbers)


@pytest.mark.parametrize(
    "cells",
    [
        ["007", "1"],
        ["1e5"],
        ["1", "x"],
        ["3.9", "3.10"],
        ["2.50", "3.00"],
        ["+1"],
        ["-0"],
        [" 1"],
        ["1,5"],
        ["1.000.000"],
        ["1_000"],
        ["0x10"],
        ["inf", "nan"],
        ["1."],
        [".5"],
        ["\u0661"],
        ["123456789012345678901234"],
        ["9007199254740993", ""],
        ["0.1000000000000000055"],
        ["NA", "1"],
        ["None"],
        ["null"],
        ["TRUE"],
        ["2027-01-11"],
    ],
)
def test_whatever_would_lose_something_stays_text(cells):
    column = read_column(cells)
    assert [None if pd.isna(c) else c for c in column] == [c or None for c in cells]
    assert all(isinstance(c, str) for c in column.dropna())


def test_decimal_commas_are_read_on_request():
    np.testing.assert_array_equal(read_column(["1,5", "2,50", "", "3"], ","), [1.5, 2.5, np.nan, 3])
    assert read_column(["1.5", "2,5"], ",").tolist() == ["1.5", "2,5"]


def test_a_column_without_any_value_is_missing_and_no_number():
    column = read_column(["", " ", ""])
    assert column.isna().all()
    assert column.dtype == object
    assert read_column([]).dtype == object


NUMERIC = st.one_of(
    st.integers(-(10**17), 10**17).map(str),
    st.decimals(-1000, 1000, places=2).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.from_regex(r"[0-9.,eE+-]{1,8}", fullmatch=True),
)


@given(st.lists(NUMERIC, min_size=1, max_size=5))
def test_a_numeric_column_can_be_written_back_as_it_was(cells):
    column = read_column(cells)
    if column.dtype.kind == "i":
        assert [str(c) for c in column] == cells
    elif column.dtype.kind == "f":
        assert all(c in (repr(x), f"{x:.0f}") for c, x in zip(cells, column, strict=True))
    else:
        assert list(column) == cells


@pytest.mark.parametrize(
    "text", ["now", "today", "NaT", "2027-02-30", "31.04.2027", "123456", "99999999"]
)
def test_what_is_no_date_or_another_one_each_time_is_no_date(text):
    """ "now" was read as the moment of reading, so that the same file gave other results."""
    assert read_moments([text]) == ["expected a date, such as 2027-03-16."]


def test_which_number_is_the_day_is_told_by_the_column_or_asked():
    assert read_moments(["13/02/2027", "1/2/2027"]) == [
        pd.Timestamp("2027-02-13"),
        pd.Timestamp("2027-02-01"),
    ]
    assert read_moments(["2/13/2027", "1/2/2027"])[1] == pd.Timestamp("2027-01-02")
    (said,) = read_moments(["1/2/2027"])
    assert said == "which number is the day is not evident. Write 2027-03-16, year first."
    assert read_moments(["2/2/2027", "1.3.2027"]) == [
        pd.Timestamp("2027-02-02"),
        pd.Timestamp("2027-03-01"),
    ]
    # A day that the month does not have is not turned round.
    assert isinstance(read_moments(["13/01/2027", "30/02/2027"])[1], str)
    # Dots have the day first; pandas warned of this one and turned it round to the 16th of March.
    for text in ("3.16.2027", "3.16.2027 12:30", "16.13.27", "13/13/2027"):
        assert read_moments([text]) == ["expected a date, such as 2027-03-16."]


def test_a_heading_is_found_without_case_and_punctuation_and_a_table_is_refused_by_name():
    table = prepare_table([{"Team ": "a", "Your level?": 1}], "mentees")
    assert find_column(table, "team", "mentees") == ("Team", None)
    assert find_column(table, "Level", "mentees")[0] == "Your level?"
    _, finding = find_column(table, "Teem", "mentees")
    assert "there is no such column. The columns are 'Team', 'Your level?'" in str(finding)
    assert "Did you mean 'Team'?" in str(finding)
    with pytest.raises(CohortError, match=r"mentees.*must be a pandas, polars or pyarrow frame"):
        prepare_table(3, "mentees")


def test_exact_numbers_of_a_database_are_numbers_in_criteria_and_capacities() -> None:
    """NUMERIC columns of Postgres are Decimals; a cell was told that Decimal('12') is no number."""
    mentees = pd.DataFrame({"id": [Decimal(7), Decimal(8)], "n": [Decimal("12"), None]})
    mentors = pd.DataFrame(
        {"id": [1, 2], "n": [Fraction(23, 2), "3"], "seats": [Decimal(2), Decimal("1.0")]}
    )
    cohort = mm.Cohort(mentees, mentors)
    assert cohort.mentee_ids.tolist() == [7, 8]
    assert mentees["n"].tolist() == [Decimal("12"), None]
    scored = mm.Criteria(mm.criteria.Near("n", scale=1)).score(cohort)
    assert scored.dense().tolist() == [[0.5, 0.0], [0.5, 0.5]]
    assert mm.Problem(scored, capacity="seats").capacities.tolist() == [2, 1]
    given = mm.Problem.from_scores([[1, 1]], capacity=[Decimal(2), Fraction(6, 2)])
    assert given.capacities.tolist() == [2, 3]


@pytest.mark.parametrize("kind", [list, set, np.array])
def test_a_list_that_changes_later_changes_nothing_in_the_cohort(kind) -> None:
    """Only the table was copied, and not the lists in its cells."""
    skills = kind(["Python"])
    cohort = mm.Cohort(
        pd.DataFrame({"id": ["a"], "w": [skills]}), pd.DataFrame({"id": ["b"], "w": ["COBOL"]})
    )
    if kind is np.array:
        skills[0] = "COBOL!"
    else:
        (skills.add if kind is set else skills.append)("COBOL")
    assert cohort.tags("mentees", "w") == [("Python",)]


def test_bytes_of_a_database_are_refused_with_the_way_to_decode_them() -> None:
    """They were taken for words such as b'go' and scored, unsaid."""
    mentees = pd.DataFrame({"id": ["a", "b"], "skill": [None, b"Go"]})
    mentors = pd.DataFrame({"id": ["x"], "skill": ["Go"]})
    with pytest.raises(CohortError) as caught:
        Cohort(mentees, mentors)
    (finding,) = caught.value.findings
    assert finding.column == "skill"
    assert "table['skill'].str.decode('utf-8')" in finding.expected
    assert Cohort(mentees.assign(skill=mentees["skill"].str.decode("utf-8")), mentors).labelled


@pytest.mark.parametrize(("word", "more"), [("Nil", True), ("none", True), ("n/a", False)])
def test_a_word_that_counts_seats_or_names_somebody_is_not_said_to_be_no_answer_there(
    word: str, more: bool
) -> None:
    """ "Nil" was "no answer", while capacity read it as 0 and a wish as Nil Costa."""
    mentees = pd.DataFrame({"Name": ["Uma Ulm"], "Wants": [word]})
    mentors = pd.DataFrame({"Name": ["Nil Costa"], "Seats": [word]})
    cohort = mm.Cohort(mentees.set_index("Name"), mentors.set_index("Name"))
    said = [one.why for one in cohort.readings if one.subject == "missing"]
    assert ["what read says of it holds" in one for one in said] == [more, more]
