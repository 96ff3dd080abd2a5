"""Matchings made in haste under side rules: they keep every rule, and there is one in time."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import mentormatch as mm
from mentormatch.solvers.deadline import Deadline
from mentormatch.solvers.programs.side_program import SideAnswer
from mentormatch.strategies.staged import open_pairs, repairing
from mentormatch.strategies.staged.open_pairs import OpenPairs
from mentormatch.strategies.staged.repairing import repair
from mentormatch.strategies.total import optimal
from side_oracles import dense_problems, every_with_rules, mixed_problems


@given(case=st.one_of(mixed_problems(4), dense_problems(4)), seed=st.integers(0, 9))
def test_what_is_repaired_keeps_every_rule_whatever_it_is_made_of(case, seed):
    problem, rules = case
    pairs = OpenPairs.every(problem)
    rng = np.random.default_rng(seed)
    begun = np.flatnonzero(rng.random(len(pairs)) < rng.random())
    made = every_with_rules(problem, rules)
    found = repair(pairs, begun, Deadline())
    low, high = problem.sides.limits(problem.pinned)
    lower = problem.minimums.any() or (low > 0).any() or (high < 0).any()
    if found is None:
        # Only where something must be made may nothing be found.
        assert lower or not len(made)
        return
    matching = found[0].matching(found[1])
    table = np.zeros(problem.shape, dtype=bool)
    table[matching.mentees, matching.mentors] = True
    assert (made == table).all(axis=(1, 2)).any()


def crossing(n=200, m=120, **more):
    rng = np.random.default_rng(0)
    quotas = [
        mm.Quota(list(range(0, n, 2)), list(range(0, m, 3)), at_most=n // 12, name="halves"),
        mm.Quota(list(range(0, n, 3)), list(range(0, m, 2)), at_most=n // 12, name="thirds"),
    ]
    return mm.Problem.from_scores(rng.random((n, m)), 2, quotas=quotas, **more)


@pytest.mark.parametrize("demand", [1, 2])
def test_time_that_is_over_leaves_the_plain_optimum_repaired(demand):
    # It said that nothing was found, where a matching that keeps all rules is made in an instant.
    problem = crossing(demand=demand)
    matching = mm.match(problem, time_limit=0.001)
    assert "repaired" in matching.engine
    assert matching.status is mm.Status.TIME_LIMIT
    assert not matching.certificate.proven
    checked = mm.certificates.verify(matching)
    assert checked.ok, checked.findings
    assert not checked.believed, "its bounds are those of prices"
    assert mm.audit(matching).feasibility.ok
    best = mm.match(problem)
    assert matching.n_matched == best.n_matched == 200
    assert matching.certificate.bound >= best.total - 1e-6
    assert matching.total >= 0.95 * best.total


@pytest.mark.parametrize(("most", "ways"), [(16, 1), (200, 0)])
def test_what_was_solved_before_the_time_was_over_is_not_solved_again(monkeypatch, most, ways):
    # At 3,000 x 1,000 and a second that took 7 to 13 s: four times the optimum without rules.
    solved = []

    def counted(solver, name):
        return lambda *given, **options: solved.append(name) or solver(*given, **options)

    monkeypatch.setattr(open_pairs, "solve_priced", counted(open_pairs.solve_priced, "first"))
    monkeypatch.setattr(repairing, "solve", counted(repairing.solve, "second way"))
    problem = crossing()
    quotas = [replace(one, at_most=most) for one in problem.quotas]
    problem = replace(problem, quotas=quotas)
    matching = mm.match(problem, time_limit=0.001)
    assert "repaired" in matching.engine
    assert matching.n_matched == 200
    # The second way is taken where the rules cost somebody a mentor on the first.
    assert solved == ["first", *["second way"] * ways]


def test_where_nothing_is_found_in_time_the_error_says_so(monkeypatch):
    for room in (optimal, repairing):
        monkeypatch.setattr(room, "repair", lambda *_: None)
    with pytest.raises(mm.SolverError, match=r"time was over before any matching was found\. Give"):
        mm.match(crossing(), time_limit=0.001)


def test_a_search_that_ends_with_less_than_the_rounded_linear_program_is_not_what_comes_back(
    monkeypatch,
):
    # Whatever branching has found when the time is over, the vertex repaired is there as well.
    monkeypatch.setattr(optimal, "_solve_by_branching", _nothing_but_pins)
    problem = crossing()
    matching = mm.match(problem, time_limit=60)
    assert "repaired (the linear program" in matching.engine
    assert matching.n_matched == 200
    assert mm.certificates.verify(matching).ok


def _nothing_but_pins(pairs, reached, limits):
    return SideAnswer(np.empty(0, np.intp), reached, sum(reached), 1e3, complete=False)


@pytest.mark.parametrize("strategy", ["maximin", "leximin", "worst_k", "nash", "balanced"])
def test_no_stage_of_a_fair_strategy_has_less_than_what_is_repaired(strategy):
    # At 1,500 x 500 and a second 1,393 were covered, where repair covers all in half a second.
    problem = crossing()
    matching = mm.match(problem, strategy, time_limit=0.001)
    assert matching.n_matched == 200
    assert not matching.certificate.proven
    assert mm.certificates.verify(matching).ok
    assert mm.audit(matching).feasibility.ok
