"""Files: read within bounds, written whole or not at all, tables that are safe to open."""

from __future__ import annotations

import errno
import itertools
import os
import re
import secrets
import signal
import stat
import threading
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType
    from typing import NoReturn

    from openpyxl.worksheet.worksheet import Worksheet

__all__ = [
    "as_csv",
    "as_excel",
    "escape_cell",
    "escape_formulas",
    "expand_home",
    "name_of_old",
    "read_bounded",
    "replace_file",
    "replace_files",
    "unescape_cell",
    "write_csv",
]

# What may stand before the first character of a formula without a reader minding: space, invisible
# characters, quotes.
BEFORE = r"\u200b-\u200f\u2060\ufeff"
# These begin a formula, also in their full-width forms.
STARTS = r"=+\-@\uff1d\uff0b\uff0d\uff20"
# A spreadsheet takes a cell for a formula that begins with one of these; a control character at the
# start hides what follows.
DANGEROUS = re.compile(rf"[\s{BEFORE}]*[{STARTS}]|[\x00-\x1f\x7f]")
# Where the list separator is another than the comma, a cell ends here, and the next one begins.
NEW_CELL = re.compile(rf"(?<=[;\t\n])(?=(?:(?![;\t\n])[\s\"\x00-\x1f\x7f{BEFORE}])*[{STARTS}])")
LINE_BREAKS = re.compile(r"\r\n?")
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
NAME_SHOWN = 60


# ---------------------------------------------------------------- reading


def read_bounded(path: Path, most_bytes: int) -> bytes:
    """Read a regular file of at most ``most_bytes``; its size is counted, not believed.

    Raises
    ------
    OSError
        No such file, a folder, a pipe or a device, more bytes; nothing larger was read.
    """
    # A pipe without a writer would keep us waiting when it is opened.
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(number, "rb") as file:
        mode = os.fstat(number).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is a pipe or a device, not a file", str(path))
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        said = f"it has more than {most_bytes / 2**20:,.0f} MiB, which no table of people needs"
        raise OSError(errno.EFBIG, said, str(path))
    return content


def expand_home(path: str | os.PathLike[str]) -> Path:
    """Expand a leading ~; a user whom this system does not know is left as it is written."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


# ---------------------------------------------------------------- replacing


@contextmanager
def replace_file(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary file beside ``path`` and rename it onto ``path`` when the block succeeds.

    Raises
    ------
    FileExistsError
        ``path`` exists and ``overwrite`` is False; nothing was written.
    OSError
        ``path`` cannot be written or replaced; the error names it, not the temporary file.
    """
    with _replace_all([Path(path)], overwrite=overwrite) as (part,):
        yield part


def replace_files(contents: Mapping[Path, bytes], *, overwrite: bool = False) -> None:
    """Write files that belong together: all of them are replaced, or none.

    Old files are moved aside before the first new one comes into their place, and moved back when a
    new one cannot. Whatever ends the process, no old file stands beside a new one.

    Parameters
    ----------
    contents
        By the file they go to.
    overwrite
        Whether files that exist may be replaced.

    Raises
    ------
    FileExistsError
        A file exists and ``overwrite`` is False; nothing was written.
    OSError
        A file cannot be written or replaced; the error names it, and nothing was replaced.
    """
    with _replace_all(list(contents), overwrite=overwrite) as parts:
        for part, content in zip(parts, contents.values(), strict=True):
            part.write_bytes(content)


@contextmanager
def _replace_all(paths: Sequence[Path], *, overwrite: bool) -> Iterator[list[Path]]:
    """Yield a temporary file for each path; put all into their places when the block succeeds."""
    # A link stays a link: what it leads to is replaced.
    targets = [Path(os.path.realpath(path)) for path in paths]
    for target in targets:
        if target.exists() and not overwrite:
            raise FileExistsError(f"{target} exists already. Give another name, or overwrite=True.")
    parts = [_name_beside(target, "part") for target in targets]
    with _signals_raise():
        try:
            for target, part in zip(targets, parts, strict=True):
                _remove_leftovers(target, "part")
                with _errors_name(target):
                    part.touch(exist_ok=False)
            yield parts
            for target in targets:
                if target.exists() and not overwrite:
                    raise FileExistsError(
                        f"{target} appeared while it was being written; it was left alone."
                    )
            with _signals_wait():
                _move_into_place(targets, parts)
        finally:
            with _signals_wait():
                for part in parts:
                    part.unlink(missing_ok=True)


