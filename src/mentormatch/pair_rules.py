"""Pins and bans: pairs that must, or must never, be made."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from mentormatch.errors import ProblemError

__all__ = ["PairRule", "PairsLike", "pair_rules"]

PairsLike: TypeAlias = "Iterable[Sequence[Any]] | pd.DataFrame"


class PairRule(NamedTuple):
    """A pair that was pinned or banned by hand, with the reason if one was given."""

    mentee: Hashable
    mentor: Hashable
    reason: str | None = None


def pair_rules(given: PairsLike, name: str) -> tuple[PairRule, ...]:
    """Pins or bans in one form."""
    if isinstance(given, pd.DataFrame):
        missing = [c for c in ("mentee", "mentor") if c not in given.columns]
        if missing:
            raise ProblemError(
                f"The table of {name} has no column {missing[0]!r}; it needs mentee and mentor, "
                "and may have reason. "
                f"It has: {', '.join(map(str, given.columns))}."
            )
        reasons = given["reason"] if "reason" in given.columns else [None] * len(given)
        rows: Iterable[Any] = zip(given["mentee"], given["mentor"], reasons, strict=True)
    else:
        rows = given
    rules = []
    for row in rows:
        if isinstance(row, str) or not isinstance(row, Sequence) or len(row) not in (2, 3):
            raise ProblemError(
                f"{name} must be pairs (mentee, mentor) or triples (mentee, mentor, reason), got "
                f"{row!r}."
            )
        reason = row[2] if len(row) == 3 else None
        known = reason is not None and not (isinstance(reason, float) and np.isnan(reason))
        rules.append(PairRule(row[0], row[1], str(reason) if known and str(reason) else None))
    return tuple(rules)
