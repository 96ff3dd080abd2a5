"""Commands that make what goes to people: letters, and the workbook of the committee."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mentormatch.cli.entrance import (
    GivenPairs,
    Groups,
    Overwrite,
    ProgrammeFile,
    app,
    handle_errors,
    match_file,
)

if TYPE_CHECKING:
    from mentormatch.matching import Matching
    from mentormatch.programme import Programme
    from mentormatch.programme.screen.paragraph import Paragraph


@app.command()
@handle_errors
def workbook(
    programme: ProgrammeFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the workbook goes.")] = Path(
        "committee.xlsx"
    ),
    group: Groups = None,
    pairs: GivenPairs = None,
    overwrite: Overwrite = False,
) -> None:
    """Write a workbook in which a committee decides on each pair."""
    from mentormatch.programme.screen.planning import describe_workbook
    from mentormatch.programme.screen.terminal import show_progress
    from mentormatch.programme.sending import say_other_pairs, write_committee_workbook
    from mentormatch.progress import ProgressEvent

    with show_progress("Reading the tables") as progress:
        made, matching = match_file(
            programme, progress, pairs, targets=[output], overwrite=overwrite
        )
        other = [] if pairs is not None else say_other_pairs(made, matching)
        progress(ProgressEvent("writing the workbook"))
        write_committee_workbook(made, matching, output, overwrite=overwrite, groups=group or ())
    decided = made.configuration.problem.decisions or []
    before = [decided] if isinstance(decided, str) else decided
    _show(made, matching, other, describe_workbook(output, matching, before))


@app.command()
@handle_errors
def letters(
    programme: ProgrammeFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder they go to.")] = Path(
        "letters"
    ),
    mentee_template: Annotated[
        Path | None,
        typer.Option("--mentee-template", help="A Jinja2 file of your own, for mentees."),
    ] = None,
    mentor_template: Annotated[
        Path | None,
        typer.Option("--mentor-template", help="A Jinja2 file of your own, for mentors."),
    ] = None,
    pairs: GivenPairs = None,
    overwrite: Overwrite = False,
) -> None:
    """Write a letter to each person. Also rows for a mail merge, and pairs for platforms."""
    from mentormatch.programme.screen.planning import describe_letters
    from mentormatch.programme.screen.terminal import show_progress
    from mentormatch.programme.sending import say_other_pairs, write_letters
    from mentormatch.progress import ProgressEvent

    with show_progress("Reading the tables") as progress:
        made, matching = match_file(programme, progress, pairs, folder=output)
        other = [] if pairs is not None else say_other_pairs(made, matching)
        progress(ProgressEvent("writing the letters"))
        templates = (mentee_template, mentor_template)
        written = write_letters(made, matching, output, overwrite=overwrite, templates=templates)
    _show(made, matching, other, describe_letters(written))


def _show(
    made: "Programme", matching: "Matching", other: "list[Paragraph]", written: "Paragraph"
) -> None:
    """Show what a reader of the pairs must know, and what was written."""
    from mentormatch.programme.screen.auditing import describe_list
    from mentormatch.programme.screen.summary import describe_cautions
    from mentormatch.programme.screen.terminal import show
    from mentormatch.programme.screen.unread import describe_unkept

    unkept = describe_unkept(made.configuration, matching)
    cautions = describe_cautions(matching, made.columns(matching))
    show([*other, *unkept, *describe_list(matching), *cautions, written])
