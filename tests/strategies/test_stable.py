"""Stable matchings: published answers, and theorems against every matching of small problems."""

from __future__ import annotations

import json
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.errors import SolverError
from mentormatch.solvers import deadline
from mentormatch.solvers.flows.networks import find_largest_flow
from mentormatch.solvers.markets import (
    blocking_program,
    deferred_acceptance,
    market,
    stable_lattice,
)
from mentormatch.solvers.programs.cp_sat import one_search
from mentormatch.strategies import AlmostStable, Stable, StableOptimal
from stable_oracles import (
    all_matchings,
    blocking,
    mentor_of,
    pairs_of,
    sides,
    stable_matchings,
    two_sided,
)

BOTH = ["mentees", "mentors"]


def seated(matching):
    """Mentees of each mentor that has any, by id."""
    return {j: sorted(group) for j, group in matching.pairs.groupby("mentor")["mentee"]}


def known(known_data):
    return json.loads((known_data / "stable" / "known_answers.json").read_text("utf-8"))


def given_seats(answer):
    return {j: sorted(people) for j, people in answer.items() if people}


def latin(order, rank):
    """Mentee i gives mentor j the rank ``rank(i, j)``, and j gives the opposite."""
    ranks = np.array([[rank(i, j) for j in range(order)] for i in range(order)], dtype=float)
    return mm.Problem.from_scores(order - ranks, mentor_scores=ranks)


# ---------------------------------------------------------------- published answers


def test_published_examples_give_both_optimal_matchings(known_data):
    for case in known(known_data):
        problem = mm.Problem.from_preferences(
            case["resident_prefs"], case["hospital_prefs"], capacity=case["capacities"]
        )
        for proposing, expected in (
            ("mentees", "resident_optimal"),
            ("mentors", "hospital_optimal"),
        ):
            matching = mm.match(problem, Stable(proposing=proposing))
            assert seated(matching) == given_seats(case[expected]), case["name"]


def test_published_lists_of_all_stable_matchings_are_what_enumeration_finds(known_data):
    for case in known(known_data):
        if "all_stable" not in case:
            continue
        problem = mm.Problem.from_preferences(
            case["resident_prefs"], case["hospital_prefs"], capacity=case["capacities"]
        )
        i, j = problem.mentee_ids, problem.mentor_ids
        found = {frozenset((j[b], i[a]) for a, b in pairs) for pairs in stable_matchings(problem)}
        listed = {
            frozenset((mentor, one) for mentor, people in answer.items() for one in people)
            for answer in case["all_stable"]
        }
        assert found == listed, case["name"]


@pytest.mark.parametrize(
    ("order", "rank", "count"),
    [
        (3, lambda i, j: (j - i) % 3, 3),
        (4, lambda i, j: i ^ j, 10),
    ],
    ids=["cyclic 3", "C2 x C2"],
)
def test_latin_squares_have_the_number_of_stable_matchings_that_is_known(order, rank, count):
    problem = latin(order, rank)
    assert sum(not blocking(problem, p) for p in perfect(problem)) == count


def test_the_latin_square_of_order_8_has_268_stable_matchings():
    ranks = np.array([[i ^ j for j in range(8)] for i in range(8)])
    mentees = np.arange(8)
    count = 0
    for mentors in permutations(range(8)):
        held = np.array(mentors)
        own = ranks[mentees, held]
        # A pair blocks when its rank is better for the mentee and, reversed, for the mentor.
        of_mentor = np.empty(8, dtype=int)
        of_mentor[held] = own
        count += not ((ranks < own[:, None]) & (ranks > of_mentor[None, :])).any()
    assert count == 268
    problem = latin(8, lambda i, j: i ^ j)
    ends = [mm.match(problem, Stable(proposing=side)).total for side in BOTH]
    assert ends == [pytest.approx(32), pytest.approx(32)]


def perfect(problem):
    n, _ = problem.shape
    return (frozenset(enumerate(mentors)) for mentors in permutations(range(n)))


# ---------------------------------------------------------------- theorems


