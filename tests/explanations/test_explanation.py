"""What is said, to whom, and for which strategy; and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings

import mentormatch as mm
from oracles import best_by_trying_everything
from problems import problems, with_one_mentor_each

LADDER = ["intern", "junior", "mid", "senior", "staff", "principal"]
STRATEGIES = [*sorted(mm.strategies.strategy_names()), "group_parity"]


def words(count, seed):
    """Unique random words of which none is part of a sentence."""
    generator = np.random.default_rng(seed)
    letters = np.array(list("bcdfghjklmnpqrstvwxz"))
    found = {"".join(generator.choice(letters, 9)) for _ in range(2 * count)}
    return sorted(found)[:count]


@cache
def programme(seed=0, n=12, m=6):
    """A small programme with criteria, rules, scarce seats, and ids that are random words."""
    cohort = mm.datasets.it_program(n, m, seed=seed)
    names = words(n + m, seed)
    mentees = cohort.mentees.reset_index(drop=True).set_axis(
        pd.Index(names[:n], name="id"), axis="index"
    )
    mentors = cohort.mentors.reset_index(drop=True).set_axis(
        pd.Index(names[n:], name="id"), axis="index"
    )
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants_to_learn", offers="can_teach", weight=4),
        mm.criteria.LevelGap(mentee="level", mentor="level", weight=2, ladder=LADDER),
        mm.criteria.Different("team"),
    )
    return criteria.score(mm.Cohort(mentees, mentors))


@pytest.fixture
def small():
    return mm.Problem(programme(), capacity=1)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_question_is_answered_or_refused_with_the_sentence_of_capabilities(strategy, small):
    if strategy == "group_parity":
        strategy = mm.strategies.GroupParity(groups="team", max_gap=1.0)
    # A popular matching need not exist; with two mentors for two mentees it does.
    problem = (
        small
        if strategy != "popular"
        else mm.Problem(programme().take(np.arange(4), np.arange(2)), capacity=1)
    )
    matching = mm.match(problem, strategy)
    explained = mm.explain(matching)
    told = explained.capabilities().set_index("question")
    assert set(told["answered"]) <= {"exact", "bound", "not for this strategy"}
    assert told.index.is_unique
    pairs = set(zip(matching.pairs["mentee"], matching.pairs["mentor"], strict=True))
    mentee, mentor = next(
        (i, j)
        for i in problem.mentee_ids
        for j in problem.mentor_ids
        if (i, j) not in pairs and problem.why_ineligible(i, j) is None
    )
    asked = {
        "pair": lambda: explained.pair(mentee, mentor),
        "why_not": lambda: explained.why_not(mentee, mentor),
        "seat_values": explained.seat_values,
        "unmatched": lambda: explained.unmatched(matching.unmatched["mentee"].iloc[0]),
        "what_would_help": lambda: explained.what_would_help(mentee),
        "weights_for": lambda: explained.weights_for(mentee, mentor),
        "recruit": lambda: explained.recruit(candidates),
        "shortages": explained.shortages,
        "near_ties": lambda: explained.near_ties(0.01),
        "is_unique": lambda: explained.is_unique,
        "alternatives": lambda: explained.alternatives(2),
        "what_if": lambda: mm.what_if(matching, [], strategy=strategy),
        "sensitivity": lambda: mm.sensitivity(problem, draws=2, strategy=strategy),
        "rematch": lambda: mm.rematch(matching, problem),
        "robustness": lambda: mm.robustness(matching),
    }
    assert set(asked) == set(told.index)
    # Nearest weights are those for one companion of the pair; it was once called exact.
    assert told.loc["weights_for", "answered"] in ("bound", "not for this strategy")
    candidates = problem.compatibility.cohort.mentors.iloc[:1].rename(lambda one: f"new {one}")
    for question, ask in asked.items():
        if told.loc[question, "answered"] == "not for this strategy":
            with pytest.raises(mm.NotExplainableError) as refused:
                ask()
            assert told.loc[question, "why"] in str(refused.value)
        else:
            ask()


def test_what_is_solved_again_is_refused_with_the_sentence_of_capabilities(small):
    given = mm.Problem.from_scores([[0.9, 0.5], [0.8, 0.1]])
    again = mm.rematch(mm.match(given), given)
    told = mm.explain(again).capabilities().set_index("question")
    refusals = {
        "what_if": lambda: mm.what_if(again, []),
        "sensitivity": lambda: mm.sensitivity(given),
        "robustness": lambda: mm.robustness(again),
    }
    for question, ask in refusals.items():
        assert told.loc[question, "answered"] == "not for this strategy"
        with pytest.raises(mm.NotExplainableError) as refused:
            ask()
        assert told.loc[question, "why"] in str(refused.value)
    assert told.loc["rematch", "answered"] == "exact"
    assert mm.what_if(again, [], strategy="optimal").gain == 0
    told = mm.explain(mm.match(small)).capabilities().set_index("question")
    assert told.loc["sensitivity", "answered"] == "bound"


@pytest.mark.parametrize("strategy", ["stable", "stable_optimal", "greedy", "serial_dictatorship"])
def test_a_strategy_with_a_proof_of_its_own_names_no_cost(strategy, small):
    matching = mm.match(small, strategy)
    explained = mm.explain(matching)
    kinds = set()
    for i in small.mentee_ids:
        mine = matching.pairs.loc[matching.pairs["mentee"] == i, "mentor"].tolist()
        for j in small.mentor_ids:
            if j in mine:
                continue
            answer = explained.why_not(i, j)
            kinds.add(answer.kind)
            if answer.kind == "ineligible":
                continue
            assert np.isnan(answer.cost)
            holders = matching.pairs.loc[matching.pairs["mentor"] == j, "mentee"].tolist()
            if answer.kind in ("seats_held", "turn") or answer.rivals:
                assert sorted(answer.rivals) == sorted(holders)
                assert all(repr(one) in answer.text() for one in holders)
            if answer.kind == "seats_held":
                places = small.mentee_ids.get_indexer([i, *holders])
                at = np.full(len(places), small.mentor_ids.get_loc(j))
                scores = small.pairs(places, at).mentor_scores
                assert (scores[1:] >= scores[0]).all()
    assert len(kinds) >= 2


def test_a_thousand_texts_for_a_mentee_name_nobody_else():
    made = 0
    for seed in range(2):
        compatibility = programme(seed, 14, 5)
        problem = mm.Problem(compatibility, capacity=2)
        attributes = {
            str(cell)
            for table in (compatibility.cohort.mentees, compatibility.cohort.mentors)
            for column in table.columns
            for cell in table[column].dropna()
            if len(str(cell)) > 12
        }
        for strategy in ("optimal", "stable", "greedy", "serial_dictatorship"):
            matching = mm.match(problem, strategy)
            explained = mm.explain(matching)
            pairs = set(zip(matching.pairs["mentee"], matching.pairs["mentor"], strict=True))
            everybody = {*problem.mentee_ids, *problem.mentor_ids}
            for i in problem.mentee_ids:
                answers = [explained.pair(i, j) for j in problem.mentor_ids[:1]]
                answers += [
                    explained.why_not(i, j) for j in problem.mentor_ids if (i, j) not in pairs
                ]
                if i in set(matching.unmatched["mentee"]):
                    answers.append(explained.unmatched(i))
                for answer in answers:
                    for audience in ("mentee", "mentor"):
                        text = answer.text(audience)
                        assert text
                        assert not any(one in text for one in everybody if one != i)
                        assert not any(one in text for one in attributes)
                        made += 1
    assert made >= 1000


def test_texts_of_what_is_solved_again_and_texts_for_everybody_name_nobody():
    problem = mm.Problem(programme(seed=7), capacity=2)
    matching = mm.match(problem)
    mentor = matching.pairs["mentor"].iloc[0]
    gone = mm.what_if(matching, [mm.change.leave(mentor)])
    again = mm.rematch(matching, gone.after.problem)
    explained = mm.explain(matching)
    said = [*explained.texts(), *explained.texts("mentor")]
    for audience in ("mentee", "mentor"):
        told = [gone, mm.robustness(matching), *again.chains]
        assert len(told) > 2
        said += [one.text(audience) for one in told]
    for word in [*problem.mentee_ids, *problem.mentor_ids]:
        assert not any(word in text for text in said)
    # A committee reads the names.
    assert mentor in mm.robustness(matching).text()


@pytest.mark.parametrize(("capacity", "demand"), [(1, 1), (2, 1), (2, 2)])
def test_texts_for_everybody_are_the_texts_of_each(capacity, demand):
    problem = mm.Problem(programme(seed=4), capacity=capacity, demand=demand)
    for strategy in ("optimal", "greedy"):
        matching = mm.match(problem, strategy)
        explained = mm.explain(matching)
        to_mentees, to_mentors = explained.texts(), explained.texts("mentor")
        assert to_mentees.index.equals(problem.mentee_ids.rename("mentee"))
        assert to_mentors.index.equals(problem.mentor_ids.rename("mentor"))
        pairs = matching.pairs
        for mentee in problem.mentee_ids:
            mine = pairs.loc[pairs["mentee"] == mentee, "mentor"]
            each = [explained.pair(mentee, one).text("mentee") for one in mine]
            each = each or [explained.unmatched(mentee).text("mentee")]
            assert to_mentees[mentee] == " ".join(each)
        for mentor in problem.mentor_ids:
            mine = pairs.loc[pairs["mentor"] == mentor, "mentee"]
            each = [explained.pair(one, mentor).text("mentor") for one in mine]
            assert sorted(to_mentors[mentor]) == sorted(" ".join(each))
    with pytest.raises(mm.MentorMatchError, match="texts are for 'mentee' or 'mentor'"):
        explained.texts("committee")


def test_answers_are_plain_values_and_tables(small):
    matching = mm.match(small)
    explained = mm.explain(matching)
    mentee = matching.unmatched["mentee"].iloc[0]
    for answer in (explained.unmatched(mentee), explained.pair(mentee, small.mentor_ids[0])):
        json.dumps(answer.to_dict(), allow_nan=False)
        assert isinstance(answer.to_frame(), pd.DataFrame)
        assert str(answer) == answer.text()
        assert answer._repr_html_().startswith("<p>")
    with pytest.raises(mm.MentorMatchError, match="audience must be one of 'mentee'"):
        explained.unmatched(mentee).text("press")


def test_people_who_are_matched_are_sent_to_the_right_question(small):
    matching = mm.match(small)
    explained = mm.explain(matching)
    mentee, mentor = matching.pairs.loc[0, ["mentee", "mentor"]]
    with pytest.raises(mm.MatchingError, match=r"are matched\. pair\("):
        explained.why_not(mentee, mentor)
    with pytest.raises(mm.MatchingError, match="has the mentors it wants"):
        explained.unmatched(mentee)
    with pytest.raises(mm.MatchingError, match="explain needs a Matching, got str"):
        mm.explain("matching")


@settings(max_examples=max(10, settings().max_examples // 2))
@given(problems(4))
def test_a_bottleneck_holds_as_many_too_many_as_are_left_out(problem):
    problem = replace(with_one_mentor_each(problem), coverage_first=True)
    assume(best_by_trying_everything(problem) is not None)
    matching = mm.match(problem)
    explained = mm.explain(matching)
    for i in matching.unmatched["mentee"]:
        answer = explained.unmatched(i)
        assert all(answer.text(audience) for audience in ("mentee", "committee"))
        if answer.kind != "full":
            assert answer.kind in ("no_eligible", "below_minimum")
            continue
        # Hall: whoever may have one of these people's mentors has no other, and seats are fewer.
        assert i in answer.people
        assert len(answer.people) > answer.seats
        block = problem.block(np.array(answer.people, dtype=np.intp))
        reached = set(np.flatnonzero(block.eligible.any(axis=0)).tolist())
        with_seats = {j for j in reached if problem.after_pins.capacity[j]}
        assert with_seats <= set(answer.mentors) | {
            j for a, j in problem.pinned.tolist() if a in answer.people
        }
        # The seat that is named serves one more.
        assert answer.fix[0] == "seat"
        capacity = problem.capacities.copy()
        capacity[answer.fix[1]] += 1
        more = best_by_trying_everything(replace(problem, capacity=capacity))
        assert sum(more.covered) == matching.n_matched + 1


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(problems(4))
def test_a_seat_is_sure_to_do_exactly_where_no_best_matching_leaves_the_mentee_out(problem):
    """It "would do" was told to several and true of one, and then of nobody."""
    problem = replace(with_one_mentor_each(problem), coverage_first=True)
    assume(best_by_trying_everything(problem) is not None)
    matching = mm.match(problem)
    explained = mm.explain(matching)
    for i in matching.unmatched["mentee"]:
        answer = explained.unmatched(i)
        if answer.kind != "full":
            assert not answer.sure
            continue
        demand = problem.demands.copy()
        demand[i] = 0
        surely, unclear = [], False
        for j in np.flatnonzero(problem.after_pins.capacity):
            capacity = problem.capacities.copy()
            capacity[j] += 1
            more = replace(problem, capacity=capacity)
            with_it = best_by_trying_everything(more)
            without = best_by_trying_everything(replace(more, demand=demand))
            more_are_served = without is None or with_it[:2] > without[:2]
            if more_are_served or with_it.total > without.total + 1e-6:
                surely.append(j)
            # What is as good but for so little is a tie or not by the size of the numbers.
            unclear |= not more_are_served and 0 < with_it.total - without.total <= 1e-6
        if unclear:
            continue
        assert answer.sure == bool(surely)
        assert ("would do." in answer.text("committee")) == answer.sure
        if answer.sure:
            assert answer.fix == ("seat", problem.mentor_ids[answer.fix[1]])
            assert answer.fix[1] in surely


@settings(
    max_examples=max(10, settings().max_examples // 2),
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(problems(3))
def test_at_several_mentors_each_costs_worths_and_seats_are_differences_of_optima(problem):
    """They were bounds; and one place fewer was told as one mentee without a mentor."""
    assume(int(problem.demands.max(initial=0)) > 1)
    now = best_by_trying_everything(problem)
    assume(now is not None)
    matching = mm.match(problem)
    explained = mm.explain(matching)
    made = set(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
    n, m = problem.shape
    for i, j in [(i, j) for i in range(n) for j in range(m) if not problem.reasons(i, j)]:
        with_pair, without = best_with(problem, i, j)
        worth = explained.pair(i, j)
        for best, total in ((with_pair, worth.total_with), (without, worth.total_without)):
            assert np.isnan(total) if best is None else total == pytest.approx(best.total, abs=1e-8)
        if (i, j) in made:
            continue
        answer = explained.why_not(i, j)
        assert all(map(answer.text, ("mentee", "mentor", "committee")))
        if with_pair is None:
            assert answer.kind == "impossible"
            continue
        assert answer.cost == pytest.approx(now.total - with_pair.total, abs=1e-8)
        if problem.coverage_first:
            fewer = sum(now.covered) - sum(with_pair.covered)
            assert answer.loses_coverage - answer.swaps == fewer
            assert answer.loses_places == now.pairs - with_pair.pairs
            same = (with_pair.covered, with_pair.pairs) == (now.covered, now.pairs)
            assert (answer.kind == "loses_coverage") != same
    for j, (gain, more, *_) in enumerate(explained.seat_values().itertuples(index=False)):
        capacity = problem.capacities.copy()
        capacity[j] += 1
        best = best_by_trying_everything(replace(problem, capacity=capacity))
        assert gain == pytest.approx(best.total - now.total, abs=1e-8)
        assert more == sum(best.covered) - sum(now.covered)


def best_with(problem, i, j):
    """The best with a pair and without it; None where there is none."""
    pinned = [*problem.pin_rules, *([] if [i, j] in problem.pinned.tolist() else [(i, j)])]
    found = []
    for change in ({"pins": pinned}, {"bans": [*problem.ban_rules, (i, j)]}):
        try:
            found.append(best_by_trying_everything(replace(problem, **change)))
        except mm.InfeasibleError:
            found.append(None)
    return found


@pytest.mark.parametrize(
    ("scores", "theirs", "asked", "committee"),
    [
        ([[0.5, 0.9]], [[0.9, 0.1]], (0, 1), "ranks 0 above 1"),
        ([[0.9], [0.1]], [[0.1], [0.7]], (1, 0), "was full with pairs"),
        ([[-0.5]], None, (0, 0), "score below 0"),
    ],
)
def test_a_greedy_match_is_not_told_as_somebodys_own_preference(scores, theirs, asked, committee):
    """Joined scores decided; the person's own score for the pair asked about may be higher."""
    problem = mm.Problem.from_scores(scores, mentor_scores=theirs, coverage_first=False)
    answer = mm.explain(mm.match(problem, "greedy")).why_not(*asked)
    assert answer.kind == "outscored"
    assert committee in answer.text("committee")
    for person in ("mentee", "mentor"):
        assert "the answers of both sides" in answer.text(person)


