"""Profiles and smallest sums of places under quotas, against every matching of small problems."""

from __future__ import annotations

import dataclasses

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis.extra import numpy as hnp

import mentormatch as mm
from mentormatch.certificates import verify
from mentormatch.certificates.bounds.fingerprint import fingerprint_of
from mentormatch.problem import Quota
from mentormatch.proofs.measures import AtPlace
from mentormatch.strategies import Generous, MinimumCost, RankMaximal, climb, stages
from problems import FREE, TIED
from side_oracles import dense_problems, every_with_rules, size_of
from stable_oracles import all_matchings, pairs_of, profile, sides

ORDERED = [RankMaximal(), RankMaximal(coverage_first=True), Generous(), MinimumCost()]
NAMES = ["rank-maximal", "rank-maximal of the largest", "generous", "minimum cost"]


@st.composite
def with_quotas(draw):
    """Ties, masks, capacities, minimums, priorities, pins, and quotas of nested groups."""
    n, m = draw(st.integers(0, 5)), draw(st.integers(1, 4))
    values = draw(st.sampled_from([TIED, FREE]))
    u = draw(hnp.arrays(np.float64, (n, m), elements=values))
    v = draw(hnp.arrays(np.float64, (n, m), elements=values))
    masked = draw(hnp.arrays(np.bool_, (n, m), elements=st.sampled_from([False, False, True])))
    quotas = []
    for k, width in enumerate(draw(st.lists(st.integers(1, m), max_size=2, unique=True))):
        low = draw(st.sampled_from([0, 0, 0, 1]))
        most = draw(st.integers(low, 4))
        quotas.append(Quota(mentors=range(width), at_least=low, at_most=most, name=f"group {k}"))
    if n > 1 and draw(st.booleans()):
        quotas.append(Quota(mentees=[0, 1], mentors=[m - 1], at_most=1, name="two of them"))
    numbers = {
        "capacity": draw(hnp.arrays(np.int64, m, elements=st.integers(0, 2))),
        "minimum": draw(hnp.arrays(np.int64, m, elements=st.sampled_from([0, 0, 0, 0, 1]))),
        "priority": draw(st.one_of(st.none(), hnp.arrays(np.int64, n, elements=st.integers(0, 1)))),
        "quotas": quotas,
    }
    if n and draw(st.booleans()):
        numbers["pins"] = [(draw(st.integers(0, n - 1)), draw(st.integers(0, m - 1)))]
    scores = np.where(masked, np.nan, u), np.where(masked, np.nan, v)
    try:
        return mm.Problem.from_scores(scores[0], mentor_scores=scores[1], **numbers)
    except mm.InfeasibleError:
        numbers.pop("pins", None)
        return mm.Problem.from_scores(scores[0], mentor_scores=scores[1], **numbers)


def feasible(problem):
    for pairs in all_matchings(problem):
        i, j = (np.array([p[k] for p in sorted(pairs)], dtype=np.intp) for k in (0, 1))
        loads = np.bincount(j, minlength=problem.shape[1])
        if (loads >= problem.minimums).all() and not problem.sides.broken(
            i, j, problem.mentee_ids, problem.mentor_ids
        ):
            yield pairs


def worth(problem, strategy, pairs):
    """What a strategy compares, the first difference counting."""
    counts = profile(problem, pairs)
    held = {i for i, _ in pairs}
    classes = problem.priority_classes
    covered = tuple(sum(classes[i] == c for i in held) for c in range(problem.n_classes))
    cost = -sum((k + 1) * count for k, count in enumerate(counts))
    compared = {
        "rank_maximal": (*(covered if getattr(strategy, "coverage_first", 0) else ()), *counts),
        "generous": (*covered, *(-count for count in counts[::-1])),
        "minimum_cost": (*covered, cost, *counts),
    }
    return compared[strategy.name]


def pairs_in(made):
    """The pairs of a matrix of 0 and 1."""
    return frozenset((int(i), int(j)) for i, j in zip(*np.nonzero(made), strict=True))


