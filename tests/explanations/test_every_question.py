"""Every strategy × every question, at several mentors each and under side rules, by enumeration."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from question_oracles import (
    CHECKS,
    Whole,
    check_unmatched,
    check_why_not,
    pairs_of,
    strategy_for,
)

LADDER = ["intern", "junior", "mid", "senior", "staff", "principal"]
# Strategies that take no solver, or one for a moment: all questions of all problems.
QUICK = ("optimal", "greedy", "random", "serial_dictatorship", "stable")
# Those that take side rules by solving for longer, and quotas by ranks alone.
SLOW = (
    "alpha_fair",
    "balanced",
    "group_parity",
    "leximin",
    "lottery",
    "maximin",
    "nash",
    "worst_k",
)
RANKED = ("generous", "minimum_cost", "rank_maximal")
# Those that take neither several mentors nor rules.
NEITHER = ("almost_stable", "fair_lottery", "popular", "stable_optimal", "top_trading")
KINDS: dict[str, dict[str, Any]] = {
    "several": {"capacity": [2, 3, 2], "demand": 2},
    "some several": {"capacity": [2, 1, 2], "demand": [2, 1, 2, 1]},
    "several, scarce, by total": {"capacity": [2, 0, 1], "demand": 2, "coverage_first": False},
    "quota": {
        "capacity": [2, 2, 1],
        "quotas": [mm.Quota(None, [0, 1], at_most=2, name="two of us")],
    },
    "quota per mentor": {
        "capacity": [3, 2, 2],
        "quotas": [mm.Quota([0, 1, 2], at_most=1, per_mentor=True, name="one each")],
    },
    "quota and several": {
        "capacity": [3, 2, 2],
        "demand": 2,
        "quotas": [mm.Quota(None, [0, 1], at_most=3, name="three of us")],
    },
    "quota of one": {
        "capacity": [2, 3, 1],
        "quotas": [mm.Quota(None, [1], at_most=1, name="one of us")],
    },
    "apart and together": {"capacity": [2, 2, 1], "apart": [(0, 1)], "together": [(2, 3)]},
    "weighted seats": {"capacity": [1.0, 1.5, 0.5], "usage": [1.0, 0.5, 0.5, 1.0]},
}


@cache
def compatibility_of(n: int, m: int, seed: int) -> mm.Compatibility:
    """People with two criteria and a rule; ids are positions."""
    cohort = mm.datasets.it_program(n, m, seed=seed)
    mentees, mentors = (
        one.reset_index(drop=True).rename_axis("id") for one in (cohort.mentees, cohort.mentors)
    )
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants_to_learn", offers="can_teach", weight=4),
        mm.criteria.LevelGap(mentee="level", mentor="level", weight=2, ladder=LADDER),
        mm.criteria.Different("team"),
        allow_self=True,
    )
    return criteria.score(mm.Cohort(mentees, mentors), precision="float64")


@cache
def whole(kind: str, n: int, m: int, seed: int) -> Whole:
    given = {**KINDS[kind], "capacity": KINDS[kind]["capacity"][:m]}
    for name in ("demand", "usage"):
        if isinstance(given.get(name), list):
            given[name] = given[name][:n]
    return Whole(mm.Problem(compatibility_of(n, m, seed), **given), given)


def ask(question: str, every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    """Put a question once, for the sentence with which it is refused."""
    pairs = product(*map(range, every.problem.shape))
    # What no matching can have is said for every strategy.
    i, j = next(one for one in pairs if one not in pairs_of(matching) and every.made[:, *one].any())
    {
        "why_not": lambda: asked.why_not(i, j),
        "what_would_help": lambda: asked.what_would_help(i),
        "weights_for": lambda: asked.weights_for(i, j),
        "seat_values": asked.seat_values,
        "recruit": lambda: asked.recruit(pd.DataFrame()),
        "shortages": asked.shortages,
        "near_ties": asked.near_ties,
        "is_unique": lambda: asked.is_unique,
        "alternatives": asked.alternatives,
        "unmatched": lambda: asked.unmatched(matching.unmatched["mentee"].iloc[0]),
        "what_if": lambda: mm.what_if(matching, []),
        "robustness": lambda: mm.robustness(matching),
    }[question]()


def answer_all(every: Whole, matching: mm.Matching, *without: str) -> None:
    """Put every question, and compare with what `capabilities` says of it."""
    asked = mm.explain(matching)
    told = asked.capabilities()
    assert set(told["question"]) == {*CHECKS, "what_would_help"}
    for question, answered, why in told.itertuples(index=False):
        if question in without:
            continue
        if answered != "not for this strategy":
            CHECKS[question](every, matching, asked)
            continue
        with pytest.raises(mm.NotExplainableError) as refused:
            ask(question, every, matching, asked)
        assert why in str(refused.value)


def matched(every: Whole, strategy: str) -> mm.Matching | None:
    """By a strategy; None where it refuses the problem with a sentence."""
    try:
        return mm.match(every.problem, strategy_for(strategy), time_limit=5)
    except mm.ProblemError:
        return None
    except mm.MentorMatchError as error:
        if "takes one mentor per mentee" not in str(error):
            raise
        return None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strategy", QUICK)
def test_what_is_called_exact_is_what_enumeration_finds_and_the_rest_is_refused(strategy, kind):
    for seed in range(2 if kind == "several" else 1):
        every = whole(kind, 4, 3, seed)
        matching = matched(every, strategy)
        takes = strategy == "optimal" or "several" in kind.removesuffix("quota and several")
        assert (matching is not None) == (takes or (strategy, kind) == ("stable", "quota of one"))
        if matching is not None:
            answer_all(every, matching)


# By kind what is not asked there, for it matches again.
SOLVED: dict[str, tuple[str, ...]] = {
    "several": (),
    "quota": (),
    "quota per mentor": ("what_if",),
    "apart and together": ("what_if", "sensitivity"),
    "weighted seats": ("what_if", "sensitivity"),
}


@pytest.mark.parametrize("strategy", [*SLOW, *RANKED])
def test_the_same_for_strategies_that_take_longer(strategy):
    answered = 0
    kinds = [one for one in SOLVED if strategy in RANKED or one != "quota per mentor"]
    # All strategies meet all kinds, no strategy all: they answer by the same code.
    left_out = kinds[[*SLOW, *RANKED].index(strategy) % len(kinds)]
    for kind in kinds:
        without = SOLVED[kind]
        if kind == left_out:
            continue
        # Leximin at two mentors each takes seconds for a dozen people.
        n = 3 if kind == "several" else 4
        every = whole(kind, n, 2, 0)
        matching = matched(every, strategy)
        if matching is not None:
            answered += 1
            answer_all(every, matching, *without)
    assert answered >= (2 if strategy in RANKED else 3)
    assert {*QUICK, *SLOW, *RANKED, *NEITHER} == {*mm.strategies.strategy_names(), "group_parity"}


@pytest.mark.parametrize("kind", ["several", "quota", "weighted seats"])
def test_pairs_that_were_given_are_believed_to_be_the_best_only_with_a_proof(kind):
    """Robustness compared pairs that are not the best with a best total, and called it exact."""
    every = whole(kind, 4, 3, 1)
    best = every.best[np.argmax(every.totals(every.best))]
    pairs = [(int(i), int(j)) for i, j in np.argwhere(best)]
    for some in (pairs, pairs[:1]):
        # Sensitivity is about the best pairs of the problem, whatever was given.
        answer_all(every, mm.Matching.from_pairs(every.problem, some), "sensitivity")


def test_without_a_mentor_even_who_uses_no_hours_goes_elsewhere():
    """Numbers of people were taken for hours, so that the others' hours changed."""
    given = {"capacity": [0.5, 2.0], "usage": [0.0, 1.5, 0.5]}
    every = Whole(mm.Problem.from_scores([[0.9, 0.4], [0.1, 0.8], [0.7, 0.6]], **given), given)
    table = mm.robustness(mm.match(every.problem)).mentors.set_index("mentor")
    for j in range(2):
        without = every.those(every.made[~every.made[:, :, j].any(axis=1)])
        assert table.loc[j, "loss"] == pytest.approx(every.total - without.total)
        assert table.loc[j, "coverage_lost"] == every.served - without.served


