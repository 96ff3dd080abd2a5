"""The folder of a plan: tables, agendas, surveys and calendars, and what is left of before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.planning import survey
from mentormatch.programme.kept_answers import keep_answers
from mentormatch.programme.outputs import check_folder, find_text_form, refuse_taken
from mentormatch.programme.screen.planning import WrittenPlan
from mentormatch.safe_files import as_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from mentormatch.planning import MeetingPlan
    from mentormatch.programme.file.configuration import Configuration

__all__ = ["write_plan"]

# Tables that only a plan with rematch = true has.
OF_REMATCH = ("matches.csv", "rules.csv")


def write_plan(
    configuration: Configuration, plan: MeetingPlan, *, overwrite: bool = False
) -> WrittenPlan:
    """Write the tables, agendas and calendars of a plan into the folder of the programme file.

    With nothing written, raises ConfigurationError if answers in surveys.csv would be lost or the
    programme reads a file, and FileExistsError if a file exists and ``overwrite`` is False.
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
        of_rematch = (plan.matching.pairs, plan.rules)
        tables |= {folder / name: one for name, one in zip(OF_REMATCH, of_rematch, strict=True)}
    refuse_taken(configuration, tables, of_plan=True)
    check_folder(folder)
    form = find_text_form(configuration)
    contents = {
        path: as_csv(table, delimiter=form.delimiter, decimal=form.decimal)
        for path, table in tables.items()
    }
    pages = plan.agendas(goals=section.goals, names=section.names)  # type: ignore[arg-type]
    contents |= {agendas / name: text.encode() for name, text in pages.items()}
    contents |= {surveys / name: text.encode() for name, text in asked.pages().items()}
    written = plan.to_ics(
        calendars,
        section.calendars,  # type: ignore[arg-type]
        programme=configuration.path.stem,
        names=section.names,  # type: ignore[arg-type]
        attendees=section.attendees,  # type: ignore[arg-type]
        goals=section.goals,
        overwrite=overwrite,
        beside=contents,
    )
    files = [*tables, agendas, surveys, calendars]
    return WrittenPlan(files, answered, _older(folder, contents), _only_cancelled(written))


def _older(folder: Path, written: Mapping[Path, bytes]) -> list[Path]:
    """Return the files of an earlier plan that this one has not replaced."""
    there = [
        *(folder / "agendas").glob("*.md"),
        *(folder / "surveys").glob("*.md"),
        *(path for path in (folder / name for name in OF_REMATCH) if path.exists()),
    ]
    return sorted(path for path in there if path not in written)


def _only_cancelled(calendars: Iterable[Path]) -> list[Path]:
    """Return the calendars of people who have no meeting any more."""
    return [path for path in calendars if b"STATUS:CONFIRMED" not in path.read_bytes()]
