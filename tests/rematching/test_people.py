"""People of either side who lose somebody they could have kept, against trying everything."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from itertools import chain, combinations, product

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings

import mentormatch as mm
from mentormatch.rematching.fewest_people import FewestPeople
from problems import problems, with_one_mentor_each

program = import_module("mentormatch.rematching.program")


def subsets(pairs):
    return chain.from_iterable(combinations(pairs, size) for size in range(len(pairs) + 1))


def has_room(problem, pairs):
    """Whether nobody has more of these pairs than places."""
    n, m = problem.shape
    return bool(
        (np.bincount([i for i, _ in pairs], minlength=n) <= problem.demands).all()
        and (np.bincount([j for _, j in pairs], minlength=m) <= problem.capacities).all()
    )


def could_go_on(was, problem):
    """Every largest set of earlier pairs that all have a place today."""
    n, m = problem.shape
    eligible = problem.block(slice(0, n)).eligible
    before = [
        (i, j)
        for i, j in was.pairs[["mentee", "mentor"]].itertuples(index=False)
        if i < n and j < m and eligible[i, j]
    ]
    sets = [set(some) for some in subsets(before) if has_room(problem, some)]
    most = max(map(len, sets))
    return [one for one in sets if len(one) == most]


def people_who_lose(sets, made):
    """The fewest people with a pair that could have gone on and did not."""
    made = set(made)
    return min(
        len({("mentee", i) for i, _ in one - made} | {("mentor", j) for _, j in one - made})
        for one in sets
    )


def every_matching(problem):
    """All matchings, with what coverage counts, and the total."""
    n, m = problem.shape
    block = problem.block(slice(0, n))
    pinned = {(int(i), int(j)) for i, j in problem.pinned}
    choices = []
    for i in range(n):
        must = {j for a, j in pinned if a == i}
        own = [j for j in range(m) if block.eligible[i, j]]
        sizes = range(int(problem.demands[i]) + 1)
        options = chain.from_iterable(combinations(own, size) for size in sizes)
        choices.append([some for some in options if must <= set(some)])
    found = []
    for chosen in product(*choices):
        pairs = [(i, j) for i, some in enumerate(chosen) for j in some]
        loads = np.bincount([j for _, j in pairs], minlength=m)
        if (loads <= problem.capacities).all() and (loads >= problem.minimums).all():
            served = [problem.priority_classes[i] for i, some in enumerate(chosen) if some]
            covered = tuple(np.bincount(served, minlength=problem.n_classes))
            rank = (covered, len(pairs)) if problem.coverage_first else ()
            total = sum(float(block.scores[i, j]) for i, j in pairs)
            found.append((rank, pairs, total))
    most = max(rank for rank, _, _ in found) if found else ()
    return [(pairs, total) for rank, pairs, total in found if rank == most]


@st.composite
def changed_programmes(draw):
    """A matching of before and today's problem, at one mentor each or several."""
    single = draw(st.booleans())
    drawn = [draw(problems(4 if single else 3)) for _ in range(2)]
    before, after = map(with_one_mentor_each, drawn) if single else drawn
    try:
        was = mm.match(before)
        mm.match(after)
    except mm.InfeasibleError:
        assume(False)
    return was, after


