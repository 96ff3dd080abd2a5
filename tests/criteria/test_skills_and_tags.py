"""Skills and tags: names kept apart, definitions by hand, and what a wrong cell says."""

from __future__ import annotations

import gzip
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.criteria.cells.skill_names import reader, shipped_table, skill_key
from mentormatch.criteria.cells.tokens import normalise
from mentormatch.criteria.interface.fitted import Fitted

if TYPE_CHECKING:
    from pathlib import Path

SkillCoverage, TagOverlap = mm.criteria.SkillCoverage, mm.criteria.TagOverlap


def two_tables(wants: list[Any], offers: list[Any]) -> mm.Cohort:
    return mm.Cohort(pd.DataFrame({"wants": wants}), pd.DataFrame({"offers": offers}))


def coverage(wants: list[Any], offers: list[Any], **given: Any) -> list[list[float]]:
    criteria = mm.Criteria(SkillCoverage("wants", "offers", **given))
    return criteria.score(two_tables(wants, offers)).dense().tolist()


def test_names_that_differ_by_a_sign_stay_different_skills() -> None:
    names = ["C", "C++", "C#", "F#", "R", ".NET", "Node.js", "Java", "JavaScript", "AI", "retail"]
    assert coverage(names, names) == np.eye(len(names)).tolist()


def test_a_short_name_never_hits_a_longer_one() -> None:
    assert coverage(["AI", "Java", "Go"], ["retail", "JavaScript", "Django"]) == [[0.0] * 3] * 3


def test_no_two_technologies_of_onet_fall_together(known_data: Path) -> None:
    with gzip.open(known_data / "onet" / "technology_names.txt.gz", "rt", encoding="utf-8") as file:
        names = set(file.read().splitlines())
    table = shipped_table()
    read = reader("skills", {}, None, 1.0, table)
    assert len(names) == 8_768
    assert len({normalise(name) for name in names}) == 8_768
    # One that joins two is both of them, and still unlike every other.
    assert len({tuple(key for key, _, _ in read(name)) for name in names}) == 8_768


def test_shipped_aliases_are_keys_and_lead_to_a_name_in_one_step() -> None:
    aliases = shipped_table().aliases
    assert {"js", "k8s", "postgres", "csharp", "golang", "msexcel"} <= set(aliases)
    assert all(alias == skill_key(alias) for alias in aliases)
    assert not set(aliases) & set(aliases.values())


def test_aliases_of_the_package_and_of_the_user() -> None:
    assert coverage(["js, K8S, Postgres"], ["JavaScript; kubernetes; PostgreSQL"]) == [[1.0]]
    assert coverage(["OR"], ["OpenResty"], aliases={"OR": "OpenResty"}) == [[1.0]]
    # The user's word overrules the package's, in any writing, and a chain is followed to its end.
    assert coverage(["JS"], ["Just Stories"], aliases={"Js": "Just Stories"}) == [[1.0]]
    assert coverage(["a"], ["JavaScript"], aliases={"a": "js"}) == [[1.0]]


def test_coverage_counts_what_is_wanted_and_nothing_else() -> None:
    offers = ["Lua", "Lua, C, Python, Rust, Go", "Rust", "lua;LUA"]
    assert coverage(["Lua, C, SQL, Perl"], offers) == [[0.25, 0.5, 0.0, 0.25]]


def test_levels_cover_up_to_what_is_needed() -> None:
    # need 4 of 5: offered at 2 covers half; without a level anything covers and is covered.
    assert coverage(["python:4"], ["python:2", "Python:5", "python", "C:5"], levels=5) == [
        [0.5, 1.0, 1.0, 0.0]
    ]
    assert coverage(["python, C:2"], ["python:1; C:1"], levels=5) == [[0.75]]
    words = ["basic", "good", "expert"]
    assert coverage(["python:expert"], ["python:good"], levels=words) == [[pytest.approx(2 / 3)]]


@pytest.mark.parametrize(
    ("offered", "said"),
    [(1, "a little of"), (2, "about half of"), (3, "about half of"), (4, "most of")],
)
def test_how_much_of_a_skill_is_offered_is_said_in_words(offered: int, said: str) -> None:
    """It said "partly Lua (0.2)", a number that only the scores know."""
    skills = SkillCoverage("wants", "offers", levels=5)
    compatibility = mm.Criteria(skills).score(two_tables(["Lua: 5"], [f"Lua: {offered}"]))
    assert compatibility.breakdown(0, 0)["sentence"][0] == (
        f"partly offers Lua ({said} what is wanted)"
    )


def test_rare_skills_weigh_more_by_the_stated_formula() -> None:
    common = math.log(4 / 4) + 1
    rare = math.log(4 / 2) + 1
    found = coverage(["Lua, SQL"], ["SQL", "SQL", "SQL, Lua"], rarity=True)
    expected = common / (common + rare)
    assert found == [[pytest.approx(expected), pytest.approx(expected), 1.0]]