def total(problem, pairs):
    joined = problem.block(slice(0, problem.shape[0])).scores
    return float(sum(joined[p] for p in pairs))


@pytest.mark.parametrize("strategy", ORDERED, ids=NAMES)
@given(problem=with_quotas())
def test_counts_and_then_the_total_are_what_enumeration_finds_and_are_proven(strategy, problem):
    there = list(feasible(problem))
    event(f"feasible: {bool(there)}, rules: {bool(problem.sides)}")
    if not there:
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem, strategy)
        return
    matching = mm.match(problem, strategy)
    pairs = pairs_of(matching)
    best = max(worth(problem, strategy, one) for one in there)
    assert worth(problem, strategy, pairs) == best
    most = max(total(problem, one) for one in there if worth(problem, strategy, one) == best)
    assert matching.total == pytest.approx(most, abs=1e-6)
    assert matching.certificate.proven
    assert not verify(matching).findings


@given(problem=with_quotas(), data=st.data())
def test_another_matching_is_never_proven_by_prices_of_the_best(problem, data):
    there = sorted(map(sorted, feasible(problem)))
    if not problem.sides or len(there) < 2:
        return
    strategy = data.draw(st.sampled_from(ORDERED))
    matching = mm.match(problem, strategy)
    for other in data.draw(st.lists(st.sampled_from(there), max_size=3)):
        worse = worth(problem, strategy, frozenset(other)) < worth(
            problem, strategy, pairs_of(matching)
        )
        if worse:
            forged = dataclasses.replace(
                mm.Matching.from_pairs(problem, other), certificate=matching.certificate
            )
            found = verify(forged)
            assert not found.ok
            assert not found.certificate.proven


def test_a_certificate_of_counts_is_written_and_read_as_plain_data():
    problem = mm.Problem.from_scores(
        [[0.9, 0.5, 0.1], [0.8, 0.7, 0.1]], quotas=[Quota(mentors=[0, 1], at_most=1)]
    )
    certificate = mm.match(problem, "minimum_cost").certificate
    again = type(certificate).from_dict(certificate.to_dict())
    assert verify(mm.match(problem, "minimum_cost"), again).ok
    assert [str(stage) for stage in again.stages][:2] == [
        "most mentees of class 0: 2, proven",
        "smallest sum of places: 4, proven",
    ]


def test_counts_that_the_time_limit_left_open_are_not_called_proven():
    rng = np.random.default_rng(0)
    quota = Quota(mentors=range(20), at_most=36)
    liked = rng.random((60, 40)) + 5 * rng.random(40)
    problem = mm.Problem.from_scores(liked, 2, quotas=[quota])
    seen = []
    matching = mm.match(problem, "rank_maximal", time_limit=1e-9, progress=seen.append)
    assert not matching.certificate.proven
    assert matching.status is mm.Status.TIME_LIMIT
    assert matching.certificate.open_stage is not None
    assert "most mentees at choice" in str(matching.certificate)
    assert verify(matching).ok
    assert str(seen[1]) == "Giving people their first, second, … choices: 5 of 40"
    full = mm.match(problem, "rank_maximal")
    # The first count is settled whatever the limit.
    assert profile(problem, pairs_of(matching))[0] == profile(problem, pairs_of(full))[0]


def test_the_bound_on_the_total_holds_for_every_matching_where_a_count_is_open():
    """It was one of matchings that reach counts which prices had not settled: below the total."""
    rng = np.random.default_rng(3)
    problem = mm.Problem.from_scores(rng.random((30, 12)), 3)
    cut = mm.match(problem, "minimum_cost", time_limit=1e-9).certificate
    assert cut.open_stage is not None
    assert cut.gap >= 0
    assert cut.bound >= mm.match(problem, "optimal").total - 1e-9


