"""Names of the days of the week in the languages of CLDR, and the words that join them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from mentormatch.criteria.words.day_words import (
    AFTER_WORK,
    ALSO_AND,
    ALSO_PARTS,
    ALSO_SHORT,
    CHANGED,
    EVERY_WEEK,
    GROUPS,
    ON,
    PARTS,
    SAY_AFTER_WORK,
    UNTIL,
    DayPart,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "WEEK",
    "WEEKDAYS",
    "WEEKEND",
    "Lexicon",
    "day_key",
    "find_days",
    "language_name",
    "languages_of",
    "languages_of_forms",
    "lexicon_of",
    "part_of_day",
    "spell_initials",
]

Days: TypeAlias = frozenset[int]
# Languages that are looked at first, because forms are written in them; all others of CLDR are
# looked at where none of these knows a word.
LANGUAGES = (
    "en", "de", "fr", "es", "pt", "it", "nl", "pl", "sv", "da", "nb", "nn", "fi", "cs", "sk", "hu",
    "ro", "bg", "hr", "sl", "et", "lv", "lt", "el", "ga", "mt", "ru", "uk", "tr", "ca", "eu", "gl",
    "is", "zh", "ja", "ko", "ar", "he", "fa", "hi", "bn", "ta", "te", "mr", "ur", "id", "ms", "vi",
    "th", "fil", "sw", "af", "sr", "bs", "mk", "sq", "ka", "hy", "az", "kk",
)  # fmt: skip
ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = frozenset(range(7))
WEEKDAYS, WEEKEND = frozenset(range(5)), frozenset((5, 6))
# Letters of English timetables; T is Thursday only where it cannot be Tuesday (MTWTF).
ENGLISH_INITIALS: Mapping[str, tuple[int, ...]] = {
    "m": (0,), "t": (1, 3), "tu": (1,), "w": (2,), "th": (3,), "r": (3,), "f": (4,), "s": (5, 6),
    "sa": (5,), "su": (6,), "u": (6,),
}  # fmt: skip
SHORTEST_PREFIX, LONGEST_SHORT = 3, 4


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """What the words of one language mean in a list of days."""

    language: str
    # By name, 0 = Monday: full and short names, and words such as "weekdays".
    days: Mapping[str, Days]
    initials: Mapping[str, tuple[int, ...]]  # days that a letter may stand for
    until: frozenset[str]  # words between the ends of a range
    joins: frozenset[str]  # words that join two days
    pieces: frozenset[str] = frozenset()  # words of names that have several (thứ hai)
    # Words for parts of the day, with the minutes after midnight of which somebody may say so.
    parts: Mapping[str, DayPart] = field(default_factory=dict)
    # Words of parts of the day that have several (po południu); alone they mean nothing.
    phrases: frozenset[str] = frozenset()
    on: frozenset[str] = frozenset()  # words before the name of a day

    def knows(self, key: str) -> bool:
        """Tell whether a word has a meaning in this language, initials aside."""
        known = (self.days, self.until, self.joins, self.pieces, self.parts)
        # A preposition of one letter is the letter of a day elsewhere.
        is_on = len(key) > 1 and key in self.on
        return is_on or any(key in words for words in known) or self.cut(key) > 0

    def is_day(self, key: str) -> bool:
        """Tell whether a word names one or several days in this language."""
        return key in self.days or bool(spell_initials(key, self.initials))

    def names_day(self, key: str) -> bool:
        """Tell whether a word is a name of a day, short or full, or one of the words of one."""
        return len(key) > 1 and (key in self.days or key in self.pieces)

    def cut(self, key: str) -> int:
        """Where the name of a day ends in a word such as Dienstagabend; 0 where it is none."""
        for end in range(LONGEST_SHORT + 1, len(key) - 1):
            if key[:end] in self.days and key[end:].removeprefix("s") in self.parts:
                return end
        return 0


@cache
def day_key(text: str) -> str:
    """Return the form in which names of days are compared: no case, accents, blanks or signs.

    Examples
    --------
    >>> [day_key(name) for name in ("Mié.", "segunda-feira", "Środa")]
    ['mie', 'segundafeira', 'sroda']
    """
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i").replace("ł", "l"))
    return "".join(
        sign
        for sign in folded
        if not unicodedata.combining(sign) and unicodedata.category(sign)[0] in "LMN"
    )


@cache
def lexicon_of(language: str) -> Lexicon:
    """Return the words of a language; English needs no other package."""
    days: dict[str, Days] = {}
    narrow: dict[str, tuple[int, ...]] = {}
    joins: set[str] = set()
    pieces: set[str] = set()
    if language == "en":
        for number, name in enumerate(ENGLISH):
            for length in range(2, len(name) + 1):
                # "Thurs" and "Wednes" are prefixes; "T" and "S" are not unique.
                days[name[:length]] = frozenset((number,))
            days[name + "s"] = frozenset((number,))
        narrow = dict(ENGLISH_INITIALS)
    else:
        days, narrow, joins, pieces = _from_cldr(language)
        whole = [name for name in days if len(name) >= LONGEST_SHORT]
        for ending in EVERY_WEEK.get(language, ()):
            for name in whole:
                days.setdefault(name + ending, days[name])
        for old, new in CHANGED.get(language, ()):
            for name in whole:
                if name.endswith(old):
                    days.setdefault(name.removesuffix(old) + new, days[name])
    for number, name in enumerate(ALSO_SHORT.get(language, "").split()):
        days.setdefault(name, frozenset((number,)))
    for names, group in zip(GROUPS.get(language, ()), (WEEKDAYS, WEEKEND, WEEK), strict=False):
        for name in names.split(", "):
            days[day_key(name)] = group
            if " " in name:
                pieces.update(map(day_key, name.split()))
    joins.update(ALSO_AND.get(language, ()))
    until = frozenset(UNTIL.get(language, ()))
    parts: dict[str, DayPart] = {}
    phrases: set[str] = set()
    for within, name in _day_parts(language):
        key = day_key(name)
        phrases.update(day_key(word) for word in name.split() if " " in name)
        if key not in days and key not in until | joins and (len(key) > 2 or not key.isascii()):
            parts.setdefault(key, within)
    return Lexicon(
        language,
        days,
        narrow,
        until,
        frozenset(joins) - set(days),
        frozenset(pieces),
        parts,
        frozenset(phrases),
        frozenset(ON.get(language, ())),
    )


def _day_parts(language: str) -> Iterator[tuple[DayPart, str]]:
    """Parts of the day with the words for them, the earliest part first."""
    known: dict[str, set[str]] = {
        part: set(ALSO_PARTS.get(language, {}).get(part, "").split()) for part in PARTS
    }
    hours = dict(PARTS)
    periods: dict[str, set[str]] = {}
    if language != "en":
        from babel import Locale

        locale = Locale.parse(language)
        for context in locale.day_periods.values():
            for names in context.values():
                for period, name in names.items():
                    periods.setdefault(period, set()).add(name)
        for period, spans in (locale.day_period_rules.get(None) or {}).items():
            part = period.rstrip("12")
            # Nights begin on one day and end on the next: only the evening of the day is sure.
            if part in PARTS and part != "night" and "from" in spans[0]:
                first, last = spans[0]["from"] // 60, spans[0]["before"] // 60
                yield from (((first, last), name) for name in sorted(periods.pop(period, ())))
                hours[part] = (min(first, hours[part][0]), max(last, hours[part][1]))
    known["night"] |= periods.get("night1", set())
    yield from ((hours[part], name) for part, names in known.items() for name in sorted(names))
    yield from ((AFTER_WORK, name) for name in SAY_AFTER_WORK.get(language, ()))


def _from_cldr(
    language: str,
) -> tuple[dict[str, Days], dict[str, tuple[int, ...]], set[str], set[str]]:
    """Names of days, their initials, words for "and", and words of longer names, from CLDR."""
    from babel import Locale

    locale = Locale.parse(language)
    days: dict[str, Days] = {}
    wide: dict[int, set[str]] = {}
    letters: dict[int, set[str]] = {}
    pieces: set[str] = set()
    for context in locale.days.values():
        for width, names in context.items():
            for number, name in names.items():
                key = day_key(name)
                if not key:
                    continue
                if width == "narrow":
                    letters.setdefault(number, set()).add(key)
                else:
                    days.setdefault(key, frozenset((number,)))
                    words = name.split()
                    pieces.update(day_key(word) for word in words if len(words) > 1)
                    wide.setdefault(number, set()).update(_without_common_end(name))
    for key, day in _unique_prefixes(wide).items():
        days.setdefault(key, day)
    initials: dict[str, tuple[int, ...]] = {}
    for number in sorted(letters):
        for key in letters[number]:
            initials[key] = (*initials.get(key, ()), number)
    two = str(locale.list_patterns["standard"]["2"])
    words = two.replace("{0}", " ").replace("{1}", " ").split()
    joins = {key for word in words if (key := day_key(word))}
    return days, initials, joins, pieces


def _without_common_end(name: str) -> set[str]:
    """A name, and its first word where the rest says no more than "day" (segunda-feira)."""
    first = day_key(name.replace("-", " ").split()[0]) if name.split() else ""
    return {key for key in (day_key(name), first) if key}


def _unique_prefixes(names: Mapping[int, set[str]]) -> dict[str, Days]:
    """Beginnings of at least three letters that belong to one day only."""
    found: dict[str, set[int]] = {}
    for number, keys in names.items():
        for key in keys:
            for length in range(SHORTEST_PREFIX, len(key) + 1):
                found.setdefault(key[:length], set()).add(number)
    return {key: frozenset(days) for key, days in found.items() if len(days) == 1}


def spell_initials(key: str, initials: Mapping[str, tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Ways to read a word as initials of days in their order, such as MWF, TTh or LMXJV.

    Examples
    --------
    >>> [spell_initials(word, ENGLISH_INITIALS) for word in ("mwf", "tth", "t", "mtwtf")]
    [[(0, 2, 4)], [(1, 3)], [(1,), (3,)], [(0, 1, 2, 3, 4)]]
    """
    if len(key) > 14:
        return []
    ways: list[tuple[str, tuple[int, ...]]] = [(key, ())]
    complete = []
    while ways:
        rest, days = ways.pop()
        if not rest:
            complete.append(days)
            continue
        for letter, numbers in initials.items():
            if rest.startswith(letter):
                ways += [
                    (rest[len(letter) :], (*days, number))
                    for number in numbers
                    if not days or number > days[-1]
                ]
    return sorted(set(complete))


