"""One proposed criterion, as it stands in a programme file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mentormatch.compatibility.ids import format_count

__all__ = ["Proposal", "name_columns"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One criterion as it stands in a programme file, with a sentence that says what it does."""

    entry: dict[str, Any]  # kind and parameters
    why: str  # a sentence for the person who edits the file
    rule: bool = False  # it forbids pairs: nobody but a person decides that
    obstacle: str = ""  # why it cannot be used as it is; empty when it can
    asks: str = ""  # what a person must write before it counts; the entry holds an example
    # Parameters that would make a rule of it as well.
    limit: dict[str, object] = field(default_factory=dict)
    # Pairs the rule or limit would remove, and of how many; None: unknown.
    removes: tuple[int, int] | None = None
    misses: int = 0  # values taken for two that may be one, as a name in another order of words
    # A sentence on what it counts as one and the same, which a person should look at.
    guess: str = ""

    @property
    def is_used(self) -> bool:
        """Whether it counts without anybody's decision."""
        return not self.rule and not self.is_open

    @property
    def is_open(self) -> bool:
        """Whether a person must complete it first."""
        return bool(self.open_points)

    @property
    def effect(self) -> str:
        """How many pairs a rule or a limit would remove, and whom it misses, in sentences."""
        if self.removes is None:
            return ""
        removed, pairs = self.removes
        said = f"It would remove {removed:,} of {format_count(pairs, 'pair')}."
        if not self.misses or not self.rule:
            return said
        many = "1 value is" if self.misses == 1 else f"{self.misses:,} values are"
        return (
            f"{said} {many} written in another way in the other table (part of a name, order of "
            "words, accents, signs, zeros in front, a slip), and there it does not hold: write "
            "them alike in both tables."
        )

    @property
    def open_points(self) -> str:
        """What keeps it from being used, in sentences."""
        return " ".join(filter(None, (self.obstacle, self.asks)))


def name_columns(mentee: str, mentor: str) -> dict[str, object]:
    """Return the parameters that name a column of each table; one where both are called alike."""
    return {"column": mentee} if mentee == mentor else {"mentee": mentee, "mentor": mentor}
