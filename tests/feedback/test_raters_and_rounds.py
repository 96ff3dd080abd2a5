"""Strict raters, rounds on other levels, and the arithmetic by another implementation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from simulated import TRUTH, near_criteria, people, rated, simulated

import mentormatch as mm
from mentormatch.feedback import Ratings, learn_weights
from mentormatch.feedback.answers.evidence import gather_evidence
from mentormatch.feedback.weights.fitting import moments_of, shares_of
from mentormatch.feedback.weights.intervals import share_intervals
from mentormatch.feedback.weights.raters import adjust_for_raters


def rating_several(
    n: int, m: int, seed: int, each: int = 3, strictness: float = 0.2
) -> tuple[mm.Criteria, mm.Cohort, Ratings]:
    """Mentees who rate several mentors, all of them more or less strictly."""
    rng = np.random.default_rng(seed)
    cohort = people(n, m, rng)
    own = rng.normal(0, strictness, n)
    waves = []
    for _ in range(each):
        wave = rated(cohort, rng.permutation(np.arange(n) % m), rng, mentor_sd=0.0, noise=0.1).table
        waves.append(wave.assign(rating=np.clip(wave["rating"] + own / 2.2, 0, 1)))
    table = pd.concat(waves).drop_duplicates(["mentee", "mentor"])
    return near_criteria(), cohort, Ratings(table)


def test_where_each_rates_one_it_is_said_that_strict_raters_cannot_be_told() -> None:
    criteria, cohort, ratings = simulated(200, 40, seed=1)
    learned = learn_weights(criteria, cohort, ratings)
    said = "Each mentee answered about one mentor, so a strict mentee cannot be told from a poor"
    assert any(one.startswith(said) for one in learned.refusals)
    evidence = gather_evidence(criteria, [cohort], ratings, "rating", "both")
    adjusted = adjust_for_raters(evidence)
    assert (adjusted.levels == 1).all()
    np.testing.assert_array_equal(adjusted.outcomes, evidence.outcomes)


def test_a_term_for_each_rater_is_least_squares_with_what_raters_have_in_common() -> None:
    criteria, cohort, ratings = rating_several(80, 40, seed=2)
    evidence = gather_evidence(criteria, [cohort], ratings, "rating", "both")
    adjusted = adjust_for_raters(evidence)
    assert adjusted.notes == ()
    # How much of its level an answer has left says how much raters differ.
    counts = np.bincount(evidence.mentees)[evidence.mentees]
    k = counts.max()
    between = (1 / adjusted.levels[counts == k][0] ** 2 - 1) / k
    assert between == pytest.approx((0.2 / 0.1) ** 2, rel=0.4)
    same = evidence.mentees[:, None] == evidence.mentees
    precision = np.linalg.inv(np.eye(len(evidence)) + between * same)
    design = np.column_stack([np.ones(len(evidence)), evidence.features])
    slopes = np.linalg.solve(
        design.T @ precision @ design, design.T @ precision @ evidence.outcomes
    )[1:]
    moments = moments_of(
        adjusted.features, adjusted.outcomes, evidence.groups, levels=adjusted.levels
    )
    np.testing.assert_allclose(shares_of(moments), slopes / slopes.sum(), rtol=1e-8)


def test_answers_about_several_mentors_tell_more_once_strictness_is_known() -> None:
    criteria, cohort, ratings = rating_several(100, 50, seed=3, strictness=0.3)
    learned = learn_weights(criteria, cohort, ratings)
    assert not any("strict" in one for one in learned.refusals)
    evidence = learned.evidence
    blind = share_intervals(
        evidence.features,
        evidence.outcomes,
        evidence.groups,
        (evidence.mentors, evidence.mentees),
        np.ones(len(evidence)),
        np.random.default_rng(0),
    )
    width = (learned.report["high"] - learned.report["low"]).sum() / 3
    assert width < 0.7 * (blind[2] - blind[1]).sum()
    new = np.array(list(learned.criteria.weights.values())) / 3
    assert np.abs(new - TRUTH).max() < 0.12


def two_rounds(
    truths: tuple[tuple[float, ...], tuple[float, ...]], n: int = 300
) -> tuple[list[mm.Cohort], pd.DataFrame]:
    """Two rounds of other people, each with a truth of its own."""
    cohorts, tables = [], []
    for number, truth in enumerate(truths):
        rng = np.random.default_rng(number)
        cohort = people(n, 60, rng)
        letter = "ab"[number]
        cohort = mm.Cohort(
            *(t.rename(lambda x, a=letter: f"{a}{x}") for t in (cohort.mentees, cohort.mentors))
        )
        table = rated(cohort, rng.integers(0, 60, n), rng, truth, mentor_sd=0.05).table
        cohorts.append(cohort)
        tables.append(table.assign(cohort=number + 1))
    return cohorts, pd.concat(tables)


def test_the_level_of_a_round_teaches_nothing() -> None:
    cohorts, table = two_rounds(((0.8, 0.1, 0.1), (0.8, 0.1, 0.1)))
    table["rating"] = table["rating"] / 2 + 0.1
    plain = learn_weights(near_criteria(), cohorts, Ratings(table))
    kinder = table.assign(rating=table["rating"] + 0.3 * (table["cohort"] == 2))
    shifted = learn_weights(near_criteria(), cohorts, Ratings(kinder))
    assert plain.adopted
    assert shifted.criteria.weights == pytest.approx(plain.criteria.weights, abs=1e-9)
    figures = plain.cv.set_index("figure")["new"]
    assert figures["fall on rounds left out"] > 0


def test_rounds_are_read_in_their_order_and_never_by_their_spelling() -> None:
    # Sorted as text, round 10 stood before round 2, and its ratings were read with other people's
    # criteria; and without ratings of round 1, those of round 2 were taken for it.
    rng = np.random.default_rng(0)
    cohorts = [people(4, 4, rng) for _ in range(11)]
    tables = [rated(one, np.arange(4), rng).table for one in cohorts]

    def features(labels: dict[int, object]) -> np.ndarray:
        table = pd.concat([tables[k].assign(cohort=label) for k, label in labels.items()])
        return gather_evidence(
            near_criteria(), cohorts, Ratings(table), "rating", "both"
        ).features.round(9)

    def own(k: int) -> np.ndarray:
        alone = gather_evidence(near_criteria(), [cohorts[k]], Ratings(tables[k]), "rating", "both")
        return alone.features.round(9)

    for labels in (
        {k: k + 1 for k in range(11)},
        {k: str(k + 1) for k in range(11)},
        {k: 1995 + k for k in range(11)},
        {k: f"class of {1995 + k}" for k in range(11)},
        {1: 2, 9: 10},
    ):
        wanted = np.concatenate([own(k) for k in labels])
        np.testing.assert_array_equal(features(labels), wanted)
    with pytest.raises(mm.CriterionError, match=r"name 2 rounds \(2026, 2027\), and 11 cohorts"):
        features({0: 2026, 1: 2027})


def test_answers_that_name_no_round_are_left_out_and_counted() -> None:
    cohorts, table = two_rounds(((0.8, 0.1, 0.1), (0.8, 0.1, 0.1)), n=40)
    table["cohort"] = [None, None, *table["cohort"].iloc[2:]]
    evidence = gather_evidence(near_criteria(), cohorts, Ratings(table), "rating", "both")
    assert len(evidence) == 78
    assert evidence.notes == ("2 answers name no round, and are left out.",)


def test_what_holds_in_one_round_and_not_in_the_other_is_not_adopted() -> None:
    cohorts, table = two_rounds(((1.0, 0.0, 0.2), (0.0, 1.0, 0.2)))
    learned = learn_weights(near_criteria(), cohorts, Ratings(table))
    assert not learned.adopted
    assert learned.validation is not None
    assert learned.validation.gain_of_rounds <= 0
    alone = Ratings(table[table["cohort"] == 1])
    assert learn_weights(near_criteria(), cohorts[:1], alone).adopted


def test_a_gain_within_rounds_that_no_left_out_round_shows_is_said() -> None:
    # Most answers are of the first round, whose truth the second does not share.
    cohorts, table = two_rounds(((1.0, 0.0, 0.0), (0.3, 0.9, 0.0)))
    both = pd.concat([table[table["cohort"] == 1], table[table["cohort"] == 2].head(60)])
    learned = learn_weights(near_criteria(), cohorts, Ratings(both))
    assert learned.validation is not None
    assert learned.validation.lower > 0
    assert not learned.adopted
    assert "not on a round that had no part in the fit" in learned.refusals[-1]


def test_matched_by_the_same_scores_a_saturated_criterion_is_not_identified() -> None:
    # Enough mentors of the same site for everybody: the match itself makes the criterion 1.
    rng = np.random.default_rng(0)
    cohort = people(120, 60, rng)
    site = np.array(["north", "south"])
    cohort = mm.Cohort(
        cohort.mentees.assign(site=site[np.arange(120) % 2]),
        cohort.mentors.assign(site=site[np.arange(60) % 2]),
    )
    criteria = mm.Criteria(
        mm.criteria.Near("a0", scale=1.0, weight=1, name="c0"),
        mm.criteria.Near("a1", scale=1.0, weight=1, name="c1"),
        mm.criteria.Same("site", weight=20, name="site"),
    )
    matching = mm.match(mm.Problem(criteria.score(cohort), capacity=2))
    ratings = rated(cohort, matching.mentors[np.argsort(matching.mentees)], rng, (0.5, 0.3, 0.0))
    row = learn_weights(criteria, cohort, ratings).report.set_index("criterion").loc["site"]
    assert row["identified"] == "no"
    assert (row["low"], row["high"], row["new"]) == (20, 20, 20)


@pytest.mark.parametrize(
    ("target", "word"),
    [("rating", "the rating"), ("continued", "whether the pair went on"), ("goal", "goal score")],
)
def test_every_refusal_names_what_was_to_be_foretold(target: str, word: str) -> None:
    criteria, cohort, ratings = simulated(60, 20, seed=0, truth=(0, 0, 0))
    table = ratings.table.assign(continued=(ratings.table["rating"] > 0.4).astype(float))
    table = table.assign(goal=50 + 10 * table["rating"])
    same = mm.Cohort(cohort.mentees.assign(a2=0.5), cohort.mentors.assign(a2=0.5))
    for some, given in ((table, same), (table.head(20), cohort)):
        learned = learn_weights(criteria, given, Ratings(some), target=target)
        stays = [one for one in learned.refusals if "stay" in one]
        assert stays
        assert all(word in one for one in stays), stays


# ---------------------------------------------------------------- by another implementation


def test_slopes_and_intervals_are_those_of_statsmodels() -> None:
    sm = pytest.importorskip("statsmodels.api", reason="statsmodels is not installed")
    rng = np.random.default_rng(5)
    n, m = 600, 60
    mentors = rng.integers(0, m, n)
    values = rng.random((n, 3)) + 0.3 * rng.random((m, 3))[mentors]
    outcomes = values @ TRUTH + rng.normal(0, 0.1, m)[mentors] + rng.normal(0, 0.15, n)
    groups = np.arange(n) % 2
    design = np.column_stack([np.eye(2)[groups], values])
    fit = sm.OLS(outcomes, design).fit(cov_type="cluster", cov_kwds={"groups": mentors})
    slopes = fit.params[2:]
    shares = slopes / slopes.sum()
    np.testing.assert_allclose(shares_of(moments_of(values, outcomes, groups)), shares, rtol=1e-8)
    # The interval of a share by the delta method, with the ratings of a mentor as one.
    gradient = (np.eye(3) - shares[:, None]) / slopes.sum()
    errors = np.sqrt(np.diag(gradient @ fit.cov_params()[2:, 2:] @ gradient.T))
    _, low, high = share_intervals(values, outcomes, groups, (mentors,), np.ones(n), rng)
    reach = 1.671 * errors  # Student's t with 59 degrees of freedom, 90 %
    np.testing.assert_allclose(low, shares - reach, atol=0.25 * reach.max())
    np.testing.assert_allclose(high, shares + reach, atol=0.25 * reach.max())
