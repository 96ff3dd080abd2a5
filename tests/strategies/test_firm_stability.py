"""Strongly and super-stable matchings against every matching of small problems with ties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.strategies import Stable
from stable_oracles import all_matchings, blocking, mentor_of, pairs_of, sides, two_sided

FIRM = ["strong", "super"]


def firm_matchings(problem, notion):
    """All matchings that no pair blocks by the notion."""
    return [pairs for pairs in all_matchings(problem) if not blocking(problem, pairs, notion)]


@pytest.mark.parametrize("notion", FIRM)
@given(problem=two_sided(most=4, largest_capacity=3, pins=True))
def test_a_firm_matching_is_found_exactly_where_one_exists(notion, problem):
    there = firm_matchings(problem, notion)
    event(f"{notion}: {'some' if there else 'none'}")
    if not there:
        with pytest.raises(mm.InfeasibleError, match=r"^No (strongly |super-)stable matching"):
            mm.match(problem, Stable(ties=notion))
        return
    matching = mm.match(problem, Stable(ties=notion))
    assert pairs_of(matching) in there
    stability = mm.audit(matching).stability
    assert stability.is_super_stable if notion == "super" else stability.is_strongly_stable
    # The best for every mentee, and the rural hospitals theorem.
    u, _ = sides(problem)
    loads = np.bincount(matching.mentors, minlength=problem.shape[1])
    mine = mentor_of(problem, pairs_of(matching))
    for other in there:
        theirs = mentor_of(problem, other)
        for i, (a, b) in enumerate(zip(mine, theirs, strict=True)):
            assert (a < 0) == (b < 0)
            assert a < 0 or u[i, a] >= u[i, b]
        assert (np.bincount([j for _, j in other], minlength=problem.shape[1]) == loads).all()


@given(problem=two_sided(most=4, largest_capacity=2, strict=True))
def test_without_ties_all_notions_are_one(problem):
    weak = pairs_of(mm.match(problem, Stable()))
    assert all(pairs_of(mm.match(problem, Stable(ties=notion))) == weak for notion in FIRM)


@given(n=st.integers(2, 5))
def test_all_equal_is_strongly_stable_at_equal_numbers_and_never_super_stable(n):
    problem = mm.Problem.from_scores(np.ones((n, n)))
    assert mm.match(problem, Stable(ties="strong")).n_matched == n
    with pytest.raises(mm.InfeasibleError, match="No super-stable matching exists"):
        mm.match(problem, Stable(ties="super"))


def test_two_who_are_equal_to_the_only_mentor_have_no_strongly_stable_matching():
    problem = mm.Problem.from_preferences(
        {"ada": ["linus"], "bob": ["linus"]}, {"linus": [["ada", "bob"]]}
    )
    expected = (
        r"^No strongly stable matching exists: ties leave '(ada|bob)' and 'linus' as a pair that "
        r"blocks .* \(Irving, Manlove and Scott 2003\)\. Use Stable\(ties=\"weak\"\)"
    )
    with pytest.raises(mm.InfeasibleError, match=expected):
        mm.match(problem, Stable(ties="strong"))
    # With a seat for both it exists, which one place for each copy of a seat would deny.
    wider = mm.Problem.from_preferences(
        {"ada": ["linus"], "bob": ["linus"]}, {"linus": [["ada", "bob"]]}, capacity=2
    )
    assert mm.match(wider, Stable(ties="super")).n_matched == 2


def test_several_mentors_each_and_mentors_who_propose_are_refused_in_words():
    problem = mm.Problem.from_scores([[0.5, 0.5]], demand=2)
    with pytest.raises(mm.MentorMatchError, match=r"one mentor per mentee .* strongly stable"):
        mm.match(problem, Stable(ties="strong"))
    with pytest.raises(mm.MentorMatchError, match=r"mentees propose\. Leave proposing out"):
        Stable(ties="super", proposing="mentors")
    with pytest.raises(mm.MentorMatchError, match="ties must be one of 'weak'"):
        Stable(ties="break")


def test_minimums_that_no_firm_matching_meets_say_so():
    problem = mm.Problem.from_scores(
        [[0.9, 0.1]], mentor_scores=[[0.5, 0.5]], capacity=1, minimum=[0, 1]
    )
    with pytest.raises(mm.InfeasibleError, match="In every strongly stable matching"):
        mm.match(problem, Stable(ties="strong"))
