"""Answers of yes and no, and of a scale, told from how the different answers go together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.cohort.names import heading_words
from mentormatch.criteria.cells.answers import NO_PREFERENCE
from mentormatch.criteria.suggest.heading_words import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["are_scale", "are_yes_no", "begins_with_yes_or_no"]

YES_NO = frozenset(
    "yes no y n true false maybe ja nein vielleicht oui non peut-etre si sim nao nee misschien tak "
    "nie moze sometimes not_sure x".replace("_", " ").split()
) | {"not sure", "if need be", "weiss nicht"}
# "Yes, I agree" and "No (not this year)": yes or no, with words that explain it.
EXPLAINED = re.compile(r"(?:yes|no|ja|nein|oui|non|si|sim|nao|nee|tak|nie)\s*[,.!:(–-]\s*\S.*")
# Words that turn an answer into its opposite.
TURNS = frozenset((
    "not", "no", "nicht", "kein", "pas", "non", "nao", "niet", "geen", "nie", "ne", "gar", "du",
    "de", "und",
))  # fmt: skip
OPPOSITES = {
    "yes": "no", "ja": "nein", "oui": "non", "si": "no", "sim": "nao", "tak": "nie",
}  # fmt: skip
# What people answer on a scale of agreement, frequency, confidence or satisfaction.
SCALE = re.compile(
    r"\b(?:(?:dis)?agree|neutral\w*|neutre|obojetne|satisfied|dissatisfied|confident|likely|unlikely|"
    r"never|rarely|sometimes|often|always|not at all|very well|excellent|poor|fair|"
    r"stimme|zufrieden|unzufrieden|sicher|nie|selten|manchmal|oft|immer|"
    r"d'accord|satisfait\w*|jamais|rarement|parfois|souvent|toujours|"
    r"acuerdo|desacuerdo|satisfech\w*|nunca|rara vez|a veces|a menudo|siempre|"
    r"concord\w+|discord\w+|raramente|as vezes|sempre|accordo|soddisfatt\w*|mai|a volte|spesso|"
    r"(?:on)?eens|tevreden|nooit|zelden|soms|vaak|altijd|zgadzam|zadowolon\w*|nigdy|rzadko|czasem|"
    r"czesto|zawsze)\b"
)
MOST_STEPS, LONGEST_STEP = 11, 5


def are_yes_no(answers: Collection[str]) -> bool:
    """Tell whether different answers, in lower case without accents, are yes and no."""
    decided = [one for one in answers if " ".join(heading_words(one)) not in NO_PREFERENCE]
    return 0 < len(decided) <= len(answers) <= 4 and all(
        answer in YES_NO or EXPLAINED.fullmatch(answer) is not None for answer in decided
    )


def begins_with_yes_or_no(answer: str) -> bool:
    """Tell whether the first word of an answer is yes, no or one that leaves it open."""
    first = re.match(r"[\w-]+", plain_text(answer))
    known = first is not None and first[0] in YES_NO
    return known or " ".join(heading_words(answer)) in NO_PREFERENCE


def are_scale(answers: Collection[str]) -> bool:
    """Tell whether different answers are steps of a scale.

    They are when most of them have words of agreement, frequency, confidence or satisfaction; or
    when they are short, and one is the opposite of another: "applies" and "does not apply".

    Parameters
    ----------
    answers
        In lower case without accents.
    """
    if not 2 <= len(answers) <= MOST_STEPS:
        return False
    if any(len(answer.split()) > LONGEST_STEP + 2 for answer in answers):
        return False
    known = [answer for answer in answers if SCALE.search(answer)]
    if len(known) >= 0.6 * len(answers):
        return True
    short = [words for one in answers if len(words := re.findall(r"\w+", one)) <= LONGEST_STEP]
    return len(answers) >= 3 and len(short) == len(answers) and _has_opposites(short)


def _has_opposites(answers: Collection[list[str]]) -> bool:
    """Tell whether an answer of two words or more is another with a word that turns it."""
    said = {tuple(answer) for answer in answers}
    for answer in said:
        turned = {tuple(OPPOSITES.get(word, word) for word in answer)}
        turned.add(tuple(word for word in answer if word not in TURNS))
        if len(answer) > 1 and any(one != answer and one in said for one in turned):
            return True
    return False
