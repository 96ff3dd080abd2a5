"""Progress of long work: one event for each step, with numbers and a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

__all__ = ["Progress", "ProgressEvent", "report_progress"]

NO_NUMBERS: Mapping[str, float] = MappingProxyType({})
# What each step is called to somebody who waits for it.
STEPS = {
    "reading": "Reading the tables",
    "matching": "Matching",
    "candidates": "Reading scores",
    "round": "Solving",
    "pass": "Reading scores of all pairs",
    "coverage": "Serving as many people as possible",
    "total": "Making the total score as large as possible",
    "pairs": "Filling as many seats as possible",
    "places": "Giving people their first, second, … choices",
    "leximin": "Raising the worst-off, then the next worst-off",
    "auditing": "Checking the result",
    "comparing": "Running the strategies",
    "reasons": "Writing down the reasons",
}


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """One step of long work.

    Parameters
    ----------
    step
        Name of the step: "candidates", "round", "coverage of class 0", "total", "reasons", ….
    done, of
        How much of the step is done, and of how much; None where it cannot be known.
    round
        Number of the round, from 1, where a search goes in rounds.
    gap
        Share of the objective that may still be missing, where a bound is known.
    numbers
        Measurements of the step by name: ``columns``, ``total``, ``seconds``, ….

    Examples
    --------
    >>> print(ProgressEvent("round", round=2, gap=0.003))
    Solving, round 2: at most 0.3 % may be missing
    >>> print(ProgressEvent("reasons", done=10, of=40))
    Writing down the reasons: 10 of 40
    """

    step: str
    done: int | None = None
    of: int | None = None
    round: int | None = None
    gap: float | None = None
    numbers: Mapping[str, float] = field(default_factory=lambda: NO_NUMBERS)

    @property
    def title(self) -> str:
        """The step in words, without numbers."""
        known = STEPS.get(self.step) or STEPS.get(self.step.split(" ")[0])
        return known or self.step[:1].upper() + self.step[1:]

    def __str__(self) -> str:
        text = self.title
        if self.round is not None:
            text += f", round {self.round}"
        if self.gap is not None:
            # Rounded up, since it is a bound.
            share = max(math.ceil(1e6 * self.gap), 1) / 1e4
            text += f": at most {share:g} % may be missing"
        elif self.done is not None and self.of is not None:
            text += f": {self.done:,} of {self.of:,}"
        return text


Progress: TypeAlias = Callable[[ProgressEvent], None]


def report_progress(
    progress: Progress | None,
    step: str,
    *,
    done: int | None = None,
    of: int | None = None,
    round: int | None = None,
    gap: float | None = None,
    **numbers: float,
) -> None:
    """Send one event to whoever wants to know; nothing happens where nobody does."""
    if progress is not None:
        progress(ProgressEvent(step, done, of, round, gap, MappingProxyType(numbers)))
