"""Charts of a matching: every score and the pairs made, how they spread, and full mentors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from mentormatch.reports.charts.style import ACCENT, CARE, LINE, SOFT, split_tags

if TYPE_CHECKING:
    from altair import Chart, LayerChart

    from mentormatch.matching import Matching

__all__ = [
    "load_chart",
    "load_counts",
    "score_chart",
    "score_counts",
    "score_matrix",
]

MOST_CELLS = 20_000
BINS = 20
# A text at this share of the width, or nearer to an end, would stand out beyond it.
MARGIN = 0.15


def score_counts(matching: Matching, bins: int = BINS) -> pd.DataFrame:
    """Count the pairs by score.

    One row per range of scores: from, to, pairs. Scores from 0 to 1 have fixed ranges.
    """
    scores = matching.scores
    low, high = 0.0, 1.0
    if len(scores) and (scores.min() < 0 or scores.max() > 1):
        low, high = float(scores.min()), float(scores.max())
        high = high if high > low else low + 1.0
    counts, edges = np.histogram(scores, bins=bins, range=(low, high))
    return pd.DataFrame({"from": edges[:-1], "to": edges[1:], "pairs": counts})


@split_tags
def score_chart(matching: Matching, *, width: int = 420, height: int = 210) -> Chart | LayerChart:
    """Draw how the scores of the pairs spread.

    Returns
    -------
    altair.Chart
        A histogram, with a line at the median.

    Raises
    ------
    MissingPackageError
        Altair is not installed.
    """
    import altair as alt

    counts = score_counts(matching)
    # A rectangle for each range: bars of ready-made ranges come out without a width.
    bars = (
        alt.Chart(counts.assign(none=0))
        .mark_rect(color=ACCENT, stroke="white", strokeWidth=1)
        .encode(
            x=alt.X("from:Q", title="score of the pair", axis=alt.Axis(grid=False, tickCount=5)),
            x2="to:Q",
            y=alt.Y("pairs:Q", title="pairs", axis=alt.Axis(tickMinStep=1, domain=False)),
            y2="none:Q",
            tooltip=["from", "to", "pairs"],
        )
    )
    chart: Chart | LayerChart = bars
    if len(matching.scores):
        middle = pd.DataFrame({"median": [float(np.median(matching.scores))]})
        middle["text"] = [f"median {middle['median'][0]:.2f}"]
        line = alt.Chart(middle).mark_rule(color=CARE, strokeDash=[4, 3], strokeWidth=1.5)
        # Above the bars, which would hide it, and towards the middle, so that it needs no room.
        at = (middle["median"][0] - counts["from"].iloc[0]) / np.ptp(counts[["from", "to"]])
        side: Literal["left", "right", "center"]
        side = "left" if at < MARGIN else "right" if at > 1 - MARGIN else "center"
        text = alt.Chart(middle).mark_text(
            baseline="bottom", dy=-4, color=CARE, fontSize=12, align=side
        )
        above = text.encode(x="median:Q", y=alt.value(0), text="text")
        chart = alt.LayerChart(layer=[bars, line.encode(x="median:Q"), above])
    return chart.properties(width=width, height=height)


def load_counts(matching: Matching) -> pd.DataFrame:
    """Count the mentors by how many mentees they have and how many seats stay free.

    One row for each number of seats: seats, mentors, full, some free, no mentee.
    """
    problem = matching.problem
    capacities, loads = problem.capacities, matching.loads.to_numpy()
    frame = pd.DataFrame(
        {
            "seats": capacities,
            "full": (loads >= capacities) & (capacities > 0),
            "some seats free": (loads > 0) & (loads < capacities),
            "no mentee": (loads == 0) & (capacities > 0),
        }
    )
    counts = frame.groupby("seats").sum().astype(int)
    counts.insert(0, "mentors", frame.groupby("seats").size())
    return counts.reset_index()


@split_tags
def load_chart(matching: Matching, *, width: int = 420) -> Chart:
    """Draw how full the mentors are, by how many seats they offer.

    Raises
    ------
    MissingPackageError
        Altair is not installed.
    """
    import altair as alt

    kinds = ["full", "some seats free", "no mentee"]
    counts = load_counts(matching).drop(columns="mentors")
    # Who offers no seat is neither full nor free: a row of nothing.
    long = counts[counts["seats"] > 0].melt("seats", kinds, "state", "mentors")
    long["seats"] = long["seats"].astype(str)
    long["place"] = long["state"].map(kinds.index)
    chart: Chart = (
        alt.Chart(long)
        .mark_bar()
        .encode(
            y=alt.Y("seats:N", sort=None, title="seats offered"),
            x=alt.X("mentors:Q", title="mentors", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "state:N",
                title=None,
                scale=alt.Scale(domain=kinds, range=[ACCENT, CARE, SOFT]),
                legend=alt.Legend(orient="top"),
            ),
            order="place:Q",
            tooltip=["seats", "state", "mentors"],
        )
        .properties(width=width, height=alt.Step(26))
    )
    return chart


@split_tags
def score_matrix(matching: Matching, *, width: int = 420, height: int = 460) -> LayerChart:
    """Draw the score of every eligible pair, and the pairs that were made.

    Mentees and mentors stand in the order of their mean score, so that light corners are people
    whom few would suit. Of many mentees some are drawn, evenly over the table.

    Raises
    ------
    MissingPackageError
        Altair is not installed.
    ProblemError
        The scores do not fit into memory at once.
    """
    import altair as alt

    compatibility = matching.problem.compatibility
    n, m = compatibility.shape
    shown = min(n, max(1, MOST_CELLS // max(m, 1)))
    rows = np.unique(np.linspace(0, max(n - 1, 0), shown).astype(np.intp))
    block = matching.problem.block(rows)
    scores = np.where(block.eligible, np.asarray(block.scores, dtype=float), np.nan)
    ids = [str(one) for one in compatibility.mentor_ids]
    cells = pd.DataFrame(
        {
            "mentee": np.repeat([str(one) for one in compatibility.mentee_ids[rows]], m),
            "mentor": np.tile(ids, len(rows)),
            "score": scores.ravel(),
        }
    ).dropna()
    up = cells.groupby("mentee")["score"].mean().sort_values(ascending=False).index.tolist()
    across = cells.groupby("mentor")["score"].mean().sort_values(ascending=False).index.tolist()
    bare = alt.Axis(labels=False, ticks=False, domain=False)
    x = alt.X("mentor:N", sort=across, title=f"{m:,} mentors", axis=bare)
    y = alt.Y("mentee:N", sort=up, title=f"{len(rows):,} of {n:,} mentees", axis=bare)
    colour = alt.Color(
        "score:Q",
        scale=alt.Scale(range=[LINE, ACCENT], domain=[0, max(1.0, float(cells["score"].max()))]),
        legend=alt.Legend(orient="bottom", gradientLength=180),
    )
    made = matching.pairs.astype({"mentee": str, "mentor": str})
    made = made[made["mentee"].isin(set(cells["mentee"]))]
    dots = alt.Chart(alt.InlineData(values=_rows(made))).mark_point(
        filled=True, size=30, color="#e8590c", stroke="white", strokeWidth=0.8, opacity=1
    )
    heat = alt.Chart(alt.InlineData(values=_rows(cells))).mark_rect().encode(x=x, y=y, color=colour)
    return alt.LayerChart(layer=[heat, dots.encode(x=x, y=y)]).properties(
        width=width, height=height
    )


def _rows(table: pd.DataFrame) -> list[dict[str, object]]:
    # Rows given as values have no limit to how many they are.
    return [{str(name): one for name, one in row.items()} for row in table.to_dict("records")]