@cache
def part_of_day(key: str) -> DayPart | None:
    """Return when a part of the day is, where all languages of forms that have the word agree."""
    found = {lexicon_of(one).parts[key] for one in LANGUAGES if key in lexicon_of(one).parts}
    return found.pop() if len(found) == 1 else None


def find_days(headings: Sequence[str], languages: Sequence[str] = LANGUAGES) -> dict[str, int]:
    """Find the longest run of headings that name different days in one language.

    Headings are in the order of the table; the words of each language are loaded when they are
    first asked for. The answer is the day of each heading, 0 = Monday, empty where fewer than two
    stand side by side.

    Examples
    --------
    >>> find_days(["Name", "Mo", "Di", "Mi", "Do", "Fr", "Team"])
    {'Mo': 0, 'Di': 1, 'Mi': 2, 'Do': 3, 'Fr': 4}
    >>> find_days(["SAT", "Mar", "R", "C", "Free"])
    {}
    """
    best: dict[str, int] = {}
    for language in languages:
        days = lexicon_of(language).days
        run: dict[str, int] = {}
        for heading in headings:
            named = days.get(day_key(heading), frozenset())
            (day,) = named if len(named) == 1 else (-1,)
            if day < 0 or day in run.values():
                run = {} if day < 0 else {heading: day}
            else:
                run[heading] = day
            if len(run) > max(1, len(best)):
                best = dict(run)
    return best


