"""Balanced loads and group parity against enumeration."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings

import mentormatch as mm
from fair_oracles import all_matchings, every_matching, parity_excess
from problems import problems


@settings(max_examples=20)
@given(problem=problems(4))
def test_balanced_loads_have_the_smallest_squares_and_then_the_best_total(problem):
    assume(problem.coverage_first)
    known = every_matching(problem)
    assume(known)
    matching = mm.match(problem, "balanced")
    best = max((-sum(q * q for q in loads), round(t, 9)) for _, _, t, loads in known)
    loads = matching.loads.to_numpy()
    assert (-int(loads @ loads), round(matching.total, 9)) == (
        best[0],
        pytest.approx(best[1], abs=1e-6),
    )
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings


def test_a_lie_about_even_loads_is_found():
    problem = mm.Problem.from_scores(np.random.default_rng(0).random((7, 3)), capacity=4)
    matching = mm.match(problem, "balanced")
    certificate = matching.certificate
    assert certificate.method == "prices"
    assert certificate.proven
    assert sorted(matching.loads) == [2, 2, 3]
    stage = certificate.stages[0]
    for changes, said in [
        ({"objective": stage.objective + 1}, "it says objective"),
        ({"bound": stage.bound - 1}, "it says bound"),
        ({"prices": stage.prices + 0.5}, "not whole numbers"),
        ({"prices": stage.prices + 4}, "not proven by its prices"),
    ]:
        wrong = replace(certificate, stages=(replace(stage, **changes),))
        assert said in " ".join(mm.certificates.verify(matching, wrong).findings)
    left_out = mm.certificates.verify(matching, replace(certificate, stages=()))
    assert "no stage shows that loads cannot be more even" in " ".join(left_out.findings)


def test_balanced_where_only_the_total_counts_is_refused_with_the_cure():
    problem = mm.Problem.from_scores([[1.0]], coverage_first=False)
    with pytest.raises(mm.ProblemError, match="balanced needs coverage_first=True"):
        mm.match(problem, "balanced")


@pytest.mark.parametrize("coverage_first", [True, False])
def test_a_floor_on_match_rates_that_nobody_reaches_is_infeasible(coverage_first):
    """Where only the total counts, people without a mentor counted as matched: "proven"."""
    problem = mm.Problem.from_scores(np.full((2, 1), np.nan), coverage_first=coverage_first)
    with pytest.raises(mm.InfeasibleError, match=r"bounds of group_parity on match_rate"):
        mm.match(problem, mm.strategies.GroupParity(["a", "b"], floor=0.3))


def test_verify_counts_who_is_matched_also_where_only_the_total_counts():
    """``verify`` approved a gap of 0 between a group that is matched and one that is not."""
    problem = mm.Problem.from_scores([[0.9], [-0.5]], capacity=2, coverage_first=False)
    matching = mm.match(problem, mm.strategies.GroupParity(["a", "b"], max_gap=0.0))
    assert len(matching.pairs) == 2
    assert mm.certificates.verify(matching).ok
    alone = replace(matching, mentees=matching.mentees[:1], mentors=matching.mentors[:1])
    said = "; ".join(mm.certificates.verify(alone, matching.certificate).findings)
    assert "smallest excess of the gap of match_rate" in said


@settings(max_examples=20)
@given(
    problem=problems(3),
    data=st.data(),
    measure=st.sampled_from(["match_rate", "mean_score"]),
    bounds=st.sampled_from([(0.0, None), (0.4, None), (None, 0.3), (0.5, 0.2)]),
    soft=st.booleans(),
)
def test_group_parity_is_what_trying_everything_finds(problem, data, measure, bounds, soft):
    n = problem.shape[0]
    labels = data.draw(st.lists(st.sampled_from("ab"), min_size=n, max_size=n))
    strategy = mm.strategies.GroupParity(
        labels, measure=measure, max_gap=bounds[0], floor=bounds[1], soft=soft
    )
    # A hard bound is a condition, so it goes before coverage.
    known = [
        (
            round(-max(parity_excess(problem, labels, measure, u, *bounds), 0.0), 6),
            stage,
            round(t, 9),
        )
        for stage, u, t, _ in (every_matching(problem) if soft else all_matchings(problem))
    ]
    assume(soft or len(set(problem.priorities.tolist())) <= 1)
    if not soft:
        known = [one for one in known if one[0] > -1e-6]
    if not known:
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem, strategy)
        return
    key = (
        (lambda one: (one[0], one[2]))
        if soft or not problem.coverage_first
        else (lambda one: (one[1], one[2]))
    )
    best = max(known, key=key)
    matching = mm.match(problem, strategy)
    assert matching.total == pytest.approx(best[2], abs=1e-5)
    assert matching.certificate.proven, matching.certificate.stages
    assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings
    assert "costs" in matching.notes[-1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "needs max_gap= .* or floor="),
        ({"max_gap": -1}, "max_gap must be 0 or more, got -1"),
        ({"max_gap": 0.1, "measure": "luck"}, "'match_rate' or 'mean_score', got 'luck'"),
        ({"floor": float("nan")}, "floor must be a finite number"),
        ({"max_gap": 0.1, "keep_total": 2}, "keep_total as a share of the best total"),
    ],
)
def test_group_parity_says_what_it_needs(arguments, said):
    with pytest.raises(mm.MentorMatchError, match=said):
        mm.strategies.GroupParity("gender", **arguments)


def test_a_hard_bound_that_cannot_hold_is_said_with_the_way_out():
    problem = mm.Problem.from_scores([[0.9], [np.nan], [0.3]], capacity=2, minimum=1)
    with pytest.raises(mm.InfeasibleError, match=r"max_gap=0\).*Use soft=True"):
        mm.match(problem, mm.strategies.GroupParity(["a", "b", "a"], max_gap=0.0))


def test_labels_steer_the_matching_and_are_in_nothing_it_writes(tmp_path):
    frame = pd.DataFrame([[0.9], [0.8], [0.1]], index=["ada", "bob", "cy"], columns=["lin"])
    labels = {"ada": "purple", "bob": "purple", "cy": "green"}
    problem = mm.Problem.from_scores(frame, capacity=2)
    matching = mm.match(problem, mm.strategies.GroupParity(labels, max_gap=0.5))
    assert matching.pairs["mentee"].tolist() == ["ada", "cy"]
    matching.to_csv(tmp_path / "matches.csv")
    written = (
        (tmp_path / "matches.csv").read_text("utf-8") + repr(matching) + matching._repr_html_()
    )
    assert "purple" not in written
    assert "green" not in written


def test_arrays_of_labels_are_refused_where_people_have_ids():
    frame = pd.DataFrame([[0.9], [0.8]], index=["ada", "bob"], columns=["lin"])
    with pytest.raises(mm.ProblemError, match="labels by id here"):
        mm.match(mm.Problem.from_scores(frame), mm.strategies.GroupParity(["a", "b"], max_gap=1))


@pytest.mark.parametrize("capacity", [2, 3])
def test_whoever_is_pinned_counts_once_in_a_match_rate(capacity):
    """A pinned mentee could count twice, so that a gap looked smaller, and pairs were worse."""
    scores = [[0.19], [0.42], [0.84], [0.02]]
    problem = mm.Problem.from_scores(scores, capacity=capacity, pins=[(2, 0)])
    matching = mm.match(problem, mm.strategies.GroupParity(list("bbba"), max_gap=0.0, soft=True))
    pairs = {2: {1, 2}, 3: {1, 2, 3}}[capacity]
    assert set(matching.pairs["mentee"]) == pairs
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok


def test_what_a_solver_calls_impossible_is_tried_again():
    """HiGHS's presolve lost the answer in which nobody is matched, which holds every gap."""
    scores = [
        [0.9238589394189809, 2.0556426974960296e-05],
        [0.4900381126905008, 0.0009087857158667223],
        [0.92786947255195, 0.8790480564609179],
        [0.13442937814340006, 0.3782785066093458],
    ]
    problem = mm.Problem.from_scores(scores, capacity=[2, 1], coverage_first=False)
    parity = mm.strategies.GroupParity(list("bbab"), measure="mean_score", max_gap=0.0)
    assert mm.match(problem, parity).pairs.empty


@pytest.mark.parametrize("floor", [0.4, 1.0, 50.0, 1e6, 1e9])
def test_a_soft_floor_beyond_all_reach_still_helps_the_worse_off_group_most(floor):
    problem = mm.Problem.from_scores([[1.0, 0.5], [0.6, 0.2]])
    parity = mm.strategies.GroupParity(["a", "b"], measure="mean_score", floor=floor, soft=True)
    matching = mm.match(problem, parity)
    assert matching.pairs["score"].tolist() == [0.5, 0.6]
    assert mm.certificates.verify(matching).ok
