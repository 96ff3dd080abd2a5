"""A chart of learned weights beside the old ones, with what the ratings alone say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.reports.charts.style import ACCENT, CARE, LINE, split_tags, styled
from mentormatch.reports.words import plain_label

if TYPE_CHECKING:
    from altair import LayerChart

    from mentormatch.feedback import Learned

__all__ = ["weight_chart"]


@split_tags
def weight_chart(learned: Learned, *, width: int = 420) -> LayerChart:
    """Draw the old and the new weight of each criterion, and the interval of the ratings alone.

    Parameters
    ----------
    learned
        Made by `mentormatch.learn_weights`.
    width
        In pixels.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    MissingPackageError
        Altair is not installed.
    """
    import altair as alt

    table = learned.report[["criterion", "old", "new", "low", "high", "identified"]]
    table = table.assign(criterion=table["criterion"].map(plain_label))
    rows = alt.Y("criterion:N", title=None, sort=None)
    tips = ["criterion", "old", "new", "low", "high", "identified"]
    base = alt.Chart(table).encode(y=rows, tooltip=tips)
    interval = base.mark_rule(strokeWidth=6, color=LINE).encode(
        x=alt.X("low:Q", title="weight"), x2="high:Q"
    )
    old = base.mark_tick(thickness=3, size=22, color=CARE).encode(x="old:Q")
    new = base.mark_point(filled=True, size=90, color=ACCENT).encode(x="new:Q")
    title = alt.TitleParams(
        "Weights, old (bar) and new (dot)",
        subtitle="the grey line is what the ratings alone say, 90 %",
    )
    return styled(
        alt.LayerChart(layer=[interval, old, new]).properties(
            width=width, height=alt.Step(36), title=title
        )
    )
