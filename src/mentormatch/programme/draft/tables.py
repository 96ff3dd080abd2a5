"""Read the tables of a first draft, and say in keys of ``[tables]`` how they were read."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeAlias, TypedDict

import pandas as pd

from mentormatch.cohort import SIDES, Cohort, Side, read_cohort
from mentormatch.cohort.files.opening import FileOptions, read_file
from mentormatch.cohort.identity.duplicates import LOST, differing_columns
from mentormatch.criteria.words.heading_words import topics_of
from mentormatch.errors import CohortError
from mentormatch.programme.draft.boxes import say_guess
from mentormatch.programme.draft.grids import propose_grids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mentormatch.cohort.identity.duplicates import Duplicates
    from mentormatch.programme.draft.grid_tables import GridTable, Unread

__all__ = ["DraftTables", "ReadOptions", "read_for_draft"]

FEW_COLUMNS = 4
SHORT = 40
# A table has a row per answer where so many of its people stand in it more than once.
MANY_PEOPLE = 0.5


class ReadOptions(TypedDict, total=False):
    """The parameters of `read_cohort` that a draft sets."""

    mentees: Path
    mentors: Path
    people: Path
    sheets: tuple[str, str]
    id: str | Mapping[Side, str | None]
    accept: Sequence[str]
    role: Mapping[str, object]
    rows: Mapping[str, object]
    duplicates: Duplicates
    columns: Sequence[GridTable]
    missing: Sequence[str]


# The people, the options found, why, and questions that a person must say more about.
DraftTables: TypeAlias = "tuple[Cohort, ReadOptions, dict[str, str], list[Unread]]"


def read_for_draft(given: ReadOptions) -> DraftTables:
    """Read the tables with what their contents suggest.

    ``given`` are the paths, and the options that a person gave. The answer is the people, the
    options that were found beside the given ones, why by option, and the questions in several
    columns that a person must say more about. Raises CohortError if the tables cannot be read,
    whatever is tried.
    """
    options: ReadOptions = {}
    notes: dict[str, str] = {}
    try:
        cohort = read_cohort(**given)
    except CohortError as error:
        cohort, options, notes = _read_repeated(given, error)
    keys = {} if cohort.labelled or "id" in given else _find_keys(cohort)
    if keys:
        with contextlib.suppress(CohortError):
            tried: ReadOptions = {**given, **options, "id": keys}
            cohort = read_cohort(**tried)
            options["id"] = keys
            named = " and ".join(f'"{name}" of the {side}' for side, name in keys.items())
            notes["id"] = (
                f"No heading says what tells people apart; {named} is different in each row and "
                "stands first, so it is taken. Please look."
            )
    grids, unread = propose_grids(cohort)
    if grids:
        cohort, grids = _with_grids(cohort, grids, {**given, **options})
    if grids:
        options["columns"] = grids
        names = ", ".join(f'"{name}"' for name in dict.fromkeys(one["name"] for one in grids))
        notes["columns"] = f"Several columns of the form are one question each: {names}."
        notes["columns"] = " ".join([notes["columns"], *filter(None, map(say_guess, grids))])
    return cohort, options, notes, unread


def _with_grids(
    cohort: Cohort, grids: list[GridTable], options: ReadOptions
) -> tuple[Cohort, list[GridTable]]:
    """Read the tables with all grids; where one cannot be read, with those that can."""
    with contextlib.suppress(CohortError):
        return read_cohort(**_with_columns(options, grids)), grids
    kept: list[GridTable] = []
    for one in grids if len(grids) > 1 else ():
        with contextlib.suppress(CohortError):
            cohort = read_cohort(**_with_columns(options, [*kept, one]))
            kept.append(one)
    return cohort, kept


def _with_columns(options: ReadOptions, columns: Sequence[GridTable]) -> ReadOptions:
    return {**options, "columns": columns}


def _find_keys(cohort: Cohort) -> dict[Side, str]:
    """Find first columns of short texts, all different, where nothing else tells people apart."""
    keys: dict[Side, str] = {}
    for side in SIDES:
        table = cohort.table(side)
        other = cohort.table("mentors" if side == "mentees" else "mentees")
        if table.index.name is not None or len(table) < 2 or table.shape[1] < 2:
            continue
        name = str(table.columns[0])
        texts = table[name].dropna()
        if (
            len(texts) == len(table) == texts.nunique()
            and name not in other.columns
            and not topics_of(name) - {"name", "number"}
            and all(isinstance(text, str) and len(text) <= SHORT for text in texts)
            and not texts.str.contains(r"[;,]|\d{4}").any()
        ):
            keys[side] = name
    return keys


def _read_repeated(
    given: ReadOptions, error: CohortError
) -> tuple[Cohort, ReadOptions, dict[str, str]]:
    """Read tables in which people stand more than once: a row per answer, or a form sent again.

    Raises CohortError if neither helps; what it says is what is wrong besides.
    """
    rows: dict[str, Mapping[str, str | Sequence[str]]] = {
        side: collect
        for side in SIDES
        if side in given and (collect := _find_row_per_answer(side, given, error)) is not None
    }
    attempts: list[tuple[ReadOptions, str]] = []
    if rows:
        collected = dict.fromkeys(name for one in rows.values() for name in one["collect"])
        columns = ", ".join(f'"{name}"' for name in collected)
        attempts.append(
            (
                {"rows": rows},
                f"A person has a row for each answer, so the rows are collected: {columns}.",
            )
        )
    attempts.append(({"duplicates": "last"}, ""))
    for options, note in attempts:
        try:
            tried: ReadOptions = {**given, **options}
            cohort = read_cohort(**tried)
        except CohortError as besides:
            error = besides
            continue
        (key,) = options
        return cohort, options, {key: note or _tell_replaced(cohort)}
    raise error


def _tell_replaced(cohort: Cohort) -> str:
    """Say who sent the form twice, and which rows were left out."""
    replaced = [note for note in cohort.notes if "sent the form again" in note.expected]
    rows = ", ".join(f"row {note.row}" for note in replaced[:5])
    more = "" if len(replaced) <= 5 else f" and {len(replaced) - 5:,} more"
    earlier = "1 earlier row" if len(replaced) == 1 else f"{len(replaced):,} earlier rows"
    are = "is" if len(replaced) == 1 else "are"
    whys = dict.fromkeys(note.expected.partition("; ")[2].partition(LOST)[0] for note in replaced)
    return (
        f"{earlier} of people who sent the form twice {are} left out ({rows}{more}); "
        f"{'; '.join(why.rstrip('.') for why in whys)}."
    )


def _find_row_per_answer(
    side: Side, given: ReadOptions, error: CohortError
) -> Mapping[str, str | Sequence[str]] | None:
    """Find the person and the collected columns of a table with a row per answer."""
    sheets = given.get("sheets")
    sheet = None if sheets is None else sheets[SIDES.index(side)]
    alone = given["mentees"] != given["mentors"]
    try:
        table = read_file(given[side], side, FileOptions(sheet=sheet), alone=alone).frame
    except CohortError:
        return None
    table = table.rename(columns=lambda name: str(name).strip())
    names = [finding.column for finding in error.findings if "already" in finding.expected]
    person = next((name for name in names if name in table.columns), None)
    if person is None:
        return None
    ids = pd.Index(table[person])
    repeated = ids[ids.duplicated(keep=False)].nunique()
    if repeated < MANY_PEOPLE * max(1, ids.nunique()):
        return None
    differing = [
        name for name in differing_columns(table.drop(columns=person), ids) if not _is_own(name)
    ]
    if not differing or len(differing) > FEW_COLUMNS or _has_times(table, differing):
        return None
    order = next((name for name in differing if _is_order(table, ids, name)), None)
    collect = [name for name in differing if name != order]
    if not collect:
        return None
    return {"person": person, "collect": collect} | ({} if order is None else {"order": order})


def _is_own(name: str) -> bool:
    """A column that a form adds by itself."""
    return bool(topics_of(name) & {"record", "number"})


def _has_times(table: pd.DataFrame, names: list[str]) -> bool:
    """Rows that differ in when they were sent are forms sent again."""
    return any(table[name].dtype.kind == "M" or "time stamp" in topics_of(name) for name in names)


def _is_order(table: pd.DataFrame, ids: pd.Index, name: str) -> bool:
    """Whole numbers from 1 up, each once for a person."""
    numbers = pd.to_numeric(table[name], errors="coerce")
    if numbers.isna().any() or (numbers < 1).any() or numbers.max() > len(table):
        return False
    return not pd.DataFrame({"who": ids, "rank": numbers.to_numpy()}).duplicated().any()
