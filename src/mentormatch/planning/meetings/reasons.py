"""Why meetings could not be planned, in people's names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.ids import format_count, rank_ids
from mentormatch.criteria.availability.windows import DAY_SLOTS, WEEK_SLOTS, windows_as_text
from mentormatch.errors import SolverError
from mentormatch.planning.meetings.candidates import all_through
from mentormatch.planning.meetings.obstacles import (
    AddedTime,
    addition_beside,
    smallest_addition,
    smallest_conflict,
    star_conflict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mentormatch.planning.meetings.candidates import Unit
    from mentormatch.planning.meetings.free_time import FreeTime
    from mentormatch.planning.meetings.placing import PlannedGroup
    from mentormatch.planning.meetings.settings import PlanSettings
    from mentormatch.problem import Problem

__all__ = ["UNPLANNED_COLUMNS", "PlannedPeople", "explain_unplanned"]

UNPLANNED_COLUMNS = ("mentee", "mentor", "number", "first_date", "last_date", "reason", "fix")
WINDOWS_SHOWN = 4
# Above this many pairs that share people all other meetings stay where they are in a fix.
MANY_UNITS = 12
# Stands for the dates of a period in a reason that several periods share.
WHEN = "\0"


@dataclass(frozen=True, eq=False)
class PlannedPeople:
    """Whose meetings were planned, and by what."""

    problem: Problem
    settings: PlanSettings
    free: FreeTime


def explain_unplanned(
    plan: PlannedPeople, groups: Iterable[PlannedGroup]
) -> list[tuple[object, ...]]:
    """Give a reason and the smallest fix for each meeting that is not in a plan."""
    found = []
    for planned in groups:
        known: dict[object, tuple[str, str]] = {}
        for u, k in np.argwhere(planned.schedule.at < 0).tolist():
            said = _said(plan, planned, u, k, known)
            unit = planned.group.units[u]
            found += [(mentee, unit.mentor, k, *said) for mentee in unit.mentees]
    mentee_ids, mentor_ids = plan.problem.mentee_ids, plan.problem.mentor_ids
    ranks = rank_ids(mentee_ids), rank_ids(mentor_ids)
    found.sort(key=lambda row: (ranks[0][row[0]], ranks[1][row[1]], row[2]))
    return [
        (
            mentee_ids[i],
            mentor_ids[j],
            k + plan.settings.first_number,
            *plan.settings.period_dates(k),
            *said,
        )
        for i, j, k, *said in found
    ]


def _said(
    plan: PlannedPeople, planned: PlannedGroup, u: int, k: int, known: dict[object, tuple[str, str]]
) -> tuple[str, str]:
    """Return reason and fix; those of periods that are alike are looked for once."""
    group, schedule = planned.group, planned.schedule
    held = [v for v in range(group.size) if v == u or schedule.at[v, k] >= 0]
    begin = group.periods.begin(k)
    choices = [(group.starts[v].at[group.starts[v].of(k)] - begin).tobytes() for v in held]
    # The first period may have fewer days for a kick-off.
    key = (u, tuple(held), tuple(choices), k == 0)
    if key not in known:
        here = group.starts[u].of(k)
        # Whoever is planned stays planned when somebody adds time.
        which = [*(v for v in held if v != u), u]
        tell = _nothing_common if here.start == here.stop else _in_conflict
        known[key] = tell(plan, planned, which, k)
    first, last = plan.settings.period_dates(k)
    reason, fix = (said.replace(WHEN, f"from {first} to {last}") for said in known[key])
    return reason, fix


def _nothing_common(
    plan: PlannedPeople, planned: PlannedGroup, which: list[int], k: int
) -> tuple[str, str]:
    """Tell why the last of some units cannot meet in a period, even by itself."""
    free, unit, length = plan.free, planned.group.units[which[-1]], plan.settings.quarters
    windows = free.in_windows("mentors", unit.mentor)
    for mentee in unit.mentees:
        windows = windows & free.in_windows("mentees", mentee)
    zone = free.timeline.zone(planned.group.reference)
    since = zone.local - planned.group.periods.base
    inside = since // planned.group.periods.quarters == k
    empty = _without_windows(plan, unit)
    first, _ = plan.settings.period_dates(k)
    hours = plan.settings.length_text
    who = _names(plan, unit)
    if empty:
        verb = "has" if len(empty) == 1 else "have"
        reason = f"{_listed(empty)} {verb} given no free time, or no time zone"
    elif not all_through(windows & inside, length).any():
        reason = f"the weekly windows of {who} share no {hours} {WHEN}"
    elif k == 0 and plan.settings.kickoff_days < plan.settings.weeks * 7:
        reason = (
            f"{who} share no {hours} within {plan.settings.kickoff_days} days of {first}, or only "
            "on days off or while somebody is busy"
        )
    else:
        reason = f"every hour that {who} share {WHEN} is on a day off or while somebody is busy"
    fix = _addition(plan, planned, which, k)
    if fix is None:
        fix = "no added time between 8:00 and 20:00 on weekdays helps; choose another mentor"
    return reason, fix


def _in_conflict(
    plan: PlannedPeople, planned: PlannedGroup, which: list[int], k: int
) -> tuple[str, str]:
    """Tell which units stand in each other's way in a period."""
    group = planned.group
    star = star_conflict(group, which, which[-1], k)
    if star is None and not planned.schedule.proven:
        return (
            "the time limit ended the search before this meeting found its hour",
            "plan again with a larger time_limit",
        )
    conflict = smallest_conflict(group, star or which, k)
    units = [group.units[u] for u in conflict]
    mentors = {unit.mentor for unit in units}
    hours = plan.settings.length_text
    fix = _addition(plan, planned, which, k)
    if len(mentors) > 1:
        names = "; ".join(_names(plan, unit) for unit in units)
        reason = f"these cannot all meet for {hours} {WHEN} without being in two places: {names}"
        return reason, fix or "one of these pairs fewer"
    mentor = plan.problem.mentor_ids[units[0].mentor]
    mentees = [plan.problem.mentee_ids[mentee] for unit in units for mentee in unit.mentees]
    allowed = plan.settings.per_mentor_week and plan.settings.per_mentor_week * plan.settings.weeks
    if allowed is not None and len(units) > allowed:
        reason = (
            f"{mentor!r} has {len(units)} mentees ({_listed(mentees)}) to meet {WHEN}, and "
            f"per_mentor_week allows {format_count(allowed, 'meeting')} then"
        )
        return reason, f"allow more meetings a week, or one mentee fewer for {mentor!r}"
    shared = _shared_windows(plan, planned, conflict, k)
    reason = (
        f"{mentor!r} cannot meet all of {_listed(mentees)} for {hours} {WHEN}: their hours in "
        f"common with {mentor!r} are {shared} ({group.reference})"
    )
    fewer = f"one mentee fewer for {mentor!r}"
    return reason, f"{fix}, or {fewer}" if fix else fewer


