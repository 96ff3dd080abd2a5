"""Skills wanted and offered, as one criterion of a problem reads them."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort import nearest_name
from mentormatch.criteria import SkillCoverage
from mentormatch.errors import ProblemError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["Supply", "read_supply"]

# So alike are two ways to write one skill; Spring and hiring, Java and JavaScript are two skills.
ALIKE = 0.75


@dataclass(frozen=True, eq=False)
class Supply:
    """Who wants and who covers each skill."""

    criterion: SkillCoverage  # the one that was read
    names: tuple[str, ...]  # how each skill is written in the tables
    wanted: NDArray[np.bool_]  # (mentees, skills)
    # (mentors, skills): Whether a mentor fully covers the skill, by aliases and taxonomy, at some
    # level that is wanted.
    covered: NDArray[np.bool_]
    offered_names: tuple[str, ...]  # how the skills that anybody offers are written

    def unmet(self, matching: Matching) -> NDArray[np.bool_]:
        """Mark the wishes that no mentor of a mentee covers: bool array (mentees, skills)."""
        met = np.zeros_like(self.wanted)
        np.logical_or.at(met, matching.mentees, self.covered[matching.mentors])
        return np.asarray(self.wanted & ~met)

    def lookalikes(self) -> pd.DataFrame:
        """Wanted skills that nobody covers and that look like one somebody offers."""
        rows = []
        for k in np.flatnonzero(~self.covered.any(axis=0)).tolist():
            near = nearest_name(self.names[k], self.offered_names)
            if near is not None and _is_slip(self.names[k], near):
                rows.append((self.names[k], near))
        return pd.DataFrame(rows, columns=["wanted", "offered"])


def _is_slip(name: str, other: str) -> bool:
    """Whether two skills are written so alike that one may be a slip for the other."""
    one, two = name.strip().casefold(), other.strip().casefold()
    return one[:1] == two[:1] and SequenceMatcher(None, one, two).ratio() >= ALIKE


def read_supply(problem: Problem, criterion: str | None) -> Supply:
    """Read the skills of a problem.

    ``criterion`` is the label of the `SkillCoverage` criterion; None: the only one. Raises
    ProblemError if there is no such criterion, or more than one.
    """
    scorer = problem.compatibility.scorer
    inner = getattr(scorer, "scorer", scorer)
    fitted = getattr(inner, "fitted", ())
    found = [one for one in fitted if isinstance(one.criterion, SkillCoverage)]
    if criterion is not None:
        found = [one for one in found if criterion in (one.criterion.label, one.criterion.kind)]
    if len(found) != 1:
        raise ProblemError(
            f"Training needs are read from one SkillCoverage criterion; the match has "
            f"{len(found)}{'' if criterion is None else f' called {criterion!r}'}. Name one: "
            "criterion='…'."
        )
    skills = found[0]
    keys = sorted(skills.wants.names)
    place = {key: k for k, key in enumerate(keys)}
    n, m = problem.shape
    wanted = np.zeros((n, len(keys)), dtype=bool)
    for i in range(n):
        wanted[i, [place[key] for key in skills.wants.of(i)]] = True
    covered = np.zeros((m, len(keys)), dtype=bool)
    right = skills.right.tocoo()
    of_need = np.array([place[name] for name, _ in skills.needs], dtype=np.intp)
    full = right.data >= 1
    covered[right.row[full], of_need[right.col[full]]] = True
    return Supply(
        criterion=skills.criterion,
        names=tuple(skills.wants.shown[key] for key in keys),
        wanted=wanted,
        covered=covered,
        offered_names=tuple(skills.offers.shown.values()),
    )
