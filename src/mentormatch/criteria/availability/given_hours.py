"""Hours that somebody gives to words of a column: evening = "18:00-21:00"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mentormatch.cohort.columns.answers import read_answer
from mentormatch.criteria.availability.day_names import day_key, lexicon_of, part_of_day
from mentormatch.criteria.availability.week_parser import WeekParser, Window
from mentormatch.criteria.availability.window_tokens import MINUTES, Span, Time, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["NOTHING_GIVEN", "PIECES", "GivenHours"]

PIECES = re.compile(r"[;,|\n]")
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class GivenHours:
    """What words of a column mean, by the form in which words are compared.

    Parameters
    ----------
    hours
        From when to when a word is, on the days that stand beside it.
    weeks
        The windows of a word that stands alone: "weekends", "anytime".
    """

    hours: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    weeks: Mapping[str, tuple[Window, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, read: Mapping[str, str], windows_of: Callable[[str], list[Window]]) -> GivenHours:
        """Read what somebody has written for each word.

        Parameters
        ----------
        read
            A word, or several, to hours, to weekly windows, or to "never".
        windows_of
            Reads weekly windows.

        Raises
        ------
        ValueError
            A word without a meaning.
        """
        hours: dict[str, tuple[Span, ...]] = {}
        weeks: dict[str, tuple[Window, ...]] = {}
        unsaid = [repr(word) for word, meaning in read.items() if not str(meaning).strip()]
        if unsaid:
            raise ValueError(
                f"read does not say yet when {', '.join(unsaid)} is. {SAY} Or correct the cells."
            )
        for word, meaning in read.items():
            key, text = day_key(str(word)), str(meaning).strip()
            if text.casefold() == "never" or read_answer(text) == 0:
                weeks[key] = ()
                continue
            try:
                weeks[key] = tuple(windows_of(text))
            except ValueError:
                hours[key] = _hours(str(word), text)
                continue
            same = {(start, end) for _, start, end in weeks[key]}
            if all(days == EVERY_DAY for days, _, _ in weeks[key]):
                # What holds on every day holds on those that stand beside the word.
                hours[key] = tuple(_span(start, end, text) for start, end in sorted(same))
        return cls(hours, weeks)

    def with_weeks(self, cell: str) -> tuple[list[Window], str]:
        """The windows of the words that stand alone in a cell, and the rest of it."""
        if not self.weeks:
            return [], cell
        pieces = PIECES.split(cell)
        known = [self.weeks.get(day_key(piece)) for piece in pieces]
        windows = [window for some in known if some is not None for window in some]
        rest = [one for one, some in zip(pieces, known, strict=True) if some is None]
        if len(rest) == len(pieces):
            return [], cell
        return windows, "; ".join(one.strip() for one in rest if one.strip())


SAY = 'Write its hours, such as "18:00-21:00", whole windows, "Sat-Sun 10:00-16:00", or "never".'
NOTHING_GIVEN = GivenHours()


def _hours(word: str, text: str) -> tuple[Span, ...]:
    """Ranges of hours without a day, by the clock of 24 hours.

    Raises
    ------
    ValueError
        Something else, or times that may be in the morning or in the evening.
    """
    try:
        items = WeekParser(text, tokens_of(text), lexicon_of("en"), "unknown", False).items(
            tokens_of(text)
        )
    except ValueError:
        items = []
    spans = [item for item in items if isinstance(item, Span)]
    if not spans or len(spans) < len(items):
        raise ValueError(f"read cannot say {text!r} of {word!r}. {SAY}")
    exact = []
    for span in spans:
        within = part_of_day(day_key(word))
        ways = replace(span, within=within).readings("doubtful" if within else "unknown")
        if len(ways) != 1:
            raise ValueError(
                f"read says {text!r} of {word!r}, which may be in the morning or in the evening, "
                "or is no time that the word can mean. Write both times by a clock of 24 hours."
            )
        exact.append(_span(*ways[0], text))
    return tuple(exact)


def _span(start: int, end: int, text: str) -> Span:
    """A span that is read in one way only."""
    first, last = (one - MINUTES if one > MINUTES else one for one in (start, end))
    return Span(Time(first, "", of_24=True), Time(last, "", of_24=True), text)
