"""An auditor trusts nobody: feasibility and optimality looked at again, and how it is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import mentormatch as mm
from mentormatch.audits import feasibility_of, optimality_of
from oracles import best_by_trying_everything
from problems import problems


@given(problem=problems())
def test_what_every_strategy_makes_is_feasible_and_the_optimum_is_proven_again(problem):
    try:
        matching = mm.match(problem)
    except mm.InfeasibleError:
        return
    audit = mm.audit(matching)
    assert audit.ok
    assert audit.feasibility.ok
    assert audit.optimality.ok
    assert audit.optimality.has_improving_exchange is False
    without = optimality_of(replace(matching, certificate=None))
    assert without.ok
    assert without.source == "residual graph"
    frame = audit.to_frame()
    assert list(frame.columns) == ["part", "measure", "value", "meaning"]
    assert set(frame["part"]) == {"feasibility", "optimality", "stability"}
    assert repr(audit)


@given(problem=problems(most=4))
def test_a_bound_without_a_solver_holds_for_bad_matchings_and_tells_them_from_the_best(problem):
    best = best_by_trying_everything(problem)
    try:
        matching = mm.match(problem, "random")
    except mm.InfeasibleError:
        return
    found = optimality_of(matching)
    covered = np.bincount(
        problem.priority_classes[matching.places > 0], minlength=max(len(best.covered), 1)
    )
    same_stages = not problem.coverage_first or (
        tuple(covered) == best.covered and len(matching.pairs) == best.pairs
    )
    if same_stages:
        assert found.certificate.bound >= best.total - 1e-9
        is_best = matching.total >= best.total - 1e-9
        assert found.ok == is_best
        assert found.has_improving_exchange == (not is_best)
    else:
        assert not found.ok
        assert found.has_improving_exchange


def test_a_bound_found_by_bidding_is_tight_where_recovered_prices_are_not():
    rng = np.random.default_rng(1)
    problem = mm.Problem.from_scores(rng.random((60, 30)), capacity=2)
    best = mm.match(problem).total
    bound = optimality_of(mm.match(problem, "random")).certificate.bound
    assert best <= bound <= best * 1.001


def test_a_tampered_certificate_is_found_and_the_audit_is_not_ok():
    matching = mm.match(mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]]))
    wrong = replace(matching, certificate=replace(matching.certificate, bound=1.4, gap=-0.1))
    audit = mm.audit(wrong)
    assert not audit.ok
    assert any("bound" in finding for finding in audit.optimality.findings)
    assert "its certificate does not hold" in repr(audit)


def test_with_too_many_mentors_there_is_a_bound_and_no_claim_that_it_does_not_prove(monkeypatch):
    from mentormatch.audits.optimality import optimality

    monkeypatch.setattr(optimality, "MOST_MENTORS", 1)
    problem = mm.Problem.from_scores([[0.9, 0.8], [0.8, 0.1]])
    found = mm.audit(mm.match(problem, "greedy")).optimality
    assert found.ok is None
    assert found.has_improving_exchange is None
    assert found.gap >= 0.6 - 1e-9
    assert "whether an improving exchange exists is not known" in repr(found)


def test_the_simplest_improving_exchange_is_named():
    swap = ids([[0.9, 0.8], [0.8, 0.1], [np.nan, np.nan]])
    found = mm.audit(mm.match(swap, "greedy")).optimality
    assert found.note == (
        "an improving exchange exists: 'ada' with 'lin' and 'bob' with 'guy' change places (+0.6)"
    )
    move = ids([[0.1, 0.9], [0.7, 0.1], [np.nan, np.nan]], capacity=2)
    found = optimality_of(mm.Matching.from_pairs(move, [("ada", "lin"), ("bob", "lin")]))
    assert found.note == (
        "an improving exchange exists: 'ada' moves from 'lin' to a free seat of 'guy' (+0.8)"
    )
    assert found.has_improving_exchange


def test_an_exchange_of_three_is_found_where_no_two_gain():
    scores = np.eye(3)[:, [1, 2, 0]] + 0.9 * np.eye(3)
    scores[scores == 0] = -5
    matching = mm.Matching.from_pairs(mm.Problem.from_scores(scores), [(0, 0), (1, 1), (2, 2)])
    found = optimality_of(matching)
    assert found.note.startswith("an improving exchange of several moves exists")
    assert found.certificate.bound == pytest.approx(3.0, abs=0.05)


# ---------------------------------------------------------------- lists made elsewhere


def ids(problem_scores, **numbers):
    frame = pd.DataFrame(problem_scores, index=["ada", "bob", "cyd"], columns=["lin", "guy"])
    return mm.Problem.from_scores(frame, **numbers)


def test_a_list_that_is_no_matching_is_audited_and_everything_wrong_is_named_at_once():
    problem = ids(
        [[0.9, np.nan], [0.7, 0.1], [0.5, 0.5]],
        capacity=[1, 2],
        minimum=[0, 1],
        pins=[("cyd", "guy")],
    )
    pairs = [("ada", "guy"), ("ada", "lin"), ("bob", "lin"), ("bob", "lin")]
    with pytest.raises(mm.MatchingError, match="is not a matching of its problem"):
        mm.Matching.from_pairs(problem, pairs)
    audit = mm.audit(mm.Matching.from_pairs(problem, pairs, check=False))
    assert not audit.ok
    assert (audit.optimality, audit.stability, audit.fairness) == (None, None, None)
    rows = {(rule, who): found for rule, who, found, _ in audit.feasibility.violations.to_numpy()}
    assert rows == {
        ("distinct pairs", "'bob' with 'lin'"): "made twice",
        ("eligible", "'ada' with 'guy'"): "given as ineligible (NaN)",
        ("demand", "'ada'"): "2",
        ("demand", "'bob'"): "2",
        ("capacity", "'lin'"): "3",
        ("pin", "'cyd' with 'guy'"): "not made",
    }
    text = repr(audit)
    assert "capacity: 'lin': found 3, expected at most 1" in text
    assert "not examined, for this is no matching" in text


def test_a_minimum_that_nobody_fills_is_seen_though_no_pair_names_the_mentor():
    problem = ids(np.ones((3, 2)), capacity=3, minimum=[0, 1])
    found = feasibility_of(mm.Matching.from_pairs(problem, [("ada", "lin")], check=False))
    assert found.violations.to_numpy().tolist() == [["minimum", "'guy'", "0", "at least 1"]]


def test_rules_besides_capacity_are_audited_and_no_exchange_is_claimed_across_them():
    problem = ids([[0.9, 0.2], [0.8, 0.1], [np.nan, np.nan]], capacity=2, apart=[("ada", "bob")])
    both = mm.Matching.from_pairs(problem, [("ada", "lin"), ("bob", "lin")], check=False)
    found = feasibility_of(both)
    assert found.violations["rule"].tolist() == ["quota, apart, together or hours"]
    assert "'lin'" in found.violations["who"][0]
    kept = mm.audit(mm.Matching.from_pairs(problem, [("ada", "guy"), ("bob", "lin")]))
    assert kept.optimality.ok is None
    assert kept.optimality.has_improving_exchange is None
    assert kept.optimality.certificate.bound >= 1.0
    assert kept.stability.is_pareto_optimal is None
    assert kept.stability.pareto.note.startswith("not decided: the changes shown hurt nobody")


def test_a_total_that_is_not_the_sum_of_its_scores_is_seen():
    matching = mm.match(mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]]))
    matching.__dict__["total"] = 2.0
    found = feasibility_of(matching)
    assert found.violations["rule"].tolist() == ["total"]
    assert found.violations["expected"].tolist() == ["1.5"]


def test_unknown_people_are_refused_even_without_the_check():
    with pytest.raises(mm.MatchingError, match="name people the problem does not have"):
        mm.Matching.from_pairs(ids(np.ones((3, 2))), [("eve", "lin")], check=False)
