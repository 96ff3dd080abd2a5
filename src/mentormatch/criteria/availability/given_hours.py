"""Hours that somebody gives to words of a column: evening = "18:00-21:00"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from mentormatch.cohort.columns.answers import read_answer
from mentormatch.criteria.availability.day_names import day_key, lexicon_of, part_of_day
from mentormatch.criteria.availability.week_parser import WeekParser, Window
from mentormatch.criteria.availability.window_tokens import MINUTES, Span, Time, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

__all__ = ["NOTHING_GIVEN", "PIECES", "GivenHours", "drop_pieces"]

# Reads the days of a text that is days and nothing else.
ReadDays: TypeAlias = "Callable[[str], frozenset[int]]"
PIECES = re.compile(r"[;,|\n]")
SOME_HOURS = "09:00-10:00"
SHORTEST_DAY = 3
EVERY_DAY = frozenset(range(7))
SAY = 'Write its hours, such as "18:00-21:00", whole windows, "Sat-Sun 10:00-16:00", or "never".'


@dataclass(frozen=True, slots=True)
class GivenHours:
    """What words of a column mean, by the form in which words are compared."""

    # From when to when a word is, on the days that stand beside it.
    hours: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    # The windows of a word that stands alone: "weekends", "anytime".
    weeks: Mapping[str, tuple[Window, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, read: Mapping[str, str], windows_of: Callable[[str], list[Window]]) -> GivenHours:
        """Read what somebody has written for each word.

        ``read`` maps a word, or several, to hours, to weekly windows, or to "never"; ``windows_of``
        reads weekly windows. Raises ValueError for a word without a meaning, or with two.
        """
        hours: dict[str, tuple[Span, ...]] = {}
        weeks: dict[str, tuple[Window, ...]] = {}
        said: dict[str, tuple[str, str]] = {}
        unsaid = [repr(word) for word, meaning in read.items() if not str(meaning).strip()]
        if unsaid:
            raise ValueError(
                f"read does not say yet when {', '.join(unsaid)} is. {SAY} Or correct the cells."
            )
        for word, meaning in read.items():
            key, text = day_key(str(word)), str(meaning).strip()
            first, before = said.setdefault(key, (word, text))
            if before != text:
                raise ValueError(
                    f"read says {before!r} of {first!r} and {text!r} of {word!r}, which are one "
                    "word, as case, accents and blanks do not count; keep one of them."
                )
            if text.casefold() == "never" or read_answer(text) == 0:
                weeks[key] = ()
                continue
            try:
                weeks[key] = tuple(windows_of(text))
            except ValueError:
                # "Fri free" is on Fridays, whatever days stand beside it.
                try:
                    weeks[key] = tuple(windows_of(f"{word} {text}"))
                except ValueError:
                    hours[key] = _hours(str(word), text)
                    _check_names_no_day(str(word), text, windows_of)
                continue
            if not _names_days(str(word), weeks[key], windows_of):
                # "Mon-Fri 18:00-21:00" also says when "Tue evening" is.
                hours[key] = _beside_days(weeks[key], text)
        return cls(hours, weeks)

    def with_weeks(self, cell: str, read_days: ReadDays) -> tuple[list[Window], str]:
        """The windows of the words that stand alone in a cell, and the rest of it.

        A window without hours is of days that are none: of "Fri off" where "off" is never.
        """
        if not self.weeks:
            return [], cell
        pieces = PIECES.split(cell)
        known = [self._week_of(piece, read_days) for piece in pieces]
        windows = [window for some in known if some is not None for window in some]
        rest = [one for one, some in zip(pieces, known, strict=True) if some is None]
        if len(rest) == len(pieces):
            return [], cell
        return windows, "; ".join(one.strip() for one in rest if one.strip())

    def _week_of(self, piece: str, read_days: ReadDays) -> tuple[Window, ...] | None:
        """The windows of a piece that is given, or that is days and a word that is never."""
        week, words = self.weeks.get(day_key(piece)), piece.split()
        for k in range(1, len(words)) if not week else ():
            parts = " ".join(words[:k]), " ".join(words[k:])
            for word, named in (parts, parts[::-1]):
                # Such a word has no windows.
                if week == () or self.weeks.get(day_key(word)) == ():
                    days = read_days(named)
                    if days:
                        return ((days, 0, 0),)
        return week


NOTHING_GIVEN = GivenHours()


def drop_pieces(cell: str, nothing: Collection[str]) -> str:
    """Take the pieces of a cell away that are words for no answer, without case; not all of them.

    Examples
    --------
    >>> drop_pieces("Mon 9-12; n/a", {"n/a"}), drop_pieces("n/a", {"n/a"})
    ('Mon 9-12', 'n/a')
    """
    pieces = [one.strip() for one in PIECES.split(cell)]
    left = [one for one in pieces if " ".join(one.casefold().split()) not in nothing]
    return cell if len(left) == len(pieces) else "; ".join(filter(None, left)) or cell


def _names_days(
    word: str, windows: Sequence[Window], windows_of: Callable[[str], list[Window]]
) -> bool:
    """Tell whether a word stands for the days of its windows: hours may follow "weekends"."""
    try:
        named = windows_of(f"{word} {SOME_HOURS}")
    except ValueError:
        return False
    of_word = frozenset[int]().union(*(days for days, _, _ in named))
    return all(days <= of_word for days, _, _ in windows)


def _check_names_no_day(word: str, text: str, windows_of: Callable[[str], list[Window]]) -> None:
    """Refuse hours alone for "Fri off", which would count on the days that stand beside it.

    Raises ValueError if one of the words is a day; those of two letters are other words as well.
    """
    for one in word.split():
        if len(one) >= SHORTEST_DAY and _names_days(one, (), windows_of):
            raise ValueError(
                f"read says {text!r} of {word!r}, which names a day. Write the day as well, "
                f'"{one} {text}", or "never".'
            )


def _beside_days(windows: Sequence[Window], text: str) -> tuple[Span, ...]:
    """The hours of a word that stands beside a day, on the days of its windows."""
    by_day: dict[int, set[tuple[int, int]]] = {}
    for days, start, end in windows:
        for day in days:
            by_day.setdefault(day, set()).add((start, end))
    same = len(set(map(frozenset, by_day.values()))) == 1
    on = frozenset(by_day) if same else frozenset[int]()
    return tuple(
        replace(_span(start, end, text), on=None if on == EVERY_DAY else on)
        for start, end in sorted(set().union(*by_day.values()))
    )


def _hours(word: str, text: str) -> tuple[Span, ...]:
    """Ranges of hours without a day, by the clock of 24 hours.

    Raises ValueError for something else, or times that may be in the morning or in the evening.
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
