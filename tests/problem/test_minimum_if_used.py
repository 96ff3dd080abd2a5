"""At least so many mentees with a mentor, or none: exact, certified, and refused by others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mentormatch as mm
from side_oracles import best_with_rules


@st.composite
def problems(draw: st.DrawFn) -> tuple[mm.Problem, dict[str, Any]]:
    n, m = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    scores = np.array([[draw(st.integers(0, 6)) for _ in range(m)] for _ in range(n)]) / 4
    open_ = np.array([[draw(st.integers(0, 5)) > 0 for _ in range(m)] for _ in range(n)])
    given = {
        "minimum_if_used": np.array([draw(st.integers(0, 3)) for _ in range(m)]),
        "capacity": np.array([draw(st.integers(0, 4)) for _ in range(m)]),
        "demand": draw(st.sampled_from([1, 1, 2])),
        "coverage_first": draw(st.booleans()),
    }
    pins = [(0, 0)] if open_[0, 0] and given["capacity"][0] and draw(st.booleans()) else []
    table = np.where(open_, scores, np.nan)
    return mm.Problem.from_scores(table, pins=pins, **given), given


@settings(max_examples=max(20, settings().max_examples))
@given(drawn=problems())
def test_the_optimum_is_that_of_all_matchings_that_keep_it(drawn: Any) -> None:
    problem, given = drawn
    best = best_with_rules(problem, given)
    if best is None:
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem)
        return
    matching = mm.match(problem)
    assert matching.certificate is not None
    assert matching.certificate.proven
    assert matching.total == pytest.approx(best.total)
    if given["coverage_first"]:
        assert len(matching.pairs) == best.pairs
    loads = matching.loads.to_numpy()
    assert ((loads == 0) | (loads >= given["minimum_if_used"])).all()
    assert mm.certificates.verify(matching).ok
    assert mm.audit(matching).feasibility.ok


def test_two_mentors_who_want_two_each_share_nobody() -> None:
    scores = pd.DataFrame([[0.9, 0.1], [0.1, 0.9], [0.2, 0.8]], ["ada", "bo", "cy"], ["lin", "max"])
    plain = mm.match(mm.Problem.from_scores(scores, capacity=2))
    assert plain.loads.to_dict() == {"lin": 1, "max": 2}
    problem = mm.Problem.from_scores(scores, capacity=3, minimum_if_used=2)
    matching = mm.match(problem)
    # All three with one of them: with max 1.8, with lin 1.2; two and one is not allowed.
    assert matching.loads.to_dict() == {"lin": 0, "max": 3}
    assert matching.total == pytest.approx(1.8)
    assert "1 minimum if used" in repr(problem)
    with pytest.raises(
        mm.MatchingError, match="mentor 'lin' has 1, but takes at least 2 or nobody"
    ):
        mm.Matching.from_pairs(problem, [("ada", "lin"), ("bo", "max"), ("cy", "max")])


def test_the_order_of_rows_does_not_change_the_pairs() -> None:
    rng = np.random.default_rng(3)
    scores = pd.DataFrame(
        rng.random((9, 4)), [f"m{k}" for k in range(9)], [f"t{k}" for k in range(4)]
    )
    minimum = pd.Series({"t0": 3, "t1": 0, "t2": 4, "t3": 2})

    def pairs(table: pd.DataFrame) -> set[tuple[Any, Any]]:
        matching = mm.match(mm.Problem.from_scores(table, capacity=4, minimum_if_used=minimum))
        return set(matching.pairs[["mentee", "mentor"]].itertuples(index=False, name=None))

    assert pairs(scores) == pairs(scores.iloc[::-1, ::-1])


def test_a_pinned_mentor_is_used_and_a_conflict_names_both() -> None:
    scores = pd.DataFrame([[1.0, 0.5], [np.nan, 0.5]], ["ada", "bo"], ["lin", "max"])
    with pytest.raises(mm.InfeasibleError) as caught:
        mm.match(mm.Problem.from_scores(scores, 2, minimum_if_used=2, pins=[("ada", "lin")]))
    assert "pin: 'ada' with 'lin'" in str(caught.value)
    assert "minimum if used: 'lin' has at least 2, or nobody" in str(caught.value)


def test_who_got_nobody_is_told_that_the_mentor_takes_more_or_nobody() -> None:
    scores = pd.DataFrame([[1.0]], ["ada"], ["lin"])
    matching = mm.match(mm.Problem.from_scores(scores, 2, minimum_if_used=2))
    assert matching.unmatched["reason"].tolist()[0].endswith("at least 2 or nobody")


@pytest.mark.parametrize("strategy", ["stable", "greedy"])
def test_a_strategy_that_cannot_keep_it_says_so(strategy: str) -> None:
    problem = mm.Problem.from_scores([[1.0, 0.5], [0.5, 0.2]], 2, minimum_if_used=2)
    with pytest.raises(mm.ProblemError, match="minimum if used"):
        mm.match(problem, strategy)


def test_a_lottery_draws_only_matchings_that_keep_it() -> None:
    # Two of one mentor or two of the other: at a cap of a half each half the time.
    problem = mm.Problem.from_scores([[1.0, 0.5], [0.5, 0.2]], 2, minimum_if_used=2)
    drawn = set()
    for seed in range(8):
        matching = mm.match(problem, mm.strategies.Lottery(cap=0.5), seed=seed)
        certificate: Any = matching.certificate
        assert certificate.objective == pytest.approx((1.5 + 0.7) / 2)
        assert certificate.proven
        assert mm.certificates.verify(matching).ok
        drawn.add(tuple(matching.mentors.tolist()))
    assert drawn == {(0, 0), (1, 1)}


def test_a_minimum_of_one_or_less_asks_for_nothing() -> None:
    problem = mm.Problem.from_scores([[1.0, 0.5], [0.5, 0.2]], minimum_if_used=1)
    assert not problem.sides
    assert mm.match(problem).certificate.proven  # type: ignore[union-attr]


def test_pins_and_bans_of_people_who_left_are_errors_or_a_note() -> None:
    scores = pd.DataFrame([[1.0, 0.5], [0.5, 0.2]], ["ada", "bo"], ["lin", "max"])
    given: dict[str, Any] = {"pins": [("ada", "max"), ("gone", "lin")], "bans": [("bo", "left")]}
    with pytest.raises(mm.ProblemError, match="The pins name people the problem does not have"):
        mm.Problem.from_scores(scores, **given)
    matching = mm.match(mm.Problem.from_scores(scores, unknown="ignore", **given))
    assert matching.pairs["mentor"].tolist() == ["max", "lin"]
    assert matching.notes == (
        "1 pin names people who are not there, left out: ('gone', 'lin').",
        "1 ban names people who are not there, left out: ('bo', 'left').",
    )
    with pytest.raises(mm.ProblemError, match="unknown must be 'error' or 'ignore', got 'skip'"):
        mm.Problem.from_scores(scores, unknown="skip")
