"""Ids of people: look up, format, and order by value or by hash."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort import hint_person
from mentormatch.errors import ProblemError

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "as_column",
    "describe_missing_ids",
    "find_position",
    "format_count",
    "format_people",
    "order_by_hash",
    "plain_ids",
    "rank_ids",
]


def format_count(count: int, noun: str, several: str | None = None) -> str:
    """Format a number with its noun: "1 pin", "2 pins", "12,000 pins"; "2 wishes" if given."""
    return f"{count:,} {noun if count == 1 else several or f'{noun}s'}"


def format_people(people: Sequence[object], limit: int = 5) -> str:
    """Format the first few ids, and how many more there are."""
    more = f" and {len(people) - limit} more" if len(people) > limit else ""
    return ", ".join(map(repr, people[:limit])) + more


def plain_ids(ids: pd.Index) -> pd.Index:
    """Return the ids as one level of plain Python values; several index levels become tuples.

    A number of an integer index is one of NumPy's: a sentence would name it "np.int64(901)", and
    JSON does not know it. A range gives plain numbers as it is.
    """
    if isinstance(ids, pd.MultiIndex):
        ids = pd.Index(ids.to_list(), tupleize_cols=False)
    elif not isinstance(ids, pd.RangeIndex) and pd.api.types.is_numeric_dtype(ids.dtype):
        ids = pd.Index(ids.tolist(), dtype=object, name=ids.name)
    return ids


def as_column(ids: pd.Index) -> pd.Index:
    """Return ids as a column of a table holds them: numbers as numbers, anything else as it is."""
    kinds: dict[str, type] = {"integer": np.int64, "floating": np.float64, "boolean": np.bool_}
    try:
        return ids.astype(kinds[ids.inferred_type]) if ids.inferred_type in kinds else ids
    except OverflowError:
        return ids


def describe_missing_ids(ids: pd.Index, who: str) -> list[str]:
    """Describe people of one side without an id or with the id of somebody else."""
    wrong = []
    empty = np.flatnonzero(ids.isna())
    if len(empty):
        wrong.append(
            f"{len(empty)} of {format_count(len(ids), who)} has no id, at position {empty[0]}."
            if len(empty) == 1
            else f"{len(empty)} of {format_count(len(ids), who)} have no id, the first of them at "
            f"position {empty[0]}."
        )
    twice = [] if ids.is_unique else ids[ids.duplicated()].dropna().unique().tolist()
    if twice:
        wrong.append(f"These {who} ids appear more than once: {format_people(twice)}.")
    return wrong


def find_position(ids: pd.Index, person: Hashable, who: str) -> int:
    """Return the position of a person.

    Raises ProblemError where nobody has this id; names the nearest one, and the same one of another
    type.
    """
    try:
        place = ids.get_loc(person)
    except (KeyError, TypeError, pd.errors.InvalidIndexError):
        place = None
    # An index of dates reads a text as a range of dates; a person is one of them or nobody. True
    # is equal to 1 and is nobody's number.
    if isinstance(place, int | np.integer) and (
        isinstance(ids[place], bool) or not isinstance(person, bool)
    ):
        return int(place)
    hint = hint_person(person, ids[:100_000].tolist())
    raise ProblemError(f"There is no {who} with the id {person!r}.{hint}")


def order_by_hash(ids: pd.Index, seed: int) -> NDArray[np.intp]:
    """Return the order of ids by a keyed hash, which favours nobody."""
    key = str(seed).encode()[:64]
    digests = [
        hashlib.blake2b(
            f"{type(one).__name__}\0{one}".encode(errors="surrogatepass"), digest_size=16, key=key
        ).digest()
        for one in ids.tolist()
    ]
    return np.asarray(np.argsort(np.array(digests, dtype="V16").view("S16")), dtype=np.intp)


def rank_ids(ids: pd.Index) -> NDArray[np.intp]:
    """Return the rank of each id: by value where ids compare, else by type and text."""
    if isinstance(ids, pd.RangeIndex) and ids.step > 0:
        return np.arange(len(ids))
    try:
        order = np.argsort(ids.to_numpy(), kind="stable")
    except TypeError:
        texts = [f"{type(one).__name__}\0{one}" for one in ids.tolist()]
        order = np.argsort(np.array(texts, dtype=object), kind="stable")
    rank = np.empty(len(ids), dtype=np.intp)
    rank[order] = np.arange(len(ids))
    return rank
