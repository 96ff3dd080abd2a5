"""Write a pair of tables in the form of one tool, and say what each of its columns is."""

from __future__ import annotations

import csv
import datetime
import io
from typing import TYPE_CHECKING, Any

from made_up_exports.exports import KEY, Export, Question

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Table = tuple[list[str], list[list[Any]], list[str]]
START = datetime.datetime(2027, 1, 4, 9, 1, 12)


def write_export(export: Export, folder: Path) -> tuple[Path, Path, dict[str, dict[str, str]]]:
    """Write both tables.

    Parameters
    ----------
    export
        What was drawn.
    folder
        Where the files go.

    Returns
    -------
    mentees, mentors
        The files.
    key
        By side: what each column is.
    """
    arrange, write = TOOLS[export.tool]
    paths, key = [], {}
    for side, questions in (("mentees", export.mentees), ("mentors", export.mentors)):
        heading, rows, kinds = arrange(questions, export)
        paths.append(write(folder / side, heading, rows))
        key[side] = dict(zip(heading, kinds, strict=True))
    return paths[0], paths[1], key


def _kind(question: Question) -> str:
    return "identity" if question.what == "identity by name" else KEY[question.what]


def _columns(questions: list[Question], separator: str, end: str = "") -> Table:
    """One column a question; several answers in one cell."""
    heading = [question.heading for question in questions]
    several = ("skills", "topics", "times", "wished", "conflict")
    rows = []
    for answers in zip(*(question.answers for question in questions), strict=True):
        row = []
        for question, given in zip(questions, answers, strict=True):
            cell = separator.join(given)
            row.append(cell + end if cell and question.what in several else cell)
        rows.append(row)
    return heading, rows, [_kind(question) for question in questions]


def _beside(columns: list[tuple[str, str, Callable[[int], Any]]], table: Table) -> Table:
    """Put the columns that a tool adds by itself before those of the questions."""
    heading, rows, kinds = table
    return (
        [*(name for name, _, _ in columns), *heading],
        [[*(cell(k) for _, _, cell in columns), *row] for k, row in enumerate(rows)],
        [*(kind for _, kind, _ in columns), *kinds],
    )


def _time(k: int) -> datetime.datetime:
    return START + datetime.timedelta(hours=7 * k, minutes=13 * k)


def google_forms(questions: list[Question], export: Export) -> Table:
    stamp = {"de": "Zeitstempel", "fr": "Horodateur", "es": "Marca temporal",
             "pt": "Carimbo de data/hora", "it": "Informazioni cronologiche", "nl": "Tijdstempel",
             "pl": "Sygnatura czasowa"}.get(export.language, "Timestamp")  # fmt: skip
    shown: Callable[[int], str] = lambda k: f"{_time(k):%Y/%m/%d %H:%M:%S}"  # noqa: E731
    return _beside([(stamp, "time stamp", shown)], _columns(questions, ", "))


def microsoft_forms(questions: list[Question], export: Export) -> Table:
    names = {"de": ("ID", "Startzeit", "Fertigstellungszeit"),
             "fr": ("ID", "Heure de début", "Heure de fin"),
             "es": ("ID", "Hora de inicio", "Hora de finalización"),
             "pt": ("ID", "Hora de início", "Hora de conclusão")}.get(
                 export.language, ("ID", "Start time", "Completion time"))  # fmt: skip
    own: list[tuple[str, str, Callable[[int], Any]]] = [
        (names[0], "running number", lambda k: k + 1),
        (names[1], "time stamp", _time),
        (names[2], "time stamp", lambda k: _time(k) + datetime.timedelta(minutes=5)),
    ]
    return _beside(own, _columns(questions, ";", ";"))


