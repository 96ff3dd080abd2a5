"""MeetingPlan: when each pair meets, and what could not be planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.compatibility.ids import format_count
from mentormatch.criteria.availability.windows import DAY_SLOTS
from mentormatch.displayed import Displayed
from mentormatch.handed_out import cached_table
from mentormatch.matching import Status
from mentormatch.planning.calendars.writing import write_calendars
from mentormatch.planning.invitations import OnePer, agenda_files, calendar_events, milestone_table
from mentormatch.planning.meetings.reasons import (
    UNPLANNED_COLUMNS,
    PlannedPeople,
    explain_unplanned,
)
from mentormatch.planning.milestones import meeting_kinds
from mentormatch.safe_files import make_folders

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import PerSide
    from mentormatch.matching import Matching
    from mentormatch.planning.meetings.free_time import FreeTime
    from mentormatch.planning.meetings.placing import PlannedGroup
    from mentormatch.planning.meetings.settings import PlanSettings
    from mentormatch.planning.milestones import Milestone

__all__ = ["MeetingPlan"]

# A date begins in the farthest east 14 hours before it does by UTC.
FARTHEST_EAST = 10 * 4
COLUMNS = (
    "mentee",
    "mentor",
    "number",
    "kind",
    "start_utc",
    "end_utc",
    "mentee_local",
    "mentee_zone",
    "mentor_local",
    "mentor_zone",
)


@dataclass(frozen=True, eq=False)
class MeetingPlan(Displayed):
    """Meetings of a matching that can really take place.

    Made by `plan_meetings`.

    Parameters
    ----------
    matching
        Whose meetings; after ``rematch=True`` the new matching.
    settings
        What was asked for.
    free
        Everybody's free time.
    groups
        What was planned together.
    milestones
        The points every pair reaches.
    notes
        What the reader should know.
    rules
        With ``rematch=True``: what was added to the problem, one row per rule, with its reason.

    Attributes
    ----------
    meetings : DataFrame
        One row per pair and meeting: mentee, mentor, number, kind, start_utc, end_utc, the local
        times of both with their zones; in order of time.
    unplanned : DataFrame
        One row per meeting that could not be planned: mentee, mentor, number, first_date,
        last_date, reason, fix.
    not_asked : DataFrame
        One row per pair that misses milestones for want of a meeting: mentee, mentor, milestones.
    """

    matching: Matching
    settings: PlanSettings
    free: FreeTime
    groups: Sequence[PlannedGroup]
    milestones: tuple[Milestone, ...] = ()
    notes: tuple[str, ...] = ()
    rules: pd.DataFrame | None = None

    @cached_table
    def meetings(self) -> pd.DataFrame:
        """The meetings, in order of time; local times are what the wall clock shows."""
        rows = self._rows()
        problem, timeline = self.matching.problem, self.free.timeline
        mentees, mentors, numbers, at = rows.T if len(rows) else np.zeros((4, 0), dtype=np.intp)
        mentee_zones = np.array([self.free.zone("mentees", i) for i in mentees.tolist()], object)
        mentor_zones = np.array([self.free.zone("mentors", j) for j in mentors.tolist()], object)
        origin = np.datetime64(timeline.origin.replace(tzinfo=None), "s")
        quarter = np.timedelta64(15 * 60, "s")

        def local(zones: NDArray[np.object_]) -> NDArray[np.datetime64]:
            shown = np.zeros(len(at), dtype=np.intp)
            for zone in dict.fromkeys(zones.tolist()):
                here = zones == zone
                shown[here] = timeline.zone(zone).local[at[here]]
            return np.asarray(origin + shown * quarter)

        start = pd.DatetimeIndex(origin + at * quarter).tz_localize("UTC")
        kinds = np.array(meeting_kinds(self.milestones, self.settings.total), dtype=object)
        columns = (
            problem.mentee_ids[mentees],
            problem.mentor_ids[mentors],
            numbers + self.settings.first_number,
            kinds[numbers + self.settings.first_number - 1],
            start,
            start + self.settings.length,
            local(mentee_zones),
            mentee_zones,
            local(mentor_zones),
            mentor_zones,
        )
        return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))

    @cached_table
    def unplanned(self) -> pd.DataFrame:
        """Meetings that could not be planned, each with its reason and the smallest fix."""
        people = PlannedPeople(self.matching.problem, self.settings, self.free)
        rows = explain_unplanned(people, self.groups)
        return pd.DataFrame(rows, columns=list(UNPLANNED_COLUMNS))

    @cached_table
    def milestone_dates(self) -> pd.DataFrame:
        """Milestones of every pair: mentee, mentor, milestone, number, start_utc, survey date."""
        return milestone_table(self.meetings, self.milestones, self.settings.total)

    @cached_table
    def not_asked(self) -> pd.DataFrame:
        """Pairs that miss a milestone, for its meeting has no date: no agenda, nobody is asked.

        Columns mentee, mentor and milestones, their names; in the order of the pairs.
        """
        dated = self.milestone_dates
        have = set(zip(dated["mentee"], dated["mentor"], dated["milestone"], strict=True))
        rows = []
        pairs = self.matching.pairs
        for pair in zip(pairs["mentee"], pairs["mentor"], strict=True):
            missed = [
                one.name
                for one in self.milestones
                if (one.survey or one.agenda) and (*pair, one.name) not in have
            ]
            if missed:
                rows.append((*pair, ", ".join(missed)))
        return pd.DataFrame(rows, columns=["mentee", "mentor", "milestones"])

    def agendas(self, *, goals: str | None = None, names: PerSide = None) -> dict[str, str]:
        """Return an agenda in Markdown for every pair and milestone, by file name.

        Names of files hold the ids of the pair.

        Parameters
        ----------
        goals
            The column of the mentees with their goals, to show them in their own words.
        names
            A column of both tables with the names to show, or a pair (mentees', mentors'); None:
            ids that are no e-mail addresses.
        """
        return agenda_files(
            self.matching.problem, self.meetings, self.milestones, self.settings.total, goals, names
        )

    def to_ics(
        self,
        folder: str | Path,
        one_per: OnePer = "person",
        *,
        programme: str = "mentoring",
        names: PerSide = None,
        attendees: PerSide = None,
        agenda: bool = True,
        goals: str | None = None,
        overwrite: bool = False,
        stamp: datetime | None = None,
        beside: Mapping[Path, bytes] | None = None,
    ) -> list[Path]:
        """Write calendar files (.ics), one event per meeting, in UTC.

        With ``overwrite=True`` the calendars that an earlier plan wrote into the folder are
        revised: the same meeting keeps its UID, what has changed gets a higher SEQUENCE, and what
        is gone is cancelled. What lies before the plan's first date stays as it was.

        Parameters
        ----------
        folder
            Made when it does not exist.
        one_per
            "person", "pair" or "mentor".
        programme
            Part of the UIDs; another word for another programme.
        names
            A column of both tables with the names to show, or a pair (mentees', mentors'); None:
            ids, and "your mentor" or "your mentee" in the place of ids that are e-mail addresses.
            Names of files hold the ids.
        attendees
            A column of both tables with e-mail addresses, or a pair; None: nobody is invited by
            the file.
        agenda
            Whether the description holds the agenda of the milestones on a meeting.
        goals
            The column of the mentees with their goals, to be shown in the agenda.
        overwrite
            Whether calendars in the folder may be revised.
        stamp
            When the files are made; None: now.
        beside
            Other files by path that belong to the calendars: all are written, or none.

        Returns
        -------
        list of Path
            The files that were written.

        Raises
        ------
        FileExistsError
            The folder holds calendars and ``overwrite`` is False.
        MissingPackageError
            ``icalendar`` is not installed.
        """
        calendars = calendar_events(
            self.matching.problem,
            self.meetings,
            self.milestones,
            self.settings.total,
            one_per,
            programme=programme,
            names=names,
            attendees=attendees,
            agenda=agenda,
            goals=goals,
        )
        made = stamp or datetime.now(UTC)
        home = Path(folder)
        # Folders that stay empty, as on a full disk, would look like a plan without meetings.
        with make_folders([home, *(path.parent for path in beside or ())]):
            return write_calendars(
                home,
                calendars,
                made,
                overwrite=overwrite,
                since=self.free.timeline.instant(DAY_SLOTS + FARTHEST_EAST),
                beside=beside,
            )

    @property
    def most(self) -> int:
        """No plan for this matching has more meetings of pairs."""
        return sum(
            one.schedule.most
            if not self.settings.together_hour
            else one.schedule.most * max(len(unit.mentees) for unit in one.group.units)
            for one in self.groups
        )

    @property
    def planned(self) -> int:
        """How many meetings of pairs are planned."""
        return len(self.meetings)

    @property
    def asked(self) -> int:
        """How many meetings of pairs were asked for."""
        return len(self.matching.mentees) * self.settings.meetings

    @property
    def complete(self) -> bool:
        """True when every meeting that was asked for is planned."""
        return self.planned == self.asked

    @property
    def at_usual_hour(self) -> int:
        """How many of the planned meetings are at the usual weekday and hour of their pair."""
        return sum(one.schedule.same for one in self.groups)

    @property
    def status(self) -> Status:
        """OPTIMAL: no plan has more meetings, nor as many with more at their usual hour."""
        proven = all(one.schedule.proven for one in self.groups)
        return Status.OPTIMAL if proven else Status.TIME_LIMIT

    def __repr__(self) -> str:
        return "\n".join(f"{label + ':':<11}{text}" for label, text in self._lines())

    def _lines(self) -> list[tuple[str, str]]:
        settings = self.settings
        weeks = "week" if settings.weeks == 1 else f"{settings.weeks} weeks"
        lines = [
            (
                "Meetings",
                f"{self.planned:,} of {self.asked:,} planned, {settings.length_text} every "
                f"{weeks}, {settings.first} to {settings.last}",
            ),
            ("Unplanned", self._unplanned_line()),
            ("Regular", f"{self.at_usual_hour:,} at the usual weekday and hour of their pair"),
            ("Proof", self._proof_line()),
        ]
        lines.extend(("Note", note) for note in self.notes)
        return lines

    def _unplanned_line(self) -> str:
        lacking = self.asked - self.planned
        if not lacking:
            return "none"
        short = sum(
            len(unit.mentees)
            for one in self.groups
            for u, unit in enumerate(one.group.units)
            if len(one.schedule.missing(u))
        )
        return f"{format_count(lacking, 'meeting')} of {format_count(short, 'pair')}"

    def _proof_line(self) -> str:
        if self.status is Status.OPTIMAL:
            return "no plan for this matching has more meetings"
        return (
            "the time limit ended the search; no plan has more than "
            f"{format_count(self.most, 'meeting')}"
        )

    def _rows(self) -> NDArray[np.intp]:
        """List mentee, mentor, period and start of every planned meeting, in order of time."""
        rows = [
            (mentee, unit.mentor, k, at)
            for one in self.groups
            for unit, times in zip(one.group.units, one.schedule.at.tolist(), strict=True)
            for mentee in unit.mentees
            for k, at in enumerate(times)
            if at >= 0
        ]
        table = np.array(rows, dtype=np.intp).reshape(-1, 4)
        return np.asarray(table[np.lexsort((table[:, 1], table[:, 0], table[:, 3]))])
