"""Fair strategies against enumeration, with their certificates."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis.extra import numpy as hnp

import mentormatch as mm
from fair_oracles import best_by, compared, every_matching, rounded, utilities_of
from mentormatch.solvers.assignment import balance, thresholds
from mentormatch.strategies.flows import chain
from problems import FREE, MASKED, TIED, problems, with_one_mentor_each


@st.composite
def single_problems(draw, most=4):
    """Every feature, one mentor per mentee at most; feasible."""
    problem = with_one_mentor_each(draw(problems(most)))
    assume(every_matching(problem))
    return problem


def smallest(values):
    return tuple(values[:1])


def positive_then_logarithms(values):
    some = [v for v in values if v > 0]
    return len(some), sum(map(math.log, some))


def check(problem, strategy, value, digits=9):
    matching = mm.match(problem, strategy)
    best = best_by(problem, value)
    found = rounded(value(compared(problem, utilities_of(matching)))), round(matching.total, 9)
    assert found[0] == pytest.approx(best[0], abs=10.0**-digits)
    assert found[1] == pytest.approx(best[1], abs=1e-8)
    assert matching.certificate.proven, matching.certificate.stages
    assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings
    return matching


@given(problem=single_problems())
def test_maximin_is_what_trying_everything_finds(problem):
    # A pinned score is nobody's choice: compare without pins.
    check(replace(problem, pins=()), "maximin", smallest)


@given(problem=single_problems())
def test_leximin_is_what_trying_everything_finds(problem):
    check(problem, "leximin", tuple)


@given(problem=single_problems())
def test_nash_is_what_trying_everything_finds(problem):
    check(problem, "nash", positive_then_logarithms, digits=6)


@given(problem=single_problems())
def test_worst_k_is_what_trying_everything_finds(problem):
    matching = mm.match(problem, mm.strategies.WorstK(2))
    best = best_by(problem, lambda values: (sum(values[:2]),))
    assert sum(compared(problem, utilities_of(matching))[:2]) == pytest.approx(best[0][0], abs=1e-8)
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings


@st.composite
def several_problems(draw):
    """Every feature, several mentors per mentee; feasible and small enough for integer programs."""
    problem = draw(problems(3))
    assume(every_matching(problem))
    return problem


def total_share(problem, share):
    best = max(total for _, _, total, _ in every_matching(problem))
    return share * best - 1e-9 * abs(best)


@settings(max_examples=25)
@given(problem=several_problems(), share=st.sampled_from([None, 0.8, 1.0]))
def test_integer_programs_find_what_trying_everything_finds(problem, share):
    kept = every_matching(problem)
    if share is not None:
        best = max(total for _, _, total, _ in kept)
        assume(best > 1e-3)
        kept = [one for one in kept if one[2] >= share * best - 1e-9]
    for strategy, value in [
        (mm.strategies.Maximin(keep_total=share), lambda values: tuple(values[:1])),
        (mm.strategies.WorstK(2, keep_total=share), lambda values: (sum(values[:2]),)),
        (mm.strategies.Leximin(keep_total=share), tuple),
    ]:
        if share is None and problem.demands.max(initial=0) <= 1:
            continue
        matching = mm.match(problem, strategy)
        wanted = max(rounded(value(compared(problem, u)), 6) for _, u, _, _ in kept)
        found = value(compared(problem, utilities_of(matching)))
        assert found == pytest.approx(wanted, abs=1e-5), strategy
        flow = isinstance(strategy, mm.strategies.Maximin) and problem.demands.max(initial=0) <= 1
        assert matching.certificate.method == ("prices" if flow else "HiGHS")
        assert matching.certificate.proven, matching.certificate.stages
        assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings


def fair_value(alpha):
    """How many get more than 0, from α = 1 on, and the welfare of sums."""
    if alpha == 1:
        return positive_then_logarithms
    power = 1 - alpha
    if alpha < 1:
        return lambda values: (sum(v**power for v in values),)
    return lambda values: (
        sum(v > 0 for v in values),
        sum(v**power / power for v in values if v > 0),
    )


@pytest.mark.parametrize("alpha", [0.5, 1, 2, 5])
@settings(max_examples=max(8, settings().max_examples // 6))
@given(problem=problems(4), share=st.sampled_from([None, None, 0.8]))
def test_the_welfare_of_several_mentors_each_is_what_trying_everything_finds(alpha, problem, share):
    if not problem.wants_several:
        problem = replace(problem, demand=problem.demands + 1)
    if alpha < 1:
        problem = replace(problem, pins=(), min_score=0.0)
    kept = every_matching(problem)
    assume(kept)
    if share is not None:
        best = max(total for _, _, total, _ in kept)
        assume(best > 1e-3)
        kept = [one for one in kept if one[2] >= share * best - 1e-9]
    value = fair_value(alpha)
    strategy = mm.strategies.AlphaFair(alpha, keep_total=share)
    if alpha == 1:
        strategy = mm.strategies.Nash(keep_total=share)
    matching = mm.match(problem, strategy)
    checked = mm.certificates.verify(matching)
    assert checked.ok, checked.findings
    # What is nearly nothing beside other scores a solver cannot tell from it.
    told = all(v == 0 or abs(v) > 1e-4 for _, u, _, _ in kept for v in compared(problem, u))
    assert matching.certificate.proven or not told, matching.certificate.stages
    if not (matching.certificate.proven and told):
        return
    values = [(value(compared(problem, u)), total) for _, u, total, _ in kept]
    wanted = max(one for one, _ in values)
    found = value(compared(problem, utilities_of(matching)))
    assert found == pytest.approx(wanted, rel=3e-6, abs=3e-6)
    top = [total for one, total in values if one == pytest.approx(wanted, rel=1e-9)]
    assert matching.total >= max(top) - 1e-5


def test_a_lie_about_the_welfare_of_sums_is_found():
    scores = np.round(np.random.default_rng(2).random((5, 4)), 2)
    problem = mm.Problem.from_scores(scores, 3, demand=2)
    for strategy in (mm.strategies.Nash(), mm.strategies.AlphaFair(3)):
        matching = mm.match(problem, strategy)
        certificate = matching.certificate
        assert certificate.proven
        assert mm.certificates.verify(matching).ok
        first, last = certificate.stages
        size = abs(last.objective)
        for lie in (
            {"objective": last.objective + 0.01 * size},
            {"bound": last.objective - 0.01 * size},
            {"tolerance": 0.01 * size},
            {"measure": replace(last.measure, alpha=2.0)},
            {"measure": replace(last.measure, unit=last.measure.unit / 3)},
        ):
            wrong = replace(certificate, stages=(first, replace(last, **lie)))
            assert not mm.certificates.verify(matching, wrong).ok, lie
        assert not mm.certificates.verify(matching, replace(certificate, stages=(first,))).ok
        other = mm.match(problem, "random")
        assert other.total < matching.total
        forged = replace(other, strategy=strategy.name, certificate=certificate)
        assert not mm.certificates.verify(forged).ok


def test_a_welfare_of_nobody_is_proven_where_nothing_counts_as_nothing():
    problem = mm.Problem.from_scores(np.zeros((1, 0)), coverage_first=False)
    matching = mm.match(problem, mm.strategies.AlphaFair(0.5))
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok


def test_sums_that_cancel_are_no_gain():
    # 0.1 + 0.2 - 0.3 is 5.6e-17 in binary numbers: nobody has more than 0 by that.
    problem = mm.Problem.from_scores([[0.1, 0.2, -0.3]], demand=3)
    matching = mm.match(problem, "nash")
    assert matching.certificate.proven
    assert matching.certificate.stages[0].objective == 0
    assert mm.certificates.verify(matching).ok


def tampered(stage):
    """Every way of lying about one stage, with what must be found."""
    prices = stage.prices
    # A claim that something smaller is out of reach is the stronger one.
    lie = stage.objective + 1 if stage.kept else stage.bound
    yield replace(stage, objective=lie), "objective" if stage.kept else "not proven"
    yield replace(stage, bound=stage.bound - 1), "bound"
    yield replace(stage, prices=prices + 1), ""
    yield replace(stage, prices=prices.iloc[1:]), "the prices do not name exactly the mentors"
    yield replace(stage, prices=prices + 0.3), "not whole numbers"
    yield replace(stage, coverage_multipliers=(*stage.coverage_multipliers, 1.0)), "multipliers"


@pytest.mark.parametrize("strategy", ["maximin", "leximin", "nash", "worst_k"])
def test_a_lie_about_any_stage_is_found(strategy):
    scores = np.round(np.random.default_rng(4).random((9, 5)), 2)
    matching = mm.match(mm.Problem.from_scores(scores, capacity=2), strategy)
    certificate = matching.certificate
    assert certificate.proven
    assert mm.certificates.verify(matching).ok
    for place, stage in enumerate(certificate.stages):
        for lie, said in tampered(stage):
            stages = list(certificate.stages)
            stages[place] = lie
            found = mm.certificates.verify(matching, replace(certificate, stages=tuple(stages)))
            assert not found.ok, (str(stage), said)
            assert said in " ".join(found.findings)


@pytest.mark.parametrize("strategy", ["maximin", "leximin", "nash", "worst_k"])
@pytest.mark.parametrize("seed", range(6))
def test_a_stage_that_is_left_out_is_found_even_where_the_rest_still_holds(strategy, seed):
    # Scores of a few levels are often settled by one stage for the next as well: without it all
    # other proofs hold as before, and only what the strategy promises says what is missing.
    scores = np.round(np.random.default_rng(seed).random((9, 5)), 1)
    matching = mm.match(mm.Problem.from_scores(scores, capacity=2), strategy)
    certificate = matching.certificate
    stages = certificate.stages
    assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings
    assert not mm.certificates.verify(matching, replace(certificate, stages=())).ok
    # That nobody is below the minimum is seen from the pairs: the last stage of maximin only
    # narrows down among whom the total is the best.
    for place in range(len(stages) - (strategy == "maximin")):
        shorter = replace(certificate, stages=stages[:place] + stages[place + 1 :])
        assert not mm.certificates.verify(matching, shorter).ok, str(stages[place])


def test_a_program_without_the_stage_its_strategy_promises_is_found():
    scores = np.random.default_rng(0).random((4, 3))
    problem = mm.Problem.from_scores(scores, capacity=2)
    for strategy, said in [
        (mm.strategies.Leximin(keep_total=0.9), "not a stage for every number of the worst"),
        (mm.strategies.WorstK(2, keep_total=0.9), "sum of the worst: there is no stage for it"),
        (mm.strategies.Nash(keep_total=0.9), "Nash welfare: there is no stage for it"),
    ]:
        matching = mm.match(problem, strategy)
        shorter = replace(matching.certificate, stages=matching.certificate.stages[:-1])
        assert said in " ".join(mm.certificates.verify(matching, shorter).findings)


@pytest.mark.parametrize(("share", "worst", "total"), [(0.9, 0.2, 1.2), (0.8, 0.5, 1.05)])
def test_the_largest_minimum_within_a_share_of_the_best_total(share, worst, total):
    problem = mm.Problem.from_scores([[1.0, 0.5], [0.55, 0.2]])
    matching = mm.match(problem, mm.strategies.Maximin(keep_total=share))
    assert matching.scores.min() == worst
    assert matching.total == pytest.approx(total)
    assert matching.certificate.method == "prices"
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"share": 0.8}, "recomputed it is not"),
        ({"bound": 0.0}, "it says most_above"),
        ({"objective": 0.9}, "it says objective 0.9, recomputed it is 0.2"),
        ({"best": 1.0}, "it says best 1, recomputed it is 1.2"),
        ({"most_above": 0.0}, "it says most_above 0, recomputed"),
    ],
)
def test_a_lie_about_what_is_left_of_the_best_total_is_found(changes, said):
    problem = mm.Problem.from_scores([[1.0, 0.5], [0.55, 0.2]])
    matching = mm.match(problem, mm.strategies.Maximin(keep_total=0.9))
    stages = matching.certificate.stages
    wrong = (replace(stages[0], **changes), *stages[1:])
    found = mm.certificates.verify(matching, replace(matching.certificate, stages=wrong))
    assert said in " ".join(found.findings)


def test_pairs_that_are_not_the_best_are_no_witness_of_the_best_total():
    problem = mm.Problem.from_scores([[1.0, 0.5], [0.55, 0.2]])
    matching = mm.match(problem, mm.strategies.Maximin(keep_total=0.9))
    stages = matching.certificate.stages
    for pairs, said in [([0], "not proven to have it"), ([0, 0], "are no matching")]:
        wrong = replace(stages[0], witness=stages[0].witness.iloc[pairs])
        claimed = replace(matching.certificate, stages=(wrong, *stages[1:]))
        assert said in " ".join(mm.certificates.verify(matching, claimed).findings)


def test_a_matching_outside_an_earlier_face_does_not_pass_with_its_certificate():
    scores = np.array([[0.9, 0.5], [0.8, 0.1]])
    problem = mm.Problem.from_scores(scores)
    fair = mm.match(problem, "maximin")
    other = mm.Matching.from_pairs(problem, [(0, 0), (1, 1)])
    found = mm.certificates.verify(other, fair.certificate)
    assert not found.ok


def test_an_interval_left_out_of_the_search_for_the_k_worst_is_found():
    scores = np.random.default_rng(4).random((9, 5))
    matching = mm.match(mm.Problem.from_scores(scores, capacity=2), mm.strategies.WorstK(3))
    stages = matching.certificate.stages
    assert len(stages) > 3
    wrong = replace(matching.certificate, stages=stages[:1] + stages[2:])
    assert "are not excluded" in " ".join(mm.certificates.verify(matching, wrong).findings)


@given(problem=single_problems())
def test_alpha_0_is_the_optimum(problem):
    found = mm.match(problem, mm.strategies.AlphaFair(0.0))
    best = mm.match(problem)
    assert found.total == pytest.approx(best.total, abs=1e-9)
    assert found.n_matched == best.n_matched


@st.composite
def six_mentees(draw):
    """Five or six mentees for two or three mentors with several seats; ties, masks, or neither."""
    n, m = draw(st.integers(5, 6)), draw(st.integers(2, 3))
    values = draw(st.sampled_from([TIED, FREE, st.one_of(TIED, TIED, MASKED)]))
    scores = draw(hnp.arrays(np.float64, (n, m), elements=values))
    capacity = draw(hnp.arrays(np.int64, m, elements=st.integers(0, 4)))
    return mm.Problem.from_scores(scores, capacity=capacity, coverage_first=draw(st.booleans()))


@settings(max_examples=30)
@given(problem=six_mentees())
def test_six_mentees_with_capacities_get_what_trying_everything_finds(problem):
    check(problem, "maximin", smallest)
    check(problem, "leximin", tuple)
    check(problem, "nash", positive_then_logarithms, digits=6)
    worst = mm.match(problem, mm.strategies.WorstK(3))
    best = best_by(problem, lambda values: (sum(values[:3]),))
    assert sum(compared(problem, utilities_of(worst))[:3]) == pytest.approx(best[0][0], abs=1e-8)
    assert worst.certificate.proven
    assert mm.certificates.verify(worst).ok, mm.certificates.verify(worst).findings


@given(problem=single_problems(5))
def test_what_is_found_among_few_pairs_is_found_among_all(problem):
    # Large problems are searched by a few pairs of everybody; here even small ones are.
    with pytest.MonkeyPatch.context() as patch:
        for module in (thresholds, balance):
            patch.setattr(module, "ALL_PAIRS", 0)
            patch.setattr(module, "GROUPS", 1)
        patch.setattr(chain, "LISTED_PAIRS", 0)
        check(replace(problem, pins=()), "maximin", smallest)
        check(problem, "leximin", tuple)
        if problem.coverage_first:
            even = mm.match(problem, "balanced")
            best = max(-sum(q * q for q in loads) for *_, loads in every_matching(problem))
            assert even.certificate.stages[0].objective == best
            assert even.certificate.proven, even.certificate.stages
            assert mm.certificates.verify(even).ok, mm.certificates.verify(even).findings


def test_a_total_of_nothing_is_proven_though_prices_of_priorities_are_large(monkeypatch):
    """The bound was 1.4e-13 and the tolerance 1.1e-13: the best there is, "not proven"."""
    for module in (thresholds, balance):
        monkeypatch.setattr(module, "ALL_PAIRS", 0)
        monkeypatch.setattr(module, "GROUPS", 1)
    monkeypatch.setattr(chain, "LISTED_PAIRS", 0)
    scores = [[np.nan, 0, np.nan], [np.nan, 0.25, np.nan]]
    matching = mm.match(mm.Problem.from_scores(scores, 1, priority=[0, -1]), "leximin")
    assert matching.mentees.tolist() == [0]
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok


@given(
    problem=single_problems(), strategy=st.sampled_from(["maximin", "leximin", "nash", "worst_k"])
)
def test_every_engine_reaches_the_same_stages(problem, strategy):
    found = {
        engine: mm.match(problem, strategy, engine=engine) for engine in ("flow", "priced", None)
    }
    for engine, matching in found.items():
        assert matching.certificate.proven, engine
        assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings
        assert matching.total == pytest.approx(found["flow"].total, abs=1e-8), engine


@pytest.mark.parametrize("engine", ["flow", "priced"])
def test_weights_of_a_stage_are_never_rounded_however_many_people(engine):
    # 300 people have room for whole weights of 37 bits, which the flow must not scale: the first
    # stage would miss its optimum by a few units, and the face of the next be empty.
    scores = np.random.default_rng(0).random((300, 120))
    matching = mm.match(mm.Problem.from_scores(scores, capacity=3), "nash", engine=engine)
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok


@given(problem=single_problems(3))
def test_alpha_2_is_what_trying_everything_finds(problem):
    def value(values):
        some = [v for v in values if v > 0]
        return len(some), sum(-1 / v for v in some)

    check_value(problem, mm.strategies.AlphaFair(2.0), value)


def check_value(problem, strategy, value):
    """Like `check`, for values whose size varies: compared relatively, and without the total."""
    matching = mm.match(problem, strategy)
    best = max(value(compared(problem, u)) for _, u, _, _ in every_matching(problem))
    found = value(compared(problem, utilities_of(matching)))
    assert found[0] == best[0]
    assert found[1] == pytest.approx(best[1], rel=1e-6, abs=1e-6)
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok


@pytest.mark.parametrize(
    ("scores", "worst", "ordered"),
    [
        ([[1, 1, 1], [0, 0, 0.24], [0.25, 0.25, 0.5]], 0.24, None),
        ([[0, 0.04, 0.1], [0.01, 0.05, 0], [0, 0.1, 1]], 0.01, [0.01, 0.1, 0.1]),
    ],
)
def test_the_worked_examples_of_max_min_fairness(scores, worst, ordered):
    problem = mm.Problem.from_scores(scores)
    assert mm.match(problem, "maximin").scores.min() == worst
    leximin = mm.match(problem, "leximin")
    assert leximin.scores.min() == worst
    if ordered is not None:
        assert sorted(leximin.scores) == ordered
        assert list(zip(leximin.mentees, leximin.mentors, strict=True)) == [(0, 2), (1, 0), (2, 1)]


def test_coarse_levels_are_compared_coarsely():
    scores = np.random.default_rng(0).random((12, 6))
    problem = mm.Problem.from_scores(scores, capacity=2)
    exact, coarse = (
        mm.match(problem, mm.strategies.Leximin(resolution=step)) for step in (None, 0.25)
    )
    levels = [sorted(np.rint(one.scores / 0.25)) for one in (exact, coarse)]
    assert levels[1] >= levels[0]
    assert mm.certificates.verify(coarse).ok


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: mm.strategies.WorstK(0), "k as a whole number of mentees"),
        (lambda: mm.strategies.WorstK(2.5), "k as a whole number of mentees"),
        (lambda: mm.strategies.Leximin(resolution=0), "resolution above 0"),
        (lambda: mm.strategies.AlphaFair(-1), "alpha of 0 or more"),
        (lambda: mm.strategies.Maximin(keep_total=1.2), "above 0 and at most 1"),
        (lambda: mm.strategies.Nash(keep_total=0), "above 0 and at most 1"),
    ],
)
def test_parameters_out_of_range_are_refused_with_what_is_expected(make, said):
    with pytest.raises(mm.MentorMatchError, match=said):
        make()


def test_scores_that_a_strategy_cannot_take_are_said_with_the_way_out():
    negative = mm.Problem.from_scores([[-1.0, 0.5]])
    with pytest.raises(mm.ProblemError, match="needs scores of 0 or more; the smallest is -1"):
        mm.match(negative, mm.strategies.AlphaFair(0.5))
    with pytest.raises(mm.ProblemError, match="a share of it has no meaning"):
        mm.match(mm.Problem.from_scores([[-1.0]]), mm.strategies.Maximin(keep_total=0.9))


def test_the_order_of_rows_does_not_change_a_fair_matching():
    import pandas as pd

    scores = np.round(np.random.default_rng(0).random((8, 4)), 1)
    frame = pd.DataFrame(
        scores, index=[f"a{i}" for i in range(8)], columns=[f"b{j}" for j in range(4)]
    )
    for strategy in (
        "maximin",
        "leximin",
        "nash",
        "worst_k",
        "balanced",
        "lottery",
        "fair_lottery",
    ):
        one = mm.match(mm.Problem.from_scores(frame, capacity=2), strategy)
        two = mm.match(mm.Problem.from_scores(frame.iloc[::-1, ::-1], capacity=2), strategy)
        pd.testing.assert_frame_equal(one.pairs, two.pairs)
        assert mm.certificates.verify(two).ok, (strategy, mm.certificates.verify(two).findings)


@pytest.mark.parametrize("strategy", ["maximin", "leximin", "nash"])
def test_a_mentor_whose_seats_are_all_pinned_is_in_nobodys_reach(strategy):
    # The face of a stage once took such a mentor, whose price is 0, for the best of everybody, and
    # dropped the pairs that can be made.
    scores = [
        [0.7, 0.7, 0.7, 1.0],
        [0.4, 1.0, 0.7, 0.1],
        [0.4, 1.0, 0.7, 0.1],
        [1.0, 0.7, 1.0, 0.1],
    ]
    matching = mm.match(mm.Problem.from_scores(scores, pins=[(0, 0)]), strategy)
    assert matching.n_matched == 4
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok
    assert sorted(matching.pairs["score"]) == [0.1, 0.7, 1.0, 1.0]


@pytest.mark.parametrize("times", [1.0, 10.0, 1e-3])
@pytest.mark.parametrize("demand", [1, 2])
@pytest.mark.parametrize("alpha", [0.5, 1.0, 1.5, 3.0])
def test_the_welfare_that_is_printed_is_that_of_the_pairs_in_units_of_score(
    alpha: float, demand: int, times: float
) -> None:
    """It was measured in a unit of the search, so that ten times the scores had the same welfare.

    Of n mentees whose scores are multiplied by c, Σ ln u grows by n ln c, and Σ u^(1−α)/(1−α) by
    the factor c^(1−α).
    """
    scores = np.array([[0.9, 0.5, 0.2], [0.5, 0.4, 0.3], [0.7, 0.1, 0.6]])

    def welfare(factor: float) -> tuple[float, float]:
        problem = mm.Problem.from_scores(scores * factor, capacity=2, demand=demand)
        matching = mm.match(problem, mm.strategies.AlphaFair(alpha))
        [said] = [str(one) for one in matching.certificate.stages if "welfare" in str(one)]
        sums = np.bincount(matching.mentees, weights=matching.scores)
        power = 1 - alpha
        is_ = np.log(sums).sum() if alpha == 1 else (sums**power / power).sum()
        assert mm.certificates.verify(matching).ok
        return float(re.search(r"welfare: ([-+.\de]+)", said)[1]), float(is_)

    said, is_ = welfare(times)
    one, _ = welfare(1.0)
    assert said == pytest.approx(is_, rel=1e-5)
    grown = one + 3 * np.log(times) if alpha == 1 else one * times ** (1 - alpha)
    assert said == pytest.approx(grown, rel=2e-5)


@pytest.mark.parametrize("demand", [1, 2])
def test_a_certificate_that_says_another_welfare_than_its_pairs_have_is_refused(demand) -> None:
    scores = np.array([[0.9, 0.5, 0.2], [0.5, 0.4, 0.3], [0.7, 0.1, 0.6]])
    matching = mm.match(mm.Problem.from_scores(scores, capacity=2, demand=demand), "nash")
    *first, last = matching.certificate.stages
    changed = (*first, replace(last, welfare=1.0))
    forged = replace(matching, certificate=replace(matching.certificate, stages=changed))
    verdict = mm.certificates.verify(forged)
    assert not verdict.ok
    assert any("it says a welfare of 1.0, recomputed it is" in one for one in verdict.findings)


@pytest.mark.parametrize("demand", [1, 2])
def test_a_welfare_beyond_all_numbers_is_told_as_it_was_searched(demand):
    """At α = 400 the welfare of 0.001 was printed as −∞ or NaN, and called proven."""
    scores = [[0.001, 0.001], [0.002, 0.5]]
    problem = mm.Problem.from_scores(scores, capacity=2, demand=demand)
    certificate = mm.match(problem, mm.strategies.AlphaFair(400)).certificate
    assert all(getattr(stage, "welfare", None) is None for stage in certificate.stages)
    words = " ".join(map(str, certificate.stages))
    assert not {"nan", "inf", "-inf"} & set(re.split(r"[ ,;()]", words))
