"""Columns that speak of other people: a manager, a wished mentor, last year's mentor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.cohort.names import SIDES, fold_heading
from mentormatch.cohort.person_columns.answers import fold_person
from mentormatch.cohort.person_columns.find import find_person_columns
from mentormatch.cohort.readings import Reading, commonest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from mentormatch.cohort.names import Side

__all__ = ["find_alike_headings", "find_references"]

MOSTLY = 0.5
LOOKED_AT = 200


def find_references(tables: Sequence[pd.DataFrame], sources: Sequence[str]) -> list[Reading]:
    """Find columns whose cells are ids, addresses or names of people, mostly of one table.

    Tables of mentees and mentors are indexed by id; ``sources`` is what findings call them.
    """
    known = [_people_of(table, side) for table, side in zip(tables, SIDES, strict=True)]
    readings = []
    for k, side in enumerate(SIDES):
        own = find_person_columns(tables[k], side)
        people = {own.email, *own.names, *own.keys, *own.answers}
        for name in tables[k].columns:
            if name in people or tables[k][name].dtype.kind in "fbmM":
                continue
            cells = _distinct(tables[k][name])
            for other in (1 - k, k):
                # Few cells show that a column is about something else.
                some = cells[:: max(1, len(cells) // LOOKED_AT)]
                if sum(fold_person(cell) in known[other] for cell in some) < MOSTLY / 2 * len(some):
                    continue
                hits = [cell for cell in cells if fold_person(cell) in known[other]]
                if len(hits) >= max(1, MOSTLY * len(cells)):
                    whom = SIDES[other] if other != k else f"other {SIDES[other]}"
                    readings.append(
                        Reading(
                            "reference",
                            side,
                            sources[k],
                            str(name),
                            f"names {whom}",
                            f"{len(hits):,} of {len(cells):,} different "
                            + ("cells are people" if len(cells) > 1 else "cell is somebody")
                            + " there",
                            commonest(hits),
                            "it is no identity; a rule or a wish can use it",
                        )
                    )
                    break
    return readings


def _people_of(table: pd.DataFrame, side: Side) -> set[str]:
    """Return the folded ids, addresses and names of a table; numbers are nobody's alone."""
    own = find_person_columns(table, side)
    names = [name for name in (own.email, *(own.names if len(own.names) == 1 else ())) if name]
    values: set[str] = set()
    for cells in (table.index, *(table[name] for name in names)):
        values |= {fold_person(cell) for cell in cells if isinstance(cell, str)}
    return values - {""}


def _distinct(column: pd.Series) -> list[object]:
    return list(dict.fromkeys(cell for cell in column if isinstance(cell, str) and cell.strip()))


def find_alike_headings(headings: Sequence[Iterable[str]], sources: Sequence[str]) -> list[Reading]:
    """Say which headings of the two tables are taken for one, though written differently."""
    by_fold: dict[str, str] = {}
    for name in headings[0]:
        by_fold.setdefault(fold_heading(name), name)
    readings = []
    for name in headings[1]:
        other = by_fold.get(fold_heading(name))
        if other is not None and other != name and fold_heading(name):
            readings.append(
                Reading(
                    "headings",
                    None,
                    " and ".join(dict.fromkeys(sources)),
                    name,
                    f"the same heading as {other!r}",
                    'they differ in case, punctuation or "your" only',
                    change="rename one of the two columns",
                )
            )
    return readings
