"""Ties, alternatives and new mentors against trying every matching."""

from __future__ import annotations

from itertools import combinations, product

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis.extra import numpy as hnp

import mentormatch as mm
from oracles import best_by_trying_everything
from problems import TIED, problems, with_one_mentor_each

FEW = max(10, settings().max_examples // 2)


@st.composite
def feasible(draw, most=4):
    """Feasible problems with one mentor each, or with several and fewer people."""
    single = draw(st.booleans())
    problem = draw(problems(most if single else 3))
    problem = with_one_mentor_each(problem) if single else problem
    assume(best_by_trying_everything(problem) is not None)
    return problem


def best_served(problem):
    """All matchings of the best coverage: (total, pairs), best first."""
    block = problem.block(slice(0, problem.shape[0]))
    found = [
        (served, sum(float(block.scores[i, j]) for i, j in pairs), pairs)
        for served, pairs in every_matching(problem)
    ]
    most = max(served for served, _, _ in found)
    return sorted(
        ((total, pairs) for served, total, pairs in found if served == most),
        key=lambda one: -one[0],
    )


def every_matching(problem):
    """All matchings: what coverage counts, and the pairs."""
    n, m = problem.shape
    block = problem.block(slice(0, n))
    choices = []
    for i in range(n):
        must = {j for a, j in problem.pinned.tolist() if a == i}
        own = [j for j in range(m) if block.eligible[i, j]]
        some = (one for size in range(problem.demands[i] + 1) for one in combinations(own, size))
        choices.append([one for one in some if must <= set(one)])
    found = []
    least, most = problem.minimums.tolist(), problem.capacities.tolist()
    for chosen in product(*choices):
        held = [j for some in chosen for j in some]
        if all(least[j] <= held.count(j) <= most[j] for j in range(m)):
            pairs = frozenset((i, j) for i, some in enumerate(chosen) for j in some)
            covered = np.bincount(
                [problem.priority_classes[i] for i, some in enumerate(chosen) if some],
                minlength=problem.n_classes,
            )
            served = (*covered, len(pairs)) if problem.coverage_first else ()
            found.append((served, pairs))
    return found


@settings(max_examples=FEW)
@given(feasible(), st.integers(1, 5))
def test_the_next_best_matchings_are_those_of_the_whole_list(problem, k):
    matching = mm.match(problem)
    explained = mm.explain(matching)
    found = best_served(problem)
    others = explained.alternatives(k)
    assert len(others) == min(k, len(found) - 1)
    totals = [matching.total, *(one.total for one in others)]
    np.testing.assert_allclose(totals, [total for total, _ in found[: len(totals)]], atol=1e-8)
    made = [frozenset(zip(a.mentees.tolist(), a.mentors.tolist(), strict=True)) for a in others]
    mine = frozenset(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
    assert len({mine, *made}) == 1 + len(made)
    sizes = problem.block(slice(0, problem.shape[0])).scores
    close = 1e-9 * max(np.abs(sizes).max(initial=0.0, where=~np.isnan(sizes)), 1e-280)
    unique = sum(total >= found[0][0] - close for total, _ in found) == 1
    assert explained.is_unique == unique


def test_where_all_want_several_mentors_what_is_told_is_so_and_the_rest_is_refused():
    """Guards chains that pass somebody twice, which few small problems have."""
    refused = []
    for seed in [*range(12), 64]:
        rng = np.random.default_rng(seed)
        n, m = 4, int(rng.integers(3, 5))
        scores = rng.choice([0, 0.25, 0.5, 0.75, 1, -0.25], size=(n, m))
        problem = mm.Problem.from_scores(
            scores,
            capacity=rng.integers(1, 3, m),
            demand=rng.integers(1, 4, n),
            coverage_first=bool(seed % 3),
        )
        matching = mm.match(problem)
        explained, found = mm.explain(matching), best_served(problem)
        mine = set(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
        assert explained.is_unique == (sum(total >= found[0][0] - 1e-9 for total, _ in found) == 1)
        cost = {}
        for total, pairs in found:
            for pair in pairs - mine:
                cost.setdefault(pair, found[0][0] - total)
        near = explained.near_ties(0.4).pairs
        told = {(i, j): lost for i, _, j, lost, _ in near.itertuples(index=False) if j is not None}
        assert told == pytest.approx({one: lost for one, lost in cost.items() if lost <= 0.4})
        try:
            totals = [matching.total, *(one.total for one in explained.alternatives(3))]
        except mm.NotExplainableError as error:
            refused.append(str(error))
        else:
            assert len(totals) == min(4, len(found))
            assert totals == pytest.approx([total for total, _ in found[: len(totals)]])
        new = pd.DataFrame(rng.random((n, 1)).round(2), columns=["new"])
        wider = mm.Problem.from_scores(
            np.column_stack([scores, new]),
            capacity=np.append(problem.capacities, 2),
            demand=problem.demands,
            coverage_first=problem.coverage_first,
        )
        try:
            (row,) = explained.recruit(new, capacity=2).itertuples(index=False)
        except mm.NotExplainableError as error:
            refused.append(str(error))
        else:
            assert row.gain == pytest.approx(mm.match(wider).total - matching.total, abs=1e-7)
    assert len(refused) <= 3
    assert all("more than one move of somebody" in one for one in refused)
    told = explained.capabilities().set_index("question").loc["recruit"]
    assert told["answered"] == "exact"
    assert "would move twice is refused" in told["why"]


@settings(max_examples=FEW)
@given(feasible(), st.sampled_from([0.0, 0.25, 0.6]))
def test_near_ties_are_the_pairs_of_matchings_that_lose_little(problem, within):
    matching = mm.match(problem)
    ties = mm.explain(matching).near_ties(within)
    assert all(map(ties.text, ("mentee", "committee")))
    found = best_served(problem)
    mine = set(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
    want = {}
    for total, pairs in found:
        for pair in pairs - mine:
            want.setdefault(pair, found[0][0] - total)
    got = {}
    for mentee, _, to, cost, _ in ties.pairs.itertuples(index=False):
        if to is not None:
            got[mentee, to] = min(cost, got.get((mentee, to), np.inf))
    for pair, cost in want.items():
        if cost <= within - 1e-8 or cost <= 1e-10:
            assert got[pair] == pytest.approx(cost, abs=1e-8)
    assert all(want[pair] == pytest.approx(cost, abs=1e-8) for pair, cost in got.items())


@settings(max_examples=FEW)
@given(feasible(3), st.data())
def test_a_new_mentor_adds_what_the_best_matching_with_it_adds(problem, data):
    n = problem.shape[0]
    count = data.draw(st.integers(1, 3))
    scores = data.draw(hnp.arrays(np.float64, (n, count), elements=TIED))
    seats = data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    names = [f"new{k}" for k in range(count)]
    frame = pd.DataFrame(scores, index=problem.mentee_ids, columns=names)
    table = mm.explain(mm.match(problem)).recruit(frame, capacity=seats)
    now = best_by_trying_everything(problem)
    dense = problem.block(slice(0, n)).scores
    new = (
        scores
        if problem.min_score is None
        else np.where(scores < problem.min_score, np.nan, scores)
    )

    def best_with(chosen):
        wider = mm.Problem.from_scores(
            np.column_stack([dense, *(new[:, k] for k in chosen)]),
            capacity=np.append(problem.capacities, [seats[k] for k in chosen]).astype(np.int64),
            minimum=np.append(problem.minimums, [0] * len(chosen)).astype(np.int64),
            demand=problem.demands,
            priority=problem.priorities,
            pins=[(int(i), int(j)) for i, j in problem.pinned],
            coverage_first=problem.coverage_first,
        )
        return best_by_trying_everything(wider)

    row_of = table.set_index("candidate")
    for k, name in enumerate(names):
        best = best_with([k])
        assert row_of.loc[name, "gain"] == pytest.approx(best.total - now.total, abs=1e-8)
        if problem.coverage_first:
            assert row_of.loc[name, "coverage"] == sum(best.covered) - sum(now.covered)
    together = best_with(range(count))
    assert table["gain_in_order"].sum() == pytest.approx(together.total - now.total, abs=1e-8)
    assert table["order"].tolist() == list(range(1, count + 1))


@settings(max_examples=FEW)
@given(feasible())
def test_every_matching_leaves_out_as_many_of_a_shortage_as_it_says(problem):
    matching = mm.match(problem)
    table = mm.explain(matching).shortages().table
    whole = [pairs for _, pairs in every_matching(problem)]
    for people, left_out in zip(table["people"], table["left_out"], strict=True):
        without = [len(set(people) - {i for i, _ in pairs}) for pairs in whole]
        assert min(without) >= left_out > 0
    if problem.coverage_first:
        # Together they are all who go without, but for those whom nobody may take (Ore).
        eligible = problem.block(slice(0, problem.shape[0])).eligible
        wanting = eligible.any(axis=1) & (problem.demands > 0) & (matching.places == 0)
        assert table["left_out"].sum() == np.count_nonzero(wanting)


def test_mentors_without_a_seat_are_a_shortage():
    """With no seat anywhere it said that no set of mentees has fewer seats than members."""
    none = mm.explain(mm.match(mm.Problem.from_scores(np.ones((4, 2)), capacity=0)))
    assert none.shortages().text() == (
        "4 mentees have 0 seats among 2 mentors (0 and 1): 4 must go without."
    )
    scores = [[1.0, np.nan], [1.0, np.nan], [np.nan, 1.0]]
    some = mm.explain(mm.match(mm.Problem.from_scores(scores, capacity=[1, 0])))
    assert some.shortages().text() == (
        "2 mentees have 1 seat among 1 mentor (0): 1 must go without. "
        "1 mentee has 0 seats among 1 mentor (1): 1 must go without."
    )
    assert "1 mentee shares the 0 seats of 1, so 1 mentee must go" in some.unmatched(2).text()


def test_a_shortage_is_told_in_counts_and_names_what_its_people_want():
    mentees = pd.DataFrame(
        {"id": [f"m{k}" for k in range(6)], "wants": ["Lua"] * 4 + ["Rust"] * 2}
    ).set_index("id")
    mentors = pd.DataFrame(
        {"id": ["lin", "max"], "teaches": ["Lua", "Rust"], "seats": [2, 3]}
    ).set_index("id")
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants", offers="teaches", weight=1, minimum=0.5)
    )
    problem = mm.Problem(criteria.score(mm.Cohort(mentees, mentors)), capacity="seats")
    explained = mm.explain(mm.match(problem))
    shortage = explained.shortages()
    (row,) = shortage.table.to_dict("records")
    assert (row["mentees"], row["seats"], row["mentors"], row["left_out"]) == (4, 2, 1, 2)
    assert shortage.text() == (
        "4 mentees want Lua, and have 2 seats among 1 mentor ('lin'): 2 must go without."
    )
    assert "lin" not in shortage.text("mentee")
    # What most of them want is not said of all.
    some = mentees.assign(wants=["Lua"] * 4 + ["Go", "Rust"])
    both = mentors.assign(teaches=["Lua; Go", "Rust"])
    told = mm.explain(mm.match(mm.Problem(criteria.score(mm.Cohort(some, both)), capacity="seats")))
    assert told.shortages().text().startswith("5 mentees, 4 of whom want Lua, have 2 seats")
    recruits = explained.recruit(
        pd.DataFrame({"id": ["ned", "oda"], "teaches": ["Rust", "Lua"], "seats": [1, 1]}).set_index(
            "id"
        ),
        capacity="seats",
    )
    assert recruits["candidate"].tolist() == ["oda", "ned"]
    assert recruits["coverage"].tolist() == [1, 0]
    with pytest.raises(mm.ProblemError, match="'lin' is a mentor already"):
        explained.recruit(mentors.iloc[:1], capacity="seats")


def test_questions_about_ties_refuse_what_makes_no_sense():
    explained = mm.explain(mm.match(mm.Problem.from_scores([[0.5]])))
    with pytest.raises(mm.MentorMatchError, match="within must be 0 or more"):
        explained.near_ties(-1)
    with pytest.raises(mm.MentorMatchError, match="k must be a whole number from 1"):
        explained.alternatives(0)
    with pytest.raises(mm.ProblemError, match="need scores as well"):
        explained.recruit(pd.DataFrame({"bio": ["x"]}, index=["new"]))
    with pytest.raises(mm.ProblemError, match="recruit needs a table"):
        explained.recruit([1, 2])


@pytest.mark.parametrize(
    ("scores", "first"),
    [
        ([[0.0]], False),
        ([[0.5], [0.0]], False),
        ([[1e-10, 1e-10], [1e-10, 1e-10]], True),
        ([[1e-200, 1e-200], [1e-200, 1e-200]], True),
    ],
)
def test_a_tie_is_a_tie_however_small_the_scores(scores, first):
    problem = mm.Problem.from_scores(scores, capacity=len(scores[0]) % 2 + 1, coverage_first=first)
    matching = mm.match(problem)
    explained = mm.explain(matching)
    assert explained.alternatives(1)[0].total == matching.total
    assert not explained.is_unique
    assert len(explained.near_ties(0.0).pairs)
    assert mm.explain(mm.match(mm.Problem.from_scores([[2e-200, 1e-200]]))).is_unique


def test_candidates_are_read_as_the_mentors_are():
    mentees = pd.DataFrame({"skills": ["C~Lua", "go~Lua"]}, ["a", "b"])
    mentors = pd.DataFrame({"skills": ["go~Lua"]}, ["p"])
    criteria = mm.Criteria(mm.criteria.SkillCoverage("skills", "skills", weight=1), allow_self=True)

    def matched(mentors):
        cohort = mm.Cohort(mentees, mentors, separators={"skills": "~"})
        return mm.match(mm.Problem(criteria.score(cohort)))

    matching = matched(mentors)
    new = pd.DataFrame({"id": ["a"], "skills": ["Lua~C"]}).set_index("id")
    gain = matched(pd.concat([mentors, new])).total - matching.total
    assert gain == pytest.approx(1)
    explained = mm.explain(matching)
    assert explained.recruit(new)["gain"].tolist() == pytest.approx([gain])
    with pytest.raises(mm.ProblemError, match=r"no column 'skills'.*it has 'skill'"):
        explained.recruit(new.rename(columns={"skills": "skill"}))


def test_giving_a_pair_up_is_no_other_pair():
    problem = mm.Problem.from_scores([[0.0]], coverage_first=False)
    near = mm.explain(mm.match(problem)).near_ties(0)
    assert near.pairs["to"].isna().tolist() == [True]
    assert near.text().startswith("1 pair could be given up at a cost of 0 or less")


def test_a_group_of_one_needs_nobody_else():
    scores = pd.DataFrame([[0.5, 0.5, 0.1], [0.1, 0.1, 0.9]], index=["ada", "bob"])
    said = mm.explain(mm.match(mm.Problem.from_scores(scores))).near_ties().text()
    assert said.endswith("Group 1: 'ada', for whom nobody else need move.")
    swap = pd.DataFrame([[0.5, 0.5], [0.5, 0.5]], index=["ada", "bob"])
    said = mm.explain(mm.match(mm.Problem.from_scores(swap))).near_ties().text()
    assert said.endswith("Group 1: 'ada' and 'bob'.")
