"""Pareto-optimality at any size: sets of bits against sparse graphs, known answers, limits."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from scipy.sparse import csgraph

import mentormatch as mm
from mentormatch.audits import pareto
from mentormatch.audits.stability import bit_rows
from mentormatch.audits.stability.bit_rows import (
    BitRows,
    as_bits,
    nodes_of,
    shortest_path,
    strong_components,
)
from stable_oracles import all_matchings, sides, two_sided

# The function has the module's name in the package.
MODULE = sys.modules["mentormatch.audits.stability.pareto"]


@st.composite
def graphs(draw, most=12):
    """Arcs as a bool array (nodes, nodes), from few to nearly all, without loops."""
    n = draw(st.integers(1, most))
    arcs = draw(hnp.arrays(np.bool_, (n, n), elements=st.booleans()))
    sparser = draw(hnp.arrays(np.bool_, (n, n), elements=st.booleans()))
    arcs = draw(st.sampled_from([arcs, arcs & sparser, arcs | sparser]))
    np.fill_diagonal(arcs, False)
    return arcs


def rows_of(arcs):
    return [as_bits(row) for row in arcs]


def components_by_scipy(arcs, chosen):
    kept = arcs & chosen[:, None] & chosen
    _, labels = csgraph.connected_components(
        sparse.csr_array(kept), directed=True, connection="strong"
    )
    sets = {frozenset(np.flatnonzero(labels == one).tolist()) for one in labels[chosen]}
    return {one for one in sets if len(one) > 1}


@given(arcs=graphs(), data=st.data())
def test_components_of_bits_are_those_of_the_sparse_graph(arcs, data):
    chosen = data.draw(hnp.arrays(np.bool_, len(arcs), elements=st.sampled_from([True, True, 0])))
    rows = rows_of(arcs)
    found = [
        frozenset(nodes_of(one).tolist())
        for one in strong_components(rows.__getitem__, as_bits(chosen))
    ]
    assert len(set(found)) == len(found)
    assert set(found) == components_by_scipy(arcs, chosen)
    event(f"{len(found)} components")


@pytest.mark.parametrize("share", [0.0005, 0.002, 0.02, 0.9])
def test_components_and_paths_of_large_graphs_agree_with_scipy(share):
    rng = np.random.default_rng(1)
    # An order that most arcs follow makes many components, of which some are large.
    arcs = np.triu(rng.random((1_500, 1_500)) < share) | (rng.random((1_500, 1_500)) < 0.0005)
    np.fill_diagonal(arcs, False)
    shuffled = rng.permutation(len(arcs))
    arcs = arcs[np.ix_(shuffled, shuffled)]
    rows = rows_of(arcs)
    everybody = np.ones(len(arcs), dtype=bool)
    found = list(strong_components(rows.__getitem__, as_bits(everybody)))
    assert {frozenset(nodes_of(one).tolist()) for one in found} == components_by_scipy(
        arcs, everybody
    )
    assert found
    start, *_, end = nodes_of(max(found, key=int.bit_count)).tolist()
    path = shortest_path(rows.__getitem__, start, end)
    steps = csgraph.shortest_path(sparse.csr_array(arcs), unweighted=True, indices=start)
    assert (path[0], path[-1], len(path) - 1) == (start, end, steps[end])
    assert arcs[path[:-1], path[1:]].all()


def test_a_cycle_longer_than_any_recursion_is_one_component():
    n = 20_000
    [whole] = strong_components(lambda node: 1 << (node + 1) % n, (1 << n) - 1)
    assert whole == (1 << n) - 1


@pytest.mark.parametrize("short", [0, 64])
@given(parts=st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 299))), max_size=8))
def test_rows_keep_what_was_added_to_them_however_they_are_kept(short, parts):
    expected = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bit_rows, "SHORT", short)
        rows = BitRows(300)
        for node, heads in parts:
            bits = np.zeros(300, dtype=bool)
            bits[list(heads)] = True
            rows.add(node, np.packbits(bits, bitorder="little"))
            expected[node] = expected.get(node, set()) | heads
    for node in range(4):
        assert set(nodes_of(rows[node]).tolist()) == expected.get(node, set())
        assert (node in rows) == bool(expected.get(node))
    sizes = [len(heads) for heads in expected.values() if heads]
    smallest = [38 if short else min(38, 4 * size) for size in sizes]
    assert rows.nbytes == sum(smallest)


@pytest.mark.parametrize("rows", [1, 2, 100])
@given(data=st.data(), problem=two_sided(most=4, several=False, pins=True))
def test_minimums_ties_and_blocks_of_any_size_against_every_matching(rows, data, problem):
    every = sorted(all_matchings(problem), key=sorted)
    pairs = every[data.draw(st.integers(0, len(every) - 1))]
    u, _ = sides(problem)
    n, m = problem.shape
    loads = np.bincount([j for _, j in pairs], minlength=m)
    minimum = [data.draw(st.integers(0, int(load))) for load in loads]
    problem = replace(problem, minimum=minimum)

    def worth(chosen):
        of = dict(chosen)
        return np.array([u[i, of[i]] if i in of else -np.inf for i in range(n)])

    mine = worth(pairs)
    improvable = any(
        (np.bincount([j for _, j in other], minlength=m) >= minimum).all()
        and (worth(other) >= mine).all()
        and (worth(other) > mine).any()
        for other in every
    )
    matching = mm.Matching.from_pairs(problem, sorted(pairs))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            MODULE,
            "row_slices",
            lambda n, _: (slice(k, min(k + rows, n)) for k in range(0, n, rows)),
        )
        found = pareto(matching)
    event("improvable" if improvable else "optimal")
    assert found.is_optimal == (not improvable)
    if improvable:
        improves(problem, found, pairs)


def improves(problem, found, pairs):
    """The changes keep the rules, hurt nobody and help somebody; at one mentor each."""
    u, _ = sides(problem)
    changed = dict(pairs)
    assert found.improvement["mentee"].is_unique
    for move in found.improvement.itertuples(index=False):
        assert changed.get(move.mentee) == move.now
        changed[move.mentee] = move.then
    loads = np.bincount(list(changed.values()), minlength=problem.shape[1])
    assert (loads <= problem.capacities).all()
    assert (loads >= problem.minimums).all()
    gains = [
        u[i, changed[i]] - (u[i, dict(pairs)[i]] if i in dict(pairs) else -np.inf)
        for i in found.improvement["mentee"]
    ]
    assert min(gains) >= 0
    assert max(gains) > 0


@pytest.fixture(scope="module")
def large():
    """Strict lists of 6,000 mentees over 2,500 mentors, all of much the same taste."""
    rng = np.random.default_rng(5)
    scores = 3 * rng.random(2_500) + rng.random((6_000, 2_500))
    return mm.Problem.from_scores(scores, capacity=2)


@pytest.fixture(scope="module")
def run_serial(large):
    return mm.match(large, "serial_dictatorship")


def test_choosing_in_turn_leaves_nothing_to_improve_among_thousands(large, run_serial):
    found = pareto(run_serial)
    assert found.is_optimal
    assert not len(found.improvement)
    # Millions of better places: it is not for want of wishes.
    u, _ = sides(large)
    held = u[run_serial.mentees, run_serial.mentors]
    assert np.count_nonzero(u[run_serial.mentees] > held[:, None]) > 2_000_000


@pytest.mark.parametrize("seed", range(3))
def test_two_who_would_rather_have_each_others_places_are_found_among_thousands(
    large, run_serial, seed
):
    u, _ = sides(large)
    i, j = run_serial.mentees, run_serial.mentors
    order = np.random.default_rng(seed).permutation(len(i))
    one = order[0]
    # The other loses by it as well, so changing back helps both.
    both = (u[i, j[one]] < u[i, j]) & (u[i[one], j] < u[i[one], j[one]])
    other = next(k for k in order if both[k])
    worse = j.copy()
    worse[[one, other]] = j[[other, one]]
    pairs = list(zip(i.tolist(), worse.tolist(), strict=True))
    found = pareto(mm.Matching.from_pairs(large, pairs))
    assert found.is_optimal is False
    improves(large, found, pairs)


def test_an_improvement_is_reported_even_where_not_all_places_can_be_kept(monkeypatch):
    rng = np.random.default_rng(0)
    problem = mm.Problem.from_scores(rng.random((40, 30)), capacity=2)
    matching = mm.match(problem, "random")
    monkeypatch.setattr(MODULE, "MOST_BYTES", 0)
    found = pareto(matching)
    assert found.is_optimal is False
    improves(problem, found, list(zip(matching.mentees, matching.mentors, strict=True)))


def test_too_many_better_places_to_keep_are_said_with_the_cure(monkeypatch):
    problem = mm.Problem.from_scores([[2.0, 1.0], [2.0, 1.0]])
    matching = mm.match(problem, "serial_dictatorship")
    monkeypatch.setattr(MODULE, "MOST_BYTES", 0)
    found = pareto(matching)
    assert found.is_optimal is None
    assert not len(found.improvement)
    assert found.note.startswith(
        "not examined: which of 2 mentors are better than which takes more than 0 GiB"
    )
    assert "make weak pairs ineligible with min_score" in found.note
