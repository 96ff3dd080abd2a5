"""Answers that may be one, written in two ways: with a slip, or as a place in short and in full."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from mentormatch.cohort.names import heading_words
from mentormatch.cohort.places import asks_for_place, country_codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["ask_which", "differ_by_one_letter", "find_near_values"]

# One letter makes another of shorter words.
SHORTEST = 4
# Of more different answers the commonest are compared.
LOOKED_AT = 300
# "NYC" has a letter more than New York.
CITY = "c"
SHOWN = 5


def find_near_values(
    answers: Iterable[str], heading: str
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Find answers that may stand for a commoner one.

    ``answers`` are all those of a column on both sides; where its heading asks for a place,
    "Frankfurt" may be "Frankfurt am Main". The first mapping has each such answer with the other
    one. The second has answers in short, or with a slip, each with those that it may be and that
    are not one: to take it for both of them would join them.

    Examples
    --------
    >>> find_near_values(["Frankfurt", "Frankfurt a.M.", "Fulda", "NYC", "New York"], "City")[0]
    {'New York': 'NYC', 'Frankfurt a.M.': 'Frankfurt'}
    >>> find_near_values(["Marketing", "Marketing", "Marketng", "Marketing East"], "Department")[0]
    {'Marketng': 'Marketing'}
    >>> find_near_values(["London", "London (UK)", "London, England"], "City")[0]
    {'London (UK)': 'London', 'London, England': 'London'}
    >>> find_near_values(["Frankfurt", "Frankfurt (Oder)", "Frankfurt am Main"], "City")
    ({}, {'Frankfurt': ('Frankfurt (Oder)', 'Frankfurt am Main')})
    """
    counts = Counter(answers)
    places = asks_for_place(heading)
    ranked = sorted(counts, key=lambda one: (-counts[one], len(one), one))[:LOOKED_AT]
    words = {one: heading_words(one) for one in ranked}
    place = {one: _with_country(words[one]) if places else words[one] for one in ranked}
    # Of two that may be one, the shorter name of a place and the rarer writing are what is unsaid.
    pairs: set[tuple[str, str]] = set()
    meant: dict[str, list[str]] = {}
    for k, one in enumerate(ranked):
        for other in ranked[:k]:
            own, its = words[one], words[other]
            if own == its or not own or not its:
                continue
            slip = _has_slip(own, its)
            if slip or (places and _may_be_one_place(place[one], place[other])):
                pairs |= {(one, other), (other, one)}
                short = one if slip or _length(own) < _length(its) else other
                meant.setdefault(short, []).append(other if short == one else one)
    unclear = {
        short: tuple(sorted(full))
        for short, full in meant.items()
        if any(words[a] != words[b] and (a, b) not in pairs for a, b in combinations(full, 2))
    }
    near: dict[str, str] = {}
    for k, one in enumerate(ranked):
        for other in ranked[:k]:
            if (
                (one, other) in pairs
                and other not in near
                and unclear.keys().isdisjoint((one, other))
            ):
                near[one] = other
                break
    return near, unclear


def ask_which(name: str, full: Sequence[str]) -> str:
    """Ask which of several answers one is meant to be."""
    return (
        f"{name!r} may be {' or '.join(map(repr, full[:SHOWN]))}, and counts as none of them: ask "
        "whoever wrote it, and write it in full in the tables."
    )


def _has_slip(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether all words are the same but one, of which one letter differs."""
    differing = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    if len(one) != len(other) or len(differing) != 1:
        return False
    a, b = differing[0]
    return min(len(a), len(b)) >= SHORTEST and differ_by_one_letter(a, b)


def _with_country(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a place, and of the country behind it the code: that of "London (UK)" is GB."""
    codes = (country_codes().get(words[k:]) for k in range(1, len(words)))
    for k, code in enumerate(codes, 1):
        if code:
            return (*words[:k], *code)
    return words


def _may_be_one_place(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one is the other in short: without words behind the first, or by first letters."""
    if one == other:
        return True
    short, full = sorted((one, other), key=_length)
    initials = "".join(word[0] for word in full)
    if len(short) == 1 < len(full) and short[0] in (initials, initials + CITY):
        return True
    if short[0] != full[0]:
        return False
    # "Frankfurt a. M." and "Frankfurt am Main".
    for rest, others in ((one[1:], other[1:]), (other[1:], one[1:])):
        letters = all(len(word) == 1 for word in rest)
        if set(rest) <= set(others) or (letters and [*rest] == [word[0] for word in others]):
            return True
    return False


def _length(words: tuple[str, ...]) -> tuple[int, int]:
    return len(words), len("".join(words))


def differ_by_one_letter(one: str, other: str) -> bool:
    """Tell whether one letter was changed, added or dropped; numbers and signs tell names apart."""
    if len(one) > len(other):
        one, other = other, one
    k = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    same_length = len(one) == len(other)
    rest_agrees = one[k + same_length :] == other[k + 1 :]
    changed = other[k] + (one[k] if same_length else "")
    return rest_agrees and changed.isalpha()
