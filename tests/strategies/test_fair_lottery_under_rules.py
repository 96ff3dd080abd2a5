"""Equal chances under side rules: what mixing every matching finds, and lies that are found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from scipy import sparse
from scipy.optimize import OptimizeResult, linprog

import mentormatch as mm
from mentormatch.certificates.kinds.mixtures import prove_levels, prove_mixture
from mentormatch.solvers.programs import milp
from problems import problems
from side_oracles import every_with_rules, mixed_problems


def most_equal(served, totals):
    """The leximin chances of being served over all mixtures, and the best total at them.

    Level by level; who can be raised above a level is asked for each mentee on its own.
    """
    k, n = served.shape
    fixed, least = np.zeros(n, dtype=bool), np.zeros(n)
    ones = np.ones((1, k))

    def solve(costs, rows, limits, equal):
        return linprog(costs, A_ub=rows, b_ub=limits, A_eq=equal, b_eq=[1.0], method="highs")

    while not fixed.all():
        free = ~fixed
        rows = np.hstack([-served.T, free[:, None].astype(float)])
        found = solve(
            np.append(np.zeros(k), -1.0), rows, -least + 1e-9 * fixed, np.append(ones, [[0.0]], 1)
        )
        level = -found.fun
        for i in np.flatnonzero(free):
            floor = np.where(free, level, least)
            best = -solve(-served[:, i], -served.T, -floor + 1e-8, ones).fun
            if best <= level + 1e-5:
                fixed[i], least[i] = True, level
    return least, -solve(-totals, -served.T, -least + 1e-7, ones).fun


@settings(max_examples=max(15, settings().max_examples // 3), deadline=None)
@given(case=mixed_problems(4))
def test_chances_under_rules_are_the_most_equal_of_all_lotteries(case):
    problem, rules = case
    one = {
        "demand": np.maximum(
            np.minimum(problem.demands, 1),
            np.bincount(problem.pinned[:, 0], minlength=len(problem.demands)),
        ),
        "priority": None,
        "minimum": 0,
        "coverage_first": True,
    }
    assume((one["demand"] <= 1).all())
    problem = replace(problem, **one)
    assume(problem.sides)
    made = every_with_rules(problem, {**rules, **one})
    if not len(made):
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem, "fair_lottery")
        return
    matching = mm.match(problem, "fair_lottery")
    checked = mm.certificates.verify(matching)
    assert checked.ok, checked.findings
    assert matching.certificate.proven, matching.certificate.stages
    scores = np.nan_to_num(problem.block(slice(0, problem.shape[0])).scores)
    totals = (made * scores).sum(axis=(1, 2))
    wanting = problem.demands > 0
    chances = np.asarray(matching.probabilities.sum(axis=1)).ravel()
    least, total = most_equal(made.any(axis=2)[:, wanting].astype(float), totals)
    assert chances[wanting] == pytest.approx(least, abs=1e-5)
    size = max(1.0, np.abs(scores).max(initial=0.0))
    assert matching.certificate.objective == pytest.approx(total, abs=1e-4 * size)
    drawn = np.zeros(problem.shape, dtype=bool)
    drawn[matching.mentees, matching.mentors] = True
    assert (made == drawn).all(axis=(1, 2)).any(), "what is drawn breaks a rule"


@settings(max_examples=25, deadline=None)
@given(problem=problems(5))
def test_a_rule_that_forbids_nothing_leaves_the_chances_of_the_flow(problem):
    plain = replace(
        problem,
        demand=np.minimum(problem.demands, 1),
        minimum=0,
        priority=None,
        pins=(),
        coverage_first=True,
    )
    assume(plain.shape[0] and plain.shape[1])
    ruled = replace(plain, quotas=[mm.Quota(at_most=99, name="all")])
    one, two = mm.match(plain, "fair_lottery"), mm.match(ruled, "fair_lottery")
    first, second = (np.asarray(m.probabilities.sum(axis=1)).ravel() for m in (one, two))
    assert second == pytest.approx(first, abs=1e-5)
    assert two.certificate.objective == pytest.approx(one.certificate.objective, abs=1e-4)


def four_for_two():
    scores = np.array([[1, 0.9], [1, 0.8], [0.7, 0.4], [0.2, 0.3]])
    quota = mm.Quota([0, 1], at_most=1, name="one of these")
    return mm.Problem.from_scores(scores, 2, quotas=[quota], apart=[(2, 3)])


def test_two_who_share_a_place_of_a_quota_have_half_of_it_each_and_hold_nobody_back():
    matching = mm.match(four_for_two(), "fair_lottery")
    assert matching.probabilities.sum(axis=1) == pytest.approx([0.5, 0.5, 1.0, 1.0])
    assert matching.certificate.promise == "equal chances"
    levels = [one for one in matching.certificate.stages if hasattr(one, "weights")]
    assert [one.objective for one in levels] == pytest.approx([0.5, 1.0])
    checked = mm.certificates.verify(matching)
    assert checked.ok
    # A quota is not seen from seats alone: what the solver says is said to be believed. That nobody
    # has more than certainty needs nobody's word.
    assert [one for one in checked.believed if "chance" in one] == [
        "the bound 0.5 on chance 1 is the solver's"
    ]


def test_seats_alone_show_equal_chances_where_no_rule_is_felt():
    problem = mm.Problem.from_scores(np.full((3, 2), 0.5), apart=[(0, 1)])
    matching = mm.match(problem, "fair_lottery")
    assert matching.probabilities.sum(axis=1) == pytest.approx(2 / 3)
    assert not [one for one in mm.certificates.verify(matching).believed if "chance" in one]


def test_where_a_seat_of_one_costs_two_others_theirs_chances_come_before_coverage():
    # Who is 0 takes its mentor only when 1 and 2 do not: either one or two are served.
    quota = [mm.Quota([0, i], ["a"], at_most=1, name=f"0 or {i}") for i in (1, 2)]
    problem = mm.Problem.from_scores(pd.DataFrame({"a": [1.0] * 3}), 2, quotas=quota)
    matching = mm.match(problem, "fair_lottery")
    assert matching.probabilities.sum(axis=1) == pytest.approx(0.5)
    assert mm.match(problem).n_matched == 2


def test_a_lie_about_equal_chances_under_rules_is_found():
    matching = mm.match(four_for_two(), "fair_lottery")
    certificate = matching.certificate
    first, second, last = certificate.stages
    names = first.weights.index
    for changes, said in [
        ({"objective": 0.6}, "level 1: it says objective"),
        ({"bound": 0.6}, "level 1: it says bound"),
        ({"most": 0.4, "bound": 0.5}, "serves 1 by its weights"),
        ({"most": 1.5}, "level 1: it says bound"),
        ({"tolerance": 1.0}, "tolerance is more than justified"),
        ({"weights": first.weights * -1}, "its weights are not"),
        ({"weights": first.weights.set_axis([f"x{i}" for i in names])}, "its weights are not"),
        ({"weights": first.weights[:1]}, "level 1"),
    ]:
        wrong = replace(certificate, stages=(replace(first, **changes), second, last))
        assert said in "; ".join(mm.certificates.verify(matching, wrong).findings), changes
    for stages, said in [
        ((first, last), "not shown that their chance cannot be raised"),
        ((last,), "not those of a lottery"),
        ((last, first), "not those of a lottery"),
        ((second, first, last), "level 1"),
    ]:
        wrong = replace(certificate, stages=stages)
        assert said in "; ".join(mm.certificates.verify(matching, wrong).findings), said
    # Rules hold of matchings: what the chances of pairs add up to proves nothing.
    bare = replace(certificate, method="expectation")
    assert "no lottery without its matchings" in "; ".join(
        mm.certificates.verify(matching, bare).findings
    )


def lottery_of(problem, lottery, levels, total):
    """A lottery over pairs with the proof of its levels, and what it is said to expect at most."""
    drawn, made = mm.match(problem, "fair_lottery"), []
    chances, table = np.array([chance for _, chance in lottery]), np.zeros(problem.shape)
    for pairs, chance in lottery:
        made.append(mm.Matching(problem, *np.array(pairs).T))
        table[made[-1].mentees, made[-1].mentors] += chance
    weights, most = [np.array(own) for own, _ in levels], [limit for _, limit in levels]
    shown = prove_levels(problem, chances, made, weights, most)
    matching = replace(
        drawn,
        mentees=made[0].mentees,
        mentors=made[0].mentors,
        probabilities=sparse.csr_array(table),
    )
    return matching, prove_mixture(matching, "HiGHS", 1.0, chances, made, {"total": total}, shown)


@pytest.mark.parametrize(
    ("lottery", "levels"),
    [
        # Next to no weight settles nobody: what the sum leaves open may all be hers.
        (
            [([(0, 0), (2, 1)], 0.5), ([(1, 0)], 0.5)],
            [([1, 1, 1e-7], 1 + 1e-7)],
        ),
        # A weight so large that what chances miss of a sum of 1 counts as much as her seat.
        (
            [
                ([(0, 0), (2, 1)], 0.4 + 2e-8),
                ([(1, 0), (2, 1)], 0.4 + 2e-8),
                ([(0, 0)], 0.1 + 2e-8),
                ([(1, 0)], 0.1 + 2e-8),
            ],
            [([1, 1, 0.0], 1), ([1e8, 1e8, 1], 1e8 + 1)],
        ),
    ],
    ids=["tiny", "huge"],
)
def test_weights_of_very_different_sizes_prove_no_unequal_chances(lottery, levels):
    """Two share a seat and the third has one of her own, of which she is not given all.

    No matching serves more by these weights: nothing that is said of them is a lie.
    """
    scores = [[1, np.nan], [1, np.nan], [np.nan, 1]]
    problem = mm.Problem.from_scores(scores, quotas=[mm.Quota(at_most=9, name="all")])
    for own, most in levels:
        assert max(own[0], own[1]) + own[2] <= most
    total = sum(chance * len(pairs) for pairs, chance in lottery)
    matching, certificate = lottery_of(problem, lottery, levels, total)
    checked = mm.certificates.verify(matching, certificate)
    assert not (checked.ok and certificate.proven)
    right = [([(0, 0), (2, 1)], 0.5), ([(1, 0), (2, 1)], 0.5)]
    matching, certificate = lottery_of(problem, right, [([1, 1, 0.0], 1), ([0.0, 0, 1], 1)], 2)
    assert mm.certificates.verify(matching, certificate).ok
    assert certificate.proven


def test_time_that_is_over_leaves_a_lottery_that_claims_no_proof(monkeypatch):
    rng = np.random.default_rng(1)
    n, m = 120, 40
    quotas = [
        mm.Quota(list(range(0, n, 2)), list(range(0, m, 3)), at_most=6, name="even"),
        mm.Quota(list(range(0, n, 3)), list(range(0, m, 2)), at_most=6, name="third"),
    ]
    problem = mm.Problem.from_scores(rng.random((n, m)), 2, quotas=quotas)
    matching = mm.match(problem, "fair_lottery", time_limit=0.2)
    assert mm.certificates.verify(matching).ok

    def too_late(*given, options, **named):
        if options["time_limit"] < np.inf:
            return OptimizeResult(status=1, x=None, mip_dual_bound=None, message="time is over")
        return scipy_milp(*given, options=options, **named)

    # Where a search found nothing at all: pairs that keep the rules are known without one.
    scipy_milp = milp.milp
    monkeypatch.setattr(milp, "milp", too_late)
    hasty = mm.match(problem, "fair_lottery", time_limit=5.0)
    assert mm.audit(hasty).feasibility.ok
    assert mm.certificates.verify(hasty).ok
    assert hasty.status is mm.Status.TIME_LIMIT
    assert mm.audit(matching).feasibility.ok
    if not matching.certificate.proven:
        assert matching.status is mm.Status.TIME_LIMIT


def test_a_share_of_the_best_total_that_equal_chances_leave_out_is_said():
    problem = mm.Problem.from_scores([[1.0], [0.1]], apart=[(0, 1)])
    with pytest.raises(mm.InfeasibleError, match=r"fair_lottery expects a total of 0\.55, less"):
        mm.match(problem, mm.strategies.FairLottery(keep_total=0.9))
