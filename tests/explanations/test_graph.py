"""Costs from the exchange graph against trying every matching."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings

import mentormatch as mm
from mentormatch.explanations.chains.building import exchange_graph
from oracles import achieved, best_by_trying_everything
from problems import problems, score_arrays, with_one_mentor_each


@st.composite
def one_place(draw, most=4):
    """Problems with one mentor each, and everything else at random; feasible ones only."""
    problem = with_one_mentor_each(draw(problems(most)))
    assume(best_by_trying_everything(problem) is not None)
    return problem


def forced(problem, i, j):
    """The best with a pair; None when there is none."""
    try:
        pinned = replace(problem, pins=[*problem.pin_rules, (i, j)])
    except mm.InfeasibleError:
        return None
    return best_by_trying_everything(pinned)


def lost(before, after):
    """How many are no longer covered, and whether the classes changed."""
    return sum(before.covered) - sum(after.covered), before.covered != after.covered


@settings(max_examples=max(10, settings().max_examples))
@given(one_place())
def test_the_cost_of_forcing_a_pair_is_that_of_the_best_matching_with_it(problem):
    matching = mm.match(problem)
    explained = mm.explain(matching)
    now = achieved(matching)
    made = set(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
    n, m = problem.shape
    for i in range(n):
        for j in range(m):
            if (i, j) in made:
                continue
            answer = explained.why_not(i, j)
            assert all(map(answer.text, ("mentee", "mentor", "committee")))
            if problem.reasons(i, j):
                assert answer.kind == "ineligible"
                continue
            best = forced(problem, i, j)
            if best is None:
                assert answer.kind == "impossible"
                assert answer.cost == np.inf
                continue
            assert answer.cost == pytest.approx(now.total - best.total, abs=1e-8)
            fewer, changed = lost(now, best)
            assert (answer.kind == "loses_coverage") == changed
            assert answer.loses_coverage - answer.swaps == fewer
            if not changed:
                assert (answer.kind == "equally_good") == (abs(answer.cost) <= 1e-9)
            # The moves lead to a matching that has the pair and this total.
            pairs = dict(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
            for one in answer.moves.itertuples(index=False):
                assert pairs.get(one.mentee) == one[1]
                pairs[one.mentee] = one.to
            pairs = [(a, b) for a, b in pairs.items() if b is not None]
            made_so = mm.Matching.from_pairs(problem, pairs)
            assert (i, j) in set(pairs)
            assert made_so.total == pytest.approx(now.total - answer.cost, abs=1e-8)
            assert achieved(made_so).covered == best.covered


@settings(max_examples=max(10, settings().max_examples // 2))
@given(one_place())
def test_the_worth_of_a_pair_is_the_difference_of_the_best_with_and_without_it(problem):
    matching = mm.match(problem)
    explained = mm.explain(matching)
    for i, j in zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True):
        answer = explained.pair(i, j)
        assert answer.matched
        assert all(map(answer.text, ("mentee", "mentor", "committee")))
        pinned = (i, j) in {(a, b) for a, b in problem.pinned.tolist()}
        bans = [*problem.ban_rules, (i, j)]
        best = None if pinned else best_by_trying_everything(replace(problem, bans=bans))
        if best is None:
            assert np.isnan(answer.worth)
        else:
            assert answer.worth == pytest.approx(matching.total - best.total, abs=1e-8)
            if problem.coverage_first:
                assert answer.coverage_without == sum(best.covered)


@settings(max_examples=max(10, settings().max_examples // 2))
@given(one_place())
def test_seat_values_are_differences_of_optima_both_ways(problem):
    matching = mm.match(problem)
    values = mm.explain(matching).seat_values()
    now = achieved(matching)
    for j in range(problem.shape[1]):
        row = values.iloc[j]
        for step, gain, coverage, sign in (
            (1, "gain_of_one_more", "coverage_of_one_more", 1),
            (-1, "loss_of_one_less", "coverage_of_one_less", -1),
        ):
            capacity = problem.capacities.copy()
            capacity[j] += step
            best = None
            if capacity[j] >= 0:
                try:
                    best = best_by_trying_everything(replace(problem, capacity=capacity))
                except mm.InfeasibleError:
                    best = None
            if best is None:
                assert np.isnan(row[gain])
                continue
            assert row[gain] == pytest.approx(sign * (best.total - now.total), abs=1e-8)
            assert row[coverage] == sum(best.covered) - sum(now.covered)


@given(score_arrays(5), st.data())
def test_a_matching_that_is_not_optimal_is_refused(scores, data):
    n, m = scores.shape
    capacity = data.draw(st.lists(st.integers(0, 2), min_size=m, max_size=m))
    problem = mm.Problem.from_scores(scores, capacity=np.array(capacity, dtype=np.int64))
    given_pairs = mm.match(problem, "random")
    worse = mm.Matching.from_pairs(problem, given_pairs.pairs)
    best = best_by_trying_everything(problem)
    explained = mm.explain(worse)
    assume(n and m)
    if achieved(worse).covered == best.covered and abs(worse.total - best.total) < 1e-9:
        assert len(explained.seat_values()) == m
        return
    with pytest.raises(mm.NotExplainableError, match="not the best one for its problem"):
        explained.seat_values()
    told = explained.capabilities().set_index("question")["answered"]
    assert told["seat_values"] == "not for this strategy"
    assert told["pair"] == "exact"


def test_a_path_among_short_arcs_costs_what_a_path_among_all_costs():
    generator = np.random.default_rng(3)
    scores = generator.random((900, 600))
    matching = mm.match(mm.Problem.from_scores(scores.round(3), capacity=2))
    graph = exchange_graph(matching)
    assert graph._short is not None
    for source, target in generator.integers(600, size=(40, 2)).tolist():
        found, plain = graph.path(source, target), graph._path_of_all(source, target)
        assert found.cost == pytest.approx(plain.cost, abs=1e-9)
        # Replayed, the moves cost what is said.
        gains = sum(move.gain for move in graph.moves(found.nodes))
        assert gains == pytest.approx(-found.cost, abs=1e-9)
