"""Days without meetings: a list of dates, or the public holidays of each person's country."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.cohort import hint_nearest
from mentormatch.errors import MissingPackageError, ProblemError
from mentormatch.planning.meetings.settings import read_date

if TYPE_CHECKING:
    from datetime import date
    from types import ModuleType

    from mentormatch.cohort import Cohort, Side
    from mentormatch.planning.meetings.timeline import Timeline

__all__ = ["DaysOff", "days_off"]

DaysOff = dict["Side", dict[int, frozenset[int]]]
SIDES: tuple[Side, Side] = ("mentees", "mentors")


def days_off(holidays: object, cohort: Cohort, timeline: Timeline) -> DaysOff:
    """Read the days on which nobody, or nobody of a country, meets.

    Parameters
    ----------
    holidays
        None; dates for everybody; or the name of a column with each person's country, whose
        public holidays the package ``holidays`` knows.
    cohort
        The people.
    timeline
        The programme's dates.

    Returns
    -------
    dict
        For each side, by position: days from the timeline's origin.

    Raises
    ------
    ProblemError
        A value that is no date, a column or a country that does not exist.
    MissingPackageError
        A column was named and ``holidays`` is not installed.
    """
    if holidays is None:
        return {side: {} for side in SIDES}
    if isinstance(holidays, str):
        return _by_country(holidays, cohort, timeline)
    if not isinstance(holidays, Iterable):
        raise ProblemError(
            f"holidays must be dates, or the name of a column with countries; got {holidays!r}."
        )
    for_all = frozenset(timeline.day_of(read_date(one, "holidays")) for one in holidays)
    return {side: dict.fromkeys(range(len(cohort.table(side))), for_all) for side in SIDES}


def _by_country(column: str, cohort: Cohort, timeline: Timeline) -> DaysOff:
    present = [side for side in SIDES if column in cohort.table(side).columns]
    if not present:
        known = sorted({str(one) for side in SIDES for one in cohort.table(side).columns})
        hint = hint_nearest(column, known)
        raise ProblemError(
            f"holidays: neither table has a column {column!r}; give a column with countries, or "
            f"a list of dates.{hint}"
        )
    off: DaysOff = {side: {} for side in SIDES}
    known_days: dict[str, frozenset[int]] = {}
    unknown: dict[str, None] = {}
    for side in present:
        for position, cell in enumerate(cohort.table(side)[column].tolist()):
            if cell is None or pd.isna(cell) or not str(cell).strip():
                continue
            country = str(cell).strip()
            if country not in known_days:
                code = _country_code(country)
                if code is None:
                    unknown[country] = None
                    known_days[country] = frozenset()
                else:
                    dates = _public_holidays(code, timeline.first, timeline.last)
                    known_days[country] = frozenset(map(timeline.day_of, dates))
            off[side][position] = known_days[country]
    if unknown:
        raise ProblemError(
            f"holidays: column {column!r} names countries whose holidays are not known: "
            f"{', '.join(map(repr, list(unknown)[:5]))}. Write ISO codes such as 'DE', or English "
            "names such as 'Germany', or give a list of dates."
        )
    return off


def _package() -> ModuleType:
    try:
        import holidays
    except ImportError:
        raise MissingPackageError(
            "Public holidays by country need the package holidays: pip install "
            '"mentormatch-engine[calendar]"'
        ) from None
    package: ModuleType = holidays
    return package


def _country_code(country: str) -> str | None:
    """Return the ISO code of a country given by its code or English name."""
    from babel import Locale

    supported = _package().list_supported_countries(include_aliases=False)
    if country.upper() in supported:
        return country.upper()
    names = {name.casefold(): code for code, name in Locale("en").territories.items()}
    code = names.get(country.casefold())
    return code if code in supported else None


def _public_holidays(code: str, first: date, last: date) -> list[date]:
    years = range(first.year, last.year + 1)
    found = _package().country_holidays(code, years=years)
    return sorted(day for day in found if first <= day <= last)
