"""What a time limit, an engine and progress mean: the same for every strategy."""

from __future__ import annotations

import time

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.solvers.programs import milp
from mentormatch.strategies.by_preference import almost_stable
from mentormatch.strategies.fair import parity
from mentormatch.strategies.programs import models

NAMES = [*mm.strategies.strategy_names(), "group_parity"]


def strategy_of(name, n):
    if name != "group_parity":
        return name
    return mm.strategies.GroupParity(np.arange(n) % 2, measure="mean_score", max_gap=0.01)


def market(n=40, m=14, **numbers):
    rng = np.random.default_rng(5)
    return mm.Problem.from_scores(
        rng.random((n, m)), 3, mentor_scores=rng.random((n, m)), **numbers
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_engine_that_does_not_exist_is_an_error_of_every_strategy(name):
    with pytest.raises(mm.SolverError, match=r"no engine 'gurobi'|has no choice of engines"):
        mm.match(market(), strategy_of(name, 40), engine="gurobi")


def test_a_strategy_from_outside_that_names_no_engines_still_refuses_what_does_not_exist():
    class Outside:
        name = "outside"

        def choose(self, problem, options):
            nobody = np.empty(0, dtype=np.intp)
            return mm.strategies.Choice(nobody, nobody)

    assert len(mm.match(market(), Outside(), engine="flow").pairs) == 0
    with pytest.raises(mm.SolverError, match="There is no engine 'gurobi'"):
        mm.match(market(), Outside(), engine="gurobi")


def test_an_engine_that_does_not_fit_is_an_error_and_is_not_left_out_in_silence():
    # Some would be left without: SciPy takes everybody, or nobody.
    problem = market(40, 5)
    with pytest.raises(mm.SolverError, match=r"engine='scipy' cannot keep .* or leave engine out"):
        mm.match(problem, "nash", engine="scipy")
    with pytest.raises(mm.SolverError, match="engine='flow' cannot be chosen here"):
        mm.match(market(40, 14, apart=[(0, 1)]), "nash", engine="flow")


@pytest.mark.parametrize("name", NAMES)
def test_what_a_limit_cuts_is_a_matching_and_never_proven_beyond_what_was_settled(name):
    problem = market(60, 25)
    try:
        started = time.monotonic()
        matching = mm.match(problem, strategy_of(name, 60), time_limit=0.05)
    except mm.InfeasibleError:
        assert name == "popular"
        return
    # Loose, since other work may be going on: that the limit is heard of at all.
    assert time.monotonic() - started < 10
    assert mm.audit(matching).feasibility.ok
    certificate = matching.certificate
    if certificate is None:
        assert matching.status is mm.Status.FEASIBLE
        return
    checked = mm.certificates.verify(matching)
    assert checked.ok, checked.findings
    assert certificate.proven == (matching.status is mm.Status.OPTIMAL)
    if not certificate.proven:
        assert matching.status is mm.Status.TIME_LIMIT


def test_a_program_under_a_limit_looks_at_some_pairs_and_its_bounds_are_of_all(monkeypatch):
    monkeypatch.setattr(models, "AT_ONCE", 0)
    monkeypatch.setattr(models, "SECONDS_A_PAIR", 1e9)
    monkeypatch.setattr(models, "NEAR", 1)
    monkeypatch.setattr(models, "FEWEST", 1)
    rng = np.random.default_rng(2)
    problem = mm.Problem.from_scores(rng.random((6, 4)), 4, demand=2, apart=[(0, 1)])
    for strategy in ("maximin", "leximin", mm.strategies.WorstK(2), "balanced"):
        cut = mm.match(problem, strategy, time_limit=60.0).certificate
        whole = mm.match(problem, strategy).certificate
        assert whole.proven
        for part, all_ in zip(cut.stages, whole.stages, strict=True):
            assert part.bound >= all_.objective - 1e-6, (strategy, part)
            if not part.proven:
                # Later bounds are of the matchings as good up to here.
                break


def test_almost_stable_ends_by_itself_and_tells_its_stages(monkeypatch):
    monkeypatch.setattr(almost_stable, "MOST_SECONDS", 0.3)
    told = []
    problem = mm.datasets.market("euclidean", 60, 25, seats=2, correlation=0.3, seed=1)
    started = time.monotonic()
    matching = mm.match(problem, "almost_stable", progress=told.append)
    assert time.monotonic() - started < 10
    assert [event.step for event in told] == ["blocking pairs", "total"]
    assert "its own limit; time_limit= sets another" in matching.notes[-1]


def test_what_parity_costs_is_not_looked_for_when_time_is_over(monkeypatch):
    """A matching that was found in time became an error: the price of parity was searched for."""

    def best(model):
        raise AssertionError("a search was begun")

    problem = market(40, 14, apart=[(0, 1)])
    strategy = mm.strategies.GroupParity(np.arange(40) % 2, measure="match_rate", max_gap=0.5)
    monkeypatch.setattr(models.Model, "over", True)
    monkeypatch.setattr(parity, "serve_first", best)
    matching = mm.match(problem, strategy, time_limit=30)
    assert mm.audit(matching).feasibility.ok
    assert "there was no time to find out" in matching.notes[-1]


@pytest.fixture
def given(monkeypatch):
    """Whether each program that was solved was to be simplified first, in their order."""
    asked = []

    def solve(*arguments, **named):
        asked.append(named["options"]["presolve"])
        return scipy_milp(*arguments, **named)

    scipy_milp = milp.milp
    monkeypatch.setattr(milp, "milp", solve)
    return asked


def test_presolve_which_looks_at_no_clock_is_left_out_where_rows_are_long(monkeypatch, given):
    """Group parity at 1,500 x 500 took 13 s for a limit of 5 s, nearly all of it in presolve."""
    monkeypatch.setattr(milp, "LONG", 50)
    strategy = mm.strategies.GroupParity(np.arange(40) % 3, measure="mean_score", max_gap=0.1)
    limited = mm.match(market(), strategy, time_limit=60)
    assert given
    assert not any(given)
    del given[:]
    whole = mm.match(market(), strategy)
    assert given
    assert all(given)
    assert limited.total == pytest.approx(whole.total, abs=1e-6)
    assert limited.certificate.proven


def test_a_first_answer_under_a_limit_is_looked_for_without_presolve(given):
    """Leximin with 95 % of the total kept took 3.2 s at 150 x 50 for a limit of 0.3 s."""
    strategy = mm.strategies.Leximin(keep_total=0.99)
    matching = mm.match(market(), strategy, time_limit=1)
    assert given[0] is False
    assert mm.audit(matching).feasibility.ok
    assert matching.total >= 0.99 * mm.match(market()).total - 1e-6


WHY_NOT = r"one mentor|cannot keep quotas|nested or disjoint|no popular"


@pytest.mark.parametrize("name", NAMES)
def test_what_the_table_of_the_documents_says_each_strategy_takes(name):
    several = {
        *("optimal", "maximin", "leximin", "worst_k", "balanced", "group_parity"),
        *("stable", "greedy", "serial_dictatorship", "random", "lottery", "nash", "alpha_fair"),
    }
    ruled = {
        *("optimal", "maximin", "leximin", "worst_k", "balanced", "group_parity"),
        *("nash", "alpha_fair", "lottery", "fair_lottery"),
        *("rank_maximal", "generous", "minimum_cost"),
    }
    for problem, taken in (
        (market(4, 3, demand=2), several),
        (market(4, 3, apart=[(0, 1)]), ruled),
        (market(4, 3, together=[(0, 1)]), ruled),
    ):
        if name in taken:
            assert mm.audit(mm.match(problem, strategy_of(name, 4))).feasibility.ok
            continue
        with pytest.raises(mm.MentorMatchError, match=WHY_NOT):
            mm.match(problem, strategy_of(name, 4))


@pytest.mark.parametrize(
    ("limit", "most"), [(None, 3.0), (0.001, 0.5), (1.0, 1.6), (2.0, 2.8), (60.0, 3.0)]
)
def test_why_nothing_is_possible_is_told_within_what_a_limit_may_be_overrun_by(limit, most):
    """200 x 120 with quotas in conflict took 3.7 s to be refused at a limit of a millisecond."""
    left = mm.strategies.Options(time_limit=limit).explaining().left()
    assert 0 < left <= most
    # A search that used up its time leaves a fifth of it and a little for the reason.
    spent = mm.strategies.Options(time_limit=limit)
    if limit is not None and limit <= 2:
        object.__setattr__(spent, "deadline", type(spent.deadline).after(0.0))
        assert spent.explaining().left() <= 0.2 * limit + 0.4
