"""A solver that fails: what is lost is said, and nothing false is proven."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import optimize, sparse

import mentormatch as mm
from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers.flows.networks import find_cheapest_flow, find_largest_flow
from mentormatch.solvers.programs import lotteries, lp, milp
from mentormatch.solvers.programs.milp import MixedProgram
from mentormatch.solvers.programs.side_program import SideProgram
from mentormatch.strategies.programs import worst_off
from mentormatch.strategies.staged import open_pairs
from mentormatch.strategies.total import optimal

RNG = np.random.default_rng(4)
SCORES = np.round(RNG.random((4, 3)), 2)
STRATEGIES = [
    mm.strategies.Maximin(),
    mm.strategies.Leximin(),
    mm.strategies.WorstK(2),
    mm.strategies.Maximin(keep_total=0.95),
]
ONE = np.array([1], dtype=np.int64)


def problem():
    return mm.Problem.from_scores(SCORES, capacity=2, demand=2)


@cache
def best_of(strategy):
    return worst(mm.match(problem(), strategy), strategy)


def worst(matching, strategy):
    """What the strategy wants to be large, of its first stage."""
    sums = np.zeros(len(SCORES))
    np.add.at(sums, matching.mentees, matching.scores)
    return float(np.sort(sums)[: getattr(strategy, "k", 1)].sum())


@pytest.mark.parametrize("strategy", STRATEGIES, ids=str)
@pytest.mark.parametrize("failing", range(4))
def test_a_search_that_ends_without_an_answer_proves_nothing_false(monkeypatch, strategy, failing):
    """Every search of HiGHS in turn says that its time is over."""
    best = best_of(strategy)
    calls, maximise = [], MixedProgram.maximise

    def sometimes(self, *given, **named):
        calls.append(1)
        if len(calls) == failing + 1:
            raise SolverError("HiGHS found no matching. Give it more time with time_limit=.")
        return maximise(self, *given, **named)

    monkeypatch.setattr(MixedProgram, "maximise", sometimes)
    try:
        matching = mm.match(problem(), strategy)
    except SolverError:
        # Nothing was known yet: then there is no matching that could be wrong.
        return
    assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings
    if matching.certificate.proven:
        assert worst(matching, strategy) == pytest.approx(best)
    assert matching.certificate.bound >= matching.total - 1e-9


@pytest.mark.parametrize("failing", [1, 2])
def test_a_later_search_that_fails_leaves_the_answer_of_the_one_before(monkeypatch, failing):
    """Among few pairs first, then among all that can matter: with no first there is no answer."""
    for module, name in ((open_pairs, "AT_ONCE"), (optimal, "FEW")):
        monkeypatch.setattr(module, name, 0 if module is open_pairs else 10**9)
    monkeypatch.setattr(open_pairs, "GROUPS", 1)
    rng = np.random.default_rng(4)
    hours = rng.integers(5, 20, (30, 12)) / 10
    several = mm.Problem.from_scores(rng.random((30, 12)), capacity=4.0, usage=hours)
    best = mm.match(several)
    calls, solve = [], SideProgram.solve

    def sometimes(self, *given, **named):
        calls.append(1)
        if len(calls) >= failing:
            raise SolverError("CP-SAT found no matching in time.")
        return solve(self, *given, **named)

    monkeypatch.setattr(SideProgram, "solve", sometimes)
    if failing == 1:
        with pytest.raises(SolverError, match="found no matching in time"):
            mm.match(several)
        return
    cut = mm.match(several)
    assert len(calls) == 2
    assert best.certificate.proven
    assert not cut.certificate.proven
    assert cut.total <= best.total + 1e-9 <= cut.certificate.bound + 2e-9
    assert mm.certificates.verify(cut).ok, mm.certificates.verify(cut).findings


@pytest.mark.parametrize("strategy", STRATEGIES, ids=str)
@pytest.mark.parametrize("said", [None, InfeasibleError("no matching satisfies all conditions")])
def test_a_relaxation_that_is_lost_to_rounding_costs_no_answer(monkeypatch, strategy, said):
    """Something is known to meet the rows, so a relaxation that finds nothing is not believed."""
    best = best_of(strategy)

    def lost(*_, **__):
        if said is not None:
            raise said

    monkeypatch.setattr(worst_off, "relax", lost)
    matching = mm.match(problem(), strategy)
    assert mm.certificates.verify(matching).ok
    assert worst(matching, strategy) == pytest.approx(best)


def test_a_level_that_a_tolerance_lets_the_solver_claim_is_made_directly(monkeypatch):
    """HiGHS may call a level reached by pairs that do not reach it; then the sum is the goal."""
    strategy = mm.strategies.Maximin()
    best = best_of(strategy)
    at = worst_off.LevelSearch._at

    def claims_too_much(self, level, **named):
        return at(self, self.low - 1.0 if level > self.low else level, **named)

    monkeypatch.setattr(worst_off.LevelSearch, "_at", claims_too_much)
    matching = mm.match(problem(), strategy)
    assert worst(matching, strategy) == pytest.approx(best)
    assert mm.certificates.verify(matching).ok


@pytest.mark.parametrize("broken", [1, 2])
def test_a_solver_that_stops_with_an_error_is_asked_once_more_and_then_said(monkeypatch, broken):
    """HiGHS's presolve stopped with an error at scores of 1e14, and the error went to the user."""
    asked, solve = [], optimize.milp

    def stops(*given, options, **named):
        asked.append(options["presolve"])
        if len(asked) <= broken:
            return optimize.OptimizeResult(
                status=4, x=None, message="Numerical difficulties.", mip_dual_bound=None
            )
        return solve(*given, options=options, **named)

    monkeypatch.setattr(milp, "milp", stops)
    program = MixedProgram.of_columns(2).with_rows(np.ones((1, 2)), -np.inf, 1.0)
    if broken == 1:
        assert program.maximise(np.array([1.0, 2.0])).objective == pytest.approx(2.0)
    else:
        with pytest.raises(SolverError, match=r"Numerical difficulties.*Give it more time"):
            program.maximise(np.array([1.0, 2.0]))
    assert asked == [True, False]


