"""Measures of inequality and of uncertainty against their definitions and published answers."""

from __future__ import annotations

import json

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp
from scipy import integrate, stats

from mentormatch.audits.fairness import intervals, measures

POSITIVE = hnp.arrays(
    np.float64, st.integers(2, 20), elements=st.floats(0.01, 100, allow_nan=False)
)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_a_constant_vector_has_no_inequality(n):
    values = np.full(n, 0.3)
    assert measures.gini(values) == pytest.approx(0, abs=1e-12)
    assert measures.theil(values) == pytest.approx(0, abs=1e-12)
    assert measures.atkinson(values, 0.7) == pytest.approx(0, abs=1e-12)
    assert measures.jain(values) == pytest.approx(1)


@pytest.mark.parametrize("n", [2, 5, 40])
def test_when_one_has_all_each_measure_takes_its_extreme(n):
    values = np.eye(n)[0] * 3
    assert measures.gini(values) == pytest.approx((n - 1) / n)
    assert measures.theil(values) == pytest.approx(np.log(n))
    assert measures.jain(values) == pytest.approx(1 / n)
    assert measures.atkinson(values, 1) == 1
    assert measures.atkinson(values, 0.5) == pytest.approx(1 - 1 / n)


@given(values=POSITIVE)
def test_gini_is_its_definition_over_all_pairs(values):
    pairs = np.abs(values[:, None] - values).sum()
    assert measures.gini(values) == pytest.approx(pairs / (2 * len(values) ** 2 * values.mean()))


@given(values=POSITIVE, factor=st.floats(0.1, 10))
def test_measures_do_not_change_with_the_unit_of_score(values, factor):
    for measure in (measures.gini, measures.theil, measures.atkinson, measures.jain):
        assert measure(values * factor) == pytest.approx(measure(values), abs=1e-9)


@given(values=POSITIVE, share=st.floats(0.01, 0.49), data=st.data())
def test_a_transfer_from_rich_to_poor_never_raises_inequality(values, share, data):
    """Pigou–Dalton: less than half the difference moves from one to another."""
    a, b = data.draw(st.permutations(range(len(values))))[:2]
    poor, rich = (a, b) if values[a] <= values[b] else (b, a)
    after = values.copy()
    moved = share * (values[rich] - values[poor])
    after[poor] += moved
    after[rich] -= moved
    for measure in (measures.gini, measures.theil, measures.atkinson):
        assert measure(after) <= measure(values) + 1e-12
    assert measures.jain(after) >= measures.jain(values) - 1e-12


@given(values=POSITIVE, data=st.data())
def test_theil_is_between_plus_within_exactly(values, data):
    codes = data.draw(hnp.arrays(np.int64, len(values), elements=st.integers(0, 3)))
    within = sum(
        values[codes == k].sum() / values.sum() * measures.theil(values[codes == k])
        for k in set(codes.tolist())
    )
    between = measures.theil_between(values, codes)
    assert between + within == pytest.approx(measures.theil(values), abs=1e-12)


@given(values=POSITIVE)
def test_gini_is_twice_the_area_above_the_lorenz_curve(values):
    curve = measures.lorenz(values)
    area = integrate.trapezoid(curve["score"], curve["people"])
    assert measures.gini(values) == pytest.approx(1 - 2 * area, abs=1e-9)


def test_negative_or_empty_sums_have_no_shares_and_say_so_with_nan():
    for values in ([-1.0, 2.0], [0.0, 0.0], []):
        assert np.isnan(measures.gini(values))
        assert np.isnan(measures.theil(values))
        assert np.isnan(measures.atkinson(values))