def test_a_pair_that_was_decided_on_says_so_and_why() -> None:
    """It said that no matching is without it, as if the scores had made it."""
    scores = pd.DataFrame([[0.9, 0.6], [0.7, 0.2]], index=["ada", "bob"], columns=["x", "y"])
    pins = [("ada", "y", "both make games"), ("bob", "x")]
    explained = mm.explain(mm.match(mm.Problem.from_scores(scores, pins=pins)))
    said = explained.pair("ada", "y")
    assert said.text("committee").endswith(
        "A decision fixes the pair: both make games. Without it the pair might not be made."
    )
    assert "No matching" not in said.text("committee")
    assert said.text("mentee").startswith("The programme itself decided on this pair.")
    assert "games" not in said.text("mentee")
    assert "A pin fixes the pair." in explained.pair("bob", "x").text()


def test_who_has_no_seat_and_who_wants_nobody_is_no_choice_of_anybody() -> None:
    # "number 3 of the 3 you could have" counted a mentor with 0 seats.
    scores = pd.DataFrame([[0.9, 0.8, 0.7], [0.5, 0.4, 0.3]], ["a", "b"], ["x", "y", "z"])
    problem = mm.Problem.from_scores(scores, capacity=[1, 0, 1], demand=[1, 0])
    found = mm.explain(mm.Matching.from_pairs(problem, [("a", "z")]))
    mine = "Your mentor is number 2 of the 2 you could have"
    assert found.pair("a", "z").sentences("mentee")[0].startswith(mine)
    assert found.texts("mentee")["a"].startswith(mine)
    theirs = "Your mentee is the only one you could have."
    assert found.pair("a", "z").sentences("mentor")[0].startswith(theirs)
    assert found.texts("mentor")["z"].startswith(theirs)
    asked = found.pair("a", "y")
    assert asked.sentences("mentee") == ["The mentor you asked about takes no mentee this time."]
    assert "'y' has no seat." in asked.sentences("committee")
    assert "'b' wants no mentor." in found.pair("b", "x").sentences("committee")
