"""A first programme file, written from two tables: commented, and ready to run."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mentormatch.cohort import SIDES, Cohort, read_cohort
from mentormatch.cohort.names import split_by_side
from mentormatch.criteria.suggest.recognise import recognise_columns
from mentormatch.criteria.suggest.suggest import Proposal, propose_criteria
from mentormatch.errors import CohortError, ConfigurationError, Finding
from mentormatch.programme.draft.seats import describe_seats
from mentormatch.programme.draft.text import Parts, write_programme
from mentormatch.programme.draft.trial import try_proposal
from mentormatch.safe_files import replace_file

if TYPE_CHECKING:
    from mentormatch.criteria.suggest.kinds_of_columns import Recognised

__all__ = ["Draft", "draft_programme", "write_draft"]

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
    """

    text: str
    cohort: Cohort
    columns: tuple[Recognised, ...]
    proposals: tuple[Proposal, ...]
    notes: dict[str, str]


def draft_programme(
    mentees: str | Path,
    mentors: str | Path,
    folder: str | Path,
    *,
    id: str | None = None,
    sheets: tuple[str, str] | None = None,
    today: datetime.date | None = None,
) -> Draft:
    """Write a programme file for two tables from what their columns seem to hold.

    Parameters
    ----------
    mentees, mentors
        The tables, as `mentormatch.read_cohort` takes them.
    folder
        Where the file is going to stand; its paths start from there.
    id
        The column that identifies people; by default it is found.
    sheets
        The sheets of mentees and mentors in workbooks.
    today
        Where the file needs the dates of a programme, it begins soon after this day.

    Returns
    -------
    Draft

    Raises
    ------
    CohortError
        The tables cannot be read, or nothing in them is recognised that could make a pair good.
    """
    given: dict[str, Any] = {} if sheets is None else {"sheets": sheets}
    if id is not None:
        given["id"] = id
    cohort, options = _read(mentees, mentors, given)
    columns = recognise_columns(cohort)
    proposals = [
        try_proposal(proposal, cohort)
        for proposal in propose_criteria(cohort, _dates(today), columns)
    ]
    if not proposals:
        raise CohortError([_nothing_recognised(cohort, columns)])
    tables = {
        "mentees": _relative_path(mentees, folder),
        "mentors": _relative_path(mentors, folder),
        **options,
    }
    if "sheets" in tables:
        tables["sheets"] = dict(zip(SIDES, tables["sheets"], strict=True))
    problem, notes = describe_seats(cohort, columns)
    notes = {**_describe_people(cohort, options), **notes}
    parts = Parts(cohort, tables, notes, columns, proposals, problem)
    return Draft(write_programme(parts), cohort, tuple(columns), tuple(proposals), notes)


def write_draft(
    mentees: str | Path,
    mentors: str | Path,
    path: str | Path,
    *,
    overwrite: bool = False,
    **options: Any,
) -> Draft:
    """Write a programme file for two tables.

    Parameters
    ----------
    mentees, mentors
        The tables.
    path
        Where the file goes.
    overwrite
        Whether a file that exists may be replaced.
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
    expected = None
    if path.is_dir():
        expected = "this is a folder. Name a file in it."
    elif not path.parent.is_dir():
        expected = f"there is no folder {str(path.parent)!r}. Make it, or name another."
    elif path.exists() and not overwrite:
        expected = "this file exists already. Name another, or let it be replaced with --overwrite."
    elif any(_is_same(path, table) for table in (mentees, mentors)):
        expected = "this is one of the tables. Name another file."
    if expected is not None:
        raise ConfigurationError([Finding(str(path), None, None, None, expected)])
    draft = draft_programme(mentees, mentors, path.parent, **options)
    with replace_file(path, overwrite=overwrite) as part:
        part.write_bytes(draft.text.encode())
    return draft


def _is_same(path: Path, other: str | Path) -> bool:
    return path.resolve() == Path(other).expanduser().resolve()


def _read(
    mentees: str | Path, mentors: str | Path, options: dict[str, Any]
) -> tuple[Cohort, dict[str, Any]]:
    """Read the tables; of a form that was sent twice the last one counts."""
    cohort, options = _read_once(mentees, mentors, options)
    mentee, mentor = split_by_side(cohort.id, "id")
    if "id" in options or mentee is None or mentor is None or "answers" in cohort.id_kinds:
        return cohort, options
    if (mentee, mentor) == ("id", "id"):
        return cohort, options
    # What was found out is written down, so that a later table does not change it.
    return cohort, {
        **options,
        "id": mentee if mentee == mentor else dict(zip(SIDES, (mentee, mentor), strict=True)),
    }


def _read_once(
    mentees: str | Path, mentors: str | Path, options: dict[str, Any]
) -> tuple[Cohort, dict[str, Any]]:
    try:
        return read_cohort(mentees, mentors, **options), options
    except CohortError as error:
        again = {**options, "duplicates": "last"}
        try:
            return read_cohort(mentees, mentors, **again), again
        except CohortError:
            raise error from None


def _dates(today: datetime.date | None) -> tuple[datetime.date, datetime.date]:
    """The programme begins on the second Monday after today."""
    day = today or datetime.date.today()
    first = day + timedelta(days=14 - day.weekday())
    return first, first + timedelta(weeks=PROGRAMME_WEEKS, days=-1)


def _nothing_recognised(cohort: Cohort, columns: list[Recognised]) -> Finding:
    """Say what to do when a file could only pair people by their rows."""
    seen = "; ".join(f'"{one.name}" was taken for: {one.taken_for}' for one in columns[:12])
    expected = (
        "nothing was recognised by which a pair could be better than another, so no file is "
        "written: it would pair people by their rows. Both tables need a column with the same "
        "kind of answers, such as topics wanted and topics offered, a level, a field or free "
        f"times. {seen or 'There are no columns beside the ids'}."
    )
    return Finding(" and ".join(dict.fromkeys(cohort.sources)), None, None, None, expected)


def _describe_people(cohort: Cohort, options: dict[str, Any]) -> dict[str, str]:
    """Say by which column people are known, and what was left out."""
    notes = {}
    if "duplicates" in options:
        notes["duplicates"] = (
            f"{len(cohort.notes):,} earlier rows of people who sent the form twice are left "
            "out; the last one counts."
        )
    names = [cohort.table(side).index.name for side in SIDES]
    if None in names:
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
