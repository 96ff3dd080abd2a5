"""Choose the column of seats, and say what was seen in it and what could not be read."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.cohort.cells.counts import read_count
from mentormatch.cohort.seats import may_mean_zero, says_of_how_many, write_guesses
from mentormatch.compatibility.ids import format_count
from mentormatch.criteria.words.heading_words import topics_of
from mentormatch.programme.draft.toml import write_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.cohort import Cohort
    from mentormatch.criteria.recognition.kinds_of_columns import Recognised

__all__ = ["describe_seats"]

SHOWN = 5
MOST_SEATS = 50
# Answers that may say a number in a language that is not read: short ones, and few of them.
SHORT, FEW = 30, 8
MOST_ASKED = 3
MAY_SAY_SEATS = frozenset({"one-sided", "unknown", "comment", "yes or no", "constant", "rating"})
# What a heading counts or asks for that is no number of mentees.
OTHER_NUMBERS = frozenset({
    "years", "hours", "before", "level", "group", "contact", "heard", "consent", "role", "times",
    "comment", "rating", "other counts",
})  # fmt: skip


def describe_seats(
    cohort: Cohort, columns: Sequence[Recognised]
) -> tuple[dict[str, object], dict[str, str]]:
    """Return the keys of ``[problem]`` that say how many may meet, and the evidence for them.

    ``columns`` is what every column was taken for.
    """
    candidates = [one for one in columns if one.kind == "seats"]
    open_numbers = [one for one in columns if one.side == "mentors" and one.kind == "number"]
    if not candidates:
        note = "No column says how many mentees a mentor takes, so everybody takes one."
        doubtful = [one.name for one in open_numbers if _may_be_seats(one, cohort)]
        doubtful = doubtful or _only_asked_of_mentors(cohort, columns)
        if doubtful:
            note += (
                f" If it is {' or '.join(map(repr, doubtful))}, write its name: "
                f"capacity = {write_value(doubtful[0])}."
            )
        elif numbers := [
            one.name for one in columns if one.side == "mentees" and _may_be_seats(one, cohort)
        ]:
            note += (
                f" Small whole numbers stand in the table of the mentees ({numbers[0]!r}): if they "
                "are seats, the two tables are the wrong way round."
            )
        return {"capacity": 1}, {"capacity": note}
    best = candidates[0]
    others = [one.name for one in candidates[1:]]
    value, note = _read_seats(cohort, best.name)
    if others:
        note += f" Also possible: {', '.join(map(repr, others))}."
    passed = [f"{one.name!r} ({one.why})" for one in open_numbers]
    if passed:
        note += f" Not taken for seats: {'; '.join(passed[:SHOWN])}."
    return {"capacity": value}, {"capacity": note}


def _only_asked_of_mentors(cohort: Cohort, columns: Sequence[Recognised]) -> list[str]:
    """Columns whose answers may be numbers in a language that is not read, the likeliest first."""
    found: list[tuple[int, str]] = []
    for one in columns:
        if one.side != "mentors" or one.name in cohort.mentees.columns:
            continue
        topics = topics_of(one.name)
        if topics & OTHER_NUMBERS or one.kind not in MAY_SAY_SEATS:
            continue
        answers = [str(cell).strip() for cell in cohort.column("mentors", one.name).dropna()]
        distinct = set(answers)
        counted = sum(read_count(answer) is not None for answer in answers)
        few = len(distinct) <= FEW and max(map(len, distinct), default=0) <= SHORT
        # Where half are numbers, the others may say anything.
        if not answers or not (few or 2 * counted >= len(answers)):
            continue
        unread = sum(read_count(answer) is None for answer in distinct)
        if "seats" in topics:
            found.append((-1, one.name))
        elif re.search(r"\d", "".join(answers)) or 2 * unread < len(distinct):
            found.append((unread, one.name))
        elif not topics and one.name.rstrip().endswith("?") and "".join(answers).islower():
            # A question in a language that is not read, and no names of colours or towns.
            found.append((unread, one.name))
    return [name for _, name in sorted(found)[:MOST_ASKED]]


def _may_be_seats(one: Recognised, cohort: Cohort) -> bool:
    """Whether a column holds small numbers of which nothing says what they count."""
    if one.kind != "number" or not one.why.endswith("not say of what"):
        return False
    counts = [read_count(cell) for cell in cohort.column(one.side, one.name).dropna().tolist()]
    return all(count is not None and count.low <= MOST_SEATS for count in counts)


def _say_read(asked: Sequence[str], *, there: bool) -> str:
    """Write the answers that must be said as one read: a second one is a mistake in the file."""
    entries = write_guesses(asked)
    unsaid = ' Write a number for each "?".' if '"?"' in entries else ""
    if there:
        return f" Write inside the read = {{ … }} that is there: {entries}.{unsaid}"
    return f" Write inside the {{ … }} of capacity: read = {{ {entries} }}.{unsaid}"


def _read_seats(cohort: Cohort, name: str) -> tuple[object, str]:
    """Read every answer; words and blanks are said, and written so that they can be changed."""
    cells = cohort.column("mentors", name)
    emptied = (cohort.emptied or {}).get("mentors", {}).get(name, {})
    # "None" may say that somebody takes nobody; read as no answer it would take the default.
    may_be_none = Counter(word for word in emptied.values() if may_mean_zero(word))
    blank = int(cells.isna().sum()) - sum(may_be_none.values())
    counts: Counter[int] = Counter()
    words: dict[str, int] = {}
    open_answers: Counter[str] = Counter()
    dates: Counter[str] = Counter()
    for cell in cells.dropna().tolist():
        count = read_count(cell)
        number = None if count is None else count.pick(None)
        if isinstance(cell, datetime.date):
            dates[str(cell)[:10]] += 1
            continue
        if number is None:
            open_answers[str(cell)] += 1
            continue
        counts[number] += 1
        if isinstance(cell, str) and not cell.strip().isdigit():
            words[cell] = number
    spread = ", ".join(
        f"1 mentor takes {k}" if n == 1 else f"{n} mentors take {k}"
        for k, n in sorted(counts.items())[:8]
    )
    note = f"Seats are read from {name!r}: {spread}."
    if words:
        read = "; ".join(f'"{word}" as {k}' for word, k in list(words.items())[:SHOWN])
        note += f" Words are read: {read}."
    asked = [word for word, _ in open_answers.most_common()]
    if asked:
        some = "; ".join(f'"{word}"' for word in asked[:SHOWN])
        some += "; …" if len(asked) > SHOWN else ""
        note += (
            f" {sum(open_answers.values())} of {format_count(len(cells), 'answer')} "
            f"{'is no number' if sum(open_answers.values()) == 1 else 'are no numbers'}: {some}. "
            "Say how many each means, 0 where nobody is taken."
        )
        of_two = [word for word in asked if says_of_how_many(word)]
        if of_two:
            note += f' "{of_two[0]}" may say how many are taken, or how many are left.'
    if may_be_none:
        some = "; ".join(f'"{word}"' for word in may_be_none)
        note += f" {some} may mean that somebody takes nobody."
    if asked or may_be_none:
        note += _say_read([*asked, *may_be_none], there=bool(words))
    if dates:
        cells_are = "1 cell holds a date" if dates.total() == 1 else f"{dates.total()} hold dates"
        note += (
            f" {cells_are}, as {next(iter(dates))}, which spreadsheets make of a text such as 1-2: "
            "write the number into the table, and format the column as text."
        )
    if blank:
        cells_are = "1 cell is" if blank == 1 else f"{blank} cells are"
        note += f" {cells_are} blank: there default counts."
    plain = not (blank or words or open_answers or may_be_none or dates)
    if plain and pd.api.types.is_integer_dtype(cells):
        return name, note
    value: dict[str, object] = {"column": name, "default": 1}
    if words:
        value["read"] = words
    return value, note
