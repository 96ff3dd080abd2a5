"""The state of each pair, by rules that stand in the programme file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.errors import ProblemError

if TYPE_CHECKING:
    from mentormatch.matching import Matching

__all__ = ["STATES", "StatusRules", "pair_states"]

STATES = (
    "proposed",
    "accepted",
    "active",
    "at risk",
    "paused",
    "completed",
    "ended early",
    "declined",
)
READ = ("event", "date", "reason")


@dataclass(frozen=True)
class StatusRules:
    """When a pair counts as what.

    Parameters
    ----------
    meetings
        A pair that has met so often is completed, without an event that says so; None: only an
        event completes a pair.
    at_risk_days
        A pair that has not met for so many days is at risk.
    at_risk_missed
        A pair that has missed so many meetings in a row is at risk.

    Raises
    ------
    ProblemError
        A number below 1.
    """

    meetings: int | None = None
    at_risk_days: int = 35
    at_risk_missed: int = 2

    def __post_init__(self) -> None:
        for name in ("meetings", "at_risk_days", "at_risk_missed"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or int(value) != value or value < 1):
                raise ProblemError(f"{name} must be a whole number of 1 or more, got {value!r}.")


def pair_states(
    matching: Matching,
    events: pd.DataFrame,
    rules: StatusRules,
    start: pd.Timestamp,
    as_of: pd.Timestamp,
) -> pd.DataFrame:
    """Follow every pair to a date.

    Columns are mentee, mentor, state, met, missed, first_met (days from the start, NaN), days (seen
    from the start to the end or the date), ended (whether it ended early), reason.
    """
    seen = events[events["date"] <= as_of]
    by_pair = dict(tuple(seen.groupby(["mentee", "mentor"], sort=False)))
    rows = []
    for mentee, mentor in zip(matching.pairs["mentee"], matching.pairs["mentor"], strict=True):
        mine = by_pair.get((mentee, mentor))
        rows.append((mentee, mentor, *_state(mine, rules, start, as_of)))
    columns = ["mentee", "mentor", "state", "met", "missed", "first_met", "days", "ended", "reason"]
    return pd.DataFrame(rows, columns=columns)


def _state(
    events: pd.DataFrame | None, rules: StatusRules, start: pd.Timestamp, as_of: pd.Timestamp
) -> tuple[object, ...]:
    met = missed = in_a_row = 0
    first_met, days, reason = np.nan, float((as_of - start).days), None
    last_met, state, over = start, "proposed", False
    rows = () if events is None else zip(*(events[one] for one in READ), strict=True)
    for event, date, cause in rows:
        if over:
            # What is entered after the end of a pair, such as a last survey, does not reopen it.
            continue
        if event == "met":
            met, in_a_row, last_met = met + 1, 0, date
            if met == 1:
                first_met = float((date - start).days)
            state = "active"
            if rules.meetings is not None and met >= rules.meetings:
                state, over, days = "completed", True, float((date - start).days)
        elif event == "missed":
            missed, in_a_row = missed + 1, in_a_row + 1
            state = "active" if state == "proposed" else state
        elif event == "accepted" and state == "proposed":
            state, last_met = "accepted", date
        elif event == "paused":
            state = "paused"
        elif event == "resumed":
            state, last_met, in_a_row = "active", date, 0
        elif event in ("ended", "declined", "completed"):
            words = {"ended": "ended early", "declined": "declined", "completed": "completed"}
            state, over, reason = words[event], True, cause
            days = float((date - start).days)
    idle = (as_of - last_met).days > rules.at_risk_days
    if state in ("accepted", "active") and (idle or in_a_row >= rules.at_risk_missed):
        state = "at risk"
    return state, met, missed, first_met, days, state == "ended early", reason
