"""Tables with a row per answer: collect the rows of a person into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort.cells.numbers import is_missing, read_numbers
from mentormatch.cohort.columns.filters import fold_cell
from mentormatch.cohort.columns.tables import find_column, prepare_table
from mentormatch.cohort.identity.cleaning import clean_id
from mentormatch.cohort.readings import Reading, commonest
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort.names import Side

__all__ = ["collect", "collect_rows"]


def collect_rows(
    table: object, *, person: str, collect: Sequence[str] | str, order: str | None = None
) -> pd.DataFrame:
    """Return a table with one row per person from one with a row per answer.

    Parameters
    ----------
    table
        Any table that a `Cohort` takes.
    person
        The column that says whose row it is.
    collect
        The columns whose cells become one list per person.
    order
        The column of numbers by which the lists are ordered, 1 first; it is dropped. None: the
        order of the rows.

    Returns
    -------
    DataFrame
        The first row of each person, with lists in the collected columns.

    Raises
    ------
    CohortError
        There is no such column, a person is empty, an order is no number or stands twice, or
        another column differs within one person; all at once.

    Examples
    --------
    >>> wishes = [
    ...     {"name": "Ada", "wish": "Go", "rank": 2},
    ...     {"name": "Bob", "wish": "Lua", "rank": 1},
    ...     {"name": "Ada", "wish": "Lua", "rank": 1},
    ... ]
    >>> people = collect_rows(wishes, person="name", collect="wish", order="rank")
    >>> people["wish"].tolist()
    [['Lua', 'Go'], ['Lua']]
    """
    frame, _ = _collect(prepare_table(table), person, collect, order, "the table", None)
    return frame


def collect(
    table: pd.DataFrame, options: object, source: str, side: Side
) -> tuple[pd.DataFrame, list[Reading]]:
    """Collect rows as `collect_rows` does, with the options of a programme file."""
    known = ("person", "collect", "order")
    if not isinstance(options, dict) or not {"person", "collect"} <= set(options) <= set(known):
        expected = 'rows is { person = "name", collect = ["interest"], order = "rank" }.'
        raise CohortError([Finding(source, None, "rows", options, expected)])
    return _collect(
        table, options["person"], options["collect"], options.get("order"), source, side
    )


def _collect(
    table: pd.DataFrame,
    person: str,
    collect: Sequence[str] | str,
    order: str | None,
    source: str,
    side: Side | None,
) -> tuple[pd.DataFrame, list[Reading]]:
    wanted = [person, *([collect] if isinstance(collect, str) else collect)]
    wanted += [] if order is None else [order]
    found = [find_column(table, name, source) for name in wanted]
    findings = [finding for _, finding in found if finding is not None]
    if findings:
        raise CohortError(findings)
    names = [name for name, _ in found]
    who, collected = names[0], names[1 : len(names) - (order is not None)]
    ranks, findings = (np.arange(len(table), dtype=np.float64), findings)
    if order is not None:
        ranks, findings = _ranks(table, names[-1], source)
    people = [None if is_missing(cell) else clean_id(cell) for cell in table[who]]
    for k in [k for k, one in enumerate(people) if one is None or one == ""]:
        expected = "the row names nobody. Say whose row it is, or delete it."
        findings.append(Finding(source, int(table.index[k]), who, None, expected))
    codes, first = _number(people)
    findings += _repeated_ranks(
        table, codes, ranks, names[-1] if order is not None else None, source
    )
    others = [name for name in table.columns if name not in names]
    findings += _contradictions(table, codes, first, others, source)
    if findings:
        raise CohortError(sorted(findings, key=lambda finding: finding.row or 0))
    by_person = np.lexsort((ranks, codes))
    result = table.iloc[first].drop(columns=[names[-1]] if order is not None else []).copy()
    ends = np.cumsum(np.bincount(codes, minlength=len(first)))[:-1]
    for name in collected:
        cells = table[name].astype(object).to_numpy()[by_person]
        lists = [
            [_as_value(cell) for cell in part if not is_missing(cell)]
            for part in np.split(cells, ends)
        ]
        result[name] = pd.Series(lists, index=result.index, dtype=object)
    for name in others:
        result[name] = _first_given(table[name], codes, len(first)).set_axis(result.index)
    reading = Reading(
        "long table",
        side,
        source,
        who,
        f"{len(table):,} rows are the answers of {len(first):,} people",
        "rows says so",
        commonest(value for cell in result[collected[0]] for value in cell) if collected else (),
        "rows",
    )
    return result, [reading]


def _as_value(cell: object) -> object:
    return cell.strip() if isinstance(cell, str) else cell


def _number(people: list[object]) -> tuple[NDArray[np.intp], list[int]]:
    """Return the number of each row's person, in order of occurrence, and each one's first row."""
    order: dict[object, int] = {}
    first: list[int] = []
    codes = np.empty(len(people), dtype=np.intp)
    for k, one in enumerate(people):
        key = fold_cell(one) if isinstance(one, str) and "@" in one else one
        codes[k] = order.setdefault(key, len(order))
        if codes[k] == len(first):
            first.append(k)
    return codes, first


def _ranks(
    table: pd.DataFrame, order: str, source: str
) -> tuple[NDArray[np.float64], list[Finding]]:
    numbers, wrong = read_numbers(table[order])
    bad = sorted({*wrong.tolist(), *np.flatnonzero(np.isnan(numbers)).tolist()})
    expected = "must be a number, which says where the answer stands in the order, 1 first."
    findings = [
        Finding(source, int(table.index[k]), order, _shown(table[order].iloc[k]), expected)
        for k in bad
    ]
    return numbers, findings


def _shown(cell: object) -> object:
    return None if is_missing(cell) else cell


def _repeated_ranks(
    table: pd.DataFrame,
    codes: NDArray[np.intp],
    ranks: NDArray[np.float64],
    order: str | None,
    source: str,
) -> list[Finding]:
    if order is None:
        return []
    keys = pd.MultiIndex.from_arrays([codes, ranks])
    again = np.flatnonzero(keys.duplicated() & ~np.isnan(ranks))
    expected = "another row of this person has the same number. Give every answer its own."
    return [
        Finding(source, int(table.index[k]), order, _shown(table[order].iloc[k]), expected)
        for k in again.tolist()
    ]


def _contradictions(
    table: pd.DataFrame, codes: NDArray[np.intp], first: list[int], others: list[str], source: str
) -> list[Finding]:
    """Find cells that differ from those of another row of the same person."""
    findings = []
    for name in others:
        cells = table[name].map(fold_cell)
        given = (cells != "").to_numpy()
        stated = _first_given(cells.where(given), codes, len(first)).to_numpy()[codes]
        differing = given & (cells.to_numpy() != stated)
        for k in np.flatnonzero(differing).tolist():
            other = int(table.index[int(np.flatnonzero((codes == codes[k]) & given)[0])])
            expected = (
                f"row {other} of the same person says something else. Write the same in both, or "
                f"add {name!r} to collect."
            )
            value = _shown(table[name].iloc[k])
            findings.append(Finding(source, int(table.index[k]), name, value, expected))
            if len(findings) > 100:
                return findings
    return findings


def _first_given(column: pd.Series, codes: NDArray[np.intp], people: int) -> pd.Series:
    """Return the first cell of each person that is not missing."""
    grouped = column.reset_index(drop=True).groupby(codes, sort=True).first()
    return grouped.reindex(range(people))
