"""Find boxes to tick that both tables have, such as a column for each skill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.cells.small_words import small_words
from mentormatch.cohort.columns.answers import read_answer
from mentormatch.cohort.columns.filters import fold_cell
from mentormatch.criteria.words.heading_words import speaks_of_status, topics_of
from mentormatch.criteria.words.protected import protected_attribute
from mentormatch.programme.draft.grid_tables import GridTable, are_days
from mentormatch.programme.draft.toml import write_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mentormatch.cohort import Cohort

__all__ = ["find_boxes", "say_guess"]

# Two boxes may as well be two questions to answer with yes or no, and so may spelled answers.
FEWEST = 3
SPELLED = frozenset(small_words("yes", "no"))
# An option is short; "I have read the rules of the programme" is something else to tick.
MOST_WORDS = 4
# What somebody agrees to, or is, and no option.
OF_PEOPLE = frozenset({"consent", "before", "role", "only same", "seats", "heard", "contact"})


def find_boxes(cohort: Cohort) -> Iterator[GridTable]:
    """Yield ``[[columns]]`` for boxes that both tables have, side by side in that of the mentees.

    Below each stands nothing but a mark such as x, TRUE or 1, and FALSE, 0 or nothing for those
    who have not ticked it.
    """
    run: list[str] = []
    for name in (*map(str, cohort.table("mentees").columns), None):
        if name is not None and _is_box(cohort, name):
            run.append(name)
            continue
        if len(run) >= FEWEST and not are_days(run):
            named = f"{run[0]} / {run[1]} …"
            yield {"name": named, "pattern": "{option}", "kind": "values", "options": run}
        run = []


def say_guess(entry: Mapping[str, object]) -> str:
    """Say that boxes are taken for one question, and what to do if they are none."""
    if (entry["pattern"], entry["kind"]) != ("{option}", "values"):
        return ""
    name = write_value(entry["name"])
    return (
        f"A guess: the boxes of {name} are one question, and it is good to have ticked the same. "
        "If mentees ticked what they want and mentors what they offer, write for it in "
        f'[[criteria]] kind = "SkillCoverage", wants = {name}, offers = {name}; if these are '
        "questions of their own, take its [[columns]] and [[criteria]] out of the file."
    )


def _is_box(cohort: Cohort, name: str) -> bool:
    if (
        len(name.split()) > MOST_WORDS
        or name.endswith(("?", "]"))
        or topics_of(name) & OF_PEOPLE
        or speaks_of_status(name, flags=True)
        or protected_attribute(name) is not None
        or name not in cohort.table("mentors")
    ):
        return False
    cells = [cell for side in SIDES for cell in cohort.distinct(side, name)[1]]
    marks = {0.0 if is_missing(cell) else read_answer(cell) for cell in cells}
    return marks == {0.0, 1.0} and SPELLED.isdisjoint(map(fold_cell, cells))
