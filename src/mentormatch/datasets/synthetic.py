"""Synthetic IT mentoring programmes of any size, and the bundled sample.

Nobody in these tables exists: names begin with "Sample", addresses end in ``@example.org``, a
domain reserved for examples, and everything else is drawn from lists of words.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from mentormatch.cohort import Cohort, read_cohort
from mentormatch.errors import CohortError, Finding, is_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["it_program", "sample"]

Codes: TypeAlias = "NDArray[np.intp]"
Column: TypeAlias = "Sequence[str | None] | NDArray[np.object_] | NDArray[np.int64]"

# Chances of the seats 0, 1, …, 5 of a mentor: 3 in the mean, so 34,000 mentors have 102,000 seats.
CAPACITY_CHANCES = (0.03, 0.09, 0.21, 0.32, 0.22, 0.13)
# How much further down the ranking by seniority women and non-binary people are put, in standard
# deviations. It is planted, for audits of fairness to find; it is no estimate of anything.
SENIORITY_SHIFT = -0.4
GENDERS = ("woman", "man", "non-binary")
AGE_GROUPS = ("under 25", "25 to 34", "35 to 44", "45 to 54", "55 and over")
TEAM_SIZE = 10
SKILLS_DRAWN = 16
# Share of cells that nobody filled in. Ids, names, addresses and capacities are always there.
EMPTY = {
    "team": 0.01,
    "tz": 0.01,
    "level": 0.01,
    "languages": 0.02,
    "interests": 0.08,
    "availability": 0.04,
    "gender": 0.05,
    "age_group": 0.06,
    "wants_to_learn": 0.02,
    "can_teach": 0.01,
    "goals": 0.06,
    "bio": 0.08,
    "manager": 0.05,
}


def it_program(n_mentees: int, n_mentors: int, seed: int = 0) -> Cohort:
    """Draw a synthetic mentoring programme of an IT organisation.

    Everybody works in a field (backend, frontend, data, platform, security, embedded, games,
    mobile, edge, quality). Fields, places and capacities come in fixed shares; the rest is drawn:

    - skills from the own field (70 %), another one (16 %) and what every field needs (14 %), the
      k-th most popular of each in proportion to 1/k (Zipf): over 300 names with a long tail. One
      person in twelve belongs to a Lua community and names Lua first; others name it as well.
    - level from intern to principal, with mentors higher than mentees. Age follows level, and years
      of experience follow age.
    - gender by field, and a planted effect: women and non-binary people stand lower in the ranking
      by seniority than men of the same field. Age groups differ between fields and levels. These
      groups are there for audits of fairness; no shares are estimates of real ones.
    - goals and bios in prose of one to three sentences about the person's own skills; weekly
      windows of availability in the person's own zone; interests, languages, teams.
    - for a mentee, its manager: a mentor of the same team (half of the time where there is one) or
      somebody outside the programme; and for one mentee in five up to three preferred mentors.

    A share of the cells is empty, as in real forms.

    Parameters
    ----------
    n_mentees, n_mentors
        How many people, 0 or more. The seats are 3 per mentor, so that 100,000 mentees and 34,000
        mentors are just about served.
    seed
        The same seed gives the same tables with the same version of numpy.

    Returns
    -------
    Cohort
        Both tables have ``id, name, email, team, field, country, tz, level, years, languages,
        interests, availability, gender, age_group``; mentees have ``wants_to_learn, goals, manager,
        preferred_mentors``, and mentors ``can_teach, bio, capacity``. Cells with several values are
        joined by ``"; "``.

    Raises
    ------
    CohortError
        A size or a seed that is no whole number of 0 or more.

    Examples
    --------
    >>> cohort = it_program(100, 34, seed=1)
    >>> cohort.mentees.index[0], cohort.mentors.index[-1]
    ('mentee-000001', 'mentor-000034')
    >>> int(cohort.mentors["capacity"].sum())
    102
    """
    mentees, mentors = _tables(n_mentees, n_mentors, seed)
    return Cohort(mentees, mentors, sources=("synthetic mentees", "synthetic mentors"))


def sample() -> Cohort:
    r"""Read the bundled synthetic programme: 120 mentees and 60 mentors, nobody of whom exists.

    The two files were written once, so that the sample stays the same whatever numpy draws::

        cohort = it_program(120, 60, seed=0)
        cohort.mentees.to_csv("sample_mentees.csv", lineterminator="\n")
        cohort.mentors.to_csv("sample_mentors.csv", lineterminator="\n")

    Examples
    --------
    >>> cohort = sample()
    >>> len(cohort.mentees), len(cohort.mentors), int(cohort.mentors["capacity"].sum())
    (120, 60, 180)
    """
    with as_file(files("mentormatch") / "data") as folder:
        cohort = read_cohort(folder / "sample_mentees.csv", folder / "sample_mentors.csv")
    # Where the package is installed says nothing to the reader of a finding.
    return replace(cohort, sources=("sample mentees", "sample mentors"))


@cache
def _words() -> dict[str, Any]:
    text = (files("mentormatch") / "data" / "it_program.toml").read_text("utf-8")
    return tomllib.loads(text)


def _tables(n_mentees: int, n_mentors: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw the two tables, with ids in a column."""
    n_mentees, n_mentors, seed = _check_counts(n_mentees=n_mentees, n_mentors=n_mentors, seed=seed)
    # A stream each, so that more mentees do not mean other mentors.
    streams = np.random.SeedSequence(seed).spawn(3)
    mentee_rng, mentor_rng, link_rng = (np.random.default_rng(stream) for stream in streams)
    n_teams = _teams_per_field(n_mentees + n_mentors)
    mentees = _People.draw(mentee_rng, n_mentees, "mentee", n_teams)
    mentors = _People.draw(mentor_rng, n_mentors, "mentor", n_teams)

    in_team = _pick_alike(link_rng, mentees.team, mentors.team, 1)[:, 0]
    in_team[link_rng.random(n_mentees) < 0.5] = -1
    mentor_ids = mentors.ids
    managers = [
        mentor_ids[mentor] if mentor >= 0 else f"lead-{team:06d}"
        for mentor, team in zip(in_team, mentees.team + 1, strict=True)
    ]
    named = _pick_alike(link_rng, mentees.field, mentors.field, 3)
    wanted = link_rng.integers(1, 4, n_mentees) * (link_rng.random(n_mentees) < 0.2)
    preferred = _cells(mentor_ids, named, _first_distinct(named, wanted) & (named >= 0))
    mentee_columns = {**mentees.columns, "manager": managers, "preferred_mentors": preferred}

    capacity = _assign_shares(mentor_rng, n_mentors, CAPACITY_CHANCES)
    mentor_columns = {**mentors.columns, "capacity": capacity}
    return _frame(mentee_rng, mentee_columns), _frame(mentor_rng, mentor_columns)


