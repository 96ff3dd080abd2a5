"""The command that sets strategies side by side."""

from pathlib import Path
from typing import Annotated

import typer

from mentormatch.cli.entrance import (
    AsJson,
    Groups,
    Overwrite,
    ProgrammeFile,
    app,
    handle_errors,
    say,
)

# Strategies that any problem of one mentor each can have, and that differ in what they are for.
USUAL = ("optimal", "stable", "maximin", "nash", "greedy")


@app.command()
@handle_errors
def compare(
    programme: ProgrammeFile,
    strategy: Annotated[
        list[str] | None,
        typer.Option("--strategy", "-s", help="A strategy; may be repeated."),
    ] = None,
    group: Groups = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Also write the table to this CSV file.")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option("--time-limit", help="Seconds for each strategy.")
    ] = None,
    like: Annotated[
        bool,
        typer.Option(
            "--like",
            help="Also say which known kinds of problems yours is like, and how strategies differ "
            "there.",
        ),
    ] = False,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Say what each strategy gives and what it gives up."""
    from mentormatch.comparison import compare as compare_strategies
    from mentormatch.comparison import map_instances
    from mentormatch.programme import as_data, examine_file
    from mentormatch.programme.outputs import check_targets
    from mentormatch.programme.screen.comparing import describe_comparison
    from mentormatch.programme.screen.terminal import show, show_progress
    from mentormatch.safe_files import write_csv

    with show_progress("Reading the tables") as progress:
        configuration, problem = examine_file(programme, overwrite=True).finished()
        check_targets(configuration, [] if output is None else [output], overwrite=overwrite)
        found = compare_strategies(
            problem,
            strategy or USUAL,
            groups=group or None,
            time_limit=time_limit,
            progress=progress,
        )
        nearby = None
        if like:
            some = [name for name in found.table.index if name != found.reference]
            nearby = map_instances(
                problem, some, reference=found.reference, progress=progress
            ).sentence
        if output is not None:
            write_csv(found.table.reset_index(), output, overwrite=overwrite)
    sections = describe_comparison(found, output, nearby)
    if as_json:
        say(as_data.as_json("compare", as_data.compare_data(found), sections, ok=True))
    else:
        show(sections)
