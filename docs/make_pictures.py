"""The picture of the sample in the gallery: python docs/make_pictures.py.

Left: the score of every eligible pair, and the matching as dots. Right: how full the mentors are.
Needs the extra "charts". The same sample and the same strategy give the same picture.
"""

from __future__ import annotations

from pathlib import Path

import altair as alt

import mentormatch as mm

TARGET = Path(__file__).parent / "_static" / "sample.png"
LEVELS = ["intern", "junior", "mid", "senior", "staff", "principal"]


def sample_matching() -> mm.Matching:
    """The matching that README.md makes."""
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants_to_learn", offers="can_teach", weight=4),
        mm.criteria.LevelGap("level", ladder=LEVELS, require=True, weight=2),
        mm.criteria.TagOverlap("interests", weight=1),
        mm.criteria.Different("team"),
    )
    return mm.match(mm.Problem(criteria.score(mm.datasets.sample()), capacity="capacity"))


def main() -> None:
    """Write the picture."""
    matching = sample_matching()
    left, right = mm.reports.score_matrix(matching), mm.reports.load_chart(matching, width=260)
    both = alt.hconcat(left, right, spacing=40).resolve_scale(color="independent")
    chart = mm.reports.charts.styled(both).configure(background="white", padding=12)
    chart.save(TARGET, scale_factor=2)


if __name__ == "__main__":
    main()
