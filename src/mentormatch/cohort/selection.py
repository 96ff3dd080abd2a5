"""Choose people of a cohort, by position or by id."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from mentormatch.cohort.cells.numbers import to_python
from mentormatch.cohort.identity.cleaning import clean_id
from mentormatch.cohort.identity.nearest import hint_person, nearest_person
from mentormatch.cohort.identity.same_person import Oneself
from mentormatch.cohort.names import SIDES
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mentormatch.cohort.names import Side
    from mentormatch.cohort.protocol import CohortLike

__all__ = ["Positions", "find_people", "take_people"]

Positions: TypeAlias = "list[int] | list[bool] | NDArray[np.integer] | NDArray[np.bool_] | slice"


def take_people(cohort: CohortLike, mentees: Positions, mentors: Positions) -> dict[str, object]:
    """Return the state of a cohort of the people at some positions.

    Nothing is found out anew, so that who somebody is and how cells are divided stays as it was.
    Raises CohortError if somebody is taken twice.
    """
    tables, rows = [], []
    for side, numbers, places in zip(SIDES, cohort.rows, (mentees, mentors), strict=True):
        table = cohort.table(side).iloc[places]
        if not table.index.is_unique:
            again = to_python(table.index[table.index.duplicated()][0])
            source = cohort.sources[SIDES.index(side)]
            expected = "this person is taken twice. Take everybody once."
            raise CohortError([Finding(source, None, None, again, expected)])
        taken = numbers[places]
        taken.setflags(write=False)
        tables.append(table)
        rows.append(taken)
    state = cohort.__getstate__()
    state.pop("readings", None)
    oneself = state["_oneself"]
    assert isinstance(oneself, Oneself)
    place = np.full(len(cohort.mentors) + 1, -1, dtype=np.intp)
    chosen = np.arange(len(cohort.mentors))[mentors]
    place[chosen] = np.arange(len(chosen))
    # −1 reads the last place, which stays −1.
    positions = place[oneself.positions[np.arange(len(cohort.mentees))[mentees]]]
    return {
        **state,
        "mentees": tables[0],
        "mentors": tables[1],
        "rows": tuple(rows),
        "_oneself": replace(oneself, positions=positions),
    }


def find_people(cohort: CohortLike, **ids: Iterable[object]) -> dict[Side, NDArray[np.intp]]:
    """Return the positions of people by side, from their ids as people write them.

    Raises CohortError for all ids at once that nobody has, with the nearest one.
    """
    found: dict[Side, NDArray[np.intp]] = {}
    findings = []
    for side, source in zip(SIDES, cohort.sources, strict=True):
        given = ids[side]
        people: list[object] = [given] if isinstance(given, str) else list(dict.fromkeys(given))
        index = cohort.table(side).index
        label = None if index.name is None else str(index.name)
        places = _places(index, people)
        again = _places(index, [clean_id(one) for one in people])
        places = np.where(places >= 0, places, again)
        for person in (one for one, k in zip(people, places, strict=True) if k < 0):
            expected = f"nobody among the {side} has this id. Correct it, or leave it out."
            near = nearest_person(person, index)
            nearest = None if near is None else str(near)
            if nearest == str(person):
                expected, nearest = expected + hint_person(person, index.tolist()), None
            findings.append(Finding(source, None, label, person, expected, nearest))
        found[side] = places
    if findings:
        raise CohortError(findings)
    return found


def _places(index: pd.Index, people: list[object]) -> NDArray[np.intp]:
    if not people:
        return np.empty(0, dtype=np.intp)
    return index.get_indexer(pd.Index(people, dtype=object)).astype(np.intp)
