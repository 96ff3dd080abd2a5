"""Criteria that fit the columns of two tables, as a first draft that people edit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mentormatch.criteria import Criteria
from mentormatch.criteria.registry import criterion_from_dict
from mentormatch.errors import CohortError, MentorMatchError
from mentormatch.program.recognition import Column, columns_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from mentormatch.cohort import Cohort

__all__ = ["Proposal", "proposals_for"]

WANTED = words_of("want wants wanted learn need needs seek seeking improve develop grow help")
OFFERED = words_of("teach offer offers offered can expertise skill skills share strengths")
LEVEL = words_of("level grade seniority rank band stage")
OWN_TEAM = words_of(
    "team squad department dept organisation organization company employer division unit"
)
FIELD = words_of("field profession function area track discipline domain role industry")
LANGUAGE = words_of("language languages")
SUPERIOR = words_of("manager supervisor boss superior")
# Words for levels as they are usually ordered; equal numbers are not told apart.
RUNGS = {
    "student": 0, "intern": 1, "trainee": 2, "apprentice": 2, "graduate": 3, "entry": 3,
    "beginner": 3, "novice": 3, "junior": 4, "associate": 5, "mid": 6, "middle": 6, "medior": 6,
    "intermediate": 6, "regular": 6, "experienced": 7, "advanced": 7, "senior": 8, "lead": 9,
    "staff": 10, "expert": 10, "principal": 11, "architect": 11, "distinguished": 12, "fellow": 13,
    "manager": 14, "head": 15, "director": 16, "vp": 17, "executive": 18, "cto": 18, "chief": 18,
    # UK Civil Service
    "aa": 1, "ao": 2, "eo": 3, "heo": 4, "seo": 5, "grade 7": 6, "grade 6": 7,
    "scs1": 8, "scs2": 9, "scs3": 10, "scs4": 11,
}  # fmt: skip
NUMBERED = re.compile(r"([a-z ]*?)\s*(\d+)")
UNKNOWN = float("inf")
MOST_RUNGS = 15
SOME_OVERLAP = 0.2
PROGRAMME_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Proposal:
    """A criterion that may fit, and why.

    Parameters
    ----------
    entry
        What stands in the programme file: ``kind`` and parameters.
    why
        One line for the person who edits the file.
    obstacle
        Why it cannot be used as it is, so that it is written as a comment; empty when it can.
    """

    entry: dict[str, Any]
    why: str
    obstacle: str = ""


def proposals_for(cohort: Cohort, today: date) -> list[Proposal]:
    """Propose criteria for a cohort, each tried on it; never one of a protected attribute.

    Parameters
    ----------
    cohort
        The people.
    today
        Where criteria need the dates of a programme, it begins on the second Monday after this.
    """
    mentees, mentors = columns_of(cohort, "mentees"), columns_of(cohort, "mentors")
    proposed = [
        *_skills(mentees, mentors),
        *_levels(mentees, mentors),
        *_prose(mentees, mentors),
        *_availability(mentees, mentors, today),
        *_in_common(mentees, mentors),
        *_wishes(cohort, mentees),
        *_own_team(cohort, mentees, mentors),
    ]
    return [_tried(proposal, cohort) for proposal in proposed]


def _tried(proposal: Proposal, cohort: Cohort) -> Proposal:
    """Make the criterion and score with it, so that what is proposed can be used at once."""
    if proposal.obstacle:
        return proposal
    try:
        compatibility = Criteria(criterion_from_dict(proposal.entry)).score(cohort)
    except CohortError as error:
        first = " ".join(str(error.findings[0]).split())
        more = f" … and {len(error.findings) - 1} more" if len(error.findings) > 1 else ""
        return Proposal(proposal.entry, proposal.why, f"{first}{more}")
    except MentorMatchError as error:
        return Proposal(proposal.entry, proposal.why, " ".join(str(error).split()))
    n, m = compatibility.shape
    first_rows = slice(0, min(n, 2000))
    if n and m and not compatibility.block(first_rows).eligible.any():
        return Proposal(proposal.entry, proposal.why, "It would leave nobody anybody.")
    return proposal


def _skills(mentees: list[Column], mentors: list[Column]) -> Iterator[Proposal]:
    """What the mentees want against what the mentors offer, by the values that both name."""
    best: tuple[float, Column, Column] | None = None
    for wants in mentees:
        for offers in mentors:
            if not (wants.has_several or offers.has_several) or wants.is_prose or offers.is_prose:
                continue
            named = bool(wants.words & WANTED) + bool(offers.words & OFFERED)
            overlap = wants.share_known_to(offers.distinct)
            if named and overlap >= SOME_OVERLAP:
                rank = named + overlap
                if best is None or rank > best[0]:
                    best = (rank, wants, offers)
    if best is not None:
        entry = {"kind": "SkillCoverage", "wants": best[1].name, "offers": best[2].name}
        yield Proposal({**entry, "weight": 4}, "which share of what is wanted is offered")


def _levels(mentees: list[Column], mentors: list[Column]) -> Iterator[Proposal]:
    for mentee, mentor in _of_one_name(mentees, mentors):
        if not mentee.words & LEVEL or mentee.has_several or mentee.is_prose:
            continue
        entry: dict[str, Any] = {"kind": "LevelGap", "column": mentee.name}
        why = "best one or two levels above the mentee"
        obstacle = ""
        if not (mentee.is_number and mentor.is_number):
            both = (*mentee.values, *mentor.values)
            names = {value.casefold(): value for cell in both for value in cell}
            rungs = _rungs(names)
            ladder = sorted(names, key=lambda name: (rungs[name], name))
            entry["ladder"] = [names[name] for name in ladder]
            why += "; check the order, lowest first"
            if len(names) > MOST_RUNGS:
                obstacle = "These are many levels. Keep those that matter, lowest first."
            elif UNKNOWN in rungs.values():
                obstacle = "Put the levels of the ladder in order, lowest first."
        why += "; require = true makes it a rule"
        yield Proposal({**entry, "weight": 2}, why, obstacle)
        return


def _rungs(names: Iterable[str]) -> dict[str, float]:
    """Where levels stand: by their number when they are numbered alike, else by their words."""
    found = {name: NUMBERED.fullmatch(name) for name in names}
    numbers = {name: one for name, one in found.items() if one is not None}
    if len(numbers) == len(found) and len({one[1] for one in numbers.values()}) == 1:
        return {name: float(one[2]) for name, one in numbers.items()}
    return {name: _rung(name) for name in found}


def _rung(name: str) -> float:
    """Where a level stands among the usual ones; the phrase counts before its words."""
    if name in RUNGS:
        return RUNGS[name]
    known = [RUNGS[word] for word in name.replace("-", " ").split() if word in RUNGS]
    return min(known) if known else UNKNOWN


def _prose(mentees: list[Column], mentors: list[Column]) -> Iterator[Proposal]:
    """The longest texts of each side."""
    texts = [[column for column in columns if column.is_prose] for columns in (mentees, mentors)]
    if all(texts):
        mentee, mentor = (max(some, key=lambda c: sum(map(len, c.texts))) for some in texts)
        entry: dict[str, Any] = {"kind": "TextSimilarity", "mentee": mentee.name}
        entry |= {"mentor": mentor.name, "stop_words": "english", "weight": 1}
        yield Proposal(entry, "how alike the texts are, by their words")


def _availability(mentees: list[Column], mentors: list[Column], today: date) -> Iterator[Proposal]:
    shared = _of_one_name(mentees, mentors)
    zones = [mentee.name for mentee, mentor in shared if mentee.is_timezone and mentor.is_timezone]
    for mentee, mentor in shared:
        if mentee.is_windows and mentor.is_windows:
            entry: dict[str, Any] = {"kind": "Availability", "column": mentee.name}
            why = "common free hours a week"
            if zones:
                first = today + timedelta(days=14 - today.weekday())
                last = first + timedelta(weeks=PROGRAMME_WEEKS, days=-1)
                entry |= {"timezone": zones[0], "dates": [first, last]}
                why += "; put the dates of your programme"
            yield Proposal({**entry, "wanted_hours": 1, "weight": 1}, why)
            return


def _in_common(mentees: list[Column], mentors: list[Column]) -> Iterator[Proposal]:
    """Interests, fields and places that two people may share."""
    for mentee, mentor in _of_one_name(mentees, mentors):
        taken = mentee.words & (LEVEL | OWN_TEAM | SUPERIOR) or mentee.is_timezone
        if taken or mentee.is_windows or mentee.is_prose or mentee.is_email:
            continue
        if mentee.words & LANGUAGE:
            entry: dict[str, Any] = {"kind": "Same", "column": mentee.name, "weight": 1}
            yield Proposal(entry, "a language in common; without the weight it is a rule")
        elif mentee.has_several and mentor.has_several:
            entry = {"kind": "TagOverlap", "column": mentee.name, "weight": 1}
            yield Proposal(entry, "how much they have in common")
        elif mentee.words & FIELD and mentee.is_category:
            entry = {"kind": "Same", "column": mentee.name, "weight": 1}
            yield Proposal(entry, "whether both have the same")


def _wishes(cohort: Cohort, mentees: list[Column]) -> Iterator[Proposal]:
    """Mentors whom the mentees name."""
    known = frozenset(str(person).casefold() for person in cohort.mentor_ids)
    for column in mentees:
        if not column.words & SUPERIOR and column.share_known_to(known) >= 0.5:
            entry = {"kind": "Prefers", "column": column.name, "side": "mentee"}
            yield Proposal(
                {**entry, "unknown": "ignore", "weight": 2}, "mentors whom a mentee wishes for"
            )


def _own_team(cohort: Cohort, mentees: list[Column], mentors: list[Column]) -> Iterator[Proposal]:
    """Rules: nobody of the own team, and not one's own manager."""
    for mentee, _ in _of_one_name(mentees, mentors):
        if mentee.words & OWN_TEAM and not mentee.is_prose and not mentee.is_number:
            entry = {"kind": "Different", "column": mentee.name}
            yield Proposal(entry, "a rule: never two people who have the same here")
    known = frozenset(str(person).casefold() for person in cohort.mentor_ids)
    own_id = cohort.mentors.index.name
    for column in mentees:
        if own_id is not None and column.words & SUPERIOR and column.share_known_to(known) > 0:
            entry = {"kind": "Different", "mentee": column.name, "mentor": str(own_id)}
            yield Proposal(entry, "a rule: not one's own manager")


def _of_one_name(mentees: list[Column], mentors: list[Column]) -> list[tuple[Column, Column]]:
    """Columns that both tables have."""
    by_name = {column.name: column for column in mentors}
    return [(column, by_name[column.name]) for column in mentees if column.name in by_name]
