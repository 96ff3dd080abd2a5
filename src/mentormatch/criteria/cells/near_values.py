"""Answers that may be one, written in two ways: with a slip, or as a place in short and in full."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mentormatch.cohort.names import heading_words
from mentormatch.criteria.cells.answers import asks_for_place

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["differ_by_one_letter", "find_near_values"]

# One letter makes another of shorter words.
SHORTEST = 4
# Of more different answers the commonest are compared.
LOOKED_AT = 300
# "NYC" has a letter more than New York.
CITY = "c"


def find_near_values(answers: Iterable[str], heading: str) -> dict[str, str]:
    """Find answers that may stand for a commoner one.

    Parameters
    ----------
    answers
        All answers of a column on both sides.
    heading
        Of the column: where it asks for a place, "Frankfurt" may be "Frankfurt am Main".

    Returns
    -------
    dict of str
        Each such answer with the other one.

    Examples
    --------
    >>> find_near_values(["Frankfurt", "Frankfurt a.M.", "Fulda", "NYC", "New York"], "City")
    {'New York': 'NYC', 'Frankfurt a.M.': 'Frankfurt'}
    >>> find_near_values(["Marketing", "Marketing", "Marketng", "Marketing East"], "Department")
    {'Marketng': 'Marketing'}
    """
    counts = Counter(answers)
    places = asks_for_place(heading)
    ranked = sorted(counts, key=lambda one: (-counts[one], len(one), one))[:LOOKED_AT]
    words = {one: heading_words(one) for one in ranked}
    found: dict[str, str] = {}
    for k, one in enumerate(ranked):
        own = words[one]
        for other in ranked[:k]:
            if own == words[other] or other in found or not own or not words[other]:
                continue
            if _has_slip(own, words[other]) or (places and _may_be_one_place(own, words[other])):
                found[one] = other
                break
    return found


def _has_slip(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether all words are the same but one, of which one letter differs."""
    differing = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    if len(one) != len(other) or len(differing) != 1:
        return False
    a, b = differing[0]
    return min(len(a), len(b)) >= SHORTEST and differ_by_one_letter(a, b)


def _may_be_one_place(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one is the other in short: without words behind the first, or by first letters."""
    short, full = sorted((one, other), key=lambda words: (len(words), len("".join(words))))
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


def differ_by_one_letter(one: str, other: str) -> bool:
    """Tell whether one letter was changed, added or dropped; numbers and signs tell names apart."""
    if len(one) > len(other):
        one, other = other, one
    k = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    same_length = len(one) == len(other)
    rest_agrees = one[k + same_length :] == other[k + 1 :]
    changed = other[k] + (one[k] if same_length else "")
    return rest_agrees and changed.isalpha()
