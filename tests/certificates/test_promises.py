"""A proof of one promise is none of another, and a chain with a stage changed is none at all."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.certificates import OptimalFace, verify
from mentormatch.certificates.completeness import (
    ProvenStage,
    find_missing_bounded_stages,
    find_missing_stages,
)
from mentormatch.proofs.flow_stages import Levels, Welfare, Within

RNG = np.random.default_rng(11)
SCORES = np.round(RNG.random((8, 4)), 2)
FLOWS = [
    mm.strategies.Optimal(),
    mm.strategies.Maximin(),
    mm.strategies.Leximin(),
    mm.strategies.Nash(),
    mm.strategies.WorstK(2),
    mm.strategies.Balanced(),
    mm.strategies.RankMaximal(),
    mm.strategies.Generous(),
]
SEVERAL = ("optimal", "maximin", "leximin", "worst_k")


def problem(**numbers):
    return mm.Problem.from_scores(SCORES, capacity=2, **numbers)


def findings(matching, certificate, strategy=None):
    """What is found against a certificate, under a label."""
    label = strategy or matching.strategy
    named = replace(certificate, strategy=label)
    return "; ".join(verify(replace(matching, strategy=label), named).findings)


@pytest.mark.parametrize("demand", [1, 2])
def test_a_proof_under_the_label_of_another_strategy_is_refused(demand):
    """Labels were taken on trust: the optimum was a proven leximin, maximin, nash or balanced."""
    asked = mm.Problem.from_scores(SCORES[: 8 // demand], capacity=2, demand=demand)
    some = FLOWS if demand == 1 else [one for one in FLOWS if one.name in SEVERAL]
    made = {strategy.name: mm.match(asked, strategy) for strategy in some}
    for (name, matching), (other, meant) in permutations(made.items(), 2):
        promised = meant.certificate.promise
        claimed = replace(matching.certificate, promise=promised)
        same = sorted(matching.scores) == sorted(meant.scores)
        assert same or findings(matching, claimed, other), (name, other)


@pytest.mark.parametrize(
    ("name", "promise", "said"),
    [
        ("total", "even loads", "no stage shows that loads cannot be more even"),
        ("total", "rank-maximal profile", "do not prove rank-maximal profile"),
        ("total", "largest minimum", "no stage shows that the worst-off cannot be better off"),
        ("total", "sum of the worst", "no stage shows that the k worst cannot be better off"),
        ("total", "Nash welfare", "no stage shows that the welfare cannot be larger"),
        ("total", "sorted scores", "levels above -inf are not settled"),
        ("nash", "total", "and no stage comes before it"),
        (
            "rank_maximal",
            "generous profile",
            "the counts are not, in order, those of generous profile",
        ),
        ("nash", "group parity", "prices and stages of flows do not prove group parity"),
        ("nash", "sorted scores", "is no stage of it"),
    ],
)
def test_what_a_chain_lacks_of_a_promise_is_said(name, promise, said):
    matching = mm.match(problem(), "optimal" if name == "total" else name)
    claimed = replace(matching.certificate, promise=promise)
    # "given" pairs have no strategy of their own, so that only the chain is judged.
    assert said in findings(matching, claimed, "given")


def lacks(matching, **changed):
    """What a chain lacks whose last weights are changed, with prices as a forger needs them."""
    face = OptimalFace.of(matching.problem)
    stages = list(matching.certificate.stages)
    if changed:
        kept = changed.pop("kept", True)
        weights = replace(stages[-1].weights, **changed)
        stages[-1] = replace(stages[-1], weights=weights, kept=kept)
    chain = [ProvenStage(face, one) for one in stages]
    promise = matching.certificate.promise
    return "; ".join(find_missing_stages(promise, matching, chain, face))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"unit": 0.9}, "it counts scores below 0.9 as if they were that"),
        ({"step": 5.0}, "steps of 5 are too coarse for its welfare"),
        ({"above": 0.5}, "it does not count scores up to 0.5"),
    ],
)
def test_a_welfare_that_counts_something_else_is_refused(changed, said):
    matching = mm.match(problem(), "nash")
    assert lacks(matching) == ""
    assert said in lacks(matching, **changed)


def test_the_welfare_of_another_aversion_is_no_nash_welfare():
    matching = mm.match(problem(), mm.strategies.AlphaFair(2.0))
    claimed = replace(matching.certificate, promise="Nash welfare")
    assert "its welfare is that of alpha=2, not of 1" in findings(matching, claimed, "given")


def test_a_welfare_that_leaves_out_who_has_nothing_is_refused():
    scores = np.where(SCORES < 0.3, 0.0, SCORES)
    matching = mm.match(mm.Problem.from_scores(scores, capacity=2), "nash")
    stages = matching.certificate.stages
    assert any(isinstance(one.weights, Within) for one in stages)
    only = tuple(one for one in stages if isinstance(one.weights, Welfare))
    bare = replace(matching, certificate=replace(matching.certificate, stages=only))
    said = "no stage shows that no fewer could be left without a positive score"
    assert said in lacks(bare)


def test_a_welfare_that_counts_twice_is_refused():
    matching = mm.match(problem(), "nash")
    stages = matching.certificate.stages
    twice = replace(
        matching, certificate=replace(matching.certificate, stages=(*stages, stages[-1]))
    )
    assert "a stage counts again what the one before it counted" in lacks(twice)


def test_levels_that_are_skipped_rounded_or_not_kept_are_refused():
    matching = mm.match(problem(), "leximin")
    last = matching.certificate.stages[-1].weights
    assert isinstance(last, Levels)
    assert "are not settled" in findings(
        matching, replace(matching.certificate, stages=matching.certificate.stages[:-1])
    )
    assert "nothing was kept of it" in lacks(matching, kept=False)
    assert "levels are rounded to 0.5 here only" in lacks(matching, resolution=0.5)
    assert "was skipped" in lacks(matching, levels=last.levels[1:], costs=last.costs[1:])
    assert "does not come first" in lacks(matching, costs=np.ones_like(last.costs))


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        ("total", "the total is the first thing promised"),
        ("sorted scores", "there is not a stage for every number of the worst"),
        ("Nash welfare", "Nash welfare: there is no stage for it"),
        ("even loads", "even loads: there is no stage for it"),
    ],
)
def test_what_a_chain_of_a_solver_lacks_of_a_promise_is_said(promise, said):
    matching = mm.match(problem(demand=2), "maximin")
    assert (
        find_missing_bounded_stages("largest minimum", matching, matching.certificate.stages) == []
    )
    found = find_missing_bounded_stages(promise, matching, matching.certificate.stages)
    assert said in "; ".join(found)


LOTTERY = mm.Problem.from_scores([[0.9, 0.2], [0.8, 0.1], [0.3, 0.4]])


def test_a_lottery_whose_chances_are_not_its_own_is_refused():
    matching = mm.match(LOTTERY, mm.strategies.Lottery(cap=0.5))
    assert verify(matching).ok

    def found(change):
        chances = matching.probabilities.toarray()
        change(chances)
        changed = replace(matching, probabilities=type(matching.probabilities)(chances))
        return "; ".join(verify(changed).findings)

    def beyond_cap(chances):
        chances[0] = [1.0, 0.0]

    def too_much_of_a_mentee(chances):
        chances[2] = [0.6, 0.6]

    assert "a pair has a probability outside 0 … 0.5" in found(beyond_cap)
    assert "add up to more than it wants" in found(too_much_of_a_mentee)
    assert "do not fit its capacity or minimum" in found(too_much_of_a_mentee)
    assert "drawn that has no probability" in found(lambda chances: chances.fill(0.0))
    bare = replace(matching, probabilities=None)
    assert verify(bare).findings == ("the matching carries no probabilities",)
    claimed = replace(matching.certificate, stages=())
    assert "a stage that is no expectation" in findings(matching, claimed)
    first, *rest = matching.certificate.stages
    two = (first, replace(first, cap=0.75), *rest)
    claimed = replace(matching.certificate, stages=two)
    assert "have different largest probabilities" in findings(matching, claimed)


def test_a_lottery_over_a_pair_that_became_ineligible_is_refused():
    matching = mm.match(LOTTERY, mm.strategies.Lottery(cap=0.5))
    i, j = np.argwhere(matching.probabilities.toarray() > 0)[0]
    scores = np.array([[0.9, 0.2], [0.8, 0.1], [0.3, 0.4]])
    scores[i, j] = np.nan
    other = replace(matching, problem=mm.Problem.from_scores(scores), certificate=None)
    found = verify(other, matching.certificate)
    assert "a pair that is not eligible has a probability" in found.findings
