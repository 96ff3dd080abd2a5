"""A frontier of two aims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentormatch.reports.charts.style import ACCENT, CARE, load_altair, split_tags, styled

if TYPE_CHECKING:
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
def frontier_chart(found: Frontier, *, width: int = 460) -> Any:
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
    alt = load_altair()
    table = found.table.copy()
    by_prices = table["proven_by"] == "prices"
    table["what"] = [
        KINDS[0] if prices else KINDS[1] if proven else KINDS[2]
        for prices, proven in zip(by_prices, table["proven"], strict=True)
    ]
    axes = {
        name: channel(f"{name}:Q", title=WORDS.get(word, word), scale=alt.Scale(zero=False))
        for name, word, channel in (("x", found.x, alt.X), ("y", found.y, alt.Y))
    }
    tips = [alt.Tooltip(f"{name}:Q", format=".6~g") for name in ("x", "y", "bound")]

    def by_proof(channel: Any, *range_: str) -> Any:
        return channel("what:N", title=None, scale=alt.Scale(domain=list(KINDS), range=range_))

    points = (
        alt.Chart(table)
        .mark_point(size=70, strokeWidth=1.6, opacity=1)
        .encode(
            **axes,
            stroke=by_proof(alt.Stroke, ACCENT, ACCENT, CARE),
            fill=by_proof(alt.Fill, ACCENT, ACCENT, "transparent"),
            shape=by_proof(alt.Shape, "circle", "diamond", "circle"),
            tooltip=["kind", "what", *tips],
        )
    )
    open_ = alt.Chart(table[~table["proven"]]).mark_rule(color=CARE, opacity=0.6)
    layers = [open_.encode(**axes, x2="bound:Q"), points]
    note = "hollow points are not proven; their line ends at the bound"
    words = [WORDS.get(word, word) for word in (found.y, found.x)]
    title = alt.TitleParams(" and ".join(words), subtitle=note)
    return styled(alt.layer(*layers).properties(width=width, height=300, title=title))
