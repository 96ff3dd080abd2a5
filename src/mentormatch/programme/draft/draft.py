"""A first programme file, written from two tables: commented, and ready to run."""

from __future__ import annotations

import datetime
import os
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mentormatch.cohort import SIDES, Cohort
from mentormatch.cohort.identity.duplicates import KNOWN_BY_HALF, TRIAL
from mentormatch.cohort.identity.rounded import ROUNDED_CURE
from mentormatch.criteria.recognition.asking import ask_about_superiors
from mentormatch.criteria.recognition.recognise import recognise_columns
from mentormatch.criteria.suggest.suggest import propose_criteria
from mentormatch.errors import CohortError, ConfigurationError, Finding
from mentormatch.programme.draft.any_answer import AnyAnswers, find_any_answers
from mentormatch.programme.draft.seats import describe_seats
from mentormatch.programme.draft.sheets import choose_sheets, name_sheets, say_hidden
from mentormatch.programme.draft.tables import DraftTables, ReadOptions, read_for_draft
from mentormatch.programme.draft.text import Parts, write_programme
from mentormatch.programme.draft.trial import try_proposal
from mentormatch.programme.questions.conditions import ask_whom_to_leave_out
from mentormatch.programme.questions.divided import ask_how_to_divide
from mentormatch.programme.questions.gender_wishes import find_gender_wishes
from mentormatch.programme.questions.levels import ask_about_levels
from mentormatch.programme.questions.remarks import ask_about_remarks
from mentormatch.programme.questions.roles import find_roles
from mentormatch.programme.questions.sent_again import ask_about_lost_refusals
from mentormatch.safe_files import expand_home, find_file_obstacle, name_of_old, replace_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mentormatch.criteria.recognition.kinds_of_columns import Recognised
    from mentormatch.criteria.suggest.proposal import Proposal
    from mentormatch.programme.draft.grid_tables import Unread

__all__ = ["Draft", "draft_programme", "write_draft"]

ACCEPT = re.compile(r'say accept = \["([^"]+)"\]')
TABLES: tuple[Literal["mentees", "mentors", "people"], ...] = ("mentees", "mentors", "people")
WORKBOOKS = (".xlsx", ".xlsm")
# Readings of tables as wholes; those of one column are told with the column.
ABOUT_TABLES = frozenset(
    {"identity", "same person", "sides", "roles", "rows", "sheet", "header", "headings", "decimal"}
)
KEYS = {
    "identity": "id",
    "same person": "id",
    "roles": "role",
    "sheet": "sheets",
    "header": "header_row",
}
OWN_PERSON = "counts as a person of its own"
# Where criteria need the dates of a programme, it lasts so long.
PROGRAMME_WEEKS = 24


@dataclass(frozen=True, slots=True)
class Draft:
    """A programme file that was written from two tables.

    Parameters
    ----------
    text
        The file.
    cohort
        The people it was made for.
    columns
        What every column was taken for.
    proposals
        The criteria in it; rules, and those with an obstacle, are comments.
    notes
        By key of ``[tables]`` or ``[problem]``: the evidence for its value.
    kept
        Where the file that stood there before is kept; None without one, or with the same text.
    """

    text: str
    cohort: Cohort
    columns: tuple[Recognised, ...]
    proposals: tuple[Proposal, ...]
    notes: dict[str, str]
    kept: Path | None = None


