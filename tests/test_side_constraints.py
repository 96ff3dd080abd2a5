"""Quotas, mentees apart or together, and weighted seats: optimal, proven, and said in words."""

from __future__ import annotations

import pytest
from hypothesis import event, given, settings

import mentormatch as mm
from oracles import achieved
from side_oracles import best_with_rules, laminar_problems, mixed_problems


@settings(max_examples=40)
@given(drawn=mixed_problems())
def test_every_feature_mixed_is_what_trying_everything_finds(drawn):
    problem, said = drawn
    best = best_with_rules(problem, said)
    for engine in (None, "cp-sat"):
        if best is None:
            event("infeasible")
            with pytest.raises(mm.InfeasibleError):
                mm.match(problem, engine=engine)
            continue
        matching = mm.match(problem, engine=engine)
        event(str(matching.certificate.method))
        found = achieved(matching)
        assert found[:2] == best[:2]
        assert found.total == pytest.approx(best.total, abs=1e-9)
        assert matching.certificate.proven, matching.certificate
        assert mm.certificates.verify(matching).findings == ()


@given(drawn=laminar_problems())
def test_laminar_quotas_are_a_flow_and_proven_by_a_price_for_each(drawn):
    problem, said = drawn
    best = best_with_rules(problem, said)
    if best is None:
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem)
        return
    matching = mm.match(problem, engine="linear")
    assert matching.certificate.method == "prices"
    assert matching.certificate.proven
    found = achieved(matching)
    assert found[:2] == best[:2]
    assert found.total == pytest.approx(best.total, abs=1e-9)
    assert mm.certificates.verify(matching).ok
