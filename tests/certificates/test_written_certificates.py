"""Certificates as plain data: what is written is read again, and nothing else is."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.certificates import certify, verify
from mentormatch.proofs.certificate import Certificate

S = mm.strategies
SCORES = np.round(np.random.default_rng(0).random((6, 4)), 2)
PEOPLE = [f"e{i}" for i in range(6)], ["ada", "bob", "cyd", "dan"]
LABELLED = pd.DataFrame(SCORES, *PEOPLE)


def problem(**numbers):
    return mm.Problem.from_scores(LABELLED, capacity=2, **numbers)


MADE = {
    "optimal": (problem(), "optimal"),
    "priorities": (problem(priority=[0, 0, 1, 1, 0, 2]), "optimal"),
    "quotas": (problem(quotas=[mm.Quota(mentors=["ada"], at_most=1)]), "optimal"),
    "hours": (problem(usage=[0.5, 1, 1, 1, 2, 1]), "optimal"),
    "maximin": (problem(), "maximin"),
    "keep_total": (problem(), S.Maximin(keep_total=0.9)),
    "leximin": (problem(), "leximin"),
    "nash": (problem(), "nash"),
    "alpha": (problem(), S.AlphaFair(9.0)),
    "worst_k": (problem(), S.WorstK(2)),
    "balanced": (problem(), "balanced"),
    "generous": (problem(), "generous"),
    "rank_maximal": (problem(), "rank_maximal"),
    "program": (problem(demand=2), "maximin"),
    "welfare": (problem(), S.Nash(keep_total=0.9)),
    "loads": (problem(), S.Balanced(keep_total=0.9)),
    "nested": (problem(quotas=[mm.Quota(mentors=["ada"], at_most=1)]), "generous"),
    "lottery": (problem(), "lottery"),
    "fair_lottery": (problem(), "fair_lottery"),
    "lottery under rules": (problem(apart=[("e0", "e1")]), "lottery"),
    "fair_lottery under rules": (problem(apart=[("e0", "e1")]), "fair_lottery"),
    "welfare of sums": (problem(demand=2), "nash"),
}


def through_json(certificate):
    return Certificate.from_dict(json.loads(json.dumps(certificate.to_dict(), allow_nan=False)))


@pytest.mark.parametrize("name", sorted(MADE))
def test_what_is_written_is_read_again_and_verified(name):
    matching = mm.match(*MADE[name])
    again = through_json(matching.certificate)
    assert again.to_dict() == matching.certificate.to_dict()
    assert str(again) == str(matching.certificate)
    found = verify(replace(matching, certificate=again))
    assert found.ok, found.findings


@pytest.mark.parametrize("name", sorted(MADE))
def test_data_that_was_changed_is_refused_or_found_and_raises_nothing_else(name):
    matching = mm.match(*MADE[name])
    written = json.loads(json.dumps(matching.certificate.to_dict()))
    rng = np.random.default_rng(1)
    for _ in range(60):
        data = json.loads(json.dumps(written))
        where, key = _some_place(data, rng)
        before = where[key]
        where[key] = [None, -1, 3.5, "x", True, [], {}, 1e300, {"kind": "Within"}][rng.integers(9)]
        if where[key] == before:
            continue
        try:
            forged = Certificate.from_dict(data)
            found = verify(replace(matching, certificate=forged))
        except mm.MentorMatchError:
            continue
        # Names, units of display and looser proofs may differ; the claim itself may not.
        if found.ok:
            assert forged.objective == pytest.approx(matching.certificate.objective)
            assert not forged.proven or matching.certificate.proven


def _some_place(data, rng):
    """A random place in nested data, as its container and key."""
    while True:
        keys = list(data) if isinstance(data, dict) else list(range(len(data)))
        key = keys[rng.integers(len(keys))]
        inner = data[key]
        if not isinstance(inner, dict | list) or not inner or rng.random() < 0.2:
            return data, key
        data = inner


def _lists_in(data):
    """Yield each list of written data, by where it stands and under which key."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(value, list):
            yield data, key
        if isinstance(value, dict | list):
            yield from _lists_in(value)