def draft_programme(
    mentees: str | Path,
    mentors: str | Path | None,
    folder: str | Path,
    *,
    id: str | None = None,
    sheets: tuple[str, str] | None = None,
    accept: Sequence[str] = (),
    role: Mapping[str, str | Sequence[str]] | None = None,
    today: datetime.date | None = None,
) -> Draft:
    """Write a programme file for two tables, or one of everybody, from what they seem to hold.

    Parameters
    ----------
    mentees, mentors
        The tables, as `mentormatch.read_cohort` takes them. Without ``mentors`` the first is a
        workbook of two sheets, or the table of everybody, with a column that says who is what.
    folder
        Where the file is going to stand; its paths start from there.
    id
        The column that identifies people; by default it is found.
    sheets
        The sheets of mentees and mentors in workbooks.
    accept
        Questions about the tables that are answered with yes, as of `mentormatch.read_cohort`.
    role
        Of one table of everybody: the column that says who is what, and values that mean each, as
        of `mentormatch.read_cohort`; what is left out is found.
    today
        Where the file needs the dates of a programme, its example begins soon after this day.

    Returns
    -------
    Draft

    Raises
    ------
    CohortError
        The tables cannot be read, or nothing in them is recognised that could make a pair good.
    """
    given: ReadOptions = {} if sheets is None else {"sheets": sheets}
    if id is not None:
        given["id"] = id
    if accept:
        given["accept"] = list(accept)
    if role and (mentors is not None or sheets is not None):
        expected = "a role divides one table of everybody; here the mentors have a table."
        raise CohortError([Finding(str(mentors or mentees), None, "role", None, expected)])
    paths = {"people": Path(mentees)} if role else _choose_tables(mentees, mentors, given)
    if "people" in paths:
        given["role"] = find_roles(paths["people"], role or {})
    read = read_for_draft({**paths, **given})
    if mentors is not None and "one file" not in accept:
        _check_tables_differ(read[0])
    columns = ask_about_superiors(read[0], recognise_columns(read[0]))
    open_keys: dict[str, object] = {}
    anything = find_any_answers(read[0], columns)
    doubts: tuple[str, ...] = ()
    if anything is not None:
        again, seen, doubts = _read_without(anything, read, columns, {**paths, **given})
        missing, told = anything.missing, anything.tell(doubts)
        if doubts:
            sure, asked = anything.divide(doubts, read[0])
            again, seen, more = _read_without(sure, read, columns, {**paths, **given})
            if sure.counts and not more:
                missing, told = sure.missing, f"{sure.tell(())} {asked.tell(doubts, beside=True)}"
                doubts = ()
        if doubts:
            open_keys["missing"] = missing
        else:
            read, columns = again, seen
            given["missing"] = missing
    cohort, found, notes, unread = read
    if anything is not None:
        notes = {**notes, "missing": told}
    proposals = [
        try_proposal(ask_about_levels(proposal, cohort, found.get("columns", ())), cohort)
        for proposal in propose_criteria(cohort, _dates(today), columns, ask_dates=True)
    ]
    # Levels of both sides are skills once a person has looked at what each step says, and so are
    # boxes that both tables have.
    steps = {one.entry.get("side") for one in unread if one.entry and one.entry["kind"] == "levels"}
    boxes = any(one.entry is not None and one.entry["kind"] == "values" for one in unread)
    if not proposals and steps != set(SIDES) and not boxes:
        raise CohortError(
            [_nothing_recognised(cohort, columns, unread, name_sheets(map(str, paths.values())))]
        )
    tables: dict[str, object] = {
        key: _relative_path(paths[key], folder) for key in TABLES if key in paths
    }
    options: ReadOptions = {**given, **found}
    tables |= {key: value for key, value in options.items() if key != "columns"}
    if "sheets" in given:
        tables["sheets"] = dict(zip(SIDES, given["sheets"], strict=True))
    if sheets is None and "sheets" in given and (hidden := say_hidden(paths["mentees"])):
        notes = {**notes, "sheets": f"By the names of the sheets{hidden}."}
    if "id" not in tables and (known := _identity(cohort)) is not None:
        tables["id"] = known
    problem, seats = describe_seats(cohort, columns)
    wishes = [one.tell(cohort) for one in find_gender_wishes(cohort)]
    # What is not read though people ask for it is said first.
    notes = {
        **({"gender": " ".join(wishes)} if wishes else {}),
        **_describe_people(cohort),
        **notes,
    }
    for ask in (
        ask_how_to_divide, ask_whom_to_leave_out, ask_about_lost_refusals, ask_about_remarks,
    ):  # fmt: skip
        said, options_asked = ask(cohort, columns)
        open_keys |= options_asked
        notes |= said
    notes |= seats
    grids = found.get("columns", ())
    parts = Parts(cohort, tables, open_keys, notes, grids, unread, columns, proposals, problem)
    if unread:
        notes = {**notes, "grids": " ".join(dict.fromkeys(one.why for one in unread))}
    return Draft(write_programme(parts), cohort, tuple(columns), tuple(proposals), notes)


