"""Read Parquet files: cells of several values become tuples, records within cells are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort.files.limits import check_parquet, read_batches
from mentormatch.cohort.files.table import FileTable, file_error, read_bytes
from mentormatch.errors import CohortError, Finding, MissingPackageError

if TYPE_CHECKING:
    from pathlib import Path

    from pyarrow import Table

__all__ = ["read_parquet"]


def read_parquet(path: Path, source: str) -> FileTable:
    """Read a Parquet file; rows are counted as a spreadsheet would show them.

    Raises CohortError if nothing can be read (no file, no Parquet, more than a table of people
    needs), and MissingPackageError if pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise MissingPackageError(
            'Reading .parquet needs pyarrow: pip install "mentormatch-engine[parquet]"'
        ) from None
    raw = read_bytes(path, source)
    try:
        file = parquet.ParquetFile(pa.BufferReader(raw))
        check_parquet(file.metadata, source)
        table = read_batches(file, source)
        frame = table.to_pandas()
        findings = [
            finding for name in map(str, frame.columns) for finding in _settle(frame, table, name)
        ]
    except CohortError:
        raise
    # Damage shows in many kinds of exception, from pyarrow and from the pandas metadata.
    except Exception as error:
        expected = (
            f"this is not a Parquet file that can be read ({type(error).__name__}). Write it again."
        )
        raise file_error(source, None, expected) from None
    findings = [Finding(source, None, one.column, None, one.expected) for one in findings]
    return FileTable(frame, np.arange(2, len(frame) + 2), source, findings)


def _settle(frame: pd.DataFrame, table: Table, name: str) -> list[Finding]:
    """Turn the lists of a column into tuples, and its bytes into text; refuse anything deeper."""
    import pyarrow as pa

    if name not in table.column_names or list(frame.columns).count(name) != 1:
        return []
    kind = table.schema.field(name).type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        frame[name] = [None if cell is None else cell.decode("utf-8") for cell in frame[name]]
    elif pa.types.is_nested(kind):
        is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind)
        if not is_list or pa.types.is_nested(kind.value_type):
            expected = (
                "its cells hold records, which no criterion reads. Write each field into a column "
                "of its own."
            )
            return [Finding("", None, name, None, expected)]
        tuples = [None if cell is None else tuple(cell.tolist()) for cell in frame[name].tolist()]
        frame[name] = pd.Series(tuples, frame.index, dtype=object)
    return []
