"""Whom a name may mean that nobody has as it is written: a part, a title, a slip, lost zeros."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from mentormatch.cohort.names import loose_name, word_set
from mentormatch.criteria.cells.tokens import find_near_misses

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["LOOKED_AT", "find_all_meant", "find_meant", "may_mean"]

# Of more names that nobody has, the first are looked at for who may be meant.
LOOKED_AT = 1000
# A letter alone is an initial.
SHORTEST_SLIP = 2
# What stands before or behind a name and is none.
TITLES = word_set(
    "dr prof mr mrs miss ms mx herr herrn hr frau fr mme madame mlle monsieur sig sra sr srta "
    "senor senora dhr mw msc phd ing dipl"
)
# "M. Krause" is Monsieur, or somebody whose first name begins so.
ADDRESSED = TITLES | {"m"}
UMLAUT = re.compile("(?<=[aou])e")


def find_meant(names: Iterable[str], people: Collection[str]) -> dict[str, str]:
    """Find who may be meant by names that nobody has, where it can be one person only.

    A name may be written in another order or without accents, be a part of somebody's name, or have
    a slip of the pen in one of its words.

    Examples
    --------
    >>> people = ["karin svensson", "ana lopez", "ana diaz"]
    >>> find_meant(["karin", "lopez, ana", "ana", "ana lpoez", "ana gomez"], people)
    {'ana lpoez': 'ana lopez', 'karin': 'karin svensson', 'lopez, ana': 'ana lopez'}
    """
    known = set(people)
    near = find_near_misses(set(names) - known, known)
    alone = {name: who[0] for name, who in find_all_meant(names, known).items() if len(who) == 1}
    return dict(sorted((alone | near).items()))


def find_all_meant(names: Iterable[str], people: Collection[str]) -> dict[str, list[str]]:
    """Find all who may be meant by each name that nobody has; see `find_meant`.

    Examples
    --------
    >>> find_all_meant(["ana", "herrn krause", "bo"], ["ana lopez", "ana diaz", "dirk krause"])
    {'ana': ['ana diaz', 'ana lopez'], 'herrn krause': ['dirk krause']}
    >>> find_all_meant(["0042", "51"], ["42", "0051", "420"])
    {'0042': ['42'], '51': ['0051']}
    """
    unknown = sorted(set(names) - set(people))
    by_word: dict[str, list[str]] = {}
    for person in people if unknown else ():
        for word in _words_of(person):
            by_word.setdefault(word, []).append(person)
    found = {}
    for name in unknown[:LOOKED_AT]:
        alike = {person for word in _words_of(name) for person in by_word.get(word, ())}
        meant = {person for person in alike if _is_like(name, person)}
        meant = meant or {person for person in alike if _is_addressed(name, person)}
        if meant:
            found[name] = sorted(meant)
    return found


def _words_of(name: str) -> set[str]:
    """The words by which a name is looked up; of a number without the zeros that it begins with."""
    return {word.lstrip("0") or word for word in (*loose_name(name), *_fold_words(name))}


def may_mean(name: str, person: str) -> bool:
    """Whether a name that is nobody's may be one person's."""
    return _is_like(name, person) or _is_addressed(name, person)


def _is_like(name: str, person: str) -> bool:
    """Whether a name is somebody's in another order, without accents, in part or with a slip."""
    if name.isdecimal() and person.isdecimal():
        # A spreadsheet drops the zeros that a number begins with.
        return name.lstrip("0") == person.lstrip("0")
    words, own = set(loose_name(name)), set(loose_name(person))
    folded, own_folded = _fold_words(name), _fold_words(person)
    if words.isdisjoint(own) and folded.isdisjoint(own_folded):
        return False
    return _is_part(words, own) or _has_slip(words, own) or _has_slip(folded, own_folded)


def _is_addressed(name: str, person: str) -> bool:
    """Whether a name is a part of somebody's behind a title that is none of it, "Herrn Krause"."""
    own = _fold_words(person)
    # Somebody may be called Herr.
    words = _fold_words(name) - (ADDRESSED - own)
    return not words.isdisjoint(own) and _is_part(words, own)


def _fold_words(name: str) -> set[str]:
    """The words of a name without accents; "Mueller" is how Müller is written without an ü."""
    return {UMLAUT.sub("", word) for word in loose_name(name)}


def _is_part(words: set[str], person: set[str]) -> bool:
    """Whether words are a part of a name, or the other way round; "I." may be any with an I."""
    initials = {word for word in words - person if len(word) == 1}
    rest = person - words
    if initials and not all(any(word.startswith(one) for word in rest) for one in initials):
        return False
    return words - initials <= person or person <= words


def _has_slip(words: set[str], person: set[str]) -> bool:
    """Whether all words are the person's but one, of which one letter or two neighbours differ.

    Titles do not count.
    """
    words, person = words - TITLES, person - TITLES
    if len(words) > 1 and words == person:
        return True
    wrong, right = words - person, person - words
    if len(wrong) != 1 or len(right) != 1 or not words & person:
        return False
    one, other = wrong.pop(), right.pop()
    if min(len(one), len(other)) < SHORTEST_SLIP or not (one + other).isalpha():
        return False
    start = _count_equal(one, other)
    # What is left of each is one letter at most, or the same two the other way round.
    end = _count_equal(one[start:][::-1], other[start:][::-1])
    a, b = one[start : len(one) - end], other[start : len(other) - end]
    return max(len(a), len(b)) <= 1 or (len(a) == 2 and a == b[::-1])


def _count_equal(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    pairs = zip(one, other, strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
