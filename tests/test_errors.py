"""Errors: what they say survives every way of passing them on."""

from __future__ import annotations

import copy
import datetime
import inspect
import pickle
import unicodedata
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import mentormatch as mm
from mentormatch import errors
from mentormatch.errors import Finding, KeyFinding, MentorMatchError, readable

for name in mm.__all__:  # so that every room has made its kinds
    getattr(mm, name)


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
    if "__init__" not in vars(kind):
        return kind(found)
    asked = list(inspect.signature(kind.__init__).parameters.values())[2:]
    more = [one for one in asked if one.default is one.empty and one.kind < 2]
    return kind(found, *((0.0, 1.0) for _ in more))


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


def test_a_value_is_shown_as_it_is_written():
    shown = {
        "found 2027-01-11; ": datetime.date(2027, 1, 11),
        "found [2027-01-11, 1]; ": [datetime.date(2027, 1, 11), 1],
        "found 3; ": np.int64(3),
        "found array([1, 2]); ": np.array([1, 2]),
    }
    for said, value in shown.items():
        assert said in str(Finding("f", 1, None, value, "expected."))


def test_a_table_that_another_process_could_not_read_is_named_here():
    """Once it said "124 problems in the tables: 2 / / p / r / o …"."""
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(mm.CohortError, match=r"2 problems in the tables:\n  nope\.csv: there is no"),
    ):
        # The function itself, so that the other process need not load this file and all its rooms.
        list(pool.map(mm.read_cohort, ["nope.csv"], ["nope2.csv"]))


def test_a_day_is_shown_as_it_stands_in_a_sheet_and_never_as_a_number():
    """A date was "found 46300.0", and later 2026-10-05T00:00:00."""
    for day in (datetime.date(2026, 10, 5), datetime.datetime(2026, 10, 5)):
        assert "found 2026-10-05; " in str(Finding("a.xlsx", 3, "level", day, "a number."))
    noon = datetime.datetime(2026, 10, 5, 12)
    assert "found 2026-10-05T12:00:00; " in str(Finding("a.xlsx", 3, "level", noon, "a number."))


def test_only_what_turns_text_around_or_controls_a_terminal_is_replaced() -> None:
    """A table of characters took ten times as long as a pattern: seconds in a large report."""
    turning = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u2028\u2029"
    for number in (*range(0x3000), *range(0xD700, 0xE100), 0xFFFD, 0x1F600):
        sign = chr(number)
        kind = unicodedata.category(sign)
        hidden = sign in turning or (kind in ("Cc", "Cs") and sign not in "\n\t")
        assert readable(f"a{sign}b") == ("a\ufffdb" if hidden else f"a{sign}b"), hex(number)


def test_cures_are_in_the_language_of_whoever_reads_them() -> None:
    """Python read `default = 1 }`, which is no Python; a programme file has it so."""
    cure = 'say capacity = { column = "Seats", read = { "none" = 0 } }, or duplicates = "last".'
    found = Finding("people.csv", 7, "Seats", "none = 3", cure)
    error = errors.CohortError([found])
    assert "found 'none = 3'" in str(error)
    told = 'say capacity={"column": "Seats", "read": {"none": 0}}, or duplicates="last".'
    assert told in str(error)
    assert "none = 3" in str(error)
    assert error.findings[0].expected == cure
    assert cure in str(errors.ConfigurationError([found]))
    error.in_file = True
    assert cure in str(error)
    assert cure in str(pickle.loads(pickle.dumps(error)))


@pytest.mark.parametrize(
    ("cure", "said"),
    [
        ("read = { a = true }", 'read={"a": True}'),
        ('ladder = ["a = 1", "b = 2"]', 'ladder=["a = 1", "b = 2"]'),
        ('read = { "a }" = 1, b = [{ c = "]" }] }.', 'read={"a }": 1, "b": [{"c": "]"}]}.'),
        ("add default = 1.5 to it, or default = 1.", "add default=1.5 to it, or default=1."),
        ('the table { "Skills" = [";"] }.', 'the table {"Skills": [";"]}.'),
        ("the read = { … } of it, id = …", "the read={…} of it, id=…"),
        ('read = { "…" = 1 }', 'read={"…": 1}'),
        # No value, or no key that a cure names: it is somebody's text.
        ("size = 4 and a = 5", None),
        ("x = { a = true }", None),
        ("dates = [the first, the last]", None),
        ("default = 1st, or read = { a", None),
        ("it says 'default = 1' and \"default = 1\"", None),
    ],
)
def test_only_what_is_surely_a_key_and_its_value_is_written_as_in_python(
    cure: str, said: str | None
) -> None:
    """Prose and quoted answers were rewritten, and `true` stayed in tables."""
    assert errors.word_as_in_python(cure) == (cure if said is None else said)


def test_each_key_of_the_tables_is_known_as_one_that_cures_name() -> None:
    assert set(inspect.signature(mm.read_cohort).parameters) <= errors.OPTIONS
