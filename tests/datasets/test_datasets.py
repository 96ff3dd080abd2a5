"""Synthetic programmes: reproducible, realistic at any size, and marked as what they are."""

from __future__ import annotations

import re
import time
from collections import Counter
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentormatch.cohort import SIDES
from mentormatch.datasets import it_program, sample
from mentormatch.errors import CohortError

if TYPE_CHECKING:
    from mentormatch.cohort import Cohort, Side

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEVELS = ("intern", "junior", "mid", "senior", "staff", "principal")
ALWAYS_THERE = ("name", "email", "field", "country", "years")
PROSE: dict[Side, str] = {"mentees": "goals", "mentors": "bio"}
SKILLS: dict[Side, str] = {"mentees": "wants_to_learn", "mentors": "can_teach"}
LISTS = {
    "mentees": ("languages", "interests", "availability", "wants_to_learn", "preferred_mentors"),
    "mentors": ("languages", "interests", "availability", "can_teach"),
}


@pytest.fixture(scope="module")
def large() -> Cohort:
    return it_program(6_000, 2_000, seed=7)


def names_lua(cohort: Cohort, side: Side) -> int:
    return sum("Lua" in skills for skills in cohort.tags(side, SKILLS[side]))


def rank_of_level(table: pd.DataFrame) -> pd.Series:
    return table["level"].map({name: k for k, name in enumerate(LEVELS)})


# ---------------------------------------------------------------- the same seed, any size


def test_the_same_seed_gives_the_same_programme() -> None:
    first, second = it_program(200, 70, seed=3), it_program(200, 70, seed=3)
    pd.testing.assert_frame_equal(first.mentees, second.mentees)
    pd.testing.assert_frame_equal(first.mentors, second.mentors)


def test_another_seed_gives_other_people() -> None:
    first, second = it_program(200, 70, seed=3), it_program(200, 70, seed=4)
    for column in ("name", "wants_to_learn", "goals", "tz", "level", "gender"):
        same = (first.mentees[column] == second.mentees[column]).mean()
        assert same < 0.9, column
    assert (first.mentors["capacity"] != second.mentors["capacity"]).any()


@pytest.mark.parametrize("sizes", [(0, 0), (1, 0), (0, 1), (1, 1), (2, 3), (400, 3), (3, 400)])
def test_any_size_gives_tables_of_one_shape(sizes: tuple[int, int]) -> None:
    cohort, usual = it_program(*sizes, seed=1), it_program(50, 50, seed=1)
    assert (len(cohort.mentees), len(cohort.mentors)) == sizes
    for side in SIDES:
        assert list(cohort.table(side).columns) == list(usual.table(side).columns)
        assert cohort.table(side)["years"].dtype.kind == "i"
    assert cohort.mentors["capacity"].dtype.kind == "i"
    assert cohort.shares_ids


@settings(max_examples=max(10, settings().max_examples // 3))
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 2**63))
def test_every_programme_is_well_formed(n_mentees: int, n_mentors: int, seed: int) -> None:
    cohort = it_program(n_mentees, n_mentors, seed)
    for side in SIDES:
        table = cohort.table(side)
        assert table.index.is_unique
        assert table[list(ALWAYS_THERE)].notna().all(axis=None)
        assert table["level"].dropna().isin(LEVELS).all()
        assert (table["years"] >= 0).all()
        for column in LISTS[side]:
            for cell, values in zip(table[column], cohort.tags(side, column), strict=True):
                # No repetition, and no name that a reader of cells would take apart.
                assert pd.isna(cell) if not values else cell == "; ".join(values)
    assert cohort.mentors["capacity"].between(0, 5).all()
    managers = cohort.mentees["manager"].dropna()
    known = managers.isin(cohort.mentor_ids)
    assert managers[~known].str.fullmatch(r"lead-\d{6}").all()
    own_team = cohort.mentors["team"].reindex(managers[known])
    theirs = cohort.mentees.loc[managers[known].index, "team"]
    both = own_team.notna().to_numpy() & theirs.notna().to_numpy()
    assert (own_team.to_numpy()[both] == theirs.to_numpy()[both]).all()
    for preferred in cohort.tags("mentees", "preferred_mentors"):
        assert len(preferred) <= 3
        assert set(preferred) <= set(cohort.mentor_ids)


@pytest.mark.parametrize("bad", [-1, 2.5, "10", None, True])
def test_every_wrong_number_is_said_with_its_name(bad: object) -> None:
    with pytest.raises(CohortError) as caught:
        it_program(bad, 5, seed=bad)  # type: ignore[arg-type]
    assert [finding.column for finding in caught.value.findings] == ["n_mentees", "seed"]
    assert "expected a whole number of 0 or more" in str(caught.value)


