"""Days without meetings: a list of dates, or the public holidays of each person's country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.cohort import SIDES, hint_nearest, split_by_side
from mentormatch.errors import MissingPackageError, ProblemError
from mentormatch.planning.meetings.settings import read_date

if TYPE_CHECKING:
    from datetime import date
    from types import ModuleType

    from mentormatch.cohort import Cohort, Side
    from mentormatch.planning.meetings.timeline import Timeline

__all__ = ["DaysOff", "days_off", "say_no_column"]

DaysOff = dict["Side", dict[int, frozenset[int]]]


def days_off(holidays: object, cohort: Cohort, timeline: Timeline) -> DaysOff:
    """Read the days on which nobody, or nobody of a country, meets.

    ``holidays`` is None; dates for everybody; or the name of a column with each person's country,
    whose public holidays the package ``holidays`` knows, or a pair of names, (mentees', mentors').
    The answer has for each side, by position, days from the timeline's origin. Raises ProblemError
    for a value that is no date, or a column or a country that does not exist, and
    MissingPackageError if a column was named and ``holidays`` is not installed.
    """
    if holidays is None:
        return {side: {} for side in SIDES}
    if _names_columns(holidays):
        return _by_country(split_by_side(holidays, "holidays"), cohort, timeline)
    if not isinstance(holidays, Iterable):
        raise ProblemError(
            f"holidays must be dates, or the name of a column with countries (or a pair: the "
            f"mentees' and the mentors'); got {holidays!r}."
        )
    for_all = frozenset(timeline.day_of(read_date(one, "holidays")) for one in holidays)
    return {side: dict.fromkeys(range(len(cohort.table(side))), for_all) for side in SIDES}


def _names_columns(holidays: object) -> bool:
    """Whether holidays are columns: one of both tables, or one of each; dates are no columns."""
    if isinstance(holidays, str | Mapping):
        return True
    if not isinstance(holidays, list | tuple) or len(holidays) != len(SIDES):
        return False
    if not all(one is None or isinstance(one, str) for one in holidays):
        return False
    for one in holidays:
        with suppress(ProblemError):
            read_date(one, "holidays")
            return False
    return True


def say_no_column(what: str, side: Side, column: str, columns: Iterable[object]) -> str:
    """Say that the table of a side has no such column, and how two columns are named."""
    return (
        f"{what}: the table of {side} has no column {column!r}. Where the tables call it "
        f'differently, name both, the mentees\' first: {what}=["…", "…"].'
        f"{hint_nearest(column, columns)}"
    )


def _by_country(
    columns: tuple[str | None, str | None], cohort: Cohort, timeline: Timeline
) -> DaysOff:
    present = [
        (side, column)
        for side, column in zip(SIDES, columns, strict=True)
        if column is not None and column in cohort.table(side).columns
    ]
    _check_columns(columns, [column for _, column in present], cohort)
    off: DaysOff = {side: {} for side in SIDES}
    known_days: dict[str, frozenset[int]] = {}
    unknown: dict[str, str] = {}
    for side, column in present:
        for position, cell in enumerate(cohort.table(side)[column].tolist()):
            if cell is None or pd.isna(cell) or not str(cell).strip():
                continue
            country = str(cell).strip()
            if country not in known_days:
                code = _country_code(country)
                if code is None:
                    unknown[country] = column
                    known_days[country] = frozenset()
                else:
                    dates = _public_holidays(code, timeline.first, timeline.last)
                    known_days[country] = frozenset(map(timeline.day_of, dates))
            off[side][position] = known_days[country]
    if unknown:
        first = next(iter(unknown.values()))
        raise ProblemError(
            f"holidays: column {first!r} names countries whose holidays are not known: "
            f"{', '.join(map(repr, list(unknown)[:5]))}. Write ISO codes such as 'DE', or English "
            "names such as 'Germany', or give a list of dates."
        )
    return off


def _check_columns(
    columns: tuple[str | None, str | None], present: list[str], cohort: Cohort
) -> None:
    """Refuse columns that are not there; one name for both tables may be in one of them."""
    if columns[0] == columns[1] and not present:
        known = sorted({str(one) for side in SIDES for one in cohort.table(side).columns})
        raise ProblemError(
            f"holidays: neither table has a column {columns[0]!r}; give a column with countries, "
            f"or a list of dates.{hint_nearest(columns[0], known)}"
        )
    for side, column in zip(SIDES, columns, strict=True):
        if columns[0] != columns[1] and column is not None and column not in cohort.table(side):
            raise ProblemError(say_no_column("holidays", side, column, cohort.table(side).columns))


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