def test_a_part_counts_partly_towards_what_it_is_part_of_and_not_the_other_way() -> None:
    taxonomy = {"OpenResty": "Lua", "Lapis": "OpenResty", "LÖVE": ["Lua", "Games"]}
    offers = ["OpenResty", "Lapis", "love2d", "Lua", "OpenResty; Lua"]
    assert coverage(["Lua"], offers, taxonomy=taxonomy) == [[0.5, 0.25, 0.5, 1.0, 1.0]]
    assert coverage(["OpenResty"], ["Lua"], taxonomy=taxonomy) == [[0.0]]
    table = pd.DataFrame({"child": ["OpenResty"], "parent": ["lua"]})
    assert coverage(["Lua"], ["OpenResty"], taxonomy=table, credit=0.8) == [[0.8]]


def test_sentences_name_what_is_covered_partly_and_not() -> None:
    skills = SkillCoverage("wants", "offers", taxonomy={"OpenResty": "Lua"})
    compatibility = mm.Criteria(skills).score(
        two_tables(["C; nginx; redis; lua", None], ["Nginx, Redis, OpenResty", "C, C++"])
    )
    said = [compatibility.breakdown(0, j)["sentence"][0] for j in (0, 1)]
    assert said[0] == (
        "offers 2 of the 4 skills wanted: nginx, redis; partly lua (about half of what is wanted); "
        "lacks C"
    )
    assert said[1] == "offers 1 of the 4 skills wanted: C; lacks lua, nginx, redis"
    missing = compatibility.breakdown(1, 0).iloc[0]
    assert np.isnan(missing["value"])
    assert missing["contribution"] == 0.5
    assert missing["sentence"] == "missing: the mentee's 'wants' is empty"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"aliases": {"a": "b", "B": "A"}}, "aliases 'a' → 'b' → 'a' go round in a circle"),
        ({"aliases": ["js"]}, "aliases must map a way of writing to the name it stands for"),
        ({"taxonomy": {"a": "b", "b": "a"}}, "the taxonomy puts 'a' above itself"),
        ({"taxonomy": 3}, "taxonomy must map each skill to what it is part of"),
        ({"taxonomy": pd.DataFrame({"child": []})}, "has no column 'parent'"),
        ({"taxonomy": {"a": 3}}, "the taxonomy must pair two names, got 'a' → 3"),
        ({"levels": 0}, "levels must be the highest proficiency, such as 5"),
        ({"levels": ["good", "Good"]}, "levels must be the highest proficiency"),
        ({"credit": 1.5}, "credit must be from 0 to 1, got 1.5"),
    ],
)
def test_a_setting_without_meaning_is_refused_with_the_cure(given: Any, message: str) -> None:
    with pytest.raises(mm.CriterionError, match=message):
        SkillCoverage("wants", "offers", **given)


def test_unreadable_levels_come_all_at_once_with_row_and_cure() -> None:
    criteria = mm.Criteria(SkillCoverage("wants", "offers", levels=["basic", "good"]))
    with pytest.raises(mm.CohortError) as caught:
        criteria.score(two_tables(["C:basic", "C:god"], ["C:best", "C", "C:best"]))
    assert [finding.row for finding in caught.value.findings] == [3, 2, 4]
    first = str(caught.value.findings[0])
    assert "mentees, row 3, column 'wants': found 'C:god'" in first
    assert "must end in one of the levels basic, good. Did you mean 'good'?" in first
    with pytest.raises(mm.CohortError, match="above 0 and at most 5, such as 'C:3'"):
        mm.Criteria(SkillCoverage("wants", "offers", levels=5)).score(two_tables(["C:9"], ["C"]))


# ---------------------------------------------------------------- tags


def jaccard(one: dict[str, float], other: dict[str, float]) -> float:
    names = one.keys() | other.keys()
    low = sum(min(one.get(name, 0), other.get(name, 0)) for name in names)
    return low / sum(max(one.get(name, 0), other.get(name, 0)) for name in names)


amounts = st.dictionaries(st.sampled_from("abcd"), st.sampled_from([1, 2, 2.5, 5]), min_size=1)


@given(st.lists(amounts, min_size=1, max_size=4), st.lists(amounts, min_size=1, max_size=4))
def test_tag_overlap_is_weighted_jaccard(one: list[Any], other: list[Any]) -> None:
    cells = [
        [", ".join(f"{k}:{v}" for k, v in cell.items()) for cell in side] for side in (one, other)
    ]
    cohort = mm.Cohort(pd.DataFrame({"t": cells[0]}), pd.DataFrame({"t": cells[1]}))
    found = mm.Criteria(TagOverlap("t", levels=5)).score(cohort).dense()
    expected = [[jaccard(a, b) for b in other] for a in one]
    np.testing.assert_allclose(found, expected, atol=1e-14)


def test_rare_tags_weigh_more_over_people_of_both_sides() -> None:
    cohort = mm.Cohort(pd.DataFrame({"t": ["go, tea"]}), pd.DataFrame({"t": ["tea", "tea"]}))
    tea, go = math.log(4 / 4) + 1, math.log(4 / 2) + 1
    found = mm.Criteria(TagOverlap("t", rarity=True)).score(cohort).dense()
    np.testing.assert_allclose(found, [[tea / (tea + go)] * 2])


