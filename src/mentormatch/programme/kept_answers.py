"""Answers in a table of surveys that is written again: carried over, or the table is left alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.cohort import clean_id, read_table
from mentormatch.compatibility.ids import format_count
from mentormatch.errors import CohortError, ConfigurationError, Finding
from mentormatch.planning.surveys import NOT_ASKED
from mentormatch.safe_files import unescape_cell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["keep_answers"]

KEYS = ("milestone", "by", "mentee", "mentor")
GIVEN = ("date", "rater", *KEYS)
# So many answers that would be lost are named.
NAMED = 3
CURE = (
    "Nothing was written. Give the file another name or move it elsewhere (`mentormatch feedback` "
    "reads it from there as well), and run the command again."
)


def keep_answers(path: Path, asked: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Carry the answers of a file over into the table of surveys that replaces it.

    ``asked`` is the empty table of answers that is to replace the file of before, if there is one.
    The answer is the table with the answers of before, and how many of its rows are answered.
    Columns that somebody added are kept; who answered twice has two rows. Raises
    ConfigurationError, and nothing may be written, if the file cannot be read, or holds answers
    about pairs or surveys that the new table does not have.
    """
    if not path.exists():
        return asked, 0
    before = _read(path)
    questions = [name for name in before.columns if name not in GIVEN]
    given = before[questions].map(_has_answer)
    # A column that somebody added and filled in every row describes people, and is no answer.
    own = [name for name in questions if name in asked or not given[name].all()]
    kept, answered = before[given.any(axis=1)], before[given[own].any(axis=1)]
    places = {key: row for row, key in enumerate(_keys(asked))}
    lost = [key for key in _keys(answered) if key not in places]
    if lost:
        raise ConfigurationError([Finding(str(path), None, None, None, _lost(lost))])
    table = asked.astype(object)
    for name in questions:
        if name not in table:
            table[name] = ""
    filled: set[int] = set()
    for key, row in zip(_keys(kept), kept.to_dict("records"), strict=True):
        place = places.get(key)
        if place is None:
            # Its own answers were looked for; what is left is about somebody who has gone.
            continue
        if place in filled:
            table.loc[len(table)] = table.loc[place]
            place = len(table) - 1
        filled.add(place)
        for name in questions:
            if _has_answer(row[name]) or place >= len(asked):
                table.loc[place, name] = row[name]
    return table, len(answered)


def _read(path: Path) -> pd.DataFrame:
    """Read the table of before, with cells as they were written."""
    try:
        frame = read_table(path).frame
    except CohortError as error:
        expected = f"answers may be in it, and it cannot be read: {error.findings[0].expected}"
        raise ConfigurationError(
            [Finding(str(path), None, None, None, f"{expected} {CURE}")]
        ) from None
    lacking = [name for name in KEYS if name not in frame]
    if lacking and len(frame):
        expected = (
            f"answers may be in it, and it has no column {lacking[0]!r} any more, so they cannot "
            f"be carried over. {CURE}"
        )
        raise ConfigurationError([Finding(str(path), None, None, None, expected)])
    return frame.reindex(columns=list(dict.fromkeys((*frame.columns, *KEYS)))).map(_plain)


def _plain(cell: object) -> object:
    """Return a cell as somebody wrote it: 4 rather than 4.0, nothing for an empty one."""
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    return unescape_cell(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)


def _has_answer(cell: object) -> bool:
    return str(cell).strip() not in ("", NOT_ASKED)


def _keys(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return who was asked what about whom, as text, a key for each row."""
    cells = zip(*(table[name] for name in KEYS), strict=True)
    return [tuple(str(clean_id(one)) for one in row) for row in cells]


def _lost(keys: Iterable[tuple[str, ...]]) -> str:
    """Say whose answers would be lost."""
    lost = list(keys)
    shown = [
        f"{milestone}, {by} of {mentee!r} and {mentor!r}"
        for milestone, by, mentee, mentor in lost[:NAMED]
    ]
    more = [f"and {len(lost) - NAMED} more"] if len(lost) > NAMED else []
    return (
        f"{format_count(len(lost), 'answered row')} of this file "
        f"{'is' if len(lost) == 1 else 'are'} about pairs or surveys that the new plan does not "
        f"have, and would be lost: {'; '.join((*shown, *more))}. {CURE}"
    )
