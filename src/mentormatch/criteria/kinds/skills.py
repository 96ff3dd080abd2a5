"""SkillCoverage: how much of what the mentee wants to learn the mentor can teach."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from mentormatch.cohort import SIDES
from mentormatch.criteria.cells.skill_names import (
    ancestors,
    checked_aliases,
    checked_levels,
    checked_taxonomy,
    reader,
    say_replaced,
    shipped_table,
)
from mentormatch.criteria.cells.tokens import Sets, collect_errors, incidence, read_sets
from mentormatch.criteria.interface.criterion import Criterion, set_fields
from mentormatch.criteria.interface.fitted import BY_MENTEE, BY_MENTOR, Fitted
from mentormatch.criteria.interface.products import Product, dot_pairs, row_sums
from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.cells.tokens import Read
    from mentormatch.criteria.interface.arrays import Csr, Positions

__all__ = ["SkillCoverage"]

# What follows a skill in a cell: ": 3".
LEVEL = re.compile(r"\s*:\s*\d+(?:[.,]\d+)?$")
# Up to here a part is a little; as near to the whole it is most.
LITTLE = 0.35


@dataclass(frozen=True, repr=False)
class SkillCoverage(Criterion):
    """Share of the skills wanted by the mentee that the mentor offers.

    Directed: Σ w_s · min(1, have_s / need_s) / Σ w_s over the skills s that the mentee wants; what
    else the mentor offers makes no difference.

    Parameters
    ----------
    wants, offers
        The column of the mentees with the skills wanted, and of the mentors with those offered;
        several in a cell. Names are compared without regard to case, accents, and how their words
        are joined; ``C/C++`` stands for both.
    levels
        Proficiency: the highest level (5 for cells such as ``python:3``), or its words, lowest
        first (``python:expert``). A skill wanted without a level is covered by any level; one
        offered without a level covers every level. None: a cell holds names only.
    rarity
        True: a skill weighs the more the fewer mentors offer it, ln((1 + m) / (1 + m_s)) + 1 with
        m_s of m mentors.
    aliases
        Other ways of writing a name, such as ``{"OR": "OpenResty"}``, on top of the table that
        comes with the package (js, k8s, MS Excel, …), which it overrules.
    taxonomy
        What a skill is part of, ``{"OpenResty": "Lua"}``, or a table with the columns child and
        parent: a mentor who offers the part covers what it is part of by ``credit``, and by
        its square two steps up.
    credit
        See ``taxonomy``; from 0 to 1.
    weight, side, minimum, name
        See `Criterion`.

    Raises
    ------
    CriterionError
        Aliases or a taxonomy that go round in a circle, levels or a credit without a meaning.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> mentees = pd.DataFrame({"wants": ["Lua, C, nginx, JS"]}, index=["ada"])
    >>> offers = ["JavaScript; lua; C++", "OpenResty"]
    >>> mentors = pd.DataFrame({"offers": offers}, index=["linus", "grace"])
    >>> part_of = {"OpenResty": "Lua"}
    >>> skills = mm.criteria.SkillCoverage("wants", "offers", taxonomy=part_of)
    >>> compatibility = mm.Criteria(skills).score(mm.Cohort(mentees, mentors))
    >>> compatibility.dense().tolist()
    [[0.5, 0.125]]
    >>> compatibility.breakdown("ada", "linus")["sentence"][0]
    'offers 2 of the 4 skills wanted: JS, Lua; lacks C, nginx'
    """

    wants: str
    offers: str
    levels: float | Sequence[str] | None = field(default=None, kw_only=True)
    rarity: bool = field(default=False, kw_only=True)
    aliases: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    taxonomy: Mapping[str, Any] | None = field(default=None, kw_only=True)
    credit: float = field(default=0.5, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.credit <= 1:
            raise CriterionError(f"{self.label}: credit must be from 0 to 1, got {self.credit!r}.")
        set_fields(
            self,
            levels=checked_levels(self.label, self.levels),
            aliases=checked_aliases(self.label, self.aliases),
            taxonomy=None if self.taxonomy is None else checked_taxonomy(self.label, self.taxonomy),
        )
        # Circles are found when the criterion is made, not when the people come.
        ancestors(self.label, self.taxonomy or {}, self._reader(0.0))

    @property
    def columns(self) -> dict[Side, tuple[str, ...]]:
        """The column it reads of each table."""
        return {"mentees": (self.wants,), "mentors": (self.offers,)}

    def _reader(self, unstated: float, replaced: dict[str, tuple[str, str]] | None = None) -> Read:
        return reader(self.label, self.aliases, self.levels, unstated, shipped_table(), replaced)

    def fit(self, cohort: Cohort) -> FittedSkills:
        """Read both columns; see `Criterion.fit`."""
        replaced: dict[Side, dict[str, tuple[str, str]]] = {side: {} for side in SIDES}
        read_wants = self._reader(0.0, replaced["mentees"])
        read_offers = self._reader(math.inf, replaced["mentors"])
        wants, offers = collect_errors(
            lambda: read_sets(cohort, "mentees", self.wants, read_wants),
            lambda: read_sets(cohort, "mentors", self.offers, read_offers),
        )
        # A need is a skill at a level; 0 stands for any.
        needs = wants.terms
        places_of: dict[str, list[int]] = {}
        for k, (skill, _) in enumerate(needs):
            places_of.setdefault(skill, []).append(k)
        steps = ancestors(self.label, self.taxonomy or {}, self._reader(0.0))

        def coverage(skill: str, have: float) -> Iterable[tuple[int, float]]:
            for wanted, distance in ((skill, 0), *steps.get(skill, {}).items()):
                for k in places_of.get(wanted, ()):
                    need = needs[k][1]
                    share = (min(1.0, have / need) if need else 1.0) * self.credit**distance
                    if share > 0:
                        yield k, share

        right = incidence(offers, len(needs), coverage)
        weights = self._weights(wants, offers)
        numbers = {need: (k, weights[need[0]]) for k, need in enumerate(needs)}
        left = incidence(wants, len(needs), lambda *need: (numbers[need],))
        return FittedSkills(
            criterion=self,
            mentee_codes=wants.codes,
            mentee_missing=wants.missing,
            mentor_missing=offers.missing,
            wants=wants,
            offers=offers,
            needs=needs,
            left=left,
            right=right,
            totals=row_sums(left),
            notes=tuple(
                say_replaced(column, side, replaced[side])
                for side, (column,) in self.columns.items()
                if replaced[side]
            ),
        )

    def _weights(self, wants: Sets, offers: Sets) -> dict[str, float]:
        if not self.rarity:
            return dict.fromkeys(wants.names, 1.0)
        mentors_with, m = offers.people_with, len(offers.codes)
        return {
            skill: math.log((1 + m) / (1 + mentors_with.get(skill, 0))) + 1 for skill in wants.names
        }


@dataclass(frozen=True, eq=False)
class FittedSkills(Fitted):
    """Needs of the mentees and how far each mentor covers them.

    ``left`` (mentees, needs) holds the weights of the skills wanted, ``totals`` their sums,
    ``right`` (mentors, needs) the share of each need that is covered.
    """

    criterion: SkillCoverage
    wants: Sets = field(metadata=BY_MENTEE)
    offers: Sets = field(metadata=BY_MENTOR)
    needs: tuple[tuple[str, float], ...]
    left: Csr = field(metadata=BY_MENTEE)
    right: Csr = field(metadata=BY_MENTOR)
    totals: NDArray[np.float64] = field(metadata=BY_MENTEE)
    notes: tuple[str, ...] = ()

    def present(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """Covered weight by weight wanted."""
        totals = np.where(self.mentee_missing[mentees], 1.0, self.totals[mentees])
        return np.asarray(dot_pairs(self.left, self.right, mentees, mentors) / totals)

    @property
    def is_linear(self) -> bool:
        """True: coverage is a sum over skills."""
        return True

    def product(self) -> Product:
        """Weights wanted, adding up to 1, times shares covered."""
        scale = np.divide(1.0, self.totals, out=np.zeros_like(self.totals), where=self.totals > 0)
        return Product((sparse.diags_array(scale) @ self.left).tocsr(), self.right, convex=True)

    def block_error(self, dtype: np.dtype) -> float:
        """Rounding of a sum with one term per skill wanted."""
        terms = int(np.diff(self.left.indptr).max(initial=0))
        return (terms + 4) * float(np.finfo(dtype).eps)

    def words(self, mentee: int, mentor: int) -> str:
        """Name the skills that are offered, partly offered and lacking."""
        row = slice(self.right.indptr[mentor], self.right.indptr[mentor + 1])
        covered = {
            self.needs[k]: share
            for k, share in zip(self.right.indices[row], self.right.data[row], strict=True)
        }
        full, partly, lacking = [], [], []
        for skill, level in sorted(self.wants.of(mentee).items()):
            share = covered.get((skill, level), 0.0)
            shown = _without_level(self.wants.shown[skill], skill)
            if share >= 1:
                full.append(shown)
            elif share > 0:
                partly.append(f"{shown} ({_part(share)} of what is wanted)")
            else:
                lacking.append(shown)
        wanted = len(full) + len(partly) + len(lacking)
        if wanted == 1 and not partly:
            return f"{'offers' if full else 'lacks'} the skill wanted: {(full or lacking)[0]}"
        if full or not partly:
            text = f"offers {len(full) or 'none'} of the {wanted} skills wanted"
            text += f": {', '.join(full)}" if full else ""
            text += f"; partly {', '.join(partly)}" if partly else ""
        else:
            text = f"partly offers {', '.join(partly)}"
        return text + (f"; lacks {', '.join(lacking)}" if lacking else "")


def _part(share: float) -> str:
    """Say roughly how large a part is: the exact one means nothing outside the scores."""
    return "a little" if share < LITTLE else "about half" if share <= 1 - LITTLE else "most"


def _without_level(shown: str, skill: str) -> str:
    """How a skill is written, without a level, which is that of somebody who wrote it so."""
    return shown if LEVEL.search(skill) else LEVEL.sub("", shown)
