"""What people are called: by their names where the user asks for names, else by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.cohort import SIDES, hint_nearest
from mentormatch.cohort.identity.called import find_called
from mentormatch.cohort.person_columns.answers import fold_person
from mentormatch.compatibility.views import view_of
from mentormatch.errors import ProblemError
from mentormatch.explanations.cautions import ids_of
from mentormatch.problem import PairRule
from mentormatch.problem.pins import pair_positions

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from mentormatch.cohort import Side
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["call_by_id", "call_pairs", "call_people", "find_person", "in_names"]

# So many ids of people of one name are listed.
SHOWN = 30


def call_people(matching: Matching, columns: Mapping[Side, Sequence[str]]) -> dict[Side, list[str]]:
    """What the people of each side are called, by position."""
    cohort = matching.problem.compatibility.cohort
    names: dict[Side, list[str]] = {}
    for side, ids in ids_of(matching.problem).items():
        names[side] = [str(person) for person in ids]
        column = next(iter(columns.get(side, ())), None)
        if cohort is not None and column is not None:
            cells = cohort.column(side, column)
            shown = [
                own if empty else str(cell)
                for own, cell, empty in zip(names[side], cells, cells.isna(), strict=True)
            ]
            unclear = pd.Series(shown, dtype=object).duplicated(keep=False)
            each = zip(names[side], shown, cells.isna(), unclear, strict=True)
            names[side] = [
                f"{cell} ({own})" if twice and not empty else cell
                for own, cell, empty, twice in each
            ]
    return names


def call_by_id(
    matching: Matching, columns: Mapping[Side, Sequence[str]]
) -> dict[Side, dict[object, str]]:
    """What the people of each side are called, by id."""
    called, ids = call_people(matching, columns), ids_of(matching.problem)
    return {side: dict(zip(ids[side], names, strict=True)) for side, names in called.items()}


def call_pairs(pairs: pd.DataFrame, names: Mapping[Side, Mapping[object, str]]) -> pd.DataFrame:
    """A table of pairs with people as `call_by_id` calls them, in its mentee and mentor."""
    mentees, mentors = (names[side] for side in SIDES)
    return pairs.assign(
        mentee=[mentees.get(one, one) for one in pairs["mentee"]],
        mentor=[mentors.get(one, one) for one in pairs["mentor"]],
    )


def in_names(matching: Matching, columns: Mapping[Side, Sequence[str]]) -> Matching:
    """The matching with what people are called in the place of their ids.

    It is there to be told in sentences, and for nothing else: nobody's id is in it. Without
    ``columns`` it is the matching itself.
    """
    if not any(columns.values()):
        return matching
    names, problem = call_people(matching, columns), matching.problem

    def called(rules: tuple[PairRule, ...], what: str) -> tuple[PairRule, ...]:
        places = pair_positions(problem.compatibility, rules, what).tolist()
        return tuple(
            PairRule(names["mentees"][i], names["mentors"][j], rule.reason)
            for (i, j), rule in zip(places, rules, strict=True)
        )

    compatibility = view_of(
        problem.compatibility,
        mentee_ids=pd.Index(names["mentees"], dtype=object),
        mentor_ids=pd.Index(names["mentors"], dtype=object),
    )
    pins, bans = called(problem.pin_rules, "pins"), called(problem.ban_rules, "bans")
    told = view_of(problem, compatibility=compatibility, pin_rules=pins, ban_rules=bans)
    return view_of(matching, problem=told)


def find_person(problem: Problem, side: Side, text: str) -> Hashable:
    """Return the id that is written like a text, or that of the only one of this name.

    Raises ProblemError if nobody has it, or several people have this name.
    """
    people: list[Hashable] = problem.ids(side).tolist()
    for one in people:
        if str(one) == text:
            return one
    role = side.removesuffix("s")
    called = _find_called(problem, side, text)
    if len(called) == 1:
        return people[called[0]]
    if called:
        own = ", ".join(str(people[k]) for k in called[:SHOWN])
        raise ProblemError(f"{len(called)} {side} are called {text!r}. Give an id: {own}.")
    hint = hint_nearest(text, [str(one) for one in people[:100_000]])
    raise ProblemError(f"There is no {role} with the id or the name {text!r}.{hint}")


def _find_called(problem: Problem, side: Side, text: str) -> list[int]:
    """Positions of those whose name is a text, whatever its case and accents."""
    cohort = problem.compatibility.cohort
    return (
        [] if cohort is None else find_called(cohort.table(side), side).get(fold_person(text), [])
    )