@settings(max_examples=max(30, settings().max_examples))
@given(changed_programmes(), st.sampled_from([0.0, 0.25, 1.0]), st.integers(0, 5))
def test_fewest_people_a_price_and_a_budget_are_those_of_trying_everything(
    programmes, price, budget
):
    was, problem = programmes
    sets = could_go_on(was, problem)
    found = [
        (people_who_lose(sets, pairs), total, pairs) for pairs, total in every_matching(problem)
    ]
    fewest = min(people for people, _, _ in found)

    def made_by(again):
        made = list(zip(again.mentees.tolist(), again.mentors.tolist(), strict=True))
        assert again.n_changes == people_who_lose(sets, made) == len(again.people)
        assert again.count == "people"
        if again.status is mm.Status.OPTIMAL:
            assert again.gap <= 2e-6 * max(1.0, abs(again.total))
        return again

    few = made_by(mm.rematch(was, problem, count="people"))
    best = max(total for people, total, _ in found if people == fewest)
    assert few.n_changes == few.fewest == fewest
    assert few.total == pytest.approx(best, abs=1e-6)
    assert few.status is mm.Status.OPTIMAL

    priced = made_by(mm.rematch(was, problem, count="people", change_value=price))
    value = max(total - price * people for people, total, _ in found)
    assert priced.total - price * priced.n_changes == pytest.approx(value, abs=1e-6)
    assert priced.status is mm.Status.OPTIMAL

    within = [total for people, total, _ in found if people <= budget]
    if not within:
        with pytest.raises(mm.InfeasibleError, match=f"but {fewest} are needed"):
            mm.rematch(was, problem, count="people", max_changes=budget)
        return
    again = made_by(mm.rematch(was, problem, count="people", max_changes=budget))
    assert again.n_changes <= budget
    assert again.total == pytest.approx(max(within), abs=1e-6)
    assert again.status is mm.Status.OPTIMAL


