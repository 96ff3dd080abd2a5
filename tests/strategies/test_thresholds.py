"""Numbers that choose another way to the same answer: both sides of each find the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch import shortlists
from mentormatch.compatibility import blocks
from mentormatch.matching import unmatched
from mentormatch.solvers import arrays
from mentormatch.solvers.assignment import (
    balance,
    choice,
    opening,
    priced,
    thresholds,
)
from mentormatch.solvers.flows import integers, ordered_flow, potentials
from mentormatch.solvers.markets import deferred_acceptance
from mentormatch.solvers.programs import lotteries
from mentormatch.strategies import canonical
from mentormatch.strategies.by_lot import fair_lottery, lottery
from mentormatch.strategies.flows import chain, places, settling
from mentormatch.strategies.infeasible import explain, proving
from mentormatch.strategies.programs import worst_off
from mentormatch.strategies.staged import open_pairs
from mentormatch.strategies.total import optimal

MANY = 10**9
verify = mm.certificates.verify
# Problems of "optimal" that reach what others do not.
PLAIN = dict.fromkeys(
    ("quotas", "hours", "labelled", "square", "unmatched", "every seat"), "optimal"
)


def scores_of(n, m, seed):
    """Profiles of five numbers, a third of the pairs closed."""
    rng = np.random.default_rng(seed)
    scores = rng.random((n, 5)) @ rng.random((5, m)) / 5
    return np.where(rng.random((n, m)) < 0.3, np.nan, scores)


def problem_for(strategy):
    n, m = 30, 12
    if strategy == "square":
        return mm.Problem.from_scores(np.nan_to_num(scores_of(m, m, 4)))
    if strategy == "every seat":
        return mm.Problem.from_scores(np.nan_to_num(scores_of(8 * n, 8 * n, 4)))
    scores = scores_of(n, m, 4)
    # Chances are shared and not ranked: lotteries know no priorities.
    lots = strategy in ("lottery", "fair_lottery")
    priority = None if lots else np.random.default_rng(4).integers(0, 2, n)
    numbers = {"capacity": 2 if strategy == "unmatched" else 3, "priority": priority}
    if strategy == "quotas":
        numbers["quotas"] = [
            mm.Quota(list(range(15)), [0, 1, 2, 3], at_most=3, name="some"),
            mm.Quota(list(range(8, 22)), [2, 3, 4, 5], at_most=4, name="others"),
        ]
        numbers["apart"] = [(0, 1)]
    if strategy == "hours":
        hours = np.random.default_rng(4).integers(5, 20, (n, m)) / 10
        numbers = {"capacity": 4.0, "usage": hours}
    if strategy == "labelled":
        people = [f"a{i}" for i in range(n)], [f"b{j}" for j in range(m)]
        compatibility = mm.Compatibility.from_scores(pd.DataFrame(scores, *people))
        return mm.Problem(compatibility, **numbers)
    return mm.Problem.from_scores(scores, **numbers)


def answer_of(strategy):
    """What is fixed by the problem alone: ties may be broken either way."""
    engine, _, name = strategy.rpartition(":")
    named = PLAIN | {"mentors propose": mm.strategies.Stable(proposing="mentors")}
    matching = mm.match(problem_for(name), named.get(name, name), engine=engine or None)
    if name in ("stable", "mentors propose"):
        return sorted(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
    checked = verify(matching)
    assert checked.ok, checked.findings
    assert matching.certificate.proven
    if name == "unmatched":
        return matching.unmatched["reason"].tolist()
    # What a lottery draws is chance; what it expects is not.
    lots = name.endswith("lottery")
    reached = matching.certificate.objective if lots else matching.total
    return len(matching.pairs), round(reached, 7)


@pytest.mark.parametrize(
    ("module", "name", "values", "strategy"),
    [
        (choice, "SCIPY_CELLS", (0, MANY), "optimal"),
        (choice, "FLOW_CELLS", (0, MANY), "optimal"),
        (choice, "WORTH_PRICES", (0, MANY), "scipy:square"),
        (arrays, "BLOCK_BYTES", (1, MANY), "scipy:square"),
        (blocks, "BLOCK_BYTES", (1, MANY), "optimal"),
        (blocks, "TILE_COLUMNS", (5, MANY), "priced:optimal"),
        (integers, "INT64_ROOM", (2**45, 2**60), "flow:optimal"),
        (integers, "FINEST_STEPS", (2**38, 2**40), "leximin"),
        (opening, "PAIRS_AT_ONCE", (7, MANY), "priced:optimal"),
        (opening, "BID_FOR", (1, MANY), "priced:optimal"),
        (opening, "KEPT_AT_FIRST", (1, MANY), "priced:optimal"),
        (opening, "TRIES", (0, MANY), "priced:optimal"),
        (opening, "TURNS", (1, 9), "priced:optimal"),
        (opening, "MANY_BETTER", (0, MANY), "priced:optimal"),
        (opening, "ASKED", (1, MANY), "priced:optimal"),
        (opening, "FEWEST_ASKED", (1, MANY), "priced:optimal"),
        (opening, "FEWEST_BEST", (0, MANY), "priced:every seat"),
        (opening, "BEST_FOR_A_SEAT", (0, MANY), "priced:every seat"),
        (opening, "LOOKED_AT", (1, MANY), "priced:every seat"),
        (opening, "ASKED_AT_ONCE", (1, MANY), "priced:optimal"),
        (opening, "ALIKE", (0.0, 1e9), "priced:optimal"),
        (opening, "MOST_ROUNDS", (0, 300), "priced:optimal"),
        (opening, "FEW_LEFT", (0.0, 1.0), "priced:optimal"),
        (opening, "STILL_LEFT", (0.0, 1.0), "priced:optimal"),
        (shortlists, "SAMPLED", (1, MANY), "priced:optimal"),
        (shortlists, "FEWEST_LISTED", (1, MANY), "priced:optimal"),
        (shortlists, "SHARE_LISTED", (0.0, 1.0), "priced:optimal"),
        (opening, "STEP", (2.0**-20, 1.0), "priced:optimal"),
        (potentials, "MOST_SWEEPS", (0, MANY), "priced:square"),
        (shortlists, "ROWS_OF_A_BLOCK", (1, 512), "priced:optimal"),
        (arrays, "BLOCK_BYTES", (1, MANY), "stable"),
        (deferred_acceptance, "MOST_COPIED", (0, MANY), "mentors propose"),
        (chain, "LISTED_PAIRS", (0, MANY), "leximin"),
        (chain, "LISTED_PAIRS", (0, MANY), "nash"),
        (settling, "NEXT_PAIRS", (2, MANY), "leximin"),
        (ordered_flow, "INT64_ROOM", (2**26, 2**59), "generous"),
        (ordered_flow, "INT64_ROOM", (2**26, 2**59), "rank_maximal"),
        (thresholds, "ALL_PAIRS", (0, MANY), "maximin"),
        (balance, "ALL_PAIRS", (0, MANY), "balanced"),
        (open_pairs, "AT_ONCE", (0, MANY), "quotas"),
        (optimal, "FEW", (0, MANY), "hours"),
        (lotteries, "AT_ONCE", (0, MANY), "lottery"),
        (lottery, "SPARE", (0, MANY), "lottery"),
        (lotteries, "AT_ONCE", (0, MANY), "fair_lottery"),
        (fair_lottery, "FIRST", (0, MANY), "fair_lottery"),
        (canonical, "KEPT_PAIRS", (0, MANY), "labelled"),
        (unmatched, "BLOCK_BYTES", (1, MANY), "unmatched"),
    ],
)
def test_both_sides_of_a_threshold_find_the_same(monkeypatch, module, name, values, strategy):
    found = []
    for value in values:
        monkeypatch.setattr(module, name, value)
        found.append(answer_of(strategy))
    assert found[0] == found[1]
    # It is this number that is asked here: nothing can be told of None.
    monkeypatch.setattr(module, name, None)
    with pytest.raises(TypeError):
        answer_of(strategy)


@pytest.mark.parametrize(
    ("name", "values"),
    [("DROPPING_ROUNDS", (0, MANY)), ("EXTRA", (0, 9))],
)
def test_rounds_of_few_columns_end_at_the_same_optimum(monkeypatch, name, values):
    monkeypatch.setattr(priced, "KEPT", 1)
    monkeypatch.setattr(shortlists, "LISTED", 1)
    found = []
    for value in values:
        monkeypatch.setattr(priced, name, value)
        found.append(answer_of("priced:optimal"))
    monkeypatch.setattr(priced, name, None)
    with pytest.raises(TypeError):
        answer_of("priced:optimal")
    monkeypatch.undo()
    assert found == [answer_of("flow:optimal")] * 2


@pytest.mark.parametrize(
    ("module", "name", "values", "strategy"),
    [
        (open_pairs, "GROUPS", (1, 3, 12), "quotas"),
        (open_pairs, "JOINING", (1, 4), "quotas"),
        (lotteries, "A_ROUND", (1, 4), "lottery"),
        (lotteries, "STRIDE", (1, 7), "lottery"),
        (choice, "AUCTION_ROUNDS", (1, 40), "scipy:square"),
        (choice, "TRIAL_ROUNDS", (0, 8), "scipy:square"),
        (deferred_acceptance, "MOST_ENTRIES", (0, MANY), "mentors propose"),
    ],
)
def test_however_little_a_round_looks_at_the_end_is_the_same(
    monkeypatch, module, name, values, strategy
):
    for first, number in (
        (open_pairs, "AT_ONCE"),
        (lotteries, "AT_ONCE"),
        (choice, "WORTH_PRICES"),
        (deferred_acceptance, "MOST_COPIED"),
    ):
        monkeypatch.setattr(first, number, 0)
    found = []
    for value in values:
        monkeypatch.setattr(module, name, value)
        found.append(answer_of(strategy))
    monkeypatch.setattr(module, name, None)
    with pytest.raises(TypeError):
        answer_of(strategy)
    monkeypatch.undo()
    assert found == [answer_of(strategy)] * len(values)


def test_a_limit_of_time_keeps_a_search_from_pairs_that_are_far_more(monkeypatch):
    monkeypatch.setattr(open_pairs, "AT_ONCE", 0)
    monkeypatch.setattr(open_pairs, "GROUPS", 1)
    whole = mm.match(problem_for("hours"))
    found = []
    for value in (0, MANY):
        monkeypatch.setattr(optimal, "TOO_MANY", value)
        matching = mm.match(problem_for("hours"), time_limit=100.0)
        assert verify(matching).ok, verify(matching).findings
        found.append(matching)
    cut, limited = found
    assert whole.certificate.proven
    assert limited.certificate.proven
    assert limited.total == pytest.approx(whole.total, abs=1e-9)
    assert not cut.certificate.proven
    assert cut.total <= whole.total + 1e-9 <= cut.certificate.bound + 2e-9


def test_a_conflict_of_many_pairs_is_named_and_said_to_be_believed(monkeypatch):
    scores = np.ones((6, 3))
    problem = mm.Problem.from_scores(
        scores, capacity=6, quotas=[mm.Quota(range(6), at_least=5), mm.Quota(range(6), at_most=4)]
    )
    said = []
    for value in (0, MANY):
        monkeypatch.setattr(proving, "MOST_PRICED", value)
        with pytest.raises(mm.InfeasibleError) as caught:
            mm.match(problem)
        said.append(caught.value)
    believed, shown = said
    assert believed.conflict == shown.conflict
    assert believed.proof is None
    assert mm.certificates.verify_infeasible(shown).ok
    assert str(believed) == f"{shown}\n{explain.BELIEVED}"


def test_profiles_list_so_many_pairs_and_not_one_more(monkeypatch):
    problem = mm.Problem.from_scores(np.full((2, 2), 0.5))
    monkeypatch.setattr(places, "MOST_RANKED", 4)
    assert mm.match(problem, "generous").certificate.proven
    monkeypatch.setattr(places, "MOST_RANKED", 3)
    with pytest.raises(mm.MentorMatchError, match=r'"generous" lists .* takes at most 3 of them'):
        mm.match(problem, "generous")


@pytest.mark.parametrize("seed", range(3))
def test_levels_after_few_rounds_are_a_bound_and_no_proof(monkeypatch, seed):
    scores = np.random.default_rng(seed).random((8, 5)).round(2)
    problem = mm.Problem.from_scores(scores, capacity=3, demand=2)
    best = mm.match(problem, "maximin").certificate
    assert best.proven
    monkeypatch.setattr(worst_off, "ROUNDS", 0)
    cut = mm.match(problem, "maximin")
    assert not cut.certificate.proven
    stage = cut.certificate.stages[0]
    assert stage.objective < best.stages[0].objective <= stage.bound
    assert verify(cut).ok, verify(cut).findings
