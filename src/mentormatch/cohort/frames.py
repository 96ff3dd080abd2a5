"""Tables of any kind as pandas frames: pandas, polars, pyarrow and others, lists of dicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import narwhals.stable.v1 as nw
    from narwhals.stable.v1.typing import IntoSeries

__all__ = ["as_frame"]


def as_frame(table: object) -> pd.DataFrame | None:
    """Return a pandas frame with the rows and columns of a table; None when it is no table.

    A pandas frame is returned as it is; any other eager frame that narwhals knows is read, and a
    list of dicts, one per row.
    """
    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, Sequence) and not isinstance(table, str | bytes):
        rows = list(table)
        if rows and all(isinstance(row, Mapping) for row in rows):
            return _from_rows([dict(row) for row in rows])
        return None
    # Loading narwhals is not worth it for what comes from Python itself.
    if type(table).__module__ == "builtins":
        return None
    import narwhals.stable.v1 as nw

    frame: object = nw.from_native(table, eager_only=True, pass_through=True)
    if not isinstance(frame, nw.DataFrame):
        return None
    columns = {name: _column(frame[name]) for name in frame.columns}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(frame)), columns=list(frame.columns))


def _from_rows(rows: list[dict[object, object]]) -> pd.DataFrame:
    try:
        return pd.DataFrame.from_records(rows)
    except UnicodeEncodeError:
        # Arrow takes no half of a character; what is wrong is said with the column.
        return pd.DataFrame(rows, dtype=object)


def _column(column: nw.Series[IntoSeries]) -> pd.Series:
    """Convert one column; whole numbers with gaps become floats, texts plain objects."""
    import narwhals.stable.v1 as nw

    if isinstance(column.dtype, nw.String | nw.Categorical | nw.Enum | nw.List | nw.Array):
        return pd.Series(column.to_list(), dtype=object)
    return pd.Series(column.to_list()) if column.is_null().any() else pd.Series(column.to_numpy())
