"""Whole problems: ties, masks, zero capacities, empty sides, one person, negative scores."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
from hypothesis.extra import numpy as hnp

import mentormatch as mm

TIED = st.sampled_from([-1.0, -0.5, 0.0, 0.25, 0.5, 0.5, 1.0])
FREE = st.floats(-2, 2, allow_nan=False, allow_subnormal=False, width=32)
MASKED = st.just(float("nan"))


@st.composite
def score_arrays(draw, most=6, masked=True, least=0):
    """(mentees, mentors) scores: tied or free, some NaN."""
    n, m = draw(st.integers(least, most)), draw(st.integers(least, most))
    values = draw(st.sampled_from([TIED, FREE]))
    if masked:
        share = draw(st.sampled_from(["none", "some", "most"]))
        values = {
            "none": values,
            "some": st.one_of(values, values, values, MASKED),
            "most": st.one_of(values, MASKED, MASKED),
        }[share]
    return draw(hnp.arrays(np.float64, (n, m), elements=values))


@st.composite
def plain_problems(draw, most=6, largest_capacity=3, coverage_first=None):
    """One mentor per mentee; capacities 0..3, masks, ties, negative scores."""
    scores = draw(score_arrays(most))
    capacity = draw(
        hnp.arrays(np.int64, scores.shape[1], elements=st.integers(0, largest_capacity))
    )
    first = draw(st.booleans()) if coverage_first is None else coverage_first
    return mm.Problem.from_scores(scores, capacity=capacity, coverage_first=first)


@st.composite
def problems(draw, most=4):
    """Minimums, demands, priorities, pins, bans and ``min_score`` at random; may be infeasible."""
    scores = draw(score_arrays(most))
    n, m = scores.shape
    capacity = draw(hnp.arrays(np.int64, m, elements=st.integers(0, 3)))
    numbers = {
        "demand": draw(st.one_of(st.just(1), hnp.arrays(np.int64, n, elements=st.integers(0, 3)))),
        "priority": draw(
            st.one_of(st.none(), hnp.arrays(np.int64, n, elements=st.integers(-1, 1)))
        ),
        "minimum": draw(
            st.one_of(st.just(0), hnp.arrays(np.int64, m, elements=st.sampled_from([0, 0, 1, 2])))
        ),
        "coverage_first": draw(st.booleans()),
    }
    if n and m and draw(st.booleans()):
        pair = st.tuples(st.integers(0, n - 1), st.integers(0, m - 1))
        numbers["bans"] = draw(st.lists(pair, max_size=3))
    if draw(st.booleans()):
        numbers["min_score"] = draw(st.sampled_from([-0.5, 0.0, 0.5]))
    if n and m and draw(st.booleans()):
        numbers["pins"] = draw(
            st.lists(
                st.tuples(st.integers(0, n - 1), st.integers(0, m - 1)), max_size=2, unique=True
            )
        )
    try:
        return mm.Problem.from_scores(scores, capacity=capacity, **numbers)
    except mm.InfeasibleError:
        # Pins that a rule forbids are another test's subject.
        numbers.pop("pins")
        return mm.Problem.from_scores(scores, capacity=capacity, **numbers)


def with_one_mentor_each(problem):
    """The problem in which nobody wants more than one; without its pins, where those are more."""
    demand = np.minimum(problem.demands, 1)
    try:
        return replace(problem, demand=demand)
    except mm.InfeasibleError:
        return replace(problem, demand=demand, pins=())
