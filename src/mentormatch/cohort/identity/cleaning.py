"""Clean names of columns and ids: one spelling of each, before anybody is identified by them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import pandas as pd

from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.cells.own_cells import own_cells
from mentormatch.cohort.cells.totals import says_total
from mentormatch.cohort.names import clean_name, column_letter
from mentormatch.cohort.person_columns.answers import fold_person
from mentormatch.errors import Finding

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["clean_columns", "clean_id", "clean_ids", "with_one_spelling"]

EMAIL = re.compile(r"\S+@\S+")
# Names of ids; of no other column two of one name are refused.
ID_NAMES = ("id", "mentee_id", "mentor_id", "user_id", "person_id")


def clean_id(value: object) -> object:
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
    # Databases give these as objects, and files can only hold their text.
    return str(value) if isinstance(value, UUID) else value


def clean_ids(
    ids: pd.Index, name: str | None, table: pd.DataFrame, rows: NDArray[np.int64], source: str
) -> tuple[pd.Index, list[Finding]]:
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
        elif is_missing(value) or value == "":
            expected = "the id is empty. Give this person an id, or delete the row."
            total = next(filter(says_total, table.iloc[position].dropna()), None)
            if total is not None:
                expected = (
                    f"the id is empty. Is this a total row ({str(total)!r})? Then delete it; else "
                    "give this person an id."
                )
            findings.append(Finding(source, int(rows[position]), name, None, expected))
            values[position] = None
    return pd.Index(values, name=name), findings


def with_one_spelling(ids: pd.Index) -> pd.Index:
    """Write a name as its first row does, whatever case and accents the others have."""
    first: dict[str, object] = {}
    names: list[object] = [
        first.setdefault(fold_person(one), one) if isinstance(one, str) else one for one in ids
    ]
    spelled: pd.Index = pd.Index(names, name=ids.name)
    return spelled


def clean_columns(frame: pd.DataFrame, source: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Copy a table with one clean name per column.

    Columns of one name get the letter of the column behind it, unless all but one are empty or
    equal to the first.
    """
    findings = []
    table = own_cells(frame.copy())
    if table.columns.nlevels > 1:
        expected = "the columns have names of several levels. Join them into one name per column."
        findings.append(Finding(source, 1, None, table.columns[0], expected))
        table.columns = table.columns.to_flat_index()
    names = [clean_name(name) for name in table.columns]
    table.columns = pd.Index(names)
    again = np.asarray(table.columns.duplicated(keep=False))
    if not again.any():
        return table, findings
    places: dict[str, list[int]] = {}
    for k in np.flatnonzero(again).tolist():
        places.setdefault(names[k], []).append(k)
    kept = np.ones(len(names), dtype=bool)
    for name, where in places.items():
        if name.casefold().replace(" ", "_") in ID_NAMES:
            letters = " and ".join(column_letter(k) for k in where)
            expected = (
                f"the name stands over columns {letters}. Rename all but one, or delete them."
            )
            findings.append(Finding(source, 1, name, None, expected))
            kept[where[1:]] = False
            continue
        first = table.iloc[:, where[0]]
        if all(table.iloc[:, k].equals(first) for k in where[1:]):
            kept[where[1:]] = False
            continue
        for k in where:
            names[k] = f"{name} (column {column_letter(k)})"
    table.columns = pd.Index(names)
    return table.loc[:, kept], findings
