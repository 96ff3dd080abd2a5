"""What every answer can do: be read as sentences, as a table, and as plain values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import fields
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from mentormatch.errors import MentorMatchError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Answer", "Audience", "amount", "frame_of", "listed"]

Audience: TypeAlias = Literal["mentee", "mentor", "committee"]
LISTED = 8


class Answer(ABC):
    """A value that tells itself: `text` for a reader, `to_frame` and `to_dict` for a program."""

    @abstractmethod
    def sentences(self, audience: Audience) -> list[str]:
        """Say the answer to a reader; only a committee may read about other people."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """The answer as a table."""

    def text(self, audience: Audience = "committee") -> str:
        """The answer in sentences.

        Parameters
        ----------
        audience
            "committee" reads everything. "mentee" and "mentor" are the two people asked about; what
            they read holds nobody else's id, name, score or attribute, and not the other's either.
        """
        if audience not in get_args(Audience):
            raise MentorMatchError(
                f"audience must be one of {', '.join(map(repr, get_args(Audience)))}, got "
                f"{audience!r}."
            )
        return " ".join(self.sentences(audience))

    def to_dict(self) -> dict[str, object]:
        """The answer as plain values that JSON can hold: infinity is "inf", nothing is None."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}  # type: ignore[arg-type]
        return {name: _as_plain(value) for name, value in values.items()}

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from html import escape

        shown = self.to_frame().head(20)
        return f"<p>{escape(self.text())}</p>{shown.to_html(index=False)}"


def _as_plain(value: object) -> object:
    """A value as JSON can hold it."""
    if isinstance(value, pd.DataFrame):
        return [_as_plain(one) for one in value.to_dict("records")]
    if isinstance(value, dict):
        return {str(key): _as_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_as_plain(one) for one in value]
    if isinstance(value, Answer):
        return value.to_dict()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if np.isnan(value):
            return None
        return value if np.isfinite(value) else ("inf" if value > 0 else "-inf")
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return value if isinstance(value, str | int | bool) else str(value)


def frame_of(rows: Iterable[Iterable[object]], columns: list[str]) -> pd.DataFrame:
    """A table of ids and numbers; ids keep their type."""
    made = [tuple(row) for row in rows]
    return pd.DataFrame({name: _column([row[k] for row in made]) for k, name in enumerate(columns)})


def _column(values: list[object]) -> list[object] | pd.Series:
    """A column of its own type where nothing is missing; None stays None."""
    if values and all(one is not None for one in values):
        return values
    # Of an array of objects pandas would make texts, and of None a NaN.
    return pd.Series(values, dtype=object)


def amount(value: float) -> str:
    """A difference of scores as it is read: three digits, and no "−0"."""
    text = f"{value:.3g}"
    return "0" if text in ("-0", "0") else text


def listed(people: Iterable[object], limit: int = LISTED) -> str:
    """Ids as a sentence holds them, and how many more there are."""
    names = [repr(one) for one in people]
    if len(names) > limit:
        return f"{', '.join(names[:limit])} and {len(names) - limit} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
