"""Ordinal models, conditional logit, Bradley–Terry and Plackett–Luce as oracles of what is learned.

None of them is the model of `learn_weights`, which is linear in the answers; all of them are told
the same data and must see the same truth in it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau
from simulated import TRUTH, near_criteria, people

import mentormatch as mm
from mentormatch.feedback import Override, learn_from_overrides, learn_weights, read_ratings
from mentormatch.feedback.answers.evidence import gather_evidence
from mentormatch.feedback.weights.fitting import moments_of, shares_of

LIKERT = ["very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"]
# Where one answer ends and the next begins; with the second, two in three give the best answer.
EVEN, KIND = (0.35, 0.5, 0.65, 0.8), (0.1, 0.25, 0.4, 0.55)


def graded(
    n: int, m: int, seed: int, cuts: tuple[float, ...], each: int = 1, strictness: float = 0.0
) -> tuple[mm.Criteria, mm.Cohort, pd.DataFrame]:
    """Answers from 1 to 5, each mentee about so many mentors, more or less strictly."""
    rng = np.random.default_rng(seed)
    cohort = people(n, m, rng)
    rater = np.repeat(np.arange(n), each)
    rated = np.concatenate([rng.permutation(m)[:each] for _ in range(n)])
    mine, theirs = (table.to_numpy(float) for table in (cohort.mentees, cohort.mentors))
    felt = (1 - np.abs(mine[rater] - theirs[rated])) @ TRUTH + rng.logistic(0, 0.08, len(rater))
    felt -= rng.normal(0, strictness, n)[rater] if strictness else 0.0
    answers = {"mentee": cohort.mentees.index[rater], "mentor": cohort.mentors.index[rated]}
    table = pd.DataFrame({**answers, "rating": 1 + np.searchsorted(cuts, felt)})
    return near_criteria(), cohort, table


def shares(report: pd.DataFrame) -> np.ndarray:
    """What the ratings alone say, adding up to 1."""
    return (report["estimate"] / report["old"].sum()).to_numpy()


# mord and statsmodels still tell SciPy to be silent in a way that it will soon not know.
@pytest.mark.filterwarnings("ignore:scipy.optimize. The `disp`:DeprecationWarning")
@pytest.mark.parametrize("cuts", [EVEN, KIND])
def test_grades_teach_what_ordinal_models_read_in_them(cuts: tuple[float, ...]) -> None:
    mord = pytest.importorskip("mord", reason="mord is not installed")
    ordinal = pytest.importorskip("statsmodels.miscmodels.ordinal_model")
    apart = []
    for seed in range(2):
        criteria, cohort, table = graded(500, 125, seed, cuts)
        ratings = read_ratings(table, by="mentee", scale=(1, 5))
        learned = learn_weights(criteria, cohort, ratings)
        values = learned.evidence.features
        grades = np.unique(table["rating"], return_inverse=True)[1]
        own = shares(learned.report)
        logit = mord.LogisticAT(alpha=0).fit(values, grades).coef_
        proportional = ordinal.OrderedModel(grades, values, distr="logit")
        proportional = proportional.fit(method="bfgs", disp=False).params[:3]
        for other in (logit / logit.sum(), proportional / proportional.sum()):
            apart.append(own - other)
            assert np.abs(own - other).max() < 0.09
            assert kendalltau(values @ own, values @ other).statistic > 0.93
        new = np.array(list(learned.criteria.weights.values()))
        assert kendalltau(values @ new, values @ logit).statistic > 0.9
    # Nor is there a lasting difference between them.
    assert np.abs(np.mean(apart, axis=0)).max() < 0.04


def test_words_teach_the_same_as_the_grades_that_they_stand_for() -> None:
    criteria, cohort, table = graded(200, 50, 1, EVEN)
    words = table.assign(rating=[LIKERT[k - 1] for k in table["rating"]])
    first, second = (
        learn_weights(criteria, cohort, read_ratings(one, by="mentee", scale=scale))
        for one, scale in ((table, (1, 5)), (words, None))
    )
    pd.testing.assert_frame_equal(first.report, second.report)
    pd.testing.assert_frame_equal(first.cv, second.cv)


def test_without_shrinking_the_fit_is_that_of_ordinal_ridge_without_a_penalty() -> None:
    mord = pytest.importorskip("mord", reason="mord is not installed")
    criteria, cohort, table = graded(120, 40, 2, EVEN)
    ratings = read_ratings(table, by="mentee", scale=(1, 5))
    evidence = gather_evidence(criteria, [cohort], ratings, "rating", "both")
    fit = mord.OrdinalRidge(alpha=1e-10).fit(evidence.features, table["rating"].to_numpy())
    found = shares_of(moments_of(evidence.features, evidence.outcomes, evidence.groups))
    np.testing.assert_allclose(found, fit.coef_ / fit.coef_.sum(), rtol=1e-6)


# A rater who goes on with everybody, or with nobody, says nothing to conditional logit.
@pytest.mark.filterwarnings("ignore:Dropped")
def test_who_went_on_teaches_what_conditional_logit_reads_in_it() -> None:
    conditional = pytest.importorskip("statsmodels.discrete.conditional_models")
    apart = []
    for seed in range(3):
        criteria, cohort, table = graded(150, 80, seed, EVEN, each=4, strictness=0.2)
        table["continued"] = np.where(table["rating"] > 3, "yes", "no")
        ratings = read_ratings(table, by="mentee", scale=(1, 5))
        learned = learn_weights(criteria, cohort, ratings, target="continued")
        assert not any("strict" in one for one in learned.refusals)
        evidence = learned.evidence
        model = conditional.ConditionalLogit(
            evidence.outcomes, evidence.features, groups=evidence.mentees
        )
        slopes = model.fit(disp=False).params
        apart.append(shares(learned.report) - slopes / slopes.sum())
    assert np.abs(apart).max() < 0.12
    assert np.abs(np.mean(apart, axis=0)).max() < 0.06


def one_mentee_and_many_mentors(rng: np.random.Generator, n: int, m: int) -> mm.Cohort:
    """Mentees who are all alike, so that a mentor is as good for the one as for the other."""
    cohort = people(n, m, rng)
    return mm.Cohort(cohort.mentees.assign(a0=0.0, a1=0.0, a2=0.0), cohort.mentors)


def test_rankings_within_raters_order_mentors_as_plackett_luce_does() -> None:
    choix = pytest.importorskip("choix", reason="choix is not installed")
    rng = np.random.default_rng(4)
    n, m, each = 250, 10, 4
    cohort = one_mentee_and_many_mentors(rng, n, m)
    good = (1 - cohort.mentors.to_numpy(float)) @ TRUTH
    rankings, rows = [], []
    for mentee in cohort.mentees.index:
        asked = rng.permutation(m)[:each]
        # Gumbel noise: the order of such utilities is drawn by Plackett and Luce's model.
        felt = 6 * good[asked] + rng.gumbel(size=each)
        rankings.append(asked[np.argsort(-felt)])
        places = np.empty(each)
        places[np.argsort(felt)] = np.arange(1, each + 1)
        rows += [(mentee, cohort.mentors.index[j], p) for j, p in zip(asked, places, strict=True)]
    ratings = read_ratings(
        pd.DataFrame(rows, columns=["mentee", "mentor", "rating"]), by="mentee", scale=(1, each)
    )
    learned = learn_weights(near_criteria(), cohort, ratings)
    features = 1 - cohort.mentors.to_numpy(float)
    strengths = choix.ilsr_rankings(m, rankings)
    slopes = np.linalg.lstsq(np.column_stack([np.ones(m), features]), strengths)[0][1:]
    np.testing.assert_allclose(shares(learned.report), slopes / slopes.sum(), atol=0.08)
    assert kendalltau(features @ shares(learned.report), strengths).statistic > 0.8


@pytest.mark.parametrize("seed", range(2))
def test_changes_by_a_committee_order_mentors_as_bradley_terry_does(seed: int) -> None:
    choix = pytest.importorskip("choix", reason="choix is not installed")
    discrete = pytest.importorskip("statsmodels.discrete.discrete_model")
    rng = np.random.default_rng(seed)
    m = 20
    cohort = one_mentee_and_many_mentors(rng, 1, m)
    features = 1 - cohort.mentors.to_numpy(float)
    good = 10 * features @ TRUTH
    pairs = np.array([rng.permutation(m)[:2] for _ in range(200)])
    first = rng.random(200) < 1 / (1 + np.exp(good[pairs[:, 1]] - good[pairs[:, 0]]))
    now, was = np.where(first, pairs.T, pairs.T[::-1])
    names = cohort.mentors.index
    changes = [Override("e0", names[i], names[j]) for i, j in zip(was, now, strict=True)]
    found = learn_from_overrides(near_criteria(), cohort, changes)
    # The committee contradicts itself now and then.
    assert found.contradictions
    assert found.weights is not None
    weights = np.array(list(found.weights.values())) / 3
    strengths = choix.ilsr_pairwise(m, np.column_stack([now, was]).tolist(), alpha=0.1)
    assert kendalltau(features @ weights, strengths).statistic > 0.7
    # Either mentor may stand first in a comparison.
    signs = rng.choice([-1.0, 1.0], 200)
    steps = (features[now] - features[was]) * signs[:, None]
    slopes = discrete.Logit(signs > 0, steps).fit(disp=False).params
    np.testing.assert_allclose(weights, slopes / slopes.sum(), atol=0.1)
