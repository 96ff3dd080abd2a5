"""A chart of strategies side by side, each by two of its measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.comparison import MEASURES
from mentormatch.errors import MentorMatchError
from mentormatch.reports.charts.style import CARE, split_tags, styled

if TYPE_CHECKING:
    from altair import LayerChart, Tooltip

    from mentormatch.comparison import Comparison

__all__ = ["comparison_chart"]


@split_tags
def comparison_chart(
    comparison: Comparison, x: str = "total", y: str | None = None, *, width: int = 460
) -> LayerChart:
    """Draw each strategy as a cross, and its scenarios, where there are several, as a cloud.

    Parameters
    ----------
    comparison
        Made by `mentormatch.compare`.
    x, y
        Measures; the corner where both are best is marked. ``y`` is by default the worst-off, or
        inequality where the worst-off have the same in all strategies.
    width
        In pixels.

    Returns
    -------
    altair.LayerChart

    Raises
    ------
    MentorMatchError
        A measure that does not exist.
    MissingPackageError
        Altair is not installed.
    """
    known = {one.name: one for one in MEASURES}
    if y is None:
        worst = comparison.table["minimum"]
        y = "minimum" if worst.min() < worst.max() else "gini"
    for name in (x, y):
        if name not in known:
            raise MentorMatchError(
                f"A chart draws {', '.join(map(repr, known))}; there is no measure {name!r}."
            )
    import altair as alt

    table = comparison.table.reset_index()[["strategy", x, y]]
    across = alt.X(f"{x}:Q", title=known[x].words, scale=alt.Scale(zero=False, padding=24))
    up = alt.Y(f"{y}:Q", title=known[y].words, scale=alt.Scale(zero=False, padding=16))
    tips: list[str | Tooltip] = ["strategy"]
    tips += [alt.Tooltip(f"{one}:Q", format=".4~g") for one in (x, y)]
    # Names beside the points would lie over each other where strategies are alike.
    order = table["strategy"].tolist()
    colour = alt.Color(
        "strategy:N",
        sort=order,
        title=None,
        scale=alt.Scale(scheme="dark2"),
        legend=alt.Legend(symbolOpacity=1),
    )
    best = pd.DataFrame({name: [_best(table[name], known[name].better)] for name in (x, y)})
    layers = [
        alt.Chart(best).mark_point(shape="diamond", size=90, color=CARE).encode(x=across, y=up)
    ]
    if len(comparison.scenarios):
        cloud = comparison.scenarios[["strategy", x, y]]
        layers.append(
            alt.Chart(cloud)
            .mark_circle(size=22, opacity=0.35)
            .encode(x=across, y=up, color=colour, tooltip=tips)
        )
    points = alt.Chart(table).encode(x=across, y=up, color=colour, tooltip=tips)
    layers.append(points.mark_point(shape="cross", size=150, filled=True, opacity=1))
    note = "the diamond marks the best of both, which no strategy need reach"
    title = alt.TitleParams(f"{known[y].words} and {known[x].words}", subtitle=note)
    return styled(alt.LayerChart(layer=layers).properties(width=width, height=300, title=title))


def _best(values: pd.Series[float], better: str) -> float:
    return float(values.max() if better == "more" else values.min())
