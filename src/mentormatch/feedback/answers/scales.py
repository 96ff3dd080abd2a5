"""Answers of surveys as numbers from 0 to 1: "4", "4 - good", words of agreement, yes and no."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from mentormatch.cohort.cells.small_words import small_words, words_by_language
from mentormatch.errors import MentorMatchError, is_number

__all__ = ["Scale", "ScaleLike", "fold_answer", "has_answer", "recognise_scale"]

ScaleLike: TypeAlias = "tuple[float, float] | Mapping[str, float] | None"

# Ladders of words, worst first.
LADDERS = (
    "strongly disagree; disagree; neither agree nor disagree; agree; strongly agree",
    "strongly disagree; disagree; neutral; agree; strongly agree",
    "very dissatisfied; dissatisfied; neutral; satisfied; very satisfied",
    "very unsatisfied; unsatisfied; neutral; satisfied; very satisfied",
    "very poor; poor; fair; good; very good; excellent",
    "very dissatisfied; dissatisfied; neither satisfied nor dissatisfied; satisfied; "
    "very satisfied",
    "very dissatisfied; somewhat dissatisfied; neither satisfied nor dissatisfied; "
    "somewhat satisfied; very satisfied",
    "very bad; bad; okay; good; very good",
    "not at all; a little; somewhat; mostly; completely",
    "never; rarely; sometimes; often; always",
    "stimme gar nicht zu; stimme nicht zu; neutral; stimme zu; stimme voll zu",
    "stimme überhaupt nicht zu; stimme nicht zu; weder noch; stimme zu; stimme voll und ganz zu",
    "trifft gar nicht zu; trifft eher nicht zu; teils, teils; trifft eher zu; trifft voll zu",
    "sehr unzufrieden; unzufrieden; neutral; zufrieden; sehr zufrieden",
    "sehr unzufrieden; eher unzufrieden; teils, teils; eher zufrieden; sehr zufrieden",
    "sehr schlecht; schlecht; mittel; gut; sehr gut",
    "ungenügend; mangelhaft; ausreichend; befriedigend; gut; sehr gut",
    "pas du tout d'accord; pas d'accord; neutre; d'accord; tout à fait d'accord",
    "très insatisfait; insatisfait; neutre; satisfait; très satisfait",
    "muy insatisfecho; insatisfecho; neutral; satisfecho; muy satisfecho",
    "totalmente en desacuerdo; en desacuerdo; neutral; de acuerdo; totalmente de acuerdo",
    *(
        f"{no[0]}; {maybe}; {yes}"
        for language, no in words_by_language("no").items()
        for maybe in words_by_language("maybe").get(language, ())
        for yes in words_by_language("yes")[language]
    ),
)
# What says that a question was not answered.
UNDECIDED = frozenset(small_words("unknown", "none", "no_answer"))
# Ranges that forms offer, tried from the narrowest.
RANGES = ((1.0, 5.0), (1.0, 7.0), (0.0, 10.0), (0.0, 100.0))
# Where 0 is an answer and none is above this, 5 may be the best, or 10.
MOST_OF_FEW = 5
# Grades at school, where the words beside them say that 1 is best.
GRADES = ((1.0, 5.0), (1.0, 6.0))
NUMBER = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*(?:/\s*(\d+)\s*)?([-–—:).(=]?\s*[^\d\s].*)?$")


def fold_answer(answer: object) -> str:
    """Return an answer without case, surplus blanks and a full stop at its end."""
    return " ".join(str(answer).split()).rstrip(".!").casefold()


def has_answer(cell: object) -> bool:
    """Whether a cell holds an answer: not empty, only dashes, "n/a", "don't know" and the like."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return False
    words = " ".join(str(cell).strip(" \t\r\n\xa0-–—").replace("’", "'").split()).casefold()
    return bool(words) and words not in UNDECIDED


@dataclass(frozen=True, slots=True)
class Scale:
    """How answers become numbers from 0 (worst) to 1 (best)."""

    low: float  # the number that stands for worst; above high where 1 is best
    high: float  # the number that stands for best
    words: Mapping[str, float]  # numbers of answers, by folded word; empty for a scale of numbers
    why: str  # what the scale was recognised by, in words

    def read(self, answer: object) -> float | None:
        """Return the number of an answer, NaN where there is none, None where it cannot be read."""
        word = fold_answer(answer)
        if word not in self.words and not has_answer(answer):
            return float("nan")
        best = max(self.low, self.high)
        number = self.words.get(word) if self.words else _number(answer, best)
        if number is None:
            return None
        value = (number - self.low) / (self.high - self.low)
        return value if -1e-9 <= value <= 1 + 1e-9 else None

    def __str__(self) -> str:
        if self.words:
            # Of words that mean the same the first stands for all.
            first: dict[float, str] = {}
            for word, number in self.words.items():
                first.setdefault(number, word)
            return f"{' < '.join(first[number] for number in sorted(first))} ({self.why})"
        return f"{self.low:g} (worst) to {self.high:g} (best) ({self.why})"


