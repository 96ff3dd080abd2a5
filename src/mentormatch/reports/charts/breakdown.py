"""Charts of results, in Altair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.compatibility.blocks import BREAKDOWN_COLUMNS
from mentormatch.errors import MentorMatchError
from mentormatch.reports.charts.style import ACCENT, CARE, SOFT, split_tags
from mentormatch.reports.words import plain_label

if TYPE_CHECKING:
    from altair import LayerChart

__all__ = ["waterfall", "waterfall_bars"]

COLOURS = {"adds": ACCENT, "takes off": CARE, "score": SOFT}


def waterfall_bars(breakdown: pd.DataFrame) -> pd.DataFrame:
    """Where each bar of a waterfall begins and ends.

    The frame is from `Compatibility.breakdown`. The answer has one row per bar: label, start, end,
    what, value, weight, contribution, sentence. A bar begins where the one before ends; the last
    one stands on 0 and ends at the joined score. Raises MentorMatchError if the frame is no
    breakdown.

    Examples
    --------
    >>> import mentormatch as mm
    >>> compatibility = mm.Compatibility.from_scores([[0.8]], [[0.4]])
    >>> bars = waterfall_bars(compatibility.breakdown(0, 0))
    >>> [(label, round(float(end), 9)) for label, end in zip(bars["label"], bars["end"])]
    [('score (mentee)', 0.8), ('score (mentor)', 1.2), ('joined', 0.6), ('score of the pair', 0.6)]
    """
    missing = [name for name in BREAKDOWN_COLUMNS if name not in getattr(breakdown, "columns", ())]
    if missing:
        raise MentorMatchError(
            "A waterfall is drawn from compatibility.breakdown(mentee, mentor); the column "
            f"{missing[0]!r} is missing."
        )
    end = breakdown["contribution"].cumsum()
    start = end - breakdown["contribution"]
    two_sided = breakdown["side"].isin(["mentee", "mentor"]).any()
    label = breakdown["criterion"].astype(str).map(plain_label)
    if two_sided:
        label = label + breakdown["side"].map(
            {"mentee": " (mentee)", "mentor": " (mentor)"}
        ).fillna("")
    bars = breakdown[["value", "weight", "contribution", "sentence"]].assign(
        label=label,
        start=start,
        end=end,
        what=["adds" if one >= 0 else "takes off" for one in breakdown["contribution"]],
    )
    joined = breakdown.iloc[-1]
    # With one side the joining adds nothing, so the bar that would say so is left out.
    bars = bars if two_sided else bars.iloc[:-1]
    total = {
        "label": "score of the pair",
        "start": 0.0,
        "end": float(joined["value"]),
        "what": "score",
        "value": float(joined["value"]),
        "weight": float("nan"),
        "contribution": float(joined["value"]),
        "sentence": joined["sentence"],
    }
    return pd.DataFrame([*bars.to_dict("records"), total], columns=list(total))


@split_tags
def waterfall(breakdown: pd.DataFrame, *, title: str | None = None) -> LayerChart:
    """Draw how the score of one pair comes about: bars that add up to it.

    Parameters
    ----------
    breakdown
        From `Compatibility.breakdown`.
    title
        What stands above.

    Raises
    ------
    MissingPackageError
        Altair is not installed.
    """
    import altair as alt

    bars = waterfall_bars(breakdown)
    order: list[str] = list(bars["label"])
    # Labels are measured in another font than the reader's: without room they are cut.
    room = min(260, 7 * max(map(len, order)))
    base = alt.Chart(bars).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=260, minExtent=room))
    )
    colour = alt.Color(
        "what:N",
        scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
        legend=alt.Legend(title=None, orient="bottom"),
    )
    drawn = base.mark_bar().encode(
        x=alt.X("start:Q", title="score", axis=alt.Axis(tickCount=6)),
        x2="end:Q",
        color=colour,
        tooltip=[
            "label",
            "sentence",
            alt.Tooltip("value:Q", format=".3f"),
            alt.Tooltip("weight:Q", format=".3f"),
        ],
    )
    numbers = base.mark_text(align="left", dx=4).encode(
        x="end:Q", text=alt.Text("contribution:Q", format="+.3f")
    )
    return alt.LayerChart(layer=[drawn, numbers]).properties(
        title=title or "How the score comes about", width=420
    )
