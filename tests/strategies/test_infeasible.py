"""What cannot be done: the smallest conflict and the cheapest repair, by trying everything."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.strategies.infeasible import by_flow, conditions

NAN = np.nan


@st.composite
def asked_too_much(draw):
    """What a problem is made of, with conditions that often cannot all hold."""
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    number = st.sampled_from([0.1, 0.4, 0.4, 0.9, -0.2, NAN])
    scores = np.array(draw(st.lists(number, min_size=n * m, max_size=n * m))).reshape(n, m)
    each = lambda values, size: draw(st.lists(values, min_size=size, max_size=size))  # noqa: E731
    asked = {
        "scores": scores,
        "capacity": each(st.integers(0, 2), m),
        "demand": each(st.integers(0, 2), n),
        "minimum": each(st.integers(0, 3), m),
        "pins": each(
            st.tuples(st.integers(0, n - 1), st.integers(0, m - 1)), draw(st.integers(0, 2))
        ),
    }
    if not draw(st.booleans()):
        return asked
    mentors = draw(st.lists(st.integers(0, m - 1), min_size=1, unique=True))
    asked["quotas"] = [
        mm.Quota(
            mentors=mentors,
            at_least=draw(st.integers(1, 3)),
            per_mentor=draw(st.booleans()),
            name="quota",
        )
    ]
    if draw(st.booleans()):
        at_most = mm.Quota(mentees=[0], at_most=0, name="none of the first")
        asked["quotas"].append(at_most)
    if n > 1 and draw(st.booleans()):
        asked[draw(st.sampled_from(["apart", "together"]))] = [(0, 1)]
    if draw(st.booleans()):
        asked["minimum_if_used"] = each(st.integers(0, 3), m)
    return asked


def all_choices(asked, *, keep_capacities):
    """Every set of eligible pairs within the demands, as arrays of 0 and 1."""
    scores = asked["scores"]
    pairs = np.argwhere(~np.isnan(scores))
    for made in itertools.product([0, 1], repeat=len(pairs)):
        chosen = np.zeros(scores.shape, dtype=int)
        chosen[tuple(pairs[np.array(made, dtype=bool)].T)] = 1
        if (chosen.sum(axis=1) > asked["demand"]).any():
            continue
        if keep_capacities and (chosen.sum(axis=0) > asked["capacity"]).any():
            continue
        yield chosen


def shortfalls(asked, chosen):
    """By how many units a choice falls short of each condition, in any order."""
    loads = chosen.sum(axis=0)
    off = [
        max(0, least - load) for least, load in zip(asked["minimum"], loads, strict=True) if least
    ]
    off += [1 - chosen[i, j] for i, j in dict.fromkeys(asked["pins"])]
    for quota in asked.get("quotas", ()):
        mentees = slice(None) if quota.mentees is None else list(quota.mentees)
        mentors = range(len(loads)) if quota.mentors is None else quota.mentors
        counted = chosen[mentees][:, list(mentors)]
        sums = counted.sum(axis=0) if quota.per_mentor else [counted.sum()]
        less = max(max(0, quota.at_least - one) for one in sums)
        more = 0 if quota.at_most is None else max(max(0, one - quota.at_most) for one in sums)
        off.append(less + more)
    off += [int((chosen[a] & chosen[b]).any()) for a, b in asked.get("apart", ())]
    off += [int((chosen[a] != chosen[b]).any()) for a, b in asked.get("together", ())]
    off += [
        least - load if 0 < load < least else 0
        for least, load in zip(asked.get("minimum_if_used", ()), loads, strict=False)
        if least > 1
    ]
    return off


def fewest_in_conflict(asked):
    """How many conditions a smallest conflict has; 0 where all can hold."""
    kept = {
        tuple(one == 0 for one in shortfalls(asked, chosen))
        for chosen in all_choices(asked, keep_capacities=True)
    }
    count = len(next(iter(kept)))
    for size in range(count + 1):
        for some in itertools.combinations(range(count), size):
            if not any(all(held[k] for k in some) for held in kept):
                return size
    return 0


def cheapest(asked):
    """Units of the cheapest repair; seats more cost one each."""
    costs = []
    for chosen in all_choices(asked, keep_capacities=False):
        seats = np.maximum(chosen.sum(axis=0) - asked["capacity"], 0).sum()
        costs.append(int(seats) + sum(shortfalls(asked, chosen)))
    # A pair that is pinned twice is one pin too many, whatever is chosen.
    return min(costs) + len(asked["pins"]) - len(set(asked["pins"]))


def error_of(asked):
    """The error that these numbers meet, or None."""
    try:
        mm.match(mm.Problem.from_scores(**asked))
    except mm.InfeasibleError as error:
        return error
    return None


@given(asked_too_much())
@settings(deadline=None)
def test_no_conflict_is_smaller_and_no_repair_is_cheaper(asked):
    error = error_of(asked)
    doubled = len(asked["pins"]) - len(set(asked["pins"]))
    least, cost = fewest_in_conflict(asked), cheapest(asked)
    assert (error is None) == (least == 0 and not doubled)
    if error is None:
        return
    assert error.conflict
    smallest = error.smallest()
    assert smallest.proven_smallest
    expected = 2 if doubled and (not least or least > 2) else least
    if not (doubled and least > 1):
        assert len(smallest) == expected
    repairs = error.repairs()
    assert repairs.proven
    assert repairs.cost == repairs.bound == cost
    assert sum(one.by for one in repairs) == cost
    mm.match(repairs.apply())


@given(asked_too_much())
@settings(deadline=None)
def test_without_any_one_condition_of_a_conflict_the_others_can_hold(asked):
    error = error_of(asked)
    if error is None or len(asked["pins"]) > len(set(asked["pins"])):
        return
    conflict = error.smallest()
    for left_out in range(len(conflict)):
        kept = [one for k, one in enumerate(conflict) if k != left_out]
        minimum, used = np.zeros(len(asked["minimum"]), int), np.zeros(len(asked["minimum"]), int)
        for one in kept:
            if one.kind == "minimum":
                minimum[one.people[0]] = one.amount
            if one.kind == "minimum if used":
                used[one.people[0]] = one.amount
        names = {one.name for one in kept if one.kind == "quota"}
        only = {
            **asked,
            "minimum": minimum,
            "minimum_if_used": used,
            "pins": [one.people for one in kept if one.kind == "pin"],
            "quotas": [one for one in asked.get("quotas", ()) if one.name in names],
            "apart": [one.people for one in kept if one.kind == "apart"],
            "together": [one.people for one in kept if one.kind == "together"],
        }
        assert error_of(only) is None


def test_a_conflict_and_a_repair_are_data_and_sentences():
    scores = pd.DataFrame([[0.9, 0.8], [0.7, 0.1]], ["ada", "bob"], ["lin", "max"])
    problem = mm.Problem.from_scores(scores, capacity=2, minimum={"lin": 1, "max": 2})
    with pytest.raises(mm.InfeasibleError) as caught:
        mm.match(problem)
    error = pickle.loads(pickle.dumps(caught.value))
    assert [(one.kind, one.people, one.amount) for one in error.conflict] == [
        ("minimum", ("lin",), 1),
        ("minimum", ("max",), 2),
    ]
    assert str(error.smallest()) == (
        "These conditions cannot all hold:\n"
        "  minimum: 'lin' must have 1 or more\n"
        "  minimum: 'max' must have 2 or more\n"
        "No conflict is smaller."
    )
    repairs = error.repairs()
    assert repairs.cost == 1
    assert repairs.to_frame().columns.tolist() == ["kind", "name", "people", "by"]
    assert str(repairs).startswith("It becomes possible by 1 unit of change:\n  minimum of ")
    assert str(repairs).endswith("No repair costs less.")
    assert error.smallest().to_frame()["amount"].tolist() == [1, 2]


def test_numbers_of_a_quota_by_group_are_lowered_for_every_group():
    mentors = pd.DataFrame({"team": ["a", "b"], "least": [2, 1]}, index=["lin", "max"])
    mentees = pd.DataFrame({"wish": ["x"]}, index=["ada"])
    cohort = mm.Cohort(mentees, mentors)
    for at_least in ({"a": 2, "b": 1}, "least"):
        quota = mm.Quota(per={"mentors": "team"}, at_least=at_least, name="per team")
        problem = mm.Problem(mm.Criteria().score(cohort), capacity=2, quotas=[quota])
        with pytest.raises(mm.InfeasibleError) as caught:
            mm.match(problem)
        repairs = caught.value.repairs()
        # One unit: the team of two needs one fewer, and that of one nobody.
        assert repairs.cost == 1
        assert mm.match(repairs.apply()).n_matched == 1


@pytest.mark.parametrize(
    ("scores", "asked", "text"),
    [
        # Each could be met without the rule; any other change costs two units.
        (
            [[0.9, 0.8], [0.7, 0.6]],
            {"demand": 2, "minimum": 2, "apart": [(0, 1)]},
            "0 and 1 need not be apart",
        ),
        (
            [[0.9, NAN], [NAN, 0.6]],
            {"minimum": 1, "together": [(0, 1)]},
            "0 and 1 need not be together",
        ),
        (
            [[0.9], [0.8]],
            {"pins": [(0, 0), (1, 0)], "minimum_if_used": 3},
            "minimum if used of 0: 2 instead of 3",
        ),
    ],
)
def test_a_rule_that_costs_less_than_all_around_it_is_the_repair(scores, asked, text):
    with pytest.raises(mm.InfeasibleError) as caught:
        mm.match(mm.Problem.from_scores(scores, capacity=4, **asked))
    repairs = caught.value.repairs()
    assert [one.name for one in repairs] == [text]
    assert repairs.cost == repairs.bound == 1
    assert mm.match(repairs.apply()).n_matched == 2


def test_a_pin_given_twice_is_a_conflict_of_two_beside_a_larger_one():
    scores, minimum = np.full((2, 3), 0.5), [1, 1, 1]
    with pytest.raises(mm.InfeasibleError) as caught:
        mm.Problem.from_scores(scores, minimum=minimum, pins=[(0, 0), (0, 0)])
    smallest = caught.value.smallest()
    assert [(one.kind, one.people) for one in smallest] == [("pin", (0, 0))] * 2
    assert smallest.proven_smallest


def test_where_the_strategy_asks_for_too_much_it_says_so():
    problem = mm.Problem.from_scores([[0.9, 0.1]], minimum=[1, 0])
    with pytest.raises(mm.InfeasibleError, match="cap") as caught:
        mm.match(problem, mm.strategies.Lottery(cap=0.5))
    assert [one.kind for one in caught.value.conflict] == ["other"]
    with pytest.raises(mm.NotExplainableError, match="asks for too much"):
        caught.value.repairs()
    with pytest.raises(mm.NotExplainableError, match="asks for too much"):
        caught.value.smallest()


def test_a_pair_to_keep_that_cannot_go_on_is_a_pin_to_drop():
    matching = mm.match(mm.Problem.from_scores([[0.9, 0.1], [0.2, 0.8]]))
    changed = mm.Problem.from_scores([[NAN, 0.1], [0.2, 0.8]])
    with pytest.raises(mm.InfeasibleError) as caught:
        mm.rematch(matching, changed, keep=[(0, 0)])
    assert [(one.kind, one.people) for one in caught.value.smallest()] == [("pin", (0, 0))]
    assert [one.kind for one in caught.value.repairs()] == ["pin"]


def test_an_error_made_by_hand_says_that_it_knows_no_problem():
    with pytest.raises(mm.NotExplainableError, match="does not know its problem"):
        mm.InfeasibleError("no").repairs()


def test_a_search_without_time_says_that_it_is_not_proven():
    rng = np.random.default_rng(0)
    scores = np.where(rng.random((30, 12)) < 0.25, rng.random((30, 12)), NAN)
    problem = mm.Problem.from_scores(scores, capacity=9, minimum=4)
    with pytest.raises(mm.InfeasibleError) as caught:
        mm.match(problem)
    hurried = caught.value.smallest(time_limit=1e-9)
    assert not hurried.proven_smallest
    assert len(caught.value.smallest()) <= len(hurried)


@pytest.mark.parametrize("ruled", [{}, {"apart": [(0, 1)]}])
def test_where_pairs_are_too_many_to_name_a_conflict_it_says_so(monkeypatch, ruled):
    monkeypatch.setattr(conditions, "MOST_PAIRS", 3)
    problem = mm.Problem.from_scores(np.full((4, 2), 0.5), capacity=4, minimum=3, **ruled)
    with pytest.raises(mm.InfeasibleError, match="among 8 eligible pairs") as caught:
        mm.match(problem)
    with pytest.raises(mm.SolverError, match="Leave out conditions one by one"):
        caught.value.repairs()


@pytest.mark.parametrize("pins", [[], [(399 - k, 30 + k) for k in range(5)]])
@pytest.mark.parametrize("many", [0, by_flow.MANY_ARCS])
def test_many_minimums_alike_are_a_smallest_conflict_by_counting_alone(pins, many, monkeypatch):
    """Of twenty minimums of 3 for 30 people any eleven are too many; a search did not end."""
    monkeypatch.setattr(by_flow, "MANY_ARCS", many)
    scores = np.full((400, 60), 0.5)
    scores[30:, :20] = np.nan
    minimum = np.array([3] * 20 + [0] * 40)
    problem = mm.Problem.from_scores(scores, capacity=10, minimum=minimum, pins=pins)
    with pytest.raises(mm.InfeasibleError) as caught:
        mm.match(problem)
    smallest = caught.value.smallest(time_limit=5)
    assert smallest.proven_smallest
    assert len(smallest.conditions) == 11
    repairs = caught.value.repairs()
    assert repairs.cost == repairs.bound == 30
