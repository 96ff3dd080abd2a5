"""Every field of every kind of certificate, changed: it is refused, or still a proof of the same.

What may be changed without being refused is listed: prices and multipliers (others may prove the
same), a claim of less (not proven), the name of whose word a bound is, and limits of what a stage
counts where the same pairs lie within them.
"""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.certificates import verify

rng = np.random.default_rng(0)
PROBLEMS = {
    "one mentor each": mm.Problem.from_scores(np.round(rng.random((4, 3)), 2), capacity=[1, 2, 1]),
    "minimums and priorities": mm.Problem.from_scores(
        np.round(rng.random((4, 3)), 2),
        capacity=[1, 2, 2],
        minimum=[1, 0, 1],
        priority=[1, 1, 0, 0],
    ),
    "several mentors each": mm.Problem.from_scores(
        np.round(rng.random((3, 3)), 2), capacity=[2, 1, 2], demand=[1, 2, 1]
    ),
    "a quota": mm.Problem.from_scores(
        np.round(rng.random((4, 3)), 2),
        capacity=[1, 2, 1],
        quotas=[mm.Quota(mentors=[0, 1], at_most=1)],
    ),
}
STRATEGIES = [
    "optimal",
    "maximin",
    "leximin",
    "nash",
    "worst_k",
    "balanced",
    "alpha_fair",
    "rank_maximal",
    "generous",
    "minimum_cost",
    "lottery",
    "fair_lottery",
    mm.strategies.Maximin(keep_total=0.9),
]
# Others of these may prove the same, or another sentence that is as true; each is recomputed.
PROOFS = {
    "share",
    "best_coverage_multipliers",
    "best_prices",
    "coverage_multiplier",
    "coverage_multipliers",
    "pairs_multiplier",
    "prices",
    "rule_prices",
    "seats_multiplier",
}
# Limits that may be moved as long as the same pairs lie within.
LIMITS = {"above", "high", "level", "low", "tie_tolerance", "upto"}


def leaves(value, path=()):
    """Each (path, value) of a certificate that holds no other."""
    if isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from leaves(one, (*path, number))
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from leaves(getattr(value, field.name), (*path, field.name))
    else:
        yield path, value


def put(value, path, new):
    """The same certificate with something else at a path."""
    if not path:
        return new
    first, *rest = path
    if isinstance(value, tuple):
        parts = list(value)
        parts[first] = put(parts[first], rest, new)
        return tuple(parts)
    return dataclasses.replace(value, **{first: put(getattr(value, first), rest, new)})


def changes(value):
    """Other values of the same type, the useless numbers among them."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, float):
        far = 0.3 * (1 + abs(value))
        yield from (value + far, value - far, np.nan, np.inf, -np.inf)
    elif isinstance(value, str):
        yield value + "x"
    elif isinstance(value, pd.Series) and len(value):
        for place in {0, len(value) - 1}:
            # What is no number is found before anybody asks where it stands.
            useless = () if place else (np.nan, np.inf, -np.inf)
            for new in (value.iloc[place] + 1.0, value.iloc[place] - 1.0, *useless):
                changed = value.astype(float).copy()
                changed.iloc[place] = new
                yield changed
        yield value.iloc[1:]
    elif isinstance(value, np.ndarray) and value.size:
        for new in (value.flat[0] + 1.0, np.nan, np.inf):
            changed = value.astype(float).copy()
            changed.flat[0] = new
            yield changed


def is_useless(new):
    numbers = np.asarray(new, dtype=float) if not isinstance(new, str) else np.zeros(1)
    return bool(np.isnan(numbers).any())


def certified():
    """Each kind of certificate there is, by problem and strategy."""
    for problem_name, problem in PROBLEMS.items():
        for strategy in STRATEGIES:
            try:
                matching = mm.match(problem, strategy)
            except mm.errors.MentorMatchError:
                continue  # This strategy says that it takes no such problem.
            if matching.certificate is not None:
                yield pytest.param(matching, id=f"{matching.strategy}, {problem_name}")


@pytest.mark.parametrize("matching", list(certified()))
def test_whatever_is_changed_is_refused_or_proves_the_same(matching):
    certificate = matching.certificate
    assert verify(matching).ok
    assert not verify(matching).findings
    refused = 0
    for path, value in leaves(certificate):
        names = [part for part in path if isinstance(part, str)]
        for new in changes(value):
            changed = put(certificate, path, new)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                found = verify(dataclasses.replace(matching, certificate=changed))
            refused += not found.ok
            if not found.ok:
                assert all(found.findings), path
                continue
            shown = f"{path}: {value!r} → {new!r}"
            assert not is_useless(new), shown
            less = names[-1] == "proven" and new is False
            looser = names[-1] == "tolerance" and new < value and len(names) > 1
            higher = names[-1] == "bound" and len(names) > 1 and new >= value
            alike = {*PROOFS, *LIMITS, "method", "fair"} & set(names)
            # A stage that keeps nothing says that something is out of reach: there are others.
            refuted = names[-1] == "objective" and not certificate.stages[path[1]].kept
            assert less or looser or higher or alike or refuted, shown
    assert refused > 50


@pytest.mark.parametrize("useless", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("strategy", ["optimal", "maximin", "leximin", "rank_maximal", "lottery"])
def test_a_price_that_is_no_finite_number_proves_nothing(strategy, useless):
    matching = mm.match(PROBLEMS["one mentor each"], strategy)
    prices = matching.certificate.prices.copy()
    prices.iloc[0] = useless
    changed = dataclasses.replace(matching.certificate, prices=prices)
    found = verify(matching, changed)
    assert not found.ok
    assert not found.certificate.proven
    assert found.findings == (
        "the certificate, prices: a price or a multiplier is not a finite number",
    )
