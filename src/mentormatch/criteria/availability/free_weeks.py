"""Who is free when: the distinct weeks of one table's people, each with its clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.criteria.availability.windows import WEEK_SLOTS, unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mentormatch.criteria.interface.arrays import Positions

__all__ = ["FreeCells", "People"]

NOTHING = bytes(WEEK_SLOTS // 8)


@dataclass(frozen=True, eq=False, slots=True)
class FreeCells:
    """What the cells of one table say, each distinct cell once."""

    week_codes: Positions  # (people,): which of weeks a person has
    weeks: Sequence[bytes | None]  # free quarter-hours of the week, packed; None: empty cell
    zone_codes: Positions  # (people,): which of zones a person has
    zones: Sequence[str | None]  # IANA names; None: empty cell
    notes: tuple[str, ...] = ()  # what zones that are written otherwise were read as

    @property
    def clocks(self) -> set[str]:
        """The zones that occur."""
        return {zone for zone in self.zones if zone is not None}


@dataclass(frozen=True, eq=False)
class People:
    """The free weeks of one table's people, each distinct (week, clock) once."""

    codes: Positions  # (people,), from 0 without holes: which pattern a person has
    missing: NDArray[np.bool_]  # (people,): the week or the zone is not known
    # (patterns, 672): free quarter-hours on the wall clock, Monday 00:00 first.
    weeks: NDArray[np.bool_]
    clock_of: Positions  # (patterns,): which of clocks a pattern is read by
    clocks: tuple[str, ...]  # zones, one for all whose clocks show the same

    @classmethod
    def of(cls, cells: FreeCells, alike: Mapping[str, str]) -> People:
        """Find the patterns of people.

        ``alike`` has, for each zone and for UTC, the one that stands for all whose clocks show the
        same.
        """
        # The first pattern is that of people who left a cell empty.
        place: dict[bytes, int] = {NOTHING: 0}
        weeks = [-1 if w is None else place.setdefault(w, len(place)) for w in cells.weeks]
        clocks = tuple(dict.fromkeys(alike.values()))
        zones = [-1 if z is None else clocks.index(alike[z]) for z in cells.zones]
        week = np.array(weeks, dtype=np.intp)[cells.week_codes]
        zone = np.array(zones, dtype=np.intp)[cells.zone_codes]
        missing = (week < 0) | (zone < 0)
        pairs = np.where(missing, clocks.index(alike["UTC"]), week * len(clocks) + zone)
        patterns, codes = np.unique(pairs, return_inverse=True)
        which, clock_of = np.divmod(patterns, len(clocks))
        distinct = list(place)
        return cls(
            codes=codes.astype(np.intp),
            missing=missing,
            weeks=unpacked([distinct[k] for k in which.tolist()]),
            clock_of=clock_of.astype(np.intp),
            clocks=clocks,
        )

    def take(self, which: Positions) -> People:
        """The same patterns for these people."""
        return replace(self, codes=self.codes[which], missing=self.missing[which])

    def clock(self, pattern: int) -> str:
        """The zone by whose clock a pattern is read."""
        return self.clocks[int(self.clock_of[pattern])]

    @cached_property
    def patterns_in(self) -> dict[str, Positions]:
        """The patterns of each clock that occurs."""
        occurring = np.unique(self.clock_of).tolist()
        return {self.clocks[k]: np.flatnonzero(self.clock_of == k) for k in occurring}
