"""What stands in the way of a meeting, and the smallest change that would make room for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.criteria.availability.windows import DAY_SLOTS, WEEK_SLOTS, windows_as_text
from mentormatch.errors import SolverError
from mentormatch.planning.meetings.candidates import all_through
from mentormatch.planning.meetings.program import add_pieces, fits, keep_apart, subgroup
from mentormatch.solvers.programs.cp_sat import one_search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Side
    from mentormatch.planning.meetings.candidates import Unit
    from mentormatch.planning.meetings.free_time import FreeTime
    from mentormatch.planning.meetings.placing import Group

__all__ = [
    "AddedTime",
    "addition_beside",
    "smallest_addition",
    "smallest_conflict",
    "star_conflict",
]

# Hours of the day in which somebody may be asked for more time, Monday to Friday.
ASKED_FROM, ASKED_TO, ASKED_DAYS = 8 * 4, 20 * 4, 5
SECONDS = 10.0


@dataclass(frozen=True)
class AddedTime:
    """Time that one person would have to add to their weekly windows."""

    side: Side
    person: int  # position
    windows: str  # on the person's own clock, such as Wed 18:00-19:00
    zone: str  # that clock
    quarters: int  # how many quarter-hours


class PaidStarts(NamedTuple):
    """Starts that asking people for time could allow."""

    at: NDArray[np.intp]  # (starts,): quarter-hours of the timeline
    missing: NDArray[np.intp]  # (starts,): quarter-hours to be added to people's windows
    # (starts,): how many people, at most 3, would add time apart from their windows.
    alone: NDArray[np.intp]
    week: NDArray[np.intp]  # (starts,): week of the period

    @property
    def price(self) -> NDArray[np.intp]:
        """Order of preference: little time, next to hours that are free already, a full hour."""
        full = np.array([0, 2, 1, 2], dtype=np.intp)[self.at % 4]
        return self.missing * 16 + self.alone * 4 + full


def smallest_conflict(group: Group, which: Sequence[int], period: int) -> list[int]:
    """Reduce units that cannot all meet to some of which none can be left out.

    Units are left out one after the other in the order given, when the others still cannot meet.
    """
    # Most conflicts are about the hours of one person; few units are quickly tried.
    for person in sorted({one for u in which for one in group.people[u]}):
        star = [u for u in which if person in group.people[u]]
        if 1 < len(star) < len(which) and not fits(group, star, period):
            which = star
            break
    kept = list(which)
    for u in which:
        without = [v for v in kept if v != u]
        if without and not fits(group, without, period):
            kept = without
    return kept


def star_conflict(group: Group, which: Sequence[int], unit: int, period: int) -> list[int] | None:
    """Find units that share one person with a unit and cannot all meet; None where they can."""
    for person in group.people[unit]:
        star = [u for u in which if person in group.people[u]]
        if len(star) > 1 and not fits(group, star, period):
            return star
    return None


def addition_beside(
    group: Group, unit: int, planned: Sequence[int], period: int, free: FreeTime
) -> list[AddedTime] | None:
    """Find the fewest quarter-hours to add for one unit, with all other meetings where they are.

    ``unit`` is the one that has no meeting; ``planned`` is when each unit of the group meets in the
    period, −1 where it does not. None where no hour is enough; see `smallest_addition`.
    """
    starts = _paid_starts(group, group.units[unit], period, free)
    mine = set(group.people[unit])
    clear = np.ones(len(starts.at), dtype=bool)
    for u, at in enumerate(planned):
        if u != unit and at >= 0 and mine & set(group.people[u]):
            clear &= np.abs(starts.at - at) >= group.periods.length
    if group.mentor_week is not None:
        calendar = free.timeline.zone(group.reference).local - group.periods.base
        held = [
            int(calendar[at]) % group.periods.quarters // WEEK_SLOTS
            for u, at in enumerate(planned)
            if u != unit and at >= 0 and group.people[u][-1] == group.people[unit][-1]
        ]
        counts = np.bincount(np.array(held, dtype=np.intp), minlength=group.periods.weeks)
        clear &= counts[starts.week] < group.mentor_week
    if not clear.any():
        return None
    best = np.flatnonzero(clear)[np.argmin(starts.price[clear])]
    at = int(starts.at[best])
    return _additions(group.units[unit], at, group.periods.length, free)


def smallest_addition(
    group: Group, which: Sequence[int], period: int, free: FreeTime
) -> list[AddedTime] | None:
    """Find the fewest quarter-hours to add to people's windows so that some units can all meet.

    Only hours between 8:00 and 20:00 from Monday to Friday are asked for, by each person's own
    clock, on days that are not off and while they are not busy. The limit of meetings in a week
    stays. None where no such hours are enough. Raises SolverError if the fewest were not found
    within ten seconds.
    """
    from ortools.sat.python import cp_model

    paid = [_paid_starts(group, group.units[u], period, free) for u in which]
    if not all(len(starts.at) for starts in paid):
        return None
    begin = group.periods.begin(period)
    model = cp_model.CpModel()
    meetings, costs = [], []
    for starts in paid:
        inside = starts.at - begin
        pieces = add_pieces(model, inside, starts.week, starts.price, group.periods.length)
        model.add_exactly_one(piece.present for piece in pieces)
        costs += [piece.common * piece.present for piece in pieces]
        meetings.append(pieces)
    keep_apart(model, subgroup(group, which), meetings)
    model.minimize(sum(costs))
    solver = one_search(SECONDS)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None
    if status != cp_model.OPTIMAL:
        raise SolverError("The smallest addition was not found in time.")
    added = []
    for u, starts, pieces in zip(which, paid, meetings, strict=True):
        (at,) = (begin + solver.value(p.start) for p in pieces if solver.boolean_value(p.present))
        if starts.missing[starts.at == at][0]:
            added += _additions(group.units[u], at, group.periods.length, free)
    return added


def _people_of(unit: Unit) -> list[tuple[Side, int]]:
    return [*(("mentees", one) for one in unit.mentees), ("mentors", unit.mentor)]


def _paid_starts(group: Group, unit: Unit, period: int, free: FreeTime) -> PaidStarts:
    """List every start in a period that asking for time could allow."""
    length = group.periods.length
    allowed = np.ones(free.timeline.quarters, dtype=bool)
    missing = np.zeros(free.timeline.quarters, dtype=np.intp)
    alone = np.zeros(free.timeline.quarters, dtype=np.intp)
    for side, person in _people_of(unit):
        zone = free.timeline.zone(free.zone(side, person))
        hour, day = zone.week_slot % DAY_SLOTS, zone.week_slot // DAY_SLOTS
        asked = (hour >= ASKED_FROM) & (hour < ASKED_TO) & (day < ASKED_DAYS)
        windows = free.in_windows(side, person)
        allowed &= free.possible(side, person) & (windows | asked)
        missing += ~windows
        # Free in the quarter-hour before, during or after a meeting that begins here.
        padded = np.concatenate([[False], windows, np.zeros(length, dtype=bool)])
        alone += all_through(~padded, length + 2)[: len(windows)]
    at = np.flatnonzero(all_through(allowed, length))
    sums = np.concatenate([[0], np.cumsum(missing)])
    calendar = free.timeline.zone(group.reference).local
    since = calendar - group.periods.base
    here = since[at] // group.periods.quarters == period
    here &= since[at + length - 1] // group.periods.quarters == period
    if period == 0:
        here &= since[at] < group.periods.kickoff_days * DAY_SLOTS
    at = at[here]
    weeks = since[at] % group.periods.quarters // WEEK_SLOTS
    needed = (sums[at + length] - sums[at]).astype(np.intp)
    return PaidStarts(at, needed, np.minimum(alone[at], 3), weeks)


def _additions(unit: Unit, at: int, length: int, free: FreeTime) -> list[AddedTime]:
    """Say what each person of a unit would have to add for a meeting."""
    found = []
    for side, person in _people_of(unit):
        span = slice(at, at + length)
        lacking = ~free.in_windows(side, person)[span]
        if lacking.any():
            zone = free.zone(side, person)
            week = np.zeros(WEEK_SLOTS, dtype=bool)
            week[free.timeline.zone(zone).week_slot[span][lacking]] = True
            text = windows_as_text(week)
            found.append(AddedTime(side, person, text, zone, int(lacking.sum())))
    return found
