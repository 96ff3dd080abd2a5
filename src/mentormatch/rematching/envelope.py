"""Every best matching as one number rises: the upper envelope of lines, found by bisection [1]_.

A matching is worth height + slope times the number. Where the lines of two of them cross, the best
one is either no better than they are, and nothing lies between, or a new line.

References
----------
.. [1] M. J. Eisner and D. G. Severance (1976), Mathematical techniques for efficient record
   segmentation in large shared databases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Line", "crossing", "find_envelope"]

# Of what a matching is worth: what counts as no difference.
RELATIVE = 1e-9


class Line(NamedTuple):
    """A matching that is best at one value of the number.

    It is worth height + slope · number.
    """

    slope: float
    height: float
    at: float  # the number at which it was found
    found: object = None  # what it was found with


def crossing(low: Line, high: Line) -> float:
    """Where a line meets a steeper one."""
    return (low.height - high.height) / (high.slope - low.slope)


def find_envelope(
    best: Callable[[Line, float], Line], first: Line, last: Line, most: int
) -> list[Line]:
    """Find the lines that are best somewhere between two numbers.

    ``best`` gives a best line at a number, and is told the line to its left; ``first`` and ``last``
    are the best at the least number and at the largest. The search ends after ``most`` lines. They
    are sorted by slope; none only touches the others.
    """
    found, open_ = [first], []
    if _steeper(first, last):
        found.append(last)
        open_.append((first, last))
    while open_ and len(found) < most:
        low, high = open_.pop()
        number = crossing(low, high)
        line = best(low, number)
        worth = low.height + low.slope * number
        blur = RELATIVE * max(1.0, abs(worth))
        above = line.height + line.slope * number > worth + blur
        if above and _steeper(low, line) and _steeper(line, high):
            found.append(line)
            open_ += [(low, line), (line, high)]
    return _without_touching(sorted(found, key=lambda one: one.slope), first.at, last.at)


def _steeper(low: Line, high: Line) -> bool:
    return high.slope - low.slope > RELATIVE * max(1.0, abs(low.slope))


def _without_touching(lines: list[Line], least: float, largest: float) -> list[Line]:
    """Drop the lines that are best at one point only."""
    kept: list[Line] = []
    for line in lines:
        while kept:
            here = crossing(kept[-1], line)
            start = least if len(kept) == 1 else crossing(kept[-2], kept[-1])
            if here > start + RELATIVE * max(1.0, abs(start)):
                break
            kept.pop()
        here = crossing(kept[-1], line) if kept else least
        if not kept or here < largest - RELATIVE * max(1.0, abs(largest)):
            kept.append(line)
    return kept
