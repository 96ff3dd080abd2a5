"""Certificates: what is tampered with is rejected, and bounds hold against brute force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.certificates import (
    certify_multipliers,
    coverage_bound,
    recover_multipliers,
    seats_bound,
    verify,
)
from mentormatch.certificates.bounds import prices
from oracles import best_by_trying_everything
from problems import problems

SCORES = pd.DataFrame(
    [[0.9, 0.8, 0.1], [0.7, 0.1, 0.2], [0.6, 0.4, np.nan], [0.3, 0.2, np.nan]],
    index=["ada", "bob", "eve", "joe"],
    columns=["linus", "mia", "guido"],
)
PROBLEM = mm.Problem.from_scores(SCORES)
MATCHING = mm.match(PROBLEM)
PROOF = MATCHING.certificate
assert PROOF is not None


def shifted(mentor, by):
    prices = PROOF.prices.copy()
    prices[mentor] += by
    return prices


def test_an_honest_certificate_is_accepted_whatever_the_order_of_its_prices():
    assert PROOF.proven
    assert verify(MATCHING).ok
    assert verify(MATCHING, replace(PROOF, prices=PROOF.prices.iloc[::-1])).ok
    assert str(PROOF) == (
        "proven optimal: total 1.6, no matching that serves as many exceeds 1.6 "
        f"(gap {PROOF.gap:.2g}); 3 mentees matched of at most 3"
    )
    assert repr(PROOF) == f"Certificate({PROOF})"


def test_a_proof_after_other_stages_speaks_of_the_matchings_that_are_as_good_in_these():
    """A total of 1.05 by maximin said that no matching exceeds it; 1.2 has a lower worst score."""
    problem = mm.Problem.from_scores([[1.0, 0.5], [0.55, 0.2]])
    matching = mm.match(problem, "maximin")
    assert str(matching.certificate).startswith(
        "proven optimal: total 1.05, no matching that is as good in what comes first exceeds 1.05"
    )
    assert "as good in what comes first" in mm.audit(matching).optimality.to_frame()["meaning"][2]
    assert "No matching as good in what comes first exceeds" in matching.certificate._repr_html_()
    drawn = mm.match(problem, "lottery")
    assert str(drawn.certificate).startswith(
        "proven optimal: expected total 1.125, no lottery that is as good in what comes first"
    )


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({"objective": 1.7}, "the certificate says objective 1.7, recomputed it is 1.6"),
        ({"objective": np.nan}, "the certificate: its objective is not a number"),
        ({"bound": 1.4}, "the certificate says bound 1.4, recomputed it is 1.6"),
        ({"gap": -0.1}, "the gap is not bound − objective"),
        ({"coverage": 4}, "the certificate says coverage 4, recomputed it is 3"),
        ({"coverage_bound": 2}, "the certificate says coverage_bound 2, recomputed it is 3"),
        ({"coverage_bound": None}, "the certificate says coverage_bound None, recomputed it is 3"),
        ({"seats": 2}, "the certificate says seats 2, recomputed it is 3"),
        ({"seats_bound": 4}, "the certificate says seats_bound 4, recomputed it is 3"),
        ({"coverage_multipliers": (50.0,)}, "the certificate says bound 1.6, recomputed it is"),
        ({"coverage_multipliers": ()}, "it needs 1 coverage multipliers, not 0"),
        ({"coverage_multipliers": (0.0, 0.0)}, "it needs 1 coverage multipliers, not 2"),
        (
            {"coverage_multipliers": (np.inf,)},
            "the certificate, coverage multipliers",
        ),
        ({"seats_multiplier": 50.0}, "the certificate says bound 1.6, recomputed it is"),
        (
            {"seats_multiplier": np.nan},
            "the certificate, seats multiplier: a price",
        ),
        ({"tolerance": np.inf}, "the tolerance must be a number of 0 or more, not inf"),
        ({"tolerance": -1.0}, "the tolerance must be a number of 0 or more, not -1.0"),
        ({"prices": shifted("linus", -0.3)}, "the certificate says bound 1.6, recomputed it is"),
        ({"prices": shifted("linus", 0.3)}, "the certificate says bound 1.6, recomputed it is"),
        ({"prices": shifted("linus", -np.inf)}, "the certificate, prices: a price"),
        ({"prices": shifted("mia", np.nan)}, "the certificate, prices: a price"),
        ({"prices": PROOF.prices.drop("mia")}, "the prices do not name exactly the mentors"),
        (
            {"prices": PROOF.prices.rename({"mia": "Mia"})},
            "the prices do not name exactly the mentors",
        ),
        (
            {"prices": pd.concat([PROOF.prices, PROOF.prices.iloc[:1]])},
            "the prices do not name exactly the mentors",
        ),
    ],
)
def test_each_number_that_is_tampered_with_is_found(changed, finding):
    checked = verify(MATCHING, replace(PROOF, **changed))
    assert not checked.ok
    assert any(found.startswith(finding) for found in checked.findings), checked.findings


def test_the_proof_of_one_matching_is_rejected_for_a_worse_one():
    worse = mm.Matching.from_pairs(PROBLEM, [("ada", "linus"), ("bob", "guido"), ("joe", "mia")])
    checked = verify(worse, PROOF)
    assert not checked.ok
    assert "the certificate says objective 1.6, recomputed it is 1.3" in checked.findings
    assert not checked.certificate.proven


def test_a_claim_of_optimality_is_rejected_where_the_prices_do_not_show_it():
    worse = mm.Matching.from_pairs(PROBLEM, [("ada", "linus"), ("bob", "guido"), ("joe", "mia")])
    honest = certify_multipliers(worse, recover_multipliers(worse))
    assert not honest.proven
    assert honest.bound >= MATCHING.total - 1e-9
    assert str(honest).startswith("not proven optimal: total 1.3")
    checked = verify(worse, replace(honest, proven=True))
    assert not checked.ok
    assert checked.findings[0].startswith("it claims to be proven, but recomputed it is not")


def test_a_score_that_changed_after_the_match_is_found():
    changed = SCORES.copy()
    changed.loc["eve", "linus"] = 2.0
    same_pairs = mm.Matching.from_pairs(mm.Problem.from_scores(changed), MATCHING.pairs)
    assert not verify(same_pairs, PROOF).ok


def test_a_pair_that_lost_its_mentor_is_found_by_its_coverage():
    fewer = mm.Matching.from_pairs(PROBLEM, MATCHING.pairs.iloc[:-1])
    found = certify_multipliers(fewer, recover_multipliers(fewer))
    assert not found.proven
    assert found.coverage_bound == 3
    checked = verify(fewer, PROOF)
    assert "the certificate says coverage 3, recomputed it is 2" in checked.findings


@pytest.mark.parametrize(
    ("pairs", "finding"),
    [
        (
            [("ada", "linus"), ("bob", "linus")],
            "the pairs are no matching: mentor 'linus' has 2 mentees but capacity 1",
        ),
        (
            [("eve", "guido")],
            "the pairs are no matching: 'eve' and 'guido' are not eligible: given as ineligible "
            "(NaN)",
        ),
        (
            [("ada", "linus"), ("ada", "mia")],
            "the pairs are no matching: mentee 'ada' has 2 mentors but wants 1",
        ),
    ],
)
def test_pairs_that_are_no_matching_are_never_proven_optimal(pairs, finding):
    held = mm.Matching.from_pairs(PROBLEM, pairs, check=False)
    certificate = certify_multipliers(held, recover_multipliers(held), tolerance=1e9)
    assert not certificate.proven
    checked = verify(held, certificate)
    assert not checked.ok
    assert finding in checked.findings


def test_without_a_certificate_the_error_says_how_to_get_one():
    made = mm.Matching.from_pairs(PROBLEM, MATCHING.pairs)
    with pytest.raises(ValueError, match=r"Use certify_multipliers\(matching, recover_multipliers"):
        verify(made)
    assert certify_multipliers(made, recover_multipliers(made)).proven


@given(problem=problems())
def test_cuts_bound_coverage_and_seats_for_every_matching_and_are_met_by_the_optimal_one(problem):
    best = best_by_trying_everything(
        problem if problem.coverage_first else replace(problem, coverage_first=True)
    )
    if best is None:
        return
    nothing = mm.Matching(problem, problem.pinned[:, 0], problem.pinned[:, 1], check=False)
    most_pairs = best_by_trying_everything(replace(problem, coverage_first=True, priority=None))
    for matching in (nothing, mm.match(problem), mm.match(replace(problem, coverage_first=True))):
        assert coverage_bound(matching) >= sum(most_pairs.covered)
        assert seats_bound(matching) >= most_pairs.pairs
    if not problem.minimums.any():
        matching = mm.match(replace(problem, coverage_first=True))
        assert coverage_bound(matching) == sum(best.covered)


@given(problem=problems())
def test_prices_recovered_from_an_optimal_matching_prove_it_and_from_another_bound_it(problem):
    best = best_by_trying_everything(problem)
    if best is None:
        return
    matching = mm.match(problem)
    pairs = mm.Matching(problem, matching.mentees, matching.mentors)
    assert certify_multipliers(pairs, recover_multipliers(pairs)).proven
    first = mm.Matching(problem, problem.pinned[:, 0], problem.pinned[:, 1], check=False)
    bound = certify_multipliers(first, recover_multipliers(first))
    assert not np.isnan(bound.bound)
    if bound.proven:
        assert first.total == pytest.approx(best.total, abs=1e-6)


@given(problem=problems())
def test_a_free_seat_has_no_price_and_above_a_minimum_none_is_negative(
    problem,
):
    if best_by_trying_everything(problem) is None:
        return
    matching = mm.match(problem)
    prices = matching.certificate.prices.to_numpy()
    loads = matching.loads.to_numpy()
    assert (prices[loads < problem.capacities] <= 1e-7).all()
    above = (loads > problem.minimums) & (loads > 0)
    assert (prices[above] >= -1e-7).all()


def test_rounding_is_inside_the_gap_when_scores_are_of_very_different_size():
    rng = np.random.default_rng(0)
    scores = rng.random((30, 30)) * 10.0 ** rng.integers(-9, 9, (30, 30))
    matching = mm.match(mm.Problem.from_scores(scores), engine="flow")
    exact = mm.match(mm.Problem.from_scores(scores), engine="scipy")
    assert matching.total <= exact.total + 1e-6
    assert matching.certificate.bound >= exact.total
    assert matching.certificate.gap >= 0


@given(
    nodes=st.integers(1, 12),
    density=st.sampled_from([0.2, 0.6, 1.0]),
    seed=st.integers(0, 2**20),
)
def test_longest_paths_are_those_of_plain_sweeps_whatever_is_followed_first(nodes, density, seed):
    rng = np.random.default_rng(seed)
    # Lengths made from potentials have no cycle of positive length.
    high = rng.integers(0, 50, nodes) / 8
    arcs = high - high[:, None] - rng.integers(0, 20, (nodes, nodes)) / 8
    arcs[rng.random((nodes, nodes)) > density] = -np.inf
    base = np.where(rng.random(nodes) < 0.5, 0.0, -np.inf)
    want = base
    for _ in range(nodes):
        want = np.maximum(want, (want[:, None] + arcs).max(axis=0))
    np.testing.assert_array_equal(prices._longest_paths(arcs, base, 0.0), want)
    for sweeps, sample in ((10**6, 20_000), (-1, 20_000), (-1, 3)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(prices, "FEW_ARCS", 0)
            patch.setattr(prices, "MANY_SWEEPS", sweeps)
            patch.setattr(prices, "ARCS_A_NODE", 2)
            patch.setattr(prices, "SAMPLE", sample)
            np.testing.assert_array_equal(prices._longest_paths(arcs, base, 0.0), want)


def test_the_longest_arcs_are_few_though_some_mentors_are_wanted_by_nobody(monkeypatch):
    # Every 200th of the 40,000 lengths would be one mentor's.
    monkeypatch.setattr(prices, "SAMPLE", 200)
    arcs = np.random.default_rng(0).random((200, 200))
    arcs[:, 0] -= 9
    tails, heads = prices._longest_arcs(arcs, np.zeros(200))
    assert 0 < len(tails) <= 4 * prices.ARCS_A_NODE * 200
    assert arcs[tails, heads].min() > np.quantile(arcs, 0.8)


def test_a_proof_of_the_total_does_not_deny_matchings_that_serve_fewer():
    """ "no matching exceeds 0.7" was false: one pair alone has 0.9."""
    problem = mm.Problem.from_scores([[0.9, -0.1], [0.8, np.nan]])
    matching = mm.match(problem)
    assert matching.total == pytest.approx(0.7)
    assert "total 0.7, no matching that serves as many exceeds 0.7" in str(matching.certificate)
    total_only = mm.Problem.from_scores([[0.9, -0.1], [0.8, np.nan]], coverage_first=False)
    proof = mm.match(total_only).certificate
    assert str(proof).startswith("proven optimal: total 0.9, no matching exceeds 0.9 (gap")
