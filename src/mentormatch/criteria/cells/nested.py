"""Cells that hold more than a list of values: mappings, and lists of tuples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.values import CONTAINERS
from mentormatch.errors import CohortError

if TYPE_CHECKING:
    from mentormatch.cohort import Cohort, Side

__all__ = ["check_nested"]


def check_nested(cohort: Cohort, side: Side, column: str) -> None:
    """Refuse cells whose values are no single values: each would become one that nobody else has.

    Raises CohortError with one finding per person, or where there is no such column.
    """
    cells = cohort.column(side, column)
    if cells.dtype != object:
        return
    held = cells.tolist()
    if not any(issubclass(kind, (Mapping, *CONTAINERS)) for kind in set(map(type, held))):
        return
    findings = [
        cohort.finding(side, k, column, expected)
        for k, cell in enumerate(held)
        if (expected := _cure(cell))
    ]
    if findings:
        raise CohortError(findings)


def _cure(cell: object) -> str:
    """Say how the values of a cell are written as a plain list; nothing where they are one."""
    if isinstance(cell, Mapping):
        pairs = list(cell.items())
    elif isinstance(cell, CONTAINERS):
        nested = [one for one in cell if isinstance(one, (Mapping, *CONTAINERS))]
        if not nested:
            return ""
        pairs = [tuple(one) for one in nested if isinstance(one, list | tuple)]
    else:
        return ""
    two = [pair for pair in pairs if len(pair) == 2]
    name, said = two[0] if two else ("SQL", 3)
    return (
        f"must be a text or a plain list of values, such as [{str(name)!r}]. A level or a rating "
        f"stands behind a colon, [{f'{name}:{said}'!r}], and is read with levels= or ratings=."
    )