def test_whole_numbers_of_numpy_are_taken() -> None:
    sizes: tuple[Any, Any] = (np.int64(3), np.uint8(2))
    cohort = it_program(*sizes, seed=1)
    assert (len(cohort.mentees), len(cohort.mentors)) == (3, 2)


def test_more_mentees_do_not_mean_other_mentors() -> None:
    columns = ["name", "level", "can_teach", "bio", "capacity", "availability"]
    few, many = it_program(10, 40, seed=2), it_program(500, 40, seed=2)
    pd.testing.assert_frame_equal(few.mentors[columns], many.mentors[columns])


# ---------------------------------------------------------------- like a real programme


def test_skills_have_a_long_tail(large: Cohort) -> None:
    for side, column in SKILLS.items():
        count = Counter(skill for skills in large.tags(side, column) for skill in skills)
        by_use = np.array([uses for _, uses in count.most_common()])
        assert len(count) > 250
        assert by_use[:20].sum() > 0.3 * by_use.sum()
        assert np.median(by_use) < 0.1 * by_use[0]
        # Zipf: over the ranks in the middle, log use falls about linearly with log rank.
        ranks = np.arange(5, 200)
        slope = np.polyfit(np.log(ranks), np.log(by_use[ranks]), 1)[0]
        assert -1.6 < slope < -0.4
        assert {"Lua", "LÖVE", "OpenResty", "Nginx", "Redis", "Neovim", "C", "C++"} <= set(count)
        assert {"C#", "R", "Rust", "Kubernetes", "Postgres"} <= set(count)


def test_skills_depend_on_the_field(large: Cohort) -> None:
    wants = pd.Series(large.tags("mentees", "wants_to_learn"), index=large.mentees.index)
    for skill, field in (("React", "frontend"), ("Kubernetes", "platform"), ("LÖVE", "games")):
        share = (
            wants.map(lambda skills, s=skill: s in skills).groupby(large.mentees["field"]).mean()
        )
        assert share.idxmax() == field
        assert share[field] > 2.5 * share.drop(field).mean()


@pytest.mark.parametrize("seed", range(20))
def test_lua_people_are_on_both_sides_from_thirty_people_on(seed: int) -> None:
    cohort = it_program(30, 30, seed)
    assert names_lua(cohort, "mentees") >= 1
    assert names_lua(cohort, "mentors") >= 1


def test_mentors_stand_higher_than_mentees(large: Cohort) -> None:
    mentees, mentors = rank_of_level(large.mentees), rank_of_level(large.mentors)
    assert mentors.mean() > mentees.mean() + 1
    assert set(large.mentees["level"].dropna()) == set(LEVELS)
    assert large.mentors["years"].mean() > large.mentees["years"].mean() + 5


def test_gender_goes_with_the_field(large: Cohort) -> None:
    people = pd.concat([large.mentees, large.mentors])
    women = (people["gender"] == "woman").groupby(people["field"]).mean()
    assert women["quality"] > women["embedded"] + 0.15
    assert women["frontend"] > women["platform"] + 0.10
    assert set(people["gender"].dropna()) == {"woman", "man", "non-binary"}


def test_the_planted_effect_of_gender_on_level_is_there_within_fields(large: Cohort) -> None:
    mentees = large.mentees.assign(rank=rank_of_level(large.mentees)).dropna(subset=["rank"])
    mean = mentees.pivot_table(index="field", columns="gender", values="rank", aggfunc="mean")
    gap = mean["man"] - mean["woman"]
    assert gap.mean() > 0.2
    assert (gap > 0).mean() >= 0.9


def test_age_goes_with_level_and_field(large: Cohort) -> None:
    mentees = large.mentees.dropna(subset=["age_group", "level"])
    old = mentees["age_group"].isin(["45 to 54", "55 and over"])
    assert old[mentees["level"] == "staff"].mean() > old[mentees["level"] == "junior"].mean() + 0.2
    young = mentees["age_group"] == "under 25"
    assert young[mentees["field"] == "games"].mean() > young[mentees["field"] == "embedded"].mean()


@pytest.mark.parametrize("n_mentors", [1, 7, 60, 3_400])
def test_seats_are_three_for_each_mentor(n_mentors: int) -> None:
    capacity = it_program(0, n_mentors, seed=5).mentors["capacity"]
    # Each share is rounded once, so the total is nearly the same whatever the seed.
    assert abs(capacity.sum() - 3 * n_mentors) <= 5
    if n_mentors >= 100:
        assert set(capacity) == {0, 1, 2, 3, 4, 5}


