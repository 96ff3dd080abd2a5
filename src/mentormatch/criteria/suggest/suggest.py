"""A first set of criteria from the columns of two tables, to be edited."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mentormatch.criteria.availability.availability import Availability
from mentormatch.criteria.availability.windows import read_windows
from mentormatch.criteria.availability.zones import is_zone
from mentormatch.criteria.cells.skill_names import reader, shipped_aliases
from mentormatch.criteria.cells.tokens import normalise
from mentormatch.criteria.kinds.levels import LevelGap
from mentormatch.criteria.kinds.prefers import Prefers
from mentormatch.criteria.kinds.same import Different, Same
from mentormatch.criteria.kinds.skills import SkillCoverage
from mentormatch.criteria.kinds.tags import TagOverlap
from mentormatch.criteria.kinds.text import TextSimilarity
from mentormatch.criteria.suggest.protected import protected_attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.interface.criterion import Criterion

__all__ = ["suggested"]

# Ladders that people use in IT organisations and public services, lowest first.
LADDERS = (
    ("intern", "junior", "mid", "senior", "staff", "principal", "distinguished"),
    ("trainee", "junior", "intermediate", "senior", "lead", "head"),
    ("beginner", "intermediate", "advanced", "expert"),
    ("AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4"),
)
PERSONAL = re.compile(r"name|mail|phone|address|\bid\b|capacity|seats", re.IGNORECASE)
APART = re.compile(r"team|organi[sz]ation|company|employer|department|unit", re.IGNORECASE)
ALIKE = re.compile(
    r"field|profession|discipline|track|function|role|area|country|site", re.IGNORECASE
)
BOSS = re.compile(r"manager|supervisor|boss|lead\b", re.IGNORECASE)
STEPS = re.compile(r"level|grade|seniority|years|experience", re.IGNORECASE)
WANTED = re.compile(r"want|learn|need|seek|looking|improve|interest", re.IGNORECASE)
OFFERED = re.compile(r"teach|offer|share|expert|skill|help|mentor in", re.IGNORECASE)
ENOUGH = 0.8
# Cells that are looked at; more would not change what a column is.
LOOKED_AT = 500
PROSE_WORDS = 5.0
FEW_VALUES = 30


class Look:
    """The cells of one table, by column."""

    def __init__(self, cohort: Cohort, side: Side) -> None:
        self.cohort, self.side = cohort, side
        table = cohort.table(side)
        self.names = [
            name
            for name in table.columns
            if protected_attribute(name) is None and not PERSONAL.search(name)
        ]
        self.cells = {
            name: [str(cell) for cell in table[name].dropna()[:LOOKED_AT]] for name in self.names
        }
        self.names = [name for name in self.names if self.cells[name]]
        self.numeric = {name for name in self.names if table[name].dtype.kind in "iuf"}

    def share(self, name: str, test: Callable[[str], bool]) -> float:
        """The share of cells that pass a test."""
        cells = self.cells[name]
        return sum(map(test, cells)) / len(cells)

    def tags(self, name: str) -> list[tuple[str, ...]]:
        """The values of the cells that are looked at."""
        return [tags for tags in self.cohort.tags(self.side, name)[: 2 * LOOKED_AT] if tags]

    def is_prose(self, name: str) -> bool:
        """Sentences rather than values."""
        cells = self.cells[name]
        return sum(len(cell.split()) for cell in cells) / len(
            cells
        ) >= PROSE_WORDS and not self.is_several(name)

    def is_several(self, name: str) -> bool:
        """Several short values in a cell."""
        tags = self.tags(name)
        words = [len(tag.split()) for cell in tags for tag in cell]
        return bool(tags) and sum(map(len, tags)) > 1.3 * len(tags) and sum(words) < 3 * len(words)


def suggested(cohort: Cohort, dates: Sequence[Any] | None) -> list[Criterion]:
    """Propose criteria from what the columns hold; see `Criteria.suggest`."""
    mentees, mentors = Look(cohort, "mentees"), Look(cohort, "mentors")
    both = [name for name in mentees.names if name in mentors.names]
    used: set[str] = set()
    found: list[Criterion] = []

    def add(criterion: Criterion, *names: str) -> None:
        found.append(criterion)
        used.update(names)

    skills = _skills(mentees, mentors)
    if skills is not None:
        add(SkillCoverage(*skills, weight=4), *skills)
    windows = [
        name
        for name in both
        if all(look.share(name, _is_windows) >= ENOUGH for look in (mentees, mentors))
    ]
    zones = [
        name
        for name in both
        if all(look.share(name, is_zone) >= ENOUGH for look in (mentees, mentors))
    ]
    used.update(windows, zones)
    # Without dates nobody knows when clocks are changed.
    if windows and (not zones or dates is not None):
        add(
            Availability(
                windows[0],
                timezone=zones[0] if zones else None,
                dates=dates,
                wanted_hours=2,
                minimum_hours=1,
            )
        )
    for name in both:
        ladder = _ladder(mentees.cells[name] + mentors.cells[name])
        numbers = name in mentees.numeric & mentors.numeric and STEPS.search(name)
        if name not in used and (ladder is not None or numbers):
            if not any(isinstance(one, LevelGap) for one in found):
                found.append(LevelGap(name, ladder=ladder, weight=2))
            used.add(name)
    ids = {normalise(str(one)) for one in cohort.mentor_ids}
    for name in mentees.names:
        tags = mentees.tags(name)
        known = sum(any(normalise(tag) in ids for tag in cell) for cell in tags)
        if name in used or not cohort.labelled or not known:
            continue
        if BOSS.search(name) and cohort.mentor_ids.name is not None:
            add(Different(mentee=name, mentor=str(cohort.mentor_ids.name)), name)
        elif known >= ENOUGH * len(tags):
            add(Prefers(name, unknown="ignore", weight=2), name)
    prose = [
        [n for n in look.names if n not in used and look.is_prose(n)] for look in (mentees, mentors)
    ]
    if prose[0] and prose[1]:
        add(
            TextSimilarity(mentee=prose[0][0], mentor=prose[1][0], weight=2),
            prose[0][0],
            prose[1][0],
        )
    for name in both:
        if name in used or name in mentees.numeric:
            continue
        if mentees.is_several(name) and mentors.is_several(name):
            add(TagOverlap(name, weight=1), name)
        elif APART.search(name):
            add(Different(name), name)
        elif ALIKE.search(name) and len(set(mentors.cells[name])) <= FEW_VALUES:
            add(Same(name, weight=1), name)
    return found


def _skills(mentees: Look, mentors: Look) -> tuple[str, str] | None:
    """The two columns of different names whose values are most nearly the same vocabulary."""
    read = reader("suggest", shipped_aliases(), None, 1.0)
    names = {
        look.side: {
            n: {read(tag)[0] for cell in look.tags(n) for tag in cell}
            for n in look.names
            if look.is_several(n)
        }
        for look in (mentees, mentors)
    }
    best, best_score = None, 0.3
    for wants, wanted in names["mentees"].items():
        for offers, offered in names["mentors"].items():
            if wants == offers:
                continue
            score = len(wanted & offered) / max(1, len(wanted))
            score += 0.2 * bool(WANTED.search(wants)) + 0.2 * bool(OFFERED.search(offers))
            if wanted & offered and score > best_score:
                best, best_score = (wants, offers), score
    return best


def _is_windows(cell: str) -> bool:
    try:
        read_windows(cell)
    except ValueError:
        return False
    return True


def _ladder(cells: list[str]) -> tuple[str, ...] | None:
    """The known ladder that has all of these words."""
    words = {normalise(cell) for cell in cells}
    for ladder in LADDERS:
        known = [normalise(rung) for rung in ladder]
        if len(words) > 1 and words <= set(known):
            return ladder
    return None
