"""Tables by profile of the mentee, read as one table where that stays small.

A criterion that tells few profiles of mentees apart, and a hard rule of that kind, is a table of
profiles × mentors. Copying one row of a joint table costs less than adding up one row of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.criteria.interface.arrays import Floats, Positions

__all__ = ["JOINED_CELLS", "Lookup", "Table", "join_tables"]

# A joint table of up to so many (profile, mentor) cells is computed; 40 MB in float32.
JOINED_CELLS = 10_000_000


@dataclass(frozen=True, eq=False)
class Table:
    """Values of one criterion, or what one hard rule forbids, by profile of the mentee.

    Parameters
    ----------
    owner
        Position of the criterion; None for a rule.
    codes
        (mentees,): the profile of each.
    cells
        (profiles, mentors): values, or bool for a rule, True where it forbids.
    """

    owner: int | None
    codes: Positions
    cells: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Lookup:
    """Some tables that are read as one.

    Parameters
    ----------
    codes
        (mentees,): the joint profile of each.
    tables
        Each with the profile, in that table, of each joint profile.
    """

    codes: Positions
    tables: tuple[tuple[Table, Positions], ...]

    @property
    def profiles(self) -> int:
        """How many joint profiles there are."""
        return len(self.tables[0][1])

    def total(
        self,
        weights: NDArray[np.float64],
        tiles: Sequence[slice],
        dtype: np.dtype,
        *,
        masked: bool,
    ) -> tuple[Floats, ...] | None:
        """The weighted sum of the tables, cut into tiles, −∞ where forbidden; None if all 0."""
        used = [
            (table, places)
            for table, places in self.tables
            if (masked if table.owner is None else weights[table.owner] > 0)
        ]
        if not used:
            return None
        parts = []
        for columns in tiles:
            cells = np.zeros((self.profiles, columns.stop - columns.start))
            for table, places in used:
                some = table.cells[:, columns]
                if table.owner is None:
                    cells += np.where(some, -np.inf, 0.0)[places]
                else:
                    cells += (weights[table.owner] * some)[places]
            parts.append(cells.astype(dtype))
        return tuple(parts)


def join_tables(tables: Sequence[Table]) -> tuple[Lookup, ...]:
    """Join tables, those of the fewest profiles first, as long as a joint one stays small."""
    lookups: list[Lookup] = []
    for table in sorted(tables, key=lambda one: len(one.cells)):
        both = _product(lookups[-1], table) if lookups else None
        if both is None:
            lookups.append(Lookup(table.codes, ((table, np.arange(len(table.cells))),)))
        else:
            lookups[-1] = both
    return tuple(lookups)


def _product(lookup: Lookup, table: Table) -> Lookup | None:
    """The joint profiles of both that occur, unless they are too many to be worth it."""
    pairs = lookup.codes * np.intp(len(table.cells)) + table.codes
    known, codes = np.unique(pairs, return_inverse=True)
    if len(known) * table.cells.shape[1] > JOINED_CELLS or 2 * len(known) > len(codes):
        return None
    first, second = np.divmod(known, max(len(table.cells), 1))
    members = tuple((one, places[first]) for one, places in lookup.tables)
    return Lookup(codes.astype(np.intp), (*members, (table, second)))
