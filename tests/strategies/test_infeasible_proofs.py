"""Infeasible is said only with a reason that code without a solver can check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_infeasible import asked_too_much, error_of

import mentormatch as mm
from mentormatch.certificates import verify_infeasible
from mentormatch.certificates.infeasible import shows_infeasible
from mentormatch.errors import Condition
from mentormatch.proofs.infeasibility import InfeasibilityProof
from mentormatch.solvers import Deadline
from mentormatch.solvers.programs.side_program import RuleModel
from mentormatch.strategies.infeasible.explain import explain_conflict

NAN = np.nan
SCORES = pd.DataFrame([[0.9, 0.8], [0.7, 0.1]], ["ada", "bob"], ["lin", "max"])


def error_with(scores=SCORES, strategy="optimal", **given) -> mm.InfeasibleError:
    with pytest.raises(mm.InfeasibleError) as caught:
        mm.match(mm.Problem.from_scores(scores, **given), strategy)
    return caught.value


@given(asked_too_much())
@settings(deadline=None)
def test_without_side_rules_every_conflict_is_shown_and_with_them_a_solver_is_named(asked):
    error = error_of(asked)
    if error is None:
        return
    found = verify_infeasible(error)
    assert found.ok, found
    if not {"quotas", "apart", "together", "minimum_if_used"} & set(asked):
        assert not found.believed
    if error.problem is not None and found.believed:
        assert "That is the word of CP-SAT" in str(error)


@given(asked_too_much(), st.lists(st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0]), max_size=40))
@settings(deadline=None)
def test_no_prices_whatever_show_that_a_problem_with_a_matching_has_none(asked, drawn):
    """The bound holds for every choice of prices, so a cut of a feasible problem cannot exist."""
    if error_of(asked) is not None:
        return
    problem = mm.Problem.from_scores(**asked)
    index = problem.sides.index(problem.mentor_ids)
    values = np.resize(np.array([*drawn, 0.0]), problem.shape[1] + len(index))
    mentors, rules = np.split(values, [problem.shape[1]])
    proof = InfeasibilityProof(
        pd.Series(mentors, problem.mentor_ids), pd.Series(rules, index) if len(index) else None
    )
    assert not shows_infeasible(problem, proof)


def test_a_quota_that_not_even_fractions_can_keep_is_shown_by_prices():
    quota = mm.Quota(mentors=["lin", "max"], at_least=2, per_mentor=True, name="two each")
    error = error_with(capacity=2, quotas=[quota])
    assert error.proof is not None
    assert (error.proof.rule_prices < 0).any()
    assert verify_infeasible(error).ok
    assert not verify_infeasible(error).believed


def test_a_mentor_without_a_seat_may_have_any_price():
    """A capacity of 0 is an equality, whose price has either sign; the check asked for a name."""
    quota = mm.Quota(mentors=["lin", "max"], at_least=3, name="three")
    error = error_with(capacity={"lin": 0, "max": 2}, demand=2, quotas=[quota])
    assert not verify_infeasible(error).believed
    prices = error.proof.prices.copy()
    prices["lin"] = -3.0
    proof = replace(error.proof, prices=prices)
    assert forged(error, proof=proof) == ""


def test_where_only_whole_pairs_are_too_few_the_solver_is_named():
    """Three people of whom no two may meet fit into two mentors by halves, and not whole."""
    scores = pd.DataFrame(np.full((3, 2), 0.5), ["ada", "bob", "cyn"], ["lin", "max"])
    apart = [("ada", "bob"), ("bob", "cyn"), ("ada", "cyn")]
    quota = mm.Quota(at_least=3, name="everybody")
    error = error_with(scores, capacity=2, apart=apart, quotas=[quota])
    assert error.proof is None
    assert str(error).endswith("That is the word of CP-SAT; no prices that show it were found.")
    assert verify_infeasible(error).ok
    assert "is the word of a solver" in verify_infeasible(error).believed[0]


@pytest.mark.parametrize(
    ("given", "strategy"),
    [
        ({"minimum": {"lin": 3, "max": 0}, "capacity": 2}, "optimal"),
        ({"minimum": {"lin": 1, "max": 2}, "capacity": 2}, "optimal"),
        ({"minimum": {"lin": 1, "max": 2}, "capacity": 2}, "leximin"),
        ({"minimum": 2, "capacity": 2, "demand": 1, "pins": [("ada", "lin")]}, "balanced"),
        ({"pins": [("ada", "lin"), ("bob", "lin")]}, "optimal"),
        ({"pins": [("ada", "lin"), ("ada", "max")]}, "optimal"),
        ({"pins": [("ada", "lin"), ("ada", "lin")]}, "optimal"),
        ({"pins": [("ada", "lin")], "bans": [("ada", "lin")]}, "optimal"),
    ],
)
def test_minimums_and_pins_are_shown_without_a_solver(given, strategy):
    found = verify_infeasible(error_with(strategy=strategy, **given))
    assert (found.ok, found.findings, found.believed) == (True, (), ())


def test_a_pair_to_keep_that_cannot_go_on_is_shown():
    matching = mm.match(mm.Problem.from_scores([[0.9, 0.1], [0.2, 0.8]]))
    changed = mm.Problem.from_scores([[NAN, 0.1], [0.2, 0.8]])
    with pytest.raises(mm.InfeasibleError) as caught:
        mm.rematch(matching, changed, keep=[(0, 0)])
    assert not verify_infeasible(caught.value).believed


def forged(error: mm.InfeasibleError, **changed) -> str:
    """The findings of an error with something exchanged, as one text."""
    attributes = {name: getattr(error, name) for name in ("conflict", "problem", "pins", "proof")}
    found = verify_infeasible(mm.InfeasibleError(str(error), **{**attributes, **changed}))
    assert found.ok == (not found.findings)
    return "; ".join(found.findings)


def test_forged_proofs_are_refused():
    error = error_with(capacity=2, minimum={"lin": 1, "max": 2})
    proof, ids = error.proof, error.problem.mentor_ids
    assert forged(error) == ""
    possible = mm.Problem.from_scores(SCORES, capacity=2, minimum={"lin": 1, "max": 1})
    assert "which is not below 0" in forged(error, problem=possible)
    none = replace(proof, prices=proof.prices * 0)
    assert "do not show" in forged(error, proof=none)
    assert "do not show" in forged(error, proof=replace(proof, prices=-proof.prices))
    elsewhere = mm.Problem.from_scores([[0.5]])
    assert "do not name exactly the mentors" in forged(error, problem=elsewhere)
    other = (Condition("minimum", "'lin' must have 1 or more", ("lin",), 1),)
    assert "the minimum of 'max', which is not named" in forged(error, conflict=other)
    infinite = replace(proof, prices=pd.Series([-np.inf, -1.0], ids))
    assert forged(error, proof=infinite) == "prices must be finite"
    words = replace(proof, prices=pd.Series(["a", "b"], ids))
    assert forged(error, proof=words) == "prices must be a Series of numbers"
    assert forged(error, proof=3) == "the proof must be an InfeasibilityProof, not int"
    with pytest.raises(mm.MentorMatchError, match=r"got ValueError\. Matchings are checked by"):
        verify_infeasible(ValueError("no"))


def test_forged_prices_of_rules_are_refused():
    quota = mm.Quota(mentors=["lin"], at_least=2, name="two")
    error = error_with(capacity=[1, 1], quotas=[quota])
    proof = error.proof
    assert forged(error) == ""
    assert "do not name exactly the rules" in forged(error, proof=replace(proof, rule_prices=None))
    other = (Condition("other", "something else"),)
    assert "charge the rule 'two', which is not named" in forged(error, conflict=other)
    lower = mm.Quota(mentors=["lin"], at_least=1, name="two")
    possible = mm.Problem.from_scores(SCORES, capacity=[1, 1], quotas=[lower])
    assert "do not show" in forged(error, problem=possible)


def test_what_a_strategy_asks_for_by_itself_is_believed():
    with pytest.raises(mm.InfeasibleError) as caught:
        mm.match(
            mm.Problem.from_scores([[0.9, 0.1]], minimum=[1, 0]), mm.strategies.Lottery(cap=0.5)
        )
    assert "is the word of a solver" in verify_infeasible(caught.value).believed[0]


def test_a_cut_of_float32_blocks_and_many_people_is_shown():
    rng = np.random.default_rng(0)
    scores = np.where(rng.random((300, 40)) < 0.1, rng.random((300, 40)), NAN)
    error = error_with(scores, capacity=30, minimum=12)
    assert error.proof is not None
    assert verify_infeasible(error).ok


@pytest.mark.parametrize(
    ("given", "who"), [({}, "A maximum flow"), ({"apart": [("ada", "bob")]}, "CP-SAT")]
)
def test_an_engine_that_calls_a_feasible_problem_infeasible_is_not_believed(given, who):
    """The words "No matching satisfies all conditions" stood there where HiGHS had failed."""
    problem = mm.Problem.from_scores(SCORES, capacity=2, **given)
    said = explain_conflict(
        problem, mm.InfeasibleError("no matching, as HiGHS says"), Deadline.after(3.0)
    )
    assert str(said) == (
        f"{who} meets all conditions of the problem, so it is the strategy that asks for too much, "
        "or its solver that is wrong: no matching, as HiGHS says."
    )
    with pytest.raises(mm.NotExplainableError, match="can be matched"):
        mm.InfeasibleError(str(said), problem=problem).smallest()


def test_where_time_is_over_the_word_of_an_engine_is_named(monkeypatch):
    def late(*_):
        raise mm.SolverError("The time was over.")

    monkeypatch.setattr(RuleModel, "find_conflict", late)
    quota = mm.Quota(mentors=["lin", "max"], at_least=2, per_mentor=True, name="two each")
    problem = mm.Problem.from_scores(SCORES, capacity=2, quotas=[quota])
    said = str(
        explain_conflict(problem, mm.InfeasibleError("none, as CP-SAT says"), Deadline.after(3.0))
    )
    assert said.startswith("The conditions cannot all hold: none, as CP-SAT says. That is the word")
