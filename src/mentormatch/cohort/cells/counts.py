"""Whole numbers in words, as people answer "how many?": up to 2, 1-2, two, as many as needed."""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

__all__ = ["Count", "RangeEnd", "read_count"]

RangeEnd: TypeAlias = Literal["upper", "lower"]

# Zero to twelve in the languages of many forms, without accents. A dash: the word means something
# else in another language ("once", "null").
WORDS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve",
    "de": "- eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf",
    "fr": "zero un deux trois quatre cinq six sept huit neuf dix onze douze",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez - doce",
    "pt": "zero um dois tres quatro cinco seis sete oito nove dez onze doze",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf",
    "pl": "zero jeden dwa trzy cztery piec szesc siedem osiem dziewiec dziesiec - dwanascie",
    "sv": "noll ett tva tre fyra fem sex sju atta nio tio elva tolv",
    "da": "nul en to tre fire fem seks syv otte ni ti elleve tolv",
    "nb": "- en to tre fire fem seks sju atte ni ti elleve tolv",
}  # fmt: skip
ALSO = {
    "a single": 1, "single": 1, "only one": 1, "just one": 1, "a couple": 2, "ein": 1, "eine": 1,
    "einen": 1, "fuenf": 5, "zwoelf": 12, "une": 1, "una": 1, "un": 1, "uma": 1, "duas": 2,
    "jedna": 1, "jedenascie": 11, "jedna osoba": 1, "dwie": 2, "jednego": 1, "jedno": 1,
    "dwoch": 2, "dwoje": 2, "trzech": 3, "troje": 3, "czterech": 4, "pieciu": 5, "szesciu": 6,
    "et": 1,
}  # fmt: skip
NUMBERS = {
    word: k for words in WORDS.values() for k, word in enumerate(words.split()) if word != "-"
} | ALSO
ATOM = (
    r"(?:\d{1,6}(?:[.,]0+)?|"
    + "|".join(sorted(map(re.escape, NUMBERS), key=len, reverse=True))
    + ")"
)
# What a seat is called; it says nothing about how many.
NOUN = (
    r"(?:\s*(?:mentees?|mentorees?|mentoring pairs?|pairs?|person(?:s|en|nes?|as?|e)?|people|"
    r"seats?|slots?|places?|spots?|students?|learners?|individuals?|mentis|proteges?|platze?|platz|"
    r"pessoas?|personnes?|deelnemers?|osob[ay]?|osoby|podopieczn\w+|adept(?:er)?|st|stk|"
    r"stycken|personer|plats(?:er)?|plads(?:er)?|plass(?:er)?|max\.?|maximum|maximal|tops|only|"
    r"at (?:a|one|the same) time|at once|per (?:year|cycle|round|programme|program))\.?)*"
)
UP_TO = (
    r"(?:up to(?: a)?(?: maximum of)?|max\.?|maximum(?: of)?|maximal|at (?:the )?most|no more than|"
    r"not more than|<=|≤|bis(?: zu)?|hochstens|nicht mehr als|jusqu'?a|au (?:plus|maximum)|"
    r"pas plus de|maximum de|hasta|como maximo|maximo(?: de)?|no mas de|ate|no maximo|"
    r"nao mais do que|nao mais de|fino a|al massimo|massimo|non piu di|tot|hoogstens|"
    r"maximaal|niet meer dan|do|maksymalnie|najwyzej|nie wiecej niz|hogst|upp till|maximalt|"
    r"inte mer an|inte fler an|hojst|op til|ikke mere end|ikke flere end|opptil|ikke mer enn|"
    r"maks\.?|maksimalt)"
)
AT_LEAST = (
    r"(?:at least|min\.?|minimum(?: of)?|>=|≥|mindestens|au moins|al menos|como minimo|pelo menos|"
    r"almeno|minstens|co najmniej|minst|mindst|more than)"
)
TO = r"(?:-|–|—|to|or|bis|oder|a|ou|o|tot|do|lub|albo|till|til|eller)"
PLAIN = re.compile(rf"(?:only |just |nur |exactly |genau )?(?P<one>{ATOM}){NOUN}")
UPPER = re.compile(rf"{UP_TO}\s*(?P<one>{ATOM}){NOUN}")
LOWER = re.compile(
    rf"{AT_LEAST}\s*(?P<one>{ATOM}){NOUN}|(?P<plus>{ATOM})\s*(?:\+|or more|and more){NOUN}"
)
BETWEEN = re.compile(
    rf"(?:between |from |zwischen |entre |tra |von |od )?"
    rf"(?P<low>{ATOM})\s*{TO}\s*(?P<high>{ATOM}){NOUN}"
)
# "2 (two)" says one number twice.
TWICE = re.compile(rf"(?P<one>{ATOM})\s*[(=]\s*(?P<two>{ATOM})\s*\)?{NOUN}")


LETTERS = str.maketrans({"ł": "l", "ß": "ss", "ø": "o"})


@dataclass(frozen=True, slots=True)
class Count:
    """What an answer to "how many?" says.

    ``low`` and ``high`` are the smallest and the largest number it allows; ``high`` is None where
    there is no end.
    """

    low: int
    high: int | None

    def pick(self, end: RangeEnd | None) -> int | None:
        """Return the one number that is meant; None when that is open."""
        if self.low == self.high:
            return self.low
        if end == "lower":
            return self.low
        return self.high if end == "upper" else None


def read_count(cell: object) -> Count | None:
    """Read an answer to "how many?"; None when it cannot be read as one.

    "up to 2" is 2, the most that somebody takes. Numbers are read as digits, and up to twelve as
    words in English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Swedish, Danish
    and Norwegian. Dates, yes and no, and fractions are no counts.

    Examples
    --------
    >>> [read_count(text) for text in ("up to two mentees", "1-2", "3+", "lots")]
    [Count(low=2, high=2), Count(low=1, high=2), Count(low=3, high=None), None]
    """
    if isinstance(cell, bool | np.bool_ | datetime.date | np.datetime64):
        return None
    if isinstance(cell, int | float | np.number):
        whole = np.isfinite(cell) and float(cell).is_integer()
        return Count(int(cell), int(cell)) if whole else None
    if not isinstance(cell, str) or len(cell) > 200:
        return None
    text = _folded(cell)
    if found := TWICE.fullmatch(text):
        one, two = _number(found["one"]), _number(found["two"])
        if one == two:
            return Count(one, one)
    if found := PLAIN.fullmatch(text) or UPPER.fullmatch(text):
        number = _number(found["one"])
        return Count(number, number)
    if found := LOWER.fullmatch(text):
        if text.startswith("more than"):
            return Count(_number(found["one"]) + 1, None)
        return Count(_number(found["one"] or found["plus"]), None)
    if found := BETWEEN.fullmatch(text):
        low, high = _number(found["low"]), _number(found["high"])
        return Count(low, high) if low <= high else None
    return None


def _folded(text: str) -> str:
    """Return a text without case, accents, brackets round the whole and a full stop at its end."""
    letters = unicodedata.normalize("NFD", text.casefold().translate(LETTERS))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(plain.split()).strip(" .!\"'")


def _number(word: str) -> int:
    return NUMBERS[word] if word in NUMBERS else int(float(word.replace(",", ".")))
