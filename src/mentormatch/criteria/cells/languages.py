"""Names of one language, such as "German", "Deutsch" and "DE", by what CLDR calls languages."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from mentormatch.cohort.names import heading_words, word_set
from mentormatch.cohort.places import NAMED_IN

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["are_languages", "find_same_languages", "find_unclear_languages"]

# Beside those in which all are named, each of these names itself.
NAMES_ITSELF = (
    "ar", "bg", "ca", "cs", "da", "el", "et", "fa", "fi", "he", "hi", "hr", "hu", "id", "ja", "ko",
    "lt", "lv", "nb", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh",
)  # fmt: skip
# Where none of these is an answer, nothing is looked up: the names of all languages take a while.
COMMONEST = word_set(
    "english englisch anglais ingles inglese engels angielski german deutsch allemand aleman "
    "alemao tedesco duits niemiecki french franzosisch francais frances francese frans francuski "
    "spanish spanisch espagnol espanol espanhol spagnolo spaans hiszpanski"
)
# Codes of languages that are words or subjects as well, so that nobody can tell.
WORDS = word_set("it no is as am id to so or he my be an in si ia la se ga ta te co io ie pa ha")
# A column holds languages where so many of its different answers are names of some.
MOST = 0.5
# Shorter answers are codes or short forms.
SHORTEST_NAME = 4
FEWEST = 2


def find_same_languages(answers: Iterable[str]) -> dict[str, str]:
    """Map names of a language to the commonest name of it, where a column holds languages.

    ``answers`` are all those of a column on both sides, repeated as often as they are given. The
    answer is empty where they are of another kind, or each language has one name.

    Examples
    --------
    >>> find_same_languages(["German", "French", "Deutsch", "German", "FR", "Klingonese"])
    {'Deutsch': 'German', 'FR': 'French'}
    >>> find_same_languages(["IT", "Italian food", "Marketing"])
    {}
    """
    counts = Counter(answers)
    found = _languages_of(counts)
    if found is None:
        return {}
    languages, by_name, folded = found
    names: dict[str, list[str]] = {}
    for text in sorted(languages, key=lambda text: (text not in by_name, -folded[text], text)):
        names.setdefault(languages[text], []).append(text)
    written: dict[str, str] = {}
    for answer in sorted(counts, key=lambda answer: (-counts[answer], answer)):
        written.setdefault(_fold(answer), answer)
    return {
        written[other]: written[texts[0]]
        for _, texts in sorted(names.items())
        for other in texts[1:]
    }


def find_unclear_languages(answers: Iterable[str]) -> list[str]:
    """List short forms and answers of several languages, where a column holds languages.

    ``answers`` are all those of a column on both sides.

    Examples
    --------
    >>> find_unclear_languages(["German", "French", "Deutsch", "D", "German and French", "Norsk"])
    ['D', 'German and French']
    >>> find_unclear_languages(["IT", "Italian food", "Marketing"])
    []
    """
    counts = Counter(answers)
    found = _languages_of(counts)
    if found is None:
        return []
    names = _codes_by_name()
    return sorted(
        answer
        for answer in counts
        if _fold(answer) not in found[0]
        # Names that CLDR does not list, such as Norsk or Mandarin, are as clear as others.
        and (
            len(_fold(answer)) < SHORTEST_NAME
            or answer.rstrip().endswith(".")
            or len({names[word] for word in heading_words(answer) if word in names}) > 1
        )
    )


def are_languages(answers: Iterable[str]) -> bool:
    """Tell whether a column holds languages.

    Examples
    --------
    >>> are_languages(["Italian", "English", "German"]), are_languages(["Ada Holm", "Bo German"])
    (True, False)
    """
    return _languages_of(Counter(answers)) is not None


def _languages_of(
    answers: Counter[str],
) -> tuple[dict[str, str], dict[str, str], Counter[str]] | None:
    """Look up answers among the names and codes of languages; None for a column of others.

    The answer is the code of each folded answer that is a language, of those that are names, and
    how often each folded answer is given.
    """
    folded = Counter[str]()
    for answer, count in answers.items():
        folded[_fold(answer)] += count
    if COMMONEST.isdisjoint(folded):
        return None
    by_name = {text: code for text in folded if (code := _codes_by_name().get(text)) is not None}
    spoken = set(by_name.values())
    # A code is a language only where the column names that language as well.
    codes = {text: text for text in folded if text in spoken and text not in WORDS}
    languages = {**codes, **by_name}
    if len(by_name) < FEWEST or len(languages) < MOST * len(folded):
        return None
    return languages, by_name, folded


def _fold(name: str) -> str:
    return " ".join(heading_words(name))


@cache
def _codes_by_name() -> dict[str, str]:
    """The code of each language by its names, folded."""
    from babel import Locale

    codes: dict[str, str] = {}
    for locale in NAMED_IN:
        for code, name in Locale(locale).languages.items():
            if len(code) == len("de"):
                codes.setdefault(_fold(name), code)
    for code in NAMES_ITSELF:
        codes.setdefault(_fold(Locale(code).languages.get(code, code)), code)
    return codes
