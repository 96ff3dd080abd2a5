"""How the cells of a column are divided into values: separators, options, lists of programs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from mentormatch.cohort.cells.literals import read_list

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

__all__ = ["DEFAULT", "Separation", "Split", "has_balanced_brackets", "list_separators"]

Split: TypeAlias = "Callable[[str], Sequence[str]]"
OPENING, CLOSING = "([{", ")]}"
# A value in quotes, where it holds a separator, between the separators of a cell.
QUOTED = re.compile(r'(^\s*|[,;|\n]\s*)"((?:[^"]|"")*[,;|](?:[^"]|"")*)"(?=\s*(?:[,;|\n]|$))')
HIDDEN = re.compile("\ue000(\\d+)\ue000")
BRACKETS = dict(zip(CLOSING, OPENING, strict=True))


def list_separators(separators: str | Collection[str]) -> tuple[str, ...]:
    """Return separators as a tuple: a text is one separator, "" none; a collection is several."""
    given = (separators,) if isinstance(separators, str) else separators
    return tuple(dict.fromkeys(part for part in given if part))


@dataclass(frozen=True, slots=True)
class Separation:
    """How the cells of a column are divided."""

    separators: tuple[str, ...] = (";", ",")  # texts between two values
    # Values that hold a separator themselves. What else stands in a cell between separators is one
    # value each.
    options: tuple[str, ...] = ()
    # ``options`` are all that a form offers: then what is none of them is one value, however many
    # separators it holds.
    is_closed: bool = False
    keeps_brackets: bool = False  # a separator inside brackets is part of a value
    reads_lists: bool = False  # cells that a program wrote from a list are read as that list

    def split(self) -> Split:
        """Return the function that divides a cell; values keep the space around them."""
        divide = self._divide()
        if not self.reads_lists:
            return divide

        def read(cell: str) -> Sequence[str]:
            values = read_list(cell)
            return divide(cell) if values is None else values

        return read

    def _divide(self) -> Split:
        if not self.separators:
            return lambda text: (text,)
        plain = _plain_split(self.separators)
        if self.options and self.is_closed:
            return _option_split(self.options, self.separators)
        if self.options:
            return _join_split(self.options, self._outside(plain))
        return self._outside(plain)

    def _outside(self, plain: Split) -> Split:
        """Return a split that leaves brackets whole, where they are kept and balanced."""
        if not self.keeps_brackets:
            return plain
        separators = self.separators

        def split(text: str) -> Sequence[str]:
            if '"' in text and QUOTED.search(text):
                return _split_outside_quotes(text, separators)
            if not any(mark in text for mark in OPENING):
                return plain(text)
            return _split_outside_brackets(text, separators) if _balance(text) else plain(text)

        return split


DEFAULT = Separation()


def _plain_split(separators: Sequence[str]) -> Split:
    if any(len(separator) > 1 for separator in separators):
        # Longest first, so that " / " is not cut by "/".
        longest_first = sorted(separators, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first))).split
    one, *others = separators

    def split(text: str) -> list[str]:
        for other in others:
            text = text.replace(other, one)
        return text.split(one)

    return split


def has_balanced_brackets(text: str) -> bool:
    """Return whether every bracket of a text is closed, in order."""
    return _balance(text)


def _balance(text: str) -> bool:
    opened: list[str] = []
    for letter in text:
        if letter in OPENING:
            opened.append(letter)
        elif letter in CLOSING and (not opened or opened.pop() != BRACKETS[letter]):
            return False
    return not opened


def _split_outside_quotes(text: str, separators: Sequence[str]) -> list[str]:
    """Split a cell in which a value with a separator stands in quotes, as in a line of CSV."""
    kept: list[str] = []

    def hide(found: re.Match[str]) -> str:
        kept.append(found[2].replace('""', '"'))
        return f"{found[1]}\ue000{len(kept) - 1}\ue000"

    parts = _plain_split(separators)(QUOTED.sub(hide, text.replace("\ue000", " ")))
    return [HIDDEN.sub(lambda found: kept[int(found[1])], part) for part in parts]


def _split_outside_brackets(text: str, separators: Sequence[str]) -> list[str]:
    longest_first = sorted(separators, key=len, reverse=True)
    parts, start, depth, k = [], 0, 0, 0
    while k < len(text):
        letter = text[k]
        depth += (letter in OPENING) - (letter in CLOSING)
        found = None
        if depth == 0:
            found = next((one for one in longest_first if text.startswith(one, k)), None)
        if found is None:
            k += 1
            continue
        parts.append(text[start:k])
        k = start = k + len(found)
    return [*parts, text[start:]]


def _option_split(options: Sequence[str], separators: Sequence[str]) -> Split:
    """Return a split into a form's own options; what lies between two of them is one value."""
    marks = "|".join(re.escape(one.strip() or one) for one in separators)
    words = (r"\s+".join(map(re.escape, option.split())) for option in options if option.strip())
    longest_first = "|".join(sorted(words, key=len, reverse=True))
    gap = rf"\s*(?:{marks})\s*"
    option = re.compile(rf"(?:{longest_first})(?=\s*(?:{marks}|$))", re.IGNORECASE)
    next_option = re.compile(rf"{gap}(?=(?:{longest_first})\s*(?:{marks}|$))", re.IGNORECASE)
    one_gap = re.compile(gap)

    def split(text: str) -> list[str]:
        values, k = [], 0
        text = text.strip()
        while k < len(text):
            if found := option.match(text, k):
                values.append(found[0])
                k = found.end()
            else:
                following = next_option.search(text, k)
                end = len(text) if following is None else following.start()
                values.append(_without_trailing(text[k:end], separators))
                k = end
            if passed := one_gap.match(text, k):
                k = passed.end()
        return values

    return split


def _without_trailing(text: str, separators: Sequence[str]) -> str:
    for one in separators:
        mark = one.strip() or one
        while text.rstrip().endswith(mark):
            text = text.rstrip().removesuffix(mark)
    return text


def _join_split(options: Sequence[str], plain: Split) -> Split:
    """Return a split that joins neighbours which together are one of some values."""
    parts_of: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for option in options:
        parts = tuple(part.strip().casefold() for part in plain(option))
        parts_of.setdefault(parts[0], []).append((parts, option))
    for known in parts_of.values():
        known.sort(key=lambda one: -len(one[0]))

    def split(text: str) -> list[str]:
        pieces = [piece.strip() for piece in plain(text)]
        folded = [piece.casefold() for piece in pieces]
        values, k = [], 0
        while k < len(pieces):
            for parts, option in parts_of.get(folded[k], ()):
                if tuple(folded[k : k + len(parts)]) == parts:
                    values.append(option)
                    k += len(parts)
                    break
            else:
                values.append(pieces[k])
                k += 1
        return values

    return split
