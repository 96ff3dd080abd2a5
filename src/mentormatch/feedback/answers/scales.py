"""Answers of surveys as numbers from 0 to 1: "4", "4 - good", words of agreement, yes and no."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

__all__ = ["Scale", "ScaleLike", "fold_answer", "has_answer", "recognise_scale"]

ScaleLike: TypeAlias = "tuple[float, float] | Mapping[str, float] | None"

# Ladders of words, worst first.
LADDERS = (
    "strongly disagree; disagree; neither agree nor disagree; agree; strongly agree",
    "strongly disagree; disagree; neutral; agree; strongly agree",
    "very dissatisfied; dissatisfied; neutral; satisfied; very satisfied",
    "very unsatisfied; unsatisfied; neutral; satisfied; very satisfied",
    "very poor; poor; fair; good; very good; excellent",
    "not at all; a little; somewhat; mostly; completely",
    "never; rarely; sometimes; often; always",
    "no; maybe; yes",
    "nein; vielleicht; ja",
    "non; peut-être; oui",
    "no; tal vez; sí",
    "stimme gar nicht zu; stimme nicht zu; neutral; stimme zu; stimme voll zu",
    "sehr unzufrieden; unzufrieden; neutral; zufrieden; sehr zufrieden",
)
# Ranges that forms offer, tried from the narrowest.
RANGES = ((1.0, 5.0), (1.0, 7.0), (0.0, 10.0), (0.0, 100.0))
NUMBER = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*(?:/\s*(\d+)\s*)?(?:[-–—:).(=]?\s*[^\d\s].*)?$")


def fold_answer(answer: object) -> str:
    """Return an answer without case, surplus blanks and a full stop at its end."""
    return " ".join(str(answer).split()).rstrip(".!").casefold()


def has_answer(cell: object) -> bool:
    """Whether a cell holds an answer: neither empty nor only dashes, which stand for none."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return False
    return bool(str(cell).strip(" \t\r\n\xa0-–—"))


@dataclass(frozen=True, slots=True)
class Scale:
    """How answers become numbers from 0 (worst) to 1 (best).

    Parameters
    ----------
    low, high
        The numbers that stand for worst and best; ``low`` is above ``high`` where 1 is best.
    words
        Numbers of answers in words, by folded word; empty for a scale of numbers.
    why
        What the scale was recognised by, in words.
    """

    low: float
    high: float
    words: Mapping[str, float]
    why: str

    def read(self, answer: object) -> float | None:
        """Return the number of an answer, NaN where there is none, None where it cannot be read."""
        if not has_answer(answer):
            return float("nan")
        word = fold_answer(answer)
        number = self.words.get(word) if self.words else _number(answer, self.high)
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

    Parameters
    ----------
    answers
        The distinct answers of one question, empty ones left out.
    given
        (worst, best) for numbers, or a number for each word; None: recognise it.
    """
    if isinstance(given, Mapping):
        words = {fold_answer(word): float(number) for word, number in given.items()}
        return Scale(min(words.values()), max(words.values()), words, "as given")
    if given is not None:
        return Scale(float(given[0]), float(given[1]), {}, "as given")
    numbers = [_number(answer, None) for answer in answers]
    known = [one for one in numbers if one is not None]
    if answers and len(known) == len(answers):
        for low, high in RANGES:
            if low <= min(known) and max(known) <= high:
                seen = f"answers from {min(known):g} to {max(known):g}"
                return Scale(low, high, {}, f"recognised by {seen}")
        return None
    seen_words = {fold_answer(answer) for answer in answers}
    for ladder in LADDERS:
        rungs = [fold_answer(word) for word in ladder.split(";")]
        if seen_words <= set(rungs):
            places = {word: float(k) for k, word in enumerate(rungs)}
            return Scale(0.0, float(len(rungs) - 1), places, "recognised by its words")
    return None


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