def test_prices_that_no_int64_holds_are_compared_exactly():
    """Only a forged certificate has such, and its claim is refused in words."""
    problem = mm.Problem.from_scores(
        [[0.9, 0.5, 0.1], [0.8, 0.7, 0.1]], quotas=[Quota(mentors=[0, 1], at_most=1)]
    )
    matching = mm.match(problem, "minimum_cost")
    first = matching.certificate.stages[0]
    huge = dataclasses.replace(first, prices=first.prices + 2.0**70)
    forged = dataclasses.replace(
        matching.certificate, stages=(huge, *matching.certificate.stages[1:])
    )
    found = verify(matching, forged)
    assert not found.ok
    assert "stage 1: it says" in found.findings[0]


@given(problem=with_quotas())
def test_without_quotas_both_ways_to_a_profile_agree(problem):
    plain = dataclasses.replace(problem, quotas=())
    widest = dataclasses.replace(problem, quotas=(Quota(at_most=99, name="no limit"),))
    try:
        one = mm.match(plain, "rank_maximal")
    except mm.InfeasibleError:
        return
    other = mm.match(widest, "rank_maximal")
    assert profile(plain, pairs_of(one)) == profile(widest, pairs_of(other))
    assert one.total == pytest.approx(other.total, abs=1e-6)


