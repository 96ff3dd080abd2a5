"""Lotteries: published ratios, equal chances, and draws that keep every chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

import mentormatch as mm
from mentormatch.solvers.programs.lotteries import round_dependently
from problems import problems


def bids(known_data):
    rows = (known_data / "bids" / "preflib1.in").read_text().splitlines()
    n, m = map(int, rows[0].split())
    scores = np.array([row.split() for row in rows[1 : n + 1]], dtype=float)
    assert scores.shape == (n, m)
    return mm.Problem.from_scores(scores, capacity=6, demand=3)


@pytest.mark.parametrize(
    ("cap", "ratio"),
    [
        (0.4482421875, 0.8002998459507042),
        (0.541015625, 0.8500337965291751),
        (0.6611328125, 0.9001528703470825),
        (0.818359375, 0.9499300490442656),
    ],
)
def test_the_published_ratios_of_a_capped_lottery_come_out(known_data, cap, ratio):
    problem = bids(known_data)
    matching = mm.match(problem, mm.strategies.Lottery(cap=cap))
    certificate = matching.certificate
    assert certificate.objective / 124.25 == pytest.approx(ratio, abs=1e-9)
    assert certificate.proven
    assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings
    assert matching.probabilities.max() <= cap
    assert (matching.places == 3).all()


def test_without_a_cap_the_lottery_is_the_optimum(known_data):
    problem = bids(known_data)
    matching = mm.match(problem, mm.strategies.Lottery(cap=1))
    assert matching.certificate.objective == pytest.approx(124.25)


def test_draws_keep_every_chance_and_round_every_sum():
    rng = np.random.default_rng(5)
    chances = rng.dirichlet(np.ones(4), size=6) * rng.uniform(0.3, 1, size=(6, 1))
    mentees, mentors = np.nonzero(chances)
    given_ = chances[mentees, mentors]
    seen, draws = np.zeros(len(given_)), 4000
    for _ in range(draws):
        made = round_dependently(mentees, mentors, given_, rng)
        seen[made] += 1
        loads = np.bincount(mentors[made], minlength=4)
        assert (loads >= np.floor(chances.sum(axis=0) - 1e-9)).all()
        assert (loads <= np.ceil(chances.sum(axis=0) + 1e-9)).all()
        assert np.bincount(mentees[made], minlength=6).max() <= 1
    # Hoeffding: all 24 frequencies are within this of their chances with probability 1 − 1e-6.
    bound = np.sqrt(np.log(2 * len(given_) / 1e-6) / (2 * draws))
    assert np.abs(seen / draws - given_).max() < bound


def test_the_pairs_that_are_drawn_are_as_frequent_as_their_probabilities():
    problem = mm.Problem.from_scores([[0.9, 0.8, 0.1], [0.9, 0.3, 0.2], [0.8, 0.7, 0.6]])
    draws = 600
    seen = np.zeros((3, 3))
    for seed in range(draws):
        matching = mm.match(problem, mm.strategies.Lottery(cap=0.6), seed=seed)
        seen[matching.mentees, matching.mentors] += 1
    bound = np.sqrt(np.log(2 * 9 / 1e-6) / (2 * draws))
    assert np.abs(seen / draws - matching.probabilities.toarray()).max() < bound


def test_the_same_seed_draws_the_same_pairs_and_is_recorded():
    problem = mm.Problem.from_scores(np.random.default_rng(0).random((8, 5)), capacity=1)
    one, two = (mm.match(problem, "lottery", seed=7) for _ in range(2))
    assert one.pairs.equals(two.pairs)
    assert one.seed == 7
    assert "seed 7" in one.notes[-1]


def test_three_mentees_for_two_seats_get_two_thirds_each():
    problem = mm.Problem.from_scores(np.full((3, 2), 0.5))
    matching = mm.match(problem, "fair_lottery")
    assert matching.probabilities.sum(axis=1) == pytest.approx(2 / 3)
    assert matching.n_matched == 2
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok


def test_the_most_over_subscribed_set_comes_first_and_the_rest_is_not_held_back():
    # Three share one seat; a fourth may have that seat or one of its own.
    scores = np.array([[1, np.nan], [1, np.nan], [1, np.nan], [1, 0.1]])
    matching = mm.match(mm.Problem.from_scores(scores), "fair_lottery")
    assert matching.probabilities.sum(axis=1) == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1])


@settings(max_examples=40)
@given(problem=problems(5))
def test_equal_chances_are_proven_whatever_the_problem(problem):
    problem = replace(
        problem,
        demand=np.minimum(problem.demands, 1),
        minimum=0,
        priority=None,
        pins=(),
        coverage_first=True,
    )
    matching = mm.match(problem, "fair_lottery")
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings
    # Equal chances lose no coverage.
    assert matching.n_matched == mm.match(problem).n_matched


@settings(max_examples=40)
@given(problem=problems(4))
def test_every_lottery_is_within_its_limits_and_proven(problem):
    problem = replace(problem, priority=None)
    assume(not problem.minimums.any())
    for cap in (0.3, 0.5, 1.0):
        matching = mm.match(problem, mm.strategies.Lottery(cap=cap))
        assert matching.certificate.proven, matching.certificate.stages
        assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings
    assert matching.certificate.objective == pytest.approx(mm.match(problem).total, abs=1e-6)


def test_claims_about_a_lottery_that_do_not_hold_are_found():
    problem = mm.Problem.from_scores([[0.9, 0.8], [0.9, 0.3], [0.8, 0.7]])
    matching = mm.match(problem, mm.strategies.Lottery(cap=0.6))
    stage = matching.certificate.stages[-1]
    for changes, said in [
        ({"objective": stage.objective + 0.1}, "total: it says objective"),
        ({"bound": stage.bound + 0.1}, "total: it says bound"),
        ({"cap": 0.1}, "outside 0 … 0.1"),
        ({"prices": stage.prices + 0.5}, "not proven by its prices"),
    ]:
        wrong = replace(
            matching.certificate,
            stages=(*matching.certificate.stages[:-1], replace(stage, **changes)),
        )
        assert said in "; ".join(mm.certificates.verify(matching, wrong).findings)
    unfair = replace(stage, fair=True)
    wrong = replace(matching.certificate, stages=(unfair,))
    other = replace(matching, probabilities=matching.probabilities * 0.5)
    assert "could have more" in "; ".join(mm.certificates.verify(other, wrong).findings)


@pytest.mark.parametrize("cap", [0, -1, 1.5, float("nan")])
def test_a_cap_that_is_no_probability_is_refused(cap):
    with pytest.raises(mm.MentorMatchError, match="probability above 0 and at most 1"):
        mm.strategies.Lottery(cap=cap)


def test_what_equal_chances_cannot_take_is_said_all_at_once():
    problem = mm.Problem.from_scores(np.ones((2, 2)), demand=2, minimum=1, coverage_first=False)
    with pytest.raises(mm.ProblemError, match=r"demands above 1, minimums, coverage_first=False"):
        mm.match(problem, "fair_lottery")


def test_a_cap_that_costs_more_than_allowed_says_what_it_leaves():
    problem = mm.Problem.from_scores([[1.0, 0.0], [0.0, 1.0]])
    with pytest.raises(
        mm.InfeasibleError, match=r"expects a total of 1, less than 0\.9 of the best"
    ):
        mm.match(problem, mm.strategies.Lottery(cap=0.5, keep_total=0.9))
