"""Availability: how many hours a week two people are free together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.nothing import fold_words
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.criteria.availability.clocks import Clock, programme_weeks
from mentormatch.criteria.availability.common_hours import FittedAvailability
from mentormatch.criteria.availability.free_weeks import FreeCells, People
from mentormatch.criteria.availability.given_hours import NOTHING_GIVEN, drop_pieces
from mentormatch.criteria.availability.week_reader import read_given, words_without_hours
from mentormatch.criteria.availability.windows import packed_windows, reader_of_column
from mentormatch.criteria.availability.zones import ZoneReading, is_zone, read_zone
from mentormatch.criteria.cells.tokens import UnreadableError, collect_errors, read_cells
from mentormatch.criteria.interface.criterion import TwoColumnCriterion, set_fields
from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.availability.given_hours import GivenHours
    from mentormatch.criteria.interface.arrays import Positions

__all__ = ["Availability"]

# Without dates there are no clock changes; any week will do.
ANY_MONDAY = date(2024, 1, 1)
MOST_WEEKS = 520
# Clocks are not computed to the ends of the calendar, and no programme is there.
FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True, repr=False)
class Availability(TwoColumnCriterion):
    """How many hours a week two people are free together.

    The value is min(1, hours / wanted_hours), where hours is the mean over the weeks of the
    programme. The windows of each person are put on the real dates in the person's own time zone,
    in quarter-hours of UTC: a quarter-hour counts when both people's wall clocks then show a time
    within one of their windows, so that clock changes are right on either side. With ``slot`` only
    stretches count in which both are free for at least that long.

    Parameters
    ----------
    column, mentee, mentor
        Weekly windows such as ``Mon 09:00-12:00; Wed 18:00-20:00``, in one column of both tables,
        or one of each.
    timezone
        The column with the zone of a person, the same in both tables or a pair (mentees, mentors):
        IANA names, and what `Compatibility.notes` says they were read as where people wrote
        otherwise. Or one zone for everybody, such as "Europe/Berlin". None: nobody's clock differs.
    dates
        First and last date of the programme, needed with ``timezone``. It is read in whole weeks
        from the first date; the last one is completed.
    wanted_hours
        Hours a week that are enough.
    minimum_hours
        Pairs with fewer are ineligible.
    slot
        Length of a meeting in hours, in quarters. Pairs that are never free together for so long
        are ineligible.
    read
        When words of the cells are, such as ``{"evening": "18:00-21:00", "weekends": "Sat-Sun
        10:00-16:00", "anytime": "Mon-Sun 08:00-22:00", "not yet": "never"}``. Case, accents and
        blanks do not count; hours stand for the word beside a day, windows for one that stands
        alone.
    zones
        Which zones are meant by texts in the cells of ``timezone``, or by the one written there,
        such as ``{"CST": "America/Chicago"}``. Case and blanks do not count.
    weight, side, minimum, name
        See `Criterion`.

    Raises
    ------
    CriterionError
        Dates, hours, a slot or words without a meaning.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> mentees = pd.DataFrame({"free": ["Mon 15:00-17:00"], "tz": ["Europe/Berlin"]})
    >>> mentors = pd.DataFrame({"free": ["Mon 09:00-10:30"], "tz": ["America/New_York"]})
    >>> free = mm.criteria.Availability(
    ...     "free", timezone="tz", dates=("2027-01-04", "2027-02-28"), wanted_hours=2
    ... )
    >>> compatibility = mm.Criteria(free).score(mm.Cohort(mentees, mentors))
    >>> compatibility.dense().tolist()
    [[0.75]]
    >>> compatibility.breakdown(0, 0)["sentence"][0]
    "1.5 common hours a week of the 2 wanted, such as Mon 15:00-16:30 on the mentee's clock"
    """

    timezone: str | Sequence[str] | None = field(default=None, kw_only=True)
    dates: Sequence[Any] | None = field(default=None, kw_only=True)
    wanted_hours: float = field(default=1.0, kw_only=True)
    minimum_hours: float | None = field(default=None, kw_only=True)
    slot: float | None = field(default=None, kw_only=True)
    read: Mapping[str, str] | None = field(default=None, kw_only=True)
    zones: Mapping[str, str] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.read is not None:
            if not isinstance(self.read, Mapping):
                raise CriterionError(
                    f"{self.label}: read must say when words are, such as "
                    f"{{'evening': '18:00-21:00'}}; got {self.read!r}."
                )
            set_fields(self, read=dict(self.read))
            try:
                self._said()
            except ValueError as error:
                raise CriterionError(f"{self.label}: {error}") from None
        if self.zones is not None:
            if not isinstance(self.zones, Mapping):
                raise CriterionError(
                    f"{self.label}: zones must say which zones are meant, such as "
                    f"{{'CST': 'America/Chicago'}}; got {self.zones!r}."
                )
            if self.timezone is None:
                raise CriterionError(
                    f"{self.label}: zones says what texts in a column of zones mean; name the "
                    "column with timezone, or leave zones out."
                )
            set_fields(self, zones=dict(self.zones))
            known: dict[str, object] = {}
            for text in self.zones:
                first = known.setdefault(_folded(text), text)
                if first != text:
                    raise CriterionError(
                        f"{self.label}: zones has {first!r} and {text!r}, which are one text, as "
                        "case and blanks do not count; keep one of them."
                    )
            for text, zone in self.zones.items():
                try:
                    read_zone(str(zone))
                except ValueError as error:
                    raise CriterionError(
                        f"{self.label}: zones says {zone!r} of {text!r}; {error}"
                    ) from None
        for name in ("wanted_hours", "minimum_hours"):
            hours = getattr(self, name)
            if hours is not None and not 0 < hours <= 168:
                raise CriterionError(
                    f"{self.label}: {name} must be above 0 and at most 168, got {hours!r}."
                )
        if self.slot is not None and not (
            0 < self.slot <= 24 and float(self.slot * 4).is_integer()
        ):
            raise CriterionError(
                f"{self.label}: slot must be hours in quarters, such as 0.5 or 1, got "
                f"{self.slot!r}."
            )
        if self.timezone is not None and not isinstance(self.timezone, str):
            pair = self.timezone if isinstance(self.timezone, Collection) else ()
            if len(pair) != 2 or not all(isinstance(one, str) for one in pair):
                raise CriterionError(
                    f"{self.label}: timezone must be one column, or a pair (mentees', mentors'), "
                    f"got {self.timezone!r}."
                )
            set_fields(self, timezone=tuple(self.timezone))
        for one in self._zones_or_columns():
            if one is not None and is_zone(one):
                try:
                    _zone(one, self._given_zones())
                except ValueError as error:
                    raise CriterionError(f"{self.label}: timezone {error}") from None
        if self.dates is None:
            if self.timezone is not None:
                raise CriterionError(
                    f"{self.label}: time zones need dates=(first, last), because clocks are "
                    "changed on dates."
                )
            return
        set_fields(self, dates=self._checked_dates(self.dates))

    def _checked_dates(self, dates: Sequence[str | date]) -> tuple[str, str]:
        try:
            first, last = (_date(one) for one in dates)
        except (TypeError, ValueError):
            raise CriterionError(
                f"{self.label}: dates must be (first, last), such as ('2027-01-11', '2027-06-30'); "
                f"got {dates!r}."
            ) from None
        if first.year < FIRST_YEAR or last.year > LAST_YEAR:
            raise CriterionError(
                f"{self.label}: the dates must lie between the years {FIRST_YEAR} and {LAST_YEAR}; "
                f"got {first} to {last}."
            )
        if last < first or programme_weeks(first, last) > MOST_WEEKS:
            raise CriterionError(
                f"{self.label}: the last date must follow the first within ten years; got {first} "
                f"to {last}."
            )
        return first.isoformat(), last.isoformat()

    @property
    def has_limit(self) -> bool:
        """True with ``minimum_hours``, ``slot`` or ``minimum``."""
        return self.minimum_hours is not None or self.slot is not None or super().has_limit

    def _rule_hint(self) -> str:
        return " and minimum_hours=…"

    def _zones_or_columns(self) -> tuple[str | None, str | None]:
        """What ``timezone`` says of mentees and of mentors: a zone for all, or their column."""
        mentees, mentors = (
            self.timezone if isinstance(self.timezone, tuple) else (self.timezone, self.timezone)
        )
        return mentees, mentors

    @property
    def columns(self) -> dict[Side, tuple[str, ...]]:
        """The columns of windows and of zones."""
        named = [
            () if zone is None or is_zone(zone) else (zone,) for zone in self._zones_or_columns()
        ]
        return {
            "mentees": (self.mentee_column, *named[0]),
            "mentors": (self.mentor_column, *named[1]),
        }

    def fit(self, cohort: Cohort) -> FittedAvailability:
        """Read windows and zones; see `Criterion.fit`."""
        length = 1 if self.slot is None else round(self.slot * 4)
        first, weeks = ANY_MONDAY, 1
        if self.dates is not None:
            first, last = (date.fromisoformat(one) for one in self.dates)
            weeks = programme_weeks(first, last)
        mentees, mentors = collect_errors(
            lambda: self.read_free_cells(cohort, "mentees"),
            lambda: self.read_free_cells(cohort, "mentors"),
        )
        # Of those who left a cell empty nobody is free, by any clock.
        zones = sorted({*mentees.clocks, *mentors.clocks, "UTC"})
        clocks = {zone: Clock(zone, first, weeks, length) for zone in zones}
        # Berlin and Paris are one clock.
        known: dict[bytes, str] = {}
        alike = {
            zone: known.setdefault(clock.shown.tobytes(), zone) for zone, clock in clocks.items()
        }
        clocks = {zone: clocks[zone] for zone in known.values()}
        people = (People.of(mentees, alike), People.of(mentors, alike))
        notes = mentees.notes + mentors.notes + self._unused_zones(cohort)
        return FittedAvailability.of(self, *people, clocks, notes)

    def read_free_cells(self, cohort: Cohort, side: Side) -> FreeCells:
        """Weeks and zones of the people of one table."""
        windows, *zone = self.columns[side]
        weeks, zones = collect_errors(
            lambda: self._weeks(cohort, side, windows),
            lambda: self._zones(cohort, side, zone[0] if zone else None),
        )
        codes, readings = zones
        return FreeCells(
            week_codes=weeks[0],
            weeks=weeks[1],
            zone_codes=codes,
            zones=[None if one is None else one.zone for one in readings],
            notes=_zone_notes(side, codes, readings),
        )

    def _said(self) -> GivenHours:
        """The words whose hours are said."""
        return read_given(self.read) if self.read else NOTHING_GIVEN

    def _weeks(
        self, cohort: Cohort, side: Side, column: str
    ) -> tuple[Positions, list[bytes | None]]:
        """Each person's free quarter-hours, packed; None where the cell is empty."""
        nothing = fold_words(cohort.missing)
        texts = (_as_text(cell, nothing) for cell in cohort.distinct(side, column)[1])
        reader = reader_of_column((text for text in texts if text), self._said())

        def week(cell: object) -> bytes | None:
            text = _as_text(cell, nothing)
            try:
                return packed_windows(text, reader) if text else None
            except ValueError as error:
                words = words_without_hours([text], reader.given)
                if not words:
                    raise
                said = " and ".join(f'"{word}"' for word in words)
                raise ValueError(f"{error} Or say once, with read, when {said} is.") from None

        return read_cells(cohort, side, column, week)

    def _zones(
        self, cohort: Cohort, side: Side, column: str | None
    ) -> tuple[Positions, list[ZoneReading | None]]:
        """Each person's zone, from a column or one for everybody."""
        given = self._given_zones()
        if column is not None:
            return read_cells(cohort, side, column, lambda cell: _zone(cell, given))
        zone = self._zones_or_columns()[0 if side == "mentees" else 1]
        return np.zeros(len(cohort.table(side)), dtype=np.intp), [_zone(zone or "UTC", given)]

    def _unused_zones(self, cohort: Cohort) -> tuple[str, ...]:
        """Name texts of ``zones`` that are in no cell and are not the zone of everybody."""
        used = set()
        for side, zone in zip(SIDES, self._zones_or_columns(), strict=True):
            _, *column = self.columns[side]
            used |= set(map(_folded, cohort.distinct(side, column[0])[1] if column else [zone]))
        unused = [repr(text) for text in self.zones or () if _folded(text) not in used]
        if not unused:
            return ()
        where = " and ".join(dict.fromkeys(f"{one!r}" for one in self._zones_or_columns()))
        return (
            f"zones says which zone {', '.join(unused)} is, and nobody has that: timezone is "
            f"{where}. Write the text as it stands there, or take it out of zones.",
        )

    def _given_zones(self) -> dict[str, str]:
        """What ``zones`` says, by texts as they are compared."""
        return {_folded(text): str(zone) for text, zone in (self.zones or {}).items()}


def _as_text(cell: object, nothing: Collection[str]) -> str:
    """A cell as text without words for no answer; several values as a list with semicolons."""
    if isinstance(cell, list | tuple):
        cell = "; ".join(map(str, cell))
    if not isinstance(cell, str):
        return "" if is_missing(cell) else str(cell)
    return drop_pieces(cell.strip(), nothing)


def _zone(cell: object, given: Mapping[str, str]) -> ZoneReading | None:
    """The zone in a cell, by what is said of its text for the column; None where it is empty.

    Raises UnreadableError for a text that is no zone, or may mean several.
    """
    text = "" if is_missing(cell) else str(cell).strip()
    if not text:
        return None
    if _folded(text) in given:
        zone = read_zone(given[_folded(text)]).zone
        return ZoneReading(zone, f"{text!r} is read as {zone}, as zones says")
    try:
        return read_zone(text)
    except UnreadableError as error:
        said = f'{error} Or say once, with zones, which zone "{text}" is.'
        raise UnreadableError(said, error.nearest) from None


def _folded(text: object) -> str:
    """The form in which texts of zones are compared."""
    return " ".join(str(text).split()).casefold()


def _zone_notes(
    side: Side, codes: Positions, readings: Sequence[ZoneReading | None]
) -> tuple[str, ...]:
    """What each zone that is not written as its name was read as, the commonest first."""
    people = np.bincount(codes, minlength=len(readings)).tolist()
    noted = [
        (count, one.note)
        for one, count in zip(readings, people, strict=True)
        if one is not None and one.note is not None
    ]
    noted.sort(key=lambda pair: (-pair[0], pair[1]))
    return tuple(
        f"{note} ({count:,} {side if count > 1 else side.removesuffix('s')})."
        for count, note in noted
    )


def _date(given: str | date) -> date:
    if isinstance(given, datetime):
        return given.date()
    return given if isinstance(given, date) else date.fromisoformat(given)
