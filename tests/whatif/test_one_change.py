"""One seat, one person, one pin: told by chains of moves, without a solver, as a fresh match."""

from __future__ import annotations

from importlib import import_module

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings

import mentormatch as mm
from oracles import achieved, best_by_trying_everything
from problems import problems, with_one_mentor_each

scenario = import_module("mentormatch.whatif.scenario")


def single_changes(problem):
    """Every single change of a problem that chains of moves can tell."""
    n, m = problem.shape
    for j in range(m):
        yield mm.change.seat(j, +1)
        yield mm.change.seat(j, -1)
        yield mm.change.leave(j, "mentor")
    for i in range(n):
        yield mm.change.leave(i, "mentee")
        for j in range(m):
            yield mm.change.pin(i, j)


def check_against_trying_everything(matching, change):
    """The scenario reaches what trying everything reaches, with a proof."""
    try:
        changed = change.apply(matching.problem)
    except mm.MentorMatchError:
        assume(False)
    best = best_by_trying_everything(changed)
    if best is None:
        with pytest.raises(mm.InfeasibleError):
            mm.what_if(matching, [change])
        return
    told = mm.what_if(matching, [change])
    after = achieved(told.after)
    assert after.covered == best.covered
    assert after.pairs == best.pairs
    assert after.total == pytest.approx(best.total, abs=1e-6)
    assert told.after.certificate.proven
    assert mm.certificates.verify(told.after).ok
    assert told.gain == pytest.approx(told.after.total - matching.total, abs=1e-12)
    assert all(map(told.text, ("mentee", "committee")))


@settings(max_examples=max(50, settings().max_examples))
@given(problems(5), st.data())
def test_one_change_is_told_as_trying_everything_finds_it(problem, data):
    if data.draw(st.booleans()):
        problem = with_one_mentor_each(problem)
    changes = list(single_changes(problem))
    assume(changes)
    try:
        matching = mm.match(problem)
    except mm.InfeasibleError:
        assume(False)
    change = data.draw(st.sampled_from(changes))
    check_against_trying_everything(matching, change)


def test_at_one_mentor_each_every_such_change_is_told_without_matching_again():
    """Guards against an answer that quietly solves."""
    for seed in range(4):
        rng = np.random.default_rng(seed)
        scores = np.where(rng.random((5, 4)) < 0.2, np.nan, rng.normal(size=(5, 4)).round(1))
        numbers = {
            "capacity": rng.integers(0, 3, 4),
            "priority": rng.integers(0, 2, 5) if seed % 2 else None,
            "coverage_first": bool(seed % 3),
        }
        matching = mm.match(mm.Problem.from_scores(scores, **numbers))
        for change in single_changes(matching.problem):
            try:
                fresh = mm.match(change.apply(matching.problem))
            except mm.MentorMatchError:
                continue
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(scenario, "match", refuse)
                told = mm.what_if(matching, [change])
            assert told.to_dict()["how"] == told.how == "chains of moves"
            assert told.after.total == pytest.approx(fresh.total, abs=1e-9)
            assert told.after.n_matched == fresh.n_matched


def refuse(*_, **__):
    raise AssertionError("matched again")


@pytest.mark.parametrize("demand", [1, 2])
def test_no_solver_runs_for_one_change(monkeypatch, demand):
    rng = np.random.default_rng(4)
    problem = mm.Problem.from_scores(rng.random((60, 25)).round(2), capacity=3, demand=demand)
    matching = mm.match(problem)
    base = import_module("mentormatch.solvers.assignment.choice")
    for name in base.ENGINES:
        monkeypatch.setitem(base.ENGINES, name, None)
    monkeypatch.setattr(scenario, "match", refuse)
    open_ = next(
        (i, j)
        for i in range(60)
        for j in range(25)
        if j not in set(matching.mentors[matching.mentees == i])
    )
    changes = [mm.change.seat(3, 1), mm.change.seat(3, -1), mm.change.pin(*open_)]
    if demand == 1:
        changes += [mm.change.leave(7, "mentee"), mm.change.leave(3, "mentor")]
    for change in changes:
        told = mm.what_if(matching, [change])
        assert told.how == "chains of moves"
        assert told.after.certificate.proven
        assert "prices prove it" in told.text()
    grid = mm.what_if_grid(matching, {one.kind: [one] for one in changes})
    assert set(grid["how"]) == {"chains of moves"}


def test_what_the_graph_does_not_cover_is_matched_again_and_says_so():
    scores = pd.DataFrame(
        [[0.9, 0.8], [0.7, 0.1], [0.4, 0.3]], index=list("abc"), columns=list("xy")
    )
    problem = mm.Problem.from_scores(scores)
    matching = mm.match(problem)
    for changes in (
        [mm.change.seat("x", +2)],
        [mm.change.ban("a", "x")],
        [mm.change.seat("x", +1), mm.change.leave("a")],
    ):
        assert mm.what_if(matching, changes).how == "matched again"
    assert mm.what_if(matching, [mm.change.seat("x")]).how == "chains of moves"
    ruled = mm.match(mm.Problem.from_scores(scores, quotas=[mm.Quota(["a", "b"], at_most=1)]))
    assert mm.what_if(ruled, [mm.change.seat("x")]).how == "matched again"
    worse = mm.Matching.from_pairs(problem, [("c", "x")])
    assert mm.what_if(worse, [mm.change.seat("x")]).how == "matched again"
    stable = mm.match(problem, "stable")
    assert mm.what_if(stable, [mm.change.seat("x")]).how == "matched again"
    assert mm.what_if(stable, [mm.change.seat("x")], strategy="optimal").how == "matched again"


@pytest.mark.parametrize(
    ("given_", "change", "said"),
    [
        ({"minimum": [1, 0]}, mm.change.seat("lin", -1), "'lin' must have 1, but takes at most 0"),
        ({"pins": [("ada", "lin")]}, mm.change.seat("lin", -1), "'lin' has 1 pin but capacity 0"),
        ({"minimum": [1, 1]}, mm.change.leave("ada"), "must have 1 each, but only 1 mentee"),
        ({"minimum": [2, 0], "capacity": [2, 1]}, mm.change.leave("ada"), "'lin' must have 2"),
    ],
)
def test_what_no_matching_is_left_for_is_said_as_by_a_fresh_match(given_, change, said):
    scores = pd.DataFrame([[0.9, 0.1], [0.8, 0.7]], ["ada", "bob"], ["lin", "mia"])
    problem = mm.Problem.from_scores(scores, **given_)
    with pytest.raises(mm.InfeasibleError) as told:
        mm.what_if(mm.match(problem), [change])
    with pytest.raises(mm.InfeasibleError) as fresh:
        mm.match(change.apply(problem))
    assert str(told.value) == str(fresh.value)
    assert said in str(told.value)


def test_a_mentor_who_leaves_takes_its_minimum_along():
    problem = mm.Problem.from_scores([[0.9, 0.1], [0.8, 0.7]], minimum=[1, 0])
    told = mm.what_if(mm.match(problem), [mm.change.leave(0, "mentor")])
    assert told.how == scenario.CHAINS
    assert told.after.pairs.to_numpy().tolist() == [[1, 1, 0.7]]
    assert told.after.certificate.proven
    assert mm.certificates.verify(told.after).ok
