"""A bound read from float32 blocks is that of the exact scores: blocks only tell where to look."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from made_up_cohorts import cohorts, mixtures

import mentormatch as mm
from mentormatch.certificates import Multipliers, upper_bound
from mentormatch.certificates.bounds import bound, seen
from mentormatch.compatibility import blocks
from mentormatch.sums import lost_in


@settings(max_examples=max(10, settings().max_examples // 4))
@given(cohort=cohorts(), criteria=mixtures(), data=st.data())
def test_a_bound_of_fast_blocks_is_never_below_the_exact_one_and_as_tight(cohort, criteria, data):
    """Guards the path of more than 20 million pairs, with few and with many candidates a mentee.

    Whatever tiles they are read by.
    """
    near = data.draw(st.sampled_from([0, seen.NEAR_PAIRS]))
    price = st.sampled_from([0.0, 0.125, 0.1, 1.0, -0.5, 3e5])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seen, "NEAR_PAIRS", near)
        patch.setattr(bound, "ROWS_OF_A_BLOCK", data.draw(st.sampled_from([1, 512])))
        patch.setattr(blocks, "TILE_COLUMNS", data.draw(st.sampled_from([1, 2, 1024])))
        fast = mm.Problem(criteria.score(cohort, precision="float32"), capacity=1, demand=1)
        assume(fast.compatibility.scorer.error > seen.INEXACT)
        n, m = fast.shape
        assume(n * m > 0)
        multipliers = Multipliers(
            np.array([data.draw(price) for _ in range(m)]), np.array([data.draw(price)])
        )
        found = upper_bound(fast, multipliers, np.array([0]), 0)
    pairs = fast.pairs(np.repeat(np.arange(n), m), np.tile(np.arange(m), n))
    scores, eligible = pairs.scores.reshape(n, m), pairs.eligible.reshape(n, m)
    prices = [Fraction(one) for one in multipliers.prices.tolist()]
    exact = sum((max(one, Fraction(0)) for one in prices), Fraction(0))
    for i in range(n):
        values = [Fraction(float(scores[i, j])) - prices[j] for j in range(m) if eligible[i, j]]
        if values:
            exact += max(max(values) + Fraction(float(multipliers.coverage[0])), Fraction(0))
    event(f"some eligible: {eligible.any()}")
    assert Fraction(found) >= exact
    sizes = 2 * (n + m) * (2.0 + max(map(abs, map(float, prices))) + 3e5)
    left_out = n * fast.precise().compatibility.scorer.error * (near == 0)
    assert Fraction(found) <= exact + Fraction(lost_in(10) * sizes + left_out)
