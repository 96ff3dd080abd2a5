"""People in: read two tables, check them, hold them."""

from mentormatch.cohort.identity.cleaning import clean_id
from mentormatch.cohort.identity.nearest import hint_person, nearest_person
from mentormatch.cohort.names import (
    SIDES,
    PerSide,
    Side,
    ask_nearest,
    clean_name,
    hint_nearest,
    loose_form,
    loose_name,
    nearest_name,
    say_lacks_column,
    split_by_side,
)
from mentormatch.cohort.people import Cohort
from mentormatch.cohort.reading import read_cohort, read_table
from mentormatch.cohort.readings import Reading

__all__ = [
    "SIDES",
    "Cohort",
    "PerSide",
    "Reading",
    "Side",
    "ask_nearest",
    "clean_id",
    "clean_name",
    "hint_nearest",
    "hint_person",
    "loose_form",
    "loose_name",
    "nearest_name",
    "nearest_person",
    "read_cohort",
    "read_table",
    "say_lacks_column",
    "split_by_side",
]
