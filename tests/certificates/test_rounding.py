"""Sums are rounded once, and bounds outward: never below what the exact numbers give."""

from __future__ import annotations

import math
from fractions import Fraction

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from scipy import sparse

import mentormatch as mm
from mentormatch.certificates import Multipliers, upper_bound, verify
from mentormatch.certificates.kinds.lotteries import prove_expectation
from mentormatch.problem import Quota
from mentormatch.strategies import MinimumCost
from mentormatch.sums import lost_in, sum_exactly

# Numbers that meet as 2⁵³ and 1 do: whatever is added to the large one is lost.
SIZES = st.sampled_from([0.0, 1.0, 3.0, 0.1, 1e-9, 7e9, 2.0**53, 1e17])
NUMBERS = st.builds(lambda size, sign: size * sign, SIZES, st.sampled_from([-1.0, 1.0]))


# Every float64 is a whole number of these. Sums of whole numbers are as exact as those of
# fractions, and need no common denominator at each step.
UNIT = 2**1074


def whole(number):
    """Return a number in units of 2⁻¹⁰⁷⁴, exactly."""
    above, below = number.as_integer_ratio()
    return above << (1075 - below.bit_length())


def cancelling(rng, shape):
    """Numbers of 16 orders of magnitude, half of them the others' opposites or nearly so."""
    values = rng.standard_normal(shape) * 10.0 ** rng.integers(-8, 9, shape)
    half = len(values) // 2
    values[half : 2 * half] = -values[:half] * (1 + rng.choice([0.0, 1e-15], values[:half].shape))
    return values


