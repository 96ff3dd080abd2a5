"""Names of people and groups end no script of a page that holds a chart."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm

alt = pytest.importorskip("altair")
from mentormatch.reports.charts import weight_chart  # noqa: E402
from mentormatch.reports.charts.style import split_tags  # noqa: E402

EVIL = "</script><script>alert(1)</script>"


@split_tags
def draw(names):
    frame = pd.DataFrame({"name": names, "value": range(len(names))})
    return alt.Chart(frame, title=names[0]).mark_bar().encode(x="value:Q", y="name:N")


def test_a_label_cannot_end_the_script_that_draws_it():
    page = draw([EVIL, "<!--", "Ada"]).to_html()
    assert EVIL not in page
    assert "<!--" not in page
    assert page.count("</script>") == draw(["Ada < Bob"]).to_html().count("</script>")


def test_a_chart_without_tags_is_left_as_it_was_made():
    assert draw(["Ada < Bob"]).data["name"].tolist() == ["Ada < Bob"]


def test_groups_of_any_name_can_be_drawn_and_run_nothing():
    rng = np.random.default_rng(0)
    matching = mm.match(mm.Problem.from_scores(rng.random((20, 20))))
    groups = {"team": [EVIL, "b"] * 10}
    fairness = mm.audits.fairness_of(matching, groups, resamples=100)
    assert EVIL not in mm.reports.gap_chart(fairness).to_html()


def test_a_criterion_of_any_name_can_be_drawn_and_runs_nothing():
    row = {"criterion": EVIL, "old": 1.0, "new": 2.0, "low": 0.0, "high": 3.0, "identified": True}
    learned = SimpleNamespace(report=pd.DataFrame([row]))
    assert EVIL not in weight_chart(learned).to_html()
