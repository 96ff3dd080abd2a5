"""How cells are divided: separators, options that hold commas, lists of programs, no answers."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch import Cohort
from mentormatch.cohort.cells.find_separation import find_separations
from mentormatch.cohort.cells.literals import read_list
from mentormatch.cohort.cells.separation import Separation


def divided(*cells: str) -> list[tuple[str, ...]]:
    """Divide the cells of one column as they ask for."""
    table = pd.DataFrame({"cell": list(cells)}, index=[f"p{k}" for k in range(len(cells))])
    return Cohort(table, pd.DataFrame({"x": [1]}, index=["m"])).tags("mentees", "cell")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["Lua;Go;", "C, or C++;"], [("Lua", "Go"), ("C, or C++",)]),
        (["Testing (unit, integration); Lua"], [("Testing (unit, integration)", "Lua")]),
        (["Testing (unit, integration), Lua"], [("Testing (unit, integration)", "Lua")]),
        (["a|b", "c"], [("a", "b"), ("c",)]),
        (["Lua\nGo", "C"], [("Lua", "Go"), ("C",)]),
        (["Lua; Go", "C, git"], [("Lua", "Go"), ("C", "git")]),
        (["a, 1,000 users", "b, c"], [("a", "1,000 users"), ("b", "c")]),
        (['"C, really",Go', "C"], [("C, really", "Go"), ("C",)]),
        (['say "a, b" twice, c'], [('say "a', 'b" twice', "c")]),
        (["open (a, b", "c"], [("open (a", "b"), ("c",)]),
        (["D, A; Go", "D, A; C", "Go; C"], [("D, A", "Go"), ("D, A", "C"), ("Go", "C")]),
        (["['Python', 'Go']", "[]"], [("Python", "Go"), ()]),
        (['["C, or C++", "Go"]', "[]"], [("C, or C++", "Go"), ()]),
        (["{a,b}", '{"c, d"}'], [("a", "b"), ("c, d",)]),
        (["Lua, incl. LuaJIT, Go", "Go"], [("Lua, incl. LuaJIT", "Go"), ("Go",)]),
        (["Lua, Go, etc.", "C"], [("Lua", "Go, etc."), ("C",)]),
    ],
)  # fmt: skip
def test_a_column_is_divided_as_its_own_cells_ask_for(cells, values) -> None:
    assert divided(*cells) == values


def test_a_separation_that_the_cells_leave_open_is_a_question() -> None:
    table = pd.DataFrame({"id": ["a", "b"], "mixed": ["Lua; Go", "C, git"], "clear": ["x; y", "z"]})
    cohort = Cohort(table, pd.DataFrame({"id": ["m"]}))
    asked = {one.column: one.question for one in cohort.readings if one.subject == "separator"}
    assert asked == {"mixed": True, "clear": False}


def test_options_of_a_form_keep_their_commas_and_free_text_is_one_answer() -> None:
    options = ["Lua, incl. LuaJIT", "Go", "SQL, data"]
    cells = ["go, Lua, incl. LuaJIT", "SQL, data, my own, long answer", "", "Lua, Go"]
    table = pd.DataFrame({"id": list("abcd"), "cell": cells})
    cohort = Cohort(table, pd.DataFrame({"id": ["m"]}), options={"cell": options})
    assert cohort.tags("mentees", "cell") == [
        ("go", "Lua, incl. LuaJIT"),
        ("SQL, data", "my own, long answer"),
        (),
        ("Lua", "Go"),
    ]


def test_an_option_is_not_joined_where_its_part_stands_alone_anywhere() -> None:
    mentees = pd.DataFrame({"wants": ["Lua, and more, Go"]}, index=["a"])
    mentors = pd.DataFrame({"offers": ["Lua"]}, index=["m"])
    assert Cohort(mentees, mentors).tags("mentees", "wants") == [("Lua", "and more", "Go")]
    alone = pd.DataFrame({"offers": ["Go"]}, index=["m"])
    assert Cohort(mentees, alone).tags("mentees", "wants") == [("Lua, and more", "Go")]


def test_people_who_are_chosen_keep_how_their_cells_are_divided() -> None:
    """What the whole table says of its separators does not change when people leave."""
    table = pd.DataFrame({"wants": ["Data, AI;", "Lua; Go;", "C, D;"]}, index=list("abc"))
    cohort = Cohort(table, pd.DataFrame({"x": [1]}, index=["m"]))
    assert cohort.take([0], [0]).tags("mentees", "wants") == [("Data, AI",)]
    assert cohort.without(mentees=["b"]).tags("mentees", "wants") == [("Data, AI",), ("C, D",)]


# --- laws -----------------------------------------------------------------------------------

WORDS = st.sampled_from(["Lua", "Go", "C", "incl. x", "and y", "SQL", "data", "(a", "b)", "Rust"])
CELLS = st.lists(
    st.lists(WORDS, min_size=1, max_size=4).map(", ".join)
    | st.lists(WORDS, min_size=1, max_size=3).map("; ".join),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(CELLS, CELLS)
def test_dividing_loses_nothing_but_separators(one, other) -> None:
    for key, found in find_separations({"one": one, "other": other}).items():
        split = found.separation.split()
        for cell in one if key == "one" else other:
            letters = [letter for letter in "".join(split(cell)) if letter not in " ;,"]
            assert letters == [letter for letter in cell if letter not in " ;,"]


@given(CELLS, CELLS)
def test_joining_options_never_changes_who_has_something_in_common(one, other) -> None:
    columns = {"one": one, "other": other}
    found = find_separations(columns)
    plain = {
        key: Separation(
            entry.separation.separators, keeps_brackets=entry.separation.keeps_brackets
        ).split()
        for key, entry in found.items()
    }
    joined = {key: entry.separation.split() for key, entry in found.items()}

    def values(splits, key, cell) -> set[str]:
        return {value.strip().casefold() for value in splits[key](cell) if value.strip()}

    for a in one:
        for b in other:
            before = values(plain, "one", a) & values(plain, "other", b)
            after = values(joined, "one", a) & values(joined, "other", b)
            assert bool(before) == bool(after)


@given(st.permutations(["Lua, Go", "C; D", "E", "F, incl. G", "x|y"]))
def test_the_order_of_cells_makes_no_difference(cells) -> None:
    found = find_separations({"c": cells})["c"].separation
    assert found == find_separations({"c": sorted(cells)})["c"].separation


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=8), max_size=6))
def test_lists_that_programs_write_are_read_back(values) -> None:
    assert read_list(json.dumps(values)) == tuple(values)
    assert read_list(repr(values)) == tuple(values)


@given(st.text(max_size=30))
def test_reading_a_list_never_fails_and_never_evaluates(text) -> None:
    read_list(f"[{text}]")
    assume("'" not in text and '"' not in text)
    assert read_list(f"[__import__('os'), {text}]") is None


def test_deeply_nested_lists_are_texts() -> None:
    assert read_list("[" * 5000 + "]" * 5000) is None
    assert read_list('[["a"], ["b"]]') is None
    assert read_list("{'a': 1}") is None


# --- no answer ------------------------------------------------------------------------------


def test_two_people_without_an_answer_never_agree_and_the_cells_are_counted() -> None:
    import mentormatch as mm

    table = pd.DataFrame({"name": ["Ada", "None"], "team": ["n/a", "—"]})
    mentors = pd.DataFrame({"name": ["Kim", "Lou"], "team": ["N/A", "x"]})
    cohort = Cohort(table, mentors)
    assert list(cohort.mentee_ids) == ["Ada", "None"]
    score = mm.Criteria(mm.criteria.Same("team", weight=1), missing="zero").score(cohort)
    assert score.dense().tolist() == [[0, 0], [0, 0]]
    said = [one for one in cohort.readings if one.subject == "missing"]
    assert [(one.side, one.taken_for) for one in said] == [
        ("mentees", "no answer in 2 cells"),
        ("mentors", "no answer in 1 cell"),
    ]
    kept = Cohort(table, mentors, missing=["—"])
    assert kept.column("mentees", "team").tolist()[0] == "n/a"
    assert kept.column("mentees", "team").isna().tolist() == [False, True]


def test_headings_that_differ_in_case_or_by_your_are_one() -> None:
    table = pd.DataFrame({"id": ["a"], "Your Topics:": ["x; y"]})
    cohort = Cohort(table, pd.DataFrame({"id": ["m"], "topics": ["y"]}))
    assert cohort.tags("mentees", "topics") == [("x", "y")]
    assert cohort.require({"mentees": ["topics"], "mentors": ["Topics"]}) == []


@pytest.mark.parametrize(
    ("cells", "cell", "values"),
    [
        (["polski, angielski", "polski i angielski"], "polski i angielski", 2),
        (["Lua; Go", "Lua and Go"], "Lua and Go", 2),
        (["Lua, C", "Go", "Lua, Go und C"], "Lua, Go und C", 3),
        (["Lua, Go", "Lua / Go"], "Lua / Go", 2),
        (["Lua, Go", "Lua & Go"], "Lua & Go", 2),
        (["Go, Lua", "Research and development, Go"], "Research and development, Go", 2),
    ],
)
def test_words_that_join_divide_where_both_sides_stand_alone(cells, cell, values) -> None:
    found = find_separations({"c": cells})["c"]
    assert len([one for one in found.separation.split()(cell) if one.strip()]) == values
    assert not found.question


@pytest.mark.parametrize(
    "cells",
    [
        ["Research and development", "Sales"],
        ["TCP/IP", "CI/CD", "Lua"],
        ["Department of Virtue", "Department of Joy", "Department of Love"],
        ["Bisexual or pansexual", "Bisexual", "pansexual"],
    ],
)
def test_other_words_divide_nothing_and_are_no_question(cells) -> None:
    found = find_separations({"c": cells})["c"]
    assert all(list(found.separation.split()(cell)) == [cell] for cell in cells)
    assert not found.question


@pytest.mark.parametrize(
    ("cells", "cell"),
    [
        (["Lua, Go", "Lua and Go", "Lua and a little music"], "Lua and Go"),
        (["Research", "Research and development", "Sales"], "Research and development"),
        (["Design", "Research", "Design and Research"], "Design and Research"),
    ],
)
def test_a_word_that_may_join_is_asked_about_and_divides_nothing(cells, cell) -> None:
    """A team may be called "Design and Research" beside those of both."""
    found = find_separations({"c": cells})["c"]
    assert found.joins == (" and ",)
    assert '"and" may join two values' in found.why
    assert list(found.separation.split()(cell)) == [cell]


@pytest.mark.parametrize(
    ("others", "does", "marks", "tags"),
    [
        ("SQL; VBA", "divides answers as well", '[";", "/"]', ("Excel/VBA", "SQL")),
        ("Excel; VBA", "belongs to answers", '[";"]', ("Excel", "VBA", "SQL")),
    ],
)
def test_a_slash_in_a_list_is_asked_about_with_the_cure_that_holds(
    others: str, does: str, marks: str, tags: tuple[str, ...]
) -> None:
    """ "Excel/VBA" was two values without a word, or the cure that was named was for commas."""
    people = pd.DataFrame({"Name": ["A B", "C D"], "Skills": ["Excel/VBA; SQL", others]})
    cohort = mm.Cohort(people, people.assign(Name=["E F", "G H"]))
    assert cohort.tags("mentees", "Skills")[0] == tags
    (asked,) = {one.change for one in cohort.readings if one.question and one.column == "Skills"}
    cure = f'separators = {{ "Skills" = {marks} }}'
    assert asked == f'that is right unless "/" {does}. Then write {cure}'


def test_names_with_commas_are_one_name_each_wherever_they_stand() -> None:
    """Of "Jones, Max" two names were made, so that whoever had a manager Max had both of them."""
    mentees = pd.DataFrame(
        {
            "Name": ["Smith, Ann", "Doe, Bob"],
            "Email": ["a@x.example", "b@x.example"],
            "Manager": ["Jones, Max", "Ray, Max"],
            "Wishes": ["Roe, Kim, Jones, Max", "Ray, Max; Roe, Kim"],
            "Skills": ["Lua, Go", "Go"],
        }
    )
    mentors = pd.DataFrame(
        {
            "Name": ["Jones, Max", "Roe, Kim", "Ray, Max"],
            "Email": ["m@x.example", "k@x.example", "r@x.example"],
            "Skills": ["Lua", "Go", "Lua, Go"],
        }
    )
    cohort = Cohort(mentees, mentors, id="Email")
    assert cohort.tags("mentors", "Name") == [("Jones, Max",), ("Roe, Kim",), ("Ray, Max",)]
    assert cohort.tags("mentees", "Wishes") == [
        ("Roe, Kim", "Jones, Max"),
        ("Ray, Max", "Roe, Kim"),
    ]
    assert cohort.tags("mentees", "Skills") == [("Lua", "Go"), ("Go",)]
    own_manager = mm.criteria.Different(mentee="Manager", mentor="Name")
    found = mm.Criteria(own_manager).score(cohort).dense()
    assert np.isnan(found).tolist() == [[True, False, False], [False, False, True]]
    quoted = mentees.assign(Manager=['"Jones, Max"', '"Ray, Max"'])
    again = mm.Criteria(own_manager).score(Cohort(quoted, mentors, id="Email")).dense()
    np.testing.assert_array_equal(found, again)


@pytest.mark.parametrize(
    "cells",
    [
        ("Vogt, Carsten", "Ice, Rita"),
        ("Vogt, Carsten; Ice, Rita", "Ice, Rita; Quell, Xaver"),
    ],
)
def test_names_with_the_family_name_first_are_whole_where_the_other_table_has_two_columns(
    cells: tuple[str, str],
) -> None:
    """A wish for "Vogt, Carsten" was for "Vogt" and for "Carsten", who are nobody."""
    mentees = pd.DataFrame({"Email": ["a@x.example", "b@x.example"], "Wishes": cells})
    mentors = pd.DataFrame(
        {"Email": ["m@x.example", "k@x.example"], "First name": ["Carsten", "Rita"],
         "Last name": ["Vogt", "Ice"]}
    )  # fmt: skip
    cohort = Cohort(mentees, mentors, id="Email")
    assert cohort.tags("mentees", "Wishes") == [tuple(cell.split("; ")) for cell in cells]
    wish = mm.criteria.Prefers("Wishes", of=["First name", "Last name"], unknown="ignore", weight=1)
    first, _ = mm.Criteria(wish).score(cohort).dense()
    assert first[0] > 0.5


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("Ann Lee, Bob Ray", ("Ann Lee", "Bob Ray")),
        ("Ann, Bob", ("Ann", "Bob")),
        ("SQL, Python", ("SQL", "Python")),
        # The pieces are one name in either order, unless both are names that people are called by.
        ("Lee, Ann", ("Lee, Ann",)),
        ("Bob, Ray", ("Bob, Ray",)),
        ("Ann, Lee", ("Ann", "Lee")),
        ("Cher, Sting", ("Cher", "Sting")),
    ],
)
def test_what_stands_beside_a_name_with_a_comma_is_joined_only_where_it_is_one_name(
    cell: str, tags: tuple[str, ...]
) -> None:
    """Beside "Vogt, Carsten" a wish for "Ann Lee, Bob Ray" was for one person, who is nobody."""
    mentees = pd.DataFrame({"Name": ["Uma Ulm", "Vic Wolf"], "Wishes": ["Vogt, Carsten", cell]})
    called = ["Carsten Vogt", "Ann Lee", "Bob Ray", "Lee Brown", "Cher", "Sting", "Sting Cher"]
    cohort = Cohort(mentees, pd.DataFrame({"Name": called}))
    assert cohort.tags("mentees", "Wishes") == [("Vogt, Carsten",), tags]


@pytest.mark.parametrize(
    "others",
    [("Python; Go", "C, C++"), ("Python; Go", "Lua; C"), ("Go;", "Lua;C;"), ("Go, C", "C")],
)
def test_a_cell_with_line_breaks_is_divided_also_where_others_hold_other_marks(
    others: tuple[str, ...],
) -> None:
    """It was one skill, "Python Machine Learning SQL", that nobody wants."""
    found = find_separations({"x": [*others, "Python\nMachine Learning\nSQL"]})["x"]
    values = [value.strip() for value in found.separation.split()("Python\nMachine Learning\nSQL")]
    assert values == ["Python", "Machine Learning", "SQL"]
    assert "line breaks" in found.why
    assert "1 different answers" not in found.why


def test_a_name_turned_round_is_one_beside_a_title_or_a_middle_name() -> None:
    """It was cut in two, with two errors for one name."""
    mentors = pd.DataFrame({"Name": ["Dr. Carsten M. Vogt", "Ann Lee", "Bob Ray"]})
    cells = ["Vogt, Carsten", "Lee, Ann", "Ann Lee, Bob Ray"]
    mentees = pd.DataFrame({"Name": ["Al A", "Bo B", "Cy C"], "Wishes": cells})
    cohort = mm.Cohort(mentees, mentors)
    assert cohort.tags("mentees", "Wishes") == [
        ("Vogt, Carsten",), ("Lee, Ann",), ("Ann Lee", "Bob Ray"),
    ]  # fmt: skip