def _check_counts(**numbers: int) -> list[int]:
    """Check that all numbers are whole and 0 or more; name all that are not."""
    findings = [
        Finding("it_program", None, name, value, "expected a whole number of 0 or more.")
        for name, value in numbers.items()
        if not is_whole(value)
    ]
    if findings:
        raise CohortError(findings)
    return [int(value) for value in numbers.values()]


@dataclass(frozen=True)
class _People:
    """One side of a programme: its columns, and by position the codes that links are made from."""

    ids: list[str]
    columns: dict[str, Column]
    field: Codes
    team: Codes

    @classmethod
    def draw(
        cls, rng: np.random.Generator, n: int, role: Literal["mentee", "mentor"], n_teams: Codes
    ) -> _People:
        """Draw ``n`` people of one role; ``n_teams`` says how many teams each field has."""
        words = _words()
        fields, places, levels = words["fields"], words["places"], words["levels"]
        numbers = range(1, n + 1)
        ids = [f"{role}-{number:06d}" for number in numbers]
        first_names = _draw_words(rng, words["names"][f"{role}s"], n)

        field = _assign_shares(rng, n, _values(fields, "weight"))
        within = (rng.random(n) * n_teams[field]).astype(np.intp)
        team = (np.cumsum(n_teams) - n_teams)[field] + within
        place = _assign_shares(rng, n, _values(places, "weight"))

        women, non_binary = (_values(fields, "women")[field], _values(fields, "non_binary")[field])
        lot = rng.random(n)
        gender = np.where(lot < women, 0, np.where(lot < women + non_binary, 2, 1))
        seniority = rng.standard_normal(n) + np.where(gender == 1, 0.0, SENIORITY_SHIFT)
        rank = np.empty(n, dtype=np.intp)
        rank[np.argsort(seniority)] = np.arange(n)
        level = _code_points((rank + 0.5) / max(1, n), _values(levels, f"{role}s"))
        spread = rng.gamma(2.0, 2.5, n) - 3.0
        age = np.clip(
            _values(levels, "age")[level] + _values(fields, "age")[field] + spread, 18, 67
        )
        years = np.clip(age - 21 - rng.gamma(1.5, 1.5, n), 0, None).astype(np.int64)

        other = (field + rng.integers(1, len(fields), n)) % len(fields)
        skills, kept = _skills(rng, field, other, (2, 6) if role == "mentee" else (3, 9))
        field_names = _array(one["name"] for one in fields)
        level_names = _array(one["name"] for one in levels)[level]
        columns: dict[str, Column] = {
            "id": ids,
            "name": [f"Sample {a}-{k}" for a, k in zip(first_names, numbers, strict=True)],
            "email": [f"{one}@example.org" for one in ids],
            "team": [
                f"{field_names[f].capitalize()} {k}" for f, k in zip(field, within + 1, strict=True)
            ],
            "field": field_names[field],
            "country": _array(one["country"] for one in places)[place],
            "tz": _array(one["tz"] for one in places)[place],
            "level": level_names,
            "years": years,
            "languages": _languages(rng, place),
            "interests": _interests(rng, n),
            "availability": _availability(rng, n),
            "gender": _array(GENDERS)[gender],
            "age_group": _array(AGE_GROUPS)[np.searchsorted((25, 35, 45, 55), age, "right")],
            "wants_to_learn" if role == "mentee" else "can_teach": _cells(
                _skill_names()[0], skills, kept
            ),
        }
        about = {"field": field_names[field], "other": field_names[other], "level": level_names}
        prose = "goals" if role == "mentee" else "bio"
        columns[prose] = _prose(rng, role, skills, kept, about)
        return cls(ids, columns, field, team)


