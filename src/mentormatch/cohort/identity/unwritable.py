"""Find texts that no file can hold: halves of characters, which programs leave when they cut."""

from __future__ import annotations

import pandas as pd

from mentormatch.errors import Finding

__all__ = ["find_unwritable"]


def find_unwritable(table: pd.DataFrame, source: str) -> list[Finding]:
    """Return a finding for the first half of a character in each column, its heading and the ids.

    They would end the writing of a list or report of people who are matched already.
    """
    columns: list[tuple[str | None, pd.Series | pd.Index]] = [
        (None, table.columns),
        (None, table.index),
    ]
    columns += [
        (str(name), table.iloc[:, k])
        for k, (name, dtype) in enumerate(zip(table.columns, table.dtypes.tolist(), strict=True))
        # Texts of Arrow are checked by Arrow.
        if dtype.kind == "O" and not isinstance(dtype, pd.StringDtype)
    ]
    found = []
    for name, cells in columns:
        texts = [cell for cell in cells.tolist() if isinstance(cell, str)]
        try:
            "".join(texts).encode()
        except UnicodeEncodeError:
            wrong = next(text for text in texts if not _is_writable(text))
            expected = (
                "the text holds half of a character (a surrogate), which no file can hold. Repair "
                "it where the table comes from."
            )
            heading = None if name is None else _in_ascii(name)
            found.append(Finding(source, None, heading, _in_ascii(wrong), expected))
    return found


def _is_writable(text: str) -> bool:
    return text.encode(errors="ignore").decode() == text


def _in_ascii(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
