"""Writing tables that are safe to open, whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mentormatch.errors import MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["as_csv", "as_excel", "escape_formulas", "replace_file", "write_csv"]

# A spreadsheet takes a cell for a formula that begins with one of these, also in their full-width
# forms, after space or invisible characters; a control character at the start hides what follows.
DANGEROUS = re.compile(
    r"[\s\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\x00-\x1f\x7f]"
)


def _harmless(cell: Any) -> Any:
    """Put an apostrophe before text that a spreadsheet would run; numbers stay numbers."""
    return "'" + cell if isinstance(cell, str) and DANGEROUS.match(cell) else cell


def _mapped(column: pd.Series[Any], change: Callable[[Any], Any]) -> Any:
    """A Series of changed cells, as objects: not every text fits a dtype of texts."""
    return pd.Series([change(cell) for cell in column.tolist()], index=column.index, dtype=object)


def escape_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """A copy of ``table`` whose text cells and column names cannot be taken for formulas."""
    safe = table.copy()
    for place, dtype in enumerate(table.dtypes):
        if dtype.kind not in "biufcmM":
            safe.isetitem(place, _mapped(table.iloc[:, place], _harmless))
    safe.columns = pd.Index([_harmless(name) for name in table.columns], dtype=object)
    return safe


@contextmanager
def replace_file(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary file beside ``path`` and rename it onto ``path`` when the block succeeds.

    Raises
    ------
    FileExistsError
        ``path`` exists and ``overwrite`` is False; nothing was written.
    """
    target = Path(path)
    if target.exists() and not overwrite:
        raise FileExistsError(f"{target} exists already. Give another name, or overwrite=True.")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        if not overwrite and target.exists():
            raise FileExistsError(
                f"{target} appeared while it was being written; it was left alone."
            )
        # mkstemp makes files private; a result has the permissions of any other new file.
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def as_csv(table: pd.DataFrame) -> bytes:
    """Make ``table`` UTF-8 CSV with a byte-order mark, so that spreadsheets read names."""
    text: str = escape_formulas(table).to_csv(index=False, lineterminator="\n")
    # A lone half of a surrogate pair is no character; one of them must not cost the whole table.
    return text.encode("utf-8-sig", errors="replace")


def as_excel(table: pd.DataFrame) -> bytes:
    """Make ``table`` an .xlsx workbook of one sheet; cells cannot be taken for formulas.

    Raises
    ------
    MissingPackageError
        openpyxl is not installed.
    """
    try:
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    except ImportError:
        raise MissingPackageError(
            'Writing .xlsx needs openpyxl: pip install "mentormatch-engine[excel]"'
        ) from None
    safe = escape_formulas(table)
    for place, dtype in enumerate(safe.dtypes):
        # Excel has no time zones, and no place for control characters.
        if dtype.kind not in "biufc":
            column = safe.iloc[:, place]
            if dtype.kind == "M":
                column = _mapped(column, str)
            safe.isetitem(
                place,
                _mapped(
                    column,
                    lambda cell: (
                        ILLEGAL_CHARACTERS_RE.sub("\ufffd", cell) if isinstance(cell, str) else cell
                    ),
                ),
            )
    buffer = BytesIO()
    safe.to_excel(buffer, index=False, engine="openpyxl")
    return buffer.getvalue()


def write_csv(table: pd.DataFrame, path: str | Path, *, overwrite: bool = False) -> None:
    """Write ``table`` as CSV, whole or not at all; see `as_csv`."""
    content = as_csv(table)
    with replace_file(path, overwrite=overwrite) as part:
        part.write_bytes(content)