def test_wilson_and_newcombe_give_the_published_intervals():
    # Newcombe 1998a, 81 of 263 and 15 of 148; Newcombe 1998b, example (a): 56/70 against 48/80.
    assert intervals.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert intervals.wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert intervals.newcombe((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_wilson_is_what_scipy_computes():
    for hits, count in [(0, 7), (7, 7), (3, 50), (500, 900)]:
        known = stats.binomtest(hits, count).proportion_ci(0.95, "wilson")
        assert intervals.wilson(hits, count) == pytest.approx((known.low, known.high))


def test_bca_agrees_with_scipy_up_to_the_draws():
    rng = np.random.default_rng(1)
    values = rng.exponential(size=60)
    drawn = intervals.resampled_means(values[:, None], 20_000, rng)[:, 0]
    own = intervals.bca(values.mean(), drawn, values - values.mean())
    known = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, random_state=rng
    ).confidence_interval
    assert own == pytest.approx((known.low, known.high), abs=0.01)


def test_the_interval_of_a_ratio_covers_as_often_as_it_says():
    rng = np.random.default_rng(3)
    truth = 0.6 / 0.75
    draws = zip(rng.binomial(80, 0.6, 600), rng.binomial(90, 0.75, 600), strict=True)
    ends = [intervals.ratio_of_rates((a, 80), (b, 90)) for a, b in draws]
    covered = np.mean([low <= truth <= high for low, high in ends])
    assert 0.92 < covered < 0.98


def test_the_lower_end_of_a_ratio_does_not_jump_to_0_when_the_second_rate_could_be_twice_as_large():
    # 2 of 10 against 3 of 10: the upper Wilson limit of 3/10 is 0.603, more than twice 0.3.
    assert intervals.ratio_of_rates((2, 10), (3, 10)) == pytest.approx((0.1617, 2.6588), abs=5e-5)
    lows = [intervals.ratio_of_rates((0.2 * n, n), (0.3 * n, n))[0] for n in range(5, 60)]
    assert min(lows) > 0.05
    assert np.all(np.diff(lows) > 0)


@given(
    st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
)
def test_the_interval_of_a_ratio_holds_it_and_turns_round_with_it(first, second):
    low, high = intervals.ratio_of_rates(first, second)
    if second[0]:
        assert low - 1e-12 <= (first[0] / first[1]) / (second[0] / second[1]) <= high + 1e-12
    again = intervals.ratio_of_rates(second, first)
    if first[0] and second[0]:
        assert (low, high) == pytest.approx((1 / again[1], 1 / again[0]), rel=1e-9)


def test_equal_values_have_an_interval_that_allows_for_people_who_were_not_seen():
    # At most 1 - 0.025^(1/30) = 11.6 % of people differ when 30 of 30 agree.
    assert intervals.unseen(0.5, 30, 0.0, 1.0, 0.95) == pytest.approx((0.4421, 0.5579), abs=5e-5)
    assert np.isnan(intervals.unseen(3.0, 30, 3.0, 3.0, 0.95)).all()


def test_holm_is_the_textbook_example_and_leaves_missing_tests_out():
    corrected = intervals.holm(np.array([0.01, 0.04, np.nan, 0.03, 0.005]))
    assert corrected == pytest.approx([0.03, 0.06, np.nan, 0.06, 0.02], nan_ok=True)


def test_fisher_is_the_lady_tasting_tea():
    assert intervals.fisher((3, 4), (1, 4)) == pytest.approx(0.4857, abs=5e-5)


def test_the_fairlearn_example_comes_out_of_the_same_formulas(known_data):
    known = json.loads((known_data / "fairness" / "fairlearn_docs_example.json").read_text())
    hits, group = np.array(known["y_pred"], dtype=float), np.array(known["group"])
    rates = [hits[group == name].mean() for name in np.unique(group)]
    assert max(rates) - min(rates) == pytest.approx(known["demographic_parity_difference"])
    assert min(rates) / max(rates) == pytest.approx(known["demographic_parity_ratio"])


def test_the_permutation_test_is_exact_on_a_case_that_can_be_counted():
    # Of the 20 ways to name 3 of 6 people, 2 give a gap as large as the one seen.
    values = np.array([[1.0], [1], [1], [0], [0], [0]])
    codes = np.array([0, 0, 0, 1, 1, 1])
    p = intervals.permutation_gaps(
        values, codes, np.zeros(6, dtype=int), 20_000, np.random.default_rng(0)
    )
    assert p[0] == pytest.approx(0.1, abs=0.01)


def test_labels_are_exchanged_only_within_a_stratum():
    # In each stratum everybody is alike, so no exchange can change the gap.
    values = np.repeat([[0.0], [1.0]], 10, axis=0)
    codes = np.repeat([0, 1], 10)
    p = intervals.permutation_gaps(values, codes, codes, 200, np.random.default_rng(0))
    assert p[0] == 1
