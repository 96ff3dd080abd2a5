"""Proofs of profiles: accepted when honest, and every lie about them is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.certificates import Multipliers, prove_in_order, verify
from mentormatch.certificates.kinds import ordered_counts
from mentormatch.certificates.kinds.lists import list_counts
from mentormatch.strategies import Generous, MinimumCost, RankMaximal

STRATEGIES = [RankMaximal(), RankMaximal(coverage_first=True), Generous(), MinimumCost()]
NAMES = ["rank_maximal", "rank_maximal, covered", "generous", "minimum_cost"]


def instance(**numbers):
    """Two groups who want the same few mentors, so that several choices are used."""
    rng = np.random.default_rng(3)
    u = np.round(rng.random((12, 6)) + np.linspace(1, 0, 6), 2)
    u[rng.random(u.shape) < 0.2] = np.nan
    v = np.where(np.isnan(u), np.nan, np.round(rng.random(u.shape), 2))
    return mm.Problem.from_scores(u, mentor_scores=v, capacity=2, **numbers)


def with_stage(certificate, place, **changed):
    stages = list(certificate.stages)
    stages[place] = replace(stages[place], **changed)
    return replace(certificate, stages=tuple(stages))


def findings(matching, certificate):
    found = verify(matching, certificate)
    assert not found.ok
    return " ".join(found.findings)


@pytest.fixture(params=STRATEGIES, ids=NAMES)
def matching(request):
    made = mm.match(instance(), request.param)
    assert len(made.certificate.stages) > 1
    return made


def test_an_honest_proof_is_accepted(matching):
    certificate = matching.certificate
    assert certificate.proven
    assert verify(matching).ok, verify(matching).findings
    assert all(stage.proven for stage in certificate.stages)
    assert mm.audit(matching).optimality.ok


def test_the_proof_names_the_choices_and_how_many_have_them():
    problem = mm.Problem.from_preferences({"ada": ["x"], "bob": ["x", "y"], "cyd": ["y", "x"]})
    told = [str(stage) for stage in mm.match(problem, "rank_maximal").certificate.stages]
    assert told == ["most mentees at choice 1: 2, proven", "most mentees at choice 2: 0, proven"]
    told = [str(stage) for stage in mm.match(problem, "generous").certificate.stages]
    assert told == [
        "most mentees of class 0: 2, proven",
        "fewest mentees at choice 2: 0, proven",
        "fewest mentees at choice 1: 2, proven",
    ]


def test_every_number_of_every_stage_that_is_tampered_with_is_found(matching):
    certificate = matching.certificate
    for number, stage in enumerate(certificate.stages):
        prices = stage.prices
        for changed, said in [
            ({"objective": stage.objective + 1}, "it says"),
            ({"bound": stage.bound - 1}, "it says"),
            ({"prices": prices + 0.3}, "not whole numbers"),
            ({"prices": prices.iloc[1:]}, "the prices do not name exactly the mentors"),
            ({"tie_tolerance": 0.5}, "do not rank scores in the same steps"),
            ({"number": stage.number + 1}, "the counts are not, in order, those of"),
        ]:
            assert said in findings(matching, with_stage(certificate, number, **changed))


def test_prices_that_ask_less_than_seats_are_worth_leave_their_count_unproven(matching):
    certificate = matching.certificate
    priced = [k for k, one in enumerate(certificate.stages) if one.prices.any()]
    for number in priced:
        free = 0 * certificate.stages[number].prices
        assert findings(matching, with_stage(certificate, number, prices=free))


def test_stages_that_do_not_add_up_to_a_profile_are_found(matching):
    certificate = matching.certificate
    stages = certificate.stages
    # A profile without its coverage is one of the same promise, with a claim that is too large.
    assert findings(matching, replace(certificate, stages=stages[1:]))
    for some in (stages[:-1], stages[::-1], (*stages, stages[-1])):
        said = findings(matching, replace(certificate, stages=some))
        assert "the counts are not, in order, those of" in said
    turned = {"most": "fewest", "fewest": "most"}.get(stages[-1].what)
    said = findings(matching, with_stage(certificate, -1, what=turned))
    assert "the counts are not, in order, those of" in said


@pytest.mark.parametrize("strategy", STRATEGIES, ids=NAMES)
def test_the_proof_of_one_matching_is_rejected_for_another(strategy):
    problem = instance()
    best = mm.match(problem, strategy)
    other = mm.match(problem, "random")
    assert not verify(other, best.certificate).ok
    # What a matching that is not the best says of itself is not proven, by whatever prices.
    counts = list_counts(best.certificate.promise, 1, 6, coverage_first=True)
    none = Multipliers(np.zeros(6), np.zeros(1))
    made = prove_in_order(
        other, best.certificate.promise, [none] * len(counts), none, coverage_first=True
    )
    assert not made.proven


def test_scores_that_changed_after_the_match_change_the_places():
    problem = instance()
    matching = mm.match(problem, "rank_maximal")
    block = problem.block(slice(0, 12))
    moved = mm.Problem.from_scores(
        -block.mentee_scores, mentor_scores=block.scores * 2 + block.mentee_scores, capacity=2
    )
    other = mm.Matching(moved, matching.mentees, matching.mentors)
    assert not verify(other, matching.certificate).ok


def test_where_the_pairs_are_too_many_for_a_proof_it_says_so(monkeypatch):
    monkeypatch.setattr(ordered_counts, "MOST_PROVEN", 10)
    matching = mm.match(instance(), "generous")
    assert matching.certificate is None
    assert matching.notes[-1] == (
        "exact by its flows; without a certificate: its proof reads all pairs, and 12 × 6 are more "
        "than 10; match parts of the programme that share no mentors one by one to have it"
    )


def test_counts_at_prices_of_nothing_are_bounded_together_as_they_are_one_by_one(monkeypatch):
    """What no mentor is asked for is compared by the place alone: the same bound in one pass."""
    rng = np.random.default_rng(8)
    problem = mm.Problem.from_scores(rng.random((40, 25)) + rng.random(25), capacity=2)
    made = [mm.match(problem, one) for one in STRATEGIES]
    assert any(sum(not stage.prices.any() for stage in one.certificate.stages) > 3 for one in made)

    def alone(counts, whole):
        return (range(k, k + 1) for k in range(len(counts)))

    monkeypatch.setattr(ordered_counts, "_runs", alone)
    for one in made:
        assert verify(one).ok
        assert verify(one).certificate.bound == one.certificate.bound
