"""Laws that hold for every strategy and engine, and the story of each time one was broken."""

from __future__ import annotations

import signal
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import mentormatch as mm
from fair_oracles import best_by, compared, every_matching, utilities_of
from mentormatch.solvers import ENGINES
from mentormatch.strategies.staged.transports import transport_of
from oracles import achieved, best_by_trying_everything
from problems import problems

N = np.nan
verify = mm.certificates.verify
S = mm.strategies
STAGED = {
    "maximin": S.Maximin(),
    "maximin keeps": S.Maximin(keep_total=0.8),
    "leximin": S.Leximin(),
    "nash": S.Nash(),
    "alpha 3": S.AlphaFair(3.0),
    "worst_k": S.WorstK(2),
    "balanced": S.Balanced(),
    "generous": S.Generous(),
}


@pytest.fixture
def within_ten_seconds():
    """A loop that never ends fails the test instead of hanging it."""

    def late(*_):
        raise TimeoutError("it did not end within 10 s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(10)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


# ---------------------------------------------------------------- law 1: the same coverage


def needs_of(problem):
    return transport_of(problem).needs


@pytest.mark.parametrize("engine", sorted(ENGINES))
@given(problem=problems())
@settings(max_examples=max(30, settings().max_examples))
def test_an_engine_solves_all_that_its_row_of_the_table_says_and_refuses_the_rest(engine, problem):
    lacking = needs_of(problem) - ENGINES[engine].keeps
    if lacking:
        with pytest.raises(mm.SolverError, match=f"engine='{engine}' cannot keep .*leave engine"):
            mm.match(problem, engine=engine)
        return
    best = best_by_trying_everything(problem)
    if best is None:
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem, engine=engine)
        return
    matching = mm.match(problem, engine=engine)
    found = achieved(matching)
    assert (found.covered, found.pairs) == (best.covered, best.pairs)
    assert found.total == pytest.approx(best.total)
    assert matching.certificate.proven
    assert verify(matching).ok


