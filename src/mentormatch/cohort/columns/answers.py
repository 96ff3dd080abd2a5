"""Yes, maybe and no in the languages of forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.small_words import small_words
from mentormatch.cohort.columns.filters import fold_cell

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ANSWERS", "is_other", "read_answer"]

YES = (*small_words("yes", "letter_for_yes", "true", "tick", "free"), "1", "ok")
NO = (*small_words("no", "letter_for_no", "false", "cross", "busy"), "0")
ANSWERS: dict[str, float] = {
    **dict.fromkeys(YES, 1.0),
    # "(Yes)" is what polls of dates show for "if need be".
    **dict.fromkeys((f"({word})" for word in small_words("yes")), 0.5),
    **dict.fromkeys((word.replace("-", " ") for word in small_words("maybe")), 0.5),
    "?": 0.5,
    **dict.fromkeys(NO, 0.0),
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

    ``read`` says what other answers are worth, by folded text; they go first.
    """
    text = fold_cell(cell)
    known = {fold_cell(word): worth for word, worth in (read or {}).items()}
    for form in (text, text.replace("-", " ")):
        if form in known:
            return known[form]
    return ANSWERS.get(text.replace("-", " "), ANSWERS.get(text))