@pytest.mark.parametrize("strategy", ORDERED, ids=NAMES)
@settings(max_examples=max(8, settings().max_examples // 6))
@given(case=dense_problems())
def test_any_rule_is_kept_and_counts_are_what_trying_everything_finds(strategy, case):
    problem, rules = case
    try:
        problem = dataclasses.replace(problem, demand=np.minimum(problem.demands, 1))
    except (mm.InfeasibleError, mm.ProblemError):
        return
    if problem.wants_several:
        return
    known = [pairs_in(made) for made in every_with_rules(problem, rules)]
    if not known:
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem, strategy)
        return
    matching = mm.match(problem, strategy)
    event(matching.engine)
    pairs = pairs_of(matching)
    assert pairs in known, "a rule is broken"
    best = max(worth(problem, strategy, one) for one in known)
    assert worth(problem, strategy, pairs) == best
    most = max(total(problem, one) for one in known if worth(problem, strategy, one) == best)
    assert matching.total == pytest.approx(most, abs=1e-5 * size_of(problem))
    assert matching.certificate.proven, matching.certificate
    checked = verify(matching)
    assert checked.ok, checked.findings
    for other in known[:3]:
        if worth(problem, strategy, other) < best:
            forged = dataclasses.replace(
                mm.Matching.from_pairs(problem, sorted(other)), certificate=matching.certificate
            )
            assert not verify(forged).ok


CROSSING = [
    Quota(mentors=[0, 1], at_most=1, name="one"),
    Quota(mentors=[1, 2], at_most=1, name="other"),
    Quota(mentors=[0, 2], at_most=1, name="third"),
]


@pytest.mark.parametrize("strategy", ORDERED, ids=NAMES)
def test_rules_that_are_no_nested_groups_are_a_program_and_the_engine_says_so(strategy):
    scores = [[0.9, 0.5, 0.1], [0.8, 0.7, 0.1], [0.2, 0.7, 0.3]]
    matching = mm.match(mm.Problem.from_scores(scores, quotas=CROSSING), strategy)
    assert matching.engine.startswith("HiGHS")
    assert matching.engine.endswith("(rules that are no nested groups)")
    assert matching.notes[-1] == "profile: 1 × choice 1"
    assert matching.certificate.proven
    believed = verify(matching).believed
    assert any("choice 1" in one and "HiGHS's" in one for one in believed)
    again = type(matching.certificate).from_dict(matching.certificate.to_dict())
    assert verify(matching, again).ok


@pytest.mark.parametrize("strategy", ORDERED, ids=NAMES)
def test_counts_of_a_program_cannot_be_left_out_moved_or_forged(strategy):
    scores = [[0.9, 0.5, 0.1], [0.8, 0.7, 0.1], [0.2, 0.7, 0.3]]
    problem = mm.Problem.from_scores(scores, 2, together=[(0, 1)])
    matching = mm.match(problem, strategy)
    claimed = matching.certificate
    assert claimed.proven
    assert verify(matching).ok
    counts = claimed.stages
    for forged in (counts[1:], counts[:-1], counts[::-1], ()):
        found = verify(matching, dataclasses.replace(claimed, stages=forged))
        assert not found.ok, forged
    for k, stage in enumerate(counts):
        if not isinstance(stage.measure, AtPlace):
            continue
        for measure in (
            dataclasses.replace(stage.measure, number=stage.measure.number + 1),
            dataclasses.replace(stage.measure, tie_tolerance=0.5),
            dataclasses.replace(stage.measure, tie_tolerance=-1.0),
            dataclasses.replace(stage.measure, what="coverage"),
        ):
            one = dataclasses.replace(stage, measure=measure)
            changed = (*counts[:k], one, *counts[k + 1 :])
            assert not verify(matching, dataclasses.replace(claimed, stages=changed)).ok
        more = dataclasses.replace(stage, objective=stage.objective + 1, bound=stage.bound + 1)
        changed = (*counts[:k], more, *counts[k + 1 :])
        found = verify(matching, dataclasses.replace(claimed, stages=changed))
        assert "recomputed it is" in found.findings[0]


@pytest.mark.parametrize("strategy", [Generous(), MinimumCost()], ids=["generous", "minimum cost"])
@pytest.mark.parametrize("rules", [{}, {"together": [(0, 1)]}], ids=["flow", "program"])
def test_few_at_bad_places_prove_nothing_where_nobody_is_served_first(strategy, rules):
    """Without coverage the empty matching has the fewest at every place."""
    problem = mm.Problem.from_scores([[0.9, 0.5], [0.8, 0.7]], 2, **rules)
    matching = mm.match(problem, strategy)
    empty = dataclasses.replace(mm.Matching.from_pairs(problem, []), strategy=strategy.name)
    counts = []
    for stage in matching.certificate.stages:
        said = "most mentees of class" in str(stage) or "with a mentor" in str(stage)
        if not said:
            counts.append(dataclasses.replace(stage, objective=0, bound=0))
    claimed = dataclasses.replace(
        matching.certificate,
        stages=tuple(counts),
        objective=0.0,
        bound=0.0,
        coverage=0,
        seats=0,
        coverage_bound=None,
        seats_bound=None,
        fingerprint=fingerprint_of(empty),
    )
    assert not verify(empty, claimed).ok


def test_bounds_of_places_are_those_of_all_pairs_where_time_lets_some_be_looked_at():
    """They were of the pairs near the best total: 142 first choices were proven, 698 are there."""
    rng = np.random.default_rng(0)
    liked = np.zeros((700, 30))
    liked[np.arange(700), rng.integers(0, 30, 700)] = 1.0
    problem = mm.Problem.from_scores(liked, 700, mentor_scores=1 - liked, together=[(0, 1)])
    matching = mm.match(problem, RankMaximal(), time_limit=2.0)
    assert profile(problem, pairs_of(matching))[0] >= 698 or not matching.certificate.proven
    assert verify(matching).ok
    first = matching.certificate.stages[0]
    assert str(first).startswith("most mentees at choice 1")
    assert first.bound >= 698


class Climbs:
    """A strategy of some stages, as somebody might write it."""

    name = "climbs"
    engines = ()
    keeps_side_rules = True

    def __init__(self, promise, *list_of_stages):
        self.promises, self.stages = (promise,), list_of_stages

    def choose(self, problem, options):
        return climb(self.stages, problem, options, promise=self.promises[0])


@pytest.mark.parametrize("rules", [{}, {"apart": [(0, 1)]}], ids=["no rules", "apart"])
@pytest.mark.parametrize("last", [stages.EvenestLoads(), stages.LargestWelfare(1.0)], ids=str)
def test_the_most_are_served_where_only_the_total_counts_otherwise(last, rules):
    problem = mm.Problem.from_scores([[1, -1], [0.5, np.nan]], coverage_first=False, **rules)
    promise = "even loads" if isinstance(last, stages.EvenestLoads) else "Nash welfare"
    matching = mm.match(problem, Climbs(promise, stages.MostServed(), last))
    assert matching.pairs["mentee"].tolist() == [0, 1]
    assert matching.certificate.proven


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([stages.PlacesInLists("fewest")], "comes after MostServed"),
        ([stages.PlacesInLists("sum")], "comes after MostServed"),
        ([stages.LargestMinimum(), stages.MostServed()], "comes first, and once"),
        ([stages.MostServed(), stages.MostServed()], "comes first, and once"),
        ([stages.PlacesInLists("most"), stages.PlacesInLists("most", 0.5)], "give it once"),
    ],
)
def test_stages_in_an_order_that_says_nothing_are_refused(wrong, said):
    problem = mm.Problem.from_scores(np.eye(3))
    with pytest.raises(mm.MentorMatchError, match=said):
        mm.match(problem, Climbs("generous profile", *wrong))