@pytest.mark.parametrize("n", [0, 1, 2, 1000, 100_000])
def test_a_sum_is_the_nearest_number_to_the_exact_one_in_any_order(n):
    rng = np.random.default_rng(n)
    values = cancelling(rng, n)
    exact = Fraction(sum(map(whole, values.tolist())), UNIT)
    assert sum_exactly(values) == float(exact)
    shuffled = rng.permutation(values)
    assert sum_exactly(shuffled[: n // 3], shuffled[n // 3 :]) == float(exact)


def test_a_sum_beyond_all_numbers_says_so():
    assert sum_exactly(np.array([1e308, 1e308, 1.0])) == math.inf
    assert math.isnan(sum_exactly(np.array([math.inf, -math.inf])))


def exact_bound(problem, multipliers, covered, filled):
    """The dual value at these multipliers, in whole numbers: the theorem without float64."""
    left = problem.after_pins
    prices = [whole(p) for p in multipliers.prices.tolist()]
    seats, classes = whole(multipliers.seats), problem.priority_classes.tolist()
    found = sum(
        int(left.capacity[j]) * max(price, 0) + int(left.minimum[j]) * min(price, 0)
        for j, price in enumerate(prices)
    )
    for rule, limit in zip(
        np.concatenate([*multipliers.rules, np.zeros(0)]).tolist(),
        zip(*(side.tolist() for side in problem.sides.limits(problem.pinned)), strict=True),
        strict=True,
    ):
        found += limit[1] * max(whole(rule), 0) + limit[0] * min(whole(rule), 0)
    for number, price in zip(covered, multipliers.coverage.tolist(), strict=True):
        found -= int(number) * whole(price)
    found -= filled * seats
    scores = problem.open_scores(slice(0, problem.shape[0]))
    weights = [
        problem.sides.matrix(np.full(len(prices), i), np.arange(len(prices))).toarray()
        for i in range(problem.shape[0] if problem.sides else 0)
    ]
    rules = [whole(one) for one in np.concatenate([*multipliers.rules, np.zeros(0)]).tolist()]
    for i, row in enumerate(scores.tolist()):
        values = []
        for j, score in enumerate(row):
            if score == -math.inf:
                continue
            value = whole(score) - prices[j] + seats
            if rules:
                charges = zip(weights[i][:, j].tolist(), rules, strict=True)
                value -= sum(int(weight) * rule for weight, rule in charges)
            values.append(value)
        values = sorted(values, reverse=True)[: int(left.demand[i])]
        if values:
            further = sum(max(value, 0) for value in values[1:])
            found += max(values[0] + whole(float(multipliers.coverage[classes[i]])) + further, 0)
    return Fraction(found, UNIT)


@st.composite
def bounds(draw):
    """Problems with demands, priorities, minimums and quotas, and any multipliers at all."""
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    scores = [[draw(st.one_of(NUMBERS, st.just(math.nan))) for _ in range(m)] for _ in range(n)]
    quotas = [Quota(mentors=[0], at_most=3)] if draw(st.booleans()) else []
    problem = mm.Problem.from_scores(
        scores,
        capacity=[draw(st.integers(0, 3)) for _ in range(m)],
        demand=[draw(st.integers(0, 4)) for _ in range(n)],
        priority=[draw(st.integers(0, 1)) for _ in range(n)],
        quotas=quotas,
    )
    multipliers = Multipliers(
        np.array([draw(NUMBERS) for _ in range(m)]),
        np.array([draw(NUMBERS) for _ in range(problem.n_classes)]),
        draw(NUMBERS),
        tuple(np.array([draw(NUMBERS)]) for _ in quotas),
    )
    covered = np.array([draw(st.integers(0, n)) for _ in range(problem.n_classes)])
    return problem, multipliers, covered, draw(st.integers(0, 4))


@given(drawn=bounds())
def test_a_bound_is_never_below_its_exact_value_and_not_far_above(drawn):
    exact, found = exact_bound(*drawn), upper_bound(*drawn)
    assert Fraction(found) >= exact
    problem, multipliers, *_ = drawn
    largest = np.nanmax(np.abs(problem.scores(slice(0, problem.shape[0]), 0.0)), initial=0.0)
    prices = [multipliers.prices, multipliers.coverage, [multipliers.seats], *multipliers.rules]
    spread = float(sum(np.abs(one).max() for one in prices))
    terms = 60 * (largest + spread)
    assert Fraction(found) <= exact + Fraction(lost_in(40) * terms)


@pytest.mark.parametrize("n", [1000, 100_000])
def test_a_bound_of_many_cancelling_terms_is_never_below_its_exact_value(n):
    rng = np.random.default_rng(n)
    scores = cancelling(rng, (n, 2))
    problem = mm.Problem.from_scores(scores, n, demand=rng.integers(1, 3, n))
    multipliers = Multipliers(cancelling(rng, 2) * 1e6, cancelling(rng, 1), 0.1)
    exact = exact_bound(problem, multipliers, np.array([n // 2]), n)
    assert Fraction(upper_bound(problem, multipliers, np.array([n // 2]), n)) >= exact


def test_the_many_mentors_of_one_mentee_are_all_in_the_bound():
    """Guards the sum of the places after the first, in which ones beside 2⁵³ are lost for good."""
    scores = np.ones((1, 400))
    scores[0, :2] = 2.0**53
    problem = mm.Problem.from_scores(scores, demand=400)
    nothing = Multipliers(np.zeros(400), np.zeros(1))
    bound = upper_bound(problem, nothing, np.array([1]), 400)
    assert Fraction(bound) >= 2 * 2**53 + 398


def test_the_bound_of_counts_in_order_is_never_below_the_total():
    """A sum over mentees lost more than was added for it."""
    scores = np.ones((1000, 1))
    scores[0, 0] = 2.0**53
    problem = mm.Problem.from_scores(scores, 1000, quotas=[Quota(at_most=1000)])
    matching = mm.match(problem, MinimumCost())
    assert Fraction(matching.certificate.bound) >= 2**53 + 999
    assert matching.total == 2.0**53 + 1000
    assert verify(matching).ok


@pytest.mark.parametrize("fair", [False, True])
def test_the_bound_of_a_lottery_is_never_below_its_exact_value(fair):
    """Values that prices rounded away counted nothing, and nothing was added for them."""
    n, huge = 100, 2.0**53
    problem = mm.Problem.from_scores(np.ones((n, 1)), 1)
    chances = sparse.csr_array(np.full((n, 1), 1 / n if fair else 0.0))
    stage = prove_expectation(
        problem, chances, "total", 1.0, np.array([-huge]), -huge, 0.0, fair=fair
    )
    exact = sum(
        Fraction(1 / n) * (1 + Fraction(huge)) if fair else 1 + Fraction(huge) - Fraction(huge)
        for _ in range(n)
    )
    covered = Fraction(float(np.full(n, 1 / n).sum())) if fair else 0
    assert Fraction(stage.bound) >= exact + covered * Fraction(huge)


@pytest.mark.parametrize("n", [30, 600])
def test_a_total_of_nothing_is_proven_at_any_length_of_its_prices(n):
    """Each would rather have the next one's mentor, and nobody can: prices are n scores large.

    What rounding may lose was limited to a few thousand roundings of a score, whatever n.
    """
    scores = np.full((n, n), np.nan)
    scores[np.arange(n), np.arange(n)] = 0.0
    scores[np.arange(n - 1), np.arange(1, n)] = 1.0
    matching = mm.match(mm.Problem.from_scores(scores, 1))
    assert matching.total == 0
    assert matching.certificate.prices.max() == n - 1
    assert matching.certificate.proven
    assert verify(matching).ok
