"""Programs with long rows under a limit: improved by some mentees at a time."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.solvers.deadline import Deadline
from mentormatch.solvers.programs import milp
from mentormatch.solvers.programs.milp import MixedProgram
from mentormatch.strategies.programs import models, neighbours
from mentormatch.strategies.programs.neighbours import improve_by_some


def assignment(seed, n=9, m=4):
    rng = np.random.default_rng(seed)
    mentees, mentors = (part.ravel() for part in np.indices((n, m)))
    seats = rng.integers(0, 4, m)
    seats[0] += n
    program = MixedProgram.of_pairs(mentees, mentors, np.ones(n, int), seats, np.zeros(m, int))
    scores = np.round(rng.normal(size=n * m), 1)
    # A row that is no flow, which the answer that is known, of nobody, meets.
    limit = rng.integers(1, 3, n * m).astype(float)
    program = program.with_rows(limit[None, :], -np.inf, float(n))
    return program, mentees, scores


@given(seed=st.integers(0, 10_000), part=st.integers(1, 12))
@settings(max_examples=25, deadline=None)
def test_parts_keep_all_rows_and_end_with_the_optimum_and_its_bound(seed, part):
    program, mentees, scores = assignment(seed)
    nothing = program.completed(np.zeros(program.width), scores)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "AT_FIRST", part)
        patch.setattr(neighbours, "FEWEST", 1)
        found = improve_by_some(program, scores, mentees, nothing, Deadline())
    sums = program.rows @ found.values
    assert (sums <= program.high + 1e-6).all()
    assert (sums >= program.low - 1e-6).all()
    assert set(np.rint(found.values)) <= {0.0, 1.0}
    best = program.maximise(scores).objective
    assert 0 <= found.objective <= best + 1e-6
    # In the end all are in one part, which is the whole program.
    assert found.objective == pytest.approx(best, abs=1e-6)
    assert found.bound >= best - 1e-6


def test_nothing_is_begun_once_the_deadline_has_passed():
    program, mentees, scores = assignment(1)
    nothing = program.completed(np.zeros(program.width), scores)
    passed = Deadline(time.monotonic() - 1)
    assert improve_by_some(program, scores, mentees, nothing, passed).objective == 0


@pytest.mark.parametrize("quotas", [False, True])
@pytest.mark.parametrize("soft", [False, True])
def test_parity_under_a_limit_is_as_good_in_parts_and_its_proof_says_no_more(
    monkeypatch, quotas, soft
):
    rng = np.random.default_rng(4)
    n, m = 12, 4
    crossing = [
        mm.Quota(list(range(0, n, 2)), list(range(0, m, 3)), at_most=3),
        mm.Quota(list(range(0, n, 3)), list(range(0, m, 2)), at_most=3),
    ]
    scores = np.round(rng.random((n, m)), 1)
    problem = mm.Problem.from_scores(scores, 5, quotas=crossing if quotas else ())
    parity = mm.strategies.GroupParity(
        np.arange(n) % 3, measure="mean_score", max_gap=0.0 if soft else 0.05, soft=soft
    )
    whole = mm.match(problem, parity)
    used = []
    plain = improve_by_some
    monkeypatch.setattr(milp, "LONG", 5)
    assert mm.match(problem, parity, time_limit=20.0).total == pytest.approx(whole.total, abs=1e-6)
    monkeypatch.setattr(models, "MANY_ROWS", 0)
    monkeypatch.setattr(
        "mentormatch.strategies.programs.models.improve_by_some",
        lambda *given: used.append(given) or plain(*given),
    )
    parts = mm.match(problem, parity, time_limit=20.0)
    # Beside side rules and for a soft bound only: elsewhere a search of all may end with a proof.
    assert bool(used) == (soft or quotas)
    assert mm.audit(parts).feasibility.ok
    checked = mm.certificates.verify(parts)
    assert checked.ok, checked.findings
    assert len(parts.pairs) == len(whole.pairs)
    assert parts.total == pytest.approx(whole.total, abs=1e-6)
    first = [one.certificate.stages[0].objective for one in (parts, whole)]
    assert first[0] == pytest.approx(first[1], abs=1e-6)


def test_pairs_that_keep_side_rules_and_bounds_are_where_a_hard_parity_begins(monkeypatch):
    """At 1,500 x 500 beside quotas it was 1,376 after 15 s; what is known at once has 1,446."""
    rng = np.random.default_rng(4)
    quota = mm.Quota([0, 2, 4, 6], [0, 2], at_most=1)
    problem = mm.Problem.from_scores(rng.random((12, 4)), 5, quotas=[quota])
    parity = mm.strategies.GroupParity(np.arange(12) % 3, measure="mean_score", max_gap=0.9)
    begun = []

    def improve(program, objective, mentees, known, *others):
        begun.append(float(objective[: len(mentees)] @ known.values[: len(mentees)]))
        return known

    monkeypatch.setattr(milp, "LONG", 5)
    monkeypatch.setattr(models, "MANY_ROWS", 0)
    monkeypatch.setattr("mentormatch.strategies.programs.models.improve_by_some", improve)
    matching = mm.match(problem, parity, time_limit=20.0)
    assert begun
    assert len(matching.pairs) == 12
    assert mm.audit(matching).feasibility.ok
    assert matching.total >= 0.9 * mm.match(problem).total


def test_programs_of_few_rows_are_searched_whole_as_parts_have_no_bound(monkeypatch):
    """Of 60 x 60 HiGHS proves many in seconds; in parts none was proven."""

    def improve(*given):
        raise AssertionError("a small program was improved by parts")

    monkeypatch.setattr("mentormatch.strategies.programs.models.improve_by_some", improve)
    scores = np.random.default_rng(3).random((60, 60))
    scores[::3] *= 0.9
    parity = mm.strategies.GroupParity(
        np.arange(60) % 3, measure="mean_score", max_gap=0.05, soft=True
    )
    matching = mm.match(mm.Problem.from_scores(scores, 1), parity, time_limit=0.5)
    assert mm.audit(matching).feasibility.ok
    assert matching.certificate.stages[0].bound <= 0