@pytest.mark.parametrize("proposing", BOTH)
@given(problem=two_sided(several=True, pins=True, largest_capacity=3))
def test_no_pair_blocks_whatever_the_ties_demands_and_pins(proposing, problem):
    matching = mm.match(problem, Stable(proposing=proposing))
    assert blocking(problem, pairs_of(matching)) == set()


@pytest.mark.parametrize("few", [0, 2, 100])
@pytest.mark.parametrize("width", [1, 2, 16])
@given(problem=two_sided(several=True, pins=True, largest_capacity=3))
def test_lists_in_small_parts_or_passes_and_proposals_one_at_a_time_give_the_same(
    width, few, problem
):
    with pytest.MonkeyPatch.context() as patch:
        whole = [pairs_of(mm.match(problem, Stable(proposing=side))) for side in BOTH]
        patch.setattr(deferred_acceptance, "FEW", few)
        patch.setattr(deferred_acceptance, "WIDTH", width)
        patch.setattr(deferred_acceptance, "list_width", lambda *_: width)
        patch.setattr(deferred_acceptance, "MOST_COPIED", 0)
        patch.setattr(market, "SAMPLE", 1)
        parts = [pairs_of(mm.match(problem, Stable(proposing=side))) for side in BOTH]
    assert whole == parts


@st.composite
def large_classes(draw):
    """Few mentors with many seats each, whose lists of held mentees grow again and again."""
    n, m = draw(st.integers(1, 24)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    levels = draw(st.sampled_from([3, 10**6]))
    mentees, mentors = (rng.integers(0, levels, (n, m)) / levels for _ in range(2))
    mentees[rng.random((n, m)) < draw(st.sampled_from([0.0, 0.2]))] = np.nan
    return mm.Problem.from_scores(
        mentees, rng.integers(0, 13, m), mentor_scores=mentors, demand=rng.integers(0, 3, n)
    )


@pytest.mark.parametrize("proposing", BOTH)
@given(problem=large_classes())
def test_mentors_with_many_seats_lose_nobody_when_proposals_come_one_at_a_time(proposing, problem):
    one_by_one = mm.match(problem, Stable(proposing=proposing))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deferred_acceptance, "FEW", 0)
        at_once = mm.match(problem, Stable(proposing=proposing))
    assert pairs_of(one_by_one) == pairs_of(at_once)
    assert blocking(problem, pairs_of(one_by_one)) == set()


@given(problem=two_sided(strict=True))
def test_every_proposer_gets_the_best_and_the_others_the_worst_that_stability_allows(problem):
    u, _ = sides(problem)
    stable = stable_matchings(problem)
    event(f"{len(stable)} stable matchings")
    low, high = (
        mentor_of(problem, pairs_of(mm.match(problem, Stable(proposing=side))))
        for side in ("mentors", "mentees")
    )
    for pairs in stable:
        for i, j in enumerate(mentor_of(problem, pairs)):
            # Rural hospitals: the same mentees are matched in all of them.
            assert (j < 0) == (low[i] < 0) == (high[i] < 0)
            if j >= 0:
                assert u[i, low[i]] <= u[i, j] <= u[i, high[i]]


@given(problem=two_sided(strict=True, largest_capacity=3))
def test_rural_hospitals_every_stable_matching_gives_each_mentor_the_same_load(problem):
    stable = stable_matchings(problem)
    loads = {
        tuple(np.bincount([j for _, j in pairs], minlength=problem.shape[1])) for pairs in stable
    }
    assert len(loads) == 1


def test_with_ties_stable_matchings_can_serve_one_or_two():
    problem = mm.Problem.from_preferences(
        {"r1": ["h1"], "r2": ["h1", "h2"]}, {"h1": [["r1", "r2"]], "h2": ["r2"]}
    )
    sizes = {len(pairs) for pairs in stable_matchings(problem)}
    assert sizes == {1, 2}
    matching = mm.match(problem, Stable(ties="largest"))
    assert matching.n_matched == 2
    assert "coverage: 2 (proven best)" in matching.notes