def test_values_that_nothing_completes_are_no_answer():
    program = MixedProgram.of_columns(2).with_rows(np.ones((1, 2)), -np.inf, 1.0)
    assert program.completed(np.ones(2), np.ones(2)) is None
    assert program.completed(np.array([0.0]), np.array([1.0, 2.0])).objective == pytest.approx(2)


def test_a_program_of_nothing_has_the_answer_nothing_unless_something_is_asked_for():
    nothing = MixedProgram.of_columns(0)
    assert nothing.maximise(np.zeros(0)).objective == 0
    assert lp.relax(nothing, np.zeros(0)).is_integral
    asked = nothing.with_rows(sparse.csr_array((1, 0)), 1.0, np.inf)
    for solve in (asked.maximise, lambda costs: lp.relax(asked, costs)):
        with pytest.raises(InfeasibleError, match="no pair is eligible, and something must be"):
            solve(np.zeros(0))
    free = lotteries.solve_linear(
        np.zeros(0), sparse.csr_array((1, 0)), np.ones(1), np.zeros((0, 2)), None, None
    )
    assert free.objective == 0
    with pytest.raises(InfeasibleError, match="no probabilities"):
        lotteries.solve_linear(
            np.zeros(0), sparse.csr_array((1, 0)), -np.ones(1), np.zeros((0, 2)), None, None
        )


def test_a_lottery_whose_solver_stops_says_why(monkeypatch):
    stopped = optimize.OptimizeResult(status=4, x=None, message=" Numerical difficulties. ")
    monkeypatch.setattr(lotteries, "linprog", lambda *_, **__: stopped)
    with pytest.raises(SolverError, match=r"HiGHS found no probabilities: Numerical difficulties"):
        mm.match(mm.Problem.from_scores(SCORES), mm.strategies.Lottery(cap=0.5))


def test_a_relaxation_that_stops_is_none(monkeypatch):
    stopped = optimize.OptimizeResult(status=1, x=None)
    monkeypatch.setattr(lp, "linprog", lambda *_, **__: stopped)
    assert lp.relax(MixedProgram.of_columns(1), np.ones(1)) is None


def test_flows_that_cannot_be_are_errors_and_no_wrong_flows():
    """OR-Tools says so in a status, which nobody may leave unread."""
    with pytest.raises(SolverError, match="min-cost flow stopped with status INFEASIBLE"):
        find_cheapest_flow(np.array([0]), np.array([1]), ONE, ONE, np.array([2, -2]))
    with pytest.raises(SolverError, match="min-cost flow stopped with status BAD_COST_RANGE"):
        find_cheapest_flow(np.array([0]), np.array([1]), ONE, ONE << 62, np.array([1, -1]))
    huge = np.full(2, np.iinfo(np.int64).max)
    with pytest.raises(SolverError, match="maximum flow stopped with status"):
        find_largest_flow(np.array([0, 0]), np.array([1, 1]), huge, 0, 1)