@settings(max_examples=max(15, settings().max_examples // 2))
@given(changed_programmes(), st.sampled_from([0.0, 0.25, 1.0]), st.integers(0, 5))
def test_where_not_every_pair_is_a_column_what_is_said_is_true(programmes, price, budget):
    """Large problems take bounds by shares of people; what they do not close stays open."""
    was, problem = programmes
    sets = could_go_on(was, problem)
    found = [(people_who_lose(sets, pairs), total) for pairs, total in every_matching(problem)]
    fewest = min(people for people, _ in found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "EVERY", -1)
        few = mm.rematch(was, problem, count="people")
        assert few.fewest <= fewest <= few.n_changes
        best = max(total for people, total in found if people == fewest)
        assert few.bound >= best - 1e-6
        if few.status is mm.Status.OPTIMAL:
            assert few.n_changes == fewest
            assert few.total == pytest.approx(best, abs=1e-5)
        priced = mm.rematch(was, problem, count="people", change_value=price)
        value = max(total - price * people for people, total in found)
        reached = priced.total - price * priced.n_changes
        assert reached <= value + 1e-6 <= reached + priced.gap + 2e-6
        within = [total for people, total in found if people <= budget]
        try:
            again = mm.rematch(was, problem, count="people", max_changes=budget)
        except mm.InfeasibleError:
            assert not within
        except mm.MentorMatchError as error:
            assert "was not decided" in str(error)  # noqa: PT017
        else:
            assert again.n_changes <= budget
            assert again.total <= max(within) + 1e-6 <= again.bound + 2e-6


@settings(max_examples=max(15, settings().max_examples // 2))
@given(changed_programmes(), st.integers(0, 4))
def test_pairs_that_end_are_counted_and_limited_at_several_mentors_each(programmes, budget):
    was, problem = programmes
    sets = could_go_on(was, problem)
    most = len(sets[0])
    earlier = set().union(*sets)
    found = [(most - len(set(pairs) & earlier), total) for pairs, total in every_matching(problem)]
    fewest = min(changes for changes, _ in found)
    few = mm.rematch(was, problem, count="pairs")
    assert few.n_changes == few.fewest == fewest
    within = [total for changes, total in found if changes <= budget]
    if not within:
        with pytest.raises(mm.InfeasibleError, match=f"but {fewest} are needed"):
            mm.rematch(was, problem, count="pairs", max_changes=budget)
        return
    again = mm.rematch(was, problem, count="pairs", max_changes=budget)
    assert again.n_changes <= budget
    assert again.total == pytest.approx(max(within), abs=1e-6)


@pytest.fixture
def two_ways():
    """Two of one mentor move, or one of each of two mentors: pairs are as many, people not."""
    names = ["ada", "bob", "cyd", "dan", "eve", "fay"]
    scores = pd.DataFrame(0.5, index=names, columns=["lin", "mia", "ned"])
    before = mm.Problem.from_scores(scores.loc[names[:4], ["lin", "mia"]], capacity=2)
    was = mm.Matching.from_pairs(
        before, [("ada", "lin"), ("bob", "lin"), ("cyd", "mia"), ("dan", "mia")]
    )
    # The new ones can be with lin or mia only, and best one with each.
    scores.loc[["eve", "fay"], "ned"] = np.nan
    scores.loc["eve", "lin"] = scores.loc["fay", "mia"] = 0.9
    return was, mm.Problem.from_scores(scores, capacity=2)


def test_a_mentor_who_loses_two_counts_once(two_ways):
    was, problem = two_ways
    by_pairs = mm.rematch(was, problem)
    assert by_pairs.n_changes == 2
    assert by_pairs.total == pytest.approx(2 * 0.9 + 4 * 0.5)
    again = mm.rematch(was, problem, count="people")
    assert again.n_changes == again.fewest == 3
    assert again.total == pytest.approx(0.9 + 5 * 0.5)
    assert again.people["side"].tolist() == ["mentee", "mentee", "mentor"]
    assert again.people["lost"].tolist() == [1, 1, 2]
    assert "3 people lost somebody they could have kept (fewest changes)" in repr(again)
    assert (
        "proven by the solver's bound (HiGHS): as many mentees as can be, then fewest such people"
        in repr(again)
    )
    priced = mm.rematch(was, problem, count="people", change_value=0.5)
    assert priced.n_changes == 4 - (0.5 > 0.4)
    with pytest.raises(
        mm.InfeasibleError,
        match="At most 2 people who lose somebody are allowed, but 3 are needed",
    ):
        mm.rematch(was, problem, count="people", max_changes=2)


@pytest.fixture
def one_of_each() -> tuple[mm.Matching, mm.Problem]:
    """One of each of two mentors must go: 4 people, of which shares count 3."""
    before = mm.Problem.from_scores(np.full((4, 2), 0.5), capacity=2)
    was = mm.Matching.from_pairs(before, [(0, 0), (1, 0), (2, 1), (3, 1)])
    scores = np.full((6, 3), 0.5)
    scores[0, 2] = 0.8
    scores[4, 1:] = scores[5, [0, 2]] = np.nan
    return was, mm.Problem.from_scores(scores, capacity=2)


def test_how_many_are_needed_is_not_claimed_when_the_time_ended_before_it_was_proven(
    monkeypatch, one_of_each
):
    # That 2 are too few was proven, then the time was over: that 4 are needed was not.
    within = FewestPeople.within

    def then_over(self, most):
        found = within(self, most)
        monkeypatch.setattr(program.SearchOptions, "over", True)
        return found

    monkeypatch.setattr(FewestPeople, "within", then_over)
    with pytest.raises(
        mm.InfeasibleError,
        match="At most 2 people who lose somebody are allowed, but 3 to 4 are needed",
    ):
        mm.rematch(*one_of_each, count="people", max_changes=2)


def test_one_that_is_allowed_is_told_as_one(one_of_each):
    said = r"At most 1 person who loses somebody is allowed, but 4 are needed"
    with pytest.raises(mm.InfeasibleError, match=said):
        mm.rematch(*one_of_each, count="people", max_changes=1)
    with pytest.raises(mm.InfeasibleError, match=r"At most 1 change is allowed, but 2 are needed"):
        mm.rematch(*one_of_each, count="pairs", max_changes=1)


@pytest.mark.parametrize("every", [program.EVERY, -1])
def test_shares_of_two_mentors_are_a_bound_that_only_a_program_closes(
    monkeypatch, one_of_each, every
):
    was, today = one_of_each
    sets = could_go_on(was, today)
    found = [(people_who_lose(sets, pairs), total) for pairs, total in every_matching(today)]
    assert min(people for people, _ in found) == 4
    best = max(total for people, total in found if people == 4)
    monkeypatch.setattr(program, "EVERY", every)
    few = mm.rematch(was, today, count="people")
    assert few.n_changes == 4
    assert few.total == pytest.approx(best)
    if every > 0:
        assert few.fewest == 4
        assert few.status is mm.Status.OPTIMAL
        with pytest.raises(mm.InfeasibleError, match=r"At most 3 people .* but 4 are needed"):
            mm.rematch(was, today, count="people", max_changes=3)
        return
    assert few.fewest == 3
    assert few.status is not mm.Status.OPTIMAL
    assert "not proven: fewer may do, down to 3" in repr(few)
    with pytest.raises(mm.MentorMatchError, match="Whether 3 people who lose somebody are enough"):
        mm.rematch(was, today, count="people", max_changes=3)
    with pytest.raises(mm.InfeasibleError, match=r"At most 2 people .* but 3 to 4 are needed"):
        mm.rematch(was, today, count="people", max_changes=2)


@pytest.mark.parametrize("every", [program.EVERY, -1])
@settings(max_examples=15)
@given(seed=st.integers(0, 2**20))
def test_where_a_mentor_has_fewer_seats_than_before_who_stays_is_chosen_best(every, seed):
    """Any two of the three may go on: a share of the mentor is of as many as have a seat."""
    rng = np.random.default_rng(seed)
    before = mm.Problem.from_scores(np.full((4, 2), 0.5), capacity=[3, 2])
    was = mm.Matching.from_pairs(before, [(0, 0), (1, 0), (2, 0), (3, 1)])
    scores = rng.integers(1, 9, (4 + rng.integers(0, 3), 3)) / 8
    scores[rng.random(scores.shape) < 0.25] = np.nan
    today = mm.Problem.from_scores(scores, capacity=[2, *rng.integers(0, 3, 2)])
    sets = could_go_on(was, today)
    found = [(people_who_lose(sets, pairs), total) for pairs, total in every_matching(today)]
    fewest = min(people for people, _ in found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "EVERY", every)
        few = mm.rematch(was, today, count="people")
        priced = mm.rematch(was, today, count="people", change_value=0.25)
    assert few.fewest <= fewest <= few.n_changes
    if few.status is mm.Status.OPTIMAL:
        best = max(total for people, total in found if people == fewest)
        assert few.n_changes == fewest
        assert few.total == pytest.approx(best, abs=1e-6)
    assert every < 0 or few.status is mm.Status.OPTIMAL
    value = max(total - 0.25 * people for people, total in found)
    assert priced.total - 0.25 * priced.n_changes == pytest.approx(value, abs=1e-6 + priced.gap)


def test_the_order_of_rows_decides_nothing_among_equals(two_ways):
    was, problem = two_ways
    turned = problem.take(np.arange(6)[::-1], np.arange(3)[::-1])
    made = [
        set(
            mm.rematch(was, one, count="people").pairs[["mentee", "mentor"]].itertuples(index=False)
        )
        for one in (problem, turned)
    ]
    assert made[0] == made[1]


def test_pairs_that_had_to_end_for_want_of_seats_or_wishes_are_not_counted():
    scores = np.full((3, 3), 0.5)
    before = mm.Problem.from_scores(scores, capacity=2, demand=2)
    was = mm.Matching.from_pairs(before, [(0, 0), (0, 1), (1, 0), (1, 2), (2, 1), (2, 2)])
    # 0 wants one mentor now, and mentor 2 takes one: of six pairs four can go on.
    today = mm.Problem.from_scores(scores, capacity=[2, 2, 1], demand=[1, 2, 2])
    again = mm.rematch(was, today, count="people")
    assert again.n_changes == mm.rematch(was, today, count="pairs").n_changes == 0
    assert set(again.diff["because"]) == {"seat lost", "wants fewer mentors now"}
    assert set(again.diff["harm"]) == {"direct"}
    # Both at once end the same pair: two that can go on, and it was taken for three.
    lone = mm.Problem.from_scores(
        [[0.5, 0.5], [0.5, np.nan], [0.5, np.nan]], demand=[2, 1, 1], capacity=[3, 1]
    )
    was = mm.match(lone)
    today = replace(lone, demand=1, capacity=[1, 1])
    assert mm.rematch(was, today, count="pairs").n_changes == 0


def test_what_cannot_count_people_says_so(two_ways):
    was, problem = two_ways
    with pytest.raises(mm.MentorMatchError, match="count must be 'mentees', 'pairs' or 'people'"):
        mm.rematch(was, problem, count="persons")
    with pytest.raises(mm.MentorMatchError, match="people who lose somebody cannot be counted"):
        mm.rematch(was, problem, count="people", strategy="stable")
