"""Plan the meetings of a matching so that they can really take place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES, hint_nearest
from mentormatch.criteria import Availability
from mentormatch.errors import ProblemError
from mentormatch.matching import check_matching
from mentormatch.planning.meet_rules import rules_table
from mentormatch.planning.meetable import meetable_matching
from mentormatch.planning.meetings.days_off import days_off
from mentormatch.planning.meetings.free_time import FreeTime, check_zones
from mentormatch.planning.meetings.grouping import make_groups, make_units
from mentormatch.planning.meetings.placing import PlannedGroup, place_one_by_one
from mentormatch.planning.meetings.program import solve_group
from mentormatch.planning.meetings.settings import plan_settings
from mentormatch.planning.meetings.timeline import Timeline
from mentormatch.planning.milestones import resolve_milestones
from mentormatch.planning.plan import MeetingPlan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.cohort import Cohort
    from mentormatch.matching import Matching
    from mentormatch.planning.calendars.reading import BusyTimes
    from mentormatch.planning.meetings.settings import PlanSettings
    from mentormatch.planning.milestones import Milestone
    from mentormatch.problem import Problem

__all__ = ["plan_meetings"]


def plan_meetings(
    matching: Matching,
    meetings: int = 8,
    every: object = "2 weeks",
    length: object = "1 h",
    between: Sequence[object] | None = None,
    *,
    holidays: object = None,
    kickoff_within: object = None,
    per_mentor_week: int | None = None,
    together_hour: bool = False,
    availability: Availability | None = None,
    busy: BusyTimes | None = None,
    milestones: Sequence[Milestone] | None = None,
    rematch: bool = False,
    first_number: int = 1,
    time_limit: float | None = 60.0,
) -> MeetingPlan:
    """Plan the meetings of every pair so that they can really take place.

    The programme is cut into periods of ``every``; each pair meets once in each. A meeting lies
    inside the weekly windows of both people as their wall clocks show them on its date, and nobody
    is in two meetings at once. Of all such plans one with the most meetings is taken, and of these
    one with the most meetings at the same weekday and hour, by the mentor's clock. People who share
    nobody are planned apart; where hours are contested CP-SAT decides, with a proof.

    Parameters
    ----------
    matching
        Whose meetings.
    meetings
        Meetings of each pair.
    every
        One meeting in each period of so many whole weeks, counted from the first date.
    length
        Length of a meeting, in quarters of an hour.
    between
        First and last date; None: those of the availability criterion.
    holidays
        Days without meetings: dates, or the name of a column with each person's country, whose
        public holidays the package ``holidays`` knows.
    kickoff_within
        The first meeting lies within so long of the first date.
    per_mentor_week
        The most meetings of a mentor in a week.
    together_hour
        True: a mentor meets the whole group at once, at an hour that suits everybody.
    availability
        The criterion whose columns hold windows and zones; None: the one of the match.
    busy
        When people cannot meet, from `mm.read_availability`.
    milestones
        None: kick-off, goal setting, early check, mid-point evaluation and closure.
    rematch
        True: match again, with rules for mentees who cannot be planned together, until every
        meeting can take place. The plan's ``matching`` is then a best one of all that can be met,
        proven by its certificate, and ``rules`` says what was added; a matching that can be met is
        left as it is, with the certificate it has. With ``together_hour=True`` each mentor's whole
        group has an hour in common. Where pairs that share people in a chain cannot all meet, each
        way to end it is searched, and the certificate says so.
    first_number
        The number of the first meeting. Above 1 when the rest of a running programme is planned
        anew, after people have dropped out.
    time_limit
        Seconds of search for each group of people who compete for hours; None: no limit.

    Returns
    -------
    MeetingPlan

    Raises
    ------
    ProblemError
        There is no availability to plan by, or a setting has no meaning.
    CohortError
        Cells that are no windows or no time zones.
    InfeasibleError
        With ``rematch=True``: no matching can be met.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> free = mm.criteria.Availability("free", timezone="tz", dates=("2027-03-01", "2027-04-25"))
    >>> mentees = pd.DataFrame({"free": "Tue 16:00-18:00", "tz": "Europe/Berlin"}, ["ada", "bob"])
    >>> mentors = pd.DataFrame({"free": ["Tue 10:00-13:00"], "tz": ["America/New_York"]}, ["linus"])
    >>> compatibility = mm.Criteria(free).score(mm.Cohort(mentees, mentors))
    >>> matching = mm.match(mm.Problem(compatibility, capacity=2))
    >>> plan = mm.plan_meetings(matching, meetings=4)
    >>> plan.complete, plan.status.value
    (True, 'optimal')
    >>> ada = plan.meetings[plan.meetings["mentee"] == "ada"]
    >>> [f"{time:%d %b %H:%M}" for time in ada["mentor_local"]]
    ['02 Mar 11:00', '16 Mar 11:00', '30 Mar 11:00', '13 Apr 11:00']
    """
    check_matching(matching, "plan_meetings")
    problem = matching.problem
    criterion = _availability(problem, availability)
    settings = plan_settings(
        meetings,
        every,
        length,
        between,
        kickoff_within,
        per_mentor_week,
        together_hour,
        criterion,
        first_number,
    )
    points, warnings = resolve_milestones(milestones, settings.total)
    free = _free_time(problem, settings, holidays, busy)
    rules = None
    if rematch:
        matching, added = meetable_matching(matching, settings, free)
        rules = rules_table(problem, added, settings)
    units = make_units(matching.mentees, matching.mentors, together=settings.together_hour)
    planned = []
    for group in make_groups(matching.problem, units, free, settings):
        schedule = place_one_by_one(group)
        if not schedule.proven:
            schedule = solve_group(group, schedule, time_limit)
        planned.append(PlannedGroup(group, schedule))
    return MeetingPlan(matching, settings, free, tuple(planned), points, warnings, rules)


def _free_time(
    problem: Problem, settings: PlanSettings, holidays: object, busy: BusyTimes | None
) -> FreeTime:
    """Read when everybody of a problem can meet.

    Raises ProblemError for busy times of people the problem does not have.
    """
    cohort = _cohort(problem)
    timeline = Timeline(settings.first, settings.last)
    off = days_off(holidays, cohort, timeline)
    stretches = {} if busy is None else busy.by_person()
    ids = {side: problem.ids(side) for side in SIDES}
    taken = {
        side: {k: stretches[str(one)] for k, one in enumerate(index) if str(one) in stretches}
        for side, index in ids.items()
    }
    known = {str(person) for index in ids.values() for person in index}
    unknown = [person for person in stretches if person not in known]
    if unknown:
        hint = hint_nearest(unknown[0], known)
        raise ProblemError(
            f"busy: there is nobody with the id {unknown[0]!r} ({len(unknown)} of "
            f"{len(stretches)} are unknown).{hint} Name the files after people's ids, or give "
            "read_availability people={file: id}."
        )
    return FreeTime.of(timeline, settings.availability, cohort, off, taken)


def _cohort(problem: Problem) -> Cohort:
    cohort = problem.compatibility.cohort
    if cohort is None:
        raise ProblemError(
            "A plan needs the people's tables, with their weekly windows and time zones. Make the "
            "problem from criteria.score(cohort), not from scores alone."
        )
    return cohort


def _availability(problem: Problem, given: Availability | None) -> Availability:
    """Return the criterion to plan by."""
    _cohort(problem)
    if given is None:
        fitted = getattr(problem.compatibility.scorer, "fitted", ())
        found = [one.criterion for one in fitted if isinstance(one.criterion, Availability)]
        if len(found) != 1:
            raise ProblemError(
                f"The match has {len(found) or 'no'} Availability criteria to plan by. Say in "
                "which columns weekly windows and zones stand: "
                'availability=mm.criteria.Availability("free", timezone="tz", dates=(first, last)).'
            )
        (given,) = found
    check_zones(given)
    return given
