"""Seats in words: what has one meaning is read, everything else is asked."""

from __future__ import annotations

import datetime
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch import CohortError, ProblemError
from mentormatch.cohort.cells.counts import Count, read_count
from mentormatch.cohort.seats import guess_count


def problem(cells: list[object], capacity: object = "seats", **options: object) -> mm.Problem:
    mentees = pd.DataFrame({"x": [1, 2]}, index=["a", "b"])
    mentors = pd.DataFrame({"seats": cells}, index=[f"m{k}" for k in range(len(cells))])
    return mm.Problem(
        mm.Criteria().score(mm.Cohort(mentees, mentors)), capacity=capacity, **options
    )


def seats(cells: list[object], **given: object) -> list[int]:
    return problem(cells, {"column": "seats", **given}).capacities.tolist()


def refused(cells: list[object], **given: object) -> str:
    with pytest.raises(CohortError) as caught:
        seats(cells, **given)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("2", (2, 2)), ("two", (2, 2)), ("up to 2", (2, 2)), ("Max. 3 mentees", (3, 3)),
        ("bis zu drei", (3, 3)), ("jusqu'à 2", (2, 2)), ("hasta dos", (2, 2)), ("fino a 2", (2, 2)),
        ("maksymalnie 3", (3, 3)), ("höchstens zwölf", (12, 12)), ("2 (two)", (2, 2)),
        ("nie więcej niż 2", (2, 2)), ("nicht mehr als 2", (2, 2)), ("pas plus de 2", (2, 2)),
        ("1-2", (1, 2)), ("1 – 2", (1, 2)), ("one or two mentees", (1, 2)), ("1 bis 2", (1, 2)),
        ("3+", (3, None)), ("at least 2", (2, None)), ("more than 2", (3, None)),
    ],
)  # fmt: skip
def test_answers_with_one_meaning_are_read(text, count) -> None:
    assert read_count(text) == Count(*count)


@pytest.mark.parametrize(
    "text",
    [
        "as many as needed", "2 years", "5 hours", "1/2", "2.5", "1,5", "-1", "once", "2 of 3",
        "1²", "2-1", "2027-01-02", "two (3)", "", "a few", "12 mentees in 2020", "yes",
    ],
)  # fmt: skip
def test_answers_without_one_meaning_are_not_read(text) -> None:
    assert read_count(text) is None


@given(st.integers(0, 12), st.integers(0, 40))
def test_a_range_is_read_back_with_both_ends(low, more) -> None:
    count = read_count(f"{low}-{low + more}")
    assert count is not None
    assert count.pick("lower") == low
    assert count.pick("upper") == low + more
    assert count.pick(None) == (low if more == 0 else None)


def test_words_are_read_listed_and_the_rest_is_asked() -> None:
    found = problem(["up to 2", "1", "two"])
    assert found.capacities.tolist() == [2, 1, 2]
    (note,) = found.notes
    assert "capacity, read from answers in words, since 'up to 2' is 2; 'two' is 2" in note
    assert problem([1, 2]).notes == ()


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (None, 'the cell is blank. Fill in a number, or say what blank cells count: capacity={'
               '"column": "seats", "default": 1}'),
        ("1-2", "this may be 1 or 2. Say which end of a range counts: capacity={"
                '"column": "seats", "range": "upper"}'),
        ("3+", 'this is 3 or more. Say how many: capacity={"column": "seats", "read": {"3+": 3'),
        ("as many as needed", 'say what the answer counts, 0 for nobody: capacity={'
                              '"column": "seats", "read": {"as many as needed": "?"}}, '
                              'with a number for each "?".'),
        ("None", 'found \'None\'; this may mean 0 or no answer. Say which: capacity={'
                 '"column": "seats", "read": {"None": 0}}'),
        (datetime.date(2027, 1, 2), "this is a date, which spreadsheets make of a text"),
        (True, "capacity must be a whole number of 0 or more"),
    ],
)  # fmt: skip
def test_what_cannot_be_known_is_asked_with_the_way_to_say_it(cell, said) -> None:
    text = refused(["1", cell])
    assert "mentors, row 3 ('m1'), column 'seats':" in text
    assert said in text


def test_the_words_of_a_column_can_be_said() -> None:
    cells = ["1-2", None, "as many as needed", "None", "-"]
    read = {"AS MANY as needed": 5, "none": 0}
    assert seats(cells, default=1, read=read, range="upper") == [2, 1, 5, 0, 1]
    assert seats(cells, default=1, read=read, range="lower") == [1, 1, 5, 0, 1]
    with pytest.raises(ProblemError, match='range is "upper" or "lower", got \'up\''):
        seats(["1-2"], range="up")
    with pytest.raises(ProblemError, match="default and the values of read are numbers of 0 or"):
        seats(["1"], default=-1)


