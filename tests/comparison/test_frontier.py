"""Frontiers are those of trying everything, and many problems are matched like one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mentormatch as mm


def all_full_matchings(problem: mm.Problem) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs of every matching that serves as many mentees as possible."""
    n, m = problem.shape
    scores = problem.scores(slice(None), np.nan)
    found: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}
    for choice in product(range(m + 1), repeat=n):
        pairs = [(i, j) for i, j in enumerate(choice) if j < m]
        loads = np.bincount([j for _, j in pairs], minlength=m)
        if (loads <= problem.capacities).all() and not any(np.isnan(scores[p]) for p in pairs):
            rows, columns = (np.array([p[k] for p in pairs], dtype=int) for k in (0, 1))
            found.setdefault(len(pairs), []).append((rows, columns))
    return found[max(found)]


def best_points(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points that no other one beats, best first."""
    kept: list[tuple[float, float]] = []
    for x, y in sorted({(round(a, 9), round(b, 9)) for a, b in points}, reverse=True):
        if not kept or y > kept[-1][1] + 1e-9:
            kept.append((x, y))
    return kept


def corners(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corners of the upper right hull of points that no other one beats."""
    hull: list[tuple[float, float]] = []
    for point in points:
        while len(hull) > 1:
            (x0, y0), (x1, y1) = hull[-2], hull[-1]
            if (x1 - x0) * (point[1] - y0) - (y1 - y0) * (point[0] - x0) <= 1e-12:
                hull.pop()
            else:
                break
        hull.append(point)
    return hull


small = st.integers(0, 10_000).map(
    lambda seed: mm.Problem.from_scores(
        np.random.default_rng(seed).integers(1, 10, (4, 3)) / 10,
        mentor_scores=np.random.default_rng(seed + 1).integers(1, 10, (4, 3)) / 10,
        capacity=np.random.default_rng(seed + 2).integers(1, 3, 3),
    )
)


@settings(max_examples=25)
@given(small)
def test_levels_of_the_worst_off_are_those_of_trying_everything(problem: mm.Problem) -> None:
    scores = problem.scores(slice(None), np.nan)
    points = [
        (float(scores[pairs].sum()), float(scores[pairs].min()))
        for pairs in all_full_matchings(problem)
    ]
    found = mm.frontier(problem, "total", "minimum")
    assert found.complete
    assert found.table["proven"].all()
    expected = np.array(best_points(points))
    np.testing.assert_allclose(found.table[["x", "y"]].to_numpy(), expected, atol=1e-8)


@settings(max_examples=25)
@given(small)
def test_corners_of_two_sums_are_those_of_trying_everything(problem: mm.Problem) -> None:
    block = problem.block(slice(None))
    points = [
        (float(block.mentee_scores[pairs].sum()), float(block.mentor_scores[pairs].sum()))
        for pairs in all_full_matchings(problem)
    ]
    found = mm.frontier(problem, "mentee_total", "mentor_total")
    got = found.table[["x", "y"]].to_numpy()
    assert found.complete
    np.testing.assert_allclose(got, corners(best_points(points)), atol=1e-6)
    # No point beats another, and each is a matching of the problem.
    assert (np.diff(got[:, 0]) < 0).all()
    assert (np.diff(got[:, 1]) > 0).all()
    assert all(isinstance(one, mm.Matching) for one in found.matchings)


def test_first_choices_are_counted_and_an_array_of_ones_own_is_an_aim() -> None:
    problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    found = mm.frontier(problem, "total", "first_choices")
    assert found.table[["x", "y"]].to_numpy().tolist() == [[pytest.approx(1.5), 1.0]]
    own = mm.frontier(problem, "total", [[1, 0], [0, 1]])
    assert own.table["y"].tolist() == [0.0, 2.0]


def test_the_hypervolume_is_the_area_below_the_steps() -> None:
    problem = mm.Problem.from_scores([[0.9, 0.5], [0.5, 0.2]])
    found = mm.frontier(problem)
    assert found.table[["x", "y"]].to_numpy().round(6).tolist() == [[1.1, 0.2], [1.0, 0.5]]
    assert found.hypervolume(0, 0) == pytest.approx(1.1 * 0.2 + 1.0 * 0.3)


def test_the_most_points_are_kept_and_said() -> None:
    problem = mm.Problem.from_scores(np.random.default_rng(0).random((20, 10)), capacity=2)
    found = mm.frontier(problem, points=2)
    assert len(found) <= 2
    assert not found.complete
    assert "there may be more" in repr(found)


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ("minimum", "total", 'The aim "minimum" is no sum'),
        ("joy", "minimum", "x must be one of"),
        (
            "total",
            np.ones((3, 3)),
            r"y must be a finite array of shape \(2, 2\), got shape \(3, 3\)",
        ),
    ],
)
def test_an_aim_that_does_not_fit_is_one_sentence(x: object, y: object, said: str) -> None:
    problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    with pytest.raises(mm.MentorMatchError, match=said):
        mm.frontier(problem, x, y)


def test_many_problems_are_matched_as_each_alone_here_and_by_workers() -> None:
    rng = np.random.default_rng(0)
    many = [mm.Problem.from_scores(rng.random((6, 4)), capacity=2) for _ in range(8)]
    alone = [mm.match(one).pairs for one in many]
    with ThreadPoolExecutor(2) as executor:
        for found in (mm.match_many(many), mm.match_many(many, executor=executor)):
            assert all(one.pairs.equals(other) for one, other in zip(found, alone, strict=True))
