"""Who was asked about a pair, and who answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.audits.fairness.intervals import wilson
from mentormatch.audits.fairness.small_groups import labels_to_show
from mentormatch.feedback.answers.columns import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["find_asked", "response_rates"]

# Stands in the table of a meeting plan where somebody is not asked.
NOT_ASKED = "–"
# Only the table of a meeting plan has it: a row for each who is asked, answered or not.
RATER = "rater"


def find_asked(
    frame: pd.DataFrame, table: pd.DataFrame, names: Mapping[str, str]
) -> pd.DataFrame | None:
    """Find who was asked, where a table of answers lists it, as that of a meeting plan does.

    ``frame`` is the table as it was read, and ``table`` its rows with mentee, mentor, by and
    perhaps milestone; ``names`` has the columns of ``frame`` by what they are.
    """
    if RATER not in frame:
        return None
    # Of a survey that asks for no rating nobody's answer is missed.
    outcomes = [names[part] for part in OUTCOMES if part in names]
    asked = (frame[outcomes].map(_text) != NOT_ASKED).any(axis=1)
    columns = [name for name in ("mentee", "mentor", "by", "milestone") if name in table]
    listed: pd.DataFrame = table.loc[asked, columns]
    return listed.drop_duplicates(ignore_index=True)


def _text(cell: object) -> str:
    missing = cell is None or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell))
    return "" if missing else str(cell).strip()


def response_rates(
    pairs: pd.DataFrame,
    answers: pd.DataFrame,
    asked: pd.DataFrame | None,
    groups: Mapping[str, Mapping[object, object]],
) -> pd.DataFrame:
    """Count who answered; see `Ratings.response`.

    ``asked`` is who was asked; None: both people of each pair, at each milestone. ``groups`` maps,
    by name of the grouping, ids to groups.
    """
    listed = answers if asked is None else asked
    known = listed["milestone"].dropna().unique().tolist() if "milestone" in listed else []
    rows: list[tuple[object, ...]] = []
    for side in ("mentee", "mentor"):
        for milestone in known or [None]:
            of = pairs if asked is None else _some(asked, side, milestone)
            people = of[["mentee", "mentor"]]
            given = pd.MultiIndex.from_frame(_some(answers, side, milestone)[["mentee", "mentor"]])
            answered = pd.MultiIndex.from_frame(people).isin(given)
            rows.append((side, milestone, None, None, len(people), int(answered.sum()), True))
            labels = {
                grouping: people[side].map(lambda one, of=group_of: of.get(one))
                for grouping, group_of in groups.items()
            }
            # One who is asked about two partners is one.
            once = ~people[side].duplicated()
            shown = labels_to_show({name: own[once] for name, own in labels.items()})
            for grouping, own in labels.items():
                for group in sorted(own.dropna().unique(), key=str):
                    held = (own == group).to_numpy()
                    told = group in shown[grouping]
                    count = int((answered & held).sum())
                    rows.append((side, milestone, grouping, group, int(held.sum()), count, told))
    columns = ["side", "milestone", "grouping", "group", "asked", "answered", "shown"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["rate"] = frame["answered"] / frame["asked"].where(frame["asked"] > 0)
    # Missing where nobody was asked.
    ends = [
        wilson(answered, count) if count else (np.nan, np.nan)
        for answered, count in zip(frame["answered"], frame["asked"], strict=True)
    ]
    return frame.assign(low=[low for low, _ in ends], high=[high for _, high in ends])


def _some(table: pd.DataFrame, side: str, milestone: object) -> pd.DataFrame:
    own = table[table["by"] == side]
    return own if milestone is None else own[own["milestone"] == milestone]
