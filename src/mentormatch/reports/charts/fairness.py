"""Charts of the audit of fairness, each with its uncertainty."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.audits import Audit, Fairness
from mentormatch.audits.fairness.outcomes import MEASURES
from mentormatch.errors import MentorMatchError
from mentormatch.reports.charts.style import ACCENT, SOFT, split_tags

if TYPE_CHECKING:
    from collections.abc import Collection

    from altair import Color, FacetChart, HConcatChart, LayerChart

__all__ = ["gap_chart", "group_chart", "lorenz_chart"]

SOURCES = {"scores": "before matching", "matching": "by the matching"}
# "(not given) and 2 small groups (9)" is to be read whole, and a chart of one measure without
# scrolling on a phone: labels are broken into lines of about so many characters.
LABELS = 260
LINE = 18
BRIEF = {
    "match_rate": "share with somebody",
    "mean_score": "score received",
    "first_choice_rate": "share with their best",
}


def _fairness_in(given: object, caller: str) -> Fairness:
    """Take the part about fairness out of an audit; refuse what has none."""
    found = given.fairness if isinstance(given, Audit) else given
    if not isinstance(found, Fairness):
        raise MentorMatchError(
            f"{caller} draws mm.audit(matching, groups=[...]).fairness; "
            + (
                "this audit was made without groups."
                if isinstance(given, Audit)
                else f"got {type(given).__name__}."
            )
        )
    return found


@split_tags
def group_chart(fairness: Fairness, grouping: str, side: str = "mentees") -> FacetChart:
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
    import altair as alt

    fairness = _fairness_in(fairness, "group_chart")
    rows = _rows(fairness.by_group.reset_index(), fairness, grouping, side)
    measures = [one for one in MEASURES if one.side == side and one.name in rows.columns]
    parts = [
        pd.DataFrame(
            {
                "group": _names(rows),
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
        y=alt.Y("group:N", title=None, axis=alt.Axis(labelLimit=260)), color=_by_source()
    )
    line = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=None, scale=alt.Scale(zero=False, nice=True)), x2="high:Q"
    )
    dot = base.mark_point(filled=True, size=70, opacity=1).encode(
        x="value:Q",
        tooltip=[
            "group:N",
            *(alt.Tooltip(f"{one}:Q", format=".3f") for one in ("value", "low", "high")),
            "meaning:N",
        ],
    )
    chart: FacetChart = (
        alt.LayerChart(layer=[line, dot])
        .properties(width=230, height=alt.Step(26))
        .facet(facet=alt.Facet("measure:N", title=None, sort=order), columns=2)
        .resolve_scale(x="independent")
        .properties(title=f"{grouping} ({side}), {fairness.level:.0%} intervals")
    )
    return chart


@split_tags
def gap_chart(fairness: Fairness, side: str = "mentees") -> FacetChart:
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
    import altair as alt

    fairness = _fairness_in(fairness, "gap_chart")
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
    base = alt.Chart().encode(
        y=alt.Y("label:N", title=None, sort=None, axis=alt.Axis(labelLimit=360)),
        color=_by_source(),
    )
    line = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=f"difference, with its {fairness.level:.0%} interval"), x2="high:Q"
    )
    dot = base.mark_point(filled=True, size=70, opacity=1).encode(
        x="difference:Q",
        tooltip=[
            *(alt.Tooltip(f"{one}:Q", format=".3f") for one in ("difference", "low", "high")),
            alt.Tooltip("p_holm:Q", format=".3f", title="p, corrected"),
        ],
    )
    none = alt.Chart().mark_rule(strokeDash=[4, 4], color=SOFT).encode(x=alt.datum(0))
    rows = alt.Row(
        "grouping:N", title=None, header=alt.Header(labelOrient="top", labelAnchor="start")
    )
    # The rows are given once, to the panels: a layer with rows of its own shows all of them in
    # every panel.
    chart: FacetChart = (
        alt.LayerChart(layer=[line, dot, none])
        .properties(width=420, height=alt.Step(24))
        .facet(row=rows, data=drawn)
        .resolve_scale(y="independent")
        .properties(title=f"Gaps between groups of {side}")
    )
    return chart


@split_tags
def lorenz_chart(fairness: Fairness) -> LayerChart:
    """The Lorenz curve of what mentees get, beside the line of equality.

    Raises
    ------
    MissingPackageError
        Altair is not installed.
    """
    import altair as alt

    fairness = _fairness_in(fairness, "lorenz_chart")
    # A few hundred points draw the same curve as one per person.
    step = max(1, len(fairness.lorenz) // 400)
    curve = pd.concat([fairness.lorenz.iloc[::step], fairness.lorenz.iloc[[-1]]])
    x = alt.X("people:Q", title="share of mentees, the worst off first", axis=alt.Axis(format="%"))
    y = alt.Y("score:Q", title="share of all score", axis=alt.Axis(format="%"))
    line = alt.Chart(curve).mark_line(color=ACCENT, strokeWidth=2.5).encode(x=x, y=y)
    equal = (
        alt.Chart(pd.DataFrame({"people": [0.0, 1.0], "score": [0.0, 1.0]}))
        .mark_line(color=SOFT, strokeDash=[4, 4])
        .encode(x="people:Q", y="score:Q")
    )
    gini = fairness.overall["gini"]
    return alt.LayerChart(layer=[equal, line]).properties(
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


def _names(rows: pd.DataFrame) -> list[str]:
    return [f"{name} ({count})" for name, count in zip(rows["group"], rows["count"], strict=True)]


def _by_source() -> Color:
    import altair as alt

    return alt.Color(
        "source:N",
        title=None,
        scale=alt.Scale(domain=list(SOURCES.values()), range=[SOFT, ACCENT]),
        legend=alt.Legend(orient="top"),
    )


def _title(measure: str, top: int) -> str:
    """The name of a measure as people read it."""
    return measure.replace("top_k", f"top_{top}").replace("_", " ")


def _score_domain(fairness: Fairness, side: str) -> list[float] | None:
    """One scale for the scores of all groupings of a side, so that their charts can be compared.

    In tenths, so that no end of it is the number of a group that is not drawn.
    """
    table = fairness.by_group.loc[[side]]
    if "mean_score_low" not in table:
        return None
    low, high = float(table["mean_score_low"].min()), float(table["mean_score_high"].max())
    if not (low >= 0 and high <= 1):
        return None
    return [math.floor(low * 10) / 10, max(math.ceil(high * 10), math.floor(low * 10) + 1) / 10]


@split_tags
def groups_in_brief(
    fairness: Fairness,
    grouping: str,
    side: str = "mentees",
    measures: Collection[str] = tuple(BRIEF),
) -> HConcatChart:
    """Draw the two or three outcomes that people ask for first, by group, with intervals.

    The audit is from `fairness_of` or `audit`, ``grouping`` the name of one, such as "gender",
    ``side`` "mentees" or "mentors"; ``measures`` are those that may be shown. Raises
    MentorMatchError if the audit has no such grouping, and MissingPackageError if Altair is not
    installed.
    """
    import altair as alt

    fairness = _fairness_in(fairness, "groups_in_brief")
    rows = _rows(fairness.by_group.reset_index(), fairness, grouping, side)
    shown = [one for one in measures if one in rows.columns and rows[one].notna().any()]
    names = [
        "\n".join(textwrap.wrap(one, LINE, break_long_words=False, break_on_hyphens=False))
        for one in _names(rows)
    ]
    lines = [line for one in names for line in one.split("\n")]
    step = 24 if len(lines) == len(names) else 34
    scores = _score_domain(fairness, side) or alt.Undefined
    panels = []
    for place, measure in enumerate(shown):
        drawn = pd.DataFrame(
            {
                "group": names,
                "value": rows[measure].to_numpy(),
                "low": rows[f"{measure}_low"].to_numpy(),
                "high": rows[f"{measure}_high"].to_numpy(),
            }
        )
        # Wide enough for the labels in any font: the drawing is made before the font is known.
        room = min(LABELS, 7 * max(map(len, lines)) + 8) if place == 0 else 0
        axis = alt.Axis(
            labels=place == 0, ticks=False, domain=False, labelLimit=LABELS, minExtent=room,
            labelExpr="split(datum.label, '\\n')",
        )  # fmt: skip
        share = measure != "mean_score"
        x = alt.X(
            "low:Q",
            title=BRIEF[measure],
            scale=alt.Scale(zero=False, nice=True, domain=[0, 1] if share else scores),
            axis=alt.Axis(values=[0, 0.5, 1], format="%")
            if share
            else alt.Axis(tickCount=3, format=".2f"),
        )
        base = alt.Chart(drawn).encode(y=alt.Y("group:N", title=None, sort=names, axis=axis))
        line = base.mark_rule(strokeWidth=2, color=ACCENT).encode(x=x, x2="high:Q")
        dot = base.mark_point(filled=True, size=70, opacity=1, color=ACCENT).encode(x="value:Q")
        panels.append(
            alt.LayerChart(layer=[line, dot]).properties(width=150, height=alt.Step(step))
        )
    return alt.hconcat(*panels, spacing=14)
