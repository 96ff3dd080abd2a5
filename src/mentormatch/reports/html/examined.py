"""What a report shows, and what of it participants are not told because it is about few people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.audits.fairness.outcomes import MEASURES
from mentormatch.explanations.cautions import FEW

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from numpy.typing import NDArray

    from mentormatch.audits import Fairness, Optimality, Stability
    from mentormatch.matching import Matching
    from mentormatch.reports.html.catalogue import Catalogue

__all__ = ["FEW", "Examined", "few_told", "tell", "tell_part"]

# What rounding makes of a number of people.
SHARP = 1e-6


@dataclass(frozen=True)
class Examined:
    """A matching and what its audits say; None where one was not made."""

    matching: Matching
    optimality: Optimality | None
    stability: Stability | None
    fairness: Fairness | None
    for_committee: bool  # people may be named
    # Why the committee should look at some pairs, by the ids of mentee and mentor.
    look_at: Mapping[tuple[Hashable, Hashable], str] = field(default_factory=dict)


def tell(one: Examined, count: int, words: Catalogue) -> int | str:
    """Return a number of people or pairs; of one or two, participants would know who is meant."""
    return count if one.for_committee or not 0 < count < FEW else words.say("few", n=FEW)


def tell_part(one: Examined, part: int, whole: int, words: Catalogue) -> int | str:
    """Return a part of a whole, where the part or the rest may be one or two people."""
    if part == whole:
        return part
    if not one.for_committee and 0 < whole - part < FEW:
        return words.say("all_but_few", n=FEW)
    said = tell(one, part, words)
    return said if isinstance(said, int) else said.capitalize()


def few_told(one: Examined, side: str, grouping: str) -> set[str]:
    """Name measures by group that would count one or two participants out, also by subtraction.

    "0.83 of 6" is one of six. A measure is left out of all groups of a column, since what is left
    out of one alone follows from the others and the whole. A mean score counts people out where
    their scores are so much alike that one number of matched people alone gives it.
    """
    if one.for_committee or one.fairness is None:
        return set()
    table = one.fairness.by_group.reset_index()
    table = table[(table["side"] == side) & (table["grouping"] == grouping)]
    table = table[table["count"].notna()]
    counts = table["count"].to_numpy(dtype=np.float64)
    measures = [own for own in MEASURES if own.name in table.columns]
    sums = {own.name: counts * table[own.name].to_numpy(dtype=np.float64) for own in measures}
    told = set()
    for name in [own.name for own in measures if own.is_rate]:
        people, having = counts, np.rint(sums[name])
        if side == "mentees" and name == "match_rate":
            # The page says how many of all are matched, and so of those in no group shown.
            wanting = one.matching.problem.demands > 0
            rest = np.count_nonzero(one.matching.places[wanting]) - having.sum()
            having = np.append(having, rest)
            people = np.append(people, np.count_nonzero(wanting) - people.sum())
        if _count_few(having, people).any():
            told.add(name)
    lowest, highest = _scores_received(one, side)
    if "mean_score" in sums and 0 < lowest <= highest:
        people, got = counts, sums["mean_score"]
        if side == "mentees":
            # The mean of all is told, and so that of those in no group shown.
            overall = one.fairness.overall
            people = np.append(people, overall["people"] - people.sum())
            got = np.append(got, overall["people"] * overall["mean"] - got.sum())
        least = np.ceil(got / highest - SHARP)
        most = np.minimum(np.floor(got / lowest + SHARP), people)
        if ((least == most) & _count_few(least, people)).any():
            told.add("mean_score")
    return told


def _count_few(having: NDArray[np.float64], people: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell of groups whether those who have something, or who lack it, are one or two."""
    least = np.minimum(having, people - having)
    found: NDArray[np.bool_] = (least > 0) & (least < FEW)
    return found


def _scores_received(one: Examined, side: str) -> tuple[float, float]:
    """Return the lowest and the highest score of those who have somebody, as groups average it."""
    matching = one.matching
    if side == "mentees":
        own, whole = matching.mentees, np.ones(len(matching.places))
    else:
        own, whole = matching.mentors, np.maximum(matching.problem.capacities, 1)
    received = np.bincount(own, weights=matching.scores, minlength=len(whole)) / whole
    having = received[np.unique(own)]
    return float(having.min(initial=np.inf)), float(having.max(initial=0.0))