def _teams_per_field(n_people: int) -> Codes:
    weights = _values(_words()["fields"], "weight")
    teams: Codes = np.rint(n_people * weights / weights.sum() / TEAM_SIZE).astype(np.intp)
    return np.maximum(teams, 2)


def _array(words: Iterable[str]) -> NDArray[np.object_]:
    # Of Python strings: cells are joined from them, and numpy's own would be cut to one width.
    return np.array(list(words), dtype=object)


def _draw_words(rng: np.random.Generator, words: Sequence[str], n: int) -> NDArray[np.object_]:
    return _array(words)[rng.integers(len(words), size=n)]


def _values(entries: Sequence[dict[str, object]], key: str) -> NDArray[np.float64]:
    return np.array([entry[key] for entry in entries], dtype=np.float64)


def _code_points(points: NDArray[np.float64], weights: ArrayLike) -> Codes:
    """The category each point of [0, 1) falls into when categories take up their weights."""
    ends = np.cumsum(weights)
    return np.searchsorted(ends[:-1] / ends[-1], points, side="right")


def _assign_shares(rng: np.random.Generator, n: int, weights: ArrayLike) -> Codes:
    """Give each category its share of ``n`` people, rounded up or down, in random order."""
    return rng.permutation(_code_points((np.arange(n) + rng.random()) / max(1, n), weights))


