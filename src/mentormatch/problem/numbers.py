"""Numbers for everybody on one side: capacities, minimums, demands, priorities, hours."""

from __future__ import annotations

import datetime
import numbers
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from mentormatch.cohort import hint_person
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.cells.own_cells import read_exact
from mentormatch.cohort.seats import CountColumn, read_counts
from mentormatch.compatibility.ids import format_people
from mentormatch.errors import CohortError, ProblemError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from mentormatch.cohort import Side
    from mentormatch.compatibility import Compatibility

__all__ = ["PerPerson", "amounts", "explain_words", "whole_numbers"]

# A sum over a million people must stay within int64.
LARGEST = 10**12
LARGEST_AMOUNT = 10**6
NOT_COUNTS = (bool, np.bool_, complex, np.complexfloating, datetime.date, np.datetime64)

PerPerson: TypeAlias = "float | str | Mapping[object, object] | pd.Series | ArrayLike"


def whole_numbers(
    compatibility: Compatibility, given: object, side: Side, name: str, lowest: int | None = 0
) -> NDArray[np.int64]:
    """Whole numbers for everybody on one side, from any of the accepted forms."""
    values, column = _given_values(compatibility, given, side, name, lowest)
    if values.dtype == np.int64:
        whole, wrong = values.astype(np.int64), np.zeros(len(values), dtype=bool)
    else:
        floats = _floats(values)
        wrong = ~(np.isfinite(floats) & (floats == np.floor(floats)))
        wrong |= np.abs(floats) > LARGEST
        whole = np.where(wrong, 0, floats).astype(np.int64)
    wrong |= (whole > LARGEST) | (whole < (-LARGEST if lowest is None else lowest))
    if wrong.any():
        _refuse_numbers(compatibility, values, np.flatnonzero(wrong), column, side, name, lowest)
    whole.setflags(write=False)
    return np.asarray(whole, dtype=np.int64)


def amounts(
    compatibility: Compatibility, given: object, side: Side, name: str
) -> NDArray[np.float64]:
    """Amounts of 0 or more for everybody on one side, such as hours; whole or not."""
    values, column = _given_values(compatibility, given, side, name, 0)
    floats = _floats(values)
    wrong = ~(np.isfinite(floats) & (floats >= 0) & (floats <= LARGEST_AMOUNT))
    if wrong.any():
        _refuse_numbers(
            compatibility,
            values,
            np.flatnonzero(wrong),
            column,
            side,
            name,
            0,
            kind="number",
            largest=LARGEST_AMOUNT,
        )
    return floats


def _floats(values: object) -> NDArray[np.float64]:
    """Numbers in float64, NaN for what is none."""
    # Yes and no, dates and complex numbers would pass for numbers and mean something else.
    cells = pd.Series(values, dtype=object)
    if isinstance(values, np.ndarray) and values.dtype.kind == "O":
        cells = cells.map(read_exact)
    cells = cells.mask(cells.map(lambda cell: isinstance(cell, NOT_COUNTS)).astype(bool))
    return np.asarray(
        pd.to_numeric(cells, errors="coerce").to_numpy(np.float64, na_value=np.nan), np.float64
    )


def explain_words(
    compatibility: Compatibility, capacity: object, minimum: object, demand: object
) -> list[str]:
    """Say how answers in words were read as numbers; empty where there are none."""
    cohort = compatibility.cohort
    if cohort is None:
        return []
    given: tuple[tuple[Side, str, object], ...] = (
        ("mentors", "capacity", capacity),
        ("mentors", "minimum", minimum),
        ("mentees", "demand", demand),
    )
    notes = []
    for side, name, one in given:
        counts = _count_column(one)
        if counts is not None:
            notes += [str(reading) for reading in read_counts(cohort, side, counts, name)[1]]
    return notes


def _count_column(given: object) -> CountColumn | None:
    return CountColumn(given) if isinstance(given, str) else CountColumn.from_mapping(given)


