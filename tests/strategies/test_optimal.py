"""The optimal strategy against brute force, every engine, every feature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import event, given

import mentormatch as mm
from mentormatch.solvers import ENGINES
from oracles import achieved, best_by_trying_everything
from problems import plain_problems, problems
from side_oracles import size_of


@pytest.mark.parametrize("engine", sorted(ENGINES))
@given(problem=plain_problems())
def test_every_engine_finds_what_trying_everything_finds(engine, problem):
    matching = mm.match(problem, engine=engine)
    best, found = best_by_trying_everything(problem), achieved(matching)
    assert found[:2] == best[:2]
    assert found.total == pytest.approx(best.total, abs=1e-9)
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok


@given(problem=problems())
def test_every_feature_mixed_is_solved_to_the_optimum_and_proven(problem):
    best = best_by_trying_everything(problem)
    engines = [None, *(name for name in sorted(ENGINES) if name != "scipy")]
    for engine in engines:
        if best is None:
            event("infeasible")
            with pytest.raises(mm.InfeasibleError, match="minimum"):
                mm.match(problem, engine=engine)
            continue
        matching = mm.match(problem, engine=engine)
        found = achieved(matching)
        assert found[:2] == best[:2]
        assert found.total == pytest.approx(best.total, abs=1e-9)
        proof = matching.certificate
        if not proof.proven:
            # Next to nothing was made, and rounding scores to integers cost more than that.
            places = int(problem.demands.sum())
            assert proof.gap <= 2.0**-39 * size_of(problem) * places
            assert 1e-6 * np.abs(matching.scores).sum() < proof.gap
        assert mm.certificates.verify(matching).ok


@pytest.mark.parametrize("engine", [None, "flow", "priced"])
@pytest.mark.parametrize(
    ("scores", "minimum", "pair"),
    [([[-1.0, 1e-16]], 0, (0, 1)), ([[-1.0], [1e-38], [0.0]], 1, (1, 0))],
)
def test_a_score_next_to_nothing_still_counts_beside_large_ones(engine, scores, minimum, pair):
    """As a whole number of steps it was nothing, so that the pair was left out, unproven."""
    problem = mm.Problem.from_scores(scores, minimum=minimum, capacity=1, coverage_first=False)
    matching = mm.match(problem, engine=engine)
    assert list(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True)) == [pair]
    assert matching.certificate.proven


@given(problem=problems())
def test_the_bound_holds_for_any_prices_whatsoever(problem):
    best = best_by_trying_everything(problem)
    if best is None:
        return
    matching = mm.match(problem)
    rng = np.random.default_rng(0)
    classes = int(problem.priority_classes.max(initial=0)) + 1
    for _ in range(3):
        wild = mm.certificates.Multipliers(
            rng.normal(size=problem.shape[1]),
            rng.normal(size=classes) if problem.coverage_first else np.zeros(classes),
            float(rng.normal()) if problem.coverage_first else 0.0,
        )
        certificate = mm.certificates.certify_multipliers(matching, wild)
        assert certificate.bound >= best.total - 1e-9


def test_a_minimum_makes_a_price_negative_although_a_seat_is_free():
    problem = mm.Problem.from_scores([[0.9, 0.1], [0.8, 0.2]], capacity=2, minimum=[0, 1])
    matching = mm.match(problem)
    assert matching.total == pytest.approx(1.1)
    assert matching.certificate.prices[1] == pytest.approx(-0.6)
    assert matching.certificate.proven


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_a_masked_pair_is_never_made_even_when_it_is_the_only_way(engine):
    scores = [[np.nan, np.nan], [0.2, 0.9]]
    matching = mm.match(mm.Problem.from_scores(scores), engine=engine)
    assert matching.pairs["mentee"].tolist() == [1]
    assert matching.unmatched["reason"].tolist() == [
        "no mentor is eligible (given as ineligible (NaN) rules out 2 of 2)"
    ]


@given(problem=plain_problems(most=5))
def test_the_order_of_rows_does_not_change_the_pairs(problem):
    n, m = problem.shape
    frame = pd.DataFrame(
        problem.compatibility.dense(),
        index=[f"mentee-{i}" for i in range(n)],
        columns=[f"mentor-{j}" for j in range(m)],
    )
    capacity = pd.Series(problem.capacities, index=frame.columns, dtype="int64")
    turned = frame.iloc[::-1, ::-1]
    first = mm.match(mm.Problem.from_scores(frame, capacity=capacity))
    second = mm.match(mm.Problem.from_scores(turned, capacity=capacity))
    pd.testing.assert_frame_equal(first.pairs, second.pairs)
    pd.testing.assert_frame_equal(first.unmatched, second.unmatched)
    pd.testing.assert_series_equal(
        first.certificate.prices,
        second.certificate.prices.reindex(frame.columns),
        check_names=False,
    )


@pytest.mark.parametrize("engine", sorted(ENGINES))
@given(problem=plain_problems(most=5, coverage_first=False))
def test_with_total_only_a_negative_pair_is_never_made(engine, problem):
    matching = mm.match(problem, engine=engine)
    assert (matching.pairs["score"] >= 0).all()


@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (1, 1)])
def test_empty_sides_and_one_person_are_normal_results(engine, shape):
    problem = mm.Problem.from_scores(np.full(shape, 0.5))
    matching = mm.match(problem, engine=engine)
    assert len(matching.pairs) == min(shape)
    assert matching.certificate.proven
    assert matching.certificate.coverage_bound == min(shape)
    assert repr(matching)


@given(problem=problems())
def test_a_problem_matched_before_gives_what_a_new_one_gives(problem):
    # Guards what is kept of a problem for its next match: its canonical order and digests.
    if best_by_trying_everything(problem) is None:
        return
    for seed in (0, 1, 0):
        again, new = mm.match(problem, seed=seed), mm.match(replace(problem), seed=seed)
        pd.testing.assert_frame_equal(again.pairs, new.pairs)
        assert again.certificate.to_dict() == new.certificate.to_dict()


@given(problem=problems())
def test_pairs_checked_in_the_canonical_order_are_those_of_the_order_of_the_rows(problem):
    # Guards the one check of a matching: it is made in one order of people and shown in another.
    if best_by_trying_everything(problem) is None:
        return
    matching = mm.match(problem)
    checked = mm.Matching(problem, matching.mentees, matching.mentors)
    for name in ("mentees", "mentors", "scores", "mentee_scores", "mentor_scores"):
        np.testing.assert_array_equal(getattr(matching, name), getattr(checked, name))
        assert not getattr(matching, name).flags.writeable
    assert mm.certificates.verify(matching).ok
