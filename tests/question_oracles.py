"""What each question about a matching must say, found by trying every matching.

Each check takes all matchings of a problem, one matching, and the object that is asked about it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from side_oracles import every_with_rules, served_best

CLOSE = 1e-7


@dataclass(frozen=True, eq=False)
class Whole:
    """A problem, and all its matchings."""

    problem: mm.Problem
    given: dict[str, Any]

    def but(self, **changes: Any) -> Whole:
        return Whole(replace(self.problem, **changes), {**self.given, **changes})

    @cached_property
    def scores(self) -> Any:
        return np.asarray(self.problem.block(slice(0, self.problem.shape[0])).scores)

    @cached_property
    def made(self) -> Any:
        return every_with_rules(self.problem, self.given)

    @cached_property
    def best(self) -> Any:
        """Those of the best coverage."""
        return served_best(self.problem, self.made)

    def totals(self, made: Any) -> Any:
        return np.where(made, self.scores, 0.0).sum(axis=(1, 2))

    @cached_property
    def total(self) -> float:
        return float(self.totals(self.best).max())

    @cached_property
    def served(self) -> int:
        """Mentees with a mentor where the total is best."""
        best = self.best[self.totals(self.best) >= self.total - CLOSE]
        return int(best.any(axis=2).sum(axis=1).max())

    def those(self, made: Any) -> Whole:
        """The same people with some of the matchings only."""
        part = Whole(self.problem, self.given)
        part.__dict__["made"] = made
        return part


def strategy_for(name: str) -> Any:
    if name == "group_parity":
        return mm.strategies.GroupParity(groups="team", max_gap=1.0)
    return "optimal" if name == "given" else name


def has_best_total(matching: mm.Matching) -> bool:
    return matching.strategy in ("optimal", "given")


def pairs_of(matching: mm.Matching) -> set[tuple[int, int]]:
    return set(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))


# ---------------------------------------------------------------- what each question must say


def check_pair(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    told = asked.capabilities().set_index("question")["answered"]
    by_total = has_best_total(matching) and told["why_not"] == "exact"
    for i, j in product(*map(range, every.problem.shape)):
        said = asked.pair(i, j)
        assert said.matched == ((i, j) in pairs_of(matching))
        if every.problem.reasons(i, j):
            assert said.rules
            continue
        assert said.score == pytest.approx(every.scores[i, j])
        if not by_total:
            assert said.total_with is said.total_without is None
            continue
        for has, total, served in (
            (True, said.total_with, said.coverage_with),
            (False, said.total_without, said.coverage_without),
        ):
            part = every.those(every.made[every.made[:, i, j] == has])
            assert np.isnan(total) if not len(part.made) else total == pytest.approx(part.total)
            if every.problem.coverage_first and len(part.made):
                assert served == part.served


def check_why_not(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    for i, j in product(*map(range, every.problem.shape)):
        if (i, j) in pairs_of(matching) or every.problem.reasons(i, j):
            continue
        said = asked.why_not(i, j)
        assert all(map(said.text, ("mentee", "mentor", "committee")))
        with_pair = every.those(every.made[every.made[:, i, j]])
        if said.kind == "impossible":
            assert not len(with_pair.made)
        elif has_best_total(matching):
            assert said.cost == pytest.approx(every.total - with_pair.total, abs=CLOSE)
            if every.problem.coverage_first:
                assert said.loses_coverage - said.swaps == every.served - with_pair.served
            if said.kind == "equally_good":
                assert abs(said.cost) < CLOSE
        else:
            check_own_proof(every, matching, said, i, j)


def check_own_proof(every: Whole, matching: mm.Matching, said: Any, i: int, j: int) -> None:
    """Who the proof names stands where it says, and nobody else could make room."""
    problem = every.problem
    assert np.isnan(said.cost)
    block = problem.block(slice(0, problem.shape[0]))
    joined = matching.strategy == "greedy"
    mine, theirs = (
        (block.scores, block.scores) if joined else (block.mentee_scores, block.mentor_scores)
    )
    held = matching.mentors[matching.mentees == i]
    full = len(held) >= problem.demands[i]
    if said.kind == "prefers_own" or (said.kind == "outscored" and not said.rivals):
        assert full or (joined and block.scores[i, j] < 0)
        assert not full or mine[i, held].min() >= mine[i, j]
        return
    shared = said.kind == "places_held"
    rivals = {
        (one, k) for one, k in pairs_of(matching) if one in said.rivals and (shared or k == j)
    }
    assert {one for one, _ in rivals} == set(said.rivals)
    if matching.strategy != "serial_dictatorship":
        assert all(theirs[pair] >= theirs[i, j] for pair in rivals)
    # With those it names the pair does not go together.
    kept = np.zeros(problem.shape, dtype=bool)
    for pair in rivals:
        kept[pair] = True
    without = every.made[(every.made | ~kept).all(axis=(1, 2))]
    assert not without[:, i, j].any()


def check_unmatched(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    problem, places = every.problem, every.made.sum(axis=2)
    mine = np.zeros(problem.shape, dtype=bool)
    mine[matching.mentees, matching.mentors] = True
    texts = asked.texts()
    for i in matching.unmatched["mentee"]:
        said = asked.unmatched(i)
        assert all(map(said.text, ("mentee", "mentor", "committee")))
        has = int(matching.places[i])
        assert ("You have no mentor" in said.text("mentee")) == (has == 0)
        may = problem.block(slice(0, len(mine))).eligible
        others = np.flatnonzero(may[i] & ~mine[i])
        assert (said.kind in ("no_eligible", "below_minimum")) == (not len(others))
        added = []
        for j in others:
            more = mine.copy()
            more[i, j] = True
            added.append(bool((every.made == more).all(axis=(1, 2)).any()))
        assert not (said.kind in ("full", "ruled_out") and any(added))
        # Under rules nobody moves for it: a free seat is one that it could take as it is.
        assert said.kind != "left_out" or any(added) or not problem.sides
        if not has:
            assert texts[i] == said.text("mentee")
        if said.kind == "full":
            people = list(said.people)
            assert i in people
            most = matching.places[people].sum()
            assert places[:, people].sum(axis=1).max() == most
            if said.places:
                wants = np.minimum(problem.demands, may.sum(axis=1))[people]
                assert 0 < said.places - said.seats <= wants.sum() - most
                assert f"{said.places - said.seats} of these must stay empty" in said.text()
            else:
                assert len(people) - most == len(people) - said.seats > 0
        for what, which in said.fixes:
            if what == "seat":
                capacity = problem.capacities.copy()
                capacity[which] += 1
                wider = every.but(capacity=capacity)
                keeps = (wider.made.sum(axis=2) >= matching.places).all(axis=1)
                assert (wider.made[keeps][:, i].sum(axis=1) > has).any()


def check_seat_values(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    for j, row in enumerate(asked.seat_values().itertuples(index=False)):
        for by, total, served in (
            (1, row.gain_of_one_more, row.coverage_of_one_more),
            (-1, row.loss_of_one_less, row.coverage_of_one_less),
        ):
            capacity = every.problem.capacities.copy()
            capacity[j] += by
            if capacity[j] < 0:
                assert np.isnan(total)
                continue
            changed = every.but(capacity=capacity)
            assert total == pytest.approx(by * (changed.total - every.total), abs=CLOSE)
            if every.problem.coverage_first:
                assert served == by * (changed.served - every.served)


def unless_twice(problem: mm.Problem, question: Any) -> Any:
    """The answer; None where it needs somebody with several mentors to move twice, and says so."""
    try:
        return question()
    except mm.NotExplainableError as error:
        if not problem.wants_several or "more than one move of somebody" not in str(error):
            raise
        return None


def check_recruit(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    problem = every.problem
    new = pd.DataFrame({"new": [0.3, 0.9, 0.6, 0.1]}, index=problem.mentee_ids)
    table = unless_twice(problem, lambda: asked.recruit(new, capacity=2))
    if table is None:
        return
    (row,) = table.itertuples(index=False)
    scores = pd.DataFrame(np.column_stack([every.scores, new]))
    given = {**every.given, "capacity": [*problem.capacities, 2]}
    wider = Whole(mm.Problem.from_scores(scores, **given), given)
    assert row.gain == pytest.approx(wider.total - every.total, abs=CLOSE)
    if problem.coverage_first:
        assert row.coverage == wider.served - every.served


def check_shortages(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    for row in asked.shortages().table.itertuples(index=False):
        without = (~every.made.any(axis=2))[:, list(row.people)].sum(axis=1)
        assert without.min() >= row.left_out > 0


def check_near_ties(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    mine = pairs_of(matching)
    loss = every.total - every.totals(every.best)
    told: dict[tuple[int, int], float] = {}
    for row in asked.near_ties(0.2).pairs.itertuples(index=False):
        if row.to is not None and not pd.isna(row.to):
            key = (row.mentee, row.to)
            told[key] = min(row.cost, told.get(key, np.inf))
    cost = {
        (i, j): loss[every.best[:, i, j]].min()
        for i, j in product(*map(range, every.problem.shape))
        if (i, j) not in mine and every.best[:, i, j].any()
    }
    near = {pair: one for pair, one in cost.items() if one <= 0.2}
    assert told == pytest.approx(near, abs=CLOSE)


def check_is_unique(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    ties = every.totals(every.best) >= every.total - 1e-9
    assert asked.is_unique == (ties.sum() == 1)


def check_alternatives(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    others = unless_twice(every.problem, lambda: asked.alternatives(3))
    if others is None:
        return
    found = [one.total for one in others]
    want = np.sort(every.totals(every.best))[::-1][1:4]
    np.testing.assert_allclose(found, want, atol=CLOSE)


def check_weights_for(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    """With two criteria weights are a line, on which the nearest place of a pair is known."""
    problem = every.problem
    scorer: Any = problem.compatibility.scorer
    at = np.indices(problem.shape).reshape(2, -1)
    values = np.array(scorer.values(*at)[1][:2]).reshape(2, *problem.shape)
    sums = np.where(every.best[None], np.nan_to_num(values)[:, None], 0.0).sum(axis=(2, 3))
    shares = np.append(np.linspace(0, 1, 301), 4 / 6)
    for i, j in product(*map(range, problem.shape)):
        if problem.reasons(i, j):
            continue
        try:
            said = asked.weights_for(i, j)
        except mm.MatchingError:
            assert not every.made[:, i, j].any()
            continue
        assert all(map(said.text, ("mentee", "mentor", "committee")))
        with_pair = every.best[:, i, j]
        assert said.exists is not None
        if not said.exists:
            assert not best_where(sums, shares, with_pair).any()
            continue
        weights = np.array(list(said.weights.values()))
        assert best_where(sums, weights[:1] / weights.sum(), with_pair).all()
        near = shares[best_where(sums, shares, with_pair)]
        # A weight between two of the grid is at most one step nearer than the nearest of it.
        step = 12 / (len(shares) - 2)
        nearest = 2 * np.abs(6 * near - 4).min() if len(near) else 0.0
        assert said.distance >= nearest - step


def best_where(sums: Any, shares: Any, chosen: Any) -> Any:
    """At which shares of the first weight one of the chosen matchings is best."""
    values = np.multiply.outer(shares, sums[0]) + np.multiply.outer(1 - shares, sums[1])
    if not chosen.any():
        return np.zeros(len(shares), dtype=bool)
    return values[:, chosen].max(axis=1) >= values.max(axis=1) - 1e-6


def check_what_if(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    problem, name = every.problem, strategy_for(matching.strategy)
    capacity = problem.capacities.copy()
    capacity[0] += 1
    open_pairs = [
        (i, j)
        for i, j in product(*map(range, problem.shape))
        if (i, j) not in pairs_of(matching) and every.made[:, i, j].any()
    ]
    changes: list[tuple[Any, dict[str, Any]]] = [
        (mm.change.pin(*pair), {"pins": [pair]}) for pair in open_pairs[:1]
    ]
    if problem.usage is None:
        changes.append((mm.change.seat(0, +1), {"capacity": capacity}))
    for change, given in changes:
        after = every.but(**given)
        try:
            said = mm.what_if(matching, [change], strategy=name)
        except (mm.InfeasibleError, mm.MatchingError):
            with pytest.raises((mm.InfeasibleError, mm.MatchingError)):
                mm.match(after.problem, name)
            continue
        mine = np.zeros(problem.shape, dtype=bool)
        mine[said.after.mentees, said.after.mentors] = True
        assert (after.made == mine).all(axis=(1, 2)).any()
        if has_best_total(matching):
            assert said.after.total == pytest.approx(after.total, abs=CLOSE)
            assert said.gain == pytest.approx(after.total - matching.total, abs=CLOSE)
        else:
            assert pairs_of(said.after) == pairs_of(mm.match(after.problem, name))


def check_sensitivity(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    name = strategy_for(matching.strategy)
    table = mm.sensitivity(every.problem, draws=1, strategy=name)
    assert set(zip(table["mentee"], table["mentor"], strict=True)) == pairs_of(matching)
    assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()
    criteria = mm.Criteria.of_scorer(every.problem.compatibility.scorer)
    factors = np.exp(np.random.default_rng(0).uniform(-1, 1, 2) * np.log1p(0.1))
    drawn = dict(zip(criteria.weights, [4, 2] * factors, strict=True))
    scored = criteria.with_weights(drawn).score(every.problem.compatibility.cohort)
    again = pairs_of(mm.match(replace(every.problem, compatibility=scored), name))
    for row in table.itertuples(index=False):
        assert row.share == ((row.mentee, row.mentor) in again)


def check_rematch(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    """Once a mentor has no seat: fewest changes; a price of a change; at most so many."""
    problem = every.problem
    capacity = np.array(every.given["capacity"])
    capacity[0] = 0
    after = every.but(capacity=capacity)
    if not len(after.made):
        return
    mine = np.zeros(problem.shape, dtype=bool)
    mine[matching.mentees, matching.mentors] = True
    mine[:, 0] = False
    kept = (after.best & mine).sum(axis=(1, 2))
    totals = after.totals(after.best)
    fewest = mm.rematch(matching, after.problem, count="pairs")
    assert mine[fewest.mentees, fewest.mentors].sum() == kept.max()
    assert fewest.total == pytest.approx(totals[kept == kept.max()].max(), abs=CLOSE)
    if not has_best_total(matching):
        # The other ways ask only about pairs of before as well.
        return
    priced = mm.rematch(matching, after.problem, change_value=0.1, count="pairs")
    held = mine[priced.mentees, priced.mentors].sum()
    assert priced.total + 0.1 * held == pytest.approx((totals + 0.1 * kept).max(), abs=CLOSE)
    ends = int(mine.sum()) - kept
    most = int(ends.min()) + 1
    budget = mm.rematch(matching, after.problem, max_changes=most, count="pairs")
    assert budget.total == pytest.approx(totals[ends <= most].max(), abs=CLOSE)


def check_robustness(every: Whole, matching: mm.Matching, asked: mm.Explanation) -> None:
    table = mm.robustness(matching).mentors.set_index("mentor")
    for j in range(every.problem.shape[1]):
        capacity = np.array(every.given["capacity"])
        capacity[j] = 0
        without = every.but(capacity=capacity)
        if not len(without.made):
            assert np.isnan(table.loc[j, "loss"])
            continue
        assert table.loc[j, "loss"] == pytest.approx(every.total - without.total, abs=CLOSE)
        if every.problem.coverage_first:
            assert table.loc[j, "coverage_lost"] == every.served - without.served


CHECKS = {
    "pair": check_pair,
    "why_not": check_why_not,
    "unmatched": check_unmatched,
    "seat_values": check_seat_values,
    "recruit": check_recruit,
    "shortages": check_shortages,
    "near_ties": check_near_ties,
    "is_unique": check_is_unique,
    "alternatives": check_alternatives,
    "weights_for": check_weights_for,
    "what_if": check_what_if,
    "sensitivity": check_sensitivity,
    "rematch": check_rematch,
    "robustness": check_robustness,
}
