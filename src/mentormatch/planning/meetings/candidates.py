"""Where meetings may begin, period by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.criteria.availability.windows import DAY_SLOTS, WEEK_SLOTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.planning.meetings.free_time import FreeTime

__all__ = ["Periods", "Starts", "Unit", "all_through", "unit_starts"]


class Unit(NamedTuple):
    """Who meets: the positions of a mentor and of one mentee, or of its whole group."""

    mentees: tuple[int, ...]
    mentor: int


@dataclass(frozen=True)
class Periods:
    """How a programme is cut into periods of whole weeks, one meeting in each."""

    count: int  # how many periods, and meetings of each pair
    weeks: int  # length of a period
    length: int  # length of a meeting, in quarter-hours
    kickoff_days: int  # the first meeting lies within so many days of the first date
    first_day: int  # the programme's first date, in days from the timeline's origin

    @property
    def quarters(self) -> int:
        """Length of a period in quarter-hours."""
        return self.weeks * WEEK_SLOTS

    @property
    def base(self) -> int:
        """The quarter-hour at which the first period begins, by UTC."""
        return self.first_day * DAY_SLOTS

    def begin(self, period: int) -> int:
        """Return the quarter-hour at which a period begins, by UTC."""
        return self.base + period * self.quarters


@dataclass(frozen=True, eq=False)
class Starts:
    """The instants at which meetings of one unit can begin."""

    at: NDArray[np.intp]  # (starts,): quarter-hours of the timeline, ascending
    period: NDArray[np.intp]  # (starts,): in which period each lies
    # (starts,): Quarter-hours from the beginning of the period as the mentor's wall clock shows
    # them. The same label in two periods is the same weekday and hour.
    label: NDArray[np.intp]
    week: NDArray[np.intp]  # (starts,): week of the period, by the component's calendar

    def within(self, period: int) -> NDArray[np.intp]:
        """Return the starts of a period."""
        return self.at[self.of(period)]

    def of(self, period: int) -> slice:
        """Return where the starts of a period stand in the arrays."""
        low, high = np.searchsorted(self.period, [period, period + 1])
        return slice(int(low), int(high))


def all_through(free: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """Mark the quarter-hours from which ``length`` marked ones follow, the last ones never."""
    marked = np.zeros(len(free), dtype=bool)
    last = len(free) - length + 1
    if last <= 0:
        return marked
    marked[:last] = free[:last]
    for k in range(1, length):
        marked[:last] &= free[k : last + k]
    return marked


def unit_starts(
    free: FreeTime, periods: Periods, unit: Unit, common: NDArray[np.bool_], reference: str
) -> Starts:
    """List where the meetings of a unit may begin, given its common free quarter-hours.

    ``common`` is a bool array (quarters,); ``reference`` is the zone by whose calendar periods and
    weeks are counted.
    """
    at = np.flatnonzero(all_through(common, periods.length))
    calendar = free.timeline.zone(reference).local
    since = calendar[at] - periods.base
    period, inside = np.divmod(since, periods.quarters)
    # A meeting that runs over the end of a period could meet another one there.
    ends = (calendar[at + periods.length - 1] - periods.base) // periods.quarters
    kept = (period >= 0) & (period < periods.count) & (ends == period)
    kept &= (period > 0) | (inside < periods.kickoff_days * DAY_SLOTS)
    at, period, inside = at[kept], period[kept], inside[kept]
    shown = free.timeline.zone(free.zone("mentors", unit.mentor)).local[at]
    label = shown - periods.base - period * periods.quarters
    # Clocks that are set back near the end of a period could otherwise put periods out of order.
    order = np.lexsort((at, period))
    return Starts(
        at[order], period[order].astype(np.intp), label[order], (inside // WEEK_SLOTS)[order]
    )
