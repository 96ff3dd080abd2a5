"""When the rows of a form were sent, by the column in which the form writes it down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.dates import read_instants
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.names import heading_words, word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["find_latest", "find_sent_columns", "find_unsent", "is_sent_column"]

# Headings of programs that collect answers, without accents, in the languages in which forms are
# common; what is sent last comes first. "Start date" and "End date" are questions as well.
SENT = (
    (
        "completion time", "completed", "submitted", "submission date", "submission time",
        "submit date", "submitdate", "date submitted", "time submitted", "recorded date",
        "fertigstellungszeit", "abgesendet", "eingereicht", "abgabedatum", "heure de fin",
        "date d envoi", "date de soumission", "hora de finalizacion", "fecha de envio",
        "hora de conclusao", "data de envio", "ora di completamento", "data di invio",
        "tijd van voltooien", "voltooiingstijd", "inzenddatum", "godzina ukonczenia",
        "data przeslania",
    ),
    (
        "timestamp", "time stamp", "datestamp", "zeitstempel", "horodateur", "horodatage",
        "marca temporal", "marca de tiempo", "carimbo de data hora", "informazioni cronologiche",
        "tijdstempel", "sygnatura czasowa", "znacznik czasu",
    ),
    (
        "last modified time", "last modified", "date modified", "modified", "updated",
        "last updated", "letzte anderung", "zuletzt geandert", "uhrzeit der letzten anderung",
        "heure de la derniere modification", "hora de la ultima modificacion",
        "hora da ultima modificacao", "ora ultima modifica", "tijd van laatste wijziging",
        "godzina ostatniej modyfikacji",
    ),
    (
        "created", "date created", "created time", "started", "start time", "startzeit",
        "heure de debut", "hora de inicio", "ora di inizio", "begintijd", "tijd van starten",
        "godzina rozpoczecia",
    ),
)  # fmt: skip
# People are asked for these as well ("Started" a job): they count where cells have a time of day.
ASKED = word_set("completed created started modified updated")
TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}")
RANKS = {heading: rank for rank, headings in enumerate(SENT) for heading in headings}
# Words beside them that change nothing: "Submitted at (UTC)".
BESIDE = word_set("at on utc gmt cet cest est the form response")
YEAR_FIRST = re.compile(r"\s*\d{4}\D")
# Times of a day alone are of no day.
HAS_DATE = re.compile(r"\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}")


def is_sent_column(heading: object, cells: Sequence[object]) -> bool:
    """Tell whether a column is one in which a form writes when an answer was sent.

    Examples
    --------
    >>> cells = ["2027-03-16 09:30"]
    >>> [is_sent_column(one, cells) for one in ("Submitted at", "Zeitstempel", "Start date")]
    [True, True, False]
    >>> is_sent_column("Started", ["2019-09-01"])
    False
    """
    if _rank(heading) is None:
        return False
    if not set(heading_words(heading)) <= ASKED:
        return True
    return all(TIME_OF_DAY.search(str(cell)) for cell in cells if not is_missing(cell))


def _rank(heading: object) -> int | None:
    words = [word for word in heading_words(heading) if word not in BESIDE]
    return RANKS.get(" ".join(words))


def find_sent_columns(table: pd.DataFrame) -> list[str]:
    """Return the columns that say when a row was sent, the best one first."""
    found = {
        str(name): rank
        for name, cells in table.items()
        if (rank := _rank(name)) is not None and is_sent_column(name, cells.tolist())
    }
    return sorted(found, key=lambda name: found[name])


def find_unsent(table: pd.DataFrame) -> tuple[str, list[int]] | None:
    """Return the column of when an answer was sent, and the positions at which it is empty.

    So programs keep what somebody began to answer. None where all was sent, or most has no date.
    """
    for name in find_sent_columns(table):
        empty = [k for k, cell in enumerate(table[name].tolist()) if is_missing(cell)]
        if _rank(name) == 0 and 0 < 2 * len(empty) < len(table):
            return name, empty
    return None


def find_latest(
    cells: Sequence[object], places: Sequence[int], *, day_first: bool | None
) -> list[int]:
    """Return which of some rows were sent last, at one moment; none where cells do not tell.

    Where it is not evident which number of a date is the day, it tells if both ways give one row.
    ``cells`` are those of the whole column, ``places`` the rows of one person; for ``day_first``
    see `day_is_first`.
    """
    some = [cells[k] for k in places]
    if not all(HAS_DATE.search(str(cell)) for cell in some):
        return []
    if all(YEAR_FIRST.match(str(cell)) for cell in some):
        day_first = False
    latest: set[tuple[int, ...]] = set()
    for first in (True, False) if day_first is None else (day_first,):
        moments = [one for one in read_instants(some, day_first=first) if not isinstance(one, str)]
        if len(moments) == len(some) and len({one.tzinfo is None for one in moments}) == 1:
            last = max(moments)
            tied = (k for k, one in zip(places, moments, strict=True) if one == last)
            latest.add(tuple(tied))
    return list(latest.pop()) if len(latest) == 1 else []
