"""People who stand in a table more than once: the form sent again, two people, rows per wish."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from mentormatch.cohort.cells.dates import day_is_first
from mentormatch.cohort.cells.numbers import is_missing, to_python
from mentormatch.cohort.cells.sent import find_latest, find_sent_columns
from mentormatch.cohort.identity.rounded import ROUNDED_CURE, is_rounded
from mentormatch.cohort.names import (
    heading_words,
    list_rows,
    nearest_name,
    quote_names,
    word_set,
)
from mentormatch.cohort.person_columns.answers import compatible_names, fold_person
from mentormatch.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "KNOWN_BY_HALF",
    "LOST",
    "TRIAL",
    "Duplicates",
    "SentAgain",
    "check_duplicates",
    "differing_columns",
    "find_duplicates",
    "find_half_names",
    "find_namesakes",
]

Duplicates: TypeAlias = Literal["error", "last"]
FEW_COLUMNS = 3
TRIAL = "to be a trial of the form"
# What people write into a form to see whether it works.
TRIALS = word_set(
    "test tests teste testing tester testperson testuser dummy asdf asdfgh qwerty prueba essai "
    "prova тест テスト 测试 테스트"
)
# "TEST - proszę ignorować", "[Test] Ada", "Test: bitte löschen"; "Test-Smith" is a name.
LED = re.compile(r"\W*(?P<word>\w+)(?:\s*[\])(:!/*|]|\s+[-–—])")
BESIDE_TRIALS = word_set("please ignore delete me this row entry mentor mentee person user only")
KNOWN_BY_HALF = "they are known by that word alone"
LOST = " Earlier answers that differ are not used:"


@dataclass(frozen=True, slots=True)
class SentAgain(Finding):
    """An earlier row of somebody who sent the form again; it is left out.

    ``later`` is the row number of the one that counts; ``lost`` has, by column, what the earlier
    row says and the one that counts does not.
    """

    later: int = 0
    lost: tuple[tuple[str, str], ...] = ()


def check_duplicates(duplicates: object) -> list[Finding]:
    """Check the word that says how to treat people who sent the form twice."""
    if duplicates in get_args(Duplicates):
        return []
    expected = 'duplicates is "error", or "last" to keep the last row that a person sent.'
    nearest = nearest_name(duplicates, get_args(Duplicates))
    return [Finding("cohort", None, "duplicates", duplicates, expected, nearest)]


def find_duplicates(
    table: pd.DataFrame,
    person_columns: Sequence[str],
    rows: NDArray[np.int64],
    source: str,
    duplicates: Duplicates,
) -> tuple[NDArray[np.bool_], list[Finding], list[Finding]]:
    """Find rows with one id; of those of one person the last is kept where that is asked for.

    The last is the one that was sent last, by the column in which a form writes that down; where
    there is none, or it does not tell, the last row. The table is indexed by clean ids; empty ids
    are not looked at. Rows that differ in one of ``person_columns`` are not one person. The answer
    is which rows are kept (bool), findings on rows that cannot stay as they are, and a note on each
    row that was left out.
    """
    ids = table.index
    label = None if ids.name is None else str(ids.name)
    given = np.asarray(ids.notna())
    keep: Literal["first", "last"] = "first" if duplicates == "error" else "last"
    repeated = ids.duplicated(keep=keep) & given
    if not repeated.any():
        return ~repeated, [], []
    stays = {one: k for k, one in enumerate(ids) if given[k] and not repeated[k]}
    whys: dict[Hashable, str] = {}
    if duplicates == "last":
        stays, whys = _choose_latest(table, stays)
        repeated = given.copy()
        repeated[list(stays.values())] = False
    columns = [name for name in person_columns if name in table.columns]
    hint = _long_table_hint(table, ids, repeated)
    sent = find_sent_columns(table)
    findings: list[Finding] = []
    notes: list[Finding] = []
    kept = ~repeated
    for k in np.flatnonzero(repeated).tolist():
        value, other = ids[k], stays[ids[k]]
        shown = value.item() if isinstance(value, np.generic) else value
        apart = [
            one
            for one in columns
            if not compatible_names(
                fold_person(table[one].iloc[k]), fold_person(table[one].iloc[other])
            )
        ]
        if is_rounded(shown):
            # The two are perhaps one person, and perhaps not.
            expected = f"row {rows[other]} has the same; {ROUNDED_CURE}."
            findings.append(Finding(source, int(rows[k]), label, shown, expected))
            kept[k] = True
        elif apart:
            name = apart[0]
            expected = (
                f"row {rows[other]} has the same id, but {name!r} is "
                f"{to_python(table[name].iloc[k])!r} here and "
                f"{to_python(table[name].iloc[other])!r} there. If these are two people, tell them "
                f"apart with id = {name!r}; if it is one, write the same in both rows."
            )
            findings.append(Finding(source, int(rows[k]), label, shown, expected))
            kept[k] = True
        elif duplicates == "error":
            expected = (
                f"this id stands in row {rows[other]} already. Give every person an id of their "
                f'own, or keep the last row that a person sent with duplicates = "last".{hint}'
            )
            findings.append(Finding(source, int(rows[k]), label, shown, expected))
        else:
            expected = f"the same person sent the form again in row {rows[other]}; {whys[ids[k]]}."
            lost = _lost_answers(table, k, other, sent)
            if lost:
                expected += f"{LOST} {quote_names(lost)}."
            later = int(rows[other])
            notes.append(
                SentAgain(
                    source, int(rows[k]), label, shown, expected,
                    later=later, lost=tuple(lost.items()),
                )
            )  # fmt: skip
    return kept, findings, notes


def _lost_answers(
    table: pd.DataFrame, dropped: int, kept: int, sent: Collection[str]
) -> dict[str, str]:
    """Return by column what a row answers otherwise than the one that is kept.

    Among it may be whom somebody does not want to meet.
    """
    rows = table.iloc[[dropped, kept]].astype(object)
    one, other = (
        ["" if is_missing(cell) else _as_text(cell) for cell in row]
        for row in rows.itertuples(index=False, name=None)
    )
    return {
        name: before
        for name, before, after in zip(map(str, table.columns), one, other, strict=True)
        if name not in sent and before.casefold() not in ("", after.casefold())
    }


def _as_text(cell: object) -> str:
    parts = cell if isinstance(cell, list | tuple) else [cell]
    return " ".join(", ".join(map(str, parts)).split())


def _choose_latest(
    table: pd.DataFrame, last: Mapping[Hashable, int]
) -> tuple[dict[Hashable, int], dict[Hashable, str]]:
    """Choose the row of each person that was sent last, and say by what it was told.

    The table is indexed by id; ``last`` is the last row of each person.
    """
    columns = {name: table[name].tolist() for name in find_sent_columns(table)}
    firsts = {name: day_is_first(cells) for name, cells in columns.items()}
    places: dict[Hashable, list[int]] = {one: [] for one in last}
    for k, one in enumerate(table.index):
        if one in places:
            places[one].append(k)
    stays = dict(last)
    whys: dict[Hashable, str] = {}
    for one, where in places.items():
        if len(where) == 1:
            continue
        whys[one] = "the last one counts"
        if columns:
            named = quote_names(columns)
            ways = [
                {*find_latest(cells, where, day_first=first)}
                for cells in columns.values()
                for first in (True, False)
            ]
            doubt = " (day or month first? Write 2027-03-16, year first)" if any(ways) else ""
            whys[one] = f"{named} does not tell which was sent last{doubt}, so the last row counts"
        for name, cells in columns.items():
            latest = find_latest(cells, where, day_first=firsts[name])
            if latest:
                stays[one], whys[one] = latest[-1], f"what was sent last counts, by {name!r}"
                if len(latest) > 1:
                    whys[one] += ", and of what was sent at one moment the last row"
                break
    return stays, whys


def find_namesakes(
    ids: pd.Index, told: Mapping[str, pd.Series], rows: NDArray[np.int64], source: str
) -> list[Finding]:
    """Say whose name or address stands beside several ids: one person who signed up twice, or two.

    Rows that try the form are said as well. ``told`` has one text per person, by what it is, such
    as "name".
    """
    notes = []
    for what, column in told.items():
        cells = column.tolist()
        texts = [str(cell).strip().casefold() for cell in cells]
        counts = Counter(texts)
        places: dict[str, list[int]] = {}
        for k in (k for k, text in enumerate(texts) if counts[text] > 1):
            text = fold_person(cells[k])
            # One word is a first name at most, and those are shared by many.
            if " " in text or "@" in text:
                places.setdefault(text, []).append(k)
        shared = [where for where in places.values() if len({ids[k] for k in where}) > 1]
        if not shared:
            continue
        some = "; ".join(
            f"{to_python(column.iloc[where[0]])!r} in rows {', '.join(str(rows[k]) for k in where)}"
            for where in shared[:FEW_COLUMNS]
        )
        more = f"; and {len(shared) - FEW_COLUMNS:,} more" if len(shared) > FEW_COLUMNS else ""
        plural = f"{what}es" if what.endswith("s") else f"{what}s"
        is_shared = f"1 {what} stands" if len(shared) == 1 else f"{len(shared):,} {plural} stand"
        expected = (
            f"{is_shared} beside several ids ({some}{more}). Each row counts as a person of its "
            "own; if somebody signed up twice, delete the row that does not count."
        )
        notes.append(Finding(source, None, str(column.name), None, expected))
    return [*notes, *_find_trials([*told.values(), ids.to_series()], rows, source)]


def _find_trials(
    columns: Iterable[pd.Series], rows: NDArray[np.int64], source: str
) -> list[Finding]:
    """Say which rows seem to be trials of the form: they would get a mentor, or give one away."""
    for column in columns:
        cells = column.tolist()
        found = [k for k, cell in enumerate(cells) if isinstance(cell, str) and _is_trial(cell)]
        if found:
            shown = "; ".join(
                f"row {rows[k]}: {to_python(column.iloc[k])!r}" for k in found[:FEW_COLUMNS]
            )
            more = f"; and {len(found) - FEW_COLUMNS:,} more" if len(found) > FEW_COLUMNS else ""
            rows_seem = "1 row seems" if len(found) == 1 else f"{len(found):,} rows seem"
            each = "it counts as a person" if len(found) == 1 else "each counts as a person"
            expected = f"{rows_seem} {TRIAL} ({shown}{more}): {each}. Delete what is nobody's."
            name = None if column.name is None else str(column.name)
            return [Finding(source, None, name, None, expected)]
    return []


def _is_trial(cell: str) -> bool:
    """Tell whether a name or an address is only words of a trial, or begins with one set apart.

    A first word in capitals is set apart from others that are not.

    Examples
    --------
    >>> [_is_trial(one) for one in ("TEST - proszę ignorować", "TEST ignoruj", "Tess Test")]
    [True, True, False]
    """
    text = cell.partition("@")[0]
    words = heading_words(text)
    if not TRIALS.isdisjoint(words) and set(words) <= TRIALS | BESIDE_TRIALS:
        return True
    led = LED.match(text)
    first, _, rest = text.strip().partition(" ")
    apart = led["word"] if led else first if first.isupper() and not rest.isupper() else ""
    return not TRIALS.isdisjoint(heading_words(apart))


def find_half_names(
    table: pd.DataFrame, columns: Sequence[str], rows: NDArray[np.int64], source: str
) -> list[Finding]:
    """Say who has a first name or a last name alone, where the table has a column for each.

    A cell of several words is a whole name, in whichever column it stands.
    """
    notes = []
    texts = {name: table[name].map(fold_person).tolist() for name in columns if name in table}
    for name, own in texts.items() if len(texts) > 1 else ():
        others = [texts[other] for other in texts if other != name]
        known_by = [" ".join(filter(None, cells)) for cells in zip(*others, strict=True)]
        half = [
            int(row)
            for row, text, other in zip(rows, own, known_by, strict=True)
            if not text and other and " " not in other
        ]
        if not half:
            continue
        people = "1 person has" if len(half) == 1 else f"{len(half):,} people have"
        expected = (
            f"{people} nothing in this column, and one word beside it ({list_rows(half)}): "
            f"{KNOWN_BY_HALF}, and whoever names them in full is not understood. Fill in the cell."
        )
        notes.append(Finding(source, None, name, None, expected))
    return notes


def differing_columns(table: pd.DataFrame, ids: pd.Index) -> list[str]:
    """Return the columns in which rows of one id differ, in the order of the table."""
    twice = np.asarray(ids.duplicated(keep=False) & ids.notna())
    if not twice.any():
        return []
    some = table.loc[twice].reset_index(drop=True)
    keys = ids[twice].to_numpy()
    texts = some.map(lambda cell: "" if cell is None else str(cell))
    counts = texts.groupby(keys, sort=False).nunique()
    # By place: a sheet may have a heading twice.
    differing = (counts > 1).any().to_numpy()
    return [str(name) for name, differs in zip(texts.columns, differing, strict=True) if differs]


def _long_table_hint(table: pd.DataFrame, ids: pd.Index, repeated: NDArray[np.bool_]) -> str:
    """Say how to read a table with a row per wish, where the rows look like one."""
    differing = differing_columns(table, ids)
    orders = [name for name in differing if _is_order(table[name])]
    if len(orders) == 1 and len(differing) > 1:
        differing = [name for name in differing if name != orders[0]]
    order = f", order = {orders[0]!r}" if len(orders) == 1 and differing != orders else ""
    if not differing or len(differing) > FEW_COLUMNS or repeated.sum() < 2:
        return ""
    return (
        f" If a row is one answer of several, collect them: rows = {{ person = {str(ids.name)!r}, "
        f"collect = [{quote_names(differing)}]{order} }}."
    )


def _is_order(column: pd.Series) -> bool:
    """Return whether a column holds small whole numbers from 1 on, as ranks do."""
    if column.dtype.kind not in "iuf" or column.isna().any():
        return False
    return bool((column == column.round()).all() and column.min() == 1 and column.max() <= 50)
