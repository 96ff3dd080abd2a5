"""Scenarios equal a fresh match of the changed problem; frontiers and robustness likewise."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import import_module

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings

import mentormatch as mm
from mentormatch.whatif import change
from oracles import achieved, best_by_trying_everything
from problems import problems, with_one_mentor_each

FEW = max(10, settings().max_examples // 3)
LADDER = ["intern", "junior", "mid", "senior", "staff", "principal"]


@pytest.fixture
def programme():
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants_to_learn", offers="can_teach", weight=4),
        mm.criteria.LevelGap(mentee="level", mentor="level", weight=2, ladder=LADDER),
        mm.criteria.Different("team"),
    )
    return mm.Problem(criteria.score(mm.datasets.it_program(8, 4, seed=2)), capacity=1)


@st.composite
def feasible(draw):
    problem = draw(problems(4))
    assume(best_by_trying_everything(problem) is not None)
    return problem


@settings(max_examples=FEW)
@given(feasible(), st.data())
def test_a_scenario_is_the_best_matching_of_the_changed_problem(problem, data):
    n, m = problem.shape
    assume(n and m)
    matching = mm.match(problem)
    i, j = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, m - 1))
    changes, capacity = [mm.change.seat(j, +1)], problem.capacities.copy()
    capacity[j] += 1
    changed = replace(problem, capacity=capacity)
    if data.draw(st.booleans()):
        pinned = (i, j) in {tuple(pair) for pair in problem.pinned.tolist()}
        assume(not pinned)
        changes.append(mm.change.ban(i, j))
        changed = replace(changed, bans=[*changed.ban_rules, (i, j)])
    best = best_by_trying_everything(changed)
    if best is None:
        with pytest.raises(mm.InfeasibleError):
            mm.what_if(matching, changes)
        return
    scenario = mm.what_if(matching, changes)
    after = achieved(scenario.after)
    assert after.covered == best.covered
    assert after.total == pytest.approx(best.total, abs=1e-7)
    assert scenario.gain == pytest.approx(after.total - matching.total, abs=1e-9)
    assert all(map(scenario.text, ("mentee", "committee")))


def test_every_change_goes_round_and_does_what_it_says(programme):
    matching = mm.match(programme)
    mentor, mentee = programme.mentor_ids[0], programme.mentee_ids[0]
    free = next(
        (i, j)
        for i in programme.mentee_ids
        for j in programme.mentor_ids
        if programme.why_ineligible(i, j) is None
    )
    changes = [
        mm.change.seat(mentor, +1),
        mm.change.minimum(mentor, 1),
        mm.change.weight("SkillCoverage", 5),
        mm.change.lift("Different('team')"),
        mm.change.pin(*free),
        mm.change.ban(free[0], next(j for j in programme.mentor_ids if j != free[1])),
        mm.change.leave(next(i for i in programme.mentee_ids if i != free[0])),
    ]
    again = [mm.change.from_dict(json.loads(json.dumps(change.to_dict()))) for change in changes]
    assert again == changes
    scenario = mm.what_if(matching, again)
    after = scenario.after
    assert free in set(zip(after.pairs["mentee"], after.pairs["mentor"], strict=True))
    assert len(after.problem.mentee_ids) == 7
    assert after.loads[mentor] >= 1
    assert "Different('team')" not in after.problem.compatibility.scorer.rules
    weights = mm.change.criteria_of(after.problem).weights
    assert weights["SkillCoverage"] == 5
    assert set(scenario.to_dict()) == {"changes", "gain", "coverage", "moves", "how"}
    grid = mm.what_if_grid(
        matching, {"one more": [mm.change.seat(mentor, 1)], "gone": [mm.change.leave(mentee)]}
    )
    assert grid.index.tolist() == ["one more", "gone"]
    assert grid.loc["one more", "coverage"] == 1


@pytest.mark.parametrize("side", ["mentee", "mentor"])
@pytest.mark.parametrize("who", [0, 1, 2])
def test_a_pin_stays_with_its_people_when_others_leave(side, who):
    problem = mm.Problem.from_scores(np.eye(3)[::-1] / 2, pins=[(1, 1)], bans=[(2, 2)])
    scenario = mm.what_if(mm.match(problem), [mm.change.leave(who, side)])
    made = set(scenario.after.pairs[["mentee", "mentor"]].itertuples(index=False, name=None))
    assert ((1, 1) in made) == (who != 1)
    assert (2, 2) not in made


def test_a_rule_that_is_lifted_for_somebody_holds_for_everybody_else(programme):
    rule = "Different('team')"
    everybody = mm.change.lift(rule).apply(programme)
    mentee, mentor = next(
        (i, j)
        for i in programme.mentee_ids
        for j in programme.mentor_ids
        if programme.why_ineligible(i, j) is not None
    )
    change = mm.change.lift(rule, for_=[mentee, mentor])
    assert mm.change.from_dict(json.loads(json.dumps(change.to_dict()))) == change
    some = mm.change.lift(rule, for_=[mentee, mentor]).apply(programme)
    freed = 0
    for i in programme.mentee_ids:
        for j in programme.mentor_ids:
            exempt = i == mentee or j == mentor
            expected = (everybody if exempt else programme).why_ineligible(i, j)
            assert some.why_ineligible(i, j) == expected
            freed += expected is None and programme.why_ineligible(i, j) is not None
    assert freed
    rows, columns = slice(0, 4), slice(1, 3)
    block = some.block(slice(None))
    dense = some.compatibility.dense()
    assert np.array_equal(np.isnan(dense), ~block.eligible)
    tile = some.compatibility.scorer.joined(rows, np.nan, columns)
    np.testing.assert_array_equal(np.isnan(tile), np.isnan(dense[rows, columns]))
    order = np.arange(len(programme.mentee_ids))[::-1], np.arange(len(programme.mentor_ids))[::-1]
    turned = some.compatibility.take(*order).dense()
    np.testing.assert_array_equal(np.isnan(turned), np.isnan(dense[::-1, ::-1]))
    scorer = some.compatibility.scorer
    removed = scorer.removed(np.arange(len(programme.mentee_ids)))
    place = scorer.rules.index(rule)
    team_i = programme.compatibility.cohort.mentees["team"].to_numpy()
    team_j = programme.compatibility.cohort.mentors["team"].to_numpy()
    held = (team_i[:, None] == team_j) & (programme.mentor_ids != mentor)
    held &= (programme.mentee_ids != mentee)[:, None]
    assert removed[:, place].tolist() == held.sum(axis=1).tolist()
    matching = mm.what_if(mm.match(programme), [mm.change.lift(rule, for_=[mentee])]).after
    assert mm.certificates.verify(matching).ok
    with pytest.raises(mm.ProblemError, match="Put that change last"):
        mm.what_if(mm.match(programme), [change, mm.change.weight("SkillCoverage", 2)])


def test_changes_that_do_not_fit_are_refused_with_the_cure(programme):
    matching = mm.match(programme)
    mentor = programme.mentor_ids[0]
    with pytest.raises(mm.ProblemError, match="has 1 seat, so 2 cannot be taken away"):
        mm.what_if(matching, [mm.change.seat(mentor, -2)])
    with pytest.raises(mm.MentorMatchError, match="There is no rule 'Same'"):
        mm.what_if(matching, [mm.change.lift("Same")])
    with pytest.raises(mm.ProblemError, match="There is nobody with the id 'nobody'"):
        mm.what_if(matching, [mm.change.lift("Different('team')", for_=["nobody"])])
    with pytest.raises(mm.MentorMatchError, match="for_ must be a list of ids"):
        mm.change.lift("Different('team')", for_="ada")
    with pytest.raises(mm.MentorMatchError, match="for everybody or for nobody"):
        mm.what_if(matching, [mm.change.lift("min_score", for_=[mentor])])
    with pytest.raises(mm.MentorMatchError, match="is no change"):
        mm.what_if(matching, ["seat"])
    with pytest.raises(mm.MentorMatchError, match="There is no change 'rob'"):
        mm.change.from_dict({"kind": "rob"})
    with pytest.raises(mm.MentorMatchError, match=r"has no .who.; it has mentor, by"):
        mm.change.from_dict({"kind": "seat", "who": "ada"})
    given_scores = mm.match(mm.Problem.from_scores([[0.5]]))
    with pytest.raises(mm.ProblemError, match="no criteria to weigh otherwise"):
        mm.what_if(given_scores, [mm.change.weight("SkillCoverage", 2)])
    again = mm.rematch(given_scores, given_scores.problem)
    with pytest.raises(mm.MentorMatchError, match="a rematch is not made again by its name"):
        mm.what_if(again, [mm.change.seat(0, 1)])


def test_pairs_survive_small_changes_of_the_weights_more_often_than_not(programme):
    table = mm.sensitivity(programme, around=0.05, draws=12)
    assert table.columns.tolist() == ["mentee", "mentor", "share", "low", "high", "depends_on"]
    assert len(table) == len(mm.match(programme).pairs)
    assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()
    assert table["share"].is_monotonic_increasing
    pd.testing.assert_frame_equal(table, mm.sensitivity(programme, around=0.05, draws=12))
    with pytest.raises(mm.MentorMatchError, match="around must be above 0"):
        mm.sensitivity(programme, around=0)


@st.composite
def weighed(draw):
    """Two numbers and a place compared, some cells empty, at one mentor each or several."""
    n, m = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    cells = {"a": st.integers(0, 4), "b": st.integers(0, 4), "c": st.sampled_from(["x", "y"])}
    tables = [
        pd.DataFrame({name: [draw(kind) for _ in range(count)] for name, kind in cells.items()})
        for count in (n, m)
    ]
    cohort = mm.Cohort(
        *(one.assign(id=[f"{k}{side}" for k in one.index]) for side, one in enumerate(tables))
    )
    criteria = mm.Criteria(
        mm.criteria.Near("a", scale=2, weight=draw(st.sampled_from([1, 2]))),
        mm.criteria.Near("b", scale=3, weight=draw(st.sampled_from([1, 3]))),
        mm.criteria.Same("c", weight=1),
    )
    return mm.Problem(
        criteria.score(cohort),
        capacity=draw(st.integers(1, 2)),
        demand=draw(st.integers(1, 2)),
        coverage_first=draw(st.booleans()),
    )


@settings(max_examples=max(7, settings().max_examples // 5))
@given(weighed(), st.sampled_from([(0.0, 3.0), (0.5, 8.0)]))
def test_between_break_points_one_matching_is_best_and_at_them_another(problem, between):
    criteria = change.criteria_of(problem)
    label = next(iter(criteria.weights))
    rest = sum(criteria.weights.values()) - criteria.weights[label]
    table = mm.break_points(problem, label, between)
    assert table["from"].iloc[0] == between[0]
    assert table["to"].iloc[-1] == between[1]
    assert (table["from"].iloc[1:].to_numpy() == table["to"].iloc[:-1].to_numpy()).all()
    assert (table["to"] > table["from"]).all()
    assert table["own"].is_monotonic_increasing
    assert table["own"].is_unique
    assert table["chosen"].sum() >= (between[0] <= criteria.weights[label] <= between[1])
    for weight in np.linspace(*between, 13):
        again = criteria.with_weights({label: float(weight)}) if weight else None
        if again is None:
            continue
        best = mm.match(replace(problem, compatibility=again.score(problem.compatibility.cohort)))
        row = table[(table["from"] <= weight) & (weight <= table["to"])].iloc[0]
        total = (row["others"] + weight * row["own"]) / (weight + rest)
        assert total == pytest.approx(best.total, abs=1e-6)


def test_break_points_refuse_what_they_cannot_weigh(programme):
    with pytest.raises(mm.NotExplainableError, match=r"break_points has no answer .* were given"):
        mm.break_points(mm.Problem.from_scores([[1.0]]), "LevelGap")
    with pytest.raises(mm.MentorMatchError, match="There is no criterion 'Gap'"):
        mm.break_points(programme, "Gap")
    with pytest.raises(mm.MentorMatchError, match="is a rule and has no weight"):
        mm.break_points(programme, "Different")
    for between in ((2, 1), (-1, 1), (0, np.inf)):
        with pytest.raises(mm.MentorMatchError, match="between must be two weights"):
            mm.break_points(programme, "LevelGap", between)


def test_pairs_that_hang_on_ties_are_told_apart_from_those_that_hang_on_weights():
    people = pd.DataFrame({"id": ["a", "b", "c"], "x": [1, 1, 5], "y": [0, 0, 0]})
    cohort = mm.Cohort(people, people.assign(id=["p", "q", "r"]))
    criteria = mm.Criteria(mm.criteria.Near("x", scale=2, weight=1))
    table = mm.sensitivity(mm.Problem(criteria.score(cohort)), draws=5)
    told = table.set_index("mentee")["depends_on"]
    # Two are alike, and so are two mentors: who has whom is an order's choice.
    assert told.to_dict() == {"a": "ties", "b": "ties", "c": ""}


def without(problem, j):
    """The problem without one mentor's seats, minimum and pins."""
    capacity, minimum = problem.capacities.copy(), problem.minimums.copy()
    capacity[j] = minimum[j] = 0
    pins = [one for one in problem.pin_rules if one.mentor != j]
    return replace(problem, capacity=capacity, minimum=minimum, pins=pins)


