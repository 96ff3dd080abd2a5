"""The picture of the sample for README.md and the documents: python docs/make_pictures.py.

Left: the score of every eligible pair, and the matching as dots. Right: how full the mentors are.
Needs the extra "charts". The same sample and the same strategy give the same picture.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

import mentormatch as mm

TARGET = Path(__file__).parent / "_static" / "sample.png"
LEVELS = ["intern", "junior", "mid", "senior", "staff", "principal"]
BARE = alt.Axis(labels=False, ticks=False)


def sample_matching() -> mm.Matching:
    """The matching that README.md makes."""
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants_to_learn", offers="can_teach", weight=4),
        mm.criteria.LevelGap("level", ladder=LEVELS, require=True, weight=2),
        mm.criteria.TagOverlap("interests", weight=1),
        mm.criteria.Different("team"),
    )
    return mm.match(mm.Problem(criteria.score(mm.datasets.sample()), capacity="capacity"))


def by_level(people: pd.DataFrame) -> list[Any]:
    """Ids in the order of the ladder."""
    return people["level"].map(LEVELS.index).sort_values(kind="stable").index.tolist()


def score_matrix(matching: mm.Matching) -> alt.LayerChart:
    """Every eligible pair, coloured by its score, and the pairs that were made."""
    compatibility = matching.problem.compatibility
    cohort = compatibility.cohort
    assert cohort is not None
    scores = pd.DataFrame(
        compatibility.dense(), index=compatibility.mentee_ids, columns=compatibility.mentor_ids
    )
    cells = scores.rename_axis("mentee").reset_index().melt("mentee", None, "mentor", "score")
    x = alt.X("mentor:N", sort=by_level(cohort.mentors), title="60 mentors, by level", axis=BARE)
    y = alt.Y("mentee:N", sort=by_level(cohort.mentees), title="120 mentees, by level", axis=BARE)
    colour = alt.Color(
        "score:Q",
        title="score",
        scale=alt.Scale(scheme="blues", domain=[0, 1]),
        legend=alt.Legend(orient="bottom", gradientLength=200, titleOrient="left"),
    )
    heat = alt.Chart(cells.dropna()).mark_rect().encode(x=x, y=y, color=colour)
    dots = alt.Chart(matching.pairs).mark_point(
        filled=True, size=28, color="#e8590c", stroke="white", strokeWidth=0.8, opacity=1
    )
    made = f"{len(matching.pairs)} dots: the matching, proven to be the best"
    title = alt.Title("Every pair that the rules allow", subtitle=made, anchor="start")
    return (heat + dots.encode(x=x, y=y)).properties(width=330, height=430, title=title)


def seats(matching: mm.Matching) -> alt.Chart:
    """Taken and free seats of each mentor."""
    loads = matching.by_mentor().reset_index().sort_values(["capacity", "load"], ascending=False)
    order = loads["mentor"].tolist()
    long = loads.rename(columns={"load": "taken"}).melt(
        "mentor", ["taken", "free"], "seat", "seats"
    )
    taken, there = int(matching.loads.sum()), int(matching.problem.capacities.sum())
    return (
        alt.Chart(long)
        .mark_bar()
        .encode(
            y=alt.Y("mentor:N", sort=order, title="60 mentors, most seats first", axis=BARE),
            x=alt.X("seats:Q", title="seats", axis=alt.Axis(tickMinStep=1, grid=False)),
            color=alt.Color(
                "seat:N",
                title=None,
                scale=alt.Scale(domain=["taken", "free"], range=["#e8590c", "#dde3ea"]),
                legend=alt.Legend(orient="bottom"),
            ),
            order=alt.Order("seat:N", sort="descending"),
        )
        .properties(
            width=230,
            height=430,
            title=alt.Title(
                "How full the mentors are",
                subtitle=f"{taken} of {there} seats are taken",
                anchor="start",
            ),
        )
    )


def main() -> None:
    """Write the picture."""
    alt.data_transformers.disable_max_rows()
    matching = sample_matching()
    both = alt.hconcat(score_matrix(matching), seats(matching), spacing=40)
    chart = both.resolve_scale(color="independent").configure_view(stroke=None)
    TARGET.parent.mkdir(exist_ok=True)
    chart.configure(background="white", padding=12).save(TARGET, scale_factor=2)


if __name__ == "__main__":
    main()
