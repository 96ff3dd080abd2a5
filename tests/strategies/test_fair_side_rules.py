"""Every fair strategy with every side rule, against trying every matching."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings

import mentormatch as mm
from mentormatch.solvers.programs.milp import MixedProgram
from side_oracles import dense_problems, every_with_rules, served_best, size_of

FEW = settings(max_examples=max(8, settings().max_examples // 6))


def sums_compared(problem, made, *, choosing=False):
    """What each of those compared gets in one matching, ascending."""
    scores = np.nan_to_num(problem.block(slice(0, problem.shape[0])).scores)
    sums = (made * scores).sum(axis=1)
    who = made.any(axis=1) if problem.coverage_first else problem.demands > 0
    if choosing:
        who = who & (problem.after_pins.demand > 0)
    return np.sort(sums[who])


def worst(k):
    return lambda problem, made: (sums_compared(problem, made)[:k].sum(),)


def welfare(alpha):
    def value(problem, made):
        sums = sums_compared(problem, made)
        if alpha < 1:
            return ((sums ** (1 - alpha)).sum(),)
        # What is left where scores cancel is no gain.
        some = sums[sums > 1e-12]
        if alpha == 1:
            return len(some), np.log(some).sum()
        return len(some), -(some ** (1 - alpha)).sum()

    return value


WANTED = {
    "maximin": (
        mm.strategies.Maximin(),
        lambda problem, made: sums_compared(problem, made, choosing=True)[:1],
    ),
    "leximin": (mm.strategies.Leximin(), sums_compared),
    "worst_k": (mm.strategies.WorstK(2), worst(2)),
    "nash": (mm.strategies.Nash(), welfare(1)),
    "2-fair": (mm.strategies.AlphaFair(2), welfare(2)),
    "half-fair": (mm.strategies.AlphaFair(0.5), welfare(0.5)),
    "balanced": (
        mm.strategies.Balanced(),
        lambda _, made: (-float((made.sum(axis=0) ** 2).sum()),),
    ),
}


def best_values(problem, value, made):
    """The largest values, and the largest total among the matchings that reach them."""
    size = size_of(problem)
    scores = np.nan_to_num(problem.block(slice(0, problem.shape[0])).scores)
    keys = [tuple(np.round(np.asarray(value(problem, one), float) / size, 7)) for one in made]
    totals = (made * scores).sum(axis=(1, 2))
    return max(zip(keys, totals.tolist(), strict=True))


@pytest.mark.parametrize("name", WANTED)
@FEW
@given(case=dense_problems())
def test_a_fair_strategy_keeps_every_rule_and_is_what_trying_everything_finds(name, case):
    problem, rules = case
    strategy, value = WANTED[name]
    assume(problem.sides)
    negative = np.nanmin(scores_of(problem), initial=0.0) < 0
    assume(not (negative and name == "half-fair"))
    assume(name != "balanced" or problem.coverage_first)
    known = every_with_rules(problem, rules)
    if not len(known):
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem, strategy)
        return
    matching = mm.match(problem, strategy)
    found = matrix_of(matching)
    assert (known == found).all(axis=(1, 2)).any(), "a rule is broken"
    best, total = best_values(problem, value, served_best(problem, known))
    size = size_of(problem)
    is_ = np.asarray(value(problem, found), float) / size
    assert is_ == pytest.approx(best, abs=2e-6)
    assert matching.total == pytest.approx(total, abs=1e-5 * size)
    assert matching.certificate.proven, matching.certificate
    checked = mm.certificates.verify(matching)
    assert checked.ok, checked.findings
    # What a solver says is named as that.
    assert any("HiGHS" in one for one in checked.believed)


@FEW
@given(
    case=dense_problems(),
    data=st.data(),
    measure=st.sampled_from(["match_rate", "mean_score"]),
    soft=st.booleans(),
)
def test_group_parity_keeps_every_rule_and_is_what_trying_everything_finds(
    case, data, measure, soft
):
    problem, rules = case
    n = problem.shape[0]
    labels = np.array(data.draw(st.lists(st.sampled_from("ab"), min_size=n, max_size=n)))
    assume(problem.sides and (problem.demands > 0).any())
    assume(soft or problem.n_classes == 1)
    scores = np.nan_to_num(scores_of(problem))

    def beyond(made):
        wanting = problem.demands > 0
        got = made.any(axis=1) if measure == "match_rate" else (made * scores).sum(axis=1)
        means = [got[wanting & (labels == one)].mean() for one in sorted(set(labels[wanting]))]
        return max(max(means) - min(means) - 0.4, 0.0)

    strategy = mm.strategies.GroupParity(labels, measure=measure, max_gap=0.4, soft=soft)
    known = every_with_rules(problem, rules)
    kept = known if soft else known[[beyond(one) <= 1e-9 for one in known]]
    if not len(kept):
        with pytest.raises(mm.InfeasibleError):
            mm.match(problem, strategy)
        return
    kept = served_best(problem, kept)
    value = (lambda _, made: (-beyond(made),)) if soft else (lambda _, made: ())
    best, total = best_values(problem, value, kept)
    matching = mm.match(problem, strategy)
    size = size_of(problem)
    assert (known == matrix_of(matching)).all(axis=(1, 2)).any(), "a rule is broken"
    if soft:
        assert -beyond(matrix_of(matching)) / size == pytest.approx(best[0], abs=2e-6)
    assert matching.total == pytest.approx(total, abs=1e-5 * size)
    assert matching.certificate.proven, matching.certificate
    assert mm.certificates.verify(matching).ok, mm.certificates.verify(matching).findings


@FEW
@given(case=dense_problems(), share=st.sampled_from([0.5, 0.9, 1.0]))
def test_a_share_of_the_best_total_under_rules_is_kept(case, share):
    problem, rules = case
    known = served_best(problem, every_with_rules(problem, rules))
    assume(problem.sides and len(known))
    totals = (known * np.nan_to_num(scores_of(problem))).sum(axis=(1, 2))
    strategy = mm.strategies.Maximin(keep_total=share)
    if totals.max() <= 1e-9:
        with pytest.raises((mm.ProblemError, mm.InfeasibleError)):
            mm.match(problem, strategy)
        return
    matching = mm.match(problem, strategy)
    kept = known[totals >= share * totals.max() - 1e-9]
    value = WANTED["maximin"][1]
    best, _ = best_values(problem, value, kept)
    assert matching.total >= share * totals.max() - 1e-6 * size_of(problem)
    is_ = np.asarray(value(problem, matrix_of(matching)), float) / size_of(problem)
    assert is_ == pytest.approx(best, abs=2e-6)
    assert matching.certificate.proven, matching.certificate


def test_stages_that_side_rules_need_cannot_be_left_out_or_moved():
    scores = np.random.default_rng(3).random((5, 4))
    problem = mm.Problem.from_scores(
        scores, 2, demand=[2, 1, 1, 1, 1], apart=[(0, 1)], priority=[0, 1, 0, 0, 1]
    )
    matching = mm.match(problem, "maximin")
    certificate = matching.certificate
    assert [str(one.measure) for one in certificate.stages] == [
        "most mentees of class 0 with a mentor",
        "most mentees of class 1 with a mentor",
        "most pairs",
        "largest minimum",
    ]

    for k in range(len(certificate.stages)):
        left = certificate.stages[:k] + certificate.stages[k + 1 :]
        assert not mm.certificates.verify(matching, replace(certificate, stages=left)).ok
    turned = replace(certificate, stages=certificate.stages[::-1])
    assert not mm.certificates.verify(matching, turned).ok
    prices = replace(certificate, method="prices")
    said = " ".join(mm.certificates.verify(matching, prices).findings)
    assert "where side rules hold, prices do not prove largest minimum" in said


def scores_of(problem):
    return problem.block(slice(0, problem.shape[0])).scores


def matrix_of(matching):
    made = np.zeros(matching.problem.shape, dtype=bool)
    made[matching.mentees, matching.mentors] = True
    return made


def test_few_programs_are_solved_for_each_sum_of_the_worst_off(monkeypatch):
    """Levels between two sums were halved twenty times: 10 s for six mentees and four mentors."""
    solved = []
    maximise = MixedProgram.maximise

    def counted(self, *given, **options):
        solved.append(self.width)
        return maximise(self, *given, **options)

    monkeypatch.setattr(MixedProgram, "maximise", counted)
    quarters = [
        [2, 0, 1, 0], [1, 0, 0, 0], [0, 2, 1, 1], [0, 1, 0, 0], [1, 0, 1, 2], [2, 1, 1, 2],
    ]  # fmt: skip
    problem = mm.Problem.from_scores(
        np.array(quarters) / 4, capacity=[1, 1, 2, 1], quotas=[mm.Quota([0, 1], [0], at_most=1)]
    )
    matching = mm.match(problem, "leximin")
    assert matching.certificate.proven
    # 87 of them for the 7 stages, when levels were halved.
    assert len(solved) <= 4 * len(matching.certificate.stages)