@settings(max_examples=2 * FEW)
@given(feasible(), st.booleans())
def test_what_is_lost_without_a_mentor_is_the_difference_of_the_optima(problem, single):
    if single:
        # At one mentor each the graph answers and nothing is matched again.
        problem = with_one_mentor_each(problem)
        assume(best_by_trying_everything(problem) is not None)
    matching = mm.match(problem)
    told = mm.robustness(matching)
    table, reserves = told.mentors.set_index("mentor"), told.reserves
    assert all(map(told.text, ("mentee", "mentor", "committee")))
    now = achieved(matching)
    for j in range(problem.shape[1]):
        left = without(problem, j)
        best = best_by_trying_everything(left)
        row = table.loc[j]
        mine = reserves[reserves["mentor"] == j]
        if best is None:
            assert np.isnan(row["loss"]) or row["mentees"] == 0
            continue
        assert row["loss"] == pytest.approx(now.total - best.total, abs=1e-7)
        if problem.coverage_first:
            assert row["coverage_lost"] == sum(now.covered) - sum(best.covered)
        assert row["moves"] == len(row["movers"])
        assert set(mine["mentee"]) == set(matching.mentees[matching.mentors == j].tolist())
        if single and not row["moves"]:
            # Reserves are places that are there: with them the best matching without j is made.
            pairs = {
                int(i): int(k) for i, k in zip(matching.mentees, matching.mentors, strict=True)
            }
            pairs |= dict(zip(mine["mentee"], mine["reserve"], strict=True))
            kept = [(i, int(k)) for i, k in pairs.items() if k is not None]
            again = mm.Matching.from_pairs(left, kept)
            assert again.total == pytest.approx(best.total, abs=1e-7)
            assert achieved(again).covered == best.covered


