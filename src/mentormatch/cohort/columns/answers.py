"""Yes, maybe and no in the languages of forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.cohort.columns.filters import fold_cell

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ANSWERS", "is_other", "read_answer"]

YES = (
    "yes y true x ✓ ✔ ☑ 1 ok ja j wahr oui o vrai si sí s verdadero sim verdadeiro sì vero tak t "
    "prawda waar available free"
)
MAYBE = (
    "maybe ? (yes) if-need-be ifneedbe vielleicht eventuell (ja) peut-être (oui) quizás quizá "
    "tal-vez (sí) talvez (sim) forse (sì) może być-może (tak) misschien if-needed yes,-if-need-be "
    "under-reserve tentative possibly"
)
NO = (
    "no n false 0 ✗ ✘ ☐ nein falsch non faux falso não nao nie fałsz nee onwaar unavailable busy "
    "not-available not-free nicht-verfügbar indisponible pas-disponible no-disponible "
    "não-disponível indisponível non-disponibile niedostępny niedostępna niet-beschikbaar"
)
ANSWERS: dict[str, float] = {
    **{word.replace("-", " "): 1.0 for word in YES.split()},
    **{word.replace("-", " "): 0.5 for word in MAYBE.split()},
    **{word.replace("-", " "): 0.0 for word in NO.split()},
}


# An option below which people write an answer of their own.
OTHER = re.compile(
    r"(?:other|others|andere|anderes|anderer|sonstige|sonstiges|autre|autres|otro|otra|otros|otras|"
    r"outro|outra|outros|outras|altro|altra|altri|anders|overig|overige|inne|inny|inna)"
    r"(?:\W.*)?"
)


def is_other(option: str) -> bool:
    """Tell whether an option is that for answers of one's own.

    Examples
    --------
    >>> is_other("Other (please specify)"), is_other("Sonstiges:"), is_other("Mother tongue")
    (True, True, False)
    """
    return OTHER.fullmatch(fold_cell(option)) is not None


def read_answer(cell: object, read: Mapping[str, float] | None = None) -> float | None:
    """Return 1 for yes, 0.5 for maybe, 0 for no; None for anything else.

    Parameters
    ----------
    cell
        The answer.
    read
        What other answers are worth, by folded text; they go first.
    """
    text = fold_cell(cell)
    known = {fold_cell(word): worth for word, worth in (read or {}).items()}
    for form in (text, text.replace("-", " ")):
        if form in known:
            return known[form]
    return ANSWERS.get(text.replace("-", " "), ANSWERS.get(text))
