"""Reading: a decision about a table that its contents led to, with evidence and alternative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentormatch.cohort.names import Side

__all__ = ["Reading", "Subject", "commonest"]

Subject: TypeAlias = Literal[
    "identity",
    "reference",
    "same person",
    "duplicates",
    "sides",
    "roles",
    "rows",
    "sheet",
    "header",
    "headings",
    "seats",
    "separator",
    "options",
    "lists",
    "missing",
    "decimal",
    "grid",
    "long table",
]
SHOWN_VALUES = 5
SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Reading:
    """One decision about a table that its contents led to."""

    subject: Subject
    side: Side | None  # whose table; None for both
    file: str  # what findings call the table
    column: str | None  # None for the whole table
    taken_for: str  # what it is read as, in a few words
    why: str  # the evidence
    values: tuple[str, ...] = ()  # values that were seen, the commonest first
    # What to write to have it read otherwise, as in a programme file: id = "Email".
    change: str = ""
    question: bool = False  # the evidence does not settle it, so that a person has to look

    def __str__(self) -> str:
        """Say the reading in one line."""
        column = "" if self.column is None else f", column {self.column!r}"
        text = f"{self.file}{column}: {self.taken_for}, since {self.why}."
        if self.values:
            text += f" Seen: {', '.join(map(repr, self.values))}."
        if self.change:
            text += f" To change it: {self.change}"
        return text


def commonest(values: Iterable[object], most: int = SHOWN_VALUES) -> tuple[str, ...]:
    """Return the commonest values as texts, long ones cut; ties in the order of the table."""
    counts: dict[str, int] = {}
    for value in values:
        text = " ".join(str(value).split())
        counts[text] = counts.get(text, 0) + 1
    ranked = sorted(counts, key=lambda text: -counts[text])[:most]
    return tuple(
        text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…" for text in ranked
    )
