"""Decisions in a workbook that is to be replaced."""

from __future__ import annotations

import io
import warnings as python_warnings
from typing import TYPE_CHECKING

from mentormatch.cohort.files.table import read_bytes
from mentormatch.compatibility.ids import format_count
from mentormatch.errors import MentorMatchError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["refuse_decided"]

SHEETS = ("matches", "unmatched")


def refuse_decided(path: Path, columns: Sequence[str]) -> None:
    """Refuse to replace a workbook into which a committee has written.

    It need not exist, nor be one; decisions are written in ``columns``. Raises MentorMatchError if
    rows of it hold any.
    """
    count = _count_decided(path, columns) if path.is_file() else 0
    if count:
        rows = format_count(count, "row of it holds a decision", "rows hold decisions")
        raise MentorMatchError(
            f"{path} is not replaced: {rows} that would be lost. Move it elsewhere or name another "
            "file for the new workbook. To use the decisions, read them with mm.read_decisions(…)."
        )


def _count_decided(path: Path, columns: Sequence[str]) -> int:
    """Count the rows with anything in the columns of decisions; 0 for what is no workbook."""
    import openpyxl

    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")
        try:
            raw = io.BytesIO(read_bytes(path, str(path)))
            book = openpyxl.load_workbook(raw, read_only=True)
            tables = [list(book[name].iter_rows(values_only=True)) for name in SHEETS]
        except Exception:  # openpyxl raises anything on a file that is no workbook of ours
            return 0
    count = 0
    for head, *rows in filter(None, tables):
        where = [k for k, name in enumerate(head) if name in columns]
        count += sum(any(str(row[k] or "").strip() for k in where if k < len(row)) for row in rows)
    return count
