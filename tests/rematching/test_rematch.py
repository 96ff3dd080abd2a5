"""Rematching against trying every matching; chains replayed; what is refused."""

from __future__ import annotations

from importlib import import_module
from itertools import product

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings

import mentormatch as mm
from problems import problems, with_one_mentor_each


@st.composite
def changed_programmes(draw):
    """A matching, and a problem in which people, seats and scores are others."""
    before, after = (with_one_mentor_each(draw(problems(4))) for _ in range(2))
    try:
        was = mm.match(before)
        assume(every_matching(after))
    except mm.InfeasibleError:
        assume(False)
    return was, after


def every_matching(problem):
    """All matchings at one mentor each, as lists of pairs."""
    n, m = problem.shape
    block = problem.block(slice(0, n))
    pinned = {(int(i), int(j)) for i, j in problem.pinned}
    choices = []
    for i in range(n):
        own = [j for j in range(m) if block.eligible[i, j] and problem.demands[i]]
        must = [j for a, j in pinned if a == i]
        choices.append(must or [None, *own])
    found = []
    for chosen in product(*choices):
        loads = np.bincount([j for j in chosen if j is not None], minlength=m)
        if (loads <= problem.capacities).all() and (loads >= problem.minimums).all():
            pairs = [(i, j) for i, j in enumerate(chosen) if j is not None]
            found.append((pairs, sum(float(block.scores[i, j]) for i, j in pairs)))
    return found


def covered(problem, pairs):
    """Mentees served, by class; nothing where only the total counts."""
    if not problem.coverage_first:
        return ()
    classes = problem.priority_classes
    return tuple(np.bincount([classes[i] for i, _ in pairs], minlength=problem.n_classes))


def best_served(problem, found):
    """The matchings that serve as many as possible."""
    most = max(covered(problem, pairs) for pairs, _ in found)
    return [(pairs, total) for pairs, total in found if covered(problem, pairs) == most]


def kept(was, pairs):
    """How many of the pairs of before there are still."""
    return len({tuple(pair) for pair in was.pairs[["mentee", "mentor"]].to_numpy()} & set(pairs))


def check_changes(was, again):
    """Replaying the chains turns what was into what is, and the gains add up."""
    old = {(i, j) for i, j in was.pairs[["mentee", "mentor"]].itertuples(index=False)}
    new = set(zip(again.pairs["mentee"], again.pairs["mentor"], strict=True))
    gone, made, gains = set(), set(), 0.0
    for chain in again.chains:
        assert chain.text()
        for place, step in enumerate(chain.steps):
            gains += step.gain
            if step.was is not None:
                gone.add((step.mentee, step.was))
            if step.now is not None:
                made.add((step.mentee, step.now))
            if place:
                # Who comes after makes room for who was before.
                assert step.was == chain.steps[place - 1].now
                assert step.because == f"makes room for {chain.steps[place - 1].mentee!r}"
    assert (old - gone) | made == new
    assert gone <= old
    assert not made & old
    assert was.total + again.rescored + gains == pytest.approx(again.total, abs=1e-8)
    assert len(again.diff) == sum(len(chain.steps) for chain in again.chains)
    assert again.diff["gain"].sum() == pytest.approx(gains, abs=1e-9)


@given(changed_programmes())
def test_coverage_then_fewest_changes_then_the_total(programmes):
    was, problem = programmes
    again = mm.rematch(was, problem)
    found = best_served(problem, every_matching(problem))
    most = max(kept(was, pairs) for pairs, _ in found)
    best = max(total for pairs, total in found if kept(was, pairs) == most)
    made = list(zip(again.pairs["mentee"], again.pairs["mentor"], strict=True))
    assert covered(problem, made) == covered(problem, found[0][0])
    assert kept(was, made) == most
    assert again.total == pytest.approx(best, abs=1e-7)
    assert again.bound >= best - 1e-7
    assert again.gap <= 1e-5 * max(1, abs(again.total)) + 1e-5
    check_changes(was, again)


