"""A strategy that the time limit did not let come to its end is said first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.certificates.kinds import faces
from mentormatch.explanations.cautions import find_cautions_of_pairs
from mentormatch.programme.screen.auditing import describe_audit


@pytest.fixture
def problem(monkeypatch: pytest.MonkeyPatch) -> mm.Problem:
    monkeypatch.setattr(faces, "PAIRS_A_LOOK", 20)
    rng = np.random.default_rng(1)
    words = ["lua", "rust", "cloud", "tests", "talks", "teams"]
    tables = [
        pd.DataFrame({"about": [" ".join(rng.choice(words, 3)) for _ in range(count)]})
        for count in (14, 9)
    ]
    criteria = mm.Criteria(mm.criteria.TextSimilarity("about"))
    return mm.Problem(criteria.score(mm.Cohort(*tables)), 2)


@pytest.mark.parametrize("strategy", ["leximin", "maximin", "nash", "balanced"])
def test_a_strategy_that_was_not_followed_is_said_first(problem: mm.Problem, strategy: str) -> None:
    cut = mm.match(problem, strategy, time_limit=1e-9)
    assert find_cautions_of_pairs(cut)[0].startswith(
        f"The strategy '{strategy}' was not followed: the time limit came first."
    )
    # It claimed nothing, so no claim of it fails.
    assert "it is not proven to be the best by its own aim" in str(describe_audit(mm.audit(cut))[0])
    whole = mm.match(problem, strategy)
    assert not any("time limit" in one for one in find_cautions_of_pairs(whole))


def test_the_total_of_a_search_that_was_cut_has_its_own_gap(problem: mm.Problem) -> None:
    assert not find_cautions_of_pairs(mm.match(problem, time_limit=1e-9))
