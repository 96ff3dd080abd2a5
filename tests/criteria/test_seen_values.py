"""What a search has seen saves reading in the proof, and changes no bit of it."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from made_up_cohorts import cohorts, mixtures

import mentormatch as mm
from mentormatch import passes, shortlists
from mentormatch.certificates import Multipliers, certify_multipliers, see_along
from mentormatch.certificates.bounds import seen as seen_module
from mentormatch.certificates.bounds.seen import SeenValues, is_fast
from mentormatch.compatibility import blocks
from mentormatch.solvers import Limits
from mentormatch.solvers.assignment import priced
from mentormatch.strategies.staged.transports import transport_of
from mentormatch.strategies.total import optimal

LADDER = ["intern", "junior", "mid", "senior", "staff", "principal"]


@cache
def scored_people(n, m):
    """Everybody with everybody; no test changes it."""
    cohort = mm.datasets.it_program(n, m, seed=3)
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants_to_learn", offers="can_teach", weight=4),
        mm.criteria.LevelGap(mentee="level", mentor="level", ladder=LADDER, weight=2),
        mm.criteria.Different("team"),
    )
    return criteria.score(cohort, precision="float32")


def programme(n=400, m=2100, **numbers):
    """Mentors enough for three tiles, and few seats, so that prices differ."""
    capacity = np.where(np.arange(m) % 7 == 0, 1, 0)
    return mm.Problem(scored_people(n, m), capacity=capacity, **numbers)


def values_of(problem, prices):
    """s − p of all pairs that are open, in float64 from pairs scored one by one."""
    n, m = problem.shape
    scores = np.asarray(
        problem.pairs(np.repeat(np.arange(n), m), np.tile(np.arange(m), n)).scores, np.float64
    ).reshape(n, m)
    closed = np.isneginf(problem.open_scores(slice(0, n)))
    return np.where(closed, -np.inf, scores - prices)


def check_lists(lists, truth, prices):
    """Listed pairs are what they say, and no other open one is above its bound."""
    wanting = lists.bound_best(prices) > -np.inf
    others = truth.copy()
    line, place = np.nonzero(lists.scores > -np.inf)
    mentors = lists.mentors[line, place]
    assert len(np.unique(line * truth.shape[1] + mentors)) == len(line)
    exact = truth[line, mentors] + prices[mentors]
    assert (np.abs(lists.scores[line, place] - exact) <= lists.slack + 1e-12 * np.abs(exact)).all()
    others[line, mentors] = -np.inf
    bound = lists.bound_others(prices)
    assert (bound >= others.max(axis=1))[wanting].all()
    assert (lists.bound_best(prices) >= truth.max(axis=1))[wanting].all()


def full(matching, multipliers):
    return certify_multipliers(matching, multipliers).to_dict()


@pytest.fixture
def shares(monkeypatch):
    """Which share of the pairs each look at what is near has read."""
    found = []

    def counted(read, problem, asked, tasks, take, *, pairs):
        found.append(pairs / (problem.shape[0] * problem.shape[1]))
        passes.run_pass(read, problem, asked, tasks, take, pairs=pairs)

    monkeypatch.setattr(seen_module, "run_pass", counted)
    return found


@settings(max_examples=max(10, settings().max_examples // 4))
@given(cohort=cohorts(), criteria=mixtures(), data=st.data())
def test_no_open_pair_is_above_its_bound_and_the_proof_is_that_of_a_whole_pass(
    cohort, criteria, data
):
    """After any prices, and whoever was read in between, or nobody at all."""
    price = st.sampled_from([0.0, 0.125, 0.1, 1.0, -0.5, 3e5, 1 / 3])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "TILE_COLUMNS", data.draw(st.sampled_from([1, 2, 1024])))
        patch.setattr(shortlists, "LISTED", data.draw(st.sampled_from([1, 2, 96])))
        patch.setattr(shortlists, "ROWS_OF_A_BLOCK", data.draw(st.sampled_from([1, 2, 512])))
        patch.setattr(shortlists, "COLLECTED", data.draw(st.sampled_from([0.5, 2])))
        patch.setattr(shortlists, "MOST_COLLECTED", data.draw(st.sampled_from([1, 4])))
        scored = criteria.score(cohort, precision="float32")
        n, m = scored.shape
        assume(n * m > 0)
        capacity = [data.draw(st.sampled_from([0, 1, 2])) for _ in range(m)]
        pins, held = [], int(np.argmax(capacity))
        if capacity[held] and scored.block(slice(0, 1)).eligible[0, held]:
            pins = [(scored.mentee_ids[0], scored.mentor_ids[held])]
        more = data.draw(st.sampled_from([{}, {"min_score": 0.3}, {"pins": pins}]))
        problem = mm.Problem(
            scored,
            capacity=capacity,
            **more,
            coverage_first=data.draw(st.booleans()),
        )
        assume(is_fast(problem))
        seen = SeenValues(problem)
        others = seen.lists.bound_others(np.zeros(m))
        for _ in range(data.draw(st.integers(0, 4))):
            prices = np.array([data.draw(price) for _ in range(m)])
            rows = np.flatnonzero([data.draw(st.booleans()) for _ in range(n)])
            seen.lists.read(rows, prices)
            prices = np.array([data.draw(price) for _ in range(m)])
            others = seen.lists.bound_others(prices)
            check_lists(seen.lists, values_of(problem, prices), prices)
        event(f"some listed: {(seen.lists.scores > -np.inf).any()}")
        event(f"some not listed: {np.isfinite(others).any()}")
        matching = mm.match(problem)
        given_prices = Multipliers(
            np.array([data.draw(price) for _ in range(m)]),
            np.array([data.draw(price) for _ in range(problem.n_classes)]),
            data.draw(st.sampled_from([0.0, 0.1])),
        )
        found = certify_multipliers(matching, given_prices, seen=seen)
        assert found.to_dict() == full(matching, given_prices)


@pytest.mark.parametrize(
    "numbers",
    [
        {},
        {"coverage_first": False},
        {"min_score": 0.45},
        {"priority": np.arange(400) % 3},
        {"demand": np.arange(400) % 2},
    ],
    ids=lambda numbers: ", ".join(numbers) or "plain",
)
def test_a_match_reads_less_for_its_proof_and_gets_the_same_bits(numbers, shares, monkeypatch):
    problem = programme(**numbers)
    found = mm.match(problem, engine="priced")
    assert sum(shares) < 0.1
    monkeypatch.setattr(optimal, "see_along", lambda _: None)
    expected = mm.match(problem, engine="priced")
    assert found.certificate.proven
    assert found.pairs.equals(expected.pairs)
    assert found.certificate.to_dict() == expected.certificate.to_dict()
    assert mm.certificates.verify(found).ok


def test_any_executor_gives_the_same_bits_and_reads_as_little(shares, monkeypatch):
    problem = programme()
    monkeypatch.setattr(passes, "SMALL_PASS", 0)
    expected = mm.match(problem, engine="priced")
    read = sum(shares)
    for make in (
        lambda: ThreadPoolExecutor(1),
        lambda: ThreadPoolExecutor(8),
        lambda: ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")),
    ):
        shares.clear()
        with make() as executor:
            found = mm.match(problem, engine="priced", executor=executor)
        assert found.certificate.to_dict() == expected.certificate.to_dict()
        assert sum(shares) == read


def test_wrong_prices_are_not_proven_by_what_was_seen():
    problem = programme()
    seen = see_along(problem)
    answer = priced.solve_priced(transport_of(problem, seen), Limits())
    matching = mm.Matching(problem, answer.mentees, answer.mentors)
    right = Multipliers(answer.prices, answer.coverage, answer.seats)
    for prices in (np.zeros(problem.shape[1]), 0.9 * answer.prices, answer.prices + 0.01):
        wrong = Multipliers(prices, answer.coverage, answer.seats)
        found = certify_multipliers(matching, wrong, seen=seen)
        assert not found.proven
        assert found.to_dict() == full(matching, wrong)
    # And after all these prices the right ones are still proven.
    assert certify_multipliers(matching, right, seen=seen).to_dict() == full(matching, right)


def test_a_value_that_no_pair_reaches_is_not_believed():
    """Whoever says too much of its own pair is read whole; otherwise the bound would be too low."""
    problem = programme(40)
    n, m = problem.shape
    seen, prices = see_along(problem), np.zeros(m)
    rows = np.arange(n)
    seen.lists.read(rows, prices)
    truth = values_of(problem, prices).max(axis=1)
    found = seen.best_values(prices, np.where(rows % 2, 1e3, truth), np.full(n, -np.inf))
    assert (found == truth).all()
    other = mm.Matching(problem, rows[:1], np.array([1]), check=False)
    nothing = Multipliers(prices, np.zeros(1))
    assert certify_multipliers(other, nothing, seen=seen).bound == full(other, nothing)["bound"]


def test_what_was_seen_of_another_problem_is_not_used(monkeypatch):
    problem, other = programme(40), programme(40, min_score=0.45)
    matching = mm.match(problem, engine="flow")
    seen = see_along(other)
    monkeypatch.setattr(SeenValues, "best_values", None)
    nothing = Multipliers(np.zeros(problem.shape[1]), np.zeros(1))
    found = certify_multipliers(matching, nothing, seen=seen)
    assert found.to_dict() == full(matching, nothing)


def test_a_search_that_goes_on_has_seen_everything_again(shares):
    problem = programme()
    states = []
    priced.solve_priced(transport_of(problem), Limits(), keep=states.append)
    seen = see_along(problem)
    answer = priced.solve_priced(transport_of(problem, seen), Limits(), states[-1])
    assert (seen.lists.bound_best(answer.prices) < np.inf).all()
    matching = mm.Matching(problem, answer.mentees, answer.mentors)
    multipliers = Multipliers(answer.prices, answer.coverage, answer.seats)
    found = certify_multipliers(matching, multipliers, seen=seen)
    assert found.proven
    assert sum(shares) < 0.1
    assert found.to_dict() == full(matching, multipliers)


def test_nothing_is_kept_where_a_proof_would_not_gain_by_it():
    assert see_along(programme()) is not None
    assert see_along(programme(40, demand=2)) is None
    assert see_along(programme(40, 150)) is None
    assert see_along(mm.Problem.from_scores(np.ones((3, 3000)))) is None


@pytest.mark.parametrize("far", [np.inf, 1e39, -1e39])
def test_after_prices_beyond_float32_nothing_is_taken_for_closed(far):
    problem = mm.Problem(programme(40).compatibility)
    table = SeenValues(problem)
    n, m = problem.shape
    truth = values_of(problem, np.zeros(m))
    for price in (0.0, far, 0.0):
        prices = np.zeros(m)
        prices[: m // 2] = price
        table.lists.read(np.arange(0, n, 2), prices)
        assert (table.lists.bound_best(np.zeros(m)) >= truth.max(axis=1)).all()
        if np.isfinite(price):
            check_lists(table.lists, truth, np.zeros(m))
