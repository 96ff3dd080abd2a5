"""The best total within a number of changes, against a mixed-integer program over all pairs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, sparse

import mentormatch as mm
from mentormatch.rematching.kept import with_bonus

budget = import_module("mentormatch.rematching.budget")
program = import_module("mentormatch.rematching.program")
solver = import_module("mentormatch.solvers.programs.milp")
N, M = 9, 5


def two_programmes(seed, demand=1):
    """A matching, and a problem whose scores have nothing to do with it."""
    rng = np.random.default_rng(seed)
    was = mm.match(mm.Problem.from_scores(rng.random((N, M)), capacity=2 * demand, demand=demand))
    kept = was.pairs[["mentee", "mentor"]].to_numpy()
    rules = [{}, {"minimum": 1}, {"priority": rng.integers(0, 2, N)}, {"pins": kept[:2].tolist()}]
    scores = rng.random((N, M)).round(2)
    numbers = {"capacity": 2 * demand, "demand": demand, **rules[seed % 4]}
    return was, mm.Problem.from_scores(scores, **numbers), kept


def best_within(problem, kept, changes):
    """The largest total of the best coverage that ends at most so many pairs; None if none does.

    Keeps quotas over mentees alone.
    """
    scores = problem.block(slice(0, N)).scores
    places = np.arange(N * M)
    places_of = sparse.coo_array((np.ones(N * M), (places // M, places))).toarray()
    seats_of = sparse.coo_array((np.ones(N * M), (places % M, places))).toarray()
    still = np.zeros((1, N * M))
    still[0, kept[:, 0] * M + kept[:, 1]] = 1
    rows, low, high = [places_of, seats_of], [np.zeros(N), problem.minimums], [problem.demands]
    high += [problem.capacities]
    for quota in problem.quotas:
        rows.append(np.isin(places // M, quota.mentees).astype(float)[None, :])
        low.append([0])
        high.append([quota.at_most])
    must = np.zeros(N * M)
    must[problem.pinned[:, 0] * M + problem.pinned[:, 1]] = 1

    def solve(values):
        found = optimize.milp(
            -values,
            integrality=np.ones(N * M),
            bounds=optimize.Bounds(must, 1),
            constraints=optimize.LinearConstraint(
                np.vstack(rows), np.concatenate(low), np.concatenate(high)
            ),
            options={"mip_rel_gap": 0.0},
        )
        return None if found.x is None else -found.fun

    for c in range(problem.n_classes):
        of_class = np.repeat(problem.priority_classes == c, M).astype(float)
        most = round(solve(of_class))
        rows.append(of_class[None, :])
        low.append([most])
        high.append([most])
    rows.append(still)
    low.append([len(kept) - changes])
    high.append([len(kept)])
    return solve(scores.ravel())


@pytest.mark.parametrize("seed", range(4))
def test_the_best_total_within_a_budget_is_what_a_mixed_integer_program_finds(seed, monkeypatch):
    """Guards the search among the pairs that prices leave open, which few small problems need."""
    branched, branch = [], budget._branch

    def counted(*given):
        branched.append(1)
        return branch(*given)

    monkeypatch.setattr(budget, "_branch", counted)
    was, problem, kept = two_programmes(seed)
    for changes in range(N):
        best = best_within(problem, kept, changes)
        if best is None:
            with pytest.raises(mm.InfeasibleError, match="are needed to serve as many"):
                mm.rematch(was, problem, max_changes=changes)
            continue
        again = mm.rematch(was, problem, max_changes=changes)
        assert again.n_changes <= changes
        assert again.total == pytest.approx(best, abs=1e-6)
        assert again.gap == pytest.approx(0, abs=1e-6)
    assert branched


def cut_short(found, values, **_):
    """A search that ended with the worst pairs that keep all rows, and knows no bound."""
    worst = found(-values, **_)
    return SimpleNamespace(x=worst.x, mip_dual_bound=None, status=1)


@pytest.mark.parametrize("lost", ["no answer", "a worse answer", "too many pairs"])
def test_without_that_search_the_best_known_is_given_with_a_bound(lost, monkeypatch):
    was, problem, kept = two_programmes(2)
    best = best_within(problem, kept, 1)
    if lost == "too many pairs":
        monkeypatch.setattr(program, "pairs_left_open", partial(program.pairs_left_open, most=0))
        monkeypatch.setattr(program, "EVERY", 0)
    else:
        milp = partial(cut_short, optimize.milp)
        if lost == "no answer":
            empty = {"x": None, "mip_dual_bound": None, "status": 1, "message": "over"}
            milp = lambda *_, **__: SimpleNamespace(**empty)  # noqa: E731
        monkeypatch.setattr(solver, "milp", milp)
    again = mm.rematch(was, problem, max_changes=1)
    assert again.n_changes <= 1
    assert again.total <= best + 1e-9
    assert best - 1e-9 <= again.bound
    assert again.gap > 0.01
    assert again.status is not mm.Status.OPTIMAL


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("few", [0, 20_000])
def test_at_several_mentors_each_a_budget_of_pairs_is_kept_with_an_honest_bound(
    seed, few, monkeypatch
):
    monkeypatch.setattr(program, "EVERY", few)
    was, problem, kept = two_programmes(4 * seed, demand=2)
    open_ = 0
    for changes in range(0, len(kept), 2):
        again = mm.rematch(was, problem, max_changes=changes, count="pairs")
        best = best_within(problem, kept, changes)
        assert again.n_changes <= changes
        assert again.total <= best + 1e-6
        assert again.bound >= best - 1e-6
        open_ += again.gap > 1e-6
    # Where every pair can be a column a program decides.
    assert bool(open_) == (not few)


@pytest.mark.parametrize("seed", range(3))
def test_beside_quotas_the_fewest_changes_are_those_of_a_program(seed):
    """Prices of pairs tell nothing of quotas: how many can go on is counted by another match."""
    was, problem, kept = two_programmes(4 * seed)
    quotas = [mm.Quota([0, 1, 2, 3], at_most=2), mm.Quota([3, 4, 5], at_most=2)]
    problem = replace(problem, quotas=quotas)
    again = mm.rematch(was, problem)
    fewest = next(k for k in range(N + 1) if best_within(problem, kept, k) is not None)
    assert fewest > 0
    assert again.n_changes == again.fewest == fewest
    assert again.total == pytest.approx(best_within(problem, kept, fewest), abs=1e-6)
    assert again.bound >= again.total - 1e-6


def test_scores_with_a_bonus_are_the_scores_plus_the_bonus_however_they_are_read():
    _, problem, kept = two_programmes(3)
    problem = replace(problem, bans=[(8, 2)], min_score=0.2)
    i, j = np.array([pair for pair in kept if not problem.reasons(*pair)]).T
    bonus = with_bonus(problem, i, j, 0.5, factor=2.0)
    want = 2 * problem.scores(slice(0, N), np.nan)
    want[i, j] += 0.5
    scorer = bonus.compatibility.scorer
    every = np.repeat(np.arange(N), M), np.tile(np.arange(M), N)
    found = np.where(problem.pairs(*every).eligible, scorer.pairs(*every).scores, np.nan)
    np.testing.assert_allclose(found.reshape(N, M), want)
    np.testing.assert_allclose(scorer.precise().block(slice(0, N)).scores, want)
    np.testing.assert_allclose(scorer.block(slice(2, 5), slice(1, 3)).scores, want[2:5, 1:3])
    order = np.arange(N)[::-1], np.array([2, 0, 1, 4, 3])
    taken = scorer.take(*order)
    assert taken.shape == (N, M)
    np.testing.assert_allclose(taken.block(slice(0, N)).scores, want[np.ix_(*order)])
    # What is said about a pair is said of its own score.
    assert scorer.two_sided
    assert scorer.error == 2 * problem.compatibility.scorer.error
    assert scorer.rules == problem.compatibility.scorer.rules
    assert scorer.reasons(8, 2) == problem.reasons(8, 2) != ()
    assert scorer.removed(np.arange(N)).tolist() == (
        problem.compatibility.scorer.removed(np.arange(N)).tolist()
    )
    pd.testing.assert_frame_equal(scorer.breakdown(0, 1), problem.compatibility.breakdown(0, 1))


def test_a_result_says_how_changes_were_weighed_and_what_is_proven(monkeypatch):
    """The proof at a price of changes was told of a budget that no price reaches: "proven"."""
    was, problem, _ = two_programmes(2)
    priced = repr(mm.rematch(was, problem, change_value=0.25))
    assert "go on ended (price of a change, each change priced at 0.25)" in priced
    assert "proven: no such matching has a total above " in priced
    limited = mm.rematch(was, problem, max_changes=5)
    assert "go on ended (at most so many changes 5)" in repr(limited)
    branched = mm.rematch(was, problem, max_changes=1)
    assert "proven by the solver's bound (HiGHS): no such matching" in repr(branched)
    monkeypatch.setattr(budget, "_branch", lambda *_: None)
    opened = mm.rematch(was, problem, max_changes=1)
    assert opened.gap > 0.01
    assert f"not proven: no matching of this mode exceeds {opened.bound:.6g}" in repr(opened)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (pd.DataFrame({"mentee": [0]}), "need the columns mentee and mentor; mentor is missing."),
        (pd.DataFrame({"who": [0]}), "mentee, mentor are missing."),
        (pd.DataFrame({"mentee": [0, 0], "mentor": [1, 1]}), "hold 0 and 1 twice."),
        ([(0, 1), (0, 1)], "hold 0 and 1 twice."),
    ],
)
def test_pairs_of_before_that_are_none_are_refused(given, said):
    with pytest.raises(mm.MatchingError, match=said):
        mm.rematch(given, mm.Problem.from_scores([[0.5, 0.6]]))
