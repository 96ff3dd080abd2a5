"""Keep the rows of a table that hold given values in a column."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, TypeGuard

import numpy as np

from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.columns.tables import find_column, prepare_table
from mentormatch.cohort.names import nearest_name, quote_names
from mentormatch.cohort.readings import Reading, commonest
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.cohort.names import Side

__all__ = ["filter_rows", "fold_cell", "keep_rows"]

KEYS = ("column", "is", "is_not")


def keep_rows(
    table: object, where: Mapping[str, object] | Sequence[Mapping[str, object]]
) -> pd.DataFrame:
    """Return the rows of a table that meet every condition, with their index.

    Parameters
    ----------
    table
        Any table that a `Cohort` takes.
    where
        One condition or several: ``{"column": "Status", "is": ["active"]}``, or with ``is_not``.
        Case and space around a value make no difference; ``""`` is an empty cell.

    Raises
    ------
    CohortError
        There is no such column, or no row holds one of the values.

    Examples
    --------
    >>> people = [{"name": "Ada", "status": "Active"}, {"name": "Bob", "status": "left"}]
    >>> keep_rows(people, {"column": "status", "is": ["active"]})["name"].tolist()
    ['Ada']
    """
    frame, _ = filter_rows(prepare_table(table), where, "the table", None)
    return frame


def filter_rows(
    table: pd.DataFrame, where: object, source: str, side: Side | None
) -> tuple[pd.DataFrame, list[Reading]]:
    """Keep rows as `keep_rows` does; say how many were left out."""
    conditions = [where] if isinstance(where, Mapping) else where
    findings: list[Finding] = []
    kept = np.ones(len(table), dtype=bool)
    readings = []
    if not isinstance(conditions, Sequence) or isinstance(conditions, str):
        conditions = [conditions]
    for condition in conditions:
        if not _is_condition(condition):
            expected = (
                'a condition names a column and values: { column = "Status", is = ["active"] }, '
                "or is_not in the place of is."
            )
            findings.append(Finding(source, None, "where", condition, expected))
            continue
        column, missing = find_column(table, condition["column"], source)
        if missing is not None:
            findings.append(missing)
            continue
        chosen, wrong = _matching(table[column], condition, column, source)
        findings += wrong
        left_out = int((kept & ~chosen).sum())
        kept &= chosen
        seen = table[column][~chosen]
        word = "is" if "is" in condition else "is not"
        values = condition["is"] if "is" in condition else condition["is_not"]
        readings.append(
            Reading(
                "rows",
                side,
                source,
                column,
                f"{left_out:,} {'row is' if left_out == 1 else 'rows are'} left out",
                f"only rows count in which it {word} {quote_names(map(str, _listed(values)))}",
                commonest("" if is_missing(cell) else cell for cell in seen),
                "where",
            )
        )
    if findings:
        raise CohortError(findings)
    return table.loc[kept], readings


def _is_condition(condition: object) -> TypeGuard[Mapping[str, object]]:
    return (
        isinstance(condition, Mapping)
        and "column" in condition
        and ("is" in condition) != ("is_not" in condition)
        and set(condition) <= set(KEYS)
    )


def _listed(values: object) -> list[object]:
    if isinstance(values, Collection) and not isinstance(values, str):
        return list(values)
    return [values]


def fold_cell(cell: object) -> str:
    """Return a cell as it is compared: without case and space around, 7.0 as 7, missing as ""."""
    if is_missing(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split()).casefold()


def _matching(
    column: pd.Series, condition: Mapping[str, object], name: str, source: str
) -> tuple[NDArray[np.bool_], list[Finding]]:
    """Return which cells meet a condition, and a finding for each value that nobody has."""
    positive = "is" in condition
    values = _listed(condition["is"] if positive else condition["is_not"])
    folded = column.map(fold_cell)
    known = set(folded)
    shown = {fold_cell(cell): str(cell) for cell in column if not is_missing(cell)}
    findings = []
    for value in values:
        if fold_cell(value) not in known and fold_cell(value) != "":
            expected = (
                f"no row holds this value, which where asks for. The column holds "
                f"{quote_names(list(shown.values())[:10])}."
            )
            nearest = nearest_name(value, shown.values())
            findings.append(Finding(source, None, name, value, expected, nearest))
    chosen = folded.isin([fold_cell(value) for value in values]).to_numpy(dtype=bool)
    return (chosen if positive else ~chosen), findings
