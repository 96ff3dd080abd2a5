"""Competition and agreement are what their definitions say, and a map leads to what is near."""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import stats

import mentormatch as mm
from mentormatch.comparison import map_instances, place_of
from problems import problems

NARROW = {"one list": 0.9, "lists of their own": 0.0}


def families(seed: int = 0) -> dict[str, list[mm.Problem]]:
    return {
        name: [
            mm.datasets.market("mallows", 20, 8, seats=2, correlation=agreement, seed=seed + k)
            for k in range(2)
        ]
        for name, agreement in NARROW.items()
    }


def mean_correlation(values: np.ndarray) -> float:
    """Spearman's correlation of every two rows, one by one."""
    with warnings.catch_warnings():
        # Of people to whom all are alike it is not defined.
        warnings.simplefilter("ignore")
        found = [stats.spearmanr(one, two).statistic for one, two in combinations(values, 2)]
    known = [one for one in found if not np.isnan(one)]
    return float(np.mean(known)) if known else np.nan


def excess(problem: mm.Problem) -> float:
    """First choices beyond capacity, counted one by one."""
    block, wanted = problem.block(slice(None)), np.zeros(problem.shape[1])
    for wishes, eligible in zip(block.mentee_scores, block.eligible, strict=True):
        options = [j for j in range(len(wishes)) if eligible[j]]
        first = [j for j in options if wishes[j] == max(wishes[k] for k in options)]
        for j in first:
            wanted[j] += 1 / len(first)
    return sum(max(0.0, w - q) for w, q in zip(wanted, problem.capacities, strict=True)) / max(
        problem.shape[0], 1
    )


@settings(max_examples=30)
@given(problems(most=5))
def test_a_place_is_that_of_counting_and_of_every_two_people(problem: mm.Problem) -> None:
    place, block = place_of(problem), problem.block(slice(None))
    assert place.competition == pytest.approx(excess(problem), abs=1e-9)
    sides = (
        np.where(block.eligible, side, -np.inf)
        for side in (block.mentee_scores, block.mentor_scores)
    )
    wishes, theirs = sides
    for mine, values in ((place.mentees_agree, wishes), (place.mentors_agree, theirs.T)):
        # One candidate is no order; spearmanr refuses it.
        expected = mean_correlation(values) if values.shape[1] > 1 and len(values) > 1 else np.nan
        assert mine == pytest.approx(expected, abs=1e-9, nan_ok=True)


def test_where_all_want_one_mentor_competition_is_what_it_cannot_take() -> None:
    problem = mm.Problem.from_scores(np.tile([0.9, 0.5, 0.1], (10, 1)), capacity=4)
    place = place_of(problem)
    assert place.competition == pytest.approx(0.6)
    assert place.mentees_agree == pytest.approx(1.0)
    # To each mentor all mentees are alike.
    assert np.isnan(place.mentors_agree)
    assert place.agreement == pytest.approx(1.0)
    assert place_of(mm.Problem.from_scores(np.eye(6))).competition == 0


def test_a_place_does_not_depend_on_the_order_of_people_or_the_scale_of_scores() -> None:
    rng = np.random.default_rng(0)
    mine, theirs = rng.random((30, 9)), rng.random((30, 9))
    rows, columns = rng.permutation(30), rng.permutation(9)
    one = place_of(mm.Problem.from_scores(mine, mentor_scores=theirs, capacity=2))
    for change in (lambda v: v[rows][:, columns], lambda v: v**3):
        two = place_of(
            mm.Problem.from_scores(change(mine), mentor_scores=change(theirs), capacity=2)
        )
        assert two.competition == pytest.approx(one.competition)
        assert two.mentees_agree == pytest.approx(one.mentees_agree)
        assert two.mentors_agree == pytest.approx(one.mentors_agree)


def test_more_agreement_in_a_market_is_more_agreement_and_competition_on_the_map() -> None:
    places = [
        place_of(mm.datasets.market("mallows", 80, 30, seats=2, correlation=c))
        for c in (0.0, 0.3, 0.6, 0.9, 1.0)
    ]
    assert (np.diff([one.agreement for one in places]) > 0).all()
    assert (np.diff([one.competition for one in places]) > 0).all()
    assert places[0].agreement == pytest.approx(0.0, abs=0.03)
    assert places[-1].agreement == pytest.approx(1.0)


def test_ranks_of_a_large_problem_are_those_of_some_mentees(monkeypatch) -> None:
    from mentormatch.comparison import places

    problem = mm.datasets.market("mallows", 400, 12, seats=3, correlation=0.5)
    whole = place_of(problem)
    monkeypatch.setattr(places, "MOST_PAIRS", 1200)
    some = place_of(problem)
    assert some.competition == whole.competition
    assert some.agreement == pytest.approx(whole.agreement, abs=0.05)
    assert some.agreement != whole.agreement


def test_yours_is_beside_the_family_it_was_drawn_from() -> None:
    own = mm.datasets.market("mallows", 20, 8, seats=2, correlation=0.9, seed=9)
    found = map_instances(own, ["optimal", "stable"], known=families(), neighbours=2)
    assert set(found.near) == {"one list 1", "one list 2"}
    assert found.table["instance"].tolist()[-1] == mm.comparison.OWN
    assert found.sentence.startswith("Yours (competition ")
    assert "is most like one list" in found.sentence
    # What it says is what `compare` finds on the neighbours.
    runs = found.runs.pivot_table(index="instance", columns="strategy", values="total")
    share = (runs["stable"] / runs["optimal"]).mean() - 1
    assert f"stable has {share:+.1%} of the total score" in found.sentence
    assert found.runs["verified"].all()


def test_the_families_that_come_with_the_map_are_as_tight_as_yours() -> None:
    own = mm.datasets.market("euclidean", 12, 4, seats=3)
    found = map_instances(own, ["optimal"], neighbours=1)
    assert set(found.table["mentees"]) == {12}
    assert set(found.table["mentors"]) == {4}
    assert len(found.near) == 1
    assert "no other strategy was run" in found.sentence


def test_the_chart_has_a_star_and_rings_and_none_where_there_is_no_problem_of_yours() -> None:
    pytest.importorskip("altair", reason="charts are an extra")
    pytest.importorskip("vl_convert", reason="charts are an extra")
    known = families()
    own = mm.datasets.market("mallows", 20, 8, seats=2)
    assert len(map_instances(own, ["optimal"], known=known).plot().to_dict()["layer"]) == 3
    bare = map_instances(known=known)
    assert bare.near == ()
    assert len(bare.plot().to_dict()["layer"]) == 2
    assert "No problem of yours" in repr(bare)


def test_what_is_no_problem_is_one_sentence() -> None:
    with pytest.raises(mm.MentorMatchError, match="needs a Problem, got str"):
        map_instances("mine")
    with pytest.raises(mm.MentorMatchError, match="nothing to put on the map"):
        map_instances(known={})
    with pytest.raises(mm.MentorMatchError, match="as 'friends 1', needs a Problem, got int"):
        map_instances(known={"friends": [1, 2]})
