"""Pairs near a score limit, and pins and bans that somebody decided on later."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mentormatch.problem.pairs import PairRule, below_limit
from mentormatch.problem.pins import merge_decisions


class Decisions(NamedTuple):
    """Pins and bans, as a review gives them."""

    pins: list[PairRule]
    bans: list[PairRule]


def test_a_fast_block_is_below_a_limit_exactly_where_its_float64_scores_are():
    near = 0.5 + np.array([-1e-9, 0.0, 1e-9, -0.3, 0.3])
    exact = np.add.outer([0.0, -1e-10, 1e-10], near)
    asked = []

    def read(i, j):
        asked.extend(j.tolist())
        return exact[i, j]

    below = below_limit(exact.astype(np.float32), 0.5, 1e-6, read)
    assert np.array_equal(below, exact < 0.5)
    # Only what is too close to the limit is read again.
    assert set(asked) == {0, 1, 2}
    far = below_limit(exact[:, 3:].astype(np.float32), 0.5, 1e-6, read)
    assert np.array_equal(far, exact[:, 3:] < 0.5)
    assert set(asked) == {0, 1, 2}


def test_a_decision_replaces_what_was_said_of_the_pair_and_of_a_mentee_who_wants_one():
    pins = [PairRule("ada", "mia"), PairRule("bob", "mia"), PairRule("bob", "linus")]
    bans = [PairRule("ada", "linus"), PairRule("cy", "mia")]
    new = Decisions([PairRule("ada", "linus")], [PairRule("bob", "linus", "moved")])
    assert merge_decisions(new, pins, bans, {"ada"}) == (
        (PairRule("bob", "mia"), PairRule("ada", "linus")),
        (PairRule("cy", "mia"), PairRule("bob", "linus", "moved")),
    )
    # A mentee who wants several mentors keeps the earlier one.
    assert merge_decisions(new, pins, bans, set())[0][0] == PairRule("ada", "mia")
    assert merge_decisions(Decisions([], []), pins, bans, {"ada"}) == (tuple(pins), tuple(bans))
