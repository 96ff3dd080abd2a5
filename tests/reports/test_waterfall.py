"""The bars of a waterfall add up to the score."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

import mentormatch as mm
from mentormatch.reports import waterfall
from mentormatch.reports.charts.breakdown import waterfall_bars

if TYPE_CHECKING:
    import pandas as pd


@pytest.fixture(scope="module", params=["mean", "min"])
def breakdown(request: pytest.FixtureRequest) -> pd.DataFrame:
    cohort = mm.datasets.it_program(20, 10, seed=3)
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage("wants_to_learn", "can_teach", weight=3, side="mentee"),
        mm.criteria.TagOverlap("interests"),
        mm.criteria.Same("field", weight=1, side="mentor"),
        reciprocity=request.param,
    )
    return criteria.score(cohort).breakdown(cohort.mentee_ids[0], cohort.mentor_ids[0])


def test_each_bar_begins_where_the_one_before_ends_and_the_last_is_the_score(
    breakdown: pd.DataFrame,
) -> None:
    bars = waterfall_bars(breakdown)
    assert bars["start"].iloc[0] == 0
    assert bars["start"].iloc[1:-1].tolist() == pytest.approx(bars["end"].iloc[:-2].tolist())
    score = breakdown["value"].iloc[-1]
    assert bars["end"].iloc[-2] == pytest.approx(score, abs=1e-12)
    assert bars[["start", "end"]].iloc[-1].tolist() == [0, score]
    assert bars["label"].is_unique


def test_the_chart_holds_the_bars_and_their_order(breakdown: pd.DataFrame) -> None:
    specification = waterfall(breakdown, title="ada and linus").to_dict()
    (rows,) = specification["datasets"].values()
    assert [row["label"] for row in rows] == waterfall_bars(breakdown)["label"].tolist()
    assert sum(row["end"] - row["start"] for row in rows[:-1]) == pytest.approx(rows[-1]["end"])
    assert specification["title"] == "ada and linus"


def test_another_frame_or_no_altair_says_the_cure(
    breakdown: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(mm.MentorMatchError, match=r"compatibility.breakdown\(mentee, mentor\)"):
        waterfall(breakdown.drop(columns="side"))
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(mm.MissingPackageError, match=r'pip install "mentormatch-engine\[charts\]"'):
        waterfall(breakdown)
