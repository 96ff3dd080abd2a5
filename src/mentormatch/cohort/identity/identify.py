"""Identify people: clean names of columns, choose the id column, find duplicates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from mentormatch.cohort.names import Side, clean_name, column_letter, nearest_name, quote_names
from mentormatch.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "Duplicates",
    "IdentifiedTable",
    "check_duplicates",
    "clean_id",
    "identify",
]

Duplicates: TypeAlias = Literal["error", "last"]
EMAIL = re.compile(r"\S+@\S+")
DEFAULT_IDS: dict[Side, tuple[str, ...]] = {
    "mentees": ("id", "mentee_id"),
    "mentors": ("id", "mentor_id"),
}


def clean_id(value: Any) -> Any:
    """Bring one id into the form in which ids are compared and shown.

    Text loses the space around it and takes composed accents (NFC); an e-mail address becomes lower
    case, because people write their own address in more than one way and no provider tells them
    apart. A whole number that a spreadsheet stored as 7.0 is 7. Anything else stays: "Ada" and
    "ada" are two ids, and so are "7" and "007".

    Examples
    --------
    >>> clean_id(" Ada.Lovelace@Example.org "), clean_id("A-7 "), clean_id(7.0)
    ('ada.lovelace@example.org', 'A-7', 7)
    """
    if isinstance(value, str):
        text = value.strip()
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        return text.lower() if "@" in text and EMAIL.fullmatch(text) else text
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return int(value)
    return value


@dataclass(frozen=True, slots=True)
class IdentifiedTable:
    """A table indexed by id; usable when there are no findings."""

    frame: pd.DataFrame
    rows: NDArray[np.int64]
    id: str | None = None
    labelled: bool = False
    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)


def identify(
    frame: Any,
    rows: NDArray[np.int64] | None,
    *,
    side: Side,
    source: str,
    id: str | None,
    duplicates: Duplicates,
    labelled: bool = True,
) -> IdentifiedTable:
    """Clean the column names, find the ids, and make them the index.

    Identifying an identified table changes nothing.

    Parameters
    ----------
    frame
        A DataFrame, one row per person; it is copied. Anything else is a finding.
    rows
        Row numbers as the spreadsheet shows them, one per person; None: the first person is in row
        2.
    side, source
        Which table this is, and what findings call it.
    id
        The name of the id column or of the index; None: a column ``id``, else ``mentee_id`` or
        ``mentor_id`` (in any case, with a space or an underscore), else the index.
    duplicates
        "error", or "last": of rows with one id the last one stays, where it stands.
    labelled
        False when the index is known to be bare positions.

    Returns
    -------
    IdentifiedTable
        With everything that is wrong with the table among its findings.
    """
    if not isinstance(frame, pd.DataFrame):
        expected = (
            "must be a pandas DataFrame, one row per person. "
            "Files are read by read_cohort(mentees=…, mentors=…)."
        )
        finding = Finding(source, None, None, type(frame).__name__, expected)
        return IdentifiedTable(pd.DataFrame(), np.empty(0, dtype=np.int64), findings=[finding])
    table, findings = _clean_columns(frame, source)
    rows = np.arange(2, len(table) + 2) if rows is None else np.array(rows, dtype=np.int64)
    if len(rows) != len(table):
        expected = (
            f"the table has {len(table)} people but {len(rows)} row numbers. "
            "Choose people with take(), or give row numbers that fit the new table."
        )
        findings.append(Finding(source, None, None, None, expected))
        rows = np.arange(2, len(table) + 2)

    positions = _is_default(table.index)
    if table.columns.empty and positions:
        expected = "the table has no columns. It needs a header row, and one row per person."
        findings.append(Finding(source, None, None, None, expected))
        return IdentifiedTable(table, rows, findings=findings)
    name, wrong = _find_id(table, id, side, source)
    if wrong is not None:
        return IdentifiedTable(table, rows, findings=[*findings, wrong])
    if name is None and (positions or not labelled):
        rows.setflags(write=False)
        # An empty table has nobody without an id.
        return IdentifiedTable(table, rows, None, labelled and len(table) == 0, findings)

    table, ids = _split_ids_off(table, name)
    ids, unusable = _clean_ids(ids, name, rows, source)
    findings += unusable
    table.index = ids
    kept, repeated = _find_duplicates(ids, name, rows, source, duplicates)
    if duplicates == "error":
        findings += repeated
        repeated = []
    elif not kept.all():
        table, rows = table.loc[kept], rows[kept]
    rows.setflags(write=False)
    # In the order in which somebody goes through the spreadsheet.
    findings.sort(key=lambda finding: finding.row or 0)
    return IdentifiedTable(table, rows, name, True, findings, repeated)


def _clean_columns(frame: pd.DataFrame, source: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Copy a table with one clean name per column; of columns with one name the first stays."""
    findings = []
    table = frame.copy()
    if table.columns.nlevels > 1:
        expected = "the columns have names of several levels. Join them into one name per column."
        findings.append(Finding(source, 1, None, table.columns[0], expected))
        table.columns = table.columns.to_flat_index()
    table.columns = pd.Index([clean_name(name) for name in table.columns])
    again = np.asarray(table.columns.duplicated())
    if not again.any():
        return table, findings
    for name in dict.fromkeys(table.columns[again]):
        letters = [column_letter(k) for k, other in enumerate(table.columns) if other == name]
        expected = (
            f"the name stands over columns {' and '.join(letters)}. "
            "Rename all but one, or delete them."
        )
        findings.append(Finding(source, 1, name, None, expected))
    return table.loc[:, ~again], findings


