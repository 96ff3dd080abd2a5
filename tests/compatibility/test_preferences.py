"""Ranked lists: what they mean in numbers, and every sentence of refusal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.compatibility.preferences import rank_choices

of = mm.Problem.from_preferences


def utilities(problem):
    block = problem.block(slice(0, problem.shape[0]))
    return block.mentee_scores, block.mentor_scores


def test_the_rank_r_among_l_classes_is_worth_l_minus_r_over_l():
    problem = of(
        {"ada": ["linus", ["mia", "guido"], "zoe"]},
        {name: ["ada"] for name in ("linus", "mia", "guido", "zoe")},
    )
    mentees, mentors = utilities(problem)
    np.testing.assert_allclose(mentees, [[1, 2 / 3, 2 / 3, 1 / 3]])
    np.testing.assert_allclose(mentors, 1.0)
    np.testing.assert_allclose(problem.compatibility.dense(), (mentees + 1) / 2)


@st.composite
def ranked(draw, people):
    """A list of some of the people, with ties or without, as a list or another sequence."""
    listed = draw(st.lists(st.sampled_from(people), unique=True)) if people else []
    kind = draw(st.sampled_from([list, tuple, "ties"]))
    if kind != "ties":
        return kind(listed)
    classes = []
    for one in listed:
        if classes and draw(st.booleans()):
            classes[-1].append(one)
        else:
            classes.append([one])
    return classes


@given(data=st.data(), n=st.integers(0, 4), m=st.integers(0, 4))
def test_lists_of_any_kind_are_worth_what_the_definition_says(data, n, m):
    mentees, mentors = [f"e{i}" for i in range(n)], [("o", j) for j in range(m)]
    given_lists = {i: data.draw(ranked(mentors)) for i in mentees}
    taken = {j: data.draw(ranked(mentees)) for j in mentors}

    def worth(ranks, who):
        classes = [one if isinstance(one, list) else [one] for one in ranks]
        at = [k for k, tie in enumerate(classes) if who in tie]
        return (len(classes) - at[0]) / len(classes) if at else np.nan

    u = np.array([[worth(given_lists[i], j) for j in mentors] for i in mentees]).reshape(n, m)
    v = np.array([[worth(taken[j], i) for j in mentors] for i in mentees]).reshape(n, m)
    found = utilities(of(given_lists, taken))
    np.testing.assert_array_equal(found[0], np.where(np.isnan(v), np.nan, u))
    np.testing.assert_array_equal(found[1], np.where(np.isnan(u), np.nan, v))
    one_sided = of(given_lists)
    columns = [mentors.index(j) for j in one_sided.mentor_ids]
    np.testing.assert_array_equal(utilities(one_sided)[0], u[:, columns])


@pytest.mark.parametrize("tie", [["mia", "guido"], {"mia", "guido"}, frozenset(["mia", "guido"])])
def test_a_tie_may_be_a_list_or_a_set(tie):
    problem = of({"ada": [tie]}, {"mia": ["ada"], "guido": ["ada"]})
    np.testing.assert_allclose(utilities(problem)[0], 1.0)


def test_a_pair_is_eligible_when_each_lists_the_other():
    problem = of({"ada": ["linus"], "bob": ["linus", "mia"]}, {"linus": ["bob"], "mia": []})
    assert problem.block(slice(0, 2)).eligible.tolist() == [[False, False], [True, False]]
    assert problem.why_ineligible("ada", "linus") == "given as ineligible (NaN)"


def test_one_sided_lists_let_every_mentor_accept_whoever_lists_it():
    problem = of({"ada": ["linus", "mia"], "bob": ["mia"]}, capacity=2)
    assert problem.mentor_ids.tolist() == ["linus", "mia"]
    mentees, mentors = utilities(problem)
    np.testing.assert_allclose(mentees, [[1.0, 0.5], [np.nan, 1.0]])
    np.testing.assert_allclose(mentors, [[1.0, 1.0], [np.nan, 1.0]])


def test_no_lists_and_empty_lists_are_normal_problems():
    assert of({}, {}).shape == (0, 0)
    assert len(mm.match(of({"ada": []}, {"linus": ["ada"]})).pairs) == 0


@pytest.mark.parametrize(
    "lists", [pd.Series(["linus", "mia"]), np.array(["linus", "mia"]), ("linus", "mia")]
)
def test_a_list_may_be_any_sequence(lists):
    problem = of({"ada": lists}, {"linus": ["ada"], "mia": ["ada"]})
    np.testing.assert_allclose(utilities(problem)[0], [[1.0, 0.5]])


def test_a_tie_may_be_a_frozen_set_on_one_side_only_too():
    problem = of({"ada": [frozenset(["mia"]), "guido"]})
    assert problem.mentor_ids.tolist() == ["mia", "guido"]
    np.testing.assert_allclose(utilities(problem)[0], [[1.0, 0.5]])


def test_ids_may_be_tuples():
    problem = of({("ada", 1): [("mia", 2)]}, {("mia", 2): [("ada", 1)]})
    assert mm.match(problem).pairs.iloc[0, :2].tolist() == [("ada", 1), ("mia", 2)]


@pytest.mark.parametrize(
    ("mentees", "mentors", "message"),
    [
        (
            {"ada": ["lnus", "mia"], "bob": ["zzz"]},
            {"linus": ["ada", "ada"], "mia": ["eve"]},
            "The preference lists cannot be used: mentee 'ada' lists 'lnus', who is no mentor (did "
            "you mean 'linus'?); mentee 'bob' lists 'zzz', who is no mentor; mentor 'linus' lists "
            "'ada' twice; mentor 'mia' lists 'eve', who is no mentee.",
        ),
        (
            {"ada": ["1"]},
            {1: ["ada"]},
            "The preference lists cannot be used: mentee 'ada' lists '1', who is no mentor (did "
            "you mean 1?).",
        ),
        (
            {"ada": "linus", "bob": None},
            {"linus": ["ada"]},
            "Each person needs a list of ids, best first, with ties as nested lists: mentee 'ada' "
            "has 'linus'; mentee 'bob' has None. An empty list stands for nobody.",
        ),
        (
            {"ada": "ab", "bob": {"a": 1}, "cyd": {"a"}},
            {"a": ["ada"], "b": ["ada"]},
            "Each person needs a list of ids, best first, with ties as nested lists: mentee 'ada' "
            "has 'ab'; mentee 'bob' has {'a': 1}; mentee 'cyd' has {'a'}. An empty list stands for "
            "nobody.",
        ),
        (
            {"ada": [["linus", "mia"], "linus"], "bob": ["mia", "mia"]},
            {"linus": ["ada"], "mia": [["bob", "bib"]]},
            "The preference lists cannot be used: mentee 'ada' lists 'linus' twice; mentee 'bob' "
            "lists 'mia' twice; mentor 'mia' lists 'bib', who is no mentee (did you mean 'bob'?).",
        ),
        (
            {"ada": "linus"},
            None,
            "Each person needs a list of ids, best first, with ties as nested lists: mentee 'ada' "
            "has 'linus'. An empty list stands for nobody.",
        ),
        (
            {"ada": [["linus", ["mia"]]]},
            {"linus": ["ada"]},
            "Each person needs a list of ids, best first, with ties as nested lists: mentee 'ada' "
            "has [['linus', ['mia']]]. An empty list stands for nobody.",
        ),
        (
            [["linus"]],
            {"linus": ["ada"]},
            "The preferences of the mentees must be a dict of ranked lists, got list. Write "
            "{person: [best, second, ...]}.",
        ),
        (
            {"ada": ["linus"]},
            [["ada"]],
            "The preferences of the mentors must be a dict of ranked lists, got list. Write "
            "{person: [best, second, ...]}.",
        ),
    ],
)
def test_lists_that_cannot_be_used_are_refused_all_at_once(mentees, mentors, message):
    with pytest.raises(mm.ProblemError) as caught:
        of(mentees, mentors)
    assert str(caught.value) == message


@given(
    pairs=st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from([-1.0, 0.0, 0.25, 1.0])), max_size=40
    )
)
def test_the_rank_of_a_pair_is_how_many_values_of_the_list_are_better(pairs):
    # In the order of the mentees they are ranked as rows of a table, otherwise as one list.
    for listed in (pairs, sorted(pairs, key=lambda one: one[0])):
        mentees = np.array([i for i, _ in listed], dtype=np.intp)
        values = np.array([value for _, value in listed], dtype=np.float64)
        wanted = [
            len({other for j, other in listed if j == i and other > value}) for i, value in listed
        ]
        assert rank_choices(mentees, values).tolist() == wanted
