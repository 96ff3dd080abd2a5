"""All points of a frontier are those of trying everything, whatever the rules; bounds hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.comparison import attainment_surfaces
from mentormatch.comparison.frontiers import between
from mentormatch.comparison.frontiers.corners import Search
from mentormatch.solvers.programs.milp import MixedProgram
from side_oracles import dense_problems, every_with_rules, served_best

FEW = settings(max_examples=max(6, settings().max_examples // 10), deadline=None)


def second_aim(problem: mm.Problem) -> np.ndarray:
    """Values of pairs that have little to do with the scores."""
    return np.random.default_rng(1).integers(0, 6, problem.shape) / 4


def points_of(problem: mm.Problem, made: np.ndarray, y: np.ndarray | None) -> np.ndarray:
    """What every matching reaches: its total, and the sum of y or its lowest score."""
    scores = problem.scores(slice(None), np.nan)
    total = np.where(made, scores, 0.0).sum(axis=(1, 2))
    if y is not None:
        return np.column_stack([total, np.where(made, y, 0.0).sum(axis=(1, 2))])
    return np.column_stack([total, np.where(made, scores, np.inf).min(axis=(1, 2))])


def without_dominated(points: np.ndarray, blur: float = 1e-9) -> np.ndarray:
    """Points that no other one beats, the best in the first aim first."""
    kept: list[np.ndarray] = []
    for point in points[np.lexsort((-points[:, 1], -points[:, 0].round(9)))]:
        if not kept or point[1] > kept[-1][1] + blur:
            kept.append(point)
    return np.array(kept).reshape(-1, 2)


def assert_same_points(found: np.ndarray, expected: np.ndarray, blur: float) -> None:
    """Every point of one is, up to a blur, one of the other."""
    for these, those in ((found, expected), (expected, found)):
        for point in these:
            assert (np.abs(those - point) <= blur).all(axis=1).any(), (point, found, expected)


@FEW
@given(dense_problems(4))
def test_every_point_is_found_and_bounded_whatever_the_rules(
    drawn: tuple[mm.Problem, dict[str, Any]],
) -> None:
    problem, rules = drawn
    made = served_best(problem, every_with_rules(problem, rules))
    y = second_aim(problem)
    if not len(made):
        with pytest.raises(mm.InfeasibleError):
            mm.frontier(problem, "total", y)
        return
    every = points_of(problem, made, y)
    found = mm.frontier(problem, "total", y, points=500, between=500)
    got = found.table[["x", "y"]].to_numpy()
    size = max(1.0, float(np.nanmax(np.abs(problem.scores(slice(None), np.nan)), initial=0.0)))
    assert found.complete
    assert found.table["proven"].all()
    assert found.verify() == ()
    assert_same_points(got, without_dominated(every), 2e-5 * size)
    for row in found.table.itertuples():
        most = every[every[:, 1] >= row.y - 1e-9][:, 0].max()
        assert most - 1e-6 * size <= row.bound <= row.x + 1e-5 * size
        assert row.bound <= row.bound_by_prices + 1e-12


@FEW
@given(dense_problems(4))
def test_levels_of_the_worst_off_are_those_of_trying_everything_whatever_the_rules(
    drawn: tuple[mm.Problem, dict[str, Any]],
) -> None:
    problem, rules = drawn
    made = served_best(problem, every_with_rules(problem, rules))
    made = made[made.any(axis=(1, 2))] if problem.coverage_first else made[:0]
    if not len(made):
        return
    found = mm.frontier(problem, "total", "minimum")
    expected = without_dominated(points_of(problem, made, None))
    assert found.complete
    assert found.verify() == ()
    assert_same_points(found.table[["x", "y"]].to_numpy(), expected, 1e-6)


def two_sided(n: int, m: int, seed: int, capacity: int = 2) -> mm.Problem:
    rng = np.random.default_rng(seed)
    return mm.Problem.from_scores(
        rng.random((n, m)), mentor_scores=rng.random((n, m)), capacity=capacity
    )


def test_a_point_between_rests_on_the_solver_and_prices_show_how_much_it_can_be_off() -> None:
    problem = two_sided(7, 5, 3)
    corners = mm.frontier(problem, "mentee_total", "mentor_total")
    found = mm.frontier(problem, "mentee_total", "mentor_total", between=50)
    inner = found.table[found.table["kind"] == "between"]
    assert len(inner)
    assert set(inner["proven_by"]) <= {"HiGHS", "prices"}
    assert (inner["bound_by_prices"] >= inner["bound"]).all()
    assert (inner["bound_by_prices"] - inner["x"] > 1e-3).any()
    assert (corners.table["proven_by"] == "prices").all()
    assert found.hypervolume(0, 0) > corners.hypervolume(0, 0)


def test_a_frontier_that_was_changed_does_not_verify() -> None:
    found = mm.frontier(two_sided(6, 4, 0), "mentee_total", "mentor_total")
    assert found.verify() == ()
    better = found.table.assign(x=found.table["x"] + 0.1)
    assert any("reaches" in text for text in replace(found, table=better).verify())
    # The first point stands once more, as if it were another.
    twice = found.table.iloc[[0, *range(len(found))]]
    again = replace(found, table=twice, matchings=(found.matchings[0], *found.matchings))
    assert any("is no better than the one before" in text for text in again.verify())
    assert replace(found, aims=None).verify() == ("the frontier does not say what its aims are",)
    fewer = replace(found, proofs=found.proofs[:1])
    assert any("is not proven by its prices" in text for text in fewer.verify())
    assert any("its prices show" in text for text in fewer.verify())
    other = mm.frontier(two_sided(6, 4, 1), "mentee_total", "mentor_total")
    swapped = replace(found, proofs=other.proofs)
    assert any("was not made of the scores" in text for text in swapped.verify())


def test_where_time_is_short_points_say_that_they_are_not_proven() -> None:
    problem = two_sided(25, 10, 0, 3)
    found = mm.frontier(problem, "mentee_total", "mentor_total", between=3, time_limit=0.02)
    assert not found.complete
    open_ = found.table[~found.table["proven"]]
    assert (open_["proven_by"] == "").all()
    assert (open_["bound"] > open_["x"]).all()
    assert found.verify() == ()


def test_between_corners_all_pairs_lead_to_what_the_open_ones_lead_to(monkeypatch) -> None:
    problem = two_sided(6, 4, 0)
    some = mm.frontier(problem, "mentee_total", "mentor_total", between=20)
    monkeypatch.setattr(between, "pairs_left_open", lambda *_: None)
    every = mm.frontier(problem, "mentee_total", "mentor_total", between=20)
    np.testing.assert_allclose(every.table[["x", "y"]], some.table[["x", "y"]], atol=1e-6)


def test_a_point_of_which_a_tolerance_broke_a_rule_is_no_point(monkeypatch) -> None:
    held = Search.held

    def broken(self, mentees, mentors, engine):
        if "branching" in engine:
            raise mm.MatchingError("hours are not kept")
        return held(self, mentees, mentors, engine)

    problem = two_sided(8, 5, 0, 2)
    corners = mm.frontier(problem, "mentee_total", "mentor_total")
    monkeypatch.setattr(Search, "held", broken)
    cut = mm.frontier(problem, "mentee_total", "mentor_total", between=6)
    assert not cut.complete
    assert cut.table[["x", "y"]].equals(corners.table[["x", "y"]])


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_search_between_corners_that_fails_leaves_the_points_that_are_there(
    monkeypatch, failing
) -> None:
    problem = two_sided(8, 5, 0, 2)
    whole = mm.frontier(problem, "mentee_total", "mentor_total", between=6)
    calls, maximise = [], MixedProgram.maximise

    def sometimes(self, *given, **named):
        calls.append(1)
        if len(calls) >= failing:
            raise mm.SolverError("no time")
        return maximise(self, *given, **named)

    monkeypatch.setattr(MixedProgram, "maximise", sometimes)
    cut = mm.frontier(problem, "mentee_total", "mentor_total", between=6)
    assert not cut.complete
    assert "there may be more" in repr(cut)
    assert len(cut) < len(whole)
    assert cut.verify() == ()


def test_the_hypervolume_is_that_of_moocore() -> None:
    moocore = pytest.importorskip("moocore")
    for seed in range(3):
        found = mm.frontier(two_sided(6, 4, seed), "mentee_total", "mentor_total", between=4)
        points = found.table[["x", "y"]].to_numpy()
        theirs = moocore.hypervolume(points, ref=[1.0, 1.5], maximise=True)
        assert found.hypervolume(1.0, 1.5) == pytest.approx(theirs)
        assert moocore.is_nondominated(points, maximise=True).all()


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from([(0.1, 0.5, 0.9), (0.25, 1.0)]))
def test_attainment_surfaces_are_those_of_moocore(seed: int, levels: tuple[float, ...]) -> None:
    moocore = pytest.importorskip("moocore")
    rng = np.random.default_rng(seed)
    sets = [
        without_dominated(rng.integers(0, 12, (rng.integers(1, 8), 2)).astype(float))
        for _ in range(10)
    ]
    ours = attainment_surfaces(sets, levels)
    owner = np.repeat(range(10), [len(one) for one in sets])
    percentiles = [100 * level for level in levels]
    theirs = moocore.eaf(-np.vstack(sets), owner, percentiles=percentiles)
    for level in levels:
        mine = ours[ours["level"] == level][["x", "y"]].to_numpy()
        rows = theirs[np.isclose(theirs[:, 2], 100 * level)][:, :2]
        expected = -rows[np.argsort(rows[:, 0])]
        np.testing.assert_allclose(mine, expected)


def test_the_median_surface_over_scenarios_lies_between_the_tenth_and_nine_tenths() -> None:
    found = [
        mm.frontier(two_sided(8, 5, seed), "mentee_total", "mentor_total") for seed in range(9)
    ]
    surfaces = attainment_surfaces(found)
    for x in np.linspace(2, 7, 11):
        reached = [
            surfaces[(surfaces["level"] == level) & (surfaces["x"] >= x)]["y"].max()
            for level in (0.1, 0.5, 0.9)
        ]
        present = [y for y in reached if not np.isnan(y)]
        assert present == sorted(present, reverse=True)


def test_surfaces_of_nothing_or_of_other_aims_are_one_sentence() -> None:
    with pytest.raises(mm.MentorMatchError, match="at least one frontier"):
        attainment_surfaces([])
    one, other = (mm.frontier(two_sided(4, 3, 0), *aims) for aims in ((), ("total", "total")))
    with pytest.raises(mm.MentorMatchError, match="the same two aims, got total and minimum; "):
        attainment_surfaces([one, other])
    with pytest.raises(mm.MentorMatchError, match=r"levels must be above 0 and at most 1, got 0"):
        attainment_surfaces([one], (0, 0.5))


def test_the_chart_leaves_hollow_what_is_not_proven() -> None:
    pytest.importorskip("altair")
    found = mm.frontier(two_sided(7, 5, 3), "mentee_total", "mentor_total", between=50)
    drawn = found.plot().to_dict()
    said = str(drawn)
    assert "proven by prices" in said
    assert "proven by a solver's bound" in said
    assert "'transparent'" in said
