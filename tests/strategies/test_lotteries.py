"""Lotteries: published ratios, equal chances, and draws that keep every chance."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings
from scipy.optimize import linprog

import mentormatch as mm
from mentormatch.solvers.programs.lotteries import round_dependently
from problems import problems
from side_oracles import dense_problems, every_with_rules


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
    seen, draws = np.zeros(len(given_)), 2500
    for _ in range(draws):
        made = round_dependently(mentees, mentors, given_, rng)
        seen[made] += 1
        loads = np.bincount(mentors[made], minlength=4)
        assert (loads >= np.floor(chances.sum(axis=0) - 1e-9)).all()
        assert (loads <= np.ceil(chances.sum(axis=0) + 1e-9)).all()
        assert np.bincount(mentees[made], minlength=6).max() <= 1
    # Hoeffding: all 24 frequencies are within this (a twentieth) of their chances with probability
    # 1 − 1e-3, and for this seed once and for all.
    bound = np.sqrt(np.log(2 * len(given_) / 1e-3) / (2 * draws))
    assert np.abs(seen / draws - given_).max() < bound


def test_the_pairs_that_are_drawn_are_as_frequent_as_their_probabilities():
    problem = mm.Problem.from_scores([[0.9, 0.8, 0.1], [0.9, 0.3, 0.2], [0.8, 0.7, 0.6]])
    draws = 90
    seen = np.zeros((3, 3))
    for seed in range(draws):
        matching = mm.match(problem, mm.strategies.Lottery(cap=0.6), seed=seed)
        seen[matching.mentees, matching.mentors] += 1
    # Hoeffding: all 9 frequencies are within this (a quarter) of their chances with probability
    # 1 − 1e-3, and for these seeds once and for all.
    bound = np.sqrt(np.log(2 * 9 / 1e-3) / (2 * draws))
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


@settings(max_examples=20)
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


@settings(max_examples=20)
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


def best_mixture(problem, made, cap):
    """Coverage, pairs and the total that lotteries over these matchings can expect at most."""
    scores = np.nan_to_num(problem.block(slice(0, problem.shape[0])).scores)
    free = np.ones(problem.shape, dtype=bool)
    free[problem.pinned[:, 0], problem.pinned[:, 1]] = False
    values = {
        "coverage": made.any(axis=2).sum(axis=1),
        "pairs": made.sum(axis=(1, 2)),
        "total": (made * scores).sum(axis=(1, 2)),
    }
    if not problem.coverage_first:
        values = {"total": values["total"]}
    rows, limits, best = [made[:, free].T.astype(float)], [np.full(free.sum(), cap)], {}
    for what, value in values.items():
        found = linprog(
            -value.astype(float),
            A_ub=np.vstack(rows),
            b_ub=np.concatenate(limits),
            A_eq=np.ones((1, len(made))),
            b_eq=[1.0],
        )
        if found.status == 2:
            return None
        best[what] = -found.fun
        rows.append(-value[None, :].astype(float))
        limits.append([found.fun + 1e-9])
    return best


@settings(max_examples=max(12, settings().max_examples // 4))
@given(case=dense_problems(4), cap=st.sampled_from([0.3, 0.5, 0.8, 1.0]))
def test_a_lottery_under_rules_is_what_mixing_every_matching_finds(case, cap):
    problem, rules = case
    problem = replace(problem, priority=None)
    assume(problem.sides)
    made = every_with_rules(problem, rules)
    best = best_mixture(problem, made, cap) if len(made) else None
    strategy = mm.strategies.Lottery(cap=cap)
    if best is None:
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem, strategy)
        return
    matching = mm.match(problem, strategy)
    checked = mm.certificates.verify(matching)
    assert checked.ok, checked.findings
    assert any("HiGHS" in one for one in checked.believed)
    assert matching.certificate.proven, matching.certificate.stages
    size = max(1.0, np.abs(np.nan_to_num(problem.block(slice(0, len(made[0]))).scores)).max())
    for stage in matching.certificate.stages:
        near = 1e-5 * (size if stage.what == "total" else 1.0)
        assert stage.objective == pytest.approx(best[stage.what], abs=near)
    drawn = np.zeros(problem.shape, dtype=bool)
    drawn[matching.mentees, matching.mentors] = True
    assert (made == drawn).all(axis=(1, 2)).any(), "what is drawn breaks a rule"


def test_probabilities_that_no_lottery_has_are_not_promised():
    # Of each two of three at most one may have the mentor of the first row: chances of 1/2 each
    # keep every rule on the average, and no three matchings mix to them.
    three = [0, 1, 2]
    quotas = [
        mm.Quota([i for i in three if i != left], ["a"], at_most=1, name=f"q{left}")
        for left in three
    ]
    import pandas as pd

    frame = pd.DataFrame({"a": [1.0, 1.0, 1.0]}, index=three)
    problem = mm.Problem.from_scores(frame, capacity=3, quotas=quotas)
    matching = mm.match(problem, mm.strategies.Lottery(cap=0.5))
    assert matching.certificate.objective == pytest.approx(1.0)
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok


def test_draws_under_rules_keep_every_rule_and_are_those_of_the_seed():
    scores = np.round(np.random.default_rng(4).random((4, 3)), 2)
    problem = mm.Problem.from_scores(scores, 2, apart=[(0, 1)], together=[(2, 3)])
    drawn = set()
    for seed in (0, 1, 2, 3, 0):
        matching = mm.match(problem, mm.strategies.Lottery(cap=0.6), seed=seed)
        assert mm.audit(matching).feasibility.ok
        drawn.add((seed, *map(tuple, matching.pairs[["mentee", "mentor"]].to_numpy())))
    assert len(drawn) == 4
    assert len({pairs[1:] for pairs in drawn}) > 1


def test_a_lie_about_a_lottery_under_rules_is_found():
    scores = np.round(np.random.default_rng(4).random((4, 3)), 2)
    problem = mm.Problem.from_scores(scores, 2, apart=[(0, 1)])
    matching = mm.match(problem, mm.strategies.Lottery(cap=0.6))
    certificate = matching.certificate
    assert mm.certificates.verify(matching).ok
    last = certificate.stages[-1]
    moved = last.matchings.copy()
    moved["mentor"] = moved["mentor"].iloc[::-1].to_numpy()
    together = last.matchings.copy()
    together.loc[together["mentee"].isin([0, 1]), "mentor"] = 0
    for changes, said in [
        ({"objective": last.objective + 0.1}, "total: it says objective"),
        ({"bound": last.objective - 0.1}, "does not allow"),
        ({"tolerance": 0.1}, "tolerance is more than justified"),
        ({"cap": 0.2}, "different largest probabilities"),
        ({"chances": tuple(c / 2 for c in last.chances)}, "do not add up to 1"),
        ({"chances": last.chances[::-1]}, "not those of the matchings"),
        ({"matchings": moved}, "not those of the matchings"),
        ({"matchings": together}, "is none"),
        ({"matchings": last.matchings.iloc[:0]}, "not those of the matchings"),
        ({"matchings": last.matchings.drop(columns="mentor")}, "are not there"),
        ({"matchings": last.matchings.replace({"mentee": {0: 9}})}, "not in the problem"),
        ({"matchings": last.matchings.assign(matching=99)}, "not in the problem"),
    ]:
        wrong = replace(certificate, stages=(*certificate.stages[:-1], replace(last, **changes)))
        assert said in "; ".join(mm.certificates.verify(matching, wrong).findings), said
    # A bound of what comes before must allow what is expected, too.
    first = certificate.stages[0]
    low = (replace(first, bound=first.objective - 0.1), *certificate.stages[1:])
    wrong = replace(certificate, stages=low)
    assert "coverage: 4 is expected" in "; ".join(mm.certificates.verify(matching, wrong).findings)
    bare = replace(matching, probabilities=None)
    assert "carries no probabilities" in "; ".join(
        mm.certificates.verify(bare, certificate).findings
    )
    short = replace(certificate, stages=(last,))
    assert "not those of a lottery" in "; ".join(mm.certificates.verify(matching, short).findings)
    other = mm.match(problem, mm.strategies.Lottery(cap=0.6), seed=3)
    assert set(map(tuple, other.pairs.to_numpy())) != set(map(tuple, matching.pairs.to_numpy()))
    best = mm.match(problem)
    forged = replace(best, strategy="lottery", probabilities=matching.probabilities)
    if set(map(tuple, best.pairs.to_numpy())) != set(map(tuple, matching.pairs.to_numpy())):
        assert not mm.certificates.verify(forged, certificate).ok


def test_a_cap_that_rules_need_more_than_is_said():
    problem = mm.Problem.from_scores(
        [[1.0, 0.5]], quotas=[mm.Quota([0], [0], at_least=1, name="must")]
    )
    with pytest.raises(mm.InfeasibleError, match=r"At a cap of 0\.5 no lottery over matchings"):
        mm.match(problem, "lottery")
    with pytest.raises(mm.InfeasibleError, match=r"less than 0\.9 of the best total"):
        mm.match(
            mm.Problem.from_scores(np.eye(2) + 0.0, apart=[(0, 1)]),
            mm.strategies.Lottery(cap=0.5, keep_total=0.9),
        )
