"""Strategies that compare exact scores, where a time limit does not leave the time to read all."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.certificates import NotReadInTimeError, exact_scores
from mentormatch.certificates.kinds import faces, lotteries
from mentormatch.criteria import TextSimilarity
from mentormatch.strategies.by_lot import lottery

STRATEGIES = [
    "leximin",
    "maximin",
    "nash",
    "balanced",
    mm.strategies.AlphaFair(0.5),
    mm.strategies.WorstK(3),
    mm.strategies.Leximin(keep_total=0.8),
]
WORDS = ["lua", "rust", "cloud", "tests", "talks", "teams", "hiring", "data", "design", "games"]


def people(count: int, letter: str, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": [f"{letter}{k:02}" for k in range(count)],
            "about": [" ".join(rng.choice(WORDS, 4)) for _ in range(count)],
        }
    )


@pytest.fixture
def problem(monkeypatch):
    """People with texts, whose exact scores are read pair by pair, a few at a time."""
    monkeypatch.setattr(faces, "PAIRS_A_LOOK", 20)
    cohort = mm.Cohort(people(14, "e", 1), people(9, "r", 2))
    found = mm.Problem(mm.Criteria(TextSimilarity("about")).score(cohort), 2)
    assert found.compatibility.scorer.error > 0
    return found


ASKED = {
    "one mentor each": {},
    "the total alone": {"coverage_first": False},
    "several mentors each": {"demand": 2, "capacity": 5},
    "mentees apart": {"apart": [("e00", "e01")]},
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
@pytest.mark.parametrize("strategy", STRATEGIES, ids=str)
def test_what_cannot_be_compared_in_time_is_chosen_for_its_total_and_says_so(
    problem, strategy, asked
):
    problem = replace(problem, **asked)
    if strategy == "balanced" and not problem.coverage_first:
        pytest.skip("nobody matched would be the most even load")
    matching = mm.match(problem, strategy, time_limit=1e-9)
    assert matching.status is mm.Status.TIME_LIMIT
    assert not matching.certificate.proven
    assert any("of what the strategy makes best nothing is settled" in n for n in matching.notes)
    assert mm.audit(matching).feasibility.ok
    checked = mm.certificates.verify(matching)
    assert checked.ok, checked.findings
    assert not checked.certificate.proven
    best = mm.match(problem)
    assert matching.certificate.bound >= best.total - 1e-9
    if not problem.sides:
        assert matching.total == pytest.approx(best.total)


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
def test_what_it_says_of_the_total_is_checked(problem, asked):
    matching = mm.match(replace(problem, **asked), "leximin", time_limit=1e-9)
    certificate = matching.certificate
    lower = replace(certificate, bound=certificate.bound - 0.1, gap=certificate.gap - 0.1)
    for claim, finding in (
        (lower, "the certificate says bound"),
        (replace(certificate, promise="largest minimum"), "promises sorted scores, but its"),
        (replace(certificate, proven=True), "not settled|prices|proven"),
    ):
        checked = mm.certificates.verify(matching, claim)
        assert not checked.ok
        assert any(re.search(finding, one) for one in checked.findings), checked.findings


@pytest.mark.parametrize("strategy", STRATEGIES, ids=str)
def test_a_limit_that_leaves_the_time_changes_nothing(problem, strategy):
    whole, limited = mm.match(problem, strategy), mm.match(problem, strategy, time_limit=600)
    assert limited.status is whole.status is mm.Status.OPTIMAL
    pd.testing.assert_frame_equal(limited.pairs, whole.pairs)


def test_exact_scores_are_read_in_time_or_not_at_all(problem):
    np.testing.assert_array_equal(
        exact_scores(problem, until=time.monotonic() + 600), exact_scores(problem)
    )
    with pytest.raises(NotReadInTimeError):
        exact_scores(problem, until=time.monotonic() - 1)


def test_a_pace_that_will_not_do_ends_the_reading_at_the_first_look(problem, monkeypatch):
    # Each look is a second later; 14 rows of 9 are seven looks, so half of the time needed is 3.5.
    moments = iter(range(100))
    monkeypatch.setattr(faces.time, "monotonic", lambda: next(moments))
    with pytest.raises(NotReadInTimeError):
        exact_scores(problem, until=3.4)
    assert next(moments) == 2
    moments = iter(range(100))
    with pytest.raises(NotReadInTimeError):
        exact_scores(problem, until=5.0)
    assert next(moments) == 7
    moments = iter(range(100))
    assert np.isfinite(exact_scores(problem, until=6.0)).all()


HALVES = {f"e{k:02}": k % 2 for k in range(14)}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
@pytest.mark.parametrize("soft", [True, False])
def test_groups_that_cannot_be_compared_in_time_are_said_to_be_as_they_are(problem, soft, asked):
    problem = replace(problem, **asked)
    parity = mm.strategies.GroupParity(HALVES, max_gap=1.0, soft=soft)
    matching = mm.match(problem, parity, time_limit=1e-9)
    assert matching.status is mm.Status.TIME_LIMIT
    assert not matching.certificate.proven
    assert any("of what the strategy makes best nothing is settled" in n for n in matching.notes)
    assert "they hold the bounds on groups (max_gap=1)" in matching.notes
    checked = mm.certificates.verify(matching)
    assert checked.ok, checked.findings
    claim = replace(matching.certificate, proven=True)
    assert not mm.certificates.verify(matching, claim).ok


def test_hard_bounds_on_groups_hold_whatever_the_time_limit(problem):
    best = mm.match(problem)
    taken = best.pairs["mentee"].tolist()
    scores = best.pairs["score"].tolist()
    low = sorted(zip(scores, taken, strict=True))[:3]
    worst = {one: str(one in {name for _, name in low}) for one in problem.mentee_ids}
    floor = {"measure": "mean_score", "floor": sum(one for one, _ in low) / 3 + 0.05}
    parity = mm.strategies.GroupParity(worst, **floor)
    with pytest.raises(mm.SolverError, match=r"does not hold the bounds .* or use soft=True"):
        mm.match(problem, parity, time_limit=1e-9)
    soft = mm.match(problem, replace(parity, soft=True), time_limit=1e-9)
    assert any(n.startswith("they exceed by 0.05 the bounds on groups") for n in soft.notes)


@pytest.mark.parametrize("rules", [{}, {"apart": [("e00", "e01")]}], ids=["free", "apart"])
@pytest.mark.parametrize("strategy", ["lottery", "fair_lottery"])
def test_what_cannot_be_read_in_time_is_not_drawn_by_lot(problem, strategy, rules):
    problem = replace(problem, **rules)
    with pytest.raises(mm.SolverError, match=r"nothing is drawn by lot\. Give a larger time_limit"):
        mm.match(problem, strategy, time_limit=1e-9)
    whole, limited = mm.match(problem, strategy), mm.match(problem, strategy, time_limit=600)
    pd.testing.assert_frame_equal(limited.pairs, whole.pairs)
    assert mm.certificates.verify(limited).ok


@pytest.mark.parametrize("strategy", ["lottery", "fair_lottery"])
def test_a_lottery_and_its_proof_read_all_exact_scores_once(problem, strategy, monkeypatch):
    read = []

    def counted(asked, **kind):
        read.append(asked.shape)
        return exact_scores(asked, **kind)

    for room in (lottery, lotteries):
        monkeypatch.setattr(room, "exact_scores", counted)
    matching = mm.match(problem, strategy)
    assert len(read) == 1
    assert mm.certificates.verify(matching).ok
    assert len(read) == 2