@pytest.mark.parametrize("name", sorted(STAGED))
@given(problem=problems())
@settings(max_examples=max(20, settings().max_examples // 2))
def test_every_strategy_with_stages_serves_as_many_of_each_class_as_can_be(name, problem):
    try:
        matching = mm.match(problem, STAGED[name])
    except (mm.ProblemError, mm.MatchingError, mm.InfeasibleError, mm.MentorMatchError) as error:
        if isinstance(error, mm.InfeasibleError):
            assert best_by_trying_everything(problem) is None
        return
    best = best_by_trying_everything(problem)
    if problem.coverage_first:
        assert achieved(matching).covered == best.covered
    certificate = matching.certificate
    assert certificate.proven, certificate
    assert verify(matching).ok, verify(matching).findings


def test_the_default_engine_serves_everybody_where_a_pinned_mentee_wants_one_more():
    """The choice looked at remaining demands only: ada took both mentors, bob had nobody."""
    scores = pd.DataFrame([[0.5, 0.9], [0.5, 0.1]], ["ada", "bob"], ["lin", "max"])
    problem = mm.Problem.from_scores(
        scores, capacity=1, demand={"ada": 2, "bob": 1}, pins=[("ada", "lin")]
    )
    assert mm.match(problem).n_matched == 2
    with pytest.raises(mm.SolverError, match="cannot keep pinned mentees who want more"):
        mm.match(problem, engine="scipy")


@pytest.mark.parametrize(
    "strategy", [S.Maximin(), S.Leximin(), S.Leximin(resolution=0.25), S.Maximin(keep_total=0.5)]
)
def test_no_level_of_score_is_bought_with_a_mentee_of_a_higher_priority(strategy):
    """The lowest level came from a flow over all classes, which may serve a lower one instead."""
    problem = mm.Problem.from_scores(
        [[0.5, 0.75], [0.5, 0.75], [0.75, 0.25]], capacity=1, priority=[1, 1, 0]
    )
    matching = mm.match(problem, strategy)
    assert set(matching.mentees.tolist()) == {0, 1}
    assert matching.certificate.proven
    assert verify(matching).ok


@pytest.mark.parametrize("name", sorted(set(STAGED) - {"maximin keeps"}))
def test_a_proof_made_without_priorities_is_refused_where_there_are_some(name):
    scores = [[0.5, 0.75], [0.5, 0.75], [0.75, 0.25]]
    without = mm.Problem.from_scores(scores)
    problem = mm.Problem.from_scores(scores, priority=[1, 1, 0])
    matching = mm.match(without, STAGED[name])
    certificate = matching.certificate

    def twice(values):
        return (values[0], values[0])

    forged = replace(
        certificate,
        coverage_multipliers=twice(certificate.coverage_multipliers),
        stages=tuple(
            replace(one, coverage_multipliers=twice(one.coverage_multipliers))
            if hasattr(one, "coverage_multipliers")
            else one
            for one in certificate.stages
        ),
    )
    other = replace(matching, problem=problem)
    found = verify(other, forged)
    assert "the certificate is of other priorities" in found.findings
    if set(matching.mentees.tolist()) != {0, 1}:
        named = replace(forged, fingerprint=verify(other, forged).certificate.fingerprint)
        said = " ".join(verify(other, named).findings)
        assert "proven" in said or "the counts are not, in order" in said


# ------------------------------------------------- laws 3 and 6: everything ends, and says so


def test_even_loads_are_found_beside_minimums(within_ten_seconds):
    """A full mentor at its minimum had a price of 0, and a known pair was found for ever."""
    problem = mm.Problem.from_scores([[0.8, N], [0.7, 0.4]], capacity=[1, 2], minimum=[1, 1])
    matching = mm.match(problem, "balanced", time_limit=1.0)
    assert matching.certificate.proven
    assert matching.loads.tolist() == [1, 1]


@given(problem=problems())
@settings(max_examples=max(20, settings().max_examples // 2))
def test_even_loads_are_those_that_trying_everything_finds(problem):
    problem = replace(problem, demand=np.minimum(problem.demands, 1), coverage_first=True, pins=())
    every = every_matching(problem)
    if not every:
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem, "balanced")
        return
    squares, total = min((sum(x * x for x in loads), -round(t, 9)) for _, _, t, loads in every)
    matching = mm.match(problem, "balanced")
    assert int((matching.loads**2).sum()) == squares
    assert matching.total == pytest.approx(-total)
    assert matching.certificate.proven


@pytest.mark.parametrize("strategy", ["leximin", "maximin"])
def test_what_somebody_has_by_a_pin_may_be_all_that_is_best_for_them(strategy):
    """A pinned mentee who could do without a further seat was said to need it: -0.8 was proven."""
    scores = [[-0.6, np.nan, -0.2], [np.nan, 0.5, -0.4]]
    matching = mm.match(mm.Problem.from_scores(scores, demand=2, pins=[(0, 0)]), strategy)
    assert matching.pairs[["mentee", "mentor"]].to_numpy().tolist() == [[0, 0], [1, 1], [1, 2]]
    assert matching.certificate.proven


def test_a_leximin_that_was_cut_is_not_proven():
    """Its first stage was proven, and the stages it never came to were not missed."""
    problem = mm.Problem.from_scores([[1, 0.45, N], [0.6, 0.2, N], [N, N, 0.1]])
    matching = mm.match(problem, S.Leximin(keep_total=0.8), time_limit=0.001)
    assert not matching.certificate.proven
    assert "the search ended before all stages were settled" in str(matching.certificate)
    assert verify(matching).ok
    claimed = replace(matching.certificate, proven=True)
    assert not verify(matching, claimed).ok
    whole = mm.match(problem, S.Leximin(keep_total=0.8))
    assert whole.scores.tolist() == [0.45, 0.6, 0.1]
    assert whole.certificate.proven


@pytest.mark.parametrize("strategy", ["maximin", "leximin", "nash", "worst_k", "balanced"])
@pytest.mark.parametrize("demand", [1, 2])
def test_whatever_the_time_limit_what_is_proven_is_the_best(strategy, demand, within_ten_seconds):
    if strategy == "nash" and demand == 2:
        return
    scores = np.random.default_rng(5).random((40, 15))
    problem = mm.Problem.from_scores(scores, capacity=3 * demand, demand=demand)
    cut = mm.match(problem, strategy, time_limit=1e-4)
    assert verify(cut).ok, verify(cut).findings
    assert achieved(cut).covered == (40,)
    if cut.certificate.proven and demand == 1:
        assert cut.total == pytest.approx(mm.match(problem, strategy).total)


def test_the_sentence_is_about_the_stage_that_is_open():
    """It said "not proven … (gap 0)" of the total while the first stage was open."""
    scores = np.random.default_rng(3).random((60, 40))
    problem = mm.Problem.from_scores(scores, capacity=2)
    matching = mm.match(problem, S.WorstK(10), time_limit=1e-4)
    assert not matching.certificate.proven
    assert matching.certificate.open_stage is not None
    assert str(matching.certificate).startswith("not proven optimal: sum of the 10 worst")
    assert "is not excluded" in str(matching.certificate)


@pytest.mark.parametrize("strategy", S.strategy_names())
def test_an_engine_that_a_strategy_does_not_have_is_refused(strategy):
    problem = mm.Problem.from_scores([[0.9, 0.2], [0.4, 0.3]])
    with pytest.raises(mm.SolverError, match="engine"):
        mm.match(problem, strategy, engine="nonsense")


def test_an_engine_is_refused_where_only_one_solver_can_be_meant():
    problem = mm.Problem.from_scores([[0.9, 0.2], [0.4, 0.3]], capacity=2, demand=2)
    with pytest.raises(mm.SolverError, match=r"which HiGHS solves\. Leave engine out"):
        mm.match(problem, "maximin", engine="flow")


# ------------------------------------------------------------------------ law 4: infeasible


@pytest.mark.parametrize("engine", [None, "priced", "flow"])
def test_minimums_that_can_be_met_are_met_at_several_mentors_each(engine):
    """Alternating paths went back over used pairs, and a cut was seen where there is none."""
    rng = np.random.default_rng(0)
    scores = rng.random((300, 5)) @ rng.random((5, 200))
    problem = mm.Problem.from_scores(scores, capacity=4, minimum=2, demand=2)
    matching = mm.match(problem, engine=engine)
    assert len(matching.pairs) == 600
    assert matching.certificate.proven


@pytest.mark.parametrize("strategy", ["optimal", "maximin", "leximin", "nash", "balanced"])
@pytest.mark.parametrize("demand", [1, 2])
def test_minimums_that_cannot_be_met_are_said_with_names_by_every_strategy(strategy, demand):
    if strategy == "nash" and demand == 2:
        return
    scores = pd.DataFrame([[0.5, N], [0.5, N]], ["ada", "bob"], ["lin", "max"])
    problem = mm.Problem.from_scores(scores, capacity=2, minimum=[0, 1], demand=demand)
    with pytest.raises(mm.InfeasibleError, match="'max' must have 1, but nobody is eligible"):
        mm.match(problem, strategy)


def test_an_engine_that_is_wrong_about_minimums_is_not_believed(monkeypatch):
    def wrong(*_):
        raise mm.InfeasibleError("the minimums cannot be met")

    monkeypatch.setitem(ENGINES, "flow", replace(ENGINES["flow"], solve=wrong))
    problem = mm.Problem.from_scores([[0.5, 0.2], [0.5, 0.1]], minimum=1)
    with pytest.raises(mm.SolverError, match="a maximum flow over all pairs meets them"):
        mm.match(problem, engine="flow")


@pytest.mark.parametrize("unit", [1e-18, 1e-5, 1.0, 1e5, 1e16, 1e18])
@pytest.mark.parametrize("name", ["maximin", "leximin", "worst_k", "balanced"])
def test_integer_programs_find_the_same_pairs_in_any_unit(unit, name):
    """Programs were not scaled: "no matching satisfies all conditions" at scores of 1e16."""
    scores = np.random.default_rng(2).random((4, 3))
    here = mm.Problem.from_scores(scores, capacity=3, demand=2)
    there = mm.Problem.from_scores(scores * unit, capacity=3, demand=2)
    one, other = mm.match(here, name), mm.match(there, name)
    assert one.pairs[["mentee", "mentor"]].equals(other.pairs[["mentee", "mentor"]])
    assert one.certificate.proven
    assert other.certificate.proven
    assert verify(other).ok


def test_scores_large_beside_their_range_are_no_reason_to_be_infeasible():
    scores = (
        np.array([[1.0, 1.0], [0.5, 1.0], [1.0, 0.5]])
        + np.array(
            [
                [1000000.9046463543, 1000000.4753954192],
                [1000000.6671072213, 1000000.2250616897],
                [1000000.9008362475, 1000000.4964864602],
            ]
        )
    ) / 2
    problem = mm.Problem.from_scores(
        scores, capacity=[2, 1], demand=[1, 2, 3], coverage_first=False
    )
    assert len(mm.match(problem, "maximin").pairs) == 3


# ------------------------------------------------------- laws 4 and 5: units and outward bounds


@pytest.mark.parametrize("unit", [2.0**-60, 1e-18, 1e18, 2.0**60])
@pytest.mark.parametrize(
    "strategy",
    [
        "optimal",
        "maximin",
        "leximin",
        "nash",
        "worst_k",
        "balanced",
        "generous",
        "rank_maximal",
        S.AlphaFair(9.0),
        S.AlphaFair(0.5),
        S.Lottery(cap=0.5),
        "fair_lottery",
        "stable",
        "stable_optimal",
    ],
    ids=str,
)
def test_the_unit_of_scores_changes_no_pairs_and_no_proof(strategy, unit):
    scores = np.random.default_rng(1).random((12, 7))
    here = mm.Problem.from_scores(scores, capacity=2)
    there = mm.Problem.from_scores(scores * unit, capacity=2)
    one, other = mm.match(here, strategy), mm.match(there, strategy)
    assert one.pairs[["mentee", "mentor"]].equals(other.pairs[["mentee", "mentor"]])
    for matching in (one, other):
        if matching.certificate is not None:
            assert matching.certificate.proven, matching.certificate
            assert verify(matching).ok, verify(matching).findings


@pytest.mark.parametrize("strategy", ["optimal", "maximin", "leximin", "worst_k", "generous"])
def test_a_constant_on_all_scores_changes_no_pairs(strategy):
    scores = np.random.default_rng(4).random((12, 7))
    here = mm.Problem.from_scores(scores, capacity=2)
    there = mm.Problem.from_scores(scores + 1e5, capacity=2)
    one, other = mm.match(here, strategy), mm.match(there, strategy)
    assert one.pairs[["mentee", "mentor"]].equals(other.pairs[["mentee", "mentor"]])
    assert other.certificate.proven
    assert verify(other).ok, verify(other).findings


def test_worst_k_is_verified_where_scores_are_large_beside_their_range():
    """Steps were finer than what float64 keeps of such sums."""
    rng = np.random.default_rng(3)
    for _ in range(40):
        n, m = rng.integers(2, 6), rng.integers(2, 5)
        problem = mm.Problem.from_scores(1e5 + rng.random((n, m)), capacity=rng.integers(1, 3, m))
        matching = mm.match(problem, S.WorstK(2))
        assert matching.certificate.proven
        assert verify(matching).ok, verify(matching).findings


def test_the_lottery_has_its_tolerance_in_the_unit_of_the_scores():
    """At scores of 1e-8 an expectation of half of what is possible was proven."""
    scores = np.array([[0.9, 0.2], [0.8, 0.1], [-0.3, 0.4]])
    for unit in (1.0, 1e-8):
        matching = mm.match(mm.Problem.from_scores(scores * unit), S.Lottery(cap=0.5))
        assert matching.certificate.objective / unit == pytest.approx(1.15)
        assert matching.certificate.bound >= matching.certificate.objective
        assert verify(matching).ok


@pytest.mark.parametrize("engine", ["flow", "priced"])
def test_a_minimum_whose_pairs_are_all_negative_is_proven(engine):
    """The price of a mentor whom nobody may join was no lower than −2."""
    problem = mm.Problem.from_scores([[-4.0]], minimum=1, coverage_first=False)
    assert mm.match(problem, engine=engine).certificate.proven


@pytest.mark.parametrize("strategy", ["optimal", "balanced"])
def test_a_total_of_nothing_is_proven(strategy):
    problem = mm.Problem.from_scores(
        [[0.0, 0.5, 0.5, 1.0, 0.5]],
        capacity=[2, 0, 2, 0, 1],
        minimum=[1, 0, 0, 0, 0],
        bans=[(0, 1), (0, 3)],
    )
    engine = "priced" if strategy == "optimal" else None
    assert mm.match(problem, strategy, engine=engine).certificate.proven


@pytest.mark.parametrize("alpha", [1.5, 2.0, 4.0, 9.0, 10.0, 40.0])
@pytest.mark.parametrize("largest", [1.0, 100.0])
def test_alpha_fair_is_what_trying_everything_finds_at_any_alpha(alpha, largest):
    """(u^(1−α) − 1)/(1−α) rounds to a constant for scores above 1 and a large α."""
    rng = np.random.default_rng(7)
    for _ in range(12):
        scores = np.round(rng.random((3, 3)) * largest, 2) + 0.01
        problem = mm.Problem.from_scores(scores)
        matching = mm.match(problem, S.AlphaFair(alpha))

        def costs(utilities):
            """The logarithm of Σ u^(1−α), of which float64 has every size."""
            return -float(np.logaddexp.reduce([(1 - alpha) * np.log(u) for u in utilities]))

        best = max(costs(compared(problem, u)) for _, u, _, _ in every_matching(problem))
        assert costs(utilities_of(matching)) == pytest.approx(best, abs=1e-9)
        assert matching.certificate.proven
        assert verify(matching).ok, verify(matching).findings


def test_whoever_can_have_only_little_takes_no_digits_from_the_others():
    """Beside 0.01^−9 nothing of 50^−9 against 60^−9 is left in float64."""
    problem = mm.Problem.from_scores([[95.0, 60.0, N], [80.0, 50.0, N], [N, N, 0.01]])
    matching = mm.match(problem, S.AlphaFair(10.0))
    assert matching.scores.tolist() == [60.0, 80.0, 0.01]
    assert verify(matching).ok, verify(matching).findings


# ---------------------------------------------------------------- law 2: labels and promises


def test_no_label_is_taken_on_trust():
    matching = mm.match(mm.Problem.from_scores([[1, 0.5], [0.6, 0.2]]), engine="linear")
    names = [name for name in S.strategy_names() if name != "optimal"]
    for name in names:
        assert not verify(replace(matching, strategy=name)).ok
        forged = replace(matching.certificate, strategy=name)
        found = verify(replace(matching, strategy=name), forged)
        # At α = 0 the best total is all that is promised.
        assert found.ok == (name == "alpha_fair")
        assert found.ok or any("promises" in one for one in found.findings)


@pytest.mark.parametrize(
    "promise", ["largest minimum", "sorted scores", "Nash welfare", "even loads", "welfare"]
)
def test_a_promise_without_its_stages_is_not_believed(promise):
    matching = mm.match(mm.Problem.from_scores([[1, 0.5], [0.6, 0.2]]))
    forged = replace(matching.certificate, promise=promise)
    assert not verify(replace(matching, strategy="given"), forged).ok


def test_a_solver_s_bound_is_for_the_pairs_it_names_and_no_others_of_that_total():
    scores = [[0.5, 0.5, 0.1], [0.5, 0.5, 0.1]]
    problem = mm.Problem.from_scores(scores, capacity=2, demand=1)
    matching = mm.match(problem, S.Balanced(keep_total=0.9))
    swapped = mm.Matching.from_pairs(
        problem,
        [(i, 1 - j) for i, j in matching.pairs[["mentee", "mentor"]].itertuples(index=False)],
    )
    other = replace(swapped, strategy="balanced", certificate=matching.certificate)
    assert "the certificate is of other pairs" in verify(other).findings


def test_hard_bounds_of_parity_are_checked_and_approved():
    """Verify knew no bound on the coverage but that of a cut, and refused its own certificate."""
    matching = mm.match(
        mm.Problem.from_scores([[1.0], [N]]), S.GroupParity(["a", "b"], max_gap=0.0)
    )
    assert matching.certificate.proven
    assert verify(matching).ok
    unfair = mm.Matching.from_pairs(matching.problem, [(0, 0)])
    other = replace(unfair, strategy="group_parity", certificate=matching.certificate)
    assert not verify(other).ok


@st.composite
def features(draw):
    """Problems with labelled people in two orders of rows."""
    problem = draw(problems())
    n, m = problem.shape
    order = draw(st.permutations(range(n))), draw(st.permutations(range(m)))
    return problem, np.array(order[0], dtype=np.intp), np.array(order[1], dtype=np.intp)


@given(features())
@settings(max_examples=max(10, settings().max_examples // 4))
def test_the_order_of_rows_does_not_change_whose_proof_it_is(given_features):
    problem, rows, columns = given_features
    n, m = problem.shape
    if not n or not m:
        return
    block = problem.compatibility.block(slice(0, n))
    frame = pd.DataFrame(
        np.where(block.eligible, block.scores, N),
        [f"e{i}" for i in range(n)],
        [f"o{j}" for j in range(m)],
    )
    try:
        here = mm.Problem.from_scores(frame, capacity=problem.capacities)
        there = mm.Problem.from_scores(
            frame.iloc[rows, columns], capacity=problem.capacities[columns]
        )
    except mm.MentorMatchError:
        return
    certificate = mm.match(here).certificate
    assert verify(mm.match(there), certificate).ok


def test_what_best_by_says_holds_for_the_worst_off_in_the_smallest_case():
    problem = mm.Problem.from_scores([[0.9, 0.1], [0.8, 0.3]])
    worst, _ = best_by(problem, lambda utilities: utilities[:1])
    assert worst == (0.3,)
    assert mm.match(problem, "maximin").scores.min() == pytest.approx(worst[0])


def test_the_note_of_the_best_stable_matching_names_its_scope():
    """With ties a better stable matching may exist for another order of equal scores."""
    problem = mm.Problem.from_scores([[0.5, 0.5], [0.5, 0.2]])
    notes = " ".join(mm.match(problem, "stable_optimal").notes)
    assert "no matching that is stable for this order of equal scores is better" in notes
