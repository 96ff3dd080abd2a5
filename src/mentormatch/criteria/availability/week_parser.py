"""Reads the tokens of a cell as weekly windows, by the words of one language."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mentormatch.cohort import hint_nearest
from mentormatch.criteria.availability.day_names import (
    ENGLISH,
    WEEK,
    WEEKDAYS,
    WEEKEND,
    Lexicon,
    part_of_day,
    spell_initials,
)
from mentormatch.criteria.availability.window_tokens import (
    BETWEEN,
    HALVES,
    HOUR_WORDS,
    Clock,
    Span,
    Token,
    clock_text,
    read_span,
    says_nothing,
    words_of_language,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "EXAMPLE",
    "AmbiguousError",
    "NoHoursError",
    "WeekParser",
    "Window",
    "days_text",
    "quote",
    "range_text",
]

EXAMPLE = 'expected weekly windows such as "Mon 09:00-12:00; Wed 18:00-20:00"'
DAY_TEXTS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SEPARATORS = frozenset(";,/&+")
SAY_WHEN = "Write from when to when, such as 18:00-20:00."
SAY_DAY = f'{SAY_WHEN} Or give the words their meaning: read = {{ "Fri off" = "never" }}.'
# How many words, numbers and signs a phrase may have whose hours are given.
MOST_TOKENS = 6
LONGEST_SHOWN = 60
# A window on some days: days, first and last minute.
Window = tuple[frozenset[int], int, int]


class AmbiguousError(ValueError):
    """A cell that may mean several things."""


class NoHoursError(ValueError):
    """A cell with a word whose hours somebody must say once.

    ``why`` is the message, ``phrase`` the word as it is written, or several: "evening", "after
    6pm".
    """

    def __init__(self, why: str, phrase: str) -> None:
        super().__init__(why)
        self.phrase = phrase


@dataclass(frozen=True, slots=True)
class _Part:
    """A word for a part of the day."""

    text: str
    # In minutes after midnight, see `PARTS`; None: somebody's own word.
    within: tuple[int, int] | None
    hours: tuple[Span, ...] = ()  # from when to when it is, as was said for the whole column


@dataclass
class WeekParser:
    """Reads the tokens of a cell by the words of one language."""

    cell: str
    tokens: list[Token]
    words: Lexicon
    clock: Clock
    thursday: bool
    given: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tokens = words_of_language(self.tokens, self.words, self.given)

    def parse(self) -> list[Window]:
        """Return the windows of the cell, in order."""
        windows: list[Window] = []
        days: frozenset[int] = frozenset()
        read = [(self.items(segment), behind) for segment, behind in self.segments()]
        clock = self._clock_of([one for items, _ in read for one in items if isinstance(one, Span)])
        for items, behind in read:
            if not items:
                continue
            if behind == "\n" and len(items) == 1 and isinstance(items[0], frozenset):
                # A day on a line of its own is the heading of the next.
                days = items[0]
                continue
            first_is_days = isinstance(items[0], frozenset)
            has_days = any(isinstance(item, frozenset) for item in items)
            if has_days and not first_is_days and isinstance(items[-1], frozenset):
                # "6-7pm F": the days stand behind their times.
                items = items[::-1]
            elif has_days and isinstance(items[-1], frozenset):
                said = days_text(items[-1])
                raise ValueError(f"{EXAMPLE}; {said} has no time in {quote(self.cell)}. {SAY_DAY}")
            for item in items:
                if isinstance(item, frozenset):
                    days = item
                elif not days:
                    alone = f"{EXAMPLE}; {quote(item.text)} names no day."
                    if any(item in spans for spans in self.given.values()):
                        alone += (
                            f' Write "Mon-Sun {item.text}" in read for a word that also stands '
                            "alone; it serves beside days as well."
                        )
                    raise ValueError(alone)
                elif item.on is not None and not days <= item.on:
                    raise ValueError(f"{EXAMPLE}; {item.say_lack(days_text(days - item.on))}")
                else:
                    windows.append((days, *self._minutes(item, clock)))
        if not windows:
            raise ValueError(f"{EXAMPLE}; {quote(self.cell)} is not one.")
        return windows

    def segments(self) -> list[tuple[list[Token], str]]:
        """Tokens between semicolons and line breaks, with what stands behind them."""
        segments: list[tuple[list[Token], str]] = []
        start = 0
        for k, token in enumerate(self.tokens):
            if token.text in (";", "\n"):
                segments.append((self.tokens[start:k], token.text))
                start = k + 1
        return [*segments, (self.tokens[start:], "")]

    def _clock_of(self, spans: list[Span]) -> Clock:
        """The clock of a cell: doubtful where words such as "evening" tell more than the digits."""
        said = [span for span in spans if span.within is not None]
        moved = any(
            span.readings("24") != replace(span, within=None).readings("24") for span in said
        )
        return "doubtful" if moved or (said and self.clock != "24") else self.clock

    def _minutes(self, span: Span, clock: Clock) -> tuple[int, int]:
        ways = span.readings(clock)
        if not ways:
            raise ValueError(
                f"{EXAMPLE}; the times {quote(span.text)} are not those of the part of the day "
                f"that stands beside them in {quote(self.cell)}."
            )
        if len(ways) > 1:
            shown = ", or ".join(range_text(*way) for way in ways)
            raise AmbiguousError(
                f"{EXAMPLE}; {quote(span.text)} may mean {shown}. Write both times by a clock of "
                "24 hours, such as 18:00-19:00."
            )
        return ways[0]

    def items(self, tokens: list[Token]) -> list[frozenset[int] | Span]:
        """Lists of days, and ranges of times, in the order in which they stand."""
        items: list[frozenset[int] | Span | _Part] = []
        pieces: list[int] = []
        k = piece = 0
        while k < len(tokens):
            part, after = self._read_given(tokens, k)
            if part is not None:
                items.append(part)
                pieces.append(piece)
                k = after
                continue
            try:
                until = self.words.until
                if k and tokens[k - 1].key in BETWEEN:
                    until |= self.words.joins
                span, after = read_span(tokens, k, until, self.cell, self.words.parts)
            except ValueError as error:
                why = f"{EXAMPLE}; {error}"
                if k and tokens[k - 1].kind == "word" and says_nothing(tokens[k - 1].key):
                    # "From 18:00" has no end, and may have one for everybody.
                    raise NoHoursError(why, self._phrase(tokens, k - 1)) from None
                raise ValueError(why) from None
            if span is not None:
                items.append(span)
                pieces.append(piece)
                k = after
                continue
            days, after = self._read_days(tokens, k)
            if days:
                if items and isinstance(items[-1], frozenset):
                    if tokens[k - 1].text == ":":
                        raise ValueError(
                            f"{EXAMPLE}; {quote(self.cell)} has a day where the times of another "
                            "one are to stand."
                        )
                    items[-1] = self._join(items[-1], days)
                else:
                    items.append(days)
                    pieces.append(piece)
                k = after
                continue
            part, after = self._read_part(tokens, k)
            if part is not None:
                items.append(part)
                pieces.append(piece)
                k = after
                continue
            token = tokens[k]
            if token.kind == "sign" or self._is_silent(token):
                if token.kind == "sign" and token.text not in SEPARATORS | {"-", ":", ".", "@"}:
                    raise ValueError(f"{EXAMPLE}; {token.text!r} has no meaning here.")
                # "And" behind a word or times, and not behind a day, begins something else.
                of_days = bool(items) and isinstance(items[-1], frozenset)
                joins = token.key in self.words.joins and not of_days
                piece += token.text in SEPARATORS or joins
                k += 1
                continue
            if token.kind == "word":
                raise NoHoursError(self._unknown(token), self._phrase(tokens, k))
            raise ValueError(self._unknown(token))
        return _with_parts(items, pieces)

    def _join(self, before: frozenset[int], days: frozenset[int]) -> frozenset[int]:
        """Join two lists of days, unless one is a group and the other says which of its days."""
        for group, some in ((before, days), (days, before)):
            if group in (WEEK, WEEKDAYS, WEEKEND) and some < group:
                ways = f"{days_text(group)}, or {days_text(some)}"
                raise AmbiguousError(
                    f"{EXAMPLE}; {quote(self.cell)} may mean {ways}. Write the names of the days."
                )
        return before | days

    def _phrase(self, tokens: list[Token], k: int) -> str:
        """A word and the time that follows it, as they are written: after 6pm."""
        behind = silent = k + 1
        while silent < len(tokens) and says_nothing(tokens[silent].key):
            silent += 1
        if silent < len(tokens) and tokens[silent].kind == "number":
            # "Dopo le 18" and "después de las 19" are one thing.
            behind = silent
        while behind < len(tokens) and (
            tokens[behind].kind == "number"
            or (behind > k + 1 and tokens[behind].key in HALVES | HOUR_WORDS | {":", "."})
        ):
            behind += 1
        return self.cell[tokens[k].start : tokens[behind - 1].end].strip()

    def _read_given(self, tokens: list[Token], k: int) -> tuple[_Part | None, int]:
        """Read the longest of the words whose hours somebody has said."""
        key, found, after = "", None, k
        if not self.given or tokens[k].kind != "word":
            return None, k
        for behind in range(k + 1, min(len(tokens), k + MOST_TOKENS) + 1):
            token = tokens[behind - 1]
            if token.text in SEPARATORS | {"\n"}:
                break
            key += token.key if token.kind != "sign" else ""
            if key in self.given and not self._goes_on(tokens, behind):
                within = self.words.parts.get(key) or part_of_day(key)
                text = self.cell[tokens[k].start : token.end]
                found, after = _Part(text, within, self.given[key]), behind
        return found, after

    def _goes_on(self, tokens: list[Token], k: int) -> bool:
        """Tell whether a time goes on behind its number: "after 6" is not "after 6am"."""
        if k >= len(tokens) or tokens[k - 1].kind != "number":
            return False
        return tokens[k].key in HALVES or tokens[k].text in (":", ".")

    def _read_part(self, tokens: list[Token], k: int) -> tuple[_Part | None, int]:
        """Read a word, or several, for a part of the day."""
        for behind in (k + 3, k + 2, k + 1):
            if behind <= len(tokens) and tokens[k].kind == tokens[behind - 1].kind == "word":
                some = [t.key for t in tokens[k:behind] if t.text not in ("-", ".")]
                key = "".join(some)
                within = self.words.parts.get(key)
                if within is None and k and tokens[k - 1].text == ":":
                    # Below a heading that was written in English the words stay in their language.
                    within = part_of_day(key)
                if within is not None:
                    text = self.cell[tokens[k].start : tokens[behind - 1].end]
                    return _Part(text, within), behind
        return None, k

    def _read_days(self, tokens: list[Token], k: int) -> tuple[frozenset[int], int]:
        """Read a day, a range of days, or letters of days."""
        first, after = self._read_day(tokens, k)
        if not first or len(first) > 1:
            return first, after
        behind = after + (after < len(tokens) and tokens[after].text == ".")
        if behind >= len(tokens) or not self._spans(tokens[behind]):
            return first, after
        behind += 1
        last, end = self._read_day(tokens, behind)
        if len(last) != 1:
            return first, after
        if end < len(tokens) and tokens[end].text == "-" and self._read_day(tokens, end + 1)[0]:
            raise AmbiguousError(
                f"{EXAMPLE}; three days joined by dashes in {quote(self.cell)} may be a "
                "range or a list. Write commas between days, or a range of two."
            )
        (one,), (other,) = first, last
        return frozenset((one + k) % 7 for k in range((other - one) % 7 + 1)), end

    def _spans(self, token: Token) -> bool:
        return token.text == "-" or token.key in self.words.until

    def _read_day(self, tokens: list[Token], k: int) -> tuple[frozenset[int], int]:
        """Read a name, which may be several words, or letters."""
        for behind in (k + 3, k + 2, k + 1):
            if behind > len(tokens):
                continue
            some = [t for t in tokens[k:behind] if t.text not in ("-", ".")]
            if not some or tokens[k].kind != "word" or tokens[behind - 1].kind == "sign":
                continue
            key = "".join(t.key for t in some)
            if key in self.words.days:
                return self.words.days[key], behind
        token = tokens[k]
        if token.kind != "word":
            return frozenset(), k
        ways = spell_initials(token.key, self.words.initials)
        if self.thursday and len(ways) > 1:
            tuesday = {**self.words.initials, "t": (1,)}
            ways = spell_initials(token.key, tuesday) or ways
        if not ways:
            return frozenset(), k
        if len(ways) > 1:
            shown = ", or ".join(" ".join(DAY_TEXTS[day] for day in way) for way in ways)
            raise AmbiguousError(
                f"{EXAMPLE}; {token.text!r} may mean {shown}. Write the names of the days."
            )
        return frozenset(ways[0]), k + 1

    def _is_silent(self, token: Token) -> bool:
        return token.key in self.words.joins or says_nothing(token.key)

    def _unknown(self, token: Token) -> str:
        if token.kind == "number":
            return f"{EXAMPLE}; {token.text!r} is no range of times."
        hint = hint_nearest(token.text, [name.capitalize() for name in ENGLISH])
        return f"{EXAMPLE}; {quote(token.text)} is neither a day of the week nor a time.{hint}"


def _with_parts(
    items: list[frozenset[int] | Span | _Part], pieces: list[int]
) -> list[frozenset[int] | Span]:
    """Give each part of the day to the times beside it, with no comma between.

    ``pieces`` counts the commas before each item.
    """
    pieces = _with_days(items, pieces)
    beside: dict[int, list[Span | _Part]] = {}
    for item, piece in zip(items, pieces, strict=True):
        if isinstance(item, Span | _Part):
            beside.setdefault(piece, []).append(item)
    within: dict[int, tuple[int, int]] = {}
    for some in beside.values():
        parts = [one for one in some if isinstance(one, _Part)]
        spans = [one for one in some if isinstance(one, Span)]
        if not parts:
            continue
        text = quote(" ".join(part.text for part in parts))
        if not spans:
            for part in parts:
                if not part.hours:
                    raise NoHoursError(f"{EXAMPLE}; {text} has no times. {SAY_WHEN}", part.text)
            continue
        # Either each stands before its times, or each behind them.
        own = any(part.within is None for part in parts)
        if own or len(parts) != len(spans) or some[::2] not in (parts, spans):
            said = f"which times belong to {text} is not clear"
            raise ValueError(f"{EXAMPLE}; {said}. {SAY_WHEN}")
        for span, part in zip(spans, parts, strict=True):
            assert part.within is not None
            within[id(span)] = part.within
    return [
        replace(item, within=within.get(id(item))) if isinstance(item, Span) else item
        for item, piece in zip(items, pieces, strict=True)
        for item in _hours_of(item, beside.get(piece, ()))
    ]


def _with_days(items: list[frozenset[int] | Span | _Part], pieces: list[int]) -> list[int]:
    """Number the pieces anew, so that a word whose own days stand before it ends with them.

    In "Mon evening Tue 9-10" the evening is Monday's; in "evenings Mon 6-8" that of the times.
    """
    numbers, number, seen, last = [], 0, False, None
    for item, piece in zip(items, pieces, strict=True):
        if last is not None and (piece != last or (isinstance(item, frozenset) and seen)):
            number, seen = number + 1, False
        seen = seen or isinstance(item, frozenset)
        last = piece
        numbers.append(number)
    return numbers


def _hours_of(
    item: frozenset[int] | Span | _Part, beside: Sequence[Span | _Part]
) -> tuple[frozenset[int] | Span, ...]:
    """What a word for a part of the day stands for: its hours, or nothing beside times."""
    if not isinstance(item, _Part):
        return (item,)
    return () if any(isinstance(one, Span) for one in beside) else item.hours


def quote(text: str) -> str:
    """A text as messages quote it, not longer than a line."""
    text = text.strip()
    return repr(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…")


def range_text(first: int, last: int) -> str:
    """Write a range of minutes after midnight as messages do."""
    if first == last:
        return "no time at all"
    if last - first == 24 * 60:
        return "a whole day"
    return f"{clock_text(first)}-{clock_text(last)}"


def days_text(days: frozenset[int]) -> str:
    """Write days by their short English names."""
    return ", ".join(DAY_TEXTS[day] for day in sorted(days))