@cache
def languages_of(key: str) -> frozenset[str]:
    """Return the languages that know a word.

    Languages beyond those of forms are looked at only where none of these knows it, and initials
    only where it is no word in any, or a letter.
    """
    if len(key) == 1 and key.isascii():
        words = {one: lexicon_of(one) for one in LANGUAGES}
        return frozenset(one for one, of in words.items() if of.is_day(key) or of.knows(key))
    # Reading the words of all languages of the world takes seconds.
    return (
        languages_of_forms(key)
        or frozenset(one for one in _other_languages() if lexicon_of(one).knows(key))
        or frozenset(one for one in LANGUAGES if lexicon_of(one).is_day(key))
    )


@cache
def languages_of_forms(key: str) -> frozenset[str]:
    """Return those of the languages of forms that know a word."""
    return frozenset(one for one in LANGUAGES if lexicon_of(one).knows(key))


@cache
def _other_languages() -> tuple[str, ...]:
    """The languages of CLDR that are not looked at first."""
    from babel.localedata import locale_identifiers

    return tuple(
        sorted(one for one in locale_identifiers() if "_" not in one and one not in LANGUAGES)
    )


def language_name(language: str) -> str:
    """Return the English name of a language."""
    from babel import Locale

    return Locale.parse(language).get_display_name("en") or language
