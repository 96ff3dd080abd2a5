"""The table of offers: in the type of the blocks, and never too low, however prices move."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.solvers.assignment import pricing
from mentormatch.solvers.assignment.pricing import OfferTable, find_surplus
from mentormatch.solvers.flows.columns import PairColumns
from mentormatch.strategies.staged.transports import transport_of


def profiles(n, m):
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants_to_learn", offers="can_teach"),
        mm.criteria.Different("team"),
    )
    cohort = mm.datasets.it_program(n, m, seed=5)
    return mm.Problem(criteria.score(cohort, precision="float32"), capacity=1)


def given(n, m):
    scores = np.random.default_rng(1).normal(size=(n, m))
    return mm.Problem.from_scores(np.where(scores < -1, np.nan, scores))


@pytest.mark.parametrize(
    ("make", "dtype"), [(profiles, np.float32), (given, np.float64)], ids=["profiles", "given"]
)
def test_offers_are_never_too_low_and_their_surplus_is_that_of_all_pairs(make, dtype, monkeypatch):
    """Guards the rounding of float32 offers, over blocks of mentees that do not come out even."""
    monkeypatch.setattr(pricing, "ROWS_AT_ONCE", 33)
    n, m = 110, 130
    transport = transport_of(make(n, m))
    scores = transport.dense()
    offers = OfferTable(transport, 7)
    assert offers.values.dtype == dtype
    rng = np.random.default_rng(2)
    edges = [*offers.starts, m]
    for move in range(6):
        prices = rng.random(m) * 10.0 ** rng.integers(-3, 3)
        best = (scores - prices).max(axis=1)
        # Few are asked for, so that most offers are only bounded.
        threshold = best - rng.choice([-0.2, 0.1], n, p=[0.8, 0.2]) if move else np.full(n, 1e300)
        offers.update(prices, threshold, PairColumns.empty(n, m))
        surplus = find_surplus(transport, offers, threshold, prices)
        groups = np.stack(
            [(scores - prices)[:, a:b].max(axis=1) for a, b in pairwise(edges)],
            axis=1,
        )
        assert (offers.values >= groups - 2 * offers.blur).all()
        assert ((offers.values > -np.inf) == (groups > -np.inf)).all()
        found, true = surplus > 0, groups > threshold[:, None]
        far = np.abs(groups - threshold[:, None]) > 4 * offers.blur + 1e-9
        assert (found == true)[far].all()