@given(problem=two_sided(strict=True, most=3, largest_capacity=2), data=st.data())
def test_no_mentee_gains_by_any_misreport_when_mentees_propose(problem, data):
    n, m = problem.shape
    assume(n and m)
    u, v = sides(problem)
    i = data.draw(st.integers(0, n - 1))
    truth = mentor_of(problem, pairs_of(mm.match(problem, "stable")))[i]
    honest = -np.inf if truth < 0 else u[i, truth]
    listed = [j for j in range(m) if not np.isnan(u[i, j])]
    for size in range(len(listed) + 1):
        for lie in permutations(listed, size):
            said, heard = u.copy(), v.copy()
            said[i] = np.nan
            for rank, j in enumerate(lie):
                said[i, j] = size - rank
            heard[np.isnan(said)] = np.nan
            changed = mm.Problem.from_scores(said, mentor_scores=heard, capacity=problem.capacities)
            got = mentor_of(changed, pairs_of(mm.match(changed, "stable")))[i]
            assert got < 0 or u[i, got] <= honest


@given(problem=two_sided(most=4))
def test_one_strict_shared_score_has_one_stable_matching_and_it_is_the_greedy_one(problem):
    u, _ = sides(problem)
    rng = np.random.default_rng(0)
    shared = np.where(np.isnan(u), np.nan, rng.permutation(u.size).reshape(u.shape))
    same = mm.Problem.from_scores(shared, capacity=problem.capacities)
    greedy = pairs_of(mm.match(same, "greedy"))
    assert stable_matchings(same) == [greedy]
    for proposing in BOTH:
        assert pairs_of(mm.match(same, Stable(proposing=proposing))) == greedy


@given(problem=two_sided(several=True, pins=True))
def test_greedy_takes_the_best_pair_again_and_again(problem):
    block = problem.block(slice(0, problem.shape[0]))
    left = problem.after_pins
    places, seats = left.demand.copy(), left.capacity.copy()
    taken = {(int(i), int(j)) for i, j in problem.pinned}
    order = sorted(zip(*np.nonzero(block.eligible), strict=True), key=lambda p: -block.scores[p])
    for i, j in order:
        if places[i] and seats[j] and (i, j) not in taken:
            taken.add((int(i), int(j)))
            places[i] -= 1
            seats[j] -= 1
    assert pairs_of(mm.match(problem, "greedy")) == taken


# ---------------------------------------------------------------- the best of the stable ones


@pytest.mark.parametrize("objective", ["score", "egalitarian", "min_regret"])
@given(problem=two_sided(strict=True, largest_capacity=3))
def test_stable_optimal_is_what_enumeration_finds(objective, problem):
    stable = stable_matchings(problem)
    u, v = sides(problem)

    def places(pairs):
        for i, j in pairs:
            yield int(np.sum(u[i] > u[i, j])) + 1, int(np.sum(v[:, j] > v[i, j])) + 1

    def worth(pairs):
        if objective == "score":
            return sum((u[p] + v[p]) / 2 for p in pairs)
        if objective == "egalitarian":
            return -sum(a + b for a, b in places(pairs))
        return -max((max(one) for one in places(pairs)), default=0)

    found = pairs_of(mm.match(problem, StableOptimal(objective)))
    assert found in stable
    assert worth(found) == pytest.approx(max(map(worth, stable)))


@pytest.mark.parametrize("seed", range(3))
def test_the_cut_between_rotations_is_what_an_integer_program_of_blocking_pairs_finds(seed):
    """At a size that no enumeration reaches; seats are cloned in one and counted in the other."""
    rng = np.random.default_rng(seed)
    problem = mm.Problem.from_scores(rng.random((45, 15)), 3, mentor_scores=rng.random((45, 15)))
    found = mm.match(problem, "stable_optimal")
    other = mm.match(problem, AlmostStable(max_blocking=0), time_limit=60)
    assert "not proven" not in " ".join(other.notes)
    assert found.total == pytest.approx(other.total, abs=1e-6)
    ends = [mm.match(problem, Stable(proposing=side)).total for side in BOTH]
    assert found.total > max(ends) + 1e-6, "there is something to choose"


