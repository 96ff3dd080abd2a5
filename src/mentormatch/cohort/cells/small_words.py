"""Small words of answers, such as yes, none and "don't know", by what they say and by language."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, TypeAlias

from mentormatch.cohort.names import heading_words

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["WordKind", "folded_words", "small_words", "words_by_language"]

WordKind: TypeAlias = Literal[
    "yes", "no", "letter_for_yes", "letter_for_no", "true", "false", "tick", "cross", "maybe",
    "unknown", "none", "no_answer", "nothing", "nobody", "no_preference", "anything", "anywhere",
    "not", "never", "without", "except", "free", "busy",
]  # fmt: skip


@cache
def _table() -> dict[WordKind, dict[str, str]]:
    text = (files("mentormatch") / "data" / "small_words.toml").read_text("utf-8")
    return tomllib.loads(text)  # type: ignore[return-value]


def words_by_language(kind: WordKind) -> Mapping[str, tuple[str, ...]]:
    """Return the words of one kind by language, in lower case with their accents.

    Examples
    --------
    >>> words_by_language("maybe")["es"]
    ('tal vez', 'quizás', 'quizá')
    """
    return {
        language: tuple(words.casefold().split("; ")) for language, words in _table()[kind].items()
    }


def small_words(*kinds: WordKind) -> tuple[str, ...]:
    """Return the words of some kinds in lower case, each with its accents and without them.

    Examples
    --------
    >>> [word for word in small_words("no") if word in ("não", "nao")]
    ['não', 'nao']
    """
    found: dict[str, None] = {}
    for kind in kinds:
        for words in words_by_language(kind).values():
            for word in words:
                letters = unicodedata.normalize("NFKD", word.replace("ł", "l").replace("ß", "ss"))
                plain = "".join(one for one in letters if not unicodedata.combining(one))
                found |= {word: None, plain: None}
    return tuple(found)


def folded_words(*kinds: WordKind) -> frozenset[str]:
    """Return the words of some kinds without accents and signs, as `heading_words` divides them.

    Examples
    --------
    >>> "i don t mind" in folded_words("no_preference")
    True
    """
    return frozenset(" ".join(heading_words(word)) for word in small_words(*kinds)) - {""}
