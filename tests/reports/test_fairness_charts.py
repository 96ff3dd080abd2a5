"""Charts of the fairness audit: every number drawn has its interval, small groups are not drawn."""

from __future__ import annotations

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.audits import fairness_of

pytest.importorskip("altair", reason="charts are an extra")
from mentormatch.reports import gap_chart, group_chart, lorenz_chart


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