def _split_ids_off(table: pd.DataFrame, name: str | None) -> tuple[pd.DataFrame, pd.Index[Any]]:
    """Take the ids out of the columns, or out of the index when no column has the name."""
    if name is None or name not in table.columns:
        return table, table.index
    # The index may hold something of its own (an address, a name): it becomes a column, unless
    # there is one of its name.
    index_name = None if table.index.name is None else clean_name(table.index.name)
    if index_name is not None and index_name not in table.columns:
        table = table.rename_axis(index_name).reset_index()
    return table.drop(columns=name), pd.Index(table[name])


def _is_default(index: pd.Index[Any]) -> bool:
    return (
        isinstance(index, pd.RangeIndex)
        and (index.start, index.step) == (0, 1)
        and index.name is None
    )


def _find_id(
    frame: pd.DataFrame, id: str | None, side: Side, source: str
) -> tuple[str | None, Finding | None]:
    """Find the name of the id column or index (None: an index without a name), or what is wrong."""
    index_name: str | None = None if frame.index.name is None else clean_name(frame.index.name)
    if id is not None:
        name = clean_name(id)
        if name in frame.columns or name == index_name:
            return name, None
        known = [*frame.columns, *([] if index_name is None else [index_name])]
        expected = (
            "there is no such column. Name the one that identifies a person with id=…; "
            f"the columns are {quote_names(known)}."
        )
        return None, Finding(source, 1, name, None, expected, nearest_name(name, known))
    folded: dict[str, str] = {}
    for column in frame.columns:
        folded.setdefault(column.casefold().replace(" ", "_"), column)
    for default in DEFAULT_IDS[side]:
        if default in frame.columns:
            return default, None
        if default in folded:
            return folded[default], None
    if frame.index.nlevels > 1:
        expected = (
            "the index has several levels. Name one column that identifies a person with id=…"
        )
        return None, Finding(source, None, None, None, expected)
    if index_name is not None and index_name in frame.columns:
        expected = (
            "the index and a column have this same name. "
            "Rename one of them, or name the ids with id=…"
        )
        return None, Finding(source, 1, index_name, None, expected)
    return index_name, None


def _clean_ids(
    ids: pd.Index[Any], name: str | None, rows: NDArray[np.int64], source: str
) -> tuple[pd.Index[Any], list[Finding]]:
    """Clean ids of one kind: if any is text, the numbers among them are text as well."""
    if isinstance(ids.dtype, np.dtype) and ids.dtype.kind in "iu":
        # Through the array: a RangeIndex of labels must not look like bare positions later.
        return pd.Index(ids.to_numpy(), name=name), []
    values = [clean_id(value) for value in ids.astype(object)]
    if any(isinstance(value, str) for value in values):
        values = [str(v) if isinstance(v, int | np.integer) else v for v in values]
    findings = []
    for position, value in enumerate(values):
        if isinstance(value, str) and value:
            continue
        if not isinstance(value, Hashable) or isinstance(value, tuple):
            expected = "an id is one text or one number. Give this person one."
            findings.append(Finding(source, int(rows[position]), name, value, expected))
            values[position] = repr(value)
        elif value == "" or pd.isna(value):  # type: ignore[call-overload]
            expected = "the id is empty. Give this person an id, or delete the row."
            findings.append(Finding(source, int(rows[position]), name, None, expected))
            values[position] = None
    return pd.Index(values, name=name), findings


def _find_duplicates(
    ids: pd.Index[Any],
    name: str | None,
    rows: NDArray[np.int64],
    source: str,
    duplicates: Duplicates,
) -> tuple[NDArray[np.bool_], list[Finding]]:
    """Return which rows are kept, and a finding for each other one; empty ids are kept."""
    given = np.asarray(ids.notna())
    keep: Literal["first", "last"] = "first" if duplicates == "error" else "last"
    repeated = ids.duplicated(keep=keep) & given
    if not repeated.any():
        return ~repeated, []
    stays = dict(zip(ids[~repeated], rows[~repeated].tolist(), strict=True))
    findings = []
    for value, row in zip(_as_python(ids[repeated]), rows[repeated].tolist(), strict=True):
        other = stays[value]
        expected = (
            f"this id stands in row {other} already. Give every person an id of their own, "
            'or keep the last row that a person sent with duplicates="last".'
            if duplicates == "error"
            else f"the same person sent the form again in row {other}; the last one counts."
        )
        findings.append(Finding(source, row, name, value, expected))
    return ~repeated, findings


def _as_python(ids: pd.Index[Any]) -> Sequence[Any]:
    """Return ids as Python objects, which print as 7 and not as np.int64(7)."""
    return list(ids.tolist())


def check_duplicates(duplicates: object) -> list[Finding]:
    """Refuse a word that is not a way to treat people who sent the form twice."""
    if duplicates in get_args(Duplicates):
        return []
    expected = 'duplicates is "error", or "last" to keep the last row that a person sent.'
    nearest = nearest_name(duplicates, get_args(Duplicates))
    return [Finding("cohort", None, "duplicates", duplicates, expected, nearest)]
