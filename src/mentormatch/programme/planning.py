"""The commands around the match: objectives, plan, status, needs, evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mentormatch.cohort import read_table
from mentormatch.compatibility.ids import format_count
from mentormatch.criteria import Availability
from mentormatch.errors import CohortError, ConfigurationError, Finding
from mentormatch.planning import (
    FIGURES,
    StatusRules,
    check_objectives,
    default_milestones,
    evidence_files,
    plan_meetings,
    programme_status,
    read_availability,
    survey_measures,
    track_objectives,
    training_needs,
)
from mentormatch.planning.evidence import COPY
from mentormatch.programme.examination import make_criteria
from mentormatch.programme.outputs import check_folder, refuse_taken
from mentormatch.programme.screen.paragraph import word_as_in_file
from mentormatch.records import record_bytes
from mentormatch.safe_files import make_folders, replace_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.planning import (
        MeetingPlan,
        ObjectivesCheck,
        ProgrammeStatus,
        TrainingNeeds,
    )
    from mentormatch.programme.file.configuration import Configuration

__all__ = [
    "examine_objectives",
    "find_needs",
    "find_older_evidence",
    "find_status",
    "make_plan",
    "match_to_meet",
    "track_standing",
    "write_evidence",
]


def examine_objectives(configuration: Configuration) -> ObjectivesCheck:
    """Compare the objectives of a programme file with its criteria and planned surveys."""
    milestones = configuration.milestones or default_milestones(configuration.plan.meetings)
    return check_objectives(
        configuration.objectives,
        make_criteria(configuration),
        [*FIGURES, *survey_measures(milestones)],
    )


def make_plan(configuration: Configuration, matching: Matching) -> MeetingPlan:
    """Plan the meetings that a programme file asks for."""
    section = configuration.plan
    dates = section.between
    busy = None
    if section.busy is not None:
        if dates is None:
            expected = "busy calendars need the programme's dates: between = [first, last]."
            finding = configuration.document.finding(("plan", "busy"), section.busy, expected)
            raise ConfigurationError([finding])
        busy = read_availability(configuration.beside(section.busy), dates)
    return plan_meetings(
        matching,
        section.meetings,
        section.every,
        section.length,
        dates,
        holidays=section.holidays,
        kickoff_within=section.kickoff_within,
        per_mentor_week=section.per_mentor_week,
        together_hour=section.together_hour,
        rematch=section.rematch,
        busy=busy,
        milestones=configuration.milestones or None,
    )


def match_to_meet(configuration: Configuration, best: Matching) -> Matching:
    """Return the best matching whose meetings can all take place, and say what that took."""
    plan = make_plan(configuration, best)
    rules = 0 if plan.rules is None else len(plan.rules)
    if not rules:
        return plan.matching
    what = "1 rule" if rules == 1 else f"{rules:,} rules"
    fewer = best.n_matched - plan.matching.n_matched
    lost = f"{format_count(fewer, 'mentee')} fewer have a mentor, " if fewer else ""
    note = (
        f"matched again so that all meetings of [plan] can take place: {what} more, {lost}and the "
        f"total falls by {best.total - plan.matching.total:.2g} to {plan.matching.total:.6g}. "
        "Without rematch = true in [plan] the best pairs stay, and some meetings find no hour"
    )
    return replace(plan.matching, notes=(*plan.matching.notes, note))


def find_status(
    configuration: Configuration,
    matching: Matching,
    events: Path,
    as_of: str | None,
    groups: list[str],
) -> ProgrammeStatus:
    """Tell where the pairs of a programme stand, from a table of events."""
    section = configuration.plan
    start = None if section.between is None else section.between[0]
    rules = StatusRules(section.meetings, section.at_risk_days, section.at_risk_missed)
    table = read_table(events)
    try:
        return programme_status(
            matching, table.frame, start=start, as_of=as_of, rules=rules, groups=groups
        )
    except CohortError as error:
        raise CohortError([_in_file(one, events, table.rows) for one in error.findings]) from None


def _in_file(finding: Finding, path: Path, rows: NDArray[np.int64]) -> Finding:
    """Name the file and its row in what is wrong with an event."""
    row, first = finding.row, 2
    if row is not None and row >= first:
        row = int(rows[row - first])
    return replace(finding, file=str(path), row=row)


def track_standing(configuration: Configuration, status: ProgrammeStatus) -> pd.DataFrame:
    """Say where the objectives of a programme file stand."""
    return track_objectives(
        configuration.objectives, status.observed, status.figures, running=status.running
    )


def find_needs(configuration: Configuration, matching: Matching) -> TrainingNeeds:
    """Say which skills are short."""
    return training_needs(matching.problem, matching, experience=configuration.plan.experience)


def write_evidence(
    configuration: Configuration,
    matching: Matching,
    folder: Path,
    *,
    record: bool = False,
    overwrite: bool = False,
) -> list[Path]:
    """Write the folder of evidence.

    The folder is made when it does not exist. With ``record``, the record of the match, which names
    people by their ids, goes with it; and the programme file where it names people, in pins, bans,
    quotas and who is apart or together. The answer is the files that were written.
    """
    free = [one.criterion for one in configuration.criteria]
    # Without time zones nobody knows at which hour a meeting is.
    is_planned = any(isinstance(one, Availability) and one.timezone is not None for one in free)
    plan = make_plan(configuration, matching) if is_planned else None
    made = matching if plan is None else plan.matching
    given = configuration.problem
    people = (given.pins, given.bans, given.quotas, given.apart, given.together)
    # A text in the place of a list is the name of a table, which is not copied.
    named = any(one and not isinstance(one, str) for one in people)
    pages = evidence_files(
        matching=made,
        criteria=make_criteria(configuration),
        objectives=configuration.objectives,
        check=examine_objectives(configuration),
        plan=plan,
        programme_file=None if named and not record else configuration.document.text,
    )
    contents = {
        folder / name: word_as_in_file(content.decode()).encode() if "/" not in name else content
        for name, content in pages.items()
    }
    if record:
        contents[folder / "3-selection-and-matching" / "record.json"] = record_bytes(made)
    refuse_taken(configuration, contents)
    check_folder(folder)
    with make_folders(path.parent for path in contents):
        replace_files(contents, overwrite=overwrite)
    return list(contents)


def find_older_evidence(folder: Path, written: Iterable[Path]) -> list[Path]:
    """Find what an earlier run wrote into a folder of evidence, and this one did not replace.

    Some of it, such as a record, may name people.
    """
    chosen, review = folder / "3-selection-and-matching", folder / "4-measurement-and-review"
    there = [
        folder / COPY,
        chosen / "record.json",
        review / "survey-dates.csv",
        *sorted((review / "surveys").glob("*.md")),
    ]
    known = set(written)
    return [path for path in there if path.is_file() and path not in known]