def test_rotations_that_all_gain_are_all_made():
    """None loses, so no arc leads to the sink: of such a network OR-Tools says an empty cut."""
    mentees = [[1 / 3, 0.0, 2 / 3], [2 / 3, 0.0, 1 / 3]]
    mentors = [[0.5, 0.0, 0.0], [0.0, 0.5, 0.5]]
    matching = mm.match(mm.Problem.from_scores(mentees, mentor_scores=mentors), "stable_optimal")
    assert pairs_of(matching) == {(0, 0), (1, 2)}
    assert find_largest_flow(*np.array([[0, 1], [1, 2], [3, 4]]), 0, 3).cut.tolist() == [0, 1, 2]


def test_a_market_with_many_stable_matchings_gives_its_best_at_once():
    """Each mentee's list turned by one place: n stable matchings, and lists of full length."""
    n = 200
    place = (np.arange(n)[None, :] - np.arange(n)[:, None]) % n
    problem = mm.Problem.from_scores(1 - place / n, mentor_scores=(place + 1) / n)
    regret = mm.match(problem, StableOptimal("min_regret"))
    assert regret.notes[0].startswith(f"worst place {n // 2 + 1}, no matching that is stable")
    assert mm.audit(regret).stability.ok


def test_the_best_stable_matching_that_the_time_limit_cut_is_stable_and_says_so(monkeypatch):
    monkeypatch.setattr(stable_lattice, "AT_ONCE", 1)
    rng = np.random.default_rng(0)
    problem = mm.Problem.from_scores(rng.random((45, 15)), 3, mentor_scores=rng.random((45, 15)))
    whole = mm.match(problem, "stable_optimal")
    cut = mm.match(problem, "stable_optimal", time_limit=1e-9)
    assert "none of those that the search came to in time is better" in cut.notes[0]
    assert mm.audit(cut).stability.ok
    assert cut.total < whole.total


@given(problem=two_sided(most=3, pins=True))
def test_with_ties_stable_optimal_stays_stable_and_says_what_it_did(problem):
    matching = mm.match(problem, "stable_optimal")
    assert blocking(problem, pairs_of(matching)) == set()
    u, v = (pd.DataFrame(side) for side in sides(problem))
    if any(row.dropna().duplicated().any() for _, row in [*u.iterrows(), *v.items()]):
        assert len(matching.notes) >= 1


# ---------------------------------------------------------------- ties, and a little instability


@given(problem=two_sided(most=3, pins=True))
def test_the_largest_stable_matching_and_then_the_best_is_what_enumeration_finds(problem):
    matching = mm.match(problem, Stable(ties="largest"))
    joined = problem.block(slice(0, problem.shape[0])).scores
    stable = stable_matchings(problem)
    best = max((len({i for i, _ in pairs}), sum(joined[p] for p in pairs)) for pairs in stable)
    assert pairs_of(matching) in stable
    assert matching.n_matched == best[0]
    assert matching.total == pytest.approx(best[1], abs=1e-6)


@pytest.mark.parametrize("k", [0, 1, 2, None])
@given(problem=two_sided(most=3, pins=True))
def test_almost_stable_is_what_enumeration_finds(k, problem):
    matching = mm.match(problem, AlmostStable(max_blocking=k))
    joined = problem.block(slice(0, problem.shape[0])).scores
    every = [
        (len(blocking(problem, pairs)), len({i for i, _ in pairs}), sum(joined[p] for p in pairs))
        for pairs in all_matchings(problem)
    ]
    found = (
        len(blocking(problem, pairs_of(matching))),
        matching.n_matched,
        matching.total,
    )
    if k is None:
        best = min((-covered, b, -total) for b, covered, total in every)
        assert (-found[1], found[0]) == best[:2]
        assert found[2] == pytest.approx(-best[2], abs=1e-6)
    else:
        best = max((covered, total) for b, covered, total in every if b <= k)
        assert found[0] <= k
        assert found[1] == best[0]
        assert found[2] == pytest.approx(best[1], abs=1e-6)


