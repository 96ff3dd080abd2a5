"""A frontier of two aims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.reports.charts.style import ACCENT, CARE, split_tags, styled

if TYPE_CHECKING:
    from altair import LayerChart, Scale

    from mentormatch.comparison import Frontier

__all__ = ["frontier_chart"]

WORDS = {
    "total": "total score",
    "mentee_total": "total of what mentees get",
    "mentor_total": "total of what mentors get",
    "first_choices": "mentees with their first choice",
    "minimum": "lowest score of a pair",
}
KINDS = ("proven by prices", "proven by a solver's bound", "not proven")


@split_tags
def frontier_chart(found: Frontier, *, width: int = 460) -> LayerChart:
    """Draw the points; hollow where one is not proven, with a line to the bound of its x.

    Parameters
    ----------
    found
        Made by `mentormatch.frontier`.
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

    table = found.table.copy()
    by_prices = table["proven_by"] == "prices"
    table["what"] = [
        KINDS[0] if prices else KINDS[1] if proven else KINDS[2]
        for prices, proven in zip(by_prices, table["proven"], strict=True)
    ]
    words = {name: WORDS.get(name, name) for name in (found.x, found.y)}
    x = alt.X("x:Q", title=words[found.x], scale=alt.Scale(zero=False))
    y = alt.Y("y:Q", title=words[found.y], scale=alt.Scale(zero=False))
    tips = [alt.Tooltip(f"{name}:Q", format=".6~g") for name in ("x", "y", "bound")]

    def by_proof(*range_: str) -> Scale:
        return alt.Scale(domain=list(KINDS), range=range_)

    points = (
        alt.Chart(table)
        .mark_point(size=70, strokeWidth=1.6, opacity=1)
        .encode(
            x=x,
            y=y,
            stroke=alt.Stroke("what:N", title=None, scale=by_proof(ACCENT, ACCENT, CARE)),
            fill=alt.Fill("what:N", title=None, scale=by_proof(ACCENT, ACCENT, "transparent")),
            shape=alt.Shape("what:N", title=None, scale=by_proof("circle", "diamond", "circle")),
            tooltip=["kind", "what", *tips],
        )
    )
    open_ = alt.Chart(table[~table["proven"]]).mark_rule(color=CARE, opacity=0.6)
    layers = [open_.encode(x=x, y=y, x2="bound:Q"), points]
    note = "hollow points are not proven; their line ends at the bound"
    title = alt.TitleParams(f"{words[found.y]} and {words[found.x]}", subtitle=note)
    return styled(alt.LayerChart(layer=layers).properties(width=width, height=300, title=title))
