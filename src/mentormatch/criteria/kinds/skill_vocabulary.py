"""Skill names of a cohort to look at: wanted but not offered, and probable misspellings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from mentormatch.criteria.cells.near_values import differ_by_one_letter
from mentormatch.criteria.kinds.skills import SkillCoverage
from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.cells.tokens import Sets
    from mentormatch.criteria.interface.criterion import Criterion

__all__ = ["Misspelling", "SkillVocabulary", "UnmetSkill", "skill_vocabulary"]

# Names that share so much of their letters are near; shorter ones differ by one letter by chance.
NEAR = 0.75
SHORTEST = 4
MOST_NEAR = 3
# Names compared for each wish; beyond it only those with a word in common.
MOST_COMPARED = 2_000


@dataclass(frozen=True, slots=True)
class UnmetSkill:
    """A skill that somebody wants and nobody offers."""

    skill: str
    wanted_by: int
    near: tuple[str, ...]  # offered names that resemble it, the most similar first

    def __str__(self) -> str:
        near = f"; near: {', '.join(self.near)}" if self.near else ""
        return f"{self.skill!r} is wanted by {self.wanted_by:,}, offered by nobody{near}"


@dataclass(frozen=True, slots=True)
class Misspelling:
    """A name that occurs once and differs from another by one character.

    Both names are as they are written; ``side`` is the table in which ``name`` stands.
    """

    name: str
    like: str
    side: Side
    people_with_other: int  # people of both tables who have the other name

    def __str__(self) -> str:
        return (
            f"{self.name!r} occurs once (among the {self.side}) and differs by one character from "
            f"{self.like!r} ({self.people_with_other:,})"
        )


@dataclass(frozen=True, slots=True)
class SkillVocabulary:
    """What to look at among the skill names of a cohort.

    Parameters
    ----------
    unmet
        Skills that nobody offers, the most wanted first.
    misspellings
        Names that may be another's misspelling.
    """

    unmet: tuple[UnmetSkill, ...]
    misspellings: tuple[Misspelling, ...]


def skill_vocabulary(
    criterion: Criterion, cohort: Cohort, most: int | None = None
) -> SkillVocabulary:
    """Find the skills that nobody offers, and names that look like misspellings.

    Parameters
    ----------
    criterion
        A `SkillCoverage`.
    cohort
        The people.
    most
        Near names are looked for, for so many of the skills that nobody offers, the most wanted
        first; None: for all. It takes time in proportion to this number.

    Raises
    ------
    CriterionError
        Another kind of criterion.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> mentees = pd.DataFrame({"wants": ["Kubernets; Lua", "Kubernets"]})
    >>> cohort = mm.Cohort(mentees, pd.DataFrame({"offers": ["Kubernetes", "Lua"]}))
    >>> skills = mm.criteria.SkillCoverage("wants", "offers")
    >>> print(*mm.criteria.skill_vocabulary(skills, cohort).unmet)
    'Kubernets' is wanted by 2, offered by nobody; near: Kubernetes
    """
    if not isinstance(criterion, SkillCoverage):
        raise CriterionError(
            f"skill_vocabulary needs a SkillCoverage, got {type(criterion).__name__}."
        )
    fitted = criterion.fit(cohort)
    wanted, offered = fitted.wants.people_with, fitted.offers.people_with
    covered = {fitted.needs[k][0] for k in set(fitted.right.indices.tolist())}
    lacking = [name for name in wanted if wanted[name] and name not in covered]
    lacking.sort(key=lambda name: (-wanted[name], fitted.wants.shown[name]))
    near = _near_names(lacking[:most], fitted.offers)
    unmet = [UnmetSkill(fitted.wants.shown[n], wanted[n], near.get(n, ())) for n in lacking]
    return SkillVocabulary(
        unmet=tuple(unmet),
        misspellings=tuple(_misspellings(fitted.wants, fitted.offers, wanted, offered)),
    )


def _near_names(lacking: Iterable[str], offers: Sets) -> dict[str, tuple[str, ...]]:
    """For each key, how the most similar keys on offer are written."""
    keys = sorted(offers.names)
    found: dict[str, tuple[str, ...]] = {}
    for key in lacking:
        matcher = SequenceMatcher(b=key, autojunk=False)
        scored = []
        for other in keys[:MOST_COMPARED] if len(keys) > MOST_COMPARED else keys:
            contained = min(len(key), len(other)) >= SHORTEST and (key in other or other in key)
            matcher.set_seq1(other)
            ratio = matcher.ratio() if matcher.quick_ratio() >= NEAR else 0.0
            if contained or ratio >= NEAR:
                scored.append((-ratio, other))
        found[key] = tuple(offers.shown[other] for _, other in sorted(scored)[:MOST_NEAR])
    return found


def _misspellings(
    wants: Sets, offers: Sets, wanted: Mapping[str, int], offered: Mapping[str, int]
) -> list[Misspelling]:
    """Pairs of keys that differ by one character, one of which occurs once."""
    people = {key: wanted.get(key, 0) + offered.get(key, 0) for key in {*wanted, *offered}}
    shown = {**offers.shown, **wants.shown}
    # Two keys are one edit apart only if they agree when one character of either is left out.
    alike: dict[str, set[str]] = defaultdict(set)
    for key in people:
        if len(key) >= SHORTEST:
            for k in range(len(key) + 1):
                alike[key[:k] + key[k + 1 :]].add(key)
    pairs = {
        (one, other)
        for group in alike.values()
        for one in group
        for other in group
        if one != other and people[one] == 1 and differ_by_one_letter(one, other)
    }
    found = []
    for one, other in sorted(pairs):
        # Of two that occur once each, the first in the alphabet stands for the pair.
        if people[other] > 1 or one < other:
            side: Side = "mentees" if wanted.get(one) else "mentors"
            found.append(Misspelling(shown[one], shown[other], side, people[other]))
    return found