def test_all_zones_exist_and_all_windows_can_be_read(large: Cohort) -> None:
    for side in SIDES:
        for zone in large.table(side)["tz"].dropna().unique():
            ZoneInfo(zone)
        for windows in set(large.tags(side, "availability")):
            seen = []
            for window in windows:
                match = re.fullmatch(r"(\w{3}) (\d\d):(\d\d)-(\d\d):(\d\d)", window)
                assert match, window
                day, *clock = match.groups()
                start, end = (60 * int(h) + int(m) for h, m in (clock[:2], clock[2:]))
                assert 0 <= start < end <= 24 * 60
                assert start % 15 == end % 15 == 0
                seen.append(DAYS.index(day))
            assert all(first < second for first, second in pairwise(seen))


def test_goals_and_bios_are_prose_about_the_persons_own_skills(large: Cohort) -> None:
    for side in SIDES:
        texts, own = large.column(side, PROSE[side]), large.tags(side, SKILLS[side])
        for text, named in zip(texts, own, strict=True):
            if pd.notna(text) and named:
                assert any(skill in text for skill in named)
                assert 1 <= len(re.findall(r"[.](?: |$)", text)) <= 3
                assert "{" not in text
        assert texts.nunique() > 0.5 * len(texts)


def test_some_cells_are_empty_but_never_those_a_match_needs(large: Cohort) -> None:
    for side in SIDES:
        table = large.table(side)
        empty = table.isna().mean()
        assert (empty[["team", "level", "tz", "gender", "interests", "availability"]] > 0).all()
        assert empty.drop("preferred_mentors", errors="ignore").max() < 0.15
        assert (empty[list(ALWAYS_THERE)] == 0).all()
    assert large.mentors["capacity"].notna().all()
    assert 0.15 < large.mentees["preferred_mentors"].notna().mean() < 0.25


def test_time_and_table_grow_in_proportion_to_the_people() -> None:
    def seconds(n_mentees: int, n_mentors: int) -> float:
        start = time.process_time()
        it_program(n_mentees, n_mentors)
        return time.process_time() - start

    seconds(100, 34)
    assert seconds(20_000, 6_800) < 30 * min(seconds(2_000, 680) for _ in range(3))


# ---------------------------------------------------------------- nobody of whom exists


@pytest.mark.parametrize(
    "cohort", [sample(), it_program(300, 100, seed=9)], ids=["sample", "drawn"]
)
def test_everybody_is_marked_as_synthetic(cohort: Cohort) -> None:
    for side, table in (("mentee", cohort.mentees), ("mentor", cohort.mentors)):
        assert table.index.str.fullmatch(side + r"-\d{6}").all()
        assert table["name"].str.fullmatch(r"Sample \w+-\d+").all()
        assert table["email"].str.endswith("@example.org").all()
        assert (table["email"].str.removesuffix("@example.org") == table.index).all()
    assert not set(cohort.mentees["name"]) & set(cohort.mentors["name"])


def test_the_documentation_says_that_nobody_exists() -> None:
    for about in (it_program.__doc__, sample.__doc__):
        assert "synthetic" in (about or "")
    words = (files("mentormatch") / "data" / "it_program.toml").read_text("utf-8")
    assert "Nobody in it exists" in words


def test_the_sample_is_what_its_docstring_says() -> None:
    cohort = sample()
    assert (len(cohort.mentees), len(cohort.mentors)) == (120, 60)
    assert cohort.mentors["capacity"].sum() == 180
    assert cohort.mentors["capacity"].nunique() == 6
    assert names_lua(cohort, "mentees") >= 10
    assert names_lua(cohort, "mentors") >= 5
    assert set(cohort.mentees["manager"]) & set(cohort.mentor_ids)
    assert "sample mentees" in repr(cohort)
    drawn = it_program(120, 60, seed=0)
    # numpy may draw other numbers in a later version, but not another kind of table.
    for side in SIDES:
        assert list(cohort.table(side).columns) == list(drawn.table(side).columns)
        assert (cohort.table(side).dtypes == drawn.table(side).dtypes).all()


@pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.0.0",
    reason="the sample was drawn with numpy 2, and streams may differ between major versions",
)
def test_the_sample_was_made_by_the_command_in_its_docstring() -> None:
    cohort, drawn = sample(), it_program(120, 60, seed=0)
    for side in SIDES:
        pd.testing.assert_frame_equal(cohort.table(side), drawn.table(side))
        bundled = (files("mentormatch") / "data" / f"sample_{side}.csv").read_text("utf-8")
        assert bundled == drawn.table(side).to_csv(lineterminator="\n")
