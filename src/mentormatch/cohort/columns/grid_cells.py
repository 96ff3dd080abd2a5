"""What the cells of a grid mean, by kind of grid."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar

from mentormatch.cohort.cells.find_separation import find_separations
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.cells.separation import Separation
from mentormatch.cohort.cells.small_words import folded_words
from mentormatch.cohort.columns.answers import is_other, read_answer
from mentormatch.cohort.columns.filters import fold_cell
from mentormatch.cohort.columns.places import read_place
from mentormatch.cohort.names import heading_words, words_of_name
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import pandas as pd

    from mentormatch.cohort.cells.separation import Split

__all__ = ["CellReader", "make_reader"]

Value = TypeVar("Value")
Best: TypeAlias = Literal["low", "high"]
DIGIT = re.compile(r"\d")
LETTER = re.compile(r"[^\W\d_]")
# Below an option of a form: neither chosen nor of one's own.
UNKNOWN = folded_words("unknown")
# What stands for the free times of somebody who has none.
NEVER = "never"
# Days and times hold none of these themselves.
WINDOWS = Separation((";", ",", "\n", "|"))
# Of fewer different answers nobody can tell whether they are names.
FEWEST_NAMES = 3
# What stands beside a time and says nothing more.
ASIDE = re.compile(r"\s*\(?\b(?:your |my )?(?:local time|lokale? zeit|heure locale)\b\)?\s*", re.I)


@dataclass(frozen=True, slots=True)
class CellReader(Generic[Value]):
    """How the cells of a grid are read and joined.

    Both functions raise ValueError with what was expected.
    """

    says: str  # what a cell is, in words
    read: Callable[[str, object], Value]  # turns option and cell into a value
    # Turns the (option, value) pairs of a row into one cell, a list.
    join: Callable[[Sequence[tuple[str, Value]]], list[str]]


def make_reader(
    kind: str,
    table: pd.DataFrame,
    columns: Mapping[str, str],
    best: Best | None,
    scale: tuple[float, float] | None,
    read: Mapping[str, object],
    people: Collection[tuple[str, ...]] = (),
) -> CellReader[Any]:
    """Return the reader for a kind of grid; see `Grid`.

    ``people``: the words of the names that both tables have.
    """
    if kind == "windows":
        return _windows(WINDOWS.split(), read)
    if kind == "levels":
        return _levels(_split_of(table, columns), table, columns, read)
    if kind == "rank":
        return _ranks(best or "low")
    if kind == "rating":
        return _ratings(best or "high", scale)
    if kind == "poll":
        return _poll(read)
    if kind == "answers":
        texts = _texts_of(table, columns)
        if _are_turned_names(texts) or _name_people(texts, people):
            return _answers(Separation((";", "\n")).split())
        return _answers(_split_of(table, columns))
    return CellReader("chosen where something stands in the cell", _choose, _all_of)


def _split_of(table: pd.DataFrame, columns: Mapping[str, str]) -> Split:
    """Return how the cells of a grid are divided, found from all of them."""
    return find_separations({"grid": list(dict.fromkeys(_texts_of(table, columns)))})[
        "grid"
    ].separation.split()


def _texts_of(table: pd.DataFrame, columns: Mapping[str, str]) -> list[str]:
    """Return the texts in the cells of a grid."""
    return [cell for name in columns.values() for cell in table[name] if isinstance(cell, str)]


def _are_turned_names(texts: Sequence[str]) -> bool:
    """Tell whether all texts are names, the family's first: "Basalt, Ann".

    Several people name the same one. In lists of two skills, few lists are alike, and what stands
    first somewhere stands second elsewhere, or beside something else.
    """
    counts = Counter(text.strip() for text in texts if text.strip())
    pairs = [text.split(", ") for text in counts]
    if len(pairs) < FEWEST_NAMES or not all(len(pair) == 2 for pair in pairs):
        return False
    if 2 * sum(count > 1 for count in counts.values()) < len(pairs):
        return False
    # "van Berg, Ann"; "Ann Lee, Bob Ray" are two.
    if not all(len(part.split()) == 1 or part[0].islower() for part, _ in pairs):
        return False
    names = all(part.split()[-1][:1].isupper() for pair in pairs for part in pair if part)
    firsts, seconds = ({part.casefold() for part in parts} for parts in zip(*pairs, strict=True))
    return names and firsts.isdisjoint(seconds) and len(firsts) >= 0.8 * len(pairs)


def _name_people(texts: Sequence[str], people: Collection[tuple[str, ...]]) -> bool:
    """Tell whether most texts with a comma are people, the family's first, and no half is one."""
    parts = {part.strip() for text in texts for part in re.split(r"[;\n]", text) if "," in part}
    halves = {words_of_name(half) for part in parts for half in part.split(",")}
    named = sum(part.count(",") == 1 and words_of_name(part) in people for part in parts)
    return 2 * named > len(parts) and halves.isdisjoint(people)


