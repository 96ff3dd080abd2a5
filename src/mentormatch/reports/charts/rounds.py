"""A chart of the rounds of a programme, to see whether it gets better."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.errors import MentorMatchError
from mentormatch.reports.charts.style import ACCENT, LINE, split_tags, styled

if TYPE_CHECKING:
    import pandas as pd
    from altair import LayerChart

__all__ = ["round_chart"]


@split_tags
def round_chart(
    rounds: pd.DataFrame, measure: str, *, title: str | None = None, width: int = 420
) -> LayerChart:
    """Draw one measure from round to round, with its interval where there is one.

    Parameters
    ----------
    rounds
        One row for each round, in order: a column "round", the measure, and optionally "low" and
        "high", the ends of its interval.
    measure
        The column that is drawn, such as "regret" or "satisfaction of mentees".
    title
        None: the measure's name.
    width
        In pixels.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    MentorMatchError
        A column is missing, or there is no round.
    MissingPackageError
        Altair is not installed.
    """
    import altair as alt

    lacking = [name for name in ("round", measure) if name not in rounds.columns]
    if lacking or rounds.empty:
        has = ", ".join(map(str, rounds.columns))
        raise MentorMatchError(
            f"A chart of rounds needs a row for each round with the columns 'round' and "
            f"{measure!r}; the table has {len(rounds)} rows and the columns: {has}."
        )
    drawn = rounds.rename(columns={measure: "value"}).assign(round=rounds["round"].astype(str))
    kept = [name for name in ("round", "value", "low", "high") if name in drawn.columns]
    base = alt.Chart(drawn[kept]).encode(
        x=alt.X("round:N", title="round", sort=None, axis=alt.Axis(labelAngle=0)),
        tooltip=kept,
    )
    value = alt.Y("value:Q", title=measure, scale=alt.Scale(zero=True))
    layers = [
        base.mark_line(color=ACCENT, strokeWidth=2).encode(y=value),
        base.mark_point(filled=True, size=90, color=ACCENT, opacity=1).encode(y=value),
    ]
    if {"low", "high"} <= set(kept):
        layers.insert(
            0,
            base.mark_rule(strokeWidth=6, color=LINE).encode(
                y=alt.Y("low:Q", title=measure), y2="high:Q"
            ),
        )
    return styled(
        alt.LayerChart(layer=layers).properties(
            width=width, height=220, title=title or measure[:1].upper() + measure[1:]
        )
    )
