"""Names: clean ones, and the nearest to one that does not exist."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.cohort import clean_name, nearest_name
from mentormatch.cohort.names import column_letter


@pytest.mark.parametrize(
    ("name", "candidates", "nearest"),
    [
        ("emial", ["name", "email"], "email"),
        ("EMAIL", ["e-mail", "email"], "email"),
        (
            "goals",
            ["Name", "What are your goals?", "Your goals, told at length"],
            "What are your goals?",
        ),
        ("zzz", ["name", "email"], None),
        ("", ["name"], None),
        ("level", [], None),
    ],
)
def test_the_nearest_name(name, candidates, nearest):
    assert nearest_name(name, candidates) == nearest


@given(st.text(min_size=1), st.lists(st.text()))
def test_a_name_that_exists_is_its_own_nearest(name, others):
    found = nearest_name(name, [*others, name])
    if name.strip():
        assert found is not None
        assert found.strip().casefold() == name.strip().casefold()


@given(st.text())
def test_cleaning_a_name_twice_is_cleaning_it_once_and_leaves_one_line(name):
    clean = clean_name(name)
    assert clean_name(clean) == clean
    assert "\n" not in clean
    assert "\r" not in clean


def test_a_byte_order_mark_is_no_part_of_a_name():
    assert clean_name("\ufeff \ufeffid") == "id"


@pytest.mark.parametrize(
    ("position", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_have_the_letters_of_a_spreadsheet(position, letters):
    assert column_letter(position) == letters