@pytest.mark.parametrize("name", sorted(MADE))
def test_lists_that_were_made_longer_are_refused_or_found_and_raise_nothing_else(name):
    """Two arrays of one proof that were not of one length ended in an error of pandas or numpy."""
    matching = mm.match(*MADE[name])
    data = json.loads(json.dumps(matching.certificate.to_dict()))
    refused = 0
    for where, key in [(where, key) for where, key in _lists_in(data) if where[key]][:40]:
        where[key] = [*where[key], where[key][-1]]
        try:
            refused += not verify(matching, Certificate.from_dict(data)).ok
        except mm.MentorMatchError:
            refused += 1
        where[key] = where[key][:-1]
    assert refused > 0


@pytest.mark.parametrize("name", ["generous", "rank_maximal", "leximin", "nested"])
def test_prices_of_stages_are_written_where_they_are_not_0_and_read_as_they_were(name):
    matching = mm.match(*MADE[name])
    certificate = matching.certificate
    written = certificate.to_dict()
    later = certificate.stages[1:]
    short = [len(one["prices"]["series"]) for one in written["stages"]["tuple"][1:]]
    assert short == [int((one.prices != 0).sum()) for one in later]
    assert sum(short) < sum(len(one.prices) for one in later)
    for one, read in zip(certificate.stages, through_json(certificate).stages, strict=True):
        pd.testing.assert_series_equal(one.prices, read.prices, check_index_type=False)
        assert str(one) == str(read)
    for at in ([99], [True], [0, 1]):
        written["stages"]["tuple"][1]["prices"] = {"series": [1.0], "at": at}
        with pytest.raises(mm.MentorMatchError, match="at places that its ids do not have"):
            Certificate.from_dict(written)


def test_the_groups_of_a_parity_are_never_written():
    groups = dict(zip(PEOPLE[0], ["north", "south"] * 3, strict=True))
    matching = mm.match(problem(), S.GroupParity(groups, max_gap=0.5))
    assert verify(matching).ok
    written = json.dumps(matching.certificate.to_dict())
    stages = matching.certificate.to_dict()["stages"]["tuple"]
    assert "north" not in written
    assert any(one["measure"]["kind"] == "GroupExcess" for one in stages)
    assert all("groups" not in one["measure"] for one in stages)
    found = verify(replace(matching, certificate=through_json(matching.certificate)))
    assert found.ok
    assert any("its groups are not at hand" in one for one in found.believed)


@pytest.mark.parametrize(
    "ids",
    [
        [1, 2, 3, 4],
        [1.5, 2.5, 3.5, 4.5],
        ["inf", "nan", "-inf", "1"],
        [("a", 1), ("a", 2), ("b", 1), ("b", 2)],
        [dt.date(2027, 1, day) for day in range(1, 5)],
        list(pd.date_range("2027-01-01", periods=4)),
    ],
    ids=lambda ids: type(ids[0]).__name__,
)
def test_ids_of_every_kind_are_read_as_what_they_were(ids):
    frame = pd.DataFrame(SCORES[:, :4], PEOPLE[0], pd.Index(ids, tupleize_cols=False))
    matching = mm.match(mm.Problem.from_scores(frame, capacity=2))
    again = through_json(matching.certificate)
    assert again.prices.index.tolist() == matching.certificate.prices.index.tolist()
    assert verify(replace(matching, certificate=again)).ok


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 99}, "version 99, and this release reads version 1"),
        ({"bound": "much"}, r"certificate\.bound: found 'much', expected float"),
        ({"unknown": 1}, "no field 'unknown' in a Certificate"),
        ({"stages": {"tuple": [{"kind": "os.system"}]}}, "no kind of proof 'os.system'"),
        ({"stages": {"tuple": [3]}}, r"certificate\.stages: expected"),
        ({"prices": {"series": [1.0], "ids": [], "names": [None]}}, "1 numbers for 0 ids"),
        ({"prices": {"series": ["x"], "ids": [1], "names": [None]}}, "expected a number"),
    ],
)
def test_what_is_no_certificate_is_said_in_words(change, said):
    written = mm.match(problem()).certificate.to_dict()
    with pytest.raises(mm.MentorMatchError, match=said):
        Certificate.from_dict({**written, **change})


