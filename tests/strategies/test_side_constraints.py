"""Quotas, mentees apart or together, and weighted seats: optimal, proven, and said in words."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, repeat
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from ortools.sat.python import cp_model

import mentormatch as mm
from mentormatch.certificates import Multipliers, upper_bound, verify
from mentormatch.solvers import deadline
from mentormatch.strategies.staged import open_pairs
from mentormatch.strategies.total import optimal
from oracles import Best, achieved
from side_oracles import best_with_rules, laminar_problems, mixed_problems, size_of

PEOPLE = ["ada", "bob", "cyd", "dan"]
SCORES = pd.DataFrame(
    [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]], index=PEOPLE, columns=["guy", "lin"]
)


def tables() -> mm.Cohort:
    mentees = pd.DataFrame({"team": ["red", "red", "blue", None]}, index=PEOPLE)
    mentors = pd.DataFrame({"site": ["x", "y"], "hours": [1.5, 2.0]}, index=["guy", "lin"])
    return mm.Cohort(mentees, mentors)


def from_tables(**given) -> mm.Problem:
    return mm.Problem(mm.Criteria().score(tables()), **given)


# ---------------------------------------------------------------- the optimum, and its proof


@contextmanager
def few_columns(at_first: bool):
    """Linear programs start with one pair of each mentee, as large ones do with a few."""
    with pytest.MonkeyPatch.context() as patch:
        if at_first:
            patch.setattr(open_pairs, "AT_ONCE", 0)
            patch.setattr(open_pairs, "GROUPS", 1)
        yield


def check_against(problem: mm.Problem, best: Best | None, engine: str | None) -> str:
    """Match, and compare with the optimum; the method of the proof."""
    if best is None:
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem, engine=engine)
        return "infeasible"
    matching = mm.match(problem, engine=engine)
    found = achieved(matching)
    assert found[:2] == best[:2]
    assert found.total == pytest.approx(best.total, abs=1e-9)
    proof = matching.certificate
    if not proof.proven:
        # Next to nothing was made, and rounding scores to integers may have cost more than that.
        assert proof.method == "CP-SAT"
        places = int(problem.demands.sum())
        assert proof.gap <= 2.0**-39 * size_of(problem) * places
        assert 1e-6 * np.abs(matching.scores).sum() < proof.gap
    assert verify(matching).findings == ()
    return proof.method


def features(problem: mm.Problem, said: dict) -> list[str]:
    """What a problem mixes, for the statistics that pytest shows."""
    found = [kind for kind in ("apart", "together", "bans", "pins") if len(said.get(kind, ()))]
    for quota in problem.quotas:
        reach = "each mentor" if quota.per_mentor else "a set" if quota.mentors else "everybody"
        found += [f"at least, {reach}"] if quota.at_least else []
        found += [f"at most, {reach}"] if quota.at_most is not None else []
    found += ["capacity 0"] if (problem.capacities == 0).any() else []
    found += ["minimum"] if problem.minimums.any() else []
    found += ["demand above 1"] if (problem.demands > 1).any() else []
    found += ["priority"] if problem.priority_classes.any() else []
    found += ["min_score"] if problem.min_score is not None else []
    found += ["total only"] if not problem.coverage_first else []
    if problem.usage is not None:
        found.append(f"usage by {'mentee' if np.ndim(problem.usage) == 1 else 'pair'}")
    return [f"has: {one}" for one in dict.fromkeys(found)]


@given(drawn=mixed_problems())
def test_every_feature_mixed_is_what_trying_everything_finds(drawn):
    problem, said = drawn
    best = best_with_rules(problem, said)
    event(f"proof: {check_against(problem, best, None)}")
    for feature in features(problem, said):
        event(feature)
    check_against(problem, best, "cp-sat")
    with few_columns(at_first=True):
        check_against(problem, best, None)


@pytest.mark.parametrize("few", [True, False], ids=["rounds of columns", "all columns"])
@given(drawn=laminar_problems())
def test_laminar_quotas_are_a_flow_and_proven_by_a_price_for_each(few, drawn):
    problem, said = drawn
    with few_columns(at_first=few):
        best = best_with_rules(problem, said)
        for engine in ("linear", "laminar"):
            assert check_against(problem, best, engine) in ("prices", "infeasible")
        if best is not None:
            assert mm.match(problem).engine == "laminar (groups are nested or disjoint: a flow)"


@given(drawn=mixed_problems())
def test_the_bound_holds_for_any_prices_of_any_rules(drawn):
    problem, said = drawn
    best = best_with_rules(problem, said)
    if best is None:
        return
    rng = np.random.default_rng(0)
    left = problem.after_pins
    classes = int(problem.priority_classes.max(initial=0)) + 1
    newly = np.array(best.covered or [0] * classes) - np.bincount(
        problem.priority_classes[left.covered], minlength=classes
    )
    for _ in range(3):
        first = problem.coverage_first
        rules = []
        for family in problem.sides.constraints:
            wild = rng.normal(size=len(family.low))
            # There is no price towards a limit that is not there.
            rules.append(np.where(family.high >= 2**60, -np.abs(wild), wild))
        multipliers = Multipliers(
            rng.normal(size=problem.shape[1]),
            rng.normal(size=classes) if first else np.zeros(classes),
            float(rng.normal()) if first else 0.0,
            tuple(rules),
        )
        filled = best.pairs - len(problem.pinned)
        assert upper_bound(problem, multipliers, newly, filled) >= best.total - 1e-9


@pytest.mark.parametrize(
    ("file", "smallest", "largest"),
    [(0, 261, 336), (1, 269, 327), (2, 256, 339), (3, 274, 341), (4, 251, 326)],
)
def test_generalised_assignment_has_the_published_optimum(known_data, file, smallest, largest):
    path = known_data / "gap" / f"gap1-{file}"
    numbers = np.array(path.read_text(encoding="ascii").split(), dtype=np.int64)
    m, n = (int(number) for number in numbers[:2])
    cost, usage = numbers[2 : 2 + 2 * m * n].reshape(2, m, n).transpose(0, 2, 1)
    for scores, best in ((-cost, -smallest), (cost, largest)):
        problem = mm.Problem.from_scores(
            scores.astype(float), capacity=numbers[2 + 2 * m * n :], usage=usage
        )
        matching = mm.match(problem)
        assert matching.total == best
        assert matching.n_matched == n
        assert matching.certificate.proven
        assert matching.certificate.method == "CP-SAT"
        assert verify(matching).ok


def test_a_quota_has_the_price_of_the_mentee_it_keeps_out():
    quota = mm.Quota(["ada", "bob"], ["guy"], at_most=1, name="one of two")
    matching = mm.match(mm.Problem.from_scores(SCORES.iloc[:2], capacity=2, quotas=[quota]))
    assert matching.total == pytest.approx(1.1)
    assert matching.certificate.rule_prices["one of two", "guy"] == pytest.approx(0.6)
    assert matching.engine == "laminar (groups are nested or disjoint: a flow)"


def test_half_seats_let_two_share_one_hour_and_no_third():
    problem = mm.Problem.from_scores(SCORES, capacity=[1.0, 0.5], usage=0.5)
    matching = mm.match(problem)
    assert matching.loads.tolist() == [2, 1]
    assert matching.certificate.proven
    thirds = mm.Problem.from_scores(SCORES, capacity=1, usage=1 / 3)
    # Sums of thirds are exact: three of them are one hour.
    assert mm.match(thirds).loads.tolist() == [3, 1]


def test_a_column_may_hold_hours_and_another_what_a_mentee_uses():
    problem = from_tables(capacity="hours", usage={"ada": 1, "bob": 1, "cyd": 0.5, "dan": 1})
    matching = mm.match(problem)
    used = {"ada": 1, "bob": 1, "cyd": 0.5, "dan": 1}
    hours = matching.pairs.assign(u=matching.pairs["mentee"].map(used)).groupby("mentor")["u"].sum()
    assert matching.n_matched == 4
    assert (hours <= tables().mentors["hours"]).all()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs to choose processors")
def test_the_integer_program_gives_the_same_pairs_on_any_number_of_processors():
    rng = np.random.default_rng(3)
    problem = mm.Problem.from_scores(
        rng.integers(0, 4, (12, 4)) / 4,
        capacity=3,
        usage=rng.choice([0.5, 1.0, 1.5], 12),
        apart=[(0, 1), (1, 2), (0, 2)],
    )
    first = mm.match(problem, engine="cp-sat")
    processors = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(processors)})
        second = mm.match(problem, engine="cp-sat")
    finally:
        os.sched_setaffinity(0, processors)
    pd.testing.assert_frame_equal(first.pairs, second.pairs)


@given(drawn=mixed_problems(most=3))
def test_the_order_of_rows_does_not_change_pairs_under_rules(drawn):
    problem, _ = drawn
    n, m = problem.shape
    order_i, order_j = np.arange(n)[::-1], np.arange(m)[::-1]
    turned = problem.take(order_i, order_j)
    try:
        matching = mm.match(problem)
    except mm.InfeasibleError:
        with pytest.raises(mm.InfeasibleError):
            mm.match(turned)
        return
    again = mm.match(turned)
    assert achieved(again)[:2] == achieved(matching)[:2]
    assert again.total == pytest.approx(matching.total)
    moved = mm.Matching.from_pairs(turned, matching.pairs)
    assert moved.total == pytest.approx(matching.total)


def test_a_boolean_array_means_the_same_people_in_any_order_of_rows():
    quota = mm.Quota(np.array([True, True, False, False]), at_most=1, per_mentor=True)
    problem = mm.Problem.from_scores(SCORES, capacity=2, quotas=[quota])
    assert problem.quotas[0].mentees == ("ada", "bob")
    turned = problem.take(np.array([3, 2, 1, 0]), np.array([1, 0]))
    assert mm.match(turned).pairs.equals(mm.match(problem).pairs)
    assert replace(problem, bans=[("ada", "guy")]).sides


def test_what_is_passed_in_is_not_changed():
    usage, people = pd.Series(0.5, index=PEOPLE), ["ada", "bob"]
    kept = usage.copy()
    mm.match(
        mm.Problem.from_scores(
            SCORES, capacity=1, usage=usage, quotas=[mm.Quota(people, at_most=1)]
        )
    )
    pd.testing.assert_series_equal(usage, kept)
    assert people == ["ada", "bob"]


def test_negative_totals_are_proven_when_the_linear_vertex_is_no_matching():
    # The number of pairs was once counted on the rounded vertex, so that the bound was beside it.
    problem = mm.Problem.from_scores(np.full((4, 3), -1.0), capacity=2, together=[(0, 1)])
    for capacity in (2, [2, 2, 1]):
        matching = mm.match(replace(problem, capacity=capacity))
        assert matching.total == -4
        assert matching.certificate.proven
    with few_columns(at_first=True):
        assert mm.match(problem).certificate.proven


@pytest.mark.parametrize("engine", [None, "cp-sat"])
def test_a_count_that_only_fractions_reach_makes_no_later_stage_infeasible(engine):
    # Fractions serve one and a quarter of the first class. Keeping the one that this is rounded to
    # leaves half a mentee of the next class, which is to be none. Whole, nobody fits at all.
    scores = np.full((5, 3), -1.0)
    scores[[0, 1, 2, 4], 1] = -0.5
    problem = mm.Problem.from_scores(
        scores,
        capacity=np.full(3, 0.25),
        usage=np.full(5, 0.1),
        priority=[0, -1, 1, 1, 1],
        min_score=-0.5,
        together=[(0, 4), (0, 1), (0, 2)],
    )
    matching = mm.match(problem, engine=engine)
    assert len(matching.pairs) == 0
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok


TINY = 1.6216240613512223e-38


@pytest.mark.parametrize("few", [True, False], ids=["rounds of columns", "all columns"])
@pytest.mark.parametrize("engine", ["linear", "laminar"])
@pytest.mark.parametrize(
    ("scores", "demand", "closed", "best"),
    [
        ([[1.0, 1e-9]], 1, [0], 1e-9),
        ([[1.0, 1e-9, 1.0]], 2, [0], 1.000000001),
        ([[-1.0, TINY]], 1, [0], TINY),
        ([[-1.0, TINY]], 1, [0, 1], 0.0),
        ([[-1.0, TINY], [2 * TINY, -1.0], [3 * TINY, TINY]], 1, [], 5 * TINY),
        ([[1.0, 2e-13], [1e-13, 1.0], [3e-13, 4e-13]], 1, None, 5e-13),
    ],
)
def test_scores_far_below_a_step_of_the_largest_one_are_told_apart(
    engine, few, scores, demand, closed, best
):
    # Only these are made: HiGHS's tolerance and the step of an integer flow, both in proportion to
    # a score that nobody may have, were more than all of them, and nothing was proven.
    quotas = [mm.Quota(None, closed, at_most=0, name="closed")] if closed else []
    # Nobody may have a pair of score 1.
    quotas += [mm.Quota([i], [i], at_most=0) for i in (0, 1) if closed is None]
    quotas.append(mm.Quota(None, [0], at_most=2, name="no limit"))
    problem = mm.Problem.from_scores(scores, demand=demand, quotas=quotas, coverage_first=False)
    with few_columns(at_first=few):
        matching = mm.match(problem, engine=engine)
    assert matching.total == pytest.approx(best, rel=1e-12)
    assert matching.certificate.proven
    assert matching.certificate.method == "prices"
    assert verify(matching).findings == ()


@pytest.mark.parametrize("engine", ["linear", "laminar"])
def test_rules_without_a_price_add_no_rounding_to_a_bound_of_nothing(engine):
    # Nothing can be made, and the bound was 0 but for a rounding that counted every rule as dear as
    # the dearest one: more than scores of this size explain, so that it was not proven.
    quotas = [
        mm.Quota([0], at_most=1, per_mentor=True, name="outer"),
        mm.Quota([0], at_most=0, per_mentor=True, name="inner"),
        mm.Quota([0], [0], at_most=2, name="one mentor"),
        mm.Quota(None, [0], at_most=1, name="some"),
        mm.Quota(None, [0], at_most=0, name="some of these"),
        mm.Quota([0], [0], at_most=0, name="one mentee"),
        mm.Quota([0], at_most=1, name="group"),
        mm.Quota([0], at_most=0, name="part of the group"),
    ]
    problem = mm.Problem.from_scores(np.full((5, 3), 0.25), capacity=[1, 0, 0], quotas=quotas)
    matching = mm.match(problem, engine=engine)
    assert len(matching.pairs) == 0
    assert matching.certificate.proven


def test_a_price_of_two_together_means_the_same_in_any_order_of_people():
    # It was that of whoever stood first once people were put in order, and verified with the sign
    # of the order they were given in.
    rng = np.random.default_rng(5)
    ids = [f"p{k}" for k in range(12)]
    scores = pd.DataFrame(rng.random((12, 4)), index=ids, columns=list("abcd"))
    for first, second in (("p0", "p1"), ("p1", "p0"), ("p7", "p4")):
        problem = mm.Problem.from_scores(
            scores, capacity=3, together=[(first, second), ("p5", "p9"), ("p10", "p2")]
        )
        matching = mm.match(problem)
        assert matching.certificate.proven
        assert (matching.certificate.rule_prices != 0).any()
        assert verify(matching).findings == ()


@pytest.mark.parametrize("kind", ["quotas", "apart", "overlapping", "together"])
def test_pairs_that_join_by_their_price_give_what_all_pairs_give(kind):
    rng = np.random.default_rng(7)
    n, m = 40, 12
    people = [(k, k + 1) for k in range(0, 20, 4)]
    rules = {
        "quotas": {
            "quotas": [
                mm.Quota(range(13), at_most=1, per_mentor=True, name="some mentees"),
                mm.Quota(None, [0, 1, 2], at_least=2, at_most=6, name="some mentors"),
                mm.Quota(range(30, 40), [11], at_least=2, name="one mentor"),
            ]
        },
        "apart": {"apart": people},
        "together": {"together": [*people, (1, 21)]},
        "overlapping": {
            "quotas": [
                mm.Quota(range(20), at_most=2, per_mentor=True, name="one"),
                mm.Quota(range(10, 30), at_most=2, per_mentor=True, name="other"),
                mm.Quota(range(25, 40), [3, 4], at_least=5, name="least"),
            ]
        },
    }[kind]
    # All like the same mentors, so that few pairs to start with are far from enough.
    scores = rng.random((n, m)) + 3 * rng.random(m)
    problem = mm.Problem.from_scores(scores, capacity=4, minimum=1, **rules)
    every = mm.match(problem)
    for groups in (1, 3):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(open_pairs, "AT_ONCE", 0)
            patch.setattr(open_pairs, "GROUPS", groups)
            few = mm.match(problem)
            patch.setattr(optimal, "FEW", 0)
            branched = mm.match(problem)
        for matching in (few, branched):
            assert matching.total == pytest.approx(every.total, abs=1e-9)
            assert matching.certificate.proven
            assert verify(matching).findings == ()


def test_sets_that_fit_either_tree_are_put_where_the_others_leave_room():
    # Who alone may have some mentors is, as a set of pairs, also all that these mentors may have:
    # it was put among the mentors at once, where "some" then crossed it.
    scores = np.full((2, 4), np.nan)
    scores[0, 1:], scores[1, 0] = -1.0, -1.0
    quotas = [
        mm.Quota(None, [0, 1], at_most=1, name="some"),
        mm.Quota([0], [0, 1], at_most=0, name="one mentee"),
        mm.Quota([0], at_most=1, name="group"),
    ]
    matching = mm.match(mm.Problem.from_scores(scores, quotas=quotas), engine="laminar")
    assert matching.total == -2
    assert matching.certificate.proven


def test_groups_that_overlap_are_no_flow_and_the_engine_says_what_takes_them():
    quotas = [
        mm.Quota(["ada", "bob"], at_most=1, per_mentor=True),
        mm.Quota(["bob", "cyd"], at_most=1, per_mentor=True),
    ]
    problem = mm.Problem.from_scores(SCORES, capacity=2, quotas=quotas)
    with pytest.raises(mm.SolverError) as caught:
        mm.match(problem, engine="laminar")
    assert str(caught.value) == (
        "The conditions of this problem are not laminar: groups overlap without one being part of "
        "the other, or it is not pairs that are counted. Use engine='linear', engine='cp-sat', or "
        "leave engine out."
    )
    assert not mm.match(problem).engine.startswith("laminar")


def test_prices_show_what_cp_sat_found_where_they_can_and_else_what_they_show():
    rng = np.random.default_rng(1)
    problem = mm.Problem.from_scores(
        rng.random((12, 4)), capacity=3, usage=rng.integers(5, 15, 12) / 10
    )
    proof = mm.match(problem).certificate
    assert str(proof).startswith("proven by the solver's bound (CP-SAT): total ")
    assert proof.checked_bound > proof.bound
    assert f"its prices alone show at most {proof.checked_bound:.6g}" in str(proof)
    matching = mm.match(problem)
    checked = verify(matching)
    assert checked.ok
    assert checked.believed == (
        f"the bound {proof.bound:.6g} is CP-SAT's; prices alone show {proof.checked_bound:.6g}",
    )
    lower = replace(proof, checked_bound=proof.objective)
    assert "the certificate says checked_bound" in verify(matching, lower).findings[0]
    assert "not proven again, but believed: the bound" in repr(mm.audit(matching).optimality)


# ---------------------------------------------------------------- what the rules mean


def test_apart_and_together_also_mean_every_mentor_of_several():
    apart = mm.Problem.from_scores(SCORES, capacity=4, demand=2, apart=[("ada", "bob")])
    pairs = mm.match(apart).pairs
    of = {who: set(pairs.loc[pairs["mentee"] == who, "mentor"]) for who in PEOPLE}
    assert not of["ada"] & of["bob"]
    # 0.3 with lin for both is worth less than their 1.7 with guy, and both get the same.
    together = mm.Problem.from_scores(SCORES, capacity=[2, 2], together=[("ada", "bob")])
    assert mm.match(together).pairs["mentor"].tolist()[:2] == ["guy", "guy"]


def test_two_who_must_be_together_both_have_nobody_where_no_mentor_has_two_seats():
    problem = mm.Problem.from_scores(SCORES, capacity=1, together=[("ada", "bob"), ("cyd", "dan")])
    matching = mm.match(problem)
    assert len(matching.pairs) == 0
    assert matching.certificate.proven
    assert matching.certificate.coverage_bound == 0


def test_quotas_by_column_count_whoever_has_the_value():
    problem = from_tables(capacity=4, quotas=[mm.Quota({"team": "red"}, {"site": "y"}, at_least=2)])
    pairs = mm.match(problem).pairs.set_index("mentee")["mentor"]
    assert pairs[["ada", "bob"]].tolist() == ["lin", "lin"]


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize("work", [0.06, 0.1, 10.0])
def test_a_search_that_is_cut_short_gives_the_best_so_far_with_its_true_gap(monkeypatch, work):
    """By work and not by time, so that how busy the machine is decides nothing."""
    solve = cp_model.CpSolver.solve

    def solve_a_part(self, *given, **named):
        self.parameters.max_deterministic_time = work
        return solve(self, *given, **named)

    monkeypatch.setattr(cp_model.CpSolver, "solve", solve_a_part)
    rng = np.random.default_rng(0)
    scores, usage = rng.random((60, 12)), rng.integers(5, 60, (60, 12)) / 10
    problem = mm.Problem.from_scores(scores, capacity=12.3, usage=usage)
    matching = mm.match(problem, time_limit=1000.0)
    certificate = matching.certificate
    assert certificate.bound >= matching.total
    assert certificate.proven == (
        certificate.gap <= certificate.tolerance
        and certificate.coverage == certificate.coverage_bound
        and certificate.seats == certificate.seats_bound
    )
    assert certificate.proven or work < 1
    if not certificate.proven:
        assert matching.notes == (
            "the search ended at its time limit or gap; the certificate says how far it got",
        )
    assert verify(matching).ok


@pytest.mark.parametrize("engine", [None, "laminar"])
def test_when_the_time_is_up_a_flow_over_some_pairs_is_returned_with_its_true_gap(
    monkeypatch, engine
):
    rng = np.random.default_rng(0)
    few = [mm.Quota(rng.random(300) < 0.5, at_most=1, per_mentor=True)]
    problem = mm.Problem.from_scores(rng.random((300, 100)), capacity=3, quotas=few)
    best = mm.match(problem)
    assert best.certificate.proven
    clock = SimpleNamespace(monotonic=chain([0.0], repeat(101.0)).__next__)
    monkeypatch.setattr(deadline, "time", clock)
    matching = mm.match(problem, engine=engine, time_limit=100.0)
    assert not matching.certificate.proven
    assert matching.total < best.total <= matching.certificate.bound
    assert matching.notes == (
        "the search ended at its time limit or gap; the certificate says how far it got",
    )
    assert matching.engine.startswith("laminar")
    assert verify(matching).ok


@pytest.mark.parametrize("few", [0, optimal.FEW])
@given(data=st.data())
def test_hours_that_a_tolerance_would_not_tell_apart_are_kept(few, data):
    n, m = data.draw(st.integers(2, 4)), data.draw(st.integers(1, 2))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**20)))
    scores = np.where(rng.random((n, m)) < 0.8, rng.integers(1, 4, (n, m)), np.nan)
    usage = 500 + rng.integers(-2, 3, n) * 1e-4
    problem = mm.Problem.from_scores(scores, capacity=np.full(m, 1000.0), usage=usage)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimal, "FEW", few)
        found = mm.match(problem)
    exact = mm.match(problem, engine="cp-sat")
    assert found.n_matched == exact.n_matched
    assert found.total == pytest.approx(exact.total)
    assert verify(found).findings == ()


def test_a_gap_ends_the_search_and_is_not_called_a_proof():
    rng = np.random.default_rng(1)
    problem = mm.Problem.from_scores(
        rng.random((20, 5)), capacity=4, usage=rng.integers(5, 20, (20, 5)) / 10
    )
    matching = mm.match(problem, gap=0.2)
    certificate = matching.certificate
    assert certificate.gap <= 0.2 * matching.total + 1e-6
    assert certificate.proven == (certificate.gap <= certificate.tolerance)


def test_progress_tells_each_stage():
    told = []
    problem = mm.Problem.from_scores(SCORES, capacity=2, apart=[("ada", "bob")])
    mm.match(problem, engine="cp-sat", progress=told.append)
    assert [event.step for event in told] == ["coverage of class 0", "pairs", "total"]
    assert told[0].numbers == {"value": 4, "bound": 4}


# ---------------------------------------------------------------- tampering


@pytest.fixture
def proven() -> mm.Matching:
    quota = mm.Quota(["ada", "bob"], ["guy"], at_most=1, name="one of two")
    return mm.match(mm.Problem.from_scores(SCORES, capacity=2, quotas=[quota]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: {"rule_prices": c.rule_prices - 0.1}, "the certificate says bound"),
        (lambda c: {"rule_prices": c.rule_prices.iloc[:0]}, "do not name exactly the rules"),
        (lambda c: {"rule_prices": None}, "do not name exactly the rules"),
        (lambda c: {"rule_prices": c.rule_prices * np.nan}, "is not a finite number"),
        (lambda c: {"stages": ()}, "it needs 1 stages with prices, not 0"),
        (
            lambda c: {"stages": (replace(c.stages[0], bound=3.0),)},
            "stage 1: it says most coverage of class 0: 4, not proven (bound 3), recomputed it is",
        ),
        (lambda c: {"prices": c.prices + 1.0}, "the certificate says bound"),
        (lambda c: {"coverage_bound": 3}, "the certificate says coverage_bound 3"),
        (lambda c: {"objective": c.objective + 1}, "the certificate says objective"),
        (lambda c: {"tolerance": -1.0}, "the tolerance must be a number of 0 or more, not -1.0"),
    ],
)
def test_a_certificate_that_was_tampered_with_is_caught(proven, change, said):
    forged = replace(proven.certificate, **change(proven.certificate))
    verification = verify(proven, forged)
    assert not verification.ok
    assert any(said in finding for finding in verification.findings), verification.findings


def test_pairs_that_break_a_rule_are_never_called_proven(proven):
    pairs = [("ada", "guy"), ("bob", "guy"), ("cyd", "lin"), ("dan", "lin")]
    broken = mm.Matching.from_pairs(proven.problem, pairs, check=False)
    verification = verify(broken, proven.certificate)
    assert not verification.certificate.proven
    assert (
        "the pairs are no matching: the quota 'one of two' does not hold: 2 with 'guy'"
        in verification.findings
    )


def test_a_solver_bound_below_what_was_reached_is_a_contradiction():
    problem = mm.Problem.from_scores(SCORES, capacity=1, usage=0.5)
    matching = mm.match(problem, engine="cp-sat")
    for change, said in (
        ({"bound": matching.total - 1}, "the total is 2.4, which its bound 1.4 does not allow"),
        ({"coverage_bound": 1}, "coverage is 4, which its bound 1 does not allow"),
        ({"seats_bound": None}, "seats is 4, which its bound None does not allow"),
    ):
        verification = verify(matching, replace(matching.certificate, **change))
        assert any(said in finding for finding in verification.findings), verification.findings