def test_a_tag_list_that_is_empty_is_missing_not_zero() -> None:
    cohort = mm.Cohort(pd.DataFrame({"t": [" ; ", "a"]}), pd.DataFrame({"t": ["a", "b"]}))
    assert mm.Criteria(TagOverlap("t")).score(cohort).dense().tolist() == [[0.5, 0.5], [1.0, 0.0]]
    assert mm.Criteria(TagOverlap("t"), missing="zero").score(cohort).dense()[0].tolist() == [0, 0]


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("weights", [(1.0, 2.0), (1.1, 1.0), (0.3, 0.1)])
@pytest.mark.parametrize("missing", [0, 1])
def test_people_with_nothing_in_common_are_matched_rather_than_left_out(
    missing: int, weights: tuple[float, float], precision: str
) -> None:
    mentees = pd.DataFrame({"t": ["chess", "tea; go"], "u": ["go", "jazz"]})
    # Whose tags are missing counts as half: what fills that in must not remain elsewhere.
    mentors = pd.DataFrame(
        {"t": ["ski", "tea", None], "u": ["ski; jazz", "chess; tea; go", None]}
    ).iloc[: 2 + missing]
    tags = [
        mm.criteria.TagOverlap(column, weight=weight)
        for column, weight in zip("tu", weights, strict=True)
    ]
    compatibility = mm.Criteria(*tags).score(mm.Cohort(mentees, mentors), precision=precision)
    assert compatibility.dense()[0, 0] == 0
    matching = mm.match(mm.Problem(compatibility, coverage_first=False))
    assert len(matching.pairs) == 2


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("highest", [1e-300, 1e-45, 5.0, 1e39, 1e300])
def test_the_unit_of_amounts_does_not_matter(highest: float, precision: str) -> None:
    def amounts(*some: tuple[str, float]) -> str:
        return ", ".join(f"{tag}:{part * highest!r}" for tag, part in some)

    mentees = pd.DataFrame({"t": [amounts(("a", 1), ("b", 0.5)), amounts(("c", 0.25)), None]})
    mentors = pd.DataFrame({"t": [amounts(("a", 0.5), ("c", 1)), amounts(("b", 0.5)), None]})
    tags = mm.criteria.TagOverlap("t", levels=highest)
    found = mm.Criteria(tags).score(mm.Cohort(mentees, mentors), precision=precision).dense()
    expected = [[0.5 / 2.5, 0.5 / 1.5, 0.5], [0.25 / 1.5, 0, 0.5], [0.5, 0.5, 0.5]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_values_at_the_minimum_are_not_measured_one_by_one(
    precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = ["chess; go", "chess; tea", "chess; ski", "go; ski"]
    cohort = mm.Cohort(pd.DataFrame({"t": cells}), pd.DataFrame({"t": ["chess; go; tea; ski"] * 3}))
    tags = mm.criteria.TagOverlap("t", minimum=0.5)
    scorer = mm.Criteria(tags).score(cohort, precision=precision).scorer
    monkeypatch.setattr(Fitted, "measured", None)
    block = scorer.block(slice(None))
    assert block.eligible.all()
    assert (block.scores == 0.5).all()


@pytest.mark.parametrize(
    ("cell", "cure"),
    [
        ({"SQL": 3}, r"\['SQL'\].*\['SQL:3'\]"),
        ([("Python", 3)], r"\['Python'\].*\['Python:3'\]"),
        ([{"name": "Lua"}], r"\['SQL'\].*\['SQL:3'\]"),
    ],
)
def test_a_mapping_or_a_list_of_tuples_is_refused_with_how_to_write_it(cell, cure) -> None:
    """Each became one skill that nobody else has, "('Python', 3)"."""
    cohort = mm.Cohort(pd.DataFrame({"w": ["SQL"]}), pd.DataFrame({"w": [["Lua"], cell]}))
    for criterion in (mm.criteria.SkillCoverage("w", "w", levels=5), mm.criteria.TagOverlap("w")):
        with pytest.raises(
            mm.CohortError,
            match=rf"mentors, row 3, column 'w': found .*plain list of values, such as {cure}",
        ):
            mm.Criteria(criterion).score(cohort)


def test_a_reason_tells_no_level_that_somebody_else_wrote():
    """It said "Lua: 1" of who wants and is offered 3, as one had written that skill so."""
    mentees = pd.DataFrame({"w": ["Lua: 3; C: 2", "Lua: 1; C: 3"]}, index=["ana", "ben"])
    mentors = pd.DataFrame({"o": ["Lua: 2; C: 3", "Lua: 3; C: 1"]}, index=["mo", "nat"])
    criteria = mm.Criteria(mm.criteria.SkillCoverage("w", "o", levels=3, weight=1))
    sentence = criteria.score(mm.Cohort(mentees, mentors)).breakdown("ana", "nat")["sentence"][0]
    assert sentence.startswith("offers 1 of the 2 skills wanted: Lua; partly C (about half of ")
