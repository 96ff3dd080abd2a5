"""Cells are read once each: what comes out equals reading every cell of every person."""

from __future__ import annotations

from zoneinfo import available_timezones

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.criteria.availability.zones import is_zone
from mentormatch.criteria.cells.skill_names import reader
from mentormatch.criteria.cells.tokens import incidence, read_sets

TOKENS = ["js", "JavaScript", "javascript:2", "js: 3", "lua:1", " Lua ", "®", "", "c"]
ALIASES = {"js": "JavaScript"}

cells = st.lists(st.sampled_from(TOKENS), max_size=6).map("; ".join) | st.none()


def one_table(column: list[object]) -> mm.Cohort:
    return mm.Cohort(pd.DataFrame({"cell": column}), pd.DataFrame({"cell": ["c"]}))


def by_hand(cell: str | None) -> dict[str, float]:
    """Names in the order in which they first stand, each with its largest amount."""
    read = reader("test", ALIASES, 5, 1.0)
    amounts: dict[str, float] = {}
    for token in (cell or "").split(";"):
        for name, amount, _ in read(token.strip()):
            if name:
                amounts[name] = max(amount, amounts.get(name, 0.0))
    return amounts


@given(st.lists(cells, min_size=1, max_size=8))
@example(["js; c; JavaScript:2; lua:1; js: 3", "®", None, "js; c; JavaScript:2; lua:1; js: 3"])
def test_what_a_person_has_is_what_stands_in_the_cell(column: list[str | None]) -> None:
    expected = [by_hand(cell) for cell in column]
    sets = read_sets(one_table([*column]), "mentees", "cell", reader("test", ALIASES, 5, 1.0))
    found = [sets.of(k) for k in range(len(column))]
    assert found == expected
    assert [list(cell) for cell in found] == [list(cell) for cell in expected]
    assert sets.missing.tolist() == [not cell for cell in expected]
    names = {name for cell in expected for name in cell}
    assert sets.names == names
    assert sets.people_with == {name: sum(name in cell for cell in expected) for name in names}


@given(st.lists(cells, min_size=1, max_size=8), st.integers(1, 3))
def test_of_several_terms_in_one_column_the_largest_counts(
    column: list[str | None], width: int
) -> None:
    sets = read_sets(one_table([*column]), "mentees", "cell", reader("test", ALIASES, 5, 1.0))
    array = incidence(sets, width, lambda name, amount: [(len(name) % width, amount)])
    expected = np.zeros((len(column), width))
    for row, cell in enumerate(column):
        for name, amount in by_hand(cell).items():
            expected[row, len(name) % width] = max(expected[row, len(name) % width], amount)
    assert np.array_equal(array.toarray(), expected)
    assert array.has_canonical_format


def test_the_first_of_two_wrong_values_of_a_cell_is_said_for_each_of_its_people() -> None:
    skills = mm.criteria.SkillCoverage("cell", "cell", levels=5)
    with pytest.raises(mm.CohortError) as caught:
        mm.Criteria(skills).score(one_table(["c:9; lua:7", "c:1", "c:9; lua:7", "lua:7; c:9"]))
    said = [(finding.row, finding.expected.split()[0]) for finding in caught.value.findings]
    assert said == [(2, "'c:9'"), (4, "'c:9'"), (5, "'lua:7'")]


def test_a_zone_is_what_the_database_lists_and_nothing_else() -> None:
    assert all(map(is_zone, available_timezones()))
    others = ("", "Berlin", "europe/berlin", "posix/Europe/Berlin", "posixrules", "zone.tab", "..")
    assert not any(map(is_zone, others))
    assert is_zone("UTC")


@pytest.mark.parametrize("cell", [["n/a"], ("N/A",), {"-"}, np.array(["none"], dtype=object)])
def test_a_list_of_one_word_for_no_answer_is_missing_as_the_word_is(cell) -> None:
    cohort = mm.Cohort(pd.DataFrame({"t": [cell, ["n/a", "b"]]}), pd.DataFrame({"t": [["b"]]}))
    same = mm.Criteria(mm.criteria.Same("t", weight=1)).score(cohort)
    assert same.dense().tolist() == [[0.5], [1.0]]
    assert any("no answer in 1 cell" in str(reading) for reading in cohort.readings)
    assert cohort.emptied["mentees"]["t"][2] in ("n/a", "N/A", "-", "none")


@pytest.mark.parametrize("heading", ["Office", "Standort"])
def test_a_town_with_its_state_or_country_is_one_place(heading: str) -> None:
    """ "Boston, MA" and "Worcester, MA" were both in "MA"."""
    mentees = pd.DataFrame({heading: ["Boston, MA", "Leeds, UK", "Hull, UK; Bonn"]})
    mentors = pd.DataFrame({heading: ["Worcester, MA", "London, UK", "Hull, UK"]})
    cohort = mm.Cohort(mentees, mentors)
    assert cohort.tags("mentees", heading)[2] == ("Hull, UK", "Bonn")
    scores = mm.Criteria(mm.criteria.TagOverlap(heading, weight=1)).score(cohort).dense()
    assert scores.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 0.5]]
    assert any("names of places are kept whole" in one.why for one in cohort.readings)


def test_what_only_looks_like_a_town_with_its_state_is_divided() -> None:
    topics = pd.DataFrame({"Where do you need help?": ["Excel, HR"], "Office": ["London, NY"]})
    cohort = mm.Cohort(topics, pd.DataFrame({"Office": ["NY", "London, NY"]}))
    assert cohort.tags("mentees", "Where do you need help?") == [("Excel", "HR")]
    assert cohort.tags("mentees", "Office") == [("London", "NY")]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Office", "London, Singapore"),
        ("City", "Paris, Luxembourg"),
        ("Office topics", "Excel, IT"),
        ("Site", "Sales, PR, HR"),
        ("Location", "London, Paris"),
    ],
)
def test_lists_below_a_heading_of_places_are_divided(heading: str, cell: str) -> None:
    cohort = mm.Cohort(*(pd.DataFrame({heading: [cell, "Rome"]}) for _ in range(2)))
    assert cohort.tags("mentees", heading)[0] == tuple(cell.split(", "))
