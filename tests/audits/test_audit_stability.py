"""The audit of stability against the definitions, pair by pair, on any matching."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.audits import blocking_pairs, pareto, stability_of
from mentormatch.audits.stability import blocking
from mentormatch.compatibility.blocks import Block
from mentormatch.solvers.markets import deferred_acceptance, market
from stable_oracles import all_matchings, mentor_of, sides, two_sided
from stable_oracles import blocking as blocking_by_definition


@st.composite
def any_matching(draw, **kind):
    """A problem and one of its matchings, good or bad."""
    problem = draw(two_sided(**kind))
    every = sorted(all_matchings(problem), key=sorted)
    pairs = every[draw(st.integers(0, len(every) - 1))]
    return mm.Matching.from_pairs(problem, sorted(pairs)), pairs


def listed(frame):
    return set(zip(frame["mentee"].tolist(), frame["mentor"].tolist(), strict=True))


@pytest.mark.parametrize("notion", ["weak", "strong", "super"])
@given(case=any_matching(most=3, several=True, pins=True))
def test_blocking_pairs_are_those_of_the_definition(notion, case):
    matching, pairs = case
    expected = blocking_by_definition(matching.problem, pairs, notion)
    assert listed(blocking_pairs(matching, notion=notion)) == expected
    audit = stability_of(matching)
    count = {"weak": audit.weak, "strong": audit.strong, "super": audit.super_}[notion]
    assert count == len(expected)
    assert audit.is_stable == (not blocking_by_definition(matching.problem, pairs))
    assert (audit.weak, audit.strong) <= (audit.strong, audit.super_)


@given(case=any_matching(most=3, several=True))
def test_balinski_and_soenmez_stable_means_rational_non_wasteful_and_without_justified_envy(case):
    matching, pairs = case
    problem = matching.problem
    u, v = sides(problem)
    places, seats = problem.demands, problem.capacities
    held = {i: [u[i, j] for a, j in pairs if a == i] for i in range(problem.shape[0])}
    taken = {j: [v[i, j] for i, b in pairs if b == j] for j in range(problem.shape[1])}
    wants = {
        (i, j)
        for i in held
        for j in taken
        if not np.isnan(u[i, j])
        and (i, j) not in pairs
        and places[i]
        and (len(held[i]) < places[i] or u[i, j] > min(held[i]))
    }
    wasteful = {(i, j) for i, j in wants if len(taken[j]) < seats[j]}
    envious = {
        (i, j)
        for i, j in wants - wasteful
        if seats[j] and any(v[i, j] > theirs for theirs in taken[j])
    }
    audit = stability_of(matching)
    assert audit.is_individually_rational
    assert (audit.wasteful, audit.envious) == (len(wasteful), len(envious))
    assert audit.is_stable == (not wasteful and not envious)
    assert audit.is_stable == (
        audit.is_individually_rational and audit.is_non_wasteful and audit.has_no_justified_envy
    )


@given(case=any_matching(most=3, several=True, pins=True))
def test_epsilon_people_and_gains_follow_from_the_pairs(case):
    matching, _ = case
    audit = stability_of(matching)
    pairs = audit.blocking_pairs
    joint = pairs[["mentee_gain", "mentor_gain"]].min(axis=1)
    assert joint.is_monotonic_decreasing
    assert audit.largest_epsilon == pytest.approx(max([0.0, *joint]))
    people = {(side, one): count for side, one, count in audit.people.itertuples(index=False)}
    assert people == {
        (side, one): int(count)
        for side in ("mentee", "mentor")
        for one, count in pairs[side].value_counts().items()
    }
    assert audit.share == pytest.approx(len(pairs) / audit.eligible if audit.eligible else 0)
    u, _ = sides(matching.problem)
    assert audit.eligible == np.count_nonzero(~np.isnan(u)) - len(matching.pairs)


@given(case=any_matching(most=4, pins=True))
def test_pareto_optimal_exactly_when_no_matching_improves_on_it_and_the_improvement_does(case):
    matching, pairs = case
    problem = matching.problem
    u, _ = sides(problem)

    def worth(chosen):
        return np.array([-np.inf if j < 0 else u[i, j] for i, j in enumerate(chosen)])

    now = mentor_of(problem, pairs)
    mine = worth(now)
    better = [
        other
        for other in all_matchings(problem)
        if (worth(mentor_of(problem, other)) >= mine).all()
        and (worth(mentor_of(problem, other)) > mine).any()
    ]
    found = pareto(matching)
    event("optimal" if found.is_optimal else "improvable")
    assert found.is_optimal == (not better)
    if found.is_optimal:
        assert not len(found.improvement)
        return
    changed = now.copy()
    for move in found.improvement.itertuples(index=False):
        assert now[move.mentee] == (-1 if move.now is None else move.now)
        changed[move.mentee] = move.then
    improved = frozenset((i, int(j)) for i, j in enumerate(changed) if j >= 0)
    assert improved in better
    gains = worth(changed) - np.where(np.isinf(mine), 0, mine)
    for move in found.improvement.itertuples(index=False):
        assert move.gain == pytest.approx(gains[move.mentee])


def test_a_mentor_at_its_minimum_is_exchanged_but_never_left():
    scores = [[0.1, 0.9], [0.9, 0.1]]
    kept = mm.Problem.from_scores([[0.1, 0.9]], capacity=1, minimum=[1, 0])
    assert pareto(mm.Matching.from_pairs(kept, [(0, 0)])).is_optimal
    swapped = mm.Problem.from_scores(scores, capacity=1, minimum=1)
    found = pareto(mm.Matching.from_pairs(swapped, [(0, 0), (1, 1)]))
    assert found.improvement.sort_values("mentee")["then"].tolist() == [1, 0]


def at_least_as_good(u, i, demand, others, mine):
    """Place by place: sorted, an empty place being the worst."""
    one, two = (
        sorted([u[i, j] for j in held] + [-np.inf] * (demand - len(held)))
        for held in (others, mine)
    )
    return all(a >= b for a, b in zip(one, two, strict=True)), one != two


@given(case=any_matching(most=3, several=True, pins=True))
def test_with_several_mentors_pareto_optimal_means_place_by_place(case):
    matching, pairs = case
    problem = matching.problem
    u, _ = sides(problem)
    n, _ = problem.shape

    def improves(other):
        better = False
        for i in range(n):
            theirs, mine = ([j for k, j in chosen if k == i] for chosen in (other, pairs))
            fine, strict = at_least_as_good(u, i, int(problem.demands[i]), theirs, mine)
            if not fine:
                return False
            better |= strict
        return better

    better = [other for other in all_matchings(problem) if improves(other)]
    found = pareto(matching)
    several = problem.after_pins.demand.max(initial=0) > 1
    event(f"{'optimal' if found.is_optimal else 'improvable'}, several: {several}")
    assert found.is_optimal == (not better)
    assert ("place by place" in found.note) == (bool(found.is_optimal) and several)
    if found.is_optimal:
        return
    changed = set(pairs)
    for move in found.improvement.itertuples(index=False):
        if move.now is not None:
            changed.remove((move.mentee, move.now))
    changed |= {(move.mentee, move.then) for move in found.improvement.itertuples(index=False)}
    assert frozenset(changed) in better


def test_by_sums_there_can_be_more_to_gain_than_place_by_place_and_it_says_so():
    # If both exchange both, they have 1 + 4 > 2 + 2 and 3 + 3 > 1 + 4; but each has to give up
    # something for something worse.
    scores = [[2.0, 2.0, 1.0, 4.0], [3.0, 3.0, 1.0, 4.0]]
    problem = mm.Problem.from_scores(scores, demand=2)
    found = pareto(mm.Matching.from_pairs(problem, [(0, 0), (0, 1), (1, 2), (1, 3)]))
    assert found.is_optimal
    assert found.note.endswith("was not examined, which is hard to decide (coNP-complete)")


# ---------------------------------------------------------------- blocks that are not exact


class Inexact:
    """Another scorer whose blocks are off by up to ``error``, but not its single pairs."""

    def __init__(self, scorer, error, seed):
        self.scorer, self.error, self.seed = scorer, error, seed

    def __getattr__(self, name):
        return getattr(self.scorer, name)

    def noise(self):
        rng = np.random.default_rng(self.seed)
        return rng.choice([-1.0, 0.0, 1.0], size=self.scorer.shape) * self.error

    def block(self, rows, columns=None):
        part = slice(None) if columns is None else columns
        block, noise = self.scorer.block(rows, columns), self.noise()[rows][:, part]
        return Block(
            block.scores + noise,
            block.eligible,
            block.mentee_scores + noise,
            block.mentor_scores - noise,
        )

    def joined(self, rows, ineligible, columns=None):
        scores = self.block(rows, columns).scores
        return np.where(np.isnan(scores), ineligible, scores)

    def take(self, mentees, mentors):
        return Inexact(self.scorer.take(mentees, mentors), self.error, self.seed)


def inexact(problem, error, seed):
    compatibility = mm.Compatibility(
        Inexact(problem.compatibility.scorer, error, seed),
        problem.mentee_ids,
        problem.mentor_ids,
        labelled=False,
    )
    return mm.Problem(compatibility, problem.capacities, demand=problem.demands, pins=problem.pins)


@pytest.mark.parametrize("proposing", ["mentees", "mentors"])
@given(
    problem=two_sided(most=6, largest_capacity=2),
    error=st.sampled_from([1e-6, 0.2, 3.0]),
    seed=st.integers(0, 9),
)
def test_lists_read_in_parts_from_inexact_blocks_lose_nobody(proposing, problem, error, seed):
    strategy = mm.strategies.Stable(proposing=proposing)
    exact = mm.match(problem, strategy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deferred_acceptance, "WIDTH", 1)
        patch.setattr(deferred_acceptance, "list_width", lambda *_: 1)
        patch.setattr(deferred_acceptance, "MOST_COPIED", 0)
        patch.setattr(market, "SAMPLE", 1)
        same = mm.match(inexact(problem, error, seed), strategy)
    pd.testing.assert_frame_equal(exact.pairs, same.pairs)


@pytest.mark.parametrize("tie_tolerance", [0.0, 0.3])
@given(
    problem=two_sided(most=4, several=True, pins=True),
    error=st.sampled_from([1e-6, 0.2, 3.0]),
    seed=st.integers(0, 9),
)
def test_inexact_blocks_change_no_matching_and_no_audit(tie_tolerance, problem, error, seed):
    rough = inexact(problem, error, seed)
    for strategy in (
        mm.strategies.Stable(tie_tolerance=tie_tolerance),
        mm.strategies.Stable(proposing="mentors", tie_tolerance=tie_tolerance),
        "greedy",
        "serial_dictatorship",
    ):
        exact, same = mm.match(problem, strategy), mm.match(rough, strategy)
        pd.testing.assert_frame_equal(exact.pairs, same.pairs)
    exact, same = mm.match(problem, "random"), mm.match(rough, "random")
    with pytest.MonkeyPatch.context() as patch:
        for module in (blocking, sys.modules["mentormatch.audits.stability.pareto"]):
            patch.setattr(module, "LOOKED_UP", 2)
        one, other = (stability_of(m, tie_tolerance=tie_tolerance) for m in (exact, same))
    pd.testing.assert_frame_equal(one.blocking_pairs, other.blocking_pairs)
    assert (one.weak, one.strong, one.super_) == (other.weak, other.strong, other.super_)
    assert one.is_pareto_optimal == other.is_pareto_optimal


@given(case=any_matching(most=4), tie_tolerance=st.sampled_from([0.1, 0.5, 1.0]))
def test_a_tolerance_reads_scores_in_whole_steps(case, tie_tolerance):
    matching, pairs = case
    problem = matching.problem
    u, v = (np.rint(side / tie_tolerance) for side in sides(problem))
    stepped = mm.Problem.from_scores(u, mentor_scores=v, capacity=problem.capacities)
    assert listed(blocking_pairs(matching, tie_tolerance=tie_tolerance)) == (
        blocking_by_definition(stepped, pairs)
    )


# ---------------------------------------------------------------- how it is told


def test_the_limit_keeps_the_pairs_with_the_largest_joint_gain(monkeypatch):
    rng = np.random.default_rng(0)
    problem = mm.Problem.from_scores(rng.random((40, 30)), mentor_scores=rng.random((40, 30)))
    matching = mm.match(problem, "random")
    monkeypatch.setattr(blocking, "row_slices", lambda n, m: (slice(i, i + 1) for i in range(n)))
    every = blocking_pairs(matching, limit=None)
    assert len(every) == stability_of(matching).weak > 50
    pd.testing.assert_frame_equal(blocking_pairs(matching, limit=50), every.head(50))
    assert len(blocking_pairs(matching, limit=0)) == 0


def test_one_shared_score_is_said_with_what_stable_is_worth_then():
    shared = mm.audit(mm.match(mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]]), "stable"))
    assert shared.stability.one_shared_score
    assert "then stable means greedy" in repr(shared.stability)
    same = [[0.9, 0.8], [0.7, 0.1]]
    twice = mm.Problem.from_scores(same, mentor_scores=same)
    assert stability_of(mm.match(twice)).one_shared_score
    apart = mm.Problem.from_scores(same, mentor_scores=[[0.9, 0.8], [0.7, 0.2]])
    assert not stability_of(mm.match(apart)).one_shared_score


def test_the_price_of_stability_is_one_number_only_at_equal_coverage():
    scores = [[0.9, 0.8], [0.8, 0.1]]
    problem = mm.Problem.from_scores(scores)
    stable, best = mm.match(problem, "stable"), mm.match(problem)
    price = mm.audit(stable, reference=best).stability.price
    assert price.share == pytest.approx((1.6 - 1.0) / 1.6)
    assert str(price) == "37.50% of the total (total 1 against 1.6)"
    gap = mm.Problem.from_scores([[0.9, 0.8], [0.8, np.nan]])
    price = mm.audit(mm.match(gap, "stable"), reference=mm.match(gap)).stability.price
    assert price.share is None
    assert str(price).startswith("1 mentee matched against 2")
    assert str(price).endswith("the coverage differs, so no single ratio is given")
    low = mm.Problem.from_scores([[-1.0, 0.0]])
    price = mm.audit(mm.match(low, "random"), reference=mm.match(low)).stability.price
    assert "undefined, for the reference total is not above 0" in str(price)
    other = mm.match(mm.Problem.from_scores([[1.0]]))
    with pytest.raises(mm.MatchingError, match="The reference matching is of other people"):
        mm.audit(stable, reference=other)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"notion": "hard"}, "notion must be one of 'weak', 'strong', 'super', got 'hard'"),
        ({"limit": -1}, "limit must be 0 or more, or None for all pairs, got -1"),
        ({"tie_tolerance": float("nan")}, "tie_tolerance must be 0"),
    ],
)
def test_options_that_mean_nothing_are_refused(options, said):
    matching = mm.match(mm.Problem.from_scores([[1.0]]))
    with pytest.raises(mm.ProblemError, match=said):
        blocking_pairs(matching, **options)
