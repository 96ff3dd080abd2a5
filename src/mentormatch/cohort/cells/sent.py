"""When the rows of a form were sent, by the column in which the form writes it down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mentormatch.cohort.cells.dates import read_instants
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.names import heading_words, word_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

__all__ = [
    "OF_THE_FORM",
    "Unfinished",
    "find_latest",
    "find_sent_columns",
    "find_unanswered",
    "find_unfinished",
    "is_counted_by_the_form",
    "is_marked_by_the_form",
    "is_sent_column",
]

# Headings of programs that collect answers, without accents, in the languages in which forms are
# common; what is sent last comes first. "Start date" and "End date" are questions as well.
SENT = (
    (
        "completion time", "completed", "submitted", "submission date", "submission time",
        "submit date", "submitdate", "submitdate date submitted", "date submitted",
        "time submitted", "recorded date",
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
# Headings of what a form adds by itself, without accents; any other may be an answer.
OF_THE_FORM = frozenset((
    "id", "#", "respondent id", "response id", "submission id", "record id", "collector id",
    "network id", "ip", "ip address", "session id", "seed", "token", "user agent", "browser",
    "referrer", "lastpage", "last page", "startlanguage", "start language", "form id",
    "ipaddress", "responseid", "respondentid", "duration in seconds", "recipient id",
    "location latitude", "location longitude", "external data reference", "user language",
))  # fmt: skip
# People are asked for these as well ("12 months"): they count where all cells are bare numbers.
COUNTED = frozenset({"duration", "time taken", "progress"})
BARE_NUMBER = re.compile(r"\s*\d+(?:[.,]\d+)?\s*%?\s*")
# Of forms where a time of day stands in the cell; else people are asked for them.
BEGUN = frozenset({"start date", "end date", "startdate", "enddate"})
# People are asked for these as well ("Started" a job): they count where cells have a time of day.
ASKED = word_set("completed created started modified updated")
TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}")
# Columns in which programs mark an answer: what they write of one that counts, and of others. Any
# other answer below such a heading is one of people.
MARKS = {
    **dict.fromkeys(("finished",), ({"true", "1"}, {"false", "0"})),
    **dict.fromkeys(
        ("status", "response type", "response status", "distribution channel"),
        (
            {
                "ip address", "imported", "offline", "anonymous", "email", "qr", "qr code",
                "complete", "completed",
            },
            {
                "survey preview", "survey test", "spam", "survey preview spam", "imported spam",
                "offline survey preview", "preview", "test", "partial", "incomplete",
                "disqualified",
            },
        ),
    ),
}  # fmt: skip
# A number below these is such a mark only in a table that one of the other headings tells.
CODED = ("status", "response type")
CODES = ({"0", "4", "16", "32"}, {"1", "2", "8", "9", "12", "17", "40", "48"})
TELLS_CODES = frozenset({"responseid", "response id", "recordeddate", "recorded date"})
PERCENT, WHOLE = "progress", 100
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


def is_marked_by_the_form(heading: object, cells: Iterable[object]) -> bool:
    """Tell whether a column holds only what a form writes beside answers, such as "IP Address".

    Examples
    --------
    >>> is_marked_by_the_form("Distribution Channel", ["anonymous", "preview", None])
    True
    >>> is_marked_by_the_form("Status", ["active", "on leave"])
    False
    """
    words = heading_words(heading)
    if len(words) > 1 and " ".join(words) in OF_THE_FORM:
        return True
    texts = {_text(cell).casefold() for cell in cells} - {""}
    marks = set().union(*MARKS.get(" ".join(words), ())) - {"true", "false"}
    if words == ("response", "type"):
        marks |= CODES[0] | CODES[1]
    return bool(texts) and texts <= marks


def find_unanswered(header: Sequence[object], rows: Sequence[Sequence[object]]) -> list[int]:
    """Find the rows that have nothing but what a form adds: when it was sent, and its numbers.

    Examples
    --------
    >>> header = ["Respondent ID", "Start Date", "Email"]
    >>> find_unanswered(header, [[17, "01/12/2027 09:00", ""], [18, "01/12/2027 09:02", "a@x.io"]])
    [0]
    >>> find_unanswered(["id", "Timestamp", "Topics"], [["ann", "2027-03-16 09:30"], [17]])
    []
    """
    asked = [
        k
        for k, heading in enumerate(header)
        if not _may_be_of_the_form(heading)
        and not is_counted_by_the_form(heading, [cells[k] for cells in rows if k < len(cells)])
    ]
    found = []
    # Of most rows the first answer tells.
    for k, cells in enumerate(rows) if 0 < len(asked) < len(header) else ():
        if any(place < len(cells) and not _is_blank(cells[place]) for place in asked):
            continue
        filled = [pair for pair in zip(header, cells, strict=False) if not _is_blank(pair[1])]
        others = [pair for pair in filled if not _says_when(*pair)]
        if len(others) < len(filled) and all(_is_number_of_form(*pair) for pair in others):
            found.append(k)
    return found


def is_counted_by_the_form(heading: object, cells: Iterable[object]) -> bool:
    """Tell whether a column has the seconds or percents that a form counts, below "Duration"."""
    return " ".join(heading_words(heading)) in COUNTED and all(
        _is_blank(cell) or BARE_NUMBER.fullmatch(str(cell)) for cell in cells
    )


def _is_blank(cell: object) -> bool:
    return is_missing(cell) or not str(cell).strip()


def _may_be_of_the_form(heading: object) -> bool:
    words = " ".join(heading_words(heading))
    return words in OF_THE_FORM | BEGUN | {""} or _rank(heading) is not None


def _is_number_of_form(heading: object, cell: object) -> bool:
    """Whether a cell is what a form adds; below "id" alone names of people may stand."""
    words = heading_words(heading)
    named = len(words) > 1 or any(map(str.isdigit, str(cell)))
    return named and " ".join(words) in OF_THE_FORM | COUNTED | {""}


def _says_when(heading: object, cell: object) -> bool:
    if " ".join(heading_words(heading)) in BEGUN:
        # A workbook holds a day as its midnight.
        return TIME_OF_DAY.search(str(cell).removesuffix(" 00:00:00")) is not None
    return is_sent_column(heading, [cell])


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


class Unfinished(NamedTuple):
    """Rows that a form marks as a preview, or as an answer that somebody only began."""

    column: str
    positions: list[int]
    says: str  # what stands there, in words
    condition: dict[str, list[str]]  # of ``where``, which leaves these rows out


def find_unfinished(table: pd.DataFrame) -> list[Unfinished]:
    """Find the rows that a form marks as no answer, each by the first column that tells."""
    headings = {str(name): " ".join(heading_words(name)) for name in table}
    coded = not TELLS_CODES.isdisjoint(headings.values())
    found = [
        one
        for name, heading in headings.items()
        if heading in MARKS
        for marks in (MARKS[heading], *((CODES,) if coded and heading in CODED else ()))
        if (one := _find_marked(name, table[name].tolist(), *marks))
    ]
    found += filter(None, [_find_unsent(table)])
    found += [
        one
        for name, heading in headings.items()
        if heading == PERCENT and (one := _find_begun(name, table[name].tolist()))
    ]
    told: set[int] = set()
    kept = []
    for one in found:
        if not told.issuperset(one.positions):
            kept.append(one._replace(positions=[k for k in one.positions if k not in told]))
            told.update(one.positions)
    return kept


def _find_marked(
    name: str, cells: Sequence[object], counts: set[str], others: set[str]
) -> Unfinished | None:
    """Find rows with a mark of those ``others``, where all cells are marks."""
    texts = [_text(cell) for cell in cells]
    marked = [k for k, text in enumerate(texts) if text.casefold() in others]
    if not marked or not {text.casefold() for text in texts if text} <= counts | others:
        return None
    values = list(dict.fromkeys(texts[k] for k in marked))
    return Unfinished(name, marked, " or ".join(map(repr, values)), {"is_not": values})


def _find_unsent(table: pd.DataFrame) -> Unfinished | None:
    """Find rows without the time of sending; none where all was sent, or most has no date."""
    for name in find_sent_columns(table):
        empty = [k for k, cell in enumerate(table[name].tolist()) if is_missing(cell)]
        if _rank(name) == 0 and 0 < 2 * len(empty) < len(table):
            return Unfinished(name, empty, "nothing", {"is_not": [""]})
    return None


def _find_begun(name: str, cells: Sequence[object]) -> Unfinished | None:
    """Find rows with less than the whole of the questions, where some have 100 percent."""
    texts = {k: text for k, cell in enumerate(cells) if (text := _text(cell))}
    if not all(map(BARE_NUMBER.fullmatch, texts.values())):
        return None
    percents = {k: float(text.strip(" %").replace(",", ".")) for k, text in texts.items()}
    begun = [k for k, percent in percents.items() if percent < WHOLE]
    if not begun or max(percents.values()) != WHOLE:
        return None
    whole = list(dict.fromkeys(texts[k] for k, percent in percents.items() if percent == WHOLE))
    # A row that somebody added by hand has nothing there, and is not left out.
    whole += [""] if len(texts) < len(cells) else []
    return Unfinished(name, begun, f"less than {WHOLE}", {"is": whole})


def _text(cell: object) -> str:
    """A cell as `where` compares it, but for case."""
    if is_missing(cell):
        return ""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


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
