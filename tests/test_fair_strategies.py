"""Fair strategies against enumeration, with their certificates."""

from __future__ import annotations

import math
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings

import mentormatch as mm
from fair_oracles import best_by, compared, every_matching, rounded, utilities_of
from problems import problems


@st.composite
def single_problems(draw, most=4):
    """Every feature, one mentor per mentee at most; feasible."""
    problem = draw(problems(most))
    problem = (
        replace(problem, demand=np.minimum(problem.demands, 1))
        if not len(problem.pinned)
        else problem
    )
    assume(int(problem.demands.max(initial=0)) <= 1)
    assume(every_matching(problem))
    return problem


def smallest(values):
    return tuple(values[:1])


def check(problem, strategy, value, digits=9):
    matching = mm.match(problem, strategy)
    best = best_by(problem, value)
    found = rounded(value(compared(problem, utilities_of(matching)))), round(matching.total, 9)
    assert found[0] == pytest.approx(best[0], abs=10.0**-digits)
    assert found[1] == pytest.approx(best[1], abs=1e-8)
    assert matching.certificate.proven, matching.certificate.stages
    assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings
    return matching


@given(problem=single_problems())
def test_maximin_is_what_trying_everything_finds(problem):
    # A pinned score is nobody's choice: compare without pins.
    check(replace(problem, pins=()), "maximin", smallest)


@given(problem=single_problems())
def test_leximin_is_what_trying_everything_finds(problem):
    check(problem, "leximin", tuple)


@given(problem=single_problems())
def test_nash_is_what_trying_everything_finds(problem):
    def value(values):
        some = [v for v in values if v > 0]
        return len(some), sum(map(math.log, some))

    check(problem, "nash", value, digits=6)


@given(problem=single_problems())
def test_worst_k_is_what_trying_everything_finds(problem):
    matching = mm.match(problem, mm.strategies.WorstK(2))
    best = best_by(problem, lambda values: (sum(values[:2]),))
    assert sum(compared(problem, utilities_of(matching))[:2]) == pytest.approx(best[0][0], abs=1e-8)
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings


@st.composite
def several_problems(draw):
    """Every feature, several mentors per mentee; feasible and small enough for integer programs."""
    problem = draw(problems(3))
    assume(every_matching(problem))
    return problem


def total_share(problem, share):
    best = max(total for _, _, total, _ in every_matching(problem))
    return share * best - 1e-9 * abs(best)


@settings(max_examples=25)
@given(problem=several_problems(), share=st.sampled_from([None, 0.8, 1.0]))
def test_integer_programs_find_what_trying_everything_finds(problem, share):
    kept = every_matching(problem)
    if share is not None:
        best = max(total for _, _, total, _ in kept)
        assume(best > 1e-3)
        kept = [one for one in kept if one[2] >= share * best - 1e-9]
    for strategy, value in [
        (mm.strategies.Maximin(min_total=share), lambda values: tuple(values[:1])),
        (mm.strategies.WorstK(2, min_total=share), lambda values: (sum(values[:2]),)),
        (mm.strategies.Leximin(min_total=share), tuple),
    ]:
        if share is None and problem.demands.max(initial=0) <= 1:
            continue
        matching = mm.match(problem, strategy)
        wanted = max(rounded(value(compared(problem, u)), 6) for _, u, _, _ in kept)
        found = value(compared(problem, utilities_of(matching)))
        assert found == pytest.approx(wanted, abs=1e-5), strategy
        assert matching.certificate.method == "HiGHS"
        assert matching.certificate.proven, matching.certificate.stages
        assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings
