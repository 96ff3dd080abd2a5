"""Searches over levels and over conditions: what they find, and what is said of those cut short."""

from __future__ import annotations

from itertools import chain, combinations, repeat
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

import mentormatch as mm
from mentormatch.certificates import verify
from mentormatch.solvers import Deadline, deadline
from mentormatch.strategies import AlphaFair, Maximin, MinimumCost
from mentormatch.strategies.infeasible.smallest import search_smallest, shrink_conflict


def clock_of(moments):
    """A clock that shows these moments one after another, and 101 from then on."""
    return SimpleNamespace(monotonic=chain(moments, repeat(101.0)).__next__)


# ------------------------------------------------------------------ levels, for a share of the best


def rivals(n, seed):
    """Everybody likes the same mentors best, so that fairness costs much of the total."""
    rng = np.random.default_rng(seed)
    return np.round(np.outer(rng.random(n), rng.random(n)) + rng.random((n, n)) / 4, 3)


def highest_level(scores, share):
    """The highest level above which pairs still have a share of the best total, by SciPy."""
    rows, columns = linear_sum_assignment(scores, maximize=True)
    least = share * scores[rows, columns].sum()
    best = -np.inf
    for level in np.unique(scores):
        cost = np.where(scores >= level, scores, -1e6)
        total = cost[linear_sum_assignment(cost, maximize=True)].sum()
        if total >= least - 1e-9:
            best = level
    return best


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [0.9, 0.97, 0.995, 1.0])
def test_the_worst_off_is_as_high_as_a_share_of_the_best_total_allows(seed, share):
    scores = rivals(20, seed)
    matching = mm.match(mm.Problem.from_scores(scores), Maximin(keep_total=share))
    assert matching.scores.min() == highest_level(scores, share)
    assert matching.certificate.proven
    assert verify(matching).ok


@pytest.mark.parametrize("readings", range(1, 30, 4))
def test_a_share_whose_search_was_cut_short_is_kept_and_not_called_proven(monkeypatch, readings):
    scores = rivals(20, 0)
    problem = mm.Problem.from_scores(scores)
    whole = mm.match(problem, Maximin(keep_total=0.97))
    monkeypatch.setattr(deadline, "time", clock_of([0.0] * readings))
    matching = mm.match(problem, Maximin(keep_total=0.97), time_limit=100.0)
    assert matching.total >= 0.97 * mm.match(problem).total - 1e-9
    assert matching.scores.min() <= whole.scores.min()
    if matching.scores.min() < whole.scores.min():
        assert not matching.certificate.proven
    assert verify(matching).ok


# ------------------------------------------------------------------- welfare of several scores


def welfare(matching, alpha):
    """Of the sums of the scores of each mentee, all of which are above 0."""
    sums = np.bincount(matching.mentees, matching.scores, minlength=matching.problem.shape[0])
    assert (sums > 0).all()
    return float(np.log(sums).sum() if alpha == 1 else (sums ** (1 - alpha) / (1 - alpha)).sum())


@pytest.mark.parametrize("alpha", [0.5, 1, 2])
def test_a_welfare_whose_rounds_were_cut_short_is_bounded_by_no_less_than_the_best(
    monkeypatch, alpha
):
    scores = np.round(np.random.default_rng(2).random((5, 4)), 2)
    problem = mm.Problem.from_scores(scores, 3, demand=2)
    whole = mm.match(problem, AlphaFair(alpha))
    assert whole.certificate.proven
    best = welfare(whole, alpha)
    for readings in range(1, 40, 3):
        with monkeypatch.context() as patch:
            patch.setattr(deadline, "time", clock_of([0.0] * readings))
            cut = mm.match(problem, AlphaFair(alpha), time_limit=100.0)
        reached = welfare(cut, alpha)
        assert reached <= best + 1e-5
        checked = verify(cut)
        assert checked.ok, checked.findings
        if cut.certificate.proven:
            assert reached == pytest.approx(best, abs=1e-5)
        else:
            assert cut.status is mm.Status.TIME_LIMIT


# ------------------------------------------------------- counts in order, then tiny differences


def test_scores_that_whole_steps_do_not_tell_apart_are_still_bounded():
    """The flow of whole steps leaves a cycle that float64 sees: its prices are those of steps."""
    tiny = 1e-13
    scores = np.full((3, 3), 0.5)
    scores[np.arange(3), [1, 2, 0]] += tiny
    quota = mm.Quota(at_most=3)
    places = np.ones((3, 3))
    problem = mm.Problem.from_scores(places, mentor_scores=scores, capacity=1, quotas=[quota])
    matching = mm.match(problem, MinimumCost())
    best = problem.block(slice(0, 3)).scores
    assert matching.certificate.bound >= best[np.arange(3), [1, 2, 0]].sum()
    assert matching.certificate.gap <= 1e-9
    assert verify(matching).ok


# --------------------------------------------------------------------------------- few conditions


class Sets:
    """Conditions of which all of one of some sets cannot hold together."""

    def __init__(self, sets, fails_at=None):
        self.sets, self.fails_at, self.asked = sets, fails_at, 0

    def find_conflict(self, kept):
        self.asked += 1
        if self.fails_at is not None and self.asked >= self.fails_at:
            raise mm.SolverError("the time was over")
        inside = [one for one in self.sets if one <= set(kept)]
        # Any superset is a conflict too: what is given is not the smallest.
        return sorted(kept) if inside else None


CONFLICTS = st.lists(
    st.frozensets(st.integers(0, 6), min_size=1, max_size=4), min_size=1, max_size=4
)


@given(sets=CONFLICTS)
def test_a_conflict_shrinks_until_nothing_can_go_and_the_smallest_is_found(sets):
    left, done = shrink_conflict(Sets(sets), range(7), Deadline())
    assert done
    assert any(one <= set(left) for one in sets)
    for fewer in combinations(left, len(left) - 1):
        assert not any(one <= set(fewer) for one in sets)
    found = search_smallest(Sets(sets), 7, Deadline())
    assert found is not None
    assert found[1]
    assert any(one <= set(found[0]) for one in sets)
    assert len(found[0]) == min(map(len, sets))


@given(sets=CONFLICTS, fails_at=st.integers(2, 25))
def test_a_search_that_a_solver_ends_gives_a_conflict_all_the_same(sets, fails_at):
    found = search_smallest(Sets(sets, fails_at), 7, Deadline())
    assert found is not None
    assert any(one <= set(found[0]) for one in sets)
    if found[1]:
        assert len(found[0]) == min(map(len, sets))


@pytest.mark.parametrize("readings", range(12))
def test_a_search_that_time_ends_gives_a_conflict_all_the_same(monkeypatch, readings):
    monkeypatch.setattr(deadline, "time", clock_of([0.0] * readings))
    sets = [{0, 1, 2}, {2, 3, 4}, {5, 6}]
    found = search_smallest(Sets(sets), 7, Deadline(100.0))
    assert found is not None
    assert any(one <= set(found[0]) for one in sets)
    assert not found[1] or len(found[0]) == 2


def test_conditions_that_can_all_hold_are_no_conflict():
    assert search_smallest(Sets([]), 5, Deadline()) is None
