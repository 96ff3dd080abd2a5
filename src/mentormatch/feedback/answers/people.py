"""Ids in the place of names that people wrote into a survey."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.cohort import SIDES
from mentormatch.cohort.identity.called import find_called, list_read_names
from mentormatch.cohort.person_columns.answers import fold_person

if TYPE_CHECKING:
    from mentormatch.cohort import Cohort
    from mentormatch.feedback.answers.ratings import Ratings

__all__ = ["names_as_ids"]


def names_as_ids(ratings: Ratings, cohort: Cohort) -> Ratings:
    """Read names of people as their ids, where one person only has the name, and say so.

    Parameters
    ----------
    ratings
        Whose mentees and mentors may be written by name.
    cohort
        The people.
    """
    table, asked, notes = ratings.table.copy(), ratings.asked, list(ratings.notes)
    asked = None if asked is None else asked.copy()
    for side in SIDES:
        role, ids = side.removesuffix("s"), cohort.table(side).index
        called = find_called(cohort.table(side), side)
        read: dict[object, object] = {}
        every = table[role] if asked is None else pd.concat([table[role], asked[role]])
        for written in every.drop_duplicates().tolist():
            people = called.get(fold_person(written), []) if written not in ids else []
            if len(people) == 1:
                read[written] = ids[people[0]]
        if read:
            for frame in (table, asked) if asked is not None else (table,):
                frame[role] = frame[role].map(lambda one, read=read: read.get(one, one))
            notes.append(list_read_names({str(one): person for one, person in read.items()}))
    return replace(ratings, table=table, asked=asked, notes=tuple(notes))
