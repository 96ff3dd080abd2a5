"""Columns of free times and time zones, and what only a person can say of them."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.dates import read_moments
from mentormatch.cohort.cells.nothing import fold_words
from mentormatch.compatibility.ids import format_count
from mentormatch.criteria.availability.day_names import LANGUAGES, day_key, lexicon_of
from mentormatch.criteria.availability.given_hours import PIECES, drop_pieces
from mentormatch.criteria.availability.week_reader import WeekReader, words_without_hours
from mentormatch.criteria.availability.windows import packed_windows, reader_of_column
from mentormatch.criteria.availability.zones import is_zone, read_zone
from mentormatch.criteria.cells.tokens import UnreadableError
from mentormatch.criteria.words.heading_words import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.recognition.contents import Column
    from mentormatch.criteria.recognition.kinds_of_columns import Recognised, Verdict

__all__ = ["ask_for_hours", "ask_for_zones", "find_only_zone", "find_start", "find_times"]

# Who writes more different words than these writes sentences.
MOST_WORDS = 20
# So many cells are looked at.
MOST_CELLS = 60
# Hours behind a cell tell whether it names days.
SOME_HOURS = "09:00-10:00"
# A time of the clock, and the words around it.
CLOCK = re.compile(r"\d\s*(?::\d\d\b|am\b|pm\b|a\.m\.|p\.m\.|uhr\b)", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+")
# Of so many languages days are looked for.
COMMON = 8
SHOWN = 3
# Without accents, from which day somebody can begin: in headings, and what cells say below them.
# "Da quando" and "od kiedy" also ask since when.
STARTS = re.compile(
    r"^(?:start|beginn|debut|inicio|inizio)$|\b(?:start[ -]?(?:kw|woche|week|vecka|uge|uke)|"
    r"available (?:from|as of)|availability from|from when|start(?:ing)? (?:date|from|month|week)|"
    r"earliest start|(?:can|could) (?:you )?(?:start|begin)|ab wann|(?:verfugbar|frei) ab|"
    r"start(?:datum|termin|zeitpunkt)|(?:fruhester|moglicher) (?:start|beginn)|"
    r"disponible (?:a partir|des|desde)|a partir de (?:quand|cuando|quando)|"
    r"(?:date|semaine) de debut|"
    r"puedes (?:empezar|comenzar)|(?:fecha|semana) de inicio|disponibile (?:dal?|a partire)|"
    r"(?:data|settimana) di inizio|"
    r"puoi iniziare|disponivel (?:a partir|desde)|data de inicio|beschikbaar (?:vanaf|per)|"
    r"vanaf wanneer|dostepn\w* od|mozesz zaczac|data rozpoczecia|tillganglig fran|"
    r"tilgaengelig fra|tilgjengelig fra|fra hvornar|fran nar)\b"
)
# Such a heading asks for a week of the year, which numbers alone are too.
WEEKS = re.compile(
    r"\bstart[ -]?(?:kw|woche|week|vecka|uge|uke)\b|"
    r"\b(?:starting|which|what|welcher) (?:week|woche)\b|\b(?:semaine|semana|settimana) d[ei] "
)
LAST_WEEK = 53
MIDNIGHT = " 00:00:00"
# "18.30" is no day: there are twelve months. "01.20" is one where months stand first, and may be
# one beside "March" or "asap".
HOURS = re.compile(
    r"\b(?:(?:[01]?\d|2[0-4])\.(?:00|3[2-9]|[45]\d)|(?:00?|1[3-9]|2[0-4])\.(?:1[3-9]|[2-5]\d))"
    r"(?![\d.])"
)
MAY_BE_HOURS = re.compile(r"\b(?:0?[1-9]|1[0-2])\.(?:1[3-9]|2\d|3[01])(?![\d.])")
CLOCK_LIKE = re.compile(r"\b\d{1,2}\.\d\d(?![\d.])")
# Of dates so many before today are no days from which somebody can begin.
NEARLY_ALL = 0.9
MONTHS = "|".join((
    "jan(?:uary?|uari|vier|eiro)?|enero|gennaio|stycz(?:en|nia)",
    "feb(?:ruary?|ruari|rero|braio)?|fev(?:rier|ereiro)|lut(?:y|ego)",
    "mar(?:ch|z|zo|s|co|zec|ca)?|maart|apr(?:il|ile)?|a[vb]ril|kwie(?:cien|tnia)",
    "ma[yij]|ma[yi]o|maggio|mei|maja|jun[eio]?|juin|junio|junho|giugno|czerw(?:iec|ca)",
    "jul[yi]?|juillet|julio|julho|luglio|lip(?:iec|ca)|aug(?:ust|usti|ustus)?|aout|agosto",
    "sierp(?:ien|nia)|sept?(?:ember|embre|iembre)?|setembro|settembre|wrzes(?:ien|nia)",
    "o[ck]t(?:ober|obre|ubre)?|ottobre|outubro|pazdziernika?",
    "nov(?:ember|embre|embro|iembre)?|listopada?",
    "de[cz](?:ember|embre|embro)?|desember|di[cz](?:embre|iembre)?|grud(?:zien|nia)",
))  # fmt: skip
# "KW 14", "week 14", "v. 14", "2027-W14"; a W and a V alone stand before a number of two digits.
WEEK = (
    r"(?:(?:calendar )?week|wk|[kc]w|(?:kalender)?woche|semaine|sem|semana|settimana|vecka|uke|"
    r"uge|tydzien|tydz)\.? ?(?:of )?\d{1,2}(?:[ /.-]+\d{4})?|[vw]\.? ?\d\d(?:[ /.-]+\d{4})?|"
    r"\d{4}[ -]?w\d\d"
)
DAY = (
    rf"(?:{WEEK}|"
    rf"(?:\d{{1,2}}(?:\.|st|nd|rd|th|er)? (?:de |of )?)?(?:{MONTHS})(?: (?:de )?\d{{4}})?|"
    r"\d{1,2}[. -]\d{1,2}(?:[. -]\d{2,4})?|\d{4}(?:-\d\d){1,2})"
)
SINCE = re.compile(
    rf"(?:\w+ )?(?:from|as of|starting|ab|a partir d\w+|des|desde|dal?|vanaf|per|od|fran|fra) {DAY}"
)
WHEN = re.compile(
    rf"(?:\w+ ){{0,4}}{DAY}|q[1-4](?: \d{{4}})?|(?:from )?now|immediately|(?:right|straight) away|"
    r"asap|as soon as possible|any ?time|(?:ab |per )?(?:sofort|jetzt)|immediatement|"
    r"(?:des )?maintenant|tout de suite|ahora|(?:de )?in?mediato|inmediatamente|(?:da )?subito|"
    r"adesso|immediatamente|agora|imediatamente|nu|(?:per )?direct|onmiddellijk|teraz|od zaraz|"
    r"natychmiast|omgaende"
)
OTHER: dict[Side, Side] = {"mentees": "mentors", "mentors": "mentees"}


def ask_for_zones(columns: Iterable[Recognised]) -> str:
    """Ask where one side alone says its time zones: without them all hours would be of one."""
    zones = [one for one in columns if one.kind == "time zone"]
    if not zones or any(one.partner is not None for one in zones):
        return ""
    other = OTHER[zones[0].side].removesuffix("s")
    return (
        f'Only the {zones[0].side} say their time zones ("{zones[0].name}"). Give the table of the '
        f"{other}s such a column. If all live in one zone, take the # away as it is: then hours "
        "are compared as they are written."
    )


def find_start(column: Column, _: object = None) -> Verdict:
    """Tell whether a column holds from when somebody can begin, which no criterion compares."""
    if not column.texts or column.is_times or (column.is_like_times and not column.is_date):
        return None
    # A workbook has midnight behind a day.
    cells = [one.removesuffix(MIDNIGHT).strip(" .!") for one in list(column.distinct)[:MOST_CELLS]]
    heading = plain_text(column.name)
    asked = STARTS.search(heading) is not None
    says = WHEN if asked else SINCE
    days = [cell for cell in cells if says.fullmatch(cell)]
    is_days = (asked and column.is_date) or 2 * len(days) > len(cells)
    if not is_days and not (asked and WEEKS.search(heading) and _are_weeks(column)):
        return None
    if any(_speaks_of_times(cell) or HOURS.search(cell) for cell in cells):
        return None
    if any(map(MAY_BE_HOURS.search, cells)) and all(map(CLOCK_LIKE.search, days)):
        return None
    if column.is_date and _are_past(column.texts):
        why = (
            "the heading may ask from when somebody can begin, but nearly all dates are before "
            "today, as those on which people were hired are, so it is not taken for that"
        )
        return "time stamp", why, False
    named = json.dumps(column.name, ensure_ascii=False)
    why = (
        "no rule reads from when somebody can begin, so who begins late may be matched with who "
        f"cannot wait. Look at these pairs: columns = [{named}] under [output] writes it beside "
        "them"
    )
    return "start", why, True


def _are_weeks(column: Column) -> bool:
    """Tell whether all cells are numbers that weeks of the year can have, but for "asap"."""
    weeks = range(1, LAST_WEEK + 1)
    soon = sum(WHEN.fullmatch(plain_text(text).strip(" .!")) is not None for text in column.texts)
    numbers = len(column.amounts)
    return 0 < numbers == len(column.texts) - soon and all(k in weeks for k in column.amounts)


def _are_past(texts: Sequence[str]) -> bool:
    """Tell whether nearly all dates are before today; of 3/4/2019 the year tells."""
    today = pd.Timestamp.now().normalize()
    past = 0
    for text, one in zip(texts, read_moments(texts), strict=True):
        if isinstance(one, pd.Timestamp):
            past += one < today
        elif year := re.search(r"\d{4}", text):
            past += int(year[0]) < today.year
    return past >= NEARLY_ALL * len(texts)


def find_times(column: Column, _: object = None) -> Verdict:
    """Tell whether a column holds free times or time zones, be it in words that must be said."""
    if column.is_zone:
        return "time zone", "names of time zones", False
    if "zone" in column.topics and not column.is_prose and not column.is_like_times:
        if not column.unread_zones:
            return (
                "time zone",
                "the heading says so, and the cells are zones or their cities",
                False,
            )
        return "time zone", "the heading says so, but not all cells are known time zones", True
    if column.is_times:
        return "times", "days with hours", False
    speaks = "times" in column.topics
    if column.is_like_times and (speaks or column.n_values > 1):
        return "times", "hours, but few of the cells can be read as weekly windows", True
    # "Times [Morning]" is one of several columns, whose cells are days or marks.
    if speaks and not (column.is_number or column.is_date or column.name.rstrip().endswith("]")):
        cells = list(column.distinct)[:MOST_CELLS]
        days = _find_days_alone(cells)
        reads = sum(
            cell in days or bool(words_without_hours([cell])) or _speaks_of_times(cell)
            for cell in cells
        )
        if cells and 2 * reads > len(cells):
            unread = column.unread_times
            why = (
                "words for days and hours, whose hours somebody must say; "
                f"{len(unread)} of {format_count(len(column.texts), 'answer')} cannot be read: "
            )
            return "times", why + "; ".join(f'"{text}"' for text in unread[:SHOWN]), True
    return None


def _speaks_of_times(cell: str) -> bool:
    """Tell whether a cell has a time of the clock or names a day, whatever stands around it.

    "2h a week" and "2-3" are how long, and "in March" is from when.
    """
    words = {day_key(word) for word in WORD.findall(cell)}
    return CLOCK.search(cell) is not None or any(
        not words.isdisjoint(lexicon_of(one).days) for one in LANGUAGES[:COMMON]
    )


def _find_days_alone(cells: Collection[str]) -> set[str]:
    """Find cells that would be weekly windows with hours behind them: "Montags", "L,X,V"."""
    timed = {cell: f"{cell} {SOME_HOURS}" for cell in cells if not any(map(str.isdigit, cell))}
    reader = reader_of_column(list(timed.values()))
    return {cell for cell, text in timed.items() if _is_read(text, reader)}


def _is_read(text: str, reader: WeekReader) -> bool:
    try:
        packed_windows(text, reader)
    except ValueError:
        return False
    return True


def _list_unsaid(cells: Sequence[str]) -> list[str]:
    """Words without hours, and pieces of cells that say neither hours nor such a word."""
    words = words_without_hours(cells)
    reader = reader_of_column([cell for cell in cells if any(map(str.isdigit, cell))])
    said = {word.casefold() for word in words}
    for cell in cells:
        if _is_read(cell, reader) or words_without_hours([cell]):
            continue
        pieces = [piece.strip() for piece in PIECES.split(cell)]
        timed = any(map(str.isdigit, cell))
        for piece in pieces:
            # "Mo-Do 9-15 Uhr, Fr frei": all else is read, and that is a day off or a free one.
            rest = "; ".join(one for one in pieces if one != piece)
            if timed and (any(map(str.isdigit, piece)) or not _is_read(rest, reader)):
                continue
            if piece and piece.casefold() not in said:
                said.add(piece.casefold())
                words.append(piece)
    return words


def ask_for_hours(cohort: Cohort, times: Recognised) -> tuple[dict[str, object], str]:
    """Ask when the words are that people write instead of hours: "evening", "after 6pm".

    The answer is ``read`` of `Availability` with every such word, and the question; both are empty
    where there is none.
    """
    names = (times.name, times.partner or times.name)
    nothing = fold_words(cohort.missing)
    cells = [
        drop_pieces(cell.strip(), nothing)
        for side, name in zip(SIDES, names, strict=True)
        for cell in cohort.distinct(side, name)[1]
        if isinstance(cell, str) and cell.strip()
    ]
    words = _list_unsaid(cells)
    if not 0 < len(words) <= MOST_WORDS:
        return {}, ""
    named = ", ".join(f'"{word}"' for word in words)
    asks = (
        "People write words for their hours: say between the quotes of read when each one is, such "
        'as "18:00-21:00", for a word that also stands alone "Mon-Sun 18:00-21:00", which serves '
        f'beside days as well, or "never". They are {named}. Then take the # away.'
    )
    return {"read": dict.fromkeys(words, "")}, asks


def find_only_zone(cohort: Cohort, zone: Recognised) -> str | None:
    """Return the time zone in which all say that they live; None where there are several.

    None also for a text that may mean several, such as "MST": it is asked about as in single cells.
    """
    partner = dict(zip(SIDES, (zone.name, zone.partner), strict=True))
    if zone.side != "mentees" or zone.partner is None:
        return None
    cells = [str(cell).strip() for side in SIDES for cell in cohort.table(side)[partner[side]]]
    if len(set(cells)) != 1 or not is_zone(cells[0]):
        return None
    with contextlib.suppress(UnreadableError):
        # Hours alone tell no clock: "EST" is said as what it is read as.
        return read_zone(cells[0]).zone
    return None
