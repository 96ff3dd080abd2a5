"""What is lost without a mentor, against a fresh match without it: all kinds of problems, by seed.

Guards what the few examples of hypothesis in the usual profile never reached: several mentors each,
side rules, minimums that cannot be met any more, and mentors that are not among the nearest.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.explanations.chains import moving


def problem_of(seed, n, m, **more):
    """Ties, closed pairs, mentors without seats, priorities, minimums, pins, negative scores."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, 3)) @ rng.normal(size=(3, m))
    scores = np.where(rng.random((n, m)) < 0.3, np.nan, scores.round(1 + seed % 2))
    numbers = {
        "capacity": rng.integers(0, 4, m),
        "priority": rng.integers(0, 3, n) if seed % 3 else None,
        "coverage_first": bool(seed % 4),
        **more,
    }
    if seed % 2:
        i, j = np.argwhere(~np.isnan(scores) & (numbers["capacity"] > 0))[0]
        numbers["pins"] = [(int(i), int(j))]
    try:
        problem = mm.Problem.from_scores(scores, **numbers)
        loads = mm.match(problem).loads.to_numpy()
        return replace(problem, minimum=np.minimum(loads, rng.integers(0, 2, m)))
    except mm.InfeasibleError:
        return mm.Problem.from_scores(scores, **{**numbers, "pins": ()})


def without(problem, j):
    capacity, minimum = problem.capacities.copy(), problem.minimums.copy()
    capacity[j] = minimum[j] = 0
    pins = [one for one in problem.pin_rules if one.mentor != j]
    return replace(problem, capacity=capacity, minimum=minimum, pins=pins)


def check(problem):
    matching = mm.match(problem)
    told = mm.robustness(matching)
    table = told.to_frame().set_index("mentor")
    reserves = told.reserves
    lost = []
    for j in range(problem.shape[1]):
        row, mine = table.loc[j], reserves[reserves["mentor"] == j]
        held = matching.mentees[matching.mentors == j].tolist()
        try:
            again = mm.match(without(problem, j))
        except mm.InfeasibleError:
            lost.append(j)
            assert np.isnan(row["loss"]) or not held
            continue
        assert row["mentees"] == len(held)
        assert row["loss"] == pytest.approx(matching.total - again.total, abs=1e-7)
        if problem.coverage_first:
            assert row["coverage_lost"] == matching.n_matched - again.n_matched
        assert row["moves"] == len(row["movers"])
        assert not set(row["movers"]) & set(held)
        assert sorted(mine["mentee"]) == sorted(held)
    return told, lost


@pytest.mark.parametrize("seed", range(6))
def test_without_a_mentor_of_several_each_the_loss_is_that_of_a_fresh_match(seed):
    demand = np.random.default_rng(seed).integers(0, 3, 8)
    check(problem_of(seed, 8, 5, demand=demand))


@pytest.mark.parametrize("seed", range(4))
def test_without_a_mentor_the_rules_of_pairs_hold_on(seed):
    quotas = [mm.Quota([0, 1, 2], at_most=2, name="few"), mm.Quota(mentors=[0, 1], at_most=3)]
    check(problem_of(2 * seed, 8, 5, quotas=quotas, apart=[(3, 4)]))


def test_a_mentor_without_whom_the_rules_cannot_hold_is_named():
    scores = [[0.9, 0.8, np.nan], [0.7, 0.6, 0.2], [np.nan, 0.5, 0.4]]
    quota = mm.Quota([0, 1], mentors=[0, 2], at_least=2, name="two")
    problem = mm.Problem.from_scores(scores, capacity=2, quotas=[quota])
    told, lost = check(problem)
    assert lost == [0]
    assert "Without 0 the rules cannot all hold." in told.text()


@pytest.mark.parametrize(("nearest", "sampled"), [(1, 1), (2, 8), (48, 8)])
@pytest.mark.parametrize("seed", range(6))
def test_however_few_mentors_are_read_first_the_loss_is_the_same(
    monkeypatch, seed, nearest, sampled
):
    monkeypatch.setattr(moving, "NEAREST", nearest)
    monkeypatch.setattr(moving, "SAMPLED", sampled)
    check(problem_of(seed, 16, 9))
