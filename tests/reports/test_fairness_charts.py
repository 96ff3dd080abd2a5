"""Charts of the fairness audit: every number drawn has its interval, small groups are not drawn."""

from __future__ import annotations

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.audits import fairness_of

pytest.importorskip("altair", reason="charts are an extra")
from mentormatch.reports import gap_chart, group_chart, lorenz_chart
from mentormatch.reports.charts.fairness import groups_in_brief


@pytest.fixture(scope="module")
def fairness():
    rng = np.random.default_rng(0)
    gender = np.array(["f"] * 30 + ["m"] * 27 + ["x"] * 3)
    matching = mm.match(mm.Problem.from_scores(rng.random((60, 20)), capacity=3))
    return fairness_of(matching, {"gender": gender}, resamples=100)


def rows_of(chart):
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def test_groups_are_drawn_with_their_intervals_and_tiny_ones_not_at_all(fairness):
    rows = rows_of(group_chart(fairness, "gender"))
    assert {row["group"] for row in rows} == {"f (30)", "m and 1 small group (30)"}
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)
    assert {row["source"] for row in rows} == {"before matching", "by the matching"}


def test_scores_of_all_groupings_of_a_report_have_one_scale():
    """0.50 to 0.55 was as wide in one chart as 0.30 to 0.60 in the one below it."""
    scores = np.repeat([[0.35], [0.45], [0.55], [0.65]], 15, axis=0) * np.ones((1, 60))
    matching = mm.match(mm.Problem.from_scores(scores))
    labels = {"even": ["a", "b"] * 30, "by score": np.repeat(list("wxyz"), 15)}
    found = fairness_of(matching, labels, resamples=100)

    def scale_of(grouping):
        panels = groups_in_brief(found, grouping).to_dict()["hconcat"]
        [panel] = [
            one for one in panels
            if one["layer"][0]["encoding"]["x"]["title"] == "score received"
        ]  # fmt: skip
        return panel["layer"][0]["encoding"]["x"]["scale"]["domain"]

    low, high = scale_of("even")
    assert scale_of("by score") == [low, high]
    assert low <= 0.35
    assert high >= 0.65
    # In tenths: no number of a group that is not drawn.
    assert round(10 * low, 6) == int(round(10 * low, 6))


def test_gaps_are_drawn_with_their_intervals(fairness):
    rows = [row for row in rows_of(gap_chart(fairness)) if "difference" in row]
    assert len(rows) == len(fairness.gaps)
    assert any("no gap" in row["label"] for row in rows)


def test_the_lorenz_curve_runs_from_nobody_to_all(fairness):
    rows = [row for row in rows_of(lorenz_chart(fairness)) if row["people"] in (0, 1)]
    assert {row["score"] for row in rows} == {0, 1}


def test_what_is_not_there_is_said(fairness):
    with pytest.raises(
        mm.MentorMatchError, match=r"no grouping 'site' of mentees\. It has: gender"
    ):
        group_chart(fairness, "site")
    with pytest.raises(mm.MentorMatchError, match="compares no groups of mentors"):
        gap_chart(fairness, "mentors")
