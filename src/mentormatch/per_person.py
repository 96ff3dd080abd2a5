"""Whole numbers for everybody on one side: capacities, minimums, demands, priorities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from mentormatch.errors import CohortError, ProblemError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from mentormatch.cohort import Side
    from mentormatch.compatibility import Compatibility

__all__ = ["PerPerson", "whole_numbers"]

PerPerson: TypeAlias = "float | str | Mapping[Any, float] | pd.Series[Any] | ArrayLike"


def whole_numbers(
    compatibility: Compatibility, given: Any, side: Side, name: str, lowest: int | None = 0
) -> NDArray[np.int64]:
    """Whole numbers for everybody on one side, from any of the accepted forms."""
    ids = compatibility.mentee_ids if side == "mentees" else compatibility.mentor_ids
    column: str | None = None
    if isinstance(given, str):
        column = given
        cohort = compatibility.cohort
        if cohort is None:
            raise ProblemError(
                f"{name}={given!r} names a column, but this problem has no tables. Give a "
                "number, a dict or Series by id, "
                "or an array."
            )
        values: Any = cohort.column(side, given).to_numpy()
    elif isinstance(given, Mapping | pd.Series):
        values = _by_id(pd.Series(given), ids, side, name)
    else:
        values = np.asarray(given)
        if values.ndim == 0:
            values = np.full(len(ids), values)
        elif values.shape != (len(ids),):
            raise ProblemError(
                f"{name} has shape {values.shape}, but there are {len(ids)} {side}. Give one "
                "number for all, or one "
                "per person."
            )
    if values.dtype == np.int64:
        numbers, wrong = values.copy(), np.zeros(len(values), dtype=bool)
    else:
        numeric = pd.to_numeric(pd.Series(values, dtype=object), errors="coerce")
        floats = numeric.to_numpy(dtype=np.float64, na_value=np.nan)
        wrong = ~(np.isfinite(floats) & (floats == np.floor(floats)) & (np.abs(floats) < 2**53))
        numbers = np.where(wrong, 0, floats).astype(np.int64)
    if lowest is not None:
        wrong |= numbers < lowest
    if wrong.any():
        _refuse_numbers(compatibility, values, np.flatnonzero(wrong), column, side, name, lowest)
    numbers.setflags(write=False)
    return np.asarray(numbers, dtype=np.int64)


def _by_id(given: pd.Series[Any], ids: pd.Index[Any], side: Side, name: str) -> Any:
    """Align numbers given by id; unknown and forgotten people are errors."""
    unknown = [person for person in given.index if person not in ids]
    if unknown:
        raise ProblemError(
            f"{name} names {len(unknown)} who are not {side}: "
            f"{', '.join(map(repr, unknown[:5]))}. "
            "Remove them, or correct the id."
        )
    if not given.index.is_unique:
        raise ProblemError(
            f"{name} gives a number twice for {given.index[given.index.duplicated()][0]!r}."
        )
    missing = ids.difference(given.index, sort=False)
    if len(missing):
        raise ProblemError(
            f"{name} has no number for {len(missing)} of the {side}: "
            f"{', '.join(map(repr, missing[:5]))}. "
            "Give one to everybody."
        )
    return given.reindex(ids).to_numpy()


def _refuse_numbers(
    compatibility: Compatibility,
    values: Any,
    wrong: NDArray[np.intp],
    column: str | None,
    side: Side,
    name: str,
    lowest: int | None,
) -> None:
    """Name every cell, or the first people, whose number cannot be used."""
    expected = "a whole number" + ("" if lowest is None else f" of {lowest} or more")
    cohort = compatibility.cohort
    if column is not None and cohort is not None:
        raise CohortError(
            [
                cohort.finding(
                    side, int(k), column, f"{name} must be {expected}. Correct the cell."
                )
                for k in wrong
            ]
        )
    ids = compatibility.mentee_ids if side == "mentees" else compatibility.mentor_ids
    shown = ", ".join(f"{ids[k]!r}: {values[k]!r}" for k in wrong[:5])
    more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
    raise ProblemError(f"{name} must be {expected} for each of the {side}; got {shown}{more}.")
