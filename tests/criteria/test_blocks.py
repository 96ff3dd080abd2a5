"""Blocks, pairs and breakdowns are one score, however a cohort is cut, ordered or computed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_cohorts import KINDS, cohorts, mixtures

import mentormatch as mm
from mentormatch.compatibility import blocks
from mentormatch.criteria.availability import common_hours, stretches
from mentormatch.criteria.availability.common_hours import FittedAvailability
from mentormatch.criteria.interface import fitted, products
from mentormatch.criteria.kinds import same, text
from mentormatch.criteria.scoring import blocks as reading
from mentormatch.criteria.scoring import lookups, masks, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

WINTER = ("2027-01-04", "2027-02-28")
# Each way of computing a block, forced on instances so small that the first would always be taken.
ROUTES = {
    "tables": {},
    "joint tables": {(lookups, "SHARED"): 0},
    "products, no slack at a limit": {
        (lookups, "NARROW"): 0,
        (masks, "CELLS"): -1,
        (same, "FEW_PER_PERSON"): -1,
        (fitted, "ROUNDING"): 0.0,
        (stretches, "PER_PLACE"): 0.0,
    },
    "sparse products": {
        (masks, "CELLS"): -1,
        (products, "RIGHT_BYTES"): -1,
        (products, "RIGHT_BYTES_OF_A_MENTEE"): -1,
        (stretches, "RIGHT_BYTES"): -1,
        (products, "csr_matvecs"): None,
    },
    "narrow tiles": {
        (products, "LONG_ROWS"): 1,
        (blocks, "TILE_COLUMNS"): 2,
        (reading, "TILE_VALUES"): 4,
        (reading, "LARGE_TILE"): 8,
        (reading, "MANY_TILES"): 2,
        (reading, "MOST_ROWS"): 2,
        (lookups, "JOINED_CELLS"): 3,
        (lookups, "CELLS_OF_A_MENTEE"): 0,
        (masks, "ROWS_AT_ONCE"): 1,
        (plan, "ROWS_AT_ONCE"): 1,
        (common_hours, "PAIRS_AT_ONCE"): 2,
        (text, "TEXTS_AT_ONCE"): 1,
    },
}


@pytest.mark.parametrize(
    ("module", "name"),
    sorted({one for route in ROUTES.values() for one in route if route[one] is not None}, key=str),
)
def test_a_cohort_of_everything_asks_for_each_of_these_numbers(monkeypatch, module, name):
    """A route that is never taken would agree with the others for nothing."""
    mentees, mentors = (
        pd.DataFrame(
            {
                "skills": ["lua; C", "sql", "C; go; sql"] * 4,
                "tags": ["tea; chess; ski; go", "go", "ski"] * 4,
                "team": ["a", "b", "c"] * 4,
                "text": ["write Lua", "paint", "scripts in lua"] * 4,
                "free": ["Mon 09:00-11:00", "Sun 00:30-02:45", "Mon-Fri 22-23"] * 4,
                "tz": ["Europe/Berlin", "America/New_York", "Asia/Kathmandu"] * 4,
            },
            index=[f"{side}{k}" for k in range(12)],
        )
        for side in "ij"
    )
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage("skills", "skills", weight=2, minimum=0.25),
        mm.criteria.TagOverlap("tags"),
        mm.criteria.Different("team"),
        mm.criteria.Same(mentee="skills", mentor="tags", weight=1),
        mm.criteria.TextSimilarity("text", embed=lambda texts: np.ones((len(texts), 2))),
        mm.criteria.TextSimilarity("text", name="words"),
        mm.criteria.Availability("free", timezone="tz", dates=WINTER, minimum_hours=1),
    )
    monkeypatch.setattr(module, name, None)
    with pytest.raises(TypeError):
        read_everything(criteria, mm.Cohort(mentees, mentors), monkeypatch)


def read_everything(criteria, cohort, monkeypatch) -> None:
    """By profile, then where values are not looked up by profile and a tile is one mentor."""
    for changed in ((), ((masks, "CELLS", -1), (blocks, "TILE_COLUMNS", 1))):
        for one in changed:
            monkeypatch.setattr(*one)
        compatibility = criteria.score(cohort)
        compatibility.scorer.block(slice(0, len(cohort.mentees)))
        compatibility.scorer.removed(np.arange(len(cohort.mentees)))
        compatibility.scorer.pairs(*everybody(compatibility))


# For a function on its own, "class" ends with the function; "module" would keep the last of these
# constants for the tests that follow.
@pytest.fixture(params=ROUTES, scope="class")
def route(request: pytest.FixtureRequest) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        for (module, name), value in ROUTES[request.param].items():
            patch.setattr(module, name, value)
        yield str(request.param)


def everybody(compatibility: mm.Compatibility) -> tuple[np.ndarray, np.ndarray]:
    n, m = compatibility.shape
    return np.repeat(np.arange(n), m), np.tile(np.arange(m), n)


def assert_blocks_equal_pairs(compatibility: mm.Compatibility) -> None:
    scorer = compatibility.scorer
    n, m = compatibility.shape
    exact = scorer.pairs(*everybody(compatibility))
    cuts = [np.arange(n), slice(0, n), np.arange(n)[::-1], slice(n // 2, n), np.arange(0)]
    for rows in cuts:
        block = scorer.block(rows)
        want = exact.scores.reshape(n, m)[rows]
        assert np.array_equal(block.eligible, ~np.isnan(want))
        assert np.array_equal(np.isnan(block.scores), np.isnan(want))
        for got, whole in (
            (block.scores, exact.scores),
            (block.mentee_scores, exact.mentee_scores),
            (block.mentor_scores, exact.mentor_scores),
            (scorer.joined(rows, np.nan), exact.scores),
        ):
            difference = np.abs(got - whole.reshape(n, m)[rows])
            assert np.nanmax(difference, initial=0) <= scorer.error
            assert np.array_equal(np.isnan(got), np.isnan(want))
        below = scorer.joined(rows, -7.0)
        assert np.array_equal(below == -7.0, np.isnan(want))
    some = slice(m // 2, max(m - 1, m // 2))
    whole = scorer.block(cuts[2])
    assert np.array_equal(scorer.joined(cuts[2], -7.0, some), scorer.joined(cuts[2], -7.0)[:, some])
    assert np.array_equal(scorer.block(cuts[2], some).eligible, whole.eligible[:, some])
    assert np.array_equal(np.isnan(compatibility.dense()), np.isnan(exact.scores.reshape(n, m)))


# Each theorem is tried by every route.
HALF = settings(max_examples=max(10, settings().max_examples // 2))


@pytest.mark.filterwarnings("error")
@HALF
@given(cohort=cohorts(), criteria=mixtures(), precision=st.sampled_from(["float32", "float64"]))
def test_a_block_differs_from_its_pairs_by_less_than_the_stated_error(
    route: str, cohort: mm.Cohort, criteria: mm.Criteria, precision: str
) -> None:
    assert_blocks_equal_pairs(criteria.score(cohort, precision=precision))


@HALF
@given(
    cohort=cohorts(),
    criteria=mixtures(),
    precision=st.sampled_from(["float32", "float64"]),
)
def test_what_is_worth_nothing_is_exactly_0_in_blocks(
    route: str, cohort: mm.Cohort, criteria: mm.Criteria, precision: str
) -> None:
    # A score below 0 would leave people out who are better off together than apart.
    compatibility = criteria.score(cohort, precision=precision)
    pairs = compatibility.scorer.pairs(*everybody(compatibility))
    scores = compatibility.block(slice(None)).scores.ravel()
    some = pairs.eligible
    assert (scores[some] >= 0).all()
    assert (scores[some][pairs.scores[some] == 0] == 0).all()


@pytest.mark.parametrize("reciprocity", ["mean", "harmonic", "geometric", "min"])
def test_the_lowest_of_a_mentee_is_0_in_blocks_where_both_sides_must_agree(
    route: str, reciprocity: str
) -> None:
    """Moved in float32, it stood just above the range that its own scores run in."""
    frames = [
        pd.DataFrame({"id": ["a", "b"], "skills": [None, "Lua; C"]}),
        pd.DataFrame({"id": list("cdef"), "skills": [None, None, None, "Lua"]}),
    ]
    criterion = mm.criteria.SkillCoverage("skills", "skills", rarity=True)
    criteria = mm.Criteria(criterion, reciprocity=reciprocity, normalise=True)
    compatibility = criteria.score(mm.Cohort(*frames), precision="float32")
    pairs = compatibility.scorer.pairs(*everybody(compatibility)).scores
    blocks = compatibility.block(slice(None)).scores.ravel()
    assert (blocks[pairs == 0] == 0).all()
    assert blocks == pytest.approx(pairs, abs=compatibility.scorer.error)


@HALF
@given(
    cohort=cohorts(),
    criterion=st.one_of(*KINDS.values()),
    missing=st.sampled_from(["neutral", "skip", "zero"]),
)
def test_a_single_criterion_reads_alike_in_blocks_and_pairs(
    route: str, cohort: mm.Cohort, criterion: mm.criteria.Criterion, missing: str
) -> None:
    assert_blocks_equal_pairs(mm.Criteria(criterion, missing=missing).score(cohort))


@given(cohort=cohorts(), criteria=mixtures(), seed=st.integers(0, 99))
def test_the_order_of_people_changes_no_bit_of_a_pair(
    cohort: mm.Cohort, criteria: mm.Criteria, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    n, m = len(cohort.mentees), len(cohort.mentors)
    rows, columns = rng.permutation(n), rng.permutation(m)
    plain = criteria.score(cohort)
    shuffled = criteria.score(mm.Cohort(cohort.mentees.iloc[rows], cohort.mentors.iloc[columns]))
    taken = plain.take(rows, columns)
    i, j = everybody(plain)
    want = plain.scorer.pairs(rows[i], columns[j])
    for other in (shuffled, taken):
        got = other.scorer.pairs(i, j)
        for name in ("scores", "mentee_scores", "mentor_scores", "eligible"):
            assert np.array_equal(
                getattr(got, name), getattr(want, name), equal_nan=name != "eligible"
            )
    assert np.array_equal(shuffled.dense(), taken.dense(), equal_nan=True)


@given(cohort=cohorts(), criteria=mixtures(), data=st.data())
def test_part_of_the_people_keep_the_scores_they_had(
    cohort: mm.Cohort, criteria: mm.Criteria, data: st.DataObject
) -> None:
    n, m = len(cohort.mentees), len(cohort.mentors)
    rows = np.array(data.draw(st.lists(st.integers(0, n - 1), unique=True)) if n else [], dtype=int)
    columns = np.array(
        data.draw(st.lists(st.integers(0, m - 1), unique=True)) if m else [], dtype=int
    )
    whole = criteria.score(cohort)
    part = whole.take(rows, columns)
    assert_blocks_equal_pairs(part)
    i, j = everybody(part)
    got, want = part.scorer.pairs(i, j), whole.scorer.pairs(rows[i], columns[j])
    assert np.array_equal(got.scores, want.scores, equal_nan=True)
    assert part.scorer.rules == whole.scorer.rules or "not oneself" in whole.scorer.rules


@given(cohort=cohorts(4), criteria=mixtures())
def test_contributions_add_up_to_the_score_of_each_side_and_of_the_pair(
    cohort: mm.Cohort, criteria: mm.Criteria
) -> None:
    compatibility = criteria.score(cohort)
    allowed = compatibility
    n, m = compatibility.shape
    for i in range(n):
        for j in range(m):
            table = compatibility.scorer.breakdown(i, j)
            block = allowed.scorer.pairs(np.array([i]), np.array([j]))
            joined = table.iloc[-1]
            assert joined["criterion"] == "joined"
            assert table["contribution"].sum() == pytest.approx(joined["value"], abs=1e-12)
            if not block.eligible[0]:
                continue
            assert joined["value"] == pytest.approx(block.scores[0], abs=1e-12)
            rows = table.iloc[:-1]
            if not len(rows) and not criteria.normalise:
                assert block.scores[0] == 1
                continue
            if criteria.normalise and not criteria.weights:
                continue
            for side, scores in (("mentee", block.mentee_scores), ("mentor", block.mentor_scores)):
                mine = rows[rows["side"].isin(["both", side])]
                assert mine["contribution"].sum() == pytest.approx(scores[0], abs=1e-12)
                mine = mine[mine["criterion"] != "own range"]
                assert mine["weight"].sum() == pytest.approx(1 if len(mine) else 0, abs=1e-12)
            assert (rows["value"].dropna().between(0, 1)).all()
            empty = rows["value"].isna()
            assert rows.loc[empty, "sentence"].str.contains("missing|empty").all()


@HALF
@given(cohort=cohorts(), criteria=mixtures())
def test_removed_counts_what_each_rule_forbids(
    route: str, cohort: mm.Cohort, criteria: mm.Criteria
) -> None:
    compatibility = criteria.score(cohort)
    n, m = compatibility.shape
    scorer = compatibility.scorer
    removed = scorer.removed(np.arange(n))
    assert removed.shape == (n, len(scorer.rules))
    for i in range(n):
        for k, rule in enumerate(getattr(scorer, "scorer", scorer).standing):
            forbidden = rule.forbids(np.full(m, i), np.arange(m))
            assert removed[i, k] == forbidden.sum()
        for j in range(m):
            reasons = scorer.reasons(i, j)
            eligible = scorer.pairs(np.array([i]), np.array([j])).eligible[0]
            assert bool(reasons) != bool(eligible)
            assert all(
                any(reason.startswith(label) for label in scorer.rules) for reason in reasons
            )


@given(cohort=cohorts(), criteria=mixtures())
def test_scoring_changes_neither_table(cohort: mm.Cohort, criteria: mm.Criteria) -> None:
    before = cohort.mentees.copy(), cohort.mentors.copy()
    criteria.score(cohort).dense()
    pd.testing.assert_frame_equal(cohort.mentees, before[0])
    pd.testing.assert_frame_equal(cohort.mentors, before[1])


@given(cohort=cohorts(), criteria=mixtures())
def test_min_is_at_most_harmonic_at_most_geometric_at_most_mean(
    cohort: mm.Cohort, criteria: mm.Criteria
) -> None:
    joined = [
        mm.Criteria(*criteria.criteria, reciprocity=how, missing=criteria.missing)
        .score(cohort)
        .dense()
        for how in ("min", "harmonic", "geometric", "mean")
    ]
    for lower, higher in pairwise(joined):
        assert np.array_equal(np.isnan(lower), np.isnan(higher))
        assert np.nanmax(lower - higher, initial=-1) <= 1e-6


# By kind: what a cell may say beside nothing at all.
SAID = [
    (mm.criteria.Availability("c"), ["Mon 10-12", "never", "never"]),
    (mm.criteria.TagOverlap("c"), ["chess", "chess; tea", ";"]),
    (mm.criteria.SkillCoverage("c", "c"), ["Lua", "Lua; C", ";"]),
    (mm.criteria.Same("c", weight=1), ["a", "b", "b; a"]),
    (mm.criteria.Different("c", weight=1), ["a", "b", "b; a"]),
    (mm.criteria.LevelGap("c", ladder=["a", "b"]), ["a", "b", "b"]),
    (mm.criteria.Near("c", scale=2), [0, 1, 2]),
    (mm.criteria.TextSimilarity("c"), ["lua code", "the of", "?"]),
    (mm.criteria.Avoids("c"), ["mentors0", "nobody", ";"]),
    (mm.criteria.Prefers("c"), ["mentors0", "mentors1", ";"]),
]


@pytest.mark.parametrize(("criterion", "said"), SAID, ids=[type(one).__name__ for one, _ in SAID])
@pytest.mark.parametrize("turn", range(4))
def test_who_did_not_say_is_not_like_who_said_nothing(
    criterion: mm.criteria.Criterion, said: list[object], turn: int
) -> None:
    """Once who is never free and who left the cell empty were one person, the first of the two."""
    cells = [None, *said]
    cells = [*cells[turn:], *cells[:turn]] * 3
    tables = {
        side: pd.DataFrame({"id": [f"{side}{k}" for k in range(len(cells))], "c": cells})
        for side in ("mentees", "mentors")
    }
    assert_blocks_equal_pairs(mm.Criteria(criterion).score(mm.Cohort(**tables, id="id")))


def test_a_pair_with_two_scores_is_no_matching(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the screen said "at most -0.25% below the best"."""
    made = FittedAvailability.of

    def of_one_kind(*given: Any, **named: Any) -> FittedAvailability:
        found = made(*given, **named)
        return replace(found, mentee_codes=found.mentees.codes)

    monkeypatch.setattr(FittedAvailability, "of", of_one_kind)
    cells = ["Mon 10-12", "Mon 10-12", "never", None]
    mentees, mentors = (
        pd.DataFrame({"id": [f"{side}{k}" for k in range(4)], "free": free})
        for side, free in (("e", cells), ("o", cells[:2] * 2))
    )
    criteria = mm.Criteria(mm.criteria.Availability("free"))
    problem = mm.Problem(criteria.score(mm.Cohort(mentees, mentors, id="id")))
    said = r"a total of 2\.5, and no matching can have more than 2\..*one score alone and another"
    with pytest.raises(mm.MentorMatchError, match=said):
        mm.match(problem)
