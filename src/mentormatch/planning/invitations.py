"""A plan as calendars and agendas."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import pandas as pd

from mentormatch.cohort import SIDES, split_by_side
from mentormatch.cohort.person_columns.answers import EMAIL
from mentormatch.errors import CohortError, ProblemError
from mentormatch.planning.agendas import markdown_agenda, pair_notes, plain_agenda
from mentormatch.planning.calendars.events import CalendarEvent, Person, event_uid, file_stem
from mentormatch.planning.meetings.days_off import say_no_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.cohort import PerSide, Side
    from mentormatch.planning.agendas import PairNotes
    from mentormatch.planning.milestones import Milestone
    from mentormatch.problem import Problem

__all__ = ["OnePer", "agenda_files", "calendar_events", "milestone_table"]

DAY = "%A, %d %B %Y"

OnePer: TypeAlias = Literal["person", "pair", "mentor"]
# Stand for people of whom nothing but an e-mail address is known.
YOUR_MENTEE, YOUR_MENTOR = "your mentee", "your mentor"


def calendar_events(
    problem: Problem,
    meetings: pd.DataFrame,
    milestones: Sequence[Milestone],
    count: int,
    one_per: OnePer,
    *,
    programme: str,
    names: PerSide,
    attendees: PerSide,
    agenda: bool,
    goals: str | None,
) -> dict[str, list[CalendarEvent]]:
    """Collect the events of each calendar, by the stem of its file.

    ``milestones`` and ``count`` are what falls on each meeting, and how many meetings a pair has.
    ``one_per`` asks for a calendar for each person, each pair, or each mentor. ``programme`` is
    part of the identifiers, so that two programmes do not mix. ``names`` and ``attendees`` are
    columns with people's names and e-mail addresses; None: ids, unless they are e-mail addresses
    ("your mentor" then), and nobody is invited. ``agenda``: the description holds it; ``goals`` is
    the column of the mentees' goals to show in it.
    """
    if one_per not in get_args(OnePer):
        raise ProblemError(f"one_per must be 'person', 'pair' or 'mentor', got {one_per!r}.")
    shown = {side: _names(problem, side, names) for side in SIDES}
    mails = _addresses(problem, meetings, attendees)
    on_meeting = {
        number: [one for one in milestones if one.number(count) == number]
        for number in range(1, count + 1)
    }
    calendars: dict[str, list[CalendarEvent]] = {}
    where = zip(
        problem.mentee_ids.get_indexer(pd.Index(meetings["mentee"])).tolist(),
        problem.mentor_ids.get_indexer(pd.Index(meetings["mentor"])).tolist(),
        strict=True,
    )
    notes: dict[tuple[int, int], PairNotes] = {}
    shares = problem.compatibility.cohort is not None and problem.compatibility.cohort.shares_ids
    for (i, j), row in zip(where, meetings.to_dict("records"), strict=True):
        if agenda and (i, j) not in notes:
            notes[i, j] = pair_notes(problem, i, j, goals)
        text = plain_agenda(on_meeting[row["number"]], notes[i, j]) if agenda else ""
        uid = event_uid(programme, row["mentee"], row["mentor"], row["number"])
        people = (
            ()
            if attendees is None
            else tuple(
                Person(mail, None if names is None else shown[side][k])
                for side, k in zip(SIDES, (i, j), strict=True)
                if (mail := mails[side][k])
            )
        )
        title = f"Mentoring {row['number']} of {count}"
        if row["kind"] != "meeting":
            title += f" ({row['kind']})"
        start, end = row["start_utc"].to_pydatetime(), row["end_utc"].to_pydatetime()
        mentee, mentor = shown["mentees"][i], shown["mentors"][j]
        # Whose calendars hold the meeting, each with whom it names there.
        if one_per == "pair":
            held = [(f"{row['mentee']} - {row['mentor']}", _both(mentee, mentor))]
        elif one_per == "mentor":
            held = [(row["mentor"], mentee or YOUR_MENTEE)]
        else:
            # The ids of the two tables are two kinds of id unless they are known to be one.
            roles = ("", "") if shares else ("mentee-", "mentor-")
            held = [
                (f"{roles[0]}{row['mentee']}", mentor or YOUR_MENTOR),
                (f"{roles[1]}{row['mentor']}", mentee or YOUR_MENTEE),
            ]
        for owner, other in held:
            event = CalendarEvent(uid, start, end, f"{title}: {other}", text, people)
            calendars.setdefault(file_stem(owner), []).append(event)
    return calendars


def _names(problem: Problem, side: Side, columns: PerSide) -> list[str | None]:
    """Return what people are called; None where all that is known is an e-mail address."""
    cells = _cells(problem, side, columns, "names")
    return [
        cell or (None if "@" in str(one) else str(one))
        for one, cell in zip(problem.ids(side), cells, strict=True)
    ]


def _both(mentee: str | None, mentor: str | None) -> str:
    return f"{mentee or 'mentee'} and {mentor or 'mentor'}"


def _cells(problem: Problem, side: Side, columns: PerSide, what: str) -> list[str | None]:
    """Return the cells of a column as text; None where none is named or a cell is empty."""
    column = split_by_side(columns, what)[SIDES.index(side)]
    ids = problem.ids(side)
    cohort = problem.compatibility.cohort
    if column is None or cohort is None:
        return [None] * len(ids)
    table = cohort.table(side)
    if column not in table.columns:
        raise ProblemError(say_no_column(what, side, column, table.columns))
    return [None if pd.isna(cell) else str(cell).strip() for cell in table[column]]


def _addresses(
    problem: Problem, meetings: pd.DataFrame, attendees: PerSide
) -> dict[Side, list[str | None]]:
    """Return the e-mail addresses of the people of both tables; None where somebody has none."""
    mails: dict[Side, list[str | None]] = {}
    findings = []
    for side, who in zip(SIDES, ("mentee", "mentor"), strict=True):
        cells = _cells(problem, side, attendees, "attendees")
        mails[side] = [cell or None for cell in cells]
        cohort = problem.compatibility.cohort
        if cohort is None or attendees is None:
            continue
        ids = problem.ids(side)
        column = split_by_side(attendees, "attendees")[SIDES.index(side)]
        expected = "an invitation needs one e-mail address, such as 'ada@example.org', or no text."
        findings += [
            cohort.finding(side, k, column, expected)
            for k in sorted(set(ids.get_indexer(pd.Index(meetings[who])).tolist()))
            if (mail := mails[side][k]) is not None and not EMAIL.fullmatch(mail)
        ]
    if findings:
        raise CohortError(findings)
    return mails


def milestone_table(
    meetings: pd.DataFrame, milestones: Sequence[Milestone], count: int
) -> pd.DataFrame:
    """List the milestones of every pair: the meeting, its time, and the date of the survey."""
    columns = ["mentee", "mentor", "milestone", "number", "start_utc", "survey"]
    parts = []
    for milestone in milestones:
        here = meetings[meetings["number"] == milestone.number(count)]
        due = here["mentee_local"].dt.normalize() + timedelta(days=milestone.survey_days)
        survey = due if milestone.survey else pd.Series(pd.NaT, index=here.index)
        parts.append(here.assign(milestone=milestone.name, survey=survey)[columns])
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts).sort_values(["start_utc", "mentee", "mentor"], ignore_index=True)


def agenda_files(
    problem: Problem,
    meetings: pd.DataFrame,
    milestones: Sequence[Milestone],
    count: int,
    goals: str | None,
    names: PerSide,
) -> dict[str, str]:
    """Write an agenda in Markdown for every pair and milestone, by file name."""
    mentees, mentors = (_names(problem, side, names) for side in SIDES)
    files: dict[str, str] = {}
    row: object
    for milestone in milestones:
        for row in meetings[meetings["number"] == milestone.number(count)].itertuples(index=False):
            i = problem.compatibility.mentee_position(row.mentee)
            j = problem.compatibility.mentor_position(row.mentor)
            first, other = f"{row.mentee_local:{DAY}}", f"{row.mentor_local:{DAY}}"
            when = f"{first}, {row.mentee_local:%H:%M} ({row.mentee_zone})"
            if str(row.mentor_zone) != str(row.mentee_zone):
                # Far away it may be another day.
                day = "" if other == first else f"{other}, "
                when += f" · {day}{row.mentor_local:%H:%M} ({row.mentor_zone})"
            notes = pair_notes(problem, i, j, goals)
            name = file_stem(f"{row.number:02d} {milestone.name} {row.mentee} - {row.mentor}")
            files[f"{name}.md"] = markdown_agenda(
                milestone, _both(mentees[i], mentors[j]), when, notes
            )
    return files
