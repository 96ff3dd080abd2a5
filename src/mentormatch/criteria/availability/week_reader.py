"""Weekly windows as people write them, in many languages, read a column at a time."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.small_words import folded_words
from mentormatch.criteria.availability.day_names import (
    LANGUAGES,
    day_key,
    language_name,
    languages_of,
    languages_of_forms,
    lexicon_of,
    spell_initials,
)
from mentormatch.criteria.availability.given_hours import NOTHING_GIVEN, PIECES, GivenHours
from mentormatch.criteria.availability.week_parser import (
    EXAMPLE,
    AmbiguousError,
    NoHoursError,
    WeekParser,
    Window,
    days_text,
    quote,
    range_text,
)
from mentormatch.criteria.availability.window_tokens import (
    SILENT_WORDS,
    Clock,
    Token,
    says_nothing,
    tokens_of,
)
from mentormatch.criteria.words.day_words import SAY_AFTER_WORK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["EXAMPLE", "WeekReader", "Window", "read_days", "read_given", "words_without_hours"]

LONGEST_CELL = 10_000
# What says that somebody cannot, whatever stands beside it.
# "Mai" is a month, too.
NEGATIONS = folded_words("not", "never", "without", "except") - {"mai"}
NEGATIONS |= {"cannot", "cant", "but", "nur"}
# "Flexible, but not Mon", "weekdays (außer mittwochs)".
EXCEPT = re.compile(
    r"(?P<base>.*?[^\s,;(])(?P<mark>[\s,;(]+)(?:but(?: not)?|not on|except(?: for)?|apart from|"
    r"außer|ausser|sauf|excepto|menos|exceto|tranne|behalve|oprócz|poza|utom)"
    r"(?: (?:on|am|le|il|el))?\s+"
    r"(?P<days>[^;|\n]+)(?P<after>.*)",
    re.IGNORECASE | re.DOTALL,
)
# So many words of a cell are asked for.
MOST_WORDS = 8
# Marks a word with letters that English does not have.
ACCENT = "\N{COMBINING ACUTE ACCENT}"


@dataclass(frozen=True, slots=True)
class WeekReader:
    """Reads the cells of one column as weekly windows."""

    # Those that can read most cells; English first where it is one.
    languages: tuple[str, ...] = ("en",)
    clock: Clock = "unknown"  # "24": some cells are written by 24 hours, and none by halves
    thursday: bool = False  # Thursday is written Th or R somewhere, so that a T is Tuesday
    given: GivenHours = NOTHING_GIVEN

    @classmethod
    def of_column(
        cls, cells: Iterable[str], plain: int = 0, given: GivenHours = NOTHING_GIVEN
    ) -> WeekReader:
        """Find what the cells of a column say about each other: language, clock, letters.

        ``cells`` are those whose reading may depend on the others; ``plain`` is how many more there
        are with English names of days and a clock of 24 hours. ``given`` are words whose hours are
        said for the whole column.
        """
        words: Counter[frozenset[str]] = Counter()
        if plain:
            words[frozenset(("mon",))] += plain
        of_24, halves, thursday = plain > 0, False, False
        for cell in cells:
            parts = _around_except(cell[:LONGEST_CELL])
            plainly = f"{parts[0]}; {parts[2]}; {parts[3]}" if parts else cell[:LONGEST_CELL]
            tokens = tokens_of(given.with_weeks(plainly, read_days)[1])
            keys = _meaningful(tokens, given)
            words[keys] += 1
            here_24, here_half = _clock_evidence(tokens)
            # Who writes "evening 6-8" does not count to 24.
            timed = not here_24 and any(one.kind == "number" for one in tokens)
            here_half = here_half or (timed and any(_is_part(one.key) for one in tokens))
            of_24, halves = of_24 or here_24, halves or here_half
            thursday = thursday or bool(keys & {"th", "r", "thu", "thur", "thurs", "thursday"})
            thursday = thursday or any(key.endswith(("th", "r")) and _initials(key) for key in keys)
        return cls(_languages(words), "24" if of_24 and not halves else "unknown", thursday, given)

    def windows(self, cell: str) -> list[Window]:
        """Read one cell.

        Raises ValueError with what was expected; where a cell may mean several things, with all of
        them.
        """
        if len(cell.strip()) > LONGEST_CELL:
            raise ValueError(f"{EXAMPLE}; the cell is longer than a week of windows can be.")
        around = _around_except(cell)
        said = {*self.given.hours, *self.given.weeks}
        whole = [cell, *(one for one in PIECES.split(cell) if _around_except(one))]
        if around and said.isdisjoint(map(day_key, whole)):
            return self._all_but(cell, *around)
        alone, rest = self.given.with_weeks(cell, read_days)
        windows = [*alone, *(self._windows(rest) if rest else ())]
        free = [window for window in windows if window[1] != window[2]]
        off = frozenset[int]().union(*(days for days, start, end in windows if start == end))
        if any(days & off for days, _, _ in free):
            raise ValueError(
                f"{EXAMPLE}; {quote(cell)} has hours on {days_text(off)} and says that there are "
                "none. Write the hours that are meant, and no more."
            )
        return free

    def _all_but(self, cell: str, base: str, mark: str, named: str, after: str) -> list[Window]:
        """Read what stands before "except" but for the days behind it, and what comes after.

        Hours behind these days are of the days that are left: "any day except Fri 9-12". Raises
        ValueError where days that are left out have hours of their own, or may have: behind a comma
        ("Mon-Fri, but not Wed 12-14").
        """
        off, days, given = read_days(named), read_days(base), day_key(base) in self.given.weeks
        if off and (given or not days):
            windows = self.windows(base)
            unclear = not given and any(on <= off for on, _, _ in windows)
        else:
            behind = self.windows(named) if days and not given and not off else []
            off = frozenset[int]().union(*(on for on, _, _ in behind))
            unclear = not off < days or any(on != off for on, _, _ in behind) or not behind
            unclear |= not mark.isspace()
            windows = [(days, start, end) for _, start, end in behind]
        if unclear:
            raise ValueError(
                f"{EXAMPLE}; {quote(cell)} leaves days out, and which hours are left is not clear. "
                "Write the hours that are left."
            )
        left = [(on - off, start, end) for on, start, end in windows if on - off]
        return [*left, *(self.windows(after) if after else ())]

    def _windows(self, cell: str) -> list[Window]:
        tokens = tokens_of(cell)
        here_24, here_half = _clock_evidence(tokens)
        clock: Clock = "24" if here_24 and not here_half else self.clock
        if here_half:
            clock = "unknown"
        known: dict[tuple[tuple[frozenset[int], int, int], ...], str] = {}
        fault: ValueError | None = None
        for language in self._candidates(tokens):
            try:
                windows = WeekParser(
                    cell, tokens, lexicon_of(language), clock, self.thursday, self.given.hours
                ).parse()
            except ValueError as error:
                if isinstance(error, AmbiguousError):
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
            same_days = len({tuple(days for days, _, _ in windows) for windows in known}) == 1
            cure = "Write times by a clock of 24 hours." if same_days else "Write the days in full."
            raise ValueError(f"{EXAMPLE}; {quote(cell)} may mean {ways}. {cure}")
        raise fault or ValueError(f"{EXAMPLE}; {quote(cell)} is not one.")

    def _candidates(self, tokens: list[Token]) -> list[str]:
        """The languages in which to try a cell."""
        keys = _meaningful(tokens, self.given)
        among = [one for one in self.languages if _reads(one, keys) or _reads_phrases(one, keys)]
        if "en" in among and (not keys or any(map(lexicon_of("en").is_day, keys))):
            # What may be a name elsewhere is asked about: "wt" is Tuesday in Polish.
            return [one for one in among if one in _where_letters_are_names(keys)] + ["en"]
        if among and among != ["en"]:
            return among
        able = _able(keys) or frozenset(one for one in LANGUAGES if _reads_phrases(one, keys))
        able = able or _know_most(keys)
        return ["en"] if "en" in able or not able else sorted(able, key=_order)


def _around_except(cell: str) -> tuple[str, str, str, str] | None:
    """What stands before "except", signs between, the days behind it, and what comes after."""
    found = EXCEPT.fullmatch(cell.strip())
    if found is None:
        return None
    days, after = found["days"].strip(" )."), found["after"].strip(" ;|\n")
    return found["base"], found["mark"], days, after


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
            parser = WeekParser(cell, tokens, lexicon_of(language), "unknown", thursday=True)
            items = [item for part, _ in parser.segments() for item in parser.items(part)]
        except ValueError:
            continue
        if items and all(isinstance(item, frozenset) for item in items):
            found.add(
                frozenset(day for item in items if isinstance(item, frozenset) for day in item)
            )
    return found.pop() if len(found) == 1 else frozenset()


def _meaningful(tokens: list[Token], given: GivenHours = NOTHING_GIVEN) -> frozenset[str]:
    """Words that must be known by a language; one with an accent is not English."""
    return frozenset(
        t.key if t.text.isascii() else t.key + ACCENT
        for t in tokens
        if t.kind == "word" and not says_nothing(t.key) and t.key not in given.hours
    )


def _know_most(keys: frozenset[str]) -> frozenset[str]:
    """The languages in which most of some words are days."""
    votes = Counter(
        language
        for key in keys
        for language in languages_of(key.removesuffix(ACCENT))
        if lexicon_of(language).is_day(key.removesuffix(ACCENT))
    )
    most = max(votes.values(), default=0)
    return frozenset(language for language, count in votes.items() if count == most)


def words_without_hours(cells: Iterable[str], given: GivenHours = NOTHING_GIVEN) -> list[str]:
    """Words of cells that would be weekly windows if somebody said when these words are.

    ``given`` are those of which it is said.

    Examples
    --------
    >>> words_without_hours(["Mon evening", "weekdays after 6pm; weekends", "Mon 9-12"])
    ['evening', 'after 6pm', 'weekends']
    """
    cells = list(cells)
    reader = WeekReader.of_column(cells, given=given)
    return list(dict.fromkeys(word for cell in cells for word in _words_of(cell, reader)))


def _words_of(cell: str, reader: WeekReader) -> list[str]:
    """The words of one cell without hours; none where the cell says something else as well."""
    words: list[str] = []
    example = read_given(dict.fromkeys(["x"], "18:00-20:00")).hours["x"]
    hours, weeks = dict(reader.given.hours), dict(reader.given.weeks)
    for _ in range(MOST_WORDS):
        try:
            replace(reader, given=GivenHours(hours, weeks)).windows(cell)
        except NoHoursError as error:
            words.append(error.phrase)
            if day_key(error.phrase) in {*hours, *weeks, *NEGATIONS}:
                return []
            hours[day_key(error.phrase)] = example
        except ValueError:
            base, _, _, after = _around_except(cell) or (cell, "", "", "")
            pieces = [one.strip() for one in PIECES.split(f"{base};{after}") if one.strip()]
            # "Weekends" may have hours for all; "Tue" lacks those of one cell.
            bare = [one for one in pieces if day_key(one) in hours or _is_group(one)]
            if not bare or all(day_key(one) in weeks for one in bare):
                return _open_times(pieces, reader)
            words += [one for one in bare if day_key(one) not in hours]
            weeks |= {day_key(one): () for one in bare}
        else:
            return [one for piece in PIECES.split(cell) for one in _joined(piece, words, reader)]
    return []


def _joined(piece: str, words: list[str], reader: WeekReader) -> list[str]:
    """The words of a piece; the piece for several in a row, as "after the kids are in bed" has."""
    within = sorted((one for one in words if one in piece), key=piece.find)
    if all(_is_part(day_key(one)) for one in within):
        return within
    between = tokens_of(piece[piece.find(within[0]) : piece.rfind(within[-1])])
    joins = frozenset[str]().union(*(lexicon_of(one).joins for one in reader.languages))
    apart = any(one.kind == "sign" or one.key in joins or _is_day(one.key) for one in between)
    return [piece.strip()] if len(within) > 1 and not apart else within


def _open_times(pieces: list[str], reader: WeekReader) -> list[str]:
    """The pieces with a time and no range of times and no day, where all others are read."""
    odd = [
        piece
        for piece in pieces
        if any(map(str.isdigit, piece))
        and (keys := {token.key for token in tokens_of(piece) if token.kind == "word"})
        and keys.isdisjoint(NEGATIONS)
        and not (re.search(r"\d\s*[-–]", piece) or any(map(_is_day, keys)))
    ]
    rest = "; ".join(piece for piece in pieces if piece not in odd)
    try:
        if rest:
            reader.windows(rest)
    except ValueError:
        return []
    return odd


@cache
def _is_day(key: str) -> bool:
    """Tell whether a word is one for a day, in a language of forms."""
    return any(lexicon_of(language).is_day(key) for language in LANGUAGES)


def _is_group(piece: str) -> bool:
    """Tell whether a piece is one word, or several, for a group of days."""
    return len(read_days(piece)) > 1 and not re.search(r"[-–/&+]|\b(?:to|and|y|und|et)\b", piece)


def read_given(read: Mapping[str, str]) -> GivenHours:
    """Read the hours that somebody has given to words.

    Raises ValueError for a word without a meaning.
    """
    return GivenHours.of(read, WeekReader().windows)


@cache
def _is_part(key: str) -> bool:
    """Tell whether a word is one for a part of the day, in a language of forms."""
    return any(key in lexicon_of(language).parts for language in LANGUAGES)


def _order(language: str) -> tuple[int, str]:
    """Languages of forms first, as `LANGUAGES` has them."""
    return (LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES)), language


@lru_cache(maxsize=2**14)
def _initials(key: str) -> bool:
    return bool(spell_initials(key, lexicon_of("en").initials))


def _where_letters_are_names(keys: frozenset[str]) -> frozenset[str]:
    """The languages that know all of some words, of which English spells days letter by letter."""
    spelt = any(len(key) > 1 and _initials(key) and not lexicon_of("en").knows(key) for key in keys)
    return frozenset.intersection(*map(languages_of_forms, keys)) if spelt else frozenset()


def _reads(language: str, keys: frozenset[str]) -> bool:
    """Whether a language knows all of some words, as names or as initials of days."""
    words = lexicon_of(language)
    plain = keys if language == "en" else (key.removesuffix(ACCENT) for key in keys)
    return all(words.knows(key) or words.is_day(key) for key in plain)


def _reads_phrases(language: str, keys: frozenset[str]) -> bool:
    """Whether a language knows all of some words, those of its phrases for parts of the day too."""
    words = lexicon_of(language)
    rest = {key.removesuffix(ACCENT) for key in keys} - words.phrases
    return len(rest) < len(keys) and all(word in words.days or words.knows(word) for word in rest)


@lru_cache(maxsize=2**14)
def _able(keys: frozenset[str]) -> frozenset[str]:
    """The languages that know all of some words; those that know most, where none knows all."""
    english = lexicon_of("en")
    if _reads("en", keys) and (not keys or any(map(english.is_day, keys))):
        return frozenset(("en",))
    if after_work := _say_after_work(frozenset(key.removesuffix(ACCENT) for key in keys)):
        return after_work
    known = [languages_of(key.removesuffix(ACCENT)) for key in sorted(keys)]
    able = frozenset.intersection(*([one for one in known if one] or [frozenset[str]()]))
    # "to" alone is no English day; in Finnish it is Thursday.
    return able - {"en"} or able


def _say_after_work(keys: frozenset[str]) -> frozenset[str]:
    """The languages in which words say "after work", and nothing else that is not known."""
    return frozenset(
        language
        for language, names in SAY_AFTER_WORK.items()
        for name in names
        if (said := {day_key(word) for word in name.split()} - SILENT_WORDS) <= keys
        and all(map(lexicon_of(language).is_day, keys - said))
    )


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
        elif able == {"en"}:
            able |= _where_letters_are_names(keys)
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
            digits = token.text
            early_or_late = len(digits) <= 2 and (13 <= int(digits) <= 24 or digits[0] == "0")
            of_24 = of_24 or (is_hour and early_or_late) or len(digits) in (3, 4)
        elif token.key in ("uhr", "h", "uur", "godz"):
            of_24 = True
        elif token.key in ("am", "pm") and k and tokens[k - 1].kind == "number":
            half = True
        elif token.key in ("a", "p") and k and tokens[k - 1].end == token.start:
            half = half or tokens[k - 1].kind == "number"
    return of_24, half


def _described(windows: tuple[Window, ...]) -> str:
    return "; ".join(f"{days_text(days)} {range_text(a, b)}" for days, a, b in windows)