@pytest.mark.parametrize("seed", [5, 10, 31, 33])
def test_of_many_ties_nobody_moves_twice_when_a_mentor_leaves(seed):
    """A known shortest way met a step of the search that was as short: somebody moved twice."""
    generator = np.random.default_rng(seed)
    made = generator.normal(size=(80, 4)) @ generator.normal(size=(40, 4)).T
    scores = ((made - made.min()) / np.ptp(made)).round(2)
    matching = mm.match(mm.Problem.from_scores(scores, capacity=2))
    found = mm.robustness(matching).mentors.set_index("mentor")
    for j in range(40):
        capacity = np.full(40, 2)
        capacity[j] = 0
        without = mm.match(mm.Problem.from_scores(scores, capacity=capacity))
        assert found.loc[j, "coverage_lost"] == matching.n_matched - without.n_matched
        assert found.loc[j, "loss"] == pytest.approx(matching.total - without.total, abs=1e-7)


def test_robustness_names_the_reserve_and_who_moves_without_matching_again(monkeypatch):
    robustness = import_module("mentormatch.rematching.robustness")

    def refuse(*_, **__):
        raise AssertionError("matched again")

    generator = np.random.default_rng(5)
    matching = mm.match(mm.Problem.from_scores(generator.random((60, 30)).round(1), capacity=3))
    monkeypatch.setattr(robustness, "match", refuse)
    told = mm.robustness(matching)
    assert len(told.mentors) == 30
    assert len(told.reserves) == 60
    gone = told.mentors["mentor"][0]
    monkeypatch.undo()
    again = mm.match(without(matching.problem, gone))
    assert told.mentors["loss"][0] == pytest.approx(matching.total - again.total)
    small = mm.robustness(mm.match(mm.Problem.from_scores([[0.9, 0.5], [0.8, 0.1]])), [1])
    assert small.text() == (
        "If their mentor left, 1 mentee would have another one, and 0 would have nobody. Without "
        "1 the total would lose 0.4, 1 mentee fewer would have a mentor, and 1 mentee of others "
        "would move (1)."
    )
    with pytest.raises(mm.NotExplainableError, match="looks for something else"):
        mm.robustness(mm.match(mm.Problem.from_scores([[0.5]]), "greedy"))
    worse = mm.Matching.from_pairs(mm.Problem.from_scores([[0.9, 0.5]]), [(0, 1)])
    with pytest.raises(mm.NotExplainableError, match="not the best one for its problem"):
        mm.robustness(worse)


