"""The quarter-hours of a programme in UTC, and what people's clocks and windows say of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.criteria.availability.clocks import Clock
from mentormatch.criteria.availability.windows import DAY_SLOTS, WEEK_SLOTS

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

__all__ = ["QUARTER", "Timeline", "ZoneTimes"]

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, eq=False)
class ZoneTimes:
    """What the clocks of one zone show at every quarter-hour of a timeline."""

    # (quarters,): Quarter-hours of wall-clock time since midnight of the first date of the
    # timeline; a clock change makes it jump.
    local: NDArray[np.intp]
    week_slot: NDArray[np.intp]  # (quarters,): quarter-hour of the week, 0 is Monday 00:00

    @property
    def day(self) -> NDArray[np.intp]:
        """Which date the calendar on the wall shows, counted from the timeline's first."""
        return np.asarray(self.local // DAY_SLOTS)


@dataclass(frozen=True, eq=False)
class Timeline:
    """Quarter-hours of UTC that hold every local date from ``first`` to ``last``.

    Both dates are included, on anybody's own calendar.
    """

    first: date
    last: date

    @cached_property
    def origin(self) -> datetime:
        """Quarter-hour 0: midnight UTC two days before the first date."""
        start = self.first - timedelta(days=2)
        return datetime(start.year, start.month, start.day, tzinfo=UTC)

    @cached_property
    def weeks(self) -> int:
        """Whole weeks from the origin to two days after the last date."""
        days = (self.last - self.origin.date()).days + 3
        return -(-days // 7)

    @property
    def quarters(self) -> int:
        """How many quarter-hours there are."""
        return self.weeks * WEEK_SLOTS

    @cached_property
    def _zones(self) -> dict[str, ZoneTimes]:
        return {}

    def zone(self, name: str) -> ZoneTimes:
        """Read the clocks of an IANA zone; kept for the next time."""
        if name not in self._zones:
            shown = Clock(name, self.origin.date(), self.weeks, 1).shown
            quarters = np.arange(self.quarters)
            monday = self.origin.weekday() * DAY_SLOTS
            half = WEEK_SLOTS // 2
            # Clocks are less than half a week from UTC, so the week's quarter says the difference.
            ahead = (shown - quarters - monday + half) % WEEK_SLOTS - half
            self._zones[name] = ZoneTimes(quarters + ahead, shown)
        return self._zones[name]

    def day_of(self, moment: date) -> int:
        """Count the days from the origin to a date."""
        return (moment - self.origin.date()).days

    def instant(self, quarter: int) -> datetime:
        """Return the beginning of a quarter-hour, in UTC."""
        return self.origin + int(quarter) * QUARTER

    def covered(self, start: datetime, end: datetime) -> slice:
        """Return the quarter-hours that a stretch of time touches, cut to the timeline."""
        low = (start - self.origin) // QUARTER
        high = -((self.origin - end) // QUARTER)
        return slice(max(0, low), max(0, min(self.quarters, high)))

    def within(self, zone: str) -> NDArray[np.bool_]:
        """Mark the quarter-hours that lie on one of the programme's dates by a zone's calendar."""
        day = self.zone(zone).day
        return np.asarray((day >= self.day_of(self.first)) & (day <= self.day_of(self.last)))
