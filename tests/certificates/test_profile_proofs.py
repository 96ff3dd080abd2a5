"""Proofs of profiles: accepted when honest, and every lie about them is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.certificates import prove_places, verify
from mentormatch.certificates.kinds import places
from mentormatch.proofs.flow_stages import Places
from mentormatch.strategies import Generous, RankMaximal

STRATEGIES = [RankMaximal(), RankMaximal(coverage_first=True), Generous()]
NAMES = ["rank_maximal", "rank_maximal, covered", "generous"]


def instance(**numbers):
    """Two groups who want the same few mentors, so that several choices are used."""
    rng = np.random.default_rng(3)
    u = np.round(rng.random((12, 6)) + np.linspace(1, 0, 6), 2)
    u[rng.random(u.shape) < 0.2] = np.nan
    v = np.where(np.isnan(u), np.nan, np.round(rng.random(u.shape), 2))
    return mm.Problem.from_scores(u, mentor_scores=v, capacity=2, **numbers)


def with_stage(certificate, number, **changed):
    stages = list(certificate.stages)
    stages[number] = replace(stages[number], **changed)
    return replace(certificate, stages=tuple(stages))


def with_places(certificate, number, **changed):
    weights = replace(certificate.stages[number].weights, **changed)
    return with_stage(certificate, number, weights=weights)


def findings(matching, certificate):
    found = verify(matching, certificate)
    assert not found.ok
    return " ".join(found.findings)


@pytest.fixture(params=STRATEGIES, ids=NAMES)
def matching(request, monkeypatch):
    """A matching whose proof has several stages of a class or two."""
    monkeypatch.setattr(places, "LARGEST_SUM", 20_000)
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
    assert told == ["most mentees at choice 1, then 2: 2, 0, proven"]
    told = [str(stage) for stage in mm.match(problem, "generous").certificate.stages]
    assert told == ["fewest mentees at choice 2, then 1: 0, 2, proven"]


def test_every_number_of_every_stage_that_is_tampered_with_is_found(matching):
    certificate = matching.certificate
    for number, stage in enumerate(certificate.stages):
        prices = stage.prices
        for changed, said in [
            ({"objective": stage.objective + 1}, "it says objective"),
            ({"bound": stage.bound - 1}, "it says bound"),
            ({"prices": prices + 1}, ""),
            ({"prices": prices + 0.3}, "not whole numbers"),
            ({"prices": prices.iloc[1:]}, "the prices do not name exactly the mentors"),
            ({"coverage_multipliers": (*stage.coverage_multipliers, 1.0)}, "multipliers"),
        ]:
            assert said in findings(matching, with_stage(certificate, number, **changed))


def test_stages_that_do_not_add_up_to_a_profile_are_found(matching):
    certificate = matching.certificate
    stages = certificate.stages
    last = max(end for one in stages for _, end in one.weights.classes) + 1
    in_order = f"the stages do not count the choices 1 to {last} in order"
    assert in_order in findings(matching, replace(certificate, stages=stages[1:]))
    assert in_order in findings(matching, replace(certificate, stages=stages[:-1]))
    assert in_order in findings(matching, replace(certificate, stages=stages[::-1]))
    several = next(k for k, one in enumerate(stages) if len(one.weights.classes) > 1)
    turned = stages[several].weights.classes[::-1]
    assert in_order in findings(matching, with_places(certificate, several, classes=turned))


def test_a_weight_that_does_not_dominate_and_a_count_of_something_else_are_found(matching):
    certificate = matching.certificate
    said = findings(matching, with_places(certificate, 0, mentees=2))
    assert "do not count the same" in said
    assert "count places of 2 mentees" in said
    turned = not certificate.stages[0].weights.fewest
    said = findings(matching, with_places(certificate, 0, fewest=turned))
    assert "do not count the same" in said
    together = Places(((0, 5),), 12, turned, certificate.stages[0].weights.coverage_first)
    one = replace(certificate, stages=(replace(certificate.stages[0], weights=together),))
    assert "choices 1 to 6 are counted together, but somebody has one" in findings(matching, one)


@pytest.mark.parametrize("strategy", STRATEGIES, ids=NAMES)
def test_the_proof_of_one_matching_is_rejected_for_another(strategy):
    problem = instance()
    best = mm.match(problem, strategy)
    other = mm.match(problem, "random")
    assert not verify(other, best.certificate).ok
    fewest = best.certificate.stages[0].weights.fewest
    first = best.certificate.stages[0].weights.coverage_first
    # What a matching that is not the best says of itself is not proven, whoever asks.
    try:
        made = prove_places(other, fewest=fewest, coverage_first=first)
    except mm.MatchingError:
        return
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
    monkeypatch.setattr(places, "MOST_PROVEN", 10)
    matching = mm.match(instance(), "generous")
    assert matching.certificate is None
    assert matching.notes[-1] == (
        "exact by its flows; without a certificate: its proof keeps all pairs, and 12 × 6 are more "
        "than 10; match parts of the programme that share no mentors one by one to have it"
    )
