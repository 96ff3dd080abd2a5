"""Quotas by group: one rule with one name, the same as one plain quota for each group."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mentormatch as mm
from side_oracles import best_with_rules

MENTEES, MENTORS = ["a", "b", "c", "d"], ["p", "q", "r"]


def problem_of(
    scores: Any, team: list[Any], owner: list[Any], quotas: list[mm.Quota], **given: Any
) -> mm.Problem:
    n, m = len(scores), len(scores[0])
    cohort = mm.Cohort(
        pd.DataFrame({"team": team}, MENTEES[:n]), pd.DataFrame({"owner": owner}, MENTORS[:m])
    )
    table = np.array(scores, dtype=float)
    worth = mm.criteria.Custom(
        lambda a, b: table[
            np.ix_([MENTEES.index(i) for i in a.index], [MENTORS.index(j) for j in b.index])
        ],
        weight=1,
    )
    return mm.Problem(mm.Criteria(worth).score(cohort), quotas=quotas, **given)


@settings(max_examples=max(10, settings().max_examples // 2))
@given(data=st.data())
def test_a_quota_by_group_is_one_plain_quota_for_each_group(data: st.DataObject) -> None:
    n, m = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    scores = [[data.draw(st.integers(0, 4)) / 4 for _ in range(m)] for _ in range(n)]
    owner = [data.draw(st.sampled_from(["x", "y", None])) for _ in range(m)]
    team = [data.draw(st.sampled_from(["s", "t"])) for _ in range(n)]
    by_owner, by_team, each = (data.draw(st.booleans()) for _ in range(3))
    if not (by_owner or by_team or each):
        by_owner = True
    if each:
        by_team = False
    per = {**({"mentors": "owner"} if by_owner else {}), **({"mentees": "team"} if by_team else {})}
    owners = sorted({one for one in owner if one}) if by_owner else [None]
    groups_j = [[j for j in range(m) if not by_owner or owner[j] == one] for one in owners]
    groups_i = (
        [[i] for i in range(n)]
        if each
        else [[i for i in range(n) if team[i] == one] for one in sorted(set(team))]
        if by_team
        else [list(range(n))]
    )
    keys = owners if by_owner else MENTEES[:n] if each else sorted(set(team))
    most = {key: data.draw(st.integers(0, 2)) for key in keys}
    least = data.draw(st.sampled_from([0, 0, 0, 1]))
    most = {key: max(number, least) for key, number in most.items()}
    quota = mm.Quota(at_least=least, at_most=most, per=per or None, per_mentee=each, name="rule")
    plain = [
        mm.Quota(
            some,
            others,
            at_least=least,
            at_most=most[keys[k] if by_owner else keys[g]],
            name=f"{k} {g}",
        )
        for k, others in enumerate(groups_j)
        for g, some in enumerate(groups_i)
    ]
    numbers = {"capacity": data.draw(st.integers(1, 2)), "demand": data.draw(st.integers(1, 2))}
    problem = problem_of(scores, team, owner, [quota], **numbers)
    best = best_with_rules(problem, {"quotas": plain})
    if best is None:
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem)
        return
    matching = mm.match(problem)
    assert matching.certificate is not None
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok
    assert matching.total == pytest.approx(best.total)
    assert len(matching.pairs) == best.pairs
    assert mm.audit(matching).feasibility.ok


def test_projects_of_lecturers_have_the_capacities_of_their_lecturers() -> None:
    """A lecturer supervises at most so many groups over all of their projects."""
    mentees = pd.DataFrame(index=["g1", "g2", "g3"])
    mentors = pd.DataFrame(
        {"lecturer": ["ann", "ann", "bob"], "most": [1, 1, 2]}, ["p1", "p2", "p3"]
    )
    scores = pd.DataFrame([[1.0, 0.9, 0.1], [0.2, 1.0, 0.3], [0.9, 0.8, 0.2]])
    worth = mm.criteria.Custom(lambda a, b: scores.to_numpy()[: len(a), : len(b)], weight=1)
    compatibility = mm.Criteria(worth).score(mm.Cohort(mentees, mentors))
    by_column = mm.Quota(per="lecturer", at_most="most")
    by_value = mm.Quota(per="lecturer", at_most={"ann": 1, "bob": 2})
    assert str(by_column) == "at most the number in 'most' of all mentees, for each 'lecturer'"
    for quota in (by_column, by_value):
        matching = mm.match(mm.Problem(compatibility, capacity=2, quotas=[quota]))
        held = mentors["lecturer"].loc[matching.pairs["mentor"]].value_counts()
        assert held.to_dict() == {"bob": 2, "ann": 1}
        assert matching.certificate is not None
        assert matching.certificate.proven
        assert matching.certificate.rule_prices is not None
        assert matching.certificate.rule_prices.index.tolist() == [
            (quota.label, "ann"),
            (quota.label, "bob"),
        ]


def test_one_shift_of_each_kind_for_everybody() -> None:
    shifts = pd.DataFrame({"kind": ["early", "early", "late"]}, ["s1", "s2", "s3"])
    worth = mm.criteria.Custom(lambda a, b: np.tile([1.0, 0.9, 0.1], (len(a), 1))[:, : len(b)])
    compatibility = mm.Criteria(worth).score(mm.Cohort(pd.DataFrame(index=["ada", "bo"]), shifts))
    quota = mm.Quota(per="kind", per_mentee=True, at_most=1, name="one of each kind")
    matching = mm.match(mm.Problem(compatibility, capacity=2, demand=2, quotas=[quota]))
    kinds = matching.pairs.assign(kind=shifts["kind"].loc[matching.pairs["mentor"]].tolist())
    assert not kinds.duplicated(["mentee", "kind"]).any()
    assert len(matching.pairs) == 4
    with pytest.raises(
        mm.MatchingError, match=r"one of each kind.*does not hold: 2.*ada × early|early × ada"
    ):
        mm.Matching.from_pairs(matching.problem, [("ada", "s1"), ("ada", "s2")])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"per": "lecturers", "at_most": 1}, "no column 'lecturers'|'lecturers'"),
        ({"per": "lecturer", "at_most": {"ann": 1}}, "at_most has no number for 'bob'"),
        (
            {"per": "lecturer", "at_most": {"ann": 1, "bob": 1, "anne": 2}},
            "at_most has a number for 'anne', which is no group. Did you mean 'ann'",
        ),
        ({"per": "lecturer", "at_most": "most"}, "differs within 'ann': 1 and 3"),
        ({"per": "lecturer", "at_most": "lecturer"}, "must be a whole number of 0 or more"),
        ({"per": {"mentors": "lecturer"}, "per_mentor": True, "at_most": 1}, "at once"),
        (
            {"per": "lecturer", "at_least": {"ann": 2, "bob": 0}, "at_most": 1},
            "at least 2 and at most 1",
        ),
    ],
)
def test_a_quota_by_group_that_cannot_be_used_says_why(given: dict[str, Any], message: str) -> None:
    mentors = pd.DataFrame({"lecturer": ["ann", "ann", "bob"], "most": [1, 3, 2]}, MENTORS)
    cohort = mm.Cohort(pd.DataFrame(index=["g"]), mentors)
    with pytest.raises(mm.ProblemError, match=message):
        mm.Problem(mm.Criteria().score(cohort), quotas=[mm.Quota(**given)])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"at_most": "most"}, "a number for each group needs per="),
        ({"at_most": {"a": -1}, "per": "x"}, "at_most must be a whole number of 0 or more for 'a'"),
        ({"at_most": 1, "per": {"people": "x"}}, "per must be a column, or one by table such as"),
        ({"at_most": 1, "per_mentee": "yes"}, "per_mentee must be True or False"),
    ],
)
def test_a_quota_without_meaning_is_refused_when_it_is_made(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(mm.ProblemError, match=message):
        mm.Quota(**given)


def test_an_impossible_quota_says_what_it_needs_and_who_there_is() -> None:
    evenings = ["mon", "tue", "wed", "thu"]
    scores = pd.DataFrame(1.0, ["ada", "bo", "cy"], evenings)
    quota = mm.Quota(per_mentor=True, at_least=1, name="an evening needs one")
    with pytest.raises(mm.InfeasibleError) as caught:
        mm.match(mm.Problem.from_scores(scores, quotas=[quota]))
    assert str(caught.value) == (
        "The quota 'an evening needs one' cannot hold: it needs 1 each with 'mon', 'thu', 'tue', "
        "'wed', but only 3 mentees are eligible: 'ada', 'bo', 'cy'. Lower its number, or let more "
        "mentees be eligible."
    )
    scores.loc["bo":, "mon"] = np.nan
    quota = mm.Quota(mentors=["mon"], at_least=2, name="two on Monday")
    with pytest.raises(
        mm.InfeasibleError, match="needs 2 with 'mon', but only 1 mentee is eligible: 'ada'"
    ):
        mm.match(mm.Problem.from_scores(scores, capacity=2, quotas=[quota]))
    quota = mm.Quota(mentors=["tue"], at_least=2, name="two on Tuesday")
    with pytest.raises(mm.InfeasibleError, match="it needs 2 with 'tue', but there is only 1 seat"):
        mm.match(mm.Problem.from_scores(scores, capacity=1, quotas=[quota]))
