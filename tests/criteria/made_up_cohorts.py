"""Hypothesis strategies: small cohorts with every kind of cell, and mixtures of criteria."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

import mentormatch as mm

SKILLS = ["Lua", "C", "C++", "C#", "Python", "js", "JavaScript", "LÖVE", "OpenResty"]
LADDER = ["junior", "mid", "senior", "staff"]
TEAMS = ["Platform", "Data", "platform ", "Web", "Data; Web"]
PEOPLE = ["a", "b", "c", "d", "e", "f", "g"]


def several(words: list[str]) -> st.SearchStrategy[str | None]:
    cells = st.lists(st.sampled_from(words), max_size=4).map("; ".join)
    return st.one_of(st.none(), cells)


def one_of(values: list[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), st.sampled_from(values))


def with_levels(words: list[str]) -> st.SearchStrategy[str | None]:
    token = st.tuples(st.sampled_from(words), st.sampled_from(["", ":1", ":2", ":5", ":2.5"]))
    cells = st.lists(token.map("".join), max_size=4).map(", ".join)
    return st.one_of(st.none(), cells)


CELLS: dict[str, st.SearchStrategy[Any]] = {
    "skills": several(SKILLS),
    "rated": with_levels(["Lua", "C", "C++"]),
    "tags": several(["chess", "Go", "tea", "ski", "Chess"]),
    "level": one_of(LADDER),
    "years": one_of([0, 1, 2.5, 3, 10]),
    "team": one_of(TEAMS),
    "manager": one_of(PEOPLE),
    "text": one_of(
        ["write Lua scripts", "scripting in lua", "paint, write", "C# and C++", "??", ""]
    ),
    "free": one_of(
        ["Mon 09:00-11:00; Sun 01:00-04:00", "Sun 00:30-02:45", "Mon-Fri 22-23", "never"]
    ),
    "tz": one_of(["Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu"]),
}


@st.composite
def tables(draw: st.DrawFn, max_people: int = 6) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two tables that share the id column, so that some people are in both."""
    frames = []
    for _ in range(2):
        ids = draw(st.lists(st.sampled_from(PEOPLE), unique=True, max_size=max_people))
        columns = {
            name: pd.Series([draw(cell) for _ in ids], dtype=object) for name, cell in CELLS.items()
        }
        frames.append(pd.DataFrame({"id": pd.Series(ids, dtype=object), **columns}))
    return frames[0], frames[1]


def cohorts(max_people: int = 6) -> st.SearchStrategy[mm.Cohort]:
    return tables(max_people).map(lambda two: mm.Cohort(*two))


def years_apart(mentees: pd.DataFrame, mentors: pd.DataFrame) -> np.ndarray:
    """A function for `Custom` that leaves a value missing for some pairs."""
    near = pd.to_numeric(mentees["years"]).to_numpy(dtype=float)
    far = pd.to_numeric(mentors["years"]).to_numpy(dtype=float)
    return 1 / (1 + np.abs(np.subtract.outer(near, far)))


WEIGHTS = st.sampled_from([0.5, 1.0, 1.1, 3.0, 7.25])
SIDES = st.sampled_from(["both", "both", "mentee", "mentor"])
MINIMUMS = st.sampled_from([None, None, 0.25, 0.5, 1.0])


@st.composite
def shared(draw: st.DrawFn, kind: type) -> Any:
    two = draw(
        st.sampled_from([("team", "team"), ("manager", "id"), ("skills", "tags"), ("tags", "tags")])
    )
    hard = draw(st.booleans())
    given = {} if hard else {"weight": draw(WEIGHTS), "minimum": draw(MINIMUMS)}
    return kind(mentee=two[0], mentor=two[1], side=draw(SIDES), **given)


@st.composite
def weighted(draw: st.DrawFn, make: Any) -> Any:
    minimum = draw(MINIMUMS)
    only_rule = minimum is not None and draw(st.booleans())
    weight = None if only_rule else draw(WEIGHTS)
    return make(draw, weight=weight, side=draw(SIDES), minimum=minimum)


