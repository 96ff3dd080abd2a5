"""Weighted seats: what a pair uses of a mentor's hours, exact in whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from mentormatch.errors import ProblemError
from mentormatch.problem.numbers import amounts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from mentormatch.compatibility import Compatibility
    from mentormatch.problem.numbers import PerPerson

__all__ = ["Hours", "UsageLike", "hours_of"]

UsageLike: TypeAlias = "PerPerson | pd.DataFrame | ArrayLike | None"
# Amounts are read as fractions with no larger denominator, and all of them together need no finer
# unit than the second number.
LARGEST_DENOMINATOR = 10_000
FINEST_UNIT = 10**6


@dataclass(frozen=True, eq=False)
class Hours:
    """What mentees use and mentors have, in whole units."""

    usage: NDArray[np.int64]  # (mentees,), or (mentees, mentors) where each pair has its own
    capacity: NDArray[np.int64]  # (mentors,)
    unit: int  # units in one hour

    @property
    def most(self) -> NDArray[np.int64]:
        """How many mentees each mentor can take at most: those who use least."""
        n, m = len(self.usage), len(self.capacity)
        if self.usage.ndim == 1:
            filled = np.cumsum(np.sort(self.usage))
            return np.searchsorted(filled, self.capacity, side="right").astype(np.int64)
        filled = np.cumsum(np.sort(self.usage, axis=0), axis=0)
        return (
            (filled <= self.capacity).sum(axis=0).astype(np.int64).reshape(m)
            if n
            else (np.zeros(m, dtype=np.int64))
        )


def hours_of(compatibility: Compatibility, capacity: PerPerson, usage: UsageLike) -> Hours | None:
    """Hours in whole units, or None when every mentee takes one seat.

    Amounts are decimal or common fractions (0.25, 1/3): their least common denominator is the unit,
    so that sums are compared exactly. Raises ProblemError for amounts that are negative, not
    finite, too large, or have no common unit.
    """
    if usage is None:
        return None
    used = _usage(compatibility, usage)
    have = amounts(compatibility, capacity, "mentors", "capacity")
    values = np.unique(np.concatenate([used.ravel(), have]))
    parts = [Fraction(float(value)).limit_denominator(LARGEST_DENOMINATOR) for value in values]
    odd = [
        float(value)
        for value, part in zip(values, parts, strict=True)
        if abs(float(part) - value) > 1e-12 * max(1.0, value)
    ]
    unit = 1 if odd else lcm(1, *(part.denominator for part in parts))
    if odd or unit > FINEST_UNIT:
        shown = f" ({', '.join(f'{value:.10g}' for value in odd[:3])})" if odd else ""
        raise ProblemError(
            f"usage and capacity have no common unit{shown}: hours are compared exactly, as "
            "multiples of a fraction such as 0.25 or 1/3. Round them to two decimals."
        )
    return Hours(np.rint(used * unit).astype(np.int64), np.rint(have * unit).astype(np.int64), unit)


def _usage(compatibility: Compatibility, given: PerPerson | pd.DataFrame) -> NDArray[np.float64]:
    """What pairs use: by mentee, or an array of all pairs."""
    if isinstance(given, pd.DataFrame):
        rows, columns = compatibility.mentee_ids, compatibility.mentor_ids
        lost = [*rows[~rows.isin(given.index)], *columns[~columns.isin(given.columns)]]
        if lost or not (given.index.is_unique and given.columns.is_unique):
            said = f"; missing, for example: {lost[0]!r}" if lost else ""
            raise ProblemError(
                f"The table of usage needs every mentee as a row and every mentor as a column, "
                f"once each{said}."
            )
        given = given.reindex(index=rows, columns=columns).to_numpy()
    if not isinstance(given, str | Mapping) and np.ndim(given) == 2:
        pairs = np.asarray(given)
        if pairs.shape != compatibility.shape:
            raise ProblemError(
                f"usage has shape {pairs.shape}, but there are {compatibility.shape[0]} mentees "
                f"and {compatibility.shape[1]} mentors. Give one row per mentee and one column per "
                "mentor."
            )
        flat = pd.to_numeric(pd.Series(pairs.ravel()), errors="coerce").to_numpy(np.float64)
        good = np.isfinite(flat) & (flat >= 0) & (flat <= FINEST_UNIT)
        if not good.all():
            i, j = divmod(int(np.flatnonzero(~good)[0]), pairs.shape[1])
            others = int((~good).sum()) - 1
            more = f", and {others} more like it" if others else ""
            raise ProblemError(
                f"usage must be a number from 0 to {FINEST_UNIT:,} for each pair; got "
                f"{pairs[i, j].item()!r} for {compatibility.mentee_ids[i]!r} with "
                f"{compatibility.mentor_ids[j]!r}{more}."
            )
        return np.asarray(flat.reshape(pairs.shape), dtype=np.float64)
    return amounts(compatibility, given, "mentees", "usage")
