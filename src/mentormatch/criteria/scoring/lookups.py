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

__all__ = ["JOINED_CELLS", "CutTable", "Lookup", "Table", "add_dense", "join_tables"]

# A joint table of up to so many (profile, mentor) cells is computed, 40 MB in float32; more where
# there are many mentees, for whom it stays small beside what a search keeps of them.
JOINED_CELLS, CELLS_OF_A_MENTEE = 10_000_000, 100
# Mentees who share a joint profile at least, on average.
SHARED = 2
# A dense product of more columns tells all mentees apart, as embeddings do.
NARROW = 8


@dataclass(frozen=True, eq=False)
class Table:
    """Values of one criterion, or what one hard rule forbids, by profile of the mentee."""

    owner: int | None  # position of the criterion; None for a rule
    codes: Positions  # (mentees,): the profile of each
    cells: NDArray[Any]  # (profiles, mentors): values, or for a rule True where it forbids


@dataclass(frozen=True, eq=False)
class CutTable:
    """A table ready to be read."""

    codes: Positions  # (mentees,): the profile of each
    tiles: tuple[Floats, ...]  # arrays (profiles, mentors of the tile)


@dataclass(frozen=True, eq=False)
class Lookup:
    """Some tables that are read as one."""

    codes: Positions  # (mentees,): the joint profile of each
    # Each with the profile, in that table, of each joint profile.
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
    ) -> CutTable | None:
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
        return CutTable(self.codes, tuple(parts))


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
    if _is_large(len(known), table.cells.shape[1], len(codes)):
        return None
    first, second = np.divmod(known, max(len(table.cells), 1))
    members = tuple((one, places[first]) for one, places in lookup.tables)
    return Lookup(codes.astype(np.intp), (*members, (table, second)))


def add_dense(table: CutTable | None, left: Floats, right: Sequence[Floats]) -> CutTable | None:
    """Add a dense product to a table, which is read in its place; None where it would be large.

    A ``table`` of None stands for 0. ``left`` is (mentees, columns), ``right`` has arrays (columns,
    mentors of a tile).
    """
    n, width = left.shape
    if not n or width > NARROW:
        return None
    codes = np.zeros(n, dtype=np.intp) if table is None else table.codes
    for column in left.T:
        _, code = np.unique(column, return_inverse=True)
        codes = codes * (int(code.max()) + 1) + code
        known, first, codes = np.unique(codes, return_index=True, return_inverse=True)
        if _is_large(len(known), sum(part.shape[1] for part in right), n):
            return None
    tiles = [left[first] @ part for part in right]
    if table is not None:
        for part, cells in zip(tiles, table.tiles, strict=True):
            part += cells[table.codes[first]]
    return CutTable(codes, tuple(tiles))


def _is_large(profiles: int, mentors: int, mentees: int) -> bool:
    """Tell whether a joint table would be more work than it saves."""
    most = max(JOINED_CELLS, CELLS_OF_A_MENTEE * mentees)
    return profiles * mentors > most or SHARED * profiles > mentees
