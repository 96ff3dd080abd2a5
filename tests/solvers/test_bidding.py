"""Prices of bids are near the best; those of a choice go as near to others as they may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

import mentormatch as mm
from mentormatch.solvers.assignment import opening
from mentormatch.solvers.assignment.pricing import OfferTable
from mentormatch.solvers.flows.arcs import choose_arcs
from mentormatch.solvers.flows.columns import PairColumns
from mentormatch.solvers.flows.potentials import ArcList, find_potentials, raise_towards
from mentormatch.strategies.staged.transports import transport_of
from problems import problems

if TYPE_CHECKING:
    from mentormatch.solvers.flows.transport import Transport


def columns_of(transport: Transport) -> PairColumns:
    """All open pairs."""
    scores = transport.dense()
    mentees, mentors = np.nonzero(scores > -np.inf)
    n, m = scores.shape
    return PairColumns.empty(n, m).with_pairs(mentees, mentors, scores[mentees, mentors])


@st.composite
def one_place_each(draw):
    """Problems with ties, people without anybody, mentors without a seat and negative scores."""
    n, m = draw(st.integers(1, 9)), draw(st.integers(1, 6))
    levels = draw(st.sampled_from([1, 3, 10**6]))
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    scores = rng.integers(-levels, levels + 1, (n, m)) / levels
    scores[rng.random((n, m)) < draw(st.sampled_from([0.0, 0.3, 0.7]))] = np.nan
    demand = (rng.random(n) < 0.9).astype(int)
    coverage_first = draw(st.booleans())
    return mm.Problem.from_scores(
        scores, capacity=rng.integers(0, 4, m), demand=demand, coverage_first=coverage_first
    )


@given(st.integers(0, 2**20), st.integers(1, 12), st.integers(1, 6), st.booleans())
def test_bids_that_go_on_to_their_end_bound_the_best_total_to_a_step_each(seed, n, m, tied):
    """Bertsekas 1979: an auction that serves everybody is within a step of each from the best."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (n, m)) / 4 if tied else rng.random((n, m))
    capacity = rng.multinomial(n, np.full(m, 1 / m)) + rng.integers(0, 2, m)
    problem = mm.Problem.from_scores(scores, capacity=capacity)
    transport = transport_of(problem)
    columns = columns_of(transport)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(opening, "MOST_ROUNDS", 10**6)
        patched.setattr(opening, "FEW_LEFT", 0.0)
        patched.setattr(opening, "STILL_LEFT", 1.0)
        prices, values, free = opening.bid_for_seats(transport, columns, np.zeros(columns.m))
    # Everybody has a seat in the end, and none is looked for.
    assert not len(free)
    best = mm.match(problem, engine="flow").total
    bound = float(prices @ capacity + values.sum())
    step = opening.STEP * float(np.ptp(columns.scores)) if len(columns) else 0.0
    unsold = float((prices * capacity).sum()) if n < capacity.sum() else 0.0
    assert bound >= best - 1e-9
    # Prices end at the spread of scores, which says nothing more of those that were above.
    if not (prices < np.ptp(columns.scores)).all():
        return
    # What is paid for seats that stay free is the only other loss; these were never bid for.
    assert bound <= best + n * step + unsold + 1e-9
    if n == capacity.sum():
        assert bound <= best + n * step + 1e-9


@given(problem=problems(most=6))
def test_a_new_pair_has_to_beat_the_last_of_the_columns_a_mentee_wants(problem):
    transport = transport_of(problem)
    columns = columns_of(transport)
    prices, values, _ = opening.bid_for_seats(transport, columns, np.zeros(columns.m))
    least = -np.inf if problem.coverage_first else 0.0
    for i in range(columns.n):
        mine = columns.mentees == i
        if not mine.any():
            assert values[i] == np.inf
        else:
            ranked = np.sort(columns.scores[mine] - prices[columns.mentors[mine]])[::-1]
            wanted = max(1, min(int(transport.demand[i]), len(ranked)))
            assert values[i] == max(ranked[wanted - 1], least)
    assert (prices >= 0).all()
    assert (prices <= np.ptp(columns.scores) if len(columns) else prices == 0).all()


