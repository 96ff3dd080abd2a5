"""Priced columns: the exact answer of a large problem from few of its pairs."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch import shortlists
from mentormatch.certificates import certify_multipliers
from mentormatch.compatibility import blocks
from mentormatch.solvers import Limits
from mentormatch.solvers.assignment import opening, priced, pricing, repair
from mentormatch.solvers.flows.integers import IntegerScale, common_step
from mentormatch.strategies.staged.transports import transport_of
from oracles import achieved, best_by_trying_everything
from problems import problems


def tight(n, m, seats, seed=0):
    """Profiles with few dimensions, so that many mentees want the same mentors."""
    rng = np.random.default_rng(seed)
    wants = (rng.random((n, 12)) < 0.3) * rng.random((n, 12))
    offers = (rng.random((m, 12)) < 0.4) * rng.random((m, 12))
    return mm.Problem.from_scores(wants @ offers.T, capacity=seats)


def test_many_ties_are_solved_exactly():
    rng = np.random.default_rng(5)
    scores = rng.integers(0, 12, (900, 300)) / 12
    problem = mm.Problem.from_scores(scores, capacity=3)
    priced, flow = mm.match(problem, engine="priced"), mm.match(problem, engine="flow")
    assert priced.total == pytest.approx(flow.total, abs=1e-9)
    assert priced.certificate.proven
    assert priced.certificate.gap < 1e-9


@pytest.mark.parametrize(
    ("scores", "step"),
    [
        (np.array([1.0, 5.0, 100.0]), 1.0),
        (np.array([0.25, 0.5, 1.0]), 0.25),
        (np.arange(12) / 240, 1 / 240),
        (-np.arange(7) / 12, 1 / 12),
        (np.array([0.0, 0.0]), 0.0),
        (np.array([np.pi, np.e, 1.0]), 0.0),
        (np.array([1.0, -1e-17]), 0.0),
    ],
)
def test_the_common_step_of_scores_is_found_where_there_is_one(scores, step):
    assert common_step(scores) == pytest.approx(step, rel=1e-12)


@given(
    st.integers(1, 500),
    st.lists(st.integers(-400, 400), min_size=1, max_size=40),
    st.integers(1, 60),
)
def test_multiples_of_a_fraction_become_integers_without_error(parts, counts, weight):
    scores = np.array(counts) / parts * weight
    step = common_step(scores)
    if not np.any(counts):
        assert step == 0
        return
    assert step > 0
    scale = IntegerScale.for_scores(
        float(scores.min()), float(scores.max()), nodes=100, keep_zero=True, grid=step
    )
    np.testing.assert_allclose(scale.integers(scores) * scale.step, scores, atol=1e-9 * weight)


@pytest.mark.parametrize(("n", "m", "seats"), [(300, 100, 3), (300, 90, 3), (300, 100, 5)])
def test_priced_columns_agree_with_all_arcs_where_seats_are_scarce_exact_and_plenty(n, m, seats):
    problem = tight(n, m, seats)
    priced, flow = mm.match(problem, engine="priced"), mm.match(problem, engine="flow")
    assert priced.total == pytest.approx(flow.total, abs=1e-9)
    assert priced.certificate.proven
    assert mm.certificates.verify(priced).ok


def test_where_every_seat_is_needed_the_first_columns_are_nearly_enough():
    """Lists of mentees leave seats of some mentors free; once these had no good columns."""
    rng = np.random.default_rng(0)
    n, m, seats = 1200, 300, 4
    wants = (rng.random((n, 24)) < 0.25) * rng.random((n, 24))
    offers = (rng.random((m, 24)) < 0.4) * rng.random((m, 24))
    level = rng.random((8, 8))[rng.integers(0, 8, n)][:, rng.integers(0, 8, m)]
    scores = 0.7 * wants @ offers.T / (wants.sum(axis=1, keepdims=True) + 1e-9) + 0.3 * level
    told = []
    problem = mm.Problem.from_scores(scores, capacity=seats)
    matching = mm.match(problem, engine="priced", progress=told.append)
    assert matching.total == pytest.approx(mm.match(problem, engine="flow").total, abs=1e-9)
    first = next(event for event in told if event.step == "round")
    assert first.gap < 1e-3


@pytest.fixture(params=["no bids", "bids", "bids, tile by tile"])
def few_columns(request, monkeypatch):
    """Short lists and next to no columns kept, so that small problems take many rounds."""
    if request.param == "bids, tile by tile":
        monkeypatch.setattr(blocks, "TILE_COLUMNS", 3)
        monkeypatch.setattr(shortlists, "ROWS_OF_A_BLOCK", 8)
        monkeypatch.setattr(shortlists, "COLLECTED", 1)
        monkeypatch.setattr(shortlists, "MOST_COLLECTED", 1)
        monkeypatch.setattr(pricing, "MARKS", 500)
    few = {shortlists: ("LISTED",), priced: ("KEPT",), opening: ("BID_FOR", "KEPT_AT_FIRST")}
    for module, names in few.items():
        for name in names:
            monkeypatch.setattr(module, name, 1)
    monkeypatch.setattr(priced, "EXTRA", 0)
    for name in ("NEAR_AT_FIRST", "BEST_FOR_A_SEAT"):
        monkeypatch.setattr(opening, name, 0)
    monkeypatch.setattr(opening, "FEWEST_BEST", int(request.param != "no bids"))
    if request.param == "no bids":
        monkeypatch.setattr(opening, "MOST_ROUNDS", 0)
        monkeypatch.setattr(opening, "TRIES", 0)


@given(problem=problems(most=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_every_feature_is_solved_exactly_from_ever_so_few_columns(few_columns, problem):
    best = best_by_trying_everything(problem)
    if best is None:
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem, engine="priced")
        return
    matching = mm.match(problem, engine="priced")
    found = achieved(matching)
    assert found[:2] == best[:2]
    assert found.total == pytest.approx(best.total, abs=1e-9)
    assert matching.certificate.proven, matching.certificate


def test_with_several_mentors_each_a_lift_is_lowered_no_further_than_the_proof_needs(monkeypatch):
    """Once who had a pair in the cut was taken to follow the lift with all its pairs."""
    for name, value in (("KEPT", 1), ("EXTRA", 0)):
        monkeypatch.setattr(priced, name, value)
    monkeypatch.setattr(shortlists, "LISTED", 1)
    for name, value in (("KEPT_AT_FIRST", 1), ("NEAR_AT_FIRST", 0), ("FEWEST_BEST", 0)):
        monkeypatch.setattr(opening, name, value)
    nan = np.nan
    scores = [
        [-0.75, nan, -0.16, 2.49, 0.44],
        [0.53, 1.84, 0.6, -0.98, -0.1],
        [nan, 0.53, -1.57, -1.47, -0.07],
        [nan, nan, -0.31, 1.34, 2.5],
        [1.15, -0.98, 1.03, 0.66, 0.04],
        [0.09, -1.83, -1.09, nan, -1.56],
        [0.24, nan, -0.66, 0.39, -0.11],
    ]
    demand = [3, 0, 0, 1, 3, 0, 3]
    problem = mm.Problem.from_scores(scores, capacity=[2, 3, 1, 1, 3], demand=demand)
    matching = mm.match(problem, engine="priced")
    assert matching.certificate.proven, matching.certificate
    assert mm.certificates.verify(matching).ok


@pytest.mark.parametrize("size", [1e-30, 1e30, 1e99])
def test_scores_of_any_size_that_is_allowed_are_bid_for(size):
    scores = np.random.default_rng(0).random((40, 30)) * size
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        matching = mm.match(mm.Problem.from_scores(scores, 2), engine="priced")
    assert matching.certificate.proven
    flow = mm.match(mm.Problem.from_scores(scores, 2), engine="flow")
    assert matching.total == pytest.approx(flow.total)


@pytest.fixture
def always_repaired(monkeypatch, few_columns):
    """Every round after the first is repaired, however much there is to do."""
    monkeypatch.setattr(repair, "FEW", np.inf)
    done = []

    def counted(*given):
        found = repair.repair_choice(*given)
        done.append(found is not None)
        return found

    monkeypatch.setattr(priced, "repair_choice", counted)
    return done


@st.composite
def one_place_each(draw):
    n, m = draw(st.integers(2, 12)), draw(st.integers(2, 8))
    levels = draw(st.sampled_from([3, 9, 10**6]))
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    scores = rng.integers(-levels, levels + 1, (n, m)) / levels
    scores[rng.random((n, m)) < draw(st.sampled_from([0.0, 0.3, 0.7]))] = np.nan
    capacity = rng.integers(0, 4, m)
    minimum = np.minimum(capacity, rng.random(m) < draw(st.sampled_from([0.0, 0.3])))
    demand = (rng.random(n) < draw(st.sampled_from([0.8, 1.0]))).astype(int)
    return mm.Problem.from_scores(scores, capacity=capacity, minimum=minimum, demand=demand)


@given(problem=one_place_each())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_repaired_rounds_end_where_a_flow_with_all_arcs_does(always_repaired, problem):
    try:
        flow = mm.match(problem, engine="flow")
    except mm.InfeasibleError:
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem, engine="priced")
        return
    matching = mm.match(problem, engine="priced")
    assert len(matching.pairs) == len(flow.pairs)
    assert matching.total == pytest.approx(flow.total, abs=1e-9)
    assert matching.certificate.proven, matching.certificate


@pytest.mark.parametrize(("n", "m", "seats"), [(150, 50, 3), (150, 45, 3), (150, 50, 5)])
def test_most_rounds_can_be_repaired(always_repaired, n, m, seats):
    problem = tight(n, m, seats)
    matching, flow = mm.match(problem, engine="priced"), mm.match(problem, engine="flow")
    assert matching.total == pytest.approx(flow.total, abs=1e-9)
    assert matching.certificate.gap < 1e-9 * len(matching.pairs)
    assert sum(always_repaired) >= 3


def test_where_more_improve_than_a_repair_is_worth_a_flow_is_solved(monkeypatch, always_repaired):
    monkeypatch.setattr(repair, "FEW", 0)
    problem = tight(150, 50, 3)
    matching, flow = mm.match(problem, engine="priced"), mm.match(problem, engine="flow")
    assert matching.total == pytest.approx(flow.total, abs=1e-9)
    assert always_repaired
    assert not any(always_repaired)


def test_coverage_that_the_best_scores_hide_is_found():
    # Everybody prefers the first mentors; the only seats for all are with the last, who score
    # least.
    n, m = 120, 60
    scores = np.full((n, m), np.nan)
    scores[:, :20] = np.linspace(1, 0.5, 20)
    scores[::2, 20:] = 0.01
    matching = mm.match(mm.Problem.from_scores(scores, capacity=1), engine="priced")
    assert matching.certificate.coverage == matching.certificate.coverage_bound == 60
    assert matching.certificate.proven


def test_prices_of_mentors_whom_too_many_need_are_of_the_size_of_scores():
    # 200 mentees may only have 30 of the mentors; the others are free to choose.
    rng = np.random.default_rng(8)
    scores = rng.random((500, 200))
    scores[:200, 30:] = np.nan
    problem = mm.Problem.from_scores(scores, capacity=2)
    priced, flow = mm.match(problem, engine="priced"), mm.match(problem, engine="flow")
    assert priced.certificate.coverage == priced.certificate.coverage_bound == 360
    assert priced.certificate.proven
    assert priced.total == pytest.approx(flow.total, abs=1e-9)
    # Coverage outweighs every score, and still no price exceeds what a score can be.
    assert 0 < priced.certificate.prices[:30].min() <= priced.certificate.prices.max() < 1


def test_minimums_beyond_the_first_candidates_are_met():
    rng = np.random.default_rng(3)
    scores = rng.random((200, 80))
    scores[:, 60:] -= 5
    problem = mm.Problem.from_scores(scores, capacity=4, minimum=1)
    priced, flow = mm.match(problem, engine="priced"), mm.match(problem, engine="flow")
    assert priced.loads.min() >= 1
    assert priced.total == pytest.approx(flow.total, abs=1e-8)
    assert priced.certificate.proven


def test_a_gap_that_is_accepted_ends_the_search_and_is_told_truly():
    problem = tight(600, 200, 3)
    exact = mm.match(problem, engine="priced")
    rough = mm.match(problem, engine="priced", gap=0.05)
    assert exact.total * 0.95 <= rough.total <= exact.total
    assert rough.certificate.bound >= exact.total
    assert rough.certificate.proven == (rough.certificate.gap <= rough.certificate.tolerance)


@given(st.integers(0, 10**6), st.sampled_from([1e-2, 1e-4, 1e-6]), st.booleans())
def test_the_relative_gap_that_was_asked_for_holds(seed, gap, tied):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 20, (360, 120)) / 20 if tied else rng.random((360, 120))
    matching = mm.match(mm.Problem.from_scores(scores, capacity=3), engine="priced", gap=gap)
    found = matching.certificate
    assert found.gap <= gap * max(1, abs(found.objective)) + 1e-9


def test_a_time_limit_gives_the_best_so_far_with_its_true_gap(monkeypatch):
    for name in ("KEPT_AT_FIRST", "NEAR_AT_FIRST", "FEWEST_BEST"):
        monkeypatch.setattr(opening, name, 1)
    problem = tight(600, 200, 3)
    matching = mm.match(problem, engine="priced", time_limit=1e-9)
    exact = mm.match(problem, engine="priced")
    assert not matching.certificate.proven
    assert matching.total < exact.total
    assert matching.certificate.bound >= exact.total
    assert any("time limit" in note for note in matching.notes)


def test_each_round_tells_its_columns_violations_and_a_gap_that_ends_at_zero():
    told = []
    mm.match(
        tight(300, 100, 3),
        engine="priced",
        progress=told.append,
    )
    assert told[0].step == "candidates"
    rounds = [event for event in told if event.step == "round"]
    assert [event.round for event in rounds] == list(range(1, len(rounds) + 1))
    assert {"columns", "violations", "total", "seconds"} <= set(rounds[0].numbers)
    assert rounds[-1].numbers["violations"] == 0
    # What a round says is still to be gained is never less than what was.
    for event in rounds:
        missing = rounds[-1].numbers["total"] - event.numbers["total"]
        assert missing <= event.gap * max(1, abs(event.numbers["total"])) + 1e-9


def test_later_rounds_read_only_those_who_may_have_better_than_their_lists(monkeypatch):
    monkeypatch.setattr(shortlists, "LISTED", 8)
    monkeypatch.setattr(opening, "KEPT_AT_FIRST", 2)
    problem = tight(1200, 400, 3)
    read = []
    matching = mm.match(
        problem,
        engine="priced",
        progress=lambda event: read.append(event.numbers.get("pairs_read")),
    )
    assert matching.certificate.proven
    assert matching.total == pytest.approx(mm.match(problem, engine="flow").total, abs=1e-9)
    assert all(0 <= share <= 1 for share in read[1:])
    assert len(read) > 2
    assert 0 < sum(read[2:]) < 0.5 * (len(read) - 2)


@given(problem=problems(most=6), first=st.integers(0, 6), last=st.integers(0, 6))
def test_some_columns_of_a_block_are_those_of_the_block(problem, first, last):
    n, m = problem.shape
    some = slice(min(first, last, m), min(max(first, last), m))
    for rows in (slice(0, n), np.arange(n)[::-1]):
        whole = problem.open_scores(rows)
        assert np.array_equal(problem.open_scores(rows, some), whole[:, some])
        assert np.array_equal(problem.scores(rows, -1.0, some), problem.scores(rows, -1.0)[:, some])


@pytest.mark.parametrize("engine", ["flow", "priced"])
@pytest.mark.parametrize("seed", range(20))
def test_scores_of_nothing_are_proven_to_be_nothing(engine, seed):
    rng = np.random.default_rng(seed)
    n, m = 40, 15
    capacity = rng.integers(0, 4, m)
    problem = mm.Problem.from_scores(
        np.where(rng.random((n, m)) < 0.8, np.nan, 0.0),
        capacity=capacity,
        minimum=np.minimum(capacity, rng.random(m) < 0.3),
        demand=rng.integers(0, 3, n),
        priority=rng.integers(0, 3, n),
    )
    try:
        matching = mm.match(problem, engine=engine)
    except mm.InfeasibleError:
        return
    assert matching.total == 0
    assert matching.certificate.proven, matching.certificate


# Nothing else is loaded, so that most of the time is that of the match.
SCRIPT = """
import numpy as np
import mentormatch as mm
{tight}
matching = mm.match(tight(400, 130, 3), engine="priced")
print(matching.pairs.to_csv(), matching.certificate.bound)
"""


def test_one_thread_and_two_give_the_same_pairs():
    script = SCRIPT.format(tight=inspect.getsource(tight))
    outputs = []
    for threads in ("1", "2"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        env = {**os.environ, **dict.fromkeys(names, threads)}
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]


def test_very_many_mentees_are_matched_exactly_without_overflow():
    # A million of them: benchmarks/bench_million.py.
    rng = np.random.default_rng(0)
    scores = rng.random((200_000, 2))
    matching = mm.match(mm.Problem.from_scores(scores, capacity=60_000))
    # With both mentors full, the best are those who gain most, split by which mentor they prefer.
    assert len(matching.mentees) == 120_000
    assert matching.certificate.proven
    assert matching.certificate.gap < 1e-3


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12), st.integers(2, 10**8), st.booleans())
@example(0.0, 2.2250738585e-313, 2, False)
def test_a_score_times_the_number_of_nodes_never_leaves_64_bits(a, b, nodes, keep_zero):
    low, high = min(a, b), max(a, b)
    scale = IntegerScale.for_scores(low, high, nodes=nodes, keep_zero=keep_zero)
    whole = scale.integers(np.array([low, high]))
    assert int(np.abs(whole).max()) * nodes < 2**62
    back = whole * scale.step + scale.low
    assert np.abs(back - [low, high]).max() <= scale.error + 1e-12 * (1 + max(abs(a), abs(b)))


@pytest.mark.parametrize("engine", ["flow", "priced"])
def test_scores_of_a_billionth_and_of_a_billion_give_an_honest_gap(engine):
    scores = np.array([[1e9, 1e-9, 0.5], [1e9, 2e-9, 0.25], [-1e9, 3e-9, 1e-9]])
    matching = mm.match(mm.Problem.from_scores(scores), engine=engine)
    best = 1e9 + 0.5 + 3e-9
    assert matching.certificate.bound >= best - 1e-6
    assert matching.total <= matching.certificate.bound
    assert matching.certificate.bound - best <= matching.certificate.gap + 1e-6


@pytest.mark.parametrize("engine", ["scipy", "flow", "priced"])
def test_equal_scores_are_solved_and_proven(engine):
    matching = mm.match(mm.Problem.from_scores(np.full((40, 20), 0.5), capacity=2), engine=engine)
    assert matching.total == pytest.approx(20.0)
    assert matching.certificate.proven


def test_a_search_that_was_stopped_goes_on_from_its_candidates_to_the_same_optimum(monkeypatch):
    # So that there are rounds to stop after.
    monkeypatch.setattr(opening, "MOST_ROUNDS", 0)
    monkeypatch.setattr(opening, "KEPT_AT_FIRST", 1)
    problem = tight(700, 250, 3)
    expected = mm.match(problem, engine="priced")
    transport = transport_of(problem)
    states = []

    class StoppedError(Exception):
        pass

    def keep(state):
        states.append(state)
        raise StoppedError

    for stops in range(3):
        with pytest.raises(StoppedError):
            priced.solve_priced(transport, Limits(), states[-1] if states else None, keep)
        assert states[-1].round == stops
    answer = priced.solve_priced(transport, Limits(), states[-1])
    found = mm.Matching(problem, answer.mentees, answer.mentors)
    assert found.total == pytest.approx(expected.total, abs=1e-9)
    # The prices that were written down bound every total on the way.
    bound = mm.certificates.upper_bound(
        problem, mm.certificates.Multipliers(states[-1].prices, np.zeros(1)), np.zeros(1), 0
    )
    assert bound >= expected.total - 1e-9


@pytest.mark.parametrize("seed", range(12))
def test_a_search_that_goes_on_reads_those_of_whom_nothing_is_known(seed):
    """Who could have no mentor was never read then, and nothing was proven of its class."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 9)), int(rng.integers(1, 4))
    problem = mm.Problem.from_scores(
        rng.integers(-3, 4, (n, m)).astype(float),
        capacity=rng.integers(0, 2, m),
        priority=rng.integers(0, 4, n),
    )
    states = []
    priced.solve_priced(transport_of(problem), Limits(), keep=states.append)
    answer = priced.solve_priced(transport_of(problem), Limits(), states[0])
    matching = mm.Matching(problem, answer.mentees, answer.mentors)
    multipliers = mm.certificates.Multipliers(answer.prices, answer.coverage, answer.seats)
    assert certify_multipliers(matching, multipliers).proven
