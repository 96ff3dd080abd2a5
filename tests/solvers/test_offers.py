"""Short lists and the offers in them: never too low, however prices move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch import shortlists
from mentormatch.compatibility import blocks
from mentormatch.compatibility.blocks import column_slices
from mentormatch.shortlists import ShortLists
from mentormatch.solvers.assignment import pricing
from mentormatch.solvers.assignment.pricing import OfferTable, find_surplus
from mentormatch.solvers.flows.columns import PairColumns
from mentormatch.strategies.staged.transports import transport_of

KNOWN = np.finfo(np.float64).max


def profiles(n, m):
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants_to_learn", offers="can_teach"),
        mm.criteria.Different("team"),
    )
    cohort = mm.datasets.it_program(n, m, seed=5)
    return mm.Problem(criteria.score(cohort, precision="float32"), capacity=1)


def given_scores(n, m):
    scores = np.random.default_rng(1).normal(size=(n, m))
    return mm.Problem.from_scores(np.where(scores < -1, np.nan, scores))


@pytest.mark.parametrize(
    ("make", "dtype"),
    [(profiles, np.float32), (given_scores, np.float64)],
    ids=["profiles", "given"],
)
def test_what_beats_a_threshold_is_found_however_prices_move(make, dtype, monkeypatch):
    """Over blocks of mentees that do not come out even, with some pairs among the columns."""
    monkeypatch.setattr(shortlists, "ROWS_AT_ONCE", 33)
    monkeypatch.setattr(shortlists, "ROWS_OF_A_BLOCK", 16)
    monkeypatch.setattr(shortlists, "LISTED", 7)
    # Columns are better than the thresholds here, as they are not in a search: lists are whole.
    monkeypatch.setattr(shortlists, "SAMPLED", 1)
    monkeypatch.setattr(pricing, "MARKS", 400)
    n, m = 110, 130
    transport = transport_of(make(n, m))
    scores = transport.dense()
    offers = OfferTable(transport)
    assert offers.lists.scores.dtype == dtype
    rng = np.random.default_rng(2)
    columns = PairColumns.empty(n, m)
    shares = []
    for move in range(6):
        prices = rng.random(m) * 10.0 ** rng.integers(-3, 3)
        values = scores - prices
        values[columns.mentees, columns.mentors] = -np.inf
        best = values.max(axis=1)
        # Few are asked for, so that most mentees are only bounded.
        threshold = best - rng.choice([-0.2, 0.1], n, p=[0.8, 0.2]) if move else np.full(n, KNOWN)
        shares.append(offers.update(prices, threshold, columns))
        surplus = find_surplus(transport, offers, threshold)
        found = np.full(n, -np.inf)
        np.maximum.at(found, np.arange(n), surplus.max(axis=1))
        true = best - threshold
        far = np.abs(true) > 4 * offers.lists.slack + 1e-9
        assert ((found > 0) == (true > 0))[far].all()
        np.testing.assert_allclose(found[true > 0], true[true > 0], atol=1e-5)
        mentees = np.repeat(np.arange(n), 2)
        mentors = offers.lists.mentors[:, :2].ravel()
        columns = columns.with_pairs(mentees, mentors, scores[mentees, mentors])
    assert shares[0] == 1.0
    assert min(shares) < 0.99


@given(
    data=st.data(),
    n=st.integers(1, 7),
    m=st.integers(1, 9),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_lists_hold_the_best_pairs_and_bound_the_others_at_any_prices(data, n, m, dtype):
    """Whole numbers and halves, so that nothing is rounded and many pairs are equal."""
    number = st.sampled_from([-np.inf, -2.0, -0.5, -0.0, 0.0, 0.5, 1.0, 1.5])
    scores = np.array([[data.draw(number) for _ in range(m)] for _ in range(n)], dtype=dtype)
    demand = np.array([data.draw(st.integers(0, 3)) for _ in range(n)])
    is_open = np.array([data.draw(st.booleans()) for _ in range(m)])
    scores[:, ~is_open] = -np.inf
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "TILE_COLUMNS", data.draw(st.sampled_from([1, 2, 1024])))
        patch.setattr(shortlists, "LISTED", data.draw(st.sampled_from([1, 2, 96])))
        patch.setattr(shortlists, "ROWS_OF_A_BLOCK", data.draw(st.sampled_from([1, 2, 512])))
        patch.setattr(shortlists, "COLLECTED", data.draw(st.sampled_from([0.1, 2])))
        patch.setattr(shortlists, "MOST_COLLECTED", data.draw(st.sampled_from([1, 4])))
        patch.setattr(shortlists, "GIVEN_PAIR", data.draw(st.sampled_from([0.1, 1, 128])))
        patch.setattr(shortlists, "PAIRS_AT_ONCE", data.draw(st.sampled_from([1, 3, 8192])))
        tiles = column_slices(m)

        def read(rows, some):
            return (scores[rows][:, tile] for tile in some)

        lists = ShortLists(read, tiles, demand, is_open, np.dtype(dtype), 0.0)
        whole = st.sampled_from([0.0, 0.5, 1.0, -1.0])
        for _ in range(data.draw(st.integers(1, 3))):
            prices = np.array([data.draw(whole) for _ in range(m)])
            rows = np.flatnonzero([d and data.draw(st.booleans()) for d in demand])
            lists.read(rows, prices)
            now = scores - prices
            for row in rows:
                size = (lists.scores[row] > -np.inf).sum()
                listed = lists.mentors[row, :size]
                assert len(set(listed)) == size
                assert (lists.scores[row, :size] == scores[row, listed]).all()
                best = np.sort(now[row])[::-1]
                assert (np.sort(now[row, listed])[::-1] == best[:size]).all()
                assert (np.diff(now[row, listed].astype(np.float32)) <= 0).all()
            later = np.array([data.draw(whole) for _ in range(m)])
            bound = lists.bound_others(later)
            threshold = np.array([data.draw(whole) for _ in range(n)])
            left = lists.find_open(later, threshold, lambda i, j: np.asarray(scores[i, j], float))
            assert (np.isposinf(bound)[left] | (bound > threshold)[left]).all()
            for row in range(n):
                size = (lists.scores[row] > -np.inf).sum()
                others = np.delete(scores[row] - later, lists.mentors[row, :size])
                if demand[row]:
                    assert bound[row] >= others.max(initial=-np.inf)
                    assert row in left or others.max(initial=-np.inf) <= threshold[row]
                else:
                    assert bound[row] == -np.inf


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("width", [600, 1800])
def test_of_many_equal_pairs_mentees_do_not_all_list_the_same(dtype, width):
    """Else nearly all mentees would want the first mentors, and most seats would stay unseen."""
    n, m = 1200, width
    lists = ShortLists(
        lambda rows, some: (np.ones((len(rows), t.stop - t.start), dtype) for t in some),
        column_slices(m),
        np.ones(n, dtype=np.int64),
        np.ones(m, dtype=bool),
        np.dtype(dtype),
        0.0,
    )
    lists.read(np.arange(n), np.zeros(m))
    listed = np.bincount(lists.mentors.ravel(), minlength=m)
    assert listed.min() > 0.5 * listed.mean()
    assert listed.max() < 2 * listed.mean()


def test_whoever_wants_many_mentors_lists_more_than_that():
    """Else all that is listed may be chosen already, and nothing is said of the next one."""
    n, m = 6, 300
    problem = mm.Problem.from_scores(
        np.random.default_rng(3).random((n, m)), demand=[150, 1, 1, 120, 1, 0], capacity=2
    )
    matching = mm.match(problem, engine="priced")
    assert matching.certificate.proven
    assert matching.total == pytest.approx(mm.match(problem, engine="flow").total, abs=1e-9)
    assert OfferTable(transport_of(problem)).lists.mentors.shape == (n, 181)


def test_what_float32_cannot_tell_apart_is_bounded_by_the_larger_one(monkeypatch):
    monkeypatch.setattr(shortlists, "LISTED", 2)
    scores = 1.0 + 1e-9 * np.random.default_rng(4).permuted(
        np.tile(np.arange(50.0), (9, 1)), axis=1
    )
    lists = ShortLists(
        lambda rows, some: (scores[rows][:, tile] for tile in some),
        column_slices(50),
        np.ones(9, dtype=np.int64),
        np.ones(50, dtype=bool),
        np.dtype(np.float64),
        0.0,
    )
    lists.read(np.arange(9), np.zeros(50))
    others = scores.copy()
    np.put_along_axis(others, lists.mentors, -np.inf, axis=1)
    assert (lists.bound_others(np.zeros(50)) >= others.max(axis=1)).all()


def lists_of(scores, demand=1):
    """Short lists of given scores, read once at no price."""
    n, m = scores.shape
    lists = ShortLists(
        lambda rows, some: (scores[rows][:, tile] for tile in some),
        column_slices(m),
        np.full(n, demand),
        np.ones(m, dtype=bool),
        scores.dtype,
        0.0,
    )
    lists.read(np.arange(n), np.zeros(m))
    return lists


def test_what_was_left_out_first_is_not_forgotten_when_more_is_left_out():
    """Nearly equal pairs of the middle tile were once left out, and then bounded by less."""
    scores = np.zeros((1, 1500))
    scores[0, 500:1000] = 1 + 1e-9 * np.random.default_rng(0).permutation(500)
    lists = lists_of(scores)
    others = np.delete(scores[0], lists.mentors[0])
    assert lists.bound_others(np.zeros(1500))[0] >= others.max()
    assert sorted(scores[0, lists.mentors[0]]) == sorted(scores[0])[-len(lists.mentors[0]) :]


@pytest.mark.parametrize("size", [1e-60, 1e9, 1e39, 1e99])
def test_numbers_that_float32_cannot_hold_or_tell_apart_are_searched_to_their_end(size):
    rng = np.random.default_rng(5)
    scores = rng.random((40, 300)) * size if size != 1e9 else rng.random((40, 300)) + size
    problem = mm.Problem.from_scores(scores, capacity=1)
    found, best = (mm.match(problem, engine=engine) for engine in ("priced", "flow"))
    spread = np.ptp(scores)
    assert abs(found.total - best.total) <= 1e-6 * spread + 1e-14 * abs(best.total)


def test_a_list_is_no_shorter_than_what_somebody_wants_wherever_the_best_stand():
    scores = np.random.default_rng(6).random((3, 6200))
    scores[:, :700] += 10
    problem = mm.Problem.from_scores(scores, demand=100, capacity=3, coverage_first=False)
    found = mm.match(problem, engine="priced")
    # Seats are enough for everybody, so that each has its hundred best.
    assert found.total == pytest.approx(np.sort(scores, axis=1)[:, -100:].sum(), abs=1e-9)
    assert found.certificate.proven


def test_who_has_every_mentor_listed_is_not_read_again():
    lists = lists_of(np.ones((2, 3)))
    assert np.isneginf(lists.bound_others(np.zeros(3))).all()


@pytest.mark.parametrize("fallen", [1, 3, 40, 3000])
def test_where_few_prices_fell_only_those_who_gain_by_them_are_read_again(fallen):
    """One mentor of a thousand whose price fell far made all pairs of everybody be read again."""
    n, m = 300, 5000
    scores = np.random.default_rng(8).random((n, m))
    lists = lists_of(scores)
    prices = np.zeros(m)
    prices[np.random.default_rng(9).choice(m, fallen, replace=False)] = -0.015
    values = scores - prices
    # What each has: somewhat more than the last listed pair.
    threshold = np.sort(scores, axis=1)[:, -60]
    np.put_along_axis(values, lists.mentors, -np.inf, axis=1)
    gain = np.flatnonzero((values > threshold[:, None]).any(axis=1))
    assert (lists.bound_others(prices) > threshold).sum() > 0.9 * n
    left = lists.find_open(prices, threshold, lambda i, j: scores[i, j])
    assert set(gain) <= set(left)
    assert len(left) == (len(gain) if fallen < 3000 else n)


def test_those_who_want_hundreds_of_mentors_are_proven_to_get_them():
    problem = mm.Problem.from_scores(
        np.random.default_rng(7).random((60, 1200)), demand=600, capacity=60
    )
    matching = mm.match(problem, engine="priced")
    assert matching.certificate.proven
    assert len(matching.pairs) == 60 * 600