def _skills(draw: st.DrawFn, **given: Any) -> Any:
    if draw(st.booleans()):
        return mm.criteria.SkillCoverage("rated", "rated", levels=5, **given)
    taxonomy = draw(st.sampled_from([None, {"OpenResty": "Lua", "LÖVE": "Lua", "Lua": "C"}]))
    return mm.criteria.SkillCoverage(
        "skills", "skills", taxonomy=taxonomy, rarity=draw(st.booleans()), **given
    )


def _tags(draw: st.DrawFn, **given: Any) -> Any:
    if draw(st.booleans()):
        return mm.criteria.TagOverlap("rated", levels=5, **given)
    return mm.criteria.TagOverlap("tags", rarity=draw(st.booleans()), **given)


def _levels(draw: st.DrawFn, **given: Any) -> Any:
    require = draw(st.booleans())
    if draw(st.booleans()):
        shape = draw(st.sampled_from([{}, {"curve": {1: 0.75, 2: 1}}, {"between": (0, 1)}]))
        return mm.criteria.LevelGap("level", ladder=LADDER, require=require, **shape, **given)
    return mm.criteria.LevelGap("years", require=require, g_max=9, **given)


def _custom(draw: st.DrawFn, **given: Any) -> Any:
    return mm.criteria.Custom(years_apart, **given)


def letters(texts: list[str]) -> np.ndarray:
    """A made-up embedding: how often each of some letters occurs."""
    return np.array([[text.lower().count(letter) - 0.5 for letter in "aeilru"] for text in texts])


def _text(draw: st.DrawFn, **given: Any) -> Any:
    how = draw(st.sampled_from([{"embed": letters}, {"characters": None}, {"characters": (2, 3)}]))
    return mm.criteria.TextSimilarity("text", **how, **given)


def _availability(draw: st.DrawFn, **given: Any) -> Any:
    zones = draw(st.sampled_from(["tz", "Europe/Berlin", ("tz", "Asia/Kathmandu")]))
    return mm.criteria.Availability(
        "free",
        timezone=zones,
        dates=draw(st.sampled_from([("2027-03-08", "2027-03-31"), ("2027-10-25", "2027-10-26")])),
        slot=draw(st.sampled_from([None, 0.25, 1])),
        minimum_hours=draw(st.sampled_from([None, 0.5, 1])),
        wanted_hours=draw(st.sampled_from([0.75, 0.8, 2])),
        **given,
    )


def _near(draw: st.DrawFn, **given: Any) -> Any:
    return mm.criteria.Near("years", scale=draw(st.sampled_from([0.5, 3, 100])), **given)


def _prefers(draw: st.DrawFn, **given: Any) -> Any:
    unlisted = draw(st.sampled_from([0.0, 0.3, "missing"]))
    by = draw(st.sampled_from(["mentee", "mentor"]))
    of = draw(st.sampled_from(["tags", "skills"]))
    return mm.criteria.Prefers(of, of=of, by=by, unlisted=unlisted, unknown="ignore", **given)


KINDS: dict[str, st.SearchStrategy[Any]] = {
    "Same": shared(mm.criteria.Same),
    "Different": shared(mm.criteria.Different),
    "SkillCoverage": weighted(_skills),
    "TagOverlap": weighted(_tags),
    "LevelGap": weighted(_levels),
    "TextSimilarity": weighted(_text),
    "Availability": weighted(_availability),
    "Near": weighted(_near),
    "Prefers": weighted(_prefers),
    "Custom": weighted(_custom),
}


@st.composite
def mixtures(draw: st.DrawFn) -> mm.Criteria:
    """Any number of criteria of any kind, with any policy."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=4))
    chosen = [replace(draw(KINDS[kind]), name=f"{k} {kind}") for k, kind in enumerate(kinds)]
    return mm.Criteria(
        *chosen,
        reciprocity=draw(st.sampled_from(["mean", "harmonic", "geometric", "min"])),
        missing=draw(st.sampled_from(["neutral", "skip", "zero"])),
        allow_self=draw(st.booleans()),
        normalise=draw(st.sampled_from([False, False, True])),
    )
