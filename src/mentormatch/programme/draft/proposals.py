"""Criteria that fit the columns of two tables, each tried on them, as a draft that people edit."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mentormatch.criteria import Criteria
from mentormatch.criteria.registry import criterion_from_dict
from mentormatch.errors import CohortError, MentorMatchError
from mentormatch.programme.draft.recognition import shared_columns, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mentormatch.cohort import Cohort

__all__ = ["Proposal", "propose_criteria"]

WHY = {
    "SkillCoverage": "Which share of what a mentee wants the mentor offers.",
    "LevelGap": "Best one or two levels above the mentee. Check the order of the levels, lowest "
    "first; require = true makes it a rule.",
    "TextSimilarity": "How alike the two texts are, by their words.",
    "Availability": "Common free hours a week. Put the dates of your programme, if there are any; "
    "pairs with fewer than minimum_hours are not made.",
    "TagOverlap": "How much both have in common.",
    "Same": "Whether both have the same. Without the weight it is a rule.",
    "Different": "A rule: never two people who have the same here.",
    "Prefers": "Mentors whom a mentee wishes for.",
}
LEVEL = words_of("level grade seniority rank band stage")
# Words for levels as they are usually ordered; equal numbers are not told apart.
RUNGS = {
    "student": 0, "intern": 1, "trainee": 2, "apprentice": 2, "graduate": 3, "entry": 3,
    "beginner": 3, "novice": 3, "junior": 4, "associate": 5, "mid": 6, "middle": 6, "medior": 6,
    "intermediate": 6, "regular": 6, "experienced": 7, "advanced": 7, "senior": 8, "lead": 9,
    "staff": 10, "expert": 10, "principal": 11, "architect": 11, "distinguished": 12, "fellow": 13,
    "manager": 14, "head": 15, "director": 16, "vp": 17, "executive": 18, "cto": 18, "chief": 18,
}  # fmt: skip
UNKNOWN = float("inf")
NUMBERED = re.compile(r"([a-z ]*?)\s*(\d+)")
MOST_RUNGS = 15
PROGRAMME_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Proposal:
    """A criterion that may fit, and why.

    Parameters
    ----------
    entry
        What stands in the programme file: ``kind`` and parameters.
    why
        A sentence for the person who edits the file.
    obstacle
        Why it cannot be used as it is, so that it is written as a comment; empty when it can.
    """

    entry: dict[str, Any]
    why: str
    obstacle: str = ""


def propose_criteria(cohort: Cohort, today: date) -> list[Proposal]:
    """Propose criteria for a cohort, each tried on it; see `Criteria.suggest`.

    Parameters
    ----------
    cohort
        The people.
    today
        Where criteria need the dates of a programme, it begins on the second Monday after this.
    """
    first = today + timedelta(days=14 - today.weekday())
    last = first + timedelta(weeks=PROGRAMME_WEEKS, days=-1)
    proposals = []
    for one in Criteria.suggest(cohort, dates=(first, last)).criteria:
        entry = one.to_dict()
        if one.weight is not None:
            entry["weight"] = one.weight
        proposals.append(Proposal(entry, _why(entry)))
    if all(proposal.entry["kind"] != "LevelGap" for proposal in proposals):
        proposals += _levels(cohort)
    return [_try(proposal, cohort) for proposal in proposals]


def _why(entry: dict[str, Any]) -> str:
    if entry["kind"] == "Different" and "mentor" in entry:
        return "A rule: not with one's own superior."
    return WHY[entry["kind"]]


def _try(proposal: Proposal, cohort: Cohort) -> Proposal:
    """Make the criterion and score with it, so that what is proposed can be used at once."""
    if proposal.obstacle:
        return proposal
    try:
        compatibility = Criteria(criterion_from_dict(proposal.entry)).score(cohort)
    except CohortError as error:
        more = f" (and {len(error.findings) - 1:,} more)" if len(error.findings) > 1 else ""
        return replace(proposal, obstacle=f"{error.findings[0]}{more}")
    except MentorMatchError as error:
        return replace(proposal, obstacle=str(error))
    n, m = compatibility.shape
    # A rule that takes out everybody shows in the first people as well.
    if n and m and not compatibility.block(slice(0, min(n, 1000))).eligible.any():
        return replace(proposal, obstacle="It would leave nobody to anybody.")
    return proposal


def _levels(cohort: Cohort) -> list[Proposal]:
    """A column named like a level whose words are on no known ladder: the order is a guess."""
    for mentee, mentor in shared_columns(cohort):
        if not mentee.words & LEVEL or mentee.has_several or mentee.is_number:
            continue
        both = (*mentee.values, *mentor.values)
        names = {value.casefold(): value for cell in both for value in cell}
        rungs = _rungs(names)
        ladder = sorted(names, key=lambda name: (rungs[name], name))
        obstacle = ""
        if len(names) > MOST_RUNGS:
            obstacle = "These are many levels. Keep those that matter, lowest first."
        elif UNKNOWN in rungs.values():
            obstacle = "Put the levels in order, lowest first."
        entry = {
            "kind": "LevelGap",
            "column": mentee.name,
            "ladder": [names[name] for name in ladder],
            "weight": 2,
        }
        return [Proposal(entry, _why(entry), obstacle)]
    return []


def _rungs(names: Iterable[str]) -> dict[str, float]:
    """Where levels stand: by their number when they are numbered alike, else by their words."""
    found = {name: NUMBERED.fullmatch(name) for name in names}
    numbers = {name: one for name, one in found.items() if one is not None}
    if len(numbers) == len(found) and len({one[1] for one in numbers.values()}) == 1:
        return {name: float(one[2]) for name, one in numbers.items()}
    return {name: _rung(name) for name in found}


def _rung(name: str) -> float:
    """Where a level stands among the usual ones."""
    known = [RUNGS[word] for word in name.replace("-", " ").split() if word in RUNGS]
    return min(known) if known else UNKNOWN
