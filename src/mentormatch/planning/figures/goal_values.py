"""Values of goals on one scale: levels from −2 to 2 become scores, scores stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.ids import format_count
from mentormatch.planning.figures.goals import goal_scores

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["goals_on_one_scale"]

LEVELS = (-2.0, 2.0)
# No goals at levels from -2 to 2 score lower or higher than this (`goal_scores`, rho = 0.3: 50 less
# and more 20 / sqrt(0.3) = 36.5), and no level lies between.
SCORES = (13.0, 87.0)
SHOWN = 3
KEYS = ["mentee", "mentor", "date"]


def goals_on_one_scale(events: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the events with goals as scores, in which 50 means as expected, and what was done.

    Targets of objectives are scores, and so is a mean of them; levels of single goals, 0 as
    expected, are another scale. Levels of a pair's goals at one date become one score
    (`goal_scores`). Where a value is neither, nobody knows the scale of the others: no goal counts.
    Events are as `checked_events` returns them. The second answer is notes for their reader.
    """
    is_goal = events["event"] == "goals"
    values = events.loc[is_goal, "value"]
    level, score = values.between(*LEVELS), values.between(*SCORES)
    other = values[~(level | score)]
    if len(other):
        some = ", ".join(f"{value:g}" for value in other.unique()[:SHOWN])
        note = (
            f"The values of goals are not compared with anything: {some} is neither a level from "
            "-2 to 2 (0: as expected) nor a goal score (50: as expected). Write one of the two "
            "in every row of goals."
        )
        return events[~is_goal], (note,)
    if not level.any():
        return events, ()
    levels = events.loc[level.index[level]]
    made = levels.groupby(KEYS, sort=False)["value"].transform(
        lambda those: float(goal_scores(those.to_numpy(np.float64)))
    )
    first = levels.index[~levels.duplicated(KEYS)]
    kept = events.drop(index=levels.index.difference(first))
    kept.loc[first, "value"] = made[first]
    note = (
        f"Goals at levels from -2 to 2 were turned into goal scores, in which 50 means as "
        f"expected: {len(levels)} of {format_count(len(values), 'value')}."
    )
    return kept.reset_index(drop=True), (note,)