def recognise_scale(answers: Sequence[object], given: ScaleLike = None) -> Scale | None:
    """Return the scale on which all answers lie, or None where there is no evident one.

    Answers are the distinct ones of one question, empty ones left out. ``given`` is (worst, best)
    for numbers, or a number for each word; None: recognise it.
    """
    if given is not None:
        _check_given(given)
    if isinstance(given, Mapping):
        words = {fold_answer(word): float(number) for word, number in given.items()}
        return Scale(min(words.values()), max(words.values()), words, "as given")
    if given is not None:
        return Scale(float(given[0]), float(given[1]), {}, "as given")
    numbers = [_number(answer, None) for answer in answers]
    known = [one for one in numbers if one is not None]
    if answers and len(known) == len(answers):
        rises = _rises_with_words(answers, known)
        best = {found[2] for one in answers if (found := NUMBER.match(str(one))) and found[2]}
        if rises is None or len(best) > 1:
            return None
        if best:
            return _out_of(float(best.pop()), known)
        if min(known) == 0 and max(known) <= MOST_OF_FEW:
            # From 0 to 5 or to 10: the answers do not tell.
            return None
        for low, high in RANGES if rises else GRADES:
            if low <= min(known) and max(known) <= high:
                seen = f"answers from {min(known):g} to {max(known):g}"
                if not rises:
                    return Scale(high, low, {}, f"{low:g} is best by the words beside {seen}")
                return Scale(low, high, {}, f"recognised by {seen}")
        return None
    rungs = _ladder_of({fold_answer(answer) for answer in answers})
    if rungs is None:
        return None
    places = {word: float(k) for k, word in enumerate(rungs)}
    return Scale(0.0, float(len(rungs) - 1), places, "recognised by its words")


def _out_of(best: float, numbers: Sequence[float]) -> Scale | None:
    """Return the scale of answers such as "4/5"; None where the worst may be 0 or 1."""
    if not 0 <= min(numbers) <= max(numbers) <= best:
        return None
    usual = {high: low for low, high in RANGES}
    low = 0.0 if min(numbers) < 1 else usual.get(best)
    return None if low is None else Scale(low, best, {}, f"answers out of {best:g}")


def _check_given(given: object) -> None:
    """Refuse a scale that is neither two different numbers nor numbers by word."""
    numbers = list(given.values()) if isinstance(given, Mapping) else given
    if (
        not isinstance(numbers, list | tuple)
        or not all(map(is_number, numbers))
        or len(set(numbers)) < 2
        or (len(numbers) != 2 and not isinstance(given, Mapping))
    ):
        raise MentorMatchError(
            "scale must be two different numbers, the worst and the best answer, such as (1, 5), "
            f"or numbers by word, such as {{'poor': 1, 'good': 2}}; got {given!r}."
        )


def _ladder_of(words: Collection[str]) -> list[str] | None:
    """Return the first ladder that has all of some folded words."""
    for ladder in LADDERS:
        rungs = [fold_answer(word) for word in ladder.split(";")]
        if set(words) <= set(rungs):
            return rungs
    return None


def _rises_with_words(answers: Sequence[object], numbers: Sequence[float]) -> bool | None:
    """Whether of "1 - poor" and "5 - good" the larger number is better; None where words disagree.

    Words on no ladder say nothing, and larger is then better.
    """
    said: dict[str, float] = {}
    for answer, number in zip(answers, numbers, strict=True):
        found = NUMBER.match(str(answer))
        if found is not None and found[3]:
            said[fold_answer(found[3].strip(" -–—:).(="))] = number
    rungs = _ladder_of(said) if said else None
    if rungs is None:
        return True
    if len(said) == 1:
        # One worded answer: does it stand on the same side of the middle as its number does?
        ((word, number),) = said.items()
        side = 2 * rungs.index(word) - (len(rungs) - 1)
        return side * (number - (min(numbers) + max(numbers)) / 2) >= 0
    ordered = [said[word] for word in rungs if word in said]
    steps = {after > before for before, after in pairwise(ordered)}
    return steps.pop() if len(steps) == 1 else None


def _number(answer: object, best: float | None) -> float | None:
    """Read "4", "4,5", "4 - good", "4/5" (where 5 is the best); None for anything else."""
    if isinstance(answer, bool | np.bool_):
        return None
    if isinstance(answer, int | float | np.integer | np.floating):
        return float(answer)
    found = NUMBER.match(str(answer))
    if found is None:
        return None
    if found[2] is not None and best is not None and float(found[2]) != best:
        return None
    return float(found[1].replace(",", "."))
