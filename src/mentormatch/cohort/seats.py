"""Read how many somebody takes from a column of answers: numbers, words, ranges, blanks."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.cohort.cells.counts import RangeEnd, read_count
from mentormatch.cohort.cells.nothing import fold_words
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.cells.small_words import small_words
from mentormatch.cohort.columns.filters import fold_cell
from mentormatch.cohort.names import SIDES, clean_name, hint_nearest
from mentormatch.cohort.readings import Reading, commonest
from mentormatch.errors import CohortError, ProblemError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.cohort.names import Side
    from mentormatch.cohort.people import Cohort
    from mentormatch.errors import Finding

__all__ = [
    "CountColumn",
    "guess_count",
    "may_mean_zero",
    "read_counts",
    "says_of_how_many",
    "write_guesses",
]

KEYS = ("column", "default", "read", "range")
# Words that may mean no seat at all, and may mean no answer.
ZERO_OR_NOTHING = frozenset(small_words("none"))

OF_HOW_MANY = re.compile(r"\d{1,2}\s*(?:/|of|out of|von|sur|de|di|van|z|av|af)\s*\d{1,2}")
# What stands for a number that a person must write.
UNSAID = "?"
NOT_KNOWN = small_words("unknown")
REFUSALS = frozenset(small_words("no"))
# "Keine Begrenzung" is not 0.
NO_LIMIT = re.compile(r"l[ií]m|gren[sz]|gr[äæa]n")
# In sentences: what a person must say of all open answers, once they are known.
CURE = "\0"
NO_ANSWER = fold_words(None) - ZERO_OR_NOTHING


def may_mean_zero(answer: object) -> bool:
    """Tell whether an answer may say that there is no seat, as well as that there is no answer."""
    return fold_cell(answer) in ZERO_OR_NOTHING


def says_of_how_many(answer: object) -> bool:
    """Tell whether an answer is two numbers, as "1 of 2": taken or left is not said.

    Examples
    --------
    >>> [says_of_how_many(text) for text in ("1 of 2", "0/1", "2 von 3", "1 (max 2)", "1-2")]
    [True, True, True, False, False]
    """
    return OF_HOW_MANY.fullmatch(fold_cell(answer)) is not None


def guess_count(answer: object) -> int | str:
    """Guess what an answer counts that leaves it open, as the example that a person corrects.

    The lower end of a range that does not begin at 0, the first number in a text, and 0 for "none
    at the moment". Else ``"?"``, which is refused until a number stands in its place.

    Examples
    --------
    >>> [guess_count(text) for text in ("2-3", "0-1", "1 (max 2)", "none at the moment", "No idea")]
    [2, '?', 1, 0, '?']
    """
    count = read_count(answer)
    if count is not None:
        return count.low or UNSAID
    text = fold_cell(answer)
    if text.startswith(NOT_KNOWN):
        return UNSAID
    first = re.split(r"\W+", text)[0]
    alone = re.split(r"\s*[,.;:!(–—-]", text)[0]
    if alone in REFUSALS or (
        len(first) > 2 and first in ZERO_OR_NOTHING | {"inga"} and not NO_LIMIT.search(text)
    ):
        return 0
    number = re.search(r"(?<![\d.,])\d{1,2}(?![.,]?\d)", text)
    return int(number[0]) if number else UNSAID


@dataclass(frozen=True, slots=True)
class CountColumn:
    """A column of answers to "how many?", and how they are read."""

    column: str
    default: float | None = None  # what a blank cell counts; None: a blank cell is an error
    # What other answers count, such as {"as many as needed": 5}.
    read: Mapping[str, float] | None = None
    # Which end of a range such as 1-2 counts; None: a range is an error.
    range: RangeEnd | None = None

    @classmethod
    def from_mapping(cls, given: object) -> CountColumn | None:
        """Make one from ``{"column": …, "default": …, "read": {…}, "range": …}``.

        None for anything else, such as numbers by id. Raises ProblemError for a key of another
        name.
        """
        if isinstance(given, CountColumn):
            return given
        if not isinstance(given, Mapping) or not isinstance(given.get("column"), str):
            return None
        for key in given:
            if key not in KEYS:
                raise ProblemError(
                    f"There is no key {key!r} beside column; there are default, read and range."
                    f"{hint_nearest(key, KEYS)}"
                )
        return cls(**given)

    def check(self, name: str) -> str:
        """Return what is wrong with the numbers and words; empty when nothing is."""
        read: object = self.read
        if read is not None and not isinstance(read, Mapping):
            return f'{name}: read says what answers count, such as {{ "a few" = 3 }}.'
        if unsaid := [word for word, number in (read or {}).items() if number == UNSAID]:
            return (
                f'{name}: read says {json.dumps(unsaid[0], ensure_ascii=False)} = "{UNSAID}". '
                "Write the number that this answer counts in its place, 0 for nobody."
            )
        numbers = [*(self.read or {}).values(), *([] if self.default is None else [self.default])]
        if not all(_is_amount(number) for number in numbers):
            return f"{name}: default and the values of read are numbers of 0 or more."
        if self.range not in (None, "upper", "lower"):
            return f'{name}: range is "upper" or "lower", got {self.range!r}.'
        return ""


def _is_amount(number: object) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number < 10**12


def read_counts(
    cohort: Cohort, side: Side, given: CountColumn, name: str
) -> tuple[NDArray[np.float64], tuple[Reading, ...]]:
    """Read how many each person takes.

    Numbers count as they are, also fractions; words and ranges where there is one evident reading.
    The answer is the numbers, one per person, and how words were read and blank cells were counted
    (empty where all cells are numbers). ``name`` is what the numbers are for, such as "capacity".
    Raises CohortError where there is no such column, or for blank cells without a default, and
    answers that are open or cannot be read: one finding per person.
    """
    cells = cohort.column(side, given.column).tolist()
    rows = cohort.rows[SIDES.index(side)].tolist()
    emptied = (cohort.emptied or {}).get(side, {}).get(clean_name(given.column), {})
    said = {fold_cell(word): float(number) for word, number in (given.read or {}).items()}
    numbers = np.zeros(len(cells))
    findings: list[Finding] = []
    words: dict[str, float] = {}
    blank = 0
    known: dict[object, float | str] = {}
    asked: dict[str, None] = {}
    # What only the programme takes for no answer is none here, too; "none" may mean 0.
    own = fold_words(cohort.missing) - fold_words(None) - ZERO_OR_NOTHING - said.keys()
    for k, cell in enumerate(cells):
        word = emptied.get(rows[k], "") if is_missing(cell) else cell
        is_own = is_missing(cell) and fold_cell(word) in own and not _is_plain(word)
        written = "" if is_own else word
        key = (type(written), written) if isinstance(written, str | int | float) else (k, None)
        if key not in known:
            known[key] = _read_one(written, given, said, name, asked)
        value = known[key]
        if isinstance(value, str):
            shown = None if word == "" else word
            if is_own:
                value = value.replace("the cell is blank", "this is no answer, as missing says")
            findings.append(cohort.finding(side, k, given.column, value, value=shown))
            continue
        numbers[k] = value
        if isinstance(word, str) and not word.strip():
            blank += 1
        elif isinstance(word, str) and not _is_plain(word):
            words[word.strip()] = value
    if findings:
        # All that is asked is said once, for one ``read`` that holds all of it.
        first = next((one for one in findings if CURE in one.expected), None)
        cures = {id(first): _say_read(asked, given, name)}
        there = "the first of these" if first is None or first.row is None else f"row {first.row}"
        raise CohortError(
            [
                replace(
                    one, expected=one.expected.replace(CURE, cures.get(id(one), f"see {there}"))
                )
                for one in findings
            ]
        )
    return numbers, tuple(_explain(cohort, side, given, numbers, words, blank, name))


def _is_plain(text: str) -> bool:
    return text.strip().replace(".", "", 1).isdecimal()


def _read_one(
    cell: object,
    given: CountColumn,
    said: Mapping[str, float],
    name: str,
    asked: dict[str, None],
) -> float | str:
    """Return the number that one answer counts, or what was expected in its place.

    What a person must say of it is added to ``asked``; `CURE` stands for all of it.
    """

    def ask() -> str:
        asked[str(cell).strip()[:60]] = None
        return CURE

    text = fold_cell(cell)
    if text in said:
        return said[text]
    if text in ZERO_OR_NOTHING:
        return f"this may mean 0 or no answer. Say which: {ask()}."
    if text in NO_ANSWER and given.default is not None:
        return float(given.default)
    if not text or (isinstance(cell, str) and not any(letter.isalnum() for letter in text)):
        if given.default is not None:
            return float(given.default)
        return (
            "the cell is blank. Fill in a number, or say what blank cells count: "
            f"{_say_key('default = 1', given, name)}."
        )
    if isinstance(cell, datetime.date | np.datetime64):
        return (
            "this is a date, which spreadsheets make of a text such as 1-2. Write the number, and "
            "format the column as text."
        )
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell >= 0:
        return float(cell)
    if isinstance(cell, str) and _is_plain(cell):
        return float(cell)
    count = read_count(cell)
    if count is None:
        unclear = "this may say how many are taken, or how many are left. "
        return (
            f"{unclear if says_of_how_many(cell) else ''}{name} must be a whole number of 0 or "
            "more. Correct the cell, or say what the answer counts, 0 for nobody: "
            f"{ask()}."
        )
    number = count.pick(given.range)
    if number is not None:
        return float(number)
    if count.high is None:
        return f"this is {count.low} or more. Say how many: {ask()}."
    end = _say_key('range = "upper"', given, name)
    return (
        f"this may be {count.low} or {count.high}. Say which end of a range counts: {end}, or "
        f'"lower"; '
        f"or {ask()}."
    )


def write_guesses(answers: Iterable[str]) -> str:
    """Write the entries of ``read`` for open answers: where no number is known, one is asked for.

    Examples
    --------
    >>> write_guesses(["1 (max 2)", "ask me"])
    '"1 (max 2)" = 1, "ask me" = "?"'
    """
    return ", ".join(
        f"{json.dumps(answer, ensure_ascii=False)} = {json.dumps(guess_count(answer))}"
        for answer in answers
    )


def _say_read(asked: Iterable[str], given: CountColumn, name: str) -> str:
    """Say what to write so that all open answers are read; ``read`` may stand there once only."""
    entries = write_guesses(asked)
    write = f', with a number for each "{UNSAID}"' if f'"{UNSAID}"' in entries else ""
    if given.read:
        return f"add what is in {{ {entries} }} inside the read = {{ … }} of {name}{write}"
    return _say_key(f"read = {{ {entries} }}", given, name) + write


def _say_key(entry: str, given: CountColumn, name: str) -> str:
    """Say where a key goes, so that nothing is lost that stands there."""
    if given.read or given.default is not None or given.range is not None:
        return f"add {entry} to {name}"
    return f'{name} = {{ column = "{clean_name(given.column)}", {entry} }}'


def _explain(
    cohort: Cohort,
    side: Side,
    given: CountColumn,
    numbers: NDArray[np.float64],
    words: Mapping[str, float],
    blank: int,
    name: str,
) -> list[Reading]:
    """Say how words were read and what blank cells count."""
    parts = [f"{word!r} is {number:g}" for word, number in list(words.items())[:5]]
    if len(words) > 5:
        parts.append(f"and {len(words) - 5} more")
    if blank:
        cells = "cell counts" if blank == 1 else "cells count"
        parts.append(f"{blank:,} blank {cells} {given.default:g}")
    if not parts:
        return []
    return [
        Reading(
            "seats",
            side,
            cohort.sources[SIDES.index(side)],
            clean_name(given.column),
            f"{name}, read from answers in words",
            "; ".join(parts),
            commonest(f"{number:g}" for number in numbers),
            f'{name} = {{ column = "{clean_name(given.column)}", read = {{ "…" = 1 }} }}',
        )
    ]
