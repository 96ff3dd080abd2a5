"""Every strategy's promise is checked again, and a matching that breaks it does not pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.comparison import check_promise
from problems import plain_problems

NAMES = (
    "stable",
    "stable_optimal",
    "popular",
    "greedy",
    "random",
    "serial_dictatorship",
    "top_trading",
    "optimal",
    "maximin",
)


@settings(max_examples=max(30, settings().max_examples // 4), deadline=None)
@given(plain_problems(5), st.sampled_from(NAMES), st.integers(0, 3))
def test_what_a_strategy_made_is_what_it_promises(
    problem: mm.Problem, name: str, seed: int
) -> None:
    try:
        matching = mm.match(problem, name, seed=seed)
    except mm.InfeasibleError:
        assert name == "popular"
        return
    checked = check_promise(matching, name)
    assert checked.ok, checked
    assert "promises no more" not in checked.by


def labelled(n: int, m: int, seed: int, levels: int | None = None) -> mm.Problem:
    """People with ids, a pin, and perhaps ties; canonical order is not the order of rows."""
    rng = np.random.default_rng(seed)
    sides = [rng.random((n, m)) if levels is None else rng.integers(1, levels, (n, m)) / levels]
    sides.append(rng.random((n, m)))
    ids = [f"p{k}" for k in range(n)], [f"q{k}" for k in range(m)]
    own, theirs = (pd.DataFrame(side, *ids) for side in sides)
    return mm.Problem.from_scores(own, mentor_scores=theirs, capacity=2, pins=[("p3", "q1")])


@pytest.mark.parametrize("name", NAMES)
def test_another_matching_does_not_pass(name: str) -> None:
    """Two mentees change places, so that what was promised no longer holds."""
    problem = labelled(9, 5, 2)
    try:
        matching = mm.match(problem, name, seed=1)
    except mm.InfeasibleError:
        problem = mm.Problem.from_scores(np.eye(4) + 0.1)
        matching = mm.match(problem, name, seed=1)
    assert check_promise(matching, name).ok
    first = int(np.flatnonzero(~np.isin(matching.mentees, problem.pinned[:, 0]))[0])
    wrong = 0
    for k in range(len(matching.mentees)):
        mentors = matching.mentors.copy()
        if mentors[k] == mentors[first] or matching.mentees[k] in problem.pinned[:, 0]:
            continue
        mentors[[first, k]] = mentors[[k, first]]
        wrong += not check_promise(replace(matching, mentors=mentors), name).ok
    assert wrong


@pytest.mark.parametrize("name", ["random", "serial_dictatorship", "top_trading", "greedy"])
@pytest.mark.parametrize("levels", [None, 4])
def test_draws_and_trades_are_made_again_with_ids_pins_and_ties(
    name: str, levels: int | None
) -> None:
    for seed in range(4):
        matching = mm.match(labelled(12, 5, seed, levels), name, seed=seed)
        assert check_promise(matching, name).ok


def test_settings_of_a_strategy_are_part_of_its_promise() -> None:
    problem = labelled(10, 5, 0)
    order = list(problem.mentee_ids[::-1])
    given = mm.strategies.SerialDictatorship(order)
    matching = mm.match(problem, given)
    assert check_promise(matching, given).ok
    assert not check_promise(matching, "serial_dictatorship").ok
    few = mm.strategies.AlmostStable(max_blocking=3)
    checked = check_promise(mm.match(problem, few), few)
    assert checked.ok
    assert "its own word" in checked.by
    stable = mm.match(problem, "stable")
    assert check_promise(stable, mm.strategies.Stable(ties="super")).ok


def test_fewest_blocking_pairs_are_counted_again() -> None:
    problem = labelled(10, 5, 0)
    matching = mm.match(problem, "almost_stable", time_limit=5)
    checked = check_promise(matching, "almost_stable")
    assert checked.ok
    assert checked.by.startswith("a count of its blocking pairs, and a cut for coverage")
    note = "pairs who would both rather have each other: 99 (proven best)"
    lied = replace(matching, notes=(note,))
    assert not check_promise(lied, "almost_stable").ok


def test_a_comparison_says_how_each_row_was_verified() -> None:
    found = mm.compare(labelled(12, 5, 0), ["optimal", "stable", "greedy", "random"])
    assert found.table["verified"].all()
    by = found.table["verified_by"].to_dict()
    assert by["optimal"] == "its certificate"
    assert by["stable"] == "the audit of blocking pairs"
    assert len(set(by.values())) == 4