def _move_into_place(targets: Sequence[Path], parts: Sequence[Path]) -> None:
    """Rename all parts onto their targets, or leave everything as it was."""
    aside: dict[Path, Path] = {}
    moved: list[Path] = []
    try:
        # One file is replaced in one step; of several, all old ones go before a new one comes.
        for target in targets if len(targets) > 1 else ():
            if target.exists():
                old = _name_beside(target, "old")
                with _errors_name(target):
                    target.rename(old)
                aside[target] = old
        for target, part in zip(targets, parts, strict=True):
            with _errors_name(target):
                part.replace(target)
            moved.append(target)
    except OSError:
        for target in moved:
            target.unlink(missing_ok=True)
        for target, old in aside.items():
            old.replace(target)
        raise
    for target in targets:
        if target in aside:
            with suppress(OSError):
                aside[target].unlink()
        _remove_leftovers(target, "old")


def _name_beside(target: Path, ending: str) -> Path:
    """Name a temporary file after its target and the process that makes it."""
    name = f".{target.name[:NAME_SHOWN]}.{os.getpid()}-{secrets.token_hex(4)}.{ending}"
    return target.with_name(name)


def _remove_leftovers(target: Path, ending: str) -> None:
    """Remove temporary files of processes that were killed while they wrote ``target``."""
    if os.name != "posix":  # elsewhere asking for a process may end it
        return
    shown = re.escape(target.name[:NAME_SHOWN])
    pattern = re.compile(rf"\.{shown}\.(\d+)-[0-9a-f]{{8}}\.{ending}")
    with suppress(OSError):
        for entry in list(target.parent.iterdir()):
            found = pattern.fullmatch(entry.name)
            if found is not None and not _is_running(int(found[1])):
                entry.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


@contextmanager
def _errors_name(target: Path) -> Iterator[None]:
    """Let errors of the operating system name ``target`` rather than a temporary file."""
    try:
        yield
    except OSError as error:
        said = error.strerror or str(error)
        if isinstance(error, PermissionError):
            said = (
                "it cannot be replaced. If it is open in Excel or another program, close it there"
            )
        elif isinstance(error, FileNotFoundError):
            said = f"there is no folder {str(target.parent)!r}"
        raise type(error)(error.errno, said, str(target)) from None


@contextmanager
def _handle_signals(handler: Callable[[int, object], object]) -> Iterator[None]:
    """Give the signals that end a process another handler; those that are ignored stay so."""
    kept: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}
    try:
        if threading.current_thread() is threading.main_thread():
            for name in SIGNALS:
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
                    kept[number] = signal.signal(number, handler)
        yield
    finally:
        for number, before in kept.items():
            signal.signal(number, before)


