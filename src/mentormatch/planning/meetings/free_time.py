"""When each person is free, quarter-hour by quarter-hour of a timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.cohort import SIDES
from mentormatch.criteria.availability.windows import WEEK_SLOTS, unpacked
from mentormatch.errors import ProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria import Availability
    from mentormatch.planning.meetings.timeline import Timeline

__all__ = ["FreeTime", "check_zones"]

NEVER = bytes(WEEK_SLOTS // 8)


@dataclass(frozen=True, eq=False)
class FreeTime:
    """Weekly windows, days off and busy times of everybody, on one timeline."""

    timeline: Timeline
    weeks: Mapping[Side, list[bytes]]  # for each side, the packed weekly windows of each person
    # For each side, the zone of each person; None: empty cell.
    zones: Mapping[Side, list[str | None]]
    # By side and position, days (from the timeline's origin) without meetings.
    days_off: Mapping[Side, Mapping[int, frozenset[int]]]
    # By side and position, stretches of time that are taken already.
    busy: Mapping[Side, Mapping[int, tuple[tuple[datetime, datetime], ...]]]
    _kept: dict[object, NDArray[np.bool_]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        timeline: Timeline,
        availability: Availability,
        cohort: Cohort,
        days_off: Mapping[Side, Mapping[int, frozenset[int]]],
        busy: Mapping[Side, Mapping[int, tuple[tuple[datetime, datetime], ...]]],
    ) -> FreeTime:
        """Read the columns that an `Availability` criterion names.

        Raises CohortError with every cell that is no weekly window or no time zone.
        """
        weeks: dict[Side, list[bytes]] = {}
        zones: dict[Side, list[str | None]] = {}
        for side in SIDES:
            cells = availability.read_free_cells(cohort, side)
            packed = [NEVER if week is None else week for week in cells.weeks]
            weeks[side] = [packed[code] for code in cells.week_codes.tolist()]
            zones[side] = [cells.zones[code] for code in cells.zone_codes.tolist()]
        return cls(timeline, weeks, zones, days_off, busy)

    def zone(self, side: Side, person: int) -> str:
        """Return the zone of a person; UTC for somebody who named none, and is never free."""
        return self.zones[side][person] or "UTC"

    def possible(self, side: Side, person: int) -> NDArray[np.bool_]:
        """Mark the quarter-hours on the programme's dates that are neither off nor busy."""
        zone = self.zone(side, person)
        off = self.days_off[side].get(person, frozenset())
        key = ("possible", zone, off)
        if key not in self._kept:
            possible = self.timeline.within(zone)
            if off:
                possible &= ~np.isin(self.timeline.zone(zone).day, list(off))
            self._kept[key] = possible
        stretches = self.busy[side].get(person, ())
        if not stretches:
            return self._kept[key]
        possible = self._kept[key].copy()
        for start, end in stretches:
            possible[self.timeline.covered(start, end)] = False
        return possible

    def in_windows(self, side: Side, person: int) -> NDArray[np.bool_]:
        """Mark the quarter-hours at which a person's wall clock shows one of their windows."""
        if self.zones[side][person] is None:
            return np.zeros(self.timeline.quarters, dtype=bool)
        slots = self.timeline.zone(self.zone(side, person)).week_slot
        return np.asarray(unpacked([self.weeks[side][person]])[0][slots])

    def free(self, side: Side, person: int) -> NDArray[np.bool_]:
        """Mark the quarter-hours at which a person can meet."""
        return np.asarray(self.possible(side, person) & self.in_windows(side, person))


def check_zones(availability: Availability) -> None:
    """Refuse windows whose clock nobody named.

    Raises ProblemError if the criterion has no ``timezone``.
    """
    if availability.timezone is None:
        raise ProblemError(
            "A plan needs to know by which clock people's windows are meant. Give the criterion "
            "Availability the column of people's zones and the dates of the programme, timezone = "
            '"tz" and dates = …, or one zone for everybody, timezone = "Europe/Berlin".'
        )
