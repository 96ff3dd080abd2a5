"""Weekly windows as people write them, in many languages, read a column at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from mentormatch.cohort import hint_nearest
from mentormatch.criteria.availability.day_names import (
    ENGLISH,
    LANGUAGES,
    Lexicon,
    language_name,
    languages_of,
    lexicon_of,
    spell_initials,
)
from mentormatch.criteria.availability.window_tokens import (
    HOUR_WORDS,
    MIDNIGHT,
    NOON,
    Clock,
    Span,
    Token,
    clock_text,
    read_span,
    tokens_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["EXAMPLE", "WeekReader", "Window", "read_days"]

EXAMPLE = 'expected weekly windows such as "Mon 09:00-12:00; Wed 18:00-20:00"'
DAY_TEXTS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# Words that say nothing about when, where no day or joining word of the language is written so.
SILENT_WORDS = frozenset((
    "from", "between", "at", "on", "am", "um", "von", "zwischen", "ab", "de", "des", "du", "dalle",
    "dal", "entre", "das", "van", "tussen", "od", "im", "le", "la", "les", "los", "las", "el", "il",
    "os", "every", "each", "jeden", "jede", "chaque", "todos", "ogni", "elke", "local", "localtime",
    "time", "times", "zeit", "hora", "heure", "feira", "feiras",
))  # fmt: skip
SEPARATORS = frozenset(";,/&+")
LONGEST_CELL = 10_000
LONGEST_SHOWN = 60
# Marks a word with letters that English does not have.
ACCENT = "\N{COMBINING ACUTE ACCENT}"
# A window on some days: days, first and last minute.
Window = tuple[frozenset[int], int, int]


@dataclass(frozen=True, slots=True)
class WeekReader:
    """Reads the cells of one column as weekly windows.

    Parameters
    ----------
    languages
        The languages that can read most cells of the column; English first where it is one.
    clock
        "24" when cells of the column are written by a clock of 24 hours, and none by halves.
    thursday
        True when Thursday is written Th or R somewhere, so that a T is Tuesday.
    """

    languages: tuple[str, ...] = ("en",)
    clock: Clock = "unknown"
    thursday: bool = False

    @classmethod
    def of_column(cls, cells: Iterable[str], plain: int = 0) -> WeekReader:
        """Find what the cells of a column say about each other: language, clock, letters.

        Parameters
        ----------
        cells
            Those whose reading may depend on the others.
        plain
            How many more there are with English names of days and a clock of 24 hours.
        """
        words: Counter[frozenset[str]] = Counter()
        if plain:
            words[frozenset(("mon",))] += plain
        of_24, halves, thursday = plain > 0, False, False
        for cell in cells:
            tokens = tokens_of(cell[:LONGEST_CELL])
            keys = _meaningful(tokens)
            words[keys] += 1
            here_24, here_half = _clock_evidence(tokens)
            of_24, halves = of_24 or here_24, halves or here_half
            thursday = thursday or bool(keys & {"th", "r", "thu", "thur", "thurs", "thursday"})
            thursday = thursday or any(key.endswith(("th", "r")) and _initials(key) for key in keys)
        return cls(_languages(words), "24" if of_24 and not halves else "unknown", thursday)

    def windows(self, cell: str) -> list[Window]:
        """Read one cell.

        Raises
        ------
        ValueError
            With what was expected; where a cell may mean several things, with all of them.
        """
        if len(cell.strip()) > LONGEST_CELL:
            raise ValueError(f"{EXAMPLE}; the cell is longer than a week of windows can be.")
        tokens = tokens_of(cell)
        here_24, here_half = _clock_evidence(tokens)
        clock: Clock = "24" if here_24 and not here_half else self.clock
        if here_half:
            clock = "unknown"
        known: dict[tuple[tuple[frozenset[int], int, int], ...], str] = {}
        fault: ValueError | None = None
        for language in self._candidates(tokens):
            try:
                windows = _Parser(cell, tokens, lexicon_of(language), clock, self.thursday).parse()
            except ValueError as error:
                if isinstance(error, _AmbiguousError):
                    raise ValueError(str(error)) from None
                fault = fault or error
                continue
            known.setdefault(tuple(windows), language)
            if language == "en":
                break
        if len(known) == 1:
            return list(next(iter(known)))
        if known:
            ways = "; or ".join(
                f"{_described(windows)} ({language_name(language)})"
                for windows, language in known.items()
            )
            raise ValueError(f"{EXAMPLE}; {_shown(cell)} may mean {ways}. Write the days in full.")
        raise ValueError(str(fault) if fault else f"{EXAMPLE}; {_shown(cell)} is not one.")

    def _candidates(self, tokens: list[Token]) -> list[str]:
        """The languages in which to try a cell."""
        keys = _meaningful(tokens)
        among = [one for one in self.languages if _reads(one, keys)]
        if "en" in among and (not keys or any(map(lexicon_of("en").is_day, keys))):
            return ["en"]
        if among and among != ["en"]:
            return among
        able = _able(keys)
        return ["en"] if "en" in able or not able else sorted(able, key=_order)


class _AmbiguousError(ValueError):
    """A cell that may mean several things."""


@dataclass
class _Parser:
    """Reads the tokens of a cell by the words of one language."""

    cell: str
    tokens: list[Token]
    words: Lexicon
    clock: Clock
    thursday: bool

    def parse(self) -> list[Window]:
        """Return the windows of the cell, in order."""
        windows: list[Window] = []
        days: frozenset[int] = frozenset()
        for segment, behind in self.segments():
            items = self.items(segment)
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
                said = _days_text(items[-1])
                raise ValueError(f"{EXAMPLE}; {said} has no time in {_shown(self.cell)}.")
            for item in items:
                if isinstance(item, frozenset):
                    days = item
                elif not days:
                    raise ValueError(f"{EXAMPLE}; {_shown(item.text)} names no day.")
                else:
                    windows.append((days, *self._minutes(item)))
        if not windows:
            raise ValueError(f"{EXAMPLE}; {_shown(self.cell)} is not one.")
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

    def _minutes(self, span: Span) -> tuple[int, int]:
        ways = span.readings(self.clock)
        if len(ways) > 1:
            shown = ", or ".join(_range_text(*way) for way in ways)
            raise _AmbiguousError(
                f"{EXAMPLE}; {_shown(span.text)} may mean {shown}. Write both times by a clock of "
                "24 hours, such as 18:00-19:00."
            )
        return ways[0]

    def items(self, tokens: list[Token]) -> list[frozenset[int] | Span]:
        """Lists of days, and ranges of times, in the order in which they stand."""
        items: list[frozenset[int] | Span] = []
        k = 0
        while k < len(tokens):
            try:
                span, after = read_span(tokens, k, self.words.until, self.cell)
            except ValueError as error:
                raise ValueError(f"{EXAMPLE}; {error}") from None
            if span is not None:
                items.append(span)
                k = after
                continue
            days, after = self._read_days(tokens, k)
            if days:
                if items and isinstance(items[-1], frozenset):
                    items[-1] = items[-1] | days
                else:
                    items.append(days)
                k = after
                continue
            token = tokens[k]
            if token.kind == "sign" or self._is_silent(token):
                if token.kind == "sign" and token.text not in SEPARATORS | {"-", ":", ".", "@"}:
                    raise ValueError(f"{EXAMPLE}; {token.text!r} has no meaning here.")
                k += 1
                continue
            raise ValueError(self._unknown(token))
        return items

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
            raise _AmbiguousError(
                f"{EXAMPLE}; three days joined by dashes in {_shown(self.cell)} may be a "
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
            raise _AmbiguousError(
                f"{EXAMPLE}; {token.text!r} may mean {shown}. Write the names of the days."
            )
        return frozenset(ways[0]), k + 1

    def _is_silent(self, token: Token) -> bool:
        return token.key in self.words.joins or _says_nothing(token.key)

    def _unknown(self, token: Token) -> str:
        if token.kind == "number":
            return f"{EXAMPLE}; {token.text!r} is no range of times."
        hint = hint_nearest(token.text, [name.capitalize() for name in ENGLISH])
        return f"{EXAMPLE}; {_shown(token.text)} is no day of the week.{hint}"


def read_days(cell: str) -> frozenset[int]:
    """Read the days of the week that a text names, 0 = Monday; empty when it is no list of days.

    Examples
    --------
    >>> sorted(read_days("Monday, Wed and Fr"))
    [0, 2, 4]
    """
    tokens = tokens_of(cell)
    keys = _meaningful(tokens)
    found: set[frozenset[int]] = set()
    for language in ["en"] if "en" in _able(keys) else sorted(_able(keys)):
        try:
            parser = _Parser(cell, tokens, lexicon_of(language), "unknown", thursday=True)
            items = [item for part, _ in parser.segments() for item in parser.items(part)]
        except ValueError:
            continue
        if items and all(isinstance(item, frozenset) for item in items):
            found.add(
                frozenset(day for item in items if isinstance(item, frozenset) for day in item)
            )
    return found.pop() if len(found) == 1 else frozenset()


def _meaningful(tokens: list[Token]) -> frozenset[str]:
    """Words that must be known by a language; one with an accent is not English."""
    return frozenset(
        t.key if t.text.isascii() else t.key + ACCENT
        for t in tokens
        if t.kind == "word" and not _says_nothing(t.key)
    )


def _shown(text: str) -> str:
    """A text as messages quote it, not longer than a line."""
    text = text.strip()
    return repr(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…")


def _order(language: str) -> tuple[int, str]:
    """Languages of forms first, as `LANGUAGES` has them."""
    return (LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES)), language


def _says_nothing(key: str) -> bool:
    return (
        key in SILENT_WORDS or key in HOUR_WORDS or key in NOON or key in MIDNIGHT or key in _HALVES
    )


_HALVES = frozenset(("am", "pm", "a", "p", "m"))


@lru_cache(maxsize=2**14)
def _initials(key: str) -> bool:
    return bool(spell_initials(key, lexicon_of("en").initials))


def _reads(language: str, keys: frozenset[str]) -> bool:
    """Whether a language knows all of some words, as names or as initials of days."""
    words = lexicon_of(language)
    plain = keys if language == "en" else (key.removesuffix(ACCENT) for key in keys)
    return all(words.knows(key) or words.is_day(key) for key in plain)


@lru_cache(maxsize=2**14)
def _able(keys: frozenset[str]) -> frozenset[str]:
    """The languages that know all of some words; those that know most, where none knows all."""
    english = lexicon_of("en")
    if _reads("en", keys) and (not keys or any(map(english.is_day, keys))):
        return frozenset(("en",))
    known = [languages_of(key.removesuffix(ACCENT)) for key in sorted(keys)]
    able = frozenset.intersection(*([one for one in known if one] or [frozenset[str]()]))
    # "to" alone is no English day; in Finnish it is Thursday.
    return able - {"en"} or able


def _languages(words: Counter[frozenset[str]]) -> tuple[str, ...]:
    """The languages that can read most cells of a column, English first."""
    votes: Counter[str] = Counter()
    for keys, count in words.items():
        if not keys:
            continue
        able = set(_able(keys))
        if able == {"en"} and len(words) > 1:
            # What English reads, others may read as well: they lose nothing by it.
            able |= frozenset.intersection(*map(languages_of, sorted(keys)))
        votes.update(dict.fromkeys(able, count))
    if not votes:
        return ("en",)
    most = max(votes.values())
    best = sorted(language for language, count in votes.items() if count == most)
    return ("en", *(one for one in best if one != "en")) if "en" in best else tuple(best)


def _clock_evidence(tokens: list[Token]) -> tuple[bool, bool]:
    """Whether a time is written by a clock of 24 hours, and whether one has a half of the day."""
    of_24 = half = False
    for k, token in enumerate(tokens):
        if token.kind == "number":
            is_hour = (
                k == 0
                or tokens[k - 1].text not in (":", ".")
                or (tokens[k - 1].start != tokens[k - 2].end if k > 1 else True)
            )
            if (
                is_hour
                and len(token.text) <= 2
                and (13 <= int(token.text) <= 24 or token.text[0] == "0")
            ):
                of_24 = True
            of_24 = of_24 or len(token.text) in (3, 4)
        elif token.key in ("uhr", "h", "uur", "godz"):
            of_24 = True
        elif token.key in ("am", "pm") and k and tokens[k - 1].kind == "number":
            half = True
        elif token.key in ("a", "p") and k and tokens[k - 1].end == token.start:
            half = half or tokens[k - 1].kind == "number"
    return of_24, half


def _range_text(first: int, last: int) -> str:
    if first == last:
        return "no time at all"
    if last - first == 24 * 60:
        return "a whole day"
    return f"{clock_text(first)}-{clock_text(last)}"


def _days_text(days: frozenset[int]) -> str:
    return ", ".join(DAY_TEXTS[day] for day in sorted(days))


def _described(windows: tuple[Window, ...]) -> str:
    return "; ".join(f"{_days_text(days)} {_range_text(a, b)}" for days, a, b in windows)
