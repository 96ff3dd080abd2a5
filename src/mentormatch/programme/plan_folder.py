"""The folder of a plan: tables, agendas, surveys and calendars, and what is left of before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.planning import survey
from mentormatch.programme.kept_answers import keep_answers
from mentormatch.programme.outputs import refuse_inputs
from mentormatch.programme.screen.planning import WrittenPlan
from mentormatch.safe_files import as_csv

if TYPE_CHECKING:
    from mentormatch.planning import MeetingPlan
    from mentormatch.programme.file.configuration import Configuration

__all__ = ["write_plan"]


def write_plan(
    configuration: Configuration, plan: MeetingPlan, *, overwrite: bool = False
) -> WrittenPlan:
    """Write the tables, agendas and calendars of a plan into the folder of the programme file.

    Raises
    ------
    ConfigurationError
        Answers in surveys.csv would be lost, or the programme reads a file; nothing is written.
    FileExistsError
        A file exists and ``overwrite`` is False; nothing is written.
    """
    section = configuration.plan
    folder = configuration.beside(section.folder)
    agendas, calendars = folder / "agendas", folder / "calendars"
    surveys, asked = folder / "surveys", survey(plan)
    answers, answered = asked.answers, 0
    if overwrite:
        answers, answered = keep_answers(folder / "surveys.csv", answers)
    tables = {
        folder / "meetings.csv": plan.meetings,
        folder / "unplanned.csv": plan.unplanned,
        folder / "surveys.csv": answers,
    }
    if plan.rules is not None:
        tables[folder / "matches.csv"] = plan.matching.pairs
        tables[folder / "rules.csv"] = plan.rules
    refuse_inputs(configuration, tables)
    contents = {path: as_csv(table) for path, table in tables.items()}
    pages = plan.agendas(goals=section.goals, names=section.names)  # type: ignore[arg-type]
    contents |= {agendas / name: text.encode() for name, text in pages.items()}
    contents |= {surveys / name: text.encode() for name, text in asked.pages().items()}
    plan.to_ics(
        calendars,
        section.calendars,  # type: ignore[arg-type]
        programme=configuration.path.stem,
        names=section.names,  # type: ignore[arg-type]
        attendees=section.attendees,  # type: ignore[arg-type]
        goals=section.goals,
        overwrite=overwrite,
        beside=contents,
    )
    return WrittenPlan([*tables, agendas, surveys, calendars], answered)