@settings(max_examples=max(10, settings().max_examples // 2))
@given(changed_programmes(), st.sampled_from([0.0, 0.25, 1.0]))
def test_a_price_of_a_change_is_weighed_against_the_total(programmes, price):
    was, problem = programmes
    again = mm.rematch(was, problem, change_value=price)
    found = best_served(problem, every_matching(problem))
    best = max(total + price * kept(was, pairs) for pairs, total in found)
    made = list(zip(again.pairs["mentee"], again.pairs["mentor"], strict=True))
    assert again.total + price * kept(was, made) == pytest.approx(best, abs=1e-7)
    assert again.change_value == price
    check_changes(was, again)


@settings(max_examples=max(10, settings().max_examples // 2))
@given(changed_programmes(), st.integers(0, 3))
def test_a_budget_of_changes_has_the_best_total_within_it_or_says_how_many_are_needed(
    programmes, budget
):
    was, problem = programmes
    found = best_served(problem, every_matching(problem))
    fewest = mm.rematch(was, problem)
    most = fewest.fewest + max(kept(was, pairs) for pairs, _ in found)
    within = [total for pairs, total in found if kept(was, pairs) >= most - budget]
    if not within:
        with pytest.raises(mm.InfeasibleError, match=f"but {fewest.fewest} are needed"):
            mm.rematch(was, problem, max_changes=budget)
        return
    again = mm.rematch(was, problem, max_changes=budget)
    assert again.n_changes <= budget
    assert again.total == pytest.approx(max(within), abs=1e-6)
    assert again.gap <= 1e-6
    check_changes(was, again)


def corners_of(points):
    """The points (changes, total) on no line between others and below none; few changes first."""
    best = {}
    for changes, total in points:
        best[changes] = max(total, best.get(changes, -np.inf))
    corners = []
    for changes, total in sorted(best.items()):
        if corners and total <= corners[-1][1] + 1e-9:
            continue
        while len(corners) > 1:
            (x, y), (last, top) = corners[-2:]
            if (top - y) * (changes - x) > (total - y) * (last - x) + 1e-9:
                break
            corners.pop()
        corners.append((changes, total))
    return corners


@settings(max_examples=max(15, settings().max_examples // 2))
@given(changed_programmes())
def test_the_frontier_has_the_corners_of_all_matchings_and_no_others(programmes):
    was, problem = programmes
    found = best_served(problem, every_matching(problem))
    table = mm.rematch_frontier(was, problem)
    fewest = mm.rematch(was, problem).fewest
    most = fewest + max(kept(was, pairs) for pairs, _ in found)
    corners = corners_of([(most - kept(was, pairs), total) for pairs, total in found])
    assert table["changes"].tolist() == [changes for changes, _ in corners]
    assert table["total"].tolist() == pytest.approx([total for _, total in corners], abs=1e-7)


def test_a_frontier_takes_two_matches_and_reaches_what_a_price_reaches(monkeypatch):
    generator = np.random.default_rng(8)
    scores = generator.random((60, 30)).round(2)
    was = mm.match(mm.Problem.from_scores(scores, capacity=2))
    problem = mm.Problem.from_scores((scores + generator.random((60, 30)) / 4).round(2), capacity=2)
    program = import_module("mentormatch.rematching.program")
    asked = []
    monkeypatch.setattr(
        program, "match", lambda *args, **kw: asked.append(1) or mm.match(*args, **kw)
    )
    table = mm.rematch_frontier(was, problem)
    assert len(asked) == 2
    assert len(table) > 5
    for changes, total, price in table.itertuples(index=False):
        again = mm.rematch(was, problem, change_value=price)
        value = again.total - price * again.n_changes
        assert total - price * changes == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_a_frontier_beside_free_seats_reaches_what_a_price_reaches(seed):
    """Guards chains through a free seat, which full mentors and small problems never have."""
    generator = np.random.default_rng(seed)
    scores, capacity = generator.random((18, 9)).round(2), generator.integers(1, 5, 9)
    was = mm.match(mm.Problem.from_scores(scores, capacity=capacity))
    problem = mm.Problem.from_scores(
        (scores + generator.random((18, 9))).round(2),
        capacity=generator.integers(2, 5, 9),
        minimum=generator.integers(0, 2, 9),
    )
    table = mm.rematch_frontier(was, problem)
    assert len(table) > 3
    for changes, total, price in table.itertuples(index=False):
        again = mm.rematch(was, problem, change_value=price)
        value = again.total - price * again.n_changes
        assert total - price * changes == pytest.approx(value, abs=1e-6)


def test_who_loses_a_mentor_is_told_apart_from_who_makes_room():
    scores = pd.DataFrame(
        [[0.9, np.nan, np.nan], [0.8, 0.7, np.nan], [np.nan, 0.9, 0.2]],
        index=["ada", "bob", "cyd"],
        columns=["lin", "max", "ned"],
    )
    was = mm.match(mm.Problem.from_scores(scores.drop(index="ada"), capacity=1))
    assert was.pairs["mentor"].tolist() == ["lin", "max"]
    again = mm.rematch(was, mm.Problem.from_scores(scores, capacity=1))
    (chain,) = again.chains
    assert [step.because for step in chain.steps] == [
        "new",
        "makes room for 'ada'",
        "makes room for 'bob'",
    ]
    assert again.diff["harm"].tolist() == ["", "indirect", "indirect"]
    assert "'bob' goes from 'lin' to 'max': makes room for 'ada'." in chain.text()
    assert "ada" not in chain.text("mentee")
    assert "2 of the pairs that could go on ended (fewest changes)" in repr(again)

    left = mm.rematch(was, mm.Problem.from_scores(scores.drop(columns="lin"), capacity=1))
    because = left.diff.set_index("mentee")["because"]
    assert because["bob"] == "mentor left"
    assert left.diff.set_index("mentee").loc["bob", "harm"] == "direct"


def test_a_pair_to_keep_goes_on_and_one_that_cannot_is_said():
    scores = [[0.1, 0.9], [0.9, 0.1]]
    was = mm.Matching.from_pairs(mm.Problem.from_scores(scores), [(0, 0), (1, 1)])
    problem = mm.Problem.from_scores(scores)
    assert mm.rematch(was, problem, change_value=0).n_changes == 2
    again = mm.rematch(was, problem, change_value=0, keep=[0])
    assert again.n_changes == 0
    assert again.total == pytest.approx(0.2)
    with pytest.raises(mm.InfeasibleError, match="0 with 0 cannot go on: now ineligible"):
        mm.rematch(was, mm.Problem.from_scores([[np.nan, 1.0], [1.0, 1.0]]), keep=[0])
    with pytest.raises(mm.InfeasibleError, match="7 had no such pair before"):
        mm.rematch(was, problem, keep=[7])


def test_the_nearest_stable_matching_keeps_the_most_pairs_of_all_stable_ones():
    # Three stable matchings of a cyclic order; each mentee's second choice is the middle one.
    prefers = {i: [(i + k) % 3 for k in range(3)] for i in range(3)}
    answers = {j: [(j + 1 + k) % 3 for k in range(3)] for j in range(3)}
    problem = mm.Problem.from_preferences(prefers, answers, capacity=1)
    for shift in range(3):
        was = mm.Matching.from_pairs(problem, [(i, (i + shift) % 3) for i in range(3)])
        again = mm.rematch(was, problem, strategy="stable")
        assert again.n_changes == 0
        assert again.blocking_if_kept == 0
    odd = mm.Matching.from_pairs(problem, [(0, 0), (1, 2), (2, 1)])
    again = mm.rematch(odd, problem, strategy="stable")
    assert mm.audit(again).stability.ok
    assert again.n_changes == 2
    assert again.blocking_if_kept > 0


def test_two_modes_at_once_and_impossible_wishes_are_refused_with_the_cure():
    problem = mm.Problem.from_scores([[0.5]])
    was = mm.match(problem)
    with pytest.raises(mm.MentorMatchError, match="two ways to weigh changes"):
        mm.rematch(was, problem, max_changes=1, change_value=0.1)
    with pytest.raises(mm.MentorMatchError, match="max_changes must be a whole number from 0"):
        mm.rematch(was, problem, max_changes=-1)
    with pytest.raises(mm.MentorMatchError, match="change_value must be 0 or more"):
        mm.rematch(was, problem, change_value=-0.5)
    with pytest.raises(mm.MentorMatchError, match="strategy must be 'optimal' or 'stable'"):
        mm.rematch(was, problem, strategy="greedy")
    with pytest.raises(mm.MatchingError, match="need the columns mentee and mentor"):
        mm.rematch(pd.DataFrame({"who": [1]}), problem)
    several = mm.Problem.from_scores([[0.5, 0.4]], demand=2)
    with pytest.raises(mm.MentorMatchError, match='count="pairs"'):
        mm.rematch(mm.match(several), several)
    assert mm.rematch(mm.match(several), several, count="pairs").n_changes == 0


def test_ids_of_another_type_are_not_taken_for_people_who_left() -> None:
    """Everybody was "gone" and "new" once one table of ids was read as text."""
    scores = pd.DataFrame([[0.9, 0.2], [0.3, 0.8]], index=[101, 102], columns=["901", "902"])
    problem = mm.Problem.from_scores(scores)
    with pytest.raises(mm.MatchingError) as caught:
        mm.rematch([(101, 901), (102, "902")], problem)
    said = "there is no mentor 901 (int), but '901' (str)"
    assert said in str(caught.value)
    assert "these people would count as gone" in str(caught.value)
    with pytest.raises(mm.MatchingError, match="'901' is a mentor of the problem"):
        mm.rematch([("901", 101), ("902", 102)], problem)
    # One person may have changed sides, and one who left be called like one who stays.
    assert len(mm.rematch([("901", 101)], problem).pairs) == 2
    mixed = mm.Problem.from_scores(pd.DataFrame([[0.9], [0.6]], index=["7", 8], columns=["n"]))
    assert len(mm.rematch([(7, "m"), ("7", "n")], mixed).pairs) == 1
    # Who has really left has left.
    assert mm.rematch([(101, "901"), (103, "999")], problem).diff["because"].tolist()
