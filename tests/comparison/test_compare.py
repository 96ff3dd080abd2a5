"""Strategies side by side: what each gives, gives up, and how sure that is."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import scipy
from hypothesis import given, settings

import mentormatch as mm
from mentormatch.comparison import paired
from mentormatch.comparison.compare import _means
from problems import problems

SCORES = np.random.default_rng(0).random((30, 12))


def programme(seed: int = 0) -> mm.Problem:
    rng = np.random.default_rng(seed)
    mine, theirs = rng.random((30, 12)), rng.random((30, 12))
    return mm.Problem.from_scores(mine, capacity=2, mentor_scores=theirs)


def test_every_row_is_what_its_matching_says_of_itself() -> None:
    problem = programme()
    found = mm.compare(problem, ["optimal", "stable", "maximin", "greedy"])
    assert list(found.table.index) == ["optimal", "stable", "maximin", "greedy"]
    for name, matching in found.matchings.items():
        row = found.table.loc[name]
        audit = mm.audit(matching)
        assert row["total"] == pytest.approx(matching.total)
        assert row["coverage"] == matching.n_matched
        assert row["blocking_pairs"] == audit.stability.weak
        assert row["largest_epsilon"] == pytest.approx(audit.stability.largest_epsilon)
        fair = mm.audits.fairness_of(matching).overall
        for mine, theirs in (("minimum", "minimum"), ("gini", "gini"), ("load_spread", "load_sd")):
            assert row[mine] == pytest.approx(fair[theirs])
        assert row["justified_envy"] == fair["justified_envious"]
        assert row["verified"]
    assert found.table.loc["stable", "blocking_pairs"] == 0
    assert (found.table["total"] <= found.table.loc["optimal", "total"] + 1e-9).all()
    assert found.table.loc["maximin", "minimum"] == found.table["minimum"].max()


def test_one_strategy_under_two_names_differs_in_nothing() -> None:
    named = {"one": "optimal", "two": mm.strategies.Optimal()}
    found = mm.compare(None, named, scenarios=programme, draws=6, reference="one")
    assert (found.differences[["mean", "low", "high"]].to_numpy() == 0).all()
    assert found.table.loc["two", "same_as"] == "one"
    assert found.table.loc["two", "differs_from_reference"] == 0
    assert "nothing: its numbers are those of 'one'" in found.table.loc["two", "what_it_gives_up"]


def test_differences_are_paired_and_bracket_their_mean() -> None:
    strategies = ["optimal", "random", "stable"]
    found = mm.compare(None, strategies, scenarios=programme, draws=12)
    assert len(found.scenarios) == 36
    gaps = found.differences.set_index(["strategy", "measure"])
    total = gaps.loc[("random", "total")]
    assert total["high"] < 0
    assert total["low"] <= total["mean"] <= total["high"]
    assert total["scenarios"] == 12
    wide = found.scenarios.pivot_table(index="scenario", columns="strategy", values="total")
    assert total["mean"] == pytest.approx((wide["random"] - wide["optimal"]).mean())


def test_a_dominated_strategy_is_named_with_the_one_that_beats_it() -> None:
    found = mm.compare(programme(), ["optimal", "maximin", "random"])
    assert "optimal" in found.table.loc["random", "dominated_by"]
    assert found.table.loc["optimal", "dominated_by"] == ""


def test_the_price_is_one_number_only_at_equal_coverage() -> None:
    problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, np.nan]])
    found = mm.compare(problem, ["optimal", "greedy"])
    assert found.table.loc["greedy", "coverage"] == 1
    assert np.isnan(found.table.loc["greedy", "price_of_fairness"])
    assert np.isnan(found.table.loc["greedy", "price_of_stability"])
    assert "mentees with a mentor 1 instead of 2" in found.table.loc["greedy", "what_it_gives_up"]


def test_prices_are_shares_of_the_reference_total_and_of_stability_only_where_nothing_blocks() -> (
    None
):
    problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    table = mm.compare(problem, ["optimal", "stable", "maximin"]).table
    best, stable = 0.8 + 0.7, 0.9 + 0.1
    assert table.loc["stable", "price_of_stability"] == pytest.approx((best - stable) / best)
    assert table.loc["stable", "price_of_fairness"] == pytest.approx((best - stable) / best)
    assert table.loc["optimal", "price_of_fairness"] == 0
    assert np.isnan(table.loc["optimal", "price_of_stability"])
    audit = mm.audit(mm.match(problem, "stable"), reference=mm.match(problem))
    assert table.loc["stable", "price_of_stability"] == pytest.approx(audit.stability.price.share)


def test_gaps_between_groups_come_with_their_interval() -> None:
    labels = {"kind": ["a", "b", "c"] * 10}
    table = mm.compare(programme(), ["optimal", "maximin"], groups=labels).table
    gap, low, high = (table[f"gap[kind, mean_score]{end}"] for end in ("", " low", " high"))
    assert (low <= gap).all()
    assert (gap <= high).all()


def test_a_strategy_that_cannot_be_run_is_a_row_of_failures_with_its_reason() -> None:
    quota = mm.Quota(mentors=[0], at_most=0)
    problem = mm.Problem.from_scores(SCORES, capacity=3, quotas=[quota])
    found = mm.compare(problem, ["optimal", "popular"])
    assert list(found.table.index) == ["optimal"]
    assert "popular" in found.failures
    assert "not run." in repr(found)


def test_strategies_are_the_same_only_where_they_are_in_every_scenario() -> None:
    """It was told from the first scenario alone."""
    agree = mm.Problem.from_scores([[0.9, 0.1], [0.1, 0.9]])
    differ = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    found = mm.compare(None, ["optimal", "greedy"], scenarios=[agree, differ]).table
    assert found.loc["greedy", "same_as"] == ""
    assert found.loc["greedy", "differs_from_reference"] == 1.0
    alone = mm.compare(agree, ["optimal", "greedy"]).table
    assert alone.loc["greedy", "same_as"] == "optimal"


def test_a_strategy_that_fails_in_one_scenario_has_no_mean_over_the_others() -> None:
    fine = mm.Problem.from_scores([[0.9, 0.1], [0.1, 0.9]])
    # Three mentees with the same wishes for three mentors: no matching is popular.
    none = mm.Problem.from_preferences({k: ["x", "y", "z"] for k in "abc"}, capacity=1)
    found = mm.compare(None, ["optimal", "popular"], scenarios=[fine, none])
    assert list(found.table.index) == ["optimal"]
    assert set(found.scenarios["strategy"]) == {"optimal"}
    assert found.failures["popular"].startswith("Scenario 1: ")


def test_a_wrong_measure_is_told_before_what_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    comparison = mm.compare(programme(), ["optimal"])
    with pytest.raises(mm.MentorMatchError, match="no measure 'joy'"):
        comparison.plot(x="joy")
    with pytest.raises(mm.errors.MissingPackageError, match=r"mentormatch-engine\[charts\]"):
        comparison.plot()


def test_wrong_input_is_one_sentence() -> None:
    problem = programme()
    with pytest.raises(mm.MentorMatchError, match="at least one strategy"):
        mm.compare(problem, [])
    with pytest.raises(mm.MentorMatchError, match="Several strategies are called 'stable'"):
        mm.compare(problem, ["stable", mm.strategies.Stable()])
    with pytest.raises(mm.MentorMatchError, match="compare needs a Problem, got str"):
        mm.compare("problem", ["optimal"])
    with pytest.raises(mm.MentorMatchError, match="no measure 'joy'"):
        mm.compare(problem, ["optimal"]).plot(x="joy")


def test_settings_tell_two_strategies_of_one_kind_apart() -> None:
    found = mm.compare(
        programme(), [mm.strategies.Lottery(cap=0.3), mm.strategies.Lottery(cap=0.6)]
    )
    assert len(found.table) == 3
    assert any("0.3" in name for name in found.table.index)


def test_the_chart_shows_each_strategy_and_its_scenarios() -> None:
    pytest.importorskip("altair", reason="charts are an extra")
    found = mm.compare(None, ["optimal", "stable"], scenarios=programme, draws=3)
    chart = found.plot("total", "blocking_pairs").to_dict()
    assert len(chart["layer"]) == 3
    single = mm.compare(programme(), ["optimal", "stable"]).plot().to_dict()
    assert len(single["layer"]) == 2


@settings(max_examples=15)
@given(problems(most=4))
def test_any_problem_can_be_compared(problem: mm.Problem) -> None:
    try:
        found = mm.compare(problem, ["optimal", "greedy", "maximin"])
    except mm.InfeasibleError:
        return
    assert found.table.loc["optimal", "coverage"] == found.table["coverage"].max()
    assert isinstance(found.table, pd.DataFrame)


def test_a_search_without_a_natural_end_gets_seconds_and_says_that_it_is_not_proven() -> None:
    """Its own limit of 20 seconds was most of the time of a comparison over scenarios."""
    problem = mm.datasets.market("mallows", 40, 15, seats=3, correlation=0.1)
    found = mm.compare(problem, ["optimal", "almost_stable"], time_limit=0.5)
    assert found.table.loc["almost_stable", "status"] == "feasible, not proven within 0.5 s"
    assert found.table.loc["optimal", "status"] == "optimal"
    small = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    assert mm.compare(small, "almost_stable").table.loc["almost_stable", "status"] == "feasible"


def test_where_the_acceleration_is_undefined_the_interval_is_that_of_percentiles() -> None:
    gaps = np.array([0.0, 0.0, 0.0, 0.0, 1.0])
    low, high = paired._interval(gaps)
    assert low == 0
    assert 0.4 <= high <= 0.8

    class Undefined:
        confidence_interval = SimpleNamespace(low=np.nan, high=np.nan)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scipy.stats, "bootstrap", lambda *_, **__: Undefined)
        spread = np.random.default_rng(0).normal(0.5, 0.1, 200)
        low, high = paired._interval(spread)
    # As wide as the normal interval, whatever the way.
    assert (low + high) / 2 == pytest.approx(spread.mean(), abs=2e-3)
    assert (high - low) / 2 == pytest.approx(1.96 * spread.std() / np.sqrt(200), rel=0.1)


def test_means_are_over_the_scenarios_in_which_every_strategy_has_the_number():
    """One strategy's Gini was a mean of other scenarios than another's, and "better" so."""
    runs = pd.DataFrame(
        {
            "scenario": [0, 0, 1, 1],
            "strategy": ["a", "b", "a", "b"],
            "gini": [0.4, np.nan, 0.05, 0.12],
            "mean": [1.0, 2.0, 3.0, 4.0],
            "only": [np.nan, 1.0, np.nan, 3.0],
        }
    )
    assert _means(runs, "gini").to_dict() == {"a": 0.05, "b": 0.12}
    assert _means(runs, "mean").to_dict() == {"a": 2.0, "b": 3.0}
    assert _means(runs, "only")["b"] == 2.0
    assert np.isnan(_means(runs, "only")["a"])