def _given_values(
    compatibility: Compatibility, given: object, side: Side, name: str, lowest: int | None
) -> tuple[NDArray[np.generic], str | None]:
    """One value per person from any of the accepted forms, and the column they come from."""
    ids = compatibility.ids(side)
    column: str | None = None
    counts = _count_column(given)
    if counts is not None:
        column = counts.column
        cohort = compatibility.cohort
        if cohort is None:
            raise ProblemError(
                f"{name}={column!r} names a column, but this problem has no tables. Give a "
                "number, a dict or Series by id, or an array."
            )
        if wrong := counts.check(name):
            raise ProblemError(wrong)
        cells = cohort.column(side, column)
        values: NDArray[np.generic] = cells.to_numpy()
        numeric = cells.dtype.kind in "iuf" and not cells.isna().any()
        if lowest == 0 and not numeric:
            values = read_counts(cohort, side, counts, name)[0]
    elif isinstance(given, Mapping | pd.Series):
        values = _by_id(pd.Series(given), ids, side, name)
    else:
        if isinstance(given, np.ma.MaskedArray):
            given = np.ma.filled(given.astype(np.float64), np.nan)
        values = np.asarray(given)
        if values.ndim == 0:
            values = np.full(len(ids), values)
        elif values.shape != (len(ids),):
            raise ProblemError(
                f"{name} has shape {values.shape}, but there are {len(ids)} {side}. Give one "
                "number for all, or one per person."
            )
    return values, column


def _by_id(given: pd.Series, ids: pd.Index, side: Side, name: str) -> NDArray[np.generic]:
    """Align numbers given by id; unknown and forgotten people are errors."""
    if given.index.dtype == ids.dtype and len(given) == len(ids) and given.index.is_unique:
        where = given.index.get_indexer(ids)
        if (where >= 0).all():
            return given.to_numpy()[where]
    wrong = []
    unknown = given.index[~given.index.isin(ids)].unique().tolist()
    if unknown:
        hint = hint_person(unknown[0], ids[:100_000].tolist())
        wrong.append(
            f"{name} is given for people who are not among the {side}: {format_people(unknown)}; "
            f"remove them, or correct the id.{hint}"
        )
    if not given.index.is_unique:
        twice = given.index[given.index.duplicated()].unique().tolist()
        wrong.append(f"{name} is given twice for {format_people(twice)}; give it once.")
    missing = ids[~ids.isin(given.index)].tolist()
    if missing:
        wrong.append(
            f"{name} is missing for {len(missing)} of the {side}: {format_people(missing)}; give "
            "one to everybody."
        )
    if wrong:
        raise ProblemError(" ".join(wrong))
    return given.reindex(ids).to_numpy()


def _refuse_numbers(
    compatibility: Compatibility,
    values: NDArray[np.generic],
    wrong: NDArray[np.intp],
    column: str | None,
    side: Side,
    name: str,
    lowest: int | None,
    kind: str = "whole number",
    largest: int = LARGEST,
) -> None:
    """Name every cell, or the first people, whose number cannot be used."""
    expected = f"a {kind}" + ("" if lowest is None else f" of {lowest} or more")
    real = [float(values[k]) for k in wrong if isinstance(values[k], numbers.Real)]
    if any(abs(number) > largest for number in real):
        expected += f" and at most {largest:,}" + (" in size" if lowest is None else "")
    cohort = compatibility.cohort
    if column is not None and cohort is not None:
        raise CohortError(
            [
                cohort.finding(
                    side,
                    int(k),
                    column,
                    f"the cell is blank, and {name} must be {expected}. Fill it in."
                    if is_missing(values[k])
                    else f"{name} must be {expected}. Correct the cell.",
                )
                for k in wrong
            ]
        )
    ids = compatibility.ids(side)
    shown = ", ".join(f"{ids[k]!r}: {_plain(values[k])!r}" for k in wrong[:5])
    more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
    raise ProblemError(f"{name} must be {expected} for each of the {side}; got {shown}{more}.")


def _plain(value: object) -> object:
    """A number as people write it, without the name of its NumPy type."""
    return value.item() if isinstance(value, np.generic) else value
