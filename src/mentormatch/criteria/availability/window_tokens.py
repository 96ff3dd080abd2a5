"""Tokens of weekly windows: words, signs, and times of day in the ways people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from mentormatch.criteria.availability.day_names import day_key

if TYPE_CHECKING:
    from collections.abc import Collection, Container

    from mentormatch.criteria.availability.day_names import Lexicon

__all__ = [
    "BETWEEN",
    "HALVES",
    "HOUR_WORDS",
    "MINUTES",
    "SILENT_WORDS",
    "Clock",
    "Span",
    "Time",
    "Token",
    "clock_text",
    "read_span",
    "says_nothing",
    "tokens_of",
    "words_of_language",
]

MINUTES = 24 * 60
Half: TypeAlias = Literal["am", "pm", ""]

# Blanks are told apart from line breaks, which separate windows.
TOKEN = re.compile(
    r"(?P<number>\d+)|"
    r"(?P<word>[^\s\d!-/:-@\[-`{-~–—‐‑−;,،、；：～／…“”„«»]+)|"
    r"(?P<line>[\r\n]+)|(?P<sign>\S)"
)
SIGNS = {
    **dict.fromkeys("–—‐‑−~～", "-"),
    **dict.fromkeys("；|", ";"),
    **dict.fromkeys("،、", ","),
    **dict.fromkeys("：", ":"),
    **dict.fromkeys("／", "/"),
}
SILENT = frozenset("()[]{}\"'“”„«»*_#")
HOUR_WORDS = frozenset((
    "uhr", "h", "hs", "hr", "hrs", "hour", "hours", "oclock", "clock", "o", "horas", "hora",
    "heures", "heure", "uur", "ore", "godz", "godzina", "klo", "kl", "ч", "час", "часов",
    "saat",
))  # fmt: skip
NOON, MIDNIGHT = frozenset({"noon", "midday"}), frozenset({"midnight"})
HALVES = frozenset(("am", "pm", "a", "p", "m"))
# Words that say nothing about when, where no day or joining word of the language is written so.
SILENT_WORDS = frozenset((
    "from", "at", "on", "am", "um", "von", "ab", "de", "des", "du", "dalle", "dal", "das",
    "van", "od", "im", "le", "la", "les", "los", "las", "el", "il", "os", "every", "each",
    "jeden", "jede", "chaque", "todos", "ogni", "elke", "local", "localtime", "time", "times",
    "in", "the", "por", "zeit", "hora", "heure", "feira", "feiras",
))  # fmt: skip
# Behind these "and" stands between the two ends of a time: "between 5 and 7 pm".
BETWEEN = frozenset((
    "between", "zwischen", "entre", "tussen", "tra", "fra", "miedzy", "mellan", "mellem", "mellom",
))  # fmt: skip
# An evening of which somebody says that it begins at six may begin at five.
NEARLY = 60
Clock: TypeAlias = Literal["24", "unknown", "doubtful"]
ARTICLES = frozenset({"las", "la", "les", "le", "the", "as", "os", "um"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a sign of a cell."""

    kind: str  # "word", "number", "sign"
    text: str  # as it is written; signs of one meaning are one sign
    key: str  # of a word or number, the form in which it is compared
    start: int  # where it stands in the cell
    end: int


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day as it is written."""

    minutes: int  # after midnight, as the digits say
    half: Half  # "am" or "pm" where it is said
    of_24: bool  # the writing is that of a clock of 24 hours: 18:00, 09:00, 9h, 900

    @property
    def could_be_either_half(self) -> bool:
        """True when it may be in the morning or in the evening."""
        return not self.half and not self.of_24 and 60 <= self.minutes < 13 * 60

    @property
    def choices(self) -> tuple[int, ...]:
        """The minutes after midnight that it may stand for."""
        hours, minutes = divmod(self.minutes, 60)
        if self.half:
            return (hours % 12 * 60 + minutes + (12 * 60 if self.half == "pm" else 0),)
        if self.could_be_either_half:
            early = hours % 12 * 60 + minutes
            return (early, early + 12 * 60)
        return (self.minutes,)


@dataclass(frozen=True, slots=True)
class Span:
    """From one time to another."""

    start: Time
    end: Time
    text: str  # as it is written, for messages
    # When the part of the day begins and ends, in minutes after midnight, where a word such as
    # "evening" stands beside it.
    within: tuple[int, int] | None = None
    # The days on which it holds, where a word stands for it; none where its hours are not the same
    # on all days. None: on every day.
    on: frozenset[int] | None = None

    def say_lack(self, days: str) -> str:
        """Say that what was given for a word does not tell its hours on days beside it."""
        why = "has no hours for" if self.on else "has not the same hours on all days, and is beside"
        return f"{self.text!r} {why} {days}: write the hours into the cell."

    def readings(self, clock: Clock) -> list[tuple[int, int]]:
        """Return the minutes (first, last) that it may stand for; last may be after midnight.

        A half of the day that stands at one end holds for the other where that makes the window
        shortest. Without one, times are those of a clock of 24 hours where it is known, or where
        they lie between 8 and 12 in the morning and nobody would take them for the evening. A word
        for a part of the day tells more than either: none is left where it contradicts the times.
        The clock is "24" when the column is known to use one of 24 hours, "doubtful" where 9-11 may
        also be in the evening.
        """
        if self.within is None:
            return self._ways(clock)
        either = self._of_either_half()
        if not either:
            # Times that leave no doubt: the word may only not contradict them.
            ways = self._ways(clock)
            return ways if len(ways) > 1 else [way for way in ways if self._touches(way)]
        first, behind = self.within
        return [
            (start, end)
            for start, end in sorted(set(either))
            if first - NEARLY <= start < behind and end <= behind + 2 * NEARLY
        ]

    def _of_either_half(self) -> list[tuple[int, int]]:
        """Readings of times that may be in the morning or not, of at most twelve hours."""
        start, end = self.start, self.end
        if not start.could_be_either_half or not end.could_be_either_half:
            return []
        ways = [(a, b if b > a else b + MINUTES) for a in start.choices for b in end.choices]
        return [way for way in ways if way[1] - way[0] <= MINUTES // 2]

    def _touches(self, way: tuple[int, int]) -> bool:
        """Whether a window has to do with its part of the day."""
        assert self.within is not None
        first, behind = self.within
        if first >= 20 * 60:
            # Of "Friday night 1:00-3:00" nobody knows on which day it is.
            return way[0] >= first - 2 * NEARLY
        return any(
            way[0] + shift < behind + NEARLY and way[1] + shift > first - NEARLY
            for shift in (0, MINUTES)
        )

    def _ways(self, clock: Clock) -> list[tuple[int, int]]:
        """Readings by the times alone."""
        start, end = self.start, self.end
        if start.half or end.half:
            if start.minutes == end.minutes and not (start.half and end.half):
                # "7-7pm" may be twelve hours, or a day.
                return sorted({(a, end.choices[0] + MINUTES) for a in start.choices})
            ways = [
                (first, last if last > first else last + MINUTES)
                for first in start.choices
                for last in end.choices
            ]
            shortest = min(last - first for first, last in ways)
            ways = [way for way in ways if way[1] - way[0] == shortest]
            open_start = not start.half and not start.of_24 and start.minutes < 12 * 60
            if open_start and end.half == "am" and end.minutes == 12 * 60 and "12" in self.text:
                # 10-12am ends at midnight, and many who write so mean noon.
                ways += [(start.choices[0], 12 * 60)]
            # From noon to noon may be nothing, or a day.
            return sorted(set(ways))
        first, last = start.minutes, end.minutes
        plain = (first, last if last > first else last + MINUTES)
        either = start.could_be_either_half and end.could_be_either_half
        if first == last or (first % MINUTES == 0 and last == 0):
            return [(first, first), (first, first + MINUTES)]
        if not either or clock == "24" or (clock == "unknown" and 8 * 60 <= first < last):
            return [plain]
        # Nobody means more than twelve hours by such a window.
        return sorted(set(self._of_either_half()))


def tokens_of(cell: str) -> list[Token]:
    """Cut a cell into tokens, in one pass."""
    found: list[Token] = []
    for match in TOKEN.finditer(cell):
        kind, text = str(match.lastgroup), match.group()
        if kind == "line":
            kind, text = "sign", "\n"
        elif kind == "sign":
            text = SIGNS.get(text, text)
            if text in SILENT:
                continue
        key = text if kind == "sign" else day_key(text)
        if key == "u" and found and found[-1].kind == "number" and found[-1].end == match.start():
            # Dutch: 17u, 17u30.
            key = "h"
        found.append(Token(kind, text, key, match.start(), match.end()))
    return found


def read_span(
    tokens: list[Token],
    at: int,
    until: frozenset[str],
    cell: str,
    parts: Collection[str] = (),
) -> tuple[Span | None, int]:
    """Read a range of times at a position.

    ``until`` are words that stand between the two times, in the language that is tried; ``parts``
    are words for parts of the day, before which "am" is a German word: 6-8 am Abend. The answer is
    the span, None where there is no range, and the position behind what was read. Raises ValueError
    for a time of day that does not exist, or one that has no end.
    """
    start, k = _read_time(tokens, at)
    if start is None:
        return None, at
    k = _skip_hour_words(tokens, k, until)
    if k >= len(tokens) or not (tokens[k].text == "-" or tokens[k].key in until):
        raise ValueError(f"{_text(tokens, at, k, cell)!r} has no end.")
    k += 1
    # "until" may follow a dash, and articles a word (de 18 a las 20).
    while k < len(tokens) and tokens[k].key in ARTICLES:
        k += 1
    end, after = _read_time(tokens, k, parts)
    if end is None:
        raise ValueError(f"{_text(tokens, at, k, cell)!r} has no end.")
    after = _skip_hour_words(tokens, after, until)
    return Span(start, end, _text(tokens, at, after, cell)), after


def _text(tokens: list[Token], first: int, behind: int, cell: str) -> str:
    return cell[tokens[first].start : tokens[behind - 1].end].strip()


def _skip_hour_words(tokens: list[Token], at: int, until: frozenset[str]) -> int:
    while at < len(tokens) and tokens[at].key in HOUR_WORDS - until:
        at += 1
        if at < len(tokens) and tokens[at].text == ".":
            at += 1
    return at


def _read_time(
    tokens: list[Token], at: int, parts: Collection[str] = ()
) -> tuple[Time | None, int]:
    """Read a time of day, and where it ends."""
    if at >= len(tokens):
        return None, at
    token = tokens[at]
    if token.key in NOON:
        return Time(12 * 60, "pm", of_24=False), at + 1
    if token.key in MIDNIGHT:
        return Time(12 * 60, "am", of_24=False), at + 1
    if token.kind != "number":
        return None, at
    digits, k = token.text, at + 1
    if len(digits) > 4:
        raise ValueError(f"{digits!r} is no time of day.")
    of_24 = len(digits) >= 3 or (len(digits) == 2 and digits[0] == "0")
    if len(digits) >= 3:
        hours, minutes = int(digits[:-2]), int(digits[-2:])
    else:
        hours, minutes = int(digits), 0
        k, minutes, marked = _read_minutes(tokens, k)
        of_24 = of_24 or marked
    half: Half = ""
    if not (k + 1 < len(tokens) and tokens[k].key == "am" and tokens[k + 1].key in parts):
        half, k = _read_half(tokens, k)
    if half and (not 1 <= hours <= 12):
        if half == "am" or not 13 <= hours <= 23:
            raise ValueError(f"{digits} {half} is no time of day.")
        # 18:00 pm says the half twice.
        half = ""
    if minutes > 59 or hours * 60 + minutes > MINUTES:
        raise ValueError(
            f"{digits if len(digits) > 2 else f'{hours}:{minutes:02d}'!r} is no time of day."
        )
    of_24 = not half and (of_24 or hours >= 13 or hours == 0)
    return Time(hours * 60 + minutes, half, of_24), k


def _read_minutes(tokens: list[Token], k: int) -> tuple[int, int, bool]:
    """Read ``:30``, ``.30`` or ``h30`` that touches an hour, ``:00`` seconds after it dropped.

    The answer is where it ends, the minutes, and whether an "h" marks the hour.
    """
    minutes, marked = 0, False
    if k < len(tokens) and tokens[k].start == tokens[k - 1].end:
        marked = tokens[k].key == "h"
        touches = (
            k + 1 < len(tokens)
            and tokens[k + 1].start == tokens[k].end
            and tokens[k + 1].kind == "number"
            and len(tokens[k + 1].text) == 2
        )
        if (tokens[k].text in (":", ".") or marked) and touches:
            minutes, k = int(tokens[k + 1].text), k + 2
            seconds = [token.text for token in tokens[k : k + 2]]
            if seconds == [":", "00"]:
                k += 2
        elif marked:
            k += 1
    return k, minutes, marked


def _read_half(tokens: list[Token], k: int) -> tuple[Half, int]:
    """Read ``am``, ``p.m.``, ``a`` or ``p`` behind a time."""
    if k >= len(tokens) or tokens[k].kind != "word":
        return "", k
    key, touching = tokens[k].key, tokens[k].start == tokens[k - 1].end
    if key in ("am", "pm"):
        after = k + 1
        if after < len(tokens) and tokens[after].text == ".":
            after += 1
        return ("am" if key == "am" else "pm"), after
    if key not in ("a", "p"):
        return "", k
    following = [token.text.casefold() for token in tokens[k + 1 : k + 4]]
    dotted = following[:2] == [".", "m"]
    if dotted:
        return ("am" if key == "a" else "pm"), k + 3 + (following[2:] == ["."])
    next_touches = k + 1 < len(tokens) and tokens[k + 1].kind == "number"
    if touching and not next_touches:
        return ("am" if key == "a" else "pm"), k + 1
    return "", k


def words_of_language(
    tokens: list[Token], words: Lexicon, given: Container[str] = ()
) -> list[Token]:
    """Tokens as one language reads them: compounds cut, and without "on" before a day.

    ``given`` are words whose hours somebody has said; they stay whole.
    """
    cut = [part for token in tokens for part in _cut(token, words, given)]
    return [token for k, token in enumerate(cut) if not _is_preposition(cut, k, words)]


def _cut(token: Token, words: Lexicon, given: Container[str]) -> list[Token]:
    """Cut a word such as Dienstagabend into the day and its part."""
    end = 0 if token.kind != "word" or token.key in given else words.cut(token.key)
    if not end or len(token.key) != len(token.text):
        return [token]
    behind = end + (token.key[end:] not in words.parts)
    middle = token.start + end
    return [
        replace(token, text=token.text[:end], key=token.key[:end], end=middle),
        replace(token, text=token.text[end:], key=token.key[behind:], start=middle),
    ]


def _is_preposition(tokens: list[Token], k: int, words: Lexicon) -> bool:
    """Tell whether a word is "on" before a day: the "w" of "w pon." is no letter of Tuesday."""
    here, behind = tokens[k], tokens[k + 1 : k + 2]
    if here.text.casefold() not in words.on or not behind:
        return False
    ends_a_range = k > 0 and here.key in words.until and words.names_day(tokens[k - 1].key)
    is_phrase = here.key + behind[0].key in words.days
    return not ends_a_range and not is_phrase and words.names_day(behind[0].key)


def says_nothing(key: str) -> bool:
    """Tell whether a word says nothing about days: "from", "h", "noon", "pm"."""
    return (
        key in SILENT_WORDS
        or key in BETWEEN
        or key in HOUR_WORDS
        or key in NOON
        or key in MIDNIGHT
        or key in HALVES
    )


def clock_text(minutes: int) -> str:
    """Write minutes after midnight as a time of day; 24:00 is the end of the day."""
    if minutes > MINUTES:
        minutes -= MINUTES
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
