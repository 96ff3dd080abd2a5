"""Find boxes to tick that both tables have, such as a column for each skill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.cells.small_words import small_words
from mentormatch.cohort.columns.answers import read_answer
from mentormatch.cohort.columns.filters import fold_cell
from mentormatch.cohort.names import quote_names
from mentormatch.criteria.cells.skill_names import shipped_table, skill_key
from mentormatch.criteria.words.heading_words import plain_text, speaks_of_status, topics_of
from mentormatch.criteria.words.protected import PERSONAL_WORDS, protected_attribute
from mentormatch.programme.draft.grid_tables import GridTable, Unread, are_days
from mentormatch.programme.draft.toml import write_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mentormatch.cohort import Cohort

__all__ = ["are_skills", "ask_about_boxes", "find_boxes", "say_guess"]

# Two boxes may as well be two questions to answer with yes or no, and so may spelled answers.
FEWEST = 3
SPELLED = frozenset(small_words("yes", "no"))
# An option is short; "I have read the rules of the programme" is something else to tick.
MOST_WORDS = 4
# What somebody agrees to, or is, and no option.
OF_PEOPLE = frozenset({"consent", "before", "role", "only same", "seats", "heard", "contact"})
# Data protection is a field of work as well, and a skill where it stands between skills.
FIELDS = frozenset((
    "datenschutz", "dsgvo", "data privacy", "gdpr", "privacy", "privacidad", "rgpd", "avg", "rodo",
))  # fmt: skip
# What more have ticked, of mentees or of mentors, may be what one has to agree to.
MOST_TICKED = 0.5
WANTED = (
    "If mentees ticked what they want and mentors what they offer, write for it in [[criteria]]"
)
COVERAGE = 'kind = "SkillCoverage", wants = {name}, offers = {name}, name = {name}'


def find_boxes(cohort: Cohort) -> Iterator[GridTable]:
    """Yield ``[[columns]]`` for boxes that both tables have, side by side in that of the mentees.

    Below each stands nothing but a mark such as x, TRUE or 1, and FALSE, 0 or nothing for those
    who have not ticked it.
    """
    run: list[str] = []
    names = [*map(str, cohort.table("mentees").columns)]
    is_box = [_is_box(cohort, name) for name in names]
    for at in range(1, len(names) - 1):
        is_between = is_box[at - 1] and is_box[at + 1]
        is_box[at] |= is_between and _is_field_between(cohort, *names[at - 1 : at + 1])
    # "Hispanic or Latino" beside "Asian" and "White" is of their kind, though no word says so.
    beside = False
    for name, joins in zip((*names, None), (*is_box, False), strict=True):
        if name is not None and joins:
            run.append(name)
            continue
        is_personal = name is not None and _is_personal(name)
        if len(run) >= FEWEST and not are_days(run) and not (beside or is_personal):
            named = f"{run[0]} / {run[1]} …"
            yield {"name": named, "pattern": "{option}", "kind": "values", "options": run}
        run, beside = [], is_personal


def say_guess(entry: GridTable) -> str:
    """Say that boxes are taken for one question, and what to do if they are none."""
    if (entry["pattern"], entry["kind"]) != ("{option}", "values"):
        return ""
    name = write_value(entry["name"])
    fields = [write_value(one) for one in entry["options"] if plain_text(one) in FIELDS]
    consents = [f"{one} may be a consent too: then take it out of its options. " for one in fields]
    return (
        f"A guess: the boxes of {name} are one question, and it is good to have ticked the same. "
        f"{''.join(consents)}{WANTED} {COVERAGE.format(name=name)}; if these are questions of "
        "their own, take its [[columns]] out of the file, with the [[criteria]] that have its name."
    )


def are_skills(cohort: Cohort, options: Sequence[str]) -> bool:
    """Tell whether all boxes are known skills; newsletters and photos are ticked as well.

    Data protection is a skill where at most half of each side ticked it, and no more people than
    the commonest of the boxes beside it; what more have ticked may be a consent.
    """
    known = shipped_table().known
    shares = [
        [float(np.mean([read_answer(cell) == 1 for cell in cohort.table(side)[one]]))
         for side in SIDES]
        for one in options
    ]  # fmt: skip
    for k, one in enumerate(options):
        if plain_text(one) in FIELDS:
            beside = [*shares[max(k - 1, 0) : k], *shares[k + 1 : k + 2]]
            if max(shares[k]) > MOST_TICKED or sum(shares[k]) > max(map(sum, beside)):
                return False
        elif skill_key(one) not in known:
            return False
    return True


def ask_about_boxes(entry: GridTable) -> Unread:
    """Ask whether boxes are the options of one question."""
    name = write_value(entry["name"])
    what = (
        f"Both tables have boxes to tick side by side: {quote_names(entry['options'])}. Whether "
        "they are one question, such as topics, is not known, so none of them counts."
    )
    cure = (
        "If they are, take the # away before its [[columns]] in the file, and out of its options "
        'what is none; then add [[criteria]] with kind = "TagOverlap", column = '
        f"{name}, name = {name}, weight = 1 if it is good to have ticked the same. {WANTED} "
        f"{COVERAGE.format(name=name)}, weight = 1."
    )
    return Unread(what, cure, entry)


def _is_personal(name: str) -> bool:
    return protected_attribute(name) is not None or plain_text(name) in PERSONAL_WORDS


def _is_box(cohort: Cohort, name: str) -> bool:
    return not (
        len(name.split()) > MOST_WORDS
        or name.endswith(("?", "]"))
        or topics_of(name) & OF_PEOPLE
        or speaks_of_status(name, flags=True)
        or _is_personal(name)
    ) and _has_marks(cohort, name)


def _has_marks(cohort: Cohort, name: str) -> bool:
    """Tell whether both tables have the column, and nothing but marks and blanks below it."""
    if name not in cohort.table("mentors"):
        return False
    cells = _cells(cohort, name)
    marks = {0.0 if is_missing(cell) else read_answer(cell) for cell in cells}
    return marks == {0.0, 1.0} and SPELLED.isdisjoint(map(fold_cell, cells))


def _is_field_between(cohort: Cohort, box: str, name: str) -> bool:
    """Tell whether a field of work is ticked as the box beside it is, with the same marks."""
    if plain_text(name) not in FIELDS or not _has_marks(cohort, name):
        return False
    folded = [{*map(fold_cell, _cells(cohort, one))} for one in (name, box)]
    return folded[0] == folded[1]


def _cells(cohort: Cohort, name: str) -> list[object]:
    """Return the different cells below a heading, of both tables."""
    return [cell for side in SIDES for cell in cohort.distinct(side, name)[1]]
