"""Published optima: every engine reaches them, whatever is done to the rows."""

from __future__ import annotations

import numpy as np
import pytest

import mentormatch as mm
from mentormatch.solvers import ENGINES

PUBLISHED = {
    "assign100": 305,
    "assign200": 475,
    "assign300": 626,
    "assign400": 804,
    "dense8": 17,
    "dense100": 198,
    "sparse100": 11406,
}


@pytest.fixture(scope="module")
def costs_of(known_data):
    """Costs (n, n) of an instance, NaN where a pair is not allowed."""
    instances = np.load(known_data / "orlib" / "assignment.npz")

    def read(name):
        costs = instances[name].astype(float)
        allowed = f"{name}_allowed"
        return np.where(instances[allowed], costs, np.nan) if allowed in instances else costs

    return read


@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize("name", PUBLISHED)
def test_every_engine_gives_the_published_optimum_and_proves_it(costs_of, name, engine):
    matching = mm.match(mm.Problem.from_scores(-costs_of(name)), engine=engine)
    assert -matching.total == pytest.approx(PUBLISHED[name], abs=1e-9)
    assert len(matching.pairs) == matching.problem.shape[0]
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok


@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize("name", ["assign200", "dense100", "sparse100"])
def test_permuted_rows_and_constants_added_to_rows_change_nothing_else(costs_of, name, engine):
    costs = costs_of(name)
    n = len(costs)
    rng = np.random.default_rng(5)
    constants = rng.integers(-1000, 1000, n).astype(float)
    turned = (costs + constants[:, None])[np.ix_(rng.permutation(n), rng.permutation(n))]
    matching = mm.match(mm.Problem.from_scores(-turned), engine=engine)
    assert -matching.total == pytest.approx(PUBLISHED[name] + constants.sum(), abs=1e-6)
    assert matching.certificate.proven


@pytest.mark.parametrize("engine", ["flow", "priced"])
def test_papers_that_want_three_reviewers_of_six_papers_each_reach_the_published_total(
    known_data, engine
):
    lines = (known_data / "bids" / "preflib1.in").read_text("ascii").split("\n", 1)
    papers, reviewers = (int(word) for word in lines[0].split()[:2])
    scores = np.array(lines[1].split(), dtype=float).reshape(papers, reviewers)
    problem = mm.Problem.from_scores(scores, capacity=6, demand=3)
    matching = mm.match(problem, engine=engine)
    assert matching.total == pytest.approx(124.25, abs=1e-9)
    assert matching.certificate.proven
    assert (matching.places == 3).all()