def _parts(cell: object, split: Split) -> list[str]:
    parts = split(cell) if isinstance(cell, str) else [str(one) for one in _entries(cell)]
    return [part.strip() for part in parts if part.strip()]


def _entries(cell: object) -> list[object]:
    return list(cell) if isinstance(cell, list | tuple) else [cell]


def _windows(split: Split, read: Mapping[str, object]) -> CellReader[list[str]]:
    times = {fold_cell(word): str(time) for word, time in read.items()}

    def meaning(text: str) -> str:
        return times.get(fold_cell(text), " ".join(ASIDE.sub(" ", text).split()))

    def read_one(option: str, cell: object) -> list[str]:
        if fold_cell(cell) not in times and read_answer(cell) == 0:
            # "No": not free then.
            return []
        column = meaning(option)
        windows = []
        for part in _parts(cell, split):
            value = meaning(part)
            if read_answer(value) == 0:
                continue
            if not value:
                raise ValueError(
                    f"read does not say what {part!r} means. Write a time between the quotes, such "
                    'as "18:00-20:00", or "no" for not free.'
                )
            # The side without digits is the day, in whatever language.
            day, time = (column, value) if DIGIT.search(value) else (value, column)
            if not DIGIT.search(time) or DIGIT.search(day):
                raise ValueError(
                    f"with the heading {option!r} this is no day and time. One of both is to be a "
                    'day, the other a time; say what a word means with read = { "morning" = '
                    '"09:00-12:00", "tbd" = "no" }.'
                )
            # Behind a colon no other day may stand: one that contradicts the heading is refused.
            apart = ":" if day is column and LETTER.search(time) else ""
            windows.append(f"{day}{apart} {time}")
        return windows

    def join(pairs: Sequence[tuple[str, list[str]]]) -> list[str]:
        # Who says no to all of them has answered.
        return _all_of(pairs) or [NEVER]

    return CellReader("days and times", read_one, join)


def _all_of(pairs: Sequence[tuple[str, list[str]]]) -> list[str]:
    return [one for _, values in pairs for one in values]


def _levels(
    split: Split,
    table: pd.DataFrame,
    columns: Mapping[str, str],
    read: Mapping[str, object],
) -> CellReader[list[tuple[str, float]]]:
    levels = _numbers(read)
    by_option = all(_level(option, levels) is not None for option in columns)
    cells = [cell for name in columns.values() for cell in table[name] if not is_missing(cell)]
    by_cell = not by_option and all(_level(cell, levels) is not None for cell in cells)

    def read_one(option: str, cell: object) -> list[tuple[str, float]]:
        if by_option:
            level = _level(option, levels)
            assert level is not None
            return [(part, level) for part in _parts(cell, split)]
        level = _level(cell, levels)
        if level is None:
            raise ValueError(
                "neither the headings nor the cells are levels in numbers. Say which number a word "
                'stands for with read = { "beginner" = 1, "expert" = 3 }.'
            )
        return [(option, level)]

    def join(pairs: Sequence[tuple[str, list[tuple[str, float]]]]) -> list[str]:
        highest: dict[str, float] = {}
        for _, values in pairs:
            for name, level in values:
                highest[name] = max(level, highest.get(name, level))
        # Level 0 says that somebody has, or wants, none of it.
        return [f"{name}: {level:g}" for name, level in highest.items() if level]

    what = "a skill's level in the heading" if by_option or not by_cell else "levels of skills"
    return CellReader(what, read_one, join)