def test_a_missing_field_and_something_else_are_said_in_words():
    written = mm.match(problem()).certificate.to_dict()
    del written["gap"]
    with pytest.raises(mm.MentorMatchError, match="the field 'gap' is missing"):
        Certificate.from_dict(written)
    with pytest.raises(mm.MentorMatchError, match="read from the dict of to_dict, got list"):
        Certificate.from_dict([])


def test_every_field_of_a_certificate_is_written():
    written = mm.match(problem()).certificate.to_dict()
    assert set(written) == {"version", *(one.name for one in fields(Certificate))}


# ------------------------------------------------------------------------ anybody's prices


def test_prices_from_elsewhere_prove_pairs_from_elsewhere():
    matching = mm.match(problem())
    pairs = matching.pairs[["mentee", "mentor"]]
    for prices in (
        matching.certificate.prices,
        matching.certificate.prices.to_dict(),
        matching.certificate.prices.to_numpy(),
    ):
        found = certify(problem(), pairs, prices)
        assert found.proven
        assert verify(mm.Matching.from_pairs(problem(), pairs), found).ok


@pytest.mark.parametrize("seed", range(20))
def test_no_prices_prove_more_than_there_is(seed):
    rng = np.random.default_rng(seed)
    asked = problem(demand=int(rng.integers(1, 3)), priority=rng.integers(0, 2, 6))
    best = mm.match(asked)
    found = certify(asked, best, rng.normal(size=4))
    assert found.bound >= best.total
    assert found.coverage_bound == 6


def test_without_a_single_price_the_bound_is_what_each_could_have_at_best():
    found = certify(problem(), mm.match(problem()), {})
    assert found.bound == pytest.approx(SCORES.max(axis=1).sum())


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ({"eve": 1.0}, "a price of 'eve', who is no mentor"),
        ([1.0], r"a number for each mentor, so the shape \(4,\); got \(1,\)"),
        (
            [0, 0, np.inf, 0],
            "The price of 'cyd' is inf; expected a finite number",
        ),
        (["a", "b", "c", "d"], "prices must be numbers, by id or in the order of mentors; got 'a'"),
        (pd.Series([1.0, 2.0], index=["ada", "ada"]), "There are two prices of 'ada'"),
    ],
)
def test_prices_that_cannot_be_used_are_said_in_words(prices, said):
    with pytest.raises(mm.ProblemError, match=said):
        certify(problem(), mm.match(problem()), prices)


def test_multipliers_that_cannot_be_used_are_said_in_words():
    best = mm.match(problem())
    with pytest.raises(mm.ProblemError, match="coverage needs 1 numbers, one for each priority"):
        certify(problem(), best, {}, coverage=[1.0, 2.0])
    with pytest.raises(
        mm.ProblemError,
        match=r"finite numbers; got coverage \[inf\] and seats 0",
    ):
        certify(problem(), best, {}, coverage=[np.inf])


def test_rules_need_prices_of_their_own():
    asked = problem(quotas=[mm.Quota(mentors=["ada"], at_most=1)])
    with pytest.raises(mm.ProblemError, match="each of these needs a price of its own"):
        certify(asked, mm.match(asked), {})


def test_pairs_that_are_no_matching_are_said_to_be_none():
    with pytest.raises(mm.MatchingError, match="wants 1"):
        certify(problem(), [("e0", "ada"), ("e0", "bob")], {})