def test_when_the_time_is_up_the_start_is_returned_with_what_is_known_of_it():
    rng = np.random.default_rng(0)
    u, v = np.round(rng.random((2, 40, 20)), 1)
    problem = mm.Problem.from_scores(u, mentor_scores=v, capacity=2)
    matching = mm.match(problem, "almost_stable", time_limit=1e-3)
    assert matching.n_matched == 40
    assert any("not proven" in note for note in matching.notes)
    few = mm.match(problem, AlmostStable(max_blocking=2), time_limit=1e-3)
    assert len(mm.audits.blocking_pairs(few)) <= 2


class Clock:
    """A clock that goes on by a second whenever somebody looks, and when told to."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        self.now += 1.0
        return self.now


def searches_of(monkeypatch, clock, took):
    """Record the seconds that each search is given, and let it take some."""
    given_seconds = []

    def search(seconds):
        given_seconds.append((seconds, clock.now))
        solver = one_search(30.0)
        solve = solver.solve

        def timed(model):
            clock.now += took
            return solve(model)

        solver.solve = timed
        return solver

    monkeypatch.setattr(deadline, "time", clock)
    monkeypatch.setattr(blocking_program, "one_search", search)
    return given_seconds


@pytest.mark.parametrize("k", [None, 1])
@pytest.mark.parametrize("took", [0.0, 30.0, 95.0])
def test_all_stages_and_the_making_of_the_program_share_one_time_limit(monkeypatch, k, took):
    # Each stage began with the whole limit, and making the program was not counted.
    u, v = np.random.default_rng(1).random((2, 5, 3))
    problem = mm.Problem.from_scores(u, mentor_scores=v, capacity=2)
    clock = Clock()
    searches = searches_of(monkeypatch, clock, took)
    matching = mm.match(problem, AlmostStable(max_blocking=k), time_limit=100.0)
    assert len(searches) == (1 if took == 95.0 else 2)
    began = [now for _, now in searches]
    assert began[0] >= 5 + 3, "the clock is looked at for each list of the program"
    assert all(seconds > 0 and now + seconds <= 1 + 100.0 for seconds, now in searches)
    assert searches[0][0] <= (1 + 100.0 - began[0] + 1) / 2
    assert len(matching.notes) == 2
    assert ("not proven" in matching.notes[-1]) == (took == 95.0)


def test_when_the_time_is_up_before_the_program_is_made_no_search_is_begun(monkeypatch):
    u, v = np.random.default_rng(1).random((2, 12, 6))
    problem = mm.Problem.from_scores(u, mentor_scores=v, capacity=2)
    searches = searches_of(monkeypatch, Clock(), 0.0)
    few = mm.match(problem, AlmostStable(), time_limit=10.0)
    assert searches == []
    count = len(mm.audits.blocking_pairs(few))
    assert few.total == pytest.approx(mm.match(problem).total)
    assert few.notes == (
        f"pairs who would both rather have each other: {count} (not proven: bound 0)",
        f"total: {few.total:.6g} (not proven: the time ran out before there was a bound)",
    )
    must = mm.Problem.from_scores([[0.9, 0.1], [0.8, 0.2]], capacity=2, minimum=[0, 1])
    with pytest.raises(SolverError, match=r"no matching in time.*Give a larger time_limit"):
        mm.match(must, AlmostStable(max_blocking=1), time_limit=1.0)


# ---------------------------------------------------------------- what is refused, and how


def test_minimums_that_no_stable_matching_meets_are_refused_with_the_theorem():
    problem = mm.Problem.from_scores([[0.9, 0.1], [0.9, 0.1]], capacity=2, minimum=[0, 1])
    with pytest.raises(mm.InfeasibleError, match=r"minimums unmet: 1 has 0 of 1.*"):
        mm.match(problem, "stable")
    strict = mm.Problem.from_scores([[0.9, 0.1], [0.8, 0.2]], capacity=2, minimum=[0, 1])
    with pytest.raises(mm.InfeasibleError, match="rural hospitals theorem"):
        mm.match(strict, "stable")
    assert mm.match(strict, "almost_stable").loads.tolist() == [1, 1]
    with pytest.raises(mm.InfeasibleError, match="at most 0 blocking pairs meets the minimums"):
        mm.match(strict, AlmostStable(max_blocking=0))


@pytest.mark.parametrize(
    "name",
    [
        "greedy",
        "serial_dictatorship",
        "top_trading",
        "stable_optimal",
        "almost_stable",
        "popular",
    ],
)
def test_rules_that_a_strategy_cannot_keep_are_refused_before_any_work(name):
    scores = [[0.9, 0.2], [0.8, 0.1]]
    problem = mm.Problem.from_scores(scores, capacity=2, apart=[(0, 1)])
    with pytest.raises(mm.ProblemError, match=f"'{name}' cannot keep quotas, mentees apart"):
        mm.match(problem, name)


@pytest.mark.parametrize(
    "name", ["stable_optimal", "almost_stable", "top_trading", "popular", "generous"]
)
def test_several_mentors_are_refused_where_the_theorem_has_one(name):
    problem = mm.Problem.from_scores(np.ones((2, 2)), demand=[1, 2])
    with pytest.raises(mm.MentorMatchError, match=r"1 want more, the first of them 1\. Set demand"):
        mm.match(problem, name)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Stable(proposing="nobody"), "proposing must be one of 'mentees', 'mentors'"),
        (
            lambda: Stable(ties="keep"),
            "ties must be one of 'weak', 'largest', 'strong', 'super', got 'keep'",
        ),
        (lambda: Stable(tie_tolerance=-1), "tie_tolerance must be 0"),
        (lambda: StableOptimal("best"), "objective must be one of 'score', 'egalitarian'"),
        (lambda: AlmostStable(-1), "whole number of 0 or more, or None, got -1"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(make, said):
    with pytest.raises(mm.MentorMatchError, match=said):
        make()


def test_ties_are_said_and_a_tolerance_makes_them():
    scores = [[0.50, 0.51], [0.9, 0.1]]
    assert "no two equal scores" in mm.match(mm.Problem.from_scores(scores), "stable").notes[0]
    close = mm.match(mm.Problem.from_scores(scores), Stable(tie_tolerance=0.1))
    assert "equal scores were met" in close.notes[0]


def test_choosing_in_turn_says_so_only_when_somebody_had_a_choice_between_equals():
    # The second and third mentor are equal for the first mentee, who takes neither.
    strict = mm.Problem.from_scores([[1.0, 0.5, 0.5], [0.6, 0.9, 0.1]])
    assert len(mm.match(strict, "serial_dictatorship").notes) == 1
    tied = mm.Problem.from_scores([[1.0, 1.0, 0.5]])
    assert "had a choice between equals" in mm.match(tied, "serial_dictatorship").notes[1]
    both = mm.Problem.from_scores([[1.0, 1.0, 0.5]], demand=2)
    assert len(mm.match(both, "serial_dictatorship").notes) == 1


def test_what_is_said_of_blocking_pairs_is_counted_on_the_matching_that_is_given(monkeypatch):
    """A stage after one that was cut bettered it on its way, and the worse count was told."""
    from mentormatch.solvers.markets.blocking_program import BlockingProgram

    problem = mm.datasets.market("mallows", 12, 5, seats=2, correlation=0.5, seed=1)
    best = mm.match(problem, "almost_stable")
    pairs = set(zip(*(part.tolist() for part in (best.mentees, best.mentors)), strict=True))

    def reach(self, program, goal, chosen, seconds):
        if goal.what == "blocking pairs":
            return chosen, goal.most, False
        arcs = zip(self.mentees.tolist(), self.mentors.tolist(), strict=True)
        return np.array([arc in pairs for arc in arcs]), np.inf, False

    monkeypatch.setattr(BlockingProgram, "_reach", reach)
    matching = mm.match(problem, "almost_stable")
    count = len(mm.audits.blocking_pairs(matching, limit=None))
    said = f"pairs who would both rather have each other: {count} (not proven"
    assert matching.notes[0].startswith(said)