def _numbers(read: Mapping[str, object]) -> dict[str, float]:
    """Return the numbers that words stand for, by folded word."""
    numbers = {}
    for word, value in read.items():
        number = _number(value)
        if number is None:
            expected = 'read says which number a word stands for: { "beginner" = 1, "expert" = 3 }.'
            raise CohortError([Finding("columns", None, f"read: {word}", value, expected)])
        numbers[fold_cell(word)] = number
    return numbers


def _level(text: object, levels: Mapping[str, float]) -> float | None:
    """Return the number of a level: what was said for a word, or the number that it is."""
    return levels[fold_cell(text)] if fold_cell(text) in levels else _number(text)


def _number(cell: object) -> float | None:
    """Return a number, also one with words after it such as "5 (very good)"."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell)
    found = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*(?:[-–:=.(].*)?", str(cell))
    return None if found is None else float(found[1].replace(",", "."))


def _ordinal(cell: object) -> float | None:
    """Return a rank, also one such as "1st choice" or "2."."""
    if (number := _number(cell)) is not None:
        return number
    place = read_place(cell)
    return None if place is None else float(place)


def _ranks(best: Best) -> CellReader[float]:
    def read_one(option: str, cell: object) -> float:
        rank = _ordinal(cell)
        if rank is None:
            raise ValueError("must be a rank, a number such as 1.")
        return rank

    def join(pairs: Sequence[tuple[str, float]]) -> list[str]:
        ordered = sorted(pairs, key=lambda pair: pair[1] if best == "low" else -pair[1])
        for (one, rank), (other, next_rank) in itertools.pairwise(ordered):
            if rank == next_rank:
                raise ValueError(
                    f"{one!r} and {other!r} have the same rank {rank:g}. Give each its own, or "
                    f'read the grid as kind = "rating" with best = "{best}".'
                )
        return [name for name, _ in ordered]

    return CellReader(f"ranks, the {best}est is best", read_one, join)


def _ratings(best: Best, scale: tuple[float, float] | None) -> CellReader[float]:
    def read_one(option: str, cell: object) -> float:
        rating = _number(cell)
        if rating is None or (scale is not None and not scale[0] <= rating <= scale[1]):
            between = "" if scale is None else f" from {scale[0]:g} to {scale[1]:g}"
            raise ValueError(f"must be a rating, a number{between}.")
        return rating if best == "high" or scale is None else scale[0] + scale[1] - rating

    turned = "" if best == "high" else ", turned round so that the highest is best"
    return CellReader(f"ratings{turned}", read_one, _with_numbers)


def _with_numbers(pairs: Sequence[tuple[str, float]]) -> list[str]:
    return [f"{name}: {number:g}" for name, number in pairs]


def _poll(read: Mapping[str, object]) -> CellReader[float]:
    worths = _numbers(read)

    def read_one(option: str, cell: object) -> float:
        worth = read_answer(cell, worths)
        if worth is None:
            raise ValueError(
                "must be yes, maybe or no. Say what another answer is worth with "
                'read = { "answer" = 0.5 }.'
            )
        return worth

    return CellReader("yes 1, maybe 0.5, no 0", read_one, _with_numbers)


def _answers(split: Split) -> CellReader[list[str]]:
    def join(pairs: Sequence[tuple[str, list[str]]]) -> list[str]:
        return list(dict.fromkeys(part for _, parts in pairs for part in parts))

    def read_one(option: str, cell: object) -> list[str]:
        # An option that a form repeats in the cell is one answer, whatever it holds.
        return [option] if fold_cell(cell) == fold_cell(option) else _parts(cell, split)

    return CellReader("the answers in them, in their order", read_one, join)


def _choose(option: str, cell: object) -> list[str]:
    """Return the option where it is chosen; below "Other" what is written there."""
    answer = read_answer(cell)
    if answer is None and is_other(option) and fold_cell(cell) != fold_cell(option):
        return [" ".join(str(cell).split())]
    if answer is None and " ".join(heading_words(str(cell))) in UNKNOWN:
        return []
    return [option] if answer is None or answer > 0 else []
