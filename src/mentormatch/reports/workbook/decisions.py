"""What a committee decided: pairs to keep, to forbid, and questions that stay open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.compatibility.ids import format_count
from mentormatch.displayed import Displayed

if TYPE_CHECKING:
    from mentormatch.problem.pairs import PairRule

__all__ = ["CHANGE", "KEEP", "OPEN", "UNPAIR", "WORDS", "Decisions"]

KEEP, CHANGE, UNPAIR, OPEN = "keep", "change to", "unpair", "cannot decide"
WORDS = (KEEP, CHANGE, UNPAIR, OPEN)


@dataclass(frozen=True)
class Decisions(Displayed):
    """The decisions of a workbook.

    Parameters
    ----------
    pins
        Pairs that are to be made, each with its reason.
    bans
        Pairs that are not to be made, each with its reason.
    open
        Mentees about whom the committee could not decide: (mentee, mentor or None, reason).
        Nothing is fixed for them.
    warnings
        What the reader should know: rows without a decision, a problem that has changed since.

    Examples
    --------
    >>> Decisions(pins=(), bans=(), open=(), warnings=())
    Decisions(0 pins, 0 bans, 0 open)
    """

    pins: tuple[PairRule, ...]
    bans: tuple[PairRule, ...]
    open: tuple[PairRule, ...]
    warnings: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a decision: decision, mentee, mentor, reason."""
        rows: list[tuple[str, object, object, str | None]] = []
        for word, pairs in (("pin", self.pins), ("ban", self.bans), ("open", self.open)):
            rows.extend((word, *pair) for pair in pairs)
        return pd.DataFrame(rows, columns=["decision", "mentee", "mentor", "reason"], dtype=object)

    def __repr__(self) -> str:
        text = (
            f"Decisions({format_count(len(self.pins), 'pin')}, "
            f"{format_count(len(self.bans), 'ban')}, {len(self.open)} open)"
        )
        return "\n".join([text, *(f"  warning: {warning}" for warning in self.warnings)])
