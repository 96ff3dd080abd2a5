"""Charts of the audit of fairness, each with its uncertainty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mentormatch.audits.fairness.outcomes import MEASURES
from mentormatch.errors import MentorMatchError, MissingPackageError

if TYPE_CHECKING:
    from mentormatch.audits.fairness.fairness import Fairness

__all__ = ["gap_chart", "group_chart", "lorenz_chart"]

# Blue of Okabe and Ito (2008) and grey, which colour-blind people tell apart.
BLUE, GREY = "#0072B2", "#7F7F7F"
SOURCES = {"scores": "before matching", "matching": "by the matching"}


def _altair() -> Any:
    """Altair, or the command that installs it."""
    try:
        import altair
    except ImportError:
        raise MissingPackageError(
            'Charts need altair: pip install "mentormatch-engine[charts]"'
        ) from None
    return altair


def group_chart(fairness: Fairness, grouping: str, side: str = "mentees") -> Any:
    """What each group got, and could have got, with intervals.

    Parameters
    ----------
    fairness
        From `fairness_of` or `audit`.
    grouping
        Name of the grouping, such as "gender".
    side
        "mentees" or "mentors".

    Returns
    -------
    altair.Chart
        One panel per measure; a dot is the value of a group, its line the interval. Groups of fewer
        than 5 people are not drawn.

    Raises
    ------
    MentorMatchError
        The audit has no such grouping.
    MissingPackageError
        Altair is not installed.
    """
    alt = _altair()
    rows = _rows(fairness.by_group.reset_index(), fairness, grouping, side)
    measures = [one for one in MEASURES if one.side == side and one.name in rows.columns]
    parts = [
        pd.DataFrame(
            {
                "group": [
                    f"{name} ({count})"
                    for name, count in zip(rows["group"], rows["count"], strict=True)
                ],
                "measure": _title(one.name, fairness.top),
                "source": SOURCES[one.source],
                "value": rows[one.name],
                "low": rows[f"{one.name}_low"],
                "high": rows[f"{one.name}_high"],
                "meaning": one.meaning,
            }
        )
        for one in measures
    ]
    drawn = pd.concat(parts, ignore_index=True)
    order = [_title(one.name, fairness.top) for one in measures]
    base = alt.Chart(drawn).encode(
        y=alt.Y("group:N", title=None, axis=alt.Axis(labelLimit=260)),
        color=alt.Color(
            "source:N",
            title=None,
            scale=alt.Scale(domain=list(SOURCES.values()), range=[GREY, BLUE]),
            legend=alt.Legend(orient="top"),
        ),
    )
    line = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=None, scale=alt.Scale(zero=False, nice=True)), x2="high:Q"
    )
    dot = base.mark_point(filled=True, size=70, opacity=1).encode(
        x="value:Q",
        tooltip=[
            "group:N",
            alt.Tooltip("value:Q", format=".3f"),
            alt.Tooltip("low:Q", format=".3f"),
            alt.Tooltip("high:Q", format=".3f"),
            "meaning:N",
        ],
    )
    return (
        alt.layer(line, dot)
        .properties(width=230, height=alt.Step(26))
        .facet(facet=alt.Facet("measure:N", title=None, sort=order), columns=2)
        .resolve_scale(x="independent")
        .properties(title=f"{grouping} ({side}), {fairness.level:.0%} intervals")
    )


def gap_chart(fairness: Fairness, side: str = "mentees") -> Any:
    """How far the worst group is behind the best, in each measure, with intervals.

    Parameters
    ----------
    fairness
        From `fairness_of` or `audit`, with groups.
    side
        "mentees" or "mentors".

    Raises
    ------
    MentorMatchError
        The audit compares no groups of this side.
    MissingPackageError
        Altair is not installed.
    """
    alt = _altair()
    gaps = fairness.gaps[fairness.gaps["side"] == side]
    if not len(gaps):
        raise MentorMatchError(
            f"This audit compares no groups of {side}. Pass groups= to the audit, such as "
            'groups=["gender"].'
        )
    drawn = gaps.assign(
        label=[
            f"{_title(row['measure'], fairness.top)}: "
            + (f"{row['worst']} behind {row['best']}" if row["difference"] > 0 else "no gap")
            for row in gaps.to_dict("records")
        ],
        source=gaps["source"].map(SOURCES),
    )
    base = alt.Chart(drawn).encode(
        y=alt.Y("label:N", title=None, sort=None, axis=alt.Axis(labelLimit=360)),
        color=alt.Color(
            "source:N",
            title=None,
            scale=alt.Scale(domain=list(SOURCES.values()), range=[GREY, BLUE]),
            legend=alt.Legend(orient="top"),
        ),
    )
    line = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=f"difference, with its {fairness.level:.0%} interval"), x2="high:Q"
    )
    dot = base.mark_point(filled=True, size=70, opacity=1).encode(
        x="difference:Q",
        tooltip=[
            alt.Tooltip("difference:Q", format=".3f"),
            alt.Tooltip("low:Q", format=".3f"),
            alt.Tooltip("high:Q", format=".3f"),
            alt.Tooltip("p_holm:Q", format=".3f", title="p, corrected"),
        ],
    )
    none = alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(strokeDash=[4, 4]).encode(x="x:Q")
    rows = alt.Row(
        "grouping:N", title=None, header=alt.Header(labelOrient="top", labelAnchor="start")
    )
    chart = alt.layer(line, dot, none, data=drawn).properties(width=420, height=alt.Step(24))
    return (
        chart.facet(row=rows)
        .resolve_scale(y="independent")
        .properties(title=f"Gaps between groups of {side}")
    )


def lorenz_chart(fairness: Fairness) -> Any:
    """The Lorenz curve of what mentees get, beside the line of equality.

    Raises
    ------
    MissingPackageError
        Altair is not installed.
    """
    alt = _altair()
    # A few hundred points draw the same curve as one per person.
    step = max(1, len(fairness.lorenz) // 400)
    curve = pd.concat([fairness.lorenz.iloc[::step], fairness.lorenz.iloc[[-1]]])
    x = alt.X("people:Q", title="share of mentees, the worst off first", axis=alt.Axis(format="%"))
    y = alt.Y("score:Q", title="share of all score", axis=alt.Axis(format="%"))
    line = alt.Chart(curve).mark_line(color=BLUE, strokeWidth=2.5).encode(x=x, y=y)
    equal = (
        alt.Chart(pd.DataFrame({"people": [0.0, 1.0], "score": [0.0, 1.0]}))
        .mark_line(color=GREY, strokeDash=[4, 4])
        .encode(x="people:Q", y="score:Q")
    )
    gini = fairness.overall["gini"]
    return alt.layer(equal, line).properties(
        width=320, height=320, title=f"Lorenz curve of what mentees get (Gini {gini:.3f})"
    )


def _rows(frame: pd.DataFrame, fairness: Fairness, grouping: str, side: str) -> pd.DataFrame:
    """The groups of one grouping that may be shown."""
    rows = frame[(frame["grouping"] == grouping) & (frame["side"] == side)]
    if not len(rows):
        known = sorted(set(zip(frame["grouping"], frame["side"], strict=True)))
        names = ", ".join(f"{name} ({one})" for name, one in known) or "none"
        raise MentorMatchError(
            f"This audit has no grouping {grouping!r} of {side}. It has: {names}."
        )
    return rows[rows["count"].notna()]


def _title(measure: str, top: int) -> str:
    """The name of a measure as people read it."""
    return measure.replace("top_k", f"top_{top}").replace("_", " ")