def test_a_word_that_the_programme_takes_for_no_answer_is_none_in_seats_too() -> None:
    """`missing` said "no answer in every column", and the seats stopped on "vet ej"."""
    mentors = pd.DataFrame({"id": list("abcdef")})
    mentors["seats"] = ["Vet  ej", "2", "none", "n/a", "99", "1"]
    mentees = pd.DataFrame({"id": ["x"]})
    words = {"missing": ["vet ej", "none", "n/a", "99"]}
    compatibility = mm.Criteria().score(mm.Cohort(mentees, mentors, **words))
    given = {"column": "seats", "default": 3, "read": {"none": 0}}
    found = mm.Problem(compatibility, capacity=given)
    # A number stays one, and what read says comes first.
    assert found.capacities.tolist() == [3, 2, 0, 3, 99, 1]
    assert "'Vet  ej' is 3" in " ".join(found.notes)
    with pytest.raises(CohortError) as caught:
        mm.Problem(compatibility, capacity={"column": "seats", "read": {"none": 0, "n/a": 0}})
    said = "found 'Vet  ej'; this is no answer, as missing says. Fill in a number, or say what "
    assert said in str(caught.value)
    # "none" may be 0 seats: missing does not settle that. Without missing "vet ej" is asked.
    with pytest.raises(CohortError, match="found 'none'; this may mean 0 or no answer"):
        mm.Problem(compatibility, capacity={"column": "seats", "default": 3})
    plain = mm.Criteria().score(mm.Cohort(mentees, mentors))
    with pytest.raises(CohortError, match="found 'Vet  ej'; capacity must be a whole number"):
        mm.Problem(plain, capacity=given)


@pytest.mark.parametrize(
    ("answer", "guess"),
    [
        ("inga i år", 0), ("Nej", 0), ("No, sorry", 0), ("aucun cette année", 0),
        ("2 maxi", 2), ("1 (2 om det kniper)", 1),
        *((one, "?") for one in (
            "vet ej", "No idea", "ingen aning", "keine Ahnung", "No limit", "keine Begrenzung",
            "ask me", "1,5 kanske", "Norway",
        )),
    ],
)  # fmt: skip
def test_an_example_is_a_number_only_where_the_answer_says_one(answer: str, guess: object) -> None:
    """Each of them was 1, ready to paste."""
    assert guess_count(answer) == guess


def test_a_number_that_is_still_to_be_written_is_asked_for() -> None:
    expected = (
        'capacity: read says "vet ej" = "?". Write the number that this answer counts in its '
        "place, 0 for nobody."
    )
    with pytest.raises(ProblemError, match=re.escape(expected)):
        seats(["1", "vet ej"], read={"vet ej": "?"})


def test_a_key_that_is_mistyped_is_named() -> None:
    with pytest.raises(ProblemError, match=r"no key 'defualt' beside column.* mean 'default'"):
        seats(["1"], defualt=1)
    with pytest.raises(ProblemError, match="read says what answers count"):
        seats(["1"], read="a")


def test_numbers_by_id_are_still_numbers_by_id() -> None:
    mentees = pd.DataFrame({"x": [1]}, index=["a"])
    mentors = pd.DataFrame({"x": [1, 2]}, index=["column", "m"])
    compatibility = mm.Criteria().score(mm.Cohort(mentees, mentors))
    assert mm.Problem(compatibility, capacity={"column": 2, "m": 1}).capacities.tolist() == [2, 1]


def test_an_example_for_an_open_answer_switches_nobody_off() -> None:
    text = refused(["1", "1 (max 2)", "keine Ahnung"])
    assert '"1 (max 2)": 1' in text
    assert '"keine Ahnung": "?"' in text


def test_all_open_answers_about_seats_are_said_in_one_step() -> None:
    """Each row had a `read` of its own to paste, and a second one is a mistake in the file."""
    cells = ["1 of 2", "0/1", "none", "as many as needed", "2"]
    text = refused(cells)
    entry = '"read": {"1 of 2": 1, "0/1": 0, "none": 0, "as many as needed": "?"}'
    assert text.count(f'capacity={{"column": "seats", {entry}}}') == 1
    assert text.count("see row 2.") == 3
    read = {"1 of 2": 1, "0/1": 0, "none": 0, "as many as needed": 1}
    assert seats(cells, read=read) == [1, 0, 0, 1, 2]


@pytest.mark.parametrize("cell", ["1 of 2", "0/1", "2 von 3", "1 sur 2"])
def test_of_two_numbers_it_is_said_that_taken_or_left_is_not_known(cell: str) -> None:
    unclear = "this may say how many are taken, or how many are left."
    assert unclear in refused([cell])
    assert unclear not in refused(["1 (max 2)"])
    assert seats(["1-1", "2"]) == [1, 2]
