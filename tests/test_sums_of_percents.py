"""Parts of one whole sum to 100 per cent wherever they are shown."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.sums import share_out_percents

SIZES = st.lists(st.floats(0, 1e6), min_size=1, max_size=12)


@given(SIZES)
def test_parts_of_a_whole_sum_to_100_and_are_off_by_less_than_one(sizes: list[float]) -> None:
    percents = share_out_percents(sizes)
    if not any(sizes):
        assert percents == [0] * len(sizes)
        return
    assert sum(percents) == 100
    scaled = np.array(sizes) / max(sizes)
    assert np.abs(np.array(percents) - 100 * scaled / scaled.sum()).max() < 1 + 1e-9


def test_what_is_no_part_of_a_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="numbers of 0 or more"):
        share_out_percents([1, -1])


def three_alike() -> mm.Problem:
    """Three criteria of one weight, each a third of the score."""
    rng = np.random.default_rng(0)
    people = [pd.DataFrame(rng.random((6, 3)), columns=list("abc")) for _ in range(2)]
    criteria = mm.Criteria(*(mm.criteria.Near(name, scale=1.0, weight=1) for name in "abc"))
    return mm.Problem(criteria.score(mm.Cohort(*people)))


def test_three_criteria_of_one_weight_are_100_per_cent_of_the_score_everywhere() -> None:
    # 33 + 33 + 33 stood in the report and in the notebook's table of criteria.
    matching = mm.match(three_alike())
    report = mm.reports.html_report(matching)
    for pattern in (r"(\d+) % of the score", r'"share": ?"(\d+) %"'):
        assert sum(map(int, re.findall(pattern, report))) == 100, pattern
    criteria = mm.Criteria(*(mm.criteria.Near(name, scale=1.0, weight=1) for name in "abc"))
    assert sum(map(int, re.findall(r">(\d+) ?%<", criteria._repr_html_()))) == 100