def test_the_frontier_has_the_best_total_and_the_fewest_changes_at_its_ends():
    generator = np.random.default_rng(4)
    scores = generator.random((12, 6)).round(2)
    was = mm.match(mm.Problem.from_scores(scores, capacity=2))
    problem = mm.Problem.from_scores(generator.random((12, 6)).round(2), capacity=2)
    table = mm.rematch_frontier(was, problem)
    assert table["changes"].is_monotonic_increasing
    assert table["total"].is_monotonic_increasing
    assert table["total"].iloc[-1] == pytest.approx(mm.match(problem).total)
    fewest = mm.rematch(was, problem)
    assert table["changes"].iloc[0] == fewest.n_changes
    assert table["total"].iloc[0] == pytest.approx(fewest.total)
    for changes, total, _ in table.itertuples(index=False):
        again = mm.rematch(was, problem, max_changes=int(changes))
        assert again.total == pytest.approx(total, abs=1e-6)


@pytest.mark.parametrize("by", [0.5, "1", None, True, float("nan")])
def test_part_of_a_seat_is_refused_and_not_rounded(by):
    with pytest.raises(mm.MentorMatchError, match="by must be a whole number of seats"):
        mm.what_if(mm.match(mm.Problem.from_scores([[0.9]])), [mm.change.seat(0, by)])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"value": 3}, "The change 'minimum' has no 'value'; it has mentor, number."),
        ({"numer": 3}, "Did you mean 'number'?"),
        ({}, "The change 'minimum' needs 'number', and it is missing."),
    ],
)
def test_a_change_with_other_keys_is_told_in_words_of_the_file(given, said):
    """ "minimum.__init__() got an unexpected keyword argument" stood in the terminal."""
    with pytest.raises(mm.MentorMatchError) as wrong:
        mm.change.from_dict({"kind": "minimum", "mentor": "lin", **given})
    assert said in str(wrong.value)
