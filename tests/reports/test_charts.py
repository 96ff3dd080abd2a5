"""Charts show what they say, once, and are drawn without a browser and without internet."""

from __future__ import annotations

import re

import altair
import numpy as np
import pandas as pd
import pytest
from reports_people import cohort_of, matching_of

import mentormatch as mm
from mentormatch.reports.charts import as_svg, styled
from mentormatch.reports.charts.breakdown import waterfall_bars
from mentormatch.reports.charts.matching import load_counts, score_counts


@pytest.fixture(scope="module")
def matching() -> mm.Matching:
    return matching_of(cohort_of(24, 12))


def marks(svg: str, kind: str) -> int:
    return len(re.findall(rf'aria-roledescription="{kind}"', svg))


def test_each_gap_stands_once_in_the_panel_of_its_grouping(matching: mm.Matching) -> None:
    # Every row used to be drawn in every panel.
    halves = ["first"] * 12 + ["second"] * 12
    fairness = mm.audits.fairness_of(matching, {"parity": halves, "order": halves[::-1]})
    gaps = fairness.gaps[fairness.gaps["side"] == "mentees"]
    assert gaps["grouping"].nunique() == 2
    svg = as_svg(mm.reports.gap_chart(fairness))
    assert marks(svg, "point") == len(gaps)


def test_a_histogram_counts_every_pair_once(matching: mm.Matching) -> None:
    counts = score_counts(matching)
    assert counts["pairs"].sum() == len(matching.scores)
    svg = as_svg(styled(mm.reports.score_chart(matching)))
    # Every range that has pairs has a shape with an extent.
    assert len(re.findall(r'<path[^>]*d="M[^"]*h[1-9][^"]*"[^>]*fill="#08656d"', svg)) >= int(
        (counts["pairs"] > 0).sum()
    )


def test_loads_add_up_to_the_mentors_with_seats(matching: mm.Matching) -> None:
    counts = load_counts(matching)
    offered = int(np.count_nonzero(matching.problem.capacities))
    assert counts[["full", "some seats free", "no mentee"]].to_numpy().sum() == offered
    assert as_svg(mm.reports.load_chart(matching)).startswith("<svg")


def test_whoever_offers_no_seat_makes_no_row_of_nothing() -> None:
    matching = mm.match(mm.Problem.from_scores(np.ones((2, 3)), capacity=[0, 1, 2]))
    assert load_counts(matching)["seats"].tolist() == [0, 1, 2]
    assert set(mm.reports.load_chart(matching).data["seats"]) == {"1", "2"}


def test_the_matrix_draws_a_dot_for_every_pair(matching: mm.Matching) -> None:
    svg = as_svg(mm.reports.score_matrix(matching))
    assert marks(svg, "point") == len(matching.mentees)


def test_labels_of_a_waterfall_are_words(matching: mm.Matching) -> None:
    pair = matching.pairs.loc[0, ["mentee", "mentor"]]
    bars = waterfall_bars(matching.problem.compatibility.breakdown(*pair))
    assert list(bars["label"]) == ["Skill coverage", "Level gap: level", "score of the pair"]


def test_charts_of_a_notebook_are_pictures_after_use_offline(matching: mm.Matching) -> None:
    before = altair.renderers.active
    try:
        mm.reports.use_offline()
        shown = mm.reports.score_chart(matching)._repr_mimebundle_()
        bundle = shown[0] if isinstance(shown, tuple) else shown
        assert list(bundle) == ["image/svg+xml"]
        assert "<script" not in bundle["image/svg+xml"]
    finally:
        altair.renderers.enable(before)


def test_the_chart_of_rounds_has_every_round_and_says_what_it_needs() -> None:
    rounds = pd.DataFrame(
        {"round": [1, 2, "next"], "regret": [0.2, 0.1, 0.0], "low": 0.0, "high": [0.3, 0.2, 0.1]}
    )
    drawn = mm.reports.round_chart(rounds, "regret").to_dict()
    (data,) = drawn["datasets"].values()
    assert [(row["round"], row["value"]) for row in data] == [("1", 0.2), ("2", 0.1), ("next", 0)]
    assert len(drawn["layer"]) == 3
    assert (
        len(mm.reports.round_chart(rounds[["round", "regret"]], "regret").to_dict()["layer"]) == 2
    )
    with pytest.raises(mm.MentorMatchError, match="the columns 'round' and 'joy'"):
        mm.reports.round_chart(rounds, "joy")
