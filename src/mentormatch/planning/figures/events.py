"""What happened to pairs: a plain table of events, read with everything wrong said at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort import nearest_name
from mentormatch.cohort.cells.dates import read_moments
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.compatibility.ids import format_count
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mentormatch.matching import Matching

__all__ = ["EVENTS", "checked_events"]

EVENTS = (
    "accepted",
    "declined",
    "met",
    "missed",
    "paused",
    "resumed",
    "survey",
    "goals",
    "completed",
    "ended",
)
ENDS = ("ended", "completed", "declined")
MEETINGS = ("met", "missed")
WITH_VALUE = ("survey", "goals")
SIDES = ("mentee", "mentor")
COLUMNS = ("mentee", "mentor", "date", "event", "side", "measure", "value", "reason")


def checked_events(matching: Matching, events: pd.DataFrame) -> pd.DataFrame:
    """Bring a table of events into one form, in order of time.

    A row that stands twice counts once, and so does one meeting of a pair that is entered twice.
    Columns are mentee, mentor, date and event; side (mentee or mentor) and measure for surveys,
    value for surveys and goals, reason; others are ignored. Raises CohortError for all at once:
    columns that are missing; pairs that the matching does not have, dates and events that cannot be
    read, values that are no numbers, two ends of a pair on one date.
    """
    findings = [
        Finding(
            "events",
            1,
            name,
            None,
            "the column is missing. A row has mentee, mentor, date and event.",
            nearest_name(name, events.columns),
        )
        for name in COLUMNS[:4]
        if name not in events.columns
    ]
    if findings:
        raise CohortError(findings)
    table = pd.DataFrame({name: events.get(name) for name in COLUMNS}, index=events.index)
    known = {
        (str(i), str(j)): (i, j)
        for i, j in zip(matching.pairs["mentee"], matching.pairs["mentor"], strict=True)
    }
    dates = read_moments(table["date"].tolist())
    rows = []
    values = pd.to_numeric(table["value"], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    cells = zip(table.to_dict("records"), dates, values, strict=True)
    for number, (row, when, value) in enumerate(cells, start=2):
        wrong, read = _read(row, when, value, known, number)
        findings += wrong
        rows.append(read)
    result = pd.DataFrame(rows, columns=list(COLUMNS))
    findings += _contradicting_ends(result)
    if findings:
        raise CohortError(_once_a_date(findings))
    result["date"] = pd.to_datetime(result["date"])
    result["value"] = pd.to_numeric(result["value"])
    again = result.duplicated() | (
        result["event"].isin(MEETINGS) & result.duplicated(["mentee", "mentor", "date", "event"])
    )
    return result[~again].sort_values("date", kind="stable", ignore_index=True)


def _once_a_date(findings: list[Finding]) -> list[Finding]:
    """Say once what is wrong with dates that are all written in one way, and how to mend them."""
    reasons = Counter(one.expected for one in findings if one.column == "date")
    kept = []
    for one in findings:
        more = reasons.get(one.expected, 0) - 1 if one.column == "date" else 0
        if more > 0:
            rows = format_count(more, "more row")
            cure = (
                f"{one.expected} It is so in {rows}: give the whole column the format yyyy-mm-dd, "
                "or keep the table as .xlsx with cells that are dates."
            )
            kept.append(replace(one, expected=cure))
            reasons[one.expected] = -1
        elif more == 0:
            kept.append(one)
    return kept


def _contradicting_ends(events: pd.DataFrame) -> list[Finding]:
    """Find pairs of which one row says that they completed and another that they ended, on a date.

    The order of rows would decide what became of them.
    """
    ends = events[events["event"].isin(ENDS)]
    first = ends.groupby(["mentee", "mentor", "date"], sort=False)["event"].transform("first")
    found = []
    for k in ends.index[ends["event"] != first]:
        expected = (
            f'another row says "{first[k]}" of the same pair and date. Keep the one that is right.'
        )
        found.append(Finding("events", int(k) + 2, "event", events["event"][k], expected))
    return found


def _read(
    row: dict[Hashable, object],
    when: object,
    value: float,
    known: dict[tuple[str, str], tuple[object, object]],
    number: int,
) -> tuple[list[Finding], tuple[object, ...]]:
    wrong = []

    def add(column: str, value: object, expected: str, near: str | None = None) -> None:
        wrong.append(Finding("events", number, column, value, expected, near))

    pair = known.get((str(row["mentee"]), str(row["mentor"])))
    if pair is None:
        written = f"{row['mentee']} - {row['mentor']}"
        near = nearest_name(written, [f"{i} - {j}" for i, j in known])
        add("mentee", written, "expected a pair of the matching.", near)
    if isinstance(when, str):
        add("date", row["date"], when)
    event = "" if is_missing(row["event"]) else str(row["event"]).strip().lower()
    if event not in EVENTS:
        near = nearest_name(event, EVENTS)
        add("event", row["event"], f"expected one of {', '.join(EVENTS)}.", near)
    if event in WITH_VALUE and np.isnan(value):
        add(
            "value", row["value"], "expected a number: the answer, the level of a goal, or a score."
        )
    side = None if is_missing(row["side"]) else str(row["side"]).strip().lower().removesuffix("s")
    if event == "survey" and side not in SIDES:
        add("side", row["side"], "expected who answered: mentee or mentor.")
    measure = "satisfaction" if is_missing(row["measure"]) else str(row["measure"]).strip()
    reason = None if is_missing(row["reason"]) else str(row["reason"])
    mentee, mentor = pair or (row["mentee"], row["mentor"])
    return wrong, (mentee, mentor, when, event, side, measure, value, reason)
