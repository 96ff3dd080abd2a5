"""A map of problems by competition and agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.comparison import OWN
from mentormatch.reports.charts.style import CARE, split_tags, styled

if TYPE_CHECKING:
    import pandas as pd
    from altair import Chart, LayerChart

    from mentormatch.comparison import InstanceMap

__all__ = ["instance_chart"]

STAR = (
    "M0,-1L.225,-.309L.951,-.309L.363,.118L.588,.809L0,.382"
    "L-.588,.809L-.363,.118L-.951,-.309L-.225,-.309Z"
)


@split_tags
def instance_chart(found: InstanceMap, *, width: int = 460) -> LayerChart:
    """Draw known problems as points, your own as a star, and rings around its neighbours.

    Parameters
    ----------
    found
        Made by `mentormatch.comparison.map_instances`.
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

    table = found.table.dropna(subset=["competition", "agreement"])
    # "mallows 0.3" belongs to the mallows.
    table = table.assign(kind=table["family"].str.replace(r"\s[\d.]+$", "", regex=True))

    def drawn(rows: pd.DataFrame) -> Chart:
        return alt.Chart(rows).encode(
            x=alt.X("competition:Q", title="competition: first choices beyond capacity, share"),
            y=alt.Y("agreement:Q", title="agreement: mean rank correlation within a side"),
            tooltip=[
                "instance",
                *(alt.Tooltip(f"{one}:Q", format=".2f") for one in ("competition", "agreement")),
                "mentees",
                "mentors",
            ],
        )

    known = table[table["instance"] != OWN]
    kinds = known["kind"].unique().tolist()
    points = drawn(known).mark_point(filled=True, size=60, opacity=0.75)
    layers = [
        points.encode(
            color=alt.Color(
                "kind:N", title="family", scale=alt.Scale(domain=kinds, scheme="dark2")
            ),
            shape=alt.Shape("kind:N", title="family", scale=alt.Scale(domain=kinds)),
        )
    ]
    near = known[known["instance"].isin(found.near)]
    layers.append(drawn(near).mark_point(size=190, color=CARE))
    star = table[table["instance"] == OWN]
    if len(star):
        mark = drawn(star).mark_point(shape=STAR, filled=True, size=300, opacity=1, color=CARE)
        layers.append(mark)
    note = "the star is yours; rings are the problems next to it" if len(star) else ""
    title = alt.TitleParams("Where problems stand", subtitle=note)
    return styled(alt.LayerChart(layer=layers).properties(width=width, height=320, title=title))