def _read_without(
    anything: AnyAnswers, read: DraftTables, columns: list[Recognised], given: ReadOptions
) -> tuple[DraftTables, list[Recognised], tuple[str, ...]]:
    """Read the tables once more, with cells that say that anything will do as no answers.

    The answer is the tables, what their columns are taken for, and columns that are another thing
    then, or that lose other answers: somebody must look.
    """
    try:
        again = read_for_draft({**given, "missing": anything.missing})
    except CohortError:
        return read, columns, (*anything.doubts, *(name for _, name in anything.counts))
    seen = ask_about_superiors(again[0], recognise_columns(again[0]))
    return again, seen, anything.doubts_of(again[0], seen, columns)


def _choose_tables(
    mentees: str | Path, mentors: str | Path | None, given: ReadOptions
) -> ReadOptions:
    """Tell whether there are two tables, or one of everybody."""
    first = Path(mentees)
    if mentors is not None:
        return {"mentees": first, "mentors": Path(mentors)}
    if first.suffix.lower() not in WORKBOOKS:
        return {"people": first}
    if "sheets" not in given:
        sheets = choose_sheets(first)
        if sheets is None:
            return {"people": first}
        given["sheets"] = sheets
    return {"mentees": first, "mentors": first}


def _check_tables_differ(cohort: Cohort) -> None:
    """Ask whether everybody is meant to be on both sides, where both tables are of one content.

    Raises CohortError if all people of both tables are the same.
    """
    n, m = len(cohort.mentees), len(cohort.mentors)
    if not 1 < n == m == int((cohort.oneself >= 0).sum()):
        return
    both = list(dict.fromkeys(cohort.sources))
    which = f"both tables are {both[0]!r}" if len(both) == 1 else "both tables hold the same people"
    expected = (
        f"{which}: everybody would be a mentee and a mentor. Name the table of the mentors as the "
        "second one. If a column says who is what, give the file once; if everybody is meant to be "
        'both, say accept = ["one file"].'
    )
    raise CohortError([Finding(" and ".join(both), None, None, None, expected)])


def _identity(cohort: Cohort) -> str | dict[str, str] | None:
    """The columns that tell people apart, as the key ``id``."""
    names = {side: cohort.table(side).index.name for side in SIDES}
    if None in names.values() or not cohort.labelled:
        return None
    if len(set(names.values())) == 1:
        return str(names["mentees"])
    return {side: str(name) for side, name in names.items()}


def write_draft(
    mentees: str | Path,
    mentors: str | Path | None,
    path: str | Path,
    *,
    overwrite: bool = False,
    **options: Any,
) -> Draft:
    """Write a programme file for two tables.

    Parameters
    ----------
    mentees, mentors
        The tables, or one of everybody and None.
    path
        Where the file goes.
    overwrite
        Whether a file that exists may be replaced; what somebody may have written in it is kept
        beside it, as ``programme.before.toml``.
    **options
        As of `draft_programme`.

    Raises
    ------
    CohortError
        The tables cannot be read, or nothing in them is recognised; no file is written.
    ConfigurationError
        The file exists and ``overwrite`` is False, or is none that can be written.
    """
    path = Path(path)
    exists = "this file exists already. Name another, or let it be replaced with overwrite=True."
    expected = find_file_obstacle(path, None if overwrite else exists)
    if not expected and any(_is_same(path, one) for one in (mentees, mentors) if one is not None):
        expected = "this is one of the tables. Name another file."
    if expected is not None:
        raise ConfigurationError([Finding(str(path), None, None, None, expected)])
    try:
        draft = draft_programme(mentees, mentors, path.parent, **options)
    except CohortError as error:
        # There is no file yet: what it would say is an option of the command.
        told = [replace(one, expected=_word_for_init(one.expected)) for one in error.findings]
        worded = CohortError(told)
        worded.in_file = True
        raise worded from None
    contents = {path: draft.text.encode()}
    kept = None
    if path.exists() and (before := path.read_bytes()) != contents[path]:
        kept = name_of_old(path)
        contents[kept] = before
    replace_files(contents, overwrite=overwrite)
    return replace(draft, kept=kept)


