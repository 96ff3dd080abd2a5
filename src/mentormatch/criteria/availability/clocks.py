"""What the clocks on people's walls show, quarter-hour by quarter-hour of a programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from scipy import sparse

from mentormatch.criteria.availability.windows import DAY_SLOTS, WEEK_SLOTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.criteria.interface.arrays import Csr

__all__ = ["Clock", "meetings", "programme_weeks"]

SLOT = timedelta(minutes=15)


def programme_weeks(first: date, last: date) -> int:
    """Whole weeks from the first date on, the last one completed."""
    return -(-((last - first).days + 1) // 7)


@dataclass(frozen=True, eq=False)
class Clock:
    """One time zone over the programme.

    A quarter-hour t of the programme, counted in UTC from the first date, falls at the quarter-hour
    of the week that the wall clock shows then. Where the clock jumps, ``length`` quarter-hours in a
    row of the programme are not in a row on the wall; such places get a class of their own.
    """

    zone: str  # IANA name
    first: date  # first date
    weeks: int  # how many; the programme is read as a circle, the first follows the last
    length: int  # how many quarter-hours a slot has

    @cached_property
    def shown(self) -> NDArray[np.intp]:
        """What the wall clock shows at each quarter-hour: (weeks · 672,), each 0..671."""
        start = datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)
        days, zone = self.weeks * 7, ZoneInfo(self.zone)
        midnights = [_offset(zone, start + timedelta(days=d)) for d in range(days + 1)]
        offsets = np.repeat(np.array(midnights[:-1]), DAY_SLOTS)
        for d in range(days):
            # The clock is changed at most once a day; only such days need a closer look.
            if midnights[d] != midnights[d + 1]:
                day = start + timedelta(days=d)
                offsets[d * DAY_SLOTS : (d + 1) * DAY_SLOTS] = [
                    _offset(zone, day + SLOT * k) for k in range(DAY_SLOTS)
                ]
        slots = np.arange(days * DAY_SLOTS) + offsets + self.first.weekday() * DAY_SLOTS
        return np.asarray(slots % WEEK_SLOTS, dtype=np.intp)

    @cached_property
    def classes(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Class of each quarter-hour, and what the clock shows in the next ones.

        Codes are (weeks · 672,): 0..671 is the regular class of a quarter-hour of the week, further
        ones stand for jumps. The second array (classes, length + 1) is what the clock shows now and
        in the next ``length`` quarter-hours.
        """
        shown, steps = self.shown, np.arange(self.length + 1)
        regular = (np.arange(WEEK_SLOTS)[:, None] + steps) % WEEK_SLOTS
        irregular = np.zeros(len(shown), dtype=bool)
        for k in range(1, self.length + 1):
            irregular |= np.roll(shown, -k) != regular[:, k][shown]
        jumps = np.flatnonzero(irregular)
        if not len(jumps):
            return shown, regular
        ahead = shown[(jumps[:, None] + steps) % len(shown)]
        classes, where = np.unique(ahead, axis=0, return_inverse=True)
        codes = shown.copy()
        codes[jumps] = WEEK_SLOTS + where.ravel()
        return codes, np.concatenate([regular, classes])

    def starts(self, weeks: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
        """Classes at which a stretch of ``length`` free quarter-hours begins.

        ``weeks`` are (people, 672) free quarter-hours on the wall clock; ``length`` is at most
        ``self.length + 1``. The answer is a bool array (people, classes).
        """
        ahead = self.classes[1]
        free = np.concatenate([weeks, weeks[:, ahead[WEEK_SLOTS:, 0]]], axis=1)
        for k in range(1, length):
            free &= weeks[:, ahead[:, k]]
        return free


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    ahead = moment.astimezone(zone).utcoffset()
    assert ahead is not None
    return ahead // SLOT


def meetings(one: Clock, other: Clock) -> Csr:
    """How often a class of one clock meets a class of another: sparse (classes, classes)."""
    codes, others = one.classes[0], other.classes[0]
    shape = (len(one.classes[1]), len(other.classes[1]))
    counts: Csr = sparse.coo_array((np.ones(len(codes)), (codes, others)), shape=shape).tocsr()
    return counts
