"""A first schedule, unit by unit, and whether it can be improved at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.planning.meetings.candidates import Periods, Starts, Unit

__all__ = ["Group", "PlannedGroup", "Schedule", "place_one_by_one"]

NONE = -1


@dataclass(frozen=True, eq=False)
class Group:
    """Units that share people, directly or through others, and so are planned together."""

    units: Sequence[Unit]
    starts: Sequence[Starts]  # where the meetings of each unit may begin
    # For each unit the numbers of its people, its mentor last; one number is one person.
    people: Sequence[tuple[int, ...]]
    periods: Periods  # how the programme is cut
    reference: str = "UTC"  # the zone by whose calendar periods and weeks are counted
    mentor_week: int | None = None  # the most meetings of a mentor in a week; None: no limit

    @property
    def size(self) -> int:
        """How many units there are."""
        return len(self.starts)


@dataclass(frozen=True, eq=False)
class Schedule:
    """When the units of a group meet."""

    at: NDArray[np.intp]  # (units, periods): the quarter-hour each meeting begins, −1: none
    usual: NDArray[np.intp]  # (units,): the label of each unit's usual weekday and hour
    same: int  # how many meetings are at the usual weekday and hour
    most: int  # no schedule has more meetings
    proven: bool  # none has more meetings, and none of as many has more of them at the usual hour

    def missing(self, unit: int) -> NDArray[np.intp]:
        """List the periods in which a unit has no meeting."""
        return np.flatnonzero(self.at[unit] < 0)

    @property
    def planned(self) -> int:
        """How many meetings there are."""
        return int((self.at >= 0).sum())


@dataclass(frozen=True, eq=False)
class PlannedGroup:
    """Units that were planned together, and their schedule."""

    group: Group
    schedule: Schedule


def _most_possible(group: Group) -> tuple[int, int]:
    """Bound meetings, and meetings at a usual hour, by what each unit could have alone."""
    planned = same = 0
    for starts in group.starts:
        grid, _ = _grid(starts, group.periods.count)
        held = grid >= 0
        planned += int(held.any(axis=0).sum())
        same += int(held.sum(axis=1).max(initial=0))
    return planned, same


def place_one_by_one(group: Group) -> Schedule:
    """Plan the units one after the other, those with the least choice first.

    Each takes the weekday and hour that is free in most periods, on the full hour if it can; then
    what is still missing is put as near to it as possible. The schedule is proven where every unit
    has what it could have if it were alone.
    """
    count = group.periods.count
    at = np.full((group.size, count), NONE, dtype=np.intp)
    usual = np.zeros(group.size, dtype=np.intp)
    grids = [_grid(starts, count) for starts in group.starts]
    most, most_same = _most_possible(group)
    order = sorted(range(group.size), key=lambda p: int((grids[p][0] >= 0).sum()))
    same = 0
    for p in order:
        grid, labels = grids[p]
        if not len(labels):
            continue
        open_ = _open(group, at, grids, p)
        best = int(np.argmax(open_.sum(axis=1)))
        usual[p] = labels[best]
        at[p] = np.where(open_[best], grid[best], NONE)
        same += int(open_[best].sum())
    for p in order:
        grid, labels = grids[p]
        for k in np.flatnonzero(at[p] < 0).tolist() if len(labels) else ():
            rows = np.flatnonzero(_open(group, at, grids, p)[:, k])
            if len(rows):
                at[p, k] = grid[rows[np.argmin(np.abs(labels[rows] - usual[p]))], k]
    proven = int((at >= 0).sum()) == most and same == most_same
    return Schedule(at, usual, same, most, proven)


def _grid(starts: Starts, count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the start of each label in each period, −1 where there is none; nice hours first."""
    labels, rows = np.unique(starts.label, return_inverse=True)
    # Full hours, then half hours, then quarters; earlier in the period first.
    order = np.lexsort((labels, np.array([0, 2, 1, 2])[labels % 4]))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    grid = np.full((len(labels), count), NONE, dtype=np.intp)
    # When a clock is set back, the first of two equal times stays.
    grid[rank[rows[::-1]], starts.period[::-1]] = starts.at[::-1]
    return grid, labels[order]


def _open(
    group: Group,
    at: NDArray[np.intp],
    grids: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]],
    p: int,
) -> NDArray[np.bool_]:
    """Mark the starts of a pair that collide with no meeting placed so far."""
    grid = grids[p][0]
    open_ = grid >= 0
    mine = set(group.people[p])
    held = [q for q in range(group.size) if q != p and mine & set(group.people[q])]
    for q in held:
        clash = np.abs(grid - at[q]) < group.periods.length
        open_ &= ~(clash & (at[q] >= 0))
    if group.mentor_week is None:
        return open_
    mentor = group.people[p][-1]
    week = _weeks_of(group.starts[p], grid)
    used = np.zeros((group.periods.weeks, group.periods.count), dtype=np.intp)
    for q in held:
        if group.people[q][-1] == mentor:
            for k in np.flatnonzero(at[q] >= 0).tolist():
                used[_weeks_of(group.starts[q], at[q, k : k + 1])[0], k] += 1
    full = used[week, np.arange(group.periods.count)] >= group.mentor_week
    return np.asarray(open_ & ~full)


def _weeks_of(starts: Starts, at: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the week of the period in which each start lies; 0 where there is none."""
    order = np.argsort(starts.at)
    place = np.minimum(np.searchsorted(starts.at[order], at), len(order) - 1)
    return np.where(at >= 0, starts.week[order][place], 0)