@pytest.mark.parametrize("pins", [(), ((3, 1),)])
def test_a_quota_that_mentors_share_is_the_proof_of_a_stable_matching(pins):
    """It was told as a pair that blocks."""
    scores = [[0.9, 0.1, 0.5], [0.8, 0.2, 0.5], [0.2, 0.9, 0.5], [0.3, 0.4, 0.5]]
    ranked = [[0.7, 0.7, 0.4], [0.6, 0.6, 0.3], [0.5, 0.5, 0.2], [0.4, 0.4, 0.1]]
    given = {
        "capacity": [2, 2, 2],
        "quotas": [mm.Quota(None, [0, 1], at_most=2 if not pins else 1, name="two of us")],
        "pins": list(pins),
    }
    every = Whole(mm.Problem.from_scores(scores, mentor_scores=ranked, **given), given)
    matching = mm.match(every.problem, "stable")
    asked = mm.explain(matching)
    check_why_not(every, matching, asked)
    check_unmatched(every, matching, asked)
    answers = [
        asked.why_not(i, j)
        for i, j in product(range(4), range(3))
        if (i, j) not in pairs_of(matching)
    ]
    shared = [one for one in answers if one.kind == "places_held"]
    assert shared
    for one in shared:
        assert f"has no place left for {one.mentee}: the quota 'two of us' is full" in one.text()
        assert "a group of mentors with" in one.text("mentee")


