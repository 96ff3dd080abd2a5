"""Rules that every matching keeps whose meetings can all be planned."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.problem import Quota
from mentormatch.problem.pairs import UNPLACED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mentormatch.planning.meetings.settings import PlanSettings
    from mentormatch.problem import Problem

__all__ = ["MeetRule", "rules_table", "with_rules"]

# So many mentees are named in a reason; of more their number is said.
NAMED = 3


@dataclass(frozen=True)
class MeetRule:
    """At most so many of some mentees with one mentor, because more cannot be planned."""

    mentees: tuple[int, ...]  # positions
    # Positions; one, unless a mentee with several mentors has no hour for all of them.
    mentors: tuple[int, ...]
    at_most: int  # how many of these pairs can be planned
    period: int = field(compare=False)  # in which period it shows
    # Where the rule is about these pairs only, a chain of pairs that share people and cannot all be
    # planned; empty where it is about all pairs of its people. What `at_most` then allows is weaker
    # than the chain, which no quota can say; the search tries each way to end it.
    pairs: tuple[tuple[int, int], ...] = ()


def with_rules(
    problem: Problem,
    rules: Iterable[MeetRule],
    settings: PlanSettings,
    without: Iterable[tuple[int, int]] = (),
) -> Problem:
    """Add rules to a problem, bans where no pair can meet, else quotas; and go without pairs."""
    mentees, mentors = problem.mentee_ids, problem.mentor_ids
    bans: list[tuple[object, ...]] = list(problem.ban_rules)
    bans += [
        (mentees[i], mentors[j], f"{UNPLACED}: another pair meets at its hours")
        for i, j in sorted(without)
    ]
    quotas = list(problem.quotas)
    for number, rule in enumerate(rules, start=1):
        if rule.at_most == 0:
            first, last = settings.period_dates(rule.period)
            reason = f"{UNPLACED}: no common {settings.length_text} from {first} to {last}"
            bans += [(mentees[i], mentors[j], reason) for i in rule.mentees for j in rule.mentors]
            continue
        names = ", ".join(repr(mentors[j]) for j in rule.mentors)
        quotas.append(
            Quota(
                [mentees[i] for i in rule.mentees],
                [mentors[j] for j in rule.mentors],
                at_most=rule.at_most,
                name=f"hours of {names} ({number})",
            )
        )
    return replace(problem, bans=bans, quotas=quotas)


def rules_table(
    problem: Problem, rules: Sequence[MeetRule], settings: PlanSettings
) -> pd.DataFrame:
    """Show rules in ids: mentees, mentors, at_most, first_date, last_date, reason."""
    rows = []
    for rule in rules:
        first, last = settings.period_dates(rule.period)
        mentees = [problem.mentee_ids[i] for i in rule.mentees]
        mentors = [problem.mentor_ids[j] for j in rule.mentors]
        length, when = settings.length_text, f"from {first} to {last}"
        if rule.pairs:
            at_most = len(rule.pairs) - 1
            names = ", ".join(
                f"{problem.mentee_ids[i]!r} with {problem.mentor_ids[j]!r}" for i, j in rule.pairs
            )
            reason = f"meetings of {length} of {names} do not all fit {when}"
        else:
            at_most = rule.at_most
            reason = _reason(mentees, mentors, at_most, length, when)
        rows.append((mentees, mentors, at_most, first, last, reason))
    columns = ["mentees", "mentors", "at_most", "first_date", "last_date", "reason"]
    return pd.DataFrame(rows, columns=columns)


def _reason(
    mentees: Sequence[object], mentors: Sequence[object], at_most: int, length: str, when: str
) -> str:
    """Say in words why at most so many of some pairs are made."""
    people = ", ".join(map(repr, mentors))
    few = len(mentees) <= NAMED
    who = ", ".join(map(repr, mentees)) if few else f"{len(mentees):,} mentees"
    if at_most == 0:
        verb = "has" if len(mentees) == 1 else "have"
        return f"{who} {verb} no {length} in common with {people} {when}, so no such pair is made"
    if len(mentors) == 1:
        among = f"the mentees {who}" if few else who
        return f"{people} can meet at most {at_most} of {among} for {length} {when}"
    return f"{who} can meet at most {at_most} of {people} for {length} {when}"
