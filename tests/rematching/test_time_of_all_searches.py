"""One time limit for all searches of a rematch, and only what is proven is said to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.rematching import budget, program
from mentormatch.solvers.deadline import Deadline
from mentormatch.strategies.base import match


@pytest.fixture
def problem() -> mm.Problem:
    scores = np.random.default_rng(3).random((9, 6))
    return mm.Problem.from_scores(scores, capacity=2)


@pytest.fixture
def before(problem: mm.Problem) -> pd.DataFrame:
    """Pairs of before of which not all can be kept: three of them share two seats."""
    return pd.DataFrame({"mentee": [0, 1, 2, 3, 4], "mentor": [0, 0, 0, 1, 5]})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """The limits that the searches of a rematch are given, one by one."""
    limits: list[float | None] = []

    def noted(*given: object, **options: object) -> mm.Matching:
        limits.append(options["time_limit"])
        return match(*given, **options)

    monkeypatch.setattr(program, "match", noted)
    return limits


MODES = {
    "fewest": {},
    "priced": {"change_value": 0.1},
    "at most": {"max_changes": 3},
    "people": {"count": "people"},
    "people priced": {"count": "people", "change_value": 0.1},
    "people at most": {"count": "people", "max_changes": 4},
}


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES.keys())
def test_searches_share_one_limit_and_say_no_more_than_they_know(problem, before, asked, mode):
    whole = mm.rematch(before, problem, **mode)
    assert set(asked) == {None}
    asked.clear()
    cut = mm.rematch(before, problem, time_limit=1e-9, **mode)
    # Once it is over, each search that an answer needs has next to nothing.
    assert asked
    assert max(asked) == program.LEAST_SECONDS
    assert mm.audit(cut).feasibility.ok
    assert cut.bound >= whole.total - 1e-9 or whole.n_changes > cut.n_changes
    if whole.fewest is not None:
        assert cut.fewest <= whole.fewest <= cut.n_changes
    if "max_changes" in mode:
        assert cut.n_changes <= mode["max_changes"]
    if cut.n_changes == whole.n_changes:
        assert cut.total <= whole.total + 1e-9
    later = mm.rematch(before, problem, time_limit=600, **mode)
    pd.testing.assert_frame_equal(later.pairs, whole.pairs)
    assert later.status is whole.status is mm.Status.OPTIMAL


def test_pairs_that_a_cut_search_did_not_keep_are_not_said_to_be_impossible_to_keep(
    problem, monkeypatch
):
    # The search that counts ends early, and with it what is known of the fewest changes.
    real = budget.count_kept
    monkeypatch.setattr(budget, "count_kept", lambda *given: max(real(*given) - 1, 0))
    monkeypatch.setattr(budget, "_most_by_prices", lambda *_: None)
    before = [(0, 0), (1, 1), (2, 2)]
    i, j = np.array(before).T
    over = program.SearchOptions(0, Deadline.after(1e-9))
    _, kept, most = budget.fewest_changes(problem, i, j, 3, over)
    assert (kept, most) == (2, 3)
    unlimited = program.SearchOptions(0, Deadline())
    _, kept, most = budget.fewest_changes(problem, i, j, 3, unlimited)
    assert (kept, most) == (2, 3)


def test_what_was_not_decided_in_time_is_not_called_impossible(problem, before, monkeypatch):
    real = budget.corner_at

    def cut(*given: object) -> budget.Corner:
        corner = real(*given)
        certificate = replace(corner.matching.certificate, proven=False)
        return replace(corner, kept=0, matching=replace(corner.matching, certificate=certificate))

    monkeypatch.setattr(budget, "corner_at", cut)
    with pytest.raises(mm.SolverError, match="was known whether so few changes are enough"):
        mm.rematch(before, problem, max_changes=3, time_limit=1e-9)


def test_the_seconds_of_all_searches_are_said_once(problem, before, monkeypatch):
    moments = iter(np.arange(0.0, 1000.0, 2.0))
    monkeypatch.setattr("mentormatch.strategies.base.time.perf_counter", lambda: next(moments))
    cut = mm.rematch(before, problem, time_limit=1)
    said = [note for note in cut.notes if "more than the time limit" in note]
    assert len(said) == 1
    assert said[0].startswith(f"it took {cut.runtime:.3g} s, more than the time limit of 1 s")