def test_who_is_short_of_a_second_mentor_is_not_told_to_have_none():
    """With one mentor of two somebody read "You have no mentor", beside counts of people."""
    problem = mm.Problem.from_scores([[0.9, 0.4], [0.8, 0.7]], capacity=[2, 1], demand=2)
    matching = mm.match(problem)
    (short,) = matching.unmatched["mentee"]
    said = mm.explain(matching).unmatched(short)
    assert (said.has, said.places, said.seats, said.fix) == (1, 2, 1, ("seat", 1))
    assert "2 mentees want 2 places with 1, who have 1 seat, so 1 of these must" in said.text()
    assert said.text("mentee") == (
        "You have fewer mentors than you asked for because the mentors whom the rules allow for "
        "you have too few seats for all who want one of them."
    )


def test_what_counts_for_both_sides_is_said_once_where_pairs_are_compared():
    """Of a criterion that both sides score by, `explain` printed the sentence twice."""
    people = pd.DataFrame({"id": ["a", "b"], "site": ["x", "y"], "hobby": ["p", "q"]})
    criteria = mm.Criteria(
        mm.criteria.Same("site", weight=2), mm.criteria.TagOverlap("hobby", side="mentor", weight=1)
    )
    problem = mm.Problem(criteria.score(mm.Cohort(people, people.assign(id=["c", "d"]))))
    answer = mm.explain(mm.match(problem)).why_not("a", "d")
    said = answer.sentences("committee")
    assert len(said) == len(set(said))
    assert sum("'x' and 'y' differ" in one for one in said) == 1
    assert (answer.contrast["criterion"] == "Same('site')").sum() == 2


def test_a_refusal_counts_nobody_so_that_comparing_letters_finds_nothing_false():
    """Two got none, and each letter said "you and 1 other", as if that were everybody."""
    no = np.nan
    scores = [[0.9, no, no], [0.8, no, no], [0.7, no, no], [no, 0.6, no], [no, no, no]]
    problem = mm.Problem.from_scores(scores, capacity=[1, 1, 0])
    matching = mm.match(problem)
    said = mm.explain(matching)
    for mentee in (1, 2):
        answer = said.unmatched(mentee)
        assert answer.text("mentee") == (
            "You have no mentor because the mentors whom the rules allow for you have too few "
            "seats for all who want one of them."
        )
        allowed = ~np.isnan(scores)[list(answer.people)]
        assert set(np.flatnonzero(allowed.any(axis=0))) == set(answer.mentors)
    alone = mm.match(mm.Problem.from_scores([[0.5]], capacity=[0]))
    assert mm.explain(alone).unmatched(0).text("mentee") == (
        "You have no mentor because the mentors whom the rules allow for you have no seat."
    )


def test_what_the_table_says_of_several_mentors_and_of_leaving_is_what_happens():
    several = mm.match(whole("several", 4, 3, 0).problem)
    told = mm.explain(several).capabilities().set_index("question")["why"]
    assert 'count="pairs" or count="people"' in told["rematch"]
    with pytest.raises(mm.MentorMatchError, match='count="pairs" or count="people"'):
        mm.rematch(several, several.problem)
    ruled = mm.match(whole("quota", 4, 3, 0).problem)
    told = mm.explain(ruled).capabilities().set_index("question")["why"]
    assert "cohort.without(...)" in told["what_if"]
    with pytest.raises(mm.ProblemError, match=r"cohort\.without\(\.\.\.\)"):
        mm.what_if(ruled, [mm.change.leave(0, side="mentor")])
