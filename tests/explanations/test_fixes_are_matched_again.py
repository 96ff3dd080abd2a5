"""What is told to serve somebody serves them when everybody is matched again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.reports.answers import find_fixes

COUNTRIES, SKILLS = ["Chile", "Peru"], ["Lua", "SQL", "C"]


def programme(seed: int) -> mm.Problem:
    """A few people, of whom some have no mentor: for rules, for seats, for low scores."""
    rng = np.random.default_rng(seed)
    tables = [
        pd.DataFrame(
            {
                "id": [f"{letter}{k}" for k in range(count)],
                "team": rng.choice(["red", "blue", "green"], count),
                "country": rng.choice(COUNTRIES, count),
                "skill": rng.choice(SKILLS, count),
                "seats": rng.integers(0, 3, count),
            }
        )
        for letter, count in (("e", int(rng.integers(1, 6))), ("r", int(rng.integers(1, 5))))
    ]
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="skill", offers="skill", weight=1),
        mm.criteria.Different("team"),
        mm.criteria.Same("country"),
        reciprocity="harmonic" if seed % 3 == 2 else "mean",
    )
    asked = [
        {},
        {"min_score": 0.5},
        {"coverage_first": False},
        {"demand": 2},
        {"priority": rng.integers(0, 2, len(tables[0]))},
        {"bans": [("e0", "r0")]},
    ][seed % 6]
    return mm.Problem(criteria.score(mm.Cohort(*tables)), "seats", **asked)


@pytest.mark.parametrize("strategy", ["optimal", "leximin", "stable"])
def test_a_change_that_is_sure_to_serve_somebody_serves_them(strategy: str) -> None:
    served = {"seat": 0, "rule": 0}
    for seed in range(18):
        problem = programme(seed)
        matching = mm.match(problem, strategy)
        asked = mm.explain(matching)
        for i in np.flatnonzero(matching.places < problem.demands).tolist():
            who = problem.mentee_ids[i]
            answer = asked.unmatched(who)
            if answer.fix is None or not answer.sure:
                continue
            kind, name = answer.fix
            change = mm.change.seat(name)
            if kind == "rule":
                change = mm.change.lift(name, for_=[who])
            again = mm.match(change.apply(problem), strategy)
            assert again.places[i] > matching.places[i], (seed, who, answer.fix)
            served[kind] += 1
    if strategy == "stable":
        assert not served["rule"]
    else:
        assert served["rule"] > 5


def people(count: int, *, letter: str, **cells: object) -> pd.DataFrame:
    return pd.DataFrame({"id": [f"{letter}{k}" for k in range(count)], **cells})


def test_a_rule_is_no_fix_where_the_score_is_too_low_besides() -> None:
    # Without the rule the pair has a score of 0, and min_score forbids it all the same.
    mentees = people(1, letter="e", country="Chile", skill="Lua")
    mentors = people(1, letter="r", country="Peru", skill="SQL")
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="skill", offers="skill", weight=1),
        mm.criteria.Same("country"),
    )
    scored = criteria.score(mm.Cohort(mentees, mentors))
    matching = mm.match(mm.Problem(scored, min_score=0.5))
    answer = mm.explain(matching).unmatched("e0")
    assert answer.fix is None
    assert set(answer.rules["rule"]) == {"min_score", "Same('country')"}
    assert find_fixes(matching, np.array([0])) == ["–"]
    fits = mm.explain(mm.match(mm.Problem(scored))).unmatched("e0")
    assert fits.fix == ("rule", "Same('country')")
    assert fits.sure
    assert "Exempt from the rule Same('country') it would have a mentor" in str(fits)


def test_a_rule_that_also_keeps_others_out_is_no_promise_to_one() -> None:
    # Two wait for one seat; where only the total counts, or scores are stable, it may stay empty.
    mentees = people(2, letter="e", country="Chile", skill="Lua")
    mentors = people(1, letter="r", country="Peru", skill="Lua")
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="skill", offers="skill", weight=1),
        mm.criteria.Same("country"),
    )
    problem = mm.Problem(criteria.score(mm.Cohort(mentees, mentors)))
    everybody = np.array([0, 1])
    assert (
        find_fixes(mm.match(problem), everybody) == ["an exemption from the rule Same: country"] * 2
    )
    assert (
        find_fixes(mm.match(problem, "stable"), everybody)
        == ["perhaps without the rule Same: country"] * 2
    )
