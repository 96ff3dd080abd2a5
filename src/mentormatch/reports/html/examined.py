"""What a report shows, and what of it participants are not told because it is about few people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.audits.fairness.outcomes import MEASURES
from mentormatch.explanations.cautions import FEW

if TYPE_CHECKING:
    from mentormatch.audits import Fairness, Optimality, Stability
    from mentormatch.matching import Matching
    from mentormatch.reports.html.catalogue import Catalogue

__all__ = ["FEW", "Examined", "few_told", "tell", "tell_part"]


@dataclass(frozen=True)
class Examined:
    """A matching and what its audits say; None where one was not made.

    Parameters
    ----------
    matching
        The matching.
    optimality, stability, fairness
        Its audits.
    for_committee
        Whether people may be named.
    """

    matching: Matching
    optimality: Optimality | None
    stability: Stability | None
    fairness: Fairness | None
    for_committee: bool


def tell(one: Examined, count: int, words: Catalogue) -> int | str:
    """Return a number of people or pairs; of one or two, participants would know who is meant."""
    return count if one.for_committee or not 0 < count < FEW else words.say("few", n=FEW)


def tell_part(one: Examined, part: int, whole: int, words: Catalogue) -> int | str:
    """Return a part of a whole, where the part or the rest may be one or two people."""
    if not one.for_committee and 0 < whole - part < FEW:
        return words.say("all_but_few", n=FEW)
    said = tell(one, part, words)
    return said if isinstance(said, int) else said.capitalize()


def few_told(one: Examined, side: str, grouping: str) -> set[str]:
    """Name rates by group that would count one or two participants out, also by subtraction.

    "0.83 of 6" is one of six. A rate is left out of all groups of a column, since what is left out
    of one alone follows from the others and the whole.
    """
    if one.for_committee or one.fairness is None:
        return set()
    table = one.fairness.by_group.reset_index()
    table = table[(table["side"] == side) & (table["grouping"] == grouping)]
    table = table[table["count"].notna()]
    counts = table["count"].to_numpy(dtype=np.float64)
    told = set()
    for name in [own.name for own in MEASURES if own.is_rate and own.name in table.columns]:
        people, having = counts, np.rint(counts * table[name].to_numpy(dtype=np.float64))
        if side == "mentees" and name == "match_rate":
            # The page says how many of all are matched, and so of those in no group shown.
            wanting = one.matching.problem.demands > 0
            rest = np.count_nonzero(one.matching.places[wanting]) - having.sum()
            having = np.append(having, rest)
            people = np.append(people, np.count_nonzero(wanting) - people.sum())
        least = np.minimum(having, people - having)
        if ((least > 0) & (least < FEW)).any():
            told.add(name)
    return told
