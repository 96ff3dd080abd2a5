"""Why a mentee has no mentor, and the smallest change that would give it one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.ids import format_count
from mentormatch.explanations.answered.answer import Answer, frame_of, listed
from mentormatch.explanations.answered.rules import can_be_lifted, forbidding, scores_stay
from mentormatch.explanations.chains.bottlenecks import bottleneck_of, wanted_places
from mentormatch.explanations.chains.reaching import find_reaching_seat

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.explanations.answered.answer import Audience
    from mentormatch.explanations.chains.graph import ExchangeGraph
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["Unmatched", "broken_by_one_more", "describe_unmatched", "sums_of_conditions"]

COLUMNS = ["rule", "removes", "alone", "opens"]
# What is made best only among matchings that serve as many as can be.
SERVE_FIRST = (
    "total",
    "largest minimum",
    "sorted scores",
    "sum of the worst",
    "welfare",
    "Nash welfare",
    "even loads",
)


@dataclass(frozen=True, eq=False)
class Unmatched(Answer):
    """Why somebody has no mentor, or fewer than wanted.

    Parameters
    ----------
    mentee
        Id.
    kind
        "no_eligible", "below_minimum" (only ``min_score`` stands between), "full" (those eligible
        are full, and so are all whom chains of moves reach), "left_out" (a seat is free, and this
        matching does not use it), "ruled_out" (each eligible mentor is full, or one pair more would
        break a quota, mentees apart or together, or hours) or "not_asked" (wants no mentor).
    reason
        The matching's own sentence.
    rules
        Frame rule, removes, alone, opens: how many mentors each rule removes, how many it alone
        does, and how many of these have a free seat.
    people, mentors, seats
        The bottleneck: the mentees who share these mentors, and how many seats they have.
    fix
        The smallest change: ("seat", mentor) one more seat, ("rule", name) without this rule, or
        None where no single one is enough. With the seat there is room for this mentee while others
        keep a mentor; matched again, it may be another of those who wait that gets one.
    sure
        Whether the change serves this mentee in every best matching; of a rule, where it no longer
        holds for this mentee alone.
    places
        How many places these people want with these mentors, where some want several; else 0.
    has
        How many mentors it has.
    """

    mentee: object
    kind: str
    reason: str
    rules: pd.DataFrame
    people: tuple[object, ...] = ()
    mentors: tuple[object, ...] = ()
    seats: int = 0
    fix: tuple[str, object] | None = None
    fixes: tuple[tuple[str, object], ...] = field(default=())
    places: int = 0
    has: int = 0
    sure: bool = False

    def to_frame(self) -> pd.DataFrame:
        """How many mentors each rule removes."""
        return self.rules

    def sentences(self, audience: Audience) -> list[str]:
        """Say it to the mentee, or to the committee; a mentor reads what the mentee reads."""
        if audience != "committee":
            return self._to_mentee()
        said = [f"{self.mentee!r}: {self.reason}."]
        if self.kind == "full" and not self.places:
            several = len(self.people) != 1
            share = "share" if several else "shares"
            without = len(self.people) - self.seats
            without_any = f"at least {without} of them" if several else "1 mentee"
            said.append(
                f"{format_count(len(self.people), 'mentee')} {share} the "
                f"{format_count(self.seats, 'seat')} of {listed(self.mentors)}, so "
                f"{without_any} must go without."
            )
        elif self.kind == "full":
            said.append(
                f"{format_count(len(self.people), 'mentee')} want "
                f"{format_count(self.places, 'place')} with {listed(self.mentors)}, who have "
                f"{format_count(self.seats, 'seat')}, so {self.places - self.seats} of these must "
                "stay empty."
            )
        elif self.kind == "ruled_out":
            said.append(
                "No pair can be added as the others are matched; "
                "mm.what_if(matching, [mm.change.pin(mentee, mentor)]) matches again with one."
            )
        if self.fix is not None:
            what, who = self.fix
            if what == "rule":
                said.append(
                    f"Exempt from the rule {who} it would have a mentor, who has a free seat."
                    if self.sure
                    else f"The rule {who} alone keeps it from a mentor who has a free seat now. "
                    "Without the rule somebody else may have that seat, or nobody: "
                    "mm.what_if(matching, [mm.change.lift(rule)]) matches again."
                )
            elif self.sure:
                said.append(f"One more seat with {who!r} would do.")
            else:
                said.append(
                    f"One more seat with {who!r} would serve one more of those who wait, not "
                    "always this one."
                )
        return said

    def _to_mentee(self) -> list[str]:
        lead = "You have fewer mentors than you asked for" if self.has else "You have no mentor"
        other = "other " if self.has else ""
        match self.kind:
            case "not_asked":
                return ["You asked for no mentor."]
            case "full":
                # No number: others count differently, as no set of people is all who want one.
                few = "too few seats" if self.seats else "no seat"
                shared = " for all who want one of them" if len(self.people) > 1 else ""
                return [
                    f"{lead} because the mentors whom the rules allow for you have {few}{shared}."
                ]
            case "left_out":
                out = "gave you no more" if self.has else "left you out"
                return [
                    f"{lead} because the way in which pairs were chosen {out}, though a seat was "
                    "free."
                ]
            case "ruled_out":
                return [
                    f"{lead} because every {other}mentor whom the rules allow for you is taken, or "
                    "a condition of the programme on groups or hours does not allow one pair more."
                ]
            case "below_minimum":
                return [
                    f"{lead} because nobody fits well enough: every mentor whom the rules allow "
                    "stays below the least score of the programme."
                ]
        none = "no other" if self.has else "none"
        return [f"{lead} because the rules of the programme allow {none} for you."]


def describe_unmatched(
    matching: Matching, graph: ExchangeGraph | None, i: int, reason: str
) -> Unmatched:
    """Find out why a mentee lacks a mentor; with a graph, which seat is best added."""
    problem = matching.problem
    m = problem.shape[1]
    by_rule = forbidding(problem, i)
    count = sum((mask.astype(np.int64) for mask in by_rule.values()), np.zeros(m, np.int64))
    loads = np.bincount(matching.mentors, minlength=m)
    free = loads < problem.capacities
    broken = broken_by_one_more(problem, sums_of_conditions(matching), i)
    rows = [
        (
            name,
            int(mask.sum()),
            int((mask & (count == 1)).sum()),
            int((mask & (count == 1) & free & ~broken).sum()),
        )
        for name, mask in by_rule.items()
        if mask.any()
    ]
    rows.sort(key=lambda row: (-row[3], -row[2], -row[1]))
    rules = frame_of(rows, COLUMNS)
    fixes: list[tuple[str, object]] = [
        ("rule", name) for name, _, _, opens in rows if opens and can_be_lifted(problem, name)
    ]
    eligible = np.flatnonzero(count == 0)
    mentee = problem.mentee_ids[i]
    if problem.demands[i] == 0:
        return Unmatched(mentee, "not_asked", reason, rules)
    has = matching.mentors[matching.mentees == i]
    eligible = np.setdiff1d(eligible, has)

    def answer(kind: str) -> Unmatched:
        first = fixes[0] if fixes and kind != "left_out" else None
        sure = first is not None and first[0] == "rule" and _serves(matching, str(first[1]))
        return Unmatched(
            mentee, kind, reason, rules, fix=first, fixes=tuple(fixes), has=len(has), sure=sure
        )

    if not len(eligible):
        low = by_rule.get("min_score")
        only_low = low is not None and bool((low & (count == 1)).any())
        kind = "below_minimum" if only_low and len(has) == 0 else "no_eligible"
        return answer(kind)
    found = bottleneck_of(matching, np.array([i]))
    reaching: int | None = None
    if found.free and not problem.sides:
        return answer("left_out")
    if problem.sides:
        if bool((free & ~broken)[eligible].any()):
            return answer("left_out")
        # Whoever moves may break a rule: only a seat that it takes itself is sure to help.
        helpful = eligible[~broken[eligible]]
        fixes[:0] = [("seat", problem.mentor_ids[j]) for j in helpful[:1]]
        if found.free or problem.usage is not None:
            return answer("ruled_out")
    else:
        if graph is not None:
            reaching = find_reaching_seat(graph, i)
        best = _best_seat(graph, i, found.mentors, eligible) if reaching is None else reaching
        fixes.insert(0, ("seat", problem.mentor_ids[best]))
    # Those who take nobody at all are reached by no chain, and are full all the same.
    mentors = np.union1d(found.mentors, eligible)
    several = problem.wants_several
    return replace(
        answer("full"),
        sure=reaching is not None,
        people=tuple(problem.mentee_ids[found.mentees].tolist()),
        mentors=tuple(problem.mentor_ids[mentors].tolist()),
        seats=found.seats,
        places=wanted_places(matching, found.mentees, mentors) if several else 0,
    )


def _serves(matching: Matching, rule: str) -> bool:
    """Whether who is exempt from a rule that alone keeps them from a free seat surely has a mentor.

    As many as can be have one, and with the exemption one more can: no matching serves so many
    without that pair.
    """
    problem, certificate = matching.problem, matching.certificate
    for_everybody = rule == "min_score" or " slot=" in rule
    return (
        problem.coverage_first
        and not problem.wants_several
        and not for_everybody
        and (problem.min_score is None or scores_stay(problem))
        and certificate is not None
        and certificate.proven
        and certificate.promise in SERVE_FIRST
        and certificate.coverage == certificate.coverage_bound
    )


def broken_by_one_more(
    problem: Problem, sums: list[NDArray[np.int64]], i: int
) -> NDArray[np.bool_]:
    """With which mentors a further pair of mentee ``i`` would break a condition on groups."""
    m = problem.shape[1]
    broken = np.zeros(m, dtype=bool)
    for one, held in zip(problem.sides.constraints, sums, strict=True):
        which, rows, weights = one.counted(np.full(m, i), np.arange(m))
        after = held[rows] + weights
        least = one.low if one.or_none else np.minimum(one.low, 0)
        broken[which] |= (after > one.high[rows]) | (after < least[rows])
    return broken


def sums_of_conditions(matching: Matching) -> list[NDArray[np.int64]]:
    """What the pairs add up to in each row of each condition on groups."""
    pairs = (matching.mentees, matching.mentors)
    return [one.sums(*pairs) for one in matching.problem.sides.constraints]


def _best_seat(
    graph: ExchangeGraph | None, i: int, mentors: NDArray[np.intp], eligible: NDArray[np.intp]
) -> int:
    """The mentor with whom one more seat helps most: by the total where one was maximised."""
    if graph is None or not len(mentors):
        return int(eligible[0])
    cost = graph.costs_from(graph.lacking_node(i))[mentors]
    return int(mentors[int(np.argmin(cost))])