def _first_distinct(codes: Codes, wanted: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Mark in each row the first codes that are not repetitions, as many as wanted."""
    new = np.ones(codes.shape, dtype=bool)
    for k in range(1, codes.shape[1]):
        new[:, k] = (codes[:, :k] != codes[:, k : k + 1]).all(axis=1)
    return new & (np.cumsum(new, axis=1) <= wanted[:, None])


def _cells(
    words: Sequence[str] | NDArray[np.object_], codes: Codes, kept: NDArray[np.bool_]
) -> list[str | None]:
    """Join the kept words of each row into one cell, None where there are none."""
    counts = kept.sum(axis=1)
    ends = np.cumsum(counts)
    flat = [words[code] for code in codes[kept]]
    return ["; ".join(flat[a:b]) or None for a, b in zip(ends - counts, ends, strict=True)]


@cache
def _skill_names() -> tuple[NDArray[np.object_], tuple[Codes, ...]]:
    """All skills once, and the codes of each pool in order: the fields, then general, then lua."""
    words = _words()
    pools = [one["skills"] for one in (*words["fields"], words["general"], words["lua"])]
    code = {name: k for k, name in enumerate(dict.fromkeys(chain(["Lua"], *pools)))}
    return _array(code), tuple(np.array([code[name] for name in pool]) for pool in pools)


def _skills(
    rng: np.random.Generator, field: Codes, other: Codes, between: tuple[int, int]
) -> tuple[Codes, NDArray[np.bool_]]:
    """Draw skills for each person, and mark those to keep; code 0 is Lua.

    Drawing with replacement and keeping what is new is drawing without replacement.
    """
    pools = _skill_names()[1]
    n, general, lua = len(field), len(pools) - 2, len(pools) - 1
    # Pool p takes up [p, p + 1) of one line, cut in Zipf's proportions, so one search serves all.
    zipf = [1 / np.arange(1, len(pool) + 1) for pool in pools]
    line = np.concatenate([p + np.cumsum(one) / one.sum() for p, one in enumerate(zipf)])
    lot = rng.random((n, SKILLS_DRAWN))
    pool = np.where(lot < 0.70, field[:, None], np.where(lot < 0.86, other[:, None], general))
    community = rng.permutation(n) < n // 12
    pool[community[:, None] & (rng.random(pool.shape) < 0.5)] = lua
    # The last cut of a pool may be rounded down; a point beyond it still belongs to the pool.
    points = np.minimum(pool + rng.random(pool.shape), np.nextafter(pool + 1.0, 0.0))
    codes = np.concatenate(pools)[np.searchsorted(line, points, side="right")]
    codes[community, 0] = 0
    wanted = rng.integers(between[0], between[1], n, endpoint=True)
    return codes, _first_distinct(codes, wanted)


def _languages(rng: np.random.Generator, place: Codes) -> list[str | None]:
    """The first language of the country, perhaps its second, mostly English, perhaps one more."""
    spoken = [one["languages"] for one in _words()["places"]]
    words = list(dict.fromkeys(chain(["English"], *spoken)))
    local = np.array([[words.index(one[0]), words.index(one[-1])] for one in spoken])
    n = len(place)
    more = rng.integers(len(words), size=n)
    codes = np.column_stack([local[place], np.zeros(n, dtype=np.intp), more])
    said = rng.random(codes.shape) < (1.0, 0.3, 0.93, 0.15)
    codes[~said] = -1
    return _cells(words, codes, _first_distinct(codes, np.full(n, codes.shape[1])) & said)


def _interests(rng: np.random.Generator, n: int) -> list[str | None]:
    words = _words()["interests"]["words"]
    codes = _code_points(rng.random((n, 6)), 1 / np.sqrt(np.arange(1, len(words) + 1)))
    return _cells(words, codes, _first_distinct(codes, rng.integers(1, 5, n, endpoint=True)))


def _availability(rng: np.random.Generator, n: int) -> list[str | None]:
    """At most one window a day, so that windows never overlap; the days in order."""
    days, windows = _words()["availability"]["days"], _words()["availability"]["windows"]
    words = [f"{day} {window}" for day in days for window in windows]
    codes = np.arange(len(days)) * len(windows) + rng.integers(len(windows), size=(n, len(days)))
    return _cells(words, codes, rng.random(codes.shape) < _words()["availability"]["day_weights"])


def _prose(
    rng: np.random.Generator,
    role: str,
    skills: Codes,
    kept: NDArray[np.bool_],
    about: dict[str, NDArray[np.object_]],
) -> list[str]:
    """Fill up to three sentences for each person: the skills always, the rest now and then."""
    words = _words()["prose"]
    sentences = words["goals" if role == "mentee" else "bios"]
    n, names = len(skills), _skill_names()[0]
    first = names[skills[:, 0]]
    # The second skill kept; a person with one skill only says it twice.
    second = names[skills[np.arange(n), np.argmax(np.cumsum(kept, axis=1) == 2, axis=1)]]
    theme = _draw_words(rng, words["themes"], n)
    columns = [_draw_words(rng, choices, n) for choices in sentences]
    for column, chance in zip(columns[1:], (0.75, 0.5), strict=True):
        column[rng.random(n) >= chance] = ""
    filled = zip(*columns, first, second, theme, *about.values(), strict=True)
    keys = ("first", "second", "theme", *about)
    return [
        " ".join(filter(None, row[:3])).format_map(dict(zip(keys, row[3:], strict=True)))
        for row in filled
    ]


def _pick_alike(rng: np.random.Generator, wanted: Codes, groups: Codes, times: int) -> Codes:
    """For each wanted code draw positions in ``groups`` that hold it, -1 where none does.

    Returns an array of shape (len(wanted), times); a row may repeat a position.
    """
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], wanted, side="left")
    counts = np.searchsorted(groups[order], wanted, side="right") - starts
    offset = (rng.random((len(wanted), times)) * counts[:, None]).astype(np.intp)
    place = np.where(counts[:, None] > 0, starts[:, None] + offset, len(order))
    return np.append(order, -1)[place]


def _frame(rng: np.random.Generator, columns: dict[str, Column]) -> pd.DataFrame:
    """The columns as a table, with some cells emptied."""
    table = pd.DataFrame(columns)
    table = table.astype({name: "str" for name in columns if table[name].dtype.kind != "i"})
    for name in columns:
        if share := EMPTY.get(name, 0.0):
            table[name] = table[name].mask(rng.random(len(table)) < share)
    return table
