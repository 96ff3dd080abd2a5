"""Tables before people are identified: any frame, clean headings, columns found by heading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.cohort.frames import as_frame
from mentormatch.cohort.identity.cleaning import clean_columns
from mentormatch.cohort.identity.unwritable import find_unwritable
from mentormatch.cohort.names import clean_name, fold_heading, nearest_name, quote_names
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["find_column", "prepare_table"]


def prepare_table(table: object, source: str = "the table") -> pd.DataFrame:
    """Return a copy of any table as a pandas frame with clean headings.

    Raises CohortError if it is no table, or its headings cannot be used.
    """
    frame = as_frame(table)
    if frame is None:
        expected = "must be a pandas, polars or pyarrow frame, or a list of dicts."
        raise CohortError([Finding(source, None, None, type(table).__name__, expected)])
    findings = find_unwritable(frame, source)
    cleaned, more = (frame, []) if findings else clean_columns(frame, source)
    if findings or more:
        raise CohortError([*findings, *more])
    return cleaned


def find_column(table: pd.DataFrame, name: object, source: str) -> tuple[str, Finding | None]:
    """Find a column by its heading; case, punctuation and "Your" may differ.

    The answer is the column and, where there is none, a finding.
    """
    wanted = clean_name(name)
    if wanted in table.columns:
        return wanted, None
    alike = [one for one in table.columns if fold_heading(one) == fold_heading(wanted)]
    if len(alike) == 1 and fold_heading(wanted):
        return str(alike[0]), None
    expected = f"there is no such column. The columns are {quote_names(map(str, table.columns))}."
    nearest = nearest_name(wanted, table.columns)
    return wanted, Finding(source, None, wanted, None, expected, nearest)
