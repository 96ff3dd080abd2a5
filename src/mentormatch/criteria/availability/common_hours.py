"""Free time of everybody over a programme, and how much of it two people share."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import sparse

from mentormatch.criteria.availability.clocks import Clock, meetings
from mentormatch.criteria.availability.stretches import lengths_of, mentee_stretches, mentor_starts
from mentormatch.criteria.availability.windows import (
    DAY_SLOTS,
    WEEK_SLOTS,
    windows_as_text,
)
from mentormatch.criteria.interface.fitted import (
    BY_MENTEE,
    BY_MENTOR,
    DescribedCriterion,
    Fitted,
    Rule,
)
from mentormatch.criteria.interface.products import PAIRS_AT_ONCE, Product, add_times, dot_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from mentormatch.criteria.availability.free_weeks import People
    from mentormatch.criteria.interface.arrays import Csr, Floats, Numbers, Positions
    from mentormatch.criteria.interface.buffers import Buffers

__all__ = ["FittedAvailability"]


class AvailabilityTerms(DescribedCriterion, Protocol):
    """The attributes of an `Availability` that its fitted form reads; all in hours."""

    @property
    def wanted_hours(self) -> float:
        """Hours a week that count as 1."""

    @property
    def minimum_hours(self) -> float | None:
        """Hours a week below which a pair is ineligible."""

    @property
    def slot(self) -> float | None:
        """The shortest stretch that counts."""

    @property
    def timezone(self) -> object:
        """The columns of time zones; None: hours are compared as they are written."""


@dataclass(frozen=True, eq=False)
class FittedAvailability(Fitted):
    """Starts of common free stretches, counted over all quarter-hours t of the programme.

    With S_k the number of t at which both are free for k quarter-hours in a row, a common stretch
    of r ≥ L quarter-hours is counted r − L + 1 times by S_L and r − L times by S_{L+1}, so that
    L·S_L − (L − 1)·S_{L+1} adds up to r: the common time in stretches of at least L, an integer. L
    is 1 without ``slot``. The programme is a circle.

    S_k is a product of indicators. Mentees of one zone see week-slots of their own clock; a window
    of theirs is a column if others have it as well, or a difference of two prefix sums of the
    mentor's starts along that clock, so A has one or two entries per window.
    """

    criterion: AvailabilityTerms
    mentees: People = field(metadata=BY_MENTEE)
    mentors: People = field(metadata=BY_MENTOR)
    clocks: Mapping[str, Clock]
    pattern_left: Csr
    pattern_right: NDArray[np.signedinteger] | None
    zone_notes: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What time zones were read as, or that none is known."""
        if self.criterion.timezone is None:
            return (
                "hours are compared as they are written, for no time zone is given: it is right "
                "where all live in one.",
            )
        return self.zone_notes

    @classmethod
    def of(
        cls,
        criterion: AvailabilityTerms,
        mentees: People,
        mentors: People,
        clocks: Mapping[str, Clock],
        zone_notes: tuple[str, ...] = (),
    ) -> FittedAvailability:
        """Cut everybody's week into starts."""
        left, columns = mentee_stretches(mentees, clocks)
        right = mentor_starts(mentors, clocks, columns)
        return cls(
            criterion=criterion,
            # Who is never free and who did not say have one week of no hours, and are not alike.
            mentee_codes=np.unique(2 * mentees.codes + mentees.missing, return_inverse=True)[1],
            mentee_missing=mentees.missing,
            mentor_missing=mentors.missing,
            mentees=mentees,
            mentors=mentors,
            clocks=clocks,
            pattern_left=left,
            pattern_right=right,
            zone_notes=zone_notes,
        )

    @property
    def _clock(self) -> Clock | None:
        return next(iter(self.clocks.values()), None)

    @property
    def unit(self) -> float:
        """Hours a week that one common quarter-hour of the programme is worth."""
        return 0.25 / (self._clock.weeks if self._clock else 1)

    @cached_property
    def _most(self) -> float:
        """Common quarter-hours that are worth 1, an integer if all but rounding says so.

        At least one: anything above nothing is worth 1 when less is wanted.
        """
        most = max(self.criterion.wanted_hours / self.unit, 1.0)
        return float(round(most)) if math.isclose(most, round(most), rel_tol=1e-9) else most

    @cached_property
    def _highest(self) -> int:
        """Common quarter-hours of which more change neither a value nor a rule."""
        fewest = max((round(rule.limit) for rule in self.rules), default=0)
        return max(math.ceil(self._most), fewest)

    def measured(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """Common quarter-hours of the programme, an integer; NaN = missing."""
        quarters = self._quarters(mentees, mentors)
        missing = self.mentee_missing[mentees] | self.mentor_missing[mentors]
        return np.where(missing, np.nan, quarters)

    def present(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """Hours by hours wanted, at most 1."""
        return np.asarray(np.minimum(self._quarters(mentees, mentors) / self._most, 1.0))

    def _quarters(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        near, far = self.mentees.codes[mentees], self.mentors.codes[mentors]
        if self.pattern_right is not None:
            return self._differences_of(near, far)
        quarters = np.zeros(len(near))
        for mine, theirs, factor, met, free in self._zone_pairs(np.unique(near), np.unique(far)):
            place, other = np.searchsorted(mine, near), np.searchsorted(theirs, far)
            place, other = np.minimum(place, len(mine) - 1), np.minimum(other, len(theirs) - 1)
            here = np.flatnonzero((mine[place] == near) & (theirs[other] == far))
            quarters[here] += factor * dot_pairs(met, free, place[here], other[here])
        return quarters

    def _differences_of(self, near: Positions, far: Positions) -> NDArray[np.float64]:
        """The same by prefix sums, which stand in ``pattern_right``."""
        assert self.pattern_right is not None
        parts = [np.empty(0)]
        for start in range(0, len(near), PAIRS_AT_ONCE):
            mine, theirs = near[start : start + PAIRS_AT_ONCE], far[start : start + PAIRS_AT_ONCE]
            left = self.pattern_left[mine]
            rows = np.repeat(np.arange(len(mine)), np.diff(left.indptr))
            terms = left.data * self.pattern_right[theirs[rows], left.indices].astype(np.int64)
            sums = np.bincount(rows, weights=terms, minlength=len(mine)).astype(np.int64)
            # Prefix sums may have wrapped around; what they add up to does not.
            parts.append(sums.astype(self.pattern_right.dtype).astype(np.float64))
        return np.concatenate(parts)

    def raw(self, rows: Positions, columns: slice) -> Floats:
        """Common quarter-hours of a block, for when prefix sums would need too much memory."""
        near, place = np.unique(self.mentees.codes[rows], return_inverse=True)
        far, other = np.unique(self.mentors.codes[columns], return_inverse=True)
        quarters = np.zeros((len(near), len(far)))
        for mine, theirs, factor, met, free in self._zone_pairs(near, far):
            where = np.ix_(np.searchsorted(near, mine), np.searchsorted(far, theirs))
            quarters[where] += factor * (met @ free.T).toarray()
        return quarters[place][:, other]

    def _zone_pairs(
        self, near: Positions, far: Positions
    ) -> Iterator[tuple[Positions, Positions, float, Csr, Csr]]:
        """For each pair of zones and length k: patterns, factor, and A and B with S_k = A·Bᵀ."""
        for zone, patterns in self.mentees.patterns_in.items():
            mine = np.intersect1d(patterns, near)
            if not len(mine):
                continue
            clock = self.clocks[zone]
            for other, mentors in self.mentors.patterns_in.items():
                theirs = np.intersect1d(mentors, far)
                if not len(theirs):
                    continue
                met = meetings(clock, self.clocks[other])
                for length, factor in lengths_of(clock.length):
                    starts = _sparse(clock.starts(self.mentees.weeks[mine], length))
                    free = _sparse(self.clocks[other].starts(self.mentors.weeks[theirs], length))
                    yield mine, theirs, factor, starts @ met, free

    # ------------------------------------------------------------------ blocks

    def product(self) -> Product | None:
        """Common quarter-hours of the programme."""
        if self.pattern_right is None:
            return None
        return Product(
            self.pattern_left[self.mentees.codes], self.pattern_right[self.mentors.codes]
        )

    def finish(
        self,
        raw: Numbers,
        where: tuple[Positions, slice],
        limit: float | None,
        dtype: np.dtype,
        buffers: Buffers,
    ) -> tuple[Floats, NDArray[np.bool_] | None]:
        """Compare common quarter-hours, which are exact, with the limit; then make values."""
        below = None if limit is None else np.asarray(raw < round(limit))
        values = raw.astype(dtype)
        values /= self._most
        # Three times as fast as a minimum.
        np.clip(values, 0, 1, out=values)
        return values, below

    @property
    def zero_when_missing(self) -> bool:
        """True where blocks are products: an empty week has no start."""
        return self.pattern_right is not None

    def add(
        self,
        tile: Floats,
        raw: NDArray[np.signedinteger],
        where: tuple[Positions, slice],
        limit: float | None,
        share: float,
        buffers: Buffers,
    ) -> None:
        """See `Fitted.add`; quarter-hours stay integers, half as wide, as long as they can."""
        (rows, columns), dtype = where, tile.dtype
        highest = min(self._highest, int(np.iinfo(raw.dtype).max))
        # Minima with a row of equal numbers: with one number they are not vectorised.
        np.minimum(raw, np.full(tile.shape[1], highest, dtype=raw.dtype), out=raw)
        values = buffers.array("values", tile.shape, dtype)
        np.copyto(values, raw)
        if share:
            worth = values
            if highest > self._most:
                most = np.full(tile.shape[1], self._most, dtype=dtype)
                worth = np.minimum(values, most, out=buffers.array("worth", tile.shape, dtype))
            add_times(tile, worth, share / self._most)
        if limit is not None:
            # Half a quarter-hour off what is enough, so that nothing is 0: times ∞ it is ∞ where
            # there is enough, and −∞ where there is not.
            values -= dtype.type(round(limit) - 0.5)
            values[self.mentee_missing[rows]] = 1
            values[:, np.flatnonzero(self.mentor_missing[columns])] = 1
            values *= dtype.type(np.inf)
            np.minimum(tile, values, out=tile)

    def block_error(self, dtype: np.dtype) -> float:
        """Of an integer times a constant."""
        return 4 * float(np.finfo(dtype).eps)

    # ------------------------------------------------------------------ rules and words

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of ``minimum_hours``, ``slot`` and ``minimum``, in common quarter-hours."""
        criterion, rules = self.criterion, []
        if criterion.minimum_hours is not None:
            label = f"{criterion.label} minimum_hours={criterion.minimum_hours:g}"
            rules.append(Rule(label, self, self._limit(criterion.minimum_hours)))
        if criterion.slot is not None:
            rules.append(Rule(f"{criterion.label} slot={criterion.slot:g}", self, 1.0))
        if criterion.minimum is not None:
            label = f"{criterion.label} minimum={criterion.minimum:g}"
            rules.append(Rule(label, self, self._limit(criterion.minimum * criterion.wanted_hours)))
        return tuple(rules)

    def _limit(self, hours: float) -> float:
        """The fewest common quarter-hours that are enough."""
        return float(math.ceil(hours / self.unit * (1 - 1e-9)))

    def words(self, mentee: int, mentor: int) -> str:
        """Say how many hours, and give an example of the first week."""
        hours = float(self._quarters(np.array([mentee]), np.array([mentor]))[0]) * self.unit
        wanted = f"of the {self.criterion.wanted_hours:g} wanted"
        if not hours:
            stretch = (
                "" if self.criterion.slot is None else f" in stretches of {self.criterion.slot:g} h"
            )
            return f"no common hours{stretch} {wanted}"
        noun = "hour" if round(hours, 2) == 1 else "hours"
        text = f"{hours:.3g} common {noun} a week {wanted}"
        week, without = self._common_week(mentee, mentor)
        example = windows_as_text(week, most=3)
        text += f", such as {example} on the mentee's clock" if example else ""
        if len(without) and example:
            weeks = len(self._clock.shown) // WEEK_SLOTS if self._clock else 1
            first = self._monday(int(without[0]), self._first_day(mentee))
            text += (
                f"; none in {len(without)} of the {weeks} weeks, because clocks are changed (the "
                f"first is that of {first.day} {first:%B %Y})"
            )
        return text

    def _first_day(self, mentee: int) -> int:
        """The first day of the week on which a mentee is free, 0 = Monday."""
        week = self.mentees.weeks[int(self.mentees.codes[mentee])]
        return int(week.argmax()) // DAY_SLOTS

    def _monday(self, week: int, day: int) -> date:
        """The Monday of a week of the programme; the first is completed by days behind its end."""
        assert self._clock is not None
        first = self._clock.first
        late = week == 0 and day < first.weekday()
        week = self._clock.weeks if late else week
        return first + timedelta(days=7 * week - first.weekday())

    def _common_week(self, mentee: int, mentor: int) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
        """Common quarter-hours of the first week with any, as the mentee's wall clock shows them.

        The answer is a bool array (672,), and the weeks without any.
        """
        mine, theirs = int(self.mentees.codes[mentee]), int(self.mentors.codes[mentor])
        clock, other = (
            self.clocks[self.mentees.clock(mine)],
            self.clocks[self.mentors.clock(theirs)],
        )
        starts = clock.starts(self.mentees.weeks[[mine]], clock.length)[0][clock.classes[0]]
        starts &= other.starts(self.mentors.weeks[[theirs]], clock.length)[0][other.classes[0]]
        common = starts.copy()
        for k in range(1, clock.length):
            common |= np.roll(starts, k)
        # Weeks of the mentee's wall clock; the last of the programme goes on in the first.
        passed = np.arange(len(common)) + clock.first.weekday() * DAY_SLOTS
        ahead = (clock.shown - passed + WEEK_SLOTS // 2) % WEEK_SLOTS - WEEK_SLOTS // 2
        weeks = (passed + ahead) // WEEK_SLOTS % clock.weeks
        counts = np.bincount(weeks[common], minlength=clock.weeks)
        week = np.zeros(WEEK_SLOTS, dtype=bool)
        week[clock.shown[common & (weeks == (counts > 0).argmax())]] = True
        return week, np.flatnonzero(counts == 0)


def _sparse(starts: NDArray[np.bool_]) -> Csr:
    # Through bool, which is an eighth of the memory.
    return sparse.csr_array(starts).astype(np.float64)