@given(st.integers(0, 2**20), st.integers(1, 12), st.integers(1, 6))
def test_whom_a_free_seat_costs_least_is_found_mentor_by_mentor(seed, n, m):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (n, m)) / 4
    scores[rng.random((n, m)) < 0.3] = np.nan
    problem = mm.Problem.from_scores(scores, capacity=rng.integers(1, 3, m))
    transport = transport_of(problem)
    values = np.where(rng.random(n) < 0.2, np.inf, rng.random(n))
    free = np.flatnonzero(rng.random(m) < 0.7)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(opening, "BEST_FOR_A_SEAT", 1)
        patched.setattr(opening, "FEWEST_BEST", 1)
        mentees, mentors = opening._best_mentees(OfferTable(transport), free, values)
    assert set(mentors) <= set(free)
    assert np.isfinite(values[mentees]).all()
    loss = values[:, None] - transport.dense()
    for j in free:
        could = np.sort(loss[np.isfinite(values) & (loss[:, j] < np.inf), j])
        taken = np.sort(loss[mentees[mentors == j], j])
        assert taken == pytest.approx(could[: transport.capacity[j]])


@given(problem=one_place_each(), aims=st.integers(0, 2**20))
def test_prices_rise_as_near_to_others_as_the_choice_stays_proven(problem, aims):
    """Compared with a linear program: the highest prices below the aim that prove the choice."""
    transport = transport_of(problem)
    columns = columns_of(transport)
    if not len(columns):
        return
    picked, error = choose_arcs(transport, columns.mentees, columns.mentors, columns.scores)
    chosen = np.zeros(len(columns), dtype=bool)
    chosen[picked] = True
    arcs = ArcList(columns.mentees, columns.mentors, columns.scores, chosen)
    lowest = find_potentials(transport, arcs, 2 * error)
    aim = np.random.default_rng(aims).random(columns.m) * 2
    servable = np.diff(columns.first) > 0
    raised = raise_towards(transport, arcs, lowest, aim, servable)
    n, m = columns.n, columns.m
    own = np.full(n, -1)
    own[columns.mentees[chosen]] = columns.mentors[chosen]
    score = np.full((n, m), -np.inf)
    score[columns.mentees, columns.mentors] = columns.scores
    lacking = (own < 0) & (transport.demand > 0) & (score > -np.inf).any(axis=1)
    # Of whoever holds a: s_ia − p_a ≥ s_ij − p_j, and no less than being without is worth.
    rows, limits = [], []
    for i in np.flatnonzero(own >= 0):
        for j in np.flatnonzero(score[i] > -np.inf):
            if j != own[i]:
                row = np.zeros(m)
                row[own[i]], row[j] = 1, -1
                rows.append(row)
                limits.append(score[i, own[i]] - score[i, j])
        if lacking.any() or not problem.coverage_first:
            row = np.zeros(m)
            row[own[i]] = 1
            rows.append(row)
            limits.append(score[i, own[i]] + lowest.nobody[0])
    loads = np.bincount(own[own >= 0], minlength=m)
    full = loads >= transport.capacity
    bounds = [
        (low, max(low, want) if is_full else low)
        for low, want, is_full in zip(lowest.prices, aim, full, strict=True)
    ]
    found = linprog(
        -np.ones(m),
        A_ub=np.array(rows) if rows else None,
        b_ub=np.array(limits) + 1e-12 if rows else None,
        bounds=bounds,
    )
    assert found.status == 0
    assert raised.prices == pytest.approx(found.x, abs=1e-7)
    assert (raised.prices >= lowest.prices).all()
    if problem.coverage_first and not lacking.any() and (own >= 0).any():
        held = own >= 0
        assert raised.nobody[0] >= (raised.prices[own[held]] - score[held, own[held]]).max()


