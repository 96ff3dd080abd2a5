"""A proof means the same in any unit of score, and rounding is never mistaken for one."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import mentormatch as mm
from mentormatch.certificates import certify_multipliers, recover_multipliers, verify
from mentormatch.solvers import ENGINES
from oracles import best_by_trying_everything
from problems import plain_problems

SCORES = pd.DataFrame(
    [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]], index=["ada", "bob", "cyd"], columns=["guy", "lin"]
)
APART = [("ada", "bob")]
KINDS = {"plain": {}, "apart": {"apart": APART}, "hours": {"usage": [0.5, 1.0, 1.5]}}


def problem_of(scale: float, kind: str) -> mm.Problem:
    return mm.Problem.from_scores(SCORES * scale, capacity=2, **KINDS[kind])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", [1e-90, 1e-9, 1e9, 1e90])
def test_the_unit_of_scores_changes_neither_pairs_nor_proof(scale, kind):
    plain, scaled = mm.match(problem_of(1.0, kind)), mm.match(problem_of(scale, kind))
    assert scaled.pairs["mentor"].tolist() == plain.pairs["mentor"].tolist()
    assert scaled.certificate.proven
    assert scaled.certificate.tolerance == pytest.approx(scale * plain.certificate.tolerance)
    assert verify(scaled).ok


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_a_worse_matching_is_never_proven_however_small_its_scores_are(scale):
    problem = problem_of(scale, "plain")
    worse = mm.Matching.from_pairs(problem, [("ada", "lin"), ("bob", "guy"), ("cyd", "guy")])
    found = certify_multipliers(worse, recover_multipliers(worse))
    assert not found.proven
    assert found.gap >= 0.6 * scale
    assert mm.audit(worse).optimality.ok is False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_a_tolerance_beyond_what_the_scores_justify_is_found(scale, kind):
    matching = mm.match(problem_of(scale, kind))
    honest = matching.certificate.tolerance
    for many in (1.001, 1e6, 1e300):
        checked = verify(matching, replace(matching.certificate, tolerance=honest * many))
        assert not checked.ok
        assert any("is more than these scores justify" in one for one in checked.findings)
    # Whoever asks for more than is justified may.
    stricter = replace(matching.certificate, tolerance=honest / 100)
    assert verify(matching, stricter).certificate.tolerance == honest / 100


def test_huge_multipliers_do_not_buy_a_proof_with_their_own_rounding():
    problem = mm.Problem.from_scores([[-1.0], [0.0]], coverage_first=True)
    worse = mm.Matching.from_pairs(problem, [(0, 0)])
    honest = certify_multipliers(worse, recover_multipliers(worse))
    for huge in (1e12, 1e18, 1e30):
        prices = honest.prices + huge
        forged = replace(
            honest, prices=prices, coverage_multipliers=(huge,), proven=True, tolerance=huge
        )
        checked = verify(worse, forged)
        assert not checked.ok
        assert not checked.certificate.proven


EXTREMES = st.sampled_from([0.0, 1e-9, 2e-9, 3e-9, -1e-9, 1.0, 1e9, 2e9, -1e9])


@st.composite
def extreme_problems(draw):
    problem = draw(plain_problems(most=4))
    n, m = problem.shape
    scores = [[draw(EXTREMES) for _ in range(m)] for _ in range(n)]
    return mm.Problem.from_scores(
        np.array(scores).reshape(n, m),
        capacity=problem.capacities,
        coverage_first=problem.coverage_first,
        apart=[(0, 1)] if n > 1 and draw(st.booleans()) else (),
    )


@given(problem=extreme_problems())
def test_the_gap_is_honest_where_scores_of_1e_9_and_1e9_meet(problem):
    engines = ("linear", "cp-sat") if problem.sides else sorted(ENGINES)
    best = None if problem.sides else best_by_trying_everything(problem)
    reached = []
    for engine in (None, *engines):
        try:
            matching = mm.match(problem, engine=engine)
        except mm.SolverError:
            continue
        proof = matching.certificate
        reached.append((matching.total, proof))
        assert verify(matching).ok
        assert proof.gap >= 0
        # No tolerance that a score nobody got has made large.
        assert proof.tolerance <= 1e-6 * np.abs(matching.scores).sum() + 64 * 2.3e-16 * 4 * 2e9
    largest = best.total if best is not None else max(total for total, _ in reached)
    for total, proof in reached:
        assert proof.bound >= largest - 1e-15 * abs(largest)
        if proof.proven:
            assert total >= largest - proof.tolerance


@pytest.mark.parametrize("engine", [None, "cp-sat"])
def test_a_huge_score_that_nobody_gets_hides_no_small_loss(engine):
    scores = np.array([[3e-9, 1e-9, -1e9], [1e-9, 3e-9, -1e9], [1e-9, 1.5e-9, -1e9]])
    problem = mm.Problem.from_scores(scores, capacity=1, coverage_first=False, apart=[(0, 1)])
    matching = mm.match(problem, engine=engine)
    assert matching.certificate.bound >= 6e-9
    assert not matching.certificate.proven or matching.total == pytest.approx(6e-9)
