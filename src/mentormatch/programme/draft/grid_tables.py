"""What is said of a question in several columns whose cells say no times that can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Required, TypedDict

from mentormatch.cohort.columns.answers import read_answer
from mentormatch.criteria.availability.day_names import LANGUAGES, day_key, languages_of, lexicon_of
from mentormatch.criteria.availability.week_parser import range_text
from mentormatch.criteria.availability.week_reader import WeekReader, read_days
from mentormatch.criteria.availability.zones import is_city, is_zone_like
from mentormatch.criteria.words.heading_words import says_not
from mentormatch.criteria.words.ladders import number_levels
from mentormatch.criteria.words.scales import number_scale
from mentormatch.programme.draft.toml import write_value
from mentormatch.programme.questions.ranks import say_rank_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from mentormatch.cohort import Side
    from mentormatch.cohort.columns.grid import GridKind
    from mentormatch.criteria.availability.week_reader import Window
    from mentormatch.errors import Finding

__all__ = [
    "HOURS",
    "GridTable",
    "Unread",
    "are_days",
    "read_labels",
    "say_unread_cells",
    "say_unread_labels",
    "say_unread_times",
]

HOURS = re.compile(
    r"\d(?:[:.h]\d\d)?\s*(?:[ap]\.?m\.?|h|uhr)?\s*(?:-|–|to|bis|à|a|tot|do)\s*\d|"
    r"\b(?:between|zwischen|entre|tussen|tra|fra|między|mellan|mellem|mellom)\s+\d[^,;|]*\s"
    r"(?:and|und|et|y|e|en|i|och|og)\s+\d",
    re.IGNORECASE,
)
# "After work 17-19", "Coffee (5pm-7pm)": words, and hours behind them.
LABELLED = re.compile(r"(?P<words>\D*[^\W\d]{2}\D*?)[\s:,(]+(?P<hours>\d[^()]*?)\)?\s*")
# Of hours without more than digits, those that one clock alone has.
BARE = re.compile(
    r"(?P<start>\d{1,2})(?:[:.h](?P<past>\d\d))?\s*h?\s*[-–]\s*"
    r"(?P<end>\d{1,2})(?:[:.h](?P<over>\d\d))?\s*h?"
)
SHOWN_CELLS = 5
COMPARED_BY = {
    "windows": ("Availability", "mentee and mentor"),
    "levels": ("SkillCoverage", "wants and offers"),
    "answers": ("TagOverlap", "mentee and mentor"),
}
MOST_WORDS = 8
# Shorter names of days are other words as well, and so are fewer letters.
LONG_NAME, MOST_LETTERS = 4, 4
SAY_HOURS = (
    'write the hours that each word means between the quotes of read, such as "09:00-12:00", or '
    '"no" for not free.'
)
THEN_COMPARE = (
    ' Then take the # away, and add a [[criteria]] table with kind = "Availability", mentee and '
    "mentor, which are the names of the questions in the two tables, name = {name}, and a weight."
)


class GridTable(TypedDict, total=False):
    """A ``[[columns]]`` table: the parameters of `mm.columns.Grid` that a draft sets."""

    name: Required[str]
    pattern: Required[str]
    kind: Required[GridKind]
    options: list[str]
    read: Mapping[str, object]
    side: Side


class Unread(NamedTuple):
    """A question in several columns that a person must say more about."""

    what: str  # what is not known
    cure: str  # what to do with the table in the file; where no file is written it is no help
    # The [[columns]] table that would read it, with examples; None: there is none.
    entry: GridTable | None

    @property
    def why(self) -> str:
        """Both, as one text."""
        return f"{self.what} {self.cure}".rstrip()


def read_labels(table: pd.DataFrame, pattern: str, options: Iterable[str]) -> dict[str, str]:
    """Return the hours of the headings of days that cannot be read with their words.

    Those of "Coffee 17-19" are 17:00-19:00; those of "Coffee 5-7" are not known, and empty.
    """
    days = {}
    for option in options:
        cells = table[pattern.replace("{option}", option)].dropna().tolist()
        days[option] = re.split(r"[;,|\n]", str(cells[0]))[0].strip() if cells else "Monday"
    reader = WeekReader.of_column(f"{day} {option}" for option, day in days.items())
    found = {}
    for option, day in days.items():
        # Days as headings, and words without hours, are no labels of hours.
        if not any(map(str.isdecimal, option)) or not are_days([day]):
            continue
        if _windows_of(f"{day} {option}", reader):
            continue
        label = LABELLED.fullmatch(option)
        words = option if label is None else label["words"].strip()
        if any(is_zone_like(word) or is_city(word) for word in words.split()):
            continue
        says_more = says_not(words) or read_days(words) or read_answer(words) == 0
        found[option] = "" if label is None or says_more else _read_hours(label["hours"], day)
    return found


def _read_hours(text: str, day: str) -> str:
    """Return hours by a clock of 24 hours; empty where they may be others."""
    bare = BARE.fullmatch(text)
    if bare is not None:
        start, end = int(bare["start"]), int(bare["end"])
        known = start < end and 12 < end <= 24
        past, over = bare["past"] or "00", bare["over"] or "00"
        return f"{start:02}:{past}-{end:02}:{over}" if known else ""
    windows = _windows_of(f"{day} {text}", WeekReader.of_column([f"{day} {text}"]))
    return range_text(*windows[0][1:]) if len(windows) == 1 else ""


def _windows_of(cell: str, reader: WeekReader) -> list[Window]:
    """The windows of a cell; none where it cannot be read."""
    try:
        return reader.windows(cell)
    except ValueError:
        return []


def say_unread_labels(entry: GridTable, labels: Iterable[str]) -> Unread:
    """Ask for the hours of headings, once for all the rows below them."""
    named = ", ".join(f'"{label}"' for label in labels)
    what = f'"{entry["name"]}" has columns whose hours cannot be read from their headings: {named}.'
    cure = f"{SAY_HOURS[:1].upper()}{SAY_HOURS[1:]}"
    return Unread(what, f"{cure}{THEN_COMPARE.format(name=write_value(entry['name']))}", entry)


def say_unread_times(entry: GridTable, findings: Sequence[Finding]) -> Unread:
    """Name the cells of a question about free times that say neither a time nor no."""
    words = _words_without_times(str(one.value) for one in findings)
    shown = ", ".join(
        f"{str(one.value)!r} (column {one.column!r})" for one in findings[:SHOWN_CELLS]
    )
    more = f" and {len(findings) - SHOWN_CELLS:,} more" if len(findings) > SHOWN_CELLS else ""
    what = (
        f'"{entry["name"]}" of the {entry["side"]} is a question about free times, but for '
        f"{shown}{more}."
    )
    cure = (
        f"Correct these cells, or {SAY_HOURS}{THEN_COMPARE.format(name=write_value(entry['name']))}"
    )
    return Unread(
        what, cure, {**entry, "read": {**entry.get("read", {}), **dict.fromkeys(words, "")}}
    )


def say_unread_cells(
    name: str, cells: Sequence[str], pattern: str, options: Sequence[str], side: Side
) -> Unread:
    """Say why a question in several columns is left out, and what a person can do."""
    seen = "; ".join(list(dict.fromkeys(cells))[:3])
    what = (
        f'"{name}" of the {side} stands in {len(options)} columns ({"; ".join(options[:3])}), '
        f"whose cells hold more than a mark ({seen}). What they mean is not known, so it is left "
        "out for now."
    )
    cure = ""
    words = _words_without_times(cells)
    levels = ""
    scale = number_scale(list(dict.fromkeys(cells)))
    entry: GridTable = {"name": name, "pattern": pattern, "kind": "windows"}
    if pattern == "{option}":
        entry["options"] = list(options)
    if are_days(options) or are_days(words):
        named = words if are_days(options) else options
        cure += f" {SAY_HOURS[:1].upper()}{SAY_HOURS[1:]}"
        entry["read"] = dict.fromkeys(named, "")
    elif scale is not None:
        cure += (
            " The cells are steps of a scale. If a higher step means that more of it is wanted or "
            "offered, take the # away; read numbers the steps in their order, and 0 says that "
            "somebody wants or offers none of it (the numbers in the file are a guess)."
        )
        entry |= {"kind": "levels", "read": scale}
        levels = f", levels = {max(scale.values())} (the highest number of both)"
    elif len(words := [one for one in words if read_answer(one) is None]) <= MOST_WORDS:
        cure += (
            " If the words are levels, number them behind the = signs of read, the lowest 1, or 0 "
            'for none at all; if they are answers of their own, write kind = "answers" without '
            "read."
        )
        ranked = say_rank_words(words)
        cure += ranked
        numbers, known = number_levels(words)
        known &= not ranked
        entry |= {"kind": "levels", "read": numbers if known else dict.fromkeys(words, "")}
        levels = ", levels = the highest number of both"
    else:
        cure += (
            " If the words are no levels but different answers, take the # away and leave the "
            "table as it is."
        )
        entry["kind"] = "answers"
    kind, keys = COMPARED_BY[entry["kind"]]
    cure += (
        f' Then add a [[criteria]] table with kind = "{kind}", {keys}, which are the names of the '
        f"questions in the two tables{levels}, name = {write_value(name)}, and a weight."
    )
    return Unread(what, cure.strip(), {**entry, "side": side})


def _words_without_times(cells: Iterable[str]) -> list[str]:
    """What stands in cells, cut at commas and semicolons, and is neither a time nor no."""
    parts = [one.strip() for cell in cells for one in re.split(r"[;,|\n]", cell)]
    return [
        one
        for one in dict.fromkeys(parts)
        if one and not HOURS.search(one) and read_answer(one) != 0
    ]


def are_days(words: Sequence[str]) -> bool:
    """Tell whether words are names of days, all in one language, one of them a long name.

    "Lua" and "C" are Monday and a letter of Wednesday somewhere; letters alone are days from four
    on, and in languages that few forms are in short names are none.

    Examples
    --------
    >>> are_days(["Mo", "Di"]), are_days(["Monday"]), are_days(["Lua", "C"]), are_days(["Mar"])
    (True, True, False, False)
    """
    keys = [day_key(word) for word in words]
    if not keys:
        return False
    for language in frozenset[str].intersection(*map(languages_of, keys)):
        lexicon = lexicon_of(language)
        if all(key in lexicon.days for key in keys):
            several = len({lexicon.days[key] for key in keys}) > 1 and language in LANGUAGES
            if several or any(len(key) >= LONG_NAME for key in keys):
                return True
        if len(set(keys)) >= MOST_LETTERS and all(key in lexicon.initials for key in keys):
            return True
    return False