def test_whoever_wants_several_mentors_keeps_its_prices():
    problem = mm.Problem.from_scores([[0.5, 0.25], [0.75, 0.5]], capacity=2, demand=2)
    transport = transport_of(problem)
    columns = columns_of(transport)
    arcs = ArcList(columns.mentees, columns.mentors, columns.scores, np.ones(4, dtype=bool))
    lowest = find_potentials(transport, arcs, 0.0)
    assert raise_towards(transport, arcs, lowest, np.ones(2), np.ones(2, dtype=bool)) is lowest


@pytest.mark.parametrize("kind", ["alike", "factors", "more mentees than seats"])
@pytest.mark.parametrize("bids", [0, 40])
def test_where_all_want_the_same_mentors_the_optimum_is_that_of_a_flow(monkeypatch, kind, bids):
    """Bids for a few dozen offers end far off here, and one free seat is best for all."""
    monkeypatch.setattr(opening, "MOST_ROUNDS", bids)
    rng = np.random.default_rng(4)
    n, m, seats = 600, 300, 2 if kind != "more mentees than seats" else 1
    scores = 0.7 * rng.random(m) + 0.3 * rng.random((n, m))
    if kind == "factors":
        scores = rng.random((n, 4)) @ rng.random((4, m))
    problem = mm.Problem.from_scores(scores, capacity=seats)
    matching, flow = mm.match(problem, engine="priced"), mm.match(problem, engine="flow")
    assert matching.certificate.proven
    assert len(matching.pairs) == len(flow.pairs)
    assert matching.total == pytest.approx(flow.total, abs=1e-8)


def test_seats_cost_what_they_are_better_than_the_last_one_where_all_think_alike():
    quality = np.array([0.9, 0.1, 0.7, 0.5, 0.3])
    problem = mm.Problem.from_scores(np.tile(quality, (6, 1)), capacity=[2, 2, 2, 2, 2])
    prices = opening._prices_of_the_typical(OfferTable(transport_of(problem)))
    # Six mentees take the seats of three mentors; the third of them is the last.
    assert prices == pytest.approx([0.4, 0.0, 0.2, 0.0, 0.0])
    rng = np.random.default_rng(0)
    unlike = mm.Problem.from_scores(rng.random((400, 40)), capacity=10)
    assert not opening._prices_of_the_typical(OfferTable(transport_of(unlike))).any()


def test_where_all_are_served_and_no_seat_is_free_prices_do_not_rise_together():
    """They were {0: 0.76, 1: 1.0}, and one more seat adds nothing."""
    problem = mm.Problem.from_scores([[0, 1], [0.75, 0]])
    for engine in ("priced", "flow"):
        matching = mm.match(problem, engine=engine)
        assert matching.certificate.proven
        assert matching.certificate.prices.min() == pytest.approx(0.0, abs=1e-9), engine


@given(st.integers(0, 2**20), st.integers(2, 8), st.booleans())
def test_of_full_seats_and_served_mentees_some_seat_costs_no_more_than_it_must(seed, m, tied):
    rng = np.random.default_rng(seed)
    capacity = rng.integers(1, 4, m)
    n = int(capacity.sum())
    scores = rng.integers(0, 4, (n, m)) / 4 if tied else rng.random((n, m))
    problem = mm.Problem.from_scores(scores, capacity=capacity)
    priced, flow = (mm.match(problem, engine=engine) for engine in ("priced", "flow"))
    assert priced.certificate.proven
    assert mm.certificates.verify(priced).ok
    # The flow's are the lowest of all that prove it.
    assert (priced.certificate.prices >= flow.certificate.prices - 1e-9).all()
    assert priced.certificate.prices.min() == pytest.approx(0.0, abs=1e-9)