def _word_for_init(cure: str) -> str:
    """Name the options that say what keys of a programme file say."""
    cure = ACCEPT.sub(r'add --accept "\1"', cure)
    return cure.replace('ignore = [""] in role leaves', 'add --ignore "", which leaves')


def _is_same(path: Path, other: str | Path) -> bool:
    return path.resolve() == expand_home(other).resolve()


def _dates(today: datetime.date | None) -> tuple[datetime.date, datetime.date]:
    """The programme begins on the second Monday after today."""
    day = today or datetime.date.today()
    first = day + timedelta(days=14 - day.weekday())
    return first, first + timedelta(weeks=PROGRAMME_WEEKS, days=-1)


def _nothing_recognised(
    cohort: Cohort, columns: list[Recognised], unread: Sequence[Unread], sheets: str
) -> Finding:
    """Say what to do when a file could only pair people by their rows."""
    seen = "; ".join(
        f'"{one.name}" ({one.side}) was taken for: {one.taken_for}' for one in columns[:12]
    )
    # What to do in the file helps nobody who has none.
    told = " ".join(dict.fromkeys(one.what for one in unread))
    if any(one.entry for one in unread):
        told += " Give each such question one column in both tables, with what is to be compared."
    expected = (
        "nothing was recognised by which a pair could be better than another, so no file is "
        "written: it would pair people by their rows. Both tables need a column with the same "
        "kind of answers, such as topics wanted and topics offered, a level, a field or free "
        f"times. {seen or 'There are no columns beside the ids'}. {told}".rstrip()
    )
    expected = f"{expected} {sheets}".rstrip()
    return Finding(" and ".join(dict.fromkeys(cohort.sources)), None, None, None, expected)


def _describe_people(cohort: Cohort) -> dict[str, str]:
    """Say by what people are known, and what else was concluded from the tables as wholes."""
    notes: dict[str, str] = {}
    for reading in cohort.readings:
        if reading.subject == "roles":
            first = f'"{reading.column}" says who is what: {reading.taken_for}'
            said = f"{notes['role']}, {reading.taken_for}" if "role" in notes else first
            notes["role"] = said
        elif reading.subject in ABOUT_TABLES and (
            reading.question or reading.subject not in ("identity", "sheet")
        ):
            key = KEYS.get(reading.subject, reading.subject)
            where = "" if reading.side is None else f"{reading.side}: "
            column = "" if reading.column is None else f'"{reading.column}" is '
            text = f"{where}{column}{reading.taken_for}, since {reading.why}."
            if reading.question:
                text += f" Please look: {reading.change}."
            notes[key] = f"{notes[key]} {text}" if key in notes else text
    if "role" in notes:
        again = any("sent the form again" in note.expected for note in cohort.notes)
        notes["role"] += ", earlier rows of the same person counted, too." if again else "."
    about_people = [
        str(note)
        for note in cohort.notes
        if any(said in note.expected for said in (OWN_PERSON, KNOWN_BY_HALF, TRIAL, ROUNDED_CURE))
    ]
    if about_people:
        notes["people"] = " ".join(about_people)
    if not cohort.labelled:
        notes["id"] = (
            "No column tells people apart, so they are known by their place in the table. "
            'Name one with id = "…".'
        )
    return notes


def _relative_path(path: str | Path, folder: str | Path) -> str:
    """A path as seen from the programme file, with slashes everywhere."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return Path(path).absolute().as_posix()