def typeform(questions: list[Question], _export: Export) -> Table:
    own: list[tuple[str, str, Callable[[int], Any]]] = [
        ("#", "record", lambda k: f"{(k + 7) * 2654435761 % 2**64:016x}")
    ]
    heading, rows, kinds = _beside(own, _columns(questions, ", "))
    heading += ["Start Date (UTC)", "Submit Date (UTC)", "Network ID"]
    for k, row in enumerate(rows):
        row += [
            f"{_time(k):%Y-%m-%d %H:%M:%S}",
            f"{_time(k):%Y-%m-%d %H:%M:%S}",
            f"{k * 7919:010x}",
        ]
    return heading, rows, [*kinds, "time stamp", "time stamp", "record"]


def surveymonkey(questions: list[Question], _export: Export) -> Table:
    own: list[tuple[str, str, Callable[[int], Any]]] = [
        ("Respondent ID", "record", lambda k: 118_120_000_000 + 7919 * k),
        ("Collector ID", "record", lambda _: 430_021_871),
        ("Start Date", "time stamp", lambda k: f"{_time(k):%m/%d/%Y %H:%M:%S}"),
        ("End Date", "time stamp", lambda k: f"{_time(k):%m/%d/%Y %H:%M:%S}"),
        ("IP Address", "record", lambda k: f"192.0.2.{k + 1}"),
    ]
    return _beside(own, _columns(questions, ", "))


def airtable(questions: list[Question], _export: Export) -> Table:
    heading, rows, kinds = _columns(questions, ",")
    for k, row in enumerate(rows):
        row += [f"rec{(k + 11) * 48271 % 2**31:014d}", f"{_time(k):%Y-%m-%d %I:%M%p}".lower()]
    return [*heading, "Record ID", "Created"], rows, [*kinds, "record", "time stamp"]


def limesurvey(questions: list[Question], export: Export) -> Table:
    own: list[tuple[str, str, Callable[[int], Any]]] = [
        ("id. Response ID", "running number", lambda k: k + 1),
        ("submitdate. Date submitted", "time stamp", lambda k: f"{_time(k):%Y-%m-%d %H:%M:%S}"),
        ("lastpage. Last page", "record", lambda _: 3),
        ("startlanguage. Start language", "record", lambda _: export.language),
        ("seed. Seed", "record", lambda k: (k + 3) * 48271 % 2**31),
    ]
    return _beside(own, _columns(questions, ";"))


def by_hand(questions: list[Question], _export: Export) -> Table:
    own: list[tuple[str, str, Callable[[int], Any]]] = [("No.", "running number", lambda k: k + 1)]
    return _beside(own, _columns(questions, "; "))


def _csv(path: Path, heading: list[str], rows: list[list[Any]], delimiter: str = ",") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([heading, *rows])
    path = path.with_suffix(".csv")
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def _semicolons(path: Path, heading: list[str], rows: list[list[Any]]) -> Path:
    return _csv(path, heading, rows, ";")


def _subheaded(path: Path, heading: list[str], rows: list[list[Any]]) -> Path:
    """Write the second row of headings that SurveyMonkey puts below the questions."""
    below = ["" if k < 5 else "Open-Ended Response" for k in range(len(heading))]
    return _csv(path, heading, [below, *rows])


def _xlsx(path: Path, heading: list[str], rows: list[list[Any]], above: str | None = None) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    if above is not None:
        sheet.append([above])
        sheet.append([])
    for row in [heading, *rows]:
        sheet.append([cell if cell != "" else None for cell in row])
    path = path.with_suffix(".xlsx")
    book.save(path)
    return path


def _titled(path: Path, heading: list[str], rows: list[list[Any]]) -> Path:
    return _xlsx(path, heading, rows, "Sign-up 2027")


# By name: how a tool arranges its columns, and how it writes them.
TOOLS: dict[str, tuple[Callable[..., Table], Callable[..., Path]]] = {
    "google-forms": (google_forms, _csv),
    "microsoft-forms": (microsoft_forms, _xlsx),
    "typeform": (typeform, _csv),
    "surveymonkey": (surveymonkey, _subheaded),
    "airtable": (airtable, _csv),
    "limesurvey": (limesurvey, _semicolons),
    "by-hand": (by_hand, _titled),
}
