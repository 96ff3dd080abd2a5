"""What a matching says of itself, without the words that only a programmer can follow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mentormatch.matching.matching import Matching

__all__ = ["plain_lines", "say_plainly"]

# "(see .unmatched)" names an attribute, and " · optimal by scipy (…)" the solver behind a strategy.
ATTRIBUTE = re.compile(r" \(see \.\w+\)|[,;] see \.\w+")
# That a bound is 4e-12 above the total is for who computes with it: Certificate.gap.
GAP = re.compile(r" \(gap [^)]*\)")
SOLVER = re.compile(r"(^Pairs: .* · )(\S+)(?: by .*)?$")


def plain_lines(matching: Matching) -> list[str]:
    """Return the lines of a matching's text for people who read no Python.

    Examples
    --------
    >>> import mentormatch as mm
    >>> plain_lines(mm.match(mm.Problem.from_scores([[0.9], [0.8]])))[:2]
    ['Pairs:     1 (1 of 2 mentees, 1 of 1 mentor) · strategy optimal', \
'Unmatched: 1 mentee without a mentor']
    """
    return [SOLVER.sub(r"\1strategy \2", line) for line in say_plainly(repr(matching)).splitlines()]


def say_plainly(text: str) -> str:
    """Return a text without attributes, and without the gap of a proof: its two numbers tell it."""
    return GAP.sub("", ATTRIBUTE.sub("", text))