def test_a_place_is_counted_in_one_of_three_ways():
    with pytest.raises(mm.MentorMatchError, match='"most", "fewest" or "sum", not \'best\''):
        stages.PlacesInLists("best")


def test_places_after_another_stage_are_a_program_that_is_proven():
    problem = mm.Problem.from_scores([[0.9, 0.8, 0.1], [0.9, 0.1, 0.8], [0.9, 0.2, 0.1]])
    worst = Climbs("largest minimum", stages.LargestMinimum(), stages.PlacesInLists("most"))
    matching = mm.match(problem, worst)
    assert matching.certificate.proven
    assert verify(matching).ok
    assert "places in lists and other stages" in matching.engine
    said = [str(stage) for stage in matching.certificate.stages]
    assert any(one.startswith("most mentees at choice 1: ") for one in said)


def test_what_is_wanted_small_is_shown_without_a_sign():
    problem = mm.Problem.from_scores(np.eye(3), 2, together=[(0, 1)])
    matching = mm.match(problem, "minimum_cost")
    said = [str(one) for one in matching.certificate.stages]
    assert any(one.startswith("smallest sum of places: 4, proven by") for one in said), said
    believed = "; ".join(verify(matching).believed)
    assert "(smallest sum of places): the bound 4 is HiGHS's" in believed


def test_somebody_who_wants_several_mentors_is_refused_in_words():
    with pytest.raises(mm.MentorMatchError, match="takes one mentor per mentee"):
        mm.match(mm.Problem.from_scores(np.ones((2, 3)), demand=2), "minimum_cost")


def test_counts_of_a_program_that_the_time_limit_left_open_are_not_called_proven():
    rng = np.random.default_rng(0)
    liked = rng.random((60, 40)) + 5 * rng.random(40)
    problem = mm.Problem.from_scores(liked, 2, together=[(0, 1), (2, 3)], apart=[(4, 5)])
    matching = mm.match(problem, "rank_maximal", time_limit=0.2)
    assert not matching.certificate.proven
    assert matching.status is mm.Status.TIME_LIMIT
    assert verify(matching).ok


def test_projects_counted_from_zero_are_those_that_orders_count_from_one(tmp_path):
    votes, staff = tmp_path / "votes.soi", tmp_path / "staff.dat"
    votes.write_text("1: 1,2\n1: 1,2\n1: 1,3\n", "utf-8")
    staff.write_text("Supervisor,Capacity,Projects\nLin,1,0 1\nMax,1,2\n", "utf-8")
    problem = mm.datasets.read_preflib(votes, supervisors=staff, capacity=2)
    assert problem.mentor_ids.tolist() == [1, 2, 3]
    matching = mm.match(problem, "rank_maximal")
    assert sorted(matching.pairs["mentor"].tolist()) == [1, 3]
    assert any("counts projects from 0" in note for note in matching.notes)
    # Positions in another order are the same people: the proof is of them.
    assert verify(matching).ok
    u, _ = sides(problem)
    assert np.isnan(u[0, 2])
