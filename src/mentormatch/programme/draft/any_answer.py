"""Answers such as "anything" in columns of topics and skills, which are no topics and no skills."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.nothing import NOTHING
from mentormatch.cohort.names import heading_words
from mentormatch.criteria.cells.answers import ANYTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.cohort import Cohort
    from mentormatch.criteria.suggest.kinds_of_columns import ColumnKind, Recognised

__all__ = ["describe_any_answers"]

LISTS: frozenset[ColumnKind] = frozenset({"skills", "topics", "same"})


def describe_any_answers(
    cohort: Cohort, columns: Sequence[Recognised]
) -> tuple[str, list[str] | None, bool]:
    """Find cells that say that anything will do where topics or skills are compared.

    Compared as they stand, they would be shared by nobody, and whoever is open to everything would
    fit least of all.

    Returns
    -------
    note
        A sentence for the file and the screen; empty where there is no such cell.
    missing
        What ``missing`` of ``[tables]`` would then be; None where there is no such cell.
    sure
        Whether these words stand nowhere else, where they may be an answer.
    """
    compared = {(one.side, one.name) for one in columns if one.kind in LISTS}
    if not compared:
        return "", None, True
    found: dict[str, Counter[str]] = {}
    for side, name in sorted(compared, key=lambda key: (SIDES.index(key[0]), key[1])):
        for values in cohort.tags(side, name):
            if len(values) == 1 and " ".join(heading_words(values[0])) in ANYTHING:
                found.setdefault(name, Counter())[values[0]] += 1
    if not found:
        return "", None, True
    words = list(dict.fromkeys(word for counts in found.values() for word in counts))
    told = "; ".join(
        ", ".join(f'"{word}" ({count:,})' for word, count in counts.most_common()) + f' in "{name}"'
        for name, counts in found.items()
    )
    missing = [*NOTHING, *(word.casefold() for word in words)]
    elsewhere = _stand_elsewhere(cohort, columns, words)
    if elsewhere:
        said = (
            f"Some cells say that anything will do: {told}. As they stand they are topics that "
            f"nobody shares. They are also answers of {elsewhere}, so this is for you: take the # "
            "away to count them as no answer in all columns."
        )
    else:
        said = (
            f"Some cells say that anything will do: {told}. They count as no answer, so that who "
            "is open to everything fits everybody alike. If one is a topic or a skill, take it "
            "out of missing in the file."
        )
    return said, missing, not elsewhere


def _stand_elsewhere(cohort: Cohort, columns: Sequence[Recognised], words: Sequence[str]) -> str:
    """Name the other columns in which one of some words is all of a cell."""
    folded = {" ".join(word.casefold().split()) for word in words}
    names: dict[str, None] = {}
    for one in columns:
        if one.kind in LISTS or one.name not in cohort.table(one.side):
            continue
        cells = cohort.table(one.side)[one.name].dropna().unique().tolist()
        if any(" ".join(str(cell).casefold().split()) in folded for cell in cells):
            names[f'"{one.name}"'] = None
    return ", ".join(names)