@contextmanager
def _signals_raise() -> Iterator[None]:
    """Let a request to end come up as an exception, so that what is not finished is removed."""

    def end(number: int, _frame: object) -> NoReturn:
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    with _handle_signals(end):
        yield


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Put off a request to end until the block is done."""
    came: list[int] = []
    try:
        with _handle_signals(lambda number, _frame: came.append(number)):
            yield
    finally:
        for number in came:
            signal.raise_signal(number)


# ---------------------------------------------------------------- tables


def escape_cell(cell: object) -> object:
    """Put an apostrophe before text that a spreadsheet would run; numbers stay numbers."""
    return "'" + cell if isinstance(cell, str) and DANGEROUS.match(cell) else cell


def unescape_cell(cell: object) -> object:
    """Take away the apostrophe that `escape_cell` put before a text."""
    if isinstance(cell, str) and cell.startswith("'") and DANGEROUS.match(cell[1:]):
        return cell[1:]
    return cell


def _escape_for_csv(cell: object) -> object:
    """Escape what a reader of CSV takes for a formula, a new row or a new cell."""
    if not isinstance(cell, str):
        return cell
    # A lone carriage return is written without quotes, and readers begin a new row at it.
    cell = NEW_CELL.sub("'", LINE_BREAKS.sub("\n", cell))
    return escape_cell(cell)


def _map_cells(column: pd.Series, change: Callable[[object], object]) -> Any:
    """Return a Series of changed cells, as objects: not every text fits a dtype of texts."""
    return pd.Series([change(cell) for cell in column.tolist()], index=column.index, dtype=object)


def escape_formulas(
    table: pd.DataFrame, escape: Callable[[object], object] = escape_cell
) -> pd.DataFrame:
    """Return a copy of ``table`` whose text cells and column names are not taken for formulas."""
    safe = table.copy()
    for place, dtype in enumerate(table.dtypes):
        if dtype.kind not in "biufcmM":
            safe.isetitem(place, _map_cells(table.iloc[:, place], escape))
    safe.columns = pd.Index([escape(name) for name in table.columns], dtype=object)
    return safe


# Widths of the columns of a sheet, in characters, and the rows they are taken from.
NARROWEST, WIDEST, ROWS_FOR_WIDTH = 8, 60, 500


def as_csv(table: pd.DataFrame, *, delimiter: str = ",", decimal: str = ".") -> bytes:
    """Make ``table`` UTF-8 CSV with a byte-order mark, so that spreadsheets read names."""
    safe = escape_formulas(table, _escape_for_csv)
    text: str = safe.to_csv(index=False, lineterminator="\n", sep=delimiter, decimal=decimal)
    # A lone half of a surrogate pair is no character; one of them must not cost the whole table.
    return text.encode("utf-8-sig", errors="replace")


def as_excel(table: pd.DataFrame) -> bytes:
    """Make ``table`` an .xlsx workbook of one sheet; cells cannot be taken for formulas."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    safe = escape_formulas(table)
    for place, dtype in enumerate(safe.dtypes):
        # Excel has no time zones, and no place for control characters.
        if dtype.kind not in "biufc":
            column = safe.iloc[:, place]
            if dtype.kind == "M":
                column = _map_cells(column, str)
            safe.isetitem(
                place,
                _map_cells(
                    column,
                    lambda cell: (
                        ILLEGAL_CHARACTERS_RE.sub("\ufffd", cell) if isinstance(cell, str) else cell
                    ),
                ),
            )
    buffer = BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
        safe.to_excel(writer, index=False)
        _arrange(next(iter(writer.sheets.values())), safe)
    return buffer.getvalue()


def _arrange(sheet: Worksheet, table: pd.DataFrame) -> None:
    """Give a sheet widths that show its cells, a filter, and a heading that stays in sight."""
    sheet.freeze_panes = "A2"
    if len(table.columns):
        sheet.auto_filter.ref = sheet.dimensions
    for place, letters in enumerate(sheet.columns):
        shown = table.iloc[:ROWS_FOR_WIDTH, place].dropna().astype(str).str.len()
        widest = max([len(str(table.columns[place])), *shown.tolist()])
        letter = letters[0].column_letter
        sheet.column_dimensions[letter].width = min(WIDEST, max(NARROWEST, widest + 2))


def write_csv(table: pd.DataFrame, path: str | Path, *, overwrite: bool = False) -> None:
    """Write ``table`` as CSV, whole or not at all; see `as_csv`."""
    replace_files({Path(path): as_csv(table)}, overwrite=overwrite)


def name_of_old(path: Path) -> Path:
    """Return a name beside a file that no other has: ``p.before.toml``, then ``p.before-2.toml``.

    For what stood in a file that people write in, when it is replaced.
    """
    numbers = (f".before-{number}" if number > 1 else ".before" for number in itertools.count(1))
    names = (path.with_name(f"{path.stem}{told}{path.suffix}") for told in numbers)
    return next(name for name in names if not name.exists())
