"""People in: read two tables, check them, hold them."""

from mentormatch.cohort.identity.identify import clean_id
from mentormatch.cohort.names import SIDES, PerSide, Side, clean_name, hint_nearest, nearest_name
from mentormatch.cohort.people import Cohort
from mentormatch.cohort.reading import read_cohort, read_table

__all__ = [
    "SIDES",
    "Cohort",
    "PerSide",
    "Side",
    "clean_id",
    "clean_name",
    "hint_nearest",
    "nearest_name",
    "read_cohort",
    "read_table",
]
