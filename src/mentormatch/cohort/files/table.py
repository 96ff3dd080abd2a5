"""FileTable: the rows of a file with their numbers; errors of files that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.names import column_letter, nearest_name
from mentormatch.errors import CohortError, Finding
from mentormatch.safe_files import read_bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from mentormatch.cohort.readings import Reading

__all__ = ["FileTable", "assemble", "file_error", "read_bytes"]

MOST_BYTES = 256 * 2**20

Cell = TypeVar("Cell")


@dataclass(frozen=True, eq=False, slots=True)
class FileTable:
    """The rows of one file or sheet, before people are identified."""

    frame: pd.DataFrame  # one row per person
    rows: NDArray[np.int64]  # row numbers as the spreadsheet shows them, one per person
    source: str  # what findings call the table
    findings: list[Finding] = field(default_factory=list)  # what is wrong with the file
    notes: list[Finding] = field(default_factory=list)  # what was put right or guessed
    readings: list[Reading] = field(default_factory=list)  # what was concluded from its contents
    decimal: str | None = None  # the decimal mark of a text file; None: cells have types


def file_error(
    source: str, value: object, expected: str, nearest: str | None = None
) -> CohortError:
    """Make the error for a file of which nothing can be read."""
    return CohortError([Finding(source, None, None, value, expected, nearest)])


def read_bytes(path: Path, source: str) -> bytes:
    """Read a file; what the operating system says against it becomes a finding.

    Raises CohortError: no such file (with the nearest name in its folder), a folder, a pipe or a
    device, too many bytes, no permission, a lock file of Excel, …
    """
    if path.name.startswith("~$"):
        expected = (
            f"this is a lock file that Excel makes beside an open workbook. Name {path.name[2:]!r}."
        )
        raise file_error(source, None, expected)
    try:
        return read_bounded(path, MOST_BYTES)
    except FileNotFoundError:
        if path.is_symlink():
            expected = f"this is a link to {str(path.readlink())!r}, which is not there."
            raise file_error(source, None, expected) from None
        folder = path.parent
        if not folder.is_dir():
            expected = f"there is no such file, and no folder {str(folder)!r}. Check the path."
            raise file_error(source, None, expected) from None
        nearest = nearest_name(
            path.name, sorted(one.name for one in folder.iterdir() if one.is_file())
        )
        expected = f"there is no such file in the folder {str(folder.resolve())!r}."
        raise file_error(source, None, expected, nearest) from None
    except IsADirectoryError:
        expected = "this is a folder. Name the file in it."
        raise file_error(source, None, expected) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise file_error(source, None, f"the file cannot be read: {reason}.") from None


def assemble(
    header: Sequence[object],
    cells: list[list[Cell]],
    rows: list[int],
    to_column: Callable[[list[Cell]], pd.Series],
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Put a table together from the rows of a file.

    A column without a name and without values is no column; one with values is called after its
    letter. ``cells`` has one list per row, as long as the header; ``to_column`` makes a column from
    its cells. The answer is the table and the row numbers.
    """
    columns = [list(column) for column in zip(*cells, strict=True)] or [[] for _ in header]
    named = {}
    for position, (name, column) in enumerate(zip(header, columns, strict=True)):
        blank = is_missing(name) or not str(name).strip()
        if blank and all(is_missing(c) or not str(c).strip() for c in column):
            continue
        named[position] = f"column {column_letter(position)}" if blank else str(name)
    frame = pd.DataFrame(
        {position: to_column(columns[position]) for position in named},
        index=pd.RangeIndex(len(rows)),
    )
    # Names last: two columns may have one name, which is for a finding to say.
    frame.columns = pd.Index(list(named.values()))
    return frame, np.array(rows, dtype=np.int64)
