"""Errors: what they say survives every way of passing them on."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

import mentormatch as mm
from mentormatch import errors
from mentormatch.errors import Finding, KeyFinding, MentorMatchError


def every_kind(base=MentorMatchError):
    for kind in base.__subclasses__():
        yield kind
        yield from every_kind(kind)


FINDINGS = [
    Finding("people.csv", 7, "level", "nine", "expected a number.", "none"),
    KeyFinding("programme.toml", 3, "match.seed", -1, "expected a whole number, 0 or more."),
]


def example_of(kind):
    found = FINDINGS if issubclass(kind, errors._FindingsError) else "Nobody can be matched."
    return kind(found)


@pytest.mark.parametrize("kind", sorted(set(every_kind()), key=lambda kind: kind.__name__))
@pytest.mark.parametrize(
    "passed_on", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))]
)
def test_an_error_says_the_same_after_it_was_copied_or_pickled(kind, passed_on):
    error = example_of(kind)
    error.add_note("seen in the second worker")
    again = passed_on(error)
    assert type(again) is kind
    assert str(again) == str(error)
    assert again.__notes__ == error.__notes__
    if issubclass(kind, errors._FindingsError):
        assert again.findings == error.findings
        assert again.table.equals(error.table)


def read_nothing(_: int) -> None:
    mm.read_cohort(mentees="nope.csv", mentors="nope2.csv")


def test_a_table_that_another_process_could_not_read_is_named_here():
    """Once it said "124 problems in the tables: 2 / / p / r / o …"."""
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(mm.CohortError, match=r"2 problems in the tables:\n  nope\.csv: there is no"),
    ):
        list(pool.map(read_nothing, [0]))
