"""Commands of the programme around the match: objectives, plan, status, needs, evidence."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mentormatch.cli.entrance import (
    AsJson,
    GivenPairs,
    Overwrite,
    ProgrammeFile,
    app,
    handle_errors,
    match_file,
    say,
)

if TYPE_CHECKING:
    from mentormatch.cohort import Side
    from mentormatch.matching import Matching
    from mentormatch.programme import Configuration


@app.command()
@handle_errors
def objectives(
    programme: ProgrammeFile,
    events: Annotated[
        Path | None, typer.Option("--events", help="What has happened, to say where each stands.")
    ] = None,
    pairs: GivenPairs = None,
) -> None:
    """Say which objectives are served and measured. Also where each stands."""
    from mentormatch.programme import Programme, planning, read_configuration
    from mentormatch.programme.screen.planning import describe_objectives
    from mentormatch.programme.screen.terminal import show

    standing = None
    configuration = Programme(read_configuration(programme)).configuration
    if events is not None:
        configuration, matching = _matched(programme, pairs)
        status = planning.find_status(configuration, matching, events, None, [])
        standing = planning.track_standing(configuration, status)
    show(describe_objectives(planning.examine_objectives(configuration), standing))


@app.command()
@handle_errors
def plan(programme: ProgrammeFile, pairs: GivenPairs = None, overwrite: Overwrite = False) -> None:
    """Plan meetings that can really take place. Calendars, agendas and surveys."""
    from mentormatch.programme import Programme, planning
    from mentormatch.programme.outputs import check_folder
    from mentormatch.programme.plan_folder import write_plan
    from mentormatch.programme.screen.planning import describe_plan, describe_written_plan
    from mentormatch.programme.screen.summary import describe_cautions
    from mentormatch.programme.screen.terminal import show

    configuration, matching = _matched(programme, pairs, to_meet=False)
    check_folder(configuration.beside(configuration.plan.folder))
    made = planning.make_plan(configuration, matching)
    written = write_plan(configuration, made, overwrite=overwrite)
    columns = Programme(configuration).columns(made.matching)
    show(
        [
            *describe_cautions(made.matching, columns),
            *describe_plan(made, matching, columns),
            describe_written_plan(written),
        ]
    )


@app.command()
@handle_errors
def status(
    programme: ProgrammeFile,
    events: Annotated[Path, typer.Argument(help="A row for each event of a pair.")],
    pairs: GivenPairs = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="The date of the figures; else the last event.")
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option("--group", "-g", help="A column of the mentees to compare by."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say where pairs stand, with running pairs censored."""
    from mentormatch.programme import as_data, planning
    from mentormatch.programme.screen.auditing import describe_list
    from mentormatch.programme.screen.planning import describe_status
    from mentormatch.programme.screen.terminal import show

    configuration, matching = _matched(programme, pairs)
    found = planning.find_status(configuration, matching, events, as_of, group or [])
    sections = [*describe_list(matching), *describe_status(found, _names(configuration, matching))]
    if as_json:
        say(as_data.as_json("status", as_data.status_data(found), sections, ok=True))
    else:
        show(sections)


@app.command()
@handle_errors
def needs(
    programme: ProgrammeFile,
    pairs: GivenPairs = None,
    workshops: Annotated[
        int, typer.Option("--workshops", "-k", help="How many workshops there can be.")
    ] = 3,
) -> None:
    """Say which skills are short, and what training would help most."""
    from mentormatch.programme import planning
    from mentormatch.programme.screen.auditing import describe_list
    from mentormatch.programme.screen.planning import describe_needs
    from mentormatch.programme.screen.terminal import show

    configuration, matching = _matched(programme, pairs)
    found = planning.find_needs(configuration, matching)
    needed = describe_needs(found, workshops, _names(configuration, matching))
    show([*describe_list(matching), *needed])


@app.command()
@handle_errors
def evidence(
    programme: ProgrammeFile,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The folder of the evidence.")
    ] = Path("evidence"),
    pairs: GivenPairs = None,
    record: Annotated[
        bool, typer.Option("--record", help="Also write the record, with people's ids.")
    ] = False,
    overwrite: Overwrite = False,
) -> None:
    """Write a folder of evidence about how the programme was made."""
    from mentormatch.programme import planning
    from mentormatch.programme.screen.planning import describe_written
    from mentormatch.programme.screen.terminal import show

    configuration, matching = _matched(programme, pairs, to_meet=False, folder=output)
    files = planning.write_evidence(
        configuration, matching, output, record=record, overwrite=overwrite
    )
    older = planning.find_older_evidence(output, files)
    show([describe_written(files, older)])


def _names(configuration: "Configuration", matching: "Matching") -> "dict[Side, dict[object, str]]":
    """What people are called, by id."""
    from mentormatch.explanations.called import call_by_id
    from mentormatch.programme import Programme

    return call_by_id(matching, Programme(configuration).columns(matching))


def _matched(
    path: Path, pairs: Path | None, *, to_meet: bool = True, folder: Path | None = None
) -> "tuple[Configuration, Matching]":
    """Read a programme and match it, or take the pairs of a list."""
    from mentormatch.programme.screen.terminal import show_progress

    with show_progress("Reading the tables") as progress:
        made, matching = match_file(path, progress, pairs, to_meet=to_meet, folder=folder)
    return made.configuration, matching