def _addition(plan: PlannedPeople, planned: PlannedGroup, which: list[int], k: int) -> str | None:
    if len(which) > MANY_UNITS:
        times = planned.schedule.at[:, k].tolist()
        added = addition_beside(planned.group, which[-1], times, k, plan.free)
    else:
        try:
            added = smallest_addition(planned.group, which, k, plan.free)
        except SolverError:
            return "more time of somebody (how little is enough was not found within ten seconds)"
    return None if not added else " and ".join(_ask(plan, one) for one in added)


def _ask(plan: PlannedPeople, added: AddedTime) -> str:
    person = plan.problem.ids(added.side)[added.person]
    hours = added.quarters / 4
    amount = "one more hour" if hours == 1 else f"{hours:g} more hours"
    if hours < 1:
        amount = f"{added.quarters * 15} more minutes"
    return f"{amount} of {person!r} on {added.windows} ({added.zone})"


def _shared_windows(plan: PlannedPeople, planned: PlannedGroup, which: list[int], k: int) -> str:
    """Write the hours at which any of some units can meet, by the reference clock."""
    group = planned.group
    week = np.zeros(WEEK_SLOTS, dtype=bool)
    monday = plan.settings.first.weekday() * DAY_SLOTS
    for u in which:
        labels = group.starts[u].label[group.starts[u].of(k)]
        for later in range(group.periods.length):
            week[(labels + later + monday) % WEEK_SLOTS] = True
    text = windows_as_text(week, WINDOWS_SHOWN)
    return text + (" and more" if text != windows_as_text(week) else "")


def _without_windows(plan: PlannedPeople, unit: Unit) -> list[str]:
    """Name those of a unit who are never free."""
    problem, free = plan.problem, plan.free
    people = [
        (problem.mentor_ids[unit.mentor], free.in_windows("mentors", unit.mentor)),
        *((problem.mentee_ids[i], free.in_windows("mentees", i)) for i in unit.mentees),
    ]
    return [person for person, windows in people if not windows.any()]


def _names(plan: PlannedPeople, unit: Unit) -> str:
    problem = plan.problem
    return _listed([*problem.mentee_ids[list(unit.mentees)], problem.mentor_ids[unit.mentor]])


def _listed(people: Sequence[object]) -> str:
    shown = [repr(one) for one in people]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
