"""Weights that give a pair: a fresh match under them has it; where there are none, no draw does."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import mentormatch as mm
from mentormatch.whatif import weights


def cohort_of(seed, n, m):
    """Numbers for three criteria."""
    generator = np.random.default_rng(seed)

    def table(count, prefix):
        numbers = generator.integers(0, 6, (count, 3))
        return pd.DataFrame(
            numbers, columns=list("abc"), index=[f"{prefix}{k}" for k in range(count)]
        )

    return mm.Cohort(table(n, "i"), table(m, "j"))


def criteria_with(weights):
    kept = {name: weight for name, weight in weights.items() if weight > 0}
    return mm.Criteria(
        *(mm.criteria.Near(name, scale=5, name=name, weight=float(w)) for name, w in kept.items())
    )


def loss_with(problem, pair):
    """What the best total loses by the pair, and whether coverage stays; by matching afresh."""
    best = mm.match(problem)
    pinned = mm.match(
        mm.Problem(
            problem.compatibility,
            capacity=problem.capacities,
            pins=[pair],
        )
    )
    return best.total - pinned.total, best.n_matched == pinned.n_matched


@settings(max_examples=max(6, settings().max_examples // 6), deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(2, 4), st.integers(1, 2))
def test_weights_give_the_pair_and_where_there_are_none_no_draw_does(seed, n, m, seats):
    cohort = cohort_of(seed, n, m)
    given = {"a": 3.0, "b": 2.0, "c": 1.0}
    problem = mm.Problem(criteria_with(given).score(cohort), capacity=seats)
    explained = mm.explain(mm.match(problem))
    pair = ("i0", "j0")
    answer = explained.weights_for(*pair)
    assert all(answer.text(audience) for audience in ("mentee", "mentor", "committee"))
    if answer.exists:
        found = {name: w if w > 1e-12 else 0.0 for name, w in answer.weights.items()}
        assert sum(found.values()) == pytest.approx(6)
        fresh = mm.Problem(criteria_with(found).score(cohort), capacity=seats)
        loss, same_coverage = loss_with(fresh, pair)
        assert same_coverage
        assert loss <= 1e-6
        assert pair in answer.companion
        moved = sum(abs(found[name] - given[name]) for name in given)
        assert answer.distance == pytest.approx(moved, abs=1e-6)
        if loss_with(problem, pair)[0] <= 1e-9:
            assert answer.distance == 0
        # No nearer weights make the companion best.
        for draw in 6 * np.random.default_rng(seed).dirichlet(np.ones(3), 12):
            fresh = mm.Problem(
                criteria_with(dict(zip("abc", draw, strict=True))).score(cohort), capacity=seats
            )
            companion = mm.Matching.from_pairs(fresh, list(answer.companion))
            if companion.total >= mm.match(fresh).total - 1e-12:
                assert np.abs(draw - [3, 2, 1]).sum() >= answer.distance - 1e-6
    elif answer.exists is False:
        table = answer.certificate
        assert table.groupby("cell")["multiplier"].sum().to_numpy() == pytest.approx(1)
        assert (table["margin"] > 0).all()
        if set(table["cell"]) == {0}:
            # One mixture of matchings exceeds, criterion by criterion, whatever the pair allows.
            mixed = np.array(table["sums"].tolist()).T @ table["multiplier"].to_numpy()
            for name, reached in zip("abc", mixed, strict=True):
                alone = mm.Problem(criteria_with({name: 1}).score(cohort), capacity=seats)
                assert mm.match(replace(alone, pins=[pair])).total < reached
        generator = np.random.default_rng(seed)
        for draw in generator.dirichlet(np.ones(3), 12):
            fresh = mm.Problem(
                criteria_with(dict(zip("abc", draw, strict=True))).score(cohort), capacity=seats
            )
            loss, same_coverage = loss_with(fresh, pair)
            assert loss > 0 or not same_coverage


def test_both_answers_occur_and_are_decided():
    kinds = []
    for seed in range(6):
        problem = mm.Problem(criteria_with({"a": 3, "b": 2, "c": 1}).score(cohort_of(seed, 4, 4)))
        kinds.append(mm.explain(mm.match(problem)).weights_for("i0", "j1").exists)
    assert {True, False} <= set(kinds)


def test_scores_that_are_no_sum_are_refused():
    cohort = cohort_of(0, 3, 3)
    near = [mm.criteria.Near("a", scale=5, name="a"), mm.criteria.Near("b", scale=5, name="b")]
    for settings_, message in (
        ({"normalise": True}, "each mentee's own range"),
        ({"missing": "skip"}, "missing values are skipped"),
    ):
        matching = mm.match(mm.Problem(mm.Criteria(*near, **settings_).score(cohort)))
        with pytest.raises(mm.NotExplainableError, match=message):
            mm.explain(matching).weights_for("i0", "j0")
    limited = mm.match(mm.Problem(mm.Criteria(*near).score(cohort), min_score=0.1))
    with pytest.raises(mm.NotExplainableError, match="minimum score"):
        mm.explain(limited).weights_for("i0", "j0")
    with pytest.raises(mm.NotExplainableError, match="the scores were given"):
        mm.explain(mm.match(mm.Problem.from_scores([[0.5]]))).weights_for(0, 0)


def test_a_pair_that_pins_fix_or_rule_out_is_said():
    criteria = criteria_with({"a": 3, "b": 2, "c": 1})
    pinned = mm.Problem(criteria.score(cohort_of(1, 3, 3)), pins=[("i0", "j0")])
    explained = mm.explain(mm.match(pinned))
    answer = explained.weights_for("i0", "j0")
    assert answer.exists
    assert answer.distance == 0
    with pytest.raises(mm.MatchingError, match="No weights help: the pins fix 'j0' for 'i0'"):
        explained.weights_for("i0", "j1")
    banned = mm.Problem(criteria.score(cohort_of(1, 3, 3)), bans=[("i0", "j0")])
    with pytest.raises(mm.MatchingError, match="'i0' and 'j0' may not be matched"):
        mm.explain(mm.match(banned)).weights_for("i0", "j0")


def test_what_was_not_found_is_not_called_impossible(monkeypatch):
    """The number of matches is limited; what lies beyond it is not known."""
    cohort = cohort_of(3, 5, 4)
    problem = mm.Problem(criteria_with({"a": 3.0, "b": 2.0, "c": 1.0}).score(cohort), capacity=1)
    explained = mm.explain(mm.match(problem))
    pairs = [(f"i{i}", f"j{j}") for i in range(5) for j in range(4)]
    other = next(pair for pair in pairs if explained.weights_for(*pair).distance > 0)
    rest = weights.Reweighed.__init__.__defaults__[1:]
    monkeypatch.setattr(weights.Reweighed.__init__, "__defaults__", (1, *rest))
    cut = explained.weights_for(*other)
    assert cut.exists is None
    assert cut.text() == (
        f"No weights were found that match {other[0]!r} and {other[1]!r}, and none are ruled out."
    )


def test_where_the_pair_costs_somebody_a_mentor_no_weights_give_it():
    criteria = criteria_with({"a": 3, "b": 2})
    cohort = cohort_of(1, 2, 2)
    # j1 is the only one for i1, and i0 would leave nobody a place.
    problem = mm.Problem(criteria.score(cohort), capacity=[1, 1], bans=[("i1", "j0")])
    answer = mm.explain(mm.match(problem)).weights_for("i0", "j1")
    assert not answer.exists
    assert answer.text() == "No weights of the criteria match 'i0' and 'j1' in a best matching."
    assert answer.text("mentee").startswith("No weights of the criteria match you and the person")
    assert len(answer.to_frame()) == 1


def test_a_pair_that_minimums_rule_out_is_said():
    criteria = criteria_with({"a": 3, "b": 2})
    problem = mm.Problem(criteria.score(cohort_of(1, 1, 2)), minimum=[0, 1])
    with pytest.raises(mm.MatchingError, match="cannot be matched beside the pins and minimums"):
        mm.explain(mm.match(problem)).weights_for("i0", "j0")


@pytest.mark.parametrize(
    ("given", "most", "why"),
    [
        ({"min_score": 0.1}, 12, "with a minimum score weights decide who may be matched"),
        ({}, 11, "it would take 12 numbers, more than 11"),
    ],
)
def test_where_weights_say_too_little_they_are_refused_with_the_reason(
    monkeypatch, given, most, why
):
    criteria = criteria_with({"a": 3, "b": 2})
    problem = mm.Problem(criteria.score(cohort_of(1, 2, 3)), **given)
    explained = mm.explain(mm.match(problem))
    monkeypatch.setattr(weights, "MOST_NUMBERS", most)
    with pytest.raises(mm.NotExplainableError, match=why):
        explained.weights_for("i0", "j0")
