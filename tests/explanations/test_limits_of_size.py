"""Numbers beyond which an answer is found in another way, or refused: crossed from both sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.criteria.scoring import profile
from mentormatch.explanations import cautions, reasons
from mentormatch.explanations.answered import own_changes, recruiting
from mentormatch.explanations.chains import building, graph, one_row, ties

MANY = 10**9


def matched(n=12, m=7, seed=0):
    scores = np.random.default_rng(seed).random((n, m)).round(2)
    scores[0, :3] = np.nan
    return mm.match(mm.Problem.from_scores(scores, capacity=2, priority=np.arange(n) % 2))


def costs(matching):
    explained = mm.explain(matching)
    pairs = [(i, j) for i in range(4) for j in range(5)]
    answers = [explained.why_not(i, j) for i, j in pairs if matching.pairs["mentor"][i] != j]
    return [(one.kind, round(one.cost, 9)) for one in answers]


def alternatives(matching):
    return [round(one.total, 9) for one in mm.explain(matching).alternatives(4)]


@pytest.mark.parametrize(
    ("module", "name", "values", "ask"),
    [
        (building, "CACHED", (1, MANY), costs),
        (building, "MOST_SWEEPS", (40, MANY), costs),
        (graph, "FEW_NODES", (0, MANY), costs),
        (ties, "GROWTH", (1.5, 1e6), alternatives),
    ],
)
def test_both_sides_of_a_threshold_answer_the_same(monkeypatch, module, name, values, ask):
    monkeypatch.setattr(graph, "SHORT_ARCS", 3)
    found = []
    for value in values:
        monkeypatch.setattr(module, name, value)
        found.append(ask(matched()))
    assert found[0] == found[1]
    # It is this number that is asked here: nothing can be told of None.
    monkeypatch.setattr(module, name, None)
    with pytest.raises(TypeError):
        ask(matched())


@pytest.mark.parametrize(
    ("module", "name", "most", "ask", "said"),
    [
        (building, "MOST_BYTES", 8 * 11**2, costs, "The graph of 7 mentors takes more than"),
        (
            recruiting,
            "MOST_CELLS",
            12 * 8,
            lambda matching: mm.explain(matching).recruit(pd.DataFrame({"x": np.ones(12)})),
            "recruit holds all 12 × 8 scores at once, more than 95",
        ),
    ],
)
def test_what_holds_too_much_at_once_is_refused_by_its_size(
    monkeypatch, module, name, most, ask, said
):
    monkeypatch.setattr(module, name, most)
    assert ask(matched()) is not None
    monkeypatch.setattr(module, name, most - 1)
    with pytest.raises(mm.NotExplainableError, match=said):
        ask(matched())


def problem_of(mentees, mentors, *criteria):
    cohort = mm.Cohort(
        pd.DataFrame(mentees, index=[f"a{k}" for k in range(len(mentees["wants"]))]),
        pd.DataFrame(mentors, index=[f"b{k}" for k in range(len(mentors["wants"]))]),
    )
    skills = mm.criteria.SkillCoverage("wants", "wants")
    return mm.Problem(mm.Criteria(skills, *criteria).score(cohort), capacity=1)


@pytest.fixture
def programme():
    wants, levels = ["sql; git", "lua", "go", "zig"], [1, 2, 3, 2]
    return problem_of(
        {"wants": wants, "level": levels},
        {"wants": ["sql", "lua; sql", "rust; git"], "level": [4, 5, 6]},
        mm.criteria.Near("level", scale=2),
    )


def test_reasons_read_a_few_pairs_at_a_time_are_the_same(monkeypatch, programme):
    matching = mm.match(programme)
    whole = reasons.strongest_reasons(matching, 2)
    monkeypatch.setattr(reasons, "PAIRS_AT_ONCE", 1)
    assert reasons.strongest_reasons(matching, 2) == whole
    assert any(whole)


def test_of_very_many_pairs_it_is_said_about_how_many_share_nothing(monkeypatch, programme):
    said = "2 mentees ({}) share no value with any mentor in SkillCoverage."
    told, _ = cautions.find_cautions(programme)
    assert said.format("'a2', 'a3'") in told
    # Two mentees of four are looked at, and one of them shares nothing.
    monkeypatch.setattr(cautions, "PAIRS", 6)
    told, _ = cautions.find_cautions(programme)
    assert "about " + said.format("'a3'") in told
    assert cautions.find_cautions(programme)[0] == told


def test_it_is_a_draw_only_where_every_pair_scores_the_same(monkeypatch):
    """Of many mentees some were looked at: one who alone had other answers was not seen."""
    monkeypatch.setattr(cautions, "PAIRS", 3)
    mentors = {"wants": ["sql", "sql", "git"]}
    (said, *_), _ = cautions.find_cautions(problem_of({"wants": ["lua"] * 4}, mentors))
    assert "every allowed pair has the same score" in said
    told, _ = cautions.find_cautions(problem_of({"wants": ["lua"] * 3 + ["git"]}, mentors))
    assert not any("same score" in one for one in told)


def test_what_a_sample_shows_is_said_of_the_sample(monkeypatch):
    problem = problem_of({"wants": ["sql", "sql", None]}, {"wants": ["sql", "sql"]})
    said = "Only empty cells make a difference: {} whose cells are filled score the same."
    assert said.format("all pairs") in cautions.find_cautions(problem)[0]
    monkeypatch.setattr(profile, "PAIRS", 5)
    assert said.format("of 5 pairs all") in cautions.find_cautions(problem)[0]


def test_of_many_values_only_the_most_frequent_are_tried(monkeypatch):
    problem = problem_of({"wants": ["lua", "tea"]}, {"wants": ["sql", "sql; go", "git; go; sql"]})
    explained = mm.explain(mm.match(problem))
    for most, tried in ((1, ["sql"]), (2, ["sql", "go"]), (200, ["sql", "go", "git"])):
        monkeypatch.setattr(own_changes, "MOST_VALUES", most)
        told = explained.what_would_help("a0", actionable=["wants"]).to_frame()
        assert sorted(told["value"]) == sorted(tried)
    # Of a column to which nothing is added, what other mentees have is tried.
    wants, teams = ["lua", "lua", "lua", "tea"], ["x", "y", "y", "z"]
    teams = problem_of(
        {"wants": wants, "team": teams},
        {"wants": ["lua"] * 2, "team": ["y", "z"]},
        mm.criteria.Same("team", weight=1),
    )
    explained = mm.explain(mm.match(teams))
    assert "a0" in set(explained.matching.unmatched["mentee"])
    for most, tried in ((1, {"y"}), (200, {"y", "z"})):
        monkeypatch.setattr(own_changes, "MOST_VALUES", most)
        told = explained.what_would_help("a0", actionable=["team"]).to_frame()
        assert set(told["value"]) == tried


def test_priorities_of_very_many_classes_are_refused_for_one_person(monkeypatch, programme):
    problem = replace(programme, priority=[3, 2, 1, 0])
    explained = mm.explain(mm.match(problem))
    monkeypatch.setattr(one_row, "MOST_CLASSES", 4)
    assert explained.what_would_help("a3", actionable=["wants"]) is not None
    monkeypatch.setattr(one_row, "MOST_CLASSES", 3)
    with pytest.raises(mm.NotExplainableError, match=r"There are 4 priority classes; .* at most 3"):
        explained.what_would_help("a3", actionable=["wants"])
